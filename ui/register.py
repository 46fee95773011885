"""The parts of the page of the register, and which of them is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data.actors import Action
from locales import t
from ui import register_checks, register_list, register_paste, who
from ui import register_parts as parts
from ui.choice import Choice

VIEWS = ("list", "paste", "form", "queue", "check", "moved")
WRITING = ("paste", "form")


def show(choice: Choice) -> None:
    """The part of the register that the address or the reader asks for."""
    parts.notices()
    view = parts.pick_view(VIEWS, "register")
    may_write = who.allowed(Action.EDIT_REGISTER)
    if not may_write:
        st.caption(t("register.read_only"))
        if view in WRITING:
            return
    views: dict[str, Callable[[Choice], None]] = {
        "list": register_list.listing, "paste": register_paste.paste,
        "form": register_paste.blank_form, "queue": register_paste.waiting,
        "check": register_checks.checks, "moved": register_checks.movements,
    }  # fmt: skip
    views[view](choice)
