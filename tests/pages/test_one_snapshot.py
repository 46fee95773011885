"""All of one page is read from one snapshot, and what the page itself writes is seen at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.actors import Actor, Role
from data.favourites import introduce, is_introduced
from data.store import store
from tests.stores import ship
from ui import loaders

AN, BINH = Actor("an", Role.VIEWER), Actor("binh", Role.VIEWER)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    ship(store())


def seen(account: str) -> bool:
    return is_introduced(store(), account, version=loaders.version().partition("@")[0])


def test_what_others_write_while_a_page_is_drawn_is_seen_on_the_next_one() -> None:
    with loaders.one_snapshot():
        before = loaders.version()
        with ThreadPoolExecutor(1) as other:
            other.submit(introduce, store(), by=BINH).result()
        assert loaders.version() == before
        assert not seen("binh")
    with loaders.one_snapshot():
        assert loaders.version() != before
        assert seen("binh")


def test_what_a_page_writes_it_reads_again_together_with_all_else() -> None:
    with loaders.one_snapshot():
        with ThreadPoolExecutor(1) as other:
            other.submit(introduce, store(), by=BINH).result()
        introduce(store(), by=AN)
        assert seen("an")
        assert seen("binh")


def test_a_page_that_breaks_off_keeps_no_snapshot() -> None:
    with pytest.raises(ZeroDivisionError), loaders.one_snapshot():
        raise ZeroDivisionError
    before = loaders.version()
    with ThreadPoolExecutor(1) as other:
        other.submit(introduce, store(), by=BINH).result()
    assert loaders.version() != before
