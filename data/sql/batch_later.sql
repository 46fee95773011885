-- Later loads that touched the same cells, so that an earlier one cannot be taken back.
-- Grain: one row per later batch. Parameters: $batch_id.
WITH touched AS (
    SELECT unit_id, component_id, edition
    FROM figure
    WHERE batch_id = $batch_id
    UNION
    SELECT unit_id, component_id, edition
    FROM figure_archive
    WHERE replaced_by = $batch_id OR batch_id = $batch_id
)
SELECT DISTINCT batch.batch_id, batch.file_name, batch.loaded_at
FROM batch
WHERE batch.batch_id > $batch_id
    AND batch.undone_at IS NULL
    AND (
        EXISTS (
            SELECT 1
            FROM figure
            JOIN touched USING (unit_id, component_id, edition)
            WHERE figure.batch_id = batch.batch_id
        )
        OR EXISTS (
            SELECT 1
            FROM figure_archive
            JOIN touched USING (unit_id, component_id, edition)
            WHERE figure_archive.replaced_by = batch.batch_id
        )
    )
ORDER BY batch.batch_id
