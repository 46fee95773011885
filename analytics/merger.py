"""Reference lenses across a change of units: what an old target would mean, never a verdict.

The official verdict between two editions that measured different units is "not assessable". Beside
it stand estimates, and their names say so: an estimated place is never a column called rank. Place
1 is best; a positive gain is an improvement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.board import Knowledge, judged
from analytics.comparability import comparability
from analytics.composition import (
    FIRMS,
    WeightBasis,
    Weights,
    composition,
    same_kind,
    successors,
    units_on,
    weight_basis,
)
from analytics.continuity import day_of_edition, unit_changes
from analytics.ranks import SCORE_DECIMALS
from analytics.schema import (
    WITHHELD,
    AnalyticsError,
    EditionNotFound,
    EditionsReversed,
    UnitNotFound,
    require_columns,
)
from analytics.targets import TARGET_COLUMNS, TargetKind, TargetStatus

MERGED = "merged"

# Why a unit has no composite; the reasons of `composition` come on top.
NO_DATA = "no_data"
FIELD_INCOMPLETE = "field_incomplete"

# Averages of persons may be weighed by persons; every other index is an orientation only.
AVERAGE_OF_PERSONS = ("papi", "sipas")
ONE_ADMINISTRATION = "one_administration"
FIRMS_NOT_PERSONS = "firms_not_persons"
SCALED_WITHIN_FIELD = "scaled_within_field"
AVERAGING_UNTESTED = "averaging_untested"

# Reasons that must be said and still leave a conclusion standing: a place is relative to its own
# year's method, and an unchanged territory was merely ranked in another field.
CAUTIONS = ("field_changed", "method_break")

STORY_COLUMNS = (
    "unit_id", "edition", "score", "rank", "rank_low", "rank_high", "n_ranked", "rank_origin",
    "state",
)  # fmt: skip


class Conclusion(StrEnum):
    """What the lenses allow to be said beside the official verdict."""

    OFFICIAL_STANDS = "official_stands"
    LIKELY_MET = "likely_met"
    LIKELY_MISSED = "likely_missed"
    UNDECIDED = "undecided"


class UnitEnded(AnalyticsError):
    """The unit had ended by the day of the edition; `successors` stand for it."""

    def __init__(self, unit_id: str, found: tuple[str, ...]) -> None:
        self.unit_id, self.successors = unit_id, found
        super().__init__(f"unit ended: {unit_id}, now {', '.join(found)}")


@dataclass(frozen=True)
class Backcast:
    """Lens B for one unit: 0 is the baseline, 1 the edition; places among `n_common` units."""

    estimated_place0: int
    estimated_place1: int
    n_common: int
    estimated_gain: int
    required_gain: int
    required_place: int
    is_capped: bool
    coverage0: float
    coverage1: float
    estimated_score0: float
    estimated_score1: float
    is_met: bool


@dataclass(frozen=True, eq=False)
class Lens:
    """The official verdict on one rank target across a change of units, and what stands beside it.

    Frames: `story` is the published series of every predecessor (one row per unit_id, edition),
    `percentile` their places as equivalents in the present field (one row per edition, unit_id),
    `estimates` lens B for every unit of the field (one row per unit_id).
    """

    unit_id: str
    index_id: str
    component_id: str
    baseline: int
    edition: int
    gain: int
    weights: str
    official_status: str
    official_reason: str
    backcast: Backcast | None
    bounds0: tuple[int, int] | None
    bounds1: tuple[int, int] | None
    percentile: pd.DataFrame
    percentile_met: bool | None
    story: pd.DataFrame
    estimates: pd.DataFrame
    conclusion: str
    orientation_only: bool
    orientation_reason: str
    reasons: tuple[str, ...]
    changed_on: date | None = None
    change_event: str = ""


def back_cast(parts: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The composite of every unit: the weighted mean of its predecessors that have a score.

    Coverage is the share of the unit that stands behind the figure; with none there is no
    composite. A missing score is left out of the mean and of the weights, never counted as 0.

    Args:
        parts: result of `composition`.
        scores: one row per unit_id measured, with score [points, missing where withheld].

    Returns:
        One row per unit_id of `parts`, with estimated_score [points], coverage [0 to 1],
        lowest_score and highest_score of a predecessor [points], n_parts and n_scored
        [predecessors], is_estimate (false for a unit that was itself measured) and reason
        (empty, no_data, weights_missing or fraction_of_unit).

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/merger.md.
    """
    require_columns(parts, ["unit_id", "part_id", "share", "reason"])
    require_columns(scores, ["unit_id", "score"])
    held = scores[["unit_id", "score"]].rename(columns={"unit_id": "part_id"})
    rows = parts.merge(held, on="part_id", how="left", validate="many_to_one")
    rows["score"] = rows["score"].astype("Float64").astype("float64")
    is_scored = rows["score"].notna()
    rows["backed"] = rows["share"].where(is_scored, rows["share"] * 0)
    rows["points"] = (rows["share"] * rows["score"].fillna(0)).where(is_scored, rows["backed"])
    rows["is_self"] = rows["unit_id"] == rows["part_id"]
    by_unit = rows.groupby("unit_id", sort=False)
    units = by_unit.agg(
        lowest_score=("score", "min"),
        highest_score=("score", "max"),
        n_parts=("part_id", "size"),
        n_scored=("score", "count"),
        is_self=("is_self", "all"),
        reason=("reason", "first"),
    )
    # One unknown share leaves the unit without any figure, so nothing is skipped in these sums.
    sums = by_unit[["share", "backed", "points"]].sum(skipna=False)
    units = units.join(sums).reset_index()
    units["coverage"] = units["backed"] / units["share"]
    mean = (units["points"] / units["backed"]).where(units["backed"] > 0)
    # A mean of equal scores must not leave them by the last digit of a float.
    units["estimated_score"] = mean.clip(units["lowest_score"], units["highest_score"])
    is_silent = units["estimated_score"].isna() & (units["reason"] == "")
    units["reason"] = units["reason"].mask(is_silent, NO_DATA)
    units["is_estimate"] = ~units["is_self"]
    return units[
        ["unit_id", "estimated_score", "coverage", "lowest_score", "highest_score", "n_parts",
         "n_scored", "is_estimate", "reason"]
    ]  # fmt: skip


