"""Components by year: the shade is the standing in the field, the value stands in the square."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, INK, MUTED, ORANGE, framed, wrapped
from charts.tile_map import FIVE, ink_on

ROW_HEIGHT = 52
# Light for the last of the field, dark for the first.
SCALE = [[at / 4, colour] for at, colour in enumerate(reversed(FIVE))]
SHADES = tuple(reversed(FIVE))
# Slanting lines of an estimated square: west, east, south and north end, from its middle.
STROKES = ((-0.46, 0, 0, -0.46), (-0.46, 0.46, 0.46, -0.46), (0, 0.46, 0.46, 0))
HATCH_INK = "rgba(150,160,170,.75)"


def heat_map(
    squares: pd.DataFrame,
    *,
    labels: list[tuple[str, str]],
    title: str,
    source: str,
    key: list[str],
) -> go.Figure:
    """The field of squares of one unit and index.

    Args:
        squares: one row per (component_id, edition), with percentile [0 last to 100 first,
            missing where unknown], said (the value as text), step (yes|flag|no) and hover;
            is_estimate, if there are any: those squares are hatched.
        labels: (component_id, text), first on top.
        title: the finding.
        source: publisher and edition line.
        key: what shade, signs and lines mean.
    """
    rows = {component_id: at for at, (component_id, _) in enumerate(labels)}
    years = sorted(int(year) for year in squares["edition"].unique())
    columns = {year: at for at, year in enumerate(years)}
    shade: list[list[float | None]] = [[None] * len(years) for _ in labels]
    hover: list[list[str]] = [[""] * len(years) for _ in labels]
    figure = go.Figure()
    texts, inks, across, down = [], [], [], []
    for component_id, year, percentile, said, said_hover in squares[
        ["component_id", "edition", "percentile", "said", "hover"]
    ].itertuples(index=False):
        at, column = rows[component_id], columns[int(year)]
        is_known = not pd.isna(percentile)
        shade[at][column] = float(percentile) if is_known else None
        hover[at][column] = said_hover
        texts.append(f"<b>{said}</b>" if is_known else said)
        inks.append(ink_on(_shade(float(percentile))) if is_known else MUTED)
        across.append(column)
        down.append(at)
    figure.add_trace(
        go.Heatmap(
            z=shade, x=list(range(len(years))), y=list(range(len(labels))), zmin=0, zmax=100,
            colorscale=SCALE, showscale=False, xgap=2, ygap=2, hoverinfo="skip", name="standing",
        )
    )  # fmt: skip
    if "is_estimate" in squares:
        is_drawn = squares["is_estimate"].astype(bool) & squares["percentile"].notna()
        named = squares.loc[is_drawn, ["component_id", "edition"]].itertuples(index=False)
        _hatched(figure, [(columns[int(year)], rows[line]) for line, year in named])
    # Squares without a value answer to the pointer too.
    figure.add_trace(
        go.Scatter(
            x=across, y=down, mode="markers+text", text=texts, name="values",
            textfont={"size": 12, "color": inks}, marker={"size": 18, "color": "rgba(0,0,0,0)"},
            customdata=[hover[y][x] for x, y in zip(across, down, strict=True)],
            hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip
    # All at once: Plotly checks every shape there is again whenever one is added.
    figure.update_layout(
        shapes=[
            _step(rows[component_id], columns[int(year)] - 0.5, step)
            for component_id, year, step in squares[["component_id", "edition", "step"]].itertuples(
                index=False
            )
            if step != "yes"
        ]
    )
    figure.update_xaxes(
        range=[-0.55, len(years) - 0.45], tickvals=list(range(len(years))), side="top",
        ticktext=[f"’{year % 100:02d}" for year in years], tickangle=0,
        showgrid=False, zeroline=False, fixedrange=True, tickfont={"size": 11, "color": INK},
    )  # fmt: skip
    figure.update_yaxes(
        range=[len(labels) - 0.45, -0.55], tickvals=list(range(len(labels))),
        ticktext=[wrapped(text) for _, text in labels],
        showgrid=False, zeroline=False, fixedrange=True, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    # The years stand between the key and the squares.
    made = framed(
        figure, title=title, source=source, height=ROW_HEIGHT * len(labels), key=[*key, " "]
    )
    made.update_layout(hoverlabel={"bordercolor": BLUE})
    return made


def _hatched(figure: go.Figure, places: list[tuple[int, int]]) -> None:
    """Slanting lines over the squares at these columns and rows, all of them one trace."""
    across: list[float | None] = []
    down: list[float | None] = []
    for x, y in places:
        for west, east, south, north in STROKES:
            across += [x + west, x + east, None]
            down += [y + south, y + north, None]
    if places:
        figure.add_trace(
            go.Scatter(x=across, y=down, mode="lines", name="estimate", hoverinfo="skip",
                       line={"width": 1.2, "color": HATCH_INK})
        )  # fmt: skip


def _step(at: int, x: float, step: str) -> dict[str, Any]:
    """The line before the first square of a new method, as Plotly's layout writes it."""
    return {
        "type": "line", "x0": x, "x1": x, "y0": at - 0.48, "y1": at + 0.48, "name": f"step_{step}",
        "line": {"color": ORANGE, "width": 3, "dash": "solid" if step == "no" else "dot"},
    }  # fmt: skip


def _shade(percentile: float) -> str:
    """The colour nearest to what the scale shows."""
    return SHADES[min(4, int(percentile / 100 * 4 + 0.5))]
