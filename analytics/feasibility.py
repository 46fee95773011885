"""Whether a target can be reached, asked while it is being typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.board import Knowledge, judged, published
from analytics.climb import context
from analytics.ladder import DRIFT, points_needed
from analytics.plain import real, whole
from analytics.schema import NOT_HELD, OUTSIDE_TOP, WITHHELD
from analytics.targets import OPERATIONAL_MEASURES, TargetKind

GIVEN = "given"


@dataclass(frozen=True)
class Points:
    """What a place takes in one published table.

    `needed` [points] is as the table stands, `needed_moving` if the rivals go on moving; both are
    missing without ground, and `n_held` of `n_expected` scores then say why.
    """

    edition: int
    rank: int | None
    n_ranked: int | None
    holder_unit_id: str | None
    needed: float | None
    needed_moving: float | None
    ground: str
    n_held: int
    n_expected: int | None


@dataclass(frozen=True)
class Feasibility:
    """What a target not yet saved would ask for, and what that takes in the latest table.

    `ground` is "given", or the code of what is missing: not_ranked (the unit stands in no table
    of this index), no_place (the kind asks for no national place), no_edition (its years hold no
    edition), no_requirement (the base is not known), or that of `points`, a code of
    `analytics.field.Ground` or the state of the unit's figure. `wanted_rank` is the base place
    less the gain before it was stopped at first place. `points` answers for the latest table
    published by the day, at the place required; None without such a place.
    """

    edition: int | None
    baseline: int | None
    baseline_used: int | None
    baseline_rank: int | None
    baseline_n: int | None
    is_provisional: bool
    required_rank: int | None
    required_score: float | None
    wanted_rank: int | None
    is_capped: bool
    status: str
    reason: str
    ground: str
    points: Points | None


def feasibility(
    known: Knowledge, target: pd.DataFrame, *, as_of: date, drift: float = DRIFT
) -> Feasibility:
    """What a single target asks for and what it would take, as known on one day.

    A gain that would lead above first place is stopped there, and says so: +5 from place 3 asks
    for place 1. Points are answered on the latest published table of the index, as it stands and
    with rivals that go on moving; where scores of others are not held there are none, with the
    reason.

    Args:
        known: result of `analytics.board.knowledge`.
        target: one row with `analytics.targets.TARGET_COLUMNS`.
        as_of: day whose knowledge is used.
        drift: share of the rivals' last yearly change expected again, 0 to 1.

    Source: docs/method/register.md.
    """
    row = target.iloc[0]
    seen = published(known, as_of)
    own = seen.loc[seen["unit_id"] == row["unit_id"]]
    # Of a table that names only its best the unit is known to be somewhere below.
    is_ranked = bool((own["index_id"] == row["index_id"]).any())
    edition = _edition_asked(row)
    verdict = judged(known, target, editions=[edition], as_of=as_of)
    if verdict.empty:
        return _without("no_edition", edition, row)
    found = verdict.iloc[0]
    rank, base = whole(found["required_rank"]), whole(found["baseline_rank"])
    gain = whole(row["amount"]) if row["kind"] == TargetKind.RANK_GAIN else None
    wanted = base - gain if base is not None and gain is not None else rank
    ground, made = _ground(row, is_ranked=is_ranked, rank=rank), None
    if not ground and rank is not None:
        made = _points(known, row, to_rank=rank, as_of=as_of, drift=drift)
        ground = made.ground
    return Feasibility(
        edition=edition,
        baseline=whole(row["baseline_edition"]),
        baseline_used=whole(found["baseline_used"]),
        baseline_rank=base,
        baseline_n=whole(found["baseline_n"]),
        is_provisional=bool(found["is_provisional"]) and base is not None,
        required_rank=rank,
        required_score=real(found["required_score"]),
        wanted_rank=wanted,
        is_capped=wanted is not None and wanted < 1,
        status=str(found["status"]),
        reason=str(found["reason"]),
        ground=ground or "no_requirement",
        points=made,
    )


def _edition_asked(row: pd.Series) -> int:
    """The year a target falls due; of one without years the year after its base."""
    for value, later in (
        (row["last_edition"], 0), (row["first_edition"], 0), (row["baseline_edition"], 1),
    ):  # fmt: skip
        year = whole(value)
        if year is not None:
            return year + later
    return 0


def _ground(row: pd.Series, *, is_ranked: bool, rank: int | None) -> str:
    """Why no points can be given, as far as the target itself says; empty where they can."""
    if row["measure"] in OPERATIONAL_MEASURES:
        return "no_place"
    if not is_ranked:
        return "not_ranked"
    if row["kind"] == TargetKind.REGIONAL_RANK:
        return "no_place"
    return "" if rank is not None else "no_requirement"


def _points(known: Knowledge, row: pd.Series, *, to_rank: int, as_of: date, drift: float) -> Points:
    """Points to a place in the latest table that is out."""
    given = context(known, index_id=str(row["index_id"]), as_of=as_of)
    edition = int(given.figures["edition"].max())
    line, unit_id = str(row["component_id"]), str(row["unit_id"])
    recent = given.recent(edition)
    here = recent.loc[(recent["edition"] == edition) & (recent["component_id"] == line)]
    own = here.loc[here["unit_id"] == unit_id]
    n_ranked = given.editions.loc[given.editions["edition"] == edition, "n_ranked"]
    expected = None if n_ranked.empty else whole(n_ranked.iloc[0])
    if own.empty or own["score"].isna().all():
        state = "" if own.empty else str(own["state"].iloc[0])
        return Points(
            edition=edition, rank=None if own.empty else whole(own["rank"].iloc[0]),
            n_ranked=expected, holder_unit_id=None, needed=None, needed_moving=None,
            ground=state if state in (WITHHELD, OUTSIDE_TOP) else NOT_HELD,
            n_held=int(here["score"].notna().sum()), n_expected=expected,
        )  # fmt: skip
    found = points_needed(
        recent, edition=edition, editions=given.editions, to_rank=to_rank, unit_id=unit_id,
        component_ids=[line], breaks=given.breaks, drift=drift,
    ).iloc[0]  # fmt: skip
    holder = found["holder_unit_id"]
    return Points(
        edition=edition,
        rank=whole(found["rank"]),
        n_ranked=whole(found["n_ranked"]),
        holder_unit_id=None if pd.isna(holder) else str(holder),
        needed=real(found["needed"]),
        needed_moving=real(found["needed_moving"]),
        ground=str(found["ground"]),
        n_held=int(found["n_held"]),
        n_expected=whole(found["n_expected"]),
    )


def _without(ground: str, edition: int, row: pd.Series) -> Feasibility:
    return Feasibility(
        edition=edition or None, baseline=whole(row["baseline_edition"]), baseline_used=None,
        baseline_rank=None, baseline_n=None, is_provisional=False, required_rank=None,
        required_score=None, wanted_rank=None, is_capped=False, status="", reason="",
        ground=ground, points=None,
    )  # fmt: skip