def estimated_field(
    known: Knowledge,
    *,
    index_id: str,
    edition: int,
    asked_on: date,
    component_id: str | None = None,
    weights: Weights = WeightBasis.POPULATION,
    as_of: date | None = None,
) -> pd.DataFrame:
    """One edition on the units of another day: every unit's composite and its estimated place.

    From a fragment of a league table no field follows: unless the score of every unit the
    publisher scored is held, nobody gets a composite. Those held are often the best, and their
    mean would flatter.

    Args:
        known: result of `analytics.board.knowledge`.
        index_id: the index.
        edition: year measured.
        asked_on: day whose units are wanted, e.g. 1 July 2025 for the 34.
        component_id: the component; the index itself when absent.
        weights: see `composition`.
        as_of: day whose knowledge is used; everything held when absent.

    Returns:
        One row per unit in force on `asked_on`, columns of `back_cast` and estimated_place [place
        among the units with a composite] and n_estimated [units with one]; reason may also be
        field_incomplete.

    Raises:
        EditionNotFound: the edition is not in the catalogue, or not out by `as_of`.
        WeightsFaulty: see `composition`.

    Source: docs/method/merger.md.
    """
    year = _year(known, component_id or index_id, index_id, edition, asked_on, weights, as_of)
    rows = _composites(year)
    better = _better(known, component_id or index_id, rows["estimated_score"])
    rows["estimated_place"] = pd.array(_places(better, better), dtype="Int64")
    rows["estimated_place"] = rows["estimated_place"].where(rows["estimated_score"].notna())
    rows["n_estimated"] = int(rows["estimated_score"].notna().sum())
    return rows


@dataclass(frozen=True, eq=False)
class _Year:
    """One edition as the lenses need it: who was measured, and who they are part of now."""

    edition: int
    n_units: int
    parts: pd.DataFrame
    measured: pd.DataFrame


