"""The scorecard: everything one meeting pack says about one unit in one year.

Screens, documents, slides and workbooks print this one object, so their numbers cannot disagree.
A positive gain is an improvement; a positive gap is the number of places still missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.agency_work import agencies_of, losses, targets_of, tasks
from analytics.board import (
    IndexTile,
    Knowledge,
    board,
    component_gaps,
    index_tiles,
    published,
    with_names,
)
from analytics.caveats import caveats
from analytics.explanation import Explanation, explanation
from analytics.figure_trace import FIGURE_FIELDS, TRACE_FIELDS, traced
from analytics.known_line import KnownLine
from analytics.plain import real, text, whole
from analytics.profile import Verdict
from analytics.rank_split import rank_split
from analytics.rebasing import taken_over
from analytics.schema import (
    NOT_HELD,
    NOT_PUBLISHED,
    AnalyticsError,
    UnitNotFound,
)

HISTORY_YEARS = 5
# Documents name the five best and the five last provinces.
N_ENDS = 5

# Names of the seven tables of a report, in the order in which they are annexed.
TABLES = ("T1", "T2", "T3", "T4", "T5", "T6", "T7")

COMPONENT_FIELDS = [
    "index_id", "component_id", "parent_id", "level", "code", "component_vi", "component_en",
    "component_sort", "state", "score", "max_score", "percent", "rank", "rank_low", "rank_high",
    "n_ranked", "rank_origin", "percentile", "baseline_rank", "baseline_n", "baseline_score",
    "gain", "score_change", "mean", "mean_origin", "best", "lost", "lost_share", "recoverable",
    "own", "peers", "method", "composition", "ground", "effect_on_total", "verdict",
    "required_rank", "gap", "points_missing", "status", "reason", "flags", "target_id",
    "agency", "agency_id", "co_agency",
]  # fmt: skip
# Whole numbers that may be missing.
COUNTED = (
    "rank", "rank_low", "rank_high", "n_ranked", "baseline_rank", "baseline_n", "gain",
    "gain_low", "gain_high", "required_rank", "n_held", "n_up", "n_down", "n_same", "n_compared",
    "region_rank", "region_n",
)  # fmt: skip
REGION_FIELDS = ["index_id", "unit_id", "unit_vi", "unit_en", "rank_baseline", "n_baseline", "rank",
                 "n_ranked", "place", "gain", "score", "score_change", "is_self"]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scorecard:
    """What one pack says; frames are shared and must not be changed in place.

    Attributes:
        totals: one row per index_id: place, before, gain, group, target, causes, national picture.
        history: T1, one row per (index_id, edition) of five years.
        ends: one row per unit among the five best and five last, by index.
        region: T5, one row per (index_id, unit_id) of the region.
        blocks: one row per block of scores (second decomposition of an index).
        components: T2, one row per component, level 1, and per part of a component, level 2.
        targets: T3, one row per target, see `analytics.board.board`.
        taken_over: one row per target of a former unit that waits to be set anew for this one.
        lost: T4, one row per (component_id, agency_id) that leads it.
        agencies: one row per agency_id with what it leads.
        tasks: T7, one row per (agency_id, component_id or target_id) that asks for work.
        caveats: one row per reservation.
        figures: one row per figure_id, with value, origin and marks into `traces`.
        traces: one row per mark: index, edition, components, source document, batch.
        explanations: why each index changed, by index_id.
    """

    unit_id: str
    unit_vi: str
    unit_en: str
    is_city: bool
    region_id: str
    region_vi: str
    region_en: str
    edition: int
    baseline: int
    as_of: date
    version: str
    index_ids: tuple[str, ...]
    agency_ids: tuple[str, ...] | None
    totals: pd.DataFrame
    history: pd.DataFrame
    ends: pd.DataFrame
    region: pd.DataFrame
    blocks: pd.DataFrame
    components: pd.DataFrame
    targets: pd.DataFrame
    taken_over: pd.DataFrame
    lost: pd.DataFrame
    agencies: pd.DataFrame
    tasks: pd.DataFrame
    caveats: pd.DataFrame
    figures: pd.DataFrame
    traces: pd.DataFrame
    explanations: dict[str, Explanation]

    def total(self, index_id: str) -> dict[str, Any]:
        """The row of one index; missing values are None.

        Raises:
            KeyError: the scorecard does not speak of that index.
        """
        mine = self.totals.loc[self.totals["index_id"] == index_id]
        if mine.empty:
            raise KeyError(index_id)
        return _values(mine.iloc[0])

    def components_of(self, index_id: str, *, level: int = 1) -> pd.DataFrame:
        """Components (level 1) or their parts (level 2) of one index in catalogue order."""
        rows = self.components
        return rows.loc[(rows["index_id"] == index_id) & (rows["level"] == level)]

    def table(self, name: str, index_id: str | None = None) -> pd.DataFrame:
        """One of the tables T1 to T7, of one index or of all.

        Raises:
            KeyError: no such table.
        """
        components = self.components
        frames: dict[str, Callable[[], pd.DataFrame]] = {
            "T1": lambda: self.history,
            "T2": lambda: components.loc[components["level"] == 1],
            "T3": lambda: self.targets.loc[self.targets["status"] != "no_target"],
            "T4": lambda: self.lost,
            "T5": lambda: self.region,
            # SIPAS: satisfaction by component; of expectations no figure by province is held.
            "T6": lambda: components.loc[components["index_id"] == "sipas"],
            "T7": lambda: self.tasks,
        }
        rows = frames[name]()
        if index_id is not None:
            rows = rows.loc[rows["index_id"] == index_id]
        return rows.reset_index(drop=True)

    def figure(
        self, component_id: str, edition: int, measure: str, subject: str | None = None
    ) -> str:
        """Key of a figure: what, of which year, which measure, whose; the unit itself by default.

        The key exists whether or not the figure is held; `marks` of an unheld one is empty.
        """
        return figure_key(component_id, edition, subject or self.unit_id, measure)

    def marks(self, *figure_ids: str) -> tuple[int, ...]:
        """Marks into `traces` of some figures together, in ascending order, each once."""
        found = self.figures["figure_id"].isin(figure_ids)
        return tuple(sorted({mark for marks in self.figures.loc[found, "marks"] for mark in marks}))


def figure_key(component_id: str, edition: int, subject: str, measure: str) -> str:
    """The key under which a figure is known in every document.

    Source: docs/method/scorecard.md.
    """
    return f"{component_id}:{edition}:{subject}:{measure}"


def _values(row: pd.Series) -> dict[str, Any]:
    return {
        str(name): value if isinstance(value, tuple) or not pd.isna(value) else None
        for name, value in row.items()
    }


def scorecard(
    known: Knowledge,
    *,
    unit_id: str,
    edition: int,
    baseline: int,
    as_of: date,
    indices: Sequence[str] | None = None,
    agencies: Sequence[str] | None = None,
    sources: pd.DataFrame | None = None,
    set_anew: Collection[str] = (),
) -> Scorecard:
    """Everything a pack says about one unit in one year, as known on one day.

    Nothing is estimated: what is not held is missing, and a caveat says so. Points lost count in
    full for every agency that leads the component, so that sums over agencies may exceed the loss.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province, e.g. vn63-kon-tum.
        edition: year reported.
        baseline: year compared against, earlier than `edition`.
        as_of: day whose knowledge is used.
        indices: index ids in the order wanted; all of the catalogue by default.
        agencies: agency ids whose targets, losses and tasks are wanted; all by default.
        sources: one row per source_id or batch_id with producer, title, document, url and
            published_on, for the annex; without it ids stand for titles.
        set_anew: targets of former units that a document has replaced.

    Returns:
        The scorecard.

    Raises:
        UnitNotFound: no such unit.
        EditionsReversed: `baseline` is not earlier than `edition`.
        IndexNotFound: an index that the catalogue does not hold.

    Source: docs/method/scorecard.md.
    """
    unit = _unit(known, unit_id)
    ids = _index_ids(known, indices)
    asked: dict[str, Any] = {
        "unit_id": unit_id, "edition": edition, "baseline": baseline, "as_of": as_of,
    }  # fmt: skip
    why = {index_id: explanation(known, index_id=index_id, **asked) for index_id in ids}
    tiles = {tile.index_id: tile for tile in index_tiles(known, **asked)}
    field = _Field.of(known, edition, baseline, as_of)
    totals = pd.DataFrame([_total(known, field, tiles[i], why[i]) for i in ids])
    totals = totals.astype(dict.fromkeys(COUNTED, "Int64"))
    components = pd.concat(
        [_components(known, field, why[i]) for i in ids], ignore_index=True
    )  # fmt: skip
    targets = board(known, unit_id=unit_id, edition=edition, as_of=as_of)
    if len(targets):
        targets = targets.loc[targets["index_id"].isin(ids)].reset_index(drop=True)
    targets = targets_of(targets, known.tables.targets, agencies)
    taken = taken_over(known, unit_id=unit_id, edition=edition, as_of=as_of, set_anew=set_anew)
    taken = taken.loc[taken["index_id"].isin(ids)].assign(edition=edition)
    lost = losses(components, agencies)
    work = tasks(components, targets, agencies)
    history, region = _history(known, field, unit_id, ids), _region(known, why)
    ends = pd.concat([_ends(field, known, i) for i in ids], ignore_index=True)
    blocks = _blocks(known, field, unit_id, ids)
    frames = {
        "totals": totals, "history": history, "region": region, "components": components,
        "targets": targets, "ends": ends, "blocks": blocks,
    }  # fmt: skip
    figures, traces = traced(
        frames, known, seen=field.seen, unit_id=unit_id, edition=edition, baseline=baseline,
        sources=sources,
    )  # fmt: skip
    return Scorecard(
        unit_id=unit_id,
        unit_vi=str(unit["name_vi"]),
        unit_en=str(unit["name_en"]),
        is_city=text(unit["kind"]) == "thành phố",
        region_id=text(unit["region_id"]),
        region_vi=text(unit["region_name_vi"]),
        region_en=text(unit["region_name_en"]),
        edition=edition,
        baseline=baseline,
        as_of=as_of,
        version=known.tables.version,
        index_ids=ids,
        agency_ids=None if agencies is None else tuple(agencies),
        totals=totals,
        history=history,
        ends=ends,
        region=region,
        blocks=blocks,
        components=components,
        targets=targets,
        taken_over=with_names(taken, known.tables.components),
        lost=lost,
        agencies=agencies_of(lost, work, targets),
        tasks=work,
        caveats=caveats(totals, components, targets, why, pd.Timestamp(unit["valid_from"]).date()),
        figures=figures[FIGURE_FIELDS],
        traces=traces[TRACE_FIELDS],
        explanations=why,
    )


class IndexNotFound(AnalyticsError):
    """An index that the catalogue does not hold."""

    def __init__(self, index_id: str) -> None:
        self.index_id = index_id
        super().__init__(f"index not found: {index_id}")


def _unit(known: Knowledge, unit_id: str) -> pd.Series:
    units = known.tables.units
    found = units.loc[units["unit_id"] == unit_id]
    if found.empty:
        raise UnitNotFound(unit_id)
    row: pd.Series = found.iloc[0]
    return row


def _index_ids(known: Knowledge, indices: Sequence[str] | None) -> tuple[str, ...]:
    catalogue = [str(index_id) for index_id in known.tables.indices["index_id"]]
    for index_id in indices or ():
        if index_id not in catalogue:
            raise IndexNotFound(index_id)
    return tuple(dict.fromkeys(indices)) if indices else tuple(catalogue)


# ------------------------------------------------------------------------------ the whole field


@dataclass(frozen=True)
class _Field:
    """Standings out on the day, and the national means and bests of both editions."""

    seen: pd.DataFrame
    now: pd.DataFrame
    before: pd.DataFrame
    means: pd.DataFrame
    edition: int
    baseline: int

    @classmethod
    def of(cls, known: Knowledge, edition: int, baseline: int, as_of: date) -> _Field:
        seen = published(known, as_of)
        now = seen.loc[seen["edition"] == edition]
        before = seen.loc[seen["edition"] == baseline]
        return cls(seen, now, before, _means(known, seen, edition), edition, baseline)

    def mean(self, component_id: str) -> dict[str, Any]:
        """National mean, median, best and counts of one line; empty where nothing is held."""
        mine = self.means.loc[self.means["component_id"] == component_id]
        return {} if mine.empty else _values(mine.iloc[0])


def _means(known: Knowledge, seen: pd.DataFrame, edition: int) -> pd.DataFrame:
    """One row per component of the edition: mean [published, else computed], median, best.

    A mean of some of the units is kept apart (mean_of_held): it is no national mean.
    """
    rows = seen.loc[seen["edition"] == edition]
    made = rows.groupby("component_id", as_index=False).agg(
        n_held=("score", "count"),
        mean_of_held=("score", "mean"),
        median_of_held=("score", "median"),
        best_of_held=("score", "max"),
        n_ranked=("n_ranked", "max"),
        is_complete=("is_field_complete", "all"),
    )
    national = known.tables.national
    said = national.loc[
        (national["area"] == "national") & (national["statistic"] == "mean")
        & (national["edition"] == edition), ["component_id", "value"],
    ].drop_duplicates("component_id")  # fmt: skip
    made = made.merge(said, on="component_id", how="left", validate="one_to_one")
    whole_field = made["is_complete"].astype(bool)
    made["mean"] = made["value"].fillna(made["mean_of_held"].where(whole_field))
    made["median"] = made["median_of_held"].where(whole_field)
    made["best"] = made["best_of_held"].where(whole_field)
    origin = pd.Series("computed", index=made.index).mask(made["value"].notna(), "published")
    made["mean_origin"] = origin.where(made["mean"].notna(), "")
    return made.drop(columns="value")


def _total(
    known: Knowledge, field: _Field, tile: IndexTile, why: Explanation
) -> dict[str, Any]:  # fmt: skip
    entries = known.tables.indices
    entry = entries.loc[entries["index_id"] == tile.index_id].iloc[0]
    mean = field.mean(tile.index_id)
    row = {name: value for name, value in asdict(tile).items() if name != "history"}
    parted = any(found.score_comparable == "no" for found in why.breaks)
    ranks = field.now.loc[field.now["component_id"] == tile.index_id]
    before = field.before.loc[field.before["component_id"] == tile.index_id]
    moved = ranks[["unit_id", "rank"]].merge(
        before[["unit_id", "rank"]], on="unit_id", suffixes=("", "_before"), validate="one_to_one"
    )
    gains = (moved["rank_before"] - moved["rank"]).dropna()
    groups = known.groups
    then = groups.loc[
        (groups["index_id"] == tile.index_id) & (groups["edition"] == tile.baseline)
        & (groups["unit_id"] == why.unit_id)
    ]  # fmt: skip
    is_known = why.gain is not None
    return {
        **row,
        "name_vi": str(entry["name_vi"]),
        "name_en": str(entry["name_en"]),
        "publisher_vi": text(entry["publisher_vi"]),
        "publisher_en": text(entry["publisher_en"]),
        "max_score": _maximum(known, tile.index_id, field.edition),
        "baseline_score": why.before.score,
        "baseline_state": why.before.state,
        "score_change": None if parted else tile.score_change,
        "is_score_comparable": not parted,
        "gain": why.gain,
        "gain_low": None if is_known else why.gain_low,
        "gain_high": None if is_known else why.gain_high,
        "baseline_group_vi": "" if then.empty else str(then["group_name_vi"].iloc[0]),
        "baseline_group_en": "" if then.empty else str(then["group_name_en"].iloc[0]),
        "own": why.own,
        "peers": why.peers,
        "method": why.method,
        "composition": why.composition,
        "ground": why.ground,
        "change_tag": why.change_tag,
        "mean": mean.get("mean"),
        "mean_origin": mean.get("mean_origin") or "",
        "median": mean.get("median"),
        "best": mean.get("best"),
        "mean_of_held": mean.get("mean_of_held"),
        "n_held": whole(mean.get("n_held")) or 0,
        "n_up": int((gains > 0).sum()) if len(gains) else None,
        "n_down": int((gains < 0).sum()) if len(gains) else None,
        "n_same": int((gains == 0).sum()) if len(gains) else None,
        "n_compared": len(gains),
        # Of a withheld unit too: whose places does this edition hold, the publisher's or ours?
        "is_ranked_here": bool(ranks["rank_origin"].eq("computed").any()),
        **_regional(why),
    }


def _regional(why: Explanation) -> dict[str, int | None]:
    """Place within the region, only where every unit of the region has a place."""
    rows = why.region
    own = whole(why.after.rank)
    if own is None or rows.empty or rows["rank"].isna().any():
        return {"region_rank": None, "region_n": None if rows.empty else len(rows)}
    return {"region_rank": int((rows["rank"] < own).sum()) + 1, "region_n": len(rows)}


def _maximum(known: Knowledge, component_id: str, edition: int) -> float | None:
    rows = _live(known.tables.components, edition)
    mine = rows.loc[rows["component_id"] == component_id, "max_score"]
    return None if mine.empty else real(mine.iloc[0])


def _live(components: pd.DataFrame, edition: int) -> pd.DataFrame:
    last = components["to_edition"].astype("Float64").fillna(float("inf"))
    rows: pd.DataFrame = components.loc[(components["from_edition"] <= edition) & (last >= edition)]
    return rows


# ---------------------------------------------------------------------------------- components


def _components(known: Knowledge, field: _Field, why: Explanation) -> pd.DataFrame:
    """Components of one index and their parts, with losses, causes, targets and agencies."""
    if not field.now["index_id"].eq(why.index_id).any():
        # Of an edition that is not out there is nothing to say about components.
        return pd.DataFrame(columns=COMPONENT_FIELDS)
    gaps = component_gaps(
        known, unit_id=why.unit_id, index_id=why.index_id, edition=why.edition,
        baseline=why.baseline, as_of=why.as_of,
    )  # fmt: skip
    rows = gaps.loc[gaps["role"] == "component"].rename(
        columns={
            "actual_score": "score", "actual_percent": "percent", "actual_rank": "rank",
            "actual_low": "rank_low", "actual_high": "rank_high", "actual_origin": "rank_origin",
            "sort": "component_sort", "lead_agency": "agency",
        }
    )  # fmt: skip
    rows = rows.assign(level=1, parent_id=why.index_id)
    rows = pd.concat([rows, _parts(known, field, why)], ignore_index=True)
    rows = _with_means(rows, field)
    rows = _with_profile(rows, why)
    rows = _with_causes(rows, known, why)
    rows["agency_id"] = _lead_ids(rows["target_id"], known)
    rows = rows.reindex(columns=COMPONENT_FIELDS)
    rows["flags"] = [flags if isinstance(flags, tuple) else () for flags in rows["flags"]]
    return rows.sort_values(["level", "component_sort", "code"], ignore_index=True)


def _parts(known: Knowledge, field: _Field, why: Explanation) -> pd.DataFrame:
    """Parts of components (three-part ids) that the edition holds for the unit."""
    live = _live(known.tables.components, why.edition)
    live = live.loc[(live["index_id"] == why.index_id) & (live["role"] == "subcomponent")]
    mine = field.now.loc[
        (field.now["unit_id"] == why.unit_id)
        & field.now["component_id"].isin(live["component_id"])
    ].drop(columns=["max_score"])  # fmt: skip
    before = field.before.loc[
        field.before["unit_id"] == why.unit_id, ["component_id", "rank", "n_ranked", "score"]
    ].rename(columns={"rank": "baseline_rank", "n_ranked": "baseline_n", "score": "baseline_score"})
    rows = mine.merge(before, on="component_id", how="left", validate="one_to_one")
    maxima = live[["component_id", "parent_id", "max_score"]]
    rows = rows.merge(maxima, on="component_id", how="left", validate="one_to_one")
    rows["gain"] = rows["baseline_rank"] - rows["rank"]
    named = with_names(rows, known.tables.components)
    return named.assign(level=2, status="no_target", reason="", target_id=None)


def _with_means(rows: pd.DataFrame, field: _Field) -> pd.DataFrame:
    columns = ["component_id", "mean", "mean_origin", "best"]
    return rows.merge(
        field.means[columns], on="component_id", how="left", validate="one_to_one"
    )  # fmt: skip


def _with_profile(rows: pd.DataFrame, why: Explanation) -> pd.DataFrame:
    """Add what a component is for the unit; losses stand wherever score and maximum do."""
    if why.profile.empty:
        rows = rows.assign(verdict=Verdict.NO_GROUND.value, recoverable=float("nan"))
    else:
        columns = ["component_id", "verdict", "recoverable"]
        rows = rows.merge(
            why.profile[columns], on="component_id", how="left", validate="one_to_one"
        )
        rows["verdict"] = rows["verdict"].fillna(Verdict.NO_GROUND.value)
    rows["lost"] = rows["max_score"].astype(float) - rows["score"].astype(float)
    rows["lost_share"] = rows["lost"] / rows["max_score"].astype(float)
    parted = any(found.score_comparable == "no" for found in why.breaks)
    change = rows["score"].astype(float) - rows["baseline_score"].astype(float)
    rows["score_change"] = change.mask(pd.Series(parted, index=rows.index))
    computed = 100 * rows["score"].astype(float) / rows["max_score"].astype(float)
    rows["percent"] = rows["percent"].astype(float).fillna(computed)
    return rows


def _with_causes(rows: pd.DataFrame, known: Knowledge, why: Explanation) -> pd.DataFrame:
    """Add the split of every component's own place, and what it did to the place of the index."""
    causes = [_cause(known, why, str(component_id)) for component_id in rows["component_id"]]
    rows = pd.concat([rows.reset_index(drop=True), pd.DataFrame(causes)], axis=1)
    effects = why.components
    found = {} if effects.empty else dict(
        zip(effects["component_id"], effects["rank_effect"], strict=True)
    )  # fmt: skip
    rows["effect_on_total"] = [real(found.get(c)) for c in rows["component_id"]]
    return rows


