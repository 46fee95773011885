"""Strengths and weaknesses of a unit, and where points and places went at every level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.field import (
    Array,
    Field,
    Mask,
    billionths,
    fields,
    lines_parted,
    n_better,
    ranked_lines,
)
from analytics.schema import EditionNotFound, UnitNotFound, require_columns

# The rule of docs/method/strengths-weaknesses.md; a proposal, not a publisher's.
TOP_STANDING = 75.0
BOTTOM_STANDING = 25.0
CLEAR_GAIN = 5
LOST_SHARE = 0.20
LARGEST_LOSSES = 3
BEST_QUARTILE = 0.75

WITHIN_NOISE = "within_noise"


class Reason(StrEnum):
    """Why a component is a strength or a weakness."""

    TOP_QUARTER = "top_quarter"
    CLEAR_RISE = "clear_rise"
    BOTTOM_QUARTER = "bottom_quarter"
    CLEAR_FALL = "clear_fall"
    FELL_WHILE_OTHERS_ROSE = "fell_while_others_rose"
    LARGE_LOSS = "large_loss"


class Verdict(StrEnum):
    """What a component is for a unit."""

    STRENGTH = "strength"
    WEAKNESS = "weakness"
    BOTH = "both"
    NEITHER = "neither"
    NO_GROUND = "no_ground"


class Quadrant(StrEnum):
    """Points up or down, places up or down; "level" where one of them stayed."""

    SCORE_UP_RANK_UP = "score_up_rank_up"
    SCORE_UP_RANK_DOWN = "score_up_rank_down"
    SCORE_DOWN_RANK_UP = "score_down_rank_up"
    SCORE_DOWN_RANK_DOWN = "score_down_rank_down"
    LEVEL = "level"
    NO_GROUND = "no_ground"


def standing(rank: Array, n_ranked: float, n_level: Array) -> Array:
    """Standing from 100 (best) to 0 (worst): level units share the middle of their places.

    Source: docs/method/strengths-weaknesses.md.
    """
    middle = rank + (n_level - 1) / 2
    found: Array = 100.0 * (n_ranked - middle) / (n_ranked - 1)
    return found


def quadrants(
    figures: pd.DataFrame,
    *,
    baseline: int,
    edition: int,
    editions: pd.DataFrame,
    component_ids: Sequence[str] | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Whether points and places rose or fell, on every ranked line of every unit.

    Places are those of each year's own table. Over a break that leaves scores incomparable there
    is no change of points, and no quadrant.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points]
            and, where published, rank [place].
        baseline: edition compared against.
        edition: edition reported.
        editions: one row per edition, with coverage [complete | partial] and n_ranked [units].
        component_ids: the lines; every ranked line of `edition` by default.
        breaks: one row per (edition, component_id) of a change of method, with score_comparable
            [yes | flag | no].

    Returns:
        One row per (unit_id, component_id) with a score or a rank in `edition`: level (0 the
        index, 1 a component, 2 a sub-dimension), score_baseline, score, score_change, mean_change
        [points, mean of all units scored in both], rank_baseline, rank [place], n_ranked [units],
        gain [places, positive = improved], standing [0 to 100], best_quartile [points], quadrant.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: no row of `edition`.

    Source: docs/method/strengths-weaknesses.md.
    """
    require_columns(figures, ("component_id", "edition"))
    there = figures[figures["edition"] == edition]
    if there.empty:
        raise EditionNotFound(edition)
    two = figures[figures["edition"].isin([baseline, edition])]
    ids = component_ids or ranked_lines([str(c) for c in there["component_id"].unique()])
    lines = fields(two, editions=editions, component_ids=ids)
    return quadrants_of(lines.values(), baseline=baseline, edition=edition, breaks=breaks)


def quadrants_of(
    lines: Iterable[Field], *, baseline: int, edition: int, breaks: pd.DataFrame | None = None
) -> pd.DataFrame:
    """`quadrants` of lines that are laid out already, of which there is at least one.

    Source: docs/method/strengths-weaknesses.md.
    """
    parted = lines_parted(breaks, baseline, edition)
    made = [_line(line, baseline, edition, line.component_id not in parted) for line in lines]
    frame = pd.DataFrame({name: np.concatenate([one[name] for one in made]) for name in made[0]})
    frame = frame.astype(dict.fromkeys(("rank_baseline", "rank", "n_ranked", "gain"), "Int64"))
    return frame[frame["score"].notna() | frame["rank"].notna()].reset_index(drop=True)


