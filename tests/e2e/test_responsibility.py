"""The journey of an agency: its sheet says what the board says, and follows a reported figure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import harness

STORY = "unit=vn63-kon-tum&year=2023&base=2022"
DOCUMENT = "517/BCĐ-NC"
TARGET, MET = "Giảm ít nhất 20 %", "✔ Đạt"

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]


def verdicts(page: Page, target: str, named: str) -> list[str]:
    """Chips of the rows that speak of a target of one agency, by the shipped document.

    Other journeys on the same server leave targets of their own documents behind.
    """
    rows = page.locator("table.targets tbody tr", has_text=target).filter(has_text=named)
    return rows.filter(has_text=DOCUMENT).locator(".chip").all_inner_texts()


@pytest.mark.slow
def test_the_sheet_of_an_agency_agrees_with_the_board_and_follows_what_it_reports(
    page: Page, goto: Goto, rerun: Rerun, screenshot: Callable[[Page, str], Path]
) -> None:
    goto(page, f"/targets?{STORY}")
    named = "Sở Nội vụ tỉnh Kon Tum"
    asked = ("Tăng 05 bậc so với năm 2022", "Giảm ít nhất 5 %", "Giảm ít nhất 10 %")
    on_board = {target: verdicts(page, target, named) for target in asked}
    assert len(on_board[asked[0]]) == 2
    goto(page, f"/responsibility?{STORY}")
    harness.seen_on(page).leave()
    page.get_by_role("link", name=named).click()
    harness.settled(page, after_runs=1)
    expect(page.get_by_role("heading", name=named)).to_be_visible()
    expect(page.get_by_text("Nay là Sở Nội vụ tỉnh Quảng Ngãi")).to_be_visible()
    assert {target: verdicts(page, target, named) for target in asked} == on_board
    screenshot(page, "responsibility-desktop")

    office = f"/responsibility?{STORY}&who=ktm-van-phong-ubnd"
    goto(page, office)
    assert "Chưa đủ cơ sở" in verdicts(page, TARGET, "Văn phòng")[0]
    goto(page, f"/indicators?{STORY}")
    page.get_by_role("combobox", name="Chỉ tiêu cần nhập", exact=False).click()
    # The list shows only what fits; typing narrows it.
    page.keyboard.type("002-24")
    with rerun(page):
        page.keyboard.press("Enter")
    page.get_by_role("spinbutton", name="Giá trị đo được").fill("390")
    page.get_by_role("spinbutton", name="Giá trị năm gốc").fill("500")
    with rerun(page):
        page.get_by_role("button", name="Lưu số đo").click()
    expect(page.get_by_text("Đã lưu số đo; kết quả đã được tính lại.")).to_be_visible()
    row = page.locator("table.indicators tbody tr", has_text=TARGET)
    expect(row).to_contain_text("390 (năm gốc 500)")
    expect(row.locator(".chip")).to_contain_text("Đạt")
    goto(page, office)
    assert verdicts(page, TARGET, "Văn phòng") == [MET]
    goto(page, f"/targets?{STORY}")
    assert verdicts(page, TARGET, "Văn phòng") == [MET]
