"""The list of agencies on screen: who there is, who took over from whom, who answers for what."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from briefing.reviews import inert
from data import agencies as register
from data import records
from data.agencies import AgencyLinkRecord, AgencyRecord, AssignmentRecord, PersonRecord
from data.records import ChangedMeanwhile, Record
from data.store import StoreError, store
from locales import form, t
from locales.calendar import today
from ui import drawn, loaders, responsibility, tables, who
from ui.choice import Choice

SAID = "agencies_said"


def said() -> None:
    """What the last act did, once."""
    if key := st.session_state.pop(SAID, None):
        st.success(t(key))


def _done(key: str) -> None:
    st.session_state[SAID] = key
    st.rerun()


def keep(
    make: Callable[[], Record], write: Callable[..., None], *, form_name: str = "", **seen: Any
) -> None:
    """Make a record of what was typed and keep it; a refusal is one sentence.

    Args:
        make: what was typed, as a record.
        write: keeps it.
        form_name: of a form that `drawn.from_first` holds.
        seen: what the person saw, handed on to `write`.
    """
    try:
        write(store(), make(), by=who.actor(), **seen)
    except StoreError as fault:
        if isinstance(fault, ChangedMeanwhile):
            drawn.anew(form_name)
        st.error(inert(str(fault)))
        return
    except ValidationError:
        st.error(t("agencies.incomplete"))
        return
    drawn.anew(form_name)
    _done("agencies.saved")


def withdraw(record: Record, key: str) -> None:
    """Take a record out of force, with the reason."""
    with st.form(f"withdraw_{key}"):
        reason = st.text_input(t("agencies.reason"))
        is_wanted = st.form_submit_button(t("agencies.withdraw"))
    if not is_wanted:
        return
    # What somebody else saved since is what goes, not what this page was drawn from.
    held = records.held(store(), type(record)).get(record.record_id)
    try:
        records.withdraw(store(), held[0] if held else record, by=who.actor(), reason=reason)
    except StoreError as fault:
        st.error(inert(str(fault)))
        return
    _done("agencies.withdrawn")


def _text(value: Any) -> str:
    return "" if form.is_missing(value) else str(value)


def _own(choice: Choice) -> pd.DataFrame:
    rows = register.agencies(store())
    return rows.loc[rows["unit_id"] == choice.unit_id]


def _label(agency_id: str, names: dict[str, str]) -> str:
    return names.get(agency_id, agency_id)


def _picked(label: str, options: list[Any], show: Callable[[Any], str], key: str) -> Any:
    return st.selectbox(label, options, format_func=show, key=key)


# ----------------------------------------------------------------------------------------- list


def listed(choice: Choice) -> None:
    """Agencies of the province with their time, and who answers for them on the day."""
    rows = _own(choice)
    if rows.empty:
        st.info(t("agencies.empty", unit=choice.unit_name))
        return
    links, every = register.agency_links(store()), register.agencies(store())
    names = responsibility.agency_names()
    heads = [t(f"agencies.col_{name}") for name in ("name", "level", "time", "now", "note")]
    lines = [
        [
            names[row["agency_id"]],
            _text(row["level"]),
            _time(row),
            responsibility.standing(row["agency_id"], every, links, choice.as_of, names),
            _text(row["note"]),
        ]
        for _, row in rows.iterrows()
    ]
    tables.plain(heads, lines)


def _time(row: Any) -> str:
    first, last = row["valid_from"], row["valid_to"]
    if form.is_missing(first):
        return (
            t("agencies.always") if form.is_missing(last)
            else t("agencies.until", last=form.day(last))
        )  # fmt: skip
    if form.is_missing(last):
        return t("agencies.from_on", first=form.day(first))
    return t("agencies.from_until", first=form.day(first), last=form.day(last))


def edit(choice: Choice) -> None:
    """Add an agency or change one; withdraw one with a reason."""
    rows = _own(choice).set_index("agency_id")
    names = responsibility.agency_names()
    picked = _picked(
        t("agencies.pick"), [None, *rows.index],
        lambda one: t("agencies.new") if one is None else _label(one, names), "w_agency",
    )  # fmt: skip
    now: dict[str, Any] = {} if picked is None else rows.loc[picked].to_dict()
    saved = records.held(store(), AgencyRecord).get(str(picked))
    form_name = f"agency_{picked}"
    old, revision = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_name", now,
        len(rows) if picked is None else saved[1].revision if saved else 0,
    )  # fmt: skip
    key = f"{form_name}_{revision}"
    with st.form(key):
        name = st.text_input(t("agencies.name"), value=_text(old.get("name_vi")), key=f"{key}_name")
        english = st.text_input(
            t("agencies.name_en"), value=_text(old.get("name_en")), key=f"{key}_english"
        )
        short = st.text_input(
            t("agencies.short"), value=_text(old.get("short_vi")), key=f"{key}_short"
        )
        level = st.selectbox(
            t("agencies.col_level"), register.LEVELS, key=f"{key}_level",
            index=register.LEVELS.index(old["level"]) if old else 0,
        )  # fmt: skip
        first, last = _days(old.get("valid_from"), old.get("valid_to"), key)
        note = st.text_input(
            t("agencies.col_note"), value=_text(old.get("note")), key=f"{key}_note"
        )
        is_wanted = st.form_submit_button(t("agencies.save"), type="primary")
    identity = picked or records.new_id("agency")
    body = {
        "record_id": identity, "name_vi": name, "name_en": english, "short_vi": short,
        "unit_id": choice.unit_id, "level": level, "valid_from": first, "valid_to": last,
        "note": note,
    }  # fmt: skip
    if is_wanted:
        keep(lambda: AgencyRecord(**body), register.save_agency, form_name=form_name,
             seen=revision if picked else 0)  # fmt: skip
    if picked is not None:
        withdraw(AgencyRecord(**{**body, "name_vi": old["name_vi"]}), "agency")


def _days(first: Any, last: Any, key: str) -> tuple[Any, Any]:
    left, right = st.columns(2)
    return (
        left.date_input(t("agencies.from"), format="DD/MM/YYYY", min_value=responsibility.OLDEST,
                        value=None if form.is_missing(first) else first, key=f"{key}_first"),
        right.date_input(t("agencies.to"), format="DD/MM/YYYY", min_value=responsibility.OLDEST,
                         value=None if form.is_missing(last) else last, key=f"{key}_last"),
    )  # fmt: skip


# ----------------------------------------------------------------------------------- succession


def succession(choice: Choice) -> None:
    """Links that touch the province's agencies, and one more."""
    names = responsibility.agency_names()
    own = set(_own(choice)["agency_id"])
    rows = register.agency_links(store())
    rows = rows.loc[rows["from_agency_id"].isin(own) | rows["to_agency_id"].isin(own)]
    heads = [t(f"agencies.col_{name}") for name in ("day", "event", "from", "to", "basis")]
    lines = [
        [
            form.day(row["effective_on"]),
            t(f"agencies.event_{row['event']}"),
            _label(row["from_agency_id"], names),
            _label(row["to_agency_id"], names),
            "; ".join(part for part in (_text(row["legal_basis"]), _text(row["note"])) if part),
        ]
        for _, row in rows.iterrows()
    ]
    if lines:
        tables.plain(heads, lines)
    with st.form("agency_link"):
        options = sorted(names, key=lambda one: form.sort_key(names[one]))
        mine = [one for one in options if one in own]
        left, right = st.columns(2)
        old = left.selectbox(t("agencies.col_from"), mine, format_func=names.__getitem__)
        new = right.selectbox(t("agencies.col_to"), options, format_func=names.__getitem__)
        event = left.selectbox(
            t("agencies.col_event"), register.EVENTS, format_func=lambda e: t(f"agencies.event_{e}")
        )
        day = right.date_input(t("agencies.col_day"), value=today(), format="DD/MM/YYYY",
                               min_value=responsibility.OLDEST)  # fmt: skip
        basis = st.text_input(t("agencies.basis"))
        note = st.text_input(t("agencies.col_note"))
        is_wanted = st.form_submit_button(t("agencies.link_save"))
    if is_wanted:
        keep(
            lambda: AgencyLinkRecord(
                record_id=records.new_id("agency_link"), effective_on=day, event=event,
                from_agency_id=str(old), to_agency_id=str(new), legal_basis=basis, note=note,
            ),
            register.save_link,
        )  # fmt: skip


