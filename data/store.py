"""The store: one DuckDB file, never changed in place.

Every write makes a new snapshot beside the old one and then points to it in one atomic step, so
a reader never waits, a kill at any moment leaves the state before or the state after, and the
command line can read while the app is serving. See docs/decisions/0005-snapshots.md.

Where STORE_URL names a PostgreSQL server, data/shared_store.py answers the same calls from there.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from filelock import FileLock, Timeout

HERE = Path(__file__).parent
SQL = HERE / "sql"
DEFAULT_FOLDER = HERE / "local"
FOLDER_VARIABLE, URL_VARIABLE = "RANKINGS_STORE", "STORE_URL"

# Another process that reads an older version must still find it while it finishes its page.
SNAPSHOTS_KEPT = 3
WRITE_WAIT_SECONDS = 60.0
SCHEMA = ("schema", "schema_audit")

# No file or network from inside SQL, no extension fetched behind our back, and no way back.
_LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


class StoreError(Exception):
    """The store cannot be read or written; the message is one sentence, Vietnamese first."""


# Whatever DuckDB raises, for who opens a file that may be anything.
QueryFailed = duckdb.Error

_ROW_FAULTS = (duckdb.ConversionException, duckdb.ConstraintException)
# A server's refusal comes as text: DuckDB knows no class for it.
_ROW_FAULT = re.compile(r"violates (unique|check|not-null) constraint|invalid input syntax")
# What DuckDB raises when the file or the disk fails it; all else is a fault of the statement.
_DISK_FAULTS = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, OSError)
_SNAPSHOT = re.compile(r"store-(\d{8})-[0-9a-f]{8}\.duckdb")


_HERE = threading.local()


def writes_here() -> int:
    """How many writes this thread has finished: who reads one version looks again after its own."""
    return getattr(_HERE, "n_writes", 0)


def count_write() -> None:
    """To be called by every kind of store when a write of this thread has become current."""
    _HERE.n_writes = writes_here() + 1


class Store:
    """Snapshots in one folder, and the pointer that says which one is current."""

    def __init__(self, folder: Path | None = None, *, schema: tuple[str, ...] = SCHEMA) -> None:
        self.folder = folder or _configured_folder()
        # Every table of this store; each statement may run again.
        self.schema = "\n;\n".join(sql(name) for name in schema)
        self._pointer = self.folder / "CURRENT"
        self._open: dict[str, duckdb.DuckDBPyConnection] = {}
        self._guard = threading.RLock()
        # How many pages are being drawn from a state.
        self._drawn: Counter[str] = Counter()
        self._opening = threading.Lock()
        self._beside: dict[str, Store] = {}

    def version(self) -> str:
        """Name of the current snapshot; changes with every write, so it keys every cache.

        A store whose pointer was deleted goes on with its newest snapshot: snapshots get their
        name only when they are complete.

        Raises:
            StoreError: there is no store yet, or its pointer cannot be read.
        """
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            name = max((path.name for path in self._snapshots()), default="")
        except (OSError, UnicodeDecodeError) as fault:
            raise StoreError(
                f"Không đọc được {self._pointer}; hãy kiểm tra quyền đọc và nội dung tệp này. "
                f"(The pointer to the current snapshot cannot be read: {fault})"
            ) from fault
        if not name:
            raise StoreError(
                f"Chưa có kho dữ liệu tại {self.folder}; hãy chạy “python manage.py build”. "
                "(There is no store yet: run manage.py build.)"
            )
        return name

    def exists(self) -> bool:
        """Whether there is a store: a pointer, or a snapshot it could point to."""
        return self._pointer.exists() or bool(self._snapshots())

    def _snapshots(self) -> list[Path]:
        """Complete snapshots, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _SNAPSHOT.fullmatch(path.name))

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
                others = sorted(one for one in self._open if not self._drawn[one])
                for old in others[: max(0, len(others) + 1 - SNAPSHOTS_KEPT)]:
                    self._open.pop(old)
                self._open[name] = connection
            return connection.cursor()

    @contextlib.contextmanager
    def held(self, version: str) -> Iterator[None]:
        """Keep a state while something is drawn from it, however many writes go by."""
        with self._guard:
            self._drawn[version] += 1
        try:
            yield
        finally:
            with self._guard:
                self._drawn[version] -= 1
                self._drawn += Counter()

    def _connect(self, name: str) -> duckdb.DuckDBPyConnection:
        path = self._snapshot(name)
        try:
            return duckdb.connect(str(path), read_only=True, config=dict(_LOCKED))
        except (duckdb.Error, OSError) as fault:
            raise self._damaged(name, fault) from fault

    def _snapshot(self, name: str) -> Path:
        """Where the snapshot of that name lies; nothing else in or beside the folder is one."""
        path = self.folder / name
        if not _SNAPSHOT.fullmatch(name) or not path.exists():
            raise StoreError(
                f"Không tìm thấy tệp dữ liệu “{name}” trong {self.folder}; hãy ghi tên một tệp "
                f"store-….duckdb đang có vào {self._pointer}, hoặc xóa tệp đó nếu không còn tệp "
                "nào. (The snapshot is missing: write the name of an existing one into CURRENT.)"
            )
        return path

    def _damaged(self, name: str, fault: Exception) -> StoreError:
        return StoreError(
            f"Không đọc được tệp dữ liệu {name}: tệp hỏng hoặc đang bị khóa; hãy ghi tên một bản "
            f"trước đó trong {self.folder} vào tệp CURRENT, hoặc khôi phục từ bản sao lưu. "
            f"(The snapshot cannot be read: {_first_line(fault)})"
        )

    def frame(self, query: str, *, version: str | None = None, **values: Any) -> pd.DataFrame:
        """Rows of the query named like a file in data/sql, parameters bound by name.

        Raises:
            StoreError: no store, or a snapshot that is gone or unreadable.
        """
        name, text = version or self.version(), sql(query)
        cursor = self.cursor(name)
        try:
            return cursor.execute(text, values or None).df()
        except _DISK_FAULTS as fault:
            with self._guard:
                self._open.pop(name, None)
            raise self._damaged(name, fault) from fault
        finally:
            cursor.close()

    @contextlib.contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to a copy of the store that becomes current only if the block ends well.

        What the block itself raises passes through unchanged, and nothing was written.

        Raises:
            StoreError: another process has been writing for too long, the disk refuses, or the
                current snapshot is damaged.
        """
        with self._lock(), contextlib.ExitStack() as on_leaving:
            before = self.version() if self.exists() else ""
            # Before anything is swept: a pointer to nothing must not cost the snapshots there are.
            source = self._snapshot(before) if before else None
            draft = self.folder / f"draft-{uuid.uuid4().hex}.duckdb"
            on_leaving.callback(_discard, draft)
            with self._disk():
                self._sweep(before)
                if source:
                    shutil.copyfile(source, draft)
            connection = self._draft(draft, before)
            try:
                yield connection
                with self._disk():
                    connection.execute("COMMIT")
                    # All pages into the one file: a snapshot has no write-ahead log beside it.
                    connection.execute("CHECKPOINT")
            except (duckdb.IOException, duckdb.FatalException, duckdb.InternalException) as fault:
                raise self._refusal(fault) from fault
            finally:
                connection.close()
            with self._disk():
                self._publish(draft, before)

    def adopt(self, snapshot: Path) -> None:
        """Make a complete snapshot from elsewhere the current one; the one before stays beside it.

        Raises:
            StoreError: another process has been writing for too long, or the disk refuses.
        """
        with self._lock(), self._disk(), contextlib.ExitStack() as on_leaving:
            before = self.version() if self.exists() else ""
            draft = self.folder / f"draft-{uuid.uuid4().hex}.duckdb"
            on_leaving.callback(_discard, draft)
            self._sweep(before)
            shutil.copyfile(snapshot, draft)
            self._publish(draft, before)

    def path(self, version: str | None = None) -> Path:
        """The file of a snapshot, the current one when absent; it never changes.

        Raises:
            StoreError: no store, or a snapshot that is gone.
        """
        return self._snapshot(version or self.version())

    @contextlib.contextmanager
    def exported(self, version: str | None = None) -> Iterator[Path]:
        """A complete snapshot file of one state, the current one when absent, for a backup.

        Raises:
            StoreError: no store, or a snapshot that is gone.
        """
        yield self.path(version)

    def beside(self, name: str, *, schema: tuple[str, ...]) -> Store:
        """A store of other tables beside this one, with writes and versions of its own."""
        with self._opening:
            if name not in self._beside:
                self._beside[name] = Store(self.folder / name, schema=schema)
            return self._beside[name]

    def keep_file(self, folder: str, name: str, content: bytes) -> None:
        """Keep the bytes of a file beside the snapshots; a name stands for them for ever.

        Raises:
            StoreError: the disk refuses.
        """
        path = self.folder / folder / name
        if path.exists():
            return
        draft = path.with_name(f"{name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            sync(draft)
            draft.replace(path)
        except OSError as fault:
            draft.unlink(missing_ok=True)
            raise self._refusal(fault) from fault

    def kept_file(self, folder: str, name: str) -> bytes | None:
        """The bytes of a kept file; None where there is none."""
        try:
            return (self.folder / folder / name).read_bytes()
        except OSError:
            return None

    def kept_files(self, folder: str) -> list[str]:
        """Names of the kept files of one folder."""
        place = self.folder / folder
        return sorted(
            path.name for path in place.glob("*") if path.is_file() and path.suffix != ".new"
        )

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One writer at a time; a killed writer's lock is released by the system."""
        lock = FileLock(self.folder / "WRITE.lock")
        with self._disk():
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=WRITE_WAIT_SECONDS)
            except Timeout:
                raise StoreError(
                    "Một tiến trình khác đang ghi dữ liệu quá lâu; hãy thử lại sau ít phút. "
                    "(Another process is still writing; try again.)"
                ) from None
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _disk(self) -> Iterator[None]:
        """Say in one sentence what the disk refused."""
        try:
            yield
        except _DISK_FAULTS as fault:
            raise self._refusal(fault) from fault

    def _refusal(self, fault: Exception) -> StoreError:
        return StoreError(
            f"Không ghi được vào {self.folder}, hãy kiểm tra dung lượng và quyền ghi; dữ liệu cũ "
            f"vẫn nguyên. (The folder cannot be written, nothing was changed: {_first_line(fault)})"
        )

    def _draft(self, draft: Path, before: str) -> duckdb.DuckDBPyConnection:
        """A connection to the copy, inside a transaction, with every table there."""
        try:
            connection = duckdb.connect(str(draft), config=dict(_LOCKED))
        except duckdb.Error as fault:
            # A copy that cannot be opened is a damaged snapshot; an empty file is a full disk.
            raise (self._damaged(before, fault) if before else self._refusal(fault)) from fault
        try:
            with self._disk():
                connection.execute("BEGIN")
                connection.execute(self.schema)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sweep(self, before: str) -> None:
        """Remove what killed writers left: drafts, and snapshots never pointed to."""
        for stale in (*self.folder.glob("draft-*"), *self.folder.glob("*.new")):
            _discard(stale)
        for path in self._snapshots():
            if path.name != before and _number(path.name) >= _number(before):
                _discard(path)

    def _publish(self, draft: Path, before: str) -> None:
        """Point to the new snapshot; the rename of the pointer is the one moment of change."""
        name = f"store-{_number(before) + 1:08d}-{uuid.uuid4().hex[:8]}.duckdb"
        sync(draft)
        draft.replace(self.folder / name)
        _sync_names(self.folder)
        pointer = self._pointer.with_suffix(".new")
        try:
            pointer.write_text(name + "\n", encoding="utf-8")
            sync(pointer)
            pointer.replace(self._pointer)
        except OSError:
            _discard(self.folder / name)
            _discard(pointer)
            raise
        count_write()
        _sync_names(self.folder)
        for old in self._snapshots()[:-SNAPSHOTS_KEPT]:
            if not self._drawn[old.name]:
                _discard(old)


