"""Which line stands for a unit across a change of units: published, predecessors, or estimated.

Official places and estimates never share a column: an official row has `rank` and no
`estimated_place`, an estimated row the reverse. Place 1 is best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd

from analytics.board import Knowledge
from analytics.composition import WeightBasis, Weights, parts_of, successors
from analytics.continuity import day_of_edition
from analytics.merger import estimated_field
from analytics.ranks import SCORE_DECIMALS, percentile_standing
from analytics.schema import NOT_HELD, UnitNotFound

# The unit has a composite in the year, and none in the base year to set it against.
NO_BASE = "no_base"


class GeographyMode(StrEnum):
    """What a reader wants to see of a unit that became part of another."""

    PUBLISHED = "published"
    PREDECESSORS = "predecessors"
    ESTIMATED = "estimated"


OFFICIAL_COLUMNS = (
    "state", "score", "percentile", "rank", "rank_low", "rank_high", "rank_origin", "n_ranked",
)  # fmt: skip
ESTIMATE_COLUMNS = (
    "estimated_score", "estimated_place", "n_common", "estimated_percentile", "coverage", "reason",
)  # fmt: skip
LINE_COLUMNS = ("line_id", "unit_id", "edition", "is_estimate", *OFFICIAL_COLUMNS,
                *ESTIMATE_COLUMNS)  # fmt: skip
# Rows of several components say of which one they speak.
COMPONENT_COLUMNS = ("component_id", *LINE_COLUMNS)
TYPES = {
    "component_id": "str", "line_id": "str", "unit_id": "str", "state": "str",
    "rank_origin": "str", "reason": "str",
    "edition": "int64", "is_estimate": "bool", "score": "Float64", "percentile": "Float64",
    "rank": "Int64", "rank_low": "Int64", "rank_high": "Int64", "n_ranked": "Int64",
    "estimated_score": "Float64", "estimated_place": "Int64", "n_common": "Int64",
    "estimated_percentile": "Float64", "coverage": "Float64",
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A unit, the unit of the present geography that stands for it, and what that was made of."""

    unit_id: str
    present_id: str
    part_ids: tuple[str, ...]

    @property
    def is_merged(self) -> bool:
        """Whether the present unit was made of several."""
        return len(self.part_ids) > 1


def subject(known: Knowledge, unit_id: str) -> Subject:
    """Who stands for a unit today, and which units that one was on the eve of its first day.

    After a split there are several successors; the first of the register stands for the unit.

    Args:
        known: the present state.
        unit_id: a unit of any geography.

    Returns:
        The subject; of an unchanged unit the only part is the unit it was.

    Raises:
        UnitNotFound: no unit has the id.

    Source: docs/method/trends.md.
    """
    units, links = known.tables.units, known.tables.unit_links
    if unit_id not in set(units["unit_id"]):
        raise UnitNotFound(unit_id)
    latest = pd.to_datetime(units["valid_from"]).max().date()
    found = successors(units, links, unit_id, on=latest)
    present = found[0] if found else unit_id
    start = pd.Timestamp(units.loc[units["unit_id"] == present, "valid_from"].iloc[0]).date()
    parts = parts_of(links, present, measured_on=start - timedelta(days=1), asked_on=start)
    return Subject(unit_id, present, parts)


