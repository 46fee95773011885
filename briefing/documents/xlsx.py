"""The annexes T1 to T7 as a workbook: real numbers, every row with the marks of its sources."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from analytics.scorecard import Scorecard
from briefing import content_tables, sentences
from briefing.content import Facts
from briefing.figure_words import Pen, Row, rows_of
from briefing.parts import clean, mark_text
from charts.data_file import sheet_name, write
from locales import form, named, t

A4 = 9
TITLE_ROW, NOTE_ROW, UNSAID_ROW, HEAD_ROW = 0, 1, 2, 3
POINTS, WHOLE, SHARE, TEXT = "points", "whole", "share", "text"
FORMATS = {POINTS: "#,##0.00", WHOLE: "0", SHARE: "0.0%", TEXT: "@"}
WIDTHS = {POINTS: 9.0, WHOLE: 8.0, SHARE: 8.0}
LINE_HEIGHT = 15.0
LETTERS_A_DIGIT = 1.25
# What a table cannot say, because no figures of it are held.
UNSAID = {"T4": ("par_index", "report.criteria_none"), "T6": ("sipas", "report.expectation_none")}


@dataclass(frozen=True)
class Column:
    """One column of an annex.

    Attributes:
        name: of its heading, f"annex.col.{name}".
        value: the cell of a row: a number, a text, or None.
        form: how it is shown.
        width: in characters; by its form when 0.
    """

    name: str
    value: Callable[[Row], Any]
    form: str = TEXT
    width: float = 0.0


class Annexes:
    """What the columns of one scorecard's annexes hold."""

    def __init__(self, card: Scorecard) -> None:
        self.card, self.pen = card, Pen(card)
        figures = card.figures
        self._marks = dict(zip(figures["figure_id"], figures["marks"], strict=True))

    def marks(self, *figure_ids: str) -> str:
        """The marks of some figures together: [1, 4–6]."""
        return mark_text(tuple(sorted({m for one in figure_ids for m in self._marks.get(one, ())})))

    def _of(self, row: Row, measures: tuple[str, ...], subject: str | None = None) -> str:
        line, card = str(row.get("component_id") or row["index_id"]), self.card
        year = int(row.get("edition") or card.edition)
        ids = [card.figure(line, year, measure, subject) for measure in measures]
        ids.append(card.figure(line, card.baseline, "rank", subject))
        return self.marks(*ids)

    def _short(self) -> Column:
        return Column("index", lambda row: self.pen.shorts.get(row["index_id"]), width=12)

    def _marked(self, *measures: str, of: str = "") -> Column:
        def value(row: Row) -> str:
            return self._of(row, measures, str(row[of]) if of else None)

        return Column("marks", value, width=9)

    @staticmethod
    def _points(*names: str) -> list[Column]:
        return [Column(name, lambda row, n=name: row[n], POINTS) for name in names]  # type: ignore[misc]

    @staticmethod
    def _whole(*names: str) -> list[Column]:
        return [Column(name, lambda row, n=name: row[n], WHOLE) for name in names]  # type: ignore[misc]

    @staticmethod
    def _component(width: float = 32) -> Column:
        return Column("component", _component_words, width=width)

    @staticmethod
    def _origin() -> Column:
        return Column("origin", lambda row: _worded("origin", row.get("rank_origin")), width=22)

    def columns(self, table: str) -> list[Column]:
        """The columns of one of the tables T1 to T7."""
        place = self._whole("rank", "n_ranked")
        before = self._whole("baseline_rank", "baseline_n", "gain")
        agency = Column("agency", lambda row: clean(row["agency"] or ""), width=22)
        built: dict[str, Callable[[], list[Column]]] = {
            "T1": lambda: [
                self._short(), *self._whole("edition"), *self._points("score"), *place,
                *self._whole("rank_low", "rank_high"),
                Column("group", _group, width=16),
                *self._whole("gain"), *self._points("score_change"),
                Column("state", lambda row: t(f"state.{row['state']}"), width=26), self._origin(),
                self._marked("score", "rank"),
            ],
            "T2": lambda: [
                self._short(), self._component(),
                *self._points("score", "max_score", "percent"), *place, *before,
                *self._points("score_change", "mean", "best"), self._origin(),
                self._marked("score", "max_score", "percent", "rank"),
            ],
            "T3": self._targets,
            "T4": lambda: [
                self._short(), self._component(), *self._points("score", "max_score", "lost"),
                Column("lost_share", lambda row: row["lost_share"], SHARE),
                *self._points("recoverable"), agency, self._marked("score", "max_score", "lost"),
            ],
            "T5": lambda: [
                self._short(), Column("unit", lambda row: named(row, "unit"), width=22),
                *self._points("score"), *place, *self._whole("rank_baseline", "n_baseline", "gain"),
                *self._whole("place"), self._marked("score", "rank", of="unit_id"),
            ],
            "T6": lambda: [
                self._short(), self._component(), *self._points("score"), *place, *before,
                self._marked("score", "rank"),
            ],
            "T7": lambda: [
                agency, Column("role", lambda row: t(f"report.role.{row['role']}"), width=11),
                self._short(), self._component(26),
                Column("cause", lambda row: t(f"report.task_cause.{row['cause']}"), width=16),
                Column("target", lambda row: content_tables.task_target(row).lstrip(": ") or None,
                       width=22),
                *self._whole("rank", "n_ranked", "required_rank", "gap"),
                *self._points("points_missing", "lost"),
                Column("document", lambda row: clean(row["document_number"] or ""), width=16),
                Column("solution", lambda _: None, width=22),
                Column("deadline", _deadline, width=13),
            ],
        }  # fmt: skip
        return built[table]()

    def _targets(self) -> list[Column]:
        return [
            self._short(), Column("component", self.pen.component, width=22),
            Column("target", lambda row: clean(sentences.full_target_words(row)), width=22),
            *self._whole("required_rank", "actual_rank", "n_ranked", "gap"),
            Column("status", lambda row: t(f"status.{row['status']}"), width=11),
            Column("reason", lambda row: _worded("reason", row["reason"]), width=22),
            Column("document", lambda row: clean(row["document_number"] or ""), width=13),
            Column("clause", lambda row: clean(row["clause"] or ""), width=34),
            Column("agency", lambda row: clean(row["lead_agency"] or ""), width=22),
            Column("co_agency", lambda row: clean(row["co_agency"] or ""), width=22),
            Column("marks", self._target_marks, width=11),
        ]  # fmt: skip

    def taken_over(self) -> list[Column]:
        """The columns of the sheet of targets of former units, where there are any."""
        return [
            Column("unit", lambda row: named(row, "from"), width=18),
            self._short(), Column("component", self.pen.component, width=26),
            Column("target", lambda row: clean(sentences.full_target_words(row)), width=26),
            Column("status", lambda _: t("status.not_assessable"), width=14),
            Column("reason", lambda _: t("reason.merged"), width=22),
            Column("document", lambda row: clean(row["document_number"] or ""), width=14),
            Column("clause", lambda row: clean(row["clause"] or ""), width=34),
            Column("agency", lambda row: clean(row["lead_agency"] or ""), width=24),
        ]  # fmt: skip

    def _target_marks(self, row: Row) -> str:
        line, year = str(row["component_id"]), int(row["edition"])
        return self.marks(
            self.card.figure(line, year, "rank"),
            self.card.figure(line, year, "required_rank", str(row["target_id"])),
        )

    def sources(self) -> list[Column]:
        """The columns of the sheet that says what every mark stands for."""
        return [
            Column("mark", lambda row: mark_text((int(row["mark"]),)), width=8),
            Column("index", lambda row: self.pen.shorts.get(row["index_id"], ""), width=12),
            Column("edition", lambda row: row["edition"], WHOLE),
            Column("component", lambda row: content_tables.lines_words(self.pen, row), width=24),
            Column("source", content_tables.source_words, width=90),
            Column("batch", content_tables.batch_words, width=30),
            Column("n_figures", lambda row: row["n_figures"], WHOLE),
        ]


