"""What each component did: to the place, and in points."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.theme import GREEN, INK, MUTED, PALE, annotated, framed, wrapped
from locales import t

RED = "#B3261E"
PAIR_HEIGHT = 68
FADED = 0.3
# The words stand on the empty side of zero, so each side needs room for them.
ROOM = 1.25


def component_shares(rows: pd.DataFrame, *, title: str, source: str) -> go.Figure:
    """Two bars per component: places above, points below, each on its own scale.

    Args:
        rows: one row per component, first on top, with label, rank_effect [places],
            score_effect [points], rank_text, score_text and is_shown. What lies below half a
            place is faded, never left out.
        title: the finding.
        source: publisher and edition line.
    """
    labels = [wrapped(label) for label in rows["label"]]
    figure = go.Figure()
    notes: list[dict[str, Any]] = []
    opacity = [1.0 if shown else FADED for shown in rows["is_shown"]]
    for name, column, words, axis, offset, width in (
        ("places", "rank_effect", "rank_text", "x", -0.36, 0.36),
        ("points", "score_effect", "score_text", "x2", 0.04, 0.24),
    ):
        values = rows[column].astype("float64")
        figure.add_trace(
            go.Bar(
                x=values, y=labels, orientation="h", offset=offset, width=width, xaxis=axis,
                name=name, customdata=rows[words],
                hovertemplate="%{customdata}<extra></extra>",
                marker={
                    "color": [GREEN if value > 0 else RED for value in values],
                    "opacity": opacity,
                    "pattern": {"shape": "" if name == "places" else "/", "solidity": 0.3},
                },
            )
        )  # fmt: skip
        reach = max([abs(value) for value in values.dropna()] or [1.0]) * ROOM or 1.0
        figure.update_layout(
            {
                "xaxis" if axis == "x" else "xaxis2": {
                    "range": [-reach, reach], "visible": False, "fixedrange": True,
                    **({"overlaying": "x"} if axis == "x2" else {}),
                }
            }
        )  # fmt: skip
        notes += _words(rows, (name, column, words, axis, offset, width))
    annotated(figure, notes)
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.update_yaxes(
        range=[len(labels) - 0.45, -0.55],
        categoryorder="array",
        categoryarray=labels,
        fixedrange=True,
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    figure.update_layout(barmode="overlay")
    key = [t("why.key_rank"), t("why.key_score"), t("why.key_faded")]
    return framed(figure, title=title, source=source, height=PAIR_HEIGHT * len(rows), key=key)


def _words(
    rows: pd.DataFrame, bars: tuple[str, str, str, str, float, float]
) -> list[dict[str, Any]]:
    """What each bar says, on the side of zero where the bar is not."""
    name, column, words, axis, offset, width = bars
    notes = []
    for at in range(len(rows)):
        value, said = rows[column].iloc[at], rows[words].iloc[at]
        if not said:
            continue
        is_right = not value > 0
        notes.append(
            {
                "x": 0, "xref": axis, "y": at + offset + width / 2, "yref": "y", "text": said,
                "showarrow": False, "xanchor": "left" if is_right else "right",
                "xshift": 5 if is_right else -5, "name": f"{name}_{at}",
                "font": {"size": 12 if name == "places" else 11,
                         "color": INK if rows["is_shown"].iloc[at] else MUTED},
                "bgcolor": "rgba(255,255,255,0)", "bordercolor": PALE, "borderwidth": 0,
            }
        )  # fmt: skip
    return notes
