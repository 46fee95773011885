-- Moments at which held-back batches become visible.
-- Grain: one row per moment.
SELECT DISTINCT publish_at
FROM batch
WHERE publish_at IS NOT NULL AND undone_at IS NULL
ORDER BY publish_at
