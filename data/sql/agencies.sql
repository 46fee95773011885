-- Agencies, shipped and typed; a typed one stands in place of the shipped one of its id, and
-- withdrawn ones are left out.
-- Grain: one row per agency_id.
SELECT
    agency_id,
    name_vi,
    name_en,
    short_vi,
    unit_id,
    level,
    valid_from,
    valid_to,
    note
FROM agency
WHERE agency_id NOT IN (SELECT record_id FROM record WHERE kind = 'agency')
UNION ALL
SELECT
    record_id AS agency_id,
    body ->> '$.name_vi' AS name_vi,
    NULLIF(body ->> '$.name_en', '') AS name_en,
    NULLIF(body ->> '$.short_vi', '') AS short_vi,
    body ->> '$.unit_id' AS unit_id,
    body ->> '$.level' AS level,
    CAST(body ->> '$.valid_from' AS DATE) AS valid_from,
    CAST(body ->> '$.valid_to' AS DATE) AS valid_to,
    NULLIF(body ->> '$.note', '') AS note
FROM record
WHERE kind = 'agency'
    AND state <> 'withdrawn'
ORDER BY unit_id, level, name_vi
