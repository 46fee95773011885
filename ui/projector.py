"""A meeting on the wall: one view a screen in large type, turned by keys, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.geography import GeographyMode
from analytics.trends import RANK
from briefing import climb as climb_words
from briefing import explain, sentences
from charts.large import large
from charts.rank_waterfall import rank_waterfall
from charts.standing_lines import standing_lines
from charts.theme import MODEBAR
from data import reviews
from data.store import store
from locales import form, t
from ui import climb, gaps, loaders, responsibility, tables, trends, why
from ui.choice import ALL, Choice

ADDRESS = "view"
STYLE = Path(__file__).with_name("projector.css")
SCRIPT = Path(__file__).with_name("projector.js")
# More lines than this cannot be read from the back of a room.
MOST_LINES = 8
URGENT = ("missed", "off_track", "at_risk", "held_not_improved")


def style() -> None:
    """Large type, no menu and no sidebar, and the keys of a meeting."""
    st.html(STYLE)
    script = SCRIPT.read_text(encoding="utf-8")
    st.html(f"<script>(() => {{ {script} }})();</script>", unsafe_allow_javascript=True)


def number() -> int:
    """Which view the address asks for, from 1; the nearest there is for any other number."""
    text = st.query_params.get(ADDRESS, "1")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    return min(max(asked, 1), len(VIEWS))


def _turn(to: int) -> None:
    st.query_params[ADDRESS] = str(to)


def bar(at: int) -> None:
    """Where in the meeting we are, and the buttons the keys press."""
    with st.container(key="projector_bar", horizontal=True, vertical_alignment="center"):
        st.button(
            t("projector.back"), key="projector_back", disabled=at == 1,
            on_click=_turn, args=(max(at - 1, 1),),
        )  # fmt: skip
        st.markdown(f"**{at}/{len(VIEWS)}** · {t(f'projector.view.{list(VIEWS)[at - 1]}')}")
        st.button(
            t("projector.next"), key="projector_next", disabled=at == len(VIEWS),
            on_click=_turn, args=(min(at + 1, len(VIEWS)),),
        )  # fmt: skip
        if st.button(t("projector.leave"), key="projector_leave"):
            query = st.query_params.to_dict()
            query.pop(ADDRESS, None)
            st.switch_page("pages/overview.py", query_params=query)


def show(at: int, choice: Choice) -> None:
    """The view of that number."""
    name = list(VIEWS)[at - 1]
    st.caption(
        t("projector.about", unit=choice.unit_name, year=choice.edition, baseline=choice.baseline,
          day=form.day(choice.as_of))
    )  # fmt: skip
    VIEWS[name](choice)


def _everything(choice: Choice) -> Choice:
    return replace(choice, index_id=ALL)


def _tiles(choice: Choice) -> None:
    st.title(t("overview.title", unit=choice.unit_name, year=choice.edition))
    tables.tiles(loaders.index_tiles(_everything(choice)))


def _targets(choice: Choice) -> None:
    st.title(t("projector.view.targets"))
    rows = loaders.target_board(_everything(choice))
    ranked = rows.loc[rows["is_ranked"]]
    if ranked.empty:
        st.info(t("overview.targets_none", unit=choice.unit_name, year=choice.edition))
        return
    tables.counts(ranked["status"], "overview.targets_counts")
    urgent = ranked.loc[ranked["status"].isin(URGENT)]
    if urgent.empty:
        st.markdown(t("projector.targets_fine"))
        return
    heads = [
        t("targets.col_target"), t("targets.col_required"), t("targets.col_actual"),
        t("targets.col_status"), t("targets.col_document"),
    ]  # fmt: skip
    tables.table("projector", heads, [
        tables.line(heads, [
            escape(f"{row['index_short']} · {sentences.component_label(row)}"),
            tables.required(row),
            escape(sentences.place_of(row)),
            tables.chip(row["status"]),
            escape(sentences.document_words(row)),
        ])
        for _, row in urgent.head(MOST_LINES).iterrows()
    ])  # fmt: skip
    _rest(len(urgent))


def _rest(n: int) -> None:
    if n > MOST_LINES:
        st.caption(t("projector.rest", n=form.whole(n - MOST_LINES)))


def _held(choice: Choice) -> None:
    st.title(t("overview.held_title"))
    everything = _everything(choice)
    held = loaders.held_back(everything)
    if held.empty:
        st.info(t(loaders.held_back_empty(everything)))
        return
    _chart(
        standing_lines(
            held, title=sentences.held_finding(held, choice.unit_name, choice.edition),
            source=loaders.source_line(everything),
        )
    )  # fmt: skip


def _gaps(choice: Choice) -> None:
    st.title(f"{t('gaps.title')}: {loaders.index_short(choice.index_id)}")
    if (made := gaps.picture(loaders.component_gaps(choice), choice)) is not None:
        _chart(made)


def _why(choice: Choice) -> None:
    st.title(f"{t('why.title')}: {loaders.index_short(choice.index_id)}")
    made = why.explained(choice, choice.index_id)
    names = why.names()
    if not made.is_split:
        why.said(explain.paragraph(made, names))
        return
    _chart(
        rank_waterfall(
            explain.bars(made), title=explain.headline(made, names),
            source=loaders.source_line(choice), n_ranked=made.after.n_ranked,
        )
    )  # fmt: skip


def _trends(choice: Choice) -> None:
    index = loaders.index_short(choice.index_id)
    st.title(f"{t('trends.title')}: {index}")
    parts = trends.options(choice)
    parts = parts.loc[parts["component_id"] == choice.index_id]
    if parts.empty:
        st.info(t("trends.empty", line=index, unit=choice.unit_name))
        return
    made = trends.picture(choice, parts, GeographyMode.PUBLISHED, RANK)
    if made.figure is None:
        st.info(t("trends.empty", line=index, unit=made.unit))
        return
    _chart(made.figure)


def _points(choice: Choice) -> None:
    st.title(f"{t('points.title')}: {loaders.index_short(choice.index_id)}")
    made = climb.climb(choice, choice.index_id)
    climb.said(made, climb.names())
    if made.is_given:
        rows = climb_words.ladder_rows(made, climb.names())
        heads = [t("points.col_place"), t("points.col_holder"), t("points.col_needed")]
        shown = rows.loc[rows["needed"].notna()].head(MOST_LINES)
        tables.plain(heads, [
            [form.whole(row["place"]), str(row["holder"]), f"+{form.number(row['needed'], 2)}"]
            for _, row in shown.iterrows()
        ])  # fmt: skip


def _tasks(choice: Choice) -> None:
    st.title(t("projector.view.tasks"))
    rows = reviews.tasks(store(), loaders.version().partition("@")[0])
    rows = rows.loc[(rows["unit_id"] == choice.unit_id) & ~rows["state"].isin(["done", "given_up"])]
    if rows.empty:
        st.info(t("projector.tasks_none", unit=choice.unit_name))
        return
    names = responsibility.agency_names()
    heads = [t("projector.col_task"), t("projector.col_agency"), t("projector.col_due")]
    tables.plain(heads, [
        [str(row["title"]), names.get(str(row["agency_id"]), str(row["agency_id"])),
         form.day(row["due_on"])]
        for _, row in rows.head(MOST_LINES).iterrows()
    ])  # fmt: skip
    _rest(len(rows))


def _chart(figure: Any) -> None:
    st.plotly_chart(large(figure), config=MODEBAR, theme=None, key="projector_chart")


VIEWS: dict[str, Callable[[Choice], None]] = {
    "tiles": _tiles, "targets": _targets, "held": _held, "gaps": _gaps, "why": _why,
    "trends": _trends, "points": _points, "tasks": _tasks,
}  # fmt: skip
