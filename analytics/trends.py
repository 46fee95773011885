"""Places over the years: where a line may be drawn through, what parts it, and what was asked.

A line is never drawn across a year without a figure, nor across a break after which the figures
of the two sides may not be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.board import Knowledge, judged, leading
from analytics.comparability import ANSWERS
from analytics.composition import HANDING_ON
from analytics.continuity import day_of_edition
from analytics.geography import (
    GeographyMode,
    estimated_places,
    lines,
    official,
    subject,
)
from analytics.peers import nearest, same_region
from analytics.plain import text
from analytics.schema import WITHHELD, UnitNotFound

# A picture of more lines can no longer be read.
MOST_LINES = 6
MOST_IN_GROUP = 15

RANK, PERCENTILE, SCORE = "rank", "percentile", "score"
MEASURES = (RANK, PERCENTILE, SCORE)
VALUE = {RANK: "rank", PERCENTILE: "percentile", SCORE: "score"}
ESTIMATE = {RANK: "estimated_place", PERCENTILE: "estimated_percentile", SCORE: "estimated_score"}

REGION, PEERS = "region", "peers"
TERRITORY, GEOGRAPHY = "territory", "geography"
BREAK_COLUMNS = (
    "edition", "kind", "component_id", "rank_comparable", "score_comparable", "note_vi", "note_en",
)  # fmt: skip


def breaks(
    known: Knowledge, *, index_id: str, component_id: str, unit_ids: Sequence[str]
) -> pd.DataFrame:
    """Everything that parts the years of a line: method, publication, territory, geography.

    A step that the catalogue records both as a break and in the history of the component is given
    once. A new geography parts the years of every unit, also of one whose territory stayed.

    Args:
        known: the present state.
        index_id: the index.
        component_id: the component.
        unit_ids: units whose changes of territory count.

    Returns:
        One row per (edition, kind, note): edition is the first one after the break; kind is that
        of the catalogue, a relation of the component (renamed, redefined, ...), territory or
        geography; rank_comparable and score_comparable (yes|flag|no) of the step; note_vi and
        note_en [may be empty].

    Source: docs/method/trends.md.
    """
    tables = known.tables
    method = tables.breaks.loc[tables.breaks["component_id"] == component_id]
    method = method.loc[method["index_id"] == index_id].reindex(columns=list(BREAK_COLUMNS))
    periods = tables.components.loc[tables.components["component_id"] == component_id]
    periods = periods.sort_values("from_edition").iloc[1:]
    is_step = periods["rank_comparable"].ne("yes") | periods["score_comparable"].ne("yes")
    own = periods.loc[is_step & ~periods["from_edition"].isin(method["edition"])]
    lineage = own.assign(
        edition=own["from_edition"], kind=[_relation(value) for value in own["relation"]],
        note_vi=own["note"].fillna(""), note_en="",
    )[list(BREAK_COLUMNS)]  # fmt: skip
    change = _territory(known, index_id, unit_ids).assign(component_id=component_id)
    parts = [part for part in (method, lineage, change) if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(BREAK_COLUMNS))
    rows = pd.concat(parts, ignore_index=True).astype({"edition": "int64"})
    rows[["note_vi", "note_en"]] = rows[["note_vi", "note_en"]].fillna("")
    rows = rows.drop_duplicates(["edition", "kind", "note_vi"])
    return rows.sort_values(["edition", "kind"], ignore_index=True)


def _relation(text: str) -> str:
    """The weightiest of the relations a period bears to the one before."""
    said = str(text).split(";")
    order = ("redefined", "reweighted", "new", "renamed")
    return next((one for one in order if one in said), said[0])


def _territory(known: Knowledge, index_id: str, unit_ids: Sequence[str]) -> pd.DataFrame:
    """Editions from which on a unit's land, or the whole map, was another."""
    links, units = known.tables.unit_links, known.tables.units
    geography = units.drop_duplicates("unit_id").set_index("unit_id")["geography"]
    handed = links.loc[links["event"].isin(HANDING_ON)]
    before, after = handed["from_unit_id"].map(geography), handed["to_unit_id"].map(geography)
    days = pd.to_datetime(handed["effective_on"])
    found: list[dict[str, object]] = [
        {"edition": _first_edition(known, index_id, day), "kind": GEOGRAPHY,
         "rank_comparable": "no", "score_comparable": "no", "note_vi": "", "note_en": ""}
        for day in sorted(set(days[before != after]))
    ]  # fmt: skip
    is_own = handed["from_unit_id"].isin(unit_ids) | handed["to_unit_id"].isin(unit_ids)
    is_move = (before == after) & (handed["from_unit_id"] != handed["to_unit_id"])
    moved = handed.loc[is_own & is_move]
    for day, (_, row) in zip(days[moved.index], moved.iterrows(), strict=True):
        # A unit that took in a whole other one is another unit; some communes change little.
        answer = "no" if row["event"] in ("merge", "split") else "flag"
        note = text(row["legal_basis"])
        found.append(
            {"edition": _first_edition(known, index_id, day), "kind": TERRITORY,
             "rank_comparable": answer, "score_comparable": answer, "note_vi": note,
             "note_en": note}
        )  # fmt: skip
    return pd.DataFrame(found)


