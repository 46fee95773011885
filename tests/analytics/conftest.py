"""The shipped reference in a store of its own, ranked once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from analytics.board import Knowledge, knowledge
from data import queries
from data.store import Store
from tests.examples import examples
from tests.stores import ship

# The machine that runs the tests may be busy; a slow example is no fault.
settings.register_profile("unhurried", deadline=None, max_examples=examples(30))
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder: Path = tmp_path_factory.mktemp("shipped")
    held = Store(folder)
    ship(held)
    return knowledge(queries.tables(of=held))
