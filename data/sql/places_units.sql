-- What is kept of some units. The files are sorted by unit, so little of them is read.
-- Parameters: $files, $unit_ids.
SELECT *
FROM read_parquet($files)
WHERE unit_id IN (SELECT unnest($unit_ids))
