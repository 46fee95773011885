-- What the store keeps about itself. For the server itself; {schema} is a checked name.
-- Grain: one row per key.
SELECT
    key,
    value
FROM {schema}.meta
