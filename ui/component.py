"""One line of an index in full: what it measures, its life, who answers, where the unit stands."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import heat as squares_of
from analytics.geography import GeographyMode
from charts.heat_map import heat_map
from data import teaching
from locales import form, language, named, t
from ui import download, geography, heat, loaders, tables
from ui import map as country
from ui.choice import Choice

WIDGET = "w_component"
N_YEARS = 8


def _periods(choice: Choice) -> pd.DataFrame:
    """Components of the index as they read in the year."""
    rows = loaders.catalogue().components
    last = rows["to_edition"].astype("Float64").fillna(float("inf"))
    return rows.loc[
        (rows["index_id"] == choice.index_id)
        & rows["role"].isin(squares_of.PARTS)
        & (rows["from_edition"] <= choice.edition)
        & (last >= choice.edition)
    ].sort_values("code")


def _open(component_id: str) -> None:
    st.session_state[WIDGET] = component_id


def _button(label: str, component_id: str, where: str) -> None:
    key = f"open_{where}_{component_id}"
    st.button(label, key=key, on_click=_open, args=(component_id,))


def breadcrumb(choice: Choice, component_id: str) -> None:
    """The way from the index down to this line; each step opens what it names."""
    rows = _periods(choice).set_index("component_id")
    above: list[str] = []
    parent = rows["parent_id"].get(component_id)
    while parent is not None and not pd.isna(parent):
        above.insert(0, str(parent))
        parent = rows["parent_id"].get(parent)
    if not above:
        return
    with st.container(horizontal=True):
        for step in above:
            label = (
                loaders.index_short(step) if step == choice.index_id
                else f"{rows.loc[step, 'code']}. {named(rows.loc[step])}"
            )  # fmt: skip
            _button(f"‹ {label}", step, "up")


def title(choice: Choice, component_id: str) -> str:
    """Code and name as they read in the year, with the index."""
    short = loaders.index_short(choice.index_id)
    names = loaders.component_names(choice.index_id, choice.edition)
    return short if component_id == choice.index_id else f"{names[component_id]} ({short})"


def facts(choice: Choice, component_id: str) -> None:
    """What is held about the line: meaning, maximum, who publishes, who answers."""
    rows = _periods(choice)
    now = rows.loc[rows["component_id"] == component_id].iloc[0]
    entries = loaders.catalogue().indices.set_index("index_id")
    entry = entries.loc[choice.index_id]
    most = t("component.max_unknown") if form.is_missing(now["max_score"]) else t(
        "component.max", points=form.trimmed(now["max_score"])
    )  # fmt: skip
    pairs = [
        (t("component.fact_definition"), _meaning(component_id)),
        (t("component.fact_why"), named(entry, "why_it_matters")),
        (t("component.fact_max"), most),
        (t("component.fact_publisher"), named(entry, "publisher")),
        (t("component.fact_source"), form.NO_VALUE if form.is_missing(now["source"])
         else str(now["source"])),
        (t("component.fact_agency"), _agencies(choice, component_id)),
    ]  # fmt: skip
    if not form.is_missing(now["note"]):
        pairs.append((t("component.fact_note"), str(now["note"])))
    heads = [t("component.col_fact"), t("component.col_value")]
    # On a telephone the name of each fact is the head of its card; no cell needs another.
    tables.table("facts", heads, [
        tables.line(["", ""], [f"<strong>{escape(name)}</strong>", escape(value)])
        for name, value in pairs
    ])  # fmt: skip


def _meaning(component_id: str) -> str:
    """What the line measures and what that sentence rests on."""
    meaning = teaching.meanings().get(component_id)
    if meaning is None:
        return t("component.definition_none")
    basis = getattr(meaning.basis, language())
    return t("component.definition", meaning=getattr(meaning, language()), basis=basis)


def _agencies(choice: Choice, component_id: str) -> str:
    """Who leads the targets that the unit's documents set on this line for the year."""
    rows = loaders.catalogue().targets
    last = rows["last_edition"].astype("Float64").fillna(float("inf"))
    first = rows["first_edition"].astype("Float64").fillna(float("-inf"))
    own = rows.loc[
        (rows["unit_id"] == choice.unit_id)
        & (rows["component_id"] == component_id)
        & (first <= choice.edition)
        & (last >= choice.edition)
        & rows["lead_agency"].notna()
    ].drop_duplicates(["lead_agency", "document_number"])
    if own.empty:
        return t("component.agency_none", unit=choice.unit_name)
    return "; ".join(
        t("component.agency", agency=row["lead_agency"], document=row["document_number"])
        for _, row in own.iterrows()
    )


def parts(choice: Choice, component_id: str, squares: dict[str, pd.DataFrame]) -> None:
    """What the line is made of, each opened by its button, with where the units stand on it.

    `squares` of every unit shown, by its name (see `squares`).
    """
    rows = _periods(choice)
    inside = rows.loc[rows["parent_id"] == component_id]
    if inside.empty:
        st.caption(t("component.parts_none"))
        return
    places = {name: _places(rows, choice.edition) for name, rows in squares.items()}
    for _, row in inside.iterrows():
        said = {name: of.get(row["component_id"], form.NO_VALUE) for name, of in places.items()}
        where = " · ".join(
            said.values() if len(said) == 1 else (f"{name} {place}" for name, place in said.items())
        )
        _button(f"{row['code']}. {named(row)} · {where} ›", str(row["component_id"]), "down")


