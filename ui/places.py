"""So many open pages at a time; who comes later waits in line instead of slowing everybody down.

A page that is open takes memory and, at every click, one of the cores. Past the limit a visitor
gets a short page that says how many wait before them and asks again by itself. Places are given in
the order of first asking; who has lost the connection finds the place kept for a while.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable

SETTING = "RANKINGS_PLACES"
# Chosen, not measured: two pages each for an office of thirty. From how many on pages grow slow,
# `make load` says of a machine; docs/promises.md has what it said of two cores.
PLACES = 60
# Between the page and its connection, and between two connections of one page, a place is kept.
KEPT_SECONDS = 15.0
# The waiting page asks again every few seconds; who no longer asks has gone.
ASK_SECONDS, LINE_SECONDS = 5, 20.0
LONGEST_LINE = 2000


def places_wanted() -> int:
    """How many pages may be open at a time: as set, else what suits an office."""
    wanted = os.environ.get(SETTING, "").strip()
    return max(1, int(wanted)) if wanted.isdecimal() else PLACES


class Places:
    """Who is in, for whom a place is kept, and who waits; a visitor is one browser.

    One event loop uses it, so that nothing here needs a lock.
    """

    def __init__(self, limit: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self.limit, self._now = limit, now
        self._open: Counter[str] = Counter()
        self._kept: dict[str, float] = {}
        self._line: dict[str, float] = {}

    @property
    def n_open(self) -> int:
        """Connections that are open."""
        return self._open.total()

    @property
    def n_waiting(self) -> int:
        """Visitors in line."""
        self._forget()
        return len(self._line)

    def ask(self, visitor: str) -> int:
        """Where a visitor stands who wants a page: 0 is in, 1 the first in line.

        Who has one page open may load it again or open a second one even in a full house.
        """
        self._forget()
        is_known = visitor in self._kept or self._open[visitor] == 1
        ahead = list(self._line).index(visitor) if visitor in self._line else len(self._line)
        if is_known or ahead < self._free():
            self._line.pop(visitor, None)
            self._kept[visitor] = self._now() + KEPT_SECONDS
            return 0
        if visitor in self._line or len(self._line) < LONGEST_LINE:
            self._line[visitor] = self._now() + LINE_SECONDS
        return ahead - max(0, self._free()) + 1

    def enter(self, visitor: str) -> bool:
        """Take a place for a connection; False when there is none."""
        self._forget()
        if self._kept.pop(visitor, None) is None and self._free() <= len(self._line):
            return False
        self._open[visitor] += 1
        return True

    def leave(self, visitor: str) -> None:
        """A connection has ended; its place is kept for who comes straight back."""
        self._open[visitor] -= 1
        if not self._open[visitor]:
            del self._open[visitor]
            if visitor:
                self._kept[visitor] = self._now() + KEPT_SECONDS

    def _free(self) -> int:
        return self.limit - self.n_open - len(self._kept)

    def _forget(self) -> None:
        """Let go of places nobody came for, and of who stopped asking."""
        now = self._now()
        for held in (self._kept, self._line):
            for visitor in [visitor for visitor, until in held.items() if until < now]:
                del held[visitor]
