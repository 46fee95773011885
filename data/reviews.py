"""Review sheets, plans of remedy and calls for documents, as people type them.

What a sheet may be closed on and what a plan item must say is decided here, for every way in.
Figures are not kept, except those a sheet was closed on: they show what has moved since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator

from data import records
from data.actors import Action, Actor
from data.build import REFERENCE
from data.records import CLOSED, IN_FORCE, WITHDRAWN, Record, RecordError
from data.store import Store

INTERNAL = "internal:"


class Part(BaseModel):
    """A part of a record: its texts come in as those of the record itself do."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: records.plain_text(value) for name, value in values.items()}


class Answer(Part):
    """Why a weakness came about and who answers for it: a person and an organisation."""

    finding_id: str
    cause: str = ""
    person: str = ""
    organisation: str = ""


class OwnFinding(Part):
    """A weakness that people know of and the figures held here do not show, e.g. of a criterion."""

    finding_id: str
    component_id: str
    title: str
    max_score: float | None = None
    score: float | None = None


class ClosedLine(Part):
    """A line as it stood when the sheet was closed."""

    component_id: str
    score: float | None = None
    rank: int | None = None
    is_weakness: bool = False


class ReviewSheet(Record):
    """What one agency says of one index and year; `closed` once every weakness is answered for."""

    kind: ClassVar[str] = "review_sheet"
    action: ClassVar[Action] = Action.EDIT_SHEETS

    unit_id: str
    index_id: str
    edition: int
    agency_id: str
    adopted: tuple[str, ...] = ()
    own_findings: tuple[OwnFinding, ...] = ()
    answers: tuple[Answer, ...] = ()
    praise: str = ""
    closed_on: date | None = None
    closed_lines: tuple[ClosedLine, ...] = ()

    @property
    def scope(self) -> str | None:
        """The agency whose sheet it is."""
        return self.agency_id

    def answer(self, finding_id: str) -> Answer:
        """What is said of one weakness; empty where nothing is."""
        said = {one.finding_id: one for one in self.answers}
        return said.get(finding_id, Answer(finding_id=finding_id))


class PlanStatus(StrEnum):
    """How far an item of a plan is."""

    NOT_STARTED = "not_started"
    DOING = "doing"
    DONE = "done"
    GIVEN_UP = "given_up"


class PlanItem(Record):
    """One remedy: weakness, cause, action, owner, dates, measure, status, evidence; "5 rõ"."""

    kind: ClassVar[str] = "plan_item"
    action: ClassVar[Action] = Action.EDIT_SHEETS

    unit_id: str
    index_id: str
    edition: int
    agency_id: str
    finding_id: str
    weakness: str
    cause: str
    task: str
    owner: str
    procedure: str
    responsibility: str
    result: str
    measure: str
    starts_on: date | None
    due_on: date | None
    status: PlanStatus = PlanStatus.NOT_STARTED
    done_on: date | None = None
    evidence: str = ""
    evidence_file: str = ""
    evidence_name: str = ""

    @property
    def scope(self) -> str | None:
        """The agency that carries it out."""
        return self.agency_id


class SubmissionCall(Record):
    """A call for documents: by which document, what, from whom, by when, and every year or not.

    `due_on` is the last day allowed. `yearly_month` asks again every later year to `last_year`, by
    the end of that month.
    """

    kind: ClassVar[str] = "submission_call"

    unit_id: str
    document: str
    what: str
    receiver: str
    deadline_text: str
    due_on: date
    agency_ids: tuple[str, ...]
    yearly_month: int | None = None
    last_year: int | None = None


class Submission(Record):
    """One version of what one agency sent in answer to a call."""

    kind: ClassVar[str] = "submission"
    action: ClassVar[Action] = Action.EDIT_SHEETS

    call_id: str
    year: int
    agency_id: str
    sent_on: date
    number: str = ""
    note: str = ""
    file: str = ""
    file_name: str = ""

    @property
    def scope(self) -> str | None:
        """The agency that sent it."""
        return self.agency_id


R = TypeVar("R", bound=Record)

# ------------------------------------------------------------------------------------- sheets


def sheet_id(unit_id: str, index_id: str, edition: int, agency_id: str) -> str:
    """The one sheet of an agency for an index and year."""
    return f"{unit_id}|{index_id}|{edition}|{agency_id}"


