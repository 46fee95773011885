"""New targets on screen: a pasted sentence, a form, and the queue of what was not understood.

Whatever a person typed is escaped where it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from html import escape
from typing import Any

import streamlit as st

from analytics.measured import unit_note
from analytics.target_text import Lexicon, ParsedTarget, parse_targets
from briefing import parse_records
from briefing import register as said
from briefing.reviews import inert
from data import records, register
from data.actors import Action
from data.records import (
    CLOSED,
    DRAFT,
    IN_FORCE,
    LONGEST_TEXT,
    WITHDRAWN,
    ChangedMeanwhile,
    RecordError,
)
from data.register import QueuedSentence, TargetRecord
from data.store import StoreError, store
from locales import form, has, t
from ui import loaders, who
from ui import register_fields as fields
from ui import register_parts as parts
from ui.choice import Choice

TEXT, REFUSED = "register_text", "register_refused"
BLANK = TargetRecord(record_id="", state=DRAFT, measure="rank", operator=">=")


@st.cache_resource(max_entries=2, show_spinner=False)
def _lexicon(stamp: str) -> Lexicon:
    _ = stamp
    held = loaders.catalogue()
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
    note = unit_note(target.subject, target.measure) if target.is_operational else ""
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
    held = loaders.catalogue()
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
        st.error(inert(str(fault)))
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
        parts.feasible(register.made(TargetRecord, **{**proposal.model_dump(), **values}), choice)
    except RecordError as fault:
        st.error(inert(str(fault)))


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
        st.error(inert(str(fault)))
        return
    st.session_state[TEXT] = ""
    st.session_state.pop("w_paste", None)
    key = "register.saved_draft" if is_draft else "register.saved"
    lines = [t(key, n=form.whole(n))]
    if queued:
        lines.append(t("register.queued", n=form.whole(len(queued))))
    parts.done(*lines)


def _queued(
    choice: Choice, unread: list[ParsedTarget], year: int, document_id: str = ""
) -> list[QueuedSentence]:
    """One entry per clause, with the words that were not understood."""
    clauses: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for target in unread:
        clauses.setdefault(target.clause, []).extend(target.unparsed)
        reasons.setdefault(target.clause, []).extend(target.notes if target.kind is None else ())
    return [
        QueuedSentence(
            record_id=records.new_id("queue"), sentence=clause, unit_id=choice.unit_id,
            unread=list(dict.fromkeys(word_list)), document_id=document_id, year=year,
            reasons=list(dict.fromkeys(reasons[clause])),
        )
        for clause, word_list in clauses.items()
    ]  # fmt: skip


def _reason_lines(codes: Iterable[str]) -> str:
    """Why words were left to a person, as lines of a list."""
    keys = [f"parse.note_{code}" for code in dict.fromkeys(codes)]
    return "".join(f"<li>{escape(t(key))}</li>" for key in keys if has(key))


def _show_unread(unread: list[ParsedTarget]) -> None:
    """What was not understood, quoted."""
    words = list(dict.fromkeys(w for target in unread for w in (target.unparsed or
                                                               (target.clause,))))  # fmt: skip
    if words:
        lines = "".join(f"<li>“{escape(word)}”</li>" for word in words)
        lines += _reason_lines(n for target in unread if target.kind is None for n in target.notes)
        st.html(f'<p>{escape(t("register.paste_unread"))}</p><ul class="notes">{lines}</ul>')


def _queue_only(choice: Choice, unread: list[ParsedTarget], year: int) -> None:
    _show_unread(unread)
    if st.button(t("register.paste_queue")):
        queued = _queued(choice, unread, year)
        try:
            records.save(store(), list(queued), by=who.actor())
        except StoreError as fault:
            st.error(inert(str(fault)))
            return
        st.session_state[TEXT] = ""
        st.session_state.pop("w_paste", None)
        parts.done(t("register.queued", n=form.whole(len(queued))))


def blank_form(choice: Choice) -> None:
    """A target field by field."""
    st.caption(t("register.form_intro"))
    key = "w_new"
    unit_id = fields.unit(key, choice.unit_id, choice)
    try:
        document_id, document = fields.document(key, fields.NEW, choice, new=True)
    except RecordError as fault:
        st.error(inert(str(fault)))
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
    if refused := st.session_state.pop(REFUSED, None):
        st.error(inert(refused))
    st.caption(t("register.queue_intro"))
    held = records.held(store(), QueuedSentence)
    open_ones = {k: v for k, v in held.items() if v[0].state not in (CLOSED, WITHDRAWN)}
    if not open_ones:
        st.info(t("register.queue_empty"))
    known = parts.names()
    for key, (entry, about) in open_ones.items():
        with st.container(border=True):
            unread = "".join(
                f"<li>{escape(t('register.queue_unread', words=words))}</li>"
                for words in entry.unread
            ) + _reason_lines(entry.reasons)
            about_it = t(
                "register.queue_about", who=about.saved_by, moment=parts.moment(about.saved_at)
            )
            place = [known.get(entry.unit_id, ""), known.get(entry.document_id, "")]
            where = " · ".join(part for part in [about_it, *place] if part)
            st.html(
                f"<p>“{escape(entry.sentence)}”</p>"
                f'<ul class="notes">{unread}</ul><p class="notes">{escape(where)}</p>'
            )
            if who.allowed(Action.EDIT_REGISTER):
                _deal_with(key, entry, about.revision)


def _deal_with(key: str, entry: QueuedSentence, revision: int) -> None:
    st.text_input(t("register.queue_outcome"), key=f"w_q_{key}", max_chars=1000)
    first, second = st.columns(2)
    # Acted on before the page is drawn again: when somebody else has closed the entry meanwhile,
    # its button is no longer there and the click would be lost without a word.
    first.button(
        t("register.queue_close"), key=f"w_qc_{key}", on_click=_close, args=(key, entry, revision)
    )
    second.button(
        t("register.queue_again"), key=f"w_qa_{key}", on_click=_again, args=(entry.sentence,)
    )


def _close(key: str, entry: QueuedSentence, revision: int) -> None:
    outcome = str(st.session_state.get(f"w_q_{key}") or "")
    try:
        closed = register.made(
            QueuedSentence, **{**entry.model_dump(), "state": CLOSED, "outcome": outcome}
        )
        records.save(store(), closed, by=who.actor(), seen={key: revision})
    except ChangedMeanwhile:
        st.session_state[REFUSED] = _closed_by_another(key)
    except StoreError as fault:
        st.session_state[REFUSED] = str(fault)
    else:
        st.session_state[parts.NOTICE] = [t("register.closed")]


def _closed_by_another(key: str) -> str:
    """Who dealt with a sentence first, and how; what this person wrote was not kept."""
    now, about = records.held(store(), QueuedSentence)[key]
    return t("register.queue_closed_by", who=about.saved_by, outcome=now.outcome)


def _again(sentence: str) -> None:
    st.session_state[TEXT] = st.session_state["w_paste"] = sentence
    st.session_state["w_view"] = "paste"
