"""The administrator's pages: accounts, the trail, and figures before their time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import accounts, batches, queries
from data.accounts import SignedIn
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.store import store
from tests.pages import seen
from tests.stores import ship
from ui import who
from ui.gate import Access
from ui.unpublished import SWITCH

OpenPage = Callable[..., AppTest]
CHIEF = Actor("chief", Role.ADMINISTRATOR)
LATER = datetime.fromisoformat("2099-01-01T09:00")
STORY = {"unit": "vn63-kon-tum", "year": "2024", "base": "2023", "index": "papi"}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    ship(store())
    return tmp_path / "st"


def as_role(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    """The person at the screen has that role."""
    person = SignedIn(Actor("an", role), "Nguyễn An", must_change=False)
    monkeypatch.setattr(who, "identify", lambda: person)
    monkeypatch.setattr(who, "signed_in", lambda: person)


def held_back_load() -> None:
    """PAPI 2024 with Kon Tum far ahead, to be seen from 2099 on."""
    before = queries.figures("papi")
    row = before.loc[
        (before["edition"] == 2024)
        & (before["unit_id"] == "vn63-kon-tum")
        & (before["component_id"] == "papi")
    ]
    cells = row.assign(change="changed")
    for name in ("score", "percent", "max_score", "rank", "state"):
        cells[f"{name}_after"] = row[name]
    cells["score_after"] = 79.5
    batches.load(
        store(), cells, pd.DataFrame(), BatchFacts("a.xlsx", "papi", publish_at=LATER), b"x",
        by=CHIEF,
    )  # fmt: skip


def test_an_account_is_added_with_a_password_shown_once_and_stands_in_the_trail(
    own: Path, open_page: OpenPage
) -> None:
    app = open_page("accounts")
    app.text_input[0].set_value("An")
    app.text_input[1].set_value("<b>Nguyễn An</b>")
    app.selectbox[0].set_value(Role.ADMINISTRATOR)
    next(button for button in app.button if button.label == "Thêm").click()
    app.run()
    assert not app.exception
    password = app.code[0].value
    kept = accounts.account_store()
    assert accounts.sign_in(kept, "an", password)
    assert "b" not in seen.tags(app)
    assert seen.row(app, "an", "<b>Nguyễn An</b>", "quản trị viên", "đang mở")


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_sees_accounts_and_the_trail(
    own: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    as_role(monkeypatch, role)
    for name in ("accounts", "audit"):
        app = open_page(name)
        refused = [note.value for note in app.error]
        assert bool(refused) == (role is not Role.ADMINISTRATOR)
        assert bool(app.title) == (role is Role.ADMINISTRATOR)


def test_the_trail_is_searched_without_diacritics_and_shows_before_and_after(
    own: Path, open_page: OpenPage
) -> None:
    held_back_load()
    app = open_page("audit")
    assert any("nguyên vẹn" in note.value for note in app.caption)
    app.text_input(key="audit_words").set_value("NAP a.xlsx").run()
    assert "Không có dòng nào khớp." in seen.words(app)
    app.text_input(key="audit_words").set_value("papi A.XLSX").run()
    assert seen.row(app, "nạp · lần nạp", "B000001")


def test_a_viewer_sees_nothing_of_figures_held_back_and_finds_no_switch(
    own: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_back_load()
    as_role(monkeypatch, Role.VIEWER)
    app = open_page("overview", **STORY)
    assert "79,5" not in seen.words(app) + " ".join(seen.tiles(app))
    assert SWITCH not in [toggle.key for toggle in app.toggle]
    # Nor does a session that once was an analyst's.
    app.session_state[SWITCH] = True
    app.run()
    assert "79,5" not in seen.words(app) + " ".join(seen.tiles(app))


def test_an_analyst_switches_them_on_and_is_told_on_every_page(
    own: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_back_load()
    as_role(monkeypatch, Role.ANALYST)
    app = open_page("overview", **STORY)
    assert "79,5" not in " ".join(seen.tiles(app))
    app.toggle(key=SWITCH).set_value(True).run()
    assert "79,5" in " ".join(seen.tiles(app))
    assert any("chưa đến giờ công bố" in note.value for note in app.warning)


def test_the_ways_in_are_named(own: Path, open_page: OpenPage) -> None:
    app = open_page("accounts")
    assert any("chỉ mở được trên máy này" in note.value for note in app.info)
    assert set(Access) == {"single", "accounts", "provider"}
