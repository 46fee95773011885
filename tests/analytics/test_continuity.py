"""One unit on two days: mergers, splits, transfers and renamings are rows, never code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge, board, component_gaps, has_changed, index_tiles
from analytics.composition import composition
from analytics.continuity import lineage, unit_changes
from analytics.merger import back_cast
from briefing.unit_words import reason_words
from tests.builders import LINEAGE, editions, history, judge, target

TODAY = date(2026, 11, 21)


def change(unit: str, start: int | None, end: int, index: str = "papi") -> tuple[Any, str]:
    asked = pd.DataFrame([{"unit_id": unit, "index_id": index, "start": start, "end": end}])
    row = unit_changes(asked, LINEAGE).iloc[0]
    day = row["changed_on"]
    return (None if pd.isna(day) else day.date(), row["change_event"])


@pytest.mark.parametrize(
    ("unit", "start", "end", "day", "event"),
    [
        ("vn63-kon-tum", 2022, 2024, None, ""),
        ("vn63-kon-tum", 2022, 2025, date(2025, 7, 1), "merge"),
        ("vn63-kon-tum", None, 2025, date(2025, 7, 1), "merge"),
        ("vn34-quang-ngai", 2022, 2025, date(2025, 7, 1), "merge"),
        ("vn34-quang-ngai", 2025, 2026, None, ""),
        ("vn34-quang-ngai", None, 2024, date(2025, 7, 1), "merge"),
        ("vn34-ha-noi", 2022, 2025, date(2025, 7, 1), "unchanged"),
        ("vn63-ha-noi", 2007, 2009, date(2008, 8, 1), "merge"),
        ("vn63-ha-noi", 2009, 2024, None, ""),
        ("vn63-ha-tay", 2007, 2009, date(2008, 8, 1), "merge"),
        # Vĩnh Phúc gave Mê Linh away and lasts: it is compared with itself.
        ("vn63-vinh-phuc", 2007, 2009, None, ""),
        # A new name and a new status leave a unit what it was.
        ("vn63-thua-thien-hue", 2023, 2024, None, ""),
        ("vn34-dong-nai", 2025, 2026, None, ""),
        ("vn63-no-such", 2007, 2030, None, ""),
    ],
)
def test_a_unit_is_another_one_after_it_was_formed_ended_or_took_in_others(
    unit: str, start: int | None, end: int, day: date | None, event: str
) -> None:
    assert change(unit, start, end) == (day, event)


def test_an_edition_of_the_year_of_a_merger_speaks_of_the_eve(known: Knowledge) -> None:
    """PCI 2008 still has a figure for Hà Tây, so 2009 is the first of the larger Hà Nội."""
    assert has_changed(known, unit_id="vn63-ha-noi", index_id="pci", baseline=2008, edition=2009)
    assert not has_changed(
        known, unit_id="vn63-ha-noi", index_id="pci", baseline=2007, edition=2008
    )


def test_a_change_of_place_across_a_merger_is_no_number(known: Knowledge) -> None:
    asked = {"unit_id": "vn63-ha-noi", "edition": 2009, "baseline": 2007, "as_of": TODAY}
    tile = next(tile for tile in index_tiles(known, **asked) if tile.index_id == "pci")
    assert (tile.rank, tile.baseline_rank) != (None, None)
    assert tile.gain is None
    assert component_gaps(known, index_id="pci", **asked)["gain"].isna().all()
    later = {**asked, "edition": 2011, "baseline": 2010}
    assert component_gaps(known, index_id="pci", **later)["gain"].notna().any()


def test_the_verdict_names_the_day_and_the_event_from_the_links(known: Knowledge) -> None:
    rows = board(known, unit_id="vn63-kon-tum", edition=2025, as_of=TODAY)
    merged = rows.loc[rows["reason"] == "merged"]
    assert len(merged) > 0
    assert set(merged["changed_on"]) == {pd.Timestamp(2025, 7, 1)}
    assert set(merged["change_event"]) == {"merge"}
    rest = rows.loc[rows["reason"] != "merged"]
    assert rest["changed_on"].isna().all()


def synthetic(event: str) -> Any:
    """An invented change in 2030: A gives a fifth to B (transfer), or is split into C and D."""
    units = pd.DataFrame(
        [("A", "2004-01-01", "2030-06-30" if event == "split" else None),
         ("B", "2004-01-01", None), ("C", "2030-07-01", None), ("D", "2030-07-01", None)],
        columns=["unit_id", "valid_from", "valid_to"],
    ).assign(geography="test")  # fmt: skip
    pairs = {
        "transfer": [("B", "B", 0.8), ("A", "B", 0.2)],
        "split": [("A", "C", 1), ("A", "D", 1)],
    }
    links = pd.DataFrame(
        [("2030-07-01", event, giver, taker, weight) for giver, taker, weight in pairs[event]],
        columns=["effective_on", "event", "from_unit_id", "to_unit_id", "weight"],
    )
    return units, links


@pytest.mark.parametrize(
    ("event", "unit", "years", "status", "reason"),
    [
        ("transfer", "B", {2029: 20, 2030: 10}, "not_assessable", "merged"),
        ("transfer", "A", {2029: 20, 2030: 10}, "met", ""),
        ("split", "C", {2029: 20, 2030: 10}, "not_assessable", "merged"),
        ("split", "A", {2029: 20, 2030: 10}, "not_assessable", "merged"),
        ("split", "B", {2029: 20, 2030: 10}, "met", ""),
    ],
)
def test_an_invented_split_or_transfer_is_judged_by_the_same_rule(
    event: str, unit: str, years: dict[int, Any], status: str, reason: str
) -> None:
    units, links = synthetic(event)
    asked = target(unit_id=unit, amount=5, baseline_edition=2029, first_edition=2030,
                   last_edition=2030)  # fmt: skip
    row = judge(
        asked, history(years, unit_id=unit), edition=2030, as_of=date(2032, 1, 1),
        published=range(2010, 2031), editions=editions(*range(2010, 2031)),
        lineage=lineage(units, links),
    )  # fmt: skip
    assert (row["status"], row["reason"]) == (status, reason)
    if reason:
        assert (row["changed_on"], row["change_event"]) == (pd.Timestamp(2030, 7, 1), event)


populations = st.lists(st.integers(1, 9_000_000), min_size=2, max_size=6)


@given(populations, st.data())
def test_weights_sum_to_one_and_no_point_is_made_or_lost(people: list[int], data: Any) -> None:
    """Shares of one unit sum to 1, and people times composite is the people's own sum of points."""
    total = sum(people)
    parts = [f"p{at}" for at in range(len(people))]
    links = pd.DataFrame(
        [("2030-07-01", "merge", part, "U", size / total)
         for part, size in zip(parts, people, strict=True)],
        columns=["effective_on", "event", "from_unit_id", "to_unit_id", "weight"],
    )  # fmt: skip
    made = composition(links, ["U"], measured_on=date(2029, 12, 31), asked_on=date(2030, 12, 31))
    assert made["share"].sum() == pytest.approx(1)
    points = data.draw(
        st.lists(st.floats(0, 100), min_size=len(people), max_size=len(people)), label="points"
    )
    cast = back_cast(made, pd.DataFrame({"unit_id": parts, "score": points})).iloc[0]
    mass = 0.0
    for size, score in zip(people, points, strict=True):
        mass += size * score
    assert cast["estimated_score"] * total == pytest.approx(mass, abs=1e-6 * total)
    assert cast["coverage"] == pytest.approx(1)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_transfer_after_a_merger_multiplies_the_shares(first: float, second: float) -> None:
    links = pd.DataFrame(
        [("2030-07-01", "merge", "a", "U", first), ("2030-07-01", "merge", "b", "U", 1 - first),
         ("2031-07-01", "transfer", "U", "V", second), ("2031-07-01", "transfer", "V", "V",
                                                        1 - second)],
        columns=["effective_on", "event", "from_unit_id", "to_unit_id", "weight"],
    )  # fmt: skip
    made = composition(
        links, ["V"], measured_on=date(2029, 12, 31), asked_on=date(2032, 12, 31)
    ).set_index("part_id")["share"]
    assert made.sum() == pytest.approx(1)
    assert made["a"] == pytest.approx(first * second)
    assert made["b"] == pytest.approx((1 - first) * second)
    assert made["V"] == pytest.approx(1 - second)


def test_the_reason_says_the_day_and_the_kind_of_change() -> None:
    said = reason_words("merged", pd.Timestamp(2025, 7, 1), "merge")
    assert said.endswith("(sáp nhập ngày 01/07/2025)")
    assert reason_words("merged", pd.Timestamp(2030, 7, 1), "split").endswith(
        "(chia tách ngày 01/07/2030)"
    )
    assert "2025" not in reason_words("merged")
    assert reason_words("") == ""


def test_an_edition_of_one_index_leaves_the_gaps_of_the_others_empty(known: Knowledge) -> None:
    """In 2025 nothing of SIPAS is held; its components have no places and no points missing."""
    asked = {"unit_id": "vn34-quang-ngai", "edition": 2025, "baseline": 2022, "as_of": TODAY}
    rows = component_gaps(known, index_id="sipas", **asked)
    assert len(rows) > 0
    assert rows["actual_rank"].isna().all()
    assert rows["points_missing"].isna().all()
