"""Cached reads: the only place where cache and store meet.

Every cached result is keyed by the version of the store, so a load shows at once and nothing
expires by the clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import streamlit as st

import locales
from analytics import board
from analytics.board import IndexTile, Knowledge
from analytics.continuity import Lineage, lineage
from analytics.schema import Tables
from briefing import sentences
from data import kept, queries
from data.batches import END_OF_TIME
from data.build import REFERENCE, ensure
from data.store import store, writes_here
from data.units import UnitRegister
from locales import form, named, t
from ui import unpublished
from ui.choice import ALL, Choice

EVERYTHING = "all"
LARGE = kept.LARGE
# Component ids with the editions in which the rows of all units are wanted.
Lines = tuple[tuple[str, int], ...]
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
    snapshot = store().version()
    _RUN.kept = (snapshot, writes_here())
    try:
        with store().held(snapshot):
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


def content() -> str:
    """What the calculations of this page depend on; many versions share it."""
    return _content(version())


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
    return board.knowledge(queries.tables(version=_snapshot, now=_moment(content)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _knowledge(stamp: str) -> Knowledge:
    snapshot = stamp.partition("@")[0]
    made = _calculated(_content(stamp), snapshot)
    return replace(made, tables=replace(made.tables, version=snapshot))


class TooLarge(Exception):
    """A page asked for the places of all units in all years, of which there are too many."""


def knowledge() -> Knowledge:
    """Everything held, ranked and grouped.

    Raises:
        TooLarge: the store holds more than fits; ask `knowledge_of_kind`, `knowledge_of` or
            `catalogue`.
    """
    if is_large():
        raise TooLarge
    return _knowledge(version())


def is_large() -> bool:
    """Whether the store holds more figures than one process should."""
    return _n_figures(version()) > LARGE


@st.cache_resource(max_entries=16, show_spinner=False)
def _n_figures(stamp: str) -> int:
    return queries.n_figures(version=stamp.partition("@")[0])


def catalogue() -> Tables:
    """Units, indices, components, editions, targets: everything but the figures of a large store.

    What a page takes from here it may show at any size.
    """
    return _catalogue(version()) if is_large() else knowledge().tables


@st.cache_resource(max_entries=2, show_spinner=False)
def _catalogue_of(content: str, _snapshot: str) -> Tables:
    return queries.tables(version=_snapshot, now=_moment(content), with_figures=False)


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalogue(stamp: str) -> Tables:
    snapshot = stamp.partition("@")[0]
    return replace(_catalogue_of(_content(stamp), snapshot), version=snapshot)


def _moment(content: str) -> datetime | None:
    """The moment whose viewers are asked for; none is now."""
    return END_OF_TIME if content.endswith(f"@{EVERYTHING}") else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _places_of(figured: str, _snapshot: str) -> kept.KeptPlaces:
    return kept.kept_places(
        store(), board.ranked_and_grouped, method=board.METHOD, now=_moment(figured),
        version=_snapshot,
    )  # fmt: skip


def await_places() -> None:
    """Of a large store, compute what changed since somebody last asked, and say so meanwhile."""
    if is_large():
        with st.spinner(t("large.computing")):
            _places(version())


def _places(stamp: str) -> kept.KeptPlaces:
    """Places computed from the figures of a version, which many versions share."""
    return _places_of(_figured(stamp), stamp.partition("@")[0])


def _figured(stamp: str) -> str:
    """What places of a version depend on; what people type is no part of it."""
    snapshot, _, shown = stamp.partition("@")
    return f"{_figures_from(snapshot)}@{shown}"


@st.cache_resource(max_entries=16, show_spinner=False)
def _figures_from(snapshot: str) -> str:
    return queries.figures_from(version=snapshot)


@st.cache_resource(max_entries=2, show_spinner=False)
def _bounds(_kept: kept.KeptPlaces, marks: str) -> pd.DataFrame:  # noqa: ARG001 - the key
    return _kept.bounds()


@st.cache_resource(max_entries=4, show_spinner=False)
def _lineage(figured: str, _stamp: str) -> Lineage:  # noqa: ARG001 - the key
    """Of a large store; which ended units an edition measured is read, not guessed."""
    tables = _catalogue(_stamp)
    gone = tables.units.loc[tables.units["valid_to"].notna(), "unit_id"]
    measured = kept.figures_of(_places(_stamp).of_units([str(one) for one in gone]))
    return lineage(tables.units, tables.unit_links, replace(tables, figures=measured))


# Rows of one unit are small, and the next page of the same unit asks for them again.
@st.cache_resource(max_entries=64, show_spinner=False)
def _own(
    figured: str,  # noqa: ARG001 - the key
    _stamp: str,
    unit_id: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    places = _places(_stamp)
    return places.of_units([unit_id]), places.groups([unit_id])


# A hundred megabytes for a whole index of communes over all years, so few of them.
@st.cache_resource(max_entries=4, show_spinner=False)
def _scores_of(figured: str, _stamp: str, lines: Lines) -> pd.DataFrame:  # noqa: ARG001
    return _of_lines(_places(_stamp).scores_of_lines, lines)


@st.cache_resource(max_entries=16, show_spinner=False)
def _places_of_lines(figured: str, _stamp: str, lines: Lines) -> pd.DataFrame:  # noqa: ARG001
    return _of_lines(_places(_stamp).of_lines, lines)


def _of_lines(
    read: Callable[[str, list[str], list[int]], pd.DataFrame], lines: Lines
) -> pd.DataFrame:
    """Rows of all units on some lines; of one index the years of one line are those of all."""
    parts = []
    for index_id, asked in _by_index(lines).items():
        years = sorted({year for _, year in asked})
        parts.append(read(index_id, sorted({line for line, _ in asked}), years))
    return pd.concat(parts, ignore_index=True) if parts else read("", [], [])


def _by_index(lines: Lines) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for line, year in lines:
        found.setdefault(line.partition(".")[0], []).append((line, year))
    return found


def _spread(lines: Lines) -> Lines:
    """Every line of an index with every year of that index that is asked for."""
    return tuple(sorted(
        (line, year)
        for asked in _by_index(lines).values()
        for line in {line for line, _ in asked}
        for year in {year for _, year in asked}
    ))  # fmt: skip


@st.cache_resource(max_entries=16, show_spinner=False)
def _knowledge_of(stamp: str, unit_id: str, lines: Lines, ladder: Lines) -> Knowledge:
    figured = _figured(stamp)
    own, groups = _own(figured, stamp, unit_id)
    compared = _places_of_lines(figured, stamp, lines)
    # The own rows say everything, those of the others what comparing takes.
    places = pd.concat([own, compared.loc[compared["unit_id"] != unit_id]], ignore_index=True)
    figures = _scores_of(figured, stamp, ladder) if ladder else kept.figures_of(places)
    return Knowledge(
        replace(_catalogue(stamp), figures=figures), places, _all_bounds(stamp), groups,
        _lineage(figured, stamp), lines=frozenset(lines), scored=frozenset(ladder or lines),
    )  # fmt: skip


def _all_bounds(stamp: str) -> pd.DataFrame:
    places = _places(stamp)
    return _bounds(places, "|".join(one.mark for one in places.editions))


def knowledge_of(unit_id: str, lines: Lines = (), ladder: Lines = ()) -> Knowledge:
    """What boards of one unit are cut from: everything, and of a large store what they need of it.

    Args:
        unit_id: whose rows are there, of all lines and years.
        lines: lines and editions of which the places of all units are wanted as well.
        ladder: lines and editions of which the figures of all units are wanted; then no others
            are among the figures.

    Returns:
        Places are those of the whole table in either case. A question about all units on a line
        that is not named is refused (`Knowledge.require`).
    """
    return _known(version(), unit_id, lines, ladder)


def _known(stamp: str, unit_id: str, lines: Lines = (), ladder: Lines = ()) -> Knowledge:
    if not is_large():
        return _knowledge(stamp)
    return _knowledge_of(stamp, unit_id, _spread(lines), _spread(ladder))


def knowledge_of_line(unit_id: str, index_id: str, component_id: str) -> Knowledge:
    """What a series of one line over all years is cut from, of one unit or of several.

    The total says which units an edition measured.
    """
    if not is_large():
        return knowledge()
    rows = catalogue().editions
    years = [int(year) for year in rows.loc[rows["index_id"] == index_id, "edition"]]
    lines = [(line, year) for line in (index_id, component_id) for year in years]
    return knowledge_of(unit_id, tuple(lines))


def knowledge_of_kind(unit_id: str) -> Knowledge:
    """What all pages are cut from: everything on the indices that rank units like this one.

    Raises:
        TooLarge: even that is more than fits; `knowledge_of_index` may still do.
    """
    if not is_large():
        return knowledge()
    return _of_kind(ranking(unit_id))


def _of_kind(index_ids: Collection[str]) -> Knowledge:
    if not _is_held(index_ids):
        raise TooLarge
    return _held_on(version(), tuple(sorted(index_ids)), ())


def _is_held(index_ids: Collection[str], component_ids: Sequence[str] = ()) -> bool:
    return _places(version()).n_figures(index_ids, component_ids) <= LARGE


def knowledge_of_index(index_id: str) -> Knowledge:
    """All units on one index: every line where that fits, else the total and its components.

    Then the catalogue that comes with it knows no criteria either, so that none of them is taken
    for one of which nothing is held.

    Raises:
        TooLarge: even that is more than fits.
    """
    if not is_large():
        return knowledge()
    if holds_criteria(index_id):
        return _of_kind(_kindred(index_id))
    rows = catalogue().components
    is_main = (rows["index_id"] == index_id) & rows["role"].isin(["total", "component"])
    lines = tuple(sorted({str(line) for line in rows.loc[is_main, "component_id"]}))
    if not _is_held([index_id], lines):
        raise TooLarge
    return _held_on(version(), (index_id,), lines)


def holds_criteria(index_id: str) -> bool:
    """Whether pages that compare all units on an index do so on its criteria, too."""
    return not is_large() or _is_held(_kindred(index_id))


def depth_note(index_id: str) -> str:
    """That pages compare all units on components only; empty where they do on criteria, too."""
    rows = catalogue().components
    has_criteria = ((rows["index_id"] == index_id) & (rows["role"] == "subcomponent")).any()
    return t("large.depth") if has_criteria and not holds_criteria(index_id) else ""


# A resource, not data: up to a million figures, and one copy for all sessions.
@st.cache_resource(max_entries=2, show_spinner=False)
def _held_of(
    content: str,  # noqa: ARG001 - the key
    _stamp: str,
    index_ids: tuple[str, ...],
    component_ids: tuple[str, ...],
) -> Knowledge:
    places, groups = _places(_stamp).of_indices(index_ids, component_ids)
    tables = _catalogue(_stamp)
    components = tables.components
    if component_ids:
        is_told = ~components["index_id"].isin(index_ids)
        components = components.loc[is_told | components["component_id"].isin(component_ids)]
    told = components.loc[components["index_id"].isin(index_ids), ["index_id", "component_id"]]
    lines = told.drop_duplicates().merge(tables.editions[["index_id", "edition"]], on="index_id")
    pairs = frozenset(zip(lines["component_id"], lines["edition"], strict=True))
    return Knowledge(
        replace(tables, figures=kept.figures_of(places), components=components), places,
        _all_bounds(_stamp), groups, _lineage(_figured(_stamp), _stamp), lines=pairs, scored=pairs,
    )  # fmt: skip


@st.cache_resource(max_entries=4, show_spinner=False)
def _held_on(stamp: str, index_ids: tuple[str, ...], component_ids: tuple[str, ...]) -> Knowledge:
    made = _held_of(_content(stamp), stamp, index_ids, component_ids)
    return replace(made, tables=replace(made.tables, version=stamp.partition("@")[0]))


def state_for_loads(snapshot: str) -> Knowledge:
    """What a load of a snapshot is compared with: figures held back are part of it.

    Of a large store the indices that rank provinces, with their targets: a workbook is read by the
    shipped catalogue, which knows no others.
    """
    stamp = f"{snapshot}@{EVERYTHING}"
    if not is_large():
        return _knowledge(stamp)
    index_ids = _ranking(pd.Series(dtype="str"))
    if not _is_held(index_ids):
        raise TooLarge
    made = _held_on(stamp, tuple(sorted(index_ids)), ())
    own = made.tables.targets
    tables = replace(made.tables, targets=own.loc[own["index_id"].isin(index_ids)])
    # The load may bring an edition: nothing is asked of these indices that is not there.
    return replace(made, tables=tables, lines=None, scored=None)


def totals() -> pd.DataFrame:
    """Places of all units on the indices themselves, in all editions."""
    if not is_large():
        rows = knowledge().standings
        return rows.loc[rows["component_id"] == rows["index_id"]]
    rows = catalogue().editions
    lines = tuple(zip(rows["index_id"], rows["edition"], strict=True))
    return _of_lines(_places(version()).of_lines, lines)


def outline() -> Knowledge:
    """Units with their changes, and everything held that is no figure; places of a small store."""
    if not is_large():
        return knowledge()
    return _knowledge_of(version(), "", (), ())


def judged_lines(unit_id: str, edition: int, as_of: date) -> Lines:
    """Lines of which the board of a unit compares all units; none where all are held anyway."""
    return _judged_lines(version(), unit_id, edition, as_of) if is_large() else ()


@st.cache_data(max_entries=256, show_spinner=False)
def _judged_lines(stamp: str, unit_id: str, edition: int, as_of: date) -> Lines:
    found = board.lines_judged(
        _known(stamp, unit_id), unit_id=unit_id, edition=edition, as_of=as_of
    )
    return tuple(found)


def _board_known(stamp: str, unit_id: str, edition: int, as_of: date) -> Knowledge:
    """What a board of one unit is cut from, of one version."""
    return _known(stamp, unit_id, judged_lines(unit_id, edition, as_of))


@st.cache_data(max_entries=256, show_spinner=False)
def _board(
    content: str,  # noqa: ARG001 - the key
    unit_id: str,
    edition: int,
    as_of: date,
    _stamp: str,
) -> pd.DataFrame:
    known = _board_known(_stamp, unit_id, edition, as_of)
    return board.board(known, unit_id=unit_id, edition=edition, as_of=as_of)


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
    known = _board_known(_stamp, unit_id, edition, as_of)
    return board.index_tiles(
        known, unit_id=unit_id, edition=edition, baseline=baseline, as_of=as_of
    )


def index_tiles(choice: Choice) -> list[IndexTile]:
    """One tile per index."""
    stamp = version()
    found = _tiles(
        _content(stamp), choice.unit_id, choice.edition, choice.baseline, choice.as_of, stamp
    )
    shown = ranking(choice.unit_id) if choice.index_id == ALL else {choice.index_id}
    return [tile for tile in found if tile.index_id in shown]


def ranking(unit_id: str) -> set[str]:
    """Indices that rank units of this kind: of a commune those of communes alone."""
    units = catalogue().units
    return _ranking(units.loc[units["unit_id"] == unit_id, "geography"])


def is_province(unit_id: str) -> bool:
    """Whether the unit is a province of the one or the other geography."""
    units = catalogue().units
    own = units.loc[units["unit_id"] == unit_id, "geography"]
    return bool(own.isin(register().geographies).all())


def _kindred(index_id: str) -> set[str]:
    """Indices that rank units of the kind this one ranks, itself among them."""
    rows = catalogue().editions
    return _ranking(rows.loc[rows["index_id"] == index_id, "geography"])


def _ranking(own: pd.Series) -> set[str]:
    rows, provinces = catalogue().editions, register().geographies
    is_province = bool(own.isin(provinces).all())
    of_kind = rows["geography"].isin(provinces) if is_province else rows["geography"].isin(own)
    others = set(rows["index_id"]) - set(rows.loc[of_kind, "index_id"])
    # An index without any edition yet says nothing of whom it ranks.
    return set(catalogue().indices["index_id"]) - others


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
        _board_known(_stamp, unit_id, edition, as_of),
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
    wanted = catalogue().indices["index_id"]
    own = [str(one) for one in wanted if one in ranking(choice.unit_id)]
    chosen = own if choice.index_id == ALL else [choice.index_id]
    return pd.concat([component_gaps(choice, index_id) for index_id in chosen], ignore_index=True)


def index_short(index_id: str) -> str:
    """What an index is called in speech: PAPI, PAR INDEX."""
    # A target may name an index the catalogue does not hold yet; its id is what we can show.
    return _short_names(version()).get(index_id, index_id.upper())


def _shorts(index_ids: pd.Series) -> pd.Series:
    return index_ids.map(index_short)


@st.cache_resource(max_entries=4, show_spinner=False)
def _short_names(stamp: str) -> dict[str, str]:
    _ = stamp
    rows = catalogue().indices
    return dict(zip(rows["index_id"], rows["short"], strict=True))


def source_line(choice: Choice) -> str:
    """Publisher, edition and date of publication of what is shown."""
    tables = catalogue()
    entries = tables.indices
    if choice.index_id != ALL:
        entries = entries.loc[entries["index_id"] == choice.index_id]
    return sentences.source_line(entries, tables.editions, choice.edition, choice.as_of)


def computed_note(choice: Choice) -> str:
    """That places of the chosen index and year are not the publisher's; empty where all are."""
    editions = catalogue().editions
    is_out = pd.to_datetime(editions["published_on"]) <= pd.Timestamp(choice.as_of)
    is_shown = editions["edition"].isin([choice.edition, choice.baseline]) & is_out
    out = editions.loc[is_shown & (editions["index_id"] == choice.index_id), "edition"]
    rows = knowledge_of(choice.unit_id).standings
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
    """The geography of provinces in the year of an edition."""
    return register().geography_of_year(edition)


