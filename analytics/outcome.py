"""A what-if in its context: the answer to the question, and the targets it would have met.

A question without ground gets the code of what is missing, and no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.board import Knowledge
from analytics.climb import Context, context, rank_targets, thresholds
from analytics.field import ComponentNotFound, Ground, NoGround
from analytics.ladder import DRIFT
from analytics.scenario import Peers, Preset, Scenario, preset_scores, what_if
from analytics.schema import NOT_HELD, NOT_PUBLISHED, EditionNotFound, UnitNotFound


@dataclass(frozen=True)
class Outcome:
    """The answer to one what-if, or what is missing for one.

    `targets` has one row per target of a place on a line that the question reaches: component_id,
    required_rank, rank_before, rank [place], was_met, is_met.
    """

    unit_id: str
    index_id: str
    edition: int
    peers: Peers
    drift: float
    ground: str
    n_held: int
    n_expected: int | None
    scenario: Scenario | None
    targets: pd.DataFrame


def outcome(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    as_of: date,
    changes: Mapping[str, float] | None = None,
    scores: Mapping[str, float] | None = None,
    peers: Peers = Peers.FIXED,
    drift: float = DRIFT,
    targets: pd.DataFrame | None = None,
) -> Outcome:
    """The place, group and targets a unit would have had with other component scores.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the unit asked about.
        index_id: the index.
        edition: the table asked about.
        as_of: day whose knowledge is used.
        changes: points added to a component, by component_id.
        scores: score a component is set to, by component_id.
        peers: whether the rivals stand still or go on moving.
        drift: share of the last yearly change expected of moving rivals again.
        targets: result of `analytics.climb.rank_targets`, where a caller already holds it.

    Returns:
        An `Outcome`.

    Raises:
        ComponentNotFound, ChangeClash, ScoreOutOfScale: see `analytics.scenario.what_if`.

    Source: docs/method/what-if.md.
    """
    given = context(known, index_id=index_id, as_of=as_of)
    if targets is None:
        targets = rank_targets(
            known, unit_id=unit_id, index_id=index_id, edition=edition, as_of=as_of
        )
    changed = [*(changes or {}), *(scores or {})]
    _check_names(known, index_id, edition, changed)
    ground, n_held, n_expected, found = Ground.GIVEN.value, 0, None, None
    bounds = thresholds(known, index_id, edition)
    try:
        found = what_if(
            given.figures,
            unit_id=unit_id,
            edition=edition,
            editions=given.editions,
            changes={**_unmoved(given, unit_id, edition, targets, changed), **(changes or {})},
            scores=scores,
            weights=given.weights,
            limits=score_limits(known, given, index_id, edition),
            thresholds=None if bounds.empty else bounds,
            peers=peers,
            drift=drift,
            breaks=given.breaks,
        )
    except NoGround as refusal:
        ground, n_held, n_expected = refusal.ground.value, refusal.n_held, refusal.n_expected
    except (EditionNotFound, UnitNotFound):
        ground = NOT_HELD if (given.editions["edition"] == edition).any() else NOT_PUBLISHED
    return Outcome(
        unit_id=unit_id,
        index_id=index_id,
        edition=edition,
        peers=peers,
        drift=drift,
        ground=ground,
        n_held=n_held,
        n_expected=n_expected,
        scenario=found,
        targets=_reached(targets, found),
    )


def _check_names(known: Knowledge, index_id: str, edition: int, changed: list[str]) -> None:
    """Only components measured in the edition can be changed; a block cuts the points anew."""
    rows = known.live(edition)
    live = rows.loc[
        (rows["index_id"] == index_id) & rows["role"].isin(["total", "component", "subcomponent"]),
        "component_id",
    ]
    for name in changed:
        if name not in set(live):
            raise ComponentNotFound(name)


def _unmoved(
    given: Context, unit_id: str, edition: int, targets: pd.DataFrame, changed: list[str]
) -> dict[str, float]:
    """Components with a target that the question leaves alone: rivals may still pass them."""
    if not any("." in name for name in changed):
        return {}
    rows = given.figures
    held = rows.loc[
        (rows["unit_id"] == unit_id) & (rows["edition"] == edition) & rows["score"].notna(),
        "component_id",
    ]
    return {
        str(name): 0.0
        for name in targets["component_id"]
        if "." in name
        and name in set(held)
        and not any(f"{name}.".startswith(f"{c}.") or c.startswith(f"{name}.") for c in changed)
    }


def score_limits(known: Knowledge, given: Context, index_id: str, edition: int) -> pd.DataFrame:
    """The scale of every line of an edition, 0 to its maximum.

    A printed maximum is rounded (3.33 for ten thirds): the best score held is never outside.

    Returns:
        One row per component_id with min_score and max_score [points; missing where unknown].

    Source: docs/method/what-if.md.
    """
    rows = known.live(edition)
    live = rows.loc[rows["index_id"] == index_id]
    held = given.figures.loc[given.figures["edition"] == edition]
    # An index without components in the year maps to texts, which compare with no number.
    best = live["component_id"].map(held.groupby("component_id")["score"].max()).astype(float)
    most = live["max_score"].astype(float)
    return pd.DataFrame(
        {
            "component_id": live["component_id"],
            "min_score": 0.0,
            "max_score": most.where(most.isna() | ~(best > most), best),
        }
    ).drop_duplicates("component_id")


def _reached(targets: pd.DataFrame, found: Scenario | None) -> pd.DataFrame:
    """Targets on lines of the answer, and whether each was and would be met."""
    columns = ["component_id", "required_rank", "rank_before", "rank", "was_met", "is_met"]
    if found is None or targets.empty:
        return pd.DataFrame(columns=columns)
    rows = targets[["component_id", "required_rank"]].merge(
        found.components[["component_id", "rank_before", "rank"]].dropna(),
        on="component_id",
        validate="one_to_one",
    )
    return rows.assign(
        was_met=rows["rank_before"] <= rows["required_rank"],
        is_met=rows["rank"] <= rows["required_rank"],
    )[columns]


def preset(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    as_of: date,
    kind: Preset,
) -> dict[str, float]:
    """The score a preset lifts each component of the index to; only those it lifts.

    Source: docs/method/what-if.md.
    """
    given = context(known, index_id=index_id, as_of=as_of)
    rows = preset_scores(
        given.figures,
        unit_id=unit_id,
        edition=edition,
        preset=kind,
        units=known.tables.units,
        breaks=given.breaks,
    )
    lifted = rows.loc[rows["change"] > 0]
    return dict(zip(lifted["component_id"], lifted["score"].astype(float), strict=True))
