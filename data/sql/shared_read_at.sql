-- See what another transaction sees. For the server itself, first in a transaction; {snapshot} is
-- a name the server gave.
SET TRANSACTION SNAPSHOT '{snapshot}'
