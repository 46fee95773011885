"""The catalogue says what each index measured in each year, and refuses to say it wrongly."""

from __future__ import annotations

import copy
import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from data.indices import Catalogue, CatalogueError, ComponentNotFound, load_catalogue

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
FOLDER = REFERENCE / "indices"
CATALOGUE = load_catalogue(FOLDER)
SEVERITY = {"yes": 0, "flag": 1, "no": 2}

# An index of costs, where less is better: what a fifth file has to say, and no more.
B1 = """
id: b1
short: B1
name: {vi: Chi phí tuân thủ pháp luật, en: Cost of complying with the law}
publisher: {vi: Bộ Tư pháp, en: Ministry of Justice}
source_id: b1
direction: -1
decimals: 1
max_score: 7
why_it_matters:
  vi: Chi phí càng thấp thì doanh nghiệp càng dễ làm đúng luật.
  en: The lower the cost, the easier it is for firms to obey the law.
checked_by: Sở Tư pháp
next_review: 2027-03-31
components:
  - id: b1
    parent_id: null
    role: total
    sort: 0
    periods:
      - from: 2021
        to: null
        code: TOTAL
        name: {vi: Chi phí tuân thủ pháp luật, en: Cost of complying with the law}
        max_score: 7
        relation: [new]
        rank_comparable: yes
        score_comparable: yes
        aliases: [Chỉ số B1]
        confidence: high
        source: Văn bản của tỉnh
  - id: b1.time
    parent_id: b1
    role: component
    sort: 1
    periods:
      - from: 2021
        to: 2022
        code: T1
        name: {vi: Thời gian, en: Time}
        max_score: null
        relation: [new]
        rank_comparable: yes
        score_comparable: yes
        confidence: low
        source: Văn bản của tỉnh
      - from: 2023
        to: null
        code: T1
        name: {vi: Thời gian thực hiện, en: Time spent}
        max_score: 3.5
        relation: [renamed, reweighted]
        rank_comparable: flag
        score_comparable: no
        confidence: high
        source: Văn bản của tỉnh
editions:
  - {edition: 2021, published_on: 2022-03-01, date_basis: documented, source_id: b1,
     geography: vn63, n_ranked: 63, coverage: complete}
  - {edition: 2023, published_on: 2024-03-01, date_basis: approximate, source_id: b1,
     geography: vn63, n_ranked: 63, coverage: partial, published_top: 10}
breaks:
  - edition: 2023
    kind: weights
    component_ids: [b1.time]
    rank_comparable: flag
    score_comparable: no
    note: {vi: Đổi trọng số., en: New weights.}
    source: Văn bản của tỉnh
groups:
  - id: b1_cuts
    name: {vi: Ba nhóm, en: Three groups}
    from: 2021
    to: null
    rule: score_cuts
    out_of: null
    cuts: [5, 3]
    labels:
      - {id: dear, name: {vi: Cao, en: High}}
      - {id: fair, name: {vi: Vừa, en: Fair}}
      - {id: cheap, name: {vi: Thấp, en: Low}}
    source: Văn bản của tỉnh
"""


