-- Population and area of units.
-- Grain: one row per (unit_id, year, measure).
SELECT
    unit_id,
    year,
    measure,
    value,
    source_id
FROM unit_fact
ORDER BY unit_id, measure, year