# --------------------------------------------------------------------------------------- people


def people(choice: Choice) -> None:
    """Who answers in each agency, and who did; one more, or the last day of one."""
    names = responsibility.agency_names()
    own = sorted(_own(choice)["agency_id"], key=lambda one: form.sort_key(names[one]))
    rows = register.people(store())
    rows = rows.loc[rows["agency_id"].isin(own)]
    if rows.empty:
        st.caption(t("agencies.no_people"))
    for _, row in rows.iterrows():
        line = f"{names[row['agency_id']]}: {responsibility.person_words(row)}"
        st.html(f"<p>{escape(line)}</p>")
    if not own:
        return
    saved = {key: one for key, one in records.held(store(), PersonRecord).items()
             if one[0].state != records.WITHDRAWN and one[0].agency_id in own}  # fmt: skip
    held = {key: one for key, (one, _) in saved.items()}
    picked = _picked(
        t("agencies.person_pick"), [None, *held],
        lambda one: t("agencies.person_new") if one is None else held[one].name, "w_person",
    )  # fmt: skip
    form_name = f"person_{picked}"
    old, revision = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_name", held.get(picked) if picked else None,
        saved[picked][1].revision if picked else len(saved),
    )  # fmt: skip
    key = f"{form_name}_{revision}"
    with st.form(key):
        agency_id = st.selectbox(
            t("agencies.col_name"), own, format_func=names.__getitem__, key=f"{key}_agency",
            index=own.index(old.agency_id) if old else 0,
        )  # fmt: skip
        name = st.text_input(
            t("agencies.person_name"), value=old.name if old else "", key=f"{key}_name"
        )
        title = st.text_input(
            t("agencies.person_title"), value=old.title if old else "", key=f"{key}_title"
        )
        component = _component(choice, old.component_id if old else "", key)
        target = _target(choice, own, old.target_id if old else "", key)
        first, last = _days(old.from_on if old else today(), old.to_on if old else None, key)
        is_wanted = st.form_submit_button(t("agencies.save"), type="primary")
    if is_wanted:
        keep(
            lambda: PersonRecord(
                record_id=picked or records.new_id("agency_person"), agency_id=str(agency_id),
                name=name, title=title, component_id=component, target_id=target, from_on=first,
                to_on=last,
            ),
            register.save_person,
            form_name=form_name,
            seen=revision if picked else 0,
        )  # fmt: skip
    if old is not None:
        withdraw(old, "person")


