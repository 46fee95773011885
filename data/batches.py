"""Loads of workbooks: one transaction each, with what it replaced kept, so that it can be undone.

The file itself is kept beside the snapshots under its checksum. Figures with a later publish_at
are in the store but shown to nobody who may not see them yet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from data import audit
from data.actors import Action, Actor, demand
from data.queries import clock
from data.store import Store, StoreError, sql

if TYPE_CHECKING:
    import duckdb

FILES = "files"
# "Everything that is in the store", for those who may see figures before they are published.
END_OF_TIME = datetime.fromisoformat("9999-12-31")

_FIGURE = (
    "index_id", "unit_id", "component_id", "edition", "score", "percent", "max_score", "rank",
    "state", "score_origin", "rank_origin", "source_id", "note",
)  # fmt: skip
_EDITION = (
    "index_id", "edition", "published_on", "date_basis", "source_id", "geography", "n_ranked",
    "coverage", "published_top", "note",
)  # fmt: skip


class BatchError(StoreError):
    """A load or an undo that is refused; the message is one sentence, Vietnamese first."""


@dataclass(frozen=True)
class BatchFacts:
    """What is loaded: the part of a batch that a person states.

    Attributes:
        file_name: name of the file as it arrived.
        index_id: the index the figures belong to.
        source_title: the document the figures come from, e.g. "Quyết định 268/QĐ-BNV".
        source_date: date of that document; the editions count as published from then.
        publish_at: moment from which viewers see the figures; at once when absent.
        note: anything else.
    """

    file_name: str
    index_id: str
    source_title: str = ""
    source_date: date | None = None
    publish_at: datetime | None = None
    note: str = ""


def load(
    store: Store,
    cells: pd.DataFrame,
    editions: pd.DataFrame,
    facts: BatchFacts,
    file: bytes,
    *,
    by: Actor,
    seen_version: str | None = None,
    now: datetime | None = None,
) -> str:
    """Put the figures of one workbook into the store, all of them or none.

    Unchanged cells are not touched, so that a later undo takes back only what this load did.

    Args:
        store: where to.
        cells: result of `analytics.difference.figure_difference`, with index_id, score_origin,
            rank_origin, source_id and note.
        editions: edition rows to add or replace, one row per (index_id, edition).
        facts: who, what, from where.
        file: the bytes of the workbook, kept under their checksum.
        by: who consents to the load.
        seen_version: snapshot the preview was made from; the load is refused if another load
            came between.
        now: moment of the load (UTC); the clock when absent.

    Returns:
        The batch_id.

    Raises:
        NotAllowed: beyond the role of `by`.
        BatchError: nothing would change, or the store changed since the preview.
        StoreError: the store cannot be written.
    """
    demand(by, Action.LOAD)
    touched = cells.loc[cells["change"] != "unchanged"].copy()
    if touched.empty:
        raise BatchError(
            "Tệp này không làm thay đổi số liệu nào; không có gì để nạp. "
            "(The file changes nothing; there is nothing to load.)"
        )
    digest = keep_file(store, file, facts.file_name)
    touched["is_removed"] = touched["change"] == "removed"
    for value in ("score", "percent", "max_score", "rank", "state"):
        touched[value] = touched[f"{value}_after"]
    counts = touched["change"].value_counts()
    with store.write() as connection:
        if seen_version is not None and store.version() != seen_version:
            raise BatchError(
                "Số liệu trong kho đã thay đổi sau khi xem trước; hãy xem lại rồi nạp. "
                "(The store changed since the preview; preview again.)"
            )
        batch_id = _next_id(connection)
        values = {"batch_id": batch_id, "publish_at": facts.publish_at}
        connection.execute(
            sql("batch_insert"),
            {
                **values,
                "loaded_at": now or clock(),
                "author": by.name,
                "file_name": facts.file_name,
                "file_sha256": digest,
                "index_id": facts.index_id,
                "editions": ", ".join(str(e) for e in sorted(set(touched["edition"]))),
                "source_title": facts.source_title,
                "source_date": facts.source_date,
                "n_rows": len(cells),
                "n_added": int(counts.get("added", 0)),
                "n_changed": int(counts.get("changed", 0)),
                "n_removed": int(counts.get("removed", 0)),
                "note": facts.note,
            },
        )
        _replace(connection, "figures", touched[[*_FIGURE, "is_removed"]], values)
        if len(editions):
            _replace(connection, "editions", editions[list(_EDITION)], values)
        # The cells themselves, before and after, are in the archive of the batch.
        audit.record(
            connection, by=by, action="load", kind="batch", key=batch_id, now=now,
            reason=facts.note,
            after={
                "file_name": facts.file_name, "file_sha256": digest, "index_id": facts.index_id,
                "source_title": facts.source_title, "source_date": facts.source_date,
                "publish_at": facts.publish_at, **{str(k): int(v) for k, v in counts.items()},
            },
        )  # fmt: skip
    return batch_id


def _replace(
    connection: duckdb.DuckDBPyConnection,
    what: str,
    rows: pd.DataFrame,
    values: Mapping[str, Any],
) -> None:
    """Archive, delete and insert in this order, all inside the caller's transaction."""
    connection.register("incoming", rows)
    try:
        connection.execute(sql(f"batch_archive_{what}"), {"batch_id": values["batch_id"]})
        connection.execute(sql(f"batch_delete_{what}"))
        connection.execute(sql(f"batch_insert_{what}"), dict(values))
    finally:
        connection.unregister("incoming")


