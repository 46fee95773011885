-- Scores and published places of some lines. The files are sorted by line, so little of them is read.
-- Grain: one row per (unit_id, component_id, edition). Parameters: $files, $component_ids.
SELECT
    index_id,
    unit_id,
    component_id,
    edition,
    score,
    rank_published AS rank,
    state
FROM read_parquet($files)
WHERE component_id IN (SELECT unnest($component_ids))
ORDER BY
    edition,
    component_id,
    unit_id
