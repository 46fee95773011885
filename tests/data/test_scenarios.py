"""Saved what-ifs: kept with author, day and data version, and never among the figures."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from data import audit, scenarios
from data.actors import Actor, NotAllowed, Role
from data.build import ensure
from data.scenarios import Change, ScenarioError, ScenarioFacts
from data.store import Store
from tests.stores import ship

NOON = datetime(2026, 4, 1, 5, 0)  # noqa: DTZ001  the store keeps UTC without a mark
KON_TUM = "vn63-kon-tum"
FACTS = ScenarioFacts(
    title="Nâng kiểm soát tham nhũng",
    data_version="store-00000001-0123abcd.duckdb",
    unit_id=KON_TUM,
    index_id="papi",
    edition=2022,
    as_of=date(2026, 4, 1),
    peers="fixed",
    drift=0.5,
    score_before=39.975605,
    score=40.709713,
    rank_before=54,
    rank=49,
    n_ranked=61,
    group_id="low",
    changes=(
        Change("papi.corruption", 6.199918, 6.8),
        Change("papi.services", 7.435924, 7.57),
    ),
)
AN = Actor("Nguyễn Văn A", Role.VIEWER)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    ship(Store(folder))
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(built, tmp_path / "store")))


def test_a_scenario_comes_back_as_it_was_saved(store: Store) -> None:
    saved = scenarios.save(store, FACTS, by=AN, now=NOON)
    (row,) = scenarios.scenarios(store, KON_TUM).to_dict("records")
    assert row["scenario_id"] == saved
    assert (row["title"], row["author"]) == (FACTS.title, AN.name)
    assert row["saved_at"] == NOON
    assert row["data_version"] == FACTS.data_version
    assert (row["rank_before"], row["rank"], row["n_ranked"]) == (54, 49, 61)
    assert (row["peers"], row["drift"], row["group_id"]) == ("fixed", 0.5, "low")
    changes = scenarios.changes(store, KON_TUM)
    assert [Change(r.component_id, r.score_before, r.score) for r in changes.itertuples()] == list(
        FACTS.changes
    )


def test_saving_a_scenario_leaves_every_figure_as_it_was(store: Store) -> None:
    def facts() -> dict[str, object]:
        cursor = store.cursor()
        names = [name for (name,) in cursor.execute("SHOW TABLES").fetchall()]
        held = [name for name in names if not name.startswith(("scenario", "audit"))]
        return {n: cursor.execute(f"FROM {n} ORDER BY ALL").fetchall() for n in held}

    before = facts()
    saved = scenarios.save(store, FACTS, by=AN)
    assert facts() == before
    scenarios.delete(store, saved, by=AN)
    assert facts() == before


def test_the_newest_scenario_stands_first_and_units_do_not_mix(store: Store) -> None:
    scenarios.save(store, FACTS, by=AN, now=NOON)
    scenarios.save(store, replace(FACTS, title="Sau"), by=AN, now=NOON + timedelta(hours=1))
    scenarios.save(store, replace(FACTS, unit_id="vn63-gia-lai"), by=AN, now=NOON)
    assert list(scenarios.scenarios(store, KON_TUM)["title"]) == ["Sau", FACTS.title]
    assert len(scenarios.scenarios(store, "vn63-gia-lai")) == 1


def test_a_deleted_scenario_is_gone_with_its_changes_and_no_other_is(store: Store) -> None:
    first, second = scenarios.save(store, FACTS, by=AN), scenarios.save(store, FACTS, by=AN)
    scenarios.delete(store, first, by=AN)
    assert list(scenarios.scenarios(store, KON_TUM)["scenario_id"]) == [second]
    assert set(scenarios.changes(store, KON_TUM)["scenario_id"]) == {second}


def test_deleting_twice_is_told_in_one_sentence_and_changes_nothing(store: Store) -> None:
    saved = scenarios.save(store, FACTS, by=AN)
    scenarios.delete(store, saved, by=AN)
    version = store.version()
    with pytest.raises(ScenarioError, match=r"không còn trong kho"):
        scenarios.delete(store, saved, by=AN)
    assert store.version() == version


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": "  \n "}, "Hãy ghi tên kịch bản"),
        ({"title": "x" * 121}, "dài quá 120 ký tự"),
        ({"changes": ()}, "chưa thay đổi điểm"),
    ],
)
def test_a_scenario_without_name_author_or_change_is_not_kept(
    store: Store, given: dict[str, object], said: str
) -> None:
    version = store.version()
    with pytest.raises(ScenarioError, match=said):
        scenarios.save(store, replace(FACTS, **given), by=AN)  # type: ignore[arg-type]
    assert store.version() == version


def test_a_typed_name_is_kept_as_one_plain_line_and_is_no_command(store: Store) -> None:
    typed = "  <b>Cao</b>\n'); DROP TABLE scenario; --\x00 "
    scenarios.save(store, replace(FACTS, title=typed), by=AN)
    (row,) = scenarios.scenarios(store, KON_TUM).to_dict("records")
    assert row["title"] == "<b>Cao</b> '); DROP TABLE scenario; --"


def test_saved_scenarios_outlive_a_rebuild_of_the_shipped_reference(
    store: Store, tmp_path: Path, built: Path
) -> None:
    scenarios.save(store, FACTS, by=AN)
    with store.write() as connection:
        connection.execute("UPDATE meta SET value = 'stale' WHERE key = 'reference_digest'")
        connection.execute("UPDATE meta SET value = 'stale' WHERE key = 'layout_digest'")
    assert ensure(store), "the reference was put in again"
    assert len(scenarios.scenarios(store, KON_TUM)) == 1
    assert len(scenarios.changes(store, KON_TUM)) == 2


def test_only_its_author_or_an_administrator_takes_a_scenario_away(store: Store) -> None:
    saved = scenarios.save(store, FACTS, by=AN)
    with pytest.raises(NotAllowed):
        scenarios.delete(store, saved, by=Actor("Bình", Role.APPROVER))
    scenarios.delete(store, saved, by=Actor("chief", Role.ADMINISTRATOR))
    trail = audit.entries(store, kind="scenario", key=saved)
    assert trail[["action", "by_name"]].to_numpy().tolist() == [
        ["delete", "chief"], ["save", AN.name],
    ]  # fmt: skip
