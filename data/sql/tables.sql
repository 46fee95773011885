-- Tables of the store itself, without temporary ones.
-- Grain: one row per table.
SELECT table_name
FROM duckdb_tables()
WHERE NOT temporary AND NOT internal
ORDER BY table_name
