-- One value the store keeps about itself.
-- Grain: at most one row. Parameters: $key.
SELECT value
FROM meta
WHERE key = $key
