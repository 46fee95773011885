"""The search page: what people type leads to its page, with the parameters that show it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from data import records
from data.accounts import SignedIn
from data.actors import Actor, Role
from data.register import DocumentRecord
from data.store import store
from tests.security import typed
from tests.stores import ship
from ui import who
from ui.responsibility import WHO

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
CHIEF = Actor("chief", Role.ADMINISTRATOR)


def links(app: AppTest) -> list[tuple[str, str, dict[str, str]]]:
    """Label, page and parameters of every result, in order."""
    found = []
    for element in app.main.get("page_link") if hasattr(app.main, "get") else app.get("page_link"):
        proto = element.proto
        query = {key: values[0] for key, values in parse_qs(proto.query_string).items()}
        found.append((str(proto.label), str(proto.page), query))
    return found


@pytest.mark.parametrize(
    ("words", "label", "page", "query"),
    [
        ("kon tum", "Kon Tum (đến 2025)", "overview", {"unit": "vn63-kon-tum", "year": "2023"}),
        ("DAK NONG", "Đắk Nông (đến 2025)", "overview", {"unit": "vn63-dak-nong"}),
        ("hochiminh", "Hồ Chí Minh", "overview", {}),
        ("cai cach the che", "C2. Cải cách thể chế", "component",
         {"index": "par_index", "component": "par_index.institutions", "year": "2023"}),
        ("d8", "D8. Quản trị điện tử", "component", {"component": "papi.egovernance"}),
        ("papi", "PAPI", "component", {"index": "papi"}),
        ("so noi vu", "Sở Nội vụ", "responsibility", {WHO: "ktm-so-noi-vu"}),
        ("517/bcd-nc", "517/BCĐ-NC", "documents", {"doc": "ktm-517-bcd-nc-2023"}),
        ("nam goc", "Năm gốc", "glossary", {"term": "Năm gốc"}),
        ("ban do", "Bản đồ", "map", {}),
    ],
)  # fmt: skip
def test_the_first_result_is_what_was_meant_and_leads_to_its_page(
    open_page: OpenPage, words: str, label: str, page: str, query: dict[str, str]
) -> None:
    app = open_page("search", **STORY, q=words)
    assert not app.exception
    first = next(one for one in links(app) if not one[0].startswith("→"))
    assert label in first[0].replace("\\", "")
    assert first[1] in (page, f"pages/{page}.py", "" if page == "overview" else page)
    assert query.items() <= first[2].items()
    assert app.query_params["q"] == words


def test_a_line_that_was_dropped_opens_in_the_last_year_it_was_measured(
    open_page: OpenPage,
) -> None:
    app = open_page("search", **STORY, q="ban giam sat dau tu cong dong")
    (_, _, query), *_ = links(app)
    assert query["component"] == "papi.accountability.investment_boards"
    assert query["year"] == "2015"


def test_nothing_found_is_said_with_what_was_typed_as_text(open_page: OpenPage) -> None:
    app = open_page("search", **STORY, q="<b>qwrtz</b>")
    assert any("qwrtz" in note.value and "\\<b" in note.value for note in app.info)
    assert links(app) == []


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    ship(store())


def as_role(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    person = SignedIn(Actor("an", role), "Nguyễn An", must_change=False)
    monkeypatch.setattr(who, "identify", lambda: person)
    monkeypatch.setattr(who, "signed_in", lambda: person)


def test_what_people_typed_is_found_and_a_draft_only_by_who_edits_it(
    own: None, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.save(store(), typed.sample("agency"), by=CHIEF)
    draft = DocumentRecord(record_id="document-9", title="Zebra [x](y)", state="draft")
    records.save(store(), draft, by=CHIEF)
    as_role(monkeypatch, Role.VIEWER)
    app = open_page("search", **STORY, q="so moi")
    assert "Sở mới tỉnh Kon Tum" in links(app)[0][0]
    assert links(open_page("search", **STORY, q="zebra")) == []
    labels = [label for label, _, _ in links(open_page("search", **STORY, q="tai khoan"))]
    assert "Tài khoản" not in labels, "a page of the administrator"
    as_role(monkeypatch, Role.ANALYST)
    (found,) = links(open_page("search", **STORY, q="zebra"))
    assert found[2]["doc"] == "document-9"
    assert "\\[x" in found[0], "shown as text, not as a link"