def geographies(index_id: str, edition: int) -> list[str]:
    """The geographies whose units may be chosen: of an index that ranks others, only theirs.

    Of provinces the year decides; the catalogue says which editions rank anything else.
    """
    provinces = register().geographies
    rows = catalogue().editions
    others = rows.loc[~rows["geography"].isin(provinces)]
    if index_id != ALL:
        own = others.loc[others["index_id"] == index_id]
        return [geography(edition)] if own.empty else sorted(set(own["geography"]))
    found = others.loc[others["edition"] == edition, "geography"]
    return [geography(edition), *sorted(set(found))]


def units_to_choose(index_id: str, edition: int) -> dict[str, str]:
    """Names by id of the units that may be chosen, in alphabetical order; not to be changed."""
    return _units_to_choose(version(), locales.language(), index_id, edition)


@st.cache_resource(max_entries=64, show_spinner=False)
def _units_to_choose(
    stamp: str,
    language: str,  # noqa: ARG001 - `named` follows it, so it is part of the key
    index_id: str,
    edition: int,
) -> dict[str, str]:
    _ = stamp
    rows, found = catalogue().units, dict[str, str]()
    for one in geographies(index_id, edition):
        own = rows.loc[rows["geography"] == one]
        own = own.loc[pd.to_datetime(own["valid_to"]).dt.year.fillna(edition) >= edition]
        names = {str(row["unit_id"]): named(row) for _, row in own.iterrows()}
        found |= dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))
    return found


