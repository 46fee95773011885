"""The audit trail on the screen: search, page, before and after, and whether it is whole."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from data import accounts, audit
from data.store import Store, store
from locales import form, has, t
from locales.calendar import local_time
from ui import tables

ROWS = 50
ALL = ""


def chosen() -> tuple[pd.DataFrame, Store]:
    """The trail that was chosen, and the store it is in."""
    trails = {"figures": store()}
    kept = accounts.account_store()
    if kept.exists():
        trails["accounts"] = kept
    which = st.segmented_control(
        t("audit.which"), list(trails), default="figures", required=True,
        format_func=lambda name: t(f"audit.which_{name}"),
    )  # fmt: skip
    return _entries(which, trails[which].version()), trails[which]


@st.cache_data(max_entries=4, show_spinner=False)
def _entries(which: str, version: str) -> pd.DataFrame:
    kept = store() if which == "figures" else accounts.account_store()
    return audit.entries(kept, version=version)


def whole(trails: Store) -> None:
    """One sentence: every line holds, or where the first one does not."""
    breaks = audit.verify(trails)
    if breaks:
        st.error(t("audit.broken", number=breaks[0].number, n=len(breaks)))
    else:
        st.caption(t("audit.whole"))


def found(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines that match the words typed, the person and the action chosen."""
    first, second, third = st.columns([2, 1, 1])
    words = first.text_input(t("audit.words"), key="audit_words")
    person = second.selectbox(
        t("audit.person"), [ALL, *sorted(rows["by_name"].unique())],
        format_func=lambda name: name or t("audit.everybody"),
    )  # fmt: skip
    action = third.selectbox(
        t("audit.action"), [ALL, *sorted(rows["action"].unique())],
        format_func=lambda code: _action(code) if code else t("audit.everything"),
    )  # fmt: skip
    kept = rows
    if person:
        kept = kept.loc[kept["by_name"] == person]
    if action:
        kept = kept.loc[kept["action"] == action]
    for word in form.bare(words).split():
        is_in = _searched(kept)
        kept = kept.loc[is_in.str.contains(word, regex=False)]
    return kept


def _searched(rows: pd.DataFrame) -> pd.Series:
    columns = ["by_name", "action", "kind", "key", "before", "after", "reason"]
    lines = rows[columns].fillna("").itertuples(index=False)
    return pd.Series([form.bare(" ".join(line)) for line in lines], rows.index, dtype="str")


def shown(rows: pd.DataFrame) -> None:
    """One page of lines, newest first, and the one that was picked with before and after."""
    if rows.empty:
        st.info(t("audit.empty"))
        return
    n_pages = -(-len(rows) // ROWS)
    page = st.number_input(t("audit.page", n=n_pages), 1, n_pages) if n_pages > 1 else 1
    part = rows.iloc[(page - 1) * ROWS : page * ROWS]
    heads = [t(f"audit.head_{name}") for name in ("number", "when", "who", "what", "which", "why")]
    tables.plain(heads, [_cells(row) for row in part.to_dict("records")])
    number = st.selectbox(
        t("audit.open"), list(part["number"]), index=None, placeholder=t("audit.open_none")
    )
    if number is not None:
        _differences(part.loc[part["number"] == number].iloc[0])


def _cells(row: dict[Any, Any]) -> list[str]:
    return [
        str(row["number"]), local_time(row["made_at"]), str(row["by_name"]),
        f"{_action(str(row['action']))} · {_kind(str(row['kind']))}", str(row["key"]),
        str(row["reason"] or ""),
    ]  # fmt: skip


def _action(code: str) -> str:
    return t(f"audit.action_{code}") if has(f"audit.action_{code}") else code


def _kind(code: str) -> str:
    return t(f"audit.kind_{code}") if has(f"audit.kind_{code}") else code


def _differences(row: pd.Series) -> None:
    """Every field that is not the same before and after."""
    before, after = (
        json.loads(row[side]) if isinstance(row[side], str) else {} for side in ("before", "after")
    )
    fields = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    heads = [t("audit.head_field"), t("audit.head_before"), t("audit.head_after")]
    tables.plain(
        heads, [[name, _value(before.get(name)), _value(after.get(name))] for name in fields]
    )


def _value(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
