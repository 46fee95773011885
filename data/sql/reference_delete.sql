-- Remove the shipped rows of one table. {table} is a name out of schema.sql, {only} is empty or
-- keeps rows that people loaded.
DELETE FROM "{table}" {only}
