-- National and regional means as published.
-- Grain: one row per (component_id, edition, area, statistic).
SELECT *
FROM national_figure
ORDER BY index_id, component_id, edition, area
