"""How long the methods take, in processor time of one core: budgets with room, not records."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics.component_split import component_split_history
from analytics.field import Ground
from analytics.rank_split import rank_split_history
from analytics.scenario import Peers, what_if
from analytics.uncertainty import DRAWS, errors_used, simulated_ranks
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM

pytestmark = pytest.mark.slow


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of three runs."""
    runs = []
    for _ in range(3):
        start = time.process_time()
        work()
        runs.append(time.process_time() - start)
    return min(runs)


def test_all_provinces_and_all_year_pairs_of_papi_and_pci_are_explained_in_seconds() -> None:
    """Measured about 1 s on two idle cores: ranks 0.2 s, components of PAPI 0.2 s, of PCI 0.5 s."""

    def everything() -> None:
        for index_id in ("papi", "pci"):
            asked = {
                "editions": published.editions(index_id),
                "weights": published.weights(index_id),
                "breaks": published.breaks(index_id),
            }
            figures = published.figures(index_id)
            split = rank_split_history(figures, **asked)
            shares = component_split_history(figures, **asked)
            given = split[split["ground"] == Ground.GIVEN]
            summed = (
                shares[shares["ground"] == Ground.GIVEN]
                .groupby(["baseline", "edition", "unit_id"])["rank_effect"]
                .sum()
                .rename("summed")
                .reset_index()
                .merge(given, on=["baseline", "edition", "unit_id"], validate="1:1")
            )
            assert (summed["summed"] - summed["own"]).abs().max() < 1e-9

    assert seconds(everything) < 5


def test_one_what_if_with_all_eight_dimensions_takes_less_than_50_milliseconds() -> None:
    figures, years = published.figures("papi"), published.editions("papi")
    dimensions = figures["component_id"][figures["component_id"].str.fullmatch(r"papi\.[a-z]+")]
    changes = dict.fromkeys(dimensions.unique(), 0.1)

    def ask() -> None:
        what_if(
            figures,
            unit_id=KON_TUM,
            edition=2024,
            editions=years,
            changes=changes,
            peers=Peers.MOVING,
        )

    assert seconds(ask) < 0.050


def test_ten_thousand_draws_of_3321_units_cost_little_more_than_their_number() -> None:
    """3,321 units are 52.7 times 63; sorting adds a factor of log(3321)/log(63) = 2."""
    few = errors_used(published.figures("papi"), published.standard_errors(), edition=2023)
    rng = np.random.default_rng(0)
    many = pd.DataFrame(
        {
            "unit_id": [f"c{i}" for i in range(3321)],
            "score": rng.normal(few["score"].mean(), few["score"].std(), 3321),
            "standard_error": few["standard_error"].median(),
        }
    )
    short = seconds(lambda: simulated_ranks(few, draws=DRAWS))
    long = seconds(lambda: simulated_ranks(many, draws=DRAWS))
    assert short < 0.2
    assert long < 10
    assert long / short < 4 * 3321 / 63
