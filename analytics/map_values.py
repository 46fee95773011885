"""What a map says of every unit: one line and one measure, sorted into few classes.

Few classes, because nobody tells 63 shades apart; the value itself stands on the map as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.schema import NOT_HELD, require_columns

# Fifths of the field; 63 units give classes of 12 or 13.
N_CLASSES = 5
# Lower bounds of the classes of a change, best first; what lies below the last is the worst.
# Five places is what the founding directives ask for, ten is twice that.
GAIN_BOUNDS = (10, 5, 1, 0, -4, -9)


class Measure(StrEnum):
    """What the map is coloured by."""

    RANK = "rank"
    GAIN = "gain"
    GROUP = "group"
    SCORE = "score"


@dataclass(frozen=True)
class GridFit:
    """How far a grid keeps the ground: pairs of neighbours, and what became of them.

    Attributes:
        n_pairs: pairs that touch on the ground.
        n_adjacent: of these, pairs that touch on the grid, corners included.
        parted: the pairs that do not, as unit ids.
        n_reversed: pairs clearly north and south, or east and west, of each other on the ground
            that stand the other way round on the grid.
    """

    n_pairs: int
    n_adjacent: int
    parted: tuple[tuple[str, str], ...]
    n_reversed: int


# Pairs whose centres lie nearer than this in one direction have no order in it [degrees].
CLEAR = 0.2


def map_values(
    standings: pd.DataFrame,
    units: list[str],
    *,
    component_id: str,
    edition: int,
    baseline: int,
    measure: str,
    groups: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Value and class of every unit on a map, best class 0.

    A unit without a value keeps its row with the state that says why, and has no class: it must
    not be coloured. Ranks are classed by fifths of the number ranked, so that a field of 61 and
    one of 63 are cut alike; scores by fifths of the scores held; changes by fixed bounds.

    Args:
        standings: one row per (unit_id, component_id, edition), with score [points], rank
            [place], rank_low and rank_high [place], n_ranked [units], rank_origin and state.
        units: unit_ids of the map.
        component_id: the line.
        edition: year shown.
        baseline: year a change is measured against.
        measure: rank, gain, group or score.
        groups: one row per (unit_id, index_id, edition), with group_sort [1 = best]; for "group".

    Returns:
        One row per unit of `units`, with value [place, places, sort or points], class [0 best,
        missing without a value], state (not_held where no figure is held), score, rank,
        rank_low, rank_high, n_ranked, rank_origin, rank_baseline, n_ranked_baseline and
        rank_gain [places, positive = improved].

    Raises:
        ColumnsMissing: `standings` lacks a column named above.

    Source: docs/method/map.md.
    """
    columns = ["score", "rank", "rank_low", "rank_high", "n_ranked", "rank_origin", "state"]
    require_columns(standings, ["unit_id", "component_id", "edition", *columns])
    line = standings.loc[standings["component_id"] == component_id]
    now = line.loc[line["edition"] == edition].set_index("unit_id")[columns]
    before = line.loc[line["edition"] == baseline].set_index("unit_id")[["rank", "n_ranked"]]
    before = before.add_suffix("_baseline")
    rows = now.reindex(pd.Index(units, name="unit_id")).join(before)
    rows["state"] = rows["state"].fillna(NOT_HELD)
    rows["rank_gain"] = (rows["rank_baseline"] - rows["rank"]).astype("Int64")
    if measure == Measure.GROUP:
        rows["value"] = _group(rows, groups, component_id, edition)
        rows["class"] = rows["value"] - 1
    elif measure == Measure.GAIN:
        rows["value"] = rows["rank_gain"].astype("Float64")
        rows["class"] = gain_class(rows["rank_gain"])
    elif measure == Measure.SCORE:
        rows["value"] = rows["score"].astype("Float64")
        rows["class"] = score_class(rows["score"])
    else:
        rows["value"] = rows["rank"].astype("Float64")
        rows["class"] = rank_class(rows["rank"], rows["n_ranked"])
    rows["class"] = rows["class"].astype("Int64")
    return rows.reset_index()


