"""One page per agency: its results, what it lost, what it has to do; all of them in one file."""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from analytics.scorecard import Scorecard
from briefing import content, content_tables, sentences
from briefing.content import Facts
from briefing.documents import form as page_form
from briefing.documents.form import Letterhead
from briefing.figure_words import Pen, Row, rows_of
from briefing.parts import (
    Block,
    Document,
    Heading,
    Paragraph,
    Run,
    Section,
    Table,
    clean,
    mark_text,
    runs,
)
from locales import form, language, named, t

# A page holds no more; the annexes hold the rest, and the sheet says how many.
MOST_ROWS = {"targets": 6, "lost": 5, "tasks": 5}
# Room between the head and the signature of a page, in lines of a table.
PAGE_LINES = 40.0
MM_PER_POINT, LETTER, CELL_EDGES = 0.3528, 0.52, 2.5
SIZES = {"note": page_form.NOTE_SIZE, "source": page_form.SOURCE_SIZE}
# Every entry of the archive gets this moment, so that the same sheets give the same bytes.
MOMENT = (2000, 1, 1, 0, 0, 0)
Format = Literal["docx", "pdf"]
Progress = Callable[[int, int, str], None]


class NoAgencies(ValueError):
    """Nobody has a target or a component of the unit, so there is no page; one sentence."""


def sheet(card: Scorecard, agency_id: str, *, facts: Facts | None = None) -> Document:
    """The page of one agency from the province's scorecard, in the language in use.

    Args:
        card: the scorecard of all agencies.
        agency_id: which one.
        facts: who reports, who made the pack and when.

    Raises:
        KeyError: the scorecard holds nothing about the agency.
    """
    found = card.agencies.loc[card.agencies["agency_id"] == agency_id]
    if found.empty:
        raise KeyError(agency_id)
    return _Sheet(_Common(card), rows_of(found)[0], facts or Facts()).document()


class _Common:
    """What all sheets of a scorecard are written from, read out of its frames once."""

    def __init__(self, card: Scorecard) -> None:
        self.card, self.pen = card, Pen(card)
        self.rows = {name: rows_of(card.table(name)) for name in ("T3", "T4", "T7")}


class _Sheet:
    def __init__(self, common: _Common, agency: Row, facts: Facts) -> None:
        self.card, self.agency, self.facts = common.card, agency, facts
        self.pen, self.rows = common.pen, common.rows
        self.most = dict(MOST_ROWS)

    def document(self) -> Document:
        """The page with as many rows as it has room for."""
        made = self._with_rows()
        while deep(made) > PAGE_LINES and max(self.most.values()) > 1:
            fullest = max(self.most, key=lambda name: self.most[name])
            self.most[fullest] -= 1
            made = self._with_rows()
        return made

    def _with_rows(self) -> Document:
        card = self.card
        said = {"agency": clean(self.agency["agency"]), "year": card.edition,
                "unit": self.pen.unit, "baseline": card.baseline}  # fmt: skip
        parts = (("targets", self._targets()), ("lost", self._lost()), ("tasks", self._tasks()))
        sections = []
        for number, (name, blocks) in enumerate(parts, 1):
            title = Heading(2, f"{number}. {t(f'agency_sheet.{name}')}")
            sections.append(Section(name, (title, *blocks)))
        counts = t("agency_sheet.counts", **{
            name: form.whole(self.agency[name]) if self.agency[name] else "0"
            for name in ("n_targets", "n_met", "n_missed", "n_open", "n_components", "n_tasks")
        })  # fmt: skip
        footer = t(
            "report.footer", version=clean(self.facts.version or card.version),
            time=self.facts.made_at or form.NO_VALUE,
            author=clean(self.facts.author) or form.NO_VALUE,
        )  # fmt: skip
        opening = f"{t('agency_sheet.opening', **said)} {counts}"
        made = Document(
            kind="agencies", language=language(), type_name=t("agency_sheet.type"),
            symbol=t("agency_sheet.symbol"), subject=t("agency_sheet.subject", **said),
            opening=(Paragraph(runs(opening)),), sections=tuple(sections), annexes=(),
            closing=(Paragraph(runs(t("agency_sheet.closing"))),), footer=footer, is_one_page=True,
        )  # fmt: skip
        marks = content.marks_of(made)
        return replace(made, tail=(content.source_line(card, marks),)) if marks else made

    def _mine(self, name: str, column: str = "agency_id") -> list[dict[str, Any]]:
        wanted = self.agency["agency_id"]
        return [row for row in self.rows[name] if wanted in str(row[column] or "").split(";")]

    def _table(
        self, name: str, heads: list[str], cells: list[list[str]], widths: list[float], align: str
    ) -> list[Block]:
        if not cells:
            return [Paragraph(runs(t(f"agency_sheet.no_{name}")))]
        most = self.most[name] = min(self.most[name], len(cells))
        made: list[Block] = [
            content_tables.table(
                f"agency-{name}", "", [t(f"agency_sheet.col.{head}") for head in heads],
                cells[:most], widths, align,
            )
        ]  # fmt: skip
        if len(cells) > most:
            more = t("agency_sheet.more", n=form.whole(len(cells) - most))
            made.append(Paragraph(runs(more), "note"))
        return made

    def _name(self, row: Row) -> str:
        return f"{self.pen.component(row)}, {self.pen.shorts[row['index_id']]}"

    def _targets(self) -> list[Block]:
        cells = [
            [self._name(row), clean(sentences.full_target_words(row)),
             content_tables.actual_place(self.pen, row), t(f"status.{row['status']}")]
            for row in self._mine("T3", "agency_ids")
        ]  # fmt: skip
        return self._table("targets", ["name", "target", "actual", "status"], cells,
                           [3.2, 3, 1.3, 2], "llcl")  # fmt: skip

    def _lost(self) -> list[Block]:
        cells = [
            [f"{row['code']}. {named(row, 'component')}, {self.pen.shorts[row['index_id']]}",
             self.pen.value(row, "score", row["score"]),
             self.pen.value(row, "max_score", row["max_score"]),
             self.pen.value(row, "lost", row["lost"])]
            for row in self._mine("T4") if row["level"] == 1
        ]  # fmt: skip
        made = self._table("lost", ["name", "score", "max", "lost"], cells, [5, 1.4, 1.4, 1.4],
                           "lrrr")  # fmt: skip
        if "par_index" in self.card.index_ids:
            made.append(Paragraph(runs(t("report.criteria_none")), "note"))
        return made

    def _tasks(self) -> list[Block]:
        # Several documents may ask for the same; the sheet says it once.
        found = dict.fromkeys(
            (self._name(row), t(f"report.task_cause.{row['cause']}"),
             t(f"report.role.{row['role']}"))
            for row in self._mine("T7")
        )  # fmt: skip
        cells = [[*one, t("agency_sheet.gap")] for one in found]
        return self._table("tasks", ["name", "cause", "role", "solution"], cells,
                           [3.4, 2.2, 1.2, 2.4], "lllc")  # fmt: skip


