"""Two to six units on screen: who is compared, the two pictures, and the table with averages."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import comparison as method
from analytics import trends
from analytics.comparison import LEAST, MOST
from analytics.geography import GeographyMode
from analytics.schema import OUTSIDE_TOP
from analytics.trends import PERCENTILE, RANK
from briefing import sentences
from briefing import trends as words
from charts.dots import dots
from charts.slope import slope
from locales import form, language, named, t
from ui import download, filters, geography, loaders, tables
from ui.choice import Choice

UNITS, MEASURE = "units", "measure"
# With the unit itself a handful one can still tell apart.
DEFAULT = 4


# ------------------------------------------------------------------------------------- choosing


def units(choice: Choice, mode: str) -> list[str]:
    """The unit chosen and those it is compared with, at most six; kept in the address."""
    who = geography.subject(choice.unit_id)
    own = _own(choice, mode)
    names = geography.labels(who)
    asked = [one for one in st.query_params.get(UNITS, "").split(",") if one]
    found = [_under(one, mode) for one in asked]
    options = [unit for unit in filters.beside(own, choice.edition, found) if unit != own]
    default = _default(own, mode, who.part_ids, options)
    widget = f"w_{UNITS}_{own}_{mode}"
    if widget not in st.session_state:
        for one, unit in zip(asked, found, strict=True):
            if unit not in options and unit != own:
                st.warning(t("compare.units_unknown", asked=one))
        kept = [unit for unit in dict.fromkeys(found) if unit in options]
        st.session_state[widget] = kept or default
    else:
        st.session_state[widget] = [u for u in st.session_state[widget] if u in options]
    chosen = st.multiselect(
        t("compare.choose_units"),
        sorted(options, key=lambda unit: form.sort_key(names[unit])),
        key=widget, format_func=names.__getitem__, placeholder=t("compare.units_empty"),
    )  # fmt: skip
    geography.keep(UNITS, "" if list(chosen) == default else ",".join(chosen))
    if len(chosen) >= MOST:
        st.info(t("compare.units_many", most=form.whole(MOST), n=form.whole(MOST)))
    return [own, *chosen][:MOST]


def _own(choice: Choice, mode: str) -> str:
    """The unit the comparison is about under a mode."""
    who = geography.subject(choice.unit_id)
    if mode == GeographyMode.ESTIMATED:
        return who.present_id
    if mode == GeographyMode.PREDECESSORS and choice.unit_id == who.present_id:
        return who.part_ids[0]
    return choice.unit_id


def _default(own: str, mode: str, part_ids: tuple[str, ...], options: list[str]) -> list[str]:
    """The other predecessors where they are asked for, else neighbours in the region."""
    if mode == GeographyMode.PREDECESSORS and len(part_ids) > 1:
        return [unit for unit in part_ids if unit != own][: MOST - 1]
    near = trends.group_units(loaders.outline(), unit_id=own, kind=trends.REGION)
    return [unit for unit in near if unit in options][:DEFAULT]


def _under(asked: str, mode: str) -> str:
    """A unit of the address as the mode knows it: its present unit among the 34."""
    known = set(loaders.catalogue().units["unit_id"])
    if mode != GeographyMode.ESTIMATED or asked not in known:
        return asked
    return geography.subject(asked).present_id


def own_name(choice: Choice, mode: str) -> str:
    """Name of the unit the comparison is about."""
    return geography.labels(geography.subject(choice.unit_id))[_own(choice, mode)]


def enough(unit_ids: list[str]) -> bool:
    """Whether there is somebody to compare with; said where there is not."""
    if len(unit_ids) < LEAST:
        st.info(t("compare.units_none"))
        return False
    return True


def measure() -> str:
    """Standing or place on the dot plot; kept in the address."""
    return geography.kept(
        MEASURE, t("trends.choose_measure"), (PERCENTILE, RANK),
        words_of=lambda one: t(f"trends.measure_{one}"),
        unknown=lambda asked: t("trends.measure_unknown", asked=asked),
    )  # fmt: skip


# -------------------------------------------------------------------------------------- reading


@st.cache_resource(max_entries=128, show_spinner=False)
def _compared(
    stamp: str, unit_ids: tuple[str, ...], index_id: str, baseline: int, edition: int,
    as_of: date, mode: str, _choice: Choice,
) -> pd.DataFrame:  # fmt: skip
    _ = stamp
    known, fields = loaders.knowledge_of_index(index_id), {}
    if mode == GeographyMode.ESTIMATED:
        parts = method.components_of(known, index_id, edition)["component_id"]
        years = (baseline, edition)
        fields = {str(part): geography.field(_choice, unit_ids[0], index_id, str(part), years)
                  for part in parts}  # fmt: skip
    return method.compared(
        known, unit_ids, index_id=index_id, baseline=baseline, edition=edition, as_of=as_of,
        mode=mode, fields=fields,
    )  # fmt: skip


@st.cache_resource(max_entries=128, show_spinner=False)
def _averages(stamp: str, unit_id: str, index_id: str, edition: int, as_of: date) -> pd.DataFrame:
    _ = stamp
    return method.averages(
        loaders.knowledge_of_index(index_id),
        unit_id=unit_id,
        index_id=index_id,
        edition=edition,
        as_of=as_of,
    )


def compared(choice: Choice, unit_ids: list[str], mode: str) -> pd.DataFrame:
    """Places and points of the units with their names, components in order."""
    return _named(loaders.version(), language(), tuple(unit_ids), choice, mode)


@st.cache_resource(max_entries=128, show_spinner=False)
def _named(
    stamp: str, spoken: str, unit_ids: tuple[str, ...], choice: Choice, mode: str
) -> pd.DataFrame:
    _ = spoken
    rows = _compared(
        stamp, unit_ids, choice.index_id, choice.baseline, choice.edition, choice.as_of, mode,
        choice,
    )  # fmt: skip
    names = geography.labels(geography.subject(choice.unit_id))
    rows = rows.assign(
        unit=[names[unit] for unit in rows["unit_id"]],
        label=[names[unit] for unit in rows["unit_id"]],
        component=[sentences.component_label(row) for _, row in rows.iterrows()],
    )
    return rows.sort_values("sort", kind="stable", ignore_index=True)


# -------------------------------------------------------------------------------------- showing


def show(choice: Choice, rows: pd.DataFrame, component_id: str, mode: str) -> None:
    """The slope of one line, the dots of all components, the table; or that nothing is held."""
    index = loaders.index_short(choice.index_id)
    is_bounded = (rows["state"] == OUTSIDE_TOP).any()
    if rows[["place", "place_baseline", "score"]].isna().all(axis=None) and not is_bounded:
        st.info(t("compare.empty", index=index, year=choice.edition))
        said = {words.silence(row) for _, row in rows.iterrows() if row["state"] != "not_published"}
        for sentence in sorted(said):
            st.caption(sentence)
        return
    st.subheader(t("compare.slope_title"))
    _slope(choice, rows, component_id, mode)
    st.subheader(t("compare.dots_title"))
    _dots(choice, rows, mode)
    st.subheader(t("compare.table_title"))
    _table(choice, rows, mode)


def _source(choice: Choice, rows: pd.DataFrame, *, both: bool) -> str:
    entries = loaders.catalogue().indices
    return words.source(
        entries.loc[entries["index_id"] == choice.index_id],
        first=choice.baseline if both else choice.edition, last=choice.edition,
        is_estimated=bool(rows["is_estimate"].fillna(False).astype(bool).any()),
    )  # fmt: skip


def _key(rows: pd.DataFrame) -> tuple[str, str, tuple[str, ...]]:
    """What, beside the choice and the mode, the rows follow from: version, language, units."""
    return loaders.version(), language(), tuple(dict.fromkeys(rows["unit_id"]))


def _slope(choice: Choice, rows: pd.DataFrame, component_id: str, mode: str) -> None:
    mine = rows.loc[rows["component_id"] == component_id]
    line = _line(choice, mine)
    if mine[["place", "place_baseline"]].notna().any(axis=1).sum() < LEAST:
        st.info(t("compare.slope_finding_few", line=line, year=choice.edition))
        return
    figure, data = _slope_figure(*_key(rows), choice, component_id, mode, rows)
    download.chart(
        figure, name=f"compare_{component_id}_{choice.edition}", key="compare_slope", data=data
    )
    if mine["rank_comparable"].eq("no").any():
        st.caption(t("compare.slope_cut", line=line, baseline=choice.baseline, year=choice.edition))


# A resource, not data: one copy for all sessions. Figures are never changed in place.
@st.cache_resource(max_entries=128, show_spinner=False)
def _slope_figure(
    stamp: str, spoken: str, unit_ids: tuple[str, ...], choice: Choice, component_id: str,
    mode: str, _rows: pd.DataFrame,
) -> tuple[Any, pd.DataFrame]:  # fmt: skip
    """The slope of one line, and what its files say."""
    _ = (stamp, spoken, unit_ids)
    mine = _rows.loc[_rows["component_id"] == component_id]
    is_estimate = mode == GeographyMode.ESTIMATED
    before = [words.place_words(row, "_baseline") for _, row in mine.iterrows()]
    now = [words.place_words(row) for _, row in mine.iterrows()]
    hover = [
        escape(t("compare.hover_two", unit=unit, before=one, baseline=choice.baseline, place=two,
                 year=choice.edition))
        for unit, one, two in zip(mine["unit"], before, now, strict=True)
    ]  # fmt: skip
    mine = mine.assign(
        is_estimate=mine["is_estimate"].fillna(is_estimate).astype(bool),
        is_joined=~mine["rank_comparable"].eq("no"),
        place_text=[_short(row) for _, row in mine.iterrows()],
        place_text_baseline=[_short(row, "_baseline") for _, row in mine.iterrows()],
        hover=hover,
    )
    counts = mine[["n_ranked", "n_ranked_baseline", "n_common", "n_common_baseline"]]
    figure = slope(
        mine, baseline=choice.baseline, edition=choice.edition,
        n_ranked=int(counts.astype("Float64").max(axis=None)),
        title=words.slope_finding(mine, _line(choice, mine), choice.edition),
        source=_source(choice, mine, both=True),
    )  # fmt: skip
    return figure, mine.assign(rank=mine["place"], rank_baseline=mine["place_baseline"]).drop(
        columns=["place", "score", "percentile", "unit"]
    )


def _line(choice: Choice, rows: pd.DataFrame) -> str:
    short = loaders.index_short(choice.index_id)
    return short if rows.empty else words.line_label(rows.iloc[0], short)


def _short(row: Any, ending: str = "") -> str:
    """A place for the end of a slope: 56/61, or ≈ 26 for an estimate."""
    place = row[f"place{ending}"]
    if form.is_missing(place):
        return ""
    is_estimate = not form.is_missing(row[f"estimated_place{ending}"])
    return f"≈\u00a0{int(place)}" if is_estimate else words.place_words(row, ending).rstrip("*")


def _dots(choice: Choice, rows: pd.DataFrame, mode: str) -> None:
    figure, data = _dots_figure(*_key(rows), choice, measure(), mode, rows)
    if figure is None:
        index = loaders.index_short(choice.index_id)
        st.info(t("compare.dots_finding_none", index=index, year=choice.edition))
        return
    download.chart(
        figure, name=f"compare_all_{choice.index_id}_{choice.edition}", key="compare_dots",
        data=data,
    )  # fmt: skip


@st.cache_resource(max_entries=128, show_spinner=False)
def _dots_figure(
    stamp: str, spoken: str, unit_ids: tuple[str, ...], choice: Choice, chosen: str, mode: str,
    _rows: pd.DataFrame,
) -> tuple[Any, pd.DataFrame]:  # fmt: skip
    """The dots of all components, none where too few are known; and what their files say."""
    _ = (stamp, spoken, unit_ids)
    rows, decimals = _rows, _decimals(choice)
    is_estimate = mode == GeographyMode.ESTIMATED
    drawn = rows.assign(
        value=[words.measured(row, chosen) for _, row in rows.iterrows()],
        is_estimate=rows["is_estimate"].fillna(is_estimate).astype(bool),
    )
    drawn["hover"] = [
        words.hover(row, f"{row['unit']} · {row['component']}", decimals)
        for _, row in drawn.assign(edition=choice.edition).iterrows()
    ]
    if drawn.groupby("component_id")["value"].count().max() < LEAST:
        return None, drawn
    counts = drawn[["n_ranked", "n_common"]].astype("Float64")
    own = str(rows["unit_id"].iloc[0])
    figure = dots(
        drawn, measure=chosen, n_ranked=int(counts.max(axis=None)),
        title=words.dots_finding(rows, unit_id=own, unit=str(rows["unit"].iloc[0]),
                                 index=loaders.index_short(choice.index_id),
                                 year=choice.edition),
        source=_source(choice, drawn, both=False),
    )  # fmt: skip
    return figure, drawn.assign(label=drawn["component"], rank=drawn["place"])[
        ["label", "unit", "rank", "n_ranked", "percentile", "score", "is_estimate"]
    ]


def _decimals(choice: Choice) -> int:
    entries = loaders.catalogue().indices.set_index("index_id")
    return int(entries["decimals"][choice.index_id])


def _table(choice: Choice, rows: pd.DataFrame, mode: str) -> None:
    """Components down, units across; best and worst by word and sign; averages named."""
    heads, body = _table_lines(*_key(rows), choice, mode, rows)
    tables.table("compare", heads, body)
    is_estimated = mode == GeographyMode.ESTIMATED
    st.caption(t("compare.note_estimate" if is_estimated else "compare.note"))


@st.cache_resource(max_entries=128, show_spinner=False)
def _table_lines(
    stamp: str, spoken: str, unit_ids: tuple[str, ...], choice: Choice, mode: str,
    _rows: pd.DataFrame,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Headings and lines of the table; not to be changed."""
    _ = (stamp, spoken, unit_ids)
    rows, is_estimated = _rows, mode == GeographyMode.ESTIMATED
    shown = rows.drop_duplicates("unit_id")
    own, decimals = str(shown["unit_id"].iloc[0]), _decimals(choice)
    heads = [t("compare.col_component"), *shown["unit"]]
    averages = pd.DataFrame()
    areas: list[str] = []
    if not is_estimated:
        averages = _averages(loaders.version(), own, choice.index_id, choice.edition, choice.as_of)
        areas = list(dict.fromkeys(averages["area"])) if len(averages) else []
        heads += [_area(area, own) for area in areas]
    body = []
    for component_id, mine in rows.groupby("component_id", sort=False):
        cells = [escape(str(mine["component"].iloc[0]))]
        cells += [_cell(row, decimals) for _, row in mine.iterrows()]
        for area in areas:
            said = averages.loc[(averages["component_id"] == component_id)
                                & (averages["area"] == area)]  # fmt: skip
            lines = words.average_words(said, decimals)
            cells.append("".join(f'<div class="small">{escape(line)}</div>' for line in lines))
        is_total = bool((mine["role"] == "total").all())
        body.append(tables.line(heads, cells, is_total=is_total))
    return heads, body


