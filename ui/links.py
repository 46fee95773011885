"""Links that reopen a view: copied from every page, and kept as favourites of one person."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import streamlit as st

from briefing.reviews import inert
from data import favourites
from data.favourites import Favourite
from data.store import StoreError, store
from locales import t, texts
from locales.calendar import today
from ui import filters, loaders, who

SCRIPT = Path(__file__).with_name("links.js")
SAID = "favourite_said"
LAST = "address_last"
TITLE = "favourite_title"
# A list in a sidebar has room for a line or two.
LONGEST = 80


def bar() -> None:
    """The button that copies the address of the page as it stands, below the menu."""
    st.html(
        '<div class="linkbar"><span id="copy-link-said" role="status"></span>'
        f'<button type="button" id="copy-link">{escape(t("links.copy"))}</button></div>'
    )
    # Texts sit in a script as JSON, which cannot end it: < is written as an escape.
    said = {"copied": t("links.copied"), "failed": t("links.failed"), "today": today().isoformat()}
    carried = json.dumps(said).replace("<", "\\u003c")
    script = SCRIPT.read_text(encoding="utf-8")
    st.html(
        f"<script>(({{ copied, failed, today }}) => {{ {script} }})({carried});</script>",
        unsafe_allow_javascript=True,
    )


# ------------------------------------------------------------------------------------- favourites


# A resource, not data: read once per state of the store and person, and never changed in place.
@st.cache_resource(max_entries=64, show_spinner=False)
def _own(stamp: str, name: str) -> list[Favourite]:
    return favourites.favourites(store(), name, version=stamp.partition("@")[0])


def follow(page: str) -> None:
    """Start a page anew where a favourite of that very page was just opened from it.

    Streamlit keeps the widgets of a page that is opened again, and they would win over the address,
    which it leaves as it was in the browser.
    """
    asked = st.query_params.to_dict()
    if asked == st.session_state.get(LAST):
        return
    own = _own(loaders.version(), who.actor().name)
    if any((one.page, one.query) == (page, asked) for one in own):
        filters.leave_page()
        st.query_params.from_dict(asked)


def remember() -> None:
    """Note the address as the page has left it."""
    st.session_state[LAST] = st.query_params.to_dict()


def starred(page: str, title: str) -> None:
    """The favourites of the person at the screen, and the form that adds the present view.

    Args:
        page: file name of the page shown, without ending.
        title: its name in the menu, offered as the title.
    """
    own = _own(loaders.version(), who.actor().name)
    with st.popover(t("links.favourites", n=len(own)), icon=":material/star:", width="stretch"):
        if said := st.session_state.pop(SAID, None):
            st.info(inert(said))
        if not own:
            st.caption(t("links.none"))
        for one in own:
            _line(one)
        with st.form("favourite", border=False, clear_on_submit=True):
            st.text_input(t("links.title"), key=TITLE, max_chars=LONGEST, placeholder=title)
            st.form_submit_button(t("links.star"), on_click=_star, args=(page, title))


def _line(one: Favourite) -> None:
    if f"{one.page}.nav" not in texts("vi"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(f"pages/{one.page}.py", label=inert(one.title), query_params=one.query)
        st.button(
            t("links.remove"), key=f"unstar_{one.record_id}", on_click=_unstar,
            args=(one.record_id,), type="tertiary",
            help=t("links.remove_help", title=inert(one.title)),
        )  # fmt: skip


def _star(page: str, title: str) -> None:
    query = {key: value for key, value in st.query_params.to_dict().items() if value}
    try:
        favourites.star(
            store(), st.session_state[TITLE].strip() or title, page, query, by=who.actor()
        )
        st.session_state[SAID] = t("links.kept")
    except StoreError as fault:
        st.session_state[SAID] = str(fault)


def _unstar(record_id: str) -> None:
    try:
        favourites.unstar(store(), record_id, by=who.actor())
        st.session_state[SAID] = t("links.removed")
    except StoreError as fault:
        st.session_state[SAID] = str(fault)
