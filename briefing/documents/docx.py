"""Documents as Word files: in the form of Nghị định 30/2020/NĐ-CP, or in an office's template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, cast
from zipfile import BadZipFile

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.run import CT_R
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from lxml.etree import SubElement  # type: ignore[import-untyped]

from briefing.documents import form
from briefing.documents.template import BODY, TemplateFault, faults, filled, placeholders, sentence
from briefing.parts import Block, Document, Heading, Paragraph, Picture, Run, Table, mark_text

WordFile = Any
ALIGN = {
    "l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT,
}  # fmt: skip
CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
# Word counts its own moment into every file; a fixed one makes the same pack the same bytes.
_R, _RPR, _VAL = qn("w:r"), qn("w:rPr"), qn("w:val")
NO_MOMENT = datetime.fromisoformat("2000-01-01T00:00:00")


def render(
    made: Document,
    *,
    unit: str,
    letterhead: form.Letterhead | None = None,
    pictures: Mapping[str, bytes] | None = None,
    template: bytes | None = None,
    values: Mapping[str, str] | None = None,
) -> bytes:
    """The document as a .docx file.

    Args:
        made: the document.
        unit: the province with its kind, as it is written.
        letterhead: who issues it; gaps where nothing is given.
        pictures: PNG files by picture id; places without one are left out.
        template: an office's own .docx, whose placeholders are filled and whose heads stay.
        values: further placeholders of the template (DON_VI, NAM, NAM_SO_SANH).

    Raises:
        TemplateFault: the template is no Word file, or its placeholders are wrong.
    """
    head = form.heading(made, letterhead or form.Letterhead(), unit=unit)
    reference = form.annex_reference(made, letterhead or form.Letterhead())
    drawn = _Drawing(made, dict(pictures or {}), reference)
    if template is not None:
        word = _from_template(drawn, head, template, dict(values or {}), unit)
    else:
        word = _in_form(drawn, head)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = made.subject, "", made.footer
    properties.created = properties.modified = NO_MOMENT
    properties.language = "vi-VN" if made.language == "vi" else "en-GB"
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def template_faults(template: bytes) -> list[str]:
    """What is wrong with an office's own template, one sentence each; empty when it can be used."""
    try:
        word = docx.Document(BytesIO(template))
    except (BadZipFile, KeyError, ValueError, OSError):
        return [sentence("unreadable")]
    return faults(paragraph.text for paragraph in _paragraphs(word))


# ---------------------------------------------------------------------------- the decree's form


def _in_form(drawn: _Drawing, head: form.Heading) -> WordFile:
    word = docx.Document()
    _styles(word, drawn.made)
    _page(word.sections[0])
    _first_lines(word, head)
    drawn.body(word)
    _signature(word, head, is_tight=drawn.made.is_one_page)
    for block in drawn.made.tail:
        drawn.block(word, block)
    for annex in drawn.made.annexes:
        section = word.add_section(WD_SECTION.NEW_PAGE)
        _page(section)
        # "Số trang của Phụ lục được đánh số riêng, theo từng Phụ lục."
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        section._sectPr.append(number)
        drawn.annex(word, annex)
    first = word.sections[0]
    _page_number(first)
    _footer(first, drawn.made.footer)
    return word


def _styles(word: WordFile, made: Document) -> None:
    size = form.ONE_PAGE_SIZE if made.is_one_page else form.BODY_SIZE
    for name, points in (("Normal", size), ("Heading 1", size), ("Heading 2", size),
                         ("Heading 3", size), ("Header", form.PAGE_NUMBER_SIZE),
                         ("Footer", form.FOOTER_SIZE)):  # fmt: skip
        style = word.styles[name]
        _font(style, points)
        style.font.color.rgb = RGBColor(0, 0, 0)
        if name.startswith("Heading"):
            style.font.bold = name != "Heading 3"
            style.font.italic = name == "Heading 3"
            style.paragraph_format.keep_with_next = True
    normal = word.styles["Normal"].paragraph_format
    normal.space_before = normal.space_after = Pt(0)
    normal.widow_control = True