def _line(
    line: Field, baseline: int, edition: int, is_comparable: bool
) -> dict[str, npt.NDArray[Any]]:
    """The columns of `quadrants` for one line, over all its units."""
    n_units = len(line.units)
    nothing = np.full(len(line.units), np.nan)
    at = line.at(edition)
    score, rank, n = line.score[at], line.shown_rank(edition), line.n_ranked(edition)
    has_baseline = baseline in line.editions
    before = line.score[line.at(baseline)] if has_baseline else nothing
    rank_before = line.shown_rank(baseline) if has_baseline else nothing
    change, gain = (score - before if is_comparable else nothing), rank_before - rank
    both = np.isfinite(change)
    is_complete = line.is_complete[at] and (
        not has_baseline or bool(line.is_complete[line.at(baseline)])
    )
    keys = billionths(score)
    ordered = np.sort(keys[np.isfinite(keys)])
    # Level with itself at least; a missing score is level with nobody.
    n_level = np.maximum(n_better(ordered, keys, side="left") - n_better(ordered, keys), 1.0)
    best = np.nanquantile(score, BEST_QUARTILE) if line.is_complete[at] else np.nan
    columns: dict[str, object] = {
        "index_id": line.index_id,
        "component_id": line.component_id,
        "level": line.component_id.count("."),
        "unit_id": line.units,
        "baseline": baseline,
        "edition": edition,
        "score_baseline": before,
        "score": score,
        "score_change": change,
        "mean_change": change[both].mean() if is_complete and both.any() else np.nan,
        "rank_baseline": rank_before,
        "rank": rank,
        "n_ranked": n,
        "gain": gain,
        "standing": standing(rank, n, n_level),
        "best_quartile": best,
        "quadrant": _quadrant(billionths(change), gain),
    }
    return {name: np.broadcast_to(np.asarray(c), (n_units,)) for name, c in columns.items()}


def _quadrant(change: Array, gain: Array) -> list[str]:
    found = np.select(
        [
            np.isnan(change) | np.isnan(gain),
            (change == 0) | (gain == 0),
            (change > 0) & (gain > 0),
            (change > 0) & (gain < 0),
            (change < 0) & (gain > 0),
        ],
        [
            Quadrant.NO_GROUND.value,
            Quadrant.LEVEL.value,
            Quadrant.SCORE_UP_RANK_UP.value,
            Quadrant.SCORE_UP_RANK_DOWN.value,
            Quadrant.SCORE_DOWN_RANK_UP.value,
        ],
        default=Quadrant.SCORE_DOWN_RANK_DOWN.value,
    )
    return [str(code) for code in found]