def frames(catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    return {
        "index": catalogue.index_frame(),
        "component": catalogue.component_frame(),
        "edition": catalogue.edition_frame(),
        "break": catalogue.break_frame(),
        "group": catalogue.group_frame(),
        "lineage": catalogue.lineage_frame(),
    }


def figures(index_id: str, edition: int) -> list[dict[str, str]]:
    path = REFERENCE / "rankings" / index_id / f"{edition}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def editions_held(index_id: str) -> list[int]:
    return sorted(int(path.stem) for path in (REFERENCE / "rankings" / index_id).glob("*.csv"))


# --- what the four files say --------------------------------------------------------------------


def test_the_four_indices_are_described_with_their_publishers() -> None:
    frame = CATALOGUE.index_frame().set_index("index_id")
    assert set(frame.index) == {"papi", "par_index", "pci", "sipas"}
    assert frame.loc["par_index", "publisher_vi"] == "Bộ Nội vụ"
    assert frame["direction"].tolist() == [1, 1, 1, 1]
    assert frame["max_score"].to_dict() == {"papi": 80, "par_index": 100, "pci": 100, "sipas": 100}


@pytest.mark.parametrize("index_id", ["papi", "par_index", "pci", "sipas"])
def test_why_an_index_matters_is_said_in_two_sentences_in_each_language(index_id: str) -> None:
    text = CATALOGUE.index(index_id).why_it_matters
    for words in (text.vi, text.en):
        assert len(re.findall(r"[.](?:\s|$)", words)) == 2


def test_the_areas_of_par_index_sum_to_a_hundred_where_their_maxima_are_known() -> None:
    for edition in (2017, 2022, 2023, 2024):
        areas = [c for c in CATALOGUE.components("par_index", edition) if c.role == "component"]
        assert len(areas) == 8
        assert sum(area.max_score or 0 for area in areas) == 100
    for edition in (2012, 2015, 2016, 2020):
        areas = [c for c in CATALOGUE.components("par_index", edition) if c.role == "component"]
        assert [area.max_score for area in areas] == [None] * 8


def test_the_score_blocks_of_par_index_are_a_second_split_of_the_same_hundred_points() -> None:
    for edition in (2020, 2021, 2022, 2024):
        blocks = [c for c in CATALOGUE.components("par_index", edition) if c.role == "block"]
        assert sum(block.max_score or 0 for block in blocks) == 100
    assert not [c for c in CATALOGUE.components("par_index", 2019) if c.role == "block"]


def test_unconfirmed_maxima_of_par_index_say_so() -> None:
    for component_id, maximum in (("par_index.public_finance", 12), ("par_index.digital", 13.5)):
        period = CATALOGUE.component(component_id, 2022).period
        assert (period.max_score, period.confidence) == (maximum, "low")


def test_every_level_of_papi_sums_to_the_level_above_it() -> None:
    for edition in range(2011, 2025):
        measured = CATALOGUE.components("papi", edition)
        dimensions = [c for c in measured if c.role == "component"]
        total = CATALOGUE.component("papi", edition)
        assert sum(c.max_score or 0 for c in dimensions) == total.max_score
        for dimension in dimensions:
            parts = [c for c in measured if c.parent_id == dimension.component_id]
            # Thirds are printed as 3,33, so three of them miss ten by a hundredth.
            assert sum(c.max_score or 0 for c in parts) == pytest.approx(10, abs=0.011)


def test_the_sub_indices_of_pci_are_nine_or_ten_of_ten_points_by_era() -> None:
    expected = {2005: 9, 2006: 10, 2008: 10, 2009: 9, 2012: 9, 2013: 10, 2021: 10, 2024: 10}
    for edition, number in expected.items():
        parts = [c for c in CATALOGUE.components("pci", edition) if c.role == "component"]
        assert len(parts) == number
        assert {part.max_score for part in parts} == {10}
        assert sorted(int(part.code.removeprefix("S")) for part in parts) == [*range(1, number + 1)]


@pytest.mark.parametrize(
    ("code", "edition", "meaning"),
    [
        ("D2.1", 2016, "papi.transparency.poverty_lists"),
        ("D2.1", 2018, "papi.transparency.access_information"),
        ("D2.2", 2017, "papi.transparency.commune_budget"),
        ("D2.2", 2018, "papi.transparency.poverty_lists"),
        ("D2.3", 2017, "papi.transparency.land_plans"),
        ("D2.3", 2024, "papi.transparency.commune_budget"),
        ("D2.4", 2018, "papi.transparency.land_plans"),
        ("D3.2", 2015, "papi.accountability.inspection_boards"),
        ("D3.2", 2016, "papi.accountability.citizen_response"),
        ("D3.3", 2015, "papi.accountability.investment_boards"),
        ("D3.3", 2017, "papi.accountability.inspection_boards"),
        ("D3.3", 2018, "papi.accountability.justice"),
        ("D8.3", 2019, "papi.egovernance.responsiveness"),
    ],
)
def test_a_papi_code_means_what_it_meant_that_year(code: str, edition: int, meaning: str) -> None:
    assert CATALOGUE.component_by_code("papi", code, edition).component_id == meaning


@pytest.mark.parametrize(
    ("code", "edition"), [("D2.4", 2017), ("D5.2", 2021), ("D7", 2017), ("D8.3", 2018)]
)
def test_a_code_out_of_use_finds_nothing(code: str, edition: int) -> None:
    with pytest.raises(ComponentNotFound, match=str(edition)):
        CATALOGUE.component_by_code("papi", code, edition)


@pytest.mark.parametrize("index_id", ["papi", "par_index", "pci", "sipas"])
def test_every_shipped_figure_belongs_to_exactly_one_component_and_code(index_id: str) -> None:
    assert editions_held(index_id) == [e.edition for e in CATALOGUE.index(index_id).editions]
    for edition in editions_held(index_id):
        component_ids = {row["component_id"] for row in figures(index_id, edition)}
        by_code: dict[str, list[str]] = {}
        for component in CATALOGUE.index(index_id).components:
            for period in component.periods:
                ends = period.last or 9999
                if period.first <= edition <= ends and "dropped" not in period.relation:
                    by_code.setdefault(period.code, []).append(component.id)
        assert all(len(found) == 1 for found in by_code.values())
        assert component_ids <= {found[0] for found in by_code.values()}
        for code, (component_id,) in by_code.items():
            found = CATALOGUE.component_by_code(index_id, code, edition)
            assert found.component_id == component_id
        if index_id == "papi":
            assert component_ids == {found[0] for found in by_code.values()}


@pytest.mark.parametrize("index_id", ["papi", "par_index", "pci", "sipas"])
def test_no_shipped_score_exceeds_the_maximum_of_its_component(index_id: str) -> None:
    for edition in editions_held(index_id):
        maxima = {
            found.component_id: found.max_score for found in CATALOGUE.components(index_id, edition)
        }
        for row in figures(index_id, edition):
            maximum = maxima[row["component_id"]]
            if maximum is not None and row["score"]:
                assert float(row["score"]) <= maximum, (edition, row)
            if row["max_score"]:
                assert float(row["max_score"]) == maximum, (edition, row)


def test_complete_editions_hold_the_score_of_every_unit_ranked() -> None:
    for index in CATALOGUE.indices:
        for edition in index.editions:
            scored = [
                row["unit_id"]
                for row in figures(index.id, edition.edition)
                if row["component_id"] == index.id and row["score"]
            ]
            if edition.coverage == "complete":
                assert len(scored) == edition.n_ranked, (index.id, edition.edition)
            elif edition.n_ranked is not None:
                assert len(scored) < edition.n_ranked, (index.id, edition.edition)


def test_editions_run_without_gap_and_are_published_in_order() -> None:
    spans = {"papi": (2011, 2024), "par_index": (2011, 2024), "pci": (2005, 2024)}
    spans["sipas"] = (2017, 2024)
    frame = CATALOGUE.edition_frame()
    for index_id, (first, last) in spans.items():
        own = frame[frame["index_id"] == index_id]
        assert own["edition"].tolist() == list(range(first, last + 1))
        assert own["published_on"].is_monotonic_increasing
        assert own["published_on"].is_unique


@pytest.mark.parametrize(
    ("index_id", "edition", "published_on", "n_ranked"),
    [
        ("papi", 2014, "2015-06-30", 61),
        ("papi", 2021, "2022-05-10", 60),
        ("papi", 2022, "2023-04-12", 61),
        ("papi", 2024, "2025-04-15", 61),
        ("par_index", 2016, "2017-05-30", 63),
        ("par_index", 2022, "2023-04-19", 63),
        ("sipas", 2018, "2019-05-24", 63),
        ("sipas", 2023, "2024-04-17", 63),
        ("pci", 2005, "2005-06-30", 42),
        ("pci", 2008, "2008-12-11", 64),
        ("pci", 2022, "2023-04-11", 63),
        ("pci", 2024, "2025-05-06", 63),
    ],
)
def test_an_edition_carries_its_date_and_the_number_of_units_ranked(
    index_id: str, edition: int, published_on: str, n_ranked: int
) -> None:
    frame = CATALOGUE.edition_frame().set_index(["index_id", "edition"])
    row = frame.loc[(index_id, edition)]
    assert str(row["published_on"].date()) == published_on
    assert row["n_ranked"] == n_ranked


def test_the_pilot_of_2011_ranked_nobody() -> None:
    row = CATALOGUE.edition_frame().set_index(["index_id", "edition"]).loc[("par_index", 2011)]
    assert row["n_ranked"] is pd.NA


def test_pci_is_published_for_the_best_thirty_only_since_2023() -> None:
    frame = CATALOGUE.edition_frame()
    top = frame[frame["published_top"].notna()]
    assert top[["index_id", "edition", "published_top"]].to_numpy().tolist() == [
        ["pci", 2023, 30],
        ["pci", 2024, 30],
    ]


# --- lineage, breaks, groups --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component_id", "before", "after"),
    [
        (
            "par_index.institutions",
            "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật tại tỉnh",
            "Cải cách thể chế",
        ),
        (
            "par_index.civil_service",
            "Xây dựng và nâng cao chất lượng đội ngũ cán bộ, công chức, viên chức",
            "Cải cách chế độ công vụ",
        ),
        (
            "par_index.digital",
            "Hiện đại hóa hành chính",
            "Xây dựng và phát triển chính quyền điện tử, chính quyền số",
        ),
    ],
)
def test_the_areas_renamed_in_2022_keep_their_rank_with_a_flag_and_lose_their_score(
    component_id: str, before: str, after: str
) -> None:
    lineage = CATALOGUE.lineage_frame().set_index(["component_id", "edition"])
    step = lineage.loc[(component_id, 2022)]
    assert (step["name_before_vi"], step["name_vi"]) == (before, after)
    assert step["relation"] == "renamed;redefined"
    assert (step["rank_comparable"], step["score_comparable"]) == ("flag", "no")


