"""Files with one fault each: the fault is found in its cell, under its key, and stops nothing else.

An error stops the load and no other error may be reported; a warning asks.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from briefing.load_records import fault_sentence
from data.intake.model import ERROR, WARNING, CellFault, place
from tests.workbooks import builders as build

NAME = "PCI 2015.xlsx"
TAB = "Bảng"
SHEET_PART = "xl/worksheets/sheet1.xml"
Table = list[list[Any]]
LOCALES = Path(__file__).resolve().parents[3] / "locales"


@dataclass(frozen=True)
class Bad:
    """A file, and where its one fault must be found."""

    label: str
    make: Callable[[], bytes]
    cell: str
    key: str
    severity: str = WARNING
    name: str = NAME
    tab: str = TAB
    held: Callable[[], pd.DataFrame] | None = None


def table() -> Table:
    return [list(row) for row in build.pci_table()]


def rank_row(rank: int) -> int:
    """The row, from 0, of the unit of that rank."""
    return next(row for row, values in enumerate(table()) if values[3] == rank)


def put(changes: dict[str, Any], base: Callable[[], Table] = table) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = base()
        for cell, value in changes.items():
            row, column = place(cell)
            rows[row][column] = value
        return build.xlsx({TAB: rows})

    return make


def book(edit: Callable[[Table], Table]) -> Callable[[], bytes]:
    return lambda: build.xlsx({TAB: edit(table())})


def part(old: bytes, new: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        content = build.xlsx({TAB: table()})
        assert old in zip_part(content)
        return build.edited(content, {SHEET_PART: lambda xml: xml.replace(old, new, 1)})

    return make


def zip_part(content: bytes) -> bytes:
    import io
    import zipfile

    return zipfile.ZipFile(io.BytesIO(content)).read(SHEET_PART)


def swapped(row: int, other: int, column: int) -> Callable[[Table], Table]:
    def edit(rows: Table) -> Table:
        rows[row][column], rows[other][column] = rows[other][column], rows[row][column]
        return rows

    return edit


def par() -> Table:
    """One PAR INDEX component with points, maximum and per cent."""
    rows: Table = [["Tỉnh", "Cải cách thủ tục hành chính", None, None]]
    rows.append([None, "Điểm đạt được", "Điểm tối đa", "Tỷ lệ (%)"])
    for position, name in enumerate(build.names()):
        score = round(9 + position / 25, 2)
        rows.append([name, score, 13, round(100 * score / 13, 2)])
    return rows


def par_book(changes: dict[str, Any]) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = par()
        for cell, value in changes.items():
            row, column = place(cell)
            rows[row][column] = value
        return build.xlsx({TAB: rows}, merges={TAB: ["B1:D1"]})

    return make


def merged_34() -> Table:
    rows: Table = [["Tỉnh", "PCI 2025"]]
    rows += [[name, 60 + n / 10] for n, name in enumerate(build.names("vn34", 2025))]
    return rows


def held(edition: int, shift: float = 0.0, rank_shift: int = 0) -> Callable[[], pd.DataFrame]:
    """The invented figures as another edition holds them."""

    def make() -> pd.DataFrame:
        rows = []
        for position, (name, own) in enumerate(build.pci_figures().items()):
            unit = build.units().resolve(name, geography="vn63").unit_id
            for n, (line, score) in enumerate(own.items()):
                wobble = ((position * 5 + n) % 11 - 5) / 50 if shift else 0
                rank = build_rank(line, name) + rank_shift
                rows.append((unit, line, edition, score + shift + wobble, rank))
        return pd.DataFrame(rows, columns=["unit_id", "component_id", "edition", "score", "rank"])

    return make


RANKS = {line: build.pci_ranks(line) for line in ("pci", *build.PCI_IDS)}


def build_rank(line: str, name: str) -> int:
    return RANKS[line][name]


def with_change(changes: dict[str, Any]) -> Callable[[], bytes]:
    def make() -> bytes:
        rows: Table = [["Tỉnh", "PCI 2015", "Xếp hạng", "Tăng/giảm so với năm 2014"]]
        for name, own in build.pci_figures().items():
            rows.append([name, own["pci"], RANKS["pci"][name], 2])
        for cell, value in changes.items():
            row, column = place(cell)
            rows[row][column] = value
        return build.xlsx({TAB: rows})

    return make


def without_rank_14() -> bytes:
    rows = table()
    row = rank_row(14)
    rows[row] = [*rows[row][:2], "N/A", "N/A", *["N/A"] * 10]
    return build.xlsx({TAB: rows})


def best_thirty() -> bytes:
    rows = table()
    kept = [row for row in rows[1:] if row[3] <= 30]
    return build.xlsx({TAB: [rows[0][:4], *[row[:4] for row in kept]]})


def two_tabs() -> bytes:
    second = [["Tỉnh", "Tính minh bạch"]]
    second += [[row[1], row[6]] for row in table()[1:]]
    second[5][1] = 9.9
    return build.xlsx({TAB: table(), "Tính minh bạch": second})


def misspelt_repeat() -> bytes:
    second = [["Tỉnh", "Tính minh bạch"]]
    second += [[row[1], row[6]] for row in table()[1:]]
    second[4][0] = "Baắc Kạn"
    return build.xlsx({TAB: table(), "Tính minh bạch": second})


def listing(*lines: list[Any]) -> Callable[[], bytes]:
    return lambda: build.xlsx({TAB: list(lines)})


def named(rows: Callable[[], Table], edit: Callable[[Table], None]) -> Table:
    made = rows()
    edit(made)
    return made


def ranked_out(
    cell: str, value: Any, fmt: Callable[[dict[str, Table]], bytes]
) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = table()
        row, column = place(cell)
        rows[row][column] = value
        return fmt({TAB: rows})

    return make


def turned() -> bytes:
    columns = [list(column) for column in zip(*table(), strict=True)]
    columns[1][4] = "Bắc Cạnh"
    rows = [columns[1], columns[2], *columns[4:]]
    rows[0][0] = "Tỉnh"
    return build.xlsx({TAB: rows})


TENTH, TIED = rank_row(10) + 1, rank_row(10) + 1
FIRST, SIXTIETH = rank_row(1), rank_row(60)
AFTER_14 = rank_row(15) + 1

BAD: list[Bad] = [
    # One cell that cannot be right.
    Bad("a sub-index above ten", put({"E2": 10.5}), "E2", "score_outside_scale", ERROR),
    Bad("a sub-index below zero", put({"E2": -1.5}), "E2", "score_outside_scale", ERROR),
    Bad("a total above a hundred", put({"C2": 101.5}), "C2", "score_outside_scale", ERROR),
    Bad("a comma forgotten", put({"F9": 6531}), "F9", "score_outside_scale", ERROR),
    Bad("rank nought", put({"D2": 0}), "D2", "rank_outside", ERROR),
    Bad("rank 64 of 63", put({"D2": 64}), "D2", "rank_outside", ERROR),
    Bad("a rank below one", put({"D2": -3}), "D2", "rank_outside", ERROR),
    Bad("a rank with a half", put({"D2": 2.5}), "D2", "rank_not_whole", ERROR),
    Bad("a rank in words", put({"D3": "thứ nhất"}), "D3", "number_unreadable", ERROR),
    Bad("a letter O for nought", put({"E3": "7,O5"}), "E3", "number_unreadable", ERROR),
    Bad("two commas", put({"E3": "12,34,56"}), "E3", "number_unreadable", ERROR),
    Bad("a range for a score", put({"E3": "5-6"}), "E3", "number_unreadable", ERROR),
    Bad("a word for a score", put({"E3": "tốt"}), "E3", "number_unreadable", ERROR),
    Bad("a truth for a score", put({"E3": True}), "E3", "number_unreadable", ERROR),
    Bad("two figures in a cell", put({"E3": "6,1 7,2"}), "E3", "number_unreadable", ERROR),
    Bad("a date for a score", put({"E3": dt.date(2024, 12, 13)}), "E3", "date_in_number", ERROR),
    Bad(
        "a formula never calculated",
        lambda: build.edited(
            build.xlsx({TAB: table()}, formulas={TAB: {"E3": ("=1+1", "")}}),
            {SHEET_PART: lambda xml: xml.replace(b"<v></v>", b"")},
        ),
        "E3",
        "formula_uncached",
        ERROR,
    ),
    Bad(
        "a broken reference",
        lambda: build.xlsx({TAB: table()}, formulas={TAB: {"E3": ("=#REF!", "#REF!")}}),
        "E3",
        "cell_error",
        ERROR,
    ),
    Bad(
        "a division by nought",
        lambda: build.xlsx({TAB: table()}, formulas={TAB: {"E3": ("=1/0", "#DIV/0!")}}),
        "E3",
        "cell_error",
        ERROR,
    ),
    Bad(
        "a per cent above a hundred",
        par_book({"D3": 169.23}),
        "D3",
        "percent_outside_scale",
        ERROR,
        "PAR INDEX 2023.xlsx",
    ),
    # Names of units.
    Bad("an unknown unit", put({"B5": "Bắc Cạnh"}), "B5", "unit_unknown", ERROR),
    Bad("an unknown unit in the first row", put({"B2": "Ha Noii"}), "B2", "unit_unknown", ERROR),
    Bad("an unknown unit in the last row", put({"B64": "Cà Mauu"}), "B64", "unit_unknown", ERROR),
    Bad("a town for a province", put({"B30": "Vinh"}), "B30", "unit_unknown", ERROR),
    Bad("a unit without a name", put({"B10": None}), "B10", "unit_missing", ERROR),
    Bad("a unit twice", put({"B3": "Hà Nội"}), "B3", "unit_twice", ERROR),
    Bad("a unit twice in two spellings", put({"B3": "HNOI"}), "B3", "unit_twice", ERROR),
    Bad(
        "a unit that merged before the year",
        lambda: build.xlsx({TAB: [*merged_34()[:34], ["Bình Phước", 65.5]]}),
        "A35",
        "unit_other_geography",
        ERROR,
        "PCI 2025.xlsx",
    ),
    Bad("a unit of another time", put({"B10": "Hà Tây"}), "B10", "unit_not_in_force", ERROR),
    Bad("an unknown unit in a transposed sheet", turned, "E1", "unit_unknown", ERROR),
    Bad(
        "a slip in a tab that repeats",
        misspelt_repeat,
        "A5",
        "unit_misspelt_repeat",
        tab="Tính minh bạch",
    ),
    # The same cell in other formats.
    Bad(
        "a letter in .xls",
        ranked_out("E3", "7,O5", build.xls),
        "E3",
        "number_unreadable",
        ERROR,
        "PCI 2015.xls",
    ),
    Bad(
        "a letter in .xlsb",
        ranked_out("E3", "7,O5", build.xlsb),
        "E3",
        "number_unreadable",
        ERROR,
        "PCI 2015.xlsb",
    ),
    Bad(
        "a letter in .ods",
        ranked_out("E3", "7,O5", build.ods),
        "E3",
        "number_unreadable",
        ERROR,
        "PCI 2015.ods",
    ),
    Bad(
        "a letter in .csv",
        ranked_out("E3", "7,O5", lambda sheets: build.csv(sheets[TAB], delimiter=";")),
        "E3",
        "number_unreadable",
        ERROR,
        "PCI 2015.csv",
        "PCI 2015",
    ),
    # Cross-checks.
    Bad(
        "two ranks exchanged",
        book(swapped(FIRST, SIXTIETH, 3)),
        f"D{SIXTIETH + 1}",
        "rank_not_monotone",
    ),
    Bad("a tie the scores do not give", put({f"D{TENTH}": 9}), f"D{TENTH}", "rank_differs"),
    Bad("a place nobody holds", without_rank_14, f"D{AFTER_14}", "rank_unused"),
    Bad("a total that is no sum", put({"C2": 56.75}), "C2", "component_sum"),
    Bad("a part that breaks the sum", put({"E2": 8.25}), "C2", "component_sum"),
    Bad(
        "a per cent that is not the points",
        par_book({"D3": 75.5}),
        "D3",
        "percent_not_points",
        name="PAR INDEX 2023.xlsx",
    ),
    Bad(
        "a maximum of another year",
        lambda: build.xlsx(
            {
                TAB: [
                    row if n < 2 else [row[0], row[1], 14.5, round(100 * row[1] / 14.5, 2)]
                    for n, row in enumerate(par())
                ]
            },
            merges={TAB: ["B1:D1"]},
        ),
        "B3",
        "maximum_differs",
        name="PAR INDEX 2023.xlsx",
    ),
    Bad(
        "a printed change that is none",
        with_change({"D7": 9}),
        "D7",
        "printed_change_differs",
        held=held(2014, 0.5, 2),
    ),
    Bad("a leap nobody else makes", put({"F9": 9.95}), "F9", "outlier", held=held(2014, 0.5)),
    Bad(
        "one row copied over another",
        book(lambda rows: [*rows[:5], [5, rows[5][1], *rows[4][2:]], *rows[6:]]),
        "B6",
        "rows_identical",
    ),
    Bad("two tabs that disagree", two_tabs, "B6", "tabs_disagree", tab="Tính minh bạch"),
    Bad("a rank without a score", put({"C5": None}), "C5", "score_missing"),
    Bad("a score without a rank", put({"D5": None}), "D5", "rank_missing"),
    Bad("a score of nought", put({"E4": 0}), "E4", "zero_as_missing"),
    Bad(
        "a unit withheld",
        put({f"{column}6": "KCDL" for column in string.ascii_uppercase[2:14]}),
        "C6",
        "unit_withheld",
    ),
    Bad("a hidden row", part(b'<row r="3" ', b'<row r="3" hidden="1" '), "B3", "hidden_row"),
    # Columns.
    Bad("a column twice", put({"F1": "Gia nhập thị trường"}), "F1", "column_twice", ERROR),
    Bad("a header with a slip", put({"E1": "Gia nhập thị trườnng"}), "E1", "column_not_understood"),
    Bad("a header of another year", put({"C1": "PCI 2014"}), "C1", "header_other_year"),
    Bad(
        "a number and a name that disagree",
        put({"E1": "2: Gia nhập thị trường", "F1": "Ghi chú"}),
        "E1",
        "label_code_conflict",
    ),
    Bad(
        "per cents stored as fractions",
        listing(
            ["Tỉnh", "SIPAS 2023"],
            *[[name, 0.8 + n / 1000] for n, name in enumerate(build.names())],
        ),
        "B1",
        "fractions_as_percent",
        name="SIPAS 2023.xlsx",
    ),
    # The whole file.
    Bad("a year already held", put({}), "B2", "edition_present", held=held(2015, 0.5)),
    Bad("the same figures again", put({}), "B2", "edition_same", held=held(2015)),
    Bad(
        "the figures of another year", put({}), "B2", "edition_like_another", ERROR, held=held(2014)
    ),
    Bad(
        "the units after the mergers in a year before them",
        lambda: build.xlsx({TAB: [["Tỉnh", "PCI"], *merged_34()[1:]]}),
        "A2",
        "units_of_other_time",
        ERROR,
        "PCI 2022.xlsx",
    ),
    Bad(
        "scores under a name nobody knows, beside ranks everybody does",
        lambda: build.xlsx(
            {
                TAB: [
                    ["Tỉnh", "Điểm tự chấm", "Hạng"],
                    *([name, 90 - n, n + 1] for n, name in enumerate(build.names())),
                ]
            }
        ),
        "B1",
        "column_not_read",
        name="PCI 2022.xlsx",
    ),
    Bad(
        "a year not in the catalogue",
        lambda: build.xlsx({TAB: merged_34()[:1] and [["Tỉnh", "PCI"], *merged_34()[1:]]}),
        "A2",
        "edition_not_in_catalogue",
        name="PCI 2031.xlsx",
    ),
    Bad("only the best thirty", best_thirty, "D2", "only_top"),
    Bad("a unit left out", book(lambda rows: rows[:20] + rows[21:]), "B2", "units_absent"),
    Bad(
        "a component left out",
        book(lambda rows: [row[:-1] for row in rows]),
        "B2",
        "components_absent",
    ),
    Bad(
        "a tab of another year",
        lambda: build.xlsx({"PCI 2014": table()}),
        "A1",
        "edition_disagrees",
        tab="PCI 2014",
    ),
    Bad(
        "a hidden tab",
        lambda: build.xlsx({TAB: table(), "Cũ": table()}, hidden=["Cũ"]),
        "A1",
        "hidden_sheet_skipped",
        tab="Cũ",
    ),
    Bad(
        "no year anywhere",
        listing(["Tỉnh", "PCI"], *[[name, 60 + n / 9] for n, name in enumerate(build.names())]),
        "A1",
        "edition_unknown",
        ERROR,
        "PCI.xlsx",
    ),
    Bad(
        "no index anywhere",
        listing(["Tỉnh", "Dân số"], ["Hà Nội", 8000], ["Cà Mau", 1200]),
        "A2",
        "index_unknown",
        ERROR,
        "bang.xlsx",
    ),
    Bad(
        "no component of the index",
        listing(["Tỉnh", "Dân số"], ["Hà Nội", 8000], ["Cà Mau", 1200]),
        "A2",
        "no_component",
        ERROR,
    ),
    Bad(
        "no province at all",
        listing(["Tên", "PCI 2015"], ["Alpha", 1], ["Beta", 2]),
        "",
        "no_table",
        ERROR,
        tab="",
    ),
    Bad(
        "a ranking of ministries",
        listing(["Đơn vị", "PAR INDEX"], ["Bộ Tài chính", 90], ["Bộ Nội vụ", 91], ["Bộ Y tế", 85]),
        "",
        "level_ministry",
        ERROR,
        tab="",
    ),
    Bad(
        "a ranking of districts",
        listing(
            ["Đơn vị", "Điểm"],
            ["Huyện Tu Mơ Rông", 90],
            ["Huyện Đăk Tô", 91],
            ["Thị xã Hồng Lĩnh", 85],
        ),
        "",
        "level_district",
        ERROR,
        tab="",
    ),
    Bad(
        "a form nobody filled in",
        book(lambda rows: [rows[0], *[row[:2] for row in rows[1:]]]),
        "B2",
        "nothing_filled",
        ERROR,
    ),
    Bad(
        "macros",
        lambda: build.edited(build.xlsx({TAB: table()}), {"xl/vbaProject.bin": b"x"}),
        "",
        "macros_ignored",
        name="PCI 2015.xlsm",
        tab="",
    ),
    Bad(
        "links to other files",
        lambda: build.edited(
            build.xlsx({TAB: table()}), {"xl/externalLinks/externalLink1.xml": b"<e/>"}
        ),
        "",
        "external_links_ignored",
        tab="",
    ),
    Bad("a name that lies", put({}), "", "renamed", name="PCI 2015.xls", tab=""),
]


@cache
def found(bad: Bad) -> list[CellFault]:
    return build.judged(bad.make(), bad.name, held=bad.held() if bad.held else None)


def test_there_are_at_least_sixty_bad_files() -> None:
    assert len(BAD) >= 60
    assert len({bad.label for bad in BAD}) == len(BAD)


@pytest.mark.parametrize("bad", BAD, ids=[bad.label for bad in BAD])
def test_a_fault_is_found_in_its_cell_and_no_other_error_is(bad: Bad) -> None:
    faults = found(bad)
    at = {(fault.sheet, fault.cell, fault.key): fault.severity for fault in faults}
    assert at.get((bad.tab, bad.cell, bad.key)) == bad.severity, at
    errors = {fault.key for fault in faults if fault.severity == ERROR}
    assert errors == ({bad.key} if bad.severity == ERROR else set())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_fault_of_the_table_has_its_sentence(language: str) -> None:
    for bad in BAD:
        for fault in found(bad):
            said = fault_sentence(fault.key, fault.values, language)
            assert "{" not in said
            assert "pci." not in said


def test_a_file_without_fault_has_none() -> None:
    assert build.judged(build.xlsx({TAB: table()}), NAME) == []


def test_all_faults_are_reported_at_once_errors_first() -> None:
    make = put({"E2": 10.5, "B5": "Bắc Cạnh", "F9": "7,O5", "D3": 64, "G7": 0})
    faults = build.judged(make(), NAME)
    keys = [fault.key for fault in faults]
    assert {
        "score_outside_scale",
        "unit_unknown",
        "number_unreadable",
        "rank_outside",
        "zero_as_missing",
    } <= set(keys)
    severities = [fault.severity for fault in faults]
    assert severities == sorted(severities)
