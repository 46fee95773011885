"""Judges what was understood: one function, one rule; every fault at once, none raised.

What cannot be right is an error and stops the load. What may be right although it looks odd (a
publisher's printed rank that the scores do not give) is a warning and asks: published wins.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from analytics.schema import WITHHELD
from data.indices import Catalogue, MeasuredComponent
from data.intake.labels import measure_of
from data.intake.meaning import expected_units, n_ranked
from data.intake.model import (
    ERROR,
    LOW,
    RANK,
    SCORE,
    WARNING,
    CellFault,
    ColumnMeaning,
    Note,
    Proposal,
)
from data.units import UnitRegister

# Notes of the reading that can only be wrong; all others ask.
STOPPING = frozenset(
    {
        "unit_unknown",
        "unit_missing",
        "unit_other_geography",
        "unit_not_in_force",
        "unit_twice",
        "number_unreadable",
        "date_in_number",
        "formula_uncached",
        "cell_error",
        "column_twice",
        "index_unknown",
        "edition_unknown",
        "no_table",
        "no_component",
        "level_ministry",
        "level_district",
    }
)
# An outlier lies more than 4 robust standard deviations (1.4826 x MAD, Rousseeuw & Croux 1993)
# from the median change of all units; fewer than 20 changes have no tail to speak of.
OUTLIER_DEVIATIONS = 4.0
MAD_TO_SIGMA = 1.4826
OUTLIER_LEAST = 20
SAME_SHARE, SAME_LEAST = 0.9, 20  # figures equal to another edition's: the year is wrong
USUAL_SHARE = 0.8  # units that have both score and rank, from which a missing one is odd
NAMES_SHOWN = 8
MAX_TOLERANCE = 0.05  # maxima of 3.33 three times are 10
EPSILON = 1e-6


@dataclass(frozen=True)
class Context:
    """What a proposal is judged against.

    Attributes:
        held: figures now in the store, columns unit_id, component_id, edition, score, rank;
            `nothing_held()` for an empty store.
        weights: index_id, component_id, from_edition, to_edition, weight [points of the total
            per point of the component]. An index named here adds up by its weights or not at
            all, others add up plainly where their maxima do.
    """

    catalogue: Catalogue
    units: UnitRegister
    held: pd.DataFrame
    weights: pd.DataFrame


def nothing_held() -> pd.DataFrame:
    """The frame of a store that holds no figure yet."""
    return pd.DataFrame({"unit_id": [], "component_id": [], "edition": [], "score": [], "rank": []})


def judge(proposal: Proposal, context: Context) -> list[CellFault]:
    """Every fault of a proposal: errors first, then by sheet and place.

    Returns:
        An empty list when nothing is wrong; an error anywhere means the file must not be loaded.

    Source: docs/method/intake.md.
    """
    faults = [_from_note(note) for note in proposal.notes]
    if proposal.index.value is not None and len(proposal.rows):
        view = _View(proposal, context)
        if all(row.score is None and row.rank is None and row.percent is None for row in view.rows):
            faults.append(_at_first(view.rows, "nothing_filled", ERROR, name=proposal.file_name))
        else:
            for rule in RULES:
                faults.extend(rule(view))
    named = [_named(fault, proposal, context) for fault in faults]
    distinct = {(fault.sheet, fault.cell, fault.key): fault for fault in reversed(named)}
    return sorted(distinct.values(), key=_order)


def _order(fault: CellFault) -> tuple[int, str, int, int, str]:
    match = re.match(r"([A-Z]+)(\d+)$", fault.cell)
    letters, row = (match.group(1), int(match.group(2))) if match else ("", 0)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return (0 if fault.severity == ERROR else 1, fault.sheet, row, column, fault.key)


def _from_note(note: Note) -> CellFault:
    severity = ERROR if note.key in STOPPING else WARNING
    return CellFault(note.sheet, note.cell, note.key, severity, dict(note.values))


def _named(fault: CellFault, proposal: Proposal, context: Context) -> CellFault:
    """Puts the names people know in place of component ids."""
    values: dict[str, Any] = {}
    for key, value in fault.values.items():
        values[key] = value
        if isinstance(value, str) and key in ("component", "other"):
            edition = fault.values.get("edition", proposal.edition.value)
            try:
                name = context.catalogue.component(value, int(edition)).name
            except (LookupError, TypeError, ValueError):
                continue
            values[key], values[f"{key}_en"] = name.vi, name.en
    for key in ("component", "other"):
        if key in values:
            values.setdefault(f"{key}_en", values[key])
    return CellFault(fault.sheet, fault.cell, fault.key, fault.severity, values)


@dataclass(frozen=True)
class _Row:
    """One figure of the file, missing values as None."""

    unit_id: str | None
    component_id: str
    edition: int
    score: float | None
    percent: float | None
    max_score: float | None
    rank: float | None
    printed_change: float | None
    state: str
    sheet: str
    cell: str
    percent_cell: str
    rank_cell: str
    change_cell: str
    name: str
    name_cell: str

    def fault(self, where: str, key: str, severity: str, **values: Any) -> CellFault:
        """A fault at the figure's own cell, at the unit's name where it has none."""
        cell = getattr(self, where) or self.cell or self.rank_cell or self.name_cell or "A1"
        return CellFault(self.sheet, cell, key, severity, {"name": self.name, **values})


_NUMBERS = ("score", "percent", "max_score", "rank", "printed_change")
_TEXTS = (
    "component_id",
    "state",
    "sheet",
    "cell",
    "percent_cell",
    "rank_cell",
    "change_cell",
    "name",
    "name_cell",
)
Line = tuple[str, int]
_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True)
class _Held:
    """One figure in the store."""

    score: float | None
    rank: float | None


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _rows_of(frame: pd.DataFrame) -> list[_Row]:
    columns: dict[str, list[Any]] = {
        "unit_id": [None if pd.isna(one) else str(one) for one in frame["unit_id"]],
        "edition": [int(one) for one in frame["edition"]],
    }
    for name in _NUMBERS:
        columns[name] = [_number(one) for one in frame[name].tolist()]
    for name in _TEXTS:
        columns[name] = [str(one) for one in frame[name].tolist()]
    return [
        _Row(**{name: values[position] for name, values in columns.items()})
        for position in range(len(frame))
    ]


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], _K]) -> dict[_K, list[_Row]]:
    found: dict[_K, list[_Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


class _View:
    """A proposal with what the rules look up about it, each thing looked up once."""

    def __init__(self, proposal: Proposal, context: Context) -> None:
        self.proposal = proposal
        self.context = context
        self.index_id = str(proposal.index.value)
        self.editions = proposal.editions
        self.rows = _rows_of(proposal.rows)
        self.known = [row for row in self.rows if row.unit_id is not None]
        self.lines = _grouped(self.known, lambda row: (row.component_id, row.edition))
        self.components = {
            (one.component_id, edition): one
            for edition in self.editions
            for one in context.catalogue.components(self.index_id, edition)
        }
        self.counts = {
            edition: n_ranked(context.units, context.catalogue, self.index_id, edition)
            for edition in self.editions
        }
        self.held = self._held(context.held)
        self.broken = self._broken(context.catalogue)

    def _held(self, frame: pd.DataFrame) -> dict[int, dict[tuple[str, str], _Held]]:
        """The figures held for this index: edition, then (unit_id, component_id)."""
        found: dict[int, dict[tuple[str, str], _Held]] = {}
        for unit_id, component_id, edition, score, rank in zip(
            frame["unit_id"],
            frame["component_id"],
            frame["edition"],
            frame["score"],
            frame["rank"],
            strict=True,
        ):
            if str(component_id).partition(".")[0] == self.index_id:
                own = found.setdefault(int(edition), {})
                own[str(unit_id), str(component_id)] = _Held(_number(score), _number(rank))
        return found

    def _broken(self, catalogue: Catalogue) -> set[Line]:
        """Where the catalogue says that scores do not compare with the edition before."""
        frame = catalogue.break_frame()
        frame = frame[frame["score_comparable"] == "no"]
        broken = {
            (str(component_id), int(edition))
            for component_id, edition in zip(frame["component_id"], frame["edition"], strict=True)
        }
        for line, one in self.components.items():
            if one.period.first == line[1] and one.period.score_comparable == "no":
                broken.add(line)
        return broken

    def of(self, edition: int) -> list[_Row]:
        """The rows of an edition, those of unknown units included."""
        return [row for row in self.rows if row.edition == edition]

    def before(self, row: _Row) -> _Held | None:
        """What is held of the same unit and component a year earlier."""
        return self.held.get(row.edition - 1, {}).get((str(row.unit_id), row.component_id))

    def direction(self, line: Line) -> int:
        """+1 when more is better."""
        one = self.components.get(line)
        return one.direction if one else self.context.catalogue.index(self.index_id).direction

    def maximum(self, line: Line) -> float | None:
        """The maximum of a component's scale, None when the catalogue does not know it."""
        one = self.components.get(line)
        return one.max_score if one else None


