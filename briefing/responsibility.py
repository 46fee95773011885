"""Who answers for what, in words and as records, from one `Responsibility`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.explanation import Explanation
from analytics.responsibility import COORDINATE, LEAD, Responsibility
from briefing import explain, sentences
from locales import form, named, t

Names = Mapping[str, str]


def successor_words(made: Responsibility, agency_id: str, names: Names) -> str:
    """Who answers today for what was given to an agency; empty while it still does itself."""
    return heirs_words(agency_id, made.heirs.loc[made.heirs["agency_id"] == agency_id], names)


def heirs_words(agency_id: str, rows: pd.DataFrame, names: Names) -> str:
    """Who answers out of rows of `analytics.succession.successors`; empty for the agency itself."""
    heirs = rows.dropna(subset=["successor_id"])
    if heirs.empty:
        return t("responsibility.ended")
    others = heirs.loc[heirs["successor_id"] != agency_id]
    if others.empty:
        return ""
    said = [
        t("responsibility.since", agency=names.get(row["successor_id"], row["successor_id"]),
          day=form.day(row["since"]))
        for _, row in others.iterrows()
    ]  # fmt: skip
    return t("responsibility.now", agencies=explain.listed(said))


def path_words(made: Responsibility, agency_id: str, names: Names) -> str:
    """The way from an agency to who answers today; empty where it is one step or none."""
    rows = made.heirs.loc[made.heirs["agency_id"] == agency_id, "path"]
    ways = [" → ".join(names.get(one, one) for one in path) for path in rows if len(path) > 2]
    return "; ".join(ways)


def component_name(row: Any, short: str) -> str:
    """A component with its number and index; the index alone for a total."""
    if row["component_id"] == row["index_id"]:
        return t("responsibility.total", index=short)
    return f"{sentences.component_label(row)} ({short})"


def role_words(row: Any) -> str:
    """Leads, or co-ordinates with which share."""
    if row["role"] == LEAD:
        return t("responsibility.role_lead")
    share = form.trimmed(round(100 * float(row["share"]), 1))
    key = "role_coordinate" if row["is_stated"] else "role_coordinate_default"
    return t(f"responsibility.{key}", share=share)


def lost_words(row: Any) -> str:
    """Points lost on a component, of how many; that they are not known."""
    if form.is_missing(row["lost"]):
        return t("responsibility.lost_unknown")
    return t("responsibility.lost", points=form.number(row["lost"]))


def share_words(row: Any) -> str:
    """Points an agency's components lost on one index and their share of the province's loss."""
    known = {"n": row["n_led_known"], "total": row["n_led"]}
    if form.is_missing(row["lost"]):
        return t("responsibility.share_unknown", **known)
    said = form.number(row["lost"])
    if form.is_missing(row["share"]):
        return t("responsibility.share_open", points=said, **known)
    return t("responsibility.share", points=said, share=form.number(row["share"], 1), **known)


def loss_words(row: Any, short: str) -> str:
    """How the province's loss on one index divides, in one sentence; empty where it is unknown."""
    if form.is_missing(row["lost"]):
        return ""
    said = t(
        "responsibility.loss", index=short, points=form.number(row["lost"]),
        n=row["n_known"], total=row["n_components"],
    )  # fmt: skip
    if not row["n_known"]:
        return said
    parts = [
        t(f"responsibility.loss_{part}", points=form.number(row[f"lost_{part}"]),
          share=form.number(row[f"share_{part}"], 1))
        for part in ("led", "unassigned", "unknown")
        if round(float(row[f"lost_{part}"]), 2) > 0
    ]  # fmt: skip
    return f"{said}: {explain.listed(parts)}."


def effect_words(made: Explanation, names: Names) -> str:
    """Own score against rivals in one sentence; why they cannot be told apart where they cannot."""
    if made.is_split:
        return explain.headline(made, names)
    return explain.paragraph(made, names)


