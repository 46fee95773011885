"""The squares of the heat map: which there are, and what the step into each does."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.board import Knowledge
from analytics.geography import estimated_places
from analytics.heat import estimated_squares, heat_squares


def squares(known: Knowledge, **other: object) -> pd.DataFrame:
    asked = {"unit_id": "vn63-kon-tum", "index_id": "papi", "first": 2016, "last": 2024, **other}
    return heat_squares(known, **asked)  # type: ignore[arg-type]


def at(rows: pd.DataFrame, component_id: str, edition: int) -> pd.Series:
    found = rows.loc[(rows["component_id"] == component_id) & (rows["edition"] == edition)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_component_has_a_square_in_every_year_it_existed_and_in_no_other(
    known: Knowledge,
) -> None:
    rows = squares(known, with_parts=True)
    periods = known.tables.components
    for component_id in ("papi.egovernance", "papi.procedures.construction", "papi.participation"):
        lived = set()
        for _, period in periods.loc[periods["component_id"] == component_id].iterrows():
            last = 2024 if pd.isna(period["to_edition"]) else int(period["to_edition"])
            lived |= set(range(int(period["from_edition"]), last + 1))
        seen = set(rows.loc[rows["component_id"] == component_id, "edition"])
        assert seen == {year for year in lived if 2016 <= year <= 2024}


def test_the_standing_is_the_share_of_the_field_left_behind(known: Knowledge) -> None:
    row = at(squares(known), "papi.participation", 2018)
    assert (row["rank"], row["n_ranked"]) == (5, 63)
    assert abs(row["percentile"] - 100 * (63 - 5) / 62) < 1e-9


def test_the_line_before_2018_says_that_transparency_was_measured_differently(
    known: Knowledge,
) -> None:
    rows = squares(known)
    assert at(rows, "papi.transparency", 2018)["step"] == "flag"
    assert at(rows, "papi.transparency", 2019)["step"] == "yes"
    assert set(rows.loc[rows["edition"] == 2016, "step"]) == {"yes"}, "nothing before the first"


def test_names_are_those_of_the_year(known: Knowledge) -> None:
    rows = squares(known)
    assert at(rows, "papi.transparency", 2017)["name_vi"] == "Công khai, minh bạch"
    assert at(rows, "papi.transparency", 2022)["name_vi"].endswith("hoạch định chính sách")


def test_what_was_not_out_on_the_day_has_no_value(known: Knowledge) -> None:
    rows = squares(known, as_of=pd.Timestamp(date(2024, 1, 1)))
    later = rows.loc[rows["edition"] == 2023]
    assert set(later["state"]) == {"not_published"}
    assert later["rank"].isna().all()
    assert later["score"].isna().all()


def test_what_is_not_held_is_missing_and_never_zero(known: Knowledge) -> None:
    rows = squares(known, index_id="pci", first=2020, last=2022)
    parts = rows.loc[rows["role"] == "component"]
    assert parts["percentile"].isna().all()
    assert not (parts["score"] == 0).any()


def test_parts_stand_below_their_dimension(known: Knowledge) -> None:
    rows = squares(known, with_parts=True)
    order = list(rows.sort_values("order")["component_id"].drop_duplicates())
    at_d2 = order.index("papi.transparency")
    assert order[at_d2 + 1].startswith("papi.transparency.")
    assert order[0] == "papi"


def test_estimated_squares_hold_no_rank_and_the_place_that_the_lines_of_the_trends_hold(
    known: Knowledge,
) -> None:
    day = date(2026, 11, 21)
    fields = {
        part: estimated_places(
            known, index_id="papi", present_id="vn34-quang-ngai", baseline=2022, as_of=day,
            component_id=part,
        )
        for part in ("papi", "papi.participation")
    }  # fmt: skip
    rows = estimated_squares(
        known, unit_id="vn34-quang-ngai", index_id="papi", first=2021, last=2024, fields=fields,
        as_of=pd.Timestamp(day),
    )  # fmt: skip
    assert rows["is_estimate"].all(), "no edition of the 34 is out"
    assert rows[["rank", "score", "percentile"]].isna().all(axis=None)
    total = at(rows, "papi", 2022)
    assert (total["estimated_place"], total["n_common"]) == (21, 33)
    assert round(total["estimated_score"], 2) == 41.99
    known_lines = rows.loc[rows["estimated_place"].notna(), "component_id"]
    assert set(known_lines) == set(fields), "a line without a field has no estimate"
