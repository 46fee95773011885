"""Where the indices agree or disagree on one theme, seen from one unit.

The four ask different people different things: a gap between two of them is a question to be put,
not a fault of either.
"""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from analytics.schema import require_columns

# Spread of the standings of a theme, in percentile points. A quarter of the field is about what a
# place moves from year to year without any cause; half a field apart is never that.
AGREE_WITHIN = 25.0
DISAGREE_FROM = 50.0


class Accord(StrEnum):
    """What the indices together say of a theme."""

    AGREE = "agree"
    MIXED = "mixed"
    DISAGREE = "disagree"
    ONE_ONLY = "one_only"
    UNKNOWN = "unknown"


def theme_standings(
    crosswalk: pd.DataFrame, standings: pd.DataFrame, *, unit_id: str, edition: int
) -> pd.DataFrame:
    """Standing of one unit on every component of the crosswalk in one edition.

    Args:
        crosswalk: one row per (theme_id, component_id), with index_id and confidence.
        standings: one row per (unit_id, component_id, edition), with rank [place], n_ranked
            [units], percentile [0 last to 100 first], rank_origin and state.
        unit_id: the province.
        edition: the year.

    Returns:
        The rows of `crosswalk` with rank, n_ranked, percentile, rank_origin and state; missing
        where nothing is held of the component in that year.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/crosswalk.md.
    """
    require_columns(crosswalk, ["theme_id", "index_id", "component_id"])
    columns = ["rank", "n_ranked", "percentile", "rank_origin", "state"]
    require_columns(standings, ["unit_id", "component_id", "edition", *columns])
    own = standings.loc[
        (standings["unit_id"] == unit_id) & (standings["edition"] == edition),
        ["component_id", *columns],
    ]
    return crosswalk.merge(own, on="component_id", how="left", validate="many_to_one")


def theme_indices(rows: pd.DataFrame) -> pd.DataFrame:
    """One standing per theme and index: the mean over the index's components that have one.

    Args:
        rows: result of `theme_standings`.

    Returns:
        One row per (theme_id, index_id) of `rows`, in their order, with percentile [0 to 100,
        missing where no component has one], n_known and n_components.

    Raises:
        ColumnsMissing: `rows` lacks a column.

    Source: docs/method/crosswalk.md.
    """
    require_columns(rows, ["theme_id", "index_id", "percentile"])
    values = rows.assign(percentile=rows["percentile"].astype("Float64"))
    return values.groupby(["theme_id", "index_id"], sort=False, as_index=False).agg(
        percentile=("percentile", "mean"),
        n_known=("percentile", "count"),
        n_components=("percentile", "size"),
    )


def theme_accord(by_index: pd.DataFrame) -> pd.DataFrame:
    """Whether the indices agree on each theme: spread of their standings against two limits.

    Up to 25 percentile points apart they agree, from 50 on they disagree, in between the picture
    is mixed. One index alone agrees with nobody.

    Args:
        by_index: result of `theme_indices`.

    Returns:
        One row per theme_id, in their order, with n_indices (with a standing), spread [percentile
        points, missing below two], highest and lowest (index_id) and accord.

    Raises:
        ColumnsMissing: `by_index` lacks a column.

    Source: docs/method/crosswalk.md.
    """
    require_columns(by_index, ["theme_id", "index_id", "percentile"])
    found = []
    for theme_id, of in by_index.groupby("theme_id", sort=False):
        known = of.loc[of["percentile"].notna()]
        n_known = len(known)
        spread = float(known["percentile"].max() - known["percentile"].min()) if n_known else 0.0
        ordered = known.sort_values("percentile", kind="stable")["index_id"]
        best, worst = (ordered.iloc[-1], ordered.iloc[0]) if n_known else (None, None)
        found.append(
            {
                "theme_id": theme_id,
                "n_indices": n_known,
                "spread": spread if n_known > 1 else None,
                "highest": best,
                "lowest": worst,
                "accord": _accord(n_known, spread).value,
            }
        )
    columns = ["theme_id", "n_indices", "spread", "highest", "lowest", "accord"]
    return pd.DataFrame(found, columns=columns).astype({"spread": "Float64"})


def _accord(n_known: int, spread: float) -> Accord:
    if n_known < 2:
        return Accord.ONE_ONLY if n_known else Accord.UNKNOWN
    if spread <= AGREE_WITHIN:
        return Accord.AGREE
    return Accord.DISAGREE if spread >= DISAGREE_FROM else Accord.MIXED
