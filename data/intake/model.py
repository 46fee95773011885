"""What passes between the steps of an intake: facts of a file, cells, tables, meaning, faults.

Rows and columns are counted from 0 inside the program and shown as A1 addresses to people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

Value = str | float | bool | dt.datetime | dt.date | dt.time | None
Area = tuple[int, int, int, int]  # first row, first column, last row, last column

ERROR = "error"
WARNING = "warning"

# Measures a column can hold. Only score, percent and rank become figures.
SCORE = "score"
PERCENT = "percent"
RANK = "rank"
CHANGE = "change"
MAXIMUM = "maximum"
OTHER = "other"
MEASURES = (SCORE, PERCENT, RANK, CHANGE, MAXIMUM, OTHER)

LOW, MEDIUM, HIGH = "low", "medium", "high"


class FileRefused(Exception):
    """A file that is not read, with the key of the one sentence that says why.

    Attributes:
        key: locale key without its "fault." prefix.
        values: what the sentence's placeholders stand for.
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values: dict[str, Any] = values
        super().__init__(f"{key}: {values}" if values else key)


@dataclass(frozen=True)
class Limits:
    """How much of a file is ever looked at; beyond it the file is refused.

    The largest workbook seen from these publishers has 363 KB, 11 tabs and 1,024 formatted
    columns (AMJ), so each limit leaves more than tenfold room.
    """

    file_bytes: int = 25_000_000
    unpacked_bytes: int = 150_000_000
    ratio: int = 150  # unpacked to packed, for a part of more than `ratio_floor` bytes
    ratio_floor: int = 2_000_000
    parts: int = 2_000
    sheets: int = 100
    rows: int = 20_000
    columns: int = 2_000
    cells: int = 500_000
    area: int = 5_000_000  # rows x columns spanned by one sheet: a reader may lay it out in full
    text: int = 32_767  # characters in one cell, Excel's own limit
    memory_bytes: int = 1_500_000_000
    seconds: float = 30.0


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class SheetFacts:
    """What the archive says of one sheet before a reader opens it."""

    name: str
    hidden: bool = False
    n_rows: int = 0
    n_columns: int = 0
    n_cells: int = 0
    uncached: frozenset[tuple[int, int]] = frozenset()  # formulas without a stored result
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)  # e.g. "#REF!"
    percents: frozenset[tuple[int, int]] = frozenset()  # numbers shown with a % format
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Area, ...] = ()


