"""A review sheet in words, and the table of shortcomings as a workbook."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from locales import form, named, t

WIDTHS = (5, 34, 9, 9, 9, 7, 9, 10, 13, 30, 30)
LINE_HEIGHT = 16.5
TITLE_ROW, SUBTITLE_ROW, HEAD_ROW = 0, 1, 3
SAFE_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@/])")


def inert(said: str) -> str:
    """A text that means nothing in markup: what a person typed shows as typed."""
    return _MARKUP.sub(r"\\\1", said)


def line_name(row: Mapping[Any, Any]) -> str:
    """A line by its code and name; the total by its word; what people added by its own title."""
    if not form.is_missing(row.get("title")):
        return str(row["title"])
    if row["level"] == 0:
        return t("reviews.total")
    return t("reviews.line", code=row["code"], name=named(row, "component"))


def line_names(lines: pd.DataFrame) -> dict[str, str]:
    """Names of lines by component_id, in their order."""
    return {row["component_id"]: line_name(row) for row in lines.to_dict("records")}


def why(row: Mapping[Any, Any]) -> str:
    """The reasons of the data in words."""
    if not form.is_missing(row.get("title")):
        return t("reviews.own_reason")
    said = [t(f"reviews.reason.{reason}") for reason in row["reasons"]]
    return "; ".join(said) or t("reviews.neither")


def agency_names(row: Mapping[Any, Any]) -> str:
    """Who leads and who co-ordinates the line; that nobody does where that is so."""
    said = [row["lead_agency"]] if row["lead_agency"] else []
    if row["co_agency"]:
        said.append(t("gaps.co_agency", agency=row["co_agency"]))
    return "; ".join(said) or t("gaps.no_agency")


def place(row: Mapping[Any, Any]) -> str:
    """The place among how many; empty where it is not held."""
    return "" if form.is_missing(row["rank"]) else form.place(row["rank"], row["n_ranked"])


def lacking(missing: Mapping[str, Sequence[str]]) -> str:
    """What a sheet still lacks, in one sentence."""
    said = [
        t("reviews.lacking_one", name=name, parts=", ".join(_part(part) for part in parts))
        for name, parts in missing.items()
    ]
    return t("reviews.lacking", said="; ".join(said))


def _part(code: str) -> str:
    words = t(f"reviews.{code}")
    return words[:1].lower() + words[1:]


def moved(rows: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """What moved since a sheet was closed, a sentence each."""
    said = []
    for row in rows.to_dict("records"):
        name, what = names.get(row["component_id"], row["component_id"]), row["what"]
        if what in ("line", "is_weakness"):
            way = "on" if row["after"] else "off"
            said.append(t(f"reviews.moved_{what}_{way}", name=name))
            continue
        write = form.number if what == "score" else _place
        said.append(
            t(f"reviews.moved_{what}", name=name, before=write(row["before"]),
              after=write(row["after"]))
        )  # fmt: skip
    return said


def _place(value: Any) -> str:
    return form.NO_VALUE if form.is_missing(value) else str(int(value))


def shortcomings_workbook(rows: pd.DataFrame, *, subtitle: str, source: str) -> bytes:
    """The table of shortcomings as .xlsx: real numbers, empty where missing, a frozen head.

    Args:
        rows: result of `analytics.weaknesses.shortcomings`, with rows of people's own below:
            title, and agency in lead_agency.
        subtitle: index, years and province.
        source: the line about publisher and date of publication.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE_OPTIONS)
    sheet = book.add_worksheet(t("reviews.table_sheet")[:31])
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    cell = {**base, "border": 1, "text_wrap": True}
    styles = {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "plain": book.add_format(base),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#F2F5F9"}),
        "text": book.add_format(cell),
        "points": book.add_format({**cell, "num_format": "0.00"}),
        "change": book.add_format({**cell, "num_format": "+0.00;-0.00;0.00"}),
        "count": book.add_format({**cell, "num_format": "0"}),
        "places": book.add_format({**cell, "num_format": "+0;-0;0"}),
    }
    sheet.write_string(TITLE_ROW, 0, t("reviews.table_title"), styles["title"])
    sheet.write_string(SUBTITLE_ROW, 0, subtitle, styles["plain"])
    heads = [
        t(f"reviews.{key}") for key in (
            "col_number", "col_line", "col_max", "col_score", "col_lost", "col_rank",
            "col_n_ranked", "col_points_change", "col_places_change", "col_agency", "col_why",
        )
    ]  # fmt: skip
    sheet.set_row(HEAD_ROW, _height(heads))
    for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, head, styles["head"])
    for number, row in enumerate(rows.to_dict("records"), start=1):
        sheet.set_row(HEAD_ROW + number, _height([cell for cell, _ in _cells(number, row)]))
        for column, (value, style) in enumerate(_cells(number, row)):
            _write(sheet, HEAD_ROW + number, column, value, styles[style])
    last = HEAD_ROW + len(rows)
    sheet.write_string(last + 2, 0, source, styles["plain"])
    sheet.write_string(last + 3, 0, t("reviews.table_note"), styles["plain"])
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return target.getvalue()


def _height(cells: Sequence[Any]) -> float:
    """Room for the longest wrapped text of a row: not every reader finds it by itself."""
    n_lines = [
        math.ceil(len(cell) * 1.15 / width)
        for cell, width in zip(cells, WIDTHS, strict=True)
        if isinstance(cell, str)
    ]
    return LINE_HEIGHT * max([1, *n_lines])


def _cells(number: int, row: Mapping[Any, Any]) -> list[tuple[Any, str]]:
    return [
        (number, "count"), (line_name(row), "text"), (row["max_score"], "points"),
        (row["score"], "points"), (row["lost"], "points"), (row["rank"], "count"),
        (row["n_ranked"], "count"), (row["score_change"], "change"), (row["gain"], "places"),
        (agency_names(row), "text"), (why(row), "text"),
    ]  # fmt: skip


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if form.is_missing(value):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, float(value), style)
