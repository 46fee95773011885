"""The store: every state it can be left in is the one before a write or the one after it."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from data import queries
from data import store as store_module
from data.store import SNAPSHOTS_KEPT, Store, StoreError, store

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2000
LIMIT = 60


def add(to: Store, number: int, rows: int = 1) -> None:
    """One write in three steps, so that a state between two of them could be told."""
    with to.write() as connection:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('first', ?)", [str(number)])
        connection.execute(
            "INSERT INTO national_figure (index_id, component_id, edition, area, statistic, value)"
            " SELECT 'papi', 'papi', ?, 'national', 'mean', range FROM range(?)",
            [number, rows],
        )
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('last', ?)", [str(number)])


def state(of: Store, version: str | None = None) -> tuple[int, int, int]:
    """What `add` left: the number before, the number after, and the rows of all writes."""
    cursor = of.cursor(version)
    meta = dict(cursor.execute("SELECT key, value FROM meta").fetchall())
    rows = cursor.execute("SELECT count(*) FROM national_figure").fetchall()[0][0]
    cursor.close()
    return int(meta.get("first", 0)), int(meta.get("last", 0)), int(rows)


def drafts(of: Store) -> list[str]:
    left = [*of.folder.glob("draft-*"), *of.folder.glob("*.new"), *of.folder.glob("*.wal")]
    return sorted(path.name for path in left)


def snapshots(of: Store) -> list[str]:
    return sorted(path.name for path in of.folder.glob("store-*.duckdb"))


CHILD = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, os.getcwd())
from data.store import Store, StoreError
from tests.data.test_store import add, state
store = Store(Path(sys.argv[1]))
"""


