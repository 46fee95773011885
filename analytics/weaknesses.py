"""What a review sheet is about: every line of an index that lost points or places, and who answers.

Strengths and weaknesses follow `analytics.profile`; a target that is missed is a weakness too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.board import Knowledge, component_gaps, with_names
from analytics.field import ComponentNotFound
from analytics.known_line import KnownLine
from analytics.plain import real, text, whole
from analytics.profile import WEAK, Reason, Verdict, strengths
from analytics.schema import require_columns
from analytics.targets import OPERATIONAL_MEASURES, TargetStatus

TARGET_MISSED = "target_missed"
LEAD, COORDINATE, ADOPTED = "lead", "coordinate", "adopted"
_FAILED = (TargetStatus.MISSED.value, TargetStatus.OFF_TRACK.value)
# Figures are kept to fewer digits than this; a smaller difference is the machine's.
DIGITS = 6

LINE_COLUMNS = [
    "component_id", "parent_id", "level", "code", "component_vi", "component_en", "max_score",
    "score", "lost", "rank", "n_ranked", "rank_baseline", "gain", "score_change",
    "required_rank", "gap", "status", "reasons", "is_strength", "is_weakness",
    "lead_ids", "co_ids", "lead_agency", "co_agency",
]  # fmt: skip


def review_lines(
    known: Knowledge,
    *,
    unit_id: str,
    index_id: str,
    edition: int,
    baseline: int,
    as_of: date,
    assignments: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every line of an index with what it lost, where it moved, and who answers for it.

    A part of a component without a target of its own belongs to the agencies of its component.
    Points lost are known only where the maximum is; "among the largest losses" can be a reason
    only when every loss is known.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province.
        index_id: the index.
        edition: year reviewed.
        baseline: year compared against.
        as_of: day whose knowledge is used.
        assignments: one row per component given to an agency by hand, whatever the targets say,
            with unit_id, component_id, agency_id, agency [its name], role [lead | coordinate],
            from_edition and to_edition.

    Returns:
        One row per component of the edition (total first) and per part of one, with `LINE_COLUMNS`:
        max_score, score, lost, score_change [points; the change missing over a break], rank,
        rank_baseline, n_ranked, required_rank, gain, gap [places], status of the target, reasons
        (a tuple), is_strength, is_weakness, lead_ids and co_ids (tuples of agency_id), and their
        names. Empty when the edition was not out on the day or the unit has no figure in it.

    Source: docs/method/review-sheets.md.
    """
    line = KnownLine.of(known, index_id, None, as_of)
    own = line.figures.loc[
        (line.figures["edition"] == edition) & (line.figures["unit_id"] == unit_id)
    ]
    if own.empty:
        return pd.DataFrame(columns=LINE_COLUMNS)
    live = _live(known, index_id, edition)
    found = live.merge(
        _profile(line, own, live, unit_id, baseline, edition),
        on="component_id", how="left", validate="one_to_one",
    )  # fmt: skip
    gaps = component_gaps(
        known, unit_id=unit_id, index_id=index_id, edition=edition, baseline=baseline, as_of=as_of
    )
    found = found.merge(
        gaps[["component_id", "required_rank", "gap", "status"]],
        on="component_id", how="left", validate="one_to_one",
    )  # fmt: skip
    found["status"] = found["status"].fillna(TargetStatus.NO_TARGET.value)
    found["max_score"] = found["printed_max"].fillna(found["max_score"])
    found["lost"] = found["max_score"].astype(float) - found["score"].astype(float)
    found["reasons"] = [_reasons(row) for row in found.to_dict("records")]
    strong = found["verdict"].isin([Verdict.STRENGTH.value, Verdict.BOTH.value])
    weak = {TARGET_MISSED, *(reason.value for reason in WEAK)}
    found["is_strength"] = strong
    found["is_weakness"] = [bool(weak & set(reasons)) for reasons in found["reasons"]]
    found = found.assign(**_answering(known, found, unit_id, index_id, edition, assignments))
    return found.reindex(columns=LINE_COLUMNS)


