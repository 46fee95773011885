"""Holes in the target register: what nobody was asked for, and what nobody can be judged on."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.board import Knowledge
from analytics.schema import require_columns
from analytics.targets import in_force, uncovered_components

NO_TARGET = "no_target"
NO_AGENCY = "no_agency"
NOT_RANKED = "not_ranked"
UNIT_ENDED = "unit_ended"
UNKNOWN_INDEX = "unknown_index"
FINDINGS = (NO_TARGET, NO_AGENCY, NOT_RANKED, UNIT_ENDED, UNKNOWN_INDEX)
_COLUMNS = ["finding", "target_id", "unit_id", "index_id", "component_id", "ended_on"]


def coverage(
    known: Knowledge, *, unit_id: str, edition: int, agencies: pd.DataFrame
) -> pd.DataFrame:
    """What is missing in the targets of one province in one year.

    A district, a commune or an office stands in no table of a national index: a target in places
    given to one of them can never be judged, whatever its number. Targets in what an office
    measures itself are free of that.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province.
        edition: year whose components and targets count.
        agencies: one row per agency_id, with unit_id, the province it belongs to.

    Returns:
        One row per finding: finding (one of `FINDINGS`), target_id (missing for no_target),
        unit_id (whom the target was given to), index_id, component_id, ended_on [date, the last
        day of a unit that had ended].

    Raises:
        ColumnsMissing: `agencies` lacks a column named above.

    Source: docs/method/register.md.
    """
    require_columns(agencies, ["agency_id", "unit_id"])
    tables = known.tables
    below = agencies.loc[agencies["unit_id"] == unit_id, "agency_id"]
    own = tables.targets.loc[tables.targets["unit_id"].isin([unit_id, *below])]
    year = pd.Series(edition, index=own.index, dtype="Int64")
    own = own.loc[in_force(own, year)]
    holes = uncovered_components(
        tables.components, tables.targets, unit_id=unit_id, edition=edition
    )
    found = [holes.assign(finding=NO_TARGET, target_id=None, unit_id=unit_id, ended_on=None)]
    is_known = own["index_id"].isin(tables.indices["index_id"])
    on_index = is_known & own["measure"].isin(["rank", "score"])
    # The year in which a unit ends is already its successor's.
    ended = own["unit_id"].map(_ends(tables.units, by=edition))
    is_over = on_index & ended.notna()
    found += [
        own.loc[own["lead_agency_ids"].isna() & own["co_agency_ids"].isna()].assign(
            finding=NO_AGENCY, ended_on=None
        ),
        own.loc[on_index & ~_ranked(known, own)].assign(finding=NOT_RANKED, ended_on=None),
        own.assign(ended_on=ended).loc[is_over].assign(finding=UNIT_ENDED),
        own.loc[~is_known].assign(finding=UNKNOWN_INDEX, ended_on=None),
    ]
    rows = [part[_COLUMNS].astype("object") for part in found if len(part)]
    if not rows:
        return pd.DataFrame({column: pd.Series(dtype="object") for column in _COLUMNS})
    return pd.concat(rows, ignore_index=True)


def _ranked(known: Knowledge, targets: pd.DataFrame) -> pd.Series:
    """Whether the unit of each target is a unit that tables of that index are about."""
    # A province without a figure yet is still one; a district never is.
    return targets["unit_id"].isin(known.tables.units["unit_id"])


def _ends(units: pd.DataFrame, *, by: int) -> dict[str, date]:
    """Last days of the units that had ended when the year was over."""
    days = pd.to_datetime(units["valid_to"])
    ended = days.dt.year <= by
    return {
        str(unit): pd.Timestamp(day).date()
        for unit, day in zip(units.loc[ended, "unit_id"], days.loc[ended], strict=True)
    }
