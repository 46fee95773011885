"""Files that come in and go out: no formula runs, no name leads out of its folder."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from charts import data_file
from data import backups, batches, records, register, tiles
from data.actors import Actor, Role
from data.backups import BackupError
from data.build import REFERENCE
from data.store import Store, StoreError
from tests.builders import REGISTER
from tests.security import typed
from tests.test_roles import a_map

CHIEF = Actor("chief", Role.ADMINISTRATOR)
# Cells that a spreadsheet would run, and texts of Word, PowerPoint and HTML that would be markup.
RUN = [
    "=1+1", "=cmd|'/C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1",
    '=HYPERLINK("http://evil.example","x")', "=WEBSERVICE(A1)",
]  # fmt: skip
CLIMBING = [
    "../../evil", "..\\..\\evil", "/evil", "C:\\evil", "a/../../evil", "evil\0.pdf", "..",
    "....//evil", "%2e%2e/evil", "~/evil", "con.pdf", "a" * 300,
]  # fmt: skip


def outside(folder: Path, allowed: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and allowed not in path.parents]


@pytest.mark.parametrize("text", RUN)
def test_a_cell_that_begins_like_a_formula_is_text_in_both_kinds_of_table(text: str) -> None:
    rows = pd.DataFrame({text: [text, "x"], "n": [-1.5, 2.0]})
    content = data_file.csv(rows).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(content), delimiter=";"):
        assert line[0][:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert "-1,5" in content, "a negative figure stays a figure"
    book = openpyxl.load_workbook(io.BytesIO(data_file.workbook(
        rows, name=text, title=text, source=text)))  # fmt: skip
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
    assert book.worksheets[0]["A2"].value is not None


@pytest.mark.parametrize("name", CLIMBING)
def test_the_name_of_a_file_somebody_sends_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "a" / "st")
    with store.write():
        pass
    digest = batches.keep_file(store, b"content", name)
    assert batches.kept_file(store, digest) == b"content"
    document = register.with_file(store, typed.sample("document"), b"pdf", name, by=CHIEF)
    assert document.file_sha256 == batches.sha256(b"pdf")
    assert batches.kept_file(store, document.file_sha256) == b"pdf"
    kept = sorted(path.name for path in (store.folder / batches.FILES).iterdir())
    assert kept == sorted([batches.sha256(b"content"), batches.sha256(b"pdf")])
    assert outside(tmp_path, store.folder) == []


@pytest.mark.parametrize("geography", ["../vn63", "vn63/../../x", "", "vn64"])
def test_a_map_is_kept_under_a_geography_of_ours_only(tmp_path: Path, geography: str) -> None:
    store = Store(tmp_path / "a" / "st")
    with store.write():
        pass
    with pytest.raises(StoreError):
        tiles.save_shapes(
            store, a_map(), geography, by=CHIEF, reference=REFERENCE, register=REGISTER
        )
    assert outside(tmp_path, store.folder) == []


@pytest.mark.parametrize("name", CLIMBING)
def test_an_entry_of_a_backup_that_climbs_writes_nothing_anywhere(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "backup-20260101-000000-00000000.zip"
    manifest = {
        "files": {name: batches.sha256(b"x"), backups.FIGURES: batches.sha256(b"x")},
        "made_at": "2026-01-01T00:00:00", "version": "x", "n_audit": 0, "last_hash": "0",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for one in manifest["files"]:  # type: ignore[attr-defined]
            archive.writestr(one, b"x")
        archive.writestr(backups.MANIFEST, json.dumps(manifest))
    store = Store(tmp_path / "a" / "st")
    with pytest.raises(BackupError, match="Không dùng được bản sao lưu"):
        backups.restore(path, store, by=CHIEF)
    assert not store.exists()
    assert outside(tmp_path, store.folder) == [path]


def test_only_names_of_ours_are_backups_and_only_those_are_let_go_of(tmp_path: Path) -> None:
    for name in ("backup-20260101-000000-00000000.zip.exe", "x.zip", "backup-..zip"):
        (tmp_path / name).write_bytes(b"x")
    assert backups.backups(tmp_path) == []


@pytest.mark.parametrize("version", ["../../x", "store-00000001-00000000.duckdb/../x", "CURRENT"])
def test_a_snapshot_is_asked_for_by_a_name_of_ours_only(tmp_path: Path, version: str) -> None:
    store = Store(tmp_path / "st")
    with store.write():
        pass
    with pytest.raises(StoreError):
        store.path(version)
    with pytest.raises(StoreError):
        store.frame("indices", version=version)


@pytest.mark.parametrize("record_id", ["../x", "a'; DROP TABLE record; --", "=1+1", "<b>"])
def test_the_id_of_a_record_is_a_value_wherever_it_goes(tmp_path: Path, record_id: str) -> None:
    store = Store(tmp_path / "a" / "st")
    records.save(store, typed.sample("document", record_id=record_id), by=CHIEF)
    assert list(records.held(store, register.DocumentRecord)) == [record_id]
    assert len(records.history(store, register.DocumentRecord, record_id)) == 1
    assert outside(tmp_path, store.folder) == []
