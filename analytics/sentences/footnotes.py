"""Places a document states as known; they are no targets.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re

from analytics.sentences.letters import QUOTES, Text
from analytics.sentences.names import Lexicon
from analytics.sentences.parsed import Footnote

_FOOTNOTE_RANK = re.compile(
    r"(?:được )?(?:xếp(?: vị trí| thứ hạng| hạng| vị thứ)?|đứng|thứ hạng|vị trí)(?: xếp)?(?: thứ|"
    r" hạng thứ|:)?\s*"
    r"(?P<r>\d{1,2})\s?/\s?(?P<n>\d{1,2})(?![\d/])"
)
_FOOTNOTE_NAME = re.compile(
    r"(?:(?:các |chỉ số |nội dung |lĩnh vực )*(?:thành phần )?)?(?P<name>.+?)"
    r"(?:[,\s]*(?:trong )?năm (?P<y>20\d\d))?"
    r"(?:\s*\((?:nay|hiện nay|sau này) (?:là|đổi thành|"
    r"được đổi tên thành)\s*(?:chỉ số )?(?:thành phần )?(?P<new>[^()]*)\))?"
    r"(?:[,\s]*(?:trong )?năm (?P<y2>20\d\d))?"
    r"(?:\s*(?:của|tại)? ?tỉnh[^,]{0,30})?(?: đạt[^,]{0,30},)?[\s,:]*$",
    re.DOTALL,
)
_LEADING_YEAR = re.compile(
    r"^\W*(?:\d{1,2}[.):\s]\s*)?(?:trong |kết quả )?năm (?P<y>20\d\d)\s*[,:]?\s*"
)
_LAST_STOP = re.compile(r"[;\n]|\.\s|,\s(?=chỉ số|nội dung|lĩnh vực)")
AIM = re.compile(
    r"phấn đấu|chỉ tiêu|mục tiêu|hướng (?:tới|đến)|yêu cầu|bảo đảm|đảm bảo|vươn|nâng|cải thiện|"
    r"tăng|"
    r"duy trì|giữ|đến (?:hết |cuối )?năm|phải|nằm trong|lọt|vào nhóm|tối thiểu|ít nhất|strive|"
    r"target"
)
_FOOTNOTE_REACH = 320


def parse_footnotes(text: str, *, lexicon: Lexicon | None = None) -> list[Footnote]:
    """Places that a document states as known, with the year carried from a leading "Năm 2021,".

    A sentence that asks for something ("phấn đấu … xếp thứ 30/63") is no footnote. A place
    beyond the field (64/63) is left out.

    Args:
        text: footnotes or a whole document.
        lexicon: names of the catalogue; without it component_ids stays empty.

    Source: docs/method/target-sentences.md.
    """
    return footnotes_in(Text(text), lexicon)


def footnotes_in(text: Text, lexicon: Lexicon | None) -> list[Footnote]:
    """Known places of a text that is already normalised.

    Source: docs/method/target-sentences.md.
    """
    found: list[Footnote] = []
    previous_end, year = 0, None
    for place in _FOOTNOTE_RANK.finditer(text.canon):
        floor = max(previous_end, place.start() - _FOOTNOTE_REACH)
        window = text.canon[floor : place.start()]
        leading, start = _clause_start(window)
        year = leading if leading is not None else year
        head = window[start:]
        rank, out_of = int(place["r"]), int(place["n"])
        previous_end = place.end()
        aside = _aside(text, lexicon, place)
        if aside is not None:
            found.append(aside)
            continue
        sentence = text.canon[max(0, place.start() - 2 * _FOOTNOTE_REACH) : place.start()]
        if AIM.search(sentence[_sentence_start(sentence) :]) or not 1 <= rank <= out_of:
            year = None
            continue
        footnote = _footnote(text, lexicon, floor + start, head, place, year)
        if footnote is not None:
            year = footnote.edition
            found.append(footnote)
    return found


_ASIDE = re.compile(r"\((?P<words>[^()]{0,80})$")
_ASIDE_YEAR = re.compile(r"năm (?P<y>20\d\d)")


def _aside(text: Text, lexicon: Lexicon | None, place: re.Match[str]) -> Footnote | None:
    """A known place in brackets behind a target: "tăng 05 bậc (năm 2022 xếp thứ 54/61)"."""
    window = text.canon[max(0, place.start() - _FOOTNOTE_REACH) : place.start()]
    opened = _ASIDE.search(window)
    rank, out_of = int(place["r"]), int(place["n"])
    if opened is None or AIM.search(opened["words"]) or not 1 <= rank <= out_of:
        return None
    floor = max(0, place.start() - _FOOTNOTE_REACH)
    bracket = place.start() - len(window) + opened.start()
    tokens = text.tokens[text.token_at(floor) : text.token_at(bracket)]
    mentions = lexicon.mentions(tokens, text.canon) if lexicon is not None else []
    named = mentions[-1] if mentions else None
    year = _ASIDE_YEAR.search(opened["words"])
    single = named is not None and len(named.component_ids) == 1
    return Footnote(
        int(year["y"]) if year is not None else None,
        text.normal[named.start : named.end] if named is not None else "",
        "",
        rank,
        out_of,
        named.component_ids if named is not None and single else (),
        (bracket, place.end()),
    )


def _sentence_start(window: str) -> int:
    stops = [stop.end() for stop in re.finditer(r"[\n]|\.\s", window)]
    return stops[-1] if stops else 0


def _clause_start(window: str) -> tuple[int | None, int]:
    """Year that opens the clause, and where its own words begin."""
    start, year = 0, None
    for stop in [None, *_LAST_STOP.finditer(window)]:
        start = stop.end() if stop is not None else 0
        opening = _LEADING_YEAR.match(window[start:])
        if opening is not None:
            year = int(opening["y"])
            start += opening.end()
    return year, start


def _footnote(
    text: Text,
    lexicon: Lexicon | None,
    start: int,
    head: str,
    place: re.Match[str],
    year: int | None,
) -> Footnote | None:
    named = _FOOTNOTE_NAME.match(head)
    if named is None:
        return None
    name = text.normal[start + named.start("name") : start + named.end("name")].strip(QUOTES)
    renamed = ""
    if named["new"] is not None:
        renamed = text.normal[start + named.start("new") : start + named.end("new")].strip(QUOTES)
    components: tuple[str, ...] = ()
    if lexicon is not None:
        inside = text.tokens[text.token_at(start) : text.token_at(place.start())]
        mentions = lexicon.mentions(inside, text.canon)
        ids = dict.fromkeys(
            c for m in mentions if len(m.component_ids) == 1 for c in m.component_ids
        )
        components = tuple(ids)
    if not name and not components:
        return None
    stated = named["y"] or named["y2"]
    return Footnote(
        int(stated) if stated else year, name, renamed, int(place["r"]), int(place["n"]),
        components, (start, place.end()),
    )  # fmt: skip
