"""agency on the command line: one agency's components, points and targets; wrong questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import manage

KON_TUM = ("--unit", "Kon Tum", "--year", "2023", "--agency")


@pytest.fixture(autouse=True)
def built(store_folder: Path) -> Path:
    return store_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, ["agency", *words])


def answer(*words: str) -> dict[str, Any]:
    said = run(*words, "--json")
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    assert not any(word in said.stdout for word in ("NaN", "<NA>", "NaT", '"None"', '"–"'))
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_home_affairs_leads_two_components_and_has_one_target_met() -> None:
    found = answer(*KON_TUM, "Sở Nội vụ")
    assert (found["agency_id"], found["year"]) == ("ktm-so-noi-vu", 2023)
    apparatus, service = found["components"]
    assert (apparatus["component"], apparatus["rank"]) == ("par_index.apparatus", 22)
    assert apparatus["lost"] == pytest.approx(0.78)
    assert (apparatus["gain"], apparatus["own"]) == (14, None)
    assert (service["rank"], service["lost"]) == (45, None)
    (points,) = found["points"]
    assert points["share"] == pytest.approx(100 * 0.78 / 13.86)
    statuses = {one["target_id"]: one["status"] for one in found["targets"]}
    assert statuses["002-35"] == "met"
    assert statuses["002-36"] == "not_assessable"
    (today,) = found["answers_today"]
    assert (today["agency_id"], today["since"]) == ("qni-so-noi-vu", "2025-07-01")


@pytest.mark.parametrize("name", ["ktm-so-noi-vu", "so noi vu", "SỞ NỘI VỤ TỈNH KON TUM"])
def test_an_agency_is_known_by_id_and_name_in_any_letters(name: str) -> None:
    assert answer(*KON_TUM, name)["agency_id"] == "ktm-so-noi-vu"


def test_on_an_earlier_day_the_agency_itself_still_answers() -> None:
    (today,) = answer(*KON_TUM, "Sở KH&ĐT", "--as-of", "2024-12-31")["answers_today"]
    assert (today["agency_id"], today["since"]) == ("ktm-so-ke-hoach-dau-tu", None)
    (later,) = answer(*KON_TUM, "Sở KH&ĐT", "--as-of", "2025-04-01")["answers_today"]
    assert (later["agency_id"], later["since"]) == ("ktm-so-tai-chinh", "2025-03-01")


def test_plain_text_says_the_same() -> None:
    said = run(*KON_TUM, "Sở Tài chính").stdout
    assert "Chủ trì 2" in said
    assert "3,64 điểm" in said


@pytest.mark.parametrize("name", ["Sở Vũ trụ", "Sở", ""])
def test_an_unknown_or_unclear_agency_is_refused_with_the_ones_there_are(name: str) -> None:
    said = run(*KON_TUM, name)
    assert said.exit_code == 2
    assert "Sở Nội vụ" in said.stderr
    assert said.stdout == ""