def _font(style: Any, points: float) -> None:
    """One face for every script: Word would else take another for letters with two marks."""
    style.font.name, style.font.size = form.FONT, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), form.FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(form.PAGE_WIDTH), Mm(form.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(form.MARGIN_TOP), Mm(form.MARGIN_BOTTOM)
    section.left_margin, section.right_margin = Mm(form.MARGIN_LEFT), Mm(form.MARGIN_RIGHT)
    section.header_distance = Mm(form.HEADER_FROM_EDGE)
    section.footer_distance = Mm(form.FOOTER_FROM_EDGE)
    section.different_first_page_header_footer = True


def _page_number(section: Any) -> None:
    """Centred above the text, from the second page on; later sections take it over."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(form.PAGE_NUMBER_SIZE)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _footer(section: Any, text: str) -> None:
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = CENTRE
        run = paragraph.add_run(text)
        run.italic, run.font.size = True, Pt(form.FOOTER_SIZE)


def _first_lines(word: WordFile, head: form.Heading) -> None:
    """Office and number left; country, motto and date right; then type and subject."""
    table = word.add_table(rows=2, cols=2)
    _widths(table, [form.LEFT_HALF, form.RIGHT_HALF])
    left, right = table.rows[0].cells
    for line in head.superior:
        _line(left, line, form.OFFICE_SIZE)
    for line in head.office:
        _line(left, line, form.OFFICE_SIZE, is_bold=True)
    _rule(left, form.LEFT_HALF, form.OFFICE_RULE)
    _line(right, head.country, form.COUNTRY_SIZE, is_bold=True)
    _line(right, head.motto, form.MOTTO_SIZE, is_bold=True)
    _rule(right, form.RIGHT_HALF, form.MOTTO_RULE)
    left, right = table.rows[1].cells
    _line(left, head.number, form.NUMBER_SIZE)
    _line(right, head.dated, form.DATE_SIZE, is_italic=True)
    name = _line(word, head.type_name, form.TYPE_SIZE, is_bold=True)
    name.paragraph_format.space_before = Pt(6 if head.greeting else 12)
    subject_size = form.ONE_PAGE_SIZE if head.greeting else form.SUBJECT_SIZE
    _line(word, head.subject, subject_size, is_bold=True)
    _rule(word, form.TEXT_WIDTH, form.SUBJECT_RULE)
    if head.greeting:
        greeting = _line(word, head.greeting, form.ONE_PAGE_SIZE)
        greeting.paragraph_format.space_after = Pt(form.PARAGRAPH_GAP)


def _line(
    into: Any, text: str, points: float, *, is_bold: bool = False, is_italic: bool = False
) -> WordParagraph:
    """One centred line; the empty paragraph a cell begins with is used first."""
    paragraph = _fresh(into)
    paragraph.alignment = CENTRE
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = is_bold, is_italic, Pt(points)
    return paragraph


def _fresh(into: Any) -> WordParagraph:
    is_cell = hasattr(into, "_tc")
    if is_cell and len(into.paragraphs) == 1 and not into.paragraphs[0].runs:
        first = into.paragraphs[0]
        if first._p.find(qn("w:pPr")) is None:
            return cast("WordParagraph", first)
    return cast("WordParagraph", into.add_paragraph())


def _rule(into: Any, width: float, length: float) -> None:
    """A line of that length, centred."""
    paragraph = into.add_paragraph()
    aside = Mm(max((width - length) / 2 - (4 if width < form.TEXT_WIDTH else 0), 0))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = aside
    paragraph.paragraph_format.line_spacing = Pt(4)
    paragraph.paragraph_format.space_after = Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _signature(word: WordFile, head: form.Heading, *, is_tight: bool) -> None:
    table = word.add_table(rows=1, cols=2)
    _widths(table, [form.TEXT_WIDTH / 2, form.TEXT_WIDTH / 2])
    _keep_row(table.rows[0])
    left, right = table.rows[0].cells
    first = _fresh(left)
    run = first.add_run(head.receivers_head)
    run.bold = run.italic = True
    run.font.size = Pt(form.RECEIVERS_HEAD_SIZE)
    for line in head.receivers:
        added = left.add_paragraph().add_run(line)
        added.font.size = Pt(form.RECEIVERS_SIZE)
    for line in head.signer_title:
        _line(right, line, form.SIGNATURE_SIZE, is_bold=True)
    name = _line(right, head.signer_name, form.SIGNATURE_SIZE, is_bold=True)
    name.paragraph_format.space_before = Pt(24 if is_tight else 60)


# ------------------------------------------------------------------------- blocks of the text


class _Drawing:
    """Draws the blocks of one document into a Word file."""

    def __init__(self, made: Document, pictures: Mapping[str, bytes], reference: str) -> None:
        self.made, self.pictures, self.reference = made, pictures, reference
        self.size = form.ONE_PAGE_SIZE if made.is_one_page else form.BODY_SIZE

    def body(self, word: WordFile) -> None:
        for paragraph in self.made.opening:
            self.block(word, paragraph)
        for section in self.made.sections:
            for block in section.blocks:
                self.block(word, block)
        for paragraph in self.made.closing:
            # The signature never stands alone on a page.
            word.paragraphs[-1].paragraph_format.keep_with_next = True
            self.block(word, paragraph)
            word.paragraphs[-1].paragraph_format.keep_with_next = True

    def annex(self, word: WordFile, annex: Any) -> None:
        for line in annex.title.split("\n"):
            _line(word, line, form.ANNEX_SIZE, is_bold=True)
        _line(word, self.reference, form.ANNEX_SIZE, is_italic=True)
        _rule(word, form.TEXT_WIDTH, form.SUBJECT_RULE)
        for block in annex.blocks:
            self.block(word, block)

    def block(self, word: WordFile, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(word, block)
        elif isinstance(block, Paragraph):
            self._paragraph(word, block)
        elif isinstance(block, Table):
            self._table(word, block)
        elif isinstance(block, Picture):
            self._picture(word, block)

    def _heading(self, word: WordFile, block: Heading) -> None:
        paragraph = word.add_paragraph(block.text, style=f"Heading {block.level}")
        self._spaced(paragraph)
        paragraph.paragraph_format.keep_with_next = True

    def _spaced(self, paragraph: WordParagraph) -> None:
        shape = paragraph.paragraph_format
        shape.first_line_indent = Mm(form.FIRST_LINE_MM)
        shape.space_before = Pt(0)
        shape.space_after = Pt(form.PARAGRAPH_GAP)
        shape.line_spacing = 1.0 if self.made.is_one_page else form.LINE_SPACING

    def _paragraph(self, word: WordFile, block: Paragraph) -> None:
        paragraph = word.add_paragraph()
        paragraph.alignment = JUSTIFY
        sizes = {"note": form.NOTE_SIZE, "source": form.SOURCE_SIZE}
        size = sizes.get(block.style, self.size)
        self._spaced(paragraph)
        if block.style in sizes:
            paragraph.paragraph_format.first_line_indent = Mm(0)
            paragraph.paragraph_format.line_spacing = 1.0
        if block.style == "bullet":
            _write(paragraph, Run("- "), size)
        for run in block.runs:
            _write(paragraph, run, size, is_italic=block.style == "note")

    def _table(self, word: WordFile, block: Table) -> None:
        many = len(block.heads) >= form.MANY_COLUMNS
        size = form.NARROW_TABLE_SIZE if many else form.TABLE_SIZE
        if block.caption:
            caption = word.add_paragraph()
            caption.alignment = CENTRE
            caption.paragraph_format.keep_with_next = True
            caption.paragraph_format.space_before = Pt(form.PARAGRAPH_GAP)
            caption.paragraph_format.space_after = Pt(3)
            _write(caption, Run(block.caption, is_bold=True), size + 1)
        table = word.add_table(rows=1, cols=len(block.heads))
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, block.heads, strict=True):
            _cell(cell, (Run(text, is_bold=True),), "c", size)
        _repeat(table.rows[0])
        for at, row in enumerate(block.rows):
            added = table.add_row()
            is_strong = at in block.strong_rows
            for cell, found, align in zip(added.cells, row, block.align, strict=True):
                _cell(cell, found, align, size, is_bold=is_strong)
        for row in table.rows:
            _keep_row(row)
        self._keep_together(table)
        scale = form.TEXT_WIDTH / sum(block.widths)
        _widths(table, [width * scale for width in block.widths])
        after = word.add_paragraph()
        after.paragraph_format.line_spacing = Pt(6)

    def _keep_together(self, table: WordTable) -> None:
        """Heads with the first rows, and the last rows together: no lone row on a page."""
        rows = table.rows
        short = len(rows) <= 8
        for at, row in enumerate(rows):
            if at < len(rows) - 1 and (short or at < 2 or at == len(rows) - 2):
                for cell in row.cells:
                    for paragraph in cell.paragraphs:
                        paragraph.paragraph_format.keep_with_next = True

    def _picture(self, word: WordFile, block: Picture) -> None:
        file = self.pictures.get(block.picture_id)
        if file is None:
            return
        paragraph = word.add_paragraph()
        paragraph.alignment = CENTRE
        paragraph.add_run().add_picture(BytesIO(file), width=Mm(form.TEXT_WIDTH))
        paragraph.paragraph_format.space_after = Pt(form.PARAGRAPH_GAP)
        if block.caption:
            caption = word.add_paragraph()
            caption.alignment = CENTRE
            _write(caption, Run(block.caption, is_italic=True), form.NOTE_SIZE)


def _write(paragraph: WordParagraph, run: Run, points: float, *, is_italic: bool = False) -> None:
    """One stretch of text, and behind it the marks of its sources, raised and in brackets."""
    looks = []
    if run.is_bold:
        looks.append(("b", ""))
    if run.is_italic or is_italic:
        looks.append(("i", ""))
    looks.append(("sz", str(round(2 * points))))
    if run.is_gap:
        looks.append(("highlight", "yellow"))
    _stretch(paragraph, run.text, looks)
    if run.marks:
        raised = [("sz", str(round(2 * points))), ("vertAlign", "superscript")]
        _stretch(paragraph, mark_text(run.marks), raised)


def _stretch(paragraph: WordParagraph, text: str, looks: list[tuple[str, str]]) -> None:
    """One run as XML, its looks in the order of the schema.

    Reports have thousands of runs; the library looks through every child for each single setting.
    """
    run = SubElement(paragraph._p, _R)
    shape = SubElement(run, _RPR)
    for name, value in looks:
        SubElement(shape, qn(f"w:{name}"), {_VAL: value} if value else None)
    # The library knows what to do with tabs and line breaks.
    cast("CT_R", run).text = text


def _cell(
    cell: Any, found: tuple[Run, ...], align: str, points: float, *, is_bold: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = ALIGN[align]
    for run in found:
        strong = Run(**{**vars(run), "is_bold": run.is_bold or is_bold})
        _write(paragraph, strong, points)


def _widths(table: Any, widths: list[float]) -> None:
    """Fixed widths in millimetres; without them Word and LibreOffice each make their own."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    shape = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "57")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    shape.append(margins)


def _repeat(row: Any) -> None:
    """Heads again on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _keep_row(row: Any) -> None:
    """No row is split over two pages."""
    mark = OxmlElement("w:cantSplit")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


# -------------------------------------------------------------------------- templates of one's own


def _paragraphs(word: WordFile) -> Iterator[WordParagraph]:
    """Every paragraph: body, tables in tables, headers and footers of every kind."""
    parts: list[Any] = [word]
    for section in word.sections:
        parts += [section.header, section.footer, section.first_page_header,
                  section.first_page_footer]  # fmt: skip
    while parts:
        part = parts.pop(0)
        yield from part.paragraphs
        parts += [cell for table in part.tables for row in table.rows for cell in row.cells]


def _from_template(
    drawn: _Drawing, head: form.Heading, template: bytes, values: dict[str, str], unit: str
) -> WordFile:
    found = template_faults(template)
    if found:
        raise TemplateFault(found)
    word = docx.Document(BytesIO(template))
    for name in ("Heading 1", "Heading 2", "Heading 3", "Table Grid"):
        _borrow_style(word, name)
    given = {
        "CO_QUAN_CHU_QUAN": "\n".join(head.superior), "CO_QUAN": "\n".join(head.office),
        "SO_KY_HIEU": head.number, "DIA_DANH_NGAY": head.dated, "TEN_LOAI": head.type_name,
        "TRICH_YEU": head.subject, "KINH_GUI": head.greeting,
        "NOI_NHAN": "\n".join([head.receivers_head, *head.receivers]),
        "CHUC_VU": "\n".join(head.signer_title), "NGUOI_KY": head.signer_name,
        "CHAN_TRANG": drawn.made.footer, "DON_VI": unit, **values,
    }  # fmt: skip
    place = None
    for paragraph in list(_paragraphs(word)):
        names = placeholders(paragraph.text)
        if BODY in names:
            place = paragraph
        elif names:
            _fill(paragraph, given)
    _insert(word, drawn, cast("WordParagraph", place))
    return word


def _borrow_style(word: WordFile, name: str) -> None:
    """A style our blocks use, where the template has none of that name."""
    if name not in [style.name for style in word.styles]:
        from copy import deepcopy

        style = docx.Document().styles[name]
        word.styles.element.append(deepcopy(style.element))


def _insert(word: WordFile, drawn: _Drawing, place: WordParagraph) -> None:
    """Draw at the end, then move what was drawn to where the placeholder stands."""
    body = word.element.body
    before = set(body)
    drawn.body(word)
    for block in drawn.made.tail:
        drawn.block(word, block)
    for annex in drawn.made.annexes:
        word.add_page_break()
        drawn.annex(word, annex)
    for element in [found for found in body if found not in before]:
        place._p.addprevious(element)
    place._p.getparent().remove(place._p)


def _fill(paragraph: WordParagraph, values: Mapping[str, str]) -> None:
    """Fill the placeholders of a paragraph; each value takes the look of its first letter.

    Word splits a placeholder over several runs as it pleases.
    """
    runs = paragraph.runs
    whole = "".join(run.text for run in runs)
    made = filled(whole, values)
    if made == whole or not runs:
        return
    start = whole.index("{{")
    at = 0
    for run in runs:
        end = at + len(run.text)
        if start < end:
            kept = run.text[: max(start - at, 0)]
            run.text = kept + made[start:]
            rest = False
            for later in runs:
                if rest:
                    later.text = ""
                rest = rest or later is run
            return
        at = end
