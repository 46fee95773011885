"""The board: everything one screen or briefing says about one unit in one year.

Screens and documents print the same objects, so they cannot disagree.
A positive gain is an improvement; a positive gap is the number of places still missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import groups as groups_of
from analytics import ranks, schema
from analytics.continuity import Lineage, is_another, lineage
from analytics.field import FIELD_COLUMNS
from analytics.groups import group_bounds, group_standing
from analytics.ladder import points_needed
from analytics.measured import measured_values
from analytics.plain import real, text, whole
from analytics.ranks import standings
from analytics.schema import NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP, AnalyticsError, Tables
from analytics.targets import (
    OPERATIONAL_MEASURES,
    TO_A_PLACE,
    TargetKind,
    TargetStatus,
    editions_compared,
    target_standing,
    uncovered_components,
)

SPARK_YEARS = 5
# Boards kept ready; a province and year more costs a quarter of a second again.
ANSWERS_KEPT = 512
_TILE_COLUMNS = [
    "index_id", "edition", "state", "score", "rank", "rank_low", "rank_high", "n_ranked",
    "rank_origin",
]  # fmt: skip
# Of several targets on one component the sharpest leads: a number of places before "improve".
_KIND_ORDER = {
    kind: order
    for order, kind in enumerate(
        [TargetKind.RANK_GAIN, *TO_A_PLACE, TargetKind.KEEP_AND_IMPROVE,
         TargetKind.NOT_BELOW_LAST_YEAR, TargetKind.IMPROVE_YEARLY,
         TargetKind.IMPROVE_UNQUANTIFIED]
    )
}  # fmt: skip


class LinesMissing(AnalyticsError):
    """A question about all units was put to the knowledge of a few."""

    def __init__(self, lines: Iterable[tuple[str, int]]) -> None:
        self.lines = tuple(sorted(lines))
        super().__init__(f"not all units are known on: {self.lines}")


@dataclass(frozen=True)
class Knowledge:
    """The tables of one snapshot together with the places computed from them, once.

    Where the store is too large for that, `lines` names the (component_id, edition) of which
    `standings` has the rows of all units, and `scored` those of which the figures have; of all
    others only the rows of one unit are there.
    """

    tables: Tables
    standings: pd.DataFrame
    bounds: pd.DataFrame
    groups: pd.DataFrame
    lineage: Lineage | None = None
    answers: dict[tuple[str, int, date], pd.DataFrame] = field(default_factory=dict, repr=False)
    lines: frozenset[tuple[str, int]] | None = None
    scored: frozenset[tuple[str, int]] | None = None

    def require(self, lines: Iterable[tuple[str, int]]) -> None:
        """Stop a question that compares the places of all units where they are not there.

        Args:
            lines: component_id and edition of each.

        Raises:
            LinesMissing: naming every line that lacks them.
        """
        _require(lines, self.lines)

    def require_scores(self, lines: Iterable[tuple[str, int]]) -> None:
        """Stop a question that compares the figures of all units where they are not there.

        Args:
            lines: component_id and edition of each.

        Raises:
            LinesMissing: naming every line that lacks them.
        """
        _require(lines, self.scored)

    def of_unit(self, unit_id: str) -> pd.DataFrame:
        """The standings of one unit, found without going through those of all the others."""
        return self.standings.take(self._places.get(unit_id, []))

    def of_table(self, index_id: str, edition: int) -> pd.DataFrame:
        """The standings of all units on all lines of one index in one edition."""
        return self.standings.take(self._tables.get((index_id, edition), []))

    def of_lines(self, component_ids: Iterable[str]) -> pd.DataFrame:
        """The standings of all units on some lines in all editions."""
        found = [self._lines[line] for line in set(component_ids) if line in self._lines]
        return self.standings.take(np.sort(np.concatenate(found)) if found else [])

    def out_on(self, as_of: date, unit_id: str | None = None) -> pd.DataFrame:
        """The standings of editions that were out on the day, see `published`."""
        is_out = self._published_on <= pd.Timestamp(as_of).to_datetime64()
        if unit_id is None:
            return self.standings.loc[is_out].reset_index(drop=True)
        own = self._places.get(unit_id, np.array([], dtype=int))
        return self.standings.take(own[is_out[own]]).reset_index(drop=True)

    def groups_of(self, unit_id: str) -> pd.DataFrame:
        """The groups one unit was in, by index and edition."""
        return self.groups.take(self._grouped.get(unit_id, []))

    def live(self, edition: int) -> pd.DataFrame:
        """The components of one edition of every index, as they read in that edition."""
        if edition not in self._live:
            rows = self.tables.components
            last = rows["to_edition"].astype("Float64").fillna(float("inf"))
            self._live[edition] = rows.loc[(rows["from_edition"] <= edition) & (last >= edition)]
        return self._live[edition]

    @cached_property
    def means(self) -> pd.DataFrame:
        """Published national means, one row per (component_id, edition)."""
        rows = self.tables.national
        is_mean = (rows["area"] == "national") & (rows["statistic"] == "mean")
        return rows.loc[is_mean].drop_duplicates(["component_id", "edition"])

    @cached_property
    def directions(self) -> pd.Series:
        """Whether more (+1) or less (-1) is better, by component_id."""
        first = self.tables.components.drop_duplicates("component_id")
        return first.set_index("component_id")["direction"]

    @cached_property
    def gaps(self) -> dict[tuple[str, int, int, date], pd.DataFrame]:
        """Answers kept by `component_gaps`, of all indices of a unit together."""
        return {}

    # Where the rows of one unit, line or table lie, by position: texts are compared only once.

    @cached_property
    def _places(self) -> Mapping[Any, Any]:
        return self.standings.groupby("unit_id", sort=False).indices

    @cached_property
    def _lines(self) -> Mapping[Any, Any]:
        return self.standings.groupby("component_id", sort=False).indices

    @cached_property
    def _tables(self) -> Mapping[Any, Any]:
        return self.standings.groupby(["index_id", "edition"], sort=False).indices

    @cached_property
    def _grouped(self) -> Mapping[Any, Any]:
        return self.groups.groupby("unit_id", sort=False).indices

    @cached_property
    def _published_on(self) -> npt.NDArray[np.datetime64]:
        """Day of publication of every row of the standings."""
        keys = ["index_id", "edition"]
        days = self.tables.editions[[*keys, "published_on"]]
        rows = self.standings[keys].merge(days, on=keys, how="left", validate="many_to_one")
        return pd.to_datetime(rows["published_on"]).to_numpy(dtype="datetime64[ns]")

    @cached_property
    def _live(self) -> dict[int, pd.DataFrame]:
        return {}


def _require(lines: Iterable[tuple[str, int]], there: frozenset[tuple[str, int]] | None) -> None:
    if there is None:
        return
    if missing := {(str(line), int(year)) for line, year in lines} - there:
        raise LinesMissing(missing)


@dataclass(frozen=True)
class IndexTile:
    """How a unit stood on one index in one year, against the comparison year and the target."""

    index_id: str
    short: str
    edition: int
    baseline: int
    state: str
    score: float | None
    decimals: int
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    n_ranked: int | None
    rank_origin: str
    baseline_rank: int | None
    baseline_n: int | None
    gain: int | None
    score_change: float | None
    group_vi: str
    group_en: str
    published_on: date | None
    required_rank: int | None
    status: str
    reason: str
    flags: tuple[str, ...]
    history: tuple[tuple[int, int | None, int | None], ...]
    changed_on: date | None = None
    change_event: str = ""


def knowledge(tables: Tables) -> Knowledge:
    """Rank and group everything in the store once; all boards are cut from the result.

    Source: docs/method/ranks.md.
    """
    ranked, bounds, grouped = ranked_and_grouped(
        tables.figures, tables.editions, tables.components, tables.groups
    )
    descent = lineage(tables.units, tables.unit_links, tables)
    return Knowledge(tables, ranked, bounds, grouped, descent)


def ranked_and_grouped(
    figures: pd.DataFrame, editions: pd.DataFrame, components: pd.DataFrame, groups: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Places, bounds of groups and groups of some editions; no edition depends on another.

    Returns:
        See `analytics.ranks.standings`, `analytics.groups.group_bounds` and `group_standing`.

    Source: docs/method/ranks.md.
    """
    ranked = standings(figures, editions, components)
    bounds = group_bounds(ranked, groups)
    return ranked, bounds, group_standing(ranked, bounds)


