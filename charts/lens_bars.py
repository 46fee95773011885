"""Estimated places across a change of units: hatched bounds, hollow marks, never a solid one."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import INK, MUTED, ORANGE, PALE, framed, rank_axis, wrapped
from locales import t

LINE_HEIGHT = 58
# Beyond this part of the axis the words of a mark would run over its end.
FAR_OUT = 0.75


def lens_bars(rows: pd.DataFrame, *, title: str, source: str, n_units: int) -> go.Figure:
    """The reference lenses of one unit.

    Args:
        rows: result of `briefing.lens_pictures.picture_rows`.
        title: the finding; it says that these are estimates.
        source: publishers and edition line.
        n_units: units of the present field.
    """
    labels = [wrapped(label) for label in rows["label"]]
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=(rows["high"] - rows["low"]).astype("float64"), base=rows["low"].astype("float64"),
            y=labels, orientation="h", width=0.34, name=t("merger.mark_bounds"),
            marker={"color": "rgba(0,0,0,0)", "line": {"color": PALE, "width": 1},
                    "pattern": {"shape": "/", "fgcolor": PALE, "size": 6, "solidity": 0.35}},
            customdata=rows["hover"], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=rows["place"].astype("float64"), y=labels, mode="markers+text", text=rows["mark"],
            textposition=[_side(place, n_units) for place in rows["place"]],
            textfont={"size": 11, "color": MUTED},
            name=t("merger.mark_place"), cliponaxis=False,
            marker={"symbol": ["diamond-open" if kind == "backcast" else "circle-open"
                               for kind in rows["kind"]],
                    "size": 13, "color": INK, "line": {"width": 2}},
            customdata=rows["hover"], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=rows["required"].astype("float64"), y=labels, mode="markers",
            name=t("merger.mark_required"), hoverinfo="skip",
            marker={"symbol": "line-ns-open", "size": 22, "color": ORANGE, "line": {"width": 3}},
        )
    )  # fmt: skip
    figure.update_xaxes(**rank_axis(n_units), title={"text": t("merger.axis"), "standoff": 2,
                                                     "font": {"size": 12}})  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=labels, fixedrange=True,
        showgrid=False, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    key = [
        t("merger.key_place"),
        f'<span style="color:{PALE}">▨</span> {t("merger.mark_bounds")}',
        f'<span style="color:{ORANGE}">┃</span> {t("merger.mark_required")}',
    ]
    return framed(figure, title=title, source=source, height=LINE_HEIGHT * len(rows) + 30, key=key)


def _side(place: float | None, n_units: int) -> str:
    """Where the words of a mark stand: away from the edge it is near."""
    if place is None or pd.isna(place):
        return "top center"
    share = float(place) / n_units
    return "top right" if share > FAR_OUT else "top left" if share < 1 - FAR_OUT else "top center"
