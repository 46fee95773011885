"""Documents on screen: the list with what cites what, the form, and the chain of directives."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import cascade
from briefing import sentences
from briefing.reviews import inert
from data import queries, records, register
from data.actors import Action
from data.batches import kept_file
from data.records import DRAFT, IN_FORCE, WITHDRAWN, ChangedMeanwhile
from data.register import DocumentRecord
from data.store import StoreError, store
from locales import form, t
from ui import drawn, loaders, tables, who
from ui import register_fields as fields
from ui import register_parts as shared
from ui.choice import ALL, Choice

VIEWS = ("list", "new", "cascade")
FILE_TYPES = ("pdf", "doc", "docx", "odt", "png", "jpg", "jpeg")
BLANK = DocumentRecord(record_id="", state=DRAFT)
_MARKS = {cascade.SAME: "{}", cascade.ADDED: "<ins>{}</ins>", cascade.DROPPED: "<del>{}</del>"}


def show(choice: Choice) -> None:
    """The part of the page that the address or the reader asks for."""
    shared.notices()
    view = shared.pick_view(VIEWS, "documents")
    if view == "cascade":
        chain(choice)
    elif view == "new":
        if who.allowed(Action.EDIT_REGISTER):
            _fields(choice, BLANK, "w_new")
        else:
            st.caption(t("register.read_only"))
    else:
        listing(choice)


# ----------------------------------------------------------------------------------- the list


def _number(row: Any) -> str:
    return t("documents.unnumbered") if form.is_missing(row["number"]) else str(row["number"])


def _day(row: Any) -> str:
    if not form.is_missing(row["issued_on"]):
        return form.day(row["issued_on"])
    return t("documents.undated") if form.is_missing(row["issued_text"]) else row["issued_text"]


def listing(choice: Choice) -> None:
    """Documents of the province and those they cite, and one of them to read or edit."""
    rows, links = queries.documents(), register.document_links(store())
    own = rows.loc[rows["unit_id"] == choice.unit_id, "document_id"]
    cited = links.loc[links["from_document_id"].isin(own), "to_document_id"]
    rows = rows.loc[rows["document_id"].isin([*own, *cited])]
    rows = rows.sort_values("issued_on", ascending=False, na_position="first")
    if rows.empty:
        st.info(t("documents.empty", unit=choice.unit_name))
        return
    labels = {
        str(row["document_id"]): f"{fields.document_name(row)} [{row['document_id']}]"
        for _, row in rows.iterrows()
    }
    asked = st.query_params.get("doc", "")
    if st.session_state.get("w_doc") not in labels:
        st.session_state["w_doc"] = asked if asked in labels else None
    chosen = st.selectbox(
        t("documents.pick"), list(labels), key="w_doc", format_func=labels.__getitem__,
        placeholder=t("register.pick_none"),
    )  # fmt: skip
    shared.keep_in_address("doc", chosen or "")
    if chosen:
        _one(choice, chosen)
    counts = queries.targets().groupby("document_id").size()
    numbers = {str(row["document_id"]): _number(row) for _, row in queries.documents().iterrows()}
    heads = [t(f"documents.col_{c}")
             for c in ("number", "day", "issuer", "title", "links", "targets")]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                f"<strong>{escape(_number(row))}</strong>"
                f'<div class="small">{escape(t("register.state_" + row["state"]))}</div>',
                escape(_day(row)),
                escape(form.NO_VALUE if form.is_missing(row["issuer"]) else row["issuer"]),
                _title(row),
                _links(str(row["document_id"]), links, numbers),
                form.whole(counts.get(row["document_id"], 0)),
            ],
        )
        for _, row in rows.iterrows()
    ]
    tables.table("documents", heads, body)


def _title(row: Any) -> str:
    said = escape(form.NO_VALUE if form.is_missing(row["title"]) else str(row["title"]))
    if not form.is_missing(row["url"]):
        address = escape(str(row["url"]), quote=True)
        label = escape(t("documents.link"))
        said += f'<div><a href="{address}" target="_blank" rel="noopener">{label}</a></div>'
    if not form.is_missing(row["note"]):
        said += f'<div class="small">{escape(str(row["note"]))}</div>'
    return said


def _links(document_id: str, links: pd.DataFrame, numbers: dict[str, str]) -> str:
    """What it replaces and cites, and what replaces and cites it."""
    ways = (
        ("superseded_by", "supersedes", "to_document_id", "from_document_id"),
        ("supersedes", "supersedes", "from_document_id", "to_document_id"),
        ("cites", "cites", "from_document_id", "to_document_id"),
        ("cited_by", "cites", "to_document_id", "from_document_id"),
    )
    lines = []
    for key, relation, side, other in ways:
        found = links.loc[(links["relation"] == relation) & (links[side] == document_id), other]
        if len(found):
            named = "; ".join(numbers.get(one, one) for one in found)
            lines.append(t(f"documents.{key}", numbers=named))
    return "".join(f'<div class="small">{escape(line)}</div>' for line in lines)


# ------------------------------------------------------------------------------- one document


def _one(choice: Choice, document_id: str) -> None:
    """One document: its file, its fields, the way out, and its history."""
    held = register.document(store(), document_id)
    if held is None:
        return
    form_name = f"w_d_{document_id}"
    held, revision = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_number", held, fields.revision(held)
    )
    if held.file_sha256:
        st.text(t("documents.kept", name=held.file_name))
        try:
            st.download_button(
                t("documents.download"), kept_file(store(), held.file_sha256),
                file_name=held.file_name,
            )  # fmt: skip
        except StoreError as fault:
            st.error(inert(str(fault)))
    if who.allowed(Action.EDIT_REGISTER):
        with st.expander(t("documents.edit_title")):
            _fields(choice, held, form_name, revision)
        if held.state != WITHDRAWN:
            with st.expander(t("documents.withdraw_title")):
                _withdraw(held, form_name, revision)
    with st.expander(t("register.history_title"), expanded=revision > 0):
        shared.history(DocumentRecord, document_id)


def _withdraw(held: DocumentRecord, form_name: str, revision: int) -> None:
    key = f"{form_name}_{revision}"
    reason = st.text_input(t("register.withdraw_reason"), key=f"{key}_why", max_chars=500)
    if st.button(t("register.withdraw"), key=f"{key}_withdraw"):
        try:
            # What somebody else saved since is what goes, not what this page was drawn from.
            now = register.document(store(), held.record_id) or held
            register.withdraw(store(), now, by=who.actor(), reason=reason)
        except StoreError as fault:
            st.error(inert(str(fault)))
        else:
            drawn.anew(form_name)
            shared.done(t("documents.withdrawn"))


def _fields(choice: Choice, held: DocumentRecord, form_name: str, revision: int = 0) -> None:
    """Everything about one document, and its file."""
    key = f"{form_name}_{revision}"
    first, second = st.columns(2)
    values: dict[str, Any] = {
        "number": first.text_input(
            t("documents.number"), value=held.number, key=f"{key}_number", max_chars=80
        ),
        "issued_on": second.date_input(
            t("documents.day"), value=held.issued_on, key=f"{key}_day", format="DD/MM/YYYY"
        ),
        "issuer": first.text_input(
            t("documents.issuer"), value=held.issuer, key=f"{key}_issuer", max_chars=200
        ),
    }
    day_text = second.text_input(
        t("documents.day_text"), value=held.issued_text, key=f"{key}_text", max_chars=80
    )
    day = values["issued_on"]
    # A day that is known writes its own words.
    values["issued_text"] = register.issued_words(day) if day else day_text
    values["title"] = st.text_input(
        t("documents.heading"), value=held.title, key=f"{key}_title", max_chars=500
    )
    units = {"": t("documents.unit_none"), choice.unit_id: choice.unit_name}
    units |= loaders.unit_names(choice.edition)
    unit_id = held.unit_id if held.record_id else choice.unit_id
    values["unit_id"] = st.selectbox(
        t("documents.unit"), list(units), key=f"{key}_unit",
        index=list(units).index(unit_id) if unit_id in units else 0,
        format_func=lambda one: units.get(one, one),
    )  # fmt: skip
    values["url"] = st.text_input(
        t("documents.url"), value=held.url, key=f"{key}_url", max_chars=1000
    )
    values |= _related(choice, held, key)
    values["note"] = st.text_area(
        t("documents.note"), value=held.note, key=f"{key}_note", max_chars=2000
    )
    file = st.file_uploader(t("documents.file"), type=list(FILE_TYPES), key=f"{key}_file")
    is_draft = st.checkbox(
        t("documents.draft"), value=held.state == DRAFT and bool(held.record_id), key=f"{key}_draft"
    )
    values["state"] = DRAFT if is_draft else IN_FORCE
    values["record_id"] = held.record_id or records.new_id("document")
    if st.button(t("documents.save"), type="primary", key=f"{key}_save"):
        try:
            record = register.made(DocumentRecord, **{**held.model_dump(), **values})
            if file is not None:
                record = register.with_file(
                    store(), record, file.getvalue(), file.name, by=who.actor()
                )
            register.keep(store(), record, by=who.actor(), seen=revision)
        except StoreError as fault:
            if isinstance(fault, ChangedMeanwhile):
                drawn.anew(form_name)
            st.error(inert(str(fault)))
        else:
            drawn.anew(form_name)
            for name in [k for k in st.session_state if str(k).startswith(f"{key}_")]:
                del st.session_state[name]
            shared.done(t("documents.saved"))


def _related(choice: Choice, held: DocumentRecord, key: str) -> dict[str, Any]:
    options = fields.document_options(choice.unit_id)
    options.pop(held.record_id, None)
    options |= {one: one for one in (*held.supersedes, *held.cites) if one not in options}
    return {
        name: place.multiselect(
            label, list(options), default=getattr(held, name), key=f"{key}_{name}",
            format_func=lambda one: options.get(one, one), placeholder=t("documents.none_picked"),
        )
        for place, name, label in zip(
            st.columns(2),
            ("supersedes", "cites"),
            (t("documents.supersedes_pick"), t("documents.cites_pick")),
            strict=True,
        )
    }  # fmt: skip


# ---------------------------------------------------------------------------------- the chain


def chain(choice: Choice) -> None:
    """Who directed the year, from the Party down, and in which words."""
    st.subheader(t("documents.cascade_title", year=choice.edition, unit=choice.unit_name))
    links, targets = register.document_links(store()), queries.targets()
    rows = cascade.chain(
        queries.documents(), links, targets, unit_id=choice.unit_id, edition=choice.edition
    )
    if rows.empty:
        st.info(t("documents.cascade_none", year=choice.edition, unit=choice.unit_name))
        return
    numbers = {str(row["document_id"]): _number(row) for _, row in queries.documents().iterrows()}
    steps = "".join(_step(row, links, numbers) for _, row in rows.iterrows())
    st.html(f"<ol>{steps}</ol>")
    setting = rows.loc[rows["n_targets"] > 0]
    asked = cascade.side_by_side(
        targets, unit_id=choice.unit_id, edition=choice.edition,
        document_ids=list(setting["document_id"]),
    )  # fmt: skip
    if choice.index_id != ALL:
        asked = asked.loc[asked["index_id"] == choice.index_id]
    st.subheader(t("documents.cascade_own"))
    st.caption(t("documents.cascade_note"))
    # A total says which indices a document names at all; a component one document alone goes into
    # has nothing beside it.
    is_total = asked["component_id"] == asked["index_id"]
    if not st.toggle(t("documents.cascade_all"), key="w_all"):
        asked = asked.loc[is_total | (asked["n_documents"] > 1)]
    shown = setting.loc[setting["document_id"].isin(asked["document_id"])]
    _compared(choice, shown, asked, targets.set_index("target_id"))


def _step(row: Any, links: pd.DataFrame, numbers: dict[str, str]) -> str:
    level = t(f"documents.level_{row['level']}")
    n = int(row["n_targets"])
    sets = t("documents.cascade_sets", n=form.whole(n)) if n else t("documents.cascade_sets_none")
    head = f"{level}: {_number(row)} · {row['issuer']} · {_day(row)}"
    if row["is_superseded"]:
        head += f" ({t('documents.superseded')})"
    related = _links(str(row["document_id"]), links, numbers)
    return (
        f'<li><strong>{escape(head)}</strong><div class="notes">{escape(sets)}{related}</div></li>'
    )


def _compared(
    choice: Choice, setting: pd.DataFrame, asked: pd.DataFrame, targets: pd.DataFrame
) -> None:
    heads = [t("register.component"), *(_number(row) for _, row in setting.iterrows())]
    body = []
    for (index_id, component_id), part in asked.groupby(["index_id", "component_id"]):
        cells = {row["document_id"]: row for _, row in part.iterrows()}
        line, before = [escape(_component(str(index_id), str(component_id), choice))], None
        for document_id in setting["document_id"]:
            if document_id not in cells:
                line.append(f'<span class="small">{escape(t("documents.cascade_silent"))}</span>')
                continue
            row = cells[document_id]
            kinds = dict.fromkeys(
                sentences.full_target_words(targets.loc[one]) for one in row["target_ids"]
            )
            words = "".join(f"<div><strong>{escape(one)}</strong></div>" for one in kinds)
            line.append(f"{words}<div>{_marked(before, row['clause'])}</div>")
            before = row["clause"]
        body.append(tables.line(heads, line))
    tables.table("cascade", heads, body)


def _component(index_id: str, component_id: str, choice: Choice) -> str:
    index = loaders.index_short(index_id)
    if index_id == component_id:
        return index
    found = loaders.component_names(index_id, choice.edition)
    return f"{index} · {found.get(component_id, component_id)}"


def _marked(before: str | None, clause: str) -> str:
    """A clause with what differs from the document above, struck out or underlined."""
    if before is None:
        return escape(clause)
    pieces = cascade.word_differences(before, clause)
    return " ".join(_MARKS[piece.state].format(escape(piece.words)) for piece in pieces)
