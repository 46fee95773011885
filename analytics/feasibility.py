"""Whether a target can be reached, asked while it is being typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.board import Knowledge, judged, published
from analytics.climb import Climb, climb
from analytics.ladder import DRIFT
from analytics.plain import real, whole
from analytics.targets import OPERATIONAL_MEASURES, TargetKind

# Kinds whose number asks for a place in the national table.
_NO_PLACE = TargetKind.REGIONAL_RANK


@dataclass(frozen=True)
class Feasibility:
    """What a target not yet saved would ask for, and what that takes in the latest table.

    `ground` is "given", or the code of what is missing: not_ranked (the unit stands in no table
    of this index), no_place (the kind asks for no national place), no_edition (its years hold no
    edition), no_requirement (the base is not known), or a code of `analytics.climb`. `wanted_rank`
    is the base place less the gain before it was stopped at first place. `climb` answers for the
    latest table published by the day, at the place required; None without such a place.
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
    climb: Climb | None


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
    table = _latest_table(known, str(row["index_id"]), as_of)
    ground, made = _ground(row, is_ranked=is_ranked, rank=rank), None
    if not ground and table is not None and rank is not None:
        made = climb(
            known, unit_id=str(row["unit_id"]), index_id=str(row["index_id"]), edition=table,
            as_of=as_of, to_rank=rank, component_id=str(row["component_id"]), drift=drift,
        )  # fmt: skip
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
        climb=made,
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
    if row["kind"] == _NO_PLACE:
        return "no_place"
    return "" if rank is not None else "no_requirement"


def _latest_table(known: Knowledge, index_id: str, as_of: date) -> int | None:
    editions = known.tables.editions
    out = editions.loc[
        (editions["index_id"] == index_id)
        & (pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)),
        "edition",
    ]
    return None if out.empty else int(out.max())


def _without(ground: str, edition: int, row: pd.Series) -> Feasibility:
    return Feasibility(
        edition=edition or None, baseline=whole(row["baseline_edition"]), baseline_used=None,
        baseline_rank=None, baseline_n=None, is_provisional=False, required_rank=None,
        required_score=None, wanted_rank=None, is_capped=False, status="", reason="",
        ground=ground, climb=None,
    )  # fmt: skip
