"""Wording of the target register: what a target asks, takes, lacks, and what moved it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analytics.feasibility import GIVEN, Feasibility, Points
from briefing import climb as points
from locales import form, t

Names = Mapping[str, str]

# Fields of a record that are worth a line when they change; the rest is bookkeeping.
_SILENT = {"record_id", "item_id"}
_NO_TEXT: tuple[Any, ...] = ("", None, [])


def years_words(row: Any) -> str:
    """The years a target is for: "năm 2023", "2023–2025", "từ năm 2023 trở đi"."""
    first, last = row["first_edition"], row["last_edition"]
    if form.is_missing(first) and form.is_missing(last):
        return t("register.years_open")
    if form.is_missing(last):
        return t("register.years_from", first=int(first))
    if form.is_missing(first) or int(first) == int(last):
        return t("register.years_one", year=int(last))
    return t("register.years", first=int(first), last=int(last))


def feasibility_lines(found: Feasibility, unit_id: str, names: Names) -> list[str]:
    """What a target asks for and takes, one sentence each, the requirement first."""
    lines = [_requirement(found)] if found.required_rank is not None else []
    if found.is_capped:
        lines.append(
            t("register.capped", wanted=form.whole(found.baseline_rank),
              rank=form.whole(found.required_rank))
        )  # fmt: skip
    made = found.points
    if made is None:
        return [*lines, t(f"register.ground_{found.ground}")]
    return [*lines, *_points(made, found.required_rank, unit_id, names)]


def _points(made: Points, rank: int | None, unit_id: str, names: Names) -> list[str]:
    """Points to the place required in the latest table, standing and moving."""
    if made.ground != GIVEN:
        why = points.ground_words(
            made.ground, unit=names.get(unit_id, unit_id), year=made.edition,
            n_held=made.n_held, n_expected=made.n_expected,
        )  # fmt: skip
        return [t("climb.no_ground", reason=why)]
    now = form.place(made.rank, made.n_ranked)
    if made.needed:
        said = t("register.points", year=made.edition, now=now, rank=rank,
                 points=points.points(made.needed),
                 holder=names.get(made.holder_unit_id or "", ""))  # fmt: skip
    else:
        said = t("register.points_there", year=made.edition, now=now, rank=rank)
    if form.is_missing(made.needed_moving):
        return [said]
    key = "register.points_moving" if made.needed_moving else "register.points_moving_none"
    return [said, t(key, points=points.points(made.needed_moving))]


def _requirement(found: Feasibility) -> str:
    said = t("register.required", year=found.edition, rank=found.required_rank)
    if found.baseline_rank is None:
        return said
    key = "register.base_provisional" if found.is_provisional else "register.base"
    base = t(
        key,
        year=found.baseline_used,
        place=form.place(found.baseline_rank, found.baseline_n),
        wanted=found.baseline or found.baseline_used,
    )
    return f"{said} {base}"


def requirement_moved(row: Any) -> str:
    """What became of a requirement: "hạng 58 → hạng 31", first reckoned, or lost its base."""
    before, after = row["required_rank_before"], row["required_rank_after"]
    has_before, has_after = not form.is_missing(before), not form.is_missing(after)
    if has_before and has_after:
        key = "register.moved" if int(before) != int(after) else "register.unmoved"
        return t(key, before=int(before), after=int(after))
    if has_after:
        return t("register.moved_first", after=int(after))
    if has_before:
        return t("register.moved_lost", before=int(before), year=_year(row["baseline_used_after"]))
    return form.NO_VALUE


def base_moved(row: Any) -> str:
    """From which base to which, and whether it became final."""
    sides = []
    for side in ("before", "after"):
        year, rank = row[f"baseline_used_{side}"], row[f"baseline_rank_{side}"]
        if form.is_missing(year):
            sides.append(form.NO_VALUE)
        elif form.is_missing(rank):
            sides.append(t("register.base_unknown", year=int(year)))
        else:
            sides.append(t("register.base_at", year=int(year), rank=int(rank)))
    return sides[0] if sides[0] == sides[1] else " → ".join(sides)


def moved_headline(n_moved: int, n_final: int, n_turned: int) -> str:
    """How many requirements moved, became final, and verdicts turned."""
    return t(
        "register.moved_count",
        moved=form.whole(n_moved),
        final=form.whole(n_final),
        turned=form.whole(n_turned),
    )


def gap_finding(row: Any) -> str:
    """Why a finding is one, and what to do about it."""
    return t(f"register.finding_{row['finding']}", day=form.day(row["ended_on"]))


def changed_fields(before: str | None, after: str | None, names: Names) -> list[str]:
    """What one change of a record changed, field by field: "Mức: 5 → 6"."""
    old = json.loads(before) if isinstance(before, str) else {}
    new = json.loads(after) if isinstance(after, str) else {}
    lines = []
    for field in {**old, **new}:
        was, now = old.get(field), new.get(field)
        if field in _SILENT or was == now or (was in _NO_TEXT and now in _NO_TEXT):
            continue
        label = t(f"register.field_{field}")
        shown = [_shown(field, value, names) for value in (was, now)]
        lines.append(f"{label}: {shown[1]}" if not old else f"{label}: {shown[0]} → {shown[1]}")
    return lines


def _shown(field: str, value: Any, names: Names) -> str:
    """A value as a reader knows it: names for ids, words for codes."""
    if value in _NO_TEXT:
        return form.NO_VALUE
    if isinstance(value, list):
        return "; ".join(_shown(field, one, names) for one in value)
    if field == "target_kind":
        return t(f"register.kind_{value}")
    if field == "state":
        return t(f"register.state_{value}")
    if field == "co_share":
        return f"{form.trimmed(float(value) * 100)} %"
    if isinstance(value, float):
        return form.trimmed(value)
    if field in ("issued_on", "deadline"):
        return form.day(value)
    return names.get(str(value), str(value))


def _year(value: Any) -> str:
    return form.NO_VALUE if form.is_missing(value) else str(int(value))
