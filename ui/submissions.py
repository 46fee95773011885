"""Calls for documents on screen: who has sent, who is late, and the draft of a reminder."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import submissions as method
from briefing import reminder
from briefing.reviews import inert
from data import batches, records, reviews
from data.reviews import Submission, SubmissionCall
from data.store import StoreError, store
from locales import form, t
from ui import register_fields as fields
from ui import responsibility, tables, who
from ui.choice import Choice
from ui.reviews import FILES, agency_names, done, pinned, refuse

CHIPS = {"on_time": "met", "late": "at_risk", "missing": "missed", "waiting": "not_due"}
DAYS_GIVEN = 10


def tracking(choice: Choice) -> None:
    """The calls of the province, the standing of one of them, and the ways to add to them."""
    calls = reviews.calls(store(), choice.unit_id, version=pinned())
    names = agency_names(choice.unit_id)
    if calls.empty:
        st.info(t("submissions.empty", unit=choice.unit_name))
    else:
        _one(choice, _picked(calls), names)
    _call_form(choice)


def _picked(calls: pd.DataFrame) -> Any:
    rows = {row["record_id"]: row for row in calls.to_dict("records")}

    def name(record_id: str) -> str:
        row = rows[record_id]
        return t("submissions.call", document=row["document"], what=row["what"])

    ids = list(reversed(rows))
    return rows[str(st.selectbox(t("submissions.pick"), ids, format_func=name))]


def _one(choice: Choice, call: Any, names: dict[str, str]) -> None:
    days = method.occasions(call)
    years, now = list(days), method.present_year(call, choice.as_of)
    year = years[0]
    if len(years) > 1:
        year = st.selectbox(
            t("submissions.year"), years, index=years.index(now), key=f"year_{call['record_id']}"
        )
    due = form.day(days[year])
    if year == years[0]:
        said = t("submissions.due", day=due, said=call["deadline_text"])
    else:
        said = t("submissions.due_yearly", day=due, month=int(call["yearly_month"]))
    st.caption(inert(said))
    sent = reviews.submissions(store(), version=pinned())
    standing = method.submission_standing(call, sent, year=year, as_of=choice.as_of)
    _counts(standing)
    heads = [t(f"submissions.col_{key}") for key in ("agency", "status", "sent", "version")]
    now = responsibility.heirs_said(choice.unit_id, choice.as_of)
    body = [tables.line(heads, _cells(row, names, now)) for row in standing.to_dict("records")]
    tables.table("submissions", heads, body)
    _files(call, sent, year, names)
    _letter(choice, call, standing)
    _record_form(choice, call, year, names)
    _withdraw(call)


def _counts(standing: pd.DataFrame) -> None:
    seen = standing["status"].value_counts()
    chips = "".join(
        tables.chip(chip, f"{t(f'submissions.status_{status}')}: {seen[status]}")
        for status, chip in CHIPS.items()
        if status in seen
    )
    heading = t("submissions.counts", n=form.whole(len(standing)))
    st.html(f'<div class="counts"><strong>{escape(heading)}</strong>{chips}</div>')


def _cells(row: Any, names: dict[str, str], now: dict[str, str]) -> list[str]:
    shown = tables.chip(CHIPS[row["status"]], t(f"submissions.status_{row['status']}"))
    if not form.is_missing(row["days_late"]):
        key = "overdue_by" if row["status"] == "missing" else "late_by"
        late = t(f"submissions.{key}", days=form.whole(row["days_late"]))
        shown += f'<div class="small">{escape(late)}</div>'
    version = ""
    if row["n_versions"]:
        key = "version" if row["number"] else "version_none"
        version = t(f"submissions.{key}", number=row["number"], n=row["n_versions"])
    sent = "" if form.is_missing(row["sent_on"]) else form.day(row["sent_on"])
    name = escape(names.get(row["agency_id"], row["agency_id"]))
    if row["agency_id"] in now:
        name += f'<div class="small">{escape(now[row["agency_id"]])}</div>'
    return [name, shown, escape(sent), escape(version)]


def _files(call: Any, sent: pd.DataFrame, year: int, names: dict[str, str]) -> None:
    """The files that came with what was sent, every version."""
    mine = (sent["call_id"] == call["record_id"]) & (sent["year"] == year) & (sent["file"] != "")
    rows = sent.loc[mine].to_dict("records")
    if not rows:
        return
    with st.expander(t("submissions.files", n=form.whole(len(rows)))):
        for row in rows:
            said = t(
                "submissions.file_of", agency=names.get(row["agency_id"], row["agency_id"]),
                day=form.day(row["sent_on"]), name=row["file_name"],
            )  # fmt: skip
            try:
                content = batches.kept_file(store(), row["file"])
            except StoreError as fault:
                refuse(fault)
                continue
            st.download_button(
                inert(said), content, file_name=row["file_name"], key=f"sent_{row['record_id']}"
            )


def _letter(choice: Choice, call: Any, standing: pd.DataFrame) -> None:
    st.subheader(t("submissions.letter_title"))
    if not standing["status"].isin(["late", "missing"]).any():
        st.caption(t("submissions.letter_none"))
        return
    left, right = st.columns([3, 1])
    issuer = left.text_input(
        t("submissions.letter_issuer"), value=call["receiver"], key=f"issuer_{call['record_id']}"
    )
    days = right.number_input(
        t("submissions.letter_days"), min_value=1, max_value=60, value=DAYS_GIVEN
    )
    names = agency_names(choice.unit_id, official=True)
    names |= responsibility.addressees(choice.unit_id, choice.as_of)
    made = reminder.letter(
        call, standing, names=names, issuer=issuer.strip() or call["receiver"],
        place=choice.unit_name, as_of=choice.as_of,
        before=method.extended(choice.as_of, int(days)),
    )  # fmt: skip
    if made is None:
        return
    with st.container(border=True):
        _sheet(made)
    st.download_button(
        t("submissions.letter_download"), reminder.document(made),
        file_name=t("submissions.letter_file"), type="primary",
    )  # fmt: skip


def _sheet(made: reminder.Letter) -> None:
    """The letter as it will stand on paper: two heads, the text, two feet."""

    def side(lines: list[str], align: str) -> str:
        said = "".join(f"<p>{escape(line)}</p>" for line in lines)
        return f'<div style="text-align: {align}">{said}</div>'

    left, right = st.columns(2)
    left.html(side(reminder.left_head(made), "center"))
    right.html(side(reminder.right_head(made), "center"))
    st.html(side(reminder.text(made), "left"))
    left, right = st.columns(2)
    left.html(side(reminder.left_foot(), "left"))
    right.html(side(reminder.right_foot(), "center"))


def _record_form(choice: Choice, call: Any, year: int, names: dict[str, str]) -> None:
    with st.expander(t("submissions.record_title")), st.form("submission", clear_on_submit=True):
        left, middle, right = st.columns([3, 1, 2])
        agency = left.selectbox(
            t("submissions.agency"), list(call["agency_ids"]),
            format_func=lambda i: names.get(i, i),
        )  # fmt: skip
        sent_on = middle.date_input(
            t("submissions.sent_on"), value=choice.as_of, format="DD/MM/YYYY"
        )
        number = right.text_input(t("submissions.number"))
        note = st.text_input(t("submissions.note"))
        given = st.file_uploader(t("submissions.file"), type=FILES)
        if not st.form_submit_button(t("submissions.record")):
            return
        try:
            records.demand_for(store(), who.actor(), Submission.action, str(agency))
            digest = batches.keep_file(store(), given.getvalue(), given.name) if given else ""
            reviews.keep_submission(
                store(),
                Submission(
                    record_id=records.new_id("submission"), call_id=call["record_id"], year=year,
                    agency_id=str(agency), sent_on=sent_on, number=number, note=note, file=digest,
                    file_name=given.name if given else "",
                ),
                by=who.actor(),
            )  # fmt: skip
        except StoreError as fault:
            refuse(fault)
            return
    done("submissions.saved")


def _call_form(choice: Choice) -> None:
    with st.expander(t("submissions.call_title")):
        start = _start(choice)
        with st.form("call", border=False):
            _call_fields(choice, start)


def _start(choice: Choice) -> dict[str, Any]:
    """What the form starts from: a call as a document words it, or nothing."""
    known = {
        row["item_id"]: row for row in reviews.calls_of_documents(choice.unit_id).to_dict("records")
    }
    if not known:
        return {}
    picked = st.selectbox(
        t("submissions.start"), ["", *known],
        format_func=lambda item: t("submissions.call", **known[item]) if item
        else t("submissions.start_blank"),
    )  # fmt: skip
    return {str(name): value for name, value in known.get(str(picked), {}).items()}


def _call_fields(choice: Choice, start: dict[str, Any]) -> None:
    """The fields of a call; boxes of another start are other boxes."""
    key = f"call_{start.get('item_id', '')}"

    def box(name: str, **more: Any) -> str:
        return st.text_input(
            t(f"submissions.{name}"), value=start.get(name, ""), key=f"{key}_{name}", **more
        )

    document, what, receiver = box("document"), box("what"), box("receiver")
    given = str(start["agency_ids"]).split(";") if start else []
    options = fields.agency_options(choice.unit_id, given)
    asked = st.multiselect(
        t("submissions.who"), list(options), default=given, key=f"{key}_who",
        format_func=options.__getitem__, placeholder=t("submissions.who"),
    )  # fmt: skip
    deadline = box("deadline_text", placeholder=t("submissions.deadline_help"))
    month, last = start.get("yearly_month"), start.get("last_year")
    repeats = bool(start) and not form.is_missing(month)
    first, second, third = st.columns(3)
    is_yearly = first.checkbox(t("submissions.is_yearly"), value=repeats, key=f"{key}_yearly")
    month = second.number_input(
        t("submissions.yearly_month"), 1, 12, value=int(month or 2) if repeats else 2,
        key=f"{key}_month",
    )  # fmt: skip
    last = third.number_input(
        t("submissions.last_year"), 2020, 2100, value=int(last or 2030) if repeats else 2030,
        key=f"{key}_last",
    )  # fmt: skip
    if not st.form_submit_button(t("submissions.call_save"), type="primary"):
        return
    due = method.last_day(deadline)
    if due is None:
        st.error(inert(t("submissions.deadline_unread", said=deadline)))
        return
    call = SubmissionCall(
        record_id=records.new_id("submission_call"), unit_id=choice.unit_id,
        document=document, what=what, receiver=receiver, deadline_text=deadline, due_on=due,
        agency_ids=tuple(asked), yearly_month=int(month) if is_yearly else None,
        last_year=int(last) if is_yearly else None,
    )  # fmt: skip
    try:
        reviews.keep_call(store(), call, by=who.actor(), seen=0)
    except StoreError as fault:
        refuse(fault)
        return
    done("submissions.saved")


def _withdraw(call: Any) -> None:
    with st.expander(t("submissions.withdraw")), st.form("call_withdraw"):
        reason = st.text_input(t("submissions.reason"))
        if not st.form_submit_button(t("submissions.withdraw")):
            return
        try:
            held, _ = reviews.held_one(store(), SubmissionCall, call["record_id"])
            records.withdraw(store(), held, by=who.actor(), reason=reason)
        except StoreError as fault:
            refuse(fault)
            return
    done("submissions.withdrawn")
