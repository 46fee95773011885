"""Strengths, weaknesses and quadrants by the stated rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.profile import Quadrant, Reason, Verdict, quadrants, standing, strengths
from analytics.schema import EditionNotFound, UnitNotFound
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM, QUANG_NGAI


def kon_tum(**asked: object) -> pd.DataFrame:
    return strengths(
        published.figures("papi"),
        unit_id=KON_TUM,
        baseline=2022,
        edition=2023,
        editions=published.editions("papi"),
        **asked,  # type: ignore[arg-type]
    ).set_index("component_id")


def test_the_best_stands_at_100_the_last_at_0_and_level_units_share_the_middle() -> None:
    rank, level = np.array([1.0, 2.0, 2.0, 4.0, 5.0]), np.array([1.0, 2.0, 2.0, 1.0, 1.0])
    assert standing(rank, 5, level).tolist() == [100, 62.5, 62.5, 25, 0]


def test_quang_ngai_lost_points_and_places_in_seven_of_eight_dimensions_in_2023() -> None:
    rows = quadrants(
        published.figures("papi"), baseline=2022, edition=2023, editions=published.editions("papi")
    )
    rows = rows[rows["unit_id"] == QUANG_NGAI].set_index("component_id")
    assert rows.loc["papi", "quadrant"] == Quadrant.SCORE_DOWN_RANK_DOWN
    dimensions = rows[rows["level"] == 1]
    assert (dimensions["score_change"] < 0).sum() == 7
    assert dimensions.loc["papi.procedures", "score_change"] > 0
    for line, row in rows.iterrows():
        before = published.scores("papi", 2022, str(line))
        after = published.scores("papi", 2023, str(line))
        gain = by_hand.place_among(QUANG_NGAI, before, before) - by_hand.place_among(
            QUANG_NGAI, after, after
        )
        change = round(after[QUANG_NGAI] - before[QUANG_NGAI], 9)
        assert row["gain"] == gain
        if gain and change:
            ups = ("up" if change > 0 else "down", "up" if gain > 0 else "down")
            assert row["quadrant"] == f"score_{ups[0]}_rank_{ups[1]}"
        else:
            assert row["quadrant"] == Quadrant.LEVEL


def test_a_score_may_rise_while_the_place_falls() -> None:
    rows = quadrants(
        published.figures("papi"),
        baseline=2023,
        edition=2024,
        editions=published.editions("papi"),
        component_ids=["papi"],
    ).set_index("unit_id")
    assert rows.loc[KON_TUM, "quadrant"] == Quadrant.SCORE_UP_RANK_DOWN


def test_over_a_break_of_scores_there_is_no_quadrant_but_still_a_gain() -> None:
    rows = quadrants(
        published.figures("papi"),
        baseline=2017,
        edition=2018,
        editions=published.editions("papi"),
        component_ids=["papi"],
        breaks=published.breaks("papi"),
    ).set_index("unit_id")
    assert set(rows["quadrant"]) == {Quadrant.NO_GROUND}
    assert rows["score_change"].isna().all()
    assert rows.loc[KON_TUM, "gain"] == 8


def test_every_verdict_follows_the_rule_read_word_by_word() -> None:
    limits = {f"papi.{d}": 10.0 for d in ("corruption", "services", "participation", "procedures",
              "transparency", "accountability", "environment", "egovernance")}  # fmt: skip
    rows = kon_tum(max_scores=pd.DataFrame(limits.items(), columns=["component_id", "max_score"]))
    losses = sorted((10 - rows.loc[d, "score"] for d in limits), reverse=True)
    seen = set()
    for line, row in rows.iterrows():
        before = published.scores("papi", 2022, str(line))
        after = published.scores("papi", 2023, str(line))
        rank, n = by_hand.place_among(KON_TUM, after, after), len(after)
        gain = by_hand.place_among(KON_TUM, before, before) - rank
        change = after[KON_TUM] - before[KON_TUM]
        both = before.keys() & after.keys()
        mean = sum(after[u] - before[u] for u in both) / len(both)
        percentile = 100 * (n - rank) / (n - 1)
        lost = 10 - after[KON_TUM] if line in limits else 0.0
        strong = percentile >= 75 or (gain >= 5 and change > 0)
        weak = (
            percentile <= 25
            or gain <= -5
            or (change < 0 and mean > 0)
            or (lost >= 2 and lost in losses[:3])
        )
        expected = {
            (True, True): Verdict.BOTH,
            (True, False): Verdict.STRENGTH,
            (False, True): Verdict.WEAKNESS,
            (False, False): Verdict.NEITHER,
        }[strong, weak]
        seen.add(expected)
        assert row["verdict"] == expected, line
        assert row["mean_change"] == pytest.approx(mean)
    assert seen >= {Verdict.BOTH, Verdict.STRENGTH, Verdict.WEAKNESS}
    assert rows["is_large_loss"].sum() == 3


def test_the_first_line_has_most_points_to_win_up_to_the_best_quarter() -> None:
    rows = kon_tum()
    table = list(published.scores("papi", 2023, "papi.corruption").values())
    assert rows.index[0] == "papi.corruption"
    assert rows["recoverable"].iloc[0] == pytest.approx(
        np.quantile(table, 0.75) - published.scores("papi", 2023, "papi.corruption")[KON_TUM]
    )
    assert (rows["recoverable"].diff().dropna() <= 0).all()


def test_a_rise_within_noise_is_no_strength() -> None:
    rows = kon_tum()
    line = "papi.participation"
    assert rows.loc[line, "is_clear_rise"]
    tags = pd.DataFrame({"unit_id": [KON_TUM], "component_id": [line], "tag": ["within_noise"]})
    assert not kon_tum(change_tags=tags).loc[line, "is_clear_rise"]


def test_without_a_maximum_no_loss_is_made_up() -> None:
    rows = kon_tum()
    assert rows[["lost", "lost_share"]].isna().all(axis=None)
    assert not rows["is_large_loss"].any()


def test_published_component_ranks_alone_still_say_what_stands_low() -> None:
    """PAR INDEX of one province: places are printed, the others' scores are not held."""
    figures = pd.DataFrame(
        [
            ("par_index", KON_TUM, "par_index", 2023, 86.0, 40.0),
            ("par_index", KON_TUM, "par_index.steering", 2023, 9.0, 60.0),
            ("par_index", KON_TUM, "par_index.digital", 2023, 12.0, 5.0),
        ],
        columns=["index_id", "unit_id", "component_id", "edition", "score", "rank"],
    )
    years = pd.DataFrame({"edition": [2023], "coverage": ["partial"], "n_ranked": [63]})
    rows = strengths(
        figures, unit_id=KON_TUM, baseline=2022, edition=2023, editions=years
    ).set_index("component_id")
    assert rows.loc["par_index.steering", "verdict"] == Verdict.WEAKNESS
    assert rows.loc["par_index.digital", "verdict"] == Verdict.STRENGTH
    assert rows[["recoverable", "mean_change", "gain"]].isna().all(axis=None)


def test_a_line_without_a_place_gives_no_verdict() -> None:
    figures = published.table((KON_TUM, "papi", 2023, 40.0), (KON_TUM, "papi.a", 2023, 4.0))
    years = pd.DataFrame({"edition": [2023], "coverage": ["partial"], "n_ranked": [63]})
    rows = strengths(figures, unit_id=KON_TUM, baseline=2022, edition=2023, editions=years)
    assert rows["verdict"].tolist() == [Verdict.NO_GROUND]


def test_every_reason_has_its_column() -> None:
    assert {f"is_{reason.value}" for reason in Reason} <= set(kon_tum().columns)


def test_nobody_and_no_year_are_refused_by_name() -> None:
    figures, years = published.figures("papi"), published.editions("papi")
    with pytest.raises(UnitNotFound):
        strengths(figures, unit_id="vn63-none", baseline=2022, edition=2023, editions=years)
    with pytest.raises(EditionNotFound):
        quadrants(figures, baseline=2022, edition=1999, editions=years)
