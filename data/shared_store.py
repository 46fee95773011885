"""The store on a PostgreSQL server, for several processes that serve the same figures.

The questions are those of the embedded store: DuckDB asks them, PostgreSQL holds the rows. What a
snapshot file is there, a transaction is here: a reader who names a version reads from a
transaction that began when this process first saw that version. See
docs/decisions/0022-shared-store-on-postgresql.md.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import re
import tempfile
import uuid
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, cast
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import duckdb
import duckdb_extension_postgres_scanner
import pandas as pd

from data import store as embedded
from data.store import SCHEMA, Store, StoreError, count_write, sql

DEFAULT_SCHEMA = "rankings"
# What the store keeps about itself lies in a table that every schema on the server has.
ABOUT = "meta"
VERSION, MADE_BY, LAYOUT = "store_version", "shared_layout", "layout_digest"
CONNECT_SECONDS = 10
# More than there are snapshots in a folder: a kept state costs one idle connection and no disk.
# What a page is being drawn from is kept besides, however many versions go by.
PINS_KEPT = 6
# The server itself lets go of a state nobody asked for in this time; while somebody asks, it is
# held anew in good time. Long enough for the slowest page, short enough for the server's vacuum.
LET_GO_SECONDS = 900
RENEW_SECONDS = 600

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,40}")
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_VERSION = re.compile(r"shared-(\d{8})-[0-9a-f]{8}")
_SNAPSHOT = re.compile(r"[0-9A-Fa-f-]+")
_LOCKED = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_unsigned_extensions": "false",
}
# Of every session: a dead machine's lock is given back after a minute, and text is never code.
_SESSION = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "standard_conforming_strings": "on",
}

# What the server says, and what that means to whoever runs the program. The first match counts.
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        r"canceling statement due to lock timeout",
        "Một tiến trình khác đang ghi dữ liệu quá lâu; hãy thử lại sau ít phút.",
        "Another process is still writing; try again.",
    ),
    (
        r"could not serialize access|deadlock detected",
        "Một tiến trình khác vừa ghi cùng lúc; chưa ghi gì, hãy làm lại.",
        "Another process has just written; nothing was written, try again.",
    ),
    (
        r"read-only transaction|during recovery|cannot execute .* in a read-only",
        "Máy chủ dữ liệu {shown} chỉ cho đọc (bản sao); hãy ghi ở máy chủ chính.",
        "This server is read-only: write on the primary.",
    ),
    (
        r"No space left on device|could not extend file|disk full|could not write",
        "Ổ đĩa của máy chủ dữ liệu {shown} đã đầy hoặc từ chối ghi; dữ liệu cũ vẫn nguyên.",
        "The disk of the server is full or refuses; nothing was changed.",
    ),
    (
        r"authentication failed|no pg_hba\.conf entry|no password supplied"
        r"|role \"[^\"]*\" does not exist|is not permitted to log in",
        "Máy chủ dữ liệu {shown} từ chối đăng nhập; hãy kiểm tra tên và mật khẩu trong STORE_URL, "
        "PGPASSWORD hoặc PGPASSFILE.",
        "The server refused the login.",
    ),
    (
        r"database \"[^\"]*\" does not exist",
        "Máy chủ dữ liệu không có cơ sở dữ liệu mà {shown} nêu; hãy tạo bằng lệnh createdb.",
        "There is no such database: create it.",
    ),
    (
        r"too many clients|connection slots|too many connections",
        "Máy chủ dữ liệu {shown} đã hết chỗ kết nối; hãy tăng max_connections hoặc bớt tiến trình.",
        "The server has no connection left.",
    ),
    (
        r"the database system is (starting up|shutting down|in recovery|not yet accepting)",
        "Máy chủ dữ liệu {shown} đang khởi động hoặc đang dừng; hãy thử lại sau ít phút.",
        "The server is starting or stopping; try again.",
    ),
    (
        r"permission denied",
        "Tài khoản trong STORE_URL chưa có đủ quyền ở máy chủ dữ liệu {shown}; hãy cấp quyền tạo "
        "và dùng lược đồ “{schema}” và “{files}”.",
        "The role lacks rights on the schemas.",
    ),
    (
        r"server closed the connection|terminating connection|connection (was )?lost"
        r"|SSL connection has been closed|could not receive data|could not send data"
        r"|no connection to the server|connection not open|connection has been closed"
        r"|conflict with recovery|Failed to execute query \"(ROLLBACK|COMMIT)\": $",
        "Vừa mất kết nối với máy chủ dữ liệu {shown}; hãy tải lại trang.",
        "The connection to the server was lost; load the page again.",
    ),
    (
        r"Unable to connect|could not connect|Connection refused|could not translate host name"
        r"|timeout expired|No route to host|Connection timed out",
        "Không kết nối được máy chủ dữ liệu {shown}; hãy kiểm tra máy chủ có chạy không, địa chỉ "
        "trong STORE_URL và tường lửa.",
        "The server cannot be reached.",
    ),
    (
        r"NULL-byte|invalid byte sequence",
        "Văn bản có ký tự mà kho dữ liệu không nhận (ký tự rỗng); hãy gõ lại.",
        "A text holds a character the store does not take.",
    ),
)
_ABSENT = re.compile(
    r"relation \"[^\"]*\" does not exist|schema \"[^\"]*\" does not exist"
    r"|No catalog \+ schema named|Table with name \S+ does not exist"
)


@dataclass(frozen=True)
class Address:
    """Where the shared store lies.

    Attributes:
        url: libpq address without password and schema.
        schema: PostgreSQL schema of the figures.
        shown: host, port and database, for messages.
    """

    url: str
    schema: str
    shown: str


def address(url: str) -> Address:
    """Take the value of STORE_URL apart; a password in it goes to libpq by PGPASSWORD.

    Raises:
        StoreError: not the address of a PostgreSQL server. The message does not repeat it.
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise _no_address() from None
    schema = options.pop("schema", DEFAULT_SCHEMA)
    if (
        parts.scheme not in ("postgresql", "postgres")
        or len(parts.path) < 2
        or not _SCHEMA.fullmatch(schema)
    ):
        raise _no_address()
    user, at, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    password = unquote(password) or options.pop("password", "")
    if password:
        # Never in the address itself, which DuckDB repeats in messages and in its catalog.
        os.environ["PGPASSWORD"] = password
    session = " ".join(f"-c {key}={value}" for key, value in _SESSION.items())
    options["options"] = f"{session} {options.get('options', '')}".strip()
    options.setdefault("connect_timeout", str(CONNECT_SECONDS))
    options.setdefault("application_name", DEFAULT_SCHEMA)
    options["client_encoding"] = "UTF8"
    bare = urlunsplit(
        ("postgresql", f"{name}{at}{hosts}", parts.path, urlencode(options, quote_via=quote), "")
    )
    return Address(url=bare, schema=schema, shown=f"{hosts or 'localhost'}{parts.path}")


