"""Named groups of an index: "thuộc nhóm cao", "chất lượng điều hành Tốt".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from analytics.sentences.clauses import Clause, Obscure, Requirement
from analytics.sentences.letters import words_of
from analytics.sentences.parsed import Span

_GROUP_CUE = re.compile(
    r"(?<!\w)(?:nhóm|chất lượng điều hành|xếp loại|(?:đạt|thuộc|vào) loại)(?!\w)"
)
_GROUP_FILLER = frozenset(
    words_of(
        "cac tinh thanh pho dia phuong co diem so chi chat luong dieu hanh dat ket qua muc "
        "o loai xep la cua don vi duoc danh gia nhom tu kinh te thuoc dung trong vao"
    )
)
_MOST_FILLERS = 10
_FINER = re.compile(r" (?:khá|cao|thấp|yếu|kém)(?!\w)")
_SUPERLATIVE = re.compile(r"[”\"]? (?:nhất|hơn)(?!\w)")
_NO_SUCH = re.compile(r"(?<!\w)(?:không|chưa|khỏi|tránh)(?!\w)[^,;]*$")
# "Từ nhóm thấp lên nhóm cao": where it stands, not where it goes.
_SET_OUT = re.compile(r"(?<!\w)từ(?: (?:các|mức))*\s*$")
_ARRIVE = re.compile(r"[”\"’)]?[^,;.]{0,24}?(?<!\w)(?:lên|sang|vào|đến|tới)(?!\w)")
_BEYOND = re.compile(r"(?<!\w)(?:vượt|thoát|ra|trên|hơn)(?: (?:qua|lên|khỏi|trên))*\s*$")
_OR = re.compile(r"[\s“”\"'’)]*(?:hoặc|hay)(?!\w)")


def add_groups(clause: Clause, names: Collection[tuple[str, ...]]) -> None:
    """Find groups to belong to, named by one of `names` (words without marks).

    Source: docs/method/target-sentences.md.
    """
    longest = max((len(words) for words in names), default=0)
    for cue in clause.matches(_GROUP_CUE):
        label = _label_after(clause, cue.end(), names, longest)
        if label is None:
            continue
        start, end = cue.start(), label[1]
        left = clause.canon[max(clause.start, start - 30) : start]
        if _SET_OUT.search(left) and _ARRIVE.match(clause.right(end, 40)):
            clause.take(start, end)
            continue
        if _NO_SUCH.search(left) or _BEYOND.search(left):
            clause.add(Obscure(start, end))
            continue
        if _FINER.match(clause.right(end, 8)):
            clause.add(Obscure(start, end))  # "trung bình khá" is not "trung bình"
            continue
        if _SUPERLATIVE.match(clause.right(end, 8)) or not clause.is_free(start, end):
            continue
        if _OR.match(clause.right(end, 12)):
            clause.add(Obscure(start, end))
        else:
            name = clause.text.normal[label[0] : end]
            clause.add(Requirement(start, end, "group_at_least", "score", group_name=name))


def _label_after(
    clause: Clause, position: int, names: Collection[tuple[str, ...]], longest: int
) -> Span | None:
    """Where the name of a group stands behind its cue, with words of no weight between."""
    tokens = clause.text.tokens
    first = clause.text.token_at(position)
    for at in range(first, min(first + _MOST_FILLERS, len(tokens))):
        if tokens[at].end > clause.end:
            return None
        label = _label_at(clause, at, names, longest)
        if label is not None or tokens[at].bare not in _GROUP_FILLER:
            return label
    return None


def _label_at(
    clause: Clause, at: int, names: Collection[tuple[str, ...]], longest: int
) -> Span | None:
    """The longest name of a group that starts at a word."""
    tokens = clause.text.tokens
    for length in range(longest, 0, -1):
        words = tokens[at : at + length]
        if len(words) < length or words[-1].end > clause.end:
            continue
        start, end = words[0].start, words[-1].end
        is_one_name = not re.search(r"[,;.]", clause.canon[start:end])
        if is_one_name and tuple(token.bare for token in words) in names:
            return start, end
    return None