def squares(choice: Choice, component_id: str, mode: str) -> pd.DataFrame:
    """Squares of a line and of what it is made of."""
    rows = loaders.catalogue().components
    inside = rows.loc[(rows["parent_id"] == component_id) & rows["role"].isin(squares_of.PARTS)]
    lines = (component_id, *inside["component_id"].drop_duplicates())
    return heat.squares(choice, "rank", "parts", N_YEARS, mode, lines=lines)


def _places(rows: pd.DataFrame, edition: int) -> dict[str, str]:
    """Places of one unit on what a line is made of in the year, by component_id."""
    rows = rows.loc[rows["edition"] == edition]
    return {str(row["component_id"]): heat.place(row) for _, row in rows.iterrows()}


def everyone(choice: Choice, component_id: str, mode: str) -> None:
    """All units on the line: those of the year, or, estimated, those of today."""
    is_guess = mode == GeographyMode.ESTIMATED and country.can_estimate(choice)
    choice = geography.measured(choice, mode) if is_guess else choice
    key = "component.units_estimated" if is_guess else "component.units_title"
    with st.expander(t(key, year=choice.edition)):
        if is_guess:
            st.caption(t("map.note_estimated"))
            country.listed(country.estimated(choice, component_id, "rank"))
        else:
            country.listed(country.values(choice, component_id, "rank"))


def history(choice: Choice, component_id: str, rows: pd.DataFrame) -> None:
    """Places of the line and of what it is made of over the years, as a picture and a table."""
    if component_id == choice.index_id:
        rows = rows.loc[rows["component_id"] == component_id]
    own = rows.loc[rows["component_id"] == component_id]
    if not own["rank"].notna().any():
        st.info(t("component.history_none", unit=choice.unit_name))
        return
    words = _finding(own, choice, component_id)
    figure = heat_map(
        rows, labels=heat.labels(rows), title=words, source=loaders.source_line(choice),
        key=heat.key(rows),
    )  # fmt: skip
    download.chart(
        figure, name=f"component_{choice.unit_id}_{component_id}", alt=words,
        data=heat.figures(rows),
    )  # fmt: skip
    heads = [t("component.col_year"), t("component.col_place"), t("component.col_score"),
             t("component.col_step")]  # fmt: skip
    lines = [
        [str(row["edition"]), heat.place(row), _points(row), _step(row)]
        for _, row in own.sort_values("edition", ascending=False).iterrows()
    ]
    tables.plain(heads, lines)


def _finding(own: pd.DataFrame, choice: Choice, component_id: str) -> str:
    known = own.loc[own["rank"].notna()]
    best, worst = known.loc[known["rank"].idxmin()], known.loc[known["rank"].idxmax()]
    is_guess = bool(best["is_estimate"] or worst["is_estimate"])
    return t(
        "component.finding_estimated" if is_guess else "component.finding",
        unit=choice.unit_name, line=title(choice, component_id), best=heat.place(best),
        best_year=best["edition"], worst=heat.place(worst), worst_year=worst["edition"],
    )  # fmt: skip


def _points(row: Any) -> str:
    """Points of a year; an estimated figure with its sign."""
    said = form.number(row["score"])
    return f"≈ {said}" if row["is_estimate"] and not form.is_missing(row["score"]) else said


def _step(row: Any) -> str:
    return "" if row["step"] == "yes" else t(f"heat.step_{row['step']}")


def lineage(component_id: str) -> None:
    """The life of the line: every period with code, name, maximum and what changed."""
    rows = loaders.catalogue().components
    own = rows.loc[rows["component_id"] == component_id].sort_values("from_edition")
    breaks = loaders.catalogue().breaks
    heads = [t("component.col_period"), t("component.col_code"), t("component.col_name"),
             t("component.col_max"), t("component.col_changed")]  # fmt: skip
    body = []
    for _, row in own.iterrows():
        to_edition = t("component.now") if form.is_missing(row["to_edition"]) else str(
            int(row["to_edition"])
        )  # fmt: skip
        said = [t(f"component.relation_{word}") for word in str(row["relation"]).split(";")]
        cell = f"<div>{escape('; '.join(said))}</div>"
        if not form.is_missing(row["note"]):
            cell += f'<div class="small">{escape(str(row["note"]))}</div>'
        body.append(
            tables.line(
                heads,
                [
                    f"{row['from_edition']}–{escape(to_edition)}", escape(str(row["code"])),
                    escape(named(row)), escape(form.trimmed(row["max_score"])), cell,
                ],
            )
        )  # fmt: skip
    tables.table("component", heads, body)
    steps = breaks.loc[breaks["component_id"] == component_id].sort_values("edition")
    if steps.empty:
        return
    notes = "".join(
        f"<li>{escape(t('component.break', year=row['edition'], note=named(row, 'note')))}</li>"
        for _, row in steps.drop_duplicates(["edition", "kind"]).iterrows()
    )
    st.html(f'<ul class="notes">{notes}</ul>')
