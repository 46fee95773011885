-- Set the rows of one table aside and remove the table. {table} is a name out of schema.sql,
-- {only} is empty or leaves out shipped rows.
CREATE TEMP TABLE "kept_{table}" AS
SELECT *
FROM "{table}"
{only};

DROP TABLE "{table}"
