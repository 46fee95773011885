"""Walks the record headers of Excel's two binary formats without interpreting them.

Only what decides whether a reader may open the file is taken: where cells lie, whether there is
a password, which numbers are shown as per cents. Layouts follow [MS-CFB], [MS-XLS], [MS-XLSB].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from data.intake.model import FileRefused, Limits, SheetFacts, address

FREE = 0xFFFFFFFC  # sector numbers from here up are marks, not sectors

# [MS-XLS] 2.3: record numbers
BOF, EOF, FILEPASS, BOUNDSHEET, DIMENSIONS = 0x0809, 0x000A, 0x002F, 0x0085, 0x0200
FORMAT, XF, SUPBOOK, COLINFO, ROW = 0x041E, 0x00E0, 0x01AE, 0x007D, 0x0208
NUMBER, RK, MULRK, LABELSST, LABEL = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204
RSTRING, BOOLERR, FORMULA = 0x00D6, 0x0205, 0x0006
CELLS = frozenset({NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING, BOOLERR, FORMULA})
ERROR_NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
PERCENT_FORMATS = frozenset({9, 10})

# [MS-XLSB] 2.3: record numbers
B_ROW, B_BLANK, B_LAST_CELL, B_DIMENSION = 0, 1, 11, 148


class _Compound:
    """The sectors of an OLE compound file, every chain bounded by the file's own length."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content = content
        self.name = name
        if len(content) < 512:
            raise FileRefused("file_truncated", name=name)
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise FileRefused("file_damaged", name=name)
        self.size = 1 << shift
        n_fat, first_dir = struct.unpack_from("<II", content, 44)
        self.cutoff, first_mini, _, first_difat, _ = struct.unpack_from("<IIIII", content, 56)
        self.fat = self._table(n_fat, first_difat)
        self.entries = self._directory(self.chain(first_dir))
        self.mini_fat: list[int] = []
        if first_mini < FREE:
            raw = self.chain(first_mini)
            self.mini_fat = list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))

    def sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        found = self.content[start : start + self.size]
        if not found:
            raise FileRefused("file_truncated", name=self.name)
        return found

    def _table(self, n_fat: int, first_difat: int) -> list[int]:
        numbers = list(struct.unpack_from("<109I", self.content, 76))
        seen = set()
        following = first_difat
        while following < FREE and following not in seen:
            seen.add(following)
            raw = self.sector(following).ljust(self.size, b"\xff")
            found = struct.unpack(f"<{self.size // 4}I", raw)
            numbers.extend(found[:-1])
            following = found[-1]
        fat: list[int] = []
        for number in numbers[: min(n_fat, len(self.content) // self.size + 1)]:
            if number < FREE:
                raw = self.sector(number).ljust(self.size, b"\xff")
                fat.extend(struct.unpack(f"<{self.size // 4}I", raw))
        return fat

    def chain(self, first: int) -> bytes:
        parts = []
        seen: set[int] = set()
        number = first
        while number < FREE:
            if number in seen or number >= len(self.fat):
                raise FileRefused("file_truncated", name=self.name)
            seen.add(number)
            parts.append(self.sector(number))
            number = self.fat[number]
        return b"".join(parts)

    def _directory(self, raw: bytes) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for start in range(0, len(raw) - 127, 128):
            length = struct.unpack_from("<H", raw, start + 64)[0]
            kind = raw[start + 66]
            if kind == 0 or not 2 <= length <= 64:
                continue
            title = raw[start : start + length - 2].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<IQ", raw, start + 116)
            found.setdefault(title, (kind, first, size & 0xFFFFFFFF))
        return found

    def stream(self, title: str) -> bytes:
        _, first, size = self.entries[title]
        if size >= self.cutoff:
            found = self.chain(first)
        else:
            root = next((entry for entry in self.entries.values() if entry[0] == 5), None)
            if root is None:
                raise FileRefused("file_damaged", name=self.name)
            found = self._mini(self.chain(root[1]), first)
        if len(found) < size:
            raise FileRefused("file_truncated", name=self.name)
        return found[:size]

    def _mini(self, container: bytes, first: int) -> bytes:
        parts = []
        seen: set[int] = set()
        number = first
        while number < FREE:
            if number in seen or number >= len(self.mini_fat):
                raise FileRefused("file_truncated", name=self.name)
            seen.add(number)
            parts.append(container[number * 64 : number * 64 + 64])
            number = self.mini_fat[number]
        return b"".join(parts)


def compound_streams(content: bytes, name: str) -> set[str]:
    """The names of the streams and storages of a compound file.

    Raises:
        FileRefused: file_truncated or file_damaged.
    """
    return set(_Compound(content, name).entries)


def stream_bytes(content: bytes, title: str, name: str) -> bytes:
    """One stream of a compound file, whole.

    Raises:
        FileRefused: file_truncated or file_damaged.
    """
    return _Compound(content, name).stream(title)


def walk_book(
    stream: bytes, name: str, limits: Limits
) -> tuple[tuple[SheetFacts, ...], tuple[str, ...]]:
    """What each sheet of an .xls holds, from its record headers.

    Returns:
        The sheets in the order of the tabs, and notes of what is ignored.

    Raises:
        FileRefused: file_password, file_far_cell, file_too_many_sheets, file_too_many_cells,
            file_area, file_truncated.
    """
    titles: list[tuple[int, str, bool]] = []
    formats: dict[int, bool] = {}
    percent: list[bool] = []
    notes: tuple[str, ...] = ()
    wide = True
    for number, body in _records(stream, 0, name):
        if number == FILEPASS:
            raise FileRefused("file_password", name=name)
        if number == BOF:
            wide = len(body) >= 2 and struct.unpack_from("<H", body)[0] >= 0x0600
        elif number == BOUNDSHEET and len(body) >= 8:
            titles.append(_bound_sheet(body, wide))
        elif number in (FORMAT, XF) and len(body) >= 4:
            _note_format(number, body, formats, percent)
        elif number == SUPBOOK and len(body) > 4:
            notes = ("external_links_ignored",)
    return _walk_sheets(stream, titles, percent, name, limits), notes


def _walk_sheets(
    stream: bytes,
    titles: list[tuple[int, str, bool]],
    percent: list[bool],
    name: str,
    limits: Limits,
) -> tuple[SheetFacts, ...]:
    if len(titles) > limits.sheets:
        raise FileRefused("file_too_many_sheets", name=name, n=len(titles), limit=limits.sheets)
    found = []
    budget = limits.cells
    for start, title, hidden in titles:
        walk = _SheetWalk(title, hidden, percent, name, limits, budget)
        if start + 4 > len(stream):
            raise FileRefused("file_truncated", name=name)
        for number, body in _records(stream, start, name):
            walk.take(number, body)
        budget -= walk.n_cells
        found.append(walk.facts())
    return tuple(found)


def _records(stream: bytes, start: int, name: str) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of that substream."""
    position = start
    while position + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        if len(body) < length:
            raise FileRefused("file_truncated", name=name)
        if number == EOF:
            return
        yield number, body
        position += 4 + length


def _note_format(number: int, body: bytes, formats: dict[int, bool], percent: list[bool]) -> None:
    if number == FORMAT:
        formats[struct.unpack_from("<H", body)[0]] = b"%" in body[2:]
    else:
        code = struct.unpack_from("<H", body, 2)[0]
        percent.append(code in PERCENT_FORMATS or formats.get(code, False))


def _bound_sheet(body: bytes, wide: bool) -> tuple[int, str, bool]:
    start = struct.unpack_from("<I", body)[0]
    hidden = bool(body[4] & 0x03)
    count = body[6]
    if wide:
        raw = body[8:]
        title = (
            raw[: count * 2].decode("utf-16-le", "replace")
            if body[7] & 1
            else raw[:count].decode("latin-1")
        )
    else:
        title = body[7 : 7 + count].decode("cp1258", "replace")
    return start, title, hidden


class _SheetWalk:
    """Counts the cells of one sheet as its records pass."""

    def __init__(
        self,
        title: str,
        hidden: bool,
        percent: list[bool],
        name: str,
        limits: Limits,
        budget: int,
    ) -> None:
        self.title, self.hidden, self.name = title, hidden, name
        self.percent_styles, self.limits, self.budget = percent, limits, budget
        self.n_rows = self.n_columns = self.n_cells = 0
        self.percents: set[tuple[int, int]] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def take(self, number: int, body: bytes) -> None:
        if number in CELLS and len(body) >= 6:
            self._cell(number, body)
        elif number == ROW and len(body) >= 16 and body[12] & 0x20:
            self.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif number == COLINFO and len(body) >= 10 and body[8] & 0x01:
            first, last = struct.unpack_from("<HH", body)
            self.hidden_columns.update(range(first, min(last + 1, self.limits.columns)))

    def _cell(self, number: int, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        last = column
        if number == MULRK:
            last = struct.unpack_from("<H", body, len(body) - 2)[0]
        _check_place(row, last, self.title, self.name, self.limits)
        self.n_cells += max(last - column + 1, 1)
        if self.n_cells > self.budget:
            raise FileRefused("file_too_many_cells", name=self.name, limit=self.limits.cells)
        self.n_rows, self.n_columns = max(self.n_rows, row + 1), max(self.n_columns, last + 1)
        if self.n_rows * self.n_columns > self.limits.area:
            raise FileRefused("file_area", name=self.name, sheet=self.title, limit=self.limits.area)
        if number == BOOLERR and len(body) >= 8 and body[7] == 1:
            self.errors[row, column] = ERROR_NAMES.get(body[6], "#?")
        elif number in (NUMBER, RK, FORMULA):
            self._style(row, column, style)
        elif number == MULRK:
            for offset in range(min(last - column + 1, (len(body) - 6) // 6)):
                self._style(row, column + offset, struct.unpack_from("<H", body, 4 + offset * 6)[0])

    def _style(self, row: int, column: int, style: int) -> None:
        if style < len(self.percent_styles) and self.percent_styles[style]:
            self.percents.add((row, column))

    def facts(self) -> SheetFacts:
        return SheetFacts(
            self.title,
            self.hidden,
            self.n_rows,
            self.n_columns,
            self.n_cells,
            frozenset(),
            self.errors,
            frozenset(self.percents),
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
        )


def walk_binary_sheet(
    content: bytes, title: str, name: str, limits: Limits, budget: int
) -> SheetFacts:
    """What a sheet of an .xlsb holds, from its record headers.

    Raises:
        FileRefused: file_far_cell, file_too_many_cells, file_area, file_truncated.
    """
    n_rows = n_columns = n_cells = 0
    row = 0
    position = 0
    while position < len(content):
        number, position = _variable(content, position, 2, name)
        length, position = _variable(content, position, 4, name)
        if position + length > len(content):
            raise FileRefused("file_truncated", name=name)
        if number == B_DIMENSION and length >= 16:
            _, last_row, _, last_column = struct.unpack_from("<IIII", content, position)
            _check_place(last_row, last_column, title, name, limits)
        elif number == B_ROW and length >= 4:
            row = struct.unpack_from("<I", content, position)[0]
        elif B_BLANK < number <= B_LAST_CELL and length >= 4:
            column = struct.unpack_from("<I", content, position)[0]
            _check_place(row, column, title, name, limits)
            n_cells += 1
            if n_cells > budget:
                raise FileRefused("file_too_many_cells", name=name, limit=limits.cells)
            n_rows, n_columns = max(n_rows, row + 1), max(n_columns, column + 1)
            if n_rows * n_columns > limits.area:
                raise FileRefused("file_area", name=name, sheet=title, limit=limits.area)
        position += length
    return SheetFacts(title, False, n_rows, n_columns, n_cells)


def _variable(content: bytes, position: int, most: int, name: str) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if position >= len(content):
            raise FileRefused("file_truncated", name=name)
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, position


def _check_place(row: int, column: int, title: str, name: str, limits: Limits) -> None:
    if row >= limits.rows or column >= limits.columns:
        raise FileRefused(
            "file_far_cell",
            name=name,
            sheet=title,
            cell=address(min(row, 99_999_999), min(column, 99_999)),
            rows=limits.rows,
            columns=limits.columns,
        )
