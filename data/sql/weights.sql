-- Weights of sub-indices by era, where an index is a weighted sum.
-- Grain: one row per (component_id, from_edition).
SELECT *
FROM weight
ORDER BY index_id, component_id, from_edition
