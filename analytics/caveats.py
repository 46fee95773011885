"""What a reader of a pack has to know beside its numbers: one row per reservation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.explanation import Explanation
from analytics.plain import whole
from analytics.schema import NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP, WITHHELD

CAVEAT_FIELDS = [
    "code", "index_id", "component_id", "edition", "n", "n_expected", "note_vi", "note_en",
]  # fmt: skip
NO_PLACE = (WITHHELD, OUTSIDE_TOP, NOT_HELD, NOT_PUBLISHED)


def caveats(
    totals: pd.DataFrame,
    components: pd.DataFrame,
    targets: pd.DataFrame,
    why: dict[str, Explanation],
    formed_on: date | None = None,
) -> pd.DataFrame:
    """Every reservation about a scorecard, index by index.

    Args:
        totals: totals of the scorecard, one row per index_id.
        components: components of the scorecard.
        targets: targets of the scorecard, with flags (tuple).
        why: why each index changed, by index_id.
        formed_on: first day of the unit; what it was made of on that day is told as a merger alone.

    Returns:
        One row per reservation with code (withheld, outside_top, not_held, not_published, the same
        with baseline_ in front, computed, break, merger, boundary, partial_field, within_noise,
        components_not_held, provisional_baseline, merged), index_id, edition it is about, n and
        n_expected [counts, where the code counts], note_vi and note_en of a recorded break.

    Source: docs/method/scorecard.md.
    """
    rows: list[dict[str, Any]] = []
    for _, total in totals.iterrows():
        made = why[str(total["index_id"])]
        rows += [*_places(total, made), *_method(made, formed_on), *_field(total, made)]
        rows += _unheld(total, components, made.edition)
    rows += _flagged(targets)
    for row in rows:
        row["component_id"] = row["index_id"]
    return pd.DataFrame(rows, columns=CAVEAT_FIELDS)


def _places(total: pd.Series, made: Explanation) -> list[dict[str, Any]]:
    """Why there is no place, in either year, or that it is not the publisher's."""
    about = {"index_id": made.index_id, "edition": made.edition}
    state, before = str(total["state"]), str(total["baseline_state"])
    rows: list[dict[str, Any]] = []
    if state in NO_PLACE:
        rows.append({**about, "code": state, "n": whole(total["rank_low"])})
    if before in NO_PLACE:
        rows.append({**about, "code": f"baseline_{before}", "edition": made.baseline})
    if total["rank_origin"] == "computed":
        rows.append({**about, "code": "computed"})
    return rows


def _method(made: Explanation, formed_on: date | None) -> list[dict[str, Any]]:
    """Changes of method and of territory between the two years."""
    about = {"index_id": made.index_id, "edition": made.edition}
    rows: list[dict[str, Any]] = [
        {**about, "code": "break", "edition": found.edition, "note_vi": found.note_vi,
         "note_en": found.note_en}
        for found in made.breaks
    ]  # fmt: skip
    if made.ground == "units_differ" or formed_on in made.boundary_changes:
        rows.append({**about, "code": "merger"})
    return rows + [
        {**about, "code": "boundary", "edition": day.year}
        for day in made.boundary_changes if day != formed_on
    ]  # fmt: skip


def _field(total: pd.Series, made: Explanation) -> list[dict[str, Any]]:
    """Scores of others that are not held, and a change no larger than the error of the survey."""
    about = {"index_id": made.index_id, "edition": made.edition}
    n_ranked, n_held = whole(total["n_ranked"]), int(total["n_held"])
    rows: list[dict[str, Any]] = []
    if total["state"] != NOT_PUBLISHED and n_ranked and n_held < n_ranked:
        rows.append({**about, "code": "partial_field", "n": n_held, "n_expected": n_ranked})
    if made.change_tag == "within_noise":
        rows.append({**about, "code": "within_noise"})
    return rows


def _unheld(total: pd.Series, components: pd.DataFrame, edition: int) -> list[dict[str, Any]]:
    """Components of which neither score nor place is held, though the index is out."""
    if total["state"] in (NOT_PUBLISHED, WITHHELD):
        return []
    index_id = str(total["index_id"])
    own = components.loc[(components["index_id"] == index_id) & (components["level"] == 1)]
    n = int((own["score"].isna() & own["rank"].isna()).sum())
    if not n:
        return []
    return [{"index_id": index_id, "edition": edition, "code": "components_not_held", "n": n,
             "n_expected": len(own)}]  # fmt: skip


def _flagged(targets: pd.DataFrame) -> list[dict[str, Any]]:
    """Targets whose base is provisional, or that the merger cut off."""
    rows: list[dict[str, Any]] = []
    for flag in ("provisional_baseline", "merged"):
        mine = [flag in flags for flags in targets["flags"]] if len(targets) else []
        found = targets.loc[mine] if any(mine) else targets.iloc[:0]
        for index_id in found["index_id"].unique():
            of_index = found.loc[found["index_id"] == index_id]
            edition = int(of_index["edition"].iloc[0])
            rows.append({"index_id": index_id, "edition": edition, "code": flag,
                         "n": len(of_index)})  # fmt: skip
    return rows
