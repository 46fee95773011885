"""Who has sent what was called for, on time, late or not yet, as of a day."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd

from analytics.schema import require_columns
from analytics.sentences.deadlines import parse_deadline


class SubmissionStatus(StrEnum):
    """What came of one agency's duty to submit."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    WAITING = "waiting"


STANDING_COLUMNS = [
    "call_id", "year", "agency_id", "due_on", "status", "sent_on", "last_sent_on", "number",
    "n_versions", "days_late",
]  # fmt: skip


def last_day(text: str) -> date | None:
    """The last day allowed by a deadline as a document words it; None where it names no day.

    "Trước ngày 10/7/2022" leaves the tenth out. A deadline without a year gives None: nobody's
    year is guessed.

    Source: docs/method/submissions.md.
    """
    found = parse_deadline(text)
    return None if found is None else found.date


def occasions(call: Mapping[Any, Any]) -> dict[int, date]:
    """The last day of each time a call asks, by year.

    Args:
        call: due_on [day], yearly_month [1-12 or missing], last_year [or missing].

    Returns:
        The first deadline under its year, then the last day of the month of every later year up to
        and with last_year; February has 29 days where it has.

    Source: docs/method/submissions.md.
    """
    first = pd.Timestamp(call["due_on"]).date()
    found = {first.year: first}
    month, last_year = call["yearly_month"], call["last_year"]
    if pd.isna(month) or pd.isna(last_year):
        return found
    for year in range(first.year + 1, int(last_year) + 1):
        found[year] = date(year, int(month), calendar.monthrange(year, int(month))[1])
    return found


def present_year(call: Mapping[Any, Any], as_of: date) -> int:
    """The year to look at on a day: the next deadline not yet over, else the last there was.

    In the thirty days after a deadline the one just over comes first: that is when late ones are
    urged.

    Source: docs/method/submissions.md.
    """
    days = occasions(call)
    recent = [year for year, day in days.items() if 0 < (as_of - day).days <= URGING_DAYS]
    ahead = [year for year, day in days.items() if day >= as_of]
    return max(recent) if recent else min(ahead) if ahead else max(days)


# How long after a deadline it is still the one people ask about.
URGING_DAYS = 30


def submission_standing(
    call: Mapping[Any, Any], sent: pd.DataFrame, *, year: int, as_of: date
) -> pd.DataFrame:
    """What came of one call in one year, for every agency it asks.

    The first version decides whether it was on time; a later version does not make it late. What
    was sent after `as_of` is not known yet.

    Args:
        call: record_id, due_on, yearly_month, last_year, agency_ids.
        sent: one row per version, with call_id, year, agency_id, sent_on [day], number.
        year: which of its occasions.
        as_of: the day.

    Returns:
        One row per agency asked, in the order asked, with `STANDING_COLUMNS`: status, sent_on
        [first], last_sent_on and number [latest version], n_versions, days_late [days after the
        last day allowed: of the first version, or up to as_of where nothing came; missing when
        not late].

    Raises:
        KeyError: the call asks for nothing in that year.

    Source: docs/method/submissions.md.
    """
    require_columns(sent, ("call_id", "year", "agency_id", "sent_on", "number"))
    due = occasions(call)[year]
    day = pd.to_datetime(sent["sent_on"])
    mine = sent.assign(sent_on=day).loc[
        (sent["call_id"] == call["record_id"]) & (sent["year"] == year)
        & (day <= pd.Timestamp(as_of))
    ]  # fmt: skip
    rows = [_one(call["record_id"], year, str(agency), due, mine, as_of)
            for agency in call["agency_ids"]]  # fmt: skip
    found = pd.DataFrame(rows, columns=STANDING_COLUMNS)
    found["days_late"] = found["days_late"].astype("Int64")
    return found


def _one(
    call_id: str, year: int, agency_id: str, due: date, sent: pd.DataFrame, as_of: date
) -> dict[str, Any]:
    own = sent.loc[sent["agency_id"] == agency_id].sort_values("sent_on", kind="stable")
    base = {"call_id": call_id, "year": year, "agency_id": agency_id, "due_on": due}
    if own.empty:
        is_over = as_of > due
        return {
            **base, "status": (SubmissionStatus.MISSING if is_over
                               else SubmissionStatus.WAITING).value,
            "sent_on": None, "last_sent_on": None, "number": "", "n_versions": 0,
            "days_late": (as_of - due).days if is_over else None,
        }  # fmt: skip
    first, last = own["sent_on"].iloc[0].date(), own["sent_on"].iloc[-1].date()
    is_late = first > due
    return {
        **base, "status": (SubmissionStatus.LATE if is_late else SubmissionStatus.ON_TIME).value,
        "sent_on": first, "last_sent_on": last, "number": str(own["number"].iloc[-1]),
        "n_versions": len(own), "days_late": (first - due).days if is_late else None,
    }  # fmt: skip


def extended(as_of: date, days: int) -> date:
    """The day named in "trước ngày …" that leaves so many whole days after today.

    Source: docs/method/submissions.md.
    """
    return as_of + timedelta(days=days + 1)