def _method_mark() -> str:
    total = hashlib.sha256()
    for module in (ranks, groups_of, schema):
        total.update(Path(str(module.__file__)).read_bytes())
    return total.hexdigest()


# Checksum of the code that ranks and groups, as it was loaded: places kept by a version that does
# it otherwise are never taken for ours.
METHOD = _method_mark()


def lines_judged(
    known: Knowledge, *, unit_id: str, edition: int, as_of: date
) -> list[tuple[str, int]]:
    """Lines of which the board of one unit needs the rows of all units, with their editions.

    They are those of its targets, in the edition and in the years compared against, and the totals
    that say how many were ranked.

    Source: docs/method/board.md.
    """
    own = known.tables.targets.loc[known.tables.targets["unit_id"] == unit_id]
    rows = editions_compared(
        own, editions=known.tables.editions, asked=[edition], as_of=as_of, lineage=known.lineage
    )
    pairs = {
        (str(line), int(year))
        for name in ("component_id", "index_id")
        for line, year in zip(rows[name], rows["edition"], strict=True)
        if not pd.isna(line)
    }
    return sorted(pairs)


def board(known: Knowledge, *, unit_id: str, edition: int, as_of: date) -> pd.DataFrame:
    """All targets of one unit in one edition as known on one day, and the gaps in the set.

    Components without a target close the list with status "no_target": a document that sets
    seven of eight components has left one to nobody.

    Args:
        known: result of `knowledge`.
        unit_id: the province, e.g. vn63-kon-tum.
        edition: year measured.
        as_of: day whose knowledge is used.

    Returns:
        One row per target (see `analytics.targets.target_standing`), then one per component
        without a target, with is_ranked (false for what an office measures itself and for indices
        outside the catalogue), document_number, document_issued_on, document_issuer, clause,
        lead_agency, co_agency and component names of that edition.

    Source: docs/method/targets.md.
    """
    tables = known.tables
    own = tables.targets.loc[tables.targets["unit_id"] == unit_id]
    rows = verdicts(known, unit_id=unit_id, edition=edition, as_of=as_of)
    words = own[
        ["target_id", "item_id", "document_id", "document_number", "document_issued_on",
         "document_issued_text", "document_issuer", "clause", "lead_agency", "co_agency",
         "legal_basis", "note", "footnote_n", "footnote_edition", "group_name", "deadline",
         "operator"]
    ]  # fmt: skip
    rows = rows.merge(words, on="target_id", how="left", validate="many_to_one")
    rows["is_ranked"] = ~rows["measure"].isin(OPERATIONAL_MEASURES) & rows["index_id"].isin(
        tables.indices["index_id"]
    )
    if len(rows):
        gaps = _untargeted(known, own, unit_id, edition, as_of).assign(is_ranked=True)
        rows = pd.concat([rows, gaps], ignore_index=True)
    return with_names(rows, tables.components)


