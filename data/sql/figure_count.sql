-- How many figures the store holds, held back or not.
-- Grain: one row.
SELECT count(*) AS n_figures
FROM figure
