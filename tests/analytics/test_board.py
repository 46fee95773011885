"""The acceptance story: how Kon Tum stood in 2023, and what the board says of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.board import (
    Knowledge,
    board,
    component_gaps,
    held_back,
    index_tiles,
    leading,
    published,
    with_names,
)
from tests.builders import UNIT

TODAY = date(2026, 11, 21)
WHEN_SET = date(2023, 3, 2)


def story(known: Knowledge, as_of: date = TODAY, edition: int = 2023) -> pd.DataFrame:
    return board(known, unit_id=UNIT, edition=edition, as_of=as_of)


def row(rows: pd.DataFrame, target_id: str) -> pd.Series:
    return rows.loc[rows["target_id"] == target_id].iloc[0]


def said(found: pd.Series, *columns: str) -> tuple[Any, ...]:
    return tuple(None if pd.isna(found[column]) else found[column] for column in columns)


# target: component, base, required, actual, gain, status, reason, footnote asks, footnote verdict
STORY = [
    ("002-14", "par_index", 55, 50, 43, 12, "met", "", None, ""),
    ("002-43", "par_index.institutions", 43, 38, 22, 21, "met", "", 55, "met"),
    ("002-30", "par_index.procedures", 49, 49, 34, 15, "met", "", 22, "missed"),
    ("002-35", "par_index.apparatus", 36, 31, 22, 14, "met", "", 58, "met"),
    ("002-36", "par_index.civil_service", None, None, 45, None, "not_assessable",
     "baseline_not_held", 49, "met"),
    ("002-37", "par_index.public_finance", None, None, 51, None, "not_assessable",
     "baseline_not_held", 20, "missed"),
    ("002-44", "par_index.digital", None, None, 32, None, "not_assessable",
     "baseline_not_held", 56, "met"),
    ("002-38", "par_index.impact", None, None, None, None, "not_assessable",
     "baseline_not_held", 37, ""),
    ("002-13", "papi", 54, 49, 56, -2, "missed", "", None, ""),
    ("001-16a", "pci", 37, 32, None, None, "not_assessable", "actual_outside_top", None, ""),
    ("001-17", "sipas", 42, 41, 35, 7, "met", "", None, ""),
    ("002-42.2", "b1", None, None, None, None, "not_assessable", "index_unknown", None, ""),
]  # fmt: skip
STORY_COLUMNS = ("component_id", "baseline_rank", "required_rank", "actual_rank", "gain", "status",
                 "reason", "footnote_required", "footnote_status")  # fmt: skip


@pytest.mark.parametrize("line", STORY, ids=[line[1] for line in STORY])
def test_kon_tum_2023_stands_against_its_targets_as_published(
    known: Knowledge, line: tuple[Any, ...]
) -> None:
    assert said(row(story(known), line[0]), *STORY_COLUMNS) == line[1:]


def test_the_requirement_for_the_apparatus_tightened_from_58_to_31(known: Knowledge) -> None:
    columns = ("baseline_used", "is_provisional", "baseline_rank", "required_rank", "status")
    then, now = (row(story(known, day), "002-35") for day in (WHEN_SET, TODAY))
    assert said(then, *columns) == (2021, True, 63, 58, "not_due")
    assert said(now, *columns) == (2022, False, 36, 31, "met")
    assert "provisional_baseline" in then["flags"]
    assert "provisional_baseline" not in now["flags"]
    eve, day = (row(story(known, date(2023, 4, d)), "002-35") for d in (18, 19))
    assert (eve["required_rank"], day["required_rank"]) == (58, 31)


@pytest.mark.parametrize(
    ("target_id", "base", "required"),
    [("002-43", 60, 55), ("002-30", 22, 22), ("002-36", 54, 49), ("002-37", 20, 20),
     ("002-44", 61, 56), ("002-38", 42, 37)],
)  # fmt: skip
def test_on_the_day_the_targets_were_set_the_footnotes_were_the_baseline(
    known: Knowledge, target_id: str, base: int, required: int
) -> None:
    found = row(story(known, WHEN_SET), target_id)
    assert said(found, "baseline_rank", "required_rank", "footnote_required", "status") == (
        base, required, required, "not_due",
    )  # fmt: skip


def test_before_the_result_nothing_is_on_or_off_track_without_a_probability(
    known: Knowledge,
) -> None:
    rows = story(known, WHEN_SET)
    assert set(rows["status"]) == {"not_due", "not_assessable", "no_target"}
    assert set(rows.loc[rows["status"] == "not_assessable", "reason"]) == {"index_unknown"}


def test_pci_2023_is_somewhere_between_31_and_63(known: Knowledge) -> None:
    found = row(story(known), "001-16a")
    assert said(found, "actual_low", "actual_high", "actual_state") == (31, 63, "outside_top")
    assert "interval" in found["flags"]


def test_steering_is_listed_as_given_to_nobody(known: Knowledge) -> None:
    rows = story(known)
    without = rows.loc[rows["status"] == "no_target"]
    assert without["component_id"].tolist() == ["par_index.steering"]
    assert without["actual_rank"].tolist() == [52]
    assert without["code"].tolist() == ["C1"]


def test_in_2024_only_the_targets_for_the_following_years_are_left(known: Knowledge) -> None:
    rows = story(known, edition=2024)
    ranked = rows.loc[rows["is_ranked"] & rows["target_id"].notna()]
    assert set(ranked["kind"]) == {"improve_yearly", "keep_and_improve", "improve_unquantified"}
    without = rows.loc[rows["status"] == "no_target", "component_id"]
    assert "par_index.apparatus" in set(without)
    assert "par_index.procedures" not in set(without)


def test_papi_2023_2024_the_chain_of_yearly_gains_is_broken_twice(known: Knowledge) -> None:
    found = row(story(known, edition=2024), "001-15b")
    assert said(found, "baseline_rank", "actual_rank", "status") == (56, 60, "missed")


def test_a_place_of_2024_that_nobody_has_told_us_leaves_the_chain_open(known: Knowledge) -> None:
    found = row(story(known, edition=2024), "001-14b")
    assert said(found, "baseline_rank", "actual_rank") == (43, None)
    assert said(found, "status", "reason") == ("not_assessable", "actual_not_held")


def test_from_2025_kon_tum_is_no_unit_any_more(known: Knowledge) -> None:
    rows = story(known, edition=2025)
    ranked = rows.loc[rows["is_ranked"] & rows["target_id"].notna()]
    assert set(ranked["status"]) == {"not_assessable"}
    assert set(ranked["reason"]) == {"merged"}


def test_operational_targets_show_no_place_and_wait_for_their_measurement(
    known: Knowledge,
) -> None:
    rows = story(known)
    own = rows.loc[rows["measure"].isin(["percent", "count", "date"])]
    assert len(own) > 5
    assert own[["actual_rank", "n_ranked", "gain"]].isna().all().all()
    by_2026 = own.loc[own["due_edition"] == 2026]
    assert set(by_2026["status"]) == {"not_due"}
    assert set(own.loc[own["due_edition"] == 2023, "reason"]) == {"no_measurement"}
    assert not own["is_ranked"].any()


def test_every_row_names_its_document_and_its_agency(known: Knowledge) -> None:
    rows = story(known)
    asked = rows.loc[rows["target_id"].notna()]
    assert asked["document_id"].notna().all()
    assert row(rows, "002-35")["document_number"] == "517/BCĐ-NC"
    assert "Nội vụ" in row(rows, "002-35")["lead_agency"]
    assert row(rows, "002-35")["component_vi"] == "Cải cách tổ chức bộ máy hành chính"


def test_a_component_bears_the_name_of_the_year_shown(known: Knowledge) -> None:
    rows = pd.DataFrame({"component_id": ["par_index.institutions"] * 2, "edition": [2021, 2022]})
    named = with_names(rows, known.tables.components)
    assert named["component_vi"].tolist() == [
        "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật tại tỉnh",
        "Cải cách thể chế",
    ]


def test_a_unit_without_targets_has_an_empty_board(known: Knowledge) -> None:
    assert board(known, unit_id="vn63-ha-noi", edition=2023, as_of=TODAY).empty


# ------------------------------------------------------------------------------------ tiles


def tiles(known: Knowledge, as_of: date = TODAY) -> dict[str, Any]:
    found = index_tiles(known, unit_id=UNIT, edition=2023, baseline=2022, as_of=as_of)
    return {tile.index_id: tile for tile in found}


def test_four_tiles_in_the_order_leaders_read_them(known: Knowledge) -> None:
    assert list(tiles(known)) == ["par_index", "sipas", "papi", "pci"]


@pytest.mark.parametrize(
    ("index_id", "rank", "n", "base", "gain", "status"),
    [
        ("par_index", 43, 63, 55, 12, "met"),
        ("sipas", 35, 63, 42, 7, "met"),
        ("papi", 56, 61, 54, -2, "missed"),
        ("pci", None, 63, 37, None, "not_assessable"),
    ],
)
def test_a_tile_prints_the_place_among_those_ranked_and_the_change(
    known: Knowledge, index_id: str, rank: int | None, n: int, base: int, gain: int | None,
    status: str,
) -> None:  # fmt: skip
    tile = tiles(known)[index_id]
    assert (tile.rank, tile.n_ranked, tile.baseline_rank) == (rank, n, base)
    assert (tile.gain, tile.status) == (gain, status)


def test_the_document_that_sets_a_target_leads_its_tile(known: Knowledge) -> None:
    tile = tiles(known)["papi"]
    assert (tile.required_rank, "contributes" in tile.flags) == (49, False)


def test_before_publication_a_tile_shows_nothing_of_the_result(known: Knowledge) -> None:
    tile = tiles(known, WHEN_SET)["papi"]
    assert (tile.state, tile.rank, tile.score, tile.group_vi) == ("not_published", None, None, "")
    assert tile.published_on is None
    assert [place for _, place, _ in tile.history][-2:] == [None, None]


def test_the_spark_line_keeps_the_number_ranked_of_every_year(known: Knowledge) -> None:
    assert tiles(known)["papi"].history == (
        (2019, 53, 63), (2020, 49, 63), (2021, 54, 60), (2022, 54, 61), (2023, 56, 61),
    )  # fmt: skip


# ------------------------------------------------------------------------------------- gaps


def gaps(known: Knowledge, index_id: str, edition: int = 2023) -> pd.DataFrame:
    return component_gaps(
        known, unit_id=UNIT, index_id=index_id, edition=edition, baseline=2022, as_of=TODAY
    ).set_index("component_id")


def test_the_gap_table_holds_the_total_and_all_eight_components(known: Knowledge) -> None:
    rows = gaps(known, "par_index")
    assert rows["code"].tolist() == ["TOTAL", *(f"C{number}" for number in range(1, 9))]
    assert rows.loc["par_index.steering", "status"] == "no_target"
    assert rows.loc["par_index.apparatus", "gap"] == -9


def test_points_missing_are_those_of_the_holder_of_the_required_place(known: Knowledge) -> None:
    rows = gaps(known, "papi")
    total = known.standings
    total = total.loc[(total["component_id"] == "papi") & (total["edition"] == 2023)]
    own = float(total.loc[total["unit_id"] == UNIT, "score"].iloc[0])
    others = sorted(total.loc[total["unit_id"] != UNIT, "score"].dropna(), reverse=True)
    ahead = [score for score in others if score > own + rows.loc["papi", "points_missing"] + 1e-9]
    assert rows.loc["papi", "required_rank"] == 49
    assert len(ahead) == 48
    assert rows.loc["papi", "points_missing"] == pytest.approx(others[48] - own)


def test_from_54_to_49_in_the_papi_table_of_2022_lay_0_7341_points(known: Knowledge) -> None:
    total = known.standings
    total = total.loc[(total["component_id"] == "papi") & (total["edition"] == 2022)]
    scores = total.set_index("unit_id")["score"]
    others = scores.drop(UNIT).sort_values(ascending=False)
    assert others.index[48] == "vn63-lam-dong"
    assert others.iloc[48] - scores[UNIT] == pytest.approx(0.7341, abs=0.00005)


def test_from_a_fragment_no_number_of_points_follows(known: Knowledge) -> None:
    assert gaps(known, "par_index")["points_missing"].isna().all()


def test_what_holds_a_province_back_is_what_misses_places_first(known: Knowledge) -> None:
    rows = pd.concat([gaps(known, index).reset_index() for index in ("par_index", "papi")])
    worst = held_back(rows)
    assert len(worst) == 8
    assert (worst["role"] == "component").all()
    assert (worst["percentile"] < 50).all()
    assert worst["percentile"].is_monotonic_increasing


def test_a_number_of_places_leads_before_an_unquantified_wish() -> None:
    rows = pd.DataFrame(
        {
            "target_id": ["a", "b", "c", "d"],
            "component_id": "papi",
            "kind": ["improve_unquantified", "rank_gain_vs_year", "rank_gain_vs_year",
                     "percent_at_least"],
            "measure": ["rank", "rank", "rank", "percent"],
            "flags": [(), ("contributes",), (), ()],
        }
    )  # fmt: skip
    assert leading(rows)["target_id"].tolist() == ["c"]


def test_only_what_was_out_on_the_day_is_shown(known: Knowledge) -> None:
    seen = published(known, WHEN_SET)
    newest = seen.groupby("index_id")["edition"].max().to_dict()
    assert newest == {"papi": 2021, "par_index": 2021, "pci": 2021, "sipas": 2021}
