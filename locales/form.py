"""How numbers, places, dates and changes are written: "43/63", "tăng 05 bậc", "86,14".

A difference of places is never printed with a bare sign; words say which way it went.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

import pandas as pd

from locales import language, t

NO_VALUE = "–"
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_MARKS = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>~:$&]")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def is_missing(value: Any) -> bool:
    """Whether there is nothing to print."""
    return value is None or value is pd.NaT or bool(pd.isna(value))


def number(value: Any, decimals: int = 2) -> str:
    """A number in the language's own form: 1.236,39 in Vietnamese, 1,236.39 in English."""
    if is_missing(value):
        return NO_VALUE
    text = f"{float(value):,.{decimals}f}"
    if language() == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    return text


def whole(value: Any) -> str:
    """A count; below ten with a leading zero in Vietnamese, as documents write it."""
    if is_missing(value):
        return NO_VALUE
    count = int(value)
    return f"{count:02d}" if language() == "vi" and 0 < count < 10 else str(count)


def place(rank: Any, n_ranked: Any) -> str:
    """A place always with the number ranked: 43/63."""
    if is_missing(rank):
        return NO_VALUE
    return f"{int(rank)}/{'?' if is_missing(n_ranked) else int(n_ranked)}"


def places(low: Any, high: Any, n_ranked: Any) -> str:
    """A place known only within bounds: 31–63/63."""
    if is_missing(low) or is_missing(high):
        return NO_VALUE
    if int(low) == int(high):
        return place(low, n_ranked)
    return f"{int(low)}–{int(high)}/{'?' if is_missing(n_ranked) else int(n_ranked)}"


def gain(value: Any) -> str:
    """A change of place in words: tăng 12 bậc, giảm 02 bậc, giữ nguyên."""
    if is_missing(value):
        return t("form.gain_unknown")
    if value == 0:
        return t("form.gain_none")
    key = "form.gain_up" if value > 0 else "form.gain_down"
    return t(key, places=whole(abs(int(value))))


def estimated_gain(value: Any) -> str:
    """The same for an estimate, which has its sign; nothing where it is not known."""
    return "" if is_missing(value) else f"≈ {gain(value)}"


def score_change(value: Any, decimals: int = 2) -> str:
    """A change of score in words: tăng 4,79 điểm."""
    if is_missing(value):
        return ""
    if round(float(value), decimals) == 0:
        return t("form.score_same")
    key = "form.score_up" if value > 0 else "form.score_down"
    return t(key, points=number(abs(value), decimals))


def day(value: Any) -> str:
    """A date as dd/mm/yyyy."""
    if is_missing(value):
        return NO_VALUE
    stamp = value if isinstance(value, date) else pd.Timestamp(value)
    return stamp.strftime("%d/%m/%Y")


def sort_key(name: str) -> tuple[str, str]:
    """Order of a Vietnamese list: ă â đ ê ô ơ ư are letters of their own, tones come second."""
    written = unicodedata.normalize("NFC", name.casefold())
    toneless = unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", written) if c not in _TONES)
    )
    # Letters by their place in the alphabet; blanks, hyphens and digits stay before them.
    placed = (chr(ord("a") + _ALPHABET.index(c)) if c in _ALPHABET else c for c in toneless)
    return "".join(placed), written


def unmarked(text: str) -> str:
    """The letters without diacritics: "Đắk Lắk" is Dak Lak."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def bare(text: str) -> str:
    """Lower case without diacritics, for a search that does not need them: "Đắk Lắk" is dak lak."""
    return unmarked(text.casefold())


def verbatim(text: str) -> str:
    """A text somebody typed, for a place that reads Markdown: every mark shows as itself."""
    return _MARKS.sub(r"\\\g<0>", text)


def trimmed(value: Any) -> str:
    """A number without idle zeros: 5, 68,5."""
    if is_missing(value):
        return NO_VALUE
    text = f"{float(value):f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language() == "vi" else text


def is_vi() -> bool:
    """Whether Vietnamese is being spoken."""
    return language() == "vi"


def plain(value: Any, spoken: str, decimals: int = 4) -> str:
    """A number without idle zeros, with the marks of one language: 1.236,39 or 1,236.39."""
    text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if spoken == "vi" else text
