"""What stands at the head of a printed page: province, index, years, day and source."""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from locales import form, t
from locales.calendar import today
from ui import filters, loaders
from ui.choice import ALL, Choice

STYLE = Path(__file__).with_name("print.css")


def style() -> None:
    """The rules for paper, and for the small parts of help and links on every page."""
    st.html(STYLE)


def head(place: Any, title: str) -> None:
    """Fill the head of the printed page; nothing of it shows on screen."""
    choice = _choice()
    if choice is None:
        lines = [t("app.name"), t("print.plain", page=title, day=form.day(today()))]
    else:
        index = (
            t("filters.all_indices") if choice.index_id == ALL
            else loaders.index_short(choice.index_id)
        )  # fmt: skip
        lines = [
            t("print.head", unit=choice.unit_name, index=index, year=choice.edition,
              baseline=choice.baseline),
            t("print.as_of", day=form.day(choice.as_of), page=title),
            loaders.source_line(choice),
        ]  # fmt: skip
    first, *rest = (escape(line) for line in lines)
    place.html(
        f'<div class="print-head" aria-hidden="true"><strong>{first}</strong>'
        + "".join(f"<div>{line}</div>" for line in rest)
        + "</div>"
    )


def _choice() -> Choice | None:
    """What the page shown has chosen; None where it has no choices."""
    values = st.session_state.get(filters.WRITTEN)
    if not values:
        return None
    asked = values.get("asof", "")
    return Choice(
        unit_id=values["unit"],
        unit_name=loaders.all_unit_names()[values["unit"]],
        index_id=values["index"],
        edition=int(values["year"]),
        baseline=int(values["base"]),
        as_of=date.fromisoformat(asked) if asked else today(),
        is_latest=not asked,
    )
