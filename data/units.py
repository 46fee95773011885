"""Provincial units with dates: which unit a name meant on a given day.

An id belongs to one geography (vn63 to 30 June 2025, vn34 from 1 July 2025). The same name or the
same GSO code on both sides of a reform is NOT the same unit: code 24 was Bắc Giang, then Bắc Ninh.
Merges, splits, renames and boundary transfers are rows of `unit_links.csv`, never code.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from data.unit_checks import (
    check_facts,
    check_lineage,
    check_links,
    check_names_are_linked,
    check_reform,
    check_regions,
    check_units,
    geography_spans,
    names_of_units,
)
from data.unit_records import (
    ALIAS_COLUMNS,
    ENDING,
    FACT_COLUMNS,
    GSO_CODE,
    LINK_COLUMNS,
    NAME_COLUMNS,
    REGION_COLUMNS,
    UNIT_COLUMNS,
    Alias,
    ReferenceFault,
    Region,
    Unit,
    UnitFact,
    UnitLink,
    UnitName,
    read_aliases,
    read_facts,
    read_links,
    read_names,
    read_regions,
    read_units,
)
from data.unit_text import listed, name_key, vietnamese_date

__all__ = [
    "CodeNeedsDate",
    "DateNotCovered",
    "ReferenceFault",
    "Region",
    "Unit",
    "UnitError",
    "UnitFact",
    "UnitLink",
    "UnitName",
    "UnitNotInForce",
    "UnitOfOtherGeography",
    "UnitRegister",
    "UnitUnknown",
    "name_key",
]


# Nearness below which a name is no longer worth suggesting (difflib ratio).
SUGGESTION_CUTOFF = 0.7
SUGGESTION_LIMIT = 3
# Codes such as LAN or SLA are near to everything; only longer spellings may suggest a name.
SUGGESTION_KEY_LENGTH = 5


class UnitError(ValueError):
    """A name, code or date for which the register has no unit; str() is a Vietnamese sentence."""


class UnitUnknown(UnitError):
    """No unit of any time bears the name; `suggestions` holds at most three near names."""

    def __init__(self, name: str, suggestions: Sequence[str] = (), *, what: str = "tên") -> None:
        self.name, self.suggestions = name, tuple(suggestions)
        if not name:
            super().__init__("Tên tỉnh, thành phố đang để trống.")
            return
        sentence = f"Không có tỉnh, thành phố nào {what} “{name}”."
        if self.suggestions:
            sentence += f" Có phải: {listed(self.suggestions, 'hay')}?"
        super().__init__(sentence)


class UnitOfOtherGeography(UnitError):
    """The name or id exists, but only in a geography other than the one asked for.

    `unit` is the unit it does name, `counterparts` the units that stand for that territory in the
    geography asked for (successors when the unit is gone, predecessors when it did not exist yet).
    """

    def __init__(self, unit: Unit, counterparts: Sequence[Unit], sentence: str) -> None:
        self.unit, self.counterparts = unit, tuple(counterparts)
        super().__init__(sentence)


class UnitNotInForce(UnitError):
    """The unit belongs to the geography asked for, but not on that day (Hà Tây in 2010)."""

    def __init__(self, unit: Unit, on: date, sentence: str) -> None:
        self.unit, self.on = unit, on
        super().__init__(sentence)


class CodeNeedsDate(UnitError):
    """A GSO code was given without a day; codes were re-used in 2025."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class DateNotCovered(UnitError):
    """The day, or the geography, lies outside the register."""


