"""Looks at a file before any reader does, and refuses what no reader should be given.

A 6 KB workbook with one cell at XFD1048576 makes a reader ask for gigabytes, and a small archive
can unpack to many. So sizes, ratios and cell positions are counted here by streaming, in bounded
memory, and the kind of file is told by its content, never by its name.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from data.intake import biff, csvtext
from data.intake.model import (
    DEFAULT_LIMITS,
    Area,
    FileFacts,
    FileRefused,
    Limits,
    SheetFacts,
    address,
    place,
)

CHUNK = 1 << 16
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# What a file that is not a spreadsheet begins with.
FOREIGN_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
)
EXTENSION_KINDS = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsm",
    ".xltx": "xlsx",
    ".xltm": "xlsm",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".xlt": "xls",
    ".ods": "ods",
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".tab": "csv",
}
# Built-in Excel formats 9 "0%" and 10 "0.00%" (ECMA-376 part 1, 18.8.30).
PERCENT_FORMATS = frozenset({9, 10})


def inspect_file(
    source: bytes | str | Path, name: str | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> FileFacts:
    """What a file is, found without opening it with a spreadsheet reader.

    Macros and links to other workbooks are noted and ignored; an extension that does not match
    the content is noted when the content can be read and refused when it cannot.

    Args:
        source: the bytes, or the path of the file.
        name: the name the file arrived under; taken from the path when absent.
        limits: how much is looked at before the file is refused.

    Raises:
        FileRefused: with one of the keys file_empty, file_too_large, file_unpacks_too_large,
            file_ratio, file_too_many_parts, file_too_many_sheets, file_too_many_rows,
            file_too_many_columns, file_too_many_cells, file_area, file_far_cell,
            file_entities, file_password, file_truncated, file_damaged, file_not_spreadsheet,
            file_html, file_xml2003, file_renamed_text, file_no_sheet, file_encoding.

    Source: docs/method/intake.md.
    """
    content, name = bytes_of(source, name, limits)
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise FileRefused("file_empty", name=name)
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(b"PK"):
        kind, notes, sheets = _inspect_archive(content, name, limits)
    elif content.startswith(OLE_MARK):
        kind, notes, sheets = _inspect_ole(content, name, limits)
    else:
        kind, notes, sheets = _inspect_text(content, name, limits)
    expected = EXTENSION_KINDS.get(_extension(name))
    if expected != kind and not {expected, kind} <= {"xlsx", "xlsm"}:
        notes = (*notes, "renamed")
    return FileFacts(name, kind, len(content), digest, notes, sheets)


def bytes_of(
    source: bytes | str | Path, name: str | None, limits: Limits = DEFAULT_LIMITS
) -> tuple[bytes, str]:
    """The content and the name of a file, refusing one that is too large before reading it.

    Raises:
        FileRefused: file_too_large or file_missing.
    """
    if isinstance(source, bytes):
        content, name = source, name or ""
    else:
        path = Path(source)
        name = name or path.name
        try:
            size = path.stat().st_size
            if size > limits.file_bytes:
                raise FileRefused("file_too_large", name=name, size=size, limit=limits.file_bytes)
            content = path.read_bytes()
        except OSError as error:
            raise FileRefused("file_missing", name=name) from error
    if len(content) > limits.file_bytes:
        raise FileRefused("file_too_large", name=name, size=len(content), limit=limits.file_bytes)
    return content, name


def _extension(name: str) -> str:
    return Path(name).suffix.lower()


# --------------------------------------------------------------------------- archives


def _inspect_archive(
    content: bytes, name: str, limits: Limits
) -> tuple[str, tuple[str, ...], tuple[SheetFacts, ...]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
        raise FileRefused("file_truncated", name=name) from error
    if len(parts) > limits.parts:
        raise FileRefused("file_too_many_parts", name=name, n=len(parts), limit=limits.parts)
    _check_sizes(parts, name, limits)
    by_name = {part.filename: part for part in parts}
    if len(by_name) != len(parts):
        raise FileRefused("file_damaged", name=name)
    package = _Package(content, by_name, name, limits)
    kind = _archive_kind(package)
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused("file_password", name=name)
    package.prove()
    notes = []
    if any(part.startswith("xl/externalLinks/") for part in by_name):
        notes.append("external_links_ignored")
    if any(part.endswith("vbaProject.bin") or part.startswith("Basic/") for part in by_name):
        notes.append("macros_ignored")
    if kind == "ods":
        sheets = _inspect_ods(package)
    elif kind == "xlsb":
        sheets = _inspect_xlsb(package)
    else:
        sheets = _inspect_xlsx(package)
    if not sheets:
        raise FileRefused("file_no_sheet", name=name)
    return kind, tuple(notes), sheets


def _check_sizes(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    total = sum(part.file_size for part in parts)
    if total > limits.unpacked_bytes:
        raise FileRefused(
            "file_unpacks_too_large", name=name, size=total, limit=limits.unpacked_bytes
        )
    for part in parts:
        if part.file_size <= limits.ratio_floor:
            continue
        ratio = part.file_size // max(part.compress_size, 1)
        if ratio > limits.ratio:
            raise FileRefused(
                "file_ratio", name=name, part=part.filename, ratio=ratio, limit=limits.ratio
            )


class _Package:
    """The parts of an archive, unpacked as a stream whose true length is watched."""

    def __init__(
        self, content: bytes, parts: dict[str, zipfile.ZipInfo], name: str, limits: Limits
    ) -> None:
        self.content = content
        self.parts = parts
        self.name = name
        self.limits = limits

    def has(self, part: str) -> bool:
        return part in self.parts

    def stream(self, part: str) -> Iterator[bytes]:
        """The bytes of a part in chunks; refuses a part longer than it declares.

        zipfile stops at the declared length without a word, other readers go on: a part that
        lies about its length is how a bomb passes a check of the directory.
        """
        info = self.parts[part]
        start = info.header_offset
        head = self.content[start : start + 30]
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise FileRefused("file_truncated", name=self.name)
        name_length, extra_length = struct.unpack("<HH", head[26:30])
        start += 30 + name_length + extra_length
        packed = self.content[start : start + info.compress_size]
        if len(packed) < info.compress_size:
            raise FileRefused("file_truncated", name=self.name)
        seen = 0
        checksum = 0
        for chunk in _inflate(packed, info.compress_type, self.name):
            seen += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if seen > info.file_size:
                raise FileRefused(
                    "file_unpacks_too_large",
                    name=self.name,
                    size=seen,
                    limit=info.file_size,
                )
            yield chunk
        if seen != info.file_size or checksum != info.CRC:
            raise FileRefused("file_damaged", name=self.name)

    def prove(self) -> None:
        """Unpacks every part once, so that a reader meets no part that lies or is damaged.

        XML parts are looked at up to their first element: a document type declaration, where
        entities are defined, can only stand before it.
        """
        for part, info in self.parts.items():
            if info.is_dir():
                continue
            prologue = _Prologue(self.name) if part.endswith((".xml", ".rels", ".vml")) else None
            for chunk in self.stream(part):
                if prologue is not None and not prologue.done:
                    prologue.feed(chunk)

    def read(self, part: str) -> bytes:
        return b"".join(self.stream(part))

    def parse(self, part: str, handler: _Handler) -> None:
        """Feeds a part to an XML handler.

        Raises:
            FileRefused: file_entities for a DTD, file_damaged for XML that is not well formed.
        """
        parser = _new_parser(self.name)
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.text
        try:
            for chunk in self.stream(part):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileRefused("file_damaged", name=self.name) from error


def _inflate(packed: bytes, method: int, name: str) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        for start in range(0, len(packed), CHUNK):
            yield packed[start : start + CHUNK]
        return
    if method != zipfile.ZIP_DEFLATED:
        raise FileRefused("file_damaged", name=name)
    machine = zlib.decompressobj(-15)
    waiting = packed
    try:
        while not machine.eof:
            chunk = machine.decompress(waiting, CHUNK)
            waiting = machine.unconsumed_tail
            if chunk:
                yield chunk
            elif not waiting:
                break
    except zlib.error as error:
        raise FileRefused("file_damaged", name=name) from error
    if not machine.eof:
        raise FileRefused("file_truncated", name=name)


class _Prologue:
    """Reads an XML part up to its first element, for the sake of the declarations there."""

    def __init__(self, name: str) -> None:
        self.done = False
        self.parser = _new_parser(name)
        self.parser.StartElementHandler = self._started

    def _started(self, *_: object) -> None:
        self.done = True

    def feed(self, chunk: bytes) -> None:
        try:
            self.parser.Parse(chunk[:4096], False)
        except expat.ExpatError:
            self.done = True  # a part that is not XML concerns us only if a reader needs it


def _new_parser(name: str) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise FileRefused("file_entities", name=name)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


class _Handler:
    """The three events of a streamed XML part; tags come without their prefix."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, data: str) -> None: ...


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _archive_kind(package: _Package) -> str:
    name = package.name
    parts = package.parts
    if package.has("xl/workbook.xml") or any(
        part.startswith("xl/worksheets/") and part.endswith(".xml") for part in parts
    ):
        macro = any(part.endswith("vbaProject.bin") for part in parts)
        return "xlsm" if macro else "xlsx"
    if package.has("xl/workbook.bin"):
        return "xlsb"
    if package.has("mimetype") and not parts["mimetype"].flag_bits & 0x1:
        mime = package.read("mimetype")[:200].strip()
        if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "ods"
        if mime.startswith(b"application/vnd.oasis.opendocument"):
            raise FileRefused("file_not_spreadsheet", name=name, what="OpenDocument")
    if package.has("content.xml") and package.has("META-INF/manifest.xml"):
        return "ods"
    for part, what in (
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("Index/Document.iwa", "Apple Numbers"),
        ("AndroidManifest.xml", "APK"),
    ):
        if package.has(part):
            raise FileRefused("file_not_spreadsheet", name=name, what=what)
    raise FileRefused("file_not_spreadsheet", name=name, what="ZIP")


