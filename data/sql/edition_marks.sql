-- How many figures of every edition one moment shows, and a checksum over all that is said of them:
-- equal rows mean equal figures. Figures held back are treated as in figures.sql.
-- Grain: one row per (index_id, edition). Parameters: $now.
WITH archived AS (
    SELECT old.*
    FROM figure_archive AS old
    JOIN batch ON batch.batch_id = old.replaced_by
    WHERE batch.publish_at > $now
        AND (old.publish_at IS NULL OR old.publish_at <= $now)
),
held AS (
    SELECT
        index_id,
        edition,
        hash(
            unit_id, component_id, score, percent, max_score, rank, state, score_origin,
            rank_origin, source_id, note, batch_id, publish_at
        ) AS checksum
    FROM figure
    WHERE publish_at IS NULL OR publish_at <= $now
    UNION ALL
    SELECT
        archived.index_id,
        archived.edition,
        hash(
            archived.unit_id, archived.component_id, archived.score, archived.percent,
            archived.max_score, archived.rank, archived.state, archived.score_origin,
            archived.rank_origin, archived.source_id, archived.note, archived.batch_id,
            archived.publish_at
        ) AS checksum
    FROM archived
    LEFT JOIN figure
        ON figure.unit_id = archived.unit_id
            AND figure.component_id = archived.component_id
            AND figure.edition = archived.edition
            AND (figure.publish_at IS NULL OR figure.publish_at <= $now)
    WHERE figure.unit_id IS NULL
)
SELECT
    index_id,
    edition,
    count(*) AS n_figures,
    CAST(sum(CAST(checksum AS HUGEINT)) AS VARCHAR) AS total,
    CAST(bit_xor(checksum) AS VARCHAR) AS parity
FROM held
GROUP BY index_id, edition
ORDER BY index_id, edition
