-- Wait for the turn to write; the server gives it back when this transaction ends, however it
-- ends. For the server itself; {milliseconds} is a number of ours, {schema} a checked name.
SET LOCAL lock_timeout = '{milliseconds}ms';
SET LOCAL idle_in_transaction_session_timeout = 0;

SELECT pg_advisory_xact_lock(hashtextextended('rankings.{schema}', 0))
