"""The page of points needed: one answer as sentence, picture and table, or what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2022", "base": "2021", "index": "papi"}
NEED = "Cần +0,73 điểm để lên hạng 49 (bằng Lâm Đồng)"


@pytest.fixture
def papi_2022(open_page: OpenPage) -> AppTest:
    return open_page("points", **STORY, rank="49")


def test_the_sentence_and_the_picture_say_the_same_need(papi_2022: AppTest) -> None:
    assert not papi_2022.exception
    assert any(NEED in body for body in seen.bodies(papi_2022))
    assert seen.picture_texts(papi_2022)[0].startswith(NEED)


def test_the_table_gives_the_need_to_four_decimals_and_the_holder(papi_2022: AppTest) -> None:
    cells = seen.row(papi_2022, "Lâm Đồng", "+0,7341")
    assert cells[:4] == ["49", "Lâm Đồng", "+0,7341", "+0,5450"]
    assert seen.row(papi_2022, "55", "Cần Thơ")[-1] == "0,0009"


def test_the_default_place_is_that_of_the_target_not_met(open_page: OpenPage) -> None:
    app = open_page("points", **{**STORY, "year": "2023", "base": "2022"})
    assert app.number_input[0].value == 49
    words = seen.words(app)
    assert "Cần +0,53 điểm để lên hạng 49 (bằng Quảng Ngãi)" in words
    assert "Chỉ tiêu được giao cho năm 2023 là hạng 49, chưa đạt." in words
    assert "rank" not in app.query_params, "the default needs no place in the address"


def test_another_place_is_answered_and_kept_in_the_address(papi_2022: AppTest) -> None:
    papi_2022.number_input[0].set_value(46).run()
    assert "để lên hạng 46" in seen.words(papi_2022)
    assert papi_2022.query_params["rank"] in ("46", ["46"])


def test_a_place_from_another_view_is_not_carried_to_a_new_province(papi_2022: AppTest) -> None:
    papi_2022.selectbox(key="w_unit").set_value("vn63-gia-lai").run()
    assert papi_2022.number_input[0].value != 49
    assert "rank" not in papi_2022.query_params


@pytest.mark.parametrize("asked", ["0", "62", "đầu", "-3", "²"])
def test_a_place_outside_the_table_is_said_and_the_default_shown(
    open_page: OpenPage, asked: str
) -> None:
    app = open_page("points", **STORY, rank=asked)
    (notice,) = [warning.value for warning in app.warning]
    assert f"Hạng “{asked}” không có trong bảng xếp hạng này" in notice
    assert app.number_input[0].value == 49, "five places above the 54th"


def test_rivals_that_stand_still_leave_out_the_moving_column(open_page: OpenPage) -> None:
    app = open_page("points", **STORY, rank="49", drift="0")
    assert "Nếu các tỉnh khác tiếp tục thay đổi" not in seen.words(app)
    assert len(seen.row(app, "Lâm Đồng", "+0,7341")) == 4


def test_a_component_has_its_own_ladder_and_its_parts(open_page: OpenPage) -> None:
    app = open_page("points", **STORY, component="papi.participation")
    assert "để lên hạng 37 (bằng Long An)" in seen.words(app)
    assert seen.row(app, "D1.2. ", "tăng 05 bậc")


def test_a_mark_of_effort_moves_the_path_to_another_component(papi_2022: AppTest) -> None:
    assert "nâng D4. Kiểm soát tham nhũng" in seen.words(papi_2022)
    hard = next(box for box in papi_2022.selectbox if box.label.startswith("D4. "))
    hard.select_index(5)
    easy = next(box for box in papi_2022.selectbox if box.label.startswith("D6. "))
    easy.select_index(1)
    papi_2022.run()
    words = seen.words(papi_2022)
    assert "nâng D6. Cung ứng dịch vụ công" in words
    assert "nâng D4. Kiểm soát tham nhũng" not in words


def test_without_the_scores_of_the_others_there_is_a_reason_and_no_points(
    open_page: OpenPage,
) -> None:
    app = open_page("points", **{**STORY, "year": "2023", "base": "2022", "index": "par_index"})
    words = seen.words(app)
    assert "Chưa đủ cơ sở để tính số điểm cần thêm" in words
    assert "23/63" in words
    assert not seen.figures(app)
    assert "Cần +" not in words
    assert seen.row(app, "C2. ")[1:] == ["9,42", "22/63", "38 (theo chỉ tiêu)", "chưa đủ cơ sở"]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(("index", "year"), [("sipas", "2023"), ("pci", "2023"), ("pci", "2019")])
def test_every_index_has_an_answer_or_a_reason(
    open_page: OpenPage, index: str, year: str, lang: str
) -> None:
    app = open_page("points", unit="vn63-kon-tum", index=index, year=year, lang=lang)
    assert not app.exception
    assert not app.error


def test_near_the_top_a_component_aims_no_further_than_the_places_left(
    open_page: OpenPage,
) -> None:
    app = open_page("points", unit="vn63-bac-ninh", year="2022", base="2021", index="papi")
    assert seen.row(app, "D5. ")[1:4] == ["7,58", "3/62", "1 (tăng 02 bậc)"]
    assert seen.row(app, "D6. ")[1:4] == ["8,09", "7/63", "2 (tăng 05 bậc)"]


def test_a_withheld_province_is_not_told_to_try_the_index_that_withheld_it(
    open_page: OpenPage,
) -> None:
    alone = open_page("points", unit="vn63-quang-ninh", year="2023", base="2022", index="papi")
    assert "cơ quan công bố không công bố kết quả năm 2023 của Quảng Ninh" in seen.words(alone)
    assert not alone.info
    beside = open_page("points", unit="vn63-bac-ninh", year="2022", base="2021", index="papi")
    assert [one.value for one in beside.info] == ["Năm 2022, tính được với: PCI."]


@pytest.mark.parametrize("page", ["why", "points", "scenario"])
@pytest.mark.parametrize(
    ("index", "year", "base", "said"),
    [
        ("papi", "2023", "2022", "Hạng PAPI và hạng các thành phần của chỉ số này do hệ thống"),
        ("pci", "2019", "2018", "Hạng các thành phần PCI do hệ thống tính từ điểm công bố"),
        ("sipas", "2023", "2022", ""),
    ],
)
def test_places_that_no_publisher_printed_are_owned_up_to(
    open_page: OpenPage, page: str, index: str, year: str, base: str, said: str
) -> None:
    app = open_page(page, unit="vn63-kon-tum", year=year, base=base, index=index)
    notes = [one.value for one in app.caption if "do hệ thống tính từ điểm công bố" in one.value]
    assert len(notes) == bool(said)
    assert all(note.startswith(said) for note in notes)
