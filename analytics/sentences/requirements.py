"""All requirements of a clause, and the numbers no pattern has understood.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from analytics.sentences.clauses import Clause, Obscure
from analytics.sentences.counts import add_counts, add_rates
from analytics.sentences.gains import add_gains
from analytics.sentences.groups import add_groups
from analytics.sentences.names import Mention
from analytics.sentences.places import add_places
from analytics.sentences.scores import add_scores
from analytics.sentences.shares import add_shares

# A number with the sign of a requirement that no pattern above has understood.
_LEFT_OVER = re.compile(
    r"(?<!\w)(?:xếp|hạng|vị trí|top|tốp)(?: (?:thứ|hạng|số|dưới|trên|ngoài|trong|khoảng|không|quá|"
    r"từ))*\s*\d[\d.,/]*"
    r"|(?<![\d.,/])\d[\d.,]*\s?(?:bậc(?!\w)|điểm(?! \w)|%)"
    r"|(?<!\w)(?:[oil]\d{1,2}|\d{1,2}[oil])\s?(?:bậc(?!\w)|điểm(?! \w)|%)"
    r"|(?<!\w)(?:lên|xuống) thứ \d[\d.,/]*"
    r"|(?<!\w)đạt (?:từ |trên )?\d[\d.,]*\s?/\s?\d+"
    r"|(?<!\w)(?:giảm|rút ngắn)(?: [^\s,;.\d]+){0,4} \d+ (?:ngày|giờ|phút)(?!\w)"
    r"|(?<![\d.,/])\d{1,3} \(năm 20\d\d\)"
    r"|(?<!\w)từ (?:thứ )?\d{1,3}(?:[.,]\d+)?(?:/\d{1,2})? (?:lên|xuống|đến) (?:thứ )?\d{1,3}"
    r"(?:[.,]\d+)?(?![.,]?\d)"
)
# "Trường hợp đã ở nhóm 5 thì giữ vững": what is asked hangs on something nobody can check here.
_CONDITION = re.compile(r"(?<!\w)(?:trường hợp|nếu)(?!\w)[^;.]{0,200}?(?<!\w)thì(?!\w)[^;.]*")


def add_requirements(
    clause: Clause,
    mentions: Sequence[Mention],
    names: Collection[tuple[str, ...]],
    goes_on: str,
) -> None:
    """Find the requirements of a clause, from the surest pattern to the loosest.

    Source: docs/method/target-sentences.md.
    """
    for found in clause.matches(_CONDITION):
        clause.add(Obscure(*found.span()))
    add_gains(clause)
    add_groups(clause, names)
    add_places(clause)
    add_shares(clause, mentions)
    add_scores(clause)
    add_counts(clause)
    add_rates(clause, goes_on)
    for found in clause.matches(_LEFT_OVER):
        clause.add(Obscure(*found.span()))
    clause.found.sort(key=lambda item: item.start)
    _doubt_alternatives(clause)


def _doubt_alternatives(clause: Clause) -> None:
    """Requirements joined by "hoặc": either would do, so neither is required."""
    for number, item in enumerate(clause.found):
        following = clause.found[number + 1] if number + 1 < len(clause.found) else None
        if following is None or following.start - item.end > 60:
            continue
        gap = clause.canon[item.end : following.start]
        if re.search(r"(?<!\w)(?:hoặc|hay)(?!\w)", gap) and not re.search(r"[,;]", gap):
            for place, doubted in ((number, item), (number + 1, following)):
                clause.found[place] = Obscure(doubted.start, doubted.end)
