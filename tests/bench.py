"""`make bench`: how long building, calculating and showing take, measured in one run.

Every figure is a median of a few repeats with its extremes. Absolute times belong to the machine;
the ratios against an empty Streamlit page on the same machine are what can be compared.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import psutil
from playwright.sync_api import Browser, sync_playwright

from analytics.board import Knowledge, board, judged, knowledge
from analytics.component_split import component_split_history
from analytics.rank_split import rank_split_history
from analytics.scenario import Peers, what_if
from analytics.uncertainty import DRAWS, errors_used, simulated_ranks
from data import queries
from data.build import ensure
from data.store import Store
from tests import bench_briefing, bench_growth, bench_intake, bench_pages, bench_users
from tests.e2e import harness
from ui.frame import FIRST

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "performance.md"
TODAY = datetime.now(UTC).date()
REPEATS = 5
PAGE_GOAL = 1.5
COLD_REPEATS = 3
COMMUNES = 3321  # two-tier local government: as many communes as there are since 2025
OVERVIEW = "/?unit=vn63-kon-tum&year=2023"
LIBRARIES_ALONE = "streamlit, pandas, duckdb, plotly.graph_objects"
OURS = "server, ui.frame, ui.tables, ui.lens, ui.download, charts.standing_lines"
LIBRARIES = ("streamlit", "pandas", "numpy", "duckdb", "plotly", "playwright")


@dataclass(frozen=True)
class Figure:
    """One measured thing: its label and the seconds of every repeat."""

    label: str
    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def row(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        spread = f"{low:.3f} to {high:.3f} s"
        return f"| {self.label} | {self.median:.3f} s | {spread} | {len(self.seconds)} |"


def seconds_to(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def timed(label: str, work: Callable[[], object], repeats: int = REPEATS) -> Figure:
    """Seconds of each of a few repeats."""
    figure = Figure(label, [seconds_to(work) for _ in range(repeats)])
    print(figure.row(), flush=True)
    return figure


# ------------------------------------------------------------------------------ store, calculation


def store_figures(folder: Path) -> list[Figure]:
    """Building, checking and changing the store."""
    fresh = (Store(folder / str(number)) for number in range(COLD_REPEATS))
    built = Store(folder / "0")

    def write() -> None:
        with built.write() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('bench', '1')")

    return [
        timed("Build the store from the reference", lambda: ensure(next(fresh)), COLD_REPEATS),
        timed("Find the store up to date", lambda: ensure(built)),
        timed("Write one row: copy the snapshot, change it, publish it", write),
    ]


def asked_of_everyone(known: Knowledge) -> pd.DataFrame:
    """Every target, asked of every province of the 63 in every year, against the year before."""
    units = known.tables.units
    # Hà Tây had ended before any target was set.
    is_one_of_63 = (units["geography"] == "vn63") & (units["unit_id"] != "vn63-ha-tay")
    provinces = units.loc[is_one_of_63, ["unit_id"]]
    everyone = known.tables.targets.drop(columns="unit_id").merge(provinces, how="cross")
    everyone["target_id"] += "@" + everyone["unit_id"]
    for period in ("baseline_edition", "first_edition", "last_edition"):
        everyone[period] = pd.array([pd.NA] * len(everyone), dtype="Int64")
    return everyone


def calculation_figures(of: Store, known: Knowledge) -> tuple[list[Figure], str]:
    """Reading, ranking and judging; and how many targets the large evaluation judged."""
    tables = known.tables
    everyone = asked_of_everyone(known)
    years = sorted({int(year) for year in tables.editions["edition"]})
    n_judged = len(judged(known, everyone, editions=years, as_of=TODAY))
    n_units = everyone["unit_id"].nunique()
    asked = f"{len(tables.targets)} targets × {n_units} provinces × {len(years)} years"
    return [
        timed("Read every table of the store", lambda: queries.tables(of=of)),
        timed("Rank and group everything", lambda: knowledge(tables)),
        timed(
            f"Evaluate all targets for all provinces and years in one call: {asked}",
            lambda: judged(known, everyone, editions=years, as_of=TODAY),
            COLD_REPEATS,
        ),
        timed(
            "Board of one province (Kon Tum 2023)",
            lambda: board(
                replace(known, answers={}), unit_id="vn63-kon-tum", edition=2023, as_of=TODAY
            ),
        ),
    ], f"{asked} = {n_judged} verdicts"


def command_figures(of: Store) -> list[Figure]:
    """The command line as a process of its own, imports included."""
    command = [
        sys.executable,
        "manage.py",
        "board",
        "--unit",
        "Kon Tum",
        "--year",
        "2023",
        "--json",
    ]
    environment = os.environ | {"RANKINGS_STORE": str(of.folder)}

    def run() -> None:
        subprocess.run(
            command, cwd=ROOT, env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL
        )

    return [
        timed("`manage.py board … --json`, whole process", run, COLD_REPEATS),
        timed(f"Import {LIBRARIES_ALONE}, nothing of ours", imported(LIBRARIES_ALONE)),
        timed("Import every module the app imports to show its first page", imported(OURS)),
    ]


def imported(names: str) -> Callable[[], None]:
    """Imports those modules in a process of its own, the start of Python included."""
    code = f"import {names}"

    def run() -> None:
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)

    return run


# ------------------------------------------------------------------------ why, and what it takes


def why_figures(known: Knowledge) -> tuple[list[Figure], list[str]]:
    """Explaining every change, answering one what-if, and drawing ranks for few and many units."""
    tables = known.tables
    given = {
        index_id: (
            tables.figures.loc[tables.figures["index_id"] == index_id],
            {
                "editions": tables.editions.loc[tables.editions["index_id"] == index_id],
                "weights": tables.weights.loc[tables.weights["index_id"] == index_id],
                "breaks": tables.breaks.loc[tables.breaks["index_id"] == index_id],
            },
        )
        for index_id in ("papi", "pci")
    }

    def explain_all() -> None:
        for figures, context in given.values():
            rank_split_history(figures, **context)
            component_split_history(figures, **context)

    papi, context = given["papi"]
    parts = papi["component_id"][papi["component_id"].str.fullmatch(r"papi\.[a-z]+")]
    changes = {part: 0.1 for part in parts.unique() if part != "papi.weighted_total"}

    def ask() -> None:
        what_if(
            papi, unit_id="vn63-kon-tum", edition=2024, editions=context["editions"],
            changes=changes, peers=Peers.MOVING,
        )  # fmt: skip

    few = errors_used(papi, tables.errors, edition=2023)
    chance = np.random.default_rng(0)
    many = pd.DataFrame(
        {
            "unit_id": [f"synthetic-{number}" for number in range(COMMUNES)],
            "score": chance.normal(few["score"].mean(), few["score"].std(), COMMUNES),
            "standard_error": few["standard_error"].median(),
        }
    )
    short = timed(
        f"{DRAWS} draws of the ranks of {len(few)} provinces",
        lambda: simulated_ranks(few, draws=DRAWS),
    )
    long = timed(
        f"{DRAWS} draws of the ranks of {COMMUNES} synthetic units",
        lambda: simulated_ranks(many, draws=DRAWS),
        COLD_REPEATS,
    )
    growth = long.median / short.median
    figures = [
        timed("Explain all provinces in all year pairs of PAPI and PCI", explain_all, COLD_REPEATS),
        timed("Answer one what-if on all dimensions, peers moving", ask),
        short,
        long,
    ]
    said = (
        f"* Rank draws: {COMMUNES / len(few):.0f} times the units take **{growth:.0f} times** the "
        "seconds."
    )
    return figures, [said]


# ------------------------------------------------------------------------------------------ intake


def intake_ratio() -> list[str]:
    """Reading and judging a workbook of the publishers' largest size against plain pandas."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "PAPI 2018.xlsx"
        path.write_bytes(bench_intake.invented())
        found = bench_intake.measure(path)
    return [
        f"* Reading, understanding and judging a workbook of {found['file_kb']:.0f} kB takes "
        f"**{found['ratio']} times** the processor time of `pandas.read_excel` with openpyxl, "
        f"which only reads it ({found['intake_processor_seconds']} s against "
        f"{found['pandas_openpyxl_processor_seconds']} s).",
        f"* Memory for it: {found['intake_peak_mb']} MB in the app, {found['reader_peak_mb']} MB "
        f"in the child that reads, {found['pandas_openpyxl_peak_mb']} MB with plain pandas.",
    ]


