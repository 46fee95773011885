"""Why a rank changed: the unit's own score, its rivals, the method, and who was ranked.

All parts carry the sign of a gain: positive places are an improvement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from analytics.field import (
    Array,
    Field,
    Ground,
    Mask,
    billionths,
    field,
    rank_among_others,
)
from analytics.schema import require_columns

# A rank change may be split by switching each of these from old to new, in every order.
OWN, PEERS, METHOD = "own", "peers", "method"

# Breaks that touch how a score is made; a changed publication or geography does not.
METHOD_KINDS = ("criteria", "components", "respondents", "weights", "aggregate")


class MethodGround(StrEnum):
    """Whether the effect of a changed method stands apart from the other effects."""

    UNCHANGED = "unchanged"
    SEPARATED = "separated"
    PARTLY_SEPARATED = "partly_separated"
    NOT_SEPARABLE = "not_separable"


class Movement(StrEnum):
    """What another unit did to this unit's place."""

    OVERTOOK = "overtook"
    OVERTAKEN_BY = "overtaken_by"
    LEFT_FROM_AHEAD = "left_from_ahead"
    ENTERED_AHEAD = "entered_ahead"


@dataclass(frozen=True)
class Step:
    """One step between two editions, on the units scored in both.

    `tables` holds the scores, in billionths, by (edition of the data, edition of the method), 0
    for the baseline and 1 for the later one. `orders` are the orders in which the factors may be
    switched without leaving the tables that exist. `is_one_sum` says that the own score moves
    from old to new under one set of parts and weights in every order.
    """

    baseline: int
    edition: int
    common: Mask
    tables: dict[tuple[int, int], Array]
    orders: list[tuple[str, ...]]
    method: MethodGround
    is_one_sum: bool

    def effects(self) -> dict[str, Array]:
        """Places due to each factor, averaged over the orders."""
        total = {name: np.zeros(int(self.common.sum())) for name in (OWN, PEERS, METHOD)}
        known: dict[tuple[int, int, int], Array] = {}
        for order in self.orders:
            state = {OWN: 0, PEERS: 0, METHOD: 0}
            before = self._rank(state, known)
            for name in order:
                state[name] = 1
                after = self._rank(state, known)
                total[name] += before - after
                before = after
        return {name: places / len(self.orders) for name, places in total.items()}

    def own_settings(self) -> dict[tuple[int, int], float]:
        """Share of the orders in which the own score moves under (peers, method)."""
        seen: Counter[tuple[int, int]] = Counter()
        for order in self.orders:
            before = order[: order.index(OWN)]
            seen[(int(PEERS in before), int(METHOD in before))] += 1
        return {setting: n / len(self.orders) for setting, n in seen.items()}

    def _rank(self, state: dict[str, int], known: dict[tuple[int, int, int], Array]) -> Array:
        key = (state[OWN], state[PEERS], state[METHOD])
        if key not in known:
            own = self.tables[(key[0], key[2])]
            known[key] = rank_among_others(own, self.tables[(key[1], key[2])])
        return known[key]


def step(line: Field, *, baseline: int, edition: int, breaks: pd.DataFrame | None = None) -> Step:
    """The tables and admissible orders between two editions of a line.

    When the parts or their weights changed, the later data are scored by the old method, or the
    earlier data by the new one, wherever every common unit has the parts for it and the method
    reproduces the printed totals of its own edition. Only orders whose every stage exists as a
    table are averaged; where no such table exists the method is not separable and stays inside
    own and peers.

    Source: docs/method/rank-change-split.md.
    """
    scores = {0: line.score[line.at(baseline)], 1: line.score[line.at(edition)]}
    common = np.isfinite(scores[0]) & np.isfinite(scores[1])
    printed = {d: billionths(s[common]) for d, s in scores.items()}
    changed, redefined = _method_change(line, baseline, edition, breaks)
    tables = {(0, 0): printed[0], (1, 1): printed[1]}
    if changed:
        tables |= _recomputed(line, baseline, edition, common)
    if len(tables) > 2:
        ground = MethodGround.PARTLY_SEPARATED if redefined else MethodGround.SEPARATED
        orders = [o for o in permutations((OWN, PEERS, METHOD)) if _is_walkable(o, tables)]
        return Step(baseline, edition, common, tables, orders, ground, is_one_sum=True)
    # One method, or none that can be told apart: the printed tables stand for both.
    tables |= {(1, 0): printed[1]}
    ground = MethodGround.NOT_SEPARABLE if changed or redefined else MethodGround.UNCHANGED
    orders = [(OWN, PEERS), (PEERS, OWN)]
    return Step(baseline, edition, common, tables, orders, ground, is_one_sum=not changed)


