"""One look for every picture: palette, type, Vietnamese numbers, source line inside the picture.

Colours are told apart by readers with red-green blindness and on grey paper; a shape or a text
always says the same again.
"""

from __future__ import annotations

import textwrap

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
ROW_HEIGHT = 54
# Widths in characters and pixels that still leave a telephone (390 px) half its width to draw in.
LABEL_WIDTH = 25
TITLE_WIDTH = 46
SOURCE_WIDTH = 62
LEFT_MARGIN = 170
MODEBAR = {"displaylogo": False, "modeBarButtons": [["toImage"]], "displayModeBar": False}


def wrapped(text: str, width: int = LABEL_WIDTH) -> str:
    """A label broken over lines so that a telephone still shows the picture beside it."""
    return "<br>".join(textwrap.wrap(text, width))


def framed(figure: go.Figure, *, title: str, source: str, height: int) -> go.Figure:
    """Give a figure its finding as a title, its source line inside the picture, and house type.

    `height` is that of the plot itself; title and source add theirs.
    """
    head, foot = textwrap.wrap(title, TITLE_WIDTH), textwrap.wrap(source, SOURCE_WIDTH)
    # Three legend entries need three lines on a telephone.
    legend_room = 62 if any(trace.showlegend is not False for trace in figure.data) else 12
    top, bottom = 12 + 20 * len(head) + legend_room, 50 + 15 * len(foot)
    figure.update_layout(
        font={"family": FONT, "size": 13, "color": INK},
        separators=",." if language() == "vi" else ".,",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        height=height + top + bottom,
        margin={"l": LEFT_MARGIN, "r": 18, "t": top, "b": bottom},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "xref": "container",
                "y": 1.0, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
    figure.add_annotation(
        text=f"<b>{'<br>'.join(head)}</b>", x=0, xref="paper", y=1, yref="paper", yanchor="top",
        xanchor="left", xshift=4 - LEFT_MARGIN, yshift=top - 4, showarrow=False, align="left",
        font={"size": 15}, name="title",
    )  # fmt: skip
    figure.add_annotation(
        text="<br>".join(foot), x=0, xref="paper", y=0, yref="paper", yanchor="top",
        xanchor="left", xshift=4 - LEFT_MARGIN, yshift=-44, showarrow=False, align="left",
        font={"size": 11, "color": MUTED}, name="source",
    )  # fmt: skip
    return figure


def rank_axis(n_ranked: int) -> dict[str, object]:
    """An axis of places: 1 first, reversed so that better stands to the right and on top."""
    ticks = [1, *range(10, n_ranked - 4, 10), n_ranked]
    return {
        "range": [n_ranked + 1.5, -0.5],
        "tickvals": ticks,
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
    }
