"""What people type is kept with its history, and only those who may can change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data import audit, records
from data.actors import Action, Actor, NotAllowed, Role, may
from data.records import RecordError
from data.store import Store


class Note(records.Record):
    kind: ClassVar[str] = "note"
    action: ClassVar[Action] = Action.EDIT_SHEETS
    text: str
    agency: str | None = None

    @property
    def scope(self) -> str | None:
        return self.agency


CHIEF = Actor("chief", Role.ADMINISTRATOR)
ANALYST = Actor("ba", Role.ANALYST)
VIEWER = Actor("xem", Role.VIEWER)
JUSTICE = Actor("tuphap", Role.ANALYST, agency_id="so-tu-phap")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    with made.write():
        pass
    return made


def test_what_is_saved_comes_back_with_who_saved_it_and_how_often(store: Store) -> None:
    records.save(store, Note(record_id="a", text="một"), by=ANALYST)
    records.save(store, Note(record_id="a", text="hai"), by=CHIEF)
    note, about = records.held(store, Note)["a"]
    assert (note.text, about.revision, about.saved_by) == ("hai", 2, "chief")


def test_every_change_stands_in_the_trail_with_before_and_after(store: Store) -> None:
    records.save(store, Note(record_id="a", text="một"), by=ANALYST)
    records.save(store, Note(record_id="a", text="hai"), by=CHIEF, reason="sai số")
    records.withdraw(store, Note(record_id="a", text="hai"), by=CHIEF, reason="thôi")
    trail = records.history(store, Note, "a")
    assert trail["action"].tolist() == ["withdraw", "save", "save"]
    assert trail["reason"].tolist() == ["thôi", "sai số", ""]
    befores = [json.loads(text)["text"] if isinstance(text, str) else None for text in
               trail["before"]]  # fmt: skip
    assert befores == ["hai", "một", None]
    assert json.loads(trail["after"][0])["state"] == records.WITHDRAWN
    assert audit.verify(store) == []


def test_saving_the_same_content_again_changes_nothing(store: Store) -> None:
    for _ in range(2):
        records.save(store, Note(record_id="a", text="một"), by=ANALYST)
    assert records.held(store, Note)["a"][1].revision == 1
    assert len(audit.entries(store)) == 1


def test_of_two_people_who_saw_the_same_content_the_second_is_told(store: Store) -> None:
    records.save(store, Note(record_id="a", text="một"), by=ANALYST, seen={"a": 0})
    records.save(store, Note(record_id="a", text="hai"), by=ANALYST, seen={"a": 1})
    with pytest.raises(RecordError, match="vừa sửa"):
        records.save(store, Note(record_id="a", text="ba"), by=CHIEF, seen={"a": 1})
    assert records.held(store, Note)["a"][0].text == "hai"


def test_several_records_are_saved_together_or_not_at_all(store: Store) -> None:
    records.save(store, Note(record_id="b", text="có"), by=ANALYST)
    both = [Note(record_id="a", text="một"), Note(record_id="b", text="hai")]
    with pytest.raises(RecordError):
        records.save(store, list(both), by=ANALYST, seen={"b": 0})
    assert set(records.held(store, Note)) == {"b"}


def test_a_withdrawal_needs_a_reason(store: Store) -> None:
    note = Note(record_id="a", text="một")
    records.save(store, note, by=ANALYST)
    with pytest.raises(RecordError, match="lý do"):
        records.withdraw(store, note, by=ANALYST, reason="  ")


def test_a_viewer_changes_nothing(store: Store) -> None:
    before = store.version()
    with pytest.raises(NotAllowed, match="không có quyền"):
        records.save(store, Note(record_id="a", text="một"), by=VIEWER)
    assert store.version() == before


def test_an_agency_edits_its_own_sheets_and_no_others(store: Store) -> None:
    mine = Note(record_id="a", text="một", agency="so-tu-phap")
    records.save(store, mine, by=JUSTICE)
    theirs = Note(record_id="b", text="hai", agency="so-noi-vu")
    with pytest.raises(NotAllowed):
        records.save(store, theirs, by=JUSTICE)
    records.save(store, theirs, by=ANALYST)
    # Writing its own name over another's does not make it its own.
    with pytest.raises(NotAllowed):
        records.save(store, theirs.model_copy(update={"agency": "so-tu-phap"}), by=JUSTICE)


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.EDIT_SHEETS])
def test_each_role_may_what_the_one_before_it_may(action: Action) -> None:
    allowed = [may(Actor("x", role), action) for role in Role]
    assert allowed == sorted(allowed)
    assert may(CHIEF, action)


def test_an_account_of_an_agency_loads_and_approves_nothing() -> None:
    chief_of_agency = Actor("gd", Role.ADMINISTRATOR, agency_id="so-tu-phap")
    for action in (Action.LOAD, Action.APPROVE, Action.ADMINISTER, Action.EDIT_REGISTER):
        assert not may(chief_of_agency, action)


def test_text_is_kept_as_text_in_one_form() -> None:
    note = Note(record_id="a", text="  <b>Ha\u0300 Nội</b>\u0000\u200b\n2 ")
    assert note.text == "<b>Hà Nội</b>\n2"


def test_a_field_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError):
        Note.model_validate({"record_id": "a", "text": "x", "extra": 1})


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef"), unique=True), st.data())
def test_typed_rows_replace_shipped_ones_and_withdrawn_ones_hide_them(
    keys: list[str], data: st.DataObject
) -> None:
    shipped = pd.DataFrame({"key": keys, "value": [1.0] * len(keys)}).astype({"key": "str"})
    state = {k: data.draw(st.sampled_from(["in_force", "withdrawn", None])) for k in "abcdef"}
    typed = pd.DataFrame(
        [{"key": k, "value": 2.0, "state": s} for k, s in state.items() if s],
        columns=["key", "value", "state"],
    )
    seen = dict(records.overlaid(shipped, typed, "key")[["key", "value"]].itertuples(index=False))
    by_hand = {}
    for key in "abcdef":
        if state[key] == "in_force":
            by_hand[key] = 2.0
        elif state[key] is None and key in keys:
            by_hand[key] = 1.0
    assert seen == by_hand


@pytest.mark.parametrize("column", ["by_name", "before", "after", "made_at", "reason"])
def test_a_line_rewritten_in_the_trail_shows(store: Store, column: str) -> None:
    for text in ("một", "hai", "ba"):
        records.save(store, Note(record_id="a", text=text), by=ANALYST, reason="r")
    value = "TIMESTAMP '2020-01-01'" if column == "made_at" else "'khác'"
    with store.write() as connection:
        connection.execute(f"UPDATE audit SET {column} = {value} WHERE number = 2")  # noqa: S608
    assert [(b.number, b.reason) for b in audit.verify(store)] == [(2, "content")]


def test_a_line_taken_out_of_the_trail_shows(store: Store) -> None:
    for text in ("một", "hai", "ba"):
        records.save(store, Note(record_id="a", text=text), by=ANALYST)
    with store.write() as connection:
        connection.execute("DELETE FROM audit WHERE number = 2")
    assert [(b.number, b.reason) for b in audit.verify(store)] == [(3, "missing"), (3, "chain")]
