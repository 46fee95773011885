-- Name under which other transactions see what this one sees. For the server itself.
-- Grain: one row.
SELECT pg_export_snapshot() AS snapshot
