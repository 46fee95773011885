"""Places to reach or to keep: "nhóm 20", "xếp thứ 30/63", "giữ vững vị trí thứ 5".

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping

from analytics.sentences.clauses import LIST_OF_NUMBERS, Clause, Obscure, Requirement
from analytics.sentences.numbers import (
    NUMBER_WORD,
    QTY,
    WORDED,
    amounts_in,
    comparison_before,
    whole_value,
)
from analytics.sentences.parsed import Number

# Names of the regions of Nghị quyết 81/2023/QH15, and after 1/7/2025 where the name lives on.
_REGIONS: Mapping[str, tuple[str, str | None]] = {
    "trung du và miền núi phía bắc": (
        "northern_midlands_mountains",
        "v34_northern_midlands_mountains",
    ),
    "miền núi phía bắc": ("northern_midlands_mountains", "v34_northern_midlands_mountains"),
    "đồng bằng sông hồng": ("red_river_delta", "v34_red_river_delta"),
    "bắc trung bộ và duyên hải miền trung": ("north_central_coast", None),
    "bắc trung bộ và duyên hải trung bộ": ("north_central_coast", None),
    "duyên hải nam trung bộ và tây nguyên": ("", "v34_south_central_coast_highlands"),
    "tây nguyên": ("central_highlands", None),
    "đông nam bộ": ("south_east", "v34_south_east"),
    "đồng bằng sông cửu long": ("mekong_delta", "v34_mekong_delta"),
    "đbscl": ("mekong_delta", "v34_mekong_delta"),
    "đbsh": ("red_river_delta", "v34_red_river_delta"),
}
FIRST_EDITION_OF_34 = 2025
_REGION = re.compile(
    r"(?:(?!cả nước|toàn quốc| và (?!thành phố))[^.;\d]){0,60}?"
    r"(?:(?:vùng|khu vực|cụm) )?(?P<region>"
    + "|".join(sorted(_REGIONS, key=lambda name: -len(name)))
    + ")(?!\\w)"
)
_A_REGION = re.compile(
    r"\s*(?:(?:tỉnh|thành phố|địa phương|đơn vị|,|dẫn đầu|đứng đầu|thuộc|trong|của|các|so với)\s*)*"
    r"(?:vùng|khu vực|cụm|miền)(?!\w)"
)
_UNIT_NOUN = r"(?:tỉnh|địa phương|thành phố|đơn vị)"
_OF = r"(?:\s?/\s?(?P<of>\d{1,3})(?![\d/]))"
_TOP = re.compile(rf"(?<!\w)(?:nhóm|top|tốp)\s?(?:các |\()?{WORDED}{_OF}?(?!\s?%)")
_SHARE_OF_UNITS = re.compile(
    r"(?<!\w)(?:nhóm|top|tốp|trong)\s?(?:các |số )?\d{1,2}(?:[.,]\d+)?\s?(?:%|phần trăm)"
    rf"(?: số)? {_UNIT_NOUN}"
)
_FIRST_N = re.compile(
    rf"{QTY}{_OF}? {_UNIT_NOUN}[^.;:\d]{{0,60}}?(?:dẫn đầu|đứng đầu|tốp đầu|top đầu|cao nhất|"
    rf"tốt nhất|hàng đầu)"
)
_RATIO = re.compile(rf"{QTY}{_OF}(?!\s*(?:điểm|%|-))")
_COUNTED_PARTS = re.compile(r"\s*(?:chỉ số|tiêu chí|nội dung|lĩnh vực|năm)")
_PLACED = re.compile(r"(?<!\w)(?:xếp|hạng|thứ|vị trí|đứng|lên)\s*$")
_PLACE = re.compile(
    r"(?<!\w)(?:vị trí|thứ hạng|thứ bậc|vị thứ|hạng|xếp|đứng|lên(?= thứ))"
    r"(?: (?:xếp|hạng|thứ|số|từ))*\s?"
    rf"(?:{QTY}|(?<=thứ )(?P<word>{NUMBER_WORD}))(?!\s*(?:bậc|điểm|%|/|hạng|vị trí|-|đến|\d|"
    rf"20\d\d))"
)
_FIRST_PLACE = re.compile(
    r"(?:duy trì|giữ vững|giữ|bảo vệ)(?: [^\s,;.\d]+){0,3}? (?:vị trí|hạng|ngôi|"
    r"thứ hạng)(?: [^\s,;.\d]+){0,2}? "
    r"(?:dẫn đầu|đứng đầu|thứ nhất|số một|đầu bảng|quán quân)(?! nhóm)"
)
# Kept inside a group: the group is what is asked.
_WITHIN = re.compile(r"[^,;.]{0,80}?(?:trong|thuộc) (?:nhóm|top|tốp|số) ?\d")
_FIRST_OF_REGION = re.compile(
    r"(?:đứng|xếp|dẫn) (?:đầu|thứ nhất|hạng nhất|vị trí thứ nhất|vị trí dẫn đầu)(?: (?:trong|của|"
    r"các|tỉnh|thành phố|địa phương|,))* (?:vùng|khu vực|cụm) (?P<region>"
    + "|".join(sorted(_REGIONS, key=lambda name: -len(name)))
    + ")(?!\\w)"
)
_FIRST_OF_ALL = re.compile(
    r"(?<!thành phố )(?<!tỉnh )(?<!phương )(?<!nhóm )(?<!trí )(?<!tốp )(?<!top )(?<!đơn vị )"
    r"(?:dẫn|đứng) đầu (?:cả nước|toàn quốc)(?!\w)"
)
_KEPT_PLACE = re.compile(
    r"(?:duy trì|giữ vững|giữ nguyên|giữ ổn định)(?: (?!và|nhóm|top|tốp)[^\s,;.\d]+){0,2}? "
    r"(?:vị trí|thứ hạng|xếp hạng|hạng)(?! (?:trong|nhóm|thuộc|dẫn|tốp|top|cao|tốt))(?!\w)"
)
_VAGUE_TOP = re.compile(
    r"(?:thoát|ra) khỏi (?:nhóm|top|tốp)|(?:nhóm|top|tốp|vị trí|trong số)(?: [^\s,;.\d]+){0,4}? "
    r"(?:dẫn đầu|đứng đầu|hàng đầu|cuối|thấp nhất cả nước)|(?:tốp|top) (?:đầu|cuối|trên|giữa)"
)
_HOLDING = re.compile(r"(?<!\w)(?:giữ vững|giữ nguyên|giữ|duy trì)(?!\w)(?![^,;]*(?:nhóm|top|tốp))")
_RANKING = re.compile(r"(?<!\w)(?:xếp|hạng|vị trí|thứ|đứng|vị thứ|thứ bậc|lên|nhóm|top|tốp)(?!\w)")
_BOTTOM = re.compile(r"[^.;,\d]{0,60}?(?:cuối|thấp nhất|kém nhất|thấp điểm|đội sổ|tụt)(?!\w)")
# "Vị trí 30 trở xuống": better than 30 to one reader, worse to another.
_DOWNWARDS = re.compile(r"[^.;,\d]{0,24}?trở (?:xuống|về sau|ra)(?!\w)")
_NO_UNITS = re.compile(
    r"\s*(?:tiêu chí|nhiệm vụ|giải pháp|thủ tục|lĩnh vực|nội dung|chỉ số thành phần|vấn đề)"
)
# "Hiện xếp thứ 54/61" states a place, it does not ask for one.
_STANDING = re.compile(r"(?<!\w)(?:hiện|hiện nay|hiện đang|đang|đã|vừa)(?: được)?\s*$")
_SET_OUT = re.compile(r"(?<!\w)từ(?: thứ)?\s*$")
_ARRIVE = re.compile(r"[^,;.]{0,24}?(?<!\w)(?<!trở )(?:lên|đến|tới|xuống|sang)(?!\w)")
_LEAVING = re.compile(r"(?:thoát|ra|khỏi|rời|không|chưa|tránh|vượt)(?: [^\s,;.]+){0,3}\s*$")
_SMALLEST_BARE_GROUP = 5
_SMALLEST_FIELD = 10
_TOP_NOUN = re.compile(rf"\s*(?:{_UNIT_NOUN}|[^\s,;.]* ?(?:dẫn|đầu|cao|tốt)|cả nước|toàn quốc)")
_IS_A_YEAR = re.compile(r"\s*(?:năm )?(?:20\d\d|sau|trước|nay|tới|tiếp)")
_UNITS_FOLLOW = re.compile(rf"\s*{_UNIT_NOUN}")


def add_places(clause: Clause) -> None:
    """Find places to reach or to keep; a place where the unit already stands is passed over.

    Source: docs/method/target-sentences.md.
    """
    for found in clause.matches(_TOP):
        if _is_top(clause, found):
            _add_place(clause, found, is_top=True)
    for found in clause.matches(_FIRST_N):
        _add_place(clause, found, is_top=True)
    _add_firsts(clause)
    for found in clause.matches(_RATIO):
        near = clause.canon[max(clause.start, found.start() - 40) : found.start()]
        if _COUNTED_PARTS.match(clause.right(found.end(), 16)) and not _PLACED.search(near):
            continue  # "4/10 chỉ số"
        if _RANKING.search(near) or _UNITS_FOLLOW.match(clause.right(found.end(), 20)):
            _add_place(clause, found)
    for found in clause.matches(_PLACE):
        if not _IS_A_YEAR.match(clause.right(found.end(), 12)):
            _add_place(clause, found)
    _add_kept_places(clause)
    for found in clause.matches(_VAGUE_TOP):
        clause.add(Obscure(*found.span()))


def _add_firsts(clause: Clause) -> None:
    """The first place of a region; a share of all provinces is no place and is handed back."""
    for found in clause.matches(_FIRST_OF_ALL):
        if _LEAVING.search(clause.left(found.start())):
            clause.add(Obscure(*found.span()))
        else:
            clause.add(Requirement(*found.span(), "top_n", op="<=", amount=1, n=1))
    for found in clause.matches(_SHARE_OF_UNITS):
        clause.add(Obscure(*found.span()))
    for found in clause.matches(_FIRST_OF_REGION):
        region = clause.text.normal[found.start("region") : found.end("region")]
        if _LEAVING.search(clause.left(found.start())):
            clause.add(Obscure(*found.span()))
        else:
            clause.add(
                Requirement(*found.span(), "regional_rank", op="<=", amount=1, rank=1,
                            region=region)
            )  # fmt: skip


def _is_top(clause: Clause, found: re.Match[str]) -> bool:
    """Whether "nhóm 20" is a group of the best; "nhóm 3" alone may be a class by number."""
    noun = _TOP_NOUN.match(clause.right(found.end(), 20))
    is_word = not found["a"][0].isdigit()
    if noun is not None:
        return True
    if is_word:
        return False
    low = whole_value(found["a"])
    is_bare = found.group().startswith("nhóm") and not found["of"]
    return not is_bare or (low is not None and low >= _SMALLEST_BARE_GROUP)


def _add_kept_places(clause: Clause) -> None:
    for found in clause.matches(_FIRST_PLACE):
        clause.add(Requirement(*found.span(), "hold_rank", op="<=", amount=1, rank=1))
    numbered = sorted(
        item.start
        for item in clause.found
        if isinstance(item, Requirement) and item.kind == "hold_rank"
    )
    for found in clause.matches(_KEPT_PLACE):
        following = bisect.bisect_left(numbered, found.end())
        if following < len(numbered) and numbered[following] - found.end() < 60:
            continue  # "giữ vững vị trí … thứ 5" has its number
        if _WITHIN.match(clause.right(found.end(), 120)):
            continue
        clause.add(Requirement(*found.span(), "hold_rank", op="<=", notes=("rank_not_stated",)))


def _add_place(clause: Clause, found: re.Match[str], *, is_top: bool = False) -> None:
    left, right = clause.left(found.start()), clause.right(found.end())
    # "từ hạng 54 lên hạng 49": where it stands, not where it goes
    if _STANDING.search(left) or (_SET_OUT.search(left) and _ARRIVE.match(right)):
        clause.take(*found.span())
    else:
        clause.add(_place(clause, found, left, is_top=is_top) or Obscure(*found.span()))


def _place(clause: Clause, found: re.Match[str], left: str, *, is_top: bool) -> Requirement | None:
    amounts, out_of = amounts_in(found), whole_value(found.groupdict().get("of"))
    if amounts is None or not _are_places(amounts, out_of):
        return None
    if _is_doubtful(left, clause.right(found.end(), 70), is_top=is_top):
        return None
    best, worst = amounts if amounts[1] is not None else (None, amounts[0])
    region = _REGION.match(clause.right(found.end(), 90))
    if region is None and _A_REGION.match(clause.right(found.end(), 90)):
        return None
    if region is None and out_of is not None and out_of < _SMALLEST_FIELD:
        return None  # "một phần ba": "nhóm 1/3 tỉnh dẫn đầu" is a share, not a place
    end = found.end() + (region.end() if region is not None else 0)
    kind = _place_kind(
        left, is_top=is_top, is_range=best is not None, is_regional=region is not None
    )
    place = int(worst or 0)
    return Requirement(
        found.start(), end, kind, "rank", "<=", place, best,
        n=place if kind == "top_n" else None,
        rank=None if kind == "top_n" else place,
        out_of=out_of,
        region=clause.text.normal[found.end() + region.start("region") : end] if region else "",
    )  # fmt: skip


def _are_places(amounts: tuple[Number, Number | None], out_of: int | None) -> bool:
    """Whether the numbers are places of a field: whole, from 1, and not beyond its size."""
    return all(
        isinstance(part, int) and part >= 1 and (out_of is None or part <= out_of)
        for part in amounts
        if part is not None
    )


def _is_doubtful(left: str, right: str, *, is_top: bool) -> bool:
    """Whether the words around a place say something else than "this place or a better one"."""
    op, before, notes = comparison_before(left)
    other_words = _LEAVING.search(left) or LIST_OF_NUMBERS.search(before) or _BOTTOM.match(right)
    other_words = other_words or _DOWNWARDS.match(right)
    counts_things = is_top and _NO_UNITS.match(right[:24])
    return bool(other_words or counts_things or op in (">", "<") or notes)


def _place_kind(left: str, *, is_top: bool, is_range: bool, is_regional: bool) -> str:
    if is_regional:
        return "regional_rank"
    if is_top:
        return "top_n"
    if is_range:
        return "rank_between"
    return "hold_rank" if _HOLDING.search(left[-60:]) else "top_n"


def region_id(words: str, edition: int | None) -> str | None:
    """Identifier of a region in the geography of an edition; None where it has none.

    Source: docs/method/target-sentences.md.
    """
    known = _REGIONS.get(re.sub(r"\s+", " ", words.lower()).strip(), ("", None))
    is_new = (edition or 0) >= FIRST_EDITION_OF_34
    return (known[1] if is_new else known[0]) or None
