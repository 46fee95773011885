-- Forget sessions that are over. Parameter: $moment.
DELETE FROM session
WHERE ends_at <= $moment
