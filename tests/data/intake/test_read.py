"""Every format gives the same cells at the same places; a dying reader takes nobody along."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from data.intake import read, worker
from data.intake.model import FileRefused, Limits, Sheet
from data.intake.read import read_cells
from tests.workbooks import builders as build

TABLE = [
    ["Tỉnh, thành phố", "Điểm"],
    ["Hà Nội", 60.5],
    [None, None],
    ["Đắk Lắk", 61.25],
    ["Thừa Thiên Huế", 7],
]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda rows: build.xlsx({"Bảng": rows}), "a.xlsx"),
        (lambda rows: build.xls({"Bảng": rows}), "a.xls"),
        (lambda rows: build.xlsb({"Bảng": rows}), "a.xlsb"),
        (lambda rows: build.ods({"Bảng": rows}), "a.ods"),
    ],
    ids=["xlsx", "xls", "xlsb", "ods"],
)
def test_a_cell_keeps_its_address_in_every_format(make: Callable[[Any], bytes], name: str) -> None:
    sheet = read_cells(make(TABLE), name).sheets[0]
    assert sheet.name == "Bảng"
    assert sheet.cell(3, 0).value == "Đắk Lắk"
    assert sheet.cell(3, 1).address == "B4"
    assert sheet.cell(3, 1).value == 61.25
    assert sheet.cell(2, 0).kind == "empty"
    assert sheet.cell(99, 99).kind == "empty"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_vietnamese_text_survives_every_encoding_in_use(encoding: str, delimiter: str) -> None:
    rows = [["Tỉnh", "Điểm"], *([name, "86,14"] for name in build.names())]
    sheet = read_cells(build.csv(rows, delimiter=delimiter, encoding=encoding), "a.csv").sheets[0]
    assert [row[0] for row in sheet.rows] == [row[0] for row in rows]
    assert {row[1] for row in sheet.rows[1:]} == {"86,14"}


def test_a_text_that_declares_its_delimiter_is_believed() -> None:
    sheet = read_cells("sep=;\nTỉnh;Điểm\nHà Nội;86,14\n".encode(), "a.csv").sheets[0]
    assert sheet.rows[1] == ("Hà Nội", "86,14")


def test_a_table_that_starts_far_from_a1_keeps_its_addresses() -> None:
    rows = [[], [], [None, None, None, "Hà Nội", 5.5]]
    sheet = read_cells(build.xlsx({"A": rows}), "a.xlsx").sheets[0]
    assert sheet.cell(2, 3).value == "Hà Nội"
    assert sheet.cell(2, 4).address == "E3"


def test_a_formula_without_a_stored_result_is_reported_and_not_evaluated() -> None:
    content = build.xlsx(
        {"A": [["Hà Nội"]]},
        formulas={"A": {"B1": ("=1+1", 2), "C1": ("=1+1", ""), "D1": ("=NA()", "#N/A")}},
    )
    bare = build.edited(
        content, {"xl/worksheets/sheet1.xml": lambda old: old.replace(b"<v></v>", b"")}
    )
    sheet = read_cells(bare, "a.xlsx").sheets[0]
    assert sheet.cell(0, 1).value == 2
    assert sheet.cell(0, 2).kind == "uncached"
    assert (sheet.cell(0, 3).kind, sheet.cell(0, 3).value) == ("error", "#N/A")


def test_a_per_cent_format_is_remembered_beside_the_stored_fraction() -> None:
    sheet = read_cells(build.xlsx({"A": [["Hà Nội", 0.9415]]}, percents=[(0, 1)]), "a.xlsx").sheets[
        0
    ]
    assert sheet.cell(0, 1).percent
    assert sheet.cell(0, 1).value == 0.9415


def test_merged_cells_and_hidden_sheets_are_known() -> None:
    content = build.xlsx(
        {"Một": [["Điểm", None, None], ["x"]], "Hai": [["y"]]},
        merges={"Một": ["A1:C1"]},
        hidden=["Hai"],
    )
    first, second = read_cells(content, "a.xlsx").sheets
    assert first.merged == ((0, 0, 0, 2),)
    assert (first.hidden, second.hidden) == (False, True)


def test_a_date_is_read_as_a_date_and_not_as_a_number() -> None:
    sheet = read_cells(build.xlsx({"A": [[dt.date(2024, 12, 13)]]}), "a.xlsx").sheets[0]
    assert sheet.cell(0, 0).kind == "date"


def test_a_reader_that_wants_too_much_memory_ends_alone() -> None:
    rows = [[f"chữ {row} {column}" for column in range(60)] for row in range(4000)]
    with pytest.raises(FileRefused) as refused:
        read_cells(build.xlsx({"A": rows}), "a.xlsx", limits=Limits(memory_bytes=60_000_000))
    assert refused.value.key == "reader_memory"


def test_a_reader_that_hangs_is_stopped() -> None:
    with pytest.raises(FileRefused) as refused:
        read_cells(build.xlsx({"A": TABLE}), "a.xlsx", limits=Limits(seconds=0.001))
    assert refused.value.key == "reader_time"


def test_a_workbook_the_reader_cannot_make_sense_of_is_one_sentence() -> None:
    content = build.edited(
        build.xlsx({"A": TABLE}), {"xl/sharedStrings.xml": b"<sst><si><t>x</t></si></sst>"}
    )
    with pytest.raises(FileRefused) as refused:
        read_cells(content, "a.xlsx")
    assert refused.value.key in {"reader_failed", "reader_memory"}


def test_a_child_that_answers_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    nonsense = subprocess.CompletedProcess([], 0, b"{}")
    monkeypatch.setattr(read.subprocess, "run", Mock(return_value=nonsense))
    with pytest.raises(FileRefused) as refused:
        read_cells(build.xlsx({"A": TABLE}), "a.xlsx")
    assert refused.value.key == "reader_failed"


def test_the_child_works_on_a_system_without_resource_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import builtins

    original = builtins.__import__

    def without_resource(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "resource":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_resource)
    worker.confine(1, 1.0)


def test_the_child_inherits_no_secret_of_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOKIE_SECRET", "bí mật")
    assert "COOKIE_SECRET" not in read._environment()


def test_an_address_and_a_place_are_inverses() -> None:
    from data.intake.model import address, place

    for row, column in ((0, 0), (0, 25), (9, 26), (99, 701), (5, 702), (1_048_575, 16_383)):
        assert place(address(row, column)) == (row, column)
    for wrong in ("", "A", "1", "1A", "A0", "a1", "A1B", "AAAAA1", "É1", "A٣"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            place(wrong)


def test_an_empty_sheet_has_no_columns() -> None:
    assert Sheet("trống", ()).n_columns == 0
