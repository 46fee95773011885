"""Ten slides for a meeting: native charts that can be edited, notes with source and caveats.

Every text is measured before it is set; what does not fit at the least size is shortened to whole
lines and says how many were left out. Native charts carry their workbook.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE as CHART
from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Emu, Inches, Pt

from analytics.scorecard import Scorecard
from briefing import content, content_tables
from briefing.content import Facts
from briefing.figure_words import Pen, Row, rows_of
from briefing.parts import Paragraph, clean, figured, mark_text, runs
from briefing.parts import plain as unmarked
from charts.still_text import refilled
from charts.theme import BLUE, GREEN, INK, MUTED, ORANGE, PALE
from locales import form, named, t

WIDE, TALL = 13.333, 7.5
EDGE, HEAD_TOP, HEAD_TALL, BODY_TOP, BODY_BOTTOM = 0.55, 0.35, 0.95, 1.45, 6.9
FONT = "Arial"
RED = "#B3261E"
SERIES_COLOURS = (BLUE, ORANGE, GREEN, "#8A6A00")
DASHES = ("solid", "dash", "sysDot", "lgDash")
PIXELS = 96.0
# Our typeface is a little wider than Arial, so what fits in it fits in the slide.
LEAST, MOST = 12.0, 20.0
NOT_REACHED = ("missed", "off_track", "at_risk", "held_not_improved")
EFFECTS = ("own", "peers", "method", "composition")
# The one-page report begins its paragraphs with a number and a name, which a slide has above.
HEADING = re.compile(r"^\s*\d+\.\s+[^.]{1,60}\.\s+")
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
Box = tuple[float, float, float, float]


class TemplateUnfit(ValueError):
    """A template that slides cannot be put into; the message names every fault."""


@dataclass
class _Slide:
    """A slide being filled: the shapes, and the marks of the figures on it."""

    slide: Any
    marks: set[int] = field(default_factory=set)

    def said(self, text: str) -> str:
        """A text with marked figures as it is read; the marks go to the notes."""
        for run in runs(text):
            self.marks.update(run.marks)
        return unmarked(text)


def fitted(
    paragraphs: Sequence[str], width: float, height: float, *, most: float = MOST,
    least: float = LEAST,
) -> tuple[list[str], float]:  # fmt: skip
    """Paragraphs and the largest size [points] at which they fill no more than a box [inches].

    What does not fit at the least size is left out by whole paragraphs from the end, and a last
    line says how many.
    """
    size = most
    while size > least and _depth(paragraphs, width, size) > height:
        size -= 0.5
    kept = list(paragraphs)
    while len(kept) > 1 and _depth(_with_rest(kept, paragraphs), width, size) > height:
        kept.pop()
    return _with_rest(kept, paragraphs), size


def _with_rest(kept: Sequence[str], whole: Sequence[str]) -> list[str]:
    left = len(whole) - len(kept)
    return [*kept, t("slides.more", n=form.whole(left))] if left else list(kept)


def _depth(paragraphs: Iterable[str], width: float, size: float) -> float:
    """How deep paragraphs reach [inches]."""
    pixels = size / 0.75
    lines = sum(max(1, len(refilled(text, pixels, width * PIXELS - 8))) for text in paragraphs)
    return (lines * 1.22 * pixels + len(list(paragraphs)) * 0.35 * pixels) / PIXELS


# ------------------------------------------------------------------------------- the template


def template_faults(data: bytes) -> list[str]:
    """What a presentation lacks to take the slides; empty where it can.

    It needs a layout with a place for a title, and slides at least 24 × 13 cm.
    """
    try:
        deck = Presentation(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - whatever is wrong inside the file, it is not a presentation
        return [t("slides.not_pptx")]
    faults = []
    if _layout(deck) is None:
        faults.append(t("slides.no_title_layout"))
    wide, tall = deck.slide_width or 0, deck.slide_height or 0
    if wide < Inches(9.4) or tall < Inches(5.1):
        faults.append(t("slides.too_small", wide=round(Emu(wide).cm), tall=round(Emu(tall).cm)))
    return faults


def template_report(data: bytes) -> list[str]:
    """What will be used of a template: the layout and the places it holds, for the reader.

    Raises:
        TemplateUnfit: the template cannot be used.
    """
    faults = template_faults(data)
    if faults:
        raise TemplateUnfit(" ".join(faults))
    deck = Presentation(io.BytesIO(data))
    layout = _layout(deck)
    names = [clean(one.name) for one in layout.placeholders]
    unused = [clean(one.name) for one in deck.slide_layouts if one is not layout]
    lines = [t("slides.uses_layout", layout=clean(layout.name), places=", ".join(names))]
    if unused:
        lines.append(t("slides.unused_layouts", layouts=", ".join(unused)))
    return lines


def _layout(deck: Any) -> Any:
    """The layout with a title and the fewest other places."""
    titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    fitting = [
        one for one in deck.slide_layouts
        if any(place.placeholder_format.type in titles for place in one.placeholders)
    ]  # fmt: skip
    return min(fitting, key=lambda one: len(list(one.placeholders)), default=None)


# ----------------------------------------------------------------------------------- the deck


def slides(card: Scorecard, *, facts: Facts | None = None, template: bytes | None = None) -> bytes:
    """The ten slides of a scorecard as a presentation, in the language in use.

    Args:
        card: the scorecard; an index it does not hold leaves a sentence in its place.
        facts: who presents, who made the pack and when.
        template: a presentation of the office's own; its first layout with a title is used.

    Raises:
        TemplateUnfit: the template cannot be used; the message names every fault.
    """
    if template is not None and (faults := template_faults(template)):
        raise TemplateUnfit(" ".join(faults))
    deck = Presentation(io.BytesIO(template)) if template else Presentation()
    maker = _Deck(deck, card, facts or Facts(), is_own=template is not None)
    for build in (
        maker.opening, maker.totals, maker.targets, maker.trend, maker.par_index, maker.papi,
        maker.sipas_and_pci, maker.causes, maker.next_year, maker.tasks,
    ):  # fmt: skip
        build()
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


class _Deck:
    """Builds the slides one by one."""

    def __init__(self, deck: Any, card: Scorecard, facts: Facts, *, is_own: bool) -> None:
        self.deck, self.card, self.facts, self.is_own = deck, card, facts, is_own
        self.pen = Pen(card)
        if is_own:
            # The template's own slides are examples; only its look is wanted.
            for one in list(deck.slides._sldIdLst):
                deck.part.drop_rel(one.rId)
                deck.slides._sldIdLst.remove(one)
        else:
            deck.slide_width, deck.slide_height = Inches(WIDE), Inches(TALL)
        self.scale_x = deck.slide_width / Inches(WIDE)
        self.scale_y = deck.slide_height / Inches(TALL)
        self.layout = _layout(deck)
        self.number = 0
        props = deck.core_properties
        props.title, props.author = self._subject(), clean(self.facts.author)

    def _subject(self) -> str:
        return t("slides.subject", indices=self.pen.indices, year=self.card.edition,
                 unit=self.pen.unit)  # fmt: skip

    # ---------------------------------------------------------------------------- the pieces

    def _emu(self, box: Box) -> tuple[Emu, Emu, Emu, Emu]:
        left, top, wide, tall = box
        return (
            Emu(int(Inches(left) * self.scale_x)), Emu(int(Inches(top) * self.scale_y)),
            Emu(int(Inches(wide) * self.scale_x)), Emu(int(Inches(tall) * self.scale_y)),
        )  # fmt: skip

    def _new(self, title: str) -> _Slide:
        self.number += 1
        slide = self.deck.slides.add_slide(self.layout)
        for place in list(slide.placeholders):
            if place != slide.shapes.title:
                place.element.getparent().remove(place.element)
        made = _Slide(slide)
        shape = slide.shapes.title
        if not self.is_own:
            shape.left, shape.top, shape.width, shape.height = self._emu(
                (EDGE, HEAD_TOP, WIDE - 2 * EDGE, HEAD_TALL)
            )
        wide = Emu(shape.width).inches if shape.width else WIDE - 2 * EDGE
        tall = Emu(shape.height).inches if shape.height else HEAD_TALL
        lines, size = fitted([made.said(title)], wide - 0.2, tall, most=28, least=18)
        shape.text_frame.word_wrap = True
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        shape.text_frame.text = lines[0]
        paragraph = shape.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.LEFT
        _dress(paragraph.runs, size, is_bold=True, own=self.is_own)
        if not self.is_own and self.number > 1:
            self._rule(made)
        return made

    def _rule(self, made: _Slide) -> None:
        left, top, wide, _ = self._emu((EDGE, 1.33, WIDE - 2 * EDGE, 0))
        line = made.slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, left, top, left + wide, top)
        _flat(line)
        line.line.color.rgb = _rgb(BLUE)
        line.line.width = Pt(1.5)
        self._text(made, [str(self.number)], (WIDE - EDGE - 0.6, 7.0, 0.6, 0.3), most=11, least=11,
                   ink=MUTED, align=PP_ALIGN.RIGHT)  # fmt: skip

    def _text(
        self, made: _Slide, paragraphs: Sequence[str], box: Box, *, most: float = MOST,
        least: float = LEAST, ink: str = INK, is_bold: bool = False, align: Any = PP_ALIGN.LEFT,
        bullets: bool = False,
    ) -> None:  # fmt: skip
        """Paragraphs in a box, at the largest size at which they fit."""
        shape = made.slide.shapes.add_textbox(*self._emu(box))
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Inches(0.05)
        frame.margin_top = frame.margin_bottom = Inches(0.02)
        said = [made.said(("• " if bullets else "") + text) for text in paragraphs]
        _, _, wide, tall = box
        kept, size = fitted(
            said, wide * self.scale_x - 0.15, tall * self.scale_y, most=most, least=least
        )
        for at, text in enumerate(kept):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.text = text
            paragraph.alignment = align
            paragraph.space_after = Pt(size * 0.3)
            _dress(paragraph.runs, size, ink=ink, is_bold=is_bold)

    def _table(
        self, made: _Slide, heads: Sequence[str], rows: Sequence[Sequence[str]], box: Box,
        widths: Sequence[float], *, most: float = 14, least: float = 10,
    ) -> None:  # fmt: skip
        """A table that ends within its box; rows that do not fit are counted in a last line."""
        left, top, wide, tall = box
        cells = [[made.said(cell) for cell in row] for row in rows]
        shares = [wide * self.scale_x * part / sum(widths) for part in widths]
        size, room = most, (tall - 0.3) * self.scale_y
        while size > least and self._deep([heads, *cells], shares, size) > room:
            size -= 0.5
        kept = list(cells)
        while len(kept) > 1 and self._deep([heads, *kept], shares, size) > room:
            kept.pop()
        x, y, w, _ = self._emu((left, top, wide, tall))
        grid = [list(heads), *kept]
        height = Inches(self._deep(grid, shares, size))
        table = made.slide.shapes.add_table(len(grid), len(heads), x, y, w, height).table
        _plain_style(table)
        for at, share in enumerate(shares):
            table.columns[at].width = Inches(share)
        for down, row in enumerate(grid):
            table.rows[down].height = Inches(self._deep([row], shares, size))
            for at, text in enumerate(row):
                _cell(table.cell(down, at), text, size, is_head=down == 0)
        if len(kept) < len(cells):
            more = t("slides.more", n=form.whole(len(cells) - len(kept)))
            low = top + self._deep(grid, shares, size) / self.scale_y + 0.03
            self._text(made, [more], (left, low, wide, 0.3), most=12, least=11, ink=MUTED)

    @staticmethod
    def _deep(rows: Iterable[Sequence[str]], shares: Sequence[float], size: float) -> float:
        """How deep rows of a table reach [inches]."""
        pixels = size / 0.75
        depth = 0.0
        for row in rows:
            lines = max(
                len(refilled(text, pixels, share * PIXELS - 17, is_bold=True)) or 1
                for text, share in zip(row, shares, strict=True)
            )
            depth += (lines * 1.22 * pixels + 8) / PIXELS
        return depth

    def _chart(self, made: _Slide, kind: Any, data: Any, box: Box) -> Any:
        """A native chart with its workbook, in the house's type."""
        chart = made.slide.shapes.add_chart(kind, *self._emu(box), data).chart
        chart.font.name, chart.font.size = FONT, Pt(12)
        chart.font.color.rgb = _rgb(INK)
        chart.has_title = False
        chart.has_legend = len(chart.plots[0].categories) > 0 and len(list(chart.series)) > 1
        if chart.has_legend:
            chart.legend.position = XL_LEGEND_POSITION.TOP
            chart.legend.include_in_layout = False
        return chart

    def _marked(self, made: _Slide, *figure_ids: str) -> None:
        made.marks.update(self.card.marks(*figure_ids))

    def _notes(self, made: _Slide, indices: Sequence[str], words: Sequence[str] = ()) -> None:
        """Speaker notes: what to say, where the figures come from, and what to be careful about."""
        lines = [made.said(text) for text in words]
        traces = [row for row in rows_of(self.card.traces) if row["mark"] in made.marks]
        lines.append(t("slides.notes_source"))
        lines += [f"{mark_text((row['mark'],))} {content_tables.source_words(row)}"
                  for row in traces] or [t("slides.notes_no_source")]  # fmt: skip
        caveats = self._caveats(indices)
        if caveats:
            lines += [t("slides.notes_caveats"), *caveats]
        lines.append(t(
            "report.footer", version=clean(self.facts.version or self.card.version),
            time=self.facts.made_at or form.NO_VALUE,
            author=clean(self.facts.author) or form.NO_VALUE,
        ))  # fmt: skip
        made.slide.notes_slide.notes_text_frame.text = "\n".join(lines)

    def _caveats(self, indices: Sequence[str]) -> list[str]:
        """The reservations about some indices, as the report words them."""
        rows = rows_of(self.card.caveats)
        return [
            unmarked(t(
                f"report.caveat.{row['code']}", index=self.pen.shorts[row["index_id"]],
                year=row["edition"], n=_count(row["n"]), expected=_count(row["n_expected"]),
                note=clean(named(row, "note")) if row["note_vi"] else "",
            ))
            for row in rows if row["index_id"] in indices
        ]  # fmt: skip

    def _report(self, section: str) -> list[Any]:
        """The blocks of one section of the leader's page, in its words."""
        made = content.report(self.card, kind=content.LEADER, sections=(section,), facts=self.facts)
        return [block for part in made.sections for block in part.blocks]

    def _name(self, row: Row) -> str:
        """A component by its code; the index itself by name."""
        is_whole = row["component_id"] == row["index_id"]
        return self.pen.component(row) if is_whole else str(row["code"])

    @staticmethod
    def _words(blocks: Iterable[Any]) -> list[str]:
        return [
            HEADING.sub("", "".join(_again(run) for run in block.runs if not run.is_bold))
            for block in blocks if isinstance(block, Paragraph)
        ]  # fmt: skip

    # ----------------------------------------------------------------------------- the slides

    def opening(self) -> None:
        """1. What, about whom, compared with what, known when."""
        made = self._new(self._subject())
        if not self.is_own:
            shape = made.slide.shapes.title
            shape.left, shape.top, shape.width, shape.height = self._emu(
                (EDGE, 1.6, WIDE - 2 * EDGE, 2.0)
            )
            lines, size = fitted([self._subject()], WIDE - 2 * EDGE - 0.3, 2.0, most=38, least=24)
            shape.text_frame.text = lines[0]
            shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
            _dress(shape.text_frame.paragraphs[0].runs, size, is_bold=True, ink=BLUE)
        about = [
            t("slides.compared", baseline=self.card.baseline, day=form.day(self.card.as_of)),
            clean(self.facts.office) or t("slides.office"),
        ]
        self._text(made, about, (EDGE, 3.8, WIDE - 2 * EDGE, 1.4), most=20)
        made.marks.update(self.card.traces["mark"].tolist())
        foot = t(
            "report.footer", version=clean(self.facts.version or self.card.version),
            time=self.facts.made_at or form.NO_VALUE,
            author=clean(self.facts.author) or form.NO_VALUE,
        )  # fmt: skip
        self._text(made, [foot], (EDGE, 6.6, WIDE - 2 * EDGE, 0.5), most=12, least=10, ink=MUTED)
        self._notes(made, self.card.index_ids)

    def totals(self) -> None:
        """2. All indices on one page, and why each place changed."""
        made = self._new(t("slides.totals", year=self.card.edition))
        rows = rows_of(self.card.totals)
        wide = (WIDE - 2 * EDGE - 0.2 * (len(rows) - 1)) / len(rows)
        tall = 3.0
        lines = [self._tile_lines(row) for row in rows]
        # The same size on every tile, so that none seems to matter less.
        size = min(
            fitted([unmarked(text) for text in one], (wide - 0.24) * self.scale_x - 0.15,
                   (tall - 1.33) * self.scale_y, most=14, least=10)[1]
            for one in lines
        )  # fmt: skip
        for at, row in enumerate(rows):
            box = (EDGE + at * (wide + 0.2), BODY_TOP + 0.05, wide, tall)
            self._tile(made, row, lines[at], box, size)
        why = content.why_lines(self.card)
        self._text(made, why, (EDGE, 4.7, WIDE - 2 * EDGE, BODY_BOTTOM - 4.7), most=18,
                   bullets=True)  # fmt: skip
        self._notes(made, self.card.index_ids)

    def _tile(self, made: _Slide, row: Row, lines: list[str], box: Box, size: float) -> None:
        left, top, wide, tall = box
        shape = made.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *self._emu(box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb("#F2F5F9")
        shape.line.color.rgb = _rgb(PALE)
        _flat(shape)
        inner = left + 0.12, wide - 0.24
        self._text(made, [row["short"]], (inner[0], top + 0.08, inner[1], 0.4), most=18,
                   is_bold=True, ink=BLUE)  # fmt: skip
        place = self.pen.place(row)
        large = place if place != form.NO_VALUE else t("slides.no_place")
        self._text(made, [large], (inner[0], top + 0.48, inner[1], 0.75), most=36, least=16,
                   is_bold=True)  # fmt: skip
        self._text(made, lines, (inner[0], top + 1.25, inner[1], tall - 1.33), most=size,
                   least=10)  # fmt: skip

    def _tile_lines(self, row: Row) -> list[str]:
        lines = []
        if self.pen.place(row) == form.NO_VALUE:
            lines.append(t(f"state.{row['state']}"))
        if row["gain"] is not None:
            lines.append(t("slides.versus", gain=self.pen.gain(row), baseline=row["baseline"]))
        if row["score"] is not None:
            lines.append(t("slides.points", score=self.pen.value(row, "score", row["score"])))
        if row["group_vi"]:
            lines.append(t("slides.group", group=named(row, "group")))
        return [*lines, self._verdict(row)]

    def _verdict(self, row: Row) -> str:
        status = row["status"]
        said = " ".join(t(f"{family}.{status}") for family in ("sign", "status"))
        if row["required_rank"] is None:
            return said
        return t("slides.required", status=said, rank=row["required_rank"])

    def targets(self) -> None:
        """3. Results against the targets set."""
        rows = [row for row in rows_of(self.card.table("T3")) if row["is_ranked"]]
        if not rows:
            made = self._new(t("slides.targets_none", unit=self.pen.unit, year=self.card.edition))
            said = [t("slides.targets_none_note"), *content.taken_over_words(self.pen)]
            self._text(made, said, (EDGE, 2, WIDE - 2 * EDGE, len(said)))
            self._notes(made, self.card.index_ids)
            return
        counts: dict[str, int] = {}
        for row in rows:
            counts[row["status"]] = counts.get(row["status"], 0) + 1
        met = counts.get("met", 0) + counts.get("met_stretch", 0)
        title = t("slides.targets", met=form.whole(met) if met else "0", n=form.whole(len(rows)),
                  year=self.card.edition)  # fmt: skip
        made = self._new(title)
        data = _chart_data("0")
        data.categories = [t(f"status.{status}") for status in counts]
        data.add_series(t("slides.n_targets"), list(counts.values()))
        chart = self._chart(made, CHART.BAR_CLUSTERED, data, (EDGE, BODY_TOP, 4.6, 4.6))
        _bars(chart, labels="0")
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale = 0
        red = sorted((row for row in rows if row["status"] in NOT_REACHED),
                     key=lambda row: -(row["gap"] or 0))  # fmt: skip
        left, wide = EDGE + 4.8, WIDE - 2 * EDGE - 4.8
        if not red:
            self._text(made, [t("slides.red_none")], (left, BODY_TOP + 0.2, wide, 1), most=18)
        else:
            self._table(made, [t(f"slides.col.{n}") for n in
                               ("name", "required", "actual", "document", "agency")],
                        [self._red(row) for row in red], (left, BODY_TOP + 0.1, wide, 5.2),
                        [2.5, 1.4, 1.2, 1.7, 2.3])  # fmt: skip
        for row in rows:
            self._marked(made, self.card.figure(row["component_id"], int(row["edition"]), "rank"))
        self._notes(made, self.card.index_ids)

    def _red(self, row: Row) -> list[str]:
        asked = form.NO_VALUE
        if row["required_rank"] is not None:
            asked = self.pen.figure(
                content_tables.target_key(self.card, row, "required_rank"),
                str(row["required_rank"]),
            )
        name = f"{self.pen.component(row)} – {self.pen.shorts[row['index_id']]}"
        return [name, asked, content_tables.actual_place(self.pen, row),
                clean(row["document_number"] or form.NO_VALUE),
                clean(row["lead_agency"] or t("report.agency_none"))]  # fmt: skip

    def trend(self) -> None:
        """4. Five years of places; a line through the years where a method changed."""
        rows = self.card.history
        years = sorted({int(year) for year in rows["edition"]})
        made = self._new(t("slides.trend", first=years[0], last=years[-1]))
        data = _chart_data("0")
        data.categories = [str(year) for year in years]
        shown = []
        for index_id in self.card.index_ids:
            mine = rows.loc[rows["index_id"] == index_id].set_index("edition")
            places: list[Any] = [mine["rank"].get(year) for year in years]
            values = [int(place) if not form.is_missing(place) else None for place in places]
            if any(value is not None for value in values):
                data.add_series(self.pen.shorts[index_id], values)
                shown.append(index_id)
                self._marked(made, *(self.card.figure(index_id, y, "rank") for y in years))
        if not shown:
            self._text(made, [t("slides.trend_none")], (EDGE, 2, WIDE - 2 * EDGE, 1))
            self._notes(made, self.card.index_ids)
            return
        box = (EDGE, BODY_TOP, 8.9, BODY_BOTTOM - BODY_TOP)
        chart = self._chart(made, CHART.LINE_MARKERS, data, box)
        last = int(rows["n_ranked"].dropna().max())
        _lines(chart, last)
        parted = [
            {years.index(int(year)) for year in
             rows.loc[(rows["index_id"] == one) & rows["is_break"], "edition"]}
            for one in shown
        ]  # fmt: skip
        _part(chart, parted)
        _apart(chart)
        breaks = self._breaks(made, rows, years, box)
        side = [t("slides.trend_note"), *breaks]
        self._text(made, side, (EDGE + 9.1, BODY_TOP + 0.2, WIDE - 2 * EDGE - 9.1, 4.9), most=15,
                   least=11)  # fmt: skip
        self._notes(made, self.card.index_ids)

    def _breaks(self, made: _Slide, rows: Any, years: list[int], box: Box) -> list[str]:
        """A dashed line before every year with a new method, over the plot laid out by us."""
        said = []
        broken = rows.loc[rows["is_break"] & rows["rank"].notna()]
        left, top, wide, tall = box
        for year in sorted({int(year) for year in broken["edition"]} - {years[0]}):
            names = [self.pen.shorts[i] for i in broken.loc[broken["edition"] == year, "index_id"]]
            said.append(t("slides.break", year=year, indices=self.pen.listed(names)))
            share = years.index(year) / len(years)
            across = left + wide * (PLOT[0] + PLOT[2] * share)
            x, y0, _, _ = self._emu((across, top + tall * PLOT[1], 0, 0))
            _, y1, _, _ = self._emu((0, top + tall * (PLOT[1] + PLOT[3]), 0, 0))
            line = made.slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, x, y0, x, y1)
            _flat(line)
            line.line.color.rgb = _rgb(MUTED)
            line.line.width = Pt(1.25)
            line.line.dash_style = 4
            line.name = f"break {year}"
        return said

    def par_index(self) -> None:
        """5. PAR INDEX by area."""
        self._by_component("par_index")

    def papi(self) -> None:
        """6. PAPI by dimension, with the group."""
        self._by_component("papi")

    def _by_component(self, index_id: str) -> None:
        if index_id not in self.card.index_ids:
            made = self._new(t("slides.index_absent", index=index_id.upper().replace("_", " ")))
            self._text(made, [t("slides.index_absent_note")], (EDGE, 2, WIDE - 2 * EDGE, 1))
            self._notes(made, [])
            return
        total = self.card.total(index_id)
        place = self.pen.place(total)
        key = "slides.components" if place != form.NO_VALUE else "slides.components_no_place"
        made = self._new(t(
            key, index=total["short"], year=self.card.edition, place=place,
            group=t("slides.title_group", group=named(total, "group")) if total["group_vi"] else "",
        ))  # fmt: skip
        rows = rows_of(self.card.components_of(index_id))
        is_drawn = self._component_chart(made, rows,
                                         (EDGE, BODY_TOP, 6.0, BODY_BOTTOM - BODY_TOP))  # fmt: skip
        if not is_drawn:
            key = "slides.no_components"
            said = [t(key, index=total["short"], year=self.card.edition)]
            if place == form.NO_VALUE:
                said.insert(0, t("slides.state", state=t(f"state.{total['state']}")))
            self._text(made, said, (EDGE, BODY_TOP + 0.1, WIDE - 2 * EDGE, 1.1))
            self._history(made, index_id, (EDGE, BODY_TOP + 1.4, 7.5, 3.4))
        else:
            heads = [t(f"slides.col.{n}", baseline=self.card.baseline)
                     for n in ("name", "score", "place", "before", "gain")]  # fmt: skip
            cells = [[f"{row['code']}. {named(row, 'component')}",
                      self.pen.value(row, "score", row["score"]), self.pen.place(row),
                      self.pen.place_before(row), self.pen.short_gain(row)]
                     for row in rows]  # fmt: skip
            self._table(made, heads, cells, (EDGE + 6.15, BODY_TOP + 0.1, 6.08, 5.3),
                        [2.8, 0.9, 1.0, 1.0, 1.4], most=13)  # fmt: skip
        self._notes(made, [index_id])

    def _component_chart(self, made: _Slide, rows: list[dict[str, Any]], box: Box) -> bool:
        """Bars of scores against the national mean and best, else of places; false without any."""
        card, measures = self.card, ("score", "mean", "best")
        enough = len(rows) / 2
        n_scores = sum(row["score"] is not None and row["mean"] is not None for row in rows)
        n_places = sum(row["rank"] is not None for row in rows)
        data = _chart_data("0.00" if n_scores >= enough else "0")
        if rows and n_scores >= enough:
            for name in measures:
                key = f"slides.series_{name}"
                data.add_series(t(key, unit=self.pen.bare_unit), [row[name] for row in rows])
            keys = (("score", None), ("mean", "national"), ("best", "national"))
            for row in rows:
                line = row["component_id"]
                self._marked(made, *(card.figure(line, card.edition, m, of) for m, of in keys))
        elif n_places:
            if n_places < enough:
                # A chart of empty places tells nobody anything.
                rows = [row for row in rows if row["rank"] is not None]
            if any(row["baseline_rank"] is not None for row in rows):
                data.add_series(t("slides.series_rank", year=card.baseline),
                                [row["baseline_rank"] for row in rows])  # fmt: skip
            data.add_series(t("slides.series_rank", year=card.edition),
                            [row["rank"] for row in rows])  # fmt: skip
            self._marked(made, *(card.figure(row["component_id"], year, "rank") for row in rows
                                 for year in (card.edition, card.baseline)))  # fmt: skip
        else:
            return False
        data.categories = [str(row["code"]) for row in rows]
        chart = self._chart(made, CHART.BAR_CLUSTERED, data, box)
        is_score = n_scores >= enough
        colours = SERIES_COLOURS if is_score or len(chart.series) == 1 else (PALE, BLUE)
        _bars(chart, labels="0.00" if is_score else "0", gap=40, colours=colours)
        chart.value_axis.minimum_scale = 0
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.visible = False
        chart.value_axis.has_title = False
        note = t("slides.axis_score" if is_score else "slides.axis_rank")
        left, top, wide, tall = box
        self._text(made, [note], (left, top + tall, wide, 0.3), most=11, least=11, ink=MUTED)
        return True

    def sipas_and_pci(self) -> None:
        """7. Satisfaction of people, and the judgement of enterprises."""
        made = self._new(t("slides.sipas_and_pci", year=self.card.edition))
        wide = (WIDE - 2 * EDGE - 0.4) / 2
        for at, index_id in enumerate(("sipas", "pci")):
            if index_id not in self.card.index_ids:
                continue
            left = EDGE + at * (wide + 0.4)
            total = self.card.total(index_id)
            place = self.pen.place(total)
            head = t(
                "slides.half_title",
                index=total["short"],
                place=place if place != form.NO_VALUE else t(f"state.{total['state']}"),
            )
            self._text(made, [head], (left, BODY_TOP, wide, 0.5), most=17, is_bold=True)
            rows = rows_of(self.card.components_of(index_id))
            box = (left, BODY_TOP + 0.55, wide, 3.9)
            if not self._component_chart(made, rows, box):
                said = t("slides.no_components", index=total["short"], year=self.card.edition)
                self._text(made, [said], (left, BODY_TOP + 0.6, wide, 0.75), most=16)
                self._history(made, index_id, (left, BODY_TOP + 1.5, wide, 3.4))
            else:
                key = [f"{row['code']}: {named(row, 'component')}" for row in rows]
                self._text(made, ["; ".join(key)], (left, BODY_TOP + 4.8, wide, 0.75), most=12,
                           least=9, ink=MUTED)  # fmt: skip
        self._text(made, [t("slides.expectation")], (EDGE, 7.0, WIDE - 2 * EDGE - 0.8, 0.3),
                   most=11, least=10, ink=MUTED)  # fmt: skip
        self._notes(made, [i for i in ("sipas", "pci") if i in self.card.index_ids])

    def _history(self, made: _Slide, index_id: str, box: Box) -> None:
        """Score and place of five years, where there are no components to show."""
        rows = [row for row in rows_of(self.card.table("T1", index_id))
                if row["score"] is not None or row["rank"] is not None
                or row["rank_low"] is not None]  # fmt: skip
        if not rows:
            return
        heads = [t(f"slides.col.{name}") for name in ("year", "score", "place")]
        cells = [
            [str(row["edition"]),
             self.pen.figure(self.card.figure(index_id, int(row["edition"]), "score"),
                             form.number(row["score"], self.pen.decimals[index_id])),
             self.pen.place({**row, "component_id": index_id}, edition=int(row["edition"]))]
            for row in rows
        ]  # fmt: skip
        self._table(made, heads, cells, box, [1, 1.2, 1.2], most=16)

    def causes(self) -> None:
        """8. Own change and the others', and who answers for the points lost."""
        made = self._new(t("slides.causes", baseline=self.card.baseline, year=self.card.edition))
        rows = [row for row in rows_of(self.card.totals)
                if any(row[part] is not None for part in EFFECTS)]  # fmt: skip
        wide = 5.6
        if rows:
            data = _chart_data("0.0")
            data.categories = [row["short"] for row in rows]
            for part in EFFECTS:
                values = [row[part] for row in rows]
                if any(values):
                    data.add_series(t(f"slides.effect_{part}"), values)
            chart = self._chart(made, CHART.BAR_CLUSTERED, data,
                                (EDGE, BODY_TOP, wide, 3.6))  # fmt: skip
            _bars(chart, labels="0.#")
            chart.value_axis.has_major_gridlines = False
            chart.value_axis.visible = False
            chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
            for row in rows:
                self._marked(made, *(self.card.figure(row["index_id"], self.card.edition, part)
                                     for part in EFFECTS))  # fmt: skip
            self._text(made, [t("slides.axis_effect")], (EDGE, BODY_TOP + 3.6, wide, 0.35),
                       most=11, least=11, ink=MUTED)  # fmt: skip
        without = [row["short"] for row in rows_of(self.card.totals) if row not in rows]
        if without:
            self._text(made, [t("slides.no_cause", indices=self.pen.listed(without))],
                       (EDGE, BODY_TOP + (4.0 if rows else 0.2), wide, 1.3), most=14)  # fmt: skip
        lost = [row for row in rows_of(self.card.table("T4")) if row["level"] == 1]
        left = EDGE + wide + 0.25
        if lost:
            heads = [t(f"slides.col.{name}") for name in ("name", "lost", "agency")]
            cells = [
                [f"{self.pen.component(row)} – {self.pen.shorts[row['index_id']]}",
                 self.pen.value(row, "lost", row["lost"]),
                 clean(row["agency"] or t("report.agency_none"))]
                for row in lost
            ]  # fmt: skip
            self._table(made, heads, cells, (left, BODY_TOP + 0.1, WIDE - EDGE - left, 5.2),
                        [3.4, 1.1, 2.3], most=14, least=12)  # fmt: skip
        else:
            self._text(made, [t("slides.losses_none")],
                       (left, BODY_TOP + 0.2, WIDE - EDGE - left, 1))  # fmt: skip
        self._notes(made, self.card.index_ids, [t("slides.lost_note")])

    def next_year(self) -> None:
        """9. What the required places take, where points can be won back, and how sure it is."""
        made = self._new(t("slides.next_year", year=self.card.edition + 1))
        rows = [row for row in rows_of(self.card.components)
                if row["points_missing"] is not None and row["points_missing"] > 0]  # fmt: skip
        rows.sort(key=lambda row: row["points_missing"])
        top = BODY_TOP + 0.1
        if rows:
            heads = [t(f"slides.col.{name}") for name in ("name", "place", "required")]
            heads.append(t("slides.points_missing"))
            cells = [[f"{self.pen.component(row)} – {self.pen.shorts[row['index_id']]}",
                      self.pen.place(row), str(row["required_rank"] or form.NO_VALUE),
                      self.pen.value(row, "points_missing", row["points_missing"])]
                     for row in rows]  # fmt: skip
            self._table(made, heads, cells, (EDGE, top, 6.3, 5.2), [3.4, 1.1, 1.1, 1.3], most=13)
        else:
            self._text(made, [t("slides.points_missing_none")], (EDGE, top, 6.3, 1.0), most=16)
            self._recoverable(made, (EDGE, top + 1.2, 6.3, 4.0))
        left = EDGE + 6.6
        losses = [t("slides.losses"), *self._words(self._report("losses"))]
        chance = [t("slides.chance"), *self._words(self._report("forecast"))]
        self._text(made, losses, (left, top, WIDE - EDGE - left, 3.1), most=16)
        self._text(made, chance, (left, top + 3.2, WIDE - EDGE - left, 2.1), most=16)
        self._notes(made, self.card.index_ids)

    def _recoverable(self, made: _Slide, box: Box) -> None:
        """Points to the best quarter of provinces, largest first."""
        rows = [row for row in rows_of(self.card.components)
                if row["level"] == 1 and (row["recoverable"] or 0) > 0]  # fmt: skip
        if not rows:
            return
        rows.sort(key=lambda row: -row["recoverable"])
        heads = [t(f"slides.col.{name}") for name in ("name", "place", "recoverable")]
        cells = [
            [f"{self.pen.component(row)} – {self.pen.shorts[row['index_id']]}", self.pen.place(row),
             self.pen.value(row, "recoverable", row["recoverable"])]
            for row in rows
        ]  # fmt: skip
        self._table(made, heads, cells, box, [3.4, 1.1, 1.8], most=13)

    def tasks(self) -> None:
        """10. Who does what by when, and what is asked of whom."""
        made = self._new(t("slides.tasks"))
        by_agency: dict[str, list[dict[str, Any]]] = {}
        for row in rows_of(self.card.table("T7")):
            if row["role"] == "lead":
                by_agency.setdefault(row["agency"] or t("slides.unassigned"), []).append(row)
        cells = []
        for agency, rows in sorted(by_agency.items(), key=lambda pair: -len(pair[1])):
            # What shares an index and a reason is said together.
            by_cause: dict[tuple[str, str], dict[str, None]] = {}
            for row in rows:
                found = by_cause.setdefault((self.pen.shorts[row["index_id"]], _cause(row)), {})
                found[self._name(row)] = None
            items = [f"{', '.join(names)} ({index}, {cause})"
                     for (index, cause), names in by_cause.items()]  # fmt: skip
            cells.append([clean(agency), "; ".join(items), t("slides.gap_when")])
        if cells:
            heads = [t("slides.col.agency"), t("slides.col.task"), t("slides.col.when")]
            self._table(made, heads, cells, (EDGE, BODY_TOP + 0.1, WIDE - 2 * EDGE, 4.4),
                        [3, 6, 2.4], most=16, least=12)  # fmt: skip
        else:
            self._text(made, [t("slides.tasks_none")], (EDGE, 2, WIDE - 2 * EDGE, 1))
        ask = t("slides.proposals")
        self._text(made, [ask], (EDGE, 6.2, WIDE - 2 * EDGE, 0.65), most=16)
        self._notes(made, self.card.index_ids)


