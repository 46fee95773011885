"""`make load`: how many people at once, what each costs, and what happens past the limit.

Every viewer is a real connection that speaks Streamlit's own protocol, on loopback, against a
server of its own; everything is bounded and stops by itself. A page takes as long as its run in
the server and the way to the client; what a browser needs to draw it is measured by `make bench`.
`make soak` opens a page every few seconds for an hour and watches the memory. The lines in
capitals are what docs/promises.md asks for; they hold for a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from time import perf_counter
from urllib.error import HTTPError
from urllib.parse import urlencode

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from data.build import REFERENCE
from data.units import UnitRegister
from tests.e2e import harness

# What a leader opens one after another.
PAGES = ("overview", "targets", "gaps", "why", "compare")
STEPS = (5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120)
LIMIT_SECONDS = 2.0
RUN_SECONDS = 120.0
PLACES = 6
# Of a soak: visitors at once, and pages after which one goes and another comes.
VISITORS, PAGES_EACH = 4, 10
UNITS = sorted(
    unit.unit_id for unit in UnitRegister.load(REFERENCE).units
    if unit.geography == "vn63" and unit.unit_id != "vn63-ha-tay"
)  # fmt: skip


@dataclass
class Tally:
    """What viewers met: seconds per page, and pages that failed."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PAGES})
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def every(self) -> list[float]:
        return [one for many in self.seconds.values() for one in many]


class Full(Exception):
    """There is no place; the page says so."""


