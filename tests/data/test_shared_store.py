"""The store on a PostgreSQL server: what holds of the embedded one holds of it."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data import accounts, backups, batches, build, queries, shared_store
from data import store as store_module
from data.actors import Actor, Role
from data.shared_store import PINS_KEPT, SharedStore, address
from data.store import Store, StoreError
from tests import postgresql

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60
CHIEF = Actor("chánh văn phòng", Role.ADMINISTRATOR)


@pytest.fixture
def name() -> str:
    """A schema of the test's own."""
    return f"t_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def own(postgres: postgresql.Server, name: str, tmp_path: Path) -> Iterator[SharedStore]:
    made = SharedStore(postgres.url(name), tmp_path / "here")
    yield made
    made.close()


def another(of: SharedStore) -> SharedStore:
    """The same store as another process would open it."""
    return SharedStore(of.address, of.folder)


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


CHILD = """
import os, sys
sys.path.insert(0, os.getcwd())
from data.shared_store import PINS_KEPT, SharedStore
from data.store import StoreError
from tests.data.test_shared_store import add, state
store = SharedStore(sys.argv[1])
"""


def child(code: str, of: SharedStore, postgres: postgresql.Server, *words: str):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + textwrap.dedent(code),
         postgres.url(of.address.schema), *words],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def said_by(process: subprocess.Popen[str], line: str = "") -> list[str]:
    out, _ = process.communicate(line, timeout=LIMIT)
    assert process.returncode == 0
    return out.splitlines()


# ------------------------------------------------------------------------------ states and names


def test_a_server_without_a_store_says_what_to_run(own: SharedStore) -> None:
    assert not own.exists()
    with pytest.raises(StoreError, match=r"manage.py build.*There is no store yet"):
        own.version()


def test_every_write_changes_the_version_and_counts_on(own: SharedStore) -> None:
    seen = []
    for number in range(1, 5):
        add(own, number)
        seen.append(own.version())
    assert len(set(seen)) == 4
    assert seen == sorted(seen)
    assert another(own).version() == seen[-1]


def test_a_pinned_version_is_read_while_the_next_is_current(own: SharedStore) -> None:
    add(own, 1)
    pinned = own.version()
    add(another(own), 2)
    assert state(own, pinned) == (1, 1, 1)
    assert state(own) == (2, 2, 2)
    assert state(own, pinned) == (1, 1, 1)


def test_only_the_latest_versions_are_held_for_readers(own: SharedStore) -> None:
    seen = []
    for number in range(1, PINS_KEPT + 2):
        add(own, number)
        seen.append(own.version())
    assert state(own, seen[1]) == (2, 2, 2)
    with pytest.raises(StoreError, match="không còn trên máy chủ dữ liệu"):
        own.cursor(seen[0])


def test_what_a_page_is_drawn_from_stays_however_many_writes_go_by(own: SharedStore) -> None:
    add(own, 1)
    drawn = own.version()
    with own.held(drawn), own.held(drawn):
        for number in range(2, PINS_KEPT + 4):
            add(own, number)
            own.version()
        assert state(own, drawn) == (1, 1, 1)
    add(own, PINS_KEPT + 4)
    own.version()
    with pytest.raises(StoreError, match="không còn trên máy chủ dữ liệu"):
        own.cursor(drawn)


@pytest.mark.parametrize("asked", ["store-00000009-aaaaaaaa.duckdb", "'; DROP TABLE meta; --", "x"])
def test_a_version_that_is_none_of_ours_is_gone(own: SharedStore, asked: str) -> None:
    add(own, 1)
    with pytest.raises(StoreError, match="không còn trên máy chủ dữ liệu"):
        own.cursor(asked)
    assert state(own) == (1, 1, 1)


def test_a_block_that_fails_writes_nothing_and_its_own_error_comes_through(
    own: SharedStore,
) -> None:
    add(own, 1)
    before = own.version()

    def failing(statement: str) -> None:
        with own.write() as connection:
            connection.execute("DELETE FROM national_figure")
            connection.execute(statement)
            raise FileNotFoundError("a file of the caller's own")

    with pytest.raises(FileNotFoundError):
        failing("SELECT 1")
    with pytest.raises(duckdb.Error, match="unique constraint") as refused:
        failing("INSERT INTO meta VALUES ('twice', '1'), ('twice', '2')")
    assert store_module.row_refused(refused.value)
    assert (own.version(), state(own)) == (before, (1, 1, 1))


