"""TEST DATA: an invented 34-unit edition goes from upload to board, trend, map and briefing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.new_edition import FILE, SOURCE, edition_workbook, place_of
from tests.official_look import file_passages

Rerun = Callable[[Page], AbstractContextManager[None]]
Goto = Callable[[Page, str], None]
VIEW = "unit=vn34-quang-ngai&index=papi&year=2025&base=2022"
LONGEST = 120_000


def choose(page: Page, rerun: Rerun, name: str, content: bytes) -> None:
    with rerun(page):
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )


def load(page: Page, goto: Goto, rerun: Rerun) -> None:
    """From the workbook to the figures, through the screen."""
    goto(page, "/upload")
    choose(page, rerun, FILE, edition_workbook())
    expect(page.get_by_role("heading", name="Xem trước thay đổi")).to_be_visible()
    page.get_by_label("Người nạp").fill("Người thử")
    page.get_by_label("Văn bản nguồn (số, ký hiệu)").fill(SOURCE)
    page.get_by_text("Tôi đã xem").click()
    with rerun(page):
        page.get_by_role("button", name="Nạp số liệu").click()
    expect(page.get_by_text("Đã nạp xong, lần nạp B000001")).to_be_visible()


def briefing(page: Page, goto: Goto, folder: Path) -> list[str]:
    """The leader's page of the new unit, as the file a reader downloads says it."""
    goto(page, f"/briefing?{VIEW}&kind=leader&format=docx")
    page.get_by_role("button", name="Lập báo cáo").click()
    offered = page.get_by_role("button", name="Tải bao-cao-leader-quang-ngai-2025.docx")
    expect(offered).to_be_visible(timeout=LONGEST)
    with page.expect_download() as waiting:
        offered.click()
    saved = folder / "leader.docx"
    waiting.value.save_as(saved)
    return file_passages(saved.name, saved.read_bytes(), folder)


def test_an_invented_edition_of_34_units_goes_from_upload_to_board_trend_map_and_briefing(
    cold_page: Page,
    goto: Goto,
    rerun: Rerun,
    screenshot: Callable[[Page, str], Path],
    tmp_path: Path,
) -> None:
    page = cold_page
    load(page, goto, rerun)
    place = place_of("Quảng Ngãi")

    goto(page, f"/?{VIEW.replace('papi', 'all')}")
    tile = page.locator(".tile").filter(has_text="PAPI")
    expect(tile).to_contain_text(f"{place}/34")
    box = page.locator(".estimate")
    expect(box).to_contain_text("không phải hạng được công bố")
    verdict = page.locator(".answer").first
    expect(verdict).to_contain_text("Chưa đủ cơ sở đánh giá (sáp nhập ngày 01/07/2025)")
    expect(box).to_contain_text("Ước tính, tham khảo: Quảng Ngãi ở khoảng vị trí 21 (năm 2022)")

    goto(page, f"/merger?{VIEW}")
    expect(page.locator(".answer .lead")).to_contain_text("Chưa đủ cơ sở đánh giá")
    expect(page.locator(".answer")).to_contain_text("sáp nhập ngày 01/07/2025")
    assert page.get_by_text("trong 33 đơn vị").count() > 0
    screenshot(page, "merger-test-data")

    goto(page, f"/rebasing?{VIEW}")
    expect(page.locator("table.rebasing").first).to_contain_text(f"{place}/34")

    goto(page, f"/trends?{VIEW}")
    expect(page.get_by_text(f"hạng {place}/34").first).to_be_visible()
    # The line of the present unit begins with its first edition.
    assert page.get_by_text("54/61").count() == 0

    goto(page, f"/map?{VIEW}")
    expect(page.get_by_text(f"xếp hạng {place}/34").first).to_be_visible()

    said = briefing(page, goto, tmp_path)
    preview = page.locator("article.preview")
    expect(preview).to_contain_text(f"{place}/34")
    assert any(f"{place}/34" in text for text in said), "the published place is in the file"
    assert any("chưa đủ cơ sở so sánh thứ hạng với năm 2022" in text for text in said)
    assert any("không so sánh thứ hạng trước và sau" in text for text in said)

    # A province that merged away is no unit of 2025; its own years stay.
    goto(page, "/?unit=vn63-kon-tum&index=papi&year=2025&base=2022")
    expect(page.get_by_text("Quảng Ngãi").first).to_be_visible()
    goto(page, "/?unit=vn63-kon-tum&index=papi&year=2024&base=2022")
    expect(page.locator(".tile").first).to_contain_text("60/61")


@pytest.mark.slow
def test_a_workbook_of_the_63_for_2025_is_recognised_and_explained(
    cold_page: Page, goto: Goto, rerun: Rerun
) -> None:
    page = cold_page
    goto(page, "/upload")
    choose(page, rerun, "papi-2025-63.xlsx", edition_workbook(old_names=True))
    expect(page.get_by_text("Lỗi phải sửa trước khi nạp")).to_be_visible()
    faults = page.locator("table.plain").first
    expect(faults).to_contain_text("“Kon Tum” không thuộc danh sách tỉnh, thành phố của năm 2025")
    expect(faults).to_contain_text("tương ứng là Quảng Ngãi")
    assert page.get_by_role("button", name="Nạp số liệu").count() == 0


pytestmark = pytest.mark.e2e
