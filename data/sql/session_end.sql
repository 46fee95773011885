-- End one session. Parameter: $token_hash.
DELETE FROM session
WHERE token_hash = $token_hash
