"""What the words of a command mean: units, years, days, indices, components, and what is held."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache

import pandas as pd

from analytics.board import Knowledge, knowledge
from commands.console import Refused, refused
from data import batches, kept, queries
from data.actors import Actor, Role
from data.build import REFERENCE, ensure
from data.store import store
from data.units import (
    UnitError,
    UnitNotInForce,
    UnitOfOtherGeography,
    UnitRegister,
)
from locales import form, texts
from locales.calendar import in_store_time, today, years_to_ask

# Units of the larger geography, for a year whose number of ranked units is not recorded.
MOST_UNITS = 64


def unit_names(known: Knowledge) -> dict[str, str]:
    """Name of every unit, by unit_id."""
    return dict(zip(known.tables.units["unit_id"], known.tables.units["name_vi"], strict=True))


def read_rank(text: str, edition: int, editions: pd.DataFrame) -> int:
    """The place meant.

    Raises:
        Refused: no place of that year's ranking.
    """
    n = editions.loc[editions["edition"] == edition, "n_ranked"].max()
    last = int(n) if pd.notna(n) else MOST_UNITS
    if not text.strip().isdecimal() or not 1 <= int(text) <= last:
        raise refused("why.manage.unknown_rank", asked=text, year=edition, n=last)
    return int(text)


def shorts(known: Knowledge) -> dict[str, str]:
    """What each index is called in speech."""
    entries = known.tables.indices
    return dict(zip(entries["index_id"], entries["short"], strict=True))


@cache
def register() -> UnitRegister:
    """The shipped register of units."""
    return UnitRegister.load(REFERENCE)


def operator(name: str | None = None) -> Actor:
    """Who runs a command: whoever may run it may read and write the files of the store anyway."""
    return Actor(name or getpass.getuser(), Role.ADMINISTRATOR)


def held(*, everything: bool = False) -> Knowledge:
    """What the store shows now, ranked; with `everything` also what is held back.

    Raises:
        Refused: the store holds more than is ranked at once.
    """
    ensure(store())
    if (n_figures := queries.n_figures()) > kept.LARGE:
        raise refused("large.command", n=form.whole(n_figures))
    return knowledge(queries.tables(now=batches.END_OF_TIME if everything else None))


def read_any_year(text: str, known: Knowledge) -> int:
    """The year meant: of any edition, or one that ended since and that nobody has published on.

    Raises:
        Refused: neither; the sentence says which years there are.
    """
    held = known.tables.editions["edition"]
    asked = [year for year in years_to_ask(held) if text.strip() == str(year)]
    return asked[0] if asked else read_year(text, held)


def read_year(text: str, editions: Iterable[int]) -> int:
    """The edition meant.

    Raises:
        Refused: not among `editions`; the sentence says which are.
    """
    years = sorted({int(year) for year in editions})
    for year in years:
        if text.strip() == str(year):
            return year
    raise refused("manage.unknown_year", asked=text, years=_spans(years))


def _spans(years: list[int]) -> str:
    """Years in words: 2011–2015, 2017."""
    ends = [year for year in years if year + 1 not in years]
    starts = [year for year in years if year - 1 not in years]
    return ", ".join(
        str(first) if first == last else f"{first}–{last}"
        for first, last in zip(starts, ends, strict=True)
    )


def read_edition(index: str, year: str, known: Knowledge) -> tuple[pd.Series, pd.DataFrame, int]:
    """The index meant, all its editions, and the edition of the year meant.

    Raises:
        Refused: not in the catalogue, or a year it has no edition of.
    """
    entry = read_index(index, known)
    editions = known.tables.editions
    editions = editions.loc[editions["index_id"] == entry["index_id"]]
    return entry, editions, read_year(year, editions["edition"])


def read_day(text: str | None) -> date:
    """The day whose knowledge is used, today by default.

    Raises:
        Refused: no day, or one that has not come yet.
    """
    latest = today()
    try:
        day = latest if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise refused("manage.unknown_day", asked=text) from None
    if day > latest:
        raise refused("manage.unknown_day", asked=text)
    return day


def read_unit(text: str, edition: int) -> tuple[str, str]:
    """Id and name of the unit meant, in the geography of the year.

    Raises:
        Refused: unknown, or a unit of another time; the sentence suggests what was meant.
    """
    english = texts("en")["manage.unknown_unit"].format(asked=text, year=edition)
    try:
        unit = register().resolve(text, on=date(edition, 12, 31))
    except UnitNotInForce as fault:
        # A unit that ended during the year was still measured in it: Hà Tây 2008.
        if fault.unit.valid_to is None or fault.unit.valid_to.year != edition:
            raise Refused(str(fault), english) from None
        unit = fault.unit
    except UnitError as fault:
        raise Refused(str(fault), english) from None
    return unit.unit_id, unit.name_vi


def read_present_unit(text: str) -> str:
    """Id of the present unit meant; a province that merged away means the unit it is part of.

    Raises:
        Refused: unknown, or split among several.
    """
    geography = register().geographies[-1]
    try:
        return register().resolve(text, geography=geography).unit_id
    except UnitOfOtherGeography as fault:
        if len(fault.counterparts) == 1:
            return fault.counterparts[0].unit_id
        names = ", ".join(unit.name_vi for unit in fault.counterparts)
        raise refused("lens.several", asked=text, names=names) from None
    except UnitError as fault:
        year = register().units_of(geography)[0].valid_from.year
        english = texts("en")["manage.unknown_unit"].format(asked=text, year=year)
        raise Refused(str(fault), english) from None


def read_index(text: str, known: Knowledge) -> pd.Series:
    """The index meant by an id or a name in any usual spelling: PAR INDEX, parindex, par-index.

    Raises:
        Refused: not in the catalogue.
    """
    entries = known.tables.indices
    asked = _letters(text)
    is_meant = entries["index_id"].map(_letters).eq(asked) | entries["short"].map(_letters).eq(
        asked
    )
    if not is_meant.any():
        raise refused("manage.unknown_index", asked=text, known=", ".join(entries["index_id"]))
    entry: pd.Series = entries.loc[is_meant].iloc[0]
    return entry


def _letters(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def read_component(text: str, entry: pd.Series, edition: int, known: Knowledge) -> pd.Series:
    """The component meant by its code of that year (D2.1) or its id.

    Raises:
        Refused: not measured in that year.
    """
    parts = live_components(entry, edition, known)
    asked = text.strip().casefold()
    is_meant = parts["code"].str.casefold().eq(asked) | parts["component_id"].eq(asked)
    if not is_meant.any():
        codes, index = ", ".join(parts.loc[parts["role"] == "component", "code"]), entry["short"]
        raise refused(
            "manage.unknown_component", index=index, year=edition, asked=text, known=codes
        )
    part: pd.Series = parts.loc[is_meant].iloc[0]
    return part


def live_components(entry: pd.Series, edition: int, known: Knowledge) -> pd.DataFrame:
    """Components of an index as they are called in one year: one row per component_id."""
    parts = known.tables.components
    last = parts["to_edition"].fillna(edition)
    live: pd.DataFrame = parts.loc[
        (parts["index_id"] == entry["index_id"])
        & (parts["from_edition"] <= edition)
        & (last >= edition)
    ]
    return live


def read_new_year(text: str | None) -> int | None:
    """A year that need not be in the store yet."""
    if text is None:
        return None
    if not re.fullmatch(r"20\d\d|2100", text.strip()):
        raise refused("load.unknown_year", asked=text)
    return int(text)


def read_date(text: str | None) -> date | None:
    """A day written as in a command: 2023-04-19; none where none was given."""
    try:
        return None if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise refused("load.unknown_date", asked=text) from None


def read_moment(text: str | None) -> datetime | None:
    """A moment of the clock in Việt Nam, as the store keeps it."""
    try:
        return None if text is None else in_store_time(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise refused("load.unknown_moment", asked=text) from None