def _cause(known: Knowledge, why: Explanation, component_id: str) -> dict[str, Any]:
    nothing = {"own": None, "peers": None, "method": None, "composition": None}
    if why.ground in ("edition_unknown", "not_published", "units_differ"):
        return {**nothing, "ground": why.ground}
    line = KnownLine.of(known, why.index_id, component_id, why.as_of)
    try:
        table = rank_split(
            line.figures,
            baseline=why.baseline,
            edition=why.edition,
            editions=line.editions,
            component_id=component_id,
            weights=None,
            breaks=line.breaks,
        )
    except AnalyticsError:
        return {**nothing, "ground": NOT_HELD}
    mine = table.loc[table["unit_id"] == why.unit_id]
    if mine.empty:
        return {**nothing, "ground": NOT_HELD}
    row = mine.iloc[0]
    return {**{name: real(row[name]) for name in nothing}, "ground": str(row["ground"])}


def _lead_ids(target_ids: pd.Series, known: Knowledge) -> list[str]:
    ids = known.tables.targets.set_index("target_id")["lead_agency_ids"]
    return [text(ids.get(target_id)) for target_id in target_ids]


# ------------------------------------------------------------------- history, region, both ends


def _history(
    known: Knowledge, field: _Field, unit_id: str, ids: tuple[str, ...]
) -> pd.DataFrame:  # fmt: skip
    """T1: total, place, group and change of five years; a year without a figure keeps its row."""
    seen = field.seen
    mine = seen.loc[(seen["unit_id"] == unit_id) & (seen["component_id"] == seen["index_id"])]
    years = range(field.edition - HISTORY_YEARS, field.edition + 1)
    asked = pd.MultiIndex.from_product([ids, years], names=["index_id", "edition"]).to_frame(
        index=False
    )
    columns = ["index_id", "edition", "state", "score", "rank", "rank_low", "rank_high",
               "n_ranked", "rank_origin"]  # fmt: skip
    rows = asked.merge(mine[columns], on=["index_id", "edition"], how="left", validate="one_to_one")
    groups = known.groups.loc[known.groups["unit_id"] == unit_id]
    rows = rows.merge(
        groups[["index_id", "edition", "group_name_vi", "group_name_en"]],
        on=["index_id", "edition"], how="left", validate="one_to_one",
    )  # fmt: skip
    rows["rank"] = rows["rank"].astype("Int64")
    rows["gain"] = rows.groupby("index_id")["rank"].shift(1) - rows["rank"]
    before = rows.groupby("index_id")["score"].shift(1)
    breaks = known.tables.breaks
    parted = set(
        breaks.loc[
            (breaks["component_id"] == breaks["index_id"]) & (breaks["score_comparable"] == "no"),
            ["index_id", "edition"],
        ].itertuples(index=False, name=None)
    )
    pairs = list(zip(rows["index_id"], rows["edition"], strict=True))
    rows["is_break"] = [pair in parted for pair in pairs]
    rows["score_change"] = (rows["score"] - before).mask(rows["is_break"])
    out = known.tables.editions
    named = set(out[["index_id", "edition"]].itertuples(index=False, name=None))
    held = [NOT_HELD if pair in named else NOT_PUBLISHED for pair in pairs]
    rows["state"] = rows["state"].fillna(pd.Series(held, index=rows.index))
    is_asked = rows["edition"] > field.edition - HISTORY_YEARS
    return rows.loc[is_asked].reset_index(drop=True)


