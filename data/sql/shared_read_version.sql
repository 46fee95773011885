-- See what another transaction sees, if that is the state of this name. The look at meta also
-- holds off whoever would make the tables again. For the server itself, first in a transaction;
-- {snapshot} is a name the server gave, {schema} and {version} are checked names.
SET TRANSACTION SNAPSHOT '{snapshot}';

DO $check$
BEGIN
    IF NOT EXISTS (
        SELECT FROM {schema}.meta WHERE key = 'store_version' AND value = '{version}'
    ) THEN
        RAISE EXCEPTION 'version gone';
    END IF;
END
$check$
