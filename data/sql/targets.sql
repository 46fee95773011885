-- Targets with the document that sets them and the agencies that answer for them. What people typed
-- (kinds target, document and agency of the table record) stands in place of the shipped row of the
-- same key; drafts and withdrawn targets are left out, and hide the shipped one.
-- Grain: one row per target_id.
WITH typed AS (
    SELECT
        record_id AS target_id,
        body
    FROM record
    WHERE kind = 'target'
        AND state NOT IN ('draft', 'withdrawn')
),
every_target AS (
    SELECT
        target.*,
        CAST(NULL AS DOUBLE) AS co_share
    FROM target
    WHERE target_id NOT IN (SELECT record_id FROM record WHERE kind = 'target')
    UNION ALL BY NAME
    SELECT
        target_id,
        COALESCE(NULLIF(body ->> '$.item_id', ''), target_id) AS item_id,
        body ->> '$.document_id' AS document_id,
        body ->> '$.unit_id' AS unit_id,
        NULLIF(body ->> '$.index_id', '') AS index_id,
        NULLIF(body ->> '$.component_id', '') AS component_id,
        body ->> '$.target_kind' AS kind,
        CAST(body ->> '$.amount' AS DOUBLE) AS amount,
        CAST(body ->> '$.stretch' AS DOUBLE) AS stretch,
        NULLIF(body ->> '$.operator', '') AS operator,
        NULLIF(body ->> '$.measure', '') AS measure,
        CAST(body ->> '$.baseline_edition' AS INTEGER) AS baseline_edition,
        CAST(body ->> '$.first_edition' AS INTEGER) AS first_edition,
        CAST(body ->> '$.last_edition' AS INTEGER) AS last_edition,
        CAST(body ->> '$.deadline' AS DATE) AS deadline,
        NULLIF(body ->> '$.group_name', '') AS group_name,
        CAST(body ->> '$.out_of' AS INTEGER) AS out_of,
        NULLIF(body ->> '$.region_id', '') AS region_id,
        NULLIF(body ->> '$.clause', '') AS clause,
        CAST(body ->> '$.footnote_rank' AS INTEGER) AS footnote_rank,
        CAST(body ->> '$.footnote_n' AS INTEGER) AS footnote_n,
        CAST(body ->> '$.footnote_edition' AS INTEGER) AS footnote_edition,
        NULLIF(body ->> '$.footnote_name', '') AS footnote_name,
        NULLIF(body ->> '$.legal_basis', '') AS legal_basis,
        NULLIF(body ->> '$.note', '') AS note,
        'typed' AS batch_id,
        CAST(body ->> '$.co_share' AS DOUBLE) AS co_share
    FROM typed
),
every_role AS (
    SELECT
        target_id,
        agency_id,
        role,
        sort
    FROM target_agency
    WHERE target_id NOT IN (SELECT record_id FROM record WHERE kind = 'target')
    UNION ALL
    SELECT
        target_id,
        UNNEST(CAST(body -> '$.lead_agency_ids' AS VARCHAR[])) AS agency_id,
        'lead' AS role,
        GENERATE_SUBSCRIPTS(CAST(body -> '$.lead_agency_ids' AS VARCHAR[]), 1) AS sort
    FROM typed
    UNION ALL
    SELECT
        target_id,
        UNNEST(CAST(body -> '$.co_agency_ids' AS VARCHAR[])) AS agency_id,
        'coordinate' AS role,
        GENERATE_SUBSCRIPTS(CAST(body -> '$.co_agency_ids' AS VARCHAR[]), 1) AS sort
    FROM typed
),
-- A withdrawn agency keeps its name where a target still names it.
every_agency AS (
    SELECT
        agency_id,
        name_vi
    FROM agency
    WHERE agency_id NOT IN (SELECT record_id FROM record WHERE kind = 'agency')
    UNION ALL
    SELECT
        record_id AS agency_id,
        body ->> '$.name_vi' AS name_vi
    FROM record
    WHERE kind = 'agency'
),
every_document AS (
    SELECT
        document_id,
        number,
        issued_on,
        issued_text,
        issuer,
        title
    FROM document
    WHERE document_id NOT IN (SELECT record_id FROM record WHERE kind = 'document')
    UNION ALL
    -- A draft letter shows where its number and date will stand.
    SELECT
        record_id AS document_id,
        COALESCE(NULLIF(body ->> '$.number', ''), '…') AS number,
        CAST(NULLIF(body ->> '$.issued_on', '') AS DATE) AS issued_on,
        COALESCE(NULLIF(body ->> '$.issued_text', ''), 'ngày … tháng … năm …') AS issued_text,
        COALESCE(NULLIF(body ->> '$.issuer', ''), '…') AS issuer,
        NULLIF(body ->> '$.title', '') AS title
    FROM record
    WHERE kind = 'document'
),
named AS (
    SELECT
        every_role.target_id,
        every_role.role,
        string_agg(every_agency.name_vi, '; ' ORDER BY every_role.sort) AS names,
        string_agg(every_agency.agency_id, ';' ORDER BY every_role.sort) AS ids
    FROM every_role
    JOIN every_agency ON every_agency.agency_id = every_role.agency_id
    GROUP BY every_role.target_id, every_role.role
)
SELECT
    every_target.*,
    every_document.number AS document_number,
    every_document.issued_on AS document_issued_on,
    every_document.issued_text AS document_issued_text,
    every_document.issuer AS document_issuer,
    every_document.title AS document_title,
    lead.names AS lead_agency,
    lead.ids AS lead_agency_ids,
    co.names AS co_agency,
    co.ids AS co_agency_ids
FROM every_target
LEFT JOIN every_document ON every_document.document_id = every_target.document_id
LEFT JOIN named AS lead ON lead.target_id = every_target.target_id AND lead.role = 'lead'
LEFT JOIN named AS co ON co.target_id = every_target.target_id AND co.role = 'coordinate'
ORDER BY every_target.target_id
