"""The accounts of an office on the screen of its administrator."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import accounts, queries
from data.actors import Role
from data.store import Store, StoreError, store
from locales import form, t
from ui import tables, who
from ui.gate import access

SAID = "account_said"


def kept() -> Store:
    """The store of accounts."""
    return accounts.account_store()


def mode() -> None:
    """How people come in now, and what to do to change it."""
    st.info(t(f"accounts.mode_{access()}"))
    if said := st.session_state.pop(SAID, None):
        st.success(said)


def listed() -> pd.DataFrame:
    """Accounts, or an empty frame where there is none."""
    columns = ["name", "full_name", "role", "agency_id", "email", "is_disabled", "locked_until"]
    return accounts.accounts(kept()) if kept().exists() else pd.DataFrame(columns=columns)


def table(rows: pd.DataFrame) -> None:
    """Every account with its role, agency and state."""
    if rows.empty:
        st.caption(t("accounts.none"))
        return
    heads = [t(f"accounts.head_{name}") for name in ("name", "full", "role", "agency", "state")]
    names = agencies()
    tables.plain(heads, [
        [
            str(row["name"]), str(row["full_name"]), t(f"role.{row['role']}"),
            names.get(str(row["agency_id"]), "") if pd.notna(row["agency_id"]) else "",
            t("accounts.closed") if row["is_disabled"] else t("accounts.open"),
        ]
        for row in rows.to_dict("records")
    ])  # fmt: skip


def agencies() -> dict[str, str]:
    """Names of the agencies an account may be bound to, by id."""
    rows = queries.agencies(version=store().version())
    names = {str(row["agency_id"]): str(row["name_vi"]) for row in rows.to_dict("records")}
    return dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))


def add() -> None:
    """The form for a new account."""
    names = agencies()
    with st.form("account_add", clear_on_submit=True):
        name = st.text_input(t("accounts.head_name"), max_chars=accounts.NAME_LENGTH)
        full_name = st.text_input(t("accounts.head_full"), max_chars=120)
        role = st.selectbox(t("accounts.head_role"), list(Role), format_func=_role)
        agency = st.selectbox(
            t("accounts.head_agency"), ["", *names],
            format_func=lambda key: names.get(key, t("accounts.whole")),
        )  # fmt: skip
        email = st.text_input(t("accounts.email"), max_chars=200)
        if not st.form_submit_button(t("accounts.add"), type="primary"):
            return
    try:
        password = accounts.add(
            kept(), name=name, full_name=full_name, role=role, agency_id=agency or None,
            email=email or None, by=who.actor(),
        )  # fmt: skip
    except StoreError as fault:
        st.error(str(fault))
        return
    _first_password(name.strip().casefold(), password)


def _first_password(name: str, password: str) -> None:
    """A password that is shown once; at once, because the first account ends this very session."""
    st.success(t("accounts.first_password", name=name))
    st.code(password, language=None)


def change(rows: pd.DataFrame) -> None:
    """Another role, closing, opening, and a new first password."""
    if rows.empty:
        return
    name = st.selectbox(t("accounts.which"), list(rows["name"]), key="account_which")
    row = rows.loc[rows["name"] == name].iloc[0]
    roles = list(Role)
    role = st.selectbox(
        t("accounts.head_role"), roles, index=roles.index(Role(row["role"])), format_func=_role,
        key=f"account_role_{name}",
    )  # fmt: skip
    left, middle, right = st.columns(3)
    is_closed = bool(row["is_disabled"])
    try:
        if left.button(t("accounts.save_role"), disabled=role == row["role"]):
            accounts.change(kept(), name, by=who.actor(), role=role)
            _done(t("accounts.changed", name=name))
        if middle.button(t("accounts.do_open" if is_closed else "accounts.do_close")):
            accounts.change(kept(), name, by=who.actor(), is_disabled=not is_closed)
            _done(t("accounts.changed", name=name))
        if right.button(t("accounts.reset")):
            _first_password(name, accounts.reset(kept(), name, by=who.actor()))
    except StoreError as fault:
        st.error(str(fault))


def _done(sentence: str) -> None:
    st.session_state[SAID] = sentence
    st.rerun()


def _role(role: Role) -> str:
    return t(f"role.{role}")
