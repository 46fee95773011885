-- What a comparison needs of some lines. The files are sorted by line, so little of them is read.
-- Grain: one row per (unit_id, component_id, edition). Parameters: $files, $component_ids.
SELECT
    index_id,
    unit_id,
    component_id,
    edition,
    score,
    percent,
    rank_published,
    state,
    rank_origin,
    n_ranked,
    n_withheld,
    rank,
    tie_broken_by_publisher,
    rank_low,
    rank_high,
    percentile
FROM read_parquet($files)
WHERE component_id IN (SELECT unnest($component_ids))
ORDER BY
    edition,
    component_id,
    unit_id
