"""No reader is given a file that could harm it, and each refusal has its own sentence."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from data.intake.inspect import inspect_file
from data.intake.model import FileRefused, Limits
from tests.workbooks import builders as build

TABLE = [["Tỉnh", "Điểm"], ["Hà Nội", 60.5], ["Hải Phòng", 61.25]]
SHEET = "xl/worksheets/sheet1.xml"


def plain() -> bytes:
    return build.xlsx({"A": TABLE})


def swapped(part: str, old: str, new: str) -> bytes:
    def edit(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return build.edited(plain(), {part: edit})


def far_cell() -> bytes:
    return swapped(SHEET, 'r="B3"', 'r="XFD1048576"')


def lying_bomb() -> bytes:
    """A part that declares 1,000 bytes and unpacks to ten million."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 10_000_000)
    content = bytearray(target.getvalue())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def many_sheets() -> bytes:
    return build.xlsx({f"Trang {number}": [["x"]] for number in range(101)})


def twice_the_same_part() -> bytes:
    target = io.BytesIO(plain())
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    return target.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(plain())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark)
        content[at + offset] |= 1
    return bytes(content)


def zipped(part: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(part, content)
    return target.getvalue()


def encrypted_ods() -> bytes:
    manifest = b"<manifest><encryption-data/></manifest>"
    return build.edited(build.ods({"A": TABLE}), {"META-INF/manifest.xml": manifest})


def far_ods() -> bytes:
    tail = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'office:value-type="float" office:value="1"/></table:table-row>'
    )
    return build.ods({"A": TABLE}, tail=tail)


ENTITY = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet'

REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("an empty file", lambda: b"", "a.xlsx", "file_empty"),
    ("a file of blanks", lambda: b"\r\n  \r\n", "a.csv", "file_empty"),
    ("a far cell in 6 KB", far_cell, "a.xlsx", "file_far_cell"),
    (
        "a far declared dimension",
        lambda: swapped(SHEET, 'ref="A1:B3"', 'ref="A1:XFD1048576"'),
        "a.xlsx",
        "file_far_cell",
    ),
    ("a far row number", lambda: swapped(SHEET, 'r="B3"', 'r="B99999"'), "a.xlsx", "file_far_cell"),
    ("a cell at no place", lambda: swapped(SHEET, 'r="B3"', 'r="33"'), "a.xlsx", "file_damaged"),
    ("a far cell in .ods", far_ods, "a.ods", "file_far_cell"),
    (
        "a far dimension in .xlsb",
        lambda: build.xlsb({"A": TABLE}, far=(1_048_575, 16_383)),
        "a.xlsb",
        "file_far_cell",
    ),
    (
        "a far row in .xls",
        lambda: build.xls({"A": [*TABLE, *[[None]] * 30_000, ["x"]]}),
        "a.xls",
        "file_far_cell",
    ),
    (
        "a bomb by ratio",
        lambda: build.edited(plain(), {"xl/media/a.bin": b"\0" * 30_000_000}),
        "a.xlsx",
        "file_ratio",
    ),
    (
        "a bomb by size",
        lambda: build.edited(plain(), {f"xl/{n}.bin": b"\0" * 40_000_000 for n in range(4)}),
        "a.xlsx",
        "file_unpacks_too_large",
    ),
    ("a bomb that lies about its size", lying_bomb, "a.xlsx", "file_unpacks_too_large"),
    ("too many sheets", many_sheets, "a.xlsx", "file_too_many_sheets"),
    (
        "entities in a sheet",
        lambda: swapped(SHEET, "<worksheet", ENTITY),
        "a.xlsx",
        "file_entities",
    ),
    (
        "entities in the shared texts",
        lambda: swapped("xl/sharedStrings.xml", "<sst", ENTITY.replace("worksheet", "sst")),
        "a.xlsx",
        "file_entities",
    ),
    (
        "entities in .ods",
        lambda: build.edited(
            build.ods({"A": TABLE}),
            {
                "content.xml": lambda old: old.replace(
                    b"<office:document-content",
                    b'<!DOCTYPE x [<!ENTITY a "b">]><office:document-content',
                )
            },
        ),
        "a.ods",
        "file_entities",
    ),
    (
        "XML that is not well formed",
        lambda: swapped(SHEET, "</row>", "</rov>"),
        "a.xlsx",
        "file_damaged",
    ),
    ("an archive with one part twice", twice_the_same_part, "a.xlsx", "file_damaged"),
    (
        "a password on .xlsx",
        lambda: build.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}),
        "a.xlsx",
        "file_password",
    ),
    (
        "a password on .xls",
        lambda: build.xls({"A": TABLE}, password=True),
        "a.xls",
        "file_password",
    ),
    ("a password on .ods", encrypted_ods, "a.ods", "file_password"),
    ("a password on the archive", encrypted_zip, "a.xlsx", "file_password"),
    ("half an .xlsx", lambda: plain()[:3000], "a.xlsx", "file_truncated"),
    ("half an .xls", lambda: build.xls({"A": TABLE})[:2000], "a.xls", "file_truncated"),
    ("a PDF", lambda: b"%PDF-1.7 ...", "a.xlsx", "file_not_spreadsheet"),
    ("a picture", lambda: b"\x89PNG\r\n\x1a\n....", "a.xlsx", "file_not_spreadsheet"),
    ("a Word file", lambda: zipped("word/document.xml", b"<w/>"), "a.xlsx", "file_not_spreadsheet"),
    (
        "an old Word file",
        lambda: build.compound({"WordDocument": b"x"}),
        "a.xls",
        "file_not_spreadsheet",
    ),
    ("any other archive", lambda: zipped("a.txt", b"x"), "a.xlsx", "file_not_spreadsheet"),
    (
        "a web page named .xls",
        lambda: bytes("<html><body><table><tr><td>Hà Nội</td></tr></table>", "utf-8"),
        "bao cao.xls",
        "file_html",
    ),
    (
        "an XML workbook of 2003",
        lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "a.xls",
        "file_xml2003",
    ),
    ("a text named .xlsx", lambda: build.csv(TABLE), "a.xlsx", "file_renamed_text"),
    ("noise named .csv", lambda: bytes(range(256)) * 4, "a.csv", "file_encoding"),
    (
        "too many columns",
        lambda: build.csv([["x"] * 2001]),
        "a.csv",
        "file_too_many_columns",
    ),
    ("too many rows", lambda: b"x,y\n" * 20_001, "a.csv", "file_too_many_rows"),
    (
        "a workbook without a sheet",
        lambda: build.edited(plain(), {"xl/workbook.xml": b"<workbook/>"}),
        "a.xlsx",
        "file_no_sheet",
    ),
]


