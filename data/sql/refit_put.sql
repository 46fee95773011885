-- Put rows set aside back into one table, by column name. {table} and {names} are names out of
-- schema.sql.
INSERT INTO "{table}" ({names})
SELECT {names}
FROM "kept_{table}";

DROP TABLE "kept_{table}"
