-- Where every figure comes from.
-- Grain: one row per source_id.
SELECT *
FROM source
ORDER BY source_id
