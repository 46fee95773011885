"""Operational targets: figures an office reports, judged by the engine of all targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge, judged, knowledge
from analytics.measured import measured_values, milestones, period_end, unit_note, unit_of
from data import queries
from data.store import store
from tests.stores import ship

KON_TUM, KIEN_GIANG = "vn63-kon-tum", "vn63-kien-giang"
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    ship(store())
    return knowledge(queries.tables())


def report(target_id: str, period: str, value: float | None, **other: Any) -> dict[str, Any]:
    known = {"base_value": None, "completed_on": None, "reported_on": period_end(period)}
    return {"target_id": target_id, "period": period, "value": value, **known, **other}


def status(
    known: Knowledge, target_id: str, edition: int, *reports: dict[str, Any], as_of: date = TODAY,
    **changed: Any,
) -> str:  # fmt: skip
    """What the board says of one shipped target, `changed` where told, once reports are in."""
    targets = known.tables.targets.copy()
    for name, value in changed.items():
        targets.loc[targets["target_id"] == target_id, name] = value
    told = pd.DataFrame(reports) if reports else known.tables.measurements
    now = replace(known, tables=replace(known.tables, measurements=told), answers={})
    unit = targets.set_index("target_id").loc[target_id, "unit_id"]
    own = targets.loc[targets["unit_id"] == unit]
    rows = judged(now, own, editions=[edition], as_of=as_of)
    (found,) = rows.loc[rows["target_id"] == target_id, "status"]
    return str(found)


def test_sixty_per_cent_is_reached_at_sixty(known: Knowledge) -> None:
    assert status(known, "003-14", 2021) == "not_assessable"
    assert status(known, "003-14", 2021, report("003-14", "2021", 60)) == "met"
    assert status(known, "003-14", 2021, report("003-14", "2021", 59.9)) == "missed"


def test_more_than_eighty_per_cent_is_not_reached_at_eighty(known: Knowledge) -> None:
    assert status(known, "003-15", 2022, report("003-15", "2022", 80)) == "missed"
    assert status(known, "003-15", 2022, report("003-15", "2022", 80.1)) == "met"


def test_a_figure_entered_for_one_milestone_counts_for_the_other(known: Knowledge) -> None:
    assert status(known, "003-15", 2022, report("003-14", "2022", 85)) == "met"
    first = milestones(known.tables.targets)
    assert first["003-15"] == first["003-14"] == "003-14"


def test_five_and_ten_per_cent_of_one_sentence_are_not_milestones(known: Knowledge) -> None:
    first = milestones(known.tables.targets)
    assert (first["002-31.1"], first["002-31.2"]) == ("002-31.1", "002-31.2")


def test_staff_cut_by_five_per_cent_since_2021_is_met_at_five(known: Knowledge) -> None:
    asked: dict[str, Any] = {"first_edition": 2024, "last_edition": 2024,
                             "deadline": pd.Timestamp(2024, 12, 31)}  # fmt: skip
    base, now = report("002-31.1", "2021", 2000), report("002-31.1", "2024", 1900)
    more = report("002-31.1", "2024", 1901)
    assert status(known, "002-31.1", 2024, base, now, **asked) == "met"
    assert status(known, "002-31.1", 2024, base, more, **asked) == "missed"
    assert status(known, "002-31.1", 2024, now | {"base_value": 2000.0}, **asked) == "met"
    without = status(known, "002-31.1", 2024, now, **asked)
    assert without == "not_assessable", "without a base there is no verdict"


def test_a_province_that_merged_away_has_no_verdict_in_2026(known: Knowledge) -> None:
    base, now = report("002-31.1", "2021", 2000), report("002-31.1", "2026", 1900)
    assert status(known, "002-31.1", 2026, base, now) == "not_assessable"


def test_a_reduction_is_followed_on_its_way(known: Knowledge) -> None:
    base = report("002-31.1", "2021", 2000)
    # A straight line asks for 2 per cent after two of five years.
    assert status(known, "002-31.1", 2023, base, report("002-31.1", "2023", 1960)) == "on_track"
    assert status(known, "002-31.1", 2023, base, report("002-31.1", "2023", 1970)) == "at_risk"
    assert status(known, "002-31.1", 2023, base, report("002-31.1", "2023", 2000)) == "off_track"


def test_at_most_one_request_for_supplements(known: Knowledge) -> None:
    assert status(known, "002-22", 2023, report("002-22", "2023", 1)) == "met"
    assert status(known, "002-22", 2023, report("002-22", "2023", 2)) == "missed"
    assert status(known, "002-16.2", 2023, report("002-16.2", "2023", 0)) == "met"


def test_a_work_due_in_the_first_quarter_is_judged_by_its_day(known: Knowledge) -> None:
    asked = {"kind": "complete_by", "measure": "date", "operator": "<=",
             "deadline": pd.Timestamp(2023, 3, 31)}  # fmt: skip

    def told(**report_of: Any) -> str:
        one = report("002-22", "2023-Q1", None, **report_of)
        return status(known, "002-22", 2023, one, **asked)

    assert told(completed_on=date(2023, 3, 31)) == "met"
    assert told(completed_on=date(2023, 4, 1), reported_on=date(2023, 4, 1)) == "missed"
    assert told(reported_on=date(2023, 3, 31)) == "missed", "not done on the last day"
    assert told(reported_on=date(2023, 3, 1)) == "not_assessable", "still possible when reported"
    asked["operator"] = "<"
    assert told(completed_on=date(2023, 3, 31)) == "missed", "before the day excludes it"
    assert told(completed_on=date(2023, 3, 30)) == "met"


def test_a_report_from_later_is_not_known_yet(known: Knowledge) -> None:
    late = report("003-14", "2021", 60, reported_on=date(2022, 2, 1))
    assert status(known, "003-14", 2021, late, as_of=date(2022, 1, 31)) == "not_assessable"
    assert status(known, "003-14", 2021, late, as_of=date(2021, 6, 1)) == "not_due"
    assert status(known, "003-14", 2021, late, as_of=date(2022, 2, 1)) == "met"


def test_a_share_without_a_number_must_rise_on_the_year_before(known: Knowledge) -> None:
    before, now = report("000-11", "2022", 91.0), report("000-11", "2023", 91.0)
    assert status(known, "000-11", 2023, now) == "not_assessable"
    assert status(known, "000-11", 2023, before, now) == "missed"
    assert status(known, "000-11", 2023, before, now | {"value": 91.5}) == "met"


def test_the_year_stands_before_its_quarters_and_the_last_quarter_before_the_first(
    known: Knowledge,
) -> None:
    quarters = [report("003-14", f"2021-Q{n}", value) for n, value in ((4, 65), (1, 40))]
    assert status(known, "003-14", 2021, *quarters) == "met"
    assert status(known, "003-14", 2021, *quarters, report("003-14", "2021", 55)) == "missed"


@pytest.mark.parametrize(
    ("period", "last"),
    [("2023", (2023, 12, 31)), ("2023-H1", (2023, 6, 30)), ("2023-Q1", (2023, 3, 31)),
     ("2023-Q4", (2023, 12, 31)), ("2024-02", (2024, 2, 29)), ("2023-12", (2023, 12, 31))],
)  # fmt: skip
def test_a_period_ends_on_its_last_day(period: str, last: tuple[int, int, int]) -> None:
    assert period_end(period) == date(*last)


@pytest.mark.parametrize("text", ["", "2023-Q5", "2023-13", "23", "2023-q1", "2023-1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        period_end(text)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2021", "2021-Q1", "2021-Q3", "2021-H1", "2021-07"]), st.floats(0, 100)
        ),
        max_size=5,
        unique_by=lambda one: one[0],
    )
)
def test_the_figure_of_a_year_is_one_that_was_reported_and_order_does_not_matter(
    told: list[tuple[str, float]],
) -> None:  # fmt: skip
    target = pd.DataFrame([{
        "target_id": "x", "kind": "percent_at_least", "baseline_edition": None,
        "first_edition": 2021, "last_edition": 2021, "deadline": None, "unit_id": "u",
        "document_id": "d", "component_id": "c", "measure": "percent", "clause": "s", "note": "",
    }])  # fmt: skip
    rows = [report("x", period, value) for period, value in told]
    columns = [*report("x", "2021", 0)]
    found = measured_values(pd.DataFrame(rows, columns=columns), target, as_of=TODAY)
    again = measured_values(pd.DataFrame(rows[::-1], columns=columns), target, as_of=TODAY)
    assert found.to_dict() == again.to_dict()
    by_end = sorted(told, key=lambda one: (len(one[0]) == 4, period_end(one[0])))
    assert found["value"].tolist() == [value for _, value in by_end[-1:]]


@pytest.mark.parametrize(
    ("subject", "measure", "unit"),
    [
        ("hồ sơ đúng hạn", "percent", "% hồ sơ đúng hạn"),
        ("Tỷ lệ hồ sơ; trễ hạn", "percent", "Tỷ lệ hồ sơ, trễ hạn"),
        ("số lần yêu cầu bổ sung", "count", "số lần yêu cầu bổ sung"),
        ("", "count", ""),
    ],
)
def test_the_unit_put_into_a_note_is_the_unit_read_from_it(
    subject: str, measure: str, unit: str
) -> None:
    assert unit_of(unit_note(subject, measure) + "; ghi chú thêm" if subject else None) == unit


def test_every_shipped_target_that_an_office_measures_says_what_it_counts() -> None:
    rows = pd.read_csv(Path(__file__).parents[2] / "data" / "reference" / "targets.csv")
    measured = rows.loc[rows["measure"].isin(["percent", "count"])]
    assert len(measured) >= 15
    unnamed = measured.loc[[not unit_of(note) for note in measured["note"]]]
    assert list(unnamed["target_id"]) == []
