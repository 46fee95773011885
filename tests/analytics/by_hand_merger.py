"""The merger lenses by plain loops over the shipped files: slow, obvious, no code of analytics.

A unit is a list of (share, score) pairs; a field is a dict of units.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
Pairs = Sequence[tuple[float, float | None]]
Link = Mapping[str, str]


def links() -> list[dict[str, str]]:
    with (REFERENCE / "unit_links.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scores(index_id: str, edition: int) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    path = REFERENCE / "rankings" / index_id / f"{edition}.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["component_id"] == index_id:
                found[row["unit_id"]] = float(row["score"]) if row["score"] else None
    return found


def made_of(unit: str, rows: Sequence[Link], after: str, until: str) -> dict[str, float]:
    """Share of every earlier unit in `unit`, by recursion over the days of change, ISO dates."""
    days = [
        row["effective_on"]
        for row in rows
        if row["to_unit_id"] == unit
        and row["event"] not in ("rename", "status")
        and after < row["effective_on"] <= until
    ]
    if not days:
        return {unit: 1.0}
    latest = max(days)
    total: dict[str, float] = {}
    for row in rows:
        is_of_the_day = row["effective_on"] == latest and row["to_unit_id"] == unit
        if not is_of_the_day or row["event"] in ("rename", "status"):
            continue
        weight = float(row["weight"]) if row["weight"] else math.nan
        # The eve: everything of the day itself has been undone.
        for older, share in made_of(row["from_unit_id"], rows, after, latest[:-1]).items():
            total[older] = total.get(older, 0.0) + weight * share
    return total


def composite(parts: Pairs) -> tuple[float | None, float]:
    """Weighted mean of those that have a score, and the share they make up."""
    whole = sum(share for share, _ in parts)
    points = backed = 0.0
    for share, score in parts:
        if score is not None:
            points += share * score
            backed += share
    return (points / backed if backed > 0 else None), backed / whole


@dataclass
class Estimate:
    place0: int
    place1: int
    bounds0: tuple[int, int]
    bounds1: tuple[int, int]
    n_common: int
    required_gain: int
    required_place: int


def _places(unit: str, field: Mapping[str, Pairs]) -> tuple[int, tuple[int, int]]:
    """Place of the composite, and the best and worst place its predecessors could mean."""
    own, _ = composite(field[unit])
    mine = [score for _, score in field[unit] if score is not None]
    assert own is not None
    place = low = high = 1
    for other, parts in field.items():
        if other == unit:
            continue
        theirs, _ = composite(parts)
        scored = [score for _, score in parts if score is not None]
        assert theirs is not None
        if round(theirs, 9) > round(own, 9):
            place += 1
        if round(min(scored), 9) > round(max(mine), 9):
            low += 1
        if round(max(scored), 9) > round(min(mine), 9):
            high += 1
    return place, (low, high)


def required_gain(gain: int, n_before: int, n_now: int) -> int:
    return math.ceil(Fraction(gain * (n_now - 1), n_before - 1))


def estimates(
    before: Mapping[str, Pairs], now: Mapping[str, Pairs], *, gain: int, n_before: int
) -> dict[str, Estimate]:
    """Lens B for all units that have a composite in both years."""
    common = [
        unit
        for unit in before
        if composite(before[unit])[0] is not None and composite(now[unit])[0] is not None
    ]
    field0 = {unit: before[unit] for unit in common}
    field1 = {unit: now[unit] for unit in common}
    found = {}
    for unit in common:
        place0, bounds0 = _places(unit, field0)
        place1, bounds1 = _places(unit, field1)
        asked = required_gain(gain, n_before, len(common))
        found[unit] = Estimate(
            place0, place1, bounds0, bounds1, len(common), asked, max(1, place0 - asked)
        )
    return found
