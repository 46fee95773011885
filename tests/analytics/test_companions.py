"""Provinces a reader chooses to be compared with."""

from __future__ import annotations

import math
from datetime import date

import pytest

from analytics.board import Knowledge
from analytics.companions import POPULATION, START, alike, companions
from analytics.explanation import Explanation, explanation

KON_TUM = "vn63-kon-tum"


@pytest.fixture(scope="module")
def made(known: Knowledge) -> Explanation:
    return explanation(
        known, unit_id=KON_TUM, index_id="papi", baseline=2022, edition=2023,
        as_of=date(2026, 1, 1),
    )  # fmt: skip


def test_the_unit_stands_among_its_own_list_once_by_how_far_each_has_come(
    known: Knowledge, made: Explanation
) -> None:
    rows = companions(known, made, ["vn63-gia-lai", KON_TUM, "vn63-quang-ngai", "vn63-gia-lai"])
    assert sorted(rows["unit_id"]) == sorted(["vn63-gia-lai", KON_TUM, "vn63-quang-ngai"])
    assert rows["gain"].dropna().is_monotonic_decreasing
    ours = rows.set_index("unit_id").loc[KON_TUM]
    assert (ours["rank_baseline"], ours["rank"], ours["gain"]) == (54, 56, -2)
    assert rows.set_index("unit_id").loc["vn63-quang-ngai", "gain"] == -26


def test_a_withheld_province_keeps_its_line_without_a_place(
    known: Knowledge, made: Explanation
) -> None:
    rows = companions(known, made, ["vn63-quang-ninh"]).set_index("unit_id")
    assert rows.loc["vn63-quang-ninh"].isna()["rank"]


def test_the_nearest_by_population_are_those_nearest_in_its_logarithm(
    known: Knowledge, made: Explanation
) -> None:
    facts = known.tables.unit_facts
    people = facts.loc[facts["measure"] == "population_thousand"].set_index("unit_id")["value"]
    own = math.log(people[KON_TUM])
    scored = set(
        known.tables.figures.query("component_id == 'papi' and edition == 2022")["unit_id"]
    )
    apart = {u: abs(math.log(n) - own) for u, n in people.items() if u in scored and u != KON_TUM}
    by_hand = sorted(apart, key=lambda unit: apart[unit])
    found = alike(known, made, [POPULATION])
    assert found == by_hand[: len(found)]
    assert len(found) >= 5


def test_nothing_chosen_likens_nobody_and_a_missing_start_neither(
    known: Knowledge, made: Explanation
) -> None:
    assert alike(known, made, []) == []
    withheld = explanation(
        known, unit_id="vn63-bac-ninh", index_id="papi", baseline=2022, edition=2023,
        as_of=date(2026, 1, 1),
    )  # fmt: skip
    assert alike(known, withheld, [START]) == []
