-- Columns of every table of one database.
-- Grain: one row per column. Parameters: $database.
SELECT
    table_name,
    column_name
FROM duckdb_columns()
WHERE database_name = $database AND NOT internal
ORDER BY
    table_name,
    column_index
