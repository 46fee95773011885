-- Saved scenarios of one unit with who, when and on which data; newest first.
-- Grain: one row per scenario_id. Parameters: $unit_id.
SELECT *
FROM scenario
WHERE unit_id = $unit_id
ORDER BY saved_at DESC, scenario_id
