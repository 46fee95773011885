"""What a meeting pack takes: seconds and peak memory, each beside an empty file of its kind."""

from __future__ import annotations

import io
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import docx
import openpyxl
import pptx

from analytics.board import knowledge
from analytics.scorecard import Scorecard, scorecard
from briefing.documents import agency_sheets, pack
from data import packs, queries
from data.build import ensure
from data.store import Store

REPEATS = 3
N_SHEETS = 20
AS_OF = date(2026, 11, 21)


def empty(format_: str) -> bytes:
    """An empty file of that kind, opened and saved by the library that draws ours."""
    made = {"docx": docx.Document, "pptx": pptx.Presentation, "xlsx": openpyxl.Workbook}[format_]
    target = io.BytesIO()
    made().save(target)
    return target.getvalue()


def taken(make: Callable[[], object]) -> tuple[float, float]:
    """Median seconds and peak memory [MB] of a call; the first one warms up."""
    make()
    seconds = []
    for _ in range(REPEATS):
        start = perf_counter()
        make()
        seconds.append(perf_counter() - start)
    tracemalloc.start()
    make()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return median(seconds), peak


def kon_tum(folder: Path) -> Scorecard:
    """The scorecard of the founding province in a store of its own."""
    store = Store(folder)
    ensure(store)
    return scorecard(
        knowledge(queries.tables(of=store)), unit_id="vn63-kon-tum", edition=2023, baseline=2022,
        as_of=AS_OF, sources=packs.sources(store),
    )  # fmt: skip


def twenty(card: Scorecard) -> int:
    """Pages of agencies until there are twenty, the scorecard's agencies over and over."""
    n_made = 0
    while n_made < N_SHEETS:
        for _ in agency_sheets.drawn(card, "docx"):
            n_made += 1
            if n_made == N_SHEETS:
                break
    return n_made


def lines() -> list[str]:
    """One line of Markdown per pack."""
    with tempfile.TemporaryDirectory() as folder:
        card = kon_tum(Path(folder))
        cases: list[tuple[str, str, Callable[[], object]]] = [
            ("One leader's page (DOCX)", "docx", lambda: pack.make("leader", "docx", card)),
            ("One full report (DOCX)", "docx", lambda: pack.make("special", "docx", card)),
            ("One deck of ten slides", "pptx", lambda: pack.make("slides", "pptx", card)),
            ("The annexes T1–T7", "xlsx", lambda: pack.make("annex", "xlsx", card)),
            (f"{N_SHEETS} agency sheets (DOCX)", "docx", lambda: twenty(card)),
        ]
        said = []
        for name, format_, make in cases:
            seconds, peak = taken(make)
            bare, bare_peak = taken(lambda kind=format_: empty(kind))  # type: ignore[misc]
            said.append(
                f"* {name}: {seconds:.2f} s and {peak:.1f} MB at most, **{seconds / bare:.0f} "
                f"times** the seconds and {peak / bare_peak:.0f} times the memory of an empty file."
            )
        return said


if __name__ == "__main__":
    print("\n".join(lines()))
    sys.exit(0)
