"""The review sheet on screen: lines, causes, an agency's own findings, closing and reopening.

Whatever people typed is shown as text.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing import reviews as words
from briefing.reviews import inert
from data import records, reviews
from data.reviews import Answer, ClosedLine, OwnFinding
from data.store import StoreError, store
from locales import form, t
from locales.calendar import today
from ui import drawn, responsibility, tables, who
from ui.reviews import Review, done, refuse, sheet_form


def sheet(found: Review) -> None:
    """Lines, strengths, weaknesses with their causes, and closing."""
    choice = found.choice
    if now := responsibility.heirs_said(choice.unit_id, choice.as_of).get(found.agency_id):
        st.caption(inert(now))
    _state(found)
    _own_lines(found)
    open_lines = method.unanswered(found.lines, {one for s in found.sheets for one in s.adopted})
    if not open_lines.empty:
        names = "; ".join(words.line_names(open_lines).values())
        st.caption(inert(t("reviews.unanswered", names=names)))
    if found.is_closed:
        _answers_shown(found)
        _reopen(found)
    else:
        _adopt(found)
        _answers(found)
        _own_findings(found)


def _state(found: Review) -> None:
    if not found.is_closed:
        st.caption(t("reviews.state_open"))
        return
    st.html(
        f'<p><span class="chip met">'
        f"{escape(t('reviews.state_closed', day=form.day(found.sheet.closed_on)))}</span></p>"
    )
    closed = pd.DataFrame(
        [line.model_dump() for line in found.sheet.closed_lines],
        columns=list(ClosedLine.model_fields),
    )
    moved = words.moved(method.moved_since(closed, found.own), words.line_names(found.lines))
    if not moved:
        st.caption(t("reviews.moved_none"))
        return
    items = "".join(f"<li>{escape(line)}</li>" for line in moved)
    st.warning(t("reviews.moved_title"))
    st.html(f"<ul>{items}</ul>")


def _own_lines(found: Review) -> None:
    st.subheader(t("reviews.lines_title"))
    if found.own.empty:
        st.info(t("reviews.no_lines"))
        return
    heads = [t(f"reviews.col_{key}") for key in (
        "line", "part", "score", "lost", "rank", "score_change", "rank_change", "target", "why",
    )]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(words.line_name(row)),
                escape(t(f"reviews.part_{row['part']}")),
                escape(_score(row)),
                escape(form.number(row["lost"])),
                escape(form.place(row["rank"], row["n_ranked"])),
                escape(form.score_change(row["score_change"])),
                tables.change(row["gain"]),
                _target(row),
                _mark(row),
            ],
        )
        for row in found.own.to_dict("records")
    ]
    tables.table("review", heads, body)


def _score(row: Any) -> str:
    if form.is_missing(row["score"]):
        return form.NO_VALUE
    most = "" if form.is_missing(row["max_score"]) else f"/{form.trimmed(row['max_score'])}"
    return form.number(row["score"]) + most


def _target(row: Any) -> str:
    shown = tables.chip(row["status"])
    if form.is_missing(row["required_rank"]):
        return shown
    asked = t("reviews.required", rank=int(row["required_rank"]))
    return f'{shown}<div class="small">{escape(asked)}</div>'


def _mark(row: Any) -> str:
    """Strength, weakness, both or neither, with the reasons."""
    marks = []
    if row["is_strength"]:
        marks.append(f'<span class="up">{escape(t("reviews.strengths"))}</span>')
    if row["is_weakness"]:
        marks.append(f'<span class="down">{escape(t("reviews.weaknesses"))}</span>')
    return f'{" · ".join(marks)}<div class="small">{escape(words.why(row))}</div>'


def _adopt(found: Review) -> None:
    given = set(found.own.loc[found.own["part"] != method.ADOPTED, "component_id"])
    names = words.line_names(found.lines.loc[~found.lines["component_id"].isin(given)])
    with st.expander(t("reviews.adopt")), st.form("review_adopt", border=False):
        places = st.columns(2)
        stem = f"adopt_{found.sheet.record_id}_{found.revision}"
        chosen = [
            component
            for at, (component, name) in enumerate(names.items())
            if places[at % 2].checkbox(
                inert(name), value=component in found.sheet.adopted, key=f"{stem}_{component}"
            )
        ]
        is_wanted = st.form_submit_button(t("reviews.adopt_save"))
    if is_wanted:
        _keep(found, {"adopted": tuple(chosen)})


def _keep(found: Review, changes: dict[str, Any]) -> None:
    drawn.anew(sheet_form(found.sheet.record_id))
    try:
        reviews.keep_sheet(
            store(), found.sheet.model_copy(update=changes), by=who.actor(), seen=found.revision
        )
    except StoreError as fault:
        refuse(fault)
        return
    done("reviews.saved")


def _answers(found: Review) -> None:
    st.subheader(t("reviews.answers_title"))
    weak = found.weaknesses
    if not weak:
        st.info(t("reviews.no_weaknesses"))
    organisation = found.agencies[found.agency_id]
    stem = f"{found.sheet.record_id}_{found.revision}"
    with st.form("review_sheet"):
        answers = tuple(
            _answer(found.sheet.answer(finding_id), name, organisation, stem)
            for finding_id, name in weak.items()
        )
        praise = st.text_area(
            t("reviews.praise"), value=found.sheet.praise, height=68, key=f"praise_{stem}"
        )
        left, right = st.columns(2)
        is_kept = left.form_submit_button(t("reviews.save"), type="primary", width="stretch")
        is_shut = right.form_submit_button(t("reviews.close"), width="stretch")
    if is_kept or is_shut:
        # Answers to what is no longer a weakness stay: it may become one again.
        rest = tuple(one for one in found.sheet.answers if one.finding_id not in weak)
        _save(found, {"answers": (*answers, *rest), "praise": praise.strip()}, is_shut=is_shut)
    # The box of the organisation is filled already with the agency's own name.
    named = [found.sheet.answer(finding) for finding in weak]
    shown = tuple(
        one.model_copy(update={"organisation": one.organisation or organisation}) for one in named
    )
    missing = reviews.lacking(found.sheet.model_copy(update={"answers": shown}), weak)
    if weak:
        st.caption(inert(words.lacking(missing)) if missing else t("reviews.ready"))


def _answer(held: Answer, name: str, organisation: str, stem: str) -> Answer:
    """Boxes for one weakness; the organisation is the agency's own unless somebody says other."""
    st.html(f"<p><strong>{escape(name)}</strong></p>")
    key = f"{stem}_{held.finding_id}"
    cause = st.text_area(t("reviews.cause"), value=held.cause, height=80, key=f"cause_{key}")
    left, right = st.columns(2)
    person = left.text_input(
        t("reviews.person"),
        value=held.person,
        key=f"person_{key}",
        placeholder=t("reviews.person_help"),
    )
    body = right.text_input(
        t("reviews.organisation"), value=held.organisation or organisation, key=f"body_{key}"
    )
    return Answer(finding_id=held.finding_id, cause=cause, person=person, organisation=body)


