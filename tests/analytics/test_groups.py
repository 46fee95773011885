"""Groups: quartiles with the withheld at the bottom, printed bounds, classes by year."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.groups import group_bounds, group_standing, quartile_cuts
from analytics.ranks import standings
from analytics.schema import ColumnsMissing
from tests.analytics import by_hand
from tests.builders import components, editions, figures

NAMES = ("high", "upper_middle", "lower_middle", "low")


def scheme(
    rule: str, bounds: list[float | None], *, first: int = 2022, last: int = 2022, out_of: int = 63
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "index_id": "papi",
            "scheme_id": rule,
            "from_edition": first,
            "to_edition": pd.array([last] * len(bounds), dtype="Int64"),
            "rule": rule,
            "out_of": pd.array([out_of] * len(bounds), dtype="Int64"),
            "sort": range(1, len(bounds) + 1),
            "group_id": list(NAMES[: len(bounds)]),
            "name_vi": list(NAMES[: len(bounds)]),
            "name_en": list(NAMES[: len(bounds)]),
            "lower_bound": pd.array(bounds, dtype="float64"),
        }
    )


def grouped(scores: dict[str, float | None], *schemes: pd.DataFrame) -> pd.DataFrame:
    ranked = standings(figures(scores), editions(2022), components())
    bounds = group_bounds(ranked, pd.concat(schemes, ignore_index=True))
    return group_standing(ranked, bounds).set_index("unit_id")


def of_year(known: Knowledge, edition: int, index_id: str = "papi") -> pd.DataFrame:
    rows = known.groups
    return rows.loc[(rows["index_id"] == index_id) & (rows["edition"] == edition)]


def sizes(rows: pd.DataFrame) -> list[int]:
    return rows.groupby("group_sort").size().tolist()


def test_papi_2022_groups_have_the_published_sizes(known: Knowledge) -> None:
    rows = of_year(known, 2022)
    assert sizes(rows) == [16, 16, 15, 14]
    assert set(rows["group_origin"]) == {"published"}


def test_the_quartile_rule_gives_the_published_groups_of_2022(known: Knowledge) -> None:
    total = known.standings
    total = total.loc[(total["component_id"] == "papi") & (total["edition"] == 2022)]
    schemes = known.tables.groups
    computed = group_bounds(total, schemes.loc[schemes["rule"] == "quartile_missing_lowest"])
    assert set(computed["group_origin"]) == {"computed"}
    by_rule = group_standing(total, computed).set_index("unit_id")["group_id"]
    published = of_year(known, 2022).set_index("unit_id")["group_id"]
    assert by_rule.loc[published.index].equals(published)


def test_cutting_only_those_scored_would_move_phu_yen_and_dong_thap(known: Knowledge) -> None:
    total = known.standings
    total = total.loc[(total["component_id"] == "papi") & (total["edition"] == 2022)]
    scores = dict(zip(total["unit_id"], total["score"], strict=True))
    held = {unit: float(score) for unit, score in scores.items() if not math.isnan(score)}
    among_all = by_hand.quartile_groups(dict(held), 63)
    among_scored = by_hand.quartile_groups(dict(held), 61)
    moved = {unit for unit in held if among_all[unit] != among_scored[unit]}
    assert moved == {"vn63-phu-yen", "vn63-dong-thap"}


def test_papi_2019_groups_come_out_16_16_15_16(known: Knowledge) -> None:
    assert sizes(of_year(known, 2019)) == [16, 16, 15, 16]


@pytest.mark.parametrize("edition", [year for year in range(2011, 2025) if year != 2022])
def test_every_papi_year_is_cut_as_by_hand(known: Knowledge, edition: int) -> None:
    total = known.standings
    total = total.loc[(total["component_id"] == "papi") & (total["edition"] == edition)]
    scores = {
        unit: None if pd.isna(score) else float(score)
        for unit, score in zip(total["unit_id"], total["score"], strict=True)
    }
    rows = of_year(known, edition)
    found = dict(zip(rows["unit_id"], rows["group_sort"], strict=True))
    assert found == by_hand.quartile_groups(scores, 63)


@given(st.lists(st.integers(0, 40), min_size=4, max_size=12), st.integers(0, 3))
def test_quartiles_agree_with_the_plain_rule(points: list[int], n_missing: int) -> None:
    scores: dict[str, float | None] = {f"u{i}": float(point) for i, point in enumerate(points)}
    out_of = len(points) + n_missing
    rows = grouped(scores, scheme("quartile_missing_lowest", [None] * 4, out_of=out_of))
    expected = by_hand.quartile_groups(scores, out_of)
    assert rows["group_sort"].to_dict() == expected


def test_a_score_on_the_bound_belongs_to_the_upper_group() -> None:
    rows = grouped({"a": 80.0, "b": 79.99}, scheme("score_cuts", [80, 70]))
    assert rows["group_id"].to_dict() == {"a": "high", "b": "upper_middle"}


def test_a_score_is_compared_as_it_was_printed() -> None:
    rows = grouped({"a": 43.4357}, scheme("published_bounds", [43.44, 42.15]))
    assert rows.loc["a", "group_id"] == "high"


def test_below_the_last_bound_there_is_no_group() -> None:
    assert grouped({"a": 60.0}, scheme("score_cuts", [90, 80, 70])).empty


def test_a_last_group_without_a_bound_takes_all_the_rest() -> None:
    rows = grouped({"a": 62.58, "b": 70.0}, scheme("score_cuts", [80, 70, 67.68, None]))
    assert rows["group_id"].to_dict() == {"a": "low", "b": "upper_middle"}
    assert by_hand.cut_group(62.58, [80, 70, 67.68], 4) == 4


def test_published_bounds_win_over_the_quartile_rule() -> None:
    quartiles = scheme("quartile_missing_lowest", [None] * 4)
    rows = grouped({"a": 50.0}, quartiles, scheme("published_bounds", [60, 40]))
    assert rows.loc["a", "group_origin"] == "published"
    assert rows.loc["a", "group_order"] == ("high", "upper_middle")


def test_the_classes_of_par_index_change_their_meaning_with_the_year(known: Knowledge) -> None:
    schemes = known.tables.groups
    cut = schemes.loc[schemes["group_id"] == "a"].set_index("from_edition")["lower_bound"]
    assert cut.to_dict() == {2015: 90, 2018: 80, 2024: 90}


def test_every_par_class_agrees_with_its_cuts(known: Knowledge) -> None:
    schemes = known.tables.groups
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == "par_index") & rows["score"].notna()]
    found = known.groups.set_index(["index_id", "edition", "unit_id"])["group_sort"]
    n_checked = 0
    for edition in (2012, 2015, 2018, 2024):
        of_edition = schemes.loc[
            (schemes["index_id"] == "par_index") & (schemes["from_edition"] == edition)
        ].sort_values("sort")
        cuts = of_edition["lower_bound"].dropna().tolist()
        here = rows.loc[rows["edition"] == edition]
        for unit, score in zip(here["unit_id"], here["score"], strict=True):
            expected = by_hand.cut_group(score, cuts, len(of_edition))
            assert found.get(("par_index", edition, unit)) == expected
            n_checked += 1
    assert n_checked > 20


def test_the_last_of_a_group_and_the_first_of_the_next_are_near_the_bound() -> None:
    rows = grouped({"a": 90.0, "b": 85.0, "c": 79.0, "d": 70.0}, scheme("score_cuts", [80, 60]))
    assert rows["is_near_bound"].to_dict() == {"a": False, "b": True, "c": True, "d": False}


def test_an_index_without_a_scheme_has_no_groups() -> None:
    ranked = standings(figures({"a": 9.0}), editions(2022), components())
    bounds = group_bounds(ranked, scheme("score_cuts", [80], first=2010, last=2011))
    assert bounds.empty
    assert group_standing(ranked, bounds).empty


def test_the_cuts_of_a_field_without_gaps_are_its_quartiles() -> None:
    scores = pd.Series(range(1, 64), dtype="float64")
    assert quartile_cuts(scores, 63) == [47.5, 32.0, 16.5]
    assert scores.quantile([0.75, 0.5, 0.25]).tolist() == [47.5, 32.0, 16.5]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnsMissing, match="score"):
        group_bounds(
            pd.DataFrame(columns=["index_id", "component_id", "edition"]), scheme("x", [1])
        )
