-- Make room for the table of a snapshot. {table} is a name the store itself gave.
DROP TABLE "{table}"
