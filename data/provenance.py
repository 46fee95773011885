"""Where every figure comes from: publisher, address, licence, and how many figures it gave."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from data.queries import clock
from data.store import Store, store


def sources(
    *, now: datetime | None = None, version: str | None = None, of: Store | None = None
) -> pd.DataFrame:
    """The register of sources with what each gave: one row per (source_id, index_id, edition).

    A source that gave no figure (a document, a catalogue) keeps one row without an index.

    Args:
        now: moment (UTC) whose viewers are asked for; the clock when absent.
        version: snapshot.
        of: store.

    Returns:
        source_id, producer, title, url, document, date_published, licence, note, index_id,
        edition and n_figures [figures, missing where none].
    """
    rows = (of or store()).frame("source_figures", version=version, now=now or clock())
    return rows.astype({"edition": "Int64", "n_figures": "Int64"})
