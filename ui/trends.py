"""Trends on screen: the lines asked for, their breaks and targets, and the group around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import geography as method
from analytics import trends
from analytics.geography import GeographyMode
from analytics.trends import MOST_LINES, RANK, SCORE
from briefing import trends as words
from charts.bump import bump
from charts.rank_lines import rank_lines
from locales import form, language, t
from ui import download, geography, loaders, tables
from ui.choice import ALL, Choice

LINES, MEASURE, GROUP = "lines", "measure", "group"
ROLES = ("total", "component", "subcomponent")


@dataclass(frozen=True, eq=False)
class Picture:
    """What one look at the trends draws: rows, changes, required places and words."""

    rows: pd.DataFrame
    steps: pd.DataFrame
    required: pd.DataFrame
    parting: tuple[int, ...]
    measure: str
    unit: str
    figure: Any


# ------------------------------------------------------------------------------------- choosing


def options(choice: Choice) -> pd.DataFrame:
    """Indices and components of the year that can be drawn: one row per component_id."""
    return _options(loaders.version(), choice.index_id, choice.edition)


# A resource, not data: one copy for all sessions. Frames are never changed in place.
@st.cache_resource(max_entries=64, show_spinner=False)
def _options(stamp: str, index_id: str, edition: int) -> pd.DataFrame:
    _ = stamp
    known = loaders.catalogue()
    rows = known.components
    last = rows["to_edition"].astype("Float64").fillna(float("inf"))
    rows = rows.loc[
        rows["role"].isin(ROLES) & (rows["from_edition"] <= edition) & (last >= edition)
    ]
    if index_id != ALL:
        rows = rows.loc[rows["index_id"] == index_id]
    order = {index_id: at for at, index_id in enumerate(known.indices["index_id"])}
    depth = {role: at for at, role in enumerate(ROLES)}
    rows = rows.assign(_index=rows["index_id"].map(order), _role=rows["role"].map(depth))
    return rows.sort_values(["_index", "_role", "sort", "code"], ignore_index=True)


def lines(choice: Choice, place: Any) -> pd.DataFrame:
    """The lines the reader wants, at most six; kept in the address."""
    found = options(choice).set_index("component_id", drop=False)
    default = list(found.loc[found["role"] == "total", "component_id"])
    widget = f"w_{LINES}_{choice.index_id}"
    if widget not in st.session_state:
        asked = [one for one in st.query_params.get(LINES, "").split(",") if one]
        for one in asked:
            if one not in found.index:
                st.warning(t("trends.lines_unknown", asked=one))
        st.session_state[widget] = [one for one in asked if one in found.index] or default
    else:
        # Another year may have dropped a component.
        st.session_state[widget] = [o for o in st.session_state[widget] if o in found.index]
    names = {
        one: words.line_name(row, loaders.index_short(row["index_id"]))
        for one, row in found.iterrows()
    }
    chosen = place.multiselect(
        t("trends.choose_lines"), list(found.index), key=widget,
        format_func=names.__getitem__, placeholder=t("trends.lines_empty"),
    )  # fmt: skip
    if not chosen:
        st.info(t("trends.lines_none"))
    shown = list(chosen) or default
    geography.keep(LINES, "" if shown == default else ",".join(shown))
    return found.loc[shown].reset_index(drop=True)


def measure() -> str:
    """Places, standing or points; kept in the address."""
    return geography.kept(
        MEASURE, t("trends.choose_measure"), trends.MEASURES,
        words_of=lambda one: t(f"trends.measure_{one}"),
        unknown=lambda asked: t("trends.measure_unknown", asked=asked),
    )  # fmt: skip


def _drawable(parts: pd.DataFrame, chosen: str, n_units: int) -> pd.DataFrame:
    """As many of the lines as one picture and one axis can carry, the rest said."""
    if chosen == SCORE:
        scale = parts["index_id"] + parts["role"]
        same = parts.loc[scale == scale.iloc[0]]
        if len(same) < len(parts):
            first = parts.iloc[0]
            line = words.line_label(first, loaders.index_short(first["index_id"]))
            st.info(t("trends.lines_scales", line=line))
        parts = same
    most = max(1, MOST_LINES // n_units)
    if len(parts) > most:
        st.info(t("trends.lines_many", most=form.whole(MOST_LINES), n=form.whole(most)))
    return parts.head(most)


# -------------------------------------------------------------------------------------- reading


@st.cache_resource(max_entries=512, show_spinner=False)
def _rows(
    stamp: str, unit_id: str, index_id: str, component_id: str, mode: str, baseline: int,
    as_of: date, _field: pd.DataFrame | None,
) -> pd.DataFrame:  # fmt: skip
    _ = (stamp, baseline)
    known = loaders.knowledge_of_line(unit_id, index_id, component_id)
    return method.lines(
        known, unit_id=unit_id, index_id=index_id, component_id=component_id,
        mode=mode, as_of=as_of, field=_field,
    )  # fmt: skip


@st.cache_resource(max_entries=512, show_spinner=False)
def _steps(stamp: str, index_id: str, component_id: str, unit_ids: tuple[str, ...]) -> pd.DataFrame:
    _ = stamp
    known = loaders.knowledge_of_line(unit_ids[0], index_id, component_id)
    return trends.breaks(known, index_id=index_id, component_id=component_id, unit_ids=unit_ids)


@st.cache_resource(max_entries=512, show_spinner=False)
def _required(
    stamp: str, unit_id: str, index_id: str, component_id: str, as_of: date
) -> pd.DataFrame:
    _ = stamp
    known = loaders.knowledge_of_line(unit_id, index_id, component_id)
    return trends.required_places(
        known, unit_id=unit_id, index_id=index_id, component_id=component_id,
        as_of=as_of,
    )  # fmt: skip


def picture(choice: Choice, parts: pd.DataFrame, mode: str, chosen: str) -> Picture:
    """Everything the picture of the chosen lines needs."""
    who = geography.subject(choice.unit_id)
    is_split = mode == GeographyMode.PREDECESSORS and who.is_merged
    parts = _drawable(parts, chosen, len(who.part_ids) if is_split else 1)
    ids = tuple(str(one) for one in parts["component_id"])
    return _picture(loaders.version(), language(), choice, ids, mode, chosen)


# A resource, not data: one copy for all sessions. Nothing of it is changed in place.
@st.cache_resource(max_entries=128, show_spinner=False)
def _picture(
    stamp: str, spoken: str, choice: Choice, ids: tuple[str, ...], mode: str, chosen: str
) -> Picture:
    _ = (stamp, spoken)
    parts = options(choice).set_index("component_id", drop=False).loc[list(ids)]
    who = geography.subject(choice.unit_id)
    is_split = mode == GeographyMode.PREDECESSORS and who.is_merged
    names = geography.labels(who)
    subject_id = choice.unit_id if mode == GeographyMode.PUBLISHED else who.present_id
    units = who.part_ids if is_split else (choice.unit_id,)
    made, steps = [], []
    decimals = loaders.catalogue().indices.set_index("index_id")["decimals"]
    for _, part in parts.iterrows():
        rows, own = _line(choice, part, mode, chosen, units)
        label = words.line_label(part, loaders.index_short(part["index_id"]))
        full = words.line_name(part, loaders.index_short(part["index_id"]))
        steps.append(own)
        if rows.empty:
            continue
        shown = [names[one] for one in rows["line_id"]]
        is_many = is_split and len(parts) > 1
        rows = rows.assign(
            subject=label,
            is_part=is_split,
            line=rows["line_id"] + "/" + str(part["component_id"]),
            label=[f"{unit} · {label}" if is_many else unit if is_split else label
                   for unit in shown],
            name=[f"{unit} · {label}" if is_many else unit if is_split else full
                  for unit in shown],
            mark=[words.mark(row) for _, row in rows.iterrows()],
            hover=[words.hover(row, f"{unit} · {label}", int(decimals[part["index_id"]]))
                   for unit, (_, row) in zip(shown, rows.iterrows(), strict=True)],
        )  # fmt: skip
        is_bounded = (rows["state"] == "outside_top") & (chosen == RANK)
        made.append(rows.assign(low=rows["rank_low"].where(is_bounded),
                                high=rows["rank_high"].where(is_bounded)))  # fmt: skip
    rows = pd.concat(made, ignore_index=True) if made else pd.DataFrame()
    # A present unit that no edition has measured yet is no line of its own.
    changes = pd.concat(steps, ignore_index=True)
    if len(rows):
        changes = changes.loc[changes["edition"].gt(rows["edition"].min())]
    labels = {row["component_id"]: words.line_label(row, loaders.index_short(row["index_id"]))
              for _, row in parts.iterrows()}  # fmt: skip
    parting = changes.loc[changes["is_parting"].astype(bool), "edition"] if len(changes) else ()
    entries = loaders.catalogue().indices
    steps_shown = words.break_rows(changes, labels)
    required = _asked(choice, parts, mode, rows)
    cuts = tuple(sorted({int(one) for one in parting}))
    figure = None
    if len(rows) and (rows["value"].notna() | rows["low"].notna()).any():
        figure = rank_lines(
            rows, steps_shown, required, measure=chosen,
            title=words.finding(rows, measure=chosen, unit=names[subject_id],
                                baseline=choice.baseline, parting=cuts),
            source=words.source(
                entries.loc[entries["index_id"].isin(parts["index_id"])],
                first=int(rows["edition"].min()), last=int(rows["edition"].max()),
                is_estimated=bool(rows["is_estimate"].any()),
            ),
        )  # fmt: skip
    return Picture(rows=rows, steps=steps_shown, required=required, parting=cuts, measure=chosen,
                   unit=names[subject_id], figure=figure)  # fmt: skip


def _line(
    choice: Choice, part: Any, mode: str, chosen: str, units: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and changes of one component under a mode."""
    index_id, component_id = str(part["index_id"]), str(part["component_id"])
    is_estimated = mode == GeographyMode.ESTIMATED
    present = geography.subject(choice.unit_id).present_id
    field = geography.field(choice, present, index_id, component_id) if is_estimated else None
    rows = _rows(loaders.version(), choice.unit_id, index_id, component_id, mode, choice.baseline,
                 choice.as_of, field)  # fmt: skip
    steps = _steps(loaders.version(), index_id, component_id, units)
    own = trends.concerning(steps, chosen)
    return trends.drawn(rows, own, chosen), own


