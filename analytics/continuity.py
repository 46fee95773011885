"""Whether a unit was the same unit on two days, read from the links between units.

Places of two years are compared for one territory only. A unit that was formed, ended, or took
in land of others in between is not the same unit; a new name or status leaves it what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.composition import (
    HANDING_ON,
    LINK_COLUMNS,
    UNIT_COLUMNS,
    edition_day,
    edition_days,
)
from analytics.schema import Tables, require_columns

CHANGE_COLUMNS = ("changed_on", "change_event")
# Of several events on one day the one that says most names the change.
_EVENT_ORDER = ("merge", "split", "transfer", "unchanged")

_Day = pd.Timestamp


@dataclass(frozen=True, eq=False)
class Lineage:
    """Units and links, and the day of every edition, ready to be asked row by row.

    `days` holds the day of each (index_id, edition); an edition it does not hold speaks of its
    31 December.
    """

    spans: dict[str, tuple[_Day, _Day | None]]
    taken: dict[str, tuple[tuple[_Day, str], ...]]
    given: dict[str, tuple[tuple[_Day, str], ...]]
    days: dict[tuple[str, int], date]


def lineage(units: pd.DataFrame, links: pd.DataFrame, tables: Tables | None = None) -> Lineage:
    """Units and links as `unit_changes` asks for them.

    Args:
        units: one row per unit_id, with geography, valid_from and valid_to [days].
        links: one row per (effective_on, event, from_unit_id, to_unit_id).
        tables: where the days of the editions are read from; 31 December each when absent.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/merger.md.
    """
    require_columns(units, UNIT_COLUMNS)
    require_columns(links, LINK_COLUMNS)
    begun, ended = pd.to_datetime(units["valid_from"]), pd.to_datetime(units["valid_to"])
    spans: dict[str, tuple[_Day, _Day | None]] = {
        str(unit_id): (first, None if lasts else last)
        for unit_id, first, last, lasts in zip(
            units["unit_id"], begun, ended, ended.isna(), strict=True
        )
    }
    moved = links.loc[
        links["event"].isin(HANDING_ON) & (links["from_unit_id"] != links["to_unit_id"])
    ]
    taken: dict[str, list[tuple[_Day, str]]] = {}
    given: dict[str, list[tuple[_Day, str]]] = {}
    days = pd.to_datetime(moved["effective_on"])
    for day, giver, taker, event in zip(
        days, moved["from_unit_id"], moved["to_unit_id"], moved["event"], strict=True
    ):
        taken.setdefault(str(taker), []).append((day, str(event)))
        given.setdefault(str(giver), []).append((day, str(event)))
    return Lineage(
        spans=spans,
        taken={unit_id: tuple(sorted(steps, key=_order)) for unit_id, steps in taken.items()},
        given={unit_id: tuple(sorted(steps, key=_order)) for unit_id, steps in given.items()},
        days={} if tables is None else edition_days(tables),
    )


def _order(step: tuple[_Day, str]) -> tuple[_Day, int]:
    return step[0], _EVENT_ORDER.index(step[1])


def day_of_edition(of: Lineage | None, tables: Tables, *, index_id: str, edition: int) -> date:
    """`edition_day`, looked up where the days of all editions are at hand.

    Raises:
        EditionNotFound: the catalogue holds no such edition.

    Source: docs/method/merger.md.
    """
    day = None if of is None else of.days.get((index_id, edition))
    return edition_day(tables, index_id=index_id, edition=edition) if day is None else day


def unit_changes(asked: pd.DataFrame, of: Lineage) -> pd.DataFrame:
    """What became of a unit between two editions, or of the unit by the day of one.

    A unit that gave up a part and lasts is still compared with itself; the one that took it in is
    not. A unit of whose beginning no link speaks has always been there.

    Args:
        asked: rows with unit_id, index_id, start [edition; missing: only `end` counts] and end
            [edition].
        of: result of `lineage`.

    Returns:
        On the index of `asked`: changed_on [day, missing where it is one and the same unit] and
        change_event (merge, split, transfer, unchanged, or empty); the latest where several.

    Raises:
        ColumnsMissing: `asked` lacks a column named above.

    Source: docs/method/merger.md.
    """
    columns = ["unit_id", "index_id", "start", "end"]
    require_columns(asked, columns)
    # Many rows ask the same question; it is answered once.
    once = asked[columns].drop_duplicates()
    answers = [
        _change(of, str(unit_id), str(index_id), None if pd.isna(start) else int(start), int(end))
        for unit_id, index_id, start, end in once.itertuples(index=False, name=None)
    ]
    found = pd.DataFrame(answers, columns=list(CHANGE_COLUMNS), index=once.index)
    found = once.assign(
        changed_on=pd.to_datetime(found["changed_on"]),
        change_event=found["change_event"].astype("object"),
    )
    rows = asked[columns].merge(found, on=columns, how="left", validate="many_to_one")
    return rows[list(CHANGE_COLUMNS)].set_axis(asked.index)


def is_another(of: Lineage, unit_id: str, index_id: str, *, start: int, end: int) -> bool:
    """Whether one unit is not the same unit in two editions, see `unit_changes`.

    Source: docs/method/merger.md.
    """
    return _change(of, unit_id, index_id, start, end)[0] is not None


def _day(of: Lineage, index_id: str, edition: int) -> _Day:
    return pd.Timestamp(of.days.get((index_id, edition), date(edition, 12, 31)))


def _change(
    of: Lineage, unit_id: str, index_id: str, start: int | None, end: int
) -> tuple[_Day | None, str]:
    """The latest day on which the unit was not what it is at the other end."""
    if unit_id not in of.spans:
        return None, ""
    begun, ended = of.spans[unit_id]
    last = _day(of, index_id, end)
    if ended is not None and last > ended:
        return _first([step for step in of.given.get(unit_id, ()) if step[0] > ended])
    taken = of.taken.get(unit_id, ())
    if last < begun:
        return _first([step for step in taken if step[0] == begun])
    if start is None:
        return None, ""
    first = _day(of, index_id, start)
    between = [step for step in taken if first < step[0] <= last]
    return _first([step for step in between if step[0] == between[-1][0]])


def _first(steps: list[tuple[_Day, str]]) -> tuple[_Day | None, str]:
    return steps[0] if steps else (None, "")
