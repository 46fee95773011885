"""The table of all components: as published, of each predecessor, or estimated for the unit now."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.geography import GeographyMode
from briefing import sentences
from briefing import trends as words
from charts.rank_dumbbell import rank_dumbbell
from locales import form, t
from ui import compare, download, loaders, tables
from ui.choice import Choice


def picture(gaps: pd.DataFrame, choice: Choice) -> go.Figure | None:
    """Base, required and actual places; where there is nothing to draw one sentence says so."""
    index = loaders.index_short(choice.index_id)
    drawn = gaps.loc[gaps["is_drawn"]]
    if drawn.empty:
        st.info(t("gaps.empty", unit=choice.unit_name, index=index, year=choice.edition))
        return None
    return rank_dumbbell(
        drawn,
        title=sentences.gaps_finding(gaps, index, choice.baseline, choice.edition),
        source=loaders.source_line(choice),
        baseline=choice.baseline,
        edition=choice.edition,
    )


def show(choice: Choice) -> None:
    """Picture and table of one unit with base, required and actual places."""
    gaps = loaders.component_gaps(choice)
    if (made := picture(gaps, choice)) is not None:
        download.chart(
            made,
            name=f"gaps_{choice.unit_id}_{choice.index_id}_{choice.edition}",
            data=gaps.loc[gaps["is_drawn"]],
        )
    st.caption(sentences.not_drawn(gaps))
    tables.gaps(gaps, baseline=choice.baseline, edition=choice.edition)


def estimated(choice: Choice) -> None:
    """Both years of every component, estimated for the unit now; nothing is required of it."""
    rows = compare.compared(choice, [choice.unit_id], GeographyMode.ESTIMATED)
    heads = [
        t("gaps.col_component"), t("merger.col_place", year=choice.baseline),
        t("merger.col_place", year=choice.edition), t("merger.col_gain"),
    ]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(str(row["component"])), _place(row, "_baseline"), _place(row),
                _moved(row),
            ],
            is_total=row["role"] == "total",
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    label = f"{t('lens.label')} ({t('lens.not_official')})"
    st.html(f'<div class="estimate"><p class="label">{escape(label)}</p></div>')
    tables.table("gaps_estimated", heads, body)
    st.caption(t("compare.note_estimate"))


def _place(row: Any, ending: str = "") -> str:
    """An estimated place with its field, a published one, or why there is none."""
    said = words.place_words(row, ending)
    if said != form.NO_VALUE:
        return escape(said)
    return f'<span class="small">{escape(words.silence(row, ending))}</span>'


def _moved(row: Any) -> str:
    return escape(form.estimated_gain(row["gain"]))
