"""The PAPI checklist of communes on screen: the table, one commune to edit, and the workbook."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from briefing import checklist as words
from briefing.reviews import inert
from data import communes, records
from data.communes import CommuneRecord
from data.records import WITHDRAWN, ChangedMeanwhile
from data.store import StoreError, store
from locales import t
from ui import agencies, drawn, loaders, tables, who
from ui.choice import Choice

SAID = "agencies_said"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _names(choice: Choice) -> dict[str, str]:
    """The ten lines, numbered and named as in the edition."""
    names = loaders.component_names("papi", choice.edition)
    return {line: names.get(line, line) for line in communes.LINES}


def rows_of(choice: Choice) -> pd.DataFrame:
    """Ten rows per commune of the chosen province and year."""
    held = communes.communes(store(), unit_id=choice.unit_id, edition=choice.edition)
    return communes.checklist(held)


def shown(choice: Choice, rows: pd.DataFrame) -> None:
    """Progress and the table by commune; the workbook to take away."""
    if rows.empty:
        st.info(t("checklist.empty", unit=choice.unit_name, year=choice.edition))
        return
    names = _names(choice)
    done, total = words.done_of(rows)
    n = rows["record_id"].nunique()
    st.markdown(t("checklist.total", done=done, total=total, n=n))
    heads, lines = words.table(rows, names)
    tables.plain(heads, lines)
    title = t("checklist.book_title", unit=choice.unit_name, year=choice.edition)
    st.download_button(
        t("checklist.download"), words.workbook(rows, names, title), mime=SHEET,
        file_name=f"checklist-papi-{choice.unit_id}-{choice.edition}.xlsx",
    )  # fmt: skip


def edit(choice: Choice) -> None:
    """One commune: its name and the ten lines, or the withdrawal of it."""
    held = {one.record_id: one for one in communes.communes(
        store(), unit_id=choice.unit_id, edition=choice.edition)}  # fmt: skip
    saved = records.held(store(), CommuneRecord)
    picked = st.selectbox(
        t("checklist.pick"), [None, *held], key="w_commune",
        format_func=lambda key: t("checklist.new") if key is None else _label(held[key]),
    )  # fmt: skip
    form_name = f"commune_{picked}"
    old, revision = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_name", held.get(picked) if picked else None,
        saved[picked][1].revision if picked else len(saved),
    )  # fmt: skip
    key = f"{form_name}_{revision}"
    with st.form(key):
        left, right = st.columns(2)
        district = left.text_input(
            t("checklist.col_district"), value=old.district if old else "", disabled=old is not None
        )
        commune = right.text_input(
            t("checklist.col_commune"),
            value=old.commune if old else "",
            disabled=old is not None,
            key=f"{key}_name",
        )
        progress, notes = {}, {}
        for line, name in _names(choice).items():
            first, second = st.columns([2, 3])
            before = old.progress.get(line, communes.NOT_STARTED) if old else communes.NOT_STARTED
            progress[line] = str(
                first.selectbox(
                    name, communes.PROGRESS, index=communes.PROGRESS.index(before),
                    format_func=lambda code: t(f"checklist.progress_{code}"), key=f"{key}_{line}",
                )
            )  # fmt: skip
            note = second.text_input(
                t("checklist.note", line=name.partition(" ")[0]),
                value=old.notes.get(line, "") if old else "",
                key=f"{key}_{line}_note",
            )
            if note:
                notes[line] = note
        is_wanted = st.form_submit_button(t("agencies.save"), type="primary")
    if is_wanted:
        _keep(choice, (district, commune), progress, notes, form_name, revision if old else None)
    if old is not None:
        agencies.withdraw(old, "commune")


def _label(one: CommuneRecord) -> str:
    return f"{one.commune}, {one.district}" if one.district else one.commune


def _keep(
    choice: Choice,
    place: tuple[str, str],
    progress: dict[str, str],
    notes: dict[str, str],
    form_name: str,
    revision: int | None,
) -> None:
    district, commune = place
    identity = communes.commune_id(choice.unit_id, choice.edition, district, commune)
    try:
        record = CommuneRecord(
            record_id=identity, unit_id=choice.unit_id, edition=choice.edition, district=district,
            commune=commune, progress=progress, notes=notes,
        )  # fmt: skip
        communes.save(store(), record, by=who.actor(), seen=_seen(identity, revision))
    except StoreError as fault:
        if isinstance(fault, ChangedMeanwhile):
            drawn.anew(form_name)
        st.error(inert(str(fault)))
        return
    except ValidationError:
        st.error(t("agencies.incomplete"))
        return
    drawn.anew(form_name)
    st.session_state[SAID] = "agencies.saved"
    st.rerun()


def _seen(identity: str, revision: int | None) -> int:
    """What the person saw of this commune; one that was withdrawn may be entered anew."""
    if revision is not None:
        return revision
    held = records.held(store(), CommuneRecord).get(identity)
    return held[1].revision if held is not None and held[0].state == WITHDRAWN else 0
