-- Put shipped rows, registered as incoming, into one table. {table}, {names} and {values} are
-- names and types out of schema.sql; no value is ever formatted in.
INSERT INTO "{table}" ({names})
SELECT {values}
FROM incoming
{on_conflict}
