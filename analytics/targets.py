"""Targets: what a directive asks for, resolved at a date, and whether it was met.

Every place is handled as an interval [best possible, worst possible]; a known place is an
interval of one. A verdict is given only when it is the same everywhere in the interval.
A positive gain is an improvement; a positive gap is the number of places still missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.comparability import comparability
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
ON_SCORE = (TargetKind.SCORE_AT_LEAST, TargetKind.SCORE_GAIN, TargetKind.ABOVE_AVERAGE)
# Judged on values an office enters, not on the published indices.
OPERATIONAL_MEASURES = ("percent", "count", "date")

# On 1/7/2025 the 63 provinces became 34; from this edition on a province of the 63 is no unit.
FIRST_EDITION_OF_34 = 2025
# A change smaller than this many standard errors is noise (two-sided 90 %, as PAPI prints).
NOISE_Z = 1.645
# METHODS: a needed yearly gain up to twice the pace achieved so far is "at risk", above "off track".
AT_RISK_PACE = 2.0
# Probability words for an edition that is not out: from two thirds "on track", below one third off.
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
) -> pd.DataFrame:
    """Where each target stands in each edition asked for, as known on one day.

    Nothing published after `as_of` is used. A baseline year that was not out then is replaced by
    the last edition that was, and the requirement is marked provisional; once it is out, the
    same call gives the final requirement, so a status never freezes. Published places only:
    where a place is unknown the bounds decide, and when the verdict differs within the bounds
    the answer is "not assessable" with a reason.

    Args:
        targets: one row per target, with `TARGET_COLUMNS`; amount in places, points or per
            cent as the kind asks; for top_n, hold_rank, rank_between (worst place) and
            regional_rank amount is a place and stretch the better one.
        standings: result of `analytics.ranks.standings`.
        editions: one row per (index_id, edition), with published_on [date], geography.
        components: one row per (component_id, period), see `comparability`.
        breaks: one row per (component_id, break), see `comparability`.
        asked: editions to judge, e.g. [2023].
        as_of: the day whose knowledge is used.
        groups: result of `analytics.groups.group_standing`, for group targets.
        national: one row per (component_id, edition) with value [points], the national mean.
        regions: one row per unit_id with region_id, for regional ranks.
        errors: one row per (unit_id, component_id, edition) with standard_error [points].
        measurements: one row per (target_id, edition) with value, base_value, completed_on.
        probabilities: one row per (target_id, edition) with p_met, for editions not out yet.

    Returns:
        One row per (target_id, edition) whose period covers the edition, with baseline_used,
        is_provisional, baseline_rank, baseline_low, baseline_high, baseline_n, baseline_score,
        required_rank, required_low, required_stretch [place], required_score [points],
        actual_rank, actual_low, actual_high [place], actual_score [points], actual_origin,
        actual_state, n_ranked [units], gain [places, positive = better], gap [places still
        missing, at or below 0 = met], score_gap [points], footnote_required [place],
        footnote_status, status (`TargetStatus`), reason (code, empty when a verdict is given),
        score_verdict for yearly chains, and flags (tuple out of `FLAGS`).

    Raises:
        ColumnsMissing: `targets` or `standings` lacks a column named above.

    Source: docs/method/targets.md.
    """
    require_columns(targets, TARGET_COLUMNS)
    require_columns(standings, STANDING_COLUMNS)
    rows = _requests(targets, asked)
    if rows.empty:
        return _empty()
    rows = _dates(rows, editions, as_of)
    known = _known(standings, editions, as_of)
    rows = _attach(rows, known, "baseline", rows["baseline_used"])
    rows = _attach(rows, known, "actual", rows["edition"])
    rows = _attach(rows, known, "previous", rows["edition"] - 1)
    rows = _attach_context(rows, groups, national, errors, measurements, probabilities)
    if regions is not None:
        rows = _regional_bounds(rows, known, regions)
    rows = rows.merge(
        comparability(
            components, breaks, rows.rename(columns={"baseline_used": "baseline"})
        ).rename(columns={"baseline": "baseline_used"}),
        on=["component_id", "baseline_used", "edition"],
        how="left",
        validate="many_to_one",
    )
    rows = _required(rows)
    rows = _verdicts(rows)
    rows = _chains(rows, known)
    rows = _waiting(rows)
    rows = _refusals(rows)
    rows = _footnotes(rows)
    rows = _flags(rows)
    # A share of files is no place in a league table: an operational target shows none.
    rows[_PLACES] = rows[_PLACES].mask(rows["is_operational"])
    return rows[_RESULT].reset_index(drop=True)


_RESULT = [
    "target_id", "unit_id", "index_id", "component_id", "kind", "amount", "stretch", "measure",
    "edition", "due_edition", "baseline_edition", "baseline_used", "is_provisional",
    "baseline_rank", "baseline_low", "baseline_high", "baseline_n", "baseline_origin",
    "baseline_score", "required_rank", "required_low", "required_stretch", "required_score",
    "actual_rank", "actual_low", "actual_high", "actual_score", "actual_origin", "actual_state",
    "n_ranked", "n_withheld", "gain", "gap", "score_gap", "footnote_rank", "footnote_required",
    "footnote_status", "score_verdict", "status", "reason", "flags",
]  # fmt: skip
_PLACES = [
    "baseline_rank", "baseline_low", "baseline_high", "baseline_n", "baseline_score",
    "actual_rank", "actual_low", "actual_high", "actual_score", "n_ranked", "n_withheld",
    "gain", "gap", "score_gap", "footnote_required",
]  # fmt: skip


def _empty() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="object") for column in _RESULT})


def _requests(targets: pd.DataFrame, asked: Sequence[int]) -> pd.DataFrame:
    """One row per target and edition that the target's period covers."""
    rows = targets.merge(pd.DataFrame({"edition": list(asked)}), how="cross")
    for column in ("baseline_edition", "first_edition", "last_edition", "footnote_rank"):
        rows[column] = rows[column].astype("Int64")
    for column in ("amount", "stretch"):
        rows[column] = rows[column].astype("Float64")
    first = rows["first_edition"].fillna(rows["edition"])
    last = rows["last_edition"].fillna(rows["edition"])
    # "đến năm 2025": the years on the way are reported too, against the glide path.
    on_the_way = rows["first_edition"].notna() & (rows["first_edition"] == rows["last_edition"])
    start = first.mask(on_the_way & rows["baseline_edition"].notna(), rows["baseline_edition"] + 1)
    rows = rows.loc[(rows["edition"] >= start) & (rows["edition"] <= last)].copy()
    yearly = rows["kind"].isin(YEARLY) | rows["last_edition"].isna()
    rows["due_edition"] = rows["last_edition"].mask(yearly, rows["edition"]).astype("Int64")
    rows["edition"] = rows["edition"].astype("Int64")
    return rows.reset_index(drop=True)


