"""Targets set anew after a change of units: which document adopted what in place of which target.

The old target is never touched: it keeps its unit, its years and every verdict it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import pandas as pd
from pydantic import Field

from data import queries, records, register
from data.actors import Actor
from data.records import WITHDRAWN, Record, RecordError, new_id
from data.register import DocumentRecord, TargetRecord
from data.store import Store

COLUMNS = ("record_id", "old_target_id", "new_target_id", "unit_id", "document_id", "number",
           "issued_on", "issuer", "baseline_edition", "amount", "saved_at", "saved_by")  # fmt: skip


class Rebasing(Record):
    """One old target and the new one that a document put in its place."""

    kind: ClassVar[str] = "rebasing"

    old_target_id: str = Field(min_length=1)
    new_target_id: str = Field(min_length=1)
    document_id: str = Field(min_length=1)
    unit_id: str = Field(min_length=1)
    baseline_edition: int


def adopt(
    store: Store,
    proposal: Mapping[str, Any],
    *,
    number: str,
    issued_on: date | None,
    issuer: str,
    title: str = "",
    amount: float | None,
    baseline_edition: int,
    first_edition: int,
    last_edition: int | None,
    clause: str,
    by: Actor,
) -> Rebasing:
    """Keep the document, the new target it sets, and which old one it replaces; all or none.

    Args:
        store: where to.
        proposal: a row of `analytics.rebasing.proposals`.
        number: number of the document.
        issued_on: its date.
        issuer: who issued it.
        title: what it is about.
        amount: level as adopted, which may differ from the proposal.
        baseline_edition: base year as adopted.
        first_edition: first year judged.
        last_edition: last year; None for a target without end.
        clause: the words of the document.
        by: who records it.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: something is missing, or the old target has been replaced already.
        StoreError: the store cannot be written.
    """
    old_id, unit_id = str(proposal["target_id"]), str(proposal["new_unit_id"])
    if issued_on is None or not (number.strip() and issuer.strip()):
        raise RecordError(
            "Hãy ghi số, ngày và cơ quan ban hành của văn bản áp dụng. "
            "(Number, date and issuer of the document are needed.)"
        )
    taken = adopted(store)
    if (taken["old_target_id"] == old_id).any():
        raise RecordError(
            "Chỉ tiêu này đã được xác định lại; hãy rút bản cũ trước. "
            "(This target has been set anew already; withdraw that first.)"
        )
    document = _document(store, number=number.strip(), issued_on=issued_on, issuer=issuer.strip(),
                         title=title, unit_id=unit_id)  # fmt: skip
    old = register.target(store, old_id)
    if old is None:
        raise RecordError(f"Không có chỉ tiêu “{old_id}”. (No such target: {old_id})")
    new = register.made(
        TargetRecord,
        **{
            **old.model_dump(),
            "record_id": new_id("target"), "state": records.IN_FORCE, "unit_id": unit_id,
            "document_id": document.record_id, "amount": amount, "stretch": None,
            "baseline_edition": baseline_edition, "first_edition": first_edition,
            "last_edition": last_edition, "deadline": None, "out_of": None, "region_id": "",
            "clause": clause, "footnote_rank": None, "footnote_n": None,
            "footnote_edition": None, "footnote_name": "", "item_id": "",
            "note": f"Xác định lại từ chỉ tiêu {old_id}",
        },
    )  # fmt: skip
    made = register.made(
        Rebasing, record_id=new_id(Rebasing.kind), old_target_id=old_id,
        new_target_id=new.record_id, document_id=document.record_id, unit_id=unit_id,
        baseline_edition=baseline_edition,
    )  # fmt: skip
    reason = f"{number.strip()}, {issued_on.isoformat()}"
    records.save(store, [document, new, made], by=by, reason=reason)
    return made


def _document(
    store: Store, *, number: str, issued_on: date, issuer: str, title: str, unit_id: str
) -> DocumentRecord:
    """The document of that number and day, as held or as typed now."""
    rows = queries.documents(of=store)
    same = rows.loc[
        (rows["number"] == number) & (pd.to_datetime(rows["issued_on"]) == pd.Timestamp(issued_on))
    ]
    if len(same):
        held = register.document(store, str(same["document_id"].iloc[0]))
        if held is not None:
            return held
    return register.made(
        DocumentRecord, record_id=new_id("document"), number=number, issued_on=issued_on,
        issued_text=register.issued_words(issued_on), issuer=issuer, title=title, unit_id=unit_id,
    )  # fmt: skip


def adopted(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """What was adopted and stands.

    Returns:
        One row per old target set anew: record_id, old_target_id, new_target_id, unit_id (new),
        document_id, number, issued_on, issuer, baseline_edition, amount [as the target counts],
        saved_at [UTC] and saved_by.
    """
    rows = [
        {**record.model_dump(), "saved_at": about.saved_at, "saved_by": about.saved_by}
        for record, about in _standing(store, version)
    ]
    found = pd.DataFrame(rows, columns=["record_id", "old_target_id", "new_target_id", "unit_id",
                                        "document_id", "baseline_edition", "saved_at",
                                        "saved_by"])  # fmt: skip
    documents = queries.documents(version=version, of=store)
    targets = queries.targets(version=version, of=store)
    found = found.merge(
        documents[["document_id", "number", "issued_on", "issuer"]], on="document_id", how="left",
        validate="many_to_one",
    ).merge(
        targets[["target_id", "amount"]].rename(columns={"target_id": "new_target_id"}),
        on="new_target_id", how="left", validate="one_to_one",
    )  # fmt: skip
    return found[list(COLUMNS)]


def set_anew(store: Store, *, version: str | None = None) -> set[str]:
    """Old targets, by target_id, in whose place a document has put a new one that stands."""
    return {record.old_target_id for record, _ in _standing(store, version)}


def _standing(store: Store, version: str | None) -> list[tuple[Rebasing, records.Held]]:
    """What was adopted and not withdrawn, with who saved it and when."""
    held = records.held(store, Rebasing, version=version).values()
    return [(record, about) for record, about in held if record.state != WITHDRAWN]


def revoke(store: Store, record_id: str, *, by: Actor, reason: str) -> None:
    """Take an adoption and its target out of force together; both stay with the reason.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: no reason, or no such adoption.
        StoreError: the store cannot be written.
    """
    if not reason.strip():
        raise RecordError("Hãy ghi lý do trước khi rút. (A reason is needed to withdraw.)")
    found = records.held(store, Rebasing).get(record_id)
    if found is None or found[0].state == WITHDRAWN:
        raise RecordError("Không có nội dung này. (There is no such record.)")
    target = register.target(store, found[0].new_target_id)
    gone: list[Record] = [
        record.model_copy(update={"state": WITHDRAWN})
        for record in (found[0], target) if record is not None
    ]  # fmt: skip
    records.save(store, gone, by=by, reason=reason.strip())
