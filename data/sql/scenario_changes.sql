-- Component scores that the saved scenarios of one unit set.
-- Grain: one row per (scenario_id, component_id). Parameters: $unit_id.
SELECT
    change.scenario_id,
    change.component_id,
    change.score_before,
    change.score
FROM scenario_change AS change
INNER JOIN scenario
    ON change.scenario_id = scenario.scenario_id
WHERE scenario.unit_id = $unit_id
ORDER BY change.scenario_id, change.component_id