# ----------------------------------------------------------------------------------- details

# Where the plot of the line chart lies in its frame: left, top, width, height [shares].
PLOT = (0.07, 0.12, 0.9, 0.78)
# Places nearer than this have labels that run into each other.
CLOSE = 6


def _again(run: Any) -> str:
    """A run as marked text, so that its marks are not lost."""
    return figured(run.text, run.figure_ids, run.marks) if run.marks else run.text


def _cause(row: Row) -> str:
    return t(f"report.task_cause.{row['cause']}")


def _flat(shape: Any) -> None:
    """Without the shadow that the theme gives to drawn shapes."""
    for style in shape._element.findall(f"{{{P}}}style"):
        shape._element.remove(style)


def _count(value: Any) -> Any:
    return None if value is None else int(value)


def _chart_data(number_format: str) -> Any:
    """Categories and series to come; the library has no types for it."""
    return CategoryChartData(number_format=number_format)  # type: ignore[no-untyped-call]


def _rgb(text: str) -> Any:
    return RGBColor.from_string(text.lstrip("#"))  # type: ignore[no-untyped-call]


def _dress(
    written: Iterable[Any], size: float, *, ink: str = INK, is_bold: bool = False,
    own: bool = False,
) -> None:  # fmt: skip
    for run in written:
        run.font.size = Pt(size)
        run.font.bold = is_bold
        if not own:
            run.font.name = FONT
            run.font.color.rgb = _rgb(ink)


