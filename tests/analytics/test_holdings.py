"""How much is held: counted again in plain loops."""

from __future__ import annotations

import pandas as pd

from analytics.board import Knowledge
from analytics.holdings import held_matrix


def test_scores_and_places_of_every_edition_are_counted(known: Knowledge) -> None:
    made = held_matrix(known.standings, known.tables.editions)
    assert len(made) == len(known.tables.editions)
    totals = [
        row for row in known.standings.to_dict("records") if row["component_id"] == row["index_id"]
    ]
    for line in made.to_dict("records"):
        own = [
            row for row in totals
            if (row["index_id"], row["edition"]) == (line["index_id"], line["edition"])
        ]  # fmt: skip
        assert line["n_scores"] == sum(not pd.isna(row["score"]) for row in own)
        assert line["n_ranks"] == sum(not pd.isna(row["rank"]) for row in own)
        assert line["n_withheld"] == sum(row["state"] == "withheld" for row in own)


def test_papi_2024_is_whole_but_for_two_withheld(known: Knowledge) -> None:
    made = held_matrix(known.standings, known.tables.editions).set_index(["index_id", "edition"])
    row = made.loc[("papi", 2024)]
    assert (row["n_scores"], row["n_ranks"], row["n_withheld"], row["n_units"]) == (61, 61, 2, 61)
    pci = made.loc[("pci", 2024)]
    assert (pci["n_scores"], pci["n_ranks"], pci["n_units"]) == (4, 8, 63)
