-- Put back what a load had replaced or removed. Parameters: $batch_id.
INSERT INTO figure
SELECT
    index_id,
    unit_id,
    component_id,
    edition,
    score,
    percent,
    max_score,
    rank,
    state,
    score_origin,
    rank_origin,
    source_id,
    note,
    batch_id,
    publish_at
FROM figure_archive
WHERE replaced_by = $batch_id
