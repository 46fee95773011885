"""What the reader looks at: the one object that filters make and loaders take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ALL = "all"


@dataclass(frozen=True)
class Choice:
    """Unit, index, year, comparison year and day; `index_id` is `ALL` where none was chosen."""

    unit_id: str
    unit_name: str
    index_id: str
    edition: int
    baseline: int
    as_of: date
    is_latest: bool
