"""Sources: every figure has one, and the counts are those of the store."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.provenance import sources
from data.store import Store
from tests.stores import ship


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("sources")
    held = Store(folder)
    ship(held)
    return held


def test_the_counts_of_all_sources_are_the_figures_held(shipped: Store) -> None:
    rows = sources(of=shipped)
    figures = queries.tables(of=shipped).figures
    for index_id, of in figures.groupby("index_id"):
        given = rows.loc[rows["index_id"] == index_id]
        assert int(given["n_figures"].sum()) == len(of)
        by_year = given.groupby("edition")["n_figures"].sum().to_dict()
        assert by_year == of.groupby("edition").size().to_dict()


def test_every_source_has_publisher_title_and_licence(shipped: Store) -> None:
    rows = sources(of=shipped)
    assert rows[["producer", "title", "licence"]].notna().all(axis=None)
    assert rows["source_id"].nunique() > 100


def test_a_source_that_gave_no_figure_keeps_its_row(shipped: Store) -> None:
    rows = sources(of=shipped)
    assert rows.loc[rows["index_id"].isna(), "n_figures"].isna().all()
    assert not rows.duplicated(["source_id", "index_id", "edition"]).any()
    assert isinstance(rows, pd.DataFrame)
