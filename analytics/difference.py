"""What a load would change: figures cell by cell, and the verdicts that turn with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.schema import require_columns

CELL = ["unit_id", "component_id", "edition"]
VALUES = ["score", "percent", "max_score", "rank", "state"]
CHANGES = ["added", "changed", "removed", "unchanged"]
# Workbooks carry single and double precision of the same figure.
SAME_SCORE = 1e-9


def figure_difference(held: pd.DataFrame, incoming: pd.DataFrame) -> pd.DataFrame:
    """Every cell of the editions and components a workbook speaks of, with what becomes of it.

    A cell held by us and absent from the workbook is "removed" only where the workbook speaks of
    that component in that edition; what it does not speak of is left alone.

    Args:
        held: present figures, one row per (unit_id, component_id, edition), with score, percent,
            max_score, rank and state.
        incoming: figures of the workbook, the same columns.

    Returns:
        One row per cell with change (added|changed|removed|unchanged) and each value before and
        after (score_before, score_after, ...).

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/intake.md.
    """
    require_columns(held, [*CELL, *VALUES])
    require_columns(incoming, [*CELL, *VALUES])
    spoken_of = incoming[["component_id", "edition"]].drop_duplicates()
    within = held.merge(spoken_of, on=["component_id", "edition"], validate="many_to_one")
    cells = within[[*CELL, *VALUES]].merge(
        incoming[[*CELL, *VALUES]],
        on=CELL,
        how="outer",
        suffixes=("_before", "_after"),
        indicator=True,
        validate="one_to_one",
    )
    same = pd.Series(True, index=cells.index)
    for value in VALUES:
        same &= _same(cells[f"{value}_before"], cells[f"{value}_after"])
    side = cells.pop("_merge").astype("str")
    cells["change"] = np.select(
        [side == "right_only", side == "left_only", same.to_numpy()],
        ["added", "removed", "unchanged"],
        default="changed",
    )
    return cells.sort_values(["edition", "component_id", "unit_id"]).reset_index(drop=True)


def _same(before: pd.Series, after: pd.Series) -> pd.Series:
    """Equal, or missing on both sides; numbers within the precision workbooks carry."""
    missing = before.isna() & after.isna()
    if pd.api.types.is_numeric_dtype(before) and pd.api.types.is_numeric_dtype(after):
        gap = (before.astype("Float64") - after.astype("Float64")).abs()
        return missing | (gap <= SAME_SCORE).fillna(False)
    return missing | (before == after).fillna(False)


def change_counts(cells: pd.DataFrame) -> pd.DataFrame:
    """How many cells of each component are added, changed, removed and unchanged.

    Args:
        cells: result of `figure_difference`.

    Returns:
        One row per (component_id, edition) with n_added, n_changed, n_removed, n_unchanged.

    Source: docs/method/intake.md.
    """
    require_columns(cells, [*CELL, "change"])
    marks = pd.get_dummies(cells["change"], dtype="int64").reindex(columns=CHANGES, fill_value=0)
    counted = (
        marks.add_prefix("n_")
        .groupby([cells["component_id"], cells["edition"]])
        .sum()
        .reset_index()
    )
    return counted[["component_id", "edition", "n_added", "n_changed", "n_removed", "n_unchanged"]]


def status_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Targets whose verdict or required place differs between two states of the figures.

    Args:
        before: target verdicts, one row per (target_id, edition), with status, required_rank,
            actual_rank.
        after: the same from the other state.

    Returns:
        One row per target that differs, with status, required_rank and actual_rank before and
        after.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/intake.md.
    """
    columns = ["target_id", "unit_id", "index_id", "component_id", "edition"]
    values = ["status", "required_rank", "actual_rank"]
    require_columns(before, [*columns, *values])
    require_columns(after, [*columns, *values])
    both = before[[*columns, *values]].merge(
        after[[*columns, *values]],
        on=columns,
        how="outer",
        suffixes=("_before", "_after"),
        validate="one_to_one",
    )
    same = pd.Series(True, index=both.index)
    for value in values:
        same &= _same(both[f"{value}_before"], both[f"{value}_after"])
    return both.loc[~same].reset_index(drop=True)
