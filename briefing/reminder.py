"""The draft of a reminder (công văn đôn đốc): one text for the screen and for the document.

The letter is an official one and always in Vietnamese. What an official must fill in, number, day
and signature, is left as a gap. Form: Nghị định 30/2020/NĐ-CP, appendix I.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
import pandas as pd
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from locales import form, texts

FONT = "Times New Roman"
SMALL, BODY, HEAD = 11, 14, 13
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
TABLE_WIDTHS = (66, 99)
LEFT, CENTRE, JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """The parts of the letter in their order.

    Attributes:
        issuer: who issues it.
        place: where, for the line of the day.
        year: of that line; day and month are gaps.
        about: the line under the number.
        dear: addressees, one per line.
        body: paragraphs.
    """

    issuer: str
    place: str
    year: int
    about: str
    dear: tuple[str, ...]
    body: tuple[str, ...]


def _t(key: str, **values: Any) -> str:
    """An official text: Vietnamese, whatever language the screen speaks."""
    return texts("vi")[f"letter.{key}"].format(**values)


def letter(
    call: Mapping[Any, Any],
    standing: pd.DataFrame,
    *,
    names: Mapping[str, str],
    issuer: str,
    place: str,
    as_of: date,
    before: date,
) -> Letter | None:
    """The reminder for the late and missing; None where there are none.

    Args:
        call: document, what, receiver.
        standing: result of `analytics.submissions.submission_standing`.
        names: agencies by id, in Vietnamese.
        issuer: who issues the letter.
        place: province, for the line of the day.
        as_of: day of the standing.
        before: the new "trước ngày".
    """
    missing = standing.loc[standing["status"] == "missing"]
    late = standing.loc[standing["status"] == "late"]
    if missing.empty and late.empty:
        return None
    who = {"issuer": issuer, "receiver": call["receiver"]}
    due = form.day(standing["due_on"].iloc[0])
    body = [
        _t("basis", document=call["document"], what=call["what"], day=due, **who),
        _t("found", day=form.day(as_of), **who),
    ]
    if len(missing):
        body.append("- " + _t("missing", names=_names(missing, names)))
    if len(late):
        said = [
            _t("late_one", name=names.get(row["agency_id"], row["agency_id"]),
               day=form.day(row["sent_on"]), days=f"{int(row['days_late']):02d}")
            for row in late.to_dict("records")
        ]  # fmt: skip
        body.append("- " + _t("late", names="; ".join(said)))
    if len(missing):
        body.append(_t("ask_missing", day=form.day(before), **who))
    if len(late):
        body.append(_t("ask_late", **who))
    body.append(_t("close" if len(missing) else "close_late", **who))
    both = pd.concat([missing, late])
    return Letter(
        issuer=issuer, place=place, year=as_of.year, about=_t("about", what=call["what"]),
        dear=tuple(names.get(one, one) for one in both["agency_id"]), body=tuple(body),
    )  # fmt: skip


def in_place_of(heirs: Sequence[str], agency: str) -> str:
    """How a letter names those who answer for an agency that is no more."""
    return _t("in_place_of", heirs="; ".join(heirs), agency=agency)


def _names(rows: pd.DataFrame, names: Mapping[str, str]) -> str:
    return "; ".join(names.get(one, one) for one in rows["agency_id"])


def left_head(made: Letter) -> list[str]:
    """Issuer, number and what the letter is about."""
    return [made.issuer.upper(), _t("number"), made.about]


def right_head(made: Letter) -> list[str]:
    """State, motto, place and day."""
    return [_t("state"), _t("motto"), _t("place_day", place=made.place, year=made.year)]


def text(made: Letter) -> list[str]:
    """Addressees and paragraphs."""
    if len(made.dear) == 1:
        return [f"{_t('dear')} {made.dear[0]}", *made.body]
    return [_t("dear"), *_addressees(made.dear), *made.body]


def _addressees(dear: tuple[str, ...]) -> list[str]:
    last = len(dear)
    return [f"- {one}{'.' if at == last else ';'}" for at, one in enumerate(dear, start=1)]


def left_foot() -> list[str]:
    """To whom copies go."""
    return [_t("to"), _t("to_as_above"), _t("to_file")]


def right_foot() -> list[str]:
    """Who signs: gaps."""
    return [_t("signer"), _t("sign_gap"), _t("name_gap")]


def document(made: Letter) -> bytes:
    """The letter as .docx, A4."""
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, width in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(width))
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    # Word keeps a font of its own for the letters of each script.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    paper.core_properties.title, paper.core_properties.author = made.about, made.issuer
    head = _table(paper)
    _write(head[0], made.issuer.upper(), size=HEAD, bold=True)
    _write(head[0], _rule(), size=SMALL)
    _write(head[0], _t("number"), size=HEAD)
    _write(head[0], made.about, size=12)
    _write(head[1], _t("state"), size=12, bold=True)
    _write(head[1], _t("motto"), size=HEAD, bold=True)
    _write(head[1], _rule(), size=SMALL)
    _write(head[1], _t("place_day", place=made.place, year=made.year), size=HEAD, italic=True)
    _dear(paper, made.dear)
    for text in made.body:
        paragraph = _write(paper, text, align=JUSTIFIED)
        paragraph.paragraph_format.first_line_indent = Mm(10)
        paragraph.paragraph_format.space_after = Pt(6)
    _write(paper, "", size=6)
    foot = _table(paper)
    _write(foot[0], _t("to"), size=12, bold=True, italic=True, align=LEFT)
    for key in ("to_as_above", "to_file"):
        _write(foot[0], _t(key), size=SMALL, align=LEFT)
    _write(foot[1], _t("signer"), size=HEAD, bold=True)
    _write(foot[1], _t("sign_gap"), size=BODY, italic=True)
    for _ in range(2):
        _write(foot[1], "")
    _write(foot[1], _t("name_gap"), size=BODY, bold=True)
    made_file = io.BytesIO()
    paper.save(made_file)
    return made_file.getvalue()


def _rule() -> str:
    return "_" * 14


def _dear(paper: Any, dear: tuple[str, ...]) -> None:
    """One addressee stands in the line of the words, several stand below it."""
    if len(dear) == 1:
        _write(paper, f"{_t('dear')} {dear[0]}", align=CENTRE).paragraph_format.space_before = Pt(
            12
        )
        _write(paper, "", size=6)
        return
    _write(paper, _t("dear"), align=CENTRE).paragraph_format.space_before = Pt(12)
    for line in _addressees(dear):
        paragraph = _write(paper, line, align=LEFT)
        paragraph.paragraph_format.left_indent = Mm(40)
    _write(paper, "", size=6)


def _table(paper: Any) -> tuple[Any, Any]:
    """Two cells side by side without borders, for head and foot."""
    table = paper.add_table(rows=1, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, TABLE_WIDTHS, strict=True):
        # Some readers follow the grid, others the cell.
        column.width = column.cells[0].width = Mm(width)
    left, right = table.rows[0].cells
    return left, right


def _write(
    where: Any,
    text: str,
    *,
    size: int = BODY,
    bold: bool = False,
    italic: bool = False,
    align: Any = CENTRE,
) -> Any:
    """One paragraph; the empty one that every cell begins with is used first."""
    found = getattr(where, "paragraphs", [])
    is_cell = hasattr(where, "width")
    paragraph = found[0] if is_cell and len(found) == 1 and not found[0].runs else None
    paragraph = paragraph or where.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    run.font.name = FONT
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    return paragraph
