"""Units side by side: who is best, what a gain is, and which averages may be given at all."""

from __future__ import annotations

from datetime import date
from statistics import fmean, median

import pandas as pd
import pytest

from analytics.board import Knowledge
from analytics.comparison import TooManyUnits, averages, compared, components_of
from analytics.geography import estimated_places

TODAY = date(2026, 11, 21)
KON_TUM = "vn63-kon-tum"
UNITS = [KON_TUM, "vn63-gia-lai", "vn63-dak-lak", "vn63-quang-ninh"]


@pytest.fixture(scope="module")
def papi_2023(known: Knowledge) -> pd.DataFrame:
    return compared(known, UNITS, index_id="papi", baseline=2022, edition=2023, as_of=TODAY)


def test_every_component_has_every_unit_in_the_order_asked_for(papi_2023: pd.DataFrame) -> None:
    assert list(papi_2023["unit_id"]) == UNITS * 9
    assert papi_2023["component_id"].iloc[0] == "papi"


def test_places_and_gains_are_those_of_the_two_years(papi_2023: pd.DataFrame) -> None:
    own = papi_2023.loc[papi_2023["component_id"] == "papi"].set_index("unit_id").loc[KON_TUM]
    assert (own["place"], own["n_ranked"], own["place_baseline"], own["gain"]) == (56, 61, 54, -2)


def test_a_withheld_unit_has_neither_place_nor_mark(papi_2023: pd.DataFrame) -> None:
    withheld = papi_2023.loc[papi_2023["unit_id"] == "vn63-quang-ninh"]
    assert set(withheld["state"]) == {"withheld"}
    assert withheld["place"].isna().all()
    assert withheld["gain"].isna().all()
    assert not (withheld["is_best"] | withheld["is_worst"]).any()


def test_best_and_worst_are_found_one_by_one_among_those_shown(papi_2023: pd.DataFrame) -> None:
    for _, mine in papi_2023.groupby("component_id"):
        places = [int(place) for place in mine["place"].dropna()]
        for _, row in mine.iterrows():
            is_told = pd.notna(row["place"]) and min(places) < max(places)
            assert row["is_best"] == (is_told and row["place"] == min(places))
            assert row["is_worst"] == (is_told and row["place"] == max(places))


def test_nobody_is_best_where_only_one_has_a_place(known: Knowledge) -> None:
    rows = compared(
        known, [KON_TUM, "vn63-quang-ninh"], index_id="papi", baseline=2022, edition=2023,
        as_of=TODAY,
    )  # fmt: skip
    assert not (rows["is_best"] | rows["is_worst"]).any()


def test_no_gain_is_given_across_a_break_of_places(known: Knowledge) -> None:
    rows = compared(
        known, [KON_TUM, "vn63-gia-lai"], index_id="sipas", baseline=2021, edition=2023,
        as_of=TODAY,
    )  # fmt: skip
    gone = rows.loc[rows["rank_comparable"] == "no"]
    assert len(gone)
    assert gone["gain"].isna().all()


def test_a_year_that_was_not_out_has_no_figures(known: Knowledge) -> None:
    rows = compared(
        known, [KON_TUM, "vn63-gia-lai"], index_id="papi", baseline=2022, edition=2023,
        as_of=date(2024, 1, 1),
    )  # fmt: skip
    assert set(rows["state"]) == {"not_published"}
    assert rows["place_baseline"].notna().any()


def test_more_than_six_units_are_refused(known: Knowledge) -> None:
    units = list(known.tables.units["unit_id"].iloc[:7])
    with pytest.raises(TooManyUnits):
        compared(known, units, index_id="papi", baseline=2022, edition=2023, as_of=TODAY)


def test_present_units_are_compared_by_estimates_on_one_field(known: Knowledge) -> None:
    fields = {
        str(part): estimated_places(
            known, index_id="papi", present_id="vn34-quang-ngai", baseline=2022, as_of=TODAY,
            component_id=str(part), editions=[2022, 2024], is_one_field=True,
        )
        for part in components_of(known, "papi", 2024)["component_id"]
    }  # fmt: skip
    rows = compared(
        known, ["vn34-quang-ngai", "vn34-gia-lai"], index_id="papi", baseline=2022, edition=2024,
        as_of=TODAY, mode="estimated", fields=fields,
    )  # fmt: skip
    assert rows["rank"].isna().all()
    own = rows.loc[(rows["unit_id"] == "vn34-quang-ngai") & (rows["component_id"] == "papi")]
    assert own[["place_baseline", "place", "n_common"]].iloc[0].tolist() == [21, 26, 33]


def test_a_mean_counts_every_unit_once_and_says_how_many(known: Knowledge) -> None:
    made = averages(known, unit_id=KON_TUM, index_id="papi", edition=2023, as_of=TODAY)
    region = known.tables.units.set_index("unit_id")["region_id"].to_dict()
    for area, expected in (("national", (61, 63)), ("central_highlands", (5, 5))):
        scores = []
        for _, row in _papi_2023(known):
            if area == "national" or region[row["unit_id"]] == area:
                scores.append(float(row["score"]))
        mine = made.loc[(made["component_id"] == "papi") & (made["area"] == area)]
        mine = mine.set_index("statistic")
        assert mine.loc["mean", "value"] == pytest.approx(fmean(scores))
        assert mine.loc["median", "value"] == pytest.approx(median(scores))
        assert (mine.loc["mean", "n_used"], mine.loc["mean", "n_expected"]) == expected
        assert set(mine["origin"]) == {"computed"}


def _papi_2023(known: Knowledge) -> list[tuple[object, pd.Series]]:
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == "papi") & (rows["edition"] == 2023)]
    return list(rows.dropna(subset=["score"]).iterrows())


def test_a_printed_mean_wins_and_from_a_fragment_none_is_computed(known: Knowledge) -> None:
    made = averages(known, unit_id=KON_TUM, index_id="par_index", edition=2023, as_of=TODAY)
    total = made.loc[(made["component_id"] == "par_index") & (made["area"] == "national")]
    total = total.set_index("statistic")
    assert total.loc["mean", ["value", "origin"]].tolist() == [86.98, "published"]
    assert pd.isna(total.loc["median", "value"])
    assert total.loc["median", "origin"] == ""
    assert total.loc["median", "n_used"] < total.loc["median", "n_expected"] == 63


def test_no_average_is_given_before_the_edition_is_out(known: Knowledge) -> None:
    made = averages(known, unit_id=KON_TUM, index_id="papi", edition=2023, as_of=date(2024, 1, 1))
    assert made.empty


def test_the_top_thirty_of_pci_have_no_mean_of_the_country(known: Knowledge) -> None:
    made = averages(known, unit_id=KON_TUM, index_id="pci", edition=2023, as_of=TODAY)
    assert made["value"].isna().all()
