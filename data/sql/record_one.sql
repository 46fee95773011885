-- One record as it stands. Parameters: $kind, $record_id.
-- Grain: one row, or none.
SELECT
    body,
    revision,
    agency_id
FROM record
WHERE kind = $kind
    AND record_id = $record_id
