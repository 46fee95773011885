"""Sentences that report a result in the words of a target: "tăng 5 bậc …, đạt mục tiêu".

What is reported is asked of nobody, so nothing of it is proposed. A word of intent that stands
before a requirement ("phấn đấu") outweighs every sign of a report but a nearer "đã".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from functools import lru_cache

from analytics.sentences.clauses import Clause, Requirement
from analytics.sentences.letters import last_match
from analytics.sentences.survey import BULLET, Survey

READS_LIKE_A_RESULT = "reads_like_a_result"

_AIM_WORD = r"(?:mục tiêu|chỉ tiêu|kế hoạch|yêu cầu)(?!\w)"
# What was aimed at came true, or did not: "đạt mục tiêu", "vượt chỉ tiêu giao".
_FULFILLED = (
    r"(?<!\w)(?:(?:không|chưa) (?:thể )?(?:đạt|hoàn thành)|hoàn thành|đạt|vượt|đúng)"
    rf"(?: (?:được|và|vượt|mức|so với|các|những|tất cả|toàn bộ)){{0,4}} {_AIM_WORD}"
)
_FAILED = re.compile(
    rf"(?<!\w)(?:không|chưa) (?:thể )?(?:đạt|hoàn thành)(?: (?:được|các|mức)){{0,2}} {_AIM_WORD}"
)
_INTENT = re.compile(
    rf"(?P<met>{_FULFILLED})|(?<!\w)(?:phấn đấu|quyết tâm|hướng tới|hướng đến|bảo đảm|đảm bảo|"
    r"phải|cần|sẽ|góp phần|nhằm|để|dự kiến|giao|đặt ra|tập trung|đề nghị|nhiệm vụ|tham mưu|"
    rf"chỉ đạo|strive|target|aim|{_AIM_WORD})(?!\w)"
)
# A clause that opens with its verb gives an order: "Nâng thứ hạng …", "Tiếp tục duy trì …".
_ORDER = re.compile(
    r"[\s“\"(+•*-]*(?:tiếp tục |từng bước |không ngừng |cố gắng )?(?:nâng|đưa|duy trì|giữ|"
    r"cải thiện|tăng|hoàn thành|đạt|thực hiện|vươn|cắt giảm|giảm|xây dựng|triển khai)(?!\w)"
)
# "đã tăng", "vừa được xếp"; what was only decided ("đã đề ra", "đã giao") has not happened.
_DONE = re.compile(
    r"(?<!\w)(?:đã|vừa|từng)(?: (?!đề|đặt|giao|ban|ký|xác|phê)[^\s,;.\d]+){0,2}? "
    r"(?:tăng|nâng|cải thiện|vươn|lên|đạt|xếp|đứng|thuộc|nằm|vào|lọt|giữ|duy trì|tiến|vượt|"
    r"hoàn thành|cắt|giảm|rút)(?!\w)"
)
_RESULT = re.compile(
    r"(?<!so với )(?<!so )(?<!hơn )(?<!cao )(?<!thiện )(?<!lấy )(?<!trả )(?<!\w)"
    r"(?:kết quả (?:(?:công bố|xếp hạng|đánh giá|thực hiện|đạt được) )*(?:các )?"
    r"(?:chỉ số|năm 20|papi|pci|par|sipas)|kết quả(?: đạt được)?:|(?:kết quả|vừa|được|theo) "
    r"(?:\S+ ){0,3}?công bố|ghi nhận)"
)
_BEHIND = re.compile(rf"[^;\n]{{0,160}}?(?:{_FULFILLED}|(?<!\w)nhờ(?!\w))")
_ASKS_AGAIN = re.compile(r"(?<!\w)(?:phấn đấu|quyết tâm|hướng tới)(?!\w)")
# Signs farther away than this belong to something else; it keeps the time linear.
_REACH = 600
_YEAR = re.compile(r"20\d\d")
_LEVELS = (
    "top_n", "hold_rank", "rank_between", "score_at_least", "percent_at_least", "group_at_least",
)  # fmt: skip
_BRACKETS = re.compile(r"\([^()]*\)")
_LEVEL = re.compile(
    r"(?<!\w)(?:xếp|đứng|hạng|vị trí|thứ)(?: (?:hạng|thứ|vị trí))*\s?\d{1,2}(?![\d.,])"
    r"|(?<!\w)đạt(?: mức)? \d+(?:[.,]\d+)?\s?(?:%|điểm)|(?<!\w)thuộc nhóm (?!\d)"
)
_CHANGE = re.compile(
    r"(?<!\w)(?:tăng|giảm|tụt|hạ|rớt|cải thiện|thăng)(?: hạng)? \d+(?:[.,]\d+)?\s?"
    r"(?P<unit>bậc|hạng|điểm|%|vị trí)(?=[^;\n]{0,60}?so với)"
)
_ASIDE = re.compile(r"\((?:kết quả |trong )?(?:năm 20\d\d|xếp|hiện)[^()]*$")
_BOUND = re.compile(
    r"(?<!\w)(?:ít nhất|tối thiểu|trở lên|trên|không dưới|không quá|dưới|tối đa|từ \d)"
)


def is_report(survey: Survey, clause: Clause, need: Requirement, *, asked_above: bool) -> bool:
    """Whether a requirement states what was reached and asks for nothing.

    Args:
        survey: the sentence it stands in.
        clause: the clause it was found in.
        need: the requirement.
        asked_above: whether the heading above the sentence announces targets.

    Source: docs/method/target-sentences.md.
    """
    canon = survey.text.canon
    floor = max(survey.start, need.end - _REACH)
    before = canon[floor : need.end]
    asked = _asked_at(survey, need.end) - floor
    is_asked = asked + floor >= 0
    if _is_aside(canon[max(clause.start, need.start - _REACH) : need.start]):
        return True
    done = last_match(_DONE, before)
    if done is not None and done.end() > asked and ";" not in before[done.end() :]:
        return True
    failed = last_match(_FAILED, before)
    if failed is not None and failed.end() >= asked and "," not in before[failed.end() :]:
        return True
    if is_asked or _orders(survey, clause):
        return False
    behind = _BEHIND.match(canon, need.end, clause.end)
    if behind is not None and _ASKS_AGAIN.search(behind.group()) is None:
        return True
    words = _BRACKETS.sub("", canon[max(clause.start, floor) : min(clause.end, need.end + _REACH)])
    asks_more = _ASKS_AGAIN.search(canon, need.end, min(survey.end, need.end + _REACH))
    if need.kind in _LEVELS and asks_more is not None:
        # "PCI xếp thứ 45, phấn đấu lên thứ 35"; "năm 2022 thuộc …; phấn đấu năm 2023 thuộc …"
        ahead = canon[clause.start : min(asks_more.start(), clause.end)]
        is_here = asks_more.end() <= clause.end
        goes_on = is_here or _is_later(ahead, canon[asks_more.end() : survey.end])
        return goes_on and _BOUND.search(ahead) is None
    if _BOUND.search(words) is not None:
        return False
    if last_match(_RESULT, before) is not None:
        return True
    if asked_above:
        return False
    units = {found["unit"] in ("bậc", "hạng", "vị trí") for found in _CHANGE.finditer(words)}
    return len(units) == 2 or bool(units and _LEVEL.search(words))


def _is_later(words: str, further: str) -> bool:
    """Whether the first year named further on lies after the last one in the words."""
    first, last = _YEAR.search(further), last_match(_YEAR, words)
    return first is not None and last is not None and first.group() > last.group()


def _is_aside(before: str) -> bool:
    """Whether an open bracket tells of a year: "(năm 2023 xếp thứ 43/63, tăng 12 bậc …"."""
    opened = _ASIDE.search(before)
    return opened is not None and _last_intent(opened.group()) < 0


def has_intent(survey: Survey, clause: Clause) -> bool:
    """Whether a sentence holds a word of intent or a bound, or the clause is worded as an order.

    Source: docs/method/target-sentences.md.
    """
    return bool(_intents(survey)) or _is_bound(survey) or _orders(survey, clause)


def is_asked_before(survey: Survey, need: Requirement) -> bool:
    """Whether a word of intent stands before a requirement, in its sentence.

    Source: docs/method/target-sentences.md.
    """
    return _asked_at(survey, need.end) >= 0


@lru_cache(maxsize=4)
def _intents(survey: Survey) -> tuple[int, ...]:
    """Where words of intent end in a sentence, looked for once."""
    found = _INTENT.finditer(survey.text.canon, survey.start, survey.end)
    return tuple(one.end() for one in found if one["met"] is None)


@lru_cache(maxsize=4)
def _is_bound(survey: Survey) -> bool:
    return _BOUND.search(survey.text.canon, survey.start, survey.end) is not None


def _asked_at(survey: Survey, position: int) -> int:
    """Where the last word of intent before a position ends; -1 without one."""
    ends = _intents(survey)
    at = bisect.bisect_right(ends, position)
    return ends[at - 1] if at else -1


def _last_intent(words: str) -> int:
    """Where the last word of intent ends; -1 without one. An aim that came true is none."""
    ends = [found.end() for found in _INTENT.finditer(words) if found["met"] is None]
    return ends[-1] if ends else -1


def _orders(survey: Survey, clause: Clause) -> bool:
    """Whether a clause opens with the verb of an order, behind its bullet where it has one."""
    bullet = BULLET.match(survey.text.canon, clause.start, clause.end)
    start = bullet.end() if bullet is not None else clause.start
    return _ORDER.match(survey.text.canon, start, clause.end) is not None
