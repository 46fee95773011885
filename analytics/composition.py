"""What a unit was made of on an earlier day, read from the links between units.

A share is the part of the later unit that comes from the earlier one; the shares of a unit sum to
1. Mergers, splits and transfers are rows of the link table: nothing here knows a unit by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.schema import AnalyticsError, EditionNotFound, Tables, require_columns

LINK_COLUMNS = ("effective_on", "event", "from_unit_id", "to_unit_id", "weight")
UNIT_COLUMNS = ("unit_id", "geography", "valid_from", "valid_to")
COMPOSITION_COLUMNS = ("unit_id", "part_id", "share", "is_fraction", "reason")

# Events that hand territory on. A rename or a new status leaves the unit what it was.
HANDING_ON = ("merge", "unchanged", "split", "transfer")

# Why a unit has no shares.
WEIGHTS_MISSING = "weights_missing"
FRACTION_OF_UNIT = "fraction_of_unit"


class WeightBasis(StrEnum):
    """Weights that need no table of their own."""

    POPULATION = "population_2022"
    EQUAL = "equal"


@dataclass(frozen=True, eq=False)
class Sizes:
    """A table of sizes handed over, e.g. the number of firms in each province.

    `table` has one row per unit_id with value [any unit, at least 0]; with a column to_unit_id a
    row speaks of the part of unit_id that went to that unit. `basis` says what was counted.
    """

    basis: str
    table: pd.DataFrame


Weights = WeightBasis | Sizes | str

# What the sizes count where firms are asked, as in PCI; also the measure of the facts of units.
FIRMS = "firms"


class WeightsFaulty(AnalyticsError):
    """Weights that cannot be used; `code` says why, `unit_ids` where."""

    def __init__(self, code: str, unit_ids: Iterable[str] = ()) -> None:
        self.code, self.unit_ids = code, tuple(unit_ids)
        super().__init__(f"{code}: {', '.join(self.unit_ids)}")


@dataclass(frozen=True)
class _Leaf:
    """One unit of the earlier day inside a later one; `is_fraction`: only a piece of it."""

    part_id: str
    share: float
    is_fraction: bool


def weight_basis(weights: Weights) -> str:
    """What the weights count: population_2022, equal, or the basis of a table handed over.

    Raises:
        WeightsFaulty: no weights go by that name.

    Source: docs/method/merger.md.
    """
    if isinstance(weights, Sizes):
        return weights.basis
    if weights not in tuple(WeightBasis):
        raise WeightsFaulty("weights_unknown", [str(weights)])
    return WeightBasis(weights).value


def firm_sizes(facts: pd.DataFrame) -> Sizes | None:
    """The newest number of firms of every unit, where a table of them is held.

    Args:
        facts: one row per (unit_id, year, measure) with value.

    Returns:
        `Sizes` with one row per unit_id that has a count; None where there is no count at all.

    Raises:
        ColumnsMissing: `facts` lacks a column.

    Source: docs/method/merger.md.
    """
    require_columns(facts, ["unit_id", "year", "measure", "value"])
    rows = facts.loc[facts["measure"] == FIRMS].sort_values("year")
    newest = rows.drop_duplicates("unit_id", keep="last")
    return None if newest.empty else Sizes(FIRMS, newest[["unit_id", "value"]])


def composition(
    links: pd.DataFrame,
    unit_ids: Iterable[str],
    *,
    measured_on: date,
    asked_on: date,
    weights: Weights = WeightBasis.POPULATION,
) -> pd.DataFrame:
    """The units of one day that make up the units of a later day, with their shares.

    A unit with one predecessor keeps it whole whatever the weights. Where one share is unknown all
    shares of that unit are missing: a share estimated from the rest would be an invention. A
    province of which only a district came over cannot be weighed as a whole.

    Args:
        links: one row per (effective_on, event, from_unit_id, to_unit_id) with weight [share of
            the unit linked to, missing where not known].
        unit_ids: the later units.
        measured_on: the earlier day.
        asked_on: the later day; links after `measured_on` up to and including it count.
        weights: population of 2022 as it stands in the links, equal, or `Sizes`.

    Returns:
        One row per (unit_id, part_id) with share [0 to 1, sums to 1 over unit_id; missing
        where unknown], is_fraction (only a piece of part_id came over) and reason (empty,
        weights_missing or fraction_of_unit; the same in all rows of a unit).

    Raises:
        ColumnsMissing: `links` or a table of sizes lacks a column.
        WeightsFaulty: unknown weights, or sizes that are negative, repeated or no numbers.

    Source: docs/method/merger.md.
    """
    require_columns(links, LINK_COLUMNS)
    weight_basis(weights)
    steps = _steps(links, measured_on, asked_on)
    found = [
        (unit_id, leaf.part_id, leaf.share, leaf.is_fraction)
        for unit_id in unit_ids
        for leaf in _leaves(unit_id, steps)
    ]
    rows = pd.DataFrame(found, columns=["unit_id", "part_id", "share", "is_fraction"])
    # Pieces of one province that came by two roads are one part; all pieces make it whole again.
    by_part = rows.groupby(["unit_id", "part_id"], sort=False)
    share, is_fraction = by_part["share"].sum(skipna=False), by_part["is_fraction"].all()
    rows = pd.concat([share, is_fraction], axis=1).reset_index()
    return _shares(rows, weights)[list(COMPOSITION_COLUMNS)]


def parts_of(
    links: pd.DataFrame, unit_id: str, *, measured_on: date, asked_on: date
) -> tuple[str, ...]:
    """The units of an earlier day that make up one unit of a later day, without shares.

    Args:
        links: see `composition`.
        unit_id: the later unit.
        measured_on: the earlier day.
        asked_on: the later day.

    Returns:
        Ids in the order of the links; the unit itself where no change made it.

    Raises:
        ColumnsMissing: `links` lacks a column.

    Source: docs/method/merger.md.
    """
    require_columns(links, LINK_COLUMNS)
    leaves = _leaves(unit_id, _steps(links, measured_on, asked_on))
    return tuple(dict.fromkeys(leaf.part_id for leaf in leaves))


def _steps(links: pd.DataFrame, measured_on: date, asked_on: date) -> list[dict[str, list[_Leaf]]]:
    """For every day of change, latest first, what each unit of that day was made of."""
    days = pd.to_datetime(links["effective_on"])
    counts = (
        links["event"].isin(HANDING_ON)
        & (days > pd.Timestamp(measured_on))
        & (days <= pd.Timestamp(asked_on))
    )
    steps: dict[pd.Timestamp, dict[str, list[_Leaf]]] = {}
    for day, row in zip(days[counts], links.loc[counts].itertuples(), strict=True):
        giver, taker = str(row.from_unit_id), str(row.to_unit_id)
        is_piece = row.event == "split" or (row.event == "transfer" and giver != taker)
        share = np.nan if pd.isna(row.weight) else float(row.weight)  # type: ignore[arg-type]
        steps.setdefault(day, {}).setdefault(taker, []).append(_Leaf(giver, share, bool(is_piece)))
    return [steps[day] for day in sorted(steps, reverse=True)]


def _leaves(unit_id: str, steps: list[dict[str, list[_Leaf]]]) -> list[_Leaf]:
    """Walk back through the changes; a unit that no change made is its own part."""
    leaves = [_Leaf(unit_id, 1.0, False)]
    for step in steps:
        leaves = [
            _Leaf(older.part_id, leaf.share * older.share, leaf.is_fraction or older.is_fraction)
            for leaf in leaves
            for older in step.get(leaf.part_id, [_Leaf(leaf.part_id, 1.0, False)])
        ]
    return leaves


def _shares(rows: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Shares on the basis asked for; all or none of a unit's shares are known."""
    by_unit = rows.groupby("unit_id", sort=False)
    is_only = by_unit["part_id"].transform("size") == 1
    is_piece = rows["is_fraction"] & ~is_only
    size, needs_whole = rows["share"].astype("float64"), pd.Series(False, index=rows.index)
    if isinstance(weights, Sizes):
        size, is_told_apart = _given_sizes(rows, weights)
        needs_whole = is_piece & ~is_told_apart
    elif weights == WeightBasis.EQUAL:
        size, needs_whole = pd.Series(1.0, index=rows.index), is_piece
    size = size.mask(needs_whole).mask(is_only, 1.0)
    has_piece = rows["unit_id"].isin(rows.loc[needs_whole, "unit_id"])
    total = rows["unit_id"].map(size.groupby(rows["unit_id"]).sum(skipna=False))
    rows["share"] = (size / total).where(total > 0)
    reason = np.where(has_piece, FRACTION_OF_UNIT, WEIGHTS_MISSING)
    rows["reason"] = pd.Series(reason, index=rows.index).where(rows["share"].isna(), "")
    return rows


