-- One account. Parameter: $name.
-- Grain: one row, or none.
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
WHERE name = $name
