-- Components of all indices with the period in which each name, maximum and code held.
-- Grain: one row per (component_id, from_edition).
SELECT *
FROM component_period
ORDER BY index_id, sort, component_id, from_edition
