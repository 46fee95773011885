"""Changes of units are rows of a file: every kind is understood, and the known ones are there."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.composition import HANDING_ON
from analytics.explanation import BOUNDARY_EVENTS
from data.build import REFERENCE
from data.unit_records import COMPOSING, NAMING
from data.units import UnitRegister


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "unit_links.csv", dtype={"weight": float})


def test_every_kind_of_change_either_hands_territory_on_or_only_names_it(
    links: pd.DataFrame,
) -> None:
    assert set(links["event"]) <= {*HANDING_ON, *NAMING}
    assert set(HANDING_ON) == set(COMPOSING)
    # A territory that stayed is a unit of a new list, not one that took land in.
    assert set(BOUNDARY_EVENTS) == set(HANDING_ON) - {"unchanged"}


@pytest.mark.parametrize(
    ("on", "event", "giver", "taker"),
    [
        ("2008-08-01", "merge", "vn63-ha-tay", "vn63-ha-noi"),
        ("2008-08-01", "transfer", "vn63-vinh-phuc", "vn63-ha-noi"),
        ("2008-08-01", "transfer", "vn63-hoa-binh", "vn63-ha-noi"),
        ("2025-01-01", "rename", "vn63-thua-thien-hue", "vn63-thua-thien-hue"),
        ("2025-01-01", "status", "vn63-thua-thien-hue", "vn63-thua-thien-hue"),
        ("2025-07-01", "unchanged", "vn63-thua-thien-hue", "vn34-hue"),
        ("2025-07-01", "merge", "vn63-kon-tum", "vn34-quang-ngai"),
        ("2026-04-30", "status", "vn34-dong-nai", "vn34-dong-nai"),
    ],
)
def test_the_changes_of_2008_2025_and_2026_are_rows_with_their_day_and_law(
    links: pd.DataFrame, on: str, event: str, giver: str, taker: str
) -> None:
    rows = links.loc[
        (links["effective_on"] == on) & (links["event"] == event)
        & (links["from_unit_id"] == giver) & (links["to_unit_id"] == taker)
    ]  # fmt: skip
    assert len(rows) == 1
    assert rows["legal_basis"].notna().all()


def test_the_reform_uses_63_units_once_merges_23_and_leaves_11_with_weights_that_sum_to_one(
    links: pd.DataFrame,
) -> None:
    reform = links.loc[links["effective_on"] == "2025-07-01"]
    assert (len(reform), reform["from_unit_id"].nunique()) == (63, 63)
    by_unit = reform.groupby("to_unit_id")
    assert by_unit.ngroups == 34
    assert (by_unit.size() > 1).sum() == 23
    assert (by_unit["event"].first() == "unchanged").sum() == 11
    assert by_unit["weight"].sum().round(5).eq(1).all()
    assert by_unit.size()[by_unit["event"].first() == "unchanged"].eq(1).all()


def test_the_register_that_ships_passes_its_own_checks() -> None:
    assert len(UnitRegister.load(REFERENCE).units_of("vn34")) == 34
    assert UnitRegister.load(REFERENCE).geography_of_year(date(2025, 7, 1).year) == "vn34"
