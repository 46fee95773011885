"""The template holds the year's units and components, and comes back without a question."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest

from data.intake import template
from data.intake.meaning import expected_units
from tests.workbooks import builders as build

EVERY = [
    (index.id, edition.edition)
    for index in build.catalogue().indices
    for edition in index.editions[-1:] + index.editions[:1]
]


def made(index_id: str, edition: int) -> bytes:
    return template.workbook(index_id, edition, build.catalogue(), build.units())


def filled(index_id: str, edition: int, *, keep: str | None = None) -> bytes:
    """The template with the reference figures typed in, as a person would."""
    path = build.REFERENCE / "rankings" / index_id / f"{edition}.csv"
    held = pd.read_csv(path).set_index(["unit_id", "component_id"])
    book = openpyxl.load_workbook(io.BytesIO(made(index_id, edition)))
    sheet = book.worksheets[0]
    proposal = build.proposed(made(index_id, edition), f"{index_id}.xlsx")
    columns = {one.head.rstrip("0123456789"): one for one in proposal.columns}
    for row in range(template.FIRST_ROW + 1, sheet.max_row + 1):
        name = sheet.cell(row, 1).value
        unit = build.units().resolve(name, geography="vn63").unit_id
        for letter, column in columns.items():
            key = (unit, column.component_id)
            if key not in held.index:
                continue
            value = held.loc[key, "score" if column.measure == "score" else "rank"]
            if pd.notna(value):
                sheet[f"{letter}{row}"] = float(value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(("index_id", "edition"), EVERY)
def test_every_column_and_unit_of_a_template_is_understood(index_id: str, edition: int) -> None:
    proposal = build.proposed(made(index_id, edition), f"mau {index_id} {edition}.xlsx")
    assert (proposal.index.value, proposal.edition.value) == (index_id, edition)
    assert proposal.index.confidence == proposal.edition.confidence == "high"
    lines = [(one.component_id, one.measure) for one in proposal.columns]
    assert None not in {component for component, _ in lines}
    assert len(set(lines)) == len(lines)
    expected = expected_units(build.units(), build.catalogue(), index_id, edition)
    assert set(proposal.rows["unit_id"]) == {unit.unit_id for unit in expected}


@pytest.mark.parametrize(("index_id", "edition"), [("pci", 2018), ("papi", 2017)])
def test_a_filled_template_loads_back_without_a_question(index_id: str, edition: int) -> None:
    content = filled(index_id, edition)
    assert build.judged(content, f"{index_id} {edition}.xlsx") == []
    read = build.proposed(content, f"{index_id} {edition}.xlsx").rows
    held = pd.read_csv(build.REFERENCE / "rankings" / index_id / f"{edition}.csv")
    merged = held.merge(read, on=["unit_id", "component_id"], suffixes=("", "_read"))
    assert len(merged) >= len(read)
    assert ((merged["score"] - merged["score_read"]).abs() <= 1e-6).all()


def test_withheld_units_of_a_filled_template_stay_withheld() -> None:
    faults = build.judged(filled("papi", 2014), "papi 2014.xlsx")
    assert {fault.key for fault in faults} == {"unit_withheld"}
    assert {fault.values["name"] for fault in faults} == {"Bắc Giang", "Đồng Tháp"}


def test_an_untouched_template_is_one_clear_error() -> None:
    faults = build.judged(made("pci", 2018), "pci 2018.xlsx")
    assert [fault.key for fault in faults] == ["nothing_filled"]


def test_the_example_is_filled_and_never_read_as_figures() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("pci", 2018)))
    example = book["Ví dụ"]
    assert example.sheet_state == "hidden"
    row = template.FIRST_ROW + 1
    assert example.cell(row, 2).value == 75
    assert example.cell(row, 3).value == 1
    proposal = build.proposed(made("pci", 2018), "pci 2018.xlsx")
    assert proposal.rows["score"].isna().all()


def validations(sheet: Any) -> dict[str, Any]:
    return {str(one.sqref): one for one in sheet.data_validations.dataValidation}


def test_each_cell_offers_a_list_or_takes_only_what_the_judge_takes() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made("papi", 2018))).worksheets[0]
    found = validations(sheet)
    kinds = [one.type for one in found.values()]
    n = len(build.proposed(made("papi", 2018), "papi 2018.xlsx").columns)
    assert kinds.count("list") == 1
    assert kinds.count("decimal") == kinds.count("whole") == n / 2
    most = {float(one.formula2) for one in found.values() if one.type == "decimal"}
    assert {80.0, 10.0, 2.5} <= most
    assert {one.formula2 for one in found.values() if one.type == "whole"} == {"61"}


def test_no_cell_of_a_template_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("par_index", 2022)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" for cell in row)
