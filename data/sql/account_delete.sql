-- Make room for a new content of an account. Parameter: $name.
DELETE FROM account
WHERE name = $name
