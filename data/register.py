"""The target register: targets, the documents that set them, and sentences waiting for a person.

Shipped rows can be edited and withdrawn like typed ones: the record of the same id stands in their
place. What is kept here is joined to the shipped rows in `data/sql/targets.sql`, `documents.sql`
and `agencies.sql`, so every page that asks `data.queries` follows at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import pandas as pd
from pydantic import Field, ValidationError, field_validator, model_validator

from data import queries, records
from data.actors import Actor, demand
from data.batches import keep_file
from data.build import REFERENCE
from data.records import CLOSED, DRAFT, WITHDRAWN, Record, RecordError
from data.store import Store

LINKS_FILE = "document_links.csv"
CITES, SUPERSEDES = "cites", "supersedes"
# The level of agencies that belong to the province itself.
PROVINCIAL = "tỉnh"
FIRST_YEAR, LAST_YEAR = 2000, 2100
# The closed list of analytics.targets.TargetKind; a test holds the two together.
TARGET_KINDS = (
    "rank_gain_vs_year", "improve_yearly", "keep_and_improve", "not_below_last_year", "hold_rank",
    "top_n", "rank_between", "regional_rank", "score_at_least", "percent_at_least",
    "score_gain_vs_year", "group_at_least", "above_national_average", "percent_reduction_at_least",
    "count_at_most", "complete_by", "improve_unquantified",
)  # fmt: skip
MEASURES = ("rank", "score", "percent", "count", "date")
OPERATORS = (">=", ">", "<=", "<")
# Kinds that say nothing without their number.
NUMBERED = (
    "rank_gain_vs_year", "top_n", "rank_between", "regional_rank", "score_at_least",
    "percent_at_least", "score_gain_vs_year", "percent_reduction_at_least", "count_at_most",
)  # fmt: skip
GAINS = ("rank_gain_vs_year", "score_gain_vs_year")
PLACES = ("hold_rank", "top_n", "rank_between", "regional_rank")
SHARES = ("percent_at_least", "percent_reduction_at_least")
# What a co-ordinating agency counts for where nobody said: half of what the lead does.
USUAL_SHARE = 0.5

_NAMES = {
    "target_kind": "loại chỉ tiêu", "amount": "mức", "stretch": "mức phấn đấu",
    "baseline_edition": "năm gốc", "first_edition": "từ năm", "last_edition": "đến năm",
    "deadline": "thời hạn", "out_of": "tổng số", "co_share": "tỷ lệ của cơ quan phối hợp",
    "footnote_rank": "hạng nêu trong văn bản", "footnote_n": "số đơn vị nêu trong văn bản",
    "footnote_edition": "năm của hạng nêu trong văn bản", "issued_on": "ngày ban hành",
}  # fmt: skip


class TargetRecord(Record):
    """One target: the columns of the shipped table, with the agencies that answer for it.

    A draft may lack anything and is on no board. A lead counts in full, each co-ordinating agency
    with `co_share` of it; nobody is both.
    """

    kind: ClassVar[str] = "target"

    item_id: str = ""
    document_id: str = ""
    unit_id: str = ""
    index_id: str = ""
    component_id: str = ""
    target_kind: str = ""
    amount: float | None = None
    stretch: float | None = None
    operator: str = ""
    measure: str = ""
    baseline_edition: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    first_edition: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    last_edition: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    deadline: date | None = None
    group_name: str = ""
    out_of: int | None = Field(default=None, ge=1)
    region_id: str = ""
    clause: str = ""
    footnote_rank: int | None = Field(default=None, ge=1)
    footnote_n: int | None = Field(default=None, ge=1)
    footnote_edition: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    footnote_name: str = ""
    legal_basis: str = ""
    note: str = ""
    lead_agency_ids: list[str] = Field(default_factory=list)
    co_agency_ids: list[str] = Field(default_factory=list)
    co_share: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _sense(self) -> Self:
        for fault in (self._lists(), self._order(), self._level()):
            if fault:
                raise ValueError(fault)
        fault = "" if self.state in (DRAFT, WITHDRAWN) else self._absent()
        if fault:
            raise ValueError(fault)
        return self

    def _lists(self) -> str:
        """A word out of its closed list, or an agency named twice."""
        for value, allowed in (
            (self.target_kind, TARGET_KINDS), (self.measure, MEASURES), (self.operator, OPERATORS),
        ):  # fmt: skip
            if value and value not in allowed:
                return f"“{value}” không có trong danh sách. (Not in the list.)"
        named = [*self.lead_agency_ids, *self.co_agency_ids]
        if len(named) != len(set(named)):
            return (
                "Một cơ quan chỉ được ghi một lần: chủ trì hoặc phối hợp. "
                "(An agency is named twice; it leads or co-ordinates.)"
            )
        return ""

    def _order(self) -> str:
        """Years the wrong way round."""
        first, last = self.first_edition, self.last_edition
        if first is not None and last is not None and first > last:
            return f"Từ năm {first} đến năm {last} là ngược. (The years are the wrong way round.)"
        end = last if last is not None else first
        is_gain = self.target_kind in GAINS
        if is_gain and self.baseline_edition and end is not None and self.baseline_edition >= end:
            return (
                f"Năm gốc {self.baseline_edition} phải trước năm đánh giá {end}. "
                "(The base year must come before the year judged.)"
            )
        return ""

    def _level(self) -> str:
        """A number that cannot be what the kind asks for."""
        if self.amount is None:
            return ""
        if self.amount <= 0 and self.target_kind != "count_at_most":
            return "Mức phải lớn hơn 0. (The level must be above 0.)"
        is_places = self.target_kind in PLACES or self.target_kind == "rank_gain_vs_year"
        if is_places and self.amount != int(self.amount):
            return "Số bậc, thứ hạng phải là số nguyên. (Places are whole numbers.)"
        if self.target_kind in SHARES and self.amount > 100:
            return "Tỷ lệ không quá 100 %. (A share is at most 100 %.)"
        if self.stretch is None:
            return ""
        is_worse = self.stretch < self.amount if self.target_kind not in PLACES else (
            self.stretch > self.amount
        )  # fmt: skip
        if is_worse:
            return (
                "Mức phấn đấu không được thấp hơn mức phải đạt. "
                "(What is hoped for must not be less than what is asked.)"
            )
        return ""

    def _absent(self) -> str:
        """What a target in force must have."""
        needed = {
            "đơn vị (the unit)": self.unit_id, "văn bản (the document)": self.document_id,
            "chỉ số (the index)": self.index_id, "thành phần (the component)": self.component_id,
            "loại chỉ tiêu (the kind)": self.target_kind, "đơn vị đo (the measure)": self.measure,
            "trích nguyên văn (the words of the document)": self.clause,
        }  # fmt: skip
        if self.target_kind in NUMBERED:
            needed["mức (the level)"] = "" if self.amount is None else "given"
        if self.target_kind == "complete_by":
            needed["thời hạn (the deadline)"] = "" if self.deadline is None else "given"
        missing = [name for name, value in needed.items() if not value]
        if not missing:
            return ""
        return (
            f"Chỉ tiêu có hiệu lực còn thiếu: {'; '.join(missing)}; hãy ghi đủ hoặc lưu bản nháp. "
            "(Fill these in, or keep it as a draft.)"
        )


class DocumentRecord(Record):
    """One document: number and date may be blank as long as it is a draft.

    `supersedes` and `cites` hold ids of other documents; the file is kept by its checksum.
    """

    kind: ClassVar[str] = "document"

    number: str = ""
    issued_on: date | None = None
    issued_text: str = ""
    issuer: str = ""
    title: str = ""
    unit_id: str = ""
    url: str = ""
    note: str = ""
    file_sha256: str = ""
    file_name: str = ""
    supersedes: list[str] = Field(default_factory=list)
    cites: list[str] = Field(default_factory=list)

    @field_validator("url")
    @classmethod
    def _web(cls, url: str) -> str:
        if url and not url.lower().startswith(("https://", "http://")):
            raise ValueError(
                "Đường dẫn phải bắt đầu bằng https:// hoặc http://. (Not a web address.)"
            )
        return url

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.record_id in (*self.supersedes, *self.cites):
            raise ValueError(
                "Văn bản không thể thay thế hoặc viện dẫn chính nó. (It names itself.)"
            )
        if self.state in (DRAFT, WITHDRAWN):
            return self
        is_dated = self.issued_on is not None or bool(self.issued_text)
        if not (self.number and is_dated and self.issuer):
            raise ValueError(
                "Văn bản có hiệu lực phải có số, ngày và cơ quan ban hành; hãy ghi đủ hoặc lưu "
                "bản nháp. (Number, date and issuer are needed; or keep it as a draft.)"
            )
        return self


class QueuedSentence(Record):
    """Words of a document that were not understood and wait for a person.

    Closed when somebody has dealt with them, with what was done in `outcome`. `reasons` are notes
    of the reader of sentences, where it has any.
    """

    kind: ClassVar[str] = "queued_sentence"

    sentence: str = Field(min_length=1)
    unread: list[str] = Field(default_factory=list)
    reasons: list[str] = Field(default_factory=list)
    unit_id: str = ""
    document_id: str = ""
    year: int | None = None
    outcome: str = ""

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.state == CLOSED and not self.outcome:
            raise ValueError(
                "Hãy ghi đã xử lý thế nào trước khi đưa ra khỏi hàng chờ. (Say what was done.)"
            )
        return self


R = TypeVar("R", bound=Record)


def made(model: type[R], **values: Any) -> R:
    """A record of that kind from what a person filled in.

    Raises:
        RecordError: the values make no record; the message is one sentence, Vietnamese first.
    """
    try:
        return model(**values)
    except ValidationError as fault:
        first = fault.errors()[0]
        said = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] != "value_error":
            field = str(first["loc"][0]) if first["loc"] else model.kind
            named = _NAMES.get(field, field)
            said = f"Ô “{named}” chưa hợp lệ. (The field {field} is not valid: {said})"
        raise RecordError(said) from fault


def issued_words(day: date) -> str:
    """A date as documents write it: ngày 02 tháng 3 năm 2023."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def target(store: Store, target_id: str, *, version: str | None = None) -> TargetRecord | None:
    """A target as it can be edited, typed or shipped; None when there is none of that id."""
    held = records.held(store, TargetRecord, version=version)
    if target_id in held:
        return held[target_id][0]
    rows = queries.targets(version=version, of=store)
    rows = rows.loc[rows["target_id"] == target_id]
    if rows.empty:
        return None
    row = _values(rows.iloc[0].to_dict())
    kept = {name: row[name] for name in TargetRecord.model_fields if row.get(name) is not None}
    return made(
        TargetRecord,
        **{
            **kept,
            "record_id": target_id,
            "target_kind": row["kind"],
            "lead_agency_ids": _split(row["lead_agency_ids"]),
            "co_agency_ids": _split(row["co_agency_ids"]),
        },
    )


