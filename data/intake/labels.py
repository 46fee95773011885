"""What the words of a header, a tab or a file name say: a measure, a year, a code, an index."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from data.intake.model import CHANGE, MAXIMUM, OTHER, PERCENT, RANK, SCORE

YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
FIRST_YEAR, LAST_YEAR = 2005, 2049

_BARRED_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})

UNIT_HEADS = frozenset(
    {
        "tinh",
        "tinh thanh",
        "tinh thanh pho",
        "tinh tp",
        "tinh thanh pho truc thuoc trung uong",
        "ten tinh",
        "ten tinh thanh",
        "ten tinh thanh pho",
        "ten tinh tp",
        "ten don vi",
        "don vi",
        "dia phuong",
        "ten dia phuong",
        "dia ban",
        "thanh pho",
        "province",
        "provinces",
        "province city",
        "provinces cities",
        "name of province",
        "province name",
        "tentinh vie",
        "tentinh eng",
        "tentinh",
        "tinh vie",
        "locality",
        "unit",
        "pci id",
        "unit id",
    }
)
ORDER_HEADS = frozenset(
    {
        "stt",
        "tt",
        "so tt",
        "so thu tu",
        "no",
        "n",
        "id",
        "ma",
        "ma tinh",
        "ma so",
        "code",
        "tinhid",
        "tinh id",
        "pci id",
        "province id",
        "province code",
        "gso code",
        "vung",
        "region",
        "mien",
        "khu vuc",
        "ghi chu",
        "note",
        "notes",
    }
)
# Rows under or between the units that are no unit.
FOOTER_HEADS = re.compile(
    r"^(?:min|max|median|mean|average|avg|sd|std|se|ci|n|sum|total|highest|lowest|minimum|maximum"
    r"|ranking|rank|quartile|percentile|standard|national|country|whole country|range"
    r"|trung vi|trung binh|diem trung binh|trung binh chung|gia tri|diem cao nhat|diem thap nhat"
    r"|cao nhat|thap nhat|nho nhat|lon nhat|do lech|sai so|tong|tong cong|tong so|cong|binh quan"
    r"|ca nuoc|toan quoc|ghi chu|chu thich|chu giai|nguon|note|notes|source|copyright|copyrights"
    r"|tb|gtln|gtnn|kcdl|luu y|thu hang|xep hang|hang|khoang tin cay|p\d+|q[1-4]"
    r"|diem toi da|toi da|thang diem|diem chuan)\b"
)
REGIONS = re.compile(
    r"(?:dong bang song hong|dong bang song cuu long|trung du|mien nui phia bac|bac trung bo"
    r"|duyen hai|\bdbscl\b|\bdbsh\b"
    r"|tay nguyen|dong nam bo|dong bac|tay bac|nam trung bo|mien bac|mien nam|mien trung"
    r"|red river|mekong|highlands|central coast|southeast|south east|northern|midlands"
    r"|^vung\b|^khu vuc\b|^cum\b|^nhom\b|^region\b|^[ivx]+\b(?!.*[a-z]{2}\s*$)|^tinh thanh pho)"
)

_MEASURES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        CHANGE,
        re.compile(
            r"(?:tang giam|tang, giam|\bgiam\b.*\bbac\b|\btang\b.*\bbac\b|thay doi|chenh lech"
            r"|bien dong|so voi nam|so voi \d|so sanh|\bchange\b|\bdifference\b|\bdelta\b)"
        ),
    ),
    (
        MAXIMUM,
        re.compile(
            r"^(?:diem toi da|diem chuan|thang diem|diem tran|max score|maximum|max points"
            r"|toi da|maximum score)$"
        ),
    ),
    (
        OTHER,
        re.compile(
            r"(?:\btier\b|\bnhom\b|phan loai|xep loai|phan nhom|\bgroup\b|\bquartile\b|ghi chu"
            r"|\bnotes?\b|khoang tin cay|\bci\b|sai so chuan|standard error|\bse\b|do lech"
            r"|95% ci|\bvung\b|\bregion\b)"
        ),
    ),
    (
        RANK,
        re.compile(
            r"(?:\bhang\b|\bxep hang\b|\bthu hang\b|\bvi thu\b|\bthu bac\b|\brank\b|\branking\b"
            r"|\brankings\b|\bvi tri\b|\bxh\b)"
        ),
    ),
    (
        PERCENT,
        re.compile(
            r"(?:%|\bty le\b|\bti le\b|\bphan tram\b|\bpercent\b|\bper cent\b|\bpercentage\b)"
        ),
    ),
    (
        SCORE,
        re.compile(
            r"(?:\bdiem\b|\bdiem so\b|\bscore\b|\bscores\b|\bpoints?\b|\bket qua\b|\bgia tri\b"
            r"|\bvalue\b|\bchi so\b|\bindex\b)"
        ),
    ),
)
LAST_YEAR_WORDS = re.compile(r"\b(?:(?:nam|ky) (?:truoc|ngoai)|(?:last|previous) year)\b")
# Words that only say how a figure is counted; a label of nothing else names no component.
_MEASURE_WORDS = re.compile(
    r"\b(?:(?:thu |xep )?hang (?:ca nuoc|toan quoc)|diem chinh thuc|nam nay|ky nay"
    r"|diem so|so diem|tong diem|diem dat duoc|diem dat|dat duoc|diem|xep hang|thu hang|vi thu"
    r"|thu bac|hang|ranking|rank|scores|score|points|point|ket qua|gia tri|value|ty le dat|ty le"
    r"|ti le|phan tram|percentage|percent|tang giam|thay doi|chenh lech|so voi nam truoc|change"
    r"|nam|year|chi so thanh phan|chi so noi dung|thanh phan|chi so|weighted|the|in|of|bac"
    r"|so voi|truoc|diem toi da|toi da|thang diem)\b"
)

# A row of this name is a region's however near it is to a unit's: Tây Nguyên is not Thái Nguyên.
_SURE_REGION = "tay nguyen"
# Days and numbers of documents: their year is when a paper was signed, not what it is about.
DATED = re.compile(
    r"(?<!\d)\d{1,2}[./\-_]\d{1,2}[./\-_]20\d\d(?!\d)|(?<!\d)20\d\d[./\-_]\d{1,2}[./\-_]\d{1,2}(?!\d)"
    r"|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+20\d\d"
    r"|(?:quyết định|qđ|qd|công văn|cv)\s*(?:số\s*)?[:_\- ]?\s*\d{1,5}\s*[-_/]\s*20\d\d(?!\d)",
    re.I,
)

_CODE_WORDS = (
    r"chỉ số nội dung|chỉ số thành phần|chỉ số|trục nội dung|trục|nội dung|lĩnh vực|thành phần"
    r"|điểm thành phần|điêm thành phần|sub-?\s?index|dimension|component|csnd|cstp|tp"
)
_WORD_CODE = re.compile(rf"^\s*(?:{_CODE_WORDS})\s*[.:]?\s*(\d{{1,2}}(?:\.\d{{1,2}})*)(?!\d)", re.I)
_LETTER_CODE = re.compile(r"^\s*([A-Z])\s?(\d{1,2}(?:\.\d{1,2})*)(?=$|\s*[:.)\-–]|\s)")
_NUMBER_CODE = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2})+|\d{1,2}(?=\s*[:.)\-–]))(?!\d)")
_VARIABLE_CODE = re.compile(r"^sub(\d{1,2})_", re.I)
_LEADING = re.compile(
    r"^\s*(?:(?:[a-z]|csnd|cstp|tp|chỉ số nội dung|chỉ số thành phần|chỉ số|trục nội dung|trục"
    r"|nội dung|lĩnh vực|thành phần|điểm thành phần|sub-?\s?index|dimension|component)?"
    r"\s*[.:]?\s*\d{1,2}(?:\.\d{1,2})*\s*[:.)\-–]\s*|[IVX]{1,5}\s*[.:)]\s*|[a-z]\s*[)]\s*)",
    re.I,
)
_SCORE_PREFIX = re.compile(
    r"^(?:điểm số|số điểm|điểm|xếp hạng|thứ hạng|hạng|tỷ lệ|kết quả)?\s*(?:của\s+)?"
    r"(?:chỉ số thành phần|chỉ số nội dung|chỉ số|thành phần)\s*[:\-–]?\s*(?=\w{2})",
    re.I,
)
_PLAIN_PREFIX = re.compile(
    r"^(?:điểm số|số điểm|điểm|xếp hạng|thứ hạng|hạng|tỷ lệ|rank of|score of|ranking of)\s+", re.I
)
_SUFFIX = re.compile(
    r"(?:[\s,\-–:|/]*(?:ranking|rank|score|scores|xếp hạng|thứ hạng|hạng|điểm số|điểm|\(điểm\)"
    r"|\(hạng\)|\(%\)|%|in|năm|year))+$",
    re.I,
)
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Lower-case words without accents or punctuation, one space apart; % is kept."""
    folded = unicodedata.normalize("NFD", text.translate(_BARRED_D).casefold())
    plain = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", plain.translate(_BARRED_D)).split())


