"""Themes by index: one line per theme, one mark per index, told apart by shape and colour."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GREEN, GRID, INK, ORANGE, PALE, framed, wrapped

ROW_HEIGHT = 50
# Told apart by shape on grey paper, by colour elsewhere; the sign is used in the key.
MARKS = (
    ("circle", BLUE, "●"),
    ("square", GREEN, "■"),
    ("diamond", ORANGE, "◆"),
    ("triangle-up", "#6D3A69", "▲"),
)


def theme_lines(
    rows: pd.DataFrame, *, labels: list[tuple[str, str]], indices: list[tuple[str, str]],
    ends: tuple[str, str, str], title: str, source: str, key: list[str],
) -> go.Figure:  # fmt: skip
    """Standing of one unit on every theme by every index that has one.

    Args:
        rows: one row per (theme_id, index_id), with percentile [0 last to 100 first, missing
            where unknown] and hover.
        labels: (theme_id, text), first on top; themes without any mark keep their line.
        indices: (index_id, short), in the order of the marks.
        ends: texts of 0, 50 and 100.
        title: the finding.
        source: publishers and edition line.
        key: further lines below the marks.
    """
    at = {theme_id: place for place, (theme_id, _) in enumerate(labels)}
    known = rows.loc[rows["percentile"].notna()]
    figure = go.Figure()
    for theme_id, of in known.groupby("theme_id", sort=False):
        figure.add_trace(
            go.Scatter(
                x=[float(of["percentile"].min()), float(of["percentile"].max())],
                y=[at[str(theme_id)]] * 2, mode="lines", line={"color": PALE, "width": 5},
                hoverinfo="skip", name="span",
            )
        )  # fmt: skip
    signs = []
    for (index_id, short), (symbol, colour, sign) in zip(indices, MARKS, strict=False):
        own = known.loc[known["index_id"] == index_id]
        signs.append(f'<span style="color:{colour}">{sign}</span> {short}')
        figure.add_trace(
            go.Scatter(
                x=own["percentile"].astype("float64"), y=[at[theme] for theme in own["theme_id"]],
                mode="markers", name=short, customdata=own["hover"],
                hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
                marker={"symbol": symbol, "size": 14, "color": colour,
                        "line": {"width": 1, "color": "white"}},
            )
        )  # fmt: skip
    figure.add_vline(x=50, line={"color": INK, "width": 1, "dash": "dot"})
    figure.update_xaxes(
        range=[-4, 114], tickvals=[0, 50, 100], ticktext=list(ends), gridcolor=GRID,
        zeroline=False, fixedrange=True, ticklabeloverflow="allow",
    )  # fmt: skip
    figure.update_yaxes(
        range=[len(labels) - 0.4, -0.6], tickvals=list(range(len(labels))),
        ticktext=[wrapped(text, 22) for _, text in labels], gridcolor=GRID, zeroline=False,
        fixedrange=True, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    height = ROW_HEIGHT * len(labels)
    return framed(figure, title=title, source=source, height=height, key=["   ".join(signs), *key])
