"""The field of one ranked line: its scores as arrays, and the ground there is to rank it.

Every question of the kind "why did the rank change, what would it take" needs the same three
things: who has a score in which edition, out of which parts the score is made, and whether all
the rivals' scores are held. They are laid out once here.

Scores are compared as whole billionths of a point, so that a tie is a tie and a sum taken in
another order is the same sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.schema import AnalyticsError, EditionNotFound, UnitNotFound, require_columns

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.object_]

# Scores are rounded to 9 decimals before they are compared (docs/method/rank-change-split.md):
# float sums of published parts differ in the 14th digit, and would break real ties.
BILLIONTH = 1e9

# Published parts miss the published total by up to 0.0000075 point where the weights are known
# (PAPI 2011-2024, PCI 2006-2019) and by up to 0.0007 for the sub-dimensions of PAPI 2022 D1;
# where the weights are not known they miss it by 0.002 to 0.55 (PCI 2011).
PARTS_TOLERANCE = 0.001

# Not parts of a sum, though their ids look like children: totals by another rule, and the score
# blocks that cut the same points a second time. The ids are fixed in data/reference/indices.
OTHER_TOTALS = ("weighted_total", "unweighted")
BLOCK_PREFIX = "block_"

FIELD_COLUMNS = ("index_id", "unit_id", "component_id", "edition", "score")


class Ground(StrEnum):
    """Why a number is given, or what is missing where it is not."""

    GIVEN = "given"
    NOT_SCORED_BASELINE = "not_scored_baseline"
    NOT_SCORED = "not_scored"
    SCORES_OF_OTHERS_MISSING = "scores_of_others_missing"
    PARTS_MISSING = "parts_missing"
    PARTS_DO_NOT_SUM = "parts_do_not_sum"
    PARTS_CHANGED = "parts_changed"
    TOO_MANY_PARTS = "too_many_parts"
    WEIGHTS_UNKNOWN = "weights_unknown"
    METHOD_CHANGED = "method_changed"
    STANDARD_ERRORS_MISSING = "standard_errors_missing"
    ERROR_MISSING = "error_missing"
    ERRORS_OF_OTHERS_MISSING = "errors_of_others_missing"


class IndexesMixed(AnalyticsError):
    """A frame holds several indices where the question is about one."""

    def __init__(self, index_ids: Sequence[str]) -> None:
        self.index_ids = tuple(index_ids)
        super().__init__(f"one index expected: {', '.join(self.index_ids)}")


class FiguresRepeated(AnalyticsError):
    """A frame holds two rows for one unit, component and edition."""

    def __init__(self, unit_id: str, component_id: str, edition: int) -> None:
        self.unit_id, self.component_id, self.edition = unit_id, component_id, edition
        super().__init__(f"repeated: {unit_id}, {component_id}, {edition}")


class ComponentNotFound(AnalyticsError):
    """A frame holds no row of the component asked for."""

    def __init__(self, component_id: str) -> None:
        self.component_id = component_id
        super().__init__(f"component not found: {component_id}")


class NoGround(AnalyticsError):
    """A single answer was asked for and there is no ground to give one."""

    def __init__(
        self, ground: Ground, component_id: str, edition: int, n_held: int, n_expected: float
    ) -> None:
        self.ground, self.component_id, self.edition = ground, component_id, edition
        self.n_held = n_held
        self.n_expected = None if np.isnan(n_expected) else int(n_expected)
        super().__init__(f"no ground: {component_id} {edition}: {ground.value}")


@dataclass(frozen=True)
class Field:
    """One ranked line over all its editions: its scores and those of its parts.

    Arrays run over editions, units and, where there is a third axis, parts. `weight` multiplies
    a part's score into points of the line; it is missing where the part does not belong to the
    edition. `is_complete` says that every rival's score is held, so a rank may be computed.
    """

    index_id: str
    component_id: str
    units: list[str]
    editions: list[int]
    parts: list[str]
    score: Array
    published: Array
    part_score: Array
    weight: Array
    is_complete: Mask
    n_expected: Array
    tolerance: float

    def at(self, edition: int) -> int:
        """Position of an edition; EditionNotFound when the line has no row of it."""
        if edition not in self.editions:
            raise EditionNotFound(edition)
        return self.editions.index(edition)

    def unit(self, unit_id: str) -> int:
        """Position of a unit; UnitNotFound when the line has no row of it."""
        if unit_id not in self.units:
            raise UnitNotFound(unit_id)
        return self.units.index(unit_id)

    def require(self, edition: int, unit_id: str) -> tuple[int, int]:
        """Positions of an edition and a unit, once the unit and all its rivals have a score."""
        at, unit = self.at(edition), self.unit(unit_id)
        if np.isnan(self.score[at, unit]):
            raise self.refusal(Ground.NOT_SCORED, edition)
        if not self.is_complete[at]:
            raise self.refusal(Ground.SCORES_OF_OTHERS_MISSING, edition)
        return at, unit

    def refusal(self, ground: Ground, edition: int) -> NoGround:
        """The refusal of one answer, with how many scores are held and how many there are."""
        expected = float(self.n_expected[self.at(edition)])
        return NoGround(ground, self.component_id, edition, self.n_held(edition), expected)

    def rank(self, edition: int) -> Array:
        """Place of every unit computed from the scores; missing where it may not be computed."""
        at = self.at(edition)
        if not self.is_complete[at]:
            return np.full(len(self.units), np.nan)
        return ranks(self.score[at])

    def shown_rank(self, edition: int) -> Array:
        """The published place, and the computed one where none was published."""
        published = self.published[self.at(edition)]
        return np.where(np.isnan(published), self.rank(edition), published)

    def n_ranked(self, edition: int) -> float:
        """Units in the ranking: all the scores where all are held, else what the catalogue says."""
        at = self.at(edition)
        if self.is_complete[at]:
            return float(np.isfinite(self.score[at]).sum())
        return float(self.n_expected[at])

    def n_held(self, edition: int) -> int:
        """Scores of this line that are held for an edition."""
        return int(np.isfinite(self.score[self.at(edition)]).sum())

    def parts_at(self, edition: int) -> list[int]:
        """Positions of the parts that make up the line in an edition."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.weight[self.at(edition)]))]

    def sum_of_parts(self, data: int, method: int) -> Array:
        """Points of every unit from the parts of edition `data` under the method of `method`.

        Missing for a unit that lacks a part.
        """
        weight = self.weight[self.at(method)]
        used = np.isfinite(weight)
        if not used.any():
            return np.full(len(self.units), np.nan)
        summed: Array = self.part_score[self.at(data)][:, used] @ weight[used]
        return summed

    def parts_gap(self, edition: int) -> Array:
        """How far the published total lies from the sum of its parts, per unit [points]."""
        gap: Array = np.abs(self.sum_of_parts(edition, edition) - self.score[self.at(edition)])
        return gap


