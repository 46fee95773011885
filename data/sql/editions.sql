-- Editions of all indices that one moment shows: year measured, date published, number ranked.
-- Grain: one row per (index_id, edition). Parameters: $now.
WITH shown AS (
    SELECT
        edition.index_id,
        edition.edition,
        edition.published_on,
        edition.date_basis,
        edition.source_id,
        edition.geography,
        edition.n_ranked,
        edition.coverage,
        edition.published_top,
        edition.note,
        edition.batch_id,
        edition.publish_at
    FROM edition
    WHERE edition.publish_at IS NULL OR edition.publish_at <= $now
),
still_shown AS (
    SELECT
        old.index_id,
        old.edition,
        old.published_on,
        old.date_basis,
        old.source_id,
        old.geography,
        old.n_ranked,
        old.coverage,
        old.published_top,
        old.note,
        old.batch_id,
        old.publish_at
    FROM edition_archive AS old
    JOIN batch ON batch.batch_id = old.replaced_by
    WHERE batch.publish_at > $now
        AND (old.publish_at IS NULL OR old.publish_at <= $now)
        AND NOT EXISTS (
            SELECT 1
            FROM shown
            WHERE shown.index_id = old.index_id AND shown.edition = old.edition
        )
)
SELECT * FROM shown
UNION ALL
SELECT * FROM still_shown
ORDER BY index_id, edition