def _group(
    rows: pd.DataFrame, groups: pd.DataFrame | None, component_id: str, edition: int
) -> pd.Series:
    """Sort number of the group of each unit; only the index itself has groups."""
    if groups is None or "." in component_id:
        return pd.Series(pd.NA, index=rows.index, dtype="Float64")
    of_year = groups.loc[(groups["index_id"] == component_id) & (groups["edition"] == edition)]
    sorts = of_year.drop_duplicates("unit_id").set_index("unit_id")["group_sort"]
    return sorts.reindex(rows.index).astype("Float64")


def rank_class(rank: pd.Series, n_ranked: pd.Series) -> pd.Series:
    """Fifth of the field that a place lies in: 0 for the best fifth, 4 for the last.

    Source: docs/method/map.md.
    """
    share = (rank.astype("Float64") - 1) * N_CLASSES / n_ranked.astype("Float64")
    return pd.Series(np.floor(share), index=rank.index).clip(upper=N_CLASSES - 1).astype("Int64")


def rank_class_bounds(n_ranked: int) -> list[tuple[int, int]]:
    """First and last place of each class of `rank_class`; an empty class is left out.

    Source: docs/method/map.md.
    """
    places = pd.Series(range(1, n_ranked + 1))
    classes = rank_class(places, pd.Series(n_ranked, index=places.index))
    return [(int(of.min()), int(of.max())) for _, of in places.groupby(classes)]


def score_class(score: pd.Series) -> pd.Series:
    """Fifth of the scores held: 0 for the highest. Equal scores are in one class.

    Source: docs/method/map.md.
    """
    better = score.astype("Float64").rank(method="min", ascending=False)
    n_held = pd.Series(score.notna().sum(), index=score.index, dtype="Float64")
    return rank_class(better, n_held)


def gain_class(gain: pd.Series) -> pd.Series:
    """Class of a change of place: 0 for ten places up or more, 3 for no change, 6 for ten down.

    Source: docs/method/map.md.
    """
    below = [gain.astype("Float64") < bound for bound in GAIN_BOUNDS]
    return sum(
        (part.astype("Int64") for part in below), pd.Series(0, index=gain.index, dtype="Int64")
    )


def grid_fit(tiles: pd.DataFrame, neighbours: pd.DataFrame) -> GridFit:
    """How many neighbours on the ground are neighbours on the grid, corners included.

    Args:
        tiles: one row per unit of one geography, with unit_id, column, row, lon, lat [degrees].
        neighbours: one row per pair, with unit_id and neighbour_id.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/map.md.
    """
    require_columns(tiles, ["unit_id", "column", "row", "lon", "lat"])
    require_columns(neighbours, ["unit_id", "neighbour_id"])
    place = tiles.set_index("unit_id")[["column", "row", "lon", "lat"]]
    pairs = neighbours[["unit_id", "neighbour_id"]].reset_index(drop=True)
    a = place.reindex(pairs["unit_id"]).reset_index(drop=True)
    b = place.reindex(pairs["neighbour_id"]).reset_index(drop=True)
    east, south = b["column"] - a["column"], b["row"] - a["row"]
    is_adjacent = (east.abs() <= 1) & (south.abs() <= 1)
    lon, lat = b["lon"] - a["lon"], b["lat"] - a["lat"]
    is_reversed = ((lat.abs() >= CLEAR) & (lat * south > 0)) | (
        (lon.abs() >= CLEAR) & (lon * east < 0)
    )
    parted = pairs.loc[~is_adjacent]
    return GridFit(
        n_pairs=len(pairs),
        n_adjacent=int(is_adjacent.sum()),
        parted=tuple((str(x), str(y)) for x, y in parted.itertuples(index=False)),
        n_reversed=int(is_reversed.sum()),
    )
