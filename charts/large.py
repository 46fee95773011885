"""A chart for the wall of a meeting room: the same picture with larger type and marks."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

FACTOR = 1.35
# Labels of three lines need somewhat more room from row to row.
ROWS = 1.15


def large(figure: go.Figure, factor: float = FACTOR) -> go.Figure:
    """A copy whose texts, marks and margins are `factor` times as large, rows a little higher.

    Args:
        figure: one of our charts, framed.
        factor: how much larger.
    """
    made = go.Figure(figure)
    layout = made.layout
    room = layout.margin.t + layout.margin.b
    layout.height = (layout.height - room) * ROWS + factor * room
    layout.margin = {side: layout.margin[side] * factor for side in "lrtb"}
    usual = layout.font.size
    layout.font.size = usual * factor
    for note in layout.annotations:
        note.font.size = (note.font.size or usual) * factor
        for shift in ("xshift", "yshift"):
            if note[shift]:
                note[shift] = note[shift] * factor
    for axis in (*made.select_xaxes(), *made.select_yaxes()):
        for text in (axis.tickfont, axis.title.font):
            text.size = (text.size or usual) * factor
    for trace in made.data:
        if getattr(trace, "textfont", None) is not None:
            trace.textfont.size = _times(trace.textfont.size or usual, factor)
        marker = getattr(trace, "marker", None)
        if trace.type == "scatter" and marker.size is not None:
            marker.size = _times(marker.size, factor)
    return made


def _times(size: Any, factor: float) -> Any:
    """A size, or one per mark, `factor` times as large."""
    if isinstance(size, int | float):
        return size * factor
    return [one * factor for one in size]