def test_a_refused_row_that_the_block_swallows_still_writes_nothing(own: SharedStore) -> None:
    add(own, 1)

    def swallowing() -> None:
        with own.write() as connection:
            connection.execute("DELETE FROM national_figure")
            with pytest.raises(duckdb.Error, match="unique constraint"):
                connection.execute("INSERT INTO meta VALUES ('twice', '1'), ('twice', '2')")

    with pytest.raises(duckdb.Error, match="aborted"):
        swallowing()
    assert state(own) == (1, 1, 1)


def test_constraints_hold_on_the_server(own: SharedStore) -> None:
    add(own, 1)
    for state_, rank in (("nonsense", 1), ("ranked", 0)):
        with pytest.raises(duckdb.Error, match="check constraint"), own.write() as connection:
            connection.execute(
                "INSERT INTO figure (index_id, unit_id, component_id, edition, rank, state,"
                " batch_id) VALUES ('papi', 'u', 'papi', 2020, ?, ?, 'typed')",
                [rank, state_],
            )


def test_the_server_lets_go_of_a_state_nobody_asked_for_and_the_next_reader_gets_it_anew(
    own: SharedStore, postgres: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_store, "LET_GO_SECONDS", 1)
    add(own, 1)
    pinned = own.version()
    idle = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        " AND pid <> pg_backend_pid()"
    )
    assert int(postgres.psql(idle)) >= 1
    deadline = time.monotonic() + 20
    while int(postgres.psql(idle)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert int(postgres.psql(idle)) == 0, "an idle reader holds the server's vacuum up"
    assert state(own, pinned) == (1, 1, 1)
    add(own, 2)
    assert state(own) == (2, 2, 2)


# -------------------------------------------------------------------------------- side by side


def test_two_processes_writing_at_once_lose_nothing(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    code = """
    for number in range(4):
        with store.write() as connection:
            connection.execute(
                "INSERT INTO meta VALUES (?, 'kept')", [f"{sys.argv[2]}-{number}"]
            )
    """
    for writer in [child(code, own, postgres, name) for name in ("a", "b")]:
        said_by(writer)
    keys = {key for (key,) in own.cursor().execute("SELECT key FROM meta").fetchall()}
    assert keys >= {f"{name}-{number}" for name in "ab" for number in range(4)}
    assert int(own.version()[7:15]) == 8, "a version was given twice"


def test_threads_writing_at_once_lose_nothing(own: SharedStore) -> None:
    def keep(key: int) -> None:
        with own.write() as connection:
            connection.execute("INSERT INTO meta VALUES (?, 'kept')", [f"k{key}"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(8)))
    kept = own.cursor().execute("SELECT key FROM meta WHERE value = 'kept'").fetchall()
    assert len(kept) == 8


def test_a_reader_in_another_process_keeps_its_version_during_a_write(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    add(own, 1)
    reader = child(
        """
        pinned = store.version()
        print(state(store, pinned), flush=True)
        input()
        print(state(store, pinned), state(store))
        """,
        own, postgres,
    )  # fmt: skip
    assert reader.stdout is not None
    assert reader.stdout.readline() == "(1, 1, 1)\n"
    with own.write() as connection:
        connection.execute("DELETE FROM national_figure")
        assert state(another(own)) == (1, 1, 1), "an unfinished write is visible"
    assert said_by(reader, "\n") == ["(1, 1, 1) (1, 1, 0)"]


def test_a_writer_who_waits_too_long_is_told_so(
    own: SharedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WRITE_WAIT_SECONDS", 0.2)
    with own.write(), pytest.raises(StoreError, match="đang ghi dữ liệu quá lâu"):
        add(another(own), 1)


def test_a_second_writer_who_did_not_wait_for_his_turn_overwrites_nothing(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    """The turn is lost with its connection; what follows is refused, not laid over the other."""
    add(own, 1)
    turn = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"

    def robbed() -> None:
        with own.write() as connection:
            connection.execute("INSERT INTO meta VALUES ('mine', '1')")
            assert postgres.psql(turn) == "t"
            add(another(own), 2)

    with pytest.raises(StoreError, match="vừa ghi cùng lúc"):
        robbed()
    assert state(own) == (2, 2, 2)
    assert "mine" not in dict(own.cursor().execute("SELECT key, value FROM meta").fetchall())


def test_cursors_of_many_threads_return_their_own_rows(own: SharedStore) -> None:
    with own.write() as connection:
        for number in range(4):
            connection.execute(
                "INSERT INTO figure (index_id, unit_id, component_id, edition, score, state,"
                " batch_id) SELECT ?, 'u' || range, ?, 2020, ?, 'scored', 'typed' FROM range(200)",
                [f"i{number}", f"i{number}", float(number)],
            )

    def asked(number: int) -> bool:
        rows = queries.figures(f"i{number % 4}", of=own)
        return len(rows) == 200 and set(rows["score"]) == {float(number % 4)}

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(asked, range(48)))


# --------------------------------------------------------------------------------------- killed


def kill_in_the_middle(
    own: SharedStore, postgres: postgresql.Server, rounds: int, seed: int
) -> int:
    """Rounds of a writer killed at a random moment; how many writes went through in all."""
    code = """
    number = int(sys.argv[2])
    store.exists()
    print("ready", flush=True)
    while True:
        number += 1
        add(store, number, 500)
    """
    chance, number = random.Random(seed), 0
    for _ in range(rounds):
        writer = child(code, own, postgres, str(number))
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 1.5))
        writer.kill()
        writer.communicate(timeout=LIMIT)
        if own.exists():
            first, last, rows = state(another(own))
            assert first == last >= number
            assert rows == 500 * last
            number = last
    return number


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_the_state_before_or_after(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    number = kill_in_the_middle(own, postgres, rounds=2, seed=5)
    add(own, number + 1)
    assert state(own)[:2] == (number + 1, number + 1)


@pytest.mark.slow
def test_twenty_killed_writers_leave_no_state_between(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    number = kill_in_the_middle(own, postgres, rounds=20, seed=30)
    assert number > 0, "no write ever went through, so nothing was tested"


# ------------------------------------------------------------------------ what goes wrong, in words


@pytest.mark.parametrize(
    "url",
    ["", "duckdb://x/y", "postgresql://u@h:1/", "postgresql://u@h:1/d?schema=a;b",
     "postgresql://u@h:1/d?schema=Ab", "postgresql://u:geheim@h:1/d?x"],
)  # fmt: skip
def test_what_is_no_address_is_said_and_not_repeated(url: str) -> None:
    with pytest.raises(StoreError, match="STORE_URL không phải địa chỉ") as said:
        address(url)
    assert "geheim" not in str(said.value)


def test_a_password_is_in_no_message_and_in_no_address(
    postgres: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "")
    url = postgres.url("t_secret").replace("rankings@", "nobody:geheim@")
    refused = SharedStore(url)
    with pytest.raises(StoreError, match="từ chối đăng nhập") as said:
        refused.exists()
    assert os.environ["PGPASSWORD"] == "geheim"
    assert "geheim" not in str(said.value) + repr(refused.address)
    assert said.value.__suppress_context__, "a traceback would show what the server was told"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda url: re.sub(r":\d+/", ":1/", url), "Không kết nối được máy chủ dữ liệu"),
        (lambda url: url.replace("127.0.0.1", "no.such.host.invalid"), "Không kết nối được"),
        (lambda url: url.replace("/rankings?", "/nowhere?"), "không có cơ sở dữ liệu"),
    ],
    ids=["nobody listens", "no such machine", "no such database"],
)
def test_a_server_that_cannot_be_had_is_said_in_one_sentence(
    postgres: postgresql.Server, change, sentence: str
) -> None:
    for question in (SharedStore.exists, SharedStore.version, lambda other: add(other, 1)):
        with pytest.raises(StoreError, match=sentence) as said:
            question(SharedStore(change(postgres.url("t_none"))))
        assert "\n" not in str(said.value)


def test_a_role_without_rights_is_told_which(postgres: postgresql.Server) -> None:
    postgres.psql("CREATE ROLE guest LOGIN", user="postgres")
    with pytest.raises(StoreError, match=r"chưa có đủ quyền.*“t_guest” và “t_guest_files”"):
        add(SharedStore(postgres.url("t_guest", user="guest")), 1)


def test_a_database_in_another_encoding_is_refused(postgres: postgresql.Server) -> None:
    postgres.psql(
        "CREATE DATABASE latin OWNER rankings ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
        user="postgres",
    )
    with pytest.raises(StoreError, match="UTF8"):
        add(SharedStore(postgres.url(database="latin")), 1)


def test_a_server_that_only_reads_says_so_and_is_read(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    add(own, 1)
    url = postgres.url(own.address.schema) + "&options=-c%20default_transaction_read_only%3Don"
    reading = SharedStore(url)
    assert state(reading) == (1, 1, 1)
    for refused in (lambda: add(reading, 2), lambda: reading.keep_file("files", "a", b"x")):
        with pytest.raises(StoreError, match="chỉ cho đọc"):
            refused()
    assert state(own) == (1, 1, 1)


def test_a_connection_lost_while_writing_is_said_and_writes_nothing(
    own: SharedStore, postgres: postgresql.Server
) -> None:
    add(own, 1)
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND usename = 'rankings'"
    )

    def cut_off() -> None:
        with own.write() as connection:
            connection.execute("DELETE FROM national_figure")
            postgres.psql(cut, user="postgres")
            connection.execute("DELETE FROM meta")

    with pytest.raises(StoreError, match="mất kết nối"):
        cut_off()
    # The next one connects again, reading the state that was pinned as well as the new one.
    assert state(own) == (1, 1, 1)
    add(own, 2)
    assert state(own) == (2, 2, 2)


def test_a_full_disk_of_the_server_is_said_and_leaves_the_state_before(own: SharedStore) -> None:
    """The server's own words, raised by the server: a disk cannot be filled in a test."""
    add(own, 1)
    full = (
        "DO $x$ BEGIN RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device'"
        " USING ERRCODE = 'disk_full'; END $x$"
    )

    def filled() -> None:
        with own.write() as connection:
            connection.execute("DELETE FROM national_figure")
            shared_store.tell(connection, full)

    with pytest.raises(StoreError, match="đã đầy"):
        filled()
    assert state(own) == (1, 1, 1)


def test_a_server_that_was_restarted_is_read_again(tmp_path: Path) -> None:
    try:
        with postgresql.running() as server:
            own = SharedStore(server.url(), tmp_path)
            add(own, 1)
            pinned = own.version()
            server.stop()
            with pytest.raises(StoreError, match=r"Không kết nối được|mất kết nối"):
                own.version()
            server.start()
            assert own.version() == pinned
            assert state(own, pinned) == (1, 1, 1)
            add(own, 2)
            assert state(own) == (2, 2, 2)
            own.close()
    except LookupError as fault:
        pytest.skip(str(fault))


# ------------------------------------------------------------------------------------- closed doors


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{here}')",
        "SELECT * FROM '{here}'",
        "COPY (SELECT 1) TO '{here}.copy'",
        "ATTACH '{here}.duckdb' AS other",
        "ATTACH 'host=127.0.0.1' AS other (TYPE postgres)",
        "INSTALL httpfs",
        "LOAD '{here}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
    ],
)
def test_no_statement_reaches_a_file_an_extension_or_the_settings(
    own: SharedStore, statement: str, tmp_path: Path
) -> None:
    add(own, 1)
    here = tmp_path / "figures.csv"
    here.write_text("a,b\n1,2\n", encoding="utf-8")
    with own.write() as connection:
        for one in (own.cursor(), connection.cursor()):
            with pytest.raises(duckdb.Error, match=r"(?i)disabled|locked|permission"):
                one.execute(statement.format(here=here.as_posix()))


