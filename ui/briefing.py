"""The page where meeting packs are made: what is asked for, its text, its file, its approval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

import locales
from analytics.scorecard import Scorecard, scorecard
from briefing import content
from briefing.content import Facts
from briefing.documents import docx, pack, pptx
from briefing.documents.form import Letterhead
from briefing.documents.pack import Around
from briefing.figure_words import Pen
from briefing.parts import Block, Heading, Paragraph, Run, Table, clean, mark_text
from data import packs
from data.actors import Action
from data.packs import Pack
from data.store import StoreError, store
from locales import form, t
from locales.calendar import local_time, store_now, today
from ui import lens, loaders, unpublished, who
from ui.choice import ALL, Choice

FILE, APPROVED = "pack_made", "pack_approved"
WRITTEN = (content.PAR_SIPAS, content.PAPI, content.LEADER, content.SPECIAL)


@dataclass(frozen=True)
class Wanted:
    """What a person asks for."""

    kind: str
    format: str
    lang: str
    indices: tuple[str, ...] | None
    agencies: tuple[str, ...] | None
    sections: tuple[str, ...] | None
    letterhead: Letterhead
    template: bytes | None


def wanted(choice: Choice) -> Wanted:
    """Draw what can be chosen; kind and format stand in the address."""
    first, second = st.columns(2)
    with first:
        kind = _kept("kind", t("briefing.kind"), pack.KINDS, kind_name)
        format_ = _kept("format", t("briefing.format"), pack.FORMATS[kind], str.upper)
        lang = st.selectbox(
            t("briefing.language"), locales.LANGUAGES,
            format_func=lambda one: t(f"briefing.lang.{one}"),
            index=locales.LANGUAGES.index(locales.language()), key="w_pack_lang",
        )  # fmt: skip
    with second:
        indices = _indices(kind, choice)
        sections = _sections(kind)
        office = st.text_input(t("briefing.office"), key="w_pack_office", max_chars=200)
        agencies = _agencies(choice, indices)
    return Wanted(kind, format_, lang, indices, agencies, sections, _letterhead(office),
                  _template(format_))  # fmt: skip


def _letterhead(office: str) -> Letterhead:
    """Who issues the document and who signs it; what is left empty stays a marked gap."""
    with st.expander(t("briefing.letterhead")):
        said = {
            name: clean(st.text_input(t(f"briefing.head.{name}"), key=f"w_pack_{name}",
                                      max_chars=200))
            for name in ("superior", "code", "place", "recipient", "signer_title", "signer_name")
        }  # fmt: skip
    return Letterhead(office=clean(office), **said)


def kind_name(kind: str) -> str:
    """What a kind of pack is called."""
    return t(f"briefing.kinds.{kind.replace('-', '_')}")


def _kept(key: str, label: str, options: tuple[str, ...], named: Callable[[str], str]) -> str:
    """A choice that the address keeps; what the address asks for and we lack is passed over."""
    asked = st.query_params.get(key)
    index = options.index(asked) if asked in options else 0
    chosen = st.selectbox(
        label, options, index=index, key=f"w_pack_{key}_{len(options)}",
        format_func=named,
    )  # fmt: skip
    if st.query_params.get(key) != chosen:
        st.query_params[key] = chosen
    return chosen


def _indices(kind: str, choice: Choice) -> tuple[str, ...] | None:
    if kind in content.INDICES:
        return content.INDICES[kind]
    names = {one: loaders.index_short(one) for one in loaders.catalogue().indices["index_id"]}
    chosen = st.multiselect(
        t("briefing.indices"), list(names), format_func=names.__getitem__, key="w_pack_indices",
        default=[] if choice.index_id == ALL else [choice.index_id],
        placeholder=t("briefing.all"),
    )  # fmt: skip
    return tuple(chosen) or None


def _sections(kind: str) -> tuple[str, ...] | None:
    if kind not in WRITTEN:
        return None
    options = content.LEADER_SECTIONS if kind == content.LEADER else content.SECTIONS
    chosen = st.multiselect(
        t("briefing.sections"), options, key=f"w_pack_sections_{kind == content.LEADER}",
        format_func=lambda one: t(f"briefing.section.{one}"), placeholder=t("briefing.all"),
    )  # fmt: skip
    return tuple(one for one in options if one in chosen) or None


def _agencies(choice: Choice, indices: tuple[str, ...] | None) -> tuple[str, ...] | None:
    rows = card(choice, indices).agencies
    names = dict(zip(rows["agency_id"], rows["agency"], strict=True))
    if not names:
        return None
    chosen = st.multiselect(
        t("briefing.agencies"), list(names), format_func=names.__getitem__, key="w_pack_agencies",
        placeholder=t("briefing.all"),
    )  # fmt: skip
    return tuple(chosen) or None


def _template(format_: str) -> bytes | None:
    """An office's own template, told at once what is wrong with it."""
    if format_ not in ("docx", "pptx"):
        return None
    with st.expander(t("briefing.template")):
        given = st.file_uploader(
            t("briefing.template"), type=["docx", "pptx"], key="w_pack_template",
            label_visibility="collapsed",
        )  # fmt: skip
        if given is None:
            return None
        if not given.name.lower().endswith(f".{format_}"):
            st.error(t("briefing.template_wrong", format=format_.upper()))
            return None
        data = given.getvalue()
        faults = (docx if format_ == "docx" else pptx).template_faults(data)
        for fault in faults:
            st.error(fault)
        if faults:
            st.caption(t("briefing.template_unused"))
            return None
        lines = pptx.template_report(data) if format_ == "pptx" else []
        st.success(" ".join([t("briefing.template_ok"), *lines]))
        return data


