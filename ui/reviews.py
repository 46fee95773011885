"""Review sheets and plans of remedy on screen; whatever people typed is shown as text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing import reviews as words
from briefing.reviews import inert
from data import agencies, batches, records, reviews
from data.actors import demand
from data.records import CLOSED
from data.reviews import Answer, ClosedLine, OwnFinding, PlanItem, PlanStatus, ReviewSheet
from data.store import StoreError, store
from locales import form, named, t
from locales.calendar import today
from ui import loaders, tables, who
from ui.choice import Choice

SAID, WHO = "reviews_said", "who"
FILES = ["pdf", "docx", "xlsx", "png", "jpg", "jpeg"]
FIELDS = ("task", "owner", "procedure", "responsibility", "result", "measure")
LONG = ("task", "procedure", "result")


@dataclass(frozen=True)
class Review:
    """What the page is about: one agency's sheet over its lines of one index and year."""

    choice: Choice
    index_short: str
    agencies: dict[str, str]
    agency_id: str
    lines: pd.DataFrame
    own: pd.DataFrame
    sheet: ReviewSheet
    revision: int
    sheets: list[ReviewSheet]

    @property
    def weaknesses(self) -> dict[str, str]:
        """Names of all weaknesses of the sheet, from the figures and the agency's own."""
        weak = self.own.loc[self.own["is_weakness"].astype(bool)]
        return {
            **words.line_names(weak),
            **{one.finding_id: one.title for one in self.sheet.own_findings},
        }

    @property
    def is_closed(self) -> bool:
        """Whether the sheet is closed."""
        return self.sheet.state == CLOSED


# ------------------------------------------------------------------------------------- reading


@st.cache_data(max_entries=128, show_spinner=False)
def _lines(stamp: str, choice: Choice) -> pd.DataFrame:
    return method.review_lines(
        loaders.knowledge(), unit_id=choice.unit_id, index_id=choice.index_id,
        edition=choice.edition, baseline=choice.baseline, as_of=choice.as_of,
        assignments=_assignments(stamp.partition("@")[0]),
    )  # fmt: skip


def _assignments(version: str) -> pd.DataFrame:
    """Components given to agencies by hand, with the agencies' names."""
    rows = agencies.assignments(store(), version=version)
    known = agencies.agencies(store(), version=version).set_index("agency_id")["name_vi"]
    return rows.assign(agency=rows["agency_id"].map(known).fillna(rows["agency_id"]))


def pinned() -> str:
    """The snapshot this page is read from."""
    return loaders.version().partition("@")[0]


def agency_names(
    unit_id: str, edition: int | None = None, *, official: bool = False
) -> dict[str, str]:
    """Agencies of the province by id, in alphabetical order.

    Args:
        unit_id: the province.
        edition: only those there were in that year.
        official: in Vietnamese, whatever language the screen speaks.
    """
    rows = agencies.agencies(store(), version=pinned())
    rows = rows.loc[rows["unit_id"] == unit_id]
    if edition is not None:
        first = pd.to_datetime(rows["valid_from"]).dt.year.fillna(0)
        last = pd.to_datetime(rows["valid_to"]).dt.year.fillna(9999)
        rows = rows.loc[(first <= edition) & (last >= edition)]
    names = {
        row["agency_id"]: row["name_vi"]
        if official or form.is_missing(row["name_en"]) else named(row)
        for row in rows.to_dict("records")
    }  # fmt: skip
    return dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))


def review(choice: Choice) -> Review | None:
    """Draw the choice of an agency; None, with one sentence, where there is nothing to review."""
    lines = _lines(loaders.version(), choice)
    short = loaders.index_short(choice.index_id)
    if lines.empty:
        st.info(t("reviews.empty", index=short, year=choice.edition, unit=choice.unit_name))
        return None
    names = agency_names(choice.unit_id, choice.edition)
    if not names:
        st.info(t("reviews.no_agencies", unit=choice.unit_name))
        return None
    agency_id = _agency(names, lines)
    version = pinned()
    at = {"unit_id": choice.unit_id, "index_id": choice.index_id, "edition": choice.edition}
    sheet, revision = reviews.sheet(store(), **at, agency_id=agency_id, version=version)
    return Review(
        choice=choice, index_short=short, agencies=names, agency_id=agency_id, lines=lines,
        own=method.agency_lines(lines, agency_id, adopted=sheet.adopted), sheet=sheet,
        revision=revision, sheets=reviews.sheets(store(), **at, version=version),
    )  # fmt: skip


def _agency(names: dict[str, str], lines: pd.DataFrame) -> str:
    """The agency chosen, kept in the address; at first one that leads something."""
    options, widget, notices = list(names), "w_who", st.container()
    if st.session_state.get(widget) not in options:
        leads = [one for ids in lines["lead_ids"] for one in ids if one in names]
        asked = st.query_params.get(WHO, "")
        if asked and asked not in names:
            notices.warning(inert(t("reviews.unknown_agency", asked=asked)))
        st.session_state[widget] = asked if asked in names else (leads or options)[0]
    chosen = str(
        st.selectbox(t("reviews.pick_agency"), options, key=widget, format_func=names.__getitem__)
    )
    if st.query_params.get(WHO) != chosen:
        st.query_params[WHO] = chosen
    return chosen


