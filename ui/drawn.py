"""What a form was drawn from, so that whoever saves second is told instead of overwriting.

A press of a button runs the page again, and by then the store may hold what somebody else saved
in between. The form goes on from what its reader saw; only then can the store tell the two apart.
"""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

Held = TypeVar("Held")


def from_first(form: str, widget: str, held: Held, revision: int) -> tuple[Held, int]:
    """What a form shows, and the revision of it, as they were when it first came on screen.

    Args:
        form: name of the form, one per record.
        widget: key of a widget of the form, "{revision}" in the place of the revision; Streamlit
            forgets it when the form leaves the screen, and then the present content counts.
        held: the present content.
        revision: how often it was saved; 0 for one nobody has saved yet.
    """
    slot = _slot(form)
    if slot in st.session_state:
        first: tuple[Held, int] = st.session_state[slot]
        if widget.format(revision=first[1]) in st.session_state:
            return first
    st.session_state[slot] = (held, revision)
    return held, revision


def anew(form: str) -> None:
    """Let the form show the present content: it was saved, or somebody else was quicker."""
    st.session_state.pop(_slot(form), None)


def _slot(form: str) -> str:
    return f"drawn_{form}"
