"""The journey of a what-if: change a component, see the result, save it, lay two side by side."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

ADDRESS = "/scenario?unit=vn63-kon-tum&year=2023&base=2022&index=papi"
NAME = "Nâng D4 <b>thêm</b> & giữ nguyên"

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]


def typed(page: Page, rerun: Rerun, label: str, value: str) -> None:
    box = page.get_by_label(label, exact=False).first
    with rerun(page):
        box.fill(value)
        box.press("Enter")


def save(page: Page, rerun: Rerun, name: str) -> None:
    page.get_by_label("Tên kịch bản").fill(name)
    page.get_by_label("Người lập").fill("Nguyễn Văn A")
    with rerun(page):
        page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu kịch bản.")).to_be_visible()


def test_a_changed_component_is_answered_at_once_saved_and_compared(
    page: Page, goto: Goto, rerun: Rerun, screenshot: Callable[[Page, str], Path]
) -> None:
    goto(page, ADDRESS)
    expect(page.get_by_text("Kịch bản, không phải số liệu công bố").first).to_be_visible()
    typed(page, rerun, "D4. Kiểm soát tham nhũng", "7")
    answer = page.locator(".answer.scenario")
    expect(answer).to_contain_text("40,70 điểm")
    expect(answer).to_contain_text("từ hạng 56/61")
    expect(answer).to_contain_text("hạng 49: sẽ đạt")
    save(page, rerun, NAME)
    with rerun(page):
        page.get_by_role("button", name="Mức giữa bảng").click()
    expect(answer).not_to_contain_text("40,70 điểm")
    save(page, rerun, "Lên mức giữa bảng")
    table = page.locator("table.compared")
    expect(table.locator("th")).to_have_count(3)
    expect(table).to_contain_text(NAME)
    expect(table).to_contain_text("Nguyễn Văn A")
    expect(table.locator("b")).to_have_count(0)
    screenshot(page, "scenario-desktop")