def strengths(
    figures: pd.DataFrame,
    *,
    unit_id: str,
    baseline: int,
    edition: int,
    editions: pd.DataFrame,
    max_scores: pd.DataFrame | None = None,
    change_tags: pd.DataFrame | None = None,
    component_ids: Sequence[str] | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What a unit is strong and weak in, weaknesses with most points to win first.

    Strength: standing of 75 or more; or 5 places gained with the score up and the change not
    within noise. Weakness: standing of 25 or less; or 5 places lost; or points lost while the
    mean of all units rose; or a fifth or more of the maximum lost, among the three largest
    losses of the level. A component may be both.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points]
            and, where published, rank [place].
        unit_id: the unit asked about.
        baseline: edition compared against.
        edition: edition reported.
        editions: one row per edition, with coverage [complete | partial] and n_ranked [units].
        max_scores: one row per component_id with max_score [points]; the loss rule is not
            applied where it is missing.
        change_tags: one row per (unit_id, component_id) with tag, as in
            `analytics.uncertainty.change_test`; without it no change is held to be noise.
        component_ids: the lines; every ranked line of `edition` below the index by default.
        breaks: as in `quadrants`.

    Returns:
        One row per component of the unit: the columns of `quadrants`, lost [points below the
        maximum], lost_share [0 to 1], recoverable [points to the best quarter, 0 when inside],
        is_<reason> for each `Reason`, verdict. Ordered by recoverable points, largest first.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: no row of `edition`.
        UnitNotFound: no row of `unit_id`.

    Source: docs/method/strengths-weaknesses.md.
    """
    require_columns(figures, ("unit_id",))
    if not figures["unit_id"].eq(unit_id).any():
        raise UnitNotFound(unit_id)
    frame = quadrants(
        figures,
        baseline=baseline,
        edition=edition,
        editions=editions,
        component_ids=component_ids,
        breaks=breaks,
    )
    if component_ids is None:
        frame = frame[frame["level"] > 0]
    return strengths_of(frame, unit_id=unit_id, max_scores=max_scores, change_tags=change_tags)


def strengths_of(
    frame: pd.DataFrame,
    *,
    unit_id: str,
    max_scores: pd.DataFrame | None = None,
    change_tags: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """`strengths` of one unit, from the result of `quadrants` for all units.

    Source: docs/method/strengths-weaknesses.md.
    """
    frame = frame[frame["unit_id"].eq(unit_id)]
    frame = _with_losses(frame.reset_index(drop=True), max_scores)
    is_noise = _is_noise(frame, change_tags)
    flags = _flags(frame, is_noise)
    frame = frame.assign(**{f"is_{reason.value}": mask for reason, mask in flags.items()})
    is_strength = flags[Reason.TOP_QUARTER] | flags[Reason.CLEAR_RISE]
    is_weakness = np.logical_or.reduce([flags[reason] for reason in WEAK])
    frame["verdict"] = _verdict(is_strength, is_weakness, frame["rank"].isna().to_numpy())
    return frame.sort_values(
        ["recoverable", "component_id"], ascending=[False, True], na_position="last"
    ).reset_index(drop=True)


WEAK = (
    Reason.BOTTOM_QUARTER,
    Reason.CLEAR_FALL,
    Reason.FELL_WHILE_OTHERS_ROSE,
    Reason.LARGE_LOSS,
)


def _with_losses(frame: pd.DataFrame, max_scores: pd.DataFrame | None) -> pd.DataFrame:
    if max_scores is None:
        maximum = pd.Series(np.nan, index=frame.index)
    else:
        require_columns(max_scores, ("component_id", "max_score"))
        known = max_scores.drop_duplicates("component_id").set_index("component_id")["max_score"]
        maximum = frame["component_id"].map(known).astype(float)
    lost = maximum - frame["score"]
    return frame.assign(
        lost=lost,
        lost_share=lost / maximum,
        recoverable=(frame["best_quartile"] - frame["score"]).clip(lower=0.0),
    )


def _is_noise(frame: pd.DataFrame, change_tags: pd.DataFrame | None) -> Mask:
    if change_tags is None:
        return np.zeros(len(frame), dtype=np.bool_)
    require_columns(change_tags, ("unit_id", "component_id", "tag"))
    noise = change_tags[change_tags["tag"].eq(WITHIN_NOISE)]
    pairs = set(zip(noise["unit_id"], noise["component_id"], strict=True))
    found = [pair in pairs for pair in zip(frame["unit_id"], frame["component_id"], strict=True)]
    return np.array(found, dtype=np.bool_)


def _flags(frame: pd.DataFrame, is_noise: Mask) -> dict[Reason, Mask]:
    """Each reason's truth per row; what is missing is never a reason."""
    column = {
        name: frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("standing", "gain", "score_change", "mean_change", "lost", "lost_share")
    }
    by_level = frame.groupby("level")["lost"].rank(ascending=False, method="min").to_numpy()
    return {
        Reason.TOP_QUARTER: column["standing"] >= TOP_STANDING,
        Reason.CLEAR_RISE: (column["gain"] >= CLEAR_GAIN)
        & (column["score_change"] > 0)
        & ~is_noise,
        Reason.BOTTOM_QUARTER: column["standing"] <= BOTTOM_STANDING,
        Reason.CLEAR_FALL: column["gain"] <= -CLEAR_GAIN,
        Reason.FELL_WHILE_OTHERS_ROSE: (column["score_change"] < 0) & (column["mean_change"] > 0),
        Reason.LARGE_LOSS: (column["lost_share"] >= LOST_SHARE) & (by_level <= LARGEST_LOSSES),
    }


def _verdict(is_strength: Mask, is_weakness: Mask, is_unknown: Mask) -> list[str]:
    found = np.select(
        [is_strength & is_weakness, is_strength, is_weakness, is_unknown],
        [
            Verdict.BOTH.value,
            Verdict.STRENGTH.value,
            Verdict.WEAKNESS.value,
            Verdict.NO_GROUND.value,
        ],
        default=Verdict.NEITHER.value,
    )
    return [str(code) for code in found]
