"""Whatever people type stays text: on every page and in every file, never markup, never a formula.

One store holds a hostile text in every field of every kind of record, in scenarios, accounts and
loads; every page is opened on it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import batches, queries, records, scenarios
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.store import Store
from tests.pages import seen
from tests.security import typed
from tests.stores import ship
from tests.test_roles import WHAT_IF
from ui.frame import PAGES

OpenPage = Callable[..., AppTest]
CHIEF = Actor("chief", Role.ADMINISTRATOR)
NAMES = [name for names in PAGES.values() for name in names]
# Markup, a link and a picture in Markdown, an emphasis, a formula of Streamlit's own, one of a
# spreadsheet: each part would show if it were run.
HOSTILE = (
    "=HYPERLINK(1)<evil-tag onload=alert(1)>x</evil-tag>"
    "[evil-link](https://evil.example)![evil](https://evil.example/i.png):red[evil-red]"
)
LINE = re.compile(r"(?<!\\)\[evil-link(?<!\\)\](?<!\\)\(")
PICTURE = re.compile(r"(?<!\\)!(?<!\\)\[evil(?<!\\)\]")
COLOUR = re.compile(r"(?<!\\):red(?<!\\)\[evil-red")
TAG = re.compile(r"(?<!\\)<evil-tag")
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
# What opens the typed thing itself on its page.
OPENED = {
    "documents": {"doc": "document-1"}, "register": {"target": "target-1"},
    "reviews": {"index": "par_index", "agency": typed.OURS},
}  # fmt: skip
# Kinds that say nothing of their own, and whose sample names what is not there.
WITHOUT_TEXT = ("rebasing", "map_shapes", "agency_assignment")
FILE = b"evidence"
# What makes a sample fit the rest of the store, so that its page shows it.
FITTING: dict[str, dict[str, Any]] = {
    "commune_checklist": {"edition": 2023},
    "pack": {"files": [{
        "name": f"{HOSTILE}.docx", "sha256": batches.sha256(FILE), "size": len(FILE),
    }]},
}  # fmt: skip


def hostile_store(folder: Path) -> None:
    held = Store(folder)
    ship(held)
    for kind in typed.WHOLE:
        if kind in WITHOUT_TEXT:
            continue
        body = {**typed.filled(kind, HOSTILE), **FITTING.get(kind, {})}
        records.save(held, typed.kinds()[kind].model_validate(body), by=CHIEF, reason=HOSTILE)
    for name in ("a.pdf", "a.docx"):
        batches.keep_file(held, FILE, name)
    title = HOSTILE[: scenarios.TITLE_LENGTH]
    facts = type(WHAT_IF)(**{**WHAT_IF.__dict__, "title": title})
    scenarios.save(held, facts, by=Actor(HOSTILE, Role.ADMINISTRATOR))
    rows = queries.figures("papi", of=held)
    row = rows.loc[(rows["edition"] == 2023) & (rows["component_id"] == "papi")].head(1)
    cells = row.assign(change="changed", note=HOSTILE)
    for name in ("score", "percent", "max_score", "rank", "state"):
        cells[f"{name}_after"] = row[name]
    cells["score_after"] = row["score"] + 0.001
    batches.load(
        held, cells, pd.DataFrame(columns=list(batches._EDITION)),
        BatchFacts(f"{HOSTILE}.xlsx", "papi", source_title=HOSTILE, note=HOSTILE), b"x",
        by=Actor(HOSTILE, Role.ANALYST),
    )  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "st"
    hostile_store(folder)
    return folder


@pytest.fixture
def own(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(hostile, tmp_path / "st", copy_function=os.link)
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    return tmp_path / "st"


def formatted(app: AppTest) -> Iterator[tuple[str, str, bool]]:
    """Every text that Streamlit reads as Markdown: kind of element, text, whether HTML runs."""
    waiting: list[Any] = [app.main, app.sidebar]
    while waiting:
        block = waiting.pop()
        children = getattr(block, "children", {})
        waiting += list(children.values())
        proto = getattr(block, "proto", None)
        kind = str(getattr(block, "type", ""))
        if proto is None or kind in ("html", "plotly_chart", "text", "code"):
            continue
        for name in ("body", "value", "label", "help", "text"):
            said = getattr(proto, name, None)
            # What stands in an input box is a value, not Markdown.
            if isinstance(said, str) and not (name == "value" and kind.startswith("text_")):
                yield f"{kind}.{name}", said, bool(getattr(proto, "allow_html", False))
        for name in ("expandable", "tab", "popover"):
            if hasattr(proto, name):
                yield f"{kind}.{name}", str(getattr(getattr(proto, name), "label", "")), False


def run_by_markdown(app: AppTest) -> list[str]:
    """Places where a part of the hostile text would be run instead of shown."""
    found = []
    for place, said, runs_html in formatted(app):
        for mark in (LINE, PICTURE, COLOUR, *([TAG] if runs_html else [])):
            if mark.search(said):
                at = mark.search(said)
                assert at is not None
                found.append(f"{place}: {said[max(0, at.start() - 60) : at.start() + 40]}")
                break
    return found


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if at % 5 else name
     for at, name in enumerate(NAMES)],
)  # fmt: skip
def test_no_page_runs_what_somebody_typed(own: Path, open_page: OpenPage, name: str) -> None:
    app = open_page(name, **STORY, **OPENED.get(name, {}))
    assert not app.exception
    assert "evil-tag" not in seen.tags(app)
    assert run_by_markdown(app) == []


SHOWN = {
    "documents": "evil-link", "history": "evil-link", "agencies": "evil-link",
    "reviews": "evil-link", "submissions": "evil-link", "checklist": "evil-link",
    "indicators": "evil-link", "briefing": "evil-link", "audit": "evil-link",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if at % 2 else name
     for at, name in enumerate(SHOWN)],
)  # fmt: skip
def test_what_was_typed_is_shown_where_it_belongs(
    own: Path, open_page: OpenPage, name: str
) -> None:
    """Otherwise the test above would hold for pages that show nothing of it."""
    app = open_page(name, **STORY, **OPENED.get(name, {}))
    said = seen.words(app) + " ".join(text for _, text, _ in formatted(app))
    assert SHOWN[name] in said.replace("\\", "")
