"""What one unit would need on one index: the ladder, its target, the next group, the cheapest way.

The page, the command line and the briefing print this one object, so they cannot disagree. Where
the rivals' scores are not held it carries a code and how many are missing, and no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analytics.board import Knowledge, judged, leading, with_names
from analytics.field import Ground, NoGround
from analytics.ladder import (
    DRIFT,
    Side,
    group_steps,
    ladder,
    points_needed,
    rank_by_points,
)
from analytics.path import CostMissing, Path, cheapest_path
from analytics.plain import real, whole
from analytics.schema import NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP, WITHHELD
from analytics.targets import TargetKind

# The founding directives ask for five places; where nothing is asked the question is the same.
PLACES = 5
# Marks of effort run from 1 (easy) to 5 (hard); a component nobody marked counts as middling.
MIDDLE_MARK = 3
COST_MISSING = "cost_missing"

# Places drawn: the next ones up, the aim with what lies just beyond, every fifth between, and
# the next ones down.
NEXT_UP, BEYOND_AIM, EVERY, NEXT_DOWN = 6, 1, 5, 3
# So many marks at most lie between; the 63 provinces never need more.
BETWEEN = 13


class Basis(StrEnum):
    """Where the place aimed at comes from."""

    ASKED = "asked"
    TARGET = "target"
    FIVE_PLACES = "five_places"


@dataclass(frozen=True)
class Climb:
    """What a unit would need on one ranked line of one edition.

    `ground` is "given", or the code of what is missing; then every number that needs rivals is
    missing and `n_held` of `n_expected` scores say why. Points are points of the line itself.

    `needed` is what the place `aim_rank` asks on the table as it stands, `needed_moving` if the
    rivals go on moving, `keep_moving` what the present place would then ask; `cushion` is what may
    be lost before the unit below passes. `rungs` is `analytics.ladder.ladder`, `worth`
    `analytics.ladder.rank_by_points`, `groups` `analytics.ladder.group_steps` with names and
    group_origin (of the total only). `components` has one row per part: component_id, code,
    component_vi, component_en, score, max_score, rank, n_ranked, required_rank, basis, needed,
    needed_moving, holder_unit_id, ground, n_held, n_expected. `path` is the cheapest way to
    `aim_rank`, or `path_ground` says what is missing.
    """

    unit_id: str
    index_id: str
    component_id: str
    edition: int
    drift: float
    ground: str
    n_held: int
    n_expected: int | None
    score: float | None
    rank: int | None
    n_ranked: int | None
    target_rank: int | None
    aim_rank: int | None
    basis: Basis
    is_capped: bool
    holder_unit_id: str | None
    n_level: int
    needed: float | None
    needed_alone: float | None
    needed_moving: float | None
    keep_moving: float | None
    cushion: float | None
    below_unit_id: str | None
    rungs: pd.DataFrame
    worth: pd.DataFrame
    groups: pd.DataFrame
    components: pd.DataFrame
    path: Path | None
    path_ground: str

    @property
    def is_given(self) -> bool:
        """Whether there is ground for points."""
        return self.ground == Ground.GIVEN.value


@dataclass(frozen=True)
class Context:
    """The tables of one index as they were out on one day, for every question about it."""

    figures: pd.DataFrame
    editions: pd.DataFrame
    breaks: pd.DataFrame
    weights: pd.DataFrame | None

    def recent(self, edition: int) -> pd.DataFrame:
        """Figures of an edition and the one before it, all that a ladder and its drift need."""
        return self.figures.loc[self.figures["edition"].isin([edition, edition - 1])]


def context(known: Knowledge, *, index_id: str, as_of: date) -> Context:
    """Figures, editions, breaks and weights of one index, without editions not out on the day.

    Source: docs/method/climb.md.
    """
    tables = known.tables
    editions = tables.editions.loc[tables.editions["index_id"] == index_id]
    is_out = pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)
    out = editions.loc[is_out, "edition"]
    figures = tables.figures.loc[
        (tables.figures["index_id"] == index_id) & tables.figures["edition"].isin(out)
    ]
    weights = tables.weights.loc[tables.weights["index_id"] == index_id]
    return Context(
        figures=figures,
        editions=editions,
        breaks=tables.breaks.loc[tables.breaks["index_id"] == index_id],
        weights=None if weights.empty else weights,
    )


def rank_targets(
    known: Knowledge, *, unit_id: str, index_id: str, edition: int, as_of: date
) -> pd.DataFrame:
    """The place the leading target of each component asks for, where it follows from the table.

    A place within a region is no place in this table and is left out.

    Returns:
        One row per component with such a target: component_id, required_rank [place], kind,
        status, target_id.

    Source: docs/method/climb.md.
    """
    targets = known.tables.targets
    own = targets.loc[(targets["unit_id"] == unit_id) & (targets["index_id"] == index_id)]
    columns = ["component_id", "required_rank", "kind", "status", "target_id"]
    if own.empty:
        return pd.DataFrame(columns=columns)
    verdicts = judged(known, own, editions=[edition], as_of=as_of)
    verdicts = leading(verdicts.loc[verdicts["measure"] == "rank"])
    is_place = verdicts["required_rank"].notna() & (
        verdicts["kind"] != TargetKind.REGIONAL_RANK.value
    )
    return verdicts.loc[is_place, columns].reset_index(drop=True)


def effort_costs(marks: Mapping[str, int], component_ids: list[str]) -> dict[str, float] | None:
    """Costs from marks of effort, 1 easy to 5 hard; None, the costs of the data, without marks.

    As soon as one component is marked all costs are marks: a mark and a cost of the data have no
    common scale. Components without a mark count as 3.

    Source: docs/method/climb.md.
    """
    if not marks:
        return None
    return {name: float(marks.get(name, MIDDLE_MARK)) for name in component_ids}


def climb(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    as_of: date,
    to_rank: int | None = None,
    component_id: str | None = None,
    drift: float = DRIFT,
    costs: Mapping[str, float] | None = None,
    targets: pd.DataFrame | None = None,
) -> Climb:
    """Everything a unit would need on one line to reach a place.

    Without `to_rank` the aim is the place of the line's leading target; five places up where
    there is none or it is already met.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the unit that climbs.
        index_id: the index.
        edition: the table asked about.
        as_of: day whose knowledge is used.
        to_rank: the place to reach.
        component_id: the ranked line; the index itself by default.
        drift: share of the last yearly change expected of the rivals again, 0 to 1.
        costs: cost of a point by component_id, instead of the costs of the data.
        targets: result of `rank_targets`, where a caller already holds it.

    Returns:
        A `Climb`; a question without ground has one too, with the code of what is missing.

    Source: docs/method/climb.md.
    """
    line = component_id or index_id
    wanted = lines_climbed(known, index_id=index_id, component_id=line, edition=edition)
    known.require_scores(wanted)
    given = context(known, index_id=index_id, as_of=as_of)
    if targets is None:
        targets = rank_targets(
            known, unit_id=unit_id, index_id=index_id, edition=edition, as_of=as_of
        )
    places = dict(zip(targets["component_id"], targets["required_rank"].astype(int), strict=True))
    asked = _Asked(given, given.recent(edition), unit_id, edition, drift)
    own = asked.row(line)
    rank = None if own is None else whole(own["rank"])
    target_rank = places.get(line)
    aim_rank, basis, is_capped = _aim(rank, to_rank, target_rank)
    row = own if own is None or aim_rank is None else asked.row(line, to_rank=aim_rank)
    ground = _absence(known, unit_id, line, index_id, edition, as_of) if row is None else (
        str(row["ground"])
    )  # fmt: skip
    is_given = ground == Ground.GIVEN.value
    rungs = asked.rungs(line) if is_given else pd.DataFrame()
    parts = _parts(known, line, edition)
    path, path_ground = (
        _path(asked, line, aim_rank, {p: places[p] for p in parts if p in places}, costs)
        if is_given
        else (None, ground)
    )
    keep = asked.row(line, to_rank=rank) if is_given and rank is not None else None
    below = rungs.loc[rungs["side"] == Side.WORSE.value].head(1) if is_given else rungs
    holder = rungs.loc[rungs["place"] == aim_rank].head(1) if is_given else rungs
    return Climb(
        unit_id=unit_id,
        index_id=index_id,
        component_id=line,
        edition=edition,
        drift=drift,
        ground=ground,
        n_held=asked.n_held(line),
        n_expected=_expected(given, edition) if row is None else whole(row["n_expected"]),
        score=None if row is None else real(row["score"]),
        rank=rank,
        n_ranked=_expected(given, edition) if row is None else whole(row["n_ranked"]),
        target_rank=target_rank,
        aim_rank=aim_rank,
        basis=basis,
        is_capped=is_capped,
        holder_unit_id=None if row is None else _name(row["holder_unit_id"]),
        n_level=0 if holder.empty else int(holder["n_level"].iloc[0]),
        needed=None if row is None else real(row["needed"]),
        needed_alone=None if row is None else real(row["needed_alone"]),
        needed_moving=None if row is None else real(row["needed_moving"]),
        keep_moving=None if keep is None else real(keep["needed_moving"]),
        cushion=None if below.empty else real(below["cushion"].iloc[0]),
        below_unit_id=None if below.empty else _name(below["holder_unit_id"].iloc[0]),
        rungs=rungs,
        worth=asked.worth(line) if is_given else pd.DataFrame(),
        groups=_groups(known, given, unit_id, line, edition),
        components=_components(known, asked, parts, places, index_id, as_of),
        path=path,
        path_ground=path_ground,
    )


def lines_climbed(
    known: Knowledge, *, index_id: str, component_id: str, edition: int
) -> list[tuple[str, int]]:
    """Lines of which `climb` needs the rows of all units: the line, its parts and the total.

    The years before the edition say how far parts usually move.

    Source: docs/method/climb.md.
    """
    lines = {component_id, index_id, *_parts(known, component_id, edition)}
    rows = known.tables.editions
    years = rows.loc[(rows["index_id"] == index_id) & (rows["edition"] <= edition), "edition"]
    return sorted((line, int(year)) for line in lines for year in years)


def _aim(
    rank: int | None, to_rank: int | None, target_rank: int | None
) -> tuple[int | None, Basis, bool]:
    if to_rank is not None:
        return to_rank, Basis.ASKED, False
    if target_rank is not None and (rank is None or target_rank < rank):
        return target_rank, Basis.TARGET, False
    if rank is None:
        return None, Basis.FIVE_PLACES, False
    return max(1, rank - PLACES), Basis.FIVE_PLACES, rank - PLACES < 1


@dataclass(frozen=True)
class _Asked:
    """One unit's question to one table, asked of several lines."""

    given: Context
    recent: pd.DataFrame
    unit_id: str
    edition: int
    drift: float

    def rows(self, lines: list[str], *, to_rank: int | None = None) -> dict[str, dict[str, Any]]:
        """Points to a place, or five places up, by line; without lines of which nothing is held."""
        rows = self.recent
        there = rows.loc[rows["edition"] == self.edition, "component_id"].unique()
        held = [line for line in lines if line in there]
        if not held or not (rows["unit_id"] == self.unit_id).any():
            return {}
        found = points_needed(
            rows,
            edition=self.edition,
            editions=self.given.editions,
            places=PLACES if to_rank is None else None,
            to_rank=to_rank,
            unit_id=self.unit_id,
            component_ids=held,
            breaks=self.given.breaks,
            drift=self.drift,
        )
        return {
            str(row["component_id"]): {str(k): v for k, v in row.items()}
            for _, row in found.iterrows()
        }

    def row(self, line: str, *, to_rank: int | None = None) -> dict[str, Any] | None:
        """Points to a place, or five places up; None when nothing of the unit is held."""
        return self.rows([line], to_rank=to_rank).get(line)

    def n_held(self, line: str) -> int:
        """Scores of a line that are held for the edition."""
        rows = self.recent
        is_line = (rows["edition"] == self.edition) & (rows["component_id"] == line)
        return int(rows.loc[is_line, "score"].notna().sum())

    def rungs(self, line: str) -> pd.DataFrame:
        """The whole ladder of a line."""
        return ladder(
            self.recent,
            unit_id=self.unit_id,
            edition=self.edition,
            editions=self.given.editions,
            component_id=line,
            breaks=self.given.breaks,
            drift=self.drift,
        )

    def worth(self, line: str) -> pd.DataFrame:
        """Places that some more points would be worth."""
        return rank_by_points(
            self.recent,
            unit_id=self.unit_id,
            edition=self.edition,
            editions=self.given.editions,
            component_id=line,
        )


