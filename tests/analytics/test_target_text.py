"""Target sentences as officials write them, and what must be read from each of them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.schema import ColumnsMissing
from analytics.target_text import (
    MAX_TARGETS,
    Lexicon,
    ParsedTarget,
    normalise,
    parse_deadline,
    parse_footnotes,
    parse_targets,
)
from analytics.targets import TargetKind
from data.indices import load_catalogue
from tests.examples import examples

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("target_sentences.csv")
PAGE = ROOT / "docs" / "method" / "target-sentences.md"
SEED = (
    "phấn đấu trong năm 2023 góp phần hoàn thành chỉ tiêu của tỉnh: Chỉ số Cải cách hành chính "
    "(PAR INDEX), Chỉ số Hiệu quả quản trị và hành chính công (PAPI), Chỉ số Năng lực cạnh tranh "
    "(PCI) tăng 05 bậc so với năm 2022 và năm sau phải cao hơn năm trước"
)


@cache
def lexicon() -> Lexicon:
    catalogue = load_catalogue(ROOT / "data" / "reference" / "indices")
    return Lexicon.from_frames(
        catalogue.index_frame(), catalogue.component_frame(), catalogue.group_frame()
    )


@cache
def table() -> dict[str, list[dict[str, str]]]:
    sentences: dict[str, list[dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sentences.setdefault(row["sentence_id"], []).append(row)
    return sentences


def read(
    text: str,
    *,
    context_edition: int | None = None,
    document_year: int | None = None,
    context_components: tuple[str, ...] = (),
) -> list[ParsedTarget]:
    return parse_targets(
        text,
        lexicon=lexicon(),
        context_edition=context_edition,
        document_year=document_year,
        context_components=context_components,
    )


def only(text: str, **context: int) -> ParsedTarget:
    found = read(text, **context)  # type: ignore[arg-type]
    assert len(found) == 1, found
    return found[0]


def as_row(target: ParsedTarget) -> dict[str, str]:
    def plain(value: object) -> str:
        return "" if value is None else str(value)

    return {
        "reading": target.reading,
        "kind": target.kind or "",
        "index": target.index_id or "",
        "component": target.component_id or "",
        "subject": target.subject,
        "measure": target.measure,
        "op": target.op,
        "amount": plain(target.amount),
        "stretch": plain(target.stretch),
        "baseline_year": plain(target.baseline_edition),
        "first_year": plain(target.first_edition),
        "last_year": plain(target.last_edition),
        "group": target.group_id or target.group_name,
        "n": plain(target.n),
        "of": plain(target.out_of),
        "rank": plain(target.rank),
        "region": target.region_id or target.region,
        "deadline": target.deadline.date.isoformat() if target.deadline else "",
        "unparsed": " | ".join(target.unparsed),
    }


# --- the table of real sentences ----------------------------------------------------------------


@pytest.mark.parametrize("sentence_id", sorted(table()))
def test_a_sentence_reads_as_the_table_says(sentence_id: str) -> None:
    rows = table()[sentence_id]
    year = int(rows[0]["document_year"]) if rows[0]["document_year"] else None
    found = [as_row(target) for target in read(rows[0]["sentence"], document_year=year)]
    expected = [
        {key: row[key] for key in as_row(read("phấn đấu tốt")[0])}
        for row in rows
        if row["reading"] != "none"
    ]
    assert found == expected


def readings(kind_of_list: str) -> Counter[str]:
    """How many listed targets are read in full, partly, or queued; plain counting."""
    counts: Counter[str] = Counter()
    for rows in table().values():
        if rows[0]["list"] != kind_of_list:
            continue
        seen = {row["reading"] for row in rows}
        verdict = "full" if seen == {"full"} else "partly"
        if not seen & {"full", "partly"}:
            verdict = "queued"
        counts[verdict] += len(rows[0]["items"].split(";"))
    return counts


def test_the_method_page_states_the_numbers_that_the_table_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind_of_list, label in (("directive", "Five documents"), ("phrase", "Other phrases")):
        counts = readings(kind_of_list)
        numbers = [sum(counts.values()), counts["full"], counts["partly"], counts["queued"]]
        line = f"| {label} | " + " | ".join(str(number) for number in numbers) + " |"
        assert line in page


def test_the_method_page_states_how_many_sentences_of_our_own_were_tried() -> None:
    own = {key for key, rows in table().items() if rows[0]["list"] == "variant"}
    assert f"({len(own)} sentences, `own wording` in" in PAGE.read_text(encoding="utf-8")
    assert len(own) == len({table()[key][0]["sentence"] for key in own})


def test_every_target_of_the_five_documents_and_of_the_phrases_is_in_the_table() -> None:
    assert sum(readings("directive").values()) == 36
    assert sum(readings("phrase").values()) == 29
    assert sum(1 for rows in table().values() if rows[0]["list"] == "variant") >= 60


def test_what_is_not_read_in_full_says_which_words_were_not_understood() -> None:
    for rows in table().values():
        for row in rows:
            if row["reading"] in ("partly", "queued"):
                assert row["unparsed"]


def test_every_kind_read_is_a_kind_the_engine_can_judge() -> None:
    kinds = {row["kind"] for rows in table().values() for row in rows if row["kind"]}
    assert kinds <= {kind.value for kind in TargetKind}
    assert len(kinds) >= 16


# --- one target per index and requirement -------------------------------------------------------


def test_the_sentence_of_the_party_committee_gives_six_targets() -> None:
    found = {(t.component_id, t.kind): t for t in read(SEED)}
    assert len(read(SEED)) == len(found) == 6
    for component_id in ("par_index", "papi", "pci"):
        gain = found[(component_id, "rank_gain_vs_year")]
        assert (gain.amount, gain.op, gain.baseline_edition) == (5, ">=", 2022)
        assert (gain.first_edition, gain.last_edition) == (2023, 2023)
        yearly = found[(component_id, "improve_yearly")]
        assert (yearly.first_edition, yearly.last_edition) == (2023, None)
    assert all(target.reading == "full" for target in read(SEED))


def test_the_ellipses_of_the_seed_sentence_do_not_hide_the_indices() -> None:
    text = (
        "Chỉ số … (PAR INDEX), … (PAPI), … (PCI) tăng 05 bậc so với năm 2022 "
        "và năm sau phải cao hơn năm trước"
    )
    assert Counter(t.kind for t in read(text)) == {"rank_gain_vs_year": 3, "improve_yearly": 3}


@pytest.mark.parametrize(
    "spelling", ["PAR INDEX", "PARINDEX", "PAR-INDEX", "PARI NDEX", "Par Index", "par index"]
)
def test_par_index_is_recognised_however_it_was_scanned(spelling: str) -> None:
    assert only(f"Phấn đấu Chỉ số {spelling} tăng 05 bậc").component_id == "par_index"


@pytest.mark.parametrize("word", ["Phấn đấu", "Phân đầu", "Phần đầu", "PHẤN ĐẤU", "Phẩn đấu"])
def test_a_damaged_phan_dau_still_strives(word: str) -> None:
    target = only(f"{word} Chỉ số “Cải cách thể chế” tăng ít nhất 05 bậc so với năm 2022")
    assert (target.component_id, target.amount) == ("par_index.institutions", 5)
    assert "no_word_of_intent" not in target.notes


@pytest.mark.parametrize(
    ("old", "new", "component_id"),
    [
        ("Hiện đại hóa hành chính", "Xây dựng và phát triển CQĐT, CQS", "par_index.digital"),
        (
            "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật tại tỉnh",
            "Cải cách thể chế",
            "par_index.institutions",
        ),
    ],
)
def test_a_component_is_found_by_its_old_and_by_its_new_name(
    old: str, new: str, component_id: str
) -> None:
    for name in (old, new, f"{old}” (nay là “{new}”)"):
        target = only(f"Phấn đấu Chỉ số thành phần “{name}” tăng 5 bậc so với năm 2022")
        assert target.component_id == component_id


def test_capitals_and_decomposed_letters_change_nothing() -> None:
    for variant in (SEED.upper(), unicodedata.normalize("NFD", SEED), SEED.replace(" ", "\u00a0")):
        assert [as_row(t) for t in read(variant)] == [as_row(t) for t in read(SEED)]


def test_words_without_marks_are_read_like_words_with_them() -> None:
    plain = only("phan dau chi so PAPI nam 2023 tang it nhat 05 bac so voi nam 2022")
    marked = only("phấn đấu chỉ số PAPI năm 2023 tăng ít nhất 05 bậc so với năm 2022")
    assert as_row(plain) == as_row(marked)


def test_spans_point_into_the_normalised_text() -> None:
    text = unicodedata.normalize("NFD", "  Phấn đấu  Chỉ số PAPI\ttăng 05 bậc so với năm 2022 ")
    target = only(text)
    assert target.text == normalise(text)
    words = [target.text[start:end] for start, end in target.spans]
    assert words == ["PAPI", "05 bậc", "so với năm 2022"]


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "amount", "stretch", "op"),
    [
        ("05 bậc", 5, None, ">="),
        ("05 (năm) bậc", 5, None, ">="),
        ("một bậc", 1, None, ">="),
        ("năm bậc", 5, None, ">="),
        ("hai mươi lăm bậc", 25, None, ">="),
        ("từ 5-6 bậc", 5, 6, ">="),
        ("10 – 15 bậc", 10, 15, ">="),
        ("từ 5 bậc đến 10 bậc", 5, 10, ">="),
        ("trên 3 bậc", 3, None, ">"),
        ("hơn 3 bậc", 3, None, ">"),
        ("từ 03 bậc trở lên", 3, None, ">="),
        ("không dưới 3 bậc", 3, None, ">="),
    ],
)
def test_places_gained_are_read_with_their_comparator(
    words: str, amount: int, stretch: int | None, op: str
) -> None:
    target = only(f"Phấn đấu Chỉ số PAPI tăng {words} so với năm 2022")
    assert target.kind == "rank_gain_vs_year"
    assert (target.amount, target.stretch, target.op) == (amount, stretch, op)


@pytest.mark.parametrize(
    "text",
    [
        "Phấn đấu Chỉ số PAPI tăng 05 (sáu) bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI tăng 15-10 bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI tăng 5 hoặc 6 bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI, PCI tăng lần lượt 5 và 3 bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI giảm không quá 3 bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI tăng 5,5 bậc so với năm 2022",
        "Phấn đấu Chỉ số PAPI xếp thứ 64/63",
        "Phấn đấu thoát khỏi nhóm 10 tỉnh cuối bảng Chỉ số PAPI",
        "Phấn đấu Chỉ số PAPI thuộc nhóm cao hoặc nhóm trung bình cao",
        "Phấn đấu Chỉ số PAPI tăng từ 54 lên 49",
        "Phấn đấu Chỉ số PAPI tăng từ 85% đến 90%",
        "Phấn đấu Chỉ số PAPI đạt dưới 45 điểm",
    ],
)
def test_a_number_that_cannot_be_trusted_is_queued_and_not_guessed(text: str) -> None:
    target = only(text)
    assert target.kind is None
    assert target.reading == "queued"
    assert target.unparsed
    assert (target.amount, target.n, target.rank) == (None, None, None)


@pytest.mark.parametrize("printed", ["1.46", "1,46"])
def test_a_point_and_a_comma_both_separate_decimals(printed: str) -> None:
    target = only(f"Phấn đấu Chỉ số PAPI tăng {printed} điểm so với năm 2018")
    assert (target.kind, target.amount) == ("score_gain_vs_year", 1.46)


def test_a_score_and_a_gain_in_one_sentence_are_two_targets() -> None:
    found = read(
        "Tác động của cải cách hành chính đến người dân, tổ chức và phát triển kinh tế - xã hội "
        "của tỉnh đạt 15/16.5 điểm tối đa (tăng 1.46 điêm so với năm 2018)"
    )
    assert [(t.kind, t.amount, t.out_of, t.baseline_edition) for t in found] == [
        ("score_at_least", 15, 16.5, None),
        ("score_gain_vs_year", 1.46, None, 2018),
    ]
    assert {t.component_id for t in found} == {"par_index.impact"}


def test_nam_is_five_before_places_and_a_year_elsewhere() -> None:
    assert only("Phấn đấu giữ nguyên vị trí xếp thứ năm Chỉ số PCI").rank == 5
    assert only("Phấn đấu tăng năm bậc Chỉ số PCI").amount == 5
    for text in (
        "Phấn đấu hằng năm vị trí xếp hạng Chỉ số PAPI được cải thiện",
        "Phấn đấu trong năm điểm số Chỉ số PAPI được nâng lên",
        "Phấn đấu thứ hạng năm sau cao hơn năm trước Chỉ số PAPI",
    ):
        assert all(t.amount is None and t.rank is None for t in read(text))


def spoken(number: int) -> str:
    """A number word by the rules of the schoolbook, written out one case at a time."""
    digits = ["", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    tail = digits[ones]
    if ones == 5:
        tail = "lăm"
    if ones == 1 and tens > 1:
        tail = "mốt"
    head = "mười" if tens == 1 else f"{digits[tens]} mươi"
    return f"{head} {tail}".strip()


@pytest.mark.parametrize("number", range(1, 64))
def test_every_place_can_be_written_out_in_words(number: int) -> None:
    target = only(f"Phấn đấu Chỉ số PAPI tăng {spoken(number)} bậc so với năm 2022")
    assert target.amount == number


def numbers_said(text: str) -> set[float]:
    """Every number a reader can see in a text: digits, number words, "no", "first"."""
    lower = normalise(text).lower()
    said = {float(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", lower)}
    said |= {float(n) for n in re.findall(r"\d+", lower)}
    words = re.findall(r"[^\W\d_]+", lower)
    for length in (1, 2, 3):
        phrases = {" ".join(words[i : i + length]) for i in range(len(words))}
        said |= {float(n) for n in range(1, 100) if spoken(n) in phrases}
    if "không" in words:
        said.add(0.0)
    if re.search("dẫn đầu|đứng đầu|thứ nhất|số một|đầu bảng", lower):
        said.add(1.0)
    return said


def assert_nothing_invented(targets: list[ParsedTarget]) -> None:
    for target in targets:
        said = numbers_said(target.text)
        for number in (target.amount, target.stretch, target.n, target.rank, target.out_of):
            assert number is None or float(number) in said, target


@pytest.mark.parametrize("sentence_id", sorted(table()))
def test_every_number_handed_on_stands_in_the_sentence(sentence_id: str) -> None:
    assert_nothing_invented(read(table()[sentence_id][0]["sentence"]))


_PIECES = (
    "tăng|05|bậc|so với|năm|2022|Chỉ số|PAPI|PCI|PAR INDEX|SIPAS|phấn đấu|đạt|%|điểm|trên|nhóm|tốt|"
    "xếp|thứ|63/63|(|)|“|”|,|;|và|tỷ lệ|không|quá|lần|quý I|trước ngày|1/1/2023|duy trì|cải thiện|"
    "hoặc|từ|đến|-|10|của|thành phần|\n-|. |một|ba|mười|hạng|vị trí|top|nâng|giảm|lên|cao hơn|"
    "trung bình|cả nước|mỗi|99,5|12.345|vùng|Tây Nguyên|15 - 20|3/14|tỉnh|dẫn đầu|giữ vững|"
    "Cải cách thể chế|Tính minh bạch|lần lượt|tháng 02|hằng năm|giai đoạn 2021-2025|100|các|cả|3|"
    "10 chỉ số thành phần|:|hồ sơ|cắt giảm|ít nhất|trở lên|khoảng|(năm)|hiện|chậm nhất"
)
PIECES = _PIECES.split("|")


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from([None, 2022, 2023]))
def test_no_order_of_official_words_makes_the_reader_invent_a_number(
    pieces: list[str], year: int | None
) -> None:
    found = read(" ".join(pieces), context_edition=year)
    assert_nothing_invented(found)
    for target in found:
        assert all(0 <= start < end <= len(target.text) for start, end in target.spans)
        assert target.reading == "full" or target.unparsed or target.kind is None
        assert all(part.strip() for part in target.unparsed)


# --- subjects -----------------------------------------------------------------------------------


def components(text: str) -> list[str | None]:
    return [target.component_id for target in read(text)]


def test_the_index_behind_a_component_only_says_where_it_belongs() -> None:
    assert components("Phấn đấu Tính minh bạch của PCI tăng 5 bậc so với năm 2018") == [
        "pci.transparency"
    ]


def test_an_index_and_its_component_joined_by_and_are_two_targets() -> None:
    text = "Phấn đấu Chỉ số PAPI và chỉ số thành phần “Công khai, minh bạch” tăng 5 bậc"
    assert components(text) == ["papi", "papi.transparency"]


def test_ten_components_are_all_of_them_only_if_ten_were_measured() -> None:
    found = read("phấn đấu 10 chỉ số thành phần PCI của tỉnh đều tăng 2 bậc so với năm 2018")
    assert len({t.component_id for t in found}) == 10
    wrong = only("phấn đấu 7 chỉ số thành phần PCI của tỉnh đều tăng 2 bậc so với năm 2018")
    assert wrong.component_id is None
    assert wrong.unparsed == ("7 chỉ số thành phần PCI",)


def test_an_index_we_do_not_hold_is_said_and_does_not_borrow_a_neighbour() -> None:
    found = read("Phấn đấu Chỉ số PAPI, Chỉ số DTI tăng 5 bậc so với năm 2022")
    assert [(t.component_id, t.subject, t.unparsed) for t in found] == [
        ("papi", "", ()),
        (None, "DTI", ("DTI",)),
    ]


def test_what_was_not_understood_keeps_its_subject_from_the_next_requirement() -> None:
    target = only("Chỉ số PAPI giảm không quá 3 bậc, Chỉ số PCI tăng 5 bậc so với năm 2022")
    assert target.component_id == "pci"
    assert target.unparsed == ("Chỉ số PAPI giảm không quá 3 bậc",)


def test_a_province_s_index_of_its_own_offices_is_not_par_index() -> None:
    target = only("Phấn đấu Chỉ số cải cách hành chính của các sở, ngành tăng 5 bậc")
    assert target.component_id is None
    assert target.unparsed


def test_a_row_of_a_table_takes_its_subject_from_the_table() -> None:
    assert only("Phấn đấu nằm trong top 10").component_id is None
    target = read("Phấn đấu nằm trong top 10", context_components=("pci.land_access",))[0]
    assert (target.index_id, target.component_id, target.n) == ("pci", "pci.land_access", 10)
    assert target.notes[0] == "subject_from_context"


def test_a_rate_an_office_measures_is_no_index() -> None:
    rate = read("Phấn đấu Chỉ số PAPI tăng 5 bậc; tỷ lệ hồ sơ đúng hạn đạt 95%")[1]
    assert rate.is_operational
    assert (rate.subject, rate.amount, rate.measure) == ("tỷ lệ hồ sơ đúng hạn", 95, "percent")


def test_lines_of_a_list_share_the_requirement_above_them() -> None:
    text = (
        "Phấn đấu năm 2024 tăng 5 bậc so với năm 2023 các chỉ số sau:\n- PAR INDEX\n- PAPI\n- PCI"
    )
    assert components(text) == ["par_index", "papi", "pci"]


# --- years --------------------------------------------------------------------------------------


def test_a_year_that_leads_the_next_requirement_is_not_taken_by_the_one_before() -> None:
    found = read("Phấn đấu Chỉ số PCI nằm trong tốp 15 và năm 2020 vào tốp 5")
    assert [(t.n, t.target_edition) for t in found] == [(15, None), (5, 2020)]


def test_a_baseline_behind_the_last_gain_holds_for_all_of_them() -> None:
    found = read("Phấn đấu PAR INDEX tăng 5 bậc, PAPI tăng 3 bậc so với năm 2022")
    assert [t.baseline_edition for t in found] == [2022, 2022]


def test_the_date_of_a_resolution_is_nobodys_year() -> None:
    text = (
        "phấn đấu Chỉ số PAPI tăng 05 bậc so với năm 2021 theo Nghị quyết số 18-NQ/TU ngày 02 "
        "tháng 12 năm 2022 của Tỉnh ủy"
    )
    target = only(text)
    assert (target.baseline_edition, target.target_edition, target.deadline) == (2021, None, None)


@pytest.mark.parametrize(
    ("text", "context", "document", "baseline", "edition"),
    [
        ("Phấn đấu PAPI tăng 5 bậc", None, None, None, None),
        ("Phấn đấu PAPI tăng 5 bậc", 2022, None, 2022, None),
        ("Phấn đấu PAPI tăng 5 bậc", None, 2023, 2022, 2023),
        ("Phấn đấu PAPI năm 2023 tăng 5 bậc", 2022, None, 2022, 2023),
        ("Phấn đấu PAPI năm 2023 tăng 5 bậc", 2023, None, 2022, 2023),
        ("Phấn đấu PAPI năm 2023 tăng 5 bậc", 2024, None, None, 2023),
        ("Phấn đấu PAPI tăng 5 bậc so với năm 2021", 2022, None, 2021, 2022),
        ("Phấn đấu PAPI tăng 5 bậc so với năm 2022", 2022, None, 2022, None),
        ("Phấn đấu PAPI năm 2023 tăng 5 bậc so với năm trước", None, None, 2022, 2023),
        ("Phấn đấu PAPI đạt 45 điểm", 2023, None, None, 2023),
    ],
)
def test_the_clause_gives_the_years_and_the_context_only_what_the_clause_leaves_open(
    text: str, context: int | None, document: int | None, baseline: int | None, edition: int | None
) -> None:
    target = read(text, context_edition=context, document_year=document)[0]
    assert (target.baseline_edition, target.target_edition) == (baseline, edition)


def test_an_earlier_sentence_lends_its_baseline_and_says_so() -> None:
    found = read("Phấn đấu PAR INDEX tăng 5 bậc so với năm 2022. Chỉ số PAPI tăng 3 bậc.")
    assert found[1].baseline_edition == 2022
    assert "baseline_from_earlier_sentence" in found[1].notes


# --- places, groups, averages -------------------------------------------------------------------


def test_fifth_of_fourteen_in_a_region_names_the_region() -> None:
    text = "Phấn đấu SIPAS năm {} xếp vị trí 5/14 tỉnh vùng Bắc Trung bộ và Duyên hải miền Trung"
    before, after = only(text.format(2023)), only(text.format(2025))
    assert (before.kind, before.rank, before.out_of) == ("regional_rank", 5, 14)
    assert before.region_id == "north_central_coast"
    assert after.region_id is None  # that region has no counterpart after 1/7/2025
    assert after.region == "Bắc Trung bộ và Duyên hải miền Trung"


def test_a_range_of_places_asks_for_the_worse_and_hopes_for_the_better() -> None:
    target = only("Phấn đấu Chỉ số PCI xếp vị trí 10 - 15/63 tỉnh, thành phố")
    assert (target.kind, target.amount, target.stretch, target.out_of) == (
        "rank_between",
        15,
        10,
        63,
    )


def test_a_group_is_known_by_the_catalogue_of_its_index() -> None:
    papi = only("Phấn đấu Chỉ số PAPI thuộc nhóm trung bình cao năm 2024")
    assert (papi.group_id, papi.reading) == ("upper_middle", "full")
    pci = only("Phấn đấu Chỉ số PCI thuộc nhóm tốt năm 2020")
    assert (pci.group_id, pci.group_name, pci.reading) == (None, "tốt", "partly")


def test_the_highest_of_a_list_is_not_the_group_called_good() -> None:
    text = "Phấn đấu PCI nằm trong nhóm 10 tỉnh có chất lượng điều hành kinh tế tốt nhất cả nước"
    assert [t.kind for t in read(text)] == ["top_n"]


def test_better_than_last_year_is_strict_and_not_below_is_not() -> None:
    assert only("Phấn đấu PAPI năm sau cao hơn năm trước").op == ">"
    assert only("Phấn đấu PAPI không thấp hơn năm trước").kind == "not_below_last_year"
    assert only("Phấn đấu PAPI năm 2024 không thấp hơn năm 2023").reading == "full"
    assert only("Phấn đấu PAPI năm 2024 không thấp hơn năm 2020").reading == "partly"


# --- deadlines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "year", "day", "exclusive"),
    [
        ("trước ngày 10 tháng 7 năm 2022", None, date(2022, 7, 9), True),
        ("trước 01/3/2024", None, date(2024, 2, 29), True),
        ("chậm nhất vào ngày 12 tháng 03 năm 2023", None, date(2023, 3, 12), False),
        ("hạn cuối: 15-6-2023", None, date(2023, 6, 15), False),
        ("Thời hạn hoàn thành trong quý I năm 2023", None, date(2023, 3, 31), False),
        ("hoàn thành trong Quý IV/2023", None, date(2023, 12, 31), False),
        ("trước quý II năm 2023", None, date(2023, 3, 31), True),
        ("chậm nhất tháng 02 hằng năm", 2024, date(2024, 2, 29), False),
        ("chậm nhất tháng 02 hằng năm", 2023, date(2023, 2, 28), False),
        ("trước tháng 3 năm 2023", None, date(2023, 2, 28), True),
        ("xong trong 6 tháng đầu năm 2023", None, date(2023, 6, 30), False),
        ("chậm nhất hết năm 2025", None, date(2025, 12, 31), False),
        ("trước ngày 30/6", 2023, date(2023, 6, 29), True),
        ("ngày 30/6/2023", None, date(2023, 6, 30), False),
        ("ban hành ngày 02/3/2023, gửi trước ngày 10/4/2023", None, date(2023, 4, 9), True),
    ],
)
def test_a_deadline_is_the_last_day_that_still_counts(
    text: str, year: int | None, day: date, exclusive: bool
) -> None:
    found = parse_deadline(text, year)
    assert found is not None
    assert (found.date, found.exclusive_day) == (day, exclusive)


@pytest.mark.parametrize(
    "text", ["", "trước ngày 31/02/2023", "trước ngày 30/6", "chậm nhất 45/13/2023", "quý V/2023"]
)
def test_a_day_that_does_not_exist_or_has_no_year_is_no_deadline(text: str) -> None:
    assert parse_deadline(text, None) is None


def test_a_deadline_for_february_of_the_following_years_recurs() -> None:
    found = read(
        "Văn bản gửi về phòng Nội vụ chậm nhất vào ngày 12 tháng 03 năm 2023 và vào tháng 02 của "
        "các năm tiếp theo"
    )
    deadlines = [target.deadline for target in found]
    assert [(d.date, d.recurring) for d in deadlines if d is not None] == [
        (date(2023, 3, 12), False),
        (date(2024, 2, 29), True),
    ]


# --- footnotes ----------------------------------------------------------------------------------

NOTES = (
    "Năm 2021, Chỉ số thành phần Cải cách tổ chức bộ máy hành chính xếp thứ 63/63; Chỉ số Cải cách "
    "TTHC xếp thứ 22/63.\nNăm 2021, Chỉ số Hiện đại hóa hành chính (nay là chỉ số Xây dựng và phát "
    "triển Chính quyền điện tử, Chính quyền số) của tỉnh xếp thứ 61/63."
)


def test_footnotes_carry_the_year_that_opens_them_and_the_later_name() -> None:
    found = parse_footnotes(NOTES, lexicon=lexicon())
    assert [(f.edition, f.rank, f.out_of, f.component_ids) for f in found] == [
        (2021, 63, 63, ("par_index.apparatus",)),
        (2021, 22, 63, ("par_index.procedures",)),
        (2021, 61, 63, ("par_index.digital",)),
    ]
    assert found[2].name == "Hiện đại hóa hành chính"
    assert found[2].renamed_to == "Xây dựng và phát triển Chính quyền điện tử, Chính quyền số"


def test_a_footnote_is_no_target_but_goes_with_the_target_of_its_component() -> None:
    text = "Phấn đấu Chỉ số thành phần “Cải cách TTHC”3 năm 2023 tăng 5 bậc so với năm 2022.\n"
    target = only(text + NOTES)
    assert (target.component_id, target.amount) == ("par_index.procedures", 5)
    assert [(f.rank, f.out_of, f.edition) for f in target.footnotes] == [(22, 63, 2021)]


def test_a_place_in_brackets_behind_a_target_is_known_and_not_asked() -> None:
    target = only("Phấn đấu Chỉ số PAPI tăng 05 bậc so với năm 2022 (năm 2022 xếp thứ 54/61 tỉnh)")
    assert (target.kind, target.amount) == ("rank_gain_vs_year", 5)
    assert [(f.rank, f.out_of, f.edition) for f in target.footnotes] == [(54, 61, 2022)]


def test_a_place_that_is_striven_for_is_no_footnote() -> None:
    text = "Phấn đấu Chỉ số PAPI xếp thứ 30/63, Chỉ số PCI xếp thứ 20/63"
    assert parse_footnotes(text, lexicon=lexicon()) == []
    assert [(t.component_id, t.n) for t in read(text)] == [("papi", 30), ("pci", 20)]


# --- robustness ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["phấn đấu", "chỉ tiêu", "mục tiêu"])
def test_a_sentence_that_strives_and_yields_nothing_is_queued_whole(word: str) -> None:
    text = f"Các cơ quan {word} làm tốt hơn nữa"
    target = only(text)
    assert (target.kind, target.unparsed) == (None, (text,))


def test_a_sentence_that_strives_for_nothing_yields_nothing() -> None:
    assert read("Thực hiện tốt Luật Khiếu nại, Luật Tố cáo; Luật Tiếp công dân") == []
    assert read("") == []
    assert parse_footnotes("") == []


@pytest.mark.parametrize(
    "text",
    [
        "Năm 2022, Chỉ số PAPI của tỉnh đã tăng 5 bậc so với năm 2021",
        "Chỉ số PAPI năm 2023 tăng 5 bậc so với năm 2022, đạt mục tiêu",
        "Năm 2023, Chỉ số PAR INDEX xếp hạng 43/63, tăng 12 bậc so với năm 2022",
        "Kết quả Chỉ số SIPAS năm 2023 đạt 82,5%",
        "Năm 2023, Chỉ số PAPI không đạt mục tiêu tăng 5 bậc so với năm 2022",
    ],
)
def test_a_reported_result_is_queued_with_its_reason_and_proposes_nothing(text: str) -> None:
    target = only(text)
    assert (target.kind, target.amount, target.reading) == (None, None, "queued")
    assert target.notes == ("reads_like_a_result",)
    assert all(part in target.text for part in target.unparsed)


def test_what_was_reached_in_a_year_before_that_of_the_document_is_no_target_of_it() -> None:
    text = "Chỉ số PAPI năm 2022 tăng 5 bậc so với năm 2021"
    assert only(text, document_year=2022).amount == 5
    assert only(text, document_year=2024).kind is None
    assert only("Phấn đấu " + text, document_year=2024).amount == 5


def test_a_heading_that_announces_targets_makes_its_lines_targets() -> None:
    line = "Chỉ số PCI đạt 67 điểm, xếp thứ 35, tăng 5 bậc so với năm 2023."
    assert {t.kind for t in read(line)} == {None}
    found = read("2. Mục tiêu cụ thể\n" + line)
    assert [t.amount for t in found if t.kind] == [67, 35, 5]


def test_a_bracket_that_tells_of_the_base_year_is_not_asked_for() -> None:
    text = "Phấn đấu Chỉ số PAPI năm 2024 tăng 5 bậc so với năm 2023 ({})"
    first, told = read(text.format("năm 2023 xếp thứ 43/63, tăng 12 bậc so với năm 2022"))
    assert (first.amount, first.target_edition) == (5, 2024)
    assert (told.kind, told.notes) == (None, ("reads_like_a_result",))


@pytest.mark.parametrize(
    ("words", "place"),
    [("xếp vị trí 50 trở lên", 50), ("từ vị trí 50 trở lên", 50), ("lên thứ 50", 50),
     ("xếp hạng từ 50 trở lên", 50), ("xếp vị trí 50 trở xuống", None), ("xếp dưới 50 bậc", None),
     ("xếp hạng dưới 50", None)],
)  # fmt: skip
def test_a_place_or_a_better_one_is_read_and_a_place_downwards_is_not(
    words: str, place: int | None
) -> None:
    target = only(f"Phấn đấu Chỉ số PCI {words}")
    assert (target.n, target.reading) == (place, "full" if place else "queued")


@pytest.mark.parametrize("last", ["PAPI xếp hạng dưới 30", "PAPI theo mức 7 của Bộ"])
def test_a_clause_that_was_not_read_is_not_lost_behind_one_that_was(last: str) -> None:
    found = read(f"Phấn đấu Chỉ số PCI tăng 5 bậc so với năm 2022; {last}.")
    assert [(t.kind, t.amount) for t in found] == [("rank_gain_vs_year", 5), (None, None)]
    assert found[1].unparsed == (last,)


@pytest.mark.parametrize(
    ("words", "amounts"),
    [("1-2", (1, 2)), ("0,5 – 1", (0.5, 1)), ("từ 5 đến 6", None), ("41-43", None)],
)
def test_a_range_of_points_gained_is_read_where_it_cannot_mean_from_where_to_where(
    words: str, amounts: tuple[float, float] | None
) -> None:
    target = only(f"Phấn đấu Chỉ số PCI tăng {words} điểm so với năm 2023")
    assert (target.kind is None) == (amounts is None)
    assert amounts is None or (target.amount, target.stretch) == amounts


def test_each_part_of_a_list_keeps_the_number_that_stands_behind_it() -> None:
    found = read("Chỉ số PCI đạt 68 điểm trở lên, tiếp cận đất đai đạt 7 điểm trở lên")
    assert [(t.component_id, t.amount) for t in found] == [("pci", 68), ("pci.land_access", 7)]


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=200))
def test_no_text_whatever_makes_the_reader_fail(text: str) -> None:
    for target in read(text):
        assert target.text == normalise(text)
    parse_deadline(text, 2023)
    parse_footnotes(text, lexicon=lexicon())


HUNDRED_KB = 100_000
ADVERSARIAL = {
    "verbs": "tăng ",
    "gains without a subject": "tăng 5 bậc ",
    "one digit": "1",
    "digits apart": "1 ",
    "fractions": "1/",
    "comparisons": "so với kết quả ",
    "beginnings of names": "cải cách ",
    "silent words": "cải và ",
    "brackets": "(",
    "per cents": "5% ",
    "rates": "tỷ lệ ",
    "footnotes": "xếp thứ 1/2 ",
    "unknown indices": "Chỉ số X ",
    "clauses": "PAPI;",
    "lines": "\n- PAPI",
    "deadlines": "trước ngày 1/1/2023 ",
    "limits": "hạn chế ",
    "alternatives": "nhóm tốt hoặc ",
    "the seed in one sentence": SEED + " ",
    "one word": "a",
}


@pytest.mark.parametrize("name", sorted(ADVERSARIAL))
def test_a_hundred_kilobytes_of_the_worst_text_are_read_to_the_end(name: str) -> None:
    piece = ADVERSARIAL[name]
    text = (piece * (HUNDRED_KB // len(piece) + 1))[:HUNDRED_KB]
    # A pattern that backtracks without bound would never come back from such a text.
    assert len(read(text)) <= 2 * MAX_TARGETS


def test_a_text_with_too_many_targets_queues_the_rest_of_itself() -> None:
    found = read((SEED + ". ") * 400)
    assert found[-1].kind is None
    assert found[-1].notes == ("too_long",)


def test_a_lexicon_says_which_columns_it_lacks() -> None:
    catalogue = load_catalogue(ROOT / "data" / "reference" / "indices")
    with pytest.raises(ColumnsMissing):
        Lexicon.from_frames(pd.DataFrame({"index_id": []}), catalogue.component_frame())
    bare = Lexicon.from_frames(catalogue.index_frame(), catalogue.component_frame())
    target = parse_targets("Phấn đấu PAPI thuộc nhóm trung bình cao", lexicon=bare)[0]
    assert (target.group_id, target.group_name) == (None, "trung bình cao")


def test_the_record_of_a_target_is_plain_and_complete() -> None:
    record = only("Phấn đấu Chỉ số PCI năm 2023 xếp thứ 20/63 trước ngày 01/01/2024").record()
    assert record["kind"] == "top_n"
    assert (record["indices"], record["components"]) == (["pci"], ["pci"])
    assert (record["n"], record["of"], record["rank"]) == (20, 63, None)
    assert (record["target_year"], record["deadline"]) == (2023, "2023-12-31")
    asked = {
        "kind", "indices", "components", "amount", "stretch", "op", "baseline_year",
        "target_year", "group", "n", "of", "rank", "deadline", "unparsed",
    }  # fmt: skip
    assert asked == set(record)
