-- Agencies of one province, for those who answer and those who must submit. Parameter: $unit_id.
-- Grain: one row per agency_id.
SELECT
    agency_id,
    name_vi,
    name_en,
    short_vi,
    level,
    valid_from,
    valid_to
FROM agency
WHERE unit_id = $unit_id
ORDER BY level, name_vi
