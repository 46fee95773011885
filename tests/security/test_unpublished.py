"""Figures before their time: invisible to viewers on every page, noted when they leave."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from data import audit, batches, queries
from data.accounts import SignedIn
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.store import Store, store
from tests.stores import ship
from ui import download, unpublished, who
from ui.frame import NEEDS, PAGES

OpenPage = Callable[..., AppTest]
CHIEF = Actor("chief", Role.ADMINISTRATOR)
LATER = datetime.fromisoformat("2099-01-01T09:00")
STORY = {"unit": "vn63-kon-tum", "year": "2024", "base": "2023", "index": "papi"}
# A total no province ever had, in every way it could be written.
HELD_BACK = 11.2233
SIGNS = re.compile(r"11[.,]22(33)?(?!\d)")
OPEN = [name for names in PAGES.values() for name in names if name not in NEEDS]
# Of the pages that show scores of PAPI one of each kind; all others are walked by the slow run.
SHOWING = {"overview", "gaps", "trends", "compare", "map", "why", "briefing"}
PAGE_OR_SLOW = [
    name if name in SHOWING else pytest.param(name, marks=pytest.mark.slow) for name in OPEN
]


@pytest.fixture(scope="module")
def held_back(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PAPI 2024 of Kon Tum, to be seen from 2099 on."""
    held = Store(tmp_path_factory.mktemp("held") / "st")
    ship(held)
    rows = queries.figures("papi", of=held)
    row = rows.loc[
        (rows["edition"] == 2024)
        & (rows["unit_id"] == "vn63-kon-tum")
        & (rows["component_id"] == "papi")
    ]
    cells = row.assign(change="changed")
    for name in ("score", "percent", "max_score", "rank", "state"):
        cells[f"{name}_after"] = row[name]
    cells["score_after"] = HELD_BACK
    batches.load(
        held, cells, pd.DataFrame(), BatchFacts("a.xlsx", "papi", publish_at=LATER), b"x", by=CHIEF
    )
    return held.folder


@pytest.fixture(autouse=True)
def own(held_back: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(held_back, tmp_path / "st", copy_function=os.link)
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    return tmp_path / "st"


def as_role(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    person = SignedIn(Actor("an", role), "Nguyễn An", must_change=False)
    monkeypatch.setattr(who, "identify", lambda: person)
    monkeypatch.setattr(who, "signed_in", lambda: person)


def sent(app: AppTest) -> str:
    """Everything the browser is sent, charts and values of widgets included."""
    found: list[str] = []
    waiting: list[Any] = [app.main, app.sidebar]
    while waiting:
        block = waiting.pop()
        waiting += list(getattr(block, "children", {}).values())
        if (proto := getattr(block, "proto", None)) is not None:
            found.append(str(proto))
    return "\n".join(found)


@pytest.mark.parametrize("name", PAGE_OR_SLOW)
def test_no_page_sends_a_viewer_a_figure_before_its_time(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    as_role(monkeypatch, Role.VIEWER)
    app = open_page(name, **STORY)
    assert not SIGNS.search(sent(app))
    assert unpublished.SWITCH not in [toggle.key for toggle in app.toggle]


@pytest.mark.parametrize(
    "guess",
    [
        {"is_unpublished_shown": "True"}, {"unpublished": "1"}, {"role": "analyst"},
        {"now": "2099-02-01"}, {"as_of": "2099-02-01"}, {"version": "all"},
    ],
)  # fmt: skip
def test_no_guess_in_the_address_shows_a_viewer_more(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, guess: dict[str, str]
) -> None:
    as_role(monkeypatch, Role.VIEWER)
    assert not SIGNS.search(sent(open_page("overview", **STORY, **guess)))


@pytest.mark.parametrize("name", ["overview", "gaps"])
def test_an_analyst_who_asks_for_it_sees_it_there(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Otherwise the tests above would hold for pages that never show it."""
    as_role(monkeypatch, Role.ANALYST)
    app = open_page(name, **STORY)
    assert not SIGNS.search(sent(app))
    app.toggle(key=unpublished.SWITCH).set_value(True).run()
    assert SIGNS.search(sent(app))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_with_figures_before_their_time_stands_in_the_trail_and_only_then(
    monkeypatch: pytest.MonkeyPatch, role: Role, kind: str
) -> None:
    as_role(monkeypatch, role)
    monkeypatch.setattr(unpublished.st, "session_state", {unpublished.SWITCH: True})
    rows = pd.DataFrame({"label": ["PAPI"], "score": [HELD_BACK]})
    make = partial(download.content, kind, go.Figure(), "gaps_papi_2024", rows)
    content = download.when_asked(make, f"gaps_papi_2024.{kind}")()
    assert content if kind == "csv" else openpyxl.load_workbook(io.BytesIO(content))
    trail = audit.entries(store())
    left = trail.loc[trail["action"] == "export_unpublished"]
    if role is Role.VIEWER:
        assert left.empty, "the switch of a session that was an analyst's is worth nothing now"
    else:
        assert left[["by_name", "by_role", "key"]].to_numpy().tolist() == [
            ["an", str(role), f"gaps_papi_2024.{kind}"]
        ]
    assert audit.verify(store()) == []
