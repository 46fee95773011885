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

from data.queries import clock
from data.store import Store, StoreError, sql

TITLE_LENGTH = 120
AUTHOR_LENGTH = 80


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
        author: who asks.
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
    author: str
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


def save(store: Store, facts: ScenarioFacts, *, now: datetime | None = None) -> str:
    """Keep a what-if, question and answer.

    Args:
        store: where to.
        facts: the what-if.
        now: moment of saving (UTC); the clock when absent.

    Returns:
        The scenario_id.

    Raises:
        ScenarioError: no title or author, one too long, or nothing was changed.
        StoreError: the store cannot be written.
    """
    title = _worded(facts.title, "tên kịch bản", "title", TITLE_LENGTH)
    author = _worded(facts.author, "người lập", "author", AUTHOR_LENGTH)
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
                "author": author,
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
    return scenario_id


def scenarios(store: Store, unit_id: str, *, version: str | None = None) -> pd.DataFrame:
    """Saved scenarios of one unit, newest first: one row per scenario_id."""
    rows = store.frame("scenarios", version=version, unit_id=unit_id)
    whole = ("edition", "rank_before", "rank", "n_ranked")
    return rows.astype(dict.fromkeys(whole, "int64"))


def changes(store: Store, unit_id: str, *, version: str | None = None) -> pd.DataFrame:
    """Scores the scenarios of one unit set: one row per (scenario_id, component_id)."""
    return store.frame("scenario_changes", version=version, unit_id=unit_id)


def delete(store: Store, scenario_id: str) -> None:
    """Take a saved scenario away.

    Raises:
        ScenarioError: there is no such scenario.
        StoreError: the store cannot be written.
    """
    with store.write() as connection:
        if not connection.execute(sql("scenario_delete"), {"scenario_id": scenario_id}).fetchall():
            raise ScenarioError(
                "Kịch bản này không còn trong kho, có thể người khác vừa xóa. "
                "(There is no such scenario.)"
            )
        connection.execute(sql("scenario_change_delete"), {"scenario_id": scenario_id})


def _worded(text: str, what: str, english: str, most: int) -> str:
    """A line of text without control characters and outer spaces, and not too long."""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    line = " ".join(unicodedata.normalize("NFC", shown).split())
    if not line:
        raise ScenarioError(f"Hãy ghi {what} trước khi lưu. (The {english} is missing.)")
    if len(line) > most:
        raise ScenarioError(
            f"Phần {what} dài quá {most} ký tự; hãy viết ngắn hơn. (The {english} is too long.)"
        )
    return line
