"""What people type, kept with its history: one way to save, withdraw and read it back.

A kind of record is a model derived from `Record`. What is saved over is never lost: the audit trail
holds every earlier content, and a withdrawn record stays with its reason.
"""

from __future__ import annotations

import json
import unicodedata
import uuid
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from data import audit
from data.actors import Action, Actor, NotAllowed, demand
from data.queries import clock
from data.store import Store, StoreError, sql
from data.succession import acts_for

DRAFT, IN_FORCE, CLOSED, WITHDRAWN = "draft", "in_force", "closed", "withdrawn"
LONGEST_TEXT = 8000


class RecordError(StoreError):
    """A record that cannot be kept; the message is one sentence, Vietnamese first."""


class ChangedMeanwhile(RecordError):
    """Somebody else saved the record since the person saw it."""


class Record(BaseModel):
    """What every kind of record has.

    A subclass sets `kind`, and `action` where it takes another right than editing the register.
    Texts come in NFC and without control characters; they are shown as text, never as markup.

    Attributes:
        record_id: which one; given by `new_id` when it is new, or the id of the shipped row that it
            overrides.
        state: draft, in_force, closed or withdrawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: ClassVar[str]
    action: ClassVar[Action] = Action.EDIT_REGISTER

    record_id: str
    state: str = IN_FORCE

    @property
    def scope(self) -> str | None:
        """The agency it belongs to, whose account may edit it; None for the whole province."""
        return None

    @property
    def owned_by(self) -> str | None:
        """The one account that may write it, whatever others' roles; None for what is shared."""
        return None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, values: Any) -> Any:
        return {name: plain_text(value) for name, value in values.items()}


R = TypeVar("R", bound=Record)


