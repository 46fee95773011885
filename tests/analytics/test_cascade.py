"""A directive on its way down: levels, the chain, clauses side by side, words that differ."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.cascade import (
    ADDED,
    DROPPED,
    Level,
    chain,
    issuer_level,
    side_by_side,
    word_differences,
)
from data.build import REFERENCE

KON_TUM = "vn63-kon-tum"
WORDS = st.lists(st.sampled_from(["tăng", "05", "bậc", "PAPI", "so", "với", "năm", "2022"]))


@pytest.fixture(scope="module")
def documents() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "documents.csv", dtype="str").assign(state="in_force")


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "document_links.csv", dtype="str")


@pytest.mark.parametrize(
    ("issuer", "level"),
    [
        ("Bộ Chính trị", Level.CENTRAL), ("Thủ tướng Chính phủ", Level.CENTRAL),
        ("Văn phòng Chính phủ", Level.CENTRAL), ("Bộ Nội vụ", Level.CENTRAL),
        ("Tỉnh ủy Kon Tum", Level.PARTY), ("Thành ủy Hải Phòng", Level.PARTY),
        ("Ban Chỉ đạo cải cách hành chính tỉnh Kon Tum", Level.STEERING),
        ("UBND tỉnh Kon Tum", Level.PROVINCE), ("UBND thành phố Đà Nẵng", Level.PROVINCE),
        ("Ủy ban nhân dân tỉnh An Giang", Level.PROVINCE),
        ("Sở Nội vụ tỉnh Đắk Nông", Level.DEPARTMENT),
        ("UBND huyện Ngọc Hồi", Level.DISTRICT), ("Huyện ủy Đắk Song", Level.DISTRICT),
        ("UBND xã Bờ Y", Level.COMMUNE), ("", Level.OTHER), ("Hiệp hội doanh nghiệp", Level.OTHER),
    ],
)  # fmt: skip
def test_an_issuer_stands_where_its_name_says(issuer: str, level: Level) -> None:
    assert issuer_level(issuer) is level


def test_every_issuer_of_the_shipped_documents_has_a_level(documents: pd.DataFrame) -> None:
    assert Level.OTHER not in {issuer_level(name) for name in documents["issuer"]}


def test_the_chain_of_kon_tum_2023_runs_from_the_party_to_the_district(
    known: Knowledge, documents: pd.DataFrame, links: pd.DataFrame
) -> None:
    rows = chain(documents, links, known.tables.targets, unit_id=KON_TUM, edition=2023)
    assert rows[["number", "n_targets"]].to_numpy().tolist() == [
        ["18-NQ/TU", 0], ["650-TB/TU", 0], ["216/BCĐ-NC", 0], ["517/BCĐ-NC", 22],
        ["1923/UBND-NC", 1], ["…/UBND-TH", 8],
    ]  # fmt: skip
    assert rows["level"].is_monotonic_increasing


def test_a_replaced_document_is_marked_and_a_withdrawn_one_is_left_out(
    known: Knowledge, documents: pd.DataFrame, links: pd.DataFrame
) -> None:
    more = pd.concat([links, pd.DataFrame([{
        "from_document_id": "ktm-ngoc-hoi-ubnd-th-2023", "relation": "supersedes",
        "to_document_id": "ktm-517-bcd-nc-2023",
    }])])  # fmt: skip
    rows = chain(documents, more, known.tables.targets, unit_id=KON_TUM, edition=2023)
    assert rows.loc[rows["is_superseded"], "number"].tolist() == ["517/BCĐ-NC"]
    gone = documents.assign(state="withdrawn")
    assert chain(gone, links, known.tables.targets, unit_id=KON_TUM, edition=2023).empty


def test_the_district_adds_pci_and_the_yearly_clause_to_what_the_steering_committee_asked(
    known: Knowledge,
) -> None:
    rows = side_by_side(
        known.tables.targets, unit_id=KON_TUM, edition=2023,
        document_ids=["ktm-517-bcd-nc-2023", "ktm-ngoc-hoi-ubnd-th-2023"],
    ).set_index(["component_id", "document_id"])  # fmt: skip
    committee = rows.loc[("par_index", "ktm-517-bcd-nc-2023")]
    district = rows.loc[("par_index", "ktm-ngoc-hoi-ubnd-th-2023")]
    assert committee["kinds"] == ("rank_gain_vs_year",)
    assert district["kinds"] == ("rank_gain_vs_year", "improve_yearly")
    assert ("pci", "ktm-517-bcd-nc-2023") not in rows.index
    assert rows.loc[("pci", "ktm-ngoc-hoi-ubnd-th-2023"), "n_documents"] == 1
    pieces = word_differences(committee["clause"], district["clause"])
    added = " ".join(piece.words for piece in pieces if piece.state == ADDED)
    dropped = " ".join(piece.words for piece in pieces if piece.state == DROPPED)
    assert "Năng lực cạnh tranh (PCI)" in added
    assert "sau phải cao hơn năm trước" in added
    assert "theo Nghị quyết số 18-NQ/TU" in dropped
    assert "tăng 05 bậc so với năm" not in added + dropped


def test_a_chain_without_targets_has_nothing_side_by_side(known: Knowledge) -> None:
    rows = side_by_side(
        known.tables.targets, unit_id="vn63-da-nang", edition=2023, document_ids=["x"]
    )
    assert rows.empty
    assert "n_documents" in rows


@given(WORDS, WORDS)
def test_the_pieces_put_together_give_either_text_back(one: list[str], two: list[str]) -> None:
    pieces = word_differences(" ".join(one), " ".join(two))
    first = " ".join(piece.words for piece in pieces if piece.state != ADDED).split()
    second = " ".join(piece.words for piece in pieces if piece.state != DROPPED).split()
    assert (first, second) == (one, two)


@given(WORDS)
def test_a_text_beside_itself_shows_no_difference(words: list[str]) -> None:
    pieces = word_differences(" ".join(words), "  ".join(words))
    assert {piece.state for piece in pieces} <= {"same"}