def _path(
    asked: _Asked,
    line: str,
    aim_rank: int | None,
    places: Mapping[str, int],
    costs: Mapping[str, float] | None,
) -> tuple[Path | None, str]:
    given = asked.given
    try:
        found = cheapest_path(
            given.figures,
            unit_id=asked.unit_id,
            edition=asked.edition,
            editions=given.editions,
            to_rank=aim_rank,
            component_targets=places,
            component_id=line,
            # Weights are those of the index's own components.
            weights=given.weights if "." not in line else None,
            breaks=given.breaks,
            costs=costs,
        )
    except NoGround as refusal:
        return None, refusal.ground.value
    except CostMissing:
        return None, COST_MISSING
    return found, Ground.GIVEN.value


def _parts(known: Knowledge, line: str, edition: int) -> list[str]:
    """Components right below a line in an edition, in the order of the catalogue."""
    return [str(name) for name in live_parts(known, line, edition)["component_id"]]


def live_parts(known: Knowledge, line: str, edition: int) -> pd.DataFrame:
    """Components right below a line in an edition, in the order of the catalogue.

    Returns:
        One row per component: component_id, sort, code, name_vi, name_en, max_score [points,
        missing where unknown].

    Source: docs/method/climb.md.
    """
    rows = known.live(edition)
    is_part = (rows["parent_id"] == line) & rows["role"].isin(["component", "subcomponent"])
    columns = ["component_id", "sort", "code", "name_vi", "name_en", "max_score"]
    return rows.loc[is_part, columns].sort_values("sort", ignore_index=True)


