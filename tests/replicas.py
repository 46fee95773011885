"""`make replicas`: two processes, one PostgreSQL, nginx before them; one process is killed.

Two analysts load editions while viewers read, all on loopback, for a bounded time. Afterwards no
load may be missing, the figures must be those of one process that did the same loads one after
another, and viewers of the process that lives on must have met no fault.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pandas as pd
import psutil

from analytics.difference import figure_difference
from data import accounts, batches, queries
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.build import ensure
from data.shared_store import SharedStore
from data.store import Store
from tests import postgresql
from tests.e2e import harness
from tests.load import PAGES, UNITS, Tally, Viewer
from ui.asking import COOKIE

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
# Each analyst has an index and an edition of it; loads of one touch nothing of the other.
ANALYSTS = (("papi", 2024), ("pci", 2023))
FRAME = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  log_format places '$rankings_process $upstream_addr $status';
  access_log {folder}/access.log places;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/replicas.conf;
  server {{ listen 127.0.0.1:{port}; location / {{ include {folder}/proxy.conf; }} }}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, servers: list[harness.Server]) -> Iterator[str]:
    """The shipped configuration before these processes; the address to open."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    shipped = (DEPLOY / "nginx-replicas.conf").read_text(encoding="utf-8")
    for name, server in zip(("127.0.0.1:8501", "127.0.0.1:8502"), servers, strict=True):
        assert name in shipped
        shipped = shipped.replace(name, server.url.removeprefix("http://"))
    (folder / "replicas.conf").write_text(shipped, encoding="utf-8")
    shutil.copyfile(DEPLOY / "rankings-proxy.conf", folder / "proxy.conf")
    port = harness.free_port()
    frame = folder / "nginx.conf"
    frame.write_text(FRAME.format(folder=folder, port=port), encoding="utf-8")
    process = subprocess.Popen([program, "-c", str(frame), "-p", str(folder)])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def place(viewer: Viewer) -> str:
    """The name nginx gave a viewer."""
    words = dict(one.split("=", 1) for one in viewer.cookie.split("; ") if "=" in one)
    return words.get("rankings_process", "")


def process_at(server: harness.Server) -> psutil.Process:
    port = server.url.rpartition(":")[2]
    (found,) = [
        child for child in psutil.Process().children()
        if f"--server.port={port}" in child.cmdline()
    ]  # fmt: skip
    return found


def loaded(store: Store, index_id: str, edition: int, number: int, by: Actor) -> None:
    """Load one edition as a workbook would bring it: every fifth score a little different."""
    held = queries.figures(index_id, of=store, now=batches.END_OF_TIME)
    rows = held.loc[held["edition"] == edition].copy()
    rows.loc[rows.index[::5], "score"] = [
        round(float(score) + (0.01 if number % 2 else -0.01), 4)
        for score in rows.loc[rows.index[::5], "score"]
    ]
    cells = figure_difference(held, rows).assign(
        index_id=index_id, score_origin="published", rank_origin=None,
        source_id=f"{index_id}_{edition}", note=None,
    )  # fmt: skip
    batches.load(
        store, cells, pd.DataFrame(columns=list(batches._EDITION)),
        BatchFacts(file_name=f"{index_id}-{number}.xlsx", index_id=index_id),
        f"{index_id} {number}".encode(), by=by,
    )  # fmt: skip


@dataclass
class Analyst:
    """Loads one edition again and again, as a process of its own would."""

    store: Store
    index_id: str
    edition: int
    done: int = 0
    faults: list[str] = field(default_factory=list)

    def work(self, until: float, pause: float) -> None:
        by = Actor(f"chuyên viên {self.index_id}", Role.ANALYST)
        wake = threading.Event()
        while monotonic() < until:
            try:
                loaded(self.store, self.index_id, self.edition, self.done, by)
                self.done += 1
            except Exception as fault:  # noqa: BLE001 - everything an analyst would see counts
                self.faults.append(f"{type(fault).__name__}: {fault}")
            wake.wait(pause)


async def read_on(viewer: Viewer, until: float, chance: random.Random, think: float) -> None:
    """Open pages until the time is over; who is thrown out comes again, as a browser does."""
    while monotonic() < until:
        name = chance.choice(PAGES)
        try:
            if viewer.socket is None:
                await viewer.come(name)
            else:
                await viewer.open(name)
        except Exception as fault:  # noqa: BLE001 - everything a viewer would see counts
            viewer.tally.faults[f"{type(fault).__name__}: {fault}"[:120]] += 1
            viewer.socket, viewer.hashes = None, {}
            await asyncio.sleep(1)
        await asyncio.sleep(think * chance.uniform(0.5, 1.5))
    with contextlib.suppress(Exception):
        await viewer.go()


async def days_work(
    url: str, viewers: list[Viewer], analysts: list[Analyst], kill: psutil.Process, minutes: float,
    think: float,
) -> None:  # fmt: skip
    """Everybody at work; the process is killed half-way."""
    begun = monotonic()
    until = begun + minutes * 60
    chance = random.Random(2026)
    jobs = [asyncio.to_thread(one.work, until, 2 * think) for one in analysts]
    reading = [read_on(one, until, random.Random(chance.random()), think) for one in viewers]

    async def killing() -> None:
        await asyncio.sleep(minutes * 30)
        kill.kill()
        print(f"killed one process after {monotonic() - begun:.0f} s", flush=True)

    await asyncio.gather(*jobs, *reading, killing())


