"""Years a clause speaks of: the period of a target and the year it is compared with.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.sentences.clauses import Clause, Requirement
from analytics.sentences.letters import Text

LAST_YEAR = r"năm (?:liền kề |liền |kề )?(?:trước|ngoái)(?: liền kề| đó)?"
YEAR = r"(?<!\d)20\d\d(?!\d)"
_MASKED = (
    # "18-NQ/TU", "131/NQ-CP", "45/2020/NĐ-CP": numbers of documents
    re.compile(r"(?<!\d)\d{1,6}\s?[/-]\s?(?:\d{4}\s?/\s?)?[a-zđ]{1,6}(?:[/-][a-zđ]{1,8})+"),
    re.compile(r"(?<!\d)\d{1,6}/\d{4}/[a-zđ]{2,8}(?:[/-][a-zđ]{1,8})*"),
    re.compile(r"ngày \d{1,2} tháng \d{1,2}(?: năm \d{4})?"),
    re.compile(r"(?<![\d/.,-])\d{1,2}([/.-])\d{1,2}\1\d{4}(?!\d)"),
    re.compile(r"tháng \d{1,2}\s?(?:/|-| năm )\s?\d{4}"),
    re.compile(
        r"(?:theo|tại|thực hiện|ban hành)(?: đúng| tinh thần)? (?:nghị quyết|kết luận|kế hoạch|"
        r"quyết định|đề án|chương trình|"
        r"chỉ thị|thông báo|công văn)[^,;:\n]{0,160}"
    ),
)
_BASE_WORDS = (
    r"(?:(?:mức|kết quả|thứ hạng|xếp hạng|thứ bậc|hạng|điểm số|điểm|vị trí|chỉ số|thành phần|"
    r"cùng kỳ|của|tỉnh|bậc|đạt được|"
    r"công bố|thực hiện|papi|pci|sipas|par|index|năm|cùng|kỳ|này) ){0,8}?"
)
_BASE = re.compile(rf"(?<!\w)so (?:với )?{_BASE_WORDS}(?P<y>{YEAR})")
_BASE_MADE = re.compile(
    rf"lấy (?:kết quả )?năm (?P<y>{YEAR}) làm (?:năm )?(?:gốc|mốc|cơ sở)|năm gốc:? (?P<y2>{YEAR})"
)
_BASE_HIGHER = re.compile(
    rf"(?:cao|tốt) hơn (?:so với )?(?:kết quả |thứ hạng |xếp hạng |của )?năm (?P<y>{YEAR})"
)
_BASE_LAST_YEAR = re.compile(rf"(?<!\w)so (?:với )?{_BASE_WORDS}{LAST_YEAR}")
_PERIOD_RANGE = re.compile(
    rf"(?:giai đoạn|từ năm|trong các năm|các năm|năm|trong) (?P<a>{YEAR})\s?(?:-|đến năm|"
    rf"đến hết năm|đến)\s?(?P<b>{YEAR})"
)
_PERIOD_LIST = re.compile(rf"các năm (?P<a>{YEAR})(?:,? {YEAR})*(?:,| và)(?: năm)? (?P<b>{YEAR})")
_PERIOD_OPEN = re.compile(
    rf"(?:từ )?năm (?P<a>{YEAR})(?: (?:trở đi|và (?:các |những )?năm (?:tiếp theo|sau|tới|kế tiếp)"
    r"|và (?:hằng|hàng|từng|mỗi) năm(?: sau)?))"
)
_PERIOD_ONE = re.compile(rf"(?P<by>đến (?:hết |cuối )?|hết |cuối )?(?:năm )?(?P<a>{YEAR})")
FOLLOWING_YEARS = re.compile(
    r"và (?:các |những )?năm (?:tiếp theo|sau|tới)|(?:hằng|hàng) năm|từng năm|mỗi năm"
)
EVERY = re.compile(r"(?:(?<!\w)(?:mỗi|hằng|hàng|từng|một) |/\s?)năm(?!\w)")
PREVIOUS = -1
# Asked again every year: without an end they run on.
CHAINS = ("improve_yearly", "keep_and_improve")


@dataclass(frozen=True)
class Period:
    """Years a target is for, and where they stand; last is None when they run on."""

    start: int
    end: int
    first: int
    last: int | None


@dataclass(frozen=True)
class Base:
    """A year compared with, and where it stands."""

    start: int
    end: int
    year: int  # PREVIOUS for "so với năm trước"


def bases_in(clause: Clause) -> list[Base]:
    """Years the clause compares with, in order of place.

    Source: docs/method/target-sentences.md.
    """
    found: list[Base] = []
    for pattern in (_BASE, _BASE_MADE, _BASE_HIGHER):
        for match in clause.matches(pattern):
            groups = match.groupdict()
            clause.take(*match.span())
            found.append(Base(*match.span(), int(groups["y"] or groups.get("y2") or 0)))
    for match in clause.matches(_BASE_LAST_YEAR):
        clause.take(*match.span())
        found.append(Base(*match.span(), PREVIOUS))
    return sorted(found, key=lambda base: base.start)


def periods_in(clause: Clause) -> list[Period]:
    """Years the clause speaks of, in order of place; an open end is None.

    Source: docs/method/target-sentences.md.
    """
    found: list[Period] = []
    for pattern in (_PERIOD_RANGE, _PERIOD_LIST, _PERIOD_OPEN, _PERIOD_ONE):
        for match in clause.matches(pattern):
            groups = match.groupdict()
            first = int(groups["a"] or 0)
            last: int | None = first
            if pattern is _PERIOD_OPEN:
                last = None
            elif groups.get("b"):
                last = int(groups["b"] or 0)
            if last is not None and last < first:
                continue
            clause.take(*match.span())
            found.append(Period(*match.span(), first, last))
    return sorted(found, key=lambda period: period.start)


def set_documents_aside(clause: Clause) -> None:
    """Numbers of documents, dates and titles of plans are nobody's target.

    Source: docs/method/target-sentences.md.
    """
    for pattern in _MASKED:
        for match in clause.matches(pattern):
            clause.take(*match.span())


LINK = re.compile(r"[,;]|(?<!\w)(?:và|đồng thời|còn)(?!\w)")


def period_of(
    text: Text, need: Requirement, periods: Sequence[Period], needs: Sequence[Requirement]
) -> Period | None:
    """The year a requirement is for: one that trails it closely, else the nearest before it.

    Source: docs/method/target-sentences.md.
    """
    after = bisect.bisect_left(periods, need.end, key=lambda period: period.start)
    inside = [p for p in periods[max(0, after - 3) : after] if p.start >= need.start]
    if inside:
        return inside[-1]
    if after < len(periods):
        trailing = periods[after]
        following = bisect.bisect_left(needs, need.end, key=lambda item: item.start)
        next_start = needs[following].start if following < len(needs) else None
        if not LINK.search(text.canon, need.end, trailing.start) and (
            next_start is None
            or (
                trailing.end <= next_start
                and LINK.search(text.canon, trailing.end, next_start) is not None
            )
        ):
            return trailing
    if after > 0:
        return periods[after - 1]
    if len({(p.first, p.last) for p in periods}) != 1:
        return None
    following = bisect.bisect_left(needs, periods[0].end, key=lambda item: item.start)
    leads_another = following < len(needs) and not LINK.search(
        text.canon, periods[0].end, needs[following].start
    )
    return None if leads_another else periods[0]
