"""What if: the score, place and group a unit would have had with other component scores.

A scenario is a question put to one published table; it is never stored among the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.field import (
    FIELD_COLUMNS,
    PARTS_TOLERANCE,
    Array,
    ComponentNotFound,
    Field,
    Ground,
    billionths,
    children,
    field,
    fields,
    n_better,
    only_index,
    scores_parted,
)
from analytics.ladder import DRIFT, Tide, ordered_groups, projected_scores
from analytics.peers import same_region
from analytics.schema import AnalyticsError, EditionNotFound, require_columns

# "Own best of five years" looks at the edition and the four before it.
OWN_BEST_YEARS = 5


class Preset(StrEnum):
    """Ready-made questions: each lifts components, none lowers one."""

    MEDIAN = "median"
    REGIONAL_BEST = "regional_best"
    OWN_BEST = "own_best"


class Peers(StrEnum):
    """Whether the rivals stay where they are or go on moving."""

    FIXED = "fixed"
    MOVING = "moving"


class ChangeClash(AnalyticsError):
    """A component and a part of it are both changed: the answer would depend on the order."""

    def __init__(self, component_id: str, part_id: str) -> None:
        self.component_id, self.part_id = component_id, part_id
        super().__init__(f"both changed: {component_id} and {part_id}")


class ScoreOutOfScale(AnalyticsError):
    """A changed score would lie outside the component's scale."""

    def __init__(self, component_id: str, score: float, lowest: float, highest: float) -> None:
        self.component_id, self.score = component_id, score
        self.lowest, self.highest = lowest, highest
        super().__init__(f"out of scale: {component_id} {score} not in {lowest}..{highest}")


@dataclass(frozen=True)
class Scenario:
    """The answer to one what-if.

    `components` has one row per changed line and each line above it: component_id, score_before,
    score, change [points], rank_before, rank [place], gain [places, positive = improved]. The
    other fields speak of the index itself; a group is missing where no thresholds were handed
    over, and `gain` counts from the place in the published table, also when the rivals move.
    """

    unit_id: str
    edition: int
    peers: Peers
    score_before: float
    score: float
    rank_before: int
    rank: int
    n_ranked: int
    gain: int
    group_before: str | None
    group: str | None
    components: pd.DataFrame