def is_unit_head(text: str) -> bool:
    """Whether a header says that units stand below it."""
    words = fold(text)
    return words in UNIT_HEADS or words.startswith(("tinh thanh pho", "ten tinh"))


def is_order_head(text: str) -> bool:
    """Whether a header marks a running number, code, region or note, never a figure."""
    return fold(text) in ORDER_HEADS


def is_footer(text: str) -> bool:
    """Whether a row's name says it is a statistic, a note or a region, not a unit."""
    words = fold(text)
    return not words or bool(FOOTER_HEADS.match(words) or REGIONS.search(words))


def is_surely_footer(text: str) -> bool:
    """Whether a row's name is no unit's for certain: "Trung bình", however near Bình."""
    words = fold(text)
    return words == _SURE_REGION or FOOTER_HEADS.fullmatch(words) is not None


@lru_cache(maxsize=16_384)
def measure_of(text: str) -> str | None:
    """The measure a label names, None when it names none."""
    words = fold(text)
    marked = text.casefold()
    for measure, pattern in _MEASURES:
        if pattern.search(words) or (measure == PERCENT and "%" in marked):
            return measure
    return None


@lru_cache(maxsize=16_384)
def is_only_measure(text: str) -> bool:
    """Whether a label names a measure or a year and no component."""
    words = YEAR.sub(" ", fold(_BRACKET.sub(" ", text)))
    left = _MEASURE_WORDS.sub(" ", words)
    return not re.sub(r"[\s%0-9]+", "", left)