def _save(found: Review, changes: dict[str, Any], *, is_shut: bool) -> None:
    """Keep what was typed, and close where that was asked for and is possible."""
    by = who.actor()
    drawn.anew(sheet_form(found.sheet.record_id))
    typed = found.sheet.model_copy(update=changes)
    try:
        reviews.keep_sheet(store(), typed, by=by, seen=found.revision)
        if is_shut:
            kept, revision = reviews.sheet(
                store(), unit_id=typed.unit_id, index_id=typed.index_id, edition=typed.edition,
                agency_id=typed.agency_id,
            )  # fmt: skip
            reviews.close(
                store(), kept, found.weaknesses, _closed_lines(found.own), by=by, seen=revision,
                on=today(),
            )  # fmt: skip
    except StoreError as fault:
        # What was typed is kept; the page must go on from that revision.
        st.session_state["reviews_refused"] = str(fault)
        st.rerun()
    done("reviews.closed" if is_shut else "reviews.saved")


def _closed_lines(own: pd.DataFrame) -> list[ClosedLine]:
    return [
        ClosedLine(
            component_id=row["component_id"],
            score=None if form.is_missing(row["score"]) else float(row["score"]),
            rank=None if form.is_missing(row["rank"]) else int(row["rank"]),
            is_weakness=bool(row["is_weakness"]),
        )
        for row in own.to_dict("records")
    ]


def _own_findings(found: Review) -> None:
    names = words.line_names(found.own)
    if not names:
        return
    with st.expander(t("reviews.own_title")):
        st.caption(t("reviews.own_note"))
        with st.form("review_own", clear_on_submit=True):
            component = st.selectbox(
                t("reviews.own_component"), list(names), format_func=names.__getitem__
            )
            title = st.text_input(t("reviews.own_name"))
            left, right = st.columns(2)
            most = left.number_input(t("reviews.own_max"), min_value=0.0, value=None)
            score = right.number_input(t("reviews.own_score"), min_value=0.0, value=None)
            if st.form_submit_button(t("reviews.own_add")):
                _add_own(found, str(component), title, most, score)
        titles = {one.finding_id: one.title for one in found.sheet.own_findings}
        if titles:
            gone = st.selectbox(
                t("reviews.own_remove"), [None, *titles],
                format_func=lambda i: t("reviews.own_none") if i is None else titles[i],
            )  # fmt: skip
            if st.button(t("reviews.own_remove_button")) and gone:
                left_over = [one for one in found.sheet.own_findings if one.finding_id != gone]
                _keep(found, {"own_findings": tuple(left_over)})


def _add_own(
    found: Review, component: str, title: str, most: float | None, score: float | None
) -> None:
    if not title.strip():
        st.error(t("reviews.own_no_name"))
        return
    if score is not None and (most is None or score > most):
        st.error(t("reviews.own_lost_below"))
        return
    own = OwnFinding(
        finding_id=records.new_id("own"), component_id=component, title=title, max_score=most,
        score=score,
    )  # fmt: skip
    _keep(found, {"own_findings": (*found.sheet.own_findings, own)})


def _answers_shown(found: Review) -> None:
    st.subheader(t("reviews.answers_title"))
    heads = [t("reviews.weaknesses"), *(t(f"reviews.{k}") for k in ("cause", "person",
             "organisation"))]  # fmt: skip
    rows = []
    for finding_id, name in found.weaknesses.items():
        one = found.sheet.answer(finding_id)
        rows.append([name, one.cause, one.person, one.organisation])
    tables.plain(heads, rows)
    if found.sheet.praise:
        tables.plain([t("reviews.praise")], [[found.sheet.praise]])


def _reopen(found: Review) -> None:
    with st.form("review_reopen"):
        reason = st.text_input(t("reviews.reopen_reason"))
        if st.form_submit_button(t("reviews.reopen")):
            try:
                reviews.reopen(
                    store(), found.sheet, by=who.actor(), seen=found.revision, reason=reason
                )
            except StoreError as fault:
                refuse(fault)
                return
            done("reviews.reopened")
