"""Agencies: who they are, what became of them, who in them answers, and for what.

Shipped rows and typed ones are one list: a typed record of the same id stands in for the shipped
row, a withdrawn one hides it. An agency is never changed into its successor; a dated link says
who took over, so that what was given to an agency can still be found under its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

import pandas as pd
from pydantic import model_validator

from data import records
from data.actors import Action, Actor
from data.records import Record, RecordError
from data.store import Store

MERGE, RENAME, SPLIT = "merge", "rename", "split"
EVENTS = (MERGE, RENAME, SPLIT)
LEVELS = ("tỉnh", "huyện", "xã", "trung ương")
LEAD, COORDINATE = "lead", "coordinate"

PERSON_COLUMNS = [
    "record_id", "agency_id", "name", "title", "component_id", "target_id", "from_on", "to_on",
    "note", "state",
]  # fmt: skip
ASSIGNMENT_COLUMNS = [
    "record_id", "unit_id", "agency_id", "component_id", "role", "share", "from_edition",
    "to_edition", "basis", "state",
]  # fmt: skip


def _refused(vietnamese: str, english: str) -> RecordError:
    return RecordError(f"{vietnamese} ({english})")


class AgencyRecord(Record):
    """One agency; its record_id is the agency_id. Dates are the first and last day in force."""

    kind: ClassVar[str] = "agency"

    name_vi: str
    name_en: str = ""
    short_vi: str = ""
    unit_id: str
    level: str
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.name_vi:
            raise _refused("Hãy ghi tên cơ quan.", "The agency needs a name.")
        if self.level not in LEVELS:
            raise _refused(
                f"Cấp của cơ quan phải là một trong: {', '.join(LEVELS)}.", "Unknown level."
            )
        _in_order(self.valid_from, self.valid_to)
        return self


class AgencyLinkRecord(Record):
    """From one day on another agency answers for what was given to this one."""

    kind: ClassVar[str] = "agency_link"

    effective_on: date
    event: str
    from_agency_id: str
    to_agency_id: str
    legal_basis: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.event not in EVENTS:
            raise _refused(
                f"Biến động phải là một trong: {', '.join(EVENTS)}.", "Unknown kind of event."
            )
        if self.from_agency_id == self.to_agency_id:
            raise _refused(
                "Một cơ quan không thể kế tục chính mình; hãy chọn hai cơ quan khác nhau.",
                "An agency cannot succeed itself.",
            )
        if not self.legal_basis and not self.note:
            raise _refused(
                "Hãy ghi văn bản làm căn cứ, hoặc ghi chú rằng chưa đối chiếu văn bản.",
                "A legal basis is needed, or a note that none was checked.",
            )
        return self


class PersonRecord(Record):
    """One person answers within an agency, for all of it or for one component or target.

    Who answered before stays: a new person is a new record, and the old one gets its last day.
    """

    kind: ClassVar[str] = "agency_person"
    action: ClassVar[Action] = Action.EDIT_SHEETS

    agency_id: str
    name: str
    title: str = ""
    component_id: str = ""
    target_id: str = ""
    from_on: date
    to_on: date | None = None
    note: str = ""

    @property
    def scope(self) -> str | None:
        """The agency may name its own people."""
        return self.agency_id

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.name:
            raise _refused("Hãy ghi họ tên người chịu trách nhiệm.", "The person needs a name.")
        _in_order(self.from_on, self.to_on)
        return self


class AssignmentRecord(Record):
    """An agency leads or co-ordinates one component, whatever the targets say.

    Attributes:
        share: of a co-ordinator, the part of the component that it is counted with, above 0 and
            at most 1; a lead counts in full and has none.
    """

    kind: ClassVar[str] = "agency_assignment"

    unit_id: str
    agency_id: str
    component_id: str
    role: str
    share: float | None = None
    from_edition: int
    to_edition: int | None = None
    basis: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.role not in (LEAD, COORDINATE):
            raise _refused("Vai trò phải là chủ trì hoặc phối hợp.", "Unknown role.")
        if self.role == LEAD and self.share is not None:
            raise _refused("Cơ quan chủ trì được tính đủ, không ghi tỷ lệ.", "A lead has no share.")
        if self.share is not None and not 0 < self.share <= 1:
            raise _refused(
                "Tỷ lệ phối hợp phải lớn hơn 0 và không quá 100 %.", "The share is out of range."
            )
        if self.to_edition is not None and self.to_edition < self.from_edition:
            raise _refused(
                "Năm kết thúc phải từ năm bắt đầu trở đi.", "The years are in the wrong order."
            )
        return self


def _in_order(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise _refused(
            "Ngày kết thúc phải từ ngày bắt đầu trở đi.", "The days are in the wrong order."
        )


# ------------------------------------------------------------------------------------- reading


def agencies(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """All agencies, shipped and typed: one row per agency_id."""
    return store.frame("agencies", version=version)


def agency_links(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """Who took over from whom, shipped and typed: one row per link_id."""
    return store.frame("agency_links", version=version)


def people(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """Who answers in which agency, and who did: one row per record_id; withdrawn ones left out."""
    rows = records.frame(_live(store, PersonRecord, version), PERSON_COLUMNS)
    for day in ("from_on", "to_on"):
        rows[day] = pd.to_datetime(rows[day])
    return rows.sort_values(["agency_id", "from_on"], ascending=[True, False], ignore_index=True)


def assignments(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """Components given to agencies by hand: one row per record_id; withdrawn ones left out."""
    rows = records.frame(_live(store, AssignmentRecord, version), ASSIGNMENT_COLUMNS)
    return rows.astype({"from_edition": "Int64", "to_edition": "Int64", "share": "Float64"})


def _live(store: Store, model: type[records.R], version: str | None) -> list[records.R]:
    found = records.held(store, model, version=version).values()
    return [record for record, _ in found if record.state != records.WITHDRAWN]


# ------------------------------------------------------------------------------------- writing


def save_agency(
    store: Store, record: AgencyRecord, *, by: Actor, seen: int | None = None, reason: str = ""
) -> None:
    """Add an agency or change one.

    Args:
        store: where to.
        record: the agency.
        by: who saves.
        seen: revision as the person saw it, 0 where nobody had typed one yet; not checked when
            absent.
        reason: why, for the audit trail.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: another agency of the same unit has the name at the same time, or somebody
            else saved it since.
    """
    others = agencies(store)
    others = others.loc[
        (others["unit_id"] == record.unit_id) & (others["agency_id"] != record.record_id)
    ]
    for _, other in others.loc[
        others["name_vi"].str.casefold() == record.name_vi.casefold()
    ].iterrows():
        if _overlap(record.valid_from, record.valid_to, other["valid_from"], other["valid_to"]):
            raise _refused(
                f"Đã có cơ quan “{record.name_vi}” trong cùng thời gian; hãy sửa cơ quan đó.",
                "An agency of that name exists.",
            )
    records.save(store, record, by=by, seen=_seen(record, seen), reason=reason)


def _overlap(first: date | None, last: date | None, begun: object, ended: object) -> bool:
    begins = [pd.Timestamp.min if pd.isna(day) else pd.Timestamp(day) for day in (first, begun)]  # type: ignore[call-overload,arg-type]
    ends = [pd.Timestamp.max if pd.isna(day) else pd.Timestamp(day) for day in (last, ended)]  # type: ignore[call-overload,arg-type]
    return bool(max(begins) <= min(ends))


def save_link(store: Store, record: AgencyLinkRecord, *, by: Actor, reason: str = "") -> None:
    """Say from which day on who takes over from whom.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: one of the two agencies is not in the list.
    """
    _known(agencies(store), [record.from_agency_id, record.to_agency_id])
    records.save(store, record, by=by, reason=reason)


def save_person(
    store: Store, record: PersonRecord, *, by: Actor, seen: int | None = None, reason: str = ""
) -> None:
    """Say who answers in an agency.

    Args:
        store: where to.
        record: who, for what, from when to when.
        by: who saves.
        seen: revision as the person saw it, 0 for a new one; not checked when absent.
        reason: why, for the audit trail.

    Raises:
        NotAllowed: beyond the role of `by`, or not its agency.
        RecordError: the agency is not in the list, or somebody else saved it since.
    """
    _known(agencies(store), [record.agency_id])
    records.save(store, record, by=by, seen=_seen(record, seen), reason=reason)


def save_assignment(store: Store, record: AssignmentRecord, *, by: Actor, reason: str = "") -> None:
    """Give a component to an agency to lead or to co-ordinate.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: the agency is not in the list, or has the component already in these years.
    """
    _known(agencies(store), [record.agency_id])
    held = assignments(store)
    same = held.loc[
        (held["unit_id"] == record.unit_id)
        & (held["agency_id"] == record.agency_id)
        & (held["component_id"] == record.component_id)
        & (held["record_id"] != record.record_id)
    ]
    for _, other in same.iterrows():
        last = other["to_edition"]
        begins_before = pd.isna(record.to_edition) or other["from_edition"] <= record.to_edition
        if begins_before and (pd.isna(last) or last >= record.from_edition):
            raise _refused(
                "Cơ quan này đã được giao thành phần đó trong cùng thời gian; hãy rút phân công cũ "
                "trước.",
                "The agency has this component already; a component is never counted twice.",
            )
    records.save(store, record, by=by, reason=reason)


def _seen(record: Record, revision: int | None) -> dict[str, int] | None:
    return None if revision is None else {record.record_id: revision}


def _known(rows: pd.DataFrame, agency_ids: Sequence[str]) -> None:
    for agency_id in agency_ids:
        if agency_id not in set(rows["agency_id"]):
            raise _refused(
                f"Không có cơ quan “{agency_id}” trong danh mục; hãy thêm cơ quan này trước.",
                "The agency is not in the list.",
            )
