"""One normalised text, and shadows of it with the same length: mended, lower case, without marks.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# A requirement belongs to the verb that stands before it within this many characters.
REACH = 160


def words_of(text: str) -> list[str]:
    """The words between the blanks of a text.

    Source: docs/method/target-sentences.md.
    """
    return text.split()


class _BareLetters(dict[int, str]):
    """Each letter without its marks; đ, which Unicode does not decompose, by hand."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        base = unicodedata.normalize("NFD", letter)[:1].lower()[:1] or letter
        self[code] = {"đ": "d", "ð": "d"}.get(base, base)
        return self[code]


class _LowerLetters(dict[int, str]):
    """Lower case letter by letter, so that no position moves; dashes of every kind as one."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        lower = letter.lower()
        if unicodedata.category(letter) == "Pd" or letter == "−":
            lower = "-"
        elif unicodedata.category(letter) == "No" or letter == "*":
            lower = " "  # superscript footnote marks
        self[code] = lower if len(lower) == 1 else letter
        return self[code]


BARE, LOWER = _BareLetters(), _LowerLetters()
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f]")
_BLANKS = re.compile(r"[^\S\n]+")
_GLUED_YEAR = re.compile(r"(?<=[nN]ăm)(?=20\d\d(?!\d))")


def normalise(text: str) -> str:
    """The text in NFC, with invisible signs gone and runs of blanks made one.

    Every span of a parsed target counts characters of this text.

    Source: docs/method/target-sentences.md.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    composed = _GLUED_YEAR.sub(" ", composed)
    composed = _INVISIBLE.sub(
        lambda found: "\n" if found.group() in "\u2028\u2029" else "", composed
    )
    return re.sub(r" ?\n ?", "\n", _BLANKS.sub(" ", composed)).strip()


# Words of the patterns below that scanners damage, with the real words of the same letters that
# must be left alone ("đất" is not a damaged "đạt").
_DAMAGED: Mapping[str, tuple[str, frozenset[str]]] = {
    "bac": ("bậc", frozenset({"bậc", "bắc", "bác", "bạc", "bấc"})),
    "diem": ("điểm", frozenset({"điểm", "điếm", "điềm", "diêm", "diễm", "diếm"})),
    "tang": ("tăng", frozenset({"tăng", "tầng", "tảng", "táng", "tặng", "tạng", "tàng"})),
    "dat": ("đạt", frozenset({"đạt", "đất", "đặt", "đắt", "dạt", "dắt", "dật", "đát"})),
    "xep": ("xếp", frozenset({"xếp", "xẹp", "xép"})),
    "giam": ("giảm", frozenset({"giảm", "giám", "giẫm", "giạm", "giấm", "giặm"})),
    "nang": ("nâng", frozenset({"nâng", "năng", "nặng", "nắng", "nàng", "nẵng", "nạng"})),
    "duy": ("duy", frozenset({"duỵ", "duý"})),
    "thieu": ("thiểu", frozenset({"thiểu", "thiếu", "thiêu", "thiều", "thiệu"})),
}
# A text without any mark is read through this table; the first word of the same letters wins.
_PLAIN_WORDS = {
    "".join(BARE[ord(letter)] for letter in word): word
    for word in reversed(
        words_of(
            "tăng nâng giảm bậc hạng điểm đạt trên dưới ít nhất tối thiểu đa trở lên từ đến tới "
            "năm trước sau cao hơn thấp duy trì và cải thiện giữ vững nguyên vị trí xếp thứ "
            "đứng nhóm tốp dẫn đầu tỉnh địa phương thành phố đơn vùng khu vực với không quá tỷ "
            "lệ cắt tinh giản chỉ số quý tháng ngày chậm hằng hết cuối phấn đấu mục tiêu giai "
            "đoạn trung bình cả nước toàn quốc thuộc nằm liền kề hướng thêm vượt phải thành "
            "phần nội dung lĩnh tiêu chí đối hoặc qua từng mỗi các tiếp theo thời hạn hoàn "
            "trong khoảng hài lòng người dân nghị quyết kế hoạch"
        )
    )
}
_WORD = re.compile(r"[^\W\d_]+")
_STRIVE = re.compile(r"ph[aâăấầẩẫậ]n đ[aâăấầẩẫậ]u")
_PERIOD = re.compile(r"gi[aàảãáạ]i đo[aàảãáạ]n")
# Damage inside words that lead to a year or an index: a base year whose "so với" was not seen
# would pass for the target year. Each stands in place of as many letters.
_REPAIRS = (
    (re.compile(r"(?<!\w)n[aàáảãạằắẳẵặâầấẩẫậ]m(?= ?20\d\d(?!\d))"), "năm"),
    (
        re.compile(
            r"(?<!\w)(?<!chỉ )(?<!chí )(?<!chi )s[oòóỏõọôồốổỗộơờớởỡợ] v[oòóỏõọôồốổỗộơờớởỡợ]i"
            r"(?= (?:n\wm|mức|kết quả|cùng kỳ|thứ hạng|xếp hạng|hạng|điểm)(?!\w))"
        ),
        "so với",
    ),
    (re.compile(r"(?<!\w)ch[iìíỉĩị] s[oôốồổỗộ](?!\w)"), "chỉ số"),
    (re.compile(r"(?<!\w)papl(?!\w)"), "papi"),
    (re.compile(r"(?<!\w)pcl(?!\w)"), "pci"),
    (re.compile(r"(?<!\w)(par[ -]?)lndex(?!\w)"), r"\1index"),
)
# A digit glued to a closing quotation mark or to a word of letters is a footnote mark.
_MARK = re.compile(
    r"(?<=[”\"’»])[1-9]\d?(?=[\s,;.]|$)(?!\s*(?:bậc|điểm|%|/))|\[\d{1,2}\]|"
    r"(?<=[a-zà-ỹđ]{4})[1-9](?=[\s,;.]|$)"
)


