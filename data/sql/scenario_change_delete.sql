-- Take the changed scores of a scenario away. Parameters: $scenario_id.
DELETE FROM scenario_change
WHERE scenario_id = $scenario_id
