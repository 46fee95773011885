"""The page Bốn chỉ số: themes, marks and what the indices say together."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]


def test_the_finding_names_the_theme_on_which_they_lie_furthest_apart(open_page: OpenPage) -> None:
    app = open_page("four", unit="vn63-kon-tum", year="2019", base="2018", index="all")
    assert not app.exception
    said = " ".join(seen.picture_texts(app))
    assert "thống nhất ở 2/5 lĩnh vực" in said
    assert "lệch nhau nhiều nhất về Đất đai: PCI cao hơn PAPI 81 điểm vị trí" in said


def test_each_theme_shows_components_places_and_the_accord(open_page: OpenPage) -> None:
    app = open_page("four", unit="vn63-kon-tum", year="2019", base="2018", index="all")
    land = seen.row(app, "Đất đai", "Trái ngược")
    assert "63/63 D2.4." in land[3]
    assert "9/63 S2." in land[4]
    assert "chưa có số liệu" in seen.row(app, "Thủ tục hành chính", "Thống nhất")[1]


def test_only_components_that_lived_in_the_year_are_named(open_page: OpenPage) -> None:
    app = open_page("four", unit="vn63-kon-tum", year="2023", base="2022", index="all")
    words = " ".join(" ".join(row) for row in seen.rows(app))
    assert "A2." in words
    assert "E2." not in words


def test_a_year_without_figures_says_so(open_page: OpenPage) -> None:
    app = open_page("four", unit="vn63-kon-tum", year="2005", base="2006", index="all")
    assert not app.exception
    assert any("chưa có vị trí" in str(one.value) for one in app.info) or seen.figures(app)


def test_the_page_says_why_it_estimates_nothing(open_page: OpenPage) -> None:
    app = open_page("four", unit="vn63-kon-tum", year="2019", base="2018", index="all")
    assert "không có cách xem 34 đơn vị ước tính" in seen.words(app)
