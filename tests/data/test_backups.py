"""A backup holds the whole state, proves itself before it is trusted, and can be put back."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from data import accounts, audit, backups, batches, queries, records
from data.actors import Action, Actor, NotAllowed, Role
from data.backups import BackupError
from data.store import Store
from tests.stores import ship

CHIEF = Actor("chief", Role.ADMINISTRATOR)
NIGHT = datetime.fromisoformat("2026-11-21T02:00")


class Note(records.Record):
    kind: ClassVar[str] = "note"
    action: ClassVar[Action] = Action.EDIT_SHEETS
    text: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "st"
    store = Store(folder)
    ship(store)
    records.save(store, Note(record_id="a", text="một"), by=CHIEF)
    batches.keep_file(store, b"workbook", "a.xlsx")
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    shutil.copytree(built, tmp_path / "st")
    made = Store(tmp_path / "st")
    accounts.add(
        accounts.account_store(made), name="an", full_name="An", role=Role.ADMINISTRATOR, by=CHIEF
    )
    return made


def notes(store: Store) -> list[str]:
    return [note.text for note, _ in records.held(store, Note).values()]


def test_a_backup_put_back_brings_figures_notes_files_and_accounts(
    store: Store, tmp_path: Path
) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    assert backups.verify(made.path).n_audit == 1
    fresh = Store(tmp_path / "fresh")
    backups.restore(made.path, fresh, by=CHIEF)
    assert notes(fresh) == ["một"]
    assert batches.kept_file(fresh, batches.sha256(b"workbook")) == b"workbook"
    assert queries.figures("papi", now=NIGHT, of=fresh).equals(
        queries.figures("papi", now=NIGHT, of=store)
    )
    kept = accounts.account_store(fresh)
    assert accounts.accounts(kept)["name"].tolist() == ["an"]
    assert audit.entries(fresh)["action"].tolist() == ["restore", "save"]
    assert audit.verify(fresh) == []


def test_putting_back_keeps_the_state_it_replaces_and_the_accounts_of_today(
    store: Store, tmp_path: Path
) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    records.save(store, Note(record_id="a", text="hai"), by=CHIEF)
    later = store.version()
    accounts.add(
        accounts.account_store(store), name="moi", full_name="Mới", role=Role.VIEWER, by=CHIEF
    )
    backups.restore(made.path, store, by=CHIEF)
    assert notes(store) == ["một"]
    assert store.path(later).exists()
    assert len(accounts.accounts(accounts.account_store(store))) == 2


def test_a_reader_of_before_goes_on_reading_what_it_pinned(store: Store, tmp_path: Path) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    records.save(store, Note(record_id="a", text="hai"), by=CHIEF)
    pinned = store.version()
    backups.restore(made.path, store, by=CHIEF)
    held = records.held(store, Note, version=pinned)
    assert held["a"][0].text == "hai"


def test_only_so_many_backups_stay_and_nothing_else_is_touched(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "thư.docx").write_text("x")
    for day in range(5):
        backups.backup(store, folder, keep=3, now=NIGHT + timedelta(days=day))
    assert [path.name[7:15] for path in backups.backups(folder)] == [
        "20261123", "20261124", "20261125",
    ]  # fmt: skip
    assert (folder / "thư.docx").exists()


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.97])
def test_a_flipped_bit_is_found_or_changes_nothing(store: Store, tmp_path: Path, at: float) -> None:
    """What an archive says twice (a time stamp, say) may be wrong once and do no harm."""
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    content = bytearray(made.path.read_bytes())
    content[int(len(content) * at)] ^= 0x10
    made.path.write_bytes(content)
    before, held = store.version(), queries.figures("papi", now=NIGHT, of=store)
    try:
        backups.restore(made.path, store, by=CHIEF)
    except BackupError:
        assert store.version() == before
    assert queries.figures("papi", now=NIGHT, of=store).equals(held)
    assert notes(store) == ["một"]
    assert audit.verify(store) == []


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
def test_a_flipped_bit_of_the_figures_is_found(store: Store, tmp_path: Path, at: float) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    with zipfile.ZipFile(made.path) as archive:
        part = archive.getinfo(backups.FIGURES)
    content = bytearray(made.path.read_bytes())
    content[part.header_offset + 200 + int((part.compress_size - 400) * at)] ^= 0x10
    made.path.write_bytes(content)
    with pytest.raises(BackupError, match="Không dùng được bản sao lưu"):
        backups.verify(made.path)


def forged(made: Path, **changes: bytes | None) -> Path:
    """The backup with other contents under a manifest that fits them."""
    target = made.with_name("backup-20270101-000000-00000000.zip")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read(backups.MANIFEST))
        parts = {name: old.read(name) for name in manifest["files"]} | changes
        parts = {name: content for name, content in parts.items() if content is not None}
        manifest["files"] = {name: batches.sha256(content) for name, content in parts.items()}
        for name, content in parts.items():
            new.writestr(name, content)
        new.writestr(backups.MANIFEST, json.dumps(manifest))
    return target


@pytest.mark.parametrize(
    "changes",
    [
        {"../evil": b"x"},
        {"/evil": b"x"},
        {backups.FIGURES: b"no database"},
        {backups.FIGURES: None},
        {backups.ACCOUNTS: b"no database"},
    ],
)
def test_a_forged_backup_is_refused_and_writes_nothing(
    store: Store, tmp_path: Path, changes: dict[str, bytes | None]
) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    fake = forged(made.path, **changes)  # type: ignore[arg-type]
    with pytest.raises(BackupError):
        backups.verify(fake)
    assert not Path("/evil").exists()


def test_a_backup_whose_trail_was_rewritten_is_refused(store: Store, tmp_path: Path) -> None:
    with store.write() as connection:
        connection.execute("UPDATE audit SET by_name = 'người khác'")
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    with pytest.raises(BackupError, match="nhật ký"):
        backups.verify(made.path)


def test_only_an_administrator_puts_a_backup_back(store: Store, tmp_path: Path) -> None:
    made = backups.backup(store, tmp_path / "kept", now=NIGHT)
    with pytest.raises(NotAllowed):
        backups.restore(made.path, store, by=Actor("an", Role.APPROVER))


def test_a_folder_that_cannot_be_written_costs_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackupError, match="Không ghi được bản sao lưu"):
        backups.backup(store, tmp_path / "file", now=NIGHT)
    assert notes(store) == ["một"]
