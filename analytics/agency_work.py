"""Who has to work on what: points lost, targets and tasks by agency.

A loss counts in full for every agency that leads the component.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.plain import real, text
from analytics.profile import Verdict

LOST_FIELDS = [
    "index_id", "component_id", "code", "component_vi", "component_en", "level", "agency_id",
    "agency", "score", "max_score", "lost", "lost_share", "recoverable",
]  # fmt: skip
TASK_FIELDS = [
    "agency_id", "agency", "role", "index_id", "component_id", "code", "component_vi",
    "component_en", "cause", "target_id", "kind", "amount", "stretch", "operator", "measure",
    "baseline_edition", "group_name", "rank", "n_ranked", "required_rank", "gap",
    "points_missing", "lost", "deadline", "document_id", "document_number", "clause",
]  # fmt: skip
AGENCY_FIELDS = [
    "agency_id", "agency", "n_components", "n_targets", "n_met", "n_missed", "n_open", "n_tasks",
]  # fmt: skip

MET = ("met", "met_stretch")
NOT_REACHED = ("missed", "off_track", "at_risk", "held_not_improved")
OPEN = ("not_assessable", "not_due", "on_track")
WEAK_VERDICTS = (Verdict.WEAKNESS.value, Verdict.BOTH.value)
LEAD, COORDINATE = "lead", "coordinate"

Row = dict[str, Any]


def agency_pairs(agency_ids: Any, names: Any) -> list[tuple[str, str]]:
    """Ids and names of the agencies of one row; a name without an id is its own id.

    Source: docs/method/scorecard.md.
    """
    ids = [part.strip() for part in text(agency_ids).split(";") if part.strip()]
    said = [part.strip() for part in text(names).split(";") if part.strip()]
    if len(ids) != len(said):
        return [(name, name) for name in said]
    return list(zip(ids, said, strict=True))


def targets_of(
    rows: pd.DataFrame, targets: pd.DataFrame, agencies: Sequence[str] | None
) -> pd.DataFrame:
    """A board with agency ids; only what one of the agencies leads or helps with, if named.

    Args:
        rows: result of `analytics.board.board`.
        targets: one row per target_id, with lead_agency_ids and co_agency_ids.
        agencies: agency ids; all when absent.

    Returns:
        The rows with agency_ids and co_agency_ids (";"-joined).

    Source: docs/method/scorecard.md.
    """
    if rows.empty:
        return rows.assign(agency_ids="", co_agency_ids="")
    ids = targets.set_index("target_id")
    rows = rows.assign(
        agency_ids=[text(ids["lead_agency_ids"].get(t)) for t in rows["target_id"]],
        co_agency_ids=[text(ids["co_agency_ids"].get(t)) for t in rows["target_id"]],
    )
    if agencies is None:
        return rows
    wanted = set(agencies)
    is_meant = [
        bool(wanted & {*lead.split(";"), *joint.split(";")})
        for lead, joint in zip(rows["agency_ids"], rows["co_agency_ids"], strict=True)
    ]
    return rows.loc[is_meant].reset_index(drop=True)


def losses(components: pd.DataFrame, agencies: Sequence[str] | None) -> pd.DataFrame:
    """T4: points lost by component and leading agency, largest loss first.

    Args:
        components: components of a scorecard, with lost [points], agency and agency_id
            (";"-joined).
        agencies: agency ids; all when absent.

    Returns:
        One row per (component_id, agency_id) with a known loss and the columns of `LOST_FIELDS`; a
        component nobody leads keeps its row with an empty agency.

    Source: docs/method/scorecard.md.
    """
    rows = [
        {**row, "agency_id": agency_id, "agency": agency}
        for _, row in components.loc[components["lost"].notna()].iterrows()
        for agency_id, agency in agency_pairs(row["agency_id"], row["agency"]) or [("", "")]
        if agencies is None or agency_id in agencies
    ]
    return _frame(rows, LOST_FIELDS).sort_values(
        ["level", "lost", "component_id", "agency_id"],
        ascending=[True, False, True, True], ignore_index=True,
    )  # fmt: skip


def tasks(
    components: pd.DataFrame, targets: pd.DataFrame, agencies: Sequence[str] | None
) -> pd.DataFrame:
    """T7: what each agency has to work on.

    A target that is missed, behind or without a measurement is a task of every agency the
    document names; a weak component is one of the agency that leads it, unless such a target
    names it already.

    Args:
        components: components of a scorecard.
        targets: result of `targets_of`.
        agencies: agency ids; all when absent.

    Returns:
        One row per task with the columns of `TASK_FIELDS`: role (lead, coordinate), cause (a status
        of `NOT_REACHED`, no_measurement, weakness), gap [places], points_missing and lost [points].

    Source: docs/method/scorecard.md.
    """
    rows = _from_targets(components, targets)
    asked = {(row["component_id"], row["agency_id"]) for row in rows}
    weak = components.loc[components["verdict"].isin(WEAK_VERDICTS) & (components["level"] == 1)]
    rows += [
        {**row, "agency_id": agency_id, "agency": agency, "role": LEAD, "cause": "weakness",
         "target_id": None}
        for _, row in weak.iterrows()
        for agency_id, agency in agency_pairs(row["agency_id"], row["agency"]) or [("", "")]
        if (row["component_id"], agency_id) not in asked
    ]  # fmt: skip
    if agencies is not None:
        rows = [row for row in rows if row["agency_id"] in agencies]
    return _frame(rows, TASK_FIELDS).sort_values(
        ["agency", "role", "index_id", "component_id", "target_id"],
        ascending=[True, False, True, True, True], ignore_index=True, na_position="last",
    )  # fmt: skip


def _from_targets(components: pd.DataFrame, targets: pd.DataFrame) -> list[Row]:
    parts = components.drop_duplicates("component_id").set_index("component_id")
    rows: list[Row] = []
    for _, row in targets.iterrows():
        is_unmeasured = row["reason"] == "no_measurement"
        if row["status"] not in NOT_REACHED and not is_unmeasured:
            continue
        line = row["component_id"]
        part: Row = dict(parts.loc[line]) if line in parts.index else {}
        shared = {
            **row, "cause": row["reason"] if is_unmeasured else row["status"],
            "rank": row["actual_rank"], "lost": real(part.get("lost")),
            "points_missing": real(part.get("points_missing")),
        }  # fmt: skip
        for role, ids, names in (
            (LEAD, row["agency_ids"], row["lead_agency"]),
            (COORDINATE, row["co_agency_ids"], row["co_agency"]),
        ):
            rows += [
                {**shared, "agency_id": agency_id, "agency": agency, "role": role}
                for agency_id, agency in agency_pairs(ids, names)
            ]
    return rows


def agencies_of(lost: pd.DataFrame, work: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """How much each agency has to answer for.

    Args:
        lost: result of `losses`.
        work: result of `tasks`.
        targets: result of `targets_of`.

    Returns:
        One row per agency_id: n_components with a loss, n_targets it leads, of these n_met,
        n_missed and n_open, n_tasks.

    Source: docs/method/scorecard.md.
    """
    names: dict[str, str] = {}
    for frame in (lost, work):
        names.update(zip(frame["agency_id"], frame["agency"], strict=True))
    leads = [agency_pairs(r["agency_ids"], r.get("lead_agency")) for _, r in targets.iterrows()]
    names.update(pair for pairs in leads for pair in pairs)
    names.pop("", None)
    rows: list[Row] = []
    for agency_id, agency in sorted(names.items(), key=lambda pair: pair[1]):
        mine = [any(agency_id == pair[0] for pair in pairs) for pairs in leads]
        status = targets.loc[mine, "status"] if any(mine) else pd.Series(dtype="object")
        losing = lost.loc[(lost["agency_id"] == agency_id) & (lost["level"] == 1)]
        rows.append({
            "agency_id": agency_id, "agency": agency,
            "n_components": int(losing["component_id"].nunique()), "n_targets": len(status),
            "n_met": int(status.isin(MET).sum()), "n_missed": int(status.isin(NOT_REACHED).sum()),
            "n_open": int(status.isin(OPEN).sum()),
            "n_tasks": int((work["agency_id"] == agency_id).sum()),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=AGENCY_FIELDS)


def _frame(rows: list[Row], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([{name: row.get(name) for name in columns} for row in rows],
                        columns=columns)  # fmt: skip
