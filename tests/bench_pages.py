"""Every page of the app against an empty Streamlit page: seconds to the last element, and bytes.

All pages are visited in turn on one warm server, the empty one between them, so that whatever else
the machine does slows all of them down.
"""

from __future__ import annotations

import base64
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from playwright.sync_api import Page, sync_playwright

from data.build import ensure
from data.store import Store
from tests.e2e import harness
from ui.frame import FIRST, PAGES

ROOT = Path(__file__).resolve().parents[1]
EMPTY_PAGE = "import streamlit as st\n\nst.empty()\n"
CHOICE = "?unit=vn63-kon-tum&year=2023&base=2022&index=papi"
OTHERS = ("Gia Lai", "An Giang", "Hà Nội", "Đắk Nông")
TURNS = 3
# Pages where changing the province is what a reader does all the time.
CHANGED = ("overview", "gaps", "targets", "trends")


@dataclass
class Visits:
    """One page: seconds of its warm visits, and the bytes of one of them."""

    name: str
    url: str
    seconds: list[float] = field(default_factory=list)
    documents: int = 0
    frames: int = 0

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(self.seconds)


class Counted:
    """Bytes that reach one browser page, from files and over the connection."""

    def __init__(self, page: Page) -> None:
        self.documents = self.frames = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._loaded)
        session.on("Network.webSocketFrameReceived", self._heard)

    def _loaded(self, event: dict[str, Any]) -> None:
        self.documents += int(event["encodedDataLength"])

    def _heard(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        text = frame["payloadData"]
        self.frames += len(base64.b64decode(text)) if frame["opcode"] == 2 else len(text)

    def take(self) -> tuple[int, int]:
        """What came since the last time."""
        taken = self.documents, self.frames
        self.documents = self.frames = 0
        return taken


def measure(folder: Path) -> tuple[Visits, list[Visits], dict[str, list[float]]]:
    """The empty page, every page of ours, and the seconds changing the province took on some."""
    empty_app = folder / "bare" / "empty.py"
    empty_app.parent.mkdir(parents=True)
    empty_app.write_text(EMPTY_PAGE, encoding="utf-8")
    place = folder / "warm"
    ensure(Store(place / "store"))
    with (
        harness.cold_server(folder / "bare", app=empty_app) as bare,
        harness.cold_server(place) as ours,
        sync_playwright() as engine,
    ):
        browser = harness.launch(engine)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
        page = context.new_page()
        harness.watch(page)
        counted = Counted(page)
        empty = Visits("empty", bare.url)
        names = [name for group in PAGES.values() for name in group]
        pages = [
            Visits(name, f"{ours.url}/{'' if name == FIRST else name}{CHOICE}") for name in names
        ]
        for turn in range(TURNS + 1):
            for one in pages:
                for visit in (empty, one):
                    took = _seconds(page, visit.url)
                    visit.documents, visit.frames = counted.take()
                    # The first turn warms the server and the browser's cache.
                    if turn:
                        visit.seconds.append(took)
        changes = {one.name: _changed(page, one.url) for one in pages if one.name in CHANGED}
        browser.close()
    return empty, pages, changes


def _seconds(page: Page, url: str) -> float:
    began = perf_counter()
    harness.goto(page, url)
    return perf_counter() - began


def _changed(page: Page, url: str) -> list[float]:
    """Seconds from the click on another province to the last element, each seen once before."""
    harness.goto(page, url)
    box = page.get_by_test_id("stSidebar").get_by_role("combobox").first
    seconds = []
    for turn in range(2):
        for name in OTHERS:
            box.click()
            box.fill(name)
            option = page.get_by_role("option", name=name, exact=True)
            option.wait_for()
            began = perf_counter()
            with harness.rerun(page):
                option.click()
            if turn:
                seconds.append(perf_counter() - began)
    return seconds


def lines(folder: Path) -> tuple[list[str], list[str]]:
    """A table of every page, and one sentence on changing the province."""
    empty, pages, changes = measure(folder)
    table = [
        "| Page, warm | Seconds | × empty page | kB over the connection |",
        "|---|---|---|---|",
        f"| empty | {empty.median:.2f} | 1.0 | {empty.frames / 1000:.0f} |",
        *(
            f"| {one.name} | {one.median:.2f} | {one.median / empty.median:.1f} | "
            f"{one.frames / 1000:.0f} |"
            for one in pages
        ),
    ]
    said = [
        f"* Another province on {name}: {statistics.median(seconds) * 1000:.0f} ms to the last "
        f"element (from {min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})."
        for name, seconds in changes.items()
    ]
    return table, said
