-- Put the edition rows of a load into the present state. Parameters: $batch_id, $publish_at.
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
    $batch_id AS batch_id,
    $publish_at AS publish_at
FROM incoming
