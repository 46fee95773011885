"""Reading target sentences as officials write them: "tăng 05 bậc so với năm 2022".

The reader proposes, a person confirms. A number is handed on only when it stands in the sentence
as digits or as a number word; what looks like a target and is not understood is handed back as
text. Nothing here raises on any text, and the time taken grows with the length of the text.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import bisect
import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analytics.schema import require_columns

Span = tuple[int, int]
Number = int | float

# A pasted document holds some dozens of targets; beyond this the rest is queued as text, so that
# a text made of nothing but names and requirements cannot multiply into millions of rows.
MAX_TARGETS = 500
# A requirement belongs to the verb that stands before it within this many characters.
REACH = 160
FIRST_YEAR, LAST_YEAR = 1990, 2100

# ------------------------------------------------------------------------------------------------
# What is handed back
# ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParsedDeadline:
    """The last day on which a thing may still be done.

    "Trước ngày 10/7/2022" leaves the day itself out: date is 2022-07-09 and exclusive_day is true.
    """

    date: date
    exclusive_day: bool
    recurring: bool
    span: Span
    text: str


@dataclass(frozen=True)
class Footnote:
    """A place a document states as known, e.g. "Năm 2021, Chỉ số … xếp thứ 63/63"."""

    edition: int | None
    name: str
    renamed_to: str
    rank: int
    out_of: int
    component_ids: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class ParsedTarget:
    """One requirement on one index, component or operational measure.

    kind is None for an entry that only queues what was not understood. component_id is None when
    the subject is no index of the catalogue (then `subject` holds its words) or was not named.
    Spans refer to `text`, the normalised text.
    """

    text: str
    clause: str
    kind: str | None
    index_id: str | None = None
    component_id: str | None = None
    subject: str = ""
    measure: str = ""
    op: str = ""
    amount: Number | None = None
    stretch: Number | None = None
    baseline_edition: int | None = None
    first_edition: int | None = None
    last_edition: int | None = None
    group_id: str | None = None
    group_name: str = ""
    n: int | None = None
    rank: int | None = None
    out_of: Number | None = None
    region: str = ""
    region_id: str | None = None
    deadline: ParsedDeadline | None = None
    footnotes: tuple[Footnote, ...] = ()
    spans: tuple[Span, ...] = ()
    unparsed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_operational(self) -> bool:
        """Whether the requirement concerns something an office measures itself."""
        return self.component_id is None and self.measure in ("percent", "count", "date")

    @property
    def reading(self) -> str:
        """How far the sentence was understood: full, partly or queued."""
        if self.kind is None:
            return "queued"
        has_subject = self.component_id is not None or (self.is_operational and self.subject)
        return "full" if has_subject and not self.unparsed else "partly"

    @property
    def target_edition(self) -> int | None:
        """The edition the requirement falls due in, missing when none is stated."""
        return self.last_edition if self.last_edition is not None else self.first_edition

    def record(self) -> dict[str, object]:
        """The requirement in plain values, for a command line or an interface."""
        return {
            "kind": self.kind,
            "indices": [self.index_id] if self.index_id else [],
            "components": [self.component_id] if self.component_id else [],
            "subject": self.subject,
            "measure": self.measure,
            "amount": self.amount,
            "stretch": self.stretch,
            "op": self.op,
            "baseline_year": self.baseline_edition,
            "target_year": self.target_edition,
            "first_year": self.first_edition,
            "last_year": self.last_edition,
            "group": self.group_id or self.group_name or None,
            "n": self.n,
            "of": self.out_of,
            "rank": self.rank,
            "region": self.region_id or self.region or None,
            "deadline": self.deadline.date.isoformat() if self.deadline else None,
            "deadline_exclusive": self.deadline.exclusive_day if self.deadline else None,
            "deadline_recurring": self.deadline.recurring if self.deadline else None,
            "reading": self.reading,
            "unparsed": list(self.unparsed),
            "notes": list(self.notes),
        }


# ------------------------------------------------------------------------------------------------
# Letters: one normalised text, and shadows of it with the same length
# ------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
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


_BARE, _LOWER = _BareLetters(), _LowerLetters()
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f]")
_BLANKS = re.compile(r"[^\S\n]+")


def normalise(text: str) -> str:
    """The text in NFC, with invisible signs gone and runs of blanks made one.

    Every span of a parsed target counts characters of this text.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
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
    "".join(_BARE[ord(letter)] for letter in word): word
    for word in reversed(
        _words(
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
        mended = _DAMAGED.get(token.translate(_BARE))
        return token if mended is None or token in mended[1] else mended[0]

    canon = _WORD.sub(word, canon)
    if is_plain:
        canon = canon.replace("số với", "so với")
    canon = _PERIOD.sub("giai đoạn", _STRIVE.sub("phấn đấu", canon))
    return _MARK.sub(lambda found: " " * len(found.group()), canon)


@dataclass(frozen=True)
class _Token:
    bare: str
    start: int
    end: int


class _Text:
    """A normalised text, its mended lower-case shadow, and its words without marks."""

    def __init__(self, text: str) -> None:
        self.normal = normalise(text)
        self.lower = self.normal.translate(_LOWER)
        self.canon = _mend(self.lower)
        bare = self.canon.translate(_BARE)
        self.tokens = [
            _Token(bare[found.start() : found.end()], found.start(), found.end())
            for found in re.finditer(r"[^\W_]+", bare)
        ]
        self._starts = [token.start for token in self.tokens]

    def token_at(self, position: int) -> int:
        """Number of the first word that starts at or after a position."""
        return bisect.bisect_left(self._starts, position)


# ------------------------------------------------------------------------------------------------
# Numbers
# ------------------------------------------------------------------------------------------------

_UNITS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
_TAILS = {**_UNITS, "mốt": 1, "lăm": 5, "nhăm": 5}
_UNIT_WORD = "(?:" + "|".join(_UNITS) + ")"
_TAIL_WORD = "(?:" + "|".join(_TAILS) + ")"
_NUMBER_WORD = rf"(?:{_UNIT_WORD} mươi(?: {_TAIL_WORD})?|mười(?: {_TAIL_WORD})?|{_UNIT_WORD})(?!\w)"
_DIGITS = r"\d{1,6}(?:[.,]\d{1,3})?(?![.,]?\d)"
_GLOSS = r"(?:\s?\([^()\d\n]{2,20}\))?"
_NUM = rf"(?:{_DIGITS}{_GLOSS}|{_NUMBER_WORD})"
# "10-15", "từ 5 đến 6". Words are numbers before "bậc" and after "thứ" only: "trong năm điểm số"
# is no five.
_RANGE_JOIN = r"\s*(?:-|đến|tới)\s*"
_WORDED = rf"(?P<a>{_NUM})(?:{_RANGE_JOIN}(?P<b>{_NUM}))?"
_DIGITAL = rf"(?P<a>{_DIGITS}{_GLOSS})(?:{_RANGE_JOIN}(?P<b>{_DIGITS}{_GLOSS}))?"
_ALONE = r"(?<![\w.,/])"
_WQTY, _QTY = _ALONE + _WORDED, _ALONE + _DIGITAL
# "năm" is a year unless one of these words stands before it.
_FIVE_AFTER = re.compile(
    r"(?<!\w)(?:tăng|nâng|thêm|lên|nhất|thiểu|trên|hơn|thứ|quá|nhóm|top|tốp|là)\s*$"
)
_NUMERAL = re.compile(rf"^(?P<digits>{_DIGITS})(?:\s?\((?P<gloss>[^()]*)\))?$")


def _word_value(words: str) -> int | None:
    """Value of a Vietnamese number word from one to ninety-nine."""
    parts = words.split()
    if parts and parts[0] == "mười":
        parts = ["một", "mươi", *parts[1:]]
    if len(parts) > 1 and parts[1] == "mươi" and parts[0] in _UNITS:
        if len(parts) == 2:
            return 10 * _UNITS[parts[0]]
        tail = _TAILS.get(parts[2]) if len(parts) == 3 else None
        return None if tail is None else 10 * _UNITS[parts[0]] + tail
    return _UNITS.get(parts[0]) if len(parts) == 1 else None


def _number(printed: str) -> Number | None:
    """A printed number; None when its two forms disagree, as in "05 (sáu)"."""
    printed = printed.strip()
    found = _NUMERAL.match(printed)
    if found is None:
        return _word_value(printed)
    value = float(found["digits"].replace(",", "."))
    gloss = found["gloss"]
    if gloss is not None and _word_value(gloss.strip()) not in (value, None):
        return None
    return int(value) if value.is_integer() else value


def _whole(printed: str | None) -> int | None:
    if printed is None:
        return None
    value = _number(printed)
    return value if isinstance(value, int) else None


# ------------------------------------------------------------------------------------------------
# Names: indices, components and groups, from the catalogue
# ------------------------------------------------------------------------------------------------

# What the documents write for a longer name.
_SHORT_FORMS: Mapping[str, tuple[str, ...]] = {
    "cchc": ("cai", "cach", "hanh", "chinh"),
    "ccch": ("cai", "cach", "hanh", "chinh"),  # seen in scans
    "tthc": ("thu", "tuc", "hanh", "chinh"),
    "cqdt": ("chinh", "quyen", "dien", "tu"),
    "cqs": ("chinh", "quyen", "so"),
    "vbqppl": ("van", "ban", "quy", "pham", "phap", "luat"),
    "qppl": ("quy", "pham", "phap", "luat"),
    "cbccvc": ("can", "bo", "cong", "chuc", "vien", "chuc"),
    "cbcc": ("can", "bo", "cong", "chuc"),
    "ktxh": ("kinh", "te", "xa", "hoi"),
    "kt": ("kinh", "te"),
    "xh": ("xa", "hoi"),
    "antt": ("an", "ninh", "trat", "tu"),
    "dvc": ("dich", "vu", "cong"),
    "dn": ("doanh", "nghiep"),
    "bmhc": ("bo", "may", "hanh", "chinh"),
}
# How people name the four indices besides their printed names; used only for an index the
# catalogue holds.
_SPOKEN: Mapping[str, tuple[str, ...]] = {
    "par_index": ("cải cách hành chính", "administrative reform index"),
    "papi": (
        "hiệu quả quản trị và hành chính công",
        "hiệu quả quản trị hành chính công",
        "quản trị và hành chính công",
    ),
    "sipas": (
        "hài lòng của người dân",
        "hài lòng của cá nhân, tổ chức",
        "hài lòng của tổ chức, cá nhân",
        "hài lòng người dân",
        "mức độ hài lòng của người dân",
    ),
    "pci": ("năng lực cạnh tranh cấp tỉnh", "năng lực cạnh tranh"),
}
_SPOKEN_GROUPS = (
    "cao nhất", "trung bình cao", "trung bình thấp", "thấp nhất", "cao", "thấp", "rất tốt", "tốt",
    "khá", "trung bình", "tương đối thấp", "a", "b", "c",
)  # fmt: skip
# Words that may stand inside a name without changing it.
_SILENT = frozenset({"va"})
_HEAD = re.compile(r"^(?:chi so|index)\s+")
_TAIL = re.compile(r"\s+(?:cua tinh|tai tinh|cap tinh)$")
# Signs that may stand between the words of one name.
_INSIDE_NAME = re.compile(r"""[\s,\-“”"'’‘«»&–/]*""")
_LONGEST_GAP = 8
_MIN_ACRONYM = 3


@dataclass(frozen=True)
class _Entry:
    index_id: str
    component_id: str
    first: int | None = None
    last: int | None = None


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    index_id: str
    group_id: str
    first: int | None
    last: int | None


def _fold(text: str) -> str:
    bare = unicodedata.normalize("NFC", text).translate(_LOWER).translate(_BARE)
    return " ".join(re.findall(r"[^\W_]+", bare))


def _spelled(folded: str) -> tuple[str, ...]:
    words: list[str] = []
    for token in folded.split():
        words.extend(_SHORT_FORMS.get(token, (token,)))
    return tuple(word for word in words if word not in _SILENT)


def _year(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]


def _texts(row: Mapping[str, object], *columns: str) -> Iterator[str]:
    for column in columns:
        value = row.get(column)
        if isinstance(value, str):
            yield from (part for part in value.split(";") if part.strip())


class Lexicon:
    """The names a sentence may use, old and new, and what each of them means."""

    def __init__(self) -> None:
        self._names = _Node()
        self._acronyms: dict[str, _Entry] = {}
        self._groups: dict[str, list[_Group]] = {}
        self._children: dict[str, dict[str, list[tuple[int | None, int | None]]]] = {}

    @classmethod
    def from_frames(
        cls,
        index_frame: pd.DataFrame,
        component_frame: pd.DataFrame,
        group_frame: pd.DataFrame | None = None,
    ) -> Lexicon:
        """Names of the catalogue as the reader needs them.

        Args:
            index_frame: one row per index_id, with short, name_vi and, if held, name_en.
            component_frame: one row per (component_id, period), with index_id, role, name_vi,
                and, if held, name_en, aliases (joined by ";"), from_edition, to_edition. Names of
                all periods are kept: a sentence may use the old one.
            group_frame: one row per (index_id, scheme, group_id) with name_vi, from_edition,
                to_edition; without it a group is read by its name and has no group_id.

        Raises:
            ColumnsMissing: a frame lacks a column named above as needed.

        Source: docs/method/target-sentences.md.
        """
        require_columns(index_frame, ("index_id", "short", "name_vi"))
        require_columns(component_frame, ("index_id", "component_id", "role", "name_vi"))
        lexicon = cls()
        for row in index_frame.to_dict("records"):
            lexicon._add_index({str(key): value for key, value in row.items()})
        for row in component_frame.to_dict("records"):
            lexicon._add_component({str(key): value for key, value in row.items()})
        if group_frame is not None:
            require_columns(group_frame, ("index_id", "group_id", "name_vi"))
            for row in group_frame.to_dict("records"):
                lexicon._add_group({str(key): value for key, value in row.items()})
        return lexicon

    def _add_index(self, row: Mapping[str, object]) -> None:
        index_id = str(row["index_id"])
        entry = _Entry(index_id, index_id)
        for short in (str(row["short"]), index_id.replace("_", " ")):
            self._acronyms[_fold(short).replace(" ", "")] = entry
        for name in (*_texts(row, "name_vi", "name_en"), *_SPOKEN.get(index_id, ())):
            self._add_name(name, entry)

    def _add_component(self, row: Mapping[str, object]) -> None:
        if row["role"] == "alternative_total":
            return
        index_id, component_id = str(row["index_id"]), str(row["component_id"])
        first, last = _year(row.get("from_edition")), _year(row.get("to_edition"))
        entry = _Entry(index_id, component_id, first, last)
        for name in _texts(row, "name_vi", "name_en", "aliases"):
            self._add_name(name, entry)
        if row["role"] == "component":
            periods = self._children.setdefault(index_id, {}).setdefault(component_id, [])
            periods.append((first, last))

    def _add_group(self, row: Mapping[str, object]) -> None:
        group = _Group(
            str(row["index_id"]),
            str(row["group_id"]),
            _year(row.get("from_edition")),
            _year(row.get("to_edition")),
        )
        folded = re.sub(r"^(?:nhom|loai|chi so)\s+", "", _fold(str(row["name_vi"])))
        self._groups.setdefault(folded, []).append(group)

    def _add_name(self, name: str, entry: _Entry) -> None:
        folded = _TAIL.sub("", _HEAD.sub("", _fold(name)))
        words = _spelled(folded)
        compact = folded.replace(" ", "")
        if len(words) == 1 and (not compact.isalpha() or len(compact) < _MIN_ACRONYM):
            return  # a code such as C4 is also a paragraph number
        node = self._names
        for word in words:
            node = node.children.setdefault(word, _Node())
        if entry not in node.entries:
            node.entries.append(entry)

    def children(self, index_id: str, edition: int | None) -> tuple[str, ...]:
        """Components of an index measured in an edition, or now when none is given."""
        kept = []
        for component_id, periods in self._children.get(index_id, {}).items():
            for first, last in periods:
                if edition is None:
                    covers = last is None
                else:
                    covers = (first is None or first <= edition) and (
                        last is None or edition <= last
                    )
                if covers:
                    kept.append(component_id)
                    break
        return tuple(kept)

    def group_ids(self, name: str, index_id: str, edition: int | None) -> tuple[str, ...]:
        """Groups of an index that carry a name in an edition (in any, when none is given)."""
        folded = _fold(name)
        spellings = (folded, folded.removesuffix(" nhat"), f"{folded} nhat")
        held = next((self._groups[s] for s in spellings if s in self._groups), [])
        return tuple(
            dict.fromkeys(
                group.group_id
                for group in held
                if group.index_id == index_id
                and (edition is None or group.first is None or group.first <= edition)
                and (edition is None or group.last is None or edition <= group.last)
            )
        )

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of groups without marks, longest first."""
        names = {*self._groups, *(_fold(name) for name in _SPOKEN_GROUPS)}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    def _acronym(self, tokens: Sequence[_Token], at: int, canon: str) -> tuple[int, _Entry] | None:
        """An acronym spelled in one to three pieces: PAR INDEX, PARINDEX, PARI NDEX."""
        joined = ""
        for number in range(at, min(at + 3, len(tokens))):
            if number > at and canon[tokens[number - 1].end : tokens[number].start].strip(" -."):
                return None
            joined += tokens[number].bare
            following = tokens[number + 1].bare if number + 1 < len(tokens) else ""
            is_longest = not following or joined + following not in self._acronyms
            if joined in self._acronyms and is_longest:
                return number + 1, self._acronyms[joined]
        return None

    def _name(
        self, tokens: Sequence[_Token], at: int, canon: str
    ) -> tuple[int, list[_Entry]] | None:
        """The longest name that starts at a word."""
        best: tuple[int, list[_Entry]] | None = None
        node, number = self._names, at
        while number < len(tokens):
            token = tokens[number]
            if number > at and not self._joins(canon, tokens[number - 1].end, token.start):
                break
            if not (token.bare in _SILENT and number > at):
                step = self._walk(node, token.bare)
                if step is None:
                    break
                node = step
                if node.entries:
                    best = (number + 1, node.entries)
            number += 1
        return best

    @staticmethod
    def _joins(canon: str, start: int, end: int) -> bool:
        return end - start <= _LONGEST_GAP and bool(_INSIDE_NAME.fullmatch(canon, start, end))

    @staticmethod
    def _walk(node: _Node, bare: str) -> _Node | None:
        direct = node.children.get(bare)
        if direct is not None or bare not in _SHORT_FORMS:
            return direct
        step: _Node | None = node
        for word in _SHORT_FORMS[bare]:
            step = step.children.get(word) if step is not None else None
        return step

    def mentions(self, tokens: Sequence[_Token], canon: str) -> list[_Mention]:
        """Every name in the text, the longest at each place."""
        found: list[_Mention] = []
        at = 0
        while at < len(tokens):
            acronym = self._acronym(tokens, at, canon)
            name = self._name(tokens, at, canon)
            if acronym is not None and (name is None or name[0] <= acronym[0]):
                stop, entries, is_acronym = acronym[0], [acronym[1]], True
            elif name is not None:
                stop, entries, is_acronym = name[0], name[1], False
            else:
                at += 1
                continue
            span = (tokens[at].start, tokens[stop - 1].end)
            found.append(_Mention(span[0], span[1], tuple(entries), is_strong=is_acronym))
            at = stop
        return found


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    entries: tuple[_Entry, ...]
    is_strong: bool
    unknown: str = ""
    all_parts: bool = False

    @property
    def component_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.component_id for entry in self.entries))

    @property
    def index_ids(self) -> frozenset[str]:
        return frozenset(entry.index_id for entry in self.entries)

    @property
    def is_index(self) -> bool:
        return bool(self.entries) and all(e.component_id == e.index_id for e in self.entries)


# ------------------------------------------------------------------------------------------------
# Deadlines
# ------------------------------------------------------------------------------------------------

_EVERY_YEAR = (
    r"(?:\s*(?:của\s+)?(?:các năm tiếp theo|những năm tiếp theo|các năm sau|hằng năm|hàng năm|"
    r"mỗi năm))"
)
_DAY_WORDS = r"ngày (?P<d>\d{1,2}) tháng (?P<m>\d{1,2})(?: năm (?P<y>\d{4}))?"
_DAY_DIGITS = (
    r"(?<![\d/.,-])(?:ngày "
    r")?(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?:(?P=sep)(?P<y>\d{4}))?(?![\d/])(?!-?[a-zđ])"
)
_MONTH = r"tháng (?P<m>\d{1,2})(?!\d)(?:(?: năm |\s?[/-]\s?)(?P<y>\d{4}))?"
_QUARTER = r"quý (?P<q>iv|iii|ii|i|[1-4])(?!\w)(?:(?: năm |\s?[/-]\s?)(?P<y>\d{4}))?"
_HALF = r"(?:6|06|sáu) tháng (?P<h>đầu|cuối) năm(?: (?P<y>\d{4}))?"
_YEAR_END = r"(?:hết|cuối) năm (?P<y>\d{4})"
_DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        _DAY_WORDS,
        _DAY_DIGITS,
        _HALF,
        _MONTH + rf"(?P<every>{_EVERY_YEAR})?",
        _QUARTER + rf"(?P<every>{_EVERY_YEAR})?",
        _YEAR_END,
    )
)
_BEFORE = re.compile(r"(?<!\w)trước(?: (?:là|ngày|thời điểm|hết))*\s*$")
_BY = re.compile(
    r"(?<!\w)(?:chậm nhất|muộn nhất|thời hạn|hạn|hạn cuối|xong|hoàn thành|kết thúc|đến hết|đến)"
    r"(?: (?:là|vào|trong|đến|cuối|hết|việc|gửi|nộp|báo cáo|hoàn thành|xong|ngày|hạn))*:?\s*$"
)
_STRICT_BY = re.compile(r"(?:trước|chậm nhất|muộn nhất|thời hạn|hạn|hoàn thành|xong)")
_DONE_IN = re.compile(
    r"(?<!\w)(?:hoàn thành|xong|ban hành|trình|gửi|báo cáo|kiện toàn|"
    r"tổ chức)(?!\w)[^;.]*(?<!\w)trong\s*$"
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_CUE_REACH = 48


@dataclass(frozen=True)
class _DateForm:
    start: int
    end: int
    parts: Mapping[str, str | None]

    def last_day(self, year: int | None) -> tuple[date, date] | None:
        """First and last day the words cover; None for a day that does not exist."""
        parts = self.parts
        stated = _whole(parts.get("y"))
        year = stated if stated is not None else year
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        month = _whole(parts.get("m"))
        if parts.get("d") is not None and month is not None:
            return _one_day(year, month, int(parts["d"] or 0))
        if month is not None:
            return _months(year, month, month)
        if parts.get("q") is not None:
            quarter = _QUARTERS[parts["q"] or "i"]
            return _months(year, 3 * quarter - 2, 3 * quarter)
        if parts.get("h") is not None:
            return _months(year, 1, 6) if parts["h"] == "đầu" else _months(year, 7, 12)
        return _months(year, 1, 12)


def _one_day(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day)


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    if not 1 <= first <= last <= 12:
        return None
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _date_forms(canon: str, start: int, end: int) -> list[_DateForm]:
    """Dates in order of place; a day wins over the month inside it."""
    found: list[_DateForm] = []
    taken: list[Span] = []
    for form in _DATE_FORMS:
        spans = sorted(taken)
        starts = [span[0] for span in spans]
        for match in form.finditer(canon, start, end):
            here = bisect.bisect_right(starts, match.start()) - 1
            inside = here >= 0 and spans[here][1] > match.start()
            follows = here + 1 < len(spans) and spans[here + 1][0] < match.end()
            if not inside and not follows:
                found.append(_DateForm(match.start(), match.end(), match.groupdict()))
                taken.append(match.span())
    return sorted(found, key=lambda form: form.start)


def _deadline_at(
    text: _Text, form: _DateForm, year: int | None, *, needs_cue: bool, floor: int
) -> ParsedDeadline | None:
    left = text.canon[max(floor, form.start - _CUE_REACH) : form.start]
    before, by = _BEFORE.search(left), _BY.search(left)
    cue = before or by
    if cue is None and needs_cue:
        done_in = _DONE_IN.search(text.canon[max(floor, form.start - REACH) : form.start])
        if done_in is None or "d" in form.parts:
            return None
    covered = form.last_day(year)
    if covered is None:
        return None
    last = covered[0] - timedelta(days=1) if before else covered[1]
    start = form.start - (len(left) - cue.start()) if cue else form.start
    return ParsedDeadline(
        last, before is not None, form.parts.get("every") is not None,
        (start, form.end), text.normal[start : form.end],
    )  # fmt: skip


def parse_deadline(text: str, year: int | None = None) -> ParsedDeadline | None:
    """The last day on which a thing may be done, as the words say it.

    "Trước ngày D" leaves D out; "chậm nhất", "hạn", "xong trong" keep it. A month or a quarter
    ends on its last day. A day that does not exist gives None, never a neighbour.

    Args:
        text: words holding a date, e.g. "chậm nhất vào ngày 12 tháng 03 năm 2023".
        year: the year meant when the words name none, e.g. for "tháng 02 hằng năm".

    Returns:
        The first deadline in the text, or the first date when no word marks a deadline; None
        when there is no date that can be resolved.

    Source: docs/method/target-sentences.md.
    """
    read = _Text(text)
    forms = _date_forms(read.canon, 0, len(read.canon))
    for needs_cue in (True, False):
        floor = 0
        for form in forms:
            found = _deadline_at(read, form, year, needs_cue=needs_cue, floor=floor)
            if found is not None:
                return found
            floor = form.end
    return None


# ------------------------------------------------------------------------------------------------
# Footnotes: places already known
# ------------------------------------------------------------------------------------------------

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
_AIM = re.compile(
    r"phấn đấu|chỉ tiêu|mục tiêu|hướng (?:tới|đến)|yêu cầu|bảo đảm|đảm bảo|vươn|nâng|cải thiện|"
    r"tăng|"
    r"duy trì|giữ|đến (?:hết |cuối )?năm|phải|nằm trong|lọt|vào nhóm|tối thiểu|ít nhất|strive|"
    r"target"
)
_QUOTES = " \t\n“”\"'’‘«».,:;-"
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
    return _footnotes(_Text(text), lexicon)


def _footnotes(text: _Text, lexicon: Lexicon | None) -> list[Footnote]:
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
        if _AIM.search(sentence[_sentence_start(sentence) :]) or not 1 <= rank <= out_of:
            year = None
            continue
        footnote = _footnote(text, lexicon, floor + start, head, place, year)
        if footnote is not None:
            year = footnote.edition
            found.append(footnote)
    return found


_ASIDE = re.compile(r"\((?P<words>[^()]{0,80})$")
_ASIDE_YEAR = re.compile(r"năm (?P<y>20\d\d)")


def _aside(text: _Text, lexicon: Lexicon | None, place: re.Match[str]) -> Footnote | None:
    """A known place in brackets behind a target: "tăng 05 bậc (năm 2022 xếp thứ 54/61)"."""
    window = text.canon[max(0, place.start() - _FOOTNOTE_REACH) : place.start()]
    opened = _ASIDE.search(window)
    rank, out_of = int(place["r"]), int(place["n"])
    if opened is None or _AIM.search(opened["words"]) or not 1 <= rank <= out_of:
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
    text: _Text,
    lexicon: Lexicon | None,
    start: int,
    head: str,
    place: re.Match[str],
    year: int | None,
) -> Footnote | None:
    named = _FOOTNOTE_NAME.match(head)
    if named is None:
        return None
    name = text.normal[start + named.start("name") : start + named.end("name")].strip(_QUOTES)
    renamed = ""
    if named["new"] is not None:
        renamed = text.normal[start + named.start("new") : start + named.end("new")].strip(_QUOTES)
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


# ------------------------------------------------------------------------------------------------
# Requirements: what a clause asks for, before it is known of what
# ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Requirement:
    """What is asked, and where it stands; the subject is found later."""

    start: int
    end: int
    kind: str
    measure: str = "rank"
    op: str = ">="
    amount: Number | None = None
    stretch: Number | None = None
    baseline: int | None = None
    n: int | None = None
    rank: int | None = None
    out_of: Number | None = None
    region: str = ""
    group_name: str = ""
    subject: str = ""
    deadline: ParsedDeadline | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Obscure:
    """Words that look like a requirement and were not understood."""

    start: int
    end: int


_Found = _Requirement | _Obscure


class _Clause:
    """A stretch of text being read, and which of its letters are already understood."""

    def __init__(self, text: _Text, start: int, end: int, taken: bytearray) -> None:
        self.text, self.start, self.end, self._taken = text, start, end, taken
        self.canon = text.canon
        self.found: list[_Found] = []

    @cached_property
    def words(self) -> str:
        """The clause as written."""
        return self.text.normal[self.start : self.end].strip()

    @cached_property
    def is_mended(self) -> bool:
        """Whether damage was undone somewhere in the clause."""
        return self.text.lower[self.start : self.end] != self.canon[self.start : self.end]

    @cached_property
    def placeholder(self) -> str:
        """The "các chỉ số" of a clause that names none."""
        found = _SUBJECT_PLACEHOLDER.search(self.canon, self.start, self.end)
        return self.text.normal[found.start() : found.end()].strip() if found is not None else ""

    def is_free(self, start: int, end: int) -> bool:
        return not any(self._taken[start:end])

    def take(self, start: int, end: int) -> None:
        self._taken[start:end] = b"\x01" * (end - start)

    def add(self, item: _Found) -> None:
        self.take(item.start, item.end)
        self.found.append(item)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for found in pattern.finditer(self.canon, self.start, self.end):
            if self.is_free(*found.span()):
                yield found

    def left(self, position: int, floor: int | None = None) -> str:
        bottom = max(self.start, position - REACH, floor or 0)
        return self.canon[bottom:position]

    def right(self, position: int, reach: int = REACH) -> str:
        return self.canon[position : min(self.end, position + reach)]


_COMPARATORS: Mapping[str, str] = {
    "ít nhất": ">=", "tối thiểu": ">=", "không dưới": ">=", "không ít hơn": ">=",
    "không thấp hơn": ">=", "từ": ">=", "trên": ">", "hơn": ">", "vượt": ">", "quá": ">",
    "lớn hơn": ">", "cao hơn": ">", "vượt mức": ">", "vượt trên": ">", "trên mức": ">",
    "khoảng": "~", "xấp xỉ": "~", "gần": "~",
    "dưới": "<", "nhỏ hơn": "<", "thấp hơn": "<", "ít hơn": "<",
    "không quá": "<=", "không vượt quá": "<=", "không vượt": "<=", "không hơn": "<=",
    "không nhiều hơn": "<=", "không cao hơn": "<=", "tối đa": "<=", "nhiều nhất": "<=",
}  # fmt: skip
_COMPARATOR = re.compile(
    r"(?:^|(?<=[\s(:,]))(?:("
    + "|".join(sorted(_COMPARATORS, key=lambda words: -len(words)))
    + r")|(?:là|mức|ở mức|được|khoảng từ))\s*$"
)
_APPROXIMATE = "approximately"
_LIST_OF_NUMBERS = re.compile(r"(?<!\d)\d{1,3}(?:[.,]\d+)?\s*(?:,|và|hoặc|hay|;|/)\s*$")
_RESPECTIVELY = re.compile(r"lần lượt|tương ứng")


def _compared(left: str) -> tuple[str, str, tuple[str, ...]]:
    """The comparator before a number, what stands before it, and a note when it is vague."""
    op = ""
    notes: tuple[str, ...] = ()
    for _ in range(4):
        found = _COMPARATOR.search(left)
        if found is None:
            break
        if found[1] is not None:
            said = _COMPARATORS[found[1]]
            if said == "~":
                notes = (_APPROXIMATE,)
            elif said in ("<", "<=") or op in ("", ">="):
                op = said
        left = left[: found.start()]
    return op, left, notes


def _amounts(found: re.Match[str]) -> tuple[Number, Number | None] | None:
    """The number or the two ends of a range, in rising order; None when it cannot be trusted."""
    words = found.groupdict()
    if words.get("word") is not None:
        value = _number(words["word"] or "")
        return None if value is None else (value, None)
    low = _number(found["a"])
    high = _number(found["b"]) if found["b"] else None
    if low is None or (found["b"] and (high is None or high <= low)):
        return None
    return low, high


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for last in pattern.finditer(text):  # noqa: B007
        pass
    return last


# --- whole phrases ------------------------------------------------------------------------------

_TO_PLACE_WORDS = (
    r"(?:(?:kết quả|thứ hạng|xếp hạng|mức|hạng|vị trí|điểm số|điểm|của|chỉ số|tỉnh|bậc|"
    r"so với) ){0,5}"
)
_LAST_YEAR = r"năm (?:liền )?(?:trước|ngoái)(?: liền kề| đó)?"
_NOT_BELOW = re.compile(
    r"(?:không (?:được |để )?(?:thấp|kém) hơn|không (?:được |để )?(?:tụt|giảm|sụt)(?: hạng| bậc|"
    r" thứ hạng| điểm| so| với)*|"
    rf"(?:bằng|ngang) hoặc (?:cao|tốt) hơn|(?:ít nhất|tối thiểu) bằng) {_TO_PLACE_WORDS}"
    rf"(?:{_LAST_YEAR}|năm (?P<y>20\d\d))"
)
_YEARLY = re.compile(
    r"năm sau (?:[^\s,;.]+ ){0,4}?(?:cao|tốt|tăng|tiến bộ|khá) ?hơn (?:so với )?"
    rf"(?:[^\s,;.]+ ){{0,2}}?{_LAST_YEAR}"
    r"|cải thiện (?:[^\s,;.]+ ){0,6}?(?:qua (?:từng|các|mỗi) năm|(?:hằng|hàng|từng|mỗi) năm)"
)
_STEADILY = r"(?:từng bước |tiếp tục |không ngừng |từng năm )?"
_KEEP = re.compile(
    rf"(?:duy trì(?:,? (?:và )?giữ vững)?|giữ vững)(?: [^\s,;.\d]+){{0,5}}?(?:,? và|,) {_STEADILY}"
    r"(?:cải thiện|nâng cao|nâng|phấn đấu cải thiện|phấn đấu nâng cao)"
    r"(?! (?:\d|ít nhất|tối thiểu|thêm|lên|từ))"
)
_AVERAGE = re.compile(
    r"(?P<cmp>bằng hoặc (?:cao|lớn) hơn|không thấp hơn|cao hơn|lớn hơn|trên|vượt) (?:so với )?"
    r"(?:(?:mức|điểm|giá trị|điểm số) )*(?P<what>trung bình|bình quân|trung vị)(?: chung)?"
    r"(?P<where>(?: (?:của|toàn|cả))* ?(?:cả nước|toàn quốc|nước|quốc gia|(?:63|34|"
    r"các) tỉnh,? thành(?: phố)?))?"
)
_SCORE_WORD = re.compile(r"điểm")
_RANK_WORD = re.compile(r"hạng|bậc|vị trí|thứ")


def _measured_by(clause: _Clause, start: int, end: int) -> str:
    near = clause.canon[max(clause.start, start - 40) : end]
    return "score" if _SCORE_WORD.search(near) and not _RANK_WORD.search(near) else "rank"


def _find_phrases(clause: _Clause) -> None:
    for found in clause.matches(_NOT_BELOW):
        year = int(found["y"]) if found["y"] else None
        measure = _measured_by(clause, *found.span())
        clause.add(_Requirement(*found.span(), "not_below_last_year", measure, baseline=year))
    for found in clause.matches(_KEEP):
        clause.add(_Requirement(*found.span(), "keep_and_improve"))
    for found in clause.matches(_YEARLY):
        measure = _measured_by(clause, *found.span())
        clause.add(_Requirement(*found.span(), "improve_yearly", measure, ">"))
    for found in clause.matches(_AVERAGE):
        if found["where"] is None:
            clause.add(_Obscure(*found.span()))
            continue
        op = ">=" if found["cmp"].startswith(("bằng", "không")) else ">"
        notes = ("median",) if found["what"] == "trung vị" else ()
        clause.add(_Requirement(*found.span(), "above_national_average", "score", op, notes=notes))


# --- places gained ------------------------------------------------------------------------------

_GAIN = re.compile(
    rf"{_ALONE}(?P<a>{_NUM})(?:(?: (?:bậc|hạng))?{_RANGE_JOIN}(?P<b>{_NUM}))?"
    r"\s*(?:bậc|hạng|thứ hạng|thứ bậc|vị trí)(?!\w)(?: xếp hạng)?(?: trở lên)?"
)
_DIRECTION = re.compile(
    r"(?<!\w)(?:(?P<up>tăng|nâng|cải thiện|thêm|vươn|lên|vượt|thăng|cao hơn|tiến|bứt phá)|"
    r"(?P<down>giảm|tụt|hạ|rớt|rơi|mất|xuống|thấp hơn|sụt|lùi|kém))(?!\w)"
)
_NEGATION = re.compile(r"(?<!\w)(?:không|chưa|chẳng|khỏi|đừng)(?: được| thể| để| phải| bị)*\s*$")
_EARLIER = re.compile(r"(?<!\w)(?:đã|từng đã)(?: \w+)?\s*$")


def _is_up(left: str) -> bool | None:
    """Direction of the last verb; None when there is none; a negated verb is no rise."""
    verb = _last(_DIRECTION, left)
    if verb is None:
        return None
    negated = _NEGATION.search(left[: verb.start()]) is not None
    return verb["up"] is not None and not negated


def _is_year_word(clause: _Clause, found: re.Match[str]) -> bool:
    """Whether the "năm" read as five is the year in "hằng năm vị trí …"."""
    if found["a"] != "năm":
        return False
    start = found.start("a")
    return _FIVE_AFTER.search(clause.canon[max(0, start - 12) : start]) is None


def _find_gains(clause: _Clause) -> None:
    respectively = _RESPECTIVELY.search(clause.canon, clause.start, clause.end) is not None
    floor, inherits = clause.start, False
    for found in clause.matches(_GAIN):
        if _is_year_word(clause, found):
            continue
        left = clause.left(found.start(), floor)
        rising = _is_up(left)
        rising = inherits and len(left) < REACH // 2 if rising is None else rising
        amounts = _amounts(found)
        floor = found.end()
        whole = amounts is not None and all(isinstance(part, int) for part in amounts if part)
        if not whole or amounts is None or not rising or respectively:
            clause.add(_Obscure(*found.span()))
            inherits = False
            continue
        higher = re.search(r"(?:cao|tốt) hơn(?: ít nhất| tối thiểu)?\s*$", left)
        op, before, notes = ("", left, ()) if higher else _compared(left)
        if _LIST_OF_NUMBERS.search(before) or op in ("<", "<="):
            clause.add(_Obscure(*found.span()))
            inherits = False
            continue
        verb = _last(_DIRECTION, before)
        if verb is not None and _EARLIER.search(before[: verb.start()]):
            notes += ("reads_like_a_result",)
        start = found.start() - (len(left) - len(before))
        clause.add(
            _Requirement(
                start, found.end(), "rank_gain_vs_year", "rank", op or ">=",
                amounts[0], amounts[1], notes=notes,
            )
        )  # fmt: skip
        inherits = True


# --- places to reach or to keep -----------------------------------------------------------------

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
    r"[^.;\d]{0,60}?(?:(?:vùng|khu vực|cụm) )?(?P<region>"
    + "|".join(sorted(_REGIONS, key=lambda name: -len(name)))
    + ")(?!\\w)"
)
_A_REGION = re.compile(
    r"\s*(?:(?:tỉnh|thành phố|địa phương|đơn vị|,|dẫn đầu|đứng đầu|thuộc|trong|của|các|so với)\s*)*"
    r"(?:vùng|khu vực|cụm|miền)(?!\w)"
)
_UNIT_NOUN = r"(?:tỉnh|địa phương|thành phố|đơn vị)"
_OF = r"(?:\s?/\s?(?P<of>\d{1,3})(?![\d/]))"
_TOP = re.compile(rf"(?<!\w)(?:nhóm|top|tốp)\s?(?:các |\()?{_WORDED}{_OF}?")
_FIRST_N = re.compile(
    rf"{_QTY}{_OF}? {_UNIT_NOUN}[^.;:\d]{{0,60}}?(?:dẫn đầu|đứng đầu|tốp đầu|top đầu|cao nhất|"
    rf"tốt nhất|hàng đầu)"
)
_RATIO = re.compile(rf"{_QTY}{_OF}(?!\s*(?:điểm|%|-))")
_COUNTED_PARTS = re.compile(r"\s*(?:chỉ số|tiêu chí|nội dung|lĩnh vực|năm)")
_PLACED = re.compile(r"(?<!\w)(?:xếp|hạng|thứ|vị trí|đứng|lên)\s*$")
_PLACE = re.compile(
    r"(?<!\w)(?:vị trí|thứ hạng|thứ bậc|vị thứ|hạng|xếp|đứng)(?: (?:xếp|hạng|thứ|số|từ))*\s?"
    rf"(?:{_QTY}|(?<=thứ )(?P<word>{_NUMBER_WORD}))(?!\s*(?:bậc|điểm|%|/|hạng|vị trí|-|đến|\d|"
    rf"20\d\d))"
)
_FIRST_PLACE = re.compile(
    r"(?:duy trì|giữ vững|giữ|bảo vệ)(?: [^\s,;.\d]+){0,3}? (?:vị trí|hạng|ngôi|"
    r"thứ hạng)(?: [^\s,;.\d]+){0,2}? "
    r"(?:dẫn đầu|đứng đầu|thứ nhất|số một|đầu bảng|quán quân)(?! nhóm)"
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
_NO_UNITS = re.compile(
    r"\s*(?:tiêu chí|nhiệm vụ|giải pháp|thủ tục|lĩnh vực|nội dung|chỉ số thành phần|vấn đề)"
)
_SET_OUT = re.compile(r"(?<!\w)từ(?: thứ)?\s*$")
_ARRIVE = re.compile(r"[^,;.]{0,24}?(?<!\w)(?:lên|đến|tới|xuống|sang)(?!\w)")
_LEAVING = re.compile(r"(?:thoát|ra|khỏi|rời|không|chưa|tránh|vượt)(?: [^\s,;.]+){0,3}\s*$")
_SMALLEST_BARE_GROUP = 5


_TOP_NOUN = re.compile(rf"\s*(?:{_UNIT_NOUN}|[^\s,;.]* ?(?:dẫn|đầu|cao|tốt)|cả nước|toàn quốc)")
_IS_A_YEAR = re.compile(r"\s*(?:năm )?(?:20\d\d|sau|trước|nay|tới|tiếp)")
_UNITS_FOLLOW = re.compile(rf"\s*{_UNIT_NOUN}")


def _find_places(clause: _Clause) -> None:
    for found in clause.matches(_TOP):
        if _is_top(clause, found):
            _add_place(clause, found, is_top=True)
    for found in clause.matches(_FIRST_N):
        _add_place(clause, found, is_top=True)
    for found in clause.matches(_RATIO):
        near = clause.canon[max(clause.start, found.start() - 40) : found.start()]
        if _COUNTED_PARTS.match(clause.right(found.end(), 16)) and not _PLACED.search(near):
            continue  # "4/10 chỉ số"
        if _RANKING.search(near) or _UNITS_FOLLOW.match(clause.right(found.end(), 20)):
            _add_place(clause, found)
    for found in clause.matches(_PLACE):
        if not _IS_A_YEAR.match(clause.right(found.end(), 12)):
            _add_place(clause, found)
    _find_kept_places(clause)
    for found in clause.matches(_VAGUE_TOP):
        clause.add(_Obscure(*found.span()))


def _is_top(clause: _Clause, found: re.Match[str]) -> bool:
    """Whether "nhóm 20" is a group of the best; "nhóm 3" alone may be a class by number."""
    noun = _TOP_NOUN.match(clause.right(found.end(), 20))
    is_word = not found["a"][0].isdigit()
    if noun is not None:
        return True
    if is_word:
        return False
    low = _whole(found["a"])
    is_bare = found.group().startswith("nhóm") and not found["of"]
    return not is_bare or (low is not None and low >= _SMALLEST_BARE_GROUP)


def _find_kept_places(clause: _Clause) -> None:
    for found in clause.matches(_FIRST_PLACE):
        clause.add(_Requirement(*found.span(), "hold_rank", op="<=", amount=1, rank=1))
    numbered = sorted(
        item.start
        for item in clause.found
        if isinstance(item, _Requirement) and item.kind == "hold_rank"
    )
    for found in clause.matches(_KEPT_PLACE):
        following = bisect.bisect_left(numbered, found.end())
        if following < len(numbered) and numbered[following] - found.end() < 60:
            continue  # "giữ vững vị trí … thứ 5" has its number
        clause.add(_Requirement(*found.span(), "hold_rank", op="<=", notes=("rank_not_stated",)))


def _add_place(clause: _Clause, found: re.Match[str], *, is_top: bool = False) -> None:
    if _STANDING.search(clause.left(found.start())):
        clause.take(*found.span())
        return
    if _SET_OUT.search(clause.left(found.start())) and _ARRIVE.match(clause.right(found.end())):
        clause.take(*found.span())  # "từ hạng 54 lên hạng 49": where it stands, not where it goes
        return
    amounts = _amounts(found)
    of_text = found.groupdict().get("of")
    out_of = _whole(of_text)
    left = clause.left(found.start())
    op, before, notes = _compared(left)
    trusted = amounts is not None and all(
        isinstance(part, int) and part >= 1 and (out_of is None or part <= out_of)
        for part in amounts
        if part is not None
    )
    if (
        amounts is None
        or not trusted
        or _BOTTOM.match(clause.right(found.end(), 70))
        or (is_top and _NO_UNITS.match(clause.right(found.end(), 24)))
        or _LEAVING.search(left)
        or _LIST_OF_NUMBERS.search(before)
        or op in (">", "<", "~")
        or notes
    ):
        clause.add(_Obscure(*found.span()))
        return
    best, worst = amounts if amounts[1] is not None else (None, amounts[0])
    region = _REGION.match(clause.right(found.end(), 90))
    end = found.end() + (region.end() if region is not None else 0)
    if region is None and _A_REGION.match(clause.right(found.end(), 90)):
        clause.add(_Obscure(*found.span()))
        return
    kind = _place_kind(
        left, is_top=is_top, is_range=best is not None, is_regional=region is not None
    )
    place = int(worst or 0)
    clause.add(
        _Requirement(
            found.start(), end, kind, "rank", "<=", place, best,
            n=place if kind == "top_n" else None,
            rank=None if kind == "top_n" else place,
            out_of=out_of,
            region=clause.text.normal[found.end() + region.start("region") : end] if region else "",
        )
    )  # fmt: skip


# "Hiện xếp thứ 54/61" states a place, it does not ask for one.
_STANDING = re.compile(r"(?<!\w)(?:hiện|hiện nay|hiện đang|đang|đã|vừa)(?: được)?\s*$")


def _place_kind(left: str, *, is_top: bool, is_range: bool, is_regional: bool) -> str:
    if is_regional:
        return "regional_rank"
    if is_top:
        return "top_n"
    if _HOLDING.search(left[-60:]):
        return "hold_rank"
    return "rank_between" if is_range else "top_n"


# --- scores -------------------------------------------------------------------------------------

_SCORE = re.compile(
    rf"{_ALONE}(?P<a>{_DIGITS}{_GLOSS})(?:(?: "
    rf"điểm)?{_RANGE_JOIN}(?P<b>{_DIGITS}{_GLOSS}))?(?:\s?/\s?(?P<of>{_DIGITS}))?\s*điểm(?! "
    rf"(?:tiếp nhận|cầu|trường|nghẽn|"
    rf"đến))(?P<pp> phần trăm)?(?!\w)(?P<max> tối đa)?(?P<up> trở lên)?"
)
_BARE_SCORE = re.compile(
    rf"(?<!\w)(?:đạt|điểm số)(?: (?:mức|từ|trên|ít nhất|tối thiểu|hơn|khoảng|"
    rf"là))*\s(?=\d){_QTY}(?P<up> trở lên)?(?=\s*(?:[,;)]|\.(?!\d)|$|trên thang))"
)
_SCORE_VERB = re.compile(
    r"(?<!\w)(?:(?P<up>tăng|nâng|cải thiện|thêm|cao hơn)|(?P<down>giảm|hạ|mất|xuống|thấp hơn|trừ|"
    r"sụt)|"
    r"(?P<level>đạt|lên|ở mức|bảo đảm|đảm bảo|giữ|duy trì))(?!\w)"
)
_SCORE_NOUN = re.compile(r"(?<!\w)(?:điểm số|số điểm|điểm)(?!\w)")
_NEW_THOUGHT = re.compile(r"[,;]|(?<!\w)(?:phấn đấu|và|đồng thời)(?!\w)")
_COMPARED_WITH_YEAR = re.compile(r"[^,;]{0,24}?so (?:với )?[^,;]{0,40}?năm")


def _find_scores(clause: _Clause) -> None:
    respectively = _RESPECTIVELY.search(clause.canon, clause.start, clause.end) is not None
    floor, previous = clause.start, ""
    for found in clause.matches(_SCORE):
        item = _score(clause, found, floor, previous)
        floor = found.end()
        previous = item.kind if item is not None else ""
        clause.add(_Obscure(*found.span()) if item is None or respectively else item)
    for found in clause.matches(_BARE_SCORE):
        amounts = _amounts(found)
        op, _, notes = _compared(clause.canon[max(clause.start, found.start()) : found.start("a")])
        if amounts is None or op in ("<", "<="):
            clause.add(_Obscure(*found.span()))
            continue
        clause.add(
            _Requirement(
                *found.span(), "score_at_least", "score", op or ">=", amounts[0], amounts[1],
                notes=notes,
            )
        )  # fmt: skip


def _score(clause: _Clause, found: re.Match[str], floor: int, previous: str) -> _Requirement | None:
    amounts = _amounts(found)
    left = clause.left(found.start(), floor)
    op, before, notes = _compared(left)
    if amounts is None or _LIST_OF_NUMBERS.search(before) or op in ("<", "<="):
        return None
    verb = _last(_SCORE_VERB, left)
    kind = _score_kind(clause, found, left, before, verb)
    if kind == "" and (op or found["up"] or _SCORE_NOUN.search(left)):
        kind = "score_at_least"
    kind = kind or previous
    if not kind or (kind == "score_gain_vs_year" and (found["of"] or amounts[1] is not None)):
        return None
    if verb is not None and verb.group() == "cao hơn" and kind == "score_gain_vs_year":
        op = ">="
    if verb is not None and _EARLIER.search(left[: verb.start()]):
        notes += ("reads_like_a_result",)
    start = found.start() - (len(left) - len(before))
    return _Requirement(
        start, found.end(), kind, "score", op or ">=", *amounts,
        out_of=_number(found["of"]) if found["of"] else None, notes=notes,
    )  # fmt: skip


def _score_kind(
    clause: _Clause, found: re.Match[str], left: str, before: str, verb: re.Match[str] | None
) -> str | None:
    """Level or gain, as the verb says; "" when no verb does, None when it says neither."""
    if verb is None:
        return ""
    if verb["down"] is not None or _NEGATION.search(left[: verb.start()]):
        return None
    if verb["level"] is not None or _reaches(before):
        return "score_at_least"
    compared = _COMPARED_WITH_YEAR.match(clause.right(found.end(), 90)) is not None
    compared = compared or _BASE_NEAR.search(clause.canon, clause.start, clause.end) is not None
    if verb.group() == "cao hơn":
        return "score_gain_vs_year" if compared else "score_at_least"
    if _NEW_THOUGHT.search(left[verb.end() :]):
        return ""
    return "score_gain_vs_year" if compared or verb.group() in ("tăng", "thêm") else None


_BASE_NEAR = re.compile(r"(?<!\w)so với[^,;]{0,40}?năm")


def _reaches(before: str) -> bool:
    """Whether the words before a number lead to a level: "nâng … lên 45 điểm"."""
    return re.search(r"(?<!\w)(?:lên|đến|tới|đạt)(?: mức)?\s*$", before) is not None


# --- shares -------------------------------------------------------------------------------------

_PERCENT = re.compile(
    rf"{_ALONE}(?P<a>{_DIGITS}{_GLOSS})(?:\s?%?{_RANGE_JOIN}(?P<b>{_DIGITS}{_GLOSS}))?\s?(?:%|"
    rf"phần trăm)"
    r"(?P<up>\s*trở lên)?"
)
_SHARE_VERB = re.compile(
    r"(?<!\w)(?:(?P<cut>cắt giảm|tinh giản|kéo giảm|giảm|rút ngắn|tiết kiệm)|(?P<up>tăng|thêm)|"
    r"(?P<level>đạt|lên|bảo đảm|đảm bảo|hoàn thành|duy trì|phấn đấu|ở mức|hướng tới|"
    r"hướng đến))(?!\w)"
)
_FALLS_TO = re.compile(r"(?<!\w)(?:xuống|còn)(?: mức| dưới| còn)*\s*$")
_NOT_A_NOUN = re.compile(
    r"\s*(?:trở|so|vào|trong|năm|và|hoặc|hay|theo|tối|qua|để|đến|hằng|hàng|mỗi|đối|tại|ở|nhưng|"
    r"thì|trên|"
    r"của|tổng|số điểm|điểm|nằm|thuộc|xếp|tăng|là|cho|với|từ|mức|như|bằng|giai|nhằm)(?!\w)|"
    r"\s*[^\w\s]|\s*$|\s*\d"
)
_NOUN_STOP = re.compile(
    r"[.;:\n(]|,(?= ?(?:hướng|phấn đấu|đạt|tăng|nâng|giảm|bảo đảm|đảm bảo|trong|tỷ lệ|chỉ số|"
    r"góp phần|và|đồng thời|"
    r"vị trí|nằm|thuộc|xếp|năm|\d))|\s(?=(?:theo|trong giai|giai đoạn|so với|vào năm|trong năm|"
    r"đến năm|đến hết|hướng tới|trước ngày|trước|chậm nhất|"
    r"và (?:ít nhất|tối thiểu|trên|đạt|\d)|trên cơ sở|nhằm|để|góp phần|năm 20|đạt|"
    r"hưởng lương từ ngân sách nhà nước trong)(?!\w))"
)
_RATE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ)(?!\w)")
_RATE_VERB_TAIL = re.compile(
    r"(?: (?:phải|cần|sẽ|luôn|tiếp tục|được nâng|nâng|tăng|đạt|lên|là|ở mức|từ|ít nhất|tối thiểu|"
    r"trên|dưới|không quá|mức|giảm|còn|xuống))+\s*$"
)


def _noun_after(clause: _Clause, end: int) -> tuple[str, int]:
    """The noun phrase that a share is a share of, "60% dịch vụ công mức 3", and where it ends."""
    right = clause.right(end)
    if _NOT_A_NOUN.match(right):
        return "", end
    stop = _NOUN_STOP.search(right)
    noun = clause.text.normal[end : end + (stop.start() if stop is not None else len(right))]
    return noun.strip(_QUOTES), end + len(noun.rstrip(_QUOTES))


def _rate_before(clause: _Clause, position: int, floor: int, mentions: Sequence[_Mention]) -> str:
    """The rate named before a share, "tỷ lệ hồ sơ đúng hạn đạt 95%", unless it is an index."""
    left = clause.left(position, floor)
    rate = _last(_RATE, left)
    if rate is None:
        return ""
    start = position - len(left) + rate.start()
    if any(start <= mention.start < position for mention in mentions):
        return ""
    words = _RATE_VERB_TAIL.sub("", " " + left[rate.start() :].rstrip()).strip()
    return clause.text.normal[start : start + len(words)].strip(_QUOTES)


def _find_shares(clause: _Clause, mentions: Sequence[_Mention]) -> None:
    floor = clause.start
    previous: _Requirement | None = None
    for found in clause.matches(_PERCENT):
        item = _share(clause, found, floor, previous.kind if previous else "", mentions)
        named = any(floor <= mention.start < found.start() for mention in mentions)
        if (
            isinstance(item, _Requirement)
            and previous is not None
            and item.kind == previous.kind
            and not item.subject
            and not named
        ):
            item = replace(
                item, subject=previous.subject, measure="percent",
                notes=(*item.notes, "subject_from_earlier_clause"),
            )  # fmt: skip
        floor = found.end()
        previous = item if isinstance(item, _Requirement) and item.subject else None
        clause.add(item)


def _share(
    clause: _Clause,
    found: re.Match[str],
    floor: int,
    previous: str,
    mentions: Sequence[_Mention],
) -> _Found:
    obscure = _Obscure(*found.span())
    amounts = _amounts(found)
    left = clause.left(found.start(), floor)
    op, before, notes = _compared(left)
    if amounts is None or _LIST_OF_NUMBERS.search(before):
        return obscure
    rate = _rate_before(clause, found.start(), floor, mentions)
    noun, end = _noun_after(clause, found.end())
    subject = noun or rate
    verb = _last(_SHARE_VERB, left)
    if verb is not None and _NEGATION.search(left[: verb.start()]):
        return obscure
    start = found.start() - (len(left) - len(before))
    kind = _share_kind(verb, op, before, previous, subject, amounts[0], has_up=bool(found["up"]))
    moves = verb is not None and verb["level"] is None and amounts[1] is not None
    if kind is None or moves:
        return obscure  # "tăng từ 85% đến 90%" says from where to where
    if kind == "count_at_most":
        op = op or "<="
    if kind == "score_gain_vs_year":
        return _Requirement(
            start, found.end(), kind, "score", op or ">=", *amounts,
            notes=(*notes, "percent_means_points"),
        )  # fmt: skip
    if kind == "percent_at_least" and not subject:
        return _Requirement(start, found.end(), kind, "score", op or ">=", *amounts, notes=notes)
    if kind == "count_at_most":
        return _Requirement(start, end, kind, "percent", op, *amounts, subject=subject, notes=notes)
    return _Requirement(
        start, min(end, clause.end), kind, "percent", op or ">=", *amounts, subject=subject,
        notes=notes,
    )  # fmt: skip


def _share_kind(
    verb: re.Match[str] | None,
    op: str,
    before: str,
    previous: str,
    subject: str,
    amount: Number,
    *,
    has_up: bool,
) -> str | None:
    """What a share asks for; None when the words do not say."""
    falls_to = _FALLS_TO.search(before) is not None
    if op in ("<", "<=") or falls_to:
        cut_by = verb is not None and verb["cut"] is not None and not falls_to
        return "count_at_most" if subject and not cut_by else None
    if verb is not None and verb["cut"] is not None:
        return "percent_reduction_at_least" if subject or verb.group() != "giảm" else None
    if verb is None and previous:
        return previous
    if verb is not None and verb["up"] is not None and not _reaches(before):
        return None if subject else "score_gain_vs_year"
    if verb is not None or op or has_up:
        return "percent_at_least"
    if amount == 100 and subject:
        return "percent_at_least"
    return None


# --- groups -------------------------------------------------------------------------------------

_GROUP_CUE = re.compile(r"(?<!\w)(?:nhóm|chất lượng điều hành|xếp loại)(?!\w)")
_GROUP_FILLER = frozenset(
    _words(
        "cac tinh thanh pho dia phuong co diem so chi chat luong dieu hanh dat ket qua muc "
        "o loai xep la cua don vi duoc danh gia nhom tu kinh te thuoc dung trong vao"
    )
)
_NO_SUCH = re.compile(r"(?<!\w)(?:không|chưa|khỏi|tránh)(?!\w)[^,;]*$")
_OR = re.compile(r"[\s“”\"'’)]*(?:hoặc|hay)(?!\w)")


def _find_groups(clause: _Clause, names: Mapping[tuple[str, ...], str]) -> None:
    longest = max((len(words) for words in names), default=0)
    tokens = clause.text.tokens
    for cue in clause.matches(_GROUP_CUE):
        at = clause.text.token_at(cue.end())
        skipped = 0
        while at < len(tokens) and skipped < 10 and tokens[at].end <= clause.end:
            label = _label_at(clause, tokens, at, names, longest)
            if label is not None:
                name, last = label
                left = clause.canon[max(clause.start, cue.start() - 30) : cue.start()]
                if _NO_SUCH.search(left):
                    break
                superlative = re.match(r"[”\"]? (?:nhất|hơn)(?!\w)", clause.right(last.end, 8))
                if superlative or not clause.is_free(cue.start(), last.end):
                    break
                _add_group(clause, cue.start(), last.end, name)
                break
            if tokens[at].bare not in _GROUP_FILLER:
                break
            at += 1
            skipped += 1


def _label_at(
    clause: _Clause,
    tokens: Sequence[_Token],
    at: int,
    names: Mapping[tuple[str, ...], str],
    longest: int,
) -> tuple[str, _Token] | None:
    for length in range(longest, 0, -1):
        words = tokens[at : at + length]
        if len(words) < length or words[-1].end > clause.end:
            continue
        key = tuple(token.bare for token in words)
        between = clause.canon[words[0].start : words[-1].end]
        if key in names and not re.search(r"[,;.]", between):
            return clause.text.normal[words[0].start : words[-1].end], words[-1]
    return None


def _add_group(clause: _Clause, start: int, end: int, name: str) -> None:
    if _OR.match(clause.right(end, 12)):
        clause.add(_Obscure(start, end))
        return
    clause.add(_Requirement(start, end, "group_at_least", "score", ">=", group_name=name))


# --- counts, and shares without a number --------------------------------------------------------

_AT_MOST = re.compile(
    rf"(?:không (?:để )?(?:vượt )?quá|tối đa(?: không quá)?|nhiều nhất|quá) {_WQTY} "
    r"(?P<noun>(?!bậc|hạng|điểm|%|vị trí|ngày|giờ|phút|tháng|năm|triệu|tỷ|đồng)[^\W\d_]+)"
)
_COUNTED = re.compile(r"(?: (?!theo|trong|đối|trước|chậm|năm|để|nhằm|và)[^\s,;.:\d()]+){0,8}")
_LIMITING = re.compile(r"(?:hạn chế|không|giảm)(?: [^\s;.]+){0,20}\s*$")
_NONE_AT_ALL = re.compile(
    r"không để (?:xảy ra|phát sinh|tồn đọng|"
    r"còn)(?: tình trạng)? (?P<noun>[^.;,\d\n]{3,120}(?:, (?:kiến nghị|khiếu nại|tố cáo|"
    r"trễ hẹn)[^.;,\d\n]{0,100})?)"
)
_RATE_UP = re.compile(r"(?:nâng cao|tăng|cải thiện|nâng) (?:các )?(?=tỷ lệ|tỉ lệ)")
_RATE_DOWN = re.compile(
    r"(?<!cắt )(?:giảm|kéo giảm) (?:các )?(?=tỷ lệ|tỉ lệ|thời gian|số lượng|số lần|số hồ sơ|"
    r"chi phí)"
)
_RATE_NAME = re.compile(
    r"(?P<name>(?:tỷ lệ|tỉ lệ|thời gian|số lượng|số lần|số hồ sơ|"
    r"chi phí) [^.;,:\n]{2,160}(?:, (?:sớm|trước|đúng)[^.;,:\n]{0,60})?)"
)
_NEXT_RATE = re.compile(r"[,;] (?=(?:tỷ lệ|tỉ lệ) )")
_NAME_END = re.compile(
    r" (?=và (?:nâng cao|giảm|tăng|cải thiện)|để |nhằm |góp phần |so với |(?:trong |vào |"
    r"đến )?năm 20\d\d)"
)


def _find_counts(clause: _Clause) -> None:
    for found in clause.matches(_AT_MOST):
        if _is_year_word(clause, found):
            continue
        amounts = _amounts(found)
        limiting = not found.group().startswith("quá") or _LIMITING.search(
            clause.left(found.start())
        )
        if (
            amounts is None
            or not isinstance(amounts[0], int)
            or amounts[1] is not None
            or not limiting
        ):
            clause.add(_Obscure(*found.span()))
            continue
        left = clause.left(found.start())
        stop = _last(re.compile(r"[,;.:]"), left)
        head = clause.text.normal[
            found.start() - len(left) + (stop.end() if stop else 0) : found.start()
        ]
        more = _COUNTED.match(clause.canon, found.end(), clause.end)
        noun_end = more.end() if more is not None else found.end()
        noun = clause.text.normal[found.start("noun") : noun_end].strip()
        clause.add(
            _Requirement(
                *found.span(), "count_at_most", "count", "<=", amounts[0],
                subject=f"{head.strip()} ({noun})" if head.strip() else noun,
            )
        )  # fmt: skip
    for found in clause.matches(_NONE_AT_ALL):
        subject = clause.text.normal[found.start("noun") : found.end("noun")].strip(_QUOTES)
        clause.add(_Requirement(*found.span(), "count_at_most", "count", "<=", 0, subject=subject))


_RATE_OPENS = re.compile(r"\s*(?=(?:tỷ lệ|tỉ lệ) )")


def _find_rates(clause: _Clause, goes_on: str) -> None:
    """Rates that shall only rise or fall; a list of them goes on behind ";" without its verb."""
    opening = _RATE_OPENS.match(clause.canon, clause.start, clause.end)
    if goes_on and opening is not None:
        _add_rates(clause, opening.end(), opening.end(), goes_on)
    for pattern, op in ((_RATE_UP, ">"), (_RATE_DOWN, "<")):
        for verb in clause.matches(pattern):
            _add_rates(clause, verb.start(), verb.end(), op)


def _add_rates(clause: _Clause, start: int, position: int, op: str) -> None:
    while True:
        name = _RATE_NAME.match(clause.canon, position, clause.end)
        if name is None:
            return
        stop = _NAME_END.search(name.group())
        end = name.start() + stop.start() if stop else name.end()
        if not clause.is_free(start, end):
            return
        subject = clause.text.normal[name.start() : end].strip(_QUOTES)
        measure = "percent" if name.group().startswith(("tỷ", "tỉ")) else "count"
        clause.add(_Requirement(start, end, "improve_unquantified", measure, op, subject=subject))
        again = _NEXT_RATE.match(clause.canon, end, clause.end)
        if again is None:
            return
        position = start = again.end()


# ------------------------------------------------------------------------------------------------
# Years
# ------------------------------------------------------------------------------------------------

_Y = r"(?<!\d)20\d\d(?!\d)"
_MASKED = (
    # "18-NQ/TU", "131/NQ-CP", "45/2020/NĐ-CP": numbers of documents
    re.compile(r"(?<!\d)\d{1,6}\s?[/-]\s?(?:\d{4}\s?/\s?)?[a-zđ]{1,6}(?:[/-][a-zđ]{1,8})+"),
    re.compile(r"(?<!\d)\d{1,6}/\d{4}/[a-zđ]{2,8}(?:[/-][a-zđ]{1,8})*"),
    re.compile(r"ngày \d{1,2} tháng \d{1,2}(?: năm \d{4})?"),
    re.compile(r"(?<![\d/.,-])\d{1,2}([/.-])\d{1,2}\1\d{4}(?!\d)"),
    re.compile(r"tháng \d{1,2}\s?(?:/|-| năm )\s?\d{4}"),
    re.compile(
        r"(?:theo|tại|thực hiện|ban hành)(?: đúng| tinh thần)? (?:nghị quyết|kết luận|kế hoạch|"
        r"quyết định|đề án|chương trình|"
        r"chỉ thị|thông báo|công văn)[^,;:\n]{0,160}"
    ),
)
_BASE_WORDS = (
    r"(?:(?:mức|kết quả|thứ hạng|xếp hạng|thứ bậc|hạng|điểm số|điểm|vị trí|chỉ số|thành phần|"
    r"cùng kỳ|của|tỉnh|bậc|đạt được|"
    r"công bố|thực hiện|papi|pci|sipas|par|index|năm|cùng|kỳ|này) ){0,8}?"
)
_BASE = re.compile(rf"(?<!\w)so (?:với )?{_BASE_WORDS}(?P<y>{_Y})")
_BASE_MADE = re.compile(
    rf"lấy (?:kết quả )?năm (?P<y>{_Y}) làm (?:năm )?(?:gốc|mốc|cơ sở)|năm gốc:? (?P<y2>{_Y})"
)
_BASE_HIGHER = re.compile(
    rf"(?:cao|tốt) hơn (?:so với )?(?:kết quả |thứ hạng |xếp hạng |của )?năm (?P<y>{_Y})"
)
_BASE_LAST_YEAR = re.compile(rf"(?<!\w)so (?:với )?{_BASE_WORDS}{_LAST_YEAR}")
_PERIOD_RANGE = re.compile(
    rf"(?:giai đoạn|từ năm|trong các năm|các năm|năm|trong) (?P<a>{_Y})\s?(?:-|đến năm|"
    rf"đến hết năm|đến)\s?(?P<b>{_Y})"
)
_PERIOD_LIST = re.compile(rf"các năm (?P<a>{_Y})(?:,? {_Y})*(?:,| và)(?: năm)? (?P<b>{_Y})")
_PERIOD_OPEN = re.compile(
    rf"(?:từ )?năm (?P<a>{_Y})(?: (?:trở đi|và (?:các |những )?năm (?:tiếp theo|sau|tới|kế tiếp)"
    r"|và (?:hằng|hàng|từng|mỗi) năm(?: sau)?))"
)
_PERIOD_ONE = re.compile(rf"(?P<by>đến (?:hết |cuối )?|hết |cuối )?(?:năm )?(?P<a>{_Y})")
_FOLLOWING_YEARS = re.compile(
    r"và (?:các |những )?năm (?:tiếp theo|sau|tới)|(?:hằng|hàng) năm|từng năm|mỗi năm"
)
_EVERY = re.compile(r"(?:(?<!\w)(?:mỗi|hằng|hàng|từng|một) |/\s?)năm(?!\w)")
_PREVIOUS = -1
# Asked again every year: without an end they run on.
_CHAINS = ("improve_yearly", "keep_and_improve")


@dataclass(frozen=True)
class _Period:
    start: int
    end: int
    first: int
    last: int | None


@dataclass(frozen=True)
class _Base:
    start: int
    end: int
    year: int  # _PREVIOUS for "so với năm trước"


def _bases(clause: _Clause) -> list[_Base]:
    found: list[_Base] = []
    for pattern in (_BASE, _BASE_MADE, _BASE_HIGHER):
        for match in clause.matches(pattern):
            groups = match.groupdict()
            clause.take(*match.span())
            found.append(_Base(*match.span(), int(groups["y"] or groups.get("y2") or 0)))
    for match in clause.matches(_BASE_LAST_YEAR):
        clause.take(*match.span())
        found.append(_Base(*match.span(), _PREVIOUS))
    return sorted(found, key=lambda base: base.start)


def _periods(clause: _Clause) -> list[_Period]:
    found: list[_Period] = []
    for pattern in (_PERIOD_RANGE, _PERIOD_LIST, _PERIOD_OPEN, _PERIOD_ONE):
        for match in clause.matches(pattern):
            groups = match.groupdict()
            first = int(groups["a"] or 0)
            last: int | None = first
            if pattern is _PERIOD_OPEN:
                last = None
            elif groups.get("b"):
                last = int(groups["b"] or 0)
            if last is not None and last < first:
                continue
            clause.take(*match.span())
            found.append(_Period(*match.span(), first, last))
    return sorted(found, key=lambda period: period.start)


def _mask(clause: _Clause) -> None:
    """Numbers of documents, dates and titles of plans are nobody's target."""
    for pattern in _MASKED:
        for match in clause.matches(pattern):
            clause.take(*match.span())


_LINK = re.compile(r"[,;]|(?<!\w)(?:và|đồng thời|còn)(?!\w)")


def _period_of(
    text: _Text, need: _Requirement, periods: Sequence[_Period], needs: Sequence[_Requirement]
) -> _Period | None:
    """The year a requirement is for: one that trails it closely, else the nearest before it."""
    after = bisect.bisect_left(periods, need.end, key=lambda period: period.start)
    inside = [p for p in periods[max(0, after - 3) : after] if p.start >= need.start]
    if inside:
        return inside[-1]
    if after < len(periods):
        trailing = periods[after]
        following = bisect.bisect_left(needs, need.end, key=lambda item: item.start)
        next_start = needs[following].start if following < len(needs) else None
        if not _LINK.search(text.canon, need.end, trailing.start) and (
            next_start is None
            or (
                trailing.end <= next_start
                and _LINK.search(text.canon, trailing.end, next_start) is not None
            )
        ):
            return trailing
    if after > 0:
        return periods[after - 1]
    if len({(p.first, p.last) for p in periods}) != 1:
        return None
    following = bisect.bisect_left(needs, periods[0].end, key=lambda item: item.start)
    leads_another = following < len(needs) and not _LINK.search(
        text.canon, periods[0].end, needs[following].start
    )
    return None if leads_another else periods[0]


# ------------------------------------------------------------------------------------------------
# Subjects
# ------------------------------------------------------------------------------------------------

_CUE = re.compile(
    r"(?<!\w)(?:chỉ số|nội dung|lĩnh vực|tiêu chí|trục|khía cạnh|yếu tố|index)(?: (?:thành phần|"
    r"nội dung|lĩnh vực|số|thứ|về|của|các|tổng hợp|chung|\d{1,2}))*[\s“”\"'‘«:(-]*$"
)
_QUOTED = re.compile(r"[“\"'‘«]\s*$")
_CONTINUES = re.compile(
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
_PARTS = re.compile(
    r"(?:(?P<every>cả|tất cả|toàn bộ|mọi|các|mỗi|"
    r"từng)\s+)?(?:các )?(?:(?P<k>\d{1,2})(?:/(?P<of>\d{1,2}))? )?"
    r"(?:chỉ số thành phần|chỉ số nội dung|nội dung|lĩnh vực|chỉ số)(?!\w)"
)
_SUBJECT_PLACEHOLDER = re.compile(
    r"(?:(?:cả|tất cả|toàn bộ|mọi|các|mỗi|từng) )?(?:các |\d{1,2}(?:/\d{1,2})? )?(?:chỉ số|"
    r"tiêu chí)(?: thành phần| nội dung| này| trên| nêu trên)*"
)
_FILLER = frozenset(
    _words(
        "phấn đấu và đồng thời nằm trong thuộc kết quả điểm số xếp hạng thứ bậc vị trí của "
        "tỉnh năm đến hết cuối phải tiếp tục cần luôn đạt từ trên ít nhất tối thiểu tăng "
        "nâng cải thiện cao duy trì giữ vững ta mình chỉ các này giai đoạn bảo đảm hướng "
        "tới mục tiêu yêu cầu cụ thể đó lên vào ở mức được hằng hàng với so cả nước cũng sẽ "
        "mỗi từng qua để nhằm góp phần thành phố địa phương nhóm sau trước toàn quốc không "
        "quyết tâm xác định đặt ra gồm bao là tổng có đều thì bậc trở lại theo trung bình "
        "tốt hơn đầu"
    )
)
_OTHER_SATISFACTION = re.compile(
    r"[^,;.]{0,40}?(?:về|đối với|với)(?: dịch vụ)?(?: sự phục vụ của)? (?:y tế|giáo dục|khám|"
    r"giao thông|điện|cấp nước|công an|bệnh viện|ngành)"
)


# The province's own index of its offices is another index.
_OF_OFFICES = re.compile(
    r"[\s)]*(?:của |đối với )?(?:(?:các |từng |mỗi )(?:đơn vị|sở|cơ quan|huyện|xã|phường|ngành)|"
    r"cấp (?:sở|huyện|xã))"
)


def _is_strong(text: _Text, mention: _Mention, previous: _Mention | None) -> bool:
    """Whether a name stands as the name of an index and not as ordinary words."""
    if mention.is_strong:
        return True
    left = text.canon[max(0, mention.start - 60) : mention.start]
    if _CUE.search(left) or _QUOTED.search(left):
        return True
    return (
        previous is not None
        and previous.is_strong
        and not previous.is_index
        and mention.start - previous.end <= 60
        and _CONTINUES.fullmatch(text.canon, previous.end, mention.start) is not None
    )


def _subjects(
    text: _Text, lexicon: Lexicon, start: int, end: int, known: frozenset[str]
) -> list[_Mention]:
    """Names of indices and components in a sentence, with the unknown ones among them."""
    tokens = text.tokens[text.token_at(start) : text.token_at(end)]
    found: list[_Mention] = []
    for mention in lexicon.mentions(tokens, text.canon):
        previous = found[-1] if found else None
        in_words = _is_satisfaction(mention) and not mention.is_strong
        if in_words and _OTHER_SATISFACTION.match(text.canon, mention.end, end):
            continue  # "hài lòng … về y tế" is not SIPAS
        strong = replace(mention, is_strong=_is_strong(text, mention, previous))
        if mention.is_index and _OF_OFFICES.match(text.canon, mention.end, end):
            words = text.normal[mention.start : mention.end]
            strong = replace(strong, entries=(), unknown=f"{words} của cơ quan, đơn vị")
        found.append(strong)
    _strengthen(text, found)
    named = frozenset().union(
        *(m.index_ids for m in found if m.is_strong and len(m.index_ids) == 1)
    )
    found = [_settled(mention, named or known) for mention in found]
    found.extend(_unknown_names(text, start, end, found))
    return sorted(found, key=lambda mention: mention.start)


def _strengthen(text: _Text, found: list[_Mention]) -> None:
    """An index beside a part makes it a name: "Tính minh bạch của PCI", "PCI về …"."""
    for number in range(len(found) - 2, -1, -1):
        part, index = found[number], found[number + 1]
        if not part.is_index and not part.is_strong and part.index_ids & index.index_ids:
            gap = text.canon[part.end : index.start]
            is_list = index.is_strong and not index.is_index and len(gap) < 60
            of_index = index.is_index and len(gap) < 60 and _OF_INDEX.search(gap)
            if of_index or (is_list and _CONTINUES.fullmatch(gap)):
                found[number] = replace(part, is_strong=True)
    for number in range(1, len(found)):
        index, part = found[number - 1], found[number]
        if index.is_index and index.is_strong and not part.is_index and not part.is_strong:
            gap = text.canon[index.end : part.start]
            if part.index_ids & index.index_ids and _ABOUT.fullmatch(gap):
                found[number] = replace(part, is_strong=True)


def _settled(mention: _Mention, known: frozenset[str]) -> _Mention:
    """Keep of a shared name the meanings that belong to an index named nearby."""
    if len(mention.component_ids) <= 1:
        return mention
    kept = tuple(entry for entry in mention.entries if entry.index_id in known)
    return replace(mention, entries=kept) if kept else mention


def _unknown_names(
    text: _Text, start: int, end: int, known: Sequence[_Mention]
) -> Iterator[_Mention]:
    starts = [mention.start for mention in known]

    def is_known(left: int, right: int) -> bool:
        at = bisect.bisect_left(starts, right)
        return at > 0 and known[at - 1].end > left

    last_end = -1
    ends: set[int] = set()
    shouted = (
        text.normal[start : min(end, start + 4000)].upper()
        == text.normal[start : min(end, start + 4000)]
    )
    for cue in _INDEX_WORD.finditer(text.canon, start, end):
        skipped = _SKIPPED.match(text.canon, cue.end(), end)
        at = skipped.end() if skipped else cue.end()
        if at >= end or is_known(at, at + 1):
            continue
        quoted = text.canon[max(start, at - 1) : at] in ("“", '"', "‘", "«")
        if not quoted and (shouted or not text.normal[at].isupper()):
            continue
        again = _APPOSITION.search(text.canon[max(start, cue.start() - 6) : cue.start()])
        if again is not None and cue.start() - len(again.group()) == last_end:
            continue
        name = _UNKNOWN_NAME.match(text.canon, at, end)
        if name is not None and not is_known(*name.span()):
            words = text.normal[name.start() : name.end()].strip(_QUOTES)
            last_end = name.end()
            ends.add(last_end)
            yield _Mention(name.start(), name.end(), (), True, unknown=words)
    for other in _OTHER_INDEX.finditer(text.normal, start, end):
        again = _APPOSITION.search(text.canon[max(start, other.start() - 16) : other.start()])
        if again is not None and other.start() - len(again.group()) in ends:
            continue
        if not is_known(*other.span()):
            yield _Mention(other.start(), other.end(), (), True, unknown=other.group())


def _qualified(text: _Text, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Drop the index that only says where a component belongs: "Tính minh bạch của PCI"."""
    kept: list[_Mention] = []
    for number, mention in enumerate(mentions):
        if not mention.is_index:
            kept.append(mention)
            continue
        before = mentions[number - 1] if number else None
        after = mentions[number + 1] if number + 1 < len(mentions) else None
        if before is not None and _is_part(before, mention):
            gap = text.canon[before.end : mention.start]
            if len(gap) < 60 and _OF_INDEX.search(gap):
                continue
        if after is not None and _is_part(after, mention):
            gap_end = after.start
            if gap_end - mention.end < 70 and _INDEX_THEN_PART.fullmatch(
                text.canon, mention.end, gap_end
            ):
                continue
            if gap_end - mention.end < 3 and not text.canon[mention.end : gap_end].strip():
                continue
        kept.append(mention)
    return kept


def _is_part(part: _Mention, index: _Mention) -> bool:
    return (
        bool(part.entries)
        and not part.is_index
        and part.is_strong
        and bool(part.index_ids & index.index_ids)
    )


# ------------------------------------------------------------------------------------------------
# Sentences
# ------------------------------------------------------------------------------------------------

_SENTENCE_END = re.compile(
    r"(?<!\btp)(?<!\bq)(?<!\bp)(?<![\d.])[.!?][”\"’)]*(?=\s|$)|(?<=\d)[.!?](?=\s|$)|\n+"
)
_CLAUSE_END = re.compile(r";")
_BULLET = re.compile(r"\s*(?:[-+•*●▪–]|\d{1,2}[.)]|[a-zđ][.)])\s")
_GOES_ON = re.compile(r"\s*(?:đó là|gồm|bao gồm|cụ thể|trong đó|bao gồm)(?!\w)")
_ASKS = re.compile(r"phấn đấu|chỉ tiêu|mục tiêu|(?<!\w)(?:strive|target|aim|objectif|goal)")
_ASKS_IN_ENGLISH = re.compile(
    r"(?<!\w)(?:rank|ranked|group|position|classified|percent|among)(?!\w)"
)
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


@dataclass
class _Carried:
    """What an earlier clause or sentence leaves to the next one."""

    subjects: tuple[_Mention, ...] = ()
    bases: list[_Base] = field(default_factory=list)
    index_ids: frozenset[str] = frozenset()
    period: _Period | None = None


def _sentences(text: _Text) -> list[list[Span]]:
    """Sentences as lists of clauses; bullets stay with the line that announces them."""
    sentences: list[list[Span]] = []
    start = 0
    stops = [*(m.span() for m in _SENTENCE_END.finditer(text.canon)), (len(text.canon),) * 2]
    announces = False
    for stop_start, stop_end in stops:
        if not text.canon[start:stop_start].strip():
            start = max(start, stop_end)
            continue
        clauses: list[Span] = []
        at = start
        for semicolon in _CLAUSE_END.finditer(text.canon, start, stop_start):
            clauses.append((at, semicolon.start()))
            at = semicolon.end()
        clauses.append((at, stop_start))
        clauses = [span for span in clauses if text.canon[span[0] : span[1]].strip()]
        if not clauses:
            start = stop_end
            continue
        is_bullet = _BULLET.match(text.canon, start, stop_start) is not None
        goes_on = _GOES_ON.match(text.canon, start, stop_start) is not None
        if sentences and (goes_on or (announces and is_bullet)):
            sentences[-1].extend(clauses)
        else:
            announces = text.canon[start:stop_start].rstrip().endswith(":")
            sentences.append(clauses)
        start = stop_end
    return sentences


# A number with the sign of a requirement that no pattern above has understood.
_LEFT_OVER = re.compile(
    r"(?<!\w)(?:xếp|hạng|vị trí|top|tốp)(?: thứ| hạng| số)?\s*\d[\d.,/]*"
    r"|(?<![\d.,/])\d[\d.,]*\s?(?:bậc(?!\w)|điểm(?! \w)|%)"
    r"|(?<!\w)từ (?:thứ )?\d{1,3}(?:/\d{1,2})? (?:lên|xuống|đến) (?:thứ )?\d{1,3}(?![\d.,])"
)


def _find_all(
    clause: _Clause,
    mentions: Sequence[_Mention],
    names: Mapping[tuple[str, ...], str],
    goes_on: str,
) -> None:
    """Requirements of a clause, from the surest pattern to the loosest."""
    _find_gains(clause)
    _find_groups(clause, names)
    _find_places(clause)
    _find_shares(clause, mentions)
    _find_scores(clause)
    _find_counts(clause)
    _find_rates(clause, goes_on)
    for found in clause.matches(_LEFT_OVER):
        clause.add(_Obscure(*found.span()))
    clause.found.sort(key=lambda item: item.start)
    _doubt_alternatives(clause)


def _doubt_alternatives(clause: _Clause) -> None:
    """Requirements joined by "hoặc": either would do, so neither is required."""
    for number, item in enumerate(clause.found):
        following = clause.found[number + 1] if number + 1 < len(clause.found) else None
        if following is None or following.start - item.end > 60:
            continue
        gap = clause.canon[item.end : following.start]
        if re.search(r"(?<!\w)(?:hoặc|hay)(?!\w)", gap) and not re.search(r"[,;]", gap):
            for place, doubted in ((number, item), (number + 1, following)):
                clause.found[place] = _Obscure(doubted.start, doubted.end)


def parse_targets(
    text: str,
    *,
    lexicon: Lexicon,
    context_edition: int | None = None,
    document_year: int | None = None,
    context_components: Sequence[str] = (),
) -> list[ParsedTarget]:
    """The requirements a text states, one per index or component, and what was not understood.

    A sentence that strives for something and yields nothing is handed back whole (kind None).
    A number that cannot be read with certainty is never handed on: its words are in `unparsed`.

    Args:
        text: a sentence, a paragraph or a document.
        lexicon: names of the catalogue.
        context_edition: year of the surrounding text. It is the baseline of a gain whose clause
            names no baseline, provided it lies before the target year or no target year is
            stated; otherwise it is the target year of a requirement without one.
        document_year: year the document plans for: target year of a requirement without one; the
            year before it is the baseline where neither clause nor `context_edition` gives one.
        context_components: components meant when a sentence names none (a row of a table).

    Returns:
        Targets in the order of the text. Never raises, whatever the text.

    Source: docs/method/target-sentences.md.
    """
    return _Reader(text, lexicon, context_edition, document_year, tuple(context_components)).read()


class _Reader:
    """Reads one text, sentence by sentence, carrying subjects and years along."""

    def __init__(
        self,
        text: str,
        lexicon: Lexicon,
        context_edition: int | None,
        document_year: int | None,
        context_components: tuple[str, ...],
    ) -> None:
        self._text = _Text(text)
        self._lexicon = lexicon
        self._context_edition = context_edition
        self._document_year = document_year
        self._context = tuple(
            _Mention(0, 0, (_Entry(component.split(".")[0], component),), True)
            for component in context_components
        )
        self._group_words = {tuple(name.split()): name for name in lexicon.group_names}
        self._taken = bytearray(len(self._text.normal))
        self._footnotes = _footnotes(self._text, lexicon)
        for footnote in self._footnotes:
            start, end = footnote.span
            self._taken[start:end] = b"\x01" * (end - start)
        self._carried = _Carried()
        self._carried.index_ids = frozenset(
            entry.index_id for mention in self._context for entry in mention.entries
        )

    def read(self) -> list[ParsedTarget]:
        targets: list[ParsedTarget] = []
        for clauses in _sentences(self._text):
            if len(targets) >= MAX_TARGETS:
                targets.append(self._queued(clauses[0][0], len(self._text.normal), ("too_long",)))
                break
            sentence = _Sentence(self, clauses)
            targets.extend(sentence.read())
        return self._with_footnotes(targets)

    def _queued(self, start: int, end: int, notes: tuple[str, ...] = ()) -> ParsedTarget:
        words = self._text.normal[start:end].strip()
        return ParsedTarget(self._text.normal, words, None, unparsed=(words,), notes=notes)

    def _with_footnotes(self, targets: list[ParsedTarget]) -> list[ParsedTarget]:
        if not self._footnotes:
            return targets
        by_component: dict[str, list[Footnote]] = {}
        for footnote in self._footnotes:
            for component_id in footnote.component_ids:
                by_component.setdefault(component_id, []).append(footnote)
        return [
            replace(target, footnotes=tuple(by_component[target.component_id]))
            if target.component_id in by_component
            else target
            for target in targets
        ]


class _Sentence:
    """One sentence: its clauses share years, and a clause without a subject takes the last one."""

    def __init__(self, reader: _Reader, spans: list[Span]) -> None:
        self.reader = reader
        self.text = reader._text
        self.start, self.end = spans[0][0], spans[-1][1]
        self.clauses = [_Clause(self.text, *span, reader._taken) for span in spans]
        self.carried = reader._carried
        self.bases: list[_Base] = []
        self.periods: list[_Period] = []
        self.deadlines: list[ParsedDeadline] = []
        self.mentions: list[_Mention] = []
        self.pending: list[tuple[_Clause, _Requirement]] = []
        self.answered: list[tuple[_Clause, _Requirement]] = []
        self.results: list[ParsedTarget] = []
        self.seen: set[ParsedTarget] = set()

    def read(self) -> list[ParsedTarget]:
        self._survey()
        for clause in self.clauses:
            if len(self.results) >= MAX_TARGETS:
                break
            self._read_clause(clause)
        self._read_pending()
        self._remember()
        if len(self.results) >= MAX_TARGETS or self.pending:
            rest = self.reader._queued(self.start, self.end, ("too_long",))
            return [*self.results, rest]
        asks = _ASKS.search(self.text.canon, self.start, self.end) or (
            any(m.is_strong for m in self.mentions)
            and _ASKS_IN_ENGLISH.search(self.text.canon, self.start, self.end)
        )
        if not self.results and asks:
            free = any(
                not self.reader._taken[position] and self.text.canon[position].isalpha()
                for position in range(self.start, self.end)
            )
            if free:
                self.results.append(self.reader._queued(self.start, self.end))
        return self.results

    # --- what stands in the sentence ------------------------------------------------------------

    def _survey(self) -> None:
        text, reader = self.text, self.reader
        self.mentions = _qualified(
            text, _subjects(text, reader._lexicon, self.start, self.end, self.carried.index_ids)
        )
        goes_on = ""
        for clause in self.clauses:
            self._find_deadlines(clause)
            _mask(clause)
            _find_phrases(clause)
            self.bases.extend(_bases(clause))
            self.periods.extend(_periods(clause))
            self._expand_parts(clause)
            _find_all(clause, self._named_in(clause), reader._group_words, goes_on)
            last = clause.found[-1] if clause.found else None
            is_rate = isinstance(last, _Requirement) and last.kind == "improve_unquantified"
            goes_on = last.op if is_rate and isinstance(last, _Requirement) else ""

    def _named_in(self, clause: _Clause) -> list[_Mention]:
        first = bisect.bisect_left(self.mentions, clause.start, key=lambda m: m.start)
        last = bisect.bisect_left(self.mentions, clause.end, key=lambda m: m.start)
        return self.mentions[first:last]

    def _find_deadlines(self, clause: _Clause) -> None:
        floor, year = clause.start, self.reader._document_year or self.reader._context_edition
        for form in _date_forms(self.text.canon, clause.start, clause.end):
            recurs_after = bool(self.deadlines) and form.parts.get("every") is not None
            if recurs_after:
                year = self.deadlines[-1].date.year + 1
            found = _deadline_at(self.text, form, year, needs_cue=not recurs_after, floor=floor)
            is_year = set(form.parts) == {"y"}
            if found is not None and is_year and not _STRICT_BY.match(found.text.lower()):
                found = None  # "đến hết năm 2021" is the year of a target
            floor = form.end
            if found is not None and clause.is_free(*found.span):
                clause.take(*found.span)
                self.deadlines.append(found)

    def _expand_parts(self, clause: _Clause) -> None:
        """All components for "10 chỉ số thành phần PCI", if as many as said were measured."""
        here = self._named_in(clause)
        wholes = [m for m in here if m.is_index]
        if not wholes or any(m for m in here if m.entries and not m.is_index and m.is_strong):
            return
        for parts in _PARTS.finditer(self.text.canon, clause.start, clause.end):
            counted = parts["k"] is not None and parts["of"] is None
            if not (counted or (parts["every"] and "phần" in parts.group())):
                continue
            for whole in wholes:
                gap = self.text.canon[min(parts.end(), whole.end) : max(parts.start(), whole.start)]
                if len(gap) <= 30 and not re.search(r"[;.]", gap):
                    self._replace_by_parts(whole, int(parts["k"]) if counted else None, parts)
            break

    def _replace_by_parts(self, whole: _Mention, stated: int | None, parts: re.Match[str]) -> None:
        edition = self.periods[0].first if self.periods else None
        if edition is None and self.bases and self.bases[0].year != _PREVIOUS:
            edition = self.bases[0].year
        index_id = whole.entries[0].index_id
        ids = self.reader._lexicon.children(index_id, edition)
        start, end = min(parts.start(), whole.start), max(parts.end(), whole.end)
        if stated in (1, None) and not parts["every"]:
            return
        if stated is not None and len(ids) != stated and "phần" not in parts.group():
            return  # "cả 3 chỉ số" counts indices
        entries = tuple(_Entry(index_id, component_id) for component_id in ids)
        unknown = ""
        if not entries or (stated is not None and len(ids) != stated):
            entries, unknown = (), self.text.normal[start:end]
        expanded = _Mention(start, end, entries, True, unknown=unknown, all_parts=True)
        self.mentions[self.mentions.index(whole)] = expanded
        self.mentions.sort(key=lambda mention: mention.start)

    # --- who must do what -----------------------------------------------------------------------

    def _read_clause(self, clause: _Clause) -> None:
        first = len(self.results)
        needs = [item for item in clause.found if isinstance(item, _Requirement)]
        obscure = [
            self._part(item.start, item.end) for item in clause.found if isinstance(item, _Obscure)
        ]
        here = self._named_in(clause)
        wanting = [need for need in needs if not need.subject]
        strong = [m for m in here if m.is_strong]
        # Ordinary words that are also a name count only where nothing better is named.
        subjects = strong or ([m for m in here if m.entries] if wanting or obscure else [])
        self._read_pending(subjects if not wanting or len(_ids(subjects)) == 1 else [])
        items = [i for i in clause.found if isinstance(i, _Obscure) or not i.subject]
        used = self._link(clause, items, subjects)
        for need in needs:
            if need.subject:
                self._operational(clause, need)
        unused = [m for m in here if id(m) not in used and (m.is_strong or _is_satisfaction(m))]
        self._unquantified(clause, unused, needs)
        self._complete_by(clause, had_needs=len(self.results) > first or bool(needs))
        self._doubt(clause, first, obscure)
        named = tuple(m for m in subjects)
        if named:
            self.carried.subjects = named
        elif any(need.subject for need in needs) and not wanting:
            self.carried.subjects = ()

    def _part(self, start: int, end: int) -> str:
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

    def _link(
        self, clause: _Clause, items: Sequence[_Found], subjects: Sequence[_Mention]
    ) -> set[int]:
        """Give each requirement its subjects: those before it, else those right after it.

        What was not understood takes its subjects too, so that no neighbour inherits them.
        """
        used: set[int] = set()
        claimed: set[int] = set()
        previous: tuple[_Mention, ...] = ()
        starts = [subject.start for subject in subjects]
        for number, item in enumerate(items):
            if len(self.results) + len(self.pending) >= MAX_TARGETS:
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
            if isinstance(item, _Requirement):
                if chosen:
                    self._targets(clause, item, chosen, notes)
                else:
                    self._without_subject(clause, item)
        return used

    def _chosen(
        self,
        clause: _Clause,
        item: _Found,
        fresh: tuple[_Mention, ...],
        after: tuple[_Mention, ...],
        previous: tuple[_Mention, ...],
        *,
        is_first: bool,
    ) -> tuple[tuple[_Mention, ...], tuple[str, ...]]:
        if fresh:
            return fresh, ()
        if after and self._is_tight(item, after[0]):
            return after, ()
        if previous:
            return previous, ()
        if self._may_carry(clause, item):
            return self.carried.subjects, ("subject_from_earlier_clause",)
        return (after, ()) if after and is_first else ((), ())

    def _is_tight(self, need: _Found, subject: _Mention) -> bool:
        gap = self.text.canon[need.end : subject.start]
        if re.search(
            r"(?<!\w)(?:đối với|cho|của|về|ở|trong)\s*(?:các |chỉ số |nội dung |thành phần |"
            r"kết quả |[“\"(])*$",
            gap,
        ):
            return True
        return len(gap) <= REACH and _LINK.search(gap) is None

    def _may_carry(self, clause: _Clause, need: _Found) -> bool:
        return bool(self.carried.subjects) and not self._strangers(clause.start, need.start)

    def _strangers(self, start: int, end: int) -> str:
        """Words before a requirement that name something which is no index we know."""
        tokens = self.text.tokens[self.text.token_at(start) : self.text.token_at(end)]
        words: list[_Token] = []
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

    def _without_subject(self, clause: _Clause, need: _Requirement) -> None:
        if self.reader._context:
            self._targets(clause, need, self.reader._context, ("subject_from_context",))
            return
        stranger = self._strangers(max(clause.start, need.start - REACH), need.start)
        if stranger and need.kind == "percent_at_least":
            self._operational(clause, replace(need, subject=stranger, measure="percent"))
        elif stranger and need.kind == "percent_reduction_at_least":
            self._operational(clause, replace(need, subject=stranger))
        else:
            self.pending.append((clause, need))

    def _is_listed(self, subject: _Mention) -> bool:
        """Whether a name opens a line of a list: "- PAPI"."""
        line = self.text.canon.rfind("\n", 0, subject.start) + 1
        return _BULLET.match(self.text.canon, max(0, line), subject.start) is not None

    def _read_pending(self, subjects: Sequence[_Mention] = ()) -> None:
        """Requirements whose subjects follow in the next clause ("Đó là Chỉ số …"), or never."""
        pending, self.pending = self.pending, []
        if not pending and subjects and self._is_listed(subjects[0]):
            pending = self.answered
        self.answered = pending if subjects else []
        for clause, need in pending:
            if len(self.results) >= MAX_TARGETS:
                return
            if subjects:
                self._targets(clause, need, subjects, ("subject_from_later_clause",))
                continue
            stranger = self._strangers(max(clause.start, need.start - REACH), need.start)
            words = clause.placeholder or stranger or self._part(need.start, need.end)
            self._add(clause, need, None, None, "", (words,), ("subject_not_named",))

    # --- one target -----------------------------------------------------------------------------

    def _targets(
        self,
        clause: _Clause,
        need: _Requirement,
        subjects: Sequence[_Mention],
        notes: tuple[str, ...],
    ) -> None:
        seen: set[str] = set()
        for subject in subjects:
            if subject.unknown:
                self._add(clause, need, None, None, subject.unknown, (subject.unknown,), notes)
                continue
            ids = subject.component_ids
            if len(ids) > 1 and not subject.all_parts:
                words = self.text.normal[subject.start : subject.end]
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
        clause: _Clause,
        need: _Requirement,
        index_id: str | None,
        component_id: str | None,
        subject: str,
        unparsed: tuple[str, ...],
        notes: tuple[str, ...],
        mention: _Mention | None = None,
    ) -> None:
        if len(self.results) >= MAX_TARGETS:
            return
        spans = [(need.start, need.end)]
        if mention is not None and mention.end > mention.start:
            spans.append((mention.start, mention.end))
        target = ParsedTarget(
            self.text.normal,
            clause.words,
            need.kind, index_id, component_id, subject, need.measure, need.op,
            need.amount, need.stretch,
            n=need.n, rank=need.rank, out_of=need.out_of, region=need.region,
            group_name=need.group_name, unparsed=unparsed, notes=(*need.notes, *notes),
        )  # fmt: skip
        target, more = self._dated(target, need)
        target = self._grouped(target)
        target = replace(target, spans=tuple(sorted({*spans, *more})))
        if clause.is_mended:
            target = replace(target, notes=(*target.notes, "spelling_corrected"))
        if component_id is not None and not self._is_asked:
            target = replace(target, notes=(*target.notes, "no_word_of_intent"))
        key = replace(target, text="", clause="", spans=())
        if key not in self.seen:
            self.seen.add(key)
            self.results.append(target)

    @cached_property
    def _is_asked(self) -> bool:
        """Whether the sentence wants something; else it may only report a result."""
        return _AIM.search(self.text.canon, self.start, self.end) is not None

    def _grouped(self, target: ParsedTarget) -> ParsedTarget:
        if target.kind == "group_at_least" and target.index_id:
            ids = self.reader._lexicon.group_ids(
                target.group_name, target.index_id, target.target_edition
            ) or self.reader._lexicon.group_ids(target.group_name, target.index_id, None)
            if len(ids) == 1:
                return replace(target, group_id=ids[0])
            return replace(
                target,
                unparsed=(*target.unparsed, f"nhóm {target.group_name}"),
                notes=(*target.notes, "group_not_in_catalogue"),
            )
        if target.region:
            known = _REGIONS.get(re.sub(r"\s+", " ", target.region.lower()).strip(), ("", None))
            is_new = (target.target_edition or 0) >= FIRST_EDITION_OF_34
            return replace(target, region_id=(known[1] if is_new else known[0]) or None)
        return target

    def _dated(self, target: ParsedTarget, need: _Requirement) -> tuple[ParsedTarget, list[Span]]:
        """Target years, baseline and deadline, with a note wherever they are not in the clause."""
        period = _period_of(self.text, need, self.periods, self._needs)
        spans = [(period.start, period.end)] if period is not None else []
        notes: list[str] = []
        if period is None and not self.periods and self.carried.period is not None:
            period = self.carried.period
            notes.append("target_year_from_earlier_sentence")
        first = period.first if period is not None else None
        last = self._last_edition(need, period)
        baseline, base_spans, base_notes = self._baseline(need, first, last)
        if first is None:
            first = last = self._context_target(baseline, base_notes)
            if first is not None:
                notes.append("target_year_from_context")
            if need.kind in _CHAINS:
                last = None
        if self._skips_years(need, first):
            part = self._part(need.start, need.end)
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

    def _last_edition(self, need: _Requirement, period: _Period | None) -> int | None:
        """The year the period ends; open for "và các năm tiếp theo" and for yearly chains."""
        if period is None or period.first != period.last:
            return period.last if period is not None else None
        is_final = self.text.canon[period.start : period.end].startswith("đến")
        if need.kind in _CHAINS and not is_final:
            return None
        return None if self._follows_on(period) else period.last

    @staticmethod
    def _skips_years(need: _Requirement, first: int | None) -> bool:
        """Whether "không thấp hơn năm Y" names another year than the one before."""
        if need.kind != "not_below_last_year" or need.baseline is None:
            return False
        return first is None or need.baseline != first - 1

    @cached_property
    def _needs(self) -> list[_Requirement]:
        found = [item for clause in self.clauses for item in clause.found]
        return [item for item in found if isinstance(item, _Requirement)]

    def _follows_on(self, period: _Period) -> bool:
        return (
            _FOLLOWING_YEARS.match(self.text.canon, min(self.end, period.end + 1), self.end)
            is not None
        )

    def _baseline(
        self, need: _Requirement, first: int | None, last: int | None
    ) -> tuple[int | None, list[Span], list[str]]:
        if need.kind == "not_below_last_year":
            return need.baseline, [], []
        if need.kind not in (
            "rank_gain_vs_year",
            "score_gain_vs_year",
            "improve_unquantified",
            "percent_reduction_at_least",
            "hold_rank",
        ):
            return None, [], []
        base = self._base_near(need)
        document, context = self.reader._document_year, self.reader._context_edition
        if base is not None and base.year != _PREVIOUS:
            return base.year, [(base.start, base.end)], []
        spans = [(base.start, base.end)] if base is not None else []
        if base is not None:
            year = first if first is not None else document
            if year is not None:
                return year - 1, spans, ["baseline_is_the_year_before"]
            return (
                context,
                spans,
                ["baseline_from_context" if context else "baseline_is_the_year_before"],
            )
        if need.kind == "percent_reduction_at_least" and first != last:
            return first, [], []  # "giai đoạn 2021-2026" is counted from its first year
        if need.kind not in ("rank_gain_vs_year", "score_gain_vs_year"):
            return None, [], []
        around = self.text.canon[max(self.start, need.start - 24) : min(self.end, need.end + 16)]
        if _EVERY.search(around):
            return None, [], ["every_year"]
        return self._baseline_elsewhere(first)

    def _baseline_elsewhere(self, first: int | None) -> tuple[int | None, list[Span], list[str]]:
        """A baseline for a gain whose sentence names none: earlier sentence, then context."""
        document, context = self.reader._document_year, self.reader._context_edition
        earlier = self.carried.bases[-1].year if self.carried.bases else None
        if earlier is not None and earlier != _PREVIOUS and (first is None or earlier < first):
            return earlier, [], ["baseline_from_earlier_sentence"]
        if context is not None and (first is None or context < first):
            return context, [], ["baseline_from_context"]
        if context is not None and context == first:
            return context - 1, [], ["baseline_from_context"]
        if document is not None and (first is None or first == document):
            return document - 1, [], ["baseline_from_document_year"]
        return None, [], ["baseline_not_stated"]

    def _base_near(self, need: _Requirement) -> _Base | None:
        after = bisect.bisect_left(self.bases, need.start, key=lambda base: base.start)
        if after < len(self.bases):
            return self.bases[after]
        return self.bases[-1] if self.bases else None

    def _context_target(self, baseline: int | None, base_notes: Sequence[str]) -> int | None:
        document, context = self.reader._document_year, self.reader._context_edition
        if document is not None and (baseline is None or document > baseline):
            return document
        if context is None or "baseline_from_context" in base_notes:
            return None
        return context if baseline is None or context > baseline else None

    def _deadline(self) -> ParsedDeadline | None:
        dated = [d for d in self.deadlines[:2] if not d.recurring]
        return dated[0] if len(dated) == 1 and len(self.deadlines) <= 2 else None

    # --- requirements without a subject of the catalogue, and without a number ------------------

    def _operational(self, clause: _Clause, need: _Requirement) -> None:
        self._add(clause, need, None, None, need.subject, (), ())

    def _unquantified(
        self, clause: _Clause, unused: Sequence[_Mention], needs: Sequence[_Requirement]
    ) -> None:
        """Names no requirement speaks of: "góp phần nâng cao Chỉ số …" asks for any rise."""
        edges = [clause.start, *(need.end for need in needs)]
        run: list[_Mention] = []
        for mention in [*unused, None]:
            if run and (mention is None or not self._goes_on(run[-1].end, mention.start)):
                self._rise(clause, run, edges, needs)
                run = []
            if mention is not None:
                run.append(mention)

    def _rise(
        self,
        clause: _Clause,
        run: Sequence[_Mention],
        edges: Sequence[int],
        needs: Sequence[_Requirement],
    ) -> None:
        """Names in a row share the verb before the first or after the last of them."""
        floor = max(bisect_floor(edges, run[0].start), run[0].start - REACH)
        found = self._rise_before(floor, run[0])
        if found is None and run[-1].is_strong:
            found = self._rise_after(clause, run[-1], needs)
        if found is None:
            return
        span = (found[1][0], max(found[1][1], run[-1].end))
        for measure in found[0].split("+"):
            need = _Requirement(*span, "improve_unquantified", measure, ">")
            self._targets(clause, need, run, ())

    def _goes_on(self, start: int, end: int) -> bool:
        return _CONTINUES.fullmatch(self.text.canon, start, end) is not None

    def _rise_before(self, floor: int, mention: _Mention) -> tuple[str, Span] | None:
        left = self.text.canon[floor : mention.start]
        verb = _last(_WEAK_UP, left)
        if verb is None or _NOT_YET.search(left[: verb.start()]):
            return None
        whole_left = self.text.canon[max(self.start, floor - REACH) : floor] + left[: verb.start()]
        between = left[verb.end() :]
        if not mention.is_strong and len(between) > 16:
            return None
        if _TITLE.search(whole_left) or re.search(r"[;.]", between):
            return None
        return self._risen(between + self.text.canon[mention.end : mention.end + 1]), (
            floor + verb.start(), mention.end,
        )  # fmt: skip

    def _rise_after(
        self, clause: _Clause, mention: _Mention, needs: Sequence[_Requirement]
    ) -> tuple[str, Span] | None:
        ceiling = min([clause.end, *(need.start for need in needs if need.start > mention.end)])
        found = _WEAK_RIGHT.match(self.text.canon, mention.end, ceiling)
        return None if found is None else (self._risen(found.group()), (mention.start, found.end()))

    @staticmethod
    def _risen(words: str) -> str:
        scores, ranks = _SCORE_WORD.search(words), _RANK_WORD.search(words)
        return "score+rank" if scores and ranks else "score" if scores else "rank"

    def _complete_by(self, clause: _Clause, *, had_needs: bool) -> None:
        if had_needs:
            return
        first = bisect.bisect_left(self.deadlines, clause.start, key=lambda d: d.span[0])
        last = bisect.bisect_left(self.deadlines, clause.end, key=lambda d: d.span[0])
        here = self.deadlines[first:last]
        for deadline in here:
            before = self.text.normal[clause.start : here[0].span[0]].strip(_QUOTES)
            before = re.sub(r"\s(?:trong|vào|là)$", "", before)
            notes: tuple[str, ...] = ()
            if len(before) < 25 and clause.start > 0:
                before = self.text.normal[max(0, clause.start - 600) : clause.start].strip(_QUOTES)
                notes = ("subject_from_earlier_sentence",)
            need = _Requirement(
                *deadline.span,
                "complete_by",
                "date",
                "<" if deadline.exclusive_day else "<=",
                deadline=deadline,
                notes=notes,
            )
            self._add(clause, need, None, None, before, (), ())

    # --- what was not understood ----------------------------------------------------------------

    def _doubt(self, clause: _Clause, first: int, obscure: Sequence[str]) -> None:
        parts = tuple(dict.fromkeys(obscure))
        if not parts:
            return
        mine = range(first, len(self.results))
        if not mine:
            words = self.text.normal[clause.start : clause.end].strip()
            self.results.append(ParsedTarget(self.text.normal, words, None, unparsed=parts))
            return
        for number in mine:
            target = self.results[number]
            self.results[number] = replace(target, unparsed=(*target.unparsed, *parts))

    def _remember(self) -> None:
        self.carried.bases = self.bases or self.carried.bases
        named = frozenset().union(*(m.index_ids for m in self.mentions if m.is_strong))
        self.carried.index_ids = named or self.carried.index_ids
        self.carried.subjects = ()
        if not self.results and self.periods and not self.mentions:
            self.carried.period = self.periods[0]
        elif self.periods:
            self.carried.period = None


def _is_satisfaction(mention: _Mention) -> bool:
    """Whether it is SIPAS, which "nâng cao sự hài lòng của người dân" means without its name."""
    return mention.index_ids == {"sipas"} and mention.is_index


def _ids(mentions: Sequence[_Mention]) -> set[str]:
    return {component_id for mention in mentions for component_id in mention.component_ids}


def bisect_floor(edges: Sequence[int], position: int) -> int:
    """The last edge at or before a position."""
    at = bisect.bisect_right(edges, position) - 1
    return edges[at] if at >= 0 else 0