def records(
    made: Responsibility,
    agency_id: str,
    *,
    names: Names,
    shorts: Names,
    effects: Mapping[str, Explanation],
    unit_names: Names,
    people: pd.DataFrame,
) -> dict[str, Any]:
    """Everything one agency answers for, as JSON can hold it; missing is null."""
    own = made.agencies.loc[made.agencies["agency_id"] == agency_id]
    counts = {
        str(name): _plain(own[name].iloc[0]) if len(own) else 0
        for name in own.columns if name != "agency_id"
    }  # fmt: skip
    roles = made.roles.loc[made.roles["agency_id"] == agency_id]
    targets = made.targets
    targets = targets.loc[targets["agency_id"] == agency_id] if len(targets) else targets
    shares = made.shares.loc[made.shares["agency_id"] == agency_id]
    heirs = made.heirs.loc[made.heirs["agency_id"] == agency_id].dropna(subset=["successor_id"])
    return {
        "agency_id": agency_id,
        "agency": names.get(agency_id, agency_id),
        "unit_id": made.unit_id,
        "unit": unit_names.get(made.unit_id, made.unit_id),
        "year": made.edition,
        "as_of": made.as_of.isoformat(),
        "answers_today": [
            {"agency_id": row["successor_id"], "agency": names.get(row["successor_id"]),
             "since": _plain(row["since"]), "path": list(row["path"])}
            for _, row in heirs.iterrows()
        ],
        "counts": counts,
        "components": [_component(made, row, shorts, effects) for _, row in roles.iterrows()],
        "points": [
            {"index": row["index_id"], "lost": _plain(row["lost"]), "share": _plain(row["share"]),
             "lost_coordinated": _plain(row["lost_coordinated"]), "n_led": int(row["n_led"]),
             "n_known": int(row["n_led_known"])}
            for _, row in shares.iterrows()
        ],
        "province": [
            {str(name): _plain(value) for name, value in row.items()}
            for _, row in made.losses.loc[
                made.losses["index_id"].isin(shares["index_id"])
            ].iterrows()
        ],
        "targets": [
            {"target_id": row["target_id"], "role": row["role"], "index": row["index_id"],
             "component": row["component_id"], "kind": row["kind"], "status": row["status"],
             "reason": row["reason"] or None, "required_rank": _plain(row["required_rank"]),
             "actual_rank": _plain(row["actual_rank"]), "given_to": row["given_to"],
             "document": _plain(row["document_number"])}
            for _, row in targets.iterrows()
        ],
        "people": [
            {"name": row["name"], "title": row["title"], "component": row["component_id"] or None,
             "target": row["target_id"] or None, "from": _plain(row["from_on"]),
             "to": _plain(row["to_on"])}
            for _, row in people.loc[people["agency_id"] == agency_id].iterrows()
        ],
    }  # fmt: skip


def _component(
    made: Responsibility, role: Any, shorts: Names, effects: Mapping[str, Explanation]
) -> dict[str, Any]:
    found = made.components.loc[made.components["component_id"] == role["component_id"]]
    row: dict[str, Any] = {str(k): v for k, v in found.iloc[0].items()} if len(found) else {}
    split = effects.get(str(role["component_id"]))
    return {
        "component": role["component_id"],
        "name": component_name(row, shorts[row["index_id"]]) if row else role["component_id"],
        "role": role["role"],
        "share": float(role["share"]),
        "share_is_stated": bool(role["is_stated"]),
        "rank": _plain(row.get("rank")),
        "n_ranked": _plain(row.get("n_ranked")),
        "score": _plain(row.get("score")),
        "max_score": _plain(row.get("max_score")),
        "lost": _plain(row.get("lost")),
        "gain": split.gain if split else None,
        "own": split.own if split else None,
        "peers": split.peers if split else None,
        "ground": split.ground if split else None,
    }


def lines(found: Mapping[str, Any]) -> list[str]:
    """The records of one agency as lines of text."""
    counts = found["counts"]
    said = [t("responsibility.text_head", agency=found["agency"], year=found["year"])]
    said += [
        t("responsibility.since", agency=one["agency"], day=form.day(one["since"]))
        for one in found["answers_today"] if one["since"]
    ]  # fmt: skip
    said.append(
        t("responsibility.text_counts", led=counts["n_led"], co=counts["n_coordinated"],
          met=counts["n_met"], missed=counts["n_missed"], open=counts["n_not_assessable"])
    )  # fmt: skip
    for one in found["components"]:
        lost = t("responsibility.lost_unknown")
        if one["lost"] is not None:
            lost = t("responsibility.lost", points=form.number(one["lost"]))
        word = t("responsibility.word_lead" if one["role"] == LEAD
                 else "responsibility.word_coordinate")  # fmt: skip
        place = form.place(one["rank"], one["n_ranked"])
        said.append(f"- {one['name']}: {word}; {place}; {lost}")
    said += [f"- {one['target_id']}: {t('status.' + one['status'])}" for one in found["targets"]]
    return said


def sheet_order(roles: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Roles of one agency with their components: led ones first, in the order of the catalogue."""
    rows = roles.merge(
        components.rename(columns={"role": "level"}), on="component_id", how="left",
        validate="many_to_one",
    )  # fmt: skip
    rows["is_second"] = rows["role"] == COORDINATE
    return rows.sort_values(["is_second", "index_id", "sort"]).reset_index(drop=True)


def agency_name(row: Any) -> str:
    """What an agency is called in the language in use; in Vietnamese where it has one name."""
    return str(row["name_vi"]) if form.is_missing(row["name_en"]) else named(row)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if form.is_missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
