"""What a reader is told while nothing can be read yet: work that lasts, faults, a lost server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.e2e import axe, harness

# A page of the same frame that can be told to last and to fall.
APP = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
import locales
from ui import themes
from ui.frame import STYLE
locales.use(st.query_params.get("lang", "vi"))
st.html(STYLE)
themes.document()
st.title("Trang thử")
if st.button("Việc lâu"):
    time.sleep(3)
if "fall" in st.query_params:
    raise RuntimeError("a secret of the server")
"""
WORKING = "Đang xử lý, xin chờ…"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    folder = tmp_path_factory.mktemp("trial")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    with harness.cold_server(
        folder, app=folder / "app.py", settings={"client.showErrorDetails": "none"}
    ) as running:
        yield running


@pytest.fixture
def at_trial(tabs: harness.Tabs, trial: harness.Server) -> Iterator[Page]:
    page = tabs.new(trial.url)
    yield page
    page.close()


def test_work_that_lasts_more_than_a_second_is_said_and_seen(at_trial: Page) -> None:
    told = at_trial.locator("#at-work")
    harness.goto(at_trial, "/")
    with harness.rerun(at_trial):
        at_trial.get_by_role("button", name="Việc lâu").click()
        expect(told).to_have_text(WORKING)
        assert told.get_attribute("role") == "status", "read out without taking the keyboard away"
        assert told.bounding_box()["height"] > 20
    expect(told).to_have_text("")


def test_work_that_is_done_at_once_is_not_spoken_of(at_trial: Page) -> None:
    at_trial.add_init_script(
        "window.told = []; addEventListener('DOMContentLoaded', () => new MutationObserver(() => {"
        " const at = document.querySelector('#at-work'); if (at) window.told.push(at.textContent);"
        "}).observe(document.body, { childList: true, subtree: true, characterData: true }));"
    )
    harness.goto(at_trial, "/")
    expect(at_trial.locator("#at-work")).to_have_count(1)
    assert set(at_trial.evaluate("() => window.told")) == {""}


def test_a_fault_of_ours_is_one_sentence_that_says_what_to_do_and_tells_no_secret(
    at_trial: Page,
) -> None:
    harness.goto(at_trial, "/?fall=1")
    box = at_trial.get_by_test_id("stException")
    expect(box).to_contain_text("Trang này gặp lỗi ngoài dự kiến")
    expect(box).to_contain_text("báo người quản trị")
    expect(at_trial.locator("body")).not_to_contain_text("secret")
    expect(at_trial.locator("body")).not_to_contain_text("Streamlit")
    harness.goto(at_trial, "/?fall=1&lang=en")
    expect(box).to_contain_text("tell the administrator")
    expect(at_trial.locator("body")).not_to_contain_text("Streamlit")


def test_an_address_that_is_no_page_is_answered_in_the_language_of_the_reader(page: Page) -> None:
    harness.goto(page, "/khong-co-trang")
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("Không có trang này")
    expect(window).to_contain_text("Không có trang nào ở địa chỉ này")
    expect(window).not_to_contain_text("requested")
    assert axe.violations(page) == []
    # Streamlit writes the same sentence to the console; it is the only one.
    assert [
        line for line in harness.seen_on(page).console_errors if "seem to exist" not in line
    ] == []
    harness.seen_on(page).console_errors.clear()
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)
    expect(page.locator("h1").first).to_contain_text("Kon Tum")


@pytest.mark.slow
def test_a_lost_server_is_named_as_such(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    with contextlib.ExitStack() as both:
        server = both.enter_context(harness.cold_server(tmp_path, app=tmp_path / "app.py"))
        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        harness.watch(page)
        harness.goto(page, "/")
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("Mất kết nối với máy chủ", timeout=30_000)
    expect(window).not_to_contain_text("Streamlit server")
    context.close()


def test_the_form_to_sign_in_passes_the_same_audit(tabs: harness.Tabs, tmp_path: Path) -> None:
    with harness.cold_server(tmp_path, environment={"RANKINGS_SIGN_IN": "accounts"}) as server:
        for size in (harness.DESKTOP, harness.PHONE, (320, 256)):
            page = tabs.new(server.url, size)
            page.goto("/")
            expect(page.locator("h1")).to_be_visible()
            assert axe.violations(page) == []
            wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0
            assert page.evaluate("() => document.fonts.check('16px \"Be Vietnam Pro\"')")
            page.close()
