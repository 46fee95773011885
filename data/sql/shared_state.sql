-- Whether the server takes writes, how it stores text, and whether both schemas are there. For
-- the server itself; {schema} and {files} are checked names.
-- Grain: one row.
SELECT
    current_setting('transaction_read_only') AS is_read_only,
    current_setting('server_encoding') AS encoding,
    to_regclass('{schema}.meta') IS NOT NULL AND to_regclass('{files}.file') IS NOT NULL
        AS is_there
