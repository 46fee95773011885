"""Places of one index over the years, best on top; a year without a place leaves a gap."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GRID, INK, MUTED, framed
from locales import t

HEIGHT = 150


def places_by_year(rows: pd.DataFrame, *, title: str, source: str) -> go.Figure:
    """A line of places with k/N beside every mark.

    Args:
        rows: one row per year, oldest first, with edition, rank, n_ranked, is_break and place
            (text k/N). A break of method draws a dashed line before its year.
        title: the finding.
        source: publisher and edition line.
    """
    years = [str(year) for year in rows["edition"]]
    last = int(rows["n_ranked"].dropna().max())
    figure = go.Figure(
        go.Scatter(
            x=years, y=rows["rank"].astype("float64"), mode="lines+markers+text", name="rank",
            text=rows["place"], textposition="top center", textfont={"size": 12, "color": INK},
            line={"color": BLUE, "width": 2.5}, marker={"size": 9, "color": BLUE},
            cliponaxis=False, connectgaps=False, hoverinfo="skip",
        )
    )  # fmt: skip
    for at, is_break in enumerate(rows["is_break"]):
        if is_break and at:
            figure.add_vline(x=at - 0.5, line={"color": MUTED, "width": 1, "dash": "dash"})
    figure.update_yaxes(
        range=[last + 2, -6], tickvals=[1, *range(20, last - 4, 20), last], gridcolor=GRID,
        zeroline=False, fixedrange=True,
    )  # fmt: skip
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=years, showgrid=False,
        range=[-0.5, len(years) - 0.5], fixedrange=True,
    )  # fmt: skip
    key = [t("briefing.key_break")] if any(rows["is_break"].iloc[1:]) else []
    figure = framed(figure, title=title, source=source, height=HEIGHT, key=key)
    return figure.update_layout(margin_l=50)
