"""The table of shortcomings of a province or an agency, on screen and as files."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing import review_papers as papers
from briefing import reviews as words
from data.reviews import ReviewSheet
from locales import form, t
from ui import download, loaders, tables
from ui.reviews import Review


def shortcomings(found: Review) -> None:
    """The table of shortcomings of the province or the agency, on screen and as a workbook."""
    scope = st.radio(
        t("reviews.table_scope"), ["all", "agency"], horizontal=True,
        format_func=lambda code: t(f"reviews.scope_{code}"),
    )  # fmt: skip
    rows = method.shortcomings(found.lines if scope == "all" else found.own)
    sheets = found.sheets if scope == "all" else [found.sheet]
    rows = _with_own(rows, found, sheets)
    if rows.empty:
        st.info(t("reviews.table_empty"))
        return
    heads = [t(f"reviews.col_{key}") for key in (
        "line", "max", "score", "lost", "rank", "score_change", "rank_change", "agency", "why",
    )]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(words.line_name(row)),
                escape(_points(row["max_score"])),
                escape(_points(row["score"])),
                escape(_points(row["lost"])),
                escape(words.place(row)),
                escape(form.score_change(row["score_change"])),
                tables.change(row["gain"]),
                escape(words.agency_names(row)),
                escape(words.why(row)),
            ],
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    tables.table("shortcomings", heads, body)
    st.caption(t("reviews.table_note"))
    choice = found.choice
    subtitle = t("reviews.table_subtitle", index=found.index_short, year=choice.edition,
                 baseline=choice.baseline, unit=choice.unit_name)  # fmt: skip
    source = loaders.source_line(choice)
    named = {"index": choice.index_id, "year": choice.edition}
    left, right, _ = st.columns([1, 1, 1])
    for place, label, name, make in (
        (left, t("reviews.download"), t("reviews.table_file", **named),
         words.shortcomings_workbook),
        (right, t("reviews.download_word"), t("reviews.table_word", **named),
         papers.shortcomings_paper),
    ):  # fmt: skip
        made = partial(make, rows, subtitle=subtitle, source=source)
        place.download_button(
            label, download.when_asked(made, name), file_name=name, width="stretch"
        )


def _points(value: Any) -> str:
    return "" if form.is_missing(value) else form.number(value)


def _with_own(rows: pd.DataFrame, found: Review, sheets: list[ReviewSheet]) -> pd.DataFrame:
    """The rows and, below, what agencies found themselves."""
    own = [
        {
            "component_id": one.component_id, "title": one.title, "max_score": one.max_score,
            "score": one.score, "reasons": (), "co_agency": "", "level": 9,
            "lead_agency": found.agencies.get(sheet.agency_id, sheet.agency_id),
            "lost": method.points_lost(one.max_score, one.score),
        }
        for sheet in sheets
        for one in sheet.own_findings
    ]  # fmt: skip
    if not own:
        return rows.assign(title=None)
    both = [*rows.assign(title=None).to_dict("records"), *own]
    return pd.DataFrame(both, columns=[*rows.columns, "title"])