# --------------------------------------------------------------------------------------- rendering


@dataclass
class Page:
    """One page on servers nobody visited before, and what visits to it took."""

    name: str
    app: Path
    path: str
    has_store: bool
    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: float = 0.0

    def visit(self, browser: Browser, place: Path) -> None:
        """Start a server, come with an empty browser cache, and come again."""
        if self.has_store:
            ensure(Store(place / "store"))
        with harness.cold_server(place, app=self.app) as server:
            process = serving()
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
            page = context.new_page()
            harness.watch(page)
            busy = bench_users.processor(process)
            self.first.append(seconds_to(lambda: harness.goto(page, server.url + self.path)))
            self.processor.append(bench_users.processor(process) - busy)
            for _ in range(COLD_REPEATS):
                self.later.append(seconds_to(lambda: harness.goto(page, server.url + self.path)))
            self.memory = max(self.memory, process.memory_info().rss / 1e6)
            context.close()

    @property
    def figures(self) -> list[Figure]:
        """First visits, the server's part in them, and later visits."""
        return [
            Figure(f"{self.name}: first visit to a cold server, seen", self.first),
            Figure(f"{self.name}: first visit, processor time of the server", self.processor),
            Figure(f"{self.name}: later visits, seen", self.later),
        ]


def serving() -> psutil.Process:
    """The one server running below this process."""
    for one in psutil.Process().children(recursive=True):
        # A server stopped a moment ago may still be listed.
        with contextlib.suppress(psutil.Error):
            if "streamlit" in one.cmdline():
                return one
    raise RuntimeError("no server is running")


