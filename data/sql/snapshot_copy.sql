-- Take over a table that schema.sql does not know as it stands, without its constraints. {to} and
-- {source} are tables of ours with their database.
CREATE TABLE {to} AS
SELECT *
FROM {source}
