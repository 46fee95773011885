"""The page of review sheets: what is missing is named, what is typed stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from briefing.reviews import inert, shortcomings_workbook
from data import records
from data.actors import Actor, Role
from data.reviews import PlanItem, ReviewSheet, Submission, SubmissionCall
from data.store import store
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "par_index"}
CHIEF = Actor("chief", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def nothing_typed() -> Iterator[None]:
    """The store is shared by the tests of a process: what one wrote is taken out again."""
    yield
    if not store().exists():
        return
    for model in (ReviewSheet, PlanItem, Submission, SubmissionCall):
        for record, _ in records.held(store(), model).values():
            if record.state != records.WITHDRAWN:
                records.withdraw(store(), record, by=CHIEF, reason="test")


def test_the_sheet_of_home_affairs_names_its_lines_and_the_weakness_nobody_has(
    open_page: OpenPage,
) -> None:
    app = open_page("reviews", **STORY, who="ktm-so-noi-vu")
    assert not app.exception
    assert seen.row(app, "C4.", "chủ trì")[2:7] == [
        "9,72/10,5", "0,78", "22/63", "", "▲ tăng 14 bậc",
    ]  # fmt: skip
    words = seen.words(app).replace("\\", "")
    assert "Hạn chế của tỉnh chưa có cơ quan nào nhận: C1. Công tác chỉ đạo" in words
    assert "Chưa có hạn chế nào trong phần việc của cơ quan" in words


def test_the_weakness_of_finance_lacks_everything_but_the_organisation_until_it_is_said(
    open_page: OpenPage,
) -> None:
    app = open_page("reviews", **STORY, who="ktm-so-tai-chinh")
    boxes = [area.label for area in app.text_area]
    assert "Nguyên nhân" in boxes
    button(app, "Khóa phiếu").click()
    app.run()
    errors = " ".join(str(error.value) for error in app.error).replace("\\", "")
    assert "“C6. " in errors
    assert "thiếu nguyên nhân, trách nhiệm cá nhân." in errors


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)


def test_an_unknown_agency_in_the_address_is_said_and_an_edition_not_out_has_no_sheet(
    open_page: OpenPage,
) -> None:
    app = open_page("reviews", **STORY, who="<b>x</b>")
    assert any("Không có cơ quan" in str(one.value) for one in app.warning)
    early = open_page("reviews", **STORY, asof="2024-04-16")
    assert any("chưa công bố tại ngày đã chọn" in str(one.value) for one in early.info)


def test_a_province_without_agencies_says_so(open_page: OpenPage) -> None:
    app = open_page("reviews", **{**STORY, "unit": "vn63-ha-noi"})
    assert not app.exception
    assert any("Danh mục chưa có cơ quan" in str(one.value) for one in app.info)


def test_markup_means_nothing_after_inert() -> None:
    assert inert("![x](http://y) :smile: $a$") == (
        r"\!\[x\]\(http\:\/\/y\) \:smile\: \$a\$"
    )  # fmt: skip


def line(**values: object) -> dict[str, object]:
    base: dict[str, object] = {
        "component_id": "par_index.apparatus", "level": 1, "code": "C4", "component_vi": "Bộ máy",
        "component_en": "Apparatus", "max_score": 10.5, "score": 9.72, "lost": 0.78, "rank": 22,
        "n_ranked": 63, "score_change": None, "gain": 14, "reasons": (),
        "lead_agency": "Sở Nội vụ", "co_agency": "", "title": None,
    }  # fmt: skip
    return {**base, **values}


def test_the_workbook_holds_numbers_as_numbers_and_typed_text_as_text() -> None:
    rows = pd.DataFrame([line(), line(title="=1+1", rank=None, gain=None, lost=None)])
    book = openpyxl.load_workbook(
        io.BytesIO(shortcomings_workbook(rows, subtitle="PAR INDEX", source="Bộ Nội vụ"))
    )
    sheet = book.active
    assert sheet is not None
    assert sheet.freeze_panes == "C5"
    first = [cell.value for cell in sheet[5]]
    assert first[:10] == [1, "C4. Bộ máy", 10.5, 9.72, 0.78, 22, 63, None, 14, "Sở Nội vụ"]
    assert (sheet["B6"].value, sheet["B6"].data_type) == ("=1+1", "s")
    assert [sheet.cell(6, column).value for column in (5, 6, 9)] == [None, None, None]