@pytest.mark.parametrize(
    ("make", "name", "key"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_no_reader_should_be_given_is_refused_by_name(
    make: Callable[[], bytes], name: str, key: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        inspect_file(make(), name)
    assert refused.value.key == key


def test_the_far_cell_is_refused_within_little_memory() -> None:
    content = far_cell()
    assert len(content) < 8_000
    tracemalloc.start()
    with pytest.raises(FileRefused):
        inspect_file(content, "a.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        (Limits(file_bytes=100), "file_too_large"),
        (Limits(cells=5), "file_too_many_cells"),
        (Limits(area=5), "file_area"),
        (Limits(parts=3), "file_too_many_parts"),
    ],
)
def test_each_limit_stops_a_file_just_beyond_it(limits: Limits, key: str) -> None:
    with pytest.raises(FileRefused) as refused:
        inspect_file(plain(), "a.xlsx", limits=limits)
    assert refused.value.key == key


def test_formatting_out_to_column_amj_is_no_reason_to_refuse() -> None:
    stray = swapped(SHEET, "</row></sheetData>", '<c r="AMJ3" s="0"/></row></sheetData>')
    facts = inspect_file(stray, "a.xlsx")
    assert facts.sheets[0].n_columns == 2


def test_macros_and_links_are_noted_and_ignored() -> None:
    content = build.edited(
        plain(), {"xl/vbaProject.bin": b"\0" * 10, "xl/externalLinks/externalLink1.xml": b"<e/>"}
    )
    facts = inspect_file(content, "a.xlsm")
    assert facts.kind == "xlsm"
    assert set(facts.notes) == {"macros_ignored", "external_links_ignored"}


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda rows: build.xlsx({"A": rows}), "xlsx"),
        (lambda rows: build.xls({"A": rows}), "xls"),
        (lambda rows: build.xlsb({"A": rows}), "xlsb"),
        (lambda rows: build.ods({"A": rows}), "ods"),
    ],
)
def test_content_and_not_the_name_tells_the_kind(make: Callable[[Any], bytes], kind: str) -> None:
    facts = inspect_file(make(TABLE), "bao cao.dat")
    assert facts.kind == kind
    assert "renamed" in facts.notes


def test_a_missing_file_is_one_sentence_and_no_trace(tmp_path: Any) -> None:
    with pytest.raises(FileRefused) as refused:
        inspect_file(tmp_path / "không có.xlsx")
    assert refused.value.key == "file_missing"
