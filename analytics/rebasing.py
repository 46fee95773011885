"""What an old target means for the unit that came after: a new base year and a scaled level.

Nothing here replaces a target. A proposal becomes a target when a document adopts it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from analytics.board import Knowledge
from analytics.composition import same_kind, successors, units_on
from analytics.merger import scaled_gain
from analytics.plain import whole
from analytics.schema import UnitNotFound
from analytics.targets import (
    OPERATIONAL_MEASURES,
    YEARLY,
    TargetKind,
)

RESULT_COLUMNS = (
    "target_id", "unit_id", "new_unit_id", "index_id", "component_id", "kind", "measure",
    "operator", "rule", "is_open", "amount", "stretch", "n_before", "new_amount", "new_stretch",
    "n_now", "baseline_edition", "new_baseline", "new_first", "new_last", "base_place",
    "required_place", "document_id", "document_number", "clause", "group_name", "deadline",
)  # fmt: skip


class Rule(StrEnum):
    """How the level of an old target is carried over."""

    SCALED_GAIN = "scaled_gain"
    SCALED_PLACE = "scaled_place"
    CARRIED = "carried"
    OWN_DATA = "own_data"
    BY_HAND = "by_hand"


_PLACES = (TargetKind.HOLD_RANK, TargetKind.TOP_N, TargetKind.RANK_BETWEEN)


def scaled_place(place: int, *, n_before: int, n_now: int) -> int:
    """The place in a field of `n_now` that is as hard to hold as `place` was among `n_before`.

    Rounded towards the better place, so that an old target never becomes easier: the first 30 of 63
    are the first 16 of 34.

    Args:
        place: place in the old field, 1 or more.
        n_before: units in the old field.
        n_now: units in the new one.

    Returns:
        floor(1 + (place - 1)(n_now - 1)/(n_before - 1)) [place]; 1 where only one unit is left.

    Source: docs/method/rebasing.md.
    """
    return 1 + (place - 1) * (n_now - 1) // (n_before - 1) if n_before > 1 else 1


def proposals(known: Knowledge, *, unit_id: str, new_baseline: int, as_of: date) -> pd.DataFrame:
    """For each target of the units before, what it would be for the unit they are part of now.

    A rank gain is scaled to the new field and set against the new base year; a place to hold is
    scaled by its distance from the first; a yearly improvement starts anew; points and what an
    office counts itself stay as they are. A place within a region is left to a person: the
    regions have other members. A target that ran out is proposed too, for as many years as it
    had, and marked.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the unit now, e.g. vn34-quang-ngai.
        new_baseline: the new base year, e.g. 2025; it need not be out yet.
        as_of: day whose knowledge is used.

    Returns:
        One row per old target: target_id, unit_id (old), new_unit_id, rule (`Rule`), is_open
        (runs beyond the old unit), amount and new_amount [places, points or per cent], n_before
        and n_now [units ranked], new_baseline, new_first, new_last [editions], base_place [place
        of the new unit in the new base year; missing while it is not out], required_place
        [place; missing while the base is] and the columns of the old target.

    Raises:
        UnitNotFound: no unit has the id.

    Source: docs/method/rebasing.md.
    """
    units, links = known.tables.units, known.tables.unit_links
    own = units.loc[units["unit_id"] == unit_id]
    if own.empty:
        raise UnitNotFound(unit_id)
    begun = pd.Timestamp(own["valid_from"].iloc[0]).date()
    ended = units.loc[pd.to_datetime(units["valid_to"]) < pd.Timestamp(begun), "unit_id"]
    before = {
        str(other) for other in ended
        if unit_id in successors(units, links, str(other), on=max(begun, as_of))
    }  # fmt: skip
    targets = known.tables.targets
    old = targets.loc[targets["unit_id"].isin(before)]
    rows = [
        _proposal(known, {str(k): v for k, v in row.items()}, unit_id, begun, new_baseline, as_of)
        for row in old.to_dict("records")
    ]
    whole_numbers = ("n_before", "n_now", "baseline_edition", "new_baseline", "new_first",
                     "new_last", "base_place", "required_place")  # fmt: skip
    kinds = dict.fromkeys(whole_numbers, "Int64")
    found = pd.DataFrame(rows, columns=list(RESULT_COLUMNS)).astype(kinds)
    found[["amount", "new_amount"]] = found[["amount", "new_amount"]].astype("Float64")
    found["is_open"] = found["is_open"].astype(bool)
    order = found.assign(_closed=~found["is_open"])
    return order.sort_values(["_closed", "index_id", "target_id"]).drop(
        columns="_closed"
    ).reset_index(drop=True)  # fmt: skip


def taken_over(
    known: Knowledge,
    *,
    unit_id: str,
    edition: int,
    as_of: date,
    set_anew: Collection[str] = (),
) -> pd.DataFrame:
    """Targets of the units before that still run in a year and that no document has set anew.

    They are judged for nobody until a document sets them anew; what an office counts itself is
    not among them.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the unit now.
        edition: the year looked at.
        as_of: day whose knowledge is used.
        set_anew: target_ids that a document has replaced.

    Returns:
        One row per target, columns of the register with from_vi and from_en [name of the former
        unit]; none in a year before the unit was formed.

    Raises:
        UnitNotFound: no unit has the id.

    Source: docs/method/rebasing.md.
    """
    units, rows = known.tables.units, known.tables.targets
    found = proposals(known, unit_id=unit_id, new_baseline=edition, as_of=as_of)
    is_waiting = found["is_open"] & (found["rule"] != Rule.OWN_DATA)
    waiting = set(found.loc[is_waiting, "target_id"]) - set(set_anew)
    begun = pd.Timestamp(units.loc[units["unit_id"] == unit_id, "valid_from"].iloc[0])
    still = rows["last_edition"].fillna(edition) >= edition
    is_left = rows["target_id"].isin(waiting) & still
    names = units.drop_duplicates("unit_id").set_index("unit_id")
    rows = rows.loc[is_left] if edition >= begun.year else rows.iloc[:0]
    return rows.assign(
        from_vi=rows["unit_id"].map(names["name_vi"]), from_en=rows["unit_id"].map(names["name_en"])
    )


def _rule(target: dict[str, Any]) -> Rule:
    kind = target["kind"]
    if target["measure"] in OPERATIONAL_MEASURES:
        return Rule.OWN_DATA
    if kind == TargetKind.RANK_GAIN:
        return Rule.SCALED_GAIN
    if kind in _PLACES and not pd.isna(target["amount"]):
        return Rule.SCALED_PLACE
    return Rule.BY_HAND if kind == TargetKind.REGIONAL_RANK else Rule.CARRIED


def _proposal(
    known: Knowledge,
    target: dict[str, Any],
    unit_id: str,
    begun: date,
    new_baseline: int,
    as_of: date,
) -> dict[str, Any]:
    """One old target on the new scale."""
    rule = _rule(target)
    old_base, last = whole(target["baseline_edition"]), whole(target["last_edition"])
    first = whole(target["first_edition"])
    old_field = old_base or (first - 1 if first else new_baseline - 1)
    n_before = _ranked(known, target, old_field, None)
    n_now = _ranked(known, target, new_baseline, as_of)
    amount, stretch = (_scaled(target[name], rule, n_before, n_now) for name in
                       ("amount", "stretch"))  # fmt: skip
    is_open = last is None or last >= begun.year
    span = None if last is None else max(1, last - old_field)
    new_last = None if span is None else last if is_open else new_baseline + span
    if new_last is not None and new_last <= new_baseline:
        new_last = new_baseline + 1
    place = _place(known, target, unit_id, new_baseline, as_of)
    return {
        **target,
        "new_unit_id": unit_id,
        "rule": rule.value,
        "is_open": is_open,
        "n_before": n_before,
        "n_now": n_now,
        "new_amount": amount,
        "new_stretch": stretch,
        "new_baseline": new_baseline,
        "new_first": new_baseline + 1,
        "new_last": new_last,
        "base_place": place,
        "required_place": _required(target["kind"], rule, place, amount),
    }


def _scaled(amount: Any, rule: Rule, n_before: int, n_now: int) -> float | None:
    if pd.isna(amount):
        return None
    if rule is Rule.SCALED_GAIN:
        return float(scaled_gain(int(amount), n_before=n_before, n_now=n_now))
    if rule is Rule.SCALED_PLACE:
        return float(scaled_place(int(amount), n_before=n_before, n_now=n_now))
    return None if rule is Rule.BY_HAND else float(amount)


def _required(kind: str, rule: Rule, place: int | None, amount: float | None) -> int | None:
    """The place asked for in the first year, counted from the new base."""
    if rule is Rule.SCALED_PLACE and amount is not None:
        return int(amount)
    if place is None or rule in (Rule.OWN_DATA, Rule.BY_HAND):
        return None
    if rule is Rule.SCALED_GAIN and amount is not None:
        return max(1, place - int(amount))
    if kind in (TargetKind.IMPROVE_YEARLY, TargetKind.IMPROVE_UNQUANTIFIED):
        return max(1, place - 1)
    return place if kind in YEARLY else None


def _ranked(known: Knowledge, target: dict[str, Any], edition: int, as_of: date | None) -> int:
    """Units ranked on the line in an edition; the units in force where none is held."""
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == target["component_id"]) & (rows["edition"] == edition)]
    held = _out(known, target["index_id"], edition, as_of) and rows["n_ranked"].notna().any()
    if held:
        return int(rows["n_ranked"].max())
    units = known.tables.units
    own = units.loc[units["unit_id"] == target["unit_id"], "geography"].iloc[0]
    kin = same_kind(units, known.tables.unit_links, str(own))
    return len(units_on(kin, date(edition, 12, 31)))


def _out(known: Knowledge, index_id: str, edition: int, as_of: date | None) -> bool:
    editions = known.tables.editions
    rows = editions.loc[(editions["index_id"] == index_id) & (editions["edition"] == edition)]
    if as_of is not None:
        rows = rows.loc[pd.to_datetime(rows["published_on"]) <= pd.Timestamp(as_of)]
    return len(rows) > 0


def _place(
    known: Knowledge, target: dict[str, Any], unit_id: str, edition: int, as_of: date
) -> int | None:
    """The place of the new unit in the new base year, once it is out."""
    if not _out(known, target["index_id"], edition, as_of):
        return None
    rows = known.standings
    own = rows.loc[
        (rows["component_id"] == target["component_id"])
        & (rows["edition"] == edition)
        & (rows["unit_id"] == unit_id)
    ]
    return whole(own["rank"].iloc[0]) if len(own) else None
