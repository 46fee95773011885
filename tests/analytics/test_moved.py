"""Statuses never freeze: what a publication moves, against two boards judged one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.board import Knowledge, judged
from analytics.moved import moved_targets, published_between

KON_TUM = "vn63-kon-tum"
OUT = date(2023, 4, 19)


def own(known: Knowledge) -> pd.DataFrame:
    targets = known.tables.targets
    return targets.loc[targets["unit_id"] == KON_TUM]


def moved(known: Knowledge, before: date, after: date, edition: int = 2023) -> pd.DataFrame:
    return moved_targets(known, own(known), editions=[edition], before=before, after=after)


def test_publishing_par_index_2022_moves_c4_from_58_to_31_and_makes_it_final(
    known: Knowledge,
) -> None:
    row = moved(known, OUT - timedelta(days=1), OUT).set_index("target_id").loc["002-35"]
    assert (row["required_rank_before"], row["required_rank_after"]) == (58, 31)
    assert (row["baseline_rank_before"], row["baseline_rank_after"]) == (63, 36)
    assert row["is_moved"]
    assert row["became_final"]
    assert not row["is_turned"]


def test_a_requirement_that_was_never_reckoned_before_did_not_become_final(
    known: Knowledge,
) -> None:
    rows = moved(known, OUT - timedelta(days=1), OUT).set_index("target_id")
    assert pd.isna(rows.loc["002-14", "required_rank_before"])
    assert rows.loc["002-14", "required_rank_after"] == 50
    assert not rows.loc["002-14", "became_final"]


def test_a_base_year_out_without_the_component_takes_the_provisional_requirement_away(
    known: Knowledge,
) -> None:
    rows = moved(known, OUT - timedelta(days=1), OUT).set_index("target_id")
    assert rows.loc["002-36", "required_rank_before"] == 49
    assert pd.isna(rows.loc["002-36", "required_rank_after"])
    assert not rows.loc["002-36", "became_final"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2023, 3, 2), date(2023, 4, 19)), (date(2023, 4, 18), date(2024, 4, 30)),
        pytest.param(date(2024, 4, 1), date(2024, 4, 17), marks=pytest.mark.slow),
        pytest.param(date(2023, 5, 1), date(2023, 6, 1), marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_two_boards_compared_line_by_line_find_the_same(
    known: Knowledge, before: date, after: date
) -> None:
    sides = [
        {row["target_id"]: row for row in judged(
            known, own(known), editions=[2023], as_of=day).to_dict("records")}
        for day in (before, after)
    ]  # fmt: skip

    def same(one: object, two: object) -> bool:
        gone = bool(pd.isna(one)), bool(pd.isna(two))
        return gone[0] == gone[1] and (gone[0] or one == two)

    expected = set()
    for target_id, old in sides[0].items():
        new = sides[1][target_id]
        names = ("status", "required_rank", "required_score", "actual_rank")
        is_final = bool(old["is_provisional"]) and not bool(new["is_provisional"])
        is_final &= not pd.isna(old["baseline_rank"]) and not pd.isna(new["baseline_rank"])
        if is_final or any(not same(old[name], new[name]) for name in names):
            expected.add(target_id)
    assert set(moved(known, before, after)["target_id"]) == expected


def test_between_days_without_a_publication_nothing_moves(known: Knowledge) -> None:
    assert published_between(known, before=date(2023, 5, 1), after=date(2023, 6, 1)).empty
    assert moved(known, date(2023, 5, 1), date(2023, 6, 1)).empty


def test_the_result_of_the_year_itself_turns_verdicts_without_moving_requirements(
    known: Knowledge,
) -> None:
    rows = moved(known, date(2024, 4, 16), date(2024, 4, 17)).set_index("target_id")
    assert rows.loc["002-35", "status_after"] == "met"
    assert rows.loc["002-35", "is_turned"]
    assert not rows.loc["002-35", "is_moved"]


def test_publications_between_two_days_are_listed_with_the_later_day_and_without_the_earlier(
    known: Knowledge,
) -> None:
    rows = published_between(known, before=date(2023, 4, 12), after=OUT)
    assert rows[["index_id", "edition"]].to_numpy().tolist() == [["par_index", 2022],
                                                                 ["sipas", 2022]]  # fmt: skip
    assert "papi" in set(published_between(known, before=date(2023, 4, 11), after=OUT)["index_id"])