@st.cache_resource(max_entries=8, show_spinner=False)
def _card(
    snapshot: str, unit_id: str, edition: int, baseline: int, as_of: date,
    indices: tuple[str, ...] | None, agencies: tuple[str, ...] | None,
) -> Scorecard:  # fmt: skip
    sources = packs.sources(store(), version=snapshot.partition("@")[0])
    return scorecard(
        loaders.knowledge_of_kind(unit_id), unit_id=unit_id, edition=edition, baseline=baseline,
        as_of=as_of, indices=indices, agencies=agencies, sources=sources,
        set_anew=lens.set_anew(),
    )  # fmt: skip


def card(
    choice: Choice, indices: tuple[str, ...] | None, agencies: tuple[str, ...] | None = None
) -> Scorecard:
    """The scorecard of the view, made once for all who look at it."""
    with st.spinner(t("briefing.making")):
        return _card(
            loaders.version(), choice.unit_id, choice.edition, choice.baseline, choice.as_of,
            indices or _every_index(), agencies,
        )  # fmt: skip


def _every_index() -> tuple[str, ...]:
    """All indices by name, so that a card asked for by their names is not made a second time."""
    return tuple(str(one) for one in loaders.catalogue().indices["index_id"])


def file(choice: Choice, asked: Wanted) -> None:
    """Make the file when asked, offer it, and let those who may approve it."""
    shown = card(choice, asked.indices, asked.agencies)
    if asked.kind == pack.AGENCIES and shown.agencies.empty:
        st.info(t("agency_sheet.none", unit=Pen(shown).unit, year=choice.edition))
        return
    mark = (loaders.version(), choice, asked)
    if st.button(t("briefing.make"), type="primary", key="pack_make"):
        st.session_state.pop(APPROVED, None)
        st.session_state[FILE] = (mark, *_made(choice, asked))
    made = st.session_state.get(FILE)
    if made is None or made[0] != mark:
        return
    _, name, content_ = made
    mime = pack.MIMES[pack.ending(asked.kind, asked.format)]
    st.download_button(
        t("briefing.download", name=name), _offered(name, content_), file_name=name, mime=mime,
        on_click="ignore", key="pack_download",
    )  # fmt: skip
    if not who.allowed(Action.APPROVE):
        return
    if unpublished.is_on():
        # An approved pack is there for everybody, also for those who may not see these figures yet.
        st.caption(t("briefing.approve_unpublished"))
    elif st.button(t("briefing.approve"), key="pack_approve"):
        _approve(choice, asked, name, content_)


