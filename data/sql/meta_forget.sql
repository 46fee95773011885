-- Forget one value about the store itself. Parameters: $key.
DELETE FROM meta
WHERE key = $key
