"""What stands in one sentence: its clauses, names, years, deadlines and requirements.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analytics.sentences.clauses import Clause, Obscure, Requirement
from analytics.sentences.deadlines import STRICT_BY, DateForm, date_forms, deadline_at
from analytics.sentences.letters import Text, Token, words_of
from analytics.sentences.names import Entry, Lexicon, Mention
from analytics.sentences.parsed import ParsedDeadline, ParsedTarget, Span
from analytics.sentences.phrases import add_phrases
from analytics.sentences.requirements import add_requirements
from analytics.sentences.subjects import subjects_in, without_owners
from analytics.sentences.years import (
    PREVIOUS,
    Base,
    Period,
    bases_in,
    periods_in,
    set_documents_aside,
)

_SENTENCE_END = re.compile(
    r"(?<!\btp)(?<!\bq)(?<!\bp)(?<![\d.])[.!?][”\"’)]*(?=\s|$)|(?<=\d)[.!?](?=\s|$)|\n+"
)
LEAP_YEAR = 2000
# No index has more components; "48/63 chỉ số" is a place in front of the next name.
MOST_PARTS = 15
_CLAUSE_END = re.compile(r";")
BULLET = re.compile(r"\s*(?:[-+•*●▪–]|\d{1,2}[.)]|[a-zđ][.)])\s")
_GOES_ON = re.compile(r"\s*(?:đó là|gồm|bao gồm|cụ thể|trong đó|bao gồm)(?!\w)")
_HEADING = re.compile(r"(?<!đạt )(?<!vượt )(?<!thành )(?:mục tiêu|chỉ tiêu|yêu cầu)(?!\w)")
_LONGEST_HEADING = 120
_ASKS = re.compile(r"phấn đấu|chỉ tiêu|mục tiêu|(?<!\w)(?:strive|target|aim|objectif|goal)")
_ASKS_IN_ENGLISH = re.compile(
    r"(?<!\w)(?:rank|ranked|group|position|classified|percent|among)(?!\w)"
)
_PARTS = re.compile(
    r"(?:(?P<every>cả|tất cả|toàn bộ|mọi|các|mỗi|"
    r"từng)\s+)?(?:các )?(?:(?P<k>\d{1,2})(?:/(?P<of>\d{1,2}))? )?"
    r"(?:chỉ số thành phần|chỉ số nội dung|nội dung|lĩnh vực|chỉ số)(?!\w)"
)
_FILLER = frozenset(
    words_of(
        "phấn đấu và đồng thời nằm trong thuộc kết quả điểm số xếp hạng thứ bậc vị trí của "
        "tỉnh năm đến hết cuối phải tiếp tục cần luôn đạt từ trên ít nhất tối thiểu tăng "
        "nâng cải thiện cao duy trì giữ vững ta mình chỉ các này giai đoạn bảo đảm hướng "
        "tới mục tiêu yêu cầu cụ thể đó lên vào ở mức được hằng hàng với so cả nước cũng sẽ "
        "mỗi từng qua để nhằm góp phần thành phố địa phương nhóm sau trước toàn quốc không "
        "quyết tâm xác định đặt ra gồm bao là tổng có đều thì bậc trở lại theo trung bình "
        "tốt hơn đầu"
    )
)


@dataclass(frozen=True)
class Document:
    """A text, what is known about it from outside, and which of its letters are understood."""

    text: Text
    lexicon: Lexicon
    taken: bytearray
    context_edition: int | None
    document_year: int | None
    context: tuple[Mention, ...]

    def queued(self, start: int, end: int, notes: tuple[str, ...] = ()) -> ParsedTarget:
        """Words that are handed back as they are."""
        words = self.text.normal[start:end].strip()
        return ParsedTarget(self.text.normal, words, None, unparsed=(words,), notes=notes)


@dataclass
class Carried:
    """What an earlier clause or sentence leaves to the next one."""

    subjects: tuple[Mention, ...] = ()
    bases: list[Base] = field(default_factory=list)
    index_ids: frozenset[str] = frozenset()
    period: Period | None = None
    is_aim: bool = False  # a heading above announces targets


def sentences_of(text: Text) -> list[list[Span]]:
    """Sentences as lists of clauses; bullets stay with the line that announces them.

    Source: docs/method/target-sentences.md.
    """
    sentences: list[list[Span]] = []
    announces = False
    for start, end in _stretches(text):
        clauses = _clause_spans(text, start, end)
        if not clauses:
            continue
        is_bullet = BULLET.match(text.canon, start, end) is not None
        goes_on = _GOES_ON.match(text.canon, start, end) is not None
        if sentences and (goes_on or (announces and is_bullet)):
            sentences[-1].extend(clauses)
        else:
            announces = text.canon[start:end].rstrip().endswith(":")
            sentences.append(clauses)
    return sentences


def _stretches(text: Text) -> Iterator[Span]:
    """What stands between full stops and ends of lines, unless it is blank."""
    start = 0
    for stop in _SENTENCE_END.finditer(text.canon):
        if text.canon[start : stop.start()].strip():
            yield start, stop.start()
        start = stop.end()
    if text.canon[start:].strip():
        yield start, len(text.canon)


def _clause_spans(text: Text, start: int, end: int) -> list[Span]:
    edges = [start]
    for semicolon in _CLAUSE_END.finditer(text.canon, start, end):
        edges += [*semicolon.span()]
    edges.append(end)
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [span for span in spans if text.canon[span[0] : span[1]].strip()]


class Survey:
    """What stands in one sentence, clause by clause, before anything is linked."""

    def __init__(self, document: Document, spans: Sequence[Span], known: frozenset[str]) -> None:
        self.document, self.text = document, document.text
        self.start, self.end = spans[0][0], spans[-1][1]
        self.clauses = [Clause(self.text, *span, document.taken) for span in spans]
        self.bases: list[Base] = []
        self.periods: list[Period] = []
        self.deadlines: list[ParsedDeadline] = []
        names = subjects_in(self.text, document.lexicon, self.start, self.end, known)
        self.mentions = without_owners(self.text, names)
        goes_on = ""
        for clause in self.clauses:
            self._find_deadlines(clause)
            set_documents_aside(clause)
            add_phrases(clause)
            self.bases.extend(bases_in(clause))
            self.periods.extend(periods_in(clause))
            self._expand_parts(clause)
            names_here, groups = self.named_in(clause), document.lexicon.group_names
            add_requirements(clause, names_here, groups, goes_on)
            last = clause.found[-1] if clause.found else None
            is_rate = isinstance(last, Requirement) and last.kind == "improve_unquantified"
            goes_on = last.op if is_rate and isinstance(last, Requirement) else ""

    @cached_property
    def needs(self) -> list[Requirement]:
        """Every requirement found, in order of place."""
        found = [item for clause in self.clauses for item in clause.found]
        return [item for item in found if isinstance(item, Requirement)]

    @property
    def announces_targets(self) -> bool:
        """Whether this is the heading of a list of targets: "2. Mục tiêu cụ thể"."""
        words = self.text.canon[self.start : self.end]
        return len(words) <= _LONGEST_HEADING and _HEADING.search(words) is not None

    @property
    def asks_in_vain(self) -> bool:
        """Whether words of intent stand here and some letters are still not understood."""
        asks = _ASKS.search(self.text.canon, self.start, self.end) or (
            any(mention.is_strong for mention in self.mentions)
            and _ASKS_IN_ENGLISH.search(self.text.canon, self.start, self.end)
        )
        return bool(asks) and any(
            not self.document.taken[position] and self.text.canon[position].isalpha()
            for position in range(self.start, self.end)
        )

    def named_in(self, clause: Clause) -> list[Mention]:
        """Names that stand in one clause."""
        first = bisect.bisect_left(self.mentions, clause.start, key=lambda m: m.start)
        last = bisect.bisect_left(self.mentions, clause.end, key=lambda m: m.start)
        return self.mentions[first:last]

    def part(self, start: int, end: int) -> str:
        """The words around something not understood, between commas."""
        canon = self.text.canon
        floor, ceiling = max(self.start, start - 90), min(self.end, end + 90)
        left = max(canon.rfind(stop, floor, start) for stop in ",;\n") + 1
        if not left:
            left = floor if floor == self.start else canon.find(" ", floor, start) + 1 or start
        stops = [canon.find(stop, end, ceiling) for stop in ",;\n"]
        right = min((stop for stop in stops if stop >= 0), default=-1)
        if right < 0:
            cut = canon.rfind(" ", end, ceiling)
            right = ceiling if ceiling == self.end else (cut if cut >= 0 else end)
        return self.text.normal[left:right].strip(" \n\t.,;:")

    def strangers(self, start: int, end: int) -> str:
        """Words before a requirement that name something which is no index we know."""
        tokens = self.text.tokens[self.text.token_at(start) : self.text.token_at(end)]
        words: list[Token] = []
        after_unit = False
        for token in tokens:
            canon = self.text.canon[token.start : token.end]
            is_name = self.text.normal[token.start].isupper()
            if after_unit and is_name:
                continue
            after_unit = canon in ("tỉnh", "phố", "tp")
            if canon in _FILLER or token.bare.isdigit() or after_unit or len(canon) < 2:
                continue
            words.append(token)
        if not words:
            return ""
        if words[0].bare == "do" and self.text.canon[: words[0].start].endswith("mức "):
            return self.text.normal[words[0].start - 4 : words[-1].end]
        return self.text.normal[words[0].start : words[-1].end]

    def _find_deadlines(self, clause: Clause) -> None:
        floor = clause.start
        year = self.document.document_year or self.document.context_edition
        for form in date_forms(self.text.canon, clause.start, clause.end):
            recurs_after = bool(self.deadlines) and form.parts.get("every") is not None
            if recurs_after:
                year = self.deadlines[-1].date.year + 1
            found = deadline_at(self.text, form, year, needs_cue=not recurs_after, floor=floor)
            is_year = set(form.parts) == {"y"}
            if found is not None and is_year and not STRICT_BY.match(found.text.lower()):
                found = None  # "đến hết năm 2021" is the year of a target
            if found is None and not is_year and clause.is_free(form.start, form.end):
                self._doubt_deadline(clause, form, floor)
            floor = form.end
            if found is not None and clause.is_free(*found.span):
                clause.take(*found.span)
                self.deadlines.append(found)

    def _doubt_deadline(self, clause: Clause, form: DateForm, floor: int) -> None:
        """A deadline by its words without a year is handed back: nobody's year is guessed."""
        in_some_year = deadline_at(self.text, form, LEAP_YEAR, needs_cue=True, floor=floor)
        if in_some_year is None or form.parts.get("y") is not None:
            return
        if STRICT_BY.match(in_some_year.text.lower()):
            clause.add(Obscure(*in_some_year.span))

    def _expand_parts(self, clause: Clause) -> None:
        """All components for "10 chỉ số thành phần PCI", if as many as said were measured."""
        here = self.named_in(clause)
        wholes = [m for m in here if m.is_index]
        if not wholes or any(m for m in here if m.entries and not m.is_index and m.is_strong):
            return
        for parts in _PARTS.finditer(self.text.canon, clause.start, clause.end):
            if parts["of"] is not None and int(parts["k"]) < int(parts["of"]) <= MOST_PARTS:
                self._doubt_some_parts(wholes, parts)
                break
            counted = parts["k"] is not None and parts["of"] in (None, parts["k"])
            if not (counted or (parts["every"] and "phần" in parts.group())):
                continue
            for whole in wholes:
                gap = self.text.canon[min(parts.end(), whole.end) : max(parts.start(), whole.start)]
                if len(gap) <= 30 and not re.search(r"[;.]", gap):
                    self._replace_by_parts(whole, int(parts["k"]) if counted else None, parts)
            break

    def _doubt_some_parts(self, wholes: Sequence[Mention], parts: re.Match[str]) -> None:
        """Of "5/8 chỉ số thành phần" nobody says which, and the whole index is not meant."""
        for whole in wholes:
            if abs(whole.start - parts.end()) <= 30 or abs(parts.start() - whole.end) <= 30:
                start, end = min(parts.start(), whole.start), max(parts.end(), whole.end)
                unknown = self.text.normal[start:end]
                at = self.mentions.index(whole)
                self.mentions[at] = Mention(start, end, (), True, unknown=unknown)
        self.mentions.sort(key=lambda mention: mention.start)

    def _replace_by_parts(self, whole: Mention, stated: int | None, parts: re.Match[str]) -> None:
        edition = self.periods[0].first if self.periods else None
        if edition is None and self.bases and self.bases[0].year != PREVIOUS:
            edition = self.bases[0].year
        index_id = whole.entries[0].index_id
        ids = self.document.lexicon.children(index_id, edition)
        start, end = min(parts.start(), whole.start), max(parts.end(), whole.end)
        if stated in (1, None) and not parts["every"]:
            return
        if stated is not None and len(ids) != stated and "phần" not in parts.group():
            return  # "cả 3 chỉ số" counts indices
        entries = tuple(Entry(index_id, component_id) for component_id in ids)
        unknown = ""
        if not entries or (stated is not None and len(ids) != stated):
            entries, unknown = (), self.text.normal[start:end]
        expanded = Mention(start, end, entries, True, unknown=unknown, all_parts=True)
        self.mentions[self.mentions.index(whole)] = expanded
        self.mentions.sort(key=lambda mention: mention.start)
