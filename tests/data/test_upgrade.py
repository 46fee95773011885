"""An update and the way back, tried: a store of an earlier layout and its backup."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from data import accounts, audit, backups, batches, build, queries, records, scenarios
from data.actors import Actor, Role
from data.build import ensure
from data.register import DocumentRecord
from data.store import Store
from tests.security import typed
from tests.stores import ship
from tests.test_roles import WHAT_IF

CHIEF = Actor("chief", Role.ADMINISTRATOR)
NOON = datetime.fromisoformat("2026-11-21T12:00")


def columns(store: Store, table: str) -> set[str]:
    return set(store.frame("table_columns", table=table).iloc[:, 0])


@pytest.fixture
def old(tmp_path: Path) -> Store:
    """A store as an earlier version left it: a column and a table fewer, other marks of itself."""
    store = Store(tmp_path / "st")
    ship(store)
    records.save(store, typed.sample("document"), by=CHIEF, now=NOON)
    scenarios.save(store, WHAT_IF, by=CHIEF)
    batches.keep_file(store, b"workbook", "a.xlsx")
    accounts.add(
        accounts.account_store(store), name="an", full_name="An", role=Role.ADMINISTRATOR, by=CHIEF
    )
    with store.write() as connection:
        connection.execute("ALTER TABLE document DROP COLUMN note")
        connection.execute("DROP TABLE weight")
        for key in (build.LAYOUT, build.DIGEST):
            connection.execute("UPDATE meta SET value = 'earlier' WHERE key = ?", [key])
        connection.execute("COMMIT")
        connection.execute("BEGIN")
    return store


def test_an_update_makes_a_backup_first_and_keeps_everything_people_put_there(old: Store) -> None:
    assert "note" not in columns(old, "document")
    before = audit.entries(old)["hash"].tolist()
    assert ensure(old)
    (made,) = backups.backups(old.folder / build.BACKUPS)
    assert backups.verify(made).n_audit == len(before)
    assert "note" in columns(old, "document")
    assert len(queries.weights(of=old))
    assert list(records.held(old, DocumentRecord)) == ["document-1"]
    assert len(scenarios.scenarios(old, "vn63-kon-tum")) == 1
    assert audit.entries(old)["hash"].tolist()[-len(before) :] == before
    assert audit.verify(old) == []
    assert not ensure(old), "once is enough"


def test_the_way_back_brings_the_earlier_layout_with_all_that_was_there(old: Store) -> None:
    held = old.version()
    typed_before = records.held(old, DocumentRecord)["document-1"][0]
    ensure(old)
    late = typed.sample("document", record_id="document-2", issued_on=date(2026, 1, 1))
    records.save(old, late, by=CHIEF)
    (made,) = backups.backups(old.folder / build.BACKUPS)
    found = backups.restore(made, old, by=CHIEF)
    assert found.version == held
    # What the earlier program reads: its own layout, and what people had typed by then.
    assert "note" not in columns(old, "document")
    assert {key: one for key, (one, _) in records.held(old, DocumentRecord).items()} == {
        "document-1": typed_before
    }
    assert audit.entries(old)["action"].iloc[0] == "restore"
    assert audit.verify(old) == []
    # And forward again, as often as it takes.
    assert ensure(old)
    assert "note" in columns(old, "document")
