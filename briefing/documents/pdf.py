"""Documents as PDF by Typst: the same form as in Word, fonts embedded, no browser, no network.

Every text goes into a Typst string literal and never into markup, so that a `#` or `$` that
somebody typed is printed and not executed. The same document gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typst

from briefing.documents import form
from briefing.parts import (
    Annex,
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Run,
    Table,
    mark_text,
)

# Metric-compatible with Times New Roman, so lines break as in Word; licence beside the files.
FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
FACE = "Tinos"
# A single line of this face is 1.15 em from line to line; Typst counts from x-height to baseline.
LEADING = 0.49
SPACING_PT = 0.49 * 13 + form.PARAGRAPH_GAP
LONGEST_NUMBER = 12
ALIGN = {"l": "left", "c": "center", "r": "right"}

_PREAMBLE = """
#set document(title: {title}, date: none)
#set text(font: {face}, size: {size}pt, lang: {lang}, fill: black, hyphenate: false)
#set par(justify: true, leading: {leading}em, spacing: {spacing}pt)
#set table(stroke: 0.5pt, inset: (x: 1mm, y: 1.2mm))
#set table.cell(breakable: false)
#set page(
  width: {width}mm, height: {height}mm,
  margin: (top: {top}mm, bottom: {bottom}mm, left: {left}mm, right: {right}mm),
  header-ascent: 0mm,
  header: context {{
    let at = counter(page).get().first()
    if at > 1 {{
      place(center + top, dy: {header}mm, text(size: {number}pt, str(at)))
    }}
  }},
  footer: align(center, text(size: {footer_size}pt, style: "italic", {footer})),
)
#let mark(said) = box(super(typographic: false, size: 0.62em, baseline: -0.45em, said))
#let missing(said) = highlight(fill: rgb("#ffff66"), said)
#let rule(length) = align(
  center, block(above: 6pt, below: 8pt, line(length: length, stroke: 0.6pt)),
)
#let body(indent, said) = par(first-line-indent: (amount: indent, all: true), said)
"""


def render(
    made: Document,
    *,
    unit: str,
    letterhead: form.Letterhead | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The document as a PDF file.

    Args:
        made: the document.
        unit: the province with its kind, as it is written.
        letterhead: who issues it; gaps where nothing is given.
        pictures: PNG or SVG files by picture id; places without one are left out.
    """
    head = form.heading(made, letterhead or form.Letterhead(), unit=unit)
    drawn = _Drawing(made, dict(pictures or {}))
    reference = form.annex_reference(made, letterhead or form.Letterhead())
    *body, last, closing = drawn.body()
    # The signature never stands alone on a page: the last two paragraphs stay with it.
    end = f"#block(breakable: false, width: 100%)[{last}\n{closing}\n{_signature(head, made)}]"
    parts = [_preamble(made), _first_lines(head), *body, end]
    parts += [drawn.block(block) for block in made.tail]
    parts += [drawn.annex(annex, reference) for annex in made.annexes]
    files: dict[str, bytes] = {"main.typ": "\n".join(parts).encode(), **drawn.files}
    # The stub of the library does not know that a folder of files may be handed in.
    found = typst.compile(  # type: ignore[call-overload]
        files, format="pdf", font_paths=[str(FONTS)], ignore_system_fonts=True, pdf_tags=True
    )  # fmt: skip
    return bytes(found)