def _region(known: Knowledge, why: dict[str, Explanation]) -> pd.DataFrame:
    """T5: the units of the region by place; `place` within the region where all are placed."""
    names = known.tables.units.set_index("unit_id")
    frames = []
    for index_id, made in why.items():
        rows = made.region.assign(index_id=index_id)
        if rows.empty:
            continue
        place = rows["rank"].rank(method="min").astype("Int64")
        rows["place"] = place if rows["rank"].notna().all() else pd.NA
        rows["unit_vi"] = rows["unit_id"].map(names["name_vi"])
        rows["unit_en"] = rows["unit_id"].map(names["name_en"])
        frames.append(rows[REGION_FIELDS])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=REGION_FIELDS)


def _ends(field: _Field, known: Knowledge, index_id: str) -> pd.DataFrame:
    """The five best and, where all places are known, the five last provinces of one index."""
    rows = field.now.loc[(field.now["component_id"] == index_id) & field.now["rank"].notna()]
    rows = rows.sort_values(["rank", "unit_id"])
    n = whole(rows["n_ranked"].max()) if len(rows) else None
    best = rows.loc[rows["rank"] <= N_ENDS].assign(end="best")
    # Some of the last five among a fragment of the ranking would be read as all of them.
    last = rows.loc[rows["rank"] > (n or 0) - N_ENDS].assign(end="last") if n else rows.iloc[:0]
    ends = [end for end in (best, last) if len(end) >= N_ENDS]
    columns = ["index_id", "unit_id", "unit_vi", "unit_en", "end", "rank", "n_ranked", "score"]
    if not ends:
        return pd.DataFrame(columns=columns)
    names = known.tables.units[["unit_id", "name_vi", "name_en"]].rename(
        columns={"name_vi": "unit_vi", "name_en": "unit_en"}
    )
    found = pd.concat(ends, ignore_index=True)
    return found.merge(names, on="unit_id", how="left", validate="many_to_one")[columns]


