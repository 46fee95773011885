-- Who changed what and when; each entry carries the hash of the one before it. Rows are only added.
CREATE TABLE IF NOT EXISTS audit (
    number BIGINT PRIMARY KEY,
    made_at TIMESTAMP NOT NULL,
    by_name VARCHAR NOT NULL,
    by_role VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    before VARCHAR,
    after VARCHAR,
    reason VARCHAR NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);
