"""The heat map on screen: its choices, the texts of its squares, and the same as a table."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import heat
from analytics.geography import GeographyMode
from charts.heat_map import heat_map
from charts.tile_map import note_lines
from locales import form, named, t
from ui import download, geography, loaders, picks, tables
from ui.choice import Choice

PRINTED = ("rank", "percentile", "score")
DEPTHS = ("components", "parts")
# What a telephone can show at a readable size; more on demand.
YEARS = ("8", "12", "20")


def options(choice: Choice) -> tuple[str, str, int]:
    """What is printed, how deep, and how many years; drawn side by side."""
    first, second, third = st.columns(3)
    printed = picks.picked(
        "printed", t("heat.choose_printed"), PRINTED, lambda code: t(f"heat.printed_{code}"),
        place=first,
    )  # fmt: skip
    parts = loaders.catalogue().components
    has_parts = ((parts["index_id"] == choice.index_id) & (parts["role"] == "subcomponent")).any()
    depth = DEPTHS[0]
    if has_parts:
        depth = picks.picked(
            "depth", t("heat.choose_depth"), DEPTHS, lambda code: t(f"heat.depth_{code}"),
            place=second,
        )  # fmt: skip
    n_years = picks.picked(
        "years", t("heat.choose_years"), YEARS, lambda n: t("heat.years", n=n), place=third
    )
    return printed, depth, int(n_years)


@st.cache_data(max_entries=128, show_spinner=False)
def _squares(stamp: str, choice: Choice, n_years: int, with_parts: bool) -> pd.DataFrame:
    _ = stamp
    return heat.heat_squares(
        loaders.knowledge_of(choice.unit_id),
        unit_id=choice.unit_id,
        index_id=choice.index_id,
        first=choice.edition - n_years + 1,
        last=choice.edition,
        as_of=pd.Timestamp(choice.as_of),
        with_parts=with_parts,
    )


# A resource, not data: one copy for all sessions. Frames are never changed in place.
@st.cache_resource(max_entries=64, show_spinner=False)
def _estimated(
    stamp: str, choice: Choice, n_years: int, depth: str, lines: tuple[str, ...]
) -> pd.DataFrame:
    _ = stamp
    known, roles = (
        loaders.knowledge_of_kind(choice.unit_id),
        heat.PARTS if depth == "parts" else heat.ROLES,
    )
    rows = known.tables.components
    is_asked = rows["component_id"].isin(lines) if lines else rows["role"].isin(roles)
    rows = rows.loc[(rows["index_id"] == choice.index_id) & is_asked]
    years = tuple(range(choice.edition - n_years + 1, choice.edition + 1))
    made = heat.estimated_squares(
        known, unit_id=choice.unit_id, index_id=choice.index_id,
        first=choice.edition - n_years + 1, last=choice.edition,
        as_of=pd.Timestamp(choice.as_of), with_parts=depth == "parts",
        fields={
            str(part): geography.field(
                choice, choice.unit_id, choice.index_id, str(part), years, is_one_field=False
            )
            for part in rows["component_id"].unique()
        },
    )  # fmt: skip
    # The picture shades by standing and the files tell an estimated place by its heading.
    is_guess = made["is_estimate"]
    for shown, guess in (("percentile", "estimated_percentile"), ("rank", "estimated_place"),
                         ("n_ranked", "n_common"), ("score", "estimated_score")):  # fmt: skip
        made[shown] = made[shown].astype("Float64").mask(is_guess, made[guess].astype("Float64"))
    return made


def squares(
    choice: Choice, printed: str, depth: str, n_years: int, mode: str = GeographyMode.PUBLISHED,
    *, lines: tuple[str, ...] = (),
) -> pd.DataFrame:  # fmt: skip
    """Squares with the text in each and what a pointer reads there; `lines` only, if any is given.

    Under the mode estimated, what `is_estimate` marks holds estimates in the columns that are
    drawn; text, title, file and hatching call them so.
    """
    if mode == GeographyMode.ESTIMATED:
        rows = _estimated(loaders.version(), choice, n_years, depth, lines).copy()
    else:
        rows = _squares(loaders.version(), choice, n_years, depth == "parts").assign(
            is_estimate=False
        )
    rows = rows.loc[rows["component_id"].isin(lines)].copy() if lines else rows
    rows["said"] = [_said(row, printed) for _, row in rows.iterrows()]
    rows["hover"] = [_hover(row) for _, row in rows.iterrows()]
    return rows


def _said(row: Any, printed: str) -> str:
    if printed == "rank" and form.is_missing(row["rank"]) and row["state"] == "outside_top":
        return form.places(row["rank_low"], row["rank_high"], 0).partition("/")[0]
    value = row[printed]
    if form.is_missing(value):
        return form.NO_VALUE
    said = form.number(value) if printed == "score" else str(round(float(value)))
    return f"≈{said}" if row["is_estimate"] else said


def _hover(row: Any) -> str:
    lines = [f"<b>{escape(label(row))}, {row['edition']}</b>"]
    if row["is_estimate"]:
        return "<br>".join([*lines, *map(escape, _estimate_words(row))])
    if not form.is_missing(row["rank"]):
        lines.append(t("heat.hover_rank", place=form.place(row["rank"], row["n_ranked"])))
        if row["rank_origin"] in ("computed", "derived", "listed"):
            lines.append(t(f"origin.{row['rank_origin']}"))
    else:
        lines.append(t(f"state.{row['state']}"))
    if not form.is_missing(row["percentile"]):
        said = form.number(row["percentile"], 0)
        lines.append(t("heat.hover_percentile", percentile=said))
    if not form.is_missing(row["score"]):
        most = form.trimmed(row["max_score"])
        lines.append(t("heat.hover_score", score=form.number(row["score"]), most=most))
    if row["step"] != "yes":
        lines.append(t(f"heat.step_{row['step']}"))
    return "<br>".join(lines)


def _estimate_words(row: Any) -> list[str]:
    """An estimate with its field and coverage, or why there is none."""
    if form.is_missing(row["rank"]):
        return [t(f"geography.reason.{row['reason']}") if row["reason"]
                else t("heat.not_measured")]  # fmt: skip
    return [
        t("heat.hover_estimate", place=int(row["rank"]), n=int(row["n_ranked"])),
        t("heat.hover_estimate_score", score=form.number(row["score"]),
          coverage=form.number(100 * row["coverage"], 1)),
    ]  # fmt: skip


def place(row: Any) -> str:
    """The place as published, as bounds, as an estimate, or why there is none."""
    if form.is_missing(row["rank"]):
        if row["is_estimate"]:
            return _estimate_words(row)[0]
        if row["state"] == "outside_top":
            return form.places(row["rank_low"], row["rank_high"], row["n_ranked"])
        return t(f"map.state_{row['state']}")
    if row["is_estimate"]:
        return t("merger.estimated", place=int(row["rank"]))
    return form.place(row["rank"], row["n_ranked"])


def label(row: Any) -> str:
    """Code and name as they read in the row's own edition."""
    if row["role"] == "total":
        return t("gaps.total")
    return f"{row['code']}. {named(row)}"


