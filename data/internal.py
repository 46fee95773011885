"""Internal indices of a province as people define them, and the workbook their scores come in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import pandas as pd
import xlsxwriter
from pydantic import Field

from data import records
from data.actors import Action, Actor
from data.intake.model import Sheet, address
from data.intake.numbers import EMPTY, MISSING, NUMBER, read_number, read_text
from data.intake.read import read_cells
from data.records import WITHDRAWN, Record, RecordError
from data.reviews import Part
from data.store import Store

HEAD_ROWS = 3
NOT_APPLICABLE = "KAD"
SAFE_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class UnitKind(StrEnum):
    """What is ranked."""

    AGENCY = "agency"
    DISTRICT = "district"
    COMMUNE = "commune"


class Member(Part):
    """One unit of an internal index."""

    member_id: str
    name: str
    kind: UnitKind


class Criterion(Part):
    """One criterion with its maximum [points]."""

    criterion_id: str
    code: str
    name: str
    max_score: float = Field(gt=0, le=1000)


class Cut(Part):
    """A class and the lowest per cent that belongs to it."""

    class_id: str
    name: str
    lower_bound: float = Field(ge=0, le=100)


class Exemption(Part):
    """A criterion that does not apply to a unit."""

    member_id: str
    criterion_id: str


class Score(Part):
    """What a unit got on a criterion [points]."""

    member_id: str
    criterion_id: str
    score: float = Field(ge=0)


# Names of classes as decisions of provinces use them; the bounds are the reader's to change.
USUAL_CUTS = (
    Cut(class_id="excellent", name="Xuất sắc", lower_bound=90),
    Cut(class_id="good", name="Tốt", lower_bound=80),
    Cut(class_id="fair", name="Khá", lower_bound=70),
    Cut(class_id="average", name="Trung bình", lower_bound=50),
    Cut(class_id="weak", name="Yếu", lower_bound=0),
)


class InternalIndex(Record):
    """An index of a province's own: units, criteria, what does not apply, and classes."""

    kind: ClassVar[str] = "internal_index"

    unit_id: str
    name: str
    year: int = Field(ge=2000, le=2100)
    members: tuple[Member, ...]
    criteria: tuple[Criterion, ...]
    cuts: tuple[Cut, ...] = USUAL_CUTS
    exempt: tuple[Exemption, ...] = ()


class InternalScores(Record):
    """All scores of one internal index; its id is that of the index."""

    kind: ClassVar[str] = "internal_scores"
    action: ClassVar[Action] = Action.LOAD

    scores: tuple[Score, ...] = ()


@dataclass(frozen=True)
class ScoreFault:
    """A cell that cannot be read: where, and which of the reasons.

    Attributes:
        cell: address in the sheet.
        key: unknown_unit, unknown_criterion, not_a_number, out_of_range, twice, absent,
            no_table.
        said: what stands there.
    """

    cell: str
    key: str
    said: str


# -------------------------------------------------------------------------------------- keeping


