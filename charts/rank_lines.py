"""Places, standings or points over the years; places are drawn with first place on top.

A line stops where a year has no figure. Estimates are broken lines with hollow marks and never
share a trace with what a publisher printed.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.theme import BLUE, GREEN, GRID, INK, MUTED, ORANGE, PALE, annotated, framed, rank_axis
from locales import t

# Told apart on grey paper by the name at the end of each line.
COLOURS = (BLUE, ORANGE, GREEN, "#8E3B8A", "#8A6A00", MUTED)
# What stands behind a place, by shape; a hollow mark is not the publisher's own figure.
SYMBOLS = {"published": "circle", "computed": "circle-open", "derived": "square",
           "listed": "square", "estimated": "diamond-open"}  # fmt: skip
SIGNS = {"published": "●", "computed": "○", "derived": "■", "estimated": "◇"}
HEIGHT = 420
LEFT = 44
KEY_WIDTH = 52
MOST_TICKS = 6
NEAR_END = 2
# Width of a letter and of what a telephone leaves for all years [pixels]; height of a row of
# letters as a share of the picture.
LETTER, PHONE_PLOT, LETTER_ROW = 8, 230, 0.042
TAG = re.compile("<[^>]*>")


def rank_lines(
    rows: pd.DataFrame,
    steps: pd.DataFrame,
    required: pd.DataFrame,
    *,
    measure: str,
    title: str,
    source: str,
) -> go.Figure:
    """Lines over the years with breaks, bounds, gaps and the place asked for.

    Args:
        rows: one row per (line, edition), with line, label (short, at the end of the line), name
            (in the key), edition, value, run (see `analytics.trends.drawn`), mark (published,
            computed, derived, listed, estimated; empty without a value), low and high [bounds of a
            place known only so], n_ranked,
            n_common, is_estimate, hover.
        steps: one row per break, with edition, letter, hover; drawn before its edition.
        required: one row per edition with required_rank, baseline_used, baseline_rank, hover;
            drawn for places alone.
        measure: rank, percentile or score.
        title: the finding.
        source: publishers and editions.
    """
    figure = go.Figure()
    years = [*rows["edition"], *(edition for edition in steps["edition"])]
    first, last = int(min(years)), int(max(years))
    axis, top, bottom = value_axis(rows, measure)
    if measure == "rank":
        _required(figure, required)
    _bounds(figure, rows, measure)
    colours = {line: COLOURS[at % len(COLOURS)] for at, line in enumerate(_lines(rows))}
    for line, colour in colours.items():
        run_lines(figure, rows.loc[rows["line"] == line], colour)
    _missing(figure, rows, bottom + 0.025 * (top - bottom))
    _breaks(figure, steps, top, bottom, last - first + 1)
    figure.update_xaxes(**year_axis(first, last))
    figure.update_yaxes(**axis)
    framed(figure, title=title, source=source, height=HEIGHT,
           key=_key(rows, steps, required if measure == "rank" else required.iloc[0:0],
                    colours))  # fmt: skip
    return narrowed(figure, end_labels(figure, rows, colours, reach=abs(top - bottom)))


def _lines(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(rows["line"]))


def value_axis(rows: pd.DataFrame, measure: str) -> tuple[dict[str, object], float, float]:
    """The vertical axis, and where its top and bottom edges lie."""
    if measure == "rank":
        n = rows["n_common"].where(rows["is_estimate"], rows["n_ranked"]).dropna()
        n_ranked = int(n.max()) if len(n) else 63
        top, bottom = -0.05 * n_ranked, n_ranked * 1.07
        axis = {**rank_axis(n_ranked), "range": [bottom, top]}
    elif measure == "percentile":
        top, bottom = 110.0, -8.0
        axis = {"range": [bottom, top], "tickvals": [0, 25, 50, 75, 100], "gridcolor": GRID,
                "zeroline": False, "fixedrange": True}  # fmt: skip
    else:
        values = rows["value"].dropna().astype("float64")
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        room = max(high - low, 0.2)
        top, bottom = high + room * 0.16, low - room * 0.14
        axis = {"range": [bottom, top], "gridcolor": GRID, "zeroline": False, "fixedrange": True}
    return axis, top, bottom


def year_axis(first: int, last: int) -> dict[str, object]:
    """Years from left to right, as many written as a telephone has room for."""
    step = math.ceil((last - first + 1) / MOST_TICKS)
    return {
        "range": [first - 0.6, last + 0.6],
        "tickvals": list(range(last, first - 1, -step)),
        "tickformat": "d",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
    }


def run_lines(
    figure: go.Figure, rows: pd.DataFrame, colour: str, *, width: float = 2.5, size: int = 9
) -> None:
    """One line: its runs with gaps between them, then its marks; estimates apart from the rest."""
    known = rows.loc[rows["value"].notna()]
    for is_estimate in (False, True):
        mine = known.loc[known["is_estimate"] == is_estimate]
        if mine.empty:
            continue
        across: list[float | None] = []
        down: list[float | None] = []
        for _, run in mine.groupby("run", sort=True):
            across += [*(float(year) for year in run["edition"]), None]
            down += [*(float(value) for value in run["value"]), None]
        name = str(mine["line"].iloc[0])
        kind = "estimated" if is_estimate else "official"
        dash = "dash" if is_estimate else "solid"
        figure.add_trace(
            go.Scatter(x=across[:-1], y=down[:-1], mode="lines", name=f"{kind}_line:{name}",
                       connectgaps=False, line={"color": colour, "width": width, "dash": dash},
                       hoverinfo="skip")
        )  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=mine["edition"], y=mine["value"].astype("float64"), mode="markers",
                name=f"{kind}:{name}",
                marker={"size": size, "color": colour, "line": {"width": 2, "color": colour},
                        "symbol": [SYMBOLS[mark] for mark in mine["mark"]]},
                customdata=mine["hover"], hovertemplate="%{customdata}<extra></extra>",
                cliponaxis=False,
            )
        )  # fmt: skip


def _bounds(figure: go.Figure, rows: pd.DataFrame, measure: str) -> None:
    """A pale bar where a place is known only within bounds; never a point, never a line."""
    if measure != "rank":
        return
    for _, row in rows.loc[rows["low"].notna() & rows["value"].isna()].iterrows():
        figure.add_trace(
            go.Scatter(
                x=[row["edition"]] * 2, y=[float(row["low"]), float(row["high"])], mode="lines",
                name="bounds", line={"color": PALE, "width": 12}, opacity=0.75,
                hovertext=row["hover"], hoverinfo="text",
            )
        )  # fmt: skip


def _missing(figure: go.Figure, rows: pd.DataFrame, foot: float) -> None:
    """A cross at the foot of every year in which some line has nothing to show."""
    silent = rows.loc[rows["value"].isna() & rows["low"].isna()]
    if silent.empty:
        return
    said = silent.groupby("edition", sort=True)["hover"].agg("<br>".join)
    figure.add_trace(
        go.Scatter(
            x=list(said.index), y=[foot] * len(said), mode="markers", name="missing",
            marker={"symbol": "x-thin", "size": 8, "line": {"width": 2, "color": MUTED}},
            customdata=list(said), hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip


def _breaks(
    figure: go.Figure, steps: pd.DataFrame, top: float, bottom: float, n_years: int
) -> None:
    """A dotted line before the first edition of each break, its letter on top.

    Letters that would touch on a telephone stand below each other.
    """
    if steps.empty:
        return
    said = steps.assign(at=steps["edition"].astype("float64") - 0.5).groupby("at", sort=True)
    marks = said.agg(letters=("letter", lambda found: letters(list(found))),
                     hover=("hover", "<br>".join))  # fmt: skip
    for x in marks.index:
        figure.add_vline(x=x, line={"color": MUTED, "width": 1, "dash": "dot"}, name="break")
    figure.add_trace(
        go.Scatter(
            x=list(marks.index), mode="text+markers",
            y=[top - at * (top - bottom) * LETTER_ROW for at in _rows_of_letters(
                list(marks.index), list(marks["letters"]), n_years)],
            text=list(marks["letters"]), name="breaks", textfont={"size": 12, "color": INK},
            textposition="bottom center", marker={"size": 1, "color": MUTED},
            customdata=list(marks["hover"]), hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    )  # fmt: skip


def _rows_of_letters(places: Sequence[float], said: Sequence[str], n_years: int) -> list[int]:
    """The row of each text so that none touches another where `n_years` share a telephone."""
    ends: list[float] = []
    found = []
    for place, text in zip(places, said, strict=True):
        half = (LETTER * len(text) + LETTER) / 2 * n_years / PHONE_PLOT
        free = [at for at, end in enumerate(ends) if end <= place - half]
        at = free[0] if free else len(ends)
        ends[at : at + 1] = [place + half]
        found.append(at)
    return found


def _required(figure: go.Figure, required: pd.DataFrame) -> None:
    """The place asked for in every year, the zone that meets it, and the base year."""
    if required.empty:
        return
    across: list[float | None] = []
    down: list[float | None] = []
    for _, row in required.iterrows():
        left, right = float(row["edition"]) - 0.42, float(row["edition"]) + 0.42
        place = float(row["required_rank"])
        figure.add_shape(
            type="rect", x0=left, x1=right, y0=0.5, y1=place, fillcolor=GREEN, opacity=0.1,
            line={"width": 0}, layer="below", name="required_zone",
        )  # fmt: skip
        across += [left, right, None]
        down += [place, place, None]
    figure.add_trace(
        go.Scatter(x=across[:-1], y=down[:-1], mode="lines", name="required_line",
                   line={"color": GREEN, "width": 3}, hoverinfo="skip")
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=required["edition"], y=required["required_rank"].astype("float64"), mode="markers",
            name="required", marker={"symbol": "line-ew", "size": 1, "color": GREEN},
            customdata=required["hover"], hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    base = required.dropna(subset=["baseline_rank"]).drop_duplicates("baseline_used")
    figure.add_trace(
        go.Scatter(
            x=base["baseline_used"], y=base["baseline_rank"].astype("float64"), mode="markers",
            name="base", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 19, "color": GREEN, "line": {"width": 2}},
        )
    )  # fmt: skip


def end_labels(
    figure: go.Figure, rows: pd.DataFrame, colours: dict[str, str], *, reach: float
) -> int:
    """The name of each line beside its last point, moved apart where they would cover another.

    Returns:
        The margin [pixels] the names need on the right.
    """
    known = rows.loc[rows["value"].notna()]
    lasts = known.sort_values("edition").drop_duplicates("line", keep="last")
    if lasts.empty:
        return 18
    closest = reach * 15 / HEIGHT
    final = int(lasts["edition"].max())
    # Lines that end a year or two apart share the column of names at the right.
    lasts = lasts.assign(at=lasts["edition"].where(lasts["edition"] < final - NEAR_END, final))
    notes = []
    for at, mine in lasts.groupby("at"):
        ends = mine.sort_values("value")
        places = spread([float(value) for value in ends["value"]], closest)
        for (_, row), place in zip(ends.iterrows(), places, strict=True):
            notes.append(
                {
                    "x": float(at), "y": place, "text": escape(str(row["label"]), quote=False),  # type: ignore[arg-type]
                    "showarrow": False, "xanchor": "left", "xshift": 9, "name": "end",
                    "bgcolor": "rgba(255,255,255,.85)",
                    "font": {"size": 12, "color": colours[row["line"]]},
                }
            )  # fmt: skip
    annotated(figure, notes)
    longest = max(len(str(label)) for label in lasts["label"])
    return 18 if final < int(rows["edition"].max()) - NEAR_END else 14 + round(6.9 * longest)


def spread(places: Sequence[float], closest: float) -> list[float]:
    """Places in ascending order moved as little as needed to stand `closest` apart."""
    moved: list[float] = []
    blocks: list[list[float]] = []
    for place in places:
        blocks.append([place])
        while len(blocks) > 1 and _middle(blocks[-2]) + closest * (
            len(blocks[-2]) + len(blocks[-1])
        ) / 2 > _middle(blocks[-1]):
            later = blocks.pop()
            blocks[-1] += later
    for block in blocks:
        start = _middle(block) - closest * (len(block) - 1) / 2
        moved += [start + closest * at for at in range(len(block))]
    return moved


def _middle(block: Sequence[float]) -> float:
    return sum(block) / len(block)


def _key(
    rows: pd.DataFrame, steps: pd.DataFrame, required: pd.DataFrame, colours: dict[str, str]
) -> list[str]:
    """What lines and marks mean; only what occurs in the picture."""
    said: list[str] = []
    first = rows.drop_duplicates("line")
    for _, row in first.loc[first["name"] != first["label"]].iterrows():
        sign = f'<span style="color:{colours[row["line"]]}">━</span>'
        text = textwrap.wrap(str(row["name"]), KEY_WIDTH)
        head, *more = [escape(line, quote=False) for line in text]
        said += [f"{sign} {head}", *(f"     {line}" for line in more)]
    marks = set(rows.loc[rows["value"].notna(), "mark"].replace({"listed": "derived"}))
    signs = [f"{SIGNS[mark]} {t(f'trends.mark_{mark}')}" for mark in SIGNS if mark in marks]
    if len(required):
        for sign, key in (("▬", "trends.mark_required"), ("◯", "trends.mark_base")):
            signs.append(f'<span style="color:{GREEN}">{sign}</span> {t(key)}')
    is_open = rows["value"].isna()
    if (is_open & rows["low"].notna()).any():
        signs.append(f"▒ {t('trends.mark_bounds')}")
    if (is_open & rows["low"].isna()).any():
        signs.append(f"× {t('trends.mark_missing')}")
    if len(steps):
        signs.append(t("trends.mark_break", letters=letters(list(steps["letter"]))))
    return said + packed(signs, KEY_WIDTH + 4)


def packed(parts: Sequence[str], width: int) -> list[str]:
    """Parts of a key put on as few lines as a telephone allows."""
    made: list[str] = []
    for part in parts:
        if made and len(TAG.sub("", f"{made[-1]}   {part}")) <= width:
            made[-1] += f"   {part}"
        else:
            made.append(part)
    return made


def letters(found: Sequence[str]) -> str:
    """The letters of the breaks in a picture: a, or a–d."""
    return found[0] if len(found) == 1 else f"{found[0]}–{found[-1]}"


def narrowed(figure: go.Figure, right: int = 18, left: int = LEFT) -> go.Figure:
    """Give the room of long row labels, which lines over years do not have, to the picture."""
    figure.update_layout(margin={"l": left, "r": right})
    for name in ("title", "key", "source"):
        figure.update_annotations({"xshift": 4 - left}, {"name": name})
    return figure