def labels(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Lines of the picture from the top, named as in their latest year shown."""
    latest = rows.sort_values("edition").drop_duplicates("component_id", keep="last")
    latest = latest.sort_values("order")
    return [(str(row["component_id"]), label(row)) for _, row in latest.iterrows()]


def finding(rows: pd.DataFrame, choice: Choice) -> str:
    """Which component stands best and worst in the year chosen."""
    index = loaders.index_short(choice.index_id)
    head = {"unit": choice.unit_name, "index": index, "year": choice.edition}
    now = rows.loc[(rows["edition"] == choice.edition) & (rows["role"] == "component")]
    known = now.loc[now["percentile"].notna()].sort_values("percentile", ascending=False)
    if len(known) < 2:
        n_known = int(rows["percentile"].notna().sum())
        return t("heat.finding_few", n=n_known, of=len(rows), **head)
    best, worst = known.iloc[0], known.iloc[-1]
    is_guess = bool(best["is_estimate"] or worst["is_estimate"])
    return t(
        "heat.finding_estimated" if is_guess else "heat.finding", best=label(best),
        worst=label(worst), best_place=place(best), worst_place=place(worst), **head,
    )  # fmt: skip


def picture(rows: pd.DataFrame, choice: Choice) -> None:
    """The heat map with its key."""
    title = finding(rows, choice)
    figure = heat_map(
        rows, labels=labels(rows), title=title, source=loaders.source_line(choice), key=key(rows)
    )
    download.chart(
        figure, name=f"heat_{choice.unit_id}_{choice.index_id}", alt=title, data=figures(rows)
    )


def key(rows: pd.DataFrame) -> list[str]:
    """What shade, hatching, signs and lines mean."""
    guesses = ["estimate"] if rows["is_estimate"].any() else []
    parts = ("shade", *guesses, "missing", "step_flag", "step_no")
    return [line for part in parts for line in note_lines(t(f"heat.key_{part}"))]


def figures(rows: pd.DataFrame) -> pd.DataFrame:
    """The squares for a file: one row per line and year, with the name of its own year."""
    columns = [
        "label",
        "edition",
        "rank",
        "n_ranked",
        "percentile",
        "score",
        "rank_origin",
        "state",
        "is_estimate",
    ]
    made = rows.assign(label=[label(row) for _, row in rows.iterrows()])
    return made.sort_values(["order", "edition"])[columns]


def as_table(rows: pd.DataFrame) -> None:
    """The squares as a table: one row per component, one column per year."""
    years = sorted(rows["edition"].unique(), reverse=True)
    heads = [t("heat.col_component"), *(str(year) for year in years)]
    said = rows.set_index(["component_id", "edition"])["said"].to_dict()
    lines = [
        [text, *(said.get((component_id, year), "") for year in years)]
        for component_id, text in labels(rows)
    ]
    tables.plain(heads, lines)
