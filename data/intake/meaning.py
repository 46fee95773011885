"""Says what the tables of a file mean: which index, which year, which component, which unit.

Everything is a proposal with its grounds. Names are matched exactly, by alias or by lineage; a
near name is offered, never taken.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analytics.schema import OUTSIDE_TOP, RANKED, SCORED, WITHHELD
from data.indices import Catalogue
from data.intake import numbers
from data.intake.labels import (
    DATED,
    LAST_YEAR_WORDS,
    YEAR,
    code_of,
    fold,
    is_only_measure,
    is_order_head,
    is_unit_head,
    measure_of,
    years_in,
)
from data.intake.layout import clean_name
from data.intake.lexicon import Entry, Lexicon
from data.intake.model import (
    CHANGE,
    HIGH,
    LOW,
    MAXIMUM,
    MEDIUM,
    OTHER,
    PERCENT,
    RANK,
    SCORE,
    Cell,
    Column,
    ColumnMeaning,
    Guess,
    Note,
    Proposal,
    Record,
    Table,
    Workbook,
)
from data.units import (
    Unit,
    UnitError,
    UnitOfOtherGeography,
    UnitRegister,
    UnitUnknown,
)

ROW_COLUMNS = (
    "unit_id",
    "component_id",
    "edition",
    "score",
    "percent",
    "max_score",
    "rank",
    "printed_change",
    "state",
    "sheet",
    "cell",
    "percent_cell",
    "rank_cell",
    "change_cell",
    "raw",
    "name",
    "name_cell",
)
FIRST_OF_34 = 2025  # editions about 2025 rank 34 units (Nghị quyết 202/2025/QH15)
SHORT_LABEL = 6  # words; "Chỉ số thành phần 2" names a component by its number alone
SMALLEST_TOP, LARGEST_TOP_SHARE = 5, 0.8  # a list of the best n: at least 5, at most 80 % of all

MINISTRY = re.compile(
    r"^(?:bo |thanh tra chinh phu|ngan hang nha nuoc|van phong chinh phu|uy ban dan toc)"
)
# Tabs of a form that show how to fill it in: invented figures, never read.
EXAMPLE_TAB = re.compile(r"^(?:vi du|mau|example|sample)\b")
DISTRICT = re.compile(r"^(?:huyen|thi xa|quan|thanh pho thuoc|xa|phuong|thi tran) ")

Mapped = tuple[str | None, str]


@dataclass(frozen=True)
class Choices:
    """What a person decided, replacing what would be proposed.

    Attributes:
        columns: "sheet!A1" of a column's head to (component_id or None, measure).
        units: a name as written to a unit_id.
        sheets: the tabs to read; empty for all visible ones.
        zero_is_score: a 0 is a score and not a missing figure.
    """

    index_id: str | None = None
    edition: int | None = None
    columns: Mapping[str, Mapped] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    zero_is_score: bool = False


def understand(
    tables: Sequence[Table],
    catalogue: Catalogue,
    units: UnitRegister,
    file_name: str,
    remembered: Mapping[str, Mapping[str, Mapped]] | None = None,
    *,
    choices: Choices | None = None,
    workbook: Workbook | None = None,
) -> Proposal:
    """What a file says, as far as names, aliases, codes and lineage carry it.

    The edition decides what a code and a unit's name mean: 2.1 of PAPI is another component from
    2018, Bắc Ninh is another unit from 2025. A figure that stands twice is taken once and
    compared; a score of 0 is how publishers write "no figure" and is read as withheld.

    Args:
        tables: from `layout.tables`.
        catalogue: the indices, their components and editions.
        units: the register of provinces.
        file_name: as the file arrived.
        remembered: fingerprint of a layout to its confirmed columns, from `mapping_of`.
        choices: what a person decided.
        workbook: the cells, to tell what a file without provinces is about.

    Returns:
        A proposal whose rows are one per (unit_id, component_id, edition); never raises for what
        a file contains.

    Source: docs/method/intake.md.
    """
    reader = _Reader(tables, catalogue, units, file_name, remembered or {}, choices or Choices())
    return reader.proposal(workbook)


def mapping_of(proposal: Proposal) -> dict[str, Mapped]:
    """The confirmed meaning of each column, by label, to be kept under the fingerprint."""
    return {
        fold(YEAR.sub(" ", column.label)): (column.component_id, column.measure)
        for column in proposal.columns
        if column.label
    }


def fingerprint(tables: Iterable[Table]) -> str:
    """The layout of a file as a hash that years, units and figures do not change."""
    shapes = sorted(
        f"{table.transposed}|" + ";".join(fold(YEAR.sub(" ", one.label)) for one in table.columns)
        for table in tables
    )
    return hashlib.sha256("\n".join(shapes).encode("utf-8")).hexdigest()


def expected_units(
    units: UnitRegister, catalogue: Catalogue, index_id: str, edition: int
) -> list[Unit]:
    """The units of the geography an edition ranks that existed in its year."""
    geography = geography_of(catalogue, index_id, edition)
    return [unit for unit in units.units_of(geography) if in_force(unit, edition)]


def geography_of(catalogue: Catalogue, index_id: str, edition: int) -> str:
    """The geography the catalogue states for an edition; 34 units from 2025 where it is silent."""
    for known in catalogue.index(index_id).editions:
        if known.edition == edition:
            return known.geography
    return "vn34" if edition >= FIRST_OF_34 else "vn63"


def n_ranked(units: UnitRegister, catalogue: Catalogue, index_id: str, edition: int) -> int:
    """How many units an edition ranks: as the catalogue says, else all of its geography."""
    for known in catalogue.index(index_id).editions:
        if known.edition == edition and known.n_ranked is not None:
            return known.n_ranked
    return len(expected_units(units, catalogue, index_id, edition))


def in_force(unit: Unit, edition: int) -> bool:
    """Whether a unit existed on some day of the year an edition is about."""
    return unit.valid_from.year <= edition and (
        unit.valid_to is None or edition <= unit.valid_to.year
    )


@dataclass
class _Figure:
    """What is being gathered for one unit, component and edition."""

    unit_id: str | None
    component_id: str
    edition: int
    name: str
    name_cell: str
    sheet: str
    score: float | None = None
    percent: float | None = None
    max_score: float | None = None
    rank: float | None = None
    change: float | None = None
    cells: dict[str, str] = field(default_factory=dict)
    raw: str = ""


class _Reader:
    """The one pass that turns tables into a proposal, gathering notes on the way."""

    def __init__(
        self,
        tables: Sequence[Table],
        catalogue: Catalogue,
        units: UnitRegister,
        file_name: str,
        remembered: Mapping[str, Mapping[str, Mapped]],
        choices: Choices,
    ) -> None:
        self.catalogue = catalogue
        self.units = units
        self.file_name = file_name
        self.choices = choices
        self.notes: list[Note] = []
        self.tables = self._chosen(tables)
        self.fingerprint = fingerprint(self.tables)
        self.known = remembered.get(self.fingerprint, {})
        self.columns: list[ColumnMeaning] = []
        self.figures: dict[tuple[str, str, int], _Figure] = {}
        self._resolved: dict[tuple[str, str], Unit | Exception] = {}

    # ------------------------------------------------------------------ the whole

    def proposal(self, workbook: Workbook | None) -> Proposal:
        level = self._level(workbook)
        index = self._index()
        if workbook is not None:
            for key in workbook.facts.notes:
                self.notes.append(Note(key, "", "", {"name": self.file_name}))
        if not self.tables or index.value is None:
            self._note_nothing(level)
            return self._empty(index, level)
        self.lexicon = Lexicon(self.catalogue, str(index.value))
        self.tables = self._of_the_index()
        edition, by_table = self._editions()
        plans = []
        for table, year in by_table:
            meanings = self._columns(table, year)
            self.columns.extend(meaning for _, meaning in meanings)
            plans.append((table, meanings))
        plans.sort(key=self._weight, reverse=True)
        for table, meanings in plans:
            self._gather(table, meanings)
        if not any(column.component_id for column in self.columns):
            sheet = self.tables[0].sheet.name
            self.notes.append(Note("no_component", sheet, self._corner(self.tables[0])))
        self._complete()
        rows = self._rows()
        editions = tuple(sorted({figure.edition for figure in self.figures.values()}))
        if len(editions) > 1 and self.choices.edition is None:
            edition = Guess(max(editions), edition.confidence, edition.grounds, editions)
        return Proposal(
            self.file_name,
            index,
            edition,
            level,
            editions,
            tuple(self.columns),
            rows,
            tuple(self.notes),
            self.fingerprint,
        )

    def _chosen(self, tables: Sequence[Table]) -> list[Table]:
        if self.choices.sheets:
            return [table for table in tables if table.sheet.name in self.choices.sheets]
        real = [table for table in tables if not EXAMPLE_TAB.match(fold(table.sheet.name))]
        visible = [table for table in real if not table.sheet.hidden]
        hidden = {table.sheet.name for table in real if table.sheet.hidden and table.columns}
        for name in sorted(hidden):
            self.notes.append(Note("hidden_sheet_skipped", name, "A1", {"sheet": name}))
        return visible

    def _empty(self, index: Guess, level: Guess) -> Proposal:
        return Proposal(
            self.file_name,
            index,
            Guess(self.choices.edition, LOW),
            level,
            (),
            (),
            pd.DataFrame({column: [] for column in ROW_COLUMNS}),
            tuple(self.notes),
            self.fingerprint,
        )

    def _note_nothing(self, level: Guess) -> None:
        if level.value == "province" and self.tables:
            self.notes.append(
                Note("index_unknown", self.tables[0].sheet.name, self._corner(self.tables[0]))
            )
        elif level.value == "province":
            self.notes.append(Note("no_table", "", "", {"name": self.file_name}))
        else:
            self.notes.append(Note(f"level_{level.value}", "", "", {"name": self.file_name}))

    @staticmethod
    def _corner(table: Table) -> str:
        return table.records[0].name_cell if table.records else "A1"

    def _weight(self, plan: tuple[Table, list[tuple[Column, ColumnMeaning]]]) -> int:
        table, meanings = plan
        return len(table.records) * sum(1 for _, one in meanings if one.component_id)

    # ------------------------------------------------------------ level and index

    def _level(self, workbook: Workbook | None) -> Guess:
        if self.tables or workbook is None:
            n = sum(len(table.records) for table in self.tables)
            return Guess("province", HIGH if n > 5 else LOW, (f"units:{n}",))
        counts = Counter[str]()
        for sheet in workbook.sheets:
            for row in sheet.rows:
                for value in row:
                    if isinstance(value, str) and len(value) < 60:
                        words = fold(clean_name(value))
                        if MINISTRY.match(words):
                            counts["ministry"] += 1
                        elif DISTRICT.match(words):
                            counts["district"] += 1
        for level, n in counts.most_common(1):
            if n >= 3:
                return Guess(level, MEDIUM, (f"names:{n}",))
        return Guess("province", LOW)

    def _index(self) -> Guess:
        if self.choices.index_id is not None:
            return Guess(self.choices.index_id, HIGH, ("chosen",))
        scores: dict[str, float] = {}
        grounds: dict[str, list[str]] = {}
        for index_id in self.catalogue.index_ids:
            lexicon = Lexicon(self.catalogue, index_id)
            seen: list[str] = []
            score = 0.0
            for weight, ground, text in self._texts():
                if lexicon.mentions(text):
                    score += weight
                    seen.append(f"{ground}:{text.strip()[:60]}")
            matched = self._share_of_columns(lexicon)
            if matched:
                seen.append(f"columns:{matched:.0%}")
            scores[index_id] = score + 6 * matched
            grounds[index_id] = list(dict.fromkeys(seen))[:4]
        ranked = sorted(scores, key=lambda one: scores[one], reverse=True)
        best = ranked[0] if ranked else None
        if best is None or scores[best] < 1:
            headed = self._headed()
            if headed is not None:
                others = tuple(one for one in ranked if one != headed)
                return Guess(headed, MEDIUM, ("header",), others)
            return Guess(None, LOW, (), tuple(ranked))
        second = scores[ranked[1]] if len(ranked) > 1 else 0.0
        confidence = HIGH if scores[best] >= 5 and scores[best] > second + 2 else MEDIUM
        return Guess(best, confidence, tuple(grounds[best]), tuple(ranked[1:]))

    def _headed(self) -> str | None:
        """The one index whose total a column is named after: "PAR INDEX 2024"."""
        labels = {label for table in self.tables for one in table.columns for label in one.labels}
        found = []
        for index_id in self.catalogue.index_ids:
            lexicon = Lexicon(self.catalogue, index_id)
            totals = [entry for entry in lexicon.entries if entry.role == "total"]
            named = [label for label in labels if lexicon.mentions(label)]
            if any(
                lexicon.total(label, totals) or lexicon.by_name(label, totals) for label in named
            ):
                found.append(index_id)
        return found[0] if len(found) == 1 else None

    def _of_the_index(self) -> list[Table]:
        """The tables without those whose own title or tab names another index.

        PAR INDEX and SIPAS often stand on one sheet; their columns are called alike.
        """
        lexicons = {one: Lexicon(self.catalogue, one) for one in self.catalogue.index_ids}
        own, foreign = [], []
        for table in self.tables:
            named: list[str] = []
            for text in (*reversed(table.titles), table.sheet.name):
                named = [one for one, lexicon in lexicons.items() if lexicon.mentions(text)]
                if named:
                    break
            if named and self.lexicon.index_id not in named:
                foreign.append((table, named[0]))
            else:
                own.append(table)
        if not own:
            return self.tables
        for table, other in foreign:
            name = self.catalogue.index(other).short
            self.notes.append(
                Note("other_index_table", table.sheet.name, self._corner(table), {"index": name})
            )
        return own

    def _texts(self) -> Iterable[tuple[float, str, str]]:
        yield 5.0, "file_name", self.file_name
        tabs = dict.fromkeys(table.sheet.name for table in self.tables)
        for tab in tabs:
            yield 3.0 / len(tabs), "tab", tab
        titles = [title for table in self.tables for title in table.titles]
        for title in dict.fromkeys(titles):
            yield 3.0 / len(titles), "title", title
        labels = [column.label for table in self.tables for column in table.columns]
        for label in dict.fromkeys(labels):
            yield 2.0 / len(labels), "header", label

    def _share_of_columns(self, lexicon: Lexicon) -> float:
        """Share of the index's components found among the labels, at any time."""
        labels = {label for table in self.tables for one in table.columns for label in one.labels}
        found = set()
        for label in labels:
            match = lexicon.by_name(label, lexicon.entries)
            if match is not None and match[0].role != "total":
                found.add(match[0].component_id)
        known = {entry.component_id for entry in lexicon.entries if entry.role == "component"}
        return min(1.0, len(found) / len(known)) if known else 0.0

    # -------------------------------------------------------------------- editions

    def _editions(self) -> tuple[Guess, list[tuple[Table, int]]]:
        """The year of the whole and of each table."""
        if self.choices.edition is not None:
            year = self.choices.edition
            return Guess(year, HIGH, ("chosen",)), [(table, year) for table in self.tables]
        tab_years = {table.sheet.name: self._year_of(table.sheet.name) for table in self.tables}
        distinct = {year for year in tab_years.values() if year is not None}
        if len(distinct) > 1:
            dated = [
                (table, own)
                for table in self.tables
                if (own := tab_years[table.sheet.name]) is not None
            ]
            return Guess(max(distinct), HIGH, ("tabs",), tuple(sorted(distinct))), dated
        titled = [(table, self._title_year(table)) for table in self.tables]
        dated = [(table, own) for table, own in titled if own is not None]
        years_titled = {own for _, own in dated}
        if len(tab_years) == 1 and len(years_titled) > 1 and len(dated) == len(titled):
            ordered = tuple(sorted(years_titled))
            return Guess(max(ordered), MEDIUM, ("titles",), ordered), dated
        votes = self._votes(distinct)
        if not votes:
            sheet = self.tables[0].sheet.name if self.tables else ""
            self.notes.append(Note("edition_unknown", sheet, "A1", {"name": self.file_name}))
            latest = max(
                one.edition for one in self.catalogue.index(self.lexicon.index_id).editions
            )
            return Guess(latest, LOW), [(table, latest) for table in self.tables]
        years = Counter[int]()
        for weight, year, _ in votes:
            years[year] += weight
        best, _ = max(years.items(), key=lambda item: (item[1], item[0]))
        others = tuple(year for year, _ in years.most_common() if year != best)
        grounds = tuple(f"{ground}" for _, year, ground in votes if year == best)
        if others:
            against = [ground for _, year, ground in votes if year != best]
            self.notes.append(
                Note(
                    "edition_disagrees",
                    self.tables[0].sheet.name,
                    "A1",
                    {"edition": best, "other": others[0], "ground": against[0]},
                )
            )
        confidence = MEDIUM if others else HIGH
        return (
            Guess(best, confidence, grounds, others),
            [(table, best) for table in self.tables],
        )

    def _title_year(self, table: Table) -> int | None:
        """The year the title nearest to a table names."""
        years = (self._year_of(title) for title in reversed(table.titles))
        return next((year for year in years if year is not None), None)

    def _votes(self, tab_years: set[int]) -> list[tuple[int, int, str]]:
        votes: list[tuple[int, int, str]] = []
        file_year = self._year_of(self.file_name)
        if file_year is not None:
            votes.append((8, file_year, f"file_name:{self.file_name}"))
        for title in dict.fromkeys(title for table in self.tables for title in table.titles):
            year = self._year_of(title)
            if year is not None:
                votes.append((5, year, f"title:{title[:60]}"))
                break
        votes.extend((3, year, "tab") for year in tab_years)
        heads = Counter[int]()
        for table in self.tables:
            for column in table.columns:
                if measure_of(column.label) == CHANGE:
                    continue  # "so với năm 2023" names the year before
                match = self.lexicon.total(column.label, self.lexicon.entries)
                if match is not None or is_only_measure(column.label):
                    heads.update(years_in(column.label)[:1])
        if heads:
            # Last year's figures often stand beside this year's; the table is about the latest.
            votes.append((2, max(heads), "header"))
        return votes

    def _year_of(self, text: str) -> int | None:
        """The one year a text is about: beside the index's name, or the only one it names."""
        text = DATED.sub(" ", unicodedata.normalize("NFC", text))
        paired = self.lexicon.paired_year(text)
        another = r"\s*(?:[-–_,&]|và)\s*(?:năm\s*)?20\d\d"
        if paired is not None and not re.search(rf"{paired}{another}", text, re.I):
            return paired
        found = years_in(text.replace("_", " "))
        return found[0] if len(found) == 1 else None

    # --------------------------------------------------------------------- columns

    def _columns(self, table: Table, year: int) -> list[tuple[Column, ColumnMeaning]]:
        by_code = self._codes_win(table, year)
        found = [(column, self._column(table, column, year, by_code)) for column in table.columns]
        found = self._years_apart(found, year)
        return self._ranks_unmasked(table, found)

    def _column(self, table: Table, column: Column, year: int, by_code: bool) -> ColumnMeaning:
        head = table.head(column)
        key = f"{table.sheet.name}!{head}"
        label = column.label
        chosen = self.choices.columns.get(key)
        remembered = self.known.get(fold(YEAR.sub(" ", label)))
        if chosen is not None:
            return self._meaning(table, head, label, chosen[0], chosen[1], year, HIGH, "chosen")
        if remembered is not None and self._is_own(remembered[0]):
            component, measure = remembered
            return self._meaning(table, head, label, component, measure, year, HIGH, "remembered")
        if not label or is_order_head(column.labels[-1]) or is_unit_head(column.labels[-1]):
            return self._meaning(table, head, label, None, OTHER, year, HIGH, "no_figure")
        match = self._match(table, column, year, by_code)
        measure = self._measure(column, match)
        if measure != CHANGE and LAST_YEAR_WORDS.search(fold(label)):
            return self._meaning(table, head, label, None, OTHER, year, HIGH, "other_year")
        if match.entry is None:
            return self._meaning(
                table,
                head,
                label,
                None,
                measure,
                year,
                LOW,
                "unmatched",
                suggestions=self._suggestions(column, year),
            )
        entry = match.entry
        if measure == PERCENT and (entry.max_score == 100 or self.lexicon.index_id == "sipas"):
            measure = SCORE  # the component's own scale is per cent
        named = years_in(label)
        return self._meaning(
            table,
            head,
            label,
            entry.component_id,
            measure,
            year,
            match.confidence,
            match.ground,
            conflict=match.conflict,
            header_year=next((one for one in named if one != year), None)
            if year not in named and measure != CHANGE
            else None,
        )

    def _is_own(self, component_id: str | None) -> bool:
        """Whether a remembered column is of this index: "Điểm" and "Hạng" stand in every form."""
        return component_id is None or component_id.partition(".")[0] == self.lexicon.index_id

    def _meaning(
        self,
        table: Table,
        head: str,
        label: str,
        component_id: str | None,
        measure: str,
        year: int,
        confidence: str,
        ground: str,
        *,
        conflict: str | None = None,
        header_year: int | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> ColumnMeaning:
        return ColumnMeaning(
            table.sheet.name,
            head,
            label,
            component_id,
            measure,
            year,
            confidence,
            ground,
            conflict,
            header_year,
            suggestions,
        )

    def _match(self, table: Table, column: Column, year: int, by_code: bool) -> _Match:
        now = self.lexicon.now(year)
        labels = [label for label in reversed(column.labels) if not is_only_measure(label)]
        if not labels:
            # "Chỉ số thành phần 3 | Điểm" names its component by number alone.
            labels = [label for label in column.labels if code_of(label)][:1]
        if not labels:
            says = any(measure_of(label) or years_in(label) for label in column.labels)
            return self._match_place(table, now) if says else _Match(None)
        for label in labels:
            match = self._match_label(label, now, by_code)
            if match.entry is not None:
                return match
        return _Match(None)

    def _match_label(self, label: str, now: list[Entry], by_code: bool) -> _Match:
        literal = fold(label)
        code = code_of(label)
        coded = self.lexicon.by_code(code, now) if code else None
        for entry in now:
            if literal in entry.keys and (coded is None or coded is entry):
                return _Match(entry, literal, HIGH, "name")
        named = self.lexicon.by_name(label, now)
        if named is not None and (coded is None or named[0] is coded):
            return _Match(named[0], named[1], HIGH, "name" if coded is None else "name_and_code")
        if coded is not None:
            return self._match_coded(label, coded, named, by_code)
        total = self.lexicon.total(label, now)
        if total is not None:
            return _Match(total, "", HIGH, "total")
        earlier = self.lexicon.by_name(label, self.lexicon.entries)
        if earlier is not None:
            still = next((e for e in now if e.component_id == earlier[0].component_id), None)
            if still is not None:
                return _Match(still, earlier[1], MEDIUM, "lineage")
        return _Match(None)

    def _match_coded(
        self, label: str, coded: Entry, named: tuple[Entry, str] | None, by_code: bool
    ) -> _Match:
        """A label whose number is known and whose name says something else, or nothing."""
        if named is not None and not by_code:
            return _Match(named[0], named[1], LOW, "name", coded.component_id)
        other = named or self.lexicon.by_name(label, self.lexicon.entries)
        if other is not None and other[0].component_id != coded.component_id:
            return _Match(coded, other[1], MEDIUM, "code", other[0].component_id)
        if other is not None:
            return _Match(coded, other[1], MEDIUM, "lineage")
        if len(fold(label).split()) <= SHORT_LABEL:
            return _Match(coded, "", MEDIUM, "code")
        return _Match(None)  # a number before a sentence may count anything

    def _match_place(self, table: Table, now: list[Entry]) -> _Match:
        """A column that only says how it counts: the component stands in the title or the tab."""
        for text in (*reversed(table.titles), table.sheet.name):
            named = self.lexicon.by_name(text, now)
            if named is not None:
                return _Match(named[0], "", MEDIUM, "title")
            code = code_of(text)
            coded = self.lexicon.by_code(code, now) if code else None
            if coded is not None:
                return _Match(coded, "", MEDIUM, "title")
        heads = [label for one in table.columns for label in one.labels]
        for text in (*reversed(table.titles), table.sheet.name, self.file_name, *heads):
            if self.lexicon.mentions(text):
                total = next((entry for entry in now if entry.role == "total"), None)
                return _Match(total, "", MEDIUM, "title")
        return _Match(None)

    def _codes_win(self, table: Table, year: int) -> bool:
        """Whether numbers are to be believed over names where the two disagree.

        They are when some numbered name of the table belongs to no component of that year: then
        the names were taken over from another year's form, and only the numbers fit.
        """
        now = self.lexicon.now(year)
        n_foreign = 0
        for column in table.columns:
            for label in column.labels:
                code = code_of(label)
                if code is None or self.lexicon.by_code(code, now) is None:
                    continue
                if fold(label) in {key for entry in now for key in entry.keys}:
                    continue
                if self.lexicon.by_name(label, now) is None:
                    n_foreign += 1
        return n_foreign > 0

    def _suggestions(self, column: Column, year: int) -> tuple[str, ...]:
        return self.lexicon.near(column.labels[-1], self.lexicon.now(year))

    def _measure(self, column: Column, match: _Match) -> str:
        """How a column counts: the lowest label that says so, the component's name left aside."""
        if any(is_only_measure(one) and measure_of(one) == CHANGE for one in column.labels):
            return CHANGE  # "Tăng, giảm | Điểm" counts the change, not the score
        for label in reversed(column.labels):
            if is_only_measure(label):
                measure = measure_of(label)
                if measure is not None:
                    return measure
                continue
            words = fold(label)
            if match.key and match.key in words:
                words = words.replace(match.key, " ")
            elif match.ground == "total":
                words = re.sub(r"\b(?:diem toi da|maximum)\b.*", " ", words)
            elif match.entry is not None:
                continue
            measure = measure_of(words) if words.strip() else None
            if "%" in label and measure in (None, SCORE):
                measure = PERCENT
            if measure is not None and measure != MAXIMUM:
                return measure
        return SCORE

    def _years_apart(
        self, found: list[tuple[Column, ColumnMeaning]], year: int
    ) -> list[tuple[Column, ColumnMeaning]]:
        """Splits columns that repeat a component for several years.

        Three years or more are a series and each keeps its own; of two, the earlier one stands
        beside for comparison and is left out.
        """
        by_line: dict[Mapped, list[int]] = {}
        for column, meaning in found:
            named = years_in(column.label)
            if meaning.component_id is not None and len(named) == 1:
                by_line.setdefault((meaning.component_id, meaning.measure), []).append(named[0])
        result = []
        for column, meaning in found:
            named = years_in(column.label)
            years = by_line.get((meaning.component_id or "", meaning.measure), [])
            if meaning.component_id is None or len(named) != 1 or len(set(years)) < 2:
                result.append((column, meaning))
            elif len(set(years)) > 2 or named[0] == (year if year in years else max(years)):
                result.append((column, replace(meaning, edition=named[0], header_year=None)))
            else:
                result.append(
                    (
                        column,
                        replace(meaning, component_id=None, measure=OTHER, ground="other_year"),
                    )
                )
        return result

    def _ranks_unmasked(
        self, table: Table, found: list[tuple[Column, ColumnMeaning]]
    ) -> list[tuple[Column, ColumnMeaning]]:
        """Of two columns under one merged header, the one of whole places 1..n holds the ranks."""
        seen: dict[tuple[str, int | None], int] = {}
        result = list(found)
        for position, (_, meaning) in enumerate(found):
            if meaning.component_id is None or meaning.measure != SCORE:
                continue
            key = (meaning.component_id, meaning.edition)
            if key not in seen:
                seen[key] = position
                continue
            for candidate in (position, seen[key]):
                other, its = result[candidate]
                if self._holds_places(table, other):
                    result[candidate] = (other, replace(its, measure=RANK, confidence=MEDIUM))
                    break
        return result

    @staticmethod
    def _holds_places(table: Table, column: Column) -> bool:
        readings = [numbers.read_number(table.cell(one, column)) for one in table.records]
        values = [reading.value for reading in readings if reading.value is not None]
        if len(values) < 3 or any(value != int(value) or value < 1 for value in values):
            return False
        return max(values) <= max(len(table.records), 34) and len(set(values)) > len(values) // 2

    # --------------------------------------------------------------------- figures

    def _gather(self, table: Table, meanings: list[tuple[Column, ColumnMeaning]]) -> None:
        used = [(column, one) for column, one in meanings if one.component_id is not None]
        if not used:
            return
        units = self._units_of(table, {one.edition for _, one in used if one.edition is not None})
        repeats = self._repeats(table, used, units)
        scaled = {id(one): self._is_fraction(table, column, one) for column, one in used}
        taken: dict[tuple[str, int | None, str], tuple[Column, str]] = {}
        for column, meaning in used:
            line = (str(meaning.component_id), meaning.edition, meaning.measure)
            if line in taken:
                if meaning.measure in (SCORE, PERCENT, RANK):
                    self._compare(table, column, meaning, taken[line])
                continue
            taken.setdefault(line, (column, meaning.head))
            self._note_column(meaning)
            for record in table.records:
                unit_id = units.get((record.position, meaning.edition or 0))
                if unit_id == "" or (unit_id is None and record.name_cell in repeats):
                    continue
                self._take(table, record, column, meaning, unit_id, scaled[id(meaning)])
        for record in table.records:
            if record.position in (
                table.sheet.hidden_columns if table.transposed else table.sheet.hidden_rows
            ):
                self.notes.append(
                    Note("hidden_row", table.sheet.name, record.name_cell, {"name": record.name})
                )

    def _compare(
        self, table: Table, column: Column, meaning: ColumnMeaning, other: tuple[Column, str]
    ) -> None:
        """A second column of the same figures ("Tổng điểm" beside "PAR INDEX") must repeat them."""
        first, head = other
        for record in table.records:
            one = numbers.read_number(table.cell(record, first)).value
            two = numbers.read_number(table.cell(record, column)).value
            if one is not None and two is not None and not _agree(one, two):
                self.notes.append(
                    Note(
                        "column_twice",
                        table.sheet.name,
                        meaning.head,
                        {"label": meaning.label, "other": head},
                    )
                )
                return

    def _note_column(self, meaning: ColumnMeaning) -> None:
        if meaning.conflict is not None:
            self.notes.append(
                Note(
                    "label_code_conflict",
                    meaning.sheet,
                    meaning.head,
                    {
                        "label": meaning.label,
                        "component": meaning.component_id,
                        "other": meaning.conflict,
                        "edition": meaning.edition,
                    },
                )
            )
        if meaning.header_year is not None and meaning.ground != "chosen":
            self.notes.append(
                Note(
                    "header_other_year",
                    meaning.sheet,
                    meaning.head,
                    {
                        "label": meaning.label,
                        "year": meaning.header_year,
                        "edition": meaning.edition,
                    },
                )
            )

    def _units_of(self, table: Table, editions: set[int]) -> dict[tuple[int, int], str | None]:
        """The unit of each record in each edition; "" marks a repeated record to be left out."""
        found: dict[tuple[int, int], str | None] = {}
        for edition in sorted(editions):
            first_of: dict[str, Record] = {}
            for record in table.records:
                unit_id = self._unit_of(table, record, edition)
                if unit_id is not None and unit_id in first_of:
                    self.notes.append(
                        Note(
                            "unit_twice",
                            table.sheet.name,
                            record.name_cell,
                            {"name": record.name, "other": first_of[unit_id].name_cell},
                        )
                    )
                    found[record.position, edition] = ""
                    continue
                if unit_id is not None:
                    first_of[unit_id] = record
                found[record.position, edition] = unit_id
        return found

    def _unit_of(self, table: Table, record: Record, edition: int) -> str | None:
        sheet, cell, name = table.sheet.name, record.name_cell, clean_name(record.name)
        chosen = self.choices.units.get(record.name)
        if chosen is not None:
            return chosen
        geography = geography_of(self.catalogue, self.lexicon.index_id, edition)
        if not name:
            self.notes.append(Note("unit_missing", sheet, cell, {}))
            return None
        answer = self._resolve(name, geography)
        if isinstance(answer, Unit):
            if in_force(answer, edition):
                return answer.unit_id
            self.notes.append(
                Note("unit_not_in_force", sheet, cell, {"name": name, "edition": edition})
            )
        elif isinstance(answer, UnitOfOtherGeography):
            counterparts = ", ".join(unit.name_vi for unit in answer.counterparts)
            self.notes.append(
                Note(
                    "unit_other_geography",
                    sheet,
                    cell,
                    {"name": name, "edition": edition, "counterparts": counterparts or "–"},
                )
            )
        else:
            near = answer.suggestions if isinstance(answer, UnitUnknown) else ()
            self.notes.append(
                Note(
                    "unit_unknown",
                    sheet,
                    cell,
                    {"name": name, "suggestions": ", ".join(near) or "–"},
                )
            )
        return None

    def _repeats(
        self,
        table: Table,
        used: list[tuple[Column, ColumnMeaning]],
        units: dict[tuple[int, int], str | None],
    ) -> set[str]:
        """Misspelt names in a tab that only repeats another: the figures tell whose row it is.

        The row is left out, nothing is guessed: every figure of it must already be held, spelt
        rightly, for one unit that this tab does not name otherwise.
        """
        present = set(units.values())
        found = set()
        for record in table.records:
            holders: set[str] | None = None
            for column, meaning in used:
                if units.get((record.position, meaning.edition or 0), "") is not None:
                    continue
                value = numbers.read_number(table.cell(record, column)).value
                same = {
                    figure.unit_id
                    for figure in self.figures.values()
                    if figure.unit_id is not None
                    and figure.unit_id not in present
                    and (figure.component_id, figure.edition)
                    == (meaning.component_id, meaning.edition)
                    and value is not None
                    and figure.score is not None
                    and _agree(figure.score, value)
                }
                holders = same if holders is None else holders & same
            if holders is not None and len(holders) == 1:
                found.add(record.name_cell)
                self._soften(table.sheet.name, record, next(iter(holders)))
        return found

    def _soften(self, sheet: str, record: Record, unit_id: str) -> None:
        held = self.units.unit(unit_id).name_vi
        for position, note in enumerate(self.notes):
            if (note.key, note.sheet, note.cell) == ("unit_unknown", sheet, record.name_cell):
                self.notes[position] = Note(
                    "unit_misspelt_repeat", sheet, note.cell, {"name": record.name, "unit": held}
                )

    def _resolve(self, name: str, geography: str) -> Unit | Exception:
        key = (name, geography)
        if key not in self._resolved:
            try:
                self._resolved[key] = self.units.resolve(name, geography=geography)
            except UnitError as error:
                self._resolved[key] = error
        return self._resolved[key]

    def _is_fraction(self, table: Table, column: Column, meaning: ColumnMeaning) -> bool:
        """Whether a column of per cents is stored as 0.9415: every figure at most 1."""
        most = self._max_score(str(meaning.component_id), meaning.edition)
        if meaning.measure == PERCENT or (meaning.measure == SCORE and most == 100):
            readings = [numbers.read_number(table.cell(one, column)) for one in table.records]
            plain = [one.value for one in readings if one.value is not None and not one.percent]
            if plain and max(plain) <= 1 and any(value > 0 for value in plain):
                self.notes.append(
                    Note(
                        "fractions_as_percent",
                        table.sheet.name,
                        meaning.head,
                        {"label": meaning.label},
                    )
                )
                return True
        return False

    def _max_score(self, component_id: str, edition: int | None) -> float | None:
        for entry in self.lexicon.now(edition or 0):
            if entry.component_id == component_id:
                return entry.max_score
        return None

    def _take(
        self,
        table: Table,
        record: Record,
        column: Column,
        meaning: ColumnMeaning,
        unit_id: str | None,
        is_fraction: bool,
    ) -> None:
        cell = table.cell(record, column)
        reading = numbers.read_number(cell)
        if meaning.measure == CHANGE and reading.kind == numbers.UNREADABLE:
            reading = numbers.read_change(reading.raw)
        if not self._readable(cell, reading):
            return
        measure, value = self._measured(meaning, reading, is_fraction)
        if value == 0 and measure in (SCORE, PERCENT) and not self.choices.zero_is_score:
            self.notes.append(
                Note("zero_as_missing", cell.sheet, cell.address, {"name": record.name})
            )
            value = None
        component_id, edition = str(meaning.component_id), meaning.edition or 0
        key = (unit_id or f"?{table.sheet.name}!{record.name_cell}", component_id, edition)
        figure = self.figures.get(key)
        if figure is None:
            figure = _Figure(
                unit_id, component_id, edition, record.name, record.name_cell, table.sheet.name
            )
            self.figures[key] = figure
        self._put(figure, measure, value, cell, reading)

    def _readable(self, cell: Cell, reading: numbers.Reading) -> bool:
        key = {
            numbers.UNREADABLE: "number_unreadable",
            numbers.DATE: "date_in_number",
            numbers.UNCACHED: "formula_uncached",
            numbers.ERROR_VALUE: "cell_error",
            numbers.TRUTH: "number_unreadable",
        }.get(reading.kind)
        if key is None:
            return True
        self.notes.append(Note(key, cell.sheet, cell.address, {"raw": reading.raw[:60]}))
        return False

    @staticmethod
    def _measured(
        meaning: ColumnMeaning, reading: numbers.Reading, is_fraction: bool
    ) -> tuple[str, float | None]:
        value = reading.value
        if value is not None and is_fraction and not reading.percent:
            value = round(value * 100, 12)
        return meaning.measure, value

    def _put(
        self,
        figure: _Figure,
        measure: str,
        value: float | None,
        cell: Cell,
        reading: numbers.Reading,
    ) -> None:
        """Keeps a figure, or compares it with the one another tab gave."""
        attribute = {
            SCORE: "score",
            PERCENT: "percent",
            RANK: "rank",
            CHANGE: "change",
            MAXIMUM: "max_score",
        }.get(measure)
        if attribute is None:
            return
        if measure == SCORE and reading.percent and not self._is_percent_scale(figure):
            attribute, measure = "percent", PERCENT
        where = f"{cell.sheet}!{cell.address}"
        if measure not in figure.cells:
            figure.cells[measure] = where
            setattr(figure, attribute, value)
            if measure == SCORE:
                figure.raw = reading.raw
            if measure == SCORE and reading.out_of is not None and figure.max_score is None:
                figure.max_score = reading.out_of
            return
        kept = getattr(figure, attribute)
        if kept is not None and value is not None and not _agree(kept, value):
            self.notes.append(
                Note(
                    "tabs_disagree",
                    cell.sheet,
                    cell.address,
                    {
                        "name": figure.name,
                        "value": value,
                        "other": kept,
                        "place": figure.cells[measure],
                    },
                )
            )
        elif kept is None and value is not None:
            self.notes.append(
                Note(
                    "tabs_disagree",
                    cell.sheet,
                    cell.address,
                    {
                        "name": figure.name,
                        "value": value,
                        "other": "–",
                        "place": figure.cells[measure],
                    },
                )
            )

    def _is_percent_scale(self, figure: _Figure) -> bool:
        most = self._max_score(figure.component_id, figure.edition)
        return most == 100 or self.lexicon.index_id == "sipas"

    # --------------------------------------------------------------------- closing

    def _complete(self) -> None:
        """Adds the units a list of the best n leaves out, once per component and edition."""
        lines: dict[tuple[str, int], list[_Figure]] = {}
        for figure in self.figures.values():
            lines.setdefault((figure.component_id, figure.edition), []).append(figure)
        for (component_id, edition), found in sorted(lines.items(), key=lambda item: item[0]):
            top = self._top(found, edition)
            if top is None:
                continue
            present = {figure.unit_id for figure in found}
            sheet = found[0].sheet
            self.notes.append(
                Note(
                    "only_top",
                    sheet,
                    found[0].cells.get(RANK, "!A1").partition("!")[2] or "A1",
                    {"component": component_id, "n": top, "edition": edition},
                )
            )
            for unit in expected_units(self.units, self.catalogue, self.lexicon.index_id, edition):
                if unit.unit_id not in present:
                    key = (unit.unit_id, component_id, edition)
                    self.figures[key] = _Figure(
                        unit.unit_id, component_id, edition, unit.name_vi, "", sheet
                    )

    def _top(self, found: list[_Figure], edition: int) -> int | None:
        """How far a list of the best goes; None when it is not such a list."""
        ranks = sorted(int(one.rank) for one in found if one.rank is not None)
        expected = n_ranked(self.units, self.catalogue, self.lexicon.index_id, edition)
        n = len(ranks)
        if not SMALLEST_TOP <= n <= LARGEST_TOP_SHARE * expected:
            return None
        if any(one.score is not None and one.rank is None for one in found):
            return None
        return n if ranks[0] == 1 and ranks[-1] <= n else None

    def _rows(self) -> pd.DataFrame:
        tops = {
            (note.values["component"], note.values["edition"])
            for note in self.notes
            if note.key == "only_top"
        }
        frame = pd.DataFrame(
            [
                self._record(figure, (figure.component_id, figure.edition) in tops)
                for figure in self.figures.values()
            ],
            columns=list(ROW_COLUMNS),
        )
        for column in ("score", "percent", "max_score", "rank", "printed_change"):
            frame[column] = frame[column].astype("float64")
        return frame.sort_values(
            ["edition", "component_id", "unit_id"], kind="stable", na_position="last"
        ).reset_index(drop=True)

    def _record(self, figure: _Figure, is_top: bool) -> dict[str, Any]:
        cells = figure.cells
        return {
            "unit_id": figure.unit_id,
            "component_id": figure.component_id,
            "edition": figure.edition,
            "score": figure.score,
            "percent": figure.percent,
            "max_score": figure.max_score,
            "rank": figure.rank,
            "printed_change": figure.change,
            "state": self._state(figure, is_top),
            "sheet": cells.get(SCORE, f"{figure.sheet}!").partition("!")[0],
            "cell": _bare(cells.get(SCORE)),
            "percent_cell": _bare(cells.get(PERCENT)),
            "rank_cell": _bare(cells.get(RANK)),
            "change_cell": _bare(cells.get(CHANGE)),
            "raw": figure.raw,
            "name": figure.name,
            "name_cell": figure.name_cell,
        }

    @staticmethod
    def _state(figure: _Figure, is_top: bool) -> str:
        if figure.rank is not None:
            return RANKED
        if figure.score is not None or figure.percent is not None:
            return SCORED
        return OUTSIDE_TOP if is_top else WITHHELD


@dataclass(frozen=True)
class _Match:
    """The component a label was matched to and what matched."""

    entry: Entry | None
    key: str = ""
    confidence: str = LOW
    ground: str = "unmatched"
    conflict: str | None = None


def _bare(where: str | None) -> str:
    return where.rpartition("!")[2] if where else ""


def _agree(one: float, other: float) -> bool:
    """Whether two printings of a figure are the same but for rounding."""
    if abs(one - other) <= 1e-9 * max(1.0, abs(one)):
        return True
    return any(
        abs(one - other) <= 0.5 * 10.0**-decimals + 1e-9
        for decimals in (4, 3, 2, 1)
        if round(one, decimals) == one or round(other, decimals) == other
    )
