"""A leader opens the link of a fall, reads why, and looks one level deeper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

LINK = "/why?unit=vn63-kon-tum&index=papi&year=2023&base=2022"


def test_from_the_paragraph_to_the_component_that_cost_most(
    page: Page,
    goto: Callable[[Page, str], None],
    rerun: Callable[[Page], AbstractContextManager[None]],
    screenshot: Callable[[Page, str], Path],
) -> None:
    goto(page, LINK)
    said = page.locator("p.said")
    expect(said).to_contain_text("từ hạng 54/61 xuống hạng 56/61")
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2)
    expect(page.get_by_test_id("stPlotlyChart").first).to_contain_text("không tách được")
    page.get_by_role("combobox", name="Chỉ số tổng hợp hoặc thành phần").fill("D6. Cung")
    with rerun(page):
        page.get_by_role("option", name="D6. Cung ứng dịch vụ công").click()
    expect(said).to_contain_text("“Cung ứng dịch vụ công” (PAPI, D6)")
    expect(page.get_by_test_id("stPlotlyChart").nth(1)).to_contain_text("D6.3.")
    assert "component=papi.services" in page.url, "the link reopens the level the reader reached"
    screenshot(page, "why-services")


def test_on_a_telephone_no_word_of_a_picture_runs_out_of_it(
    phone_page: Page, goto: Callable[[Page, str], None]
) -> None:
    goto(phone_page, LINK.replace("kon-tum", "quang-ngai"))
    outside = phone_page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].flatMap(chart => {
             const frame = chart.getBoundingClientRect();
             return [...chart.querySelectorAll('.main-svg text')]
               .filter(word => word.textContent.trim())
               .filter(word => { const box = word.getBoundingClientRect();
                                 return box.right > frame.right + 1 || box.left < frame.left - 1; })
               .map(word => word.textContent);
           })"""
    )
    assert outside == []