def _components(
    known: Knowledge,
    asked: _Asked,
    parts: list[str],
    places: Mapping[str, int],
    index_id: str,
    as_of: date,
) -> pd.DataFrame:
    rows = []
    five_up = asked.rows([part for part in parts if part not in places])
    for part in parts:
        found = asked.row(part, to_rank=places[part]) if part in places else five_up.get(part)
        basis = Basis.TARGET if part in places else Basis.FIVE_PLACES
        if not found:
            found = {
                "ground": _absence(known, asked.unit_id, part, index_id, asked.edition, as_of),
                "n_held": asked.n_held(part),
                "n_expected": _expected(asked.given, asked.edition),
            }
        row = {**found, "component_id": part, "basis": basis.value}
        # A published place is enough to say which place is aimed at, if not what it takes.
        aim, _, _ = _aim(whole(row.get("rank")), places.get(part), None)
        rows.append({**row, "required_rank": aim})
    columns = [
        "component_id", "score", "rank", "n_ranked", "required_rank", "basis", "needed",
        "needed_moving", "holder_unit_id", "ground", "n_held", "n_expected",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).assign(edition=asked.edition)
    for name in ("rank", "n_ranked", "required_rank", "n_held", "n_expected"):
        frame[name] = frame[name].astype("Int64")
    most = live_parts(known, parts[0].rpartition(".")[0], asked.edition) if parts else None
    frame = with_names(frame, known.tables.components)
    if most is None:
        return frame.assign(max_score=np.nan)
    return frame.merge(most[["component_id", "max_score"]], on="component_id", validate="1:1")


