"""What may be said of an old target after provinces merged, and what may not."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.board import Knowledge, knowledge
from analytics.composition import (
    Sizes,
    WeightsFaulty,
    composition,
    edition_day,
    edition_days,
    same_kind,
    successors,
    units_on,
)
from analytics.merger import (
    Conclusion,
    Lens,
    UnitEnded,
    back_cast,
    equivalents,
    estimated_field,
    estimates,
    lens,
    orientation,
    percentile_verdict,
    scaled_gain,
)
from analytics.rebasing import proposals
from analytics.schema import (
    ColumnsMissing,
    EditionNotFound,
    EditionsReversed,
    Tables,
    UnitNotFound,
)
from tests import builders
from tests.analytics import by_hand_merger as by_hand

QUANG_NGAI, HA_NOI = "vn34-quang-ngai", "vn34-ha-noi"
REFORM, EVE = date(2025, 7, 1), date(2024, 12, 31)
# No frame or field about an estimated unit may look like a published place.
OFFICIAL_NAMES = {
    "rank", "actual_rank", "baseline_rank", "required_rank", "rank_published", "rank_computed",
    "own_rank", "rank_low", "rank_high", "actual_low", "actual_high", "rank_gain",
    "rank_origin",
}  # fmt: skip


def papi(known: Knowledge, unit_id: str = QUANG_NGAI, **asked: object) -> Lens:
    asked = {"index_id": "papi", "baseline": 2022, "edition": 2024, **asked}
    return lens(known, unit_id=unit_id, **asked)  # type: ignore[arg-type]


def field_of_34(known: Knowledge, **asked: object) -> pd.DataFrame:
    asked = {"index_id": "papi", "baseline": 2022, "edition": 2024, "asked_on": REFORM, **asked}
    return estimates(known, **asked).set_index("unit_id")  # type: ignore[arg-type]


# ------------------------------------------------------------------------ the figures of record


def test_the_official_verdict_on_a_target_from_before_the_merger_is_that_there_is_none(
    known: Knowledge,
) -> None:
    seen = papi(known)
    assert (seen.official_status, seen.official_reason) == ("not_assessable", "merged")


def test_the_new_quang_ngai_stood_21st_of_33_in_papi_2022_with_41_99_and_26th_in_2024(
    known: Knowledge,
) -> None:
    cast = papi(known).backcast
    assert cast is not None
    assert cast.estimated_score0 == pytest.approx(41.99, abs=0.005)
    assert (cast.estimated_place0, cast.estimated_place1, cast.n_common) == (21, 26, 33)
    assert (cast.estimated_gain, cast.required_gain, cast.required_place) == (-5, 3, 18)
    assert (cast.coverage0, cast.coverage1, cast.is_met) == (1.0, 1.0, False)


def test_kon_tum_54_of_61_is_about_30_2_of_34_and_quang_ngai_23_of_61_about_13_1(
    known: Knowledge,
) -> None:
    rows = papi(known).percentile
    before = rows[rows["edition"] == 2022].set_index("unit_id")
    assert before.loc["vn63-kon-tum", "equivalent_place"] == pytest.approx(30.15)
    assert before.loc["vn63-quang-ngai", "equivalent_place"] == pytest.approx(13.1)
    assert list(before["own_rank"]) == [54, 23]


def test_the_predecessors_of_quang_ngai_bound_its_place_of_2022_by_10_and_30(
    known: Knowledge,
) -> None:
    seen = papi(known)
    assert (seen.bounds0, seen.bounds1) == ((10, 30), (18, 33))


def test_a_requirement_inside_the_bounds_leaves_quang_ngai_undecided_though_b_and_c_agree(
    known: Knowledge,
) -> None:
    seen = papi(known)
    assert seen.backcast is not None
    assert (seen.backcast.is_met, seen.percentile_met) == (False, False)
    assert seen.conclusion == "undecided"
    assert "bounds_undecided" in seen.reasons
    assert not seen.orientation_only


@pytest.mark.parametrize(("n_now", "asked"), [(33, 3), (34, 3), (63, 5), (1, 0)])
def test_five_places_of_63_are_three_of_33_or_34(n_now: int, asked: int) -> None:
    assert scaled_gain(5, n_before=63, n_now=n_now) == asked


def test_bac_ninh_2022_has_no_composite_because_both_predecessors_were_withheld(
    known: Knowledge,
) -> None:
    seen = papi(known, "vn34-bac-ninh")
    assert (seen.backcast, seen.bounds0, seen.bounds1) == (None, None, None)
    assert "no_data_baseline" in seen.reasons
    assert seen.conclusion == "undecided"
    row = seen.estimates.set_index("unit_id").loc["vn34-bac-ninh"]
    assert row["coverage_baseline"] == 0
    assert pd.isna(row["estimated_score_baseline"])
    assert pd.isna(row["estimated_place"])


def test_79_3_per_cent_of_tp_ho_chi_minh_stand_behind_its_composite_of_2023(
    known: Knowledge,
) -> None:
    seen = papi(known, "vn34-ho-chi-minh", edition=2023)
    assert seen.backcast is not None
    assert seen.backcast.coverage1 == pytest.approx(0.793, abs=5e-4)
    assert "coverage_below_full" in seen.reasons
    assert seen.conclusion == "undecided"


def test_half_of_dong_thap_cannot_conclude_anything_however_far_it_rose(known: Knowledge) -> None:
    seen = papi(known, "vn34-dong-thap")
    assert seen.backcast is not None
    assert seen.backcast.is_met
    assert seen.bounds1 == (10, 18)
    assert seen.backcast.required_place >= 18
    assert seen.conclusion == "undecided"
    assert "coverage_below_full" in seen.reasons


def test_da_nang_fell_so_far_that_every_choice_of_weights_says_missed(known: Knowledge) -> None:
    seen = papi(known, "vn34-da-nang")
    assert seen.backcast is not None
    assert seen.bounds1 == (17, 33)
    assert seen.backcast.required_place == 14
    assert seen.conclusion == "likely_missed"


def test_tay_ninh_rose_so_far_that_every_choice_of_weights_says_met(known: Knowledge) -> None:
    seen = papi(known, "vn34-tay-ninh")
    assert seen.bounds1 == (2, 29)
    assert seen.backcast is not None
    assert seen.backcast.required_place == 29
    assert seen.conclusion == "likely_met"


def test_hue_keeps_its_score_and_is_still_not_assessable_officially(known: Knowledge) -> None:
    seen = papi(known, "vn34-hue")
    assert seen.backcast is not None
    assert seen.backcast.estimated_score0 == pytest.approx(45.384464, abs=5e-7)
    assert (seen.official_status, "field_changed" in seen.reasons) == ("not_assessable", True)
    assert seen.backcast.is_capped
    assert seen.backcast.required_place == 1


def test_the_story_of_each_predecessor_is_the_published_series(known: Knowledge) -> None:
    story = papi(known).story
    kon_tum = story[story["unit_id"] == "vn63-kon-tum"].set_index("edition")
    assert kon_tum.loc[[2022, 2023, 2024], "rank"].tolist() == [54, 56, 60]
    assert set(story["unit_id"]) == {"vn63-kon-tum", "vn63-quang-ngai"}
    assert story["edition"].min() == 2011


# --------------------------------------------------------------- against the slow implementation


@pytest.mark.parametrize(("index_id", "baseline", "edition"), [
    ("papi", 2022, 2024), ("papi", 2021, 2023), ("papi", 2018, 2022), ("pci", 2021, 2022),
])  # fmt: skip
def test_all_34_agree_with_plain_loops_over_the_files(
    known: Knowledge, index_id: str, baseline: int, edition: int
) -> None:
    rows = field_of_34(known, index_id=index_id, baseline=baseline, edition=edition)
    links = by_hand.links()
    fields = []
    for year in (baseline, edition):
        scores = by_hand.scores(index_id, year)
        fields.append({
            unit: [
                (share, scores[part])
                for part, share in by_hand.made_of(
                    unit, links, f"{year}-12-31", "2025-07-01"
                ).items()
            ]
            for unit in rows.index
        })  # fmt: skip
    slow = by_hand.estimates(*fields, gain=5, n_before=63)
    assert set(slow) == set(rows.index[rows["is_common"]])
    for unit, one in slow.items():
        row = rows.loc[unit]
        assert (row["estimated_place_baseline"], row["estimated_place"]) == (one.place0, one.place1)
        assert (row["place_low_baseline"], row["place_high_baseline"]) == one.bounds0
        assert (row["place_low"], row["place_high"]) == one.bounds1
        assert row["n_common"] == one.n_common
        assert (row["required_gain"], row["required_place"]) == (
            one.required_gain,
            one.required_place,
        )
        score, coverage = by_hand.composite(fields[0][unit])
        assert row["estimated_score_baseline"] == pytest.approx(score)
        assert row["coverage_baseline"] == pytest.approx(coverage)


# ----------------------------------------------------------------------- where nothing follows


def test_from_the_thirty_provinces_pci_printed_for_2023_no_composite_follows(
    known: Knowledge,
) -> None:
    seen = papi(known, index_id="pci", edition=2023)
    assert seen.backcast is None
    assert "field_incomplete" in seen.reasons
    assert seen.conclusion == "undecided"
    assert (seen.orientation_only, seen.orientation_reason) == (True, "firms_not_persons")
    assert seen.estimates["estimated_place"].isna().all()


def test_par_index_is_an_orientation_only_because_documents_of_two_offices_do_not_average(
    known: Knowledge,
) -> None:
    seen = papi(known, index_id="par_index")
    assert (seen.orientation_only, seen.orientation_reason) == (True, "one_administration")
    assert seen.backcast is None
    rows = seen.percentile[seen.percentile["edition"] == 2022].set_index("unit_id")
    assert rows.loc["vn63-kon-tum", "equivalent_place"] == pytest.approx(1 + 54 * 33 / 62)


def test_pci_weighed_by_firms_is_still_scaled_within_its_field() -> None:
    assert orientation("pci", "firms") == "scaled_within_field"
    assert orientation("papi", "population_2022") == orientation("sipas", "equal") == ""
    assert orientation("an_index_of_tomorrow", "equal") == "averaging_untested"


def test_a_later_day_of_knowledge_is_needed_for_a_later_edition(known: Knowledge) -> None:
    with pytest.raises(EditionNotFound):
        papi(known, as_of=date(2023, 12, 31))
    seen = papi(known, edition=2023, as_of=date(2024, 12, 31))
    assert seen.story["edition"].max() == 2023


def test_questions_without_sense_are_refused_by_name(known: Knowledge) -> None:
    with pytest.raises(UnitNotFound):
        papi(known, "vn34-kon-tum")
    with pytest.raises(EditionsReversed):
        papi(known, baseline=2024, edition=2022)
    with pytest.raises(EditionNotFound):
        papi(known, edition=2031)
    with pytest.raises(WeightsFaulty):
        papi(known, weights="population_2031")


def test_communes_in_the_register_of_units_are_no_part_of_the_field_of_provinces(
    known: Knowledge,
) -> None:
    communes = pd.DataFrame(
        {"unit_id": [f"xa-{n}" for n in range(50)], "geography": "xa",
         "valid_from": pd.Timestamp("2004-01-01"), "valid_to": pd.NaT}
    )  # fmt: skip
    units = pd.concat([known.tables.units, communes], ignore_index=True)
    crowded = replace(known, tables=replace(known.tables, units=units))
    pd.testing.assert_frame_equal(field_of_34(crowded), field_of_34(known))
    found, expected = papi(crowded), papi(known)
    pd.testing.assert_frame_equal(found.percentile, expected.percentile)
    assert found.backcast == expected.backcast
    asked = {"unit_id": QUANG_NGAI, "new_baseline": 2025, "as_of": date(2026, 11, 21)}
    pd.testing.assert_frame_equal(proposals(crowded, **asked), proposals(known, **asked))  # type: ignore[arg-type]
    links = known.tables.unit_links
    assert set(same_kind(units, links, "xa")["unit_id"]) == set(communes["unit_id"])
    assert set(same_kind(units, links, "vn63")["geography"]) == {"vn63", "vn34"}


def test_a_unit_that_was_measured_itself_in_both_years_keeps_its_official_verdict(
    known: Knowledge,
) -> None:
    seen = papi(known, "vn63-kon-tum", edition=2023)
    assert (seen.conclusion, seen.official_status) == ("official_stands", "missed")
    assert (seen.backcast, seen.reasons) == (None, ())


# --------------------------------------------------------------------------- links are only data


def test_every_one_of_the_63_goes_whole_into_one_of_the_34(known: Knowledge) -> None:
    tables = known.tables
    parts = composition(
        tables.unit_links,
        units_on(tables.units, REFORM),
        measured_on=EVE,
        asked_on=REFORM,
    )
    assert sorted(parts["part_id"]) == sorted(units_on(tables.units, EVE))
    assert parts["unit_id"].nunique() == 34
    assert np.allclose(parts.groupby("unit_id")["share"].sum(), 1)
    assert (parts.groupby("unit_id").size() > 1).sum() == 23


def test_ha_tay_was_still_measured_apart_in_pci_2008_and_no_longer_in_2009(
    known: Knowledge,
) -> None:
    tables = known.tables
    assert edition_day(tables, index_id="pci", edition=2008) == date(2008, 7, 31)
    assert edition_day(tables, index_id="pci", edition=2009) == date(2009, 12, 31)
    assert edition_day(tables, index_id="papi", edition=2024) == EVE
    with pytest.raises(EditionNotFound):
        edition_day(tables, index_id="papi", edition=1999)


def test_the_days_of_all_editions_are_those_found_one_by_one(known: Knowledge) -> None:
    days = edition_days(known.tables)
    assert len(days) == len(known.tables.editions)
    for (index_id, edition), day in days.items():
        assert edition_day(known.tables, index_id=index_id, edition=edition) == day


@pytest.mark.parametrize("unit_id", [HA_NOI, "vn63-ha-noi"])
def test_ha_noi_before_2008_names_its_predecessors_and_says_that_weights_are_missing(
    known: Knowledge, unit_id: str
) -> None:
    seen = papi(known, unit_id, index_id="pci", baseline=2006, edition=2010)
    assert (seen.official_status, seen.official_reason) == ("not_assessable", "merged")
    assert seen.backcast is None
    assert "weights_missing_baseline" in seen.reasons
    before = seen.percentile[seen.percentile["edition"] == 2006]
    assert set(before["unit_id"]) == {
        "vn63-ha-noi", "vn63-ha-tay", "vn63-vinh-phuc", "vn63-hoa-binh",
    }  # fmt: skip
    assert before["own_rank"].notna().all()
    assert before["share"].isna().all()


def test_ha_noi_before_2008_has_a_back_cast_once_the_size_of_every_piece_is_handed_over(
    known: Knowledge,
) -> None:
    pieces = pd.DataFrame({
        "unit_id": ["vn63-ha-noi", "vn63-ha-tay", "vn63-vinh-phuc", "vn63-hoa-binh"],
        "to_unit_id": "vn63-ha-noi",
        "value": [50, 30, 15, 5],
    })  # fmt: skip
    seen = papi(
        known, "vn63-ha-noi", index_id="pci", baseline=2006, edition=2010,
        weights=Sizes("made_up", pieces),
    )  # fmt: skip
    scores = by_hand.scores("pci", 2006)
    shares = {"ha-noi": 0.5, "ha-tay": 0.3, "vinh-phuc": 0.15, "hoa-binh": 0.05}
    wanted, _ = by_hand.composite([(w, scores[f"vn63-{u}"]) for u, w in shares.items()])
    assert seen.backcast is not None
    assert seen.backcast.estimated_score0 == pytest.approx(wanted)
    assert (seen.backcast.n_common, seen.backcast.required_gain) == (63, 5)
    assert seen.weights == "made_up"


@pytest.mark.parametrize(
    "weights",
    ["equal", Sizes("firms", pd.DataFrame({"unit_id": ["vn63-ha-noi"], "value": [1]}))],
)
def test_a_district_that_changed_hands_cannot_be_weighed_as_its_whole_province(
    known: Knowledge, weights: Sizes | str
) -> None:
    seen = papi(known, "vn63-ha-noi", index_id="pci", baseline=2006, edition=2010, weights=weights)
    assert "fraction_of_unit_baseline" in seen.reasons


def test_the_34_go_back_two_reforms_and_only_ha_noi_lacks_weights_then(known: Knowledge) -> None:
    rows = field_of_34(known, index_id="pci", baseline=2006, edition=2010)
    silent = rows.index[rows["reason_baseline"] != ""]
    assert list(silent) == [HA_NOI]
    assert rows.loc["vn34-phu-tho", "n_parts_baseline"] == 3


def test_thua_thien_hue_is_one_unit_through_its_new_name_and_status(known: Knowledge) -> None:
    tables = known.tables
    for day in (date(2024, 12, 31), date(2025, 6, 30)):
        parts = composition(tables.unit_links, ["vn34-hue"], measured_on=day, asked_on=REFORM)
        assert parts["part_id"].tolist() == ["vn63-thua-thien-hue"]


def links(*rows: tuple[str, str, str, str, float | None]) -> pd.DataFrame:
    columns = ["effective_on", "event", "from_unit_id", "to_unit_id", "weight"]
    return pd.DataFrame(list(rows), columns=columns)


def test_a_part_of_a_split_province_is_followed_to_the_whole_it_came_from() -> None:
    rows = composition(
        links(("2024-01-01", "split", "a", "a1", 1), ("2024-01-01", "split", "a", "a2", 1)),
        ["a1", "a2"], measured_on=date(2023, 12, 31), asked_on=date(2024, 1, 1),
    )  # fmt: skip
    assert rows["part_id"].tolist() == ["a", "a"]
    assert rows["share"].tolist() == [1, 1]


def test_shares_multiply_through_two_mergers_and_a_transfer() -> None:
    changes = links(
        ("2010-01-01", "transfer", "a", "a", 0.8),
        ("2010-01-01", "transfer", "b", "a", 0.2),
        ("2020-01-01", "merge", "a", "x", 0.5),
        ("2020-01-01", "merge", "c", "x", 0.5),
    )
    rows = composition(
        changes, ["x"], measured_on=date(2009, 12, 31), asked_on=date(2020, 1, 1)
    ).set_index("part_id")
    assert rows["share"].to_dict() == pytest.approx({"a": 0.4, "b": 0.1, "c": 0.5})
    assert rows["is_fraction"].to_dict() == {"a": False, "b": True, "c": False}
    later = composition(changes, ["x"], measured_on=date(2010, 1, 1), asked_on=date(2020, 1, 1))
    assert sorted(later["part_id"]) == ["a", "c"]


def test_successors_follow_a_unit_to_the_day_asked_for(known: Knowledge) -> None:
    units, rows = known.tables.units, known.tables.unit_links
    assert successors(units, rows, "vn63-kon-tum", on=REFORM) == (QUANG_NGAI,)
    assert successors(units, rows, "vn63-kon-tum", on=EVE) == ("vn63-kon-tum",)
    assert successors(units, rows, "vn63-ha-tay", on=REFORM) == (HA_NOI,)
    # Vĩnh Phúc gave a district to Hà Nội and lasted.
    assert successors(units, rows, "vn63-vinh-phuc", on=EVE) == ("vn63-vinh-phuc",)
    assert successors(units, rows, HA_NOI, on=EVE) == ()


@pytest.mark.parametrize(("values", "code"), [
    ([1.0, -1.0], "weights_not_numbers"),
    ([1.0, float("nan")], "weights_not_numbers"),
    ([1.0, float("inf")], "weights_not_numbers"),
])  # fmt: skip
def test_sizes_that_are_no_sizes_are_refused(
    known: Knowledge, values: list[float], code: str
) -> None:
    table = pd.DataFrame({"unit_id": ["vn63-kon-tum", "vn63-quang-ngai"], "value": values})
    with pytest.raises(WeightsFaulty) as fault:
        papi(known, weights=Sizes("firms", table))
    assert (fault.value.code, fault.value.unit_ids) == (code, ("vn63-quang-ngai",))


def test_a_province_listed_twice_among_the_sizes_is_refused(known: Knowledge) -> None:
    table = pd.DataFrame({"unit_id": ["vn63-kon-tum"] * 2, "value": [1, 2]})
    with pytest.raises(WeightsFaulty, match="weights_repeated"):
        papi(known, weights=Sizes("firms", table))


def test_sizes_without_their_column_are_refused(known: Knowledge) -> None:
    with pytest.raises(ColumnsMissing):
        papi(known, weights=Sizes("firms", pd.DataFrame({"unit_id": ["vn63-kon-tum"]})))


def test_equal_weights_put_quang_ngai_halfway_between_its_predecessors(known: Knowledge) -> None:
    cast = papi(known, weights="equal").backcast
    assert cast is not None
    scores = by_hand.scores("papi", 2022)
    wanted, _ = by_hand.composite([(1, scores["vn63-kon-tum"]), (1, scores["vn63-quang-ngai"])])
    assert cast.estimated_score0 == pytest.approx(wanted)


def test_sizes_that_leave_out_a_province_leave_only_its_successor_without_weights(
    known: Knowledge,
) -> None:
    units = [unit for unit in units_on(known.tables.units, EVE) if unit != "vn63-kon-tum"]
    table = pd.DataFrame({"unit_id": units, "value": 10})
    rows = field_of_34(known, weights=Sizes("firms", table))
    assert list(rows.index[rows["reason"] == "weights_missing"]) == [QUANG_NGAI]


# ---------------------------------------------------------------- an estimate never looks official


@pytest.mark.parametrize("unit_id", [QUANG_NGAI, "vn34-bac-ninh", "vn34-hue", "vn34-ho-chi-minh"])
@pytest.mark.parametrize("index_id", ["papi", "pci", "par_index", "sipas"])
def test_no_estimated_unit_carries_a_column_that_looks_like_a_published_place(
    known: Knowledge, unit_id: str, index_id: str
) -> None:
    seen = papi(known, unit_id, index_id=index_id)
    assert seen.estimates["is_estimate"].all()
    assert not OFFICIAL_NAMES & set(seen.estimates.columns)
    one_year = estimated_field(known, index_id=index_id, edition=2022, asked_on=REFORM)
    assert not OFFICIAL_NAMES & set(one_year.columns)
    if seen.backcast is not None:
        assert not OFFICIAL_NAMES & {field.name for field in fields(seen.backcast)}
    assert not OFFICIAL_NAMES & {field.name for field in fields(seen)}
    # Frames with published places hold only units the publisher really measured.
    measured = known.standings.loc[known.standings["index_id"] == index_id, "unit_id"].unique()
    assert set(seen.story["unit_id"]) <= set(measured)
    assert not set(seen.percentile["unit_id"]) & set(seen.estimates["unit_id"])
    assert not known.standings["unit_id"].isin(seen.estimates["unit_id"]).any()


# -------------------------------------------------- a small country, for what the real one lacks


OLD_DAY = "2004-01-01"


def country(
    before: dict[str, dict[str, float | None]],
    now: dict[str, float | None] | None = None,
    *,
    sizes: dict[str, float] | None = None,
) -> Knowledge:
    """Provinces by the later unit they joined, with scores of 2022 and 2024 (as a pair or 2025).

    `before` gives for every later unit its old ones with a score of 2022; `now` scores of 2024 by
    old unit, or of 2025 by later unit.
    """
    old = [unit for parts in before.values() for unit in parts]
    weight = {unit: (sizes or {}).get(unit, 1.0) for unit in old}
    units = pd.DataFrame(
        [(unit, "vn63", OLD_DAY, "2025-06-30") for unit in old]
        + [(unit, "vn34", "2025-07-01", None) for unit in before],
        columns=["unit_id", "geography", "valid_from", "valid_to"],
    )
    rows = [
        ("2025-07-01", "merge" if len(parts) > 1 else "unchanged", unit, later,
         weight[unit] / sum(weight[one] for one in parts))
        for later, parts in before.items()
        for unit in parts
    ]  # fmt: skip
    scores = now or {}
    year = 2025 if set(scores) & set(before) else 2024
    figures = pd.concat(
        [
            builders.figures({u: s for parts in before.values() for u, s in parts.items()}),
            builders.figures(scores, edition=year),
        ],
        ignore_index=True,
    )
    empty = pd.DataFrame()
    tables = Tables(
        version="test",
        units=units,
        unit_links=links(*rows),
        indices=empty,
        components=builders.components(),
        editions=builders.editions(2022, 2024, 2025),
        breaks=builders.breaks(),
        groups=pd.DataFrame(
            columns=["index_id", "scheme_id", "from_edition", "to_edition", "rule", "sort"]
        ),
        national=empty,
        errors=empty,
        weights=empty,
        targets=empty,
        figures=figures,
    )
    return knowledge(tables)


def test_against_an_edition_of_the_34_the_published_score_stands_beside_the_back_cast() -> None:
    seen = lens(
        country({"x": {"a": 50, "b": 70}, "y": {"c": 65}, "z": {"d": 40}},
                {"x": 66, "y": 60, "z": 50}, sizes={"a": 3, "b": 1}),
        unit_id="x", index_id="papi", baseline=2022, edition=2025, gain=1,
    )  # fmt: skip
    assert (seen.official_status, seen.official_reason) == ("not_assessable", "merged")
    assert seen.backcast is not None
    assert (seen.backcast.estimated_score0, seen.backcast.estimated_score1) == (55, 66)
    assert (seen.backcast.estimated_place0, seen.backcast.estimated_place1) == (2, 1)
    # b alone was first, a alone second: the score of 2025 is published, and its place certain.
    assert (seen.bounds0, seen.bounds1) == ((1, 2), (1, 1))
    assert seen.conclusion == Conclusion.LIKELY_MET
    assert not seen.estimates["is_estimate"].any()
    assert seen.estimates["is_estimate_baseline"].all()


def test_a_place_the_publisher_withheld_has_no_equivalent_not_even_within_bounds(
    known: Knowledge,
) -> None:
    rows = papi(known, "vn34-bac-ninh").percentile
    ends = ["equivalent_place", "equivalent_low", "equivalent_high"]
    assert rows.loc[rows["edition"] == 2022, ends].isna().all(axis=None)
    assert rows.loc[rows["edition"] == 2024, ends].notna().all(axis=None)


def test_cao_bang_is_undecided_because_the_lenses_disagree(known: Knowledge) -> None:
    seen = papi(known, "vn34-cao-bang")
    assert seen.backcast is not None
    # 61st of 61, then 51st: a climb of provinces, of which the 33 units show nothing.
    assert (seen.backcast.estimated_place0, seen.backcast.estimated_place1) == (33, 33)
    assert (seen.backcast.is_met, seen.percentile_met) == (False, True)
    assert "lenses_disagree" in seen.reasons
    assert seen.conclusion == "undecided"


def test_where_two_years_measure_different_things_even_a_certain_rise_concludes_nothing() -> None:
    before = {"x": {"a": 50.0}, "y": {"b": 60.0}}
    whole = country(before, {"a": 70, "b": 60})
    torn = replace(
        whole,
        tables=replace(
            whole.tables, breaks=builders.breaks({"edition": 2023, "rank_comparable": "no"})
        ),
    )
    asked = {"unit_id": "x", "index_id": "papi", "baseline": 2022, "edition": 2024, "gain": 1}
    assert lens(whole, **asked).conclusion == Conclusion.LIKELY_MET  # type: ignore[arg-type]
    seen = lens(torn, **asked)  # type: ignore[arg-type]
    assert (seen.conclusion, "not_comparable" in seen.reasons) == (Conclusion.UNDECIDED, True)


def test_a_unit_that_ended_before_the_edition_is_refused_with_its_successor() -> None:
    known = country({"x": {"a": 50, "b": 70}, "y": {"c": 65}}, {"x": 66, "y": 60})
    with pytest.raises(UnitEnded) as fault:
        lens(known, unit_id="a", index_id="papi", baseline=2022, edition=2025)
    assert fault.value.successors == ("x",)


def test_a_place_outside_the_published_list_leaves_the_percentile_lens_open() -> None:
    rows = pd.DataFrame({
        "edition": [2022, 2024], "unit_id": "a", "share": 1.0, "state": ["ranked", "outside_top"],
        "equivalent_low": [20.0, 17.0], "equivalent_high": [20.0, 34.0],
    })  # fmt: skip
    assert percentile_verdict(rows, baseline=2022, places=2.0) is None
    assert percentile_verdict(rows, baseline=2022, places=4.0) is False
    rows["equivalent_high"] = [20.0, 17.0]
    assert percentile_verdict(rows, baseline=2022, places=2.0) is True


def test_the_first_place_is_enough_however_much_more_was_asked() -> None:
    rows = pd.DataFrame({
        "edition": [2022, 2024], "unit_id": "a", "share": 1.0, "state": "ranked",
        "equivalent_low": [2.0, 1.0], "equivalent_high": [2.0, 1.0],
    })  # fmt: skip
    assert percentile_verdict(rows, baseline=2022, places=2.7) is True


def test_two_units_apart_by_a_float_error_share_the_estimated_place() -> None:
    known = country({"x": {"a": 0.1, "b": 0.2}, "y": {"c": 0.15}}, {"a": 1, "b": 1, "c": 1})
    rows = estimated_field(known, index_id="papi", edition=2022, asked_on=REFORM)
    assert rows["estimated_place"].tolist() == [1, 1]


def test_what_was_handed_over_is_left_as_it_was(known: Knowledge) -> None:
    before = known.standings.copy(), known.tables.unit_links.copy()
    papi(known)
    pd.testing.assert_frame_equal(known.standings, before[0])
    pd.testing.assert_frame_equal(known.tables.unit_links, before[1])


# ------------------------------------------------------------------------------------------ laws


points = st.integers(0, 40).map(lambda n: n / 4)
figure = st.one_of(st.none(), points)
part = st.tuples(st.integers(1, 9), figure, figure)
fields_drawn = st.lists(st.lists(part, min_size=1, max_size=3), min_size=2, max_size=5)


def drawn_country(drawn: list[list[tuple[int, float | None, float | None]]]) -> Knowledge:
    names = {(i, j): f"o{i}{j}" for i, parts in enumerate(drawn) for j in range(len(parts))}
    return country(
        {
            f"u{i}": {names[i, j]: one[1] for j, one in enumerate(parts)}
            for i, parts in enumerate(drawn)
        },
        {names[i, j]: one[2] for i, parts in enumerate(drawn) for j, one in enumerate(parts)},
        sizes={names[i, j]: one[0] for i, parts in enumerate(drawn) for j, one in enumerate(parts)},
    )


def two_years(known: Knowledge, **asked: object) -> pd.DataFrame:
    return estimates(
        known, index_id="papi", baseline=2022, edition=2024, asked_on=REFORM, **asked,  # type: ignore[arg-type]
    )  # fmt: skip


@given(fields_drawn)
def test_coverage_is_a_share_and_the_bounds_hold_the_estimated_place(
    drawn: list[list[tuple[int, float | None, float | None]]],
) -> None:
    rows = two_years(drawn_country(drawn))
    for ending in ("", "_baseline"):
        assert rows[f"coverage{ending}"].between(0, 1).all()
        assert (rows[f"estimated_score{ending}"].isna() == (rows[f"coverage{ending}"] == 0)).all()
        common = rows[rows["is_common"]]
        place = common[f"estimated_place{ending}"]
        assert (common[f"place_low{ending}"] <= place).all()
        assert (place <= common[f"place_high{ending}"]).all()
        assert place.between(1, max(1, len(common))).all()
        assert rows.loc[~rows["is_common"], f"estimated_place{ending}"].isna().all()
    assert (rows.loc[rows["is_common"], "required_place"] >= 1).all()


@given(fields_drawn)
def test_any_country_agrees_with_plain_loops(
    drawn: list[list[tuple[int, float | None, float | None]]],
) -> None:
    known = drawn_country(drawn)
    n_before = sum(len(parts) for parts in drawn)
    rows = two_years(known).set_index("unit_id")
    slow = by_hand.estimates(
        {f"u{i}": [(one[0], one[1]) for one in parts] for i, parts in enumerate(drawn)},
        {f"u{i}": [(one[0], one[2]) for one in parts] for i, parts in enumerate(drawn)},
        gain=5, n_before=n_before,
    )  # fmt: skip
    assert set(slow) == set(rows.index[rows["is_common"]])
    for unit, one in slow.items():
        row = rows.loc[unit]
        assert (row["estimated_place_baseline"], row["estimated_place"]) == (one.place0, one.place1)
        assert (row["place_low"], row["place_high"]) == one.bounds1
        assert row["required_gain"] == one.required_gain
        assert row["required_place"] == one.required_place


@settings(max_examples=10)
@given(fields_drawn, st.sampled_from([0.001, 3.0, 1e6]))
def test_weights_in_other_units_give_the_same_shares(
    drawn: list[list[tuple[int, float | None, float | None]]], factor: float
) -> None:
    known = drawn_country(drawn)
    table = pd.DataFrame({
        "unit_id": [f"o{i}{j}" for i, parts in enumerate(drawn) for j in range(len(parts))],
        "value": [one[0] for parts in drawn for one in parts],
    })  # fmt: skip
    plain = two_years(known, weights=Sizes("persons", table))
    scaled = two_years(known, weights=Sizes("persons", table.assign(value=table["value"] * factor)))
    pd.testing.assert_frame_equal(plain, scaled)
    pd.testing.assert_frame_equal(plain, two_years(known))


@given(fields_drawn, st.sampled_from(["population_2022", "equal"]))
def test_a_unit_with_one_predecessor_keeps_its_score_whatever_the_weights(
    drawn: list[list[tuple[int, float | None, float | None]]], weights: str
) -> None:
    rows = two_years(drawn_country(drawn), weights=weights).set_index("unit_id")
    for i, parts in enumerate(drawn):
        if len(parts) == 1:
            held = rows.loc[f"u{i}", "estimated_score"]
            assert (None if pd.isna(held) else held) == parts[0][2]


@given(fields_drawn)
def test_a_composite_lies_between_its_predecessors(
    drawn: list[list[tuple[int, float | None, float | None]]],
) -> None:
    known = drawn_country(drawn)
    rows = estimated_field(known, index_id="papi", edition=2022, asked_on=REFORM)
    held = rows[rows["estimated_score"].notna()]
    assert (held["lowest_score"] <= held["estimated_score"]).all()
    assert (held["estimated_score"] <= held["highest_score"]).all()


@settings(max_examples=10)
@given(fields_drawn, st.randoms(use_true_random=False))
def test_the_order_of_links_and_figures_changes_nothing(
    drawn: list[list[tuple[int, float | None, float | None]]], chance: object
) -> None:
    known = drawn_country(drawn)
    seed = chance.randrange(2**31)  # type: ignore[attr-defined]
    tables = replace(
        known.tables,
        unit_links=known.tables.unit_links.sample(frac=1, random_state=seed),
        figures=known.tables.figures.sample(frac=1, random_state=seed),
    )
    pd.testing.assert_frame_equal(two_years(knowledge(tables)), two_years(known))


@given(
    st.integers(1, 70).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
    st.integers(1, 63),
)
def test_the_first_stays_first_and_the_last_last_in_a_field_of_another_size(
    place: tuple[int, int], n_present: int
) -> None:
    rank, n = place
    measured = pd.DataFrame({
        "unit_id": ["a"], "rank": [rank], "rank_origin": "published",
        "rank_low": [rank], "rank_high": [rank],
        "n_ranked": [n], "state": ["ranked"],
    })  # fmt: skip
    parts = pd.DataFrame({"part_id": ["a"], "share": [1.0]})
    row = equivalents(parts, measured, edition=2022, n_present=n_present).iloc[0]
    if n == 1:
        assert pd.isna(row["equivalent_place"])
        return
    assert 1 <= row["equivalent_place"] <= n_present
    assert rank != 1 or row["equivalent_place"] == 1
    assert rank != n or row["equivalent_place"] == pytest.approx(n_present)


@given(st.integers(0, 20), st.integers(2, 70), st.integers(1, 70))
def test_the_scaled_requirement_is_the_smallest_whole_number_that_asks_no_less(
    gain: int, n_before: int, n_now: int
) -> None:
    asked = scaled_gain(gain, n_before=n_before, n_now=n_now)
    assert asked == by_hand.required_gain(gain, n_before, n_now)
    assert asked * (n_before - 1) >= gain * (n_now - 1) > (asked - 1) * (n_before - 1)


def test_a_missing_score_is_left_out_and_never_counted_as_nothing() -> None:
    parts = pd.DataFrame({"unit_id": "x", "part_id": ["a", "b"], "share": [0.6, 0.4], "reason": ""})
    scores = pd.DataFrame({"unit_id": ["a", "b"], "score": [40.0, None]})
    row = back_cast(parts, scores).iloc[0]
    assert row["estimated_score"] == 40
    assert row["coverage"] == pytest.approx(0.6)
    assert (row["n_parts"], row["n_scored"]) == (2, 1)
