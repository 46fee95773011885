"""Hands an uploaded workbook to the intake, shows what it found, and loads it on consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics.board import Knowledge
from analytics.consequences import Preview, preview, turned_targets, undone_cells
from briefing import load_records
from data import batches
from data.actors import Actor
from data.batches import BatchFacts
from data.build import REFERENCE
from data.indices import Catalogue, load_catalogue
from data.intake.checks import Context
from data.intake.load import Intake, edition_rows, figure_rows, intake
from data.intake.meaning import Choices
from data.intake.model import FileRefused
from data.intake.template import workbook
from data.store import StoreError, store
from locales import form, t
from locales.calendar import in_store_time, store_now, today
from ui import loaders, tables, who

KINDS = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv"]
CELLS_SHOWN = 200
STEPS = ("read", "understand", "judge", "preview")
# A workbook of an index may bring the year after the latest one, or one of long ago.
FIRST_YEAR, YEARS_AHEAD = 2005, 2


@dataclass(frozen=True)
class Reading:
    """One file as read under one set of choices from one snapshot."""

    content: bytes
    name: str
    intake: Intake
    preview: Preview | None
    snapshot: str


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue(REFERENCE / "indices")


def upload() -> Reading | None:
    """Let a file be chosen and read; what cannot be read at all is said in one sentence."""
    given = st.file_uploader(t("upload.pick"), type=KINDS, key="upload_file")
    if given is None:
        st.session_state.pop("upload_choices", None)
        return None
    content, wish = given.getvalue(), st.session_state.get("upload_choices", Choices())
    key = (batches.sha256(content), given.name, repr(wish), store().version())
    if st.session_state.get("upload_key") != key:
        try:
            st.session_state["upload_reading"] = _read(content, given.name, wish)
        except FileRefused as fault:
            st.error(load_records.fault_sentence(fault.key, fault.values))
            return None
        st.session_state["upload_key"] = key
    reading: Reading = st.session_state["upload_reading"]
    return reading


def _read(content: bytes, name: str, wish: Choices) -> Reading:
    """Read, understand, judge and preview, with a bar that names the step."""
    bar = st.progress(0.0, text=t("upload.step_read"))

    def step(key: str) -> None:
        bar.progress(STEPS.index(key) / len(STEPS), text=t(f"upload.step_{key}"))

    snapshot = store().version()
    known = loaders.state_for_loads(snapshot)
    context = Context(catalogue(), loaders.register(), known.tables.figures, known.tables.weights)
    try:
        found = intake(
            content, name, context, remembered=batches.all_layouts(store()), choices=wish,
            on_step=step,
        )  # fmt: skip
        step("preview")
        return Reading(content, name, found, _preview(found, known), snapshot)
    finally:
        bar.empty()


def _preview(found: Intake, known: Knowledge) -> Preview | None:
    if not found.is_loadable:
        return None
    figures = figure_rows(found.proposal)
    rows = edition_rows(
        figures, known.tables.editions, catalogue=catalogue(), units=loaders.register(),
        published_on=None, today=today(),
    )  # fmt: skip
    return preview(known, figures, rows, as_of=today())


def understood(reading: Reading) -> None:
    """What the file was taken to be, and the means to correct it."""
    proposal = reading.intake.proposal
    st.subheader(t("upload.understood_title"))
    # The name of a file is anybody's: no Markdown.
    st.html(f"<p>{escape(load_records.understood_words(reading.intake, _shorts()))}</p>")
    if "low" in (proposal.index.confidence, proposal.edition.confidence):
        st.warning(t("upload.guess_low"))
    same = batches.same_file(store(), reading.content)
    if len(same):
        st.info(t("load.same_file", batches=", ".join(same["batch_id"])))
    with st.form("upload_meaning"):
        left, right = st.columns(2)
        index_id = _index(left, proposal.index.value)
        edition = _edition(right, proposal.editions)
        columns = _columns(reading)
        units = _units(reading)
        if st.form_submit_button(t("upload.apply")):
            st.session_state["upload_choices"] = Choices(
                index_id=index_id, edition=edition, columns=columns, units=units
            )
            st.rerun()


def _shorts() -> dict[str, str]:
    """What the indices a workbook can hold are called."""
    entries = loaders.catalogue().indices
    entries = entries.loc[entries["index_id"].isin(catalogue().index_ids)]
    return dict(zip(entries["index_id"], entries["short"], strict=True))


def _index(place: Any, guess: str | None) -> str | None:
    names = _shorts()
    options: list[str | None] = [None, *names]
    chosen: str | None = place.selectbox(
        t("upload.index"), options, index=options.index(guess),
        format_func=lambda i: t("upload.index_unknown") if i is None else names[i],
    )  # fmt: skip
    return chosen


def _edition(place: Any, editions: tuple[int, ...]) -> int | None:
    if len(editions) > 1:
        place.text_input(
            t("upload.year_many"), ", ".join(str(year) for year in editions), disabled=True
        )
        return None
    years: list[int | None] = [None, *range(today().year + YEARS_AHEAD, FIRST_YEAR - 1, -1)]
    found = editions[0] if editions and editions[0] in years else None
    chosen: int | None = place.selectbox(
        t("upload.year"), years, index=years.index(found),
        format_func=lambda year: t("upload.index_unknown") if year is None else str(year),
    )  # fmt: skip
    return chosen


def _columns(reading: Reading) -> dict[str, tuple[str | None, str]]:
    """The meaning of each column as an editable table; only what a person changed is returned."""
    meanings = reading.intake.proposal.columns
    names = _component_names(reading)
    table = pd.DataFrame(
        {
            "sheet": [one.sheet for one in meanings],
            "head": [one.head for one in meanings],
            "label": [one.label for one in meanings],
            "component": [names.get(one.component_id or "") for one in meanings],
            "measure": [t(f"upload.measure_{one.measure}") for one in meanings],
        }
    )
    with st.expander(t("upload.columns_title", n=len(meanings))):
        st.caption(t("upload.columns_help"))
        edited = st.data_editor(
            table, hide_index=True, key=f"columns_{reading.intake.facts.sha256}",
            disabled=["sheet", "head", "label", "measure"],
            column_config={
                "sheet": t("upload.col_sheet"),
                "head": t("upload.col_head"),
                "label": t("upload.col_label"),
                "component": st.column_config.SelectboxColumn(
                    t("upload.col_component"), options=sorted(names.values()), width="large"
                ),
                "measure": t("upload.col_measure"),
            },
        )  # fmt: skip
    ids = {name: component_id for component_id, name in names.items()}
    chosen = dict(st.session_state.get("upload_choices", Choices()).columns)
    for meaning, name in zip(meanings, edited["component"], strict=True):
        wished = None if form.is_missing(name) else ids[str(name)]
        if wished != meaning.component_id:
            chosen[f"{meaning.sheet}!{meaning.head}"] = (wished, meaning.measure)
    return chosen


def _component_names(reading: Reading) -> dict[str, str]:
    """Components of the index by id, named and numbered as in the edition that is read."""
    index_id, editions = reading.intake.proposal.index.value, reading.intake.proposal.editions
    if index_id is None or not editions:
        return {}
    return loaders.component_names(str(index_id), editions[-1])


def _units(reading: Reading) -> dict[str, str]:
    """For each name nobody bears, the unit a person says it means."""
    chosen = dict(st.session_state.get("upload_choices", Choices()).units)
    unknown = sorted(
        {
            str(fault.values["name"])
            for fault in reading.intake.faults
            if fault.key == "unit_unknown"
        }
    )
    if not unknown:
        return chosen
    st.markdown(f"**{t('upload.units_title')}**")
    st.caption(t("upload.units_help"))
    editions = reading.intake.proposal.editions or (today().year,)
    names = loaders.unit_names(editions[0])
    for name in unknown:
        options: list[str | None] = [None, *names]
        pick = st.selectbox(
            t("upload.unit_of", name=name), options, key=f"unit_{name}",
            format_func=lambda unit: form.NO_VALUE if unit is None else names[unit],
        )  # fmt: skip
        if pick:
            chosen[name] = pick
    return chosen


def faults(reading: Reading) -> None:
    """Every fault in its cell: what stops the load first, then what asks."""
    if not reading.intake.faults:
        st.success(t("upload.no_faults"))
    for heading, found in (
        ("errors", reading.intake.errors), ("warnings", reading.intake.warnings),
    ):  # fmt: skip
        if found:
            st.subheader(t(f"upload.{heading}_title", n=len(found)))
            tables.plain(
                [t("upload.col_where"), t("upload.col_what")],
                [[_place(fault), load_records.fault_sentence(fault.key, fault.values)]
                 for fault in found[:CELLS_SHOWN]],
            )  # fmt: skip
            if len(found) > CELLS_SHOWN:
                st.caption(t("load.many_faults", n=len(found) - CELLS_SHOWN))


def _place(fault: Any) -> str:
    if not fault.cell:
        return t("upload.whole_file")
    return t("load.place", sheet=fault.sheet, cell=fault.cell)


def changes(reading: Reading) -> None:
    """What a load would add, change and remove, and the verdicts it would turn."""
    if reading.preview is None:
        return
    st.subheader(t("upload.preview_title"))
    if reading.preview.is_empty:
        st.info(t("load.nothing"))
        return
    st.markdown(load_records.count_words(reading.preview))
    names = _component_names(reading)
    counts = reading.preview.counts
    moved = counts.loc[counts[["n_added", "n_changed", "n_removed"]].any(axis=1)]
    heads = [t(f"upload.counts_{name}") for name in
             ("component", "year", "added", "changed", "removed", "unchanged")]  # fmt: skip
    tables.plain(heads, [
        [names.get(row.component_id, row.component_id), str(row.edition), *(
            str(n) for n in (row.n_added, row.n_changed, row.n_removed, row.n_unchanged))]
        for row in moved.itertuples()
    ])  # fmt: skip
    if len(counts) > len(moved):
        st.caption(t("upload.counts_same", n=len(counts) - len(moved)))
    _cells(reading.preview.cells, names)
    turned = reading.preview.turned
    st.markdown(f"**{t('upload.turned_title', n=len(turned))}**")
    if not turned.empty:
        heads = [t("upload.turned_target"), t("upload.counts_year"), t("upload.cells_before"),
                 t("upload.cells_after")]  # fmt: skip
        tables.plain(heads, load_records.turned_lines(turned, loaders.catalogue()))


def _cells(cells: pd.DataFrame, names: dict[str, str]) -> None:
    """Changed cells, old beside new; a new edition adds too many to list one by one."""
    moved = cells.loc[cells["change"].isin(["changed", "removed"])]
    if moved.empty:
        return
    with st.expander(t("upload.cells_title", n=len(moved)), expanded=True):
        tables.plain(
            [t("upload.cells_unit"), t("upload.counts_component"), t("upload.counts_year"),
             t("upload.cells_before"), t("upload.cells_after")],
            load_records.cell_lines(moved.head(CELLS_SHOWN), names, loaders.all_unit_names()),
        )  # fmt: skip
        if len(moved) > CELLS_SHOWN:
            st.caption(t("upload.cells_more", shown=CELLS_SHOWN, n=len(moved)))


def consent(reading: Reading) -> None:
    """Who, from which document, visible from when; and the one button that writes."""
    if reading.preview is None or reading.preview.is_empty:
        return
    st.subheader(t("upload.consent_title"))
    n_open = len(reading.intake.warnings)
    with st.form("upload_consent"):
        author = who.signer(t("upload.author"), "upload_author")
        source = st.text_input(t("upload.source"))
        issued = st.date_input(t("upload.source_date"), value=None, format="DD/MM/YYYY")
        hold = st.checkbox(t("upload.hold"))
        left, right = st.columns(2)
        day = left.date_input(t("upload.hold_day"), value=today(), format="DD/MM/YYYY")
        hour = right.time_input(t("upload.hold_time"), value=time(9, 0))
        accepted = st.checkbox(t("upload.accept", n=n_open)) if n_open else True
        if not st.form_submit_button(t("upload.load"), type="primary"):
            return
    if author is None:
        st.error(t("upload.need_author"))
    elif not accepted:
        st.error(t("upload.need_accept"))
    else:
        shown_from = in_store_time(datetime.combine(day, hour)) if hold else None
        _load(reading, reading.preview, author, source.strip(), issued, shown_from)


def _load(
    reading: Reading,
    seen: Preview,
    author: Actor,
    source: str,
    issued: date | None,
    shown_from: datetime | None,
) -> None:
    proposal, editions = reading.intake.proposal, seen.editions
    if issued is not None and len(editions):
        editions = editions.assign(published_on=issued, date_basis="documented")
    facts = BatchFacts(
        file_name=reading.name, index_id=str(proposal.index.value),
        source_title=source, source_date=issued, publish_at=shown_from,
    )  # fmt: skip
    try:
        batch = batches.load(
            store(), seen.cells, editions, facts, reading.content,
            by=author, seen_version=reading.snapshot,
        )  # fmt: skip
        batches.remember_layout(
            store(), facts.index_id, proposal.fingerprint, reading.intake.mapping, by=author
        )
    except StoreError as fault:
        st.error(str(fault))
        return
    for key in ("upload_key", "upload_reading", "upload_choices"):
        st.session_state.pop(key, None)
    st.success(t("upload.loaded", batch=batch))
    st.page_link("pages/history.py", label=t("upload.open_history"))


def template() -> None:
    """A workbook of the right shape for any index and year."""
    with st.expander(t("upload.template_title")):
        names = _shorts()
        left, right = st.columns(2)
        index_id = left.selectbox(
            t("upload.index"), [*names], format_func=lambda i: names[i], key="template_index"
        )
        years = [*range(today().year + YEARS_AHEAD, FIRST_YEAR - 1, -1)]
        year = right.selectbox(t("upload.template_year"), years, key="template_year")
        st.download_button(
            t("upload.template_get"), _template(index_id, year),
            file_name=t("upload.template_name", index=index_id, year=year),
        )  # fmt: skip


@st.cache_data(max_entries=8, show_spinner=False)
def _template(index_id: str, year: int) -> bytes:
    return workbook(index_id, year, catalogue(), loaders.register())


def history() -> pd.DataFrame:
    """All loads as a table; returns them, newest first."""
    rows = batches.batches(store())
    if rows.empty:
        st.info(t("history.empty"))
        return rows
    heads = [t(f"load.col_{name}") for name in
             ("batch", "when", "who", "file", "index", "years", "changes", "state")]  # fmt: skip
    tables.plain(heads, load_records.batch_lines(rows, store_now()))
    return rows


def one_batch(rows: pd.DataFrame) -> None:
    """What one load changed, its original file, and the way back."""
    batch_id = st.selectbox(t("history.pick"), rows["batch_id"].tolist())
    row = rows.loc[rows["batch_id"] == batch_id].iloc[0]
    titled = t("history.source", source=row["source_title"])
    st.html(f"<p>{escape(titled if row['source_title'] else t('history.no_source'))}</p>")
    try:
        content = batches.kept_file(store(), row["file_sha256"])
    except StoreError as fault:
        st.warning(str(fault))
    else:
        st.download_button(t("history.file"), content, file_name=str(row["file_name"]))
    is_standing = form.is_missing(row["undone_at"])
    if str(row["index_id"]) not in catalogue().index_ids:
        # Put in by a program, it may have changed millions of cells.
        st.info(t("large.history"))
        if is_standing:
            _undo(batch_id)
        return
    changed = batches.batch_changes(store(), batch_id)
    if is_standing:
        with st.expander(t("history.changes") + f" ({len(changed)})"):
            edition = int(str(row["editions"]).rpartition(",")[2])
            names = loaders.component_names(str(row["index_id"]), edition)
            tables.plain(
                [t("upload.cells_unit"), t("upload.counts_component"), t("upload.counts_year"),
                 t("upload.cells_before"), t("upload.cells_after")],
                load_records.cell_lines(
                    changed.head(CELLS_SHOWN), names, loaders.all_unit_names()
                ),
            )  # fmt: skip
        _conclusions(batch_id)
        _undo(batch_id)


def _conclusions(batch_id: str) -> None:
    """Targets whose verdict or requirement stands as it does because of this load."""
    turned = _turned(store().version(), batch_id)
    st.markdown(f"**{t('history.turned', n=len(turned))}**")
    if not turned.empty:
        heads = [t("upload.turned_target"), t("upload.counts_year"), t("history.with"),
                 t("history.without")]  # fmt: skip
        tables.plain(heads, load_records.turned_lines(turned, loaders.catalogue()))


@st.cache_data(max_entries=8, show_spinner=False)
def _turned(snapshot: str, batch_id: str) -> pd.DataFrame:
    known = loaders.state_for_loads(snapshot)
    cells = undone_cells(batches.batch_changes(store(), batch_id), known.tables.figures)
    return turned_targets(known, cells, known.tables.editions.iloc[0:0], as_of=today())


def _undo(batch_id: str) -> None:
    with st.form(f"undo_{batch_id}"):
        st.markdown(f"**{t('history.undo_title', batch=batch_id)}**")
        signed = who.signer(t("history.undo_who"), f"undo_who_{batch_id}")
        sure = st.checkbox(t("history.undo_sure"))
        if not st.form_submit_button(t("history.undo")):
            return
    if signed is None:
        st.error(t("upload.need_author"))
    elif not sure:
        st.error(t("history.need_sure"))
    else:
        try:
            batches.undo(store(), batch_id, by=signed)
        except StoreError as fault:
            st.error(str(fault))
            return
        st.session_state["undone"] = batch_id
        st.rerun()


def undone_notice() -> None:
    """Say that an undo was done, after the page was drawn anew."""
    batch = st.session_state.pop("undone", None)
    if batch:
        st.success(t("history.undone", batch=batch))
