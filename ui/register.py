"""The target register on screen: list, paste, form, queue, checks, and what a publication moved.

Whatever a person typed is escaped where it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import moved as between
from analytics import register_gaps as holes
from analytics.feasibility import Feasibility, feasibility
from analytics.target_text import Lexicon, ParsedTarget, parse_targets
from briefing import parse_records, sentences
from briefing import register as said
from data import queries, records, register
from data.actors import Action
from data.records import CLOSED, DRAFT, IN_FORCE, LONGEST_TEXT, WITHDRAWN, RecordError
from data.register import QueuedSentence, TargetRecord
from data.store import StoreError, store
from locales import form, language, t
from locales.calendar import HOME
from ui import loaders, tables, who
from ui import register_fields as fields
from ui.choice import ALL, Choice

VIEWS = ("list", "paste", "form", "queue", "check", "moved")
WRITING = ("paste", "form")
NOTICE, TEXT = "register_notice", "register_text"
OWN_DAYS = "own"
BLANK = TargetRecord(record_id="", state=DRAFT, measure="rank", operator=">=")


# ----------------------------------------------------------------------------------- the page


def show(choice: Choice) -> None:
    """The part of the register that the address or the reader asks for."""
    notices()
    view = pick_view(VIEWS, "register")
    may_write = who.allowed(Action.EDIT_REGISTER)
    if not may_write:
        st.caption(t("register.read_only"))
        if view in WRITING:
            return
    views: dict[str, Callable[[Choice], None]] = {
        "list": listing, "paste": paste, "form": blank_form, "queue": waiting, "check": checks,
        "moved": movements,
    }  # fmt: skip
    views[view](choice)


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


# ----------------------------------------------------------------------------------- the list


def names() -> dict[str, str]:
    """Names of everything a target refers to by id."""
    tables_held = loaders.knowledge().tables
    found = {**loaders.all_unit_names(), **component_labels()}
    agencies = queries.agencies()
    found |= dict(zip(agencies["agency_id"], agencies["name_vi"], strict=True))
    documents = queries.documents()
    found |= {str(row["document_id"]): fields.document_name(row) for _, row in documents.iterrows()}
    return found | dict(zip(tables_held.indices["index_id"], tables_held.indices["short"],
                            strict=True))  # fmt: skip


def component_labels() -> dict[str, str]:
    """Every component by id, numbered and named as in its latest period."""
    rows = loaders.knowledge().tables.components.sort_values("from_edition")
    return {
        str(row["component_id"]): f"{row['code']}. {row[f'name_{language()}']}"
        for _, row in rows.iterrows()
    }


def _subject(row: Any, edition: int) -> str:
    """Index and component of a target, named as in the year."""
    if form.is_missing(row["index_id"]) or not row["index_id"]:
        return form.NO_VALUE
    index_id, component_id = str(row["index_id"]), str(row["component_id"])
    index = loaders.index_short(index_id)
    if component_id == index_id:
        return index
    found = loaders.component_names(index_id, edition)
    return f"{index} · {found.get(component_id, component_labels().get(component_id, index))}"


def _all_rows(choice: Choice) -> pd.DataFrame:
    """Targets of the unit and its offices with their state: in force, drafts and withdrawn."""
    live = queries.targets().assign(state=IN_FORCE)
    gone = [*register.drafts(store()).values(), *register.withdrawn(store()).values()]
    known = names()
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
        str(row["target_id"]): f"{_subject(row, choice.edition)}: {sentences.target_words(row)} · "
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
    keep_in_address("target", target_id or "")
    if target_id:
        one_target(choice, target_id)
    st.caption(t("register.counts", n=form.whole(len(shown))))
    heads = [t(f"register.col_{c}") for c in ("target", "years", "document", "agency", "state")]
    body = [tables.line(heads, _cells(row, choice)) for _, row in shown.iterrows()]
    tables.table("register", heads, body)


def _small(text: str) -> str:
    return f'<div class="small">{escape(text)}</div>'


def _cells(row: Any, choice: Choice) -> list[str]:
    clause = "" if form.is_missing(row["clause"]) else str(row["clause"])
    what = f"<strong>{escape(sentences.target_words(row))}</strong>"
    what += _small(_subject(row, choice.edition))
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
        escape(t(f"register.state_{row['state']}")) + _small(t(f"register.{origin}")),
    ]


def _agency_cell(row: Any) -> str:
    if form.is_missing(row["lead_agency"]):
        lead = _small(t("register.no_lead"))
    else:
        lead = f"<div>{escape(t('register.lead', agency=row['lead_agency']))}</div>"
    if form.is_missing(row["co_agency"]):
        return lead
    if form.is_missing(row["co_share"]):
        return lead + _small(t("register.co", agency=row["co_agency"]))
    share = form.trimmed(100 * float(row["co_share"]))
    return lead + _small(t("register.co_share", agency=row["co_agency"], share=share))


def one_target(choice: Choice, target_id: str) -> None:
    """One target: what it takes, its fields, the way out, and its history."""
    held = register.target(store(), target_id)
    if held is None:
        return
    revision = fields.revision(held)
    key = f"w_e_{target_id}_{revision}"
    feasible(held, choice)
    if who.allowed(Action.EDIT_REGISTER):
        with st.expander(t("register.edit_title")):
            _edit(choice, held, key, revision)
        if held.state != WITHDRAWN:
            with st.expander(t("register.withdraw_title")):
                _withdraw(held, key)
    with st.expander(t("register.history_title"), expanded=revision > 0):
        history(TargetRecord, target_id)


def _edit(choice: Choice, held: TargetRecord, key: str, revision: int) -> None:
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
            st.error(str(fault))
        else:
            done(t("register.edited"))


def _withdraw(held: TargetRecord, key: str) -> None:
    st.caption(t("register.withdraw_note"))
    reason = st.text_input(t("register.withdraw_reason"), key=f"{key}_why", max_chars=500)
    if st.button(t("register.withdraw"), key=f"{key}_withdraw"):
        try:
            register.withdraw(store(), held, by=who.actor(), reason=reason)
        except StoreError as fault:
            st.error(str(fault))
        else:
            done(t("register.withdrawn"))


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
    return feasibility(loaders.knowledge(), pd.DataFrame([register.row(record)]), as_of=as_of)


def feasible(record: TargetRecord, choice: Choice) -> None:
    """What a target asks for and takes, while it is typed."""
    if not (record.index_id and record.component_id and record.target_kind and record.unit_id):
        return
    found = _feasible(loaders.version(), record.model_dump_json(), choice.as_of)
    lines = said.feasibility_lines(found, record.unit_id, loaders.all_unit_names())
    body = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<ul class="notes"><strong>{escape(t("register.feasible_title"))}</strong>{body}</ul>')


# ---------------------------------------------------------------------------------- the paste


@st.cache_resource(max_entries=2, show_spinner=False)
def _lexicon(stamp: str) -> Lexicon:
    _ = stamp
    held = loaders.knowledge().tables
    return Lexicon.from_frames(held.indices, held.components, held.groups)


def paste(choice: Choice) -> None:
    """A sentence of a document, read, confirmed target by target, and saved."""
    st.caption(t("register.paste_intro"))
    if "w_paste" not in st.session_state:
        st.session_state["w_paste"] = st.session_state.get(TEXT, "")
    text = st.text_area(t("register.paste_text"), key="w_paste", height=140, max_chars=LONGEST_TEXT)
    year = int(
        st.number_input(
            t("register.paste_year"), key="w_paste_year", step=1, value=choice.edition,
            min_value=register.FIRST_YEAR, max_value=register.LAST_YEAR,
            help=t("register.paste_year_help"),
        )
    )  # fmt: skip
    if st.button(t("register.paste_read"), type="primary"):
        st.session_state[TEXT] = text
    asked = st.session_state.get(TEXT, "")
    if not asked.strip():
        return
    found = parse_targets(asked, lexicon=_lexicon(loaders.version()), document_year=year)
    read = [target for target in found if target.kind is not None]
    unread = [target for target in found if target.kind is None or target.unparsed]
    stamp = hashlib.sha256(f"{asked}{year}".encode()).hexdigest()[:8]
    if not read:
        st.info(t("register.paste_none"))
        sentence = unread or [ParsedTarget(asked, asked, None)]
        _queue_only(choice, sentence, year)
        return
    st.success(t("register.paste_found", n=form.whole(len(read))))
    _confirm(choice, read, unread, f"w_p{stamp}", year)


def _proposal(target: ParsedTarget, choice: Choice) -> TargetRecord:
    """A target as read from the sentence, with nothing added."""
    note = target.subject if target.is_operational else ""
    first = target.footnotes[0] if target.footnotes else None
    whole = target.out_of is not None and float(target.out_of).is_integer()
    known = {
        "footnote_rank": first.rank, "footnote_n": first.out_of,
        "footnote_edition": first.edition, "footnote_name": first.name,
    } if first else {}  # fmt: skip
    return TargetRecord(
        record_id="", state=DRAFT, unit_id=choice.unit_id, index_id=target.index_id or "",
        component_id=target.component_id or "", target_kind=target.kind or "",
        amount=None if target.amount is None else float(target.amount),
        stretch=None if target.stretch is None else float(target.stretch),
        operator=target.op, measure=target.measure, baseline_edition=target.baseline_edition,
        first_edition=target.first_edition, last_edition=target.last_edition,
        deadline=target.deadline.date if target.deadline else None,
        group_name=target.group_id or target.group_name,
        out_of=int(target.out_of) if whole and target.out_of is not None else None,
        region_id=target.region_id or "", clause=target.clause, note=note, **known,
    )  # fmt: skip


def _confirm(
    choice: Choice, read: list[ParsedTarget], unread: list[ParsedTarget], key: str, year: int
) -> None:
    held = loaders.knowledge().tables
    taken: list[dict[str, Any]] = []
    for number, target in enumerate(read):
        own = f"{key}_{number}"
        with st.container(border=True):
            try:
                proposal = _proposal(target, choice)
            except ValueError:
                # What cannot be a target at all is left to a person.
                unread = [*unread, target]
                proposal = BLANK.model_copy(update={"clause": target.clause})
            lines = parse_records.target_lines([target], held.indices, held.components)[1:]
            first = escape(lines[0].removeprefix("1. "))
            notes = "".join(f"<li>{escape(line.strip())}</li>" for line in lines[1:])
            st.html(
                f"<p><strong>{number + 1}. {first}</strong></p>"
                f'<p class="notes">{escape(said.years_words(proposal.model_dump()))} · '
                f"“{escape(target.clause)}”</p>"
                f'<ul class="notes">{notes}</ul>'
            )
            with st.expander(t("register.paste_adjust")):
                values = fields.level(own, proposal, choice)
            _feasible_draft(proposal, values, choice)
            label = t("register.paste_take", target=form.whole(number + 1))
            if st.checkbox(label, value=target.reading == "full", key=f"{own}_take"):
                taken.append({**proposal.model_dump(), **values})
    _show_unread(unread)
    st.subheader(t("register.paste_where"))
    unit_id = fields.unit(key, choice.unit_id, choice)
    try:
        document_id, document = fields.document(key, fields.NEW, choice, new=True)
    except RecordError as fault:
        st.error(str(fault))
        return
    shared = {"unit_id": unit_id, "document_id": document_id}
    shared |= fields.agencies(key, BLANK, choice.unit_id)
    is_draft = st.checkbox(t("register.as_draft"), key=f"{key}_draft")
    shared["state"] = DRAFT if is_draft else IN_FORCE
    label = t("register.paste_confirm", n=form.whole(len(taken)))
    if st.button(label, type="primary", key=f"{key}_save"):
        if not taken:
            st.warning(t("register.paste_nothing"))
            return
        queued = _queued(choice, unread, year, document_id)
        _save_new([{**one, **shared} for one in taken], queued, document, is_draft=is_draft)


def _feasible_draft(proposal: TargetRecord, values: dict[str, Any], choice: Choice) -> None:
    """Feasibility of what the fields hold at the moment, or why they make no target."""
    try:
        feasible(register.made(TargetRecord, **{**proposal.model_dump(), **values}), choice)
    except RecordError as fault:
        st.error(str(fault))


def _save_new(
    targets: list[dict[str, Any]],
    queued: list[QueuedSentence],
    document: records.Record | None,
    *,
    is_draft: bool,
) -> None:
    """Targets, a new document and what was not understood, all of them or none."""
    try:
        made: list[records.Record] = [
            register.made(TargetRecord, **{**one, "record_id": records.new_id("target")})
            for one in targets
        ]
        n = len(made)
        made += [document] if document else []
        records.save(store(), [*made, *queued], by=who.actor())
    except StoreError as fault:
        st.error(str(fault))
        return
    st.session_state[TEXT] = ""
    st.session_state.pop("w_paste", None)
    key = "register.saved_draft" if is_draft else "register.saved"
    lines = [t(key, n=form.whole(n))]
    if queued:
        lines.append(t("register.queued", n=form.whole(len(queued))))
    done(*lines)


def _queued(
    choice: Choice, unread: list[ParsedTarget], year: int, document_id: str = ""
) -> list[QueuedSentence]:
    """One entry per clause, with the words that were not understood."""
    clauses: dict[str, list[str]] = {}
    for target in unread:
        clauses.setdefault(target.clause, []).extend(target.unparsed)
    return [
        QueuedSentence(
            record_id=records.new_id("queue"), sentence=clause, unit_id=choice.unit_id,
            unread=list(dict.fromkeys(word_list)), document_id=document_id, year=year,
        )
        for clause, word_list in clauses.items()
    ]  # fmt: skip


def _show_unread(unread: list[ParsedTarget]) -> None:
    """What was not understood, quoted."""
    words = list(dict.fromkeys(w for target in unread for w in (target.unparsed or
                                                               (target.clause,))))  # fmt: skip
    if words:
        lines = "".join(f"<li>“{escape(word)}”</li>" for word in words)
        st.html(f'<p>{escape(t("register.paste_unread"))}</p><ul class="notes">{lines}</ul>')


def _queue_only(choice: Choice, unread: list[ParsedTarget], year: int) -> None:
    _show_unread(unread)
    if st.button(t("register.paste_queue")):
        queued = _queued(choice, unread, year)
        try:
            records.save(store(), list(queued), by=who.actor())
        except StoreError as fault:
            st.error(str(fault))
            return
        st.session_state[TEXT] = ""
        st.session_state.pop("w_paste", None)
        done(t("register.queued", n=form.whole(len(queued))))


# ----------------------------------------------------------------------------- form and queue


def blank_form(choice: Choice) -> None:
    """A target field by field."""
    st.caption(t("register.form_intro"))
    key = "w_new"
    unit_id = fields.unit(key, choice.unit_id, choice)
    try:
        document_id, document = fields.document(key, fields.NEW, choice, new=True)
    except RecordError as fault:
        st.error(str(fault))
        return
    values = fields.level(key, BLANK, choice) | {"unit_id": unit_id, "document_id": document_id}
    _feasible_draft(BLANK, values, choice)
    values |= fields.agencies(key, BLANK, choice.unit_id) | fields.words(key, BLANK)
    is_draft = st.checkbox(t("register.as_draft"), key=f"{key}_draft")
    values["state"] = DRAFT if is_draft else IN_FORCE
    if st.button(t("register.form_save"), type="primary"):
        _save_new([{**BLANK.model_dump(), **values}], [], document, is_draft=is_draft)


def waiting(choice: Choice) -> None:
    """Sentences nobody has dealt with yet, of all units: nothing is lost."""
    _ = choice
    st.caption(t("register.queue_intro"))
    held = records.held(store(), QueuedSentence)
    open_ones = {k: v for k, v in held.items() if v[0].state not in (CLOSED, WITHDRAWN)}
    if not open_ones:
        st.info(t("register.queue_empty"))
    known = names()
    for key, (entry, about) in open_ones.items():
        with st.container(border=True):
            unread = "".join(
                f"<li>{escape(t('register.queue_unread', words=words))}</li>"
                for words in entry.unread
            )
            about_it = t("register.queue_about", who=about.saved_by, moment=moment(about.saved_at))
            place = [known.get(entry.unit_id, ""), known.get(entry.document_id, "")]
            where = " · ".join(part for part in [about_it, *place] if part)
            st.html(
                f"<p>“{escape(entry.sentence)}”</p>"
                f'<ul class="notes">{unread}</ul><p class="notes">{escape(where)}</p>'
            )
            if who.allowed(Action.EDIT_REGISTER):
                _deal_with(key, entry, about.revision)


def _deal_with(key: str, entry: QueuedSentence, revision: int) -> None:
    outcome = st.text_input(t("register.queue_outcome"), key=f"w_q_{key}", max_chars=1000)
    first, second = st.columns(2)
    if first.button(t("register.queue_close"), key=f"w_qc_{key}"):
        try:
            closed = register.made(
                QueuedSentence, **{**entry.model_dump(), "state": CLOSED, "outcome": outcome}
            )
            records.save(store(), closed, by=who.actor(), seen={key: revision})
        except StoreError as fault:
            st.error(str(fault))
        else:
            done(t("register.closed"))
    second.button(
        t("register.queue_again"), key=f"w_qa_{key}", on_click=_again, args=(entry.sentence,)
    )


def _again(sentence: str) -> None:
    st.session_state[TEXT] = st.session_state["w_paste"] = sentence
    st.session_state["w_view"] = "paste"


# ---------------------------------------------------------------------------- checks and moves


def checks(choice: Choice) -> None:
    """Holes in the set of targets of the year."""
    st.subheader(t("register.check_title", year=choice.edition))
    found = holes.register_gaps(
        loaders.knowledge(),
        unit_id=choice.unit_id,
        edition=choice.edition,
        agencies=queries.agencies(),
    )
    if choice.index_id != ALL:
        found = found.loc[found["index_id"] == choice.index_id]
    if found.empty:
        st.success(t("register.check_none", year=choice.edition, unit=choice.unit_name))
        return
    st.caption(t("register.check_count", n=form.whole(len(found))))
    targets = queries.targets().set_index("target_id")
    known = names()
    heads = [t("register.check_col_what"), t("register.check_col_why")]
    body = []
    for _, row in found.iterrows():
        what = f"<strong>{escape(_subject(row, choice.edition))}</strong>"
        if not form.is_missing(row["target_id"]):
            target = targets.loc[row["target_id"]]
            what += _small(f"{sentences.target_words(target)} · {target['document_number']}")
        if row["unit_id"] != choice.unit_id:
            what += _small(known.get(row["unit_id"], row["unit_id"]))
        body.append(tables.line(heads, [what, escape(said.gap_finding(row))]))
    tables.table("plain", heads, body)


def movements(choice: Choice) -> None:
    """Requirements that a publication moved, and provisional ones that became final."""
    st.caption(t("register.moved_intro"))
    before, after, title = _days(choice)
    if before >= after:
        st.warning(t("register.moved_wrong"))
        return
    targets = loaders.knowledge().tables.targets
    own = targets.loc[targets["unit_id"] == choice.unit_id]
    if choice.index_id != ALL:
        own = own.loc[own["index_id"] == choice.index_id]
    found = between.moved_targets(
        loaders.knowledge(), own, editions=[choice.edition], before=before, after=after
    )
    st.subheader(title)
    if found.empty:
        st.info(t("register.moved_none", year=choice.edition, unit=choice.unit_name))
        return
    counts = [int(found[c].sum()) for c in ("is_moved", "became_final", "is_turned")]
    st.html(f'<p class="said">{escape(said.moved_headline(*counts))}</p>')
    words = own.set_index("target_id")
    heads = [t("register.col_target"), t("register.moved_col_need"), t("register.moved_col_base"),
             t("register.moved_col_verdict")]  # fmt: skip
    body = [
        tables.line(heads, _moved_cells(row, words.loc[row["target_id"]], choice))
        for _, row in found.iterrows()
    ]
    tables.table("moved", heads, body)


def _moved_cells(row: Any, target: Any, choice: Choice) -> list[str]:
    what = f"<strong>{escape(_subject(row, choice.edition))}</strong>"
    what += _small(f"{sentences.target_words(target)} · {target['document_number']}")
    need = escape(said.requirement_moved(row))
    if row["became_final"]:
        need += _small(t("register.became_final"))
    sides = [row["status_before"], row["status_after"]]
    verdict = tables.chip(sides[1])
    if sides[0] != sides[1]:
        verdict = f"{tables.chip(sides[0])} → {verdict}"
    return [what, need, escape(said.base_moved(row)), verdict]


def _days(choice: Choice) -> tuple[date, date, str]:
    """The two days compared: around a publication, or any two; kept in the address."""
    editions = loaders.knowledge().tables.editions
    out = editions.loc[pd.to_datetime(editions["published_on"]) <= pd.Timestamp(choice.as_of)]
    if choice.index_id != ALL:
        out = out.loc[out["index_id"] == choice.index_id]
    out = out.sort_values("published_on", ascending=False)
    days = {
        f"{row['index_id']}-{row['edition']}": pd.Timestamp(row["published_on"]).date()
        for _, row in out.iterrows()
    }
    labels = {
        f"{row['index_id']}-{row['edition']}": t(
            "register.moved_edition", index=loaders.index_short(row["index_id"]),
            year=int(row["edition"]), day=form.day(row["published_on"]),
        )
        for _, row in out.iterrows()
    } | {OWN_DAYS: t("register.moved_own")}  # fmt: skip
    usual = f"{'par_index' if choice.index_id == ALL else choice.index_id}-{choice.baseline}"
    asked = st.query_params.get("came", usual)
    if st.session_state.get("w_came") not in labels:
        st.session_state["w_came"] = asked if asked in labels else next(iter(labels))
    came = str(
        st.selectbox(
            t("register.moved_pick"), list(labels), key="w_came", format_func=labels.__getitem__
        )
    )
    keep_in_address("came", came)
    if came != OWN_DAYS:
        title = t("register.moved_title", what=labels[came])
        return days[came] - timedelta(days=1), days[came], title
    first, second = st.columns(2)
    ends = {}
    for place, name, start in (
        (first, "before", choice.as_of - timedelta(days=365)), (second, "after", choice.as_of),
    ):  # fmt: skip
        widget = f"w_day_{name}"
        if widget not in st.session_state:
            st.session_state[widget] = _iso(st.query_params.get(name, ""), start)
        ends[name] = place.date_input(t(f"register.moved_{name}"), key=widget, format="DD/MM/YYYY")
        keep_in_address(name, ends[name].isoformat())
    title = t("register.moved_title_days", before=form.day(ends["before"]),
              after=form.day(ends["after"]))  # fmt: skip
    return ends["before"], ends["after"], title


def _iso(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
