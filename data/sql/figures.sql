-- Published figures of one index.
-- Grain: one row per (unit_id, component_id, edition). Parameters: $index_id.
SELECT
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
    figure.batch_id
FROM figure
WHERE figure.index_id = $index_id
ORDER BY figure.edition, figure.component_id, figure.unit_id
