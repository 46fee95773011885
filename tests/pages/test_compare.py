"""Comparison as a reader sees it: two pictures, the table with marks, averages named as such."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2024", "base": "2022", "index": "papi"}


@pytest.fixture
def papi(open_page: OpenPage) -> AppTest:
    return open_page("compare", **STORY)


def test_the_region_stands_beside_the_unit_by_default(papi: AppTest) -> None:
    assert not papi.exception
    assert seen.heads_of(papi)[0] == [
        "Thành phần", "Kon Tum", "Đắk Lắk", "Đắk Nông", "Gia Lai", "Lâm Đồng", "Cả nước",
        "Vùng Tây Nguyên",
    ]  # fmt: skip
    assert "units" not in papi.query_params


def test_best_and_worst_are_marked_by_word_and_sign(papi: AppTest) -> None:
    total = seen.row(papi, "Tổng hợp")
    assert "60/61*" in total[1]
    assert "▽ thấp nhất" in total[1]
    assert "★ cao nhất" in total[2]
    assert "▼ giảm 06 bậc" in total[1]


def test_averages_say_whose_they_are_and_how_many_they_count(papi: AppTest) -> None:
    total = seen.row(papi, "Tổng hợp")
    assert total[-2] == "Trung bình 43,43; Trung vị 43,48 (hệ thống tính, 61/63 đơn vị)"
    assert "(hệ thống tính, 5/5 đơn vị)" in total[-1]


def test_a_published_mean_is_named_and_a_fragment_gives_none(open_page: OpenPage) -> None:
    app = open_page("compare", **{**STORY, "index": "par_index", "year": "2023"})
    total = seen.row(app, "Tổng hợp")
    assert "Trung bình 86,98 (công bố)" in total[-2]
    assert "Trung vị: chưa đủ số liệu (23/63 đơn vị)" in total[-2]


def test_the_slope_and_the_dots_carry_their_findings(papi: AppTest) -> None:
    first, second = seen.figures(papi)
    assert {one["name"] for one in first["data"]} == {
        "official:Kon Tum", "official:Đắk Lắk", "official:Đắk Nông", "official:Gia Lai",
        "official:Lâm Đồng",
    }  # fmt: skip
    texts = " ".join(seen.picture_texts(papi))
    assert "Đắk Lắk đứng cao nhất (39/61), Kon Tum thấp nhất (60/61)" in texts
    assert "thấp nhất ở 3" in texts
    assert len([one for one in second["data"] if one["name"].startswith("official:")]) == 5


def test_another_choice_is_kept_in_the_address_and_reopened(
    open_page: OpenPage, papi: AppTest
) -> None:
    papi.multiselect[0].set_value(["vn63-ha-noi"]).run()
    assert papi.query_params["units"] in ("vn63-ha-noi", ["vn63-ha-noi"])
    again = open_page("compare", **STORY, units="vn63-ha-noi,vn63-atlantis")
    assert seen.heads_of(again)[0][1:3] == ["Kon Tum", "Hà Nội"]
    assert any("vn63-atlantis" in one.value for one in again.warning)


def test_nobody_to_compare_with_is_said(papi: AppTest) -> None:
    papi.multiselect[0].set_value([]).run()
    assert any("Chọn ít nhất một đơn vị khác" in one.value for one in papi.info)
    assert not seen.figures(papi)


def test_a_withheld_province_has_the_reason_in_the_table(open_page: OpenPage) -> None:
    app = open_page("compare", **{**STORY, "unit": "vn63-quang-ninh", "year": "2023"})
    assert "không công bố kết quả của tỉnh" in seen.row(app, "Tổng hợp")[1]
    assert "Quảng Ninh không có hạng thành phần" in " ".join(seen.picture_texts(app))


def test_predecessors_are_compared_with_each_other(open_page: OpenPage) -> None:
    app = open_page("compare", **STORY, geo="predecessors")
    assert seen.heads_of(app)[0][1:3] == ["Kon Tum", "Quảng Ngãi (cũ)"]


def test_estimates_are_written_as_such_and_have_no_mean(open_page: OpenPage) -> None:
    app = open_page("compare", **STORY, geo="estimated")
    heads = seen.heads_of(app)[0]
    assert heads[1] == "Quảng Ngãi (mới)"
    assert "Cả nước" not in heads
    words = seen.words(app).replace("\u00a0", " ")
    assert "≈ 26 trong 33 đơn vị chung" in words
    assert "26/33" not in words
    assert "≈ giảm 05 bậc" in words
    assert "▼" not in words
    for figure in seen.figures(app):
        assert not [one for one in figure["data"] if one["name"].startswith("official")]


@pytest.mark.parametrize(
    ("unit", "index", "geo", "lang"),
    [
        ("vn63-an-giang", "sipas", "published", "en"),
        ("vn63-ha-noi", "pci", "estimated", "vi"),
        ("vn63-thua-thien-hue", "par_index", "predecessors", "en"),
        ("vn63-bac-ninh", "papi", "estimated", "vi"),
    ],
)
def test_every_view_has_an_answer_or_a_reason_in_both_languages(
    open_page: OpenPage, unit: str, index: str, geo: str, lang: str
) -> None:
    app = open_page("compare", unit=unit, index=index, year="2024", base="2022", geo=geo, lang=lang)
    assert not app.exception
    assert seen.rows(app) or app.info
