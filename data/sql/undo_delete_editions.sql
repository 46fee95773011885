-- Take out the edition rows a load put in. Parameters: $batch_id.
DELETE FROM edition
WHERE batch_id = $batch_id