def document(
    store: Store, document_id: str, *, version: str | None = None
) -> DocumentRecord | None:
    """A document as it can be edited, typed or shipped; None when there is none of that id."""
    held = records.held(store, DocumentRecord, version=version)
    if document_id in held:
        return held[document_id][0]
    rows = queries.documents(version=version, of=store)
    rows = rows.loc[rows["document_id"] == document_id]
    if rows.empty:
        return None
    row = _values(rows.iloc[0].to_dict())
    kept = {name: row[name] for name in DocumentRecord.model_fields if row.get(name) is not None}
    links = document_links(store, version=version)
    own = links.loc[links["from_document_id"] == document_id]
    by_relation = {
        name: list(own.loc[own["relation"] == name, "to_document_id"])
        for name in (CITES, SUPERSEDES)
    }
    # A shipped document may lack its date or number as the copy we hold does.
    is_whole = kept.get("number") and kept.get("issuer") and (
        kept.get("issued_on") or kept.get("issued_text")
    )  # fmt: skip
    state = str(row["state"]) if is_whole else DRAFT
    return made(DocumentRecord, **{**kept, **by_relation, "record_id": document_id, "state": state})


def document_links(
    store: Store, *, reference: Path = REFERENCE, version: str | None = None
) -> pd.DataFrame:
    """Which document cites or supersedes which: one row per (from, to, relation).

    A document that people edited says its own; of the others the shipped links hold.
    """
    shipped = pd.read_csv(reference / LINKS_FILE, dtype="str", keep_default_na=False)
    held = records.held(store, DocumentRecord, version=version)
    typed = [
        {"from_document_id": key, "to_document_id": other, "relation": relation, "basis": ""}
        for key, (record, _) in held.items()
        if record.state != WITHDRAWN
        for relation, others in ((CITES, record.cites), (SUPERSEDES, record.supersedes))
        for other in others
    ]
    kept = shipped.loc[~shipped["from_document_id"].isin(list(held))]
    if not typed:
        return kept.reset_index(drop=True)
    return pd.concat([kept, pd.DataFrame(typed)], ignore_index=True)


