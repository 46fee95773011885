-- What the calculations depend on, as counts and last moments: equal rows mean equal results. Records
-- of other kinds, which people type all day, change nothing here.
-- Grain: one row.
SELECT
    (SELECT value FROM meta WHERE key = 'reference_digest') AS reference,
    (SELECT count(*) FROM batch) AS n_batches,
    (SELECT max(loaded_at) FROM batch) AS last_load,
    (SELECT count(undone_at) FROM batch) AS n_undone,
    (SELECT max(undone_at) FROM batch) AS last_undo,
    (SELECT sum(revision) FROM record WHERE kind IN ('target', 'document', 'agency', 'measurement'))
        AS n_changes,
    (SELECT max(saved_at) FROM record WHERE kind IN ('target', 'document', 'agency', 'measurement'))
        AS last_change
