-- Everything kept of some lines. Parameters: $files, $component_ids.
SELECT *
FROM read_parquet($files)
WHERE component_id IN (SELECT unnest($component_ids))
