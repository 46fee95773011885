"""Targets: what a directive asks for, resolved at a date, and whether it was met.

Every place is handled as an interval [best possible, worst possible]; a known place is an
interval of one. A verdict is given only when it is the same everywhere in the interval.
A positive gain is an improvement; a positive gap is the number of places still missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analytics.comparability import comparability
from analytics.continuity import Lineage, unit_changes
from analytics.ranks import SCORE_DECIMALS
from analytics.schema import (
    NOT_HELD,
    NOT_PUBLISHED,
    OUTSIDE_TOP,
    WITHHELD,
    require_columns,
)


class TargetKind(StrEnum):
    """What a sentence of a directive can ask for."""

    RANK_GAIN = "rank_gain_vs_year"
    IMPROVE_YEARLY = "improve_yearly"
    KEEP_AND_IMPROVE = "keep_and_improve"
    NOT_BELOW_LAST_YEAR = "not_below_last_year"
    HOLD_RANK = "hold_rank"
    TOP_N = "top_n"
    RANK_BETWEEN = "rank_between"
    REGIONAL_RANK = "regional_rank"
    SCORE_AT_LEAST = "score_at_least"
    PERCENT_AT_LEAST = "percent_at_least"
    SCORE_GAIN = "score_gain_vs_year"
    GROUP_AT_LEAST = "group_at_least"
    ABOVE_AVERAGE = "above_national_average"
    PERCENT_REDUCTION = "percent_reduction_at_least"
    COUNT_AT_MOST = "count_at_most"
    COMPLETE_BY = "complete_by"
    IMPROVE_UNQUANTIFIED = "improve_unquantified"


class TargetStatus(StrEnum):
    """What may be said of a target at a date."""

    MET = "met"
    MET_STRETCH = "met_stretch"
    MISSED = "missed"
    HELD_NOT_IMPROVED = "held_not_improved"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_DUE = "not_due"
    NOT_ASSESSABLE = "not_assessable"
    NO_TARGET = "no_target"


FLAGS = (
    "provisional_baseline",
    "capped",
    "interval",
    "method_break",
    "renamed",
    "merged",
    "sensitive_to_missing",
    "within_noise",
    "unquantified",
    "tie_broken_by_publisher",
    "contributes",
)

# Asked anew every year; all others fall due once, in their last edition.
YEARLY = (
    TargetKind.IMPROVE_YEARLY,
    TargetKind.KEEP_AND_IMPROVE,
    TargetKind.NOT_BELOW_LAST_YEAR,
    TargetKind.HOLD_RANK,
    TargetKind.IMPROVE_UNQUANTIFIED,
)
CHAINS = (TargetKind.IMPROVE_YEARLY, TargetKind.KEEP_AND_IMPROVE)
AGAINST_BASELINE = (TargetKind.RANK_GAIN, TargetKind.SCORE_GAIN)
AGAINST_LAST_YEAR = (
    TargetKind.IMPROVE_YEARLY,
    TargetKind.KEEP_AND_IMPROVE,
    TargetKind.NOT_BELOW_LAST_YEAR,
    TargetKind.IMPROVE_UNQUANTIFIED,
)
TO_A_PLACE = (
    TargetKind.HOLD_RANK,
    TargetKind.TOP_N,
    TargetKind.RANK_BETWEEN,
    TargetKind.REGIONAL_RANK,
)
TO_A_SCORE = (TargetKind.SCORE_AT_LEAST, TargetKind.PERCENT_AT_LEAST)
ON_SCORE = (*TO_A_SCORE, TargetKind.SCORE_GAIN, TargetKind.ABOVE_AVERAGE)
MEASURED = (TargetKind.PERCENT_REDUCTION, TargetKind.COUNT_AT_MOST, TargetKind.COMPLETE_BY)
# "Cao hơn" is strict: equality does not meet these.
STRICT = (
    TargetKind.IMPROVE_YEARLY,
    TargetKind.IMPROVE_UNQUANTIFIED,
    TargetKind.ABOVE_AVERAGE,
)
# Judged on values an office enters, not on the published indices.
OPERATIONAL_MEASURES = ("percent", "count", "date")

# A change smaller than this many standard errors is noise (two-sided 90 %, as PAPI prints).
NOISE_Z = 1.645
# A printed standard error of 0 is an artefact of the sample; the tenth percentile stands in.
ZERO_ERROR_QUANTILE = 0.10
# A needed yearly gain up to twice the pace achieved so far is "at risk", above it "off track".
AT_RISK_PACE = 2.0
# Probabilities of an edition that is not out: from 2/3 "on track", below 1/3 "off track".
ON_TRACK_PROBABILITY, OFF_TRACK_PROBABILITY = 2 / 3, 1 / 3

TARGET_COLUMNS = (
    "target_id", "unit_id", "index_id", "component_id", "kind", "amount", "stretch", "operator",
    "measure", "baseline_edition", "first_edition", "last_edition", "group_name", "region_id",
    "footnote_rank", "note",
)  # fmt: skip

STANDING_COLUMNS = (
    "index_id", "unit_id", "component_id", "edition", "score", "percent", "state", "rank",
    "rank_origin", "rank_low", "rank_high", "n_ranked", "n_withheld", "tie_broken_by_publisher",
)  # fmt: skip

_RESULT = [
    "target_id", "unit_id", "index_id", "component_id", "kind", "amount", "stretch", "measure",
    "edition", "due_edition", "baseline_edition", "baseline_used", "is_provisional",
    "baseline_rank", "baseline_low", "baseline_high", "baseline_n", "baseline_origin",
    "baseline_score", "required_rank", "required_low", "required_stretch", "required_score",
    "actual_rank", "actual_low", "actual_high", "actual_score", "actual_origin", "actual_state",
    "n_ranked", "n_withheld", "gain", "gap", "score_gap", "footnote_rank", "footnote_required",
    "footnote_status", "score_verdict", "status", "reason", "changed_on", "change_event", "flags",
]  # fmt: skip
_PLACES = [
    "baseline_rank", "baseline_low", "baseline_high", "baseline_n", "baseline_score",
    "actual_rank", "actual_low", "actual_high", "actual_score", "n_ranked", "n_withheld",
    "gain", "gap", "score_gap", "footnote_required",
]  # fmt: skip

MET, MISSED = TargetStatus.MET.value, TargetStatus.MISSED.value
UNDECIDED = TargetStatus.NOT_ASSESSABLE.value


def target_standing(
    targets: pd.DataFrame,
    standings: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    components: pd.DataFrame,
    breaks: pd.DataFrame,
    asked: Sequence[int],
    as_of: date,
    groups: pd.DataFrame | None = None,
    national: pd.DataFrame | None = None,
    regions: pd.DataFrame | None = None,
    errors: pd.DataFrame | None = None,
    measurements: pd.DataFrame | None = None,
    probabilities: pd.DataFrame | None = None,
    lineage: Lineage | None = None,
) -> pd.DataFrame:
    """Where each target stands in each edition asked for, as known on one day.

    Nothing published after `as_of` is used. A baseline year that was not out then is replaced by
    the last edition that was, and the requirement is marked provisional; once it is out, the
    same call gives the final requirement, so a status never freezes. Where a place is unknown
    its bounds decide, and when the verdict differs within the bounds the answer is "not
    assessable" with a reason.

    Args:
        targets: one row per target, with `TARGET_COLUMNS`; amount in places, points or per
            cent as the kind asks; for top_n, hold_rank, rank_between (worst place) and
            regional_rank amount is a place and stretch the better one; group_name is a group_id;
            deadline [date] where there is one.
        standings: result of `analytics.ranks.standings`.
        editions: one row per (index_id, edition), with published_on [date].
        components: one row per (component_id, period), see `comparability`, with direction
            [+1|-1] and max_score [points].
        breaks: one row per (component_id, break), see `comparability`.
        asked: editions to judge, e.g. [2023].
        as_of: the day whose knowledge is used.
        groups: result of `analytics.groups.group_standing`, for group targets.
        national: one row per (component_id, edition) with value [points], the national mean.
        regions: one row per unit_id with region_id and, where units have ended, valid_to.
        errors: one row per (unit_id, component_id, edition) with standard_error [points].
        measurements: one row per (target_id, edition) with value, base_value, completed_on.
        probabilities: one row per (target_id, edition) with p_met, for editions not out yet.
        lineage: which units were formed, ended or took in others, and when (see
            `analytics.continuity`); without it every unit counts as one and the same.

    Returns:
        One row per (target_id, edition) whose period covers the edition, with baseline_used,
        is_provisional, baseline_rank, baseline_low, baseline_high, baseline_n, baseline_score,
        required_rank, required_low, required_stretch [place], required_score [points],
        actual_rank, actual_low, actual_high [place], actual_score [points], actual_origin,
        actual_state, n_ranked [units], gain [places, positive = better], gap [places still
        missing, at or below 0 = met], score_gap [points], footnote_required [place],
        footnote_status, status (`TargetStatus`), reason (code, empty when a verdict is given),
        changed_on [day] and change_event where the unit was not the same unit throughout,
        score_verdict for yearly chains, and flags (tuple out of `FLAGS`).

    Raises:
        ColumnsMissing: `targets` or `standings` lacks a column named above.

    Source: docs/method/targets.md.
    """
    require_columns(targets, TARGET_COLUMNS)
    require_columns(standings, STANDING_COLUMNS)
    rows = targets if targets.empty else _requests(targets, asked)
    if rows.empty:
        return pd.DataFrame({column: pd.Series(dtype="object") for column in _RESULT})
    rows = _dates(rows, editions, as_of, lineage)
    known = standings[list(STANDING_COLUMNS)].astype({"edition": "Int64"})
    known = known.merge(_out(editions, as_of), on=["index_id", "edition"], how="inner")
    sizes = _sizes(known)
    own = known.loc[known["unit_id"].isin(rows["unit_id"].unique())]
    rows = _attach(rows, own, sizes, "baseline", rows["baseline_used"])
    rows = _attach(rows, own, sizes, "actual", rows["edition"])
    rows = _within_region(rows, known, regions)
    rows = _context(rows, groups, national, errors, measurements, probabilities)
    rows = _component_facts(rows, components, breaks)
    rows = _required(rows)
    rows = _verdicts(rows, as_of)
    rows = _chains(rows, own)
    rows = _on_the_way(rows)
    rows = _waiting(rows)
    rows = _refusals(rows, lineage)
    rows = _reasons(rows)
    rows = _footnotes(rows)
    rows = _flags(rows)
    # A share of files is no place in a league table: an operational target shows none.
    rows[_PLACES] = rows[_PLACES].mask(rows["judged_by"] == "measured")
    return rows[_RESULT].reset_index(drop=True)


def editions_compared(
    targets: pd.DataFrame,
    *,
    editions: pd.DataFrame,
    asked: Sequence[int],
    as_of: date,
    lineage: Lineage | None = None,
) -> pd.DataFrame:
    """Of which editions `target_standing` needs all units of a line: the one asked, and its base.

    Args:
        targets: as in `target_standing`.
        editions: as in `target_standing`.
        asked: as in `target_standing`.
        as_of: as in `target_standing`.
        lineage: as in `target_standing`.

    Returns:
        One row per (index_id, component_id, edition).

    Source: docs/method/targets.md.
    """
    columns = ["index_id", "component_id", "edition"]
    rows = _requests(targets, asked)
    if rows.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    rows = _dates(rows, editions, as_of, lineage)
    before = rows.assign(edition=rows["baseline_used"])
    found = pd.concat([rows[columns], before[columns]], ignore_index=True)
    return found.dropna().drop_duplicates(ignore_index=True)


# --------------------------------------------------------------------------- questions and dates


def _true(condition: pd.Series) -> pd.Series:
    """Where a condition holds for certain: one that cannot be answered does not hold."""
    return condition if condition.dtype == bool else condition.fillna(False).astype(bool)


def _float(values: pd.Series) -> pd.Series:
    is_numeric = pd.api.types.is_numeric_dtype(values)
    return (values if is_numeric else pd.to_numeric(values, errors="coerce")).astype("float64")


def _requests(targets: pd.DataFrame, asked: Sequence[int]) -> pd.DataFrame:
    """One row per target and edition that the target's period covers."""
    years = pd.DataFrame({"edition": pd.array(list(dict.fromkeys(asked)), dtype="Int64")})
    rows = targets.merge(years, how="cross")
    whole = ("baseline_edition", "first_edition", "last_edition", "footnote_rank")
    rows = rows.astype({**dict.fromkeys(whole, "Int64"), "amount": "Float64", "stretch": "Float64"})
    rows = rows.loc[in_force(rows, rows["edition"])].reset_index(drop=True)
    yearly = rows["kind"].isin(YEARLY) | rows["last_edition"].isna()
    rows["due_edition"] = rows["last_edition"].mask(yearly, rows["edition"])
    kind, measure = rows["kind"], rows["measure"]
    measured = measure.isin(OPERATIONAL_MEASURES) | kind.isin(MEASURED)
    on_score = kind.isin(ON_SCORE) | (kind.isin(AGAINST_LAST_YEAR) & measure.eq("score"))
    rows["judged_by"] = np.select(
        [measured, kind == TargetKind.GROUP_AT_LEAST, on_score],
        ["measured", "group", "score"],
        default="place",
    )
    held = (kind == TargetKind.HOLD_RANK) & rows["amount"].isna()
    rows["needs_base"] = kind.isin([*AGAINST_BASELINE, *AGAINST_LAST_YEAR]) | held
    return rows


