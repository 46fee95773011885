"""Favourites belong to one person, are kept once, and go when their owner says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import audit, records
from data.actors import Actor, NotAllowed, Role
from data.favourites import (
    ADDRESS_LENGTH,
    MOST,
    TITLE_LENGTH,
    Favourite,
    favourites,
    introduce,
    is_introduced,
    star,
    unstar,
)
from data.records import RecordError
from data.store import Store

LAN = Actor("lan", Role.VIEWER)
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
OFFICE = Actor("sonoivu", Role.VIEWER, agency_id="ktm-so-noi-vu")
VIEW = {"unit": "vn63-kon-tum", "index": "papi", "year": "2023"}


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    with made.write():
        pass
    return made


def test_a_viewer_keeps_a_view_and_finds_it_with_all_its_parameters(kept: Store) -> None:
    star(kept, "  PAPI Kon Tum  ", "gaps", VIEW, by=LAN)
    (found,) = favourites(kept, LAN.name)
    assert (found.title, found.page, found.query) == ("PAPI Kon Tum", "gaps", VIEW)


def test_nobody_else_sees_or_removes_it_not_even_the_administrator(kept: Store) -> None:
    made = star(kept, "PAPI", "gaps", VIEW, by=LAN)
    for other in (ADMINISTRATOR, OFFICE):
        assert favourites(kept, other.name) == []
        with pytest.raises(NotAllowed, match="của riêng người khác"):
            unstar(kept, made.record_id, by=other)
    assert len(favourites(kept, LAN.name)) == 1


def test_nobody_writes_one_in_another_name_or_over_another(kept: Store) -> None:
    made = star(kept, "PAPI", "gaps", VIEW, by=LAN)
    with pytest.raises(NotAllowed, match="không có quyền"):
        records.save(kept, made, by=ADMINISTRATOR)
    taken = made.model_copy(update={"account": ADMINISTRATOR.name})
    with pytest.raises(NotAllowed, match="không có quyền"):
        records.save(kept, taken, by=ADMINISTRATOR)
    assert favourites(kept, LAN.name) == [made]


def test_an_account_bound_to_an_agency_keeps_its_own(kept: Store) -> None:
    star(kept, "PAPI", "gaps", VIEW, by=OFFICE)
    assert len(favourites(kept, OFFICE.name)) == 1


def test_the_same_view_is_kept_once_under_its_latest_title(kept: Store) -> None:
    star(kept, "Tên cũ", "gaps", VIEW, by=LAN)
    star(kept, "Tên mới", "gaps", dict(reversed(VIEW.items())), by=LAN)
    star(kept, "Khác", "why", VIEW, by=LAN)
    assert [one.title for one in favourites(kept, LAN.name)] == ["Khác", "Tên mới"]


def test_a_view_taken_off_the_list_is_gone_and_its_history_stays(kept: Store) -> None:
    made = star(kept, "PAPI", "gaps", VIEW, by=LAN)
    unstar(kept, made.record_id, by=LAN)
    assert favourites(kept, LAN.name) == []
    assert list(records.history(kept, Favourite, made.record_id)["action"]) == ["withdraw", "save"]
    assert list(audit.entries(kept, kind="favourite")["by_name"].unique()) == ["lan"]
    with pytest.raises(RecordError, match="không còn"):
        unstar(kept, made.record_id, by=LAN)


@pytest.mark.parametrize(
    ("title", "page", "query", "said"),
    [
        ("   ", "gaps", VIEW, "đặt tên"),
        ("x" * (TITLE_LENGTH + 1), "gaps", VIEW, "một dòng"),
        ("hai\ndòng", "gaps", VIEW, "một dòng"),
        ("PAPI", "../etc", VIEW, "không lưu được"),
        ("PAPI", "gaps", {"unit": "x" * ADDRESS_LENGTH}, "quá dài"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(
    kept: Store, title: str, page: str, query: dict[str, str], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        star(kept, title, page, query, by=LAN)
    assert favourites(kept, LAN.name) == []


def test_a_full_list_takes_no_more_but_lets_a_title_change(kept: Store) -> None:
    many = [
        Favourite(record_id=f"favourite-{n}", account="lan", title=f"Mục {n}", page="gaps",
                  query={"year": str(n)})
        for n in range(MOST)
    ]  # fmt: skip
    records.save(kept, list(many), by=LAN)
    with pytest.raises(RecordError, match=str(MOST)):
        star(kept, "Một nữa", "why", VIEW, by=LAN)
    star(kept, "Tên mới", "gaps", {"year": "1"}, by=LAN)
    assert len(favourites(kept, LAN.name)) == MOST


def test_the_introduction_is_put_away_for_one_person_only(kept: Store) -> None:
    introduce(kept, by=LAN)
    assert is_introduced(kept, LAN.name)
    assert not is_introduced(kept, ADMINISTRATOR.name)
