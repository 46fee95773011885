"""The chart for the wall: everything written is larger, the picture is the same."""

from __future__ import annotations

import pandas as pd

from charts.large import FACTOR, ROWS, large
from charts.slope import slope
from tests.charts.test_rank_charts import PAR_INDEX_2023, drawn


def test_every_text_and_mark_is_larger_and_nothing_is_moved() -> None:
    small = drawn(PAR_INDEX_2023)
    made = large(small)
    assert made.layout.font.size == small.layout.font.size * FACTOR
    for before, after in zip(small.layout.annotations, made.layout.annotations, strict=True):
        assert after.text == before.text
        assert after.font.size == (before.font.size or small.layout.font.size) * FACTOR
        assert (after.x, after.y) == (before.x, before.y)
    for before, after in zip(small.data, made.data, strict=True):
        assert pd.Series(after.x).equals(pd.Series(before.x))
        if before.marker.size is not None:
            assert after.marker.size == before.marker.size * FACTOR
    assert made.layout.yaxis.tickfont.size > small.layout.yaxis.tickfont.size
    assert made.layout.xaxis.range == small.layout.xaxis.range


def test_rows_grow_less_than_the_margins_and_these_as_what_stands_in_them() -> None:
    small = drawn(PAR_INDEX_2023)
    made = large(small)

    def plot(figure: object) -> float:
        layout = figure.layout  # type: ignore[attr-defined]
        return float(layout.height - layout.margin.t - layout.margin.b)

    assert abs(plot(made) - plot(small) * ROWS) < 1e-6
    assert ROWS < FACTOR
    for side in "lrtb":
        assert abs(made.layout.margin[side] - small.layout.margin[side] * FACTOR) < 1e-9


def test_the_chart_it_was_made_from_stays_as_it_was() -> None:
    small = drawn(PAR_INDEX_2023)
    before = small.to_json()
    large(small)
    assert small.to_json() == before


def test_marks_of_single_sizes_grow_one_by_one() -> None:
    rows = pd.DataFrame(
        [("A", 5, 3, "5", "3"), ("B", 9, 12, "9", "12")],
        columns=["label", "place_baseline", "place", "place_text_baseline", "place_text"],
    ).assign(is_estimate=False, is_joined=True, hover="")
    figure = slope(rows, baseline=2022, edition=2023, n_ranked=63, title="Tăng", source="Nguồn")
    figure.data[0].marker.size = [10, 20]
    made = large(figure, 2)
    assert list(made.data[0].marker.size) == [20, 40]
    assert made.data[1].marker.size == figure.data[1].marker.size * 2