class Held(BaseModel):
    """A record as it stands in the store, with who saved it last and how often it was saved."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    revision: int
    saved_at: datetime
    saved_by: str


def new_id(kind: str) -> str:
    """An id no record has yet."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def save(
    store: Store,
    records: Record | list[Record],
    *,
    by: Actor,
    seen: dict[str, int] | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Keep records, all of them or none; those of the same kind and id are replaced.

    Args:
        store: where to.
        records: one or several.
        by: who saves.
        seen: revision of each record_id as the person saw it, 0 for a new one; the save is refused
            when somebody else saved one of them since. Not checked for ids not named.
        reason: why, for the audit trail.
        now: moment (UTC); the clock when absent.

    Raises:
        NotAllowed: beyond the role of `by`, not its agency and none it took over from, what such
            a one has closed, or another person's own.
        ChangedMeanwhile: somebody else saved it since.
        StoreError: the store cannot be written.
    """
    many = records if isinstance(records, list) else [records]
    moment = now or clock()
    for record in many:
        demand_for(store, by, record.action, record.scope, now=moment)
        _demand_own(record, by.name)
    with store.write() as connection:
        for record in many:
            at = {"kind": record.kind, "record_id": record.record_id}
            rows = connection.execute(sql("record_one"), at).fetchall()
            body, revision, scope = rows[0] if rows else (None, 0, None)
            if rows:
                before = type(record).model_validate_json(body)
                _demand_kept(by, record, before, scope)
                _demand_own(before, by.name)
            if seen is not None and seen.get(record.record_id, revision) != revision:
                raise ChangedMeanwhile(
                    "Người khác vừa sửa nội dung này; hãy mở lại để xem bản mới rồi sửa tiếp. "
                    "(Somebody else has just changed this; open it again.)"
                )
            content = record.model_dump(mode="json")
            text = json.dumps(content, ensure_ascii=False, sort_keys=True)
            if text == body:
                continue
            values = {
                **at, "body": text, "state": record.state, "agency_id": record.scope,
                "revision": revision + 1, "saved_at": moment, "saved_by": by.name,
            }  # fmt: skip
            connection.execute(sql("record_delete"), at)
            connection.execute(sql("record_insert"), values)
            audit.record(
                connection, by=by, kind=record.kind, key=record.record_id, reason=reason,
                action="withdraw" if record.state == WITHDRAWN else "save",
                before=json.loads(body) if body else None, after=content, now=moment,
            )  # fmt: skip


def demand_for(
    store: Store, by: Actor, action: Action, scope: str | None, *, now: datetime | None = None
) -> None:
    """Stop an act that is not allowed; an account also acts for agencies that its own replaced.

    Args:
        store: where agencies and their succession stand.
        by: who acts.
        action: what is done.
        scope: the agency it is done for; None for the whole province.
        now: moment (UTC); the clock when absent.

    Raises:
        NotAllowed: beyond the role of `by`, not its agency and none it took over from.
    """
    mine = by.agency_id
    is_anothers = mine is not None and scope not in (None, mine)
    if mine and is_anothers and scope in acts_for(store, mine, on=(now or clock()).date()):
        scope = mine
    demand(by, action, agency_id=scope)


def _demand_kept(by: Actor, record: Record, before: Record, scope: str | None) -> None:
    """What stands in the store stays with the agency it is of, and closed if that one closed it.

    An agency may not take over what belongs to another by writing its own name in.
    """
    if by.agency_id is None:
        return
    demand(by, record.action, agency_id=by.agency_id if scope == record.scope else None)
    if scope not in (None, by.agency_id) and before.state == CLOSED:
        raise NotAllowed(
            "Cơ quan trước khi sắp xếp đã khóa nội dung này nên cơ quan kế tục không sửa được; hãy "
            "nhờ người phụ trách của tỉnh mở lại. (An agency that is no more had closed this; ask "
            "the analyst of the province to reopen it.)"
        )


def _demand_own(record: Record, name: str) -> None:
    if record.owned_by not in (None, name):
        raise NotAllowed(
            f"Mục này là của riêng người khác nên tài khoản “{name}” không có quyền sửa. "
            "(This belongs to somebody else alone.)"
        )


def withdraw(
    store: Store, record: Record, *, by: Actor, reason: str, now: datetime | None = None
) -> None:
    """Take a record out of force; it stays with its history and the reason.

    Raises:
        NotAllowed: beyond the role of `by`, or not its agency.
        RecordError: no reason given.
        StoreError: the store cannot be written.
    """
    if not reason.strip():
        raise RecordError("Hãy ghi lý do trước khi rút. (A reason is needed to withdraw.)")
    gone = record.model_copy(update={"state": WITHDRAWN})
    save(store, gone, by=by, reason=plain_text(reason), now=now)


def held(store: Store, model: type[R], *, version: str | None = None) -> dict[str, tuple[R, Held]]:
    """Records of one kind by record_id, withdrawn ones too, in the order they were last saved.

    Raises:
        RecordError: a stored record no longer fits its model.
    """
    found = {}
    for row in store.frame("records", version=version, kind=model.kind).to_dict("records"):
        try:
            record = model.model_validate_json(row["body"])
        except ValidationError as fault:
            raise RecordError(
                f"Nội dung “{row['record_id']}” trong kho không đọc được ở phiên bản này; hãy khôi "
                f"phục từ bản sao lưu. (A stored record does not fit its model: {fault})"
            ) from fault
        about = Held(
            revision=int(row["revision"]),
            saved_at=row["saved_at"].to_pydatetime(),
            saved_by=row["saved_by"],
        )
        found[str(row["record_id"])] = (record, about)
    return found


def history(store: Store, model: type[Record], record_id: str) -> pd.DataFrame:
    """Every change of one record, newest first: one row per entry of the audit trail."""
    return audit.entries(store, kind=model.kind, key=record_id)


def overlaid(shipped: pd.DataFrame, typed: pd.DataFrame, key: str) -> pd.DataFrame:
    """Shipped rows with the rows people typed in place of those of the same key.

    Args:
        shipped: one row per `key`.
        typed: one row per `key`, columns of `shipped` and `state`; withdrawn ones hide the
            shipped row of their key.
        key: column that tells rows apart.

    Returns:
        One row per `key`, with the columns of `shipped`, shipped rows first.
    """
    if typed.empty:
        return shipped
    kept = shipped.loc[~shipped[key].isin(typed[key])]
    live = typed.loc[typed["state"] != WITHDRAWN].reindex(columns=shipped.columns)
    if live.empty:
        return kept.reset_index(drop=True)
    return pd.concat([kept, live.astype(shipped.dtypes.to_dict())], ignore_index=True)


def plain_text(value: Any) -> Any:
    """A text in NFC without control characters; line breaks stay, anything else is handed on."""
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST_TEXT:
        raise RecordError(
            f"Nội dung dài quá {LONGEST_TEXT} ký tự; hãy viết ngắn hơn. (The text is too long.)"
        )
    shown = "".join(
        character for character in unicodedata.normalize("NFC", value)
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )  # fmt: skip
    return shown.strip()


def frame(records: list[R], columns: list[str]) -> pd.DataFrame:
    """Records as rows: one per record_id, with `columns` of the model."""
    return pd.DataFrame([record.model_dump() for record in records], columns=columns)