# ------------------------------------------------------------------------- one cell


def score_outside_scale(view: _View) -> Iterator[CellFault]:
    """A score lies between 0 and the maximum of its component."""
    for line, rows in view.lines.items():
        # No component of any index counts beyond 100 points.
        most = view.maximum(line) or 100.0
        for row in rows:
            if row.score is not None and not 0 <= row.score <= most + EPSILON:
                yield row.fault("cell", "score_outside_scale", ERROR, value=row.score, maximum=most)


def percent_outside_scale(view: _View) -> Iterator[CellFault]:
    """A per cent lies between 0 and 100."""
    for row in view.rows:
        if row.percent is not None and not 0 <= row.percent <= 100 + EPSILON:
            yield row.fault("percent_cell", "percent_outside_scale", ERROR, value=row.percent)


def rank_not_whole(view: _View) -> Iterator[CellFault]:
    """A rank is a whole number."""
    for row in view.rows:
        if row.rank is not None and row.rank % 1:
            yield row.fault("rank_cell", "rank_not_whole", ERROR, value=row.rank)


def rank_outside(view: _View) -> Iterator[CellFault]:
    """A rank lies between 1 and the number of units ranked."""
    for row in view.known:
        n = view.counts[row.edition]
        if row.rank is not None and not 1 <= row.rank <= n:
            yield row.fault("rank_cell", "rank_outside", ERROR, value=row.rank, n=n)


