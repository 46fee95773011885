"""TEST DATA: an invented PAPI 2025 of the 34 units, from seeded numbers, published by nobody.

The real 2025 edition is not out. The workbook is our own template with one more column, "So với
2024", left empty as the first edition of new units must leave it.
"""

from __future__ import annotations

import io
import random
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import manage
from data.build import REFERENCE
from data.indices import load_catalogue
from data.intake.template import workbook
from data.store import Store
from data.units import UnitRegister
from tests.stores import ship

EDITION = 2025
FILE = "THU-NGHIEM-papi-2025.xlsx"
SOURCE = "SỐ LIỆU THỬ NGHIỆM, không phải số liệu công bố"
HEAD_ROW, FIRST_ROW, N_UNITS = 4, 6, 34
# Points of eight dimensions on their scale of 1 to 10.
LOWEST, HIGHEST = 4.0, 7.5
LAST_CODE = 8


def scores() -> dict[str, list[float]]:
    """Eight invented dimension scores per unit name, the same on every machine."""
    drawn = random.Random(20250701)
    register = UnitRegister.load(REFERENCE)
    return {
        unit.name_vi: [round(drawn.uniform(LOWEST, HIGHEST), 4) for _ in range(LAST_CODE)]
        for unit in register.units_of("vn34")
    }


def edition_workbook(*, edition: int = EDITION, old_names: bool = False) -> bytes:
    """The invented edition in our template; `old_names` puts the 63 provinces into it instead."""
    register = UnitRegister.load(REFERENCE)
    made = workbook("papi", edition, load_catalogue(REFERENCE / "indices"), register)
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book.worksheets[0]
    sheet["A1"] = f"Kết quả PAPI {edition} ({SOURCE})"
    heads = {str(cell.value).partition(":")[0]: cell.column for cell in sheet[HEAD_ROW]
             if cell.value}  # fmt: skip
    total = next(column for head, column in heads.items() if "tổng 8" in head)
    drawn = scores()
    if old_names:
        old = [unit.name_vi for unit in register.units_of("vn63") if unit.valid_to.year == 2025]
        for at, name in enumerate(old):
            sheet.cell(FIRST_ROW + at, 1).value = name
            sheet.cell(FIRST_ROW + at, total).value = 30 + at / 10
    else:
        assert sheet.max_row == FIRST_ROW + N_UNITS - 1
        for row in range(FIRST_ROW, sheet.max_row + 1):
            points = drawn[str(sheet.cell(row, 1).value)]
            sheet.cell(row, total).value = round(sum(points), 4)
            for code, value in enumerate(points, start=1):
                sheet.cell(row, heads[f"D{code}"]).value = value
    sheet.cell(HEAD_ROW, sheet.max_column + 1).value = f"So với {edition - 1}"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def place_of(name: str) -> int:
    """The place the invented totals give a unit: one more than the number of better ones."""
    totals = {unit: round(sum(points), 4) for unit, points in scores().items()}
    return 1 + sum(total > totals[name] for total in totals.values())


def loaded_store(folder: Path) -> Path:
    """A store in `folder` with the shipped figures and the invented edition on top."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RANKINGS_STORE", str(folder))
        ship(Store(folder))
        path = folder / FILE
        path.write_bytes(edition_workbook())
        said = CliRunner().invoke(
            manage.app, ["load", str(path), "--yes", "--source-date", "2026-04-15"]
        )
        assert said.exit_code == 0, said.output
    return folder
