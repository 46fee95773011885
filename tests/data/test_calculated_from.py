"""Pages calculate anew after what changes a result, and after nothing else."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.difference import figure_difference
from analytics.schema import Tables
from data import batches, measurements, queries, records, register
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.measurements import MeasurementRecord
from data.reviews import ReviewSheet
from data.store import Store, sql
from tests.stores import ship

AN = Actor("Nguyễn An", Role.ADMINISTRATOR)
KINDS = re.compile(r"kind (?:= |IN \()('[a-z_', ]+)")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped reference, built once; every test works on a copy."""
    folder = tmp_path_factory.mktemp("built")
    ship(Store(folder))
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(built, tmp_path / "store")))


def load(store: Store) -> str:
    held = queries.figures("papi", of=store)
    incoming = held.loc[held["edition"] == 2024].copy()
    incoming.loc[incoming.index[:5], "score"] += 0.1
    cells = figure_difference(held, incoming).assign(
        index_id="papi", score_origin="published", rank_origin=None, source_id="papi_2024",
        note=None,
    )  # fmt: skip
    editions = pd.DataFrame(columns=list(batches._EDITION))
    facts = BatchFacts(file_name="papi.xlsx", index_id="papi")
    return batches.load(store, cells, editions, facts, b"papi", by=AN)


def tables(store: Store) -> Tables:
    return queries.tables(of=store, now=batches.END_OF_TIME)


def first_target(store: Store) -> register.TargetRecord:
    row = queries.targets(of=store).iloc[0]
    found = register.target(store, str(row["target_id"]))
    assert found is not None
    return found


def test_every_kind_of_record_that_the_tables_are_read_from_counts() -> None:
    """A kind that a query of `tables` reads but that does not count would leave boards stale."""
    asked = re.findall(r"(\w+)\(.*version=pinned", inspect.getsource(queries.tables))
    read = {
        kind
        for name in set(asked) & {path.stem for path in Path(queries.__file__).parent.glob("sql/*")}
        for found in KINDS.findall(sql(name))
        for kind in re.findall(r"\w+", found)
    }
    counted = {
        kind
        for found in KINDS.findall(sql("calculated_from"))
        for kind in re.findall(r"\w+", found)
    }
    assert read == counted == {"target", "document", "agency", "measurement"}


@pytest.mark.parametrize("change", ["load", "undo", "target", "withdrawal", "measurement"])
def test_what_changes_a_result_makes_pages_calculate_anew(store: Store, change: str) -> None:
    batch = load(store) if change == "undo" else ""
    target = first_target(store)
    steps: dict[str, Callable[[], object]] = {
        "load": lambda: load(store),
        "undo": lambda: batches.undo(store, batch, by=AN),
        "target": lambda: records.save(store, target.model_copy(update={"note": "sửa"}), by=AN),
        "withdrawal": lambda: records.withdraw(store, target, by=AN, reason="thay văn bản"),
        "measurement": lambda: records.save(
            store,
            MeasurementRecord(
                record_id=measurements.record_id(target.record_id, "2023"), period="2023",
                target_id=target.record_id, value=91.5, reported_on=date(2024, 1, 10),
            ),
            by=AN,
        ),
    }  # fmt: skip
    before = queries.calculated_from(of=store)
    steps[change]()
    assert queries.calculated_from(of=store) != before


def test_what_people_type_beside_the_figures_changes_no_result(store: Store) -> None:
    before, held = queries.calculated_from(of=store), tables(store)
    sheet = ReviewSheet(
        record_id="sheet-1", unit_id="vn63-kon-tum", index_id="papi", edition=2023, agency_id=""
    )
    records.save(store, sheet, by=AN)
    assert queries.calculated_from(of=store) == before
    now = tables(store)
    assert now.version != held.version
    for name in ("figures", "targets", "measurements", "editions", "units", "components"):
        pd.testing.assert_frame_equal(getattr(now, name), getattr(held, name))