def keep(
    store: Store,
    record: TargetRecord | DocumentRecord,
    *,
    by: Actor,
    seen: int | None = None,
    reason: str = "",
) -> None:
    """Save an edited target or document.

    The first edit of a shipped row puts its shipped content into the audit trail too, so that the
    trail shows what was there before.

    Args:
        store: where to.
        record: as edited.
        by: who.
        seen: revision the person saw, 0 where nobody had typed one yet; the save is refused when
            somebody else saved since.
        reason: why.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: somebody else saved it since.
        StoreError: the store cannot be written.
    """
    is_typed = record.record_id in records.held(store, type(record))
    shipped = None if is_typed else _as_shipped(store, record)
    if shipped is None:
        expected = None if seen is None else {record.record_id: seen}
        records.save(store, record, by=by, seen=expected, reason=reason)
    else:
        records.save(store, [shipped, record], by=by, reason=reason)


def withdraw(
    store: Store, record: TargetRecord | DocumentRecord, *, by: Actor, reason: str
) -> None:
    """Take a target or a document out of force; it stays with its history and the reason.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: no reason, or a document that a target in force still rests on.
        StoreError: the store cannot be written.
    """
    if isinstance(record, DocumentRecord):
        targets = queries.targets(of=store)
        n = int((targets["document_id"] == record.record_id).sum())
        if n:
            raise RecordError(
                f"Văn bản này còn {n} chỉ tiêu đang có hiệu lực; hãy rút hoặc chuyển các chỉ tiêu "
                f"đó trước. ({n} targets still rest on this document.)"
            )
    if not reason.strip() or record.record_id in records.held(store, type(record)):
        records.withdraw(store, record, by=by, reason=reason)
    else:
        gone = record.model_copy(update={"state": WITHDRAWN})
        keep(store, gone, by=by, reason=reason)