def sheet(
    store: Store,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    agency_id: str,
    version: str | None = None,
) -> tuple[ReviewSheet, int]:
    """The sheet as it stands and its revision; an empty one with revision 0 before the first."""
    key = sheet_id(unit_id, index_id, edition, agency_id)
    found = records.held(store, ReviewSheet, version=version).get(key)
    if found is not None:
        return found[0], found[1].revision
    empty = ReviewSheet(
        record_id=key, unit_id=unit_id, index_id=index_id, edition=edition, agency_id=agency_id
    )
    return empty, 0


def sheets(
    store: Store, *, unit_id: str, index_id: str, edition: int, version: str | None = None
) -> list[ReviewSheet]:
    """The sheets of all agencies for one index and year, withdrawn ones left out."""
    return [
        one
        for one, _ in records.held(store, ReviewSheet, version=version).values()
        if (one.unit_id, one.index_id, one.edition) == (unit_id, index_id, edition)
        and one.state != WITHDRAWN
    ]


_ANSWER = {
    "cause": "nguyên nhân",
    "person": "trách nhiệm cá nhân",
    "organisation": "trách nhiệm tổ chức",
}


def lacking(sheet: ReviewSheet, weaknesses: Mapping[str, str]) -> dict[str, list[str]]:
    """What is still to be said, by the name of the weakness.

    Args:
        sheet: the sheet.
        weaknesses: name of every weakness by finding_id.

    Returns:
        For each weakness that is not answered for, which of cause, person and organisation is
        missing.
    """
    open_answers: dict[str, list[str]] = {}
    for finding_id, name in weaknesses.items():
        said = sheet.answer(finding_id)
        missing = [part for part in _ANSWER if not getattr(said, part)]
        if missing:
            open_answers[name] = missing
    return open_answers


def keep_sheet(store: Store, sheet: ReviewSheet, *, by: Actor, seen: int) -> None:
    """Save an open sheet.

    Args:
        store: where to.
        sheet: the sheet with what was typed.
        by: who saves.
        seen: revision as the person saw it; 0 for a new one.

    Raises:
        NotAllowed: not the agency's own account, and not an analyst's.
        RecordError: the sheet is closed, or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    if sheet.state == CLOSED:
        raise RecordError(
            "Phiếu đánh giá đã khóa; hãy mở lại phiếu và ghi lý do trước khi sửa. "
            "(The sheet is closed; reopen it first.)"
        )
    records.save(store, sheet, by=by, seen={sheet.record_id: seen})


def close(
    store: Store,
    sheet: ReviewSheet,
    weaknesses: Mapping[str, str],
    lines: Sequence[ClosedLine],
    *,
    by: Actor,
    seen: int,
    on: date,
) -> None:
    """Close a sheet on the figures of the day.

    Args:
        store: where to.
        sheet: the sheet as it stands.
        weaknesses: name of every weakness by finding_id, from the data and the agency's own.
        lines: the agency's lines as they stand, kept to see later what moved.
        by: who closes.
        seen: revision as the person saw it.
        on: day of closing.

    Raises:
        NotAllowed: not the agency's own account, and not an analyst's.
        RecordError: a weakness without cause, person or organisation; the sheet has no line; it
            is closed already; or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    if sheet.state == CLOSED:
        raise RecordError("Phiếu đánh giá này đã khóa. (The sheet is closed already.)")
    if not lines and not weaknesses:
        raise RecordError(
            "Cơ quan chưa có chỉ số thành phần nào trong phiếu; hãy nhận phần việc trước khi khóa. "
            "(The sheet has no line.)"
        )
    missing = lacking(sheet, weaknesses)
    if missing:
        said = "; ".join(
            f"“{name}” thiếu {', '.join(_ANSWER[part] for part in parts)}"
            for name, parts in missing.items()
        )
        raise RecordError(
            f"Chưa khóa được phiếu: {said}. (Every weakness needs a cause, a person and an "
            "organisation.)"
        )
    shut = sheet.model_copy(update={"state": CLOSED, "closed_on": on, "closed_lines": tuple(lines)})
    records.save(store, shut, by=by, seen={sheet.record_id: seen})


