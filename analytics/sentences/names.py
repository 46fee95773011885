"""Names of indices, components and groups: what the catalogue and people call them.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analytics.schema import require_columns
from analytics.sentences.letters import BARE, LOWER, Token

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
class Entry:
    """One meaning of a name, and the editions it is held for."""

    index_id: str
    component_id: str
    first: int | None = None
    last: int | None = None


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    index_id: str
    group_id: str
    first: int | None
    last: int | None


def _fold(text: str) -> str:
    bare = unicodedata.normalize("NFC", text).translate(LOWER).translate(BARE)
    return " ".join(re.findall(r"[^\W_]+", bare))


def _spelled(folded: str) -> tuple[str, ...]:
    words: list[str] = []
    for token in folded.split():
        words.extend(_SHORT_FORMS.get(token, (token,)))
    return tuple(word for word in words if word not in _SILENT)


def _year(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]


def _printed_names(row: Mapping[str, object], *columns: str) -> Iterator[str]:
    for column in columns:
        value = row.get(column)
        if isinstance(value, str):
            yield from (part for part in value.split(";") if part.strip())


def _covers(first: int | None, last: int | None, edition: int) -> bool:
    return (first is None or first <= edition) and (last is None or edition <= last)


class Lexicon:
    """The names a sentence may use, old and new, and what each of them means."""

    def __init__(self) -> None:
        self._names = _Node()
        self._acronyms: dict[str, Entry] = {}
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
        entry = Entry(index_id, index_id)
        for short in (str(row["short"]), index_id.replace("_", " ")):
            self._acronyms[_fold(short).replace(" ", "")] = entry
        for name in (*_printed_names(row, "name_vi", "name_en"), *_SPOKEN.get(index_id, ())):
            self._add_name(name, entry)

    def _add_component(self, row: Mapping[str, object]) -> None:
        if row["role"] == "alternative_total":
            return
        index_id, component_id = str(row["index_id"]), str(row["component_id"])
        first, last = _year(row.get("from_edition")), _year(row.get("to_edition"))
        entry = Entry(index_id, component_id, first, last)
        for name in _printed_names(row, "name_vi", "name_en", "aliases"):
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

    def _add_name(self, name: str, entry: Entry) -> None:
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
        return tuple(
            component_id
            for component_id, periods in self._children.get(index_id, {}).items()
            if any(
                last is None if edition is None else _covers(first, last, edition)
                for first, last in periods
            )
        )

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
                and (edition is None or _covers(group.first, group.last, edition))
            )
        )

    @cached_property
    def group_names(self) -> frozenset[tuple[str, ...]]:
        """Names of groups, as words without marks."""
        names = (*self._groups, *(_fold(name) for name in _SPOKEN_GROUPS))
        return frozenset(tuple(name.split()) for name in names)

    def _acronym_at(self, tokens: Sequence[Token], at: int, canon: str) -> tuple[int, Entry] | None:
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

    def _name_at(
        self, tokens: Sequence[Token], at: int, canon: str
    ) -> tuple[int, list[Entry]] | None:
        """The longest name that starts at a word."""
        best: tuple[int, list[Entry]] | None = None
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

    def mentions(self, tokens: Sequence[Token], canon: str) -> list[Mention]:
        """Every name in the text, the longest at each place."""
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            acronym = self._acronym_at(tokens, at, canon)
            name = self._name_at(tokens, at, canon)
            if acronym is not None and (name is None or name[0] <= acronym[0]):
                stop, entries, is_acronym = acronym[0], [acronym[1]], True
            elif name is not None:
                stop, entries, is_acronym = name[0], name[1], False
            else:
                at += 1
                continue
            span = (tokens[at].start, tokens[stop - 1].end)
            found.append(Mention(span[0], span[1], tuple(entries), is_strong=is_acronym))
            at = stop
        return found


@dataclass(frozen=True)
class Mention:
    """A name in the text; strong when it stands there as a name and not as ordinary words."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    is_strong: bool
    unknown: str = ""
    all_parts: bool = False

    @property
    def component_ids(self) -> tuple[str, ...]:
        """Components the name may mean."""
        return tuple(dict.fromkeys(entry.component_id for entry in self.entries))

    @property
    def index_ids(self) -> frozenset[str]:
        """Indices the name may belong to."""
        return frozenset(entry.index_id for entry in self.entries)

    @property
    def is_index(self) -> bool:
        """Whether every meaning of the name is an index as a whole."""
        return bool(self.entries) and all(e.component_id == e.index_id for e in self.entries)

    @property
    def is_satisfaction(self) -> bool:
        """Whether it is SIPAS, meant by "sự hài lòng của người dân" even without its name."""
        return self.index_ids == {"sipas"} and self.is_index
