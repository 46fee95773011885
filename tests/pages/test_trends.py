"""Trends as a reader sees them: lines, breaks, gaps, targets, and the three looks at the merger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2024", "base": "2022", "index": "papi"}


@pytest.fixture
def papi(open_page: OpenPage) -> AppTest:
    return open_page("trends", **STORY)


def named(figure: dict[str, Any], stem: str) -> list[dict[str, Any]]:
    return [one for one in figure["data"] if one["name"].startswith(stem)]


def test_the_title_says_how_far_the_place_moved_since_the_base_year(papi: AppTest) -> None:
    assert not papi.exception
    assert seen.picture_texts(papi)[0].replace("  ", " ") == (
        "PAPI của Kon Tum: hạng 60/61 năm 2024, giảm 06 bậc so với năm 2022 (54/61)"
    )


def test_the_picture_has_the_required_places_and_the_rings_of_their_base_years(
    papi: AppTest,
) -> None:
    first = seen.figures(papi)[0]
    (asked,) = named(first, "required_line")
    assert [y for y in asked["y"] if y is not None] == [49, 49, 55, 55]
    (base,) = named(first, "base")
    assert len(base["x"]) == 2


def test_changes_have_letters_in_the_picture_and_words_below_it(papi: AppTest) -> None:
    (marks,) = named(seen.figures(papi)[0], "breaks")
    assert marks["text"] == ["a", "b"]
    words = seen.words(papi)
    assert "a. Từ năm 2018: thay đổi cách tổng hợp" in words
    assert "b. Từ năm 2025: cả nước còn 34 tỉnh, thành phố (63 trước đó)." in words


def test_the_unit_is_drawn_strong_among_its_region(papi: AppTest) -> None:
    second = seen.figures(papi)[1]
    assert len(named(second, "official_line")) == 5
    assert named(second, "official_line")[-1]["name"].endswith("vn63-kon-tum")
    assert "Kon Tum đứng thứ 5/5 trong nhóm" in " ".join(seen.picture_texts(papi))


def test_the_reader_of_kon_tum_is_led_to_the_new_quang_ngai(papi: AppTest) -> None:
    words = seen.words(papi)
    assert "Kon Tum thuộc Quảng Ngãi (mới), gồm Kon Tum và Quảng Ngãi (cũ)" in words


def test_predecessors_stand_side_by_side_each_with_a_line_of_its_own(open_page: OpenPage) -> None:
    app = open_page("trends", **STORY, geo="predecessors")
    first = seen.figures(app)[0]
    assert [one["name"] for one in named(first, "official_line")] == [
        "official_line:vn63-kon-tum/papi", "official_line:vn63-quang-ngai/papi",
    ]  # fmt: skip
    assert not named(first, "estimated")
    words = seen.words(app)
    assert "Kon Tum 60/61" in words
    assert "chưa đủ cơ sở đánh giá (không cùng đơn vị)" in words


def test_an_estimate_is_dashed_named_as_such_and_never_written_as_a_place(
    open_page: OpenPage,
) -> None:
    app = open_page("trends", **STORY, geo="estimated")
    first = seen.figures(app)[0]
    assert not named(first, "official")
    (path,) = named(first, "estimated_line")
    assert path["line"]["dash"] == "dash"
    words = seen.words(app).replace("\u00a0", " ")
    assert "≈ 26 trong 33 đơn vị chung năm 2024, so với ≈ 21 trong 33 năm 2022" in words
    assert "26/33" not in words
    assert "21/33" not in words
    assert "Đây không phải hạng công bố." in words


def test_from_a_fragment_there_is_a_reason_and_no_picture(open_page: OpenPage) -> None:
    app = open_page("trends", **{**STORY, "index": "par_index"}, geo="estimated")
    assert not app.exception
    assert not seen.figures(app)
    assert "hệ thống chưa có đủ điểm của tất cả các tỉnh" in seen.words(app)


def test_pci_outside_the_published_list_is_a_bar_and_a_headline(open_page: OpenPage) -> None:
    app = open_page("trends", **{**STORY, "index": "pci"})
    (bar,) = named(seen.figures(app)[0], "bounds")
    assert bar["y"] == [31.0, 63.0]
    assert "trong khoảng 31–63/63" in " ".join(seen.picture_texts(app))


def test_all_four_indices_are_four_lines_and_a_link_reopens_any_choice(
    open_page: OpenPage,
) -> None:
    app = open_page("trends", **{**STORY, "index": "all"})
    assert len(seen.figures(app)[0]["data"]) > 4
    assert "lines" not in app.query_params
    chosen = open_page("trends", **{**STORY, "index": "all"},
                       lines="papi.participation,pci", measure="percentile")  # fmt: skip
    assert [m.value for m in chosen.multiselect] == [["papi.participation", "pci"]]
    assert chosen.query_params["measure"] in ("percentile", ["percentile"])
    labels = seen.words(chosen)
    assert "PAPI D1" in labels


def test_points_of_different_scales_are_not_drawn_on_one_axis(open_page: OpenPage) -> None:
    app = open_page("trends", **{**STORY, "index": "all"}, lines="papi,pci", measure="score")
    assert any("Các thang điểm khác nhau" in one.value for one in app.info)
    names = {one["name"] for one in seen.figures(app)[0]["data"]}
    assert not any("pci" in name for name in names)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"geo": "moon"}, "Không có cách xem địa giới “moon”"),
        ({"measure": "luck"}, "Không có cách thể hiện “luck”"),
        ({"group": "friends"}, "Không có nhóm “friends”"),
        ({"lines": "papi.nothing"}, "Không có chỉ số hoặc thành phần “papi.nothing”"),
    ],
)
def test_what_an_address_asks_in_vain_is_said(
    open_page: OpenPage, query: dict[str, str], said: str
) -> None:
    app = open_page("trends", **STORY, **query)
    assert not app.exception
    assert any(said in one.value for one in app.warning)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("unit", "index", "geo"),
    [
        ("vn63-bac-ninh", "papi", "published"),
        ("vn63-an-giang", "sipas", "predecessors"),
        ("vn63-ha-noi", "pci", "estimated"),
        ("vn63-thua-thien-hue", "all", "published"),
    ],
)
def test_every_view_has_a_picture_or_a_reason_in_both_languages(
    open_page: OpenPage, unit: str, index: str, geo: str, lang: str
) -> None:
    app = open_page("trends", unit=unit, index=index, year="2024", base="2022", geo=geo, lang=lang)
    assert not app.exception
    assert seen.figures(app) or app.info
