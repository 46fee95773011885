-- Where figures come from: the shipped sources, and every load by a person under its batch id.
-- Grain: one row per source_id.
SELECT
    source_id,
    producer,
    title,
    document,
    url,
    date_published AS published_on
FROM source
UNION ALL
SELECT
    batch_id AS source_id,
    author AS producer,
    coalesce(nullif(source_title, ''), file_name) AS title,
    file_name AS document,
    '' AS url,
    CAST(source_date AS VARCHAR) AS published_on
FROM batch
ORDER BY source_id
