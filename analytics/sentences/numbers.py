"""Numbers as digits and words, and the words of comparison before them.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics.sentences.parsed import Number

_UNITS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
_TAILS = {**_UNITS, "mốt": 1, "lăm": 5, "nhăm": 5}
_UNIT_WORD = "(?:" + "|".join(_UNITS) + ")"
_TAIL_WORD = "(?:" + "|".join(_TAILS) + ")"
NUMBER_WORD = rf"(?:{_UNIT_WORD} mươi(?: {_TAIL_WORD})?|mười(?: {_TAIL_WORD})?|{_UNIT_WORD})(?!\w)"
DIGITS = r"\d{1,6}(?:[.,]\d{1,3})?(?![.,]?\d)"
GLOSS = r"(?:\s?\([^()\d\n]{2,20}\))?"
NUM = rf"(?:{DIGITS}{GLOSS}|{NUMBER_WORD}(?:\s?\(\d{{1,2}}\))?)"
# "10-15", "từ 5 đến 6". Words are numbers before "bậc" and after "thứ" only: "trong năm điểm số"
# is no five.
RANGE_JOIN = r"\s*(?:-|đến|tới)\s*"
WORDED = rf"(?P<a>{NUM})(?:{RANGE_JOIN}(?P<b>{NUM}))?"
_DIGITAL = rf"(?P<a>{DIGITS}{GLOSS})(?:{RANGE_JOIN}(?P<b>{DIGITS}{GLOSS}))?"
ALONE = r"(?<![\w.,/])"
WQTY, QTY = ALONE + WORDED, ALONE + _DIGITAL
_WORD_AND_DIGITS = re.compile(r"^(?P<words>[^()]+?)\s?\((?P<digits>\d{1,2})\)$")
_THOUSANDS = re.compile(r"^\d{1,3}\.000$")
_NUMERAL = re.compile(rf"^(?P<digits>{DIGITS})(?:\s?\((?P<gloss>[^()]*)\))?$")


def _word_value(words: str) -> int | None:
    """Value of a Vietnamese number word from one to ninety-nine."""
    parts = words.split()
    if parts and parts[0] == "mười":
        parts = ["một", "mươi", *parts[1:]]
    if len(parts) > 1 and parts[1] == "mươi" and parts[0] in _UNITS:
        if len(parts) == 2:
            return 10 * _UNITS[parts[0]]
        tail = _TAILS.get(parts[2]) if len(parts) == 3 else None
        return None if tail is None else 10 * _UNITS[parts[0]] + tail
    return _UNITS.get(parts[0]) if len(parts) == 1 else None


def number_value(printed: str) -> Number | None:
    """A printed number; None when its two forms disagree, as in "05 (sáu)".

    Source: docs/method/target-sentences.md.
    """
    printed = printed.strip()
    found = _NUMERAL.match(printed)
    if found is None:
        both = _WORD_AND_DIGITS.match(printed)
        if both is None:
            return _word_value(printed)
        word = _word_value(both["words"])
        return word if word == int(both["digits"]) else None
    if _THOUSANDS.match(found["digits"]):
        return None  # one, or one thousand
    value = float(found["digits"].replace(",", "."))
    gloss = found["gloss"]
    if gloss is not None and _word_value(gloss.strip()) not in (value, None):
        return None
    return int(value) if value.is_integer() else value


def whole_value(printed: str | None) -> int | None:
    """A printed whole number; None for anything else.

    Source: docs/method/target-sentences.md.
    """
    if printed is None:
        return None
    value = number_value(printed)
    return value if isinstance(value, int) else None


_COMPARATORS: Mapping[str, str] = {
    "ít nhất": ">=", "tối thiểu": ">=", "không dưới": ">=", "không ít hơn": ">=",
    "không thấp hơn": ">=", "từ": ">=", "trên": ">", "hơn": ">", "vượt": ">", "quá": ">",
    "lớn hơn": ">", "cao hơn": ">", "vượt mức": ">", "vượt trên": ">", "trên mức": ">",
    "khoảng": "~", "xấp xỉ": "~", "gần": "~",
    "dưới": "<", "nhỏ hơn": "<", "thấp hơn": "<", "ít hơn": "<",
    "không quá": "<=", "không vượt quá": "<=", "không vượt": "<=", "không hơn": "<=",
    "không nhiều hơn": "<=", "không cao hơn": "<=", "tối đa": "<=", "nhiều nhất": "<=",
}  # fmt: skip
_COMPARATOR = re.compile(
    r"(?:^|(?<=[\s(:,]))(?:("
    + "|".join(sorted(_COMPARATORS, key=lambda words: -len(words)))
    + r")|(?:là|mức|ở mức|được|khoảng từ))\s*$"
)
_APPROXIMATE = "approximately"


def comparison_before(left: str) -> tuple[str, str, tuple[str, ...]]:
    """The comparator before a number, what stands before it, and a note when it is vague.

    Source: docs/method/target-sentences.md.
    """
    op = ""
    notes: tuple[str, ...] = ()
    for _ in range(4):
        found = _COMPARATOR.search(left)
        if found is None:
            break
        if found[1] is not None:
            said = _COMPARATORS[found[1]]
            if said == "~":
                notes = (_APPROXIMATE,)
            elif said in ("<", "<=") or op in ("", ">="):
                op = said
        left = left[: found.start()]
    return op, left, notes


def amounts_in(found: re.Match[str]) -> tuple[Number, Number | None] | None:
    """The number or the two ends of a range, in rising order; None when it cannot be trusted.

    Source: docs/method/target-sentences.md.
    """
    words = found.groupdict()
    if words.get("word") is not None:
        value = number_value(words["word"] or "")
        return None if value is None else (value, None)
    low = number_value(found["a"])
    high = number_value(found["b"]) if found["b"] else None
    if low is None or (found["b"] and (high is None or high <= low)):
        return None
    return low, high
