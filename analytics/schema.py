"""Column contracts and domain errors shared by every calculation.

Sign convention of the whole package: place 1 is best, and a positive gain is an improvement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

# What a figure may be. "not_held" and "not_published" never stand in a file: they are what is
# left when an edition is out but we have no row, or when the edition is not out at all.
RANKED = "ranked"
SCORED = "scored"
WITHHELD = "withheld"
OUTSIDE_TOP = "outside_top"
NOT_HELD = "not_held"
NOT_PUBLISHED = "not_published"

FIGURE_COLUMNS = (
    "index_id",
    "unit_id",
    "component_id",
    "edition",
    "score",
    "percent",
    "max_score",
    "rank",
    "state",
    "score_origin",
    "rank_origin",
    "source_id",
)

# What offices report on their own targets, one row per target and period.
MEASUREMENT_COLUMNS = (
    "target_id",
    "period",
    "value",
    "base_value",
    "completed_on",
    "reported_on",
)


class AnalyticsError(Exception):
    """A question that cannot be answered from the frame that was handed over."""


class ColumnsMissing(AnalyticsError):
    """A frame lacks columns that the calculation needs."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"columns missing: {', '.join(self.missing)}")


class EditionNotFound(AnalyticsError):
    """A frame holds no row of the edition asked for."""

    def __init__(self, edition: int) -> None:
        self.edition = edition
        super().__init__(f"edition not found: {edition}")


class EditionsReversed(AnalyticsError):
    """The edition asked for does not come after its baseline."""

    def __init__(self, baseline: int, edition: int) -> None:
        self.baseline, self.edition = baseline, edition
        super().__init__(f"baseline {baseline} is not before edition {edition}")


class UnitNotFound(AnalyticsError):
    """A frame holds no row of the unit asked for."""

    def __init__(self, unit_id: str) -> None:
        self.unit_id = unit_id
        super().__init__(f"unit not found: {unit_id}")


def require_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Stop with one named error when `frame` lacks any of `columns`.

    Raises:
        ColumnsMissing: naming every absent column at once.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ColumnsMissing(missing)


@dataclass(frozen=True)
class Tables:
    """Everything the store knows, as tidy frames; the seam between storage and calculation.

    Frames are shared between sessions and must not be changed in place.
    """

    version: str
    units: pd.DataFrame
    unit_links: pd.DataFrame
    indices: pd.DataFrame
    components: pd.DataFrame
    editions: pd.DataFrame
    breaks: pd.DataFrame
    groups: pd.DataFrame
    national: pd.DataFrame
    errors: pd.DataFrame
    weights: pd.DataFrame
    targets: pd.DataFrame
    figures: pd.DataFrame
    unit_facts: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["unit_id", "year", "measure", "value"])
    )
    measurements: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(MEASUREMENT_COLUMNS))
    )
