"""Backups: one file that holds a whole state, proves itself, and can be put back.

Snapshots never change and have no log beside them (docs/decisions/0005), so a copy of one is a
consistent state while others read and write.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from data import accounts, audit
from data.actors import Action, Actor, demand
from data.batches import FILES
from data.queries import clock
from data.store import QueryFailed, Store, StoreError, sync

MANIFEST, FIGURES, ACCOUNTS = "manifest.json", "figures.duckdb", "accounts.duckdb"
# Folders beside the snapshots that belong to the state: original files by checksum, official maps.
KEPT_FOLDERS = (FILES, "map")
_NAME = re.compile(r"backup-\d{8}-\d{6}-[0-9a-f]{8}\.zip")
_CHUNK = 1 << 20
# Other writers may let go of a snapshot between its name and its opening.
_PINS = 5
_STALE_SECONDS = 86_400


class BackupError(StoreError):
    """A backup that cannot be made, trusted or put back; one sentence, Vietnamese first."""


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        path: the file.
        made_at: moment (UTC).
        version: snapshot it holds.
        n_audit: entries of its audit trail.
        last_hash: hash of the newest of them; a trail cut off later no longer reaches it.
        n_files: files in it, the manifest aside.
    """

    path: Path
    made_at: datetime
    version: str
    n_audit: int
    last_hash: str
    n_files: int


def backup(
    store: Store, folder: Path, *, keep: int | None = None, now: datetime | None = None
) -> Backup:
    """Write the whole state into one new file, and let go of the oldest ones.

    Args:
        store: whose state.
        folder: where to; made when it is not there.
        keep: how many of the backups in `folder` stay, this one among them; all when absent.
        now: moment (UTC); the clock when absent.

    Raises:
        BackupError: the folder cannot be written.
        StoreError: there is no store.
    """
    with contextlib.ExitStack() as open_files:
        return _backed_up(store, folder, keep, now or clock(), open_files)


def _backed_up(
    store: Store,
    folder: Path,
    keep: int | None,
    moment: datetime,
    open_files: contextlib.ExitStack,
) -> Backup:
    version, trail, snapshot = _pinned(store, open_files)
    held = {FIGURES: snapshot}
    kept = accounts.account_store(store)
    if kept.exists():
        held[ACCOUNTS] = _pinned(kept, open_files)[2]
    parts = [(folder, name) for folder in KEPT_FOLDERS for name in store.kept_files(folder)]
    manifest = {
        "made_at": moment.isoformat(timespec="seconds"),
        "version": version,
        "n_audit": len(trail),
        "last_hash": str(trail["hash"].iloc[0]) if len(trail) else audit.START,
        "files": {},
    }
    mark = hashlib.sha256(f"{manifest['version']}{manifest['last_hash']}".encode()).hexdigest()[:8]
    target = folder / f"backup-{moment:%Y%m%d-%H%M%S}-{mark}.zip"
    draft = target.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, source in held.items():
                manifest["files"][name] = _put(archive, name, source)  # type: ignore[index]
            for part, file in parts:
                name, content = f"{part}/{file}", store.kept_file(part, file)
                if content is None:
                    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
                manifest["files"][name] = _put(archive, name, io.BytesIO(content))  # type: ignore[index]
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        # Who can read it can read everything: nobody but the owner.
        draft.chmod(0o600)
        sync(draft)
        draft.replace(target)
        if os.name != "nt":
            sync(folder)
    except OSError as fault:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BackupError(
            f"Không ghi được bản sao lưu vào {folder}: {fault.strerror or fault}; dữ liệu vẫn "
            "nguyên. (The backup could not be written; nothing was changed.)"
        ) from fault
    if keep is not None:
        for old in backups(folder)[: -max(keep, 1)]:
            old.unlink(missing_ok=True)
    return _described(target, manifest)


def _pinned(store: Store, open_files: contextlib.ExitStack) -> tuple[str, pd.DataFrame, BinaryIO]:
    """The current version, its trail, and its file held open: writers may let go of it since."""
    for left in reversed(range(_PINS)):
        try:
            version = store.version()
            path = open_files.enter_context(store.exported(version))
            trail = _trail(store, version)
            return version, trail, open_files.enter_context(path.open("rb"))
        except (StoreError, OSError) as fault:
            if left == 0 or not store.exists():
                if isinstance(fault, StoreError):
                    raise
                raise BackupError(
                    f"Không đọc được kho dữ liệu để sao lưu: {fault}. (The store cannot be read.)"
                ) from fault
    raise AssertionError("the last attempt returns or raises")


def _sweep(folder: Path) -> None:
    """Remove what backups left that were killed; one that is still being made is younger."""
    for stale in folder.glob("backup-*.new"):
        with contextlib.suppress(OSError):
            if time.time() - stale.stat().st_mtime > _STALE_SECONDS:
                stale.unlink()


