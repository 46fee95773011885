"""One selection of a page's own, kept in the address so that a link reopens the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def picked(
    key: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    *,
    place: Any = st,
    default: str = "",
) -> str:
    """Draw a selection and return what was chosen.

    Args:
        key: name in the address; left out there while the default is chosen.
        label: above the selection.
        options: what can be chosen; an address that asks for anything else gets the default.
        words: the text of an option.
        place: where to draw it.
        default: the first option when absent.
    """
    widget, first = f"w_{key}", default or options[0]
    if st.session_state.get(widget) not in options:
        asked = st.query_params.get(key, first)
        st.session_state[widget] = asked if asked in options else first
    chosen: str = place.selectbox(label, options, key=widget, format_func=words)
    if chosen != first:
        if st.query_params.get(key) != chosen:
            st.query_params[key] = chosen
    elif key in st.query_params:
        del st.query_params[key]
    return chosen