def _as_shipped(
    store: Store, record: TargetRecord | DocumentRecord
) -> TargetRecord | DocumentRecord | None:
    if isinstance(record, TargetRecord):
        return target(store, record.record_id)
    return document(store, record.record_id)


def with_file(
    store: Store, record: DocumentRecord, file: bytes, name: str, *, by: Actor
) -> DocumentRecord:
    """The document with the bytes of its file kept beside the store.

    Raises:
        NotAllowed: `by` may not keep the document itself.
        StoreError: the disk refuses.
    """
    demand(by, record.action, agency_id=record.scope)
    digest = keep_file(store, file, name)
    return record.model_copy(update={"file_sha256": digest, "file_name": name})


def drafts(store: Store, *, version: str | None = None) -> dict[str, TargetRecord]:
    """Targets kept as drafts, by id."""
    held = records.held(store, TargetRecord, version=version)
    return {key: record for key, (record, _) in held.items() if record.state == DRAFT}


def withdrawn(store: Store, *, version: str | None = None) -> dict[str, TargetRecord]:
    """Targets taken out of force, by id."""
    held = records.held(store, TargetRecord, version=version)
    return {key: record for key, (record, _) in held.items() if record.state == WITHDRAWN}


def queue(store: Store, *, version: str | None = None) -> dict[str, QueuedSentence]:
    """Sentences that wait for a person, by id, oldest first."""
    held = records.held(store, QueuedSentence, version=version)
    gone = (CLOSED, WITHDRAWN)
    return {key: record for key, (record, _) in held.items() if record.state not in gone}


def row(record: TargetRecord) -> dict[str, Any]:
    """A target that nobody has saved yet, with the columns the calculations read."""
    content = record.model_dump()
    texts = ("index_id", "component_id", "operator", "measure", "group_name", "region_id", "note")
    return {
        **{name: content[name] for name in content if name not in ("state", "target_kind")},
        **{name: content[name] or None for name in texts},
        "target_id": record.record_id, "kind": record.target_kind,
    }  # fmt: skip


def _values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a frame with None for what is missing and days for moments."""
    values: dict[str, Any] = {}
    for name, value in row.items():
        if pd.isna(value):
            values[str(name)] = None
        else:
            is_moment = isinstance(value, pd.Timestamp)
            values[str(name)] = value.date() if is_moment else value
    return values


def _split(ids: Any) -> list[str]:
    return str(ids).split(";") if ids else []
