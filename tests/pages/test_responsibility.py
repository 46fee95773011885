"""Trách nhiệm, Cơ quan, Chỉ tiêu tự đo and the commune checklist as a reader sees them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from briefing import checklist as workbook
from data import communes, records
from data.actors import Actor, Role
from data.agencies import AgencyRecord, AssignmentRecord, PersonRecord, save_person
from data.communes import LINES, CommuneRecord
from data.measurements import MeasurementRecord
from data.store import store
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
CHIEF = Actor("chief", Role.ADMINISTRATOR)
MARKUP = "<b>Nguyễn</b> [A](http://x)"


@pytest.fixture(autouse=True)
def nothing_typed() -> Iterator[None]:
    """The store is shared by the tests of a process: what one wrote is taken out again."""
    yield
    if not store().exists():
        return
    for model in (MeasurementRecord, PersonRecord, AssignmentRecord, AgencyRecord, CommuneRecord):
        for record, _ in records.held(store(), model).values():
            if record.state != records.WITHDRAWN:
                records.withdraw(store(), record, by=CHIEF, reason="test")


def test_the_table_names_every_agency_what_it_cost_and_who_answers_today(
    open_page: OpenPage,
) -> None:
    app = open_page("responsibility", **STORY)
    assert not app.exception
    row = seen.row(app, "Sở Nội vụ tỉnh Kon Tum")
    assert "Nay là Sở Nội vụ tỉnh Quảng Ngãi (từ 01/07/2025)" in row[0]
    assert "0,78 điểm, 5,6 % số điểm tỉnh mất (biết 1/2 thành phần chủ trì)" in row[2]
    assert "chưa xác định cơ quan kế tục" in seen.row(app, "UBND huyện Ngọc Hồi", "phối hợp 03")[0]
    assert "8,24 điểm (59,5 %) chưa tách được theo thành phần" in seen.words(app)


def test_one_click_leads_to_the_sheet_with_the_verdicts_of_the_board(open_page: OpenPage) -> None:
    app = open_page("responsibility", **STORY)
    links = [body for body in seen.bodies(app) if "who=ktm-so-noi-vu" in body]
    assert links
    sheet = open_page("responsibility", **STORY, who="ktm-so-noi-vu")
    row = seen.row(sheet, "C4. Cải cách tổ chức bộ máy", "chủ trì, tính đủ")
    assert row[3:6] == ["31", "22/63", "▲ tăng 14 bậc"]
    assert "Đạt" in row[7]
    assert (
        "Hệ thống chưa có hạng của năm gốc"
        in seen.row(sheet, "C5. Cải cách chế độ", "chủ trì, tính đủ")[7]
    )
    words = seen.words(sheet)
    assert "tăng 14 bậc về “Cải cách tổ chức bộ máy hành chính”" in words
    assert "Giảm ít nhất 5 %" in words


def test_the_way_of_a_department_that_merged_twice_is_shown(open_page: OpenPage) -> None:
    app = open_page("responsibility", **STORY, who="ktm-so-ke-hoach-dau-tu")
    assert (
        "Sở Kế hoạch và Đầu tư tỉnh Kon Tum → Sở Tài chính tỉnh Kon Tum → "
        "Sở Tài chính tỉnh Quảng Ngãi"
    ) in seen.words(app)
    earlier = open_page("responsibility", **STORY, who="ktm-so-ke-hoach-dau-tu", asof="2024-12-31")
    assert "Nay là" not in seen.words(earlier)


def test_a_year_in_which_nobody_was_given_anything_says_so(open_page: OpenPage) -> None:
    app = open_page("responsibility", unit="vn63-ha-noi", year="2015", base="2014")
    assert "Chưa có cơ quan nào" in app.info[0].value


def test_names_that_people_typed_stay_text(open_page: OpenPage) -> None:
    person = PersonRecord(record_id="p-page", agency_id="ktm-so-noi-vu", name=MARKUP,
                          from_on=date(2022, 1, 1))  # fmt: skip
    save_person(store(), person, by=CHIEF)
    for name in ("responsibility", "agencies"):
        app = open_page(name, **STORY, who="ktm-so-noi-vu")
        assert MARKUP in seen.words(app)
        assert not any("<b>Nguyễn" in body for body in seen.bodies(app))


def test_a_reported_figure_changes_the_verdict_everywhere(open_page: OpenPage) -> None:
    app = open_page("indicators", **STORY)
    assert not app.exception
    assert "Chưa đủ cơ sở" in seen.row(app, "Không quá 1")[2]
    app.selectbox(key="w_measured").set_value("002-22").run()
    app.number_input[0].set_value(1.0)
    app.text_input[1].set_value(MARKUP)
    app.button[0].click().run()
    assert not app.exception
    assert app.success[0].value == "Đã lưu số đo; kết quả đã được tính lại."
    row = seen.row(app, "Không quá 1")
    assert "năm 2023: 1" in row[1]
    assert MARKUP in row[1]
    assert "Đạt" in row[2]
    sheet = open_page("responsibility", **STORY, who="ktm-cuc-thue")
    assert "Đạt: 1" in seen.words(sheet)


def test_a_share_above_a_hundred_is_refused_on_the_page(open_page: OpenPage) -> None:
    app = open_page("indicators", **STORY)
    app.selectbox(key="w_measured").set_value("002-21").run()
    app.number_input[0].set_value(101.0)
    app.button[0].click().run()
    assert "Tỷ lệ phải từ 0 đến 100" in app.error[0].value


def test_a_new_agency_joins_the_list(open_page: OpenPage) -> None:
    app = open_page("agencies", **STORY)
    assert (
        "Nay là Sở Tài chính tỉnh Quảng Ngãi"
        in seen.row(app, "Sở Kế hoạch và Đầu tư", "28/02/2025")[3]
    )
    app.text_input[0].set_value("Sở Y tế tỉnh Kon Tum")
    app.button[0].click().run()
    assert not app.exception
    assert app.success[0].value == "Đã lưu."
    assert seen.row(app, "Sở Y tế tỉnh Kon Tum")[3] == "đang hoạt động"


def test_an_agency_without_a_name_is_refused_in_one_sentence(open_page: OpenPage) -> None:
    app = open_page("agencies", **STORY)
    app.button[0].click().run()
    assert not app.exception
    assert "Hãy ghi tên cơ quan" in app.error[0].value


def test_the_checklist_counts_what_is_done_and_goes_to_excel_as_text(open_page: OpenPage) -> None:
    identity = communes.commune_id("vn63-kon-tum", 2023, "Ngọc Hồi", "=1+1")
    record = CommuneRecord(
        record_id=identity, unit_id="vn63-kon-tum", edition=2023, district="Ngọc Hồi",
        commune="=1+1", progress={LINES[0]: "done", LINES[9]: "not_ours"},
        notes={LINES[0]: '=HYPERLINK("http://x")'},
    )  # fmt: skip
    communes.save(store(), record, by=CHIEF)
    app = open_page("checklist", **STORY)
    assert not app.exception
    row = seen.row(app, "=1+1")
    assert row[2].startswith("Đã xong: =HYPERLINK")
    assert row[-1] == "1/9"
    assert "Đã xong 1/9 việc của 1 xã" in seen.words(app)
    rows = communes.checklist([record])
    names = {line: line for line in LINES}
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(rows, names, "=2+2")))
    sheet = book.active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}, "no formula, no link"
    assert sheet["B4"].value == "=1+1"
