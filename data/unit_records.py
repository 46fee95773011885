"""The rows of the unit files, as they are read.

Every record keeps the row it came from, so that a fault can be found in the file.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

UNIT_COLUMNS = (
    "unit_id",
    "name_vi",
    "name_en",
    "kind",
    "gso_code",
    "geography",
    "region_id",
    "valid_from",
    "valid_to",
    "note",
)
NAME_COLUMNS = ("unit_id", "name_vi", "name_en", "kind", "valid_from", "valid_to")
LINK_COLUMNS = (
    "effective_on",
    "event",
    "from_unit_id",
    "to_unit_id",
    "weight",
    "weight_basis",
    "legal_basis",
    "note",
)
ALIAS_COLUMNS = ("alias", "name_vi")
REGION_COLUMNS = ("region_id", "geography", "name_vi", "name_en", "sort")
FACT_COLUMNS = ("unit_id", "year", "measure", "value", "source_id")

GSO_CODE = r"[0-9]{2}"
KINDS = ("tỉnh", "thành phố")
# Firms are weights for PCI; no checked table of them is shipped.
MEASURES = ("population_thousand", "area_km2", "firms")

# What a link may record. The first three end the unit they start from (unless it links to itself);
# a transfer moves a part; the last two change what a unit is called and leave its territory alone.
ENDING = ("merge", "unchanged", "split")
COMPOSING = (*ENDING, "transfer")
NAMING = ("rename", "status")


class ReferenceFault(ValueError):
    """A shipped reference file contradicts itself; names the file and the row."""

    def __init__(self, file: str, row: int | None, reason: str) -> None:
        self.file, self.row, self.reason = file, row, reason
        place = file if row is None else f"{file}, dòng {row}"
        super().__init__(f"{place}: {reason}.")


@dataclass(frozen=True)
class Unit:
    """One province or city of one geography, with the name it bore when it began."""

    unit_id: str
    name_vi: str
    name_en: str
    kind: str
    gso_code: str
    geography: str
    region_id: str
    valid_from: date
    valid_to: date | None
    note: str
    row: int = field(default=0, compare=False, repr=False)

    def in_force(self, on: date) -> bool:
        """Whether the unit existed on the day, first and last day included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class UnitName:
    """What a unit was called, and its kind, between two days (both included)."""

    unit_id: str
    name_vi: str
    name_en: str
    kind: str
    valid_from: date
    valid_to: date | None
    row: int = field(default=0, compare=False, repr=False)

    @property
    def title(self) -> str:
        """Kind and name as a sentence says them: "tỉnh Kon Tum"."""
        return f"{self.kind} {self.name_vi}"

    def in_force(self, on: date) -> bool:
        """Whether the name was borne on the day, first and last day included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class UnitLink:
    """One dated step from a unit to a unit.

    `weight` is the share of the unit linked TO that comes from the unit linked from; the weights
    of one unit on one day sum to 1, or are all missing when no checked figure exists.
    """

    effective_on: date
    event: str
    from_unit_id: str
    to_unit_id: str
    weight: float | None
    weight_basis: str
    legal_basis: str
    note: str
    row: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Region:
    """One socio-economic region of one geography."""

    region_id: str
    geography: str
    name_vi: str
    name_en: str
    sort: int
    row: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class UnitFact:
    """One published figure about a unit: population [thousand persons] or area [km2]."""

    unit_id: str
    year: int
    measure: str
    value: float
    source_id: str
    row: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Alias:
    """One spelling as it stands in a source file, and the standard name it means."""

    alias: str
    name_vi: str
    row: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class _Cells:
    """The cells of one row, which know where they stand."""

    file: str
    row: int
    values: dict[str, str]

    def fault(self, reason: str) -> ReferenceFault:
        return ReferenceFault(self.file, self.row, reason)

    def raw(self, column: str) -> str:
        return self.values[column]

    def text(self, column: str) -> str:
        value = self.values[column]
        if not value.strip():
            raise self.fault(f"cột {column} để trống")
        return value

    def day(self, column: str) -> date:
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.fault(f"cột {column} phải là ngày dạng 2025-07-01") from None

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.values[column] else None

    def number(self, column: str) -> float:
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            raise self.fault(f"cột {column} phải là số") from None
        if not math.isfinite(value):
            raise self.fault(f"cột {column} phải là số hữu hạn")
        return value

    def whole(self, column: str) -> int:
        value = self.number(column)
        if not value.is_integer():
            raise self.fault(f"cột {column} phải là số nguyên")
        return int(value)


def _read(path: Path, columns: Sequence[str]) -> list[_Cells]:
    """The rows of a reference file whose header is exactly `columns`."""
    if not path.is_file():
        raise ReferenceFault(path.name, None, "không tìm thấy tệp")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            numbered = [(reader.line_num, values) for values in reader]
    except (csv.Error, UnicodeDecodeError):
        raise ReferenceFault(path.name, None, "không phải tệp CSV mã hóa UTF-8") from None
    if not numbered or numbered[0][1] != list(columns):
        raise ReferenceFault(path.name, 1, f"cần đúng các cột: {', '.join(columns)}")
    rows: list[_Cells] = []
    for row, values in numbered[1:]:
        if len(values) != len(columns):
            raise ReferenceFault(path.name, row, f"có {len(values)} ô, cần {len(columns)} ô")
        rows.append(_Cells(path.name, row, dict(zip(columns, values, strict=True))))
    return rows


def read_units(folder: Path) -> list[Unit]:
    """Rows of units.csv."""
    return [
        Unit(
            unit_id=cells.text("unit_id"),
            name_vi=cells.text("name_vi"),
            name_en=cells.text("name_en"),
            kind=cells.text("kind"),
            gso_code=cells.text("gso_code"),
            geography=cells.text("geography"),
            region_id=cells.text("region_id"),
            valid_from=cells.day("valid_from"),
            valid_to=cells.day_or_none("valid_to"),
            note=cells.raw("note"),
            row=cells.row,
        )
        for cells in _read(folder / "units.csv", UNIT_COLUMNS)
    ]


def read_names(folder: Path) -> list[UnitName]:
    """Rows of unit_names.csv: only units whose name or kind changed."""
    return [
        UnitName(
            unit_id=cells.text("unit_id"),
            name_vi=cells.text("name_vi"),
            name_en=cells.text("name_en"),
            kind=cells.text("kind"),
            valid_from=cells.day("valid_from"),
            valid_to=cells.day_or_none("valid_to"),
            row=cells.row,
        )
        for cells in _read(folder / "unit_names.csv", NAME_COLUMNS)
    ]


def read_links(folder: Path) -> list[UnitLink]:
    """Rows of unit_links.csv."""
    return [
        UnitLink(
            effective_on=cells.day("effective_on"),
            event=cells.text("event"),
            from_unit_id=cells.text("from_unit_id"),
            to_unit_id=cells.text("to_unit_id"),
            weight=cells.number("weight") if cells.raw("weight") else None,
            weight_basis=cells.raw("weight_basis"),
            legal_basis=cells.text("legal_basis"),
            note=cells.raw("note"),
            row=cells.row,
        )
        for cells in _read(folder / "unit_links.csv", LINK_COLUMNS)
    ]


def read_regions(folder: Path) -> list[Region]:
    """Rows of regions.csv."""
    return [
        Region(
            region_id=cells.text("region_id"),
            geography=cells.text("geography"),
            name_vi=cells.text("name_vi"),
            name_en=cells.text("name_en"),
            sort=cells.whole("sort"),
            row=cells.row,
        )
        for cells in _read(folder / "regions.csv", REGION_COLUMNS)
    ]


def read_facts(folder: Path) -> list[UnitFact]:
    """Rows of unit_facts.csv."""
    return [
        UnitFact(
            unit_id=cells.text("unit_id"),
            year=cells.whole("year"),
            measure=cells.text("measure"),
            value=cells.number("value"),
            source_id=cells.text("source_id"),
            row=cells.row,
        )
        for cells in _read(folder / "unit_facts.csv", FACT_COLUMNS)
    ]


def read_aliases(folder: Path) -> list[Alias]:
    """Rows of unit_aliases.csv; the spelling keeps its own spaces, as it stood in the source."""
    return [
        Alias(alias=cells.raw("alias"), name_vi=cells.text("name_vi"), row=cells.row)
        for cells in _read(folder / "unit_aliases.csv", ALIAS_COLUMNS)
    ]