def _cell(cell: Any, text: str, size: float, *, is_head: bool) -> None:
    frame = cell.text_frame
    frame.word_wrap = True
    frame.text = text
    cell.margin_left = cell.margin_right = Inches(0.07)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    _dress(frame.paragraphs[0].runs, size, is_bold=is_head)
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb("#E8EDF3" if is_head else "#FFFFFF")


def _plain_style(table: Any) -> None:
    """The built-in style with thin lines around every cell."""
    table.horz_banding = False
    found = table._tbl.tblPr.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    )
    if found is not None:
        found.text = "{5940675A-B579-460E-94D1-54222C63F5DA}"


def _bars(
    chart: Any, *, labels: str, gap: int = 60, colours: Sequence[str] = SERIES_COLOURS
) -> None:
    """Bars with their numbers, first category on top."""
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = gap, 0
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = labels, False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = Pt(11)
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.color.rgb = _rgb(PALE)
    for at, series in enumerate(plot.series):
        series.invert_if_negative = False
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(colours[at % len(colours)])


def _part(chart: Any, breaks: Sequence[set[int]]) -> None:
    """No line into a year with a new method: places on both sides are not compared."""
    for series, years in zip(chart.plots[0].series, breaks, strict=True):
        for at in sorted(years - {0}):
            point = series.points[at]
            point.format.line.fill.background()
            # A point of its own would else have a mark of its own too.
            point.marker.size = series.marker.size
            point.marker.format.fill.solid()
            point.marker.format.fill.fore_color.rgb = series.marker.format.fill.fore_color.rgb


