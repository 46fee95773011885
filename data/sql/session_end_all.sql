-- End every session of an account. Parameter: $name.
DELETE FROM session
WHERE name = $name
