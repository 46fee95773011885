"""Two to six units side by side: places and points, who is best, and what the average is.

Place 1 is best; a positive gain is an improvement. A mean from a fragment of the field is no mean:
those we hold of a partial table are often its best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from analytics.board import Knowledge
from analytics.comparability import comparability
from analytics.geography import LINE_COLUMNS, GeographyMode, estimated_of, official_of
from analytics.plain import text
from analytics.schema import NOT_PUBLISHED, WITHHELD, AnalyticsError

LEAST, MOST = 2, 6
NATIONAL = "national"
COMPUTED = "computed"
MEAN, MEDIAN = "mean", "median"
AVERAGE_COLUMNS = ("component_id", "area", "statistic", "value", "origin", "n_used", "n_expected")


class TooManyUnits(AnalyticsError):
    """More units than a comparison can show."""

    def __init__(self, n_units: int) -> None:
        self.n_units = n_units
        super().__init__(f"at most {MOST} units, not {n_units}")


def components_of(known: Knowledge, index_id: str, edition: int) -> pd.DataFrame:
    """The index and its components as they were measured in an edition, the index first.

    Returns:
        One row per component_id: role, sort, code, component_vi and component_en.

    Source: docs/method/comparison.md.
    """
    rows = known.live(edition)
    rows = rows.loc[
        (rows["index_id"] == index_id) & rows["role"].isin(["total", "component"])
    ].rename(columns={"name_vi": "component_vi", "name_en": "component_en"})
    columns = ["index_id", "component_id", "role", "sort", "code", "component_vi", "component_en"]
    return rows[columns].sort_values(["sort", "code"], ignore_index=True)


def compared(
    known: Knowledge,
    unit_ids: Sequence[str],
    *,
    index_id: str,
    baseline: int,
    edition: int,
    as_of: date,
    mode: str = GeographyMode.PUBLISHED,
    fields: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Units side by side on an index and its components, in one year and a year before.

    Best and worst are told among the units shown, by place; all that share it are marked, and
    nobody where all share one place or fewer than two places are known. Between editions that may
    not be compared there is no gain.

    Args:
        known: the present state.
        unit_ids: at most six units, as they are to be shown.
        index_id: the index.
        baseline: year compared against.
        edition: year shown.
        as_of: day whose knowledge is used.
        mode: estimated, or published places of the units themselves.
        fields: for the mode estimated, component_id to `analytics.geography.estimated_places`.

    Returns:
        One row per (component_id, unit_id), the columns of `analytics.geography.lines` for the
        edition and, ending in _baseline, for the year before; place and place_baseline [published
        or estimated, whichever it is], gain [places], rank_comparable, is_best, is_worst, and the
        columns of `components_of`. A year that is not out has the state not_published.

    Raises:
        TooManyUnits: more than six.
        UnitNotFound: no unit has one of the ids.

    Source: docs/method/comparison.md.
    """
    units = list(dict.fromkeys(unit_ids))
    if len(units) > MOST:
        raise TooManyUnits(len(units))
    parts = components_of(known, index_id, edition)
    if parts.empty:
        return pd.DataFrame()
    ids, years = list(parts["component_id"]), [baseline, edition]
    if mode == GeographyMode.ESTIMATED:
        rows = estimated_of(known, units, fields or {}, index_id, ids, as_of, years)
    else:
        rows = official_of(known, {unit: (unit,) for unit in units}, index_id, ids, as_of, years)
    rows = _both_years(rows, ids, units, baseline, edition)
    steps = comparability(
        known.tables.components, known.tables.breaks,
        pd.DataFrame({"component_id": parts["component_id"], "baseline": baseline,
                      "edition": edition}),
    )[["component_id", "rank_comparable"]]  # fmt: skip
    rows = rows.merge(steps, on="component_id", validate="many_to_one")
    is_same = rows["is_estimate"] == rows["is_estimate_baseline"]
    gain = rows["place_baseline"] - rows["place"]
    rows["gain"] = gain.where(rows["rank_comparable"].ne("no") & is_same.fillna(False))
    rows = _extremes(rows)
    return rows.merge(parts, on="component_id", how="left", validate="many_to_one")


def _both_years(
    rows: pd.DataFrame, parts: Sequence[str], units: Sequence[str], baseline: int, edition: int
) -> pd.DataFrame:
    """One row per component and unit with the figures of both years side by side."""
    place = rows["rank"].mask(rows["is_estimate"], rows["estimated_place"])
    rows = rows.assign(place=place.astype("Int64")).drop(columns="unit_id")
    keys = ["component_id", "unit_id"]
    made = pd.DataFrame([(part, unit) for part in parts for unit in units], columns=keys)
    for year, ending in ((edition, ""), (baseline, "_baseline")):
        mine = rows.loc[rows["edition"] == year].drop(columns="edition")
        mine = mine.rename(columns={"line_id": "unit_id"}).rename(
            columns={name: f"{name}{ending}" for name in [*LINE_COLUMNS, "place"]
                     if name not in ("unit_id", "line_id")}
        )  # fmt: skip
        made = made.merge(mine, on=keys, how="left", validate="one_to_one")
        made[f"state{ending}"] = made[f"state{ending}"].fillna(NOT_PUBLISHED).mask(
            made[f"is_estimate{ending}"].fillna(False).astype(bool), ""
        )  # fmt: skip
    return made[[name for name in made if name != "component_id"] + ["component_id"]]


