"""Totals that a workbook leaves out although it prints all their parts."""

from __future__ import annotations

import pandas as pd

from analytics.schema import SCORED, WITHHELD, require_columns


def derived_totals(
    figures: pd.DataFrame, components: pd.DataFrame, held: pd.DataFrame
) -> pd.DataFrame:
    """The total as the sum of its components, where a workbook prints only these.

    Only for an index whose maxima add up to the total's, so that the sum is the publisher's own
    rule; a unit that lacks a component has no total. Nothing is derived for an edition of which
    totals are held already.
    Marked as derived: it is not what the publisher printed.

    Args:
        figures: rows of one index as a workbook brings them, one per (unit_id, component_id,
            edition), with index_id, score and state.
        components: one row per (component_id, period), with index_id, role, from_edition,
            to_edition, max_score.
        held: figures now in the store, with unit_id, component_id, edition and score.

    Returns:
        Rows to add, in the shape of `figures`, with score_origin "derived"; empty when there is
        nothing to add.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/intake.md.
    """
    require_columns(figures, ["unit_id", "component_id", "edition", "index_id", "score", "state"])
    require_columns(components, ["component_id", "role", "from_edition", "to_edition", "max_score"])
    found = []
    pairs = figures[["index_id", "edition"]].drop_duplicates()
    for index_id, edition in zip(pairs["index_id"], pairs["edition"], strict=True):
        rows = figures.loc[(figures["index_id"] == index_id) & (figures["edition"] == edition)]
        is_held = ((held["component_id"] == index_id) & (held["edition"] == edition)) & held[
            "score"
        ].notna()
        # Totals the workbook prints, or that are held already, are the publisher's own.
        if is_held.any() or (rows["component_id"] == index_id).any():
            continue
        parts = _summed_parts(components, index_id, edition)
        if not parts or not set(parts) <= set(rows["component_id"]):
            continue
        table = rows.loc[rows["component_id"].isin(parts)].pivot_table(
            index="unit_id", columns="component_id", values="score", aggfunc="first", dropna=False
        )
        total = table.reindex(columns=parts).sum(axis=1, min_count=len(parts))
        found.append(
            pd.DataFrame(
                {
                    "unit_id": total.index,
                    "component_id": index_id,
                    "edition": edition,
                    "score": total.to_numpy(),
                    "state": [SCORED if value else WITHHELD for value in total.notna()],
                    "index_id": index_id,
                    "score_origin": ["derived" if value else None for value in total.notna()],
                }
            )
        )
    if not found:
        return figures.iloc[0:0]
    return pd.concat(found, ignore_index=True).reindex(columns=figures.columns)


def _summed_parts(components: pd.DataFrame, index_id: str, edition: int) -> list[str]:
    """The components of an edition whose maxima add up to that of the total; else none."""
    last = components["to_edition"].astype("Float64").fillna(float("inf"))
    live = components.loc[
        (components["index_id"] == index_id)
        & (components["from_edition"] <= edition)
        & (last >= edition)
    ]
    parts = live.loc[live["role"] == "component"]
    whole = live.loc[live["role"] == "total", "max_score"]
    if parts.empty or whole.empty or parts["max_score"].isna().any() or pd.isna(whole.iloc[0]):
        return []
    adds_up = abs(float(parts["max_score"].sum()) - float(whole.iloc[0])) < 1e-6
    return [str(part) for part in parts["component_id"]] if adds_up else []
