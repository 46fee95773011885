"""Every text a reader sees, by key and language; an unknown key is an error, never a placeholder.

The language belongs to the running session, so it is set per thread of execution and not globally.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("vi", "en")
_FOLDER = Path(__file__).parent
# The reader in C, where it was built, takes a tenth of the time at every start.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SINGULAR = {
    plural: plural.removesuffix("s")
    for plural in (
        "accounts", "agencies", "cells", "columns", "communes", "components", "days", "documents",
        "figures", "files", "lines", "months", "pages", "places", "points", "provinces", "rows",
        "scores", "sentences", "sheets", "targets", "tasks", "units", "weaknesses", "years",
    )
} | {"agencies": "agency", "weaknesses": "weakness"}  # fmt: skip
_VERB = {"": "", " are": " is", " were": " was", " have": " has", " do": " does", " rest": " rests",
         " need": " needs", " change": " changes"}  # fmt: skip
# A private mark may stand behind a figure (see briefing.parts); 21 and 0.1 are not one.
_ONE = re.compile(
    r"((?<![\w.,/–-])1[\ue002]? )"
    rf"({'|'.join(_SINGULAR)})\b({'|'.join(verb for verb in _VERB if verb)})?\b"
)
# What texts call the units that are ranked, where those are no provinces. The level, the office and
# the merger of a province keep their names.
_PROVINCE = {
    "vi": (re.compile(r"(?<!cấp )(?<!UBND )(?<!nhập )(?<!toàn )\b([Tt])ỉnh\b(, thành phố\b)?"),
           {"t": "đơn vị", "T": "Đơn vị"}),
    "en": (re.compile(r"\b([Pp])rovince(s?)\b"), {"p": "unit", "P": "Unit"}),
}  # fmt: skip
_language: ContextVar[str] = ContextVar("language", default="vi")

_is_of_provinces: ContextVar[bool] = ContextVar("is_of_provinces", default=True)


def use(language: str) -> None:
    """Speak `language` from here on in this session.

    Raises:
        KeyError: a language we do not have.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    _language.set(language)


def language() -> str:
    """The language in use: vi or en."""
    return _language.get()


def speak_of_provinces(is_of_provinces: bool) -> None:
    """Whether texts may say "tỉnh" from here on: of communes they say "đơn vị" instead."""
    _is_of_provinces.set(is_of_provinces)


def t(key: str, **values: Any) -> str:
    """The text of that key in the language in use, with its places filled.

    Raises:
        KeyError: the key stands in no locale file, or a place was left unfilled.
    """
    spoken = texts(language()) if _is_of_provinces.get() else _of_any_unit(language())
    said = spoken[key].format(**values)
    return _one_of(said) if values and language() == "en" else said


def _one_of(said: str) -> str:
    """English counts one thing in the singular: "1 target was saved", never "1 targets were"."""
    return _ONE.sub(lambda found: found[1] + _SINGULAR[found[2]] + _VERB[found[3] or ""], said)


def has(key: str) -> bool:
    """Whether there is a text of that key."""
    return key in texts(language())


def named(row: Any, stem: str = "name") -> str:
    """The Vietnamese or English one of a pair of columns such as name_vi, name_en."""
    return str(row[f"{stem}_{language()}"])


@cache
def texts(wanted: str) -> dict[str, str]:
    """All texts of one language by dotted key, e.g. "overview.title"; one file per theme."""
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob(f"*{wanted}.yml")):
        text = path.read_text(encoding="utf-8")
        found.update(_flat(_LOADER(text).get_single_data()))
    return found


@cache
def _of_any_unit(wanted: str) -> dict[str, str]:
    """`texts` with another word for provinces; what is filled in later stays as it is."""
    province, words = _PROVINCE[wanted]
    plural = {"vi": "", "en": "s"}[wanted]

    def other(found: re.Match[str]) -> str:
        return words[found[1]] + (plural if found[2] else "")

    return {key: province.sub(other, text) for key, text in texts(wanted).items()}


def _flat(tree: dict[str, Any], stem: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{stem}.{key}" if stem else str(key)
        flat.update(_flat(value, name) if isinstance(value, dict) else {name: str(value)})
    return flat
