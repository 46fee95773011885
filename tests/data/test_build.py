"""Building the store: the shipped reference, all of it and nothing else, and people's rows kept."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from data import backups, queries
from data.build import BACKUPS, REFERENCE, ensure, reference_digest
from data.store import Store, StoreError

KON_TUM = ("vn63-kon-tum", "papi", 2022)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asked(of: Store, question: str, *values: object) -> list[tuple[object, ...]]:
    cursor = of.cursor()
    found = cursor.execute(question, list(values)).fetchall()
    cursor.close()
    return found


def figure(of: Store) -> list[tuple[object, ...]]:
    return asked(
        of,
        "SELECT score, batch_id FROM figure WHERE unit_id = ? AND component_id = ? AND edition = ?",
        *KON_TUM,
    )


def set_score(reference: Path, score: str) -> None:
    """Change the shipped PAPI total of Kon Tum 2022."""
    path = reference / "rankings" / "papi" / "2022.csv"
    rows = rows_of(path)
    for row in rows:
        if (row["unit_id"], row["component_id"]) == KON_TUM[:2]:
            row["score"] = score
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store as every installation has it at first."""
    built = Store(tmp_path_factory.mktemp("shipped") / "store")
    assert ensure(built)
    return built


@pytest.fixture
def own(shipped: Store, tmp_path: Path) -> Store:
    """A copy of it to change."""
    return Store(Path(shutil.copytree(shipped.folder, tmp_path / "store")))


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A copy of the shipped files to change."""
    return Path(shutil.copytree(REFERENCE, tmp_path / "reference"))


def test_every_shipped_figure_is_in_the_store_once(shipped: Store) -> None:
    held = {
        (row.unit_id, row.component_id, row.edition): row
        for index_id in queries.indices(of=shipped)["index_id"]
        for row in queries.figures(index_id, of=shipped).itertuples()
    }
    n = 0
    for path in sorted((REFERENCE / "rankings").glob("*/*.csv")):
        for row in rows_of(path):
            n += 1
            found = held[row["unit_id"], row["component_id"], int(path.stem)]
            for column in ("score", "percent", "max_score", "rank"):
                value = getattr(found, column)
                if row[column] == "":
                    assert pd.isna(value), "an empty cell became a number"
                else:
                    assert float(value) == float(row[column])
            assert found.state == row["state"]
    assert len(held) == n > 40_000


@pytest.mark.parametrize(
    ("table", "file"),
    [
        ("unit", "units.csv"),
        ("unit_link", "unit_links.csv"),
        ("region", "regions.csv"),
        ("target", "targets.csv"),
        ("target_agency", "target_agencies.csv"),
        ("agency", "agencies.csv"),
        ("document", "documents.csv"),
        ("weight", "weights.csv"),
        ("standard_error", "standard_errors.csv"),
        ("national_figure", "national_figures.csv"),
    ],
)
def test_every_shipped_row_is_in_the_store_once(shipped: Store, table: str, file: str) -> None:
    held = asked(shipped, f"SELECT count(*) FROM {table}")  # noqa: S608 - named above
    assert held == [(len(rows_of(REFERENCE / file)),)]


def test_a_store_up_to_date_is_left_alone(own: Store) -> None:
    before = own.version()
    assert not ensure(own)
    assert own.version() == before


def test_files_that_only_look_newer_change_nothing(own: Store, reference: Path) -> None:
    for path in reference.rglob("*.csv"):
        os.utime(path)
    assert not ensure(own, reference)


def test_a_changed_figure_is_taken_over_and_nothing_is_lost(own: Store, reference: Path) -> None:
    before = asked(own, "SELECT count(*) FROM figure")
    set_score(reference, "12.5")
    assert ensure(own, reference)
    assert figure(own) == [(12.5, "reference")]
    assert asked(own, "SELECT count(*) FROM figure") == before
    assert not ensure(own, reference)


def test_a_figure_no_longer_shipped_is_gone(own: Store, reference: Path) -> None:
    (reference / "rankings" / "papi" / "2022.csv").unlink()
    assert ensure(own, reference)
    assert figure(own) == []


def test_the_checksum_sees_contents_names_and_additions(reference: Path) -> None:
    seen = {reference_digest(reference)}
    assert seen == {reference_digest(REFERENCE)}
    set_score(reference, "12.5")
    seen.add(reference_digest(reference))
    (reference / "rankings" / "papi" / "2022.csv").rename(reference / "rankings/papi/2032.csv")
    seen.add(reference_digest(reference))
    (reference / "rankings" / "papi" / "2033.csv").write_text("", encoding="utf-8")
    seen.add(reference_digest(reference))
    assert len(seen) == 4


def test_what_a_person_loaded_survives_a_new_reference(own: Store, reference: Path) -> None:
    with own.write() as connection:
        connection.execute(
            "UPDATE figure SET score = 40.25, batch_id = 'loaded'"
            " WHERE unit_id = ? AND component_id = ? AND edition = ?",
            list(KON_TUM),
        )
        connection.execute(
            "INSERT INTO figure (index_id, unit_id, component_id, edition, score, state, batch_id)"
            " VALUES ('papi', 'vn34-quang-ngai', 'papi', 2026, 41.5, 'scored', 'loaded')"
        )
        connection.execute(
            "INSERT INTO target (target_id, item_id, document_id, unit_id, kind, batch_id)"
            " VALUES ('typed-1', 'typed-1', 'none', 'vn63-kon-tum', 'top_n', 'typed')"
        )
    set_score(reference, "12.5")
    assert ensure(own, reference)
    assert figure(own) == [(40.25, "loaded")]
    assert asked(own, "SELECT score FROM figure WHERE edition = 2026") == [(41.5,)]
    assert asked(own, "SELECT batch_id FROM target WHERE target_id = 'typed-1'") == [("typed",)]
    n_shipped = len(rows_of(REFERENCE / "targets.csv"))
    assert asked(own, "SELECT count(*) FROM target") == [(n_shipped + 1,)]


def test_a_store_of_an_older_layout_gets_the_new_columns_and_keeps_what_people_loaded(
    own: Store,
) -> None:
    """As an older version left it: columns unknown, a table we no longer have, another checksum."""
    with own.write() as connection:
        connection.execute(
            "UPDATE figure SET score = 40.25, batch_id = 'loaded'"
            " WHERE unit_id = ? AND component_id = ? AND edition = ?",
            list(KON_TUM),
        )
    with own.write() as connection:
        connection.execute("ALTER TABLE target DROP COLUMN note")
        connection.execute("ALTER TABLE figure DROP COLUMN note")
        connection.execute("ALTER TABLE figure ADD COLUMN forgotten VARCHAR")
        connection.execute("CREATE TABLE diary (day DATE, words VARCHAR)")
        connection.execute("INSERT INTO diary VALUES ('2023-03-02', '517')")
        connection.execute("DELETE FROM meta WHERE key LIKE '%digest'")
        connection.execute("INSERT INTO meta VALUES ('motto', 'kept')")
        connection.execute("DROP TABLE audit")
    before = own.version()
    assert ensure(own)
    (kept,) = backups.backups(own.folder / BACKUPS)
    assert backups.verify(kept).version == before
    assert figure(own) == [(40.25, "loaded")]
    assert asked(own, "SELECT words FROM diary") == [("517",)]
    assert asked(own, "SELECT value FROM meta WHERE key = 'motto'") == [("kept",)]
    assert "note" in queries.figures("papi", of=own).columns
    n_shipped = sum(len(rows_of(path)) for path in (REFERENCE / "rankings").glob("*/*.csv"))
    assert asked(own, "SELECT count(*) FROM figure") == [(n_shipped,)]
    assert asked(
        own, "SELECT count(*) FROM duckdb_constraints() WHERE table_name = 'figure'"
        " AND constraint_type = 'PRIMARY KEY'"
    ) == [(1,)]  # fmt: skip
    assert asked(own, "SELECT * FROM duckdb_tables() WHERE table_name LIKE 'kept%'") == []
    assert not ensure(own)


@pytest.mark.slow
def test_rebuilding_again_and_again_does_not_swell_the_file(own: Store, reference: Path) -> None:
    first = (own.folder / own.version()).stat().st_size
    for score in ("1", "2", "3", "4"):
        set_score(reference, score)
        assert ensure(own, reference)
    # Room for the rows before and the rows after, whatever the number of rebuilds.
    assert (own.folder / own.version()).stat().st_size < 3 * first


def test_a_shipped_row_that_is_no_number_is_named_and_the_store_stays(
    own: Store, reference: Path
) -> None:
    before = own.version()
    set_score(reference, "năm mươi")
    with pytest.raises(StoreError, match="không hợp lệ ở bảng figure"):
        ensure(own, reference)
    assert own.version() == before


def test_a_shipped_row_that_breaks_a_rule_is_named_and_the_store_stays(
    own: Store, reference: Path
) -> None:
    before = own.version()
    with (reference / "units.csv").open("a", encoding="utf-8") as file:
        file.write((REFERENCE / "units.csv").read_text(encoding="utf-8").splitlines()[1] + "\n")
    with pytest.raises(StoreError, match="không hợp lệ ở bảng unit"):
        ensure(own, reference)
    assert own.version() == before


@pytest.mark.parametrize("name", ["units.csv", "targets.csv", "sources.yml"])
def test_a_shipped_file_that_is_gone_is_said_in_one_sentence(
    own: Store, reference: Path, name: str
) -> None:
    (reference / name).unlink()
    with pytest.raises(StoreError, match=f"Không đọc được số liệu kèm theo.*{name}"):
        ensure(own, reference)


@pytest.mark.parametrize(
    ("name", "text"),
    [("sources.yml", "a: [1"), ("units.csv", 'unit_id,name\n"a'), ("units.csv", "")],
)
def test_a_shipped_file_that_cannot_be_read_is_said_in_one_sentence(
    own: Store, reference: Path, name: str, text: str
) -> None:
    (reference / name).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError) as said:
        ensure(own, reference)
    assert str(said.value).startswith("Không đọc được số liệu kèm theo")
