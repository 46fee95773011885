"""After a merger the new agency finishes what the old one left open, and reopens nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.succession import predecessors, successors
from data import records
from data.actors import Actor, NotAllowed, Role
from data.agencies import AgencyLinkRecord, AgencyRecord, save_agency, save_link
from data.records import CLOSED
from data.reviews import ReviewSheet, sheet_id
from data.store import Store
from data.succession import acts_for, answering
from tests.examples import examples

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
LINKS = pd.read_csv(REFERENCE / "agency_links.csv")
AGENCIES = pd.read_csv(REFERENCE / "agencies.csv")
PLANNING, FINANCE, SCIENCE = "so-ke-hoach", "so-tai-chinh", "so-khoa-hoc"
CHIEF = Actor("tinh", Role.ADMINISTRATOR)
OF_FINANCE = Actor("taichinh", Role.VIEWER, agency_id=FINANCE)
OF_SCIENCE = Actor("khoahoc", Role.VIEWER, agency_id=SCIENCE)
BEFORE, AFTER = (datetime.fromisoformat(f"2025-{day}T08:00") for day in ("02-28", "03-01"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Planning merges into finance on 1 March 2025; science is another department."""
    made = Store(tmp_path)
    with made.write():
        pass
    for one, last in ((PLANNING, date(2025, 2, 28)), (FINANCE, None), (SCIENCE, None)):
        agency = AgencyRecord(record_id=one, name_vi=one, unit_id="vn63-kon-tum", level="tỉnh",
                              valid_to=last)  # fmt: skip
        save_agency(made, agency, by=CHIEF)
    linked(made, "merge", PLANNING, FINANCE)
    return made


def linked(store: Store, event: str, old: str, new: str) -> None:
    link = AgencyLinkRecord(record_id=f"{old}>{new}", effective_on=date(2025, 3, 1), event=event,
                            from_agency_id=old, to_agency_id=new, note="2025")  # fmt: skip
    save_link(store, link, by=CHIEF)


def sheet(agency_id: str, **values: str) -> ReviewSheet:
    at = {"unit_id": "vn63-kon-tum", "index_id": "pci", "edition": 2024, "agency_id": agency_id}
    return ReviewSheet(record_id=sheet_id(**at), **at, **values)  # type: ignore[arg-type]


def test_the_successor_writes_the_sheet_of_a_year_its_predecessor_was_there(store: Store) -> None:
    asked = sheet(PLANNING, praise="Phòng Đăng ký kinh doanh")
    with pytest.raises(NotAllowed):
        records.save(store, asked, by=OF_FINANCE, now=BEFORE)
    records.save(store, asked, by=OF_FINANCE, now=AFTER)
    ((kept, about),) = records.held(store, ReviewSheet).values()
    assert (kept.agency_id, kept.praise) == (PLANNING, "Phòng Đăng ký kinh doanh")
    assert about.saved_by == "taichinh"
    with pytest.raises(NotAllowed):
        records.save(store, asked.model_copy(update={"praise": ""}), by=OF_SCIENCE, now=AFTER)


def test_what_the_predecessor_closed_only_the_province_opens_again(store: Store) -> None:
    records.save(store, sheet(PLANNING, state=CLOSED, praise="đã khóa"), by=CHIEF, now=BEFORE)
    with pytest.raises(NotAllowed, match="đã khóa nội dung này"):
        records.save(store, sheet(PLANNING, praise="sửa"), by=OF_FINANCE, now=AFTER)
    records.save(store, sheet(PLANNING), by=CHIEF, now=AFTER)
    records.save(store, sheet(PLANNING, praise="sửa"), by=OF_FINANCE, now=AFTER)


def test_a_predecessors_record_never_becomes_the_successors_own(store: Store) -> None:
    theirs = sheet(PLANNING)
    records.save(store, theirs, by=CHIEF, now=BEFORE)
    moved = theirs.model_copy(update={"agency_id": FINANCE})
    with pytest.raises(NotAllowed):
        records.save(store, moved, by=OF_FINANCE, now=AFTER)


def test_after_a_split_the_old_agency_still_answers_for_itself(store: Store) -> None:
    linked(store, "split", SCIENCE, FINANCE)
    assert acts_for(store, FINANCE, on=date(2025, 6, 1)) == {FINANCE, PLANNING}
    assert acts_for(store, FINANCE, on=date(2025, 2, 28)) == {FINANCE}


@pytest.mark.parametrize("on", [date(2025, 2, 28), date(2025, 3, 1), date(2025, 7, 1)])
def test_the_rights_follow_the_succession_that_the_pages_show(on: date) -> None:
    for agency_id in AGENCIES["agency_id"]:
        shown = successors(LINKS, AGENCIES, agency_id=agency_id, on=on)["successor_id"]
        assert answering(LINKS, AGENCIES, agency_id=agency_id, on=on) == set(shown)


NAMES = ["a", "b", "c", "d"]
links_of_a_year = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES),
              st.sampled_from(["merge", "rename", "split"]), st.integers(0, 4)),
    max_size=7,
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(
    links_of_a_year, st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4)), st.integers(0, 5)
)
def test_both_ways_of_following_any_links_agree(
    drawn: list[tuple[str, str, str, int]], last_days: dict[str, int], today: int
) -> None:
    def day(number: int) -> date:
        return date(2025, 1, 1) + timedelta(days=number)

    links = pd.DataFrame(
        [{"effective_on": day(n), "event": event, "from_agency_id": a, "to_agency_id": b,
          "legal_basis": "", "note": ""} for a, b, event, n in drawn if a != b],
        columns=["effective_on", "event", "from_agency_id", "to_agency_id", "legal_basis", "note"],
    )  # fmt: skip
    agencies = pd.DataFrame(
        {"agency_id": NAMES, "valid_to": [day(last_days[n]) if n in last_days else None
                                          for n in NAMES]}
    )  # fmt: skip
    for one in NAMES:
        slow = set(successors(links, agencies, agency_id=one, on=day(today))["successor_id"])
        assert answering(links, agencies, agency_id=one, on=day(today)) == slow
        for earlier in predecessors(links, agencies, agency_id=one, on=day(today)):
            assert one in answering(links, agencies, agency_id=earlier, on=day(today))