def _live(known: Knowledge, index_id: str, edition: int) -> pd.DataFrame:
    """Total, components and their parts as the catalogue has them in the edition."""
    rows = known.live(edition)
    live = rows.loc[
        (rows["index_id"] == index_id) & rows["role"].isin(["total", "component", "subcomponent"])
    ].sort_values(["sort", "code"])
    plain = live[["component_id", "parent_id", "max_score"]].assign(
        edition=edition, level=live["component_id"].str.count(r"\.")
    )
    return with_names(plain.reset_index(drop=True), rows)


def _profile(
    line: KnownLine,
    own: pd.DataFrame,
    live: pd.DataFrame,
    unit_id: str,
    baseline: int,
    edition: int,
) -> pd.DataFrame:
    columns = ["component_id", "score", "rank", "n_ranked", "rank_baseline", "gain",
               "score_change", "verdict", *(f"is_{reason.value}" for reason in Reason)]  # fmt: skip
    held = set(own["component_id"])
    ids = [str(one) for one in live["component_id"] if one in held]
    parts = live.loc[live["level"] == 1, "component_id"]
    scored = own.dropna(subset=["score"])["component_id"]
    printed = own.drop_duplicates("component_id").set_index("component_id")["max_score"]
    most = live.set_index("component_id")["max_score"]
    most = printed.reindex(most.index).fillna(most).astype(float)
    try:
        rows = strengths(
            line.figures,
            unit_id=unit_id,
            baseline=baseline,
            edition=edition,
            editions=line.editions,
            max_scores=most.rename("max_score").reset_index() if parts.isin(scored).all() else None,
            component_ids=ids,
            breaks=line.breaks,
        )
    except ComponentNotFound:
        rows = pd.DataFrame(columns=columns)
    found = rows.reindex(columns=columns)
    found["printed_max"] = found["component_id"].map(printed).astype(float)
    return found


def _reasons(row: Mapping[Any, Any]) -> tuple[str, ...]:
    found = [reason.value for reason in Reason if row[f"is_{reason.value}"] is True]
    if row["level"] == 0 and Reason.LARGE_LOSS.value in found:
        # Alone on its level, the total would always be among the largest losses.
        found.remove(Reason.LARGE_LOSS.value)
    if row["status"] in _FAILED:
        found.append(TARGET_MISSED)
    return tuple(found)


def _answering(
    known: Knowledge,
    lines: pd.DataFrame,
    unit_id: str,
    index_id: str,
    edition: int,
    assignments: pd.DataFrame | None,
) -> dict[str, Any]:
    """Agencies of the targets in force for the place or score of the line, and those assigned.

    Who was given an operational task under a component does not answer for the component.
    """
    rows = _in_force(known.tables.targets, "first_edition", "last_edition", edition)
    rows = rows.loc[
        (rows["unit_id"] == unit_id) & (rows["index_id"] == index_id)
        & ~rows["measure"].isin(OPERATIONAL_MEASURES)
    ]  # fmt: skip
    given = [
        (row["component_id"], role, agency_id, name)
        for row in rows.to_dict("records")
        for role, stem in ((LEAD, "lead_agency"), (COORDINATE, "co_agency"))
        for agency_id, name in _named(row[f"{stem}_ids"], row[stem])
    ]
    if assignments is not None:
        own = _in_force(assignments, "from_edition", "to_edition", edition)
        given += [
            (row["component_id"], row["role"], row["agency_id"], row["agency"])
            for row in own.loc[own["unit_id"] == unit_id].to_dict("records")
        ]
    has_own = {component for component, *_ in given}
    found: dict[str, Any] = {"lead_ids": [], "co_ids": [], "lead_agency": [], "co_agency": []}
    for line in lines.to_dict("records"):
        component = line["component_id"]
        if component not in has_own and line["level"] > 1:
            component = line["parent_id"]
        for role, ids, names in ((LEAD, "lead_ids", "lead_agency"),
                                 (COORDINATE, "co_ids", "co_agency")):  # fmt: skip
            who = {agency: name for c, r, agency, name in given if (c, r) == (component, role)}
            found[ids].append(tuple(who))
            found[names].append("; ".join(who.values()))
    return found


def _in_force(rows: pd.DataFrame, first: str, last: str, edition: int) -> pd.DataFrame:
    begun = rows[first].astype("Float64").fillna(0) <= edition
    return rows.loc[begun & (rows[last].astype("Float64").fillna(float("inf")) >= edition)]


