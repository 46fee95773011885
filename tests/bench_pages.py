"""Every page of the app against an empty Streamlit page: seconds to the last element, and bytes.

All pages are visited in turn on one warm server, the empty one between them, so that whatever else
the machine does slows all of them down. A third server shows what Streamlit itself takes for a page
like ours: the same controls, four figures and one chart, with nothing behind them.
"""

from __future__ import annotations

import base64
import csv
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

CHOICE = "?unit=vn63-kon-tum&year=2023&base=2022&index=papi"
FIRST_CHOICE = "Kon Tum"
OTHERS = ("Gia Lai", "An Giang", "Hà Nội", "Đắk Nông")
TURNS = 3
PLAIN_EVERY = 6  # pages of ours between two visits to the plain one
PLAIN = """
from datetime import date

import plotly.graph_objects as go
import streamlit as st


def full():
    with st.sidebar:
        st.selectbox("Unit", UNITS)
        st.selectbox("Year", list(range(2025, 2010, -1)))
        st.selectbox("Index", ["All", "A", "B", "C", "D"])
        st.selectbox("Base", list(range(2024, 2010, -1)))
        st.date_input("Day", date(2025, 1, 1))
        st.text_input("Search")
        st.radio("Language", ["vi", "en"], horizontal=True)
        st.toggle("Contrast")
    st.title("Title")
    st.caption("Caption")
    for place in st.columns(4):
        place.metric("Index", 12, -3)
    st.subheader("Targets")
    st.write("Sentence")
    st.subheader("Components")
    st.plotly_chart(CHART)
    st.caption("Source")


def other():
    st.title("Title")


CHART = go.Figure(go.Bar(x=[5, 3, 8, 2, 6, 1, 4, 7], y=list("abcdefgh"), orientation="h"))
st.set_page_config(layout="wide")
pages = [st.Page(other, title=f"Page {n}", url_path=f"page{n}") for n in range(32)]
pages = [st.Page(full, title="Full", default=True), *pages]
st.navigation({f"Group {n}": pages[n::6] for n in range(6)}, position="top").run()
"""
# What `walk` found before the pages were made fast.
BEFORE = Path(__file__).with_name("bench_before.csv")
WHAT_IS_PLAIN = (
    "The plain page is Streamlit without us: a menu of 33 pages, eight controls beside the page, a "
    "title, four figures, three texts and one chart of eight bars, with nothing computed."
)
WHEN_BEFORE = (
    "“Before” is commit 5900269 of 2026-11-21, measured the same way on the same machine in the "
    "same hour (empty 0.46 s, Tổng quan 1.28 s)."
)
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


def empty_app(folder: Path) -> Path:
    """A Streamlit script that shows nothing, in a folder made for it."""
    folder.mkdir(parents=True)
    script = folder / "empty.py"
    script.write_text("import streamlit as st\n\nst.empty()\n", encoding="utf-8")
    return script


def plain_app(folder: Path) -> Path:
    """A Streamlit script with the controls of ours, in a folder made for it."""
    folder.mkdir(parents=True)
    script = folder / "plain.py"
    script.write_text(f"UNITS = {[FIRST_CHOICE, *OTHERS]}\n{PLAIN}", encoding="utf-8")
    return script


def walk(folder: Path) -> Walk:
    """Measure every page, and changing the province on some."""
    bare_app, plain_page = empty_app(folder / "bare"), plain_app(folder / "plain")
    place = folder / "warm"
    ensure(Store(place / "store"))
    with (
        harness.cold_server(folder / "bare", app=bare_app) as bare,
        harness.cold_server(folder / "plain", app=plain_page) as controls,
        harness.cold_server(place) as ours,
        sync_playwright() as engine,
    ):
        browser = harness.launch(engine)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
        page = context.new_page()
        harness.watch(page)
        counted = Counted(page)
        empty, plain = Visits("empty", bare.url), Visits("plain", controls.url)
        names = [name for group in PAGES.values() for name in group]
        pages = [
            Visits(name, f"{ours.url}/{'' if name == FIRST else name}{CHOICE}") for name in names
        ]
        for turn in range(TURNS + 1):
            for at, one in enumerate(pages):
                for visit in (empty, *([] if at % PLAIN_EVERY else [plain]), one):
                    took = _seconds(page, visit.url)
                    visit.documents, visit.frames = counted.take()
                    # The first turn warms the server and the browser's cache.
                    if turn:
                        visit.seconds.append(took)
        changed = [plain, *(one for one in pages if one.name in CHANGED)]
        changes = {one.name: _changed(page, one.url) for one in changed}
        browser.close()
    return Walk(empty, plain, pages, changes)


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


@dataclass(frozen=True)
class Walk:
    """What a walk over every page took, beside the empty page of the same walk."""

    empty: Visits
    plain: Visits
    pages: list[Visits]
    changes: dict[str, list[float]]

    def times(self, page: Visits) -> float:
        """How many times the empty page a page takes."""
        return page.median / self.empty.median

    def times_plain(self, page: Visits) -> float:
        """How many times the plain page with the same controls a page takes."""
        return page.median / self.plain.median

    def table(self) -> list[str]:
        """Every page: seconds, ratio now and as first measured, bytes."""
        rows = [
            "| Page, warm | Seconds | × empty page | × plain page | × empty before | kB sent | "
            "kB before |",
            "|---|--:|--:|--:|--:|--:|--:|",
            f"| empty | {self.empty.median:.2f} | 1.0 | {self.times_plain(self.empty):.1f} | 1.0 | "
            f"{self.empty.frames / 1000:.0f} | |",
            f"| plain | {self.plain.median:.2f} | {self.times(self.plain):.1f} | 1.0 | | "
            f"{self.plain.frames / 1000:.0f} | |",
        ]
        before = earlier()
        for page in self.pages:
            ratio, size = before.get(page.name, ("", ""))
            rows.append(
                f"| {page.name} | {page.median:.2f} | {self.times(page):.1f} | "
                f"{self.times_plain(page):.1f} | {ratio} | {page.frames / 1000:.0f} | {size} |"
            )
        return [*rows, "", WHAT_IS_PLAIN, "", WHEN_BEFORE]

    def changed(self) -> list[str]:
        """One sentence on changing the province, for every page where it was tried."""
        return [
            f"* Another province on {name}: {statistics.median(seconds) * 1000:.0f} ms to the last "
            f"element (from {min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})."
            for name, seconds in self.changes.items()
        ]


def earlier() -> dict[str, tuple[str, str]]:
    """By page: the ratio to the empty page and the kB, measured before the pages were made fast."""
    if not BEFORE.exists():
        return {}
    with BEFORE.open(encoding="utf-8", newline="") as rows:
        return {row["page"]: (row["ratio"], row["kb"]) for row in csv.DictReader(rows)}


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        found = walk(Path(place))
    print("\n".join([*found.table(), *found.changed()]))
