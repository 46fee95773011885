"""What a place would take and what-ifs as plain records and lines, for the command line.

Records hold what JSON can hold: missing is null, and no text stands for a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.climb import Climb
from analytics.outcome import Outcome
from analytics.plain import real, whole
from briefing import scenario as words
from briefing.climb import points
from locales import form

Record = dict[str, Any]
Names = Mapping[str, str]


def gap_record(made: Climb, names: Names, *, moving: bool) -> Record:
    """One ladder question as a record.

    `needed` and `needed_alone` speak of the table as it stands; `projected` is the same need with
    the rivals as assumed: equal to `needed` when they stand still, null where the year before
    gives no drift.
    """
    projected = made.needed_moving if moving else made.needed
    return {
        "unit": names[made.unit_id],
        "unit_id": made.unit_id,
        "index": made.index_id,
        "component": made.component_id,
        "year": made.edition,
        "score": made.score,
        "rank": made.rank,
        "n_ranked": made.n_ranked,
        "to_rank": made.aim_rank,
        "basis": made.basis.value,
        "target_rank": made.target_rank,
        "needed": made.needed,
        "needed_alone": made.needed_alone,
        "holder": _named(made.holder_unit_id, names),
        "n_level": made.n_level,
        "peers": "moving" if moving else "fixed",
        "drift": made.drift if moving else 0.0,
        "projected": projected,
        "to_keep": made.keep_moving if moving else (0.0 if made.is_given else None),
        "cushion": made.cushion,
        "below": _named(made.below_unit_id, names),
        "groups": _groups(made.groups),
        "path": _path(made),
        "path_ground": made.path_ground,
        "ground": made.ground,
        "n_held": made.n_held,
        "n_expected": made.n_expected,
    }


def _named(unit_id: str | None, names: Names) -> str | None:
    return None if unit_id is None else names[unit_id]


def _groups(rows: pd.DataFrame) -> list[Record]:
    return [
        {
            "group": row["group_id"],
            "name": row["name_vi"],
            "lower_bound": real(row["lower_bound"]),
            "is_current": bool(row["is_current"]),
            "needed": real(row["needed"]),
        }
        for _, row in rows.iterrows()
    ]


def _path(made: Climb) -> list[Record] | None:
    if made.path is None:
        return None
    steps = made.path.steps
    return [
        {
            "component": row["component_id"],
            "score": real(row["score"]),
            "cap": real(row["cap"]),
            "cost": real(row["cost"]),
            "raise_by": real(row["raise_by"]),
            "rank": int(row["rank"]),
            "rank_reached": int(row["rank_reached"]),
        }
        for _, row in steps.loc[steps["raise_by"] > 0].iterrows()
    ]


def whatif_record(made: Outcome, parts: pd.DataFrame, *, unit: str) -> Record:
    """One what-if as a record: the answer, before and after, every line it moved.

    Args:
        made: the answer.
        parts: one row per component_id with code and name_vi of the edition.
        unit: name of the unit.
    """
    found = made.scenario
    before: Record = {"score": None, "rank": None, "group": None}
    after = dict(before)
    if found is not None:
        before = {
            "score": found.score_before, "rank": found.rank_before, "group": found.group_before,
        }  # fmt: skip
        after = {"score": found.score, "rank": found.rank, "group": found.group}
    return {
        "unit": unit,
        "unit_id": made.unit_id,
        "index": made.index_id,
        "year": made.edition,
        "is_scenario": True,
        "peers": made.peers.value,
        "drift": made.drift if made.peers.value == "moving" else 0.0,
        **after,
        "n_ranked": None if found is None else found.n_ranked,
        "gain": None if found is None else found.gain,
        "before": before,
        "after": after,
        "components": [] if found is None else _components(found.components, parts),
        "targets": [
            {
                "component": row["component_id"],
                "required_rank": int(row["required_rank"]),
                "was_met": bool(row["was_met"]),
                "is_met": bool(row["is_met"]),
            }
            for _, row in made.targets.iterrows()
        ],
        "ground": made.ground,
        "n_held": made.n_held if found is None else None,
        "n_expected": made.n_expected,
    }


def _components(rows: pd.DataFrame, parts: pd.DataFrame) -> list[Record]:
    known = parts.drop_duplicates("component_id").set_index("component_id")
    return [
        {
            "component": row["component_id"],
            "code": str(known["code"].get(row["component_id"], "")),
            "name": str(known["name_vi"].get(row["component_id"], "")),
            "score_before": real(row["score_before"]),
            "score": real(row["score"]),
            "change": real(row["change"]),
            "rank_before": whole(row["rank_before"]),
            "rank": whole(row["rank"]),
            "gain": whole(row["gain"]),
        }
        for _, row in rows.iterrows()
    ]


def whatif_lines(made: Outcome, labels: Names, *, unit: str, index: str) -> list[str]:
    """A what-if as lines of text: marked as one, the answer, every moved line, every target."""
    said = [words.mark(), words.answer(made, labels, unit=unit, index=index)]
    if made.scenario is None:
        return said[1:]
    for _, row in words.changed(made.scenario).iterrows():
        place = f"{_shown(row['rank_before'])} → {_shown(row['rank'])}"
        label = labels.get(row["component_id"], row["component_id"])
        before, after = points(row["score_before"]), points(row["score"])
        said.append(f"  {label}: {before} → {after} ({place})")
    return said + [f"  {line}" for _, line in words.target_lines(made, labels)]


def _shown(value: Any) -> str:
    return form.NO_VALUE if form.is_missing(value) else str(int(value))
