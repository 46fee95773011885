"""Cached reads: the only place where cache and store meet.

Every cached result is keyed by the version of the store, so a load shows at once and nothing
expires by the clock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import streamlit as st

import locales
from analytics import board
from analytics.board import IndexTile, Knowledge
from briefing import sentences
from data import queries
from data.batches import END_OF_TIME
from data.build import REFERENCE, ensure
from data.store import store, writes_here
from data.units import UnitRegister
from locales import form, named, t
from ui import unpublished
from ui.choice import ALL, Choice

EVERYTHING = "all"
_RUN = threading.local()


@st.cache_resource(show_spinner=False)
def prepare() -> bool:
    """Bring the store up to the shipped reference, once per server process."""
    return ensure(store())


def version() -> str:
    """What all of one page is read from: the snapshot, and how many held-back loads are due."""
    snapshot = _snapshot()
    if unpublished.is_on():
        return f"{snapshot}@{EVERYTHING}"
    now = queries.clock()
    n_due = sum(moment <= now for moment in _moments(snapshot))
    return f"{snapshot}@{n_due}"


def held_back_loads() -> list[datetime]:
    """Moments (UTC) still to come at which loads become visible."""
    now = queries.clock()
    return [moment for moment in _moments(_snapshot()) if moment > now]


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Everything shown within is read from one snapshot, whatever others write meanwhile.

    What the page itself writes is seen from then on.
    """
    _RUN.kept = (store().version(), writes_here())
    try:
        yield
    finally:
        del _RUN.kept


def _snapshot() -> str:
    """Name of the snapshot this run reads."""
    name, n_writes = getattr(_RUN, "kept", ("", -1))
    return name if n_writes == writes_here() else store().version()


@st.cache_resource(max_entries=4, show_spinner=False)
def _moments(snapshot: str) -> list[datetime]:
    return queries.publish_moments(version=snapshot)


def _content(stamp: str) -> str:
    """What the calculations of a version depend on; many versions share it."""
    snapshot, _, shown = stamp.partition("@")
    return f"{_calculated_from(snapshot)}@{shown}"


@st.cache_resource(max_entries=16, show_spinner=False)
def _calculated_from(snapshot: str) -> str:
    return queries.calculated_from(version=snapshot)


# A resource, not data: one copy for all sessions. Frames are never changed in place.
@st.cache_resource(max_entries=2, show_spinner=False)
def _calculated(content: str, _snapshot: str) -> Knowledge:
    moment = END_OF_TIME if content.endswith(f"@{EVERYTHING}") else None
    return board.knowledge(queries.tables(version=_snapshot, now=moment))


@st.cache_resource(max_entries=4, show_spinner=False)
def _knowledge(stamp: str) -> Knowledge:
    snapshot = stamp.partition("@")[0]
    made = _calculated(_content(stamp), snapshot)
    return replace(made, tables=replace(made.tables, version=snapshot))


def knowledge() -> Knowledge:
    """Everything held, ranked and grouped."""
    return _knowledge(version())


@st.cache_data(max_entries=256, show_spinner=False)
def _board(
    content: str,  # noqa: ARG001 - the key
    unit_id: str,
    edition: int,
    as_of: date,
    _stamp: str,
) -> pd.DataFrame:
    return board.board(_knowledge(_stamp), unit_id=unit_id, edition=edition, as_of=as_of)


def target_board(choice: Choice) -> pd.DataFrame:
    """All targets of the chosen unit and year, judged; one index only where one was chosen."""
    stamp = version()
    rows = _board(_content(stamp), choice.unit_id, choice.edition, choice.as_of, stamp)
    rows = rows.assign(
        index_short=_shorts(rows["index_id"]),
        is_second_hand=["contributes" in flags for flags in rows["flags"]],
    ).sort_values(["is_second_hand", "document_id", "index_id", "component_sort"])
    return rows if choice.index_id == ALL else rows.loc[rows["index_id"] == choice.index_id]


@st.cache_data(max_entries=256, show_spinner=False)
def _tiles(
    content: str,  # noqa: ARG001 - the key
    unit_id: str,
    edition: int,
    baseline: int,
    as_of: date,
    _stamp: str,
) -> list[IndexTile]:
    return board.index_tiles(
        _knowledge(_stamp), unit_id=unit_id, edition=edition, baseline=baseline, as_of=as_of
    )


def index_tiles(choice: Choice) -> list[IndexTile]:
    """One tile per index."""
    stamp = version()
    found = _tiles(
        _content(stamp), choice.unit_id, choice.edition, choice.baseline, choice.as_of, stamp
    )
    return [tile for tile in found if choice.index_id in (ALL, tile.index_id)]


@st.cache_data(max_entries=512, show_spinner=False)
def _gaps(
    content: str,  # noqa: ARG001 - the key
    unit_id: str,
    index_id: str,
    edition: int,
    baseline: int,
    as_of: date,
    _stamp: str,
) -> pd.DataFrame:
    return board.component_gaps(
        _knowledge(_stamp),
        unit_id=unit_id,
        index_id=index_id,
        edition=edition,
        baseline=baseline,
        as_of=as_of,
    )


