-- Number and hash of the newest entry of the audit trail.
-- Grain: one row, or none in an empty trail.
SELECT
    number,
    hash
FROM audit
ORDER BY number DESC
LIMIT 1