def score_or_rank_missing(view: _View) -> Iterator[CellFault]:
    """Where nearly all units have both score and rank, a unit with only one is odd."""
    for rows in view.lines.values():
        both = sum(row.score is not None and row.rank is not None for row in rows)
        if both < USUAL_SHARE * len(rows):
            continue
        for row in rows:
            if row.score is None and row.rank is not None:
                yield row.fault("cell", "score_missing", WARNING, value=row.rank)
            elif row.score is not None and row.rank is None:
                yield row.fault("rank_cell", "rank_missing", WARNING, value=row.score)


# -------------------------------------------------------------------- one component


def rank_not_monotone(view: _View) -> Iterator[CellFault]:
    """A better score never has a worse rank; the fewest ranks that break the order are named."""
    for line, rows in view.lines.items():
        for row in _disordered(rows, view.direction(line)):
            yield row.fault(
                "rank_cell", "rank_not_monotone", WARNING, value=row.rank, score=row.score
            )


def _disordered(rows: Sequence[_Row], direction: int) -> list[_Row]:
    """The rows outside the longest run of ranks that rise as scores fall."""
    pairs = [
        (-direction * row.score, row.rank, row)
        for row in rows
        if row.score is not None and row.rank is not None
    ]
    pairs.sort(key=lambda pair: pair[:2])
    lengths: list[int] = []
    links: list[int] = []
    for position, (_, rank, _) in enumerate(pairs):
        best, link = 1, -1
        for earlier in range(position):
            if pairs[earlier][1] <= rank and lengths[earlier] + 1 > best:
                best, link = lengths[earlier] + 1, earlier
        lengths.append(best)
        links.append(link)
    kept: set[int] = set()
    position = max(range(len(lengths)), key=lambda one: lengths[one]) if lengths else -1
    while position >= 0:
        kept.add(position)
        position = links[position]
    return [row for place, (_, _, row) in enumerate(pairs) if place not in kept]


