"""What a target asks and takes, reckoned while it is typed."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.board import Knowledge
from analytics.feasibility import Feasibility, feasibility

TODAY = date(2026, 4, 1)
KON_TUM = "vn63-kon-tum"


def target(**values: object) -> pd.DataFrame:
    row = {
        "target_id": "new", "unit_id": KON_TUM, "index_id": "papi", "component_id": "papi",
        "kind": "rank_gain_vs_year", "amount": 5.0, "stretch": None, "operator": ">=",
        "measure": "rank", "baseline_edition": 2022, "first_edition": 2023, "last_edition": 2023,
        "group_name": None, "region_id": None, "footnote_rank": None, "note": None,
        "deadline": None,
    }  # fmt: skip
    return pd.DataFrame([row | values])


def asked(known: Knowledge, as_of: date = TODAY, **values: object) -> Feasibility:
    return feasibility(known, target(**values), as_of=as_of)


def total(known: Knowledge, index_id: str, edition: int) -> pd.DataFrame:
    rows = known.standings
    return rows.loc[
        (rows["component_id"] == index_id) & (rows["edition"] == edition) & rows["rank"].notna()
    ]


def test_five_places_from_54_of_2022_is_place_49(known: Knowledge) -> None:
    found = asked(known)
    assert (found.baseline_rank, found.baseline_n) == (54, 61)
    assert (found.required_rank, found.is_capped, found.is_provisional) == (49, False, False)


def test_every_province_is_asked_for_its_place_less_five_and_never_for_less_than_first(
    known: Knowledge,
) -> None:
    table = total(known, "papi", 2022).head(12)
    for unit_id, rank in zip(table["unit_id"], table["rank"], strict=True):
        found = asked(known, unit_id=unit_id)
        wanted = int(rank) - 5
        assert found.wanted_rank == wanted
        assert found.required_rank == (wanted if wanted > 1 else 1)
        assert found.is_capped == (wanted < 1)


def test_five_places_from_third_asks_for_first_and_is_capped(known: Knowledge) -> None:
    table = total(known, "par_index", 2022)
    third = table.loc[table["rank"] == 3, "unit_id"].iloc[0]
    found = asked(known, unit_id=third, index_id="par_index", component_id="par_index")
    assert (found.required_rank, found.wanted_rank, found.is_capped) == (1, -2, True)


def test_points_are_what_is_missing_to_the_holder_of_the_place_in_the_latest_table(
    known: Knowledge,
) -> None:
    found = asked(known)
    made = found.points
    assert made is not None
    latest = known.tables.editions
    latest = latest.loc[
        (latest["index_id"] == "papi") & (pd.to_datetime(latest["published_on"]) <= str(TODAY))
    ]
    assert made.edition == latest["edition"].max()
    table = total(known, "papi", made.edition)
    scores = sorted(table["score"], reverse=True)
    own = float(table.loc[table["unit_id"] == KON_TUM, "score"].iloc[0])
    # One by one: the smallest addition after which fewer than 49 stand above.
    above = [score for score in scores if score > own]
    needed = sorted(above, reverse=True)[48] - own
    assert made.needed == pytest.approx(needed, abs=0.02)
    assert made.needed_moving is not None
    assert made.needed_moving != made.needed


def test_where_scores_of_others_are_not_held_the_reason_is_given_and_no_number(
    known: Knowledge,
) -> None:
    found = asked(known, index_id="par_index", component_id="par_index")
    assert found.required_rank == 50
    assert found.ground not in ("", "given")
    assert found.points is not None
    assert found.points.needed is None


def test_before_the_base_year_is_out_the_requirement_is_provisional(known: Knowledge) -> None:
    c4 = {"index_id": "par_index", "component_id": "par_index.apparatus"}
    before = asked(known, date(2023, 4, 18), **c4)
    after = asked(known, date(2023, 4, 19), **c4)
    assert (before.required_rank, before.baseline_used, before.is_provisional) == (58, 2021, True)
    assert (after.required_rank, after.baseline_used, after.is_provisional) == (31, 2022, False)


@pytest.mark.parametrize(
    ("values", "ground"),
    [
        ({"unit_id": "ktm-ubnd-huyen-ngoc-hoi"}, "not_ranked"),
        ({"kind": "percent_at_least", "measure": "percent", "amount": 60.0}, "no_place"),
        ({"kind": "regional_rank", "amount": 3.0, "region_id": "central_highlands"}, "no_place"),
        ({"kind": "improve_yearly", "amount": None, "baseline_edition": None,
          "first_edition": 2035, "last_edition": 2035, "index_id": "b1", "component_id": "b1"},
         "not_ranked"),
    ],
)  # fmt: skip
def test_what_asks_for_no_place_in_a_national_table_gets_a_reason(
    known: Knowledge, values: dict[str, object], ground: str
) -> None:
    found = asked(known, **values)
    assert found.ground == ground
    assert found.points is None