def keep_index(store: Store, index: InternalIndex, *, by: Actor, seen: int) -> None:
    """Save the definition of an internal index.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: no name, unit, criterion or class, a name given twice, or two classes with one
            bound; or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    missing = [
        words
        for value, words in (
            (index.name, "tên bộ chỉ số"),
            (index.members, "đơn vị được chấm"),
            (index.criteria, "tiêu chí"),
            (index.cuts, "mức xếp loại"),
        )
        if not value
    ]
    if missing:
        raise RecordError(
            f"Chưa lưu được bộ chỉ số: thiếu {', '.join(missing)}. (Required parts are missing.)"
        )
    for words, names in (
        ("đơn vị", [one.name for one in index.members]),
        ("mã tiêu chí", [one.code for one in index.criteria]),
        ("ngưỡng xếp loại", [f"{one.lower_bound:g}" for one in index.cuts]),
    ):
        twice = sorted({name for name in names if not name or names.count(name) > 1})
        if twice:
            raise RecordError(
                f"Chưa lưu được bộ chỉ số: {words} trống hoặc trùng: {', '.join(twice) or '–'}. "
                "(A name is empty or given twice.)"
            )
    records.save(store, index, by=by, seen={index.record_id: seen})


def keep_scores(
    store: Store,
    index: InternalIndex,
    scores: Sequence[Score],
    *,
    by: Actor,
    seen: int | None = None,
    reason: str = "",
) -> None:
    """Replace all scores of an internal index.

    Args:
        store: where to.
        index: of which index.
        scores: all of them.
        by: who saves.
        seen: revision of the scores as the person saw them, 0 where there were none; not checked
            when absent.
        reason: why, for the audit trail.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: a score above its criterion's maximum, of something unknown, or given twice;
            or somebody else saved scores since.
        StoreError: the store cannot be written.
    """
    most = {one.criterion_id: one for one in index.criteria}
    members = {one.member_id: one.name for one in index.members}
    given: set[tuple[str, str]] = set()
    for one in scores:
        criterion, key = most.get(one.criterion_id), (one.member_id, one.criterion_id)
        is_known = criterion is not None and one.member_id in members and key not in given
        if not is_known or criterion is None or one.score > criterion.max_score:
            raise RecordError(
                f"Điểm {one.score:g} của “{members.get(one.member_id, one.member_id)}” vượt điểm "
                "tối đa, trùng, hoặc không thuộc bộ chỉ số này. (A score is out of range, given "
                "twice or unknown.)"
            )
        given.add(key)
    kept = InternalScores(record_id=index.record_id, scores=tuple(scores))
    expected = None if seen is None else {kept.record_id: seen}
    records.save(store, kept, by=by, seen=expected, reason=reason)


def keep_scores_of(
    store: Store,
    index: InternalIndex,
    member_id: str,
    scores: Sequence[Score],
    *,
    was: Sequence[Score],
    by: Actor,
) -> None:
    """Replace the scores of one unit; those of the others stay, also those typed meanwhile.

    Args:
        store: where to.
        index: of which index.
        member_id: of which unit.
        scores: the unit's own.
        was: the unit's own as the person saw them.
        by: who saves.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: as `keep_scores`; or somebody else changed the unit's scores since.
        StoreError: the store cannot be written.
    """
    found = records.held(store, InternalScores).get(index.record_id)
    held = found[0].scores if found else ()
    now = {(one.criterion_id, one.score) for one in held if one.member_id == member_id}
    # A revision seen before the first never was: the save is refused as any late one is.
    is_same = now == {(one.criterion_id, one.score) for one in was}
    others = [one for one in held if one.member_id != member_id]
    keep_scores(
        store, index, [*others, *scores], by=by,
        seen=(found[1].revision if found else 0) if is_same else -1,
    )  # fmt: skip


def indices(
    store: Store, unit_id: str, *, version: str | None = None
) -> dict[str, tuple[InternalIndex, int]]:
    """Internal indices of a province with their revision, latest year first."""
    found = records.held(store, InternalIndex, version=version).values()
    own = [(one, about.revision) for one, about in found
           if one.unit_id == unit_id and one.state != WITHDRAWN]  # fmt: skip
    own.sort(key=lambda pair: (-pair[0].year, pair[0].name))
    return {one.record_id: (one, revision) for one, revision in own}


def scores(
    store: Store, index: InternalIndex, *, version: str | None = None
) -> tuple[Score, ...]:  # fmt: skip
    """Scores of one internal index; none before the first were kept."""
    found = records.held(store, InternalScores, version=version).get(index.record_id)
    return found[0].scores if found else ()


def scores_revision(store: Store, index: InternalIndex) -> int:
    """How often the scores of an internal index were saved; 0 before the first."""
    found = records.held(store, InternalScores).get(index.record_id)
    return found[1].revision if found else 0


def frames(
    index: InternalIndex, scores: Sequence[Score]
) -> tuple[list[str], pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """What `analytics.internal_index.internal_lines` takes: units, criteria, exempt, scores."""
    exempt = [(one.member_id, one.criterion_id) for one in index.exempt]
    held = [(one.member_id, one.criterion_id, one.score) for one in scores]
    return (
        [one.member_id for one in index.members],
        pd.DataFrame([one.model_dump() for one in index.criteria],
                     columns=list(Criterion.model_fields)),
        pd.DataFrame(exempt, columns=["unit_id", "criterion_id"]),
        pd.DataFrame(held, columns=["unit_id", "criterion_id", "score"]),
    )  # fmt: skip


def cuts(index: InternalIndex) -> pd.DataFrame:
    """Classes of an internal index: one row per class_id with name and lower_bound."""
    return pd.DataFrame([one.model_dump() for one in index.cuts], columns=list(Cut.model_fields))


# ------------------------------------------------------------------------------------- workbook


def template(index: InternalIndex, scores: Sequence[Score] = ()) -> bytes:
    """The workbook to fill: one row per unit, one column per criterion, KAD where none applies.

    Three head rows: code, name and maximum of each criterion. Scores held already stand in it.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE_OPTIONS)
    sheet = book.add_worksheet("Điểm")
    head = book.add_format(
        {"bold": True, "text_wrap": True, "border": 1, "valign": "top", "bg_color": "#F2F5F9"}
    )
    cell = book.add_format({"border": 1, "num_format": "0.00"})
    free = book.add_format({"border": 1, "bg_color": "#E3E7EC", "align": "center"})
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, max(len(index.criteria), 1), 14)
    for row, text in enumerate(("Mã tiêu chí", "Tiêu chí", "Điểm tối đa")):
        sheet.write_string(row, 0, text, head)
    none = {(one.member_id, one.criterion_id) for one in index.exempt}
    held = {(one.member_id, one.criterion_id): one.score for one in scores}
    for column, criterion in enumerate(index.criteria, start=1):
        sheet.write_string(0, column, criterion.code, head)
        sheet.write_string(1, column, criterion.name, head)
        sheet.write_number(2, column, criterion.max_score, head)
    for row, member in enumerate(index.members, start=HEAD_ROWS):
        sheet.write_string(row, 0, member.name, head)
        for column, criterion in enumerate(index.criteria, start=1):
            key = (member.member_id, criterion.criterion_id)
            if key in none:
                sheet.write_string(row, column, NOT_APPLICABLE, free)
            elif key in held:
                sheet.write_number(row, column, held[key], cell)
            else:
                sheet.write_blank(row, column, None, cell)
            sheet.data_validation(
                row, column, row, column,
                {"validate": "custom", "value": _rule(row, column, criterion.max_score),
                 "error_title": "Điểm", "error_message": f"Từ 0 đến {criterion.max_score:g}, "
                 f"hoặc {NOT_APPLICABLE} nếu không áp dụng"},
            )  # fmt: skip
    sheet.freeze_panes(HEAD_ROWS, 1)
    book.close()
    return target.getvalue()