def _apart(chart: Any) -> None:
    """Labels of places that lie close in one year: above the best, below the last, none twice."""
    lines = list(chart.plots[0].series)
    columns = list(zip(*(line.values for line in lines), strict=True))
    for year, column in enumerate(columns):
        held = sorted((value, at) for at, value in enumerate(column) if value is not None)
        groups: list[list[tuple[float, int]]] = []
        for one in held:
            if groups and one[0] - groups[-1][-1][0] <= CLOSE:
                groups[-1].append(one)
            else:
                groups.append([one])
        for group in groups:
            values = sorted({value for value, _ in group})
            said: set[float] = set()
            for value, at in group:
                place = (
                    XL_LABEL_POSITION.ABOVE if value == values[0]
                    else XL_LABEL_POSITION.BELOW if value == values[-1]
                    else XL_LABEL_POSITION.RIGHT
                )  # fmt: skip
                _label(lines[at].points[year].data_label, place, at, is_shown=value not in said)
                said.add(value)


def _label(label: Any, place: Any, at: int, *, is_shown: bool) -> None:
    """One label of a point, in the look of its line."""
    label.font.size = Pt(11)
    label.font.color.rgb = _rgb(SERIES_COLOURS[at % len(SERIES_COLOURS)])
    label.position = place
    if not is_shown:
        for shown in label._dLbl.findall(f"{{{C}}}showVal"):
            shown.set("val", "0")