def _component(choice: Choice, held: str, key: str) -> str:
    """A component of any index in the chosen year, or the whole agency."""
    options = {"": t("agencies.whole")}
    for index_id in loaders.catalogue().indices["index_id"]:
        short = loaders.index_short(index_id)
        for component_id, name in loaders.component_names(index_id, choice.edition).items():
            if component_id.count(".") < 2:
                options[component_id] = f"{short}: {name}"
    chosen = st.selectbox(
        t("agencies.component"), list(options), format_func=options.__getitem__,
        index=list(options).index(held) if held in options else 0, key=f"component_{key}_{held}",
    )  # fmt: skip
    return str(chosen)


def _target(choice: Choice, own: list[str], held: str, key: str) -> str:
    """A target of the province or of one of its offices, or none."""
    rows = loaders.catalogue().targets
    rows = rows.loc[rows["unit_id"].isin([choice.unit_id, *own])]
    options = {"": t("agencies.no_target")} | {
        str(row["target_id"]): responsibility.target_label(row) for _, row in rows.iterrows()
    }
    if held and held not in options:
        options[held] = held  # withdrawn since
    return str(
        st.selectbox(
            t("agencies.target"), list(options), format_func=options.__getitem__,
            index=list(options).index(held), key=f"{key}_target",
        )
    )  # fmt: skip


# ---------------------------------------------------------------------------------- assignments


def assignments(choice: Choice) -> None:
    """Components given to agencies by hand, with the share of a co-ordinator."""
    names = responsibility.agency_names()
    st.caption(t("agencies.assign_note"))
    held = {key: one for key, (one, _) in records.held(store(), AssignmentRecord).items()
            if one.state != records.WITHDRAWN and one.unit_id == choice.unit_id}  # fmt: skip
    heads = [t(f"agencies.col_{name}") for name in ("name", "component", "role", "years", "basis")]
    if held:
        tables.plain(heads, [_assigned(choice, one, names) for one in held.values()])
    own = sorted(_own(choice)["agency_id"], key=lambda one: form.sort_key(names[one]))
    if not own:
        return
    with st.form("assignment"):
        agency_id = st.selectbox(t("agencies.col_name"), own, format_func=names.__getitem__)
        component = _component(choice, "", "assign")
        role = st.selectbox(
            t("agencies.col_role"), [register.LEAD, register.COORDINATE],
            format_func=lambda one: t(f"responsibility.word_{one}"),
        )  # fmt: skip
        share = st.number_input(t("agencies.share"), 1, 100, 50)
        basis = st.text_input(t("agencies.basis"))
        is_wanted = st.form_submit_button(t("agencies.assign_save"), type="primary")
    if is_wanted and not component:
        st.error(t("agencies.needs_component"))
    elif is_wanted:
        keep(
            lambda: AssignmentRecord(
                record_id=records.new_id("agency_assignment"), unit_id=choice.unit_id,
                agency_id=str(agency_id), component_id=component, role=str(role),
                share=share / 100 if role == register.COORDINATE else None,
                from_edition=choice.edition, basis=basis,
            ),
            register.save_assignment,
        )  # fmt: skip
    if held:
        picked = _picked(
            t("agencies.assign_pick"), list(held),
            lambda one: " · ".join(_assigned(choice, held[one], names)[:3]), "w_assignment",
        )  # fmt: skip
        withdraw(held[picked], "assignment")


def _assigned(choice: Choice, one: AssignmentRecord, names: dict[str, str]) -> list[str]:
    index_id = one.component_id.partition(".")[0]
    parts = loaders.component_names(index_id, choice.edition)
    said = t(f"responsibility.word_{one.role}")
    if one.share is not None:
        said += f" ({form.trimmed(round(100 * one.share, 1))} %)"
    return [
        _label(one.agency_id, names), parts.get(one.component_id, one.component_id), said,
        f"{one.from_edition} – {one.to_edition or '…'}", one.basis,
    ]  # fmt: skip
