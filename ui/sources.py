"""Where figures come from, how they are worked on, and what is missing, on screen."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics import holdings
from data import provenance
from locales import form, has, named, t
from ui import loaders, tables
from ui.choice import ALL, Choice

METHODS = Path(__file__).resolve().parents[1] / "docs" / "method"


@st.cache_data(max_entries=2, show_spinner=False)
def _sources(stamp: str) -> pd.DataFrame:
    return provenance.sources(version=stamp.partition("@")[0])


@st.cache_data(max_entries=2, show_spinner=False)
def _coverage(stamp: str) -> pd.DataFrame:
    _ = stamp
    return holdings.held_matrix(loaders.totals(), loaders.catalogue().editions)


def matrix(choice: Choice) -> None:
    """How many units' figures are held of every index and year."""
    rows = _coverage(loaders.version())
    rows = rows.loc[rows["published_on"] <= pd.Timestamp(choice.as_of)]
    entries = loaders.catalogue().indices
    if choice.index_id != ALL:
        entries = entries.loc[entries["index_id"] == choice.index_id]
    cells = {(row["index_id"], row["edition"]): row for _, row in rows.iterrows()}
    heads = [t("sources.col_year"), *entries["short"]]
    shown = rows.loc[rows["index_id"].isin(entries["index_id"])]
    body = []
    for year in sorted(shown["edition"].unique(), reverse=True):
        line = [str(year)]
        line += [_cell(cells.get((index_id, year))) for index_id in entries["index_id"]]
        body.append(tables.line(heads, line))
    tables.table("held", heads, body)


def _cell(row: Any) -> str:
    """Scores and places held, of how many; what is withheld; and when it came out."""
    if row is None:
        return f'<span class="small">{escape(t("sources.no_edition"))}</span>'
    of = form.NO_VALUE if form.is_missing(row["n_units"]) else int(row["n_units"])
    said = t("sources.held", scores=row["n_scores"], ranks=row["n_ranks"], of=of)
    notes = [t("sources.complete" if row["coverage"] == "complete" else "sources.partial")]
    if row["n_withheld"]:
        notes.append(t("sources.withheld", n=form.whole(row["n_withheld"])))
    key = "sources.out_approximate" if row["date_basis"] == "approximate" else "sources.out"
    notes.append(t(key, day=form.day(row["published_on"])))
    return f'{escape(said)}<div class="small">{escape("; ".join(notes))}</div>'


def finding(choice: Choice) -> str:
    """How many editions are whole, in part, and with an approximate date."""
    rows = _coverage(loaders.version())
    rows = rows.loc[rows["published_on"] <= pd.Timestamp(choice.as_of)]
    if choice.index_id != ALL:
        rows = rows.loc[rows["index_id"] == choice.index_id]
    return t(
        "sources.finding", n=len(rows), complete=int((rows["coverage"] == "complete").sum()),
        partial=int((rows["coverage"] != "complete").sum()),
        approximate=int((rows["date_basis"] == "approximate").sum()),
    )  # fmt: skip


def register(choice: Choice) -> None:
    """Every source with publisher, address, licence, date and how many figures it gave."""
    rows = _sources(loaders.version())
    if choice.index_id != ALL:
        rows = rows.loc[rows["index_id"] == choice.index_id]
    in_year = rows.loc[rows["edition"] == choice.edition]
    if in_year.empty:
        st.info(t("sources.year_none", year=choice.edition))
    else:
        n_sources = in_year["source_id"].nunique()
        with st.expander(t("sources.year_title", year=choice.edition, n=n_sources)):
            _table(in_year)
    with st.expander(t("sources.all_title", n=rows["source_id"].nunique())):
        _table(rows)


def _table(rows: pd.DataFrame) -> None:
    heads = [t("sources.col_source"), t("sources.col_gave"), t("sources.col_licence"),
             t("sources.col_published")]  # fmt: skip
    body = []
    for _, of in rows.groupby("source_id", sort=False):
        row = of.iloc[0]
        source = f"<b>{escape(str(row['title']))}</b>"
        source += f'<div class="small">{escape(str(row["producer"]))}</div>'
        for column in ("document", "url", "note"):
            if not form.is_missing(row[column]) and row[column] != row["producer"]:
                source += f'<div class="small wrap">{escape(str(row[column]))}</div>'
        gave = "<br>".join(escape(_gave(part)) for _, part in of.iterrows())
        licence = form.NO_VALUE if form.is_missing(row["licence"]) else str(row["licence"])
        out = _date(row["date_published"])
        body.append(tables.line(heads, [source, gave, escape(licence), escape(out)]))
    tables.table("sources", heads, body)


def _date(text: Any) -> str:
    """A date as the register writes it; a whole one in the form readers know."""
    if form.is_missing(text):
        return form.NO_VALUE
    written = str(text)
    return form.day(written) if re.fullmatch(r"\d{4}-\d\d-\d\d", written) else written


def _gave(row: Any) -> str:
    if form.is_missing(row["index_id"]):
        return t("sources.gave_none")
    short = loaders.index_short(str(row["index_id"]))
    return t("sources.gave", index=short, year=row["edition"], n=int(row["n_figures"]))


def methods() -> None:
    """Every method with what it does in a line; the formula stands in the page it names."""
    heads = [t("sources.col_method"), t("sources.col_page")]
    lines = []
    for path in sorted(METHODS.glob("*.md")):
        key = f"sources.method.{path.stem.replace('-', '_')}"
        if has(key):
            lines.append([t(key), f"docs/method/{path.name}"])
    tables.plain(heads, lines)


def gaps(choice: Choice) -> None:
    """Notes the catalogue keeps on single editions: who is missing and why."""
    editions = loaders.catalogue().editions
    rows = editions.loc[editions["note"].notna()]
    if choice.index_id != ALL:
        rows = rows.loc[rows["index_id"] == choice.index_id]
    rows = rows.sort_values(["edition", "index_id"], ascending=[False, True])
    items = "".join(
        f"<li><b>{escape(loaders.index_short(str(row['index_id'])))} {row['edition']}</b>: "
        f"{escape(str(row['note']))}</li>"
        for _, row in rows.iterrows()
    )
    st.html(f'<ul class="notes">{items}</ul>')


def publishers() -> str:
    """Who publishes which index."""
    rows = loaders.catalogue().indices
    return "; ".join(f"{row['short']}: {named(row, 'publisher')}" for _, row in rows.iterrows())
