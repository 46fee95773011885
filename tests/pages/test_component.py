"""The page Chi tiết thành phần: what a line is, its life, who answers, and the way up and down."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "papi", "year": "2023", "base": "2022"}
D2 = {**STORY, "component": "papi.transparency"}


def test_name_maximum_and_life_of_the_line_are_told(open_page: OpenPage) -> None:
    app = open_page("component", **D2)
    assert not app.exception
    assert app.title[0].value == "D2. Công khai, minh bạch trong hoạch định chính sách (PAPI)"
    assert seen.row(app, "Điểm tối đa")[1] == "10 điểm"
    assert "đổi tiêu chí" in seen.row(app, "2018–2021")[4]
    assert "2022–nay" in seen.row(app, "đổi tên hoặc mã")[0]


def test_who_answers_is_read_from_the_targets_of_the_unit(open_page: OpenPage) -> None:
    app = open_page(
        "component", **{**STORY, "index": "par_index", "component": "par_index.digital"}
    )
    answer = seen.row(app, "Cơ quan chịu trách nhiệm")[1]
    assert "theo " in answer
    nobody = open_page("component", **{**D2, "unit": "vn63-gia-lai"})
    assert "Chưa có văn bản nào" in seen.row(nobody, "Cơ quan chịu trách nhiệm")[1]


def button(app: AppTest, words: str) -> object:
    (found,) = [one for one in app.button if words in one.label]
    return found


def test_a_part_opens_from_its_button_and_the_way_up_leads_back(open_page: OpenPage) -> None:
    app = open_page("component", **D2)
    button(app, "D2.1. Tiếp cận thông tin").click().run()  # type: ignore[attr-defined]
    assert app.title[0].value.startswith("D2.1.")
    assert app.query_params["component"] == "papi.transparency.access_information"
    button(app, "‹ D2.").click().run()  # type: ignore[attr-defined]
    assert app.title[0].value.startswith("D2. ")
    button(app, "‹ PAPI").click().run()  # type: ignore[attr-defined]
    assert app.title[0].value == "PAPI"


def test_every_unit_of_the_year_stands_in_the_table(open_page: OpenPage) -> None:
    app = open_page("component", **D2)
    assert [row[1] for row in seen.rows(app) if row[0] == "Kon Tum"] == ["46/61"]
    assert len([row for row in seen.rows(app) if row[1].endswith("/61")]) >= 61


def test_the_history_names_best_and_worst_year(open_page: OpenPage) -> None:
    said = " ".join(seen.picture_texts(open_page("component", **D2)))
    assert "cao nhất 32/61 (năm 2018)" in said
    assert "thấp nhất 62/63 (năm 2017)" in said


def test_the_estimated_view_marks_history_parts_and_units_as_estimates(
    open_page: OpenPage,
) -> None:
    app = open_page(
        "component", unit="vn63-kon-tum", index="papi", year="2024", base="2022", geo="estimated"
    )
    assert not app.exception
    assert seen.row(app, "2022", "≈ ")[1:3] == ["ước tính 21", "≈ 41,99"]
    assert seen.row(app, "Quảng Ngãi")[1] == "ước tính 26"
    assert any("D1. " in one.label and "ước tính" in one.label for one in app.button)
    assert not [row for row in seen.rows(app) if row[1].endswith("/61")]
