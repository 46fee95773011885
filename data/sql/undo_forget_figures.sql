-- The archive no longer waits for this load. Parameters: $batch_id.
DELETE FROM figure_archive
WHERE replaced_by = $batch_id