def _given_sizes(rows: pd.DataFrame, weights: Sizes) -> tuple[pd.Series, pd.Series]:
    """The size of every part, and whether the table speaks of that part of the unit alone."""
    table = weights.table
    require_columns(table, ["unit_id", "value"])
    keys = [name for name in ("unit_id", "to_unit_id") if name in table.columns]
    value = pd.to_numeric(table["value"], errors="coerce").astype("float64")
    wrong = value.isna() | np.isinf(value) | (value < 0)
    if wrong.any():
        raise WeightsFaulty("weights_not_numbers", table.loc[wrong, "unit_id"])
    if table.duplicated(keys).any():
        raise WeightsFaulty("weights_repeated", table.loc[table.duplicated(keys), "unit_id"])
    names = {"unit_id": "part_id", "to_unit_id": "unit_id"}
    sizes = table[keys].rename(columns=names).assign(value=value)
    found = rows[["unit_id", "part_id"]].merge(
        sizes, on=[names[key] for key in keys], how="left", validate="many_to_one"
    )
    size = pd.Series(found["value"].to_numpy(dtype="float64"), index=rows.index)
    return size, pd.Series("to_unit_id" in keys, index=rows.index)


def edition_day(tables: Tables, *, index_id: str, edition: int) -> date:
    """The last day of which an edition can speak: which units it measured follows from it.

    It is 31 December, drawn back into the geography of the edition. Where units merged during the
    year and the edition still has figures of one that ended (Hà Tây in PCI 2008), it is the eve.

    Args:
        tables: units, links, editions and figures of the store.
        index_id: the index.
        edition: its year.

    Returns:
        The day.

    Raises:
        EditionNotFound: the catalogue holds no such edition.

    Source: docs/method/merger.md.
    """
    editions = tables.editions
    known = editions.loc[(editions["index_id"] == index_id) & (editions["edition"] == edition)]
    if known.empty:
        raise EditionNotFound(edition)
    geography = str(known["geography"].iloc[0])
    return _edition_day(tables, index_id, edition, _last_day(tables.units, geography, edition))


