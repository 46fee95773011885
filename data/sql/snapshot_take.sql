-- Take the rows of one table over by column name. {to} and {source} are tables of ours with their
-- database, {names} their columns.
INSERT INTO {to} ({names})
SELECT {names}
FROM {source}