def component_gaps(choice: Choice, index_id: str | None = None) -> pd.DataFrame:
    """Components of one index: base, required and actual place, with labels for the picture."""
    stamp = version()
    rows = _gaps(
        _content(stamp),
        choice.unit_id,
        index_id or choice.index_id,
        choice.edition,
        choice.baseline,
        choice.as_of,
        stamp,
    )
    rows = rows.assign(index_short=_shorts(rows["index_id"]))
    rows["label"] = [sentences.component_label(row) for _, row in rows.iterrows()]
    rows["place"] = [sentences.place_of(row) for _, row in rows.iterrows()]
    rows["hover"] = [sentences.gap_hover(row, choice.baseline) for _, row in rows.iterrows()]
    return rows


def held_back(choice: Choice) -> pd.DataFrame:
    """Components of all chosen indices that hold the unit back, worst first."""
    rows = board.held_back(_all_gaps(choice))
    return rows.assign(label=rows["label"] + " (" + rows["index_short"] + ")")


def held_back_empty(choice: Choice) -> str:
    """Key of the sentence for a unit that nothing holds back, or of which nothing is known."""
    rows = _all_gaps(choice)
    known = rows.loc[rows["role"] == "component", "actual_rank"].notna().any()
    return "overview.held_none" if known else "overview.held_unknown"


def _all_gaps(choice: Choice) -> pd.DataFrame:
    wanted = knowledge().tables.indices["index_id"]
    chosen = wanted if choice.index_id == ALL else [choice.index_id]
    return pd.concat([component_gaps(choice, index_id) for index_id in chosen], ignore_index=True)


def index_short(index_id: str) -> str:
    """What an index is called in speech: PAPI, PAR INDEX."""
    # A target may name an index the catalogue does not hold yet; its id is what we can show.
    return _short_names(version()).get(index_id, index_id.upper())


def _shorts(index_ids: pd.Series) -> pd.Series:
    return index_ids.map(index_short)


@st.cache_resource(max_entries=4, show_spinner=False)
def _short_names(stamp: str) -> dict[str, str]:
    rows = _knowledge(stamp).tables.indices
    return dict(zip(rows["index_id"], rows["short"], strict=True))


def source_line(choice: Choice) -> str:
    """Publisher, edition and date of publication of what is shown."""
    tables = knowledge().tables
    entries = tables.indices
    if choice.index_id != ALL:
        entries = entries.loc[entries["index_id"] == choice.index_id]
    return sentences.source_line(entries, tables.editions, choice.edition, choice.as_of)


def computed_note(choice: Choice) -> str:
    """That places of the chosen index and year are not the publisher's; empty where all are."""
    tables, rows = knowledge().tables, knowledge().standings
    editions = tables.editions
    is_out = pd.to_datetime(editions["published_on"]) <= pd.Timestamp(choice.as_of)
    is_shown = editions["edition"].isin([choice.edition, choice.baseline]) & is_out
    out = editions.loc[is_shown & (editions["index_id"] == choice.index_id), "edition"]
    rows = rows.loc[(rows["index_id"] == choice.index_id) & rows["edition"].isin(out)]
    lines = set(rows.loc[rows["rank_origin"] == "computed", "component_id"])
    if not lines:
        return ""
    key = "gaps.computed_all" if choice.index_id in lines else "gaps.computed_parts"
    return t(key, index=index_short(choice.index_id))


@st.cache_resource(show_spinner=False)
def register() -> UnitRegister:
    """The shipped register of units."""
    return UnitRegister.load(REFERENCE)


def geography(edition: int) -> str:
    """The geography whose units an edition ranks."""
    return register().geography_of_year(edition)


def unit_id(text: str, edition: int) -> str:
    """The unit of that id, name or spelling in the geography of the edition.

    Raises:
        UnitError: unknown, or a unit of the other geography; the message is for the reader.
    """
    return register().resolve(text, geography=geography(edition)).unit_id


def unit_names(edition: int) -> dict[str, str]:
    """Names of the units an edition ranks, by id, in alphabetical order; not to be changed."""
    return _unit_names(version(), locales.language(), geography(edition))


def all_unit_names() -> dict[str, str]:
    """Names of the units of both geographies, by id, in alphabetical order; not to be changed."""
    return _unit_names(version(), locales.language(), None)


@st.cache_resource(max_entries=16, show_spinner=False)
def _unit_names(
    stamp: str,
    language: str,  # noqa: ARG001 - `named` follows it, so it is part of the key
    of_geography: str | None,
) -> dict[str, str]:
    rows = _knowledge(stamp).tables.units
    if of_geography is not None:
        rows = rows.loc[rows["geography"] == of_geography]
    names = {str(row["unit_id"]): named(row) for _, row in rows.iterrows()}
    return dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))


def component_names(index_id: str, edition: int) -> dict[str, str]:
    """Components of an index by id, numbered and named as in the edition, in catalogue order.

    An edition the catalogue does not describe yet reads like the latest one it does. Not to be
    changed.
    """
    return _component_names(version(), locales.language(), index_id, edition)


@st.cache_resource(max_entries=256, show_spinner=False)
def _component_names(
    stamp: str,
    language: str,  # noqa: ARG001 - `named` follows it, so it is part of the key
    index_id: str,
    edition: int,
) -> dict[str, str]:
    rows = _knowledge(stamp).tables.components
    rows = rows.loc[(rows["index_id"] == index_id) & (rows["from_edition"] <= edition)]
    last = rows["to_edition"].astype("Float64").fillna(float("inf"))
    rows = rows.loc[last >= edition].sort_values(["sort", "code"])
    return {
        str(row["component_id"]): t("gaps.total") if row["component_id"] == index_id
        else f"{row['code']}. {named(row)}"
        for _, row in rows.iterrows()
    }  # fmt: skip
