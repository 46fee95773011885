-- Tables of one database with the statement that makes each.
-- Grain: one row per table. Parameters: $database.
SELECT
    table_name,
    sql
FROM duckdb_tables()
WHERE database_name = $database AND NOT temporary AND NOT internal
ORDER BY table_name
