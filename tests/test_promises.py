"""docs/promises.md keeps its word: every test it names is there, and every figure is filled in."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "promises.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
COMMAND = re.compile(r"`make ([a-z-]+)`")
EMPTY = {"", "–", "-", "?", "..."}


def rows() -> list[tuple[str, str, str]]:
    """Promise, test and figure of every line of the tables."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and set(cells[0]) - set("-:"):
            found.append((cells[0], cells[1], cells[2]))
    return [row for row in found if row[0] != "Promise"]


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_page_makes_promises_of_every_kind() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for kind in ("Who comes in", "What nobody may", "What is never lost", "How many at once"):
        assert f"## {kind}" in text
    assert len(rows()) >= 30


@pytest.mark.parametrize("row", rows(), ids=[row[0][:50] for row in rows()])
def test_every_promise_names_a_test_that_is_there_and_a_figure(row: tuple[str, str, str]) -> None:
    promise, held_by, figure = row
    assert figure not in EMPTY
    assert re.search(r"\d", figure), f"no figure: {promise}"
    named, commands = NAMED.findall(held_by), COMMAND.findall(held_by)
    assert named or commands
    for path, name in named:
        assert (ROOT / path).exists(), path
        assert name in functions(path), f"{path}::{name}"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(commands) <= targets