def units_by_area(index_id: str, edition: int) -> dict[str, dict[str, str]]:
    """The units that may be chosen, by the name of the area they lie in; not to be changed."""
    return _units_by_area(version(), locales.language(), index_id, edition)


@st.cache_resource(max_entries=16, show_spinner=False)
def _units_by_area(
    stamp: str,
    language: str,  # noqa: ARG001 - `named` follows it, so it is part of the key
    index_id: str,
    edition: int,
) -> dict[str, dict[str, str]]:
    _ = stamp
    rows = catalogue().units.drop_duplicates("unit_id").set_index("unit_id")
    areas = rows[f"region_name_{locales.language()}"].fillna(t("filters.no_area"))
    found: dict[str, dict[str, str]] = {}
    for unit_id, name in units_to_choose(index_id, edition).items():
        found.setdefault(str(areas[unit_id]), {})[unit_id] = name
    return found


def is_other_kind(unit_id: str, names: Mapping[str, str]) -> bool:
    """Whether a unit is missing among some because one of them is a province and the other not."""
    units, provinces = catalogue().units, register().geographies
    is_province = units.set_index("unit_id")["geography"].isin(provinces)
    ranked = is_province.reindex(list(names)[:1])
    return unit_id not in names and is_province.get(unit_id) not in set(ranked)


def unit_id(text: str, edition: int) -> str:
    """The unit of that id, name or spelling among the provinces of the year, or of that very id.

    Raises:
        UnitError: unknown, or a unit of the other geography; the message is for the reader.
    """
    others = catalogue().units
    is_named = (others["unit_id"] == text) & ~others["geography"].isin(register().geographies)
    if is_named.any():
        return text
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
    _ = stamp
    rows = catalogue().units
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
    _ = stamp
    rows = catalogue().components
    rows = rows.loc[(rows["index_id"] == index_id) & (rows["from_edition"] <= edition)]
    last = rows["to_edition"].astype("Float64").fillna(float("inf"))
    rows = rows.loc[last >= edition].sort_values(["sort", "code"])
    return {
        str(row["component_id"]): t("gaps.total") if row["component_id"] == index_id
        else f"{row['code']}. {named(row)}"
        for _, row in rows.iterrows()
    }  # fmt: skip
