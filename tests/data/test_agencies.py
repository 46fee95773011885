"""Agencies, people, assignments, reports and communes: what may be kept, and by whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import agencies, audit, communes, measurements, queries, records
from data.actors import Actor, NotAllowed, Role
from data.agencies import AgencyLinkRecord, AgencyRecord, AssignmentRecord, PersonRecord
from data.communes import LINES, CommuneRecord
from data.measurements import MeasurementRecord
from data.records import RecordError
from data.store import Store
from tests.stores import ship

ANALYST = Actor("ba", Role.ANALYST)
VIEWER = Actor("xem", Role.VIEWER)
HOME_AFFAIRS = Actor("snv", Role.ANALYST, agency_id="ktm-so-noi-vu")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    ship(Store(folder))
    return folder


@pytest.fixture
def store(shipped: Path, tmp_path: Path) -> Store:
    for path in shipped.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return Store(tmp_path)


def agency(**other: Any) -> AgencyRecord:
    facts = {"record_id": "ktm-moi", "name_vi": "Sở Y tế tỉnh Kon Tum", "level": "tỉnh",
             "unit_id": "vn63-kon-tum"}  # fmt: skip
    return AgencyRecord(**{**facts, **other})


def test_every_shipped_link_joins_two_agencies_and_names_its_ground(store: Store) -> None:
    rows, links = agencies.agencies(store), agencies.agency_links(store)
    known = set(rows["agency_id"])
    assert set(links["from_agency_id"]) | set(links["to_agency_id"]) <= known
    assert (links["legal_basis"].notna() | links["note"].notna()).all()
    assert not links["link_id"].duplicated().any()
    ends = links.merge(rows, left_on="from_agency_id", right_on="agency_id")
    day_before = pd.to_datetime(ends["effective_on"]) - pd.Timedelta(days=1)
    assert (pd.to_datetime(ends["valid_to"]) == day_before).all(), "an agency ends as its link says"


def test_a_typed_agency_stands_beside_the_shipped_ones_and_over_one_of_them(store: Store) -> None:
    before = len(agencies.agencies(store))
    agencies.save_agency(store, agency(), by=ANALYST)
    renamed = agency(record_id="ktm-so-noi-vu", name_vi="Sở Nội vụ (sửa)")
    agencies.save_agency(store, renamed, by=ANALYST)
    rows = agencies.agencies(store).set_index("agency_id")
    assert len(rows) == before + 1
    assert rows.loc["ktm-so-noi-vu", "name_vi"] == "Sở Nội vụ (sửa)"
    records.withdraw(store, renamed, by=ANALYST, reason="nhập nhầm")
    assert "ktm-so-noi-vu" not in set(agencies.agencies(store)["agency_id"])
    assert audit.verify(store) == []


def test_two_agencies_of_one_name_at_one_time_are_refused(store: Store) -> None:
    agencies.save_agency(store, agency(valid_to=date(2020, 1, 1)), by=ANALYST)
    later = agency(record_id="ktm-sau", valid_from=date(2020, 1, 2))
    agencies.save_agency(store, later, by=ANALYST)
    with pytest.raises(RecordError, match="cùng thời gian"):
        agencies.save_agency(store, agency(record_id="ktm-nua", name_vi="SỞ Y TẾ tỉnh Kon Tum"),
                             by=ANALYST)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"name_vi": " "}, "tên cơ quan"), ({"level": "khu"}, "Cấp"),
     ({"valid_from": date(2025, 1, 1), "valid_to": date(2024, 1, 1)}, "Ngày kết thúc")],
)  # fmt: skip
def test_an_agency_that_cannot_be_is_refused_in_one_sentence(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        agency(**wrong)


def test_a_link_needs_two_known_agencies_and_a_ground(store: Store) -> None:
    facts: dict[str, Any] = {
        "record_id": "l", "effective_on": date(2025, 3, 1), "event": "merge",
        "from_agency_id": "ktm-so-tu-phap", "to_agency_id": "ktm-so-noi-vu",
    }  # fmt: skip
    with pytest.raises(RecordError, match="căn cứ"):
        AgencyLinkRecord(**facts)
    with pytest.raises(RecordError, match="kế tục chính mình"):
        AgencyLinkRecord(**{**facts, "to_agency_id": "ktm-so-tu-phap", "note": "x"})
    unknown = AgencyLinkRecord(**{**facts, "to_agency_id": "nobody", "note": "x"})
    with pytest.raises(RecordError, match="danh mục"):
        agencies.save_link(store, unknown, by=ANALYST)
    agencies.save_link(store, AgencyLinkRecord(**facts, legal_basis="01/NQ"), by=ANALYST)
    assert "l" in set(agencies.agency_links(store)["link_id"])


def test_who_answered_before_stays_when_somebody_else_takes_over(store: Store) -> None:
    first = PersonRecord(record_id="p1", agency_id="ktm-so-noi-vu", name="Nguyễn Văn A",
                         from_on=date(2022, 1, 1))  # fmt: skip
    agencies.save_person(store, first, by=HOME_AFFAIRS)
    gone = first.model_copy(update={"to_on": date(2023, 6, 30)})
    agencies.save_person(store, gone, by=HOME_AFFAIRS)
    after = PersonRecord(record_id="p2", agency_id="ktm-so-noi-vu", name="Trần Thị B",
                         from_on=date(2023, 7, 1))  # fmt: skip
    agencies.save_person(store, after, by=HOME_AFFAIRS)
    rows = agencies.people(store)
    assert rows["name"].tolist() == ["Trần Thị B", "Nguyễn Văn A"]
    assert rows["to_on"].tolist()[1] == pd.Timestamp(2023, 6, 30)
    assert len(records.history(store, PersonRecord, "p1")) == 2


def test_an_agency_names_its_own_people_and_nobody_elses(store: Store) -> None:
    other = PersonRecord(record_id="p", agency_id="ktm-so-tu-phap", name="C",
                         from_on=date(2022, 1, 1))  # fmt: skip
    with pytest.raises(NotAllowed):
        agencies.save_person(store, other, by=HOME_AFFAIRS)
    with pytest.raises(NotAllowed):
        agencies.save_agency(store, agency(), by=VIEWER)
    assert agencies.people(store).empty


def test_a_component_is_given_to_an_agency_once_at_a_time(store: Store) -> None:
    def given(record_id: str, **other: Any) -> AssignmentRecord:
        facts = {"unit_id": "vn63-kon-tum", "agency_id": "ktm-so-noi-vu", "role": "lead",
                 "component_id": "par_index.steering", "from_edition": 2023}  # fmt: skip
        return AssignmentRecord(record_id=record_id, **{**facts, **other})

    agencies.save_assignment(store, given("a", to_edition=2023), by=ANALYST)
    agencies.save_assignment(store, given("b", from_edition=2024), by=ANALYST)
    with pytest.raises(RecordError, match="đã được giao"):
        agencies.save_assignment(store, given("c", role="coordinate", share=0.3), by=ANALYST)
    with pytest.raises(RecordError, match="Tỷ lệ"):
        given("d", role="coordinate", share=1.5)
    with pytest.raises(RecordError, match="tính đủ"):
        given("e", share=0.5)


# ------------------------------------------------------------------------------------ reports


def report(**other: Any) -> MeasurementRecord:
    facts = {"record_id": "x", "target_id": "002-31.1", "period": "2023", "value": 1960.0,
             "reported_on": date(2024, 1, 15)}  # fmt: skip
    return MeasurementRecord(**{**facts, **other})


def enter(store: Store, record: MeasurementRecord, by: Actor = ANALYST) -> None:
    measurements.enter(store, record, targets=queries.targets(of=store), by=by)


def test_a_corrected_report_replaces_the_first_and_both_stand_in_the_trail(store: Store) -> None:
    enter(store, report())
    enter(store, report(value=1950.0))
    (row,) = measurements.measurements(store).to_dict("records")
    assert (row["target_id"], row["period"], row["value"]) == ("002-31.1", "2023", 1950.0)
    assert len(records.history(store, MeasurementRecord, row["record_id"])) == 2
    assert queries.tables(of=store).measurements["value"].tolist() == [1950.0]


def test_the_agency_that_leads_may_report_and_no_other(store: Store) -> None:
    enter(store, report(agency_id="ktm-so-tu-phap"), by=HOME_AFFAIRS)
    (kept,) = measurements.reports(store).values()
    assert kept.agency_id == "ktm-so-noi-vu", "not what the report claims, but who leads"
    with pytest.raises(NotAllowed):
        enter(store, report(target_id="002-24", agency_id="ktm-so-noi-vu"), by=HOME_AFFAIRS)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"target_id": "no-such"}, "Không có chỉ tiêu"), ({"value": None}, "nhập giá trị"),
     ({"value": -1.0}, "âm"), ({"target_id": "002-21", "value": 100.5}, "0 đến 100"),
     ({"target_id": "002-22", "value": 0.5}, "số nguyên")],
)  # fmt: skip
def test_a_figure_its_target_cannot_have_is_refused(
    store: Store, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        enter(store, report(**wrong))
    assert measurements.measurements(store).empty


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"period": "2023-Q5"}, "Không hiểu kỳ"), ({"value": float("nan")}, "một số"),
     ({"completed_on": date(2025, 1, 1)}, "sau ngày báo cáo")],
)  # fmt: skip
def test_a_report_that_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        report(**wrong)


# ----------------------------------------------------------------------------------- communes


def test_the_ten_lines_stand_in_the_order_of_the_letter(store: Store) -> None:
    parts = queries.components(of=store)
    parts = parts.loc[(parts["from_edition"] <= 2023) & (parts["to_edition"].fillna(9999) >= 2023)]
    codes = parts.set_index("component_id")["code"]
    assert [codes[line] for line in LINES] == [
        "D1", "D2.2", "D2.3", "D2.4", "D3", "D4", "D5", "D6", "D7", "D8",
    ]  # fmt: skip


def test_a_commune_is_one_record_however_its_name_is_written(store: Store) -> None:
    def commune(name: str, **progress: str) -> CommuneRecord:
        lines = {f"papi.{line}": state for line, state in progress.items()}
        identity = communes.commune_id("vn63-kon-tum", 2023, "Ngọc Hồi", name)
        return CommuneRecord(record_id=identity, unit_id="vn63-kon-tum", edition=2023,
                             district="Ngọc Hồi", commune=name, progress=lines)  # fmt: skip

    communes.save(store, commune("Bờ Y"), by=ANALYST)
    communes.save(store, commune("bờ y ", participation="done", services="doing"), by=ANALYST)
    held = communes.communes(store, unit_id="vn63-kon-tum", edition=2023)
    rows = communes.checklist(held)
    assert len(held) == 1
    assert rows["progress"].value_counts().to_dict() == {"not_started": 8, "done": 1, "doing": 1}
    with pytest.raises(RecordError, match="danh mục"):
        commune("Đắk Dục", no_such="done")
    with pytest.raises(NotAllowed):
        communes.save(store, commune("Sa Loong"), by=VIEWER)