def _dates(rows: pd.DataFrame, editions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Resolve the baseline at the day asked for: provisional until its year is published."""
    out = editions.loc[
        pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of), ["index_id", "edition"]
    ].copy()
    out["edition"] = out["edition"].astype("Int64")
    against_last_year = rows["kind"].isin(AGAINST_LAST_YEAR)
    wanted = rows["baseline_edition"].mask(against_last_year, rows["edition"] - 1)
    wanted = wanted.fillna(rows["edition"] - 1).astype("Int64")
    rows["baseline_wanted"] = wanted
    latest = pd.merge_asof(
        rows[["index_id"]].assign(wanted=wanted.astype("int64"), order=range(len(rows)))
        .sort_values("wanted"),
        out.assign(found=out["edition"].astype("int64")).sort_values("found")[
            ["index_id", "found"]
        ],
        left_on="wanted",
        right_on="found",
        by="index_id",
    ).sort_values("order")  # fmt: skip
    found = pd.Series(latest["found"].to_numpy(), index=rows.index).astype("Int64")
    rows["baseline_used"] = found
    rows["is_provisional"] = (found.notna() & (found != wanted)).fillna(False).astype(bool)
    published = out.assign(is_out=True)
    rows = rows.merge(published, on=["index_id", "edition"], how="left", validate="many_to_one")
    rows["is_out"] = rows["is_out"].fillna(False).astype(bool)
    rows["is_known_index"] = rows["index_id"].isin(editions["index_id"].unique())
    return rows


def _known(standings: pd.DataFrame, editions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Standings published by the day asked for, and only the columns a verdict needs."""
    dated = editions[["index_id", "edition", "published_on"]].copy()
    dated["is_out"] = pd.to_datetime(dated["published_on"]) <= pd.Timestamp(as_of)
    rows = standings[list(STANDING_COLUMNS)].merge(
        dated[["index_id", "edition", "is_out"]],
        on=["index_id", "edition"],
        how="left",
        validate="many_to_one",
    )
    rows = rows.loc[rows["is_out"].fillna(False).astype(bool)].drop(columns="is_out")
    rows["edition"] = rows["edition"].astype("Int64")
    return rows


def _attach(rows: pd.DataFrame, known: pd.DataFrame, role: str, edition: pd.Series) -> pd.DataFrame:
    """Join the standing of one edition under the prefix `role`; absent means not held by us."""
    found = known.drop(columns="index_id").rename(
        columns={
            "rank_low": f"{role}_low",
            "rank_high": f"{role}_high",
            "rank_origin": f"{role}_origin",
            "n_ranked": f"{role}_n",
            "n_withheld": f"{role}_n_withheld",
            "tie_broken_by_publisher": f"{role}_tie_broken",
            "edition": "_edition",
            **{c: f"{role}_{c}" for c in ("score", "percent", "state", "rank")},
        }
    )
    rows = rows.assign(_edition=edition.astype("Int64")).merge(
        found,
        on=["unit_id", "component_id", "_edition"],
        how="left",
        validate="many_to_one",
    )
    size = known.groupby(["component_id", "edition"])["n_ranked"].max().rename("_n").reset_index()
    size = size.rename(columns={"edition": "_edition"})
    rows = rows.merge(size, on=["component_id", "_edition"], how="left", validate="many_to_one")
    whole = known.loc[known["component_id"] == known["index_id"]]
    whole = whole.groupby(["index_id", "edition"])["n_ranked"].max().rename("_n_total")
    rows = rows.merge(
        whole.reset_index().rename(columns={"edition": "_edition"}),
        on=["index_id", "_edition"],
        how="left",
        validate="many_to_one",
    )
    n = rows[f"{role}_n"].fillna(rows["_n"]).fillna(rows["_n_total"]).astype("Int64")
    rows[f"{role}_n"] = n
    # A place we do not hold can be any place of the field.
    rows[f"{role}_low"] = rows[f"{role}_low"].fillna(1).where(n.notna())
    rows[f"{role}_high"] = rows[f"{role}_high"].fillna(n)
    rows[f"{role}_state"] = rows[f"{role}_state"].fillna(NOT_HELD)
    rows[f"{role}_tie_broken"] = rows[f"{role}_tie_broken"].fillna(False).astype(bool)
    return rows.drop(columns=["_edition", "_n", "_n_total"])


def _attach_context(
    rows: pd.DataFrame,
    groups: pd.DataFrame | None,
    national: pd.DataFrame | None,
    errors: pd.DataFrame | None,
    measurements: pd.DataFrame | None,
    probabilities: pd.DataFrame | None,
) -> pd.DataFrame:
    """Join what only some kinds need; a context that was not handed over counts as missing."""
    joins: list[tuple[pd.DataFrame | None, list[str], dict[str, str]]] = [
        (groups, ["unit_id", "index_id", "edition"], {"group_sort": "group_sort"}),
        (national, ["component_id", "edition"], {"value": "national_mean"}),
        (errors, ["unit_id", "component_id", "edition"], {"standard_error": "actual_error"}),
        (
            measurements,
            ["target_id", "edition"],
            {c: f"measured_{c}" for c in ("value", "base_value", "completed_on")},
        ),
        (probabilities, ["target_id", "edition"], {"p_met": "p_met"}),
    ]
    for frame, keys, columns in joins:
        if frame is None or frame.empty:
            for column in columns.values():
                rows[column] = pd.Series(pd.NA, index=rows.index, dtype="Float64")
            continue
        found = frame[[*keys, *columns]].rename(columns=columns)
        found = found.assign(edition=found["edition"].astype("Int64"))
        rows = rows.merge(found, on=keys, how="left", validate="many_to_one")
    rows["baseline_error"] = pd.Series(pd.NA, index=rows.index, dtype="Float64")
    if errors is not None and not errors.empty:
        found = errors[["unit_id", "component_id", "edition", "standard_error"]].rename(
            columns={"edition": "baseline_used", "standard_error": "_error"}
        )
        found["baseline_used"] = found["baseline_used"].astype("Int64")
        rows = rows.merge(
            found, on=["unit_id", "component_id", "baseline_used"], how="left",
            validate="many_to_one",
        )  # fmt: skip
        rows["baseline_error"] = rows.pop("_error").astype("Float64")
    rows["required_group"] = _group_sort(rows, groups)
    return rows


def _group_sort(rows: pd.DataFrame, groups: pd.DataFrame | None) -> pd.Series:
    """Position of the asked-for group in the scheme of the edition, 1 = best."""
    if groups is None or groups.empty:
        return pd.Series(pd.NA, index=rows.index, dtype="Float64")
    scheme = groups.drop_duplicates(["index_id", "group_id"])
    order = {(i, g): s for i, g, s in zip(
        scheme["index_id"], scheme["group_id"], scheme["group_sort"], strict=True
    )}  # fmt: skip
    keys = zip(rows["index_id"], rows["group_name"], strict=True)
    return pd.Series([order.get(key, pd.NA) for key in keys], index=rows.index, dtype="Float64")


def _regional_bounds(
    rows: pd.DataFrame, known: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """For regional targets replace the national bounds by the bounds within the region."""
    is_regional = rows["kind"] == TargetKind.REGIONAL_RANK
    for position in rows.index[is_regional]:
        row = rows.loc[position]
        home = regions.loc[regions["unit_id"] == row["unit_id"], "region_id"]
        if home.empty or pd.isna(row["actual_rank"]):
            continue
        members = regions.loc[regions["region_id"] == home.iloc[0], "unit_id"]
        field = known.loc[
            (known["component_id"] == row["component_id"])
            & (known["edition"] == row["edition"])
            & known["unit_id"].isin(members)
            & (known["unit_id"] != row["unit_id"])
        ]
        above = int((field["rank_high"] < row["actual_rank"]).sum())
        unclear = int((field["rank_low"] < row["actual_rank"]).sum()) - above
        n_unseen = len(members) - 1 - len(field)
        rows.loc[position, "actual_low"] = 1 + above
        rows.loc[position, "actual_high"] = 1 + above + unclear + n_unseen
        if unclear + n_unseen == 0:
            rows.loc[position, "actual_rank"] = 1 + above
        else:
            rows.loc[position, "actual_rank"] = pd.NA
        rows.loc[position, "actual_n"] = len(members)
    return rows


def _required(rows: pd.DataFrame) -> pd.DataFrame:
    """The place or score each target asks for, with the bounds an unknown baseline leaves."""
    kind, amount = rows["kind"], rows["amount"]
    places = amount.round().astype("Int64")
    step = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    step = step.mask(kind == TargetKind.RANK_GAIN, places)
    step = step.mask(kind.isin([TargetKind.KEEP_AND_IMPROVE, TargetKind.NOT_BELOW_LAST_YEAR]), 0)
    unquantified = (kind == TargetKind.IMPROVE_UNQUANTIFIED) & (rows["measure"] == "rank")
    step = step.mask((kind == TargetKind.IMPROVE_YEARLY) | unquantified, 1)
    raw = rows["baseline_rank"].astype("Int64") - step
    rows["required_rank"] = raw.clip(lower=1)
    rows["required_low"] = (rows["baseline_low"].astype("Int64") - step).clip(lower=1)
    rows["required_high"] = (rows["baseline_high"].astype("Int64") - step).clip(lower=1)
    rows["is_capped"] = (raw < 1).fillna(False).astype(bool)
    stretch = rows["baseline_rank"].astype("Int64") - rows["stretch"].round().astype("Int64")
    rows["required_stretch"] = stretch.clip(lower=1).where(kind == TargetKind.RANK_GAIN)
    fixed = kind.isin(TO_A_PLACE)
    held = (kind == TargetKind.HOLD_RANK) & places.isna()
    goal = places.mask(held, rows["baseline_rank"].astype("Int64"))
    for column in ("required_rank", "required_low", "required_high"):
        rows[column] = rows[column].mask(fixed, goal)
    rows["required_stretch"] = rows["required_stretch"].mask(
        fixed, rows["stretch"].round().astype("Int64")
    )
    score = amount.where(kind.isin([TargetKind.SCORE_AT_LEAST, TargetKind.PERCENT_AT_LEAST]))
    gain = rows["baseline_score"].astype("Float64") + amount
    score = score.mask(kind == TargetKind.SCORE_GAIN, gain)
    score = score.mask(kind == TargetKind.ABOVE_AVERAGE, rows["national_mean"].astype("Float64"))
    by_score = (kind == TargetKind.IMPROVE_UNQUANTIFIED) & (rows["measure"] == "score")
    rows["required_score"] = score.mask(by_score, rows["baseline_score"].astype("Float64"))
    return rows


def _verdicts(rows: pd.DataFrame) -> pd.DataFrame:
    """Met, missed, or undecided within the bounds, for every kind that looks at one edition."""
    status = pd.Series(TargetStatus.NOT_ASSESSABLE.value, index=rows.index, dtype="object")
    rows["reason"] = ""
    low, high = rows["actual_low"].astype("Int64"), rows["actual_high"].astype("Int64")
    by_rank = rows["required_low"].notna() & rows["required_high"].notna() & low.notna()
    sure = (high <= rows["required_low"]).fillna(False) & by_rank
    never = (low > rows["required_high"]).fillna(False) & by_rank
    status = status.mask(sure, TargetStatus.MET).mask(never, TargetStatus.MISSED)
    stretch = (high <= rows["required_stretch"]).fillna(False)
    status = status.mask(sure & stretch, TargetStatus.MET_STRETCH)

    value = rows["actual_score"].astype("Float64")
    as_share = (rows["kind"] == TargetKind.PERCENT_AT_LEAST) & rows["actual_percent"].notna()
    value = value.mask(as_share, rows["actual_percent"].astype("Float64"))
    rows["judged_score"] = value
    strict = rows["operator"].isin([">"]) | (rows["kind"] == TargetKind.ABOVE_AVERAGE)
    strict |= (rows["kind"] == TargetKind.IMPROVE_UNQUANTIFIED) & (rows["measure"] == "score")
    reached = (value > rows["required_score"]).mask(~strict, value >= rows["required_score"])
    by_score = rows["required_score"].notna() & value.notna()
    status = status.mask(by_score & reached.fillna(False), TargetStatus.MET)
    status = status.mask(by_score & ~reached.fillna(True), TargetStatus.MISSED)

    by_group = rows["required_group"].notna() & rows["group_sort"].notna()
    grouped = (rows["kind"] == TargetKind.GROUP_AT_LEAST) & by_group
    in_group = rows["group_sort"].astype("Float64") <= rows["required_group"]
    status = status.mask(grouped & in_group.fillna(False), TargetStatus.MET)
    status = status.mask(grouped & ~in_group.fillna(True), TargetStatus.MISSED)

    rows["status"] = _operational(rows, status)
    rows["gain"] = rows["baseline_rank"].astype("Int64") - rows["actual_rank"].astype("Int64")
    rows["gap"] = rows["actual_rank"].astype("Int64") - rows["required_rank"]
    rows["score_gap"] = (rows["required_score"] - value).astype("Float64")
    return rows


def _operational(rows: pd.DataFrame, status: pd.Series) -> pd.Series:
    """Judge what an office measures itself: shares, counts, reductions, completions."""
    value = pd.to_numeric(rows["measured_value"], errors="coerce").astype("Float64")
    base = pd.to_numeric(rows["measured_base_value"], errors="coerce").astype("Float64")
    kind, amount = rows["kind"], rows["amount"]
    cut = 100 * (base - value) / base.where(base != 0)
    done = pd.to_datetime(rows["measured_completed_on"], errors="coerce")
    due = pd.to_datetime(rows.get("deadline", pd.Series(pd.NaT, index=rows.index)), errors="coerce")
    strict = rows["operator"] == ">"
    answers = {
        TargetKind.PERCENT_AT_LEAST: (value > amount).mask(~strict, value >= amount),
        TargetKind.PERCENT_REDUCTION: cut >= amount,
        TargetKind.COUNT_AT_MOST: value <= amount,
        TargetKind.COMPLETE_BY: pd.Series(done <= due, index=rows.index).where(
            done.notna() & due.notna()
        ),
        TargetKind.IMPROVE_UNQUANTIFIED: (value > base)
        .mask(rows["operator"] == "<", value < base)
        .where(base.notna()),
    }
    own = rows["measure"].isin(OPERATIONAL_MEASURES)
    rows["is_operational"] = own
    status = status.mask(own, TargetStatus.NOT_ASSESSABLE)
    for asked, answer in answers.items():
        here = own & (kind == asked) & answer.notna()
        verdict = answer.fillna(False).astype(bool)
        status = status.mask(here & verdict, TargetStatus.MET)
        status = status.mask(here & ~verdict, TargetStatus.MISSED)
    return status


def _chains(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Judge "năm sau cao hơn năm trước" and "duy trì và cải thiện" over all years of the chain.

    A later rise does not heal an earlier fall, so every step since the first year is looked at.
    """
    rows["score_verdict"] = ""
    chain = rows.loc[rows["kind"].isin(CHAINS) & rows["is_out"]]
    if chain.empty:
        return rows
    links = chain[["unit_id", "component_id", "kind", "edition", "first_edition"]].copy()
    links["position"] = chain.index
    start = links["first_edition"].fillna(links["edition"]).clip(upper=links["edition"])
    links["year"] = [
        list(range(int(a), int(b) + 1)) for a, b in zip(start, links["edition"], strict=True)
    ]
    links = links.explode("year")
    links["year"] = links["year"].astype("Int64")
    columns = ["unit_id", "component_id", "edition", "rank_low", "rank_high", "score"]
    now = known[columns].rename(columns={"edition": "year"})
    before = now.assign(year=now["year"] + 1)
    keys = ["unit_id", "component_id", "year"]
    links = links.merge(now, on=keys, how="left", validate="many_to_one")
    links = links.merge(before, on=keys, how="left", suffixes=("", "_before"),
                        validate="many_to_one")  # fmt: skip
    better = (links["rank_high"] < links["rank_low_before"]).fillna(False)
    not_better = (links["rank_low"] >= links["rank_high_before"]).fillna(False)
    worse = (links["rank_low"] > links["rank_high_before"]).fillna(False)
    not_worse = (links["rank_high"] <= links["rank_low_before"]).fillna(False)
    score_up = links["score"] > links["score_before"]
    table = pd.DataFrame(
        {
            "position": links["position"],
            "all_better": better,
            "any_not_better": not_better,
            "any_worse": worse,
            "all_not_worse": not_worse,
            "any_better": better,
            "all_score_up": score_up.fillna(False),
            "any_score_down": (~score_up).fillna(False)
            & links["score"].notna()
            & links["score_before"].notna(),
        }
    )
    how = {c: ("all" if c.startswith("all") else "any") for c in table.columns if c != "position"}
    seen = table.groupby("position").agg(how)
    at, kind = seen.index, rows.loc[seen.index, "kind"]
    yearly = kind == TargetKind.IMPROVE_YEARLY
    missed = (yearly & seen["any_not_better"]) | (~yearly & seen["any_worse"])
    met = (yearly & seen["all_better"]) | (~yearly & seen["all_not_worse"] & seen["any_better"])
    known_pairs = ~(missed | met)
    held = ~yearly & seen["all_not_worse"] & ~seen["any_better"] & known_pairs
    status = pd.Series(TargetStatus.NOT_ASSESSABLE.value, index=at, dtype="object")
    status = status.mask(met, TargetStatus.MET).mask(held, TargetStatus.HELD_NOT_IMPROVED)
    rows.loc[at, "status"] = status.mask(missed, TargetStatus.MISSED)
    verdict = pd.Series("", index=at, dtype="object").mask(seen["all_score_up"], "met")
    rows.loc[at, "score_verdict"] = verdict.mask(seen["any_score_down"], "missed")
    return rows


def _waiting(rows: pd.DataFrame) -> pd.DataFrame:
    """Before the result is out: glide path for several years, probability for one."""
    required = rows["required_rank"].astype("Float64")
    base = rows["baseline_rank"].astype("Float64")
    now = rows["actual_rank"].astype("Float64")
    span = (rows["due_edition"] - rows["baseline_used"]).astype("Float64")
    passed = (rows["edition"] - rows["baseline_used"]).astype("Float64")
    expected = base + (required - base) * passed / span.where(span > 0)
    needed = (now - required) / (span - passed).where(span > passed)
    pace = (base - now) / passed.where(passed > 0)
    early = rows["is_out"] & (rows["edition"] < rows["due_edition"]).fillna(False)
    early &= ~rows["kind"].isin(YEARLY)
    judged = early & expected.notna() & now.notna()
    on_track = (now <= expected).fillna(False)
    at_risk = (needed <= AT_RISK_PACE * pace).fillna(False)
    reached = rows["status"].isin([TargetStatus.MET, TargetStatus.MET_STRETCH])
    status = rows["status"].mask(early & ~reached, TargetStatus.NOT_DUE)
    status = status.mask(judged & on_track, TargetStatus.ON_TRACK)
    status = status.mask(judged & ~on_track & at_risk, TargetStatus.AT_RISK)
    status = status.mask(judged & ~on_track & ~at_risk, TargetStatus.OFF_TRACK)
    waiting = ~rows["is_out"] & rows["is_known_index"] & ~rows["is_operational"]
    chance = _float(rows["p_met"])
    status = status.mask(waiting, TargetStatus.NOT_DUE)
    status = status.mask(waiting & (chance >= ON_TRACK_PROBABILITY), TargetStatus.ON_TRACK)
    between = (chance < ON_TRACK_PROBABILITY) & (chance >= OFF_TRACK_PROBABILITY)
    status = status.mask(waiting & between, TargetStatus.AT_RISK)
    status = status.mask(waiting & (chance < OFF_TRACK_PROBABILITY), TargetStatus.OFF_TRACK)
    rows["status"] = status
    rows["is_waiting"] = waiting
    rows.loc[waiting, "actual_state"] = NOT_PUBLISHED
    for column in ("actual_low", "actual_high"):
        rows.loc[waiting, column] = pd.NA
    return rows


def _refusals(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the reason where there is no verdict; a merger refuses even where numbers exist."""
    is_63 = rows["unit_id"].str.startswith("vn63-")
    other_side = is_63 & (rows["edition"] >= FIRST_EDITION_OF_34).fillna(False)
    other_side |= (
        ~is_63
        & (rows["baseline_used"] < FIRST_EDITION_OF_34).fillna(False)
        & rows["kind"].isin([*AGAINST_BASELINE, *AGAINST_LAST_YEAR])
    )
    rows["is_merged"] = other_side & rows["is_known_index"]
    rows.loc[rows["is_merged"], "status"] = TargetStatus.NOT_ASSESSABLE
    on_score = rows["kind"].isin([TargetKind.SCORE_GAIN]) | (
        (rows["kind"] == TargetKind.IMPROVE_UNQUANTIFIED) & (rows["measure"] == "score")
    )
    incomparable = on_score & (rows["score_comparable"] == "no") & rows["is_out"]
    incomparable |= rows["required_rank"].notna() & (rows["rank_comparable"] == "no")
    incomparable &= ~rows["kind"].isin(TO_A_PLACE)
    rows.loc[incomparable, "status"] = TargetStatus.NOT_ASSESSABLE
    undecided = rows["status"] == TargetStatus.NOT_ASSESSABLE
    needs_base = rows["kind"].isin([*AGAINST_BASELINE, *AGAINST_LAST_YEAR])
    base, actual = rows["baseline_state"], rows["actual_state"]
    no_base = needs_base & rows["baseline_rank"].isna()
    no_base &= ~rows["kind"].isin([TargetKind.SCORE_GAIN]) | rows["baseline_score"].isna()
    reason = np.select(
        [
            rows["is_merged"],
            ~rows["is_known_index"],
            rows["is_operational"],
            incomparable,
            no_base & rows["baseline_used"].isna(),
            no_base & (base == WITHHELD),
            no_base & (base == OUTSIDE_TOP),
            no_base,
            actual == WITHHELD,
            actual == OUTSIDE_TOP,
            actual == NOT_HELD,
            rows["kind"] == TargetKind.GROUP_AT_LEAST,
            rows["kind"] == TargetKind.ABOVE_AVERAGE,
        ],
        [
            "merged", "index_unknown", "no_measurement", "not_comparable",
            "baseline_not_published", "baseline_withheld", "baseline_outside_top",
            "baseline_not_held", "actual_withheld", "actual_outside_top", "actual_not_held",
            "group_not_published", "average_not_published",
        ],
        default="interval_undecided",
    )  # fmt: skip
    rows["reason"] = pd.Series(reason, index=rows.index).where(undecided, "")
    return rows


def _footnotes(rows: pd.DataFrame) -> pd.DataFrame:
    """What the document's own footnoted place would have asked for, for reference only."""
    places = rows["amount"].round().astype("Int64").where(rows["kind"] == TargetKind.RANK_GAIN, 0)
    asked = (rows["footnote_rank"] - places).clip(lower=1)
    rows["footnote_required"] = asked
    actual = rows["actual_rank"].astype("Int64")
    status = pd.Series("", index=rows.index, dtype="object")
    judged = asked.notna() & actual.notna()
    status = status.mask(judged & (actual <= asked).fillna(False), TargetStatus.MET.value)
    rows["footnote_status"] = status.mask(
        judged & (actual > asked).fillna(False), TargetStatus.MISSED.value
    )
    return rows


def _flags(rows: pd.DataFrame) -> pd.DataFrame:
    """Everything a reader must know beside the verdict."""
    needs_base = rows["kind"].isin([*AGAINST_BASELINE, *AGAINST_LAST_YEAR])
    by_rank = rows["required_rank"].notna()
    low, high = rows["actual_low"].astype("Int64"), rows["actual_high"].astype("Int64")
    straddles = (low < high).fillna(False) & rows["actual_state"].isin([OUTSIDE_TOP, WITHHELD])
    base_open = needs_base & rows["baseline_state"].isin([OUTSIDE_TOP, WITHHELD])
    noise = NOISE_Z * np.sqrt(
        _float(rows["baseline_error"]) ** 2 + _float(rows["actual_error"]) ** 2
    )
    change = (_float(rows["actual_score"]) - _float(rows["baseline_score"])).abs()
    operational = rows["is_operational"]
    marks = {
        "provisional_baseline": needs_base & rows["is_provisional"],
        "capped": rows["is_capped"],
        "interval": straddles | base_open,
        "method_break": needs_base & rows["is_method_break"],
        "renamed": needs_base & rows["is_renamed"],
        "merged": rows["is_merged"],
        "sensitive_to_missing": _flips(rows) & by_rank,
        "within_noise": needs_base & (change < noise),
        "unquantified": rows["kind"] == TargetKind.IMPROVE_UNQUANTIFIED,
        "tie_broken_by_publisher": rows["actual_tie_broken"] & by_rank,
        "contributes": rows["note"].fillna("").astype(str).str.contains("góp phần"),
    }
    for flag in FLAGS:
        if flag not in ("contributes", "unquantified", "merged"):
            marks[flag] = marks[flag].fillna(False) & ~operational
    table = np.column_stack([marks[flag].fillna(False).to_numpy(dtype=bool) for flag in FLAGS])
    rows["flags"] = [
        tuple(flag for flag, is_set in zip(FLAGS, line, strict=True) if is_set) for line in table
    ]
    rows["n_ranked"] = rows["actual_n"].astype("Int64")
    rows["n_withheld"] = rows["actual_n_withheld"].astype("Int64")
    return rows


def _float(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values, errors="coerce").astype("Float64").astype("float64")


def _flips(rows: pd.DataFrame) -> pd.Series:
    """Whether counting the withheld units in anywhere could turn the verdict round."""
    rank, required = rows["actual_rank"].astype("Int64"), rows["required_rank"].astype("Int64")
    extra = rows["actual_n_withheld"].fillna(0).astype("Int64")
    extra_before = rows["baseline_n_withheld"].fillna(0).astype("Int64")
    against_base = rows["kind"].isin([*AGAINST_BASELINE, *AGAINST_LAST_YEAR])
    verdict = rank <= required
    worst = (rank + extra) <= required
    best = rank <= (required + extra_before.where(against_base, 0))
    return ((worst != verdict) | (best != verdict)).fillna(False).astype(bool)


def uncovered_components(
    components: pd.DataFrame, targets: pd.DataFrame, *, unit_id: str, edition: int
) -> pd.DataFrame:
    """Components that nobody was given a target for, in indices where others were.

    An index with a target on its total only is not listed: the document chose not to go into
    components. One that sets seven of eight has left a gap.

    Args:
        components: one row per (component_id, period), with index_id, role, sort,
            from_edition, to_edition.
        targets: one row per target, with unit_id, index_id, component_id, measure.
        unit_id: whose targets.
        edition: year whose components count.

    Returns:
        One row per component without a target, with index_id, component_id, code and sort.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/targets.md.
    """
    require_columns(components, ["index_id", "component_id", "role", "from_edition", "to_edition"])
    require_columns(targets, ["unit_id", "index_id", "component_id", "measure"])
    last = components["to_edition"].astype("Float64").fillna(np.inf)
    live = components.loc[
        (components["role"] == "component")
        & (components["from_edition"] <= edition)
        & (last >= edition)
    ]
    own = targets.loc[(targets["unit_id"] == unit_id) & (targets["measure"] == "rank")]
    named = own.loc[own["component_id"] != own["index_id"]]
    gaps = live.loc[
        live["index_id"].isin(named["index_id"]) & ~live["component_id"].isin(named["component_id"])
    ]
    columns = ["index_id", "component_id", "code", "sort"]
    return gaps[columns].sort_values(["index_id", "sort"]).reset_index(drop=True)
