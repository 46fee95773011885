"""Numbers, places, dates and changes as Vietnamese documents write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import locales
from locales import form


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


@pytest.fixture
def english() -> None:
    locales.use("en")


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1236.39, 2, "1.236,39", "1,236.39"),
        (86.14, 2, "86,14", "86.14"),
        (39.955, 1, "40,0", "40.0"),
        (-4.79, 2, "-4,79", "-4.79"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (None, 2, "–", "–"),
        (float("nan"), 2, "–", "–"),
        (pd.NA, 2, "–", "–"),
    ],
)
def test_a_number_has_the_marks_of_its_language(
    value: float | None, decimals: int, vi: str, en: str
) -> None:
    assert form.number(value, decimals) == vi
    locales.use("en")
    assert form.number(value, decimals) == en


@pytest.mark.parametrize(
    ("count", "vi", "en"),
    [(5, "05", "5"), (1, "01", "1"), (9, "09", "9"), (10, "10", "10"), (0, "0", "0"),
     (63, "63", "63"), (None, "–", "–")],
)  # fmt: skip
def test_a_count_below_ten_has_a_leading_zero_as_documents_write_it(
    count: int | None, vi: str, en: str
) -> None:
    assert form.whole(count) == vi
    locales.use("en")
    assert form.whole(count) == en


@pytest.mark.parametrize(
    ("gain", "vi", "en"),
    [
        (12, "tăng 12 bậc", "up 12 places"),
        (5, "tăng 05 bậc", "up 5 places"),
        (-2, "giảm 02 bậc", "down 2 places"),
        (0, "giữ nguyên hạng", "same place"),
        (None, "chưa đủ số liệu để so sánh hạng", "not enough figures to compare places"),
        (pd.NA, "chưa đủ số liệu để so sánh hạng", "not enough figures to compare places"),
    ],
)
def test_a_change_of_place_is_said_in_words(gain: int | None, vi: str, en: str) -> None:
    assert form.gain(gain) == vi
    locales.use("en")
    assert form.gain(gain) == en


@given(st.integers(min_value=-70, max_value=70))
def test_a_change_of_place_never_bears_a_bare_sign(gain: int) -> None:
    for language in locales.LANGUAGES:
        locales.use(language)
        assert not re.search(r"[+\-−]\s?\d", form.gain(gain))


@given(st.integers(min_value=1, max_value=62))
def test_rising_and_falling_by_as_many_places_differ_only_in_the_word(places: int) -> None:
    up, down = form.gain(places), form.gain(-places)
    assert up.replace("tăng", "giảm") == down


@pytest.mark.parametrize(
    ("change", "said"),
    [(4.79, "tăng 4,79 điểm"), (-0.01, "giảm 0,01 điểm"), (0.004, "điểm không đổi"),
     (-0.004, "điểm không đổi"), (None, "")],
)  # fmt: skip
def test_a_change_of_score_is_said_in_words(change: float | None, said: str) -> None:
    assert form.score_change(change) == said


@pytest.mark.parametrize(
    ("rank", "n", "said"),
    [(43, 63, "43/63"), (54, None, "54/?"), (None, 63, "–"), (pd.NA, pd.NA, "–")],
)
def test_a_place_always_stands_with_the_number_ranked(
    rank: int | None, n: int | None, said: str
) -> None:
    assert form.place(rank, n) == said


@pytest.mark.parametrize(
    ("low", "high", "n", "said"),
    [(31, 63, 63, "31–63/63"), (31, 31, 63, "31/63"), (None, 63, 63, "–"),
     (31, 63, None, "31–63/?")],
)  # fmt: skip
def test_a_place_known_within_bounds_is_a_range(
    low: int | None, high: int, n: int | None, said: str
) -> None:
    assert form.places(low, high, n) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(date(2023, 3, 2), "02/03/2023"), (pd.Timestamp("2024-04-17"), "17/04/2024"),
     ("2024-04-02", "02/04/2024"), (None, "–"), (pd.NaT, "–")],
)  # fmt: skip
def test_a_day_is_written_day_first(value: object, said: str) -> None:
    assert form.day(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(5, "5"), (68.5, "68,5"), (0, "0"), (100, "100"), (None, "–")]
)
def test_a_number_without_idle_zeros(value: float | None, said: str) -> None:
    assert form.trimmed(value) == said


def test_provinces_sort_as_a_vietnamese_list_has_them() -> None:
    names = ["Gia Lai", "Đồng Nai", "Điện Biên", "Đắk Nông", "Đà Nẵng", "Cao Bằng", "Đắk Lắk",
             "Cà Mau", "Cần Thơ", "Bình Định", "Bình Dương", "Dã Quỳ", "Hà Nội", "Hà Nam",
             "Hòa Bình"]  # fmt: skip
    assert sorted(names, key=form.sort_key) == [
        "Bình Dương", "Bình Định", "Cà Mau", "Cao Bằng", "Cần Thơ", "Dã Quỳ", "Đà Nẵng",
        "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai", "Gia Lai", "Hà Nam", "Hà Nội", "Hòa Bình",
    ]  # fmt: skip


def test_composed_and_decomposed_names_sort_alike() -> None:
    composed = unicodedata.normalize("NFC", "Đắk Nông")
    decomposed = unicodedata.normalize("NFD", "Đắk Nông")
    assert form.sort_key(composed) == form.sort_key(decomposed)
