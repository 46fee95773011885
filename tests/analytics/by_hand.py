"""A second implementation of every formula, in plain loops, from the method pages.

Slow and simple on purpose. Nothing here imports the code it checks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Table = dict[str, float | None]


# ---------------------------------------------------------------------------------- places


def competition_rank(scores: Table, unit: str, direction: int = 1) -> int | None:
    """One more than the number of units that did better."""
    own = scores[unit]
    if own is None:
        return None
    better = 0
    for other in scores.values():
        if other is not None and round(direction * other, 9) > round(direction * own, 9):
            better += 1
    return 1 + better


def percentile(ranks: dict[str, int | None], unit: str, n: int) -> float | None:
    """100 for the first, 0 for the last; those who share a place stand at the mean of theirs."""
    own = ranks[unit]
    if own is None or n <= 1:
        return None
    sharing = [rank for rank in ranks.values() if rank == own]
    places = [own + step for step in range(len(sharing))]
    return 100 * (n - sum(places) / len(places)) / (n - 1)


def equivalent_rank(rank: float, n: int, m: int) -> float:
    """Walk the same share of the way from first to last."""
    share = (rank - 1) / (n - 1)
    return 1 + share * (m - 1)


def bounds(
    state: str, rank: int | None, n: int, n_withheld: int, top: int | None
) -> tuple[int, int]:
    if rank is not None:
        return rank, rank
    if state == "withheld":
        return 1, n + n_withheld
    if state == "outside_top" and top is not None:
        return top + 1, n
    return 1, n


def quartile_groups(scores: Table, out_of: int) -> dict[str, int]:
    """1 best to 4; missing units fill the bottom of the field before it is cut."""
    held = sorted(score for score in scores.values() if score is not None)
    everyone = [-math.inf] * (out_of - len(held)) + held
    cuts = []
    for share in (0.75, 0.5, 0.25):
        position = share * (out_of - 1)
        lower, upper = everyone[math.floor(position)], everyone[math.ceil(position)]
        part = position - math.floor(position)
        cuts.append(upper if math.isinf(lower) else lower + part * (upper - lower))
    found = {}
    for unit, score in scores.items():
        if score is None:
            continue
        found[unit] = 4
        for place, cut in enumerate(cuts, start=1):
            if score >= cut:
                found[unit] = place
                break
    return found


def cut_group(score: float, lower_bounds: list[float], n_groups: int) -> int | None:
    for place, bound in enumerate(lower_bounds, start=1):
        if round(score, 2) >= bound:
            return place
    return n_groups if n_groups > len(lower_bounds) else None


# ----------------------------------------------------------------------------- comparability

WORSE = {"yes": 0, "flag": 1, "no": 2}


def comparable(
    periods: list[dict[str, Any]], steps: list[dict[str, Any]], first: int, last: int
) -> tuple[str, str]:
    """The worst answer, for rank and score, of all steps after `first` up to `last`."""
    first, last = min(first, last), max(first, last)
    periods = sorted(periods, key=lambda period: int(period["from_edition"]))
    if periods:
        ends = [period["to_edition"] for period in periods]
        gone = None if any(end is None for end in ends) else max(ends)
        if first < periods[0]["from_edition"] or (gone is not None and last > gone):
            return "no", "no"
    rank = score = "yes"
    later = [{**period, "edition": period["from_edition"]} for period in periods[1:]]
    for step in [*later, *steps]:
        if first < step["edition"] <= last:
            rank = max(rank, step["rank_comparable"], key=lambda answer: WORSE[answer])
            score = max(score, step["score_comparable"], key=lambda answer: WORSE[answer])
    return rank, score


# ----------------------------------------------------------------------------------- targets


@dataclass
class World:
    """Everything known, as dictionaries."""

    # (unit, component, year): rank, low, high, score, n_withheld, state
    standing: dict[tuple[str, str, int], dict[str, Any]]
    # (component or index, year): units ranked
    size: dict[tuple[str, int], int]
    # (component, year): units whose place is known
    placed: dict[tuple[str, int], int]
    published: dict[str, dict[int, date]]
    as_of: date
    periods: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def is_out(self, index: str, year: int) -> bool:
        day = self.published.get(index, {}).get(year)
        return day is not None and day <= self.as_of

    def seen(self, unit: str, index: str, component: str, year: int | None) -> dict[str, Any]:
        """What is known of one place: nothing before its day, anything where nothing is held."""
        nothing = {"rank": None, "low": None, "high": None, "score": None, "n_withheld": 0,
                   "state": "not_held"}  # fmt: skip
        if year is None or not self.is_out(index, year):
            return nothing
        held = self.standing.get((unit, component, year))
        if held is not None:
            return held
        n = self.size.get((component, year)) or self.size.get((index, year))
        if n is None or self.placed.get((component, year), 0) >= n:
            return nothing
        return {**nothing, "low": 1, "high": n}


def baseline_year(world: World, target: dict[str, Any], edition: int) -> tuple[int, int | None]:
    """The year wanted, and the last published one up to it."""
    last_year_kinds = {"improve_yearly", "keep_and_improve", "not_below_last_year",
                       "improve_unquantified"}  # fmt: skip
    wanted = target["baseline_edition"]
    if target["kind"] in last_year_kinds:
        wanted = edition - 1
    elif wanted is None:
        wanted = edition - 1
        first = target["first_edition"]
        if target["kind"] != "hold_rank" and first is not None:
            wanted = min(wanted, first - 1)
    out = [y for y in world.published.get(target["index_id"], {}) if y <= wanted]
    out = [y for y in out if world.is_out(target["index_id"], y)]
    return wanted, max(out) if out else None


def step_of(target: dict[str, Any]) -> int | None:
    kind = target["kind"]
    if kind == "rank_gain_vs_year":
        return int(target["amount"]) + (1 if target["operator"] == ">" else 0)
    if kind in ("keep_and_improve", "not_below_last_year"):
        return 0
    if kind in ("improve_yearly", "improve_unquantified"):
        return 1
    if kind == "hold_rank" and target["amount"] is None:
        return 0
    return None


def required(target: dict[str, Any], baseline: int | None) -> int | None:
    step = step_of(target)
    if step is None:
        return int(target["amount"])
    return None if baseline is None else max(1, baseline - step)


def all_agree(low: int, high: int, required_low: int, required_high: int) -> str:
    """Try every place against every requirement."""
    answers = set()
    for place in range(low, high + 1):
        for asked in {required_low, required_high}:
            answers.add("met" if place <= asked else "missed")
    return answers.pop() if len(answers) == 1 else "not_assessable"


def place_verdict(target: dict[str, Any], base: dict[str, Any], now: dict[str, Any]) -> str:
    if now["low"] is None or now["state"] == "not_held":
        return "not_assessable"
    earliest, latest = required(target, base["low"]), required(target, base["high"])
    if earliest is None or latest is None:
        return "not_assessable"
    return all_agree(now["low"], now["high"], earliest, latest)


def link_of(before: dict[str, Any], now: dict[str, Any]) -> set[str]:
    """What a year may have been after the one before: try every pair of places."""
    if before["low"] is None or now["low"] is None:
        return {"up", "same", "down"}
    possible = set()
    for then in range(before["low"], before["high"] + 1):
        for place in range(now["low"], now["high"] + 1):
            # Above the first place there is nothing: holding it counts as better.
            if place < then or place == 1:
                possible.add("up")
            else:
                possible.add("same" if place == then else "down")
    return possible


def chain_verdict(kind: str, years: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    """`years` holds (the year before, the year) for every link."""
    possible = [link_of(before, now) for before, now in years]
    if kind == "improve_yearly":
        if all(link == {"up"} for link in possible):
            return "met"
        return "missed" if any("up" not in link for link in possible) else "not_assessable"
    if any(link == {"down"} for link in possible):
        return "missed"
    if any("down" in link for link in possible):
        return "not_assessable"
    if any(link == {"up"} for link in possible):
        return "met"
    return "held_not_improved" if all(link == {"same"} for link in possible) else "not_assessable"


def wide(known: dict[str, Any]) -> dict[str, Any]:
    """A published place among all units, the withheld ones counted in."""
    if known["rank"] is None:
        return known
    return {**known, "high": known["rank"] + (known["n_withheld"] or 0)}


def absorbed_others(unit: str, index: str, first: int | None, last: int) -> bool:
    """Hà Nội took in Hà Tây on 1 August 2008; PCI 2008 still speaks of the day before."""
    if unit != "vn63-ha-noi" or first is None:
        return False
    last_of_old = 2008 if index == "pci" else 2007
    return first <= last_of_old < last


def crosses_merger(target: dict[str, Any], edition: int, first: int | None) -> bool:
    absorbed = absorbed_others(target["unit_id"], target["index_id"], first, edition)
    if absorbed and step_of(target) is not None:
        return True
    if target["unit_id"].startswith("vn63-"):
        return edition >= 2025
    before = first is not None and first < 2025
    return edition < 2025 or (step_of(target) is not None and before)


def judge(world: World, target: dict[str, Any], edition: int) -> dict[str, Any]:
    """Requirement, verdict, provisional and sensitive marks of a target on places."""
    unit, index, component = target["unit_id"], target["index_id"], target["component_id"]
    kind = target["kind"]
    wanted, used = baseline_year(world, target, edition)
    if unit.startswith("vn34-") and wanted >= 2025 and used is not None and used < 2025:
        used = None
    if absorbed_others(unit, index, used, wanted):
        used = None
    base = world.seen(unit, index, component, used)
    now = world.seen(unit, index, component, edition)
    answer: dict[str, Any] = {
        "baseline_used": used,
        "is_provisional": used is not None and used != wanted,
        "baseline_rank": base["rank"],
        "required_rank": required(target, base["rank"]),
        "actual_rank": now["rank"],
        "sensitive": False,
    }
    verdict = place_verdict(target, base, now)
    first = wanted if used is None else used
    sensitive = verdict != place_verdict(target, wide(base), wide(now))
    if kind in ("improve_yearly", "keep_and_improve") and world.is_out(index, edition):
        start = min(target["first_edition"] or edition, edition)
        if used is not None:
            first = min(start - 1, used)
        pairs = [
            (held_or_open(world, target, year - 1), held_or_open(world, target, year))
            for year in range(start, edition + 1)
        ]
        verdict = chain_verdict(kind, pairs)
        sensitive = verdict != chain_verdict(kind, [(wide(a), wide(b)) for a, b in pairs])
    newest = max((y for y in world.published.get(index, {}) if world.is_out(index, y)), default=0)
    if not world.is_out(index, edition) and edition > newest:
        verdict = "not_due"
    if step_of(target) is not None and used is not None and world.is_out(index, edition):
        answer_rank, _ = comparable(
            world.periods.get(component, []), world.steps.get(component, []), first, edition
        )
        if answer_rank == "no":
            verdict = "not_assessable"
    merged_from = wanted
    if kind in ("improve_yearly", "keep_and_improve") and used is not None:
        merged_from = min((target["first_edition"] or edition) - 1, used)
    if index not in world.published or crosses_merger(target, edition, merged_from):
        verdict = "not_assessable"
    answer["status"] = verdict
    answer["sensitive"] = sensitive and verdict in ("met", "missed", "held_not_improved")
    return answer


def held_or_open(world: World, target: dict[str, Any], year: int) -> dict[str, Any]:
    """A link of a chain: only rows that are held say anything about a place."""
    known = world.seen(target["unit_id"], target["index_id"], target["component_id"], year)
    return known if known["state"] != "not_held" else {**known, "low": None, "high": None}


def glide(base: float, goal: float, now: float, passed: int, left: int) -> str:
    """Before the year a target falls due; less is better."""
    if now <= base + (goal - base) * passed / (passed + left):
        return "on_track"
    pace, needed = (base - now) / passed, (now - goal) / left
    return "at_risk" if needed <= 2 * pace else "off_track"


def regional_bounds(
    own: tuple[int, int], others: list[tuple[int, int]], unseen: int
) -> tuple[int, int]:
    """Count who is above for certain, and who may be."""
    certain = sum(1 for _, high in others if high < own[0])
    perhaps = sum(1 for low, _ in others if low < own[1])
    return 1 + certain, 1 + perhaps + unseen