def test_a_reader_cannot_write(own: SharedStore) -> None:
    add(own, 1)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        own.cursor().execute("DELETE FROM national_figure")
    with pytest.raises(duckdb.Error, match="read-only"):
        shared_store.tell(own.cursor(), f"DROP SCHEMA {own.address.schema}")


@pytest.mark.parametrize(
    "asked", ["papi' OR '1'='1", "papi'; DROP TABLE figure; --", "papi\x00", "%", "'", "\\'", "$1"]
)
def test_an_index_name_is_a_value_and_never_a_statement(own: SharedStore, asked: str) -> None:
    with own.write() as connection:
        connection.execute(
            "INSERT INTO figure (index_id, unit_id, component_id, edition, state, batch_id)"
            " VALUES ('papi', 'u', 'papi', 2020, 'scored', 'typed')"
        )
    assert len(queries.figures("papi", of=own)) == 1
    assert queries.figures(asked, of=own).empty
    assert len(queries.figures("papi", of=own)) == 1


def test_text_of_every_script_and_numbers_come_back_as_they_went_in(own: SharedStore) -> None:
    texts = ["Đắk Lắk", "😀", "a\tb\nc\\d'e\"f", "", "\u200f%", "\\N", "NULL"]
    with own.write() as connection:
        for number, text in enumerate(texts):
            connection.execute("INSERT INTO meta VALUES (?, ?)", [f"t{number}", text])
        connection.execute(
            "INSERT INTO national_figure VALUES"
            " ('papi', 'papi', 2020, 'n', 'mean', ?, NULL, NULL, NULL),"
            " ('papi', 'papi', 2021, 'n', 'mean', ?, NULL, NULL, NULL)",
            [0.1 + 0.2, 1e-308],
        )
    held = dict(own.cursor().execute("SELECT key, value FROM meta").fetchall())
    assert [held[f"t{number}"] for number in range(len(texts))] == texts
    values = own.frame("national_figures").sort_values("edition")["value"].tolist()
    assert values == [0.1 + 0.2, 1e-308]
    with pytest.raises(StoreError, match="ký tự"), own.write() as connection:
        connection.execute("INSERT INTO meta VALUES ('nul', ?)", ["a\x00b"])


