-- Start a session. Parameters: one per column.
INSERT INTO session (token_hash, name, started_at, ends_at)
VALUES ($token_hash, $name, $started_at, $ends_at)
