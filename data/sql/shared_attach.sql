-- Make one schema of a PostgreSQL server the store of this connection. {address} is a libpq
-- address without a password, {schema} a checked name, {mode} is empty or READ_ONLY.
ATTACH '{address}' AS store (TYPE postgres, SCHEMA '{schema}'{mode})
