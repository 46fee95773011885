-- Have the PostgreSQL server carry something out. Parameters: $statement, in its own language.
CALL postgres_execute('store', $statement)