def _groups(
    known: Knowledge, given: Context, unit_id: str, line: str, edition: int
) -> pd.DataFrame:
    """Points to each better group of the total; empty where no scheme or no score is known."""
    bounds = thresholds(known, line, edition)
    if bounds.empty or given.figures.empty:
        return pd.DataFrame()
    try:
        steps = group_steps(
            given.figures, unit_id=unit_id, edition=edition, thresholds=bounds, component_id=line
        )
    except NoGround:
        return pd.DataFrame()
    names = bounds[["group_id", "name_vi", "name_en", "group_origin"]]
    return steps.merge(names, on="group_id", how="left", validate="one_to_one")


def thresholds(known: Knowledge, index_id: str, edition: int) -> pd.DataFrame:
    """Groups of the total in an edition, the lowest without a floor; empty without a scheme.

    Returns:
        One row per group, best first: group_id, sort, lower_bound [points], name_vi, name_en,
        group_origin (published|computed).

    Source: docs/method/climb.md.
    """
    rows = known.bounds
    rows = rows.loc[(rows["index_id"] == index_id) & (rows["edition"] == edition)]
    return rows.assign(
        lower_bound=rows["lower_bound"].astype(float).replace(-np.inf, np.nan)
    ).sort_values("sort", ignore_index=True)


