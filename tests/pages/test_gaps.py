"""The gap page: base, required and actual place of each component, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}


@pytest.fixture
def par_index(open_page: OpenPage) -> AppTest:
    return open_page("gaps", **STORY, index="par_index")


def test_the_heads_name_the_years_they_speak_of(par_index: AppTest) -> None:
    assert seen.heads_of(par_index) == [
        ["Chỉ số thành phần", "Hạng năm 2022", "Hạng phải đạt", "Hạng năm 2023", "Thay đổi",
         "Còn thiếu", "Kết quả", "Cơ quan chủ trì"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("component", "before", "required", "now", "change", "verdict", "agency"),
    [
        ("Tổng hợp", "55/63", "50", "43/63", "▲ tăng 12 bậc", "✔ Đạt", "Ban Chỉ đạo CCHC"),
        ("C2.", "43/63", "38", "22/63", "▲ tăng 21 bậc", "✔ Đạt", "Sở Tư pháp"),
        ("C3.", "49/63", "49", "34/63", "▲ tăng 15 bậc", "✔ Đạt", "Văn phòng UBND"),
        ("C4.", "36/63", "31", "22/63", "▲ tăng 14 bậc", "✔ Đạt", "Sở Nội vụ"),
        ("C5.", "–", "–", "45/63", "", "Chưa đủ cơ sở đánh giá", "Sở Nội vụ"),
        ("C6.", "–", "–", "51/63", "", "Chưa đủ cơ sở đánh giá", "Sở Tài chính"),
        ("C7.", "–", "–", "32/63", "", "Chưa đủ cơ sở đánh giá", "Sở Thông tin"),
        ("C8.", "–", "–", "–", "", "Chưa đủ cơ sở đánh giá", "Sở Kế hoạch và Đầu tư"),
        ("C1.", "–", "–", "52/63", "", "Chưa giao chỉ tiêu", "Chưa giao"),
    ],
)
def test_the_table_tells_the_story_of_par_index_2023(
    par_index: AppTest,
    component: str,
    before: str,
    required: str,
    now: str,
    change: str,
    verdict: str,
    agency: str,
) -> None:
    (cells,) = [cells for cells in seen.rows(par_index) if cells[0].startswith(component)]
    assert cells[1:5] == [before, required, now, change]
    assert verdict in cells[6]
    assert agency in cells[7]


def test_a_missing_base_is_given_as_the_reason_and_not_as_a_failure(par_index: AppTest) -> None:
    cells = seen.row(par_index, "C5.")
    assert "Hệ thống chưa có hạng của năm gốc" in cells[6]
    assert "Không đạt" not in cells[6]


def test_the_headline_counts_what_was_met_and_what_cannot_be_judged(par_index: AppTest) -> None:
    assert seen.picture_texts(par_index)[0] == (
        "PAR INDEX năm 2023 đạt cả 04 chỉ tiêu có đủ số liệu; 04 chỉ tiêu chưa đủ cơ sở đánh giá"
    )


def test_a_component_without_any_place_is_named_as_not_drawn(par_index: AppTest) -> None:
    assert any(
        caption.value.startswith("Chưa có hạng trong hệ thống nên không vẽ: C8.")
        for caption in par_index.caption
    )
    assert not any("C8." in text for text in seen.picture_texts(par_index))


def test_a_missed_target_says_places_and_points_still_missing(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY, index="papi")
    cells = seen.row(app, "Tổng hợp")
    assert cells[1:5] == ["54/61*", "49", "56/61*", "▼ giảm 02 bậc"]
    assert cells[5] == "07 bậc 0,53 điểm"
    assert "✘ Không đạt" in cells[6]
    assert "còn thiếu 07 bậc" in seen.picture_texts(app)[0]
    assert "Hạng có dấu (*) do hệ thống tính" in seen.words(app), "the asterisk is explained"


def test_a_place_outside_the_published_top_is_given_by_its_bounds(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY, index="pci")
    cells = seen.row(app, "Tổng hợp")
    assert cells[1:4] == ["37/63*", "32", "31–63/63"]
    assert cells[4:6] == ["", ""], "no change and no gap follows from an interval"
    assert "Năm đánh giá tỉnh nằm ngoài nhóm được công bố hạng" in cells[6]
    assert seen.picture_texts(app)[0] == (
        "PCI năm 2023: chưa đủ cơ sở đánh giá, chỉ biết hạng trong khoảng 31–63/63"
    )


def test_all_indices_are_not_offered_where_one_is_looked_at(par_index: AppTest) -> None:
    assert par_index.selectbox(key="w_index").options == ["PAR INDEX", "SIPAS", "PAPI", "PCI"]


def test_a_year_without_a_place_says_so_and_draws_nothing(open_page: OpenPage) -> None:
    app = open_page("gaps", unit="vn63-kon-tum", year="2006", base="2005", index="papi")
    assert "Hệ thống chưa có hạng nào của Kon Tum cho PAPI năm 2006." in seen.words(app)
    assert not seen.figures(app)


def test_before_publication_the_gap_page_knows_the_base_only(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY, index="papi", asof="2023-06-01")
    cells = seen.row(app, "Tổng hợp")
    assert cells[1:4] == ["54/61*", "49", "–"]
    assert "Chưa đến kỳ" in cells[6]
    assert "56/61" not in seen.words(app)


def test_the_estimated_table_gives_no_required_place_and_calls_every_figure_an_estimate(
    open_page: OpenPage,
) -> None:
    app = open_page("gaps", unit="vn63-kon-tum", index="papi", year="2024", base="2022",
                    geo="estimated")  # fmt: skip
    assert not app.exception
    total = seen.row(app, "Tổng hợp")
    assert total[1:] == [
        "ước tính ≈ 21 trong 33 đơn vị chung", "ước tính ≈ 26 trong 33 đơn vị chung",
        "≈ giảm 05 bậc",
    ]  # fmt: skip
    assert "chưa đủ cơ sở đánh giá (không cùng đơn vị)" in seen.words(app)
    assert not seen.figures(app)


def test_each_predecessor_keeps_its_own_published_table(open_page: OpenPage) -> None:
    app = open_page("gaps", unit="vn63-kon-tum", index="papi", year="2024", base="2022",
                    geo="predecessors")  # fmt: skip
    assert {row[3] for row in seen.rows(app) if row[0] == "Tổng hợp"} == {"38/61*", "60/61*"}
