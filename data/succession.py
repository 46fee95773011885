"""For which agencies an account may write: its own, and those it has taken over from.

Who answers on a day is said in docs/method/responsibility.md; here it decides a right, so it is
asked where things are written. See docs/decisions/0024.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from data.store import Store

# After these the agency is no more; after a split it goes on until its last day.
_ENDING = ("merge", "rename")


def answering(links: pd.DataFrame, agencies: pd.DataFrame, *, agency_id: str, on: date) -> set[str]:
    """The agencies that answer on a day for one agency; itself where it still does.

    Nobody is guessed: for an agency that ended without a link nobody answers.

    Args:
        links: one row per link: effective_on, event, from_agency_id, to_agency_id.
        agencies: one row per agency_id, with valid_to.
        agency_id: which agency.
        on: the day.

    Source: docs/method/responsibility.md.
    """
    known = agencies.dropna(subset=["valid_to"])
    last_days = {row["agency_id"]: _day(row["valid_to"]) for row in known.to_dict("records")}
    steps: dict[str, list[tuple[date, str, str]]] = {}
    for row in links.to_dict("records"):
        if (day := _day(row["effective_on"])) <= on:
            steps.setdefault(row["from_agency_id"], []).append(
                (day, row["event"], row["to_agency_id"])
            )
    found: set[str] = set()
    waiting, seen = [(agency_id, date.min)], set[tuple[str, date]]()
    while waiting:
        holder, since = waiting.pop()
        if (holder, since) in seen:
            continue
        seen.add((holder, since))
        later = [step for step in steps.get(holder, []) if step[0] >= since]
        if not later:
            if last_days.get(holder, on) >= on:
                found.add(holder)
            continue
        when = min(day for day, _, _ in later)
        then = [(event, heir) for day, event, heir in later if day == when]
        waiting += [(heir, when) for _, heir in then]
        if not any(event in _ENDING for event, _ in then):
            waiting.append((holder, when + timedelta(days=1)))
    return found


def acts_for(store: Store, agency_id: str, *, on: date) -> frozenset[str]:
    """Agencies an account may write for on a day: its own and those it replaced.

    One that still answers for itself, as after a split, is not among them.
    """
    agencies, links = store.frame("agencies"), store.frame("agency_links")
    mine = {agency_id}
    for earlier in set(links["from_agency_id"]) - mine:
        now = answering(links, agencies, agency_id=earlier, on=on)
        if agency_id in now and earlier not in now:
            mine.add(earlier)
    return frozenset(mine)


def _day(value: object) -> date:
    return pd.Timestamp(str(value)).date()