class Viewer:
    """One browser: a page fetched, a connection, and runs of pages on it."""

    def __init__(self, url: str, unit_id: str, tally: Tally) -> None:
        self.url, self.unit_id, self.tally = url, unit_id, tally
        self.cookie = ""
        self.socket: ClientConnection | None = None
        self.hashes: dict[str, str] = {}

    def _fetch(self, path: str) -> str:
        headers = {"Accept": "text/html", "Cookie": self.cookie}
        asked = urllib.request.Request(f"{self.url}{path}", headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                self._keep(answer.headers.get_all("set-cookie") or [])
                return answer.read().decode()
        except HTTPError as fault:
            self._keep(fault.headers.get_all("set-cookie") or [])
            if fault.code == 503:
                raise Full(fault.read().decode()) from fault
            raise

    def _keep(self, lines: list[str]) -> None:
        jar = SimpleCookie(self.cookie)
        for line in lines:
            jar.load(line)
        self.cookie = "; ".join(f"{name}={one.value}" for name, one in jar.items())

    async def come(self, name: str) -> None:
        """Open the first page: the document, the connection, and the run.

        Raises:
            Full: there is no place now.
        """
        started = perf_counter()
        await asyncio.to_thread(self._fetch, "/" if name == PAGES[0] else f"/{name}")
        self.socket = await connect(
            self.url.replace("http", "ws") + "/_stcore/stream", max_size=None,
            additional_headers={"Cookie": self.cookie}, open_timeout=60, proxy=None,
            subprotocols=["streamlit"],  # type: ignore[list-item]
        )  # fmt: skip
        await self._run(name, started)

    async def open(self, name: str) -> None:
        """Open another page on the same connection, as the menu does."""
        await self._run(name, perf_counter())

    async def _run(self, name: str, started: float) -> None:
        assert self.socket is not None
        message = BackMsg()
        message.rerun_script.query_string = urlencode({"unit": self.unit_id, "year": "2023"})
        message.rerun_script.page_script_hash = self.hashes.get(name, "")
        if name not in self.hashes:
            message.rerun_script.page_name = "" if name == PAGES[0] else name
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(RUN_SECONDS):
            while not self._heard(ForwardMsg.FromString(await self._received())):
                pass
        self.tally.seconds[name].append(perf_counter() - started)

    async def _received(self) -> bytes:
        assert self.socket is not None
        content = await self.socket.recv()
        assert isinstance(content, bytes)
        return content

    def _heard(self, message: ForwardMsg) -> bool:
        """Whether the run is over; counts what went wrong in it."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.hashes = {
                page.url_pathname or PAGES[0]: page.page_script_hash
                for page in message.navigation.app_pages
            }
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.tally.faults["exception"] += 1
        if kind == "page_not_found":
            self.tally.faults["page not found"] += 1
        return kind == "script_finished" and (
            message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        )

    async def go(self) -> None:
        """Close the page."""
        if self.socket is not None:
            await self.socket.close()


def memory(server: psutil.Process) -> float:
    """Resident memory of the server and its children [MB]."""
    family = [server, *server.children(recursive=True)]
    return sum(one.memory_info().rss for one in family if one.is_running()) / 1e6


def server_process() -> psutil.Process:
    """The server this program started, its only child that listens."""
    (found,) = [
        child for child in psutil.Process().children()
        if "server.py" in " ".join(child.cmdline())
    ]  # fmt: skip
    return found


async def five_pages(viewer: Viewer, think: float, chance: random.Random) -> None:
    """One viewer's round: five pages with time to read each."""
    for name in PAGES:
        if viewer.socket is None:
            await viewer.come(name)
        else:
            await viewer.open(name)
        await asyncio.sleep(think * chance.uniform(0.5, 1.5))


async def climb(url: str, think: float, most: int) -> None:
    """More and more viewers, until the median page passes the limit."""
    chance, server = random.Random(2026), server_process()
    viewers: list[Viewer] = []
    warm = Tally()
    await five_pages(Viewer(url, "vn63-kon-tum", warm), 0, chance)
    before = memory(server)
    print(f"{think:g} s to read each page")
    print("| viewers | median s | p90 s | pages | faults | memory MB | load average |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    borne = f"fewer than {STEPS[0]} viewers"
    for n in (step for step in STEPS if step <= most):
        tally = Tally()
        for viewer in viewers:
            viewer.tally = tally
        viewers += [
            Viewer(url, UNITS[number % len(UNITS)], tally) for number in range(len(viewers), n)
        ]
        rounds = await asyncio.gather(
            *(late(five_pages(one, think, chance), chance.uniform(0, think)) for one in viewers),
            return_exceptions=True,
        )
        for fault in rounds:
            if isinstance(fault, BaseException):
                tally.faults[type(fault).__name__] += 1
        seconds = sorted(tally.every)
        median, p90 = statistics.median(seconds), seconds[int(len(seconds) * 0.9)]
        print(
            f"| {n} | {median:.2f} | {p90:.2f} | {len(seconds)} | {sum(tally.faults.values())}"
            f" | {memory(server):.0f} | {os.getloadavg()[0]:.1f} |", flush=True,
        )  # fmt: skip
        if median > LIMIT_SECONDS:
            borne += f"; {n}: median {median:.1f} s"
            break
        borne = f"{n} viewers: median {median:.1f} s, nine in ten within {p90:.1f} s"
    each = (memory(server) - before) / len(viewers)
    print(f"LOAD {borne}; load average of the machine {os.getloadavg()[0]:.0f}")
    print(f"MEMORY {each:.1f} MB for each page, on {before:.0f} MB of the process", flush=True)
    for viewer in viewers:
        await viewer.go()


async def late(work: object, seconds: float) -> object:
    await asyncio.sleep(seconds)
    return await work  # type: ignore[misc]


async def past_the_limit(url: str) -> None:
    """Twice as many as there are places: who comes too late waits, and gets in when others go."""
    tally = Tally()
    guests = [Viewer(url, UNITS[number], tally) for number in range(2 * PLACES)]
    seen = Counter[str]()
    for viewer in guests:
        try:
            await viewer.come(PAGES[0])
            seen["in"] += 1
        except Full as said:
            seen["told to wait"] += "hàng chờ" in str(said)
    try:
        async with connect(
            url.replace("http", "ws") + "/_stcore/stream", open_timeout=20, proxy=None
        ):
            seen["past the line"] += 1
    except InvalidStatus as refused:
        seen[f"connection refused with {refused.response.status_code}"] += 1
    for viewer in guests[:PLACES]:
        await viewer.go()
    waiting, order = guests[PLACES:], []
    deadline = perf_counter() + 90
    while waiting and perf_counter() < deadline:
        for viewer in list(waiting):
            try:
                await viewer.come(PAGES[0])
            except Full:
                continue
            waiting.remove(viewer)
            order.append(guests.index(viewer))
        await asyncio.sleep(2)
    seen["let in later"] = len(order)
    print(f"FULL {PLACES} places, {2 * PLACES} visitors: {dict(seen)}, in the order {order}")
    for viewer in guests:
        await viewer.go()
    with urllib.request.urlopen(f"{url}/ready", timeout=20) as answer:  # noqa: S310
        print(f"afterwards: {answer.read().decode()}", flush=True)


async def soak(url: str, minutes: float, pause: float, n_units: int, record: Path | None) -> None:
    """First every page of so many provinces once, which fills the caches; then pages at random.

    What is kept for a province is bounded and wanted; what grows after that would be a leak.
    Visitors come and go all the time: each opens ten pages, four are there at once.
    """
    chance, server = random.Random(2026), server_process()
    tally, units = Tally(), chance.sample(UNITS, n_units)
    print(f"memory at the start: {memory(server):.0f} MB", flush=True)
    for unit_id in units:
        viewer = Viewer(url, unit_id, tally)
        await five_pages(viewer, 0, chance)
        await viewer.go()
    print(
        f"every page of {n_units} provinces opened once: {memory(server):.0f} MB,"
        f" load average {os.getloadavg()[0]:.1f}", flush=True,
    )  # fmt: skip
    began, held, viewers, n_opened = perf_counter(), list[tuple[float, float]](), [], 0
    opened = Counter[Viewer]()
    while (elapsed := perf_counter() - began) < minutes * 60:
        if len(viewers) < VISITORS:
            viewers.append(Viewer(url, chance.choice(units), tally))
        viewer, name = chance.choice(viewers), chance.choice(PAGES)
        try:
            await (viewer.open(name) if viewer.socket else viewer.come(name))
        except (OSError, TimeoutError, Full, WebSocketException) as fault:
            tally.faults[type(fault).__name__] += 1
            opened[viewer] = PAGES_EACH - 1
        opened[viewer] += 1
        n_opened += 1
        if opened[viewer] == PAGES_EACH:
            viewers.remove(viewer)
            await viewer.go()
        if not held or elapsed - held[-1][0] >= 30:
            held.append((elapsed, memory(server)))
            if record:
                record.write_text(json.dumps(held), encoding="utf-8")
        await asyncio.sleep(pause)
    print("\n".join(soak_lines(held, n_opened, len(opened), tally)), flush=True)
    for viewer in viewers:
        await viewer.go()


def soak_lines(
    held: list[tuple[float, float]], n_opened: int, n_visitors: int, tally: Tally
) -> Iterator[str]:
    """What a soak has shown: memory by quarter, and how fast it grew in all and in the end."""
    quarter = max(1, len(held) // 4)
    parts = [held[start : start + quarter] for start in range(0, 4 * quarter, quarter)]
    medians = [statistics.median(size for _, size in part) for part in parts if part]
    yield (
        f"SOAK {n_opened} pages by {n_visitors} visitors in {held[-1][0] / 60:.0f} minutes,"
        f" faults {dict(tally.faults)}"
    )
    yield "memory by quarter MB: " + ", ".join(f"{one:.0f}" for one in medians)
    yield f"slope: {slope(held):+.1f} MB an hour"
    yield f"slope of the second half: {slope(held[len(held) // 2 :]):+.1f} MB an hour"
    yield f"load average {os.getloadavg()[0]:.1f}"


def slope(held: list[tuple[float, float]]) -> float:
    """How fast memory grew: slope of the line nearest to (seconds, MB) [MB an hour]."""
    if len(held) < 3:
        return 0.0
    return statistics.linear_regression(*zip(*held, strict=True)).slope * 3600


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["load", "soak"], default="load")
    parser.add_argument("--think", type=float, default=10.0, help="seconds to read a page")
    parser.add_argument("--most", type=int, default=STEPS[-1])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two pages")
    parser.add_argument("--units", type=int, default=20, help="provinces asked for in a soak")
    parser.add_argument("--port", type=int)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start", flush=True)

    def run(places: int, work: object, folder: str) -> None:
        with harness.cold_server(
            Path(folder), port=given.port, environment={"RANKINGS_PLACES": str(places)}
        ) as server:
            asyncio.run(work(server.url))  # type: ignore[operator]
            if "Traceback" in server.log_text():
                sys.exit(server.log_text()[-3000:])

    with tempfile.TemporaryDirectory() as folder:
        if given.what == "soak":
            run(
                1000,
                lambda url: soak(url, given.minutes, given.pause, given.units, given.record),
                folder,
            )
            return
        run(1000, lambda url: climb(url, given.think, given.most), f"{folder}/climb")
        run(PLACES, past_the_limit, f"{folder}/full")


if __name__ == "__main__":
    main()
