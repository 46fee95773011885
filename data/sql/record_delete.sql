-- Make room for a new content of a record. Parameters: $kind, $record_id.
DELETE FROM record
WHERE kind = $kind
    AND record_id = $record_id
