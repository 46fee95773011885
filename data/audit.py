"""The audit trail: who changed what and when, before and after, never changed afterwards.

Each entry carries the hash of the one before it, so that a line taken out or rewritten shows. An
entry is written in the same transaction as the change it tells of: there is none without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.actors import Actor
from data.queries import clock
from data.store import Store, sql

if TYPE_CHECKING:
    import duckdb

# What the first entry names as the one before it.
START = "0" * 64


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: the running number of the entry and why."""

    number: int
    reason: str


def record(
    connection: duckdb.DuckDBPyConnection,
    *,
    by: Actor,
    action: str,
    kind: str,
    key: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Add one entry, inside the transaction of the change itself.

    Args:
        connection: of that transaction.
        by: who.
        action: what was done: load, undo, save, withdraw, sign_in, ...
        kind: what it was done to: batch, target, review_sheet, account, ...
        key: which one.
        before: its content before; None when it is new.
        after: its content after; None when it is gone.
        reason: why, where the person said so.
        now: moment (UTC); the clock when absent.
    """
    last = connection.execute(sql("audit_last")).fetchall()
    number, previous = last[0] if last else (0, START)
    entry = {
        "number": number + 1,
        "made_at": (now or clock()).isoformat(timespec="microseconds"),
        "by_name": by.name,
        "by_role": str(by.role),
        "action": action,
        "kind": kind,
        "key": key,
        "before": _text(before),
        "after": _text(after),
        "reason": reason,
        "previous": previous,
    }
    connection.execute(sql("audit_insert"), {**entry, "hash": chained(entry)})


def chained(entry: Mapping[str, Any]) -> str:
    """Hash over every field of an entry, the hash of the one before it among them."""
    text = json.dumps(dict(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _text(content: Mapping[str, Any] | None) -> str | None:
    if content is None:
        return None
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, default=str)


def entries(
    store: Store, *, kind: str | None = None, key: str | None = None, version: str | None = None
) -> pd.DataFrame:
    """The trail, newest first: one row per entry, with before and after as JSON.

    Args:
        store: where from.
        kind: only what was done to this kind of thing.
        key: only what was done to this one.
        version: snapshot.
    """
    return store.frame("audit_entries", version=version, kind=kind, key=key)


def verify(store: Store, *, version: str | None = None) -> list[Break]:
    """Places where the trail was tampered with; none where it is whole.

    A trail that was cut off at its end holds within itself: keep its last hash elsewhere, e.g. in
    the name of a backup, to see that too.
    """
    breaks: list[Break] = []
    previous, expected = START, 0
    for row in entries(store, version=version).iloc[::-1].to_dict("records"):
        entry = {
            str(name): None if pd.isna(value) else value
            for name, value in row.items()
            if name != "hash"
        }
        number, expected = int(row["number"]), expected + 1
        moment = pd.Timestamp(row["made_at"]).to_pydatetime()
        entry |= {"number": number, "made_at": moment.isoformat(timespec="microseconds")}
        if number != expected:
            breaks.append(Break(number, "missing"))
            expected = number
        if row["previous"] != previous:
            breaks.append(Break(number, "chain"))
        if chained(entry) != row["hash"]:
            breaks.append(Break(number, "content"))
        previous = row["hash"]
    return breaks
