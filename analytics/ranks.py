"""Places: competition ranks, published against computed, percentile standing.

Place 1 is best; a positive gain is an improvement.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.schema import (
    FIGURE_COLUMNS,
    OUTSIDE_TOP,
    WITHHELD,
    EditionNotFound,
    require_columns,
)

# Sums of published parts differ in the fifteenth digit; two scores closer than this are one score.
SCORE_DECIMALS = 9

FIELD = ["index_id", "component_id", "edition"]


def competition_ranks(figures: pd.DataFrame) -> pd.Series:
    """Places computed from unrounded scores, ties sharing the better place (1, 2, 2, 4).

    A missing score has no place and does not count among those ranked.

    Args:
        figures: one row per (unit_id, component_id, edition), with score [points] and
            direction [+1 higher is better, -1 lower is better].

    Returns:
        One place per row of `figures`, on its index; missing where the score is missing.

    Raises:
        ColumnsMissing: `figures` lacks a column named above.

    Source: docs/method/ranks.md.
    """
    require_columns(figures, [*FIELD, "score", "direction"])
    better = (figures["score"].astype("Float64") * figures["direction"]).round(SCORE_DECIMALS)
    keys = [figures[column] for column in FIELD]
    places = better.groupby(keys, sort=False).rank(method="min", ascending=False, na_option="keep")
    return places.astype("Int64").rename("rank_computed")


def standings(
    figures: pd.DataFrame, editions: pd.DataFrame, components: pd.DataFrame
) -> pd.DataFrame:
    """Where every unit stands: the published place where there is one, else the computed one.

    A place is computed only when the score of every unit the publisher scored is held; from a
    fragment of a league table no place follows. The published place wins over the computed one,
    and the disagreement is kept. A unit without a known place has bounds instead.

    Args:
        figures: one row per (unit_id, component_id, edition) with the columns of
            `analytics.schema.FIGURE_COLUMNS`.
        editions: one row per (index_id, edition) with coverage (complete|partial), n_ranked
            [units] and published_top [place, missing when all places are published].
        components: one row per (component_id, period) with direction [+1|-1].

    Returns:
        The rows of `figures` with rank [place, published wins], rank_origin (published, listed,
        derived, computed), rank_published and rank_computed [place], is_disputed, is_tied,
        tie_broken_by_publisher, rank_low and rank_high [place, best and worst possible],
        n_ranked and n_withheld [units] and percentile [0 worst to 100 best, ties at their mean].
        A component whose direction the catalogue does not name gets no computed place.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/ranks.md.
    """
    require_columns(figures, FIGURE_COLUMNS)
    require_columns(editions, ["index_id", "edition", "coverage", "n_ranked", "published_top"])
    require_columns(components, ["component_id", "direction"])
    direction = components.drop_duplicates("component_id")[["component_id", "direction"]]
    rows = figures.merge(direction, on="component_id", how="left", validate="many_to_one")
    rows = rows.merge(
        editions[["index_id", "edition", "coverage", "n_ranked", "published_top"]],
        on=["index_id", "edition"],
        how="left",
        validate="many_to_one",
    )
    rows = _field_size(rows)
    rows = rows.rename(columns={"rank": "rank_published"})
    rows["rank_published"] = rows["rank_published"].astype("Int64")
    rows["rank_computed"] = competition_ranks(rows).where(rows["is_field_complete"])
    rows["rank"] = rows["rank_published"].fillna(rows["rank_computed"])
    rows["rank_origin"] = (
        rows["rank_origin"]
        .where(rows["rank_published"].notna(), "computed")
        .where(rows["rank"].notna())
    )
    rows["is_disputed"] = (rows["rank_published"] != rows["rank_computed"]).fillna(False)
    rows = _ties(rows)
    return _percentile(_bounds(rows)).drop(columns=["coverage", "direction"])


def _field_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Add n_ranked per component, n_withheld and whether the whole field is held."""
    grouped = rows.groupby(FIELD, sort=False)
    n_scored = grouped["score"].transform("count")
    n_rows = grouped["unit_id"].transform("size")
    totals = rows.loc[rows["component_id"] == rows["index_id"]]
    n_total = totals.groupby(["index_id", "edition"]).size().rename("n_rows_total").reset_index()
    rows = rows.merge(n_total, on=["index_id", "edition"], how="left", validate="many_to_one")
    complete = (rows["coverage"] == "complete") & (
        n_rows.to_numpy() >= rows["n_rows_total"].fillna(np.inf)
    )
    rows["is_field_complete"] = complete.to_numpy()
    # Withheld provinces differ by component (PAPI 2018, 2022), so a held field counts itself.
    counted = pd.Series(n_scored.to_numpy(), index=rows.index, dtype="Int64")
    rows["n_ranked"] = rows["n_ranked"].astype("Int64").mask(rows["is_field_complete"], counted)
    withheld = (rows["state"] == WITHHELD).groupby([rows[c] for c in FIELD], sort=False)
    rows["n_withheld"] = withheld.transform("sum").astype("Int64")
    return rows.drop(columns="n_rows_total")


