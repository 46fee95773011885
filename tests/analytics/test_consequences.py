"""What a load would change, before it is written and after it was."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.board import Knowledge
from analytics.consequences import applied, preview, turned_targets, undone_cells
from analytics.difference import CELL, change_counts, figure_difference

DAY = date(2026, 1, 1)
KON_TUM = "vn63-kon-tum"


def papi(known: Knowledge, edition: int) -> pd.DataFrame:
    figures = known.tables.figures
    return figures.loc[(figures["index_id"] == "papi") & (figures["edition"] == edition)].copy()


def corrected(known: Knowledge, score: float) -> pd.DataFrame:
    """PAPI 2023 with another total for Kon Tum."""
    rows = papi(known, 2023)
    rows.loc[(rows["unit_id"] == KON_TUM) & (rows["component_id"] == "papi"), "score"] = score
    return rows.assign(note=None)


def no_editions(known: Knowledge) -> pd.DataFrame:
    return known.tables.editions.iloc[0:0]


def test_a_correction_is_one_changed_cell_and_turns_the_targets_that_rest_on_it(
    known: Knowledge,
) -> None:
    seen = preview(known, corrected(known, 45.0), no_editions(known), as_of=DAY)
    moved = seen.cells.loc[seen.cells["change"] != "unchanged"]
    assert moved[["unit_id", "component_id", "change"]].to_numpy().tolist() == [
        [KON_TUM, "papi", "changed"]
    ]
    ours = seen.turned.loc[
        (seen.turned["unit_id"] == KON_TUM) & (seen.turned["edition"] == 2023)
    ].set_index("target_id")
    assert ours.loc["002-13", ["status_before", "status_after"]].tolist() == ["missed", "met"]


def test_the_same_figures_again_change_nothing_and_turn_nothing(known: Knowledge) -> None:
    seen = preview(known, papi(known, 2023).assign(note=None), no_editions(known), as_of=DAY)
    assert seen.is_empty
    assert seen.turned.empty


def test_a_load_turned_round_takes_its_own_effect_back(known: Knowledge) -> None:
    seen = preview(known, corrected(known, 45.0), no_editions(known), as_of=DAY)
    after = applied(known.tables, seen.cells, no_editions(known))
    back = undone_cells(
        seen.cells.loc[seen.cells["change"] != "unchanged"].drop(columns="change"), after.figures
    )
    restored = applied(after, back, no_editions(known))
    order = [*CELL]
    pd.testing.assert_frame_equal(
        restored.figures.sort_values(order)[[*order, "score"]].reset_index(drop=True),
        known.tables.figures.sort_values(order)[[*order, "score"]].reset_index(drop=True),
        check_dtype=False,
    )


def test_a_total_that_a_workbook_leaves_out_is_derived_only_where_none_is_held(
    known: Knowledge,
) -> None:
    parts = corrected(known, 45.0)
    parts = parts.loc[parts["component_id"] != "papi"]
    held = preview(known, parts, no_editions(known), as_of=DAY)
    assert "papi" not in set(held.cells["component_id"])
    bare = applied(
        known.tables,
        figure_difference(papi(known, 2023), papi(known, 2023)).assign(
            change="removed", index_id="papi", score_origin=None, rank_origin=None, source_id=None
        ),
        no_editions(known),
    )
    empty = Knowledge(bare, known.standings, known.bounds, known.groups)
    derived = preview(empty, parts, no_editions(known), as_of=DAY).cells
    totals = derived.loc[derived["component_id"] == "papi"].set_index("unit_id")
    assert set(totals["score_origin"].dropna()) == {"derived"}
    printed = papi(known, 2023).set_index(["unit_id", "component_id"])["score"]
    assert totals.loc[KON_TUM, "score_after"] == pytest.approx(printed[KON_TUM, "papi"], abs=5e-6)
    assert totals.loc["vn63-quang-ninh", "state_after"] == "withheld"


def test_cells_are_counted_by_what_becomes_of_them(known: Knowledge) -> None:
    rows = corrected(known, 45.0).iloc[:-2]
    counts = change_counts(figure_difference(papi(known, 2023), rows))
    by_hand = {"added": 0, "changed": 1, "removed": 2, "unchanged": len(rows) - 1}
    for change, n in by_hand.items():
        assert counts[f"n_{change}"].sum() == n


def test_targets_of_other_provinces_turn_only_where_their_place_or_requirement_moves(
    known: Knowledge,
) -> None:
    seen = preview(known, corrected(known, 45.0), no_editions(known), as_of=DAY)
    turned = turned_targets(known, seen.cells, no_editions(known), as_of=DAY)
    others = turned.loc[turned["unit_id"] != KON_TUM]
    moved = (others["actual_rank_before"] != others["actual_rank_after"]) | (
        others["required_rank_before"] != others["required_rank_after"]
    )
    assert moved.all()
