"""The map on screen: values of the units, their tiles or true shapes, and the slot for these."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics import board, map_values, merger
from analytics.geography import GeographyMode
from analytics.map_values import Measure
from charts.shape_map import shape_map
from charts.tile_map import class_colours, legend_line, note_lines, tile_map
from data import tiles as maps
from data.actors import NotAllowed, may
from data.build import REFERENCE
from data.store import StoreError, store
from locales import form, t
from ui import download, geography, loaders, picks, tables, who
from ui.choice import Choice

ROMAN = ("I", "II", "III", "IV", "V")
MARKS = {"withheld": "×"}
TILES, TRUE = "tiles", "shapes"
PUBLISHED, ESTIMATED = GeographyMode.PUBLISHED.value, GeographyMode.ESTIMATED.value
# Rows at either end of the short list.
ENDS = 5


# ---------------------------------------------------------------------------------- reading


@st.cache_resource(show_spinner=False)
def _tiles() -> pd.DataFrame:
    return maps.tiles(REFERENCE, loaders.register())


# A resource: outlines are large and never changed in place.
@st.cache_resource(max_entries=4, show_spinner=False)
def _shapes(stamp: str, units_of: str) -> maps.Shapes | str | None:
    """The true shapes, or the sentence that says why the file that is there cannot be used."""
    if not stamp:
        return None
    try:
        return maps.shapes(store(), units_of, reference=REFERENCE, register=loaders.register())
    except StoreError as fault:
        return str(fault)


def shapes(units_of: str) -> maps.Shapes | str | None:
    """The true shapes in use, a sentence about a file that cannot be used, or None."""
    return _shapes(maps.stamp(store(), units_of), units_of)


@st.cache_data(max_entries=128, show_spinner=False)
def _values(stamp: str, choice: Choice, component_id: str, measure: str) -> pd.DataFrame:
    _ = stamp
    known = loaders.knowledge_of_kind(choice.unit_id)
    return map_values.map_values(
        board.published(known, choice.as_of),
        list(loaders.unit_names(choice.edition)),
        component_id=component_id,
        edition=choice.edition,
        baseline=choice.baseline,
        measure=measure,
        groups=known.groups,
    )


def values(choice: Choice, component_id: str, measure: str) -> pd.DataFrame:
    """Value and class of every unit the year's map has a place for, with texts."""
    rows = _values(loaders.version(), choice, component_id, measure)
    # Hà Tây keeps no tile on the map of the years after it.
    grid = _tiles()
    rows = rows.loc[rows["unit_id"].isin(grid["unit_id"])].copy()
    names = loaders.unit_names(choice.edition)
    rows["name"] = rows["unit_id"].map(names)
    rows["said"] = [_said(row, measure) for _, row in rows.iterrows()]
    rows["hover"] = [_hover(row, choice) for _, row in rows.iterrows()]
    rows["is_own"] = rows["unit_id"] == choice.unit_id
    return rows


def _said(row: Any, measure: str) -> str:
    """The value as it stands on a tile; a sign where there is none."""
    if form.is_missing(row["value"]):
        if measure == Measure.RANK and row["state"] == "outside_top":
            return form.places(row["rank_low"], row["rank_high"], 0).partition("/")[0]
        return MARKS.get(str(row["state"]), form.NO_VALUE)
    if measure == Measure.GAIN:
        sign = "▲" if row["value"] > 0 else "▼" if row["value"] < 0 else ""
        return f"{sign}{abs(int(row['value']))}"
    if measure == Measure.GROUP:
        return ROMAN[int(row["value"]) - 1]
    return form.number(row["value"]) if measure == Measure.SCORE else str(int(row["value"]))


