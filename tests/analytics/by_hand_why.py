"""The same answers by plain loops: slow, obvious, and sharing no code with analytics.

Scores are dicts by unit; "level" means equal after rounding to nine decimals.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, permutations, product

Scores = Mapping[str, float]


def place(score: float, others: Iterable[float]) -> int:
    """1 + how many of the others are better."""
    better = 0
    for other in others:
        if round(other, 9) > round(score, 9):
            better += 1
    return better + 1


def place_among(unit: str, own: Scores, field: Scores) -> int:
    """Place of the unit's score in `own` among the other units of `field`."""
    return place(own[unit], [score for other, score in field.items() if other != unit])


def average_over_orders(
    players: Sequence[str], worth: Callable[[frozenset[str]], float]
) -> dict[str, float]:
    """What each player adds to `worth` on joining, averaged over every order of joining."""
    total = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        there: frozenset[str] = frozenset()
        for player in order:
            joined = there | {player}
            total[player] += worth(joined) - worth(there)
            there = joined
    return {player: places / len(orders) for player, places in total.items()}


def average_over_subsets(
    players: Sequence[str], worth: Callable[[frozenset[str]], float]
) -> dict[str, float]:
    """The same shares from the subset formula, for players too many to order."""
    n = len(players)
    known = {
        frozenset(group): worth(frozenset(group))
        for size in range(n + 1)
        for group in combinations(players, size)
    }
    total = dict.fromkeys(players, 0.0)
    for player in players:
        for group, value in known.items():
            if player not in group:
                size = len(group)
                weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                total[player] += weight * (known[group | {player}] - value)
    return total


def split(unit: str, before: Scores, after: Scores) -> dict[str, float]:
    """own, peers and composition of one unit's rank change, by METHOD formula and by orders."""
    common = before.keys() & after.keys()
    old = {u: before[u] for u in common}
    new = {u: after[u] for u in common}

    def worth(switched: frozenset[str]) -> float:
        own = new if "own" in switched else old
        field = new if "peers" in switched else old
        return -place_among(unit, own, field)

    shares = average_over_orders(["own", "peers"], worth)
    gain = place_among(unit, before, before) - place_among(unit, after, after)
    common_gain = place_among(unit, old, old) - place_among(unit, new, new)
    return {**shares, "composition": gain - common_gain, "gain": gain}


def split_with_method(
    unit: str,
    tables: Mapping[tuple[int, int], Scores],
) -> dict[str, float]:
    """own, peers and method on the common units; tables by (data, method), some may not exist.

    Every order of switching is walked; one that would need a missing table is not an order.
    """
    total = {"own": 0.0, "peers": 0.0, "method": 0.0}
    n_orders = 0
    for order in permutations(total):
        state = {"own": 0, "peers": 0, "method": 0}
        places = [place_among(unit, tables[(0, 0)], tables[(0, 0)])]
        for name in order:
            state[name] = 1
            own, field = (state["own"], state["method"]), (state["peers"], state["method"])
            if own not in tables or field not in tables:
                break
            places.append(place_among(unit, tables[own], tables[field]))
        if len(places) == 4:
            n_orders += 1
            for at, name in enumerate(order):
                total[name] += places[at] - places[at + 1]
    return {name: places / n_orders for name, places in total.items()}


def component_shares(
    unit: str,
    parts_before: Mapping[str, float],
    parts_after: Mapping[str, float],
    before: Scores,
    after: Scores,
    *,
    every_order: bool = False,
) -> dict[str, float]:
    """Each component's share of the own effect: old rivals and new rivals, averaged.

    The parts miss the printed totals by a few millionths; what is missing is shared equally.
    """
    common = before.keys() & after.keys()
    names = sorted(parts_before)
    missed = (after[unit] - before[unit]) - sum(parts_after[n] - parts_before[n] for n in names)
    shares = dict.fromkeys(names, 0.0)
    for field in (before, after):
        others = [field[u] for u in common if u != unit]

        def worth(there: frozenset[str], others: list[float] = others) -> float:
            score = before[unit]
            for name in there:
                score += parts_after[name] - parts_before[name] + missed / len(names)
            return -place(score, others)

        average = average_over_orders if every_order else average_over_subsets
        for name, share in average(names, worth).items():
            shares[name] += share / 2
    return shares


