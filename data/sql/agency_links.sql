-- Mergers, renamings and splits of agencies, shipped and typed; a typed link stands in place of the
-- shipped one of its id, and withdrawn ones are left out.
-- Grain: one row per link_id.
WITH shipped AS (
    SELECT
        from_agency_id || '>' || to_agency_id || '@' || CAST(effective_on AS VARCHAR) AS link_id,
        *
    FROM agency_link
)
SELECT
    link_id,
    effective_on,
    event,
    from_agency_id,
    to_agency_id,
    legal_basis,
    note
FROM shipped
WHERE link_id NOT IN (SELECT record_id FROM record WHERE kind = 'agency_link')
UNION ALL
SELECT
    record_id AS link_id,
    CAST(body ->> '$.effective_on' AS DATE) AS effective_on,
    body ->> '$.event' AS event,
    body ->> '$.from_agency_id' AS from_agency_id,
    body ->> '$.to_agency_id' AS to_agency_id,
    NULLIF(body ->> '$.legal_basis', '') AS legal_basis,
    NULLIF(body ->> '$.note', '') AS note
FROM record
WHERE kind = 'agency_link'
    AND state <> 'withdrawn'
ORDER BY effective_on, from_agency_id, to_agency_id
