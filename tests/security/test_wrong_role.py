"""A page for some roles only, asked for by the others: refused before it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.accounts import SignedIn
from data.actors import Actor, Role, may
from ui import who
from ui.frame import NEEDS

OpenPage = Callable[..., AppTest]
WANTED = {
    "upload": "chuyên viên", "history": "chuyên viên", "accounts": "quản trị viên",
    "audit": "quản trị viên",
}  # fmt: skip
# The pages of the administrator are opened as every role in tests/pages/test_admin.py.
REFUSED = [
    pytest.param(name, role, marks=[] if name == "upload" else pytest.mark.slow)
    for name, need in NEEDS.items() for role in Role if not may(Actor("an", role), need)
]  # fmt: skip


@pytest.mark.parametrize(("name", "role"), REFUSED)
def test_a_page_for_others_says_so_and_shows_nothing(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, name: str, role: Role
) -> None:
    person = SignedIn(Actor("an", role), "Nguyễn An", must_change=False)
    monkeypatch.setattr(who, "identify", lambda: person)
    monkeypatch.setattr(who, "signed_in", lambda: person)
    app = open_page(name, unit="vn63-kon-tum", year="2023")
    (refused,) = [note.value for note in app.error]
    assert refused.startswith(f"Trang này dành cho người có quyền {WANTED[name]};")
    assert not app.title
    # The frame beside the page offers what it offers everywhere.
    for kind in ("button", "file_uploader", "arrow_data_frame", "markdown"):
        assert not app.main.get(kind), kind
