"""Which line stands for a unit across the merger, and that no estimate looks like a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.board import Knowledge, knowledge
from analytics.geography import (
    NO_BASE,
    estimated_places,
    lines,
    official,
    subject,
)
from analytics.merger import estimates
from analytics.schema import UnitNotFound
from analytics.trends import breaks, concerning, drawn

TODAY = date(2026, 11, 21)
KON_TUM, OLD, NEW = "vn63-kon-tum", "vn63-quang-ngai", "vn34-quang-ngai"


def papi_field(known: Knowledge, baseline: int = 2022) -> pd.DataFrame:
    return estimated_places(known, index_id="papi", present_id=NEW, baseline=baseline, as_of=TODAY)


@pytest.mark.parametrize(
    ("unit_id", "present", "parts"),
    [
        (KON_TUM, NEW, (KON_TUM, OLD)),
        (NEW, NEW, (KON_TUM, OLD)),
        ("vn63-ha-noi", "vn34-ha-noi", ("vn63-ha-noi",)),
        ("vn63-thua-thien-hue", "vn34-hue", ("vn63-thua-thien-hue",)),
        ("vn63-ha-tay", "vn34-ha-noi", ("vn63-ha-noi",)),
    ],
)
def test_a_unit_leads_to_the_present_one_and_to_what_that_was_made_of(
    known: Knowledge, unit_id: str, present: str, parts: tuple[str, ...]
) -> None:
    found = subject(known, unit_id)
    assert (found.present_id, found.part_ids) == (present, parts)
    assert found.is_merged == (len(parts) > 1)


def test_an_unknown_unit_is_refused(known: Knowledge) -> None:
    with pytest.raises(UnitNotFound):
        subject(known, "vn63-atlantis")


def test_new_quang_ngai_is_estimated_21st_and_26th_of_33_common_units(known: Knowledge) -> None:
    field = papi_field(known)
    own = field.loc[field["unit_id"] == NEW].set_index("edition")
    assert (own.loc[2022, "estimated_place"], own.loc[2022, "n_common"]) == (21, 33)
    assert (own.loc[2024, "estimated_place"], own.loc[2024, "n_common"]) == (26, 33)
    assert own.loc[2022, "estimated_score"] == pytest.approx(41.99, abs=0.005)


def test_a_unit_without_a_base_year_has_a_composite_but_no_estimated_place(
    known: Knowledge,
) -> None:
    field = papi_field(known)
    bac_ninh = field.loc[field["unit_id"] == "vn34-bac-ninh"].set_index("edition")
    assert bac_ninh.loc[2022, "reason"] == "no_data"
    assert bac_ninh.loc[2024, "reason"] == NO_BASE
    assert bac_ninh["estimated_place"].loc[[2022, 2024]].isna().all()


def test_estimated_places_are_counted_one_by_one_among_the_common_units(known: Knowledge) -> None:
    field = papi_field(known)
    base = {
        row["unit_id"]: row["estimated_score"]
        for _, row in field.loc[field["edition"] == 2022].iterrows()
        if pd.notna(row["estimated_score"])
    }
    for year in (2014, 2023, 2024):
        scores = {
            row["unit_id"]: round(float(row["estimated_score"]), 9)
            for _, row in field.loc[field["edition"] == year].iterrows()
            if pd.notna(row["estimated_score"]) and row["unit_id"] in base
        }
        for _, row in field.loc[field["edition"] == year].iterrows():
            if row["unit_id"] not in scores:
                assert pd.isna(row["estimated_place"])
                continue
            ahead = 0
            for other in scores.values():
                if other > scores[row["unit_id"]]:
                    ahead += 1
            assert row["estimated_place"] == ahead + 1
            assert row["n_common"] == len(scores)


@pytest.mark.parametrize("year", [2020, 2023, 2024])
def test_two_years_on_one_field_agree_with_the_lens(known: Knowledge, year: int) -> None:
    ours = estimated_places(
        known, index_id="papi", present_id=NEW, baseline=2019, as_of=TODAY,
        editions=[2019, year], is_one_field=True,
    )  # fmt: skip
    lens = estimates(
        known, index_id="papi", baseline=2019, edition=year, asked_on=date(2025, 7, 1)
    ).set_index("unit_id")
    for edition, ending in ((2019, "_baseline"), (year, "")):
        mine = ours.loc[ours["edition"] == edition].set_index("unit_id")["estimated_place"]
        theirs = lens[f"estimated_place{ending}"]
        assert mine.sort_index().equals(theirs.sort_index())


def test_official_and_estimated_places_never_stand_in_one_row(known: Knowledge) -> None:
    for mode in ("published", "predecessors", "estimated"):
        rows = lines(known, unit_id=KON_TUM, index_id="papi", mode=mode, as_of=TODAY,
                     field=papi_field(known))  # fmt: skip
        assert not (rows["rank"].notna() & rows["estimated_place"].notna()).any()
        assert rows.loc[rows["is_estimate"], "rank"].isna().all()
        assert rows.loc[~rows["is_estimate"], "estimated_place"].isna().all()
        assert rows["is_estimate"].any() == (mode == "estimated")


def test_each_predecessor_keeps_its_own_published_series(known: Knowledge) -> None:
    rows = lines(known, unit_id=NEW, index_id="papi", mode="predecessors", as_of=TODAY)
    assert list(dict.fromkeys(rows["line_id"])) == [KON_TUM, OLD]
    in_2022 = rows.loc[rows["edition"] == 2022].set_index("line_id")
    assert (in_2022.loc[KON_TUM, "rank"], in_2022.loc[OLD, "rank"]) == (54, 23)
    assert set(in_2022["n_ranked"]) == {61}


def test_a_merged_unit_has_no_published_line_before_its_first_edition(known: Knowledge) -> None:
    rows = lines(known, unit_id=NEW, index_id="papi", mode="published", as_of=TODAY)
    assert rows.empty


def test_what_is_withheld_or_not_held_is_a_row_without_a_place(known: Knowledge) -> None:
    bac_ninh = official(known, {"x": ("vn63-bac-ninh",)}, "papi", "papi", TODAY).set_index(
        "edition"
    )
    assert bac_ninh.loc[2022, "state"] == "withheld"
    assert pd.isna(bac_ninh.loc[2022, "rank"])
    par = official(known, {"x": (KON_TUM,)}, "par_index", "par_index", TODAY)
    assert "not_held" in set(par["state"])
    assert par.loc[par["state"] == "not_held", "rank"].isna().all()


def test_only_editions_out_on_the_day_and_units_that_existed_are_drawn(known: Knowledge) -> None:
    early = lines(known, unit_id=KON_TUM, index_id="papi", mode="published",
                  as_of=date(2023, 1, 1))  # fmt: skip
    assert early["edition"].max() == 2021
    ha_tay = lines(known, unit_id="vn63-ha-tay", index_id="pci", mode="published", as_of=TODAY)
    assert ha_tay["edition"].max() == 2008


def test_from_a_fragment_nobody_is_estimated(known: Knowledge) -> None:
    field = estimated_places(
        known, index_id="par_index", present_id=NEW, baseline=2022, as_of=TODAY, editions=[2023]
    )
    assert field["estimated_place"].isna().all()
    assert set(field["reason"]) == {"field_incomplete"}


def test_an_unknown_mode_or_a_missing_field_is_refused(known: Knowledge) -> None:
    with pytest.raises(ValueError, match="sideways"):
        lines(known, unit_id=KON_TUM, index_id="papi", mode="sideways", as_of=TODAY)
    with pytest.raises(ValueError, match="field"):
        lines(known, unit_id=KON_TUM, index_id="papi", mode="estimated", as_of=TODAY)


# ------------------------------------------------------------------ the first edition of the 34


@pytest.fixture(scope="module")
def known_2025(known: Knowledge) -> Knowledge:
    """Test data, published nowhere: PAPI 2025 of the 34, every unit with a score of its own."""
    tables = known.tables
    present = list(tables.units.loc[tables.units["geography"] == "vn34", "unit_id"])
    pattern = tables.figures.loc[
        (tables.figures["component_id"] == "papi") & (tables.figures["edition"] == 2024)
    ].head(len(present))
    figures = pattern.assign(
        unit_id=present, edition=2025, score=[40.0 + at / 10 for at in range(len(present))],
        state="scored", rank=pd.NA,
    )  # fmt: skip
    edition = tables.editions.loc[
        (tables.editions["index_id"] == "papi") & (tables.editions["edition"] == 2024)
    ].assign(edition=2025, geography="vn34", n_ranked=34, published_on=pd.Timestamp("2026-04-15"))
    return knowledge(
        replace(
            tables,
            figures=pd.concat([tables.figures, figures], ignore_index=True),
            editions=pd.concat([tables.editions, edition], ignore_index=True),
        )
    )


@pytest.mark.parametrize("mode", ["published", "predecessors", "estimated"])
def test_the_first_place_among_34_is_never_joined_to_a_year_of_63(
    known_2025: Knowledge, mode: str
) -> None:
    field = estimated_places(
        known_2025, index_id="papi", present_id=NEW, baseline=2022, as_of=TODAY
    )
    rows = lines(known_2025, unit_id=NEW, index_id="papi", mode=mode, as_of=TODAY, field=field)
    now = rows.loc[rows["edition"] == 2025]
    assert list(now["unit_id"]) == [NEW]
    assert not now["is_estimate"].any()
    assert now["n_ranked"].tolist() == [34]
    assert now["rank"].notna().all()
    steps = breaks(known_2025, index_id="papi", component_id="papi", unit_ids=[KON_TUM, OLD])
    cut = drawn(rows, concerning(steps, "rank"), "rank")
    for _, mine in cut.dropna(subset=["run"]).groupby(["line_id", "run"]):
        assert mine["edition"].max() < 2025 or mine["edition"].min() == 2025
        assert len(set(mine["is_estimate"])) == 1


def test_an_unmerged_unit_runs_on_under_its_new_id_and_is_cut_at_the_border(
    known_2025: Knowledge,
) -> None:
    rows = lines(known_2025, unit_id="vn63-ha-noi", index_id="papi", mode="published", as_of=TODAY)
    last = rows.loc[rows["edition"] >= 2024]
    assert list(last["unit_id"]) == ["vn63-ha-noi", "vn34-ha-noi"]
    steps = breaks(known_2025, index_id="papi", component_id="papi", unit_ids=["vn63-ha-noi"])
    runs = drawn(rows, concerning(steps, "rank"), "rank").set_index("edition")["run"]
    assert runs.loc[2024] != runs.loc[2025]
