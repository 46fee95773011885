"""What it would take: points needed for every better place, points to spare before a worse one.

A place is reached with the score of its holder (level scores share the better place); one
printed unit more stands alone. The table is read as it stands, and as it may stand if the rivals
go on moving.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.field import (
    FIELD_COLUMNS,
    Array,
    Field,
    Ground,
    NoGround,
    billionths,
    field,
    fields,
    n_better,
    only_index,
    ranked_lines,
    scores_parted,
)
from analytics.rank_split import MethodGround, step
from analytics.schema import EditionNotFound, UnitNotFound, require_columns

# The smallest step in which scores are quoted; PAPI is quoted to four decimals.
PRINTED_UNIT = 0.0001

# Yearly changes regress: half of last year's change is expected again. Source:
# docs/method/points-needed.md.
DRIFT = 0.5

# Points whose worth in places is listed: the worth is never one slope.
POINT_STEPS = (0.1, 0.5, 1.0, 2.0)


class Tide(StrEnum):
    """How the rivals are taken to move."""

    EACH = "each"
    COMMON = "common"


class Side(StrEnum):
    """Where a place lies from the unit's own."""

    BETTER = "better"
    NOW = "now"
    WORSE = "worse"


def projected_scores(
    line: Field,
    edition: int,
    *,
    drift: float = DRIFT,
    horizon: int = 1,
    tide: Tide = Tide.EACH,
    breaks: pd.DataFrame | None = None,
) -> Array | None:
    """Every unit's score after `horizon` more years of `drift` times the last yearly change.

    A unit without a score the year before is taken to move with the mean of the others. None
    when there is no edition the year before, or the parts, weights or a recorded break part its
    scores from these: such a change is no drift.

    Source: docs/method/points-needed.md.
    """
    if edition - 1 not in line.editions:
        return None
    between = step(line, baseline=edition - 1, edition=edition)
    is_parted = scores_parted(breaks, line.component_id, edition - 1, edition)
    is_same = between.method is MethodGround.UNCHANGED
    if is_parted or not is_same or not between.common.any():
        return None
    now, before = line.score[line.at(edition)], line.score[line.at(edition - 1)]
    change = now - before
    mean = float(change[between.common].mean())
    change = np.where(np.isfinite(change) & (tide is Tide.EACH), change, mean)
    projected: Array = now + drift * horizon * change
    return projected


def others_at(scores: Array, places: Array) -> Array:
    """The place-th best score among the others, for each unit: what takes it to that place.

    Missing for a unit without a score, and when there are not that many others.

    Source: docs/method/points-needed.md.
    """
    n = int(np.isfinite(scores).sum())
    order = np.argsort(-scores, kind="stable")
    position = np.empty(scores.size, dtype=np.intp)
    position[order] = np.arange(scores.size)
    ordered = np.append(scores[order][:n], np.nan)
    before = places.astype(np.intp) - 1
    # The unit itself is skipped in the order.
    at = before + (before >= position)
    reached: Array = np.where(np.isfinite(scores), ordered[np.clip(at, 0, n)], np.nan)
    return reached


def _holders(line: Field, edition: int, scores: Array, but: int | None = None) -> list[str | None]:
    """The first unit by id that has each score in an edition, the asking unit left out."""
    keys = billionths(line.score[line.at(edition)])
    if but is not None:
        keys[but] = np.nan
    order = np.argsort(keys, kind="stable")
    at = np.searchsorted(keys[order], billionths(scores))
    return [
        line.units[order[i]] if np.isfinite(score) else None
        for i, score in zip(at, scores, strict=True)
    ]


