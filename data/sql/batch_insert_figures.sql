-- Put the figures of a load into the present state; rows marked is_removed only leave.
-- Parameters: $batch_id, $publish_at.
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
    $batch_id AS batch_id,
    $publish_at AS publish_at
FROM incoming
WHERE NOT is_removed