def rank_differs(view: _View) -> Iterator[CellFault]:
    """The printed rank is the one the scores give; both are kept and the published one wins."""
    for line, rows in view.lines.items():
        scored = [row for row in rows if row.score is not None]
        if len(scored) < 2 or any(row.rank is None for row in scored):
            continue
        if len(scored) < view.counts[line[1]] and max(r.rank or 0 for r in scored) > len(scored):
            continue  # a part of the list says nothing about places within the whole
        direction = view.direction(line)
        disordered = {row.rank_cell for row in _disordered(scored, direction)}
        ordered = sorted(-direction * (row.score or 0.0) for row in scored)
        first: dict[float, int] = {}
        for place, score in enumerate(ordered, start=1):
            first.setdefault(score, place)
        for row in scored:
            computed = first[-direction * (row.score or 0.0)]
            if computed != row.rank and row.rank_cell not in disordered:
                yield row.fault(
                    "rank_cell", "rank_differs", WARNING, value=row.rank, computed=computed
                )


def rank_unused(view: _View) -> Iterator[CellFault]:
    """Every place is taken by some unit unless a tie above it explains the gap."""
    for (component_id, edition), rows in view.lines.items():
        ranked = sorted((row for row in rows if row.rank is not None), key=lambda r: r.rank or 0)
        before = 0.0
        for position, row in enumerate(ranked, start=1):
            if (row.rank or 0) > position and row.rank != before:
                yield row.fault(
                    "rank_cell",
                    "rank_unused",
                    WARNING,
                    value=row.rank,
                    expected=position,
                    component=component_id,
                    edition=edition,
                )
                break
            before = row.rank or 0.0


def outlier(view: _View) -> Iterator[CellFault]:
    """A unit's change since last year lies near the others', unless the method broke."""
    for line, rows in view.lines.items():
        if line in view.broken:
            continue
        changes = []
        for row in rows:
            held = view.before(row)
            if row.score is not None and held is not None and held.score is not None:
                changes.append((row, held.score, row.score - held.score))
        if len(changes) < OUTLIER_LEAST:
            continue
        middle = statistics.median(change for _, _, change in changes)
        spread = MAD_TO_SIGMA * statistics.median(abs(c - middle) for _, _, c in changes)
        for row, score_before, change in changes:
            if spread > 0 and abs(change - middle) > OUTLIER_DEVIATIONS * spread:
                yield row.fault(
                    "cell",
                    "outlier",
                    WARNING,
                    value=row.score,
                    before=score_before,
                    year=row.edition - 1,
                )


# ------------------------------------------------------------------- across components


def component_sum(view: _View) -> Iterator[CellFault]:
    """Components add up to the figure above them, within what rounding explains.

    A weighted index adds weighted; an index whose maxima do not add up is no sum.
    """
    for edition in view.editions:
        scores = {
            line[0]: {row.unit_id: row for row in rows if row.score is not None}
            for line, rows in view.lines.items()
            if line[1] == edition
        }
        for parent, weights in _sums(view, edition).items():
            if parent in scores and all(child in scores for child in weights):
                yield from _misfits(scores, parent, weights)


def _sums(view: _View, edition: int) -> dict[str, dict[str, float]]:
    """What adds up to what, with the weight of each part."""
    children: dict[tuple[str, str], list[MeasuredComponent]] = {}
    for (_, year), one in view.components.items():
        if year == edition and one.parent_id and one.role in ("component", "subcomponent", "block"):
            children.setdefault((one.parent_id, one.role), []).append(one)
    weight_of = _weights(view, edition)
    is_weighted = view.index_id in set(view.context.weights["index_id"])
    found: dict[str, dict[str, float]] = {}
    for (parent, _), parts in children.items():
        total = view.maximum((parent, edition))
        if all(part.component_id in weight_of for part in parts):
            found[parent] = {part.component_id: weight_of[part.component_id] for part in parts}
        elif (
            total
            and not is_weighted
            and all(part.max_score for part in parts)
            and abs(sum(part.max_score or 0.0 for part in parts) - total) <= MAX_TOLERANCE
        ):
            found.setdefault(parent, {part.component_id: 1.0 for part in parts})
    return found


