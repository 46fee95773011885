"""Making a meeting pack in a browser: choose, make, download, approve, find it again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from analytics.difference import figure_difference
from data import batches, queries
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.store import Store
from tests.e2e import harness

pytestmark = pytest.mark.e2e
STORY = "unit=vn63-kon-tum&year=2023&base=2022"
AN = Actor("Nguyễn An", Role.ANALYST)
LONGEST = 60_000
# Published: 39.96129608154297 points.
TOTAL = "39,96 → 40,96"


def test_a_deck_is_made_downloaded_approved_and_tells_what_changed_since(
    page: Page, server: harness.Server, tmp_path: Path
) -> None:
    harness.goto(page, f"/briefing?{STORY}&kind=slides&index=papi")
    expect(page.get_by_text("Loại này không có phần chữ")).to_be_visible()
    with harness.rerun(page):
        page.get_by_role("button", name="Lập báo cáo").click()
    download = page.get_by_role("button", name="Tải bao-cao-slides-kon-tum-2023.pptx")
    expect(download).to_be_visible(timeout=LONGEST)
    with page.expect_download() as waiting:
        download.click()
    saved = tmp_path / "deck.pptx"
    waiting.value.save_as(saved)
    assert any("chart" in name for name in zipfile.ZipFile(saved).namelist())

    with harness.rerun(page):
        page.get_by_role("button", name="Phê duyệt và lưu bản cố định").click()
    expect(page.get_by_text("Đã lưu bản cố định")).to_be_visible(timeout=LONGEST)
    expect(download).to_be_visible()
    assert "Không có con số nào thay đổi" in checked(page)

    store = Store(server.store)
    batch = one_point_more(store)
    try:
        harness.goto(page, f"/briefing?{STORY}&kind=slides&index=papi")
        said = checked(page)
        assert "con số đã thay đổi" in said
        assert f"PAPI 2023, điểm: {TOTAL}" in said
    finally:
        batches.undo(store, batch, by=AN)


def checked(page: Page) -> str:
    """What the newest approved pack says of its figures."""
    pack = page.locator("[data-testid=stExpander]").filter(has_text="Trình chiếu mười trang, 2023")
    pack.locator("summary").click()
    with harness.rerun(page):
        pack.get_by_role("button", name="Kiểm tra con số thay đổi").click()
    alert = pack.get_by_test_id("stAlert")
    expect(alert).to_be_visible(timeout=LONGEST)
    return pack.inner_text()


def one_point_more(store: Store) -> str:
    """Load PAPI 2023 anew with one point more for Kon Tum; the id of the load."""
    held = queries.figures("papi", of=store, now=batches.END_OF_TIME)
    incoming = held.loc[held["edition"] == 2023].copy()
    own = (incoming["unit_id"] == "vn63-kon-tum") & (incoming["component_id"] == "papi")
    assert own.sum() == 1
    incoming.loc[own, "score"] += 1
    cells = figure_difference(held, incoming).assign(
        index_id="papi", score_origin="published", rank_origin=None, source_id="papi_2023",
        note=None,
    )  # fmt: skip
    nothing = pd.DataFrame(columns=list(batches._EDITION))
    facts = BatchFacts(file_name="papi-2023.xlsx", index_id="papi")
    return batches.load(store, cells, nothing, facts, b"papi", by=AN)


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
        with page.expect_download(timeout=LONGEST) as waiting:
            page.get_by_role("button", name=label).click()
        saved = tmp_path / "file"
        waiting.value.save_as(saved)
        assert saved.read_bytes().startswith(start), label