def _component_words(row: Row) -> str:
    if form.is_missing(row["component_vi"]) or row["component_id"] == row["index_id"]:
        return t("report.whole_index")
    return f"{row['code']}. {named(row, 'component')}"


def _group(row: Row) -> str | None:
    return named(row, "group_name") if row["group_name_vi"] else None


def _deadline(row: Row) -> str | None:
    return form.day(row["deadline"]) if row["deadline"] else None


def _worded(family: str, code: Any) -> str | None:
    return t(f"{family}.{code}") if code else None


def annexes(card: Scorecard, *, facts: Facts | None = None) -> bytes:
    """The annexes of a scorecard as a workbook, in the language in use.

    One sheet per table T1 to T7, one of targets taken over, if any, and one of sources; A4 across,
    one page wide, headings on every page. What is missing is an empty cell, never 0.

    Args:
        card: the scorecard.
        facts: who made the pack and when, for the foot of the pages.
    """
    about = facts or Facts()
    made = Annexes(card)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": _subject(made.pen), "author": clean(about.author)})
        looks = _looks(book)
        for name in ("T1", "T2", "T3", "T4", "T5", "T6", "T7"):
            sheet = book.add_worksheet(sheet_name(f"{name} {t(f'annex.sheet.{name.lower()}')}"))
            title = f"{name}. {t(f'annex.title.{name.lower()}')}"
            rows = rows_of(card.table(name))
            _filled(sheet, looks, title, made, made.columns(name), rows)
            index_id, unsaid = UNSAID.get(name, ("", ""))
            if index_id in card.index_ids:
                last = len(made.columns(name)) - 1
                sheet.merge_range(UNSAID_ROW, 0, UNSAID_ROW, last, t(unsaid), looks["unsaid"])
                sheet.set_row(UNSAID_ROW, 2 * LINE_HEIGHT)
            _paged(sheet, card, about)
        if len(card.taken_over):
            sheet = book.add_worksheet(sheet_name(t("merger.taken_sheet")))
            title = t("merger.taken_title", year=card.edition)
            _filled(sheet, looks, title, made, made.taken_over(), rows_of(card.taken_over))
            _paged(sheet, card, about)
        sheet = book.add_worksheet(sheet_name(t("annex.sheet.sources")))
        _filled(sheet, looks, t("annex.title.sources"), made, made.sources(), rows_of(card.traces))
        _paged(sheet, card, about)
    return target.getvalue()


