"""Counts with a limit, and rates that shall only rise or fall.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re

from analytics.sentences.clauses import Clause, Obscure, Requirement, is_year_word
from analytics.sentences.letters import QUOTES, last_match
from analytics.sentences.numbers import WQTY, amounts_in

_AT_MOST = re.compile(
    rf"(?:không (?:để )?(?:vượt )?quá|tối đa(?: không quá)?|nhiều nhất|quá) {WQTY} "
    r"(?P<noun>(?!bậc|hạng|điểm|%|vị trí|ngày|giờ|phút|tháng|năm|triệu|tỷ|đồng)[^\W\d_]+)"
)
_COUNTED = re.compile(r"(?: (?!theo|trong|đối|trước|chậm|năm|để|nhằm|và)[^\s,;.:\d()]+){0,8}")
_STOP = re.compile(r"[,;.:]")
_LIMITING = re.compile(r"(?:hạn chế|không|giảm)(?: [^\s;.]+){0,20}\s*$")
_NONE_AT_ALL = re.compile(
    r"không để (?:xảy ra|phát sinh|tồn đọng|"
    r"còn)(?: tình trạng)? (?P<noun>[^.;,\d\n]{3,120}(?:, (?:kiến nghị|khiếu nại|tố cáo|"
    r"trễ hẹn)[^.;,\d\n]{0,100})?)"
)
_RATE_UP = re.compile(r"(?:nâng cao|tăng|cải thiện|nâng) (?:các )?(?=tỷ lệ|tỉ lệ)")
_RATE_DOWN = re.compile(
    r"(?<!cắt )(?:giảm|kéo giảm) (?:các )?(?=tỷ lệ|tỉ lệ|thời gian|số lượng|số lần|số hồ sơ|"
    r"chi phí)"
)
_RATE_NAME = re.compile(
    r"(?P<name>(?:tỷ lệ|tỉ lệ|thời gian|số lượng|số lần|số hồ sơ|"
    r"chi phí) [^.;,:\n]{2,160}(?:, (?:sớm|trước|đúng)[^.;,:\n]{0,60})?)"
)
_RATE_OPENS = re.compile(r"\s*(?=(?:tỷ lệ|tỉ lệ) )")
_NEXT_RATE = re.compile(r"[,;] (?=(?:tỷ lệ|tỉ lệ) )")
_NAME_END = re.compile(
    r" (?=và (?:nâng cao|giảm|tăng|cải thiện)|để |nhằm |góp phần |so với |(?:trong |vào |"
    r"đến )?năm 20\d\d)"
)


def add_counts(clause: Clause) -> None:
    """Find counts with a limit: "không quá 2 lần", "không để xảy ra …".

    Source: docs/method/target-sentences.md.
    """
    for found in clause.matches(_AT_MOST):
        if not is_year_word(clause, found):
            clause.add(_count(clause, found) or Obscure(*found.span()))
    for found in clause.matches(_NONE_AT_ALL):
        subject = clause.text.normal[found.start("noun") : found.end("noun")].strip(QUOTES)
        clause.add(Requirement(*found.span(), "count_at_most", "count", "<=", 0, subject=subject))


def _count(clause: Clause, found: re.Match[str]) -> Requirement | None:
    left, amounts = clause.left(found.start()), amounts_in(found)
    limiting = not found.group().startswith("quá") or _LIMITING.search(left)
    if amounts is None or not isinstance(amounts[0], int) or amounts[1] is not None or not limiting:
        return None
    stop = last_match(_STOP, left)
    head_start = found.start() - len(left) + (stop.end() if stop else 0)
    head = clause.text.normal[head_start : found.start()].strip()
    more = _COUNTED.match(clause.canon, found.end(), clause.end)
    noun_end = more.end() if more is not None else found.end()
    noun = clause.text.normal[found.start("noun") : noun_end].strip()
    subject = f"{head} ({noun})" if head else noun
    return Requirement(*found.span(), "count_at_most", "count", "<=", amounts[0], subject=subject)


def add_rates(clause: Clause, goes_on: str) -> None:
    """Find rates that shall only rise or fall; their list goes on behind ";" without its verb.

    Source: docs/method/target-sentences.md.
    """
    opening = _RATE_OPENS.match(clause.canon, clause.start, clause.end)
    if goes_on and opening is not None:
        _add_list_of_rates(clause, opening.end(), opening.end(), goes_on)
    for pattern, op in ((_RATE_UP, ">"), (_RATE_DOWN, "<")):
        for verb in clause.matches(pattern):
            _add_list_of_rates(clause, verb.start(), verb.end(), op)


def _add_list_of_rates(clause: Clause, start: int, position: int, op: str) -> None:
    while True:
        name = _RATE_NAME.match(clause.canon, position, clause.end)
        if name is None:
            return
        stop = _NAME_END.search(name.group())
        end = name.start() + stop.start() if stop else name.end()
        if not clause.is_free(start, end):
            return
        subject = clause.text.normal[name.start() : end].strip(QUOTES)
        measure = "percent" if name.group().startswith(("tỷ", "tỉ")) else "count"
        clause.add(Requirement(start, end, "improve_unquantified", measure, op, subject=subject))
        again = _NEXT_RATE.match(clause.canon, end, clause.end)
        if again is None:
            return
        position = start = again.end()