def _weights(view: _View, edition: int) -> dict[str, float]:
    frame = view.context.weights
    return {
        str(component_id): float(weight)
        for index_id, component_id, first, last, weight in zip(
            frame["index_id"],
            frame["component_id"],
            frame["from_edition"],
            frame["to_edition"],
            frame["weight"],
            strict=True,
        )
        if index_id == view.index_id
        and (pd.isna(first) or first <= edition)
        and (pd.isna(last) or edition <= last)
    }


def _misfits(
    scores: dict[str, dict[str | None, _Row]], parent: str, weights: dict[str, float]
) -> Iterator[CellFault]:
    tolerance = _half_unit(row.score for row in scores[parent].values())
    for child, weight in weights.items():
        tolerance += weight * _half_unit(row.score for row in scores[child].values())
    for unit_id, row in scores[parent].items():
        parts = [(scores[child].get(unit_id), weight) for child, weight in weights.items()]
        if row.score is None or any(part is None for part, _ in parts):
            continue
        computed = sum((part.score or 0.0) * weight for part, weight in parts if part)
        if abs(computed - row.score) > tolerance + EPSILON:
            yield row.fault(
                "cell",
                "component_sum",
                WARNING,
                value=row.score,
                computed=round(computed, 4),
                component=parent,
                edition=row.edition,
            )


def _half_unit(values: Iterable[float | None]) -> float:
    """Half a unit of the last decimal a column is printed with; six decimals at most."""
    most = 0
    for value in values:
        if value is not None and most < 6:
            text = f"{value:.6f}".rstrip("0")
            most = max(most, len(text.partition(".")[2]))
    return float(0.5 * 10.0**-most)


def percent_not_points(view: _View) -> Iterator[CellFault]:
    """A printed per cent is the points over the maximum, within what rounding explains."""
    for line, rows in view.lines.items():
        own = _half_unit(row.percent for row in rows)
        points = _half_unit(row.score for row in rows if row.percent is not None)
        for row in rows:
            most = row.max_score or view.maximum(line)
            if row.percent is None or row.score is None or not most or most <= 0:
                continue
            computed = 100 * row.score / most
            if abs(computed - row.percent) > own + 100 / most * points + EPSILON:
                yield row.fault(
                    "percent_cell",
                    "percent_not_points",
                    WARNING,
                    value=row.percent,
                    computed=round(computed, 2),
                    score=row.score,
                    maximum=most,
                )


def maximum_differs(view: _View) -> Iterator[CellFault]:
    """A maximum printed in the file is the catalogue's."""
    for (component_id, edition), rows in view.lines.items():
        known = view.maximum((component_id, edition))
        wrong = [
            row
            for row in rows
            if known and row.max_score and abs(row.max_score - known) > MAX_TOLERANCE
        ]
        if wrong:
            row = _first(wrong)
            yield row.fault(
                "cell",
                "maximum_differs",
                WARNING,
                value=row.max_score,
                maximum=known,
                component=component_id,
                edition=edition,
            )


def printed_change_differs(view: _View) -> Iterator[CellFault]:
    """A printed change is the change in rank (up is plus) or in score since last year.

    Which of the two a column prints is told by what fits most of its units.
    """
    for rows in view.lines.values():
        given = [row for row in rows if row.printed_change is not None]
        tolerance = _half_unit(row.printed_change for row in given) + EPSILON
        readings = [_changes(view, row) for row in given]
        fits = [
            sum(
                value is not None and abs(value - (row.printed_change or 0.0)) <= tolerance
                for row, value in zip(given, values, strict=True)
            )
            for values in zip(*readings, strict=True)
        ]
        if not fits:
            continue
        kind = max(range(len(fits)), key=lambda one: fits[one])
        for row, values in zip(given, readings, strict=True):
            computed = values[kind]
            if computed is not None and abs(computed - (row.printed_change or 0.0)) > tolerance:
                yield row.fault(
                    "change_cell",
                    "printed_change_differs",
                    WARNING,
                    value=row.printed_change,
                    computed=round(computed, 4),
                    year=row.edition - 1,
                )