def _mend(canon: str) -> str:
    """Undo damage by scanners and restore the marks of a text typed without any; same length."""
    is_plain = canon.isascii()

    def word(found: re.Match[str]) -> str:
        token = found.group()
        if is_plain:
            return _PLAIN_WORDS.get(token, token)
        if token.isascii():
            return token
        mended = _DAMAGED.get(token.translate(BARE))
        return token if mended is None or token in mended[1] else mended[0]

    canon = _WORD.sub(word, canon)
    if is_plain:
        canon = canon.replace("số với", "so với")
    canon = _PERIOD.sub("giai đoạn", _STRIVE.sub("phấn đấu", canon))
    if not is_plain:
        for damage, words in _REPAIRS:
            canon = damage.sub(words, canon)
    return _MARK.sub(lambda found: " " * len(found.group()), canon)


@dataclass(frozen=True)
class Token:
    """A word without its marks, and where it stands."""

    bare: str
    start: int
    end: int


class Text:
    """A normalised text, its mended lower-case shadow, and its words without marks."""

    def __init__(self, text: str) -> None:
        self.normal = normalise(text)
        self.lower = self.normal.translate(LOWER)
        self.canon = _mend(self.lower)
        bare = self.canon.translate(BARE)
        self.tokens = [
            Token(bare[found.start() : found.end()], found.start(), found.end())
            for found in re.finditer(r"[^\W_]+", bare)
        ]
        self._starts = [token.start for token in self.tokens]

    def token_at(self, position: int) -> int:
        """Number of the first word that starts at or after a position."""
        return bisect.bisect_left(self._starts, position)


QUOTES = " \t\n“”\"'’‘«».,:;-"


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place in a text where a pattern fits.

    Source: docs/method/target-sentences.md.
    """
    last = None
    for last in pattern.finditer(text):  # noqa: B007
        pass
    return last
