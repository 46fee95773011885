"""One agency through all its pages: a sentence, the board, its sheet and plan, what it owes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

STORY = "unit=vn63-kon-tum&year=2023&base=2022"
AGENCY, WHO = "Sở Tài chính tỉnh Kon Tum", "ktm-so-tai-chinh"
SENTENCE = "Phấn đấu Chỉ số thành phần “Cải cách tài chính công” tăng 03 bậc so với năm 2022"
NUMBER, TASK = "88/KH-UBND", "Rà soát tiến độ giải ngân <i>hằng tháng</i>"

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]


def fill(page: Page, rerun: Rerun, label: str, value: str) -> None:
    box = page.get_by_label(label, exact=True).first
    with rerun(page):
        box.fill(value)
        box.press("Tab")


def type_day(page: Page, label: str, digits: str) -> None:
    page.get_by_role("group", name=label).get_by_role("spinbutton").first.click()
    page.keyboard.type(digits)


def confirm_the_sentence(page: Page, goto: Goto, rerun: Rerun) -> None:
    goto(page, f"/register?{STORY}&view=paste")
    fill(page, rerun, "Câu trong văn bản", SENTENCE)
    with rerun(page):
        page.get_by_role("button", name="Đọc câu").click()
    fill(page, rerun, "Số, ký hiệu (để trống nếu là bản nháp)", NUMBER)
    fill(page, rerun, "Cơ quan ban hành", "UBND tỉnh Kon Tum")
    type_day(page, "Ngày ban hành (để trống nếu chưa có)", "05022023")
    with rerun(page):  # the day counts when its calendar closes
        page.get_by_text("Văn bản và cơ quan", exact=True).click()
    lead = page.get_by_label("Cơ quan chủ trì", exact=False).first
    lead.click()
    lead.fill(AGENCY)
    with rerun(page):
        lead.press("Enter")
    page.keyboard.press("Escape")
    with rerun(page):
        page.get_by_role("button", name="Xác nhận 01 chỉ tiêu").click()
    expect(page.get_by_text("Đã lưu 01 chỉ tiêu vào sổ.")).to_be_visible()


def plan_the_remedy(page: Page, rerun: Rerun) -> None:
    page.get_by_role("tab", name="Kế hoạch khắc phục").click()
    for label, value in (
        ("Việc phải làm (rõ việc)", TASK),
        ("Người thực hiện (rõ người)", "Bà B, Trưởng phòng Ngân sách"),
        ("Các bước thực hiện (rõ quy trình)", "Tổng hợp, đối chiếu, báo cáo"),
        ("Trách nhiệm (rõ trách nhiệm)", "Phòng Ngân sách chịu trách nhiệm trước Giám đốc Sở"),
        ("Sản phẩm, kết quả (rõ kết quả)", "Báo cáo tiến độ của Sở"),
        ("Thước đo hoàn thành", "12 báo cáo trong năm"),
    ):
        page.get_by_role("textbox", name=label).fill(value)
    type_day(page, "Ngày bắt đầu", "01052024")
    type_day(page, "Thời hạn", "31122024")
    with rerun(page):
        page.get_by_role("button", name="Lưu nhiệm vụ").click()


def test_a_sentence_gives_an_agency_a_target_and_its_weakness_a_task_on_its_own_page(
    writer_page: Page, goto: Goto, rerun: Rerun, screenshot: Callable[[Page, str], Path]
) -> None:
    page = writer_page
    confirm_the_sentence(page, goto, rerun)
    goto(page, f"/targets?{STORY}")
    on_board = page.locator("table.targets tbody tr").filter(has_text=NUMBER)
    expect(on_board).to_have_count(1)
    expect(on_board).to_contain_text(f"Chủ trì: {AGENCY}")
    verdict = on_board.locator(".chip").all_inner_texts()

    goto(page, f"/reviews?{STORY}&index=par_index&who={WHO}")
    page.get_by_role("textbox", name="Nguyên nhân").first.fill("Giải ngân chậm <b>quý I</b>")
    page.get_by_label("Trách nhiệm cá nhân").first.fill("Ông A, Phó Giám đốc")
    with rerun(page):
        page.get_by_role("button", name="Lưu phiếu").click()
    plan_the_remedy(page, rerun)
    expect(page.locator("table.plan")).to_contain_text("<b>quý I</b>")

    goto(page, f"/responsibility?{STORY}&who={WHO}")
    own = page.locator("table.targets tbody tr").filter(has_text=NUMBER)
    expect(own).to_have_count(1)
    assert own.locator(".chip").all_inner_texts() == verdict
    task = page.locator("table tbody tr").filter(has_text=TASK)
    expect(task).to_contain_text("31/12/2024")
    expect(task).to_contain_text("quá hạn")
    expect(task.locator("i")).to_have_count(0)
    screenshot(page, "responsibility-journey")
