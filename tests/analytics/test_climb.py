"""One object that says what it would take, and its silence where there is no ground."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.board import Knowledge
from analytics.climb import Basis, Climb, climb, drawn_rungs, effort_costs, rank_targets
from analytics.field import ComponentNotFound
from analytics.outcome import Outcome, outcome, preset
from analytics.scenario import Peers, Preset, ScoreOutOfScale
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM

LATER = date(2026, 11, 20)
NUMBERS = ("needed", "needed_alone", "needed_moving", "keep_moving", "cushion")


def asked(known: Knowledge, index_id: str, edition: int, **more: Any) -> Climb:
    values = {"unit_id": KON_TUM, "as_of": LATER, **more}
    return climb(known, index_id=index_id, edition=edition, **values)


def question(known: Knowledge, index_id: str, edition: int, **more: Any) -> Outcome:
    values = {"unit_id": KON_TUM, "as_of": LATER, **more}
    return outcome(known, index_id=index_id, edition=edition, **values)


@pytest.fixture(scope="module")
def papi_2022(known: Knowledge) -> Climb:
    return asked(known, "papi", 2022, to_rank=49)


def test_kon_tum_needed_0_7341_point_for_the_49th_place_that_lam_dong_held(
    papi_2022: Climb,
) -> None:
    assert (papi_2022.rank, papi_2022.n_ranked, papi_2022.aim_rank) == (54, 61, 49)
    assert papi_2022.basis is Basis.ASKED
    assert papi_2022.needed == pytest.approx(0.7341, abs=5e-5)
    assert papi_2022.needed_alone == pytest.approx(0.7342, abs=5e-5)
    assert papi_2022.holder_unit_id == "vn63-lam-dong"


def test_the_need_is_what_trying_every_rival_by_hand_gives(papi_2022: Climb) -> None:
    points, holder = by_hand.points_to(KON_TUM, published.scores("papi", 2022), 49)
    assert papi_2022.needed == pytest.approx(points, abs=1e-9)
    assert papi_2022.holder_unit_id == holder


def test_kon_tum_could_lose_less_than_a_thousandth_before_can_tho_passed(papi_2022: Climb) -> None:
    assert papi_2022.cushion == pytest.approx(0.000858, abs=5e-7)
    assert papi_2022.below_unit_id == "vn63-can-tho"


def test_the_moving_table_is_the_table_with_half_of_every_last_change_added(
    papi_2022: Climb,
) -> None:
    now, before = published.scores("papi", 2022), published.scores("papi", 2021)
    changes = {unit: now[unit] - before[unit] for unit in now if unit in before}
    mean = sum(changes.values()) / len(changes)
    moved = sorted(
        (s + 0.5 * changes.get(unit, mean) for unit, s in now.items() if unit != KON_TUM),
        reverse=True,
    )
    assert papi_2022.needed_moving == pytest.approx(max(0.0, moved[48] - now[KON_TUM]))
    assert papi_2022.keep_moving == pytest.approx(max(0.0, moved[53] - now[KON_TUM]))


def test_without_drift_the_moving_table_asks_what_the_present_one_does(known: Knowledge) -> None:
    found = asked(known, "papi", 2022, to_rank=49, drift=0.0)
    assert found.needed_moving == pytest.approx(found.needed)
    assert found.keep_moving == pytest.approx(0.0)


def test_the_next_group_asks_for_0_76_point_and_only_one_group_is_the_present_one(
    papi_2022: Climb,
) -> None:
    groups = papi_2022.groups.set_index("group_id")
    assert groups["is_current"].sum() == 1
    assert groups.loc["low", "is_current"]
    assert groups.loc["lower_middle", "needed"] == pytest.approx(40.74 - 39.975605, abs=1e-5)


def test_the_cheapest_path_brings_exactly_what_is_needed(papi_2022: Climb) -> None:
    path = papi_2022.path
    assert path is not None
    assert path.needed == pytest.approx(papi_2022.needed)
    assert path.raised == pytest.approx(path.needed)
    assert path.rank_reached == 49


def test_an_unmet_target_of_the_board_is_the_place_aimed_at(known: Knowledge) -> None:
    found = asked(known, "papi", 2023)
    assert (found.target_rank, found.aim_rank, found.basis) == (49, 49, Basis.TARGET)
    assert found.needed == pytest.approx(0.52779, abs=5e-6)
    assert found.holder_unit_id == "vn63-quang-ngai"


def test_a_target_that_is_met_gives_way_to_five_more_places(known: Knowledge) -> None:
    found = asked(known, "par_index", 2023)
    assert (found.rank, found.target_rank) == (43, 50)
    assert (found.aim_rank, found.basis) == (38, Basis.FIVE_PLACES)


def test_five_places_above_the_third_is_the_first_and_says_so(known: Knowledge) -> None:
    table = published.scores("papi", 2022)
    third = sorted(table, key=lambda unit: -table[unit])[2]
    found = asked(known, "papi", 2022, unit_id=third)
    assert (found.rank, found.aim_rank, found.is_capped) == (3, 1, True)


@pytest.mark.parametrize(
    ("index_id", "edition", "ground"),
    [
        ("par_index", 2023, "scores_of_others_missing"),
        ("sipas", 2023, "not_scored"),
        ("pci", 2023, "outside_top"),
        ("par_index", 2024, "not_held"),
        ("papi", 2025, "not_published"),
    ],
)
def test_without_the_rivals_scores_there_is_a_code_and_no_number(
    known: Knowledge, index_id: str, edition: int, ground: str
) -> None:
    found = asked(known, index_id, edition)
    assert found.ground == found.path_ground == ground
    assert not found.is_given
    assert [getattr(found, name) for name in NUMBERS] == [None] * len(NUMBERS)
    assert found.rungs.empty
    assert found.worth.empty
    assert found.path is None


def test_par_index_2023_says_how_many_of_63_scores_are_held(known: Knowledge) -> None:
    found = asked(known, "par_index", 2023)
    held = len(published.scores("par_index", 2023))
    assert (found.n_held, found.n_expected) == (held, 63)
    assert held < 63


def test_a_withheld_province_has_no_need_and_the_reason(known: Knowledge) -> None:
    assert asked(known, "papi", 2023, unit_id="vn63-quang-ninh").ground == "withheld"


def test_groups_cut_by_fixed_scores_need_the_units_own_score_only(known: Knowledge) -> None:
    scores = published.scores("par_index", 2024)
    unit = next(unit for unit, score in scores.items() if 80 <= score < 90)
    found = asked(known, "par_index", 2024, unit_id=unit)
    assert not found.is_given
    best = found.groups.iloc[0]
    assert best["needed"] == pytest.approx(90 - scores[unit])


def test_components_have_their_own_needs_down_to_the_sub_dimensions(known: Knowledge) -> None:
    total = asked(known, "papi", 2022, to_rank=49).components
    assert len(total) == 8
    assert total["needed"].sum() == pytest.approx(0.963, abs=5e-4)
    below = asked(known, "papi", 2022, component_id="papi.participation").components
    assert list(below["code"]) == ["D1.1", "D1.2", "D1.3", "D1.4"]


def test_figures_published_after_the_day_take_no_part(known: Knowledge) -> None:
    early = asked(known, "papi", 2023, as_of=date(2023, 6, 1))
    assert early.ground == "not_published"
    assert early.needed is None


def test_unknown_weights_leave_the_ladder_and_take_the_path(known: Knowledge) -> None:
    found = asked(known, "pci", 2022)
    assert found.needed == pytest.approx(0.33)
    assert (found.path, found.path_ground) == (None, "weights_unknown")


def test_a_drawn_ladder_holds_the_aim_the_present_place_and_what_is_near(known: Knowledge) -> None:
    found = asked(known, "papi", 2022, to_rank=5)
    drawn = drawn_rungs(found)
    assert list(drawn.loc[drawn["is_aim"], "place"]) == [5]
    assert {4, 5, 6, 10, 50, 53, 54, 55} <= set(drawn["place"])
    assert len(drawn) <= 24
    assert drawn["place"].is_monotonic_increasing


def test_one_mark_of_effort_replaces_all_costs_of_the_data() -> None:
    parts = ["papi.participation", "papi.corruption"]
    assert effort_costs({}, parts) is None
    assert effort_costs({"papi.corruption": 5}, parts) == {
        "papi.participation": 3.0, "papi.corruption": 5.0,
    }  # fmt: skip


def test_a_component_marked_hard_is_left_for_an_easier_one(known: Knowledge) -> None:
    parts = list(asked(known, "papi", 2022).components["component_id"])
    costs = effort_costs({"papi.corruption": 5, "papi.services": 1}, parts)
    path = asked(known, "papi", 2022, to_rank=49, costs=costs).path
    assert path is not None
    steps = path.steps.set_index("component_id")
    assert steps.loc["papi.corruption", "raise_by"] == 0
    assert steps.loc["papi.services", "raise_by"] > 0


def test_targets_within_a_region_are_no_places_of_this_table(known: Knowledge) -> None:
    for unit_id in known.tables.targets["unit_id"].unique():
        rows = rank_targets(known, unit_id=unit_id, index_id="pci", edition=2023, as_of=LATER)
        assert not rows["kind"].eq("regional_rank").any()


# --------------------------------------------------------------------------------- what if


def test_a_fifth_of_a_point_in_participation_was_worth_one_place_in_2022(known: Knowledge) -> None:
    found = question(known, "papi", 2022, changes={"papi.participation": 0.2}).scenario
    assert found is not None
    assert (found.rank_before, found.rank, found.gain) == (54, 53, 1)
    assert found.score == pytest.approx(40.1756, abs=5e-5)
    assert found.group == "low"


def test_the_points_of_the_path_meet_the_target_of_2023(known: Knowledge) -> None:
    path = asked(known, "papi", 2023).path
    assert path is not None
    raised = path.steps.set_index("component_id")["raise_by"]
    found = question(known, "papi", 2023, changes=raised[raised > 0].to_dict())
    (target,) = found.targets.to_dict("records")
    assert (target["required_rank"], target["was_met"], target["is_met"]) == (49, False, True)


def test_a_what_if_without_ground_has_a_code_and_no_answer(known: Knowledge) -> None:
    found = question(known, "par_index", 2023, changes={"par_index.steering": 0.2})
    assert (found.ground, found.scenario) == ("scores_of_others_missing", None)
    assert (found.n_held, found.n_expected) == (len(published.scores("par_index", 2023)), 63)
    assert question(known, "papi", 2025, changes={"papi": 1.0}).ground == "not_published"


def test_a_score_above_the_scale_stops_the_question(known: Knowledge) -> None:
    with pytest.raises(ScoreOutOfScale) as stopped:
        question(known, "papi", 2022, scores={"papi.participation": 10.5})
    assert (stopped.value.lowest, stopped.value.highest) == (0.0, 10.0)
    with pytest.raises(ScoreOutOfScale):
        question(known, "papi", 2022, scores={"papi.participation": -0.5})


def test_a_component_not_measured_that_year_cannot_be_changed(known: Knowledge) -> None:
    with pytest.raises(ComponentNotFound):
        question(known, "papi", 2022, changes={"papi.procedures.construction": 0.1})


def test_rivals_that_move_may_pass_a_component_nobody_changed(known: Knowledge) -> None:
    targets = pd.DataFrame(
        {"component_id": ["papi.services"], "required_rank": [36], "kind": "hold_rank"}
    )
    found = question(
        known, "papi", 2022, changes={"papi.corruption": 0.1}, peers=Peers.MOVING, targets=targets
    )
    assert found.scenario is not None
    rows = found.scenario.components.set_index("component_id")
    assert rows.loc["papi.services", "change"] == 0
    assert list(found.targets["component_id"]) == ["papi.services"]


def test_presets_only_lift(known: Knowledge) -> None:
    own = asked(known, "papi", 2022).components.set_index("component_id")["score"]
    for kind in Preset:
        lifted = preset(
            known, unit_id=KON_TUM, index_id="papi", edition=2022, as_of=LATER, kind=kind
        )
        assert lifted
        assert all(score > own[name] for name, score in lifted.items())
