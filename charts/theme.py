"""One look for every picture: palette, type, Vietnamese numbers, source line inside the picture.

Colours are told apart by readers with red-green blindness and on grey paper; a shape or a text
always says the same again.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from locales import language

INK = "#1B2733"
MUTED = "#5B6770"
GRID = "#E3E9EF"
BLUE = "#1F4E79"
ORANGE = "#C05A00"
GREEN = "#00664D"
PALE = "#9FB3C8"
FONT = "Be Vietnam Pro, DejaVu Sans, sans-serif"

# Verdicts: colour, and the sign that says the same without colour.
STATUS_COLOURS = {
    "met": GREEN,
    "met_stretch": GREEN,
    "on_track": GREEN,
    "held_not_improved": "#8A6A00",
    "at_risk": "#8A6A00",
    "missed": "#B3261E",
    "off_track": "#B3261E",
    "not_due": MUTED,
    "not_assessable": MUTED,
    "no_target": MUTED,
}
# The same verdicts by shape, for grey paper and for readers who do not see the colours.
STATUS_SYMBOLS = {
    "met": "circle",
    "met_stretch": "star",
    "on_track": "circle",
    "held_not_improved": "square",
    "at_risk": "triangle-down",
    "missed": "x",
    "off_track": "x",
    "not_due": "diamond",
    "not_assessable": "diamond",
    "no_target": "square",
}
ROW_HEIGHT = 62
# Widths in characters and pixels that still leave a telephone (390 px) half its width to draw in.
LABEL_WIDTH = 25
TITLE_WIDTH = 40
SOURCE_WIDTH = 56
LEFT_MARGIN = 170
MODEBAR = {"displaylogo": False, "modeBarButtons": [["toImage"]], "displayModeBar": False}


def wrapped(text: str, width: int = LABEL_WIDTH) -> str:
    """A label broken over lines so that a telephone still shows the picture beside it.

    Escaped here: the picture's library reads markup in its texts.
    """
    return "<br>".join(escape(line, quote=False) for line in textwrap.wrap(text, width))


def _lines(text: str, width: int) -> list[str]:
    """A text in lines, never broken within a word; wider screens fill them (ui/document.js)."""
    return textwrap.wrap(text, width, break_on_hyphens=False)


def framed(
    figure: go.Figure, *, title: str, source: str, height: int, key: Sequence[str] = ()
) -> go.Figure:
    """Give a figure its finding as a title, its key and source line, and the house type.

    Title, key and source stand in the picture as text, so that a copied picture keeps them and a
    telephone breaks their lines.

    Args:
        figure: traces and axes.
        title: the finding, one sentence.
        source: publisher and edition line.
        height: of the plot itself [pixels]; title, key and source add theirs.
        key: what each mark means, sign first.
    """
    head, foot = _lines(title, TITLE_WIDTH), _lines(source, SOURCE_WIDTH)
    head, foot = ([escape(line, quote=False) for line in part] for part in (head, foot))
    top = 14 + 20 * len(head) + 18 * len(key)
    bottom = 50 + 15 * len(foot)
    figure.update_layout(
        font={"family": FONT, "size": 13, "color": INK},
        separators=",." if language() == "vi" else ".,",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        height=height + top + bottom,
        margin={"l": LEFT_MARGIN, "r": 18, "t": top, "b": bottom},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        showlegend=False,
    )
    above = [f"<b>{line}</b>" for line in head]
    text = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "yanchor": "top",
            "xshift": 4 - LEFT_MARGIN, "showarrow": False, "align": "left"}  # fmt: skip
    notes = [
        {**text, "text": "<br>".join(above), "y": 1, "yshift": top - 4, "font": {"size": 15},
         "name": "title"},
        {**text, "text": "<br>".join(foot), "y": 0, "yshift": -44, "name": "source",
         "font": {"size": 11, "color": MUTED}},
    ]  # fmt: skip
    if key:
        below = top - 8 - 20 * len(head)
        notes.insert(1, {**text, "text": "<br>".join(key), "y": 1, "yshift": below,
                         "font": {"size": 12}, "name": "key"})  # fmt: skip
    return annotated(figure, notes)


def annotated(figure: go.Figure, notes: Iterable[Mapping[str, Any]]) -> go.Figure:
    """Write texts into a figure, all at once: Plotly checks every one again when one is added."""
    figure.layout.annotations = (*figure.layout.annotations, *notes)
    return figure


# Steps between named places: of provinces every tenth.
MOST_TICKS, STEPS = 10, (10, 20, 50, 100, 200, 500, 1000, 2000)


def rank_axis(n_ranked: int) -> dict[str, object]:
    """An axis of places: 1 first, reversed so that better stands to the right and on top.

    About ten places are named however many there are.
    """
    step = next((one for one in STEPS if n_ranked <= MOST_TICKS * one), STEPS[-1])
    ticks = [1, *range(step, n_ranked - step * 2 // 5, step), n_ranked]
    beyond = max(1.5, n_ranked / 60)
    return {
        "range": [n_ranked + beyond, 1 - beyond],
        "tickvals": ticks,
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
    }
