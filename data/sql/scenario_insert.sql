-- Save a scenario. Parameters: one per column.
INSERT INTO scenario (
    scenario_id, title, author, saved_at, data_version, unit_id, index_id, edition, as_of, peers,
    drift, score_before, score, rank_before, rank, n_ranked, group_id
)
VALUES (
    $scenario_id, $title, $author, $saved_at, $data_version, $unit_id, $index_id, $edition, $as_of,
    $peers, $drift, $score_before, $score, $rank_before, $rank, $n_ranked, $group_id
)
