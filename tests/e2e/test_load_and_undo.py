"""The analyst's morning: a faulty workbook, mended, loaded, seen on the board, taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from data.build import REFERENCE
from data.indices import load_catalogue
from data.intake.template import workbook
from data.units import UnitRegister

Rerun = Callable[[Page], AbstractContextManager[None]]
HEADER_ROWS = 5


def filled(fault: bool) -> bytes:
    """PAPI 2024 in our own template: 34.0 points for all, Kon Tum far ahead; or with a fault."""
    made = workbook(
        "papi", 2024, load_catalogue(REFERENCE / "indices"), UnitRegister.load(REFERENCE)
    )
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book.worksheets[0]
    total = next(
        cell.column
        for row in sheet.iter_rows(max_row=HEADER_ROWS)
        for cell in row
        if "tổng 8" in str(cell.value).casefold()
    )
    names = {str(sheet.cell(row, 1).value): row for row in range(1, sheet.max_row + 1)}
    for at, (name, row) in enumerate(sorted(names.items())):
        if sheet.cell(row, 1).value and row > HEADER_ROWS:
            sheet.cell(row, total).value = 70.0 if name == "Kon Tum" else 30 + at / 10
    if fault:
        sheet.cell(names["Kon Tum"], total).value = 700
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def choose(page: Page, rerun: Rerun, name: str, content: bytes) -> None:
    with rerun(page):
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )


def test_a_workbook_is_judged_mended_loaded_seen_on_the_board_and_taken_back(
    cold_page: Page,
    goto: Callable[[Page, str], None],
    rerun: Rerun,
    screenshot: Callable[[Page, str], Path],
) -> None:
    # On a server of its own: what is loaded here is no other test's figure.
    page = cold_page
    board = "/?unit=vn63-kon-tum&index=papi&year=2024&base=2022"
    goto(page, board)
    expect(page.locator(".tile").first).to_contain_text("60/61")

    goto(page, "/upload")
    choose(page, rerun, "papi-2024.xlsx", filled(fault=True))
    expect(page.get_by_text("Lỗi phải sửa trước khi nạp (1)")).to_be_visible()
    expect(page.locator("table.plain").first).to_contain_text("700")
    assert page.get_by_role("button", name="Nạp số liệu").count() == 0

    goto(page, "/upload")
    choose(page, rerun, "papi-2024.xlsx", filled(fault=False))
    expect(page.get_by_role("heading", name="Xem trước thay đổi")).to_be_visible()
    expect(page.get_by_text("Chỉ tiêu đổi kết quả hoặc yêu cầu")).to_be_visible()
    page.get_by_label("Người nạp").fill("Nguyễn <b>An</b>")
    page.get_by_label("Văn bản nguồn (số, ký hiệu)").fill("Số liệu thử")
    page.get_by_text("Tôi đã xem").click()
    with rerun(page):
        page.get_by_role("button", name="Nạp số liệu").click()
    expect(page.get_by_text("Đã nạp xong, lần nạp B000001")).to_be_visible()

    goto(page, board)
    expect(page.locator(".tile").first).to_contain_text("1/63")

    goto(page, "/history")
    expect(page.locator("table.plain").first).to_contain_text("Nguyễn <b>An</b>")
    page.get_by_label("Người hoàn tác").fill("Trần Bình")
    page.get_by_text("Tôi chắc chắn").click()
    with rerun(page):
        page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Đã hoàn tác lần nạp B000001")).to_be_visible()

    goto(page, board)
    expect(page.locator(".tile").first).to_contain_text("60/61")
