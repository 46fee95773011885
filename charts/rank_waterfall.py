"""From the place before to the place after, one step per cause; better stands to the right."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GREEN, INK, MUTED, PALE, framed, rank_axis, wrapped
from locales import t

RED = "#B3261E"
STEP_HEIGHT = 54
# Room beside the outermost place for the words on a bar [share of the places drawn].
ROOM = 0.8
FEWEST_PLACES = 6


def rank_waterfall(rows: pd.DataFrame, *, title: str, source: str, n_ranked: int) -> go.Figure:
    """The split of a rank change as a waterfall that lies down.

    Args:
        rows: one row per step, first on top, with part, label, text, effect, from_place and
            to_place. The first and the last step are places; a missing effect is drawn as a
            mark that says so.
        title: the finding.
        source: publisher and edition line.
        n_ranked: units in the ranking.
    """
    labels = [wrapped(label) for label in rows["label"]]
    middle = sum(_window(rows)) / 2
    figure = go.Figure()
    _connectors(figure, rows, labels)
    for label, (_, row) in zip(labels, rows.iterrows(), strict=True):
        if row["part"] in ("start", "end"):
            figure.add_trace(_place(row, label))
        else:
            figure.add_trace(_step(row, label))
            figure.add_trace(_words(row, label, middle))
    figure.update_xaxes(
        **{**rank_axis(n_ranked), "range": _window(rows), "tickvals": _ticks(rows, n_ranked)},
        title={"text": t("why.axis"), "standoff": 2, "font": {"size": 12}},
    )
    figure.update_yaxes(
        autorange="reversed",
        categoryorder="array",
        categoryarray=labels,
        fixedrange=True,
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    figure.update_layout(barmode="overlay", bargap=0.45)
    key = [
        f'<span style="color:{BLUE}">◆</span> {t("why.key_places")}',
        f'<span style="color:{GREEN}">▲</span> {t("why.key_up")}   '
        f'<span style="color:{RED}">▼</span> {t("why.key_down")}',
    ]
    return framed(figure, title=title, source=source, height=STEP_HEIGHT * len(rows), key=key)


def _place(row: pd.Series, label: str) -> go.Scatter:
    return go.Scatter(
        x=[row["to_place"]],
        y=[label],
        mode="markers+text",
        text=[f"<b>{row['text']}</b>"],
        textposition="middle right",
        textfont={"size": 14, "color": INK},
        marker={"symbol": "diamond", "size": 15, "color": BLUE},
        name=row["part"],
        cliponaxis=False,
        hoverinfo="skip",
    )


def _step(row: pd.Series, label: str) -> go.Bar:
    effect = 0.0 if pd.isna(row["effect"]) else float(row["effect"])
    return go.Bar(
        x=[-effect],
        base=[row["from_place"]],
        y=[label],
        orientation="h",
        marker={
            "color": GREEN if effect > 0 else RED,
            "pattern": {"shape": "" if effect > 0 else "/", "solidity": 0.25},
        },
        name=row["part"],
        customdata=[row["text"]],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _words(row: pd.Series, label: str, middle: float) -> go.Scatter:
    """What the step says: a bar on its better side, a mark on the side that has more room."""
    is_idle = pd.isna(row["effect"]) or row["effect"] == 0
    at = min(row["from_place"], row["to_place"])
    side = "left" if is_idle and at < middle else "right"
    return go.Scatter(
        x=[at],
        y=[label],
        mode="markers+text" if is_idle else "text",
        text=[f"  {row['text']}  "],
        textposition=f"middle {side}",
        textfont={"size": 12, "color": MUTED if is_idle else INK},
        marker={"symbol": "line-ns", "size": 14, "line": {"width": 2, "color": MUTED}},
        name=f"{row['part']}_words",
        cliponaxis=False,
        hoverinfo="skip",
    )


def _connectors(figure: go.Figure, rows: pd.DataFrame, labels: list[str]) -> None:
    """Thin lines that carry the place reached to the next step."""
    across: list[float | None] = []
    down: list[str | None] = []
    places = list(rows["to_place"])
    for at in range(len(labels) - 1):
        across += [places[at], places[at], None]
        down += [labels[at], labels[at + 1], None]
    figure.add_trace(
        go.Scatter(x=across, y=down, mode="lines", hoverinfo="skip", name="connector",
                   line={"color": PALE, "width": 1.5, "dash": "dot"})
    )  # fmt: skip


def _window(rows: pd.DataFrame) -> list[float]:
    """The places drawn: those passed on the way, with room for the words on the better side."""
    ends = [*rows["from_place"], *rows["to_place"]]
    worst, best = max(ends), min(ends)
    span = max(worst - best, FEWEST_PLACES)
    return [worst + 0.12 * span, best - ROOM * span]


def _ticks(rows: pd.DataFrame, n_ranked: int) -> list[int]:
    """Whole places from the first to the last that exist, a handful of them."""
    worst, best = _window(rows)
    first, last = max(1, round(best)), min(n_ranked, round(worst))
    step = next((s for s in (1, 2, 5, 10, 20) if (last - first) / s <= 6), 20)
    return [place for place in range(first, last + 1) if place == 1 or place % step == 0]
