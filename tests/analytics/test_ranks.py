"""Places, shared places, bounds and percentiles, by example, by hand and on shipped figures."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.ranks import (
    competition_ranks,
    equivalent_rank,
    percentile_standing,
    rank_gains,
    standings,
)
from analytics.schema import ColumnsMissing, EditionNotFound
from tests.analytics import by_hand
from tests.builders import component, components, editions, figures

SCORES = st.dictionaries(
    st.sampled_from([f"vn63-{letter}" for letter in "abcdefghijkl"]),
    st.one_of(st.none(), st.integers(0, 8).map(lambda point: point / 4)),
    min_size=1,
)


def placed(scores: dict[str, float | None], direction: int = 1) -> dict[str, int | None]:
    frame = figures(scores).assign(direction=direction)
    places = competition_ranks(frame)
    return {
        unit: None if pd.isna(place) else int(place)
        for unit, place in zip(frame["unit_id"], places, strict=True)
    }


def ranked(
    scores: dict[str, float | None], ranks: dict[str, int] | None = None, **edition: object
) -> pd.DataFrame:
    frame = standings(
        figures(scores, ranks=ranks), editions(2022, **edition), components()  # type: ignore[arg-type]
    )  # fmt: skip
    return frame.set_index("unit_id")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param([9, 8, 7], [1, 2, 3], id="best first"),
        pytest.param([9, 8, 8, 7], [1, 2, 2, 4], id="a shared place is the better one"),
        pytest.param([5, 5, 5], [1, 1, 1], id="all equal are all first"),
        pytest.param([9, None, 7], [1, None, 2], id="a missing score has no place"),
        pytest.param([0.1 + 0.2, 0.3, 0.1], [1, 1, 3], id="rounding noise is a tie"),
    ],
)
def test_places_follow_scores(scores: list[float | None], expected: list[int | None]) -> None:
    units = dict(zip("abcd", scores, strict=False))
    assert list(placed(units).values()) == expected


def test_where_less_is_better_the_smallest_score_is_first() -> None:
    assert placed({"a": 9.0, "b": 7.0}, direction=-1) == {"a": 2, "b": 1}


@given(SCORES)
def test_places_agree_with_counting_those_ahead(scores: dict[str, float | None]) -> None:
    expected = {unit: by_hand.competition_rank(scores, unit) for unit in scores}
    assert placed(scores) == expected


@given(SCORES)
def test_places_run_from_1_to_n_with_gaps_only_after_ties(scores: dict[str, float | None]) -> None:
    places = sorted(place for place in placed(scores).values() if place is not None)
    for position, place in enumerate(places, start=1):
        assert place == position or place == places[position - 2]


@given(SCORES)
def test_a_worse_newcomer_moves_nobody_ahead_of_it(scores: dict[str, float | None]) -> None:
    with_last = placed({**scores, "vn63-zz": -1.0})
    assert {unit: with_last[unit] for unit in scores} == placed(scores)


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(scores: dict[str, float | None], random: object) -> None:
    names = list(scores)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert placed({name: scores[name] for name in names}) == placed(scores)


def test_a_published_place_wins_and_the_disagreement_is_kept() -> None:
    rows = ranked({"a": 9.0, "b": 8.0}, ranks={"a": 2, "b": 1})
    assert list(rows["rank"]) == [2, 1]
    assert list(rows["rank_computed"]) == [1, 2]
    assert rows["is_disputed"].all()


def test_from_a_fragment_of_a_table_no_place_follows() -> None:
    rows = ranked({"a": 9.0, "b": 8.0}, coverage="partial")
    assert rows["rank"].isna().all()
    assert list(rows["rank_low"]) == [1, 1]
    assert list(rows["rank_high"]) == [63, 63]


def test_a_component_without_a_direction_is_not_ranked() -> None:
    frame = figures({"a": 9.0, "b": 8.0}, component_id="papi.secret")
    total = figures({"a": 9.0, "b": 8.0})
    rows = standings(pd.concat([total, frame]), editions(2022), components())
    assert rows.loc[rows["component_id"] == "papi.secret", "rank"].isna().all()
    assert rows.loc[rows["component_id"] == "papi", "rank"].notna().all()


@pytest.mark.parametrize(
    ("state", "rank", "top", "low", "high"),
    [
        ("ranked", 17, None, 17, 17),
        ("outside_top", None, 30, 31, 63),
        ("outside_top", None, None, 1, 63),
        ("scored", None, None, 1, 63),
        ("withheld", None, None, 1, 64),
    ],
)
def test_an_unknown_place_has_bounds(
    state: str, rank: int | None, top: int | None, low: int, high: int
) -> None:
    places = {} if rank is None else {"a": rank}
    frame = figures({"a": None}, ranks=places, state=state)
    rows = standings(frame, editions(2022, coverage="partial", published_top=top), components())
    assert (rows["rank_low"].iloc[0], rows["rank_high"].iloc[0]) == (low, high)
    withheld = 1 if state == "withheld" else 0
    assert by_hand.bounds(state, rank, 63, withheld, top) == (low, high)


def test_equal_printed_scores_told_apart_by_the_publisher_are_marked() -> None:
    rows = ranked({"a": 57.62, "b": 57.62, "c": 50.0}, ranks={"a": 40, "b": 41, "c": 42})
    assert list(rows["tie_broken_by_publisher"]) == [True, True, False]


def test_scores_that_share_a_place_are_tied_not_broken() -> None:
    rows = ranked({"a": 9.0, "b": 9.0, "c": 8.0})
    assert list(rows["is_tied"]) == [True, True, False]
    assert not rows["tie_broken_by_publisher"].any()


@given(SCORES)
def test_percentiles_agree_with_the_plain_formula(scores: dict[str, float | None]) -> None:
    rows = ranked(scores)
    ranks = {unit: by_hand.competition_rank(scores, unit) for unit in scores}
    n = sum(score is not None for score in scores.values())
    for unit in scores:
        expected = by_hand.percentile(ranks, unit, n)
        found = rows.loc[unit, "percentile"]
        assert (expected is None and pd.isna(found)) or found == pytest.approx(expected)


def test_the_first_stands_at_100_and_the_last_at_0() -> None:
    rank, n = pd.Series([1, 32, 63]), pd.Series([63, 63, 63])
    assert list(percentile_standing(rank, n)) == [100, 50, 0]


@pytest.mark.parametrize(
    ("rank", "n", "m", "expected"), [(54, 61, 34, 30.15), (23, 61, 34, 13.1), (1, 63, 34, 1)]
)
def test_an_equivalent_place_stands_as_far_up_in_another_field(
    rank: int, n: int, m: int, expected: float
) -> None:
    assert equivalent_rank(rank, n, m) == pytest.approx(expected, abs=0.01)
    assert equivalent_rank(rank, n, m) == pytest.approx(by_hand.equivalent_rank(rank, n, m))


def test_a_field_of_one_has_no_equivalent_place() -> None:
    assert math.isnan(equivalent_rank(1, 1, 34))


def two_years(then: dict[str, int], now: dict[str, int]) -> pd.DataFrame:
    parts = [
        figures(dict.fromkeys(places), ranks=places, edition=year).assign(n_ranked=63)
        for year, places in ((2022, then), (2023, now))
    ]
    return pd.concat(parts, ignore_index=True)


def test_climbing_from_17th_to_12th_is_a_gain_of_five() -> None:
    rows = rank_gains(two_years({"a": 17}, {"a": 12}), baseline=2022, edition=2023)
    assert rows["rank_gain"].tolist() == [5]


def test_a_unit_that_was_not_ranked_then_has_no_gain() -> None:
    rows = rank_gains(two_years({"b": 1}, {"a": 12}), baseline=2022, edition=2023)
    assert rows["rank_gain"].isna().all()


PLACES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 63), min_size=1)


@given(PLACES, PLACES)
def test_what_one_direction_gains_the_other_loses(
    then: dict[str, int], now: dict[str, int]
) -> None:
    frame = two_years(then, now)
    before = frame.copy(deep=True)
    there = rank_gains(frame, baseline=2022, edition=2023).set_index("unit_id")["rank_gain"]
    back = rank_gains(frame, baseline=2023, edition=2022).set_index("unit_id")["rank_gain"]
    both = sorted(set(then) & set(now))
    assert (there.loc[both] == -back.loc[both]).all()
    pd.testing.assert_frame_equal(frame, before)


def test_an_absent_edition_and_an_absent_column_are_named() -> None:
    with pytest.raises(EditionNotFound, match="2021"):
        rank_gains(two_years({"a": 1}, {"a": 1}), baseline=2021, edition=2023)
    with pytest.raises(ColumnsMissing, match="rank, n_ranked"):
        rank_gains(pd.DataFrame({"unit_id": [], "component_id": [], "edition": [], "score": []}),
                   baseline=2022, edition=2023)  # fmt: skip
    with pytest.raises(ColumnsMissing, match="direction"):
        competition_ranks(figures({"a": 1.0}))


def test_standings_leave_the_frames_they_are_given_untouched(known: Knowledge) -> None:
    tables = known.tables
    before = tables.figures.copy(deep=True)
    standings(tables.figures, tables.editions, tables.components)
    pd.testing.assert_frame_equal(tables.figures, before)


# ------------------------------------------------------------------------- shipped figures


def test_every_complete_table_is_ranked_as_by_hand(known: Knowledge) -> None:
    rows = known.standings.loc[known.standings["is_field_complete"]]
    n_checked = 0
    for _, field in rows.groupby(["component_id", "edition"]):
        scores = {
            unit: None if pd.isna(score) else float(score)
            for unit, score in zip(field["unit_id"], field["score"], strict=True)
        }
        for unit, place in zip(field["unit_id"], field["rank_computed"], strict=True):
            expected = by_hand.competition_rank(scores, unit)
            assert expected is None if pd.isna(place) else int(place) == expected
            n_checked += 1
    assert n_checked > 30_000


def test_kon_tum_was_54th_of_61_on_papi_2022(known: Knowledge) -> None:
    rows = known.standings
    row = rows.loc[
        (rows["component_id"] == "papi")
        & (rows["edition"] == 2022)
        & (rows["unit_id"] == "vn63-kon-tum")
    ].iloc[0]
    assert (row["rank"], row["n_ranked"], row["n_withheld"]) == (54, 61, 2)
    assert row["rank_origin"] == "computed"


def test_pci_outside_the_top_30_is_between_31_and_63(known: Knowledge) -> None:
    rows = known.standings
    row = rows.loc[
        (rows["component_id"] == "pci")
        & (rows["edition"] == 2023)
        & (rows["unit_id"] == "vn63-kon-tum")
    ].iloc[0]
    assert (row["rank_low"], row["rank_high"]) == (31, 63)


def test_vcci_told_binh_thuan_and_ha_giang_apart_in_2011(known: Knowledge) -> None:
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == "pci") & (rows["edition"] == 2011)]
    rows = rows.set_index("unit_id").loc[["vn63-binh-thuan", "vn63-ha-giang"]]
    assert list(rows["score"]) == [57.62, 57.62]
    assert list(rows["rank"]) == [40, 41]
    assert list(rows["rank_computed"]) == [40, 40]
    assert list(rows["is_disputed"]) == [False, True]
    assert rows["tie_broken_by_publisher"].all()


REPRODUCED = [*range(2006, 2011), *range(2012, 2020)]


@pytest.mark.parametrize("edition", REPRODUCED)
def test_pci_totals_and_places_follow_from_sub_indices_and_weights(
    known: Knowledge, edition: int
) -> None:
    rows = known.standings.loc[known.standings["edition"] == edition]
    weights = known.tables.weights
    live = weights.loc[
        (weights["from_edition"] <= edition) & (weights["to_edition"].fillna(edition) >= edition)
    ]
    factor = dict(zip(live["component_id"], live["weight"], strict=True))
    totals: dict[str, float] = {}
    for component_id, unit, score in zip(
        rows["component_id"], rows["unit_id"], rows["score"], strict=True
    ):
        if component_id in factor:
            totals[unit] = totals.get(unit, 0.0) + factor[component_id] * score
    total = rows.loc[rows["component_id"] == "pci"].set_index("unit_id")
    assert len(totals) == (64 if edition <= 2008 else 63)
    for unit, points in totals.items():
        assert points == pytest.approx(total.loc[unit, "score"], abs=0.0005), unit
        place = by_hand.competition_rank(dict(totals), unit)
        assert place == total.loc[unit, "rank_published"], unit


def test_pci_2011_is_left_out_because_its_totals_do_not_follow(known: Knowledge) -> None:
    rows = known.standings.loc[known.standings["edition"] == 2011]
    weights = known.tables.weights
    live = weights.loc[(weights["from_edition"] <= 2011) & (weights["to_edition"] >= 2011)]
    parts = rows.merge(live[["component_id", "weight"]], on="component_id")
    sums = (parts["score"] * parts["weight"]).groupby(parts["unit_id"]).sum()
    total = rows.loc[rows["component_id"] == "pci"].set_index("unit_id")["score"]
    assert 0.3 < (sums - total).abs().max() < 0.6


def test_an_index_outside_the_catalogue_has_direction_named_per_component() -> None:
    rows = standings(
        figures({"a": 3.0, "b": 2.0}, component_id="b1", index_id="b1"),
        editions(2022, index_id="b1"),
        components(component("b1", direction=-1)),
    )
    assert list(rows["rank"]) == [2, 1]
