-- Take a saved scenario away, and say which it was. Parameters: $scenario_id.
DELETE FROM scenario
WHERE scenario_id = $scenario_id
RETURNING
    scenario_id,
    author,
    title
