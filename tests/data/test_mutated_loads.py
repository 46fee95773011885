"""Mutated workbooks through the whole way in: refused, faulty, or loaded whole and undone whole."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.difference import figure_difference
from data import batches, queries
from data.actors import Actor, Role
from data.batches import BatchFacts
from data.build import REFERENCE, ensure
from data.indices import load_catalogue
from data.intake.checks import Context
from data.intake.load import edition_rows, figure_rows, intake
from data.intake.model import FileRefused
from data.store import Store
from data.units import UnitRegister
from tests.data.intake.test_fuzz import CHANGES, seeds

TRIAL = Actor("thử", Role.ANALYST)

QUICK, SLOW, CHUNKS = 60, 10_000, 20
KEY = ["unit_id", "component_id", "edition"]


def figures(store: Store) -> pd.DataFrame:
    return queries.figures("pci", of=store, now=batches.END_OF_TIME)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.reset_index(drop=True).equals(other.reset_index(drop=True))


class Way:
    """A store without figures, and everything a file meets on its way into it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        ensure(self.store, with_figures=False)
        self.catalogue = load_catalogue(REFERENCE / "indices")
        self.units = UnitRegister.load(REFERENCE)
        self.weights = queries.weights(of=self.store)
        self.empty = figures(self.store)

    def answer(self, seed: int) -> str:
        """How one mutated file ends: refused, faulty, nothing, loaded."""
        chance = random.Random(seed)
        name, content = chance.choice(seeds())
        content = chance.choice(CHANGES)(content, chance)
        context = Context(self.catalogue, self.units, self.empty, self.weights)
        try:
            found = intake(content, name, context)
        except FileRefused:
            return "refused"
        if not found.is_loadable:
            return "faulty"
        rows = figure_rows(found.proposal)
        if rows.empty:
            return "nothing"
        self.load(rows, content, name)
        return "loaded"

    def load(self, rows: pd.DataFrame, content: bytes, name: str) -> None:
        """Load, find every figure and no other, undo, find none."""
        words = ["index_id", "score_origin", "rank_origin", "source_id", "note"]
        cells = figure_difference(self.empty, rows).merge(rows[[*KEY, *words]], on=KEY)
        editions = edition_rows(
            rows, queries.editions(of=self.store), catalogue=self.catalogue, units=self.units,
            published_on=None, today=date(2026, 1, 1),
        )  # fmt: skip
        index_id = str(rows["index_id"].iloc[0])
        facts = BatchFacts(name, index_id)
        batch = batches.load(self.store, cells, editions, facts, content, by=TRIAL)
        held = queries.figures(index_id, of=self.store, now=batches.END_OF_TIME)
        assert set(held["batch_id"]) == {batch}
        both = held.merge(rows, on=KEY, how="outer", suffixes=("", "_file"), indicator=True)
        assert set(both["_merge"]) == {"both"}
        for value in ("score", "percent", "rank"):
            assert (both[value].isna() == both[f"{value}_file"].isna()).all()
            assert not (both[value] != both[f"{value}_file"]).fillna(False).where(
                both[value].notna(), False
            ).any()  # fmt: skip
        batches.undo(self.store, batch, by=TRIAL)
        assert same(figures(self.store), self.empty)


def test_a_mutated_file_is_loaded_whole_or_not_at_all(tmp_path: Path) -> None:
    way = Way(tmp_path)
    seen = Counter(way.answer(seed) for seed in range(QUICK))
    assert {"refused", "loaded"} <= set(seen), seen


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_of_ten_thousand_mutated_files_none_is_loaded_in_part(tmp_path: Path, chunk: int) -> None:
    way = Way(tmp_path)
    seen = Counter(way.answer(QUICK + seed) for seed in range(chunk, SLOW, CHUNKS))
    print(dict(seen))
    assert seen.total() == SLOW // CHUNKS
    assert {"refused", "faulty", "loaded"} <= set(seen), seen