def _named(ids: object, names: object) -> list[tuple[str, str]]:
    """Agencies with their names; with their ids where a name itself holds the mark."""
    split, said = _split(ids, ";"), _split(names, "; ")
    return list(zip(split, said if len(said) == len(split) else split, strict=True))


def _split(value: object, mark: str) -> list[str]:
    return [part for part in text(value).split(mark) if part]


def agency_lines(
    lines: pd.DataFrame, agency_id: str, *, adopted: Collection[str] = ()
) -> pd.DataFrame:
    """The lines one agency answers for: led, co-ordinated, or taken on by itself.

    Args:
        lines: result of `review_lines`.
        agency_id: the agency.
        adopted: component_id of further lines that the agency answers for.

    Returns:
        The rows of `lines` that are its own, with part [lead | coordinate | adopted]; the first
        that applies, never twice.

    Source: docs/method/review-sheets.md.
    """
    require_columns(lines, ("component_id", "lead_ids", "co_ids"))
    parts = [
        LEAD if agency_id in row["lead_ids"]
        else COORDINATE if agency_id in row["co_ids"]
        else ADOPTED if row["component_id"] in adopted
        else ""
        for row in lines.to_dict("records")
    ]  # fmt: skip
    found = lines.assign(part=pd.Series(parts, index=lines.index, dtype=object))
    return found.loc[found["part"] != ""].reset_index(drop=True)


def passed_on(
    lines: pd.DataFrame, heirs: Mapping[str, Collection[str]], names: Mapping[str, str]
) -> pd.DataFrame:
    """Lines of agencies that were no more, given to those that took over from them.

    Who has no heir stays named: what nobody took over is nobody else's.

    Args:
        lines: result of `review_lines`.
        heirs: agencies that answer, by the agency_id of one that does not any more.
        names: names of agencies by agency_id.

    Returns:
        `lines` with lead_ids, co_ids, lead_agency and co_agency after the succession; each agency
        once per line, lead before co-ordinating.

    Source: docs/method/review-sheets.md.
    """
    require_columns(lines, ("lead_ids", "co_ids"))
    found: dict[str, list[Any]] = {"lead_ids": [], "co_ids": []}
    for row in lines.to_dict("records"):
        leads = _after(row["lead_ids"], heirs)
        found["lead_ids"].append(leads)
        found["co_ids"].append(tuple(o for o in _after(row["co_ids"], heirs) if o not in leads))
    made = lines.assign(**{key: pd.Series(ids, index=lines.index, dtype=object)
                           for key, ids in found.items()})  # fmt: skip
    for ids, said in (("lead_ids", "lead_agency"), ("co_ids", "co_agency")):
        changed = [
            old if set(now) == set(was) else "; ".join(names.get(one, one) for one in now)
            for old, was, now in zip(lines[said], lines[ids], made[ids], strict=True)
        ]
        made[said] = pd.Series(changed, index=lines.index, dtype=object)
    return made


def _after(ids: Iterable[str], heirs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(heir for one in ids for heir in (heirs.get(one) or (one,))))


