"""The page Bảng nhiệt: squares of one unit and index, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "papi", "year": "2024", "base": "2022"}


def test_the_finding_names_the_best_and_the_worst_component(open_page: OpenPage) -> None:
    app = open_page("heat", **STORY)
    assert not app.exception
    said = " ".join(seen.picture_texts(app))
    assert "cao nhất là D5. Thủ tục hành chính công (28/61)" in said
    assert "thấp nhất là D3. Trách nhiệm giải trình với người dân (61/61)" in said


def test_the_table_holds_what_the_squares_say(open_page: OpenPage) -> None:
    row = seen.row(open_page("heat", **STORY), "D1. Tham gia")
    assert row[1:] == ["49", "33", "42", "38", "28", "46", "5", "44"]


def test_points_and_standing_are_printed_in_the_form_of_the_language(open_page: OpenPage) -> None:
    points = seen.row(open_page("heat", **STORY, printed="score"), "D1. Tham gia")
    assert all("," in cell for cell in points[1:])
    standing = seen.row(open_page("heat", **STORY, printed="percentile"), "Tổng hợp")
    assert standing[1] == "2"


def test_sub_dimensions_come_with_the_deeper_view(open_page: OpenPage) -> None:
    app = open_page("heat", **STORY, depth="parts")
    assert seen.row(app, "D2.1. Tiếp cận thông tin")


def test_an_index_held_in_part_says_how_many_squares_are_known(open_page: OpenPage) -> None:
    app = open_page("heat", **{**STORY, "index": "sipas"})
    assert not app.exception
    assert "chưa đủ để so các thành phần" in " ".join(seen.picture_texts(app))


NEW = {**STORY, "unit": "vn63-kon-tum", "geo": "estimated"}


def test_the_34_estimated_are_marked_in_every_square_hatched_and_named_in_the_title(
    open_page: OpenPage,
) -> None:
    app = open_page("heat", **NEW)
    assert not app.exception
    said = seen.picture_texts(app)
    assert any(text.startswith("Ước tính, tham khảo: Quảng Ngãi (mới)") for text in said)
    row = seen.row(app, "Tổng hợp")
    # 2024 back to 2017; the places of the trends page.
    assert row[1] == "≈26"
    assert row[3] == "≈21"
    assert "không phải hạng công bố" in " ".join(said)
    (figure,) = seen.figures(app)
    assert "estimate" in {trace["name"] for trace in figure["data"]}


def test_predecessors_stand_below_each_other_with_their_published_places(
    open_page: OpenPage,
) -> None:
    app = open_page("heat", **{**STORY, "geo": "predecessors"})
    totals = [row[1] for row in seen.rows(app) if row[0] == "Tổng hợp"]
    assert sorted(totals) == ["38", "60"]
    assert len(seen.figures(app)) == 2