@dataclass(frozen=True)
class FileFacts:
    """What a file is, judged by its content and not by its name.

    Attributes:
        kind: xlsx, xlsm, xlsb, xls, ods or csv.
        notes: keys of things that were seen and ignored, e.g. "macros_ignored".
        sheets: one entry per sheet where the container can be walked cheaply, else empty.
    """

    name: str
    kind: str
    size: int
    sha256: str
    notes: tuple[str, ...] = ()
    sheets: tuple[SheetFacts, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell as read: its address, its value and how it was stored."""

    sheet: str
    address: str
    value: Value
    kind: str  # text, number, bool, date, empty, error, uncached
    percent: bool = False  # shown with a per cent format: 0.9415 is seen as 94,15%


@dataclass(frozen=True)
class Sheet:
    """A sheet as a dense grid from A1; short rows end at their last cell."""

    name: str
    rows: tuple[tuple[Value, ...], ...]
    hidden: bool = False
    merged: tuple[Area, ...] = ()
    uncached: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    percents: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def value(self, row: int, column: int) -> Value:
        """The stored value, None outside the grid and for an empty cell."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def cell(self, row: int, column: int) -> Cell:
        """The cell with its address and kind."""
        value = self.value(row, column)
        position = (row, column)
        if position in self.uncached:
            kind = "uncached"
        elif position in self.errors:
            kind, value = "error", self.errors[position]
        else:
            kind = kind_of(value)
        return Cell(self.name, address(row, column), value, kind, position in self.percents)

    @property
    def n_columns(self) -> int:
        """Length of the longest row."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True)
class Workbook:
    """Every sheet of a file, with the facts found before it was read."""

    facts: FileFacts
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Column:
    """One line of figures beside the unit names: a column, or a row of a transposed sheet.

    Attributes:
        position: its column (its row when the table is transposed), from 0.
        labels: header texts from the top down, merged headers spread over their columns.
    """

    position: int
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        """All labels in one line."""
        return " | ".join(self.labels)


@dataclass(frozen=True)
class Record:
    """The place of one unit: its row (its column when transposed) and its name as written."""

    position: int
    name: str
    name_cell: str


@dataclass(frozen=True)
class Table:
    """A block of units by columns found on a sheet.

    Attributes:
        titles: texts above the header that are not labels of a column.
        ignored: what was seen and left out: (address, text, reason key).
    """

    sheet: Sheet
    transposed: bool
    records: tuple[Record, ...]
    columns: tuple[Column, ...]
    titles: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    ignored: tuple[tuple[str, str, str], ...] = ()

    def cell(self, record: Record, column: Column) -> Cell:
        """The cell where a unit meets a column."""
        if self.transposed:
            return self.sheet.cell(column.position, record.position)
        return self.sheet.cell(record.position, column.position)

    def head(self, column: Column) -> str:
        """The address of the column's lowest label, for faults about the column itself."""
        if self.transposed:
            first = self.header_rows[-1] if self.header_rows else 0
            return address(column.position, first)
        row = self.header_rows[-1] if self.header_rows else 0
        for candidate in reversed(self.header_rows):
            if self.sheet.value(candidate, column.position) is not None:
                row = candidate
                break
        return address(row, column.position)


@dataclass(frozen=True)
class Guess:
    """A proposal with what speaks for it; a person confirms or replaces it."""

    value: Any
    confidence: str
    grounds: tuple[str, ...] = ()  # "<key>:<what was seen>", e.g. "file_name:PAPI 2011"
    alternatives: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ColumnMeaning:
    """What one column was understood to hold.

    Attributes:
        component_id: None when nothing in the catalogue bears that name.
        edition: the year the column's figures are about.
        conflict: a second component_id that the label's name (not its code) points to.
        header_year: a year in the label that is not the edition, else None.
        suggestions: components of similar name, never applied without a person's choice.
    """

    sheet: str
    head: str
    label: str
    component_id: str | None
    measure: str
    edition: int | None
    confidence: str
    ground: str
    conflict: str | None = None
    header_year: int | None = None
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something seen while understanding that the judge turns into a fault or a remark."""

    key: str
    sheet: str
    cell: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """How a file was understood, ready to be confirmed and judged.

    Attributes:
        rows: one row per (unit_id, component_id, edition); columns unit_id, component_id,
            edition, score [points of the component's own scale], percent [per cent of the
            maximum], max_score, rank [place], printed_change, state, sheet, cell, percent_cell,
            rank_cell, change_cell, raw, name, name_cell. unit_id is missing where the name is
            unknown.
        fingerprint: the layout's hash, under which a confirmed mapping can be remembered.
    """

    file_name: str
    index: Guess
    edition: Guess
    level: Guess
    editions: tuple[int, ...]
    columns: tuple[ColumnMeaning, ...]
    rows: pd.DataFrame
    notes: tuple[Note, ...]
    fingerprint: str


@dataclass(frozen=True)
class CellFault:
    """One thing wrong in one place.

    Attributes:
        key: locale key without its "fault." prefix.
        severity: "error" stops the load, "warning" asks.
        values: what the sentence's placeholders stand for.
    """

    sheet: str
    cell: str
    key: str
    severity: str
    values: Mapping[str, Any] = field(default_factory=dict)


def address(row: int, column: int) -> str:
    """The A1 address of a place counted from 0."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def place(reference: str) -> tuple[int, int]:
    """Row and column from 0 of an A1 address.

    Raises:
        ValueError: for anything that is not one.
    """
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not 1 <= len(letters) <= 4 or not 1 <= len(digits) <= 9 or digits.startswith("0"):
        raise ValueError(reference)
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(reference)
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def kind_of(value: Value) -> str:
    """How a value was stored: text, number, bool, date or empty."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text" if value.strip() else "empty"
    return "date"