def _hover(row: Any, choice: Choice) -> str:
    """Every figure held of one unit, line by line."""
    lines = [f"<b>{escape(str(row['name']))}</b>"]
    if form.is_missing(row["rank"]):
        if row["state"] == "outside_top":
            low_high = form.places(row["rank_low"], row["rank_high"], row["n_ranked"])
            lines.append(escape(t("map.hover_bounds", places=low_high)))
        else:
            lines.append(escape(t(f"state.{row['state']}")))
    else:
        place = form.place(row["rank"], row["n_ranked"])
        lines.append(escape(t("map.hover_rank", year=choice.edition, place=place)))
        if row["rank_origin"] in ("computed", "derived", "listed"):
            lines.append(escape(t(f"origin.{row['rank_origin']}")))
    if not form.is_missing(row["score"]):
        lines.append(escape(t("map.hover_score", score=form.number(row["score"]))))
    if not form.is_missing(row["rank_baseline"]):
        before = form.place(row["rank_baseline"], row["n_ranked_baseline"])
        lines.append(escape(t("map.hover_rank", year=choice.baseline, place=before)))
        if not form.is_missing(row["rank_gain"]):
            lines.append(escape(form.gain(row["rank_gain"])))
    return "<br>".join(lines)


@st.cache_data(max_entries=64, show_spinner=False)
def _estimates(stamp: str, choice: Choice, component_id: str, asked_on: date) -> pd.DataFrame:
    _ = stamp
    return merger.estimates(
        loaders.knowledge_of_kind(choice.unit_id),
        index_id=choice.index_id,
        baseline=choice.baseline,
        edition=choice.edition,
        asked_on=asked_on,
        component_id=component_id,
        as_of=choice.as_of,
    )


def estimated(choice: Choice, component_id: str, measure_: str) -> pd.DataFrame:
    """The units of today with estimated places, in the columns of `values`; never official."""
    units = loaders.catalogue().units
    today = units.loc[units["geography"] == _today()]
    first_day = pd.to_datetime(today["valid_from"]).max().date()
    made = _estimates(loaders.version(), choice, component_id, first_day)
    rows = made.assign(
        rank=made["estimated_place"].astype("Float64").astype("Int64"),
        n_ranked=made["n_common"].astype("Int64"),
        score=made["estimated_score"].astype("Float64"),
        rank_gain=made["estimated_gain"].astype("Float64").astype("Int64"),
        rank_low=pd.NA,
        rank_high=pd.NA,
        state="not_held",
        name=made["unit_id"].map(loaders.all_unit_names()),
        is_own=made["unit_id"] == geography.subject(choice.unit_id).present_id,
    )
    if measure_ == Measure.GAIN:
        rows["value"] = rows["rank_gain"].astype("Float64")
        rows["class"] = map_values.gain_class(rows["rank_gain"])
    else:
        rows["value"] = rows["rank"].astype("Float64")
        rows["class"] = map_values.rank_class(rows["rank"], rows["n_ranked"])
    texts = [_said(row, measure_) for _, row in rows.iterrows()]
    rows["said"] = [
        f"≈{text}" if not form.is_missing(value) else text
        for text, value in zip(texts, rows["value"], strict=True)
    ]
    rows["hover"] = [_estimated_hover(row) for _, row in rows.iterrows()]
    return rows


def _today() -> str:
    """The geography in force today."""
    return str(loaders.register().geographies[-1])


def _estimated_hover(row: Any) -> str:
    lines = [f"<b>{escape(str(row['name']))}</b>", escape(t("map.estimated"))]
    if form.is_missing(row["rank"]):
        lines.append(escape(t("map.state_not_held")))
    else:
        place = form.place(row["rank"], row["n_ranked"])
        lines.append(escape(t("map.hover_estimated", place=place)))
        bounds = form.places(row["place_low"], row["place_high"], row["n_ranked"])
        lines.append(escape(t("map.hover_bounds", places=bounds)))
        lines.append(escape(form.gain(row["rank_gain"])))
    return "<br>".join(lines)


def mode(choice: Choice) -> str:
    """Whether the map shows the units of the year or, estimated, those of today."""
    is_choice = can_estimate(choice)
    return geography.mode(choice, options=(PUBLISHED, ESTIMATED)) if is_choice else PUBLISHED


