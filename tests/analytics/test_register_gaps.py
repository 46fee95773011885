"""Holes in the register: nobody asked, nobody answering, nobody who can be judged."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics.board import Knowledge
from analytics.register_gaps import FINDINGS, register_gaps
from analytics.schema import ColumnsMissing

KON_TUM = "vn63-kon-tum"
AGENCIES = pd.DataFrame({"agency_id": ["huyen"], "unit_id": [KON_TUM]})


def found(known: Knowledge, edition: int = 2023, unit_id: str = KON_TUM) -> pd.DataFrame:
    return register_gaps(known, unit_id=unit_id, edition=edition, agencies=AGENCIES)


def with_targets(known: Knowledge, targets: pd.DataFrame) -> Knowledge:
    return replace(known, tables=replace(known.tables, targets=targets))


def changed(known: Knowledge, target_id: str, **values: object) -> Knowledge:
    targets = known.tables.targets.copy()
    for column, value in values.items():
        targets.loc[targets["target_id"] == target_id, column] = value
    return with_targets(known, targets)


def test_seven_of_eight_components_have_a_target_and_the_eighth_is_named(known: Knowledge) -> None:
    rows = found(known)
    holes = rows.loc[rows["finding"] == "no_target"]
    assert holes["component_id"].tolist() == ["par_index.steering"]
    assert set(rows["finding"]) <= set(FINDINGS)


def test_an_index_the_catalogue_does_not_hold_is_named(known: Knowledge) -> None:
    rows = found(known)
    unknown = rows.loc[rows["finding"] == "unknown_index"]
    assert set(unknown["target_id"]) == {"002-42.1", "002-42.2"}


def test_a_target_without_any_agency_is_named(known: Knowledge) -> None:
    assert "no_agency" not in set(found(known)["finding"])
    rows = found(
        changed(known, "002-35", lead_agency_ids=None, lead_agency=None, co_agency_ids=None)
    )
    assert rows.loc[rows["finding"] == "no_agency", "target_id"].tolist() == ["002-35"]


def test_a_place_asked_of_a_district_can_never_be_judged_but_a_share_of_files_can(
    known: Knowledge,
) -> None:
    rows = found(changed(known, "002-14", unit_id="huyen"))
    assert rows.loc[rows["finding"] == "not_ranked", "target_id"].tolist() == ["002-14"]
    rows = found(changed(known, "002-21", unit_id="huyen"))
    assert "not_ranked" not in set(rows["finding"])


def test_a_province_that_ended_during_the_year_is_named_with_its_last_day(known: Knowledge) -> None:
    rows = found(known, edition=2025)
    ended = rows.loc[rows["finding"] == "unit_ended"]
    assert "001-14b" in set(ended["target_id"])
    assert {str(day) for day in ended["ended_on"]} == {"2025-06-30"}
    assert "unit_ended" not in set(found(known, edition=2024)["finding"])


def test_a_target_whose_years_are_over_is_no_finding(known: Knowledge) -> None:
    bare = changed(known, "002-35", lead_agency_ids=None, co_agency_ids=None)
    assert "002-35" not in set(found(bare, edition=2024)["target_id"])


def test_a_province_without_targets_has_no_holes(known: Knowledge) -> None:
    assert found(known, unit_id="vn63-da-nang").empty


def test_agencies_without_their_province_stop_the_check(known: Knowledge) -> None:
    with pytest.raises(ColumnsMissing):
        register_gaps(known, unit_id=KON_TUM, edition=2023, agencies=pd.DataFrame())
