"""Published places before and after a change of units: a line each, and a gap between."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GREEN, GRID, INK, MUTED, ORANGE, framed
from locales import t

STYLES = ((BLUE, "circle"), (ORANGE, "square"), (GREEN, "diamond"), (INK, "triangle-up"))
PLOT_HEIGHT = 300
MOST_TICKS, NARROW_MARGIN = 6, 40


def predecessor_lines(
    rows: pd.DataFrame, *, title: str, source: str, changed_on: date | None
) -> go.Figure:
    """Places as published, one line per unit; nothing joins the lines across the change.

    Args:
        rows: one row per unit and year with a published place: name, edition, rank, n_ranked,
            hover.
        title: the finding.
        source: publishers and edition line.
        changed_on: day of the change, drawn as a line; None draws none.
    """
    figure = go.Figure()
    key = []
    for at, (name, own) in enumerate(rows.groupby("name", sort=False)):
        colour, symbol = STYLES[at % len(STYLES)]
        sign = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲"}[symbol]
        key.append(f'<span style="color:{colour}">{sign}</span> {name}')
        figure.add_trace(
            go.Scatter(
                x=own["edition"], y=own["rank"].astype("float64"), mode="lines+markers",
                name=str(name), line={"color": colour, "width": 2}, connectgaps=False,
                marker={"symbol": symbol, "size": 9, "color": colour},
                customdata=own["hover"], hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
    if changed_on is not None:
        # The first edition of the new units is that of the year of the change.
        figure.add_vline(x=changed_on.year - 0.5, line={"color": MUTED, "width": 2, "dash": "dash"})
    last = int(rows["n_ranked"].max())
    first_year, last_year = int(rows["edition"].min()), int(rows["edition"].max())
    if changed_on is not None:
        last_year = max(last_year, changed_on.year)
    figure.update_yaxes(range=[last + 2, -1], gridcolor=GRID, zeroline=False, fixedrange=True,
                        tickvals=[1, *range(10, last - 4, 10), last])  # fmt: skip
    step = max(1, (last_year - first_year) // MOST_TICKS + 1)
    ticks = list(range(last_year, first_year - 1, -step))
    figure.update_xaxes(range=[first_year - 0.6, last_year + 0.6], fixedrange=True, showgrid=False,
                        tickvals=ticks, tickangle=0)  # fmt: skip
    key.append(t("merger.axis_published"))
    framed(figure, title=title, source=source, height=PLOT_HEIGHT, key=key)
    # Years and places need no wide margin for names.
    figure.update_layout(margin_l=NARROW_MARGIN)
    figure.for_each_annotation(lambda text: text.update(xshift=4 - NARROW_MARGIN))
    return figure
