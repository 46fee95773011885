"""Makes small workbooks in every format the intake reads, and the figures that fill them.

Layouts are those of the publishers; figures are invented and add up.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import xlsxwriter

from data.indices import Catalogue, load_catalogue
from data.intake.checks import Context, judge, nothing_held
from data.intake.layout import tables
from data.intake.meaning import Choices, understand
from data.intake.model import CellFault, Proposal
from data.intake.read import read_cells
from data.units import UnitRegister

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"

Row = Sequence[Any]
Rows = Sequence[Row]


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue(REFERENCE / "indices")


@cache
def units() -> UnitRegister:
    """The shipped register of provinces."""
    return UnitRegister.load(REFERENCE)


@cache
def names(geography: str = "vn63", edition: int = 2018) -> tuple[str, ...]:
    """The provinces of a geography in a year, in the register's order."""
    return tuple(
        unit.name_vi
        for unit in units().units_of(geography)
        if unit.valid_to is None or unit.valid_to.year >= edition
    )


# ----------------------------------------------------------------------------- formats


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    merges: Mapping[str, Sequence[str]] | None = None,
    hidden: Sequence[str] = (),
    percents: Sequence[tuple[int, int]] = (),
    formulas: Mapping[str, Mapping[str, tuple[str, Any]]] | None = None,
) -> bytes:
    """An .xlsx; merges are "A1:C1", percents are places shown with a % format."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    percent = book.add_format({"num_format": "0.00%"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                style = percent if (row, column) in percents else None
                _put(sheet, row, column, value, day if hasattr(value, "isoformat") else style)
        for area in (merges or {}).get(title, ()):
            row, column = xlsxwriter.utility.xl_cell_to_rowcol(area.partition(":")[0])
            sheet.merge_range(area, rows[row][column] if column < len(rows[row]) else "")
        for cell, (formula, value) in (formulas or {}).get(title, {}).items():
            sheet.write_formula(cell, formula, None, value)
        if title in hidden:
            sheet.hide()
    if hidden:
        visible = next(s for s in book.worksheets() if s.get_name() not in hidden)
        visible.activate()
        visible.set_first_sheet()
    book.close()
    return target.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value, style)


def edited(content: bytes, edits: Mapping[str, Any], *, packed: bool = True) -> bytes:
    """An archive with parts replaced: bytes, or a function from old bytes to new ones."""
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method) as archive:
        seen = set()
        for info in source.infolist():
            old = source.read(info)
            new = edits.get(info.filename, old)
            archive.writestr(info.filename, new(old) if callable(new) else new)
            seen.add(info.filename)
        for part, new in edits.items():
            if part not in seen:
                archive.writestr(part, new(b"") if callable(new) else new)
    return target.getvalue()


def csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A delimited text; cp1258 is written with its combining tone marks."""
    lines = []
    for row in rows:
        fields = []
        for value in row:
            text = "" if value is None else str(value)
            quoted = delimiter in text or '"' in text or "\n" in text
            fields.append('"' + text.replace('"', '""') + '"' if quoted else text)
        lines.append(delimiter.join(fields))
    text = "\r\n".join(lines) + "\r\n"
    return combining(text).encode("cp1258") if encoding == "cp1258" else text.encode(encoding)


def combining(text: str) -> str:
    """Vietnamese as Windows-1258 writes it: â, ê, ơ whole, the five tones as marks of their own."""
    import unicodedata

    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    written = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = [mark for mark in parts if mark in tones]
        base = unicodedata.normalize("NFC", "".join(m for m in parts if m not in tones))
        written.append(base + "".join(tone))
    return "".join(written)


