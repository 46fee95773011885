"""Base, required and actual place per component, one line each; better stands to the right."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PALE,
    ROW_HEIGHT,
    STATUS_COLOURS,
    STATUS_SYMBOLS,
    framed,
    rank_axis,
    wrapped,
)
from locales import t


def rank_dumbbell(
    rows: pd.DataFrame, *, title: str, source: str, baseline: int, edition: int
) -> go.Figure:
    """The gap picture of one index.

    Args:
        rows: one row per component, first on top, with label, baseline_rank, required_rank,
            actual_rank, actual_low, actual_high, n_ranked, status, hover. A missing place
            leaves its mark out; a place known within bounds is drawn as a pale bar.
        title: the finding.
        source: publisher and edition line.
        baseline: year of the hollow mark.
        edition: year of the filled mark.
    """
    n_ranked = int(rows["n_ranked"].dropna().max()) if rows["n_ranked"].notna().any() else 63
    labels = [wrapped(label) for label in rows["label"]]
    figure = go.Figure()
    _links(figure, rows, labels)
    _bounds(figure, rows, labels)
    marks = [
        ("baseline_rank", t("gaps.mark_baseline", year=baseline),
         {"symbol": "circle-open", "size": 12, "color": MUTED, "line": {"width": 2}}),
        ("required_rank", t("gaps.mark_required", year=edition),
         {"symbol": "line-ns", "size": 22, "color": ORANGE,
          "line": {"width": 4, "color": ORANGE}}),
        ("actual_rank", t("gaps.mark_actual", year=edition),
         {"symbol": [STATUS_SYMBOLS[status] for status in rows["status"]], "size": 14,
          "color": [STATUS_COLOURS[status] if status != "no_target" else BLUE
                    for status in rows["status"]]}),
    ]  # fmt: skip
    for column, name, marker in marks:
        values = rows[column].astype("float64")
        figure.add_trace(
            go.Scatter(
                x=values, y=labels, mode="markers", name=name, marker=marker,
                customdata=rows["hover"], hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_xaxes(
        **rank_axis(n_ranked), title={"text": t("gaps.axis"), "standoff": 2, "font": {"size": 12}}
    )
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=labels, fixedrange=True,
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )  # fmt: skip
    key = [
        f'<span style="color:{MUTED}">○</span> {t("gaps.mark_baseline", year=baseline)}   '
        f'<span style="color:{ORANGE}">┃</span> {t("gaps.mark_required", year=edition)}',
        t("gaps.mark_actual", year=edition),
        *(_signs(["met", "missed"]), _signs(["not_assessable", "no_target"])),
    ]
    if _has_bounds(rows).any():
        key.append(f'<span style="color:{PALE}">▒▒</span> {t("gaps.mark_bounds")}')
    return framed(figure, title=title, source=source, height=ROW_HEIGHT * len(rows), key=key)


_SIGNS = {"met": "●", "missed": "✖", "not_assessable": "◆", "no_target": "■"}


def _signs(statuses: list[str]) -> str:
    """Part of the key: what each shape of the filled mark says."""
    return "   ".join(
        f'<span style="color:{BLUE if status == "no_target" else STATUS_COLOURS[status]}">'
        f"{_SIGNS[status]}</span> {t(f'status.{status}')}"
        for status in statuses
    )


def _links(figure: go.Figure, rows: pd.DataFrame, labels: list[str]) -> None:
    """A thin line from the base to the actual place."""
    across: list[float | None] = []
    down: list[str | None] = []
    for label, before, now in zip(labels, rows["baseline_rank"], rows["actual_rank"], strict=True):
        if pd.notna(before) and pd.notna(now):
            across += [float(before), float(now), None]
            down += [label, label, None]
    figure.add_trace(
        go.Scatter(x=across, y=down, mode="lines", line={"color": PALE, "width": 4},
                   hoverinfo="skip", showlegend=False, name="link")
    )  # fmt: skip


def _has_bounds(rows: pd.DataFrame) -> pd.Series:
    return rows["state"].isin(["outside_top", "withheld"]) & rows["actual_low"].notna()


def _bounds(figure: go.Figure, rows: pd.DataFrame, labels: list[str]) -> None:
    """A pale bar where the place is known only within bounds that say something."""
    drawn = _has_bounds(rows)
    for label, (at, row) in zip(labels, rows.iterrows(), strict=True):
        if drawn[at]:
            figure.add_trace(
                go.Scatter(
                    x=[float(row["actual_low"]), float(row["actual_high"])], y=[label, label],
                    mode="lines", line={"color": PALE, "width": 12, "dash": "2px,3px"},
                    name=t("gaps.mark_bounds"), hovertext=row["hover"], hoverinfo="text",
                )
            )  # fmt: skip
