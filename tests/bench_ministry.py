"""`make bench-ministry`: a store of a ministry's size, from building it to the pages of a commune.

Three sizes are measured in one run, one, ten and a hundred times the units of today's provinces,
with the same criteria, years and indices, so that growth shows. All figures are made up.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psutil
from playwright.sync_api import Page, sync_playwright

from analytics import board
from data import kept
from data.store import Store
from tests import bench, ministry
from tests.bench_pages import Counted, empty_app
from tests.e2e import harness

REPORT = bench.ROOT / "docs" / "performance-ministry.md"
UNITS = (34, 332, 3321)
TURNS = 2
YEAR = ministry.LAST_YEAR
CHOICE = f"year={YEAR}&base={YEAR - 1}&index=synthetic_a"
PAGES = {
    "Tổng quan": f"/?{CHOICE}",
    "Chỉ tiêu": f"/targets?{CHOICE}",
    "Khoảng cách": f"/gaps?{CHOICE}",
    "Cần bao nhiêu điểm, một tiêu chí": f"/points?{CHOICE}&component=synthetic_a.c03.k05",
    "Cần bao nhiêu điểm, toàn chỉ số": f"/points?{CHOICE}",
    "Vì sao đổi hạng": f"/why?{CHOICE}",
    "So sánh": f"/compare?{CHOICE}",
    "Kịch bản": f"/scenario?{CHOICE}",
    "Bảng nhiệt": f"/heat?{CHOICE}",
}


@dataclass
class Visits:
    """One page: seconds of warm visits and of first visits by other communes, and its bytes."""

    warm: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    frames: int = 0


@dataclass
class Scale:
    """What one size took."""

    units: int
    n_figures: int
    built: float
    megabytes: float
    kept_first: float
    kept_megabytes: float
    write: float
    kept_again: float
    first_page: float = 0.0
    empty: list[float] = field(default_factory=list)
    memory: float = 0.0
    pages: dict[str, Visits] = field(default_factory=dict)


def _seconds(page: Page, url: str) -> float:
    began = perf_counter()
    harness.goto(page, url)
    return perf_counter() - began


def _keep(store: Store) -> float:
    began = perf_counter()
    kept.kept_places(store, board.ranked_and_grouped, method=board.METHOD)
    return perf_counter() - began


def _change_one_edition(store: Store) -> float:
    """Change one edition of one index, as a load does: the file is copied, changed, published."""
    began = perf_counter()
    with store.write() as connection:
        connection.execute(
            "UPDATE figure SET score = score * 0.999 WHERE index_id = ? AND edition = ?",
            ["synthetic_a", YEAR],
        )
    return perf_counter() - began


def built(folder: Path, units: int) -> Scale:
    """Make a store of one size and keep its places."""
    store = Store(folder / "store")
    took = ministry.fill(store, ministry.Size(communes=units))
    first = _keep(store)
    write = _change_one_edition(store)
    again = _keep(store)
    places = (store.folder / kept.FOLDER).glob("*.parquet")
    return Scale(
        units=units,
        n_figures=int(took["n_figures"]),
        built=sum(took[name] for name in ("reference", "catalogue", "figures")),
        megabytes=store.path().stat().st_size / 1e6,
        kept_first=first,
        kept_megabytes=sum(path.stat().st_size for path in places) / 1e6,
        write=write,
        kept_again=again,
    )


def visited(scale: Scale, folder: Path) -> None:
    """Visit the pages of a commune in turn with an empty page between them."""
    with (
        harness.cold_server(folder / "bare", app=empty_app(folder / "bare")) as bare,
        harness.cold_server(folder) as ours,
        sync_playwright() as engine,
    ):
        browser = harness.launch(engine)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
        page = context.new_page()
        seen = harness.watch(page)
        counted = Counted(page)
        scale.first_page = _seconds(page, f"{ours.url}{PAGES['Tổng quan']}&unit=synthetic-0001")
        for turn in range(TURNS + 1):
            for name, path in PAGES.items():
                visits = scale.pages.setdefault(name, Visits())
                took = _seconds(page, bare.url)
                counted.take()
                mine = _seconds(page, f"{ours.url}{path}&unit=synthetic-0001")
                _, visits.frames = counted.take()
                other = ministry.unit_id(2 + turn * (scale.units // (TURNS + 2)))
                another = _seconds(page, f"{ours.url}{path}&unit={other}")
                # The first turn warms the server and the browser's cache.
                if turn:
                    scale.empty.append(took)
                    visits.warm.append(mine)
                    visits.others.append(another)
        scale.memory = _memory(ours.url)
        if seen.console_errors:
            raise RuntimeError(f"the console says: {seen.console_errors}")
        browser.close()


def _memory(url: str) -> float:
    """Megabytes the server at an address holds."""
    port = url.rpartition(":")[2]
    for one in psutil.Process().children(recursive=True):
        if any(port in word for word in one.cmdline()):
            return float(one.memory_info().rss) / 1e6
    raise RuntimeError("no server is running")


def measure(folder: Path) -> list[Scale]:
    """All sizes, one after the other."""
    scales = []
    for units in UNITS:
        place = folder / str(units)
        scale = built(place, units)
        print(scale, flush=True)
        visited(scale, place)
        print(scale, flush=True)
        scales.append(scale)
    return scales


def lines(folder: Path) -> list[str]:
    """Tables of building, of the pages, and of the bytes."""
    scales = measure(folder)
    heads = [f"{scale.units:,} units" for scale in scales]
    table = [
        "| | " + " | ".join(heads) + " |",
        "|---" * (len(scales) + 1) + "|",
    ]

    def row(what: str, values: list[str]) -> str:
        return f"| {what} | " + " | ".join(values) + " |"

    table += [
        row("Made-up figures", [f"{one.n_figures:,}" for one in scales]),
        row("Build the store", [f"{one.built:.1f} s" for one in scales]),
        row("Size of the store", [f"{one.megabytes:,.0f} MB" for one in scales]),
        row("Places of all editions, first time", [f"{one.kept_first:.1f} s" for one in scales]),
        row("Size of the kept places", [f"{one.kept_megabytes:,.0f} MB" for one in scales]),
        row("Write a change to one edition", [f"{one.write:.1f} s" for one in scales]),
        row("Places after it", [f"{one.kept_again:.1f} s" for one in scales]),
        row("First page of a new process", [f"{one.first_page:.1f} s" for one in scales]),
        row("Memory of the process at the end", [f"{one.memory:,.0f} MB" for one in scales]),
    ]
    table += [
        "",
        "| Page of one commune | " + " | ".join(heads) + " |",
        "|---" * (len(scales) + 1) + "|",
        row("empty page", [f"{statistics.median(one.empty):.2f} s" for one in scales]),
    ]
    for name in PAGES:
        visits = [one.pages[name] for one in scales]
        both = list(zip(scales, visits, strict=True))
        table += [
            row(f"{name}, warm", [_beside(one, seen.warm) for one, seen in both]),
            row(f"{name}, another commune", [_beside(one, seen.others) for one, seen in both]),
            row(f"{name}, over the connection", [f"{s.frames / 1000:.0f} kB" for s in visits]),
        ]
    return table


def _beside(scale: Scale, seconds: list[float]) -> str:
    found = statistics.median(seconds)
    return f"{found:.2f} s, {found / statistics.median(scale.empty):.1f} ×"


def main() -> None:
    """Measure, print, and write docs/performance-ministry.md."""
    os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    conditions = bench.machine()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        found = lines(Path(name))
    size = ministry.Size()
    text = [
        "# Performance at the size of a ministry",
        "",
        f"Written by `make bench-ministry` on {bench.TODAY.isoformat()}; do not edit. All",
        f"figures are made up: {size.criteria} criteria, {size.years} years, {size.indices}",
        f"indices, seed {size.seed}, beside the shipped reference. A page is seen when its last",
        "element is drawn; `×` is against the empty page of the same run.",
        "",
        *conditions,
        "",
        *found,
        "",
    ]
    REPORT.write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
