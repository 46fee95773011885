"""Classes of the map, and how far its grid keeps the ground."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.map_values import (
    GridFit,
    gain_class,
    grid_fit,
    map_values,
    rank_class,
    rank_class_bounds,
    score_class,
)
from analytics.schema import ColumnsMissing
from data import tiles as maps
from data.build import REFERENCE
from tests.builders import REGISTER

TILES = maps.tiles(REFERENCE, REGISTER)
PAIRS = maps.neighbours(REFERENCE, REGISTER)
UNITS = list(TILES.loc[(TILES["geography"] == "vn63") & (TILES["kind"] == "unit"), "unit_id"])


def values(known: Knowledge, measure: str, component_id: str = "papi") -> pd.DataFrame:
    return map_values(
        known.standings, UNITS, component_id=component_id, edition=2024, baseline=2022,
        measure=measure, groups=known.groups,
    ).set_index("unit_id")  # fmt: skip


def test_kon_tum_is_in_the_last_fifth_of_papi_2024_and_fell_by_six(known: Knowledge) -> None:
    row = values(known, "rank").loc["vn63-kon-tum"]
    assert (row["rank"], row["n_ranked"], row["class"]) == (60, 61, 4)
    assert (row["rank_baseline"], row["n_ranked_baseline"], row["rank_gain"]) == (54, 61, -6)
    assert values(known, "gain").loc["vn63-kon-tum", "class"] == 5


def test_a_withheld_unit_keeps_its_row_and_has_no_class(known: Knowledge) -> None:
    rows = values(known, "rank")
    assert len(rows) == 63
    assert set(rows.index[rows["class"].isna()]) == {"vn63-vinh-phuc", "vn63-tien-giang"}
    assert set(rows.loc[rows["class"].isna(), "state"]) == {"withheld"}


def test_a_line_of_which_nothing_is_held_has_63_rows_and_no_class(known: Knowledge) -> None:
    rows = values(known, "rank", "pci.land_access")
    assert set(rows["state"]) == {"not_held"}
    assert rows["class"].isna().all()


def test_groups_are_the_publishers_and_only_of_the_index_itself(known: Knowledge) -> None:
    of_index = values(known, "group")
    held = known.groups.loc[
        (known.groups["index_id"] == "papi") & (known.groups["edition"] == 2024)
    ]
    assert of_index["value"].dropna().to_dict() == dict(
        zip(held["unit_id"], held["group_sort"], strict=True)
    )
    assert values(known, "group", "papi.transparency")["class"].isna().all()


@given(st.integers(2, 70).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_a_place_lies_in_the_fifth_that_plain_division_gives(place: tuple[int, int]) -> None:
    rank, n = place
    expected = min(4, math.floor((rank - 1) * 5 / n))
    assert rank_class(pd.Series([rank]), pd.Series([n])).iloc[0] == expected


@given(st.integers(5, 70))
def test_classes_follow_each_other_without_a_hole_and_differ_by_one_place(n: int) -> None:
    bounds = rank_class_bounds(n)
    assert bounds[0][0] == 1
    assert bounds[-1][1] == n
    assert len(bounds) == 5
    assert all(b[0] == a[1] + 1 for a, b in itertools.pairwise(bounds))
    sizes = [high - low + 1 for low, high in bounds]
    assert max(sizes) - min(sizes) <= 1


@given(st.integers(-62, 62))
def test_a_change_is_classed_by_the_table_of_the_method_page(gain: int) -> None:
    if gain >= 10:
        expected = 0
    elif gain >= 5:
        expected = 1
    elif gain >= 1:
        expected = 2
    elif gain == 0:
        expected = 3
    elif gain >= -4:
        expected = 4
    elif gain >= -9:
        expected = 5
    else:
        expected = 6
    assert gain_class(pd.Series([gain], dtype="Int64")).iloc[0] == expected


def test_an_unknown_change_has_no_class() -> None:
    assert gain_class(pd.Series([None], dtype="Int64")).isna().all()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_equal_scores_are_in_one_class_and_higher_ones_never_in_a_worse(scores: list[int]) -> None:
    classes = score_class(pd.Series(scores, dtype="Float64"))
    for one, its in zip(scores, classes, strict=True):
        better = sum(other > one for other in scores)
        assert its == min(4, better * 5 // len(scores))


def by_hand(geography: str) -> GridFit:
    place = {
        row.unit_id: row for row in TILES.itertuples()
        if row.geography == geography and row.kind == "unit"
    }  # fmt: skip
    n_adjacent = n_reversed = n_pairs = 0
    parted = []
    for pair in PAIRS.itertuples():
        if pair.geography != geography:
            continue
        n_pairs += 1
        a, b = place[pair.unit_id], place[pair.neighbour_id]
        if max(abs(a.column - b.column), abs(a.row - b.row)) <= 1:
            n_adjacent += 1
        else:
            parted.append((pair.unit_id, pair.neighbour_id))
        north_lost = abs(a.lat - b.lat) >= 0.2 and (a.lat > b.lat) and a.row > b.row
        south_lost = abs(a.lat - b.lat) >= 0.2 and (a.lat < b.lat) and a.row < b.row
        west_lost = abs(a.lon - b.lon) >= 0.2 and (a.lon < b.lon) and a.column > b.column
        east_lost = abs(a.lon - b.lon) >= 0.2 and (a.lon > b.lon) and a.column < b.column
        n_reversed += north_lost or south_lost or west_lost or east_lost
    return GridFit(n_pairs, n_adjacent, tuple(parted), n_reversed)


@pytest.mark.parametrize(
    ("geography", "n_pairs", "n_adjacent"), [("vn63", 135, 128), ("vn34", 58, 58)]
)
def test_neighbours_on_the_ground_are_neighbours_on_the_grid(
    geography: str, n_pairs: int, n_adjacent: int
) -> None:
    grid = TILES.loc[(TILES["geography"] == geography) & (TILES["kind"] == "unit")]
    fit = grid_fit(grid, PAIRS.loc[PAIRS["geography"] == geography])
    assert fit == by_hand(geography)
    assert (fit.n_pairs, fit.n_adjacent, fit.n_reversed) == (n_pairs, n_adjacent, 0)


def test_a_frame_without_places_is_refused_by_name(known: Knowledge) -> None:
    with pytest.raises(ColumnsMissing, match="rank_low"):
        map_values(
            known.standings.drop(columns="rank_low"), UNITS, component_id="papi", edition=2024,
            baseline=2022, measure="rank",
        )  # fmt: skip
