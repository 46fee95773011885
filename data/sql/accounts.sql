-- All accounts.
-- Grain: one row per name.
SELECT
    name,
    full_name,
    role,
    agency_id,
    email,
    password_hash,
    must_change,
    n_failed,
    locked_until,
    is_disabled,
    created_at
FROM account
ORDER BY name
