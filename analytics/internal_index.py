"""An index that a province keeps of its own agencies, districts or communes.

Units are ranked on the per cent of the maximum that applies to them, so that a criterion a unit
cannot be judged by neither helps nor harms it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.plain import real
from analytics.schema import require_columns

# Scores come to at most a few decimals; a difference below this is the machine's.
DIGITS = 9
SCORED, MISSING, EXEMPT = "scored", "missing", "exempt"

LINE_COLUMNS = ["unit_id", "criterion_id", "max_score", "score", "lost", "state"]
STANDING_COLUMNS = [
    "unit_id", "points", "max_applicable", "percent", "lost", "n_scored", "n_applicable", "rank",
    "n_ranked", "class_id",
]  # fmt: skip


def internal_lines(
    unit_ids: list[str], criteria: pd.DataFrame, exempt: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """Every criterion of every unit: scored, missing, or not applicable.

    A score given for a criterion that does not apply is not used.

    Args:
        unit_ids: the units.
        criteria: one row per criterion_id, with max_score [points].
        exempt: one row per (unit_id, criterion_id) that does not apply.
        scores: one row per (unit_id, criterion_id) with score [points]; a missing one may be there
            or not.

    Returns:
        One row per (unit_id, criterion_id): max_score, score, lost [points; missing unless
        scored], state [scored | missing | exempt].

    Source: docs/method/internal-index.md.
    """
    require_columns(criteria, ("criterion_id", "max_score"))
    require_columns(exempt, ("unit_id", "criterion_id"))
    require_columns(scores, ("unit_id", "criterion_id", "score"))
    units = pd.DataFrame({"unit_id": pd.Series(unit_ids, dtype=object)})
    most = criteria[["criterion_id", "max_score"]].astype({"max_score": float})
    rows = units.merge(most, how="cross")
    key = ["unit_id", "criterion_id"]
    given = scores[[*key, "score"]].astype({"score": float})
    rows = rows.merge(given, on=key, how="left", validate="one_to_one")
    free = set(zip(exempt["unit_id"], exempt["criterion_id"], strict=True))
    pairs = zip(rows["unit_id"], rows["criterion_id"], strict=True)
    is_free = np.array([pair in free for pair in pairs], dtype=bool)
    rows["score"] = rows["score"].mask(is_free)
    rows["lost"] = rows["max_score"] - rows["score"]
    rows["state"] = np.select(
        [is_free, rows["score"].isna().to_numpy()], [EXEMPT, MISSING], default=SCORED
    )
    return rows[LINE_COLUMNS]


def internal_standing(lines: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    """Points, per cent of the applicable maximum, place and class of every unit.

    A unit with a criterion still missing has neither per cent nor place nor class: n_scored of
    n_applicable say how far it is. Ties share the best place. Percentages are compared to nine
    decimals.

    Args:
        lines: result of `internal_lines`.
        cuts: one row per class_id, with lower_bound [per cent]; a unit is in the class of the
            highest bound it reaches.

    Returns:
        One row per unit, ranked ones first by place, then the others, with `STANDING_COLUMNS`:
        points, max_applicable, lost [points], percent [0 to 100], n_scored, n_applicable, rank,
        n_ranked, class_id ("" below the lowest bound and where there is no per cent).

    Source: docs/method/internal-index.md.
    """
    require_columns(lines, ("unit_id", "max_score", "score", "state"))
    own = lines.loc[lines["state"] != EXEMPT]
    units = pd.Index(lines["unit_id"].unique(), name="unit_id")
    by_unit = own.groupby("unit_id", sort=False)
    found = pd.DataFrame(index=units)
    found["points"] = by_unit["score"].sum(min_count=1)
    found["max_applicable"] = by_unit["max_score"].sum()
    found["n_applicable"] = by_unit.size().reindex(units).fillna(0).astype("int64")
    found["n_scored"] = by_unit["score"].count().reindex(units).fillna(0).astype("int64")
    is_whole = (found["n_scored"] == found["n_applicable"]) & (found["max_applicable"] > 0)
    percent = (100.0 * found["points"] / found["max_applicable"]).where(is_whole)
    # The same fraction of two maximums may differ in its last binary digit.
    found["percent"] = percent.round(DIGITS)
    found["lost"] = (found["max_applicable"] - found["points"]).where(is_whole)
    found["rank"] = found["percent"].rank(ascending=False, method="min").astype("Int64")
    found["n_ranked"] = int(is_whole.sum())
    found["class_id"] = [class_of(real(value), cuts) for value in found["percent"]]
    return (
        found.reset_index()
        .sort_values(["rank", "unit_id"], na_position="last", ignore_index=True)[STANDING_COLUMNS]
    )  # fmt: skip


def class_of(percent: float | None, cuts: pd.DataFrame) -> str:
    """The class of the highest lower bound reached; a bound itself is inside the class.

    Source: docs/method/internal-index.md.
    """
    require_columns(cuts, ("class_id", "lower_bound"))
    reached = [
        (float(row["lower_bound"]), str(row["class_id"]))
        for row in cuts.to_dict("records")
        if percent is not None and float(row["lower_bound"]) <= percent
    ]
    return max(reached)[1] if reached else ""


def gaps_to_next(standing: pd.DataFrame, cuts: pd.DataFrame) -> dict[str, float]:
    """Points each ranked unit lacks to the next better class; a unit in the best has none.

    Args:
        standing: result of `internal_standing`.
        cuts: as there.

    Returns:
        Points by unit_id, on the unit's own applicable maximum.

    Source: docs/method/internal-index.md.
    """
    bounds = sorted(float(bound) for bound in cuts["lower_bound"])
    found: dict[str, float] = {}
    for row in standing.dropna(subset=["percent"]).to_dict("records"):
        above = [bound for bound in bounds if bound > row["percent"]]
        if above:
            needed = above[0] * row["max_applicable"] / 100.0 - row["points"]
            found[str(row["unit_id"])] = round(needed, DIGITS)
    return found


def shortcomings_of(lines: pd.DataFrame, unit_id: str, names: Mapping[str, str]) -> dict[str, str]:
    """Criteria on which a unit lost points, most lost first, by criterion_id with their names.

    Source: docs/method/internal-index.md.
    """
    own = lines.loc[(lines["unit_id"] == unit_id) & (lines["lost"].round(DIGITS) > 0)]
    order = own.sort_values(["lost", "criterion_id"], ascending=[False, True])
    return {str(one): names[str(one)] for one in order["criterion_id"]}
