"""Why one rank changed: the one object that paragraph, pictures, tables and records are made of.

It puts together what the modules of the split, the components, the errors, the profile and the
peers answer about one unit, one line and two editions, as known on one day. Where a part of the
answer has no ground it is missing, and a code says what is missing. Positive is an improvement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.board import Knowledge
from analytics.field import ComponentNotFound, Ground, NoGround, children
from analytics.known_line import Held, KnownLine, Place, Reason, obstacle
from analytics.line_change import COMPONENT_COLUMNS, LineChange
from analytics.peers import same_region, same_start
from analytics.plain import real, text, whole
from analytics.profile import strengths_of
from analytics.rank_split import Movement
from analytics.schema import EditionNotFound, UnitNotFound
from analytics.uncertainty import ChangeTag, ErrorBasis, errors_used, rank_uncertainty_of

N_RISEN = 5
BOUNDARY_EVENTS = ("merge", "split", "transfer")
CITY_KINDS = ("thành phố",)


@dataclass(frozen=True)
class Rival:
    """Another unit whose order with this unit changed."""

    unit_id: str
    is_city: bool
    rank_baseline: int | None
    rank: int | None
    score_change: float | None


@dataclass(frozen=True)
class RankChance:
    """How sure one place is, from published standard errors; missing where there are none."""

    unit_id: str
    component_id: str
    edition: int
    to_rank: int | None
    rank: int | None
    n_ranked: int | None
    low: int | None
    high: int | None
    expected_rank: float | None
    probability: float | None
    basis: str
    ground: str
    n_errors: int
    held: Held


@dataclass(frozen=True)
class MethodBreak:
    """A recorded change of method between the two editions."""

    edition: int
    rank_comparable: str
    score_comparable: str
    note_vi: str
    note_en: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """Everything there is to say about one rank change.

    `components` holds one row per part of the line (level 1) and, for an index, per part of a
    part (level 2); `profile` one row per part with its quadrant; `region`, `start` and `risen`
    one row per unit to compare with or to learn from. A missing number is None, never 0.
    """

    unit_id: str
    is_city: bool
    index_id: str
    index_short: str
    component_id: str
    code: str
    component_vi: str
    component_en: str
    decimals: int
    baseline: int
    edition: int
    as_of: date
    ground: str
    open_editions: tuple[int, ...]
    held: tuple[Held, ...]
    before: Place
    after: Place
    gain: int | None
    gain_low: int | None
    gain_high: int | None
    own: float | None
    peers: float | None
    method: float | None
    composition: float | None
    publisher: float | None
    method_ground: str
    n_common: int | None
    score_change: float | None
    peers_score_change: float | None
    change_tag: str
    change_basis: str
    chance_before: RankChance | None
    chance_after: RankChance | None
    components: pd.DataFrame
    components_ground: str
    overtook: tuple[Rival, ...]
    overtaken_by: tuple[Rival, ...]
    left: tuple[Rival, ...]
    entered: tuple[Rival, ...]
    profile: pd.DataFrame
    region_vi: str
    region_en: str
    region: pd.DataFrame
    start: pd.DataFrame
    risen: pd.DataFrame
    risen_first: int
    risen_ground: str
    breaks: tuple[MethodBreak, ...]
    boundary_changes: tuple[date, ...]

    @property
    def is_split(self) -> bool:
        """Whether the change could be split into its causes."""
        return self.ground == Ground.GIVEN.value

    @property
    def is_total(self) -> bool:
        """Whether the line is the index itself."""
        return self.component_id == self.index_id


def explanation(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    baseline: int,
    edition: int,
    component_id: str | None = None,
    as_of: date,
) -> Explanation:
    """Why the place of one unit on one line changed between two editions.

    Only editions published by `as_of` are used, in every part of the answer. Units of two
    geographies are never compared, whatever their names.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province, e.g. vn63-kon-tum.
        index_id: the index.
        baseline: edition compared against.
        edition: edition reported.
        component_id: the ranked line; the index itself by default.
        as_of: day whose knowledge is used.

    Returns:
        The explanation. `ground` is "given" when the change was split; else a code of
        `analytics.field.Ground` or `Reason`, with `held` and `open_editions` naming what is
        missing. The gain of two known places is given even then; its parts never.

    Raises:
        UnitNotFound: no such unit.
        ComponentNotFound: the index has no such component in any edition.
        EditionsReversed: `baseline` is not earlier than `edition`.

    Source: docs/method/explanation.md.
    """
    change = LineChange.of(
        known, index_id=index_id, baseline=baseline, edition=edition, component_id=component_id,
        as_of=as_of,
    )  # fmt: skip
    return explanation_of(change, unit_id, as_of)


def explanation_of(change: LineChange, unit_id: str, as_of: date) -> Explanation:
    """`explanation` from what is the same for every unit, which many units may share.

    Args:
        change: the line and both editions, as known on the day.
        unit_id: the province.
        as_of: the day.

    Raises:
        UnitNotFound: no such unit.
        ComponentNotFound: the index has no such component in any edition.

    Source: docs/method/explanation.md.
    """
    line, baseline, edition = change.line, change.baseline, change.edition
    known = line.known
    unit = _unit(known, unit_id)
    reason, open_editions = obstacle(line, unit, baseline, edition)
    table = change.split if reason is None else pd.DataFrame()
    mine = table.loc[table["unit_id"] == unit_id] if len(table) else table
    row: dict[str, Any] = {} if mine.empty else {str(k): v for k, v in mine.iloc[0].items()}
    ground = reason.value if reason else str(row.get("ground", Reason.NOT_HELD.value))
    before, after = (line.place(unit_id, year) for year in (baseline, edition))
    if ground == Reason.UNITS_DIFFER.value:
        gain, low, high = None, None, None
    else:
        gain, low, high = _gain(before, after)
    is_split = ground == Ground.GIVEN.value
    parts: dict[str, Any] = {name: real(row.get(name)) for name in PARTS}
    components, components_ground = _components(change, unit_id, ground)
    rivals = _rivals(change, unit_id) if is_split else {}
    risen, risen_ground = _risen(change, unit_id, ground)
    tag, basis = _change(change, unit_id, ground)
    return Explanation(
        unit_id=unit_id,
        is_city=str(unit["kind"]) in CITY_KINDS,
        as_of=as_of,
        baseline=baseline,
        edition=edition,
        **change.names,
        ground=ground,
        open_editions=open_editions,
        held=tuple(line.held(year) for year in (baseline, edition)),
        before=before,
        after=after,
        gain=gain,
        gain_low=low,
        gain_high=high,
        **parts,
        method_ground=str(row["method_ground"]) if is_split else "",
        n_common=whole(row.get("n_common")) if is_split else None,
        score_change=real(row.get("score_change")),
        peers_score_change=real(row.get("peers_score_change")),
        change_tag=tag,
        change_basis=basis,
        chance_before=_chance(line, change.errors[baseline], unit_id, baseline)
        if is_split
        else None,
        chance_after=_chance(line, change.errors[edition], unit_id, edition) if is_split else None,
        components=components,
        components_ground=components_ground,
        overtook=rivals.get(Movement.OVERTOOK, ()),
        overtaken_by=rivals.get(Movement.OVERTAKEN_BY, ()),
        left=rivals.get(Movement.LEFT_FROM_AHEAD, ()),
        entered=rivals.get(Movement.ENTERED_AHEAD, ()),
        profile=_profile(change, unit_id, reason),
        region_vi=text(unit["region_name_vi"]),
        region_en=text(unit["region_name_en"]),
        region=_region(line, unit_id, baseline, edition, reason),
        start=_start(line, unit_id, baseline, edition, ground),
        risen=risen,
        risen_first=change.rise_first,
        risen_ground=risen_ground,
        breaks=_breaks(line, baseline, edition) if reason is None else (),
        boundary_changes=_boundary_changes(known, unit_id, baseline, edition),
    )


PARTS = ("own", "peers", "method", "composition", "publisher")


def rank_chance(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    to_rank: int | None = None,
    component_id: str | None = None,
    as_of: date,
) -> RankChance:
    """How sure the place of one unit in one edition is, and how likely a place was reached.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province.
        index_id: the index.
        edition: the edition asked about.
        to_rank: the place asked about; no probability without it.
        component_id: the ranked line; the index itself by default.
        as_of: day whose knowledge is used.

    Returns:
        The place, its 90 per cent interval and the probability of `to_rank` or better; without
        ground they are missing and `ground` says why.

    Raises:
        UnitNotFound: no such unit.
        ComponentNotFound: the index has no such component in any edition.

    Source: docs/method/explanation.md.
    """
    line = KnownLine.of(known, index_id, component_id, as_of)
    unit = _unit(known, unit_id)
    reason, _ = obstacle(line, unit, edition, edition)
    if reason is None:
        used = errors_used(
            line.own_figures, line.own_errors, edition=edition, component_id=line.component_id
        )
        return _chance(line, used, unit_id, edition, to_rank)
    return _no_chance(line, unit_id, edition, to_rank, reason.value)


def _unit(known: Knowledge, unit_id: str) -> pd.Series:
    units = known.tables.units
    found = units.loc[units["unit_id"] == unit_id]
    if found.empty:
        raise UnitNotFound(unit_id)
    unit: pd.Series = found.iloc[0]
    return unit


def _gain(before: Place, after: Place) -> tuple[int | None, int | None, int | None]:
    """Places gained, and the bounds of the gain where a place is known only within bounds."""
    if before.rank is not None and after.rank is not None:
        gain = before.rank - after.rank
        return gain, gain, gain
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return None, None, None
    return None, before.low - after.high, before.high - after.low


def _components(change: LineChange, unit_id: str, ground: str) -> tuple[pd.DataFrame, str]:
    """The parts of the line with their effects, each part followed by its own parts."""
    nothing = pd.DataFrame(columns=COMPONENT_COLUMNS)
    line = change.line
    ids = [str(c) for c in line.known.tables.components["component_id"].unique()]
    if not children(ids, line.component_id):
        return nothing, Reason.NO_PARTS.value
    if ground != Ground.GIVEN.value:
        return nothing, ground
    rows = change.components
    rows = rows.loc[rows["unit_id"] == unit_id, COMPONENT_COLUMNS].reset_index(drop=True)
    if rows.empty:
        return nothing, Ground.PARTS_MISSING.value
    return rows, str(rows.loc[rows["level"] == 1, "ground"].iloc[0])


def _rivals(change: LineChange, unit_id: str) -> dict[str, tuple[Rival, ...]]:
    """Who passed or was passed, left or entered, by how much their score moved."""
    units = change.line.known.tables.units
    cities = set(units.loc[units["kind"].isin(CITY_KINDS), "unit_id"])
    found: dict[str, tuple[Rival, ...]] = {}
    for row in change.passes(unit_id).to_dict("records"):
        other, code = str(row["other_unit_id"]), str(row["movement"])
        before, after = change.places[other]
        rival = Rival(
            unit_id=other,
            is_city=other in cities,
            rank_baseline=whole(before),
            rank=whole(after),
            score_change=real(row["other_score"] - row["other_score_baseline"]),
        )
        found[code] = (*found.get(code, ()), rival)
    return found


def _change(change: LineChange, unit_id: str, ground: str) -> tuple[str, str]:
    """Whether the change of the own score is clear or noise, and where its error comes from."""
    nothing = (ChangeTag.NO_GROUND.value, ErrorBasis.NONE.value)
    if ground != Ground.GIVEN.value:
        return nothing
    mine = change.tests.loc[change.tests["unit_id"] == unit_id]
    if mine.empty or mine["tag"].iloc[0] == ChangeTag.NO_GROUND.value:
        return nothing
    bases = {str(mine["basis"].iloc[0]), str(mine["basis_baseline"].iloc[0])}
    worst = [b for b in (ErrorBasis.OWN_MEAN, ErrorBasis.ZERO_REPLACED) if b.value in bases]
    return str(mine["tag"].iloc[0]), (worst[0] if worst else ErrorBasis.PUBLISHED).value


def _chance(
    line: KnownLine, used: pd.DataFrame, unit_id: str, edition: int, to_rank: int | None = None
) -> RankChance:
    """How sure the place is; `used` is the result of `errors_used` in the edition."""
    try:
        rows = rank_uncertainty_of(
            line.field, used, edition=edition, to_rank=to_rank, unit_id=unit_id
        )
    except (ComponentNotFound, EditionNotFound, UnitNotFound):
        return _no_chance(line, unit_id, edition, to_rank, Reason.NOT_HELD.value)
    mine = rows.loc[rows["unit_id"] == unit_id]
    if mine.empty:
        ground = Ground.SCORES_OF_OTHERS_MISSING if line.held(edition).is_short else None
        code = (ground or Ground.NOT_SCORED).value
        return _no_chance(line, unit_id, edition, to_rank, code)
    row = mine.iloc[0]
    return RankChance(
        unit_id=unit_id,
        component_id=line.component_id,
        edition=edition,
        to_rank=to_rank,
        rank=whole(row["rank"]),
        n_ranked=whole(row["n_ranked"]),
        low=whole(row["low"]),
        high=whole(row["high"]),
        expected_rank=real(row["expected_rank"]),
        probability=real(row["probability"]),
        basis=str(row["basis"]),
        ground=str(row["ground"]),
        n_errors=_n_errors(line, edition),
        held=line.held(edition),
    )


def _no_chance(
    line: KnownLine, unit_id: str, edition: int, to_rank: int | None, ground: str
) -> RankChance:
    place = line.place(unit_id, edition)
    return RankChance(
        unit_id=unit_id,
        component_id=line.component_id,
        edition=edition,
        to_rank=to_rank,
        rank=place.rank,
        n_ranked=place.n_ranked,
        low=None,
        high=None,
        expected_rank=None,
        probability=None,
        basis=ErrorBasis.NONE.value,
        ground=ground,
        n_errors=_n_errors(line, edition),
        held=line.held(edition),
    )


def _n_errors(line: KnownLine, edition: int) -> int:
    """Standard errors the publisher printed for the line in the edition."""
    rows = line.own_errors
    return int(rows.loc[rows["edition"] == edition, "standard_error"].notna().sum())


def _profile(change: LineChange, unit_id: str, reason: Reason | None) -> pd.DataFrame:
    """Strengths and weaknesses among the parts of the line, most points to win first."""
    if reason is not None or not change.below or unit_id not in change.measured:
        return pd.DataFrame()
    mine = change.quadrants.loc[change.quadrants["unit_id"] == unit_id]
    # "Among the largest losses" can be said only when every loss is known.
    is_scored = int(mine["score"].notna().sum()) == len(change.below)
    rows = strengths_of(
        mine, unit_id=unit_id, max_scores=change.max_scores if is_scored else None
    ).merge(change.below_names, on="component_id", how="left", validate="one_to_one")
    return rows.sort_values(
        ["recoverable", "level", "component_sort", "code"],
        ascending=[False, True, True, True],
        na_position="last",
        ignore_index=True,
    )


PEER_COLUMNS = [
    "unit_id", "rank_baseline", "n_baseline", "rank", "n_ranked", "gain", "score",
    "score_change", "is_self",
]  # fmt: skip


def peer_rows(
    line: KnownLine, unit_ids: list[str], unit_id: str, baseline: int, edition: int
) -> pd.DataFrame:
    """Places and scores of some units in both editions; a unit without a row keeps its line.

    Returns:
        One row per unit asked for: the columns of `PEER_COLUMNS`.

    Source: docs/method/peers.md.
    """
    placed = line.placed
    rows = pd.DataFrame({"unit_id": unit_ids})
    for year, names in (
        (baseline, ["rank_baseline", "n_baseline", "score_baseline"]),
        (edition, ["rank", "n_ranked", "score"]),
    ):
        table = placed.loc[placed["edition"] == year, ["unit_id", "rank", "n_ranked", "score"]]
        table.columns = pd.Index(["unit_id", *names])
        rows = rows.merge(table, on="unit_id", how="left", validate="one_to_one")
    rows["gain"] = rows["rank_baseline"] - rows["rank"]
    rows["score_change"] = rows["score"] - rows["score_baseline"]
    rows["is_self"] = rows["unit_id"] == unit_id
    return rows[PEER_COLUMNS]


def _region(
    line: KnownLine, unit_id: str, baseline: int, edition: int, reason: Reason | None
) -> pd.DataFrame:
    """The unit among the units of its region, by place in the later edition."""
    if reason is not None:
        return pd.DataFrame(columns=PEER_COLUMNS)
    units = line.known.tables.units
    ended = pd.to_datetime(units["valid_to"]).dt.year
    alive = units.loc[ended.isna() | (ended >= edition)]
    rows = peer_rows(line, same_region(alive, unit_id), unit_id, baseline, edition)
    return rows.sort_values(["rank", "unit_id"], na_position="last", ignore_index=True)


def _start(line: KnownLine, unit_id: str, baseline: int, edition: int, ground: str) -> pd.DataFrame:
    """The units that stood beside the unit in the baseline, by how far they have come since."""
    nothing = pd.DataFrame(columns=PEER_COLUMNS)
    if ground != Ground.GIVEN.value:
        return nothing
    try:
        beside = same_start(
            line.own_figures,
            unit_id=unit_id,
            edition=baseline,
            editions=line.editions,
            component_id=line.component_id,
        )
    except NoGround:
        return nothing
    rows = peer_rows(line, [*beside["unit_id"], unit_id], unit_id, baseline, edition)
    return rows.sort_values(
        ["gain", "unit_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _risen(change: LineChange, unit_id: str, ground: str) -> tuple[pd.DataFrame, str]:
    """Who rose most and held it, and why nobody can be named."""
    if ground not in {g.value for g in Ground}:
        return pd.DataFrame(), ground
    rows = change.risen
    if rows is None:
        return pd.DataFrame(), Ground.SCORES_OF_OTHERS_MISSING.value
    others = rows.loc[rows["unit_id"] != unit_id]
    return others.head(N_RISEN).reset_index(drop=True), Ground.GIVEN.value


def _breaks(line: KnownLine, baseline: int, edition: int) -> tuple[MethodBreak, ...]:
    rows = line.breaks
    rows = rows.loc[
        (rows["component_id"] == line.component_id)
        & rows["edition"].gt(baseline)
        & rows["edition"].le(edition)
    ].drop_duplicates(["edition", "note_vi"])
    return tuple(
        MethodBreak(
            edition=int(row["edition"]),
            rank_comparable=str(row["rank_comparable"]),
            score_comparable=str(row["score_comparable"]),
            note_vi=text(row["note_vi"]),
            note_en=text(row["note_en"]),
        )
        for _, row in rows.sort_values("edition").iterrows()
    )


def _boundary_changes(
    known: Knowledge, unit_id: str, baseline: int, edition: int
) -> tuple[date, ...]:
    """Days on which the unit of the same id took in or gave away land."""
    links = known.tables.unit_links
    days = pd.to_datetime(links["effective_on"])
    mine = (
        (links["to_unit_id"] == unit_id)
        & (links["from_unit_id"] != unit_id)
        & links["event"].isin(BOUNDARY_EVENTS)
        & days.dt.year.gt(baseline)
        & days.dt.year.le(edition)
    )
    return tuple(sorted({day.date() for day in days.loc[mine]}))


def waterfall(made: Explanation) -> pd.DataFrame:
    """The way from the place before to the place after, one step per cause.

    Causes that could not have moved the place (an unchanged method, no ties broken by the
    publisher) are left out; a method that cannot be told apart keeps its step, with a missing
    effect.

    Args:
        made: an explanation.

    Returns:
        One row per step in order: part (start, own, peers, method, composition, publisher, end),
        effect [places, positive = improved], from_place and to_place [place]. Empty when the
        change was not split.

    Source: docs/method/explanation.md.
    """
    columns = ["part", "effect", "from_place", "to_place"]
    if not made.is_split or made.before.rank is None or made.after.rank is None:
        return pd.DataFrame(columns=columns)
    at = float(made.before.rank)
    rows: list[tuple[str, float | None, float, float]] = [("start", None, at, at)]
    for name in PARTS:
        effect: float | None = getattr(made, name)
        is_idle = name in ("method", "publisher") and effect == 0
        if not is_idle:
            moved = at - (effect or 0.0)
            rows.append((name, effect, at, moved))
            at = moved
    after = float(made.after.rank)
    rows.append(("end", None, after, after))
    return pd.DataFrame(rows, columns=columns)