def test_the_lineage_follows_a_meaning_through_a_change_of_code() -> None:
    lineage = CATALOGUE.lineage_frame().set_index(["component_id", "edition"])
    step = lineage.loc[("papi.transparency.poverty_lists", 2018)]
    assert (step["code_before"], step["code"]) == ("D2.1", "D2.2")
    assert (step["max_score_before"], step["max_score"]) == (3.33, 2.5)


def test_the_lineage_follows_a_meaning_into_another_component() -> None:
    lineage = CATALOGUE.lineage_frame().set_index(["component_id", "edition"])
    step = lineage.loc[("pci.business_support_services", 2009)]
    assert step["previous_component_id"] == "pci.private_sector_dev_services"
    assert step["name_before_vi"] == "Chính sách phát triển khu vực kinh tế tư nhân"


def test_a_dropped_component_is_in_the_lineage_but_is_no_longer_measured() -> None:
    lineage = CATALOGUE.lineage_frame()
    dropped = lineage[lineage["relation"] == "dropped"]
    assert {
        ("papi.procedures.construction", 2021),
        ("papi.accountability.inspection_boards", 2018),
        ("papi.accountability.investment_boards", 2016),
        ("pci.soe_bias", 2009),
        ("sipas.access", 2022),
    } <= set(zip(dropped["component_id"], dropped["edition"], strict=True))
    measured = CATALOGUE.component_frame()
    assert not measured["relation"].str.contains("dropped").any()
    for component_id, edition in zip(dropped["component_id"], dropped["edition"], strict=True):
        with pytest.raises(ComponentNotFound):
            CATALOGUE.component(component_id, edition)
        assert CATALOGUE.component(component_id, edition - 1).component_id == component_id