def _changes(view: _View, row: _Row) -> tuple[float | None, float | None, float | None]:
    """Places gained, places lost and points gained since last year."""
    held = view.before(row)
    gained = held.rank - row.rank if held and held.rank and row.rank else None
    points = (
        row.score - held.score
        if held is not None and held.score is not None and row.score is not None
        else None
    )
    return gained, None if gained is None else -gained, points


def rows_identical(view: _View) -> Iterator[CellFault]:
    """Two units never share every figure: one row was copied over another."""
    scored = [row for row in view.known if row.score is not None]
    seen: dict[tuple[Any, ...], _Row] = {}
    for own in _grouped(scored, lambda row: (row.unit_id, row.edition, row.sheet)).values():
        first = own[0]
        if len(own) < 3:
            continue
        figures = (first.edition, first.sheet, *((row.component_id, row.score) for row in own))
        if figures in seen:
            yield CellFault(
                first.sheet,
                first.name_cell,
                "rows_identical",
                WARNING,
                {"name": first.name, "unit": seen[figures].name, "n": len(own)},
            )
        else:
            seen[figures] = first


# ------------------------------------------------------------------- the whole edition


def _at_first(rows: Sequence[_Row], key: str, severity: str, **values: Any) -> CellFault:
    """A fault about a whole edition, placed at its first unit's name."""
    row = _first(rows)
    return CellFault(row.sheet, row.name_cell or "A1", key, severity, values)


def _first(rows: Sequence[_Row]) -> _Row:
    """The row that stands first on its sheet."""
    return min(rows, key=lambda one: (not one.name_cell, len(one.name_cell), one.name_cell))


def _same_figures(rows: Sequence[_Row], held: dict[tuple[str, str], _Held]) -> list[bool]:
    """For each figure also held, whether the two scores are equal."""
    found = []
    for row in rows:
        other = held.get((str(row.unit_id), row.component_id))
        if other is None or other.score is None or row.score is None:
            continue
        found.append(abs(other.score - row.score) <= EPSILON)
    return found


def edition_present(view: _View) -> Iterator[CellFault]:
    """An edition already held is replaced only knowingly."""
    for edition in view.editions:
        held = view.held.get(edition)
        rows = [row for row in view.known if row.edition == edition]
        if not held or not rows:
            continue
        same = _same_figures(rows, held)
        scored = sum(row.score is not None for row in rows)
        key = "edition_same" if same and all(same) and len(same) == scored else "edition_present"
        yield _at_first(rows, key, WARNING, edition=edition, n=len(held))


def edition_like_another(view: _View) -> Iterator[CellFault]:
    """The figures are not those of another edition: then the year is wrong."""
    for edition in view.editions:
        rows = [row for row in view.known if row.edition == edition]
        for other, held in view.held.items():
            same = _same_figures(rows, held) if other != edition else []
            if len(same) >= SAME_LEAST and sum(same) >= SAME_SHARE * len(same):
                yield _at_first(
                    rows,
                    "edition_like_another",
                    ERROR,
                    edition=edition,
                    year=other,
                    share=round(100 * sum(same) / len(same)),
                )


def edition_not_in_catalogue(view: _View) -> Iterator[CellFault]:
    """An edition the catalogue does not list yet has its method and units to be confirmed."""
    listed = {one.edition for one in view.context.catalogue.index(view.index_id).editions}
    for edition in view.editions:
        if edition not in listed:
            yield _at_first(view.of(edition), "edition_not_in_catalogue", WARNING, edition=edition)


