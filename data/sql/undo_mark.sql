-- Note who took a load back and when. Parameters: $batch_id, $undone_at, $undone_by.
UPDATE batch
SET undone_at = $undone_at, undone_by = $undone_by
WHERE batch_id = $batch_id