def _ties(rows: pd.DataFrame) -> pd.DataFrame:
    """Mark shared places, and equal printed scores that the publisher told apart."""
    keys = [rows[c] for c in FIELD]
    same_rank = rows.groupby([*keys, rows["rank"]], sort=False)["unit_id"].transform("size")
    rows["is_tied"] = ((same_rank > 1) & rows["rank"].notna()).fillna(False)
    score = rows["score"].round(SCORE_DECIMALS)
    by_score = rows.groupby([*keys, score], sort=False, dropna=True)["rank_published"]
    rows["tie_broken_by_publisher"] = (by_score.transform("nunique") > 1).fillna(False)
    return rows


def _bounds(rows: pd.DataFrame) -> pd.DataFrame:
    """Best and worst possible place: one and the same where the place is known."""
    n = rows["n_ranked"]
    outside = rows["state"] == OUTSIDE_TOP
    low = pd.Series(1, index=rows.index, dtype="Int64").mask(
        outside, (rows["published_top"].astype("Int64") + 1).fillna(1)
    )
    high = n.mask(rows["state"] == WITHHELD, n + rows["n_withheld"])
    rows["rank_low"] = rows["rank"].fillna(low)
    rows["rank_high"] = rows["rank"].fillna(high)
    return rows


def _percentile(rows: pd.DataFrame) -> pd.DataFrame:
    """Units that share a place stand at the mean of the places they fill."""
    shared = rows.groupby([*[rows[c] for c in FIELD], rows["rank"]], sort=False)["unit_id"]
    middle = rows["rank"] + (shared.transform("size") - 1) / 2
    rows["percentile"] = percentile_standing(middle, rows["n_ranked"])
    return rows


def percentile_standing(rank: pd.Series, n_ranked: pd.Series) -> pd.Series:
    """Standing from 0 (last) to 100 (first), so that years with different n can be compared.

    Args:
        rank: place among those ranked; of a shared place the mean of the places it fills.
        n_ranked: number of units ranked.

    Returns:
        100 (n - r) / (n - 1); missing where either is missing or only one unit was ranked.

    Source: docs/method/ranks.md.
    """
    n = n_ranked.astype("Float64")
    span = (n - 1).where(n > 1)
    return (100 * (n - rank.astype("Float64")) / span).rename("percentile")


def equivalent_rank(rank: float, n_ranked: int, n_other: int) -> float:
    """The place among `n_other` units that stands as far up as `rank` among `n_ranked`.

    A reading aid ("khoảng 30/34"), never an official place.

    Args:
        rank: place, 1 = best.
        n_ranked: units ranked.
        n_other: units in the other field.

    Returns:
        1 + (r - 1)(m - 1)/(n - 1), not rounded; not a number where only one unit was ranked.

    Source: docs/method/ranks.md.
    """
    if n_ranked <= 1:
        return float("nan")
    return 1 + (rank - 1) * (n_other - 1) / (n_ranked - 1)


def rank_gains(ranks: pd.DataFrame, *, baseline: int, edition: int) -> pd.DataFrame:
    """Places each unit gained on each component since the baseline edition.

    A unit or component absent from the baseline keeps its row with a missing gain:
    "not ranked then" is not "no change".

    Args:
        ranks: one row per (unit_id, component_id, edition), with rank [place, 1 = best],
            n_ranked [units] and score [points].
        baseline: edition compared against, e.g. 2022.
        edition: edition reported, e.g. 2024.

    Returns:
        One row per (unit_id, component_id) of `edition`, all columns of that edition plus
        rank_baseline [place], n_ranked_baseline [units], score_baseline and score_change
        [points] and rank_gain [places, positive = improved].

    Raises:
        ColumnsMissing: `ranks` lacks a column named above.
        EditionNotFound: `ranks` holds no row for `baseline` or `edition`.

    Source: docs/method/ranks.md.
    """
    keys = ["unit_id", "component_id"]
    require_columns(ranks, [*keys, "edition", "rank", "n_ranked", "score"])
    for asked in (baseline, edition):
        if not (ranks["edition"] == asked).any():
            raise EditionNotFound(asked)
    before = ranks.loc[ranks["edition"] == baseline, [*keys, "rank", "n_ranked", "score"]]
    now = ranks.loc[ranks["edition"] == edition]
    rows = now.merge(before, on=keys, how="left", suffixes=("", "_baseline"), validate="one_to_one")
    rows["rank_gain"] = rows["rank_baseline"] - rows["rank"]
    rows["score_change"] = rows["score"] - rows["score_baseline"]
    return rows
