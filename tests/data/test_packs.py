"""An approved pack stays as it was approved, and what changed since is named figure by figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import audit, packs, records
from data.actors import Actor, NotAllowed, Role
from data.batches import kept_file
from data.packs import FIGURE_COLUMNS, Pack, PackError
from data.store import Store

CHIEF = Actor("truong phong", Role.APPROVER)
ANALYST = Actor("chuyen vien", Role.ANALYST)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    with made.write():
        pass
    return made


def figures(**values: float) -> pd.DataFrame:
    rows = [
        {**dict.fromkeys(FIGURE_COLUMNS, ""), "figure_id": key, "edition": 2023, "value": value}
        for key, value in values.items()
    ]
    return pd.DataFrame(rows, columns=FIGURE_COLUMNS)


def approved(store: Store, by: Actor = CHIEF, **more: Any) -> Pack:
    given: dict[str, Any] = {
        "files": {"bao-cao.docx": b"docx", "bao-cao.pdf": b"pdf"},
        "figures": figures(rank=43, score=86.14),
        **more,
    }
    return packs.approve(
        store, given["files"], given["figures"], by=by, title="Báo cáo PAR INDEX 2023",
        pack_kind="par-sipas", unit_id="vn63-kon-tum", edition=2023, baseline=2022,
        as_of=date(2026, 11, 21), index_ids=("par_index", "sipas"), version="store-1",
    )  # fmt: skip


def test_an_approved_pack_comes_back_byte_for_byte_with_who_approved_it(store: Store) -> None:
    pack = approved(store)
    (found, about) = packs.packs(store)[pack.record_id]
    assert found == pack
    assert about.saved_by == "truong phong"
    assert packs.file_of(store, pack, "bao-cao.docx") == b"docx"
    assert [file.name for file in pack.files] == ["bao-cao.docx", "bao-cao.pdf"]
    assert audit.entries(store, kind="pack")["action"].tolist() == ["save"]


def test_only_who_may_approve_can_and_nothing_is_kept_otherwise(store: Store) -> None:
    with pytest.raises(NotAllowed):
        approved(store, by=ANALYST)
    assert packs.packs(store) == {}
    assert not (store.folder / "files").exists()


def test_a_pack_without_a_file_is_refused_in_one_sentence(store: Store) -> None:
    with pytest.raises(PackError, match="chưa có tệp"):
        approved(store, files={})
    with pytest.raises(PackError, match="không có tệp"):
        packs.file_of(store, approved(store), "khac.docx")


def test_each_figure_that_changed_is_named_with_before_and_after(store: Store) -> None:
    kept = packs.figures_of(store, approved(store))
    changed = packs.changed_since(kept, figures(rank=42, score=86.14, percent=91.0))
    assert changed[["figure_id", "before", "change"]].values.tolist()[0] == ["rank", 43, "changed"]
    assert changed["change"].tolist() == ["changed", "added"]
    assert changed["after"].tolist() == [42, 91.0]
    gone = packs.changed_since(kept, figures(rank=43))
    assert gone["figure_id"].tolist() == ["score"]
    assert gone["change"].tolist() == ["removed"]
    assert gone["after"].isna().all()


def test_nothing_is_said_to_have_changed_where_nothing_did(store: Store) -> None:
    kept = packs.figures_of(store, approved(store))
    assert packs.changed_since(kept, figures(score=86.14, rank=43)).empty


def test_a_kept_file_that_was_tampered_with_is_refused(store: Store) -> None:
    pack = approved(store)
    digest = pack.files[0].sha256
    assert kept_file(store, digest) == b"docx"
    (store.folder / "files" / digest).write_bytes(b"other")
    with pytest.raises(PackError, match="đã bị sửa"):
        packs.file_of(store, pack, "bao-cao.docx")


def test_a_kept_file_or_list_of_figures_that_is_gone_is_said_by_its_name(store: Store) -> None:
    pack = approved(store)
    for path in (store.folder / "files").iterdir():
        path.unlink()
    with pytest.raises(PackError, match=r"^Không còn tệp “bao-cao\.pdf” đã phê duyệt"):
        packs.file_of(store, pack, "bao-cao.pdf")
    with pytest.raises(PackError, match="figures"):
        packs.figures_of(store, pack)


def test_a_withdrawn_approval_keeps_its_reason(store: Store) -> None:
    pack = approved(store)
    records.withdraw(store, pack, by=CHIEF, reason="số liệu đính chính")
    (found, _) = packs.packs(store)[pack.record_id]
    assert found.state == "withdrawn"
    assert audit.entries(store, kind="pack")["reason"].tolist()[0] == "số liệu đính chính"