def _blocks(
    known: Knowledge, field: _Field, unit_id: str, ids: tuple[str, ...]
) -> pd.DataFrame:  # fmt: skip
    """Blocks of scores, e.g. appraisal and survey; a block without a figure keeps its row."""
    live = _live(known.tables.components, field.edition)
    live = live.loc[live["index_id"].isin(ids) & (live["role"] == "block")]
    now = field.now.loc[field.now["unit_id"] == unit_id, ["component_id", "state", "score", "rank",
                                                          "n_ranked"]]  # fmt: skip
    before = field.before.loc[field.before["unit_id"] == unit_id, ["component_id", "score"]].rename(
        columns={"score": "baseline_score"}
    )
    rows = live[["index_id", "component_id", "code", "name_vi", "name_en", "max_score", "sort"]]
    rows = rows.rename(columns={"name_vi": "component_vi", "name_en": "component_en"})
    rows = rows.merge(now, on="component_id", how="left", validate="one_to_one")
    rows = rows.merge(before, on="component_id", how="left", validate="one_to_one")
    rows["state"] = rows["state"].fillna(NOT_HELD)
    rows["lost"] = rows["max_score"].astype(float) - rows["score"].astype(float)
    rows["score_change"] = rows["score"].astype(float) - rows["baseline_score"].astype(float)
    return rows.sort_values(["index_id", "sort"], ignore_index=True)
