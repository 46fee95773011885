"""Tables of a review as Word documents: shortcomings, and whom a proposal of praise may name.

An annex in landscape, as the decree on the form of documents allows for tables; what an official
must still fill in stands as a gap. What people typed is text, never a field or a link.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
import pandas as pd
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from briefing import reviews as words
from briefing.documents import form as paper_form
from locales import form, t

CELL_SIZE = 11
# Millimetres of the columns: number, line, points, places, agency, reasons.
SHORTCOMING_WIDTHS = (11, 54, 18, 18, 18, 20, 20, 26, 41, 36)
PRAISE_WIDTHS = (11, 58, 28, 24, 30, 48, 32, 31)
_LEFT, _CENTRE = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER


@dataclass(frozen=True)
class Paper:
    """One table with the lines around it."""

    title: str
    subtitle: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    notes: tuple[str, ...]


def shortcomings_paper(rows: pd.DataFrame, *, subtitle: str, source: str) -> bytes:
    """The table of shortcomings as .docx; the same rows as the workbook.

    Args:
        rows: as for `briefing.reviews.shortcomings_workbook`.
        subtitle: index, years and province.
        source: the line about publisher and date of publication.
    """
    heads = ("number", "line", "max", "score", "lost", "rank", "points_change", "rank_change",
             "agency", "why")  # fmt: skip
    cells = tuple(
        (
            str(number), words.line_name(row), _points(row["max_score"]), _points(row["score"]),
            _points(row["lost"]), words.place(row), form.score_change(row["score_change"]),
            "" if form.is_missing(row["gain"]) else form.gain(row["gain"]),
            words.agency_names(row), words.why(row),
        )
        for number, row in enumerate(rows.to_dict("records"), start=1)
    )  # fmt: skip
    return document(
        Paper(
            t("reviews.table_title"), subtitle, tuple(t(f"reviews.col_{head}") for head in heads),
            cells, SHORTCOMING_WIDTHS, (source, t("reviews.table_note")),
        )
    )  # fmt: skip


def praise_paper(rows: Sequence[Sequence[str]], *, subtitle: str, source: str) -> bytes:
    """The list of those whose parts rose as .docx.

    Args:
        rows: cells as `praise_cells` gives them.
        subtitle: index, years and province.
        source: the line about publisher and date of publication.
    """
    cells = tuple((str(number), *row) for number, row in enumerate(rows, start=1))
    return document(
        Paper(
            t("praise.paper_title"), subtitle, (t("reviews.col_number"), *praise_heads()), cells,
            PRAISE_WIDTHS, (source, t("praise.note")),
        )
    )  # fmt: skip


def praise_heads() -> tuple[str, ...]:
    """Heads of the list, without the number."""
    return tuple(
        t(f"praise.col_{head}")
        for head in ("line", "gain", "rank", "points", "agency", "target", "proposed")
    )


def praise_cells(row: Any, proposed: str) -> list[str]:
    """One line that rose, cell by cell.

    Args:
        row: a row of `analytics.weaknesses.gainers`.
        proposed: people of its agencies who answer for it, and what their sheets propose.
    """
    return [
        words.line_name(row), form.gain(row["gain"]), words.place(row),
        form.score_change(row["score_change"]), words.agency_names(row),
        t(f"status.{row['status']}"), proposed,
    ]  # fmt: skip


def document(made: Paper) -> bytes:
    """A paper as .docx, A4 landscape."""
    paper = docx.Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (
        Mm(paper_form.PAGE_HEIGHT), Mm(paper_form.PAGE_WIDTH),
    )  # fmt: skip
    section.top_margin = section.bottom_margin = Mm(paper_form.MARGIN_TOP)
    section.left_margin, section.right_margin = Mm(20), Mm(15)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = paper_form.FONT, Pt(paper_form.NUMBER_SIZE)
    # Word keeps a font of its own for the letters of each script.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), paper_form.FONT)
    paper.core_properties.title, paper.core_properties.author = made.title, ""
    _write(paper.add_paragraph(), t("reviews.paper_annex"), bold=True)
    _write(paper.add_paragraph(), made.title, bold=True)
    _write(paper.add_paragraph(), made.subtitle)
    _write(paper.add_paragraph(), t("reviews.paper_with"), italic=True, after=8)
    _table(paper, made)
    for note in made.notes:
        _write(paper.add_paragraph(), note, size=CELL_SIZE, align=_LEFT, italic=True)
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def _table(paper: Any, made: Paper) -> None:
    table = paper.add_table(rows=1, cols=len(made.heads), style="Table Grid")
    table.autofit = False
    for cell, head in zip(table.rows[0].cells, made.heads, strict=True):
        _write(cell.paragraphs[0], head, size=CELL_SIZE, bold=True)
    # The heads stand again on every page.
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in made.rows:
        for at, (cell, said) in enumerate(zip(table.add_row().cells, row, strict=True)):
            is_text = len(said) > 14 or at == 1
            _write(cell.paragraphs[0], said, size=CELL_SIZE, align=_LEFT if is_text else _CENTRE)
    for column, width in zip(table.columns, made.widths, strict=True):
        for cell in column.cells:
            cell.width = Mm(width)


def _points(value: Any) -> str:
    return "" if form.is_missing(value) else form.number(value)


def _write(
    paragraph: Any,
    said: str,
    *,
    size: float = paper_form.NUMBER_SIZE,
    bold: bool = False,
    italic: bool = False,
    align: Any = _CENTRE,
    after: int = 2,
) -> None:
    run = paragraph.add_run(said)
    run.font.size, run.font.name, run.bold, run.italic = Pt(size), paper_form.FONT, bold, italic
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(after)