def _extremes(rows: pd.DataFrame) -> pd.DataFrame:
    """Mark the best and the worst place of every component."""
    by_part = rows.groupby("component_id", sort=False)["place"]
    best, worst = by_part.transform("min"), by_part.transform("max")
    is_told = (best < worst).fillna(False)
    return rows.assign(
        is_best=(is_told & (rows["place"] == best)).fillna(False).astype(bool),
        is_worst=(is_told & (rows["place"] == worst)).fillna(False).astype(bool),
    )


def averages(
    known: Knowledge, *, unit_id: str, index_id: str, edition: int, as_of: date
) -> pd.DataFrame:
    """Mean and median of the country and of a unit's region, and whose figure each one is.

    A published mean wins over a computed one. One is computed only when the score of every unit of
    the area is held, those withheld by the publisher set aside; otherwise the row says how many of
    how many are held and gives no value.

    Args:
        known: the present state.
        unit_id: the unit whose region is meant.
        index_id: the index.
        edition: year shown.
        as_of: day whose knowledge is used.

    Returns:
        One row per (component_id, area, statistic): area national or a region_id, statistic mean
        or median, value [points], origin (published, derived or computed; empty without a value),
        n_used [units whose scores are in the value or are held; missing for a mean the publisher
        printed] and n_expected [units of the area].

    Source: docs/method/comparison.md.
    """
    tables = known.tables
    own = tables.units.loc[tables.units["unit_id"] == unit_id]
    areas = [NATIONAL, *own["region_id"].dropna().astype(str)]
    dated = tables.editions
    dated = dated.loc[(dated["index_id"] == index_id) & (dated["edition"] == edition)]
    dated = dated.loc[pd.to_datetime(dated["published_on"]) <= pd.Timestamp(as_of)]
    rows = known.of_table(index_id, edition)
    if dated.empty or rows.empty:
        return pd.DataFrame(columns=list(AVERAGE_COLUMNS))
    region = tables.units.drop_duplicates("unit_id").set_index("unit_id")["region_id"]
    rows = rows.assign(region_id=rows["unit_id"].map(region))
    n_units = _n_units(tables.units, str(dated["geography"].iloc[0]), edition)
    printed = _printed(tables.national, edition)
    found = []
    for part in components_of(known, index_id, edition)["component_id"]:
        mine = rows.loc[rows["component_id"] == part]
        for area in areas:
            here = mine if area == NATIONAL else mine.loc[mine["region_id"] == area]
            found += _two(here, str(part), area, n_units[area], printed.get((part, area)))
    return pd.DataFrame(found, columns=list(AVERAGE_COLUMNS)).astype(
        {"value": "Float64", "n_used": "Int64", "n_expected": "Int64"}
    )


def _n_units(units: pd.DataFrame, geography: str, edition: int) -> dict[str, int]:
    """Units of the country and of every region in the last days of a year."""
    ends = pd.to_datetime(units["valid_to"]).dt.year
    alive = units.loc[(units["geography"] == geography) & (ends.isna() | (ends >= edition))]
    by_region = alive.groupby("region_id").size()
    return {NATIONAL: len(alive), **{str(area): int(n) for area, n in by_region.items()}}


def _printed(national: pd.DataFrame, edition: int) -> dict[tuple[str, str], tuple[float, str]]:
    """Published means of one edition and whose they are, by component and area."""
    rows = national.loc[(national["edition"] == edition) & (national["statistic"] == MEAN)]
    rows = rows.drop_duplicates(["component_id", "area"])
    return {
        (part, area): (float(value), text(origin))
        for part, area, value, origin in zip(
            rows["component_id"], rows["area"], rows["value"], rows["origin"], strict=True
        )
    }


def _two(
    here: pd.DataFrame,
    component_id: str,
    area: str,
    n_expected: int,
    printed: tuple[float, str] | None,
) -> list[tuple[object, ...]]:
    """Mean and median of one component in one area."""
    scores = here["score"].dropna().astype("float64")
    n_withheld = int((here["state"] == WITHHELD).sum())
    is_whole = len(scores) > 0 and len(scores) + n_withheld >= n_expected
    made: list[tuple[object, ...]] = []
    if printed is not None:
        made.append((component_id, area, MEAN, *printed, None, n_expected))
    for statistic in (MEAN, MEDIAN):
        if statistic == MEAN and made:
            continue
        value = float(getattr(scores, statistic)()) if is_whole else None
        origin = COMPUTED if is_whole else ""
        made.append((component_id, area, statistic, value, origin, len(scores), n_expected))
    return made