def test_a_step_that_is_not_simply_comparable_is_also_a_break_at_least_as_severe() -> None:
    breaks = CATALOGUE.break_frame()
    compared = 0
    for index in CATALOGUE.indices:
        for component in index.components:
            for earlier, later in zip(
                component.measured_periods, component.measured_periods[1:], strict=False
            ):
                own = breaks[
                    (breaks["component_id"] == component.id)
                    & (breaks["edition"] > (earlier.last or 0))
                    & (breaks["edition"] <= later.first)
                ]
                for asked, column in (
                    (later.rank_comparable, "rank_comparable"),
                    (later.score_comparable, "score_comparable"),
                ):
                    if asked != "yes":
                        compared += 1
                        found = [SEVERITY[word] for word in own[column]]
                        assert max(found, default=-1) >= SEVERITY[asked], (component.id, later)
    assert compared > 100


@pytest.mark.parametrize(
    ("component_id", "edition", "rank", "score"),
    [
        ("papi", 2018, "flag", "no"),
        ("papi.transparency", 2018, "flag", "no"),
        ("papi.accountability", 2016, "flag", "no"),
        ("papi.procedures", 2021, "flag", "no"),
        ("papi.egovernance", 2019, "flag", "no"),
        ("papi.egovernance", 2022, "flag", "flag"),
        ("papi.egovernance", 2023, "flag", "flag"),
        ("papi.environment.seriousness", 2019, "flag", "no"),
        ("par_index", 2016, "flag", "no"),
        ("par_index.impact", 2022, "flag", "no"),
        ("par_index.steering", 2024, "yes", "flag"),
        ("sipas", 2022, "flag", "no"),
        ("pci", 2013, "flag", "no"),
        ("pci.transparency", 2022, "flag", "no"),
        ("pci", 2023, "flag", "yes"),
    ],
)
def test_a_break_says_what_may_still_be_compared(
    component_id: str, edition: int, rank: str, score: str
) -> None:
    frame = CATALOGUE.break_frame()
    own = frame[(frame["component_id"] == component_id) & (frame["edition"] == edition)]
    assert max(own["rank_comparable"], key=SEVERITY.__getitem__) == rank
    assert max(own["score_comparable"], key=SEVERITY.__getitem__) == score


def test_no_break_stands_between_the_editions_of_papi_that_were_not_changed() -> None:
    frame = CATALOGUE.break_frame()
    assert set(frame.loc[frame["index_id"] == "papi", "edition"]) == {
        2016,
        2018,
        2019,
        2020,
        2021,
        2022,
        2023,
    }


def test_a_break_of_the_whole_index_names_each_component() -> None:
    frame = CATALOGUE.break_frame()
    own = frame[(frame["index_id"] == "sipas") & (frame["edition"] == 2022)]
    assert own["component_id"].tolist() == CATALOGUE.index("sipas").component_ids()


def test_marks_of_a_changed_measurement_are_seen_in_the_published_scores_themselves() -> None:
    """In each, every province lies on one side of every province of the year before, or nearly."""

    def scores(component_id: str, edition: int) -> list[float]:
        return [
            float(row["score"])
            for row in figures("papi", edition)
            if row["component_id"] == component_id and row["score"]
        ]

    assert max(scores("papi.environment.seriousness", 2019)) < min(
        scores("papi.environment.seriousness", 2018)
    )
    assert min(scores("papi.services.law_order", 2021)) > max(
        scores("papi.services.law_order", 2020)
    )
    response = "papi.accountability.citizen_response"
    assert max(scores(response, 2021)) < sum(scores(response, 2020)) / 63
    portals = "papi.egovernance.responsiveness"
    assert max(scores(portals, 2020)) < sum(scores(portals, 2019)) / 63


def test_papi_groups_are_quartiles_of_63_and_the_published_bounds_of_2022_stand_beside() -> None:
    frame = CATALOGUE.group_frame()
    papi = frame[frame["index_id"] == "papi"].set_index(["scheme_id", "group_id"])
    assert papi.loc[("papi_quartiles", "high"), "out_of"] == 63
    assert papi.loc["papi_quartiles", "lower_bound"].isna().all()
    assert papi.loc["papi_bounds_2022", "lower_bound"].to_dict() == {
        "high": 43.44,
        "upper_middle": 42.15,
        "lower_middle": 40.74,
        "low": 38.80,
    }
    assert papi.loc["papi_bounds_2022", "name_vi"].tolist() == [
        "Cao",
        "Trung bình cao",
        "Trung bình thấp",
        "Thấp",
    ]


