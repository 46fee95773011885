"""The command line, as a scheduled job meets it: the story of Kon Tum 2023 and wrong questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import manage

ROOT = Path(__file__).resolve().parents[1]
FIELDS = [
    "target_id", "index", "component", "component_name", "kind", "amount", "baseline_year",
    "baseline_used", "baseline_rank", "required_rank", "actual_rank", "actual_interval",
    "n_ranked", "gain", "gap", "status", "reason", "flags", "agency", "co_agency", "document",
    "document_date", "clause", "footnote_rank", "footnote_required", "footnote_status",
]  # fmt: skip
# Nothing on this list is a figure; a screen says "–" for some of them, JSON must not.
NOT_MISSING = ("NaN", "Infinity", '"nan"', '"<NA>"', '"None"', '"NaT"', '"–"')


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, list(words))


def answer(*words: str) -> Any:
    said = run(*words, "--json")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def board(store_folder: Path) -> list[dict[str, Any]]:
    """Kon Tum 2023 as known today."""
    return answer("board", "--unit", "Kon Tum", "--year", "2023")


@pytest.fixture(scope="module")
def early(store_folder: Path) -> list[dict[str, Any]]:
    """Kon Tum 2023 as known on the day the targets were set."""
    return answer("board", "--unit", "Kon Tum", "--year", "2023", "--as-of", "2023-03-02")


def row(
    rows: list[dict[str, Any]], component: str, kind: str = "rank_gain_vs_year"
) -> dict[str, Any]:
    """The target of the provincial steering committee, 517/BCĐ-NC."""
    found = [
        one
        for one in rows
        if (one["component"], one["kind"], one["document"]) == (component, kind, "517/BCĐ-NC")
    ]
    assert len(found) == 1
    return found[0]


# ------------------------------------------------------------------------- the story of Kon Tum


@pytest.mark.parametrize(
    ("component", "kind", "baseline", "required", "actual", "n", "gain", "status"),
    [
        ("par_index", "rank_gain_vs_year", 55, 50, 43, 63, 12, "met"),
        ("par_index.institutions", "rank_gain_vs_year", 43, 38, 22, 63, 21, "met"),
        ("par_index.procedures", "keep_and_improve", 49, 49, 34, 63, 15, "met"),
        ("par_index.apparatus", "rank_gain_vs_year", 36, 31, 22, 63, 14, "met"),
        ("papi", "rank_gain_vs_year", 54, 49, 56, 61, -2, "missed"),
    ],
)
def test_what_really_happened_to_the_targets_of_kon_tum_for_2023(
    board: list[dict[str, Any]],
    component: str,
    kind: str,
    baseline: int,
    required: int,
    actual: int,
    n: int,
    gain: int,
    status: str,
) -> None:
    one = row(board, component, kind)
    assert (one["baseline_rank"], one["required_rank"]) == (baseline, required)
    assert (one["actual_rank"], one["n_ranked"]) == (actual, n)
    assert (one["gain"], one["gap"]) == (gain, actual - required)
    assert (one["status"], one["reason"], one["actual_interval"]) == (status, None, None)
    assert one["baseline_used"] == 2022


@pytest.mark.parametrize(
    ("component", "kind", "actual", "footnote", "would_be"),
    [
        ("par_index.civil_service", "rank_gain_vs_year", 45, 49, "met"),
        ("par_index.public_finance", "keep_and_improve", 51, 20, "missed"),
        ("par_index.digital", "rank_gain_vs_year", 32, 56, "met"),
        ("par_index.impact", "rank_gain_vs_year", None, 37, None),
    ],
)
def test_without_the_rank_of_2022_there_is_a_reason_and_no_verdict(
    board: list[dict[str, Any]],
    component: str,
    kind: str,
    actual: int | None,
    footnote: int,
    would_be: str | None,
) -> None:
    one = row(board, component, kind)
    assert (one["status"], one["reason"]) == ("not_assessable", "baseline_not_held")
    assert (one["baseline_rank"], one["required_rank"], one["gain"], one["gap"]) == (None,) * 4
    assert one["actual_rank"] == actual
    assert (one["footnote_required"], one["footnote_status"]) == (footnote, would_be)


def test_a_rank_outside_the_published_top_is_an_interval_and_no_verdict(
    board: list[dict[str, Any]],
) -> None:
    found = [one for one in board if one["index"] == "pci" and one["kind"] == "rank_gain_vs_year"]
    assert len(found) == 1
    one = found[0]
    assert (one["status"], one["reason"]) == ("not_assessable", "actual_outside_top")
    assert (one["baseline_rank"], one["required_rank"]) == (37, 32)
    assert (one["actual_rank"], one["actual_interval"], one["n_ranked"]) == (None, [31, 63], 63)
    assert "interval" in one["flags"]


def test_the_component_nobody_was_given_closes_the_list(board: list[dict[str, Any]]) -> None:
    last = board[-1]
    assert (last["component"], last["status"]) == ("par_index.steering", "no_target")
    assert (last["target_id"], last["kind"], last["agency"]) == (None, None, None)
    assert (last["actual_rank"], last["n_ranked"], last["flags"]) == (52, 63, [])
    assert [one["component"] for one in board if one["status"] == "no_target"] == [
        "par_index.steering"
    ]


def test_the_day_the_targets_were_set_their_base_was_provisional(
    early: list[dict[str, Any]],
) -> None:
    one = row(early, "par_index.apparatus")
    assert (one["baseline_year"], one["baseline_used"]) == (2022, 2021)
    assert (one["baseline_rank"], one["required_rank"], one["actual_rank"]) == (63, 58, None)
    assert "provisional_baseline" in one["flags"]
    assert one["status"] == "not_due"
    assert row(early, "par_index.civil_service")["required_rank"] == 49


def test_every_target_names_who_answers_and_the_words_that_set_it(
    board: list[dict[str, Any]],
) -> None:
    one = row(board, "par_index.apparatus")
    assert one["agency"] == "Sở Nội vụ tỉnh Kon Tum"
    assert (one["document"], one["document_date"]) == ("517/BCĐ-NC", "2023-03-02")
    assert "05 bậc" in one["clause"]
    targets = [one for one in board if one["status"] != "no_target"]
    assert all(one["agency"] and one["document"] and one["clause"] for one in targets)
    assert len({one["target_id"] for one in targets}) == len(targets) == 31


def test_every_object_has_the_same_fields(board: list[dict[str, Any]]) -> None:
    assert {tuple(one) for one in board} == {tuple(FIELDS)}


def test_a_unit_without_targets_has_an_empty_list(store_folder: Path) -> None:
    assert answer("board", "--unit", "Hà Nội", "--year", "2023") == []
    assert "Chưa có văn bản nào" in run("board", "--unit", "Hà Nội", "--year", "2023").stdout


@pytest.mark.parametrize("name", ["kon tum", "Tỉnh Kon Tum", "vn63-kon-tum", "KONTUM", "62"])
def test_any_spelling_means_the_same_province(board: list[dict[str, Any]], name: str) -> None:
    assert answer("board", "--unit", name, "--year", "2023") == board


# ------------------------------------------------------------------------------- league tables


@pytest.fixture(scope="module")
def papi_2022(store_folder: Path) -> list[dict[str, Any]]:
    return answer("ranks", "--index", "papi", "--year", "2022")


def test_papi_2022_gives_the_published_groups_and_kon_tum_54_of_61(
    papi_2022: list[dict[str, Any]],
) -> None:
    sizes = Counter(one["group"] for one in papi_2022 if one["group"])
    best_first = list(dict.fromkeys(one["group"] for one in papi_2022 if one["group"]))
    assert [sizes[group] for group in best_first] == [16, 16, 15, 14]
    kon_tum = next(one for one in papi_2022 if one["unit"] == "Kon Tum")
    assert (kon_tum["rank"], kon_tum["n_ranked"], kon_tum["state"]) == (54, 61, "scored")
    assert kon_tum["origin"] == "computed"


def test_provinces_whose_result_was_withheld_close_the_table_without_a_rank(
    papi_2022: list[dict[str, Any]],
) -> None:
    assert len(papi_2022) == 63
    assert [one["unit"] for one in papi_2022[61:]] == ["Bắc Giang", "Bắc Ninh"]
    for one in papi_2022[61:]:
        assert (one["state"], one["rank"], one["score"], one["group"]) == (
            "withheld", None, None, None,
        )  # fmt: skip
    ranks = [one["rank"] for one in papi_2022[:61]]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1
    scores = [one["score"] for one in papi_2022[:61]]
    assert scores == sorted(scores, reverse=True)


def test_a_component_is_found_by_its_code_of_that_year_or_by_its_id(store_folder: Path) -> None:
    by_code = answer("ranks", "--index", "papi", "--year", "2022", "--component", "d2.1")
    by_id = answer(
        "ranks", "--index", "papi", "--year", "2022",
        "--component", "papi.transparency.access_information",
    )  # fmt: skip
    assert by_code == by_id
    # D2.1 meant another thing before 2018.
    before = answer("ranks", "--index", "papi", "--year", "2017", "--component", "D2.1")
    assert before[0]["component"] == "papi.transparency.poverty_lists"
    assert {one["group"] for one in by_code} == {None}


@pytest.mark.parametrize("name", ["par_index", "PAR INDEX", "PARINDEX", "par-index", "Par Index"])
def test_an_index_is_found_in_any_usual_spelling(store_folder: Path, name: str) -> None:
    rows = answer("ranks", "--index", name, "--year", "2023")
    assert next(one for one in rows if one["unit"] == "Kon Tum")["rank"] == 43
    # The publisher gave a place to each of the 63; where we hold no place there is none.
    assert {one["n_ranked"] for one in rows} == {63}
    assert [one for one in rows if one["rank"] is None] == [
        one for one in rows if one["origin"] is None
    ]


def test_a_province_that_ended_during_the_year_was_still_measured_in_it(
    store_folder: Path,
) -> None:
    assert answer("board", "--unit", "Hà Tây", "--year", "2008") == []


def test_a_component_we_hold_nothing_of_is_an_empty_answer_and_no_fault(
    store_folder: Path,
) -> None:
    asked = ("ranks", "--index", "par_index", "--year", "2016", "--component", "C4")
    assert answer(*asked) == []
    assert "chưa có số liệu" in run(*asked).stdout


# ---------------------------------------------------------------------------------- for readers


def test_the_board_reads_as_aligned_vietnamese_text(store_folder: Path) -> None:
    lines = run("board", "--unit", "Kon Tum", "--year", "2023").stdout.splitlines()
    assert lines[0].startswith("Kon Tum, năm 2023")
    heads = lines[1]
    places = [heads.index(head) for head in ("Thành phần", "Chỉ tiêu", "Phải đạt", "Kết quả")]
    line = next(one for one in lines if "C4. " in one and "Tăng 05 bậc" in one)
    cells = [line[place:].split("  ")[0] for place in places]
    assert cells == ["C4. Cải cách tổ chức bộ máy hành chính", "Tăng 05 bậc so với năm 2022",
                     "31", "Đạt"]  # fmt: skip
    assert "Chưa giao chỉ tiêu" in lines[-1]
    assert not any("\x1b" in one for one in lines), "colour codes in a pipe"


def test_a_base_that_is_not_yet_the_base_is_marked_in_the_table_too(store_folder: Path) -> None:
    question = ("board", "--unit", "Kon Tum", "--year", "2023")
    early = run(*question, "--as-of", "2023-03-02").stdout.splitlines()
    (line,) = [one for one in early if "C4. " in one and "63/63" in one]
    assert line.endswith("gốc tạm tính; đổi phương pháp")
    assert "gốc tạm tính" not in run(*question).stdout


def test_the_league_table_reads_as_aligned_vietnamese_text(store_folder: Path) -> None:
    lines = run("ranks", "--index", "papi", "--year", "2022").stdout.splitlines()
    assert len(lines) == 3 + 63
    assert any(one.startswith("54/61  Kon Tum ") for one in lines)
    assert "không công bố kết quả" in lines[-1]


# ------------------------------------------------------------------------------ wrong questions

BOARD = ("board", "--unit", "Kon Tum", "--year", "2023")
RANKS = ("ranks", "--index", "papi", "--year", "2022")


def replaced(words: tuple[str, ...], option: str, value: str) -> tuple[str, ...]:
    at = words.index(option) + 1
    return (*words[:at], value, *words[at + 1 :])


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (replaced(BOARD, "--unit", "Kon Tun"), "Có phải: Kon Tum?", "no unit “Kon Tun”"),
        (replaced(BOARD, "--unit", "Atlantis"), "Không có tỉnh, thành phố nào tên", "Atlantis"),
        (replaced(BOARD, "--unit", ""), "đang để trống", "There is no unit"),
        (replaced(BOARD, "--unit", "Hà Tây"), "đã nhập vào thành phố Hà Nội", "2023"),
        (replaced(BOARD, "--unit", "vn34-quang-ngai"), "Quảng Ngãi", "2023"),
        (replaced(BOARD, "--year", "2099"), "hiện có các năm 2005–2024", "no figures"),
        (replaced(BOARD, "--year", "hai nghìn"), "hiện có các năm", "hai nghìn"),
        (replaced(BOARD, "--year", "2023.0"), "hiện có các năm", "2023.0"),
        ((*BOARD, "--as-of", "2023-02-31"), "Ngày “2023-02-31” không hợp lệ", "not valid"),
        ((*BOARD, "--as-of", "hôm qua"), "hãy viết theo dạng 2023-03-02", "hôm qua"),
        ((*BOARD, "--as-of", "9000-01-01"), "không muộn hơn hôm nay", "not later than today"),
        (replaced(RANKS, "--index", "gdp"), "par_index, sipas, papi, pci", "no index “gdp”"),
        (replaced(RANKS, "--year", "2010"), "hiện có các năm 2011–2024", "no figures"),
        ((*RANKS, "--component", "D9"), "có D1, D2, D3", "no component “D9”"),
        ((*RANKS, "--component", "pci.transparency"), "không có chỉ số thành phần", "PAPI 2022"),
        (BOARD[:3], "Lệnh viết chưa đúng", "--year"),
        ((*BOARD, "--colour"), "Lệnh viết chưa đúng", "--colour"),
        (("rank",), "Lệnh viết chưa đúng", "rank"),
        ((), "python manage.py --help", "command"),
    ],
)
def test_a_wrong_question_is_answered_by_one_sentence_and_exit_code_2(
    store_folder: Path, words: tuple[str, ...], vietnamese: str, english: str
) -> None:
    said = run(*words)
    assert said.exit_code == 2
    assert said.stdout == ""
    sentence = said.stderr.removesuffix("\n")
    assert "\n" not in sentence
    assert sentence.endswith(")"), "the English comes last, in parentheses"
    first, second = sentence.removesuffix(")").rsplit(" (", 1)
    assert vietnamese in first
    assert english in second


def test_help_is_vietnamese_and_no_fault(store_folder: Path) -> None:
    said = run("--help")
    assert said.exit_code == 0
    assert "Kết quả thực hiện từng chỉ tiêu" in said.stdout
    assert "Năm đánh giá" in run("board", "--help").stdout


# -------------------------------------------------------------------------- as a process of its own


def process(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | {"RANKINGS_STORE": str(folder)} | environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )


def test_a_job_that_runs_first_builds_the_store_and_prints_nothing_but_json(
    tmp_path: Path, papi_2022: list[dict[str, Any]]
) -> None:
    folder = tmp_path / "not" / "yet"
    # The plainest surroundings a scheduler offers: no terminal, no UTF-8.
    said = process(folder, *RANKS, "--json", LC_ALL="C", PYTHONIOENCODING="ascii", TERM="dumb")
    assert (said.returncode, said.stderr) == (0, "")
    assert json.loads(said.stdout) == papi_2022
    assert "Thừa Thiên Huế" in said.stdout, "letters are written, not escaped"
    assert not any(word in said.stdout for word in NOT_MISSING)
    assert (folder / "CURRENT").exists()


def test_json_of_the_board_holds_no_trace_of_missing_numbers(store_folder: Path) -> None:
    said = run(*BOARD, "--json")
    assert not any(word in said.stdout for word in NOT_MISSING)


def test_build_says_whether_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path))
    first, second = run("build"), run("build")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == f"Đã dựng kho dữ liệu tại {tmp_path}.\n"
    assert "không cần dựng lại" in second.stdout
    assert len(list(tmp_path.glob("store-*.duckdb"))) == 1


def test_a_wrong_question_leaves_no_traceback_in_the_log(store_folder: Path) -> None:
    said = process(store_folder, *replaced(BOARD, "--unit", "Kon Tun"))
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.count("\n") == 1
    assert said.stderr.startswith("Không có tỉnh, thành phố nào tên “Kon Tun”.")


def test_a_store_that_cannot_be_made_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    said = process(in_the_way / "store", *RANKS)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("Không ghi được vào")
    assert said.stderr.count("\n") == 1


def test_a_pipe_closed_early_leaves_no_traceback(store_folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    said = subprocess.run(
        [sys.executable, "manage.py", *RANKS],
        cwd=ROOT,
        env=os.environ | {"RANKINGS_STORE": str(store_folder)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    os.close(writer)
    assert (said.returncode, said.stderr) == (1, "")