def edition_days(tables: Tables) -> dict[tuple[str, int], date]:
    """`edition_day` of every edition, by index_id and year.

    Source: docs/method/merger.md.
    """
    known = tables.editions.drop_duplicates(["index_id", "edition"])
    asked = list(
        zip(known["index_id"].astype(str), known["edition"].astype(int), known["geography"],
            strict=True)
    )  # fmt: skip
    last = {
        (place, edition): _last_day(tables.units, place, edition)
        for place, edition in {(place, edition) for _, edition, place in asked}
    }
    changed = {
        day.year for day in pd.to_datetime(tables.unit_links["effective_on"]).drop_duplicates()
    }
    # In most years no unit changed, and nobody's figures need to be looked through.
    return {
        (index_id, edition): _edition_day(tables, index_id, edition, last[place, edition])
        if edition in changed
        else last[place, edition].date()
        for index_id, edition, place in asked
    }


def _last_day(units: pd.DataFrame, geography: str, edition: int) -> pd.Timestamp:
    """31 December of a year, drawn back into the time of a geography."""
    own = units.loc[units["geography"] == geography, ["valid_from", "valid_to"]]
    day = max(pd.Timestamp(edition, 12, 31), pd.to_datetime(own["valid_from"]).min())
    ends = pd.to_datetime(own["valid_to"])
    return day if ends.isna().any() else min(day, ends.max())


