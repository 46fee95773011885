"""A review sheet lists what the figures show against an agency, once, and says what has moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.weaknesses import (
    LINE_COLUMNS,
    agency_lines,
    gainers,
    moved_since,
    passed_on,
    plan_standing,
    review_lines,
    shortcomings,
    unanswered,
    unplanned,
)
from tests.builders import UNIT

TODAY = date(2026, 11, 21)
HOME_AFFAIRS, FINANCE = "ktm-so-noi-vu", "ktm-so-tai-chinh"


def lines_of(known: Knowledge, index_id: str = "par_index", as_of: date = TODAY) -> pd.DataFrame:
    return review_lines(
        known, unit_id=UNIT, index_id=index_id, edition=2023, baseline=2022, as_of=as_of
    )


def row(lines: pd.DataFrame, component_id: str) -> dict[str, Any]:
    return lines.loc[lines["component_id"] == component_id].to_dict("records")[0]


@pytest.mark.parametrize(
    ("component", "lost", "rank", "gain", "reasons", "is_weakness"),
    [
        ("par_index", 13.86, 43, 12, ("clear_rise",), False),
        ("par_index.steering", None, 52, None, ("bottom_quarter",), True),
        ("par_index.institutions", 0.58, 22, 21, ("clear_rise",), False),
        ("par_index.apparatus", 0.78, 22, 14, (), False),
        ("par_index.civil_service", None, 45, None, (), False),
        ("par_index.public_finance", None, 51, None, ("bottom_quarter",), True),
        ("par_index.impact", 3.64, None, None, (), False),
    ],
)
def test_the_lines_of_kon_tum_in_the_par_index_of_2023(
    known: Knowledge,
    component: str,
    lost: float | None,
    rank: int | None,
    gain: int | None,
    reasons: tuple[str, ...],
    is_weakness: bool,
) -> None:
    found = row(lines_of(known), component)
    assert (None if pd.isna(found["lost"]) else round(found["lost"], 6)) == lost
    assert [None if pd.isna(found[name]) else found[name] for name in ("rank", "gain")] == [
        rank, gain,
    ]  # fmt: skip
    assert (found["reasons"], found["is_weakness"]) == (reasons, is_weakness)


def test_a_missed_target_is_a_weakness_and_the_total_is_never_among_the_largest_losses(
    known: Knowledge,
) -> None:
    total = row(lines_of(known, "papi"), "papi")
    assert total["reasons"] == ("bottom_quarter", "fell_while_others_rose", "target_missed")


def test_every_line_stands_once(known: Knowledge) -> None:
    for index_id in ("par_index", "papi", "pci", "sipas"):
        assert lines_of(known, index_id)["component_id"].is_unique


def test_before_an_index_was_published_there_is_nothing_to_review(known: Knowledge) -> None:
    early = lines_of(known, as_of=date(2024, 4, 16))
    assert early.empty
    assert list(early.columns) == LINE_COLUMNS
    assert len(lines_of(known, as_of=date(2024, 4, 17))) == 9


def test_an_agency_has_the_lines_it_leads_co_ordinates_or_took_on_each_once(
    known: Knowledge,
) -> None:
    lines = lines_of(known)
    own = agency_lines(lines, HOME_AFFAIRS)
    assert own["component_id"].tolist() == ["par_index.apparatus", "par_index.civil_service"]
    taken = agency_lines(lines, HOME_AFFAIRS, adopted=["par_index.steering", "par_index.apparatus"])
    assert list(zip(taken["component_id"], taken["part"], strict=True)) == [
        ("par_index.steering", "adopted"),
        ("par_index.apparatus", "lead"),
        ("par_index.civil_service", "lead"),
    ]
    planning = agency_lines(lines, "ktm-so-ke-hoach-dau-tu")
    assert set(planning["part"]) == {"coordinate"}


def test_who_was_given_an_operational_task_does_not_answer_for_the_component(
    known: Knowledge,
) -> None:
    assert agency_lines(lines_of(known), "ktm-cuc-thue").empty


def test_a_weak_line_that_no_target_gives_to_anybody_is_listed_until_it_is_taken_on(
    known: Knowledge,
) -> None:
    lines = lines_of(known)
    assert unanswered(lines, [])["component_id"].tolist() == ["par_index.steering"]
    assert unanswered(lines, ["par_index.steering"]).empty


def test_a_part_without_a_target_belongs_to_the_agencies_of_its_component(known: Knowledge) -> None:
    targets = known.tables.targets
    own = targets.loc[(targets["index_id"] == "papi") & (targets["unit_id"] == UNIT)].head(1)
    own = own.assign(
        component_id="papi.environment", measure="rank", first_edition=2023,
        lead_agency_ids="a;b", lead_agency="A; B",
    )  # fmt: skip
    tables = pd.concat([targets, own.assign(target_id="typed")], ignore_index=True)
    lines = lines_of(replace(known, tables=replace(known.tables, targets=tables)), "papi")
    assert row(lines, "papi.environment.water")["lead_ids"] == ("a", "b")
    assert row(lines, "papi.environment.water")["lead_agency"] == "A; B"
    assert row(lines, "papi.services.health")["lead_ids"] == ()


def test_a_component_given_to_an_agency_by_hand_is_its_own_in_the_years_named(
    known: Knowledge,
) -> None:
    given = pd.DataFrame(
        [(UNIT, "par_index.steering", HOME_AFFAIRS, "Sở Nội vụ", "lead", 2023, None)],
        columns=["unit_id", "component_id", "agency_id", "agency", "role", "from_edition",
                 "to_edition"],
    )  # fmt: skip
    for first, is_given in ((2023, True), (2024, False)):
        lines = review_lines(
            known, unit_id=UNIT, index_id="par_index", edition=2023, baseline=2022, as_of=TODAY,
            assignments=given.assign(from_edition=first),
        )  # fmt: skip
        assert (HOME_AFFAIRS in row(lines, "par_index.steering")["lead_ids"]) is is_given
        assert unanswered(lines, []).empty is is_given


def test_the_table_of_shortcomings_holds_what_lost_points_or_is_weak(known: Knowledge) -> None:
    found = shortcomings(lines_of(known))
    assert found["component_id"].tolist() == [
        "par_index", "par_index.steering", "par_index.institutions", "par_index.procedures",
        "par_index.apparatus", "par_index.public_finance", "par_index.impact",
    ]  # fmt: skip


def by_hand_shortcomings(lines: pd.DataFrame) -> list[str]:
    found = []
    for line in lines.to_dict("records"):
        is_known = not (pd.isna(line["max_score"]) or pd.isna(line["score"]))
        if line["is_weakness"] or (is_known and line["max_score"] - line["score"] > 1e-6):
            found.append(line["component_id"])
    return found


@pytest.mark.parametrize("index_id", ["par_index", "papi", "pci", "sipas"])
def test_the_table_agrees_with_a_plain_loop(known: Knowledge, index_id: str) -> None:
    lines = lines_of(known, index_id)
    assert shortcomings(lines)["component_id"].tolist() == by_hand_shortcomings(lines)


def closed_on(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[["component_id", "score", "rank", "is_weakness"]].copy()


def test_nothing_has_moved_on_the_day_of_closing(known: Knowledge) -> None:
    lines = lines_of(known, "papi")
    assert moved_since(closed_on(lines), lines).empty


def test_a_corrected_score_a_new_place_and_a_new_line_are_named(known: Knowledge) -> None:
    lines = lines_of(known)
    then = closed_on(lines.loc[lines["component_id"] != "par_index.steering"])
    then.loc[then["component_id"] == "par_index.institutions", "score"] = 9.4
    then.loc[then["component_id"] == "par_index.apparatus", "rank"] = 23
    then.loc[then["component_id"] == "par_index.impact", "score"] += 1e-9
    assert moved_since(then, lines).to_numpy().tolist() == [
        ["par_index.steering", "line", False, True],
        ["par_index.institutions", "score", 9.4, 9.42],
        ["par_index.apparatus", "rank", 23, 22],
    ]


def plan(*items: tuple[str, date, date | None, str]) -> pd.DataFrame:
    return pd.DataFrame(items, columns=["finding_id", "due_on", "done_on", "status"])


def test_a_weakness_without_an_item_or_with_one_given_up_is_without_a_plan() -> None:
    due = date(2024, 6, 30)
    items = plan(("a", due, None, "doing"), ("b", due, None, "given_up"))
    assert unplanned(["a", "b", "c"], items) == ["b", "c"]


def test_an_item_is_overdue_from_the_day_after_its_deadline_until_it_was_done() -> None:
    items = plan(("a", date(2024, 6, 30), date(2024, 7, 5), "done"))
    seen = [
        bool(plan_standing(items, as_of=date(2024, 6, 29) + timedelta(days=n))["is_overdue"][0])
        for n in range(8)
    ]
    assert seen == [False, False, True, True, True, True, False, False]


DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
ITEM = st.tuples(
    st.just("a"), DAYS, st.none() | DAYS, st.sampled_from(["doing", "done", "given_up"])
)


def by_hand_overdue(item: tuple[str, date, date | None, str], day: date) -> bool:
    _, due, done, status = item
    if status == "given_up":
        return False
    return due < day and (done is None or done > day)


@given(items=st.lists(ITEM, min_size=1, max_size=6), day=DAYS)
def test_overdue_agrees_with_a_plain_loop(
    items: list[tuple[str, date, date | None, str]], day: date
) -> None:
    found = plan_standing(plan(*items), as_of=day)
    assert found["is_overdue"].tolist() == [by_hand_overdue(item, day) for item in items]
    assert not (found["is_overdue"] & found["is_late"]).any()


@given(item=ITEM, day=DAYS, later=st.integers(1, 400))
def test_an_item_never_done_stays_overdue_once_it_is(
    item: tuple[str, date, date | None, str], day: date, later: int
) -> None:
    open_item = plan((item[0], item[1], None, item[3]))
    if plan_standing(open_item, as_of=day)["is_overdue"][0]:
        assert plan_standing(open_item, as_of=day + timedelta(days=later))["is_overdue"][0]


# --- succession and praise ----------------------------------------------------------------------


def test_what_an_agency_led_is_led_by_those_that_took_over_each_once(known: Knowledge) -> None:
    lines = lines_of(known)
    heirs = {HOME_AFFAIRS: ["ktm-a", "ktm-b"], FINANCE: []}
    after = passed_on(lines, heirs, {"ktm-a": "Sở A", "ktm-b": "Sở B"})
    led = row(after, "par_index.apparatus")
    assert (led["lead_ids"], led["lead_agency"]) == (("ktm-a", "ktm-b"), "Sở A; Sở B")
    # Nobody took over from Finance: it stays named.
    assert row(after, "par_index.public_finance")["lead_ids"] == (FINANCE,)
    assert row(lines, "par_index.apparatus")["lead_ids"] == (HOME_AFFAIRS,), "input is untouched"
    given = {one for ids in after["co_ids"] for one in ids}
    assert given == {one for ids in lines["co_ids"] for one in ids}


def by_hand_gainers(lines: pd.DataFrame) -> list[str]:
    rose = []
    for one in lines.to_dict("records"):
        if not pd.isna(one["gain"]) and one["gain"] > 0:
            points = -1e9 if pd.isna(one["score_change"]) else float(one["score_change"])
            rose.append((-int(one["gain"]), -points, len(rose), one["component_id"]))
    return [component for *_, component in sorted(rose)]


@pytest.mark.parametrize("index_id", ["par_index", "papi", "pci"])
def test_those_that_rose_stand_by_places_then_by_points(known: Knowledge, index_id: str) -> None:
    lines = lines_of(known, index_id)
    assert list(gainers(lines)["component_id"]) == by_hand_gainers(lines)


def test_of_kon_tum_institutions_rose_the_furthest_in_2023(known: Knowledge) -> None:
    first = gainers(lines_of(known)).iloc[0]
    assert (first["component_id"], first["gain"]) == ("par_index.institutions", 21)
