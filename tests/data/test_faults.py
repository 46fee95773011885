"""What happens to what was confirmed when processes are killed, disks fill up and clocks jump.

A kill takes the process, not the machine: what a power cut does to the disk's own cache is beyond
a test; for it every write is forced to the disk before it is confirmed (data/store.py).
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import accounts, audit, backups, batches, queries, records
from data.accounts import AccountError
from data.actors import Actor, Role
from data.backups import BackupError
from data.build import ensure
from data.register import DocumentRecord
from data.store import Store, StoreError
from tests.data.test_store import drafts

ROOT = Path(__file__).resolve().parents[2]
CHIEF = Actor("chief", Role.ADMINISTRATOR)
NOON = datetime.fromisoformat("2026-11-21T12:00")
KILLS = 200
LIMIT = 60

# ------------------------------------------------------------------------- what is done and killed


def edit(store: Store, number: int) -> str:
    record = DocumentRecord(
        record_id=f"document-{number}", number=f"{number}/KH-UBND", issued_text="01/5/2024",
        issuer="UBND tỉnh", title="Kế hoạch",
    )  # fmt: skip
    records.save(store, record, by=CHIEF)
    return str(number)


def load(store: Store, number: int) -> str:
    """One figure of PAPI 2024 moved, with a file of its own; says batch and number."""
    held = queries.figures("papi", of=store)
    row = held.loc[(held["edition"] == 2024) & (held["component_id"] == "papi")].head(1)
    cells = row.assign(change="changed")
    for name in ("score", "percent", "max_score", "rank", "state"):
        cells[f"{name}_after"] = row[name]
    cells["score_after"] = number / 1e6
    editions = pd.DataFrame(columns=list(batches._EDITION))
    facts = batches.BatchFacts(f"{number}.xlsx", "papi")
    return batches.load(store, cells, editions, facts, str(number).encode(), by=CHIEF)


def back_up(store: Store, number: int) -> str:
    moment = NOON + timedelta(seconds=number)
    return backups.backup(store, store.folder.parent / "kept", now=moment).path.name


WORK: dict[str, Callable[[Store, int], str]] = {"edit": edit, "load": load, "backup": back_up}


def work(kind: str, folder: str, confirmed: str, number: str) -> None:
    """Does one thing after another until it is killed, and writes down each that was confirmed."""
    store, at = Store(Path(folder)), int(number)
    sink = os.open(confirmed, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        at += 1
        os.write(sink, f"{kind} {WORK[kind](store, at)}\n".encode())


# Starts children that have everything imported already, and ends them by their number.
NURSERY = """
import os, signal, sys, traceback
sys.path.insert(0, os.getcwd())
from tests.data.test_faults import work
for line in sys.stdin:
    what, *words = line.split()
    if what == "end":
        os.kill(int(words[0]), signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1]), flush=True)
        continue
    child = os.fork()
    if child == 0:
        try:
            work(*words)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    print(child, flush=True)
