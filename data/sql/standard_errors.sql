-- Published standard errors of scores.
-- Grain: one row per (unit_id, component_id, edition).
SELECT *
FROM standard_error
ORDER BY index_id, component_id, edition, unit_id
