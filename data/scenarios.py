"""Saved what-ifs: who asked what of which data and when, apart from every figure.

A saved scenario keeps the answer it got. The figures may change afterwards; the answer then shows
what was known to its author.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from data import audit
from data.actors import Action, Actor, demand
from data.queries import clock
from data.store import Store, StoreError, sql

TITLE_LENGTH = 120


class ScenarioError(StoreError):
    """A scenario that cannot be kept; the message is one sentence, Vietnamese first."""


@dataclass(frozen=True)
class Change:
    """One component's score in the table and in the scenario [points]."""

    component_id: str
    score_before: float
    score: float


@dataclass(frozen=True)
class ScenarioFacts:
    """A what-if to keep: its question and its answer.

    Attributes:
        title: what its author calls it.
        data_version: snapshot the answer was computed from.
        unit_id: the unit asked about.
        index_id: the index.
        edition: the table asked about.
        as_of: day whose knowledge was used.
        peers: fixed or moving.
        drift: share of the last yearly change expected of moving rivals again.
        score_before: score of the table [points].
        score: score of the answer [points].
        rank_before: place in the table.
        rank: place of the answer.
        n_ranked: units ranked.
        group_id: group of the answer; None where no groups are known.
        changes: the scores that were set, at least one.
    """

    title: str
    data_version: str
    unit_id: str
    index_id: str
    edition: int
    as_of: date
    peers: str
    drift: float
    score_before: float
    score: float
    rank_before: int
    rank: int
    n_ranked: int
    group_id: str | None
    changes: Sequence[Change]


def save(store: Store, facts: ScenarioFacts, *, by: Actor, now: datetime | None = None) -> str:
    """Keep a what-if, question and answer.

    Args:
        store: where to.
        facts: the what-if.
        by: who asks.
        now: moment of saving (UTC); the clock when absent.

    Returns:
        The scenario_id.

    Raises:
        NotAllowed: beyond the role of `by`.
        ScenarioError: no title, one too long, or nothing was changed.
        StoreError: the store cannot be written.
    """
    demand(by, Action.KEEP_OWN)
    title = _worded(facts.title)
    if not facts.changes:
        raise ScenarioError(
            "Kịch bản chưa thay đổi điểm của thành phần nào nên không có gì để lưu. "
            "(The scenario changes nothing.)"
        )
    scenario_id = f"S{uuid.uuid4().hex[:12]}"
    with store.write() as connection:
        connection.execute(
            sql("scenario_insert"),
            {
                "scenario_id": scenario_id,
                "title": title,
                "author": by.name,
                "saved_at": now or clock(),
                "data_version": facts.data_version,
                "unit_id": facts.unit_id,
                "index_id": facts.index_id,
                "edition": facts.edition,
                "as_of": facts.as_of,
                "peers": facts.peers,
                "drift": facts.drift,
                "score_before": facts.score_before,
                "score": facts.score,
                "rank_before": facts.rank_before,
                "rank": facts.rank,
                "n_ranked": facts.n_ranked,
                "group_id": facts.group_id,
            },
        )
        for change in facts.changes:
            connection.execute(
                sql("scenario_change_insert"),
                {
                    "scenario_id": scenario_id,
                    "component_id": change.component_id,
                    "score_before": change.score_before,
                    "score": change.score,
                },
            )
        audit.record(
            connection, by=by, action="save", kind="scenario", key=scenario_id, now=now,
            after={"title": title, "unit_id": facts.unit_id, "index_id": facts.index_id,
                   "edition": facts.edition},
        )  # fmt: skip
    return scenario_id


def scenarios(store: Store, unit_id: str, *, version: str | None = None) -> pd.DataFrame:
    """Saved scenarios of one unit, newest first: one row per scenario_id."""
    rows = store.frame("scenarios", version=version, unit_id=unit_id)
    whole = ("edition", "rank_before", "rank", "n_ranked")
    return rows.astype(dict.fromkeys(whole, "int64"))


def changes(store: Store, unit_id: str, *, version: str | None = None) -> pd.DataFrame:
    """Scores the scenarios of one unit set: one row per (scenario_id, component_id)."""
    return store.frame("scenario_changes", version=version, unit_id=unit_id)


def delete(store: Store, scenario_id: str, *, by: Actor) -> None:
    """Take a saved scenario away: one's own, or anybody's for an administrator.

    Raises:
        NotAllowed: somebody else's.
        ScenarioError: there is no such scenario.
        StoreError: the store cannot be written.
    """
    with store.write() as connection:
        at = {"scenario_id": scenario_id}
        held = connection.execute(sql("scenario_one"), at).fetchall()
        if not held:
            raise ScenarioError(
                "Kịch bản này không còn trong kho, có thể người khác vừa xóa. "
                "(There is no such scenario.)"
            )
        _, author, title = held[0]
        demand(by, Action.KEEP_OWN if author == by.name else Action.ADMINISTER)
        connection.execute(sql("scenario_delete"), at)
        connection.execute(sql("scenario_change_delete"), at)
        audit.record(
            connection, by=by, action="delete", kind="scenario", key=scenario_id,
            before={"title": title, "author": author},
        )  # fmt: skip


def _worded(text: str) -> str:
    """A title on one line, without control characters and outer spaces, and not too long."""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    line = " ".join(unicodedata.normalize("NFC", shown).split())
    if not line:
        raise ScenarioError("Hãy ghi tên kịch bản trước khi lưu. (The title is missing.)")
    if len(line) > TITLE_LENGTH:
        raise ScenarioError(
            f"Phần tên kịch bản dài quá {TITLE_LENGTH} ký tự; hãy viết ngắn hơn. "
            "(The title is too long.)"
        )
    return line