def pages(folder: Path) -> list[Page]:
    """The empty page, the overview as `make run` serves it, and the overview without a store.

    They are visited in turn, so that whatever else the machine does slows all of them down.
    """
    app = ROOT / "server.py"
    shown = [
        Page("Empty page", bench_pages.empty_app(folder / "empty"), "/", has_store=False),
        Page("Tổng quan", app, OVERVIEW, has_store=True),
        Page("Tổng quan without a store", app, OVERVIEW, has_store=False),
    ]
    with sync_playwright() as engine:
        browser = harness.launch(engine)
        for turn in range(COLD_REPEATS):
            for number, page in enumerate(shown):
                page.visit(browser, folder / f"server-{turn}-{number}")
        browser.close()
    return shown


# ----------------------------------------------------------------------------------------- report


def peak_memory() -> float:
    """Megabytes at most resident in this process so far."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def machine() -> list[str]:
    """What was measured on."""
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        names = [line.partition(":")[2].strip() for line in described.read_text().splitlines()
                 if line.startswith("model name")]  # fmt: skip
        model = names[0] if names else model
    load = f"; load before the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    memory = psutil.virtual_memory().total / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"* Machine: {model}, {os.cpu_count()} cores, {memory:.0f} GB; {platform.system()} "
        f"{platform.release()}{load}.",
        f"* Python {platform.python_version()}; {libraries}.",
    ]


def report(conditions: list[str], parts: dict[str, list[str]], day: date) -> str:
    """The whole page, its parts by heading."""
    said = [
        "# Performance",
        "",
        f"Written by `make bench` on {day.isoformat()}; do not edit. Times are medians with",
        "their extremes. They belong to the machine; compare the ratios.",
        "",
        *conditions,
        "",
    ]
    for heading, lines in parts.items():
        said += [f"## {heading}", "", *lines, ""]
    return "\n".join(said)


def with_part(text: str, heading: str, lines: list[str]) -> str:
    """A report with one of its parts written anew, or added at its end."""
    head, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = [part for part in parts if not part.startswith(f"## {heading}\n")]
    anew = "\n".join([f"## {heading}", "", *lines, ""])
    return head + anew + "\n" + "".join(kept)


@dataclass(frozen=True)
class Goal:
    """What we want, what this run reached, and what stands in the way where it did not."""

    wanted: str
    limit: float
    reached: float
    unit: str
    why_not: str

    @property
    def row(self) -> str:
        is_met = self.reached <= self.limit
        return (
            f"| {self.wanted} | {self.limit:g} {self.unit} | {self.reached:.2f} {self.unit} | "
            f"{'yes' if is_met else 'no: ' + self.why_not} |"
        )


def goals(
    walked: bench_pages.Walk, verdict: Figure, modules: Figure, libraries: Figure, session: float
) -> list[str]:
    """The goals, what was reached, and why where it was not."""
    ratios = {page.name: walked.times(page) for page in walked.pages}
    slowest = max(ratios, key=lambda name: ratios[name])
    n_within = sum(ratio <= PAGE_GOAL for ratio in ratios.values())
    changes = {name: statistics.median(many) * 1000 for name, many in walked.changes.items()}
    of_plain = changes.pop("plain")
    drawing = (
        f"the browser's drawing: Streamlit's own page with these controls and one chart, and "
        f"nothing of ours, takes {walked.times(walked.plain):.1f} ×"
    )
    wanted = [
        Goal(f"Every warm page beside an empty one (slowest: {slowest}; {n_within} of "
             f"{len(ratios)} pages are within)", PAGE_GOAL, ratios[slowest], "×", drawing),
        Goal("Tổng quan, warm, beside an empty page", PAGE_GOAL, ratios[FIRST], "×", drawing),
        *(
            Goal(f"Another province on {name}, to the last element", 300, found, "ms",
                 "the whole page runs and is drawn again at every choice; the plain page takes "
                 f"{of_plain:.0f} ms for one of its own")
            for name, found in changes.items()
        ),
        Goal("All targets for all units and years", 1, verdict.median, "s",
             "every kind of target is judged in its own pass over the places"),
        Goal("Import of the app", 2, modules.median, "s",
             f"Streamlit, pandas, DuckDB and Plotly alone take {libraries.median:.2f} s of it"),
        Goal("Memory of one session", 15, session, "MB",
             "what Streamlit keeps of a page for its reader"),
    ]  # fmt: skip
    return ["| Goal | Limit | Reached | Met |", "|---|--:|--:|---|", *(one.row for one in wanted)]


def pages_alone() -> None:
    """Measure the pages only, and write that part of docs/performance.md anew."""
    said = [f"Measured alone on {TODAY.isoformat()}:", "", *machine(), ""]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        walked = bench_pages.walk(Path(name))
    said += [*walked.table(), "", *walked.changed()]
    print("\n".join(said))
    text = with_part(REPORT.read_text(encoding="utf-8"), "Every page", said)
    REPORT.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure everything, print it, and write it to docs/performance.md."""
    if "--pages" in sys.argv:
        pages_alone()
        return
    os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    conditions = machine()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        figures = store_figures(folder)
        built = Store(folder / "0")
        known = knowledge(queries.tables(of=built))
        calculated, n_verdicts = calculation_figures(built, known)
        verdict = next(one for one in calculated if one.label.startswith("Evaluate all"))
        explained, drawn = why_figures(known)
        commands = command_figures(built)
        figures += [*calculated, *explained, *commands]
        own_memory = peak_memory()
        file_size = (built.folder / built.version()).stat().st_size / 1e6
        empty, overview, unbuilt = pages(folder)
        walked = bench_pages.walk(folder / "every")
    users, session = bench_users.measured()
    rendered = [*empty.figures, *overview.figures, unbuilt.figures[0]]
    for figure in rendered:
        print(figure.row(), flush=True)
    said = ("First visit to a cold server, seen", "First visit, processor time of the server",
            "Later visits, seen")  # fmt: skip
    ratios = [
        f"* {label}: Tổng quan takes **{own.median / bare.median:.1f} times** the empty page "
        f"({own.median:.2f} s against {bare.median:.2f} s)."
        for label, own, bare in zip(said, overview.figures, empty.figures, strict=True)
    ]
    parts = {
        "Goals": goals(walked, verdict, commands[2], commands[1], session),
        "Every page": [*walked.table(), "", *walked.changed()],
        "Beside other ways to the same answer": [
            *bench_growth.beside(), "", *intake_ratio(), *bench_briefing.lines(), *ratios,
        ],
        "How it grows": [*bench_growth.growth(), "", *users, "", *drawn],
        "Everything measured": [
            "| Measured | Median | From, to | Repeats |",
            "|---|---|---|---|",
            *(figure.row() for figure in [*figures, *rendered]),
        ],
        "Sizes": [
            f"* Verdicts in the large evaluation: {n_verdicts}.",
            f"* Store: {file_size:.1f} MB a snapshot.",
            f"* Memory: {own_memory:.0f} MB at most for building and calculating in one process; "
            f"{overview.memory:.0f} MB resident in the server after its visits, "
            f"{empty.memory:.0f} MB with the empty page.",
        ],
    }  # fmt: skip
    text = report(conditions, parts, TODAY)
    REPORT.write_text(text, encoding="utf-8")
    print("\n" + text)


if __name__ == "__main__":
    main()
