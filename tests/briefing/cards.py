"""Scorecards of the shipped figures, made once for all tests of documents."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from analytics.board import Knowledge, knowledge
from analytics.scorecard import Scorecard, scorecard
from data import packs, queries
from data.store import Store
from tests.stores import ship

AS_OF = date(2026, 11, 21)
KON_TUM, AN_GIANG, QUANG_NINH = "vn63-kon-tum", "vn63-an-giang", "vn63-quang-ninh"
KIEN_GIANG = "vn63-kien-giang"


@cache
def shipped() -> tuple[Store, Knowledge]:
    """The shipped reference in a store of its own, ranked."""
    held = Store(Path(mkdtemp()))
    ship(held)
    return held, knowledge(queries.tables(of=held))


@cache
def card(
    unit_id: str, edition: int, indices: tuple[str, ...] | None = None, baseline: int | None = None
) -> Scorecard:
    """The scorecard of one unit and year with the sources of the shipped figures."""
    store, known = shipped()
    return scorecard(
        known, unit_id=unit_id, edition=edition, baseline=baseline or edition - 1, as_of=AS_OF,
        indices=indices, sources=packs.sources(store),
    )  # fmt: skip
