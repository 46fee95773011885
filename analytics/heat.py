"""A field of squares: every component of one index by year for one unit.

The shade is always the standing in the field, whatever is printed in the square, so that a rank,
a percentile and a score tell one story.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.board import Knowledge, published
from analytics.comparability import comparability
from analytics.geography import ESTIMATE_COLUMNS
from analytics.schema import NOT_HELD, NOT_PUBLISHED

ROLES = ("total", "component")
PARTS = ("total", "component", "subcomponent")


def heat_squares(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    first: int,
    last: int,
    as_of: pd.Timestamp | None = None,
    with_parts: bool = False,
) -> pd.DataFrame:
    """Standing of one unit on every component of an index, year by year.

    A component that did not exist in a year has no square there; one that existed and of which
    nothing is held has a square without a value. Years of which no edition is out have none.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province.
        index_id: the index.
        first: first edition.
        last: last edition.
        as_of: day whose knowledge is used; everything held when absent.
        with_parts: whether sub-components have rows of their own.

    Returns:
        One row per (component_id, edition) in which the component existed, with sort, code,
        name_vi and name_en as they read in that edition, state, score [points], max_score
        [points, missing where unknown], rank, rank_low and rank_high [place], n_ranked [units],
        rank_origin, percentile [0 last to 100 first], and step: what the step into this edition
        does to ranks (yes|flag|no, "yes" in the first edition), see `comparability`.

    Source: docs/method/heat-map.md.
    """
    day = pd.Timestamp.max if as_of is None else pd.Timestamp(as_of)
    seen = published(known, day.date() if as_of is not None else pd.Timestamp("2262-01-01").date())
    lived = _lived(known.tables.components, index_id, PARTS if with_parts else ROLES)
    editions = known.tables.editions
    out = editions.loc[
        (editions["index_id"] == index_id) & editions["edition"].between(first, last)
    ]
    is_out = pd.to_datetime(out["published_on"]) <= day
    rows = lived.merge(
        pd.DataFrame({"edition": out["edition"].astype("int64"), "is_out": is_out}), how="cross"
    )
    lasts = rows["to_edition"].astype("Float64").fillna(float("inf"))
    rows = rows.loc[(rows["from_edition"] <= rows["edition"]) & (lasts >= rows["edition"])]
    columns = ["score", "rank", "rank_low", "rank_high", "n_ranked", "rank_origin", "percentile",
               "state"]  # fmt: skip
    own = seen.loc[seen["unit_id"] == unit_id, ["component_id", "edition", *columns]]
    rows = rows.merge(own, on=["component_id", "edition"], how="left", validate="one_to_one")
    rows["state"] = rows["state"].fillna(NOT_HELD).where(rows["is_out"], NOT_PUBLISHED)
    rows = rows.sort_values(["order", "edition"]).reset_index(drop=True)
    return _steps(known, rows).drop(columns=["is_out", "from_edition", "to_edition"])


def estimated_squares(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    first: int,
    last: int,
    fields: Mapping[str, pd.DataFrame],
    as_of: pd.Timestamp | None = None,
    with_parts: bool = False,
) -> pd.DataFrame:
    """The squares of a present unit, estimated for the years that measured its predecessors.

    An estimated square has no rank, score or percentile: its figures stand in columns of their
    own, so that nobody takes one for a published place. Later years are as published.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the present unit.
        index_id: the index.
        first: first edition.
        last: last edition.
        fields: component_id to `analytics.geography.estimated_places`; a component without one
            has no estimates.
        as_of: day whose knowledge is used; everything held when absent.
        with_parts: whether sub-components have rows of their own.

    Returns:
        Columns of `heat_squares` and is_estimate, estimated_place [place among n_common units],
        n_common, estimated_percentile [0 to 100], estimated_score [points], coverage [0 to 1] and
        reason (why there is no estimate; empty where there is one).

    Source: docs/method/heat-map.md.
    """
    rows = heat_squares(
        known, unit_id=unit_id, index_id=index_id, first=first, last=last, as_of=as_of,
        with_parts=with_parts,
    )  # fmt: skip
    units, editions = known.tables.units, known.tables.editions
    own = units.loc[units["unit_id"] == unit_id, "geography"].iloc[0]
    earlier = editions.loc[
        (editions["index_id"] == index_id) & (editions["geography"] != own), "edition"
    ]
    made = [
        field.loc[field["unit_id"] == unit_id].assign(component_id=component_id)
        for component_id, field in fields.items()
    ]
    columns = ["component_id", "edition", *ESTIMATE_COLUMNS]
    held = pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=columns)
    rows = rows.merge(
        held[columns].astype({"edition": "int64"}), on=["component_id", "edition"], how="left",
        validate="one_to_one",
    )  # fmt: skip
    rows["is_estimate"] = rows["edition"].isin(earlier)
    rows["reason"] = rows["reason"].fillna("")
    return rows


def _lived(components: pd.DataFrame, index_id: str, roles: tuple[str, ...]) -> pd.DataFrame:
    """Periods of the components asked for, parents before their parts."""
    rows = components.loc[
        (components["index_id"] == index_id) & components["role"].isin(roles)
    ].copy()
    sorts = components.drop_duplicates("component_id").set_index("component_id")["sort"]
    parent = rows["parent_id"].where(rows["role"] == "subcomponent", rows["component_id"])
    own = rows["sort"].where(rows["role"] == "subcomponent", -1)
    rows["order"] = list(zip(parent.map(sorts).astype(int), own.astype(int), strict=True))
    return rows[
        ["component_id", "role", "order", "from_edition", "to_edition", "code", "name_vi",
         "name_en", "max_score"]
    ]  # fmt: skip


def _steps(known: Knowledge, rows: pd.DataFrame) -> pd.DataFrame:
    """What the step from the edition before does to the ranks of each line."""
    before = rows.groupby("component_id")["edition"].shift(1)
    pairs = rows.assign(baseline=before)[["component_id", "baseline", "edition"]].dropna()
    pairs = pairs.astype({"baseline": "int64"})
    answers = comparability(known.tables.components, known.tables.breaks, pairs)
    steps = answers.set_index(["component_id", "edition"])["rank_comparable"]
    keys = pd.MultiIndex.from_frame(rows[["component_id", "edition"]])
    return rows.assign(step=steps.reindex(keys).fillna("yes").to_numpy())
