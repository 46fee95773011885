-- Record a load. Parameters: one per column.
INSERT INTO batch (
    batch_id, loaded_at, author, file_name, file_sha256, index_id, editions, source_title,
    source_date, publish_at, n_rows, n_added, n_changed, n_removed, note
)
VALUES (
    $batch_id, $loaded_at, $author, $file_name, $file_sha256, $index_id, $editions,
    $source_title, $source_date, $publish_at, $n_rows, $n_added, $n_changed, $n_removed, $note
)
