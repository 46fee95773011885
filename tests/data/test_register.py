"""Typed targets, documents and queued sentences, laid over the shipped ones."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.targets import TargetKind
from data import audit, batches, queries, records, register
from data.actors import Actor, NotAllowed, Role
from data.agencies import AgencyRecord
from data.records import DRAFT, RecordError
from data.register import DocumentRecord, QueuedSentence, TargetRecord
from data.store import Store
from tests.stores import ship

ANALYST = Actor("an", Role.ANALYST)
VIEWER = Actor("xem", Role.VIEWER)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    held = Store(tmp_path_factory.mktemp("register"))
    ship(held)
    return held


@pytest.fixture
def store(shipped: Store) -> Store:
    with shipped.write() as connection:
        connection.execute("DELETE FROM record")
    return shipped


def whole(record_id: str = "t1", **values: object) -> TargetRecord:
    usual = {
        "record_id": record_id, "document_id": "ktm-517-bcd-nc-2023", "unit_id": "vn63-kon-tum",
        "index_id": "papi", "component_id": "papi", "target_kind": "rank_gain_vs_year",
        "amount": 5, "operator": ">=", "measure": "rank", "baseline_edition": 2022,
        "first_edition": 2023, "last_edition": 2023, "clause": "PAPI tăng 05 bậc so với năm 2022",
    }  # fmt: skip
    return register.made(TargetRecord, **{**usual, **values})


def targets(store: Store) -> pd.DataFrame:
    return queries.targets(of=store).set_index("target_id")


def test_kinds_of_the_register_are_the_kinds_that_can_be_judged() -> None:
    assert set(register.TARGET_KINDS) == {kind.value for kind in TargetKind}


def test_a_typed_target_has_every_column_of_a_shipped_one_and_its_types(store: Store) -> None:
    before = queries.targets(of=store)
    record = whole(lead_agency_ids=["ktm-so-noi-vu"],
                   co_agency_ids=["ktm-so-tu-phap", "ktm-so-tai-chinh"], co_share=0.3)  # fmt: skip
    records.save(store, record, by=ANALYST)
    after = queries.targets(of=store)
    assert after.dtypes.equals(before.dtypes)
    pd.testing.assert_frame_equal(
        after.loc[after["target_id"] != "t1"].reset_index(drop=True), before
    )
    row = targets(store).loc["t1"]
    assert row["lead_agency"] == "Sở Nội vụ tỉnh Kon Tum"
    assert row["co_agency"] == "Sở Tư pháp tỉnh Kon Tum; Sở Tài chính tỉnh Kon Tum"
    assert row["co_agency_ids"] == "ktm-so-tu-phap;ktm-so-tai-chinh"
    assert (row["co_share"], row["document_number"]) == (0.3, "517/BCĐ-NC")


def test_every_shipped_target_and_document_can_be_opened_and_saved_unchanged(store: Store) -> None:
    before, documents = queries.targets(of=store), queries.documents(of=store)
    for target_id in before["target_id"]:
        record = register.target(store, target_id)
        assert record is not None
        again = register.row(record)
        row = before.set_index("target_id").loc[target_id]
        assert again["kind"] == row["kind"]
        assert ";".join(record.lead_agency_ids) == (row["lead_agency_ids"] or "")
    for document_id in documents["document_id"]:
        assert register.document(store, document_id) is not None
    records.save(
        store,
        [one for one in (register.target(store, i) for i in before["target_id"]) if one],
        by=ANALYST,
    )
    after = queries.targets(of=store)
    columns = [name for name in before if name not in ("batch_id", "group_name", "region_id")]
    pd.testing.assert_frame_equal(after[columns], before[columns])


def test_an_edit_of_a_shipped_target_shows_what_was_there_before(store: Store) -> None:
    record = register.target(store, "002-35")
    assert record is not None
    changed = record.model_copy(update={"amount": 7.0})
    register.keep(store, changed, by=ANALYST, seen=0, reason="kết luận mới")
    assert targets(store).loc["002-35", "amount"] == 7
    last = records.history(store, TargetRecord, "002-35").iloc[0]
    assert json.loads(last["before"])["amount"] == 5
    assert json.loads(last["after"])["amount"] == 7
    assert (last["by_name"], last["reason"]) == ("an", "kết luận mới")
    with pytest.raises(RecordError, match="Người khác vừa sửa"):
        register.keep(store, changed.model_copy(update={"amount": 8.0}), by=ANALYST, seen=0)
    assert audit.verify(store) == []


def test_a_draft_is_on_no_board_and_hides_the_shipped_row_it_is_made_of(store: Store) -> None:
    records.save(store, register.made(TargetRecord, record_id="d", state=DRAFT), by=ANALYST)
    assert "d" not in targets(store).index
    record = register.target(store, "002-35")
    assert record is not None
    register.keep(store, record.model_copy(update={"state": DRAFT}), by=ANALYST)
    assert "002-35" not in targets(store).index
    assert set(register.drafts(store)) == {"d", "002-35"}


def test_a_withdrawn_target_stays_with_its_reason_and_can_come_back(store: Store) -> None:
    record = register.target(store, "002-35")
    assert record is not None
    with pytest.raises(RecordError, match="lý do"):
        register.withdraw(store, record, by=ANALYST, reason=" ")
    register.withdraw(store, record, by=ANALYST, reason="giao lại")
    assert "002-35" not in targets(store).index
    assert set(register.withdrawn(store)) == {"002-35"}
    register.keep(store, record, by=ANALYST)
    assert targets(store).loc["002-35", "amount"] == 5


def test_a_document_without_number_shows_where_number_and_date_will_stand(store: Store) -> None:
    draft = register.made(DocumentRecord, record_id="doc", state=DRAFT, issuer="UBND tỉnh Kon Tum")
    records.save(store, [draft, whole(document_id="doc")], by=ANALYST)
    row = targets(store).loc["t1"]
    assert row["document_number"] == "…"
    assert row["document_issued_text"] == "ngày … tháng … năm …"
    assert pd.isna(row["document_issued_on"])
    full = draft.model_copy(update={"number": "5/QĐ", "issued_on": date(2023, 1, 9),
                                    "state": "in_force"})  # fmt: skip
    register.keep(store, full, by=ANALYST, seen=1)
    row = targets(store).loc["t1"]
    assert (row["document_number"], str(row["document_issued_on"].date())) == ("5/QĐ", "2023-01-09")


def test_a_renamed_agency_shows_its_typed_name_on_shipped_targets(store: Store) -> None:
    agency = AgencyRecord(
        record_id="ktm-so-noi-vu", name_vi="Sở Nội vụ (mới)", unit_id="vn63-kon-tum", level="tỉnh"
    )
    records.save(store, agency, by=Actor("chu", Role.ADMINISTRATOR))
    assert targets(store).loc["002-35", "lead_agency"] == "Sở Nội vụ (mới)"
    assert "Sở Nội vụ (mới)" in set(queries.agencies(of=store)["name_vi"])


def test_a_document_a_target_rests_on_cannot_be_withdrawn(store: Store) -> None:
    document = register.document(store, "ktm-517-bcd-nc-2023")
    assert document is not None
    with pytest.raises(RecordError, match="còn 22 chỉ tiêu"):
        register.withdraw(store, document, by=ANALYST, reason="nhầm")
    spare = register.document(store, "ktm-18-nq-tu-2022")
    assert spare is not None
    register.withdraw(store, spare, by=ANALYST, reason="nhầm")
    rows = queries.documents(of=store).set_index("document_id")
    assert rows.loc["ktm-18-nq-tu-2022", "state"] == "withdrawn"


def test_what_a_document_cites_and_replaces_is_its_own_word_once_it_is_edited(store: Store) -> None:
    document = register.document(store, "ktm-517-bcd-nc-2023")
    assert document is not None
    assert "ktm-18-nq-tu-2022" in document.cites
    edited = document.model_copy(
        update={"cites": ["ktm-650-tb-tu-2022"], "supersedes": ["ktm-1923-ubnd-nc-2022"]}
    )
    register.keep(store, edited, by=ANALYST)
    links = register.document_links(store)
    own = links.loc[links["from_document_id"] == "ktm-517-bcd-nc-2023"]
    assert own[["to_document_id", "relation"]].to_numpy().tolist() == [
        ["ktm-650-tb-tu-2022", "cites"], ["ktm-1923-ubnd-nc-2022", "supersedes"],
    ]  # fmt: skip


def test_shipped_links_name_shipped_documents_only(store: Store) -> None:
    ids = set(queries.documents(of=store)["document_id"])
    links = register.document_links(store)
    assert set(links["from_document_id"]) | set(links["to_document_id"]) <= ids


def test_the_file_of_a_document_comes_back_as_it_was(store: Store) -> None:
    document = register.made(DocumentRecord, record_id="doc", state=DRAFT)
    kept = register.with_file(store, document, b"%PDF-1.7 van ban", "van-ban.pdf", by=ANALYST)
    records.save(store, kept, by=ANALYST)
    held = register.document(store, "doc")
    assert held is not None
    assert batches.kept_file(store, held.file_sha256) == b"%PDF-1.7 van ban"
    assert held.file_name == "van-ban.pdf"


def test_a_sentence_waits_until_somebody_says_what_was_done(store: Store) -> None:
    waiting = register.made(QueuedSentence, record_id="q", sentence="nhóm khá", unread=["khá"])
    records.save(store, waiting, by=ANALYST)
    assert set(register.queue(store)) == {"q"}
    with pytest.raises(RecordError, match="đã xử lý thế nào"):
        register.made(QueuedSentence, **{**waiting.model_dump(), "state": "closed"})
    done = waiting.model_copy(update={"state": "closed", "outcome": "không phải chỉ tiêu"})
    records.save(store, done, by=ANALYST)
    assert register.queue(store) == {}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": None}, "còn thiếu: mức"),
        ({"clause": ""}, "trích nguyên văn"),
        ({"document_id": "", "unit_id": ""}, "đơn vị"),
        ({"amount": 2.5}, "số nguyên"),
        ({"amount": -1}, "lớn hơn 0"),
        ({"stretch": 3}, "không được thấp hơn"),
        ({"target_kind": "top_n", "amount": 10, "stretch": 15}, "không được thấp hơn"),
        ({"target_kind": "percent_at_least", "amount": 101}, "không quá 100"),
        ({"first_edition": 2025, "last_edition": 2023}, "ngược"),
        ({"baseline_edition": 2023}, "phải trước năm đánh giá"),
        ({"last_edition": 23}, "“đến năm” chưa hợp lệ"),
        ({"target_kind": "complete_by", "amount": None}, "thời hạn"),
        ({"target_kind": "best"}, "không có trong danh sách"),
        ({"lead_agency_ids": ["a"], "co_agency_ids": ["a"]}, "chỉ được ghi một lần"),
        ({"co_share": 1.5}, "tỷ lệ của cơ quan phối hợp"),
        ({"clause": "x" * 9000}, "dài quá"),
    ],
)
def test_what_makes_no_target_is_refused_in_one_sentence(
    values: dict[str, object], said: str
) -> None:
    with pytest.raises(RecordError) as fault:
        whole(**values)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"number": ""}, "phải có số, ngày và cơ quan ban hành"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"cites": ["doc"]}, "chính nó"),
    ],
)
def test_what_makes_no_document_is_refused_in_one_sentence(
    values: dict[str, object], said: str
) -> None:
    usual = {"record_id": "doc", "number": "1", "issued_text": "x", "issuer": "UBND"}
    with pytest.raises(RecordError, match=said):
        register.made(DocumentRecord, **{**usual, **values})


def test_a_viewer_changes_nothing(store: Store) -> None:
    record = register.target(store, "002-35")
    assert record is not None
    for act in (
        lambda: register.keep(store, record.model_copy(update={"amount": 9.0}), by=VIEWER),
        lambda: register.withdraw(store, record, by=VIEWER, reason="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert targets(store).loc["002-35", "amount"] == 5


@pytest.mark.parametrize("day", [date(2023, 3, 2), date(2022, 12, 5), date(2022, 1, 7)])
def test_a_date_is_written_as_the_shipped_documents_write_theirs(day: date, store: Store) -> None:
    rows = queries.documents(of=store)
    (words,) = rows.loc[rows["issued_on"] == pd.Timestamp(day), "issued_text"].unique()
    assert register.issued_words(day) == words


def test_a_store_without_anything_typed_answers_as_shipped(tmp_path: Path) -> None:
    held = Store(tmp_path)
    ship(held)
    assert len(queries.targets(of=held)) == 44
    assert register.target(held, "none") is None
    assert register.document(held, "none") is None
