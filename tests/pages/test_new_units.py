"""Units of the 34 in 2025, of which nothing is published yet: every page opens and says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from locales import LANGUAGES, calendar
from tests.official_look import passages, told
from tests.pages import seen
from ui.frame import PAGES

OpenPage = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[2]
NAMES = [name for names in PAGES.values() for name in names]
UNITS = ("vn34-quang-ngai", "vn34-hue", "vn34-ho-chi-minh")
EVERY = [(name, unit, lang) for name in NAMES for unit in UNITS for lang in LANGUAGES]
# Every page once, with units and languages by turns; all combinations are slow.
SAMPLE = {
    (name, UNITS[at % len(UNITS)], LANGUAGES[at // len(UNITS) % len(LANGUAGES)])
    for at, name in enumerate(NAMES)
}
CASES = [
    pytest.param(*one, marks=() if one in SAMPLE else pytest.mark.slow, id="-".join(one))
    for one in EVERY
]


def test_every_page_file_is_in_the_menu() -> None:
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__"}
    assert files == set(NAMES)


@pytest.mark.parametrize(("name", "unit", "lang"), CASES)
def test_every_page_opens_for_a_new_unit_in_the_year_it_was_formed(
    open_page: OpenPage, name: str, unit: str, lang: str
) -> None:
    app = open_page(name, unit=unit, year="2025", base="2022", lang=lang)
    assert not app.exception
    assert not [one.value for one in app.error]
    assert not [one.value for one in app.warning], "no notice: unit and year are there"
    assert app.title
    if any(box.key == "w_unit" for box in app.selectbox):
        assert app.query_params["unit"] == unit
        assert app.query_params["year"] == "2025"
    assert told(passages(app)) == [], "nothing reads like a published place of the 34"


def test_the_board_of_new_quang_ngai_lists_what_it_took_over_and_gives_no_verdict(
    open_page: OpenPage,
) -> None:
    app = open_page("overview", unit="vn34-quang-ngai", year="2025", base="2022")
    said = seen.words(app)
    assert "Chưa có kết quả năm 2025 của chỉ số nào được công bố" in said
    assert "Chỉ tiêu của các đơn vị trước đây còn hạn trong năm 2025" in said
    rows = [row for row in seen.rows(app) if "Cần xác định lại cho Quảng Ngãi" in row[-1]]
    assert rows
    for row in rows:
        assert " Kon Tum · " in row[0]
        assert "Chưa đủ cơ sở đánh giá" in row[1]
        assert "sáp nhập ngày 01/07/2025" in row[1]
    assert "Ước tính, tham khảo: Quảng Ngãi ở khoảng vị trí 21 (năm 2022)" in said
    assert "Ước tính, tham khảo: Quảng Ngãi không quy đổi được; chưa kết luận. Năm 2024" in said


def test_hue_took_nobody_over_and_lists_nothing(open_page: OpenPage) -> None:
    app = open_page("overview", unit="vn34-hue", year="2025", base="2022")
    assert "Chỉ tiêu của các đơn vị trước đây" not in seen.words(app)


def test_years_to_ask_reach_to_the_last_year_that_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar, "today", lambda: date(2026, 11, 21))
    assert calendar.years_to_ask([2022, 2024]) == [2022, 2024, 2025]
    assert calendar.years_to_ask([2026]) == [2026]
    assert calendar.years_to_ask([]) == []
