"""Classes that publishers put units into: PAPI's four groups, the classes A, B, C of PAR INDEX.

The first group is the best. A published group is a fact; a computed one is a labelled fallback.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from analytics.schema import require_columns

QUARTILE = "quartile_missing_lowest"
PUBLISHED_BOUNDS = "published_bounds"
# Bounds are printed with two decimals, so a score is compared at the same precision.
PRINTED_DECIMALS = 2


def group_bounds(standings: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Lower bound of every group of every edition that has a scheme.

    Of two schemes for one edition the one with published bounds wins. The quartile rule cuts
    at linear-interpolated percentiles as if the withheld units stood at the bottom of the whole
    field; that, and not the quartiles of those scored, gives the published groups.

    Args:
        standings: one row per (unit_id, component_id, edition), with index_id and score.
        groups: one row per (scheme_id, group_id), with index_id, from_edition, to_edition, rule,
            out_of [units], sort [1 = best], lower_bound [points].

    Returns:
        One row per (index_id, edition, group_id) with sort, name_vi, name_en, lower_bound
        [points] and group_origin (published|computed); for the total only.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/groups.md.
    """
    require_columns(standings, ["index_id", "component_id", "edition", "score"])
    require_columns(groups, ["index_id", "scheme_id", "from_edition", "to_edition", "rule", "sort"])
    totals = standings.loc[standings["component_id"] == standings["index_id"]]
    parts: list[pd.DataFrame] = []
    schemes = dict(list(groups.groupby("index_id")))
    for field, scores in totals.groupby(["index_id", "edition"])["score"]:
        index_id, edition = cast("tuple[str, int]", field)
        if index_id not in schemes:
            continue
        scheme = _scheme(schemes[index_id], edition)
        if scheme.empty:
            continue
        bounds = scheme.assign(edition=edition)
        rule = str(scheme["rule"].iloc[0])
        if rule == QUARTILE:
            cuts = quartile_cuts(scores, int(scheme["out_of"].iloc[0]))
            bounds["lower_bound"] = [*cuts, -np.inf][: len(bounds)]
        elif len(bounds) > 1 and pd.isna(bounds["lower_bound"].iloc[-1]):
            # A scheme with one cut fewer than groups leaves its last group open below.
            bounds["lower_bound"] = bounds["lower_bound"].fillna(-np.inf)
        bounds["group_origin"] = "computed" if rule == QUARTILE else "published"
        bounds["decimals"] = -1 if rule == QUARTILE else PRINTED_DECIMALS
        parts.append(bounds)
    columns = [
        "index_id", "edition", "scheme_id", "group_id", "sort", "name_vi", "name_en",
        "lower_bound", "group_origin", "decimals",
    ]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _scheme(groups: pd.DataFrame, edition: int) -> pd.DataFrame:
    """The one scheme of an edition among those of its index; empty when none is known."""
    last = groups["to_edition"].astype("Float64").fillna(np.inf)
    found = groups.loc[(groups["from_edition"] <= edition) & (last >= edition)]
    if (found["rule"] == PUBLISHED_BOUNDS).any():
        found = found.loc[found["rule"] == PUBLISHED_BOUNDS]
    if found.empty:
        return found
    first = found["scheme_id"].iloc[0]
    scheme: pd.DataFrame = found.loc[found["scheme_id"] == first].sort_values("sort")
    return scheme


def quartile_cuts(scores: pd.Series, out_of: int) -> list[float]:
    """The 75th, 50th and 25th percentile of a field whose missing members stand at the bottom.

    Args:
        scores: scores of the units scored [points]; missing ones are ignored.
        out_of: size of the whole field [units].

    Returns:
        Three lower bounds, best first.

    Source: docs/method/groups.md.
    """
    held = np.sort(scores.dropna().to_numpy(dtype=float))
    field = np.concatenate([np.full(max(0, out_of - len(held)), -np.inf), held])
    cuts = []
    for share in (0.75, 0.50, 0.25):
        position = share * (len(field) - 1)
        below, above = field[int(np.floor(position))], field[int(np.ceil(position))]
        weight = position - np.floor(position)
        cuts.append(float(above if np.isinf(below) else below + weight * (above - below)))
    return cuts


def group_standing(standings: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """The group of every unit in every edition that has a scheme.

    Args:
        standings: one row per (unit_id, component_id, edition), with index_id, score, rank.
        bounds: result of `group_bounds`.

    Returns:
        One row per (unit_id, index_id, edition) scored, with group_id, group_sort [1 = best],
        group_name_vi, group_name_en, group_origin, is_near_bound (one place up or down
        would change the group) and group_order (tuple of the scheme's group ids, best first).

    Source: docs/method/groups.md.
    """
    require_columns(standings, ["unit_id", "index_id", "component_id", "edition", "score", "rank"])
    require_columns(bounds, ["index_id", "edition", "group_id", "sort", "lower_bound", "decimals"])
    totals = standings.loc[
        (standings["component_id"] == standings["index_id"]) & standings["score"].notna(),
        ["unit_id", "index_id", "edition", "score", "rank"],
    ]
    rows = totals.merge(bounds, on=["index_id", "edition"], how="inner", validate="many_to_many")
    if rows.empty:
        return pd.DataFrame(
            columns=[
                "unit_id", "index_id", "edition", "group_id", "group_sort", "group_name_vi",
                "group_name_en", "group_origin", "is_near_bound", "group_order",
            ]
        )  # fmt: skip
    order = bounds.sort_values("sort").groupby(["index_id", "edition"])["group_id"].agg(tuple)
    rows = rows.merge(order.rename("group_order").reset_index(), on=["index_id", "edition"])
    printed = rows["score"].astype(float).round(PRINTED_DECIMALS)
    score = rows["score"].astype(float).where(rows["decimals"] < 0, printed)
    rows = rows.loc[score >= rows["lower_bound"].astype(float)]
    keys = ["unit_id", "index_id", "edition"]
    rows = rows.sort_values("sort").drop_duplicates(keys)
    rows = rows.rename(
        columns={"sort": "group_sort", "name_vi": "group_name_vi", "name_en": "group_name_en"}
    ).sort_values(["index_id", "edition", "score"], ascending=[True, True, False])
    field = rows.groupby(["index_id", "edition"], sort=False)["group_id"]
    above, below = field.shift(1), field.shift(-1)
    rows["is_near_bound"] = (above.notna() & (above != rows["group_id"])) | (
        below.notna() & (below != rows["group_id"])
    )
    return rows[
        [*keys, "group_id", "group_sort", "group_name_vi", "group_name_en", "group_origin",
         "is_near_bound", "group_order"]
    ].reset_index(drop=True)  # fmt: skip