def ods(sheets: Mapping[str, Rows], *, tail: str = "") -> bytes:
    """An OpenDocument spreadsheet; `tail` is XML put after the rows of each table."""
    body = []
    for title, rows in sheets.items():
        lines = []
        for row in rows:
            cells = []
            for value in row:
                if value is None or value == "":
                    cells.append("<table:table-cell/>")
                elif isinstance(value, str):
                    cells.append(
                        '<table:table-cell office:value-type="string">'
                        f"<text:p>{escape(value)}</text:p></table:table-cell>"
                    )
                else:
                    cells.append(
                        f'<table:table-cell office:value-type="float" office:value="{value}">'
                        f"<text:p>{value}</text:p></table:table-cell>"
                    )
            lines.append("<table:table-row>" + "".join(cells) + "</table:table-row>")
        body.append(
            f'<table:table table:name="{escape(title)}">{"".join(lines)}{tail}</table:table>'
        )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
        f"<office:body><office:spreadsheet>{''.join(body)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        "</manifest:manifest>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mime, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def xls(sheets: Mapping[str, Rows], *, password: bool = False) -> bytes:
    """A legacy .xls (BIFF8 in a compound file)."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    end = record(0x000A, b"")
    streams = []
    for rows in sheets.values():
        cells = []
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is None or value == "":
                    continue
                place = struct.pack("<HHH", row, column, 0)
                if isinstance(value, str):
                    text = value.encode("utf-16-le")
                    cells.append(record(0x0204, place + struct.pack("<HB", len(value), 1) + text))
                else:
                    cells.append(record(0x0203, place + struct.pack("<d", float(value))))
        n_rows = len(rows)
        n_columns = max((len(values) for values in rows), default=0)
        size = record(0x0200, struct.pack("<IIHHH", 0, n_rows, 0, n_columns, 0))
        streams.append(begin(0x0010) + size + b"".join(cells) + end)
    head = begin(0x0005) + record(0x0042, struct.pack("<H", 1200))
    if password:
        head += record(0x002F, struct.pack("<HHHHH", 1, 1, 1, 0, 0))
    names_length = sum(4 + 8 + 2 * len(title) for title in sheets)
    offset = len(head) + names_length + len(end)
    bound = b""
    for title, stream in zip(sheets, streams, strict=True):
        text = title.encode("utf-16-le")
        bound += record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(title), 1) + text)
        offset += len(stream)
    return compound({"Workbook": head + bound + end + b"".join(streams)})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE) of whole-sector streams."""
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    sectors: list[bytes] = []
    fat: list[int] = []
    starts = {}
    for title, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\x00")
        starts[title] = (len(sectors), len(padded))
        parts = [padded[at : at + 512] for at in range(0, len(padded), 512)]
        for position, part in enumerate(parts):
            sectors.append(part)
            fat.append(len(sectors) if position < len(parts) - 1 else end)
    entries = [("Root Entry", 5, end, 0, 1)]
    for title, (start, size) in starts.items():
        entries.append((title, 2, start, size, free))
    directory = b""
    for title, kind, start, size, child in entries:
        text = title.encode("utf-16-le") + b"\x00\x00"
        directory += text.ljust(64, b"\x00") + struct.pack("<HBB", len(text), kind, 1)
        directory += struct.pack("<III", free, free, child if kind == 5 else free)
        directory += b"\x00" * 36 + struct.pack("<IQ", start, size)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\x00")
    first_directory = len(sectors)
    count = len(directory) // 512
    for position in range(count):
        sectors.append(directory[position * 512 : position * 512 + 512])
        fat.append(len(sectors) if position < count - 1 else end)
    n_fat = 1
    while (len(fat) + n_fat) * 4 > n_fat * 512:
        n_fat += 1
    first_fat = len(sectors)
    fat += [fat_mark] * n_fat
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(n_fat * 512, b"\xff")
    sectors += [table[at : at + 512] for at in range(0, len(table), 512)]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<III", 0, n_fat, first_directory) + struct.pack("<II", 0, 4096)
    header += struct.pack("<IIII", end, 0, end, 0)
    places = [first_fat + one for one in range(n_fat)] + [free] * (109 - n_fat)
    return header + struct.pack("<109I", *places) + b"".join(sectors)


def _variable(value: int) -> bytes:
    out = b""
    while True:
        part = value & 0x7F
        value >>= 7
        out += bytes([part | (0x80 if value else 0)])
        if not value:
            return out


def _record(number: int, body: bytes = b"") -> bytes:
    return _variable(number) + _variable(len(body)) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary_sheet(rows: Rows, last: tuple[int, int]) -> bytes:
    body = _record(129) + _record(148, struct.pack("<IIII", 0, last[0], 0, last[1]))
    body += _record(145)
    for row, values in enumerate(rows):
        body += _record(0, struct.pack("<I", row) + b"\x00" * 13)
        for column, value in enumerate(values):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str) and value:
                body += _record(6, place + _wide(value))
            elif isinstance(value, (int, float)):
                body += _record(5, place + struct.pack("<d", float(value)))
    return body + _record(146) + _record(130)


