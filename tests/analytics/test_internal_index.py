"""Units are ranked on what applies to them; what does not apply changes nothing."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.internal_index import (
    class_of,
    gaps_to_next,
    internal_lines,
    internal_standing,
    shortcomings_of,
)

CRITERIA = pd.DataFrame(
    {"criterion_id": ["A", "B", "C"], "max_score": [10.0, 20.0, 20.0]}
)  # fmt: skip
CUTS = pd.DataFrame(
    {"class_id": ["excellent", "good", "fair", "average", "weak"],
     "lower_bound": [90.0, 80.0, 70.0, 50.0, 0.0]}
)  # fmt: skip

Scores = dict[tuple[str, str], float]
Pairs = set[tuple[str, str]]


def lines(scores: Scores, exempt: Pairs, units: list[str]) -> pd.DataFrame:
    return internal_lines(
        units, CRITERIA,
        pd.DataFrame(sorted(exempt), columns=["unit_id", "criterion_id"]),
        pd.DataFrame([(*key, value) for key, value in scores.items()],
                     columns=["unit_id", "criterion_id", "score"]),
    )  # fmt: skip


def standing(scores: Scores, exempt: Pairs, units: list[str]) -> dict[str, dict[str, Any]]:
    found = internal_standing(lines(scores, exempt, units), CUTS)
    return {str(row["unit_id"]): row for row in found.to_dict("records")}  # type: ignore[misc]


EXAMPLE: Scores = {
    ("1", "A"): 9, ("1", "B"): 16, ("1", "C"): 18,
    ("2", "A"): 8, ("2", "B"): 17,
    ("3", "A"): 9, ("3", "C"): 19,
}  # fmt: skip


def test_the_worked_example_of_the_method_page() -> None:
    found = standing(EXAMPLE, {("2", "C")}, ["1", "2", "3"])
    assert [
        (row["points"], row["max_applicable"], round(row["percent"], 2), row["rank"],
         row["n_ranked"], row["class_id"])
        for row in (found["1"], found["2"])
    ] == [(43, 50, 86.0, 1, 2, "good"), (25, 30, 83.33, 2, 2, "good")]  # fmt: skip
    third = found["3"]
    assert (third["n_scored"], third["n_applicable"], third["class_id"]) == (2, 3, "")
    assert pd.isna(third["percent"])
    assert pd.isna(third["rank"])


def test_fewer_points_of_fewer_that_apply_may_lead() -> None:
    found = standing({**EXAMPLE, ("2", "B"): 18}, {("2", "C")}, ["1", "2", "3"])
    assert (found["2"]["rank"], found["1"]["rank"]) == (1, 2)


def test_level_units_share_the_best_place() -> None:
    same: Scores = {(unit, c): 8.0 for unit in "12" for c in "ABC"} | {("3", c): 7.0 for c in "ABC"}
    found = standing(same, set(), ["1", "2", "3"])
    assert [found[unit]["rank"] for unit in "123"] == [1, 1, 3]


def test_points_to_the_next_class_count_on_what_applies() -> None:
    rows = internal_standing(lines(EXAMPLE, {("2", "C")}, ["1", "2", "3"]), CUTS)
    assert gaps_to_next(rows, CUTS) == {"1": 2.0, "2": 2.0}


def test_what_a_unit_lost_comes_largest_first() -> None:
    names = {"A": "a", "B": "b", "C": "c"}
    found = shortcomings_of(lines(EXAMPLE, set(), ["1", "2", "3"]), "1", names)
    assert list(found.items()) == [("B", "b"), ("C", "c"), ("A", "a")]


@pytest.mark.parametrize(
    ("percent", "name"),
    [(100, "excellent"), (90, "excellent"), (89.999, "good"), (50, "average"), (0, "weak")],
)
def test_a_bound_belongs_to_the_class_above_it(percent: float, name: str) -> None:
    assert class_of(percent, CUTS) == name


def test_below_the_lowest_bound_there_is_no_class() -> None:
    assert class_of(10, CUTS.loc[CUTS["lower_bound"] > 0]) == ""


UNITS = ["1", "2", "3", "4"]
KEYS = [(unit, c) for unit in UNITS for c in "ABC"]
SCORES = st.dictionaries(
    st.sampled_from(KEYS), st.integers(0, 100).map(lambda n: n / 10), max_size=len(KEYS)
)
EXEMPT = st.sets(st.sampled_from(KEYS), max_size=6)


def by_hand(scores: Scores, exempt: Pairs) -> dict[str, tuple[float | None, int | None, str]]:
    percents: dict[str, float | None] = {}
    most = {"A": 10.0, "B": 20.0, "C": 20.0}
    for unit in UNITS:
        points = maximum = 0.0
        is_whole = True
        for criterion, value in most.items():
            if (unit, criterion) in exempt:
                continue
            maximum += value
            if (unit, criterion) in scores:
                points += scores[unit, criterion]
            else:
                is_whole = False
        percents[unit] = round(100 * points / maximum, 9) if is_whole and maximum else None
    found: dict[str, tuple[float | None, int | None, str]] = {}
    for unit, percent in percents.items():
        if percent is None:
            found[unit] = (None, None, "")
            continue
        better = sum(1 for other in percents.values() if other is not None and other > percent)
        name = ""
        for bound, label in ((90, "excellent"), (80, "good"), (70, "fair"), (50, "average"),
                             (0, "weak")):  # fmt: skip
            if percent >= bound:
                name = label
                break
        found[unit] = (percent, better + 1, name)
    return found


@given(scores=SCORES, exempt=EXEMPT)
def test_per_cent_place_and_class_agree_with_plain_loops(scores: Scores, exempt: Pairs) -> None:
    found = standing(scores, exempt, UNITS)
    for unit, (percent, rank, name) in by_hand(scores, exempt).items():
        row = found[unit]
        assert row["class_id"] == name
        assert (None if pd.isna(row["rank"]) else row["rank"]) == rank
        if percent is None:
            assert pd.isna(row["percent"])
        else:
            assert row["percent"] == pytest.approx(percent, abs=1e-8)


@given(scores=SCORES, exempt=EXEMPT, value=st.floats(0, 10))
def test_what_stands_in_a_cell_that_does_not_apply_changes_nothing(
    scores: Scores, exempt: Pairs, value: float
) -> None:
    other = {**scores, **dict.fromkeys(exempt, value)}
    pd.testing.assert_frame_equal(
        internal_standing(lines(scores, exempt, UNITS), CUTS),
        internal_standing(lines(other, exempt, UNITS), CUTS),
    )


@given(scores=SCORES, exempt=EXEMPT, seed=st.integers(0, 99))
def test_the_order_of_units_and_scores_changes_nothing(
    scores: Scores, exempt: Pairs, seed: int
) -> None:
    units, items = UNITS.copy(), list(scores.items())
    random.Random(seed).shuffle(units)
    random.Random(seed).shuffle(items)
    one, other = standing(scores, exempt, UNITS), standing(dict(items), exempt, units)
    for unit in UNITS:
        for name in ("percent", "rank", "class_id", "n_scored", "n_applicable"):
            before, after = one[unit][name], other[unit][name]
            assert (pd.isna(before) and pd.isna(after)) or before == after


@given(low=st.floats(0, 100), high=st.floats(0, 100))
def test_more_per_cent_never_gives_a_worse_class(low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    order = ["weak", "average", "fair", "good", "excellent"]
    assert order.index(class_of(low, CUTS)) <= order.index(class_of(high, CUTS))
