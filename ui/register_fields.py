"""Fields of a target and of its document, as a person fills them in; nothing is saved here."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.targets import TargetKind
from data import queries, records, register
from data.records import DRAFT, IN_FORCE
from data.register import (
    FIRST_YEAR,
    LAST_YEAR,
    MEASURES,
    OPERATORS,
    USUAL_SHARE,
    DocumentRecord,
    TargetRecord,
)
from data.store import store
from locales import form, named, t
from ui import loaders
from ui.choice import Choice

NEW = "new"
_WHOLE = {"min_value": FIRST_YEAR, "max_value": LAST_YEAR, "step": 1}
_SIGNS = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}


def unit_options(choice: Choice) -> dict[str, str]:
    """Whom a target can be given to: the provinces of the year, and offices of the chosen one."""
    below = queries.agencies()
    below = below.loc[
        (below["unit_id"] == choice.unit_id) & (below["level"] != register.PROVINCIAL)
    ]
    return {
        choice.unit_id: choice.unit_name,
        **loaders.unit_names(choice.edition),
        **dict(zip(below["agency_id"], below["name_vi"], strict=True)),
    }


def document_options(unit_id: str) -> dict[str, str]:
    """Documents that can set a target, those of the province first."""
    rows = queries.documents()
    rows = rows.loc[rows["state"] != records.WITHDRAWN]
    rows = rows.assign(_other=rows["unit_id"] != unit_id).sort_values(["_other", "issuer"])
    return {str(row["document_id"]): document_name(row) for _, row in rows.iterrows()}


def document_name(row: Any) -> str:
    """Number, issuer and day of a document in one line."""
    number = t("documents.unnumbered") if form.is_missing(row["number"]) else str(row["number"])
    parts = [number]
    if not form.is_missing(row["issuer"]):
        parts.append(str(row["issuer"]))
    if not form.is_missing(row["issued_on"]):
        parts.append(form.day(row["issued_on"]))
    return " · ".join(parts)


def agency_options(unit_id: str, chosen: list[str]) -> dict[str, str]:
    """Agencies of a province and those already named, with the day one ended."""
    rows = queries.agencies()
    own = rows.loc[(rows["unit_id"] == unit_id) | rows["agency_id"].isin(chosen)]
    names = {}
    for _, row in own.iterrows():
        name = str(row["name_vi"])
        if not form.is_missing(row["valid_to"]):
            name = t("register.agency_ended", agency=name, day=form.day(row["valid_to"]))
        names[str(row["agency_id"])] = name
    names |= {one: one for one in chosen if one not in names}
    return dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))


def _select(
    place: Any, label: str, options: dict[str, str], value: str, key: str, *, index: bool = True
) -> str:
    """One of `options`; empty when nothing is chosen."""
    if value and value not in options:
        options = {**options, value: value}
    keys = list(options)
    start = keys.index(value) if value in keys else 0 if index and keys else None
    chosen = place.selectbox(
        label, keys, index=start, key=key, format_func=lambda one: options.get(one, one),
        placeholder=t("register.choose"),
    )  # fmt: skip
    return str(chosen) if chosen is not None else ""


def level(key: str, held: TargetRecord, choice: Choice) -> dict[str, Any]:
    """Subject, kind, level and years of one target."""
    indices = loaders.catalogue().indices
    shorts = dict(zip(indices["index_id"], indices["short"], strict=True))
    first, second = st.columns(2)
    index_id = _select(
        first, t("register.index"), shorts, held.index_id, f"{key}_index", index=False
    )
    names = loaders.component_names(index_id, held.last_edition or choice.edition)
    component = held.component_id if held.component_id.split(".")[0] == index_id else index_id
    component_id = _select(
        second, t("register.component"), names, component, f"{key}_component_{index_id}"
    )
    first, second, third = st.columns(3)
    kinds = {kind.value: t(f"register.kind_{kind.value}") for kind in TargetKind}
    kind = _select(first, t("register.kind"), kinds, held.target_kind, f"{key}_kind", index=False)
    values: dict[str, Any] = {
        "index_id": index_id, "component_id": component_id, "target_kind": kind,
        "amount": second.number_input(
            t("register.amount"), value=held.amount, min_value=0.0, key=f"{key}_amount",
            format="%g",
        ),
        "stretch": third.number_input(
            t("register.stretch"), value=held.stretch, min_value=0.0, key=f"{key}_stretch",
            format="%g",
        ),
    }  # fmt: skip
    first, second = st.columns(2)
    measures = {name: t(f"register.measure_{name}") for name in MEASURES}
    values["measure"] = _select(
        first, t("register.measure"), measures, held.measure, f"{key}_measure"
    )
    signs = {sign: t(f"register.operator_{_SIGNS[sign]}") for sign in OPERATORS}
    values["operator"] = _select(
        second, t("register.operator"), signs, held.operator, f"{key}_operator"
    )
    for place, name, label in zip(
        st.columns(3),
        ("baseline_edition", "first_edition", "last_edition"),
        (t("register.baseline"), t("register.first"), t("register.last")),
        strict=True,
    ):
        values[name] = place.number_input(
            label, value=getattr(held, name), key=f"{key}_{name}", **_WHOLE
        )
    if kind == TargetKind.COMPLETE_BY or held.deadline:
        values["deadline"] = st.date_input(
            t("register.deadline"), value=held.deadline, key=f"{key}_deadline", format="DD/MM/YYYY"
        )
    if kind == TargetKind.GROUP_AT_LEAST:
        groups = loaders.catalogue().groups
        groups = groups.loc[groups["index_id"] == index_id].drop_duplicates("group_id")
        labels = {str(row["group_id"]): named(row) for _, row in groups.iterrows()}
        values["group_name"] = _select(
            st, t("register.group"), labels, held.group_name, f"{key}_group_{index_id}"
        )
    return values


def unit(key: str, held: str, choice: Choice) -> str:
    """Whom the target is given to."""
    return _select(
        st, t("register.unit"), unit_options(choice), held or choice.unit_id, f"{key}_unit"
    )


def agencies(key: str, held: TargetRecord, unit_id: str) -> dict[str, Any]:
    """Leading and co-ordinating agencies, and what each of the latter counts for."""
    options = agency_options(unit_id, [*held.lead_agency_ids, *held.co_agency_ids])
    values: dict[str, Any] = {}
    for place, name, label in zip(
        st.columns(2),
        ("lead_agency_ids", "co_agency_ids"),
        (t("register.lead_agency"), t("register.co_agency")),
        strict=True,
    ):
        values[name] = place.multiselect(
            label, list(options), default=getattr(held, name), key=f"{key}_{name}",
            format_func=lambda one: options.get(one, one), placeholder=t("register.agencies_none"),
        )  # fmt: skip
    if values["co_agency_ids"]:
        share = st.number_input(
            t("register.share"), min_value=1, max_value=100, step=5, key=f"{key}_share",
            value=round(100 * (held.co_share or USUAL_SHARE)), help=t("register.share_help"),
        )  # fmt: skip
        values["co_share"] = share / 100
    else:
        values["co_share"] = None
    return values


def document(
    key: str, held: str, choice: Choice, *, new: bool
) -> tuple[str, DocumentRecord | None]:
    """The document that sets a target: its id, and the document itself where it is a new one.

    Raises:
        RecordError: the new document cannot be kept as filled in.
    """
    options = document_options(choice.unit_id)
    if new:
        options = {NEW: t("register.document_new"), **options}
    chosen = _select(st, t("register.document_choose"), options, held, f"{key}_document")
    if chosen != NEW:
        return chosen, None
    first, second = st.columns(2)
    number = first.text_input(t("register.document_number"), key=f"{key}_number", max_chars=80)
    day = second.date_input(
        t("register.document_day"), value=None, key=f"{key}_day", format="DD/MM/YYYY"
    )
    issuer = first.text_input(t("register.document_issuer"), key=f"{key}_issuer", max_chars=200)
    title = second.text_input(t("register.document_title"), key=f"{key}_title", max_chars=500)
    is_draft = not number.strip() or day is None
    if is_draft:
        st.caption(t("register.document_is_draft"))
    made = register.made(
        DocumentRecord,
        record_id=records.new_id("document"),
        state=DRAFT if is_draft or not issuer.strip() else IN_FORCE,
        number=number,
        issued_on=day,
        issued_text=register.issued_words(day) if day else "",
        issuer=issuer,
        title=title,
        unit_id=choice.unit_id,
    )
    return made.record_id, made


def words(key: str, held: TargetRecord) -> dict[str, Any]:
    """The words of the document, its basis, and a note."""
    return {
        "clause": st.text_area(
            t("register.clause"), value=held.clause, key=f"{key}_clause", max_chars=4000
        ),
        "legal_basis": st.text_input(
            t("register.basis"), value=held.legal_basis, key=f"{key}_basis", max_chars=1000
        ),
        "note": st.text_input(
            t("register.note"), value=held.note, key=f"{key}_note", max_chars=1000
        ),
    }


def revision(record: TargetRecord | DocumentRecord) -> int:
    """How often a record was saved; 0 for one nobody has typed yet."""
    held = records.held(store(), type(record))
    return held[record.record_id][1].revision if record.record_id in held else 0
