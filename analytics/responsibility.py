"""Per agency of a province in one year: components, points lost, targets, tasks, each once.

A lead counts in full, a co-ordinator with a stated share. Positive losses are points short of the
maximum. What nobody leads and what cannot be told apart is part of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.board import Knowledge, leading, published, verdicts, with_names
from analytics.plain import real
from analytics.schema import NOT_HELD, require_columns
from analytics.succession import predecessors, successors
from analytics.targets import OPERATIONAL_MEASURES, TargetStatus

LEAD, COORDINATE = "lead", "coordinate"
# What a co-ordinator counts for where nobody stated a share; a convention of this product.
DEFAULT_SHARE = 0.5

ASSIGNMENT_COLUMNS = (
    "unit_id", "agency_id", "component_id", "role", "share", "from_edition", "to_edition",
)  # fmt: skip
TASK_COLUMNS = ("agency_id", "due_on", "done_on", "state")
# Tasks that nobody waits for, and those done without a day.
DROPPED, DONE = ("withdrawn", "given_up"), ("done", "closed")

MET = (TargetStatus.MET.value, TargetStatus.MET_STRETCH.value)
_ROLE_COLUMNS = ["component_id", "agency_id", "role", "share", "is_stated"]
_TASK_COUNTS = ["n_due", "n_overdue", "n_done"]


@dataclass(frozen=True, eq=False)
class Responsibility:
    """Who answers for what in one province and year.

    Attributes:
        unit_id: the province.
        edition: the year measured.
        as_of: day whose knowledge is used.
        components: one row per component and total in force, with place, loss and leads; see
            `component_losses`.
        roles: one row per (component_id, agency_id), see `component_roles`.
        losses: one row per index, see `index_losses`.
        targets: one row per (target_id, agency_id) with role, given_to [the agency named in the
            document], is_inherited and the verdict of the board.
        agencies: one row per agency_id that has any of these, with n_led, n_coordinated,
            n_components [led in full, co-ordinated with their shares], n_met, n_missed,
            n_not_assessable, n_other [targets led], n_due, n_overdue, n_done [tasks].
        shares: one row per (agency_id, index_id) that leads or co-ordinates in it: n_led,
            n_led_known, lost, lost_coordinated [points], share [per cent of the province's loss].
        heirs: one row per agency named and agency that answers for it on the day, see
            `analytics.succession.successors`; successor_id is missing where nobody does.
    """

    unit_id: str
    edition: int
    as_of: date
    components: pd.DataFrame
    roles: pd.DataFrame
    losses: pd.DataFrame
    targets: pd.DataFrame
    agencies: pd.DataFrame
    shares: pd.DataFrame
    heirs: pd.DataFrame


def responsibility(
    known: Knowledge,
    *,
    unit_id: str,
    edition: int,
    as_of: date,
    agencies: pd.DataFrame,
    links: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
    tasks: pd.DataFrame | None = None,
) -> Responsibility:
    """Everything the agencies of one province answer for in one year.

    Args:
        known: result of `analytics.board.knowledge`.
        unit_id: the province.
        edition: year measured.
        as_of: day whose knowledge is used, and on which successors are looked for.
        agencies: one row per agency_id, with unit_id, valid_to.
        links: links between agencies, see `analytics.succession.successors`.
        assignments: components given by hand, with `ASSIGNMENT_COLUMNS`.
        tasks: one row per task, with `TASK_COLUMNS`.

    Returns:
        The answer; its frames are empty where nothing is known.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/responsibility.md.
    """
    own = target_roles(known, unit_id=unit_id, edition=edition, as_of=as_of)
    given = own.assign(given_to=own["agency_id"], is_inherited=False)
    taken = _inherited(known, unit_id, edition, as_of, agencies, links)
    targets = pd.concat([given, taken], ignore_index=True) if len(taken) else given
    roles = component_roles(own, assignments, unit_id=unit_id, edition=edition)
    components = component_losses(known, unit_id=unit_id, edition=edition, as_of=as_of)
    shares = _shares(components, roles)
    named = [*roles["agency_id"], *targets["agency_id"]]
    if tasks is not None:
        require_columns(tasks, TASK_COLUMNS)
        local = set(agencies.loc[agencies["unit_id"] == unit_id, "agency_id"])
        named += [agency_id for agency_id in tasks["agency_id"] if agency_id in local]
    names = list(dict.fromkeys(str(name) for name in named))
    return Responsibility(
        unit_id=unit_id,
        edition=edition,
        as_of=as_of,
        components=components,
        roles=roles,
        losses=index_losses(components, roles),
        targets=targets,
        agencies=_agencies(names, roles, targets, tasks, as_of),
        shares=shares,
        heirs=_heirs(names, agencies, links, as_of),
    )


# ---------------------------------------------------------------------------------------- roles


def target_roles(known: Knowledge, *, unit_id: str, edition: int, as_of: date) -> pd.DataFrame:
    """The targets of one province and year with each agency named on them, once each.

    Returns:
        One row per (target_id, agency_id), columns of `analytics.targets.target_standing` with
        role [lead | coordinate; lead wins], share [stated for co-ordinators, or missing],
        is_operational, note, document_number and component names.

    Source: docs/method/responsibility.md.
    """
    rows = verdicts(known, unit_id=unit_id, edition=edition, as_of=as_of)
    words = known.tables.targets
    stated = words["co_share"] if "co_share" in words else pd.Series(pd.NA, index=words.index)
    words = words.assign(stated=pd.to_numeric(stated).astype("Float64"))
    columns = ["target_id", "lead_agency_ids", "co_agency_ids", "stated", "operator",
               "document_number", "group_name", "deadline", "clause", "note"]  # fmt: skip
    rows = rows.merge(words[columns], on="target_id", how="left", validate="many_to_one")
    rows["is_operational"] = rows["measure"].isin(OPERATIONAL_MEASURES)
    found = []
    for role, column in ((LEAD, "lead_agency_ids"), (COORDINATE, "co_agency_ids")):
        named = rows.assign(agency_id=rows[column].fillna("").astype(str).str.split(";"), role=role)
        found.append(named.explode("agency_id"))
    every = pd.concat(found, ignore_index=True)
    every = every.loc[every["agency_id"].fillna("") != ""]
    every["share"] = every.pop("stated").where(every["role"] == COORDINATE)
    every = every.drop_duplicates(["target_id", "agency_id"])
    every = every.drop(columns=["lead_agency_ids", "co_agency_ids"])
    return with_names(every, known.tables.components).reset_index(drop=True)


def component_roles(
    targets: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
    *,
    unit_id: str,
    edition: int,
) -> pd.DataFrame:
    """Who leads and who co-ordinates each component, each agency once per component.

    Args:
        targets: result of `target_roles`.
        assignments: components given by hand, with `ASSIGNMENT_COLUMNS`; they come first.
        unit_id: the province.
        edition: year measured.

    Returns:
        One row per (component_id, agency_id): role [lead | coordinate], share [1 for a lead; of
        a co-ordinator the largest stated one, else `DEFAULT_SHARE`], is_stated.

    Raises:
        ColumnsMissing: `assignments` lacks a column named above.

    Source: docs/method/responsibility.md.
    """
    ranked = targets.loc[~targets["is_operational"]]
    first = leading(ranked.drop_duplicates("target_id"))
    by_hand = _in_force(assignments, unit_id, edition)
    hand_led = set(by_hand.loc[by_hand["role"] == LEAD, "component_id"])
    named = ranked[["component_id", "agency_id", "share"]].copy()
    leads = ranked["target_id"].isin(first["target_id"]) & (ranked["role"] == LEAD)
    leads &= ~ranked["component_id"].isin(hand_led)
    named["role"] = leads.map({True: LEAD, False: COORDINATE})
    # A lead stands before a co-ordinator, then what was given by hand before what targets say.
    named["order"] = named["role"].map({LEAD: 1, COORDINATE: 3})
    given = by_hand[["component_id", "agency_id", "share", "role"]]
    given = given.assign(order=given["role"].map({LEAD: 0, COORDINATE: 2}))
    every = pd.concat([frame for frame in (given, named) if len(frame)] or [named])
    every["share"] = pd.to_numeric(every["share"]).astype("Float64")
    every = every.sort_values(
        ["component_id", "order", "share"], ascending=[True, True, False], kind="stable"
    ).drop_duplicates(["component_id", "agency_id"])
    every["is_stated"] = every["share"].notna() & (every["role"] == COORDINATE)
    every["share"] = every["share"].fillna(DEFAULT_SHARE).mask(every["role"] == LEAD, 1.0)
    return every[_ROLE_COLUMNS].reset_index(drop=True)


def _in_force(assignments: pd.DataFrame | None, unit_id: str, edition: int) -> pd.DataFrame:
    """Assignments of one province that cover a year."""
    if assignments is None:
        return pd.DataFrame(columns=list(ASSIGNMENT_COLUMNS))
    require_columns(assignments, ASSIGNMENT_COLUMNS)
    last = assignments["to_edition"].astype("Int64").fillna(edition)
    return assignments.loc[
        (assignments["unit_id"] == unit_id)
        & (assignments["from_edition"].astype("Int64") <= edition)
        & (last >= edition)
    ]


# --------------------------------------------------------------------------------------- losses


def component_losses(known: Knowledge, *, unit_id: str, edition: int, as_of: date) -> pd.DataFrame:
    """Points one province lost on each component and total of one year.

    Returns:
        One row per total and component in force: index_id, component_id, role [total |
        component], code, component_vi, component_en, rank, n_ranked, rank_origin, state, score,
        max_score [points of the component], lost [points of the total's scale, missing where
        score, maximum or weight is].

    Source: docs/method/responsibility.md.
    """
    parts = known.live(edition)
    live = parts.loc[
        parts["role"].isin(["total", "component"]),
        ["index_id", "component_id", "role", "sort", "code", "name_vi", "name_en", "direction",
         "max_score"],
    ].rename(columns={"name_vi": "component_vi", "name_en": "component_en",
                      "max_score": "catalogue_max"})  # fmt: skip
    seen = published(known, as_of)
    seen = seen.loc[
        (seen["unit_id"] == unit_id) & (seen["edition"] == edition),
        ["component_id", "state", "score", "percent", "max_score", "rank", "n_ranked",
         "rank_origin"],
    ]  # fmt: skip
    rows = live.merge(seen, on="component_id", how="left", validate="one_to_one")
    rows["state"] = rows["state"].fillna(NOT_HELD)
    most = rows["max_score"].astype("Float64").fillna(rows.pop("catalogue_max").astype("Float64"))
    share = rows["percent"].astype("Float64") / 100 * most
    rows["max_score"], rows["score"] = most, rows["score"].astype("Float64").fillna(share)
    lost = (most - rows["score"]) * _weights(known, rows, edition)
    # Where less is better the maximum is not what was missed.
    rows["lost"] = lost.where(rows.pop("direction") == 1).clip(lower=0)
    return rows.sort_values(["index_id", "sort", "code"]).reset_index(drop=True)


def _weights(known: Knowledge, rows: pd.DataFrame, edition: int) -> pd.Series:
    """What one point of a component is worth in points of the total; 1 where an index is a sum."""
    weights = known.tables.weights
    now = weights.loc[(weights["from_edition"] <= edition) & (weights["to_edition"] >= edition)]
    worth = rows["component_id"].map(now.set_index("component_id")["weight"]).astype("Float64")
    is_sum = ~rows["index_id"].isin(weights["index_id"]) | (rows["role"] == "total")
    return worth.mask(is_sum, 1.0)


def index_losses(components: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """How a province's loss on each index divides into led, unassigned and not told apart.

    Args:
        components: result of `component_losses`.
        roles: result of `component_roles`.

    Returns:
        One row per index with components: index_id, lost [points of the total; missing where the
        total's score is], n_components, n_known, n_led [components with a lead], lost_led,
        lost_unassigned, lost_unknown [points], share_led, share_unassigned, share_unknown
        [per cent of the loss].

    Source: docs/method/responsibility.md.
    """
    led = set(roles.loc[roles["role"] == LEAD, "component_id"])
    found = []
    for index_id, rows in components.groupby("index_id", sort=False):
        parts = rows.loc[rows["role"] == "component"]
        if parts.empty:
            continue
        is_led = parts["component_id"].isin(led)
        lost = _loss(rows)
        is_any = parts["lost"].notna().any()
        with_lead = float(parts.loc[is_led, "lost"].sum()) if is_any else None
        without = float(parts.loc[~is_led, "lost"].sum()) if is_any else None
        told = float(parts["lost"].sum())
        unknown = None if lost is None else max(0.0, lost - told)
        amounts = {"led": with_lead, "unassigned": without, "unknown": unknown}
        found.append(
            {
                "index_id": index_id,
                "lost": lost,
                "n_components": len(parts),
                "n_known": int(parts["lost"].notna().sum()),
                "n_led": int(is_led.sum()),
                **{f"lost_{name}": amount for name, amount in amounts.items()},
                **{f"share_{name}": _per_cent(amount, lost) for name, amount in amounts.items()},
            }
        )
    columns = [
        "index_id", "lost", "n_components", "n_known", "n_led", "lost_led", "lost_unassigned",
        "lost_unknown", "share_led", "share_unassigned", "share_unknown",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def _loss(rows: pd.DataFrame) -> float | None:
    """The loss of one index: the total's, never less than what its components show."""
    parts = rows.loc[rows["role"] == "component", "lost"]
    total = real(rows.loc[rows["role"] == "total", "lost"].max())
    if total is not None:
        return max(total, float(parts.sum()))
    return float(parts.sum()) if len(parts) and parts.notna().all() else None


def _per_cent(amount: float | None, whole: float | None) -> float | None:
    return None if amount is None or not whole else 100 * amount / whole


def _shares(components: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """Points lost per agency and index; agencies that lead together have equal parts."""
    parts = components.loc[components["role"] == "component", ["index_id", "component_id", "lost"]]
    rows = roles.merge(parts, on="component_id", how="inner", validate="many_to_one")
    is_lead = rows["role"] == LEAD
    n_leads = is_lead.groupby(rows["component_id"]).transform("sum")
    rows["led"] = (rows["lost"] / n_leads.where(n_leads > 0)).where(is_lead)
    rows["shared"] = (rows["lost"] * rows["share"]).where(~is_lead)
    wholes = {str(index_id): _loss(group) for index_id, group in components.groupby("index_id")}
    found: list[dict[str, Any]] = []
    for (agency_id, index_id), own in rows.groupby(["agency_id", "index_id"], sort=False):
        lost = real(own["led"].sum(min_count=1))
        found.append(
            {
                "agency_id": agency_id,
                "index_id": index_id,
                "n_led": int((own["role"] == LEAD).sum()),
                "n_led_known": int(own["led"].notna().sum()),
                "lost": lost,
                "lost_coordinated": real(own["shared"].sum(min_count=1)),
                "share": _per_cent(lost, wholes[str(index_id)]),
            }
        )
    columns = ["agency_id", "index_id", "n_led", "n_led_known", "lost", "lost_coordinated", "share"]
    return pd.DataFrame(found, columns=columns)


# ------------------------------------------------------------------------------------- agencies


def _agencies(
    names: list[str],
    roles: pd.DataFrame,
    targets: pd.DataFrame,
    tasks: pd.DataFrame | None,
    as_of: date,
) -> pd.DataFrame:
    found: list[dict[str, Any]] = []
    counts = task_counts(tasks, as_of=as_of) if tasks is not None else None
    for name in names:
        own = roles.loc[roles["agency_id"] == name]
        led = targets.loc[(targets["agency_id"] == name) & (targets["role"] == LEAD), "status"]
        n_met = int(led.isin(MET).sum())
        n_missed = int((led == TargetStatus.MISSED.value).sum())
        n_open = int((led == TargetStatus.NOT_ASSESSABLE.value).sum())
        done = counts.loc[counts["agency_id"] == name] if counts is not None else None
        is_known = done is not None and not done.empty
        found.append(
            {
                "agency_id": name,
                "n_led": int((own["role"] == LEAD).sum()),
                "n_coordinated": int((own["role"] == COORDINATE).sum()),
                "n_components": float(own["share"].sum()),
                "n_met": n_met,
                "n_missed": n_missed,
                "n_not_assessable": n_open,
                "n_other": len(led) - n_met - n_missed - n_open,
                **{c: int(done[c].iloc[0]) if is_known and done is not None else 0
                   for c in _TASK_COUNTS},
            }
        )  # fmt: skip
    columns = [
        "agency_id", "n_led", "n_coordinated", "n_components", "n_met", "n_missed",
        "n_not_assessable", "n_other", *_TASK_COUNTS,
    ]  # fmt: skip
    rows = pd.DataFrame(found, columns=columns)
    return rows.sort_values(
        ["n_led", "n_missed", "n_coordinated", "agency_id"], ascending=[False, False, False, True]
    ).reset_index(drop=True)


def task_counts(tasks: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """How many tasks each agency has due, overdue and done on a day.

    Args:
        tasks: one row per task, with agency_id, due_on [date], done_on [date] and state;
            withdrawn ones and those given up do not count, and one that is done without a day
            is done.
        as_of: the day; what was done later was not done then.

    Returns:
        One row per agency_id: n_due [not done, overdue ones among them], n_overdue, n_done.

    Raises:
        ColumnsMissing: `tasks` lacks a column named above.

    Source: docs/method/responsibility.md.
    """
    require_columns(tasks, TASK_COLUMNS)
    day = pd.Timestamp(as_of)
    live = tasks.loc[~tasks["state"].isin(DROPPED)]
    days = pd.to_datetime(live["done_on"])
    done = (days <= day) | (days.isna() & live["state"].isin(DONE))
    late = ~done & (pd.to_datetime(live["due_on"]) < day)
    marks = live[["agency_id"]].assign(n_due=~done, n_overdue=late, n_done=done)
    return marks.groupby("agency_id", as_index=False)[_TASK_COUNTS].sum()


def _heirs(
    names: list[str], agencies: pd.DataFrame, links: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Who answers today for each agency; a row without successor where nobody does."""
    found = []
    for name in names:
        rows = successors(links, agencies, agency_id=name, on=as_of)
        if rows.empty:
            rows = pd.DataFrame([{"agency_id": name, "path": (name,)}], columns=rows.columns)
        found.append(rows)
    if not found:
        return successors(links, agencies, agency_id="", on=as_of).iloc[0:0]
    return pd.concat(found, ignore_index=True)


def _inherited(
    known: Knowledge,
    unit_id: str,
    edition: int,
    as_of: date,
    agencies: pd.DataFrame,
    links: pd.DataFrame,
) -> pd.DataFrame:
    """Targets given to agencies of another unit for which agencies of this one now answer."""
    homes = dict(zip(agencies["agency_id"], agencies["unit_id"], strict=True))
    found = []
    for heir in [name for name, home in homes.items() if home == unit_id]:
        for before in predecessors(links, agencies, agency_id=heir, on=as_of):
            if homes.get(before, unit_id) == unit_id:
                continue
            rows = target_roles(known, unit_id=str(homes[before]), edition=edition, as_of=as_of)
            rows = rows.loc[rows["agency_id"] == before]
            found.append(rows.assign(given_to=before, agency_id=heir, is_inherited=True))
    found = [rows for rows in found if len(rows)]
    if not found:
        return pd.DataFrame()
    every = pd.concat(found, ignore_index=True).sort_values("role", ascending=False)
    return every.drop_duplicates(["target_id", "agency_id"])
