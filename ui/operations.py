"""What a supervisor asks of the server: is it ready, and how is it doing.

Figures are counted by the gate for every request; `/metrics` hands them out in the text form that
Prometheus reads, to this very machine only.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from data.build import ensure
from data.store import StoreError, store

READY, METRICS = "/ready", "/metrics"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_STATM = Path("/proc/self/statm")


@dataclass
class Figures:
    """What the gate has counted since the start."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    n_open: int = 0
    n_waiting: int = 0
    n_places: int = 0

    def note(self, code: int, seconds: float) -> None:
        """One answer to a request; a connection counts when it ends, without its seconds."""
        self.answers[f"{code // 100}xx"] += 1
        if code != 101:
            self.seconds += seconds


FIGURES = Figures()


async def ready(request: Request) -> Response:
    """Whether the store can be read: for a proxy or a supervisor, not for people."""
    del request
    reason = await anyio.to_thread.run_sync(_fault)
    if reason:
        return JSONResponse({"state": "not ready", "reason": reason}, status_code=503)
    return JSONResponse({"state": "ready"})


def _fault() -> str:
    try:
        ensure(store())
        store().cursor().close()
    except StoreError as fault:
        return str(fault)
    return ""


async def metrics(request: Request) -> Response:
    """Every figure, one per line."""
    del request
    lines = await anyio.to_thread.run_sync(_lines)
    return PlainTextResponse("\n".join(lines) + "\n", headers={"content-type": _TEXT})


ROUTES = [Route(READY, ready, methods=["GET"]), Route(METRICS, metrics, methods=["GET"])]


def _lines() -> list[str]:
    held = {
        "rankings_pages_open": ("gauge", "Pages that are open", FIGURES.n_open),
        "rankings_pages_waiting": ("gauge", "Visitors waiting for a place", FIGURES.n_waiting),
        "rankings_pages_limit": ("gauge", "Pages that may be open", FIGURES.n_places),
        "rankings_answer_seconds_total": (
            "counter", "Time spent on requests", round(FIGURES.seconds, 3),
        ),
        "rankings_store_readable": ("gauge", "1 while the store can be read", int(not _fault())),
        "rankings_store_bytes": ("gauge", "Size of the current state", _size()),
        "rankings_memory_bytes": ("gauge", "Resident memory of the process", _memory()),
    }  # fmt: skip
    lines = []
    for name, (kind, about, value) in held.items():
        if value is not None:
            lines += [f"# HELP {name} {about}.", f"# TYPE {name} {kind}", f"{name} {value}"]
    name = "rankings_answers_total"
    lines += [f"# HELP {name} Answers by class of code.", f"# TYPE {name} counter"]
    return lines + [f'{name}{{code="{code}"}} {n}' for code, n in sorted(FIGURES.answers.items())]


def _size() -> int | None:
    try:
        return store().path().stat().st_size
    except (OSError, StoreError):
        return None


def _memory() -> int | None:
    """Resident bytes where the system tells."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
