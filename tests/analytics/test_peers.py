"""Whom to compare with, and whom to learn from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import NoGround
from analytics.peers import held_rises, nearest, same_region, same_start
from analytics.schema import ColumnsMissing, UnitNotFound
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM
from tests.examples import examples


def population_and_order() -> pd.DataFrame:
    """Population of 2022, in logarithms, and law and order as residents saw it in 2019."""
    facts = pd.read_csv(published.REFERENCE / "unit_facts.csv")
    facts = facts[facts["unit_id"].str.startswith("vn63") & facts["year"].eq(2022)]
    table = facts[["unit_id"]].assign(log_population=np.log(facts["value"]))
    order = published.scores("papi", 2019, "papi.services.law_order")
    return table.assign(law_order=table["unit_id"].map(order))


def test_the_nearest_provinces_are_those_of_least_standardised_distance() -> None:
    table = population_and_order()
    columns = [c for c in table.columns if c != "unit_id"]
    found = nearest(table, unit_id=KON_TUM, columns=columns, n=5)
    known = table.dropna(subset=columns).set_index("unit_id")[columns]
    values = [list(known[c]) for c in columns]
    expected = {
        unit: by_hand.distance(list(known.loc[unit]), list(known.loc[KON_TUM]), values)
        for unit in known.index
        if unit != KON_TUM
    }
    assert found["unit_id"].tolist() == sorted(expected, key=lambda u: (expected[u], u))[:5]
    for row in found.itertuples():
        assert row.distance == pytest.approx(expected[row.unit_id])
        assert row.similarity == pytest.approx(1 - row.distance / max(expected.values()))


def test_a_variable_alike_for_all_tells_nobody_apart_and_a_missing_one_leaves_a_unit_out() -> None:
    table = pd.DataFrame(
        {"unit_id": ["a", "b", "c", "d"], "x": [1.0, 2.0, 4.0, None], "same": [3.0, 3.0, 3.0, 3.0]}
    )
    found = nearest(table, unit_id="a", columns=["x", "same"])
    assert found["unit_id"].tolist() == ["b", "c"]
    assert (found["z_same"] == 0).all()
    assert found["similarity"].iloc[-1] == 0
    with pytest.raises(UnitNotFound):
        nearest(table, unit_id="d", columns=["x"])
    with pytest.raises(ColumnsMissing):
        nearest(table, unit_id="a", columns=["y"])


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=8),
    st.floats(0.1, 100),
)
def test_the_unit_of_measurement_does_not_choose_the_peers(
    drawn: list[tuple[int, int]], scale: float
) -> None:
    table = pd.DataFrame(drawn, columns=["x", "y"], dtype=float)
    table.insert(0, "unit_id", [f"u{i}" for i in range(len(drawn))])
    found = nearest(table, unit_id="u0", columns=["x", "y"])
    rescaled = nearest(table.assign(x=table["x"] * scale), unit_id="u0", columns=["x", "y"])
    assert found["distance"].tolist() == pytest.approx(rescaled["distance"].tolist())


def test_the_central_highlands_are_five_provinces() -> None:
    assert same_region(published.units(), KON_TUM) == [
        "vn63-dak-lak",
        "vn63-dak-nong",
        "vn63-gia-lai",
        "vn63-kon-tum",
        "vn63-lam-dong",
    ]
    with pytest.raises(UnitNotFound):
        same_region(published.units(), "vn63-none")


def test_kon_tum_started_54th_beside_six_provinces_within_three_places() -> None:
    found = same_start(
        published.figures("papi"),
        unit_id=KON_TUM,
        edition=2022,
        editions=published.editions("papi"),
    )
    table = published.scores("papi", 2022)
    expected = {
        unit: by_hand.place_among(unit, table, table)
        for unit in table
        if unit != KON_TUM and abs(by_hand.place_among(unit, table, table) - 54) <= 3
    }
    assert dict(zip(found["unit_id"], found["rank"], strict=True)) == expected
    assert len(found) == 6
    assert (found["places_ahead"] == 54 - found["rank"]).all()


def test_the_largest_rises_that_were_held_agree_with_plain_loops_for_every_province() -> None:
    years = list(range(2018, 2025))
    found = held_rises(
        published.figures("papi"), editions=published.editions("papi"), first=2018, last=2024
    ).set_index("unit_id")
    tables = {y: published.scores("papi", y) for y in years}
    units = sorted({u for t in tables.values() for u in t})
    rising = 0
    for unit in units:
        ranks = [
            by_hand.place_among(unit, tables[y], tables[y]) if unit in tables[y] else None
            for y in years
        ]
        expected = by_hand.held_gain(ranks, 2)
        if expected is None:
            assert unit not in found.index
        else:
            rising += 1
            assert found.loc[unit, "held_gain"] == expected
    assert rising > 30


def test_ninh_thuan_rose_54_places_by_2022_and_kept_52_of_them() -> None:
    row = (
        held_rises(
            published.figures("papi"), editions=published.editions("papi"), first=2018, last=2024
        )
        .set_index("unit_id")
        .loc["vn63-ninh-thuan"]
    )
    assert (row["baseline"], row["edition"]) == (2020, 2022)
    assert (row["rank_baseline"], row["rank"], row["worst_rank_held"]) == (58, 4, 6)
    assert (row["gain"], row["held_gain"]) == (54, 52)


def test_a_peak_of_one_year_is_no_rise() -> None:
    figures = published.table(
        *[
            (unit, "papi", year, float(score))
            for unit, line in {"a": [1, 9, 1, 1], "b": [2, 2, 2, 2], "c": [3, 3, 3, 0]}.items()
            for year, score in enumerate(line, start=1)
        ]
    )
    found = held_rises(figures, editions=published.complete(1, 2, 3, 4), first=1, last=4)
    assert "a" not in set(found["unit_id"])


def test_a_list_of_ones_own_is_kept_to_and_checked() -> None:
    asked = {
        "figures": published.figures("papi"),
        "editions": published.editions("papi"),
        "first": 2018,
        "last": 2024,
    }
    found = held_rises(**asked, unit_ids=["vn63-ninh-thuan", "vn63-ha-noi"])  # type: ignore[arg-type]
    assert set(found["unit_id"]) == {"vn63-ninh-thuan", "vn63-ha-noi"}
    with pytest.raises(UnitNotFound):
        held_rises(**asked, unit_ids=["vn63-none"])  # type: ignore[arg-type]


def test_no_starting_place_without_the_whole_table() -> None:
    with pytest.raises(NoGround):
        same_start(
            published.figures("par_index"),
            unit_id=KON_TUM,
            edition=2023,
            editions=published.editions("par_index"),
        )
