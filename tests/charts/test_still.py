"""Pictures for print: everything of a chart is drawn, without a browser, in our own typeface."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

import locales
from charts import data_file
from charts.component_shares import component_shares
from charts.ladder_steps import ladder_steps
from charts.rank_dumbbell import rank_dumbbell
from charts.standing_lines import standing_lines
from charts.still import sourced, still, titled
from charts.still_axes import Axis, formatted, localised
from charts.still_paint import colour, dashes
from charts.still_text import NotDrawable, extent, plain, read, refilled
from charts.theme import GREEN, ORANGE, framed
from ui import download

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__")
FINDING = "PAPI năm 2024 của An Giang: Ủy ban nhân dân được đánh giá Thủ tục hành chính"
SOURCE = "Nguồn: PAPI: CECODES, công bố 15/04/2025."

LOSSES = pd.DataFrame(
    {
        "label": ["D8. Quản trị điện tử (PAPI)", "C6. Cải cách tài chính công (PAR INDEX)"],
        "percentile": [3.33, 19.35], "place": ["59/61*", "51/63"],
        "status": ["no_target", "missed"], "hover": ["a", "b"],
    }
)  # fmt: skip


def pixels(figure: go.Figure, **size: Any) -> np.ndarray:
    """The picture as rows of pixels."""
    made = still(figure, format="png", dpi=96, **size)
    return np.asarray(Image.open(io.BytesIO(made)).convert("RGB")).astype(int)


def drawn_in(picture: np.ndarray, ink: str) -> int:
    """How many pixels have nearly that colour."""
    wanted = np.array([int(ink[at : at + 2], 16) for at in (1, 3, 5)])
    return int((np.abs(picture - wanted).sum(axis=2) < 30).sum())


def house(**trace: Any) -> go.Figure:
    figure = go.Figure(go.Scatter(**trace))
    return framed(figure, title=FINDING, source=SOURCE, height=200)


def held_back() -> go.Figure:
    return standing_lines(LOSSES, title=FINDING, source=SOURCE)


# ------------------------------------------------------------------------------ what it is


def test_a_picture_for_print_is_160_millimetres_wide_at_300_dots_an_inch() -> None:
    image = Image.open(io.BytesIO(still(held_back(), format="png")))
    assert image.width == pytest.approx(160 / 25.4 * 300, abs=1)
    asked = Image.open(io.BytesIO(still(held_back(), format="png", height_mm=120)))
    assert asked.height == pytest.approx(120 / 25.4 * 300, abs=1)


def test_what_a_drawing_is_cut_to_is_no_empty_box() -> None:
    made = still(house(x=[1, 2], y=[1, 2], mode="lines"), format="svg").decode()
    boxes = re.findall(r"<clipPath[^>]*>\s*<rect ([^>]*)/>", made)
    assert boxes
    for box in boxes:
        sides = dict(re.findall(r'(\w+)="([^"]*)"', box))
        assert float(sides["width"]) > 0
        assert float(sides["height"]) > 0


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert still(held_back(), format="svg") == still(held_back(), format="svg")
    assert still(held_back(), format="png") == still(held_back(), format="png")


def test_letters_of_a_drawing_are_outlines_so_that_no_typeface_is_needed() -> None:
    drawing = still(held_back(), format="svg").decode()
    assert "<text" not in drawing
    assert "<image" not in drawing
    assert not re.search(r'(href|src)="https?:', drawing)


def test_every_vietnamese_letter_is_in_our_typeface(recwarn: pytest.WarningsRecorder) -> None:
    letters = "AĂÂĐEÊOÔƠUƯY aăâđeêoôơuưy"
    marked = "ÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
    # matplotlib warns of a letter it does not have, and a warning is an error here.
    figure = framed(
        go.Figure(), title=letters + marked, source=marked.lower() + "●■◆▲▼┃▒✖○★", height=50
    )
    assert drawn_in(pixels(figure), "#1B2733") > 500
    assert [str(one.message) for one in recwarn if "Glyph" in str(one.message)] == []


def test_no_network_and_no_browser_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a picture asked the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setenv("PATH", "")
    assert still(held_back(), format="png").startswith(b"\x89PNG")


def test_eight_pictures_at_once_come_out_as_one_after_another() -> None:
    figures = [house(x=[1, 2, 3], y=[n, 2, 1], mode="lines+markers") for n in range(8)]
    alone = [still(figure, format="svg") for figure in figures]
    together: dict[int, bytes] = {}

    def draw(number: int) -> None:
        together[number] = still(figures[number], format="svg")

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(8)] == alone


# -------------------------------------------------------------------------- what it holds


def test_finding_and_source_stand_in_the_picture_and_in_its_properties() -> None:
    figure = held_back()
    assert titled(figure) == FINDING
    assert sourced(figure) == SOURCE
    assert FINDING in still(figure, format="svg").decode()
    bare = go.Figure(figure)
    bare.layout.annotations = ()
    assert drawn_in(pixels(figure), "#1B2733") > drawn_in(pixels(bare), "#1B2733") + 300


def test_a_mark_is_drawn_at_its_value_and_a_missing_value_leaves_a_gap() -> None:
    marks = {"mode": "markers", "marker": {"color": GREEN, "size": 12}}
    three = drawn_in(pixels(house(x=[1, 2, 3], y=[1, 2, 3], **marks)), GREEN)
    two = drawn_in(pixels(house(x=[1, 2, 3], y=[1, None, 3], **marks)), GREEN)
    assert two / three == pytest.approx(2 / 3, abs=0.05)


def test_an_axis_of_places_stays_reversed() -> None:
    figure = house(x=[60], y=[1], mode="markers", marker={"color": GREEN, "size": 12})
    figure.update_xaxes(range=[63, 1])
    across = np.argwhere(np.abs(pixels(figure) - [0, 102, 77]).sum(axis=2) < 30)[:, 1].mean()
    figure.update_xaxes(range=[1, 63])
    assert across < np.argwhere(
        np.abs(pixels(figure) - [0, 102, 77]).sum(axis=2) < 30
    )[:, 1].mean()  # fmt: skip


def test_a_bar_is_as_long_as_its_value() -> None:
    def length(value: float) -> int:
        figure = go.Figure(go.Bar(x=[value], y=["A"], orientation="h", marker={"color": ORANGE}))
        figure.update_xaxes(range=[0, 10])
        return drawn_in(pixels(framed(figure, title="T", source="S", height=80)), ORANGE)

    assert length(8) / length(4) == pytest.approx(2, rel=0.03)


def test_a_hatched_bar_differs_from_a_full_one_on_grey_paper() -> None:
    def ink(shape: str) -> int:
        figure = go.Figure(
            go.Bar(x=[5], y=["A"], orientation="h",
                   marker={"color": ORANGE, "pattern": {"shape": shape}})
        )  # fmt: skip
        return drawn_in(pixels(framed(figure, title="T", source="S", height=80)), ORANGE)

    assert 0.1 < ink("/") / ink("") < 0.7


def test_bars_of_a_stack_stand_on_each_other() -> None:
    parts = [go.Bar(x=["A"], y=[n], marker={"color": c}) for n, c in ((2, GREEN), (4, ORANGE))]
    figure = framed(go.Figure(parts), title="T", source="S", height=200)
    figure.update_layout(barmode="stack")
    picture = pixels(figure)
    rows = {c: np.argwhere(np.abs(picture - rgb).sum(axis=2) < 30)[:, 0]
            for c, rgb in ((GREEN, [0, 102, 77]), (ORANGE, [192, 90, 0]))}  # fmt: skip
    assert rows[ORANGE].max() <= rows[GREEN].min() + 1
    assert np.ptp(rows[ORANGE]) / np.ptp(rows[GREEN]) == pytest.approx(2, rel=0.05)


def test_a_cell_without_a_value_stays_white() -> None:
    figure = go.Figure(
        go.Heatmap(x=["2022", "2023"], y=["D1"], z=[[1.0, None]], showscale=False,
                   colorscale=[[0, GREEN], [1, GREEN]], text=[["5,1", ""]],
                   texttemplate="%{text}")
    )  # fmt: skip
    figure.update_xaxes(type="category")
    picture = pixels(framed(figure, title="T", source="S", height=100))
    across = np.argwhere(np.abs(picture - [0, 102, 77]).sum(axis=2) < 30)[:, 1]
    assert across.max() < (170 + picture.shape[1]) / 2 + 5


def test_shapes_and_notes_of_every_reference_are_drawn() -> None:
    figure = house(x=["a", "b"], y=[0, 1], mode="lines", line={"color": GREEN, "dash": "dot"})
    figure.add_hrect(y0=0.2, y1=0.4, fillcolor=ORANGE, line_width=0, layer="below")
    figure.add_annotation(x="b", y=1, text="đích", ax=0, ay=30, bgcolor="#FFFFFF")
    figure.add_shape(type="circle", x0=0, x1=0.1, y0=0, y1=0.1, xref="paper", yref="paper",
                     fillcolor=GREEN)  # fmt: skip
    picture = pixels(figure)
    assert drawn_in(picture, ORANGE) > 2000
    assert drawn_in(picture, GREEN) > 300


def test_numbers_have_the_marks_of_the_language() -> None:
    assert localised("-1,236.4", ",.") == "−1.236,4"
    assert localised("-1,236.4", ".,") == "−1,236.4"
    axis = Axis("x", {"range": [0, 1], "nticks": 5, "ticksuffix": "%"})
    axis.settle()
    assert [word for _, word in axis.ticks(400, ",.")][:2] == ["0,0%", "0,2%"]
    assert formatted(0.256, ".0%") == "26%"


def test_words_fill_their_lines_and_none_is_lost() -> None:
    lines = refilled(FINDING, 15, 200)
    assert " ".join(lines) == FINDING
    assert max(extent(line, 15)[0] for line in lines) <= 200
    assert plain("<b>A</b><br><span style='color:red'>B &amp; C</span>") == "A B & C"
    assert read("<b>A</b>")[0][0].is_bold


# ----------------------------------------------------------------------- nothing in silence

UNKNOWN: dict[str, Callable[[], go.Figure]] = {
    "a kind of trace": lambda: go.Figure(go.Pie(values=[1])),
    "a setting of a trace": lambda: house(x=[1], y=[1], stackgroup="one"),
    "a symbol": lambda: house(x=[1], y=[1], mode="markers", marker={"symbol": "asterisk"}),
    "a curved line": lambda: house(x=[1, 2], y=[1, 2], mode="lines", line={"shape": "spline"}),
    "an image": lambda: house(x=[1], y=[1]).add_layout_image(source="x"),
    "an axis of logarithms": lambda: house(x=[1], y=[1]).update_xaxes(type="log"),
    "a slider": lambda: house(x=[1], y=[1]).update_xaxes(rangeslider={"visible": True}),
    "markup": lambda: house(x=[1], y=[1], mode="text", text=["<sup>1</sup>"]),
    "a legend": lambda: house(x=[1], y=[1]).update_layout(showlegend=True),
    "a curved path": lambda: house(x=[1], y=[1]).add_shape(type="path", path="M 0,0 Q 1,1 2,2"),
    "a number format": lambda: house(x=[1], y=[1]).update_xaxes(tickformat="~s"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_a_still_cannot_show_stops_it(what: str) -> None:
    with pytest.raises(NotDrawable):
        still(UNKNOWN[what](), format="png", dpi=40)


@pytest.mark.parametrize("bad", ["nothing", "rgb(1,2)"])
def test_a_colour_we_do_not_know_stops_it(bad: str) -> None:
    with pytest.raises((NotDrawable, ValueError)):
        colour(bad)


def test_dashes_keep_their_length_whatever_the_width() -> None:
    assert dashes("2px,3px", 4) == (0, [0.5, 0.75])
    assert dashes("dot", 1) == (0, [3, 3])
    with pytest.raises(NotDrawable):
        dashes("zigzag", 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_chart_of_every_page_has_a_still(
    name: str, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[go.Figure] = []
    offered: list[tuple[go.Figure, str, pd.DataFrame | None]] = []
    show = download.chart

    def shown(
        figure: go.Figure, *, name: str, data: pd.DataFrame | None = None, **more: Any
    ) -> None:
        offered.append((figure, name, data))
        show(figure, name=name, data=data, **more)

    monkeypatch.setattr(download, "chart", shown)
    monkeypatch.setattr(st, "plotly_chart", lambda figure, *_, **__: drawn.append(figure))
    for query in ({}, {"index": "papi", "geo": "estimated"}):
        open_page(name, unit="vn63-kon-tum", year="2023", base="2022", **query)
    assert len(drawn) == len(offered), "a chart of the page has no files"
    for figure, stem, data in offered:
        assert titled(figure)
        assert sourced(figure)
        assert still(figure, format="png", dpi=40).startswith(b"\x89PNG")
        assert still(figure, format="svg")
        book = openpyxl.load_workbook(
            io.BytesIO(download.content("xlsx", figure, stem, data)), read_only=True
        )
        assert book.worksheets[0].max_row > 1
        assert len(download.content("csv", figure, stem, data).splitlines()) > 1


# ------------------------------------------------------------------------ figures behind it

LADDER = pd.DataFrame(
    {
        "label": ["1. A", "2. B", "3. C"], "side": ["better", "now", "worse"],
        "needed": [0.73, None, None], "needed_moving": [0.9, None, None],
        "cushion": [None, None, 0.04], "is_aim": [True, False, False], "hover": ["a", "b", "c"],
    }
)  # fmt: skip


def test_the_figures_read_from_a_chart_are_those_it_was_drawn_from() -> None:
    figure = ladder_steps(LADDER, title="T", source="S", unit="C", moving="Khác")
    rows = data_file.figures_of(figure).set_index(locales.t("download.label"))
    assert rows.loc["1. A", "Khác"] == 0.9
    assert rows.loc["1. A", locales.t("climb.mark_aim")] == 0.73
    assert "link" not in rows.columns


def test_both_ends_of_a_range_are_kept() -> None:
    figure = go.Figure(go.Scatter(x=[31, 63], y=["A", "A"], mode="lines", name="khoảng"))
    rows = data_file.figures_of(figure)
    assert rows.iloc[0].tolist()[1:] == [31, 63]


def test_the_cells_of_a_heat_map_keep_their_gaps() -> None:
    figure = go.Figure(go.Heatmap(x=[2022, 2023], y=["D1", "D2"], z=[[1.5, None], [2.0, 3.0]]))
    rows = data_file.figures_of(figure)
    assert rows.iloc[0, 1] == 1.5
    assert pd.isna(rows.iloc[0, 2])
    assert rows.iloc[1].tolist()[1:] == [2.0, 3.0]


def test_what_is_missing_is_an_empty_cell_whatever_kind_of_column_it_stands_in() -> None:
    rows = pd.DataFrame(
        {
            "Hạng": pd.array([43, None], dtype="Int64"),
            "Điểm": pd.array([86.14, None], dtype="Float64"),
            "Lưu ý": pd.array(["a", None], dtype="string"),
            "Đạt": pd.array([True, None], dtype="boolean"),
        }
    )
    made = data_file.workbook(rows, name="x", title="T", source="S")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [43, 86.14, "a", True]
    assert [cell.value for cell in sheet[3]] == [None] * 4


def test_an_estimate_is_called_so_in_picture_workbook_and_csv() -> None:
    rows = pd.DataFrame(
        {"label": ["Quảng Ngãi", "Kon Tum"], "value": [26.0, 43.0], "is_estimate": [True, False]}
    )
    figure = house(x=[26, 43], y=["Quảng Ngãi", "Kon Tum"], mode="markers")
    called = "Ước tính, tham khảo"
    csv = download.content("csv", figure, "x", rows).decode("utf-8-sig").splitlines()
    assert called in csv[1]
    assert called not in csv[2]
    book = openpyxl.load_workbook(io.BytesIO(download.content("xlsx", figure, "x", rows)))
    assert called in str(book.worksheets[0]["C2"].value)
    assert called in str(book.worksheets[1]["A2"].value)
    drawn = download._called_estimate(figure)
    assert called in sourced(drawn)
    assert called not in sourced(figure), "the chart on screen stays as it is"
    assert download.content("svg", figure, "x", rows) == still(drawn, format="svg")
    official = rows.assign(is_estimate=False)
    assert download.content("svg", figure, "x", official) == still(figure, format="svg")
    assert called not in download.content("csv", figure, "x", official).decode("utf-8-sig")


@pytest.mark.parametrize("bad", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_runs_as_a_formula(bad: str) -> None:
    rows = pd.DataFrame({"Tên": [bad], "Điểm": [-0.5]})
    text = data_file.csv(rows).decode("utf-8-sig")
    assert text.splitlines()[0] == "Tên;Điểm"
    assert "'" + bad.strip("\r\n") in text or f"'{bad}" in text
    assert "-0,5" in text, "a negative number stays a number"
    book = openpyxl.load_workbook(
        io.BytesIO(data_file.workbook(rows, name="x", title="=T", source="S"))
    )
    assert book.worksheets[0]["A2"].data_type == "s"
    assert book.worksheets[0]["B2"].value == -0.5
    assert book.worksheets[1]["A1"].data_type == "s"


def test_csv_has_its_mark_and_the_marks_of_the_language() -> None:
    rows = pd.DataFrame({"Tên": ["Đắk Lắk"], "Điểm": [86.14]})
    assert data_file.csv(rows).startswith(b"\xef\xbb\xbf")
    assert "Đắk Lắk;86,14" in data_file.csv(rows).decode("utf-8-sig")
    try:
        locales.use("en")
        assert "Đắk Lắk,86.14" in data_file.csv(rows).decode("utf-8-sig")
    finally:
        locales.use("vi")


@pytest.mark.parametrize(
    ("asked", "given"), [("a" * 40, "a" * 31), ("[x]:*?/\\", "x"), ("'x'", "x"), ("", "1")]
)
def test_a_sheet_has_a_name_a_workbook_takes(asked: str, given: str) -> None:
    assert data_file.sheet_name(asked) == given


def test_every_chart_that_has_a_builder_here_is_drawn() -> None:
    shares = pd.DataFrame(
        {"label": ["D1"], "rank_effect": [1.6], "score_effect": [0.2], "rank_text": ["▲ 1,6"],
         "score_text": ["▲ 0,2"], "is_shown": [True]}
    )  # fmt: skip
    bounds = pd.DataFrame(
        [{"label": "A", "baseline_rank": 37, "required_rank": 32, "actual_rank": None,
          "actual_low": 31, "actual_high": 63, "n_ranked": 63, "status": "not_assessable",
          "state": "outside_top", "hover": "A"}]
    ).astype({"actual_rank": "Int64"})  # fmt: skip
    for figure in (
        component_shares(shares, title="T", source="S"),
        rank_dumbbell(bounds, title="T", source="S", baseline=2022, edition=2023),
    ):
        assert still(figure, format="png", dpi=40)
