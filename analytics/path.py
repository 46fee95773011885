"""The cheapest way up: which components to raise, and by how much.

The total is a (weighted) sum, so the cheapest way to a given number of points fills the cheapest
components first: a linear programme whose greedy answer is optimal, and comes with the price that
proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.field import (
    Array,
    ComponentNotFound,
    Field,
    Ground,
    billionths,
    field,
    lines_parted,
    n_better,
)
from analytics.ladder import others_at
from analytics.schema import AnalyticsError

# A component is not asked to pass the province a quarter of the way down the table: three in four
# stay below it, so it has been done, and the maximum has mostly not.
CAP_QUANTILE = 0.75

# Fewer changes than this give no spread to speak of.
FEWEST_CHANGES = 10


class CostMissing(AnalyticsError):
    """A component has no cost: too few changes to take it from, and none was given."""

    def __init__(self, component_id: str) -> None:
        self.component_id = component_id
        super().__init__(f"cost missing: {component_id}")


@dataclass(frozen=True)
class Path:
    """A cheapest way up.

    `steps` has one row per component: component_id, score, cap [points of the component], cost
    [per point], gap_to_target (what its own target asks), raise_by, of which top_up [points], rank
    and rank_reached of the component, total_rank_alone (the total's rank if only this component
    were raised) and places_per_point (places of the total per point of this component alone;
    missing when it is not raised).
    `price` is the cost of the last point of the total: with it every component that could be
    raised more is at least as dear, and every one raised is at most as dear. Missing when nothing
    was topped up. `shortfall` is what the caps leave short [points]; a positive one means that
    the caps do not reach the aim.
    """

    steps: pd.DataFrame
    needed: float
    raised: float
    shortfall: float
    cost: float
    price: float
    score: float
    score_reached: float
    rank: int
    rank_reached: int


def change_spreads(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    edition: int,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How far each component usually moves in a year, over all units up to an edition.

    Steps over which a recorded break parts the component's scores are left out: they are no
    movement.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        editions: one row per edition, with coverage [complete | partial].
        edition: the last edition used.
        component_id: the line whose parts are wanted; the index itself by default.
        weights: weights of the parts by era, for an index that is a weighted sum.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].

    Returns:
        One row per part of the line in the edition: component_id, spread [points, standard
        deviation of the yearly changes of all units], n_changes. The spread is missing below 10
        changes.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated, EditionNotFound: see
            analytics.field.

    Source: docs/method/cheapest-path.md.
    """
    line = field(figures, editions=editions, component_id=component_id, weights=weights)
    return _spreads(line, edition, breaks)


def _spreads(line: Field, edition: int, breaks: pd.DataFrame | None) -> pd.DataFrame:
    parts = line.parts_at(edition)
    changes: dict[int, list[Array]] = {part: [] for part in parts}
    for now in line.editions:
        if now > edition or now - 1 not in line.editions:
            continue
        change = line.part_score[line.at(now)] - line.part_score[line.at(now - 1)]
        parted = lines_parted(breaks, now - 1, now)
        for part in parts:
            if line.parts[part] not in parted:
                changes[part].append(change[:, part][np.isfinite(change[:, part])])
    pooled = {part: np.concatenate([*found, np.empty(0)]) for part, found in changes.items()}
    return pd.DataFrame(
        {
            "component_id": [line.parts[part] for part in parts],
            "spread": [
                float(np.std(c, ddof=1)) if c.size >= FEWEST_CHANGES else np.nan
                for c in pooled.values()
            ],
            "n_changes": [c.size for c in pooled.values()],
        }
    )


