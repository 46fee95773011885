"""The lines of a group, one unit drawn strong among the others; better stands higher."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.rank_lines import end_labels, narrowed, packed, run_lines, year_axis
from charts.theme import BLUE, GRID, MUTED, PALE, framed, rank_axis
from locales import t

MOST_LINES = 15
ROW = 26


def bump(
    rows: pd.DataFrame, *, chosen: str, n_places: int, title: str, source: str, unit_of_axis: str
) -> go.Figure:
    """Places of a group over the years.

    Args:
        rows: one row per (line, edition), with line, label, edition, value [place], run, mark,
            is_estimate, hover; at most 15 lines.
        chosen: the line drawn strong.
        n_places: the last place of the axis.
        title: the finding.
        source: publishers and editions.
        unit_of_axis: what the places are counted in, in words.

    Raises:
        ValueError: more lines than can be told apart.
    """
    lines = list(dict.fromkeys(rows["line"]))
    if len(lines) > MOST_LINES:
        raise ValueError(f"{len(lines)} lines, at most {MOST_LINES}")
    height = max(300, ROW * min(n_places, 18))
    figure = go.Figure()
    # The chosen one last: what is drawn later lies on top.
    for line in [*(one for one in lines if one != chosen), chosen]:
        is_chosen = line == chosen
        mine = rows.loc[rows["line"] == line]
        run_lines(
            figure, mine, BLUE if is_chosen else PALE,
            width=4 if is_chosen else 1.8, size=11 if is_chosen else 7,
        )  # fmt: skip
    first, last = int(rows["edition"].min()), int(rows["edition"].max())
    bottom, top = n_places + 0.8, 0.2
    figure.update_xaxes(**year_axis(first, last))
    axis = {**rank_axis(n_places), "range": [bottom, top], "gridcolor": GRID}
    if n_places <= MOST_LINES:
        axis["tickvals"] = list(range(1, n_places + 1))
    figure.update_yaxes(**axis)
    marks = set(rows.loc[rows["value"].notna(), "mark"])
    key = [f'<span style="color:{BLUE}">━</span> {t("trends.bump_chosen")}',
           f'<span style="color:{MUTED}">━</span> {t("trends.bump_others")}']  # fmt: skip
    if "estimated" in marks:
        key.append(f"◇ {t('trends.mark_estimated')}")
    framed(figure, title=title, source=source, height=height, key=[unit_of_axis, *packed(key, 200)])
    colours = {line: BLUE if line == chosen else MUTED for line in lines}
    # Names need their own height; the picture may be lower than the usual one.
    reach = (bottom - top) * 420 / height
    return narrowed(figure, end_labels(figure, rows, colours, reach=reach))
