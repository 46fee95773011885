"""A link sent to a leader works on a server that has just started.

Streamlit sees the folder pages/ and, until somebody opens "/", would run pages/targets.py alone:
no frame, no navigation, file names for a menu. Every page guards itself with require_frame.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT

LINKS = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__")
GROUPS = ("Tổng quan", "Phân tích", "Chỉ tiêu và trách nhiệm", "Dữ liệu", "Quản trị")
HEADINGS = {"overview": "Kon Tum năm 2023", "targets": "Chỉ tiêu"}


def test_the_pages_a_link_may_lead_to_are_known() -> None:
    assert set(HEADINGS) <= set(LINKS)


@pytest.mark.parametrize("link", ["targets", pytest.param("overview", marks=pytest.mark.slow)])
def test_a_link_opened_first_on_a_cold_server_shows_its_page_inside_the_frame(
    cold_page: Page, goto: Callable[[Page, str], None], link: str
) -> None:
    wanted = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "all"}
    if link == "targets":
        wanted |= {"status": "missed", "document": "517/BCĐ-NC"}
    goto(cold_page, f"/{link}?{urlencode(wanted)}")
    menu = cold_page.get_by_test_id("stTopNav")
    for name in GROUPS:
        expect(menu).to_contain_text(name)
    expect(menu).not_to_contain_text(link)
    expect(cold_page.locator("h1").first).to_contain_text(HEADINGS[link])
    expect(cold_page.get_by_test_id("stException")).to_have_count(0)
    asked = dict(parse_qsl(urlsplit(cold_page.url).query))
    assert asked == wanted, "everything asked for survives the detour"
    expect(cold_page.get_by_test_id("stMain")).to_contain_text("Kon Tum")
    if link == "targets":
        verdicts = cold_page.locator("table.targets .chip").all_inner_texts()
        assert verdicts
        assert all("Không đạt" in verdict for verdict in verdicts)


def test_the_first_page_may_be_asked_for_by_name(
    page: Page, goto: Callable[[Page, str], None]
) -> None:
    goto(page, "/")
    goto(page, "/overview?unit=vn63-an-giang&year=2022&base=2021&lang=en")
    expect(page.locator("h1").first).to_contain_text("An Giang in 2022")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "year=2022" in page.url


def test_text_is_drawn_in_the_font_the_app_serves_itself(
    page: Page, goto: Callable[[Page, str], None]
) -> None:
    goto(page, "/")
    loaded = page.evaluate(
        "() => [...document.fonts].filter(font => font.family.includes('Be Vietnam Pro')"
        " && font.status === 'loaded').length"
    )
    assert loaded > 0
    assert "Be Vietnam Pro" in page.evaluate("() => getComputedStyle(document.body).fontFamily")
