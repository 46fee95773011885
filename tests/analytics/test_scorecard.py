"""The scorecard says what the parts it is made of say, and every figure of it has a source."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.agency_work import agency_pairs
from analytics.board import Knowledge, component_gaps, index_tiles
from analytics.schema import UnitNotFound
from analytics.scorecard import IndexNotFound, Scorecard, figure_key, scorecard

AS_OF = date(2026, 11, 21)
KON_TUM = "vn63-kon-tum"
SAME_COLUMNS = (
    ("rank", "actual_rank"), ("score", "actual_score"), ("required_rank", "required_rank"),
    ("status", "status"), ("baseline_rank", "baseline_rank"),
)  # fmt: skip
_MADE: dict[Any, Scorecard] = {}


def made(known: Knowledge, unit_id: str = KON_TUM, edition: int = 2023, **more: Any) -> Scorecard:
    key = (id(known), unit_id, edition, str(more))
    if key not in _MADE:
        _MADE[key] = scorecard(
            known, unit_id=unit_id, edition=edition, baseline=edition - 1, as_of=AS_OF, **more
        )
    return _MADE[key]


def test_kon_tum_rose_twelve_places_on_par_index_2023(known: Knowledge) -> None:
    total = made(known).total("par_index")
    assert (total["rank"], total["n_ranked"], total["baseline_rank"]) == (43, 63, 55)
    assert total["gain"] == 12
    assert total["score"] == pytest.approx(86.14)
    assert total["score_change"] == pytest.approx(4.79)
    assert total["region_rank"] == 2
    assert total["region_n"] == 5


def test_the_card_agrees_with_the_tiles_and_gaps_of_the_screen(known: Knowledge) -> None:
    card = made(known)
    asked: dict[str, Any] = {"unit_id": KON_TUM, "edition": 2023, "baseline": 2022, "as_of": AS_OF}
    for tile in index_tiles(known, **asked):
        total = card.total(tile.index_id)
        for name in ("rank", "n_ranked", "score", "baseline_rank", "gain", "status", "state"):
            assert total[name] == getattr(tile, name), (tile.index_id, name)
        gaps = component_gaps(known, index_id=tile.index_id, **asked).set_index("component_id")
        for _, row in card.components_of(tile.index_id).iterrows():
            there = gaps.loc[row["component_id"]]
            for mine, theirs in SAME_COLUMNS:
                assert (str(row[mine]), mine) == (str(there[theirs]), mine)


def test_every_figure_stands_in_the_store_as_it_does_in_the_card(known: Knowledge) -> None:
    card = made(known)
    standing = known.standings.set_index(["component_id", "edition", "unit_id"])
    held = card.figures.loc[card.figures["measure"].isin(["score", "rank"])]
    assert len(held) > 150
    for _, figure in held.iterrows():
        row = standing.loc[(figure["component_id"], figure["edition"], figure["subject"])]
        assert float(row[figure["measure"]]) == figure["value"], figure["figure_id"]


def test_every_figure_has_a_mark_and_every_mark_a_source(known: Knowledge) -> None:
    card = made(known)
    marks = {mark for found in card.figures["marks"] for mark in found}
    assert (card.figures["marks"].map(len) > 0).all()
    assert marks == set(card.traces["mark"])
    figures = card.traces.loc[card.traces["kind"] == "figure"]
    assert (figures["source_id"] != "").all()
    assert (figures["batch_id"] == "reference").all()


def test_a_mark_stands_for_one_index_edition_source_and_load(known: Knowledge) -> None:
    traces = made(known).traces
    assert not traces.duplicated(["kind", "index_id", "edition", "source_id", "batch_id"]).any()
    tables = known.tables.figures.set_index(["component_id", "edition", "unit_id"])
    card = made(known)
    own = card.figures.loc[
        (card.figures["subject"] == KON_TUM) & card.figures["measure"].eq("rank")
    ]
    for _, figure in own.iterrows():
        row = tables.loc[(figure["component_id"], figure["edition"], KON_TUM)]
        assert figure["source_id"] == row["source_id"]


def test_a_gain_carries_the_marks_of_both_years(known: Knowledge) -> None:
    card = made(known)
    key = card.figure("par_index", 2023, "gain")
    years = set(card.traces.loc[card.traces["mark"].isin(card.marks(key)), "edition"])
    assert years == {2022, 2023}


def test_a_required_place_carries_the_mark_of_the_decision(known: Knowledge) -> None:
    card = made(known)
    target = card.targets.loc[card.targets["required_rank"].notna()].iloc[0]
    key = card.figure(target["component_id"], 2023, "required_rank", target["target_id"])
    kinds = set(card.traces.loc[card.traces["mark"].isin(card.marks(key)), "kind"])
    assert kinds == {"document", "figure"}


def test_national_means_are_those_of_a_slow_second_reckoning(known: Knowledge) -> None:
    card = made(known)
    for _, row in card.components_of("papi").iterrows():
        scores = [
            float(score) for component, edition, score in known.standings[
                ["component_id", "edition", "score"]
            ].itertuples(index=False)
            if component == row["component_id"] and edition == 2023 and score == score
        ]  # fmt: skip
        assert len(scores) in (61, 62, 63)
        assert row["mean"] == pytest.approx(sum(scores) / len(scores))
        assert row["best"] == max(scores)
    assert card.total("papi")["median"] == pytest.approx(
        float(np.median(known.standings.query("component_id == 'papi' and edition == 2023")
                        ["score"].dropna()))
    )  # fmt: skip


def test_a_mean_of_some_provinces_is_no_national_mean(known: Knowledge) -> None:
    total = made(known).total("pci")
    assert total["n_held"] == 5
    assert total["mean"] is None
    assert total["mean_of_held"] > 60


def test_own_and_peers_sum_to_the_gain_of_every_papi_component(known: Knowledge) -> None:
    rows = made(known).components_of("papi")
    split = rows.loc[rows["own"].notna()]
    assert len(split) == 8
    parts = split[["own", "peers", "composition"]].astype(float).sum(axis=1)
    parts += split["method"].astype(float).fillna(0)
    assert parts.tolist() == pytest.approx(split["gain"].astype(float).tolist())


def test_points_lost_are_maximum_less_score_and_count_in_full_for_each_lead(
    known: Knowledge,
) -> None:
    card = made(known)
    lost = card.table("T4", "par_index").set_index("component_id")
    assert lost.loc["par_index.institutions", "lost"] == pytest.approx(10 - 9.42)
    for _, row in card.components.loc[card.components["lost"].notna()].iterrows():
        mine = card.lost.loc[card.lost["component_id"] == row["component_id"]]
        leads = agency_pairs(row["agency_id"], row["agency"]) or [("", "")]
        assert mine["lost"].tolist() == [row["lost"]] * len(leads)


def test_one_agency_alone_sees_only_what_it_leads_or_helps_with(known: Knowledge) -> None:
    card = made(known, agencies=["ktm-so-noi-vu"])
    assert set(card.tasks["agency_id"]) <= {"ktm-so-noi-vu"}
    assert set(card.lost["agency_id"]) == {"ktm-so-noi-vu"}
    assert len(card.targets) > 0
    for _, row in card.targets.iterrows():
        assert "ktm-so-noi-vu" in f"{row['agency_ids']};{row['co_agency_ids']}".split(";")


def test_a_withheld_province_has_no_place_and_a_caveat(known: Knowledge) -> None:
    card = made(known, "vn63-quang-ninh", indices=["papi"])
    total = card.total("papi")
    assert (total["state"], total["rank"], total["score"], total["gain"]) == (
        "withheld", None, None, None,
    )  # fmt: skip
    assert "withheld" in set(card.caveats["code"])
    assert card.components["score"].isna().all()
    key = card.figure("papi", 2023, "score")
    assert card.marks(key) == ()


def test_the_region_of_kon_tum_has_five_provinces_in_order(known: Knowledge) -> None:
    rows = made(known).table("T5", "papi")
    assert rows["unit_id"].tolist() == [
        "vn63-dak-lak", "vn63-lam-dong", "vn63-gia-lai", "vn63-kon-tum", "vn63-dak-nong",
    ]  # fmt: skip
    assert rows["place"].tolist() == [1, 2, 3, 4, 5]


def test_five_years_keep_a_row_for_a_year_without_a_figure(known: Knowledge) -> None:
    rows = made(known).table("T1", "par_index")
    assert rows["edition"].tolist() == [2019, 2020, 2021, 2022, 2023]
    assert rows["rank"].isna().tolist() == [True, True, True, False, False]
    assert rows["gain"].isna().tolist() == [True, True, True, True, False]


def test_nothing_published_later_is_known_on_the_day_asked_about(known: Knowledge) -> None:
    card = scorecard(
        known, unit_id=KON_TUM, edition=2023, baseline=2022, as_of=date(2024, 1, 1),
        indices=["papi"],
    )  # fmt: skip
    assert card.total("papi")["state"] == "not_published"
    of_2023 = card.figures.loc[card.figures["edition"] == 2023, "measure"]
    # What a decision asks for is known before; what was reached is not.
    assert set(of_2023) <= {"required_rank", "required_score", "amount"}


def test_a_province_of_the_34_has_a_card_before_its_first_year_is_out(known: Knowledge) -> None:
    card = made(known, "vn34-quang-ngai", 2025)
    assert card.components.empty
    assert card.figures.empty
    assert set(card.totals["rank"].isna()) == {True}


def test_the_same_question_gives_the_same_figures_in_any_order_of_indices(
    known: Knowledge,
) -> None:
    one = made(known, indices=["papi", "par_index"]).figures.set_index("figure_id")["value"]
    other = made(known, indices=["par_index", "papi"]).figures.set_index("figure_id")["value"]
    pd.testing.assert_series_equal(one.sort_index(), other.sort_index())


def test_an_unknown_unit_or_index_is_named(known: Knowledge) -> None:
    with pytest.raises(UnitNotFound):
        made(known, "vn63-atlantis")
    with pytest.raises(IndexNotFound) as fault:
        made(known, indices=["papx"])
    assert fault.value.index_id == "papx"
    assert figure_key("papi", 2023, "national", "mean") == "papi:2023:national:mean"
