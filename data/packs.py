"""Approved packs: the files as they were approved, frozen with every figure they print.

Files and figures are kept under their checksum, as loaded workbooks are; the record says who
approved what, when and on which version of the data, and its history is in the audit trail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

import pandas as pd
from pydantic import BaseModel, ConfigDict

from data import records
from data.actors import Action, Actor, demand
from data.batches import BatchError, keep_file, kept_file, sha256
from data.store import Store

FIGURES_FILE = "figures.json"
# What is compared later; titles and addresses of sources may be written better without a change.
FIGURE_COLUMNS = ["figure_id", "index_id", "component_id", "edition", "subject", "measure", "value",
                  "unit_of_measure", "origin", "source_id", "batch_id"]  # fmt: skip
# Printed figures have at most four decimals; binary dust below that is no change.
SAME = 1e-9


class PackError(records.RecordError):
    """A pack that cannot be kept or read; the message is one sentence, Vietnamese first."""


class PackFile(BaseModel):
    """One file of a pack: its name, checksum and size in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    size: int


class Pack(records.Record):
    """An approved pack.

    Attributes:
        title: what it is called.
        pack_kind: par-sipas, papi, leader, slides, annex, agencies, special.
        unit_id: the province.
        edition: year reported.
        baseline: year compared against.
        as_of: day whose knowledge was used.
        index_ids: indices reported on, parted by ";".
        language: vi or en.
        version: snapshot of the data.
        made_by: who made it; who approved it is in the history.
        files: the files as approved.
        figures_sha256: checksum of the list of figures.
    """

    kind: ClassVar[str] = "pack"
    action: ClassVar[Action] = Action.APPROVE

    title: str
    pack_kind: str
    unit_id: str
    edition: int
    baseline: int
    as_of: date
    index_ids: str
    language: str = "vi"
    version: str
    made_by: str = ""
    files: tuple[PackFile, ...]
    figures_sha256: str


def sources(store: Store, *, version: str | None = None) -> pd.DataFrame:
    """What the annex of sources prints: one row per source_id, loads by people under their batch.

    Returns:
        source_id, producer, title, document, url, published_on (texts, as recorded).
    """
    return store.frame("pack_sources", version=version)


def approve(
    store: Store,
    files: Mapping[str, bytes],
    figures: pd.DataFrame,
    *,
    by: Actor,
    title: str,
    pack_kind: str,
    unit_id: str,
    edition: int,
    baseline: int,
    as_of: date,
    index_ids: tuple[str, ...],
    version: str,
    language: str = "vi",
    made_by: str = "",
    now: datetime | None = None,
) -> Pack:
    """Freeze a pack: its files byte for byte, and every figure it was made from.

    Args:
        store: where to.
        files: bytes by file name.
        figures: figures of the scorecard, one row per figure_id, with `FIGURE_COLUMNS`.
        by: who approves.
        title: what it is called.
        pack_kind: kind of document.
        unit_id: the province.
        edition: year reported.
        baseline: year compared against.
        as_of: day whose knowledge was used.
        index_ids: indices reported on.
        version: snapshot the figures were read from.
        language: vi or en.
        made_by: who made it.
        now: moment (UTC); the clock when absent.

    Raises:
        NotAllowed: `by` may not approve.
        PackError: there is no file in it.
        StoreError: the store cannot be written.
    """
    demand(by, Action.APPROVE)
    if not files or not all(files.values()):
        raise PackError("Bộ tài liệu chưa có tệp nào để phê duyệt. (The pack holds no file.)")
    frozen = _json(figures)
    kept = [
        PackFile(name=name, sha256=keep_file(store, content, name), size=len(content))
        for name, content in sorted(files.items())
    ]
    pack = Pack(
        record_id=records.new_id(Pack.kind),
        title=title,
        pack_kind=pack_kind,
        unit_id=unit_id,
        edition=edition,
        baseline=baseline,
        as_of=as_of,
        index_ids=";".join(index_ids),
        language=language,
        version=version,
        made_by=made_by,
        files=tuple(kept),
        figures_sha256=keep_file(store, frozen, FIGURES_FILE),
    )
    records.save(store, pack, by=by, now=now)
    return pack


def _json(figures: pd.DataFrame) -> bytes:
    """The figures as JSON in the order of their keys, so that equal lists have equal checksums."""
    rows = figures[FIGURE_COLUMNS].sort_values("figure_id")
    text = rows.to_json(orient="records", force_ascii=False, double_precision=15)
    return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True).encode()


def packs(
    store: Store, *, version: str | None = None
) -> dict[str, tuple[Pack, records.Held]]:  # fmt: skip
    """Approved packs by record_id, with who approved each and when; withdrawn ones too."""
    return records.held(store, Pack, version=version)


def file_of(store: Store, pack: Pack, name: str) -> bytes:
    """One file of a pack as it was approved.

    Raises:
        PackError: the pack has no such file, or the kept file is gone or no longer what was
            approved.
    """
    digests = {file.name: file.sha256 for file in pack.files}
    if name not in digests:
        raise PackError(f"Bộ tài liệu không có tệp “{name}”. (The pack has no such file.)")
    return _unchanged(store, digests[name], name)


def figures_of(store: Store, pack: Pack) -> pd.DataFrame:
    """The figures a pack was approved with: one row per figure_id, with `FIGURE_COLUMNS`.

    Raises:
        PackError: the kept list is gone or no longer what was approved.
    """
    content = _unchanged(store, pack.figures_sha256, FIGURES_FILE)
    return pd.DataFrame(json.loads(content), columns=FIGURE_COLUMNS)


def _unchanged(store: Store, digest: str, name: str) -> bytes:
    try:
        content = kept_file(store, digest)
    except BatchError:
        raise PackError(
            f"Không còn tệp “{name}” đã phê duyệt trong kho; hãy khôi phục từ bản sao lưu. "
            "(The approved file is gone from the store.)"
        ) from None
    if sha256(content) != digest:
        raise PackError(
            f"Tệp “{name}” trong kho đã bị sửa sau khi phê duyệt; hãy khôi phục từ bản sao lưu. "
            "(The kept file is not the approved one.)"
        )
    return content


def changed_since(approved: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """Which figures are no longer what was approved, with both values.

    A figure that is gone or was added since is a change too: missing is never 0.

    Args:
        approved: result of `figures_of`.
        current: figures of the scorecard made again from the present data.

    Returns:
        One row per changed figure_id, with index_id, component_id, edition, subject, measure,
        unit_of_measure, before, after [as the measure] and change (changed, added, removed).
    """
    named = ["figure_id", "index_id", "component_id", "edition", "subject", "measure",
             "unit_of_measure"]  # fmt: skip
    old, new = approved.set_index("figure_id"), current.set_index("figure_id")
    rows = []
    for key in dict.fromkeys([*old.index, *new.index]):
        before = float(old["value"][key]) if key in old.index else None
        after = float(new["value"][key]) if key in new.index else None
        if before is not None and after is not None and abs(before - after) <= SAME:
            continue
        about = old.loc[key] if before is not None else new.loc[key]
        change = "added" if before is None else "removed" if after is None else "changed"
        rows.append({
            "figure_id": key, **{name: about[name] for name in named[1:]}, "before": before,
            "after": after, "change": change,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=[*named, "before", "after", "change"])
