"""Finds the tables on a sheet by looking for what is certain: the names of provinces.

Headers, titles, footers and notes are whatever stands around those names. A sheet whose names run
across is turned and treated alike.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from data.intake.labels import (
    fold,
    is_footer,
    is_only_measure,
    is_order_head,
    is_surely_footer,
    is_unit_head,
)
from data.intake.model import Column, Record, Sheet, Table, Value, Workbook, address, place
from data.intake.numbers import read_text
from data.units import UnitRegister, UnitUnknown, name_key

HEADER_REACH = 15  # rows above the first unit in which titles and headers are looked for
HEADER_ROWS = 5  # three header rows, a line of codes and a line of column numbers at most
SHARE = 0.5  # a second block with this share of the first one's units is a table of its own
CLOSE = 0.8  # nearness at which a row that looks like a footer is taken for a misspelt unit
LONGEST_NAME = 60  # characters; a longer text is a note

_RUNNING = re.compile(r"^\s*(?:\d{1,3}\s*[.):\-–]\s*|[-–•+]\s*)")
_MARKS = re.compile(r"(?:\s*(?:\*+|[¹²³⁴⁵⁶⁷⁸⁹]+|[\[(]\s*(?:\d{1,2}|\*+|[a-z])\s*[\])]))+\s*$", re.I)
_COLUMN_NUMBER = re.compile(r"^\(?(?:\d{1,3}|[A-Z])\)?(?:\s*=.*)?$")


def clean_name(text: str) -> str:
    """A unit's name without running number and footnote mark: "12. Hà Nội (1)*" is "Hà Nội"."""
    return _MARKS.sub("", _RUNNING.sub("", text)).strip()


class UnitNames:
    """Whether a text names a unit of any time, each text looked up once."""

    def __init__(self, register: UnitRegister) -> None:
        self.register = register
        self._known: dict[str, str | None] = {}
        self._keys = [name_key(unit.name_vi) for unit in register.units]

    def name(self, value: Value) -> str | None:
        """The standard Vietnamese name of the unit a cell names; None when it names none."""
        if not isinstance(value, str) or len(value) > LONGEST_NAME:
            return None
        if value not in self._known:
            self._known[value] = self._look_up(value)
        return self._known[value]

    def _look_up(self, text: str) -> str | None:
        cleaned = clean_name(text)
        if not any(letter.isalpha() for letter in cleaned):
            return None
        for geography in self.register.geographies:
            try:
                return self.register.resolve(cleaned, geography=geography).name_vi
            except UnitUnknown:
                return None
            except ValueError:
                continue
        return None

    def is_close(self, text: str) -> bool:
        """Whether a text is a unit's name but for a slip."""
        key = name_key(clean_name(text))
        return bool(difflib.get_close_matches(key, self._keys, n=1, cutoff=CLOSE))


def tables(workbook: Workbook, units: UnitRegister) -> list[Table]:
    """Every block of units by columns in a workbook; those of hidden sheets carry the mark.

    A block that repeats a few of the units above it is a look-up and is left out, as are rows of
    statistics, regions and notes; what was left out is listed in `Table.ignored`.

    Source: docs/method/intake.md.
    """
    names = UnitNames(units)
    return [table for sheet in workbook.sheets for table in sheet_tables(sheet, names)]


def sheet_tables(sheet: Sheet, names: UnitNames) -> list[Table]:
    """The tables of one sheet; see `tables`."""
    hits = {
        (row, column): name
        for row, values in enumerate(sheet.rows)
        for column, value in enumerate(values)
        if (name := names.name(value)) is not None
    }
    if not hits:
        return []
    down = _most(hits, lambda where: where[1])
    across = _most(hits, lambda where: where[0])
    if across > down or (across == down == 1 and _runs_down(sheet, next(iter(hits)))):
        flipped = {(column, row): name for (row, column), name in hits.items()}
        found = _Finder(_turned(sheet), flipped, names).tables()
        return [_turned_back(_untitled(table), sheet) for table in found]
    return _Finder(sheet, hits, names).tables()


def _most(hits: dict[tuple[int, int], str], line: Callable[[tuple[int, int]], int]) -> int:
    units: dict[int, set[str]] = {}
    for where, name in hits.items():
        units.setdefault(line(where), set()).add(name)
    return max(len(found) for found in units.values())


def _runs_down(sheet: Sheet, where: tuple[int, int]) -> bool:
    """Whether figures stand below a lone unit rather than beside it."""
    row, column = where
    below = sum(_is_figure(sheet.value(line, column)) for line in range(row + 1, len(sheet.rows)))
    beside = sum(_is_figure(value) for value in sheet.rows[row][column + 1 :])
    return below > beside


def _is_figure(value: Value) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, (int, float)):
        return True
    return isinstance(value, str) and read_text(value).kind == "number"


