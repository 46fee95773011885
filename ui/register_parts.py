"""What the pages of the register and of its documents share: parts, names, notices, history."""

from __future__ import annotations

from datetime import UTC, date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics.feasibility import Feasibility, feasibility
from briefing import register as said
from data import queries, records, register
from data.register import TargetRecord
from data.store import store
from locales import form, language, t
from locales.calendar import HOME
from ui import loaders, tables
from ui import register_fields as fields
from ui.choice import Choice

NOTICE = "register_notice"


def pick_view(views: tuple[str, ...], page: str) -> str:
    """One part of a page, kept in the address."""
    asked = st.query_params.get("view", views[0])
    if st.session_state.get("w_view") not in views:
        st.session_state["w_view"] = asked if asked in views else views[0]
    names = {view: t(f"{page}.view_{view}") for view in views}
    if "queue" in views and (n := len(register.queue(store()))):
        names["queue"] += f" ({n})"
    view = st.radio(
        t(f"{page}.view"), views, key="w_view", horizontal=True, format_func=names.__getitem__,
        label_visibility="collapsed",
    )  # fmt: skip
    keep_in_address("view", "" if view == views[0] else view)
    return str(view)


def keep_in_address(key: str, value: str) -> None:
    """Set one part of the address; an empty value takes it away."""
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


def notices() -> None:
    """What the last click did."""
    # A place of their own: without it everything below would move up when they go, and an opened
    # part of the page would close under the reader's hands.
    place = st.container()
    for line in st.session_state.pop(NOTICE, []):
        place.success(line)


def done(*lines: str) -> None:
    """Say it on the page as it looks after the change."""
    st.session_state[NOTICE] = list(lines)
    st.rerun()


def names() -> dict[str, str]:
    """Names of everything a target refers to by id."""
    tables_held = loaders.catalogue()
    found = {**loaders.all_unit_names(), **component_labels()}
    agencies = queries.agencies()
    found |= dict(zip(agencies["agency_id"], agencies["name_vi"], strict=True))
    documents = queries.documents()
    found |= {str(row["document_id"]): fields.document_name(row) for _, row in documents.iterrows()}
    return found | dict(zip(tables_held.indices["index_id"], tables_held.indices["short"],
                            strict=True))  # fmt: skip


def component_labels() -> dict[str, str]:
    """Every component by id, numbered and named as in its latest period; not to be changed."""
    return _component_labels(loaders.version(), language())


@st.cache_resource(max_entries=4, show_spinner=False)
def _component_labels(stamp: str, spoken: str) -> dict[str, str]:
    _ = stamp
    rows = loaders.catalogue().components.sort_values("from_edition")
    return {
        str(row["component_id"]): f"{row['code']}. {row[f'name_{spoken}']}"
        for row in rows.to_dict("records")
    }


def subject(row: Any, edition: int) -> str:
    """Index and component of a target, named as in the year."""
    if form.is_missing(row["index_id"]) or not row["index_id"]:
        return form.NO_VALUE
    index_id, component_id = str(row["index_id"]), str(row["component_id"])
    index = loaders.index_short(index_id)
    if component_id == index_id:
        return index
    found = loaders.component_names(index_id, edition)
    return f"{index} · {found.get(component_id, component_labels().get(component_id, index))}"


def small(text: str) -> str:
    """A second line of a cell, in small type."""
    return f'<div class="small">{escape(text)}</div>'


def history(model: type[records.Record], record_id: str) -> None:
    """Every change of one record, newest first, field by field."""
    entries = records.history(store(), model, record_id)
    if entries.empty:
        st.caption(t("register.history_none"))
        return
    known = names()
    heads = [t(f"register.history_{c}") for c in ("when", "who", "what", "change", "reason")]
    body = []
    for _, entry in entries.iterrows():
        before = None if form.is_missing(entry["before"]) else str(entry["before"])
        lines = said.changed_fields(before, str(entry["after"]), known)
        action = "withdraw" if entry["action"] == "withdraw" else "save"
        body.append(
            tables.line(
                heads,
                [
                    escape(moment(entry["made_at"])),
                    escape(str(entry["by_name"])),
                    escape(t(f"register.action_{action}")),
                    "".join(f"<div>{escape(line)}</div>" for line in lines),
                    escape(str(entry["reason"])),
                ],
            )
        )
    tables.table("history", heads, body)


def moment(value: Any) -> str:
    """A moment of the store on the clock in Việt Nam."""
    return pd.Timestamp(value).tz_localize(UTC).astimezone(HOME).strftime("%H:%M %d/%m/%Y")


# A resource, not data: one copy for all sessions, never changed in place.
@st.cache_resource(max_entries=256, show_spinner=False)
def _feasible(stamp: str, body: str, as_of: date) -> Feasibility:
    _ = stamp
    record = TargetRecord.model_validate_json(body)
    return feasibility(
        loaders.knowledge_of_kind(record.unit_id), pd.DataFrame([register.row(record)]), as_of=as_of
    )


def feasible(record: TargetRecord, choice: Choice) -> None:
    """What a target asks for and takes, while it is typed."""
    if not (record.index_id and record.component_id and record.target_kind and record.unit_id):
        return
    found = _feasible(loaders.version(), record.model_dump_json(), choice.as_of)
    lines = said.feasibility_lines(found, record.unit_id, loaders.all_unit_names())
    body = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<ul class="notes"><strong>{escape(t("register.feasible_title"))}</strong>{body}</ul>')
