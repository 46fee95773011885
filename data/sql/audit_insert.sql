-- Add an entry to the audit trail. Parameters: one per column.
INSERT INTO audit (
    number, made_at, by_name, by_role, action, kind, key, before, after, reason, previous, hash
)
VALUES (
    $number, CAST($made_at AS TIMESTAMP), $by_name, $by_role, $action, $kind, $key, $before, $after,
    $reason, $previous, $hash
)
