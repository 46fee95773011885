-- Editions of all indices that one moment shows: year measured, date published, number ranked.
-- Grain: one row per (index_id, edition). Parameters: $now.
WITH shown AS (
    SELECT *
    FROM edition
    WHERE edition.publish_at IS NULL OR edition.publish_at <= $now
),
still_shown AS (
    SELECT old.* EXCLUDE (replaced_by)
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
