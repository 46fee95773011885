"""Approved packs: the files as they were approved, frozen with every figure they print."""

from __future__ import annotations

import pandas as pd

from data.store import Store


def sources(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """What the annex of sources prints: one row per source_id, loads by people under their batch.

    Returns:
        source_id, producer, title, document, url, published_on (texts, as recorded).
    """
    return store.frame("pack_sources", version=version)
