"""Pictures of thousands of units name a dozen places, and those of provinces stay as they were."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from analytics.climb import Climb, drawn_rungs
from charts.theme import rank_axis


@pytest.mark.parametrize("n_ranked", [2, 11, 34, 61, 63])
def test_an_axis_of_provinces_names_every_tenth_place(n_ranked: int) -> None:
    axis = rank_axis(n_ranked)
    assert axis["tickvals"] == [1, *range(10, n_ranked - 4, 10), n_ranked]
    assert axis["range"] == [n_ranked + 1.5, -0.5]


@pytest.mark.parametrize("n_ranked", [100, 332, 705, 3288, 3321, 10_035])
def test_an_axis_of_many_units_names_a_dozen_places_at_most(n_ranked: int) -> None:
    ticks = rank_axis(n_ranked)["tickvals"]
    assert isinstance(ticks, list)
    assert 4 <= len(ticks) <= 12
    assert ticks == sorted(set(ticks))
    assert (ticks[0], ticks[-1]) == (1, n_ranked)


@pytest.mark.parametrize(("n_units", "rank", "aim"), [(63, 63, 1), (3321, 3000, 5), (3321, 7, 1)])
def test_a_ladder_of_any_length_draws_two_dozen_rungs_and_its_aim(
    n_units: int, rank: int, aim: int
) -> None:
    places = list(range(1, n_units + 1))
    sides = ["better" if at < rank else "now" if at == rank else "worse" for at in places]
    rungs = pd.DataFrame({"place": places, "side": sides})
    asked = cast("Climb", SimpleNamespace(rungs=rungs, rank=rank, aim_rank=aim))
    drawn = drawn_rungs(asked)
    assert len(drawn) <= 27
    assert {aim, rank} <= set(drawn["place"])
    assert list(drawn.loc[drawn["is_aim"], "place"]) == [aim]
