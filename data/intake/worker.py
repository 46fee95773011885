"""The child that opens workbooks: cells go out as JSON, and nothing else is trusted to it.

Run as `python -m data.intake.worker`. Standard input: one line of JSON with kind and limits, then
the file's bytes. Limits are set before a reader is imported.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
import unicodedata
from typing import Any

MEMORY_EXIT = 71
READER_EXIT = 72
DATE_KEY = "~"


def confine(memory_bytes: int, seconds: float) -> None:
    """Limits this process where the system can (POSIX); elsewhere the parent's clock remains."""
    try:
        import resource
    except ImportError:  # Windows has no such module
        return
    for name, wanted in (
        ("RLIMIT_AS", memory_bytes),
        ("RLIMIT_CPU", int(seconds) + 1),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
    ):
        limit = getattr(resource, name, None)
        if limit is None:
            continue
        _, hard = resource.getrlimit(limit)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue


def plain(value: Any, longest: int) -> Any:
    """A cell's value as JSON holds it; dates are marked, texts are composed (NFC)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        number = float(value)
        return number if number == number and abs(number) != float("inf") else None
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value[:longest])
        return text if text.strip() else None
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return {DATE_KEY: value.isoformat()}
    return {DATE_KEY: str(value)}


def sheets_of(content: bytes, longest: int) -> list[dict[str, Any]]:
    """Every worksheet of a workbook, from A1, with what the reader knows of merges."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = []
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        rows = []
        # iter_rows leaves out empty columns on the left but not rows above (python-calamine 0.9.1).
        for row in sheet.to_python(skip_empty_area=False):
            cells = [plain(value, longest) for value in row]
            while cells and cells[-1] is None:
                cells.pop()
            rows.append(cells)
        merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
        found.append(
            {
                "name": unicodedata.normalize("NFC", meta.name),
                "hidden": meta.visible != SheetVisibleEnum.Visible,
                "rows": rows,
                "merged": merged,
            }
        )
    return found


def main() -> int:
    """Reads one workbook from standard input and writes its cells to standard output."""
    order = json.loads(sys.stdin.buffer.readline())
    confine(order["memory_bytes"], order["seconds"])
    try:
        content = sys.stdin.buffer.read()
        found = sheets_of(content, order["text"])
        sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8"))
        sys.stdout.buffer.flush()
    except MemoryError:
        return MEMORY_EXIT
    except Exception as error:  # noqa: BLE001 - readers raise anything; the parent has one word
        sys.stderr.write(f"{type(error).__name__}: {str(error)[:200]}")
        return READER_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