def gainers(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines that rose, the furthest first: whom a proposal of praise may name.

    A line that rose and still missed its target, or is weak for another reason, stays in the
    list with its reasons: a person decides.

    Args:
        lines: result of `review_lines` or `agency_lines`.

    Returns:
        The rows of `lines` with gain above 0 [places], by gain, then by points gained, then in
        their order; the total among them.

    Source: docs/method/review-sheets.md.
    """
    require_columns(lines, ("gain", "score_change"))
    gain = lines["gain"].astype("Float64")
    rows = lines.assign(_gain=gain, _points=lines["score_change"].astype("Float64"))
    rows = rows.loc[rows["_gain"].fillna(0) > 0]
    rows = rows.sort_values(
        ["_gain", "_points"], ascending=False, na_position="last", kind="stable"
    )
    return rows.drop(columns=["_gain", "_points"]).reset_index(drop=True)


def unanswered(lines: pd.DataFrame, adopted: Collection[str]) -> pd.DataFrame:
    """Weak lines that no agency leads, co-ordinates or has taken on.

    Args:
        lines: result of `review_lines`.
        adopted: component_id of every line that some agency has taken on.

    Returns:
        The rows of `lines` nobody answers for.

    Source: docs/method/review-sheets.md.
    """
    nobody = [not row["lead_ids"] and not row["co_ids"] for row in lines.to_dict("records")]
    is_open = pd.Series(nobody, index=lines.index, dtype=bool)
    is_weak = lines["is_weakness"].astype(bool)
    return lines.loc[is_weak & is_open & ~lines["component_id"].isin(adopted)]


def shortcomings(lines: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table of shortcomings: lines that lost points, and weak ones.

    A line whose points are not held and that is not weak is left out: nothing is known against it.

    Args:
        lines: result of `review_lines` or `agency_lines`.

    Returns:
        Rows of `lines`, in their order.

    Source: docs/method/review-sheets.md.
    """
    has_lost = lines["lost"].astype(float).round(DIGITS) > 0
    return lines.loc[has_lost | lines["is_weakness"].astype(bool)].reset_index(drop=True)


def moved_since(closed: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """What differs between the figures a sheet was closed on and those of today.

    Args:
        closed: one row per component_id with score [points], rank [place], is_weakness, as they
            were.
        lines: result of `agency_lines` today.

    Returns:
        One row per (component_id, what [score | rank | is_weakness | line]) that differs, with
        before and after; a line that is there on one side only has what = "line" and True on that
        side.

    Source: docs/method/review-sheets.md.
    """
    then = {row["component_id"]: row for row in closed.to_dict("records")}
    now = {row["component_id"]: row for row in lines.to_dict("records")}
    found: list[tuple[str, str, object, object]] = []
    for component in dict.fromkeys([*now, *then]):
        if component not in then or component not in now:
            found.append((component, "line", component in then, component in now))
            continue
        old, new = then[component], now[component]
        pairs = (
            ("score", _rounded(old["score"]), _rounded(new["score"])),
            ("rank", whole(old["rank"]), whole(new["rank"])),
            ("is_weakness", bool(old["is_weakness"]), bool(new["is_weakness"])),
        )
        found += [(component, what, before, after) for what, before, after in pairs
                  if before != after]  # fmt: skip
    return pd.DataFrame(found, columns=["component_id", "what", "before", "after"], dtype=object)


def _rounded(value: object) -> float | None:
    number = real(value)
    return None if number is None else round(number, DIGITS)


def unplanned(finding_ids: Iterable[str], plan: pd.DataFrame) -> list[str]:
    """Weaknesses that no item of the plan answers; an item given up answers nothing.

    Args:
        finding_ids: the weaknesses.
        plan: one row per plan item, with finding_id and status.

    Returns:
        Those without an item, in their order.

    Source: docs/method/review-sheets.md.
    """
    require_columns(plan, ("finding_id", "status"))
    answered = set(plan.loc[plan["status"] != "given_up", "finding_id"])
    return [finding for finding in finding_ids if finding not in answered]


def plan_standing(plan: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Items of a plan as they stood on one day.

    An item is overdue from the day after its deadline until the day it was done, which may lie
    after `as_of`. An item given up is never overdue.

    Args:
        plan: one row per item, with due_on, done_on [dates] and status.
        as_of: the day.

    Returns:
        The rows of `plan` with is_open, is_overdue, is_late [done after its deadline] and
        days_left [days to the deadline, negative when past; missing when not open].

    Source: docs/method/review-sheets.md.
    """
    require_columns(plan, ("due_on", "done_on", "status"))
    day = pd.Timestamp(as_of)
    due, done = pd.to_datetime(plan["due_on"]), pd.to_datetime(plan["done_on"])
    is_done = done.notna() & (done <= day)
    is_open = ~is_done & (plan["status"] != "given_up")
    return plan.assign(
        is_open=is_open,
        is_overdue=is_open & (due < day),
        is_late=is_done & (done > due),
        days_left=(due - day).dt.days.astype("Int64").where(is_open),
    )


def points_lost(max_score: float | None, score: float | None) -> float | None:
    """Points below the maximum; None where either is not known.

    Source: docs/method/review-sheets.md.
    """
    if max_score is None or score is None:
        return None
    return round(max_score - score, DIGITS)
