"""Loads and undos: all or nothing, and back again exactly."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analytics.difference import change_counts, figure_difference
from data import batches, queries
from data.actors import Actor, Role
from data.batches import BatchError, BatchFacts
from data.store import Store
from tests.stores import ship

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 4, 1, 5, 0)  # noqa: DTZ001  the store keeps UTC without a mark
TABLES = (
    "figure", "edition", "figure_archive", "edition_archive", "target", "target_agency",
    "national_figure", "standard_error", "weight", "unit", "layout_memory",
)  # fmt: skip
AN = Actor("Nguyễn An", Role.ANALYST)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped reference, built once; every test works on a copy."""
    folder = tmp_path_factory.mktemp("built")
    ship(Store(folder))
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(built, tmp_path / "store")))


def contents(store: Store) -> dict[str, pd.DataFrame]:
    """Every table but the list of loads itself, in a fixed order."""
    cursor = store.cursor()
    return {name: cursor.execute(f"FROM {name} ORDER BY ALL").df() for name in TABLES}


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    return all(one[name].equals(other[name]) for name in TABLES)


def papi_2024(store: Store, shift: float = 0.0, drop: int = 0) -> pd.DataFrame:
    """The edition as a workbook would bring it, with the first scores moved and the last gone."""
    held = queries.figures("papi", of=store, now=batches.END_OF_TIME)
    rows = held.loc[held["edition"] == 2024].copy()
    rows.loc[rows.index[:5], "score"] += shift
    return rows.iloc[: len(rows) - drop]


def cells(store: Store, incoming: pd.DataFrame) -> pd.DataFrame:
    held = queries.figures("papi", of=store, now=batches.END_OF_TIME)
    found = figure_difference(held, incoming)
    return found.assign(
        index_id="papi",
        score_origin="published",
        rank_origin=None,
        source_id="papi_2024",
        note=None,
    )


def no_editions() -> pd.DataFrame:
    return pd.DataFrame(columns=list(batches._EDITION))


def facts(**given: object) -> BatchFacts:
    return BatchFacts(**{"file_name": "papi.xlsx", "index_id": "papi", **given})  # type: ignore[arg-type]


def test_a_load_touches_only_the_cells_that_differ(store: Store) -> None:
    found = cells(store, papi_2024(store, shift=0.1, drop=3))
    counts = change_counts(found)[["n_added", "n_changed", "n_removed"]].sum()
    assert counts.to_dict() == {"n_added": 0, "n_changed": 5, "n_removed": 3}
    before = queries.figures("papi", of=store)
    batch = batches.load(store, found, no_editions(), facts(), b"one", by=AN)
    after = queries.figures("papi", of=store)
    assert len(before) - len(after) == 3
    assert (after["batch_id"] == batch).sum() == 5
    row = batches.batches(store).iloc[0]
    assert (row["n_changed"], row["n_removed"], row["author"]) == (5, 3, "Nguyễn An")


def test_an_undo_restores_every_table_exactly(store: Store) -> None:
    before = contents(store)
    found = cells(store, papi_2024(store, shift=0.1, drop=3))
    editions = queries.editions(of=store)
    editions = editions.loc[(editions["index_id"] == "papi") & (editions["edition"] == 2024)]
    batch = batches.load(store, found, editions.assign(note="sửa"), facts(), b"one", by=AN)
    assert not same(before, contents(store))
    batches.undo(store, batch, by=Actor("Trần Bình", Role.ANALYST))
    assert same(before, contents(store))
    assert batches.batches(store)["undone_by"].tolist() == ["Trần Bình"]


def test_an_earlier_load_cannot_be_undone_under_a_later_one_that_touched_its_cells(
    store: Store,
) -> None:
    start = contents(store)
    first = batches.load(
        store, cells(store, papi_2024(store, 0.1)), no_editions(), facts(), b"1", by=AN
    )
    second = batches.load(
        store, cells(store, papi_2024(store, 0.2)), no_editions(), facts(), b"2", by=AN
    )
    with pytest.raises(BatchError, match=second):
        batches.undo(store, first, by=Actor("x", Role.ANALYST))
    batches.undo(store, second, by=Actor("x", Role.ANALYST))
    batches.undo(store, first, by=Actor("x", Role.ANALYST))
    assert same(start, contents(store))


def test_a_load_of_other_cells_does_not_stand_in_the_way_of_an_undo(store: Store) -> None:
    rows = papi_2024(store)
    one, two = rows.copy(), rows.copy()
    one.loc[one.index[0], "score"] += 1
    first = batches.load(store, cells(store, one), no_editions(), facts(), b"1", by=AN)
    two["score"] = (
        queries.figures("papi", of=store).loc[lambda f: f["edition"] == 2024, "score"].to_numpy()
    )
    two.loc[two.index[9], "score"] += 1
    batches.load(store, cells(store, two), no_editions(), facts(), b"2", by=AN)
    batches.undo(store, first, by=Actor("x", Role.ANALYST))
    assert batches.batches(store).set_index("batch_id")["undone_by"].to_dict()[first] == "x"


def test_an_undone_load_cannot_be_undone_again(store: Store) -> None:
    batch = batches.load(
        store, cells(store, papi_2024(store, 0.1)), no_editions(), facts(), b"1", by=AN
    )
    batches.undo(store, batch, by=Actor("x", Role.ANALYST))
    with pytest.raises(BatchError, match="đã được hoàn tác"):
        batches.undo(store, batch, by=Actor("x", Role.ANALYST))
    with pytest.raises(BatchError, match="B000099"):
        batches.undo(store, "B000099", by=Actor("x", Role.ANALYST))


