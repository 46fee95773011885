"""A document adopts a target on the new scale: kept whole, seen on the board, taken back."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from analytics.board import board, knowledge
from analytics.rebasing import proposals
from data import audit, queries, rebasing
from data.actors import Actor, NotAllowed, Role
from data.records import RecordError
from data.store import Store
from tests.stores import ship

TODAY = date(2026, 11, 21)
AN = Actor("An", Role.ANALYST)
OLD = "001-15a"


@pytest.fixture
def held(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    ship(store)
    return store


@cache
def proposal() -> dict[str, Any]:
    """A shipped target of Kon Tum as proposed to the new unit."""
    with TemporaryDirectory() as folder:
        shipped = Store(Path(folder) / "store")
        ship(shipped)
        known = knowledge(queries.tables(of=shipped))
    rows = proposals(known, unit_id="vn34-quang-ngai", new_baseline=2025, as_of=TODAY)
    return {str(k): v for k, v in rows.loc[rows["target_id"] == OLD].iloc[0].items()}


def adopt(store: Store, by: Actor = AN, **changes: Any) -> rebasing.Rebasing:
    said: dict[str, Any] = {
        "number": "15/KH-UBND", "issued_on": date(2026, 2, 3), "issuer": "UBND tỉnh Quảng Ngãi",
        "amount": 3.0, "baseline_edition": 2025, "first_edition": 2026, "last_edition": 2026,
        "clause": "tăng 03 bậc so với năm 2025", **changes,
    }  # fmt: skip
    return rebasing.adopt(store, proposal(), by=by, **said)


def test_an_adopted_target_is_on_the_board_of_the_new_unit_and_the_old_one_untouched(
    held: Store,
) -> None:
    before = queries.targets(of=held).set_index("target_id").loc[OLD]
    made = adopt(held)
    targets = queries.targets(of=held).set_index("target_id")
    new = targets.loc[made.new_target_id]
    assert (new["unit_id"], new["kind"], new["amount"]) == (
        "vn34-quang-ngai", "rank_gain_vs_year", 3,
    )  # fmt: skip
    assert (new["baseline_edition"], new["document_number"]) == (2025, "15/KH-UBND")
    pd.testing.assert_series_equal(targets.loc[OLD], before)
    known = knowledge(queries.tables(of=held))
    rows = board(known, unit_id="vn34-quang-ngai", edition=2026, as_of=TODAY)
    assert list(rows.loc[rows["target_id"] == made.new_target_id, "status"]) == ["not_due"]
    old = board(known, unit_id="vn63-kon-tum", edition=2023, as_of=TODAY)
    assert OLD in set(old["target_id"])


def test_what_was_adopted_names_document_and_person_and_stands_in_the_audit(held: Store) -> None:
    made = adopt(held)
    (row,) = rebasing.adopted(held).to_dict("records")
    assert (row["old_target_id"], row["number"], row["saved_by"]) == (OLD, "15/KH-UBND", "An")
    assert row["amount"] == 3
    entries = audit.entries(held, kind="rebasing", key=made.record_id)
    assert len(entries) == 1


def test_withdrawing_takes_the_new_target_with_it_and_keeps_both_on_record(held: Store) -> None:
    made = adopt(held)
    with pytest.raises(RecordError, match="lý do"):
        rebasing.revoke(held, made.record_id, by=AN, reason="  ")
    rebasing.revoke(held, made.record_id, by=AN, reason="Văn bản bị thay thế")
    assert rebasing.adopted(held).empty
    assert made.new_target_id not in set(queries.targets(of=held)["target_id"])
    assert len(audit.entries(held, kind="rebasing", key=made.record_id)) == 2
    assert adopt(held).old_target_id == OLD


def test_the_same_target_is_set_anew_once(held: Store) -> None:
    adopt(held)
    with pytest.raises(RecordError, match="đã được xác định lại"):
        adopt(held)
    assert len(rebasing.adopted(held)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": " "}, "số, ngày và cơ quan"),
        ({"issued_on": None}, "số, ngày và cơ quan"),
        ({"issuer": ""}, "số, ngày và cơ quan"),
        ({"amount": None}, "còn thiếu"),
        ({"clause": ""}, "còn thiếu"),
        ({"amount": -3.0}, "lớn hơn 0"),
        ({"first_edition": 2027, "last_edition": 2026}, "ngược"),
    ],
)
def test_half_an_adoption_is_refused_and_leaves_nothing(
    held: Store, changes: dict[str, Any], said: str
) -> None:
    n = len(queries.targets(of=held))
    with pytest.raises(RecordError, match=said):
        adopt(held, **changes)
    assert rebasing.adopted(held).empty
    assert len(queries.targets(of=held)) == n


def test_a_viewer_records_nothing(held: Store) -> None:
    with pytest.raises(NotAllowed):
        adopt(held, by=Actor("Khách", Role.VIEWER))
    assert rebasing.adopted(held).empty