def lines(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    mode: str,
    as_of: date,
    component_id: str | None = None,
    field: pd.DataFrame | None = None,
    editions: Sequence[int] | None = None,
) -> pd.DataFrame:
    """The line or lines to show for a unit under a geography mode.

    published: the unit's own series; a unit that no merger touched runs on under its new id, and
    a merged one ends. predecessors: every unit that the present one was made of, each with its own
    published series. estimated: the present unit, estimated for editions that measured its
    predecessors. In the last two the present unit's published places follow once there are any.

    Args:
        known: the present state.
        unit_id: the unit chosen, of either geography.
        index_id: the index.
        mode: one of `GeographyMode`.
        as_of: day whose knowledge is used.
        component_id: the component; the index itself when absent.
        field: result of `estimated_places`; needed by the mode estimated alone.
        editions: years wanted; all that are out when absent.

    Returns:
        One row per (line_id, edition) in which the line's unit existed and the component was
        measured, with unit_id, is_estimate, state, score [points], percentile [0 to 100], rank,
        rank_low, rank_high [place], rank_origin, n_ranked [units]; of estimates estimated_score
        [points], estimated_place [place among n_common units], estimated_percentile, coverage [0
        to 1] and reason. What is not known is missing; its state or reason says why.

    Raises:
        UnitNotFound: no unit has the id.
        ValueError: no such mode, or `field` is absent where it is needed.

    Source: docs/method/trends.md.
    """
    part = component_id or index_id
    who, wanted = subject(known, unit_id), GeographyMode(mode)
    if wanted == GeographyMode.PUBLISHED:
        same = (*who.part_ids, who.present_id)
        # Hà Tây is neither what it became a part of, nor what that was made of later.
        chain = same if unit_id in same and not who.is_merged else (unit_id,)
        return official(known, {unit_id: chain}, index_id, part, as_of, editions)
    present = official(known, {who.present_id: (who.present_id,)}, index_id, part, as_of, editions)
    if wanted == GeographyMode.PREDECESSORS:
        own = official(known, {p: (p,) for p in who.part_ids}, index_id, part, as_of, editions)
        return _typed([own, present])
    if field is None:
        raise ValueError("the mode estimated needs a field")
    mine = field.loc[field["unit_id"] == who.present_id]
    return _typed([mine.assign(line_id=who.present_id, is_estimate=True), present])


