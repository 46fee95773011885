"""The figures behind a chart as a file: a workbook with its source, or plain CSV.

What a cell holds is data: a text that a spreadsheet would run as a formula is kept as text.
"""

from __future__ import annotations

import io
import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import xlsxwriter

from charts.still_axes import as_number, is_missing
from charts.still_text import plain
from locales import language, t

# A cell that begins so is run by spreadsheets.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDEST, NARROWEST = 60, 10
SHEET_NAME = 31
DECIMALS = 6


def columns(rows: pd.DataFrame, headings: dict[str, str]) -> pd.DataFrame:
    """The columns of a chart's frame that have a heading for readers, in the headings' order.

    Args:
        rows: what the chart was drawn from.
        headings: heading by column; what is not named is left out.
    """
    kept = [name for name in headings if name in rows.columns and rows[name].notna().any()]
    made = rows[kept].rename(columns=headings).reset_index(drop=True)
    # Published figures have far fewer decimals; what is cut is the noise of binary fractions.
    return made.round(DECIMALS)


def figures_of(figure: go.Figure) -> pd.DataFrame:
    """The figures a chart shows, read from the chart: one row per label, one column per series.

    Lines that only join marks are left out. A series that stands twice at a label (both ends of a
    range) takes two columns.
    """
    cells: dict[str, dict[str, Any]] = {}
    order: dict[str, None] = {}
    labels: dict[str, Any] = {}
    for trace in figure.data:
        if trace.type == "heatmap":
            drawn = _cells(trace)
        elif trace.hoverinfo == "skip" and "markers" not in str(trace.mode or ""):
            continue
        else:
            drawn = _points(trace)
        for label, series, value in drawn:
            key = plain(str(label))
            labels.setdefault(key, label if as_number(label) is not None else key)
            row = cells.setdefault(key, {})
            name, number = series, 2
            while name in row:
                name, number = f"{series} ({number})", number + 1
            row[name] = value
            order.setdefault(name)
    head = t("download.label")
    rows = [{head: labels[key], **row} for key, row in cells.items()]
    return pd.DataFrame(rows, columns=[head, *order])


def _cells(trace: Any) -> list[tuple[Any, str, Any]]:
    return [
        (label, plain(str(column)), None if is_missing(value) else value)
        for label, row in zip(trace.y, trace.z, strict=True)
        for column, value in zip(trace.x, row, strict=True)
    ]


def _points(trace: Any) -> list[tuple[Any, str, Any]]:
    """Label, series and value of every point; names are labels, else what lies across."""
    xs, ys = (
        list(trace.x if trace.x is not None else ()),
        list(trace.y if trace.y is not None else ()),
    )
    down = trace.type == "bar" and trace.orientation == "h"
    down = down or any(isinstance(y, str) and as_number(y) is None for y in ys)
    series = plain(str(trace.name or t("download.value")))
    pairs = zip(ys, xs, strict=False) if down else zip(xs, ys, strict=False)
    return [
        (label, series, None if is_missing(value) else value)
        for label, value in pairs
        if not is_missing(label)
    ]


def safe(value: Any) -> Any:
    """A cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(RUN) and as_number(value) is None:
        return f"'{value}"
    return value


def csv(rows: pd.DataFrame) -> bytes:
    """The rows as CSV in UTF-8 with its mark; ";" and a decimal comma in Vietnamese."""
    is_vi = language() == "vi"
    kept = rows.rename(columns=safe).map(safe)
    text = kept.to_csv(
        index=False, sep=";" if is_vi else ",", decimal="," if is_vi else ".", lineterminator="\r\n"
    )
    return text.encode("utf-8-sig")


def workbook(rows: pd.DataFrame, *, name: str, title: str, source: str) -> bytes:
    """The rows as a workbook of one sheet of figures and one that says where they come from.

    Args:
        rows: what the table shows; numbers stay numbers, what is missing stays empty.
        name: name of the sheet of figures.
        title: what the chart found.
        source: publisher and edition line.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(sheet_name(name))
        for at, column in enumerate(rows.columns):
            sheet.write_string(0, at, str(column), head)
            widest = max([len(str(column)) / 2, *(len(str(v)) for v in rows[column])])
            sheet.set_column(at, at, min(WIDEST, max(NARROWEST, widest + 2)))
            for down, value in enumerate(rows[column], start=1):
                write(sheet, down, at, value)
        sheet.freeze_panes(1, 1)
        if len(rows):
            sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        about = book.add_worksheet(t("download.source_sheet"))
        about.set_column(0, 0, 100)
        for at, line in enumerate([title, source]):
            about.write_string(at, 0, line, wrap)
    return target.getvalue()


def write(sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    """One cell: a number as a number, a text as a text, what is missing as nothing."""
    if is_missing(value):
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif math.isfinite(float(value)):
        sheet.write_number(row, column, float(value), look)


def sheet_name(text: str) -> str:
    """A name a sheet may have: no more than 31 characters, none of those a workbook forbids."""
    kept = "".join(" " if mark in "[]:*?/\\" else mark for mark in text).strip().strip("'")
    return kept[:SHEET_NAME].strip() or "1"