def deep(made: Document) -> float:
    """How deep the text between head and signature reaches, in lines of a table.

    An estimate that is rather too large: letters of the face are as wide as 0.52 of their height.
    """
    lines = 0.0
    for block in made.blocks():
        if isinstance(block, Heading):
            lines += 1.9
        elif isinstance(block, Paragraph):
            points = SIZES.get(block.style, page_form.ONE_PAGE_SIZE)
            said = "".join(run.text for run in block.runs)
            lines += (
                (_wrapped(said, points, page_form.TEXT_WIDTH) + 0.5) * points / page_form.TABLE_SIZE
            )
        elif isinstance(block, Table):
            shares = [width / sum(block.widths) * page_form.TEXT_WIDTH for width in block.widths]
            texts = [block.heads, *(tuple(map(_said, row)) for row in block.rows)]
            for row in texts:
                lines += max(
                    _wrapped(text, page_form.TABLE_SIZE, share - CELL_EDGES)
                    for text, share in zip(row, shares, strict=True)
                )
            lines += 1
    return lines


def _said(cell: tuple[Run, ...]) -> str:
    return "".join(f"{run.text}{mark_text(run.marks)}" for run in cell)


def _wrapped(text: str, points: float, width: float) -> int:
    """Lines a text takes in a column of that width [mm]."""
    letters = max(int(width / (points * MM_PER_POINT * LETTER)), 1)
    return len(textwrap.wrap(text, letters)) or 1


def file_name(text: str) -> str:
    """A name every file system takes: so-noi-vu-tinh-kon-tum."""
    return re.sub(r"[^a-z0-9]+", "-", form.bare(text)).strip("-")[:60].strip("-") or "x"


def drawn(
    card: Scorecard, format_: Format, *, facts: Facts | None = None,
    letterhead: Letterhead | None = None, progress: Progress | None = None,
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    """File name and bytes of every agency's page, in the order of the scorecard.

    Args:
        card: the scorecard.
        format_: docx or pdf.
        facts: who reports, who made the pack and when.
        letterhead: who issues the pages.
        progress: told after every page: how many are done, of how many, whose.
    """
    render = _writer(format_)
    agencies = rows_of(card.agencies)
    common = _Common(card)
    for done, agency in enumerate(agencies, 1):
        page = _Sheet(common, agency, facts or Facts()).document()
        # A sheet goes to its agency, whoever else the office writes to.
        head = replace(letterhead or Letterhead(), recipient=str(agency["agency"]))
        made = render(page, unit=common.pen.unit, letterhead=head)
        yield f"{done:02d}-{file_name(str(agency['agency']))}.{format_}", made
        if progress is not None:
            progress(done, len(agencies), str(agency["agency"]))


def _writer(format_: Format) -> Callable[..., bytes]:
    """The one writer asked for; the library of the other stays on the disk."""
    if format_ == "docx":
        from briefing.documents import docx

        return docx.render
    from briefing.documents import pdf

    return pdf.render


def archive(
    card: Scorecard, format_: Format, *, facts: Facts | None = None,
    letterhead: Letterhead | None = None, progress: Progress | None = None,
) -> bytes:  # fmt: skip
    """All pages of `drawn` in one ZIP file.

    Raises:
        NoAgencies: the scorecard has no agency.
    """
    if card.agencies.empty:
        raise NoAgencies(t("agency_sheet.none", unit=Pen(card).unit, year=card.edition))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, made in drawn(
            card, format_, facts=facts, letterhead=letterhead, progress=progress
        ):
            bundle.writestr(zipfile.ZipInfo(name, MOMENT), made, zipfile.ZIP_DEFLATED)
    return target.getvalue()
