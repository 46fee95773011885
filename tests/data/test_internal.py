"""An internal index is kept whole, and its workbook comes back as it was filled."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from data import internal
from data.actors import Actor, NotAllowed, Role
from data.intake.model import FileRefused
from data.internal import Criterion, Cut, Exemption, InternalIndex, Member, Score, UnitKind
from data.records import RecordError
from data.store import Store

ANALYST, VIEWER = Actor("ba", Role.ANALYST), Actor("xem", Role.VIEWER)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    with made.write():
        pass
    return made


def index(**values: object) -> InternalIndex:
    base = {
        "record_id": "internal_index-1", "unit_id": "vn63-kon-tum", "name": "CCHC nội bộ",
        "year": 2022,
        "members": (
            Member(member_id="m1", name="Sở Nội vụ", kind=UnitKind.AGENCY),
            Member(member_id="m2", name="UBND huyện Ngọc Hồi", kind=UnitKind.DISTRICT),
        ),
        "criteria": (
            Criterion(criterion_id="A", code="1.1", name="Kế hoạch", max_score=10),
            Criterion(criterion_id="B", code="1.2", name="=Một cửa", max_score=20),
        ),
        "exempt": (Exemption(member_id="m2", criterion_id="B"),),
    }  # fmt: skip
    return InternalIndex.model_validate({**base, **values})


FULL = (
    Score(member_id="m1", criterion_id="A", score=9.5),
    Score(member_id="m1", criterion_id="B", score=18),
    Score(member_id="m2", criterion_id="A", score=7.25),
)


def filled(**cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(internal.template(index(), FULL)))
    sheet = book.worksheets[0]
    for place, value in cells.items():
        sheet[place] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_template_comes_back_with_the_scores_that_stand_in_it() -> None:
    scores, free, faults = internal.read_scores(filled(), "diem.xlsx", index())
    assert (tuple(scores), tuple(free), faults) == (FULL, index().exempt, [])


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(internal.template(index()))).worksheets[0]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=Một cửa", "s")


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"B4": 10.5}, ("B4", "out_of_range", "10.5")),
        ({"B4": -1}, ("B4", "out_of_range", "-1")),
        ({"B4": "tốt"}, ("B4", "not_a_number", "tốt")),
        ({"A4": "Sở Y tế"}, ("A4", "unknown_unit", "Sở Y tế")),
        ({"A5": "Sở Nội vụ"}, ("A5", "twice", "Sở Nội vụ")),
        ({"C1": "9.9"}, ("C1", "unknown_criterion", "9.9")),
        ({"C1": "1.1"}, ("C1", "twice", "1.1")),
    ],
)
def test_what_cannot_be_read_is_named_by_its_cell(
    cells: dict[str, object], fault: tuple[str, str, str]
) -> None:
    _, _, faults = internal.read_scores(filled(**cells), "diem.xlsx", index())
    assert (faults[0].cell, faults[0].key, faults[0].said) == fault
    # What is not found under its name is missing from the file as well.
    assert {one.key for one in faults[1:]} <= {"absent"}


def test_an_empty_cell_is_a_missing_score_and_a_decimal_comma_is_read() -> None:
    scores, _, faults = internal.read_scores(filled(B4=None, C4="18,5"), "diem.xlsx", index())
    assert faults == []
    assert [one.score for one in scores] == [18.5, 7.25]


def test_a_file_that_is_no_workbook_is_refused_and_another_table_is_named() -> None:
    with pytest.raises(FileRefused):
        internal.read_scores(b"%PDF-1.7 x", "diem.xlsx", index())
    _, _, faults = internal.read_scores(b"a;b\n1;2\n", "diem.csv", index())
    assert [one.key for one in faults] == ["no_table"]


def test_an_index_and_its_scores_are_kept_and_read_back(store: Store) -> None:
    internal.keep_index(store, index(), by=ANALYST, seen=0)
    internal.keep_scores(store, index(), FULL, by=ANALYST)
    held, revision = internal.indices(store, "vn63-kon-tum")["internal_index-1"]
    assert (held, revision, internal.scores(store, held)) == (index(), 1, FULL)
    assert internal.indices(store, "vn63-gia-lai") == {}
    units, criteria, exempt, scores = internal.frames(held, FULL)
    assert (units, len(criteria), len(exempt), len(scores)) == (["m1", "m2"], 2, 1, 3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": " "}, "tên bộ chỉ số"),
        ({"members": ()}, "đơn vị được chấm"),
        ({"members": (index().members[0],) * 2}, "trùng: Sở Nội vụ"),
        ({"cuts": (Cut(class_id="a", name="A", lower_bound=5),
                   Cut(class_id="b", name="B", lower_bound=5))}, "ngưỡng xếp loại"),
    ],
)  # fmt: skip
def test_a_definition_that_is_not_whole_is_refused(
    store: Store, values: dict[str, object], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        internal.keep_index(store, index(**values), by=ANALYST, seen=0)


def test_scores_out_of_range_unknown_or_given_twice_are_refused_whole(store: Store) -> None:
    for bad in (
        Score(member_id="m1", criterion_id="A", score=11),
        Score(member_id="x", criterion_id="A", score=1),
        FULL[0],
    ):
        with pytest.raises(RecordError):
            internal.keep_scores(store, index(), (*FULL, bad), by=ANALYST)
    with pytest.raises(NotAllowed):
        internal.keep_scores(store, index(), FULL, by=VIEWER)
    assert internal.scores(store, index()) == ()


def test_lines_typed_keep_the_units_and_criteria_they_named_before() -> None:
    old = index()
    members = internal.typed_members("UBND huyện Ngọc Hồi\n\nSở Y tế", UnitKind.AGENCY, old.members)
    assert [one.member_id == "m2" for one in members] == [True, False]
    assert [one.kind for one in members] == [UnitKind.DISTRICT, UnitKind.AGENCY]
    criteria = internal.typed_criteria("1.2; Một cửa; 12,5\n2; Khác; 3", old.criteria)
    assert [(one.criterion_id == "B", one.max_score) for one in criteria] == [
        (True, 12.5), (False, 3.0),
    ]  # fmt: skip
    assert internal.typed_exempt("sở y tế; 2", members, criteria)[0].criterion_id == (
        criteria[1].criterion_id
    )
    cuts = internal.typed_cuts("Yếu; 0\nTốt; 80")
    assert [(one.name, one.lower_bound) for one in cuts] == [("Tốt", 80), ("Yếu", 0)]


@pytest.mark.parametrize("line", ["1.1; Kế hoạch", "1.1; Kế hoạch; nhiều", "1; K; 0", ";a;1"])
def test_a_line_that_is_not_understood_is_named_by_its_number(line: str) -> None:
    with pytest.raises(internal.LineFault) as fault:
        internal.typed_criteria(f"\n{line}")
    assert (fault.value.box, fault.value.number) == ("criteria", 2)
