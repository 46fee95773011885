"""The four indices side by side on screen: one theme a line, and what they say together."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import board, crosswalk
from analytics.crosswalk import AGREE_WITHIN, DISAGREE_FROM, Accord
from charts.crosswalk import theme_lines
from charts.tile_map import note_lines
from data import tiles as maps
from data.build import REFERENCE
from locales import form, named, t
from ui import download, loaders, tables
from ui.choice import ALL, Choice

OVERALL = "overall"


@st.cache_data(max_entries=4, show_spinner=False)
def _crosswalk(stamp: str) -> pd.DataFrame:
    _ = stamp
    ids = set(loaders.catalogue().components["component_id"])
    return maps.crosswalk(REFERENCE, sorted(ids))


@st.cache_data(max_entries=128, show_spinner=False)
def _components(stamp: str, choice: Choice) -> pd.DataFrame:
    rows = crosswalk.theme_standings(
        _crosswalk(stamp),
        board.published(loaders.knowledge_of(choice.unit_id), choice.as_of),
        unit_id=choice.unit_id,
        edition=choice.edition,
    )
    return board.with_names(rows.assign(edition=choice.edition), loaders.catalogue().components)


def components(choice: Choice) -> pd.DataFrame:
    """Components of every theme that existed in the year, with where the unit stands."""
    rows = _components(loaders.version(), choice)
    rows = rows.loc[rows["code"].notna()]
    return rows if choice.index_id == ALL else rows.loc[rows["theme_id"].isin(
        rows.loc[rows["index_id"] == choice.index_id, "theme_id"]
    )]  # fmt: skip


def by_index(rows: pd.DataFrame) -> pd.DataFrame:
    """One standing per theme and index, with what a pointer reads there."""
    made, parts = crosswalk.theme_indices(rows), _parts(rows)
    hovers = []
    for row in made.to_dict("records"):
        lines = [f"<b>{escape(loaders.index_short(str(row['index_id'])))}</b>"]
        of = parts.get((row["theme_id"], row["index_id"]), [])
        lines += [f"{escape(_name(part))}: {place(part)}" for part in of]
        if not form.is_missing(row["percentile"]):
            lines.append(t("four.hover", percentile=form.number(row["percentile"], 0)))
        hovers.append("<br>".join(lines))
    return made.assign(hover=hovers)


def _parts(rows: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Components by theme and index."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        found.setdefault((str(row["theme_id"]), str(row["index_id"])), []).append(row)
    return found


def place(row: Any) -> str:
    """The place with the number ranked, or why there is none."""
    if not form.is_missing(row["rank"]):
        return form.place(row["rank"], row["n_ranked"])
    state = "not_held" if form.is_missing(row["state"]) else str(row["state"])
    return t(f"map.state_{state}")


def _name(row: Any) -> str:
    if row["component_id"] == row["index_id"]:
        return t("gaps.total")
    return f"{row['code']}. {named(row, 'component')}"


def themes(rows: pd.DataFrame) -> dict[str, str]:
    """Names of the themes by id, in the order of the crosswalk."""
    return {
        str(row["theme_id"]): named(row, "theme")
        for _, row in rows.drop_duplicates("theme_id").iterrows()
    }


def finding(accord: pd.DataFrame, names: dict[str, str], choice: Choice) -> str:
    """On how many themes the indices agree, and where they lie furthest apart."""
    head = {"unit": choice.unit_name, "year": choice.edition}
    # The overall results measure different things: to set them apart would say little.
    rows = accord.loc[(accord["n_indices"] > 1) & (accord["theme_id"] != OVERALL)]
    if rows.empty:
        return t("four.finding_none", **head)
    n_agree = int((rows["accord"] == Accord.AGREE).sum())
    widest = rows.sort_values("spread", ascending=False).iloc[0]
    if widest["accord"] == Accord.AGREE:
        return t("four.finding_all", n=n_agree, **head)
    return t(
        "four.finding", n=n_agree, of=len(rows), theme=names[str(widest["theme_id"])],
        high=loaders.index_short(str(widest["highest"])),
        low=loaders.index_short(str(widest["lowest"])),
        spread=form.number(widest["spread"], 0), **head,
    )  # fmt: skip


def picture(rows: pd.DataFrame, made: pd.DataFrame, choice: Choice) -> None:
    """The themes as lines with a mark per index (`by_index`), and the finding above them."""
    accord = crosswalk.theme_accord(made)
    names = themes(rows)
    title = finding(accord, names, choice)
    entries = loaders.catalogue().indices
    figure = theme_lines(
        made,
        labels=list(names.items()),
        indices=list(zip(entries["index_id"], entries["short"], strict=True)),
        ends=(t("overview.axis_last"), t("overview.axis_middle"), t("overview.axis_first")),
        title=title,
        source=loaders.source_line(choice),
        key=note_lines(t("four.key")),
    )
    shorts = dict(zip(entries["index_id"], entries["short"], strict=True))
    download.chart(
        figure, name=f"four_{choice.unit_id}_{choice.edition}", alt=title,
        data=made.assign(
            theme=made["theme_id"].map(names), index=made["index_id"].map(shorts)
        )[["theme", "index", "percentile"]],
    )  # fmt: skip


def table(rows: pd.DataFrame, made: pd.DataFrame) -> None:
    """Every theme with the component of each index, its place, and what they say together."""
    accord, parts = crosswalk.theme_accord(made).set_index("theme_id"), _parts(rows)
    entries = loaders.catalogue().indices
    shorts = dict(zip(entries["index_id"], entries["short"], strict=True))
    heads = [t("four.col_theme"), *shorts.values(), t("four.col_accord")]
    body = []
    for theme_id, name in themes(rows).items():
        cells = [
            "".join(_component(part) for part in parts.get((theme_id, str(index_id)), []))
            for index_id in shorts
        ]
        row = accord.loc[theme_id]
        said = escape(t(f"four.accord_{row['accord']}"))
        if not form.is_missing(row["spread"]):
            spread = t("four.spread", spread=form.number(row["spread"], 0))
            said += f'<div class="small">{escape(spread)}</div>'
        body.append(tables.line(heads, [f"<b>{escape(name)}</b>", *cells, said]))
    tables.table("four", heads, body)


def _component(row: Any) -> str:
    """Place, name, how surely the component belongs to the theme, and why."""
    sure = t(f"four.confidence_{row['confidence']}")
    note = f"{named(row, 'note')} ({sure})"
    return (
        f"<div><b>{escape(place(row))}</b> {escape(_name(row))}"
        f'<div class="small">{escape(note)}</div></div>'
    )


def rule() -> str:
    """The rule of agreement in a sentence."""
    return t("four.rule", agree=form.trimmed(AGREE_WITHIN), disagree=form.trimmed(DISAGREE_FROM))
