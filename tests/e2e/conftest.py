"""Everything in this folder drives a browser, and says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e import harness

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def goto() -> Callable[[Page, str], None]:
    """`goto(page, "/targets?unit=vn63-kon-tum")` returns when the page is drawn."""
    return harness.goto


@pytest.fixture
def rerun() -> Callable[[Page], AbstractContextManager[None]]:
    """`with rerun(page): button.click()` returns when the run it causes is drawn."""
    return harness.rerun


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """`screenshot(page, "targets-phone")` keeps the whole page as a picture."""

    def taken(page: Page, name: str) -> Path:
        return harness.screenshot(page, harness.ARTIFACTS / f"{name}.png")

    return taken
