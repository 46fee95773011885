"""Runs tests that were written for a folder on a PostgreSQL server: `pytest --store=shared`.

Every folder becomes a schema of one server. A test that looks at the files of the embedded store
has nothing to look at there, and says so.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import importlib
import os
import pkgutil
from collections import OrderedDict
from pathlib import Path

import pytest

import data
import data.intake
from data import store as store_module
from data.shared_store import SharedStore
from data.store import SCHEMA, Store
from tests import postgresql

OPTION, SHARED = "--store", "shared"
# Stores open at a time; each holds connections of the server.
MOST_OPEN = 8
MARK = "SHARED"
# About the files of the embedded store, or about processes that open its folder. Parts of node ids.
EMBEDDED_ONLY = {
    "tests/data/test_store.py": "snapshots in a folder; test_shared_store.py is its counterpart",
    "tests/data/test_faults.py": "kills processes that open a folder",
    "test_a_folder_nobody_may_write_to": "rights of a folder",
    "test_saving_a_scenario_leaves_every_figure": "compares meta, which holds the version there",
    "test_a_kept_file_that_was_tampered_with": "changes a file in the folder",
    "test_a_kept_file_or_list_of_figures_that_is_gone": "takes a file out of the folder",
    "test_putting_back_keeps_the_state_it_replaces": "looks for the file of a state",
    "test_a_reader_of_before_goes_on": "tables are put back in place there, and readers are told",
    "test_figures_are_for_this_machine_only": "weighs the file of a state",
    "test_a_store_that_cannot_be_read_is_not_ready": "names a file that is not there",
    "test_the_name_of_a_file_somebody_sends": "lists the files in the folder",
    "test_a_store_of_an_older_layout_gets": "takes marks out; test_shared_store.py has its own",
    "test_a_load_that_is_killed": "kills processes that open a folder",
    "test_build_says_whether_it_wrote": "counts the snapshots in a folder",
}

_server: postgresql.Server | None = None
_open: OrderedDict[tuple[str, tuple[str, ...]], SharedStore] = OrderedDict()


def begin(config: pytest.Config) -> None:
    """Start the server of this test process and hand it out instead of folders."""
    if config.getoption(OPTION) != SHARED:
        return
    global _server
    running = contextlib.ExitStack()
    try:
        _server = running.enter_context(postgresql.running())
    except LookupError as fault:
        raise pytest.UsageError(str(fault)) from fault
    atexit.register(running.close)
    # Modules of ours keep the class they know; only what tests construct is changed.
    for package in (data, data.intake):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    store_module.Store = _opened  # type: ignore[misc, assignment]
    store_module._store_in = lambda folder, _url="": _opened(folder)


def skip_what_is_about_folders(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption(OPTION) != SHARED:
        return
    for item in items:
        for part, reason in EMBEDDED_ONLY.items():
            if part in item.nodeid:
                item.add_marker(pytest.mark.skip(reason=f"embedded only: {reason}"))


def schema_of(folder: Path) -> str:
    return "t_" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _opened(folder: Path | None = None, *, schema: tuple[str, ...] = SCHEMA) -> Store:
    assert _server is not None
    place = Path(folder or os.environ[store_module.FOLDER_VARIABLE])
    key = (str(place.resolve()), schema)
    if key in _open and _is_replaced(place):
        _open.pop(key).close()
    if key not in _open:
        _copied(place)
        _open[key] = SharedStore(_server.url(schema_of(place)), place, schema=schema)
    _open.move_to_end(key)
    for old in list(_open)[:-MOST_OPEN]:
        # Whoever still holds it connects again when it is next asked.
        _open.pop(old).close()
    return _open[key]


def _is_replaced(folder: Path) -> bool:
    """Whether a test has put another folder in the place of one it had."""
    mark = folder / MARK
    return not mark.exists() or mark.read_text(encoding="utf-8") != schema_of(folder)


def _copied(folder: Path) -> None:
    """A folder that was copied from another one holds its mark: its schema is copied as well."""
    assert _server is not None
    mark, own = folder / MARK, schema_of(folder)
    held = mark.read_text(encoding="utf-8") if mark.exists() else own
    folder.mkdir(parents=True, exist_ok=True)
    # A copy made of links shares the mark with what it was copied from.
    mark.unlink(missing_ok=True)
    mark.write_text(own, encoding="utf-8")
    if held == own:
        return
    for tail in ("", "_files", "_accounts"):
        tables = _server.psql(
            f"SELECT tablename FROM pg_tables WHERE schemaname = '{held}{tail}'"  # noqa: S608
        ).split()
        if tables:
            copies = [f"DROP SCHEMA IF EXISTS {own}{tail} CASCADE", f"CREATE SCHEMA {own}{tail}"]
            for name in tables:
                to, of = f'{own}{tail}."{name}"', f'{held}{tail}."{name}"'
                copies.append(f"CREATE TABLE {to} (LIKE {of} INCLUDING ALL)")
                copies.append(f"INSERT INTO {to} SELECT * FROM {of}")  # noqa: S608
            _server.psql(";".join(copies))
