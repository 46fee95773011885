-- Take a saved scenario away. Parameters: $scenario_id.
DELETE FROM scenario
WHERE scenario_id = $scenario_id
