"""Lines over the years, the group, the slope and the dots, read from what the library is handed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as some

from charts.bump import MOST_LINES, bump
from charts.dots import dots
from charts.rank_lines import rank_lines, spread
from charts.slope import slope

SOURCE = "Nguồn: PCI: VCCI. Năm đánh giá 2019–2024."
FINDING = "PCI của Kon Tum năm 2023: ngoài nhóm được công bố hạng"


def line(
    name: str, values: list[int | None], marks: list[str], runs: list[int | None], **more: Any
) -> pd.DataFrame:
    n = len(values)
    frame = pd.DataFrame(
        {
            "line": name, "label": name, "name": name, "edition": range(2019, 2019 + n),
            "value": pd.array(values, dtype="Float64"), "run": pd.array(runs, dtype="Int64"),
            "mark": marks, "is_estimate": False, "n_ranked": 63, "n_common": None,
            "low": pd.array([None] * n, dtype="Int64"), "hover": [f"{name} {y}" for y in range(n)],
            "high": pd.array([None] * n, dtype="Int64"),
        }
    )  # fmt: skip
    return frame.assign(**more)


# Kon Tum on PCI: published, computed, outside the published list, not held.
KON_TUM = line(
    "Kon Tum", [56, 56, 61, 37, None, None],
    ["published", "computed", "computed", "computed", "", ""], [1, 1, 1, 1, None, None],
    low=pd.array([None] * 4 + [31, None], dtype="Int64"),
    high=pd.array([None] * 4 + [63, None], dtype="Int64"),
)  # fmt: skip
ESTIMATE = line(
    "Quảng Ngãi (mới)", [31, 31, 28, 21, 30, 26], ["estimated"] * 6, [1] * 6, is_estimate=True,
    n_ranked=None, n_common=33,
)  # fmt: skip
STEPS = pd.DataFrame(
    {"edition": [2022, 2022, 2023], "letter": ["a", "b", "c"], "hover": ["một", "hai", "ba"]}
)
REQUIRED = pd.DataFrame(
    {"edition": [2023], "required_rank": [32], "baseline_used": [2022], "baseline_rank": [37],
     "hover": ["Năm 2023: phải đạt hạng 32"]}
)  # fmt: skip


def picture(
    rows: pd.DataFrame = KON_TUM, steps: pd.DataFrame = STEPS, measure: str = "rank"
) -> go.Figure:
    return rank_lines(rows, steps, REQUIRED, measure=measure, title=FINDING, source=SOURCE)


def traces(figure: go.Figure, stem: str) -> list[Any]:
    return [one for one in figure.data if one.name.startswith(stem)]


def test_first_place_stands_on_top_and_the_last_one_is_on_the_axis() -> None:
    axis = picture().layout.yaxis
    bottom, top = axis.range
    assert bottom > 63 > 1 > top
    assert (axis.tickvals[0], axis.tickvals[-1]) == (1, 63)


def test_standing_and_points_grow_upwards() -> None:
    for measure in ("percentile", "score"):
        bottom, top = picture(measure=measure).layout.yaxis.range
        assert bottom < top


def test_years_without_a_place_are_no_points_and_are_marked_at_the_foot() -> None:
    figure = picture()
    (points,) = traces(figure, "official:")
    assert list(points.x) == [2019, 2020, 2021, 2022]
    (missing,) = traces(figure, "missing")
    assert list(missing.x) == [2024]
    assert 63 < missing.y[0] < figure.layout.yaxis.range[0]


def test_a_line_is_never_drawn_from_one_run_to_the_next() -> None:
    rows = line("A", [10, 11, None, 12, 13, 14], ["published"] * 6, [1, 1, None, 2, 3, 3])
    (path,) = traces(picture(rows), "official_line")
    assert list(path.x) == [2019, 2020, None, 2022, None, 2023, 2024]
    assert list(path.y) == [10, 11, None, 12, None, 13, 14]
    assert path.connectgaps is False


def test_a_place_known_within_bounds_is_a_bar_over_the_bounds() -> None:
    (bar,) = traces(picture(), "bounds")
    assert list(bar.x) == [2023, 2023]
    assert sorted(bar.y) == [31, 63]


def test_breaks_stand_before_their_edition_and_share_one_mark_in_one_year() -> None:
    figure = picture()
    shapes = [one for one in figure.layout.shapes if one.name == "break"]
    assert [one.x0 for one in shapes] == [2021.5, 2022.5]
    (marks,) = traces(figure, "breaks")
    assert list(marks.text) == ["a–b", "c"]
    assert list(marks.customdata) == ["một<br>hai", "ba"]


def test_computed_places_have_another_shape_than_published_ones() -> None:
    (points,) = traces(picture(), "official:")
    assert points.marker.symbol == ("circle", "circle-open", "circle-open", "circle-open")


def test_the_required_place_its_zone_and_the_base_year_are_drawn_for_places_alone() -> None:
    figure = picture()
    (asked,) = traces(figure, "required_line")
    assert set(asked.y) == {32}
    (zone,) = [one for one in figure.layout.shapes if one.name == "required_zone"]
    assert (zone.y0, zone.y1) == (0.5, 32)
    assert zone.x0 < 2023 < zone.x1
    (base,) = traces(figure, "base")
    assert (base.x[0], base.y[0]) == (2022, 37)
    assert not traces(picture(measure="percentile"), "required")


def test_estimates_are_broken_hollow_and_in_no_trace_with_a_published_place() -> None:
    both = pd.concat([KON_TUM, ESTIMATE], ignore_index=True)
    figure = picture(both)
    (path,) = traces(figure, "estimated_line")
    assert path.line.dash == "dash"
    (points,) = traces(figure, "estimated:")
    assert set(points.marker.symbol) == {"diamond-open"}
    assert all(one.line.dash == "solid" for one in traces(figure, "official_line"))
    alone = picture(ESTIMATE)
    assert alone.layout.yaxis.tickvals[-1] == 33, "estimates have their own number of units"


def test_one_line_may_hold_both_and_still_has_two_traces() -> None:
    mixed = pd.concat(
        [ESTIMATE, line("Quảng Ngãi (mới)", [20], ["published"], [2]).assign(edition=2025)],
        ignore_index=True,
    )
    figure = picture(mixed)
    assert [list(one.x) for one in traces(figure, "official:")] == [[2025]]
    assert 2025 not in list(traces(figure, "estimated:")[0].x)


def test_every_line_has_its_name_at_its_end_and_a_title_and_a_source() -> None:
    both = pd.concat([KON_TUM, ESTIMATE], ignore_index=True)
    notes = [(one.name, one.text.replace("<br>", " ")) for one in picture(both).layout.annotations]
    assert {text for name, text in notes if name == "end"} == {"Kon Tum", "Quảng Ngãi (mới)"}
    assert any(name == "title" and f"<b>{FINDING[:12]}" in text for name, text in notes)
    assert any(name == "source" and "VCCI" in text for name, text in notes)


def test_markup_in_a_name_stays_text() -> None:
    rows = KON_TUM.assign(label="<b>x</b>", name="<i>y</i>")
    texts = [one.text for one in picture(rows).layout.annotations]
    assert any("&lt;b&gt;x" in text for text in texts)
    assert not any("<i>y" in text for text in texts)


@given(some.lists(some.floats(1, 63), min_size=1, max_size=15), some.floats(0.5, 5))
def test_names_keep_their_order_and_their_distance(places: list[float], closest: float) -> None:
    moved = spread(sorted(places), closest)
    assert len(moved) == len(places)
    assert all(after - before >= closest - 1e-6 for before, after in pairwise(moved))


# ---------------------------------------------------------------------------------- the group


def group(n: int) -> pd.DataFrame:
    return pd.concat(
        [line(f"u{at}", [at + 1, n - at], ["published"] * 2, [1, 1]) for at in range(n)],
        ignore_index=True,
    )


def test_the_unit_looked_at_is_the_strongest_line_and_lies_on_top() -> None:
    figure = bump(group(5), chosen="u2", n_places=5, title="t", source="s", unit_of_axis="bậc")
    paths = traces(figure, "official_line")
    assert paths[-1].name == "official_line:u2"
    assert all(paths[-1].line.width > one.line.width for one in paths[:-1])
    bottom, top = figure.layout.yaxis.range
    assert bottom > 5 > 1 > top
    assert list(figure.layout.yaxis.tickvals) == [1, 2, 3, 4, 5]


def test_more_than_fifteen_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        bump(group(MOST_LINES + 1), chosen="u0", n_places=16, title="t", source="s",
             unit_of_axis="bậc")  # fmt: skip


# ------------------------------------------------------------------------------ slope and dots

TWO_YEARS = pd.DataFrame(
    {
        "label": ["Kon Tum", "Gia Lai", "Quảng Ninh", "Lào Cai"],
        "place_baseline": pd.array([54, 58, 1, None], dtype="Int64"),
        "place": pd.array([60, 52, None, None], dtype="Int64"),
        "place_text_baseline": ["54/61", "58/61", "1/61", ""],
        "place_text": ["60/61", "52/61", "", ""],
        "is_estimate": False, "is_joined": True, "hover": "x",
    }
)  # fmt: skip


def sloped(rows: pd.DataFrame = TWO_YEARS) -> go.Figure:
    return slope(rows, baseline=2022, edition=2024, n_ranked=61, title="t", source="s")


def test_only_a_unit_with_both_years_has_a_line_between_them() -> None:
    found = {one.name: one for one in sloped().data}
    assert list(found["official:Kon Tum"].y) == [54, 60]
    assert found["official:Kon Tum"].mode == "lines+markers"
    assert list(found["official:Quảng Ninh"].x) == [0]
    assert found["official:Quảng Ninh"].mode == "markers"
    assert "official:Lào Cai" not in found
    bottom, top = sloped().layout.yaxis.range
    assert bottom > 61 > 1 > top


def test_years_that_may_not_be_compared_are_not_joined() -> None:
    assert {one.mode for one in sloped(TWO_YEARS.assign(is_joined=False)).data} == {"markers"}


def test_every_unit_of_a_slope_has_a_shape_of_its_own() -> None:
    symbols = [one.marker.symbol for one in sloped().data]
    assert len(set(symbols)) == len(symbols)
    hollow = [one.marker.symbol for one in sloped(TWO_YEARS.assign(is_estimate=True)).data]
    assert all(symbol.endswith("-open") for symbol in hollow)


PARTS = pd.DataFrame(
    {
        "component_id": ["d1", "d1", "d2", "d2"], "component": ["D1", "D1", "D2", "D2"],
        "unit": ["Kon Tum", "Gia Lai"] * 2, "value": [10.0, 55.0, 40.0, None],
        "is_estimate": False, "hover": ["49/61", "34/61", "59/61", ""],
    }
)  # fmt: skip


def test_a_missing_component_has_no_dot_and_the_others_have_their_place_on_hover() -> None:
    figure = dots(PARTS, measure="percentile", n_ranked=61, title="t", source="s")
    found = {one.name: one for one in figure.data}
    assert list(found["official:Kon Tum"].x) == [10.0, 40.0]
    assert list(found["official:Kon Tum"].customdata) == ["49/61", "59/61"]
    assert list(found["official:Gia Lai"].x) == [55.0]
    assert found["official:Kon Tum"].marker.symbol != found["official:Gia Lai"].marker.symbol


def test_better_dots_stand_to_the_right_by_either_measure_and_the_first_row_on_top() -> None:
    figure = dots(PARTS, measure="percentile", n_ranked=61, title="t", source="s")
    assert figure.layout.xaxis.range[0] < figure.layout.xaxis.range[1]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    worst, best = dots(PARTS, measure="rank", n_ranked=61, title="t", source="s").layout.xaxis.range
    assert worst > 61 > 1 > best


def test_equal_places_are_both_seen() -> None:
    figure = dots(PARTS.assign(value=10.0), measure="rank", n_ranked=61, title="t", source="s")
    first, second = traces(figure, "official:")
    assert set(first.y).isdisjoint(second.y)