def can_estimate(choice: Choice) -> bool:
    """Whether figures of other units than today's, of a year after the base, can be regrouped.

    Of a year of today's units there is nothing to estimate once its edition is out.
    """
    if choice.baseline >= choice.edition or loaders.geography(choice.baseline) == _today():
        return False
    rows = loaders.catalogue().editions
    is_out = pd.to_datetime(rows["published_on"]) <= pd.Timestamp(choice.as_of)
    out = set(rows.loc[is_out & (rows["index_id"] == choice.index_id), "edition"])
    if loaders.geography(choice.edition) != _today():
        return True
    return choice.edition not in out and bool(out & set(range(choice.baseline + 1, choice.edition)))


def line_name(choice: Choice, component_id: str) -> str:
    """The index in speech, or its component with the index behind it."""
    short = loaders.index_short(choice.index_id)
    if component_id == choice.index_id:
        return short
    names = loaders.component_names(choice.index_id, choice.edition)
    return f"{names[component_id]} ({short})"


# ---------------------------------------------------------------------------------- choices


def measure(choice: Choice, component_id: str, mode_: str) -> str:
    """What the map is coloured by; groups exist of the index alone, estimates are places."""
    options = [Measure.RANK.value, Measure.GAIN.value]
    if mode_ == ESTIMATED:
        return picks.picked(
            "measure", t("map.choose_measure"), options, lambda code: t(f"map.measure_{code}")
        )
    options.append(Measure.SCORE.value)
    groups = loaders.knowledge_of_kind(choice.unit_id).groups
    of_year = (groups["index_id"] == component_id) & (groups["edition"] == choice.edition)
    if of_year.any():
        options.append(Measure.GROUP.value)
    return picks.picked(
        "measure", t("map.choose_measure"), options, lambda code: t(f"map.measure_{code}")
    )


# ----------------------------------------------------------------------------------- showing


def finding(
    rows: pd.DataFrame, choice: Choice, line: str, measure_: str, mode_: str = PUBLISHED
) -> str:
    """The sentence above the map."""
    if mode_ == ESTIMATED:
        own = rows.loc[rows["is_own"]].iloc[0]
        key_ = "map.finding_estimated_none" if form.is_missing(own["rank"]) else (
            "map.finding_estimated"
        )  # fmt: skip
        return t(
            key_, line=line, year=choice.edition, unit=own["name"], of=len(rows),
            place=form.place(own["rank"], own["n_ranked"]), n=int(rows["rank"].notna().sum()),
        )  # fmt: skip
    n_valued = int(rows["value"].notna().sum())
    head = {"line": line, "year": choice.edition, "unit": choice.unit_name}
    if not n_valued:
        return t("map.finding_none", **head)
    own = rows.loc[rows["is_own"]].iloc[0]
    if measure_ == Measure.GAIN:
        up, down = int((rows["value"] > 0).sum()), int((rows["value"] < 0).sum())
        return t(
            "map.finding_gain", up=form.whole(up), down=form.whole(down),
            same=form.whole(n_valued - up - down), baseline=choice.baseline,
            own=form.gain(own["rank_gain"]), **head,
        )  # fmt: skip
    if form.is_missing(own["rank"]):
        return t("map.finding_no_own", n=n_valued, of=len(rows), **head)
    place = form.place(own["rank"], own["n_ranked"])
    return t("map.finding_rank", place=place, n=n_valued, of=len(rows), **head)


def key(rows: pd.DataFrame, choice: Choice, measure_: str) -> list[str]:
    """What colours and marks mean, two entries a line."""
    entries = _class_entries(rows, choice, measure_)
    lines = ["   ".join(entries[at : at + 2]) for at in range(0, len(entries), 2)]
    if rows["class"].isna().any():
        lines += note_lines(f"▨ {t('map.key_none')}")
        lines += note_lines(t("map.key_marks"))
    return lines