def signed_in(store: Store, number: int) -> str:
    """What the browser of a new viewer holds after the first sign-in."""
    kept, name = accounts.account_store(store), f"viewer{number}"
    chief = Actor("chánh văn phòng", Role.ADMINISTRATOR)
    first = accounts.add(kept, name=name, full_name=name, role=Role.VIEWER, by=chief)
    token = accounts.sign_in(kept, name, first)
    return accounts.change_password(kept, token, first, f"mật khẩu thứ {number} của tôi")


def figures_of(store: Store) -> pd.DataFrame:
    columns = ["index_id", "unit_id", "component_id", "edition", "score", "rank", "state"]
    parts = [queries.figures(index, of=store, now=batches.END_OF_TIME) for index, _ in ANALYSTS]
    rows = pd.concat(parts).assign(index_id=lambda all_: all_["component_id"].str.split(".").str[0])
    return rows[columns].sort_values(columns[:4], ignore_index=True)


def homes(log: Path) -> dict[str, str]:
    """The first process each viewer was sent to, as nginx wrote down."""
    found: dict[str, str] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        name, at, *_ = line.split()
        found.setdefault(name, at.split(",")[0])
    return found


def run(minutes: float, n_viewers: int, think: float) -> int:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        server = stack.enter_context(postgresql.running())
        url = server.url()
        os.environ["RANKINGS_STORE"] = str(folder / "own")
        shared = SharedStore(url, folder / "own")
        ensure(shared)
        settings = {"STORE_URL": url, "RANKINGS_SIGN_IN": "accounts"}
        replicas = [
            stack.enter_context(harness.cold_server(folder / name, environment=settings))
            for name in ("a", "b")
        ]
        before = stack.enter_context(nginx(folder, replicas))
        analysts = [
            Analyst(SharedStore(url, folder / index_id), index_id, edition)
            for index_id, edition in ANALYSTS
        ]
        viewers = [
            Viewer(before, UNITS[number * 3 % len(UNITS)], Tally()) for number in range(n_viewers)
        ]
        for number, viewer in enumerate(viewers):
            viewer.cookie = f"{COOKIE}={signed_in(shared, number)}"
        doomed = process_at(replicas[1])
        asyncio.run(days_work(before, viewers, analysts, doomed, minutes, think))
        said = judged(folder, shared, analysts, viewers, replicas)
        shared.close()
    return said


def judged(
    folder: Path, shared: SharedStore, analysts: list[Analyst], viewers: list[Viewer],
    replicas: list[harness.Server],
) -> int:  # fmt: skip
    """Print what was seen; how many promises were broken."""
    alone = Store(folder / "alone")
    ensure(alone)
    for one in analysts:
        for number in range(one.done):
            loaded(alone, one.index_id, one.edition, number, Actor("một mình", Role.ANALYST))
    held = Counter(shared.frame("batches")["index_id"])
    first = homes(folder / "access.log")
    stayed, moved, pages = Counter[str](), Counter[str](), Counter[str]()
    seconds: list[float] = []
    for viewer in viewers:
        on = "a" if first.get(place(viewer)) == replicas[0].url.removeprefix("http://") else "b"
        pages[on] += len(viewer.tally.every)
        (stayed if on == "a" else moved).update(viewer.tally.faults)
        seconds += viewer.tally.every
    broken = {
        "loads lost or doubled": [
            one.index_id for one in analysts if held[one.index_id] != one.done or not one.done
        ],
        "what analysts were told": [fault for one in analysts for fault in one.faults],
        "faults of viewers of the process that lived": list(stayed.items()),
        "error pages": [
            name for name in (*stayed, *moved) if name in ("exception", "page not found")
        ],
        "figures other than those of one process": []
        if figures_of(shared).equals(figures_of(alone))
        else ["they differ"],
        "tracebacks of the process that lived": ["a"]
        if "Traceback" in replicas[0].log_text()
        else [],
    }
    print(
        f"loads: {dict(held)}; pages: {dict(pages)}; "
        f"median page {statistics.median(seconds or [0]):.2f} s"
    )
    print(f"faults met by viewers of the killed process: {dict(moved)}")
    for name, found in broken.items():
        print(f"{'BROKEN' if found else 'held'}: {name}: {found[:3] if found else 'none'}")
    if broken["tracebacks of the process that lived"]:
        print(replicas[0].log_text()[-6000:])
    if not pages["a"] or not pages["b"]:
        print("BROKEN: viewers were not spread over both processes")
        return 1
    return sum(bool(found) for found in broken.values())


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--viewers", type=int, default=20)
    options.add_argument("--think", type=float, default=5, help="seconds to read a page")
    chosen = options.parse_args()
    sys.exit(run(min(chosen.minutes, 30), min(chosen.viewers, 60), chosen.think))