def _lines(chart: Any, last: int) -> None:
    """Lines of places: the first on top, gaps where a year is missing, each with its own dash."""
    axis = chart.value_axis
    axis.reverse_order = True
    # Room below the last place for the label of its mark.
    axis.minimum_scale, axis.maximum_scale = 1, last + 6
    axis.major_unit = 10
    axis.major_gridlines.format.line.color.rgb = _rgb("#E3E9EF")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    # With the first place on top the years would go there too.
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    space = chart._chartSpace.chart
    blanks = space.find(f"{{{C}}}dispBlanksAs")
    if blanks is not None:
        blanks.set("val", "gap")
    area = space.plotArea
    for old in area.findall(f"{{{C}}}layout"):
        area.remove(old)
    parts = "".join(
        f'<c:{name} val="{value}"/>' for name, value in
        zip(("xMode", "yMode", "x", "y", "w", "h"), ("edge", "edge", *PLOT), strict=True)
    )  # fmt: skip
    area.insert(0, parse_xml(
        f'<c:layout xmlns:c="{C}"><c:manualLayout><c:layoutTarget val="inner"/>{parts}'
        f"</c:manualLayout></c:layout>"
    ))  # fmt: skip
    plot = chart.plots[0]
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0", False
    plot.data_labels.position = XL_LABEL_POSITION.ABOVE
    for at, series in enumerate(plot.series):
        ink = _rgb(SERIES_COLOURS[at % len(SERIES_COLOURS)])
        series.smooth = False
        series.format.line.color.rgb = ink
        series.format.line.width = Pt(2.5)
        series.format.line._get_or_add_ln().get_or_add_prstDash().set("val", DASHES[at % 4])
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = ink
        series.marker.size = 8
        # Labels of neighbouring lines keep to different sides.
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = "0", False
        labels.position = XL_LABEL_POSITION.BELOW if at % 2 else XL_LABEL_POSITION.ABOVE
        labels.font.size = Pt(11)
        labels.font.color.rgb = ink