def years_in(text: str) -> tuple[int, ...]:
    """The years a text names, each once, in reading order; "2011-2018" names both ends."""
    found = [int(year) for year in YEAR.findall(text)]
    found = [year for year in found if FIRST_YEAR <= year <= LAST_YEAR]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16_384)
def code_of(text: str) -> str | None:
    """The publisher's numbering in front of a label.

    "2.1" of "2.1: …", "6" of "Sub-Index 6", "D2.1" of "D2.1 …"; None for "c1_2005", a variable of
    a questionnaire.
    """
    letter = _LETTER_CODE.match(text)
    if letter is not None:
        return letter.group(1) + letter.group(2)
    for pattern in (_WORD_CODE, _NUMBER_CODE, _VARIABLE_CODE):
        match = pattern.match(text)
        if match is not None:
            return match.group(1)
    return None


@lru_cache(maxsize=16_384)
def names_in(text: str) -> tuple[str, ...]:
    """The keys under which a label may stand in the catalogue, most literal first.

    From "Điểm chỉ số thành phần Chi phí thời gian (điểm)" come the whole, the part without the
    bracket and "chi phi thoi gian".
    """
    keys: dict[str, None] = {}
    pending = [text]
    seen: set[str] = set()
    while pending and len(seen) < 40:
        current = pending.pop(0).strip(" *:-–|")
        if not current or current in seen:
            continue
        seen.add(current)
        key = fold(current)
        if key:
            keys.setdefault(key)
        for pattern in (_LEADING, _SCORE_PREFIX, _PLAIN_PREFIX, _SUFFIX):
            shorter = pattern.sub("", current, count=1)
            if shorter != current:
                pending.append(shorter)
        without = _BRACKET.sub(" ", current)
        if without != current:
            pending.append(without)
        dateless = YEAR.sub(" ", current)
        if dateless != current:
            pending.append(" ".join(dateless.split()))
        pending.extend(part for part in re.split(r"[\n\r/|]+", current) if part != current)
    return tuple(keys)
