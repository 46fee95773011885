"""Who answers on a day for what was given to an agency before.

Agencies merge, are renamed and split; what was given to them passes on, link by dated link.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.schema import require_columns

# After these the agency is no more; after a split it goes on unless its last day has passed.
ENDING_EVENTS = ("merge", "rename")
LINK_COLUMNS = ("effective_on", "event", "from_agency_id", "to_agency_id", "legal_basis", "note")
RESULT_COLUMNS = ["agency_id", "successor_id", "since", "event", "legal_basis", "note", "path"]

_DAY = pd.Timedelta(days=1)


def successors(
    links: pd.DataFrame,
    agencies: pd.DataFrame,
    *,
    agency_id: str,
    on: date,
    given_on: date | None = None,
) -> pd.DataFrame:
    """The agencies that answer on a day for what was given to one agency.

    An agency that ended without a link has no successor: nobody is guessed. Links are followed
    in the order of their days, so a name that comes back later is not a loop.

    Args:
        links: one row per link, with effective_on [date], event [merge | rename | split],
            from_agency_id, to_agency_id, legal_basis, note.
        agencies: one row per agency_id, with valid_to [date, missing = in force].
        agency_id: to whom it was given.
        on: the day asked about.
        given_on: when it was given; links up to that day do not count. All count when absent.

    Returns:
        One row per agency that answers: agency_id (as asked), successor_id (the same agency
        where nothing happened to it), since [day it took over, missing for the agency itself],
        event, legal_basis and note of the last link, path [tuple of agency_ids from the first to
        this one]. No row when the agency ended and nobody took over.

    Raises:
        ColumnsMissing: `links` or `agencies` lacks a column named above.

    Source: docs/method/responsibility.md.
    """
    require_columns(links, LINK_COLUMNS)
    require_columns(agencies, ["agency_id", "valid_to"])
    day = pd.Timestamp(on)
    dated = links.assign(effective_on=pd.to_datetime(links["effective_on"]))
    dated = dated.loc[dated["effective_on"] <= day].sort_values("effective_on", kind="stable")
    start = pd.Timestamp.min if given_on is None else pd.Timestamp(given_on) + _DAY
    last_days = dict(zip(agencies["agency_id"], pd.to_datetime(agencies["valid_to"]), strict=True))
    found: dict[str, dict[str, Any]] = {}
    seen: set[tuple[str, pd.Timestamp]] = set()
    waiting: list[tuple[str, pd.Timestamp, tuple[str, ...], dict[str, Any]]] = [
        (agency_id, start, (agency_id,), {})
    ]
    while waiting:
        holder, moment, path, last = waiting.pop(0)
        if (holder, moment) in seen:
            continue
        seen.add((holder, moment))
        own = dated.loc[(dated["from_agency_id"] == holder) & (dated["effective_on"] >= moment)]
        if own.empty:
            if not _has_ended(last_days.get(holder), day):
                found.setdefault(holder, {**last, "successor_id": holder, "path": path})
            continue
        when = own["effective_on"].iloc[0]
        then = own.loc[own["effective_on"] == when]
        for _, link in then.iterrows():
            heir = str(link["to_agency_id"])
            facts = {name: link[name] for name in ("event", "legal_basis", "note")}
            waiting.append((heir, when, (*path, heir), {**facts, "since": when}))
        if not then["event"].isin(ENDING_EVENTS).any():
            waiting.append((holder, when + _DAY, path, last))
    rows = [{"agency_id": agency_id, **facts} for facts in found.values()]
    made = pd.DataFrame(rows, columns=RESULT_COLUMNS)
    return made.assign(since=pd.to_datetime(made["since"]))


def _has_ended(last_day: object, day: pd.Timestamp) -> bool:
    """Whether an agency's last day lies before the day; one that is not in the list goes on."""
    return isinstance(last_day, pd.Timestamp) and last_day < day


def predecessors(
    links: pd.DataFrame, agencies: pd.DataFrame, *, agency_id: str, on: date
) -> list[str]:
    """Agencies for which this one answers on a day, itself left out, in order of their ids.

    Args:
        links: as in `successors`.
        agencies: as in `successors`.
        agency_id: who answers.
        on: the day asked about.

    Source: docs/method/responsibility.md.
    """
    before = {agency_id}
    while True:
        more = set(links.loc[links["to_agency_id"].isin(before), "from_agency_id"]) - before
        if not more:
            break
        before |= more
    return [
        earlier
        for earlier in sorted(before - {agency_id})
        if agency_id in set(successors(links, agencies, agency_id=earlier, on=on)["successor_id"])
    ]
