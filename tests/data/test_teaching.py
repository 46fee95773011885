"""Glossary, meanings and training: complete, in both languages, and at one with the catalogue."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from data import teaching
from data.build import REFERENCE
from data.indices import load_catalogue
from data.teaching import TeachingError

CATALOGUE = load_catalogue(REFERENCE / "indices")
COMPONENTS = CATALOGUE.component_frame()
INDICES = sorted(COMPONENTS["index_id"].unique())
NAMED_ROLES = ("total", "component", "subcomponent")
ROOT = Path(__file__).resolve().parents[2]


def test_every_component_that_is_shown_says_what_it_measures() -> None:
    shown = set(COMPONENTS.loc[COMPONENTS["role"].isin(NAMED_ROLES), "component_id"])
    assert set(teaching.meanings()) == shown


def test_a_meaning_that_names_a_last_year_names_that_of_the_catalogue() -> None:
    found = 0
    for component_id, meaning in teaching.meanings().items():
        year = re.search(r"đến năm (\d{4})|đến (\d{4}):", meaning.vi, re.IGNORECASE)
        if not year:
            continue
        rows = COMPONENTS.loc[COMPONENTS["component_id"] == component_id].sort_values(
            "from_edition"
        )
        ended = int(next(iter(g for g in year.groups() if g)))
        ends = set(rows["to_edition"].dropna().astype(int))
        assert ended in ends, (component_id, ended, ends)
        found += 1
    assert found >= 8


@pytest.mark.parametrize("index_id", INDICES)
def test_the_training_sheet_covers_every_component_of_the_present_method(index_id: str) -> None:
    sheet = teaching.training(index_id)
    assert sheet is not None
    assert sheet.index_id == index_id
    rows = COMPONENTS.loc[
        (COMPONENTS["index_id"] == index_id)
        & (COMPONENTS["role"] == "component")
        & COMPONENTS["to_edition"].isna()
        & ~COMPONENTS["relation"].str.contains("dropped")
    ]
    # The factors of SIPAS to 2021 live on inside A2.
    present = {one for one in rows["component_id"] if rows_is_current(one)}
    assert {part.component_id for part in sheet.parts} == present


def rows_is_current(component_id: str) -> bool:
    last = COMPONENTS.loc[COMPONENTS["component_id"] == component_id].sort_values("from_edition")
    note = str(last["note"].iloc[-1])
    return "không còn là thành phần" not in note


@pytest.mark.parametrize("index_id", INDICES)
def test_codes_a_training_sheet_names_are_codes_of_the_catalogue(index_id: str) -> None:
    sheet = teaching.training(index_id)
    assert sheet is not None
    texts = [text.vi for text in (*sheet.parts, *sheet.misunderstandings, *sheet.ask_people)]
    named = {code for text in texts for code in re.findall(r"\b[ACDE]\d(?:\.\d)?\b", text)}
    assert named <= set(COMPONENTS["code"])


def test_what_the_sheets_state_as_fact_is_what_the_catalogue_says() -> None:
    papi = COMPONENTS.loc[COMPONENTS["component_id"] == "papi"].set_index("from_edition")
    assert papi.loc[2011, "max_score"] == 60
    assert papi.loc[2018, "max_score"] == 80
    maxima = COMPONENTS.loc[COMPONENTS["from_edition"] == 2022].set_index("component_id")
    assert (maxima.loc["par_index.public_finance", "max_score"],
            maxima.loc["par_index.digital", "max_score"]) == (12, 13.5)  # fmt: skip
    editions = CATALOGUE.edition_frame()
    tops = editions.loc[(editions["index_id"] == "pci") & editions["published_top"].notna()]
    assert set(tops["published_top"]) == {30}
    assert int(tops["edition"].min()) == 2023
    codes = COMPONENTS.loc[COMPONENTS["code"] == "D2.1"].set_index("from_edition")["component_id"]
    assert codes[2011] == "papi.transparency.poverty_lists"
    assert codes[2018] == "papi.transparency.access_information"
    breaks = CATALOGUE.break_frame()
    sipas = breaks.loc[(breaks["component_id"] == "sipas") & (breaks["edition"] == 2022)]
    assert "no" in set(sipas["score_comparable"])
    said = breaks.loc[breaks["index_id"] == "par_index", "edition"]
    assert {2016, 2022, 2024} <= set(said)
    assert {2006, 2009, 2013, 2022} <= set(breaks.loc[breaks["index_id"] == "pci", "edition"])


def test_terms_name_methods_that_are_written_down() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "method").glob("*.md")}
    assert {term.method for term in teaching.glossary()} - {""} <= pages
    assert len(teaching.glossary()) >= 25


def test_no_two_terms_share_a_name() -> None:
    for language in ("vi", "en"):
        names = [getattr(term.name, language).casefold() for term in teaching.glossary()]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("file", "sound", "faulty", "said"),
    [
        ("glossary.yml", 'en: "Place"', 'en: ""', "glossary.yml"),
        ("glossary.yml", "- id: rank\n", "- id: place\n", "hai lần"),
        ("meanings.yml", "- basis:", "- base:", "meanings.yml"),
        ("training/papi.yml", "component_id: papi.services", "component_id: papi.environment",
         "hai lần"),
        ("training/papi.yml", "index_id: papi", "index_id: [papi", "Không đọc được"),
    ],
)  # fmt: skip
def test_a_file_that_lacks_something_is_named(
    tmp_path: Path, file: str, sound: str, faulty: str, said: str
) -> None:
    shutil.copytree(REFERENCE / "training", tmp_path / "training")
    for name in ("glossary.yml", "meanings.yml"):
        shutil.copy(REFERENCE / name, tmp_path / name)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    assert sound in text
    path.write_text(text.replace(sound, faulty, 1), encoding="utf-8")
    read = {
        "glossary.yml": lambda: teaching.glossary(tmp_path),
        "meanings.yml": lambda: teaching.meanings(tmp_path),
        "training/papi.yml": lambda: teaching.training("papi", tmp_path),
    }[file]
    with pytest.raises(TeachingError, match=said):
        read()


def test_an_index_nobody_wrote_a_sheet_for_has_none(tmp_path: Path) -> None:
    assert teaching.training("papi", tmp_path) is None
