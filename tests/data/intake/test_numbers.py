"""Figures are read as Vietnamese and English tables write them, and never guessed."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake.model import Cell
from data.intake.numbers import read_number, read_text


def cell(value: object, kind: str = "text", *, percent: bool = False) -> Cell:
    return Cell("Bảng", "B2", value, kind, percent)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("86,14", 86.14),
        ("86.14", 86.14),
        (" 86,14 ", 86.14),
        ("'86,14", 86.14),
        ("1.236,393", 1236.393),
        ("1,236.393", 1236.393),
        ("1.236.393", 1236393),
        ("1 236,5", 1236.5),
        ("1\u00a0236,5", 1236.5),
        ("1.236", 1.236),
        ("1,236", 1.236),
        (",5", 0.5),
        ("-1,2", -1.2),
        ("−1,2", -1.2),
        ("(1,2)", -1.2),
        ("+5", 5),
        ("61*", 61),
        ("61 (*)", 61),
        ("61¹", 61),
        ("61 (1)", 61),
        ("86,14 điểm", 86.14),
        ("Hạng 5", 5),
        ("12th", 12),
    ],
)
def test_a_figure_is_the_same_however_it_is_written(text: str, value: float) -> None:
    reading = read_text(text)
    assert reading.kind == "number"
    assert reading.value == pytest.approx(value, abs=1e-12)


def test_a_per_cent_sign_is_taken_off_and_remembered() -> None:
    assert (read_text("94,15%").value, read_text("94,15%").percent) == (94.15, True)
    stored = read_number(cell(0.9415, "number", percent=True))
    assert (stored.value, stored.percent) == (94.15, True)


def test_points_out_of_a_maximum_give_both() -> None:
    reading = read_text("12,38/13")
    assert (reading.value, reading.out_of) == (12.38, 13)


@pytest.mark.parametrize(
    "text",
    [
        "KCDL",
        "kcdl",
        "-",
        "–",
        "…",
        "N/A",
        "n.a.",
        "#N/A",
        "Không có dữ liệu",
        "x",
        "*",
        "KCDL (1)",
    ],
)
def test_a_mark_for_no_figure_is_missing_and_never_zero(text: str) -> None:
    reading = read_text(text)
    assert (reading.kind, reading.value) == ("missing", None)


@pytest.mark.parametrize(
    "text", ["7,O5", "12,34,56", "1.23.456", "5-6", "86,", "năm", "1e5", "0x1F", "12/", "a/13", "٣"]
)
def test_what_may_not_be_a_number_is_a_fault_and_not_a_guess(text: str) -> None:
    assert read_text(text).kind == "unreadable"


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "empty", "empty"),
        ("   ", "empty", "empty"),
        (True, "bool", "truth"),
        (dt.date(2024, 12, 13), "date", "date"),
        (None, "uncached", "uncached"),
        ("#REF!", "error", "error_value"),
        ("#N/A", "error", "missing"),
    ],
)
def test_what_is_no_figure_is_named_for_what_it_is(value: object, kind: str, expected: str) -> None:
    assert read_number(cell(value, kind)).kind == expected


@given(st.floats(min_value=-99999, max_value=99999, allow_nan=False))
def test_writing_a_figure_with_a_comma_or_a_point_changes_nothing(value: float) -> None:
    written = f"{value:.4f}"
    assert read_text(written).value == read_text(written.replace(".", ",")).value
    assert read_text(written).value == pytest.approx(round(value, 4))


@given(st.integers(min_value=1000, max_value=99_999_999), st.integers(0, 99))
def test_thousands_marks_of_both_languages_mean_the_same(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    vietnamese = english.replace(",", " ").replace(".", ",").replace(" ", ".")
    assert read_text(english).value == pytest.approx(whole + cents / 100)
    assert read_text(vietnamese).value == read_text(english).value


@given(st.text(max_size=60))
def test_any_text_gives_an_answer_and_a_number_only_when_it_has_one(text: str) -> None:
    reading = read_text(text)
    assert (reading.value is not None) == (reading.kind == "number")
    assert reading.value is None or math.isfinite(reading.value)
