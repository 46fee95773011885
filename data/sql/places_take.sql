-- Take rows registered as incoming over as a table of this connection alone. {values} are names
-- and types of ours.
CREATE OR REPLACE TEMP TABLE places_kept AS
SELECT {values}
FROM incoming
