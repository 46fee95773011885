"""moved on the command line: what publishing a year did to the targets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import manage

WORDS = ("moved", "--unit", "Kon Tum", "--year", "2023", "--before", "2023-04-18")


@pytest.fixture(autouse=True)
def built(store_folder: Path) -> Path:
    return store_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, list(words))


def test_publishing_par_index_2022_is_listed_with_58_to_31() -> None:
    answer = run(*WORDS, "--after", "2023-04-19", "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert [(row["index_id"], row["edition"]) for row in told["published"]] == [
        ("par_index", 2022), ("sipas", 2022),
    ]  # fmt: skip
    c4 = next(row for row in told["targets"] if row["target_id"] == "002-35")
    assert (c4["required_rank_before"], c4["required_rank_after"]) == (58, 31)
    assert c4["became_final"] is True
    assert "NaN" not in answer.output


def test_the_same_is_said_in_words() -> None:
    answer = run(*WORDS, "--after", "2023-04-19")
    assert "11 yêu cầu thay đổi, trong đó 03 chuyển từ tạm tính thành chính thức" in answer.output
    assert "002-35 par_index.apparatus: Hạng 58 → 31; Chưa đến kỳ" in answer.output


def test_a_day_that_is_none_is_refused_in_one_sentence() -> None:
    answer = run(*WORDS[:-1], "31-13-2023")
    assert answer.exit_code != 0
    assert "Traceback" not in answer.output
