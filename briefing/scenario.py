"""A what-if in words: what was changed, what it would be worth, which targets it would meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.climb import Climb
from analytics.outcome import Outcome
from analytics.scenario import Peers, Scenario
from briefing.climb import ground_words, points
from locales import form, t

# Changes are named one by one up to here; a longer list is counted.
MOST_NAMED = 2


def mark() -> str:
    """That this is a scenario and no published figure."""
    return t("scenario.mark")


def changed(scenario: Scenario) -> pd.DataFrame:
    """The lines a reader changed: what moved, without the lines that only add up.

    Returns:
        Rows of `Scenario.components` that moved and have no moved part below them.
    """
    rows = scenario.components
    moved = rows.loc[rows["change"].abs() > 1e-9]
    ids = list(moved["component_id"])
    is_sum = [any(other.startswith(f"{name}.") for other in ids) for name in ids]
    return moved.loc[[not below for below in is_sum]]


def answer(made: Outcome, labels: Mapping[str, str], *, unit: str, index: str) -> str:
    """The result in one or two sentences; what is missing where there is none."""
    if made.scenario is None:
        return reason(made, unit=unit)
    rows = changed(made.scenario)
    if rows.empty and made.peers is Peers.FIXED:
        return t("scenario.nothing")
    found = made.scenario
    said = t(
        "scenario.answer",
        changes=_changes(rows, labels) or drift_words(made.peers, made.drift, "points.others"),
        index=index,
        year=made.edition,
        unit=unit,
        score=form.number(found.score),
        place=form.place(found.rank, found.n_ranked),
        gain=form.gain(found.gain),
    )
    if made.peers is Peers.MOVING:
        said += t("scenario.moved", drift=drift_words(made.peers, made.drift))
    return said


def _changes(rows: pd.DataFrame, labels: Mapping[str, str]) -> str:
    if len(rows) > MOST_NAMED:
        return t(
            "scenario.changes_many",
            n=form.whole(len(rows)),
            points=signed(rows["change"].sum()),
        )
    return "; ".join(
        t(
            "scenario.change_up" if row["change"] > 0 else "scenario.change_down",
            component=labels.get(row["component_id"], row["component_id"]),
            points=points(abs(row["change"])),
        )
        for _, row in rows.iterrows()
    )


def signed(value: Any) -> str:
    """A change of points with its sign."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{points(abs(value))}"


def drift_words(peers: Peers | str, drift: float, subject: str = "") -> str:
    """How the rivals are taken to move; with `subject` as a clause of its own."""
    way = "none" if peers == Peers.FIXED else "full" if drift == 1 else "half"
    said = t(f"scenario.drift_{way}")
    return f"{t(subject)} {said}" if subject else said


def reason(made: Outcome, *, unit: str) -> str:
    """Why there is no answer: one sentence with what is missing."""
    return t(
        "scenario.no_ground",
        reason=ground_words(
            made.ground,
            unit=unit,
            year=made.edition,
            n_held=made.n_held,
            n_expected=made.n_expected,
        ),
    )


def absence(climb: Climb, *, unit: str) -> str:
    """Why nothing of the unit is held, as the ladder knows it."""
    words = ground_words(
        climb.ground,
        unit=unit,
        year=climb.edition,
        n_held=climb.n_held,
        n_expected=climb.n_expected,
    )
    return t("scenario.no_ground", reason=words)


def target_lines(made: Outcome, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every target of a place that the question reaches: verdict and words."""
    lines = []
    for _, row in made.targets.iterrows():
        way = {
            (False, True): "now", (True, True): "kept", (True, False): "lost",
            (False, False): "open",
        }[bool(row["was_met"]), bool(row["is_met"])]  # fmt: skip
        words = t(
            f"scenario.target_{way}",
            component=labels.get(row["component_id"], row["component_id"]),
            rank=row["required_rank"],
        )
        lines.append(("met" if row["is_met"] else "missed", words))
    return lines