def _put(archive: zipfile.ZipFile, name: str, source: BinaryIO) -> str:
    """Add a file to an archive; the checksum of what went in."""
    total = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            total.update(chunk)
            sink.write(chunk)
    return total.hexdigest()


def _trail(store: Store, version: str) -> pd.DataFrame:
    """The audit trail; empty in a store from before there was one."""
    try:
        return audit.entries(store, version=version)
    except QueryFailed:
        return pd.DataFrame(columns=["hash"])


def backups(folder: Path) -> list[Path]:
    """Backups of ours in a folder, oldest first; other files are none of our business."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def verify(path: Path) -> Backup:
    """Read a backup as if it were put back: checksums, both stores opened and asked, the trail.

    Raises:
        BackupError: it cannot be trusted; the message says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _unpacked(path, Path(folder))


def restore(path: Path, store: Store, *, by: Actor) -> Backup:
    """Make a verified backup the current state; the state it replaces stays as a snapshot.

    Accounts are put back only where there are none: an old backup must not bring back passwords
    that were changed since, nor shut out who works here now.

    Raises:
        NotAllowed: `by` is no administrator.
        BackupError: the backup cannot be trusted.
        StoreError: the store cannot be written.
    """
    demand(by, Action.ADMINISTER)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = _unpacked(path, folder)
        for kept_folder in KEPT_FOLDERS:
            for file in sorted((folder / kept_folder).glob("*")):
                store.keep_file(kept_folder, file.name, file.read_bytes())
        store.adopt(folder / FIGURES)
        kept = accounts.account_store(store)
        if (folder / ACCOUNTS).exists() and not kept.exists():
            kept.adopt(folder / ACCOUNTS)
    with store.write() as connection:
        audit.record(
            connection, by=by, action="restore", kind="store", key=path.name,
            after={"version": found.version, "made_at": found.made_at},
        )  # fmt: skip
    return found


def _unpacked(path: Path, folder: Path) -> Backup:
    """The files of a backup in `folder`, every one checked."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            listed = {name: str(digest) for name, digest in manifest["files"].items()}
            if set(archive.namelist()) != {*listed, MANIFEST} or FIGURES not in listed:
                raise _distrusted(path, "danh mục tệp không khớp", "the list of files is wrong")
            for name, digest in listed.items():
                target = folder / name
                # Names come from the file, and nothing may be written beside the folder.
                if folder.resolve() not in target.resolve().parents:
                    raise _distrusted(path, "tên tệp lạ", "a file name leads elsewhere")
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK)
                if _digest(target) != digest:
                    raise _distrusted(path, f"sai mã kiểm của {name}", "a checksum is wrong")
        found = _described(path, manifest)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as fault:
        raise _distrusted(path, "không đọc được tệp", str(fault)) from fault
    _asked(path, folder, found)
    return found


def _asked(path: Path, folder: Path, found: Backup) -> None:
    """Open the stores of a backup and ask them, as the program would."""
    trial = Store(folder / "trial")
    try:
        trial.adopt(folder / FIGURES)
        trail = _trail(trial, trial.version())
        counted = trial.frame("editions", now=clock())
    except (StoreError, QueryFailed) as fault:
        raise _distrusted(path, "không mở được kho dữ liệu", str(fault)) from fault
    last = str(trail["hash"].iloc[0]) if len(trail) else audit.START
    if (len(trail), last) != (found.n_audit, found.last_hash) or (
        len(trail) and audit.verify(trial)
    ):
        raise _distrusted(path, "nhật ký không nguyên vẹn", "the audit trail is not whole")
    if counted.empty:
        raise _distrusted(path, "kho dữ liệu trống", "the store is empty")
    if (folder / ACCOUNTS).exists():
        kept = Store(folder / "trial-accounts", schema=accounts.SCHEMA)
        try:
            kept.adopt(folder / ACCOUNTS)
            accounts.accounts(kept)
        except (StoreError, QueryFailed) as fault:
            raise _distrusted(path, "không mở được kho tài khoản", str(fault)) from fault


def _described(path: Path, manifest: dict[str, Any]) -> Backup:
    return Backup(
        path=path,
        made_at=datetime.fromisoformat(manifest["made_at"]),
        version=str(manifest["version"]),
        n_audit=int(manifest["n_audit"]),
        last_hash=str(manifest["last_hash"]),
        n_files=len(manifest["files"]),
    )


def _distrusted(path: Path, why: str, english: str) -> BackupError:
    return BackupError(
        f"Không dùng được bản sao lưu {path.name}: {why}; hãy chọn bản khác. "
        f"(The backup cannot be trusted: {english.splitlines()[0] if english else why})"
    )


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