def nested_shares(
    unit: str,
    blocks: Mapping[str, Mapping[str, float]],
    start: float,
    others: Sequence[float],
) -> dict[str, float]:
    """Shares of parts that join block by block: every order of blocks, every order inside."""
    total: dict[str, float] = {part: 0.0 for moves in blocks.values() for part in moves}
    n_orders = 0
    for order in permutations(blocks):
        for insides in product(*(list(permutations(blocks[name])) for name in order)):
            n_orders += 1
            score = start
            for name, inside in zip(order, insides, strict=True):
                for part in inside:
                    before = place(score, others)
                    score += blocks[name][part]
                    total[part] += before - place(score, others)
    return {part: places / n_orders for part, places in total.items()}


def passed(unit: str, before: Scores, after: Scores) -> dict[str, set[str]]:
    """Names of the rivals by what they did."""
    found: dict[str, set[str]] = {
        "overtook": set(),
        "overtaken_by": set(),
        "left_from_ahead": set(),
        "entered_ahead": set(),
    }
    for other in before.keys() | after.keys():
        was = other in before and round(before[other], 9) > round(before[unit], 9)
        now = other in after and round(after[other], 9) > round(after[unit], 9)
        if other in before and other in after:
            if was and not now:
                found["overtook"].add(other)
            if now and not was:
                found["overtaken_by"].add(other)
        elif was:
            found["left_from_ahead"].add(other)
        elif now:
            found["entered_ahead"].add(other)
    return found


def points_to(unit: str, field: Scores, to_rank: int) -> tuple[float, str | None]:
    """The least addition that brings the unit to a place, tried rival by rival."""
    if place_among(unit, field, field) <= to_rank:
        return 0.0, None
    best: tuple[float, str | None] = (math.inf, None)
    for other, score in sorted(field.items()):
        if other == unit:
            continue
        raised = dict(field) | {unit: score}
        if place_among(unit, raised, raised) <= to_rank and score - field[unit] < best[0]:
            best = (score - field[unit], other)
    return best


def cheapest(
    needed: float,
    room: Sequence[float],
    weight: Sequence[float],
    cost: Sequence[float],
) -> float:
    """The least cost of a linear programme with one equation: every corner is tried.

    At a corner all variables but one are at a bound.
    """
    best = math.inf
    n = len(room)
    for free in range(n):
        for bounds in product((0, 1), repeat=n - 1):
            at = list(bounds)
            at.insert(free, 0)
            x = [room[k] * at[k] for k in range(n)]
            left = needed - sum(weight[k] * x[k] for k in range(n))
            x[free] = left / weight[free]
            if -1e-12 <= x[free] <= room[free] + 1e-12:
                best = min(best, sum(cost[k] * x[k] for k in range(n)))
    return best


def number_of_successes(chances: Sequence[float]) -> list[float]:
    """Distribution of how many independent events happen, over every outcome."""
    found = [0.0] * (len(chances) + 1)
    for outcome in product((0, 1), repeat=len(chances)):
        chance = 1.0
        for happened, p in zip(outcome, chances, strict=True):
            chance *= p if happened else 1 - p
        found[sum(outcome)] += chance
    return found


def places_of_two(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Probability that the first of two units is ahead."""
    (mean, error), (other, other_error) = first, second
    z = (mean - other) / math.sqrt(error**2 + other_error**2)
    return 0.5 * math.erfc(-z / math.sqrt(2))


def simulated_places(
    unit: int, scores: Sequence[float], errors: Sequence[float], draws: int, seed: int
) -> list[float]:
    """How often each place came up for one unit in so many draws."""
    rng = random.Random(seed)
    found = [0] * len(scores)
    for _ in range(draws):
        drawn = [rng.gauss(m, e) for m, e in zip(scores, errors, strict=True)]
        found[sum(score > drawn[unit] for score in drawn)] += 1
    return [times / draws for times in found]


def distance(
    one: Sequence[float], other: Sequence[float], columns: Sequence[Sequence[float]]
) -> float:
    """Euclidean distance of two units in standardised variables."""
    total = 0.0
    for k, column in enumerate(columns):
        mean = sum(column) / len(column)
        spread = math.sqrt(sum((value - mean) ** 2 for value in column) / len(column))
        total += ((one[k] - other[k]) / spread) ** 2
    return math.sqrt(total)


def held_gain(ranks: Sequence[int | None], held_for: int) -> int | None:
    """The largest rise still there `held_for` editions later; None when there is none."""
    best = None
    for start in range(len(ranks)):
        for up in range(start + 1, len(ranks) - held_for):
            held = ranks[up : up + held_for + 1]
            first = ranks[start]
            if first is None or any(r is None for r in held):
                continue
            gain = first - max(r for r in held if r is not None)
            if gain > 0 and (best is None or gain > best):
                best = gain
    return best