def child(code: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Another process that holds `store`, runs `code` and can be talked to by lines."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + textwrap.dedent(code), str(folder), *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said_by(process: subprocess.Popen[str], line: str = "") -> list[str]:
    """What the process says until it ends well."""
    out, _ = process.communicate(line, timeout=LIMIT)
    assert process.returncode == 0
    return out.splitlines()


@pytest.fixture
def own(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


# ------------------------------------------------------------------------------ states and names


def test_a_folder_without_a_store_says_what_to_run(own: Store) -> None:
    assert not own.exists()
    with pytest.raises(StoreError, match=r"manage.py build.*There is no store yet"):
        own.version()


def test_every_write_changes_the_version(own: Store) -> None:
    seen = []
    for number in range(1, 5):
        add(own, number)
        seen.append(own.version())
    assert len(set(seen)) == 4
    assert seen == sorted(seen)


def test_only_the_latest_snapshots_are_kept(own: Store) -> None:
    for number in range(1, 7):
        add(own, number)
    assert len(snapshots(own)) == SNAPSHOTS_KEPT
    assert own.version() == snapshots(own)[-1]


def test_what_a_page_is_drawn_from_stays_however_many_writes_go_by(own: Store) -> None:
    add(own, 1)
    drawn = own.version()
    with own.held(drawn), own.held(drawn):
        for number in range(2, SNAPSHOTS_KEPT + 4):
            add(own, number)
            state(own)
        assert state(own, drawn) == (1, 1, 1)
    add(own, SNAPSHOTS_KEPT + 4)
    assert drawn not in snapshots(own)
    assert len(snapshots(own)) == SNAPSHOTS_KEPT


def test_a_pinned_version_is_read_while_the_next_is_current(own: Store) -> None:
    add(own, 1)
    pinned = own.version()
    add(own, 2)
    assert state(own, pinned) == (1, 1, 1)
    assert state(own) == (2, 2, 2)


def test_a_block_that_fails_writes_nothing_and_its_own_error_comes_through(own: Store) -> None:
    add(own, 1)
    before = own.version()

    def failing(statement: str) -> None:
        with own.write() as connection:
            connection.execute("DELETE FROM national_figure")
            connection.execute(statement)
            raise FileNotFoundError("a file of the caller's own")

    with pytest.raises(FileNotFoundError):
        failing("SELECT 1")
    with pytest.raises(duckdb.ConstraintException):
        failing("INSERT INTO meta VALUES ('twice', '1'), ('twice', '2')")
    assert own.version() == before
    assert state(own) == (1, 1, 1)
    assert drafts(own) == []


def test_a_lost_pointer_falls_back_on_the_newest_snapshot_and_is_written_again(own: Store) -> None:
    add(own, 1)
    add(own, 2)
    (own.folder / "CURRENT").unlink()
    assert own.exists()
    assert state(own) == (2, 2, 2)
    add(own, 3)
    assert (own.folder / "CURRENT").read_text(encoding="utf-8").strip() == own.version()
    assert state(own) == (3, 3, 3)


@pytest.mark.parametrize("name", ["store-00000009-aaaaaaaa.duckdb", "../secret", "x", "\x00"])
def test_a_pointer_to_nothing_is_said_and_costs_no_snapshot(own: Store, name: str) -> None:
    add(own, 1)
    held = snapshots(own)
    (own.folder / "CURRENT").write_text(name, encoding="utf-8")
    for question in (Store.cursor, lambda other: add(other, 2)):
        with pytest.raises(StoreError, match="Không tìm thấy tệp dữ liệu"):
            question(Store(own.folder))
    assert snapshots(own) == held
    assert drafts(own) == []


def test_an_unreadable_pointer_is_said_in_one_sentence(own: Store) -> None:
    add(own, 1)
    (own.folder / "CURRENT").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(StoreError, match="Không đọc được"):
        own.version()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda held: held[: len(held) // 3], id="cut short"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda held: b"PK" + held[2:64] + bytes(8192) + held[8256:], id="overwritten"),
        pytest.param(lambda _: b"not a database" * 1000, id="another file"),
    ],
)
def test_a_damaged_snapshot_is_refused_for_reading_and_for_writing(own: Store, damage) -> None:
    add(own, 1, rows=50_000)
    path = own.folder / own.version()
    path.write_bytes(damage(path.read_bytes()))
    for question in (lambda other: queries.national_figures(of=other), lambda other: add(other, 2)):
        with pytest.raises(StoreError) as said:
            question(Store(own.folder))
        assert "\n" not in str(said.value)
        assert str(said.value).startswith("Không đọc được tệp dữ liệu")
    assert drafts(own) == []


def test_the_store_of_the_process_follows_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "one"))
    first = store()
    assert store() is first
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "two"))
    assert store().folder == tmp_path / "two"
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "one"))
    assert store() is first


# --------------------------------------------------------------------------------------- killed

KILLED = """
rows = int(sys.argv[3])
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    number += 1
    add(store, number, rows)
"""


def kill_in_the_middle(own: Store, rounds: int, seed: int) -> int:
    """Rounds of a writer killed at a random moment; how many writes went through in all."""
    chance = random.Random(seed)
    number = 0
    for _ in range(rounds):
        writer = child(KILLED, own.folder, str(number), str(ROWS))
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.3))
        writer.kill()
        writer.communicate(timeout=LIMIT)
        if own.exists():
            first, last, rows = state(Store(own.folder))
            assert first == last >= number
            assert rows == ROWS * last
            number = last
    return number


def finish(own: Store, number: int) -> None:
    """The write after a kill goes through and clears up."""
    add(own, number + 1, ROWS)
    assert state(own) == (number + 1, number + 1, ROWS * (number + 1))
    assert drafts(own) == []
    assert len(snapshots(own)) <= SNAPSHOTS_KEPT
    assert snapshots(own)[-1] == own.version()


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_the_state_before_or_after(own: Store) -> None:
    finish(own, kill_in_the_middle(own, rounds=5, seed=5))


@pytest.mark.slow
def test_thirty_killed_writers_leave_no_state_between(own: Store) -> None:
    number = kill_in_the_middle(own, rounds=30, seed=30)
    assert number > 0, "no write ever went through, so nothing was tested"
    finish(own, number)


