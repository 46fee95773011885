"""The command line as an analyst or a nightly job loads with it: exit codes, previews, undo."""

from __future__ import annotations

import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import manage
from data.build import REFERENCE
from data.indices import load_catalogue
from data.intake.template import workbook
from data.store import Store
from data.units import UnitRegister
from tests.stores import ship

WORKBOOKS = os.environ.get("WORKBOOKS", "")
PUBLISHED = {
    "PAPI 2011 vie.xlsx": ("papi", [2011]),
    "PAPI 2011-2018.xlsx": ("papi", list(range(2011, 2019))),
    "PAPI 2014 vie.xlsx": ("papi", [2014]),
    "PAPI 2017 eng.xlsx": ("papi", [2017]),
    "PAPI 2018 FULL vie.xlsx": ("papi", [2018]),
    "PCI 2005.xls": ("pci", [2005]),
    "PCI 2013.xlsx": ("pci", [2013]),
    "PCI 2018.xlsx": ("pci", [2018]),
}
HEADER_ROWS = 5


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with the catalogue and no figures, the one `manage.py build` makes when asked to."""
    store = Store(tmp_path / "store")
    ship(store, with_figures=False)
    monkeypatch.setenv("RANKINGS_STORE", str(store.folder))
    return store


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, list(words))


@cache
def template(edition: int) -> bytes:
    """Our own template for PAPI, made once: it is the same for every test."""
    return workbook(
        "papi", edition, load_catalogue(REFERENCE / "indices"), UnitRegister.load(REFERENCE)
    )


def filled(tmp_path: Path, *, score: float = 40.0, edition: int = 2022) -> Path:
    """Our own template for PAPI with a total for every unit; one score may be nonsense."""
    book = openpyxl.load_workbook(io.BytesIO(template(edition)))
    sheet = book.worksheets[0]
    total = next(
        cell.column
        for row in sheet.iter_rows(max_row=HEADER_ROWS)
        for cell in row
        if "tổng 8" in str(cell.value).casefold()
    )
    rows = [row for row in range(HEADER_ROWS + 1, sheet.max_row + 1) if sheet.cell(row, 1).value]
    for at, row in enumerate(rows):
        sheet.cell(row, total).value = score if at == 0 else 30 + at / 10
    path = tmp_path / f"papi-{edition}.xlsx"
    book.save(path)
    return path


def figures(store: Store, index_id: str, edition: int) -> pd.DataFrame:
    cursor = store.cursor()
    return cursor.execute(
        "SELECT unit_id, component_id, score, rank, state FROM figure "
        "WHERE index_id = $i AND edition = $e",
        {"i": index_id, "e": edition},
    ).df()


def test_a_clean_file_loads_with_consent_and_answers_zero(bare: Store, tmp_path: Path) -> None:
    path = filled(tmp_path)
    said = run("load", str(path), "--yes", "--author", "An", "--source", "Báo cáo PAPI 2022")
    assert said.exit_code == 0, said.output
    assert "Đã nạp, lần nạp B000001." in said.stdout
    assert len(figures(bare, "papi", 2022)) == 63
    listed = json.loads(run("batches", "--json").stdout)
    assert [(one["batch_id"], one["author"], one["n_added"]) for one in listed] == [
        ("B000001", "An", 63)
    ]


def test_without_consent_nothing_is_written_and_the_code_is_misuse(
    bare: Store, tmp_path: Path
) -> None:
    said = run("load", str(filled(tmp_path)))
    assert said.exit_code == 2
    assert "--yes" in said.stderr
    assert figures(bare, "papi", 2022).empty


def test_a_dry_run_previews_and_writes_nothing(bare: Store, tmp_path: Path) -> None:
    said = run("load", str(filled(tmp_path)), "--dry-run", "--json")
    assert said.exit_code == 0, said.output
    answer: dict[str, Any] = json.loads(said.stdout)
    assert (answer["index"], answer["editions"]) == ("papi", [2022])
    assert sum(one["n_added"] for one in answer["preview"]["counts"]) == 63
    assert len([row for row in answer["rows"] if row["score"] is not None]) == 63
    assert figures(bare, "papi", 2022).empty


def test_a_file_with_a_fault_answers_one_and_names_the_cell(bare: Store, tmp_path: Path) -> None:
    said = run("load", str(filled(tmp_path, score=400)), "--yes", "--json")
    assert said.exit_code == 1
    faults = json.loads(said.stdout)["faults"]
    errors = [fault for fault in faults if fault["severity"] == "error"]
    assert [fault["key"] for fault in errors] == ["score_outside_scale"]
    assert "400" in errors[0]["vi"]
    assert errors[0]["cell"][0].isalpha()
    assert figures(bare, "papi", 2022).empty


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["load", "không-có.xlsx"], "Không mở được tệp"),
        (["load", "{file}", "--index", "abc"], "Không có chỉ số “abc”"),
        (["load", "{file}", "--year", "20x2"], "Năm “20x2” không hợp lệ"),
        (["load", "{file}", "--source-date", "hôm qua"], "Ngày “hôm qua” không hợp lệ"),
        (["load", "{file}", "--publish-at", "mai"], "Thời điểm “mai” không hợp lệ"),
        (["load", "{empty}"], "rỗng"),
        (["undo", "B000077"], "B000077"),
        (["template", "--index", "xyz", "--year", "2025", "--out", "x.xlsx"], "“xyz”"),
    ],
)
def test_misuse_is_one_sentence_and_code_two(
    bare: Store, tmp_path: Path, words: list[str], sentence: str
) -> None:
    empty = tmp_path / "rong.xlsx"
    empty.write_bytes(b"")
    file = filled(tmp_path)
    said = run(*[word.format(file=file, empty=empty) for word in words])
    assert said.exit_code == 2, said.output
    assert sentence in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert "Traceback" not in said.output


def test_an_undo_takes_the_load_back_and_the_same_file_is_recognised(
    bare: Store, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    run("load", str(path), "--yes")
    again = run("load", str(path), "--yes")
    assert again.exit_code == 0
    assert "B000001" in again.stdout
    assert "không có gì để nạp" in again.stdout
    assert run("undo", "B000001", "--author", "Bình").exit_code == 0
    assert figures(bare, "papi", 2022).empty
    assert "đã hoàn tác bởi Bình" in run("batches").stdout


def test_figures_held_back_are_not_on_the_league_table_yet(bare: Store, tmp_path: Path) -> None:
    run("load", str(filled(tmp_path)), "--yes", "--publish-at", "2099-01-01T08:00")
    shown = json.loads(run("ranks", "--index", "papi", "--year", "2022", "--json").stdout)
    assert [row for row in shown if row["rank"] is not None] == []
    assert "chưa công khai đến 01/01/2099 08:00" in run("batches").stdout


def test_a_new_edition_of_34_units_brings_its_own_edition(bare: Store, tmp_path: Path) -> None:
    said = run("load", str(filled(tmp_path, edition=2025)), "--yes", "--source-date", "2026-04-15")
    assert said.exit_code == 0, said.output
    rows = json.loads(run("ranks", "--index", "papi", "--year", "2025", "--json").stdout)
    assert len(rows) == 34
    assert {row["n_ranked"] for row in rows} == {34}
    kon_tum = run("board", "--unit", "Kon Tum", "--year", "2025")
    assert kon_tum.exit_code == 2
    assert "Quảng Ngãi" in kon_tum.stderr


@pytest.mark.skipif(not WORKBOOKS, reason="WORKBOOKS names no folder of published workbooks")
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_workbook_loads_into_an_empty_store_and_equals_the_reference(
    bare: Store, name: str
) -> None:
    index_id, editions = PUBLISHED[name]
    said = run("load", str(Path(WORKBOOKS) / name), "--yes")
    assert said.exit_code == 0, said.output
    for edition in editions:
        shipped = pd.read_csv(REFERENCE / "rankings" / index_id / f"{edition}.csv")
        both = figures(bare, index_id, edition).merge(
            shipped, on=["unit_id", "component_id"], how="outer", suffixes=("", "_shipped"),
            validate="one_to_one", indicator=True,
        )  # fmt: skip
        both = both.loc[both["component_id"] != "papi.weighted_total"]
        # Nothing from footers, legends or lookup rows, and nothing left out.
        assert set(both["_merge"]) == {"both"}, both.loc[both["_merge"] != "both"]
        assert (both["score"].isna() == both["score_shipped"].isna()).all()
        printed = both.loc[both["component_id"] != index_id] if index_id == "papi" else both
        assert (printed["score"] - printed["score_shipped"]).abs().max() <= 1e-6
        # A total the workbook does not print is the sum of its parts; the publisher's own sum
        # was made in single precision.
        assert (both["score"] - both["score_shipped"]).abs().max() <= 5e-6
        withheld = both["state"] == "withheld"
        assert (withheld == (both["state_shipped"] == "withheld")).all()
