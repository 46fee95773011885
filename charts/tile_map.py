"""The country as tiles: every unit the same size, both archipelagos in their place at sea.

A tile carries its name and its value as text; a unit without a value is hatched, never coloured.
"""

from __future__ import annotations

import textwrap
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.theme import GRID, INK, MUTED, framed

ROW_HEIGHT = 48
GAP = 0.04
MARGIN = 8
# How far the tile of an archipelago reaches west beyond its own place [tiles].
AT_SEA = 0.45
KEY_WIDTH = 50
# Best first; each lighter than the one before, so that grey print keeps the order.
FIVE = ("#12395B", "#2F6A9F", "#6FA3CF", "#B3D0E8", "#E4EEF7")
FOUR = ("#12395B", "#3C78AE", "#9CC2E2", "#E4EEF7")
# A change: green up, brown down, both darker the larger it is; a sign says the same again.
SEVEN = ("#0B4F3C", "#2E7D64", "#A9D5C6", "#EFEFEF", "#F5D9BC", "#E09A55", "#7F3800")
HATCH = {"shape": "/", "fgcolor": "#C3CCD5", "bgcolor": "#FFFFFF", "size": 6, "solidity": 0.25}
CROSSED = {"shape": "+", "fgcolor": "rgba(160,170,180,.75)", "bgcolor": "rgba(0,0,0,0)",
           "size": 9, "solidity": 0.12}  # fmt: skip
_DARKEST_FOR_INK = 150


def class_colours(n_classes: int) -> tuple[str, ...]:
    """Colours of the classes, best first."""
    return {4: FOUR, 7: SEVEN}.get(n_classes, FIVE)


def ink_on(colour: str) -> str:
    """Black or white, whichever is read more easily on the colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return INK if brightness > _DARKEST_FOR_INK else "#FFFFFF"


def legend_line(colour: str, text: str) -> str:
    """One entry of the key: a square of the colour, framed by its text."""
    return f'<span style="color:{colour}">■</span> {escape(text, quote=False)}'


def note_lines(text: str) -> list[str]:
    """A line of the key, broken so that a telephone shows all of it; what follows is set in."""
    lines = textwrap.wrap(text, KEY_WIDTH, subsequent_indent="\u00a0", break_on_hyphens=False)
    return [escape(line, quote=False) for line in lines]


def full_width(figure: go.Figure) -> go.Figure:
    """Take back the margin that pictures with labels on the left need."""
    figure.update_layout(margin={"l": MARGIN, "r": MARGIN})
    for note in figure.layout.annotations:
        if note.name in ("title", "key", "source"):
            note.xshift = 4 - MARGIN
    return figure


def tile_map(
    tiles: pd.DataFrame,
    *,
    n_classes: int,
    title: str,
    source: str,
    key: list[str],
    is_estimate: bool = False,
) -> go.Figure:
    """The tile map of one year.

    Args:
        tiles: one row per tile, with column, row, kind (unit|archipelago), label (lines parted
            by a line break), said (the value as text), class (0 best, missing without a value),
            is_own and hover.
        n_classes: how many classes there are.
        title: the finding.
        source: publisher and edition line.
        key: what the colours and marks mean.
        is_estimate: whether the values are estimates; their tiles get a grid of thin lines.
    """
    colours = class_colours(n_classes)
    # "class" is a word of the language, so rows are read under another name.
    tiles = tiles.assign(class_=tiles["class"])
    figure = go.Figure()
    _hatched(figure, tiles.loc[tiles["class"].isna()], HATCH, "no_value")
    if is_estimate:
        _hatched(figure, tiles.loc[tiles["class"].notna()], CROSSED, "estimate")
    middles = [sum(_sides(column, kind)) / 2 for column, kind in tiles[["column", "kind"]].values]
    # All at once: Plotly checks every shape there is again whenever one is added.
    figure.update_layout(shapes=[_square(tile, colours) for tile in tiles.itertuples()])
    inks = [ink_on(colours[int(value)]) if not pd.isna(value) else INK for value in tiles["class_"]]
    figure.add_trace(
        go.Scatter(
            x=middles, y=tiles["row"], mode="markers+text", name="tiles",
            text=[_written(tile) for tile in tiles.itertuples()],
            textfont={"size": 11, "color": inks}, cliponaxis=False,
            marker={"size": 30, "color": "rgba(0,0,0,0)"},
            customdata=tiles["hover"], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    n_rows, n_columns = int(tiles["row"].max()) + 1, int(tiles["column"].max()) + 1
    figure.update_xaxes(range=[-0.55, n_columns - 0.45], visible=False, fixedrange=True)
    figure.update_yaxes(range=[n_rows - 0.45, -0.55], visible=False, fixedrange=True)
    return full_width(
        framed(figure, title=title, source=source, height=ROW_HEIGHT * n_rows, key=key)
    )


def _square(tile: Any, colours: tuple[str, ...]) -> dict[str, Any]:
    """The square of one tile, as Plotly's layout writes it."""
    has_class = not pd.isna(tile.class_)
    west, east = _sides(tile.column, tile.kind)
    north, south = tile.row - 0.5 + GAP, tile.row + 0.5 - GAP
    return {
        "type": "rect", "x0": west, "x1": east, "y0": north, "y1": south, "layer": "below",
        "fillcolor": colours[int(tile.class_)] if has_class else "rgba(0,0,0,0)",
        "line": {"color": INK if tile.is_own else MUTED if not has_class else GRID,
                 "width": 3 if tile.is_own else 1,
                 "dash": "dot" if tile.kind == "archipelago" else "solid"},
        "name": f"tile_{tile.kind}",
    }  # fmt: skip


def _sides(column: float, kind: str) -> tuple[float, float]:
    """West and east edge; an archipelago has the sea to its west to write its two names in."""
    west = column - 0.5 + GAP - (AT_SEA if kind == "archipelago" else 0)
    return west, column + 0.5 - GAP


def _written(tile: object) -> str:
    """Name in two lines at most, the value below it in bold."""
    name = "<br>".join(escape(line, quote=False) for line in str(tile.label).split("\n"))  # type: ignore[attr-defined]
    said = escape(str(tile.said), quote=False)  # type: ignore[attr-defined]
    if not said:
        return f'<span style="font-size:10px">{name}</span>'
    return f'{name}<br><b><span style="font-size:13px">{said}</span></b>'


def _hatched(figure: go.Figure, tiles: pd.DataFrame, pattern: dict[str, object], name: str) -> None:
    """One trace with the pattern of all these tiles."""
    across: list[float | None] = []
    down: list[float | None] = []
    for column, row, kind in tiles[["column", "row", "kind"]].itertuples(index=False):
        west, east = _sides(column, kind)
        north, south = row - 0.5 + GAP, row + 0.5 - GAP
        across += [west, east, east, west, west, None]
        down += [north, north, south, south, north, None]
    if not across:
        return
    figure.add_trace(
        go.Scatter(
            x=across, y=down, mode="lines", fill="toself", fillpattern=pattern, name=name,
            line={"width": 0.5, "color": MUTED}, hoverinfo="skip",
        )
    )  # fmt: skip
