"""What a document is made of before it is drawn: paragraphs, tables, pictures, and marked numbers.

A number of the scorecard travels inside a text as a marked stretch, so that one template sentence
serves screen, Word and PDF and no number can lose its source on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Private characters, which no text that people type may hold (see `clean`).
_OPEN, _TEXT, _CLOSE, _GAP, _GAP_END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_STRETCH = re.compile(
    f"{_OPEN}(?P<ids>[^{_TEXT}]*){_TEXT}(?P<said>[^{_CLOSE}]*){_CLOSE}"
    f"|{_GAP}(?P<gap>[^{_GAP_END}]*){_GAP_END}"
)


@dataclass(frozen=True)
class Run:
    """A stretch of text; of a figure also which, and the marks of its sources.

    Attributes:
        text: what is read.
        figure_ids: figures of the scorecard that the text prints.
        marks: marks into the annex of sources.
        is_gap: something only people can write.
        is_bold: set in bold.
        is_italic: set in italics.
    """

    text: str
    figure_ids: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    is_gap: bool = False
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 "I. ...", level 2 "1. ...", level 3 "a) ..."."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; style body, bullet, note or source."""

    runs: tuple[Run, ...]
    style: str = "body"


@dataclass(frozen=True)
class Table:
    """A table; `align` one letter per column (l, c, r), `widths` relative."""

    table_id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    widths: tuple[float, ...]
    align: str
    strong_rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Where a picture of that id goes, if the caller hands one over."""

    picture_id: str
    caption: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Section:
    """One part of a document that can be left out."""

    section_id: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Annex:
    """An annex with its heading."""

    annex_id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A document in order, in one language, without any form.

    Attributes:
        kind: par-sipas, papi, leader or special.
        language: vi or en.
        type_name: BÁO CÁO, TỜ TRÌNH.
        symbol: the type in the number, "BC".
        subject: trích yếu.
        opening: paragraphs before the first section.
        sections: the body.
        annexes: after the signature.
        closing: what follows the last section, with "./.".
        footer: data version, time, author.
        is_one_page: set tighter.
    """

    kind: str
    language: str
    type_name: str
    symbol: str
    subject: str
    opening: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...]
    closing: tuple[Paragraph, ...]
    footer: str
    is_one_page: bool = False
    tail: tuple[Block, ...] = field(default=())

    def blocks(self) -> Iterator[Block]:
        """Every block in reading order, annexes last."""
        yield from self.opening
        for section in self.sections:
            yield from section.blocks
        yield from self.closing
        yield from self.tail
        for annex in self.annexes:
            yield from annex.blocks

    def runs(self) -> Iterator[Run]:
        """Every stretch of text of paragraphs and tables in reading order."""
        for block in self.blocks():
            if isinstance(block, Paragraph):
                yield from block.runs
            elif isinstance(block, Table):
                for row in block.rows:
                    for cell in row:
                        yield from cell


def figured(text: str, figure_ids: tuple[str, ...], marks: tuple[int, ...]) -> str:
    """A text that prints figures, marked so that `runs` finds it again."""
    if not marks:
        return text
    return f"{_OPEN}{'|'.join(figure_ids)}#{','.join(map(str, marks))}{_TEXT}{text}{_CLOSE}"


def gap(text: str) -> str:
    """Something only people can write: "[… cần bổ sung: … …]" stands where it belongs."""
    return f"{_GAP}{text}{_GAP_END}"


def runs(text: str, *, is_bold: bool = False, is_italic: bool = False) -> tuple[Run, ...]:
    """A text with marked stretches as runs."""
    style: dict[str, Any] = {"is_bold": is_bold, "is_italic": is_italic}
    found: list[Run] = []
    at = 0
    for match in _STRETCH.finditer(text):
        if match.start() > at:
            found.append(Run(text[at : match.start()], **style))
        if match["gap"] is not None:
            found.append(Run(match["gap"], is_gap=True, **style))
        else:
            ids, _, marks = match["ids"].partition("#")
            numbers = tuple(int(mark) for mark in marks.split(","))
            found.append(Run(match["said"], tuple(ids.split("|")), numbers, **style))
        at = match.end()
    if at < len(text):
        found.append(Run(text[at:], **style))
    return tuple(found)


def plain(text: str) -> str:
    """A text without marks, as a screen reader would say it."""
    return "".join(run.text for run in runs(text))


def clean(text: str) -> str:
    """What people typed, without the private characters."""
    return re.sub("[\ue000-\ue004]", "", text)


def capital(text: str) -> str:
    """With a capital first letter, also where the text begins with a figure."""
    shown = runs(text)
    if not shown or not shown[0].text:
        return text
    first = shown[0].text
    return text.replace(first, first[0].upper() + first[1:], 1)


def mark_text(marks: tuple[int, ...]) -> str:
    """Marks as printed: [1] or [1, 2]; many in a row as [1–4]."""
    if not marks:
        return ""
    spans: list[list[int]] = []
    for mark in marks:
        if spans and mark == spans[-1][-1] + 1:
            spans[-1].append(mark)
        else:
            spans.append([mark])
    said = [
        ", ".join(map(str, span)) if len(span) < 3 else f"{span[0]}–{span[-1]}" for span in spans
    ]
    return f"[{', '.join(said)}]"
