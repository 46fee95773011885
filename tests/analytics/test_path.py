"""The cheapest path costs least, keeps to the caps and proves it with a price."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import ComponentNotFound, Ground, NoGround
from analytics.ladder import points_needed
from analytics.path import CostMissing, Path, change_spreads, cheapest_path
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM
from tests.examples import examples


def papi(**asked: object) -> Path:
    return cheapest_path(
        published.figures("papi"),
        unit_id=KON_TUM,
        edition=2022,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    )


def five_places_each() -> dict[str, int]:
    rows = points_needed(
        published.figures("papi"),
        edition=2022,
        editions=published.editions("papi"),
        places=5,
        unit_id=KON_TUM,
    )
    rows = rows[rows["component_id"].str.fullmatch(r"papi\.[a-z]+")]
    return {
        str(c): int(r) for c, r in zip(rows["component_id"], rows["required_rank"], strict=True)
    }


def is_certified(path: Path) -> bool:
    """Complementary slackness: no component raised is dearer than one with room left."""
    steps = path.steps
    price = steps["cost"]
    raised = steps["top_up"] > 1e-12
    room = steps["cap"] - steps["score"] - steps["gap_to_target"] - steps["top_up"] > 1e-12
    return bool((price[raised] <= path.price + 1e-12).all()) and bool(
        (price[room] >= path.price - 1e-12).all()
    )


def test_five_places_in_each_dimension_lift_kon_tum_from_54th_to_46th() -> None:
    path = papi(component_targets=five_places_each())
    assert path.raised == pytest.approx(0.963, abs=5e-4)
    assert (path.rank, path.rank_reached) == (54, 46)
    steps = path.steps
    assert (steps["rank"] - steps["rank_reached"] == 5).all()


def test_the_path_to_a_place_gains_exactly_the_points_the_ladder_asks() -> None:
    path = papi(to_rank=49)
    assert path.needed == pytest.approx(0.7341, abs=5e-5)
    assert path.raised == pytest.approx(path.needed)
    assert path.rank_reached == 49
    assert path.shortfall == 0
    assert is_certified(path)
    # E-governance moves most from year to year: its points are the cheapest and go first, up to
    # the cap; corruption control takes what is left.
    steps = path.steps.set_index("component_id")
    filled = steps.loc["papi.egovernance"]
    assert filled["cost"] == steps["cost"].min()
    assert filled["score"] + filled["raise_by"] == pytest.approx(filled["cap"])
    assert set(steps.index[steps["raise_by"] > 0]) == {"papi.egovernance", "papi.corruption"}
    assert path.price == pytest.approx(steps.loc["papi.corruption", "cost"])


def test_component_targets_come_first_and_count_towards_the_total() -> None:
    targets = five_places_each()
    path = papi(to_rank=40, component_targets=targets)
    steps = path.steps.set_index("component_id")
    assert path.rank_reached == 40
    assert path.raised == pytest.approx(path.needed)
    assert all(steps.loc[c, "rank_reached"] <= place for c, place in targets.items())
    assert is_certified(path)
    assert steps["top_up"].sum() == pytest.approx(path.needed - steps["gap_to_target"].sum())


def test_default_costs_are_one_over_the_spread_of_yearly_changes() -> None:
    spreads = change_spreads(
        published.figures("papi"),
        edition=2022,
        editions=published.editions("papi"),
        breaks=published.breaks("papi"),
    ).set_index("component_id")
    changes = []
    for year in range(2012, 2023):
        # 2021 and others are recorded as breaks of procedures and left out.
        broken = published.breaks("papi")
        broken = broken[
            broken["component_id"].eq("papi.services")
            & broken["edition"].eq(year)
            & broken["score_comparable"].eq("no")
        ]
        before = published.scores("papi", year - 1, "papi.services")
        after = published.scores("papi", year, "papi.services")
        if broken.empty:
            changes += [after[u] - before[u] for u in after.keys() & before.keys()]
    mean = sum(changes) / len(changes)
    spread = (sum((c - mean) ** 2 for c in changes) / (len(changes) - 1)) ** 0.5
    assert spreads.loc["papi.services", "spread"] == pytest.approx(spread)
    assert spreads.loc["papi.services", "n_changes"] == len(changes)
    path = papi(to_rank=49, breaks=published.breaks("papi"))
    cost = path.steps.set_index("component_id")["cost"]
    assert cost["papi.services"] == pytest.approx(1 / spread)


def test_the_default_cap_is_the_score_a_quarter_of_the_way_down_the_table() -> None:
    cap = papi(to_rank=49).steps.set_index("component_id")["cap"]
    table = sorted(published.scores("papi", 2022, "papi.services").values())
    at = 0.75 * (len(table) - 1)
    low = int(at)
    expected = table[low] + (at - low) * (table[low + 1] - table[low])
    assert cap["papi.services"] == pytest.approx(expected)


def test_caps_that_do_not_reach_the_aim_say_how_much_is_short() -> None:
    path = papi(to_rank=1)
    steps = path.steps
    assert path.shortfall > 0
    assert path.raised + path.shortfall == pytest.approx(path.needed)
    assert path.rank_reached > 1
    assert np.allclose(steps["raise_by"], np.maximum(steps["cap"] - steps["score"], 0))


def test_marks_and_caps_of_ones_own_are_obeyed() -> None:
    path = papi(
        points=0.3,
        costs={"papi.services": 0.01},
        caps={"papi.services": 7.6},
    )
    steps = path.steps.set_index("component_id")
    assert steps.loc["papi.services", "raise_by"] == pytest.approx(7.6 - 7.435924, abs=5e-7)
    assert path.raised == pytest.approx(0.3)


SMALL = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 4), st.integers(1, 9)), min_size=1, max_size=4
)


@settings(max_examples=examples(80), deadline=None)
@given(SMALL, st.integers(1, 20))
def test_the_greedy_answer_is_the_best_corner_of_the_linear_programme(
    parts: list[tuple[int, int, int]], aim: int
) -> None:
    room = [r / 4 for r, _, _ in parts]
    weight = [float(w) for _, w, _ in parts]
    cost = [float(c) for _, _, c in parts]
    points = aim / 2
    names = [f"pci.p{k}" for k in range(len(parts))]
    rows = []
    for unit, score in (("a", 1.0), ("b", 5.0)):
        rows += [(unit, n, 1, score) for n in names]
        rows.append((unit, "pci", 1, score * sum(weight)))
    weights = pd.DataFrame(
        {"component_id": names, "from_edition": 1, "to_edition": 1, "weight": weight}
    )
    path = cheapest_path(
        published.table(*rows, index_id="pci"),
        unit_id="a",
        edition=1,
        editions=published.complete(1),
        points=points,
        weights=weights,
        costs=dict(zip(names, cost, strict=True)),
        caps={n: 1.0 + r for n, r in zip(names, room, strict=True)},
    )
    reachable = sum(r * w for r, w in zip(room, weight, strict=True))
    assert path.shortfall == pytest.approx(max(0.0, points - reachable), abs=1e-9)
    if path.shortfall == 0:
        assert path.cost == pytest.approx(by_hand.cheapest(points, room, weight, cost))


def test_the_price_proves_the_path_on_a_grid_of_all_other_paths() -> None:
    """Three dimensions in steps of 0.05 point: no combination that reaches the aim is cheaper."""
    rows = [("a", f"papi.{n}", 1, 1.0) for n in "xyz"]
    rows += [("b", f"papi.{n}", 1, 2.0) for n in "xyz"]
    rows += [("a", "papi", 1, 3.0), ("b", "papi", 1, 6.0)]
    cost = {"papi.x": 3.0, "papi.y": 1.0, "papi.z": 2.0}
    path = cheapest_path(
        published.table(*rows),
        unit_id="a",
        edition=1,
        editions=published.complete(1),
        points=1.2,
        costs=cost,
        caps={"papi.x": 1.8, "papi.y": 1.5, "papi.z": 1.6},
    )
    grid = np.arange(0, 0.81, 0.05)
    cheapest = min(
        3 * x + y + 2 * z
        for x in grid
        for y in grid[grid <= 0.5001]
        for z in grid[grid <= 0.6001]
        if x + y + z >= 1.2 - 1e-9
    )
    assert path.cost == pytest.approx(cheapest)
    assert path.price == 3.0
    assert is_certified(path)


def test_a_path_without_its_parts_is_refused_with_the_reason() -> None:
    pci, years = published.figures("pci"), published.editions("pci")
    for edition, ground in ((2011, Ground.PARTS_DO_NOT_SUM), (2021, Ground.PARTS_MISSING),
                            (2022, Ground.WEIGHTS_UNKNOWN)):  # fmt: skip
        with pytest.raises(NoGround) as refused:
            cheapest_path(
                pci,
                unit_id=KON_TUM,
                edition=edition,
                editions=years,
                to_rank=30,
                weights=published.weights("pci"),
            )
        assert refused.value.ground is ground
    with pytest.raises(NoGround) as refused:
        cheapest_path(
            published.figures("par_index"),
            unit_id=KON_TUM,
            edition=2023,
            editions=published.editions("par_index"),
            to_rank=30,
        )
    assert refused.value.ground is Ground.SCORES_OF_OTHERS_MISSING


def test_wrong_costs_and_unknown_components_are_refused() -> None:
    with pytest.raises(ComponentNotFound):
        papi(points=1.0, caps={"papi.nothing": 1.0})
    with pytest.raises(ValueError, match="positive"):
        papi(points=1.0, costs={"papi.services": 0.0})
    with pytest.raises(ValueError, match="not both"):
        papi(points=1.0, to_rank=3)
    rows = [
        ("a", "papi.x", 1, 1.0),
        ("b", "papi.x", 1, 2.0),
        ("a", "papi", 1, 1.0),
        ("b", "papi", 1, 2.0),
    ]
    figures, years = published.table(*rows), published.complete(1)
    with pytest.raises(CostMissing):
        cheapest_path(figures, unit_id="a", edition=1, editions=years, points=0.5)
