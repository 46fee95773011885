"""Who answers for what, on screen: the table of agencies and the one-page sheet of one."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from analytics.explanation import Explanation, explanation
from analytics.responsibility import COORDINATE, LEAD, Responsibility
from analytics.responsibility import responsibility as method
from analytics.succession import successors
from briefing import reminder, sentences
from briefing import responsibility as words
from briefing.reviews import inert
from data import agencies as register
from data import reviews
from data.store import store
from locales import form, language, t
from locales.calendar import today
from ui import loaders, tables
from ui.choice import ALL, Choice

# Kept in the address, as on the page of review sheets.
WHO = "who"
# No agency of the register is older.
OLDEST = date(1945, 9, 2)
_COUNTS = ("met", "missed", "not_assessable")


# -------------------------------------------------------------------------------------- reading


def _snapshot(stamp: str) -> str:
    return stamp.partition("@")[0]


@st.cache_data(max_entries=4, show_spinner=False)
def _register(stamp: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    version = _snapshot(stamp)
    return (
        register.agencies(store(), version=version),
        register.agency_links(store(), version=version),
        register.people(store(), version=version),
        register.assignments(store(), version=version),
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _tasks(stamp: str) -> pd.DataFrame:
    return reviews.tasks(store(), _snapshot(stamp))


# A resource, not data: one copy for all sessions. Its frames are never changed in place.
@st.cache_resource(max_entries=64, show_spinner=False)
def _made(stamp: str, choice: Choice) -> Responsibility:
    agencies, links, _, assignments = _register(stamp)
    return method(
        loaders.knowledge_of_kind(choice.unit_id), unit_id=choice.unit_id,
        edition=choice.edition, as_of=choice.as_of, agencies=agencies, links=links,
        assignments=assignments, tasks=_tasks(stamp),
    )  # fmt: skip


def made(choice: Choice) -> Responsibility:
    """Who answers for what in the chosen province and year."""
    return _made(loaders.version(), choice)


@st.cache_resource(max_entries=512, show_spinner=False)
def _effect(stamp: str, choice: Choice, index_id: str, component_id: str) -> Explanation:
    _ = stamp
    return explanation(
        loaders.knowledge_of_index(index_id), unit_id=choice.unit_id, index_id=index_id,
        component_id=component_id, baseline=choice.baseline, edition=choice.edition,
        as_of=choice.as_of,
    )  # fmt: skip


def agency_names() -> dict[str, str]:
    """Names of all agencies by id."""
    rows = _register(loaders.version())[0]
    return {str(row["agency_id"]): words.agency_name(row) for _, row in rows.iterrows()}


@st.cache_data(max_entries=64, show_spinner=False)
def _heirs_said(stamp: str, unit_id: str, as_of: date, spoken: str) -> dict[str, str]:
    _ = spoken
    agencies, links, *_rest = _register(stamp)
    names = {str(row["agency_id"]): words.agency_name(row) for _, row in agencies.iterrows()}
    said = {
        str(one): words.heirs_words(
            str(one), successors(links, agencies, agency_id=str(one), on=as_of), names
        )
        for one in agencies.loc[agencies["unit_id"] == unit_id, "agency_id"]
    }
    return {one: line for one, line in said.items() if line}


def heirs_said(unit_id: str, as_of: date) -> dict[str, str]:
    """Who answers on the day for agencies of a province that are no more, by agency_id, in words.

    Agencies that still answer for themselves are left out.
    """
    return _heirs_said(loaders.version(), unit_id, as_of, language())


def addressees(unit_id: str, as_of: date) -> dict[str, str]:
    """To whom a letter to an agency that is no more goes on the day, officially, by agency_id."""
    rows = _register(loaders.version())[0]
    names = dict(zip(rows["agency_id"], rows["name_vi"], strict=True))
    return {
        one: reminder.in_place_of([names[heir] for heir in taken], names[one])
        for one, taken in heirs(unit_id, as_of).items()
        if taken and one not in taken
    }


@st.cache_data(max_entries=64, show_spinner=False)
def _heirs(stamp: str, unit_id: str, on: date) -> dict[str, tuple[str, ...]]:
    agencies, links, *_rest = _register(stamp)
    found = {}
    for one in agencies.loc[agencies["unit_id"] == unit_id, "agency_id"]:
        rows = successors(links, agencies, agency_id=str(one), on=on)
        found[str(one)] = tuple(str(heir) for heir in rows["successor_id"].dropna())
    return found


def heirs(unit_id: str, on: date) -> dict[str, tuple[str, ...]]:
    """Agencies that answer on the day for each agency of a province; itself where it still does."""
    return _heirs(loaders.version(), unit_id, on)


def standing(
    agency_id: str, agencies: pd.DataFrame, links: pd.DataFrame, on: date, names: dict[str, str]
) -> str:
    """Who answers on the day for what was given to an agency; itself where nothing happened."""
    rows = successors(links, agencies, agency_id=agency_id, on=on)
    return words.heirs_words(agency_id, rows, names) or t("responsibility.itself")


# ------------------------------------------------------------------------------------- overview


def overview(choice: Choice, found: Responsibility) -> None:
    """One row per agency, its name leading to its sheet, and what nobody answers for."""
    names = agency_names()
    heads = [
        t("responsibility.col_agency"), t("responsibility.col_components"),
        t("responsibility.col_lost"), t("responsibility.col_targets"),
        t("responsibility.col_tasks"),
    ]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                _name(row["agency_id"], found, names),
                escape(_components(row)),
                _lost(found, row["agency_id"], choice),
                _verdicts(row),
                escape(_task_counts(row)),
            ],
        )
        for _, row in found.agencies.iterrows()
    ]
    tables.table("responsibility", heads, body)
    for _, row in found.losses.iterrows():
        said = words.loss_words(row, loaders.index_short(row["index_id"]))
        if said and choice.index_id in (ALL, row["index_id"]):
            st.caption(said)
    st.caption(t("responsibility.note_share"))


def _name(agency_id: str, found: Responsibility, names: dict[str, str]) -> str:
    address = urlencode({**st.query_params.to_dict(), WHO: agency_id})
    said = escape(names.get(agency_id, agency_id))
    link = f'<a href="?{escape(address)}" target="_self"><strong>{said}</strong></a>'
    now = words.successor_words(found, agency_id, names)
    return link + (f'<div class="small">{escape(now)}</div>' if now else "")


def _components(row: Any) -> str:
    if not row["n_led"] and not row["n_coordinated"]:
        return form.NO_VALUE
    return t(
        "responsibility.counts_components", led=form.whole(row["n_led"]),
        co=form.whole(row["n_coordinated"]), weight=form.trimmed(round(row["n_components"], 2)),
    )  # fmt: skip


def _lost(found: Responsibility, agency_id: str, choice: Choice) -> str:
    rows = found.shares.loc[(found.shares["agency_id"] == agency_id) & (found.shares["n_led"] > 0)]
    if choice.index_id != ALL:
        rows = rows.loc[rows["index_id"] == choice.index_id]
    return "".join(
        f"<div>{escape(loaders.index_short(row['index_id']))}: {escape(words.share_words(row))}"
        "</div>"
        for _, row in rows.iterrows()
    )


def _verdicts(row: Any) -> str:
    chips = [
        tables.chip(status, f"{t(f'status.{status}')}: {row[f'n_{status}']}")
        for status in _COUNTS
        if row[f"n_{status}"]
    ]
    if row["n_other"]:
        chips.append(tables.chip("not_due", t("responsibility.other", n=row["n_other"])))
    return " ".join(chips)


def _task_counts(row: Any) -> str:
    if not row["n_due"] and not row["n_done"]:
        return form.NO_VALUE
    return t(
        "responsibility.counts_tasks", due=form.whole(row["n_due"]),
        overdue=form.whole(row["n_overdue"]), done=form.whole(row["n_done"]),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------- sheet


def pick(found: Responsibility) -> str:
    """The agency whose sheet is shown, kept in the address; empty for the table of all."""
    names = agency_names()
    options, widget = ["", *(str(one) for one in found.agencies["agency_id"])], "w_who"
    if st.session_state.get(widget) not in options:
        asked = st.query_params.get(WHO, "")
        if asked and asked not in options:
            st.warning(inert(t("responsibility.unknown", asked=names.get(asked, asked))))
        st.session_state[widget] = asked if asked in options else ""
    chosen = str(
        st.selectbox(
            t("responsibility.pick"), options, key=widget,
            format_func=lambda one: names.get(one, one) or t("responsibility.all"),
        )
    )  # fmt: skip
    if chosen and st.query_params.get(WHO) != chosen:
        st.query_params[WHO] = chosen
    elif not chosen and WHO in st.query_params:
        del st.query_params[WHO]
    return chosen


def sheet(choice: Choice, found: Responsibility, agency_id: str) -> None:
    """One agency on one page: components, points, targets with reasons, own effect, tasks."""
    names = agency_names()
    st.html(f"<h3>{escape(names.get(agency_id, agency_id))}</h3>")
    _head(found, agency_id, names)
    roles = found.roles.loc[found.roles["agency_id"] == agency_id]
    own = words.sheet_order(roles, found.components).dropna(subset=["index_id"])
    if choice.index_id != ALL:
        own = own.loc[own["index_id"] == choice.index_id]
    st.subheader(t("responsibility.title_components"))
    if own.empty:
        st.info(t("responsibility.no_components"))
    else:
        _component_table(choice, own)
        _effects(choice, own)
    _targets(choice, found, agency_id)
    _task_table(agency_id)


def _head(found: Responsibility, agency_id: str, names: dict[str, str]) -> None:
    """Who answers today, by which way, and the people."""
    said = [words.successor_words(found, agency_id, names)]
    if way := words.path_words(found, agency_id, names):
        said.append(t("responsibility.path", path=way))
    people = _register(loaders.version())[2]
    people = people.loc[people["agency_id"] == agency_id]
    said += [person_words(row) for _, row in people.iterrows()]
    lines = "".join(f"<p>{escape(one)}</p>" for one in said if one)
    if lines:
        st.html(f'<div class="answer">{lines}</div>')


def person_words(row: Any) -> str:
    """Who answers, for what, from when to when."""
    tables_held = loaders.catalogue()
    named = tables_held.components.drop_duplicates("component_id", keep="last")
    titles = dict(zip(named["component_id"], named["name_vi"], strict=True))
    given = tables_held.targets
    if row["target_id"]:
        given = given.loc[given["target_id"] == row["target_id"]]
        titles |= {str(one["target_id"]): target_label(one) for _, one in given.iterrows()}
    for_what = [one for one in (row["component_id"], row["target_id"]) if one]
    key = "person" if form.is_missing(row["to_on"]) else "person_until"
    said = t(
        f"responsibility.{key}",
        name=", ".join(part for part in (row["name"], row["title"]) if part),
        first=form.day(row["from_on"]), last=form.day(row["to_on"]),
    )  # fmt: skip
    return f"{said} ({'; '.join(titles.get(one, one) for one in for_what)})" if for_what else said


def target_label(row: Any) -> str:
    """A target in one line: what it asks, of which index, by which document."""
    parts = [sentences.full_target_words(row)]
    if not form.is_missing(row["index_id"]) and row["index_id"]:
        parts.append(loaders.index_short(str(row["index_id"])))
    elif not form.is_missing(row["note"]):
        parts.append(str(row["note"]))
    if not form.is_missing(row["document_number"]):
        parts.append(str(row["document_number"]))
    return f"{' · '.join(parts)} [{row['target_id']}]"


def _component_table(choice: Choice, own: pd.DataFrame) -> None:
    gaps = pd.concat(
        [loaders.component_gaps(choice, index_id) for index_id in own["index_id"].unique()],
        ignore_index=True,
    ).set_index("component_id")
    heads = [
        t("responsibility.col_component"), t("responsibility.col_role"),
        t("gaps.col_baseline", year=choice.baseline), t("gaps.col_required"),
        t("gaps.col_actual", year=choice.edition), t("gaps.col_change"),
        t("responsibility.col_points"), t("gaps.col_status"),
    ]  # fmt: skip
    body = []
    for _, row in own.iterrows():
        gap = gaps.loc[row["component_id"]] if row["component_id"] in gaps.index else None
        body.append(
            tables.line(heads, _component_cells(row, gap), is_total=row["level"] == "total")
        )
    tables.table("gaps", heads, body)


def _component_cells(row: Any, gap: Any) -> list[str]:
    name = escape(words.component_name(row, loaders.index_short(row["index_id"])))
    role, lost = escape(words.role_words(row)), escape(words.lost_words(row))
    if row["level"] == "total":
        lost += f'<div class="small">{escape(t("responsibility.in_parts"))}</div>'
    if gap is None:
        return [name, role, "", "", "", "", lost, ""]
    return [
        name,
        role,
        escape(form.place(gap["baseline_rank"], gap["baseline_n"])),
        tables.required(gap),
        escape(gap["place"]),
        tables.change(gap["gain"]),
        lost,
        tables.verdict(gap),
    ]


def _effects(choice: Choice, own: pd.DataFrame) -> None:
    """Own score against rivals, one sentence per component."""
    st.subheader(t("responsibility.title_effects"))
    names = loaders.all_unit_names()
    said = []
    for _, row in own.iterrows():
        if choice.baseline < choice.edition:
            effect = _effect(loaders.version(), choice, row["index_id"], row["component_id"])
            said.append(words.effect_words(effect, names))
    items = "".join(f"<li>{escape(one)}</li>" for one in said)
    st.html(f'<ul class="notes">{items}</ul>')


def _targets(choice: Choice, found: Responsibility, agency_id: str) -> None:
    """Targets led, co-ordinated and taken over, with the verdicts of the board."""
    rows = found.targets
    own = rows.loc[rows["agency_id"] == agency_id] if len(rows) else rows
    board = loaders.target_board(choice)
    for role, key in ((LEAD, "title_led"), (COORDINATE, "title_coordinated")):
        ids = own.loc[(own["role"] == role) & ~own["is_inherited"].astype(bool), "target_id"]
        mine = board.loc[board["target_id"].isin(ids)] if len(board) else board
        if mine.empty:
            continue
        st.subheader(t(f"responsibility.{key}"))
        tables.counts(mine["status"], "targets.counts")
        tables.targets(mine)
    taken = own.loc[own["is_inherited"].astype(bool)] if len(own) else own
    if len(taken):
        _taken(choice, taken)
    elif own.empty:
        st.info(t("responsibility.no_targets"))


def _taken(choice: Choice, rows: pd.DataFrame) -> None:
    """Targets given to an agency that is no more."""
    names = agency_names()
    st.subheader(t("responsibility.title_taken"))
    heads = [
        t("responsibility.col_clause"), t("responsibility.col_given_to"), t("gaps.col_status"),
    ]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(str(row["clause"])),
                escape(names.get(row["given_to"], row["given_to"])),
                tables.verdict(row),
            ],
        )
        for _, row in rows.iterrows()
        if choice.index_id in (ALL, row["index_id"])
    ]
    tables.table("taken", heads, body)


def _task_table(agency_id: str) -> None:
    rows = _tasks(loaders.version())
    rows = rows.loc[rows["agency_id"] == agency_id]
    st.subheader(t("responsibility.title_tasks"))
    if rows.empty:
        st.caption(t("responsibility.no_tasks"))
        return
    heads = [t("responsibility.col_task"), t("responsibility.col_due"), t("gaps.col_status")]
    day = pd.Timestamp(today())
    lines = []
    for _, row in rows.iterrows():
        status = t(f"reviews.status_{row['state']}")
        is_open = row["state"] not in ("done", "given_up")
        if is_open and not form.is_missing(row["due_on"]) and pd.Timestamp(row["due_on"]) < day:
            status = t("responsibility.overdue", status=status)
        lines.append([str(row["title"]), form.day(row["due_on"]), status])
    tables.plain(heads, lines)