# --------------------------------------------------------------------- files, accounts, backups


def test_a_kept_file_is_there_for_every_process_and_once(own: SharedStore) -> None:
    content = bytes(range(256)) * 4000
    digest = batches.keep_file(own, content, "số liệu.xlsx")
    assert batches.keep_file(another(own), content, "lại.xlsx") == digest
    assert batches.kept_file(another(own), digest) == content
    assert own.kept_files("files") == [digest]
    assert own.kept_file("files", "0" * 64) is None


def test_accounts_lie_in_a_schema_of_their_own_with_versions_of_their_own(
    own: SharedStore,
) -> None:
    build.ensure(own, with_figures=False)
    before = own.version()
    kept = accounts.account_store(own)
    assert not kept.exists()
    accounts.add(kept, name="an", full_name="An", role=Role.VIEWER, by=CHIEF)
    assert own.version() == before
    assert accounts.accounts(accounts.account_store(another(own)))["name"].tolist() == ["an"]


@pytest.fixture(scope="module")
def shipped(
    postgres: postgresql.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedStore]:
    """A store built from the shipped files, with an account, a file, and a foreign table."""
    made = SharedStore(postgres.url("t_shipped"), tmp_path_factory.mktemp("shipped"))
    build.ensure(made)
    batches.keep_file(made, b"workbook", "a.xlsx")
    accounts.add(
        accounts.account_store(made), name="an", full_name="An", role=Role.VIEWER, by=CHIEF
    )
    yield made
    made.close()


