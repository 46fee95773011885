-- Save one changed score of a scenario. Parameters: one per column.
INSERT INTO scenario_change (scenario_id, component_id, score_before, score)
VALUES ($scenario_id, $component_id, $score_before, $score)