def _rule(row: int, column: int, most: float) -> str:
    cell = address(row, column)
    return f'=OR({cell}="{NOT_APPLICABLE}",AND(ISNUMBER({cell}),{cell}>=0,{cell}<={most!r}))'


def read_scores(
    content: bytes, name: str, index: InternalIndex
) -> tuple[list[Score], list[Exemption], list[ScoreFault]]:
    """Scores of a filled template; units and criteria are known by name and code, in any order.

    The file is looked at and read in a child process, as every upload is. An empty cell is a score
    still missing, never 0.

    Returns:
        Scores, criteria marked as not applicable, and what could not be read.

    Raises:
        data.intake.model.FileRefused: no reader should be given this file.
    """
    book = read_cells(content, name)
    codes = {_same(one.code): one for one in index.criteria}
    for sheet in book.sheets:
        heads = [_same(value) for value in (sheet.rows[0] if sheet.rows else ())]
        if codes.keys() & set(heads):
            return _read_sheet(sheet, index, codes)
    return [], [], [ScoreFault("A1", "no_table", name)]


def _same(value: Any) -> str:
    return (
        " ".join(str(records.plain_text(str(value))).split()).casefold()
        if value is not None
        else ""
    )


def _read_sheet(
    sheet: Sheet, index: InternalIndex, codes: dict[str, Criterion]
) -> tuple[list[Score], list[Exemption], list[ScoreFault]]:
    members = {_same(one.name): one for one in index.members}
    columns: dict[int, Criterion] = {}
    faults: list[ScoreFault] = []
    for column in range(1, sheet.n_columns):
        head = sheet.value(0, column)
        found = codes.get(_same(head))
        if found is not None and found in columns.values():
            faults.append(ScoreFault(address(0, column), "twice", str(head)))
        elif found is not None:
            columns[column] = found
        elif head is not None:
            faults.append(ScoreFault(address(0, column), "unknown_criterion", str(head)))
    scores: list[Score] = []
    free: list[Exemption] = []
    seen: set[str] = set()
    for row in range(HEAD_ROWS, len(sheet.rows)):
        label = sheet.value(row, 0)
        member = members.get(_same(label))
        if member is None or member.member_id in seen:
            if label is not None:
                key = "twice" if member else "unknown_unit"
                faults.append(ScoreFault(address(row, 0), key, str(label)))
            continue
        seen.add(member.member_id)
        for column, criterion in columns.items():
            _read_cell(sheet, (row, column), member, criterion, scores, free, faults)
    # What is loaded replaces all scores: a line left out by mistake must not take its scores away.
    there = {one.criterion_id for one in columns.values()}
    absent = [one.name for one in index.members if one.member_id not in seen]
    absent += [one.code for one in index.criteria if one.criterion_id not in there]
    faults += [ScoreFault("A1", "absent", name) for name in absent]
    return scores, free, faults


