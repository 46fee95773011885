"""The trail shows whatever was done to it: lines changed, taken out, put in, swapped, cut off."""

# ruff: noqa: S608  (statements of who tampers, put together here)

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data import audit
from data.actors import Actor, Role
from data.audit import Break
from data.store import Store

CHIEF = Actor("chief", Role.ADMINISTRATOR)
NOON = datetime.fromisoformat("2026-11-21T12:00")
LINES = 6
COLUMNS = ("made_at", "by_name", "by_role", "action", "kind", "key", "before", "after", "reason")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Store(tmp_path_factory.mktemp("trail") / "st")
    for number in range(1, LINES + 1):
        with made.write() as connection:
            audit.record(
                connection, by=CHIEF, action="save", kind="target", key=f"t{number}",
                before={"amount": number - 1}, after={"amount": number}, reason="Công văn",
                now=NOON + timedelta(minutes=number),
            )  # fmt: skip
    assert audit.verify(made) == []
    return made.folder


@pytest.fixture
def store(untouched: Path, tmp_path: Path) -> Store:
    """A store of six lines, one for each test to tamper with."""
    shutil.copytree(untouched, tmp_path / "st")
    return Store(tmp_path / "st")


def done(store: Store, *statements: str) -> list[Break]:
    """The breaks that show after somebody worked on the table with a tool of their own."""
    with store.write() as connection:
        for statement in statements:
            connection.execute(statement)
    return audit.verify(store)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [1, 3, LINES])
def test_a_line_whose_content_was_changed_is_named(store: Store, number: int, column: str) -> None:
    new = "made_at + INTERVAL 1 SECOND" if column == "made_at" else "'khác'"
    found = done(store, f"UPDATE audit SET {column} = {new} WHERE number = {number}")
    assert found == [Break(number, "content")]


def test_a_changed_line_with_a_hash_that_fits_breaks_the_line_after_it(store: Store) -> None:
    row = audit.entries(store).iloc[::-1].to_dict("records")[2]
    forged = {str(name): value for name, value in row.items() if name != "hash"}
    forged |= {"by_name": "khác", "made_at": (NOON + timedelta(minutes=3)).isoformat(
        timespec="microseconds")}  # fmt: skip
    found = done(
        store,
        f"UPDATE audit SET by_name = 'khác', hash = '{audit.chained(forged)}' WHERE number = 3",
    )
    assert found == [Break(4, "chain")]


@pytest.mark.parametrize("number", range(1, LINES))
def test_a_line_that_was_taken_out_is_missed_at_the_next(store: Store, number: int) -> None:
    found = done(store, f"DELETE FROM audit WHERE number = {number}")
    assert Break(number + 1, "missing") in found
    assert Break(number + 1, "chain") in found


def test_a_line_taken_out_and_the_rest_numbered_anew_shows(store: Store) -> None:
    found = done(
        store, "DELETE FROM audit WHERE number = 3",
        *(f"UPDATE audit SET number = {n - 1} WHERE number = {n}" for n in range(4, LINES + 1)),
    )  # fmt: skip
    assert Break(3, "chain") in found
    assert Break(3, "content") in found


def test_a_line_that_was_put_in_shows(store: Store) -> None:
    found = done(
        store,
        *(f"UPDATE audit SET number = {n + 1} WHERE number = {n}" for n in range(LINES, 3, -1)),
        "INSERT INTO audit SELECT 4, made_at, 'chèn', by_role, action, kind, key, before, after,"
        " reason, hash, hash FROM audit WHERE number = 3",
    )
    assert Break(4, "content") in found


def test_a_line_put_in_at_the_end_with_no_hash_of_its_own_shows(store: Store) -> None:
    found = done(
        store,
        f"INSERT INTO audit SELECT {LINES + 1}, made_at, 'chèn', by_role, action, kind, key, "
        f"before, after, reason, hash, hash FROM audit WHERE number = {LINES}",
    )
    assert found == [Break(LINES + 1, "content")]


def test_two_lines_that_were_swapped_show(store: Store) -> None:
    found = done(
        store, "UPDATE audit SET number = 99 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 99",
    )  # fmt: skip
    assert {one.number for one in found} >= {2, 3}
    assert {one.reason for one in found} == {"chain", "content"}


def test_a_trail_cut_off_at_its_end_holds_in_itself_but_not_against_a_backup(
    store: Store, tmp_path: Path
) -> None:
    """Only what is kept elsewhere knows that there was more."""
    last = str(audit.entries(store)["hash"].iloc[0])
    assert done(store, f"DELETE FROM audit WHERE number = {LINES}") == []
    assert last not in set(audit.entries(store)["hash"])
