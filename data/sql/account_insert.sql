-- Put an account. Parameters: one per column.
INSERT INTO account (
    name, full_name, role, agency_id, email, password_hash, must_change, n_failed, locked_until,
    is_disabled, created_at
)
VALUES (
    $name, $full_name, $role, $agency_id, $email, $password_hash, $must_change, $n_failed,
    $locked_until, $is_disabled, $created_at
)
