"""The ladder: points needed for each better place, points ahead of each worse one."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GREEN, GRID, INK, ORANGE, PALE, framed, wrapped
from locales import t

RUNG_HEIGHT = 40
# Room beside the longest bar, so that no mark is cut in half [share of the picture's span].
MARGIN = 0.06


def ladder_steps(
    rows: pd.DataFrame, *, title: str, source: str, unit: str, moving: str = ""
) -> go.Figure:
    """The ladder around a unit; 0 is its own score, better places lie to the right.

    Args:
        rows: one row per place, best first, with label, side [better | now | worse], needed,
            needed_moving, cushion [points], is_aim, hover.
        title: the finding.
        source: publisher and edition line.
        unit: name of the unit that climbs.
        moving: what the second mark says; no second mark when empty.
    """
    labels = [wrapped(label) for label in rows["label"]]
    rows = rows.assign(shown=labels)
    figure = go.Figure()
    better, worse = rows.loc[rows["side"] == "better"], rows.loc[rows["side"] == "worse"]
    aim = better.loc[better["is_aim"]]
    _bars(figure, better.loc[~better["is_aim"]], "needed", BLUE, t("climb.mark_needed"))
    _bars(figure, aim, "needed", ORANGE, t("climb.mark_aim"))
    _bars(figure, worse.assign(behind=-worse["cushion"]), "behind", PALE, t("climb.mark_cushion"))
    if moving:
        figure.add_trace(
            go.Scatter(
                x=better["needed_moving"], y=better["shown"], mode="markers", name=moving,
                marker={"symbol": "circle", "size": 11, "color": "#FFFFFF",
                        "line": {"width": 2.5, "color": GREEN}},
                customdata=better["hover"], hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
    here = rows.loc[rows["side"] == "now"]
    figure.add_trace(
        go.Scatter(
            x=[0.0] * len(here), y=here["shown"], mode="markers", name=t("climb.mark_now"),
            marker={"symbol": "diamond", "size": 13, "color": INK},
            customdata=here["hover"], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(
        range=_span(rows, with_moving=bool(moving)), gridcolor=GRID, zeroline=True,
        zerolinecolor=INK, zerolinewidth=1.5, fixedrange=True, nticks=5,
        title={"text": t("climb.axis", unit=wrapped(unit)), "standoff": 2, "font": {"size": 12}},
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=labels, fixedrange=True,
        showgrid=False, tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0.45)
    key = [
        f'<span style="color:{BLUE}">■</span> {t("climb.mark_needed")}',
        f'<span style="color:{ORANGE}">■</span> {t("climb.mark_aim")}   '
        f'<span style="color:{PALE}">■</span> {t("climb.mark_cushion")}',
    ]
    if moving:
        key.append(f'<span style="color:{GREEN}">○</span> {moving}')
    return framed(figure, title=title, source=source, height=RUNG_HEIGHT * len(rows), key=key)


def _bars(figure: go.Figure, rows: pd.DataFrame, column: str, colour: str, name: str) -> None:
    figure.add_trace(
        go.Bar(
            x=rows[column], y=rows["shown"], orientation="h", name=name,
            marker={"color": colour}, customdata=rows["hover"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip


def _span(rows: pd.DataFrame, *, with_moving: bool) -> list[float]:
    """From the farthest rival below to the farthest need, with room on both sides."""
    right = [rows["needed"].max(), rows["needed_moving"].max() if with_moving else 0.0]
    high = max([float(x) for x in right if pd.notna(x)] or [0.0])
    low = -float(rows["cushion"].max()) if rows["cushion"].notna().any() else 0.0
    room = MARGIN * (high - low) or 1.0
    return [low - room, high + room]