def _year(
    known: Knowledge,
    component_id: str,
    index_id: str,
    edition: int,
    asked_on: date,
    weights: Weights,
    as_of: date | None,
) -> _Year:
    """The units in force when an edition was measured, and the composition of today's of them."""
    tables = known.tables
    measured = _measured(known, component_id, index_id, edition, as_of)
    day = day_of_edition(known.lineage, tables, index_id=index_id, edition=edition)
    dated = tables.editions
    dated = dated.loc[(dated["index_id"] == index_id) & (dated["edition"] == edition)]
    kin = same_kind(tables.units, tables.unit_links, str(dated["geography"].iloc[0]))
    parts = composition(
        tables.unit_links,
        units_on(kin, asked_on),
        measured_on=day,
        asked_on=asked_on,
        weights=weights,
    )
    return _Year(edition, len(units_on(kin, day)), parts, measured)


def _measured(
    known: Knowledge, component_id: str, index_id: str, edition: int, as_of: date | None
) -> pd.DataFrame:
    """Published standings of one component in one edition that is out."""
    editions = known.tables.editions
    out = editions.loc[(editions["index_id"] == index_id) & (editions["edition"] == edition)]
    if as_of is not None:
        out = out.loc[pd.to_datetime(out["published_on"]) <= pd.Timestamp(as_of)]
    if out.empty:
        raise EditionNotFound(edition)
    rows = known.standings
    return rows.loc[(rows["component_id"] == component_id) & (rows["edition"] == edition)]


def _composites(year: _Year) -> pd.DataFrame:
    """`back_cast`, or nobody's composite where the field is a fragment."""
    rows = back_cast(year.parts, year.measured)
    if year.measured.empty or not year.measured["is_field_complete"].all():
        figures = ["estimated_score", "lowest_score", "highest_score"]
        rows[figures] = np.nan
        rows["reason"] = FIELD_INCOMPLETE if len(year.measured) else NO_DATA
    return rows


def _better(known: Knowledge, component_id: str, scores: pd.Series) -> npt.NDArray[np.float64]:
    """Scores so that more is better, rounded so that a tie is a tie."""
    rows = known.tables.components
    direction = rows.loc[rows["component_id"] == component_id, "direction"]
    sign = 1 if direction.empty else int(direction.iloc[0])
    return (scores.to_numpy(dtype="float64") * sign).round(SCORE_DECIMALS)


