"""Plans of remedy on screen: weaknesses without an item, the items, and the form of one.

Whatever people typed is shown as text.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing.reviews import inert
from data import batches, records, reviews
from data.records import ChangedMeanwhile
from data.reviews import PlanItem, PlanStatus
from data.store import StoreError, store
from locales import form, t
from ui import drawn, tables, who
from ui.reviews import FILES, Review, done, pinned, refuse

FIELDS = ("task", "owner", "procedure", "responsibility", "result", "measure")
LONG = ("task", "procedure", "result")


def plan(found: Review) -> None:
    """What is done about the weaknesses of the sheet."""
    work_plan(
        unit_id=found.choice.unit_id, index_id=found.choice.index_id, edition=found.choice.edition,
        agency_id=found.agency_id, weaknesses=found.weaknesses, as_of=found.choice.as_of,
        causes={one.finding_id: one.cause for one in found.sheet.answers},
    )  # fmt: skip


def work_plan(
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    agency_id: str,
    weaknesses: dict[str, str],
    causes: dict[str, str],
    as_of: Any,
) -> None:
    """Weaknesses without an item, the items as of a day, and the form to add or change one."""
    at = {"unit_id": unit_id, "index_id": index_id, "edition": edition, "agency_id": agency_id}
    rows = reviews.plan(store(), **at, version=pinned())
    rows = method.plan_standing(rows, as_of=as_of)
    missing = method.unplanned(weaknesses, rows)
    if missing:
        names = "; ".join(weaknesses[one] for one in missing)
        st.warning(inert(t("reviews.unplanned", names=names)))
    elif weaknesses:
        st.success(t("reviews.all_planned"))
    if rows.empty:
        st.info(t("reviews.plan_empty"))
    else:
        n_late = int(rows["is_overdue"].sum())
        st.caption(t("reviews.n_open", n=form.whole(len(rows)), day=form.day(as_of),
                     overdue=form.whole(n_late)))  # fmt: skip
        heads = [t(f"reviews.col_{key}") for key in ("weakness", "task", "owner", "due", "status")]
        tables.table("plan", heads, [tables.line(heads, _item(row))
                                     for row in rows.to_dict("records")])  # fmt: skip
        _evidence(rows)
    if weaknesses or not rows.empty:
        _plan_form(at, rows, weaknesses, causes)


def _item(row: Any) -> list[str]:
    def small(key: str, value: str) -> str:
        return f'<div class="small">{escape(t(key, said=value))}</div>'

    shown = t(f"reviews.status_{row['status']}")
    verdict = "met" if row["status"] == "done" else "missed" if row["is_overdue"] else "not_due"
    if row["is_overdue"]:
        shown += ": " + t("reviews.overdue", days=-int(row["days_left"]))
    elif row["is_late"]:
        shown += ": " + t("reviews.late")
    proof = row["evidence"] or row["evidence_name"]
    span = t("reviews.due_span", start=form.day(row["starts_on"]), end=form.day(row["due_on"]))
    return [
        f"<strong>{escape(row['weakness'])}</strong>" + small("reviews.cause_short", row["cause"]),
        escape(row["task"]) + small("reviews.procedure_short", row["procedure"])
        + small("reviews.result_short", row["result"])
        + small("reviews.measure_short", row["measure"]),
        f"{escape(row['owner'])}<div class=\"small\">{escape(row['responsibility'])}</div>",
        escape(span),
        tables.chip(verdict, shown) + (small("reviews.evidence_short", proof) if proof else ""),
    ]  # fmt: skip


def _evidence(rows: pd.DataFrame) -> None:
    for row in rows.loc[rows["evidence_file"] != ""].to_dict("records"):
        try:
            content = batches.kept_file(store(), row["evidence_file"])
        except StoreError as fault:
            refuse(fault)
            continue
        st.download_button(
            inert(t("reviews.evidence_get", name=row["evidence_name"])), content,
            file_name=row["evidence_name"], key=f"get_{row['record_id']}",
        )  # fmt: skip


def _plan_form(
    at: dict[str, Any], rows: pd.DataFrame, weaknesses: dict[str, str], causes: dict[str, str]
) -> None:
    st.subheader(t("reviews.plan_form"))
    held = {row["record_id"]: row for row in rows.to_dict("records")}
    picked = st.selectbox(
        t("reviews.plan_pick"), [None, *held],
        format_func=lambda i: t("reviews.plan_new") if i is None else held[i]["task"],
    )  # fmt: skip
    form_name = _form_name(at, picked)
    old, drawn_at = drawn.from_first(
        form_name, f"finding_{picked}_{{revision}}", held.get(picked) if picked else None,
        int(held[picked]["revision"]) if picked else len(rows),
    )  # fmt: skip
    names = dict(weaknesses)
    if old is not None:
        names.setdefault(old["finding_id"], old["weakness"])
    if not names:
        return
    finding = str(
        st.selectbox(
            t("reviews.plan_weakness"), list(names), format_func=names.__getitem__,
            index=list(names).index(old["finding_id"]) if old else 0,
            key=f"finding_{picked}_{drawn_at}",
        )
    )  # fmt: skip
    value = old or {"cause": causes.get(finding, "")}
    # A cause that was changed on the sheet must reach a form that was already drawn.
    cause = batches.sha256(str(value["cause"]).encode())[:8]
    stem = f"{picked}_{drawn_at}_{finding}_{cause}"
    with st.form("plan_item"):
        typed = _fields(value, stem)
        given = st.file_uploader(t("reviews.evidence_file"), type=FILES, key=f"file_{stem}")
        is_kept = st.form_submit_button(t("reviews.plan_save"), type="primary")
    if is_kept:
        file = {name: value.get(name, "") for name in ("evidence_file", "evidence_name")}
        body = {
            **at, **file, **typed, "finding_id": finding, "weakness": names[finding],
            "record_id": picked or records.new_id("plan_item"),
        }  # fmt: skip
        _keep_item(body, given, drawn_at if old else 0, form_name)
    if old is not None:
        _withdraw_item(old)


def _form_name(at: dict[str, Any], picked: Any) -> str:
    return "plan_" + "|".join(str(part) for part in (*at.values(), picked))


def _fields(value: Any, stem: str) -> dict[str, Any]:
    """The boxes of one item; the "5 rõ" among them."""
    typed: dict[str, Any] = {
        "cause": st.text_area(
            t("reviews.cause"), value=value.get("cause", ""), height=68, key=f"p_cause_{stem}"
        )
    }
    for field in FIELDS:
        draw = st.text_area if field in LONG else st.text_input
        size = {"height": 68} if field in LONG else {}
        typed[field] = draw(
            t(f"reviews.{field}"), value=value.get(field, ""), key=f"p_{field}_{stem}", **size
        )
    first, second, third, fourth = st.columns(4)
    places = {"starts_on": first, "due_on": second, "done_on": fourth}
    statuses = [status.value for status in PlanStatus]
    typed["status"] = third.selectbox(
        t("reviews.status"), statuses, index=statuses.index(value.get("status", statuses[0])),
        format_func=lambda code: t(f"reviews.status_{code}"), key=f"p_status_{stem}",
    )  # fmt: skip
    for field, place in places.items():
        held = value.get(field)
        typed[field] = place.date_input(
            t(f"reviews.{field}"), value=None if form.is_missing(held) else held,
            format="DD/MM/YYYY", key=f"p_{field}_{stem}",
        )  # fmt: skip
    typed["evidence"] = st.text_input(
        t("reviews.evidence"), value=value.get("evidence", ""), key=f"p_evidence_{stem}"
    )
    return typed


def _keep_item(body: dict[str, Any], given: Any, revision: int, form_name: str) -> None:
    by = who.actor()
    try:
        if given is not None:
            # Nobody leaves a file here who may not keep the item itself.
            records.demand_for(store(), by, PlanItem.action, body["agency_id"])
            digest = batches.keep_file(store(), given.getvalue(), given.name)
            body = {**body, "evidence_file": digest, "evidence_name": given.name}
        reviews.keep_plan_item(store(), PlanItem(**body), by=by, seen=revision)
    except StoreError as fault:
        if isinstance(fault, ChangedMeanwhile):
            drawn.anew(form_name)
        refuse(fault)
        return
    drawn.anew(form_name)
    done("reviews.saved")


def _withdraw_item(old: Any) -> None:
    with st.form("plan_withdraw"):
        reason = st.text_input(t("reviews.plan_reason"))
        if st.form_submit_button(t("reviews.plan_withdraw")):
            try:
                item, _ = reviews.held_one(store(), PlanItem, old["record_id"])
                records.withdraw(store(), item, by=who.actor(), reason=reason)
            except StoreError as fault:
                refuse(fault)
                return
            done("reviews.withdrawn")