def _subject(pen: Pen) -> str:
    return t("annex.subject", indices=pen.indices, year=pen.card.edition, unit=pen.unit)


def _looks(book: xlsxwriter.Workbook) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 11}
    cell = {**font, "border": 1, "border_color": "#9AA5B1", "valign": "top"}
    looks = {
        "title": book.add_format({**font, "bold": True, "font_size": 13}),
        "note": book.add_format({**font, "italic": True}),
        "unsaid": book.add_format({**font, "italic": True, "text_wrap": True, "valign": "top"}),
        "head": book.add_format(
            {**cell, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter",
             "bg_color": "#E8EDF3"}
        ),
    }  # fmt: skip
    for name, shown in FORMATS.items():
        wraps = (
            {"text_wrap": True, "align": "left", "indent": 1}
            if name == TEXT
            else {"num_format": shown}
        )
        looks[name] = book.add_format({**cell, **wraps})
    return looks


def _filled(
    sheet: Any, looks: dict[str, Any], title: str, made: Annexes, columns: list[Column],
    rows: list[dict[str, Any]],
) -> None:  # fmt: skip
    card = made.card
    sheet.write_string(TITLE_ROW, 0, title, looks["title"])
    sheet.write_string(NOTE_ROW, 0, _subject(made.pen), looks["note"])
    last = len(columns) - 1
    filled = [[column.value(row) for column in columns] for row in rows]
    headings = [
        t(f"annex.col.{column.name}", year=card.edition, baseline=card.baseline)
        for column in columns
    ]
    for at, column in enumerate(columns):
        sheet.write_string(HEAD_ROW, at, headings[at], looks["head"])
        sheet.set_column(at, at, column.width or WIDTHS[column.form])
        for down, cells in enumerate(filled, start=HEAD_ROW + 1):
            write(sheet, down, at, cells[at], looks[column.form])
    for down, cells in enumerate(filled, start=HEAD_ROW + 1):
        sheet.set_row(down, LINE_HEIGHT * max(map(_lines, cells, columns)))
    sheet.set_row(HEAD_ROW, LINE_HEIGHT * max(map(_lines_of_head, headings, columns)))
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    bottom = HEAD_ROW + max(1, len(rows))
    if rows:
        sheet.autofilter(HEAD_ROW, 0, bottom, last)
    else:
        sheet.write_string(HEAD_ROW + 1, 0, t("annex.empty"), looks["note"])
    sheet.print_area(0, 0, bottom, last)
    sheet.repeat_rows(HEAD_ROW)


def _lines_of_head(heading: str, column: Column) -> int:
    """Lines a heading takes, which is bold and has the button of the filter beside it."""
    width = column.width or WIDTHS[column.form]
    return max(2, len(textwrap.wrap(heading, int(width * 0.9 * LETTERS_A_DIGIT))))


def _lines(value: Any, column: Column) -> int:
    """Lines a text takes in its column; not every program finds the height by itself."""
    width = column.width or WIDTHS[column.form]
    # A column counts in digits, and the letters of this face are narrower than its digits.
    letters = int((width - 1) * LETTERS_A_DIGIT)
    return len(textwrap.wrap(value, letters)) or 1 if isinstance(value, str) else 1


def _paged(sheet: Any, card: Scorecard, about: Facts) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    foot = t(
        "report.footer", version=clean(about.version or card.version),
        time=about.made_at or form.NO_VALUE, author=clean(about.author) or form.NO_VALUE,
    )  # fmt: skip
    # "&" starts a command in a foot, and no foot may be longer than 255 characters.
    sheet.set_footer(f"&L&8{foot.replace('&', '&&')[:200]}&R&8&P/&N")
