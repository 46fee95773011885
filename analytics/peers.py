"""Whom to compare with, and whom to learn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.field import Array, field
from analytics.schema import UnitNotFound, require_columns

# Five to ten of 63 are a group one can still read; the outcome itself is never a variable.
N_PEERS = 8

# "Same starting line": at most three places away.
SAME_START_WITHIN = 3

# A rise counts when it is still there this many editions later.
HELD_FOR = 2


def nearest(
    variables: pd.DataFrame,
    *,
    unit_id: str,
    columns: Sequence[str],
    n: int = N_PEERS,
) -> pd.DataFrame:
    """The units most like one unit, by the distance of standardised variables.

    Every variable counts alike; give the logarithm of what runs over orders of magnitude. A unit
    that lacks a variable cannot be placed and is left out.

    Args:
        variables: one row per unit_id, with the columns named.
        unit_id: the unit whose peers are wanted.
        columns: numeric columns to compare on.
        n: how many peers.

    Returns:
        One row per peer, nearest first: unit_id, distance [standard deviations], similarity (1 =
        the same, 0 = the farthest unit), and z_<column> for the peer minus the unit [standard
        deviations].

    Raises:
        ColumnsMissing: `variables` lacks a column.
        UnitNotFound: no row of the unit, or one of its variables is missing.

    Source: docs/method/peers.md.
    """
    require_columns(variables, ("unit_id", *columns))
    known = variables.dropna(subset=list(columns)).sort_values("unit_id", ignore_index=True)
    units = [str(u) for u in known["unit_id"]]
    if unit_id not in units:
        raise UnitNotFound(unit_id)
    values = known[list(columns)].to_numpy(dtype=np.float64)
    spread = values.std(axis=0)
    # A variable that is the same for all tells nobody apart.
    standard = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    apart = standard - standard[units.index(unit_id)]
    distance = np.sqrt((apart**2).sum(axis=1))
    farthest = distance.max()
    frame = pd.DataFrame(
        {
            "unit_id": units,
            "distance": distance,
            "similarity": 1.0 - distance / farthest if farthest > 0 else np.ones(len(units)),
            **{f"z_{column}": apart[:, at] for at, column in enumerate(columns)},
        }
    )
    others = frame[frame["unit_id"] != unit_id]
    return others.sort_values("distance", kind="stable").head(n).reset_index(drop=True)


def same_region(units: pd.DataFrame | None, unit_id: str) -> list[str]:
    """The units of a unit's region, itself among them.

    Args:
        units: one row per unit_id, with region_id.
        unit_id: the unit whose region is meant.

    Returns:
        Unit ids, sorted.

    Raises:
        ColumnsMissing: no unit_id or region_id.
        UnitNotFound: no row of the unit, or its region is missing.

    Source: docs/method/peers.md.
    """
    units = pd.DataFrame(columns=["unit_id", "region_id"]) if units is None else units
    require_columns(units, ("unit_id", "region_id"))
    region = units.loc[units["unit_id"] == unit_id, "region_id"].dropna()
    if region.empty:
        raise UnitNotFound(unit_id)
    return sorted(str(u) for u in units.loc[units["region_id"] == region.iloc[0], "unit_id"])


def same_start(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
    within: int = SAME_START_WITHIN,
) -> pd.DataFrame:
    """The units that stood within a few places of a unit in an edition.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit whose starting place is meant.
        edition: the edition of the start.
        editions: one row per edition, with coverage [complete | partial].
        component_id: the ranked line; the index itself by default.
        within: places away at most.

    Returns:
        One row per other unit: unit_id, rank [place], places_ahead (positive = better than the
        unit), by closeness, then place.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the line has no row of it.
        NoGround: the unit has no score, or not all its rivals' scores are held.

    Source: docs/method/peers.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    _, unit = line.require(edition, unit_id)
    rank = line.shown_rank(edition)
    ahead = rank[unit] - rank
    frame = pd.DataFrame({"unit_id": line.units, "rank": rank, "places_ahead": ahead})
    near = frame[frame["places_ahead"].abs().le(within) & frame["unit_id"].ne(unit_id)]
    near = near.assign(apart=near["places_ahead"].abs()).sort_values(["apart", "rank", "unit_id"])
    whole = near.drop(columns="apart").astype({"rank": "Int64", "places_ahead": "Int64"})
    return whole.reset_index(drop=True)


def held_rises(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    first: int,
    last: int,
    component_id: str | None = None,
    unit_ids: Sequence[str] | None = None,
    held_for: int = HELD_FOR,
) -> pd.DataFrame:
    """Who rose most and held it: each unit's best rise that was still there years later.

    The rise is counted down to the worst place of the years it had to be held, so a peak of one
    year is no rise. Every one of those years must be ranked.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        editions: one row per edition, with coverage [complete | partial].
        first: the earliest edition a rise may start from.
        last: the latest edition looked at.
        component_id: the ranked line; the index itself by default.
        unit_ids: a list of one's own; all units by default.
        held_for: editions after the rise in which it must still be there.

    Returns:
        One row per unit that rose, largest held gain first: unit_id, baseline, edition [the rise],
        rank_baseline, rank, worst_rank_held [place], gain, held_gain [places], score_baseline,
        score, last_score [points, at the last year it was held].

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        UnitNotFound: the line has no row of a unit of `unit_ids`.

    Source: docs/method/peers.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    wanted = range(len(line.units)) if unit_ids is None else [line.unit(u) for u in unit_ids]
    years = [y for y in line.editions if first <= y <= last]
    rank = np.array([line.shown_rank(y) for y in years])
    score = np.array([line.score[line.at(y)] for y in years])
    rows = []
    for unit in wanted:
        best = _best_rise(rank[:, unit], held_for) if years else None
        if best is not None:
            start, up, worst = best
            rows.append(
                {
                    "unit_id": line.units[unit],
                    "baseline": years[start],
                    "edition": years[up],
                    "rank_baseline": int(rank[start, unit]),
                    "rank": int(rank[up, unit]),
                    "worst_rank_held": worst,
                    "gain": int(rank[start, unit] - rank[up, unit]),
                    "held_gain": int(rank[start, unit]) - worst,
                    "score_baseline": float(score[start, unit]),
                    "score": float(score[up, unit]),
                    "last_score": float(score[up + held_for, unit]),
                }
            )
    frame = pd.DataFrame(rows, columns=list(RISE_COLUMNS))
    return frame.sort_values(
        ["held_gain", "unit_id"], ascending=[False, True], kind="stable", ignore_index=True
    )


RISE_COLUMNS = (
    "unit_id",
    "baseline",
    "edition",
    "rank_baseline",
    "rank",
    "worst_rank_held",
    "gain",
    "held_gain",
    "score_baseline",
    "score",
    "last_score",
)


def _best_rise(rank: Array, held_for: int) -> tuple[int, int, int] | None:
    """(start, year it was reached, worst place while held): largest held gain, quickest first."""
    best: tuple[float, int, int] | None = None
    found: tuple[int, int, int] | None = None
    for up in range(1, rank.size - held_for):
        held = rank[up : up + held_for + 1]
        if np.isnan(held).any():
            continue
        worst = int(held.max())
        for start in range(up):
            # A missing start compares as no gain.
            gain = rank[start] - worst
            key = (gain, start - up, -up)
            if gain > 0 and (best is None or key > best):
                best, found = key, (start, up, worst)
    return found
