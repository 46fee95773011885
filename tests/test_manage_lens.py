"""The merger lens on the command line: the official verdict first, estimates under their name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import manage
from analytics.merger import Conclusion
from locales import LANGUAGES, texts

CODES = [
    "field_changed", "field_incomplete", "no_data", "weights_missing", "fraction_of_unit",
    "coverage_below_full", "not_comparable", "method_break", "percentile_undecided",
    "lenses_disagree", "bounds_undecided",
]  # fmt: skip
ORIENTATIONS = [
    "one_administration", "firms_not_persons", "scaled_within_field", "averaging_untested",
]  # fmt: skip


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, ["lens", *words])


def asked(unit: str, index: str = "papi", first: str = "2022", last: str = "2024") -> list[str]:
    return ["--unit", unit, "--index", index, "--from", first, "--to", last]


def answer(*words: str) -> dict[str, Any]:
    said = run(*words, "--json")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    read: dict[str, Any] = json.loads(said.stdout)
    return read


@pytest.fixture(scope="module")
def quang_ngai(store_folder: Path) -> dict[str, Any]:
    return answer(*asked("Quảng Ngãi"))


def test_the_official_verdict_stands_before_every_estimate(quang_ngai: dict[str, Any]) -> None:
    assert quang_ngai["official"] == {"status": "not_assessable", "reason": "merged"}
    keys = list(quang_ngai)
    assert keys.index("official") < keys.index("is_estimate") < keys.index("backcast")
    assert quang_ngai["is_estimate"] is True


def test_the_back_cast_of_the_new_quang_ngai_is_the_one_on_record(
    quang_ngai: dict[str, Any],
) -> None:
    cast = quang_ngai["backcast"]
    assert (cast["rank0"], cast["rank1"], cast["n_common"]) == (21, 26, 33)
    assert (cast["gain"], cast["required_gain"], cast["required_rank"]) == (-5, 3, 18)
    assert cast["coverage"] == {"from": 1.0, "to": 1.0}
    assert cast["score"]["from"] == pytest.approx(41.99, abs=0.005)
    assert quang_ngai["bounds"] == {"from": [10, 30], "to": [18, 33]}
    assert (quang_ngai["conclusion"], quang_ngai["orientation_only"]) == ("undecided", False)


def test_predecessors_have_their_equivalents_and_their_own_series(
    quang_ngai: dict[str, Any],
) -> None:
    kon_tum = quang_ngai["percentile"][0]
    assert (kon_tum["unit"], kon_tum["rank"], kon_tum["n_ranked"]) == ("Kon Tum", 54, 61)
    assert kon_tum["equivalent"] == pytest.approx(30.15)
    series = {one["unit"]: one["series"] for one in quang_ngai["predecessors"]}
    last = series["Kon Tum"][-1]
    assert (last["year"], last["rank"], last["n_ranked"]) == (2024, 60, 61)


def test_no_estimated_rank_stands_outside_the_back_cast(quang_ngai: dict[str, Any]) -> None:
    assert not [key for key in quang_ngai if "rank" in key]
    named = {one["unit_id"] for one in [*quang_ngai["percentile"], *quang_ngai["predecessors"]]}
    assert quang_ngai["unit_id"] not in named


@pytest.mark.parametrize("name", ["Kon Tum", "vn34-quang-ngai", "tỉnh quảng ngãi"])
def test_a_province_that_merged_away_means_the_one_it_is_part_of(
    quang_ngai: dict[str, Any], name: str
) -> None:
    assert answer(*asked(name)) == quang_ngai


def test_bac_ninh_has_no_back_cast_and_says_why(store_folder: Path) -> None:
    said = answer(*asked("Bắc Ninh"))
    assert (said["backcast"], said["bounds"]) == (None, {"from": None, "to": None})
    assert "no_data_baseline" in said["reasons"]
    withheld = said["percentile"][0]
    assert (withheld["rank"], withheld["equivalent"], withheld["interval"]) == (None, None, None)


def test_the_coverage_of_tp_ho_chi_minh_2023_is_printed(store_folder: Path) -> None:
    said = answer(*asked("TP. Hồ Chí Minh", last="2023"))
    assert said["backcast"]["coverage"]["to"] == pytest.approx(0.793, abs=5e-4)
    assert "79,3 % (năm 2023)" in run(*asked("TP. Hồ Chí Minh", last="2023")).stdout


def test_equal_weights_are_a_choice_and_say_so(store_folder: Path) -> None:
    said = answer(*asked("Quảng Ngãi"), "--weights", "equal")
    assert said["weights"] == "equal"
    assert said["percentile"][0]["share"] == 0.5


def test_a_table_of_firms_weighs_pci_and_still_says_why_it_only_orients(
    store_folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "firms.csv"
    table.write_text("Tỉnh,Số doanh nghiệp\nKon Tum,1000\nQuảng Ngãi,3000\n", encoding="utf-8")
    words = asked("Quảng Ngãi", "pci", "2021", "2022")
    by_firms = answer(*words, "--weights-table", str(table))
    assert by_firms["weights"] == "firms"
    assert {one["unit"]: one["share"] for one in by_firms["percentile"]} == {
        "Kon Tum": 0.25, "Quảng Ngãi": 0.75
    }  # fmt: skip
    assert by_firms["orientation_reason"] == "scaled_within_field"
    assert answer(*words)["orientation_reason"] == "firms_not_persons"
    assert "weights_missing" not in by_firms["reasons"], "others may lack firms, this one does not"


@pytest.mark.parametrize(
    ("index", "years", "why"),
    [("par_index", ("2022", "2024"), "one_administration"),
     ("pci", ("2021", "2022"), "firms_not_persons"), ("papi", ("2022", "2024"), None),
     ("sipas", ("2022", "2024"), None)],
)  # fmt: skip
def test_only_indices_that_ask_persons_are_more_than_an_orientation(
    store_folder: Path, index: str, years: tuple[str, str], why: str | None
) -> None:
    said = answer(*asked("Quảng Ngãi", index, *years))
    assert (said["orientation_reason"], said["orientation_only"]) == (why, why is not None)


def test_in_words_the_verdict_comes_first_and_the_label_before_every_estimate(
    store_folder: Path,
) -> None:
    lines = run(*asked("Quảng Ngãi")).stdout.splitlines()
    assert lines[1].startswith("Kết quả chính thức: Chưa đủ cơ sở đánh giá. Không cùng đơn vị")
    label = lines.index("Ước tính, tham khảo (không phải hạng được công bố):")
    estimated = [number for number, line in enumerate(lines) if "ước tính 21 (" in line]
    assert estimated == [label + 1]
    assert any("Kon Tum, năm 2022: hạng 54/61" in line and "30,2" in line for line in lines)
    # A place written as 21/33 would read like a published one.
    assert "/33" not in "\n".join(lines)
    assert "/34" not in "\n".join(lines)


def test_pci_says_that_it_is_an_orientation_only(store_folder: Path) -> None:
    said = run(*asked("Quảng Ngãi", "pci", "2021", "2022")).stdout
    assert "Lưu ý: PCI hỏi doanh nghiệp" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (asked("Xứ Lạng"), "Không có tỉnh, thành phố nào"),
        (asked("Quảng Ngãi", first="2024", last="2022"), "phải sau năm gốc 2024"),
        (asked("Quảng Ngãi", last="2031"), "Không có số liệu của năm “2031”"),
        ([*asked("Quảng Ngãi"), "--weights", "area"], "Không có quyền số “area”"),
        ([*asked("Quảng Ngãi"), "--weights", "firms"], "Không có quyền số “firms”"),
        ([*asked("Quảng Ngãi"), "--weights-table", "/no/such.csv"], "Không đọc được tệp quyền số"),
        ([*asked("Quảng Ngãi"), "--as-of", "2023-12-31"], "Không có số liệu của năm “2024”"),
        ([*asked("Quảng Ngãi"), "--component", "D99"], "không có chỉ số thành phần"),
    ],
)
def test_a_wrong_question_is_answered_by_one_sentence(
    store_folder: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        manage.app(["lens", *words])
    heard = capsys.readouterr()
    assert (end.value.code, heard.out) == (2, "")
    assert said in heard.err
    assert len(heard.err.strip().splitlines()) == 1


def test_both_languages_have_words_for_every_code() -> None:
    for spoken in LANGUAGES:
        held = texts(spoken)
        assert not [code for code in CODES if f"lens.reason.{code}" not in held]
        assert not [code for code in ORIENTATIONS if f"lens.orientation.{code}" not in held]
        assert not [one for one in Conclusion if f"lens.conclusion_name.{one}" not in held]
    assert [key for key in texts("vi") if key.startswith("lens.")] == [
        key for key in texts("en") if key.startswith("lens.")
    ]
