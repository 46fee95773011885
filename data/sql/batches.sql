-- Loads with who, when, what file, what changed, and whether it was taken back; newest first.
-- Grain: one row per batch_id.
SELECT *
FROM batch
ORDER BY batch_id DESC
