"""The annexes, read back: real numbers equal to the scorecard's, sheets ready to print."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import openpyxl
import pandas as pd
import pytest

import locales
from briefing.documents import xlsx
from tests.briefing.cards import AN_GIANG, KON_TUM, QUANG_NINH, card

CASES = [(KON_TUM, 2023), (AN_GIANG, 2024), (QUANG_NINH, 2023)]
HEAD = xlsx.HEAD_ROW + 1
NUMBERS = {
    "T1": ["edition", "score", "rank", "n_ranked", "gain", "score_change"],
    "T2": ["score", "max_score", "percent", "rank", "n_ranked", "baseline_rank", "gain",
           "score_change", "mean", "best"],
    "T3": ["required_rank", "actual_rank", "gap"],
    "T4": ["score", "max_score", "lost", "lost_share", "recoverable"],
    "T5": ["score", "rank", "rank_baseline", "gain", "place"],
    "T6": ["score", "rank", "baseline_rank", "gain"],
    "T7": ["rank", "required_rank", "gap", "points_missing", "lost"],
}  # fmt: skip


@cache
def book(unit: str, year: int) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx.annexes(card(unit, year))))


def sheet(unit: str, year: int, name: str) -> Any:
    (found,) = [one for one in book(unit, year).worksheets if one.title.startswith(f"{name} ")]
    return found


def column(of: Any, name: str, unit: str, year: int) -> list[Any]:
    about = card(unit, year)
    wanted = locales.t(f"annex.col.{name}", year=about.edition, baseline=about.baseline)
    at = next(cell.column for cell in of[HEAD] if cell.value == wanted)
    n_rows = len(about.table(of.title[:2]))
    return [of.cell(row, at).value for row in range(HEAD + 1, HEAD + 1 + n_rows)]


@pytest.mark.parametrize(("unit", "year"), CASES)
@pytest.mark.parametrize("name", list(NUMBERS))
def test_every_number_is_the_scorecards_and_a_missing_one_is_an_empty_cell(
    unit: str, year: int, name: str
) -> None:
    rows = card(unit, year).table(name)
    for measure in NUMBERS[name]:
        found = column(sheet(unit, year, name), measure, unit, year)
        for cell, value in zip(found, rows[measure], strict=True):
            if pd.isna(value):
                assert cell is None
            else:
                assert isinstance(cell, int | float)
                assert cell == pytest.approx(float(value))


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_sheets_are_frozen_filtered_and_ready_to_print(unit: str, year: int) -> None:
    for one in book(unit, year).worksheets:
        assert len(one.title) <= 31
        assert one.freeze_panes == f"C{HEAD + 1}"
        assert one.page_setup.orientation == "landscape"
        assert int(one.page_setup.paperSize) == 9
        assert one.sheet_properties.pageSetUpPr.fitToPage
        # One page wide is what a workbook means where it says nothing.
        assert (one.page_setup.fitToWidth or 1, one.page_setup.fitToHeight) == (1, 0)
        assert one.print_title_rows == f"${HEAD}:${HEAD}"
        assert one.print_area
        if one.max_row > HEAD + 1:
            assert one.auto_filter.ref


def test_all_seven_tables_and_the_sources_are_there() -> None:
    titles = [one.title for one in book(KON_TUM, 2023).worksheets]
    assert [title[:2] for title in titles[:7]] == list(NUMBERS)
    assert titles[7] == "Nguồn"


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_every_mark_of_a_table_stands_in_the_sheet_of_sources(unit: str, year: int) -> None:
    sources = book(unit, year).worksheets[-1]
    known = {sources.cell(row, 1).value for row in range(HEAD + 1, sources.max_row + 1)}
    assert known == {f"[{mark}]" for mark in card(unit, year).traces["mark"]}
    marks = [m for m in column(sheet(unit, year, "T1"), "marks", unit, year) if m]
    assert marks
    for text in marks:
        for part in text.strip("[]").split(", "):
            first, _, last = part.partition("–")
            assert {f"[{n}]" for n in range(int(first), int(last or first) + 1)} <= known


def test_the_place_of_kon_tum_in_par_index_2023_is_43_of_63_a_gain_of_twelve() -> None:
    at = column(sheet(KON_TUM, 2023, "T1"), "edition", KON_TUM, 2023).index(2023)
    of = sheet(KON_TUM, 2023, "T1")
    assert [column(of, name, KON_TUM, 2023)[at] for name in ("rank", "n_ranked", "gain", "score")] \
        == [43, 63, 12, 86.14]  # fmt: skip


def test_no_text_of_a_document_becomes_a_formula() -> None:
    for one in book(KON_TUM, 2023).worksheets:
        for row in one.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_the_english_workbook_has_the_same_numbers() -> None:
    try:
        locales.use("en")
        made = openpyxl.load_workbook(io.BytesIO(xlsx.annexes(card(KON_TUM, 2023))))
    finally:
        locales.use("vi")
    for vi, en in zip(book(KON_TUM, 2023).worksheets, made.worksheets, strict=True):
        for here, there in zip(vi.iter_rows(), en.iter_rows(), strict=True):
            numbers = [cell.value for cell in here if isinstance(cell.value, float | int)]
            assert numbers == [c.value for c in there if isinstance(c.value, float | int)]
    assert made.worksheets[1].title == "T2 By component"
