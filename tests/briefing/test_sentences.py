"""Sentences shared by screen and document: every turn a figure can take has its grammar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

import locales
from analytics.board import IndexTile
from briefing import sentences

KON_TUM = IndexTile(
    index_id="par_index", short="PAR INDEX", edition=2023, baseline=2022, state="ranked",
    score=86.14, decimals=2, rank=43, rank_low=43, rank_high=43, n_ranked=63,
    rank_origin="published", baseline_rank=55, baseline_n=63, gain=12, score_change=4.79,
    group_vi="", group_en="", published_on=date(2024, 4, 17), required_rank=50, status="met",
    reason="", flags=(), history=((2022, 55, 63), (2023, 43, 63)),
)  # fmt: skip


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


def row(**known: Any) -> dict[str, Any]:
    """A component of PAPI 2023; what a test does not say is missing."""
    base: dict[str, Any] = {
        "index_id": "papi", "component_id": "papi.egovernance", "code": "D8",
        "component_vi": "Quản trị điện tử", "component_en": "E-governance", "role": "component",
        "index_short": "PAPI", "baseline_rank": pd.NA, "baseline_n": pd.NA, "actual_rank": pd.NA,
        "actual_low": pd.NA, "actual_high": pd.NA, "n_ranked": 61, "actual_origin": "published",
        "baseline_origin": "published", "state": "ranked", "gain": pd.NA, "required_rank": pd.NA,
        "gap": pd.NA, "status": "no_target", "reason": "", "actual_score": pd.NA,
        "lead_agency": None, "is_drawn": True,
    }  # fmt: skip
    return {**base, **known}


def total(**known: Any) -> dict[str, Any]:
    return row(component_id="papi", role="total", **known)


def rows(*parts: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(parts)


# ------------------------------------------------------------------------------------- tiles


@pytest.mark.parametrize(
    ("before", "gain", "said"),
    [
        (55, 12, "tăng 12 bậc so với năm 2022 (55/63)"),
        (41, -2, "giảm 02 bậc so với năm 2022 (41/63)"),
        (43, 0, "giữ nguyên hạng so với năm 2022 (43/63)"),
        (None, None, "Chưa có hạng năm 2022 để so sánh"),
    ],
)
def test_the_change_of_place_is_a_sentence(before: int | None, gain: int | None, said: str) -> None:
    assert sentences.tile_change(replace(KON_TUM, baseline_rank=before, gain=gain)) == said


@pytest.mark.parametrize(
    ("score", "change", "said"),
    [
        (86.14, 4.79, "86,14 điểm (tăng 4,79 điểm)"),
        (39.96, -0.01, "39,96 điểm (giảm 0,01 điểm)"),
        (39.96, 0.0, "39,96 điểm (điểm không đổi)"),
        (39.96, None, "39,96 điểm"),
        (None, None, "Chưa có điểm trong hệ thống"),
    ],
)
def test_the_score_is_a_sentence(score: float | None, change: float | None, said: str) -> None:
    assert sentences.tile_score(replace(KON_TUM, score=score, score_change=change)) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("withheld", "Cơ quan công bố không công bố kết quả của tỉnh trong năm này"),
        ("not_held", "Chưa có số liệu trong hệ thống"),
        ("not_published", "Chưa công bố"),
        ("scored", "Có điểm, chưa có hạng"),
    ],
)
def test_a_tile_without_a_place_says_why(state: str, said: str) -> None:
    assert sentences.tile_place(replace(KON_TUM, rank=None, state=state)) == said


def test_a_place_outside_the_published_top_names_the_top() -> None:
    outside = replace(KON_TUM, rank=None, rank_low=31, rank_high=63, state="outside_top")
    assert sentences.tile_place(outside) == "Ngoài nhóm 30 được công bố"


def test_the_verdict_names_the_place_it_asked_for() -> None:
    assert sentences.tile_status(KON_TUM) == "Đạt, yêu cầu hạng 50"
    none = replace(KON_TUM, status="no_target", required_rank=None)
    assert sentences.tile_status(none) == "Chưa giao chỉ tiêu"


def test_the_five_year_line_is_told_year_by_year() -> None:
    history = ((2021, None, None), (2022, 55, 63), (2023, 43, 63))
    assert sentences.tile_history(replace(KON_TUM, history=history)) == (
        "Hạng PAR INDEX năm năm: năm 2021 chưa có hạng; năm 2022 55/63; năm 2023 43/63"
    )


# ------------------------------------------------------------------------------------- places


def test_a_computed_place_bears_an_asterisk_and_a_published_one_none() -> None:
    assert sentences.place_of(row(actual_rank=56, actual_origin="computed")) == "56/61*"
    assert sentences.place_of(row(actual_rank=56)) == "56/61"
    before = row(baseline_rank=54, baseline_n=61, baseline_origin="computed")
    assert sentences.place_of(before, "baseline") == "54/61*"


def test_only_a_place_outside_the_published_top_is_given_by_bounds() -> None:
    known = {"actual_low": 31, "actual_high": 63, "n_ranked": 63}
    assert sentences.place_of(row(state="outside_top", **known)) == "31–63/63"
    assert sentences.place_of(row(state="not_held", **known)) == "–"


def test_a_component_is_named_by_code_and_the_index_itself_as_the_total() -> None:
    assert sentences.component_label(row()) == "D8. Quản trị điện tử"
    assert sentences.component_label(total()) == "Tổng hợp"


@pytest.mark.parametrize(
    ("gap", "said"),
    [(7, "còn thiếu 07 bậc"), (-12, "vượt 12 bậc"), (0, "vừa đủ"), (pd.NA, "")],
)
def test_the_distance_to_a_target_is_said_in_words(gap: Any, said: str) -> None:
    assert sentences.gap_words(gap) == said


# ----------------------------------------------------------------------------------- headlines


def test_one_missed_target_is_named_with_its_place() -> None:
    papi = rows(total(actual_rank=56, gap=7, status="missed"), row(actual_rank=59, gain=-5))
    assert sentences.gaps_finding(papi, "PAPI", 2022, 2023) == (
        "PAPI năm 2023 không đạt chỉ tiêu: Tổng hợp xếp hạng 56/61, còn thiếu 07 bậc"
    )


def test_of_several_missed_targets_the_furthest_is_named() -> None:
    papi = rows(
        total(actual_rank=56, gap=7, status="missed"),
        row(actual_rank=59, gap=9, status="missed"),
        row(code="D6", actual_rank=5, gap=-3, status="met"),
    )
    assert sentences.gaps_finding(papi, "PAPI", 2022, 2023) == (
        "PAPI năm 2023: 02 trên 03 chỉ tiêu không đạt; "
        "xa nhất là D8. Quản trị điện tử, còn thiếu 09 bậc"
    )


def test_targets_all_met_are_said_with_what_cannot_be_judged() -> None:
    papi = rows(total(gap=-7, status="met"), row(status="not_assessable"))
    assert sentences.gaps_finding(papi, "PAPI", 2022, 2023) == (
        "PAPI năm 2023 đạt cả 01 chỉ tiêu có đủ số liệu; 01 chỉ tiêu chưa đủ cơ sở đánh giá"
    )


def test_without_targets_the_headline_counts_rises_and_falls() -> None:
    papi = rows(total(), row(gain=3), row(gain=-5), row(gain=-6), row(gain=0), row())
    assert sentences.gaps_finding(papi, "PAPI", 2022, 2023) == (
        "PAPI: 1 thành phần tăng hạng, 2 giảm hạng, 1 giữ nguyên so với năm 2022"
    )


def test_an_interval_is_the_headline_where_nothing_more_is_known() -> None:
    pci = rows(total(state="outside_top", actual_low=31, actual_high=63, n_ranked=63), row())
    assert sentences.gaps_finding(pci, "PCI", 2022, 2023) == (
        "PCI năm 2023: chưa đủ cơ sở đánh giá, chỉ biết hạng trong khoảng 31–63/63"
    )


def test_nothing_known_is_said_as_such() -> None:
    assert sentences.gaps_finding(rows(total(), row()), "PCI", 2022, 2023) == (
        "PCI năm 2023: chưa đủ cơ sở đánh giá"
    )


def test_what_is_not_drawn_is_named_and_nothing_is_said_when_all_is() -> None:
    assert sentences.not_drawn(rows(row())) == ""
    assert sentences.not_drawn(rows(row(), row(code="D7", is_drawn=False))) == (
        "Chưa có hạng trong hệ thống nên không vẽ: D7. Quản trị điện tử."
    )


# ------------------------------------------------------------------------------------- targets


def target(**known: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "kind": "rank_gain_vs_year", "amount": 5.0, "stretch": pd.NA, "measure": "rank",
        "baseline_edition": 2022, "group_name": None, "deadline": None,
    }  # fmt: skip
    return {**base, **known}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "Tăng 05 bậc so với năm 2022"),
        ({"kind": "top_n", "amount": 30.0}, "Thuộc nhóm 30 địa phương dẫn đầu"),
        ({"kind": "keep_and_improve", "amount": pd.NA}, "Duy trì và cải thiện hạng qua từng năm"),
        ({"kind": "percent_reduction_at_least", "amount": 20.0, "measure": "percent"},
         "Giảm ít nhất 20 %"),
        ({"kind": "score_at_least", "amount": 68.5, "measure": "score"}, "Đạt từ 68,5 điểm"),
        ({"kind": "complete_by", "amount": pd.NA, "measure": "date", "deadline": "2023-03-31"},
         "Hoàn thành chậm nhất ngày 31/03/2023"),
        ({"kind": "count_at_most", "amount": 1.0, "measure": "count",
          "note": "Đơn vị đo: số lần yêu cầu bổ sung mỗi hồ sơ; tính từ năm ban hành"},
         "Không quá 1 lần yêu cầu bổ sung mỗi hồ sơ"),
    ],
)  # fmt: skip
def test_a_target_reads_as_the_decision_wrote_it(known: dict[str, Any], said: str) -> None:
    assert sentences.target_words(target(**known)) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"kind": "percent_at_least", "amount": 100.0, "note": "Đơn vị đo: % văn bản; quý"},
         "Đạt từ 100 % văn bản"),
        ({"kind": "improve_unquantified", "amount": pd.NA, "note": "Góp phần; đơn vị đo: % hồ sơ"},
         "Cải thiện, nâng cao (chưa lượng hóa): % hồ sơ"),
        ({"kind": "percent_reduction_at_least", "amount": 20.0, "note": "Ghi chú khác"},
         "Giảm ít nhất 20 %"),
    ],
)  # fmt: skip
def test_a_list_names_a_target_of_an_office_with_what_it_counts(
    known: dict[str, Any], said: str
) -> None:
    assert sentences.full_target_words(target(measure="percent", **known)) == said
    assert sentences.full_target_words(target()) == "Tăng 05 bậc so với năm 2022"


def test_the_footnote_of_the_document_says_what_it_would_have_meant() -> None:
    c3 = {"footnote_rank": 22, "footnote_n": 63, "footnote_edition": 2021,
          "footnote_required": 22, "footnote_status": "missed"}  # fmt: skip
    assert sentences.footnote_words(c3) == (
        "Chú thích của văn bản ghi hạng 22/63 năm 2021: khi đó phải đạt hạng 22; "
        "theo số đó thì không đạt"
    )
    assert sentences.footnote_words({**c3, "footnote_status": ""}).endswith("phải đạt hạng 22")
    assert sentences.footnote_words({**c3, "footnote_required": pd.NA}) == ""


def test_a_document_without_a_date_keeps_its_blanks() -> None:
    dated = {"document_number": "517/BCĐ-NC", "document_issued_on": "2023-03-02",
             "document_issued_text": "", "document_issuer": "Ban Chỉ đạo"}  # fmt: skip
    assert sentences.document_words(dated) == "Số 517/BCĐ-NC, ngày 02/03/2023, Ban Chỉ đạo"
    blank = {**dated, "document_number": "…/UBND-TH", "document_issued_on": None,
             "document_issued_text": "ngày … tháng … năm 2023"}  # fmt: skip
    assert sentences.document_words(blank) == "Số …/UBND-TH (ngày … tháng … năm 2023), Ban Chỉ đạo"


# -------------------------------------------------------------------------- pointer and source


def test_the_pointer_tells_what_is_known_and_leaves_out_what_is_not() -> None:
    said = sentences.gap_hover(
        row(baseline_rank=54, baseline_n=62, actual_rank=59, gain=-5), 2022
    ).split("<br>")
    assert said == [
        "<b>D8. Quản trị điện tử</b>", "Hạng năm 2022: 54/62", "Hạng đạt được: 59/61",
        "giảm 05 bậc", "Chưa giao cơ quan chủ trì",
    ]  # fmt: skip


def test_the_pointer_shows_markup_in_a_name_as_text() -> None:
    said = sentences.gap_hover(row(component_vi="<i>nghiêng</i>", lead_agency="A & B"), 2022)
    assert "&lt;i&gt;nghiêng&lt;/i&gt;" in said
    assert "A &amp; B" in said


INDICES = pd.DataFrame(
    {"index_id": ["papi"], "short": ["PAPI"], "publisher_vi": ["UNDP"], "publisher_en": ["UNDP"]}
)
EDITIONS = pd.DataFrame(
    {"index_id": ["papi"], "edition": [2023], "published_on": [pd.Timestamp("2024-04-02")]}
)


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2024, 4, 2), "Nguồn: PAPI: UNDP, công bố 02/04/2024. Năm đánh giá 2023."),
        (date(2024, 4, 1), "Nguồn: PAPI: UNDP. Năm đánh giá 2023."),
    ],
)
def test_the_source_names_no_publication_still_to_come(as_of: date, said: str) -> None:
    assert sentences.source_line(INDICES, EDITIONS, 2023, as_of) == said


def test_sentences_are_spoken_in_english_too() -> None:
    locales.use("en")
    assert sentences.tile_change(KON_TUM) == "up 12 places on 2022 (55/63)"
    assert sentences.component_label(row()) == "D8. E-governance"
    assert sentences.gap_words(7) == "7 places short"


@pytest.mark.parametrize(
    ("group", "said"),
    [("high", "Thuộc nhóm Cao trở lên"), ("dẫn đầu", "Thuộc nhóm dẫn đầu trở lên")],
)
def test_a_target_names_its_group_and_never_its_code(group: str, said: str) -> None:
    target = {
        "kind": "group_at_least", "measure": "score", "amount": None, "stretch": None,
        "operator": ">=", "baseline_edition": None, "deadline": None, "group_name": group,
    }  # fmt: skip
    assert sentences.target_words(target) == said
