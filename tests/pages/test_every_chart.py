"""What every chart of every page has in common, read from what is handed to the drawing library."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charts import component_shares, rank_lines, theme, tile_map
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "papi"}
DRAWN_ON = ("overview", "trends", "compare", "gaps", "why", "points", "map", "heat", "four",
            "component")  # fmt: skip
# Lines, bands and connectors that only join or shade what another mark says in full.
JOINS = re.compile(
    r"stem|span|connector|official_line:|estimated_line:|required_line|base$|"
    r"no_value|estimate$|standing$|bar_outline|move|zone"
)
PALETTE = {
    colour.upper()
    for module in (theme, rank_lines, tile_map, component_shares)
    for value in vars(module).values()
    for colour in (
        value.values()
        if isinstance(value, dict)
        else value
        if isinstance(value, tuple)
        else [value]
    )
    if isinstance(colour, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", colour)
}
# Marks of the crosswalk and of the ladder; white is the rim of a mark.
PALETTE |= {"#6D3A69", "#FFFFFF", "#C3CCD5"}


@pytest.fixture
def charts(open_page: OpenPage) -> Callable[[str], list[dict[str, Any]]]:
    def of(name: str) -> list[dict[str, Any]]:
        app = open_page(name, **STORY)
        assert not app.exception
        return seen.figures(app)

    return of


def notes(figure: dict[str, Any]) -> dict[str, str]:
    return {
        str(note.get("name")): re.sub("<[^>]*>", " ", note["text"])
        for note in figure["layout"]["annotations"]
        if note.get("name") in ("title", "source", "key")
    }


def listed(values: Any) -> list[Any]:
    """The values of a trace, which may come packed."""
    if isinstance(values, dict):
        packed = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
        return [None if np.isnan(one) else one for one in packed.astype("float64")]
    return list(values or [])


def colours(part: Any) -> set[str]:
    """Every colour written anywhere in a part of a chart."""
    if isinstance(part, dict):
        return {one for key, value in part.items() if key != "template" for one in colours(value)}
    if isinstance(part, list):
        return {one for value in part for one in colours(value)}
    if isinstance(part, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", part):
        return {part.upper()}
    return set()


@pytest.mark.parametrize("name", DRAWN_ON)
def test_title_source_hover_and_palette_of_every_chart(
    charts: Callable[[str], list[dict[str, Any]]], name: str
) -> None:
    drawn = charts(name)
    assert drawn
    for figure in drawn:
        said = notes(figure)
        assert re.search(r"\d", said["title"]), "a finding has a figure in it"
        assert len(said["title"].split()) >= 5, said["title"]
        assert said["source"].startswith("Nguồn:"), said["source"]
        assert re.search(r"Năm đánh giá \d{4}", re.sub(r"\s+", " ", said["source"]))
        for trace in figure["data"]:
            if JOINS.search(str(trace.get("name", ""))) or trace.get("hoverinfo") == "skip":
                continue
            if not listed(trace.get("x")):
                continue
            texts = trace.get("customdata") or trace.get("hovertext") or trace.get("text")
            assert texts, trace.get("name")
        assert colours([figure["data"], figure["layout"]["shapes"]]
                       if "shapes" in figure["layout"] else figure["data"]) <= PALETTE  # fmt: skip


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_an_axis_of_places_has_the_first_place_on_top_or_to_the_right(
    charts: Callable[[str], list[dict[str, Any]]],
) -> None:
    (gaps, *_), (trends, *_) = charts("gaps"), charts("trends")
    low, high = gaps["layout"]["xaxis"]["range"]
    assert low > high, "place 61 on the left, place 1 on the right"
    low, high = trends["layout"]["yaxis"]["range"]
    assert low > high, "place 1 on top"
    for axis in (gaps["layout"]["xaxis"], trends["layout"]["yaxis"]):
        assert min(axis["tickvals"]) == 1


def test_a_verdict_has_a_shape_of_its_own_where_its_colour_is_another() -> None:
    """Nobody needs to tell colours apart: verdicts of different colours differ in shape too."""
    by_colour: dict[str, set[str]] = {}
    for status, colour in theme.STATUS_COLOURS.items():
        by_colour.setdefault(colour, set()).add(theme.STATUS_SYMBOLS[status])
    for colour, symbols in by_colour.items():
        for other, others in by_colour.items():
            if colour != other:
                shared = symbols & others
                assert shared <= {"square"}, (colour, other, shared)


@pytest.mark.parametrize("scale", [tile_map.FIVE, tile_map.FOUR])
def test_classes_of_a_map_keep_their_order_on_grey_paper(scale: tuple[str, ...]) -> None:
    shades = [lightness(colour) for colour in scale]
    assert shades == sorted(shades)
    assert min(after - before for before, after in pairwise(shades)) >= 20


def test_a_year_without_a_figure_is_a_gap_and_not_a_zero(
    charts: Callable[[str], list[dict[str, Any]]], open_page: OpenPage
) -> None:
    app = open_page("trends", unit="vn63-quang-ninh", year="2023", base="2022", index="papi")
    (figure, *_) = seen.figures(app)
    (line,) = [one for one in figure["data"] if str(one.get("name")).startswith("official_line:")]
    (marks,) = [one for one in figure["data"] if str(one.get("name")).startswith("official:")]
    years = [int(x) for x in listed(marks["x"])]
    assert not {2021, 2023} & set(years), "withheld in 2021 and 2023"
    assert None in listed(line["y"]), "the line is cut there"
    assert 0 not in listed(line["y"])
    assert any(str(one.get("name")) == "missing" for one in figure["data"])
    breaks = [shape for shape in figure["layout"]["shapes"] if shape.get("name") == "break"]
    assert 2017.5 in {shape["x0"] for shape in breaks}, "six dimensions became eight in 2018"