def _places(own: npt.NDArray[np.float64], rivals: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """1 + how many OTHER units have a rival score above the unit's own; NaN is above nobody."""
    above = rivals[np.newaxis, :] > own[:, np.newaxis]
    np.fill_diagonal(above, False)
    return np.asarray(above.sum(axis=1) + 1, dtype="int64")


def scaled_gain(gain: int, *, n_before: int, n_now: int) -> int:
    """Places in a field of `n_now` that ask as much as `gain` places did among `n_before`.

    Rounded up, so that an old target never becomes easier: 5 of 63 is 3 of 33 or 34.

    Args:
        gain: places asked for, 0 or more.
        n_before: units in the field the target was set in.
        n_now: units in the field it is read in.

    Returns:
        ceil(gain (n_now - 1) / (n_before - 1)) [places]; 0 where only one unit is left.

    Source: docs/method/merger.md.
    """
    return -(-gain * (n_now - 1) // (n_before - 1)) if n_before > 1 else 0


def estimates(
    known: Knowledge,
    *,
    index_id: str,
    baseline: int,
    edition: int,
    asked_on: date,
    component_id: str | None = None,
    gain: int = 5,
    weights: Weights = WeightBasis.POPULATION,
    as_of: date | None = None,
) -> pd.DataFrame:
    """Lens B for a whole field: both years re-ranked on the units with data in both.

    A unit without a composite in one of the two years keeps its row, without a place. The bounds
    set the best predecessor of a unit against the worst of every other one, and the reverse.

    Args:
        known: result of `analytics.board.knowledge`.
        index_id: the index.
        baseline: year compared against.
        edition: year measured.
        asked_on: day whose units are wanted.
        component_id: the component; the index itself when absent.
        gain: places asked for in the field of the baseline.
        weights: see `composition`.
        as_of: day whose knowledge is used; everything held when absent.

    Returns:
        One row per unit in force on `asked_on`, with estimated_score, coverage, n_parts, n_scored,
        is_estimate, reason, estimated_place, place_low and place_high [place, best and worst] and
        the same with the ending _baseline; is_common, n_common [units], estimated_gain [places,
        positive = better], required_gain [places], required_place and is_capped.

    Raises:
        EditionNotFound: an edition is not in the catalogue, or not out by `as_of`.
        EditionsReversed: `edition` does not come after `baseline`.
        WeightsFaulty: see `composition`.

    Source: docs/method/merger.md.
    """
    part = component_id or index_id
    before, now = _years(known, part, index_id, (baseline, edition), asked_on, weights, as_of)
    return _estimates(known, part, before, now, gain)


def _years(
    known: Knowledge,
    component_id: str,
    index_id: str,
    editions: tuple[int, int],
    asked_on: date,
    weights: Weights,
    as_of: date | None,
) -> tuple[_Year, _Year]:
    """Baseline and edition, in that order or not at all."""
    if editions[1] <= editions[0]:
        raise EditionsReversed(*editions)
    before, now = (
        _year(known, component_id, index_id, edition, asked_on, weights, as_of)
        for edition in editions
    )
    return before, now


def _estimates(
    known: Knowledge, component_id: str, before: _Year, now: _Year, gain: int
) -> pd.DataFrame:
    """Both years on one table, ranked on the units with a composite in both."""
    rows = _composites(now).merge(
        _composites(before), on="unit_id", suffixes=("", "_baseline"), validate="one_to_one"
    )
    rows["is_common"] = rows["estimated_score"].notna() & rows["estimated_score_baseline"].notna()
    rows["n_common"] = int(rows["is_common"].sum())
    for ending in ("", "_baseline"):
        rows = _placed(known, component_id, rows, ending)
    rows["estimated_gain"] = rows["estimated_place_baseline"] - rows["estimated_place"]
    n_common = int(rows["is_common"].sum())
    rows["required_gain"] = scaled_gain(gain, n_before=before.n_units, n_now=n_common)
    raw = rows["estimated_place_baseline"] - rows["required_gain"]
    rows["required_place"] = raw.clip(lower=1)
    rows["is_capped"] = (raw < 1).fillna(False).astype(bool)
    return rows.drop(
        columns=[f"{side}_score{end}" for side in ("lowest", "highest")
                 for end in ("", "_baseline")]
    )  # fmt: skip


def _placed(known: Knowledge, component_id: str, rows: pd.DataFrame, ending: str) -> pd.DataFrame:
    """Estimated place and its bounds in one year, on the common units only."""
    common = rows["is_common"].to_numpy()
    own = _better(known, component_id, rows.loc[common, f"estimated_score{ending}"])
    ends = [
        _better(known, component_id, rows.loc[common, f"{side}_score{ending}"])
        for side in ("lowest", "highest")
    ]
    worst, best = np.minimum(*ends), np.maximum(*ends)
    for name, places in (
        ("estimated_place", _places(own, own)),
        ("place_low", _places(best, worst)),
        ("place_high", _places(worst, best)),
    ):
        column = pd.Series(pd.NA, index=rows.index, dtype="Int64")
        column[common] = places
        rows[f"{name}{ending}"] = column
    return rows


def equivalents(
    parts: pd.DataFrame, measured: pd.DataFrame, *, edition: int, n_present: int
) -> pd.DataFrame:
    """Lens C: the place each predecessor had, carried over to a field of another size.

    A place the publisher did not print has its bounds carried over; one he withheld has none.

    Args:
        parts: result of `composition` for one unit.
        measured: standings of one component in one edition (`analytics.ranks.standings`).
        edition: its year.
        n_present: units in the present field.

    Returns:
        One row per predecessor, with edition, unit_id, share, own_rank [its place then],
        rank_origin, n_ranked [units], state, equivalent_place, equivalent_low and equivalent_high
        [place among `n_present`, not rounded; missing where unknown].

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/merger.md.
    """
    columns = [
        "unit_id", "rank", "rank_origin", "rank_low", "rank_high", "n_ranked", "state",
    ]  # fmt: skip
    require_columns(parts, ["part_id", "share"])
    require_columns(measured, columns)
    rows = (
        parts[["part_id", "share"]]
        .rename(columns={"part_id": "unit_id"})
        .merge(measured[columns], on="unit_id", how="left", validate="one_to_one")
    )
    n = rows["n_ranked"].astype("Float64")
    for source, name in (
        ("rank", "equivalent_place"),
        ("rank_low", "equivalent_low"),
        ("rank_high", "equivalent_high"),
    ):
        place = rows[source].astype("Float64").mask(rows["state"] == WITHHELD)
        rows[name] = 1 + (place - 1) * (n_present - 1) / (n - 1).where(n > 1)
    rows.insert(0, "edition", edition)
    return rows.rename(columns={"rank": "own_rank"}).drop(columns=["rank_low", "rank_high"])


def percentile_verdict(percentile: pd.DataFrame, *, baseline: int, places: float) -> bool | None:
    """Lens C as a verdict: did the mean of the equivalent places rise by the scaled requirement.

    The mean weighs the predecessors by their shares and leaves out those withheld. The
    requirement is not rounded, because the equivalent places are not.

    Args:
        percentile: rows of `equivalents` for baseline and edition of one unit.
        baseline: the year compared against.
        places: requirement in places of the present field.

    Returns:
        Whether it rose so far, or None where a place or a share is not known well enough.

    Source: docs/method/merger.md.
    """
    known = percentile.loc[percentile["state"].fillna("") != WITHHELD]
    sides = []
    for is_baseline in (True, False):
        rows = known.loc[(known["edition"] == baseline) == is_baseline]
        if rows.empty or rows[["share", "equivalent_low", "equivalent_high"]].isna().any(axis=None):
            return None
        share = rows["share"].to_numpy(dtype="float64")
        if share.sum() == 0:
            return None
        sides += [
            float(np.average(rows[end].to_numpy(dtype="float64"), weights=share))
            for end in ("equivalent_low", "equivalent_high")
        ]
    low0, high0, low1, high1 = (round(side, SCORE_DECIMALS) for side in sides)
    if high1 <= max(1.0, round(low0 - places, SCORE_DECIMALS)):
        return True
    return False if low1 > max(1.0, round(high0 - places, SCORE_DECIMALS)) else None


def orientation(index_id: str, basis: str) -> str:
    """Why averaging predecessors is only an orientation for an index; empty where it is sound.

    A survey of persons may be weighed by persons. PAR INDEX assesses the documents of one
    administration, and two half-good ones do not make one; PCI asks firms, and scales its parts
    between the best and the worst province of the year.

    Args:
        index_id: the index.
        basis: what the weights count, see `weight_basis`.

    Returns:
        A code: empty, one_administration, firms_not_persons, scaled_within_field (PCI weighed by
        firms) or averaging_untested (an index nobody has looked at).

    Source: docs/method/merger.md.
    """
    if index_id in AVERAGE_OF_PERSONS:
        return ""
    if index_id == "par_index":
        return ONE_ADMINISTRATION
    if index_id == "pci":
        return SCALED_WITHIN_FIELD if basis == FIRMS else FIRMS_NOT_PERSONS
    return AVERAGING_UNTESTED


def lens(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    baseline: int,
    edition: int,
    component_id: str | None = None,
    gain: int = 5,
    weights: Weights = WeightBasis.POPULATION,
    as_of: date | None = None,
) -> Lens:
    """The official verdict on "+gain places since the baseline", and the reference lenses.

    Between editions that measured different units the official verdict is "not assessable", and
    no estimate changes it. "Likely met" and "likely missed" need three things at once: back-cast
    and percentile agree, the requirement lies outside the bounds of the year measured, and every
    predecessor has a score in both years. Everything else is "undecided".

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the unit, in force on the day of the edition or later (vn34-quang-ngai).
        index_id: the index.
        baseline: year compared against.
        edition: year measured.
        component_id: the component; the index itself when absent.
        gain: places the target asks for, in the field of the baseline.
        weights: see `composition`.
        as_of: day whose knowledge is used; everything held when absent.

    Returns:
        A `Lens`.

    Raises:
        UnitNotFound: no unit has the id.
        UnitEnded: the unit had ended by the day of the edition.
        EditionNotFound: an edition is not in the catalogue, or not out by `as_of`.
        EditionsReversed: `edition` does not come after `baseline`.
        WeightsFaulty: see `composition`.

    Source: docs/method/merger.md.
    """
    part, basis = component_id or index_id, weight_basis(weights)
    asked_on = _asked_on(known, unit_id, index_id, edition)
    years = _years(known, part, index_id, (baseline, edition), asked_on, weights, as_of)
    field = _estimates(known, part, *years, gain)
    row = field.loc[field["unit_id"] == unit_id].iloc[0]
    percentile = pd.concat(
        [
            equivalents(
                year.parts.loc[year.parts["unit_id"] == unit_id],
                year.measured,
                edition=year.edition,
                n_present=len(field),
            )
            for year in years
        ],
        ignore_index=True,
    )
    reasons: tuple[str, ...] = ()
    is_same_unit = not (row["is_estimate"] or row["is_estimate_baseline"])
    if is_same_unit:
        status, reason = _official(known, unit_id, index_id, part, baseline, edition, gain, as_of)
        cast, is_met, why = None, None, ""
        conclusion = Conclusion.OFFICIAL_STANDS
    else:
        status, reason = TargetStatus.NOT_ASSESSABLE.value, MERGED
        cast, why = _backcast(row), orientation(index_id, basis)
        places = gain * (len(field) - 1) / max(1, years[0].n_units - 1)
        is_met = percentile_verdict(percentile, baseline=baseline, places=places)
        reasons = _reasons(known, row, cast, is_met, part, baseline, edition)
        conclusion = _conclusion(cast, reasons)
    changed_on, event = _changed(known, unit_id, index_id, baseline, edition)
    return Lens(
        unit_id=unit_id,
        index_id=index_id,
        component_id=part,
        baseline=baseline,
        edition=edition,
        gain=gain,
        weights=basis,
        official_status=status,
        official_reason=reason,
        backcast=cast,
        bounds0=_bounds(row, "_baseline") if cast else None,
        bounds1=_bounds(row, "") if cast else None,
        percentile=percentile,
        percentile_met=is_met,
        story=_story(known, part, percentile["unit_id"], as_of),
        estimates=field,
        conclusion=conclusion.value,
        orientation_only=why != "",
        orientation_reason=why,
        reasons=reasons,
        changed_on=changed_on,
        change_event=event,
    )


def _changed(
    known: Knowledge, unit_id: str, index_id: str, baseline: int, edition: int
) -> tuple[date | None, str]:
    """Day and kind of what made the unit another one since the baseline."""
    if known.lineage is None:
        return None, ""
    asked = {"unit_id": unit_id, "index_id": index_id, "start": baseline, "end": edition}
    row = unit_changes(pd.DataFrame([asked]), known.lineage).iloc[0]
    day = None if pd.isna(row["changed_on"]) else row["changed_on"].date()
    return day, str(row["change_event"])


def _asked_on(known: Knowledge, unit_id: str, index_id: str, edition: int) -> date:
    """The day whose field the unit is read in: that of the edition, or its own first day."""
    units = known.tables.units
    own = units.loc[units["unit_id"] == unit_id]
    if own.empty:
        raise UnitNotFound(unit_id)
    day = day_of_edition(known.lineage, known.tables, index_id=index_id, edition=edition)
    day = max(day, pd.Timestamp(own["valid_from"].iloc[0]).date())
    if unit_id not in units_on(units, day):
        found = successors(units, known.tables.unit_links, unit_id, on=day)
        raise UnitEnded(unit_id, found)
    return day


def _official(
    known: Knowledge,
    unit_id: str,
    index_id: str,
    component_id: str,
    baseline: int,
    edition: int,
    gain: int,
    as_of: date | None,
) -> tuple[str, str]:
    """Status and reason of the target as every board judges it."""
    said = {
        "target_id": "lens", "unit_id": unit_id, "index_id": index_id,
        "component_id": component_id, "kind": TargetKind.RANK_GAIN.value, "amount": float(gain),
        "measure": "rank", "baseline_edition": baseline, "first_edition": edition,
        "last_edition": edition,
    }  # fmt: skip
    columns = known.tables.targets.columns.union(list(TARGET_COLUMNS))
    target = pd.DataFrame([{column: said.get(column) for column in columns}])
    own = known.standings.loc[known.standings["index_id"] == index_id]
    day = as_of or pd.to_datetime(known.tables.editions["published_on"]).max().date()
    verdict = judged(replace(known, standings=own), target, editions=[edition], as_of=day).iloc[0]
    return str(verdict["status"]), str(verdict["reason"])


def _backcast(row: pd.Series) -> Backcast | None:
    """Lens B of one unit, or None where one of the two years has no composite."""
    if not row["is_common"]:
        return None
    return Backcast(
        estimated_place0=int(row["estimated_place_baseline"]),
        estimated_place1=int(row["estimated_place"]),
        n_common=int(row["n_common"]),
        estimated_gain=int(row["estimated_gain"]),
        required_gain=int(row["required_gain"]),
        required_place=int(row["required_place"]),
        is_capped=bool(row["is_capped"]),
        coverage0=float(row["coverage_baseline"]),
        coverage1=float(row["coverage"]),
        estimated_score0=float(row["estimated_score_baseline"]),
        estimated_score1=float(row["estimated_score"]),
        is_met=bool(row["estimated_place"] <= row["required_place"]),
    )


def _bounds(row: pd.Series, ending: str) -> tuple[int, int]:
    return int(row[f"place_low{ending}"]), int(row[f"place_high{ending}"])


def _reasons(
    known: Knowledge,
    row: pd.Series,
    cast: Backcast | None,
    percentile_met: bool | None,
    component_id: str,
    baseline: int,
    edition: int,
) -> tuple[str, ...]:
    """Everything that limits what the lenses can say, as codes; `CAUTIONS` limit it least."""
    found: list[str] = []
    if row["n_parts"] == 1 and row["n_parts_baseline"] == 1:
        found.append("field_changed")
    for ending in ("_baseline", ""):
        if row[f"reason{ending}"]:
            found.append(f"{row[f'reason{ending}']}{ending}")
        elif row[f"coverage{ending}"] < 1:
            found.append(f"coverage_below_full{ending}")
    step = comparability(
        known.tables.components,
        known.tables.breaks,
        pd.DataFrame({"component_id": [component_id], "baseline": baseline, "edition": edition}),
    ).iloc[0]
    if step["rank_comparable"] == "no":
        found.append("not_comparable")
    elif step["is_method_break"]:
        found.append("method_break")
    if percentile_met is None:
        found.append("percentile_undecided")
    elif cast is not None and percentile_met != cast.is_met:
        found.append("lenses_disagree")
    if cast is not None:
        low, high = _bounds(row, "")
        is_outside = high <= cast.required_place if cast.is_met else low > cast.required_place
        found += [] if is_outside else ["bounds_undecided"]
    return tuple(found)


def _conclusion(cast: Backcast | None, reasons: tuple[str, ...]) -> Conclusion:
    """The rule of what may be said: any reason that is more than a caution leaves it open."""
    if cast is None or any(reason not in CAUTIONS for reason in reasons):
        return Conclusion.UNDECIDED
    return Conclusion.LIKELY_MET if cast.is_met else Conclusion.LIKELY_MISSED


def _story(
    known: Knowledge, component_id: str, unit_ids: pd.Series, as_of: date | None
) -> pd.DataFrame:
    """Lens A: the published series of the predecessors, as published and nothing else."""
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == component_id) & rows["unit_id"].isin(unit_ids)]
    if as_of is not None:
        editions = known.tables.editions
        out = editions.loc[pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)]
        rows = rows.merge(
            out[["index_id", "edition"]], on=["index_id", "edition"], validate="many_to_one"
        )
    order = {unit_id: place for place, unit_id in enumerate(dict.fromkeys(unit_ids))}
    rows = rows.assign(_order=rows["unit_id"].map(order)).sort_values(["_order", "edition"])
    return rows[list(STORY_COLUMNS)].reset_index(drop=True)
