"""What stands between two editions: the worst of all steps decides."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.comparability import comparability
from analytics.schema import ColumnsMissing
from tests.analytics import by_hand
from tests.builders import breaks, component, components

ANSWER = st.sampled_from(["yes", "flag", "no"])


def pair(
    first: int, last: int, lineage: pd.DataFrame, broken: pd.DataFrame, component_id: str = "papi"
) -> pd.Series:
    asked = pd.DataFrame({"component_id": [component_id], "baseline": [first], "edition": [last]})
    return comparability(lineage, broken, asked).iloc[0]


RENAMED = components(
    component(to_edition=2021),
    component(
        from_edition=2022,
        relation="renamed;redefined",
        rank_comparable="flag",
        score_comparable="no",
    ),
)


@pytest.mark.parametrize(
    ("first", "last", "rank", "score", "renamed"),
    [
        (2020, 2021, "yes", "yes", False),
        (2021, 2022, "flag", "no", True),
        (2022, 2023, "yes", "yes", False),
        (2023, 2019, "flag", "no", True),
        (2022, 2022, "yes", "yes", False),
    ],
)
def test_only_steps_after_the_baseline_up_to_the_edition_count(
    first: int, last: int, rank: str, score: str, renamed: bool
) -> None:
    found = pair(first, last, RENAMED, breaks())
    assert (found["rank_comparable"], found["score_comparable"]) == (rank, score)
    assert found["is_renamed"] == renamed
    assert found["is_method_break"] == renamed


def test_the_worst_of_several_steps_decides() -> None:
    steps = breaks(
        {"edition": 2019, "rank_comparable": "yes", "score_comparable": "flag"},
        {"edition": 2020, "rank_comparable": "no", "score_comparable": "no"},
        {"edition": 2021, "rank_comparable": "flag", "score_comparable": "yes"},
    )
    found = pair(2018, 2021, components(), steps)
    assert (found["rank_comparable"], found["score_comparable"]) == ("no", "no")


@pytest.mark.parametrize("kind", ["publication", "geography"])
def test_publishing_less_is_no_change_of_method(kind: str) -> None:
    found = pair(2022, 2023, components(), breaks({"edition": 2023, "kind": kind}))
    assert found["rank_comparable"] == "flag"
    assert not found["is_method_break"]


@pytest.mark.parametrize(("first", "last"), [(2017, 2023), (2023, 2025)])
def test_a_component_cannot_be_compared_with_a_year_it_did_not_exist(first: int, last: int) -> None:
    lineage = components(component(from_edition=2018, to_edition=2024))
    found = pair(first, last, lineage, breaks())
    assert (found["rank_comparable"], found["score_comparable"]) == ("no", "no")


def test_papi_had_no_environment_dimension_before_2018(known: Knowledge) -> None:
    tables = known.tables
    found = pair(2017, 2019, tables.components, tables.breaks, "papi.environment")
    assert found["rank_comparable"] == "no"


@pytest.mark.parametrize(
    ("component_id", "first", "last", "rank", "score", "renamed"),
    [
        ("papi", 2017, 2018, "flag", "no", False),
        ("papi", 2022, 2023, "yes", "flag", False),
        ("par_index.institutions", 2021, 2022, "flag", "no", True),
        ("par_index.digital", 2021, 2023, "flag", "no", True),
        ("par_index.apparatus", 2022, 2023, "yes", "yes", False),
        ("par_index", 2011, 2012, "no", "no", False),
        ("sipas", 2021, 2022, "flag", "no", False),
        ("pci", 2021, 2022, "flag", "no", False),
    ],
)
def test_the_known_steps_of_the_four_indices(
    known: Knowledge, component_id: str, first: int, last: int, rank: str, score: str, renamed: bool
) -> None:
    tables = known.tables
    found = pair(first, last, tables.components, tables.breaks, component_id)
    assert (found["rank_comparable"], found["score_comparable"]) == (rank, score)
    assert found["is_renamed"] == renamed


@given(
    st.lists(st.tuples(st.integers(2011, 2024), ANSWER, ANSWER), max_size=5),
    st.integers(2008, 2026),
    st.integers(2008, 2026),
)
def test_any_set_of_steps_is_judged_as_by_hand(
    steps: list[tuple[int, str, str]], first: int, last: int
) -> None:
    rows = [
        {"edition": year, "rank_comparable": rank, "score_comparable": score}
        for year, rank, score in steps
    ]
    periods = [{"from_edition": 2010, "to_edition": 2025}]
    expected = by_hand.comparable(periods, rows, first, last)
    lineage = components(component(from_edition=2010, to_edition=2025))
    found = pair(first, last, lineage, breaks(*rows))
    assert (found["rank_comparable"], found["score_comparable"]) == expected


def test_each_pair_is_answered_once() -> None:
    asked = pd.DataFrame(
        {"component_id": "papi", "baseline": [2021, 2021], "edition": [2022, 2022]}
    )
    assert len(comparability(RENAMED, breaks(), asked)) == 1


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnsMissing, match="to_edition"):
        comparability(components().drop(columns="to_edition"), breaks(), pd.DataFrame())
