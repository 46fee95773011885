"""Components that hold a unit back: how far up the field each one stands, worst first."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import GRID, INK, ORANGE, PALE, ROW_HEIGHT, STATUS_COLOURS, framed, wrapped
from locales import t


def standing_lines(rows: pd.DataFrame, *, title: str, source: str) -> go.Figure:
    """Lollipops of percentile standing with the place written beside each.

    Args:
        rows: one row per component, worst first, with label, percentile [0 last to 100 first],
            place (text k/N), status, hover.
        title: the finding.
        source: publishers and edition line.
    """
    labels = [wrapped(label) for label in rows["label"]]
    values = rows["percentile"].astype("float64")
    colours = [
        STATUS_COLOURS[status] if status == "missed" else ORANGE for status in rows["status"]
    ]
    figure = go.Figure()
    for label, value in zip(labels, values, strict=True):
        figure.add_trace(
            go.Scatter(x=[0, value], y=[label, label], mode="lines", showlegend=False,
                       line={"color": PALE, "width": 5}, hoverinfo="skip", name="stem")
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=values, y=labels, mode="markers+text", text=rows["place"], name="place",
            textposition="middle right", textfont={"size": 13, "color": INK}, showlegend=False,
            marker={"size": 15, "color": colours, "line": {"width": 1, "color": "white"},
                    "symbol": ["x" if status == "missed" else "circle"
                               for status in rows["status"]]},
            customdata=rows["hover"], hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    )  # fmt: skip
    figure.add_vline(x=50, line={"color": INK, "width": 1, "dash": "dot"})
    figure.update_xaxes(
        range=[-2, 108], tickvals=[0, 50, 100], gridcolor=GRID, zeroline=False, fixedrange=True,
        ticklabeloverflow="allow",
        ticktext=[t("overview.axis_last"), t("overview.axis_middle"), t("overview.axis_first")],
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed",
        categoryorder="array",
        categoryarray=labels,
        fixedrange=True,
        showgrid=False,
    )
    return framed(figure, title=title, source=source, height=ROW_HEIGHT * len(rows))
