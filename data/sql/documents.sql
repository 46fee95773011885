-- Documents: shipped rows, and in place of those of the same key the ones people typed. Withdrawn
-- ones stay in the list with their state: a target may still name one.
-- Grain: one row per document_id.
SELECT
    document_id,
    number,
    issued_on,
    issued_text,
    issuer,
    title,
    unit_id,
    url,
    note,
    CAST(NULL AS VARCHAR) AS file_sha256,
    CAST(NULL AS VARCHAR) AS file_name,
    'in_force' AS state,
    0 AS revision
FROM document
WHERE document_id NOT IN (SELECT record_id FROM record WHERE kind = 'document')
UNION ALL
SELECT
    record_id AS document_id,
    NULLIF(body ->> '$.number', '') AS number,
    CAST(NULLIF(body ->> '$.issued_on', '') AS DATE) AS issued_on,
    NULLIF(body ->> '$.issued_text', '') AS issued_text,
    NULLIF(body ->> '$.issuer', '') AS issuer,
    NULLIF(body ->> '$.title', '') AS title,
    NULLIF(body ->> '$.unit_id', '') AS unit_id,
    NULLIF(body ->> '$.url', '') AS url,
    NULLIF(body ->> '$.note', '') AS note,
    NULLIF(body ->> '$.file_sha256', '') AS file_sha256,
    NULLIF(body ->> '$.file_name', '') AS file_name,
    state,
    revision
FROM record
WHERE kind = 'document'
ORDER BY document_id
