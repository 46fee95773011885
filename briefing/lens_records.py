"""The merger lenses as plain records and as text, for the command line.

The official verdict always comes first; everything below `is_estimate` is an estimate and no
published rank. Records hold what JSON can hold: missing is null and no text stands for a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from analytics.composition import FRACTION_OF_UNIT, WEIGHTS_MISSING
from analytics.merger import FIELD_INCOMPLETE, NO_DATA, Backcast, Lens
from analytics.plain import real, whole
from briefing.unit_words import reason_words
from locales import form, has, named, t

Record = dict[str, Any]
BASELINE = "_baseline"


def lens_record(seen: Lens, units: pd.DataFrame) -> Record:
    """One lens as a record: official, then backcast, percentile, bounds and conclusion.

    `rank0` and `rank1` of `backcast` are estimated places of the base year and of the year
    measured among its `n_common` units.
    """
    names = _names(units)
    return {
        "unit": names[seen.unit_id],
        "unit_id": seen.unit_id,
        "index": seen.index_id,
        "component": seen.component_id,
        "from": seen.baseline,
        "to": seen.edition,
        "target_gain": seen.gain,
        "official": {"status": seen.official_status, "reason": seen.official_reason or None},
        "is_estimate": seen.official_reason == "merged",
        "weights": seen.weights,
        "backcast": _backcast(seen.backcast),
        "percentile": [_equivalent(row, names) for _, row in seen.percentile.iterrows()],
        "bounds": {
            "from": None if seen.bounds0 is None else list(seen.bounds0),
            "to": None if seen.bounds1 is None else list(seen.bounds1),
        },
        "conclusion": seen.conclusion,
        "reasons": list(seen.reasons),
        "orientation_only": seen.orientation_only,
        "orientation_reason": seen.orientation_reason or None,
        "predecessors": _stories(seen, names),
    }


def _names(units: pd.DataFrame) -> dict[str, str]:
    return dict(zip(units["unit_id"], units["name_vi"], strict=True))


def _backcast(cast: Backcast | None) -> Record | None:
    if cast is None:
        return None
    return {
        "rank0": cast.estimated_place0,
        "rank1": cast.estimated_place1,
        "n_common": cast.n_common,
        "gain": cast.estimated_gain,
        "required_gain": cast.required_gain,
        "required_rank": cast.required_place,
        "is_capped": cast.is_capped,
        "is_met": cast.is_met,
        "coverage": {"from": cast.coverage0, "to": cast.coverage1},
        "score": {"from": cast.estimated_score0, "to": cast.estimated_score1},
    }


def _equivalent(row: pd.Series, names: dict[str, str]) -> Record:
    return {
        "unit": names[row["unit_id"]],
        "unit_id": row["unit_id"],
        "year": int(row["edition"]),
        "share": real(row["share"]),
        "rank": whole(row["own_rank"]),
        "n_ranked": whole(row["n_ranked"]),
        "origin": None if form.is_missing(row["rank_origin"]) else row["rank_origin"],
        "equivalent": real(row["equivalent_place"]),
        "interval": _interval(row),
    }


def _interval(row: pd.Series) -> list[float] | None:
    """Bounds of the equivalent place, where the place itself is not known."""
    ends = [real(row["equivalent_low"]), real(row["equivalent_high"])]
    known = [end for end in ends if end is not None]
    return known if form.is_missing(row["equivalent_place"]) and len(known) == len(ends) else None


def _stories(seen: Lens, names: dict[str, str]) -> list[Record]:
    """The published series of every predecessor."""
    return [
        {
            "unit": names[str(unit_id)],
            "unit_id": unit_id,
            "series": [
                {
                    "year": int(row["edition"]),
                    "score": real(row["score"]),
                    "rank": whole(row["rank"]),
                    "n_ranked": whole(row["n_ranked"]),
                    "state": row["state"],
                }
                for _, row in rows.iterrows()
            ],
        }
        for unit_id, rows in seen.story.groupby("unit_id", sort=False)
    ]


def lens_text(seen: Lens, units: pd.DataFrame, short: str, decimals: int) -> str:
    """One lens in sentences, the official verdict first, every estimate under its label."""
    units = units.set_index("unit_id")
    years = {"from_": seen.baseline, "to": seen.edition}
    reason = reason_words(seen.official_reason, seen.changed_on, seen.change_event)
    reason = f"{reason}." if reason else ""
    lines = [
        t("lens.title", unit=named(units.loc[seen.unit_id]), index=short,
          gain=form.whole(seen.gain), **years),
        t("lens.official", status=t(f"status.{seen.official_status}"), reason=reason).rstrip(),
    ]  # fmt: skip
    if seen.official_reason == "merged":
        lines += ["", f"{t('lens.label')} ({t('lens.not_official')}):"]
        lines += estimate_lines(seen, decimals)
        lines += [equivalent_line(row, units, seen) for _, row in seen.percentile.iterrows()]
    lines.append(t("lens.conclusion", conclusion=t(f"lens.conclusion_name.{seen.conclusion}")))
    return "\n".join([*lines, *(t("lens.note", note=note) for note in notes(seen))])


def notes(seen: Lens) -> list[str]:
    """Why the lens is an orientation only, then everything that limits it, as sentences."""
    said = [t(f"lens.orientation.{seen.orientation_reason}")] if seen.orientation_only else []
    return said + _reasons(seen.reasons, seen)


def _reasons(codes: Iterable[str], seen: Lens) -> list[str]:
    return [
        t(f"lens.reason.{code.removesuffix(BASELINE)}",
          year=seen.baseline if code.endswith(BASELINE) else seen.edition)
        for code in codes
    ]  # fmt: skip


def why_none(seen: Lens) -> list[str]:
    """Why no composite can be formed, as sentences; empty where there is one."""
    codes = (NO_DATA, FIELD_INCOMPLETE, WEIGHTS_MISSING, FRACTION_OF_UNIT)
    return [] if seen.backcast else _reasons(
        [code for code in seen.reasons if code.removesuffix(BASELINE) in codes], seen
    )  # fmt: skip


def estimate_lines(seen: Lens, decimals: int) -> list[str]:
    """Lens B with its coverage and bounds in sentences, or that none can be formed."""
    cast, years = seen.backcast, {"from_": seen.baseline, "to": seen.edition}
    if cast is None or seen.bounds0 is None or seen.bounds1 is None:
        return [t("lens.backcast_none")]
    key = f"lens.weights_name.{seen.weights}"
    return [
        t("lens.backcast", n=cast.n_common, place0=cast.estimated_place0,
          place1=cast.estimated_place1, score0=form.number(cast.estimated_score0, decimals),
          score1=form.number(cast.estimated_score1, decimals),
          gain=form.gain(cast.estimated_gain), required=form.whole(cast.required_gain),
          place=cast.required_place, **years),
        t("lens.coverage", coverage0=form.number(100 * cast.coverage0, 1),
          coverage1=form.number(100 * cast.coverage1, 1),
          weights=t(key) if has(key) else seen.weights, **years),
        t("lens.bounds", low0=seen.bounds0[0], high0=seen.bounds0[1], low1=seen.bounds1[0],
          high1=seen.bounds1[1], **years),
    ]  # fmt: skip


def equivalent_line(row: pd.Series, units: pd.DataFrame, seen: Lens) -> str:
    """Lens C of one predecessor in one year; `units` is indexed by unit_id."""
    said = {"unit": named(units.loc[row["unit_id"]]), "year": int(row["edition"])}
    if form.is_missing(row["equivalent_place"]):
        return t("lens.equivalent_none", **said)
    # 30.15 is no binary fraction; as a decimal it rounds up, as a reader would.
    exact = Decimal(str(round(float(row["equivalent_place"]), 9)))
    equivalent = form.number(exact.quantize(Decimal("0.1"), ROUND_HALF_UP), 1)
    place = form.place(row["own_rank"], row["n_ranked"])
    origin = t(f"origin.{row['rank_origin']}")
    return t("lens.equivalent", place=place, origin=origin, equivalent=equivalent,
             n=len(seen.estimates), **said)  # fmt: skip