def _offered(name: str, content_: bytes) -> bytes | Callable[[], bytes]:
    """The bytes of a file; noted when they are fetched, where figures are not published yet."""
    if not unpublished.is_on():
        return content_
    exported = unpublished.recorder()

    def fetched() -> bytes:
        exported(name)
        return content_

    return fetched


def _made(choice: Choice, asked: Wanted) -> tuple[str, bytes]:
    """Name and bytes of the pack; a bar shows how far the agencies' pages are."""
    shown = card(choice, asked.indices, asked.agencies)
    facts = Facts(
        office=asked.letterhead.office, recipient=asked.letterhead.recipient,
        author=who.actor().name, made_at=local_time(store_now()),
    )  # fmt: skip
    bar = st.progress(0.0, t("briefing.making"))

    def progress(done: int, total: int, agency: str) -> None:
        bar.progress(done / total, t("briefing.made_agency", done=done, total=total, agency=agency))

    around = Around(facts, asked.letterhead, asked.template)
    made = pack.make(
        asked.kind, asked.format, shown, lang=asked.lang, sections=asked.sections, around=around,
        progress=progress,
    )  # fmt: skip
    bar.empty()
    return pack.file_name(asked.kind, asked.format, shown), made


def _approve(choice: Choice, asked: Wanted, name: str, made: bytes) -> None:
    shown = card(choice, asked.indices, asked.agencies)
    try:
        kept = packs.approve(
            store(), {name: made}, shown.figures, by=who.actor(),
            title=kind_name(asked.kind), pack_kind=asked.kind, unit_id=choice.unit_id,
            edition=choice.edition, baseline=choice.baseline, as_of=choice.as_of,
            index_ids=shown.index_ids, version=shown.version, language=asked.lang,
            made_by=who.actor().name,
        )  # fmt: skip
    except StoreError as fault:
        st.error(str(fault))
        return
    st.session_state[APPROVED] = kept.record_id
    # The store has a new version, but what was made is what was approved: it stays on offer.
    st.session_state[FILE] = ((loaders.version(), choice, asked), name, made)


# ------------------------------------------------------------------------------- the preview


