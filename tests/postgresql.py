"""A PostgreSQL server of the tests' own, out of the system's packages, on a loopback port."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import free_port

USER, DATABASE = "rankings", "rankings"
START_SECONDS = 60
NO_SERVER = (
    "Không tìm thấy PostgreSQL để chạy thử: hãy cài gói postgresql rồi chạy lại. "
    "(No PostgreSQL for the tests of the shared store: install the package postgresql.)"
)
# A test's data need not survive a power cut, and its log says who did what.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "max_connections": "300",
    "wal_level": "replica",
    "log_min_messages": "warning",
}


def programs() -> Path | None:
    """Folder of initdb and postgres; Debian keeps them off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


@dataclass
class Server:
    """A running server, which a test may also stop, kill and start again."""

    folder: Path
    port: int
    bin: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, schema: str = "rankings", *, user: str = USER, database: str = DATABASE) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?schema={schema}"

    def start(self) -> None:
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        words = [f"-c{name}={value}" for name, value in settings.items()]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*_as_owner(), str(self.bin / "postgres"), "-D", str(self.folder / "data"), *words],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(START_SECONDS * 10):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.1)
                break
        raise RuntimeError((self.folder / "server.log").read_text(encoding="utf-8"))

    def stop(self) -> None:
        """As an administrator stops it: at once, whoever is connected."""
        if self.process is None:
            return
        # The child of runuser is the server; its pid is in the first line of its own file.
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        self.process.wait(timeout=START_SECONDS)
        self.process = None

    def psql(self, statement: str, *, database: str = DATABASE, user: str = USER) -> str:
        """What the server answers, asked by its own client."""
        asked = subprocess.run(
            [str(self.bin / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
             str(self.port), "-U", user, "-d", database, "-c", statement],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return asked.stdout.strip()


def _owner() -> str | None:
    """The server refuses to run as root: the user of its package, or nobody."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_owner() -> list[str]:
    owner = _owner()
    return ["runuser", "-u", owner, "--"] if owner else []


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder the server may own; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="rankings-pg-"))
    try:
        if owner := _owner():
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A new server with an empty database, gone on leaving.

    Raises:
        LookupError: this machine has no PostgreSQL.
    """
    bin_ = programs()
    if bin_ is None:
        raise LookupError(NO_SERVER)
    with _folder() as folder:
        subprocess.run(
            [*_as_owner(), str(bin_ / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U",
             "postgres", "-E", "UTF8", "--locale=C", "--no-sync"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        server = Server(folder, free_port(), bin_)
        server.start()
        try:
            server.psql(f"CREATE ROLE {USER} LOGIN", database="postgres", user="postgres")
            server.psql(
                f"CREATE DATABASE {DATABASE} OWNER {USER}", database="postgres", user="postgres"
            )
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def replica_of(primary: Server) -> Iterator[Server]:
    """A streaming replica: reads what the primary has sent it, and takes no writes."""
    with _folder() as folder:
        subprocess.run(
            [*_as_owner(), str(primary.bin / "pg_basebackup"), "-h", "127.0.0.1", "-p",
             str(primary.port), "-U", "postgres", "-D", str(folder / "data"), "-R", "-X", "stream",
             "-c", "fast", "--no-sync"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        server = Server(folder, free_port(), primary.bin)
        server.start()
        try:
            yield server
        finally:
            server.stop()
