-- Editions of all indices: year measured, date published, number ranked.
-- Grain: one row per (index_id, edition).
SELECT *
FROM edition
ORDER BY index_id, edition