def points_needed(
    figures: pd.DataFrame,
    *,
    edition: int,
    editions: pd.DataFrame,
    places: int | None = None,
    to_rank: int | None = None,
    unit_id: str | None = None,
    component_ids: Sequence[str] | None = None,
    breaks: pd.DataFrame | None = None,
    drift: float = DRIFT,
    horizon: int = 1,
    tide: Tide = Tide.EACH,
    printed_unit: float = PRINTED_UNIT,
) -> pd.DataFrame:
    """Points each unit needs to climb so many places, or to a place, on each ranked line.

    A place above the first is the first, and says so. Where the rivals' scores are not all held
    there is a reason and no number.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        places: places to climb; or
        to_rank: the place to reach. One of the two.
        unit_id: one unit; all units by default.
        component_ids: the ranked lines; every line of the edition by default.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].
        drift: share of the last yearly change expected again, 0 to 1.
        horizon: years ahead for the moving table.
        tide: whether each rival moves by its own last change or all by the mean change.
        printed_unit: what it takes to stand alone [points].

    Returns:
        One row per (unit_id, component_id): rank, n_ranked, required_rank [place], is_capped,
        holder_unit_id (first by id where several are level), holder_score, needed (level with
        the holder), needed_alone [points, 0 when already there], projected_score (what the place
        would take in the moving table), needed_moving [points; missing where there is no drift],
        ground, n_held, n_expected [scores].

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: no row of `edition`.
        UnitNotFound: no row of `unit_id`.
        ValueError: neither or both of `places` and `to_rank`.

    Source: docs/method/points-needed.md.
    """
    if (places is None) == (to_rank is None):
        raise ValueError("one of places and to_rank")
    require_columns(figures, ("component_id", "edition", "unit_id"))
    there = figures[figures["edition"] == edition]
    if there.empty:
        raise EditionNotFound(edition)
    if unit_id is not None and not figures["unit_id"].eq(unit_id).any():
        raise UnitNotFound(unit_id)
    lines = component_ids or ranked_lines([str(c) for c in there["component_id"].unique()])
    recent = figures[figures["edition"].isin([edition, edition - 1])]
    frames = []
    for line in fields(recent, editions=editions, component_ids=lines).values():
        moved = projected_scores(
            line, edition, drift=drift, horizon=horizon, tide=tide, breaks=breaks
        )
        frames.append(_needed(line, edition, places, to_rank, moved, printed_unit))
    frame = pd.concat(frames, ignore_index=True)
    if unit_id is not None:
        frame = frame[frame["unit_id"] == unit_id]
    return frame.reset_index(drop=True)


def _needed(
    line: Field,
    edition: int,
    places: int | None,
    to_rank: int | None,
    moved: Array | None,
    printed_unit: float,
) -> pd.DataFrame:
    at = line.at(edition)
    score, rank = line.score[at], line.rank(edition)
    shown = np.where(np.isnan(rank), np.nan, line.shown_rank(edition))
    asked = (
        shown - places if places is not None else np.where(shown > 0, float(to_rank or 0), shown)
    )
    required = np.maximum(asked, 1.0)
    place = np.nan_to_num(required, nan=1.0)
    held = np.where(np.isnan(rank), np.nan, others_at(score, place))
    is_there = rank <= required
    needed = np.where(is_there, 0.0, held - score)
    # The rivals move; the unit's need is counted from where it stands now.
    ahead = np.full(score.size, np.nan) if moved is None else others_at(moved, place)
    ahead = np.where(np.isnan(needed), np.nan, ahead)
    ground = np.select(
        [np.isfinite(needed), np.isnan(score)],
        [Ground.GIVEN.value, Ground.NOT_SCORED.value],
        default=Ground.SCORES_OF_OTHERS_MISSING.value,
    )
    holder_score = np.where(is_there, np.nan, held)
    frame = pd.DataFrame(
        {
            "index_id": line.index_id,
            "component_id": line.component_id,
            "unit_id": line.units,
            "edition": edition,
            "score": score,
            "rank": line.shown_rank(edition),
            "n_ranked": line.n_ranked(edition),
            "required_rank": required,
            "is_capped": asked < 1,
            "holder_unit_id": pd.Series(_holders(line, edition, holder_score), dtype="string"),
            "holder_score": holder_score,
            "needed": needed,
            "needed_alone": np.where(needed > 0, needed + printed_unit, needed),
            "projected_score": ahead,
            "needed_moving": np.maximum(ahead - score, 0.0),
            "ground": [str(code) for code in ground],
            "n_held": line.n_held(edition),
            "n_expected": line.n_expected[at],
        }
    )
    for name in ("rank", "n_ranked", "required_rank", "n_held", "n_expected"):
        frame[name] = frame[name].astype("Int64")
    return frame[frame["score"].notna() | frame["rank"].notna()]


