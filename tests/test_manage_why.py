"""explain and probability on the command line: answers, refusals with grounds, wrong questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import manage

KON_TUM_2023 = ("--index", "papi", "--unit", "Kon Tum", "--from", "2022", "--to", "2023")
AT_49 = ("--index", "papi", "--unit", "Kon Tum", "--year", "2023", "--to-rank", "49")
NOT_MISSING = ("NaN", "Infinity", '"nan"', '"<NA>"', '"None"', '"NaT"', '"–"')


@pytest.fixture(autouse=True)
def built(store_folder: Path) -> Path:
    return store_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, list(words))


def answer(*words: str) -> dict[str, Any]:
    said = run(*words, "--json")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    assert not any(word in said.stdout for word in NOT_MISSING)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def changed(words: tuple[str, ...], **other: str) -> list[str]:
    """The same question with other values of some options."""
    asked = dict(zip(words[::2], words[1::2], strict=True))
    asked |= {f"--{name.replace('_', '-').strip('-')}": value for name, value in other.items()}
    return [word for pair in asked.items() for word in pair]


def test_explain_gives_the_parts_and_they_sum_to_the_printed_change() -> None:
    found = answer("explain", *KON_TUM_2023)
    assert (found["place_before"]["rank"], found["place_after"]["rank"]) == (54, 56)
    assert found["gain"] == -2
    parts = [found[name] for name in ("own", "peers", "method", "composition", "publisher")]
    assert parts == [-0.5, -1.5, None, 0, 0]
    assert (found["ground"], found["missing"]) == ("given", None)
    assert found["method_ground"] == "not_separable"
    assert [c["code"] for c in found["components"]] == [f"D{n}" for n in range(1, 9)]
    shares = [c["rank_effect"] for c in found["components"]]
    assert sum(shares) == pytest.approx(found["own"], abs=1e-9)
    for component in found["components"]:
        below = [part["rank_effect"] for part in component["components"]]
        assert sum(below) == pytest.approx(component["rank_effect"], abs=1e-9)
    assert {one["unit"] for one in found["overtook"]} == {"Đắk Nông", "Đồng Nai", "Tiền Giang"}
    assert len(found["overtaken_by"]) == 5
    assert found["interval_90"] == [51, 58]
    assert found["paragraph"].startswith("Năm 2023, Kon Tum giảm 02 bậc về PAPI")


def test_explain_without_json_is_the_paragraph() -> None:
    said = run("explain", *KON_TUM_2023)
    assert said.stdout.strip() == answer("explain", *KON_TUM_2023)["paragraph"]


def test_explain_takes_a_component_by_its_number() -> None:
    found = answer("explain", *KON_TUM_2023, "--component", "D1")
    assert (found["component"], found["gain"]) == ("papi.participation", 9)
    assert [c["code"] for c in found["components"]] == ["D1.1", "D1.2", "D1.3", "D1.4"]


def test_explain_over_places_alone_refuses_with_what_is_missing() -> None:
    found = answer("explain", *changed(KON_TUM_2023, index="par-index"))
    assert found["ground"] == "scores_of_others_missing"
    assert found["missing"]["scores"] == [
        {"year": 2022, "held": 15, "expected": 63},
        {"year": 2023, "held": 23, "expected": 63},
    ]
    assert found["gain"] == 12
    parts = ("own", "peers", "method", "composition", "publisher", "interval_90")
    assert [found[name] for name in parts] == [None] * 6
    assert found["components"] == found["overtook"] == found["overtaken_by"] == []


def test_explain_knows_only_what_was_out_on_the_day() -> None:
    found = answer("explain", *KON_TUM_2023, "--as-of", "2024-04-01")
    assert (found["ground"], found["missing"]["editions"]) == ("not_published", [2023])
    assert found["gain"] is None


def test_explain_outside_the_published_top_gives_bounds() -> None:
    found = answer("explain", *changed(KON_TUM_2023, index="pci"))
    assert found["gain"] is None
    assert found["gain_interval"] == [37 - 63, 37 - 31]
    assert found["place_after"]["rank_interval"] == [31, 63]


def test_probability_of_place_49_for_kon_tum_2023_is_one_per_cent() -> None:
    found = answer("probability", *AT_49)
    assert (found["point"], found["interval_90"]) == (56, [51, 58])
    assert found["p"] == pytest.approx(0.010, abs=0.0005)
    assert (found["basis"], found["likelihood"]) == ("published", "unlikely")
    assert "1,0 %" in run("probability", *AT_49).stdout


def test_the_last_place_or_better_is_certain() -> None:
    assert answer("probability", *changed(AT_49, to_rank="61"))["p"] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("index", "year", "ground", "missing"),
    [
        ("pci", "2022", "standard_errors_missing",
         {"standard_errors": [{"year": 2022, "held": 0, "expected": 63}]}),
        ("par_index", "2023", "scores_of_others_missing",
         {"scores": [{"year": 2023, "held": 23, "expected": 63}], "editions": []}),
    ],
)  # fmt: skip
def test_probability_without_errors_invents_none(
    index: str, year: str, ground: str, missing: dict[str, Any]
) -> None:
    found = answer("probability", *changed(AT_49, index=index, year=year))
    assert (found["ground"], found["missing"]) == (ground, missing)
    assert found["p"] is found["interval_90"] is found["expected_rank"] is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["explain", *changed(KON_TUM_2023, to="2021")], "phải trước năm đánh giá"),
        (["explain", *changed(KON_TUM_2023, to="2031")], "Không có số liệu của năm"),
        (["explain", *changed(KON_TUM_2023, unit="Kon Tôm")], "Kon T"),
        (["explain", *changed(KON_TUM_2023, index="gdp")], "Không có chỉ số"),
        (["explain", *KON_TUM_2023, "--component", "D99"], "không có chỉ số thành phần"),
        (["explain", *KON_TUM_2023, "--as-of", "someday"], "không hợp lệ"),
        (["explain", "--index", "papi"], "Lệnh viết chưa đúng"),
        (["probability", *changed(AT_49, to_rank="62")], "xếp hạng 61 tỉnh, thành phố"),
        (["probability", *changed(AT_49, to_rank="0")], "Không có hạng"),
        (["probability", *changed(AT_49, to_rank="-3")], "Không có hạng"),
        (["probability", *changed(AT_49, to_rank="mười")], "Không có hạng"),
    ],
)
def test_a_wrong_question_is_answered_in_one_sentence_with_exit_code_two(
    words: list[str], sentence: str
) -> None:
    said = run(*words)
    assert said.exit_code == 2
    assert said.stdout == ""
    assert sentence in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
