-- Put back the edition rows a load had replaced. Parameters: $batch_id.
INSERT INTO edition
SELECT * EXCLUDE (replaced_by)
FROM edition_archive
WHERE replaced_by = $batch_id
