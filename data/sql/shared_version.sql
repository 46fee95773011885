-- Name of the current state, and mark of the tables it lies in. For the server itself; {schema} is
-- a checked name.
-- Grain: one row; empty before the first write.
SELECT
    coalesce(max(value) FILTER (WHERE key = 'store_version'), '') AS version,
    coalesce(max(value) FILTER (WHERE key = 'shared_layout'), '') AS made_by
FROM {schema}.meta
