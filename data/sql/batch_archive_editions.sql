-- Keep the edition rows a load replaces. incoming holds the editions. Parameters: $batch_id.
INSERT INTO edition_archive
SELECT
    $batch_id AS replaced_by,
    edition.*
FROM edition
JOIN incoming
    ON incoming.index_id = edition.index_id AND incoming.edition = edition.edition
