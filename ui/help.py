"""Help where it is needed: the introduction, the glossary and the training sheets."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import search as finding
from briefing.reviews import inert
from data import favourites, teaching
from data.store import StoreError, store
from data.teaching import Term
from locales import form, language, t
from ui import loaders, tables, terms, who
from ui.choice import Choice

ADDRESS, FIELD = "term", "w_term"
STEPS = 4
STEP, AWAY = "introduction_step", "introduction_away"
LONGEST = 80


# ---------------------------------------------------------------------------------- introduction


# A resource, not data: whether somebody was here is looked up once per state of the store.
@st.cache_resource(max_entries=64, show_spinner=False)
def _is_introduced(stamp: str, name: str) -> bool:
    return favourites.is_introduced(store(), name, version=stamp.partition("@")[0])


def _step(to: int) -> None:
    st.session_state[STEP] = to


def _put_away() -> None:
    st.session_state[AWAY] = True
    try:
        favourites.introduce(store(), by=who.actor())
    except StoreError as fault:
        # Nobody is kept from their work because a note could not be written.
        st.session_state[AWAY] = str(fault)


def introduction() -> None:
    """Four short steps above the first page, until they are put away; nothing waits for them."""
    if st.session_state.get(AWAY) or _is_introduced(loaders.version(), who.actor().name):
        return
    step = min(max(int(st.session_state.get(STEP, 1)), 1), STEPS)
    with st.container(border=True, key="introduction", gap="small"):
        st.markdown(f"**{t('help.intro_head', step=step, of=STEPS)}** {t(f'help.intro_{step}')}")
        with st.container(horizontal=True):
            if step < STEPS:
                st.button(t("help.intro_next"), on_click=_step, args=(step + 1,), type="primary")
            else:
                st.page_link("pages/glossary.py", label=t("glossary.nav"))
                st.page_link("pages/training.py", label=t("training.nav"))
            st.button(
                t("help.intro_done") if step == STEPS else t("help.intro_skip"),
                on_click=_put_away, type="primary" if step == STEPS else "secondary",
            )  # fmt: skip


# -------------------------------------------------------------------------------------- glossary


def glossary() -> None:
    """All terms, or those that hold the words typed; the words stand in the address."""
    address = st.query_params.get(ADDRESS, "")[:LONGEST]
    if FIELD not in st.session_state:
        st.session_state[FIELD] = address
    words: str = st.text_input(t("glossary.find"), key=FIELD, max_chars=LONGEST).strip()
    if words and words != address:
        st.query_params[ADDRESS] = words
    elif not words and ADDRESS in st.query_params:
        del st.query_params[ADDRESS]
    shown = _holding(words)
    if not shown:
        st.info(t("glossary.none", asked=inert(words)))
        return
    heads = [t("glossary.col_term"), t("glossary.col_definition"), t("glossary.col_also")]
    body = [
        tables.line(
            heads,
            [
                f"<strong>{escape(terms.name(term))}</strong>"
                f'<div class="small">{escape(_other_name(term))}</div>',
                escape(terms.definition(term)),
                escape("; ".join(term.also)),
            ],
        )
        for term in shown
    ]
    tables.table("glossary", heads, body)


def _other_name(term: Term) -> str:
    return term.name.en if form.is_vi() else term.name.vi


def _holding(words: str) -> tuple[Term, ...]:
    if not words:
        return terms.terms()
    rows = [
        ("term", term.id, at, name)
        for term in teaching.glossary()
        for at, names in enumerate(
            (
                (term.name.vi, term.name.en, *term.also),
                (term.definition.vi, term.definition.en),
            )
        )
        for name in names
    ]
    names = finding.searchable(pd.DataFrame(rows, columns=list(finding.NAME_COLUMNS)))
    known = terms.by_id()
    return tuple(known[key] for key in finding.find(names, words)["entry_id"])


# -------------------------------------------------------------------------------------- training


def training(choice: Choice) -> None:
    """The sheet of one index: what, who, what to do about each part, and what is misread."""
    sheet = teaching.training(choice.index_id)
    if sheet is None:
        st.info(t("training.none", index=loaders.index_short(choice.index_id)))
        return
    st.subheader(t("training.measures"))
    st.markdown(_said(sheet.measures))
    st.subheader(t("training.measured_by"))
    st.markdown(_said(sheet.measured_by))
    st.subheader(t("training.misread"))
    _listed(sheet.misunderstandings)
    st.subheader(t("training.parts"))
    names = loaders.component_names(choice.index_id, choice.edition)
    heads = [t("training.col_part"), t("training.col_do")]
    body = [
        tables.line(heads, [_part(part.component_id, names), escape(getattr(part, language()))])
        for part in sheet.parts
    ]
    tables.table("training", heads, body)
    st.caption(t("training.note_year", year=choice.edition))
    st.caption(
        t("training.sources", basis=getattr(teaching.meanings()[choice.index_id].basis, language()),
          source=loaders.source_line(choice))
    )  # fmt: skip
    st.subheader(t("training.ask"))
    st.caption(t("training.ask_about"))
    _listed(sheet.ask_people)


def _part(component_id: str, names: dict[str, str]) -> str:
    """The component as it reads in the year, else by its latest name; and what it measures."""
    measures = ""
    if component_id in teaching.meanings():
        meaning = getattr(teaching.meanings()[component_id], language())
        measures = f'<div class="small">{escape(meaning)}</div>'
    if component_id in names:
        return f"<strong>{escape(names[component_id])}</strong>{measures}"
    rows = loaders.catalogue().components
    row = rows.loc[rows["component_id"] == component_id].sort_values("from_edition").iloc[-1]
    other = escape(t("training.other_year", year=int(row["from_edition"])))
    label = escape(f"{row['code']}. {row[f'name_{language()}']}")
    return f'<strong>{label}</strong><div class="small">{other}</div>{measures}'


def _said(text: Any) -> str:
    return inert(str(getattr(text, language())))


def _listed(texts: Any) -> None:
    items = "".join(f"<li>{escape(getattr(one, language()))}</li>" for one in texts)
    st.html(f'<ul class="lessons">{items}</ul>')
