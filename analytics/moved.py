"""Statuses never freeze: what a publication moved in the targets between two days."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.board import Knowledge, judged

_KEY = ["target_id", "unit_id", "index_id", "component_id", "kind", "edition"]
_SIDES = [
    "status", "required_rank", "required_score", "baseline_used", "baseline_rank",
    "is_provisional", "actual_rank",
]  # fmt: skip
# Far below the smallest step any publisher prints.
SAME_SCORE = 1e-9


def moved_targets(
    known: Knowledge, targets: pd.DataFrame, *, editions: list[int], before: date, after: date
) -> pd.DataFrame:
    """Targets that two days judge differently, with what was published in between.

    A requirement may move without anybody touching the target: "+5 so với năm 2022" is reckoned
    from the last edition that is out until 2022 is published, and from 2022 on that day.

    Args:
        known: result of `analytics.board.knowledge`.
        targets: rows of the target table.
        editions: years judged, e.g. [2023].
        before: the earlier day.
        after: the later day.

    Returns:
        One row per (target_id, edition) that differs: status, required_rank, required_score,
        baseline_used, baseline_rank, is_provisional and actual_rank, each _before and _after;
        is_moved (another place or score is required), became_final (the requirement was
        provisional and no longer is), is_turned (another verdict). Rows whose requirement moved
        come first.

    Source: docs/method/register.md.
    """
    columns = [*_KEY, *(f"{name}_{side}" for side in ("before", "after") for name in _SIDES)]
    marks = ["is_moved", "became_final", "is_turned"]
    earlier = judged(known, targets, editions=editions, as_of=before)
    later = judged(known, targets, editions=editions, as_of=after)
    if earlier.empty or later.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in [*columns, *marks]})
    both = earlier[[*_KEY, *_SIDES]].merge(
        later[[*_KEY, *_SIDES]], on=_KEY, how="outer", suffixes=("_before", "_after"),
        validate="one_to_one",
    )  # fmt: skip
    both["is_moved"] = _differs(both, "required_rank") | _differs(both, "required_score")
    was = both["is_provisional_before"].astype("boolean") & both["baseline_rank_before"].notna()
    is_now = both["is_provisional_after"].astype("boolean")
    both["became_final"] = (was & ~is_now & both["baseline_rank_after"].notna()).astype("bool")
    both["is_turned"] = both["status_before"] != both["status_after"]
    changed = both.loc[both[marks].any(axis=1) | _differs(both, "actual_rank")]
    return changed.sort_values(
        ["is_moved", "became_final", "index_id", "component_id", "target_id", "edition"],
        ascending=[False, False, True, True, True, True],
    )[[*columns, *marks]].reset_index(drop=True)  # fmt: skip


def _differs(rows: pd.DataFrame, name: str) -> pd.Series:
    """Another number, or a number on one side only."""
    before = pd.to_numeric(rows[f"{name}_before"], errors="coerce").astype("Float64")
    after = pd.to_numeric(rows[f"{name}_after"], errors="coerce").astype("Float64")
    gap = ((before - after).abs() > SAME_SCORE).fillna(False)
    return (gap | (before.isna() != after.isna())).astype("bool")


def published_between(known: Knowledge, *, before: date, after: date) -> pd.DataFrame:
    """Editions that came out after the one day and up to the other.

    Returns:
        One row per (index_id, edition) with published_on, in order of day.

    Source: docs/method/register.md.
    """
    editions = known.tables.editions
    days = pd.to_datetime(editions["published_on"])
    out = editions.loc[(days > pd.Timestamp(before)) & (days <= pd.Timestamp(after))]
    rows = out[["index_id", "edition", "published_on"]]
    return rows.sort_values(["published_on", "index_id"]).reset_index(drop=True)
