"""What a change of figures would do to the verdicts, before anything is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from analytics.board import Knowledge, judged, knowledge
from analytics.difference import CELL, VALUES, status_changes
from analytics.schema import FIGURE_COLUMNS, Tables, require_columns


def applied(tables: Tables, cells: pd.DataFrame, editions: pd.DataFrame) -> Tables:
    """The tables as they would be with a load in them.

    Args:
        tables: the present state.
        cells: result of `analytics.difference.figure_difference`, with index_id, score_origin,
            rank_origin and source_id.
        editions: edition rows that the load adds or replaces, one per (index_id, edition).

    Returns:
        New tables; the ones handed over stay as they are.

    Raises:
        ColumnsMissing: `cells` lacks a column named above.

    Source: docs/method/intake.md.
    """
    require_columns(
        cells, [*CELL, "change", "index_id", "score_origin", "rank_origin", "source_id"]
    )
    touched = cells.loc[cells["change"] != "unchanged"]
    coming = touched.loc[touched["change"] != "removed"].copy()
    for value in VALUES:
        coming[value] = coming[f"{value}_after"]
    held = tables.figures.merge(touched[CELL], on=CELL, how="left", indicator="_side")
    stays = held.loc[held.pop("_side") == "left_only"]
    figures = pd.concat([stays, coming[list(FIGURE_COLUMNS)]], ignore_index=True)
    key = ["index_id", "edition"]
    kept = tables.editions.merge(editions[key], on=key, how="left", indicator="_side")
    kept = kept.loc[kept.pop("_side") == "left_only"]
    return replace(
        tables,
        figures=figures.astype({"rank": "Int64", "edition": "int64"}),
        editions=pd.concat([kept, editions], ignore_index=True) if len(editions) else kept,
    )


def turned_targets(
    known: Knowledge, cells: pd.DataFrame, editions: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Targets whose verdict or required place a load would turn, in any edition from it on.

    A corrected baseline moves requirements of later years, so all editions from the first one
    touched are judged again.

    Args:
        known: the present state.
        cells: see `applied`.
        editions: see `applied`.
        as_of: day whose knowledge is used.

    Returns:
        One row per (target_id, edition) that differs: status, required_rank and actual_rank
        before and after.

    Source: docs/method/intake.md.
    """
    first = int(cells["edition"].min())
    years = sorted(
        {int(year) for year in known.tables.editions["edition"] if year >= first}
        | {int(year) for year in editions["edition"]}
    )
    after = knowledge(applied(known.tables, cells, editions))
    return status_changes(
        judged(known, known.tables.targets, editions=years, as_of=as_of),
        judged(after, after.tables.targets, editions=years, as_of=as_of),
    )
