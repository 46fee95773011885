"""One object says why a place changed, and says what is missing where it cannot."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from analytics.board import Knowledge, knowledge
from analytics.explanation import (
    Explanation,
    explanation,
    explanation_of,
    rank_chance,
)
from analytics.field import ComponentNotFound
from analytics.line_change import LineChange
from analytics.rank_split import MethodGround
from analytics.schema import EditionsReversed, UnitNotFound
from data import queries
from data.store import store
from tests.stores import ship

NOW = date(2026, 11, 1)
KON_TUM, QUANG_NGAI = "vn63-kon-tum", "vn63-quang-ngai"
EFFECTS = ("own", "peers", "method", "composition", "publisher")


@pytest.fixture(scope="module")
def known(store_folder: Path) -> Knowledge:
    ship(store())
    return knowledge(queries.tables())


def of(
    known: Knowledge,
    unit_id: str,
    index_id: str,
    baseline: int,
    edition: int,
    component_id: str | None = None,
    as_of: date = NOW,
) -> Explanation:
    return explanation(
        known,
        unit_id=unit_id,
        index_id=index_id,
        baseline=baseline,
        edition=edition,
        component_id=component_id,
        as_of=as_of,
    )


def effects(made: Explanation) -> tuple[float | None, ...]:
    return tuple(getattr(made, name) for name in EFFECTS)


def by_hand_passes(known: Knowledge, unit_id: str, first: int, last: int) -> tuple[set, set]:
    """Who fell behind and who came past, in plain loops over the published scores."""
    figures = known.tables.figures
    scores: dict[int, dict[str, float]] = {first: {}, last: {}}
    for _, row in figures.loc[figures["component_id"] == "papi"].iterrows():
        if row["edition"] in scores and row["score"] == row["score"]:
            scores[row["edition"]][row["unit_id"]] = round(row["score"], 9)
    behind, past = set(), set()
    for other in set(scores[first]) & set(scores[last]) - {unit_id}:
        was_ahead = scores[first][other] > scores[first][unit_id]
        is_ahead = scores[last][other] > scores[last][unit_id]
        if was_ahead and not is_ahead:
            behind.add(other)
        if is_ahead and not was_ahead:
            past.add(other)
    return behind, past


def test_quang_ngai_lost_26_places_in_papi_2023_all_by_its_own_score(known: Knowledge) -> None:
    made = of(known, QUANG_NGAI, "papi", 2022, 2023)
    assert made.ground == "given"
    assert (made.before.rank, made.before.n_ranked) == (23, 61)
    assert (made.after.rank, made.after.n_ranked) == (49, 61)
    assert made.gain == made.own == -26
    assert (made.peers, made.composition, made.publisher) == (0, 0, 0)
    assert made.change_tag == "clear"
    assert made.components.query("level == 1")["rank_effect"].sum() == pytest.approx(-26, abs=1e-9)


def test_kon_tum_lost_four_places_in_papi_2024_although_its_score_rose(known: Knowledge) -> None:
    made = of(known, KON_TUM, "papi", 2023, 2024)
    assert effects(made) == (2, -5, 0, -1, 0)
    assert made.gain == -4
    assert made.score_change == pytest.approx(0.346965, abs=5e-7)
    assert [r.unit_id for r in made.overtook] == ["vn63-kien-giang"]
    assert {r.unit_id for r in made.overtaken_by} == {
        "vn63-binh-phuoc", "vn63-dak-nong", "vn63-dong-nai", "vn63-tay-ninh",
    }  # fmt: skip
    assert {r.unit_id for r in made.entered} == {"vn63-binh-duong", "vn63-quang-ninh"}
    assert [r.unit_id for r in made.left] == ["vn63-vinh-phuc"]


def test_kon_tum_papi_2023_fell_two_places_and_its_parts_sum_to_them(known: Knowledge) -> None:
    made = of(known, KON_TUM, "papi", 2022, 2023)
    assert (made.before.rank, made.after.rank, made.gain) == (54, 56, -2)
    assert (made.own, made.peers, made.composition) == (-0.5, -1.5, 0)
    assert made.method is None
    assert made.method_ground == MethodGround.NOT_SEPARABLE.value
    assert made.change_tag == "within_noise"
    top = made.components.query("level == 1")
    assert top["code"].tolist() == [f"D{n}" for n in range(1, 9)]
    assert top["rank_effect"].sum() == pytest.approx(made.own, abs=1e-9)
    for part, effect in zip(top["component_id"], top["rank_effect"], strict=True):
        below = made.components.loc[made.components["parent_id"] == part]
        assert below["rank_effect"].sum() == pytest.approx(effect, abs=1e-9)
    assert made.chance_after is not None
    assert (made.chance_after.low, made.chance_after.high) == (51, 58)


def test_those_who_passed_kon_tum_are_those_a_plain_loop_finds(known: Knowledge) -> None:
    for first, last in pairwise(range(2018, 2025)):
        made = of(known, KON_TUM, "papi", first, last)
        behind, past = by_hand_passes(known, KON_TUM, first, last)
        assert {rival.unit_id for rival in made.overtook} == behind
        assert {rival.unit_id for rival in made.overtaken_by} == past
        common = len(behind) - len(past)
        assert common + len(made.left) - len(made.entered) == made.gain


def test_kon_tum_reached_place_49_in_2023_with_a_probability_of_one_per_cent(
    known: Knowledge,
) -> None:
    chance = rank_chance(
        known, unit_id=KON_TUM, index_id="papi", edition=2023, to_rank=49, as_of=NOW
    )
    assert (chance.rank, chance.low, chance.high) == (56, 51, 58)
    assert chance.probability == pytest.approx(0.010, abs=0.0005)
    assert (chance.basis, chance.ground) == ("published", "given")


@pytest.mark.parametrize(
    ("index_id", "n_before", "n_after"), [("par_index", 15, 23), ("sipas", 5, 14)]
)
def test_from_places_alone_follows_a_gain_and_no_part_of_it(
    known: Knowledge, index_id: str, n_before: int, n_after: int
) -> None:
    made = of(known, KON_TUM, index_id, 2022, 2023)
    assert made.ground in {"scores_of_others_missing", "not_scored_baseline"}
    assert not made.is_split
    assert made.gain is not None
    assert effects(made) == (None,) * 5
    assert [(h.n_held, h.n_expected) for h in made.held] == [(n_before, 63), (n_after, 63)]
    assert made.components.empty
    assert not made.overtook
    assert not made.overtaken_by
    assert made.chance_after is None
    assert made.risen.empty, "among a fragment nobody can be said to have risen most"


def test_par_index_components_keep_their_quadrants_where_places_and_points_are_held(
    known: Knowledge,
) -> None:
    profile = of(known, KON_TUM, "par_index", 2022, 2023).profile.set_index("component_id")
    assert profile.loc["par_index.institutions", "quadrant"] == "score_up_rank_up"
    assert profile.loc["par_index.steering", "quadrant"] == "no_ground"


def test_pci_components_after_2019_have_no_shares_because_the_parts_are_missing(
    known: Knowledge,
) -> None:
    made = of(known, KON_TUM, "pci", 2019, 2020)
    assert (made.ground, made.own, made.peers) == ("given", -15.5, 15.5)
    assert made.components_ground == "parts_missing"
    assert made.components["rank_effect"].isna().all()
    assert of(known, KON_TUM, "pci", 2021, 2022).components_ground == "weights_unknown"


def test_outside_the_published_top_a_fall_has_bounds(known: Knowledge) -> None:
    made = of(known, KON_TUM, "pci", 2022, 2023)
    assert made.after.state == "outside_top"
    assert (made.after.low, made.after.high) == (31, 63)
    assert made.gain is None
    assert made.before.rank is not None
    assert (made.gain_low, made.gain_high) == (made.before.rank - 63, made.before.rank - 31)


def test_a_withheld_province_has_no_gain_and_says_so(known: Knowledge) -> None:
    made = of(known, "vn63-binh-duong", "papi", 2022, 2023)
    assert (made.ground, made.after.state, made.gain) == ("not_scored", "withheld", None)
    assert made.gain_low is None, "a withheld score has no place, so no bounds either"


def test_the_new_province_of_the_same_name_is_another_unit(known: Knowledge) -> None:
    made = of(known, "vn34-quang-ngai", "papi", 2022, 2023)
    assert (made.ground, made.open_editions) == ("units_differ", (2022, 2023))
    assert made.gain is None


@pytest.mark.parametrize(
    ("edition", "as_of", "ground"),
    [
        (2023, date(2024, 4, 1), "not_published"),
        (2023, date(2024, 4, 2), "given"),
        (2025, NOW, "edition_unknown"),
    ],
)
def test_an_edition_counts_from_the_day_it_was_published(
    known: Knowledge, edition: int, as_of: date, ground: str
) -> None:
    made = of(known, KON_TUM, "papi", 2022, edition, as_of=as_of)
    assert made.ground == ground
    assert made.open_editions == (() if ground == "given" else (edition,))


def test_an_own_mean_of_errors_knows_no_later_survey(known: Knowledge) -> None:
    before_2023 = rank_chance(
        known, unit_id=KON_TUM, index_id="papi", edition=2021, as_of=date(2023, 1, 1)
    )
    today = rank_chance(known, unit_id=KON_TUM, index_id="papi", edition=2021, as_of=NOW)
    assert before_2023.basis == today.basis == "own_mean"
    assert before_2023.expected_rank != today.expected_rank


def test_a_dimension_is_explained_by_its_sub_dimensions(known: Knowledge) -> None:
    made = of(known, KON_TUM, "papi", 2022, 2023, "papi.participation")
    assert made.gain == 9
    assert made.components["code"].tolist() == ["D1.1", "D1.2", "D1.3", "D1.4"]
    assert made.components["rank_effect"].sum() == pytest.approx(made.own, abs=1e-9)
    last = of(known, KON_TUM, "papi", 2022, 2023, "papi.participation.contributions")
    assert (last.ground, last.components_ground) == ("given", "no_parts")


def test_a_component_of_another_era_is_not_measured(known: Knowledge) -> None:
    made = of(known, KON_TUM, "papi", 2017, 2018, "papi.environment")
    assert (made.ground, made.open_editions) == ("not_measured", (2017,))


def test_peers_are_of_the_region_of_the_start_and_risers_that_held(known: Knowledge) -> None:
    made = of(known, KON_TUM, "papi", 2022, 2023)
    assert made.region["unit_id"].tolist() == [
        "vn63-dak-lak", "vn63-lam-dong", "vn63-gia-lai", KON_TUM, "vn63-dak-nong",
    ]  # fmt: skip
    assert made.start["rank_baseline"].between(51, 57).all()
    assert made.start["gain"].is_monotonic_decreasing
    assert made.risen_first == 2018, "the total of six dimensions is another total"
    assert (made.risen["baseline"] >= 2018).all()
    assert (made.risen["rank_baseline"] - made.risen["worst_rank_held"] > 0).all()
    assert KON_TUM not in set(made.risen["unit_id"])


def test_ha_noi_took_in_ha_tay_between_two_editions(known: Knowledge) -> None:
    assert of(known, "vn63-ha-noi", "pci", 2007, 2009).boundary_changes == (date(2008, 8, 1),)
    assert of(known, "vn63-ha-noi", "pci", 2009, 2010).boundary_changes == ()


def test_what_does_not_exist_is_an_error_and_not_an_answer(known: Knowledge) -> None:
    with pytest.raises(UnitNotFound):
        of(known, "vn63-nowhere", "papi", 2022, 2023)
    with pytest.raises(ComponentNotFound):
        of(known, KON_TUM, "papi", 2022, 2023, "papi.nothing")
    with pytest.raises(EditionsReversed):
        of(known, KON_TUM, "papi", 2023, 2022)


def test_units_that_share_the_tables_of_a_line_read_what_each_reads_alone(known: Knowledge) -> None:
    shared = LineChange.of(known, index_id="papi", baseline=2022, edition=2023, as_of=NOW)
    # Ca Mau again after the others: nobody's answer changes the tables for the next.
    for unit_id in ("vn63-ca-mau", KON_TUM, "vn63-ha-noi", "vn63-bac-ninh", "vn63-ca-mau"):
        made, alone = explanation_of(shared, unit_id, NOW), of(known, unit_id, "papi", 2022, 2023)
        for part in fields(Explanation):
            ours, theirs = getattr(made, part.name), getattr(alone, part.name)
            if isinstance(ours, pd.DataFrame):
                pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
            else:
                assert ours == theirs, part.name


def test_asking_changes_no_table(known: Knowledge) -> None:
    before = {n: getattr(known.tables, n).copy() for n in ("figures", "editions", "components")}
    of(known, KON_TUM, "papi", 2022, 2023)
    for name, frame in before.items():
        assert frame.equals(getattr(known.tables, name))


@pytest.mark.slow
def test_every_province_and_pair_of_papi_and_pci_is_explained_without_remainder(
    known: Knowledge,
) -> None:
    n = 0
    for index_id, years in (("papi", range(2011, 2025)), ("pci", range(2006, 2023))):
        units = sorted(
            known.standings.loc[known.standings["index_id"] == index_id, "unit_id"].unique()
        )
        for baseline, edition in pairwise(years):
            for unit_id in units[:: 1 if edition == 2023 else 9]:
                made = of(known, unit_id, index_id, baseline, edition)
                if made.is_split:
                    parts = [value for value in effects(made) if value is not None]
                    assert sum(parts) == pytest.approx(made.gain, abs=1e-9)
                    n += 1
    assert n > 200
