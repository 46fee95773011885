-- The audit trail, newest first, or the part of one kind and key.
-- Grain: one row per entry. Parameters: $kind and $key, NULL for all.
SELECT
    number,
    made_at,
    by_name,
    by_role,
    action,
    kind,
    key,
    before,
    after,
    reason,
    previous,
    hash
FROM audit
WHERE (CAST($kind AS VARCHAR) IS NULL OR kind = $kind)
    AND (CAST($key AS VARCHAR) IS NULL OR key = $key)
ORDER BY number DESC