def cheapest_path(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    to_rank: int | None = None,
    points: float | None = None,
    component_targets: Mapping[str, int] | None = None,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
    costs: Mapping[str, float] | None = None,
    caps: Mapping[str, float] | None = None,
    cap_quantile: float = CAP_QUANTILE,
) -> Path:
    """The cheapest raise of components that reaches a place, or gains so many points.

    Each component's own target is met first, whatever it costs and even above its cap; then the
    total is topped up, cheapest point first, within the caps. The rivals stand still.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit that climbs.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        to_rank: place of the total to reach; or
        points: points of the total to gain. With neither only the component targets are met.
        component_targets: place to reach on a component, by component_id.
        component_id: the line; the index itself by default.
        weights: weights of the parts by era, for an index that is a weighted sum.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].
        costs: cost of a point of a component, by component_id; by default 1 / the spread of its
            yearly changes, so that points are cheap where they usually move.
        caps: highest score asked of a component, by component_id; by default the score of the
            unit a quarter of the way down the table.
        cap_quantile: where the default cap lies among the units' scores.

    Returns:
        A `Path`.

    Raises:
        ColumnsMissing, IndexesMixed, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the line has no row of it.
        NoGround: the unit's or the rivals' scores or parts are missing, the parts do not add up
            to the total, or the weights are not known.
        ComponentNotFound: the line has no row, or a cost, cap or target names no part of the line.
        CostMissing: a component has too few changes for a default cost and none was given.
        ValueError: both `to_rank` and `points`, or a cost that is not positive.

    Source: docs/method/cheapest-path.md.
    """
    if to_rank is not None and points is not None:
        raise ValueError("to_rank or points, not both")
    line = field(figures, editions=editions, component_id=component_id, weights=weights)
    at, unit = line.require(edition, unit_id)
    parts = _own_parts(line, edition, unit)
    names = [line.parts[part] for part in parts]
    for given in (costs, caps, component_targets):
        for name in given or ():
            if name not in names:
                raise ComponentNotFound(name)
    table = line.part_score[at][:, parts]
    own, weight = table[unit], line.weight[at][parts]
    cap = _caps(names, table, caps, cap_quantile)
    cost = _costs(line, edition, breaks, names, costs)
    first = _own_gaps(names, table, unit, component_targets or {})
    needed = points if points is not None else 0.0
    if to_rank is not None:
        held = others_at(line.score[at], np.full(len(line.units), max(to_rank, 1)))[unit]
        needed = max(0.0, float(held - line.score[at, unit])) if np.isfinite(held) else 0.0
    room = np.maximum(cap - own - first, 0.0)
    top_up, price = _greedy(needed - float(weight @ first), room, weight, cost)
    raise_by = first + top_up
    score = float(line.score[at, unit])
    raised = float(weight @ raise_by)
    alone = _total_ranks(line, at, unit, score + weight * raise_by)
    rank = int(line.rank(edition)[unit])
    steps = pd.DataFrame(
        {
            "component_id": names,
            "score": own,
            "cap": cap,
            "cost": cost,
            "gap_to_target": first,
            "raise_by": raise_by,
            "top_up": top_up,
            "rank": _part_ranks(table, unit, own),
            "rank_reached": _part_ranks(table, unit, own + raise_by),
            "total_rank_alone": alone,
            "places_per_point": np.divide(
                rank - alone,
                weight * raise_by,
                out=np.full(len(names), np.nan),
                where=raise_by > 0,
            ),
        }
    )
    return Path(
        steps=steps,
        needed=needed,
        raised=raised,
        # Below a billionth of a point nothing is short: it is the rounding of a sum.
        shortfall=max(0.0, float(np.round(needed - raised, 9))),
        cost=float(cost @ raise_by),
        price=price,
        score=score,
        score_reached=score + raised,
        rank=rank,
        rank_reached=int(_total_ranks(line, at, unit, np.array([score + raised]))[0]),
    )


def _own_parts(line: Field, edition: int, unit: int) -> list[int]:
    """Positions of the parts of an edition, once they are held for all and make the total."""
    at, parts = line.at(edition), line.parts_at(edition)
    if not parts:
        ground = Ground.WEIGHTS_UNKNOWN if line.parts else Ground.PARTS_MISSING
        raise line.refusal(ground, edition)
    scored = np.isfinite(line.score[at])
    if np.isnan(line.part_score[at][scored][:, parts]).any():
        raise line.refusal(Ground.PARTS_MISSING, edition)
    if line.parts_gap(edition)[unit] > line.tolerance:
        raise line.refusal(Ground.PARTS_DO_NOT_SUM, edition)
    return parts


def _caps(
    names: list[str], table: Array, caps: Mapping[str, float] | None, quantile: float
) -> Array:
    default = np.nanquantile(table, quantile, axis=0)
    given = caps or {}
    return np.array([given.get(n, d) for n, d in zip(names, default, strict=True)], dtype=float)


def _costs(
    line: Field,
    edition: int,
    breaks: pd.DataFrame | None,
    names: list[str],
    costs: Mapping[str, float] | None,
) -> Array:
    given = dict(costs or {})
    if any(cost <= 0 for cost in given.values()):
        raise ValueError("a cost must be positive")
    spread = _spreads(line, edition, breaks).set_index("component_id")["spread"]
    found = []
    for name in names:
        usual = float(spread[name])
        if name not in given and not usual > 0:
            raise CostMissing(name)
        found.append(given[name] if name in given else 1.0 / usual)
    return np.array(found, dtype=np.float64)


def _own_gaps(names: list[str], table: Array, unit: int, targets: Mapping[str, int]) -> Array:
    """Points each component needs for its own target; 0 where it has none or is there."""
    gaps = np.zeros(len(names))
    for name, place in targets.items():
        column = table[:, names.index(name)]
        held = others_at(column, np.full(column.size, max(place, 1)))[unit]
        gaps[names.index(name)] = max(0.0, float(held - column[unit])) if held > 0 else 0.0
    return gaps


def _greedy(points: float, room: Array, weight: Array, cost: Array) -> tuple[Array, float]:
    """The cheapest raises within `room` that give `points` of the total, and the last price."""
    raised, price, left = np.zeros(room.size), np.nan, points
    for part in np.argsort(cost / weight, kind="stable"):
        if left <= 0:
            break
        if room[part] > 0:
            raised[part] = min(room[part], left / weight[part])
            left -= raised[part] * weight[part]
            price = float(cost[part] / weight[part])
    return raised, price


def _total_ranks(line: Field, at: int, unit: int, scores: Array) -> Array:
    others = billionths(np.delete(line.score[at], unit))
    better = n_better(np.sort(others[np.isfinite(others)]), billionths(scores))
    return better + 1


def _part_ranks(table: Array, unit: int, scores: Array) -> npt.NDArray[np.int64]:
    others = billionths(np.delete(table, unit, axis=0))
    ranks: npt.NDArray[np.int64] = 1 + (others > billionths(scores)).sum(axis=0)
    return ranks
