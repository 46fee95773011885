"""No document and no file of a chart gives a unit of the 34 a place that reads like published.

Packs are read back from the bytes a reader gets. The invented edition is TEST DATA.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Inches
from streamlit.testing.v1 import AppTest

from analytics.board import Knowledge, knowledge
from analytics.scorecard import Scorecard, scorecard
from briefing.documents import pack
from data import packs, queries
from data.store import Store
from locales import LANGUAGES
from tests.briefing.cards import shipped
from tests.new_edition import EDITION, loaded_store, place_of
from tests.official_look import file_passages, published_places, told
from ui import download

OpenPage = Callable[..., AppTest]
AS_OF = date(2026, 11, 21)
UNITS = ("vn34-quang-ngai", "vn34-ho-chi-minh", "vn34-hue")
needs_reader = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)
EVERY = [
    (kind, format_, lang, unit)
    for kind, formats in pack.FORMATS.items()
    # Nobody answers for anything there yet; that is said in one sentence and no file.
    if kind != pack.AGENCIES
    for format_ in formats
    for lang in LANGUAGES
    for unit in UNITS
]
# One pack of every form for a merged unit, and the words of every written kind; the rest is slow.
SAMPLE = [
    ("leader", "docx", "vi", "vn34-quang-ngai"), ("slides", "pptx", "vi", "vn34-quang-ngai"),
    ("annex", "xlsx", "en", "vn34-ho-chi-minh"), ("papi", "pdf", "vi", "vn34-ho-chi-minh"),
    ("special", "docx", "en", "vn34-quang-ngai"),
]  # fmt: skip
CASES = [
    *SAMPLE,
    *(pytest.param(*one, marks=pytest.mark.slow) for one in EVERY if one not in SAMPLE),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Knowledge]:
    """The shipped figures with the invented edition on top."""
    held = Store(loaded_store(tmp_path_factory.mktemp("loaded_files")))
    return held, knowledge(queries.tables(of=held))


def card(of: tuple[Store, Knowledge], unit: str) -> Scorecard:
    held, known = of
    return scorecard(
        known, unit_id=unit, edition=EDITION, baseline=2022, as_of=AS_OF,
        sources=packs.sources(held),
    )  # fmt: skip


def texts_of(kind: str, format_: str, lang: str, shown: Scorecard, folder: Path) -> list[str]:
    made = pack.make(kind, format_, shown, lang=lang)
    return file_passages(pack.file_name(kind, format_, shown), made, folder)


@needs_reader
@pytest.mark.parametrize(("kind", "format_", "lang", "unit"), CASES)
def test_before_any_edition_of_the_34_no_pack_has_a_place_among_them(
    kind: str, format_: str, lang: str, unit: str, tmp_path: Path
) -> None:
    texts = texts_of(kind, format_, lang, card(shipped(), unit), tmp_path)
    assert any("2025" in text for text in texts)
    assert told(texts) == []


@needs_reader
@pytest.mark.parametrize(("kind", "format_", "lang", "unit"), CASES)
def test_beside_a_loaded_edition_a_pack_prints_its_places_and_no_others(
    loaded: tuple[Store, Knowledge], kind: str, format_: str, lang: str, unit: str, tmp_path: Path
) -> None:
    texts = texts_of(kind, format_, lang, card(loaded, unit), tmp_path)
    assert told(texts, published_places(loaded[1])) == []
    if unit == "vn34-quang-ngai" and kind in ("leader", "special"):
        assert f"{place_of('Quảng Ngãi')}/34" in "\n".join(texts), "the published place is there"


def word_file(text: str) -> bytes:
    made, target = docx.Document(), io.BytesIO()
    made.add_table(1, 1).cell(0, 0).text = text
    made.save(target)
    return target.getvalue()


def deck_file(text: str) -> bytes:
    made, target = Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, Inches(3), Inches(1)).text_frame.text = text
    made.save(target)
    return target.getvalue()


def book_file(*rows: list[Any]) -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(target)
    return target.getvalue()


HEADS = ["Đơn vị", "Hạng", "Số đơn vị xếp hạng"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a.docx", word_file("Quảng Ngãi xếp hạng 21/34")),
        ("a.pptx", deck_file("Quảng Ngãi: hạng 21/34")),
        ("a.xlsx", book_file(["hạng 21/34"])),
        ("a.xlsx", book_file(HEADS, ["Quảng Ngãi", 21, 34])),
        ("a.csv", "\ufeffĐơn vị,Hạng,Số đơn vị xếp hạng\nQuảng Ngãi,21.0,33.0\n".encode()),
    ],
)
def test_what_looks_official_is_found_in_every_form_of_file(
    name: str, file: bytes, tmp_path: Path
) -> None:
    assert told(file_passages(name, file, tmp_path))
    assert not told(file_passages(name, file, tmp_path), {("Quảng Ngãi", 21)}) or "33" in str(file)


def test_a_row_that_says_it_is_an_estimate_passes(tmp_path: Path) -> None:
    file = book_file([*HEADS, "Ghi chú"], ["Quảng Ngãi", 21, 33, "Ước tính, tham khảo"])
    assert not told(file_passages("a.xlsx", file, tmp_path))


# ---------------------------------------------------------------------- files of the charts

# Pages that draw estimates when the 34 are asked for, and one that draws published places only.
DRAWN = ("trends", "compare", "map", "merger", "overview")


@pytest.mark.parametrize("name", DRAWN)
def test_the_files_of_a_chart_call_its_estimates_estimates(
    open_page: OpenPage, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn: list[tuple[Any, dict[str, Any]]] = []
    show = download.chart

    def recorded(figure: Any, **given: Any) -> None:
        drawn.append((figure, given))
        show(figure, **given)

    monkeypatch.setattr(download, "chart", recorded)
    app = open_page(
        name, unit="vn63-kon-tum", now="vn34-quang-ngai", index="papi", year="2024", base="2022",
        geo="estimated",
    )  # fmt: skip
    assert not app.exception
    assert drawn, "the page draws something"
    for figure, given in drawn:
        data = given.get("data")
        for kind in ("csv", "xlsx"):
            made = download.content(kind, figure, given["name"], data)
            texts = file_passages(f"a.{kind}", made, tmp_path)
            assert told(texts) == [], given["name"]
            if data is not None and "is_estimate" in data and data["is_estimate"].any():
                assert "ước tính" in "\n".join(texts).casefold(), given["name"]
