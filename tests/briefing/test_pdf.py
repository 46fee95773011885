"""PDF files read back: fonts embedded, the same bytes again, nothing typed can become code."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import locales
from briefing.content import Facts, report
from briefing.documents import form
from briefing.documents.pdf import FONTS, literal, render
from briefing.parts import Document, mark_text
from tests.briefing.cards import AN_GIANG, KON_TUM, QUANG_NINH, card
from tests.examples import examples

HEAD = form.Letterhead(office="SỞ NỘI VỤ", code="SNV", place="Kon Tum")
NASTY = '#set page(width: 1cm) $x^2$ *đậm* _nghiêng_ [ngoặc] `mã` "kép" \\ #panic("lỗi") // <a> @b'
needs_reader = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


def made(kind: str = "papi", facts: Facts | None = None, unit: str = KON_TUM) -> Document:
    indices = {"par-sipas": ("par_index", "sipas"), "papi": ("papi",)}.get(kind)
    return report(card(unit, 2023, indices), kind=kind, facts=facts)


def pdf(source: Document) -> bytes:
    return render(source, unit="tỉnh Kon Tum", letterhead=HEAD)


def words(file: bytes, folder: Path) -> str:
    """The text of a PDF in one line of single blanks."""
    path = folder / "read.pdf"
    path.write_bytes(file)
    found = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, text=True
    )
    return " ".join(found.stdout.split())


def n_pages(file: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file))


def test_fonts_are_embedded_and_none_is_borrowed_from_the_system() -> None:
    file = pdf(made())
    assert file.startswith(b"%PDF")
    assert file.count(b"/FontFile") >= 3
    names = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([A-Za-z]+)", file))
    assert names == {b"Tinos"}
    assert {path.name for path in FONTS.glob("Tinos-*.ttf")} == {
        "Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf",
    }  # fmt: skip
    assert "SIL OPEN FONT LICENSE" in (FONTS / "Tinos-OFL.txt").read_text()


def test_the_same_document_is_the_same_bytes() -> None:
    assert pdf(made()) == pdf(made())


def test_the_page_is_the_decrees() -> None:
    boxes = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf(made())))
    assert len(boxes) == 1
    width, height = (float(number) for number in boxes.pop().split()[2:])
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)


@pytest.mark.parametrize("unit", [KON_TUM, QUANG_NINH, AN_GIANG])
def test_the_leaders_document_is_exactly_one_page(unit: str) -> None:
    assert n_pages(pdf(made("leader", unit=unit))) == 1


@needs_reader
@pytest.mark.parametrize("kind", ["par-sipas", "papi", "leader"])
def test_every_figure_stands_in_the_file_with_its_mark(kind: str, tmp_path: Path) -> None:
    source = made(kind)
    text = words(pdf(source), tmp_path).replace(" ", "")
    marked = [run for run in source.runs() if run.marks]
    assert len(marked) > 10
    for run in marked:
        assert f"{run.text}{mark_text(run.marks)}".replace(" ", "") in text, run.text


@needs_reader
def test_what_people_type_is_printed_and_never_run(tmp_path: Path) -> None:
    plain = made("leader")
    typed = made("leader", facts=Facts(office=NASTY, author=NASTY, recipient=NASTY))
    head = form.Letterhead(office=NASTY, signer_name=NASTY, receivers=(NASTY,))
    file = render(typed, unit="tỉnh Kon Tum", letterhead=head)
    text = words(file, tmp_path).replace(" ", "")
    assert text.count(NASTY.replace(" ", "")) >= 3
    assert (
        re.findall(rb"/MediaBox\s*\[([^\]]*)\]", file)[0]
        == (re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf(plain))[0])
    )


@needs_reader
def test_vietnamese_letters_come_out_whole(tmp_path: Path) -> None:
    letters = "ắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵđĂÂĐÊÔƠƯ"
    text = words(pdf(made("leader", facts=Facts(office=letters))), tmp_path)
    assert letters in text


@settings(max_examples=examples(40), deadline=None)
@given(st.text(max_size=60))
def test_a_literal_never_ends_before_its_text_does(text: str) -> None:
    made = literal(text)
    assert made[0] == made[-1] == '"'
    inside = made[1:-1]
    assert not re.search(r'(?<!\\)(\\\\)*"', inside)
    assert "\n" not in inside
    assert not re.search(r"(?<!\\)(?:\\\\)*\\$", inside)


def test_no_browser_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert pdf(made("leader")).startswith(b"%PDF")