def reopen(store: Store, sheet: ReviewSheet, *, by: Actor, seen: int, reason: str) -> None:
    """Open a closed sheet again; the reason stays in its history.

    Raises:
        NotAllowed: not the agency's own account, and not an analyst's.
        RecordError: no reason, not closed, or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    if sheet.state != CLOSED:
        raise RecordError("Phiếu đánh giá này chưa khóa. (The sheet is not closed.)")
    why = str(records.plain_text(reason))
    if not why:
        raise RecordError(
            "Hãy ghi lý do trước khi mở lại phiếu. (A reason is needed to reopen the sheet.)"
        )
    again = sheet.model_copy(update={"state": IN_FORCE, "closed_on": None, "closed_lines": ()})
    records.save(store, again, by=by, seen={sheet.record_id: seen}, reason=why)


# ---------------------------------------------------------------------------------------- plan

# The "5 rõ" of the directives come first: người, việc, quy trình, trách nhiệm, kết quả.
_REQUIRED = {
    "owner": "rõ người",
    "task": "rõ việc",
    "procedure": "rõ quy trình",
    "responsibility": "rõ trách nhiệm",
    "result": "rõ kết quả",
    "weakness": "hạn chế",
    "cause": "nguyên nhân",
    "measure": "thước đo",
    "starts_on": "ngày bắt đầu",
    "due_on": "thời hạn",
}
PLAN_COLUMNS = [
    "record_id", "state", "unit_id", "index_id", "edition", "agency_id", "finding_id", "weakness",
    "cause", "task", "owner", "procedure", "responsibility", "result", "measure", "starts_on",
    "due_on", "status", "done_on", "evidence", "evidence_file", "evidence_name",
]  # fmt: skip
TASK_COLUMNS = ["record_id", "unit_id", "agency_id", "title", "due_on", "done_on", "state"]


def keep_plan_item(store: Store, item: PlanItem, *, by: Actor, seen: int) -> None:
    """Save an item of a plan.

    Raises:
        NotAllowed: not the agency's own account, and not an analyst's.
        RecordError: a required field is empty, the deadline lies before the start, an item is done
            without day or evidence; or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    missing = [words for field, words in _REQUIRED.items() if not getattr(item, field)]
    if missing:
        raise RecordError(
            f"Chưa lưu được nhiệm vụ: thiếu {', '.join(missing)}. (Required fields are empty.)"
        )
    if item.starts_on and item.due_on and item.due_on < item.starts_on:
        raise RecordError(
            "Thời hạn đứng trước ngày bắt đầu; hãy sửa một trong hai ngày. "
            "(The deadline lies before the start.)"
        )
    if (item.status == PlanStatus.DONE) != (item.done_on is not None):
        raise RecordError(
            "Nhiệm vụ đã hoàn thành phải có ngày hoàn thành, và chỉ khi đó mới có. "
            "(A finished item, and no other, has a day it was finished.)"
        )
    if item.status == PlanStatus.DONE and not (item.evidence or item.evidence_file):
        raise RecordError(
            "Nhiệm vụ đã hoàn thành phải có minh chứng: số văn bản hoặc tệp. "
            "(A finished item needs evidence.)"
        )
    records.save(store, item, by=by, seen={item.record_id: seen})


def plan(
    store: Store,
    *,
    unit_id: str | None = None,
    index_id: str | None = None,
    edition: int | None = None,
    agency_id: str | None = None,
    version: str | None = None,
) -> pd.DataFrame:
    """Items of plans, of one province, index, year or agency where asked.

    Returns:
        One row per record_id, withdrawn ones left out, with `PLAN_COLUMNS` and revision, by
        deadline.
    """
    wanted = {"unit_id": unit_id, "index_id": index_id, "edition": edition, "agency_id": agency_id}
    rows = [
        {**item.model_dump(), "status": item.status.value, "revision": about.revision}
        for item, about in records.held(store, PlanItem, version=version).values()
        if item.state != WITHDRAWN
        and all(value is None or getattr(item, name) == value for name, value in wanted.items())
    ]
    found = pd.DataFrame(rows, columns=[*PLAN_COLUMNS, "revision"])
    return found.sort_values(["due_on", "record_id"], ignore_index=True)


def tasks(store: Store, version: str | None = None) -> pd.DataFrame:
    """Items of all plans as tasks with a deadline; withdrawn ones left out.

    Returns:
        One row per record_id: record_id, unit_id, agency_id, title, due_on, done_on [days],
        state [not_started | doing | done | given_up].
    """
    found = plan(store, version=version).drop(columns="state")
    return found.rename(columns={"task": "title", "status": "state"})[TASK_COLUMNS]


