"""The shipped targets say what five documents of 2021-2024 say, and who answers for it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from analytics.targets import TargetKind

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
RANK_MEASURED = {
    TargetKind.RANK_GAIN,
    TargetKind.IMPROVE_YEARLY,
    TargetKind.KEEP_AND_IMPROVE,
}


def table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


TARGETS = table("targets.csv")
DOCUMENTS = {row["document_id"]: row for row in table("documents.csv")}
AGENCIES = {row["agency_id"]: row for row in table("agencies.csv")}
LINKS = table("agency_links.csv")
DUTIES = table("target_agencies.csv")


def evaluations(item_id: str) -> list[dict[str, str]]:
    return [row for row in TARGETS if row["item_id"] == item_id]


def only(item_id: str) -> dict[str, str]:
    (row,) = evaluations(item_id)
    return row


def agencies_of(target_id: str) -> list[tuple[str, str]]:
    rows = [row for row in DUTIES if row["target_id"] == target_id]
    rows.sort(key=lambda row: int(row["sort"]))
    return [(row["agency_id"], row["role"]) for row in rows]


def test_all_33_targets_of_the_five_documents_are_shipped() -> None:
    items = {row["item_id"] for row in TARGETS}
    assert len(items) == 33
    by_document = Counter(DOCUMENTS[only_document(item)]["number"] for item in items)
    assert by_document == {
        "1923/UBND-NC": 1,
        "…/UBND-TH": 8,
        "517/BCĐ-NC": 16,
        "324/UBND-HCC": 6,
        "…/UBND-NV": 2,
    }


def only_document(item_id: str) -> str:
    (document_id,) = {row["document_id"] for row in evaluations(item_id)}
    return document_id


def test_one_evaluation_is_one_row_and_its_id_goes_back_to_the_item() -> None:
    ids = [row["target_id"] for row in TARGETS]
    assert len(ids) == len(set(ids)) == 44
    for item in {row["item_id"] for row in TARGETS}:
        rows = [row["target_id"] for row in evaluations(item)]
        expected = [item] if len(rows) == 1 else [f"{item}.{n}" for n in range(1, len(rows) + 1)]
        assert rows == expected
        # Several evaluations of one sentence keep the one sentence.
        assert len({row["clause"] for row in evaluations(item)}) == 1


@pytest.mark.parametrize(
    ("item", "count"),
    [
        ("002-16", 2),
        ("002-17", 4),
        ("002-31", 2),
        ("002-42", 2),
        ("003-01", 2),
        ("004-01", 3),
        ("004-07", 3),
    ],
)
def test_a_sentence_with_several_measures_is_split_into_one_evaluation_each(
    item: str, count: int
) -> None:
    rows = evaluations(item)
    assert len(rows) == count
    told_apart = {
        (row["index_id"], row["measure"], row["amount"], row["note"], row["operator"])
        for row in rows
    }
    assert len(told_apart) == count


def test_every_target_has_its_words_its_document_its_component_and_a_leading_agency() -> None:
    for row in TARGETS:
        assert row["clause"], row
        assert row["document_id"] in DOCUMENTS, row
        assert row["component_id"], row
        duties = agencies_of(row["target_id"])
        assert duties, row
        assert [role for _, role in duties] == ["lead"] + ["coordinate"] * (len(duties) - 1)
        assert all(agency in AGENCIES for agency, _ in duties)
    assert {row["target_id"] for row in DUTIES} == {row["target_id"] for row in TARGETS}
    keys = [(row["target_id"], row["agency_id"]) for row in DUTIES]
    assert len(keys) == len(set(keys))


def test_kinds_measures_and_operators_come_from_the_closed_lists() -> None:
    for row in TARGETS:
        assert row["kind"] in set(TargetKind), row
        assert row["measure"] in {"rank", "score", "percent", "count"}, row
        assert row["operator"] in {">=", ">", "<=", "<"}, row
        for column in ("baseline_edition", "first_edition", "last_edition", "footnote_edition"):
            assert re.fullmatch(r"(20\d\d)?", row[column]), row
        assert row["first_edition"], row
        if row["last_edition"]:
            assert int(row["first_edition"]) <= int(row["last_edition"]), row
        if row["baseline_edition"]:
            assert int(row["baseline_edition"]) < int(row["first_edition"]), row
        needs_amount = row["kind"] in {
            TargetKind.RANK_GAIN,
            TargetKind.PERCENT_AT_LEAST,
            TargetKind.PERCENT_REDUCTION,
            TargetKind.COUNT_AT_MOST,
        }
        assert bool(row["amount"]) == needs_amount, row


def test_what_an_office_counts_itself_is_never_mistaken_for_the_score_of_an_index() -> None:
    operational = [row for row in TARGETS if row["measure"] in {"percent", "count"}]
    assert len(operational) == 18
    for row in operational:
        assert "đơn vị đo: " in row["note"].lower(), row
    for row in TARGETS:
        if row["kind"] in RANK_MEASURED:
            assert row["measure"] == "rank", row
        if row["kind"] in {TargetKind.PERCENT_AT_LEAST, TargetKind.PERCENT_REDUCTION}:
            assert row["measure"] == "percent", row
        if row["kind"] == TargetKind.COUNT_AT_MOST:
            assert row["measure"] == "count", row


def test_the_shipped_kinds_are_counted() -> None:
    assert Counter(row["kind"] for row in TARGETS) == {
        "rank_gain_vs_year": 10,
        "improve_yearly": 3,
        "keep_and_improve": 2,
        "percent_at_least": 4,
        "percent_reduction_at_least": 3,
        "count_at_most": 2,
        "improve_unquantified": 20,
    }


def test_the_province_is_judged_even_where_a_district_wrote_the_document() -> None:
    judged = {(row["document_id"], row["unit_id"]) for row in TARGETS}
    assert judged == {
        ("ktm-1923-ubnd-nc-2022", "vn63-kon-tum"),
        ("ktm-ngoc-hoi-ubnd-th-2023", "vn63-kon-tum"),
        ("ktm-517-bcd-nc-2023", "vn63-kon-tum"),
        ("kgg-324-ubnd-hcc-2021", "vn63-kien-giang"),
        ("dno-dak-song-ubnd-nv-2024", "vn63-dak-nong"),
    }
    for row in TARGETS:
        from_district = DOCUMENTS[row["document_id"]]["issuer"].startswith("UBND huyện")
        assert ("góp phần" in row["note"]) == from_district, row
        if from_district:
            assert "chủ thể là tỉnh" in row["note"], row


def test_five_places_on_2022_are_asked_of_three_indices_and_five_components_in_2023() -> None:
    gains = [row for row in TARGETS if row["kind"] == TargetKind.RANK_GAIN]
    for row in gains:
        assert (row["amount"], row["baseline_edition"]) == ("5", "2022")
        assert (row["first_edition"], row["last_edition"]) == ("2023", "2023")
        assert row["operator"] == ">="
    asked = Counter((row["item_id"][:3], row["component_id"]) for row in gains)
    assert asked == {
        ("001", "par_index"): 1,
        ("001", "papi"): 1,
        ("001", "pci"): 1,
        ("002", "par_index"): 1,
        ("002", "papi"): 1,
        ("002", "par_index.apparatus"): 1,
        ("002", "par_index.civil_service"): 1,
        ("002", "par_index.impact"): 1,
        ("002", "par_index.institutions"): 1,
        ("002", "par_index.digital"): 1,
    }


def test_document_517_leaves_the_first_component_of_par_index_without_a_rank_target() -> None:
    ranked = {
        row["component_id"]
        for row in TARGETS
        if row["document_id"] == "ktm-517-bcd-nc-2023" and row["measure"] == "rank"
    }
    assert {component for component in ranked if component.startswith("par_index.")} == {
        f"par_index.{name}"
        for name in (
            "institutions",
            "procedures",
            "apparatus",
            "civil_service",
            "public_finance",
            "digital",
            "impact",
        )
    }


def test_the_footnoted_2021_ranks_are_kept_beside_the_2022_baseline_they_do_not_replace() -> None:
    footnotes = {row["component_id"]: row for row in TARGETS if row["footnote_rank"]}
    assert {component: int(row["footnote_rank"]) for component, row in footnotes.items()} == {
        "par_index.institutions": 60,
        "par_index.procedures": 22,
        "par_index.apparatus": 63,
        "par_index.civil_service": 54,
        "par_index.public_finance": 20,
        "par_index.digital": 61,
        "par_index.impact": 42,
    }
    with (REFERENCE / "rankings" / "par_index" / "2021.csv").open(encoding="utf-8") as handle:
        held = {
            row["component_id"]: row["rank"]
            for row in csv.DictReader(handle)
            if row["unit_id"] == "vn63-kon-tum"
        }
    for component, row in footnotes.items():
        assert (row["footnote_n"], row["footnote_edition"]) == ("63", "2021")
        assert row["baseline_edition"] == "2022"
        assert row["footnote_name"], row
        assert held[component] == row["footnote_rank"]


def test_the_yearly_chain_of_the_district_runs_from_2023_to_2030_without_a_fixed_baseline() -> None:
    chains = [row for row in TARGETS if row["kind"] == TargetKind.IMPROVE_YEARLY]
    assert {row["component_id"] for row in chains} == {"par_index", "papi", "pci"}
    for row in chains:
        period = (row["baseline_edition"], row["first_edition"], row["last_edition"])
        assert period == ("", "2023", "2030")


def test_keeping_and_improving_has_no_last_year() -> None:
    kept = [row for row in TARGETS if row["kind"] == TargetKind.KEEP_AND_IMPROVE]
    assert {(row["component_id"], row["first_edition"], row["last_edition"]) for row in kept} == {
        ("par_index.procedures", "2023", ""),
        ("par_index.public_finance", "2023", ""),
    }


def test_staff_reductions_are_two_targets_due_at_the_end_of_2026_against_2021() -> None:
    rows = evaluations("002-31")
    assert [row["amount"] for row in rows] == ["5", "10"]
    for row in rows:
        assert row["kind"] == "percent_reduction_at_least"
        assert (row["baseline_edition"], row["last_edition"]) == ("2021", "2026")
        assert row["deadline"] == "2026-12-31"


def test_sixty_per_cent_may_be_reached_but_eighty_must_be_passed() -> None:
    first, then = only("003-14"), only("003-15")
    assert (first["amount"], first["operator"], first["last_edition"]) == ("60", ">=", "2021")
    assert (then["amount"], then["operator"], then["last_edition"]) == ("80", ">", "2022")


def test_no_complaint_is_a_count_of_at_most_nought_and_not_a_missing_amount() -> None:
    complaints = evaluations("002-16")[1]
    assert (complaints["kind"], complaints["amount"]) == ("count_at_most", "0")
    assert only("002-22")["amount"] == "1"


def test_a_target_on_an_index_outside_the_catalogue_is_kept_under_its_own_id() -> None:
    rows = evaluations("002-42")
    assert {(row["index_id"], row["component_id"]) for row in rows} == {("b1", "b1")}
    assert [row["measure"] for row in rows] == ["score", "rank"]


def test_every_other_target_names_a_component_of_the_catalogue_and_a_known_province() -> None:
    components = {
        component["id"]
        for path in (REFERENCE / "indices").glob("*.yml")
        for component in yaml.safe_load(path.read_text(encoding="utf-8"))["components"]
    }
    units = {row["unit_id"] for row in table("units.csv")}
    for row in TARGETS:
        assert row["unit_id"] in units
        if row["index_id"] != "b1":
            assert row["component_id"] in components, row
            assert row["component_id"].split(".")[0] == row["index_id"], row
    for row in [*DOCUMENTS.values(), *AGENCIES.values()]:
        assert row["unit_id"] in units | {""}, row


def test_two_departments_share_public_finance_and_impact_with_finance_in_the_lead() -> None:
    for item in ("002-37", "002-38"):
        assert agencies_of(item) == [
            ("ktm-so-tai-chinh", "lead"),
            ("ktm-so-ke-hoach-dau-tu", "coordinate"),
        ]
    assert agencies_of("002-35") == agencies_of("002-36") == [("ktm-so-noi-vu", "lead")]
    assert agencies_of("002-30") == [("ktm-van-phong-ubnd", "lead")]
    assert agencies_of("002-43") == [("ktm-so-tu-phap", "lead")]
    assert agencies_of("002-44") == [("ktm-so-thong-tin-truyen-thong", "lead")]


def test_documents_carry_number_issuer_and_date_and_a_blank_left_in_the_original_stays_blank() -> (
    None
):
    assert len(DOCUMENTS) == 28
    issuing = {row["document_id"] for row in TARGETS}
    assert len(issuing) == 5
    for document_id, row in DOCUMENTS.items():
        assert row["number"], row
        assert row["issuer"], row
        if row["issued_on"]:
            issued = date.fromisoformat(row["issued_on"])
            month = f"{issued.month:02d}" if issued.month < 3 else str(issued.month)
            expected = f"ngày {issued.day:02d} tháng {month} năm {issued.year}"
            assert row["issued_text"] == expected
        if document_id in issuing:
            assert row["issued_text"], row
            assert ("…" in row["number"]) == (not row["issued_on"])
    undated = {row["number"] for row in DOCUMENTS.values() if not row["issued_on"]}
    assert undated == {"…/UBND-TH", "…/UBND-NV", "40-KL/TW", "45/2020/NĐ-CP"}
    board = DOCUMENTS["ktm-517-bcd-nc-2023"]
    assert (board["number"], board["issued_on"]) == ("517/BCĐ-NC", "2023-03-02")
    assert board["issuer"] == "Ban Chỉ đạo cải cách hành chính tỉnh Kon Tum"


def test_every_legal_basis_of_a_target_is_a_registered_document_with_the_same_date() -> None:
    register = {row["number"]: row for row in DOCUMENTS.values()}
    cited = 0
    for row in TARGETS:
        for part in filter(None, row["legal_basis"].split(";")):
            number, *dated = part.split()
            cited += 1
            assert number in register, part
            if dated:
                day, month, year = (int(piece) for piece in dated[0].split("/"))
                assert register[number]["issued_on"] == date(year, month, day).isoformat()
    assert cited > 10


def test_an_agency_ends_with_its_province_and_its_work_passes_on_the_next_day() -> None:
    for agency_id, row in AGENCIES.items():
        assert re.fullmatch(r"(ktm|kgg|dno|qni|agg)(-[a-z]+)+", agency_id), agency_id
        assert row["level"] in {"tỉnh", "huyện", "trung ương"}
        for column in ("name_vi", "name_en", "short_vi"):
            assert row[column], row
        if row["unit_id"].startswith("vn63-"):
            assert row["valid_to"] in {"2025-02-28", "2025-06-30"}
        else:
            assert (row["valid_from"], row["valid_to"]) == ("2025-07-01", "")
    for link in LINKS:
        before, after = AGENCIES[link["from_agency_id"]], AGENCIES[link["to_agency_id"]]
        took_effect = date.fromisoformat(link["effective_on"])
        assert (took_effect - date.fromisoformat(before["valid_to"])).days == 1
        assert not after["valid_to"] or after["valid_to"] > link["effective_on"]
        assert link["event"] == "merge"


def test_responsibility_can_be_followed_from_the_planning_department_to_the_new_province() -> None:
    passed_to = {link["from_agency_id"]: link["to_agency_id"] for link in LINKS}

    def end(agency_id: str) -> str:
        while agency_id in passed_to:
            agency_id = passed_to[agency_id]
        return agency_id

    assert end("ktm-so-ke-hoach-dau-tu") == "qni-so-tai-chinh"
    assert end("ktm-so-thong-tin-truyen-thong") == "qni-so-khoa-hoc-cong-nghe"
    assert end("kgg-so-thong-tin-truyen-thong") == "agg-so-khoa-hoc-cong-nghe"
    # The dates of the provincial reorganisation are not documented and say so.
    for link in LINKS:
        assert ("ngày gần đúng" in link["note"]) == (link["effective_on"] == "2025-03-01")
