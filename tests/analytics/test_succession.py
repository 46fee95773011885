"""Who answers on a day: real links of 2025, and laws that hold for any links."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.schema import ColumnsMissing
from analytics.succession import ENDING_EVENTS, predecessors, successors
from tests.examples import examples

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
LINKS = pd.read_csv(REFERENCE / "agency_links.csv")
AGENCIES = pd.read_csv(REFERENCE / "agencies.csv")


def heirs(agency_id: str, on: date, **given: Any) -> list[str]:
    found = successors(LINKS, AGENCIES, agency_id=agency_id, on=on, **given)
    return [str(one) for one in found["successor_id"]]


def test_planning_and_investment_passes_to_finance_and_then_to_the_new_province() -> None:
    planning = "ktm-so-ke-hoach-dau-tu"
    assert heirs(planning, date(2025, 2, 28)) == [planning]
    assert heirs(planning, date(2025, 3, 1)) == ["ktm-so-tai-chinh"]
    assert heirs(planning, date(2025, 6, 30)) == ["ktm-so-tai-chinh"]
    found = successors(LINKS, AGENCIES, agency_id=planning, on=date(2025, 7, 1)).iloc[0]
    assert found["path"] == (planning, "ktm-so-tai-chinh", "qni-so-tai-chinh")
    assert (found["since"], found["legal_basis"]) == (pd.Timestamp(2025, 7, 1), "202/2025/QH15")


def test_information_and_communications_passes_to_science_and_technology() -> None:
    assert heirs("ktm-so-thong-tin-truyen-thong", date(2025, 5, 1)) == ["ktm-so-khoa-hoc-cong-nghe"]
    assert heirs("kgg-so-thong-tin-truyen-thong", date(2026, 1, 1)) == ["agg-so-khoa-hoc-cong-nghe"]


def test_nobody_is_named_for_a_district_that_ended() -> None:
    district = "ktm-ubnd-huyen-ngoc-hoi"
    assert heirs(district, date(2025, 6, 30)) == [district]
    assert heirs(district, date(2025, 7, 1)) == []


def test_the_new_finance_department_answers_for_both_departments_before_it() -> None:
    found = predecessors(LINKS, AGENCIES, agency_id="qni-so-tai-chinh", on=date(2026, 1, 1))
    assert found == ["ktm-so-ke-hoach-dau-tu", "ktm-so-tai-chinh"]
    assert predecessors(LINKS, AGENCIES, agency_id="qni-so-tai-chinh", on=date(2025, 6, 1)) == []


def made(rows: list[tuple[str, str, str, int]]) -> pd.DataFrame:
    """Links (from, to, event, day of 2025)."""
    return pd.DataFrame(
        [
            {"from_agency_id": a, "to_agency_id": b, "event": event, "note": "",
             "effective_on": date(2025, 1, 1) + timedelta(days=day), "legal_basis": ""}
            for a, b, event, day in rows
        ],
        columns=["effective_on", "event", "from_agency_id", "to_agency_id", "legal_basis", "note"],
    )  # fmt: skip


def day_of(number: int) -> date:
    return date(2025, 1, 1) + timedelta(days=number)


def in_force(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"agency_id": list(names), "valid_to": [None] * len(names)})


EVERYBODY = in_force("a", "b", "c", "d")


def test_a_split_leaves_several_to_answer_and_the_old_one_while_it_stands() -> None:
    links = made([("a", "b", "split", 10), ("a", "c", "split", 10)])
    found = successors(links, EVERYBODY, agency_id="a", on=day_of(10))
    assert set(found["successor_id"]) == {"a", "b", "c"}
    ended = EVERYBODY.assign(valid_to=[day_of(9), None, None, None])
    found = successors(links, ended, agency_id="a", on=day_of(10))
    assert set(found["successor_id"]) == {"b", "c"}


def test_what_was_given_after_a_split_stays_with_whom_it_was_given_to() -> None:
    links = made([("a", "b", "split", 10)])
    found = successors(links, EVERYBODY, agency_id="a", on=day_of(99), given_on=day_of(10))
    assert found["successor_id"].tolist() == ["a"]


def test_a_name_that_comes_back_is_followed_and_is_no_loop() -> None:
    links = made([("a", "b", "rename", 10), ("b", "a", "rename", 20)])
    assert successors(links, EVERYBODY, agency_id="a", on=day_of(15))["successor_id"].tolist() == [
        "b"
    ]
    back = successors(links, EVERYBODY, agency_id="a", on=day_of(25))
    assert back["path"].tolist() == [("a", "b", "a")]


def test_two_that_take_over_from_each_other_on_one_day_leave_nobody() -> None:
    links = made([("a", "b", "merge", 10), ("b", "a", "merge", 10)])
    assert successors(links, EVERYBODY, agency_id="a", on=day_of(10)).empty


def test_a_link_without_its_day_column_is_named() -> None:
    with pytest.raises(ColumnsMissing, match="effective_on"):
        successors(pd.DataFrame(), EVERYBODY, agency_id="a", on=day_of(1))


A_LINK = st.tuples(
    st.sampled_from("abcd"), st.sampled_from("abcd"),
    st.sampled_from(["merge", "rename", "split"]), st.integers(1, 6),
).filter(lambda link: link[0] != link[1])  # fmt: skip
SOME_LINKS = st.lists(A_LINK, max_size=8)


def by_hand(
    links: list[tuple[str, str, str, int]], first: str, on: int, after: int = 0
) -> set[str]:
    """Day by day: everybody who holds hands on what the links of that day say."""
    holders = {first}
    for day in range(after + 1, on + 1):
        todays = [link for link in links if link[3] == day]
        standing, reached, queue = set(), set(), list(holders)
        while queue:
            holder = queue.pop()
            if holder in reached:
                continue
            reached.add(holder)
            own = [link for link in todays if link[0] == holder]
            queue += [heir for _, heir, _, _ in own]
            if not any(event in ENDING_EVENTS for _, _, event, _ in own):
                standing.add(holder)
        holders = standing
    return holders


@settings(max_examples=examples(300), deadline=None)
@given(SOME_LINKS, st.sampled_from("abcd"), st.integers(0, 7))
def test_following_links_agrees_with_going_through_the_days(
    rows: list[tuple[str, str, str, int]], first: str, on: int
) -> None:
    found = successors(made(rows), EVERYBODY, agency_id=first, on=day_of(on))
    assert set(found["successor_id"]) == by_hand(rows, first, on)
    assert not found["successor_id"].duplicated().any()


@settings(max_examples=examples(200), deadline=None)
@given(SOME_LINKS, st.sampled_from("abcd"), st.integers(1, 6), st.integers(1, 6))
def test_asking_in_two_steps_gives_the_same_as_asking_once(
    rows: list[tuple[str, str, str, int]], first: str, one: int, other: int
) -> None:
    middle, end = sorted((one, other))
    links = made(rows)
    once = successors(links, EVERYBODY, agency_id=first, on=day_of(end))
    twice: set[str] = set()
    for between in successors(links, EVERYBODY, agency_id=first, on=day_of(middle))["successor_id"]:
        later = successors(
            links, EVERYBODY, agency_id=between, on=day_of(end), given_on=day_of(middle)
        )
        twice |= set(later["successor_id"])
    assert set(once["successor_id"]) == twice


@settings(max_examples=examples(150), deadline=None)
@given(SOME_LINKS, st.sampled_from("abcd"), st.integers(1, 6))
def test_whoever_answers_is_found_again_from_the_other_end(
    rows: list[tuple[str, str, str, int]], first: str, on: int
) -> None:
    links = made(rows)
    for heir in successors(links, EVERYBODY, agency_id=first, on=day_of(on))["successor_id"]:
        before = predecessors(links, EVERYBODY, agency_id=heir, on=day_of(on))
        assert heir == first or first in before
