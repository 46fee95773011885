"""The reference lenses as rows for pictures and tables; every estimate says that it is one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from analytics.merger import Lens
from locales import form, has, t

BACKCAST, EQUIVALENT = "backcast", "equivalent"


def tenth(value: float) -> str:
    """A place that is no whole number, to one decimal; a half rounds up, as a reader would."""
    exact = Decimal(str(round(float(value), 9)))
    return form.number(exact.quantize(Decimal("0.1"), ROUND_HALF_UP), 1)


def picture_rows(seen: Lens, names: Mapping[str, str]) -> pd.DataFrame:
    """What the picture of the lenses draws.

    Returns:
        One row per estimate: label, year, kind (backcast or equivalent), place [estimated place;
        missing where only bounds are known], low and high [bounds], required [estimated place to
        reach; missing but for the back-cast of the year measured], mark and hover (text).
    """
    rows = []
    cast = seen.backcast
    if cast is not None and seen.bounds0 is not None and seen.bounds1 is not None:
        for year, place, bounds in (
            (seen.baseline, cast.estimated_place0, seen.bounds0),
            (seen.edition, cast.estimated_place1, seen.bounds1),
        ):
            rows.append({
                "label": t("merger.row_backcast", year=year, n=cast.n_common),
                "year": year, "kind": BACKCAST, "place": float(place),
                "low": float(bounds[0]), "high": float(bounds[1]),
                "required": float(cast.required_place) if year == seen.edition else None,
                "mark": t("merger.mark", place=place),
                "hover": t("merger.hover_backcast", place=place, n=cast.n_common,
                           low=bounds[0], high=bounds[1], year=year),
            })  # fmt: skip
    for _, row in seen.percentile.iterrows():
        if row["unit_id"] == seen.unit_id or form.is_missing(row["equivalent_low"]):
            continue
        is_known = not form.is_missing(row["equivalent_place"])
        low, high = float(row["equivalent_low"]), float(row["equivalent_high"])
        shown = tenth(row["equivalent_place"]) if is_known else f"{tenth(low)}–{tenth(high)}"
        said = {"unit": names[row["unit_id"]], "year": int(row["edition"])}
        rows.append({
            "label": t("merger.row_equivalent", **said), "year": int(row["edition"]),
            "kind": EQUIVALENT,
            "place": float(row["equivalent_place"]) if is_known else None,
            "low": low, "high": high, "required": None,
            "mark": t("merger.mark", place=shown),
            "hover": t("merger.hover_equivalent", place=shown, n=len(seen.estimates), **said),
        })  # fmt: skip
    columns = ["label", "year", "kind", "place", "low", "high", "required", "mark", "hover"]
    found = pd.DataFrame(rows, columns=columns).astype({"place": "Float64", "required": "Float64"})
    return found.sort_values(["year", "kind"], kind="stable").reset_index(drop=True)


def finding(seen: Lens, unit: str) -> str:
    """What the lenses say, as a headline that cannot be taken for a published place."""
    if seen.backcast is None:
        return t("merger.finding_none", unit=unit)
    cast = seen.backcast
    return t(
        "merger.finding", unit=unit, place0=cast.estimated_place0, place1=cast.estimated_place1,
        n=cast.n_common, baseline=seen.baseline, edition=seen.edition,
        conclusion=t(f"lens.conclusion_name.{seen.conclusion}"),
    )  # fmt: skip


def weights_name(basis: str) -> str:
    """What the weights count, in words."""
    key = f"lens.weights_name.{basis}"
    return t(key) if has(key) else basis


def field_rows(seen: Lens, names: Mapping[str, str]) -> list[list[str]]:
    """The back-cast field in alphabetical order: an order by place would be a league table."""
    rows = []
    for _, row in seen.estimates.iterrows():
        is_common = bool(row["is_common"])
        places = [
            t("merger.estimated", place=int(row[f"estimated_place{end}"]))
            if is_common
            else form.NO_VALUE
            for end in ("_baseline", "")
        ]
        rows.append([
            names[row["unit_id"]], *places,
            form.gain(row["estimated_gain"]) if is_common else form.NO_VALUE,
            *(f"{form.number(100 * row[f'coverage{end}'], 1)} %"
              if not form.is_missing(row[f"coverage{end}"]) else form.NO_VALUE
              for end in ("_baseline", "")),
        ])  # fmt: skip
    return sorted(rows, key=lambda row: form.sort_key(row[0]))
