"""The overview tells the story of Kon Tum 2023 with published figures, and says what it lacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}


@pytest.fixture
def story(open_page: OpenPage) -> AppTest:
    return open_page("overview", **STORY)


def test_a_first_visit_shows_kon_tum_2023_against_2022(open_page: OpenPage) -> None:
    app = open_page("overview")
    assert [title.value for title in app.title] == ["Kon Tum năm 2023"]
    assert app.query_params == {**STORY, "index": "all"}
    assert not app.warning
    assert not app.exception


def test_there_is_one_tile_per_index_in_the_order_leaders_read_them(story: AppTest) -> None:
    names = [text.split(" 4")[0].split(" 3")[0].split(" 5")[0] for text in seen.tiles(story)]
    assert names[:3] == ["PAR INDEX", "SIPAS", "PAPI"]
    assert names[3].startswith("PCI")


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("PAR INDEX", "43 /63"),
        ("PAR INDEX", "tăng 12 bậc so với năm 2022 (55/63)"),
        ("PAR INDEX", "86,14 điểm (tăng 4,79 điểm)"),
        ("PAR INDEX", "Đạt, yêu cầu hạng 50"),
        ("SIPAS", "35 /63"),
        ("SIPAS", "tăng 07 bậc so với năm 2022 (42/63)"),
        ("SIPAS", "Chưa có điểm trong hệ thống"),
        ("PAPI", "56 /61"),
        ("PAPI", "giảm 02 bậc so với năm 2022 (54/61)"),
        ("PAPI", "39,96 điểm (giảm 0,01 điểm)"),
        ("PAPI", "Nhóm: Thấp"),
        ("PAPI", "Không đạt, yêu cầu hạng 49"),
        ("PAPI", "hạng do hệ thống tính từ điểm công bố"),
        ("PCI", "Ngoài nhóm 30 được công bố"),
        ("PCI", "31–63/63"),
        ("PCI", "Chưa đủ cơ sở đánh giá, yêu cầu hạng 32"),
        ("PCI", "Năm đánh giá tỉnh nằm ngoài nhóm được công bố hạng."),
    ],
)
def test_the_tiles_say_how_kon_tum_stood_in_2023(story: AppTest, index: str, said: str) -> None:
    assert said in seen.tile(story, index)


def test_five_years_of_places_are_told_to_readers_who_hear_the_page(story: AppTest) -> None:
    said = "năm 2019 53/63; năm 2020 49/63; năm 2021 54/60; năm 2022 54/61; năm 2023 56/61"
    assert said in seen.tile(story, "PAPI")
    assert "năm 2021 chưa có hạng; năm 2022 55/63" in seen.tile(story, "PAR INDEX")


def test_a_component_nobody_was_given_is_not_counted_as_a_target(story: AppTest) -> None:
    text = seen.words(story)
    assert "16 chỉ tiêu về hạng và điểm:" in text
    assert "Đạt: 7" in text
    assert "Không đạt: 3" in text
    assert "Chưa đủ cơ sở đánh giá: 6" in text
    assert "Chưa giao chỉ tiêu: 1" in text


def test_the_worst_component_is_the_headline_and_leads_the_picture(story: AppTest) -> None:
    (picture,) = seen.figures(story)
    texts = seen.picture_texts(story)
    assert texts[0] == (
        "Quản trị điện tử (PAPI), hạng 59/61, là thành phần cần ưu tiên nhất của Kon Tum năm 2023"
    )
    place = next(trace for trace in picture["data"] if trace["name"] == "place")
    assert place["text"][0] == "59/61*"
    assert any("công bố 02/04/2024" in text for text in texts)


def test_nothing_published_later_than_the_day_asked_for_leaks(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY, asof="2023-03-02")
    assert "Chỉ dùng số liệu đã công bố đến ngày 02/03/2023." in seen.words(app)
    for tile in seen.tiles(app):
        assert "Chưa công bố" in tile
        assert "Chưa đến kỳ" in tile
        assert "năm 2022 chưa có hạng; năm 2023 chưa có hạng" in tile
    for later in ("43 /63", "86,14", "56/61", "54/61", "55/63", "31–63", "2024"):
        assert later not in " ".join(seen.tiles(app))
    assert not seen.figures(app)
    assert "Chưa có hạng của chỉ số thành phần nào" in seen.words(app)


def test_the_picture_names_no_day_of_publication_still_to_come(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY, asof="2023-12-31", index="papi")
    source = next(text for text in seen.picture_texts(app) if text.startswith("Nguồn"))
    assert "công bố" not in source
    assert "UNDP" in source


def test_the_day_of_publication_itself_shows_the_figures(open_page: OpenPage) -> None:
    eve = open_page("overview", **STORY, asof="2024-04-01")
    assert "Chưa công bố" in seen.tile(eve, "PAPI")
    day = open_page("overview", **STORY, asof="2024-04-02")
    assert "56 /61" in seen.tile(day, "PAPI")
    assert "Chưa công bố" in seen.tile(day, "PAR INDEX"), "published on 17 April"


def test_a_province_without_targets_is_told_so_and_keeps_its_tiles(open_page: OpenPage) -> None:
    app = open_page("overview", unit="vn63-ha-noi", year="2022", base="2021")
    assert "Chưa có văn bản nào giao chỉ tiêu cho Hà Nội trong năm 2022." in [
        info.value for info in app.info
    ]
    assert "Chưa giao chỉ tiêu" in seen.tile(app, "PAPI")
    assert not app.exception


def test_a_year_without_figures_says_so_instead_of_showing_zero(open_page: OpenPage) -> None:
    app = open_page("overview", unit="vn63-kon-tum", year="2006", base="2005")
    for index in ("PAR INDEX", "SIPAS", "PAPI"):
        tile = seen.tile(app, index)
        assert "Chưa có số liệu trong hệ thống" in tile
        assert "/63" not in tile
        assert "0 điểm" not in tile
    assert not app.exception


def test_one_index_chosen_leaves_one_tile(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY, index="papi")
    assert len(seen.tiles(app)) == 1
    assert seen.tiles(app)[0].startswith("PAPI")
