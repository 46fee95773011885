-- How many figures are kept of some lines. Parameters: $files, $component_ids.
SELECT count(*) AS n_figures
FROM read_parquet($files)
WHERE component_id IN (SELECT unnest($component_ids))