def preview(choice: Choice, asked: Wanted) -> None:
    """The text of a written kind as the file will have it, in the language of the file."""
    if asked.kind not in WRITTEN:
        # Where nobody has a page, no file is offered that could be looked at instead.
        if asked.kind != pack.AGENCIES or not card(choice, asked.indices).agencies.empty:
            st.subheader(t("briefing.preview"))
            st.info(t("briefing.preview_none"))
        return
    st.subheader(t("briefing.preview"))
    shown = card(choice, asked.indices, asked.agencies)
    spoken = locales.language()
    locales.use(asked.lang)
    try:
        facts = Facts(office=asked.letterhead.office, recipient=asked.letterhead.recipient)
        made = pack.text(asked.kind, shown, sections=asked.sections, facts=facts)
        body = "".join(_block(one) for one in made.blocks())
        head = f"<h3>{escape(made.subject)}</h3>"
    finally:
        locales.use(spoken)
    st.html(f'<article class="preview" lang="{asked.lang}">{head}{body}</article>')


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        level = min(6, block.level + 3)
        return f"<h{level}>{escape(block.text)}</h{level}>"
    if isinstance(block, Paragraph):
        return f'<p class="{block.style}">{_runs(block.runs)}</p>'
    if isinstance(block, Table):
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in block.heads)
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td data-label="{escape(head)}">{_runs(cell)}</td>'
                for head, cell in zip(block.heads, row, strict=True)
            )
            + "</tr>"
            for row in block.rows
        )
        return (
            f'<table class="board"><caption>{escape(block.caption)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return ""


def _runs(runs: tuple[Run, ...]) -> str:
    parts = []
    for run in runs:
        said = escape(run.text)
        if run.is_gap:
            said = f"<mark>{said}</mark>"
        if run.is_bold:
            said = f"<strong>{said}</strong>"
        mark = f"<sup>{escape(mark_text(run.marks))}</sup>" if run.marks else ""
        parts.append(said + mark)
    return "".join(parts)


# ------------------------------------------------------------------------------ approved packs


def approved(choice: Choice) -> None:
    """Approved packs of the province, newest first, each with what changed since."""
    found = [
        (one, held) for one, held in packs.packs(store()).values()
        if one.unit_id == choice.unit_id and one.state != "withdrawn"
    ]  # fmt: skip
    # Approving writes to the store, and the page that shows it is a later one.
    if new := st.session_state.get(APPROVED):
        st.success(t("briefing.approved", pack=new))
    if not found:
        st.caption(t("briefing.approved_none"))
    for one, held in sorted(found, key=lambda pair: pair[1].saved_at, reverse=True):
        title = t(
            "briefing.pack", name=f"{one.title}, {one.edition}",
            day=local_time(held.saved_at), by=held.saved_by,
        )  # fmt: skip
        with st.expander(form.verbatim(title)):
            _one_approved(one)


def _one_approved(one: Pack) -> None:
    for kept in one.files:
        try:
            content_ = packs.file_of(store(), one, kept.name)
        except StoreError as fault:
            st.error(form.verbatim(str(fault)))
            continue
        st.download_button(
            t("briefing.open_pack"), content_, file_name=kept.name,
            on_click="ignore", key=f"pack_file_{one.record_id}_{kept.name}",
        )  # fmt: skip
    if st.button(t("briefing.check"), key=f"pack_check_{one.record_id}"):
        now = _card(
            loaders.version(), one.unit_id, one.edition, one.baseline, today(),
            tuple(one.index_ids.split(";")), None,
        )  # fmt: skip
        try:
            frozen = packs.figures_of(store(), one)
        except StoreError as fault:
            st.error(form.verbatim(str(fault)))
            return
        _changes(packs.changed_since(frozen, now.figures), now)


def _changes(rows: pd.DataFrame, now: Scorecard) -> None:
    """Every figure that is no longer what was approved, the province's own first."""
    if rows.empty:
        st.success(t("briefing.unchanged"))
        return
    st.warning(t("briefing.changed", n=form.whole(len(rows))))
    is_own = rows["subject"] == now.unit_id
    names = loaders.all_unit_names()
    lines = []
    for _, row in pd.concat([rows.loc[is_own], rows.loc[~is_own]]).iterrows():
        before, after = _apart(row["before"], row["after"])
        said = t("briefing.changed_one", figure=_figure_name(row, now, names), before=before,
                 after=after)  # fmt: skip
        lines.append(f"<li>{escape(said)}</li>")
    st.html(f'<ul class="notes">{"".join(lines)}</ul>')


def _figure_name(row: Any, now: Scorecard, names: dict[str, str]) -> str:
    """Which figure: index, component, year, whose, and what is measured."""
    shorts = dict(zip(now.totals["index_id"], now.totals["short"], strict=True))
    codes = dict(zip(now.components["component_id"], now.components["code"], strict=True))
    parts = [shorts.get(row["index_id"], row["index_id"]), codes.get(row["component_id"], ""),
             str(row["edition"])]  # fmt: skip
    whose = names.get(row["subject"]) if row["subject"] != now.unit_id else None
    measure = t(f"briefing.measure.{row['measure']}")
    return ", ".join([" ".join(filter(None, parts)), *filter(None, [whose]), measure])


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two figures with two decimals at most, and with more where they would look alike."""
    for decimals in (2, 4, 6):
        said = tuple(
            form.NO_VALUE if form.is_missing(one) else form.trimmed(round(float(one), decimals))
            for one in (before, after)
        )
        if said[0] != said[1]:
            break
    return said[0], said[1]
