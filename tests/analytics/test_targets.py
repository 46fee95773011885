"""Targets: every kind, every status, every mark and every reason, by example and by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.board import Knowledge, judged
from analytics.schema import ColumnsMissing
from analytics.targets import (
    FLAGS,
    TargetKind,
    TargetStatus,
    target_standing,
    uncovered_components,
)
from tests.analytics import by_hand
from tests.builders import (
    LATER,
    UNIT,
    breaks,
    component,
    components,
    editions,
    history,
    judge,
    standing,
    standings,
    target,
)

OUTSIDE = {"state": "outside_top"}
WITHHELD = {"state": "withheld", "n_withheld": 2}
UNSCORED = {"state": "scored"}


# ------------------------------------------------------------------------- kinds, by place


@pytest.mark.parametrize(
    ("kind", "values", "years", "expected", "required"),
    [
        # kind, target, {year: place}, status, required place
        ("rank_gain_vs_year", {"amount": 5}, {2022: 55, 2023: 43}, "met", 50),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 54, 2023: 49}, "met", 49),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 54, 2023: 50}, "missed", 49),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 3, 2023: 1}, "met", 1),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 3, 2023: 2}, "missed", 1),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 1, 2023: 1}, "met", 1),
        ("rank_gain_vs_year", {"amount": 5, "operator": ">"}, {2022: 54, 2023: 49}, "missed", 48),
        ("rank_gain_vs_year", {"amount": 10, "stretch": 15}, {2022: 50, 2023: 40}, "met", 40),
        ("rank_gain_vs_year", {"amount": 10, "stretch": 15}, {2022: 50, 2023: 35}, "met_stretch",
         40),
        ("rank_gain_vs_year", {"amount": 10, "stretch": 15}, {2022: 50, 2023: 41}, "missed", 40),
        ("improve_yearly", {}, {2022: 20, 2023: 19}, "met", 19),
        ("improve_yearly", {}, {2022: 20, 2023: 20}, "missed", 19),
        ("improve_yearly", {}, {2022: 1, 2023: 1}, "met", 1),
        ("keep_and_improve", {}, {2022: 49, 2023: 34}, "met", 49),
        ("keep_and_improve", {}, {2022: 22, 2023: 22}, "held_not_improved", 22),
        ("keep_and_improve", {}, {2022: 20, 2023: 51}, "missed", 20),
        ("keep_and_improve", {}, {2022: 1, 2023: 1}, "met", 1),
        ("not_below_last_year", {}, {2022: 20, 2023: 20}, "met", 20),
        ("not_below_last_year", {}, {2022: 20, 2023: 21}, "missed", 20),
        ("hold_rank", {"amount": 5}, {2022: 9, 2023: 5}, "met", 5),
        ("hold_rank", {"amount": 5}, {2022: 1, 2023: 6}, "missed", 5),
        ("hold_rank", {}, {2022: 7, 2023: 7}, "met", 7),
        ("hold_rank", {}, {2022: 7, 2023: 8}, "missed", 7),
        ("top_n", {"amount": 30}, {2023: 30}, "met", 30),
        ("top_n", {"amount": 30}, {2023: 31}, "missed", 30),
        ("rank_between", {"amount": 20, "stretch": 15}, {2023: 18}, "met", 20),
        ("rank_between", {"amount": 20, "stretch": 15}, {2023: 12}, "met_stretch", 20),
        ("rank_between", {"amount": 20, "stretch": 15}, {2023: 21}, "missed", 20),
        ("improve_unquantified", {}, {2022: 42, 2023: 35}, "met", 41),
        ("improve_unquantified", {}, {2022: 42, 2023: 42}, "missed", 41),
    ],
)  # fmt: skip
def test_a_target_on_places_is_judged_by_the_place_it_asks_for(
    kind: str, values: dict[str, Any], years: dict[int, int], expected: str, required: int
) -> None:
    row = judge(target(kind, **values), years)
    assert (row["status"], row["required_rank"]) == (expected, required)
    assert row["reason"] == ""
    assert row["gap"] == row["actual_rank"] - required


def test_a_gain_counts_upwards_and_a_gap_counts_what_is_missing() -> None:
    row = judge(target(amount=5), {2022: 54, 2023: 56})
    assert (row["gain"], row["gap"]) == (-2, 7)


# ------------------------------------------------------------------------ kinds, by score

MEANS = pd.DataFrame({"component_id": ["papi"], "edition": [2023], "value": [42.34]})


def scored(score: float | None, percent: float | None = None) -> dict[str, Any]:
    return {"rank": 20, "score": score, "percent": percent}


@pytest.mark.parametrize(
    ("kind", "values", "then", "now", "expected"),
    [
        ("score_at_least", {"amount": 80.0}, 1.0, 80.0, "met"),
        ("score_at_least", {"amount": 80.0, "operator": ">"}, 1.0, 80.0, "missed"),
        ("score_at_least", {"amount": 80.0, "operator": ">"}, 1.0, 80.01, "met"),
        ("score_at_least", {"amount": 3.0, "operator": "<"}, 1.0, 2.9, "met"),
        ("score_at_least", {"amount": 3.0, "operator": "<"}, 1.0, 3.0, "missed"),
        ("score_at_least", {"amount": 3.0, "operator": "<="}, 1.0, 3.0, "met"),
        ("score_gain_vs_year", {"amount": 0.2}, 80.1, 80.3, "met"),
        ("score_gain_vs_year", {"amount": 0.2}, 80.1, 80.29, "missed"),
        ("score_gain_vs_year", {"amount": 0.2, "operator": ">"}, 80.1, 80.3, "missed"),
        ("above_national_average", {}, 1.0, 42.35, "met"),
        ("above_national_average", {}, 1.0, 42.34, "missed"),
        ("improve_unquantified", {"measure": "score"}, 41.0, 41.1, "met"),
        ("improve_unquantified", {"measure": "score"}, 41.0, 41.0, "missed"),
        ("not_below_last_year", {"measure": "score"}, 41.0, 41.0, "met"),
        ("not_below_last_year", {"measure": "score"}, 41.0, 40.9, "missed"),
        ("improve_yearly", {"measure": "score"}, 41.0, 41.1, "met"),
        ("improve_yearly", {"measure": "score"}, 41.0, 41.0, "missed"),
        ("keep_and_improve", {"measure": "score"}, 41.0, 41.0, "held_not_improved"),
    ],
)
def test_a_target_on_points_is_judged_by_points(
    kind: str, values: dict[str, Any], then: float, now: float, expected: str
) -> None:
    asked = target(kind, **{"measure": "score", **values})
    row = judge(asked, {2022: scored(then), 2023: scored(now)}, national=MEANS)
    assert row["status"] == expected
    assert pd.isna(row["required_rank"])


@pytest.mark.parametrize(
    ("score", "percent", "max_score", "expected"),
    [
        (9.42, 94.15, 10.0, "met"),
        (8.5, None, 10.5, "met"),
        (8.3, None, 10.5, "missed"),
        (95.0, None, None, "not_assessable"),
    ],
)
def test_a_share_is_per_cent_of_the_maximum_never_points(
    score: float, percent: float | None, max_score: float | None, expected: str
) -> None:
    row = judge(
        target("percent_at_least", amount=80, measure="score"),
        {2023: scored(score, percent)},
        components=components(component(max_score=max_score)),
    )
    assert row["status"] == expected


def test_on_an_index_of_costs_less_is_better() -> None:
    lineage = components(component(direction=-1))
    row = judge(
        target("improve_unquantified", measure="score"),
        {2022: scored(3.0), 2023: scored(2.5)},
        components=lineage,
    )
    assert (row["status"], row["score_gap"]) == ("met", -0.5 * -1 * -1)


def grouped(own: str, unit: str = UNIT) -> pd.DataFrame:
    order = ("high", "upper_middle", "lower_middle", "low")
    return pd.DataFrame(
        {"unit_id": [unit], "index_id": "papi", "edition": 2023, "group_id": own,
         "group_order": [order]}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "expected"),
    [("high", "met"), ("upper_middle", "met"), ("lower_middle", "missed"), ("low", "missed")],
)
def test_a_group_target_is_met_by_that_group_or_a_better_one(own: str, expected: str) -> None:
    asked = target("group_at_least", group_name="upper_middle", measure="group")
    assert judge(asked, {2023: 20}, groups=grouped(own))["status"] == expected


def test_a_component_is_not_judged_by_the_group_of_the_total() -> None:
    asked = target("group_at_least", component_id="papi.corruption", group_name="high")
    held = standings([standing(2023, 20, component_id="papi.corruption")])
    row = judge(asked, held, groups=grouped("high"))
    assert (row["status"], row["reason"]) == ("not_assessable", "group_not_published")


# ------------------------------------------------------------------------------ operational


def measured(**values: Any) -> pd.DataFrame:
    row = {"value": None, "base_value": None, "completed_on": None, **values}
    return pd.DataFrame([{"target_id": "t1", "edition": 2023, **row}])


@pytest.mark.parametrize(
    ("kind", "values", "values_measured", "expected"),
    [
        ("percent_at_least", {"amount": 60}, {"value": 60}, "met"),
        ("percent_at_least", {"amount": 80, "operator": ">"}, {"value": 80}, "missed"),
        ("percent_at_least", {"amount": 80, "operator": ">"}, {"value": 80.1}, "met"),
        ("percent_reduction_at_least", {"amount": 20}, {"value": 160, "base_value": 200}, "met"),
        ("percent_reduction_at_least", {"amount": 20}, {"value": 161, "base_value": 200}, "missed"),
        ("percent_reduction_at_least", {"amount": 20}, {"value": 5, "base_value": 0},
         "not_assessable"),
        ("count_at_most", {"amount": 1, "operator": "<="}, {"value": 1}, "met"),
        ("count_at_most", {"amount": 0, "operator": "<="}, {"value": 1}, "missed"),
        ("count_at_most", {"amount": 1, "operator": "<"}, {"value": 1}, "missed"),
        ("complete_by", {"deadline": date(2023, 3, 31)}, {"completed_on": date(2023, 3, 31)},
         "met"),
        ("complete_by", {"deadline": date(2022, 7, 10), "operator": "<"},
         {"completed_on": date(2022, 7, 10)}, "missed"),
        ("complete_by", {"deadline": date(2022, 7, 10), "operator": "<"},
         {"completed_on": date(2022, 7, 9)}, "met"),
        ("complete_by", {}, {"completed_on": date(2022, 7, 9)}, "not_assessable"),
        ("improve_unquantified", {"operator": ">"}, {"value": 96, "base_value": 95}, "met"),
        ("improve_unquantified", {"operator": ">"}, {"value": 95, "base_value": 95}, "missed"),
        ("improve_unquantified", {"operator": "<"}, {"value": 4, "base_value": 5}, "met"),
        ("improve_unquantified", {"operator": "<"}, {"value": 5, "base_value": 5}, "missed"),
    ],
)  # fmt: skip
def test_what_an_office_measures_itself_is_judged_by_its_measurement(
    kind: str, values: dict[str, Any], values_measured: dict[str, Any], expected: str
) -> None:
    asked = target(kind, **{"measure": "percent", **values})
    row = judge(asked, {2022: 20, 2023: 10}, measurements=measured(**values_measured))
    assert row["status"] == expected
    assert row[["actual_rank", "baseline_rank", "gain", "gap", "n_ranked"]].isna().all()
    assert row["reason"] == ("no_measurement" if expected == "not_assessable" else "")


@pytest.mark.parametrize(
    "kind",
    ["percent_at_least", "percent_reduction_at_least", "count_at_most", "complete_by",
     "improve_unquantified"],
)  # fmt: skip
def test_without_a_measurement_an_operational_target_waits_and_is_then_unknown(kind: str) -> None:
    asked = target(kind, amount=5, measure="percent", deadline=date(2023, 6, 30))
    before = judge(asked, {}, as_of=date(2023, 6, 30))
    after = judge(asked, {}, as_of=date(2023, 7, 1))
    assert (before["status"], before["reason"]) == ("not_due", "")
    assert (after["status"], after["reason"]) == ("not_assessable", "no_measurement")


def test_a_cut_over_several_years_is_watched_on_its_way() -> None:
    asked = target("percent_reduction_at_least", amount=10, measure="percent",
                   baseline_edition=2021, first_edition=2026, last_edition=2026)  # fmt: skip
    on_line = measured(value=96, base_value=100)
    assert judge(asked, {}, measurements=on_line)["status"] == "on_track"
    assert judge(asked, {}, measurements=measured(value=97, base_value=100))["status"] == "at_risk"
    assert judge(asked, {}, measurements=measured(value=100, base_value=100))["status"] == (
        "off_track"
    )
    assert judge(asked, {})["status"] == "not_due"


# ------------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    ("kind", "values", "years", "expected", "reason"),
    [
        ("rank_gain_vs_year", {"amount": 5}, {2022: 37, 2023: OUTSIDE}, "not_assessable",
         "actual_outside_top"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 35, 2023: OUTSIDE}, "missed", ""),
        ("top_n", {"amount": 40}, {2023: OUTSIDE}, "not_assessable", "actual_outside_top"),
        ("top_n", {"amount": 40}, {2023: {**OUTSIDE, "rank_high": 40}}, "met", ""),
        ("top_n", {"amount": 30}, {2023: OUTSIDE}, "missed", ""),
        ("top_n", {"amount": 70}, {2023: OUTSIDE}, "met", ""),
        ("rank_gain_vs_year", {"amount": 5}, {2022: OUTSIDE, 2023: 26}, "met", ""),
        ("rank_gain_vs_year", {"amount": 5}, {2022: OUTSIDE, 2023: 59}, "missed", ""),
        ("rank_gain_vs_year", {"amount": 5}, {2022: OUTSIDE, 2023: 27}, "not_assessable",
         "baseline_outside_top"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: WITHHELD, 2023: 20}, "not_assessable",
         "baseline_withheld"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 20, 2023: WITHHELD}, "not_assessable",
         "actual_withheld"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 5, 2023: UNSCORED}, "not_assessable",
         "interval_undecided"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: None, 2023: 1}, "not_assessable",
         "baseline_not_held"),
        ("rank_gain_vs_year", {"amount": 5}, {2022: 5, 2023: None}, "not_assessable",
         "actual_not_held"),
        ("hold_rank", {}, {2022: OUTSIDE, 2023: 31}, "met", ""),
        ("hold_rank", {}, {2022: OUTSIDE, 2023: 32}, "not_assessable", "baseline_outside_top"),
        ("improve_yearly", {}, {2022: OUTSIDE, 2023: 30}, "met", ""),
        ("improve_yearly", {}, {2022: 31, 2023: OUTSIDE}, "missed", ""),
        ("keep_and_improve", {}, {2022: OUTSIDE, 2023: 31}, "not_assessable",
         "baseline_outside_top"),
        ("keep_and_improve", {}, {2022: 30, 2023: OUTSIDE}, "missed", ""),
        ("score_at_least", {"amount": 40, "measure": "score"}, {2023: WITHHELD}, "not_assessable",
         "actual_withheld"),
        ("score_at_least", {"amount": 40, "measure": "score"}, {2023: 20}, "not_assessable",
         "actual_not_held"),
        ("score_gain_vs_year", {"amount": 1, "measure": "score"},
         {2022: 20, 2023: scored(40.0)}, "not_assessable", "baseline_not_held"),
        ("above_national_average", {"measure": "score"}, {2023: scored(40.0)}, "not_assessable",
         "average_not_published"),
        ("above_national_average", {"measure": "score"}, {2023: WITHHELD}, "not_assessable",
         "actual_withheld"),
        ("group_at_least", {"group_name": "high"}, {2023: 20}, "not_assessable",
         "group_not_published"),
        ("regional_rank", {"amount": 2}, {2023: None}, "not_assessable", "actual_not_held"),
    ],
)  # fmt: skip
def test_a_verdict_is_given_only_where_it_is_the_same_for_every_possible_place(
    kind: str,
    values: dict[str, Any],
    years: dict[int, Any],
    expected: str,
    reason: str,
) -> None:
    row = judge(target(kind, **values), years)
    assert (row["status"], row["reason"]) == (expected, reason)


def test_a_unit_that_was_not_among_those_ranked_has_no_bounds() -> None:
    everyone = [standing(2022, place, unit_id=f"u{place}", n_ranked=42) for place in range(1, 43)]
    row = judge(target(amount=5), standings([*everyone, standing(2023, 60)]))
    assert pd.isna(row["baseline_low"])
    assert (row["status"], row["reason"]) == ("not_assessable", "baseline_not_held")


# ---------------------------------------------------------------------------------- chains


@pytest.mark.parametrize(
    ("kind", "years", "expected"),
    [
        ("improve_yearly", {2020: 30, 2021: 28, 2022: 25, 2023: 20}, "met"),
        ("improve_yearly", {2020: 30, 2021: 31, 2022: 25, 2023: 20}, "missed"),
        ("improve_yearly", {2020: 30, 2021: 30, 2022: 25, 2023: 20}, "missed"),
        ("improve_yearly", {2020: 30, 2022: 25, 2023: 20}, "not_assessable"),
        ("improve_yearly", {2020: 30, 2022: 25, 2023: 26}, "missed"),
        ("improve_yearly", {2020: 3, 2021: 1, 2022: 1, 2023: 1}, "met"),
        ("keep_and_improve", {2020: 30, 2021: 30, 2022: 28, 2023: 28}, "met"),
        ("keep_and_improve", {2020: 30, 2021: 30, 2022: 30, 2023: 30}, "held_not_improved"),
        ("keep_and_improve", {2020: 30, 2021: 35, 2022: 20, 2023: 10}, "missed"),
        ("keep_and_improve", {2020: 30, 2022: 20, 2023: 20}, "not_assessable"),
        ("keep_and_improve", {2020: 30, 2022: 20, 2023: 21}, "missed"),
    ],
)
def test_a_later_rise_does_not_heal_an_earlier_fall(
    kind: str, years: dict[int, int], expected: str
) -> None:
    row = judge(target(kind, first_edition=2021, last_edition=2023), years)
    assert row["status"] == expected
    links = [(year - 1, year) for year in range(2021, 2024)]
    unknown = {"low": None, "high": None}
    known = {year: {"low": place, "high": place} for year, place in years.items()}
    pairs = [(known.get(then, unknown), known.get(now, unknown)) for then, now in links]
    assert by_hand.chain_verdict(kind, pairs) == expected


@pytest.mark.parametrize(
    ("then", "now", "broken", "expected"),
    [
        (40.0, 41.0, "yes", "met"),
        (40.0, 40.0, "yes", "missed"),
        (40.0, 41.0, "no", ""),
        (None, 41.0, "yes", ""),
    ],
)
def test_a_yearly_chain_says_beside_the_places_what_the_points_did(
    then: float | None, now: float, broken: str, expected: str
) -> None:
    steps = breaks({"edition": 2023, "rank_comparable": "yes", "score_comparable": broken})
    years = {2022: scored(then), 2023: {**scored(now), "rank": 19}}
    row = judge(target("improve_yearly"), years, breaks=steps)
    assert (row["status"], row["score_verdict"]) == ("met", expected)


# ---------------------------------------------------------------------------------- regions

REGIONS = pd.DataFrame(
    {"unit_id": [UNIT, "vn63-gia-lai", "vn63-dak-lak", "vn63-ha-tay", "vn63-ca-mau"],
     "region_id": ["tn", "tn", "tn", "tn", "md"],
     "valid_to": pd.to_datetime([None, None, None, "2008-07-31", None])}
)  # fmt: skip


@pytest.mark.parametrize(
    ("own", "peers", "place", "low", "high", "status"),
    [
        (30, {"vn63-gia-lai": 40, "vn63-dak-lak": 10, "vn63-ca-mau": 1}, 2, 2, 2, "met"),
        (50, {"vn63-gia-lai": 40, "vn63-dak-lak": 10}, 3, 3, 3, "missed"),
        (30, {"vn63-gia-lai": 40}, None, 1, 2, "met"),
        (50, {"vn63-gia-lai": 40}, None, 2, 3, "not_assessable"),
        (OUTSIDE, {"vn63-gia-lai": 40, "vn63-dak-lak": 10}, None, 2, 3, "not_assessable"),
        (OUTSIDE, {"vn63-gia-lai": 20, "vn63-dak-lak": 10}, 3, 3, 3, "missed"),
        (30, {"vn63-gia-lai": 30, "vn63-dak-lak": 40}, 1, 1, 1, "met"),
    ],
)
def test_a_place_in_the_region_follows_from_the_national_places(
    own: Any, peers: dict[str, int], place: int | None, low: int, high: int, status: str
) -> None:
    rows = [standing(2023, rank, unit_id=unit) for unit, rank in peers.items()]
    held = standings([standing(2023, own), standing(2022, 9), *rows])
    row = judge(target("regional_rank", amount=2), held, regions=REGIONS)
    found = None if pd.isna(row["actual_rank"]) else row["actual_rank"]
    assert (found, row["actual_low"], row["actual_high"]) == (place, low, high)
    assert row["status"] == status
    assert row["n_ranked"] == 3
    assert pd.isna(row["gain"]), "a national place gives no gain within the region"
    bounds = (own, own) if isinstance(own, int) else (31, 63)
    others = [(rank, rank) for unit, rank in peers.items() if unit != "vn63-ca-mau"]
    assert by_hand.regional_bounds(bounds, others, 2 - len(others)) == (low, high)


def test_without_regions_a_regional_target_cannot_be_judged() -> None:
    row = judge(target("regional_rank", amount=2), {2023: 1})
    assert row["status"] == "not_assessable"


# ---------------------------------------------------------------------- before the result

MANY_YEARS = {"baseline_edition": 2021, "first_edition": 2022, "last_edition": 2025}


@pytest.mark.parametrize(
    ("place", "expected"),
    [(50, "on_track"), (41, "on_track"), (49, "on_track"), (53, "at_risk"), (54, "off_track"),
     (57, "off_track"), (60, "off_track"), (62, "off_track"), (30, "on_track")],
)  # fmt: skip
def test_on_the_way_to_a_later_year_a_straight_line_decides(place: int, expected: str) -> None:
    # From 60 in 2021 to 40 in 2025: 50 in 2023 is on the line.
    row = judge(target(amount=20, **MANY_YEARS), {2021: 60, 2023: place})
    assert row["status"] == expected
    assert by_hand.glide(60, 40, place, 2, 2) == expected


@pytest.mark.parametrize(
    ("kind", "values"),
    [("top_n", {"amount": 40, "baseline_edition": None}), ("rank_gain_vs_year", {"amount": 20})],
)
def test_the_line_starts_the_year_before_the_period(kind: str, values: dict[str, Any]) -> None:
    row = judge(target(kind, **{**MANY_YEARS, **values}), {2021: 60, 2022: 60, 2023: 50})
    assert row["baseline_used"] == 2021
    assert row["status"] == "on_track"


def test_points_have_their_line_too() -> None:
    asked = target("score_gain_vs_year", amount=4, measure="score", **MANY_YEARS)
    for now, expected in ((42.0, "on_track"), (41.5, "at_risk"), (40.0, "off_track")):
        row = judge(asked, {2021: scored(40.0), 2023: scored(now)})
        assert row["status"] == expected


def test_a_year_on_the_way_without_a_base_is_not_due_yet() -> None:
    assert judge(target(amount=20, **MANY_YEARS), {2023: 50})["status"] == "not_due"


def test_every_year_towards_a_single_year_is_reported_on_the_way() -> None:
    asked = target(amount=20, baseline_edition=2021, first_edition=2025, last_edition=2025)
    assert judge(asked, {2021: 60, 2023: 50})["status"] == "on_track"


@pytest.mark.parametrize(
    ("chance", "expected"),
    [(None, "not_due"), (1.0, "on_track"), (2 / 3, "on_track"), (0.66, "at_risk"),
     (1 / 3, "at_risk"), (0.33, "off_track"), (0.0, "off_track")],
)  # fmt: skip
def test_before_publication_a_probability_decides_and_without_one_it_is_not_due(
    chance: float | None, expected: str
) -> None:
    chances = pd.DataFrame({"target_id": ["t1"], "edition": [2023], "p_met": [chance]})
    row = judge(
        target(amount=5), {2022: 54}, as_of=date(2024, 4, 14), probabilities=chances
    )  # fmt: skip
    assert (row["status"], row["reason"]) == (expected, "")
    assert row["actual_state"] == "not_published"
    assert row["required_rank"] == 49


def test_nothing_published_after_the_day_is_used() -> None:
    years = {2021: 60, 2022: scored(41.0), 2023: scored(43.0)}
    asked = target("above_national_average", measure="score")
    before = judge(asked, years, as_of=date(2024, 4, 14), national=MEANS)
    assert before["status"] == "not_due"
    assert before[["required_score", "actual_rank", "actual_score", "actual_low"]].isna().all()
    assert judge(asked, years, as_of=date(2024, 4, 15), national=MEANS)["status"] == "met"


def test_a_year_that_was_skipped_is_not_waited_for() -> None:
    row = judge(target(amount=5), {2022: 54}, published=[2021, 2022, 2024])
    assert (row["status"], row["reason"]) == ("not_assessable", "actual_not_held")


def test_before_any_publication_there_is_no_baseline_and_nothing_is_due() -> None:
    row = judge(target(amount=5), {2022: 54, 2023: 40}, as_of=date(2001, 1, 1))
    assert row["status"] == "not_due"
    assert pd.isna(row["baseline_used"])
    assert not row["is_provisional"]


def test_a_baseline_before_the_first_edition_is_said_to_be_unpublished() -> None:
    row = judge(target(amount=5, baseline_edition=2009), {2023: 40})
    assert (row["status"], row["reason"]) == ("not_assessable", "baseline_not_published")


def test_a_target_outside_its_years_has_no_row() -> None:
    rows = target_standing(
        target(amount=5), history({2022: 54}), editions=editions(2022), components=components(),
        breaks=breaks(), asked=[2022, 2024], as_of=LATER,
    )  # fmt: skip
    assert rows.empty
    assert "status" in rows.columns


def test_an_empty_set_of_targets_gives_an_empty_answer() -> None:
    rows = target_standing(
        target().iloc[:0], history({2022: 54}), editions=editions(2022), components=components(),
        breaks=breaks(), asked=[2023], as_of=LATER,
    )  # fmt: skip
    assert rows.empty


# ---------------------------------------------------------------------------------- flags


def flags_of(asked: pd.DataFrame, years: Mapping[int, Any], **context: Any) -> tuple[str, ...]:
    return tuple(judge(asked, years, **context)["flags"])


FLAG = breaks({"edition": 2023, "rank_comparable": "flag", "score_comparable": "no"})
FINE = breaks({"edition": 2023, "rank_comparable": "yes", "score_comparable": "flag"})
ERRORS = pd.DataFrame(
    {"unit_id": UNIT, "component_id": "papi", "edition": [2022, 2023],
     "standard_error": [0.5, 0.5]}
)  # fmt: skip


def test_a_rank_across_a_new_method_stands_with_a_mark_and_points_are_refused() -> None:
    years = {2022: scored(40.0), 2023: {**scored(45.0), "rank": 10}}
    by_place = judge(target(amount=5), years, breaks=FLAG)
    by_points = judge(target("score_gain_vs_year", amount=1, measure="score"), years, breaks=FLAG)
    assert (by_place["status"], by_place["flags"]) == ("met", ("method_break",))
    assert (by_points["status"], by_points["reason"]) == ("not_assessable", "not_comparable")


def test_a_step_that_leaves_ranks_comparable_marks_points_only() -> None:
    years = {2022: scored(40.0), 2023: {**scored(45.0), "rank": 10}}
    assert flags_of(target(amount=5), years, breaks=FINE) == ()
    points = target("score_gain_vs_year", amount=1, measure="score")
    assert flags_of(points, years, breaks=FINE) == ("method_break",)


def test_a_place_asked_for_by_number_survives_any_break() -> None:
    never = breaks({"edition": 2023, "rank_comparable": "no"})
    assert judge(target("top_n", amount=30), {2022: 9, 2023: 10}, breaks=never)["status"] == "met"
    row = judge(target(amount=5), {2022: 20, 2023: 10}, breaks=never)
    assert (row["status"], row["reason"]) == ("not_assessable", "not_comparable")


def test_a_renamed_component_is_compared_and_marked() -> None:
    lineage = components(
        component(to_edition=2022),
        component(from_edition=2023, relation="renamed;redefined", rank_comparable="flag"),
    )
    marks = flags_of(target(amount=5), {2022: 43, 2023: 22}, components=lineage)
    assert marks == ("method_break", "renamed")


def test_a_component_that_did_not_exist_then_gives_no_verdict() -> None:
    lineage = components(component(from_edition=2023))
    row = judge(target(amount=5), {2023: 60}, components=lineage)
    assert (row["status"], row["reason"]) == ("not_assessable", "not_comparable")


@pytest.mark.parametrize(("place", "capped"), [(1, True), (5, True), (6, False), (54, False)])
def test_a_requirement_above_first_place_is_first_place(place: int, capped: bool) -> None:
    row = judge(target(amount=5), {2022: place, 2023: 1})
    assert row["required_rank"] == max(1, place - 5)
    assert ("capped" in row["flags"]) is capped
    assert row["status"] == "met"


@pytest.mark.parametrize(
    ("then", "now", "n_withheld", "expected", "sensitive"),
    [
        (54, 49, 2, "met", True),
        (54, 47, 2, "met", False),
        (54, 50, 2, "missed", True),
        (54, 52, 2, "missed", False),
        (54, 49, 0, "met", False),
        (3, 2, 2, "missed", False),
        (3, 1, 2, "met", True),
    ],
)
def test_a_verdict_that_the_withheld_could_turn_is_marked(
    then: int, now: int, n_withheld: int, expected: str, sensitive: bool
) -> None:
    years = {2022: {"rank": then, "n_withheld": n_withheld},
             2023: {"rank": now, "n_withheld": n_withheld}}  # fmt: skip
    row = judge(target(amount=5), years)
    assert row["status"] == expected
    assert ("sensitive_to_missing" in row["flags"]) is sensitive


@pytest.mark.parametrize(
    ("change", "noisy"), [(0.5, True), (1.16, True), (1.17, False), (-0.5, True)]
)
def test_a_change_below_the_printed_margin_is_noise(change: float, noisy: bool) -> None:
    # 1,645 x root of 0,5² + 0,5² = 1,163 points.
    years = {2022: scored(42.0), 2023: scored(42.0 + change)}
    assert ("within_noise" in flags_of(target(amount=5), years, errors=ERRORS)) is noisy


def test_a_printed_standard_error_of_nought_is_not_certainty() -> None:
    others = pd.DataFrame({"unit_id": ["a", "b"], "component_id": "papi", "edition": 2023,
                           "standard_error": [1.0, 1.0]})  # fmt: skip
    own = ERRORS.assign(standard_error=[0.0, 0.0])
    own.loc[0, "standard_error"] = 0.1
    errors = pd.concat([own, others], ignore_index=True)
    years = {2022: scored(42.0), 2023: scored(43.0)}
    assert "within_noise" in flags_of(target(amount=5), years, errors=errors)


@pytest.mark.parametrize(
    ("asked", "years", "context", "flag"),
    [
        (target(amount=5), {2021: 60}, {"as_of": date(2023, 3, 2)}, "provisional_baseline"),
        (target(amount=5), {2022: 3, 2023: 1}, {}, "capped"),
        (target(amount=5), {2022: 37, 2023: OUTSIDE}, {}, "interval"),
        (target(amount=5), {2022: OUTSIDE, 2023: 20}, {}, "interval"),
        (target(amount=5), {2022: 20, 2023: 10}, {"breaks": FLAG}, "method_break"),
        (target("improve_unquantified"), {2022: 20, 2023: 10}, {}, "unquantified"),
        (target(amount=5), {2022: 20, 2023: {"rank": 10, "tie_broken_by_publisher": True}}, {},
         "tie_broken_by_publisher"),
        (target(amount=5), {2022: {"rank": 20, "tie_broken_by_publisher": True}, 2023: 10}, {},
         "tie_broken_by_publisher"),
        (target(amount=5, note="Huyện góp phần"), {2022: 20, 2023: 10}, {}, "contributes"),
    ],
)  # fmt: skip
def test_each_mark_stands_alone_where_its_cause_is_alone(
    asked: pd.DataFrame, years: Mapping[int, Any], context: dict[str, Any], flag: str
) -> None:
    assert flags_of(asked, years, **context) == (flag,)


def test_a_target_without_any_cause_carries_no_mark() -> None:
    assert flags_of(target(amount=5), {2022: 20, 2023: 10}) == ()


# ----------------------------------------------------------------------- mergers, unknowns

NEW = "vn34-quang-ngai"


@pytest.mark.parametrize(
    ("unit", "kind", "values", "edition", "expected", "reason"),
    [
        (UNIT, "rank_gain_vs_year", {"amount": 5}, 2025, "not_assessable", "merged"),
        (UNIT, "top_n", {"amount": 30}, 2025, "not_assessable", "merged"),
        (NEW, "rank_gain_vs_year", {"amount": 5}, 2025, "not_assessable", "merged"),
        (NEW, "improve_yearly", {}, 2025, "not_assessable", "merged"),
        (NEW, "top_n", {"amount": 30}, 2025, "met", ""),
        (NEW, "top_n", {"amount": 30}, 2024, "not_assessable", "merged"),
        (NEW, "improve_yearly", {"first_edition": 2026}, 2026, "met", ""),
        (NEW, "improve_yearly", {"first_edition": 2023}, 2026, "not_assessable", "merged"),
        (NEW, "rank_gain_vs_year", {"amount": 1, "baseline_edition": 2025}, 2026, "met", ""),
    ],
)
def test_targets_do_not_reach_across_the_merger(
    unit: str, kind: str, values: dict[str, Any], edition: int, expected: str, reason: str
) -> None:
    years: dict[int, Any] = {2022: 30, 2023: 29, 2024: 28, 2025: 20, 2026: 10}
    held = history(years, unit_id=unit)
    asked = target(kind, unit_id=unit, **{"first_edition": None, "last_edition": None, **values})
    row = judge(
        asked, held, edition=edition, as_of=date(2028, 1, 1), published=range(2010, 2027)
    )  # fmt: skip
    assert (row["status"], row["reason"]) == (expected, reason)
    assert ("merged" in row["flags"]) is (reason == "merged")


def test_the_last_year_of_the_old_provinces_is_no_stand_in_for_the_new() -> None:
    asked = target(unit_id=NEW, amount=5, baseline_edition=2025, first_edition=2026,
                   last_edition=2026)  # fmt: skip
    row = judge(asked, history({2024: 20}, unit_id=NEW), edition=2026)
    assert row["status"] == "not_due"
    assert pd.isna(row["baseline_used"])


def test_an_index_outside_the_catalogue_is_named_as_unknown() -> None:
    row = judge(target("improve_unquantified", index_id="b1", component_id="b1"), {})
    assert (row["status"], row["reason"]) == ("not_assessable", "index_unknown")
    assert row["flags"] == ("unquantified",)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnsMissing, match="footnote_rank"):
        judge(target().drop(columns="footnote_rank"), {2022: 1})
    with pytest.raises(ColumnsMissing, match="rank_low"):
        judge(target(), history({2022: 1}).drop(columns="rank_low"))


def test_every_kind_status_flag_and_reason_is_shown_above() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    reasons = ["merged", "index_unknown", "no_measurement", "not_comparable",
               "baseline_not_published", "baseline_withheld", "baseline_outside_top",
               "baseline_not_held", "actual_withheld", "actual_outside_top", "actual_not_held",
               "group_not_published", "average_not_published", "interval_undecided"]  # fmt: skip
    statuses = [status.value for status in TargetStatus if status != TargetStatus.NO_TARGET]
    for word in [*(kind.value for kind in TargetKind), *statuses, *FLAGS, *reasons]:
        assert text.count(f'"{word}"') >= 1, word


# ------------------------------------------------------------------------------- footnotes


@pytest.mark.parametrize(
    ("kind", "amount", "footnote", "now", "required", "status"),
    [
        ("rank_gain_vs_year", 5, 63, 22, 58, "met"),
        ("rank_gain_vs_year", 5, 3, 2, 1, "missed"),
        ("keep_and_improve", None, 22, 34, 22, "missed"),
        ("keep_and_improve", None, 20, 20, 20, "met"),
        ("improve_yearly", None, 20, 20, 19, "missed"),
    ],
)
def test_a_footnoted_place_is_judged_beside_the_verdict(
    kind: str, amount: int | None, footnote: int, now: int, required: int, status: str
) -> None:
    row = judge(target(kind, amount=amount, footnote_rank=footnote), {2022: 49, 2023: now})
    assert (row["footnote_required"], row["footnote_status"]) == (required, status)


# ---------------------------------------------------------------------------------- laws

PLACE = st.integers(1, 63)
KINDS = st.sampled_from(
    ["rank_gain_vs_year", "improve_yearly", "keep_and_improve", "not_below_last_year",
     "hold_rank", "top_n", "rank_between", "improve_unquantified"]
)  # fmt: skip
ORDER = {"missed": 0, "held_not_improved": 1, "met": 2, "met_stretch": 3}
BOUNDS = st.tuples(PLACE, PLACE).map(sorted)


def bounded(low: int, high: int) -> dict[str, Any]:
    rank = low if low == high else None
    state = "ranked" if low == high else "outside_top"
    return {"state": state, "rank": rank, "rank_low": low, "rank_high": high}


@settings(max_examples=12)
@given(KINDS, PLACE, PLACE, PLACE, st.integers(1, 10))
def test_a_status_never_gets_worse_when_the_place_improves(
    kind: str, then: int, worse: int, better: int, amount: int
) -> None:
    better, worse = sorted((better, worse))
    asked = target(kind, amount=amount, stretch=amount + 5)
    at_worse = judge(asked, {2022: then, 2023: worse})["status"]
    at_better = judge(asked, {2022: then, 2023: better})["status"]
    assert ORDER[at_better] >= ORDER[at_worse]


@settings(max_examples=12)
@given(KINDS, BOUNDS, BOUNDS, st.integers(1, 10), st.integers(0, 20), st.integers(0, 20))
def test_widening_what_is_possible_never_turns_doubt_into_a_verdict(
    kind: str, then: list[int], now: list[int], amount: int, up: int, down: int
) -> None:
    asked = target(kind, amount=amount)
    narrow = judge(asked, {2022: bounded(*then), 2023: bounded(*now)})["status"]
    wider = bounded(max(1, now[0] - up), now[1] + down)
    wide = judge(asked, {2022: bounded(*then), 2023: wider})["status"]
    assert wide == "not_assessable" or ORDER[wide] <= ORDER[narrow]
    if narrow == "not_assessable":
        assert wide == "not_assessable"


@settings(max_examples=12)
@given(KINDS, BOUNDS, BOUNDS, st.integers(1, 10), st.integers(0, 3), st.integers(0, 3))
def test_any_pair_of_years_is_judged_as_by_hand(
    kind: str, then: list[int], now: list[int], amount: int, missing_then: int, missing_now: int
) -> None:
    years = {
        2022: {**bounded(*then), "n_withheld": missing_then},
        2023: {**bounded(*now), "n_withheld": missing_now},
    }
    asked = target(kind, amount=amount)
    row = judge(asked, years)
    world = world_of(history(years), editions(*range(2010, 2025)), LATER)
    expected = by_hand.judge(world, plain(asked.iloc[0]), 2023)
    assert row["status"] == expected["status"]
    assert same(row["required_rank"], expected["required_rank"])
    assert ("sensitive_to_missing" in row["flags"]) == expected["sensitive"]


def test_the_frames_handed_over_are_left_untouched() -> None:
    asked, held, dated = target(amount=5), history({2022: 54, 2023: 49}), editions(2022, 2023)
    before = [frame.copy(deep=True) for frame in (asked, held, dated)]
    judge(asked, held)
    for frame, then in zip((asked, held, dated), before, strict=True):
        pd.testing.assert_frame_equal(frame, then)


# --------------------------------------------------------------------------- shipped figures


def same(found: Any, expected: Any) -> bool:
    return bool(pd.isna(found)) if expected is None else bool(found == expected)


def plain(row: Any) -> dict[str, Any]:
    """A row as a dictionary with None for what is missing."""
    return {
        str(key): None if not isinstance(value, tuple) and pd.isna(value) else value
        for key, value in row.items()
    }


def world_of(
    held: pd.DataFrame,
    dated: pd.DataFrame,
    as_of: date,
    lineage: pd.DataFrame | None = None,
    broken: pd.DataFrame | None = None,
) -> by_hand.World:
    world = by_hand.World({}, {}, {}, {}, as_of)
    columns = ["unit_id", "component_id", "edition", "rank", "rank_low", "rank_high", "score",
               "n_ranked", "n_withheld", "state", "index_id"]  # fmt: skip
    for row in held[columns].astype("object").where(held[columns].notna(), None).to_numpy():
        unit, component_id, year, rank, low, high, score, n, withheld, state, _ = row
        world.standing[unit, component_id, year] = {
            "rank": rank, "low": low, "high": high, "score": score, "n_withheld": withheld,
            "state": state,
        }  # fmt: skip
        key = component_id, year
        world.size[key] = max(world.size.get(key, 0), n or 0)
        world.placed[key] = world.placed.get(key, 0) + (rank is not None)
    for index_id, year, day in dated[["index_id", "edition", "published_on"]].itertuples(
        index=False
    ):
        world.published.setdefault(index_id, {})[year] = day.date()
    for frame, into in ((lineage, world.periods), (broken, world.steps)):
        for _, row in ((0, None),) if frame is None else frame.iterrows():
            if row is not None:
                into.setdefault(row["component_id"], []).append(plain(row))
    return world


def everywhere(known: Knowledge) -> pd.DataFrame:
    """Every shipped target, asked of every one of the 63."""
    units = known.tables.units
    units = units.loc[(units["geography"] == "vn63") & (units["unit_id"] != "vn63-ha-tay")]
    asked = known.tables.targets.drop(columns="unit_id").merge(units[["unit_id"]], how="cross")
    return asked.assign(target_id=asked["target_id"] + "@" + asked["unit_id"])


@pytest.mark.parametrize("as_of", [date(2026, 11, 21), date(2023, 3, 2), date(2010, 1, 1)])
def test_every_shipped_target_in_every_province_is_judged_as_by_hand(
    known: Knowledge, as_of: date
) -> None:
    tables = known.tables
    asked = everywhere(known)
    asked = asked.loc[asked["measure"].eq("rank")]
    # Far wider periods than the documents name, so that every edition is judged.
    wide = asked.assign(
        target_id="w" + asked["target_id"],
        first_edition=pd.array([2014] * len(asked), dtype="Int64"),
        last_edition=pd.array([pd.NA] * len(asked), dtype="Int64"),
    )
    wide = wide.loc[wide["unit_id"].isin(["vn63-kon-tum", "vn63-bac-ninh", "vn63-da-nang"])]
    asked = pd.concat([asked, wide], ignore_index=True)
    rows = judged(known, asked, editions=list(range(2011, 2026)), as_of=as_of)
    world = world_of(
        known.standings, tables.editions, as_of, tables.components, tables.breaks
    )  # fmt: skip
    targets = {row["target_id"]: plain(row) for _, row in asked.iterrows()}
    assert len(rows) > 4_000
    columns = ["target_id", "edition", "status", "baseline_used", "baseline_rank",
               "required_rank", "actual_rank", "flags"]  # fmt: skip
    for found in rows[columns].to_dict("records"):
        wanted = targets[found["target_id"]]
        expected = by_hand.judge(world, wanted, int(found["edition"]))
        line = (found, expected)
        assert found["status"] == expected["status"], line
        for column in ("baseline_used", "baseline_rank", "required_rank", "actual_rank"):
            assert same(found[column], expected[column]), line
        assert ("sensitive_to_missing" in found["flags"]) == expected["sensitive"], line


def test_one_call_for_all_equals_one_call_for_each(known: Knowledge) -> None:
    own = known.tables.targets
    years = [2022, 2023, 2025]
    together = judged(known, own, editions=years, as_of=LATER)
    shuffled = judged(known, own.iloc[::-1], editions=years[::-1], as_of=LATER)
    keys = ["target_id", "edition"]
    again = shuffled.set_index(keys).loc[pd.MultiIndex.from_frame(together[keys])]
    parts = [
        judged(known, own.iloc[[place]], editions=[year], as_of=LATER)
        for place in range(0, len(own), 8)
        for year in years
    ]
    apart = pd.concat([part for part in parts if len(part)]).set_index(keys)
    together = together.set_index(keys)
    for column in together.columns:
        assert text(together[column]) == text(again[column]), column
        assert text(together.loc[apart.index, column]) == text(apart[column]), column


def text(values: pd.Series) -> list[str]:
    return ["" if not isinstance(v, tuple) and pd.isna(v) else str(v) for v in values]


def test_all_targets_of_all_provinces_and_years_are_judged_in_one_call(known: Knowledge) -> None:
    asked = everywhere(known).assign(first_edition=2011, last_edition=2024)
    rows = judged(known, asked, editions=list(range(2011, 2025)), as_of=LATER)
    assert len(rows) == len(known.tables.targets) * 63 * 14
    assert set(rows["status"]) <= {str(status) for status in TargetStatus}


# ------------------------------------------------------------------------------- coverage


@pytest.mark.parametrize(
    ("edition", "expected"),
    [(2023, ["par.b"]), (2024, ["par.a", "par.b"]), (2022, [])],
)
def test_components_are_uncovered_only_where_others_have_a_target_that_year(
    edition: int, expected: list[str]
) -> None:
    lineage = components(component("par"), component("par.a"), component("par.b"),
                         component("par.c"), component("par.old", to_edition=2015))  # fmt: skip
    asked = pd.concat([
        target(index_id="par", component_id="par.a"),
        target("keep_and_improve", index_id="par", component_id="par.c", last_edition=None),
        target(index_id="par", component_id="par.b", measure="percent"),
    ])  # fmt: skip
    rows = uncovered_components(lineage, asked, unit_id=UNIT, edition=edition)
    assert rows["component_id"].tolist() == expected
