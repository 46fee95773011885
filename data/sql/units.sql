-- Units of both geographies with their region.
-- Grain: one row per unit_id.
SELECT
    unit.unit_id,
    unit.name_vi,
    unit.name_en,
    unit.kind,
    unit.gso_code,
    unit.geography,
    unit.region_id,
    region.name_vi AS region_name_vi,
    region.name_en AS region_name_en,
    unit.valid_from,
    unit.valid_to
FROM unit
LEFT JOIN region ON region.region_id = unit.region_id
ORDER BY unit.geography DESC, unit.name_vi
