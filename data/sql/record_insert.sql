-- Put a record. Parameters: one per column.
INSERT INTO record (kind, record_id, body, state, agency_id, revision, saved_at, saved_by)
VALUES ($kind, $record_id, $body, $state, $agency_id, $revision, $saved_at, $saved_by)
