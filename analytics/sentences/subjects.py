"""Which names of a sentence are its subjects, and which are ordinary words.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics.sentences.letters import QUOTES, REACH, Text
from analytics.sentences.names import Lexicon, Mention

_CUE = re.compile(
    r"(?<!\w)(?:chỉ số|nội dung|lĩnh vực|tiêu chí|trục|khía cạnh|yếu tố|index)(?: (?:thành phần|"
    r"nội dung|lĩnh vực|số|thứ|về|của|các|tổng hợp|chung|\d{1,2}))*[\s“”\"'‘«:(-]*$"
)
# The parts that a sentence goes on to list: "…, trong đó: Cải cách thể chế tăng 5 bậc".
_LISTED = re.compile(r"[:;]\s*$|(?<!\w)(?:trong đó|cụ thể|riêng|bao gồm|gồm)[\s:,]*$")
_NEXT_PART = re.compile(r"(?:,|;|(?<!\w)và)\s*$")
_ITS_VERB = re.compile(
    r"[”\"]?\s*(?:phấn đấu |phải |cần )?(?:đạt|tăng|nâng|xếp|đứng|nằm|thuộc|lên|từ|trên|giữ|"
    r"duy trì|cao hơn|không)(?!\w)"
)
_QUOTED = re.compile(r"[“\"'‘«]\s*$")
CONTINUES = re.compile(
    r"(?:[\s,;“”\"'‘’«»()&/-]|(?<!\w)(?:và|cùng|với|chỉ số|thành phần|nội dung|các|lĩnh vực|"
    r"tiêu chí|nay là|hiện nay là|cả)(?!\w))*"
)
_OF_INDEX = re.compile(
    r"[\s“”\"'’»),]*(?:của|trong|thuộc|ở|tại)(?: (?:bộ|các|chỉ số|nhóm|hệ thống))*[\s“\"'(]*$|"
    r"[\s“”\"'’»)]*\($"
)
_ABOUT = re.compile(
    r"[\s)]*(?:của tỉnh )?(?:về|ở|đối với|:|-)(?: (?:chỉ số|nội dung|lĩnh vực))?[\s“\"]*"
)
_INDEX_THEN_PART = re.compile(
    r"(?:(?!\s(?:và|cùng|với) )[^,;.]){0,40}?(?:thành phần|nội dung|lĩnh vực|về|đối với|tiêu chí|"
    r"trục|[:(-]|“|\")"
    r"[^,;.]{0,30}"
)
_INDEX_WORD = re.compile(r"(?<!\w)(?:chỉ số|index)(?!\w)")
_SKIPPED = re.compile(r"(?: (?:thành phần|nội dung|tổng hợp|về|chung))*[\s“\"'‘«:]*")
_OTHER_INDEX = re.compile(
    r"(?<![\w/.-])(?:DTI|ICT(?: Index)?|PGI|PII|GII|EGDI|DDCI|DCI|B1|ĐMST)(?![\w/-])"
)
_APPOSITION = re.compile(r"[”\"]?\s*\((?:chỉ số )?$")
_UNKNOWN_NAME = re.compile(
    r"(?:[^\W\d_]|\d)[^,;.()“”\"\n]{1,70}?(?=\s*(?:[,;.()“”\"\n]|$)|\s(?:tăng|đạt|năm|nằm|thuộc|"
    r"xếp|phải|của|và|giảm|cải thiện|từ|trong)(?!\w))"
)
_OTHER_SATISFACTION = re.compile(
    r"[^,;.]{0,40}?(?:về|đối với|với)(?: dịch vụ)?(?: sự phục vụ của)? (?:y tế|giáo dục|khám|"
    r"giao thông|điện|cấp nước|công an|bệnh viện|ngành)|"
    r"(?:[^,;.\d]|, ?(?=doanh nghiệp|tổ chức|cá nhân|người)){0,80}?"
    r"(?:về|đối với|trong|khi)(?: (?:việc|công tác|kết quả|quá trình|thực hiện))*"
    r" (?:giải quyết|tiếp nhận|sử dụng|cung cấp|cung ứng|thủ tục)"
)
# The province's own index of its offices is another index.
_OF_OFFICES = re.compile(
    r"[\s)]*(?:của |đối với )?(?:(?:các |từng |mỗi )(?:đơn vị|sở|cơ quan|huyện|xã|phường|ngành)|"
    r"cấp (?:sở|huyện|xã))"
)


def _is_strong(text: Text, mention: Mention, previous: Mention | None) -> bool:
    """Whether a name stands as the name of an index and not as ordinary words."""
    if mention.is_strong:
        return True
    left = text.canon[max(0, mention.start - 60) : mention.start]
    if _CUE.search(left) or _QUOTED.search(left):
        return True
    if previous is not None and not mention.is_index and _LISTED.search(left):
        return True
    if previous is not None and previous.is_strong and previous.index_ids & mention.index_ids:
        right = text.canon[mention.end : mention.end + 24]
        if _NEXT_PART.search(left) and _ITS_VERB.match(right):
            return True  # "Gia nhập thị trường đạt 7,5 điểm, Tiếp cận đất đai đạt 7 điểm"
    return (
        previous is not None
        and previous.is_strong
        and not previous.is_index
        and mention.start - previous.end <= 60
        and CONTINUES.fullmatch(text.canon, previous.end, mention.start) is not None
    )


def subjects_in(
    text: Text, lexicon: Lexicon, start: int, end: int, known: frozenset[str]
) -> list[Mention]:
    """Names of indices and components in a sentence, with the unknown ones among them.

    Source: docs/method/target-sentences.md.
    """
    tokens = text.tokens[text.token_at(start) : text.token_at(end)]
    found: list[Mention] = []
    beyond = -1
    for mention in lexicon.mentions(tokens, text.canon):
        previous = found[-1] if found else None
        in_words = mention.is_satisfaction and not mention.is_strong
        if in_words and _OTHER_SATISFACTION.match(text.canon, mention.end, end):
            beyond = mention.end + REACH // 2
            continue  # "hài lòng … về y tế" is not SIPAS
        if mention.start < beyond and not _is_strong(text, mention, previous):
            continue  # nor are the words after "về" a component
        strong = replace(mention, is_strong=_is_strong(text, mention, previous))
        offices = _OF_OFFICES.match(text.canon, mention.end, end) if mention.is_index else None
        if offices is not None:
            words = text.normal[mention.start : offices.end()]
            strong = replace(strong, entries=(), unknown=words)
        found.append(strong)
    _strengthen(text, found)
    named = frozenset().union(
        *(m.index_ids for m in found if m.is_strong and len(m.index_ids) == 1)
    )
    found = [_settled(mention, named or known) for mention in found]
    found.extend(_unknown_names(text, start, end, found))
    return sorted(found, key=lambda mention: mention.start)


def _strengthen(text: Text, found: list[Mention]) -> None:
    """An index beside a part makes it a name: "Tính minh bạch của PCI", "PCI về …"."""
    for number in range(len(found) - 2, -1, -1):
        part, index = found[number], found[number + 1]
        if not part.is_index and not part.is_strong and part.index_ids & index.index_ids:
            gap = text.canon[part.end : index.start]
            is_list = index.is_strong and not index.is_index and len(gap) < 60
            of_index = index.is_index and len(gap) < 60 and _OF_INDEX.search(gap)
            if of_index or (is_list and CONTINUES.fullmatch(gap)):
                found[number] = replace(part, is_strong=True)
    for number in range(1, len(found)):
        index, part = found[number - 1], found[number]
        if index.is_index and index.is_strong and not part.is_index and not part.is_strong:
            gap = text.canon[index.end : part.start]
            if part.index_ids & index.index_ids and _ABOUT.fullmatch(gap):
                found[number] = replace(part, is_strong=True)


def _settled(mention: Mention, known: frozenset[str]) -> Mention:
    """Keep of a shared name the meanings that belong to an index named nearby."""
    if len(mention.component_ids) <= 1:
        return mention
    kept = tuple(entry for entry in mention.entries if entry.index_id in known)
    return replace(mention, entries=kept) if kept else mention


def _unknown_names(text: Text, start: int, end: int, known: Sequence[Mention]) -> list[Mention]:
    """Indices the catalogue does not hold."""
    named = list(_named_by_cue(text, start, end, known))
    ends = {mention.end for mention in named}
    for other in _OTHER_INDEX.finditer(text.normal, start, end):
        again = _APPOSITION.search(text.canon[max(start, other.start() - 16) : other.start()])
        is_said = again is not None and other.start() - len(again.group()) in ends
        if not is_said and not _overlaps(known, *other.span()):
            named.append(Mention(*other.span(), (), True, unknown=other.group()))
    return named


def _named_by_cue(text: Text, start: int, end: int, known: Sequence[Mention]) -> Iterator[Mention]:
    """Unknown names behind "chỉ số", in capitals or quotation marks."""
    last_end = -1
    head = text.normal[start : min(end, start + 4000)]
    shouted = head.upper() == head
    for cue in _INDEX_WORD.finditer(text.canon, start, end):
        if _overlaps(known, *cue.span()):
            continue
        skipped = _SKIPPED.match(text.canon, cue.end(), end)
        at = skipped.end() if skipped else cue.end()
        if at >= end or _overlaps(known, at, at + 1):
            continue
        quoted = text.canon[max(start, at - 1) : at] in ("“", '"', "‘", "«")
        if not quoted and (shouted or not text.normal[at].isupper()):
            continue
        again = _APPOSITION.search(text.canon[max(start, cue.start() - 6) : cue.start()])
        if again is not None and cue.start() - len(again.group()) == last_end:
            continue
        name = _UNKNOWN_NAME.match(text.canon, at, end)
        if name is not None and not _overlaps(known, *name.span()):
            last_end = name.end()
            words = text.normal[name.start() : last_end].strip(QUOTES)
            yield Mention(name.start(), last_end, (), True, unknown=words)


def _overlaps(known: Sequence[Mention], start: int, end: int) -> bool:
    at = bisect.bisect_left(known, end, key=lambda mention: mention.start)
    return at > 0 and known[at - 1].end > start


def without_owners(text: Text, mentions: Sequence[Mention]) -> list[Mention]:
    """Subjects without the index that only says where a component belongs, as in "… của PCI".

    Source: docs/method/target-sentences.md.
    """
    around = zip([None, *mentions], mentions, [*mentions[1:], None], strict=False)
    return [
        mention for before, mention, after in around if not _is_owner(text, before, mention, after)
    ]


def _is_owner(text: Text, before: Mention | None, index: Mention, after: Mention | None) -> bool:
    """Whether an index only says whose component stands before or behind it."""
    if before is not None and _is_part(before, index):
        gap = text.canon[before.end : index.start]
        if len(gap) < 60 and _OF_INDEX.search(gap):
            return True
    if after is None or not _is_part(after, index):
        return False
    gap = text.canon[index.end : after.start]
    if len(gap) < 70 and _INDEX_THEN_PART.fullmatch(text.canon, index.end, after.start):
        return True
    return len(gap) < 3 and not gap.strip()


def _is_part(part: Mention, index: Mention) -> bool:
    return (
        index.is_index
        and bool(part.entries)
        and not part.is_index
        and part.is_strong
        and bool(part.index_ids & index.index_ids)
    )
