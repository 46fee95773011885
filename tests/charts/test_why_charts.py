"""The waterfall and the bars per component, read from what the drawing library is handed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from charts.component_shares import FADED, component_shares
from charts.rank_waterfall import rank_waterfall

SOURCE = "Nguồn: PAPI: CECODES, VFF-CRT, RTA và UNDP tại Việt Nam, công bố 15/04/2025."
FINDING = "Kon Tum giảm 04 bậc về PAPI năm 2024"

KON_TUM_2024 = pd.DataFrame(
    [
        ("start", None, 56.0, 56.0, "Hạng năm 2023", "56/61"),
        ("own", 2.0, 56.0, 54.0, "Điểm của tỉnh", "▲ 02 bậc"),
        ("peers", -5.0, 54.0, 59.0, "Điểm của các tỉnh, thành phố khác", "▼ 05 bậc"),
        ("composition", -1.0, 59.0, 60.0, "Thay đổi danh sách được xếp hạng", "▼ 01 bậc"),
        ("end", None, 60.0, 60.0, "Hạng năm 2024", "60/61"),
    ],
    columns=["part", "effect", "from_place", "to_place", "label", "text"],
)
SHARES = pd.DataFrame(
    {
        "label": ["D1. Tham gia", "D5. Thủ tục", "D6. Cung ứng"],
        "rank_effect": [1.6, -0.3, -1.7],
        "score_effect": [0.16, -0.02, -0.15],
        "rank_text": ["▲ 1,6 bậc", "▼ 0,3 bậc", "▼ 1,7 bậc"],
        "score_text": ["▲ 0,16 điểm", "▼ 0,02 điểm", "▼ 0,15 điểm"],
        "is_shown": [True, False, True],
    }
)


def waterfall(rows: pd.DataFrame = KON_TUM_2024) -> go.Figure:
    return rank_waterfall(rows, title=FINDING, source=SOURCE, n_ranked=61)


def shares() -> go.Figure:
    return component_shares(SHARES, title=FINDING, source=SOURCE)


def trace(figure: go.Figure, name: str) -> Any:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def notes(figure: go.Figure) -> dict[str, str]:
    return {one.name: one.text.replace("<br>", " ") for one in figure.layout.annotations}


def test_each_step_begins_where_the_last_one_ended() -> None:
    figure = waterfall()
    at = 56.0
    for part in ("own", "peers", "composition"):
        bar = trace(figure, part)
        assert bar.base[0] == at
        at = bar.base[0] + bar.x[0]
    assert at == 60.0
    assert trace(figure, "end").x[0] == 60.0


def test_better_places_stand_to_the_right_and_all_of_the_way_is_drawn() -> None:
    worst, best = waterfall().layout.xaxis.range
    assert worst > 60 > 54 > best


def test_ticks_are_places_that_exist() -> None:
    lucky = KON_TUM_2024.assign(
        from_place=[3.0, 3.0, -1.0, 2.0, 1.0], to_place=[3.0, -1.0, 2.0, 1.0, 1.0]
    )
    for rows in (KON_TUM_2024, lucky):
        ticks = waterfall(rows).layout.xaxis.tickvals
        assert all(1 <= tick <= 61 for tick in ticks)
        assert 1 <= len(ticks) <= 8


def test_a_fall_differs_from_a_rise_by_hatching_and_arrow_not_only_by_colour() -> None:
    figure = waterfall()
    rise, fall = trace(figure, "own"), trace(figure, "peers")
    assert rise.marker.color != fall.marker.color
    assert (rise.marker.pattern.shape, fall.marker.pattern.shape) == ("", "/")
    assert trace(figure, "own_words").text[0].strip() == "▲ 02 bậc"
    assert trace(figure, "peers_words").text[0].strip() == "▼ 05 bậc"


def test_a_method_that_cannot_be_told_apart_keeps_a_mark_without_a_length() -> None:
    method = pd.DataFrame(
        [("method", None, 60.0, 60.0, "Thay đổi phương pháp", "không tách được")],
        columns=KON_TUM_2024.columns,
    )
    rows = pd.concat([KON_TUM_2024.iloc[:4], method, KON_TUM_2024.iloc[4:]], ignore_index=True)
    figure = waterfall(rows)
    assert trace(figure, "method").x[0] == 0
    assert "markers" in trace(figure, "method_words").mode
    assert trace(figure, "method_words").text[0].strip() == "không tách được"


def test_components_keep_their_true_numbers_on_two_scales() -> None:
    figure = shares()
    assert list(trace(figure, "places").x) == [1.6, -0.3, -1.7]
    assert list(trace(figure, "points").x) == [0.16, -0.02, -0.15]
    for axis, largest in (("xaxis", 1.7), ("xaxis2", 0.16)):
        low, high = figure.layout[axis].range
        assert low == -high, "zero stands in the middle of both scales"
        assert high > largest


def test_a_share_below_half_a_place_is_faded_and_not_left_out() -> None:
    figure = shares()
    assert list(trace(figure, "places").marker.opacity) == [1.0, FADED, 1.0]
    assert notes(figure)["places_1"] == "▼ 0,3 bậc"


def test_words_stand_on_the_side_of_zero_where_the_bar_is_not() -> None:
    sides = {one.name: one.xanchor for one in shares().layout.annotations}
    assert (sides["places_0"], sides["places_2"]) == ("right", "left")


def test_a_component_without_a_share_has_words_and_no_bar() -> None:
    rows = SHARES.assign(score_effect=[0.16, None, -0.15], score_text=["▲ 0,16 điểm", "", "▼"])
    figure = component_shares(rows, title=FINDING, source=SOURCE)
    assert pd.isna(trace(figure, "points").x[1])
    assert "points_1" not in notes(figure)


@pytest.mark.parametrize("figure", [waterfall(), shares()], ids=["waterfall", "shares"])
def test_finding_and_source_stand_in_the_picture(figure: go.Figure) -> None:
    said = notes(figure)
    assert FINDING in said["title"]
    assert SOURCE in said["source"]
    assert figure.layout.margin.l <= 170, "half of a telephone is left to draw in"
