-- Breaks in method or in who answers, one row per component concerned.
-- Grain: one row per (component_id, edition, kind).
SELECT *
FROM method_break
ORDER BY index_id, edition, component_id
