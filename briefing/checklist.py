"""The commune checklist as a workbook: what people typed is text in it, never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pandas as pd
import xlsxwriter

from locales import t

DONE, NOT_OURS = "done", "not_ours"


def done_of(rows: pd.DataFrame) -> tuple[int, int]:
    """Lines done, of those that are the commune's: k/N."""
    own = rows.loc[rows["progress"] != NOT_OURS]
    return int((own["progress"] == DONE).sum()), len(own)


def progress_words(rows: pd.DataFrame) -> str:
    """How many lines are done, k/N."""
    done, total = done_of(rows)
    return f"{done}/{total}"


def table(rows: pd.DataFrame, names: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """Heads and lines: one line per commune, the ten lines of the checklist as columns."""
    heads = [t("checklist.col_district"), t("checklist.col_commune"), *names.values(),
             t("checklist.col_done")]  # fmt: skip
    lines = []
    for _, own in rows.groupby("record_id", sort=False):
        said = own.set_index("component_id")
        cells = [_cell(said.loc[component_id]) for component_id in names]
        first = own.iloc[0]
        lines.append([first["district"], first["commune"], *cells, progress_words(own)])
    return heads, lines


def _cell(row: Any) -> str:
    word = t(f"checklist.progress_{row['progress']}")
    return f"{word}: {row['note']}" if row["note"] else word


def workbook(rows: pd.DataFrame, names: Mapping[str, str], title: str) -> bytes:
    """The checklist of a province and year as .xlsx."""
    heads, lines = table(rows, names)
    made = io.BytesIO()
    # Names and notes are typed by people: none of them may become a formula or a link.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(made, plain) as book:
        sheet = book.add_worksheet(t("checklist.sheet"))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        head = book.add_format({"bold": True, "font_size": 13})
        sheet.write_string(0, 0, title, head)
        for column, text in enumerate(heads):
            sheet.write_string(2, column, text, bold)
        for number, line in enumerate(lines, start=3):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text, cell)
        done, total = done_of(rows)
        said = t("checklist.total", done=done, total=total, n=len(lines))
        sheet.write_string(len(lines) + 4, 0, said)
        sheet.set_column(0, 1, 20)
        sheet.set_column(2, len(heads) - 2, 24)
        sheet.freeze_panes(3, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return made.getvalue()
