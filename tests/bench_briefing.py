"""What a meeting pack takes: seconds and peak memory, each beside an empty file of its kind.

Every file is made in a process of its own, which holds the finished scorecard and nothing else.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 3
N_SHEETS = 20
AS_OF = date(2026, 11, 21)
# What is made, and the kind and format of it.
CASES = {
    "One leader's page (DOCX)": ("leader", "docx"),
    "One leader's page (PDF)": ("leader", "pdf"),
    "One full report with pictures (DOCX)": ("special", "docx"),
    "One full report with pictures (PDF)": ("special", "pdf"),
    "One deck of ten slides (PPTX)": ("slides", "pptx"),
    "The annexes T1–T7 (XLSX)": ("annex", "xlsx"),
    f"{N_SHEETS} agency sheets (DOCX)": ("agencies", "docx"),
    f"{N_SHEETS} agency sheets (PDF)": ("agencies", "pdf"),
}


@dataclass(frozen=True)
class Taken:
    """What making one file took in its process: median warm seconds, and the most memory [MB]."""

    seconds: float
    peak: float


def empty(format_: str) -> Callable[[], object]:
    """Opens and saves an empty file of that kind, by the library that draws ours."""
    if format_ == "pdf":
        import typst

        files = {"main.typ": b"#pagebreak(weak: true)"}
        # The stub of the library does not know that files may be handed in.
        return lambda: typst.compile(files, format="pdf")  # type: ignore[call-overload]
    target = io.BytesIO()
    if format_ == "docx":
        import docx

        return lambda: docx.Document().save(target)
    if format_ == "pptx":
        import pptx

        return lambda: pptx.Presentation().save(target)
    import openpyxl

    return lambda: openpyxl.Workbook().save(target)


def ours(kind: str, format_: str, held: Path) -> Callable[[], object]:
    """Makes one pack of the scorecard held in a file."""
    from briefing.documents import agency_sheets, pack

    card = pickle.loads(held.read_bytes())  # noqa: S301 - written a moment ago by this script
    if kind != pack.AGENCIES:
        return lambda: pack.make(kind, format_, card)

    def twenty() -> object:
        turns = (agency_sheets.drawn(card, format_) for _ in cycle([0]))  # type: ignore[arg-type]
        return list(islice((page for turn in turns for page in turn), N_SHEETS))

    return twenty


def inside(kind: str, format_: str, held: Path) -> Taken:
    """Measure in this process; the first call warms up."""
    make = ours(kind, format_, held) if kind else empty(format_)
    make()
    seconds = []
    for _ in range(REPEATS):
        start = perf_counter()
        make()
        seconds.append(perf_counter() - start)
    status = Path("/proc/self/status").read_text()
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return Taken(median(seconds), int(peak) / 1000)


def measured(kind: str, format_: str, held: Path) -> Taken:
    """The same in a child, which is told the rest on its command line."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench_briefing", kind, format_, str(held)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, peak = done.stdout.split()
    return Taken(float(seconds), float(peak))


def hold_kon_tum(folder: Path) -> Path:
    """The scorecard of the founding province, in a file."""
    from analytics.board import knowledge
    from analytics.scorecard import scorecard
    from data import packs, queries
    from data.build import ensure
    from data.store import Store

    store = Store(folder)
    ensure(store)
    card = scorecard(
        knowledge(queries.tables(of=store)), unit_id="vn63-kon-tum", edition=2023, baseline=2022,
        as_of=AS_OF, sources=packs.sources(store),
    )  # fmt: skip
    held = folder / "card"
    held.write_bytes(pickle.dumps(card))
    return held


def lines() -> list[str]:
    """One line of Markdown per pack."""
    with tempfile.TemporaryDirectory() as folder:
        held = hold_kon_tum(Path(folder))
        bare = {one: measured("", one, held) for _, one in CASES.values()}
        said = []
        for name, (kind, format_) in CASES.items():
            made, least = measured(kind, format_, held), bare[format_]
            said.append(
                f"* {name}: {made.seconds:.2f} s and {made.peak:.0f} MB at most in a process of "
                f"its own, **{made.seconds / least.seconds:.0f} times** the seconds and "
                f"**{made.peak / least.peak:.1f} times** the memory of an empty file "
                f"({least.seconds * 1000:.0f} ms, {least.peak:.0f} MB)."
            )
        return said


if __name__ == "__main__":
    if sys.argv[1:]:
        kind, format_, held = sys.argv[1:]
        taken = inside(kind, format_, Path(held))
        print(taken.seconds, taken.peak)
    else:
        print("\n".join(lines()))