def everything(of: Store) -> dict[str, list[tuple]]:
    """Every row of every table but what a store says of itself."""
    cursor = of.cursor()
    names = [name for (name,) in cursor.execute(store_module.sql("tables")).fetchall()]
    rows = {
        name: sorted(cursor.table(name).fetchall(), key=repr)
        for name in names
        if name not in ("meta", "audit")
    }
    cursor.close()
    return rows


def test_a_second_build_of_the_same_files_writes_nothing(shipped: SharedStore) -> None:
    before = shipped.version()
    assert build.ensure(another(shipped)) is False
    assert shipped.version() == before


def test_both_kinds_of_store_hold_the_same_rows_and_go_over_into_each_other_by_backup(
    shipped: SharedStore, postgres: postgresql.Server, tmp_path: Path
) -> None:
    embedded = Store(tmp_path / "embedded")
    build.ensure(embedded)
    assert everything(embedded) == everything(shipped)

    made = backups.backup(shipped, tmp_path / "kept", now=datetime(2026, 1, 5, tzinfo=UTC))
    assert backups.verify(made.path).version == shipped.version()
    fresh = Store(tmp_path / "fresh")
    backups.restore(made.path, fresh, by=CHIEF)
    assert everything(fresh) == everything(shipped)
    assert batches.kept_file(fresh, batches.sha256(b"workbook")) == b"workbook"
    assert len(accounts.accounts(accounts.account_store(fresh))) == 1

    back = backups.backup(fresh, tmp_path / "kept", now=datetime(2026, 1, 6, tzinfo=UTC))
    again = SharedStore(postgres.url("t_again"), tmp_path / "again")
    backups.restore(back.path, again, by=CHIEF)
    assert everything(again) == everything(shipped)
    assert batches.kept_file(again, batches.sha256(b"workbook")) == b"workbook"
    assert len(accounts.accounts(accounts.account_store(again))) == 1
    assert build.ensure(again) is False, "what came by backup had to be built again"
    add(again, 1)
    again.close()