def _no_address() -> StoreError:
    return StoreError(
        "Biến STORE_URL không phải địa chỉ của một máy chủ PostgreSQL; hãy ghi theo mẫu "
        "postgresql://tên@máy:5432/cơ_sở_dữ_liệu?schema=rankings. "
        "(STORE_URL is no address of a PostgreSQL server.)"
    )


@dataclass
class _Pin:
    """A state kept for readers: the transaction that keeps it, and its name on the server."""

    holder: duckdb.DuckDBPyConnection
    snapshot: str
    since: float = field(default_factory=monotonic)


class _Connected:
    """One DuckDB whose default catalog is a schema of the server; cursors share it."""

    def __init__(self, at: Address, schema: str, *, read_only: bool, file: Path | None = None):
        self._home = duckdb.connect(":memory:", config=dict(_SETTINGS))
        self.made_by: str | None = None
        try:
            self._home.load_extension(str(_extension()))
            # A scan by parts of the table would pass the indexes of the server by.
            self._home.execute("SET pg_use_ctid_scan = false")
            attach = sql("shared_attach").format(
                address=at.url.replace("'", "''"),
                schema=schema,
                mode=", READ_ONLY" if read_only else "",
            )
            self._home.execute(attach)
            if file is not None:
                # Only one of the two is ever written to.
                path, mode = str(file).replace("'", "''"), "" if read_only else " (READ_ONLY)"
                self._home.execute(sql("snapshot_open").format(path=path, mode=mode))
            for name, value in _LOCKED.items():
                self._home.execute(f"SET {name} = {value}")
        except BaseException:
            self._home.close()
            raise

    def bare(self) -> duckdb.DuckDBPyConnection:
        """A cursor that reaches the server, whether the schema is there or not."""
        return self._home.cursor()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor whose plain table names are those of the schema."""
        cursor = self._home.cursor()
        try:
            cursor.execute("USE store")
        except BaseException:
            cursor.close()
            raise
        return cursor

    def close(self) -> None:
        self._home.close()


class _Reader:
    """A cursor inside a transaction, which always ends before the cursor does.

    DuckDB ends the whole process when it drops a cursor whose transaction cannot be rolled back,
    as when the server has gone: so nobody is handed a bare one.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def execute(self, *statement: Any, **values: Any) -> _Reader:
        self._cursor.execute(*statement, **values)
        return self

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cursor, name)
        # Who asks for rows in one breath must not lose the cursor before the rows are there.
        return partial(_asked_of, self, found) if callable(found) else found

    def close(self) -> None:
        _close(self._cursor)

    def __del__(self) -> None:
        self.close()