def billionths(scores: Array) -> Array:
    """Scores as whole billionths of a point; missing stays missing.

    Source: docs/method/rank-change-split.md.
    """
    rounded: Array = np.rint(scores * BILLIONTH)
    return rounded


def ranks(scores: Array) -> Array:
    """1 + how many are better; ties share the better place; missing stays missing.

    Source: docs/method/rank-change-split.md.
    """
    keys = billionths(scores)
    rank = 1.0 + n_better(np.sort(keys[np.isfinite(keys)]), keys)
    return np.where(np.isfinite(keys), rank, np.nan)


def n_better(ordered: Array, keys: Array, *, side: Literal["left", "right"] = "right") -> Array:
    """How many of `ordered` (ascending) lie above each key; with side "left" those level too.

    Source: docs/method/rank-change-split.md.
    """
    found: Array = (ordered.size - np.searchsorted(ordered, keys, side=side)).astype(float)
    return found


def rank_among_others(keys: Array, field: Array, own: Array | None = None) -> Array:
    """Place a unit would have with each of its keys, among the field without the unit itself.

    The first axis of `keys` runs over units; `own` holds their scores in the field, and is the
    field itself when every unit is asked about.

    Source: docs/method/rank-change-split.md.
    """
    own = field if own is None else own
    own = own.reshape(own.shape + (1,) * (keys.ndim - 1))
    placed: Array = 1.0 + n_better(np.sort(field), keys) - (own > keys)
    return placed