def verdicts(known: Knowledge, *, unit_id: str, edition: int, as_of: date) -> pd.DataFrame:
    """All targets of one unit, judged once for everything one screen says about it.

    Tiles, gaps and board ask the same question; the answer is kept with the knowledge, which
    never changes. Must not be changed in place.

    Returns:
        See `analytics.targets.target_standing`.

    Source: docs/method/board.md.
    """
    key = (unit_id, edition, as_of)
    if key not in known.answers:
        own = known.tables.targets.loc[known.tables.targets["unit_id"] == unit_id]
        _keep(known.answers, key, judged(known, own, editions=[edition], as_of=as_of))
    return known.answers[key]


def _keep(answers: dict[Any, pd.DataFrame], key: Any, answer: pd.DataFrame) -> None:
    if len(answers) >= ANSWERS_KEPT:
        answers.clear()
    answers[key] = answer


def judged(
    known: Knowledge, targets: pd.DataFrame, *, editions: list[int], as_of: date
) -> pd.DataFrame:
    """`target_standing` with every context the store holds.

    Source: docs/method/targets.md.
    """
    tables = known.tables
    if known.lines is not None and not targets.empty:
        compared = editions_compared(
            targets, editions=tables.editions, asked=editions, as_of=as_of, lineage=known.lineage
        )
        known.require(zip(compared["component_id"], compared["edition"], strict=True))
    return target_standing(
        targets,
        # Only the lines the targets speak of; the rest of the store cannot change a verdict.
        known.of_lines([*targets["component_id"], *targets["index_id"]]),
        editions=tables.editions,
        components=tables.components,
        breaks=tables.breaks,
        asked=editions,
        as_of=as_of,
        groups=known.groups,
        national=known.means,
        regions=tables.units[["unit_id", "region_id", "valid_to"]],
        errors=tables.errors,
        measurements=measured_values(tables.measurements, targets, as_of=as_of),
        lineage=known.lineage,
    )


