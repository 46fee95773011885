"""What offices report by period, as the one figure per target and year that a verdict needs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd

from analytics.schema import MEASUREMENT_COLUMNS, require_columns
from analytics.targets import YEARLY, TargetKind

PERIOD = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")

RESULT_COLUMNS = ["target_id", "edition", "value", "base_value", "completed_on", "period"]
# Two targets that share all of these and never the same year are milestones on one way.
_SAME_INDICATOR = ["unit_id", "document_id", "component_id", "measure", "clause", "note"]

_DAY = pd.Timedelta(days=1)
_UNIT = re.compile(r"[Đđ]ơn vị đo: ([^;]+)")
_NAMES_ITSELF = ("tỷ lệ", "tỉ lệ", "mức", "số ", "thời gian")


def unit_of(note: object) -> str:
    """What the note of an operational target says it counts ("Đơn vị đo: % hồ sơ …; …").

    Source: docs/method/operational-targets.md.
    """
    found = _UNIT.search(note) if isinstance(note, str) else None
    return found[1].strip() if found is not None else ""


def things_of(unit: str) -> str:
    """What stands behind a number of a unit: "số lần yêu cầu" counts "lần yêu cầu".

    Source: docs/method/operational-targets.md.
    """
    return unit.removeprefix("số ")


def unit_note(subject: str, measure: str) -> str:
    """The note of an operational target that counts this; empty without a subject.

    Source: docs/method/operational-targets.md.
    """
    named = subject.lower().startswith(_NAMES_ITSELF)
    said = f"% {subject}" if measure == "percent" and not named else subject
    return f"Đơn vị đo: {said.replace(';', ',')}" if subject else ""


def period_end(period: str) -> date:
    """The last day of a period: 2023, 2023-H1, 2023-Q1 or 2023-02.

    Raises:
        ValueError: no period.

    Source: docs/method/operational-targets.md.
    """
    found = PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"not a period: {period!r}")
    year, quarter, half, month = found.groups()
    last = int(month) if month else 3 * int(quarter) if quarter else 6 * int(half) if half else 12
    first_after = date(int(year) + last // 12, last % 12 + 1, 1)
    return (pd.Timestamp(first_after) - _DAY).date()


def milestones(targets: pd.DataFrame) -> pd.Series:
    """Targets that ask for more and more of one thing in different years.

    "60 % trong năm 2021, trên 80 % vào năm 2022" is two targets on one indicator: a figure
    reported for one of them is a figure for the other. Targets of one sentence whose years
    overlap ask for different things.

    Args:
        targets: one row per target_id, with unit_id, document_id, component_id, measure, clause,
            note, first_edition, last_edition.

    Returns:
        By target_id the target_id of the first milestone; a target alone stands for itself.

    Raises:
        ColumnsMissing: `targets` lacks a column named above.

    Source: docs/method/operational-targets.md.
    """
    require_columns(targets, [*_SAME_INDICATOR, "target_id", "first_edition", "last_edition"])
    first = dict(zip(targets["target_id"], targets["target_id"], strict=True))
    dated = targets.dropna(subset=["first_edition", "last_edition", "clause"])
    for _, group in dated.groupby(_SAME_INDICATOR, dropna=False):
        ordered = group.sort_values("first_edition")
        begins, ends = ordered["first_edition"].tolist(), ordered["last_edition"].tolist()
        if all(end < begin for end, begin in zip(ends, begins[1:], strict=False)):
            first |= dict.fromkeys(ordered["target_id"], str(ordered["target_id"].iloc[0]))
    return pd.Series(first, dtype="object")


def measured_values(reports: pd.DataFrame, targets: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """One figure per target and year out of the reports known on a day.

    The report of the whole year stands before those of its parts; of parts the one that ends
    last. What the office did not report stays missing. "Not completed" on a day after the
    deadline means completed later than that day at the earliest.

    Args:
        reports: one row per (target_id, period), with value, base_value, completed_on [date],
            reported_on [date].
        targets: one row per target_id, with kind, baseline_edition, first_edition, deadline and
            the columns of `milestones`.
        as_of: reports from later days are left out.

    Returns:
        One row per (target_id, edition): value, base_value [of the base year: as the report
        states it, else as reported for the year compared against], completed_on [date], period
        [of the report used].

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/operational-targets.md.
    """
    require_columns(reports, MEASUREMENT_COLUMNS)
    require_columns(targets, ["target_id", "kind", "baseline_edition", "first_edition", "deadline"])
    known = reports.loc[pd.to_datetime(reports["reported_on"]) <= pd.Timestamp(as_of)]
    if known.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in RESULT_COLUMNS})
    first = milestones(targets)
    known = known.assign(
        indicator=[first.get(name, name) for name in known["target_id"]],
        edition=[int(str(period)[:4]) for period in known["period"]],
        is_whole=[len(str(period)) == 4 for period in known["period"]],
        ends_on=pd.to_datetime([period_end(str(period)) for period in known["period"]]),
    )
    best = known.sort_values(["is_whole", "ends_on", "reported_on", "target_id"]).drop_duplicates(
        ["indicator", "edition"], keep="last"
    )
    held = {(str(row["indicator"]), int(row["edition"])): row for _, row in best.iterrows()}
    rows: list[dict[str, Any]] = []
    for _, target in targets.iterrows():
        indicator = str(first[target["target_id"]])
        for (name, edition), report in held.items():
            if name == indicator:
                rows.append(_figure(target, edition, report, held))
    return pd.DataFrame(rows, columns=RESULT_COLUMNS)


def _figure(
    target: pd.Series, edition: int, report: pd.Series, held: dict[tuple[str, int], pd.Series]
) -> dict[str, Any]:
    base = report["base_value"]
    before = held.get((str(report["indicator"]), _base_year(target, edition)))
    if pd.isna(base) and before is not None:
        base = before["value"]
    return {
        "target_id": target["target_id"],
        "edition": edition,
        "value": report["value"],
        "base_value": base,
        "completed_on": _completed(target, report),
        "period": report["period"],
    }


def _base_year(target: pd.Series, edition: int) -> int:
    """The year compared against: the one named; else the one before, or before the first."""
    kind = target["kind"]
    if kind == TargetKind.IMPROVE_UNQUANTIFIED:
        return edition - 1
    if pd.notna(target["baseline_edition"]):
        return int(target["baseline_edition"])
    if kind not in YEARLY and pd.notna(target["first_edition"]):
        return min(int(target["first_edition"]), edition) - 1
    return edition - 1


def _completed(target: pd.Series, report: pd.Series) -> Any:
    """The day of completion, or the first on which it is still possible once it is too late."""
    if target["kind"] != TargetKind.COMPLETE_BY or pd.notna(report["completed_on"]):
        return report["completed_on"]
    reported, deadline = pd.Timestamp(report["reported_on"]), pd.to_datetime(target["deadline"])
    return reported + _DAY if pd.notna(deadline) and reported >= deadline else pd.NaT
