"""High contrast: asked for in the sidebar and kept in the address, or by the whole machine.

Light and dark are Streamlit's own themes and follow the machine (docs/decisions/0021).
"""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

import locales
from locales import t

PARAMETER, CONTRAST = "theme", "contrast"
DETOUR = "query_wanted"
SWITCH = "is_contrast"
STYLE = Path(__file__).with_name("contrast.css")
SCRIPT = Path(__file__).with_name("document.js")
# Streamlit's own words: theme.own.{name} whole, theme.start.{name} the beginning of a name.
OWN = (
    "skip",
    "heading_link",
    "choose_one",
    "choose_some",
    "add_option",
    "open",
    "close",
    "clear",
    "clear_all",
    "select_all",
    "chosen",
    "no_results",
    "choose_date",
    "previous_month",
    "next_month",
    "expand_sidebar",
    "collapse_sidebar",
    "sidebar",
    "pages",
    "menu",
    "notifications",
    "tabs_left",
    "tabs_right",
    "increment",
    "decrement",
    "fullscreen",
    "close_fullscreen",
    "running",
    "show_password",
    "uploader",
)
STARTS = (
    "help",
    "remove",
    "day",
    "month",
    "year",
)
# Its sentences of faults, which readers of English too shall have in ours: theme.said.{name}.
FAULTS = {
    "lost": "Connection error",
    "no_answer": "Streamlit server is not responding. Are you connected to the internet?",
    "stopped": (
        "Is Streamlit still running? If you accidentally stopped Streamlit, "
        "just restart it in your terminal:"
    ),
    "no_page": "Page not found",
    "no_address": (
        "The page that you have requested does not seem to exist. Running the app's main page."
    ),
    "fault": (
        "This app has encountered an error. The original error message is redacted to prevent data "
        "leaks. Full error details have been recorded in the logs (if you're on Streamlit Cloud, "
        "click on 'Manage app' in the lower right of your app)."
    ),
}


def is_contrast() -> bool:
    """Whether the reader asked this program for high contrast; the address is asked first."""
    if SWITCH not in st.session_state:
        # A first address that took the way round by app.py waits in the session.
        address = {**st.query_params.to_dict(), **st.session_state.get(DETOUR, {})}
        st.session_state[SWITCH] = address.get(PARAMETER) == CONTRAST
    return bool(st.session_state[SWITCH])


def style() -> None:
    """The rules of high contrast, at once or for machines whose owner prefers more contrast."""
    rules = STYLE.read_text(encoding="utf-8")
    asked = rules if is_contrast() else f"@media (prefers-contrast: more) {{ {rules} }}"
    st.html(f"<style>{asked}</style>")


def switch() -> None:
    """The switch in the sidebar, on every page."""

    def turn() -> None:
        if st.session_state[SWITCH]:
            st.query_params[PARAMETER] = CONTRAST
        elif PARAMETER in st.query_params:
            del st.query_params[PARAMETER]

    st.toggle(t("theme.contrast"), key=SWITCH, on_change=turn, help=t("theme.contrast_help"))
    # The menu leads to bare addresses; a link copied there shall show the same.
    if is_contrast() and PARAMETER not in st.query_params:
        st.query_params[PARAMETER] = CONTRAST


def document() -> None:
    """Tell the browser the language of the page, and Streamlit's own words in it.

    Streamlit says "en" of every page and names its parts in English only.
    """
    source = locales.texts("en")
    said = {
        "language": locales.language(),
        "words": {source[f"theme.own.{name}"]: t(f"theme.own.{name}") for name in OWN}
        | {text: t(f"theme.said.{name}") for name, text in FAULTS.items()},
        "starts": {source[f"theme.start.{name}"]: t(f"theme.start.{name}") for name in STARTS},
        "working": t("theme.working"),
    }
    # The texts sit in a template of JSON, which cannot end the script: < is written as an escape.
    carried = json.dumps(said).replace("<", "\\u003c")
    script = SCRIPT.read_text(encoding="utf-8")
    st.html(
        f"<script>(given => {{ {script} }})({carried});</script>",
        unsafe_allow_javascript=True,
    )
