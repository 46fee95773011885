"""The two pictures of places, read from what is handed to the drawing library."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.targets import TargetStatus
from charts.rank_dumbbell import rank_dumbbell
from charts.standing_lines import standing_lines
from charts.theme import STATUS_COLOURS, STATUS_SYMBOLS, rank_axis, wrapped

SOURCE = "Nguồn: PAR INDEX: Bộ Nội vụ, công bố 17/04/2024."
FINDING = "PAR INDEX năm 2023 đạt cả 04 chỉ tiêu"


def component(label: str, **known: Any) -> dict[str, Any]:
    """One row of the gap picture; what a test does not say is missing."""
    row = {
        "label": label, "baseline_rank": None, "required_rank": None, "actual_rank": None,
        "actual_low": None, "actual_high": None, "n_ranked": 63, "status": "no_target",
        "state": "ranked", "hover": label,
    }  # fmt: skip
    return {**row, **known}


def rows_of(*rows: dict[str, Any]) -> pd.DataFrame:
    whole = ["baseline_rank", "required_rank", "actual_rank", "actual_low", "actual_high",
             "n_ranked"]  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64"))


PAR_INDEX_2023 = rows_of(
    component("Tổng hợp", baseline_rank=55, required_rank=50, actual_rank=43, status="met"),
    component("C1", actual_rank=52),
    component("C2", baseline_rank=43, required_rank=38, actual_rank=22, status="met"),
    component("C5", actual_rank=45, status="not_assessable"),
)
PCI_2023 = rows_of(
    component("Tổng hợp", baseline_rank=37, required_rank=32, actual_low=31, actual_high=63,
              status="not_assessable", state="outside_top")
)  # fmt: skip


def drawn(rows: pd.DataFrame) -> go.Figure:
    return rank_dumbbell(rows, title=FINDING, source=SOURCE, baseline=2022, edition=2023)


def trace(figure: go.Figure, start: str) -> Any:
    (found,) = [one for one in figure.data if one.name.startswith(start)]
    return found


def known_x(one: Any) -> list[float]:
    return [float(x) for x in one.x if x is not None and not pd.isna(x)]


def notes(figure: go.Figure) -> dict[str, str]:
    return {note.name: note.text for note in figure.layout.annotations}


def test_the_axis_of_places_runs_from_last_to_first_so_that_right_is_better() -> None:
    last, first = drawn(PAR_INDEX_2023).layout.xaxis.range
    assert last > 63
    assert first < 1
    assert last > first


@pytest.mark.parametrize("n_ranked", [34, 60, 61, 63])
def test_the_axis_of_places_begins_at_one_and_ends_at_the_number_ranked(n_ranked: int) -> None:
    ticks = rank_axis(n_ranked)["tickvals"]
    assert ticks[0] == 1
    assert ticks[-1] == n_ranked
    assert ticks == sorted(set(ticks))
    assert rank_axis(n_ranked)["range"] == [n_ranked + 1.5, -0.5]


def test_the_number_ranked_of_the_rows_sets_the_axis() -> None:
    papi = rows_of(component("Tổng hợp", baseline_rank=54, actual_rank=56, n_ranked=61))
    assert drawn(papi).layout.xaxis.tickvals[-1] == 61


def test_the_first_component_stands_on_top() -> None:
    axis = drawn(PAR_INDEX_2023).layout.yaxis
    assert axis.autorange == "reversed"
    assert list(axis.categoryarray) == ["Tổng hợp", "C1", "C2", "C5"]


def test_base_required_and_actual_places_are_where_they_were_published() -> None:
    figure = drawn(PAR_INDEX_2023)
    assert known_x(trace(figure, "Hạng năm 2022")) == [55, 43]
    assert known_x(trace(figure, "Hạng phải đạt")) == [50, 38]
    assert known_x(trace(figure, "Hạng đạt được")) == [43, 52, 22, 45]


def test_a_missing_place_has_no_mark_and_no_line() -> None:
    figure = drawn(PAR_INDEX_2023)
    base = trace(figure, "Hạng năm 2022")
    at = dict(zip(base.y, base.x, strict=True))
    assert pd.isna(at["C1"])
    assert pd.isna(at["C5"])
    link = trace(figure, "link")
    assert "C1" not in link.y
    assert list(link.x) == [55, 43, None, 43, 22, None]


def test_a_missing_place_is_not_drawn_at_zero() -> None:
    for one in drawn(PAR_INDEX_2023).data:
        assert 0 not in known_x(one)


def test_the_shape_of_the_actual_mark_says_the_verdict_without_colour() -> None:
    actual = trace(drawn(PAR_INDEX_2023), "Hạng đạt được")
    assert list(actual.marker.symbol) == ["circle", "square", "circle", "diamond"]
    missed = rows_of(component("D", actual_rank=56, required_rank=49, status="missed"))
    assert list(trace(drawn(missed), "Hạng đạt được").marker.symbol) == ["x"]


def test_met_missed_and_undecided_differ_in_shape() -> None:
    shapes = [STATUS_SYMBOLS[status] for status in ("met", "missed", "not_assessable", "no_target")]
    assert len(set(shapes)) == 4


@pytest.mark.parametrize("status", list(TargetStatus))
def test_every_verdict_has_a_colour_and_a_shape(status: TargetStatus) -> None:
    assert STATUS_COLOURS[status].startswith("#")
    assert STATUS_SYMBOLS[status]


def test_a_place_outside_the_published_top_is_a_bar_over_all_it_may_be() -> None:
    figure = drawn(PCI_2023)
    bar = trace(figure, "Hạng chỉ biết trong khoảng")
    assert list(bar.x) == [31, 63]
    assert list(bar.y) == ["Tổng hợp", "Tổng hợp"]
    assert bar.mode == "lines"
    assert known_x(trace(figure, "Hạng đạt được")) == [], "no point inside the bar is claimed"


def test_a_place_we_merely_lack_has_no_bar() -> None:
    lacking = rows_of(
        component("C8", baseline_rank=42, actual_low=1, actual_high=63, state="not_held")
    )
    assert not [one for one in drawn(lacking).data if one.name.startswith("Hạng chỉ biết")]


def test_finding_key_and_source_stand_in_the_picture() -> None:
    said = notes(drawn(PAR_INDEX_2023))
    assert said["title"] == f"<b>{FINDING}</b>"
    assert said["source"] == SOURCE
    assert "Hạng phải đạt năm 2023" in said["key"]
    for verdict in ("● Đạt", "✖", "◆", "■"):
        assert verdict in said["key"].replace("</span>", "")


def test_a_picture_with_nothing_but_a_base_can_be_drawn() -> None:
    figure = drawn(rows_of(component("Tổng hợp", baseline_rank=54, n_ranked=None)))
    assert known_x(trace(figure, "Hạng năm 2022")) == [54]
    assert figure.layout.xaxis.tickvals[-1] == 63


def test_markup_in_a_name_is_drawn_as_text() -> None:
    figure = drawn(rows_of(component("<b>đậm</b> & to", actual_rank=5)))
    assert figure.layout.yaxis.categoryarray[0] == "&lt;b&gt;đậm&lt;/b&gt; &amp; to"


def test_a_long_label_is_broken_so_that_a_telephone_keeps_half_its_width() -> None:
    label = "C7. Xây dựng và phát triển chính quyền điện tử, chính quyền số"
    lines = wrapped(label).split("<br>")
    assert " ".join(lines) == label
    assert max(map(len, lines)) <= 25


# ---------------------------------------------------------------- components that hold it back

HELD_BACK = pd.DataFrame(
    {
        "label": ["D8. Quản trị điện tử (PAPI)", "C6. Cải cách tài chính công (PAR INDEX)"],
        "percentile": [3.33, 19.35],
        "place": ["59/61*", "51/63"],
        "status": ["no_target", "missed"],
        "hover": ["a", "b"],
    }
)


def test_standing_is_drawn_from_last_to_first_with_the_place_beside_it() -> None:
    figure = standing_lines(HELD_BACK, title=FINDING, source=SOURCE)
    place = trace(figure, "place")
    assert list(place.x) == [3.33, 19.35]
    assert list(place.text) == ["59/61*", "51/63"]
    low, high = figure.layout.xaxis.range
    assert low < 0
    assert high > 100
    assert list(figure.layout.xaxis.ticktext) == ["Cuối bảng", "Giữa bảng", "Đứng đầu"]
    assert figure.layout.yaxis.autorange == "reversed", "the worst stands on top"


def test_the_middle_of_the_table_is_marked() -> None:
    (line,) = standing_lines(HELD_BACK, title=FINDING, source=SOURCE).layout.shapes
    assert line.x0 == line.x1 == 50


def test_a_missed_target_is_a_cross_among_circles() -> None:
    place = trace(standing_lines(HELD_BACK, title=FINDING, source=SOURCE), "place")
    assert list(place.marker.symbol) == ["circle", "x"]
    assert place.marker.color[1] == STATUS_COLOURS["missed"]


def test_the_lollipops_name_finding_and_source() -> None:
    said = notes(standing_lines(HELD_BACK, title=FINDING, source=SOURCE))
    assert said == {"title": f"<b>{FINDING}</b>", "source": SOURCE}


def test_the_picture_grows_with_its_rows_so_that_none_overlap() -> None:
    one = standing_lines(HELD_BACK.head(1), title=FINDING, source=SOURCE).layout.height
    two = standing_lines(HELD_BACK, title=FINDING, source=SOURCE).layout.height
    assert two - one >= 50