def _number(name: str) -> int:
    """Running number of a snapshot; 0 before the first."""
    found = _SNAPSHOT.fullmatch(name)
    return int(found[1]) if found else 0


def _discard(path: Path) -> None:
    """Remove a file and the log beside it, now or, on Windows, when its reader is gone."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        # Windows keeps a file that somebody holds; the next write tries again.
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def files_in(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection without tables that reads and writes plain files of one folder only."""
    connection = duckdb.connect(
        ":memory:",
        config={name: "false" for name in _LOCKED if name.startswith("auto")},
    )
    path = str(folder.resolve()).replace("'", "''")
    connection.execute(sql("places_lock").format(path=path))
    return connection


def row_refused(fault: Exception) -> bool:
    """Whether a row was refused for what it holds, in either kind of store."""
    return isinstance(fault, _ROW_FAULTS) or bool(_ROW_FAULT.search(str(fault)))


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]


def sync(path: Path) -> None:
    """Force a file or folder to the disk; folders cannot be opened on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_names(folder: Path) -> None:
    """Force renames to the disk where the file system can; some network shares cannot."""
    with contextlib.suppress(OSError):
        sync(folder)


def sql(name: str) -> str:
    """Text of the query of that name."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _configured_folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


@cache
def _store_in(folder: Path, url: str = "") -> Store:
    if not url:
        return Store(folder)
    # The embedded store needs none of it.
    from data.shared_store import SharedStore

    return SharedStore(url, folder)


def store() -> Store:
    """The store of this process: on the server STORE_URL names, else in the folder RANKINGS_STORE.

    Raises:
        StoreError: STORE_URL is no address of a PostgreSQL server.
    """
    return _store_in(_configured_folder(), os.environ.get(URL_VARIABLE, "").strip())
