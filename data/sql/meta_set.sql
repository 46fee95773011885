-- Keep one value about the store itself. Parameters: $key, $value.
INSERT OR REPLACE INTO meta (key, value)
VALUES ($key, $value)
