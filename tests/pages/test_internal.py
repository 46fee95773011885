"""The page of internal indices: defined in lines, scored, ranked on what applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import internal, records
from data.actors import Actor, Role
from data.agencies import AgencyRecord, save_agency
from data.internal import InternalIndex, Score
from data.store import store
from tests.pages import seen

OpenPage = Callable[..., AppTest]
PLACE = {"unit": "vn63-kon-tum", "year": "2022"}
CHIEF = Actor("chief", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def nothing_typed() -> Iterator[None]:
    yield
    if store().exists():
        for index, _ in internal.indices(store(), "vn63-kon-tum").values():
            records.withdraw(store(), index, by=CHIEF, reason="test")


def area(app: AppTest, label: str) -> Any:
    return next(one for one in app.text_area if one.label.startswith(label))


def defined(app: AppTest) -> InternalIndex:
    app.text_input[0].set_value("CCHC <b>nội bộ</b>")
    area(app, "Đơn vị được chấm").set_value("Sở Nội vụ\nSở Y tế\nUBND huyện Ngọc Hồi")
    area(app, "Tiêu chí").set_value("A; Kế hoạch; 10\nB; Một cửa; 20\nC; Công chức; 20")
    area(app, "Không áp dụng").set_value("Sở Y tế; C")
    next(one for one in app.button if one.label == "Lưu bộ chỉ số").click()
    app.run()
    assert not app.exception
    return next(iter(internal.indices(store(), "vn63-kon-tum").values()))[0]


def scored(index: InternalIndex) -> None:
    ids = {one.name: one.member_id for one in index.members}
    codes = {one.code: one.criterion_id for one in index.criteria}
    given = {
        ("Sở Nội vụ", "A"): 9, ("Sở Nội vụ", "B"): 16, ("Sở Nội vụ", "C"): 18,
        ("Sở Y tế", "A"): 8, ("Sở Y tế", "B"): 17, ("UBND huyện Ngọc Hồi", "A"): 9,
    }  # fmt: skip
    scores = [
        Score(member_id=ids[unit], criterion_id=codes[code], score=value)
        for (unit, code), value in given.items()
    ]
    internal.keep_scores(store(), index, scores, by=CHIEF)


def test_an_index_is_defined_scored_ranked_and_planned_for(open_page: OpenPage) -> None:
    scored(defined(open_page("internal", **PLACE)))
    app = open_page("internal", **PLACE)
    assert not app.exception
    ranked = [row for row in seen.rows(app) if len(row) == 8]
    assert [row[:2] + row[3:] for row in ranked] == [
        ["1/2", "Sở Nội vụ", "43,00/50", "86,00 %", "Tốt", "2,00 điểm", "3/3"],
        ["2/2", "Sở Y tế", "25,00/30", "83,33 %", "Tốt", "2,00 điểm", "2/2"],
        ["chưa xếp hạng", "UBND huyện Ngọc Hồi", "9,00/50", "", "", "", "1/3"],
    ]
    words = seen.words(app).replace("\\", "")
    assert "Hạn chế chưa có nhiệm vụ khắc phục: B. Một cửa; C. Công chức; A. Kế hoạch." in words
    assert "b" not in seen.tags(app)


def test_the_units_can_be_taken_from_the_list_of_agencies_with_those_people_added(
    open_page: OpenPage,
) -> None:
    open_page("internal", **PLACE)
    typed = AgencyRecord(record_id="ktm-y-te", unit_id="vn63-kon-tum", name_vi="Sở Y tế <b>mới</b>",
                         level="tỉnh")  # fmt: skip
    save_agency(store(), typed, by=CHIEF)
    try:
        app = open_page("internal", **PLACE)
        next(one for one in app.button if one.label.endswith("cấp tỉnh")).click()
        app.run()
        assert not app.exception
        lines = area(app, "Đơn vị được chấm").value.splitlines()
    finally:
        records.withdraw(store(), typed, by=CHIEF, reason="test")
    assert "Sở Y tế <b>mới</b>" in lines
    assert "Sở Nội vụ tỉnh Kon Tum" in lines
    assert len(lines) == len(set(lines))


def test_a_line_that_is_not_understood_is_named_and_nothing_is_kept(open_page: OpenPage) -> None:
    app = open_page("internal", **PLACE)
    app.text_input[0].set_value("x")
    area(app, "Đơn vị được chấm").set_value("Sở Nội vụ")
    area(app, "Tiêu chí").set_value("A; Kế hoạch; 10\nB; Một cửa")
    next(one for one in app.button if one.label == "Lưu bộ chỉ số").click()
    app.run()
    errors = " ".join(str(one.value) for one in app.error).replace("\\", "")
    assert "Chưa hiểu dòng 2" in errors
    assert internal.indices(store(), "vn63-kon-tum") == {}
