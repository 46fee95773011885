-- What the PostgreSQL server itself answers. Parameters: $question, in its own language.
SELECT *
FROM postgres_query('store', $question)
