"""The country in its true shapes, once an office has handed them in; drawn without any network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from charts.theme import INK, MUTED, framed
from charts.tile_map import HATCH, class_colours, full_width, ink_on

HEIGHT = 900
# Degrees of longitude shrink with the latitude; the country's middle is near 16 degrees north.
_MIDDLE = 16.0
Ring = Sequence[tuple[float, float]]


def shape_map(
    rows: pd.DataFrame,
    rings: Mapping[str, Sequence[Ring]],
    *,
    n_classes: int,
    title: str,
    source: str,
    key: list[str],
) -> go.Figure:
    """The map of one year in true shapes.

    Args:
        rows: one row per unit, with unit_id, said (the value as text), class (0 best, missing
            without a value), is_own, hover, lon and lat [degrees, where the value is written].
        rings: outlines of every unit as (longitude, latitude).
        n_classes: how many classes there are.
        title: the finding.
        source: publisher and edition line.
        key: what the colours and marks mean.
    """
    colours = class_colours(n_classes)
    figure = go.Figure()
    inks = []
    for unit_id, value, is_own, hover in rows[["unit_id", "class", "is_own", "hover"]].itertuples(
        index=False
    ):
        across, down = _joined(rings[unit_id])
        has_class = not pd.isna(value)
        colour = colours[int(value)] if has_class else "#FFFFFF"
        inks.append(ink_on(colour))
        figure.add_trace(
            go.Scatter(
                x=across, y=down, mode="lines", fill="toself", name=unit_id, fillcolor=colour,
                fillpattern=None if has_class else HATCH,
                line={"color": INK if is_own else MUTED, "width": 3 if is_own else 0.6},
                hoveron="fills", text=hover, hoverinfo="text",
            )
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=rows["lon"], y=rows["lat"], mode="text", text=rows["said"], name="values",
            textfont={"size": 11, "color": inks}, customdata=rows["hover"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True, constrain="domain")
    figure.update_yaxes(
        visible=False, fixedrange=True, scaleanchor="x",
        scaleratio=1 / math.cos(math.radians(_MIDDLE)),
    )  # fmt: skip
    return full_width(framed(figure, title=title, source=source, height=HEIGHT, key=key))


def _joined(rings: Sequence[Ring]) -> tuple[list[float | None], list[float | None]]:
    """All outlines of a unit in one line, parted by gaps."""
    across: list[float | None] = []
    down: list[float | None] = []
    for ring in rings:
        across += [*(x for x, _ in ring), None]
        down += [*(y for _, y in ring), None]
    return across, down