def _method_change(
    line: Field, baseline: int, edition: int, breaks: pd.DataFrame | None
) -> tuple[bool, bool]:
    """Whether parts or weights changed, and whether a recorded break redefined a kept part."""
    old, new = line.weight[line.at(baseline)], line.weight[line.at(edition)]
    unknown = bool(line.parts) and not (np.isfinite(old).any() and np.isfinite(new).any())
    changed = unknown or not np.array_equal(old, new, equal_nan=True)
    if breaks is None:
        return changed, False
    require_columns(breaks, ("edition", "kind", "component_id"))
    first, last = sorted((baseline, edition))
    inside = breaks[
        breaks["edition"].gt(first) & breaks["edition"].le(last) & breaks["kind"].isin(METHOD_KINDS)
    ]
    if "rank_comparable" in inside.columns:
        # A revision that leaves ranks comparable is no method effect to look for.
        inside = inside[inside["rank_comparable"].ne("yes")]
    kept = [p for p, a, b in zip(line.parts, old, new, strict=True) if np.isfinite(a + b)]
    touched = set(inside["component_id"].astype(str))
    if changed:
        return True, bool(touched & set(kept))
    return False, bool(touched & {line.component_id, *kept})


def _recomputed(
    line: Field, baseline: int, edition: int, common: Mask
) -> dict[tuple[int, int], Array]:
    years = (baseline, edition)
    tables = {}
    for data, method in ((1, 0), (0, 1)):
        crossed = line.sum_of_parts(years[data], years[method])[common]
        holds = line.parts_gap(years[method])[common] <= line.tolerance
        if common.any() and np.isfinite(crossed).all() and bool(holds.all()):
            tables[(data, method)] = billionths(crossed)
    return tables


def _is_walkable(order: tuple[str, ...], tables: dict[tuple[int, int], Array]) -> bool:
    state = {OWN: 0, PEERS: 0, METHOD: 0}
    for name in order:
        state[name] = 1
        if any((state[who], state[METHOD]) not in tables for who in (OWN, PEERS)):
            return False
    return True


