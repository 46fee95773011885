-- Let no reader begin while the tables are made again, and wait for those that read. For the
-- server itself; {schema} is a checked name.
LOCK TABLE {schema}.meta IN ACCESS EXCLUSIVE MODE
