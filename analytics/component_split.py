"""What each component did to the score and to the rank.

The shares of the rank add up to the own effect of `analytics.rank_split`, so that a headline and
its drill-down never disagree. Positive is an improvement throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.field import (
    BILLIONTH,
    PARTS_TOLERANCE,
    Array,
    Codes,
    Field,
    Ground,
    Mask,
    field,
    fields,
    rank_among_others,
)
from analytics.rank_split import Step, step
from analytics.schema import AnalyticsError

# Below half a place a share is an artefact of averaging over orders: lists leave it out.
SHOWN_FROM = 0.5

# 2^16 coalitions of 63 units are 33 MB; the indices have 8 to 10 components.
MOST_PARTS = 16
# A part's own parts join in every set with every set of the other parts: eight million places are
# 67 MB and a second, those of fifteen criteria beside nine other components would be 4.6 GB.
MOST_PLACES = 2**23


COLUMNS = (
    "index_id",
    "unit_id",
    "part_id",
    "parent_id",
    "level",
    "baseline",
    "edition",
    "score_baseline",
    "score",
    "weight_baseline",
    "weight",
    "score_effect",
    "weight_effect",
    "rank_effect",
    "own",
    "rounding",
    "ground",
)


class TooManyParts(AnalyticsError):
    """A line has more parts than can be enumerated."""

    def __init__(self, component_id: str, n_parts: int) -> None:
        self.component_id, self.n_parts = component_id, n_parts
        super().__init__(f"too many parts: {component_id} has {n_parts}, at most {MOST_PARTS}")


def fair_shares(places: Array) -> Array:
    """Shapley shares of the parts, from the place a unit has with every subset of them.

    Entry `s` of the last axis is the place with those parts joined whose bits are set in `s`. A
    part that joins a set S counts with |S|! (n - |S| - 1)! / n!, and a lower place is a gain.

    Source: docs/method/component-contributions.md.
    """
    n_parts = places.shape[1].bit_length() - 1
    shares = np.empty((places.shape[0], n_parts))
    for part in range(n_parts):
        halves = places.reshape(places.shape[0], -1, 2, 2**part)
        gain = halves[:, :, 0, :] - halves[:, :, 1, :]
        shares[:, part] = np.einsum("ust,st->u", gain, _joining(n_parts, part))
    return shares


@cache
def _sizes(n_parts: int) -> npt.NDArray[np.intp]:
    """How many parts each subset holds."""
    sizes = [int(subset).bit_count() for subset in range(2**n_parts)]
    return np.array(sizes, dtype=np.intp)


@cache
def _weights(n_parts: int) -> Array:
    """Share of the orders in which a given part joins a given set, by the size of the set."""
    weight = np.full(n_parts, 1.0 / n_parts)
    for size in range(1, n_parts):
        weight[size] = weight[size - 1] * size / (n_parts - size)
    return weight


@cache
def _joining(n_parts: int, part: int) -> Array:
    """The same for every set without the part, laid out as `fair_shares` halves the subsets."""
    sizes = _sizes(n_parts).reshape(-1, 2, 2**part)[:, 0, :]
    joining: Array = _weights(n_parts)[sizes]
    return joining


def _with_every_subset(start: Array, steps: Array) -> Array:
    """The score with every subset of the parts joined, one row per unit.

    Doubled part by part rather than multiplied out: whole billionths stay exact, and small
    matrix products would wake every core for nothing.
    """
    keys = start[:, None]
    for step_of_part in steps.T:
        keys = np.concatenate([keys, keys + step_of_part[:, None]], axis=1)
    return keys


def component_split(
    figures: pd.DataFrame,
    *,
    baseline: int,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
    with_subcomponents: bool = False,
    tolerance: float = PARTS_TOLERANCE,
) -> pd.DataFrame:
    """Each component's share of the change of the score and of the own effect on the rank.

    The rank shares are the Owen value: the components join in every order, against the rivals of
    the old and of the new table, and the shares add up to `own` of `rank_split` exactly. They may
    be non-zero when the rank did not move. A unit whose parts are missing, or do not add up to
    its printed total, gets its reason in `ground` and no rank shares.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        baseline: edition compared against.
        edition: edition reported.
        editions: one row per edition, with coverage [complete | partial].
        component_id: the line whose parts are wanted; the index itself by default. For a
            dimension the parts are its sub-dimensions and the rank is the dimension's own.
        weights: weights of the parts by era, for an index that is a weighted sum.
        breaks: one row per (edition, kind, component_id) of a change of method.
        with_subcomponents: also split each part's rank share over its own parts; where they are
            too many to join in every order, their ground says so and the shares are missing.
        tolerance: how far parts may miss the printed total [points].

    Returns:
        One row per (unit_id, part_id) of the units scored in both editions: parent_id, level
        (1, or 2 for a part of a part), score_baseline, score [points on the part's own scale],
        weight_baseline, weight, score_effect [points of the line, at the mean of both weights],
        weight_effect [points, at the mean of both scores; a part new or dropped counts here in
        full], rank_effect [places], own [places, the unit's own effect], rounding [points of the
        printed change that the parts miss], ground.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: the line has no row of `baseline` or `edition`.
        TooManyParts: more than 16 parts.

    Source: docs/method/component-contributions.md.
    """
    line = field(
        figures,
        editions=editions,
        component_id=component_id,
        weights=weights,
        tolerance=tolerance,
    )
    subs: dict[str, Field] = {}
    if with_subcomponents and line.parts:
        subs = fields(figures, editions=editions, component_ids=line.parts, tolerance=tolerance)
    return component_split_of(line, subs, baseline=baseline, edition=edition, breaks=breaks)


def component_split_of(
    line: Field,
    subs: dict[str, Field],
    *,
    baseline: int,
    edition: int,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """`component_split` of a line that is laid out already.

    Args:
        line: the line whose parts are wanted.
        subs: its parts, each as a line; empty when their own parts are not wanted.
        baseline: as in `component_split`.
        edition: as in `component_split`.
        breaks: as in `component_split`.

    Source: docs/method/component-contributions.md.
    """
    return _joined(_pair(line, subs, baseline, edition, breaks))


def component_split_history(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    pairs: Sequence[tuple[int, int]] | None = None,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
    tolerance: float = PARTS_TOLERANCE,
) -> pd.DataFrame:
    """The shares of `component_split` for many pairs of editions at once.

    Args:
        figures: as in `component_split`.
        editions: as in `component_split`.
        pairs: (baseline, edition) pairs; every earlier-later pair of the line by default.
        component_id: as in `component_split`.
        weights: as in `component_split`.
        breaks: as in `component_split`.
        tolerance: as in `component_split`.

    Returns:
        One row per (baseline, edition, unit_id, part_id), with the columns of `component_split`.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated, EditionNotFound,
        TooManyParts: as in `component_split`.

    Source: docs/method/component-contributions.md.
    """
    line = field(
        figures,
        editions=editions,
        component_id=component_id,
        weights=weights,
        tolerance=tolerance,
    )
    pairs = list(combinations(line.editions, 2)) if pairs is None else pairs
    return _joined([piece for b, e in pairs for piece in _pair(line, {}, b, e, breaks)])


def _pair(
    line: Field, subs: dict[str, Field], baseline: int, edition: int, breaks: pd.DataFrame | None
) -> list[pd.DataFrame]:
    """The rows of one pair of editions: the parts, then the parts of each part."""
    between = step(line, baseline=baseline, edition=edition, breaks=breaks)
    used = _used_parts(line, baseline, edition)
    if not used or not between.common.any():
        return []
    if len(used) > MOST_PARTS:
        raise TooManyParts(line.component_id, len(used))
    ground = _grounds(line, between)
    steps = _steps(line, between, used)
    shares = np.full((ground.size, len(used)), np.nan)
    rows = ground == Ground.GIVEN.value
    if rows.any():
        shares[rows] = sum(
            weight * _shares(start[rows], steps[method][rows], rivals, rivals[rows])
            for weight, method, start, rivals in _settings(between)
        )
    blocks = [_rows(line, between, used, shares, ground)]
    for at, part in enumerate(used if subs else []):
        sub = subs[line.parts[part]]
        if not sub.parts or baseline not in sub.editions or edition not in sub.editions:
            continue
        scale = (line.weight[line.at(baseline)][part], line.weight[line.at(edition)][part])
        sub_ground = _sub_grounds(sub, between, ground)
        n_joined = len(used) - 1 + len(sub.parts_at(baseline))
        if ground.size * 2**n_joined > MOST_PLACES:
            is_given = sub_ground == Ground.GIVEN.value
            sub_ground = np.where(is_given, Ground.TOO_MANY_PARTS.value, sub_ground)
        sub_shares = _sub_shares(sub, between, steps, at, scale, sub_ground)
        own = np.where(sub_ground == Ground.GIVEN.value, shares.sum(axis=1), np.nan)
        known = sorted({*sub.parts_at(baseline), *sub.parts_at(edition)})
        found = sub_shares[:, known]
        blocks.append(_rows(sub, between, known, found, sub_ground, level=2, scale=scale, own=own))
    return blocks


def _used_parts(line: Field, baseline: int, edition: int) -> list[int]:
    """Positions of the parts of either edition; of those scored, where no method is known."""
    used = {*line.parts_at(baseline), *line.parts_at(edition)}
    if not used:
        scored = np.isfinite(line.part_score[[line.at(baseline), line.at(edition)]])
        used = {int(part) for part in np.flatnonzero(scored.any(axis=(0, 1)))}
    return sorted(used)


def _methods(between: Step) -> list[tuple[int, int]]:
    """(method, edition it belongs to) for each method the own score moves under."""
    years = (between.baseline, between.edition)
    return [(m, years[m]) for m in sorted({m for _, m in between.own_settings()})]


def _settings(between: Step) -> list[tuple[float, int, Array, Array]]:
    """Share of the orders, method, start of the own score, and rivals, for each own move."""
    return [
        (weight, method, between.tables[(0, method)], between.tables[(peers, method)])
        for (peers, method), weight in between.own_settings().items()
    ]


def _grounds(line: Field, between: Step) -> Codes:
    """Why each common unit's rank shares are given, or what is missing."""
    whole = _ground_of_all(line, between)
    if whole is not None:
        return np.full(int(between.common.sum()), whole.value, dtype=object)
    gaps = [
        np.abs(
            line.sum_of_parts(year, method_year)[between.common]
            - between.tables[(data, method)] / BILLIONTH
        )
        for method, method_year in _methods(between)
        for data, year in enumerate((between.baseline, between.edition))
    ]
    return _by_gap(np.max(gaps, axis=0), line.tolerance)


def _by_gap(gap: Array, tolerance: float) -> Codes:
    found = np.full(gap.size, Ground.GIVEN.value, dtype=object)
    found[np.isnan(gap)] = Ground.PARTS_MISSING.value
    found[gap > tolerance] = Ground.PARTS_DO_NOT_SUM.value
    return found


def _ground_of_all(line: Field, between: Step) -> Ground | None:
    """A reason that holds for every unit alike."""
    at = [line.at(between.baseline), line.at(between.edition)]
    if not line.is_complete[at].all():
        return Ground.SCORES_OF_OTHERS_MISSING
    if not np.isfinite(line.weight[at]).any(axis=1).all():
        return Ground.WEIGHTS_UNKNOWN
    return None if between.is_one_sum else Ground.PARTS_CHANGED


def _steps(line: Field, between: Step, used: list[int]) -> dict[int, Array]:
    """Billionths of a point by which each part moves the own score, under each method used."""
    change = _change(line, between)[:, used] * BILLIONTH
    steps = {}
    for method, year in _methods(between):
        weight = line.weight[line.at(year)][used]
        total = between.tables[(1, method)] - between.tables[(0, method)]
        steps[method] = _spread(weight * change, total, np.isfinite(weight))
    return steps


def _change(line: Field, between: Step) -> Array:
    old, new = line.at(between.baseline), line.at(between.edition)
    change: Array = (line.part_score[new] - line.part_score[old])[between.common]
    return change


def _spread(moved: Array, total: Array, is_used: Mask) -> Array:
    """Moves made to add up to the printed total, its rounding shared out in whole billionths."""
    n = max(int(is_used.sum()), 1)
    spread = np.where(is_used, np.rint(moved), 0.0)
    rest = total - spread.sum(axis=1)
    each = np.floor(rest / n)
    spread[:, is_used] += each[:, None]
    spread[:, is_used] += np.arange(int(is_used.sum())) < (rest - each * n)[:, None]
    return spread


def _shares(start: Array, steps: Array, rivals: Array, own: Array) -> Array:
    """Shapley shares of the parts in the places gained against fixed rivals."""
    return fair_shares(rank_among_others(_with_every_subset(start, steps), rivals, own))


def _block_shares(start: Array, others: Array, block: Array, rivals: Array, own: Array) -> Array:
    """Shares of the parts of one block, averaged over the sets of other parts it may join."""
    outer = _with_every_subset(start, others)
    inner = _with_every_subset(np.zeros(start.size), block)
    places = rank_among_others(outer[:, :, None] + inner[:, None, :], rivals, own)
    joining = _weights(others.shape[1] + 1)[_sizes(others.shape[1])]
    return fair_shares(np.einsum("t,uts->us", joining, places))


def _sub_grounds(sub: Field, between: Step, ground: Codes) -> Codes:
    years = (between.baseline, between.edition)
    old, new = (sub.weight[sub.at(y)] for y in years)
    if np.array_equal(old, new, equal_nan=True):
        gap = np.maximum(*(sub.parts_gap(y)[between.common] for y in years))
        reason = _by_gap(gap, sub.tolerance)
    else:
        reason = np.full(ground.size, Ground.PARTS_CHANGED.value, dtype=object)
    return np.where(ground == Ground.GIVEN.value, reason, ground)


def _sub_shares(
    sub: Field,
    between: Step,
    steps: dict[int, Array],
    at: int,
    scale: tuple[float, float],
    ground: Codes,
) -> Array:
    """The rank share of part `at` split over its own parts, which join the others as a block."""
    shares = np.full((ground.size, len(sub.parts)), np.nan)
    rows = ground == Ground.GIVEN.value
    if not rows.any():
        return shares
    used = np.array(sub.parts_at(between.baseline))
    change = _change(sub, between)[:, used][rows] * BILLIONTH
    found = np.zeros(change.shape)
    for weight, method, start, rivals in _settings(between):
        if np.isfinite(scale[method]):
            whole = steps[method][rows]
            every = np.ones(used.size, dtype=np.bool_)
            block = _spread(scale[method] * change, whole[:, at], every)
            others = np.delete(whole, at, axis=1)
            found += weight * _block_shares(start[rows], others, block, rivals, rivals[rows])
    shares[np.ix_(rows, used)] = found
    return shares


def _rows(
    line: Field,
    between: Step,
    used: list[int],
    shares: Array,
    ground: Codes,
    *,
    level: int = 1,
    scale: tuple[float, float] = (1.0, 1.0),
    own: Array | None = None,
) -> pd.DataFrame:
    """One row per common unit and part of the line; `scale` is what the line itself weighs."""
    at = [line.at(y) for y in (between.baseline, between.edition)]
    weight = np.stack([line.weight[e][used] * k for e, k in zip(at, scale, strict=True)])
    score = line.part_score[at][:, between.common][:, :, used]
    score_effect, weight_effect = _score_effects(weight, score)
    change = np.diff(line.score[at][:, between.common], axis=0)[0] * np.mean(scale)
    is_known = np.isfinite(score_effect) | np.isfinite(weight_effect)
    moved = np.nan_to_num(score_effect).sum(axis=1) + np.nan_to_num(weight_effect).sum(axis=1)
    columns = {
        "score_baseline": score[0],
        "score": score[1],
        "weight_baseline": weight[0],
        "weight": weight[1],
        "score_effect": score_effect,
        "weight_effect": weight_effect,
        "rank_effect": shares,
        "own": (shares.sum(axis=1) if own is None else own)[:, None],
        "rounding": np.where(is_known.all(axis=1), change - moved, np.nan)[:, None],
        "ground": ground[:, None],
    }
    shape = (ground.size, len(used))
    flat = {name: np.broadcast_to(value, shape).ravel() for name, value in columns.items()}
    units = np.array(line.units)[between.common]
    return pd.DataFrame(
        {
            "index_id": line.index_id,
            "unit_id": np.repeat(units, len(used)),
            "part_id": np.tile(np.array(line.parts)[used], ground.size),
            "parent_id": line.component_id,
            "level": level,
            "baseline": between.baseline,
            "edition": between.edition,
            **flat,
        }
    )


def _score_effects(weight: Array, score: Array) -> tuple[Array, Array]:
    """Points of the line due to the scores and to the weights, without a remainder."""
    score_effect = weight.mean(axis=0) * (score[1] - score[0])
    weight_effect = score.mean(axis=0) * (weight[1] - weight[0])
    is_known = np.isfinite(weight).any(axis=1)
    if is_known.all():
        # A part that one of the methods does not know: its points come or go with the method.
        added, dropped = np.isnan(weight[0]), np.isnan(weight[1])
        weight_effect[:, added] = (weight[1] * score[1])[:, added]
        weight_effect[:, dropped] = -(weight[0] * score[0])[:, dropped]
    return score_effect, weight_effect


def _joined(blocks: list[pd.DataFrame]) -> pd.DataFrame:
    if not blocks:
        return pd.DataFrame(columns=list(COLUMNS))
    joined = pd.concat(blocks, ignore_index=True)
    order = ["baseline", "edition", "unit_id", "level", "parent_id", "part_id"]
    return joined.sort_values(order, ignore_index=True) if len(blocks) > 1 else joined
