-- Confirmed meanings of known layouts.
-- Grain: one row per (index_id, fingerprint).
SELECT *
FROM layout_memory
ORDER BY index_id, fingerprint
