"""One sentence: every requirement gets its subjects, its years, and becomes targets.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import replace

from analytics.sentences.clauses import Clause, Found, Obscure, Requirement
from analytics.sentences.dating import Dating
from analytics.sentences.letters import QUOTES, REACH, last_match
from analytics.sentences.names import Mention
from analytics.sentences.parsed import ParsedTarget, Span
from analytics.sentences.phrases import RANK_WORD, SCORE_WORD
from analytics.sentences.places import region_id
from analytics.sentences.subjects import CONTINUES
from analytics.sentences.survey import BULLET, Carried, Document, Survey
from analytics.sentences.years import LINK

# A pasted document holds some dozens of targets; beyond this the rest is queued as text, so that
# a text made of nothing but names and requirements cannot multiply into millions of rows.
MAX_TARGETS = 500
_WEAK_UP = re.compile(
    r"(?<!\w)(?:cải thiện|nâng cao|nâng|tăng(?: hạng| bậc| điểm)|tăng cường thứ hạng|"
    r"phấn đấu tăng|thăng hạng)(?!\w)"
)
_WEAK_RIGHT = re.compile(
    r"[^;.]{0,80}?(?<!\w)(?:cải thiện|được nâng (?:lên|cao)|tăng hạng|tăng bậc|tăng điểm|"
    r"tăng lên|nâng hạng|tăng trưởng)(?!\w)"
)
_TITLE = re.compile(
    r"(?:kế hoạch|đề án|chương trình|công văn|quyết định|văn bản|báo cáo)[^,;]{0,120} về\s*"
    r"(?:việc )?(?:(?:cải thiện|nâng cao|tăng cường)(?:,| và)? )*$"
)
_NOT_YET = re.compile(r"(?<!\w)(?:chưa|không)(?: được| thể)?\s*$")


class Sentence:
    """One sentence: its clauses share years, and a clause without a subject takes the last one."""

    def __init__(self, document: Document, spans: Sequence[Span], carried: Carried) -> None:
        self._document, self._text, self._carried = document, document.text, carried
        self._survey = Survey(document, spans, carried.index_ids)
        self._dating = Dating(self._survey, carried)
        self._pending: list[tuple[Clause, Requirement]] = []
        self._answered: list[tuple[Clause, Requirement]] = []
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
        used = self._link(clause, items, subjects)
        for need in needs:
            if need.subject:
                self._operational(clause, need)
        unused = [m for m in here if id(m) not in used and (m.is_strong or m.is_satisfaction)]
        self._unquantified(clause, unused, needs)
        self._complete_by(clause, had_needs=len(self._results) > first or bool(needs))
        self._doubt(clause, first, obscure)
        named = tuple(m for m in subjects)
        if named:
            self._carried.subjects = named
        elif any(need.subject for need in needs) and not wanting:
            self._carried.subjects = ()

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
        if fresh:
            return fresh, ()
        if after and self._is_tight(item, after[0]):
            return after, ()
        if previous:
            return previous, ()
        if self._may_carry(clause, item):
            return self._carried.subjects, ("subject_from_earlier_clause",)
        return (after, ()) if after and is_first else ((), ())

    def _is_tight(self, need: Found, subject: Mention) -> bool:
        gap = self._text.canon[need.end : subject.start]
        if re.search(
            r"(?<!\w)(?:đối với|cho|của|về|ở|trong)\s*(?:các |chỉ số |nội dung |thành phần |"
            r"kết quả |[“\"(])*$",
            gap,
        ):
            return True
        return len(gap) <= REACH and LINK.search(gap) is None

    def _may_carry(self, clause: Clause, need: Found) -> bool:
        return bool(self._carried.subjects) and not self._survey.strangers(clause.start, need.start)

    def _without_subject(self, clause: Clause, need: Requirement) -> None:
        if self._document.context:
            self._targets(clause, need, self._document.context, ("subject_from_context",))
            return
        stranger = self._survey.strangers(max(clause.start, need.start - REACH), need.start)
        if stranger and need.kind == "percent_at_least":
            self._operational(clause, replace(need, subject=stranger, measure="percent"))
        elif stranger and need.kind == "percent_reduction_at_least":
            self._operational(clause, replace(need, subject=stranger))
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
            self._add(clause, need, None, None, "", (words,), ("subject_not_named",))

    # --- one target -----------------------------------------------------------------------------

    def _targets(
        self,
        clause: Clause,
        need: Requirement,
        subjects: Sequence[Mention],
        notes: tuple[str, ...],
    ) -> None:
        seen: set[str] = set()
        for subject in subjects:
            if subject.unknown:
                self._add(clause, need, None, None, subject.unknown, (subject.unknown,), notes)
                continue
            ids = subject.component_ids
            if len(ids) > 1 and not subject.all_parts:
                words = self._text.normal[subject.start : subject.end]
                self._add(clause, need, None, None, words, (words,), (*notes, "name_of_several"))
                continue
            for component_id in ids:
                if component_id in seen:
                    continue
                seen.add(component_id)
                index_id = subject.entries[0].index_id
                said = () if subject.is_strong else ("named_in_ordinary_words",)
                self._add(clause, need, index_id, component_id, "", (), (*notes, *said), subject)

    def _add(
        self,
        clause: Clause,
        need: Requirement,
        index_id: str | None,
        component_id: str | None,
        subject: str,
        unparsed: tuple[str, ...],
        notes: tuple[str, ...],
        mention: Mention | None = None,
    ) -> None:
        if len(self._results) >= MAX_TARGETS:
            return
        spans = [(need.start, need.end)]
        if mention is not None and mention.end > mention.start:
            spans.append((mention.start, mention.end))
        target = ParsedTarget(
            self._text.normal,
            clause.words,
            need.kind, index_id, component_id, subject, need.measure, need.op,
            need.amount, need.stretch,
            n=need.n, rank=need.rank, out_of=need.out_of, region=need.region,
            group_name=need.group_name, unparsed=unparsed, notes=(*need.notes, *notes),
        )  # fmt: skip
        target, more = self._dating.dated(target, need)
        target = self._grouped(target)
        target = replace(target, spans=tuple(sorted({*spans, *more})))
        if clause.is_mended:
            target = replace(target, notes=(*target.notes, "spelling_corrected"))
        if component_id is not None and not self._survey.is_asked:
            target = replace(target, notes=(*target.notes, "no_word_of_intent"))
        key = replace(target, text="", clause="", spans=())
        if key not in self._seen:
            self._seen.add(key)
            self._results.append(target)

    def _grouped(self, target: ParsedTarget) -> ParsedTarget:
        if target.kind == "group_at_least" and target.index_id:
            ids = self._document.lexicon.group_ids(
                target.group_name, target.index_id, target.target_edition
            ) or self._document.lexicon.group_ids(target.group_name, target.index_id, None)
            if len(ids) == 1:
                return replace(target, group_id=ids[0])
            return replace(
                target,
                unparsed=(*target.unparsed, f"nhóm {target.group_name}"),
                notes=(*target.notes, "group_not_in_catalogue"),
            )
        if target.region:
            return replace(target, region_id=region_id(target.region, target.target_edition))
        return target

    # --- requirements without a subject of the catalogue, and without a number ------------------

    def _operational(self, clause: Clause, need: Requirement) -> None:
        self._add(clause, need, None, None, need.subject, (), ())

    def _unquantified(
        self, clause: Clause, unused: Sequence[Mention], needs: Sequence[Requirement]
    ) -> None:
        """Names no requirement speaks of: "góp phần nâng cao Chỉ số …" asks for any rise."""
        edges = [clause.start, *(need.end for need in needs)]
        run: list[Mention] = []
        for mention in [*unused, None]:
            if run and (mention is None or not self._goes_on(run[-1].end, mention.start)):
                self._rise(clause, run, edges, needs)
                run = []
            if mention is not None:
                run.append(mention)

    def _rise(
        self,
        clause: Clause,
        run: Sequence[Mention],
        edges: Sequence[int],
        needs: Sequence[Requirement],
    ) -> None:
        """Names in a row share the verb before the first or after the last of them."""
        floor = max(_edge_before(edges, run[0].start), run[0].start - REACH)
        found = self._rise_before(floor, run[0])
        if found is None and run[-1].is_strong:
            found = self._rise_after(clause, run[-1], needs)
        if found is None:
            return
        span = (found[1][0], max(found[1][1], run[-1].end))
        for measure in found[0].split("+"):
            need = Requirement(*span, "improve_unquantified", measure, ">")
            self._targets(clause, need, run, ())

    def _goes_on(self, start: int, end: int) -> bool:
        return CONTINUES.fullmatch(self._text.canon, start, end) is not None

    def _rise_before(self, floor: int, mention: Mention) -> tuple[str, Span] | None:
        left = self._text.canon[floor : mention.start]
        verb = last_match(_WEAK_UP, left)
        if verb is None or _NOT_YET.search(left[: verb.start()]):
            return None
        whole_left = (
            self._text.canon[max(self._survey.start, floor - REACH) : floor] + left[: verb.start()]
        )
        between = left[verb.end() :]
        if not mention.is_strong and len(between) > 16:
            return None
        if _TITLE.search(whole_left) or re.search(r"[;.]", between):
            return None
        return self._risen(between + self._text.canon[mention.end : mention.end + 1]), (
            floor + verb.start(), mention.end,
        )  # fmt: skip

    def _rise_after(
        self, clause: Clause, mention: Mention, needs: Sequence[Requirement]
    ) -> tuple[str, Span] | None:
        ceiling = min([clause.end, *(need.start for need in needs if need.start > mention.end)])
        found = _WEAK_RIGHT.match(self._text.canon, mention.end, ceiling)
        return None if found is None else (self._risen(found.group()), (mention.start, found.end()))

    @staticmethod
    def _risen(words: str) -> str:
        scores, ranks = SCORE_WORD.search(words), RANK_WORD.search(words)
        return "score+rank" if scores and ranks else "score" if scores else "rank"

    def _complete_by(self, clause: Clause, *, had_needs: bool) -> None:
        if had_needs:
            return
        first = bisect.bisect_left(self._survey.deadlines, clause.start, key=lambda d: d.span[0])
        last = bisect.bisect_left(self._survey.deadlines, clause.end, key=lambda d: d.span[0])
        here = self._survey.deadlines[first:last]
        for deadline in here:
            before = self._text.normal[clause.start : here[0].span[0]].strip(QUOTES)
            before = re.sub(r"\s(?:trong|vào|là)$", "", before)
            notes: tuple[str, ...] = ()
            if len(before) < 25 and clause.start > 0:
                before = self._text.normal[max(0, clause.start - 600) : clause.start].strip(QUOTES)
                notes = ("subject_from_earlier_sentence",)
            need = Requirement(
                *deadline.span,
                "complete_by",
                "date",
                "<" if deadline.exclusive_day else "<=",
                deadline=deadline,
                notes=notes,
            )
            self._add(clause, need, None, None, before, (), ())

    # --- what was not understood ----------------------------------------------------------------

    def _doubt(self, clause: Clause, first: int, obscure: Sequence[str]) -> None:
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
        self._carried.bases = self._survey.bases or self._carried.bases
        named = frozenset().union(*(m.index_ids for m in self._survey.mentions if m.is_strong))
        self._carried.index_ids = named or self._carried.index_ids
        self._carried.subjects = ()
        if not self._results and self._survey.periods and not self._survey.mentions:
            self._carried.period = self._survey.periods[0]
        elif self._survey.periods:
            self._carried.period = None


def _ids(mentions: Sequence[Mention]) -> set[str]:
    return {component_id for mention in mentions for component_id in mention.component_ids}


def _edge_before(edges: Sequence[int], position: int) -> int:
    """The last edge at or before a position."""
    at = bisect.bisect_right(edges, position) - 1
    return edges[at] if at >= 0 else 0
