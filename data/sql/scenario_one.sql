-- Which scenario it is. Parameters: $scenario_id.
-- Grain: one row, or none.
SELECT
    scenario_id,
    author,
    title
FROM scenario
WHERE scenario_id = $scenario_id