def _edition_day(tables: Tables, index_id: str, edition: int, day: pd.Timestamp) -> date:
    """The eve of the first change of that year where a unit it ended still has figures."""
    units, links = tables.units, tables.unit_links
    measured = tables.figures.loc[
        (tables.figures["index_id"] == index_id) & (tables.figures["edition"] == edition),
        "unit_id",
    ].unique()
    gone = units.loc[ends_before(units, day) & units["unit_id"].isin(measured), "unit_id"]
    changed_on = pd.to_datetime(links["effective_on"])
    of_the_year = changed_on[
        links["from_unit_id"].isin(gone)
        & (links["from_unit_id"] != links["to_unit_id"])
        & (changed_on.dt.year == edition)
        & (changed_on <= day)
    ]
    eve = day if of_the_year.empty else of_the_year.min() - timedelta(days=1)
    return date(eve.year, eve.month, eve.day)


def ends_before(units: pd.DataFrame, day: date) -> pd.Series:
    """Whether each unit had ended before a day, on the index of `units`.

    Source: docs/method/merger.md.
    """
    return pd.to_datetime(units["valid_to"]) < pd.Timestamp(day)


def units_on(units: pd.DataFrame, day: date) -> list[str]:
    """Ids of the units in force on a day, in the order of `units`.

    Args:
        units: one row per unit_id with valid_from and valid_to [days, both included].
        day: the day.

    Raises:
        ColumnsMissing: `units` lacks a column named above.

    Source: docs/method/merger.md.
    """
    require_columns(units, UNIT_COLUMNS)
    begun = pd.to_datetime(units["valid_from"]) <= pd.Timestamp(day)
    return [str(unit_id) for unit_id in units.loc[begun & ~ends_before(units, day), "unit_id"]]


def same_kind(units: pd.DataFrame, links: pd.DataFrame, geography: str) -> pd.DataFrame:
    """The units of a geography and of those it passed into or came from: never communes.

    Args:
        units: one row per unit_id, with geography.
        links: one row per link, see `composition`.
        geography: the set of units an edition ranks, e.g. vn63.

    Returns:
        Rows of `units`: of vn63 or vn34 those of both, of communes those of communes.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/merger.md.
    """
    require_columns(units, UNIT_COLUMNS)
    require_columns(links, LINK_COLUMNS)
    of = units.drop_duplicates("unit_id").set_index("unit_id")["geography"]
    steps = list(zip(links["from_unit_id"].map(of), links["to_unit_id"].map(of), strict=True))
    kin, found = set[str](), {geography}
    while found - kin:
        kin |= found
        found = {str(b) for one, other in steps for a, b in ((one, other), (other, one))
                 if a in kin and not pd.isna(b)}  # fmt: skip
    return units.loc[units["geography"].isin(kin)]


def successors(
    units: pd.DataFrame, links: pd.DataFrame, unit_id: str, *, on: date
) -> tuple[str, ...]:
    """The units in force on a day that stand for a unit of any earlier day.

    A unit that lasts stands for itself, even if it gave up a part. After a split there are several.

    Args:
        units: one row per unit_id with valid_from and valid_to.
        links: one row per link, see `composition`.
        unit_id: the earlier unit.
        on: the later day.

    Returns:
        Ids in the order of the links; empty when the unit begins after the day.

    Source: docs/method/merger.md.
    """
    require_columns(links, LINK_COLUMNS)
    alive = set(units_on(units, on))
    days = pd.to_datetime(links["effective_on"])
    onward = links.loc[
        links["event"].isin([event for event in HANDING_ON if event != "transfer"])
        & (links["from_unit_id"] != links["to_unit_id"])
        & (days <= pd.Timestamp(on))
    ]
    found: dict[str, None] = {}
    waiting, seen = [unit_id], {unit_id}
    while waiting:
        current = waiting.pop(0)
        if current in alive:
            found.setdefault(current)
            continue
        takers = onward.loc[onward["from_unit_id"] == current, "to_unit_id"]
        waiting += [str(taker) for taker in takers if taker not in seen]
        seen.update(str(taker) for taker in takers)
    return tuple(found)
