"""Points for every better place, points to spare before a worse one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import Ground, NoGround, field
from analytics.ladder import (
    Tide,
    group_steps,
    ladder,
    others_at,
    points_needed,
    projected_scores,
    rank_by_points,
)
from analytics.schema import EditionNotFound, UnitNotFound
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM
from tests.examples import examples

DIMENSION = r"papi\.[a-z]+"


def needed(edition: int, **asked: object) -> pd.DataFrame:
    return points_needed(
        published.figures("papi"),
        edition=edition,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    )


def rungs(unit_id: str, edition: int, **asked: object) -> pd.DataFrame:
    return ladder(
        published.figures("papi"),
        unit_id=unit_id,
        edition=edition,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    ).set_index("place")


def test_kon_tum_needed_0_7341_point_from_54th_to_49th_in_papi_2022_where_lam_dong_stood() -> None:
    row = needed(2022, to_rank=49, unit_id=KON_TUM, component_ids=["papi"]).iloc[0]
    assert (row["rank"], row["required_rank"], row["n_ranked"]) == (54, 49, 61)
    assert row["needed"] == pytest.approx(0.7341, abs=5e-5)
    assert row["holder_unit_id"] == "vn63-lam-dong"
    assert row["needed_alone"] == pytest.approx(row["needed"] + 0.0001)


def test_five_places_in_each_of_the_eight_dimensions_needed_0_963_point_in_all() -> None:
    rows = needed(2022, places=5, unit_id=KON_TUM)
    dimensions = rows[rows["component_id"].str.fullmatch(DIMENSION)]
    assert len(dimensions) == 8
    assert (dimensions["rank"] - dimensions["required_rank"] == 5).all()
    assert dimensions["needed"].sum() == pytest.approx(0.963, abs=5e-4)


def test_points_needed_agree_with_trying_every_rival_for_every_province_and_dimension() -> None:
    rows = needed(2024, places=5)
    rows = rows[rows["component_id"].isin(["papi", "papi.corruption", "papi.environment.air"])]
    assert len(rows) == 3 * 61
    for row in rows.itertuples():
        table = published.scores("papi", 2024, row.component_id)
        points, holder = by_hand.points_to(row.unit_id, table, row.required_rank)
        assert row.needed == pytest.approx(points)
        assert (None if pd.isna(row.holder_unit_id) else row.holder_unit_id) == holder


def test_five_places_above_the_third_is_the_first_and_says_so() -> None:
    rows = needed(2022, places=5, component_ids=["papi"]).set_index("rank")
    assert rows.loc[3, "required_rank"] == 1
    assert rows.loc[3, "is_capped"]
    assert not rows.loc[6, "is_capped"]
    assert rows.loc[1, "needed"] == 0


def test_the_ladder_of_kon_tum_in_2022_has_61_places_and_two_sides() -> None:
    rung = rungs(KON_TUM, 2022)
    assert list(rung.index) == list(range(1, 62))
    assert rung.loc[54, "side"] == "now"
    assert rung.loc[49, "needed"] == pytest.approx(0.734108, abs=5e-7)
    assert rung.loc[53, "holder_unit_id"] == "vn63-kien-giang"
    # Losing more than 0.0009 point would have let Cần Thơ pass.
    assert rung.loc[55, "cushion"] == pytest.approx(0.000858, abs=5e-7)
    assert rung.loc[55, "holder_unit_id"] == "vn63-can-tho"
    assert (rung["needed"].dropna().diff().dropna() <= 0).all()


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.integers(0, 5).map(lambda n: n / 2), min_size=2, max_size=7))
def test_every_rung_is_reached_with_its_points_and_not_with_a_hair_less(
    drawn: list[float],
) -> None:
    units = [f"u{i}" for i in range(len(drawn))]
    figures = published.table(*[(u, "papi", 1, s) for u, s in zip(units, drawn, strict=True)])
    rung = ladder(figures, unit_id="u0", edition=1, editions=published.complete(1))
    others, own = drawn[1:], drawn[0]
    for row in rung.itertuples():
        if row.side == "better":
            assert by_hand.place(own + row.needed, others) <= row.place
            assert by_hand.place(own + row.needed - 1e-6, others) > row.place
        elif row.side == "worse":
            assert by_hand.place(own - row.cushion, others) < row.place
            assert by_hand.place(own - row.cushion - 1e-6, others) >= row.place
        else:
            assert by_hand.place(own, others) == row.place


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=8), st.integers(1, 8))
def test_the_kth_best_of_the_others_is_what_a_sorted_list_of_the_others_says(
    drawn: list[int], place: int
) -> None:
    scores = np.array([*drawn, np.nan], dtype=float)
    found = others_at(scores, np.full(scores.size, place))
    for i in range(len(drawn)):
        others = sorted((s for j, s in enumerate(drawn) if j != i), reverse=True)
        expected = others[place - 1] if place <= len(others) else np.nan
        assert found[i] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(found[-1])


def test_half_of_last_years_change_moves_every_rival() -> None:
    line = field(published.figures("papi"), editions=published.editions("papi"))
    before, now = published.scores("papi", 2023), published.scores("papi", 2024)
    mean = np.mean([now[u] - before[u] for u in now.keys() & before.keys()])
    for drift in (0.0, 0.5, 1.0):
        moved = projected_scores(line, 2024, drift=drift)
        tide = projected_scores(line, 2024, drift=drift, tide=Tide.COMMON)
        assert moved is not None
        assert tide is not None
        for at, unit in enumerate(line.units):
            if unit in now:
                change = now[unit] - before[unit] if unit in before else mean
                assert moved[at] == pytest.approx(now[unit] + drift * change)
                assert tide[at] == pytest.approx(now[unit] + drift * mean)


def test_a_rising_field_asks_for_more_and_no_drift_asks_for_the_static_points() -> None:
    """In 2024 the rivals rose by 0.89 on average: half of it again is to be run after."""
    still = rungs(KON_TUM, 2024, drift=0.0)
    moving = rungs(KON_TUM, 2024)
    common = rungs(KON_TUM, 2024, tide=Tide.COMMON)
    better = still["side"] == "better"
    assert np.allclose(still.loc[better, "needed"], still.loc[better, "needed_moving"])
    assert moving.loc[50, "needed_moving"] > moving.loc[50, "needed"]
    before, now = published.scores("papi", 2023), published.scores("papi", 2024)
    mean = np.mean([now[u] - before[u] for u in now.keys() & before.keys()])
    assert common.loc[50, "needed_moving"] == pytest.approx(common.loc[50, "needed"] + mean / 2)


def test_over_a_new_method_there_is_no_drift_to_expect() -> None:
    """The total of 2018 has eight dimensions, that of 2017 six."""
    assert rungs(KON_TUM, 2018)["needed_moving"].isna().all()
    recorded = rungs(
        KON_TUM, 2018, component_id="papi.accountability", breaks=published.breaks("papi")
    )
    assert recorded["needed_moving"].isna().all()
    assert rungs(KON_TUM, 2011)["needed_moving"].isna().all()


def test_one_point_was_worth_13_places_in_mid_table_and_8_at_the_bottom() -> None:
    figures, years = published.figures("papi"), published.editions("papi")
    for unit_id, places in ((KON_TUM, 8), ("vn63-khanh-hoa", 13)):
        rows = rank_by_points(figures, unit_id=unit_id, edition=2024, editions=years)
        assert rows.set_index("points").loc[1.0, "gain"] == places


def test_the_next_group_is_counted_from_the_units_own_score_alone() -> None:
    thresholds = pd.DataFrame(
        {
            "group_id": ["A", "B", "C"],
            "sort": [1, 2, 3],
            "lower_bound": [90.0, 80.0, np.nan],
        }
    )
    figures = published.figures("par_index")
    score = published.scores("par_index", 2023)[KON_TUM]
    rows = group_steps(figures, unit_id=KON_TUM, edition=2023, thresholds=thresholds)
    rows = rows.set_index("group_id")
    current = "B" if score >= 80 else "C"
    assert rows.index[rows["is_current"]].tolist() == [current]
    assert rows.loc["A", "needed"] == pytest.approx(90 - score)
    assert rows.loc["C", "needed"] == 0
    if current == "B":
        assert rows.loc["B", "cushion"] == pytest.approx(score - 80)


def test_a_score_on_the_bound_is_in_the_upper_group() -> None:
    thresholds = pd.DataFrame(
        {"group_id": ["A", "B"], "sort": [1, 2], "lower_bound": [2.0, -np.inf]}
    )
    figures = published.table(("a", "papi", 1, 2.0))
    rows = group_steps(figures, unit_id="a", edition=1, thresholds=thresholds)
    assert rows["is_current"].tolist() == [True, False]
    assert rows["cushion"].iloc[0] == 0


def test_ranks_alone_are_refused_with_what_is_missing() -> None:
    figures, years = published.figures("par_index"), published.editions("par_index")
    rows = points_needed(figures, edition=2023, editions=years, places=5, unit_id=KON_TUM)
    assert set(rows["ground"]) <= {Ground.SCORES_OF_OTHERS_MISSING, Ground.NOT_SCORED}
    assert rows[["needed", "needed_alone", "needed_moving", "required_rank"]].isna().all(axis=None)
    with pytest.raises(NoGround) as refused:
        ladder(figures, unit_id=KON_TUM, edition=2023, editions=years)
    assert refused.value.ground is Ground.SCORES_OF_OTHERS_MISSING
    assert refused.value.n_held < refused.value.n_expected == 63


def test_questions_about_nobody_or_no_year_are_refused_by_name() -> None:
    with pytest.raises(UnitNotFound):
        rungs("vn63-none", 2022)
    with pytest.raises(UnitNotFound):
        needed(2022, places=5, unit_id="vn63-none")
    with pytest.raises(EditionNotFound):
        needed(1999, places=5)
    with pytest.raises(ValueError, match="one of"):
        needed(2022)