def official(
    known: Knowledge,
    chains: Mapping[str, Sequence[str]],
    index_id: str,
    component_id: str,
    as_of: date,
    editions: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Published series of several lines at once: `official_of` for one component.

    Returns:
        See `lines`; every row official.

    Source: docs/method/trends.md.
    """
    rows = official_of(known, chains, index_id, [component_id], as_of, editions)
    return rows.drop(columns="component_id")


def official_of(
    known: Knowledge,
    chains: Mapping[str, Sequence[str]],
    index_id: str,
    component_ids: Sequence[str],
    as_of: date,
    editions: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Published series of several lines on several components of an index at once.

    Args:
        known: the present state.
        chains: line id to the ids its unit bore one after the other.
        index_id: the index.
        component_ids: the components.
        as_of: day whose knowledge is used.
        editions: years wanted; all that are out when absent.

    Returns:
        See `lines`, one row per (component_id, line_id, edition); every row official.

    Source: docs/method/trends.md.
    """
    spans = _spans(known.tables.units, {unit for chain in chains.values() for unit in chain})
    lives = {part: _life(known.tables.components, part) for part in component_ids}
    out = _out(known, index_id, as_of)
    found = []
    for year, geography, n_ranked in zip(
        out["edition"], out["geography"], out["n_ranked"], strict=True
    ):
        if editions is not None and year not in editions:
            continue
        day = pd.Timestamp(
            day_of_edition(known.lineage, known.tables, index_id=index_id, edition=int(year))
        )
        alive = [
            (line_id, unit_id)
            for line_id, chain in chains.items()
            for unit_id in dict.fromkeys(chain)
            if _is_alive(spans[unit_id], day, geography)
        ]
        measured = [part for part in component_ids if _is_measured(lives[part], year)]
        found += [
            (part, line_id, unit_id, year, n_ranked)
            for part in measured
            for line_id, unit_id in alive
        ]
    columns = ["component_id", "line_id", "unit_id", "edition", "n_dated"]
    grid = pd.DataFrame(found, columns=columns)
    rows = known.of_lines(component_ids)
    rows = rows.loc[rows["unit_id"].isin(set(grid["unit_id"]))]
    keys = ["component_id", "unit_id", "edition"]
    rows = grid.astype({"edition": "int64"}).merge(
        rows[[*keys, *OFFICIAL_COLUMNS]], on=keys, how="left", validate="many_to_one"
    )
    rows["state"] = rows["state"].fillna(NOT_HELD)
    rows["n_ranked"] = rows["n_ranked"].astype("Int64").fillna(rows["n_dated"].astype("Int64"))
    return _typed([rows.assign(is_estimate=False)], COMPONENT_COLUMNS)


def estimated_of(
    known: Knowledge,
    unit_ids: Sequence[str],
    fields: Mapping[str, pd.DataFrame],
    index_id: str,
    component_ids: Sequence[str],
    as_of: date,
    editions: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Lines of the mode estimated of several units on several components of an index at once.

    Args:
        known: the present state.
        unit_ids: the units; each line bears the id of its own.
        fields: component_id to the result of `estimated_places`.
        index_id: the index.
        component_ids: the components.
        as_of: day whose knowledge is used.
        editions: years wanted of the published places; all that are out when absent.

    Returns:
        See `lines`, one row per (component_id, line_id, edition).

    Raises:
        ValueError: a component has no field.

    Source: docs/method/trends.md.
    """
    if any(part not in fields for part in component_ids):
        raise ValueError("the mode estimated needs a field")
    present = {unit: subject(known, unit).present_id for unit in unit_ids}
    pairs = pd.DataFrame({"line_id": list(present), "unit_id": list(present.values())})
    guessed = pd.concat([fields[part].assign(component_id=part) for part in component_ids])
    guessed = guessed.merge(pairs, on="unit_id", how="inner", validate="many_to_many")
    chains = {unit: (own,) for unit, own in present.items()}
    later = official_of(known, chains, index_id, component_ids, as_of, editions)
    return _typed([guessed.assign(is_estimate=True), later], COMPONENT_COLUMNS)


# First day, last day [missing while it lasts] and geography of a unit.
_Span = tuple[pd.Timestamp, pd.Timestamp, str]


def _spans(units: pd.DataFrame, unit_ids: set[str]) -> dict[str, _Span]:
    own = units.loc[units["unit_id"].isin(unit_ids)].drop_duplicates("unit_id")
    start, end = pd.to_datetime(own["valid_from"]), pd.to_datetime(own["valid_to"])
    spans = zip(start, end, own["geography"], strict=True)
    return dict(zip(own["unit_id"], spans, strict=True))


def _is_alive(span: _Span, day: pd.Timestamp, geography: str) -> bool:
    start, end, own = span
    return start <= day and not end < day and own == geography


def _typed(frames: Sequence[pd.DataFrame], columns: Sequence[str] = LINE_COLUMNS) -> pd.DataFrame:
    """The frames below each other with every column of a line, in order of line and year."""
    types = {name: TYPES[name] for name in columns}
    whole = [frame.reindex(columns=list(columns)).astype(types) for frame in frames if len(frame)]
    if not whole:
        return pd.DataFrame(columns=list(columns)).astype(types)
    rows = pd.concat(whole, ignore_index=True)
    order = {line_id: at for at, line_id in enumerate(dict.fromkeys(rows["line_id"]))}
    rows = rows.assign(_order=rows["line_id"].map(order)).sort_values(["_order", "edition"])
    return rows.drop(columns="_order").reset_index(drop=True)


def editions_out(known: Knowledge, index_id: str, component_id: str, as_of: date) -> pd.DataFrame:
    """Editions that were out on a day and measured the component, oldest first.

    Source: docs/method/trends.md.
    """
    rows, life = _out(known, index_id, as_of), _life(known.tables.components, component_id)
    is_measured = [_is_measured(life, year) for year in rows["edition"]]
    return rows.loc[is_measured].reset_index(drop=True)


def _out(known: Knowledge, index_id: str, as_of: date) -> pd.DataFrame:
    """Editions of an index that were out on a day, oldest first."""
    rows = known.tables.editions
    rows = rows.loc[rows["index_id"] == index_id]
    rows = rows.loc[pd.to_datetime(rows["published_on"]) <= pd.Timestamp(as_of)]
    return rows.sort_values("edition", ignore_index=True)


def _life(components: pd.DataFrame, component_id: str) -> list[tuple[float, float]]:
    """The years in which a component was measured: first and last of every period."""
    own = components.loc[components["component_id"] == component_id]
    last = own["to_edition"].astype("Float64").fillna(float("inf"))
    return list(zip(own["from_edition"].astype(float), last, strict=True))


def _is_measured(life: Sequence[tuple[float, float]], year: int) -> bool:
    return any(first <= year <= last for first, last in life)


def estimated_places(
    known: Knowledge,
    *,
    index_id: str,
    present_id: str,
    baseline: int,
    as_of: date,
    component_id: str | None = None,
    weights: Weights = WeightBasis.POPULATION,
    editions: Sequence[int] | None = None,
    is_one_field: bool = False,
) -> pd.DataFrame:
    """Every edition before a change of units, on the units after it.

    A place of one year is counted among the units that have a composite in that year and in the
    base year, so that it may be set against the base. Where the base year has none, or is not
    out, each year is counted among its own units.

    Args:
        known: the present state.
        index_id: the index.
        present_id: a unit of the later geography; its first day says which units are asked for.
        baseline: the year places are to be compared with.
        as_of: day whose knowledge is used.
        component_id: the component; the index itself when absent.
        weights: see `analytics.composition.composition`.
        editions: years wanted; all of the earlier geography when absent.
        is_one_field: count every year among the units that have a composite in all years wanted,
            as `analytics.merger.estimates` does for two.

    Returns:
        One row per (unit_id, edition) with estimated_score [points], estimated_place [place among
        n_common units], n_common, estimated_percentile [0 to 100], coverage [0 to 1] and reason
        (see `analytics.merger.estimated_field`; also no_base).

    Raises:
        UnitNotFound: no unit has the id.

    Source: docs/method/trends.md.
    """
    part, units = component_id or index_id, known.tables.units
    own = units.loc[units["unit_id"] == present_id]
    if own.empty:
        raise UnitNotFound(present_id)
    asked_on = pd.Timestamp(own["valid_from"].iloc[0]).date()
    out = editions_out(known, index_id, part, as_of)
    earlier = {
        int(year)
        for year, geography in zip(out["edition"], out["geography"], strict=True)
        if geography != own["geography"].iloc[0]
    }
    wanted = sorted(earlier if editions is None else earlier & set(editions))
    needed = sorted({*wanted, *({baseline} & earlier)})
    years = {
        year: estimated_field(
            known, index_id=index_id, edition=year, asked_on=asked_on, component_id=part,
            weights=weights, as_of=as_of,
        )
        for year in needed
    }  # fmt: skip
    held = {y: set(f.loc[f["estimated_score"].notna(), "unit_id"]) for y, f in years.items()}
    base = held.get(baseline, set())
    if is_one_field and wanted:
        base = set.intersection(*(held[year] for year in wanted))
    ways = known.tables.components
    way = int(ways.loc[ways["component_id"] == part, "direction"].iloc[0]) if len(years) else 1
    made = [_on_common(years[year], base, way).assign(edition=year) for year in wanted]
    columns = ["unit_id", "edition", *ESTIMATE_COLUMNS]
    return pd.concat(made, ignore_index=True)[columns] if made else pd.DataFrame(columns=columns)


def _on_common(rows: pd.DataFrame, base: set[str], way: int) -> pd.DataFrame:
    """One year placed among the units that also have a composite in the base year."""
    better = (rows["estimated_score"].astype("Float64") * way).round(SCORE_DECIMALS)
    if base:
        better = better.where(rows["unit_id"].isin(base))
    place = better.rank(method="min", ascending=False).astype("Int64")
    n_common = int(place.notna().sum())
    count = pd.Series(n_common, index=rows.index, dtype="Int64")
    shared = place.groupby(place).transform("size")
    is_without_base = rows["estimated_score"].notna() & place.isna()
    return rows.assign(
        reason=rows["reason"].mask(is_without_base, NO_BASE),
        estimated_place=place,
        n_common=count,
        estimated_percentile=percentile_standing(place + (shared - 1) / 2, count),
    )
