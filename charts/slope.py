"""Places of some units in two years, joined where the years may be compared."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.rank_lines import COLOURS, HEIGHT, narrowed, spread
from charts.theme import GRID, annotated, framed, rank_axis

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")


def slope(
    rows: pd.DataFrame, *, baseline: int, edition: int, n_ranked: int, title: str, source: str
) -> go.Figure:
    """Two columns of places, better on top.

    Args:
        rows: one row per unit, with label, place_baseline and place [place; missing leaves the
            mark out], place_text_baseline and place_text, is_estimate, is_joined (the years may be
            compared), hover.
        baseline: year on the left.
        edition: year on the right.
        n_ranked: last place of the axis.
        title: the finding.
        source: publishers and editions.
    """
    figure = go.Figure()
    colours = {}
    for at, (_, row) in enumerate(rows.iterrows()):
        colour, symbol = COLOURS[at % len(COLOURS)], SYMBOLS[at % len(SYMBOLS)]
        colours[row["label"]] = colour
        places = [row["place_baseline"], row["place"]]
        known = [(x, float(y)) for x, y in enumerate(places) if pd.notna(y)]
        if not known:
            continue
        is_joined = bool(row["is_joined"]) and len(known) == 2
        kind = "estimated" if row["is_estimate"] else "official"
        figure.add_trace(
            go.Scatter(
                x=[x for x, _ in known], y=[y for _, y in known], name=f"{kind}:{row['label']}",
                mode="lines+markers" if is_joined else "markers",
                line={"color": colour, "width": 2.5, "dash": "dash" if row["is_estimate"]
                      else "solid"},
                marker={"size": 12, "color": colour, "line": {"width": 2, "color": colour},
                        "symbol": f"{symbol}-open" if row["is_estimate"] else symbol},
                customdata=[row["hover"]] * len(known),
                hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    span = float(n_ranked + 3)
    _names(figure, rows, colours, span * 16 / HEIGHT)
    figure.update_xaxes(
        range=[-0.25, 1.25], tickvals=[0, 1], ticktext=[str(baseline), str(edition)],
        showgrid=True, gridcolor=GRID, zeroline=False, fixedrange=True, tickfont={"size": 14},
    )  # fmt: skip
    figure.update_yaxes(
        **{**rank_axis(n_ranked), "range": [n_ranked + 1.5, -1.5], "showticklabels": False}
    )
    framed(figure, title=title, source=source, height=HEIGHT)
    longest = max((len(f"{r['label']} {r['place_text']}") for _, r in rows.iterrows()), default=0)
    return narrowed(figure, right=min(190, round(6.6 * longest)))


def _names(figure: go.Figure, rows: pd.DataFrame, colours: dict[str, str], closest: float) -> None:
    """Name and place beside the right-hand marks, the place alone on the left."""
    notes = []
    for x, column, anchor, shift in ((0, "place_baseline", "right", -11), (1, "place", "left", 11)):
        ends = rows.loc[rows[column].notna()].sort_values(column)
        spots = spread([float(value) for value in ends[column]], closest)
        for (_, row), spot in zip(ends.iterrows(), spots, strict=True):
            said = row["place_text_baseline"] if x == 0 else f"{row['label']} {row['place_text']}"
            notes.append(
                {
                    "x": x, "y": spot, "text": escape(said, quote=False), "showarrow": False,
                    "xanchor": anchor, "xshift": shift, "name": "end",
                    "font": {"size": 12, "color": colours[row["label"]]},
                }
            )  # fmt: skip
    annotated(figure, notes)
