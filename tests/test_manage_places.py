"""places on the command line: what a large store computes ahead, and what it refuses to rank."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import manage
from data import kept
from data.store import Store
from tests import stores


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path))
    store = Store(tmp_path)
    stores.ship(store)
    return store


def test_a_small_store_needs_nothing_computed_ahead(built: Store) -> None:
    answer = CliRunner().invoke(manage.app, ["places"])
    assert answer.exit_code == 0, answer.output
    assert "đủ nhỏ" in answer.output
    assert not (built.folder / kept.FOLDER).exists()


def test_the_places_of_a_large_store_are_kept_before_anybody_asks(
    built: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGE", 0)
    answer = CliRunner().invoke(manage.app, ["places"])
    assert answer.exit_code == 0, answer.output
    assert len(list((built.folder / kept.FOLDER).glob("*.bounds.parquet"))) > 50


def test_a_command_that_ranks_everything_refuses_a_large_store_in_a_sentence(
    built: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGE", 0)
    answer = CliRunner().invoke(manage.app, ["board", "--unit", "Kon Tum", "--year", "2023"])
    assert answer.exit_code == 2
    assert "nhiều hơn mức xếp hạng được" in answer.output
