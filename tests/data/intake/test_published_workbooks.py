"""The publishers' own workbooks give the reference figures, to 1e-6 and nothing besides.

The files carry no open licence and are not shipped: WORKBOOKS names a folder that holds them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from data.intake.checks import judge
from data.intake.model import ERROR, Proposal
from tests.workbooks import builders as build

FOLDER = Path(os.environ.get("WORKBOOKS", ""))
HELD = "WORKBOOKS" in os.environ and FOLDER.is_dir()
needs_workbooks = pytest.mark.skipif(not HELD, reason="WORKBOOKS names no folder of workbooks")

# File, index, editions, and whether it prints the total of the index.
PUBLISHED = [
    ("PAPI 2011 vie.xlsx", "papi", (2011,), False),
    ("PAPI 2014 vie.xlsx", "papi", (2014,), False),
    ("PAPI 2017 eng.xlsx", "papi", (2017,), False),
    ("PAPI 2011-2018.xlsx", "papi", tuple(range(2011, 2019)), True),
    ("PAPI 2018 FULL vie.xlsx", "papi", (2018,), True),
    ("PCI 2005.xls", "pci", (2005,), True),
    ("PCI 2013.xlsx", "pci", (2013,), True),
    ("PCI 2018.xlsx", "pci", (2018,), True),
]


def understood(name: str) -> Proposal:
    return build.proposed((FOLDER / name).read_bytes(), name)


def reference(index_id: str, edition: int) -> pd.DataFrame:
    path = build.REFERENCE / "rankings" / index_id / f"{edition}.csv"
    return pd.read_csv(path)


@needs_workbooks
@pytest.mark.parametrize(("name", "index_id", "editions", "has_total"), PUBLISHED)
def test_a_published_workbook_gives_the_published_figures(
    name: str, index_id: str, editions: tuple[int, ...], has_total: bool
) -> None:
    proposal = understood(name)
    assert proposal.index.value == index_id
    assert proposal.editions == editions
    for edition in editions:
        read = proposal.rows[proposal.rows["edition"] == edition]
        known = reference(index_id, edition)
        if not has_total or (name == "PAPI 2011-2018.xlsx" and edition == 2018):
            known = known[known["component_id"] != index_id]
        known = known[known["component_id"] != "papi.weighted_total"]
        merged = known.merge(
            read,
            on=["unit_id", "component_id"],
            how="outer",
            suffixes=("", "_read"),
            indicator=True,
            validate="one_to_one",
        )
        assert set(merged["_merge"]) == {"both"}
        assert ((merged["score"] - merged["score_read"]).abs().dropna() <= 1e-6).all()
        assert (merged["score"].isna() == merged["score_read"].isna()).all()
        withheld = merged["state"] == "withheld"
        assert (withheld == (merged["state_read"] == "withheld")).all()
        printed = merged[merged["rank_read"].notna()]
        assert (printed["rank"] == printed["rank_read"]).all()


@needs_workbooks
@pytest.mark.parametrize("name", [row[0] for row in PUBLISHED])
def test_a_published_workbook_has_no_error(name: str) -> None:
    faults = judge(understood(name), build.context_of())
    assert [fault for fault in faults if fault.severity == ERROR] == []


@needs_workbooks
def test_the_2013_tab_that_contradicts_the_summary_is_shown_cell_by_cell() -> None:
    faults = judge(understood("PCI 2013.xlsx"), build.context_of())
    wrong = [fault for fault in faults if fault.key == "tabs_disagree"]
    assert {fault.sheet for fault in wrong} == {"Legal institutions"}
    assert "component_sum" not in {fault.key for fault in faults}


@needs_workbooks
def test_the_publishers_own_slip_in_hai_duong_is_seen_and_does_no_harm() -> None:
    faults = judge(understood("PCI 2005.xls"), build.context_of())
    slips = [fault for fault in faults if fault.key == "unit_misspelt_repeat"]
    assert {fault.values["unit"] for fault in slips} == {"Hải Dương"}


@needs_workbooks
def test_every_total_header_that_names_2015_is_asked_about() -> None:
    faults = judge(understood("PAPI 2011-2018.xlsx"), build.context_of())
    asked = [fault for fault in faults if fault.key == "header_other_year"]
    assert [fault.values["edition"] for fault in asked] == [2011, 2012, 2013, 2014, 2016, 2017]
