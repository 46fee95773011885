"""Components in rows, units as marks of their own shape: where each one stands, without a radar."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.rank_lines import COLOURS, packed
from charts.slope import SYMBOLS
from charts.theme import GRID, INK, framed, rank_axis, wrapped
from locales import t

SIGNS = ("●", "■", "◆", "▲", "✚", "★")
OPEN_SIGNS = ("○", "□", "◇", "△", "✛", "☆")
ROW = 58
KEY_WIDTH = 46


def dots(rows: pd.DataFrame, *, measure: str, n_ranked: int, title: str, source: str) -> go.Figure:
    """One row per component, one mark per unit; better stands to the right.

    Args:
        rows: one row per (component_id, unit_id), components in order, with component, unit,
            value [percentile 0 to 100, or place], is_estimate, hover. A missing value has no mark.
        measure: percentile or rank.
        n_ranked: last place of the axis of places.
        title: the finding.
        source: publisher and edition line.
    """
    figure = go.Figure()
    components = list(dict.fromkeys(rows["component_id"]))
    units = list(dict.fromkeys(rows["unit"]))
    row_of = {component: at for at, component in enumerate(components)}
    for component, mine in rows.groupby("component_id", sort=False):
        known = mine["value"].dropna().astype("float64")
        if len(known) > 1:
            y = row_of[str(component)]
            figure.add_trace(
                go.Scatter(x=[known.min(), known.max()], y=[y, y], mode="lines", name="span",
                           line={"color": GRID, "width": 8}, hoverinfo="skip")
            )  # fmt: skip
    for at, unit in enumerate(units):
        # Marks of one row stand below each other, so that equal places are both seen.
        aside = 0.11 * (at - (len(units) - 1) / 2)
        mine = rows.loc[(rows["unit"] == unit) & rows["value"].notna()]
        for is_estimate, part in mine.groupby("is_estimate"):
            colour, symbol = COLOURS[at % len(COLOURS)], SYMBOLS[at % len(SYMBOLS)]
            kind = "estimated" if is_estimate else "official"
            figure.add_trace(
                go.Scatter(
                    x=part["value"].astype("float64"),
                    y=[row_of[component] + aside for component in part["component_id"]],
                    mode="markers", name=f"{kind}:{unit}",
                    marker={"size": 13, "color": colour, "line": {"width": 2, "color": colour
                            if is_estimate else "white"},
                            "symbol": f"{symbol}-open" if is_estimate else symbol},
                    customdata=part["hover"], hovertemplate="%{customdata}<extra></extra>",
                    cliponaxis=False,
                )
            )  # fmt: skip
    names = rows.drop_duplicates("component_id")["component"]
    figure.update_yaxes(
        range=[len(components) - 0.5, -0.5], tickvals=list(range(len(components))),
        ticktext=[wrapped(name) for name in names], fixedrange=True, showgrid=False,
        zeroline=False, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    if measure == "rank":
        figure.update_xaxes(**rank_axis(n_ranked))
    else:
        figure.update_xaxes(
            range=[-4, 110], tickvals=[0, 50, 100], gridcolor=GRID, zeroline=False,
            fixedrange=True, ticklabeloverflow="allow",
            ticktext=[t("overview.axis_last"), t("overview.axis_middle"),
                      t("overview.axis_first")],
        )  # fmt: skip
    estimated = set(rows.loc[rows["is_estimate"], "unit"])
    key = []
    for at, unit in enumerate(units):
        sign = (OPEN_SIGNS if unit in estimated else SIGNS)[at % len(SIGNS)]
        key.append((COLOURS[at % len(COLOURS)], sign, escape(unit, quote=False)))
    lines = packed([f"{sign} {name}" for _, sign, name in key], KEY_WIDTH)
    for colour, sign, name in key:
        lines = [line.replace(f"{sign} {name}", f'<span style="color:{colour}">{sign}</span> '
                              f"{name}") for line in lines]  # fmt: skip
    return framed(figure, title=title, source=source, height=ROW * len(components), key=lines)
