"""The store: one DuckDB file, never changed in place.

Every write makes a new snapshot beside the old one and then points to it in one atomic step, so
a reader never waits, a kill at any moment leaves the state before or the state after, and the
command line can read while the app is serving. See docs/decisions/0005-snapshots.md.
"""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from filelock import FileLock, Timeout

HERE = Path(__file__).parent
SQL = HERE / "sql"
DEFAULT_FOLDER = HERE / "local"
FOLDER_VARIABLE = "RANKINGS_STORE"

# A reader that pinned an older version must still find it while it finishes its page.
SNAPSHOTS_KEPT = 3
WRITE_WAIT_SECONDS = 60.0

# No file or network from inside SQL, no extension fetched behind our back, and no way back.
_LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


class StoreError(Exception):
    """The store cannot be read or written; the message is one sentence, Vietnamese first."""


class Store:
    """Snapshots in one folder, and the pointer that says which one is current."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
        self._pointer = self.folder / "CURRENT"
        self._open: dict[str, duckdb.DuckDBPyConnection] = {}
        self._guard = threading.Lock()

    def version(self) -> str:
        """Name of the current snapshot; changes with every write, so it keys every cache.

        Raises:
            StoreError: there is no store yet.
        """
        try:
            return self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise StoreError(
                f"Chưa có kho dữ liệu tại {self.folder}; hãy chạy “python manage.py build”. "
                "(There is no store yet: run manage.py build.)"
            ) from None

    def exists(self) -> bool:
        """Whether a complete snapshot can be read."""
        return self._pointer.exists()

    def cursor(self, version: str | None = None) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one question; cursors of one process share one connection.

        Args:
            version: snapshot to read, so that all of one page comes from one state; the
                current one when absent.

        Raises:
            StoreError: no store, or a snapshot that is gone or unreadable.
        """
        name = version or self.version()
        with self._guard:
            connection = self._open.get(name)
            if connection is None:
                connection = self._connect(name)
                self._open[name] = connection
                for old in sorted(self._open)[:-SNAPSHOTS_KEPT]:
                    self._open.pop(old)
            return connection.cursor()

    def _connect(self, name: str) -> duckdb.DuckDBPyConnection:
        path = self.folder / name
        if not path.exists():
            raise StoreError(
                f"Không tìm thấy tệp dữ liệu {name} trong {self.folder}; hãy chạy "
                "“python manage.py build”. (The snapshot is missing: run manage.py build.)"
            )
        try:
            return duckdb.connect(str(path), read_only=True, config=dict(_LOCKED))
        except duckdb.Error as fault:
            raise StoreError(
                f"Không mở được tệp dữ liệu {name}: tệp hỏng hoặc đang bị khóa. "
                f"(The snapshot cannot be opened: {fault})"
            ) from fault

    def frame(self, query: str, *, version: str | None = None, **values: Any) -> pd.DataFrame:
        """Rows of the query named like a file in data/sql, parameters bound by name."""
        cursor = self.cursor(version)
        try:
            return cursor.execute(sql(query), values or None).df()
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to a copy of the store that becomes current only if the block ends well.

        Raises:
            StoreError: another process has been writing for too long, or the disk refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "WRITE.lock", timeout=WRITE_WAIT_SECONDS)
            with lock:
                yield from self._write_locked()
        except Timeout:
            raise StoreError(
                "Một tiến trình khác đang ghi dữ liệu quá lâu; hãy thử lại sau ít phút. "
                "(Another process is still writing; try again.)"
            ) from None
        except OSError as fault:
            raise StoreError(
                f"Không ghi được vào {self.folder}: {fault.strerror}; dữ liệu cũ vẫn nguyên. "
                "(The folder cannot be written; nothing was changed.)"
            ) from fault

    def _write_locked(self) -> Iterator[duckdb.DuckDBPyConnection]:
        draft = self.folder / f"draft-{uuid.uuid4().hex}.duckdb"
        before = self.version() if self.exists() else ""
        try:
            if before:
                shutil.copyfile(self.folder / before, draft)
            connection = duckdb.connect(str(draft), config=dict(_LOCKED))
            try:
                connection.execute("BEGIN")
                connection.execute(sql("schema"))
                yield connection
                connection.execute("COMMIT")
                # All pages into the one file: a snapshot has no write-ahead log beside it.
                connection.execute("CHECKPOINT")
            finally:
                connection.close()
            self._publish(draft, before)
        finally:
            draft.unlink(missing_ok=True)
            Path(f"{draft}.wal").unlink(missing_ok=True)

    def _publish(self, draft: Path, before: str) -> None:
        """Point to the new snapshot; the rename of the pointer is the one moment of change."""
        number = int(before.split("-")[1]) + 1 if before else 1
        name = f"store-{number:08d}-{uuid.uuid4().hex[:8]}.duckdb"
        _sync(draft)
        os.replace(draft, self.folder / name)
        pointer = self._pointer.with_suffix(".new")
        pointer.write_text(name + "\n", encoding="utf-8")
        _sync(pointer)
        os.replace(pointer, self._pointer)
        _sync(self.folder)
        for old in sorted(self.folder.glob("store-*.duckdb"))[:-SNAPSHOTS_KEPT]:
            if old.name != name:
                try:
                    old.unlink()
                except OSError:
                    continue  # Windows keeps a file that a reader holds; the next write tries again.


def _sync(path: Path) -> None:
    """Force a file or folder to the disk; folders cannot be opened on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sql(name: str) -> str:
    """Text of the query of that name."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


_default: Store | None = None


def store() -> Store:
    """The store of this process, in the folder that RANKINGS_STORE names."""
    global _default
    folder = Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
    if _default is None or _default.folder != folder:
        _default = Store(folder)
    return _default
