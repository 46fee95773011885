"""Boards and league tables as plain records and as aligned text, for the command line.

Records hold what JSON can hold: missing is null, a day is ISO, and no text stands for a number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.board import Knowledge
from analytics.schema import OUTSIDE_TOP, RANKED, SCORED, WITHHELD
from briefing import sentences
from briefing.unit_words import reason_words
from locales import form, named, t

# Name of the field, and the column of `analytics.board.board` it is taken from.
TARGET_FIELDS = {
    "target_id": "target_id",
    "index": "index_id",
    "component": "component_id",
    "component_name": "component_vi",
    "kind": "kind",
    "amount": "amount",
    "baseline_year": "baseline_edition",
    "baseline_used": "baseline_used",
    "baseline_rank": "baseline_rank",
    "required_rank": "required_rank",
    "actual_rank": "actual_rank",
    "actual_interval": "interval",
    "n_ranked": "n_ranked",
    "gain": "gain",
    "gap": "gap",
    "status": "status",
    "reason": "reason",
    "flags": "flags",
    "agency": "lead_agency",
    "co_agency": "co_agency",
    "document": "document_number",
    "document_date": "document_issued_on",
    "clause": "clause",
    "footnote_rank": "footnote_rank",
    "footnote_required": "footnote_required",
    "footnote_status": "footnote_status",
}
RANK_FIELDS = {
    "unit": "name_vi",
    "unit_id": "unit_id",
    "index": "index_id",
    "component": "component_id",
    "year": "edition",
    "score": "score",
    "rank": "rank",
    "rank_interval": "interval",
    "n_ranked": "n_ranked",
    "group": "group_name_vi",
    "origin": "rank_origin",
    "state": "state",
}
# Units without a known place close a league table, the withheld ones last.
_STATE_ORDER = {RANKED: 1, SCORED: 1, OUTSIDE_TOP: 2, WITHHELD: 3}

_GAP = "  "
# Names of components run to a hundred letters; the code in front tells them apart.
NAME_WIDTH = 40
# Flags that the other columns of the table say already, or that are none of the places.
_TOLD = ("contributes", "unquantified")

Record = dict[str, Any]


def target_records(rows: pd.DataFrame) -> list[Record]:
    """One record per row of a board; where the place is unknown its bounds stand beside it."""
    return _records(rows, TARGET_FIELDS, place="actual_rank", bounds=("actual_low", "actual_high"))


def league_table(known: Knowledge, component_id: str, edition: int) -> pd.DataFrame:
    """Standings of one component in one edition, best first, with unit names and groups.

    Returns:
        One row per unit held, columns of `analytics.ranks.standings` with name_vi, name_en,
        group_name_vi and group_name_en (missing for components); units without a place last.
    """
    rows = known.standings
    rows = rows.loc[(rows["component_id"] == component_id) & (rows["edition"] == edition)]
    names = known.tables.units[["unit_id", "name_vi", "name_en"]]
    groups = known.groups.loc[
        (known.groups["index_id"] == component_id) & (known.groups["edition"] == edition),
        ["unit_id", "group_name_vi", "group_name_en"],
    ]
    rows = rows.merge(names, on="unit_id", how="left", validate="one_to_one")
    rows = rows.merge(groups, on="unit_id", how="left", validate="one_to_one")
    rows["_order"] = rows["state"].map(_STATE_ORDER).where(rows["rank"].isna(), 0)
    rows["_name"] = rows["name_vi"].map(form.sort_key)
    order = ["_order", "rank", "_name"]
    return rows.sort_values(order, ignore_index=True).drop(columns=["_order", "_name"])


def rank_records(rows: pd.DataFrame) -> list[Record]:
    """One record per row of a league table; an unknown place has its bounds beside it."""
    return _records(rows, RANK_FIELDS, place="rank", bounds=("rank_low", "rank_high"))


def _records(
    rows: pd.DataFrame, fields: Mapping[str, str], *, place: str, bounds: tuple[str, str]
) -> list[Record]:
    made = []
    for _, row in rows.iterrows():
        is_open = form.is_missing(row[place]) and not form.is_missing(row[bounds[0]])
        values = {**row, "interval": [int(row[bound]) for bound in bounds] if is_open else None}
        made.append({field: _plain(values[column]) for field, column in fields.items()})
    return made


def target_text(rows: pd.DataFrame, shorts: Mapping[str, str]) -> str:
    """A board as aligned text, one line per target, what is longest last."""
    heads = ["index", "component", "target", "baseline", "required", "actual", "status",
             "document", "agency", "note"]  # fmt: skip
    return aligned(
        [t(f"manage.col_{head}") for head in heads],
        [_target_cells(row, shorts) for _, row in rows.iterrows()],
    )


def _target_cells(row: pd.Series, shorts: Mapping[str, str]) -> list[str]:
    is_open = row["status"] == "no_target"
    name = "" if form.is_missing(row["component_vi"]) else sentences.component_label(row)
    return [
        shorts.get(row["index_id"], row["index_id"].upper()),
        _cut(name) or form.NO_VALUE,
        form.NO_VALUE if is_open else sentences.full_target_words(row),
        form.NO_VALUE if is_open else sentences.place_of(row, "baseline"),
        form.NO_VALUE if form.is_missing(row["required_rank"]) else str(row["required_rank"]),
        sentences.place_of(row),
        t(f"status.{row['status']}"),
        form.NO_VALUE if form.is_missing(row["document_number"]) else row["document_number"],
        form.NO_VALUE if form.is_missing(row["lead_agency"]) else row["lead_agency"],
        _target_note(row),
    ]


def _target_note(row: pd.Series) -> str:
    """Why there is no verdict, and every reservation about the places beside it."""
    reason = reason_words(row["reason"], row["changed_on"], row["change_event"])
    notes = [reason] if reason else []
    notes += [t(f"flag_short.{flag}") for flag in row["flags"] if flag not in _TOLD]
    return "; ".join(notes)


def _cut(name: str) -> str:
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1].rstrip() + "…"


def rank_text(rows: pd.DataFrame, decimals: int) -> str:
    """A league table as aligned text; a place that is not the publisher's says so."""
    heads = ["rank", "unit", "score", "group", "note"]
    return aligned(
        [t(f"manage.col_{head}") for head in heads],
        [_rank_cells(row, decimals) for _, row in rows.iterrows()],
    )


def _rank_cells(row: pd.Series, decimals: int) -> list[str]:
    is_placed = not form.is_missing(row["rank"])
    is_own = is_placed and row["rank_origin"] == "published"
    note = t(f"origin.{row['rank_origin']}") if is_placed else t(f"state.{row['state']}")
    return [
        form.place(row["rank"], row["n_ranked"]),
        named(row),
        form.number(row["score"], decimals),
        form.NO_VALUE if form.is_missing(row["group_name_vi"]) else named(row, "group_name"),
        "" if is_own else note,
    ]


def aligned(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, without colour or borders, so that pipes read it."""
    # A letter and its marks are one character on the screen only when they are composed.
    table = [[unicodedata.normalize("NFC", cell) for cell in line] for line in (heads, *lines)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    table.insert(1, ["-" * width for width in widths])
    return "\n".join(
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def _plain(value: Any) -> Any:
    """What JSON can hold: no numpy, no NaN, no empty text, days as ISO."""
    if isinstance(value, list | tuple):
        return list(value)
    if form.is_missing(value) or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