def ladder(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
    breaks: pd.DataFrame | None = None,
    drift: float = DRIFT,
    horizon: int = 1,
    tide: Tide = Tide.EACH,
    printed_unit: float = PRINTED_UNIT,
) -> pd.DataFrame:
    """Every place of a ranked line as one unit sees it: points needed above, to spare below.

    A place is better when it asks for points, worse when it would be the unit's after losing
    more than the cushion: losing exactly the cushion still keeps level with that rival.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit that climbs.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        component_id: the ranked line; the index itself by default.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].
        drift: share of the last yearly change expected again, 0 to 1.
        horizon: years ahead for the moving table.
        tide: whether each rival moves by its own last change or all by the mean change.
        printed_unit: what it takes to stand alone [points].

    Returns:
        One row per place, best first: place, side [better | now | worse], holder_unit_id and
        holder_score (the rival to be reached, or to be dropped below), n_level (units with the
        holder's score), needed, needed_alone, needed_moving [points, better places only], cushion
        [points, worse places only].

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the line has no row of it.
        NoGround: the unit has no score, or not all its rivals' scores are held.

    Source: docs/method/points-needed.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    at, unit = line.require(edition, unit_id)
    scores, own = line.score[at], line.score[at, unit]
    others = np.sort(np.delete(scores, unit))
    others = others[np.isfinite(others)][::-1]
    rank = int(line.rank(edition)[unit])
    place = np.arange(1, others.size + 2)
    # Up: the place-th best rival is to be reached. Down: the rival one place above is lost.
    holder = np.concatenate([others[: rank - 1], [np.nan], others[rank - 1 :]])
    gap = holder - own
    is_better, is_worse = place < rank, place > rank
    moved = projected_scores(line, edition, drift=drift, horizon=horizon, tide=tide, breaks=breaks)
    moving = np.full(place.size, np.nan)
    if moved is not None:
        ahead = np.sort(np.delete(moved, unit)[np.isfinite(np.delete(moved, unit))])[::-1]
        moving[: rank - 1] = np.maximum(ahead[: rank - 1] - own, 0.0)
    keys = billionths(scores)
    n_level = [int((keys == key).sum()) for key in billionths(holder)]
    frame = pd.DataFrame(
        {
            "place": place,
            "side": np.select([is_better, is_worse], ["better", "worse"], default="now"),
            "holder_unit_id": pd.Series(_holders(line, edition, holder, unit), dtype="string"),
            "holder_score": holder,
            "n_level": n_level,
            "needed": np.where(is_better, gap, np.nan),
            "needed_alone": np.where(is_better, gap + printed_unit, np.nan),
            "needed_moving": moving,
            "cushion": np.where(is_worse, -gap, np.nan),
        }
    )
    frame.insert(0, "component_id", line.component_id)
    return frame


def group_steps(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    thresholds: pd.DataFrame,
    component_id: str | None = None,
) -> pd.DataFrame:
    """Points to each better group, and points to spare in the present one.

    Only the unit's own score is used: groups cut by fixed scores need no rivals.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit asked about.
        edition: the table asked about.
        thresholds: one row per group, with group_id, sort [1 = best] and lower_bound [points;
            missing for the lowest group].
        component_id: the scored line; the index itself by default.

    Returns:
        One row per group, best first: group_id, lower_bound, is_current, needed [points, 0 for
        the present group and those below], cushion [points above the lower bound, present group
        only].

    Raises:
        ColumnsMissing, IndexesMixed: see analytics.field.
        NoGround: the unit has no score in the edition.

    Source: docs/method/points-needed.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    line = component_id or only_index(figures)
    own = figures[
        figures["unit_id"].eq(unit_id)
        & figures["component_id"].eq(line)
        & figures["edition"].eq(edition)
    ]["score"].dropna()
    if own.empty:
        raise NoGround(Ground.NOT_SCORED, line, edition, 0, np.nan)
    score = float(own.iloc[0])
    groups = ordered_groups(thresholds)
    bounds = groups["bound"].to_numpy(dtype=np.float64)
    is_inside = billionths(np.full(bounds.size, score)) >= billionths(bounds)
    current = np.arange(bounds.size) == (int(is_inside.argmax()) if is_inside.any() else -1)
    return pd.DataFrame(
        {
            "component_id": line,
            "group_id": groups["group_id"],
            "lower_bound": groups["lower_bound"],
            "is_current": current,
            "needed": np.where(is_inside, 0.0, bounds - score),
            "cushion": np.where(current & np.isfinite(bounds), score - bounds, np.nan),
        }
    )


def ordered_groups(thresholds: pd.DataFrame) -> pd.DataFrame:
    """Groups, best first, with the score each begins at (`bound`; the lowest has no floor).

    Source: docs/method/points-needed.md.
    """
    require_columns(thresholds, ("group_id", "sort", "lower_bound"))
    groups = thresholds.sort_values("sort", ignore_index=True)
    bound = groups["lower_bound"].to_numpy(dtype=np.float64, na_value=np.nan)
    return groups.assign(bound=np.where(np.isnan(bound), -np.inf, bound))


def rank_by_points(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
    points: Sequence[float] = POINT_STEPS,
) -> pd.DataFrame:
    """Places that so many more points would have been worth, the rivals standing still.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        unit_id: the unit asked about.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        component_id: the ranked line; the index itself by default.
        points: amounts added to the unit's score [points; negative takes away].

    Returns:
        One row per amount: points, rank [place], gain [places].

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the line has no row of it.
        NoGround: the unit has no score, or not all its rivals' scores are held.

    Source: docs/method/points-needed.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    at, unit = line.require(edition, unit_id)
    keys = billionths(line.score[at])
    others = np.delete(keys, unit)
    amounts = np.asarray(points, dtype=np.float64)
    raised = billionths(line.score[at, unit] + amounts)
    rank = 1 + n_better(np.sort(others[np.isfinite(others)]), raised).astype(int)
    gain = int(line.rank(edition)[unit]) - rank
    return pd.DataFrame({"points": amounts, "rank": rank, "gain": gain})
