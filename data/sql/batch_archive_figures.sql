-- Keep the figures that a load replaces or removes. incoming holds the keys touched.
-- Parameters: $batch_id.
INSERT INTO figure_archive
SELECT
    $batch_id AS replaced_by,
    figure.index_id,
    figure.unit_id,
    figure.component_id,
    figure.edition,
    figure.score,
    figure.percent,
    figure.max_score,
    figure.rank,
    figure.state,
    figure.score_origin,
    figure.rank_origin,
    figure.source_id,
    figure.note,
    figure.batch_id,
    figure.publish_at
FROM figure
JOIN incoming
    ON incoming.unit_id = figure.unit_id
    AND incoming.component_id = figure.component_id
    AND incoming.edition = figure.edition
