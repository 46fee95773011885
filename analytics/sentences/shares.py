"""Per cents, and what they are a share of: "60% dịch vụ công", "giảm 10% biên chế".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analytics.sentences.clauses import (
    LIST_OF_NUMBERS,
    NEGATION,
    Clause,
    Found,
    Obscure,
    Requirement,
    is_reached,
)
from analytics.sentences.letters import QUOTES, last_match
from analytics.sentences.names import Mention
from analytics.sentences.numbers import (
    ALONE,
    DIGITS,
    GLOSS,
    RANGE_JOIN,
    amounts_in,
    comparison_before,
)
from analytics.sentences.parsed import Number

_PERCENT = re.compile(
    rf"{ALONE}(?P<a>{DIGITS}{GLOSS})(?:\s?%?{RANGE_JOIN}(?P<b>{DIGITS}{GLOSS}))?\s?(?:%|"
    rf"phần trăm)"
    r"(?P<up>\s*trở lên)?"
)
_SHARE_VERB = re.compile(
    r"(?<!\w)(?:(?P<cut>cắt giảm|tinh giản|kéo giảm|giảm|rút ngắn|tiết kiệm)|(?P<up>tăng|thêm)|"
    r"(?P<level>đạt|lên|bảo đảm|đảm bảo|hoàn thành|duy trì|phấn đấu|ở mức|hướng tới|"
    r"hướng đến))(?!\w)"
)
_SET_OUT = re.compile(r"(?<!\w)từ(?: mức)?\s*$")
_ARRIVE = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:xuống|còn|lên|(?:năm 20\d\d )?(?:lên|xuống))(?!\w)")
_FALLS_TO = re.compile(r"(?<!\w)(?:xuống|còn)(?: mức| dưới| còn)*\s*$")
_NOT_A_NOUN = re.compile(
    r"\s*(?:trở|so|vào|trong|năm|và|hoặc|hay|theo|tối|qua|để|đến|hằng|hàng|mỗi|đối|tại|ở|nhưng|"
    r"thì|trên|"
    r"của|tổng|số điểm|điểm|nằm|thuộc|xếp|tăng|là|cho|với|từ|mức|như|bằng|giai|nhằm)(?!\w)|"
    r"\s*[^\w\s]|\s*$|\s*\d"
)
_NOUN_STOP = re.compile(
    r"[.;:\n(]|,(?= ?(?:hướng|phấn đấu|đạt|tăng|nâng|giảm|bảo đảm|đảm bảo|trong|tỷ lệ|chỉ số|"
    r"góp phần|và|đồng thời|"
    r"vị trí|nằm|thuộc|xếp|năm|\d))|\s(?=(?:theo|trong giai|giai đoạn|so với|vào năm|trong năm|"
    r"đến năm|đến hết|hướng tới|trước(?! hạn)|chậm nhất|"
    r"và (?:ít nhất|tối thiểu|trên|đạt|\d[\d.,]*)|trên cơ sở|nhằm|để|góp phần|năm 20\d\d|đạt|"
    r"hưởng lương từ ngân sách nhà nước trong)(?!\w))"
)
# What is cut where it stands before its verb: "thời gian giải quyết rút ngắn 30%".
_CUT_THING = re.compile(
    r"(?<!\w)(?:thời gian|thời hạn|số lượng|số|chi phí|biên chế|tổng số)(?!\w)[^,;:]*$"
)
_ASIDE_VERBS = re.compile(r"(?: (?:phải|cần|sẽ|được|tiếp tục|phấn đấu|bình quân|mỗi|năm))+\s*$")
# Between two per cents of one subject: "60% trong năm 2021, hướng tới đạt trên 80%".
_NOTHING_NEW = re.compile(
    r"(?:[\s,;:()\-–%/]|\d|(?<!\w)(?:và|đến|năm|hết|cuối|vào|trong|là|đạt|tăng|nâng|lên|từ|trên|hơn|"
    r"vượt|ít|nhất|tối|thiểu|trở|mức|phấn|đấu|hướng|tới|các|những|tiếp|theo|sau|giai|đoạn|được|phải|"
    r"bảo|đảm|duy|trì|khoảng|không|dưới|quá|còn|xuống|giảm|thêm|so|với|tỷ|lệ|này|đó|quý|tháng|i|ii|"
    r"iii|iv)(?!\w))*"
)
_RATE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ)(?!\w)")
_FROM_WHERE = re.compile(r" từ (?:mức )?\d[\d.,]*\s?%.*$", re.DOTALL)
_RATE_VERB_TAIL = re.compile(
    r"(?: (?:phải|cần|sẽ|luôn|tiếp tục|được nâng|nâng|tăng|đạt|lên|là|ở mức|từ|ít nhất|tối thiểu|"
    r"trên|dưới|không quá|mức|giảm|còn|xuống))+\s*$"
)


def _noun_after(clause: Clause, end: int) -> tuple[str, int]:
    """The noun phrase that a share is a share of, "60% dịch vụ công mức 3", and where it ends."""
    right = clause.right(end)
    if _NOT_A_NOUN.match(right):
        return "", end
    stop = _NOUN_STOP.search(right)
    noun = clause.text.normal[end : end + (stop.start() if stop is not None else len(right))]
    return noun.strip(QUOTES), end + len(noun.rstrip(QUOTES))


def _rate_before(clause: Clause, position: int, floor: int, mentions: Sequence[Mention]) -> str:
    """The rate named before a share, "tỷ lệ hồ sơ đúng hạn đạt 95%", unless it is an index."""
    left = clause.left(position, floor)
    rate = last_match(_RATE, left)
    if rate is None:
        return ""
    start = position - len(left) + rate.start()
    if any(start <= mention.start < position for mention in mentions):
        return ""
    said = _FROM_WHERE.sub("", left[rate.start() :])
    words = _RATE_VERB_TAIL.sub("", " " + said.rstrip()).strip()
    return clause.text.normal[start : start + len(words)].strip(QUOTES)


def _cut_before(clause: Clause, position: int, left: str, mentions: Sequence[Mention]) -> str:
    """What is cut, named before the verb, unless it is an index."""
    thing = _CUT_THING.search(left)
    if thing is None:
        return ""
    start = position + thing.start()
    end = start + len(_ASIDE_VERBS.sub("", " " + thing.group().rstrip()).strip())
    if any(start <= mention.start < end and mention.is_strong for mention in mentions):
        return ""
    return clause.text.normal[start:end].strip(QUOTES)


def add_shares(clause: Clause, mentions: Sequence[Mention]) -> None:
    """Find per cents; one without a subject takes that of the per cent before it.

    Source: docs/method/target-sentences.md.
    """
    floor = clause.start
    previous: Requirement | None = None
    for found in clause.matches(_PERCENT):
        if _SET_OUT.search(clause.left(found.start())) and _ARRIVE.match(clause.right(found.end())):
            clause.take(*found.span())
            continue  # "từ 5% xuống dưới 2%": where it stands, not where it goes
        item = _share(clause, found, floor, previous.kind if previous else "", mentions)
        named = any(floor <= mention.start < found.start() for mention in mentions)
        is_bare = isinstance(item, Requirement) and not item.subject and not named
        if is_bare and isinstance(item, Requirement) and previous is not None:
            item = _of_previous(clause, item, found.start(), previous)
        floor = found.end()
        previous = item if isinstance(item, Requirement) and item.subject else None
        clause.add(item)


def _of_previous(
    clause: Clause, item: Requirement, position: int, previous: Requirement
) -> Requirement:
    """A share with the subject of the one before it, or with the words that stand in between."""
    between = clause.canon[previous.end : position]
    if _NOTHING_NEW.fullmatch(between) is None:
        start = position - len(between) + max(between.rfind(","), between.rfind(";")) + 1
        words = _RATE_VERB_TAIL.sub("", " " + clause.canon[start:position].strip()).strip()
        start += len(clause.canon[start:position]) - len(clause.canon[start:position].lstrip())
        subject = clause.text.normal[start : start + len(words)].strip(QUOTES)
        return replace(item, subject=subject, measure="percent") if subject else item
    if item.kind != previous.kind:
        return item
    return replace(
        item, subject=previous.subject, measure="percent",
        notes=(*item.notes, "subject_from_earlier_clause"),
    )  # fmt: skip


def _share(
    clause: Clause,
    found: re.Match[str],
    floor: int,
    previous: str,
    mentions: Sequence[Mention],
) -> Found:
    obscure = Obscure(*found.span())
    amounts = amounts_in(found)
    left = clause.left(found.start(), floor)
    op, before, notes = comparison_before(left)
    if amounts is None or LIST_OF_NUMBERS.search(before):
        return obscure
    noun, end = _noun_after(clause, found.end())
    subject = noun or _rate_before(clause, found.start(), floor, mentions)
    verb = last_match(_SHARE_VERB, left)
    if verb is not None and NEGATION.search(left[: verb.start()]):
        return obscure
    if not subject and verb is not None and verb["cut"] is not None:
        subject = _cut_before(clause, found.start() - len(left), left[: verb.start()], mentions)
    start = found.start() - (len(left) - len(before))
    kind = _share_kind(verb, op, before, previous, subject, amounts[0], has_up=bool(found["up"]))
    moves = verb is not None and verb["level"] is None and amounts[1] is not None
    if kind is None or moves:
        return obscure  # "tăng từ 85% đến 90%" says from where to where
    op = op or ("<=" if kind == "count_at_most" else ">=")
    need = Requirement(start, found.end(), kind, "score", op, *amounts, notes=notes)
    if kind == "score_gain_vs_year":
        return replace(need, notes=(*notes, "percent_means_points"))
    if kind == "percent_at_least" and not subject:
        return need
    return replace(need, end=end, measure="percent", subject=subject)


def _share_kind(
    verb: re.Match[str] | None,
    op: str,
    before: str,
    previous: str,
    subject: str,
    amount: Number,
    *,
    has_up: bool,
) -> str | None:
    """What a share asks for; None when the words do not say."""
    falls_to = _FALLS_TO.search(before) is not None
    if op in ("<", "<=") or falls_to:
        cut_by = verb is not None and verb["cut"] is not None and not falls_to
        return "count_at_most" if subject and not cut_by else None
    if verb is not None and verb["cut"] is not None:
        return "percent_reduction_at_least" if subject or verb.group() != "giảm" else None
    if verb is None and previous and not (previous == "count_at_most" and op):
        return previous
    if verb is not None and verb["up"] is not None and not is_reached(before):
        return None if subject else "score_gain_vs_year"
    is_all = amount == 100 and subject
    return "percent_at_least" if verb is not None or op or has_up or is_all else None