def literal(text: str) -> str:
    """A text as a Typst string literal; nothing in it can end the literal or begin code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "").replace("\t", " ") + '"'


def _preamble(made: Document) -> str:
    tight = made.is_one_page
    return _PREAMBLE.format(
        title=literal(made.subject),
        face=literal(FACE),
        size=form.ONE_PAGE_SIZE if tight else form.BODY_SIZE,
        lang=literal(made.language),
        leading=LEADING if tight else LEADING * form.LINE_SPACING + (form.LINE_SPACING - 1),
        spacing=SPACING_PT,
        width=form.PAGE_WIDTH, height=form.PAGE_HEIGHT, top=form.MARGIN_TOP,
        bottom=form.MARGIN_BOTTOM, left=form.MARGIN_LEFT, right=form.MARGIN_RIGHT,
        header=form.HEADER_FROM_EDGE, number=form.PAGE_NUMBER_SIZE,
        footer_size=form.FOOTER_SIZE, footer=literal(made.footer),
    )  # fmt: skip


def _text(text: str, points: float, *, is_bold: bool = False, is_italic: bool = False) -> str:
    weight, style = ("bold" if is_bold else "regular"), ("italic" if is_italic else "normal")
    return f'text(size: {points}pt, weight: "{weight}", style: "{style}", {literal(text)})'


def _stack(lines: list[str]) -> str:
    return "{ set par(justify: false, leading: 0.5em, spacing: 6.5pt); align(center, " + " + ".join(
        f"par({line})" for line in lines
    ) + ") }"  # fmt: skip


def _first_lines(head: form.Heading) -> str:
    left = [_text(line, form.OFFICE_SIZE) for line in head.superior]
    left += [_text(line, form.OFFICE_SIZE, is_bold=True) for line in head.office]
    right = [_text(head.country, form.COUNTRY_SIZE, is_bold=True),
             _text(head.motto, form.MOTTO_SIZE, is_bold=True)]  # fmt: skip
    size = form.ONE_PAGE_SIZE if head.greeting else form.SUBJECT_SIZE
    parts = [
        f"#grid(columns: ({form.LEFT_HALF}mm, {form.RIGHT_HALF}mm), row-gutter: 4pt,",
        f"  {_stack(left)} + rule({form.OFFICE_RULE}mm),",
        f"  {_stack(right)} + rule({form.MOTTO_RULE}mm),",
        f"  {_stack([_text(head.number, form.NUMBER_SIZE)])},",
        f"  {_stack([_text(head.dated, form.DATE_SIZE, is_italic=True)])},",
        ")",
        "#v(6pt)",
        "#" + _stack([_text(head.type_name, form.TYPE_SIZE, is_bold=True),
                      _text(head.subject, size, is_bold=True)]),
        f"#rule({form.SUBJECT_RULE}mm)",
    ]  # fmt: skip
    if head.greeting:
        parts.append("#" + _stack([_text(head.greeting, form.ONE_PAGE_SIZE)]))
    return "\n".join(parts)


def _signature(head: form.Heading, made: Document) -> str:
    left = [_text(head.receivers_head, form.RECEIVERS_HEAD_SIZE, is_bold=True, is_italic=True)]
    left += [_text(line, form.RECEIVERS_SIZE) for line in head.receivers]
    receivers = " + linebreak() + ".join(left)
    right = [_text(line, form.SIGNATURE_SIZE, is_bold=True) for line in head.signer_title]
    name = _text(head.signer_name, form.SIGNATURE_SIZE, is_bold=True)
    room = 22 if made.is_one_page else 55
    return (
        "#v(4pt)\n#block(breakable: false, grid(columns: (1fr, 1fr), "
        f"{{ set par(justify: false, leading: 0.4em); {receivers} }}, "
        f"{_stack(right)} + v({room}pt) + {_stack([name])}))"
    )


class _Drawing:
    """Writes the blocks of one document as Typst code."""

    def __init__(self, made: Document, pictures: Mapping[str, bytes]) -> None:
        self.made, self.pictures = made, pictures
        self.files: dict[str, bytes] = {}
        self.size = form.ONE_PAGE_SIZE if made.is_one_page else form.BODY_SIZE

    def body(self) -> list[str]:
        blocks: list[Block] = [*self.made.opening]
        for section in self.made.sections:
            blocks += section.blocks
        return [self.block(block) for block in [*blocks, *self.made.closing]]

    def annex(self, annex: Annex, reference: str) -> str:
        lines = [_text(line, form.ANNEX_SIZE, is_bold=True) for line in annex.title.split("\n")]
        lines.append(_text(reference, form.ANNEX_SIZE, is_italic=True))
        head = ["#place.flush()", "#counter(page).update(0)", "#pagebreak()", "#" + _stack(lines),
                f"#rule({form.SUBJECT_RULE}mm)"]  # fmt: skip
        return "\n".join([*head, *(self.block(block) for block in annex.blocks)])

    def block(self, block: Block) -> str:
        if isinstance(block, Heading):
            return self._heading(block)
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, Table):
            return self._table(block)
        return self._picture(block)

    def _heading(self, block: Heading) -> str:
        said = _text(block.text, self.size, is_bold=block.level < 3, is_italic=block.level == 3)
        return (
            f"#block(sticky: true, heading(level: {block.level}, outlined: true, "
            f"body({form.FIRST_LINE_MM}mm, {said})))"
        )

    def _paragraph(self, block: Paragraph) -> str:
        sizes = {"note": form.NOTE_SIZE, "source": form.SOURCE_SIZE}
        size = sizes.get(block.style, self.size)
        indent = 0.0 if block.style in sizes else form.FIRST_LINE_MM
        runs = (Run("- "), *block.runs) if block.style == "bullet" else block.runs
        said = _runs(runs, size, is_italic=block.style == "note")
        if block.style in sizes:
            return f"#{{ set par(leading: {LEADING}em); body({indent}mm, {said}) }}"
        return f"#body({indent}mm, {said})"

    def _table(self, block: Table) -> str:
        many = len(block.heads) >= form.MANY_COLUMNS
        size = form.NARROW_TABLE_SIZE if many else form.TABLE_SIZE
        columns = ", ".join(f"{width}fr" for width in block.widths)
        heads = ", ".join(
            f"align(center, {_text(head, size, is_bold=True)})" for head in block.heads
        )
        rows = []
        for at, row in enumerate(block.rows):
            is_strong = at in block.strong_rows
            cells = [
                f"align({ALIGN[align]}, {_runs(cell, size, is_bold=is_strong)})"
                for cell, align in zip(row, block.align, strict=True)
            ]
            rows.append("  " + ", ".join(cells) + ",")
        made = [
            f"table(columns: ({columns}), table.header(repeat: true, {heads}),", *rows, ")"
        ]  # fmt: skip
        table = "\n".join(made)
        inner = f"{{ set par(justify: false, leading: 0.35em); {table} }}"
        caption = ""
        if block.caption:
            said = _text(block.caption, size + 1, is_bold=True)
            caption = f"#block(sticky: true, width: 100%, above: 8pt, align(center, {said}))\n"
        # A short table stays whole; a long one may go over pages between its rows.
        is_short = "false" if len(block.rows) <= 7 else "true"
        return f"{caption}#block(breakable: {is_short}, above: 5pt, below: 8pt, {inner})"

    def _picture(self, block: Picture) -> str:
        file = self.pictures.get(block.picture_id)
        if file is None:
            return ""
        kind = "png" if file.startswith(b"\x89PNG") else "svg"
        name = f"picture{len(self.files) + 1}.{kind}"
        self.files[name] = file
        # It goes to the head or the foot of a page, and the text goes on instead of a gap.
        picture = f'image("{name}", width: 100%, alt: {literal(block.caption)})'
        return f"#place(auto, float: true, clearance: 8pt, {picture})"


def _runs(
    runs: tuple[Run, ...], points: float, *, is_bold: bool = False, is_italic: bool = False
) -> str:
    """Stretches of text as one Typst expression."""
    said = []
    for run in runs:
        made = _text(run.text, points, is_bold=run.is_bold or is_bold,
                     is_italic=run.is_italic or is_italic)  # fmt: skip
        if run.marks:
            raised = f"mark({_text(mark_text(run.marks), points)})"
            # A number and its mark stay on one line; longer words may part from it.
            is_number = len(run.text) <= LONGEST_NUMBER
            said.append(f"box({made} + {raised})" if is_number else f"{made} + {raised}")
        else:
            said.append(f"missing({made})" if run.is_gap else made)
    return " + ".join(said) if said else '""'
