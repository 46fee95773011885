"""A table of sizes handed over to weigh predecessors by, e.g. the number of firms per province.

Two columns, name of the province and number, as CSV or as the first sheet of a workbook. Nothing
of it is kept: figures nobody checked have no place in the store.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from data.store import StoreError
from data.units import UnitError, UnitRegister

WORKBOOK = b"PK"
LARGEST, MOST_ROWS = 1_000_000, 500
# 12.345 and 12,345 are twelve thousand in a count, 12345,0 is what spreadsheets add.
GROUPED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d+(?:[.,]0+)?")


class SizesFault(StoreError):
    """A table that cannot be used; one sentence, Vietnamese first."""


def read_sizes(file: bytes, register: UnitRegister, *, geography: str = "vn63") -> pd.DataFrame:
    """The sizes in a table of names and counts; a first row of headings is passed over.

    Args:
        file: CSV (comma, semicolon or tab, UTF-8) or a workbook.
        register: knows the names.
        geography: whose units the names are of.

    Returns:
        One row per unit_id with value [count, above 0].

    Raises:
        SizesFault: no such table, an unknown or repeated name, or no count; names the row.
    """
    if len(file) > LARGEST:
        raise SizesFault("Tệp quyền số quá lớn. (The table of weights is too large.)")
    rows = [(at, row) for at, row in enumerate(_cells(file), start=1) if any(row)]
    if not rows or len(rows) > MOST_ROWS:
        raise SizesFault("Bảng quyền số không có dòng nào đọc được. (No rows to read.)")
    found: dict[str, float] = {}
    for at, row in rows[1:] if _is_head(rows[0][1]) else rows:
        name, count = (*row, "", "")[:2]
        try:
            unit = register.resolve(name, geography=geography)
        except UnitError as fault:
            raise SizesFault(f"Dòng {at}: {fault} (Row {at}: unknown province.)") from None
        if not GROUPED.fullmatch(count) or not (value := _number(count)):
            raise SizesFault(
                f"Dòng {at}: “{count}” không phải là số đếm lớn hơn 0. (Row {at}: no count.)"
            )
        if unit.unit_id in found:
            raise SizesFault(f"Dòng {at}: {unit.name_vi} lặp lại. (Row {at}: named twice.)")
        found[unit.unit_id] = value
    return pd.DataFrame(found.items(), columns=["unit_id", "value"])


def _cells(file: bytes) -> Iterable[list[str]]:
    """Rows of trimmed texts."""
    try:
        if file.startswith(WORKBOOK):
            import openpyxl

            book = openpyxl.load_workbook(io.BytesIO(file), read_only=True, data_only=True)
            rows: Iterable[Iterable[Any]] = book.worksheets[0].iter_rows(
                values_only=True, max_row=MOST_ROWS + 1, max_col=2
            )
        else:
            text = file.decode("utf-8-sig")
            first = text.partition("\n")[0]
            rows = csv.reader(io.StringIO(text), delimiter=max(";\t,", key=first.count))
        return [["" if cell is None else str(cell).strip() for cell in row] for row in rows]
    except Exception as fault:  # openpyxl raises whatever its parts raise on a damaged workbook
        raise SizesFault(
            "Không đọc được bảng quyền số; cần CSV hoặc Excel hai cột: tên tỉnh, số lượng. "
            "(The table of weights cannot be read.)"
        ) from fault


def _is_head(row: list[str]) -> bool:
    return len(row) < 2 or not re.search(r"\d", row[1])


def _number(text: str) -> float:
    whole = re.sub(r"[.,]0{1,2}$", "", text)
    return float(re.sub(r"[.,\s]", "", whole))
