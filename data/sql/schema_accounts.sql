-- Who may sign in, in a store of its own: a failed attempt must not make a new state of the figures.
-- Executed inside the transaction that makes a new snapshot; every statement may run again.

CREATE TABLE IF NOT EXISTS account (
    name VARCHAR PRIMARY KEY,
    full_name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    agency_id VARCHAR,
    email VARCHAR UNIQUE,
    password_hash VARCHAR,
    must_change BOOLEAN NOT NULL,
    n_failed INTEGER NOT NULL,
    locked_until TIMESTAMP,
    is_disabled BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- Only the hash of what the browser holds: who reads the file cannot sign in with it.
CREATE TABLE IF NOT EXISTS session (
    token_hash VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
