"""The page of review sheets: what is missing is named, what is typed stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import docx
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.submissions import submission_standing
from briefing.reminder import document, letter
from briefing.review_papers import shortcomings_paper
from briefing.reviews import inert, shortcomings_workbook
from data import records
from data.actors import Actor, Role
from data.agencies import (
    AgencyLinkRecord,
    AgencyRecord,
    AssignmentRecord,
    PersonRecord,
    save_agency,
    save_assignment,
    save_link,
    save_person,
)
from data.reviews import (
    PlanItem,
    ReviewSheet,
    Submission,
    SubmissionCall,
    keep_call,
    keep_submission,
)
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
    kinds = (ReviewSheet, PlanItem, Submission, SubmissionCall, PersonRecord, AgencyLinkRecord,
             AgencyRecord, AssignmentRecord)  # fmt: skip
    for model in kinds:
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


def test_a_department_typed_by_people_has_its_sheet_and_takes_over_a_line_of_an_older_one(
    open_page: OpenPage,
) -> None:
    open_page("reviews", **STORY)
    new = AgencyRecord(record_id="ktm-moi", unit_id="vn63-kon-tum", name_vi="Ban Chỉ đạo mới",
                       level="tỉnh", valid_from=date(2022, 6, 1))  # fmt: skip
    old = AgencyRecord(record_id="ktm-cu", unit_id="vn63-kon-tum", name_vi="Ban Chỉ đạo cũ",
                       level="tỉnh", valid_to=date(2022, 5, 31))  # fmt: skip
    link = AgencyLinkRecord(record_id="l-moi", effective_on=date(2022, 6, 1), event="rename",
                            from_agency_id="ktm-cu", to_agency_id="ktm-moi",
                            legal_basis="Nghị quyết 1")  # fmt: skip
    save_agency(store(), new, by=CHIEF)
    save_agency(store(), old, by=CHIEF)
    save_link(store(), link, by=CHIEF)
    given = AssignmentRecord(record_id="a-cu", unit_id="vn63-kon-tum", agency_id="ktm-cu",
                             component_id="par_index.steering", role="lead",
                             from_edition=2021)  # fmt: skip
    save_assignment(store(), given, by=CHIEF)
    app = open_page("reviews", **STORY, who="ktm-moi")
    assert not app.exception
    assert seen.row(app, "C1. ", "chủ trì")[4] == "52/63"
    called(agency_ids=("ktm-so-tai-chinh", "ktm-so-tu-phap", "ktm-cu"))
    sent = open_page("submissions", unit="vn63-kon-tum", year="2021", asof="2022-07-20")
    row = seen.row(sent, "Ban Chỉ đạo cũ")
    assert "Nay là Ban Chỉ đạo mới (từ 01/06/2022)" in row[0]
    assert "Quá hạn chưa gửi" in row[1]
    assert "Ban Chỉ đạo mới (thay Ban Chỉ đạo cũ)" in seen.words(sent), "to whom the letter goes"


def test_the_sheet_of_an_agency_that_is_no_more_says_who_answers_today(
    open_page: OpenPage,
) -> None:
    app = open_page("reviews", **STORY, who="ktm-so-ke-hoach-dau-tu")
    assert "Nay là Sở Tài chính tỉnh Quảng Ngãi (từ 01/07/2025)." in plain(app)
    then = open_page("reviews", **STORY, who="ktm-so-ke-hoach-dau-tu", asof="2024-12-31")
    assert "Nay là" not in plain(then)


def plain(app: AppTest) -> str:
    return seen.words(app).replace("\\", "")


def test_those_whose_parts_rose_are_listed_furthest_first_with_who_answers(
    open_page: OpenPage,
) -> None:
    open_page("reviews", **STORY)
    person = PersonRecord(record_id="p-praise", agency_id="ktm-so-tu-phap", name="Bà <b>B</b>",
                          title="Giám đốc", from_on=date(2022, 1, 1))  # fmt: skip
    save_person(store(), person, by=CHIEF)
    app = open_page("reviews", **STORY)
    rose = [row for row in seen.rows(app) if len(row) == 7 and row[1].startswith("tăng")]
    assert [row[1] for row in rose[:3]] == ["tăng 21 bậc", "tăng 15 bậc", "tăng 14 bậc"]
    assert rose[0][0].startswith("C2.")
    assert rose[0][6] == "Bà <b>B</b>, Giám đốc"
    assert "b" not in seen.tags(app)


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


def test_the_annex_in_word_has_the_rows_of_the_workbook_and_typed_text_as_text() -> None:
    rows = pd.DataFrame([line(), line(title="=1+1 <b>x</b>", rank=None, gain=None, lost=None)])
    paper = docx.Document(
        io.BytesIO(shortcomings_paper(rows, subtitle="PAR INDEX", source="Bộ Nội vụ"))
    )
    section = paper.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height, "landscape"
    cells = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert cells[1][:9] == [
        "1", "C4. Bộ máy", "10,50", "9,72", "0,78", "22/63", "", "tăng 14 bậc", "Sở Nội vụ",
    ]  # fmt: skip
    assert cells[2][1:6] == ["=1+1 <b>x</b>", "10,50", "9,72", "", ""]
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert "BẢNG TỔNG HỢP TỒN TẠI, HẠN CHẾ" in texts


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


# ---------------------------------------------------------------------------------- submissions


def called(**values: object) -> SubmissionCall:
    call = SubmissionCall.model_validate(
        {
            "record_id": "call-1923", "unit_id": "vn63-kon-tum",
            "document": "Công văn số 1923/UBND-NC ngày 21/6/2022",
            "what": "báo cáo đánh giá <b>kết quả</b>", "receiver": "Sở Nội vụ",
            "deadline_text": "trước ngày 10/7/2022", "due_on": date(2022, 7, 9),
            "agency_ids": ("ktm-so-tai-chinh", "ktm-so-tu-phap", "ktm-van-phong-ubnd"),
            **values,
        }
    )  # fmt: skip
    keep_call(store(), call, by=CHIEF, seen=_revision(call))
    for agency, day in (("ktm-so-tai-chinh", 9), ("ktm-so-tu-phap", 12)):
        sent = Submission(
            record_id=f"s-{agency}", call_id=call.record_id, year=2022, agency_id=agency,
            sent_on=date(2022, 7, day), number="12/BC",
        )  # fmt: skip
        keep_submission(store(), sent, by=CHIEF)
    return call


def _revision(call: SubmissionCall) -> int:
    held = records.held(store(), SubmissionCall).get(call.record_id)
    return held[1].revision if held else 0


def test_ten_days_later_one_is_on_time_one_late_and_one_missing(open_page: OpenPage) -> None:
    open_page("submissions", unit="vn63-kon-tum")
    called()
    app = open_page("submissions", unit="vn63-kon-tum", year="2021", asof="2022-07-20")
    assert not app.exception
    assert "Đã gửi đúng hạn" in seen.row(app, "Sở Tài chính")[1]
    assert "chậm 03 ngày" in seen.row(app, "Sở Tư pháp")[1]
    assert "quá hạn 11 ngày" in seen.row(app, "Văn phòng UBND")[1]
    words = seen.words(app)
    assert "Thực hiện Công văn số 1923/UBND-NC" in words
    assert "chậm nhất ngày 09/07/2022" in words
    assert "trước ngày 31/07/2022" in words
    assert "<b>kết quả</b>" in words
    assert "b" not in seen.tags(app)


@pytest.mark.parametrize(
    ("item", "due", "repeats"),
    [("000-04", date(2022, 7, 9), (None, None)), ("001-01", date(2023, 3, 12), (2, 2030))],
)
def test_a_call_starts_from_the_words_of_its_document(
    open_page: OpenPage, item: str, due: date, repeats: tuple[int | None, int | None]
) -> None:
    app = open_page("submissions", unit="vn63-kon-tum", year="2023")
    next(one for one in app.selectbox if one.label == "Điền sẵn theo văn bản đã có").select(item)
    app.run()
    next(one for one in app.button if one.label == "Lưu yêu cầu").click().run()
    assert not app.exception
    assert not app.error
    (call,) = [
        one for one, _ in records.held(store(), SubmissionCall).values()
        if one.state != records.WITHDRAWN
    ]  # fmt: skip
    assert (call.due_on, (call.yearly_month, call.last_year)) == (due, repeats)
    assert len(call.agency_ids) == (3 if item == "000-04" else 2)


def test_before_the_deadline_there_is_nobody_to_urge(open_page: OpenPage) -> None:
    open_page("submissions", unit="vn63-kon-tum")
    called()
    app = open_page("submissions", unit="vn63-kon-tum", year="2021", asof="2022-07-09")
    assert "không cần đôn đốc" in seen.words(app)


def test_the_letter_has_the_form_of_the_decree_and_gaps_for_number_and_day() -> None:
    call = {
        "record_id": "c", "document": "1923/UBND-NC", "what": "báo cáo", "receiver": "Sở Nội vụ",
        "due_on": date(2022, 7, 9), "yearly_month": None, "last_year": None,
        "agency_ids": ("a",),
    }  # fmt: skip
    sent = pd.DataFrame(columns=["call_id", "year", "agency_id", "sent_on", "number"])
    standing = submission_standing(call, sent, year=2022, as_of=date(2022, 7, 20))
    made = letter(
        call, standing, names={"a": "Sở Tư pháp"}, issuer="Sở Nội vụ", place="Kon Tum",
        as_of=date(2022, 7, 20), before=date(2022, 7, 31),
    )  # fmt: skip
    assert made is not None
    paper = docx.Document(io.BytesIO(document(made)))
    section = paper.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides if side] == [20, 20, 30, 15]
    texts = [paragraph.text for paragraph in paper.paragraphs]
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert "Kính gửi: Sở Tư pháp" in texts
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in cells[1]
    assert "Số: ……/……-……" in cells[0]
    assert "Kon Tum, ngày …… tháng …… năm 2022" in cells[1]
    assert "Nơi nhận:" in cells[2]
    assert {run.font.name for part in paper.paragraphs for run in part.runs} == {"Times New Roman"}
