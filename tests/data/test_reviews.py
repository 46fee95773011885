"""A sheet closes only when every weakness is answered for; a plan item says all it must."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.submissions import last_day
from data import audit, records, reviews
from data.actors import Actor, NotAllowed, Role
from data.build import REFERENCE
from data.records import CLOSED, RecordError
from data.reviews import (
    Answer,
    ClosedLine,
    OwnFinding,
    PlanItem,
    PlanStatus,
    ReviewSheet,
    Submission,
    SubmissionCall,
)
from data.store import Store

ANALYST = Actor("ba", Role.ANALYST)
VIEWER = Actor("xem", Role.VIEWER)
HOME_AFFAIRS = Actor("noivu", Role.VIEWER, agency_id="ktm-so-noi-vu")
JUSTICE = Actor("tuphap", Role.ANALYST, agency_id="ktm-so-tu-phap")
PLACE = {
    "unit_id": "vn63-kon-tum", "index_id": "par_index", "edition": 2023,
    "agency_id": "ktm-so-noi-vu",
}  # fmt: skip
WEAK = {"par_index.steering": "C1. Công tác chỉ đạo, điều hành"}
LINES = [ClosedLine(component_id="par_index.steering", rank=52, is_weakness=True)]
TODAY = date(2026, 11, 21)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    with made.write():
        pass
    return made


def filled(**values: str) -> ReviewSheet:
    said = {"cause": "Kế hoạch ban hành chậm", "person": "Ông A", "organisation": "Sở Nội vụ"}
    answer = Answer(finding_id="par_index.steering", **{**said, **values})
    return ReviewSheet(record_id=reviews.sheet_id(**PLACE), **PLACE, answers=(answer,))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("cause", "nguyên nhân"),
        ("person", "trách nhiệm cá nhân"),
        ("organisation", "trách nhiệm tổ chức"),
    ],
)
def test_a_sheet_does_not_close_while_something_is_missing_and_one_sentence_names_it(
    store: Store, field: str, words: str
) -> None:
    sheet = filled(**{field: "   "})
    with pytest.raises(RecordError, match=f"C1. Công tác chỉ đạo, điều hành” thiếu {words}\\."):
        reviews.close(store, sheet, WEAK, LINES, by=ANALYST, seen=0, on=TODAY)
    assert records.held(store, ReviewSheet) == {}


def test_a_sheet_that_answers_for_everything_closes_on_the_figures_of_the_day(
    store: Store,
) -> None:
    reviews.keep_sheet(store, filled(), by=ANALYST, seen=0)
    sheet, revision = reviews.sheet(store, **PLACE)
    reviews.close(store, sheet, WEAK, LINES, by=ANALYST, seen=revision, on=TODAY)
    shut, revision = reviews.sheet(store, **PLACE)
    assert (shut.state, shut.closed_on, shut.closed_lines) == (CLOSED, TODAY, tuple(LINES))
    with pytest.raises(RecordError, match="đã khóa"):
        reviews.keep_sheet(store, shut, by=ANALYST, seen=revision)


def test_a_weakness_of_the_agencys_own_counts_as_one_from_the_figures(store: Store) -> None:
    own = OwnFinding(finding_id="o1", component_id="par_index.apparatus", title="Tiêu chí 4.2")
    sheet = filled().model_copy(update={"own_findings": (own,)})
    with pytest.raises(RecordError, match=r"Tiêu chí 4\.2"):
        reviews.close(store, sheet, {**WEAK, "o1": own.title}, LINES, by=ANALYST, seen=0, on=TODAY)


def test_a_closed_sheet_opens_again_only_with_a_reason_that_stays_in_the_trail(
    store: Store,
) -> None:
    reviews.close(store, filled(), WEAK, LINES, by=ANALYST, seen=0, on=TODAY)
    shut, revision = reviews.sheet(store, **PLACE)
    with pytest.raises(RecordError, match="lý do"):
        reviews.reopen(store, shut, by=ANALYST, seen=revision, reason=" \u200b ")
    reviews.reopen(store, shut, by=ANALYST, seen=revision, reason="Số liệu được đính chính")
    again, _ = reviews.sheet(store, **PLACE)
    assert (again.state, again.closed_lines) == ("in_force", ())
    trail = records.history(store, ReviewSheet, again.record_id)
    assert trail["reason"].tolist() == ["Số liệu được đính chính", ""]
    assert json.loads(trail["before"][0])["state"] == CLOSED
    assert audit.verify(store) == []


def test_every_call_of_a_shipped_document_has_a_day_agencies_and_a_document() -> None:
    calls = reviews.calls_of_documents("vn63-kon-tum")
    documents = pd.read_csv(REFERENCE / "documents.csv")["document_id"]
    agencies = pd.read_csv(REFERENCE / "agencies.csv")["agency_id"]
    assert list(calls["item_id"]) == ["000-04", "001-01"]
    assert set(calls["document_id"]) <= set(documents)
    assert set(";".join(calls["agency_ids"]).split(";")) <= set(agencies)
    assert [last_day(said) for said in calls["deadline_text"]] == [
        date(2022, 7, 9), date(2023, 3, 12),
    ]  # fmt: skip
    assert reviews.calls_of_documents("vn63-ha-noi").empty


def test_of_two_people_at_one_sheet_the_second_is_told(store: Store) -> None:
    reviews.keep_sheet(store, filled(), by=ANALYST, seen=0)
    with pytest.raises(RecordError, match="vừa sửa"):
        reviews.keep_sheet(store, filled(cause="khác"), by=ANALYST, seen=0)


def test_an_agency_writes_its_own_sheet_and_no_other(store: Store) -> None:
    reviews.keep_sheet(store, filled(), by=HOME_AFFAIRS, seen=0)
    for stranger in (JUSTICE, VIEWER):
        with pytest.raises(NotAllowed):
            reviews.keep_sheet(store, filled(cause="x"), by=stranger, seen=1)


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_cause_comes_in_without_control_characters(text: str) -> None:
    cause = Answer(finding_id="a", cause=text).cause
    assert not any(ord(c) < 32 and c not in "\n\t" for c in cause)
    assert cause == cause.strip()
    assert Answer(finding_id="a", cause=cause).cause == cause


# ---------------------------------------------------------------------------------------- plan


def item(**values: object) -> PlanItem:
    base = {
        "record_id": "plan_item-1", **PLACE, "finding_id": "par_index.steering",
        "weakness": "C1", "cause": "Chậm", "task": "Ban hành kế hoạch", "owner": "Bà B",
        "procedure": "Trình UBND tỉnh", "responsibility": "Phòng CCHC", "result": "Kế hoạch",
        "measure": "Ban hành trước 31/12", "starts_on": date(2024, 5, 1),
        "due_on": date(2024, 12, 31),
    }  # fmt: skip
    return PlanItem.model_validate({**base, **values})


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("owner", "rõ người"), ("task", "rõ việc"), ("procedure", "rõ quy trình"),
        ("responsibility", "rõ trách nhiệm"), ("result", "rõ kết quả"), ("cause", "nguyên nhân"),
        ("measure", "thước đo"),
    ],
)  # fmt: skip
def test_the_five_clear_things_are_required(store: Store, field: str, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        reviews.keep_plan_item(store, item(**{field: " "}), by=ANALYST, seen=0)
    assert reviews.tasks(store).empty


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"due_on": None}, "thời hạn"),
        ({"due_on": date(2024, 4, 30)}, "đứng trước ngày bắt đầu"),
        ({"status": "done"}, "ngày hoàn thành"),
        ({"done_on": date(2024, 6, 1)}, "ngày hoàn thành"),
        ({"status": "done", "done_on": date(2024, 6, 1)}, "minh chứng"),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(
    store: Store, values: dict[str, object], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        reviews.keep_plan_item(store, item(**values), by=ANALYST, seen=0)


def test_tasks_have_exactly_the_columns_that_were_promised(store: Store) -> None:
    columns = ["record_id", "unit_id", "agency_id", "title", "due_on", "done_on", "state"]
    assert reviews.tasks(store).columns.tolist() == columns
    reviews.keep_plan_item(store, item(), by=ANALYST, seen=0)
    done = item(
        record_id="plan_item-2", status=PlanStatus.DONE, done_on=date(2024, 6, 1), evidence="12/KH"
    )
    reviews.keep_plan_item(store, done, by=ANALYST, seen=0)
    gone = item(record_id="plan_item-3")
    reviews.keep_plan_item(store, gone, by=ANALYST, seen=0)
    records.withdraw(store, gone, by=ANALYST, reason="nhập trùng")
    found = reviews.tasks(store, store.version())
    assert found.columns.tolist() == columns
    assert found[["record_id", "title", "state"]].to_numpy().tolist() == [
        ["plan_item-1", "Ban hành kế hoạch", "not_started"],
        ["plan_item-2", "Ban hành kế hoạch", "done"],
    ]
    assert found["due_on"].tolist() == [date(2024, 12, 31)] * 2


def test_a_plan_is_asked_for_by_province_index_year_and_agency(store: Store) -> None:
    reviews.keep_plan_item(store, item(), by=ANALYST, seen=0)
    assert len(reviews.plan(store, **PLACE)) == 1
    for other in ({"unit_id": "x"}, {"index_id": "papi"}, {"edition": 2022}, {"agency_id": "y"}):
        assert reviews.plan(store, **{**PLACE, **other}).empty


# ---------------------------------------------------------------------------------- submissions


def call(**values: object) -> SubmissionCall:
    base = {
        "record_id": "call-1", "unit_id": "vn63-kon-tum", "document": "1923/UBND-NC",
        "what": "Báo cáo đánh giá", "receiver": "Sở Nội vụ",
        "deadline_text": "trước ngày 10/7/2022",
        "due_on": date(2022, 7, 9), "agency_ids": ("ktm-so-noi-vu", "ktm-so-tai-chinh"),
    }  # fmt: skip
    return SubmissionCall.model_validate({**base, **values})


@pytest.mark.parametrize(
    "values",
    [
        {"what": ""},
        {"agency_ids": ()},
        {"yearly_month": 2},
        {"last_year": 2030},
        {"yearly_month": 13, "last_year": 2030},
        {"yearly_month": 2, "last_year": 2022},
    ],
)
def test_a_call_that_asks_nothing_or_nobody_or_ends_before_it_begins_is_refused(
    store: Store, values: dict[str, object]
) -> None:
    with pytest.raises(RecordError):
        reviews.keep_call(store, call(**values), by=ANALYST, seen=0)


def test_only_who_was_asked_can_have_sent(store: Store) -> None:
    reviews.keep_call(store, call(), by=ANALYST, seen=0)
    sent = Submission(
        record_id="s-1", call_id="call-1", year=2022, agency_id="ktm-so-noi-vu",
        sent_on=date(2022, 7, 8),
    )  # fmt: skip
    reviews.keep_submission(store, sent, by=HOME_AFFAIRS)
    assert reviews.submissions(store)["agency_id"].tolist() == ["ktm-so-noi-vu"]
    assert reviews.calls(store, "vn63-kon-tum")["record_id"].tolist() == ["call-1"]
    other = sent.model_copy(update={"agency_id": "ktm-so-tu-phap", "record_id": "s-2"})
    with pytest.raises(RecordError, match="không giao"):
        reviews.keep_submission(store, other, by=JUSTICE)
    theirs = sent.model_copy(update={"agency_id": "ktm-so-tai-chinh", "record_id": "s-3"})
    with pytest.raises(NotAllowed):
        reviews.keep_submission(store, theirs, by=HOME_AFFAIRS)
