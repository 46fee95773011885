-- What became of units: mergers, renamings, changes of status, with weights and dates.
-- Grain: one row per (from_unit_id, to_unit_id, effective_on).
SELECT *
FROM unit_link
ORDER BY effective_on, to_unit_id, from_unit_id
