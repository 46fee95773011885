"""Two people at one form: whoever saves second is told, and what the first wrote stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import communes, internal, measurements, records, register, reviews
from data.actors import Actor, Role
from data.agencies import AgencyRecord, save_agency
from data.communes import LINES, CommuneRecord
from data.internal import Criterion, InternalIndex, InternalScores, Member, Score, UnitKind
from data.measurements import MeasurementRecord
from data.register import DocumentRecord, QueuedSentence, TargetRecord
from data.reviews import ReviewSheet
from data.store import store
from locales.calendar import today
from tests.stores import ship

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
FIRST = Actor("first", Role.ADMINISTRATOR)
TOLD = "Người khác vừa sửa nội dung này"


@pytest.fixture(autouse=True)
def nothing_typed(store_folder: Path) -> Iterator[None]:
    """The store is shared by the tests of a process: what one wrote is taken out again."""
    ship(store())
    yield
    kinds = (AgencyRecord, CommuneRecord, MeasurementRecord, DocumentRecord, TargetRecord,
             QueuedSentence, ReviewSheet, InternalIndex, InternalScores)  # fmt: skip
    for model in kinds:
        for record, _ in records.held(store(), model).values():
            if record.state != records.WITHDRAWN:
                records.withdraw(store(), record, by=FIRST, reason="test")


def press(app: AppTest, label: str) -> str:
    """Press the button of that label; what the page refuses."""
    next(one for one in app.button if one.label == label).click()
    app.run()
    assert not app.exception
    return " ".join(str(one.value) for one in app.error).replace("\\", "")


def box(app: AppTest, label: str) -> Any:
    return next(one for one in (*app.text_input, *app.text_area) if one.label == label)


def test_of_an_agency(open_page: OpenPage) -> None:
    theirs = AgencyRecord(record_id="ktm-x", unit_id="vn63-kon-tum", name_vi="Sở X", level="tỉnh")
    save_agency(store(), theirs, by=FIRST)
    app = open_page("agencies", **STORY)
    app.selectbox(key="w_agency").set_value("ktm-x").run()
    save_agency(store(), theirs.model_copy(update={"note": "Quyết định 1"}), by=FIRST)
    box(app, "Tên viết tắt").set_value("SX")
    assert TOLD in press(app, "Lưu")
    held = records.held(store(), AgencyRecord)["ktm-x"][0]
    assert (held.note, held.short_vi) == ("Quyết định 1", "")


def test_of_a_commune(open_page: OpenPage) -> None:
    identity = communes.commune_id("vn63-kon-tum", 2023, "Ngọc Hồi", "Bờ Y")
    theirs = CommuneRecord(record_id=identity, unit_id="vn63-kon-tum", edition=2023,
                           district="Ngọc Hồi", commune="Bờ Y")  # fmt: skip
    communes.save(store(), theirs, by=FIRST)
    app = open_page("checklist", **STORY)
    app.selectbox(key="w_commune").set_value(identity).run()
    done = theirs.model_copy(update={"progress": {LINES[0]: "done"}})
    communes.save(store(), done, by=FIRST)
    assert TOLD in press(app, "Lưu")
    assert records.held(store(), CommuneRecord)[identity][0].progress[LINES[0]] == "done"


def test_of_a_figure_reported_for_one_period(open_page: OpenPage) -> None:
    app = open_page("indicators", **STORY)
    app.selectbox(key="w_measured").set_value("002-22").run()
    key = measurements.record_id("002-22", "2023")
    theirs = MeasurementRecord(record_id=key, target_id="002-22", period="2023", value=2,
                               reported_on=today())  # fmt: skip
    records.save(store(), theirs, by=FIRST)
    app.number_input[0].set_value(1.0)
    assert TOLD in press(app, "Lưu số đo")
    assert records.held(store(), MeasurementRecord)[key][0].value == 2


def test_of_a_document_and_of_a_target(open_page: OpenPage) -> None:
    paper = register.made(DocumentRecord, record_id="d-two", number="1/KH", issuer="UBND",
                          issued_on=date(2023, 1, 5), unit_id="vn63-kon-tum")  # fmt: skip
    records.save(store(), paper, by=FIRST)
    app = open_page("documents", **STORY, doc="d-two")
    records.save(store(), paper.model_copy(update={"title": "Kế hoạch"}), by=FIRST)
    box(app, "Cơ quan ban hành").set_value("Sở Nội vụ")
    assert TOLD in press(app, "Lưu văn bản")
    held = records.held(store(), DocumentRecord)["d-two"][0]
    assert (held.title, held.issuer) == ("Kế hoạch", "UBND")
    shipped = register.target(store(), "002-14")
    assert shipped is not None
    target = shipped.model_copy(update={"record_id": "t-two"})
    records.save(store(), target, by=FIRST)
    app = open_page("register", **STORY, target="t-two")
    records.save(store(), target.model_copy(update={"amount": 7.0}), by=FIRST)
    assert TOLD in press(app, "Lưu thay đổi")
    assert records.held(store(), TargetRecord)["t-two"][0].amount == 7.0


def test_of_a_sentence_in_the_queue_the_second_is_told_who_was_first_and_what_they_did(
    open_page: OpenPage,
) -> None:
    entry = QueuedSentence(record_id="q-two", sentence="Phấn đấu vào tốp đầu", unread=["tốp đầu"])
    records.save(store(), entry, by=FIRST)
    app = open_page("register", **STORY, view="queue")
    done = entry.model_copy(update={"state": records.CLOSED, "outcome": "Đã hỏi <b>Sở</b>"})
    records.save(store(), done, by=FIRST)
    box(app, "Đã xử lý thế nào").set_value("Không phải chỉ tiêu")
    said = press(app, "Đã xử lý")
    assert (
        said
        == "first đã xử lý câu này trước: “Đã hỏi <b>Sở</b>”; nội dung vừa nhập không được lưu."
    )
    assert records.held(store(), QueuedSentence)["q-two"][0].outcome == "Đã hỏi <b>Sở</b>"


def test_of_a_review_sheet(open_page: OpenPage) -> None:
    who = "ktm-so-noi-vu"
    app = open_page("reviews", **STORY, index="par_index", who=who)
    at = {"unit_id": "vn63-kon-tum", "index_id": "par_index", "edition": 2023, "agency_id": who}
    sheet, seen = reviews.sheet(store(), **at)  # type: ignore[arg-type]
    reviews.keep_sheet(store(), sheet.model_copy(update={"praise": "Bà B"}), by=FIRST, seen=seen)
    box(app, "Đề nghị khen thưởng (tổ chức, cá nhân)").set_value("Ông A")
    assert TOLD in press(app, "Lưu phiếu")
    assert reviews.sheet(store(), **at)[0].praise == "Bà B"  # type: ignore[arg-type]


def test_of_the_scores_of_one_unit_and_never_of_another() -> None:
    members = tuple(
        Member(member_id=one, name=one, kind=UnitKind.AGENCY) for one in ("Sở A", "Sở B")
    )
    index = InternalIndex(
        record_id="i-two", unit_id="vn63-kon-tum", name="CCHC", year=2023, members=members,
        criteria=(Criterion(criterion_id="c", code="1", name="Kế hoạch", max_score=10),),
    )  # fmt: skip
    internal.keep_index(store(), index, by=FIRST, seen=0)
    given = [Score(member_id="Sở A", criterion_id="c", score=5)]
    internal.keep_scores_of(store(), index, "Sở A", given, was=(), by=FIRST)
    other = [Score(member_id="Sở B", criterion_id="c", score=6)]
    internal.keep_scores_of(store(), index, "Sở B", other, was=(), by=FIRST)
    late = [Score(member_id="Sở A", criterion_id="c", score=9)]
    with pytest.raises(records.ChangedMeanwhile):
        internal.keep_scores_of(store(), index, "Sở A", late, was=(), by=FIRST)
    kept = {one.member_id: one.score for one in internal.scores(store(), index)}
    assert kept == {"Sở A": 5, "Sở B": 6}
