"""How unit names are compared, and how dates and lists are written in Vietnamese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

_PREFIXES = (("tinh",), ("thanh", "pho"), ("tp",), ("t", "p"))
_SUFFIXES = (("province",), ("city",))
# NFD leaves these alone; Ð (eth) and Ɖ (African d) look like Đ and are typed in its place.
_BARRED_D = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})
_SEPARATORS = re.compile(r"[\W_]+")


def name_key(text: str) -> str:
    """The form under which two spellings of one unit are equal.

    Case, diacritics, Đ, spaces, dashes and dots do not count, nor do "tỉnh", "thành phố", "TP."
    and "T.P" in front or "Province" and "City" behind. NFD does not take the bar off Đ: that is
    done by hand. A text that is nothing but such a word keeps it.

    Args:
        text: a name as typed, in NFC or NFD.

    Returns:
        Lower-case words of plain letters and digits, one space apart; empty when none are left.

    Source: docs/method/units.md.
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_BARRED_D)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", folded)
        if unicodedata.category(letter) not in ("Mn", "Cf")
    )
    words = _SEPARATORS.sub(" ", unicodedata.normalize("NFC", plain)).split()
    return " ".join(_without_kind(words))


def _without_kind(words: list[str]) -> list[str]:
    """`words` without any leading or trailing word for province or city."""
    for prefix in _PREFIXES:
        if len(words) > len(prefix) and tuple(words[: len(prefix)]) == prefix:
            return _without_kind(words[len(prefix) :])
    for suffix in _SUFFIXES:
        if len(words) > len(suffix) and tuple(words[-len(suffix) :]) == suffix:
            return _without_kind(words[: -len(suffix)])
    return words


def vietnamese_date(day: date) -> str:
    """A date as official documents write it: 01/7/2025, 30/6/2025, 05/10/2025, 01/01/2004.

    Days below 10 and the months January and February take a leading zero (Nghị định
    30/2020/NĐ-CP, Phụ lục I), so that no figure can be added in front.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


def listed(items: Sequence[str], last: str) -> str:
    """The items as a sentence lists them: A; A và B; A, B và C."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
