"""Reads a figure the way a Vietnamese or an English table writes it.

A text is only ever read as a number when it can mean nothing else; what is left is a fault for a
person, not a guess.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from data.intake.model import Cell

EMPTY = "empty"  # nothing written
MISSING = "missing"  # a mark that says there is no figure
NUMBER = "number"
UNREADABLE = "unreadable"
DATE = "date"
UNCACHED = "uncached"
ERROR_VALUE = "error_value"
TRUTH = "truth"

# Marks publishers and offices write for "no figure"; compared without case and accents.
MISSING_MARKS = frozenset(
    {
        "kcdl",
        "k/c",
        "kc",
        "n/a",
        "na",
        "n.a",
        "n.a.",
        "#n/a",
        "nan",
        "null",
        "none",
        "-",
        "--",
        "---",
        "–",
        "—",
        "−",
        ".",
        "..",
        "...",
        "…",
        "x",
        "*",
        "**",
        "?",
        "khong co du lieu",
        "khong co so lieu",
        "chua co",
        "chua co so lieu",
        "khong cong bo",
        "khong xep hang",
        "khong danh gia",
        "not available",
        "no data",
        "missing",
        "withheld",
        "suppressed",
    }
)
_MISSING_ERRORS = frozenset({"#N/A", "#NULL!"})

_UNCHANGED = frozenset({"giu nguyen", "khong doi", "khong thay doi", "=", "►", "▶", "→"})
_DOWN = frozenset({"giam", "▼", "↓", "▽", "⬇"})
_CHANGE = re.compile(r"^(tang|giam|[▲↑△⬆▼↓▽⬇])\s*([0-9][0-9.,]*)\s*(?:bac|diem|hang|%|diem %)?$")

LONGEST = 40  # characters of a figure

_FOOTNOTE = re.compile(
    r"(?:\s*(?:\*+|†|‡|§|[¹²³⁴⁵⁶⁷⁸⁹]+|\^\w{1,2}|[\[(](?:\d{1,2}|[a-z]|\*+|[ivx]{1,4})[\])]))+$",
    re.I,
)
_UNIT_WORD = re.compile(r"\s*(?:điểm|diem|points?|pts|đ)\.?$", re.I)
_RANK_WORD = re.compile(r"^(?:hạng|hang|thứ|thu|rank|#|no\.?)\s*", re.I)
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$", re.I)
_FRACTION = re.compile(r"^([^/]+)/([^/]+)$")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")


@dataclass(frozen=True)
class Reading:
    """What one cell says.

    Attributes:
        kind: number, empty, missing, unreadable, date, uncached, error_value or truth.
        value: the number; a per cent sign is taken off, 94,15% reads 94.15.
        out_of: the number after the stroke of "12,38/13" or "61/63".
        percent: a per cent sign or format was there.
        footnote: a mark such as * or (1) was taken off.
        raw: the text as it stood.
    """

    kind: str
    value: float | None = None
    out_of: float | None = None
    percent: bool = False
    footnote: bool = False
    raw: str = ""


def read_number(cell: Cell) -> Reading:
    """The figure in a cell, with every mark around it taken off and remembered.

    The last of two different separators is the decimal one; a separator that occurs once is
    decimal, so 1.236 is a little more than one: no index goes beyond 100 points. A separator
    that occurs more than once, each time before three digits, groups thousands.

    Source: docs/method/intake.md.
    """
    value = cell.value
    if cell.kind == "uncached":
        return Reading(UNCACHED)
    if cell.kind == "error":
        raw = str(value)
        return Reading(MISSING if raw in _MISSING_ERRORS else ERROR_VALUE, raw=raw)
    if value is None:
        return Reading(EMPTY)
    if isinstance(value, bool):
        return Reading(TRUTH, raw=str(value))
    if isinstance(value, (int, float)):
        number = float(value)
        if cell.percent:
            return Reading(NUMBER, _round(number * 100), percent=True, raw=_plain(number))
        return Reading(NUMBER, number, raw=_plain(number))
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return Reading(DATE, raw=value.isoformat())
    return read_text(value)


def read_text(text: str) -> Reading:
    """The figure in a text; see `read_number`."""
    raw = text
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().lstrip("'’")
    if not text:
        return Reading(EMPTY, raw=raw)
    if _mark(text) in MISSING_MARKS:
        return Reading(MISSING, raw=raw)
    bare = _FOOTNOTE.sub("", text).strip()
    footnote = bare != text
    if not bare or _mark(bare) in MISSING_MARKS:
        return Reading(MISSING, footnote=footnote, raw=raw)
    bare = _UNIT_WORD.sub("", bare)
    bare = _RANK_WORD.sub("", bare).strip()
    fraction = _FRACTION.match(bare)
    out_of = None
    if fraction:
        bare = fraction.group(1).strip()
        out_of = parse_decimal(_UNIT_WORD.sub("", fraction.group(2).strip()))
        if out_of is None:
            return Reading(UNREADABLE, footnote=footnote, raw=raw)
    percent = bare.endswith("%")
    bare = bare.rstrip("%").strip()
    ordinal = _ORDINAL.match(bare)
    value = float(ordinal.group(1)) if ordinal else parse_decimal(bare)
    if value is None:
        return Reading(UNREADABLE, footnote=footnote, raw=raw)
    return Reading(NUMBER, value, out_of, percent, footnote, raw)


def read_change(text: str) -> Reading:
    """A change since last year in words or arrows: "Tăng 3 bậc", "▼ 2", "Giữ nguyên"."""
    words = _SPACES.sub(" ", _mark(text))
    if words in _UNCHANGED:
        return Reading(NUMBER, 0.0, raw=text)
    match = _CHANGE.match(words)
    value = parse_decimal(match.group(2)) if match else None
    if match is None or value is None or value < 0:
        return Reading(UNREADABLE, raw=text)
    sign = -1.0 if match.group(1) in _DOWN else 1.0
    return Reading(NUMBER, sign * value, raw=text)


def parse_decimal(text: str) -> float | None:
    """A number written with a comma or a point for decimals, None when it is not one."""
    text = text.replace("−", "-").replace("–", "-").replace("\u00a0", " ").strip()
    sign = 1.0
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1.0, text[1:-1].strip()
    if text[:1] in "+-":
        sign, text = (-sign if text[:1] == "-" else sign), text[1:].strip()
    if len(text) > LONGEST or not re.fullmatch(r"[0-9][0-9., ]*|[.,][0-9]+", text):
        return None
    if " " in text:
        if not re.fullmatch(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?", text):
            return None
        text = text.replace(" ", "")
    plain = _one_point(text)
    return None if plain is None else sign * float(plain)


def _one_point(text: str) -> str | None:
    comma, point = text.count(","), text.count(".")
    if comma and point:
        last = max(text.rfind(","), text.rfind("."))
        group = "." if text[last] == "," else ","
        whole, decimals = text[:last], text[last + 1 :]
        if text.count(text[last]) > 1 or not _grouped(whole, group) or not decimals:
            return None
        return f"{whole.replace(group, '')}.{decimals}"
    mark = "," if comma else "."
    if comma + point > 1:
        return text.replace(mark, "") if _grouped(text, mark) else None
    if text.endswith(mark) and comma + point:
        return None
    return text.replace(",", ".")


def _grouped(text: str, mark: str) -> bool:
    return bool(re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+", text))


def _mark(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn").strip()


def _round(number: float) -> float:
    # 0.9415 x 100 is 94.14999999999999 in binary; twelve decimals lose nothing a table prints.
    return round(number, 12)


def _plain(number: float) -> str:
    return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