def test_a_file_that_changes_nothing_is_not_loaded(store: Store) -> None:
    with pytest.raises(BatchError, match="không làm thay đổi"):
        batches.load(store, cells(store, papi_2024(store)), no_editions(), facts(), b"1", by=AN)
    assert batches.batches(store).empty


def test_a_preview_older_than_another_load_is_refused(store: Store) -> None:
    seen = store.version()
    found = cells(store, papi_2024(store, 0.1))
    batches.load(store, cells(store, papi_2024(store, 0.3)), no_editions(), facts(), b"1", by=AN)
    state = contents(store)
    with pytest.raises(BatchError, match="đã thay đổi"):
        batches.load(store, found, no_editions(), facts(), b"2", seen_version=seen, by=AN)
    assert same(state, contents(store))


def test_viewers_see_the_old_figures_until_the_moment_of_publication(store: Store) -> None:
    before = queries.figures("papi", of=store, now=NOON)
    later = NOON + timedelta(days=3)
    batch = batches.load(
        store, cells(store, papi_2024(store, 0.1, drop=3)), no_editions(),
        facts(publish_at=later), b"1", by=AN,
    )  # fmt: skip
    shown = queries.figures("papi", of=store, now=NOON)
    pd.testing.assert_frame_equal(before, shown)
    published = queries.figures("papi", of=store, now=later)
    assert (published["batch_id"] == batch).sum() == 5
    assert len(published) == len(before) - 3
    assert queries.publish_moments(of=store) == [later]


def test_the_same_file_is_recognised_while_its_load_stands(store: Store) -> None:
    batch = batches.load(
        store, cells(store, papi_2024(store, 0.1)), no_editions(), facts(), b"f", by=AN
    )
    assert batches.same_file(store, b"f")["batch_id"].tolist() == [batch]
    assert batches.same_file(store, b"g").empty
    batches.undo(store, batch, by=Actor("x", Role.ANALYST))
    assert batches.same_file(store, b"f").empty


def test_the_original_file_is_kept_byte_for_byte(store: Store) -> None:
    data = bytes(range(256)) * 40
    batches.load(store, cells(store, papi_2024(store, 0.1)), no_editions(), facts(), data, by=AN)
    digest = batches.batches(store)["file_sha256"].iloc[0]
    assert batches.kept_file(store, digest) == data
    with pytest.raises(BatchError, match="Không còn tệp gốc"):
        batches.kept_file(store, "0" * 64)


def test_a_correction_lists_the_cells_it_changed(store: Store) -> None:
    batch = batches.load(
        store, cells(store, papi_2024(store, 0.1, drop=3)), no_editions(), facts(), b"1", by=AN
    )
    changed = batches.batch_changes(store, batch)
    assert len(changed) == 8
    moved = changed.dropna(subset=["score_before", "score_after"])
    assert ((moved["score_after"] - moved["score_before"]) - 0.1).abs().max() < 1e-9


def test_a_confirmed_layout_is_remembered_and_may_be_confirmed_anew(store: Store) -> None:
    batches.remember_layout(
        store, "papi", "abc", {"D1": ["papi.participation", "score"]}, by=Actor("x", Role.ANALYST)
    )
    batches.remember_layout(
        store, "papi", "abc", {"D1": ["papi.transparency", "score"]}, by=Actor("y", Role.ANALYST)
    )
    assert batches.all_layouts(store) == {"abc": {"D1": ["papi.transparency", "score"]}}


WRITER = """
import sys
sys.path.insert(0, {root!r})
sys.path.insert(0, {here!r})
from pathlib import Path
from data.store import Store
from data import batches
import test_batches as t
store = Store(Path({folder!r}))
found = t.cells(store, t.papi_2024(store, shift=0.1, drop=3))
print("ready", flush=True)
batches.load(store, found, t.no_editions(), t.facts(), b"killed", by=t.AN)
print("done", flush=True)
"""


def killed_rounds(store: Store, rounds: int) -> Counter[str]:
    """Kill a loading process after a random wait, many times; count which states were found."""
    before = contents(store)
    script = WRITER.format(
        root=str(ROOT), here=str(Path(__file__).parent), folder=str(store.folder)
    )
    chance = random.Random(20231)
    seen: Counter[str] = Counter()
    whole = _loading(script, wait=None)
    _take_back(store, before)
    for _ in range(rounds):
        # Spread over the whole load and a little beyond, so that both ends are met.
        _loading(script, wait=chance.uniform(0, 1.2 * whole))
        if same(before, contents(Store(store.folder))):
            seen["before"] += 1
            assert batches.batches(store)["undone_at"].notna().all()
        else:
            seen["after"] += 1
            _take_back(store, before)
    return seen


def _loading(script: str, wait: float | None) -> float:
    """Start a load; kill it after `wait` seconds, or let it end and say how long it took."""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        started = time.monotonic()
        if wait is None:
            assert process.stdout.readline().strip() == "done"
            return time.monotonic() - started
        time.sleep(wait)
        process.kill()
    # Killed or done; a load that failed by itself would prove nothing.
    assert process.returncode in (-signal.SIGKILL, 0)
    return wait


def _take_back(store: Store, before: dict[str, pd.DataFrame]) -> None:
    standing = batches.batches(store)
    standing = standing.loc[standing["undone_at"].isna(), "batch_id"]
    assert len(standing) == 1
    batches.undo(store, standing.iloc[0], by=Actor("x", Role.ANALYST))
    assert same(before, contents(store))


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.slow
def test_a_load_that_is_killed_leaves_the_state_before_or_after(store: Store) -> None:
    assert killed_rounds(store, 2).total() == 2


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_sixty_kills_never_leave_a_state_between(store: Store) -> None:
    seen = killed_rounds(store, 60)
    assert seen.total() == 60
    assert min(seen["before"], seen["after"]) >= 3, seen
