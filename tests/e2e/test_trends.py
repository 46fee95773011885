"""A leader follows a line over the merger, and sets provinces side by side."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

TRENDS = "/trends?unit=vn63-kon-tum&index=papi&year=2024&base=2022"
COMPARE = "/compare?unit=vn63-kon-tum&index=papi&year=2024&base=2022"
OUTSIDE = """
() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].flatMap(chart => {
  const frame = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('.main-svg text')]
    .filter(word => word.textContent.trim())
    .filter(word => { const box = word.getBoundingClientRect();
                      return box.right > frame.right + 1 || box.left < frame.left - 1; })
    .map(word => word.textContent);
})"""
TOO_WIDE = "() => document.documentElement.scrollWidth > window.innerWidth"


def test_from_the_line_of_kon_tum_to_the_estimate_of_the_new_province(
    page: Page,
    goto: Callable[[Page, str], None],
    rerun: Callable[[Page], AbstractContextManager[None]],
    screenshot: Callable[[Page, str], Path],
) -> None:
    goto(page, TRENDS)
    charts = page.get_by_test_id("stPlotlyChart")
    expect(charts).to_have_count(2)
    expect(charts.first).to_contain_text("hạng 60/61 năm 2024")
    with rerun(page):
        page.get_by_text("34 đơn vị, ước tính", exact=True).click()
    expect(charts.first).to_contain_text("≈\u00a026 trong 33 đơn vị chung năm 2024")
    assert "geo=estimated" in page.url, "the link reopens the way of looking"
    with rerun(page):
        page.get_by_text("Các đơn vị trước sáp nhập, cạnh nhau", exact=True).click()
    expect(charts.first).to_contain_text("Quảng Ngãi (cũ)")
    assert "geo=predecessors" in page.url
    screenshot(page, "trends-predecessors")


def test_the_place_and_its_number_ranked_are_read_on_hover(
    page: Page, goto: Callable[[Page, str], None]
) -> None:
    goto(page, TRENDS)
    chart = page.get_by_test_id("stPlotlyChart").first
    points = chart.locator(".scatterlayer .trace .points path")
    boxes = [box for at in range(points.count()) if (box := points.nth(at).bounding_box())]
    newest = max((box for box in boxes if box["width"] > 6), key=lambda box: box["x"])
    page.mouse.move(newest["x"] - 40, newest["y"])
    page.mouse.move(newest["x"] + newest["width"] / 2, newest["y"] + newest["height"] / 2, steps=4)
    expect(chart.locator(".hoverlayer")).to_contain_text("năm 2024hạng 60/61")


def test_the_comparison_holds_two_pictures_and_reopens_the_units_chosen(
    page: Page, goto: Callable[[Page, str], None], screenshot: Callable[[Page, str], Path]
) -> None:
    goto(page, f"{COMPARE}&units=vn63-gia-lai,vn63-ha-noi")
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2)
    expect(page.locator("table.compare")).to_contain_text("Hà Nội")
    assert "units=" in page.url
    screenshot(page, "compare")


@pytest.mark.parametrize(
    "link",
    [
        TRENDS,
        *(pytest.param(link, marks=pytest.mark.slow)
          for link in (f"{TRENDS}&geo=predecessors", COMPARE, f"{COMPARE}&geo=estimated")),
    ],
)  # fmt: skip
def test_on_a_telephone_nothing_runs_out_of_the_pictures_or_the_page(
    phone_page: Page, goto: Callable[[Page, str], None], link: str
) -> None:
    goto(phone_page, link)
    assert phone_page.evaluate(OUTSIDE) == []
    assert not phone_page.evaluate(TOO_WIDE)
