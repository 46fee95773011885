"""The switch of geography: published, predecessors side by side, or estimated; kept in the address.

Usable by every page that shows units across 1 July 2025: `mode()` draws the switch where it is
called, `subject()` says which units stand for the one chosen, `notes()` what must be said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

import locales
from analytics import geography as method
from analytics.geography import GeographyMode, Subject
from analytics.merger import orientation
from briefing import trends as words
from locales import t
from ui import loaders
from ui.choice import ALL, Choice

ADDRESS = "geo"
MODES = tuple(mode.value for mode in GeographyMode)
ESTIMATED = GeographyMode.ESTIMATED.value


def mode(choice: Choice, *, options: Sequence[str] = MODES) -> str:
    """Draw the switch; the mode chosen: "published", "predecessors" or "estimated".

    Of a commune nothing else than what was published is known, and there is no switch.
    """
    if not loaders.is_province(choice.unit_id):
        return GeographyMode.PUBLISHED
    return kept(
        ADDRESS, t("geography.choose"), options,
        words_of=lambda one: t(f"geography.{one}"),
        unknown=lambda asked: t("geography.unknown", asked=asked),
    )  # fmt: skip


def kept(
    key: str,
    label: str,
    options: Sequence[str],
    *,
    words_of: Callable[[str], str],
    unknown: Callable[[str], str],
) -> str:
    """One of a few options, the first by default; another one stands in the address."""
    widget = f"w_{key}"
    if st.session_state.get(widget) not in options:
        asked = st.query_params.get(key, "")
        if asked and asked not in options:
            st.warning(unknown(asked))
        st.session_state[widget] = asked if asked in options else options[0]
    chosen = str(st.radio(label, options, key=widget, format_func=words_of, horizontal=True))
    keep(key, "" if chosen == options[0] else chosen)
    return chosen


def keep(key: str, value: str) -> None:
    """Put a value into the address; an empty one takes it away."""
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


# A resource, not data: one copy for all sessions. Frames are never changed in place.
@st.cache_resource(max_entries=256, show_spinner=False)
def _subject(stamp: str, unit_id: str) -> Subject:
    _ = stamp
    return method.subject(loaders.outline(), unit_id)


def subject(unit_id: str) -> Subject:
    """Who stands for a unit today, and what that was made of."""
    return _subject(loaders.version(), unit_id)


@st.cache_resource(max_entries=256, show_spinner=False)
def _field(
    stamp: str,
    present_id: str,
    index_id: str,
    component_id: str,
    baseline: int,
    as_of: date,
    editions: tuple[int, ...] | None,
    is_one_field: bool,
) -> pd.DataFrame:
    _ = stamp
    return method.estimated_places(
        loaders.knowledge_of_kind(present_id), index_id=index_id, present_id=present_id,
        baseline=baseline, as_of=as_of, component_id=component_id, editions=editions,
        is_one_field=is_one_field,
    )  # fmt: skip


def field(
    choice: Choice,
    present_id: str,
    index_id: str,
    component_id: str,
    editions: tuple[int, ...] | None = None,
    *,
    is_one_field: bool = True,
) -> pd.DataFrame:
    """Estimated places of the present geography.

    Of some years only they are counted on the units common to all of them, unless `is_one_field`
    is False: then each year as where all are asked for.
    """
    units = loaders.catalogue().units
    # Every unit of one day has the same field: ask for it by the first of them.
    own = units.loc[units["unit_id"] == present_id].iloc[0]
    same = units.loc[(units["geography"] == own["geography"])
                     & (units["valid_from"] == own["valid_from"]), "unit_id"]  # fmt: skip
    return _field(
        loaders.version(), str(same.iloc[0]), index_id, component_id, choice.baseline,
        choice.as_of, editions, is_one_field and editions is not None,
    )  # fmt: skip


def subjects(choice: Choice, chosen: str) -> list[Choice]:
    """The choice once for every unit that a page about one unit shows under a mode."""
    who = subject(choice.unit_id)
    if chosen == GeographyMode.PUBLISHED:
        return [choice]
    wanted = who.part_ids if chosen == GeographyMode.PREDECESSORS else (who.present_id,)
    names = labels(who)
    return [replace(choice, unit_id=unit, unit_name=names[unit]) for unit in wanted]


def measured(choice: Choice, chosen: str) -> Choice:
    """The choice as estimates can answer it: in a year without figures, the last year before it.

    Said in one sentence where another year is shown than the one chosen.
    """
    rows = loaders.catalogue().editions
    is_out = pd.to_datetime(rows["published_on"]) <= pd.Timestamp(choice.as_of)
    out = rows.loc[is_out & (rows["index_id"] == choice.index_id), "edition"]
    earlier = out.loc[(out <= choice.edition) & (out > choice.baseline)]
    if chosen != GeographyMode.ESTIMATED or choice.edition in set(out) or earlier.empty:
        return choice
    last = int(earlier.max())
    st.info(t("merger.section_not_out", year=choice.edition, edition=last,
              baseline=choice.baseline))  # fmt: skip
    return replace(choice, edition=last)


def labels(who: Subject) -> dict[str, str]:
    """Names of all units, old and new told apart for this subject."""
    if not who.is_merged:
        return loaders.all_unit_names()
    return _labels(loaders.version(), locales.language(), who.present_id, who.part_ids)


# A resource, not data: one copy for all sessions. Never changed in place.
@st.cache_resource(max_entries=64, show_spinner=False)
def _labels(
    stamp: str, language: str, present_id: str, part_ids: tuple[str, ...]
) -> dict[str, str]:
    _ = (stamp, language)
    return words.unit_labels(loaders.catalogue().units, present_id, part_ids)


def notes(choice: Choice, chosen: str) -> list[str]:
    """What must be said about the way of looking chosen, in sentences."""
    who = subject(choice.unit_id)
    names = labels(who)
    present, parts = names[who.present_id], words.listed([names[p] for p in who.part_ids])
    if not who.is_merged:
        unit = choice.unit_name
        return [] if chosen == MODES[0] else [t("geography.unchanged", unit=unit)]
    if chosen == GeographyMode.PUBLISHED:
        unit = names[choice.unit_id]
        if choice.unit_id == who.present_id:
            return [t("geography.offer_new", unit=unit, parts=parts)]
        is_part = choice.unit_id in who.part_ids
        return [t("geography.offer", unit=unit, present=present, parts=parts)] if is_part else []
    said = [t("geography.official", present=present)]
    if chosen == GeographyMode.PREDECESSORS:
        return [*said, t("geography.parts_note")]
    said.append(
        t("geography.estimate_note", present=present, parts=parts, baseline=choice.baseline)
    )
    shown = (
        list(loaders.catalogue().indices["index_id"])
        if choice.index_id == ALL
        else [choice.index_id]
    )
    codes = [orientation(index_id, "population_2022") for index_id in shown]
    return said + [t(f"geography.orientation.{code}") for code in codes if code]
