-- Records of one kind. Parameter: $kind.
-- Grain: one row per record_id, in the order they were last saved.
SELECT
    record_id,
    body,
    state,
    agency_id,
    revision,
    saved_at,
    saved_by
FROM record
WHERE kind = $kind
ORDER BY saved_at, record_id
