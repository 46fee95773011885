"""A deadline "before" a day leaves it out, and a day knows nothing that came later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.submissions import (
    extended,
    last_day,
    occasions,
    present_year,
    submission_standing,
)

CALL: dict[str, Any] = {
    "record_id": "c", "due_on": date(2022, 7, 9), "yearly_month": None, "last_year": None,
    "agency_ids": ("a", "b", "d"),
}  # fmt: skip


def sent(*rows: tuple[str, int, date, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["agency_id", "year", "sent_on", "number"])
    return frame.assign(call_id="c")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("trước ngày 10/7/2022", date(2022, 7, 9)),
        ("chậm nhất ngày 12/3/2023", date(2023, 3, 12)),
        ("trước ngày 12 tháng 3 năm 2023", date(2023, 3, 11)),
        ("trong quý I/2023", date(2023, 3, 31)),
        ("trước ngày 10/7", None),
        ("sớm nhất có thể", None),
        ("trước ngày 31/2/2023", None),
    ],
)
def test_the_last_day_is_the_one_the_document_allows(words: str, day: date | None) -> None:
    assert last_day(words) == day


def test_every_february_ends_on_its_own_last_day() -> None:
    yearly = {**CALL, "due_on": date(2023, 3, 11), "yearly_month": 2, "last_year": 2030}
    found = occasions(yearly)
    assert list(found) == list(range(2023, 2031))
    assert (found[2023], found[2024], found[2025]) == (
        date(2023, 3, 11), date(2024, 2, 29), date(2025, 2, 28),
    )  # fmt: skip


def test_after_a_deadline_it_is_looked_at_for_a_month_then_the_next_one() -> None:
    yearly = {**CALL, "due_on": date(2023, 3, 11), "yearly_month": 2, "last_year": 2025}
    days = [date(2023, 3, 11), date(2023, 4, 10), date(2023, 4, 11), date(2025, 12, 1)]
    assert [present_year(yearly, day) for day in days] == [2023, 2023, 2024, 2025]


def test_ten_days_after_a_deadline_one_is_on_time_one_late_and_one_missing() -> None:
    rows = sent(("a", 2022, date(2022, 7, 9), "12/BC"), ("b", 2022, date(2022, 7, 10), ""))
    found = submission_standing(CALL, rows, year=2022, as_of=date(2022, 7, 20))
    assert found[["status", "days_late"]].astype(object).where(
        found[["status", "days_late"]].notna(), None
    ).to_numpy().tolist() == [["on_time", None], ["late", 1], ["missing", 11]]


def test_a_corrected_version_does_not_make_an_agency_late_and_its_number_is_shown() -> None:
    rows = sent(("a", 2022, date(2022, 7, 30), "40/BC"), ("a", 2022, date(2022, 7, 1), "12/BC"))
    first = submission_standing(CALL, rows, year=2022, as_of=date(2022, 8, 1)).iloc[0]
    assert (first["status"], first["number"], first["n_versions"]) == ("on_time", "40/BC", 2)
    before = submission_standing(CALL, rows, year=2022, as_of=date(2022, 7, 29)).iloc[0]
    assert (before["number"], before["n_versions"]) == ("12/BC", 1)


def test_what_was_sent_for_another_year_or_call_does_not_count() -> None:
    rows = sent(("a", 2023, date(2022, 7, 1), "")).assign(call_id="c")
    other = sent(("b", 2022, date(2022, 7, 1), "")).assign(call_id="x")
    both = pd.concat([rows, other])
    found = submission_standing(CALL, both, year=2022, as_of=date(2022, 7, 9))
    assert set(found["status"]) == {"waiting"}
    with pytest.raises(KeyError):
        submission_standing(CALL, both, year=2023, as_of=date(2022, 7, 9))


def test_ten_more_days_means_ten_whole_days_before_the_day_named() -> None:
    assert extended(date(2022, 7, 20), 10) == date(2022, 7, 31)


DAYS = st.dates(date(2022, 6, 1), date(2022, 9, 30))
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "d", "z"]), st.just(2022), DAYS, st.just("")), max_size=8
)


def by_hand(agency: str, rows: list[tuple[str, int, date, str]], day: date) -> tuple[str, int]:
    first = None
    for who, _, when, _ in rows:
        if who == agency and when <= day and (first is None or when < first):
            first = when
    due = CALL["due_on"]
    if first is None:
        return ("missing", (day - due).days) if day > due else ("waiting", 0)
    return ("late", (first - due).days) if first > due else ("on_time", 0)


@given(rows=ROWS, day=DAYS)
def test_every_status_agrees_with_a_plain_loop(
    rows: list[tuple[str, int, date, str]], day: date
) -> None:
    found = submission_standing(CALL, sent(*rows), year=2022, as_of=day)
    assert list(zip(found["status"], found["days_late"].fillna(0), strict=True)) == [
        by_hand(agency, rows, day) for agency in CALL["agency_ids"]
    ]


@given(rows=ROWS, day=DAYS, later=st.integers(0, 60))
def test_what_was_late_or_on_time_stays_so(
    rows: list[tuple[str, int, date, str]], day: date, later: int
) -> None:
    now = submission_standing(CALL, sent(*rows), year=2022, as_of=day)
    then = submission_standing(CALL, sent(*rows), year=2022, as_of=day + timedelta(days=later))
    for before, after in zip(now["status"], then["status"], strict=True):
        assert before in ("missing", "waiting") or before == after