def units_absent(view: _View) -> Iterator[CellFault]:
    """Every unit the edition ranks stands in the file."""
    for edition in view.editions:
        present = {row.unit_id for row in view.known if row.edition == edition}
        expected = expected_units(
            view.context.units, view.context.catalogue, view.index_id, edition
        )
        absent = [unit.name_vi for unit in expected if unit.unit_id not in present]
        if absent and len(present) < view.counts[edition]:
            yield _at_first(
                view.of(edition),
                "units_absent",
                WARNING,
                edition=edition,
                n=len(absent),
                names=", ".join(absent[:NAMES_SHOWN]) + (" …" if len(absent) > NAMES_SHOWN else ""),
                expected=view.counts[edition],
            )


def units_of_other_time(view: _View) -> Iterator[CellFault]:
    """A list of just the names of another geography is about its units, not their namesakes."""
    register = view.context.units
    for edition in view.editions:
        expected = expected_units(register, view.context.catalogue, view.index_id, edition)
        named = {row.unit_id for row in view.known if row.edition == edition and row.name_cell}
        for other in register.geographies:
            theirs = {unit.name_vi for unit in register.units_of(other)}
            shared = {unit.unit_id for unit in expected if unit.name_vi in theirs}
            if SAME_LEAST <= len(shared) < len(expected) - 1 and shared <= named:
                extra = len(named - shared)
                if extra <= 1:
                    yield _at_first(
                        view.of(edition), "units_of_other_time", ERROR,
                        edition=edition, n=len(theirs),
                    )  # fmt: skip


def unit_withheld(view: _View) -> Iterator[CellFault]:
    """A unit without figures is kept as withheld, never as 0, and is shown."""
    withheld = [row for row in view.known if row.state == WITHHELD]
    for rows in _grouped(withheld, lambda row: (row.unit_id, row.edition)).values():
        yield rows[0].fault("cell", "unit_withheld", WARNING, n=len(rows), edition=rows[0].edition)


def components_absent(view: _View) -> Iterator[CellFault]:
    """Every component of the edition stands in the file."""
    for edition in view.editions:
        rows = view.of(edition)
        present = {row.component_id for row in rows}
        absent = [
            one
            for (component_id, year), one in view.components.items()
            if year == edition
            and one.role in ("total", "component")
            and component_id not in present
        ]
        if absent:
            yield _at_first(
                rows,
                "components_absent",
                WARNING,
                edition=edition,
                n=len(absent),
                names="; ".join(one.name.vi for one in absent),
                names_en="; ".join(one.name.en for one in absent),
            )


def column_not_understood(view: _View) -> Iterator[CellFault]:
    """A column that resembles a component nobody else holds is asked about, never guessed."""
    matched = {column.component_id for column in view.proposal.columns}
    for column in view.proposal.columns:
        near = [one for one in column.suggestions if one not in matched]
        if column.component_id is None and near:
            key, component = "column_not_understood", near[0]
        elif column.component_id is not None and column.confidence == LOW:
            key, component = "column_uncertain", column.component_id
        elif _is_wanted(view, column):
            key, component = "column_not_read", view.index_id
        else:
            continue
        values = {"label": column.label, "component": component, "edition": column.edition}
        yield CellFault(column.sheet, column.head, key, WARNING, values)


def _is_wanted(view: _View, column: ColumnMeaning) -> bool:
    """Whether an unread column says it holds what nobody has of the total: scores or ranks."""
    if column.ground != "unmatched" or measure_of(column.label) != column.measure:
        return False
    totals = [row for row in view.known if row.component_id == view.index_id]
    if column.measure == SCORE:
        return bool(totals) and all(row.score is None for row in totals)
    return column.measure == RANK and bool(totals) and all(row.rank is None for row in totals)


RULES: tuple[Callable[[_View], Iterable[CellFault]], ...] = (
    score_outside_scale,
    percent_outside_scale,
    rank_not_whole,
    rank_outside,
    score_or_rank_missing,
    rank_not_monotone,
    rank_differs,
    rank_unused,
    outlier,
    component_sum,
    percent_not_points,
    maximum_differs,
    printed_change_differs,
    rows_identical,
    edition_present,
    edition_like_another,
    edition_not_in_catalogue,
    units_absent,
    units_of_other_time,
    unit_withheld,
    components_absent,
    column_not_understood,
)