def in_force(targets: pd.DataFrame, edition: pd.Series) -> pd.Series:
    """Whether the target's period covers the edition.

    "Đến năm 2025" covers the years since the base year too: they are judged on the way.

    Source: docs/method/targets.md.
    """
    first, last = targets["first_edition"].astype("Int64"), targets["last_edition"].astype("Int64")
    after_base = targets["baseline_edition"].astype("Int64") + 1
    one_year = _true(first == last) & ~targets["kind"].isin(YEARLY)
    start = first.mask(one_year & _true(after_base < first), after_base)
    return _true(start.fillna(edition) <= edition) & _true(edition <= last.fillna(edition))


def _out(editions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Editions published by the day."""
    is_out = pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)
    return editions.loc[is_out, ["index_id", "edition"]].astype({"edition": "Int64"})


def _dates(
    rows: pd.DataFrame, editions: pd.DataFrame, as_of: date, lineage: Lineage | None
) -> pd.DataFrame:
    """Resolve the baseline at the day asked for: provisional until its year is published."""
    out = _out(editions, as_of)
    wanted = _baseline_wanted(rows)
    used = _latest(out, rows["index_id"], wanted)
    # The last year of the old provinces is no stand-in for the first of the new one.
    across = _changes(rows, used, wanted, lineage)["changed_on"].notna()
    alive = _changes(rows, wanted, wanted, lineage)["changed_on"].isna()
    rows["baseline_wanted"], rows["baseline_used"] = wanted, used.mask(across & alive)
    rows["is_provisional"] = _true(rows["baseline_used"] != wanted)
    rows["is_known_index"] = rows["index_id"].isin(editions["index_id"].unique())
    newest = _latest(out, rows["index_id"], rows["edition"])
    rows["is_out"] = _true(newest == rows["edition"])
    # A year that was skipped while later ones came out is not waited for.
    last = rows["index_id"].map(out.groupby("index_id")["edition"].max()).astype("Int64")
    rows["is_waiting"] = (
        ~rows["is_out"]
        & rows["is_known_index"]
        & (rows["judged_by"] != "measured")
        & (last.isna() | _true(rows["edition"] > last))
    )
    return rows


def _changes(
    rows: pd.DataFrame, start: pd.Series, end: pd.Series, lineage: Lineage | None
) -> pd.DataFrame:
    """Day and kind of what made each row's unit another one between two editions."""
    if lineage is None:
        nothing = {"changed_on": pd.Series(pd.NaT, index=rows.index), "change_event": ""}
        return pd.DataFrame(nothing, index=rows.index)
    asked = rows[["unit_id", "index_id"]].assign(start=start, end=end)
    return unit_changes(asked, lineage)


def _baseline_wanted(rows: pd.DataFrame) -> pd.Series:
    """The year compared against: the one named, else the one before."""
    year_before = rows["edition"] - 1
    start = (rows["first_edition"] - 1).mask(rows["kind"].isin(YEARLY))
    named = rows["baseline_edition"].fillna(start.where(_true(start < year_before)))
    return named.mask(rows["kind"].isin(AGAINST_LAST_YEAR), year_before).fillna(year_before)


def _latest(out: pd.DataFrame, index_id: pd.Series, wanted: pd.Series) -> pd.Series:
    """The last published edition of each row's index up to the year wanted."""
    years = {
        str(key): np.sort(found.to_numpy(dtype=int))
        for key, found in out.groupby("index_id")["edition"]
    }
    latest = pd.Series(pd.NA, index=wanted.index, dtype="Int64")
    for key, held in years.items():
        asked = wanted.loc[index_id == key]
        at = np.searchsorted(held, asked.to_numpy(dtype=int), side="right")
        found = pd.Series(held[at - 1], index=asked.index, dtype="Int64")
        latest.loc[asked.index] = found.mask(at == 0)
    return latest


# ------------------------------------------------------------------------------- what is known


def _sizes(known: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """How many units were ranked and are held on a line, and were ranked on its index."""
    lines = known.groupby(["component_id", "edition"], as_index=False).agg(
        _n=("n_ranked", "max"), _held=("rank", "count")
    )
    totals = known.loc[known["component_id"] == known["index_id"]]
    totals = totals.groupby(["index_id", "edition"], as_index=False).agg(_total=("n_ranked", "max"))
    both = (("component_id", lines), ("index_id", totals))
    return [(key, frame.rename(columns={"edition": "_edition"})) for key, frame in both]


def _attach(
    rows: pd.DataFrame,
    own: pd.DataFrame,
    sizes: list[tuple[str, pd.DataFrame]],
    role: str,
    edition: pd.Series,
) -> pd.DataFrame:
    """Join the standing of one edition under the prefix `role`; absent means not held by us."""
    columns = {
        "rank_low": "low", "rank_high": "high", "rank_origin": "origin", "n_ranked": "n",
        "tie_broken_by_publisher": "tie_broken", "n_withheld": "n_withheld", "score": "score",
        "percent": "percent", "state": "state", "rank": "rank",
    }  # fmt: skip
    found = own.drop(columns="index_id").rename(
        columns={"edition": "_edition", **{old: f"{role}_{new}" for old, new in columns.items()}}
    )
    rows = rows.assign(_edition=edition.astype("Int64")).merge(
        found, on=["unit_id", "component_id", "_edition"], how="left", validate="many_to_one"
    )
    for key, frame in sizes:
        rows = rows.merge(frame, on=[key, "_edition"], how="left", validate="many_to_one")
    n = rows[f"{role}_n"].fillna(rows["_n"]).fillna(rows["_total"]).astype("Int64")
    # A place we do not hold can be any place of the field, unless all places are taken.
    is_open = rows[f"{role}_state"].notna() | ~_true(rows["_held"] >= n)
    rows[f"{role}_n"] = n
    for bound, widest in (("low", n.mask(n.notna(), 1)), ("high", n)):
        held = rows[f"{role}_{bound}"].astype("Int64")
        rows[f"{role}_{bound}"] = held.fillna(widest.where(is_open))
    for column in ("rank", "n_withheld"):
        rows[f"{role}_{column}"] = rows[f"{role}_{column}"].astype("Int64")
    rows[f"{role}_score"] = rows[f"{role}_score"].astype("Float64")
    rows[f"{role}_state"] = rows[f"{role}_state"].fillna(NOT_HELD)
    rows[f"{role}_tie_broken"] = _true(rows[f"{role}_tie_broken"])
    return rows.drop(columns=["_edition", "_n", "_held", "_total"])


def _within_region(
    rows: pd.DataFrame, known: pd.DataFrame, regions: pd.DataFrame | None
) -> pd.DataFrame:
    """For regional targets replace the national place and bounds by those within the region.

    The place in the region follows from the national places; it is an interval where a member's
    place, or the unit's own, is unknown. A national baseline says nothing about it.
    """
    asked = rows.loc[rows["kind"] == TargetKind.REGIONAL_RANK]
    if asked.empty:
        return rows
    national = ["rank", "low", "high", "n", "n_withheld"]
    for column in [f"{role}_{name}" for role in ("baseline", "actual") for name in national]:
        rows.loc[asked.index, column] = pd.NA
    if regions is None:
        return rows
    homes = regions.drop_duplicates("unit_id").set_index("unit_id")
    among = known["component_id"].isin(asked["component_id"])
    among &= known["edition"].isin(asked["edition"])
    fields = dict(tuple(known.loc[among].groupby(["component_id", "edition"])))
    found: dict[Any, dict[str, Any]] = {}
    for position, row in asked.iterrows():
        field = fields.get((row["component_id"], row["edition"]))
        if field is None or row["unit_id"] not in homes.index:
            continue
        own_region = homes.loc[row["unit_id"], "region_id"]
        region = own_region if pd.isna(row["region_id"]) else row["region_id"]
        peers = homes.loc[(homes["region_id"] == region) & (homes.index != row["unit_id"])]
        if "valid_to" in peers:
            ended = pd.to_datetime(peers["valid_to"]).dt.year < int(row["edition"])
            peers = peers.loc[~ended]
        found[position] = _regional_place(row, field, peers.index)
    places = pd.DataFrame.from_dict(found, orient="index")
    for name in places.columns:
        rows.loc[places.index, name] = places[name].astype("Int64")
    return rows


def _regional_place(row: pd.Series, field: pd.DataFrame, peers: pd.Index) -> dict[str, Any]:
    """Best and worst place in the region that the national bounds allow."""
    low, high = row["actual_low"], row["actual_high"]
    if pd.isna(low) or row["actual_state"] == NOT_HELD:
        return {}
    held = field.loc[field["unit_id"].isin(peers)]
    all_placed = field["rank"].notna().sum() >= row["actual_n"]
    unseen = 0 if all_placed else len(peers) - len(held)
    best = 1 + int((held["rank_high"] < low).sum())
    worst = 1 + int((held["rank_low"] < high).sum()) + unseen
    return {
        "actual_rank": best if best == worst else pd.NA,
        "actual_low": best,
        "actual_high": worst,
        "actual_n": 1 + len(held) + unseen,
        "actual_n_withheld": 0,
    }


def _context(
    rows: pd.DataFrame,
    groups: pd.DataFrame | None,
    national: pd.DataFrame | None,
    errors: pd.DataFrame | None,
    measurements: pd.DataFrame | None,
    probabilities: pd.DataFrame | None,
) -> pd.DataFrame:
    """Join what only some kinds need; a context that was not handed over counts as missing."""
    errors = None if errors is None else _usable_errors(errors)
    unit = ["unit_id", "component_id"]
    joins: list[tuple[pd.DataFrame | None, list[str], str, dict[str, str]]] = [
        (groups, ["unit_id", "index_id"], "edition",
         {"group_id": "actual_group", "group_order": "group_order"}),
        (national, ["component_id"], "edition", {"value": "national_mean"}),
        (errors, unit, "edition", {"standard_error": "actual_error"}),
        (errors, unit, "baseline_used", {"standard_error": "baseline_error"}),
        (measurements, ["target_id"], "edition",
         {c: f"measured_{c}" for c in ("value", "base_value", "completed_on")}),
        (probabilities, ["target_id"], "edition", {"p_met": "p_met"}),
    ]  # fmt: skip
    for frame, keys, year, columns in joins:
        if frame is None or frame.empty:
            rows[list(columns.values())] = pd.NA
            continue
        found = frame[[*keys, "edition", *columns]].rename(columns={**columns, "edition": year})
        found = found.astype({year: "Int64"})
        rows = rows.merge(found, on=[*keys, year], how="left", validate="many_to_one")
    # A mean or a group is published with its edition, not before it.
    rows["national_mean"] = _float(rows["national_mean"]).where(rows["is_out"]).astype("Float64")
    # The groups a publisher forms are groups of the total.
    grouped = rows["is_out"] & (rows["component_id"] == rows["index_id"])
    rows["actual_group"] = rows["actual_group"].where(grouped)
    return rows


def _usable_errors(errors: pd.DataFrame) -> pd.DataFrame:
    """Standard errors with the tenth percentile of the edition in place of a printed 0."""
    positive = errors["standard_error"].where(errors["standard_error"] > 0)
    keys = [errors["component_id"], errors["edition"]]
    stand_in = positive.groupby(keys).transform("quantile", ZERO_ERROR_QUANTILE)
    is_zero = errors["standard_error"] == 0
    return errors.assign(standard_error=errors["standard_error"].mask(is_zero, stand_in))


def _component_facts(
    rows: pd.DataFrame, components: pd.DataFrame, breaks: pd.DataFrame
) -> pd.DataFrame:
    """Join direction, maximum of the edition, and what stands between the years compared.

    A chain is only as comparable as its weakest step, so it is looked at from its first year.
    """
    chain = rows["kind"].isin(CHAINS)
    start = (rows["first_edition"] - 1).where(chain & rows["baseline_used"].notna())
    rows["compared_from"] = pd.concat([rows["baseline_used"], start], axis=1).min(axis=1)
    rows["compared_from"] = rows["compared_from"].astype("Int64")
    keys = ["component_id", "compared_from", "edition"]
    asked = rows[keys].rename(columns={"compared_from": "baseline"})
    found = comparability(components, breaks, asked).rename(columns={"baseline": "compared_from"})
    rows = rows.merge(found, on=keys, how="left", validate="many_to_one")
    ways = components.drop_duplicates("component_id").set_index("component_id")["direction"]
    rows["direction"] = rows["component_id"].map(ways).fillna(1).astype(int)
    live = rows[["component_id", "edition"]].reset_index().merge(
        components[["component_id", "from_edition", "to_edition", "max_score"]], on="component_id"
    )  # fmt: skip
    ends = live["to_edition"].astype("Int64").fillna(live["edition"])
    live = live.loc[_true(live["from_edition"] <= live["edition"]) & _true(live["edition"] <= ends)]
    rows["max_score"] = live.drop_duplicates("index").set_index("index")["max_score"]
    return rows


# ------------------------------------------------------------------------------ what is asked


def _step(rows: pd.DataFrame) -> pd.Series:
    """Places a target asks to gain on its baseline; missing for kinds that name a place."""
    kind = rows["kind"]
    places = rows["amount"].round().astype("Int64")
    more_than = (kind == TargetKind.RANK_GAIN) & rows["operator"].isin([">"])
    step = (places + more_than.astype(int)).where(kind == TargetKind.RANK_GAIN)
    same = kind.isin([TargetKind.KEEP_AND_IMPROVE, TargetKind.NOT_BELOW_LAST_YEAR])
    step = step.mask(same | ((kind == TargetKind.HOLD_RANK) & places.isna()), 0)
    one = kind.isin([TargetKind.IMPROVE_YEARLY, TargetKind.IMPROVE_UNQUANTIFIED])
    return step.mask(one, 1).where(rows["judged_by"] == "place")


def _required(rows: pd.DataFrame) -> pd.DataFrame:
    """The place or score each target asks for, with the bounds an unknown baseline leaves."""
    rows["step"] = _step(rows)
    kind, step = rows["kind"], rows["step"]
    named = rows["amount"].round().astype("Int64").where(kind.isin(TO_A_PLACE))
    for bound in ("rank", "low", "high"):
        asked = (rows[f"baseline_{bound}"] - step).clip(lower=1)
        rows[f"required_{bound}"] = asked.fillna(named).astype("Int64")
    climb = step.mask(step.notna() & (kind == TargetKind.KEEP_AND_IMPROVE), 1)
    rows["is_capped"] = _true(rows["baseline_rank"] - climb < 1)
    stretch = rows["stretch"].round().astype("Int64")
    further = (rows["baseline_rank"] - stretch).clip(lower=1).where(kind == TargetKind.RANK_GAIN)
    rows["required_stretch"] = further.mask(kind.isin(TO_A_PLACE), stretch).astype("Int64")
    base, amount = rows["baseline_score"], rows["amount"]
    score = amount.where(kind.isin(TO_A_SCORE))
    score = score.mask(kind == TargetKind.SCORE_GAIN, base + amount * rows["direction"])
    score = score.mask(kind == TargetKind.ABOVE_AVERAGE, rows["national_mean"])
    score = score.mask(kind.isin(AGAINST_LAST_YEAR), base)
    rows["required_score"] = score.where(rows["judged_by"] == "score").round(SCORE_DECIMALS)
    return rows


# ------------------------------------------------------------------------------------ verdicts


def _verdicts(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Met, missed or undecided, for every kind that looks at one edition."""
    by = rows["judged_by"]
    rows["judged_score"] = _judged_score(rows)
    status = _by_place(rows).mask(by == "score", _by_score(rows))
    status = status.mask(by == "group", _by_group(rows))
    rows["status"] = status.mask(by == "measured", _by_measurement(rows, as_of))
    wider = _by_place(rows, widened=True)
    rows["is_sensitive"] = (by == "place") & (status != UNDECIDED) & (wider == UNDECIDED)
    rows["gain"] = (rows["baseline_rank"] - rows["actual_rank"]).astype("Int64")
    rows["gap"] = (rows["actual_rank"] - rows["required_rank"]).astype("Int64")
    missing = (rows["required_score"] - rows["judged_score"]) * _sign(rows)
    rows["score_gap"] = missing.round(SCORE_DECIMALS).astype("Float64")
    return rows


def _answer(met: pd.Series, missed: pd.Series) -> pd.Series:
    """A verdict where one is certain."""
    status = pd.Series(UNDECIDED, index=met.index, dtype="object")
    return status.mask(_true(met), MET).mask(_true(missed), MISSED)


def _by_place(rows: pd.DataFrame, *, widened: bool = False) -> pd.Series:
    """The verdict that holds for every place within the bounds.

    `widened`: with every known place r taken as [r, r + number withheld], the places it could
    have among all units.
    """
    high, latest = rows["actual_high"], rows["required_high"]
    if widened:
        high = high + rows["actual_n_withheld"].where(rows["actual_rank"].notna()).fillna(0)
        base = rows["baseline_high"] + rows["baseline_n_withheld"].fillna(0)
        known = rows["baseline_rank"].notna() & rows["step"].notna()
        latest = latest.mask(known, (base - rows["step"]).clip(lower=1))
    # Of a unit whose row we do not hold nothing is certain.
    held = rows["actual_state"] != NOT_HELD
    status = _answer(held & (high <= rows["required_low"]), held & (rows["actual_low"] > latest))
    further = _true(high <= rows["required_stretch"]) & (status == MET)
    return status.mask(further, TargetStatus.MET_STRETCH.value)


def _judged_score(rows: pd.DataFrame) -> pd.Series:
    """Points, or per cent of the maximum where a share is asked for."""
    share = rows["actual_percent"].astype("Float64").fillna(
        100 * rows["actual_score"] / rows["max_score"].astype("Float64")
    )  # fmt: skip
    as_share = rows["kind"] == TargetKind.PERCENT_AT_LEAST
    return rows["actual_score"].mask(as_share, share).round(SCORE_DECIMALS)


def _sign(rows: pd.DataFrame) -> pd.Series:
    """+1 where more is asked for, -1 where less: "dưới 3 điểm", or an index of costs."""
    less = rows["operator"].fillna("").str.startswith("<")
    return rows["direction"].mask(rows["kind"].isin(TO_A_SCORE), 1 - 2 * less.astype(int))


def _by_score(rows: pd.DataFrame) -> pd.Series:
    ahead = (rows["judged_score"] - rows["required_score"]).round(SCORE_DECIMALS) * _sign(rows)
    named = rows["kind"].isin([*TO_A_SCORE, TargetKind.SCORE_GAIN])
    strict = (named & rows["operator"].isin([">", "<"])) | rows["kind"].isin(STRICT)
    return _answer((ahead > 0).mask(~strict, ahead >= 0), (ahead <= 0).mask(~strict, ahead < 0))


def _by_group(rows: pd.DataFrame) -> pd.Series:
    """Compare positions in the scheme of the edition, best group first."""
    named = rows.loc[rows["group_name"].notna() & rows["actual_group"].notna()]
    places = {
        at: (order.index(own), order.index(wanted))
        for at, order, own, wanted in zip(
            named.index, named["group_order"], named["actual_group"], named["group_name"],
            strict=True,
        )
        if isinstance(order, tuple) and own in order and wanted in order
    }  # fmt: skip
    found = pd.DataFrame.from_dict(places, orient="index", columns=["own", "wanted"])
    found = found.astype("float64").reindex(rows.index)
    return _answer(found["own"] <= found["wanted"], found["own"] > found["wanted"])


def _reduction(rows: pd.DataFrame) -> pd.Series:
    """How much less than the base value was measured [per cent]."""
    value, base = _float(rows["measured_value"]), _float(rows["measured_base_value"])
    return (100 * (base - value) / base.where(base != 0)).round(SCORE_DECIMALS)


def _by_measurement(rows: pd.DataFrame, as_of: date) -> pd.Series:
    """Judge what an office measures itself: shares, counts, reductions, completions."""
    kind, operator, amount = rows["kind"], rows["operator"], _float(rows["amount"])
    value, base = _float(rows["measured_value"]), _float(rows["measured_base_value"])
    never = pd.Series(pd.NaT, index=rows.index)
    due = pd.to_datetime(rows.get("deadline", never), errors="coerce")
    done = pd.to_datetime(rows["measured_completed_on"], errors="coerce")
    days_early = (due - done).dt.days.astype("float64")
    ahead = pd.Series(np.nan, index=rows.index)
    ahead = ahead.mask(kind == TargetKind.PERCENT_AT_LEAST, value - amount)
    ahead = ahead.mask(kind == TargetKind.PERCENT_REDUCTION, _reduction(rows) - amount)
    ahead = ahead.mask(kind == TargetKind.COUNT_AT_MOST, amount - value)
    ahead = ahead.mask(kind == TargetKind.COMPLETE_BY, days_early)
    less = operator.isin(["<", "<="])
    trend = (value - base).mask(less, base - value)
    ahead = ahead.mask(kind == TargetKind.IMPROVE_UNQUANTIFIED, trend).round(SCORE_DECIMALS)
    # "Trước ngày 10/7" does not include the tenth, "trên 80 %" not the 80.
    strict = operator.isin([">", "<"]) | kind.isin(STRICT)
    status = _answer((ahead > 0).mask(~strict, ahead >= 0), (ahead <= 0).mask(~strict, ahead < 0))
    year_end = pd.to_datetime(rows["due_edition"].astype("int64").astype("str") + "-12-31")
    is_open = pd.Timestamp(as_of) <= due.fillna(year_end)
    return status.mask((status == UNDECIDED) & is_open, TargetStatus.NOT_DUE.value)


# -------------------------------------------------------------------------------------- chains


def _chains(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Judge "năm sau cao hơn năm trước" and "duy trì và cải thiện" over all years of the chain."""
    rows["score_verdict"] = ""
    published = rows["kind"].isin(CHAINS) & rows["is_out"] & (rows["judged_by"] != "measured")
    if not published.any():
        return rows
    links = _links(rows.loc[published], known)
    place = _chain_status(links, links["rank_low"], links["rank_high"], "rank", best=1)
    wider = _chain_status(links, links["rank_low"], links["wide_high"], "wide", best=1)
    score = _chain_status(links, links["cost"], links["cost"], "cost", best=-np.inf)
    at = place.index
    by_score = rows.loc[at, "judged_by"] == "score"
    rows.loc[at, "status"] = place.mask(by_score, score)
    rows.loc[at, "is_sensitive"] = ~by_score & (place != UNDECIDED) & (wider == UNDECIDED)
    comparable = (rows.loc[at, "score_comparable"] != "no") & (score != UNDECIDED)
    rows.loc[at, "score_verdict"] = score.where(comparable, "")
    return rows


def _links(chain: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """One row per chain and year since its first, with that year and the year before."""
    columns = ["unit_id", "component_id", "kind", "direction"]
    links = chain[columns].assign(position=chain.index)
    start = pd.concat([chain["first_edition"], chain["edition"]], axis=1).min(axis=1)
    years = zip(start, chain["edition"], strict=True)
    links["year"] = [list(range(int(first), int(last) + 1)) for first, last in years]
    links = links.explode("year").astype({"year": "Int64"})
    now = known[["unit_id", "component_id", "edition", "rank_low", "rank_high", "score"]].rename(
        columns={"edition": "year"}
    )
    # A published place is r to r + withheld among all units; bounds count the withheld already.
    now["wide_low"] = now["rank_low"]
    now["wide_high"] = now["rank_high"] + known["n_withheld"].where(known["rank"].notna(), 0)
    keys = ["unit_id", "component_id", "year"]
    before = now.assign(year=now["year"] + 1)
    links = links.merge(now, on=keys, how="left", validate="many_to_one")
    links = links.merge(
        before, on=keys, how="left", suffixes=("", "_before"), validate="many_to_one"
    )
    for suffix in ("", "_before"):
        cost = -_float(links[f"score{suffix}"]) * links["direction"]
        for name in ("cost", "cost_low", "cost_high"):
            links[f"{name}{suffix}"] = cost.round(SCORE_DECIMALS)
    return links


def _chain_status(
    links: pd.DataFrame, low: pd.Series, high: pd.Series, stem: str, *, best: float
) -> pd.Series:
    """One verdict per chain; low is good. A later rise does not heal an earlier fall.

    At the best place there is nothing to improve: holding it counts as better.
    """
    low_before, high_before = links[f"{stem}_low_before"], links[f"{stem}_high_before"]
    better = _true(high < low_before) | (_true(high <= best) & low_before.notna())
    not_better = _true(low >= high_before) & ~_true(low <= best)
    steps = pd.DataFrame(
        {
            "better": better,
            "not_better": not_better,
            "worse": _true(low > high_before),
            "not_worse": _true(high <= low_before),
        }
    ).groupby(links["position"])
    every, some = steps.all(), steps.any()
    yearly = links.groupby("position")["kind"].first() == TargetKind.IMPROVE_YEARLY
    met = every["better"].where(yearly, every["not_worse"] & some["better"])
    status = _answer(met, some["not_better"].where(yearly, some["worse"]))
    held = ~yearly & every["not_worse"] & every["not_better"]
    return status.mask(held, TargetStatus.HELD_NOT_IMPROVED.value)


# ----------------------------------------------------------------------------- before the result


def _on_the_way(rows: pd.DataFrame) -> pd.DataFrame:
    """Years before the one a target falls due: a straight line from base to goal decides.

    All measures are turned so that less is better.
    """
    by, sign = rows["judged_by"], _sign(rows)
    cut = rows["kind"] == TargetKind.PERCENT_REDUCTION
    base = _float(rows["baseline_rank"]).mask(by == "score", -_float(rows["baseline_score"]) * sign)
    goal = _float(rows["required_rank"]).mask(by == "score", -_float(rows["required_score"]) * sign)
    now = _float(rows["actual_rank"]).mask(by == "score", -_float(rows["judged_score"]) * sign)
    base, goal = base.mask(cut, 0.0), goal.mask(cut, -_float(rows["amount"]))
    now = now.mask(cut, -_reduction(rows))
    start = rows["baseline_used"].mask(cut, rows["baseline_wanted"])
    passed, left = rows["edition"] - start, rows["due_edition"] - rows["edition"]
    passed, left = _float(passed.where(passed > 0)), _float(left)
    expected = base + (goal - base) * passed / (passed + left)
    reached = rows["status"].isin([MET, TargetStatus.MET_STRETCH.value])
    on_track = reached | _true(now <= expected.round(SCORE_DECIMALS))
    catching_up = _true((now - goal) / left <= AT_RISK_PACE * (base - now) / passed)
    known = rows["is_out"] | (by == "measured")
    early = known & _true(rows["edition"] < rows["due_edition"])
    status = rows["status"].mask(early, TargetStatus.NOT_DUE.value)
    behind = early & expected.notna() & now.notna()
    status = status.mask(behind, TargetStatus.OFF_TRACK.value)
    status = status.mask(behind & catching_up, TargetStatus.AT_RISK.value)
    rows["status"] = status.mask(early & on_track, TargetStatus.ON_TRACK.value)
    return rows


def _waiting(rows: pd.DataFrame) -> pd.DataFrame:
    """An edition that is not out: the probability of success where one is known."""
    waiting = rows["is_waiting"]
    chance = _float(rows["p_met"])
    foreseen = np.select(
        [chance >= ON_TRACK_PROBABILITY, chance >= OFF_TRACK_PROBABILITY, chance.notna()],
        [s.value for s in (TargetStatus.ON_TRACK, TargetStatus.AT_RISK, TargetStatus.OFF_TRACK)],
        default=TargetStatus.NOT_DUE.value,
    )
    rows["status"] = rows["status"].mask(waiting, pd.Series(foreseen, index=rows.index))
    rows["actual_state"] = rows["actual_state"].mask(waiting, NOT_PUBLISHED)
    return rows


# ------------------------------------------------------------------------- refusals and reasons


def _refusals(rows: pd.DataFrame, lineage: Lineage | None) -> pd.DataFrame:
    """Withdraw the verdict where the unit changed or a step is incomparable, numbers or not."""
    start = rows["baseline_wanted"].mask(rows["kind"].isin(CHAINS), rows["compared_from"])
    start = start.fillna(rows["baseline_wanted"]).where(rows["needs_base"])
    changes = _changes(rows, start, rows["edition"], lineage)
    rows["is_merged"] = changes["changed_on"].notna() & rows["is_known_index"]
    rows["changed_on"] = changes["changed_on"].where(rows["is_merged"])
    rows["change_event"] = changes["change_event"].where(rows["is_merged"], "")
    answer = rows["rank_comparable"].mask(rows["judged_by"] == "score", rows["score_comparable"])
    against = rows["needs_base"] & (rows["judged_by"] != "measured")
    rows["is_incomparable"] = against & (answer == "no") & rows["is_out"]
    rows["is_flagged_break"] = against & (answer != "yes") & rows["is_method_break"]
    refused = rows["is_merged"] | rows["is_incomparable"] | ~rows["is_known_index"]
    rows["status"] = rows["status"].mask(refused, UNDECIDED)
    return rows


def _reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """Why there is no verdict; the first that applies."""
    by_score = rows["judged_by"] == "score"
    lost = rows["baseline_rank"].isna().mask(by_score, rows["baseline_score"].isna())
    no_base = rows["needs_base"] & lost
    before, actual = rows["baseline_state"], rows["actual_state"]
    is_average = (rows["kind"] == TargetKind.ABOVE_AVERAGE) & rows["judged_score"].notna()
    cases = [
        (rows["is_merged"], "merged"),
        (~rows["is_known_index"], "index_unknown"),
        (rows["judged_by"] == "measured", "no_measurement"),
        (rows["is_incomparable"], "not_comparable"),
        (no_base & rows["baseline_used"].isna(), "baseline_not_published"),
        (no_base & (before == WITHHELD), "baseline_withheld"),
        (no_base & (before == OUTSIDE_TOP), "baseline_outside_top"),
        (no_base, "baseline_not_held"),
        (actual == WITHHELD, "actual_withheld"),
        (actual == OUTSIDE_TOP, "actual_outside_top"),
        (actual == NOT_HELD, "actual_not_held"),
        (rows["judged_by"] == "group", "group_not_published"),
        (is_average, "average_not_published"),
        (by_score, "actual_not_held"),
    ]
    reason = np.select(
        [case for case, _ in cases], [code for _, code in cases], default="interval_undecided"
    )
    undecided = rows["status"] == UNDECIDED
    rows["reason"] = pd.Series(reason, index=rows.index).where(undecided, "")
    return rows


def _footnotes(rows: pd.DataFrame) -> pd.DataFrame:
    """What the document's own footnoted place would have asked for, for reference only."""
    asked = (rows["footnote_rank"] - rows["step"].fillna(0)).clip(lower=1)
    rows["footnote_required"] = asked
    actual = rows["actual_rank"]
    rows["footnote_status"] = _answer(actual <= asked, actual > asked).replace(UNDECIDED, "")
    return rows


# --------------------------------------------------------------------------------------- flags


def _flags(rows: pd.DataFrame) -> pd.DataFrame:
    """Everything a reader must know beside the verdict."""
    needs_base = rows["needs_base"]
    by_place, measured = rows["judged_by"] == "place", rows["judged_by"] == "measured"
    waiting = rows["is_waiting"]
    bounded = [OUTSIDE_TOP, WITHHELD]
    open_now = _true(rows["actual_low"] < rows["actual_high"])
    open_now &= rows["actual_state"].isin(bounded) | (rows["kind"] == TargetKind.REGIONAL_RANK)
    decided = rows["status"].isin([MET, TargetStatus.MET_STRETCH.value, MISSED])
    is_held = rows["status"] == TargetStatus.HELD_NOT_IMPROVED.value
    open_then = rows["baseline_rank"].isna() & (decided | rows["baseline_state"].isin(bounded))
    tied = rows["actual_tie_broken"] | (needs_base & rows["baseline_tie_broken"])
    noise = NOISE_Z * np.hypot(_float(rows["baseline_error"]), _float(rows["actual_error"]))
    change = _float(rows["actual_score"] - rows["baseline_score"]).abs()
    marks = {
        "provisional_baseline": needs_base & rows["is_provisional"],
        "capped": rows["is_capped"],
        "interval": by_place & ~waiting & (open_now | (needs_base & open_then)),
        "method_break": rows["is_flagged_break"],
        "renamed": needs_base & rows["is_renamed"],
        "merged": rows["is_merged"],
        "sensitive_to_missing": rows["is_sensitive"] & (decided | is_held),
        "within_noise": needs_base & (change < noise),
        "unquantified": rows["kind"] == TargetKind.IMPROVE_UNQUANTIFIED,
        "tie_broken_by_publisher": tied & by_place,
        "contributes": rows["note"].fillna("").astype(str).str.contains("góp phần"),
    }
    of_any = ("contributes", "unquantified", "merged")
    table = np.column_stack(
        [(marks[flag] & ~(measured & (flag not in of_any))).to_numpy(bool) for flag in FLAGS]
    )
    patterns, which = np.unique(table, axis=0, return_inverse=True)
    named = [
        tuple(flag for flag, is_set in zip(FLAGS, line, strict=True) if is_set) for line in patterns
    ]
    rows["flags"] = [named[at] for at in which.ravel()]
    rows["n_ranked"], rows["n_withheld"] = rows["actual_n"], rows["actual_n_withheld"]
    return rows


def uncovered_components(
    components: pd.DataFrame, targets: pd.DataFrame, *, unit_id: str, edition: int
) -> pd.DataFrame:
    """Components that nobody was given a target for, in indices where others were.

    An index with a target on its total only is not listed: the document chose not to go into
    components. One that sets seven of eight has left a gap. A target whose years are over, or
    have not begun, covers nothing.

    Args:
        components: one row per (component_id, period), with index_id, role, sort,
            from_edition, to_edition.
        targets: one row per target, with unit_id, index_id, component_id, kind, measure,
            baseline_edition, first_edition, last_edition.
        unit_id: whose targets.
        edition: year whose components count.

    Returns:
        One row per component without a target, with index_id, component_id, code and sort.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/targets.md.
    """
    require_columns(components, ["index_id", "component_id", "role", "from_edition", "to_edition"])
    require_columns(targets, ["unit_id", "index_id", "component_id", "kind", "measure",
                              "baseline_edition", "first_edition", "last_edition"])  # fmt: skip
    last = components["to_edition"].astype("Float64").fillna(np.inf)
    live = components.loc[
        (components["role"] == "component")
        & (components["from_edition"] <= edition)
        & (last >= edition)
    ]
    year = pd.Series(edition, index=targets.index, dtype="Int64")
    own = targets.loc[
        (targets["unit_id"] == unit_id) & (targets["measure"] == "rank") & in_force(targets, year)
    ]
    named = own.loc[own["component_id"] != own["index_id"]]
    gaps = live.loc[
        live["index_id"].isin(named["index_id"]) & ~live["component_id"].isin(named["component_id"])
    ]
    columns = ["index_id", "component_id", "code", "sort"]
    return gaps[columns].sort_values(["index_id", "sort"]).reset_index(drop=True)
