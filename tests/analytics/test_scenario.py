"""A what-if moves the lines above, the place and the group, and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import ComponentNotFound, Ground, NoGround, field
from analytics.ladder import points_needed, projected_scores
from analytics.scenario import (
    ChangeClash,
    Peers,
    Preset,
    Scenario,
    ScoreOutOfScale,
    preset_scores,
    what_if,
)
from analytics.schema import UnitNotFound
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM
from tests.examples import examples


def papi(edition: int = 2022, unit_id: str = KON_TUM, **asked: object) -> Scenario:
    return what_if(
        published.figures("papi"),
        unit_id=unit_id,
        edition=edition,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    )


def test_five_places_in_each_dimension_would_have_lifted_kon_tum_to_46th() -> None:
    rows = points_needed(
        published.figures("papi"),
        edition=2022,
        editions=published.editions("papi"),
        places=5,
        unit_id=KON_TUM,
    )
    rows = rows[rows["component_id"].str.fullmatch(r"papi\.[a-z]+")]
    found = papi(changes=dict(zip(rows["component_id"], rows["needed"], strict=True)))
    assert (found.rank_before, found.rank, found.gain, found.n_ranked) == (54, 46, 8, 61)
    assert found.score - found.score_before == pytest.approx(0.963, abs=5e-4)
    dimensions = found.components[found.components["component_id"] != "papi"]
    assert (dimensions["gain"] == 5).all()


def test_no_change_is_the_published_table() -> None:
    found = papi()
    assert (found.score, found.rank, found.gain) == (found.score_before, 54, 0)
    assert found.components["component_id"].tolist() == ["papi"]


def test_a_subdimension_moves_its_dimension_and_the_total_by_as_much() -> None:
    found = papi(changes={"papi.participation.opportunities": 0.2})
    rows = found.components.set_index("component_id")
    assert list(rows.index) == ["papi", "papi.participation", "papi.participation.opportunities"]
    assert rows["change"].tolist() == pytest.approx([0.2, 0.2, 0.2])
    for line in rows.index:
        table = published.scores("papi", 2022, line)
        raised = table | {KON_TUM: table[KON_TUM] + 0.2}
        assert rows.loc[line, "rank"] == by_hand.place_among(KON_TUM, raised, raised)
        assert rows.loc[line, "rank_before"] == by_hand.place_among(KON_TUM, table, table)


def test_a_pci_subindex_moves_the_total_by_its_weight() -> None:
    found = what_if(
        published.figures("pci"),
        unit_id=KON_TUM,
        edition=2019,
        editions=published.editions("pci"),
        scores={"pci.transparency": 7.0},
        changes={"pci.land_access": 0.4},
        weights=published.weights("pci"),
    )
    own = published.scores("pci", 2019, "pci.transparency")[KON_TUM]
    assert found.score - found.score_before == pytest.approx(2.0 * (7.0 - own) + 0.5 * 0.4)
    table = published.scores("pci", 2019)
    raised = table | {KON_TUM: found.score}
    assert found.rank == by_hand.place_among(KON_TUM, raised, raised)


@settings(max_examples=examples(25), deadline=None)
@given(
    st.sampled_from(sorted(published.scores("papi", 2024))),
    st.floats(-2, 2).map(lambda x: round(x, 3)),
)
def test_any_province_and_shift_is_placed_as_a_plain_count_places_it(
    unit_id: str, shift: float
) -> None:
    found = papi(2024, unit_id, changes={"papi.corruption": shift})
    table = published.scores("papi", 2024)
    raised = table | {unit_id: table[unit_id] + shift}
    assert found.rank == by_hand.place_among(unit_id, raised, raised)
    assert found.gain == found.rank_before - found.rank


def test_moving_rivals_are_those_of_the_moving_ladder() -> None:
    found = papi(2024, changes={"papi.corruption": 1.0}, peers=Peers.MOVING)
    line = field(published.figures("papi"), editions=published.editions("papi"))
    moved = projected_scores(line, 2024)
    assert moved is not None
    rivals = [s for u, s in zip(line.units, moved, strict=True) if u != KON_TUM and np.isfinite(s)]
    assert found.rank == by_hand.place(found.score, rivals)
    assert found.rank > papi(2024, changes={"papi.corruption": 1.0}).rank
    assert found.rank_before == 60


def test_rivals_cannot_be_moved_over_a_new_method() -> None:
    with pytest.raises(NoGround) as refused:
        papi(2018, changes={"papi.corruption": 1.0}, peers=Peers.MOVING)
    assert refused.value.ground is Ground.METHOD_CHANGED


def test_the_group_follows_the_score() -> None:
    bounds = pd.DataFrame(
        {
            "group_id": ["high", "upper", "lower", "low"],
            "sort": [1, 2, 3, 4],
            "lower_bound": [43.4, 42.1, 40.7, np.nan],
        }
    )
    found = papi(changes={"papi.corruption": 0.75}, thresholds=bounds)
    assert (found.group_before, found.group) == ("low", "lower")
    assert papi().group is None


@pytest.mark.parametrize("preset", list(Preset))
def test_a_preset_lifts_to_its_mark_and_never_takes_away(preset: Preset) -> None:
    rows = preset_scores(
        published.figures("papi"),
        unit_id=KON_TUM,
        edition=2022,
        preset=preset,
        units=published.units(),
    ).set_index("component_id")
    region = published.units().set_index("unit_id")["region_id"]
    assert len(rows) == 8
    for line, row in rows.iterrows():
        table = published.scores("papi", 2022, str(line))
        if preset is Preset.MEDIAN:
            mark = float(np.median(list(table.values())))
        elif preset is Preset.REGIONAL_BEST:
            mark = max(s for u, s in table.items() if region[u] == region[KON_TUM])
        else:
            mark = max(
                published.scores("papi", y, str(line)).get(KON_TUM, 0) for y in range(2018, 2023)
            )
        assert row["score"] == pytest.approx(max(table[KON_TUM], mark))
        assert row["change"] >= 0
    found = papi(scores=rows["score"].to_dict())
    assert found.score - found.score_before == pytest.approx(rows["change"].sum())


def test_own_best_looks_back_only_as_far_as_the_dimension_was_made_the_same_way() -> None:
    """Procedures lost a sub-dimension in 2021: the scores before it are another scale."""
    asked = {
        "figures": published.figures("papi"),
        "unit_id": KON_TUM,
        "edition": 2022,
        "preset": Preset.OWN_BEST,
    }
    breaks = published.breaks("papi")
    parted = breaks[
        breaks["component_id"].eq("papi.procedures") & breaks["score_comparable"].eq("no")
    ]
    assert 2021 in set(parted["edition"])
    rows = preset_scores(**asked, breaks=breaks).set_index("component_id")  # type: ignore[arg-type]
    mark = max(published.scores("papi", y, "papi.procedures")[KON_TUM] for y in (2021, 2022))
    assert rows.loc["papi.procedures", "score"] == pytest.approx(mark)


def test_a_score_outside_the_scale_stops_the_question() -> None:
    limits = pd.DataFrame(
        {"component_id": ["papi.corruption"], "min_score": [1.0], "max_score": [10.0]}
    )
    with pytest.raises(ScoreOutOfScale) as refused:
        papi(scores={"papi.corruption": 10.5}, limits=limits)
    assert (refused.value.lowest, refused.value.highest) == (1.0, 10.0)
    assert papi(scores={"papi.corruption": 10.0}, limits=limits).rank < 54
    unknown = limits.assign(max_score=np.nan)
    assert papi(scores={"papi.corruption": 10.5}, limits=unknown).score > 40


def test_questions_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ChangeClash):
        papi(changes={"papi.participation": 0.1, "papi.participation.opportunities": 0.1})
    with pytest.raises(ChangeClash):
        papi(changes={"papi.participation": 0.1}, scores={"papi.participation": 5.0})
    with pytest.raises(ComponentNotFound):
        papi(changes={"papi.nothing": 0.1})
    with pytest.raises(ComponentNotFound):
        papi(changes={"pci.transparency": 0.1})
    with pytest.raises(UnitNotFound):
        papi(unit_id="vn63-none")


def test_no_what_if_without_the_rivals_the_parts_or_the_weights() -> None:
    def refused(index_id: str, edition: int, change: str) -> Ground:
        with pytest.raises(NoGround) as found:
            what_if(
                published.figures(index_id),
                unit_id=KON_TUM,
                edition=edition,
                editions=published.editions(index_id),
                changes={change: 0.1},
                weights=published.weights(index_id),
            )
        return found.value.ground

    assert refused("par_index", 2023, "par_index") is Ground.SCORES_OF_OTHERS_MISSING
    assert refused("pci", 2011, "pci.transparency") is Ground.PARTS_DO_NOT_SUM
    assert refused("pci", 2020, "pci.transparency") is Ground.PARTS_MISSING
    assert refused("papi", 2021, "papi.procedures.construction") is Ground.PARTS_MISSING