@pytest.mark.slow
def test_a_store_of_an_older_layout_is_laid_out_again_while_others_read(
    shipped: SharedStore, postgres: postgresql.Server, tmp_path: Path
) -> None:
    old = SharedStore(postgres.url("t_older"), tmp_path / "older")
    with shipped.exported() as file:
        old.adopt(file)
    accounts.add(accounts.account_store(old), name="b", full_name="B", role=Role.VIEWER, by=CHIEF)
    postgres.psql(
        "ALTER TABLE t_older.unit DROP COLUMN note;"
        "ALTER TABLE t_older.batch DROP COLUMN undone_by;"
        "CREATE TABLE t_older.office (name varchar);"
        "INSERT INTO t_older.office VALUES ('Sở Nội vụ');"
        "INSERT INTO t_older.record VALUES"
        " ('note', 'R1', '{}', 'draft', NULL, 1, now(), 'an');"
        "UPDATE t_older.meta SET value = 'older' WHERE key IN ('layout_digest','reference_digest')"
    )
    reader = another(old)
    pinned = reader.version()
    assert build.ensure(old) is True
    assert len(backups.backups(old.folder / build.BACKUPS)) == 1, "no backup before the change"
    assert everything(old) | {"office": 0, "record": 0} == everything(shipped) | {
        "office": 0, "record": 0,
    }  # fmt: skip
    assert everything(old)["office"] == [("Sở Nội vụ",)]
    assert len(everything(old)["record"]) == 1
    # The old state has lost its tables: that is said, and never shown as a store without rows.
    with pytest.raises(StoreError, match="không còn trên máy chủ dữ liệu"):
        reader.frame("units", version=pinned)
    assert len(reader.frame("units")) > 60
    old.close()


# ------------------------------------------------------------------------------------- a replica


@pytest.mark.slow
def test_a_streaming_replica_is_read_refuses_writes_and_never_goes_back(tmp_path: Path) -> None:
    try:
        with postgresql.running() as primary:
            writer = SharedStore(primary.url(), tmp_path / "a")
            add(writer, 1)
            with postgresql.replica_of(primary) as replica:
                reader = SharedStore(replica.url(), tmp_path / "b")
                wait_for(reader, writer.version())
                assert state(reader) == (1, 1, 1)
                pinned = reader.version()
                with pytest.raises(StoreError, match="chỉ cho đọc"):
                    add(reader, 2)
                with pytest.raises(StoreError, match="chỉ cho đọc"):
                    reader.keep_file("files", "a", b"x")
                add(writer, 2)
                wait_for(reader, writer.version())
                assert state(reader) == (2, 2, 2)
                assert state(reader, pinned) == (1, 1, 1)
                # Cut off from the primary it stays readable, behind.
                replica.psql("SELECT pg_wal_replay_pause()", user="postgres", database="postgres")
                add(writer, 3)
                assert state(reader) == (2, 2, 2)
                # A process that has shown the newest state does not fall back to an older one.
                both = SharedStore(primary.url(), tmp_path / "c")
                newest = both.version()
                late = SharedStore(replica.url(), tmp_path / "d")
                late._newest = int(newest[7:15])
                with pytest.raises(StoreError, match="cũ hơn trạng thái đã hiển thị"):
                    late.version()
                replica.psql("SELECT pg_wal_replay_resume()", user="postgres", database="postgres")
                wait_for(late, newest)
                assert state(late) == (3, 3, 3)
                for one in (reader, both, late):
                    one.close()
            writer.close()
    except LookupError as fault:
        pytest.skip(str(fault))


def wait_for(reader: SharedStore, version: str) -> None:
    """Until the replica has received a version."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            if reader.exists() and reader.version() == version:
                return
        except StoreError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the replica never received {version}")
