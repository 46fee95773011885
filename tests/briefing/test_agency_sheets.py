"""Pages of the agencies and the table of kinds: one page each, all in one file, nothing asked."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx as word
import pytest

import locales
from briefing import content
from briefing.documents import agency_sheets, pack
from tests.briefing.cards import AN_GIANG, KIEN_GIANG, KON_TUM, QUANG_NINH, card

COMBINATIONS = [(kind, one) for kind, formats in pack.FORMATS.items() for one in formats]
MAGIC = {"docx": b"PK", "pptx": b"PK", "xlsx": b"PK", "zip": b"PK", "pdf": b"%PDF"}


def test_every_agency_of_the_scorecard_has_its_page_in_the_archive() -> None:
    known = card(KON_TUM, 2023)
    seen: list[tuple[int, int, str]] = []
    made = agency_sheets.archive(known, "docx", progress=lambda *told: seen.append(told))
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert len(names) == len(known.agencies) == len(set(names)) > 10
    assert [done for done, _, _ in seen] == list(range(1, len(names) + 1))
    assert {total for _, total, _ in seen} == {len(names)}
    assert all(name.isascii() and " " not in name for name in names)


@pytest.mark.parametrize(("unit", "year"), [(KON_TUM, 2023), (KIEN_GIANG, 2022)])
def test_every_page_is_one_page(unit: str, year: int) -> None:
    n_pages = 0
    for name, made in agency_sheets.drawn(card(unit, year), "pdf"):
        assert b"/Type/Pages/Count 1/" in made, name
        n_pages += 1
    assert n_pages == len(card(unit, year).agencies) > 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
@pytest.mark.parametrize("lang", locales.LANGUAGES)
@pytest.mark.parametrize(("unit", "year"), [(KON_TUM, 2023), (KON_TUM, 2024), (KIEN_GIANG, 2022)])
def test_every_page_is_one_page_in_a_word_processor_too(
    unit: str, year: int, lang: str, tmp_path: Path
) -> None:
    locales.use(lang)
    try:
        for name, made in agency_sheets.drawn(card(unit, year), "docx"):
            (tmp_path / name).write_bytes(made)
    finally:
        locales.use("vi")
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    files = sorted(map(str, tmp_path.glob("*.docx")))
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *files],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    counts = {
        path.stem: len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))
        for path in tmp_path.glob("*.pdf")
    }
    assert len(counts) == len(files)
    assert set(counts.values()) == {1}, counts


def test_a_page_prints_the_targets_the_agency_leads_with_the_verdict_of_the_scorecard() -> None:
    known = card(KON_TUM, 2023)
    rows = known.table("T3")
    leads = [i for i, ids in enumerate(rows["agency_ids"]) if "ktm-ubnd-tinh" in ids.split(";")]
    pages = [page for _, page in agency_sheets.drawn(known, "docx")]
    made = dict(zip(known.agencies["agency_id"], pages, strict=True))
    file = word.Document(io.BytesIO(made["ktm-ubnd-tinh"]))
    said = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    verdicts = {locales.t(f"status.{rows['status'].iloc[i]}") for i in leads}
    assert verdicts <= {cell for row in said for cell in row}
    assert any("43/63" in cell for row in said for cell in row)


def test_counts_of_a_page_are_those_of_the_scorecard() -> None:
    known = card(KON_TUM, 2023)
    row = known.agencies.set_index("agency_id").loc["ktm-ubnd-tinh"]
    opening = "".join(
        run.text for run in agency_sheets.sheet(known, "ktm-ubnd-tinh").opening[0].runs
    )
    assert f"Chủ trì {row['n_targets']:02d} chỉ tiêu: {row['n_met']:02d} đạt" in opening


def test_an_agency_without_anything_has_no_page() -> None:
    with pytest.raises(KeyError):
        agency_sheets.sheet(card(KON_TUM, 2023), "nobody")


@pytest.mark.parametrize(("unit", "year"), [(AN_GIANG, 2024), (QUANG_NINH, 2023)])
def test_a_province_without_agencies_gets_a_sentence_and_not_an_empty_file(
    unit: str, year: int
) -> None:
    with pytest.raises(agency_sheets.NoAgencies, match=r"^Chưa có cơ quan nào [^.]*\.$"):
        agency_sheets.archive(card(unit, year), "pdf")


@pytest.mark.parametrize(
    ("name", "file"),
    [("Sở Nội vụ tỉnh Kon Tum", "so-noi-vu-tinh-kon-tum"), ("Đ../../x", "d-x"), ("…", "x")],
)
def test_a_name_becomes_a_file_name_anywhere(name: str, file: str) -> None:
    assert agency_sheets.file_name(name) == file


# ------------------------------------------------------------------------- kinds and formats


@pytest.mark.parametrize(("kind", "format_"), COMBINATIONS)
def test_every_kind_comes_out_without_a_browser_and_without_a_network(
    kind: str, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = card(KON_TUM, 2023, indices=content.INDICES.get(kind))

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a pack asked the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setenv("PATH", "")
    made = pack.make(kind, format_, shown)
    assert made.startswith(MAGIC[pack.ending(kind, format_)])
    assert pack.file_name(kind, format_, shown).endswith(
        f"kon-tum-2023.{pack.ending(kind, format_)}"
    )


@pytest.mark.parametrize("kind", list(pack.FORMATS))
def test_a_combination_that_makes_no_sense_is_refused_naming_those_that_do(kind: str) -> None:
    for format_ in {"docx", "pptx", "xlsx", "pdf"} - set(pack.FORMATS[kind]):
        with pytest.raises(pack.NoSuchPack) as refused:
            pack.make(kind, format_, card(KON_TUM, 2023))
        assert ", ".join(pack.FORMATS[kind]) in str(refused.value)


def test_an_unknown_kind_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(pack.NoSuchPack, match="par-sipas, papi, leader"):
        pack.demand("poem", "docx")


def test_a_pack_in_english_leaves_the_language_in_use_as_it_was() -> None:
    made = pack.make("leader", "docx", card(KON_TUM, 2023), lang="en")
    assert locales.language() == "vi"
    said = " ".join(one.text for one in word.Document(io.BytesIO(made)).paragraphs)
    assert "SUBMISSION" in said
    assert "Kính trình" not in said


def test_a_report_has_pictures_of_the_indices_that_have_figures() -> None:
    found = pack.pictures(card(KON_TUM, 2023))
    assert set(found) >= {"history-papi", "components-papi", "history-par_index"}
    assert "components-sipas" not in found
    assert all(one.startswith(b"\x89PNG") for one in found.values())
