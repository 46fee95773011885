"""What is held of every index and year: how many units have a score, a place, or neither."""

from __future__ import annotations

import pandas as pd

from analytics.schema import WITHHELD, require_columns


def held_matrix(standings: pd.DataFrame, editions: pd.DataFrame) -> pd.DataFrame:
    """How many units' totals are held of every edition.

    Counts the index itself, not its components. The number of units is what the publisher ranked;
    units he withheld come on top of it.

    Args:
        standings: one row per (unit_id, component_id, edition), with index_id, score [points],
            rank [place] and state.
        editions: one row per (index_id, edition), with n_ranked [units], coverage, published_on
            and date_basis.

    Returns:
        One row per row of `editions`, with n_scores, n_ranks, n_withheld and n_units [units].

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/holdings.md.
    """
    require_columns(standings, ["index_id", "component_id", "edition", "score", "rank", "state"])
    require_columns(editions, ["index_id", "edition", "n_ranked", "coverage", "published_on"])
    totals = standings.loc[standings["component_id"] == standings["index_id"]]
    counts = (
        totals.assign(
            n_scores=totals["score"].notna().astype(int),
            n_ranks=totals["rank"].notna().astype(int),
            n_withheld=(totals["state"] == WITHHELD).astype(int),
        )
        .groupby(["index_id", "edition"], as_index=False)[["n_scores", "n_ranks", "n_withheld"]]
        .sum()
    )
    rows = editions.merge(counts, on=["index_id", "edition"], how="left", validate="one_to_one")
    names = ["n_scores", "n_ranks", "n_withheld"]
    rows[names] = rows[names].fillna(0).astype(int)
    rows["published_on"] = pd.to_datetime(rows["published_on"])
    return rows.rename(columns={"n_ranked": "n_units"})