def test_a_letter_of_par_index_has_its_own_cut_each_year_and_none_where_undocumented() -> None:
    frame = CATALOGUE.group_frame()
    a = frame[(frame["index_id"] == "par_index") & (frame["group_id"] == "a")]
    assert dict(zip(a["from_edition"], a["lower_bound"], strict=True)) == {
        2015: 90,
        2018: 80,
        2024: 90,
    }
    par = frame[frame["index_id"] == "par_index"]
    assert set(par["from_edition"]) == set(par["to_edition"]) == {2012, 2015, 2018, 2024}
    assert set(frame["index_id"]) == {"papi", "par_index"}


@pytest.mark.parametrize(
    ("index_id", "label", "edition", "component_id"),
    [
        ("par_index", "Cải cách TTHC", 2022, "par_index.procedures"),
        ("par_index", "Hiện đại hóa hành chính", 2021, "par_index.digital"),
        ("par_index", "Hiện đại hóa hành chính", 2022, "par_index.digital"),
        ("par_index", "Xây dựng và phát triển CQĐT, CQS", 2023, "par_index.digital"),
        ("par_index", "Tác động của CCHC", 2024, "par_index.impact"),
        ("par_index", "công tác chỉ  đạo, điều hành CCHC", 2023, "par_index.steering"),
        ("papi", "Tiếp cận thông tin*", 2018, "papi.transparency.access_information"),
        ("papi", "2.1: Tiếp cận thông tin ", 2014, "papi.transparency.poverty_lists"),
        ("papi", "2.2: Poverty List Transparency", 2017, "papi.transparency.commune_budget"),
        ("papi", "2.2: Danh sách hộ nghèo", 2018, "papi.transparency.poverty_lists"),
        ("papi", "Chỉ số nội dung 7: Quản trị môi trường*", 2018, "papi.environment"),
        ("papi", "Cung ứng dịch vụ công (D6)", 2022, "papi.services"),
        ("papi", "Land Tittle Procedures", 2023, "papi.procedures.land_title"),
        ("papi", "Công khai, minh bạch", 2022, "papi.transparency"),
        (
            "papi",
            "Local Government's Response to Citizens' Appeals",
            2018,
            "papi.accountability.citizen_response",
        ),
        ("pci", "Sub-Index 10: Law & Order", 2018, "pci.legal_institutions"),
        ("pci", "Dịch vụ hỗ trợ DN", 2009, "pci.business_support_services"),
        (
            "pci",
            "Chính sách phát triển khu vực kinh tế tư nhân",
            2005,
            "pci.private_sector_dev_policies",
        ),
        (
            "pci",
            "Chính sách phát triển khu vực kinh tế tư nhân",
            2006,
            "pci.private_sector_dev_services",
        ),
        ("sipas", "Xây dựng, tổ chức thực hiện chính sách (chung)", 2022, "sipas.policy"),
    ],
)
def test_a_spelling_seen_in_a_document_leads_to_its_component(
    index_id: str, label: str, edition: int, component_id: str
) -> None:
    assert CATALOGUE.component_by_label(index_id, label, edition).component_id == component_id


@pytest.mark.parametrize(
    ("label", "edition"),
    [
        ("Tham gia của người dân", 2022),
        ("2.1: Danh sách hộ nghèo", 2018),
        ("2.2: Poverty Lists", 2017),
        ("Cung ứng dịch vụ công (D5)", 2022),
        ("2.1:", 2018),
        ("", 2018),
    ],
)
def test_a_label_nobody_used_or_one_that_contradicts_its_number_is_not_guessed(
    label: str, edition: int
) -> None:
    with pytest.raises(ComponentNotFound, match="không khớp"):
        CATALOGUE.component_by_label("papi", label, edition)


def test_an_unknown_index_is_named_together_with_the_known_ones() -> None:
    with pytest.raises(ComponentNotFound, match=r"“b1”.*papi, par_index, pci, sipas"):
        CATALOGUE.index("b1")


MEASURED = [
    found
    for index in CATALOGUE.indices
    for edition in index.editions
    for found in CATALOGUE.components(index.id, edition.edition)
]


@given(st.sampled_from(MEASURED), st.data())
def test_code_and_every_label_of_a_component_lead_back_to_it(
    found: Any, data: st.DataObject
) -> None:
    label = data.draw(st.sampled_from(found.period.labels))
    for again in (
        CATALOGUE.component(found.component_id, found.edition),
        CATALOGUE.component_by_code(found.index_id, found.code, found.edition),
        CATALOGUE.component_by_label(found.index_id, label.upper(), found.edition),
    ):
        assert again == found


def test_every_parent_is_measured_whenever_its_child_is() -> None:
    present = {(found.component_id, found.edition) for found in MEASURED}
    for found in MEASURED:
        assert found.parent_id is None or (found.parent_id, found.edition) in present