def children(component_ids: Sequence[str], parent_id: str) -> list[str]:
    """Ids one dot-part below the parent, without other totals and score blocks.

    Source: docs/method/rank-change-split.md.
    """
    found = []
    for component_id in component_ids:
        parent, _, last = component_id.rpartition(".")
        if parent == parent_id and last not in OTHER_TOTALS and not last.startswith(BLOCK_PREFIX):
            found.append(component_id)
    return sorted(found)


def ranked_lines(component_ids: Sequence[str]) -> list[str]:
    """The ids that stand for a ranked line: all but other totals and score blocks.

    Source: docs/method/rank-change-split.md.
    """
    return sorted(
        c
        for c in component_ids
        if c.rpartition(".")[2] not in OTHER_TOTALS
        and not c.rpartition(".")[2].startswith(BLOCK_PREFIX)
    )


def only_index(figures: pd.DataFrame) -> str:
    """The one index a frame is about; IndexesMixed when there is more than one.

    Source: docs/method/rank-change-split.md.
    """
    index_ids = [str(i) for i in figures["index_id"].unique()]
    if len(index_ids) != 1:
        raise IndexesMixed(sorted(index_ids))
    return index_ids[0]


def scores_parted(
    breaks: pd.DataFrame | None, component_id: str, baseline: int, edition: int
) -> bool:
    """Whether a recorded break parts the scores of two editions of a line.

    Source: docs/method/rank-change-split.md.
    """
    return component_id in lines_parted(breaks, baseline, edition)


def lines_parted(breaks: pd.DataFrame | None, baseline: int, edition: int) -> set[str]:
    """Ids of all lines whose scores in two editions are parted by a recorded break.

    Source: docs/method/rank-change-split.md.
    """
    if breaks is None:
        return set()
    require_columns(breaks, ("edition", "component_id", "score_comparable"))
    first, last = sorted((baseline, edition))
    parted = (
        breaks["edition"].gt(first)
        & breaks["edition"].le(last)
        & breaks["score_comparable"].eq("no")
    )
    return {str(line) for line in breaks.loc[parted, "component_id"]}


def field(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    component_id: str | None = None,
    weights: pd.DataFrame | None = None,
    tolerance: float = PARTS_TOLERANCE,
) -> Field:
    """Lay out one ranked line: who has a score, from which parts, and whether all are held.

    Coverage is never guessed: an edition that `editions` does not call complete is one in which
    no rank is computed, however many scores it holds. A component is complete when every unit
    with a total also has a score on the component.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points]
            and, where published, rank [place].
        editions: one row per edition, with coverage [complete | partial] and, where known,
            n_ranked [units].
        component_id: the line; the index itself by default.
        weights: for an index that is a weighted sum, one row per (component_id, from_edition,
            to_edition) with weight; None for a plain sum.
        tolerance: how far parts may miss the printed total [points].

    Returns:
        The line as arrays over editions, units and parts.

    Raises:
        ColumnsMissing: a frame lacks a column named above.
        IndexesMixed: `figures` holds more than one index.
        ComponentNotFound: `figures` has no row of the line.
        FiguresRepeated: two rows for one unit, component and edition.

    Source: docs/method/rank-change-split.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    line = component_id or only_index(figures)
    return fields(
        figures, editions=editions, component_ids=[line], weights=weights, tolerance=tolerance
    )[line]


def fields(
    figures: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    component_ids: Sequence[str] | None = None,
    weights: pd.DataFrame | None = None,
    tolerance: float = PARTS_TOLERANCE,
) -> dict[str, Field]:
    """Lay out several ranked lines of one index at once, by component_id.

    Args:
        figures: as in `field`.
        editions: as in `field`.
        component_ids: the lines; every ranked line of `figures` by default.
        weights: as in `field`.
        tolerance: as in `field`.

    Returns:
        One `Field` per line.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: as in `field`.

    Source: docs/method/rank-change-split.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    require_columns(editions, ("edition", "coverage"))
    index_id = only_index(figures)
    known = [str(c) for c in figures["component_id"].unique()]
    lines = ranked_lines(known) if component_ids is None else list(component_ids)
    for line in lines:
        if line not in known:
            raise ComponentNotFound(line)
    parts = {line: children(known, line) for line in lines}
    table = _Table.of(
        figures, sorted({*lines, *(p for ps in parts.values() for p in ps), index_id})
    )
    coverage = _coverage(editions, index_id, table.years)
    return {
        line: table.line(
            line, parts[line], index_id, coverage, weights if line == index_id else None, tolerance
        )
        for line in lines
    }


