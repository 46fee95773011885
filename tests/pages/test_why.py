"""The page Vì sao đổi hạng: paragraph, pictures and tables of one explanation, and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "papi", "year": "2023", "base": "2022"}


@pytest.fixture
def kon_tum(open_page: OpenPage) -> AppTest:
    return open_page("why", **STORY)


def paragraph(app: AppTest) -> str:
    (said,) = [body for body in seen.bodies(app) if 'class="said"' in body]
    return said


def test_the_paragraph_comes_before_every_picture_and_table(kon_tum: AppTest) -> None:
    order = [element.type for element in kon_tum.main]
    assert order.index("html") < order.index("plotly_chart")
    assert "từ hạng 54/61 xuống hạng 56/61" in paragraph(kon_tum)
    assert not kon_tum.exception


def test_two_pictures_carry_their_findings_and_the_publisher(kon_tum: AppTest) -> None:
    assert len(seen.figures(kon_tum)) == 2
    said = " ".join(seen.picture_texts(kon_tum))
    assert "Kon Tum giảm 02 bậc về PAPI năm 2023" in said
    assert "Cung ứng dịch vụ công kéo hạng PAPI" in said
    assert said.count("Nguồn: PAPI") == 2


def test_the_components_add_up_to_the_own_effect_in_the_table(kon_tum: AppTest) -> None:
    row = seen.row(kon_tum, "Cộng, bằng tác động của điểm của tỉnh")
    assert "▼ giảm khoảng 0,5 bậc" in row
    services = seen.row(kon_tum, "D6. Cung ứng", "7,44")
    assert services[1:5] == ["7,44", "7,28", "giảm 0,15 điểm", "▼ giảm khoảng 1,7 bậc"]
    assert "D6.3." in services[0], "the sub-dimensions are folded below their dimension"


def test_those_who_passed_stand_with_both_places(kon_tum: AppTest) -> None:
    assert seen.row(kon_tum, "Vượt lên trên Kon Tum")[1].startswith("Cao Bằng (61 → 38)")
    assert "Quảng Ninh (1 → –)" in seen.row(kon_tum, "Trước đó xếp trên")[1]


def test_corners_of_points_and_places_stand_beside_strengths_and_weaknesses(
    kon_tum: AppTest,
) -> None:
    row = seen.row(kon_tum, "D1. Tham gia", "33/61", "Mạnh")
    assert "Tăng điểm, tăng bậc" in row


def test_those_to_learn_from_exclude_the_province_itself(kon_tum: AppTest) -> None:
    words = seen.words(kon_tum)
    assert "Cùng vùng Tây Nguyên" in words
    assert "trong các năm 2018–2023" in words
    rises = [row for row in seen.rows(kon_tum) if any("lên" in c and "từ" in c for c in row[1:2])]
    assert rises
    assert all(row[0] != "Kon Tum" for row in rises)


def test_a_component_of_the_address_is_explained_by_its_parts(open_page: OpenPage) -> None:
    app = open_page("why", **STORY, component="D1")
    assert "“Tham gia của người dân ở cấp cơ sở” (PAPI, D1)" in paragraph(app)
    assert "D1.3." in " ".join(seen.picture_texts(app))
    assert app.query_params["component"] == "papi.participation"


def test_a_component_that_is_none_is_answered_with_a_sentence(open_page: OpenPage) -> None:
    app = open_page("why", **STORY, component="D99")
    assert "Năm này không có thành phần “D99”" in app.warning[0].value
    assert "về PAPI so với" in paragraph(app)


def test_another_index_leaves_the_component_of_the_last_one(kon_tum: AppTest) -> None:
    kon_tum.selectbox(key="w_component").set_value("papi.participation").run()
    assert "(PAPI, D1)" in paragraph(kon_tum)
    kon_tum.selectbox(key="w_index").set_value("pci").run()
    assert not kon_tum.exception
    assert not kon_tum.warning
    assert "component" not in kon_tum.query_params


def test_places_alone_draw_no_split_and_say_what_is_missing(open_page: OpenPage) -> None:
    app = open_page("why", **(STORY | {"index": "par_index"}))
    assert "tăng 12 bậc" in paragraph(app)
    assert "15/63 tỉnh, thành phố năm 2022" in paragraph(app)
    assert seen.figures(app) == []
    assert seen.row(app, "C2. Cải cách thể chế")[3] == "Tăng điểm, tăng bậc"
    assert not re.search(r"làm (tăng|giảm) ", seen.words(app))


def test_missing_components_leave_the_waterfall_and_take_the_bars(open_page: OpenPage) -> None:
    app = open_page("why", **(STORY | {"index": "pci", "year": "2020", "base": "2019"}))
    assert len(seen.figures(app)) == 1
    assert "chưa có đủ điểm thành phần của Kon Tum" in app.info[0].value
    assert "không tự đặt ra sai số" in seen.words(app)


def test_before_publication_the_page_knows_nothing_of_the_edition(open_page: OpenPage) -> None:
    app = open_page("why", **STORY, asof="2024-04-01")
    assert "kết quả năm 2023 chưa công bố tính đến ngày 01/04/2024" in paragraph(app)
    assert seen.figures(app) == []
    assert "56/61" not in seen.words(app)


def test_the_page_speaks_english(open_page: OpenPage) -> None:
    app = open_page("why", **STORY, lang="en")
    assert "fell 2 places on PAPI compared with 2022: from 54/61 to 56/61" in paragraph(app)


@pytest.mark.parametrize("index", ["papi", "pci", "sipas", "par_index"])
@pytest.mark.parametrize(("year", "base"), [("2024", "2023"), ("2018", "2017"), ("2006", "2005")])
def test_every_index_and_era_has_a_page(
    open_page: OpenPage, index: str, year: str, base: str
) -> None:
    app = open_page("why", unit="vn63-kon-tum", index=index, year=year, base=base)
    assert not app.exception
    assert "Kon Tum" in paragraph(app)