def _turned(sheet: Sheet) -> Sheet:
    rows = tuple(
        tuple(sheet.value(row, column) for row in range(len(sheet.rows)))
        for column in range(sheet.n_columns)
    )
    merged = tuple((left, top, right, bottom) for top, left, bottom, right in sheet.merged)
    return Sheet(sheet.name, rows, sheet.hidden, merged)


def _untitled(table: Table) -> Table:
    """A turned table whose titles, once above its names, are titles and no empty columns."""
    empty = [
        column
        for column in table.columns
        if column.position < place(table.records[0].name_cell)[1]
        and not is_order_head(column.label)
        and all(table.cell(record, column).value is None for record in table.records)
    ]
    kept = tuple(column for column in table.columns if column not in empty)
    titles = (*table.titles, *(column.label for column in empty))
    return replace(table, columns=kept, titles=titles)


def _turned_back(table: Table, sheet: Sheet) -> Table:
    def flip(cell: str) -> str:
        row, column = place(cell)
        return address(column, row)

    return replace(
        table,
        sheet=sheet,
        transposed=True,
        records=tuple(replace(one, name_cell=flip(one.name_cell)) for one in table.records),
        ignored=tuple((flip(cell), text, why) for cell, text, why in table.ignored),
    )


@dataclass
class _Group:
    """A column of unit names with the columns of figures that belong to it."""

    primary: int
    others: list[int]
    columns: list[int]

    @property
    def name_columns(self) -> list[int]:
        return [self.primary, *self.others]


@dataclass
class _Block:
    """Rows of one table: its first row, the rows of units, and the units seen."""

    start: int
    floor: int  # first row that may belong to its header
    records: list[Record] = field(default_factory=list)
    units: set[str] = field(default_factory=set)


