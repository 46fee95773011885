-- The indices of the catalogue in their usual order.
-- Grain: one row per index_id.
SELECT
    index_id,
    short,
    name_vi,
    name_en,
    publisher_vi,
    publisher_en,
    source_id,
    direction,
    decimals,
    why_it_matters_vi,
    why_it_matters_en,
    sort
FROM index_entry
ORDER BY sort, index_id