def _untargeted(
    known: Knowledge, own: pd.DataFrame, unit_id: str, edition: int, as_of: date
) -> pd.DataFrame:
    """Rows for components that no target of the unit covers, with where they stand."""
    gaps = uncovered_components(known.tables.components, own, unit_id=unit_id, edition=edition)
    gaps = gaps.drop(columns=["code", "sort"])
    if gaps.empty:
        return gaps
    rows = gaps.assign(
        unit_id=unit_id, edition=edition, status=TargetStatus.NO_TARGET.value, reason=""
    )
    rows["flags"] = [()] * len(rows)
    seen = published(known, as_of, unit_id=unit_id)
    seen = seen.loc[seen["edition"] == edition]
    actual = seen[["component_id", "rank", "n_ranked", "score", "rank_origin"]].rename(
        columns={"rank": "actual_rank", "score": "actual_score", "rank_origin": "actual_origin"}
    )
    return rows.merge(actual, on="component_id", how="left", validate="one_to_one")


def published(known: Knowledge, as_of: date, *, unit_id: str | None = None) -> pd.DataFrame:
    """Standings of the editions that were out on the day, of one unit where it is named.

    Source: docs/method/targets.md.
    """
    return known.out_on(as_of, unit_id)


def with_names(rows: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Add code, component_vi and component_en as they read in the row's edition.

    Source: docs/method/comparability.md.
    """
    if rows.empty:
        return rows.assign(code="", component_vi="", component_en="", component_sort=0)
    last = components["to_edition"].astype("Float64").fillna(float("inf"))
    periods: dict[Any, list[tuple[int, float, int]]] = {}
    spans = zip(components["component_id"], components["from_edition"], last, strict=True)
    for position, (component_id, begun, ended) in enumerate(spans):
        periods.setdefault(component_id, []).append((begun, ended, position))
    positions = [
        next((at for begun, ended, at in periods.get(line, []) if begun <= year <= ended), -1)
        for line, year in zip(rows["component_id"], rows["edition"].fillna(0), strict=True)
    ]
    names = components[["code", "name_vi", "name_en", "sort"]].rename(
        columns={"name_vi": "component_vi", "name_en": "component_en", "sort": "component_sort"}
    )
    found = names.reset_index(drop=True).reindex(positions).reset_index(drop=True)
    return pd.concat([rows.reset_index(drop=True), found], axis=1)


def index_tiles(
    known: Knowledge, *, unit_id: str, edition: int, baseline: int, as_of: date
) -> list[IndexTile]:
    """One tile per index of the catalogue: place, change in places, group, target, five years.

    Args:
        known: result of `knowledge`.
        unit_id: the province.
        edition: year shown.
        baseline: year compared against.
        as_of: day whose knowledge is used.

    Returns:
        Tiles in catalogue order; an index without a figure keeps its tile with the state that
        says why (withheld, outside_top, not_held, not_published).

    Source: docs/method/board.md.
    """
    tables = known.tables
    found = verdicts(known, unit_id=unit_id, edition=edition, as_of=as_of)
    first = leading(found.loc[found["component_id"] == found["index_id"]])
    targets = {str(row["index_id"]): row for row in _records(first)}
    seen = published(known, as_of, unit_id=unit_id)
    totals: dict[str, dict[int, dict[str, Any]]] = {}
    for row in _records(seen.loc[seen["component_id"] == seen["index_id"], _TILE_COLUMNS]):
        totals.setdefault(str(row["index_id"]), {}).setdefault(row["edition"], row)
    groups = known.groups_of(unit_id)
    grouped = {
        str(row["index_id"]): row for row in _records(groups.loc[groups["edition"] == edition])
    }
    dated = {
        str(row["index_id"]): row
        for row in _records(tables.editions.loc[tables.editions["edition"] == edition])
    }
    tiles = []
    for entry in _records(tables.indices[["index_id", "short", "decimals"]]):
        index_id = str(entry["index_id"])
        mine = totals.get(index_id, {})
        is_another_unit = bool(mine) and has_changed(
            known, unit_id=unit_id, index_id=index_id, baseline=baseline, edition=edition
        )
        target, group = targets.get(index_id, {}), grouped.get(index_id, {})
        out = dated.get(index_id, {})
        tiles.append(
            _tile(entry, mine, target, group, out, edition, baseline, as_of, is_another_unit)
        )
    return tiles


def leading(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Of several targets on one component the one a board shows first.

    Source: docs/method/board.md.
    """
    order = verdicts["kind"].map(_KIND_ORDER).fillna(len(_KIND_ORDER))
    order = order.mask(verdicts["measure"] != "rank", len(_KIND_ORDER))
    # The document that sets a target speaks before one that only contributes to it.
    second_hand = [("contributes" in flags) for flags in verdicts["flags"]]
    return (
        verdicts.assign(_order=order, _second_hand=second_hand)
        .sort_values(["_order", "_second_hand", "target_id"])
        .drop_duplicates("component_id")
        .drop(columns=["_order", "_second_hand"])
    )


def _tile(
    entry: dict[str, Any],
    mine: dict[int, dict[str, Any]],
    target: dict[str, Any],
    group: dict[str, Any],
    dated: dict[str, Any],
    edition: int,
    baseline: int,
    as_of: date,
    is_another_unit: bool,
) -> IndexTile:
    """From the rows of one index: totals of the unit by edition, leading target, group, edition."""
    now, before = mine.get(edition, {}), mine.get(baseline, {})
    group = group if now else {}
    day = pd.Timestamp(dated["published_on"]).date() if dated else None
    is_out = day is not None and day <= as_of
    rank, rank_before = whole(now.get("rank")), whole(before.get("rank"))
    score, score_before = real(now.get("score")), real(before.get("score"))
    n_ranked = whole(now.get("n_ranked"))
    if n_ranked is None:
        n_ranked = whole(dated.get("n_ranked"))
    return IndexTile(
        index_id=str(entry["index_id"]),
        short=str(entry["short"]),
        edition=edition,
        baseline=baseline,
        # An edition nobody has dated is one we hold nothing of, not one that is awaited.
        state=str(now["state"]) if now else (NOT_HELD if is_out or day is None else NOT_PUBLISHED),
        score=score,
        decimals=int(entry["decimals"]),
        rank=rank,
        rank_low=whole(now.get("rank_low")),
        rank_high=whole(now.get("rank_high")),
        n_ranked=n_ranked,
        rank_origin=text(now.get("rank_origin")),
        baseline_rank=rank_before,
        baseline_n=whole(before.get("n_ranked")),
        gain=None if rank is None or rank_before is None or is_another_unit else rank_before - rank,
        score_change=None if score is None or score_before is None else score - score_before,
        group_vi=str(group.get("group_name_vi", "")),
        group_en=str(group.get("group_name_en", "")),
        published_on=day if is_out else None,
        required_rank=whole(target.get("required_rank")),
        status=str(target.get("status") or TargetStatus.NO_TARGET.value),
        reason=str(target.get("reason") or ""),
        flags=tuple(target.get("flags") or ()),
        history=tuple(
            (year, whole(mine.get(year, {}).get("rank")), whole(mine.get(year, {}).get("n_ranked")))
            for year in range(edition - SPARK_YEARS + 1, edition + 1)
        ),
        changed_on=_date(target.get("changed_on")),
        change_event=str(target.get("change_event") or ""),
    )


def has_changed(
    known: Knowledge, *, unit_id: str, index_id: str, baseline: int, edition: int
) -> bool:
    """Whether the unit was formed, ended or took in others between two editions of an index.

    Source: docs/method/merger.md.
    """
    if known.lineage is None:
        return False
    return is_another(known.lineage, unit_id, index_id, start=baseline, end=edition)


def _date(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def component_gaps(
    known: Knowledge, *, unit_id: str, index_id: str, edition: int, baseline: int, as_of: date
) -> pd.DataFrame:
    """Total and components of one index: where they stood, where they must be, where they are.

    Args:
        known: result of `knowledge`.
        unit_id: the province.
        index_id: the index.
        edition: year shown.
        baseline: year compared against.
        as_of: day whose knowledge is used.

    Returns:
        One row per component of the edition, total first, with code and names, baseline_rank
        and baseline_n, actual_rank, actual_low, actual_high and n_ranked, actual_score,
        baseline_score, max_score, gain, required_rank, gap [places], points_missing [points to
        reach the required place in this year's table; missing unless the whole field is held],
        status, reason, flags, lead_agency and co_agency of the leading target.

    Source: docs/method/board.md.
    """
    rows = _gaps(known, unit_id, edition, baseline, as_of)
    rows = rows.loc[rows["index_id"] == index_id].reset_index(drop=True)
    rows["points_missing"] = _points_missing(known, rows, edition)
    return rows.sort_values(["sort", "code"]).reset_index(drop=True)


def _gaps(
    known: Knowledge, unit_id: str, edition: int, baseline: int, as_of: date
) -> pd.DataFrame:  # fmt: skip
    """Gaps of all indices, joined in one go: the rows are few, the joins what they cost."""
    key = (unit_id, edition, baseline, as_of)
    if key not in known.gaps:
        _keep(known.gaps, key, _joined_gaps(known, unit_id, edition, baseline, as_of))
    return known.gaps[key]


def _joined_gaps(
    known: Knowledge, unit_id: str, edition: int, baseline: int, as_of: date
) -> pd.DataFrame:
    live = known.live(edition)
    live = live.loc[live["role"].isin(["total", "component"])]
    rows = live[["index_id", "component_id", "role", "sort", "code", "name_vi", "name_en",
                 "max_score"]].assign(unit_id=unit_id).rename(
        columns={"name_vi": "component_vi", "name_en": "component_en",
                 "max_score": "catalogue_max"}
    )  # fmt: skip
    seen = published(known, as_of, unit_id=unit_id)
    now = seen.loc[seen["edition"] == edition, [
        "component_id", "state", "score", "percent", "max_score", "rank", "rank_low",
        "rank_high", "n_ranked", "rank_origin", "percentile",
    ]].rename(columns={
        "score": "actual_score", "percent": "actual_percent", "rank": "actual_rank",
        "rank_low": "actual_low", "rank_high": "actual_high", "rank_origin": "actual_origin",
    })  # fmt: skip
    before = seen.loc[
        seen["edition"] == baseline, ["component_id", "rank", "n_ranked", "score", "rank_origin"]
    ].rename(columns={
        "rank": "baseline_rank", "n_ranked": "baseline_n", "score": "baseline_score",
        "rank_origin": "baseline_origin",
    })  # fmt: skip
    rows = rows.merge(now, on="component_id", how="left", validate="one_to_one")
    rows = rows.merge(before, on="component_id", how="left", validate="one_to_one")
    own = known.tables.targets.loc[known.tables.targets["unit_id"] == unit_id]
    found = verdicts(known, unit_id=unit_id, edition=edition, as_of=as_of)
    found = found.loc[found["measure"] == "rank"]
    first = leading(found).merge(
        own[["target_id", "lead_agency", "co_agency", "document_number"]],
        on="target_id", how="left", validate="one_to_one",
    )  # fmt: skip
    rows = rows.merge(
        first[["component_id", "target_id", "kind", "required_rank", "gap", "status", "reason",
                  "changed_on", "change_event", "flags", "lead_agency", "co_agency",
                  "document_number"]],
        on="component_id", how="left", validate="one_to_one",
    )  # fmt: skip
    rows["status"] = rows["status"].fillna(TargetStatus.NO_TARGET.value)
    rows["reason"] = rows["reason"].fillna("")
    rows["flags"] = [flags if isinstance(flags, tuple) else () for flags in rows["flags"]]
    rows["state"] = rows["state"].fillna(NOT_HELD)
    rows["max_score"] = rows["max_score"].fillna(rows.pop("catalogue_max"))
    changed = [
        index_id
        for index_id in rows["index_id"].unique()
        if has_changed(
            known, unit_id=unit_id, index_id=index_id, baseline=baseline, edition=edition
        )
    ]
    gain = rows["baseline_rank"] - rows["actual_rank"]
    rows["gain"] = gain.mask(rows["index_id"].isin(changed))
    rows["is_drawn"] = (
        rows["actual_rank"].notna() | rows["baseline_rank"].notna() | (rows["state"] == OUTSIDE_TOP)
    )
    return rows


def _points_missing(known: Knowledge, rows: pd.DataFrame, edition: int) -> list[float | None]:
    """Points to reach the required place in this year's table, peers standing still.

    Only where the score of every unit is held; from a fragment no number of points follows. A
    place within a region is no place in this table.
    """
    is_asked = (
        (rows["kind"] != TargetKind.REGIONAL_RANK)
        & rows["required_rank"].notna()
        & rows["actual_score"].notna()
    )
    missing: list[float | None] = [None] * len(rows)
    if not is_asked.any():
        return missing
    index_id, unit_id = str(rows["index_id"].iloc[0]), str(rows["unit_id"].iloc[0])
    held = known.of_table(index_id, edition)[[*FIELD_COLUMNS, "rank"]]
    # The ladder climbs: where less is better the scores are turned round first.
    # Of no row at all pandas would look up texts.
    sign = held["component_id"].map(known.directions).astype("float64")
    held = held.assign(score=held["score"] * sign)
    editions = known.tables.editions
    editions = editions.loc[editions["index_id"] == index_id]
    for at in np.flatnonzero(is_asked):
        line = str(rows["component_id"].iloc[at])
        known.require((one, edition) for one in (line, index_id))
        answer = points_needed(
            held,
            edition=edition,
            editions=editions,
            to_rank=int(rows["required_rank"].iloc[at]),
            unit_id=unit_id,
            component_ids=[line],
        )
        missing[at] = real(answer["needed"].iloc[0]) if len(answer) else None
    return missing


def held_back(gaps: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """Components that hold the unit back: places missing first, then the lowest standing.

    Args:
        gaps: rows of `component_gaps`, of one or several indices.
        most: how many.

    Returns:
        At most `most` rows with a known place that either miss their target or stand in the
        lower half of the field, worst first.

    Source: docs/method/board.md.
    """
    placed = gaps.loc[gaps["actual_rank"].notna() & (gaps["role"] == "component")]
    missing = placed["gap"].astype("Float64").fillna(0).clip(lower=0)
    weak = placed.assign(places_missing=missing).loc[
        (missing > 0) | (placed["percentile"] < 50).fillna(False)
    ]
    return weak.sort_values(
        ["places_missing", "percentile"], ascending=[False, True]
    ).head(most).reset_index(drop=True)  # fmt: skip
