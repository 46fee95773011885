"""A clause being read, and what is found in it before it is known of what it speaks.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from analytics.sentences.letters import REACH, Text
from analytics.sentences.parsed import Number, ParsedDeadline

# "năm" is a year unless one of these words stands before it.
_FIVE_AFTER = re.compile(
    r"(?<!\w)(?:tăng|nâng|thêm|lên|nhất|thiểu|trên|hơn|thứ|quá|nhóm|top|tốp|là)\s*$"
)
# What makes a number before its unit doubtful: "5 và 3 bậc", "lần lượt", "không tăng".
LIST_OF_NUMBERS = re.compile(r"(?<!\d)\d{1,3}(?:[.,]\d+)?\s*(?:,|và|hoặc|hay|;|/)\s*$")
RESPECTIVELY = re.compile(r"lần lượt|tương ứng")
NEGATION = re.compile(r"(?<!\w)(?:không|chưa|chẳng|khỏi|đừng)(?: được| thể| để| phải| bị)*\s*$")
_SUBJECT_PLACEHOLDER = re.compile(
    r"(?:(?:cả|tất cả|toàn bộ|mọi|các|mỗi|từng) )?(?:các |\d{1,2}(?:/\d{1,2})? )?(?:chỉ số|"
    r"tiêu chí)(?: thành phần| nội dung| này| trên| nêu trên)*"
)


@dataclass(frozen=True)
class Requirement:
    """What is asked, and where it stands; the subject is found later."""

    start: int
    end: int
    kind: str
    measure: str = "rank"
    op: str = ">="
    amount: Number | None = None
    stretch: Number | None = None
    baseline: int | None = None
    n: int | None = None
    rank: int | None = None
    out_of: Number | None = None
    region: str = ""
    group_name: str = ""
    subject: str = ""
    deadline: ParsedDeadline | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Obscure:
    """Words that look like a requirement and were not understood."""

    start: int
    end: int


Found = Requirement | Obscure


class Clause:
    """A stretch of text being read, and which of its letters are already understood."""

    def __init__(self, text: Text, start: int, end: int, taken: bytearray) -> None:
        self.text, self.start, self.end, self._taken = text, start, end, taken
        self.canon = text.canon
        self.found: list[Found] = []

    @cached_property
    def words(self) -> str:
        """The clause as written."""
        return self.text.normal[self.start : self.end].strip()

    @cached_property
    def is_mended(self) -> bool:
        """Whether damage was undone somewhere in the clause."""
        return self.text.lower[self.start : self.end] != self.canon[self.start : self.end]

    @cached_property
    def placeholder(self) -> str:
        """The "các chỉ số" of a clause that names none."""
        found = _SUBJECT_PLACEHOLDER.search(self.canon, self.start, self.end)
        return self.text.normal[found.start() : found.end()].strip() if found is not None else ""

    def is_free(self, start: int, end: int) -> bool:
        """Whether none of these letters is understood yet."""
        return not any(self._taken[start:end])

    def take(self, start: int, end: int) -> None:
        """Count these letters as understood."""
        self._taken[start:end] = b"\x01" * (end - start)

    def add(self, item: Found) -> None:
        """Keep what was found and count its letters as understood."""
        self.take(item.start, item.end)
        self.found.append(item)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Places where a pattern fits letters not yet understood."""
        for found in pattern.finditer(self.canon, self.start, self.end):
            if self.is_free(*found.span()):
                yield found

    def left(self, position: int, floor: int | None = None) -> str:
        """The words before a position, not farther than a requirement reaches."""
        bottom = max(self.start, position - REACH, floor or 0)
        return self.canon[bottom:position]

    def right(self, position: int, reach: int = REACH) -> str:
        """The words behind a position, within reach."""
        return self.canon[position : min(self.end, position + reach)]


def is_year_word(clause: Clause, found: re.Match[str]) -> bool:
    """Whether the "năm" read as five is the year in "hằng năm vị trí …".

    Source: docs/method/target-sentences.md.
    """
    if found["a"] != "năm":
        return False
    start = found.start("a")
    return _FIVE_AFTER.search(clause.canon[max(0, start - 12) : start]) is None


def is_reached(before: str) -> bool:
    """Whether the words before a number lead to a level: "nâng … lên 45 điểm".

    Source: docs/method/target-sentences.md.
    """
    return re.search(r"(?<!\w)(?:lên|đến|tới|đạt)(?: mức)?\s*$", before) is not None