class UnitRegister:
    """Every unit, name, link, region and figure, checked against each other on construction."""

    def __init__(
        self,
        *,
        units: Sequence[Unit],
        names: Sequence[UnitName],
        links: Sequence[UnitLink],
        aliases: Sequence[Alias],
        regions: Sequence[Region],
        facts: Sequence[UnitFact],
    ) -> None:
        self.units, self.links = tuple(units), tuple(links)
        self.regions, self.facts = tuple(regions), tuple(facts)
        self.aliases = tuple(aliases)
        self._by_id = {unit.unit_id: unit for unit in self.units}
        check_regions(self.regions)
        check_units(self.units, self.regions)
        self._names = names_of_units(self.units, names)
        self._spans = geography_spans(self.units)
        self._by_key = self._keyed_names()
        self._alias_keys = self._keyed_aliases()
        check_links(self.links, self._by_id)
        check_names_are_linked(names, self.links)
        check_lineage(self.units, self.links)
        check_reform(self.units, self.links)
        check_facts(self.facts, self._by_id)

    @classmethod
    def load(cls, folder: Path) -> UnitRegister:
        """Read and check the unit files of the reference folder.

        Args:
            folder: holds units.csv, unit_names.csv, unit_links.csv, unit_aliases.csv,
                regions.csv and unit_facts.csv.

        Raises:
            ReferenceFault: a file is absent, misshapen or contradicts another.

        Source: docs/method/units.md.
        """
        return cls(
            units=read_units(folder),
            names=read_names(folder),
            links=read_links(folder),
            aliases=read_aliases(folder),
            regions=read_regions(folder),
            facts=read_facts(folder),
        )

    # Time ------------------------------------------------------------------------------------

    @property
    def geographies(self) -> tuple[str, ...]:
        """Ids of the geographies, oldest first."""
        return tuple(sorted(self._spans, key=lambda geography: self._spans[geography][0]))

    def geography_on(self, on: date) -> str:
        """The geography in force on a day.

        Raises:
            DateNotCovered: the day lies before the register begins.

        Source: docs/method/units.md.
        """
        for geography, (start, end) in self._spans.items():
            if start <= on and (end is None or on <= end):
                return geography
        start = min(start for start, _ in self._spans.values())
        raise DateNotCovered(
            f"Danh sách tỉnh, thành phố bắt đầu từ ngày {vietnamese_date(start)}; "
            f"không tra được cho ngày {vietnamese_date(on)}."
        )

    def geography_of_year(self, year: int) -> str:
        """The geography on 31 December of a bare year: 2025 is vn34.

        The geography of an EDITION stands in the catalogue and may differ: an index about 2024
        keeps 63 units whenever it is published.

        Source: docs/method/units.md.
        """
        return self.geography_on(date(year, 12, 31))

    def units_on(self, on: date) -> tuple[Unit, ...]:
        """The units in force on a day, in file order (by GSO code)."""
        return tuple(unit for unit in self.units if unit.in_force(on))

    def units_of(self, geography: str) -> tuple[Unit, ...]:
        """Every unit a geography ever had, in file order; vn63 includes Hà Tây.

        Raises:
            DateNotCovered: there is no such geography.
        """
        self._known_geography(geography)
        return tuple(unit for unit in self.units if unit.geography == geography)

    # One unit --------------------------------------------------------------------------------

    def unit(self, unit_id: str) -> Unit:
        """The unit with this id.

        Raises:
            UnitUnknown: no unit has the id.
        """
        try:
            return self._by_id[unit_id]
        except KeyError:
            raise UnitUnknown(unit_id, what="có mã") from None

    def region(self, region_id: str) -> Region:
        """The region with this id.

        Raises:
            UnitError: no region has the id.
        """
        for region in self.regions:
            if region.region_id == region_id:
                return region
        raise UnitError(f"Không có vùng nào có mã “{region_id}”.")

    def name_on(self, unit_id: str, on: date) -> UnitName:
        """What the unit was called on a day: Thừa Thiên Huế in 2024, Huế from 1 January 2025.

        Raises:
            UnitUnknown: no unit has the id.
            UnitNotInForce: the unit did not exist on the day.

        Source: docs/method/units.md.
        """
        unit = self.unit(unit_id)
        for name in self._names[unit_id]:
            if name.in_force(on):
                return name
        raise self._not_in_force(unit, f"“{unit_id}”", on)

    def successors(self, unit_id: str) -> tuple[Unit, ...]:
        """The units that took over the unit's territory when it ended; empty while it lasts.

        A unit that only gave up a part (Vĩnh Phúc to Hà Nội in 2008) has not been succeeded.

        Raises:
            UnitUnknown: no unit has the id.

        Source: docs/method/units.md.
        """
        return self._units_of_links(
            link.to_unit_id for link in self._closing_links(self.unit(unit_id))
        )

    def successor(self, unit_id: str) -> Unit | None:
        """The one unit that succeeded this unit, or None while it lasts.

        Raises:
            UnitUnknown: no unit has the id.
            UnitError: the unit was split among several; ask `successors`.

        Source: docs/method/units.md.
        """
        found = self.successors(unit_id)
        if len(found) > 1:
            names = listed([unit.name_vi for unit in found], "và")
            raise UnitError(f"{self.unit(unit_id).name_vi} đã chia thành {names}.")
        return found[0] if found else None

    def predecessors(self, unit_id: str) -> tuple[Unit, ...]:
        """The units this unit took over whole, in file order; never the unit itself.

        Raises:
            UnitUnknown: no unit has the id.

        Source: docs/method/units.md.
        """
        self.unit(unit_id)
        return self._units_of_links(
            link.from_unit_id for link in self._ending_links() if link.to_unit_id == unit_id
        )

    # Names -----------------------------------------------------------------------------------

    def resolve(self, name: str, *, on: date | None = None, geography: str | None = None) -> Unit:
        """The one unit a name, unit id or GSO code means, on a day or in a geography.

        Never guesses: exact name, then alias, then an error that suggests. A renamed unit answers
        to every name it bore in its geography. A GSO code needs the day, because codes
        were re-used.

        Args:
            name: as typed; any case, accents, NFC or NFD, with or without "tỉnh" or "TP.".
            on: the day the name is meant for. Give this or `geography`, not both.
            geography: vn63 or vn34, as the catalogue states it for an edition.

        Raises:
            UnitUnknown: no unit bears the name; carries up to three near names.
            UnitOfOtherGeography: the name exists only in another geography.
            UnitNotInForce: the unit did not exist on that day.
            CodeNeedsDate: a GSO code was given without a day.
            DateNotCovered: the day or the geography is not in the register.

        Source: docs/method/units.md.
        """
        if (on is None) == (geography is None):
            raise TypeError("resolve() takes either on= or geography=")
        asked = self.geography_on(on) if on is not None else self._known_geography(geography or "")
        text = unicodedata.normalize("NFC", name).strip()
        said = f"“{text}”"
        if re.fullmatch(GSO_CODE, text):
            unit, said = self._unit_of_code(text, on), f"Mã {text}"
        else:
            unit = self._by_id.get(text.casefold()) or self._unit_of_name(text, asked)
        if unit.geography != asked:
            raise self._other_geography(unit, said, asked)
        if on is not None and not unit.in_force(on):
            raise self._not_in_force(unit, said, on)
        return unit

    def suggestions(self, name: str, *, geography: str) -> tuple[str, ...]:
        """At most three names near a name nobody bears, nearest first.

        Names of other geographies are offered only when this one has none near.

        Raises:
            DateNotCovered: there is no such geography.
        """
        self._known_geography(geography)
        here = self._near(name, [geography])
        return here or self._near(name, [other for other in self._spans if other != geography])

    # Frames ----------------------------------------------------------------------------------

    def unit_frame(self, on: date | None = None) -> pd.DataFrame:
        """Units as a table.

        Args:
            on: keep only the units of that day, under the names and kinds they bore then.

        Returns:
            One row per unit_id, with name_vi, name_en, kind, gso_code [two digits, text],
            geography, region_id, valid_from, valid_to [days, both included; missing = still in
            force] and note.

        Source: docs/method/units.md.
        """
        units = self.units if on is None else self.units_on(on)
        frame = _frame(units, UNIT_COLUMNS)
        if on is not None:
            names = [self.name_on(unit.unit_id, on) for unit in units]
            frame["name_vi"] = [name.name_vi for name in names]
            frame["name_en"] = [name.name_en for name in names]
            frame["kind"] = [name.kind for name in names]
        return _with_days(frame, ("valid_from", "valid_to"))

    def link_frame(self) -> pd.DataFrame:
        """Links as a table.

        Returns:
            One row per (effective_on, event, from_unit_id, to_unit_id), with weight [share of the
            unit linked to, 0 to 1; missing where no checked figure exists], weight_basis,
            legal_basis and note. Weights sum to 1 over (effective_on, to_unit_id) of the events
            merge, unchanged, split and transfer.

        Source: docs/method/units.md.
        """
        frame = _with_days(_frame(self.links, LINK_COLUMNS), ("effective_on",))
        frame["weight"] = frame["weight"].astype("Float64")
        return frame

    def name_frame(self) -> pd.DataFrame:
        """One row per (unit_id, valid_from): name_vi, name_en and kind until valid_to."""
        names = [name for periods in self._names.values() for name in periods]
        return _with_days(_frame(names, NAME_COLUMNS), ("valid_from", "valid_to"))

    def region_frame(self) -> pd.DataFrame:
        """One row per region_id: geography, name_vi, name_en and sort [1 = northernmost]."""
        return _frame(self.regions, REGION_COLUMNS)

    def fact_frame(self) -> pd.DataFrame:
        """One row per (unit_id, year, measure): value [thousand persons or km2], source_id."""
        return _frame(self.facts, FACT_COLUMNS)

    def alias_frame(self) -> pd.DataFrame:
        """One row per alias as it stands in source files, with the standard name_vi."""
        return _frame(self.aliases, ALIAS_COLUMNS)

    # Inside ----------------------------------------------------------------------------------

    def _known_geography(self, geography: str) -> str:
        if geography in self._spans:
            return geography
        known = listed(self.geographies, "và")
        raise DateNotCovered(f"Không có danh sách đơn vị “{geography}”; chỉ có {known}.")

    def _ending_links(self) -> Iterator[UnitLink]:
        for link in self.links:
            if link.event in ENDING and link.from_unit_id != link.to_unit_id:
                yield link

    def _closing_links(self, unit: Unit) -> list[UnitLink]:
        """The links by which the unit ended; a unit that split off a part and lasts has none."""
        return [
            link
            for link in self._ending_links()
            if link.from_unit_id == unit.unit_id and not unit.in_force(link.effective_on)
        ]

    def _units_of_links(self, ids: Iterable[str]) -> tuple[Unit, ...]:
        wanted = set(ids)
        return tuple(unit for unit in self.units if unit.unit_id in wanted)

    def _keyed_names(self) -> dict[tuple[str, str], Unit]:
        keyed: dict[tuple[str, str], Unit] = {}
        for unit in self.units:
            for name in self._names[unit.unit_id]:
                key = (unit.geography, name_key(name.name_vi))
                holder = keyed.setdefault(key, unit)
                if holder is not unit:
                    reason = f"tên “{name.name_vi}” trùng với {holder.unit_id} sau khi bỏ dấu"
                    raise ReferenceFault("units.csv", unit.row, reason)
        return keyed

    def _keyed_aliases(self) -> dict[str, str]:
        known = {key for _, key in self._by_key}
        keyed: dict[str, str] = {}
        for alias in self.aliases:
            target, key = name_key(alias.name_vi), name_key(alias.alias)
            if target not in known:
                reason = f"“{alias.name_vi}” không phải tên đơn vị nào"
                raise ReferenceFault("unit_aliases.csv", alias.row, reason)
            if not key or (key in known and key != target) or keyed.get(key, target) != target:
                reason = f"cách viết “{alias.alias}” trống hoặc đã chỉ một đơn vị khác"
                raise ReferenceFault("unit_aliases.csv", alias.row, reason)
            keyed[key] = target
        return keyed

    def _find(self, key: str, geography: str) -> Unit | None:
        exact = self._by_key.get((geography, key))
        return exact or self._by_key.get((geography, self._alias_keys.get(key, "")))

    def _unit_of_name(self, text: str, geography: str) -> Unit:
        key = name_key(text)
        # The geography asked for comes first: most names exist in both.
        others = [other for other in reversed(self.geographies) if other != geography]
        for candidate in (geography, *others):
            unit = self._find(key, candidate)
            if unit is not None:
                return unit
        suggested = self.suggestions(text, geography=geography) if key else ()
        raise UnitUnknown(text if key else "", suggested)

    def _unit_of_code(self, code: str, on: date | None) -> Unit:
        bearers = [unit for unit in self.units if unit.gso_code == code]
        if not bearers:
            raise UnitUnknown(code, what="có mã")
        if on is None:
            meanings = listed(
                [
                    f"{unit.name_vi} (từ ngày {vietnamese_date(unit.valid_from)})"
                    for unit in bearers
                ],
                "và",
            )
            raise CodeNeedsDate(
                code, f"Mã {code} chỉ tra được khi biết ngày, vì mã đã dùng lại: {meanings}."
            )
        for unit in bearers:
            if unit.in_force(on):
                return unit
        return bearers[-1] if on > bearers[-1].valid_from else bearers[0]

    def _near(self, name: str, geographies: Iterable[str]) -> tuple[str, ...]:
        candidates: dict[str, str] = {}
        for geography in geographies:
            for (place, key), unit in self._by_key.items():
                if place == geography:
                    candidates.setdefault(key, unit.name_vi)
            for key in self._alias_keys:
                unit_or_none = self._find(key, geography)
                if unit_or_none is not None and len(key) >= SUGGESTION_KEY_LENGTH:
                    candidates.setdefault(key, unit_or_none.name_vi)
        # Several spellings of one unit may be near, so more are drawn than are shown.
        drawn = difflib.get_close_matches(
            name_key(name), list(candidates), n=4 * SUGGESTION_LIMIT, cutoff=SUGGESTION_CUTOFF
        )
        return tuple(dict.fromkeys(candidates[key] for key in drawn))[:SUGGESTION_LIMIT]

    def _title(self, unit: Unit, on: date) -> str:
        return self.name_on(unit.unit_id, on).title

    def _fate(self, unit: Unit) -> str:
        """How the unit ended, as a clause: merged into, split among or continued as."""
        links = self._closing_links(unit)
        last_title = self._title(unit, links[0].effective_on - timedelta(days=1))
        titles = [self._title(self.unit(link.to_unit_id), link.effective_on) for link in links]
        said = f"{listed(titles, 'và')} từ ngày {vietnamese_date(links[0].effective_on)}"
        law = f" ({links[0].legal_basis})"
        if links[0].event == "merge":
            return f"{last_title} đã nhập vào {said}{law}"
        if links[0].event == "split":
            return f"{last_title} đã chia thành {said}{law}"
        return f"{self._renaming(unit)}nay là {titles[0]}{law}"

    def _renaming(self, unit: Unit) -> str:
        for link in self.links:
            if link.event == "rename" and link.from_unit_id == unit.unit_id:
                new = self._title(unit, link.effective_on)
                day = vietnamese_date(link.effective_on)
                return (
                    f"{unit.kind} {unit.name_vi} đổi thành {new} từ ngày {day} "
                    f"({link.legal_basis}), "
                )
        return ""

    def _origin(self, unit: Unit) -> str:
        """How the unit began, as a clause naming its predecessors."""
        titles = [
            self._title(before, unit.valid_from - timedelta(days=1))
            for before in self.predecessors(unit.unit_id)
        ]
        title = self._title(unit, unit.valid_from)
        day = vietnamese_date(unit.valid_from)
        came = f", trước đó là {listed(titles, 'và')}" if titles else ""
        return f"{title} có từ ngày {day}{came}"

    def _other_geography(self, unit: Unit, said: str, asked: str) -> UnitOfOtherGeography:
        start, end = self._spans[asked]
        if end is None:
            count, when = len(self.units_on(start)), f"từ ngày {vietnamese_date(start)}"
        else:
            count, when = len(self.units_on(end)), f"đến hết ngày {vietnamese_date(end)}"
        gone = unit.valid_from < start
        story = self._fate(unit) if gone else self._origin(unit)
        return UnitOfOtherGeography(
            unit,
            self._counterparts(unit, asked, forward=gone),
            f"{said} không có trong danh sách {count} tỉnh, thành phố {when}: {story}.",
        )

    def _counterparts(self, unit: Unit, asked: str, *, forward: bool) -> tuple[Unit, ...]:
        """The units of the geography asked for, following as many steps as it takes."""
        step = self.successors if forward else self.predecessors
        found: dict[str, Unit] = {}
        waiting = list(step(unit.unit_id))
        while waiting:
            current = waiting.pop(0)
            if current.geography == asked:
                found.setdefault(current.unit_id, current)
            else:
                waiting.extend(step(current.unit_id))
        return tuple(found.values())

    def _not_in_force(self, unit: Unit, said: str, on: date) -> UnitNotInForce:
        day = vietnamese_date(on)
        if on < unit.valid_from:
            return UnitNotInForce(unit, on, f"{said} chưa có vào ngày {day}: {self._origin(unit)}.")
        return UnitNotInForce(unit, on, f"{said} không còn vào ngày {day}: {self._fate(unit)}.")


def _frame(records: Sequence[object], columns: Sequence[str]) -> pd.DataFrame:
    """The named fields of dataclass records, in order; the fields not named are dropped."""
    rows = [astuple(record)[: len(columns)] for record in records]  # type: ignore[call-overload]
    return pd.DataFrame(rows, columns=list(columns))


def _with_days(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    for column in columns:
        frame[column] = pd.to_datetime(frame[column])
    return frame
