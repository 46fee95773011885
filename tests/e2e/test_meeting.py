"""Find a thing by name, send the view, keep it, show it on the wall, and print it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from locales.calendar import today
from tests.e2e import harness

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]
STORY = "unit=vn63-kon-tum&year=2023&base=2022"
PAPER_WIDTH = 703  # A4 less the margins of ui/print.css [CSS pixels]


def asked(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def copied_link(page: Page) -> str:
    """Press the button and read what the browser now holds."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép liên kết").click()
    expect(page.locator("#copy-link-said")).to_contain_text("Đã sao chép")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_name_typed_without_diacritics_leads_by_keyboard_to_its_page(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/gaps?{STORY}&index=papi")
    box = page.get_by_test_id("stSidebar").get_by_role("textbox", name="Tìm kiếm")
    box.focus()
    page.keyboard.type("the che")
    with rerun(page):
        page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_have_text("Tìm kiếm")
    assert asked(page.url)["q"] == "the che"
    first = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink").first
    expect(first).to_contain_text("Cải cách thể chế")
    first.focus()
    with rerun(page):
        page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_contain_text("C2. Cải cách thể chế (PAR INDEX)")
    assert asked(page.url)["component"] == "par_index.institutions"


def test_the_copied_link_reopens_the_very_view_as_known_today(
    page: Page, goto: Goto, rerun: Rerun, tabs: harness.Tabs, server: harness.Server
) -> None:
    goto(page, f"/map?{STORY}&index=papi&measure=gain&component=papi.services")
    link = copied_link(page)
    assert asked(link) == {
        "unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "papi",
        "measure": "gain", "component": "papi.services", "asof": today().isoformat(),
    }  # fmt: skip
    assert date.fromisoformat(asked(link)["asof"])
    receiver = tabs.new(server.url)
    goto(receiver, link)
    shown = [one.get_by_test_id("stPlotlyChart").inner_text() for one in (page, receiver)]
    # Where a line of the title breaks depends on the width of the window.
    assert "".join(shown[0].split()) == "".join(shown[1].split())
    assert "D6. Cung ứng dịch vụ công" in shown[0].replace("\n", " ")
    # Copied again, the link is the same: what is known by a day stays that day's.
    assert asked(copied_link(receiver)) == asked(link)
    receiver.close()


def test_a_favourite_reopens_its_view_on_the_page_itself(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/heat?{STORY}&index=papi&printed=score")
    side = page.get_by_test_id("stSidebar")
    side.get_by_text("Mục yêu thích (0)").click()
    title = page.get_by_role("textbox", name="Tên của khung nhìn này")
    title.fill("Điểm <b>PAPI</b> [x](y)")
    with rerun(page):
        page.get_by_role("button", name="Lưu khung nhìn này").click()
    expect(side.get_by_text("Mục yêu thích (1)")).to_be_visible()
    page.keyboard.press("Escape")
    goto(page, f"/heat?{STORY}&index=papi&printed=percentile")
    side.get_by_text("Mục yêu thích (1)").click()
    kept = page.get_by_role("link", name="Điểm <b>PAPI</b> [x](y)", exact=True)
    with rerun(page):
        kept.click()
    assert asked(page.url)["printed"] == "score"
    expect(page.get_by_role("combobox", name="Ghi trong ô")).to_have_value("Điểm")


def test_a_meeting_is_turned_by_the_arrow_keys_and_left_by_escape(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/projector?{STORY}&index=papi")
    for part in ("stSidebar", "stHeader"):
        expect(page.get_by_test_id(part)).to_be_hidden()
    bar = page.locator(".st-key-projector_bar")
    expect(bar).to_contain_text("1/8")
    for view in ("2/8", "3/8"):
        with rerun(page):
            page.keyboard.press("ArrowRight")
        expect(bar).to_contain_text(view)
    charts = page.get_by_test_id("stPlotlyChart")
    expect(charts).to_have_count(1)
    size = page.evaluate(
        "() => Math.min(...[...document.querySelectorAll('.annotation text, .ytick text')]"
        ".map(text => parseFloat(getComputedStyle(text).fontSize)"
        " * Number(document.querySelector('[data-testid=\"stPlotlyChart\"]').style.zoom || 1)))"
    )
    assert size >= 11, "the smallest letter of the chart, the source line"
    # The script of the page fits the chart into what the bar leaves, some frames after it is drawn.
    page.wait_for_function(
        "() => document.querySelector('.main-svg').getBoundingClientRect()"
        ".bottom <= document.querySelector('.st-key-projector_bar').getBoundingClientRect().top + 1"
    )
    with rerun(page):
        page.keyboard.press("ArrowLeft")
    expect(bar).to_contain_text("2/8")
    with rerun(page):
        page.keyboard.press("Escape")
    expect(page.locator("h1").first).to_have_text("Kon Tum năm 2023")
    assert "view" not in asked(page.url)


VISIBLE = """
names => names.filter(name => [...document.querySelectorAll(name)]
  .some(part => part.getBoundingClientRect().height > 0))
"""
# Heard after the page's own listener has fitted its pictures to the sheet.
PRINTED_WIDTHS = """
() => window.addEventListener("beforeprint", () => {
  window.printedWidths = [...document.querySelectorAll('[data-testid="stPlotlyChart"] .main-svg')]
    .map(chart => chart.getBoundingClientRect().width);
})
"""
OFF_PAPER = (
    '[data-testid="stSidebar"]', '[data-testid="stHeader"]', '[data-testid="stTopNav"]', ".linkbar",
    '[data-testid="stMain"] button', '[data-testid="stSelectbox"]', ".modebar",
)  # fmt: skip


def test_a_page_is_printed_without_menus_with_whole_charts_and_repeated_heads(
    page: Page, goto: Goto
) -> None:
    goto(page, f"/gaps?{STORY}&index=papi")
    page.evaluate(PRINTED_WIDTHS)
    paper = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper, "A4, upright"
    widths = page.evaluate("window.printedWidths")
    assert widths
    assert max(widths) <= PAPER_WIDTH
    page.emulate_media(media="print")
    assert page.evaluate(VISIBLE, list(OFF_PAPER)) == []
    head = page.locator(".print-head")
    expect(head).to_contain_text("Kon Tum · PAPI · năm 2023, năm gốc 2022")
    expect(head).to_contain_text("Nguồn: PAPI")
    look = "part => getComputedStyle(part).display"
    assert page.locator("table.board thead").first.evaluate(look) == "table-header-group"
    assert page.locator("table.board td").first.evaluate(look) == "table-cell"


def test_a_term_explains_itself_on_focus_and_is_put_away_by_escape(page: Page, goto: Goto) -> None:
    goto(page, f"/gaps?{STORY}&index=papi")
    term = page.locator("th abbr.term").first
    shown = "part => getComputedStyle(part, '::after').content"
    assert term.evaluate(shown) == "none"
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    definition = str(term.get_attribute("data-tip"))
    assert definition
    assert definition[:20] in str(term.evaluate(shown))
    page.keyboard.press("Escape")
    assert term.evaluate(shown) == "none"
