"""parse on the command line: six targets from one sentence, doubts said, no number invented."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import locales
import manage
from analytics.targets import TargetKind

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "method" / "target-sentences.md"
SEED = (
    "phấn đấu trong năm 2023 góp phần hoàn thành chỉ tiêu của tỉnh: Chỉ số Cải cách hành chính "
    "(PAR INDEX), Chỉ số Hiệu quả quản trị và hành chính công (PAPI), Chỉ số Năng lực cạnh tranh "
    "(PCI) tăng 05 bậc so với năm 2022 và năm sau phải cao hơn năm trước"
)
FIELDS = [
    "kind", "indices", "components", "amount", "stretch", "op", "baseline_year", "target_year",
    "group", "n", "of", "rank", "deadline", "unparsed",
]  # fmt: skip
DETAILS = [
    "subject",
    "measure",
    "first_year",
    "last_year",
    "region",
    "deadline_exclusive",
    "deadline_recurring",
    "reading",
    "notes",
]
NUMBERS = ("amount", "stretch", "n", "of", "rank", "baseline_year", "first_year", "last_year")
NOT_MISSING = ("NaN", "Infinity", '"nan"', '"<NA>"', '"None"', '"NaT"', '"–"')


@pytest.fixture(autouse=True)
def built(store_folder: Path) -> Path:
    return store_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, ["parse", *words])


def answer(*words: str) -> list[dict[str, Any]]:
    said = run(*words, "--json", "--details")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    assert not any(word in said.stdout for word in NOT_MISSING)
    found: list[dict[str, Any]] = json.loads(said.stdout)
    return found


def lines(*words: str) -> list[str]:
    said = run(*words)
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    return said.stdout.splitlines()


# ------------------------------------------------------------------------------------- as JSON


def test_the_sentence_of_the_party_committee_gives_six_targets() -> None:
    found = answer(SEED)
    assert len(found) == 6
    assert all(list(one) == [*FIELDS, *DETAILS] for one in found)
    gains = [one for one in found if one["kind"] == "rank_gain_vs_year"]
    yearly = [one for one in found if one["kind"] == "improve_yearly"]
    for three in (gains, yearly):
        assert [one["indices"] for one in three] == [["par_index"], ["papi"], ["pci"]]
    for one in gains:
        assert (one["amount"], one["op"], one["stretch"]) == (5, ">=", None)
        assert (one["baseline_year"], one["target_year"]) == (2022, 2023)
    for one in yearly:
        assert (one["amount"], one["first_year"], one["last_year"]) == (None, 2023, None)
    assert all((one["reading"], one["unparsed"]) == ("full", []) for one in found)


def test_the_json_holds_the_promised_fields_and_no_other_unless_details_are_asked_for() -> None:
    found = json.loads(run(SEED, "--json").stdout)
    assert [list(one) for one in found] == [FIELDS] * 6
    assert [one["indices"] for one in found[:3]] == [["par_index"], ["papi"], ["pci"]]


def test_a_component_is_named_by_its_old_name_and_a_group_by_its_id() -> None:
    found = answer(
        "Phấn đấu năm 2023 Chỉ số thành phần “Hiện đại hóa hành chính” tăng từ 10-15 bậc so với "
        "năm 2022; Chỉ số PAPI thuộc nhóm cao nhất cả nước"
    )
    assert [one["components"] for one in found] == [["par_index.digital"], ["papi"]]
    assert (found[0]["amount"], found[0]["stretch"]) == (10, 15)
    assert (found[1]["kind"], found[1]["group"]) == ("group_at_least", "high")


def test_what_cannot_be_read_is_handed_back_and_holds_no_number() -> None:
    found = answer("Phấn đấu Chỉ số PAPI tăng 05 (sáu) bậc so với năm 2022")
    assert len(found) == 1
    assert (found[0]["kind"], found[0]["reading"]) == (None, "queued")
    assert "05 (sáu) bậc" in found[0]["unparsed"][0]
    assert all(found[0][name] is None for name in NUMBERS)


def test_of_two_requirements_the_readable_one_stands_and_the_other_is_quoted() -> None:
    found = answer("Phấn đấu Chỉ số PCI đạt trên 65 điểm, Chỉ số PAPI tăng 15-10 bậc")
    assert [(one["kind"], one["indices"], one["amount"], one["op"]) for one in found] == [
        ("score_at_least", ["pci"], 65, ">")
    ]
    assert found[0]["reading"] == "partly"
    assert any("15-10 bậc" in words for words in found[0]["unparsed"])


@pytest.mark.parametrize(
    "sentence",
    [
        SEED,
        "Phấn đấu đến năm 2025, Chỉ số PAR INDEX nằm trong nhóm 20 tỉnh dẫn đầu cả nước",
        "Phấn đấu Chỉ số PAPI xếp vị trí 10 - 15/63 tỉnh, thành phố trong năm 2024",
        "Chỉ số SIPAS đạt từ 85,5% trở lên trong giai đoạn 2021-2025",
        "Phấn đấu Chỉ số PAPI tăng 15-10 bậc, 5 hoặc 6 bậc, xếp thứ 64/63, đạt 45 điểm",
        "Chỉ số PCI nằm trong nhóm 3/14 tỉnh vùng Trung du và miền núi phía Bắc năm 2023",
        "Giữ vững vị trí thứ 5 Chỉ số PCI; tỷ lệ hồ sơ đúng hạn đạt 95%, giảm 10% biên chế",
        "Nghị quyết 18-NQ/TU ngày 12/3/2021: phấn đấu Chỉ số PAPI tăng hai bậc so với năm 2020",
    ],
)
def test_every_number_of_the_answer_is_printed_in_the_sentence(sentence: str) -> None:
    printed = {
        float(number.replace(",", "."))
        for number in re.findall(r"\d+(?:[.,]\d+)?", sentence.replace("hai bậc", "2 bậc"))
    }
    found = answer(sentence)
    assert found
    assert {float(one[name]) for one in found for name in NUMBERS if one[name] is not None}
    for one in found:
        assert {float(one[name]) for name in NUMBERS if one[name] is not None} <= printed


def test_a_context_year_is_the_base_of_a_gain_that_names_none_and_says_so() -> None:
    sentence = "Phấn đấu Chỉ số PAPI tăng 05 bậc"
    alone, told = answer(sentence), answer(sentence, "--context-year", "2022")
    assert (alone[0]["baseline_year"], alone[0]["notes"]) == (None, ["baseline_not_stated"])
    assert (told[0]["baseline_year"], told[0]["notes"]) == (2022, ["baseline_from_context"])
    stated = answer(f"{sentence} so với năm 2020", "--context-year", "2022")
    assert stated[0]["baseline_year"] == 2020


@pytest.mark.parametrize("sentence", ["", "Trời hôm nay nhiều mây.", "năm 2023"])
def test_a_sentence_without_a_target_is_an_empty_answer_and_no_fault(sentence: str) -> None:
    assert answer(sentence) == []
    assert lines(sentence) == ["Không thấy chỉ tiêu nào trong câu này."]


# ---------------------------------------------------------------------------------- for readers


def test_the_listing_is_vietnamese_and_one_line_per_target() -> None:
    assert lines(SEED) == [
        "Đọc được 06 chỉ tiêu, cần người có trách nhiệm xác nhận:",
        "1. PAR INDEX: tăng ≥ 5 bậc; năm gốc 2022; năm 2023",
        "2. PAPI: tăng ≥ 5 bậc; năm gốc 2022; năm 2023",
        "3. PCI: tăng ≥ 5 bậc; năm gốc 2022; năm 2023",
        "4. PAR INDEX: năm sau cao hơn năm trước; từ năm 2023 trở đi",
        "5. PAPI: năm sau cao hơn năm trước; từ năm 2023 trở đi",
        "6. PCI: năm sau cao hơn năm trước; từ năm 2023 trở đi",
    ]


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("Phấn đấu Chỉ số PAPI xếp vị trí 10 - 15/63 năm 2024",
         "1. PAPI: xếp hạng trong khoảng ≤ 15/63 (phấn đấu 10); năm 2024"),
        ("Phấn đấu giai đoạn 2021-2025 Chỉ số SIPAS đạt trên 85,5%",
         "1. SIPAS: đạt > 85,5 điểm; năm 2021–2025"),
        ("Phấn đấu năm 2023 Chỉ số thành phần “Cải cách thể chế” tăng 5 bậc so với năm 2022",
         "1. PAR INDEX, C2. Cải cách thể chế: tăng ≥ 5 bậc; năm gốc 2022; năm 2023"),
        ("Phấn đấu Chỉ số PAPI thuộc nhóm cao năm 2024", "1. PAPI: thuộc nhóm cao; năm 2024"),
        ("Tinh giản 10% biên chế giai đoạn 2021-2026",
         "1. biên chế: giảm ≥ 10 %; năm gốc 2021; năm 2021–2026"),
        ("Ban hành kế hoạch cải cách hành chính của đơn vị trước ngày 10/7/2022",
         "1. Ban hành kế hoạch cải cách hành chính của đơn vị: hoàn thành; hạn 09/07/2022"),
    ],
)  # fmt: skip
def test_the_listing_keeps_signs_bounds_years_and_days(sentence: str, line: str) -> None:
    assert lines(sentence)[1] == line


def test_the_listing_quotes_what_was_not_understood_below_its_target() -> None:
    said = lines("Phấn đấu Chỉ số PCI đạt trên 65 điểm, Chỉ số PAPI tăng 15-10 bậc")
    assert said[0].startswith("Đọc được 01 chỉ tiêu")
    assert said[1] == "1. PCI: đạt > 65 điểm"
    assert said[2] == "   Chưa hiểu: “Chỉ số PAPI tăng 15-10 bậc”"


def test_the_listing_of_nothing_readable_says_so_and_quotes_the_words() -> None:
    said = lines("Phấn đấu Chỉ số PAPI tăng 05 (sáu) bậc so với năm 2022")
    assert said[0] == "Chưa đọc được chỉ tiêu nào."
    assert Counter("05 (sáu) bậc" in line for line in said[1:]) == {True: 1}


def test_the_listing_says_where_an_unstated_year_comes_from() -> None:
    said = lines("Phấn đấu Chỉ số PAPI tăng 05 bậc", "--context-year", "2022")
    assert said[2] == "   Năm gốc suy ra từ năm của văn bản, câu không nêu."


def test_every_kind_and_every_note_has_its_words() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Notes a target may carry")[1]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")][1:]
    notes = [note.strip() for cell in rows for note in cell.split(",")]
    assert len(notes) > 20
    assert [note for note in notes if not locales.has(f"parse.note_{note}")] == []
    assert [kind for kind in TargetKind if not locales.has(f"parse.kind_{kind.value}")] == []


# ------------------------------------------------------------------------------ wrong questions


@pytest.mark.parametrize("year", ["22", "1999", "2101", "hai nghìn", "2022.0", ""])
def test_a_wrong_year_is_one_sentence_and_exit_code_2(year: str) -> None:
    said = run(SEED, "--context-year", year, "--json")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.count("\n") == 1
    assert said.stderr.startswith(f"Năm “{year}” không hợp lệ")
    assert "is not valid" in said.stderr


def test_a_command_without_a_sentence_is_one_sentence_and_exit_code_2() -> None:
    said = run()
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("Lệnh viết chưa đúng")
