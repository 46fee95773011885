"""The ladder as a picture: the same needs as the table, the aim apart, the moving mark beside."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from charts.ladder_steps import ladder_steps
from charts.theme import ORANGE

ROWS = pd.DataFrame(
    {
        "place": [1, 2, 3, 4],
        "side": ["better", "better", "now", "worse"],
        "label": ["1. A <b>: +0,73", "2. B: +0,06", "3. C: hiện nay", "4. D: hơn 0,04"],
        "needed": [0.73, 0.06, None, None],
        "needed_moving": [0.9, 0.0, None, None],
        "cushion": [None, None, None, 0.04],
        "is_aim": [True, False, False, False],
        "hover": ["a", "b", "c", "d"],
    }
)


def drawn(rows: pd.DataFrame = ROWS, moving: str = "Nếu các tỉnh khác thay đổi") -> go.Figure:
    return ladder_steps(rows, title="Cần +0,73 điểm", source="Nguồn", unit="C", moving=moving)


def bars(figure: go.Figure) -> dict[str, Any]:
    return {one.y[0]: one for one in figure.data if one.type == "bar" and len(one.y)}


def test_a_bar_is_as_long_as_the_need_and_points_below_lie_to_the_left() -> None:
    found = {label: float(one.x[0]) for label, one in bars(drawn()).items()}
    assert found == {"1. A &lt;b&gt;: +0,73": 0.73, "2. B: +0,06": 0.06, "4. D: hơn 0,04": -0.04}


def test_the_place_aimed_at_has_a_colour_of_its_own() -> None:
    colours = {label: one.marker.color for label, one in bars(drawn()).items()}
    assert [label[0] for label, colour in colours.items() if colour == ORANGE] == ["1"]


def test_the_moving_table_is_a_second_mark_and_absent_where_rivals_stand_still() -> None:
    (mark,) = [one for one in drawn().data if one.name == "Nếu các tỉnh khác thay đổi"]
    assert list(mark.x) == [0.9, 0.0]
    assert not [one for one in drawn(moving="").data if one.name == "Nếu các tỉnh khác thay đổi"]


def test_the_axis_holds_every_mark_and_starts_with_the_best_place_on_top() -> None:
    figure = drawn()
    low, high = figure.layout.xaxis.range
    assert low < -0.04
    assert high > 0.9
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.layout.yaxis.categoryarray[0].startswith("1.")


def test_a_unit_that_stands_first_has_a_picture_without_needs() -> None:
    rows = ROWS.iloc[2:].reset_index(drop=True)
    low, high = drawn(rows).layout.xaxis.range
    assert low < 0 < high


def test_a_lone_unit_has_an_axis_all_the_same() -> None:
    low, high = drawn(ROWS.iloc[[2]]).layout.xaxis.range
    assert low < high


def test_the_finding_and_the_source_stand_in_the_picture() -> None:
    texts = [note.text for note in drawn().layout.annotations]
    assert texts[0] == "<b>Cần +0,73 điểm</b>"
    assert texts[-1] == "Nguồn"


def test_handing_over_a_frame_leaves_it_as_it_was() -> None:
    before = ROWS.copy()
    drawn()
    pd.testing.assert_frame_equal(ROWS, before)


@pytest.mark.parametrize("column", ["needed", "cushion"])
def test_a_missing_amount_draws_no_bar(column: str) -> None:
    rows = ROWS.assign(**{column: float("nan")})
    values = [x for one in bars(drawn(rows)).values() for x in one.x if not pd.isna(x)]
    assert len(values) == {"needed": 1, "cushion": 2}[column]
