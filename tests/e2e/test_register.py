"""The journey of a decision: paste its sentence, confirm, see the board follow, edit, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

STORY = "unit=vn63-kon-tum&year=2023&base=2022"
SENTENCE = (
    "Phấn đấu Chỉ số Cải cách hành chính (PAR INDEX), Chỉ số Hiệu quả quản trị và hành chính công "
    "(PAPI), Chỉ số Năng lực cạnh tranh (PCI) tăng 05 bậc so với năm 2022 và năm sau phải cao hơn "
    "năm trước"
)
NUMBER = "77/NQ-TU <b>thử</b>"
AGENCY = "Sở Nội vụ tỉnh Kon Tum"

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]


def fill(page: Page, rerun: Rerun, label: str, value: str) -> None:
    box = page.get_by_label(label, exact=True).first
    with rerun(page):
        box.fill(value)
        box.press("Tab")


def press(page: Page, rerun: Rerun, name: str) -> None:
    with rerun(page):
        page.get_by_role("button", name=name, exact=True).first.click()


def test_a_sentence_becomes_six_targets_on_the_board_and_each_change_is_in_the_history(
    writer_page: Page, goto: Goto, rerun: Rerun, screenshot: Callable[[Page, str], Path]
) -> None:
    page = writer_page
    goto(page, f"/targets?{STORY}")
    board = page.locator("table.targets").first
    rows_before = board.locator("tbody tr").count()

    goto(page, f"/register?{STORY}&view=paste")
    fill(page, rerun, "Câu trong văn bản", SENTENCE)
    press(page, rerun, "Đọc câu")
    expect(page.get_by_text("Đọc được 06 chỉ tiêu.", exact=False)).to_be_visible()
    fill(page, rerun, "Số, ký hiệu (để trống nếu là bản nháp)", NUMBER)
    fill(page, rerun, "Cơ quan ban hành", "Tỉnh ủy Kon Tum")
    day = page.get_by_role("group", name="Ngày ban hành (để trống nếu chưa có)")
    day.get_by_role("spinbutton").first.click()
    page.keyboard.type("09012023")
    with rerun(page):  # the day counts when its calendar closes
        page.get_by_text("Văn bản và cơ quan", exact=True).click()
    lead = page.get_by_label("Cơ quan chủ trì", exact=False).first
    lead.click()
    lead.fill("Sở Nội vụ")
    with rerun(page):
        lead.press("Enter")
    page.keyboard.press("Escape")
    screenshot(page, "register-paste-desktop")
    press(page, rerun, "Xác nhận 06 chỉ tiêu")
    expect(page.get_by_text("Đã lưu 06 chỉ tiêu vào sổ.")).to_be_visible()

    goto(page, f"/targets?{STORY}")
    mine = board.locator("tbody tr").filter(has_text=NUMBER)
    expect(mine).to_have_count(6)
    expect(board.locator("tbody tr")).to_have_count(rows_before + 6)
    expect(mine.first).to_contain_text(f"Chủ trì: {AGENCY}")
    expect(mine.first).to_contain_text("09/01/2023")

    goto(page, f"/register?{STORY}")
    pick = page.get_by_label("Chọn chỉ tiêu để xem, sửa hoặc rút").first
    pick.click()
    pick.fill("PAPI: Tăng 05 bậc so với năm 2022 · 77/NQ-TU")
    with rerun(page):
        pick.press("Enter")
    page.get_by_text("Sửa chỉ tiêu", exact=True).click()
    fill(page, rerun, "Mức phải đạt", "6")
    press(page, rerun, "Lưu thay đổi")
    history = page.locator("table.history")
    expect(history).to_contain_text("Mức: 5 → 6")
    expect(page.get_by_text("Năm 2023 phải xếp hạng 48 hoặc cao hơn.", exact=False)).to_be_visible()

    page.get_by_text("Rút chỉ tiêu", exact=True).click()
    fill(page, rerun, "Lý do rút", "Giao lại <script>alert(1)</script>")
    press(page, rerun, "Rút")
    expect(history).to_contain_text("Trạng thái: Có hiệu lực → Đã rút")
    expect(history).to_contain_text("Giao lại <script>alert(1)</script>")
    screenshot(page, "register-history-desktop")

    goto(page, f"/targets?{STORY}")
    expect(mine).to_have_count(5)
    expect(board.locator("tbody tr")).to_have_count(rows_before + 5)
