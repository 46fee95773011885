-- Keep rows set aside whose table schema.sql no longer names. {table} is the name it had.
CREATE TABLE "{table}" AS
SELECT *
FROM "kept_{table}";

DROP TABLE "kept_{table}"
