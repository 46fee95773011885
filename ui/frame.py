"""The frame every page stands in: language, choices in the URL, navigation, and the guard.

Streamlit runs a page of pages/ alone when it is the first address visited on a fresh server;
`require_frame` sends such a visit through app.py. See docs/decisions/0003.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

import locales
from data.actors import Action, least_role
from data.indices import CatalogueError
from data.store import StoreError
from data.unit_records import ReferenceFault
from locales import t
from ui import filters, links, loaders, printing, search, themes, unpublished, who
from ui import help as guide

MARK = "is_framed"
WANTED = "page_wanted"
QUERY = "query_wanted"
SHOWN = "page_shown"
STYLE = Path(__file__).with_name("style.css")

# Grouped as the reader looks for them; the file name is the address.
PAGES = {
    "nav.overview": ["overview", "briefing", "search", "projector"],
    "nav.analysis": [
        "trends",
        "compare",
        "gaps",
        "why",
        "points",
        "scenario",
        "merger",
        "map",
        "heat",
        "four",
        "component",
    ],
    "nav.targets": [
        "targets",
        "register",
        "documents",
        "reviews",
        "rebasing",
        "submissions",
        "responsibility",
        "agencies",
        "indicators",
        "checklist",
    ],
    "nav.data": ["upload", "internal", "history", "sources"],
    "nav.admin": ["accounts", "audit"],
    "nav.help": ["glossary", "training"],
}
FIRST = "overview"
# Pages that take more than being let in; all others only read.
NEEDS = {
    "upload": Action.LOAD,
    "history": Action.LOAD,
    "accounts": Action.ADMINISTER,
    "audit": Action.ADMINISTER,
}


def require_frame(page: str) -> None:
    """Stop a page that was started without app.py, and come back to it through the frame."""
    if st.session_state.get(MARK):
        return
    st.session_state[WANTED] = page
    st.session_state[QUERY] = st.query_params.to_dict()
    st.switch_page("app.py")


def _open_first() -> None:
    """Lead an address that names the first page to where it is served."""
    st.session_state[QUERY] = st.query_params.to_dict()
    st.switch_page(f"pages/{FIRST}.py")


def run_page() -> None:
    """Navigation, language and style; then the page that was asked for."""
    st.session_state[MARK] = True
    asked = st.session_state.get(QUERY, {}).get("lang") or st.query_params.get("lang")
    chosen = asked or st.session_state.get("lang", locales.LANGUAGES[0])
    locales.use(chosen if chosen in locales.LANGUAGES else locales.LANGUAGES[0])
    locales.speak_of_provinces(True)
    st.session_state["lang"] = locales.language()
    who.identify()
    sections = {
        t(section): [
            st.Page(f"pages/{name}.py", title=t(f"{name}.nav"), url_path=name)
            if name != FIRST
            else st.Page(f"pages/{name}.py", title=t(f"{name}.nav"), url_path="", default=True)
            for name in names
        ]
        for section, names in PAGES.items()
    }
    # Streamlit serves the first page at "/" alone; by its name it would be "Page not found".
    title = t(f"{FIRST}.nav")
    by_name = st.Page(_open_first, title=title, url_path=FIRST, visibility="hidden")
    page = st.navigation({**sections, title: [*sections.get(title, []), by_name]}, position="top")
    st.set_page_config(page_title=f"{page.title} · {t('app.name')}")
    st.html(STYLE)
    printing.style()
    themes.style()
    themes.document()
    st.html(f"<style>:root {{ --pick-file: '{t('upload.button')}'; }}</style>")
    wanted = st.session_state.pop(WANTED, None)
    if wanted:
        st.switch_page(wanted)
    if st.session_state.get(SHOWN) != page.url_path:
        st.session_state[SHOWN] = page.url_path
        filters.leave_page()
    try:
        loaders.prepare()
        loaders.register()
    except (StoreError, CatalogueError, ReferenceFault) as fault:
        st.error(str(fault))
        st.stop()
    with loaders.one_snapshot():
        _show(page)


def _show(page: StreamlitPage) -> None:
    """The sidebar, what stands above every page, and the page itself."""
    links.follow(page.url_path or FIRST)
    with st.sidebar:
        search.box()
        filters.language()
        themes.switch()
        unpublished.switch(len(loaders.held_back_loads()))
        who.badge()
        links.starred(page.url_path or FIRST, page.title)
    on_paper = st.empty()
    links.bar()
    unpublished.banner()
    need = NEEDS.get(page.url_path)
    if need is not None and not who.allowed(need):
        st.error(t("gate.not_yours", role=t(f"role.{least_role(need)}")))
        st.stop()
    if page.url_path in ("", FIRST):
        guide.introduction()
    try:
        loaders.await_places()
    except StoreError as fault:
        st.error(str(fault))
        st.stop()
    try:
        page.run()
    except loaders.TooLarge:
        st.info(t("large.page"))
    finally:
        printing.head(on_paper, page.title)
        links.remember()