def test_frames_have_the_promised_columns_and_unique_keys() -> None:
    keys = {
        "index": ["index_id"],
        "component": ["component_id", "from_edition"],
        "edition": ["index_id", "edition"],
        "break": ["index_id", "edition", "kind", "component_id"],
        "group": ["index_id", "scheme_id", "group_id"],
        "lineage": ["component_id", "edition"],
    }
    for name, frame in frames(CATALOGUE).items():
        assert not frame.duplicated(keys[name]).any(), name
        assert frame[keys[name]].notna().all(axis=None), name
    component = CATALOGUE.component_frame()
    assert component["to_edition"].isna().any()
    assert str(component["to_edition"].dtype) == "Int64"
    assert component["max_score"].isna().any()
    assert not (component["max_score"] == 0).any()


# --- a fifth index ------------------------------------------------------------------------------


def test_a_fifth_index_is_added_by_one_file_alone(tmp_path: Path) -> None:
    folder = tmp_path / "indices"
    shutil.copytree(FOLDER, folder)
    (folder / "b1.yml").write_text(B1, encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert catalogue.index_ids == ["b1", "papi", "par_index", "pci", "sipas"]
    for name, frame in frames(catalogue).items():
        old = frame[frame["index_id"] != "b1"].reset_index(drop=True)
        pd.testing.assert_frame_equal(old, frames(CATALOGUE)[name])
        assert (frame["index_id"] == "b1").any(), name
    component = catalogue.component_frame().query("index_id == 'b1'")
    assert component["direction"].tolist() == [-1, -1, -1]
    assert component["score_comparable"].tolist() == ["yes", "yes", "no"]
    assert catalogue.component_by_code("b1", "T1", 2021).name.vi == "Thời gian"
    assert catalogue.component_by_label("b1", "thời gian thực hiện", 2025).max_score == 3.5
    assert catalogue.lineage_frame().query("index_id == 'b1'")["relation"].tolist() == [
        "renamed;reweighted"
    ]
    assert catalogue.group_frame().query("index_id == 'b1'")["sort"].tolist() == [1, 2, 3]


def test_a_catalogue_without_breaks_or_groups_still_has_their_columns(tmp_path: Path) -> None:
    content = yaml.safe_load(B1)
    content["breaks"], content["groups"] = [], []
    (tmp_path / "b1.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    catalogue = load_catalogue(tmp_path)
    for name in ("break", "group"):
        frame = frames(catalogue)[name]
        assert frame.empty
        assert frame.dtypes.astype(str).to_dict() == (
            frames(CATALOGUE)[name].dtypes.astype(str).to_dict()
        )


# --- faults -------------------------------------------------------------------------------------


def put(*path: str | int, value: object) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        del content[path[-1]]

    return change


def repeat(name: str, position: int) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        content[name].append(copy.deepcopy(content[name][position]))

    return change


def cycle(content: Any) -> None:
    second = copy.deepcopy(content["components"][1])
    second.update(id="b1.money", parent_id="b1.time")
    for period in second["periods"]:
        period.update(code="M1", name={"vi": "Tiền", "en": "Money"})
    content["components"].append(second)
    content["components"][1]["parent_id"] = "b1.money"


def sibling(**changes: object) -> Callable[[Any], None]:
    """A further component like b1.time with its own code and name, changed as told."""

    def change(content: Any) -> None:
        further = copy.deepcopy(content["components"][1])
        further["id"] = "b1.money"
        for period in further["periods"]:
            period.update(code="M1", name={"vi": "Tiền", "en": "Money"})
            period.update(changes)
        content["components"].append(further)

    return change


TIME = ("components", 1)
FIRST = (*TIME, "periods", 0)
SECOND = (*TIME, "periods", 1)

FAULTS: list[tuple[Callable[[Any], None], str, str]] = [
    # the shape of the file
    (
        put(*FIRST, "max_score", value="mười"),
        "components[1].periods[0].max_score",
        "phải là một số",
    ),
    (put(*FIRST, "max_score", value=True), "components[1].periods[0].max_score", "phải là một số"),
    (put(*FIRST, "max_score", value=0), "components[1].periods[0].max_score", "lớn hơn 0"),
    (put(*FIRST, "from", value="2021"), "components[1].periods[0].from", "số nguyên"),
    (put(*FIRST, "from", value=21), "components[1].periods[0].from", "nhỏ hơn 1990"),
    (put(*FIRST, "to", value=20211), "components[1].periods[0].to", "lớn hơn 2100"),
    (drop(*FIRST, "max_score"), "components[1].periods[0].max_score", "thiếu khóa"),
    (drop(*FIRST, "name", "vi"), "components[1].periods[0].name.vi", "thiếu khóa"),
    (put(*FIRST, "name", "vi", value=""), "components[1].periods[0].name.vi", "để trống"),
    (put(*FIRST, "name", "vi", value="  "), "components[1].periods[0].name.vi", "đúng mẫu"),
    (put(*FIRST, "name", value="Thời gian"), "components[1].periods[0].name", "khóa: giá trị"),
    (put(*FIRST, "maximum", value=3), "components[1].periods[0].maximum", "không có trong mẫu"),
    (put(*FIRST, "relation", value=[]), "components[1].periods[0].relation", "quá ít mục"),
    (put(*FIRST, "relation", value="new"), "components[1].periods[0].relation", "danh sách"),
    (put(*FIRST, "relation", value=["moved"]), "components[1].periods[0].relation[0]", "một trong"),
    (
        put(*FIRST, "rank_comparable", value="maybe"),
        "components[1].periods[0].rank_comparable",
        "'yes', 'flag' or 'no'",
    ),
    (
        put(*FIRST, "aliases", value=["Thời gian; chi phí"]),
        "components[1].periods[0].aliases[0]",
        "đúng mẫu",
    ),
    (put(*FIRST, "confidence", value="sure"), "components[1].periods[0].confidence", "một trong"),
    (put("direction", value=0), "direction", "một trong"),
    (put("direction", value=True), "direction", "đúng/sai"),
    (drop("direction"), "direction", "thiếu khóa"),
    (drop("why_it_matters", "en"), "why_it_matters.en", "thiếu khóa"),
    (put("next_review", value="sang năm"), "next_review", "phải là ngày"),
    (put("components", value=[]), "components", "quá ít mục"),
    (put("editions", 0, "published_on", value=2022), "editions[0].published_on", "phải là ngày"),
    (put("editions", 0, "coverage", value="full"), "editions[0].coverage", "một trong"),
    (put("breaks", 0, "kind", value="flood"), "breaks[0].kind", "một trong"),
    (put("groups", 0, "rule", value="thirds"), "groups[0].rule", "một trong"),
    (put(*TIME, "id", value="b1.Thời gian"), "components[1].id", "đúng mẫu"),
    # the tree of components
    (put("id", value="b2"), "id", "phải trùng tên tệp “b1”"),
    (put(*TIME, "id", value="b2.time"), "components[1].id", "phải bắt đầu bằng “b1.”"),
    (repeat("components", 1), "components[2].id", "đã có ở trên"),
    (put(*TIME, "parent_id", value="b1.law"), "components[1].parent_id", "cha “b1.law”"),
    (put(*TIME, "parent_id", value=None), "components[1].parent_id", "chỉ riêng chỉ số tổng hợp"),
    (put(*TIME, "parent_id", value="b1.time"), "components[1].parent_id", "cha của chính nó"),
    (cycle, "components[1].parent_id", "cha của chính nó"),
    (put(*TIME, "role", value="total"), "components[1].role", "total"),
    (drop("components", 0), "components", "thiếu chỉ số tổng hợp"),
    (put("max_score", value=10), "max_score", "khác components[0]"),
    # the periods of a component
    (put(*FIRST, "to", value=2020), "components[1].periods[0].to", "trước năm đầu"),
    (put(*FIRST, "to", value=2023), "components[1].periods[1].from", "chồng lên"),
    (put(*FIRST, "to", value=None), "components[1].periods[1].from", "chồng lên"),
    (put(*SECOND, "succeeds", value="b1.law"), "components[1].periods[1].succeeds", "“b1.law”"),
    (put(*SECOND, "succeeds", value="b1.time"), "components[1].periods[1].succeeds", "khác"),
    (put(*FIRST, "relation", value=["same"]), "components[1].periods[0].relation", "đầu"),
    (put(*SECOND, "relation", value=["new"]), "components[1].periods[1].relation", "đầu"),
    (
        put(*SECOND, "relation", value=["same", "redefined"]),
        "components[1].periods[1].relation",
        "same chỉ đi cùng reweighted",
    ),
    (
        put(*SECOND, "relation", value=["renamed", "renamed"]),
        "components[1].periods[1].relation",
        "hai lần",
    ),
    (
        put(*SECOND, "relation", value=["dropped"]),
        "components[1].periods[1].relation",
        "không có điểm tối đa",
    ),
    # what leads to a component
    (sibling(code="T1"), "components[2].periods[0].code", "mã “T1” cùng năm"),
    (
        sibling(aliases=["THỜI  GIAN"]),
        "components[2].periods[0].aliases",
        "tên “thời gian” cùng năm đã dùng cho “b1.time”",
    ),
    # the published years
    (repeat("editions", 0), "editions[2].edition", "đã có ở trên"),
    (put("editions", 1, "edition", value=2020), "editions[1].edition", "không thuộc giai đoạn"),
    (put("editions", 1, "edition", value=2025), "editions[1].published_on", "trước năm được đo"),
    (put("editions", 0, "published_top", value=10), "editions[0].coverage", "complete"),
    (put("editions", 0, "n_ranked", value=None), "editions[0].n_ranked", "số đơn vị"),
    # the changes of method
    (put("breaks", 0, "edition", value=2022), "breaks[0].edition", "đã công bố"),
    (put("breaks", 0, "edition", value=2021), "breaks[0].edition", "sau năm đầu tiên"),
    (
        put("breaks", 0, "component_ids", value=["b1", "b1.law"]),
        "breaks[0].component_ids[1]",
        "không có thành phần “b1.law”",
    ),
    (repeat("breaks", 0), "breaks[1].component_ids", "đã có thay đổi weights"),
    # the named groups
    (repeat("groups", 0), "groups[1].id", "đã có ở trên"),
    (put("groups", 0, "to", value=2020), "groups[0].to", "trước năm đầu"),
    (put("groups", 0, "cuts", value=[5]), "groups[0].cuts", "3 nhóm cần 2 hoặc 3 ngưỡng"),
    (put("groups", 0, "cuts", value=[3, 5]), "groups[0].cuts", "giảm dần"),
    (put("groups", 0, "out_of", value=63), "groups[0].out_of", "tứ phân vị"),
    (put("groups", 0, "labels", 1, "id", value="dear"), "groups[0].labels[1].id", "đã có ở trên"),
    (
        put("groups", 0, "rule", value="quartile_missing_lowest"),
        "groups[0].labels",
        "phải có 4 nhóm, hiện có 3",
    ),
    (
        put("groups", 0, "rule", value="quartile_missing_lowest"),
        "groups[0].cuts",
        "không có ngưỡng",
    ),
    (
        put("groups", 0, "rule", value="quartile_missing_lowest"),
        "groups[0].out_of",
        "tổng số đơn vị",
    ),
]


def faults_of(text: str, folder: Path) -> list[str]:
    (folder / "b1.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("change", "key", "reason"), FAULTS, ids=[f"{i}-{fault[1]}" for i, fault in enumerate(FAULTS)]
)
def test_a_fault_is_one_sentence_naming_file_and_key(
    tmp_path: Path, change: Callable[[Any], None], key: str, reason: str
) -> None:
    content = yaml.safe_load(B1)
    change(content)
    lines = faults_of(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), tmp_path)
    own = [line for line in lines if line.startswith(f"b1.yml: {key}: ")]
    assert any(reason in line for line in own), lines
    assert all(line.endswith(").") for line in lines)


def test_the_unchanged_fifth_file_has_no_fault(tmp_path: Path) -> None:
    (tmp_path / "b1.yml").write_text(B1, encoding="utf-8")
    assert load_catalogue(tmp_path).index_ids == ["b1"]


def test_a_dropped_period_must_come_last(tmp_path: Path) -> None:
    content = yaml.safe_load(B1)
    content["components"][1]["periods"][0].update(relation=["dropped"])
    lines = faults_of(yaml.safe_dump(content, allow_unicode=True), tmp_path)
    assert any("dropped chỉ dành cho giai đoạn cuối" in line for line in lines)


def test_two_schemes_of_one_rule_may_not_share_a_year(tmp_path: Path) -> None:
    content = yaml.safe_load(B1)
    content["groups"].append({**content["groups"][0], "id": "b1_other", "from": 2024})
    lines = faults_of(yaml.safe_dump(content, allow_unicode=True), tmp_path)
    assert [line.split(": ")[1] for line in lines] == ["groups[1].from"]


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [
        ("decimals: 1\n", "decimals: 1\ndecimals: 2\n", "b1.yml: decimals: khóa lặp lại ở dòng 9"),
        (
            "        code: T1\n        name: {vi: Thời gian,",
            "        code: T1\n        code: T2\n        name: {vi: Thời gian,",
            "b1.yml: components[1].periods[0].code: khóa lặp lại",
        ),
        ("short: B1", "short: [B1", "b1.yml: dòng 4: sai cú pháp YAML"),
        ("2027-03-31", "2027-02-31", "b1.yml: sai cú pháp YAML"),
    ],
)
def test_a_key_written_twice_or_broken_yaml_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, start: str
) -> None:
    assert B1.count(old) >= 1
    lines = faults_of(B1.replace(old, new, 1), tmp_path)
    assert lines[0].startswith(start), lines


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "chỉ là chữ\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert faults_of(text, tmp_path)[0].startswith("b1.yml: tệp phải gồm các cặp khóa")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b1.yml").write_bytes(B1.encode("utf-16"))
    with pytest.raises(CatalogueError, match=r"b1\.yml: tệp không phải UTF-8"):
        load_catalogue(tmp_path)


def test_a_list_that_contains_itself_is_refused_and_not_followed_for_ever(tmp_path: Path) -> None:
    lines = faults_of(B1.replace("components:", "components: &again\n  - *again", 1), tmp_path)
    assert lines[0].startswith("b1.yml: ")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="không có tệp danh mục nào"):
        load_catalogue(tmp_path)


def test_the_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    for name in ("b1", "b2"):
        text = B1.replace("decimals: 1", "decimals: một").replace("short: B1", "short: ''")
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert sorted((fault.file, fault.key) for fault in caught.value.faults) == [
        ("b1.yml", "decimals"),
        ("b1.yml", "short"),
        ("b2.yml", "decimals"),
        ("b2.yml", "short"),
    ]


def test_a_bare_yes_or_no_is_understood_as_the_word(tmp_path: Path) -> None:
    """YAML 1.1 reads `no` as false; the people who write these files mean the word."""
    assert "score_comparable: no\n" in B1
    (tmp_path / "b1.yml").write_text(B1, encoding="utf-8")
    period = load_catalogue(tmp_path).component("b1.time", 2023).period
    assert (period.rank_comparable, period.score_comparable) == ("flag", "no")