def _first_edition(known: Knowledge, index_id: str, day: pd.Timestamp) -> int:
    """The first edition that measured the units of a day; the year itself where none has yet."""
    editions = known.tables.editions
    for year in sorted(editions.loc[editions["index_id"] == index_id, "edition"]):
        if year < day.year:
            continue
        last = day_of_edition(known.lineage, known.tables, index_id=index_id, edition=int(year))
        if last >= day.date():
            return int(year)
    return int(day.year)


def concerning(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The breaks that matter to a measure: those over which it is not simply comparable.

    Args:
        rows: result of `breaks`.
        measure: rank, percentile or score.

    Returns:
        The rows whose step is not "yes" for the measure, with is_parting: the line stops there.

    Source: docs/method/trends.md.
    """
    answers = rows["score_comparable" if measure == SCORE else "rank_comparable"]
    kept = rows.loc[answers.isin(ANSWERS[1:])]
    return kept.assign(is_parting=answers.loc[kept.index].eq(ANSWERS[2])).reset_index(drop=True)


def drawn(rows: pd.DataFrame, steps: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The values to draw, cut into the runs of years that a line may pass through.

    A run ends where a year has no value, where the years have a hole, before a parting break and
    between an estimate and a published place.

    Args:
        rows: result of `analytics.geography.lines`, of one component.
        steps: result of `concerning`.
        measure: rank, percentile or score.

    Returns:
        `rows` with value [in the unit of the measure; missing where unknown] and run (1, 2, ...
        within a line; missing where the value is).

    Source: docs/method/trends.md.
    """
    published = rows[VALUE[measure]].astype("Float64")
    guessed = rows[ESTIMATE[measure]].astype("Float64")
    value = published.mask(rows["is_estimate"], guessed)
    parting = sorted(set(steps.loc[steps["is_parting"], "edition"])) if len(steps) else []
    run: list[int | None] = []
    count, last = 0, None
    for line_id, edition, is_estimate, known_value in zip(
        rows["line_id"], rows["edition"], rows["is_estimate"], value.notna(), strict=True
    ):
        if last is None or last[0] != line_id:
            count = 0
        if not known_value:
            run.append(None)
            last = (line_id, None, is_estimate)
            continue
        is_next = (
            last is not None
            and last[0] == line_id
            and last[1] == edition - 1
            and last[2] == is_estimate
            and not any(last[1] < cut <= edition for cut in parting)
        )
        count += 0 if is_next else 1
        run.append(count)
        last = (line_id, edition, is_estimate)
    return rows.assign(value=value, run=pd.array(run, dtype="Int64"))


def required_places(
    known: Knowledge, *, unit_id: str, index_id: str, component_id: str, as_of: date
) -> pd.DataFrame:
    """The place that the board's leading target asked for in every year of the unit's geography.

    Args:
        known: the present state.
        unit_id: the unit the targets were set for.
        index_id: the index.
        component_id: the component.
        as_of: day whose knowledge is used.

    Returns:
        One row per edition with a known required place: edition, required_rank [place],
        baseline_used [year], baseline_rank [place], status, reason and kind.

    Source: docs/method/trends.md.
    """
    columns = ["edition", "required_rank", "baseline_used", "baseline_rank", "status", "reason",
               "kind"]  # fmt: skip
    tables = known.tables
    own = tables.targets.loc[
        (tables.targets["unit_id"] == unit_id)
        & (tables.targets["index_id"] == index_id)
        & (tables.targets["component_id"] == component_id)
    ]
    unit = tables.units.loc[tables.units["unit_id"] == unit_id, "geography"]
    dated = tables.editions.loc[
        (tables.editions["index_id"] == index_id) & tables.editions["geography"].isin(set(unit)),
        "edition",
    ]
    years = sorted(int(year) for year in dated)
    if own.empty or not years:
        return pd.DataFrame(columns=columns)
    rows = judged(known, own, editions=years, as_of=as_of)
    rows = rows.loc[(rows["measure"] == "rank") & rows["required_rank"].notna()]
    # A place within a region is no place in this table.
    rows = rows.loc[rows["kind"] != "regional_rank"]
    first = [leading(rows.loc[rows["edition"] == year]) for year in sorted(set(rows["edition"]))]
    if not first:
        return pd.DataFrame(columns=columns)
    return pd.concat(first, ignore_index=True)[columns]


def group_units(known: Knowledge, *, unit_id: str, kind: str) -> list[str]:
    """The unit and those it is drawn among: its region, or the units most like it by population.

    Args:
        known: the present state.
        unit_id: the unit.
        kind: region or peers.

    Returns:
        Unit ids, the unit first, then by id (region) or likeness (peers); at most 15. The unit
        alone where it has no region, or no population on record.

    Source: docs/method/trends.md.
    """
    units = known.tables.units
    own = units.loc[units["unit_id"] == unit_id]
    if own.empty:
        raise UnitNotFound(unit_id)
    if kind == REGION:
        try:
            found = same_region(units, unit_id)
        except UnitNotFound:
            return [unit_id]
    else:
        people = _people(known, str(own["geography"].iloc[0]))
        try:
            found = [
                str(u) for u in nearest(people, unit_id=unit_id, columns=["people"])["unit_id"]
            ]
        except UnitNotFound:
            return [unit_id]
    # Hà Tây is no neighbour of units that outlived it by seventeen years.
    last_day = units.set_index("unit_id")["valid_to"]
    alive = [u for u in found if u != unit_id and _same(last_day[u], last_day[unit_id])]
    return [unit_id, *alive][:MOST_IN_GROUP]


def _same(one: object, other: object) -> bool:
    """Whether two last days are one, or both are still to come."""
    return one == other or bool(pd.isna(one) and pd.isna(other))  # type: ignore[call-overload]


def _people(known: Knowledge, geography: str) -> pd.DataFrame:
    """Logarithm of the population of every unit; of a merged one the sum of its parts."""
    facts = known.tables.unit_facts
    facts = facts.loc[facts["measure"] == "population_thousand"].sort_values("year")
    size = facts.drop_duplicates("unit_id", keep="last").set_index("unit_id")["value"]
    size = size.astype("float64")
    units = known.tables.units
    found = {}
    for unit_id in units.loc[units["geography"] == geography, "unit_id"]:
        parts = (unit_id,) if unit_id in size.index else subject(known, unit_id).part_ids
        if all(part in size.index for part in parts):
            found[str(unit_id)] = float(sum(size[part] for part in parts))
    people = np.log(np.array(list(found.values()), dtype=np.float64))
    return pd.DataFrame({"unit_id": list(found), "people": people})


def group_lines(
    known: Knowledge,
    unit_ids: Sequence[str],
    *,
    index_id: str,
    component_id: str,
    mode: str,
    as_of: date,
    field: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Lines of several units, with the place each has among them.

    A place in the group is given for a year only when every unit of the group has a place or was
    withheld by the publisher; from a fragment no order follows.

    Args:
        known: the present state.
        unit_ids: the group.
        index_id: the index.
        component_id: the component.
        mode: estimated, or the published series of the units themselves.
        as_of: day whose knowledge is used.
        field: result of `analytics.geography.estimated_places`; for the mode estimated.

    Returns:
        The rows of `analytics.geography.lines` of all units, with position [place in the group,
        ties share the better] and n_group [units of the group with a place]; both missing where
        the group's places of the year are not all known.

    Source: docs/method/trends.md.
    """
    if mode == GeographyMode.ESTIMATED:
        rows = pd.concat(
            [
                lines(known, unit_id=unit_id, index_id=index_id, component_id=component_id,
                      mode=mode, as_of=as_of, field=field)
                for unit_id in unit_ids
            ],
            ignore_index=True,
        )  # fmt: skip
    else:
        chains = {unit_id: (unit_id,) for unit_id in unit_ids}
        rows = official(known, chains, index_id, component_id, as_of)
    place = (
        rows["rank"]
        .astype("Float64")
        .mask(rows["is_estimate"], rows["estimated_place"].astype("Float64"))
    )
    keys = [rows["edition"], rows["is_estimate"]]
    is_silent = place.isna() & rows["state"].ne(WITHHELD).fillna(True)
    is_short = is_silent.groupby(keys).transform("any")
    position = place.groupby(keys).rank(method="min").mask(is_short).astype("Int64")
    n_group = place.notna().groupby(keys).transform("sum").mask(is_short).astype("Int64")
    return rows.assign(position=position, n_group=n_group)


def field_of(
    known: Knowledge, unit_id: str, *, index_id: str, component_id: str, baseline: int, as_of: date
) -> pd.DataFrame:
    """The estimated places of the geography that stands for a unit today.

    Source: docs/method/trends.md.
    """
    return estimated_places(
        known,
        index_id=index_id,
        present_id=subject(known, unit_id).present_id,
        baseline=baseline,
        as_of=as_of,
        component_id=component_id,
    )