def _area(area: str, unit_id: str) -> str:
    if area == method.NATIONAL:
        return t("compare.col_national")
    rows = loaders.catalogue().units
    own = rows.loc[rows["unit_id"] == unit_id].iloc[0]
    return t("compare.col_region", region=named(own, "region_name"))


def _cell(row: Any, decimals: int) -> str:
    """Place, points, change and whether it is the best or the worst of those shown."""
    said = words.place_words(row)
    if said == form.NO_VALUE:
        return f'<span class="small">{escape(words.silence(row))}</span>'
    lines = [f"<strong>{escape(said)}</strong>"]
    for flag, key, sign in (("is_best", "compare.best", "★"), ("is_worst", "compare.worst", "▽")):
        if row[flag]:
            lines.append(f'<div class="small">{sign} {escape(t(key))}</div>')
    if not form.is_missing(row["score"]):
        points = t("compare.points", score=form.number(row["score"], decimals))
        lines.append(f'<div class="small">{escape(points)}</div>')
    elif not form.is_missing(row["estimated_score"]):
        points = t("compare.points_estimate", score=form.number(row["estimated_score"], decimals))
        lines.append(f'<div class="small">{escape(points)}</div>')
    if form.is_missing(row["estimated_place"]):
        return "".join(lines) + tables.change(row["gain"])
    if not form.is_missing(row["gain"]):
        # An estimated change has no arrow and no colour of an official one.
        lines.append(f'<div class="small">{escape(form.estimated_gain(row["gain"]))}</div>')
    return "".join(lines)
