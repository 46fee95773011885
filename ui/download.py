"""A chart on screen with its files below: picture for print, drawing, and the figures behind it.

The files are made when they are asked for, without a browser and without network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import locales
from charts.theme import MODEBAR
from locales import t
from ui import unpublished

MIMES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
# Columns of the charts' frames that have a heading for readers: f"download.column.{name}".
COLUMNS = (
    "label", "unit", "theme", "index", "edition", "baseline_rank", "required_rank",
    "actual_rank", "actual_low", "actual_high", "n_ranked", "rank", "score", "percentile",
    "place", "from_place", "effect",
    "to_place", "text", "rank_effect", "score_effect", "needed", "needed_moving", "cushion",
    "status", "value", "rank_baseline", "n_ranked_baseline", "rank_gain",
    "low", "high", "origin", "state", "remark",
)  # fmt: skip


def chart(
    figure: go.Figure, *, name: str, data: pd.DataFrame | None = None, key: str | None = None,
    alt: str | None = None,
) -> None:  # fmt: skip
    """Show a chart and offer its files.

    Args:
        figure: one of our charts.
        name: of the files, without ending: gaps_papi_2023.
        data: what the chart was drawn from, when that says more than the chart; columns without
            a heading of their own (colours, hover texts) are left out of the files. Rows whose
            is_estimate is true are called estimates in every file, the picture too.
        key: tells this chart from another of the same name on the page.
        alt: what is read out in place of the picture; its title when absent.
    """
    st.plotly_chart(figure, config=MODEBAR, theme=None, key=key and f"{key}_chart", alt=alt)
    with st.popover(t("download.open"), type="tertiary"):
        for kind, mime in MIMES.items():
            st.download_button(
                t(f"download.{kind}"), data=when_asked(
                    partial(content, kind, figure, name, data), f"{name}.{kind}"
                ),
                file_name=f"{name}.{kind}", mime=mime, on_click="ignore", type="tertiary",
                key=f"download_{key or name}_{kind}",
            )  # fmt: skip


def when_asked(make: Callable[[], bytes], name: str) -> Callable[[], bytes]:
    """The bytes of a file with figures, made when somebody asks for it, in the page's language.

    Figures taken out before their time leave a line in the trail.
    """
    spoken, exported = locales.language(), unpublished.recorder()

    def made() -> bytes:
        locales.use(spoken)
        exported(name)
        return make()

    return made


def content(kind: str, figure: go.Figure, name: str, data: pd.DataFrame | None) -> bytes:
    """The bytes of one file of a chart."""
    # Drawing takes half a second to import, which nobody waits for who only looks.
    from charts import data_file
    from charts.still import sourced, still, titled

    if data is not None and "is_estimate" in data and data["is_estimate"].any():
        figure = _called_estimate(figure)
    if kind in ("png", "svg"):
        return still(figure, format="png" if kind == "png" else "svg")
    rows = data_file.figures_of(figure) if data is None else data_file.columns(*_headed(data))
    if kind == "csv":
        return data_file.csv(rows)
    return data_file.workbook(rows, name=name, title=titled(figure), source=sourced(figure))


def _called_estimate(figure: go.Figure) -> go.Figure:
    """The figure with the warning in its source line, so that no copy loses it."""
    made = go.Figure(figure)
    for note in made.layout.annotations:
        if note.name == "source":
            note.text = f"{note.text}<br>{escape(t('download.estimate'), quote=False)}"
    return made


def _headed(data: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The frame with verdicts in words, and the heading of every column a reader may see."""
    headings = {column: t(f"download.column.{column}") for column in COLUMNS}
    shown = data.copy()
    if "status" in shown:
        shown["status"] = [t(f"status.{status}") for status in shown["status"]]
    if "rank_origin" in shown:
        shown["origin"] = [_word("origin", one) for one in shown["rank_origin"]]
    if "state" in shown:
        shown["state"] = [_word("state", one) for one in shown["state"]]
    if "is_estimate" in shown:
        is_guess = shown["is_estimate"].fillna(False).astype(bool)
        shown["remark"] = [t("download.estimate") if guess else None for guess in is_guess]
        if len(shown) and is_guess.all():
            headings["rank"] = t("download.estimated_place")
    return shown, headings


def _word(group: str, code: Any) -> str | None:
    """A code of the store in words; nothing where there is none."""
    key = f"{group}.{code}"
    return t(key) if isinstance(code, str) and locales.has(key) else None
