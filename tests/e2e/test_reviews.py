"""The journey of a review: a sheet that will not close, then closes, and a plan that answers it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

ADDRESS = (
    "/reviews?unit=vn63-kon-tum&year=2023&base=2022&index=par_index&asof=2024-06-30"
    "&who=ktm-so-noi-vu"
)
MARKUP = "<script>alert(1)</script> ![x](https://example.org/x.png) chậm ban hành kế hoạch"

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]


def take_on_steering(page: Page, rerun: Rerun) -> None:
    page.get_by_text("Chỉ số thành phần nhận thêm (ngoài phần").first.click()
    page.locator('[data-testid="stCheckbox"]').filter(has_text="C1.").click()
    with rerun(page):
        page.get_by_role("button", name="Cập nhật phần việc").click()


def test_a_sheet_closes_only_when_complete_and_its_weakness_gets_a_plan(
    writer_page: Page, goto: Goto, rerun: Rerun, screenshot: Callable[[Page, str], Path]
) -> None:
    page = writer_page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    goto(page, ADDRESS)
    expect(page.get_by_text("Chưa có hạn chế nào trong phần việc")).to_be_visible()
    take_on_steering(page, rerun)
    expect(page.locator("table.review")).to_contain_text("nhận thêm")

    page.get_by_label("Trách nhiệm cá nhân").fill("Ông A, Trưởng phòng CCHC")
    with rerun(page):
        page.get_by_role("button", name="Khóa phiếu").click()
    expect(page.get_by_text("Chưa khóa được phiếu")).to_contain_text("thiếu nguyên nhân.")
    expect(page.get_by_text("Phiếu đang mở")).to_be_visible()
    expect(page.get_by_label("Trách nhiệm cá nhân")).to_have_value("Ông A, Trưởng phòng CCHC")

    page.get_by_role("textbox", name="Nguyên nhân").first.fill(MARKUP)
    with rerun(page):
        page.get_by_role("button", name="Khóa phiếu").click()
    expect(page.get_by_text("Đã khóa ngày")).to_be_visible()
    expect(page.locator("table.plain").first).to_contain_text(MARKUP)
    screenshot(page, "reviews-closed")

    page.get_by_role("tab", name="Kế hoạch khắc phục").click()
    without = page.get_by_text("Hạn chế chưa có nhiệm vụ khắc phục")
    expect(without).to_contain_text("C1. Công tác chỉ đạo")
    expect(page.get_by_role("textbox", name="Nguyên nhân").last).to_have_value(MARKUP)
    for label, value in (
        ("Việc phải làm (rõ việc)", "Ban hành kế hoạch CCHC <b>năm 2024</b>"),
        ("Người thực hiện (rõ người)", "Bà B, chuyên viên"),
        ("Các bước thực hiện (rõ quy trình)", "Dự thảo, lấy ý kiến, trình ký"),
        ("Trách nhiệm (rõ trách nhiệm)", "Phòng CCHC chịu trách nhiệm trước Giám đốc Sở"),
        ("Thước đo hoàn thành", "Kế hoạch được ký ban hành"),
    ):
        page.get_by_role("textbox", name=label).fill(value)
    for label, digits in (("Ngày bắt đầu", "01052024"), ("Thời hạn", "31052024")):
        page.get_by_role("group", name=label).get_by_role("spinbutton").first.click()
        page.keyboard.type(digits)
    with rerun(page):
        page.get_by_role("button", name="Lưu nhiệm vụ").click()
    expect(page.get_by_text("Chưa lưu được nhiệm vụ: thiếu rõ kết quả.")).to_be_visible()
    page.get_by_role("textbox", name="Sản phẩm, kết quả (rõ kết quả)").fill(
        "Kế hoạch của UBND tỉnh"
    )
    with rerun(page):
        page.get_by_role("button", name="Lưu nhiệm vụ").click()
    expect(page.get_by_text("Mọi hạn chế đều đã có nhiệm vụ khắc phục.")).to_be_visible()
    expect(without).to_have_count(0)
    plan = page.locator("table.plan")
    expect(plan).to_contain_text("quá hạn 30 ngày")
    expect(plan).to_contain_text("<b>năm 2024</b>")
    expect(plan.locator("b")).to_have_count(0)
    screenshot(page, "reviews-plan")
    assert dialogs == []
