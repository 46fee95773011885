-- Columns of one table with their types, as schema.sql declares them.
-- Grain: one row per column. Parameters: $table.
SELECT
    column_name,
    data_type
FROM duckdb_columns()
WHERE table_name = $table
ORDER BY column_index
