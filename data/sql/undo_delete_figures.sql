-- Take out what a load put in. Parameters: $batch_id.
DELETE FROM figure
WHERE batch_id = $batch_id
