"""Every fault has one sentence in each language, and every place in it is filled."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from briefing.load_records import shown
from data.intake.checks import STOPPING

ROOT = Path(__file__).resolve().parents[3]
CALLS = {"FileRefused", "Note", "CellFault", "fault", "_at_first", "_refuse_far"}
NOT_KEYS = {"cell", "percent_cell", "rank_cell", "change_cell"}


def texts(language: str) -> dict[str, str]:
    path = ROOT / "locales" / f"faults.{language}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["fault"]


def literals() -> set[str]:
    """Every text constant of the intake's code."""
    found = set()
    for path in (ROOT / "data" / "intake").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def raised() -> set[str]:
    """The keys handed to the calls that make a fault."""
    found = set()
    for path in (ROOT / "data" / "intake").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in CALLS:
                continue
            found |= {
                one.value
                for one in node.args
                if isinstance(one, ast.Constant) and re.fullmatch(r"[a-z0-9]+_\w+", str(one.value))
            }
    return found - NOT_KEYS


def places(text: str) -> set[str]:
    return {name.removesuffix("_en") for name in re.findall(r"\{(\w+)\}", text)}


def test_both_languages_have_the_same_keys_and_places() -> None:
    vietnamese, english = texts("vi"), texts("en")
    assert list(vietnamese) == list(english)
    for key, text in vietnamese.items():
        assert places(text) == places(english[key]), key


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_key_the_code_uses_has_a_sentence(language: str) -> None:
    known = set(texts(language))
    assert len(raised()) > 40
    assert raised() - known == set()
    assert known >= STOPPING


def test_no_sentence_is_left_over() -> None:
    used = literals() | {"level_ministry", "level_district"}
    assert set(texts("vi")) - used == set()


def test_a_sentence_ends_as_a_sentence() -> None:
    for language in ("vi", "en"):
        for key, text in texts(language).items():
            assert text.endswith((".", "?")), key
            assert text[0] in "“{" or text[0].isupper(), key


@pytest.mark.parametrize(
    ("key", "value", "vi", "en"),
    [
        ("value", 1236.5, "1.236,5", "1,236.5"),
        ("value", 7.0, "7", "7"),
        ("value", 6.12345678, "6,1235", "6.1235"),
        ("edition", 2024, "2024", "2024"),
        ("name", "Hà Nội", "Hà Nội", "Hà Nội"),
    ],
)
def test_numbers_are_written_in_the_readers_way(key: str, value: object, vi: str, en: str) -> None:
    assert shown({key: value}, "vi")[key] == vi
    assert shown({key: value}, "en")[key] == en
