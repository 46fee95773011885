-- Number of the next batch.
-- Grain: one row.
SELECT coalesce(max(CAST(substr(batch_id, 2) AS INTEGER)), 0) + 1 AS number
FROM batch