KILLED_AT_STEP = """
import shutil
left = int(sys.argv[2])
def deadly(step):
    def taken(*words, **more):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*words, **more)
    return taken
shutil.copyfile, os.fsync, Path.replace = map(deadly, (shutil.copyfile, os.fsync, Path.replace))
add(store, 2)
print("through")
"""
STEPS = ["copying", "draft to disk", "naming the snapshot", "name to disk", "pointer to disk",
         "moving the pointer", "pointer's name to disk"]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal Windows has not")
@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=STEPS)
def test_a_writer_killed_before_this_step_leaves_no_state_between(own: Store, step: int) -> None:
    add(own, 1)
    writer = child(KILLED_AT_STEP, own.folder, str(step))
    out, _ = writer.communicate(timeout=LIMIT)
    assert writer.returncode < 0, "the step was never reached"
    assert out == ""
    number = 2 if STEPS[step - 1] == "pointer's name to disk" else 1
    assert state(Store(own.folder)) == (number, number, number)
    add(own, number + 1)
    assert state(own) == (number + 1, number + 1, number + 1)
    assert drafts(own) == []
    assert len(snapshots(own)) == number + 1, "a snapshot nobody points to was left"


# -------------------------------------------------------------------------------- side by side


def test_two_processes_writing_at_once_lose_nothing(own: Store) -> None:
    code = """
    for number in range(5):
        with store.write() as connection:
            connection.execute(
                "INSERT INTO meta VALUES (?, 'kept')", [f"{sys.argv[2]}-{number}"]
            )
    """
    writers = [child(code, own.folder, name) for name in ("a", "b")]
    for writer in writers:
        said_by(writer)
    cursor = own.cursor()
    keys = {key for (key,) in cursor.execute("SELECT key FROM meta").fetchall()}
    assert keys == {f"{name}-{number}" for name in "ab" for number in range(5)}
    assert drafts(own) == []


def test_threads_writing_at_once_lose_nothing(own: Store) -> None:
    def keep(key: int) -> None:
        with own.write() as connection:
            connection.execute("INSERT INTO meta VALUES (?, 'kept')", [str(key)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(8)))
    assert len(own.cursor().execute("SELECT key FROM meta").fetchall()) == 8


