"""Old targets on the scale of the new units: what +5 of 61 means among 34, and what stays."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.merger import scaled_gain
from analytics.rebasing import Rule, proposals, scaled_place, taken_over
from analytics.schema import UnitNotFound

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def quang_ngai(known: Knowledge) -> pd.DataFrame:
    return proposals(known, unit_id="vn34-quang-ngai", new_baseline=2025, as_of=TODAY)


def row(rows: pd.DataFrame, target_id: str) -> pd.Series:
    return rows.loc[rows["target_id"] == target_id].iloc[0]


def test_five_places_of_61_are_three_of_34(quang_ngai: pd.DataFrame) -> None:
    papi = row(quang_ngai, "001-15a")
    assert (papi["unit_id"], papi["new_unit_id"]) == ("vn63-kon-tum", "vn34-quang-ngai")
    assert (papi["amount"], papi["n_before"], papi["new_amount"], papi["n_now"]) == (5, 61, 3, 34)
    par = row(quang_ngai, "001-14a")
    assert (par["amount"], par["n_before"], par["new_amount"], par["n_now"]) == (5, 63, 3, 34)
    assert papi["rule"] == Rule.SCALED_GAIN


def test_a_target_of_one_year_gets_one_year_after_the_new_base(quang_ngai: pd.DataFrame) -> None:
    papi = row(quang_ngai, "001-15a")
    assert (papi["new_baseline"], papi["new_first"], papi["new_last"]) == (2025, 2026, 2026)
    assert not papi["is_open"]
    yearly = row(quang_ngai, "001-15b")
    assert yearly["is_open"]
    assert (yearly["new_first"], yearly["new_last"]) == (2026, 2030)
    endless = row(quang_ngai, "001-17")
    assert endless["is_open"]
    assert pd.isna(endless["new_last"])


def test_no_place_is_asked_for_before_the_new_base_year_is_out(quang_ngai: pd.DataFrame) -> None:
    assert quang_ngai["base_place"].isna().all()
    assert quang_ngai["required_place"].isna().all()


def test_what_an_office_counts_itself_keeps_its_level(quang_ngai: pd.DataFrame) -> None:
    files = row(quang_ngai, "002-24")
    assert (files["rule"], files["amount"], files["new_amount"]) == (Rule.OWN_DATA, 20, 20)


def test_every_old_target_of_every_predecessor_is_there_once(
    known: Knowledge, quang_ngai: pd.DataFrame
) -> None:
    targets = known.tables.targets
    old = targets.loc[targets["unit_id"].isin(["vn63-kon-tum", "vn63-quang-ngai"]), "target_id"]
    assert sorted(quang_ngai["target_id"]) == sorted(old)
    lam_dong = proposals(known, unit_id="vn34-lam-dong", new_baseline=2025, as_of=TODAY)
    assert set(lam_dong["unit_id"]) == {"vn63-dak-nong"}
    assert proposals(known, unit_id="vn34-hue", new_baseline=2025, as_of=TODAY).empty


def test_an_unknown_unit_is_named(known: Knowledge) -> None:
    with pytest.raises(UnitNotFound, match="vn34-atlantis"):
        proposals(known, unit_id="vn34-atlantis", new_baseline=2025, as_of=TODAY)


def test_the_first_30_of_63_are_the_first_16_of_34() -> None:
    assert scaled_place(30, n_before=63, n_now=34) == 16
    assert scaled_place(1, n_before=63, n_now=34) == 1
    assert scaled_place(63, n_before=63, n_now=34) == 34


@given(st.integers(1, 62), st.integers(2, 63), st.integers(2, 63))
def test_scaling_never_makes_a_target_easier(places: int, n_before: int, n_now: int) -> None:
    share = places / (n_before - 1)
    assert scaled_gain(places, n_before=n_before, n_now=n_now) / (n_now - 1) >= share - 1e-9
    place = min(places, n_before)
    scaled = scaled_place(place, n_before=n_before, n_now=n_now)
    assert 1 <= scaled <= n_now
    assert (scaled - 1) / (n_now - 1) <= (place - 1) / (n_before - 1) + 1e-9
    assert scaled == math.floor(1 + (place - 1) * (n_now - 1) / (n_before - 1) + 1e-9)


def test_a_new_unit_takes_over_what_still_runs_until_a_document_sets_it_anew(
    known: Knowledge,
) -> None:
    found = taken_over(known, unit_id="vn34-quang-ngai", edition=2025, as_of=TODAY)
    assert set(found["unit_id"]) == {"vn63-kon-tum"}
    assert set(found["from_vi"]) == {"Kon Tum"}
    assert "001-15b" in set(found["target_id"]), "improve PAPI every year to 2030"
    assert "001-15a" not in set(found["target_id"]), "the gain of one year ended before"
    assert "002-24" not in set(found["target_id"]), "an office counts that itself"
    left = taken_over(
        known, unit_id="vn34-quang-ngai", edition=2025, as_of=TODAY, set_anew={"001-15b"}
    )
    assert set(found["target_id"]) - set(left["target_id"]) == {"001-15b"}


@pytest.mark.parametrize(
    ("unit_id", "edition"), [("vn34-quang-ngai", 2024), ("vn34-hue", 2025), ("vn63-kon-tum", 2024)]
)
def test_nobody_takes_over_before_the_change_or_without_one(
    known: Knowledge, unit_id: str, edition: int
) -> None:
    assert taken_over(known, unit_id=unit_id, edition=edition, as_of=TODAY).empty
