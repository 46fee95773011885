-- The two schemas of a store: its tables, of which one is there from the start, and the original
-- files under their checksums. For the server itself; {schema} and {files} are checked names.
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE SCHEMA IF NOT EXISTS {files};

CREATE TABLE IF NOT EXISTS {schema}.meta (
    key VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {files}.file (
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (folder, name)
)
