"""A chart on screen with its files below: picture for print, drawing, and the figures behind it.

The files are made when they are asked for, without a browser and without network.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import locales
from charts.theme import MODEBAR
from locales import t

MIMES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
# Columns of the charts' frames that have a heading for readers: f"download.column.{name}".
COLUMNS = (
    "label", "edition", "baseline_rank", "required_rank", "actual_rank", "actual_low",
    "actual_high", "n_ranked", "rank", "score", "percentile", "place", "from_place", "effect",
    "to_place", "text", "rank_effect", "score_effect", "needed", "needed_moving", "cushion",
    "status",
)  # fmt: skip


def chart(
    figure: go.Figure, *, name: str, data: pd.DataFrame | None = None, key: str | None = None
) -> None:
    """Show a chart and offer its files.

    Args:
        figure: one of our charts.
        name: of the files, without ending: gaps_papi_2023.
        data: what the chart was drawn from, when that says more than the chart; columns without
            a heading of their own (colours, hover texts) are left out of the files.
        key: tells this chart from another of the same name on the page.
    """
    st.plotly_chart(figure, config=MODEBAR, theme=None, key=key and f"{key}_chart")
    with st.popover(t("download.open"), type="tertiary"):
        for kind, mime in MIMES.items():
            st.download_button(
                t(f"download.{kind}"), data=_made(kind, figure, name, data),
                file_name=f"{name}.{kind}", mime=mime, on_click="ignore", type="tertiary",
                key=f"download_{key or name}_{kind}",
            )  # fmt: skip


def _made(
    kind: str, figure: go.Figure, name: str, data: pd.DataFrame | None
) -> Callable[[], bytes]:
    """The bytes of one file, made on demand in the language of the page."""
    spoken = locales.language()

    def make() -> bytes:
        locales.use(spoken)
        return content(kind, figure, name, data)

    return make


def content(kind: str, figure: go.Figure, name: str, data: pd.DataFrame | None) -> bytes:
    """The bytes of one file of a chart."""
    # Drawing takes half a second to import, which nobody waits for who only looks.
    from charts import data_file
    from charts.still import sourced, still, titled

    if kind in ("png", "svg"):
        return still(figure, format="png" if kind == "png" else "svg")
    rows = data_file.figures_of(figure) if data is None else data_file.columns(*_headed(data))
    if kind == "csv":
        return data_file.csv(rows)
    return data_file.workbook(rows, name=name, title=titled(figure), source=sourced(figure))


def _headed(data: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The frame with verdicts in words, and the heading of every column a reader may see."""
    headings = {column: t(f"download.column.{column}") for column in COLUMNS}
    shown = data.copy()
    if "status" in shown:
        shown["status"] = [t(f"status.{status}") for status in shown["status"]]
    return shown, headings