def _class_entries(rows: pd.DataFrame, choice: Choice, measure_: str) -> list[str]:
    if measure_ == Measure.GAIN:
        colours = class_colours(7)
        return [legend_line(colours[at], t(f"map.gain_{at}")) for at in range(7)]
    if measure_ == Measure.GROUP:
        bounds = loaders.outline().bounds
        of_year = bounds.loc[
            (bounds["index_id"] == choice.index_id) & (bounds["edition"] == choice.edition)
        ].sort_values("sort")
        colours = class_colours(n_classes(choice, measure_))
        names = of_year["name_vi" if form.is_vi() else "name_en"]
        return [legend_line(colours[at], f"{ROMAN[at]}: {name}") for at, name in enumerate(names)]
    colours = class_colours(5)
    if measure_ == Measure.SCORE:
        return [legend_line(colours[at], t(f"map.fifth_{at}")) for at in range(5)]
    n_ranked = rows["n_ranked"].dropna()
    if not len(n_ranked):
        return []
    return [
        legend_line(colours[at], t("map.places", low=low, high=high))
        for at, (low, high) in enumerate(map_values.rank_class_bounds(int(n_ranked.max())))
    ]


def n_classes(choice: Choice, measure_: str) -> int:
    """How many classes the colours tell apart."""
    if measure_ == Measure.GAIN:
        return 7
    if measure_ == Measure.GROUP:
        bounds = loaders.outline().bounds
        of_year = (bounds["index_id"] == choice.index_id) & (bounds["edition"] == choice.edition)
        return 4 if int(of_year.sum()) <= 4 else 5
    return 5


def picture(rows: pd.DataFrame, choice: Choice, line: str, measure_: str, mode_: str) -> None:
    """The map: true shapes where an office handed them in and the reader wants them, else tiles."""
    units_of = _today() if mode_ == ESTIMATED else loaders.geography(choice.edition)
    held = shapes(units_of)
    if isinstance(held, str):
        st.warning(held)
    view = TILES
    if isinstance(held, maps.Shapes):
        view = picks.picked(
            "view", t("map.choose_view"), [TRUE, TILES], lambda code: t(f"map.view_{code}")
        )
    grid = _tiles().loc[_tiles()["geography"] == units_of]
    said = {
        "n_classes": n_classes(choice, measure_),
        "title": finding(rows, choice, line, measure_, mode_),
        "source": f"{loaders.source_line(choice)} {t('map.note_' + view)}",
        "key": [*(note_lines(f"▦ {t('map.key_estimated')}") if mode_ == ESTIMATED else []),
                *key(rows, choice, measure_)],
    }  # fmt: skip
    figure: go.Figure
    if isinstance(held, maps.Shapes) and view == TRUE:
        spots = grid.loc[grid["kind"] == maps.UNIT, ["unit_id", "lon", "lat"]]
        figure = shape_map(rows.merge(spots, on="unit_id"), held.rings, **said)
    else:
        figure = tile_map(_on_grid(rows, grid), is_estimate=mode_ == ESTIMATED, **said)
    columns = ["label", "rank", "n_ranked", "rank_gain", "score", "rank_origin", "is_estimate"]
    data = rows.assign(label=rows["name"], is_estimate=mode_ == ESTIMATED)
    download.chart(
        figure, name=f"map_{choice.index_id}_{choice.edition}", alt=str(said["title"]),
        data=data.reindex(columns=columns).sort_values("rank"),
    )  # fmt: skip