def rank_split(
    figures: pd.DataFrame,
    *,
    baseline: int,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Each unit's rank change between two editions, split so that the parts sum to the change.

    gain = own + peers + method + composition + publisher. Halves and sixths of a place are
    meant: an effect is an average over the orders in which the factors could have changed. Where
    the rivals' scores are not all held the gain of the published ranks is given, the parts never.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points]
            and, where published, rank [place].
        baseline: edition compared against.
        edition: edition reported.
        editions: one row per edition, with coverage [complete | partial] and n_ranked [units].
        component_id: the ranked line; the index itself by default.
        weights: weights of the parts by era, for an index that is a weighted sum.
        breaks: one row per (edition, kind, component_id) of a change of method, with, where
            known, rank_comparable [yes | flag | no]; None when none is recorded.

    Returns:
        One row per unit with a score or a rank in either edition: rank_baseline, rank [place],
        n_baseline, n_ranked, n_common [units], gain, own, peers, method, composition, publisher
        [places, positive = improved], score_baseline, score, score_change and
        peers_score_change [points, mean over the other common units], ground, method_ground,
        and n_held_baseline, n_held, n_expected_baseline, n_expected [scores].
        `method` is missing where it is not separable; it then stays inside own and peers.
        `publisher` is the part of the change that the printed scores do not show: ties broken
        below the printed precision.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: the line has no row of `baseline` or `edition`.

    Source: docs/method/rank-change-split.md.
    """
    line = field(figures, editions=editions, component_id=component_id, weights=weights)
    return rank_split_of(line, baseline=baseline, edition=edition, breaks=breaks)


def rank_split_of(
    line: Field, *, baseline: int, edition: int, breaks: pd.DataFrame | None = None
) -> pd.DataFrame:
    """`rank_split` of a line that is laid out already.

    Source: docs/method/rank-change-split.md.
    """
    return _frame(line, [_columns(line, baseline, edition, breaks)])


def rank_split_history(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    pairs: Sequence[tuple[int, int]] | None = None,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The split of `rank_split` for many pairs of editions at once.

    Args:
        figures: as in `rank_split`.
        editions: as in `rank_split`.
        pairs: (baseline, edition) pairs; every earlier-later pair of the line by default.
        component_id: as in `rank_split`.
        weights: as in `rank_split`.
        breaks: as in `rank_split`.

    Returns:
        One row per (baseline, edition, unit_id), with the columns of `rank_split`.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated, EditionNotFound: as in
            `rank_split`.

    Source: docs/method/rank-change-split.md.
    """
    line = field(figures, editions=editions, component_id=component_id, weights=weights)
    pairs = list(combinations(line.editions, 2)) if pairs is None else pairs
    return _frame(line, [_columns(line, b, e, breaks) for b, e in pairs])


def _columns(
    line: Field, baseline: int, edition: int, breaks: pd.DataFrame | None
) -> dict[str, object]:
    """The columns of `rank_split` for one pair, over all units of the line."""
    between = step(line, baseline=baseline, edition=edition, breaks=breaks)
    old, new = line.at(baseline), line.at(edition)
    is_split = between.common & line.is_complete[old] & line.is_complete[new]
    parts = {name: np.full(len(line.units), np.nan) for name in (OWN, PEERS, METHOD)}
    rank = {d: line.rank(y) for d, y in ((0, baseline), (1, edition))}
    shown = {d: line.shown_rank(y) for d, y in ((0, baseline), (1, edition))}
    if is_split.any():
        for name, places in between.effects().items():
            parts[name][between.common] = places
    common_gain = parts[OWN] + parts[PEERS] + parts[METHOD]
    computed_gain = np.where(is_split, rank[0] - rank[1], np.nan)
    gain = shown[0] - shown[1]
    if between.method is MethodGround.NOT_SEPARABLE:
        parts[METHOD] = np.full(len(line.units), np.nan)
    score_change = line.score[new] - line.score[old]
    return {
        "baseline": baseline,
        "edition": edition,
        "rank_baseline": shown[0],
        "rank": shown[1],
        "n_baseline": line.n_ranked(baseline),
        "n_ranked": line.n_ranked(edition),
        "n_common": int(between.common.sum()),
        "gain": gain,
        **parts,
        "composition": computed_gain - common_gain,
        "publisher": gain - computed_gain,
        "score_baseline": line.score[old],
        "score": line.score[new],
        "score_change": score_change,
        "peers_score_change": _mean_of_others(score_change, is_split),
        "ground": _ground(line, baseline, edition, is_split),
        "method_ground": between.method.value,
        "n_held_baseline": line.n_held(baseline),
        "n_held": line.n_held(edition),
        "n_expected_baseline": line.n_expected[old],
        "n_expected": line.n_expected[new],
    }


def _mean_of_others(change: Array, is_common: Mask) -> Array:
    n = int(is_common.sum())
    if n < 2:
        return np.full(change.size, np.nan)
    return np.where(is_common, (change[is_common].sum() - change) / (n - 1), np.nan)


def _ground(line: Field, baseline: int, edition: int, is_split: Mask) -> list[str]:
    missing_old = np.isnan(line.score[line.at(baseline)])
    missing_new = np.isnan(line.score[line.at(edition)])
    found = np.select(
        [is_split, missing_old, missing_new],
        [Ground.GIVEN.value, Ground.NOT_SCORED_BASELINE.value, Ground.NOT_SCORED.value],
        default=Ground.SCORES_OF_OTHERS_MISSING.value,
    )
    return [str(code) for code in found]


PLACE_COLUMNS = ("rank_baseline", "rank", "n_baseline", "n_ranked", "n_common", "gain")
COUNT_COLUMNS = ("n_held_baseline", "n_held", "n_expected_baseline", "n_expected")


def _frame(line: Field, pieces: list[dict[str, object]]) -> pd.DataFrame:
    n = len(line.units)
    columns: dict[str, object] = {
        "index_id": line.index_id,
        "component_id": line.component_id,
        "unit_id": line.units * len(pieces),
    }
    for name in pieces[0] if pieces else ():
        columns[name] = np.concatenate(
            [np.broadcast_to(np.asarray(piece[name]), (n,)) for piece in pieces]
        )
    frame = pd.DataFrame(columns, index=range(n * len(pieces)))
    for name in (*PLACE_COLUMNS, *COUNT_COLUMNS):
        frame[name] = frame[name].astype("Int64")
    known = frame[["rank_baseline", "rank", "score_baseline", "score"]].notna().any(axis=1)
    return frame[known].reset_index(drop=True)


def passes(
    figures: pd.DataFrame,
    *,
    baseline: int,
    edition: int,
    editions: pd.DataFrame,
    unit_id: str | None = None,
    component_id: str | None = None,
) -> pd.DataFrame:
    """Who overtook whom between two editions, and who left or entered the ranking ahead.

    A rival is ahead when its score is higher; level is not ahead. So for every unit
    overtook - overtaken_by is its gain among the units ranked in both editions, and
    left_from_ahead - entered_ahead is the composition part of `rank_split`.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        baseline: edition compared against.
        edition: edition reported.
        editions: one row per edition, with coverage [complete | partial].
        unit_id: the unit whose passes are wanted; all units by default.
        component_id: the ranked line; the index itself by default.

    Returns:
        One row per (unit_id, other_unit_id) whose order changed, with movement
        [overtook | overtaken_by | left_from_ahead | entered_ahead], was_level and is_level
        (equal scores before, after), and both scores of the other unit and of the unit
        [points]. Empty where the scores are not all held.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated, EditionNotFound: as in
            `rank_split`.
        UnitNotFound: the line has no row of `unit_id`.

    Source: docs/method/rank-change-split.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    return passes_of(line, baseline=baseline, edition=edition, unit_id=unit_id)


def passes_of(
    line: Field, *, baseline: int, edition: int, unit_id: str | None = None
) -> pd.DataFrame:
    """`passes` of a line that is laid out already.

    Source: docs/method/rank-change-split.md.
    """
    old, new = line.at(baseline), line.at(edition)
    before, after = billionths(line.score[old]), billionths(line.score[new])
    in_both = np.isfinite(before) & np.isfinite(after)
    # Everybody beside everybody is eleven million pairs of communes: one row for one unit.
    asked = np.arange(len(line.units)) if unit_id is None else np.array([line.unit(unit_id)])
    me, other = in_both[asked, None], in_both[None, :]
    was_ahead, is_ahead = (s[None, :] > s[asked, None] for s in (before, after))
    moved = {
        Movement.OVERTOOK: me & other & was_ahead & ~is_ahead,
        Movement.OVERTAKEN_BY: me & other & ~was_ahead & is_ahead,
        Movement.LEFT_FROM_AHEAD: me & ~other & was_ahead,
        Movement.ENTERED_AHEAD: me & ~other & is_ahead,
    }
    if not (line.is_complete[old] and line.is_complete[new]):
        moved = {code: np.zeros_like(mask) for code, mask in moved.items()}
    found = [
        (code.value, int(asked[i]), int(j))
        for code, mask in moved.items()
        for i, j in np.argwhere(mask)
    ]
    own = np.array([i for _, i, _ in found], dtype=np.intp)
    rival = np.array([j for _, _, j in found], dtype=np.intp)
    frame = pd.DataFrame(
        {
            "unit_id": [line.units[i] for i in own],
            "other_unit_id": [line.units[j] for j in rival],
            "movement": [code for code, _, _ in found],
            "was_level": before[own] == before[rival],
            "is_level": after[own] == after[rival],
            "score_baseline": line.score[old][own],
            "score": line.score[new][own],
            "other_score_baseline": line.score[old][rival],
            "other_score": line.score[new][rival],
        }
    )
    return frame.sort_values(["unit_id", "movement", "other_unit_id"], ignore_index=True)
