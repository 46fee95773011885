"""Places are as sure as the published standard errors let them be, and no surer."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import Ground, NoGround
from analytics.uncertainty import (
    ChangeTag,
    ErrorBasis,
    Likelihood,
    change_test,
    distribution,
    errors_used,
    likelihood,
    normal_cdf,
    rank_confidence_sets,
    rank_probabilities,
    rank_uncertainty,
    significant_rivals,
    simulated_ranks,
)
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM, QUANG_NGAI
from tests.examples import examples


def papi(edition: int, **asked: object) -> pd.DataFrame:
    return rank_uncertainty(
        published.figures("papi"),
        published.standard_errors(),
        edition=edition,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    )


def errors(edition: int) -> pd.DataFrame:
    return errors_used(published.figures("papi"), published.standard_errors(), edition=edition)


def test_kon_tum_56th_in_papi_2023_lay_between_51_and_58_and_hardly_reached_49() -> None:
    row = papi(2023, unit_id=KON_TUM, to_rank=49).iloc[0]
    assert (row["rank"], row["low"], row["high"]) == (56, 51, 58)
    assert row["probability"] == pytest.approx(0.010, abs=5e-4)
    assert row["basis"] == ErrorBasis.PUBLISHED


def test_the_median_interval_of_papi_2023_is_ten_places_wide_from_4_to_52() -> None:
    rows = papi(2023)
    width = (rows["high"] - rows["low"]).astype(int)
    assert len(rows) == 61
    assert (width.median(), width.min(), width.max()) == (10, 4, 52)


def test_the_exact_distribution_agrees_with_a_simulation_of_two_hundred_thousand_surveys() -> None:
    exact = papi(2023, to_rank=30).set_index("unit_id")
    drawn = simulated_ranks(errors(2023), draws=200_000, to_rank=30).set_index("unit_id")
    # Three standard errors of a simulated share are at most 0.0034.
    assert (exact["probability"] - drawn["probability"]).abs().max() < 0.0034
    assert (exact["expected_rank"] - drawn["expected_rank"]).abs().max() < 0.1
    assert (exact["low"] - drawn["low"]).abs().max() <= 1
    assert (exact["high"] - drawn["high"]).abs().max() <= 1


def test_the_exact_distribution_agrees_with_a_slow_simulation_for_one_province() -> None:
    table = errors(2023).reset_index(drop=True)
    unit = table.index[table["unit_id"] == KON_TUM][0]
    exact = rank_probabilities(
        published.figures("papi"),
        published.standard_errors(),
        unit_id=KON_TUM,
        edition=2023,
        editions=published.editions("papi"),
    )
    drawn = by_hand.simulated_places(
        int(unit), list(table["score"]), list(table["standard_error"]), draws=8000, seed=4
    )
    assert np.abs(exact["probability"] - drawn).max() < 3 * math.sqrt(0.25 / 8000)
    assert exact["at_most"].iloc[-1] == pytest.approx(1)


def test_the_expected_rank_is_one_plus_the_chances_of_being_beaten_one_by_one() -> None:
    table = errors(2023).set_index("unit_id")
    exact = papi(2023).set_index("unit_id")["expected_rank"]
    for unit in (KON_TUM, QUANG_NGAI, "vn63-ha-noi"):
        own = tuple(table.loc[unit, ["score", "standard_error"]])
        beaten = [
            1 - by_hand.places_of_two(own, tuple(table.loc[other, ["score", "standard_error"]]))
            for other in table.index
            if other != unit
        ]
        assert exact[unit] == pytest.approx(1 + sum(beaten), abs=1e-8)


def test_pairs_share_the_units_own_error_and_are_not_independent() -> None:
    """Three units alike: every place has a third, where independent pairs would say a quarter."""
    found = distribution(np.array([1.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.5]), 0)
    assert found == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=1e-9)
    assert by_hand.number_of_successes([0.5, 0.5]) == [0.25, 0.5, 0.25]


def test_a_unit_known_almost_exactly_leaves_a_poisson_binomial_count() -> None:
    scores = np.array([2.0, 1.5, 2.2, 2.0, 3.1])
    spread = np.array([1e-3, 0.4, 0.7, 0.3, 0.5])
    chances = [by_hand.places_of_two((scores[j], spread[j]), (2.0, 0.0)) for j in range(1, 5)]
    found = distribution(scores, spread, 0)
    assert found == pytest.approx(by_hand.number_of_successes(chances), abs=2e-3)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 2)), min_size=2, max_size=6),
    st.integers(0, 5),
)
def test_places_of_any_field_sum_to_one_and_two_units_follow_the_closed_form(
    drawn: list[tuple[float, float]], unit: int
) -> None:
    scores, spread = (np.array(c) for c in zip(*drawn, strict=True))
    unit %= len(drawn)
    found = distribution(scores, spread, unit)
    assert found.sum() == pytest.approx(1, abs=1e-9)
    assert (found >= -1e-12).all()
    two = distribution(scores[:2], spread[:2], 0)
    assert two[0] == pytest.approx(by_hand.places_of_two(drawn[0], drawn[1]), abs=1e-8)


def test_the_normal_distribution_function_is_right_to_twelve_decimals() -> None:
    z = np.linspace(-8.5, 8.5, 3001)
    exact = [0.5 * math.erfc(-x / math.sqrt(2)) for x in z]
    assert np.abs(normal_cdf(z) - exact).max() < 1e-12
    assert normal_cdf(np.array([-40.0, 40.0])).tolist() == pytest.approx([0, 1], abs=1e-15)


def test_a_published_error_of_zero_is_replaced_by_the_years_tenth_percentile() -> None:
    printed = published.standard_errors()
    printed = printed[printed["edition"].eq(2022)].set_index("unit_id")["standard_error"]
    used = errors(2022).set_index("unit_id")
    zero = used[used["basis"] == ErrorBasis.ZERO_REPLACED]
    assert len(zero) == 3
    assert (printed[zero.index] == 0).all()
    ordered = sorted(printed[printed > 0])
    at = 0.1 * (len(ordered) - 1)
    expected = ordered[int(at)] + (at - int(at)) * (ordered[int(at) + 1] - ordered[int(at)])
    assert zero["standard_error"].tolist() == pytest.approx([expected] * 3)


def test_a_year_without_errors_borrows_the_provinces_own_mean_and_says_so() -> None:
    used = errors(2024).set_index("unit_id")
    printed = published.standard_errors()
    own = printed[printed["unit_id"].eq(KON_TUM) & printed["standard_error"].gt(0)]
    assert set(used["basis"]) == {ErrorBasis.OWN_MEAN}
    assert len(own) == 3
    assert used.loc[KON_TUM, "standard_error"] == pytest.approx(
        sum(own["standard_error"]) / len(own)
    )


@pytest.mark.parametrize("index_id", ["pci", "par_index", "sipas"])
def test_where_no_error_is_published_none_is_invented(index_id: str) -> None:
    figures, years = published.figures(index_id), published.editions(index_id)
    for edition in sorted(figures["edition"].unique())[-4:]:
        rows = rank_uncertainty(
            figures, published.standard_errors(), edition=int(edition), editions=years, to_rank=10
        )
        assert set(rows["ground"]) <= {
            Ground.STANDARD_ERRORS_MISSING,
            Ground.SCORES_OF_OTHERS_MISSING,
        }
        columns = ["low", "high", "expected_rank", "probability", "standard_error"]
        assert rows[columns].isna().all(axis=None)
    tags = change_test(figures, published.standard_errors(), baseline=2020, edition=2021)
    assert set(tags["tag"]) == {ChangeTag.NO_GROUND}
    with pytest.raises(NoGround):
        rank_probabilities(
            published.figures("pci"),
            published.standard_errors(),
            unit_id=KON_TUM,
            edition=2022,
            editions=published.editions("pci"),
        )


def test_one_missing_error_leaves_no_probability_for_the_whole_table() -> None:
    printed = published.standard_errors()
    rows = rank_uncertainty(
        published.figures("papi"),
        printed[printed["unit_id"] != QUANG_NGAI],
        edition=2023,
        editions=published.editions("papi"),
    ).set_index("unit_id")
    assert rows.loc[QUANG_NGAI, "ground"] == Ground.ERROR_MISSING
    assert set(rows.drop(index=QUANG_NGAI)["ground"]) == {Ground.ERRORS_OF_OTHERS_MISSING}
    assert rows["low"].isna().all()


def test_quang_ngai_fell_clearly_in_2023_and_kon_tum_did_not_move() -> None:
    rows = change_test(
        published.figures("papi"), published.standard_errors(), baseline=2022, edition=2023
    ).set_index("unit_id")
    printed = published.standard_errors().set_index(["edition", "unit_id"])["standard_error"]
    for unit, tag in ((QUANG_NGAI, ChangeTag.CLEAR), (KON_TUM, ChangeTag.WITHIN_NOISE)):
        row = rows.loc[unit]
        z = row["score_change"] / math.hypot(printed[2022, unit], printed[2023, unit])
        assert row["z"] == pytest.approx(z)
        assert row["p_value"] == pytest.approx(2 * (1 - NormalDist().cdf(abs(z))), abs=1e-12)
        assert row["tag"] == tag
    assert rows["tag"].value_counts().to_dict() == {"within_noise": 38, "clear": 21}


def test_over_a_break_of_scores_no_change_is_judged() -> None:
    rows = change_test(
        published.figures("papi"),
        published.standard_errors(),
        baseline=2017,
        edition=2018,
        breaks=published.breaks("papi"),
    )
    assert set(rows["tag"]) == {ChangeTag.NO_GROUND}
    assert set(rows["ground"]) == {Ground.METHOD_CHANGED}


@pytest.mark.parametrize("simultaneous", [False, True])
def test_confidence_sets_hold_the_true_places_at_least_as_often_as_they_promise(
    simultaneous: bool,
) -> None:
    """Six units with known truth, two of them level; 200 imagined surveys, 90 per cent sets."""
    truth = np.array([0.0, 0.0, 1.0, 2.0, 2.5, 6.0])
    spread = np.array([0.5, 0.8, 0.6, 0.4, 0.7, 0.5])
    # A unit level with another may take either place.
    best = np.array([1 + sum(truth > t) for t in truth])
    worst = np.array([sum(truth >= t) for t in truth])
    rng = np.random.default_rng(7)
    held = np.zeros((200, truth.size), dtype=bool)
    widths = []
    for trial in range(200):
        drawn = truth + rng.standard_normal(truth.size) * spread
        above, below = significant_rivals(
            drawn, spread, simultaneous=simultaneous, draws=1000, seed=trial
        )
        low, high = 1 + above, truth.size - below
        held[trial] = (low <= best) & (high >= worst)
        widths.append(high - low)
    hits = held.all(axis=1) if simultaneous else held.min(axis=0)
    share = hits.mean() if simultaneous else held.mean(axis=0).min()
    assert share >= 0.90 - 3 * math.sqrt(0.09 / 200)
    # Not by never ruling anything out: the unit far ahead is known to be first.
    assert np.mean(widths) < 3


def test_simultaneous_sets_contain_the_marginal_ones_and_both_contain_the_place() -> None:
    sets = [
        rank_confidence_sets(
            published.figures("papi"),
            published.standard_errors(),
            edition=2023,
            editions=published.editions("papi"),
            simultaneous=simultaneous,
            draws=2000,
        ).set_index("unit_id")
        for simultaneous in (False, True)
    ]
    marginal, joint = sets
    assert (joint["best"] <= marginal["best"]).all()
    assert (joint["worst"] >= marginal["worst"]).all()
    for rows in sets:
        assert ((rows["best"] <= rows["rank"]) & (rows["rank"] <= rows["worst"])).all()
    assert marginal.loc[KON_TUM, "worst"] == 61
    assert 35 <= marginal.loc[KON_TUM, "best"] <= 42


def test_a_second_look_at_the_undecided_pairs_never_decides_less() -> None:
    """Without stepping down, the first critical value alone: a single pass by hand."""
    table = errors(2023)
    scores, spread = table["score"].to_numpy(), table["standard_error"].to_numpy()
    above, below = significant_rivals(scores, spread, simultaneous=False, draws=2000, seed=1)
    noise = np.random.default_rng(1).standard_normal((2000, scores.size)) * spread
    more = 0
    for i in range(0, scores.size, 6):
        pair = np.hypot(spread, spread[i])
        gap = (noise - noise[:, [i]]) / pair
        gap[:, i] = 0
        critical = np.quantile(np.abs(gap).max(axis=1), 0.90, method="higher")
        lead = (scores - scores[i]) / pair
        assert above[i] >= (lead > critical).sum()
        assert below[i] >= (lead < -critical).sum()
        more += above[i] + below[i] - (np.abs(lead) > critical).sum()
    assert more > 0


def test_thousands_of_units_are_simulated_in_blocks_with_one_answer_per_seed() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "unit_id": [f"c{i}" for i in range(3321)],
            "score": rng.normal(42, 2, 3321),
            "standard_error": 0.4,
        }
    )
    once, again = (simulated_ranks(table, draws=300, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)
    assert once["expected_rank"].sum() == pytest.approx(3321 * 3322 / 2)
    assert (once["low"] <= once["high"]).all()
    best = table["score"].idxmax()
    assert once.loc[best, "low"] == 1


def test_units_without_an_error_are_not_simulated() -> None:
    table = pd.DataFrame({"unit_id": ["a"], "score": [1.0], "standard_error": [np.nan]})
    with pytest.raises(ValueError, match="standard error"):
        simulated_ranks(table)


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (1.0, Likelihood.ALMOST_CERTAIN),
        (0.90, Likelihood.ALMOST_CERTAIN),
        (0.89, Likelihood.LIKELY),
        (0.66, Likelihood.LIKELY),
        (0.65, Likelihood.UNCLEAR),
        (0.33, Likelihood.UNCLEAR),
        (0.32, Likelihood.UNLIKELY),
        (0.0, Likelihood.UNLIKELY),
    ],
)
def test_a_probability_has_one_word(probability: float, word: Likelihood) -> None:
    assert likelihood(probability) is word


def test_words_grow_with_the_probability() -> None:
    order = list(reversed(Likelihood))
    found = [order.index(likelihood(p / 100)) for p in range(101)]
    assert all(low <= high for low, high in pairwise(found))
