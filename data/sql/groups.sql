-- Group schemes by year with their labels and lower bounds.
-- Grain: one row per (scheme_id, group_id).
SELECT *
FROM group_bound
ORDER BY index_id, scheme_id, from_edition, sort