@dataclass(frozen=True)
class _Table:
    """Scores and published ranks of some components over editions, units and components."""

    components: list[str]
    units: list[str]
    years: list[int]
    has_row: Mask
    score: Array
    rank: Array

    @classmethod
    def of(cls, figures: pd.DataFrame, components: list[str]) -> _Table:
        rows = figures[figures["component_id"].isin(components)]
        axes = [pd.factorize(rows[name], sort=True) for name in ("edition", "unit_id")]
        component = pd.Index(components).get_indexer(pd.Index(rows["component_id"]))
        shape = (len(axes[0][1]), len(axes[1][1]), len(components))
        where = (axes[0][0] * shape[1] + axes[1][0]) * shape[2] + component
        count = np.bincount(where, minlength=int(np.prod(shape)))
        if count.max(initial=0) > 1:
            row = rows.iloc[int(np.argmax(count[where] > 1))]
            unit_id, line, year = (row[c] for c in ("unit_id", "component_id", "edition"))
            raise FiguresRepeated(str(unit_id), str(line), int(year))
        cubes = []
        for column in ("score", "rank"):
            cube = np.full(shape, np.nan)
            if column in rows.columns:
                cube.flat[where] = rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
            cubes.append(cube)
        return cls(
            components=components,
            units=[str(u) for u in axes[1][1]],
            years=[int(y) for y in axes[0][1]],
            has_row=count.reshape(shape) > 0,
            score=cubes[0],
            rank=cubes[1],
        )

    def line(
        self,
        component_id: str,
        parts: list[str],
        index_id: str,
        coverage: tuple[Mask, Array],
        weights: pd.DataFrame | None,
        tolerance: float,
    ) -> Field:
        """One line, over the editions in which it has a row; `coverage` is that of every year."""
        at = self.components.index(component_id)
        held = np.flatnonzero(self.has_row[:, :, at].any(axis=1))
        years = [self.years[y] for y in held]
        score = self.score[held]
        part_score = score[:, :, [self.components.index(p) for p in parts]]
        has_total = np.isfinite(score[:, :, self.components.index(index_id)])
        lacks_line = has_total & np.isnan(score[:, :, at])
        is_complete, n_expected = coverage
        return Field(
            index_id=index_id,
            component_id=component_id,
            units=self.units,
            editions=years,
            parts=parts,
            score=score[:, :, at],
            published=self.rank[held][:, :, at],
            part_score=part_score,
            weight=_weights(weights, parts, years, part_score),
            is_complete=is_complete[held] & ~lacks_line.any(axis=1),
            n_expected=n_expected[held],
            tolerance=tolerance,
        )


def _coverage(editions: pd.DataFrame, index_id: str, years: list[int]) -> tuple[Mask, Array]:
    """Whether each year's scores are all held, and how many there are."""
    if "index_id" in editions.columns:
        editions = editions[editions["index_id"] == index_id]
    known = editions.drop_duplicates("edition").set_index("edition")
    is_complete = (known["coverage"] == "complete").reindex(years, fill_value=False)
    n_expected = (
        known["n_ranked"].reindex(years).to_numpy(dtype=np.float64, na_value=np.nan)
        if "n_ranked" in known.columns
        else np.full(len(years), np.nan)
    )
    return is_complete.to_numpy(dtype=np.bool_), n_expected


def _weights(
    weights: pd.DataFrame | None, parts: list[str], years: list[int], part_score: Array
) -> Array:
    if weights is None:
        # A part belongs to an edition when somebody was scored on it.
        return np.where(np.isfinite(part_score).any(axis=1), 1.0, np.nan)
    require_columns(weights, ("component_id", "from_edition", "to_edition", "weight"))
    table = np.full((len(years), len(parts)), np.nan)
    for part, first, last, weight in weights[
        ["component_id", "from_edition", "to_edition", "weight"]
    ].itertuples(index=False):
        if part in parts:
            within = [(first <= y) and (pd.isna(last) or y <= last) for y in years]
            table[within, parts.index(part)] = weight
    return table