def _asked_of(_: _Reader, method: Callable[..., Any], *words: Any, **values: Any) -> Any:
    return method(*words, **values)


def ask(cursor: duckdb.DuckDBPyConnection, question: str) -> list[tuple[Any, ...]]:
    """Rows the server itself answers with, inside the transaction of the cursor."""
    return cursor.execute(sql("shared_ask"), {"question": question}).fetchall()


def tell(cursor: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Have the server carry out statements of its own language, inside the transaction."""
    cursor.execute(sql("shared_tell"), {"statement": statement})


class SharedStore(Store):
    """The public face of `Store` over a schema of a PostgreSQL server."""

    def __init__(
        self,
        url: str | Address,
        folder: Path | None = None,
        *,
        schema: tuple[str, ...] = SCHEMA,
        files: str | None = None,
    ) -> None:
        super().__init__(folder, schema=schema)
        self.address = url if isinstance(url, Address) else address(url)
        self._files = files or f"{self.address.schema}_files"
        self._names = {"schema": self.address.schema, "files": self._files}
        self._connections: dict[tuple[str, bool], _Connected] = {}
        self._pins: dict[str, _Pin] = {}
        self._newest = 0
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        # A transaction left open when the process ends would end it noisily.
        atexit.register(_close_store, weakref.ref(self))

    # ---------------------------------------------------------------------------- reading

    def version(self) -> str:
        """Name of the current state; changes with every write, so it keys every cache.

        Raises:
            StoreError: there is no store yet, the server cannot be asked, or it is behind what
                this process has already shown.
        """
        found = self._current()
        if not found:
            raise StoreError(
                f"Chưa có kho dữ liệu tại {self.address.shown}; hãy chạy “python manage.py build”. "
                "(There is no store yet: run manage.py build.)"
            )
        with self._guard:
            if _number(found) < self._newest:
                return self._not_back()
            pin = self._pins.get(found)
            if pin is None or monotonic() - pin.since > RENEW_SECONDS:
                found = self._pinned_anew()
            return found

    def exists(self) -> bool:
        """Whether anything was ever written there."""
        return bool(self._current())

    def _current(self) -> str:
        """Name of the current state; empty before the first write."""
        with self._said():
            try:
                cursor = self._reach(read_only=True).bare()
                with _closing(cursor):
                    rows = ask(cursor, sql("shared_version").format(**self._names))
            except duckdb.Error as fault:
                if _ABSENT.search(str(fault)):
                    return ""
                raise
        return _checked(str(rows[0][0])) if rows[0][0] else ""

    def _not_back(self) -> str:
        """The newest state this process has shown, instead of an older one of a late replica."""
        newest = max(self._pins, key=_number, default="")
        if _number(newest) == self._newest:
            return newest
        raise StoreError(
            f"Máy chủ dữ liệu {self.address.shown} đang ở trạng thái cũ hơn trạng thái đã hiển thị "
            "(bản sao chưa theo kịp); hãy thử lại sau ít phút, hoặc khởi động lại chương trình "
            "nếu vừa khôi phục dữ liệu trên máy chủ. (The server is behind what was shown.)"
        )

    def _pinned_anew(self) -> str:
        """Keep the state of this moment; its name. The guard is held."""
        with self._said():
            home = self._reach(read_only=True)
            holder = home.bare()
            try:
                holder.execute("BEGIN")
                tell(holder, sql("shared_pin").format(seconds=LET_GO_SECONDS))
                snapshot = str(ask(holder, sql("shared_snapshot"))[0][0])
                if not _SNAPSHOT.fullmatch(snapshot):
                    raise duckdb.Error(f"no name of a snapshot: {snapshot}")
                # Asked by another transaction: one that keeps a state must not keep a table.
                with _closing(home.bare()) as reader:
                    reader.execute("BEGIN")
                    tell(reader, sql("shared_read_at").format(snapshot=snapshot))
                    rows = ask(reader, sql("shared_version").format(**self._names))
                name = _checked(str(rows[0][0]))
                # What DuckDB knows of tables that were made again since is wrong.
                self._reach(read_only=True, made_by=str(rows[0][1]))
            except BaseException:
                _close(holder)
                raise
        self._let_go(name)
        self._pins[name] = _Pin(holder, snapshot)
        self._newest = max(self._newest, _number(name))
        for old in sorted(self._pins, key=_number)[:-PINS_KEPT]:
            if not self._drawn[old]:
                self._let_go(old)
        return name

    def _let_go(self, name: str) -> None:
        pin = self._pins.pop(name, None)
        if pin:
            _close(pin.holder)

    def _pin(self, name: str) -> str:
        """The server's name for a state that is kept, or that is still the current one."""
        with self._guard:
            if name not in self._pins and self._pinned_anew() != name:
                raise _gone(name)
            return self._pins[name].snapshot

    def cursor(self, version: str | None = None) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one question, in a transaction that sees one version.

        Args:
            version: state to read, so that all of one page comes from one state; the current one
                when absent.

        Raises:
            StoreError: no store, a state that is gone, or a server that does not answer.
        """
        name = _checked(version) if version else self.version()
        with self._said():
            try:
                return self._handed(name)
            except duckdb.Error as fault:
                if not re.search("invalid snapshot identifier|version gone", str(fault)):
                    raise
            # The server let go of it (idle too long, restarted): once more, if it is current.
            with self._guard:
                self._let_go(name)
            try:
                return self._handed(name)
            except duckdb.Error as fault:
                if "version gone" in str(fault):
                    raise _gone(name) from None
                raise

    def _handed(self, name: str) -> duckdb.DuckDBPyConnection:
        snapshot = self._pin(name)
        cursor = self._reach(read_only=True).cursor()
        try:
            cursor.execute("BEGIN")
            see = sql("shared_read_version")
            tell(cursor, see.format(snapshot=snapshot, version=name, **self._names))
        except BaseException:
            _close(cursor)
            raise
        reader = _Reader(cursor)
        self._readers.add(reader)
        return cast("duckdb.DuckDBPyConnection", reader)

    def frame(self, query: str, *, version: str | None = None, **values: Any) -> pd.DataFrame:
        """Rows of the query named like a file in data/sql, parameters bound by name.

        Raises:
            StoreError: no store, a state that is gone, or a server that does not answer.
        """
        text = sql(query)
        # The server holds no text with a NUL, and would refuse to look for one.
        bound = {
            key: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
            for key, value in values.items()
        }
        cursor = self.cursor(version)
        try:
            with self._said():
                return cursor.execute(text, bound or None).df()
        finally:
            cursor.close()

    # ---------------------------------------------------------------------------- writing

    @contextlib.contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose changes become current together, only if the block ends well.

        What the block itself raises passes through unchanged, and nothing was written.

        Raises:
            StoreError: another process has been writing for too long, the server refuses, or the
                connection is lost.
        """
        with self._said():
            home = self._reach(read_only=False)
        with self._turn(home):
            with self._said():
                about = self._about(home)
                home = self._reach(read_only=False, made_by=about.get(MADE_BY, ""))
            with self._change(home, about) as connection:
                yield connection

    @contextlib.contextmanager
    def _turn(self, home: _Connected) -> Iterator[None]:
        """One writer at a time on the whole server; a killed writer's turn ends by itself.

        The turn is held by a transaction of its own, so that the one that writes begins after it.
        """
        with self._said():
            self._demand_writable(home)
            holder = home.bare()
        try:
            with self._said():
                holder.execute("BEGIN")
                wait = int(embedded.WRITE_WAIT_SECONDS * 1000)
                tell(holder, sql("shared_lock").format(milliseconds=wait, **self._names))
                if not self._state(home)[2]:
                    with _closing(home.bare()) as maker:
                        tell(maker, sql("shared_make").format(**self._names))
                        maker.execute("CALL pg_clear_cache()")
            yield
        finally:
            _close(holder)

    def _state(self, home: _Connected) -> tuple[Any, ...]:
        """Whether the server takes writes (on|off), its encoding, whether the schemas are there."""
        with _closing(home.bare()) as cursor:
            return ask(cursor, sql("shared_state").format(**self._names))[0]

    def _demand_writable(self, home: _Connected) -> None:
        """Say before anything is tried that the server only reads, or keeps text its own way."""
        is_read_only, encoding, _ = self._state(home)
        if encoding != "UTF8":
            raise StoreError(
                f"Cơ sở dữ liệu {self.address.shown} phải dùng bảng mã UTF8, không phải "
                f"{encoding}. (The database must be encoded in UTF8.)"
            )
        if is_read_only == "on":
            raise self._meant(duckdb.Error("read-only transaction")) or AssertionError

    @contextlib.contextmanager
    def _change(
        self, home: _Connected, about: dict[str, str], *, anew: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction that ends in a new version; every table is there in it."""
        with self._said():
            connection = home.cursor()
        is_made = False
        try:
            with self._said():
                connection.execute("BEGIN")
                tell(connection, sql("shared_patience"))
                is_made = self._lay_out(connection, about, anew=anew)
            try:
                yield connection
            except duckdb.Error as fault:
                # A row that is refused is the block's own matter, a server that is gone is not.
                meant = self._meant(fault)
                raise (fault if meant is None else meant) from None
            number = max(_number(about.get(VERSION, "")), 0) + 1
            name = f"shared-{number:08d}-{uuid.uuid4().hex[:8]}"
            with self._said():
                connection.execute(sql("meta_set"), {"key": VERSION, "value": name})
            try:
                connection.execute("COMMIT")
            except duckdb.Error as fault:
                self._judge_commit(name, fault)
            count_write()
        finally:
            _close(connection)
            if is_made:
                with self._opening:
                    self._connections.pop((self.address.schema, False), None)

    def _judge_commit(self, name: str, fault: duckdb.Error) -> None:
        """Whether a commit whose answer was lost went through."""
        with contextlib.suppress(StoreError):
            if self._current() == name:
                return
        raise self._meant(fault) or StoreError(
            f"Không ghi được vào máy chủ dữ liệu {self.address.shown}; hãy tải lại trang và xem "
            f"dữ liệu đã vào chưa. (The server did not confirm: {_first_line(fault)})"
        ) from None

    def _about(self, home: _Connected) -> dict[str, str]:
        """What the store keeps about itself; nothing before the first write."""
        try:
            # Outside the transaction: a question about a table that is not there would end it.
            with _closing(home.bare()) as cursor:
                rows = ask(cursor, sql("shared_about").format(**self._names))
        except duckdb.Error as fault:
            if _ABSENT.search(str(fault)):
                return {}
            raise
        return {str(key): str(value) for key, value in rows}

    def _lay_out(
        self, connection: duckdb.DuckDBPyConnection, about: dict[str, str], *, anew: bool
    ) -> bool:
        """Make the tables that are not there, once per layout; whether any may be made or gone."""
        layout = hashlib.sha256(self.schema.encode()).hexdigest()
        is_known = about.get(MADE_BY, "").startswith(f"{layout}:")
        is_made = anew or not is_known or about.get(LAYOUT, layout) != layout
        if not is_made:
            return False
        tell(connection, sql("shared_hold_off").format(**self._names))
        connection.execute(self.schema)
        mark = f"{layout}:{uuid.uuid4().hex[:8]}"
        connection.execute(sql("meta_set"), {"key": MADE_BY, "value": mark})
        return True

    def adopt(self, snapshot: Path) -> None:
        """Put every table of a complete snapshot file in place of the tables there are.

        Raises:
            StoreError: another process has been writing for too long, or the server refuses.
        """
        with self._said():
            home = _Connected(self.address, self.address.schema, read_only=False, file=snapshot)
        try:
            with self._turn(home):
                with self._said():
                    about = self._about(home)
                with self._change(home, about, anew=True) as connection:
                    _put_back(connection)
        finally:
            home.close()

    @contextlib.contextmanager
    def exported(self, version: str | None = None) -> Iterator[Path]:
        """A complete snapshot file of one state, of the kind the embedded store has.

        Raises:
            StoreError: no store, a state that is gone, or a server that does not answer.
        """
        name = version or self.version()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.duckdb"
            with self._said():
                home = _Connected(self.address, self.address.schema, read_only=True, file=path)
                try:
                    # As cursor() does, on a connection that may write the one file.
                    with _closing(home.cursor()) as connection:
                        connection.execute("BEGIN")
                        see = sql("shared_read_version")
                        snapshot = self._pin(name)
                        tell(connection, see.format(snapshot=snapshot, version=name, **self._names))
                        _take_out(connection, self.address.schema, self.schema)
                        connection.execute("COMMIT")
                        connection.execute("CHECKPOINT snapshot")
                finally:
                    home.close()
            yield path

    # ---------------------------------------------------------------------------- beside it

    def beside(self, name: str, *, schema: tuple[str, ...]) -> Store:
        """A store of other tables beside this one: another schema of the same server."""
        with self._guard:
            if name not in self._beside:
                at = Address(
                    url=self.address.url,
                    schema=f"{self.address.schema}_{name}",
                    shown=self.address.shown,
                )
                self._beside[name] = SharedStore(
                    at, self.folder / name, schema=schema, files=self._files
                )
            return self._beside[name]

    def keep_file(self, folder: str, name: str, content: bytes) -> None:
        """Keep the bytes of a file for every process; a name stands for the same bytes for ever.

        Raises:
            StoreError: the server refuses.
        """
        values = {"folder": folder, "name": name, "content": content}
        with self._said():
            self._demand_writable(self._reach(read_only=False))
            if not self._state(self._reach(read_only=False))[2]:
                with self._turn(self._reach(read_only=False)):
                    pass
            to = self._reach(read_only=False, schema=self._files).cursor()
            with _closing(to):
                to.execute(sql("shared_file_put"), values)

    def kept_file(self, folder: str, name: str) -> bytes | None:
        """The bytes of a kept file; None where there is none."""
        rows = self._kept("shared_file_one", folder=folder, name=name)
        return bytes(rows[0][0]) if rows else None

    def kept_files(self, folder: str) -> list[str]:
        """Names of the kept files of one folder."""
        return [str(name) for (name,) in self._kept("shared_file_names", folder=folder)]

    def _kept(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        with self._said():
            try:
                of = self._reach(read_only=True, schema=self._files).cursor()
                with _closing(of):
                    return of.execute(sql(query), values).fetchall()
            except duckdb.Error as fault:
                if _ABSENT.search(str(fault)):
                    return []
                raise

    # ---------------------------------------------------------------------------- the server

    def _reach(
        self, *, read_only: bool, schema: str | None = None, made_by: str | None = None
    ) -> _Connected:
        """The connection of this process to one schema of the server, made when first needed.

        It is made anew where `made_by`, the mark of the tables, is not that of its last use; who
        still holds a cursor of the earlier one goes on with it.
        """
        key = (schema or self.address.schema, read_only)
        with self._opening:
            held = self._connections.get(key)
            if held is None or (made_by is not None and held.made_by not in (None, made_by)):
                held = _Connected(self.address, key[0], read_only=read_only)
                self._connections[key] = held
            if made_by is not None:
                held.made_by = made_by
            return held

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Say in one sentence what the server refused."""
        try:
            yield
        except duckdb.Error as fault:
            meant = self._meant(fault)
            raise (fault if meant is None else meant) from None

    def _meant(self, fault: Exception) -> StoreError | None:
        """What the server said, in words; None for a fault of the statement itself."""
        said = str(fault)
        for pattern, sentence, english in _MEANINGS:
            if re.search(pattern, said):
                text = sentence.format(shown=self.address.shown, **self._names)
                return StoreError(f"{text} ({english})")
        return None

    def __del__(self) -> None:
        # Also of one whose address was refused before anything was open.
        if hasattr(self, "_pins"):
            self.close()

    def close(self) -> None:
        """Let go of every state and every connection."""
        for reader in list(self._readers):
            reader.close()
        with self._guard:
            for name in list(self._pins):
                self._let_go(name)
        with self._opening:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()


def _put_back(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of an opened snapshot in place of those of the store, as they are there."""
    columns = _columns(connection, "snapshot")
    for table, _ in _tables(connection, "store"):
        if table in columns or table != ABOUT:
            connection.execute(sql("snapshot_drop").format(table=table))
    for table, statement in _tables(connection, "snapshot"):
        connection.execute(statement)
        take = sql("snapshot_take").format(
            to=f'"{table}"', names=columns[table], source=f'snapshot.main."{table}"'
        )
        connection.execute(take)
    # The next writer looks whether every table is there.
    if ABOUT in columns:
        mark = f":{uuid.uuid4().hex[:8]}"
        connection.execute(sql("meta_set"), {"key": MADE_BY, "value": mark})


def _take_out(connection: duckdb.DuckDBPyConnection, name: str, schema: str) -> None:
    """The tables of the store into an opened snapshot file, with the constraints of `schema`.

    A table that is laid out otherwise, in a store of another version of the program, keeps its
    columns and leaves its constraints behind: the program lays such a store out again.
    """
    held = _columns(connection, "store")
    connection.execute("USE snapshot")
    connection.execute(schema)
    made = _columns(connection, "snapshot")
    for table, names in held.items():
        to, source = f'snapshot.main."{table}"', f'store.{name}."{table}"'
        if table == ABOUT and table not in made:
            continue
        if made.get(table) == names:
            connection.execute(sql("snapshot_take").format(to=to, names=names, source=source))
            continue
        if table in made:
            connection.execute(sql("snapshot_drop").format(table=table))
        connection.execute(sql("snapshot_copy").format(to=to, source=source))
    for key in (VERSION, MADE_BY) if ABOUT in made else ():
        connection.execute(sql("meta_forget"), {"key": key})


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    rows = connection.execute(sql("snapshot_tables"), {"database": database}).fetchall()
    return [(_of_ours(table), str(statement)) for table, statement in rows]


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    """Quoted names of the columns of every table of one database, in their order."""
    columns: dict[str, list[str]] = {}
    rows = connection.execute(sql("snapshot_columns"), {"database": database}).fetchall()
    for table, name in rows:
        columns.setdefault(_of_ours(table), []).append(f'"{_of_ours(name)}"')
    return {table: ", ".join(names) for table, names in columns.items()}


def _of_ours(name: object) -> str:
    """The name of a table or column, which goes into statements, as every version of us gives it.

    Raises:
        StoreError: no version of this program has made that file.
    """
    if not _IDENTIFIER.fullmatch(str(name)):
        raise StoreError(
            f"Tệp dữ liệu không do chương trình này tạo ra: “{str(name)[:60]}” không phải tên "
            "bảng hay tên cột của chương trình. (No version of this program made that file.)"
        )
    return str(name)


def _close_store(held: weakref.ref[SharedStore]) -> None:
    store = held()
    if store is not None:
        store.close()


@contextlib.contextmanager
def _closing(cursor: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        yield cursor
    finally:
        _close(cursor)


def _close(cursor: duckdb.DuckDBPyConnection) -> None:
    """End what a cursor was doing, then the cursor; a server that is gone has ended it already."""
    with contextlib.suppress(duckdb.Error):
        cursor.execute("ROLLBACK")
    cursor.close()


def _checked(version: str) -> str:
    """The name, if it is one of ours: names go into statements for the server."""
    if not _VERSION.fullmatch(version):
        raise _gone(version)
    return version


def _gone(version: str) -> StoreError:
    return StoreError(
        f"Trạng thái dữ liệu “{version}” không còn trên máy chủ dữ liệu; hãy tải lại trang. "
        "(That version of the data is gone: load the page again.)"
    )


def _number(version: str) -> int:
    """Running number of a version; 0 before the first."""
    found = _VERSION.fullmatch(version)
    return int(found[1]) if found else 0


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]


def _extension() -> Path:
    """DuckDB's reader of PostgreSQL, out of the wheel that carries it; nothing is fetched."""
    folder = Path(str(duckdb_extension_postgres_scanner.__file__)).parent / "extensions"
    return folder / f"v{duckdb.__version__}" / "postgres_scanner.duckdb_extension"
