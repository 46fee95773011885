"""Targets set anew after a merger, on screen: proposals, the document that adopts one, the list."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import rebasing as method
from briefing import sentences
from briefing.reviews import inert
from data import rebasing
from data.store import StoreError, store
from locales import form, t
from locales.calendar import today
from ui import lens, loaders, tables, who
from ui.choice import Choice

FIRST_BASE, MOST_YEARS = 2025, 10
BASE = "newbase"
SAID = "rebasing_said"


def asked(choice: Choice) -> tuple[str, int]:
    """Draw the present unit and the new base year; both stand in the address."""
    first, second = st.columns([2, 1])
    unit_id = lens.present_unit(first, choice)
    years = list(range(FIRST_BASE, FIRST_BASE + MOST_YEARS))
    if st.session_state.get("w_newbase") not in years:
        text = st.query_params.get(BASE, "")
        st.session_state["w_newbase"] = int(text) if text in map(str, years) else FIRST_BASE
    base = second.selectbox(t("rebasing.choose_base"), years, key="w_newbase")
    lens.keep(BASE, "" if base == FIRST_BASE else str(base))
    return str(unit_id), int(base)


@st.cache_data(max_entries=128, show_spinner=False)
def _proposals(stamp: str, unit_id: str, base: int, as_of: Any) -> pd.DataFrame:
    _ = stamp
    return method.proposals(
        loaders.knowledge_of_kind(unit_id), unit_id=unit_id, new_baseline=base, as_of=as_of
    )


def proposals(choice: Choice, unit_id: str, base: int) -> pd.DataFrame:
    """What every old target would be for the present unit, with the adoption where there is one."""
    rows = _proposals(loaders.version(), unit_id, base, choice.as_of)
    done = rebasing.adopted(store(), version=loaders.version().partition("@")[0])
    done = done.rename(columns={"old_target_id": "target_id"})
    return rows.merge(
        done[["target_id", "record_id", "number", "issued_on", "issuer"]], on="target_id",
        how="left", validate="one_to_one",
    )  # fmt: skip


def lists(rows: pd.DataFrame) -> None:
    """Open targets, then those that ran out, then what offices count themselves, folded away."""
    is_own = rows["rule"] == "own_data"
    for title, part in (
        ("rebasing.open_title", rows.loc[rows["is_open"] & ~is_own]),
        ("rebasing.closed_title", rows.loc[~rows["is_open"] & ~is_own]),
    ):
        if not part.empty:
            st.subheader(t(title))
            table(part)
    if is_own.any():
        with st.expander(t("rebasing.own_title", n=form.whole(is_own.sum()))):
            table(rows.loc[is_own])


def table(rows: pd.DataFrame) -> None:
    """Old target, proposal, what it asks for on the new base, and whether a document adopted it."""
    heads = [t("rebasing.col_old"), t("rebasing.col_new"), t("rebasing.col_required"),
             t("rebasing.col_state")]  # fmt: skip
    body = [tables.line(heads, _cells(row)) for _, row in rows.iterrows()]
    tables.table("rebasing", heads, body)


def _cells(row: pd.Series) -> list[str]:
    words, where = _old(row)
    return [
        f"<strong>{escape(words)}</strong>"
        f'<div class="small">{escape(where)} · {escape(str(row["document_number"]))}</div>',
        escape(_proposal(row)) + f'<div class="small">{escape(_years(row))}</div>',
        escape(_required(row)),
        escape(_state(row)),
    ]


def _old(row: pd.Series) -> tuple[str, str]:
    names = loaders.all_unit_names()
    said = {"unit": names[row["unit_id"]], "index": loaders.index_short(str(row["index_id"]))}
    lines = loaders.component_names(str(row["index_id"]), int(row["new_baseline"]))
    line = lines.get(str(row["component_id"]))
    # A target may name an index that the catalogue does not hold; its parts have no names then.
    where = t("rebasing.old_line", line=line, **said) if line else t("rebasing.old_index", **said)
    return sentences.target_words(row.to_dict()), where


def _proposal(row: pd.Series) -> str:
    key = {"scaled_gain": "rebasing.scale", "scaled_place": "rebasing.place"}.get(row["rule"])
    change = "" if key is None else t(
        key, amount=form.whole(row["amount"]), n_before=row["n_before"],
        new=form.whole(row["new_amount"]), n_now=row["n_now"],
    )  # fmt: skip
    return t(f"rebasing.rule.{row['rule']}", change=change)


def _years(row: pd.Series) -> str:
    said = {"base": row["new_baseline"], "first": row["new_first"]}
    if form.is_missing(row["new_last"]):
        return t("rebasing.years_open", **said)
    if row["new_last"] == row["new_first"]:
        return t("rebasing.year", **said)
    return t("rebasing.years", last=row["new_last"], **said)


def _required(row: pd.Series) -> str:
    if row["rule"] in ("own_data", "by_hand") or row["measure"] != "rank":
        return t("rebasing.required_none")
    if form.is_missing(row["base_place"]) or form.is_missing(row["required_place"]):
        return t("rebasing.required_waits", year=row["new_baseline"])
    place = form.place(row["base_place"], row["n_now"])
    return t("rebasing.required", base_place=place, required=row["required_place"])


def _state(row: pd.Series) -> str:
    if form.is_missing(row["number"]):
        return t("rebasing.proposed")
    day = form.day(row["issued_on"])
    return t("rebasing.replaced", number=row["number"], day=day, issuer=row["issuer"])


def adopt(rows: pd.DataFrame, unit_id: str) -> None:
    """The form that records which document sets which target anew."""
    if said := st.session_state.pop(SAID, ""):
        st.success(said)
    left = rows.loc[rows["number"].isna()]
    st.subheader(t("rebasing.form_title"))
    if left.empty:
        st.info(t("rebasing.all_done"))
        return
    named = {
        str(row["target_id"]): " · ".join(reversed(_old(row))) + f" · {row['document_number']}"
        for _, row in left.iterrows()
    }  # fmt: skip
    chosen = st.selectbox(
        t("rebasing.form_target"), list(named), key="rebasing_target",
        format_func=named.__getitem__,
    )  # fmt: skip
    row = left.loc[left["target_id"] == chosen].iloc[0]
    with st.form(f"rebasing_{chosen}"):
        typed = _fields(row)
        if not st.form_submit_button(t("rebasing.form_save"), type="primary"):
            return
    numbers = _numbers(typed)
    if numbers is None:
        return
    try:
        rebasing.adopt(
            store(), row.to_dict(), number=typed["number"], issued_on=typed["day"],
            issuer=typed["issuer"], title=typed["about"], clause=typed["clause"],
            by=who.actor(), **numbers,
        )  # fmt: skip
    except StoreError as fault:
        st.error(str(fault))
        return
    st.session_state[SAID] = t(
        "rebasing.saved", number=inert(typed["number"]),
        unit=loaders.all_unit_names()[unit_id],
    )  # fmt: skip
    st.rerun()


def _fields(row: pd.Series) -> dict[str, Any]:
    level, base, first, last = st.columns(4)
    number, day, issuer = st.columns([1, 1, 2])
    default = "" if form.is_missing(row["new_amount"]) else form.trimmed(row["new_amount"])
    return {
        "amount": level.text_input(t("rebasing.form_amount"), default),
        "baseline_edition": base.text_input(t("rebasing.form_base"), str(row["new_baseline"])),
        "first_edition": first.text_input(t("rebasing.form_first"), str(row["new_first"])),
        "last_edition": last.text_input(
            t("rebasing.form_last"),
            "" if form.is_missing(row["new_last"]) else str(row["new_last"]),
        ),
        "number": number.text_input(t("rebasing.form_number")),
        "day": day.date_input(t("rebasing.form_day"), value=None, max_value=today(),
                              format="DD/MM/YYYY"),
        "issuer": issuer.text_input(t("rebasing.form_issuer")),
        "about": st.text_input(t("rebasing.form_about")),
        "clause": st.text_area(t("rebasing.form_clause")),
    }  # fmt: skip


def _numbers(typed: dict[str, Any]) -> dict[str, Any] | None:
    """Level and years as numbers; a sentence instead where one is none."""
    found: dict[str, Any] = {}
    for name in ("amount", "baseline_edition", "first_edition", "last_edition"):
        text = str(typed[name]).strip().replace(",", ".")
        may_be_empty = name in ("amount", "last_edition")
        try:
            value = None if not text and may_be_empty else float(text)
            is_year = name != "amount"
            found[name] = int(value) if is_year and value is not None else value
            if is_year and value is not None and value != int(value):
                raise ValueError(text)
        except (ValueError, OverflowError):
            st.error(t("rebasing.form_bad_number", asked=inert(text)))
            return None
    return found


def adopted(rows: pd.DataFrame) -> None:
    """What was set anew, and the way back, with a reason."""
    ids = set(rows["record_id"].dropna())
    done = rebasing.adopted(store(), version=loaders.version().partition("@")[0])
    done = done.loc[done["record_id"].isin(ids)]
    if done.empty:
        return
    st.subheader(t("rebasing.adopted_title"))
    everything = loaders.catalogue().targets.set_index("target_id")
    names = loaders.all_unit_names()
    heads = [t("rebasing.col_new"), t("rebasing.col_document"), t("rebasing.col_saved")]
    lines = {}
    for _, row in done.iterrows():
        words = sentences.target_words(everything.loc[row["new_target_id"]].to_dict())
        said = t("rebasing.new_line", unit=names[row["unit_id"]], words=words)
        document = f"{row['number']} · {form.day(row['issued_on'])} · {row['issuer']}"
        saved = f"{row['saved_by']} · {form.day(row['saved_at'])}"
        lines[str(row["record_id"])] = [said, document, saved]
    tables.plain(heads, list(lines.values()))
    with st.expander(t("rebasing.revoke_title")), st.form("rebasing_revoke", clear_on_submit=True):
        record_id = st.selectbox(
            t("rebasing.adopted_title"), list(lines), format_func=lambda key: lines[key][0]
        )
        reason = st.text_input(t("rebasing.revoke_reason"))
        if not st.form_submit_button(t("rebasing.revoke_do")):
            return
        try:
            rebasing.revoke(store(), str(record_id), by=who.actor(), reason=reason)
        except StoreError as fault:
            st.error(str(fault))
            return
    st.session_state[SAID] = t("rebasing.revoked")
    st.rerun()
