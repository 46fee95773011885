"""Holes in the register on screen, and what a publication moved."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import moved as between
from analytics import register_gaps as holes
from briefing import register as said
from briefing import sentences
from data import queries
from locales import form, t
from ui import loaders, tables
from ui import register_parts as parts
from ui.choice import ALL, Choice

OWN_DAYS = "own"


def checks(choice: Choice) -> None:
    """Holes in the set of targets of the year."""
    st.subheader(t("register.check_title", year=choice.edition))
    found = holes.register_gaps(
        loaders.outline(),
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
    known = parts.names()
    heads = [t("register.check_col_what"), t("register.check_col_why")]
    body = []
    for _, row in found.iterrows():
        what = f"<strong>{escape(parts.subject(row, choice.edition))}</strong>"
        if not form.is_missing(row["target_id"]):
            target = targets.loc[row["target_id"]]
            asked = sentences.full_target_words(target)
            what += parts.small(f"{asked} · {target['document_number']}")
        if row["unit_id"] != choice.unit_id:
            what += parts.small(known.get(row["unit_id"], row["unit_id"]))
        body.append(tables.line(heads, [what, escape(said.gap_finding(row))]))
    tables.table("plain", heads, body)


def movements(choice: Choice) -> None:
    """Requirements that a publication moved, and provisional ones that became final."""
    st.caption(t("register.moved_intro"))
    before, after, title = _days(choice)
    if before >= after:
        st.warning(t("register.moved_wrong"))
        return
    targets = loaders.catalogue().targets
    own = targets.loc[targets["unit_id"] == choice.unit_id]
    if choice.index_id != ALL:
        own = own.loc[own["index_id"] == choice.index_id]
    found = between.moved_targets(
        loaders.knowledge_of_kind(choice.unit_id),
        own,
        editions=[choice.edition],
        before=before,
        after=after,
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
    what = f"<strong>{escape(parts.subject(row, choice.edition))}</strong>"
    what += parts.small(f"{sentences.full_target_words(target)} · {target['document_number']}")
    need = escape(said.requirement_moved(row))
    if row["became_final"]:
        need += parts.small(t("register.became_final"))
    sides = [row["status_before"], row["status_after"]]
    verdict = tables.chip(sides[1])
    if sides[0] != sides[1]:
        verdict = f"{tables.chip(sides[0])} → {verdict}"
    return [what, need, escape(said.base_moved(row)), verdict]


def _days(choice: Choice) -> tuple[date, date, str]:
    """The two days compared: around a publication, or any two; kept in the address."""
    editions = loaders.catalogue().editions
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
    parts.keep_in_address("came", came)
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
        parts.keep_in_address(name, ends[name].isoformat())
    title = t("register.moved_title_days", before=form.day(ends["before"]),
              after=form.day(ends["after"]))  # fmt: skip
    return ends["before"], ends["after"], title


def _iso(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
