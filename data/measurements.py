"""What offices measure themselves, by period: shares, counts, reductions, completions.

A report belongs to one target and one period; a corrected figure replaces the one before it, which
stays in the history. The verdict is made where all verdicts are made, never here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar, Self

import pandas as pd
from pydantic import model_validator

from data import records
from data.actors import Action, Actor
from data.records import Record, RecordError
from data.store import Store

# A year, a quarter, a half, or a month of it.
PERIOD = re.compile(
    r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?"
)
SHARE, COUNT, DAY = "percent", "count", "date"
COLUMNS = ["record_id", "target_id", "period", "value", "base_value", "completed_on", "reported_on"]


class MeasurementRecord(Record):
    """One reported figure.

    Attributes:
        target_id: of which target.
        agency_id: the agency that leads the target and reports; its own accounts may enter.
        period: 2023, 2023-H1, 2023-Q1 or 2023-02.
        value: what was measured; None where the report is of a completion.
        base_value: value of the base year, where the report states it itself.
        completed_on: the day something was completed; None where it was not by `reported_on`.
        reported_on: from which day on the figure was known.
        unit_text: what is counted, in words.
        evidence: document, address or file that proves it.
    """

    kind: ClassVar[str] = "measurement"
    action: ClassVar[Action] = Action.EDIT_SHEETS

    target_id: str
    agency_id: str | None = None
    period: str
    value: float | None = None
    base_value: float | None = None
    completed_on: date | None = None
    reported_on: date
    unit_text: str = ""
    evidence: str = ""

    @property
    def scope(self) -> str | None:
        """The agency that reports."""
        return self.agency_id

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not PERIOD.fullmatch(self.period):
            raise _refused(
                f"Không hiểu kỳ “{self.period}”; hãy ghi năm, quý, nửa năm hoặc tháng, ví dụ 2023, "
                "2023-Q1, 2023-H1, 2023-02.",
                "Unknown period.",
            )
        for number in (self.value, self.base_value):
            if number is not None and not abs(number) < float("inf"):
                raise _refused("Giá trị phải là một số.", "The value must be a number.")
        if self.completed_on is not None and self.completed_on > self.reported_on:
            raise _refused(
                "Ngày hoàn thành không thể sau ngày báo cáo.", "Completed after it was reported."
            )
        return self


def _refused(vietnamese: str, english: str) -> RecordError:
    return RecordError(f"{vietnamese} ({english})")


def record_id(target_id: str, period: str) -> str:
    """The one report of a target for a period."""
    return f"measurement-{target_id}-{period}"


def measurements(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """Reports in force: one row per (target_id, period)."""
    return store.frame("measurements", version=version)[COLUMNS]


def reports(store: Store, *, version: str | None = None) -> dict[str, MeasurementRecord]:
    """Reports in force by record_id, with evidence."""
    found = records.held(store, MeasurementRecord, version=version)
    return {key: one for key, (one, _) in found.items() if one.state != records.WITHDRAWN}


def enter(
    store: Store,
    record: MeasurementRecord,
    *,
    targets: pd.DataFrame,
    by: Actor,
    seen: dict[str, int] | None = None,
    reason: str = "",
) -> None:
    """Keep a report; one of the same target and period is replaced.

    The reporting agency is not what the report says but who leads the target, so that no agency
    can write on another's target.

    Args:
        store: where to.
        record: the report.
        targets: one row per target_id, with measure, kind and lead_agency_ids.
        by: who enters it.
        seen: revisions by record_id as the person saw them; one not named is new. Not checked when
            absent.
        reason: why a figure is corrected.

    Raises:
        NotAllowed: beyond the role of `by`, or not its agency.
        RecordError: no such target, a figure its measure cannot have, or somebody else reported
            the period since.
    """
    found = targets.loc[targets["target_id"] == record.target_id]
    if found.empty:
        raise _refused(f"Không có chỉ tiêu “{record.target_id}”.", "There is no such target.")
    target = found.iloc[0]
    _fits(record, str(target["kind"]), str(target["measure"]))
    leads = target["lead_agency_ids"]
    lead = str(leads).split(";")[0] if isinstance(leads, str) and leads else None
    kept = record.model_copy(
        update={"agency_id": lead, "record_id": record_id(record.target_id, record.period)}
    )
    expected = None if seen is None else {kept.record_id: seen.get(kept.record_id, 0)}
    records.save(store, kept, by=by, seen=expected, reason=reason)


def _fits(record: MeasurementRecord, kind: str, measure: str) -> None:
    """Whether the figure is of the sort that the target asks for."""
    if kind == "complete_by":
        return
    if record.value is None:
        raise _refused("Hãy nhập giá trị đo được.", "A measured value is needed.")
    is_share = measure == SHARE and kind != "percent_reduction_at_least"
    if is_share and not 0 <= record.value <= 100:
        raise _refused("Tỷ lệ phải từ 0 đến 100 %.", "A share lies between 0 and 100 per cent.")
    if record.value < 0:
        raise _refused("Giá trị không thể âm.", "The value cannot be negative.")
    if kind == "count_at_most" and record.value != int(record.value):
        raise _refused("Số lượng phải là số nguyên.", "A count is a whole number.")
