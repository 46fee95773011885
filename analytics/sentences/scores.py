"""Points to reach or to gain: "đạt 45 điểm", "tăng 1,46 điểm so với năm 2018".

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
    is_reached,
)
from analytics.sentences.letters import last_match
from analytics.sentences.numbers import (
    ALONE,
    DIGITS,
    GLOSS,
    QTY,
    RANGE_JOIN,
    amounts_in,
    comparison_before,
    number_value,
)

_SCORE = re.compile(
    rf"{ALONE}(?P<a>{DIGITS}{GLOSS})(?:(?: "
    rf"điểm)?{RANGE_JOIN}(?P<b>{DIGITS}{GLOSS}))?(?:\s?/\s?(?P<of>{DIGITS}))?\s*điểm(?! "
    rf"(?:tiếp nhận|cầu|trường|nghẽn|"
    rf"đến))(?P<pp> phần trăm)?(?!\w)(?P<max> tối đa)?(?P<up> trở lên)?"
)
_BARE_SCORE = re.compile(
    rf"(?<!\w)(?:đạt|điểm số)(?: (?:mức|từ|trên|ít nhất|tối thiểu|hơn|khoảng|"
    rf"là))*\s(?=\d){QTY}(?P<up> trở lên)?(?=\s*(?:[,;)]|\.(?!\d)|$|trên thang))"
)
_SCORE_VERB = re.compile(
    r"(?<!\w)(?:(?P<up>tăng|nâng|cải thiện|thêm|cao hơn)|(?P<down>giảm|hạ|mất|xuống|thấp hơn|trừ|"
    r"sụt)|"
    r"(?P<level>đạt|lên|ở mức|bảo đảm|đảm bảo|giữ|duy trì))(?!\w)"
)
_SET_OUT = re.compile(r"(?<!\w)từ(?: mức)?\s*$")
_ARRIVE = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:năm 20\d\d )?(?:lên|xuống|còn)(?!\w)")
_LEAST_SCORE = 10
_TO = re.compile(r"(?<!\w)(?:đến|tới)(?!\w)")
_SCORE_NOUN = re.compile(r"(?<!\w)(?:điểm số|số điểm|điểm)(?!\w)")
_NEW_THOUGHT = re.compile(r"[,;]|(?<!\w)(?:phấn đấu|và|đồng thời)(?!\w)")
_COMPARED_WITH_YEAR = re.compile(r"[^,;]{0,24}?so (?:với )?[^,;]{0,40}?năm")


def add_scores(clause: Clause) -> None:
    """Find points to reach or to gain.

    Source: docs/method/target-sentences.md.
    """
    respectively = RESPECTIVELY.search(clause.canon, clause.start, clause.end) is not None
    floor, previous = clause.start, ""
    for found in clause.matches(_SCORE):
        if _SET_OUT.search(clause.left(found.start())) and _ARRIVE.match(clause.right(found.end())):
            clause.take(*found.span())
            continue  # "từ 41,5 điểm lên 43 điểm": where it stands, not where it goes
        item = _score(clause, found, floor, previous)
        floor = found.end()
        previous = item.kind if item is not None else ""
        clause.add(Obscure(*found.span()) if item is None or respectively else item)
    for found in clause.matches(_BARE_SCORE):
        amounts = amounts_in(found)
        op, _, notes = comparison_before(
            clause.canon[max(clause.start, found.start()) : found.start("a")]
        )
        if amounts is None or op in ("<", "<="):
            clause.add(Obscure(*found.span()))
            continue
        clause.add(
            Requirement(
                *found.span(), "score_at_least", "score", op or ">=", amounts[0], amounts[1],
                notes=notes,
            )
        )  # fmt: skip


def _score(clause: Clause, found: re.Match[str], floor: int, previous: str) -> Requirement | None:
    amounts = amounts_in(found)
    left = clause.left(found.start(), floor)
    op, before, notes = comparison_before(left)
    if amounts is None or LIST_OF_NUMBERS.search(before) or op in ("<", "<="):
        return None
    verb = last_match(_SCORE_VERB, left)
    kind = _score_kind(clause, found, left, before, verb)
    if kind == "" and (op or found["up"] or _SCORE_NOUN.search(left)):
        kind = "score_at_least"
    kind = kind or previous
    if not kind or (kind == "score_gain_vs_year" and not _is_gain(found, verb)):
        return None
    if verb is not None and verb.group() == "cao hơn" and kind == "score_gain_vs_year":
        op = ">="
    start = found.start() - (len(left) - len(before))
    return Requirement(
        start, found.end(), kind, "score", op or ">=", *amounts,
        out_of=number_value(found["of"]) if found["of"] else None, notes=notes,
    )  # fmt: skip


def _is_gain(found: re.Match[str], verb: re.Match[str] | None) -> bool:
    """Whether points after a verb are what is gained: of "tăng từ 5 đến 6 điểm" nobody knows."""
    if found["of"]:
        return False
    is_range, joined = found["b"] is not None, found.group()
    if not is_range:
        return True
    is_rise = verb is not None and verb.group() in ("tăng", "thêm")
    low = number_value(found["a"])
    is_small = (
        low is not None and low < _LEAST_SCORE
    )  # "tăng 41-43 điểm" may say from where to where
    return is_rise and is_small and "-" in joined and _TO.search(joined) is None


def _score_kind(
    clause: Clause, found: re.Match[str], left: str, before: str, verb: re.Match[str] | None
) -> str | None:
    """Level or gain, as the verb says; "" when no verb does, None when it says neither."""
    if verb is None:
        return ""
    if verb["down"] is not None or NEGATION.search(left[: verb.start()]):
        return None
    if verb["level"] is not None or is_reached(before):
        return "score_at_least"
    compared = _COMPARED_WITH_YEAR.match(clause.right(found.end(), 90)) is not None
    compared = compared or _BASE_NEAR.search(clause.canon, clause.start, clause.end) is not None
    if verb.group() == "cao hơn":
        compared = compared or _THAN_YEAR.match(left[verb.end() :]) is not None
        return "score_gain_vs_year" if compared else "score_at_least"
    if _NEW_THOUGHT.search(left[verb.end() :]):
        return ""
    return "score_gain_vs_year" if compared or verb.group() in ("tăng", "thêm") else None


_THAN_YEAR = re.compile(
    r"\s*(?:so với )?(?:(?:kết quả|mức|điểm số|điểm|của) )*năm (?:20\d\d|trước)"
)
_BASE_NEAR = re.compile(r"(?<!\w)so với[^,;]{0,40}?năm")
