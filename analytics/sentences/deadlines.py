"""The last day on which a thing may be done: "trước ngày …", "chậm nhất", "trong quý II".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.sentences.letters import REACH, Text
from analytics.sentences.numbers import whole_value
from analytics.sentences.parsed import ParsedDeadline, Span

FIRST_YEAR, LAST_YEAR = 1990, 2100
_EVERY_YEAR = (
    r"(?:\s*(?:của\s+)?(?:các năm tiếp theo|những năm tiếp theo|các năm sau|hằng năm|hàng năm|"
    r"mỗi năm))"
)
_DAY_WORDS = r"ngày (?P<d>\d{1,2}) tháng (?P<m>\d{1,2})(?: năm (?P<y>\d{4}))?"
_DAY_DIGITS = (
    r"(?<![\d/.,-])(?:ngày "
    r")?(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?:(?P=sep)(?P<y>\d{4}))?(?![\d/])(?!-?[a-zđ])"
)
_MONTH = r"tháng (?P<m>\d{1,2})(?!\d)(?:(?: năm |\s?[/-]\s?)(?P<y>\d{4}))?"
_QUARTER = r"quý (?P<q>iv|iii|ii|i|[1-4])(?!\w)(?:(?: năm |\s?[/-]\s?)(?P<y>\d{4}))?"
_HALF = r"(?:6|06|sáu) tháng (?P<h>đầu|cuối) năm(?: (?P<y>\d{4}))?"
_YEAR_END = r"(?:hết|cuối) năm (?P<y>\d{4})"
_DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        _DAY_WORDS + rf"(?P<every>{_EVERY_YEAR})?",
        _DAY_DIGITS + rf"(?P<every>{_EVERY_YEAR})?",
        _HALF,
        _MONTH + rf"(?P<every>{_EVERY_YEAR})?",
        _QUARTER + rf"(?P<every>{_EVERY_YEAR})?",
        _YEAR_END,
    )
)
_BEFORE = re.compile(r"(?<!\w)trước(?: (?:là|ngày|thời điểm|hết))*\s*$")
_BY = re.compile(
    r"(?<!\w)(?:chậm nhất|muộn nhất|thời hạn|hạn|hạn cuối|xong|hoàn thành|kết thúc|đến hết|đến)"
    r"(?: (?:là|vào|trong|đến|cuối|hết|việc|gửi|nộp|báo cáo|hoàn thành|xong|ngày|hạn))*:?\s*$"
)
STRICT_BY = re.compile(r"(?:trước|chậm nhất|muộn nhất|thời hạn|hạn|hoàn thành|xong)")
_DONE_IN = re.compile(
    r"(?<!\w)(?:hoàn thành|xong|ban hành|trình|gửi|báo cáo|kiện toàn|"
    r"tổ chức)(?!\w)[^;.]*(?<!\w)trong\s*$"
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_CUE_REACH = 48


@dataclass(frozen=True)
class DateForm:
    """A date as written, and where it stands."""

    start: int
    end: int
    parts: Mapping[str, str | None]

    def covered_days(self, year: int | None) -> tuple[date, date] | None:
        """First and last day the words cover; None for a day that does not exist."""
        parts = self.parts
        stated = whole_value(parts.get("y"))
        year = stated if stated is not None else year
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        month = whole_value(parts.get("m"))
        if parts.get("d") is not None and month is not None:
            return _one_day(year, month, int(parts["d"] or 0))
        if month is not None:
            return _months(year, month, month)
        if parts.get("q") is not None:
            quarter = _QUARTERS[parts["q"] or "i"]
            return _months(year, 3 * quarter - 2, 3 * quarter)
        if parts.get("h") is not None:
            return _months(year, 1, 6) if parts["h"] == "đầu" else _months(year, 7, 12)
        return _months(year, 1, 12)


def _one_day(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day)


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    if not 1 <= first <= last <= 12:
        return None
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def date_forms(canon: str, start: int, end: int) -> list[DateForm]:
    """Dates in order of place; a day wins over the month inside it.

    Source: docs/method/target-sentences.md.
    """
    found: list[DateForm] = []
    taken: list[Span] = []
    for form in _DATE_FORMS:
        spans = sorted(taken)
        starts = [span[0] for span in spans]
        for match in form.finditer(canon, start, end):
            here = bisect.bisect_right(starts, match.start()) - 1
            inside = here >= 0 and spans[here][1] > match.start()
            follows = here + 1 < len(spans) and spans[here + 1][0] < match.end()
            if not inside and not follows:
                found.append(DateForm(match.start(), match.end(), match.groupdict()))
                taken.append(match.span())
    return sorted(found, key=lambda form: form.start)


def deadline_at(
    text: Text, form: DateForm, year: int | None, *, needs_cue: bool, floor: int
) -> ParsedDeadline | None:
    """The deadline that a date stands for, as the words before it say.

    Source: docs/method/target-sentences.md.
    """
    left = text.canon[max(floor, form.start - _CUE_REACH) : form.start]
    before, by = _BEFORE.search(left), _BY.search(left)
    cue = before or by
    if cue is None and needs_cue:
        done_in = _DONE_IN.search(text.canon[max(floor, form.start - REACH) : form.start])
        if done_in is None or "d" in form.parts:
            return None
    covered = form.covered_days(year)
    if covered is None:
        return None
    last = covered[0] - timedelta(days=1) if before else covered[1]
    start = form.start - (len(left) - cue.start()) if cue else form.start
    return ParsedDeadline(
        last, before is not None, form.parts.get("every") is not None,
        (start, form.end), text.normal[start : form.end],
    )  # fmt: skip


def parse_deadline(text: str, year: int | None = None) -> ParsedDeadline | None:
    """The last day on which a thing may be done, as the words say it.

    "Trước ngày D" leaves D out; "chậm nhất", "hạn", "xong trong" keep it. A month or a quarter
    ends on its last day. A day that does not exist gives None, never a neighbour.

    Args:
        text: words holding a date, e.g. "chậm nhất vào ngày 12 tháng 03 năm 2023".
        year: the year meant when the words name none, e.g. for "tháng 02 hằng năm".

    Returns:
        The first deadline in the text, or the first date when no word marks a deadline; None
        when there is no date that can be resolved.

    Source: docs/method/target-sentences.md.
    """
    read = Text(text)
    forms = date_forms(read.canon, 0, len(read.canon))
    for needs_cue in (True, False):
        floor = 0
        for form in forms:
            found = deadline_at(read, form, year, needs_cue=needs_cue, floor=floor)
            if found is not None:
                return found
            floor = form.end
    return None
