"""Fixtures every test can ask for: a page inside its frame, a cold server, a watched browser."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import pytest
import streamlit as st
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from analytics import board
from analytics.board import Knowledge
from analytics.schema import Tables
from commands import reading
from data import accounts
from tests import on_shared, postgresql
from tests.e2e import harness
from ui.frame import FIRST

ROOT = Path(__file__).resolve().parents[1]
PAGE_SECONDS = 60
OPENED_STORE: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        on_shared.OPTION, choices=["embedded", on_shared.SHARED], default="embedded",
        help="kind of store that stands behind every folder a test asks for",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    on_shared.begin(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The browser's journeys come first: two workers then end at about the same time."""
    items.sort(key=lambda item: "/e2e/" not in item.nodeid)
    on_shared.skip_what_is_about_folders(config, items)


@pytest.fixture(scope="session", autouse=True)
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of this test process's own: two processes cannot hold one DuckDB file."""
    folder = tmp_path_factory.mktemp("store")
    before = os.environ.get("RANKINGS_STORE")
    os.environ["RANKINGS_STORE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["RANKINGS_STORE"]
    else:
        os.environ["RANKINGS_STORE"] = before


@pytest.fixture(scope="session", autouse=True)
def ranked_once() -> Iterator[None]:
    """Commands asked one after the other in this process rank a snapshot once, not every time."""
    made: dict[tuple[object, ...], Knowledge] = {}

    def remembered(tables: Tables) -> Knowledge:
        # What is held back changes figures of one and the same snapshot.
        key = (tables.version, len(tables.figures), tables.figures["score"].sum())
        if key not in made:
            made.clear()
            made[key] = board.knowledge(tables)
        return made[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "knowledge", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_at_once() -> Iterator[None]:
    """A hash of a password is made in a thousandth of the time it takes an office."""
    with pytest.MonkeyPatch.context() as patched:
        cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patched.setattr(accounts, "_HASHER", cheap)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of this test process's own; without one these tests say so and skip."""
    with contextlib.ExitStack() as running:
        try:
            server = running.enter_context(postgresql.running())
        except LookupError as fault:
            pytest.skip(str(fault))
        yield server


@pytest.fixture
def open_page(store_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`open_page("targets", unit="vn63-kon-tum")`: the page as app.py frames it, with its URL.

    AppTest forgets before every run that the app navigates by st.navigation and would, because
    there is a folder pages/, run a page alone. Here it remembers, as a visited server does.

    A server has one store as long as it lives; where a test brings a store of its own, what was
    kept of another one is forgotten first.
    """
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", type("Visited", (PagesManager,), {}))
    # AppTest reads the papers of every installed package before every run, to find components.
    monkeypatch.setattr(
        BidiComponentManager, "discover_and_register_components", lambda *_, **__: None
    )

    def opened(name: str, **query: str) -> AppTest:
        if (now := [os.environ["RANKINGS_STORE"]]) != OPENED_STORE:
            st.cache_resource.clear()
            st.cache_data.clear()
            OPENED_STORE[:] = now
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PAGE_SECONDS)
        for key, value in query.items():
            app.query_params[key] = value
        if name != FIRST:
            app.switch_page(f"pages/{name}.py")
        return app.run()

    return opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    """One server for tests that do not mind who came before; none may leave a traceback."""
    with harness.stocked_server(tmp_path_factory.mktemp("server")) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture(scope="session")
def written_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    """The same for tests that write: what they add is counted by nobody else."""
    with harness.stocked_server(tmp_path_factory.mktemp("written")) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture
def cold_server(tmp_path: Path) -> Iterator[harness.Server]:
    """A server nobody has visited, with an empty store."""
    with harness.cold_server(tmp_path) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


OPEN_BROWSER: list[tuple[contextlib.ExitStack, harness.Tabs]] = []


@pytest.fixture(scope="module")
def tabs() -> harness.Tabs:
    """Tabs of the one browser of this test process."""
    if not OPEN_BROWSER:
        with contextlib.ExitStack() as opening:
            engine = opening.enter_context(sync_playwright())
            if not harness.has_browser(engine):
                pytest.fail(harness.NO_BROWSER, pytrace=False)
            held = harness.Tabs(engine)
            opening.callback(held.browser.close)
            OPEN_BROWSER.append((opening.pop_all(), held))
    return OPEN_BROWSER[0][1]


@pytest.fixture(scope="module")
def browser(tabs: harness.Tabs) -> Browser:
    """Chromium."""
    return tabs.browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Closes the browser before other tests: while it is open it occupies the thread."""
    try:
        return (yield)
    finally:
        if OPEN_BROWSER and (nextitem is None or "/e2e/" not in nextitem.nodeid):
            OPEN_BROWSER.pop()[0].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Remembers how the test itself went, for fixtures that clear up after it."""
    report = yield
    if report.when == "call":
        item.stash[CALL_FAILED] = report.failed
    return report


CALL_FAILED = pytest.StashKey[bool]()


def _watched_page(
    tabs: harness.Tabs, request: pytest.FixtureRequest, size: tuple[int, int], base_url: str
) -> Iterator[Page]:
    page = tabs.new(base_url, size)
    seen = harness.seen_on(page)
    yield page
    failed = request.node.stash.get(CALL_FAILED, True)
    if failed:
        page.screenshot(path=harness.ARTIFACTS / f"{request.node.name}.png")
    page.close()
    if not failed:
        assert seen.console_errors == [], "the browser's console shows errors"
        assert seen.foreign_requests == [], "the page asked another host"


@pytest.fixture
def page(
    tabs: harness.Tabs, server: harness.Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A desktop page on `server`; console errors and requests to elsewhere fail the test."""
    yield from _watched_page(tabs, request, harness.DESKTOP, server.url)


@pytest.fixture
def writer_page(
    tabs: harness.Tabs, written_server: harness.Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A desktop page on `written_server`."""
    yield from _watched_page(tabs, request, harness.DESKTOP, written_server.url)


@pytest.fixture
def phone_page(
    tabs: harness.Tabs, server: harness.Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The same on a telephone."""
    yield from _watched_page(tabs, request, harness.PHONE, server.url)


@pytest.fixture
def cold_page(
    tabs: harness.Tabs, cold_server: harness.Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A desktop page on `cold_server`, the first visitor it will have."""
    yield from _watched_page(tabs, request, harness.DESKTOP, cold_server.url)
