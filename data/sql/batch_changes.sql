-- Cells that a load changed, as they stood before and as they stand now.
-- Grain: one row per (unit_id, component_id, edition). Parameters: $batch_id.
WITH after AS (
    SELECT unit_id, component_id, edition, score, percent, max_score, rank, state
    FROM figure
    WHERE batch_id = $batch_id
    UNION ALL
    SELECT unit_id, component_id, edition, score, percent, max_score, rank, state
    FROM figure_archive
    WHERE batch_id = $batch_id
),
before AS (
    SELECT unit_id, component_id, edition, score, percent, max_score, rank, state
    FROM figure_archive
    WHERE replaced_by = $batch_id
)
SELECT
    coalesce(after.unit_id, before.unit_id) AS unit_id,
    coalesce(after.component_id, before.component_id) AS component_id,
    coalesce(after.edition, before.edition) AS edition,
    before.score AS score_before,
    after.score AS score_after,
    before.percent AS percent_before,
    after.percent AS percent_after,
    before.max_score AS max_score_before,
    after.max_score AS max_score_after,
    before.rank AS rank_before,
    after.rank AS rank_after,
    before.state AS state_before,
    after.state AS state_after
FROM before
FULL JOIN after
    ON after.unit_id = before.unit_id
    AND after.component_id = before.component_id
    AND after.edition = before.edition
ORDER BY edition, component_id, unit_id
