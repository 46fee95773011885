"""Single values of a frame as plain Python ones: a missing one is None, never a number."""

from __future__ import annotations

from typing import Any

import pandas as pd


def whole(value: Any) -> int | None:
    """A count or a place, or None where it is missing.

    Source: docs/method/board.md.
    """
    return None if value is None or pd.isna(value) else int(value)


def real(value: Any) -> float | None:
    """A number, or None where it is missing.

    Source: docs/method/board.md.
    """
    return None if value is None or pd.isna(value) else float(value)


def text(value: Any) -> str:
    """A text, empty where it is missing.

    Source: docs/method/board.md.
    """
    return "" if value is None or pd.isna(value) else str(value)
