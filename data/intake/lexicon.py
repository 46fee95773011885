"""The catalogue turned round: from a label or a code to the component it meant in a year."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.indices import LIST_SEPARATOR, Catalogue
from data.intake.labels import YEAR, code_of, fold, names_in

SUGGESTION_CUTOFF = 0.72
N_SUGGESTIONS = 3
N_FORMS = 3  # shortened forms of a label that are compared
LONGEST_NAME = 120  # characters; a longer label is a question of a survey

# How the indices are called beside their short names, without accents.
_CALLED = {
    "par_index": ("parindex", "par index", "cchc", "cai cach hanh chinh"),
    "sipas": ("hai long",),
    "papi": ("hieu qua quan tri",),
    "pci": ("nang luc canh tranh",),
}
# Words that may stand in the name of a total beside the index's own name.
_TOTAL_WORDS = re.compile(
    r"\b(?:tong hop|tong cong|tong so|tong|chung|toan bo|cuoi cung|da|co trong so|khong co trong so"
    r"|khong trong so|chua co trong so|trong so|total|overall|final|un weighted|unweighted|weighted"
    r"|composite|aggregate|general|chi so|index|diem so|diem|score|scores|points?|ket qua|xep hang"
    r"|thu hang|hang|ranking|rank|nam|year|cap tinh|provincial|the|in|of|gia tri|%|ty le"
    r"|percentage|percent|toi da|noi dung|dimensions?|chi so noi dung|\d+|10)\b"
)
_UNWEIGHTED = re.compile(r"\b(?:un ?weighted|(?:khong|chua) (?:co )?trong so)\b")
_WEIGHTED = re.compile(r"\b(?:weighted|co trong so)\b")
_BETWEEN = r"(?:\s*(?:cap tinh|nam|year|cua cac tinh))*"
_IS_TOTAL = re.compile(r"\b(?:tong|tong hop|chung|total|overall|composite|cuoi cung)\b")


@dataclass(frozen=True)
class Entry:
    """One component during one period, with the keys it may be written under."""

    component_id: str
    role: str
    first: int
    last: int
    code: str  # as the publisher writes it: D2.1
    number: str  # its figures alone: 2.1
    keys: frozenset[str]
    max_score: float | None

    def covers(self, edition: int) -> bool:
        """Whether the period includes the edition."""
        return self.first <= edition <= self.last


class Lexicon:
    """The names, aliases and codes of one index, period by period."""

    def __init__(self, catalogue: Catalogue, index_id: str) -> None:
        frame = catalogue.component_frame()
        self.index_id = index_id
        self.entries = [_entry(row) for row in _rows(frame[frame["index_id"] == index_id])]
        self._now: dict[int, list[Entry]] = {}
        self._keyed: dict[int, dict[str, Entry]] = {}
        self._near: dict[tuple[str, int], tuple[str, ...]] = {}
        index = catalogue.index(index_id)
        self.short = fold(index.short)
        self.called = tuple(
            dict.fromkeys(
                (self.short, *_CALLED.get(index_id, ()), fold(index.name.vi), fold(index.name.en))
            )
        )

    def now(self, edition: int) -> list[Entry]:
        """The entries of an edition; of the latest one when the catalogue ends before it."""
        if edition not in self._now:
            found = [entry for entry in self.entries if entry.covers(edition)]
            if not found and self.entries:
                latest = max(entry.first for entry in self.entries)
                found = [entry for entry in self.entries if entry.covers(latest)]
            self._now[edition] = found
        return self._now[edition]

    def keyed(self, entries: Sequence[Entry]) -> dict[str, Entry]:
        """The entries by every key they may be written under; the first one keeps a shared key.

        The lists handed in live as long as the lexicon, so their identity may stand for them.
        """
        known = self._keyed.get(id(entries))
        if known is None:
            known = {}
            for entry in entries:
                for key in entry.keys:
                    known.setdefault(key, entry)
            self._keyed[id(entries)] = known
        return known

    def by_name(self, label: str, entries: Sequence[Entry]) -> tuple[Entry, str] | None:
        """The entry a label names and the key that matched, the most literal key first."""
        keyed = self.keyed(entries)
        for key in names_in(label):
            if key in keyed:
                return keyed[key], key
        return None

    def by_code(self, code: str, entries: Sequence[Entry]) -> Entry | None:
        """The component the publisher's number meant in these periods."""
        for entry in entries:
            if entry.role in ("component", "subcomponent") and code in (entry.code, entry.number):
                return entry
        return None

    def total(self, label: str, entries: Sequence[Entry]) -> Entry | None:
        """The total a label names in other words than the catalogue's: "Tổng điểm PCI 2023"."""
        words = YEAR.sub(" ", fold(re.sub(r"(20\d\d)", r" \1 ", label)))
        named = False
        for name in self.called:
            if re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", words):
                named = True
                words = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", " ", words)
        if not named and not _IS_TOTAL.search(words):
            return None
        kept = words
        words = _TOTAL_WORDS.sub(" ", words)
        if re.sub(r"[\s%\d]+", "", words):
            return None
        others = [entry for entry in entries if entry.role == "alternative_total"]
        for entry in others:
            keys = " ".join(entry.keys)
            if _UNWEIGHTED.search(kept) and _UNWEIGHTED.search(keys):
                return entry
            if (
                _WEIGHTED.search(kept)
                and not _UNWEIGHTED.search(kept)
                and _WEIGHTED.search(keys)
                and not _UNWEIGHTED.search(keys)
            ):
                return entry
        return next((entry for entry in entries if entry.role == "total"), None)

    def near(self, label: str, entries: Sequence[Entry]) -> tuple[str, ...]:
        """Components whose names are near a label, nearest first; only ever suggested."""
        if len(label) > LONGEST_NAME:
            return ()
        place = (label, id(entries))
        if place not in self._near:
            keyed = self.keyed(entries)
            found: dict[str, None] = {}
            for name in names_in(label)[:N_FORMS]:
                for key in difflib.get_close_matches(
                    name, list(keyed), n=N_SUGGESTIONS, cutoff=SUGGESTION_CUTOFF
                ):
                    found.setdefault(keyed[key].component_id)
            self._near[place] = tuple(found)[:N_SUGGESTIONS]
        return self._near[place]

    def mentions(self, text: str) -> bool:
        """Whether a text calls the index by one of its names."""
        words = fold(text)
        return any(
            re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", words) for name in self.called
        )

    def paired_year(self, text: str) -> int | None:
        """The year that stands right beside the index's name: "PAR INDEX năm 2022"."""
        words = fold(text)
        for name in self.called:
            own = rf"{re.escape(name)}(?![a-z])"
            match = re.search(rf"(?<![a-z]){own}{_BETWEEN}\s*(20[0-4]\d)(?!\d)", words)
            match = match or re.search(rf"(?<!\d)(20[0-4]\d)\s*{own}", words)
            if match:
                return int(match.group(1))
        return None


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {str(key): (None if pd.isna(value) else value) for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _entry(row: dict[str, object]) -> Entry:
    texts = [str(row["name_vi"]), str(row["name_en"])]
    texts += [text for text in str(row["aliases"] or "").split(LIST_SEPARATOR) if text]
    keys = set()
    for text in texts:
        keys.add(fold(text))
        if code_of(text) is None:
            # A coded spelling ("2.1: Tiếp cận thông tin") is true only together with its code.
            bare = fold(re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*", " ", text))
            if len(bare) > 3:
                keys.add(bare)
    number = re.search(r"\d+(?:\.\d+)*$", str(row["code"]))
    last, most = row["to_edition"], row["max_score"]
    return Entry(
        str(row["component_id"]),
        str(row["role"]),
        int(str(row["from_edition"])),
        int(str(last)) if last is not None else 9999,
        str(row["code"]),
        number.group(0) if number else "",
        frozenset(keys - {""}),
        float(str(most)) if most is not None else None,
    )