def _on_grid(rows: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """One row per tile; an archipelago has the colour of its province and says whose it is."""
    placed = grid.merge(rows, on="unit_id", how="inner", validate="many_to_one")
    is_island = placed["kind"] == maps.ARCHIPELAGO
    short = placed["name_vi"].map(_plain)
    placed["label"] = [_two_lines(name) for name in short]
    placed["said"] = placed["said"].mask(is_island, "")
    of = placed.loc[is_island, "name"].map(lambda name: f"({name})")
    placed.loc[is_island, "label"] = short[is_island] + "\n" + of
    placed.loc[is_island, "is_own"] = False
    whole = short[is_island] + " " + of
    placed.loc[is_island, "hover"] = (
        "<b>" + whole.map(escape) + "</b><br>" + placed.loc[is_island, "hover"]
    )
    return placed


def _plain(name: str) -> str:
    """A Vietnamese name as the language in use writes it."""
    return name if form.is_vi() else form.unmarked(name)


def _two_lines(name: str) -> str:
    """A name broken near its middle."""
    head, _, tail = name.rpartition(" ")
    return f"{head}\n{tail}" if head and len(name) > 5 else name


def ends(rows: pd.DataFrame) -> None:
    """First and last of the list, and the unit itself wherever it stands."""
    known = rows.loc[rows["rank"].notna()].sort_values(["rank", "score"], ascending=[True, False])
    is_end = known["unit_id"].isin([*known["unit_id"].head(ENDS), *known["unit_id"].tail(ENDS)])
    if known.empty:
        st.info(t("map.list_empty"))
        return
    listed(known.loc[is_end | known["is_own"]])


def listed(rows: pd.DataFrame) -> None:
    """The same values as a table, best first, for readers who do not see the map.

    Estimates stand in the order of the alphabet: by place they would read as a league table.
    """
    is_guess = "estimated_place" in rows
    columns = ("merger.axis", "merger.col_gain", "map.col_score_estimated") if is_guess else \
        ("map.col_rank", "map.col_change", "map.col_score")  # fmt: skip
    heads = [t("map.col_unit"), *(t(key) for key in columns)]
    ordered = rows.sort_values("name", key=lambda names: names.map(form.sort_key)) if is_guess \
        else rows.assign(_none=rows["rank"].isna()).sort_values(
            ["_none", "rank", "score"], ascending=[True, True, False]
        )  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                escape(str(row["name"])),
                escape(_place(row)),
                _moved(row) if is_guess else tables.change(row["rank_gain"]),
                escape(form.number(row["score"])),
            ],
            is_total=bool(row["is_own"]),
        )
        for _, row in ordered.iterrows()
    ]
    tables.table("map", heads, body)


def _moved(row: Any) -> str:
    """An estimated change has no arrow and no colour of an official one."""
    return escape(form.estimated_gain(row["rank_gain"]))


def _place(row: Any) -> str:
    if not form.is_missing(row["rank"]):
        if "estimated_place" in row.index:
            return t("merger.estimated", place=int(row["rank"]))
        return form.place(row["rank"], row["n_ranked"])
    if row["state"] == "outside_top":
        return form.places(row["rank_low"], row["rank_high"], row["n_ranked"])
    return t(f"map.state_{row['state']}")


# ------------------------------------------------------------------------------------ the slot


def slot(choice: Choice, mode_: str) -> None:
    """Where an office hands in the ministry's GeoJSON, or takes it back."""
    units_of = loaders.geography(choice.edition) if mode_ == PUBLISHED else _today()
    actor = who.actor()
    with st.expander(t("map.slot_title")):
        st.write(t("map.slot_text", file=f"{units_of}.geojson"))
        if said := st.session_state.pop("map_said", None):
            st.success(said)
        if not may(actor, maps.MapShapes.action):
            st.info(t("map.slot_not_allowed"))
            return
        handed = st.file_uploader(t("map.slot_file"), type=["geojson", "json"], key="w_map_file")
        if handed and st.button(t("map.slot_save"), type="primary"):
            try:
                maps.save_shapes(
                    store(), handed.getvalue(), units_of, by=actor,
                    reference=REFERENCE, register=loaders.register(),
                )  # fmt: skip
            except (StoreError, NotAllowed) as fault:
                st.error(str(fault))
            else:
                st.session_state["map_said"] = t("map.slot_saved", file=handed.name)
                st.rerun()
        path, origin = maps.in_use(store(), units_of)
        if path is not None and origin == "page":
            reason = st.text_input(t("map.slot_reason"), key="w_map_reason")
            if st.button(t("map.slot_drop")):
                try:
                    maps.drop_shapes(store(), units_of, by=actor, reason=reason)
                except (StoreError, NotAllowed) as fault:
                    st.error(str(fault))
                else:
                    st.session_state["map_said"] = t("map.slot_dropped")
                    st.rerun()