# ---------------------------------------------------------------------------------- submissions

CALL_COLUMNS = [
    "record_id", "unit_id", "document", "what", "receiver", "deadline_text", "due_on",
    "agency_ids", "yearly_month", "last_year",
]  # fmt: skip
YEARLY = ("yearly_month", "last_year")
SUBMISSION_COLUMNS = [
    "record_id", "call_id", "year", "agency_id", "sent_on", "number", "note", "file", "file_name",
]  # fmt: skip


def keep_call(store: Store, call: SubmissionCall, *, by: Actor, seen: int) -> None:
    """Save a call for documents.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: nothing asked for, nobody asked, a month that does not exist, or a last year
            before the first; or somebody else saved it since.
        StoreError: the store cannot be written.
    """
    missing = [
        words
        for value, words in (
            (call.document, "văn bản yêu cầu"),
            (call.what, "nội dung phải gửi"),
            (call.receiver, "nơi nhận"),
            (call.agency_ids, "cơ quan phải gửi"),
        )
        if not value
    ]
    if missing:
        raise RecordError(
            f"Chưa lưu được yêu cầu: thiếu {', '.join(missing)}. (Required fields are empty.)"
        )
    is_yearly = call.yearly_month is not None
    if is_yearly != (call.last_year is not None) or (
        call.yearly_month is not None
        and call.last_year is not None
        and not (1 <= call.yearly_month <= 12 and call.due_on.year < call.last_year <= 2100)
    ):
        raise RecordError(
            "Yêu cầu hằng năm phải có tháng (1–12) và năm cuối sau năm đầu. "
            "(A yearly call needs a month and a last year after the first.)"
        )
    records.save(store, call, by=by, seen={call.record_id: seen})


def keep_submission(store: Store, sent: Submission, *, by: Actor) -> None:
    """Keep what an agency sent; a later version is another record.

    Raises:
        NotAllowed: not the agency's own account, and not an analyst's.
        RecordError: the call does not ask this agency.
        StoreError: the store cannot be written.
    """
    found = records.held(store, SubmissionCall).get(sent.call_id)
    if found is None or found[0].state == WITHDRAWN or sent.agency_id not in found[0].agency_ids:
        raise RecordError(
            "Yêu cầu này không giao cho cơ quan đã chọn. (The call does not ask this agency.)"
        )
    records.save(store, sent, by=by)


def calls(store: Store, unit_id: str, *, version: str | None = None) -> pd.DataFrame:
    """Calls of one province: one row per record_id with `CALL_COLUMNS`, withdrawn ones left out."""
    found = records.held(store, SubmissionCall, version=version).values()
    own = [one for one, _ in found if one.unit_id == unit_id and one.state != WITHDRAWN]
    return records.frame(own, CALL_COLUMNS).sort_values("due_on", ignore_index=True)


def calls_of_documents(unit_id: str, *, reference: Path = REFERENCE) -> pd.DataFrame:
    """Calls as the shipped documents word them, to start from: one row per item_id.

    Returns:
        item_id, document_id, unit_id, document, what, receiver, deadline_text, agency_ids
        (";"-joined), yearly_month and last_year (missing unless it is asked every year), note.
    """
    rows = pd.read_csv(reference / "submission_calls.csv", dtype="str", keep_default_na=False)
    years = {name: pd.to_numeric(rows[name]).astype("Int64") for name in YEARLY}
    return rows.assign(**years).loc[rows["unit_id"] == unit_id].reset_index(drop=True)


def submissions(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """All versions sent: one row per record_id with `SUBMISSION_COLUMNS`."""
    found = records.held(store, Submission, version=version).values()
    own = [one for one, _ in found if one.state != WITHDRAWN]
    return records.frame(own, SUBMISSION_COLUMNS).sort_values(
        ["sent_on", "record_id"], ignore_index=True
    )


def held_one(store: Store, model: type[R], record_id: str) -> tuple[R, int]:
    """One record of a kind and its revision.

    Raises:
        RecordError: there is none of that id.
    """
    found = records.held(store, model).get(record_id)
    if found is None:
        raise RecordError("Không còn nội dung này trong kho. (There is no such record.)")
    return found[0], found[1].revision