# -------------------------------------------------------------------------------------- saying


def refuse(fault: Exception) -> None:
    """Say why something was not kept; names that people typed mean nothing in it."""
    st.error(inert(str(fault)))


def done(key: str) -> None:
    """Start the page afresh and say what was done."""
    st.session_state[SAID] = key
    st.rerun()


def said() -> None:
    """What the last act did, once.

    The place stays when there is nothing to say: tabs below would open at the first one again.
    """
    key = st.session_state.pop(SAID, None)
    with st.container():
        if key:
            st.success(t(key))


# --------------------------------------------------------------------------------------- sheet


def sheet(found: Review) -> None:
    """Lines, strengths, weaknesses with their causes, and closing."""
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
    missing = reviews.lacking(found.sheet, weak)
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


def refused() -> None:
    """Why the last act was refused, once."""
    fault = st.session_state.pop("reviews_refused", None)
    with st.container():
        if fault:
            st.error(inert(fault))


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


# ---------------------------------------------------------------------------------------- plan


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
    old = held.get(picked) if picked else None
    names = dict(weaknesses)
    if old is not None:
        names.setdefault(old["finding_id"], old["weakness"])
    if not names:
        return
    finding = str(
        st.selectbox(
            t("reviews.plan_weakness"), list(names), format_func=names.__getitem__,
            index=list(names).index(old["finding_id"]) if old else 0,
            key=f"finding_{picked}_{len(rows)}",
        )
    )  # fmt: skip
    revision = int(old["revision"]) if old else 0
    value = old or {"cause": causes.get(finding, "")}
    # A cause that was changed on the sheet must reach a form that was already drawn.
    cause = batches.sha256(str(value["cause"]).encode())[:8]
    stem = f"{picked}_{revision}_{finding}_{len(rows)}_{cause}"
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
        _keep_item(body, given, revision)
    if old is not None:
        _withdraw_item(old)


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


def _keep_item(body: dict[str, Any], given: Any, revision: int) -> None:
    by = who.actor()
    try:
        if given is not None:
            # Nobody leaves a file here who may not keep the item itself.
            demand(by, PlanItem.action, agency_id=body["agency_id"])
            digest = batches.keep_file(store(), given.getvalue(), given.name)
            body = {**body, "evidence_file": digest, "evidence_name": given.name}
        reviews.keep_plan_item(store(), PlanItem(**body), by=by, seen=revision)
    except StoreError as fault:
        refuse(fault)
        return
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


# --------------------------------------------------------------------------------------- table


def shortcomings(found: Review) -> None:
    """The table of shortcomings of the province or the agency, on screen and as a workbook."""
    scope = st.radio(
        t("reviews.table_scope"), ["all", "agency"], horizontal=True,
        format_func=lambda code: t(f"reviews.scope_{code}"),
    )  # fmt: skip
    rows = method.shortcomings(found.lines if scope == "all" else found.own)
    sheets = found.sheets if scope == "all" else [found.sheet]
    rows = _with_own(rows, found, sheets)
    if rows.empty:
        st.info(t("reviews.table_empty"))
        return
    heads = [t(f"reviews.col_{key}") for key in (
        "line", "max", "score", "lost", "rank", "score_change", "rank_change", "agency", "why",
    )]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(words.line_name(row)),
                escape(_points(row["max_score"])),
                escape(_points(row["score"])),
                escape(_points(row["lost"])),
                "" if form.is_missing(row["rank"])
                else escape(form.place(row["rank"], row["n_ranked"])),
                escape(form.score_change(row["score_change"])),
                tables.change(row["gain"]),
                escape(words.agency_names(row)),
                escape(words.why(row)),
            ],
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    tables.table("shortcomings", heads, body)
    st.caption(t("reviews.table_note"))
    choice = found.choice
    subtitle = t("reviews.table_subtitle", index=found.index_short, year=choice.edition,
                 baseline=choice.baseline, unit=choice.unit_name)  # fmt: skip
    st.download_button(
        t("reviews.download"),
        words.shortcomings_workbook(rows, subtitle=subtitle, source=loaders.source_line(choice)),
        file_name=t("reviews.table_file", index=choice.index_id, year=choice.edition),
    )


def _points(value: Any) -> str:
    return "" if form.is_missing(value) else form.number(value)


def _with_own(rows: pd.DataFrame, found: Review, sheets: list[ReviewSheet]) -> pd.DataFrame:
    """The rows and, below, what agencies found themselves."""
    own = [
        {
            "component_id": one.component_id, "title": one.title, "max_score": one.max_score,
            "score": one.score, "reasons": (), "co_agency": "", "level": 9,
            "lead_agency": found.agencies.get(sheet.agency_id, sheet.agency_id),
            "lost": method.points_lost(one.max_score, one.score),
        }
        for sheet in sheets
        for one in sheet.own_findings
    ]  # fmt: skip
    if not own:
        return rows.assign(title=None)
    both = [*rows.assign(title=None).to_dict("records"), *own]
    return pd.DataFrame(both, columns=[*rows.columns, "title"])
