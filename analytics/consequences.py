"""What a change of figures would do to the verdicts, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.board import Knowledge, judged, knowledge
from analytics.difference import (
    CELL,
    VALUES,
    change_counts,
    figure_difference,
    status_changes,
)
from analytics.schema import FIGURE_COLUMNS, Tables, require_columns
from analytics.totals import derived_totals


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


@dataclass(frozen=True)
class Preview:
    """Everything a person must see before consenting to a load.

    `cells` has one row per cell with what becomes of it, `counts` how many per component,
    `turned` the targets whose verdict or requirement moves, `editions` the edition rows that
    come with it.
    """

    cells: pd.DataFrame
    counts: pd.DataFrame
    turned: pd.DataFrame
    editions: pd.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether the load would change nothing."""
        return bool((self.cells["change"] == "unchanged").all())


def preview(
    known: Knowledge, incoming: pd.DataFrame, editions: pd.DataFrame, *, as_of: date
) -> Preview:
    """What loading these figures would change, cells and verdicts, with nothing written.

    Args:
        known: the present state, held-back figures included.
        incoming: figures of the workbook, one row per (unit_id, component_id, edition), with the
            columns of `analytics.schema.FIGURE_COLUMNS` and note; totals it leaves out although
            it prints all parts are added, marked as derived.
        editions: edition rows that the load adds or replaces.
        as_of: day whose knowledge is used for the verdicts.

    Source: docs/method/intake.md.
    """
    held = known.tables.figures.loc[
        known.tables.figures["index_id"].isin(incoming["index_id"].unique())
    ]
    totals = derived_totals(incoming, known.tables.components, held)
    rows = pd.concat([incoming, totals], ignore_index=True) if len(totals) else incoming
    cells = figure_difference(held, rows)
    words = ["index_id", "score_origin", "rank_origin", "source_id", "note"]
    told = pd.concat([rows, held.assign(note=None)])[[*CELL, *words]].drop_duplicates(CELL)
    cells = cells.merge(told, on=CELL, how="left", validate="one_to_one")
    return Preview(
        cells=cells,
        counts=change_counts(cells),
        turned=turned_targets(known, cells, editions, as_of=as_of),
        editions=editions,
    )


def undone_cells(changes: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """The cells of a load turned round, as taking it back would change them.

    Args:
        changes: cells a load changed, one row per (unit_id, component_id, edition), with each
            value before and after.
        figures: present figures, for what index each component belongs to.

    Returns:
        The shape of `analytics.difference.figure_difference`, with index_id, score_origin,
        rank_origin and source_id.

    Raises:
        ColumnsMissing: `changes` lacks a column named above.

    Source: docs/method/intake.md.
    """
    sides = [f"{value}_{side}" for value in VALUES for side in ("before", "after")]
    require_columns(changes, [*CELL, *sides])
    turn = {f"{value}_before": f"{value}_after" for value in VALUES}
    rows = changes.rename(columns=turn | {new: old for old, new in turn.items()})
    gone, came = rows["state_after"].isna(), rows["state_before"].isna()
    rows["change"] = np.select([gone, came], ["removed", "added"], default="changed")
    known = dict(zip(figures["component_id"], figures["index_id"], strict=True))
    rows["index_id"] = (
        rows["component_id"].map(known).fillna(rows["component_id"].str.partition(".")[0])
    )
    return rows.assign(score_origin=None, rank_origin=None, source_id=None)