def test_a_reader_in_another_process_keeps_its_version_during_a_write(own: Store) -> None:
    add(own, 1)
    reader = child(
        """
        pinned = store.version()
        print(state(store, pinned), flush=True)
        input()
        print(state(store, pinned), state(store))
        """,
        own.folder,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "(1, 1, 1)\n"
    with own.write() as connection:
        connection.execute("DELETE FROM national_figure")
        assert state(Store(own.folder)) == (1, 1, 1), "an unfinished write is visible"
    assert said_by(reader, "\n") == ["(1, 1, 1) (1, 1, 0)"]


def test_a_writer_who_waits_too_long_is_told_so(
    own: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WRITE_WAIT_SECONDS", 0.2)
    with own.write(), pytest.raises(StoreError, match="đang ghi dữ liệu quá lâu"):
        add(Store(own.folder), 1)


def test_cursors_of_many_threads_return_their_own_rows(own: Store) -> None:
    with own.write() as connection:
        for number in range(6):
            connection.execute(
                "INSERT INTO figure (index_id, unit_id, component_id, edition, score, state,"
                " batch_id) SELECT ?, 'u' || range, ?, 2020, ?, 'scored', 'typed' FROM range(500)",
                [f"i{number}", f"i{number}", float(number)],
            )

    def asked(number: int) -> bool:
        rows = queries.figures(f"i{number % 6}", of=own)
        return len(rows) == 500 and set(rows["score"]) == {float(number % 6)}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(asked, range(120)))


# ------------------------------------------------------------------------------ a disk that refuses


@pytest.fixture
def refusing(own: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with one state in it, whose disk refuses the step named by the parameter."""
    add(own, 1)
    place, name = request.param

    def refuse(*words: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(place, name, refuse)
    return own


@pytest.mark.parametrize(
    "refusing",
    [(shutil, "copyfile"), (os, "fsync"), (Path, "replace"), (Path, "write_text")],
    ids=["copying", "syncing", "renaming", "pointing"],
    indirect=True,
)
def test_a_full_disk_is_said_in_one_sentence_and_leaves_the_state_before(refusing: Store) -> None:
    before = refusing.version()
    with pytest.raises(StoreError) as said:
        add(refusing, 2)
    assert "\n" not in str(said.value)
    assert "dữ liệu cũ vẫn nguyên" in str(said.value)
    assert "No space left on device" in str(said.value)
    assert (refusing.version(), state(refusing)) == (before, (1, 1, 1))
    assert drafts(refusing) == []
    assert snapshots(refusing) == [before]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_the_system_refusing_to_let_files_grow_leaves_the_state_before(own: Store) -> None:
    add(own, 1, ROWS)
    size = (own.folder / own.version()).stat().st_size
    code = """
    import resource
    for limit in (0, 1000, int(sys.argv[2]), int(sys.argv[2]) + 300_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            add(store, 2, 1_000_000)
        except StoreError as fault:
            print(str(fault))
    """
    said = said_by(child(code, own.folder, str(size)))
    assert len(said) == 4
    assert all(line.startswith("Không ghi được vào") for line in said)
    assert state(own) == (1, 1, ROWS)
    assert drafts(own) == []


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_a_folder_nobody_may_write_to_can_still_be_read() -> None:
    # Not below pytest's own folder, into which another user may not even look.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "store"
        add(Store(folder), 1)
        folder.chmod(0o555)
        code = """
        if os.geteuid() == 0:
            os.seteuid(65534)
        print(state(store))
        try:
            add(store, 2)
        except StoreError as fault:
            print(str(fault))
        """
        read, refused = said_by(child(code, folder))
        assert read == "(1, 1, 1)"
        assert refused.startswith(f"Không ghi được vào {folder}")
        assert state(Store(folder)) == (1, 1, 1)
        folder.chmod(0o755)


# ------------------------------------------------------------------------------------- closed doors


@pytest.fixture(params=["reading", "writing"])
def connection(own: Store, request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    add(own, 1)
    if request.param == "reading":
        yield own.cursor()
    else:
        with own.write() as opened:
            yield opened


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{here}')",
        "SELECT * FROM '{here}'",
        "SELECT * FROM read_text('{here}')",
        "COPY (SELECT 1) TO '{here}.copy'",
        "ATTACH '{here}.duckdb' AS other",
        "INSTALL httpfs",
        "LOAD '{here}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
    ],
)
def test_no_statement_reaches_a_file_an_extension_or_the_settings(
    connection: duckdb.DuckDBPyConnection, statement: str, tmp_path: Path
) -> None:
    here = tmp_path / "figures.csv"
    here.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(duckdb.Error, match=r"(?i)disabled|locked|permission"):
        connection.execute(statement.format(here=here.as_posix()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures.csv", "store"]


def test_a_reader_cannot_write(own: Store) -> None:
    add(own, 1)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        own.cursor().execute("DELETE FROM national_figure")


@pytest.mark.parametrize(
    "asked", ["papi' OR '1'='1", "papi'; DROP TABLE figure; --", "papi\x00", "%", "'"]
)
def test_an_index_name_is_a_value_and_never_a_statement(own: Store, asked: str) -> None:
    with own.write() as connection:
        connection.execute(
            "INSERT INTO figure (index_id, unit_id, component_id, edition, state, batch_id)"
            " VALUES ('papi', 'u', 'papi', 2020, 'scored', 'typed')"
        )
    assert len(queries.figures("papi", of=own)) == 1
    assert queries.figures(asked, of=own).empty
    assert len(queries.figures("papi", of=own)) == 1
