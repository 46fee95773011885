"""Whether two editions of one component may be set against each other.

A rank is relative to the field of its own year, so it survives a change of criteria with a flag;
a score does not.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analytics.schema import require_columns

# Worse answers last, so that the worst of several steps is the largest.
ANSWERS = ("yes", "flag", "no")
_WORST = ANSWERS.index("no")
_PERIOD = ["component_id", "from_edition", "relation", "rank_comparable", "score_comparable"]
_BREAK = ["component_id", "edition", "kind", "rank_comparable", "score_comparable"]


def comparability(
    components: pd.DataFrame, breaks: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """What stands between a baseline and an edition: renamings, new criteria, new weights.

    Every step after the baseline up to and including the edition counts; the worst decides. A
    component that did not exist in one of the two cannot be compared.

    Args:
        components: one row per (component_id, period), with from_edition, to_edition, relation
            (";"-joined), rank_comparable and score_comparable (yes|flag|no, of the step into
            the period).
        breaks: one row per (component_id, break), with edition, kind, rank_comparable and
            score_comparable.
        pairs: one row per (component_id, baseline, edition) asked for.

    Returns:
        `pairs`, one row each, with rank_comparable, score_comparable (yes|flag|no), is_renamed
        and is_method_break.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/comparability.md.
    """
    require_columns(components, [*_PERIOD, "to_edition"])
    require_columns(breaks, _BREAK)
    require_columns(pairs, ["component_id", "baseline", "edition"])
    keys = ["component_id", "baseline", "edition"]
    rows = pairs[keys].drop_duplicates().reset_index(drop=True)
    steps, lives = _steps(components, breaks), _lives(components)
    # A store asks of few lines and years, so that rows one by one cost less than joins.
    worst = []
    for line, *both in zip(*(rows[key] for key in keys), strict=True):
        years = [int(year) for year in both if not pd.isna(year)]
        first, last = min(years, default=0), max(years, default=0)
        met = [step for step in steps.get(line, []) if first < step.edition <= last]
        born, gone = lives.get(line, (first, last))
        unborn = bool(years) and (first < born or last > gone)
        worst.append(
            _Step(
                last,
                _WORST if unborn else max((step.rank for step in met), default=0),
                _WORST if unborn else max((step.score for step in met), default=0),
                any(step.is_renamed for step in met),
                any(step.is_method_break for step in met),
            )
        )
    return rows.assign(
        is_renamed=pd.Series([step.is_renamed for step in worst], dtype=bool),
        is_method_break=pd.Series([step.is_method_break for step in worst], dtype=bool),
        rank_comparable=pd.Series([ANSWERS[step.rank] for step in worst], dtype="str"),
        score_comparable=pd.Series([ANSWERS[step.score] for step in worst], dtype="str"),
    )


class _Step(NamedTuple):
    """What happened to a line with an edition; the answers as positions in `ANSWERS`."""

    edition: int
    rank: int
    score: int
    is_renamed: bool
    is_method_break: bool


def _lives(components: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """First and last edition of every component; the last of one that lasts is infinite."""
    lives: dict[str, tuple[float, float]] = {}
    for line, begun, ended in zip(
        components["component_id"], components["from_edition"], components["to_edition"],
        strict=True,
    ):  # fmt: skip
        born, gone = lives.get(line, (begun, begun))
        lives[line] = (min(born, begun), max(gone, float("inf") if pd.isna(ended) else ended))
    return lives


def _steps(components: pd.DataFrame, breaks: pd.DataFrame) -> dict[str, list[_Step]]:
    """All dated steps of all components, from lineage and from breaks alike."""
    steps: dict[str, list[_Step]] = {}
    known: set[str] = set()
    ordered = components.sort_values(["component_id", "from_edition"])
    for line, edition, relation, rank, score in zip(
        *(ordered[name] for name in _PERIOD), strict=True
    ):
        words = "" if pd.isna(relation) else str(relation)
        changed = any(word in words for word in ("redefined", "reweighted", "new"))
        if line in known:
            steps.setdefault(line, []).append(
                _Step(edition, _code(rank), _code(score), "renamed" in words, changed)
            )
        known.add(line)
    for line, edition, kind, rank, score in zip(*(breaks[name] for name in _BREAK), strict=True):
        # Publishing fewer places, or ranking other units, is no change of method.
        changed = kind not in ("publication", "geography")
        steps.setdefault(line, []).append(_Step(edition, _code(rank), _code(score), False, changed))
    return steps


def _code(answer: str) -> int:
    return ANSWERS.index(answer) if answer in ANSWERS else 0
