-- What offices report on their own targets; drafts and withdrawn reports are left out.
-- Grain: one row per (target_id, period).
SELECT
    record_id,
    body ->> '$.target_id' AS target_id,
    body ->> '$.period' AS period,
    CAST(body ->> '$.value' AS DOUBLE) AS value,
    CAST(body ->> '$.base_value' AS DOUBLE) AS base_value,
    CAST(body ->> '$.completed_on' AS DATE) AS completed_on,
    CAST(body ->> '$.reported_on' AS DATE) AS reported_on
FROM record
WHERE kind = 'measurement'
    AND state NOT IN ('draft', 'withdrawn')
ORDER BY target_id, period, record_id