def _read_cell(
    sheet: Sheet,
    place: tuple[int, int],
    member: Member,
    criterion: Criterion,
    scores: list[Score],
    free: list[Exemption],
    faults: list[ScoreFault],
) -> None:
    cell = sheet.cell(*place)
    at = {"member_id": member.member_id, "criterion_id": criterion.criterion_id}
    if _same(cell.value) == NOT_APPLICABLE.casefold():
        free.append(Exemption(**at))
        return
    read = read_number(cell)
    if read.kind in (EMPTY, MISSING):
        return
    # 94 % of a maximum, or points of another maximum, are not points of this one.
    is_points = not read.percent and read.out_of in (None, criterion.max_score)
    if read.kind != NUMBER or read.value is None or not is_points:
        faults.append(ScoreFault(cell.address, "not_a_number", str(cell.value)))
    elif not 0 <= read.value <= criterion.max_score:
        faults.append(ScoreFault(cell.address, "out_of_range", f"{read.value:g}"))
    else:
        scores.append(Score(**at, score=read.value))


# ------------------------------------------------------------------------------- typed as lines


class LineFault(RecordError):
    """A line of a box that cannot be read.

    Attributes:
        box: members, criteria, cuts or exempt.
        number: which line, from 1.
        said: what stands there.
    """

    def __init__(self, box: str, number: int, said: str) -> None:
        self.box, self.number, self.said = box, number, said
        super().__init__(f"{box} {number}: {said}")


def typed_members(text: str, kind: UnitKind, before: Sequence[Member] = ()) -> tuple[Member, ...]:
    """Units, one a line; one whose name was there before stays the same unit."""
    old = {_same(one.name): one for one in before}
    found = []
    for _, line in _lines(text):
        held = old.get(_same(line))
        member_id = held.member_id if held else records.new_id("member")
        found.append(Member(member_id=member_id, name=line, kind=held.kind if held else kind))
    return tuple(found)


def typed_criteria(text: str, before: Sequence[Criterion] = ()) -> tuple[Criterion, ...]:
    """Criteria as "code; name; maximum"; one whose code was there before stays the same.

    Raises:
        LineFault: not three parts, or a maximum that is no number above 0 and up to 1000.
    """
    old = {_same(one.code): one.criterion_id for one in before}
    found = []
    for number, line in _lines(text):
        code, name, most = _parts("criteria", number, line, 3)
        value = _decimal("criteria", number, line, most)
        if not 0 < value <= 1000:
            raise LineFault("criteria", number, line)
        found.append(
            Criterion(
                criterion_id=old.get(_same(code)) or records.new_id("criterion"),
                code=code, name=name, max_score=value,
            )
        )  # fmt: skip
    return tuple(found)


def typed_cuts(text: str) -> tuple[Cut, ...]:
    """Classes as "name; from per cent", best first whatever their order.

    Raises:
        LineFault: not two parts, or a bound that is no number from 0 to 100.
    """
    found = []
    for number, line in _lines(text):
        name, bound = _parts("cuts", number, line, 2)
        value = _decimal("cuts", number, line, bound)
        if not 0 <= value <= 100:
            raise LineFault("cuts", number, line)
        found.append(Cut(class_id=f"class-{number}", name=name, lower_bound=value))
    return tuple(sorted(found, key=lambda cut: -cut.lower_bound))


def typed_exempt(
    text: str, members: Sequence[Member], criteria: Sequence[Criterion]
) -> tuple[Exemption, ...]:
    """What does not apply, as "unit; code".

    Raises:
        LineFault: not two parts, or a unit or code that is not in the index.
    """
    by_name = {_same(one.name): one.member_id for one in members}
    by_code = {_same(one.code): one.criterion_id for one in criteria}
    found = []
    for number, line in _lines(text):
        name, code = _parts("exempt", number, line, 2)
        member, criterion = by_name.get(_same(name)), by_code.get(_same(code))
        if member is None or criterion is None:
            raise LineFault("exempt", number, line)
        found.append(Exemption(member_id=member, criterion_id=criterion))
    return tuple(dict.fromkeys(found))


def _lines(text: str) -> list[tuple[int, str]]:
    split = enumerate(text.splitlines(), start=1)
    return [(number, line.strip()) for number, line in split if line.strip()]


def _parts(box: str, number: int, line: str, n: int) -> list[str]:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) != n or not all(parts):
        raise LineFault(box, number, line)
    return parts


def _decimal(box: str, number: int, line: str, text: str) -> float:
    read = read_text(text)
    if read.kind != NUMBER or read.value is None or read.percent or read.out_of is not None:
        raise LineFault(box, number, line)
    return read.value
