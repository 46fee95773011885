"""Scores of components beside the national mean and best, one group of bars per component."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, INK, MUTED, ORANGE, framed, wrapped
from locales import form, t

ROW = 38


def scores_beside_mean(rows: pd.DataFrame, *, title: str, source: str, unit: str) -> go.Figure:
    """A bar per component with the mean and the best as marks on it.

    Args:
        rows: one row per component, first on top, with label, score, mean and best; what is
            missing leaves its bar or mark out.
        title: the finding.
        source: publisher and edition line.
        unit: whose score the bar is.
    """
    labels = [wrapped(label, 34) for label in rows["label"]]
    figure = go.Figure(
        go.Bar(
            x=rows["score"], y=labels, orientation="h", name=unit, marker={"color": BLUE},
            text=[form.number(value) for value in rows["score"]], textposition="inside",
            textfont={"color": "#FFFFFF", "size": 11}, hoverinfo="skip",
        )
    )  # fmt: skip
    for column, symbol, ink in (("mean", "line-ns", ORANGE), ("best", "diamond", INK)):
        figure.add_trace(
            go.Scatter(
                x=rows[column], y=labels, mode="markers", name=t(f"briefing.mark_{column}"),
                marker={"symbol": symbol, "size": 20 if column == "mean" else 9, "color": ink,
                        "line": {"width": 3 if column == "mean" else 0, "color": ink}},
                hoverinfo="skip", cliponaxis=False,
            )
        )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=labels, showgrid=False,
        fixedrange=True, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", fixedrange=True, tickfont={"color": MUTED})
    key = [
        f'<span style="color:{BLUE}">■</span> {unit}   '
        f'<span style="color:{ORANGE}">┃</span> {t("briefing.mark_mean")}   '
        f'<span style="color:{INK}">◆</span> {t("briefing.mark_best")}'
    ]
    return framed(figure, title=title, source=source, height=ROW * len(rows), key=key)
