"""Which years a requirement is for, what it is compared with, and until when it must be done.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import replace

from analytics.sentences.clauses import Clause, Requirement
from analytics.sentences.letters import QUOTES
from analytics.sentences.parsed import ParsedDeadline, ParsedTarget, Span
from analytics.sentences.survey import Carried, Survey
from analytics.sentences.years import (
    CHAINS,
    EVERY,
    FOLLOWING_YEARS,
    PREVIOUS,
    Base,
    Period,
    period_of,
)

# Kinds measured against another year; the first two cannot be judged without it.
_GAINS = ("rank_gain_vs_year", "score_gain_vs_year")
_COMPARED = (*_GAINS, "improve_unquantified", "percent_reduction_at_least", "hold_rank")
# Fewer letters before a deadline do not name the work; it stands in the sentence before.
_SHORTEST_WORK, _WORK_REACH = 25, 600
_COMMAS = re.compile(r"[,;]")
_JOINT = re.compile(r"\s(?:trong|vào|là)$")


class Dating:
    """Gives the requirements of one sentence their years."""

    def __init__(self, survey: Survey, carried: Carried) -> None:
        self._survey, self._text, self._carried = survey, survey.text, carried
        self._document_year = survey.document.document_year
        self._context_edition = survey.document.context_edition

    def dated(self, target: ParsedTarget, need: Requirement) -> tuple[ParsedTarget, list[Span]]:
        """Target years, baseline and deadline, with a note wherever they are not in the clause."""
        period = period_of(self._text, need, self._survey.periods, self._survey.needs)
        spans = [(period.start, period.end)] if period is not None else []
        notes: list[str] = []
        if period is None and not self._survey.periods and self._carried.period is not None:
            period = self._carried.period
            notes.append("target_year_from_earlier_sentence")
        first = period.first if period is not None else None
        last = self._last_edition(need, period)
        baseline, base_spans, base_notes = self._baseline(need, first, last)
        if need.kind in _GAINS and baseline and first and (last or first) <= baseline:
            # "(năm 2022 …)" behind a gain over 2022 is no year to gain in
            spans, notes, first, last = [], [], None, None
        if first is None:
            first = last = self._context_target(baseline, base_notes)
            if first is not None:
                notes.append("target_year_from_context")
            if need.kind in CHAINS:
                last = None
        if self._skips_years(need, first):
            part = self._survey.part(need.start, need.end)
            target = replace(target, unparsed=(*target.unparsed, part))
        if need.deadline is not None:
            return replace(target, deadline=need.deadline), [need.deadline.span]
        deadline = self._deadline()
        dated = replace(
            target,
            baseline_edition=baseline,
            first_edition=first,
            last_edition=last,
            deadline=deadline,
            notes=(*target.notes, *notes, *base_notes),
        )
        return dated, [*spans, *base_spans, *([deadline.span] if deadline is not None else [])]

    def _last_edition(self, need: Requirement, period: Period | None) -> int | None:
        """The year the period ends; open for "và các năm tiếp theo" and for yearly chains."""
        if period is None or period.first != period.last:
            return period.last if period is not None else None
        is_final = self._text.canon[period.start : period.end].startswith("đến")
        if need.kind in CHAINS and not is_final:
            return None
        return None if self._follows_on(period) else period.last

    @staticmethod
    def _skips_years(need: Requirement, first: int | None) -> bool:
        """Whether "không thấp hơn năm Y" names another year than the one before."""
        if need.kind != "not_below_last_year" or need.baseline is None:
            return False
        return first is None or need.baseline != first - 1

    def _follows_on(self, period: Period) -> bool:
        return (
            FOLLOWING_YEARS.match(
                self._text.canon, min(self._survey.end, period.end + 1), self._survey.end
            )
            is not None
        )

    def _baseline(
        self, need: Requirement, first: int | None, last: int | None
    ) -> tuple[int | None, list[Span], list[str]]:
        """The year compared with, where it stands, and notes when it stands elsewhere."""
        if need.kind == "not_below_last_year":
            return need.baseline, [], []
        if need.kind not in _COMPARED:
            return None, [], []
        floor, ceiling = self._survey.start, self._survey.end
        around = self._text.canon[max(floor, need.start - 24) : min(ceiling, need.end + 16)]
        is_yearly = need.kind in _GAINS and EVERY.search(around) is not None
        base = self._base_near(need)
        if base is not None and base.year != PREVIOUS and self._is_each_year(need):
            return None, [], ["every_year"]
        if base is not None:
            year, notes = self._stated_baseline(base, first)
            return year, [(base.start, base.end)], notes
        if need.kind == "percent_reduction_at_least" and first != last:
            return first, [], []  # "giai đoạn 2021-2026" is counted from its first year
        if need.kind not in _GAINS:
            return None, [], []
        if is_yearly:
            return None, [], ["every_year"]
        year, note = self._baseline_elsewhere(first)
        return year, [], [note]

    def _is_each_year(self, need: Requirement) -> bool:
        """Whether "mỗi năm" stands between the same commas: "bình quân mỗi năm tăng 02 bậc"."""
        canon, survey = self._text.canon, self._survey
        before = _COMMAS.split(canon[max(survey.start, need.start - 40) : need.start])[-1]
        after = _COMMAS.split(canon[need.end : min(survey.end, need.end + 16)])[0]
        return need.kind in _GAINS and EVERY.search(f"{before} {after}") is not None

    def _stated_baseline(self, base: Base, first: int | None) -> tuple[int | None, list[str]]:
        """The year of "so với năm 2022", or of "so với năm trước" with a note."""
        if base.year != PREVIOUS:
            return base.year, []
        year = first if first is not None else self._document_year
        if year is not None:
            return year - 1, ["baseline_is_the_year_before"]
        context = self._context_edition
        return context, ["baseline_from_context" if context else "baseline_is_the_year_before"]

    def _baseline_elsewhere(self, first: int | None) -> tuple[int | None, str]:
        """A baseline for a gain whose sentence names none: earlier sentence, then context."""
        document, context = self._document_year, self._context_edition
        earlier = self._carried.bases[-1].year if self._carried.bases else None
        if earlier is not None and earlier != PREVIOUS and (first is None or earlier < first):
            return earlier, "baseline_from_earlier_sentence"
        if context is not None and (first is None or context < first):
            return context, "baseline_from_context"
        if context is not None and context == first:
            return context - 1, "baseline_from_context"
        if document is not None and (first is None or first == document):
            return document - 1, "baseline_from_document_year"
        return None, "baseline_not_stated"

    def _base_near(self, need: Requirement) -> Base | None:
        after = bisect.bisect_left(self._survey.bases, need.start, key=lambda base: base.start)
        if after < len(self._survey.bases):
            return self._survey.bases[after]
        return self._survey.bases[-1] if self._survey.bases else None

    def _context_target(self, baseline: int | None, base_notes: Sequence[str]) -> int | None:
        document, context = self._document_year, self._context_edition
        if document is not None and (baseline is None or document > baseline):
            return document
        if context is None or "baseline_from_context" in base_notes:
            return None
        return context if baseline is None or context > baseline else None

    def _deadline(self) -> ParsedDeadline | None:
        deadlines = self._survey.deadlines
        once = [deadline for deadline in deadlines[:2] if not deadline.recurring]
        return once[0] if len(once) == 1 and len(deadlines) <= 2 else None


def completions_in(survey: Survey, clause: Clause) -> list[Requirement]:
    """Work to be done by a day, of a clause that asks for nothing else.

    Source: docs/method/target-sentences.md.
    """
    first = bisect.bisect_left(survey.deadlines, clause.start, key=lambda d: d.span[0])
    last = bisect.bisect_left(survey.deadlines, clause.end, key=lambda d: d.span[0])
    here = survey.deadlines[first:last]
    if not here:
        return []
    normal = survey.text.normal
    notes: tuple[str, ...] = ()
    work = _JOINT.sub("", normal[clause.start : here[0].span[0]].strip(QUOTES))
    if not work:
        work = normal[here[-1].span[1] : clause.end].strip(QUOTES)
    if len(work) < _SHORTEST_WORK and clause.start > 0:
        work = normal[max(0, clause.start - _WORK_REACH) : clause.start].strip(QUOTES)
        notes = ("subject_from_earlier_sentence",)
    return [
        Requirement(
            *deadline.span, "complete_by", "date", "<" if deadline.exclusive_day else "<=",
            subject=work, deadline=deadline, notes=notes,
        )
        for deadline in here
    ]  # fmt: skip
