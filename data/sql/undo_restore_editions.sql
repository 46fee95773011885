-- Put back the edition rows a load had replaced. Parameters: $batch_id.
INSERT INTO edition
SELECT
    index_id,
    edition,
    published_on,
    date_basis,
    source_id,
    geography,
    n_ranked,
    coverage,
    published_top,
    note,
    batch_id,
    publish_at
FROM edition_archive
WHERE replaced_by = $batch_id
