-- Everything the product holds. Rows marked batch_id = 'reference' are shipped with it and are
-- replaced whenever the shipped reference changes; all others were loaded by a person and stay.
-- Executed inside the transaction that makes a new snapshot; every statement may run again.

CREATE TABLE IF NOT EXISTS meta (
    key VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS source (
    source_id VARCHAR PRIMARY KEY,
    producer VARCHAR,
    title VARCHAR,
    url VARCHAR,
    document VARCHAR,
    date_published VARCHAR,
    licence VARCHAR,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS region (
    region_id VARCHAR PRIMARY KEY,
    geography VARCHAR NOT NULL,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    sort INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS unit (
    unit_id VARCHAR PRIMARY KEY,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    gso_code VARCHAR,
    geography VARCHAR NOT NULL,
    region_id VARCHAR,
    valid_from DATE,
    valid_to DATE,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS unit_link (
    effective_on DATE NOT NULL,
    event VARCHAR NOT NULL,
    from_unit_id VARCHAR NOT NULL,
    to_unit_id VARCHAR NOT NULL,
    weight DOUBLE,
    weight_basis VARCHAR,
    legal_basis VARCHAR,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS unit_fact (
    unit_id VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    measure VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    source_id VARCHAR,
    PRIMARY KEY (unit_id, year, measure)
);

CREATE TABLE IF NOT EXISTS index_entry (
    index_id VARCHAR PRIMARY KEY,
    short VARCHAR NOT NULL,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    publisher_vi VARCHAR,
    publisher_en VARCHAR,
    source_id VARCHAR,
    direction INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    why_it_matters_vi VARCHAR,
    why_it_matters_en VARCHAR,
    sort INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS component_period (
    index_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    role VARCHAR NOT NULL,
    sort INTEGER NOT NULL,
    direction INTEGER NOT NULL,
    from_edition INTEGER NOT NULL,
    to_edition INTEGER,
    code VARCHAR NOT NULL,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    max_score DOUBLE,
    relation VARCHAR,
    rank_comparable VARCHAR NOT NULL,
    score_comparable VARCHAR NOT NULL,
    succeeds VARCHAR,
    aliases VARCHAR,
    confidence VARCHAR,
    source VARCHAR,
    note VARCHAR,
    PRIMARY KEY (component_id, from_edition)
);

CREATE TABLE IF NOT EXISTS edition (
    index_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    published_on DATE,
    date_basis VARCHAR,
    source_id VARCHAR,
    geography VARCHAR NOT NULL,
    n_ranked INTEGER,
    coverage VARCHAR NOT NULL,
    published_top INTEGER,
    note VARCHAR,
    batch_id VARCHAR NOT NULL,
    publish_at TIMESTAMP,
    PRIMARY KEY (index_id, edition)
);

CREATE TABLE IF NOT EXISTS method_break (
    index_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    rank_comparable VARCHAR NOT NULL,
    score_comparable VARCHAR NOT NULL,
    note_vi VARCHAR,
    note_en VARCHAR
);

CREATE TABLE IF NOT EXISTS group_bound (
    index_id VARCHAR NOT NULL,
    scheme_id VARCHAR NOT NULL,
    from_edition INTEGER NOT NULL,
    to_edition INTEGER,
    rule VARCHAR NOT NULL,
    out_of INTEGER,
    sort INTEGER NOT NULL,
    group_id VARCHAR NOT NULL,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    lower_bound DOUBLE,
    source VARCHAR
);

CREATE TABLE IF NOT EXISTS figure (
    index_id VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    score DOUBLE,
    percent DOUBLE,
    max_score DOUBLE,
    rank INTEGER CHECK (rank IS NULL OR rank >= 1),
    state VARCHAR NOT NULL CHECK (state IN ('ranked', 'scored', 'withheld', 'outside_top')),
    score_origin VARCHAR,
    rank_origin VARCHAR,
    source_id VARCHAR,
    note VARCHAR,
    batch_id VARCHAR NOT NULL,
    publish_at TIMESTAMP,
    PRIMARY KEY (unit_id, component_id, edition)
);

-- One row per workbook that a person loaded; publish_at holds its figures back from viewers.
CREATE TABLE IF NOT EXISTS batch (
    batch_id VARCHAR PRIMARY KEY,
    loaded_at TIMESTAMP NOT NULL,
    author VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    file_sha256 VARCHAR NOT NULL,
    index_id VARCHAR NOT NULL,
    editions VARCHAR NOT NULL,
    source_title VARCHAR,
    source_date DATE,
    publish_at TIMESTAMP,
    n_rows INTEGER NOT NULL,
    n_added INTEGER NOT NULL,
    n_changed INTEGER NOT NULL,
    n_removed INTEGER NOT NULL,
    note VARCHAR,
    undone_at TIMESTAMP,
    undone_by VARCHAR
);

-- Figures that a batch replaced or removed, as they stood; an undo puts them back.
CREATE TABLE IF NOT EXISTS figure_archive (
    replaced_by VARCHAR NOT NULL,
    index_id VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    score DOUBLE,
    percent DOUBLE,
    max_score DOUBLE,
    rank INTEGER,
    state VARCHAR NOT NULL,
    score_origin VARCHAR,
    rank_origin VARCHAR,
    source_id VARCHAR,
    note VARCHAR,
    batch_id VARCHAR NOT NULL,
    publish_at TIMESTAMP,
    PRIMARY KEY (replaced_by, unit_id, component_id, edition)
);

-- Editions that a batch replaced, as they stood.
CREATE TABLE IF NOT EXISTS edition_archive (
    replaced_by VARCHAR NOT NULL,
    index_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    published_on DATE,
    date_basis VARCHAR,
    source_id VARCHAR,
    geography VARCHAR NOT NULL,
    n_ranked INTEGER,
    coverage VARCHAR NOT NULL,
    published_top INTEGER,
    note VARCHAR,
    batch_id VARCHAR NOT NULL,
    publish_at TIMESTAMP,
    PRIMARY KEY (replaced_by, index_id, edition)
);

-- Which column of a known layout means what, as a person confirmed it.
CREATE TABLE IF NOT EXISTS layout_memory (
    index_id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    mapping VARCHAR NOT NULL,
    confirmed_by VARCHAR NOT NULL,
    confirmed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (index_id, fingerprint)
);

CREATE TABLE IF NOT EXISTS standard_error (
    index_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    unit_id VARCHAR NOT NULL,
    score DOUBLE,
    standard_error DOUBLE NOT NULL,
    ci_low DOUBLE,
    ci_high DOUBLE,
    source_id VARCHAR,
    note VARCHAR,
    PRIMARY KEY (component_id, edition, unit_id)
);

CREATE TABLE IF NOT EXISTS national_figure (
    index_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    area VARCHAR NOT NULL,
    statistic VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    origin VARCHAR,
    source_id VARCHAR,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS weight (
    index_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    from_edition INTEGER NOT NULL,
    to_edition INTEGER NOT NULL,
    weight DOUBLE NOT NULL,
    note VARCHAR,
    PRIMARY KEY (component_id, from_edition)
);

CREATE TABLE IF NOT EXISTS document (
    document_id VARCHAR PRIMARY KEY,
    number VARCHAR,
    issued_on DATE,
    issued_text VARCHAR,
    issuer VARCHAR,
    title VARCHAR,
    unit_id VARCHAR,
    url VARCHAR,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS agency (
    agency_id VARCHAR PRIMARY KEY,
    name_vi VARCHAR NOT NULL,
    name_en VARCHAR,
    short_vi VARCHAR,
    unit_id VARCHAR,
    level VARCHAR,
    valid_from DATE,
    valid_to DATE,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS agency_link (
    effective_on DATE,
    event VARCHAR NOT NULL,
    from_agency_id VARCHAR NOT NULL,
    to_agency_id VARCHAR NOT NULL,
    legal_basis VARCHAR,
    note VARCHAR
);

CREATE TABLE IF NOT EXISTS target (
    target_id VARCHAR PRIMARY KEY,
    item_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    index_id VARCHAR,
    component_id VARCHAR,
    kind VARCHAR NOT NULL,
    amount DOUBLE,
    stretch DOUBLE,
    operator VARCHAR,
    measure VARCHAR,
    baseline_edition INTEGER,
    first_edition INTEGER,
    last_edition INTEGER,
    deadline DATE,
    group_name VARCHAR,
    out_of INTEGER,
    region_id VARCHAR,
    clause VARCHAR,
    footnote_rank INTEGER,
    footnote_n INTEGER,
    footnote_edition INTEGER,
    footnote_name VARCHAR,
    legal_basis VARCHAR,
    note VARCHAR,
    batch_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS target_agency (
    target_id VARCHAR NOT NULL,
    agency_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL CHECK (role IN ('lead', 'coordinate')),
    sort INTEGER NOT NULL,
    PRIMARY KEY (target_id, agency_id, role)
);

-- Questions that people put to a published table, with the answer they got. Never figures: nothing
-- but the scenario page reads these two tables.
CREATE TABLE IF NOT EXISTS scenario (
    scenario_id VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    data_version VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    index_id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    as_of DATE NOT NULL,
    peers VARCHAR NOT NULL CHECK (peers IN ('fixed', 'moving')),
    drift DOUBLE NOT NULL,
    score_before DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    rank_before INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    n_ranked INTEGER NOT NULL,
    group_id VARCHAR
);

CREATE TABLE IF NOT EXISTS scenario_change (
    scenario_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    score_before DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    PRIMARY KEY (scenario_id, component_id)
);

-- What people type: targets, documents, agencies, review sheets, plans, tasks, measurements. The
-- body is JSON of the model of that kind in data/; a row of the same key as a shipped one overrides
-- it, and a withdrawn one hides it. Earlier contents are in the audit trail.
CREATE TABLE IF NOT EXISTS record (
    kind VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('draft', 'in_force', 'closed', 'withdrawn')),
    agency_id VARCHAR,
    revision INTEGER NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    saved_by VARCHAR NOT NULL,
    PRIMARY KEY (kind, record_id)
);