def _absence(
    known: Knowledge, unit_id: str, line: str, index_id: str, edition: int, as_of: date
) -> str:
    """Why nothing of a unit is held: not out yet, withheld, outside the top, or not with us."""
    editions = known.tables.editions
    dated = editions.loc[(editions["index_id"] == index_id) & (editions["edition"] == edition)]
    out = pd.to_datetime(dated["published_on"]) <= pd.Timestamp(as_of)
    if not out.any():
        return NOT_PUBLISHED
    rows = known.tables.figures
    own = rows.loc[
        (rows["unit_id"] == unit_id) & (rows["component_id"] == line) & (rows["edition"] == edition)
    ]
    state = "" if own.empty else str(own["state"].iloc[0])
    return state if state in (WITHHELD, OUTSIDE_TOP) else NOT_HELD


def _expected(given: Context, edition: int) -> int | None:
    rows = given.editions.loc[given.editions["edition"] == edition, "n_ranked"]
    return None if rows.empty else whole(rows.iloc[0])


def drawn_rungs(asked: Climb) -> pd.DataFrame:
    """The places a picture shows: the nearest up and down, the aim and its neighbours.

    Between the nearest places and a distant aim every fifth is shown, of thousands of units every
    so many-th that a picture holds about a dozen.

    Returns:
        Rows of `Climb.rungs`, best first, with is_aim.

    Source: docs/method/climb.md.
    """
    rungs = asked.rungs
    if rungs.empty or asked.rank is None:
        return rungs.assign(is_aim=pd.Series(dtype=bool))
    now = int(rungs.loc[rungs["side"] == Side.NOW.value, "place"].iloc[0])
    aim = now if asked.aim_rank is None else min(asked.aim_rank, now)
    place = rungs["place"]
    shown = place.between(now - NEXT_UP, now + NEXT_DOWN)
    shown |= place.between(aim - BEYOND_AIM, aim + BEYOND_AIM)
    every = EVERY * max(1, -(-(now - aim) // (EVERY * BETWEEN)))
    shown |= place.between(aim, now) & (place % every == 0)
    return rungs.loc[shown].assign(is_aim=place.eq(aim)).reset_index(drop=True)


def _name(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