def xlsb(sheets: Mapping[str, Rows], *, far: tuple[int, int] | None = None) -> bytes:
    """A binary workbook; `far` declares a dimension that reaches so far."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    target = io.BytesIO()
    relations, bundles = "", b""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for position, (title, rows) in enumerate(sheets.items(), start=1):
            part = f"worksheets/sheet{position}.bin"
            relations += (
                f'<Relationship Id="rId{position}" Type="{office}/worksheet" Target="{part}"/>'
            )
            bundles += _record(
                156, struct.pack("<II", 0, position) + _wide(f"rId{position}") + _wide(title)
            )
            last = far or (len(rows) - 1, max(len(row) for row in rows) - 1)
            archive.writestr(f"xl/{part}", _binary_sheet(rows, last))
        archive.writestr(
            "xl/workbook.bin",
            _record(131) + _record(143) + bundles + _record(144) + _record(132),
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">{relations}'
            "</Relationships>",
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{package}/content-types"/>',
        )
    return target.getvalue()


# ----------------------------------------------------------------------------- figures


def pci_score(position: int, component: int) -> float:
    """An invented sub-index score of a unit: between 4 and 9, four decimals, all different."""
    return round(4 + ((position * 37 + component * 61) % 97) / 20 + position / 1000, 4)


PCI_WEIGHTS = (0.5, 0.5, 2.0, 0.5, 1.0, 0.5, 0.5, 2.0, 2.0, 0.5)
PCI_HEADS = (
    "Gia nhập thị trường",
    "Tiếp cận đất đai",
    "Tính minh bạch",
    "Chi phí thời gian",
    "Chi phí không chính thức",
    "Cạnh tranh bình đẳng",
    "Tính năng động",
    "Dịch vụ hỗ trợ doanh nghiệp",
    "Đào tạo lao động",
    "Thiết chế pháp lý",
)
PCI_IDS = (
    "pci.entry_costs",
    "pci.land_access",
    "pci.transparency",
    "pci.time_costs",
    "pci.informal_charges",
    "pci.policy_bias",
    "pci.proactivity",
    "pci.business_support_services",
    "pci.labor_training",
    "pci.legal_institutions",
)


def pci_figures() -> dict[str, dict[str, float]]:
    """Unit name to component to score, of an invented PCI 2015 whose totals fit the weights."""
    found = {}
    for position, name in enumerate(names()):
        scores = [pci_score(position, component) for component in range(10)]
        total = sum(score * weight for score, weight in zip(scores, PCI_WEIGHTS, strict=True))
        found[name] = dict(zip(PCI_IDS, scores, strict=True)) | {"pci": round(total, 4)}
    return found


def pci_ranks(component: str) -> dict[str, int]:
    """Unit name to rank of the invented PCI 2015, ties sharing the best place."""
    scores = {name: own[component] for name, own in pci_figures().items()}
    return {
        name: 1 + sum(other > score for other in scores.values()) for name, score in scores.items()
    }


def pci_table() -> list[list[Any]]:
    """The plain table: one header row, total with rank, then the ten sub-indices."""
    ranks = pci_ranks("pci")
    rows: list[list[Any]] = [["STT", "Tỉnh", "PCI 2015", "Xếp hạng", *PCI_HEADS]]
    for position, (name, own) in enumerate(pci_figures().items(), start=1):
        rows.append([position, name, own["pci"], ranks[name], *(own[one] for one in PCI_IDS)])
    return rows


# ---------------------------------------------------------------------------- pipeline


def proposed(
    content: bytes, name: str, *, choices: Choices | None = None, **options: Any
) -> Proposal:
    """What the intake understands of a file."""
    book = read_cells(content, name)
    return understand(
        tables(book, units()),
        catalogue(),
        units(),
        name,
        choices=choices,
        workbook=book,
        **options,
    )


def judged(
    content: bytes, name: str, *, choices: Choices | None = None, **context: Any
) -> list[CellFault]:
    """What the intake finds wrong with a file."""
    return judge(proposed(content, name, choices=choices), context_of(**context))


@cache
def weights() -> pd.DataFrame:
    """The shipped weights."""
    return pd.read_csv(REFERENCE / "weights.csv")


def context_of(held: pd.DataFrame | None = None) -> Context:
    """What files are judged against: the shipped catalogue, and an empty store by default."""
    return Context(catalogue(), units(), nothing_held() if held is None else held, weights())


def scores(proposal: Proposal) -> dict[tuple[str, str], float | None]:
    """Unit id and component to score, missing as None."""
    rows = proposal.rows
    return {
        (str(unit), str(component)): None if score != score else float(score)
        for unit, component, score in zip(
            rows["unit_id"], rows["component_id"], rows["score"], strict=True
        )
    }
