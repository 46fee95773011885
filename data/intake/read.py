"""Reads the cells of a workbook in a child process that may die without taking the app along.

Nothing is evaluated: a formula gives its stored result, and one without a stored result is
reported as such.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess  # nosec B404: starts this program anew, see below
import sys
import unicodedata
from pathlib import Path
from typing import Any

from data.intake import csvtext, worker
from data.intake.inspect import bytes_of, inspect_file
from data.intake.model import (
    DEFAULT_LIMITS,
    Area,
    FileFacts,
    FileRefused,
    Limits,
    Sheet,
    SheetFacts,
    Value,
    Workbook,
)

ROOT = Path(__file__).resolve().parents[2]


def read_cells(
    source: bytes | str | Path, name: str | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> Workbook:
    """Every cell of every sheet, each at its own address, after the file has been inspected.

    The file is always inspected first: no caller can hand a reader an unseen archive.

    Raises:
        FileRefused: any key of `inspect_file`, or reader_time, reader_memory, reader_failed
            when the child runs out of time or memory, or cannot make sense of the file.

    Source: docs/method/intake.md.
    """
    content, name = bytes_of(source, name, limits)
    facts = inspect_file(content, name, limits=limits)
    if facts.kind == "csv":
        return Workbook(facts, (_csv_sheet(content, facts, limits),))
    raw = _run_child(content, facts, limits)
    by_name = {unicodedata.normalize("NFC", sheet.name): sheet for sheet in facts.sheets}
    sheets = tuple(_sheet(one, by_name.get(one["name"])) for one in raw)
    if not sheets:
        raise FileRefused("file_no_sheet", name=name)
    return Workbook(facts, sheets)


def _csv_sheet(content: bytes, facts: FileFacts, limits: Limits) -> Sheet:
    text, _ = csvtext.decode(content, facts.name)
    rows = csvtext.rows(text, facts.name, limits)
    cells = tuple(tuple(value if value.strip() else None for value in row) for row in rows)
    return Sheet(facts.sheets[0].name, cells)


def _run_child(content: bytes, facts: FileFacts, limits: Limits) -> list[dict[str, Any]]:
    order = json.dumps(
        {
            "memory_bytes": limits.memory_bytes,
            "seconds": limits.seconds,
            "text": limits.text,
        }
    ).encode("ascii")
    try:
        done = subprocess.run(  # nosec B603: no shell, no word from outside
            [sys.executable, "-m", "data.intake.worker"],
            input=order + b"\n" + content,
            capture_output=True,
            timeout=limits.seconds,
            cwd=ROOT,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused("reader_time", name=facts.name, seconds=round(limits.seconds)) from error
    except OSError as error:
        raise FileRefused("reader_failed", name=facts.name) from error
    if done.returncode == worker.READER_EXIT:
        raise FileRefused("reader_failed", name=facts.name)
    if done.returncode != 0:
        # Killed by a signal or aborted: the reader asked for more memory or time than it may.
        raise FileRefused("reader_memory", name=facts.name)
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise FileRefused("reader_failed", name=facts.name) from error
    if not isinstance(found, list):
        raise FileRefused("reader_failed", name=facts.name)
    return found


def _environment() -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key.upper() in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def _sheet(raw: dict[str, Any], facts: SheetFacts | None) -> Sheet:
    rows = tuple(tuple(_value(value) for value in row) for row in raw["rows"])
    merged: tuple[Area, ...] = tuple(
        (int(area[0]), int(area[1]), int(area[2]), int(area[3])) for area in raw["merged"]
    )
    if facts is None:
        return Sheet(str(raw["name"]), rows, bool(raw["hidden"]), merged)
    return Sheet(
        str(raw["name"]),
        rows,
        bool(raw["hidden"]) or facts.hidden,
        merged or facts.merged,
        facts.uncached,
        facts.errors,
        facts.percents,
        facts.hidden_rows,
        facts.hidden_columns,
    )


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        text = str(value.get(worker.DATE_KEY, ""))
        for parse in (dt.datetime.fromisoformat, dt.time.fromisoformat):
            try:
                return parse(text)
            except ValueError:
                continue
        return text
    if value is None or isinstance(value, (str, bool, float)):
        return value
    return float(value)
