"""Kept places: what is read of one unit or one line is what ranking everything at once gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from pandas.testing import assert_frame_equal

from analytics import board, climb, comparison, geography, trends
from analytics.board import Knowledge, LinesMissing
from analytics.explanation import explanation
from analytics.outcome import outcome
from data import kept, queries
from data.kept import KeptPlaces
from data.store import Store
from tests import ministry, stores
from ui import loaders

TODAY = date(2026, 11, 21)
SMALL = ministry.Size(communes=23, criteria=14, years=4, indices=2, units_with_targets=23)
UNITS = [ministry.unit_id(number) for number in range(1, SMALL.communes + 1)]
# A few communes in every run; `slow` asks them all.
ASKED = [
    unit if at % 11 == 0 else pytest.param(unit, marks=pytest.mark.slow)
    for at, unit in enumerate(UNITS)
]
PROVINCES = ["vn63-kon-tum", "vn63-ha-noi", "vn63-quang-ninh"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("ministry"))
    stores.ship(store)
    ministry.fill(store, SMALL)
    return store


@pytest.fixture(scope="module")
def whole(made: Store) -> Knowledge:
    """Everything ranked at once, as a small store does it."""
    return board.knowledge(queries.tables(of=made))


@pytest.fixture(scope="module")
def places(made: Store) -> KeptPlaces:
    return keep(made)


def keep(store: Store, **moment: Any) -> KeptPlaces:
    return kept.kept_places(store, board.ranked_and_grouped, method=board.METHOD, **moment)


@pytest.fixture(scope="module")
def large(made: Store) -> Iterator[None]:
    """The app's loaders over this store, taking it for one too large to be held at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RANKINGS_STORE", str(made.folder))
        patched.setattr(loaders, "LARGE", 0)
        st.cache_resource.clear()
        st.cache_data.clear()
        yield
    st.cache_resource.clear()
    st.cache_data.clear()


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Equal in every cell, whatever kind of column holds it."""
    assert list(found.columns) == list(expected.columns)
    plain = [
        frame.reset_index(drop=True)
        .astype(object)
        .where(frame.reset_index(drop=True).notna(), None)
        for frame in (found, expected)
    ]
    assert_frame_equal(*plain, check_dtype=False, rtol=0, atol=1e-12)


# ------------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize("unit_id", [*UNITS[::7], *PROVINCES])
def test_rows_of_a_unit_are_its_rows_of_the_whole_table(
    whole: Knowledge, places: KeptPlaces, unit_id: str
) -> None:
    found = places.of_units([unit_id])
    assert len(found) > 0
    same(found.drop(columns="origin_held"), whole.of_unit(unit_id))
    figures = whole.tables.figures
    same(kept.figures_of(found), figures.loc[figures["unit_id"] == unit_id])


@pytest.mark.parametrize(
    ("index_id", "lines", "editions"),
    [
        ("synthetic_a", ["synthetic_a", "synthetic_a.c03"], [2022, 2025]),
        ("synthetic_b", ["synthetic_b.c01.k01"], [2024]),
        ("papi", ["papi", "papi.corruption"], [2018, 2022]),
        ("pci", ["pci"], [2008]),
    ],
)
def test_rows_of_a_line_are_those_of_all_units(
    whole: Knowledge, places: KeptPlaces, index_id: str, lines: list[str], editions: list[int]
) -> None:
    rows = whole.standings
    expected = rows.loc[rows["component_id"].isin(lines) & rows["edition"].isin(editions)]
    assert len(expected) > 0
    found = places.of_lines(index_id, lines, editions)
    same(found, expected[list(found.columns)])


def test_groups_and_their_bounds_are_those_of_the_whole_table(
    whole: Knowledge, places: KeptPlaces
) -> None:
    key = ["index_id", "edition", "sort"]
    same(places.bounds().sort_values(key), whole.bounds.sort_values(key))
    own = whole.groups.loc[whole.groups["unit_id"].isin(UNITS)]
    key = ["unit_id", "index_id", "edition"]
    assert len(own) == len(UNITS) * SMALL.years * SMALL.indices - 0
    same(places.groups(UNITS).sort_values(key), own.sort_values(key))


# --------------------------------------------------------------- the boards that are cut from it


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("unit_id", ASKED)
def test_the_board_of_a_commune_says_the_same_as_from_the_whole_table(
    whole: Knowledge, unit_id: str
) -> None:
    compare_boards(whole, unit_id, SMALL.editions[-1], SMALL.editions[0], "synthetic_a")


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("unit_id", "edition"),
    [("vn63-kon-tum", 2023), ("vn63-kon-tum", 2024), ("vn63-ha-noi", 2008),
     ("vn63-quang-ninh", 2022), ("vn34-quang-ngai", 2025)],
)  # fmt: skip
def test_the_board_of_a_province_says_the_same_as_from_the_whole_table(
    whole: Knowledge, unit_id: str, edition: int
) -> None:
    for index_id in ("par_index", "papi", "pci"):
        compare_boards(whole, unit_id, edition, edition - 1, index_id)


def compare_boards(
    whole: Knowledge, unit_id: str, edition: int, baseline: int, index_id: str
) -> None:
    known = loaders.knowledge_of(unit_id, loaders.judged_lines(unit_id, edition, TODAY))
    assert known.lines is not None
    asked: dict[str, Any] = {"unit_id": unit_id, "edition": edition, "as_of": TODAY}
    same(board.board(known, **asked), board.board(whole, **asked))
    compared = {**asked, "baseline": baseline}
    assert board.index_tiles(known, **compared) == board.index_tiles(whole, **compared)
    one = {**compared, "index_id": index_id}
    same(board.component_gaps(known, **one), board.component_gaps(whole, **one))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("unit_id", ASKED)
@pytest.mark.parametrize("line", ["synthetic_a", "synthetic_a.c02", "synthetic_b.c01.k01"])
def test_the_ladder_of_a_commune_says_the_same_as_from_the_whole_table(
    whole: Knowledge, unit_id: str, line: str
) -> None:
    compare_climbs(whole, unit_id, line, SMALL.editions[-1])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("unit_id", "line", "edition"),
    [("vn63-kon-tum", "papi", 2023), ("vn63-ha-noi", "papi.corruption", 2018),
     ("vn63-quang-ninh", "pci", 2022)],
)  # fmt: skip
def test_the_ladder_of_a_province_says_the_same_as_from_the_whole_table(
    whole: Knowledge, unit_id: str, line: str, edition: int
) -> None:
    compare_climbs(whole, unit_id, line, edition)


def compare_climbs(whole: Knowledge, unit_id: str, line: str, edition: int) -> None:
    index_id = line.partition(".")[0]
    lines = climb.lines_climbed(whole, index_id=index_id, component_id=line, edition=edition)
    judged = loaders.judged_lines(unit_id, edition, TODAY)
    known = loaders.knowledge_of(unit_id, judged, tuple(lines))
    asked: dict[str, Any] = {"unit_id": unit_id, "index_id": index_id, "edition": edition,
                             "as_of": TODAY, "component_id": line}  # fmt: skip
    found, expected = climb.climb(known, **asked), climb.climb(whole, **asked)
    for name in ("rungs", "worth", "groups", "components"):
        same(getattr(found, name), getattr(expected, name))
    assert (found.path is None) == (expected.path is None)
    if found.path is not None and expected.path is not None:
        same(found.path.steps, expected.path.steps)
    for name in ("ground", "n_held", "n_expected", "score", "rank", "aim_rank", "basis", "needed",
                 "needed_moving", "keep_moving", "cushion", "path_ground"):  # fmt: skip
        assert getattr(found, name) == getattr(expected, name), name


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("unit_id", "line"),
    [(UNITS[0], "synthetic_a"), (UNITS[11], "synthetic_b.c01.k01"), ("vn63-kon-tum", "papi"),
     ("vn63-ha-noi", "pci"), ("vn63-ha-tay", "pci"), ("vn63-thua-thien-hue", "papi.corruption"),
     ("vn34-hue", "par_index"), ("vn34-quang-ngai", "pci")],
)  # fmt: skip
def test_a_series_over_all_years_says_the_same_as_from_the_whole_table(
    whole: Knowledge, unit_id: str, line: str
) -> None:
    index_id = line.partition(".")[0]
    known = loaders.knowledge_of_line(unit_id, index_id, line)
    asked: dict[str, Any] = {"index_id": index_id, "component_id": line}
    for mode in ("published", "predecessors"):
        own = {**asked, "unit_id": unit_id, "mode": mode, "as_of": TODAY}
        same(geography.lines(known, **own), geography.lines(whole, **own))
    units = trends.group_units(whole, unit_id=unit_id, kind=trends.REGION)
    assert trends.group_units(known, unit_id=unit_id, kind=trends.REGION) == units
    group = {**asked, "mode": "published", "as_of": TODAY}
    same(trends.group_lines(known, units, **group), trends.group_lines(whole, units, **group))
    same(
        trends.breaks(known, unit_ids=units, **asked), trends.breaks(whole, unit_ids=units, **asked)
    )
    own = {**asked, "unit_id": unit_id, "as_of": TODAY}
    same(trends.required_places(known, **own), trends.required_places(whole, **own))


@pytest.mark.usefixtures("large")
def test_a_question_about_all_units_is_refused_where_only_one_is_known() -> None:
    known = loaders.knowledge_of(UNITS[0])
    with pytest.raises(LinesMissing):
        climb.climb(known, unit_id=UNITS[0], index_id="synthetic_a", edition=2025, as_of=TODAY)
    with pytest.raises(LinesMissing):
        board.board(known, unit_id=UNITS[0], edition=2025, as_of=TODAY)
    with pytest.raises(loaders.TooLarge):
        loaders.knowledge()


# ---------------------------------------------------------- everything on indices of one kind


@pytest.mark.usefixtures("large")
def test_provinces_among_communes_have_the_tables_a_store_of_provinces_has(
    whole: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "_is_held", lambda *_: True)
    known = loaders.knowledge_of_kind("vn63-kon-tum")
    own = whole.standings["index_id"].isin(["par_index", "sipas", "papi", "pci"])
    same(known.standings.drop(columns="origin_held"), whole.standings.loc[own])
    figures = whole.tables.figures
    same(
        known.tables.figures,
        figures.loc[figures["index_id"].isin(["par_index", "sipas", "papi", "pci"])],
    )
    order = ["unit_id", "index_id", "edition"]
    groups = whole.groups.loc[~whole.groups["index_id"].str.startswith("synthetic")]
    same(known.groups.sort_values(order), groups.sort_values(order))
    # An end that has not come equals nothing, not even itself.
    assert repr(known.lineage) == repr(whole.lineage)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("index_id", "unit_id", "baseline", "edition"),
    [("pci", "vn63-kon-tum", 2022, 2023), ("papi", "vn63-ha-noi", 2018, 2021),
     ("synthetic_a", UNITS[3], 2023, 2025)],
)  # fmt: skip
def test_why_compare_and_what_if_say_the_same_as_from_the_whole_table(
    whole: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
    index_id: str,
    unit_id: str,
    baseline: int,
    edition: int,
) -> None:
    monkeypatch.setattr(loaders, "_is_held", lambda *_: True)
    known = loaders.knowledge_of_index(index_id)
    asked: dict[str, Any] = {"unit_id": unit_id, "index_id": index_id, "edition": edition,
                             "as_of": TODAY}  # fmt: skip
    compare_explanations(known, whole, {**asked, "baseline": baseline})
    same(comparison.averages(known, **asked), comparison.averages(whole, **asked))
    units = trends.group_units(whole, unit_id=unit_id, kind=trends.REGION)[:6]
    two = {"index_id": index_id, "baseline": baseline, "edition": edition, "as_of": TODAY}
    same(
        comparison.compared(known, units, **two),  # type: ignore[arg-type]
        comparison.compared(whole, units, **two),  # type: ignore[arg-type]
    )
    lift = {index_id: 1.0} if index_id == "synthetic_a" else {}
    same_fields(outcome(known, changes=lift, **asked), outcome(whole, changes=lift, **asked))


def compare_explanations(
    known: Knowledge, whole: Knowledge, asked: dict[str, Any], ignored: tuple[str, ...] = ()
) -> None:
    same_fields(explanation(known, **asked), explanation(whole, **asked), ignored)


def same_fields(found: Any, expected: Any, ignored: tuple[str, ...] = ()) -> None:
    """Two answers are equal in every field, frames cell by cell."""
    assert type(found) is type(expected)
    for one in fields(expected):
        mine, theirs = getattr(found, one.name), getattr(expected, one.name)
        if one.name in ignored:
            continue
        if is_dataclass(theirs):
            same_fields(mine, theirs)
        elif isinstance(theirs, pd.DataFrame):
            same(mine, theirs)
        else:
            assert repr(mine) == repr(theirs), one.name


@pytest.mark.usefixtures("large")
def test_of_too_many_units_the_components_are_compared_and_no_criterion_is_called_missing(
    whole: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_main = SMALL.communes * (1 + ministry.COMPONENTS) * SMALL.years
    monkeypatch.setattr(loaders, "LARGE", n_main)
    assert not loaders.holds_criteria("synthetic_a")
    with pytest.raises(loaders.TooLarge):
        loaders.knowledge_of_kind(UNITS[0])
    known = loaders.knowledge_of_index("synthetic_a")
    assert len(known.standings) == n_main
    rows = known.tables.components
    of_index = rows.loc[rows["index_id"] == "synthetic_a"]
    assert set(of_index["role"]) == {"total", "component"}
    asked: dict[str, Any] = {"unit_id": UNITS[5], "index_id": "synthetic_a", "baseline": 2024,
                             "edition": 2025, "as_of": TODAY}  # fmt: skip
    compare_explanations(known, whole, asked, ignored=("components", "profile"))
    found, expected = explanation(known, **asked), explanation(whole, **asked)
    for name in ("components", "profile"):
        mine, theirs = getattr(found, name), getattr(expected, name)
        theirs = theirs.loc[theirs["level"] == 1]
        assert len(mine) == len(theirs) == ministry.COMPONENTS
        told = ["component_id", "rank", "gain"]
        same(mine[told].sort_values("component_id"), theirs[told].sort_values("component_id"))
    monkeypatch.setattr(loaders, "LARGE", n_main - 1)
    with pytest.raises(loaders.TooLarge):
        loaders.knowledge_of_index("synthetic_a")


@pytest.mark.usefixtures("large")
def test_a_load_is_compared_with_what_provinces_have_and_with_their_targets(
    whole: Knowledge, made: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "_is_held", lambda *_: True)
    known = loaders.state_for_loads(made.version())
    assert not known.tables.targets["unit_id"].str.startswith("synthetic").any()
    assert len(known.tables.targets) > 0
    figures = whole.tables.figures
    assert len(known.tables.figures) == (~figures["index_id"].str.startswith("synthetic")).sum()


@pytest.mark.usefixtures("large")
def test_the_totals_of_a_large_store_are_those_of_all_indices(whole: Knowledge) -> None:
    rows = whole.standings
    expected = rows.loc[rows["component_id"] == rows["index_id"]]
    found, order = loaders.totals(), ["index_id", "edition", "unit_id"]
    same(found.sort_values(order), expected[list(found.columns)].sort_values(order))


# ------------------------------------------------------------------------- when it is kept anew


def files(store: Store) -> dict[str, float]:
    return {path.name: path.stat().st_mtime_ns
            for path in (store.folder / kept.FOLDER).glob("*.parquet")}  # fmt: skip


def test_only_the_edition_whose_figures_changed_is_computed_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stores.ship(store, with_figures=False)
    ministry.fill(store, ministry.Size(communes=6, criteria=3, years=3, indices=1))
    keep(store)
    before = files(store)
    with store.write() as connection:
        connection.execute(
            "UPDATE figure SET score = score + 90 WHERE unit_id = ? AND edition = ?"
            " AND component_id = ?",
            ["synthetic-0004", 2024, "synthetic_a"],
        )
    places = keep(store)
    new = set(files(store)) - set(before)
    assert {name.split(".")[0].rpartition("-")[0] for name in new} == {"synthetic_a-2024"}
    assert {name: at for name, at in files(store).items() if name in before} == before
    rows = places.of_lines("synthetic_a", ["synthetic_a"], [2024])
    assert rows.loc[rows["rank"] == 1, "unit_id"].tolist() == ["synthetic-0004"]


def test_a_deleted_cache_is_made_again_and_says_the_same(made: Store, places: KeptPlaces) -> None:
    before = places.of_units(UNITS[:2])
    for path in (made.folder / kept.FOLDER).glob("synthetic_a-*"):
        path.unlink()
    same(keep(made).of_units(UNITS[:2]), before)
