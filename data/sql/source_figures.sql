-- Where figures come from, with how many figures of each index and edition each source gave.
-- Grain: one row per (source_id, index_id, edition); a source that gave no figure keeps one row.
-- Figures held back until later are left out.
-- Parameters: $now.
WITH used AS (
    SELECT source_id, index_id, edition, count(*) AS n_figures
    FROM figure
    WHERE publish_at IS NULL OR publish_at <= $now
    GROUP BY source_id, index_id, edition
)
SELECT
    source.source_id,
    source.producer,
    source.title,
    source.url,
    source.document,
    source.date_published,
    source.licence,
    source.note,
    used.index_id,
    used.edition,
    used.n_figures
FROM source
LEFT JOIN used USING (source_id)
ORDER BY used.index_id NULLS LAST, used.edition DESC, source.source_id
