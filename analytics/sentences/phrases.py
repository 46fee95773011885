"""Requirements that are whole phrases: "năm sau cao hơn năm trước", "duy trì và cải thiện".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re

from analytics.sentences.clauses import Clause, Obscure, Requirement
from analytics.sentences.years import LAST_YEAR

_TO_PLACE_WORDS = (
    r"(?:(?:kết quả|thứ hạng|xếp hạng|mức|hạng|vị trí|điểm số|điểm|của|chỉ số|tỉnh|bậc|"
    r"so với) ){0,5}"
)
_NOT_BELOW = re.compile(
    r"(?:không (?:được |để )?(?:thấp|kém) hơn|không (?:được |để )?(?:tụt|giảm|sụt)(?: hạng| bậc|"
    r" thứ hạng| điểm| so| với)*|"
    rf"(?:bằng|ngang) hoặc (?:cao|tốt) hơn|(?:ít nhất|tối thiểu) bằng) {_TO_PLACE_WORDS}"
    rf"(?:{LAST_YEAR}|năm (?P<y>20\d\d))"
)
_YEARLY = re.compile(
    r"năm sau (?:[^\s,;.]+ ){0,4}?(?:cao|tốt|tăng|tiến bộ|khá) ?hơn (?:so với )?"
    rf"(?:[^\s,;.]+ ){{0,2}}?{LAST_YEAR}"
    r"|cải thiện (?:[^\s,;.\d]+ ){0,6}?(?:qua (?:từng|các|mỗi) năm|(?:hằng|hàng|từng|mỗi) năm)"
)
_STEADILY = r"(?:từng bước |tiếp tục |không ngừng |từng năm )?"
_KEEP = re.compile(
    rf"(?:duy trì(?:,? (?:và )?giữ vững)?|giữ vững)(?: [^\s,;.\d]+){{0,5}}?(?:,? và|,) {_STEADILY}"
    r"(?:cải thiện|nâng cao|nâng|phấn đấu cải thiện|phấn đấu nâng cao)"
    r"(?! (?:\d|ít nhất|tối thiểu|thêm|lên|từ))"
)
_AVERAGE = re.compile(
    r"(?P<cmp>bằng hoặc (?:cao|lớn) hơn|không thấp hơn|cao hơn|lớn hơn|trên|vượt) (?:so với )?"
    r"(?:(?:mức|điểm|giá trị|điểm số) )*(?P<what>trung bình|bình quân|trung vị)(?: chung)?"
    r"(?P<where>(?: (?:của|toàn|cả))* ?(?:cả nước|toàn quốc|nước|quốc gia|(?:63|34|"
    r"các) tỉnh,? thành(?: phố)?))?"
)
_AVERAGE_REACHED = re.compile(
    r"(?:đạt|bằng|từ|ở)(?: từ)? (?:(?:mức|điểm|giá trị|điểm số) )*(?P<what>trung bình|bình quân|"
    r"trung vị)(?: chung)?(?: (?:của|toàn|cả))* ?(?:cả nước|toàn quốc|nước|quốc gia|(?:63|34|"
    r"các) tỉnh,? thành(?: phố)?)(?: trở lên)?"
)
_NOT_FALL = re.compile(
    r"không để (?:[^,;.]{0,80}? )?(?:bị )?(?:tụt|giảm|rớt|sụt|mất|xuống|lùi)"
    r"(?: (?:hạng|bậc|thứ hạng|điểm|vị trí))+(?! (?:số|hài|\d))(?!\w)"
)
_THAN_YEAR = re.compile(r"[^,;.]{0,60}?so với [^,;.]{0,40}?năm (?P<y>20\d\d)")
SCORE_WORD = re.compile(r"điểm")
RANK_WORD = re.compile(r"hạng|bậc|vị trí|thứ")


def _measured_by(clause: Clause, start: int, end: int) -> str:
    near = clause.canon[max(clause.start, start - 40) : end]
    return "score" if SCORE_WORD.search(near) and not RANK_WORD.search(near) else "rank"


def add_phrases(clause: Clause) -> None:
    """Find requirements that are whole phrases.

    Source: docs/method/target-sentences.md.
    """
    for found in clause.matches(_NOT_BELOW):
        year = int(found["y"]) if found["y"] else None
        measure = _measured_by(clause, *found.span())
        clause.add(Requirement(*found.span(), "not_below_last_year", measure, baseline=year))
    for found in clause.matches(_NOT_FALL):
        measure = "rank" if RANK_WORD.search(found.group()) else "score"
        than = _THAN_YEAR.match(clause.right(found.end(), 120))
        year = int(than["y"]) if than is not None else None
        clause.add(Requirement(*found.span(), "not_below_last_year", measure, baseline=year))
    for found in clause.matches(_KEEP):
        clause.add(Requirement(*found.span(), "keep_and_improve"))
    for found in clause.matches(_YEARLY):
        measure = _measured_by(clause, *found.span())
        clause.add(Requirement(*found.span(), "improve_yearly", measure, ">"))
    for found in clause.matches(_AVERAGE):
        if found["where"] is None:
            clause.add(Obscure(*found.span()))
            continue
        op = ">=" if found["cmp"].startswith(("bằng", "không")) else ">"
        _add_average(clause, found, op)
    for found in clause.matches(_AVERAGE_REACHED):
        _add_average(clause, found, ">=")


def _add_average(clause: Clause, found: re.Match[str], op: str) -> None:
    notes = ("median",) if found["what"] == "trung vị" else ()
    clause.add(Requirement(*found.span(), "above_national_average", "score", op, notes=notes))