def what_if(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    changes: Mapping[str, float] | None = None,
    scores: Mapping[str, float] | None = None,
    weights: pd.DataFrame | None = None,
    limits: pd.DataFrame | None = None,
    thresholds: pd.DataFrame | None = None,
    peers: Peers = Peers.FIXED,
    drift: float = DRIFT,
    horizon: int = 1,
    tide: Tide = Tide.EACH,
    breaks: pd.DataFrame | None = None,
    tolerance: float = PARTS_TOLERANCE,
) -> Scenario:
    """The place a unit would have with components shifted or replaced.

    A change of a sub-dimension moves its dimension and the total by as much; a change of a
    component moves the total by the component's weight.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit asked about.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        changes: points added to a component, by component_id.
        scores: score a component is set to, by component_id.
        weights: weights of the parts by era, for an index that is a weighted sum.
        limits: one row per component_id with min_score and max_score [points]; a changed score
            outside stops the question.
        thresholds: groups of the total, as in `analytics.ladder.group_steps`.
        peers: fixed, or moving as in `analytics.ladder.projected_scores`.
        drift: share of the last yearly change expected again, for moving rivals.
        horizon: years ahead, for moving rivals.
        tide: each rival by its own last change, or all by the mean change.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].
        tolerance: how far the unit's parts may miss its printed total [points].

    Returns:
        A `Scenario`.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the index has no row of it.
        NoGround: the unit's or the rivals' scores are missing, the weights are not known, the
            parts do not add up, or the rivals cannot be moved because the table of the year
            before is missing or was made another way.
        ChangeClash: a component and a part of it are both changed, or one is changed twice.
        ScoreOutOfScale: a changed score leaves the component's scale.

    Source: docs/method/what-if.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    if not figures["edition"].eq(edition).any():
        raise EditionNotFound(edition)
    index_id = only_index(figures)
    # Only the table itself and last year's, for the drift: a question is answered while typing.
    figures = figures[figures["edition"].isin([edition, edition - 1])]
    total = field(figures, editions=editions, weights=weights, tolerance=tolerance)
    _, unit = total.require(edition, unit_id)
    if total.parts_gap(edition)[unit] > tolerance:
        raise total.refusal(Ground.PARTS_DO_NOT_SUM, edition)
    shifts = _shifts(figures, unit_id, edition, total, changes or {}, scores or {})
    rows = []
    for line in fields(figures, editions=editions, component_ids=sorted(shifts)).values():
        rivals = line.score[line.at(edition)]
        if peers is Peers.MOVING:
            moved = projected_scores(
                line, edition, drift=drift, horizon=horizon, tide=tide, breaks=breaks
            )
            if moved is None:
                raise line.refusal(Ground.METHOD_CHANGED, edition)
            rivals = moved
        rows.append(_moved(line, edition, line.unit(unit_id), shifts[line.component_id], rivals))
    components = pd.DataFrame(rows, columns=list(MOVED_COLUMNS))
    _check_scale(components, limits)
    for name in ("rank_before", "rank", "gain"):
        components[name] = components[name].astype("Int64")
    own = components[components["component_id"] == index_id].iloc[0]
    return Scenario(
        unit_id=unit_id,
        edition=edition,
        peers=peers,
        score_before=float(own["score_before"]),
        score=float(own["score"]),
        rank_before=int(own["rank_before"]),
        rank=int(own["rank"]),
        n_ranked=int(total.n_ranked(edition)),
        gain=int(own["gain"]),
        group_before=_group(thresholds, float(own["score_before"])),
        group=_group(thresholds, float(own["score"])),
        components=components,
    )


def _shifts(
    figures: pd.DataFrame,
    unit_id: str,
    edition: int,
    total: Field,
    changes: Mapping[str, float],
    scores: Mapping[str, float],
) -> dict[str, float]:
    """Points by which each changed line and each line above it moves."""
    table = figures[figures["unit_id"].eq(unit_id) & figures["edition"].eq(edition)]
    held = table.dropna(subset=["score"]).set_index("component_id")["score"].to_dict()
    weight = dict(zip(total.parts, total.weight[total.at(edition)], strict=True))
    direct = dict(changes)
    for component_id, score in scores.items():
        if component_id in direct:
            raise ChangeClash(component_id, component_id)
        direct[component_id] = score - held.get(component_id, np.nan)
    shifts = {total.index_id: 0.0}
    for component_id, shift in direct.items():
        above = _above(component_id)
        for line in above:
            if line in direct:
                raise ChangeClash(line, component_id)
        lines = [component_id, *above]
        if lines[-1] != total.index_id or (above and lines[-2] not in weight):
            raise ComponentNotFound(component_id)
        if not all(line in held for line in lines):
            raise total.refusal(Ground.PARTS_MISSING, edition)
        points_of_total = weight[lines[-2]] if above else 1.0
        if np.isnan(points_of_total):
            raise total.refusal(Ground.WEIGHTS_UNKNOWN, edition)
        for line in lines[:-1]:
            shifts[line] = shifts.get(line, 0.0) + shift
        shifts[total.index_id] += shift * points_of_total
    return shifts


def _above(component_id: str) -> list[str]:
    """The lines above a component, nearest first."""
    dots = component_id.split(".")
    return [".".join(dots[:n]) for n in range(len(dots) - 1, 0, -1)]


MOVED_COLUMNS = (
    "component_id",
    "score_before",
    "score",
    "change",
    "rank_before",
    "rank",
    "gain",
)


def _moved(line: Field, edition: int, unit: int, shift: float, rivals: Array) -> tuple[object, ...]:
    """One row of `Scenario.components`; places are missing where the line may not be ranked."""
    at = line.at(edition)
    before = float(line.score[at, unit])
    score = before + shift
    if not line.is_complete[at]:
        return (line.component_id, before, score, shift, None, None, None)
    others = billionths(np.delete(rivals, unit))
    ordered = np.sort(others[np.isfinite(others)])
    rank = 1 + int(n_better(ordered, billionths(np.array([score])))[0])
    rank_before = int(line.rank(edition)[unit])
    return (line.component_id, before, score, shift, rank_before, rank, rank_before - rank)


def _check_scale(components: pd.DataFrame, limits: pd.DataFrame | None) -> None:
    if limits is None:
        return
    require_columns(limits, ("component_id", "min_score", "max_score"))
    moved = components[components["change"].ne(0)]
    checked = moved.merge(limits, on="component_id", validate="1:1")
    # A limit that is not known is missing, and bounds nothing.
    outside = checked[
        checked["score"].lt(checked["min_score"]) | checked["score"].gt(checked["max_score"])
    ]
    if not outside.empty:
        worst = outside.iloc[0]
        raise ScoreOutOfScale(
            str(worst["component_id"]),
            float(worst["score"]),
            float(worst["min_score"]),
            float(worst["max_score"]),
        )


def _group(thresholds: pd.DataFrame | None, score: float) -> str | None:
    if thresholds is None:
        return None
    groups = ordered_groups(thresholds)
    inside = groups[billionths(groups["bound"].to_numpy()) <= billionths(np.array([score]))]
    return None if inside.empty else str(inside["group_id"].iloc[0])


def preset_scores(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    preset: Preset,
    component_id: str | None = None,
    units: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The scores a preset lifts each component to, for `what_if(scores=...)`.

    A component that is already higher keeps its score: a preset never takes away. "Own best"
    goes back only as far as the component was made the same way.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit asked about.
        edition: the table asked about.
        preset: median of all units, best of the unit's region, or the unit's own best of five
            years.
        component_id: the line whose parts are lifted; the index itself by default.
        units: one row per unit, with region_id; needed for the regional best.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].

    Returns:
        One row per part the unit has a score on: component_id, score_before, score, change
        [points, 0 where the preset is below the unit].

    Raises:
        ColumnsMissing, IndexesMixed: see analytics.field.
        UnitNotFound: `units` has no row of the unit.

    Source: docs/method/what-if.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    line = component_id or only_index(figures)
    parts = children([str(c) for c in figures["component_id"].unique()], line)
    rows = figures[figures["component_id"].isin(parts)].dropna(subset=["score"])
    now = rows[rows["edition"].eq(edition)]
    own = now[now["unit_id"].eq(unit_id)].set_index("component_id")["score"].sort_index()
    if preset is Preset.MEDIAN:
        aim = now.groupby("component_id")["score"].median()
    elif preset is Preset.REGIONAL_BEST:
        same = same_region(units, unit_id)
        aim = now[now["unit_id"].isin(same)].groupby("component_id")["score"].max()
    else:
        mine = rows[rows["unit_id"].eq(unit_id) & rows["edition"].le(edition)]
        since = [_since(c, edition, breaks) for c in mine["component_id"]]
        mine = mine[mine["edition"].to_numpy() >= np.array(since, dtype=np.int64)]
        aim = mine.groupby("component_id")["score"].max()
    before = own.to_numpy(dtype=np.float64)
    score = np.fmax(before, aim.reindex(own.index).to_numpy(dtype=np.float64))
    return pd.DataFrame(
        {
            "component_id": own.index,
            "score_before": before,
            "score": score,
            "change": score - before,
        }
    )


def _since(component_id: str, edition: int, breaks: pd.DataFrame | None) -> int:
    """The first edition in the five-year window that was made the same way as `edition`."""
    first = edition - OWN_BEST_YEARS + 1
    parted = [
        year
        for year in range(first + 1, edition + 1)
        if scores_parted(breaks, component_id, year - 1, year)
    ]
    return max([first, *parted])
