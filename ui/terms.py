"""Words with their meaning behind them: shown on hover, and to the keyboard on focus."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from data import teaching
from data.teaching import Term
from locales import form, language

# A heading may name a year or a remark behind the word: "Gap (places)", "Rank in 2022".
_BEHIND = (re.compile(r"$"), re.compile(r"\s+(?:\d{4}|\(.*\))$"), re.compile(r"\s+\w+\s+\d{4}$"))


def terms() -> tuple[Term, ...]:
    """All terms of the glossary, by name as the language sorts them."""
    return tuple(sorted(teaching.glossary(), key=lambda term: form.sort_key(name(term))))


def by_id() -> dict[str, Term]:
    """The terms by id."""
    return {term.id: term for term in teaching.glossary()}


def name(term: Term) -> str:
    """The word in the language in use."""
    return str(getattr(term.name, language()))


def definition(term: Term) -> str:
    """What is meant by it, in the language in use."""
    return str(getattr(term.definition, language()))


@cache
def _by_word(spoken: str) -> dict[str, Term]:
    return {getattr(term.name, spoken).casefold(): term for term in teaching.glossary()}


def glossed(words: str) -> str:
    """The words as HTML; with the definition behind them where they are a term of the glossary."""
    known = _by_word(language())
    bare = [behind.sub("", words.strip()).casefold() for behind in _BEHIND]
    term = next((known[word] for word in bare if word in known), None)
    if term is None:
        return escape(words)
    said = escape(definition(term), quote=True)
    return (
        f'<abbr class="term" tabindex="0" title="{said}" data-tip="{said}">{escape(words)}</abbr>'
    )
