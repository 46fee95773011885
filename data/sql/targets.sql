-- Targets with the document that sets them and the agencies that answer for them.
-- Grain: one row per target_id.
WITH named AS (
    SELECT
        target_agency.target_id,
        target_agency.role,
        string_agg(agency.name_vi, '; ' ORDER BY target_agency.sort) AS names,
        string_agg(agency.agency_id, ';' ORDER BY target_agency.sort) AS ids
    FROM target_agency
    JOIN agency ON agency.agency_id = target_agency.agency_id
    GROUP BY target_agency.target_id, target_agency.role
)
SELECT
    target.*,
    document.number AS document_number,
    document.issued_on AS document_issued_on,
    document.issued_text AS document_issued_text,
    document.issuer AS document_issuer,
    document.title AS document_title,
    lead.names AS lead_agency,
    lead.ids AS lead_agency_ids,
    co.names AS co_agency,
    co.ids AS co_agency_ids
FROM target
LEFT JOIN document ON document.document_id = target.document_id
LEFT JOIN named AS lead ON lead.target_id = target.target_id AND lead.role = 'lead'
LEFT JOIN named AS co ON co.target_id = target.target_id AND co.role = 'coordinate'
ORDER BY target.target_id