def undo(store: Store, batch_id: str, *, by: Actor, now: datetime | None = None) -> None:
    """Take a load back: the figures stand again exactly as before it.

    Raises:
        NotAllowed: beyond the role of `by`.
        BatchError: no such batch, already undone, or a later load touched the same cells.
        StoreError: the store cannot be written.
    """
    demand(by, Action.LOAD)
    with store.write() as connection:
        found = connection.execute(sql("batches")).df()
        mine = found.loc[found["batch_id"] == batch_id]
        if mine.empty:
            raise BatchError(f"Không có lần nạp nào mang số {batch_id}. (No such batch.)")
        if mine["undone_at"].notna().any():
            raise BatchError(
                f"Lần nạp {batch_id} đã được hoàn tác trước đó. (The batch is already undone.)"
            )
        later = connection.execute(sql("batch_later"), {"batch_id": batch_id}).df()
        if len(later):
            names = ", ".join(f"{row.batch_id} ({row.file_name})" for row in later.itertuples())
            raise BatchError(
                f"Không hoàn tác được lần nạp {batch_id}: các lần nạp sau đã sửa cùng số liệu: "
                f"{names}; hãy hoàn tác các lần đó trước. (Undo the later batches first.)"
            )
        for what in ("figures", "editions"):
            for step in ("delete", "restore", "forget"):
                connection.execute(sql(f"undo_{step}_{what}"), {"batch_id": batch_id})
        connection.execute(
            sql("undo_mark"),
            {"batch_id": batch_id, "undone_at": now or clock(), "undone_by": by.name},
        )
        audit.record(connection, by=by, action="undo", kind="batch", key=batch_id, now=now)


def batches(store: Store) -> pd.DataFrame:
    """All loads, newest first: one row per batch_id."""
    return store.frame("batches")


def batch_changes(store: Store, batch_id: str) -> pd.DataFrame:
    """Cells a load changed, before and after: one row per (unit_id, component_id, edition)."""
    return store.frame("batch_changes", batch_id=batch_id)


def same_file(store: Store, file: bytes) -> pd.DataFrame:
    """Loads of exactly this file that still stand: one row per batch_id."""
    rows = batches(store)
    return rows.loc[(rows["file_sha256"] == sha256(file)) & rows["undone_at"].isna()]


def sha256(file: bytes) -> str:
    """Checksum under which a file is kept and recognised."""
    return hashlib.sha256(file).hexdigest()


def keep_file(store: Store, file: bytes, name: str) -> str:
    """Keep the bytes in the store, before anything refers to them.

    Returns:
        The checksum.

    Raises:
        StoreError: the disk refuses.
    """
    digest = sha256(file)
    try:
        # The name is a checksum of ours, never the name a person gave the file.
        store.keep_file(FILES, digest, file)
    except StoreError as refused:
        fault = refused.__cause__
        if not isinstance(fault, OSError):
            raise
        raise StoreError(
            f"Không lưu được tệp gốc {name}: {fault.strerror}; chưa nạp gì. "
            "(The file could not be kept; nothing was loaded.)"
        ) from fault
    return digest


def kept_file(store: Store, digest: str) -> bytes:
    """The bytes of a loaded file.

    Raises:
        BatchError: the file is gone from the store.
    """
    content = store.kept_file(FILES, digest)
    if content is None:
        raise BatchError(
            f"Không còn tệp gốc có mã {digest[:12]}… trong kho. (The original file is gone.)"
        )
    return content


def all_layouts(store: Store) -> dict[str, dict[str, list[Any]]]:
    """Confirmed column meanings of every index by layout fingerprint."""
    rows = store.frame("layout_memory")
    pairs = zip(rows["fingerprint"], rows["mapping"], strict=True)
    return {str(fingerprint): json.loads(str(mapping)) for fingerprint, mapping in pairs}


def remember_layout(
    store: Store, index_id: str, fingerprint: str, mapping: Mapping[str, Any], *, by: Actor
) -> None:
    """Keep what a person confirmed a layout to mean, for the next file that looks the same.

    Raises:
        NotAllowed: beyond the role of `by`.
        StoreError: the store cannot be written.
    """
    demand(by, Action.LOAD)
    with store.write() as connection:
        connection.execute(
            sql("layout_remember"),
            {
                "index_id": index_id,
                "fingerprint": fingerprint,
                "mapping": json.dumps(mapping, ensure_ascii=False),
                "confirmed_by": by.name,
                "confirmed_at": clock(),
            },
        )
        audit.record(
            connection, by=by, action="save", kind="layout", key=fingerprint,
            after={"index_id": index_id, "mapping": mapping},
        )  # fmt: skip


def _next_id(connection: duckdb.DuckDBPyConnection) -> str:
    number = connection.execute(sql("batch_next")).fetchall()[0][0]
    return f"B{int(number):06d}"
