"""The list of targets on screen, and one of them to read, edit and withdraw.

Whatever a person typed is escaped where it is shown.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from briefing import register as said
from briefing import sentences
from briefing.reviews import inert
from data import queries, register
from data.actors import Action
from data.records import DRAFT, IN_FORCE, WITHDRAWN, ChangedMeanwhile
from data.register import TargetRecord
from data.store import StoreError, store
from locales import form, t
from ui import drawn, tables, who
from ui import register_fields as fields
from ui import register_parts as parts
from ui.choice import ALL, Choice


def _all_rows(choice: Choice) -> pd.DataFrame:
    """Targets of the unit and its offices with their state: in force, drafts and withdrawn."""
    live = queries.targets().assign(state=IN_FORCE)
    gone = [*register.drafts(store()).values(), *register.withdrawn(store()).values()]
    known = parts.names()
    numbers = {str(r["document_id"]): r["number"] for _, r in queries.documents().iterrows()}
    extra = [
        register.row(record)
        | {
            "state": record.state, "batch_id": "typed",
            "document_number": numbers.get(record.document_id),
            "lead_agency": "; ".join(known.get(a, a) for a in record.lead_agency_ids) or None,
            "co_agency": "; ".join(known.get(a, a) for a in record.co_agency_ids) or None,
        }
        for record in gone
    ]  # fmt: skip
    rows = live
    if extra:
        rows = pd.concat(
            [live.astype("object"), pd.DataFrame(extra, columns=live.columns, dtype="object")],
            ignore_index=True,
        )
    units = [choice.unit_id, *_offices(choice.unit_id)]
    rows = rows.loc[rows["unit_id"].isin(units)]
    return rows if choice.index_id == ALL else rows.loc[rows["index_id"] == choice.index_id]


def _offices(unit_id: str) -> list[str]:
    agencies = queries.agencies()
    return [str(one) for one in agencies.loc[agencies["unit_id"] == unit_id, "agency_id"]]


def listing(choice: Choice) -> None:
    """All targets of the unit, and one of them to read, edit or withdraw."""
    rows = _all_rows(choice)
    if rows.empty:
        st.info(t("register.list_empty", unit=choice.unit_name))
        return
    first, second = st.columns(2)
    states = [s for s in (IN_FORCE, DRAFT, WITHDRAWN) if s in set(rows["state"])]
    state = first.selectbox(
        t("register.filter_state"), [ALL, *states], key="w_state",
        format_func=lambda s: t("register.all") if s == ALL else t(f"register.state_{s}"),
    )  # fmt: skip
    numbers = sorted(rows["document_number"].dropna().unique(), key=form.sort_key)
    number = second.selectbox(
        t("register.filter_document"), [ALL, *numbers], key="w_number",
        format_func=lambda n: t("register.all") if n == ALL else n,
    )  # fmt: skip
    shown = rows.loc[(rows["state"] == state) | (state == ALL)]
    shown = shown.loc[(shown["document_number"] == number) | (number == ALL)]
    labels = {
        str(row["target_id"]): f"{parts.subject(row, choice.edition)}: "
        f"{sentences.full_target_words(row)} · "
        f"{row['document_number'] if row['document_number'] else form.NO_VALUE} "
        f"[{row['target_id']}]"
        for _, row in shown.iterrows()
    }
    asked = st.query_params.get("target", "")
    if st.session_state.get("w_target") not in labels:
        st.session_state["w_target"] = asked if asked in labels else None
    target_id = st.selectbox(
        t("register.pick"), list(labels), key="w_target", format_func=labels.__getitem__,
        placeholder=t("register.pick_none"),
    )  # fmt: skip
    parts.keep_in_address("target", target_id or "")
    if target_id:
        one_target(choice, target_id)
    st.caption(t("register.counts", n=form.whole(len(shown))))
    heads = [t(f"register.col_{c}") for c in ("target", "years", "document", "agency", "state")]
    body = [tables.line(heads, _cells(row, choice)) for _, row in shown.iterrows()]
    tables.table("register", heads, body)


def _cells(row: Any, choice: Choice) -> list[str]:
    clause = "" if form.is_missing(row["clause"]) else str(row["clause"])
    what = f"<strong>{escape(sentences.full_target_words(row))}</strong>"
    what += parts.small(parts.subject(row, choice.edition))
    if clause:
        what += (
            f"<details><summary>{escape(t('targets.clause'))}</summary>"
            f"<blockquote>{escape(clause)}</blockquote></details>"
        )
    number = row["document_number"]
    origin = "typed" if row["batch_id"] == "typed" else "shipped"
    return [
        what,
        escape(said.years_words(row)),
        escape(form.NO_VALUE if form.is_missing(number) else str(number)),
        _agency_cell(row),
        escape(t(f"register.state_{row['state']}")) + parts.small(t(f"register.{origin}")),
    ]


def _agency_cell(row: Any) -> str:
    if form.is_missing(row["lead_agency"]):
        lead = parts.small(t("register.no_lead"))
    else:
        lead = f"<div>{escape(t('register.lead', agency=row['lead_agency']))}</div>"
    if form.is_missing(row["co_agency"]):
        return lead
    if form.is_missing(row["co_share"]):
        return lead + parts.small(t("register.co", agency=row["co_agency"]))
    share = form.trimmed(100 * float(row["co_share"]))
    return lead + parts.small(t("register.co_share", agency=row["co_agency"], share=share))


def one_target(choice: Choice, target_id: str) -> None:
    """One target: what it takes, its fields, the way out, and its history."""
    held = register.target(store(), target_id)
    if held is None:
        return
    form_name = f"w_e_{target_id}"
    held, revision = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_state", held, fields.revision(held)
    )
    key = f"{form_name}_{revision}"
    parts.feasible(held, choice)
    if who.allowed(Action.EDIT_REGISTER):
        with st.expander(t("register.edit_title")):
            _edit(choice, held, form_name, revision)
        if held.state != WITHDRAWN:
            with st.expander(t("register.withdraw_title")):
                _withdraw(held, form_name, key)
    with st.expander(t("register.history_title"), expanded=revision > 0):
        parts.history(TargetRecord, target_id)


def _edit(choice: Choice, held: TargetRecord, form_name: str, revision: int) -> None:
    key = f"{form_name}_{revision}"
    if held.state == WITHDRAWN:
        st.caption(t("register.restore_note"))
    states = [IN_FORCE, DRAFT, *([WITHDRAWN] if held.state == WITHDRAWN else [])]
    values: dict[str, Any] = {
        "state": st.selectbox(
            t("register.filter_state"), states, key=f"{key}_state",
            index=states.index(held.state) if held.state in states else 0,
            format_func=lambda s: t(f"register.state_{s}"),
        )
    }  # fmt: skip
    values["unit_id"] = fields.unit(key, held.unit_id, choice)
    values["document_id"], _ = fields.document(key, held.document_id, choice, new=False)
    values |= fields.level(key, held, choice)
    values |= fields.agencies(key, held, choice.unit_id)
    values |= fields.words(key, held)
    reason = st.text_input(t("register.save_reason"), key=f"{key}_reason", max_chars=500)
    if st.button(t("register.save"), type="primary", key=f"{key}_save"):
        try:
            record = register.made(TargetRecord, **{**held.model_dump(), **values})
            register.keep(store(), record, by=who.actor(), seen=revision, reason=reason)
        except StoreError as fault:
            if isinstance(fault, ChangedMeanwhile):
                drawn.anew(form_name)
            st.error(inert(str(fault)))
        else:
            drawn.anew(form_name)
            parts.done(t("register.edited"))


def _withdraw(held: TargetRecord, form_name: str, key: str) -> None:
    st.caption(t("register.withdraw_note"))
    reason = st.text_input(t("register.withdraw_reason"), key=f"{key}_why", max_chars=500)
    if st.button(t("register.withdraw"), key=f"{key}_withdraw"):
        try:
            # What somebody else saved since is what goes, not what this page was drawn from.
            now = register.target(store(), held.record_id) or held
            register.withdraw(store(), now, by=who.actor(), reason=reason)
        except StoreError as fault:
            st.error(inert(str(fault)))
        else:
            drawn.anew(form_name)
            parts.done(t("register.withdrawn"))
