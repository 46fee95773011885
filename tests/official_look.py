"""What reads like an official place of one of the 34, in whatever a reader gets to see.

Used by the tests that walk through pages, commands, documents and files of charts.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from analytics.board import Knowledge
from locales import LANGUAGES, texts
from tests.new_edition import EDITION
from tests.pages import seen

Places = Collection[tuple[str, int]]
SAYS_SO = ("ước tính", "ước đạt", "estimate")
# A place among 33 or 34: 21/34, hạng 21 trên 34, xếp thứ 21 trong 34, rank 21 of 34.
FRACTION = re.compile(
    r"(?<![\d/.,–-])(\d{1,2}(?:[.,]\d)?)\s*/\s*(33|34)(?![\d/])"
    # "34/34 provinces have figures" is a count.
    r"(?!\s*(?:tỉnh|đơn vị|provinces|units))"
)
IN_WORDS = re.compile(
    r"(?:hạng|xếp thứ|đứng thứ|vị trí|rank(?:ed)?|place)\s+(\d{1,2}(?:[.,]\d)?)"
    r"(?:\s+(?:trên|trong|among|of|out of)\s+(?:tổng số\s+)?|\s*/\s*)(33|34)\b",
    re.IGNORECASE,
)
# 21 trong 33 đơn vị chung: the sign ≈ alone tells nobody what it means.
BARE = re.compile(r"(?<![\d/.,–-])(\d{1,2}(?:[.,]\d)?)\s+(?:trong|among)\s+(33|34)\b")
FIELDS = ("33", "34")


def suspects(text: str, published: Places = frozenset()) -> list[str]:
    """Passages that read like an official place of the 34 and are none.

    Args:
        text: one sentence, cell or label.
        published: (name of a unit, its published place among 34); a place counts as published
            where the passage names the unit, or names none.
    """
    if any(word in text.casefold() for word in SAYS_SO):
        return []
    hits = [hit for pattern in (FRACTION, IN_WORDS, BARE) for hit in pattern.finditer(text)]
    if not hits:
        return []
    named = {name for name, _ in published if name in text}
    true = {place for name, place in published if not named or name in named}
    return [
        hit.group(0)
        for hit in hits
        if not (hit.group(2) == "34" and hit.group(1).isdigit() and int(hit.group(1)) in true)
    ]


def told(texts: Collection[str], published: Places = frozenset()) -> list[str]:
    """Every suspect among many passages, with the words around it."""
    return [
        f"{hit} in: {text.strip()[:160]}"
        for text in dict.fromkeys(texts)
        for hit in suspects(text, published)
    ]


def published_places(known: Knowledge) -> set[tuple[str, int]]:
    """Every place that the invented edition gives a unit of the 34, in either language."""
    rows = known.standings.loc[
        (known.standings["edition"] == EDITION) & known.standings["rank"].notna()
    ].merge(known.tables.units, on="unit_id", validate="many_to_one")
    assert set(rows["n_ranked"]) == {34}
    pairs = [*zip(rows["name_vi"], rows["rank"], strict=True),
             *zip(rows["name_en"], rows["rank"], strict=True)]  # fmt: skip
    return {(str(name), int(place)) for name, place in pairs}


# ------------------------------------------------------------------------------------- pages


class _Passages(HTMLParser):
    """The text of each paragraph, cell, item and heading; words around it do not excuse it."""

    BLOCKS = ("p", "td", "th", "li", "div", "tr", "article", "summary", "blockquote", "table")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS:
            self.found.append("")
        self.found[-1] += dict(attrs).get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        self.found[-1] += data


def passages(app: AppTest) -> list[str]:
    """Everything a reader sees or points at, passage by passage."""
    found = [*seen.spoken(app), *seen.picture_texts(app)]
    for body in seen.bodies(app):
        parser = _Passages()
        parser.feed(body)
        found += parser.found
    for element in [*app.dataframe, *app.get("metric")]:
        found += str(getattr(element, "value", "")).splitlines()
    return [text for text in found if text.strip()]


# ------------------------------------------------------------------------------------- files


def file_passages(name: str, file: bytes, folder: Path) -> list[str]:
    """The text of a document, passage by passage; of an archive, of every file in it.

    Args:
        name: of the file; its ending says what it is.
        file: its bytes.
        folder: where a PDF is put for the program that reads it.
    """
    ending = name.rpartition(".")[2]
    if ending == "zip":
        with zipfile.ZipFile(io.BytesIO(file)) as held:
            return [
                text
                for one in held.namelist()
                for text in file_passages(one, held.read(one), folder)
            ]
    found = {"docx": _word, "pptx": _slides, "xlsx": _sheets, "csv": _csv}.get(ending)
    texts = _pdf(file, folder) if ending == "pdf" else (found or _plain)(file)
    return [text for text in texts if text.strip()]


def _plain(file: bytes) -> list[str]:
    return file.decode("utf-8-sig").splitlines()


def _word(file: bytes) -> list[str]:
    held = docx.Document(io.BytesIO(file))
    return [*_word_body(held), *(
        paragraph.text
        for section in held.sections
        for part in (section.header, section.footer)
        for paragraph in part.paragraphs
    )]  # fmt: skip


def _word_body(held: Any) -> Iterator[str]:
    for paragraph in held.paragraphs:
        yield paragraph.text
    for table in held.tables:
        yield from _rows([[cell.text for cell in row.cells] for row in table.rows])


def _slides(file: bytes) -> list[str]:
    found: list[str] = []
    for slide in Presentation(io.BytesIO(file)).slides:
        if slide.has_notes_slide:
            found += slide.notes_slide.notes_text_frame.text.splitlines()
        for shape in slide.shapes:
            if shape.has_text_frame:
                found += shape.text_frame.text.splitlines()
            if shape.has_table:
                found += _rows([[cell.text for cell in row.cells] for row in shape.table.rows])
            if shape.has_chart:
                found += _sheets(shape.chart.part.chart_workbook.xlsx_part.blob)
    return found


def _sheets(file: bytes) -> list[str]:
    found: list[str] = []
    for sheet in openpyxl.load_workbook(io.BytesIO(file)).worksheets:
        found.append(sheet.title)
        found += _rows([
            ["" if value is None else str(value) for value in row]
            for row in sheet.iter_rows(values_only=True)
        ])  # fmt: skip
    return found


def _csv(file: bytes) -> list[str]:
    return _rows(list(csv.reader(io.StringIO(file.decode("utf-8-sig")))))


def _rows(rows: list[list[str]]) -> list[str]:
    """Every cell, and a place of one column beside the size of its field in another as 21/34.

    The heads of a table speak for their columns, and a row that says it is an estimate for itself.
    """
    found = [cell for row in rows for cell in row]
    place: list[int] = []
    size, heads = 0, list[str]()
    for row in rows:
        sizes = [at for at, head in enumerate(row) if head in SIZE_HEADS]
        places = [at for at, head in enumerate(row) if head in PLACE_HEADS]
        if sizes and places:
            size, place, heads = sizes[0], places, row
            continue
        if len(row) != len(heads):
            continue
        own = " · ".join(cell for at, cell in enumerate(row) if at not in (*place, size))
        found += [
            f"{own} · {heads[at]} · {row[at].removesuffix('.0')}/{row[size].removesuffix('.0')}"
            for at in place
            if row[at] and row[size].removesuffix(".0") in FIELDS
        ]
    return found


def _heads(name: str) -> set[str]:
    """What the tables of our documents and files call one column, in both languages."""
    keys = (f"annex.col.{name}", f"download.column.{name}")
    return {texts(spoken)[key] for spoken in LANGUAGES for key in keys}


PLACE_HEADS, SIZE_HEADS = _heads("rank"), _heads("n_ranked")


def _pdf(file: bytes, folder: Path) -> list[str]:
    path = folder / "read.pdf"
    path.write_bytes(file)
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    # A sentence is broken over lines; a paragraph ends where a line is empty.
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n|\f", said)]
