"""Names that shall rise by no stated number: "góp phần nâng cao Chỉ số …".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

from analytics.sentences.clauses import Clause, Requirement
from analytics.sentences.letters import REACH, Text, last_match
from analytics.sentences.names import Mention
from analytics.sentences.parsed import Span
from analytics.sentences.phrases import RANK_WORD, SCORE_WORD
from analytics.sentences.subjects import CONTINUES
from analytics.sentences.survey import Survey

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


def rises_in(
    survey: Survey, clause: Clause, unused: Sequence[Mention], needs: Sequence[Requirement]
) -> Iterator[tuple[Requirement, list[Mention]]]:
    """Rises asked of the names no requirement speaks of; names in a row share their verb.

    Source: docs/method/target-sentences.md.
    """
    edges = [clause.start, *(need.end for need in needs)]
    for run in _runs(survey.text, unused):
        # The verb of a requirement that ends before the names is not theirs.
        floor = max(_edge_before(edges, run[0].start), run[0].start - REACH)
        found = _verb_before(survey, floor, run[0])
        if found is None and run[-1].is_strong:
            found = _verb_behind(clause, run[-1], needs)
        if found is None:
            continue
        measures, (start, end) = found
        for measure in measures:
            end = max(end, run[-1].end)
            yield Requirement(start, end, "improve_unquantified", measure, ">"), run


def _runs(text: Text, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Names that stand in a row, with nothing but commas and "và" between them."""
    run: list[Mention] = []
    for mention in mentions:
        if run and CONTINUES.fullmatch(text.canon, run[-1].end, mention.start) is None:
            yield run
            run = []
        run.append(mention)
    if run:
        yield run


def _verb_before(
    survey: Survey, floor: int, mention: Mention
) -> tuple[tuple[str, ...], Span] | None:
    canon = survey.text.canon
    left = canon[floor : mention.start]
    verb = last_match(_WEAK_UP, left)
    if verb is None or _NOT_YET.search(left[: verb.start()]):
        return None
    between = left[verb.end() :]
    if not mention.is_strong and len(between) > 16:
        return None
    whole_left = canon[max(survey.start, floor - REACH) : floor] + left[: verb.start()]
    if _TITLE.search(whole_left) or re.search(r"[;.]", between):
        return None
    words = between + canon[mention.end : mention.end + 1]
    return _measures(words), (floor + verb.start(), mention.end)


def _verb_behind(
    clause: Clause, mention: Mention, needs: Sequence[Requirement]
) -> tuple[tuple[str, ...], Span] | None:
    ceiling = min([clause.end, *(need.start for need in needs if need.start > mention.end)])
    found = _WEAK_RIGHT.match(clause.canon, mention.end, ceiling)
    return None if found is None else (_measures(found.group()), (mention.start, found.end()))


def _measures(words: str) -> tuple[str, ...]:
    """What shall rise; a rank unless only points are named."""
    scores, ranks = SCORE_WORD.search(words), RANK_WORD.search(words)
    return ("score", "rank") if scores and ranks else ("score",) if scores else ("rank",)


def _edge_before(edges: Sequence[int], position: int) -> int:
    """The last edge at or before a position."""
    at = bisect.bisect_right(edges, position) - 1
    return edges[at] if at >= 0 else 0
