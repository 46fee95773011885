"""Making a meeting pack in a browser: choose, make, download, approve, find it again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import harness

pytestmark = pytest.mark.e2e
STORY = "unit=vn63-kon-tum&year=2023&base=2022"


def test_a_deck_is_made_downloaded_approved_and_unchanged(page: Page, tmp_path: Path) -> None:
    harness.goto(page, f"/briefing?{STORY}&kind=slides")
    expect(page.get_by_text("Loại này không có phần chữ")).to_be_visible()
    page.get_by_role("button", name="Lập báo cáo").click()
    download = page.get_by_role("button", name="Tải bao-cao-slides-kon-tum-2023.pptx")
    expect(download).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        download.click()
    saved = tmp_path / "deck.pptx"
    waiting.value.save_as(saved)
    assert any("chart" in name for name in zipfile.ZipFile(saved).namelist())
    page.get_by_role("button", name="Phê duyệt và lưu bản cố định").click()
    expect(page.get_by_text("Đã lưu bản cố định")).to_be_visible(timeout=60_000)
    page.get_by_text("Trình chiếu mười trang, 2023, phê duyệt ngày").first.click()
    page.get_by_role("button", name="Kiểm tra con số thay đổi").first.click()
    expect(page.get_by_text("Không có con số nào thay đổi")).to_be_visible(timeout=60_000)


def test_the_text_is_read_before_anything_is_made_and_a_telephone_shows_it(
    phone_page: Page,
) -> None:
    harness.goto(phone_page, f"/briefing?{STORY}&kind=leader")
    article = phone_page.locator("article.preview")
    expect(article).to_contain_text("43/63")
    expect(article).to_contain_text("[… cần bổ sung")
    wide = phone_page.evaluate("document.documentElement.scrollWidth")
    assert wide <= harness.PHONE[0]


def test_a_chart_offers_picture_drawing_and_figures(page: Page, tmp_path: Path) -> None:
    harness.goto(page, f"/gaps?{STORY}&index=papi")
    page.get_by_role("button", name="Tải biểu đồ và số liệu").click()
    starts = {"Ảnh PNG để in": b"\x89PNG", "Hình SVG": b"<?xml", "Số liệu CSV": b"\xef\xbb\xbf",
              "Số liệu Excel (XLSX)": b"PK"}  # fmt: skip
    for label, start in starts.items():
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        saved = tmp_path / "file"
        waiting.value.save_as(saved)
        assert saved.read_bytes().startswith(start), label
