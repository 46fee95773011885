"""gap and whatif on the command line: Kon Tum's real needs, and wrong questions in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import manage

KON_TUM = ("--unit", "Kon Tum")


@pytest.fixture(autouse=True, scope="module")
def stored(store_folder: Path) -> None:
    """All questions go to the store of this test process."""


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, list(words))


def answer(*words: str) -> Any:
    said = run(*words, "--json")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    return json.loads(said.stdout)


def test_kon_tum_needed_0_7341_point_for_the_49th_place_of_papi_2022() -> None:
    found = answer("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--to-rank", "49")
    assert found["needed"] == pytest.approx(0.7341, abs=5e-5)
    assert found["needed_alone"] == pytest.approx(0.7342, abs=5e-5)
    assert (found["holder"], found["rank"], found["n_ranked"]) == ("Lâm Đồng", 54, 61)
    assert found["projected"] == found["needed"], "rivals that stand still change nothing"
    assert (found["peers"], found["ground"]) == ("fixed", "given")


def test_moving_rivals_give_another_need_beside_the_static_one() -> None:
    question = ("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--to-rank", "49")
    fixed, moving = answer(*question), answer(*question, "--moving")
    assert moving["needed"] == fixed["needed"]
    assert moving["projected"] == pytest.approx(0.54495, abs=5e-6)
    assert (moving["peers"], moving["drift"]) == ("moving", 0.5)


def test_a_component_is_asked_for_by_its_code() -> None:
    found = answer("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--component", "D1")
    assert (found["component"], found["rank"], found["to_rank"]) == ("papi.participation", 42, 37)


def test_par_index_without_the_others_scores_has_a_ground_and_no_number() -> None:
    found = answer("gap", "--index", "par_index", *KON_TUM, "--year", "2023", "--moving")
    assert found["ground"] == "scores_of_others_missing"
    assert (found["n_held"], found["n_expected"]) == (23, 63)
    for name in ("needed", "needed_alone", "projected", "holder", "to_keep", "cushion", "path"):
        assert found[name] is None


def test_the_text_says_what_the_screen_says() -> None:
    said = run("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--to-rank", "49")
    assert said.stdout.startswith("Cần +0,73 điểm để lên hạng 49 (bằng Lâm Đồng)")
    assert "tiếp tục thay đổi" not in said.stdout
    said = run("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--moving")
    assert "Nếu các tỉnh khác tiếp tục thay đổi bằng một nửa" in said.stdout


def test_a_fifth_of_a_point_of_participation_was_worth_one_place() -> None:
    found = answer("whatif", "--index", "papi", *KON_TUM, "--year", "2022", "--set", "D1=+0.2")
    assert (found["rank"], found["n_ranked"], found["gain"]) == (53, 61, 1)
    assert found["score"] == pytest.approx(40.1756, abs=5e-5)
    assert found["before"]["rank"] == 54
    assert found["after"] == {
        "score": found["score"], "rank": found["rank"], "group": found["group"],
    }  # fmt: skip
    moved = {row["code"]: row for row in found["components"]}
    assert (moved["D1"]["rank_before"], moved["D1"]["rank"]) == (42, 36)


def test_a_plain_number_sets_and_a_sign_shifts() -> None:
    question = ("whatif", "--index", "papi", *KON_TUM, "--year", "2023")
    found = answer(*question, "--set", "D2=5.1", "--set", "D4=-0,2", "--set", "d1.1=+0.1")
    moved = {row["component"]: row for row in found["components"]}
    assert moved["papi.transparency"]["score"] == pytest.approx(5.1)
    assert moved["papi.corruption"]["change"] == pytest.approx(-0.2)
    assert moved["papi.participation"]["change"] == pytest.approx(0.1)


def test_a_what_if_that_meets_the_target_says_so() -> None:
    found = answer("whatif", "--index", "papi", *KON_TUM, "--year", "2023", "--set", "D4=7")
    assert found["targets"] == [
        {"component": "papi", "required_rank": 49, "was_met": False, "is_met": True}
    ]
    said = run("whatif", "--index", "papi", *KON_TUM, "--year", "2023", "--set", "D4=7").stdout
    assert said.startswith("Kịch bản, không phải số liệu công bố\n")


def test_a_what_if_without_ground_is_answered_with_what_is_missing() -> None:
    question = ("whatif", "--index", "par_index", *KON_TUM, "--year", "2023", "--set", "C1=+0.2")
    found = answer(*question)
    assert (found["ground"], found["n_held"], found["n_expected"]) == (
        "scores_of_others_missing", 23, 63,
    )  # fmt: skip
    assert found["score"] is found["rank"] is found["group"] is None
    assert found["components"] == []
    assert run(*question).stdout.startswith("Chưa đủ cơ sở để tính kịch bản")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "D1"], "“D1” chưa đúng dạng"),
        (["--set", "D1=cao"], "“D1=cao” chưa đúng dạng"),
        (["--set", "D1=nan"], "chưa đúng dạng"),
        (["--set", "D1=1e5"], "chưa đúng dạng"),
        (["--set", "=5"], "chưa đúng dạng"),
        (["--set", "D9=+0.1"], "không có chỉ số thành phần “D9”"),
        (["--set", "D1=11"], "nằm ngoài thang điểm từ 0,00 đến 10,00"),
        (["--set", "D1=-9"], "nằm ngoài thang điểm"),
        (["--set", "D1=+0.1", "--set", "d1=5"], "được đặt hai lần"),
        (["--set", "D1=+0.1", "--set", "D1.1=+0.1"], "vừa đặt phần nhỏ"),
        ([], "Hãy cho biết điểm nào thay đổi"),
    ],
)
def test_a_wrong_set_is_one_sentence_and_exit_code_2(words: list[str], said: str) -> None:
    found = run("whatif", "--index", "papi", *KON_TUM, "--year", "2022", *words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize("rank", ["0", "62", "-1", "đầu"])
def test_a_place_outside_the_table_is_one_sentence_and_exit_code_2(rank: str) -> None:
    found = run("gap", "--index", "papi", *KON_TUM, "--year", "2022", "--to-rank", rank)
    assert found.exit_code == 2
    assert f"“{rank}”" in found.stderr
    assert found.stderr.count("\n") == 1
