"""Places to be gained: "tăng 05 bậc". A fall is never read as a gain.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re

from analytics.sentences.clauses import (
    LIST_OF_NUMBERS,
    NEGATION,
    RESPECTIVELY,
    Clause,
    Obscure,
    Requirement,
    is_year_word,
)
from analytics.sentences.letters import REACH, last_match
from analytics.sentences.numbers import ALONE, NUM, RANGE_JOIN, amounts_in, comparison_before

_GAIN = re.compile(
    rf"{ALONE}(?P<a>{NUM})(?:(?: (?:bậc|hạng))?{RANGE_JOIN}(?P<b>{NUM}))?"
    r"\s*(?:bậc|hạng|thứ hạng|thứ bậc|vị trí)(?!\w)(?: xếp hạng)?(?: trở lên)?"
)
_DIRECTION = re.compile(
    r"(?<!\w)(?:(?P<up>tăng|nâng|cải thiện|thêm|vươn|lên|vượt|thăng|cao hơn|tiến|bứt phá)|"
    r"(?P<down>giảm|tụt|hạ|rớt|rơi|mất|xuống|thấp hơn|sụt|lùi|kém))(?!\w)"
)
_HIGHER_BY = re.compile(r"(?:cao|tốt) hơn(?: ít nhất| tối thiểu)?\s*$")


def _is_up(left: str) -> bool | None:
    """Direction of the last verb; None when there is none; a negated verb is no rise."""
    verb = last_match(_DIRECTION, left)
    if verb is None:
        return None
    negated = NEGATION.search(left[: verb.start()]) is not None
    return verb["up"] is not None and not negated


def add_gains(clause: Clause) -> None:
    """Find the places to be gained; a number without a verb of its own goes on with the last.

    Source: docs/method/target-sentences.md.
    """
    respectively = RESPECTIVELY.search(clause.canon, clause.start, clause.end) is not None
    floor, inherits = clause.start, False
    for found in clause.matches(_GAIN):
        if is_year_word(clause, found):
            continue
        gain = None if respectively else _gain(clause, found, floor, inherits=inherits)
        clause.add(gain or Obscure(*found.span()))
        floor, inherits = found.end(), gain is not None


def _gain(
    clause: Clause, found: re.Match[str], floor: int, *, inherits: bool
) -> Requirement | None:
    amounts, left = amounts_in(found), clause.left(found.start(), floor)
    rising = _is_up(left)
    if rising is None:
        rising = inherits and len(left) < REACH // 2
    if amounts is None or not rising or any(isinstance(part, float) for part in amounts):
        return None
    op, before, notes = ("", left, ()) if _HIGHER_BY.search(left) else comparison_before(left)
    if LIST_OF_NUMBERS.search(before) or op in ("<", "<="):
        return None
    start = found.start() - (len(left) - len(before))
    return Requirement(
        start, found.end(), "rank_gain_vs_year", "rank", op or ">=", *amounts, notes=notes
    )
