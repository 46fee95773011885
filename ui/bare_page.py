"""Answers without Streamlit: one page of plain HTML, or one sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse, PlainTextResponse

import locales
from locales import texts

_PAGE = Template(Path(__file__).with_name("sign_in.html").read_text(encoding="utf-8"))


def language(wanted: str) -> str:
    """The language asked for, if it is one of ours; else the first."""
    return wanted if wanted in locales.LANGUAGES else locales.LANGUAGES[0]


def both(key: str) -> str:
    """A sentence in every language, for who has not chosen one yet."""
    return " ".join(texts(code)[key] for code in locales.LANGUAGES)


def sentence(key: str, code: int) -> PlainTextResponse:
    """One sentence and nothing else."""
    return PlainTextResponse(both(key), status_code=code)


def page(
    speaks: str,
    *,
    title: str,
    about: str,
    said: str = "",
    form: str = "",
    code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A heading, a sentence, perhaps a form and what was wrong with it.

    Every text is shown as text; `form` alone is HTML, put together from escaped parts.
    """
    content = _PAGE.substitute(
        lang=speaks,
        app=escape(texts(speaks)["app.name"]),
        title=escape(title),
        about=escape(about),
        said=f'<p class="said" role="alert">{escape(said)}</p>' if said else "",
        form=form,
    )
    never_kept = {"cache-control": "no-store", **(headers or {})}
    return HTMLResponse(content, status_code=code, headers=never_kept)