class _Finder:
    """The tables of one sheet whose unit names run down columns."""

    def __init__(self, sheet: Sheet, hits: dict[tuple[int, int], str], names: UnitNames) -> None:
        self.sheet = sheet
        self.hits = hits
        self.names = names
        self.ignored: list[tuple[str, str, str]] = []

    def tables(self) -> list[Table]:
        found: list[Table] = []
        for group in self._groups():
            self.ignored = []
            blocks = self._blocks(group)
            made = [self._table(group, block) for block in blocks]
            ignored = tuple(self.ignored)
            # A title stands over the first of two halves only and speaks for both.
            titles = found[0].titles if found and not (made and made[0].titles) else ()
            found.extend(
                replace(table, ignored=ignored, titles=table.titles or titles) for table in made
            )
        return found

    # ------------------------------------------------------------------ columns

    def _groups(self) -> list[_Group]:
        units: dict[int, set[str]] = {}
        for (_, column), name in self.hits.items():
            units.setdefault(column, set()).add(name)
        most = max(len(found) for found in units.values())
        columns = sorted(c for c, found in units.items() if len(found) >= max(1, most * SHARE))
        groups: list[_Group] = []
        for column in columns:
            if groups and self._same_units(groups[-1].primary, column):
                groups[-1].others.append(column)
            else:
                groups.append(_Group(column, [], []))
        width = self.sheet.n_columns
        starts = [0, *(self._left_edge(groups[0], group) for group in groups[1:]), width]
        for group, start, end in zip(groups, starts, starts[1:], strict=False):
            taken = group.name_columns
            group.columns = [column for column in range(start, end) if column not in taken]
        return groups

    def _same_units(self, one: int, other: int) -> bool:
        """Whether two columns name the same unit in each row: two languages, not two tables."""
        rows = {row for row, column in self.hits if column == one}
        both = [row for row in rows if (row, other) in self.hits]
        others = sum(1 for _, column in self.hits if column == other)
        if len(both) < SHARE * min(len(rows), others) or not both:
            return False
        same = sum(self.hits[row, one] == self.hits[row, other] for row in both)
        return same >= 0.8 * len(both)

    def _left_edge(self, first: _Group, group: _Group) -> int:
        """Where a later table starts: a rank before its names belongs to it, as in the first."""
        edge = group.primary
        for step in range(1, first.primary + 1):
            own = self._lowest_head(group.primary - step)
            if not own or fold(own) != fold(self._lowest_head(first.primary - step)):
                break
            edge = group.primary - step
        return edge

    def _lowest_head(self, column: int) -> str:
        top = min(row for row, _ in self.hits)
        for row in range(top - 1, max(top - HEADER_REACH, -1), -1):
            value = self.sheet.value(row, column)
            if isinstance(value, str):
                return value
        return ""

    # --------------------------------------------------------------------- rows

    def _blocks(self, group: _Group) -> list[_Block]:
        hit_rows = {row: self._unit(row, group) for row in range(len(self.sheet.rows))}
        first = next((row for row, name in hit_rows.items() if name is not None), None)
        if first is None:
            return []
        blocks: list[_Block] = []
        floor = 0
        for rows in self._segments(first, group):
            units = {name for row in rows if (name := hit_rows[row]) is not None}
            current = blocks[-1] if blocks else None
            repeated = units & current.units if current is not None else set()
            if current is None:
                blocks.append(self._block(rows, floor, group, hit_rows))
            elif not units:
                self._outside(rows, current, group)
            elif len(repeated) < SHARE * len(units):
                self._extend(current, rows, group, hit_rows)
            elif len(units) >= 2 and len(units) >= SHARE * len(current.units):
                blocks.append(self._block(rows, floor, group, hit_rows))
            else:
                self._ignore(rows, group, "lookup")
            if units or any(self._n_figures(row, group) for row in rows):
                floor = rows[-1] + 1  # texts alone may be the titles of the next block
        return blocks

    def _segments(self, first: int, group: _Group) -> Iterable[list[int]]:
        """Runs of rows between blank rows and repeated headers."""
        run: list[int] = []
        for row in range(self._first_row(first, group), len(self.sheet.rows)):
            text = self._name_text(row, group)
            if self._is_blank(row, group) or (text and is_unit_head(text)):
                if run:
                    yield run
                run = []
            else:
                run.append(row)
        if run:
            yield run

    def _first_row(self, first: int, group: _Group) -> int:
        """The first row of units, one with a misspelt name included."""
        expected = self._n_figures(first, group)
        row = first
        while row > 0:
            text = self._name_text(row - 1, group)
            if (
                len(fold(text)) < 3
                or is_unit_head(text)
                or is_footer(text)
                or self._n_figures(row - 1, group) < max(1, SHARE * expected)
                or not any(letter.isalpha() for letter in text)
            ):
                break
            row -= 1
        return row

    def _block(
        self, rows: list[int], floor: int, group: _Group, hit_rows: dict[int, str | None]
    ) -> _Block:
        block = _Block(rows[0], floor)
        self._extend(block, rows, group, hit_rows)
        block.start = block.records[0].position if block.records else rows[0]
        return block

    def _extend(
        self, block: _Block, rows: list[int], group: _Group, hit_rows: dict[int, str | None]
    ) -> None:
        last_hit = max(row for row in rows if hit_rows[row] is not None)
        for row in rows:
            name = hit_rows[row]
            text = self._name_text(row, group)
            if name is not None:
                block.units.add(name)
                self._record(block, row, group)
            elif self._n_figures(row, group) == 0:
                self._ignore([row], group, "heading")
            elif not text:
                if row < last_hit and block.records:
                    self._record(block, row, group)
                else:
                    self._ignore([row], group, "footer")
            elif is_surely_footer(text) or (is_footer(text) and not self.names.is_close(text)):
                self._ignore([row], group, "footer")
            elif row < last_hit and not block.records and self._is_head_row(row, group):
                continue
            else:
                self._record(block, row, group)

    def _outside(self, rows: list[int], block: _Block, group: _Group) -> None:
        """Rows below the table that name no unit: a misspelt unit, or something to leave out."""
        for row in rows:
            text = self._name_text(row, group)
            misspelt = self.names.is_close(text) and not is_surely_footer(text)
            if text and misspelt and self._n_figures(row, group):
                self._record(block, row, group)
            else:
                self._ignore([row], group, "outside")

    def _record(self, block: _Block, row: int, group: _Group) -> None:
        column = self._name_column(row, group)
        block.records.append(Record(row, self._name_text(row, group), address(row, column)))

    def _ignore(self, rows: Iterable[int], group: _Group, why: str) -> None:
        for row in rows:
            text = self._name_text(row, group)
            if text or self._n_figures(row, group):
                self.ignored.append((address(row, group.primary), text, why))

    def _unit(self, row: int, group: _Group) -> str | None:
        for column in group.name_columns:
            if (row, column) in self.hits:
                return self.hits[row, column]
        return None

    def _name_column(self, row: int, group: _Group) -> int:
        """The name column that names the unit; in doubt the first one with a text."""
        for column in group.name_columns:
            if (row, column) in self.hits:
                return column
        for column in group.name_columns:
            if self.sheet.value(row, column) is not None:
                return column
        return group.primary

    def _name_text(self, row: int, group: _Group) -> str:
        value = self.sheet.value(row, self._name_column(row, group))
        return _shown(value)

    def _is_blank(self, row: int, group: _Group) -> bool:
        return all(
            self.sheet.value(row, column) is None
            for column in (*group.name_columns, *group.columns)
        )

    def _n_figures(self, row: int, group: _Group) -> int:
        return sum(_is_figure(self.sheet.value(row, column)) for column in group.columns)

    def _is_head_row(self, row: int, group: _Group) -> bool:
        text = self._name_text(row, group)
        return is_unit_head(text) or is_order_head(text) or _COLUMN_NUMBER.match(text) is not None

    # ------------------------------------------------------------------- header

    def _table(self, group: _Group, block: _Block) -> Table:
        headers, titles = self._header(group, block)
        columns = []
        for column in group.columns:
            labels = self._labels(column, headers, group)
            filled = any(
                self.sheet.value(record.position, column) is not None for record in block.records
            )
            if filled or labels:
                columns.append(Column(column, labels))
        return Table(
            self.sheet,
            False,
            tuple(block.records),
            tuple(columns),
            tuple(titles),
            tuple(headers),
        )

    def _header(self, group: _Group, block: _Block) -> tuple[list[int], list[str]]:
        """The rows of labels above a block, and the titles above those."""
        headers: list[int] = []
        titles: list[str] = []
        top = max(block.floor, block.start - HEADER_REACH)
        headed = False
        gap = False
        for row in range(block.start - 1, top - 1, -1):
            texts = self._texts(row, group)
            if not texts:
                gap = True
                continue
            if titles or len(headers) >= HEADER_ROWS:
                titles.insert(0, " ".join(texts.values()))
                continue
            if self._only_numbers(texts):
                gap = False
                continue
            if self._is_summary(row, texts, group):
                self._ignore([row], group, "footer")
                continue
            own = [column for column in texts if column in group.name_columns]
            has_head = any(is_unit_head(texts[column]) for column in own)
            if self._is_title(row, texts, group) or (headed and not has_head and (own or gap)):
                titles.insert(0, " ".join(texts.values()))
                continue
            headers.insert(0, row)
            headed = headed or has_head
            gap = False
        return headers, titles

    def _is_summary(self, row: int, texts: dict[int, str], group: _Group) -> bool:
        """Whether a row above the first unit holds figures of a region or the maxima."""
        name = self._name_text(row, group)
        n_figures = self._n_figures(row, group)
        return bool(name) and is_footer(name) and n_figures > SHARE * (len(texts) - 1)

    @staticmethod
    def _only_numbers(texts: dict[int, str]) -> bool:
        """Whether a row only numbers the columns: (1) (2) (3), or A B 1 2."""
        shown = list(texts.values())
        years = any(len(text) == 4 and text.startswith("20") for text in shown)
        return not years and all(_COLUMN_NUMBER.match(text) for text in shown)

    def _texts(self, row: int, group: _Group) -> dict[int, str]:
        """The texts of a row that stand over this group, each merged area once."""
        found = {}
        for column in sorted((*group.name_columns, *group.columns)):
            text = _shown(self.sheet.value(row, column))
            if text:
                found[column] = text
        return found

    def _is_title(self, row: int, texts: dict[int, str], group: _Group) -> bool:
        if len(texts) > 1:
            return False
        column, text = next(iter(texts.items()))
        if is_unit_head(text):
            return False
        if column in group.name_columns or column < group.primary:
            return True
        for area in self.sheet.merged:
            if area[0] <= row <= area[2] and area[1] <= column <= area[3]:
                return area[1] <= group.primary <= area[3]
        return len(text) > 80 and len(group.columns) > 1

    def _labels(self, column: int, headers: list[int], group: _Group) -> tuple[str, ...]:
        labels: list[str] = []
        own = [self._label_at(row, column) for row in headers]
        lowest = next((text for text in reversed(own) if text), "")
        for position, (row, written) in enumerate(zip(headers, own, strict=True)):
            text = written
            if not text and position < len(headers) - 1 and lowest and is_only_measure(lowest):
                text = self._from_the_left(row, column, group)
            if text and (not labels or labels[-1] != text):
                labels.append(text)
        if not labels and column - 1 == group.primary:
            # "Tỉnh" missing over a pair: the component stands over the names themselves.
            above = [self._label_at(row, group.primary) for row in headers]
            labels = [text for text in above if text and not is_unit_head(text)]
        return tuple(labels)

    def _label_at(self, row: int, column: int) -> str:
        text = _shown(self.sheet.value(row, column))
        if text:
            return text
        for top, left, bottom, right in self.sheet.merged:
            if top <= row <= bottom and left <= column <= right:
                return _shown(self.sheet.value(top, left))
        return ""

    def _from_the_left(self, row: int, column: int, group: _Group) -> str:
        """The label of a group of columns whose header was not merged but left blank."""
        for earlier in range(column - 1, group.primary, -1):
            text = self._label_at(row, earlier)
            if text:
                return "" if is_unit_head(text) or is_order_head(text) else text
        return ""


def _shown(value: Value) -> str:
    """A cell's value as a label: years stored as numbers lose their decimals."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e9 else str(value)
    return str(value).strip()