def _asked(choice: Choice, parts: pd.DataFrame, mode: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Required places of the one line drawn; none where several lines or other units are."""
    nothing = pd.DataFrame(columns=["edition", "required_rank", "baseline_used",
                                    "baseline_rank", "hover"])  # fmt: skip
    if len(parts) != 1 or rows.empty or mode != GeographyMode.PUBLISHED:
        return nothing
    part = parts.iloc[0]
    found = _required(loaders.version(), choice.unit_id, str(part["index_id"]),
                      str(part["component_id"]), choice.as_of)  # fmt: skip
    found = found.loc[found["edition"].between(rows["edition"].min(), rows["edition"].max())]
    return found.assign(hover=[words.required_hover(row) for _, row in found.iterrows()])


# -------------------------------------------------------------------------------------- showing


def years(made: Picture) -> list[int]:
    """The years that are drawn; none where nothing is."""
    return sorted({int(year) for year in made.rows["edition"]}) if len(made.rows) else []


def show(choice: Choice, made: Picture, mode: str) -> None:
    """The picture, the changes it marks, and the table behind it."""
    if made.figure is None:
        _empty(made, choice)
        return
    download.chart(
        made.figure, name=f"trends_{choice.unit_id}_{choice.index_id}", key="trend_lines",
        data=made.rows.drop(columns=["rank", "score", "percentile"]),
    )  # fmt: skip
    _changes(made.steps)
    _about_targets(choice, made, mode)
    with st.expander(t("trends.table_title")):
        _table(made)


def _empty(made: Picture, choice: Choice) -> None:
    line = made.rows["subject"].iloc[0] if len(made.rows) else loaders.index_short(choice.index_id)
    if choice.index_id == ALL and made.rows.empty:
        line = t("filters.all_indices")
    st.info(f"{t('trends.empty', line=line, unit=made.unit)} {t('trends.empty_hint')}")
    if len(made.rows) and made.rows["is_estimate"].any():
        reasons = made.rows.loc[made.rows["is_estimate"]]
        said = dict.fromkeys(words.silence(row) for _, row in reasons.iterrows())
        st.caption(". ".join(said) + ".")


def _changes(steps: pd.DataFrame) -> None:
    """What the letters of the picture mean."""
    if steps.empty:
        return
    lines = [t("trends.breaks_title")]
    for _, row in steps.iterrows():
        end = f" {t('trends.break_parts')}" if row["is_parting"] else ""
        lines.append(f"{row['words']}.{end}")
    first, *rest = (escape(line) for line in lines)
    st.html(f'<div class="notes"><strong>{first}</strong><br>{"<br>".join(rest)}</div>')


def _about_targets(choice: Choice, made: Picture, mode: str) -> None:
    """Why there is no line of required places, where there is none."""
    if made.measure != RANK or len(made.required):
        return
    if mode != GeographyMode.PUBLISHED and geography.subject(choice.unit_id).is_merged:
        st.caption(t("trends.target_merged"))
    elif len(set(made.rows["line"])) > 1:
        st.caption(t("trends.target_one"))
    else:
        line = made.rows["subject"].iloc[0]
        st.caption(t("trends.target_none", line=line, unit=made.unit))


def _table(made: Picture) -> None:
    """Years down, lines across; what is missing says why."""
    lines = made.rows.drop_duplicates("line")
    heads = [t("trends.col_year"), *lines["name"]]
    body = []
    for year in sorted(set(made.rows["edition"]), reverse=True):
        cells = [str(year)]
        for line in lines["line"]:
            mine = made.rows.loc[(made.rows["line"] == line) & (made.rows["edition"] == year)]
            cells.append("; ".join(_cell(row, made.measure) for _, row in mine.iterrows()))
        body.append(cells)
    tables.plain(heads, body)


def _cell(row: Any, chosen: str) -> str:
    if chosen == SCORE and not form.is_missing(row["value"]):
        return form.number(row["value"])
    said = words.place_words(row)
    return words.silence(row) if said == form.NO_VALUE else said


# ---------------------------------------------------------------------------------------- group


def group(choice: Choice, part: Any, mode: str) -> None:
    """The unit among its region or its peers, on the first of the lines."""
    kind = geography.kept(
        GROUP, t("trends.choose_group"), (trends.REGION, trends.PEERS),
        words_of=lambda one: t(f"trends.group_{one}"),
        unknown=lambda asked: t("trends.group_unknown", asked=asked),
    )  # fmt: skip
    who = geography.subject(choice.unit_id)
    is_estimated = mode == GeographyMode.ESTIMATED
    own = who.present_id if is_estimated else choice.unit_id
    if mode == GeographyMode.PREDECESSORS and own == who.present_id:
        own = who.part_ids[0]
    figure, is_position, rows = _group_figure(
        loaders.version(), language(), choice, own, kind, str(part["component_id"]), is_estimated
    )
    if figure is None:
        label = words.line_label(part, loaders.index_short(str(part["index_id"])))
        st.info(t("trends.bump_empty", line=label))
        return
    if not is_position:
        st.caption(t("trends.bump_partial"))
    download.chart(
        figure, name=f"trends_{kind}_{choice.unit_id}_{part['component_id']}", key="trend_group",
        data=rows,
    )  # fmt: skip


# A resource, not data: one copy for all sessions. Figures are never changed in place.
@st.cache_resource(max_entries=128, show_spinner=False)
def _group_figure(
    stamp: str, spoken: str, choice: Choice, own: str, kind: str, part_id: str, is_estimated: bool
) -> tuple[Any, bool, pd.DataFrame]:
    """The picture of the group, none where nobody has a place; whether places are its own; rows."""
    _ = (stamp, spoken)
    who = geography.subject(choice.unit_id)
    part = options(choice).set_index("component_id", drop=False).loc[part_id]
    index_id, component_id = str(part["index_id"]), str(part["component_id"])
    label = words.line_label(part, loaders.index_short(index_id))
    field = geography.field(choice, own, index_id, component_id) if is_estimated else None
    rows = _group(loaders.version(), own, kind, index_id, component_id, is_estimated,
                  choice.baseline, choice.as_of, field)  # fmt: skip
    is_position = rows.loc[rows["line_id"] == own, "position"].notna().sum() > 1
    if is_position:
        rows = rows.assign(
            rank=rows["position"].mask(rows["is_estimate"]),
            estimated_place=rows["position"].where(rows["is_estimate"]),
            national_rank=rows["rank"], national_estimate=rows["estimated_place"],
        )  # fmt: skip
    steps = trends.concerning(_steps(loaders.version(), index_id, component_id, (own,)), RANK)
    rows = trends.drawn(rows, steps, RANK)
    if is_position:
        rows = rows.assign(rank=rows["national_rank"], estimated_place=rows["national_estimate"])
    if rows["value"].notna().sum() == 0:
        return None, bool(is_position), rows
    names = geography.labels(who)
    decimals = int(loaders.catalogue().indices.set_index("index_id")["decimals"][index_id])
    rows = rows.assign(
        line=rows["line_id"],
        label=[names[one] for one in rows["line_id"]],
        mark=[words.mark(row) for _, row in rows.iterrows()],
        hover=[words.hover(row, f"{names[row['line_id']]} · {label}", decimals)
               for _, row in rows.iterrows()],
    )  # fmt: skip
    axis = ("trends.bump_estimate" if is_estimated else "trends.bump_position") if is_position \
        else ("trends.bump_estimate_place" if is_estimated else "trends.bump_place")  # fmt: skip
    entries = loaders.catalogue().indices
    n_all = rows["n_common"].max() if is_estimated else rows["n_ranked"].max()
    figure = bump(
        rows,
        chosen=own,
        n_places=rows["line"].nunique() if is_position else int(n_all),
        title=words.bump_finding(rows, chosen=own, line=label, is_position=is_position),
        source=words.source(
            entries.loc[entries["index_id"] == index_id],
            first=int(rows["edition"].min()),
            last=int(rows["edition"].max()),
            is_estimated=bool(rows["is_estimate"].any()),
        ),
        unit_of_axis=t(axis),
    )
    return figure, bool(is_position), rows


@st.cache_resource(max_entries=256, show_spinner=False)
def _group(
    stamp: str, unit_id: str, kind: str, index_id: str, component_id: str, is_estimated: bool,
    baseline: int, as_of: date, _field: pd.DataFrame | None,
) -> pd.DataFrame:  # fmt: skip
    _ = (stamp, baseline)
    known = loaders.knowledge_of_line(unit_id, index_id, component_id)
    units = trends.group_units(known, unit_id=unit_id, kind=kind)
    mode = GeographyMode.ESTIMATED if is_estimated else GeographyMode.PUBLISHED
    return trends.group_lines(
        known, units, index_id=index_id, component_id=component_id, mode=mode, as_of=as_of,
        field=_field,
    )  # fmt: skip
