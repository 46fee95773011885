-- Published figures of one index as one moment shows them: a figure held back until a later
-- moment is not there yet, and what it will replace still is.
-- Grain: one row per (unit_id, component_id, edition). Parameters: $index_id, $now, and $edition for one
-- edition only.
WITH shown AS (
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
        figure.batch_id,
        figure.publish_at
    FROM figure
    WHERE figure.index_id = $index_id
        AND figure.edition = coalesce($edition, figure.edition)
        AND (figure.publish_at IS NULL OR figure.publish_at <= $now)
),
still_shown AS (
    SELECT
        old.index_id,
        old.unit_id,
        old.component_id,
        old.edition,
        old.score,
        old.percent,
        old.max_score,
        old.rank,
        old.state,
        old.score_origin,
        old.rank_origin,
        old.source_id,
        old.note,
        old.batch_id,
        old.publish_at
    FROM figure_archive AS old
    JOIN batch ON batch.batch_id = old.replaced_by
    WHERE old.index_id = $index_id
        AND old.edition = coalesce($edition, old.edition)
        AND batch.publish_at > $now
        AND (old.publish_at IS NULL OR old.publish_at <= $now)
        AND NOT EXISTS (
            SELECT 1
            FROM shown
            WHERE shown.unit_id = old.unit_id
                AND shown.component_id = old.component_id
                AND shown.edition = old.edition
        )
)
SELECT * FROM shown
UNION ALL
SELECT * FROM still_shown
ORDER BY edition, component_id, unit_id
