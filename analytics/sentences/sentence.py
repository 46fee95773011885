"""One sentence: every requirement gets its subjects, its years, and becomes targets.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import replace

from analytics.sentences.clauses import Clause, Found, Obscure, Requirement
from analytics.sentences.dating import Dating, completions_in
from analytics.sentences.letters import REACH, last_match
from analytics.sentences.names import Entry, Mention
from analytics.sentences.parsed import ParsedTarget, Span
from analytics.sentences.places import region_id
from analytics.sentences.reports import (
    READS_LIKE_A_RESULT,
    has_intent,
    is_asked_before,
    is_report,
)
from analytics.sentences.rises import rises_in
from analytics.sentences.subjects import CONTINUES
from analytics.sentences.survey import BULLET, Carried, Document, Survey
from analytics.sentences.years import LINK

# A pasted document holds some dozens of targets; beyond this the rest is queued as text, so that
# a text made of nothing but names and requirements cannot multiply into millions of rows.
MAX_TARGETS = 500
_BELONGS = re.compile(
    r"(?<!\w)(?:đối với|cho|của|về|ở|trong)\s*(?:các |chỉ số |nội dung |thành phần |"
    r"kết quả |[“\"(])*$"
)
_BEHIND = 30
_OF_WHICH = re.compile(r"(?<!\w)(?:trong đó|riêng|cụ thể là)(?!\w)")


class Sentence:
    """One sentence: its clauses share years, and a clause without a subject takes the last one."""

    def __init__(self, document: Document, spans: Sequence[Span], carried: Carried) -> None:
        self._document, self._text, self._carried = document, document.text, carried
        self._survey = Survey(document, spans, carried.index_ids)
        self._dating = Dating(self._survey, carried)
        self._pending: list[tuple[Clause, Requirement]] = []
        self._answered: list[tuple[Clause, Requirement]] = []
        self._listing: list[tuple[Clause, Requirement]] = []
        self._results: list[ParsedTarget] = []
        self._seen: set[ParsedTarget] = set()

    def targets(self) -> list[ParsedTarget]:
        """What the sentence asks for; what the next one needs to know is left in `carried`."""
        for clause in self._survey.clauses:
            if len(self._results) >= MAX_TARGETS:
                break
            self._read_clause(clause)
        self._read_pending()
        self._remember()
        start, end = self._survey.start, self._survey.end
        if len(self._results) >= MAX_TARGETS or self._pending:
            return [*self._results, self._document.queued(start, end, ("too_long",))]
        if not self._results and self._survey.asks_in_vain:
            return [self._document.queued(start, end)]
        return self._results

    # --- who must do what -----------------------------------------------------------------------

    def _read_clause(self, clause: Clause) -> None:
        """Link, then look for what has no number and for what was not understood."""
        first = len(self._results)
        needs = [item for item in clause.found if isinstance(item, Requirement)]
        obscure = [
            self._survey.part(item.start, item.end)
            for item in clause.found
            if isinstance(item, Obscure)
        ]
        here = self._survey.named_in(clause)
        wanting = [need for need in needs if not need.subject]
        strong = [m for m in here if m.is_strong]
        # Ordinary words that are also a name count only where nothing better is named.
        subjects = strong or ([m for m in here if m.entries] if wanting or obscure else [])
        self._read_pending(subjects if not wanting or len(_ids(subjects)) == 1 else [])
        items = [i for i in clause.found if isinstance(i, Obscure) or not i.subject]
        if self._goes_on_listing(clause, strong):
            return
        used = self._link(clause, items, subjects)
        for need in needs:
            if need.subject:
                self._add(clause, need, subject=need.subject)
        unused = [m for m in here if id(m) not in used and (m.is_strong or m.is_satisfaction)]
        for rise, named in rises_in(self._survey, clause, unused, needs):
            self._targets(clause, rise, named, ())
        if not needs and len(self._results) == first:
            for work in completions_in(self._survey, clause):
                nameless = () if work.subject else (self._survey.part(work.start, work.end),)
                self._add(clause, work, subject=work.subject, unparsed=nameless)
        if not obscure and len(self._results) == first and not self._pending:
            obscure = self._numbers_left(clause, strong)
        self._doubt(clause, first, obscure)
        if subjects:
            self._carried.subjects = tuple(subjects)
        elif any(need.subject for need in needs) and not wanting:
            self._carried.subjects = ()

    def _numbers_left(self, clause: Clause, names: Sequence[Mention]) -> list[str]:
        """A clause that asks something of an index in numbers nobody has read, as it stands."""
        if not names or not has_intent(self._survey, clause):
            return []
        inside = {at for name in names for at in range(name.start, name.end)}
        left = any(
            self._text.canon[at].isdigit() and at not in inside and clause.is_free(at, at + 1)
            for at in range(clause.start, clause.end)
        )
        return [clause.words] if left else []

    def _goes_on_listing(self, clause: Clause, names: Sequence[Mention]) -> bool:
        """Ask of further names of a list what was asked of its first ones."""
        if not self._listing or not names or clause.found or not self._is_only_names(clause, names):
            self._listing = []
            return False
        for earlier, need in self._listing:
            self._targets(earlier, need, names, ())
        return True

    def _is_only_names(self, clause: Clause, names: Sequence[Mention]) -> bool:
        """Whether a clause goes on with a list of names: "…: A; B; C"."""
        edges = [clause.start, *(edge for m in names for edge in (m.start, m.end)), clause.end]
        return all(
            CONTINUES.fullmatch(self._text.canon, start, max(start, end)) is not None
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        )

    def _link(
        self, clause: Clause, items: Sequence[Found], subjects: Sequence[Mention]
    ) -> set[int]:
        """Give each requirement its subjects: those before it, else those right after it.

        What was not understood takes its subjects too, so that no neighbour inherits them.
        """
        used: set[int] = set()
        claimed: set[int] = set()
        previous: tuple[Mention, ...] = ()
        starts = [subject.start for subject in subjects]
        for number, item in enumerate(items):
            if len(self._results) + len(self._pending) >= MAX_TARGETS:
                break
            here = bisect.bisect_left(starts, item.start)
            floor = items[number - 1].start if number else clause.start
            ceiling = items[number + 1].start if number + 1 < len(items) else clause.end
            before = subjects[bisect.bisect_left(starts, floor) : here]
            after = tuple(subjects[here : bisect.bisect_left(starts, ceiling)])
            fresh = tuple(m for m in before if id(m) not in claimed)
            chosen, notes = self._chosen(clause, item, fresh, after, previous, is_first=not number)
            if chosen is after:
                claimed.update(id(m) for m in after)
            used.update(id(m) for m in chosen)
            previous = chosen
            if isinstance(item, Requirement):
                if chosen is after and chosen:
                    self._listing.append((clause, item))
                if chosen:
                    self._targets(clause, item, chosen, notes)
                else:
                    self._without_subject(clause, item)
        return used

    def _chosen(
        self,
        clause: Clause,
        item: Found,
        fresh: tuple[Mention, ...],
        after: tuple[Mention, ...],
        previous: tuple[Mention, ...],
        *,
        is_first: bool,
    ) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
        """The names a requirement speaks of, and a note when they stand in another clause."""
        fresh = self._of_which(fresh, item)
        if fresh and after and "," in self._text.canon[fresh[-1].end : item.start]:
            gap = self._text.canon[item.end : after[0].start]
            if len(gap) <= _BEHIND and "," not in gap and _BELONGS.search(gap):
                return after, ()  # "cải thiện PCI, đứng thứ 2 về PAPI"
        if fresh:
            return fresh, ()
        if after and self._is_tight(item, after[0]):
            return after, ()
        if previous:
            return previous, ()
        if self._may_carry(clause, item):
            return self._carried.subjects, ("subject_from_earlier_clause",)
        return (after, ()) if after and is_first else ((), ())

    def _of_which(self, names: tuple[Mention, ...], item: Found) -> tuple[Mention, ...]:
        """Only the names behind "trong đó" where some stand before and some behind it."""
        if len(names) < 2:
            return names
        cut = last_match(_OF_WHICH, self._text.canon[names[0].end : item.start])
        behind = tuple(m for m in names if cut and m.start >= names[0].end + cut.end())
        return behind or names

    def _is_tight(self, need: Found, subject: Mention) -> bool:
        """Whether a name right behind a requirement is what it speaks of."""
        gap = self._text.canon[need.end : subject.start]
        return _BELONGS.search(gap) is not None or (len(gap) <= REACH and LINK.search(gap) is None)

    def _may_carry(self, clause: Clause, need: Found) -> bool:
        return bool(self._carried.subjects) and not self._survey.strangers(clause.start, need.start)

    def _without_subject(self, clause: Clause, need: Requirement) -> None:
        """Take the subject from the context or from foreign words, or wait for the next clause."""
        if self._document.context:
            self._targets(clause, need, self._document.context, ("subject_from_context",))
            return
        stranger = self._survey.strangers(max(clause.start, need.start - REACH), need.start)
        if stranger and need.kind == "percent_at_least":
            self._add(clause, replace(need, measure="percent"), subject=stranger)
        elif stranger and need.kind == "percent_reduction_at_least":
            self._add(clause, need, subject=stranger)
        else:
            self._pending.append((clause, need))

    def _is_listed(self, subject: Mention) -> bool:
        """Whether a name opens a line of a list: "- PAPI"."""
        line = self._text.canon.rfind("\n", 0, subject.start) + 1
        return BULLET.match(self._text.canon, max(0, line), subject.start) is not None

    def _read_pending(self, subjects: Sequence[Mention] = ()) -> None:
        """Requirements whose subjects follow in the next clause ("Đó là Chỉ số …"), or never."""
        pending, self._pending = self._pending, []
        if not pending and subjects and self._is_listed(subjects[0]):
            pending = self._answered
        self._answered = pending if subjects else []
        for clause, need in pending:
            if len(self._results) >= MAX_TARGETS:
                return
            if subjects:
                self._targets(clause, need, subjects, ("subject_from_later_clause",))
                continue
            stranger = self._survey.strangers(max(clause.start, need.start - REACH), need.start)
            words = clause.placeholder or stranger or self._survey.part(need.start, need.end)
            self._add(clause, need, unparsed=(words,), notes=("subject_not_named",))

    # --- one target -----------------------------------------------------------------------------

    def _targets(
        self,
        clause: Clause,
        need: Requirement,
        subjects: Sequence[Mention],
        notes: tuple[str, ...],
    ) -> None:
        """One target for every component that is named; several meanings of a name give none."""
        seen: set[str] = set()
        for subject in subjects:
            words = subject.unknown
            if len(subject.component_ids) > 1 and not subject.all_parts and not words:
                words = self._text.normal[subject.start : subject.end]
                several = (*notes, "name_of_several")
                self._add(clause, need, subject=words, unparsed=(words,), notes=several)
            elif words:
                self._add(clause, need, subject=words, unparsed=(words,), notes=notes)
            else:
                said = () if subject.is_strong else ("named_in_ordinary_words",)
                for meaning in subject.entries:
                    if meaning.component_id not in seen:
                        seen.add(meaning.component_id)
                        self._add(
                            clause, need, meaning=meaning, mention=subject, notes=(*notes, *said)
                        )

    def _add(
        self,
        clause: Clause,
        need: Requirement,
        *,
        meaning: Entry | None = None,
        mention: Mention | None = None,
        subject: str = "",
        unparsed: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        """Keep one target, unless the sentence has said the same before."""
        if len(self._results) >= MAX_TARGETS:
            return
        spans = [(need.start, need.end)]
        if mention is not None and mention.end > mention.start:
            spans.append((mention.start, mention.end))
        target = ParsedTarget(
            self._text.normal, clause.words, need.kind,
            meaning.index_id if meaning is not None else None,
            meaning.component_id if meaning is not None else None,
            subject, need.measure, need.op, need.amount, need.stretch,
            n=need.n, rank=need.rank, out_of=need.out_of, region=need.region,
            group_name=need.group_name, unparsed=unparsed, notes=(*need.notes, *notes),
        )  # fmt: skip
        target, more = self._dating.dated(target, need)
        if self._is_report(clause, need, target):
            target = self._handed_back(clause, need)
        target = self._placed(target)
        said = ["spelling_corrected"] if clause.is_mended else []
        is_asked = self._carried.is_aim or has_intent(self._survey, clause)
        if meaning is not None and target.kind is not None and not is_asked:
            said.append("no_word_of_intent")
        target = replace(target, spans=tuple(sorted({*spans, *more})), notes=(*target.notes, *said))
        key = replace(target, text="", clause="", spans=())
        if key not in self._seen:
            self._seen.add(key)
            self._results.append(target)

    def _is_report(self, clause: Clause, need: Requirement, target: ParsedTarget) -> bool:
        """Whether the words report a result; also where its year lies before that of the text."""
        asked_above = self._carried.is_aim
        if is_report(self._survey, clause, need, asked_above=asked_above):
            return True
        year = self._document.document_year or self._document.context_edition
        last = target.target_edition
        is_past = year is not None and last is not None and last < year
        is_said_here = any(period.first == target.first_edition for period in self._survey.periods)
        is_asked = asked_above or is_asked_before(self._survey, need)
        return is_past and is_said_here and need.deadline is None and not is_asked

    def _handed_back(self, clause: Clause, need: Requirement) -> ParsedTarget:
        """The words of a reported result, for a person to look at."""
        part = self._survey.part(need.start, need.end)
        return ParsedTarget(
            self._text.normal, clause.words, None, unparsed=(part,), notes=(READS_LIKE_A_RESULT,)
        )

    def _placed(self, target: ParsedTarget) -> ParsedTarget:
        """The target with the identifier of its group or region, as of its year."""
        if target.region:
            return replace(target, region_id=region_id(target.region, target.target_edition))
        if target.kind != "group_at_least" or not target.index_id:
            return target
        found = self._document.lexicon.group_ids
        name, index_id = target.group_name, target.index_id
        ids = found(name, index_id, target.target_edition) or found(name, index_id, None)
        if len(ids) == 1:
            return replace(target, group_id=ids[0])
        return replace(
            target,
            unparsed=(*target.unparsed, f"nhóm {name}"),
            notes=(*target.notes, "group_not_in_catalogue"),
        )

    # --- what was not understood ----------------------------------------------------------------

    def _doubt(self, clause: Clause, first: int, obscure: Sequence[str]) -> None:
        """Hand back what was not understood, with the targets of its clause or alone."""
        parts = tuple(dict.fromkeys(obscure))
        if not parts:
            return
        mine = range(first, len(self._results))
        if not mine:
            words = self._text.normal[clause.start : clause.end].strip()
            self._results.append(ParsedTarget(self._text.normal, words, None, unparsed=parts))
            return
        for number in mine:
            target = self._results[number]
            self._results[number] = replace(target, unparsed=(*target.unparsed, *parts))

    def _remember(self) -> None:
        """Leave years and indices to the next sentence; a year alone in a heading is kept."""
        self._carried.bases = self._survey.bases or self._carried.bases
        named = frozenset().union(*(m.index_ids for m in self._survey.mentions if m.is_strong))
        self._carried.index_ids = named or self._carried.index_ids
        self._carried.subjects = ()
        if not self._results:
            self._carried.is_aim = self._survey.announces_targets
        if not self._results and self._survey.periods and not self._survey.mentions:
            self._carried.period = self._survey.periods[0]
        elif self._survey.periods:
            self._carried.period = None


def _ids(mentions: Sequence[Mention]) -> set[str]:
    return {component_id for mention in mentions for component_id in mention.component_ids}