# ------------------------------------------------------------------------------- xlsx


class _BookHandler(_Handler):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, hidden))


class _RelationHandler(_Handler):
    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (attributes.get("Target", ""), kind)


class _StyleHandler(_Handler):
    """Which cell formats show a number as a per cent."""

    def __init__(self) -> None:
        self.formats: dict[int, bool] = {}
        self.percent: list[bool] = []
        self.inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "numFmt":
            code = re.sub(r'"[^"]*"|\\.', "", attributes.get("formatCode", ""))
            self.formats[_integer(attributes.get("numFmtId", ""))] = "%" in code
        elif local == "cellXfs":
            self.inside = True
        elif local == "xf" and self.inside:
            number = _integer(attributes.get("numFmtId", ""))
            self.percent.append(number in PERCENT_FORMATS or self.formats.get(number, False))

    def end(self, tag: str) -> None:
        if _local(tag) == "cellXfs":
            self.inside = False


class _SheetHandler(_Handler):
    """Counts the cells of one sheet and notes where they lie, stopping at the limits."""

    def __init__(
        self, title: str, name: str, limits: Limits, percent: list[bool], budget: int
    ) -> None:
        self.title = title
        self.name = name
        self.limits = limits
        self.percent_styles = percent
        self.budget = budget
        self.row = -1
        self.column = -1
        self.n_rows = 0
        self.n_columns = 0
        self.n_cells = 0
        self.uncached: set[tuple[int, int]] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.percents: set[tuple[int, int]] = set()
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[Area] = []
        self.kind = ""
        self.formula = False
        self.filled = False
        self.collecting = False
        self.collected = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag if ":" not in tag else _local(tag)
        if local == "c":
            self._start_cell(attributes)
        elif local == "v":
            self.collecting, self.collected = True, ""
        elif local == "f":
            self.formula = True
        elif local == "is":
            self.filled = True
        elif local == "row":
            self._start_row(attributes)
        elif local == "dimension":
            self._check_dimension(attributes.get("ref", ""))
        elif local == "mergeCell":
            area = _area(attributes.get("ref", ""))
            if area is not None and len(self.merged) < self.limits.cells:
                self.merged.append(area)
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            first = _integer(attributes.get("min", "")) - 1
            last = min(_integer(attributes.get("max", "")), self.limits.columns)
            self.hidden_columns.update(range(max(first, 0), last))

    def end(self, tag: str) -> None:
        local = tag if ":" not in tag else _local(tag)
        if local == "c":
            self._end_cell()
        elif local == "v":
            self.collecting = False
            if self.collected:
                self.filled = True

    def text(self, data: str) -> None:
        if self.collecting and len(self.collected) < 64:
            self.collected += data

    def _start_row(self, attributes: dict[str, str]) -> None:
        stated = _integer(attributes.get("r", ""))
        self.row = stated - 1 if stated > 0 else self.row + 1
        self.column = -1
        if attributes.get("hidden") in ("1", "true") and self.row < self.limits.rows:
            self.hidden_rows.add(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.row = max(self.row, 0)
            self.column += 1
        else:
            try:
                self.row, self.column = place(reference)
            except ValueError as error:
                raise FileRefused("file_damaged", name=self.name) from error
        self.n_cells += 1
        if self.n_cells > self.budget:
            raise FileRefused("file_too_many_cells", name=self.name, limit=self.limits.cells)
        self.kind = attributes.get("t", "n")
        self.formula = False
        self.filled = False
        self.collected = ""
        style = _integer(attributes.get("s", "0"))
        self.is_percent = 0 <= style < len(self.percent_styles) and self.percent_styles[style]

    def _end_cell(self) -> None:
        position = (self.row, self.column)
        if self.row >= self.limits.rows or self.column >= self.limits.columns:
            self._refuse_far(position)
        if self.formula and not self.filled and self.kind != "str":
            self.uncached.add(position)
        elif not self.filled:
            return
        self.n_rows = max(self.n_rows, self.row + 1)
        self.n_columns = max(self.n_columns, self.column + 1)
        if self.n_rows * self.n_columns > self.limits.area:
            raise FileRefused("file_area", name=self.name, sheet=self.title, limit=self.limits.area)
        if self.kind == "e":
            self.errors[position] = self.collected or "#?"
        elif self.is_percent and self.kind == "n":
            self.percents.add(position)

    def _check_dimension(self, reference: str) -> None:
        area = _area(reference)
        if area is not None and (area[2] >= self.limits.rows or area[3] >= self.limits.columns):
            self._refuse_far((area[2], area[3]))

    def _refuse_far(self, position: tuple[int, int]) -> None:
        raise FileRefused(
            "file_far_cell",
            name=self.name,
            sheet=self.title,
            cell=address(*position),
            rows=self.limits.rows,
            columns=self.limits.columns,
        )

    def facts(self, hidden: bool) -> SheetFacts:
        return SheetFacts(
            self.title,
            hidden,
            self.n_rows,
            self.n_columns,
            self.n_cells,
            frozenset(self.uncached),
            self.errors,
            frozenset(self.percents),
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
            tuple(self.merged),
        )


def _inspect_xlsx(package: _Package) -> tuple[SheetFacts, ...]:
    if not package.has("xl/workbook.xml"):
        raise FileRefused("file_damaged", name=package.name)
    book = _BookHandler()
    package.parse("xl/workbook.xml", book)
    limits = package.limits
    if len(book.sheets) > limits.sheets:
        raise FileRefused(
            "file_too_many_sheets", name=package.name, n=len(book.sheets), limit=limits.sheets
        )
    relations = _RelationHandler()
    if package.has("xl/_rels/workbook.xml.rels"):
        package.parse("xl/_rels/workbook.xml.rels", relations)
    styles = _StyleHandler()
    if package.has("xl/styles.xml"):
        package.parse("xl/styles.xml", styles)
    found = []
    budget = limits.cells
    for title, relation, hidden in book.sheets:
        target, kind = relations.targets.get(relation, ("", ""))
        part = _part_path(target)
        if kind not in ("worksheet", "") or not package.has(part):
            if kind == "worksheet":
                raise FileRefused("file_damaged", name=package.name)
            continue  # a chart sheet holds no cells
        handler = _SheetHandler(title, package.name, limits, styles.percent, budget)
        package.parse(part, handler)
        budget -= handler.n_cells
        found.append(handler.facts(hidden))
    return tuple(found)


def _part_path(target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target[1:])
    return posixpath.normpath(posixpath.join("xl", target))


def _area(reference: str) -> Area | None:
    first, _, last = reference.replace("$", "").partition(":")
    try:
        top, left = place(first)
        bottom, right = place(last) if last else (top, left)
    except ValueError:
        return None
    return top, left, bottom, right


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


# ------------------------------------------------------------------------- xlsb and ods


def _inspect_xlsb(package: _Package) -> tuple[SheetFacts, ...]:
    """Walks the record headers of each binary sheet for the cells they place."""
    found: list[SheetFacts] = []
    limits = package.limits
    budget = limits.cells
    for part in sorted(package.parts):
        if not part.startswith("xl/worksheets/") or not part.endswith(".bin"):
            continue
        if "/_rels/" in part or "binaryIndex" in part:
            continue
        if len(found) >= limits.sheets:
            raise FileRefused(
                "file_too_many_sheets", name=package.name, n=len(found), limit=limits.sheets
            )
        facts = biff.walk_binary_sheet(package.read(part), part, package.name, limits, budget)
        budget -= facts.n_cells
        found.append(facts)
    return tuple(found)


class _OdsHandler(_Handler):
    """Counts the cells of an OpenDocument sheet; repeated empty ones cost nothing."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.sheets: list[SheetFacts] = []
        self.depth = 0
        self.budget = limits.cells
        self.hidden_styles: set[str] = set()
        self.style = ""
        self._begin("", False)

    def _begin(self, title: str, hidden: bool) -> None:
        self.title = title
        self.hidden = hidden
        self.row = 0
        self.column = 0
        self.row_repeat = 1
        self.n_rows = 0
        self.n_columns = 0
        self.n_cells = 0
        self.cell_repeat = 1
        self.cell_filled = False
        self.in_cell = False
        self.formula = False
        self.typed = ""
        self.uncached: set[tuple[int, int]] = set()
        self.percents: set[tuple[int, int]] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "style" and tag.startswith("style"):
            self.style = attributes.get("style:name", "")
        elif local == "table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                hidden = attributes.get("table:style-name", "") in self.hidden_styles
                self._begin(attributes.get("table:name", ""), hidden)
                if len(self.sheets) >= self.limits.sheets:
                    raise FileRefused(
                        "file_too_many_sheets",
                        name=self.name,
                        n=len(self.sheets) + 1,
                        limit=self.limits.sheets,
                    )
        elif tag == "table:table-row" and self.depth == 1:
            self.column = 0
            self.row_repeat = max(_integer(attributes.get("table:number-rows-repeated", "1")), 1)
        elif tag in ("table:table-cell", "table:covered-table-cell") and self.depth == 1:
            self.in_cell = True
            self.cell_repeat = max(
                _integer(attributes.get("table:number-columns-repeated", "1")), 1
            )
            self.typed = attributes.get("office:value-type", "")
            stored = any(key.startswith("office:") and "value" in key for key in attributes)
            self.formula = "table:formula" in attributes
            self.cell_filled = bool(self.typed)
            if self.formula and not stored:
                self.uncached.add((self.row, self.column))
                self.cell_filled = True
        elif tag == "text:p" and self.in_cell:
            self.cell_filled = True

    def end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell") and self.depth == 1:
            self._end_cell()
        elif tag == "table:table-row" and self.depth == 1:
            self.row += self.row_repeat
        elif tag == "table:table":
            if self.depth == 1:
                self.budget -= self.n_cells
                self.sheets.append(
                    SheetFacts(
                        self.title,
                        self.hidden,
                        self.n_rows,
                        self.n_columns,
                        self.n_cells,
                        frozenset(self.uncached),
                        {},
                        frozenset(self.percents),
                    )
                )
            self.depth -= 1

    def _end_cell(self) -> None:
        self.in_cell = False
        last_column = self.column + self.cell_repeat - 1
        if self.cell_filled:
            last_row = self.row + self.row_repeat - 1
            if last_row >= self.limits.rows or last_column >= self.limits.columns:
                raise FileRefused(
                    "file_far_cell",
                    name=self.name,
                    sheet=self.title,
                    cell=address(min(last_row, 99_999_999), min(last_column, 99_999)),
                    rows=self.limits.rows,
                    columns=self.limits.columns,
                )
            self.n_cells += self.cell_repeat * self.row_repeat
            if self.n_cells > self.budget:
                raise FileRefused("file_too_many_cells", name=self.name, limit=self.limits.cells)
            self.n_rows = max(self.n_rows, last_row + 1)
            self.n_columns = max(self.n_columns, last_column + 1)
            if self.n_rows * self.n_columns > self.limits.area:
                raise FileRefused(
                    "file_area", name=self.name, sheet=self.title, limit=self.limits.area
                )
            if self.typed == "percentage":
                for row in range(self.row, last_row + 1):
                    for column in range(self.column, last_column + 1):
                        self.percents.add((row, column))
        self.column = last_column + 1


def _inspect_ods(package: _Package) -> tuple[SheetFacts, ...]:
    manifest = "META-INF/manifest.xml"
    if package.has(manifest) and b"encryption-data" in package.read(manifest):
        raise FileRefused("file_password", name=package.name)
    if not package.has("content.xml"):
        raise FileRefused("file_damaged", name=package.name)
    handler = _OdsHandler(package.name, package.limits)
    package.parse("content.xml", handler)
    return tuple(handler.sheets)


# -------------------------------------------------------------------------- OLE and text


def _inspect_ole(
    content: bytes, name: str, limits: Limits
) -> tuple[str, tuple[str, ...], tuple[SheetFacts, ...]]:
    streams = biff.compound_streams(content, name)
    if "EncryptedPackage" in streams:
        raise FileRefused("file_password", name=name)
    book = next((title for title in ("Workbook", "Book") if title in streams), None)
    if book is None:
        what = "Word" if "WordDocument" in streams else "OLE"
        what = "PowerPoint" if "PowerPoint Document" in streams else what
        raise FileRefused("file_not_spreadsheet", name=name, what=what)
    sheets, notes = biff.walk_book(biff.stream_bytes(content, book, name), name, limits)
    if "_VBA_PROJECT_CUR" in streams or "VBA" in streams:
        notes = (*notes, "macros_ignored")
    if not sheets:
        raise FileRefused("file_no_sheet", name=name)
    return "xls", notes, sheets


def _inspect_text(
    content: bytes, name: str, limits: Limits
) -> tuple[str, tuple[str, ...], tuple[SheetFacts, ...]]:
    for mark, what in FOREIGN_MARKS:
        if content.startswith(mark) and not (len(mark) == 2 and _looks_like_text(content)):
            raise FileRefused("file_not_spreadsheet", name=name, what=what)
    head = _sample(content)
    if 'progid="excel.sheet"' in head or "urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise FileRefused("file_xml2003", name=name)
    if re.search(r"<\s*(!doctype html|html|table|meta|body|style|div)\b", head):
        raise FileRefused("file_html", name=name)
    if head.lstrip("\ufeff \r\n\t").startswith(("<?xml", "{", "[{")):
        raise FileRefused("file_not_spreadsheet", name=name, what="XML/JSON")
    text, _ = csvtext.decode(content, name)
    extension = _extension(name)
    if EXTENSION_KINDS.get(extension, "csv") != "csv":
        raise FileRefused("file_renamed_text", name=name, extension=extension)
    rows = csvtext.rows(text, name, limits)
    n_columns = max((len(row) for row in rows), default=0)
    n_cells = sum(1 for row in rows for value in row if value)
    facts = SheetFacts(Path(name).stem or "csv", False, len(rows), n_columns, n_cells)
    return "csv", (), (facts,)


def _looks_like_text(content: bytes) -> bool:
    sample = content[:2000]
    return b"\x00" not in sample and all(byte >= 32 or byte in b"\t\r\n" for byte in sample)


def _sample(content: bytes) -> str:
    sample = content[:8192]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return sample.decode("utf-16", "replace").lower()
    return sample.decode("utf-8", "replace").lower()