"""


class Nursery:
    """Children that work until they are killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def _asked(self, line: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        # A statement that takes seconds makes the engine write an empty line of its own.
        while (said := self.process.stdout.readline()) == "\n":
            pass
        return int(said)

    def start(self, kind: str, folder: Path, confirmed: Path, number: int) -> int:
        return self._asked(f"start {kind} {folder} {confirmed} {number}")

    def end(self, child: int) -> int:
        return self._asked(f"end {child}")

    def close(self) -> None:
        self.process.communicate(timeout=LIMIT)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "st"
    ensure(Store(folder))
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(built, tmp_path / "st")))


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def confirmed_in(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {kind: [] for kind in WORK}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            kind, _, what = line.partition(" ")
            found[kind].append(what)
    return found


def check(store: Store, confirmed: Path, proven: set[str]) -> Counter[str]:
    """What is held against what was confirmed; counts what is lost and what is broken."""
    said, tally = confirmed_in(confirmed), Counter[str]()
    fresh = Store(store.folder)
    typed = records.held(fresh, DocumentRecord)
    tally["lost"] += sum(f"document-{number}" not in typed for number in said["edit"])
    loads = batches.batches(fresh)
    tally["lost"] += len(set(said["load"]) - set(loads["batch_id"]))
    for row in loads.to_dict("records"):
        kept = batches.kept_file(fresh, str(row["file_sha256"]))
        tally["broken"] += f"{kept.decode()}.xlsx" != row["file_name"]
    trail = audit.entries(fresh)
    tally["broken"] += len(audit.verify(fresh))
    # No change without its entry, and no entry without its change.
    tally["broken"] += set(trail.loc[trail["kind"] == "document", "key"]) != set(typed)
    tally["broken"] += set(trail.loc[trail["kind"] == "batch", "key"]) != set(loads["batch_id"])
    folder = store.folder.parent / "kept"
    held = backups.backups(folder)
    tally["lost"] += len(set(said["backup"]) - {path.name for path in held} - proven)
    for path in held:
        if path.name in proven:
            continue
        try:
            backups.verify(path)
        except BackupError:
            tally["broken"] += 1
        proven.add(path.name)
        path.unlink()
    return tally


def rounds_of_kills(store: Store, nursery: Nursery, n: int, seed: int) -> Counter[str]:
    """Pairs of children at work on one store, each killed at a random moment; the tally."""
    chance = random.Random(seed)
    confirmed, proven = store.folder.parent / "confirmed", set[str]()
    tally, number = Counter[str](), 0
    pairs = [("edit", "load"), ("edit", "backup"), ("load", "backup"), ("edit", "edit")]
    # Long enough that some of everything is confirmed, on a busy machine too.
    began = time.monotonic()
    load(store, 2)
    proven.add(back_up(store, 0))
    longest = min(3.0, max(0.8, 2.5 * (time.monotonic() - began)))
    while tally["kills"] < n:
        kinds = pairs[tally["rounds"] % len(pairs)]
        children = []
        for kind in kinds:
            number += 1000
            children.append(nursery.start(kind, store.folder, confirmed, number))
        chance.shuffle(children)
        for child in children:
            time.sleep(chance.uniform(0.05, longest))
            assert nursery.end(child) == -9, "a child ended by itself"
            tally["kills"] += 1
        tally["rounds"] += 1
        tally.update(check(store, confirmed, proven))
    tally.update({kind: len(done) for kind, done in confirmed_in(confirmed).items()})
    # The write after all of it goes through and clears up.
    edit(store, 1)
    assert drafts(store) == []
    return tally


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_dozen_kills_of_edits_loads_and_backups_lose_nothing_confirmed(
    store: Store, nursery: Nursery
) -> None:
    tally = rounds_of_kills(store, nursery, 12, seed=12)
    assert (tally["lost"], tally["broken"]) == (0, 0), tally


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_two_hundred_kills_of_edits_loads_and_backups_lose_nothing_confirmed(
    store: Store, nursery: Nursery
) -> None:
    tally = rounds_of_kills(store, nursery, KILLS, seed=2026)
    print(dict(tally))
    assert (tally["lost"], tally["broken"]) == (0, 0), tally
    assert tally["kills"] >= KILLS
    for kind in WORK:
        assert tally[kind] >= KILLS // 20, f"too few of {kind} were confirmed to prove anything"


# ------------------------------------------------------------------------------- side by side


@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_of_two_processes_writing_at_once_each_confirmed_write_is_there_exactly_once(
    store: Store, nursery: Nursery, tmp_path: Path
) -> None:
    children = [
        nursery.start("edit", store.folder, tmp_path / "confirmed", 1000 * n) for n in (1, 2)
    ]
    time.sleep(4)
    for child in children:
        assert nursery.end(child) == -9
    said = confirmed_in(tmp_path / "confirmed")["edit"]
    entries = audit.entries(store, kind="document")
    assert len(said) == len(set(said)) > 1
    assert entries["key"].is_unique
    assert {f"document-{number}" for number in said} <= set(entries["key"])
    assert audit.verify(store) == []


# ------------------------------------------------------------------------- a disk that refuses


def small_files(limit: int) -> None:
    """No file of this process may grow beyond so many bytes, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


FULL = """
import os, sys
sys.path.insert(0, os.getcwd())
from pathlib import Path
from tests.data import test_faults as t
store = t.Store(Path(sys.argv[1]))
size = store.path().stat().st_size
# A full disk, a nearly full one, and one that takes the copy and not what is added.
for number, limit in enumerate((0, 100_000, size // 2, size), start=1):
    t.small_files(limit)
    for kind in ("edit", "load", "backup"):
        if (kind, limit) == ("backup", size) or (kind == "edit" and limit == size):
            continue
        try:
            t.WORK[kind](store, number)
        except t.StoreError as fault:
            print(f"{kind}: {fault}")
        else:
            print(f"{kind}: went through at {limit}")
"""


@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX")
def test_on_a_full_disk_every_write_is_refused_in_one_sentence_and_nothing_is_lost(
    store: Store,
) -> None:
    edit(store, 7)
    before = store.version()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(store.folder)], cwd=ROOT, capture_output=True, text=True,
        check=True, timeout=LIMIT,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) >= 9
    refused = [line for line in lines if "went through" not in line]
    assert all("Không ghi được" in line or "Không lưu được" in line for line in refused), lines
    # A small backup may fit where a copy of the store does not.
    assert {line.partition(":")[0] for line in lines if line not in refused} <= {"backup"}
    assert store.version() == before
    assert audit.verify(store) == []
    for path in backups.backups(store.folder.parent / "kept"):
        backups.verify(path)
    edit(store, 8)
    assert drafts(store) == []


READ_ONLY = """
import os, sys
sys.path.insert(0, os.getcwd())
from pathlib import Path
from tests.data import test_faults as t
if os.geteuid() == 0:
    os.seteuid(65534)
store = t.Store(Path(sys.argv[1]))
print(len(t.records.held(store, t.DocumentRecord)))
for kind in ("edit", "load", "backup"):
    try:
        t.WORK[kind](store, 2)
    except t.StoreError as fault:
        print(f"{kind}: {fault}")
"""


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_a_folder_that_may_only_be_read_is_read_and_refuses_every_write(built: Path) -> None:
    # Not below pytest's own folder, into which another user may not even look.
    place = Path(tempfile.mkdtemp())
    try:
        own = Store(Path(shutil.copytree(built, place / "st")))
        edit(own, 1)
        place.chmod(0o555)
        for path in place.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(own.folder)], cwd=ROOT, capture_output=True,
            text=True, check=True, timeout=LIMIT,
        )  # fmt: skip
        held, *said = done.stdout.splitlines()
        assert held == "1"
        assert len(said) == 3, done.stdout
        assert all("Không ghi được" in line or "Không lưu được" in line for line in said)
    finally:
        for path in (place, *place.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(place, ignore_errors=True)


# --------------------------------------------------------------------------- a clock that jumps


def test_a_clock_that_goes_back_changes_no_order_in_the_trail(store: Store) -> None:
    for hours, text in ((5, "một"), (0, "hai"), (-9, "ba")):
        record = DocumentRecord(
            record_id="document-1", number="1", issued_text="x", issuer="UBND", title=text
        )
        records.save(store, record, by=CHIEF, now=NOON + timedelta(hours=hours))
    trail = audit.entries(store, kind="document")
    assert trail["number"].is_monotonic_decreasing
    assert [text[text.index('"title": "') + 10 :][:3].rstrip('"') for text in trail["after"]] == [
        "ba", "hai", "một",
    ]  # fmt: skip
    assert audit.verify(store) == []


def test_a_clock_that_goes_back_lets_no_session_of_the_future_in(tmp_path: Path) -> None:
    kept = Store(tmp_path / "accounts", schema=accounts.SCHEMA)
    password = accounts.add(kept, name="an", full_name="An", role=Role.VIEWER, by=CHIEF)
    token = accounts.sign_in(kept, "an", password, now=NOON)
    assert accounts.session(kept, token, now=NOON) is not None
    assert accounts.session(kept, token, now=NOON - timedelta(seconds=1)) is None
    # Nor does it open a lock early.
    for _ in range(accounts.ATTEMPTS):
        with pytest.raises(AccountError, match="không đúng"):
            accounts.sign_in(kept, "an", "sai", now=NOON)
    with pytest.raises(AccountError, match="tạm khóa"):
        accounts.sign_in(kept, "an", password, now=NOON - timedelta(days=1))


def test_a_backup_made_when_the_clock_had_gone_back_proves_itself(store: Store) -> None:
    edit(store, 1)
    folder = store.folder.parent / "kept"
    later = backups.backup(store, folder, now=NOON)
    edit(store, 2)
    earlier = backups.backup(store, folder, now=NOON - timedelta(days=400))
    assert backups.verify(later.path).n_audit == 1
    assert backups.verify(earlier.path).n_audit == 2


def test_what_a_killed_backup_left_is_cleared_away_after_a_day_and_not_before(
    store: Store,
) -> None:
    folder = store.folder.parent / "kept"
    folder.mkdir()
    old, young = folder / "backup-20261101-020000-aaaaaaaa.new", folder / "backup-x.new"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    backups.backup(store, folder, now=NOON)
    assert not old.exists()
    assert young.exists()


def test_a_backup_is_made_while_writers_let_go_of_the_snapshot_it_holds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(store, 1)
    put = backups._put

    def slow(*words: object) -> str:
        for number in range(2, 7):
            edit(store, number)
        return put(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(backups, "_put", slow)
    made = backups.backup(store, store.folder.parent / "kept", now=NOON)
    assert backups.verify(made.path).n_audit == 1


def test_a_store_that_cannot_be_opened_is_no_reason_to_make_an_empty_backup(
    tmp_path: Path,
) -> None:
    with pytest.raises(StoreError, match="Chưa có kho"):
        backups.backup(Store(tmp_path / "none"), tmp_path / "kept", now=NOON)
    assert backups.backups(tmp_path / "kept") == []
