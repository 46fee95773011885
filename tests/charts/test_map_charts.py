"""The map, the heat map and the themes, read from what the drawing library is handed."""

from __future__ import annotations

import itertools

import pandas as pd
import plotly.graph_objects as go
import pytest

from charts.crosswalk import MARKS, theme_lines
from charts.heat_map import heat_map
from charts.shape_map import shape_map
from charts.tile_map import FIVE, FOUR, SEVEN, class_colours, ink_on, tile_map

SOURCE = "Nguồn: PAPI: CECODES, VFF-CRT, RTA và UNDP tại Việt Nam."


def brightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TILES = pd.DataFrame(
    [
        ("vn63-quang-nam", "unit", 5, 8, "Quảng\nNam", "55", 4, False),
        ("vn63-kon-tum", "unit", 5, 9, "Kon\nTum", "60", 4, True),
        ("vn63-tien-giang", "unit", 2, 14, "Tiền\nGiang", "×", None, False),
        ("vn63-da-nang", "unit", 6, 7, "Đà\nNẵng", "35", 2, False),
        ("vn63-da-nang", "archipelago", 7, 6, "Hoàng Sa\n(Đà Nẵng)", "", 2, False),
    ],
    columns=["unit_id", "kind", "column", "row", "label", "said", "class", "is_own"],
).assign(hover="…")


def tiles() -> go.Figure:
    return tile_map(TILES, n_classes=5, title="Kon Tum 60/61", source=SOURCE, key=["■ hạng 1–13"])


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def test_every_tile_carries_its_name_and_its_value_as_text() -> None:
    texts = trace(tiles(), "tiles").text
    assert len(texts) == len(TILES)
    assert "Kon<br>Tum" in texts[1]
    assert "60" in texts[1]
    assert texts[4].count("Hoàng Sa") == 1


def test_a_tile_without_a_value_is_hatched_and_not_coloured() -> None:
    figure = tiles()
    hatched = trace(figure, "no_value")
    assert hatched.fillpattern.shape == "/"
    assert {x for x in hatched.x if x is not None} == {1.54, 2.46}
    assert figure.layout.shapes[2].fillcolor == "rgba(0,0,0,0)"


def test_the_archipelago_has_the_colour_of_its_province_and_a_dotted_edge() -> None:
    shapes = tiles().layout.shapes
    assert shapes[4].fillcolor == shapes[3].fillcolor == FIVE[2]
    assert shapes[4].line.dash == "dot"


def test_the_units_own_tile_has_the_thick_edge() -> None:
    widths = [shape.line.width for shape in tiles().layout.shapes]
    assert widths[1] == 3
    assert max(widths[:1] + widths[2:]) == 1


def test_north_is_up() -> None:
    low, high = tiles().layout.yaxis.range
    assert low > high


@pytest.mark.parametrize("colours", [FIVE, FOUR])
def test_shades_grow_lighter_one_by_one_so_that_grey_print_keeps_the_order(
    colours: tuple[str, ...],
) -> None:
    values = [brightness(colour) for colour in colours]
    assert values == sorted(values)
    assert min(b / a for a, b in itertools.pairwise(values)) > 1.3


@pytest.mark.parametrize("colour", [*FIVE, *FOUR, *SEVEN])
def test_text_can_be_read_on_every_class(colour: str) -> None:
    assert contrast(colour, ink_on(colour)) >= 4.5


def test_the_number_of_classes_gives_the_number_of_colours() -> None:
    assert [len(class_colours(n)) for n in (4, 5, 7)] == [4, 5, 7]


def test_true_shapes_are_drawn_with_every_outline_and_hatched_without_a_value() -> None:
    square = ((108.0, 16.0), (108.2, 16.0), (108.2, 16.2), (108.0, 16.0))
    island = ((112.0, 16.5), (112.1, 16.5), (112.1, 16.6), (112.0, 16.5))
    rows = TILES.loc[[0, 3]].assign(lon=[107.9, 108.05], lat=[15.5, 16.05])
    rows.loc[0, "class"] = None
    figure = shape_map(
        rows, {"vn63-da-nang": (square, island), "vn63-quang-nam": (square,)}, n_classes=5,
        title="T", source=SOURCE, key=[],
    )  # fmt: skip
    da_nang = trace(figure, "vn63-da-nang")
    assert list(da_nang.x).count(None) == 2
    assert 112.1 in da_nang.x
    assert da_nang.fillcolor == FIVE[2]
    assert trace(figure, "vn63-quang-nam").fillpattern.shape == "/"
    assert list(trace(figure, "values").text) == ["55", "35"]


SQUARES = pd.DataFrame(
    [
        ("papi", 2017, 21.0, "50", "yes"),
        ("papi", 2018, 32.0, "42", "flag"),
        ("papi.transparency", 2017, None, "–", "yes"),
        ("papi.transparency", 2018, 50.0, "32", "no"),
        ("papi.digital", 2018, 0.0, "61", "yes"),
    ],
    columns=["component_id", "edition", "percentile", "said", "step"],
).assign(hover="…")


def squares() -> go.Figure:
    labels = [("papi", "Tổng hợp"), ("papi.transparency", "D2"), ("papi.digital", "D8")]
    return heat_map(SQUARES, labels=labels, title="T", source=SOURCE, key=["k"])


def test_a_missing_square_has_a_dash_and_no_shade_and_a_last_place_is_no_gap() -> None:
    figure = squares()
    shade = trace(figure, "standing").z
    assert [list(row) for row in shade] == [[21.0, 32.0], [None, 50.0], [None, 0.0]]
    values = trace(figure, "values")
    assert "–" in values.text
    assert len(values.text) == 5


def test_lines_of_change_stand_on_the_left_edge_of_their_square() -> None:
    lines = {shape.name: shape for shape in squares().layout.shapes}
    assert set(lines) == {"step_flag", "step_no"}
    assert (lines["step_flag"].x0, lines["step_flag"].line.dash) == (0.5, "dot")
    assert lines["step_no"].line.dash == "solid"
    assert lines["step_no"].y0 == pytest.approx(0.52)


def test_indices_are_told_apart_by_shape_as_well_as_by_colour() -> None:
    rows = pd.DataFrame(
        {"theme_id": ["land", "land", "digital"], "index_id": ["papi", "pci", "papi"],
         "percentile": [6.5, 87.1, None], "hover": "…"}
    )  # fmt: skip
    figure = theme_lines(
        rows, labels=[("land", "Đất đai"), ("digital", "Chính quyền số")],
        indices=[("par_index", "PAR INDEX"), ("sipas", "SIPAS"), ("papi", "PAPI"), ("pci", "PCI")],
        ends=("Cuối", "Giữa", "Đầu"), title="T", source=SOURCE, key=[],
    )  # fmt: skip
    assert len({symbol for symbol, _, _ in MARKS}) == 4
    papi, pci = trace(figure, "PAPI"), trace(figure, "PCI")
    assert papi.marker.symbol != pci.marker.symbol
    assert (list(papi.x), list(pci.x)) == ([6.5], [87.1])
    assert list(trace(figure, "span").x) == [6.5, 87.1]
    assert list(trace(figure, "SIPAS").x) == []
    assert len(figure.layout.yaxis.ticktext) == 2
