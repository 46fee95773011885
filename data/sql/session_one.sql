-- The account behind a session that is not over. Parameters: $token_hash, $moment.
-- Grain: one row, or none.
SELECT
    account.name,
    account.full_name,
    account.role,
    account.agency_id,
    account.must_change
FROM session
JOIN account ON account.name = session.name
WHERE session.token_hash = $token_hash
    AND session.started_at <= $moment
    AND session.ends_at > $moment
    AND NOT account.is_disabled
