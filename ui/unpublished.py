"""Figures held back until a later moment: whether this person looks at them now.

Off unless an analyst switches it on, in this session and in no link, so that a leader who is handed
a link never sees them.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data import audit
from data.actors import Action
from data.store import store
from locales import t
from ui import who

SWITCH = "is_unpublished_shown"


def is_on() -> bool:
    """Whether figures that are not published yet are shown to the person at the screen."""
    return bool(st.session_state.get(SWITCH)) and who.allowed(Action.SEE_UNPUBLISHED)


def switch(n_held_back: int) -> None:
    """The switch in the sidebar, where there is something to switch to and somebody who may."""
    if n_held_back and who.allowed(Action.SEE_UNPUBLISHED):
        st.toggle(t("unpublished.switch"), key=SWITCH)
    else:
        st.session_state.pop(SWITCH, None)


def banner() -> None:
    """That what follows is not published, above every page that shows it."""
    if is_on():
        st.warning(t("unpublished.banner"))


def exported(name: str) -> None:
    """Write down that figures not published yet left the program in a file of that name."""
    recorder()(name)


def recorder() -> Callable[[str], None]:
    """`exported` for the person now at the screen, to be called later and from anywhere.

    A file made only when it is asked for is made where nobody is at a screen any more.
    """
    if not is_on():
        return lambda _: None
    by, target = who.actor(), store()

    def record(name: str) -> None:
        with target.write() as connection:
            audit.record(connection, by=by, action="export_unpublished", kind="file", key=name)

    return record
