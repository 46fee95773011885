"""One, ten and a hundred people who open the same page of a warm server at the same moment.

They are connections that speak Streamlit's protocol, as in `tests.load`, each for a province of
its own; what a browser draws is not part of it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil

from tests.e2e import harness
from tests.load import PAGES, UNITS, Tally, Viewer, memory, server_process

AT_ONCE = (1, 10, 100)


def processor(server: psutil.Process) -> float:
    """Processor time of the server so far [s]."""
    times = server.cpu_times()
    return times.user + times.system


async def _opened(url: str) -> tuple[list[str], float]:
    server = server_process()
    # Every province is asked for once before: what is kept for all readers is not one session's.
    for unit_id in UNITS:
        guest = Viewer(url, unit_id, Tally())
        await guest.come(PAGES[0])
        await guest.go()
    said, each = [], 0.0
    for n in AT_ONCE:
        before, busy, tally = memory(server), processor(server), Tally()
        viewers = [Viewer(url, UNITS[number % len(UNITS)], tally) for number in range(n)]
        begun = perf_counter()
        await asyncio.gather(*(one.come(PAGES[0]) for one in viewers))
        whole = perf_counter() - begun
        each, used = (memory(server) - before) / n, (processor(server) - busy) / n
        said.append(
            f"| {n} | {median(tally.every):.2f} s | {whole:.2f} s | {n / whole:.1f} | "
            f"{sum(tally.faults.values())} | {used:.2f} s | {each:.1f} MB |"
        )
        print(said[-1], flush=True)
        for viewer in viewers:
            await viewer.go()
    return said, each


def measured() -> tuple[list[str], float]:
    """A table of the numbers at once, and the megabytes one session of the hundred took."""
    with (
        tempfile.TemporaryDirectory() as folder,
        harness.cold_server(Path(folder), environment={"RANKINGS_PLACES": "1000"}) as server,
    ):
        rows, each = asyncio.run(_opened(server.url))
    head = [
        "| People at once | Median page | Until all are served | Pages a second | Faults | "
        "Processor each | Memory each |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    return head + rows, each


if __name__ == "__main__":
    print("\n".join(measured()[0]))
