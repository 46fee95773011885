"""The catalogue of indices: what is measured, under which name, in which years.

One YAML per index describes its components, editions, breaks and groups. Adding an index is
adding a file. Every fault of every file is reported at once, with the file and the key.

Source: docs/method/comparability.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from data import yaml_reader

Comparable = Literal["yes", "flag", "no"]
Relation = Literal["new", "same", "renamed", "redefined", "reweighted", "dropped"]
Role = Literal["total", "component", "subcomponent", "block", "alternative_total"]
Rule = Literal["quartile_missing_lowest", "score_cuts", "published_bounds"]
BreakKind = Literal[
    "criteria", "components", "respondents", "weights", "publication", "geography", "aggregate"
]

LIST_SEPARATOR = ";"
"""Joins lists inside one cell of a frame, so no entry of such a list may contain it."""

N_QUARTILE_GROUPS = 4


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one key of one file."""

    file: str
    key: str
    reason_vi: str
    reason_en: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.reason_vi} ({self.reason_en})."


class CatalogueError(ValueError):
    """The catalogue cannot be used; one sentence per fault, file and key named.

    Attributes:
        faults: every fault found in every file, in file order.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ComponentNotFound(LookupError):
    """No component of that id, code or label was measured in that edition."""


def _yes_or_no(value: object) -> object:
    """Undo YAML 1.1, which reads a bare yes or no as true or false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _not_boolean(value: object) -> object:
    """Keep a bare yes from passing as the number 1."""
    if isinstance(value, bool):
        raise ValueError("phải là số, không phải đúng/sai (must be a number, not true or false)")
    return value


Comparability = Annotated[Comparable, BeforeValidator(_yes_or_no)]
Direction = Annotated[Literal[1, -1], BeforeValidator(_not_boolean)]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
Listed = Annotated[
    str, Field(pattern=rf"^[^{LIST_SEPARATOR}]*[^{LIST_SEPARATOR}\s][^{LIST_SEPARATOR}]*$")
]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
SourceId = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
Year = Annotated[int, Field(ge=1990, le=2100)]
Points = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class _Part(BaseModel):
    """Base of every block of the file: unknown keys and silent conversions are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Text(_Part):
    """The same words in Vietnamese and in English."""

    vi: Words
    en: Words


class Period(_Part):
    """What one component was during consecutive editions.

    Relation and comparability speak of the step from the previous period into this one. A period
    whose relation is `dropped` says since when and why the component is no longer measured; it is
    part of the lineage, never of the measured components.
    """

    first: Annotated[Year, Field(alias="from")]
    last: Annotated[Year | None, Field(alias="to")]
    code: Words
    name: Text
    max_score: Points | None
    relation: Annotated[list[Relation], Field(min_length=1)]
    rank_comparable: Comparability
    score_comparable: Comparability
    succeeds: Identifier | None = None
    aliases: list[Listed] = []
    confidence: Literal["high", "medium", "low"]
    source: Words
    note: str | None = None

    @property
    def is_measured(self) -> bool:
        """Whether anything was measured, i.e. the period does not record a drop."""
        return "dropped" not in self.relation

    @property
    def labels(self) -> list[str]:
        """Every spelling: both names and the aliases."""
        return [self.name.vi, self.name.en, *self.aliases]

    def covers(self, edition: int) -> bool:
        """Whether the period includes the edition."""
        return self.first <= edition and (self.last is None or edition <= self.last)

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share an edition."""
        return (self.last is None or other.first <= self.last) and (
            other.last is None or self.first <= other.last
        )


class Component(_Part):
    """One ranked line: the index itself, or a part of it, at any depth."""

    id: Identifier
    parent_id: Identifier | None
    role: Role
    sort: int
    direction: Direction | None = None
    periods: Annotated[list[Period], Field(min_length=1)]

    @property
    def measured_periods(self) -> list[Period]:
        """The periods in which the component was measured."""
        return [period for period in self.periods if period.is_measured]


class Edition(_Part):
    """One published year of the index."""

    edition: Year
    published_on: date
    date_basis: Literal["documented", "approximate"]
    source_id: SourceId
    geography: Words
    n_ranked: Count | None
    coverage: Literal["complete", "partial"]
    published_top: Count | None = None
    note: str | None = None


class Break(_Part):
    """An edition from which the figures are not simply comparable with those before."""

    edition: Year
    kind: BreakKind
    component_ids: list[Identifier]
    rank_comparable: Comparability
    score_comparable: Comparability
    note: Text
    source: Words


class GroupLabel(_Part):
    """One named group."""

    id: Identifier
    name: Text


class GroupScheme(_Part):
    """How units are put into named groups during consecutive editions.

    Cuts are the lower bounds, best group first; a last group without its own bound takes whatever
    lies below. Published bounds override a computed rule in the same edition.
    """

    id: Identifier
    name: Text
    first: Annotated[Year, Field(alias="from")]
    last: Annotated[Year | None, Field(alias="to")]
    rule: Rule
    out_of: Count | None
    cuts: list[float]
    labels: Annotated[list[GroupLabel], Field(min_length=2)]
    source: Words
    note: str | None = None

    def overlaps(self, other: GroupScheme) -> bool:
        """Whether the two schemes share an edition."""
        return (self.last is None or other.first <= self.last) and (
            other.last is None or self.first <= other.last
        )


class Index(_Part):
    """One catalogue file."""

    id: Identifier
    short: Words
    name: Text
    publisher: Text
    source_id: SourceId
    direction: Direction
    decimals: Annotated[int, Field(ge=0, le=6)]
    max_score: Points | None
    why_it_matters: Text
    checked_by: Words
    next_review: date
    components: Annotated[list[Component], Field(min_length=1)]
    editions: Annotated[list[Edition], Field(min_length=1)]
    breaks: list[Break]
    groups: list[GroupScheme]

    def component_ids(self) -> list[str]:
        """Ids of the index and all its components, in file order."""
        return [component.id for component in self.components]


@dataclass(frozen=True)
class MeasuredComponent:
    """A component as it was in one edition."""

    index_id: str
    component_id: str
    parent_id: str | None
    role: Role
    sort: int
    direction: Literal[1, -1]
    edition: int
    period: Period

    @property
    def code(self) -> str:
        """The publisher's code in that edition."""
        return self.period.code

    @property
    def name(self) -> Text:
        """The publisher's name in that edition."""
        return self.period.name

    @property
    def max_score(self) -> float | None:
        """Points at most in that edition; None when not known."""
        return self.period.max_score


COMPONENT_COLUMNS = {
    "index_id": "str",
    "component_id": "str",
    "parent_id": "str",
    "role": "str",
    "sort": "Int64",
    "direction": "Int64",
    "from_edition": "Int64",
    "to_edition": "Int64",
    "code": "str",
    "name_vi": "str",
    "name_en": "str",
    "max_score": "float64",
    "relation": "str",
    "rank_comparable": "str",
    "score_comparable": "str",
    "succeeds": "str",
    "aliases": "str",
    "confidence": "str",
    "source": "str",
    "note": "str",
}
EDITION_COLUMNS = {
    "index_id": "str",
    "edition": "Int64",
    "published_on": "datetime64[us]",
    "date_basis": "str",
    "source_id": "str",
    "geography": "str",
    "n_ranked": "Int64",
    "coverage": "str",
    "published_top": "Int64",
    "note": "str",
}
BREAK_COLUMNS = {
    "index_id": "str",
    "edition": "Int64",
    "kind": "str",
    "component_id": "str",
    "rank_comparable": "str",
    "score_comparable": "str",
    "note_vi": "str",
    "note_en": "str",
}
GROUP_COLUMNS = {
    "index_id": "str",
    "scheme_id": "str",
    "from_edition": "Int64",
    "to_edition": "Int64",
    "rule": "str",
    "out_of": "Int64",
    "sort": "Int64",
    "group_id": "str",
    "name_vi": "str",
    "name_en": "str",
    "lower_bound": "float64",
    "source": "str",
}
INDEX_COLUMNS = {
    "index_id": "str",
    "short": "str",
    "name_vi": "str",
    "name_en": "str",
    "publisher_vi": "str",
    "publisher_en": "str",
    "source_id": "str",
    "direction": "Int64",
    "decimals": "Int64",
    "max_score": "float64",
    "why_it_matters_vi": "str",
    "why_it_matters_en": "str",
}
LINEAGE_COLUMNS = {
    "index_id": "str",
    "component_id": "str",
    "edition": "Int64",
    "previous_component_id": "str",
    "relation": "str",
    "rank_comparable": "str",
    "score_comparable": "str",
    "code_before": "str",
    "code": "str",
    "name_before_vi": "str",
    "name_vi": "str",
    "name_before_en": "str",
    "name_en": "str",
    "max_score_before": "float64",
    "max_score": "float64",
    "note": "str",
}


class Catalogue:
    """All indices of one folder, already judged sound.

    Indices come in file-name order, so a new file never reorders the old ones' rows.
    """

    def __init__(self, indices: Iterable[Index]) -> None:
        self.indices = tuple(indices)
        self._by_id = {index.id: index for index in self.indices}

    @property
    def index_ids(self) -> list[str]:
        """Ids of all indices."""
        return list(self._by_id)

    def index(self, index_id: str) -> Index:
        """The file of one index.

        Raises:
            ComponentNotFound: no index has this id.
        """
        if index_id not in self._by_id:
            known = ", ".join(self._by_id)
            raise ComponentNotFound(
                f"Không có chỉ số “{index_id}”; hiện có: {known} (no such index)."
            )
        return self._by_id[index_id]

    def component(self, component_id: str, edition: int) -> MeasuredComponent:
        """A component as it was in one edition.

        Raises:
            ComponentNotFound: there is no such component, or it was not measured in `edition`.
        """
        for measured in self._measured(component_id.partition(".")[0], edition):
            if measured.component_id == component_id:
                return measured
        raise ComponentNotFound(
            f"Thành phần “{component_id}” không có trong năm {edition} "
            f"(component not measured in {edition})."
        )

    def component_by_code(self, index_id: str, code: str, edition: int) -> MeasuredComponent:
        """The component the publisher's code meant in one edition.

        A code is not an identity: PAPI's D2.1 is the list of poor households to 2017 and access
        to information since.

        Raises:
            ComponentNotFound: the code was not in use in `edition`.
        """
        for measured in self._measured(index_id, edition):
            if measured.code == code:
                return measured
        raise ComponentNotFound(
            f"Mã “{code}” của chỉ số “{index_id}” không có trong năm {edition} "
            f"(code not in use in {edition})."
        )

    def component_by_label(self, index_id: str, label: str, edition: int) -> MeasuredComponent:
        """The component a printed name or known spelling meant in one edition.

        Letter case, doubled spaces and a trailing star (the mark of a changed component) are
        ignored. A number printed with the name ("2.1: ...", "... (D6)") must agree with the code
        of the component found: publishers reprint new names over old columns, and a name that
        contradicts its number is not guessed.

        Raises:
            ComponentNotFound: no component carried this label in `edition`.
        """
        by_label = {
            _label_key(text): measured
            for measured in self._measured(index_id, edition)
            for text in measured.period.labels
        }
        found = by_label.get(_label_key(label))
        if found is None:
            number, bare = _number_and_name(label)
            found = by_label.get(bare)
            if found is not None and _digits(found.code) != number:
                found = None
        if found is None:
            raise ComponentNotFound(
                f"Tên “{label}” không khớp thành phần nào của chỉ số “{index_id}” năm {edition} "
                f"(no component of that name in {edition})."
            )
        return found

    def components(self, index_id: str, edition: int) -> list[MeasuredComponent]:
        """Every component measured in one edition, in file order.

        Raises:
            ComponentNotFound: no index has this id.
        """
        return list(self._measured(index_id, edition))

    def _measured(self, index_id: str, edition: int) -> Iterator[MeasuredComponent]:
        index = self.index(index_id)
        for component in index.components:
            for period in component.measured_periods:
                if period.covers(edition):
                    yield MeasuredComponent(
                        index_id=index.id,
                        component_id=component.id,
                        parent_id=component.parent_id,
                        role=component.role,
                        sort=component.sort,
                        direction=component.direction or index.direction,
                        edition=edition,
                        period=period,
                    )

    def index_frame(self) -> pd.DataFrame:
        """Names, publisher and purpose of each index.

        Returns:
            One row per index_id; max_score [points of the total now].
        """
        return _frame(
            INDEX_COLUMNS,
            (
                {
                    "index_id": index.id,
                    "short": index.short,
                    **_both("name", index.name),
                    **_both("publisher", index.publisher),
                    "source_id": index.source_id,
                    "direction": index.direction,
                    "decimals": index.decimals,
                    "max_score": index.max_score,
                    **_both("why_it_matters", index.why_it_matters),
                }
                for index in self.indices
            ),
        )

    def component_frame(self) -> pd.DataFrame:
        """Every measured component with its names and maximum, period by period.

        Periods recording a drop are left out: a row here means something was measured.

        Returns:
            One row per (component_id, from_edition); to_edition missing while the period is open,
            max_score [points] missing while unknown, relation and aliases joined by ";".
        """
        return _frame(COMPONENT_COLUMNS, self._component_rows())

    def _component_rows(self) -> Iterator[dict[str, object]]:
        for index in self.indices:
            for component in index.components:
                for period in component.measured_periods:
                    yield {
                        "index_id": index.id,
                        "component_id": component.id,
                        "parent_id": component.parent_id,
                        "role": component.role,
                        "sort": component.sort,
                        "direction": component.direction or index.direction,
                        "from_edition": period.first,
                        "to_edition": period.last,
                        "code": period.code,
                        **_both("name", period.name),
                        "max_score": period.max_score,
                        "relation": LIST_SEPARATOR.join(period.relation),
                        "rank_comparable": period.rank_comparable,
                        "score_comparable": period.score_comparable,
                        "succeeds": period.succeeds,
                        "aliases": LIST_SEPARATOR.join(period.aliases) or None,
                        "confidence": period.confidence,
                        "source": period.source,
                        "note": period.note,
                    }

    def edition_frame(self) -> pd.DataFrame:
        """Every published year of every index.

        Returns:
            One row per (index_id, edition); published_on [date], n_ranked [units] missing where no
            ranking was made, published_top [units] where ranks stop at the best n.
        """
        return _frame(
            EDITION_COLUMNS,
            (
                {"index_id": index.id, **edition.model_dump()}
                for index in self.indices
                for edition in index.editions
            ),
        )

    def break_frame(self) -> pd.DataFrame:
        """Every break, spelled out component by component.

        A break that names no component holds for the index and all of its components, also those
        not measured in that edition.

        Returns:
            One row per (index_id, edition, kind, component_id).
        """
        return _frame(
            BREAK_COLUMNS,
            (
                {
                    "index_id": index.id,
                    "edition": item.edition,
                    "kind": item.kind,
                    "component_id": component_id,
                    "rank_comparable": item.rank_comparable,
                    "score_comparable": item.score_comparable,
                    **_both("note", item.note),
                }
                for index in self.indices
                for item in index.breaks
                for component_id in item.component_ids or index.component_ids()
            ),
        )

    def group_frame(self) -> pd.DataFrame:
        """Every group of every scheme, best first.

        Returns:
            One row per (index_id, scheme_id, group_id); sort [1 = best], lower_bound [points]
            missing for a rule without bounds and for a last group open below.
        """
        return _frame(
            GROUP_COLUMNS,
            (
                {
                    "index_id": index.id,
                    "scheme_id": scheme.id,
                    "from_edition": scheme.first,
                    "to_edition": scheme.last,
                    "rule": scheme.rule,
                    "out_of": scheme.out_of,
                    "sort": place + 1,
                    "group_id": label.id,
                    **_both("name", label.name),
                    "lower_bound": scheme.cuts[place] if place < len(scheme.cuts) else None,
                    "source": scheme.source,
                }
                for index in self.indices
                for scheme in index.groups
                for place, label in enumerate(scheme.labels)
            ),
        )

    def lineage_frame(self) -> pd.DataFrame:
        """Every step from one period of a component into the next ("nay là").

        A component without predecessor has no row for its first period; a drop has its row.

        Returns:
            One row per (component_id, edition), edition being the first of the later period;
            previous_component_id differs from component_id where a component continues another.
        """
        return _frame(LINEAGE_COLUMNS, self._lineage_rows())

    def _lineage_rows(self) -> Iterator[dict[str, object]]:
        for index in self.indices:
            by_id = {component.id: component for component in index.components}
            for component in index.components:
                before: Period | None = None
                for period in component.periods:
                    previous_id = component.id
                    if period.succeeds is not None:
                        previous_id = period.succeeds
                        before = by_id[previous_id].measured_periods[-1]
                    if before is not None:
                        yield {
                            "index_id": index.id,
                            "component_id": component.id,
                            "edition": period.first,
                            "previous_component_id": previous_id,
                            "relation": LIST_SEPARATOR.join(period.relation),
                            "rank_comparable": period.rank_comparable,
                            "score_comparable": period.score_comparable,
                            "code_before": before.code,
                            "code": period.code,
                            "name_before_vi": before.name.vi,
                            "name_vi": period.name.vi,
                            "name_before_en": before.name.en,
                            "name_en": period.name.en,
                            "max_score_before": before.max_score,
                            "max_score": period.max_score,
                            "note": period.note,
                        }
                    before = period


def load_catalogue(folder: Path) -> Catalogue:
    """Read and judge every `*.yml` of a folder.

    Nothing is returned unless everything is sound, and all faults are named together, so that one
    round of corrections is enough.

    Args:
        folder: the folder of catalogue files, one per index, each named `<index_id>.yml`.

    Raises:
        CatalogueError: the folder or a file cannot be read, or any file has a fault.

    Source: docs/method/comparability.md.
    """
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise CatalogueError(
            [Fault(folder.name, "", "không có tệp danh mục nào", "no catalogue file found")]
        )
    indices: list[Index] = []
    faults: list[Fault] = []
    for path in paths:
        index, found = _read_index(path)
        faults += found
        if index is not None:
            indices.append(index)
    if faults:
        raise CatalogueError(faults)
    return Catalogue(indices)


def _read_index(path: Path) -> tuple[Index | None, list[Fault]]:
    """One file: YAML, then its shape, then whether it agrees with itself."""
    content, faults = _read_mapping(path)
    if faults:
        return None, faults
    try:
        index = Index.model_validate(content)
    except ValidationError as error:
        return None, [_shape_fault(path.name, detail) for detail in error.errors()]
    return index, [
        Fault(path.name, key, reason_vi, reason_en)
        for key, reason_vi, reason_en in _disagreements(index, path.stem)
    ]


# --- reading ------------------------------------------------------------------------------------


def _read_mapping(path: Path) -> tuple[object, list[Fault]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None, [Fault(path.name, "", "tệp không phải UTF-8", "the file is not UTF-8")]
    except OSError as error:
        return None, [
            Fault(path.name, "", f"không đọc được tệp: {error.strerror}", "cannot be read")
        ]
    try:
        reader = yaml_reader.LOADER(text)
        node = reader.get_single_node()
        faults = [
            Fault(
                path.name,
                key,
                f"khóa lặp lại ở dòng {line}",
                f"duplicate key on line {line}",
            )
            for key, line in _repeated_keys(node, "", set())
        ]
        content = None if faults or node is None else reader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        return None, [Fault(path.name, _line_of(error), "sai cú pháp YAML", "not valid YAML")]
    if not faults and not isinstance(content, dict):
        faults = [Fault(path.name, "", "tệp phải gồm các cặp khóa: giá trị", "must be a mapping")]
    return content, faults


def _line_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f"dòng {mark.line + 1}"


def _repeated_keys(node: yaml.Node | None, path: str, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Keys written twice in one mapping; YAML itself would silently keep the last."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        known: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = f"{path}.{key}" if path else key
            if key in known:
                yield place, key_node.start_mark.line + 1
            known.add(key)
            yield from _repeated_keys(value_node, place, seen)
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _repeated_keys(child, f"{path}[{position}]", seen)


_SHAPE_REASONS: Mapping[str, tuple[str, str]] = {
    "missing": ("thiếu khóa bắt buộc", "a required key is missing"),
    "extra_forbidden": ("khóa không có trong mẫu", "unknown key"),
    "float_type": ("phải là một số", "must be a number"),
    "int_type": ("phải là một số nguyên", "must be a whole number"),
    "string_type": ("phải là chữ", "must be text"),
    "string_too_short": ("không được để trống", "must not be empty"),
    "string_pattern_mismatch": ("viết không đúng mẫu", "is not written in the form asked for"),
    "date_type": ("phải là ngày dạng NĂM-THÁNG-NGÀY", "must be a date, year-month-day"),
    "list_type": ("phải là một danh sách", "must be a list"),
    "too_short": ("danh sách có quá ít mục", "the list has too few entries"),
    "model_type": ("phải gồm các cặp khóa: giá trị", "must be a mapping"),
    "greater_than": ("phải lớn hơn {gt}", "must be above {gt}"),
    "greater_than_equal": ("không được nhỏ hơn {ge}", "must be at least {ge}"),
    "less_than_equal": ("không được lớn hơn {le}", "must be at most {le}"),
    "literal_error": ("chỉ được là một trong: {expected}", "must be one of the values listed"),
}


def _shape_fault(file: str, detail: ErrorDetails) -> Fault:
    key = ""
    for step in detail["loc"]:
        if isinstance(step, int):
            key += f"[{step}]"
        else:
            key += f".{step}" if key else step
    reason_vi, reason_en = _SHAPE_REASONS.get(
        detail["type"], ("giá trị không hợp lệ", detail["msg"])
    )
    context: dict[str, Any] = detail.get("ctx", {})
    reason_vi, reason_en = reason_vi.format(**context), reason_en.format(**context)
    if detail["type"] not in {"missing", "extra_forbidden", "too_short", "string_too_short"}:
        reason_vi += f", hiện là {_shown(detail['input'])}"
    return Fault(file, key, reason_vi, reason_en)


def _shown(value: object) -> str:
    text = str(value)
    return f"“{text}”" if len(text) <= 60 else f"“{text[:57]}…”"


# --- agreement within one file ------------------------------------------------------------------

_Disagreement = tuple[str, str, str]


def _disagreements(index: Index, stem: str) -> Iterator[_Disagreement]:
    if index.id != stem:
        yield (
            "id",
            f"mã chỉ số “{index.id}” phải trùng tên tệp “{stem}”",
            "the id must be the file name",
        )
    yield from _hierarchy_disagreements(index)
    yield from _period_disagreements(index)
    yield from _code_disagreements(index)
    yield from _edition_disagreements(index)
    yield from _break_disagreements(index)
    yield from _group_disagreements(index)


def _hierarchy_disagreements(index: Index) -> Iterator[_Disagreement]:
    parents = {component.id: component.parent_id for component in index.components}
    yield from _repeats(
        [(f"components[{i}].id", c.id) for i, c in enumerate(index.components)],
        "mã thành phần",
        "component id",
    )
    for position, component in enumerate(index.components):
        place = f"components[{position}]"
        if component.id != index.id and not component.id.startswith(f"{index.id}."):
            yield (
                f"{place}.id",
                f"mã “{component.id}” phải bắt đầu bằng “{index.id}.”",
                "must start with the id of the index",
            )
        if (component.role == "total") != (component.id == index.id):
            yield (
                f"{place}.role",
                f"vai trò total chỉ dành cho chính chỉ số “{index.id}”",
                "total is the role of the index itself and of nothing else",
            )
        if (component.parent_id is None) != (component.id == index.id):
            yield (
                f"{place}.parent_id",
                "chỉ riêng chỉ số tổng hợp không có thành phần cha",
                "only the index itself has no parent",
            )
        elif component.parent_id is not None and component.parent_id not in parents:
            yield (
                f"{place}.parent_id",
                f"không có thành phần cha “{component.parent_id}”",
                "no such parent",
            )
        elif _is_own_ancestor(component.id, parents):
            yield (
                f"{place}.parent_id",
                f"“{component.id}” là cha của chính nó",
                "the component is its own ancestor",
            )
    if index.id not in parents:
        yield ("components", f"thiếu chỉ số tổng hợp “{index.id}”", "the index itself is missing")


def _is_own_ancestor(component_id: str, parents: Mapping[str, str | None]) -> bool:
    above = parents[component_id]
    for _ in parents:
        if above is None or above == component_id:
            break
        above = parents.get(above)
    return above == component_id


def _period_disagreements(index: Index) -> Iterator[_Disagreement]:
    ids = set(index.component_ids())
    for position, component in enumerate(index.components):
        for number, period in enumerate(component.periods):
            place = f"components[{position}].periods[{number}]"
            if period.last is not None and period.last < period.first:
                yield (
                    f"{place}.to",
                    f"năm cuối {period.last} trước năm đầu {period.first}",
                    "ends before it begins",
                )
            if period.succeeds is not None and period.succeeds not in ids - {component.id}:
                yield (
                    f"{place}.succeeds",
                    f"không có thành phần khác mang mã “{period.succeeds}”",
                    "no other component has this id",
                )
            yield from _relation_disagreements(component, number, place)
        for number, (earlier, later) in enumerate(pairwise(component.periods), start=1):
            if earlier.overlaps(later) or later.first < earlier.first:
                yield (
                    f"components[{position}].periods[{number}].from",
                    f"giai đoạn từ {later.first} chồng lên giai đoạn từ {earlier.first}",
                    "periods overlap or are out of order",
                )
    for position, component in enumerate(index.components):
        if component.id == index.id and component.periods[-1].max_score != index.max_score:
            yield (
                "max_score",
                f"điểm tối đa {index.max_score} khác components[{position}] ở giai đoạn cuối",
                "differs from the last period of the index itself",
            )


def _relation_disagreements(
    component: Component, number: int, place: str
) -> Iterator[_Disagreement]:
    period = component.periods[number]
    is_first = number == 0 and period.succeeds is None
    if len(set(period.relation)) != len(period.relation):
        yield f"{place}.relation", "có quan hệ ghi hai lần", "a relation is written twice"
    if len(period.relation) > 1 and {"same", "new", "dropped"} & set(period.relation) - {
        "same" if "reweighted" in period.relation else ""
    }:
        yield (
            f"{place}.relation",
            "new, dropped phải đứng một mình, same chỉ đi cùng reweighted",
            "new and dropped stand alone, same goes with reweighted only",
        )
    if ("new" in period.relation) != is_first:
        yield (
            f"{place}.relation",
            "giai đoạn đầu, và chỉ giai đoạn đầu, mang quan hệ new",
            "the first period, and only it, is new",
        )
    if not period.is_measured and (number != len(component.periods) - 1 or period.max_score):
        yield (
            f"{place}.relation",
            "dropped chỉ dành cho giai đoạn cuối và không có điểm tối đa",
            "dropped belongs to the last period, without a maximum",
        )


def _measured_places(index: Index) -> list[tuple[str, str, Period]]:
    return [
        (f"components[{position}].periods[{number}]", component.id, period)
        for position, component in enumerate(index.components)
        for number, period in enumerate(component.periods)
        if period.is_measured
    ]


def _code_disagreements(index: Index) -> Iterator[_Disagreement]:
    """A code or a label must lead to one component in every edition."""
    by_code: dict[str, list[tuple[str, str, Period]]] = {}
    by_label: dict[str, list[tuple[str, str, Period]]] = {}
    for entry in _measured_places(index):
        by_code.setdefault(entry[2].code, []).append(entry)
        for label in {_label_key(text) for text in entry[2].labels}:
            by_label.setdefault(label, []).append(entry)
    for code, place, other in _shared(by_code):
        yield (
            f"{place}.code",
            f"mã “{code}” cùng năm đã dùng cho “{other}”",
            "the code is taken in the same years",
        )
    for label, place, other in _shared(by_label):
        yield (
            f"{place}.aliases",
            f"tên “{label}” cùng năm đã dùng cho “{other}”",
            "the name is taken in the same years",
        )


def _shared(
    entries: Mapping[str, list[tuple[str, str, Period]]],
) -> Iterator[tuple[str, str, str]]:
    for text, users in entries.items():
        for number, (place, component_id, period) in enumerate(users):
            for _, other_id, other in users[:number]:
                if other_id != component_id and period.overlaps(other):
                    yield text, place, other_id
                    break


def _edition_disagreements(index: Index) -> Iterator[_Disagreement]:
    yield from _repeats(
        [(f"editions[{i}].edition", e.edition) for i, e in enumerate(index.editions)],
        "năm",
        "edition",
    )
    totals = [c for c in index.components if c.id == index.id]
    for position, edition in enumerate(index.editions):
        place = f"editions[{position}]"
        if edition.published_on.year < edition.edition:
            yield (
                f"{place}.published_on",
                f"công bố {edition.published_on} trước năm được đo {edition.edition}",
                "published before the year measured",
            )
        if edition.published_top is not None and edition.coverage == "complete":
            yield (
                f"{place}.coverage",
                "chỉ công bố nhóm dẫn đầu thì không thể là complete",
                "only the best are published, so it cannot be complete",
            )
        if edition.coverage == "complete" and edition.n_ranked is None:
            yield (
                f"{place}.n_ranked",
                "đủ mọi đơn vị thì phải ghi số đơn vị được xếp hạng",
                "complete needs the number of units ranked",
            )
        if any(not any(p.covers(edition.edition) for p in c.measured_periods) for c in totals):
            yield (
                f"{place}.edition",
                f"năm {edition.edition} không thuộc giai đoạn nào của “{index.id}”",
                "no period of the index itself covers this edition",
            )


def _break_disagreements(index: Index) -> Iterator[_Disagreement]:
    editions = [edition.edition for edition in index.editions]
    ids = set(index.component_ids())
    seen: set[tuple[int, str, str]] = set()
    for position, item in enumerate(index.breaks):
        place = f"breaks[{position}]"
        if item.edition not in editions or item.edition == min(editions):
            yield (
                f"{place}.edition",
                f"năm {item.edition} không phải một năm đã công bố sau năm đầu tiên",
                "not a published edition after the first",
            )
        for number, component_id in enumerate(item.component_ids):
            if component_id not in ids:
                yield (
                    f"{place}.component_ids[{number}]",
                    f"không có thành phần “{component_id}”",
                    "no such component",
                )
        for component_id in item.component_ids or index.component_ids():
            key = (item.edition, item.kind, component_id)
            if key in seen:
                yield (
                    f"{place}.component_ids",
                    f"“{component_id}” đã có thay đổi {item.kind} năm {item.edition}",
                    "the same break is written twice",
                )
            seen.add(key)


def _group_disagreements(index: Index) -> Iterator[_Disagreement]:
    yield from _repeats(
        [(f"groups[{i}].id", g.id) for i, g in enumerate(index.groups)],
        "mã cách chia nhóm",
        "scheme id",
    )
    for position, scheme in enumerate(index.groups):
        place = f"groups[{position}]"
        if scheme.last is not None and scheme.last < scheme.first:
            yield (
                f"{place}.to",
                f"năm cuối {scheme.last} trước năm đầu {scheme.first}",
                "ends before it begins",
            )
        yield from _repeats(
            [(f"{place}.labels[{i}].id", label.id) for i, label in enumerate(scheme.labels)],
            "mã nhóm",
            "group id",
        )
        yield from _cut_disagreements(scheme, place)
        for number, other in enumerate(index.groups[:position]):
            if other.rule == scheme.rule and other.overlaps(scheme):
                yield (
                    f"{place}.from",
                    f"cùng cách chia và chồng năm với groups[{number}]",
                    "same rule in the same years as an earlier scheme",
                )


def _cut_disagreements(scheme: GroupScheme, place: str) -> Iterator[_Disagreement]:
    n_labels, n_cuts = len(scheme.labels), len(scheme.cuts)
    if scheme.rule == "quartile_missing_lowest":
        if n_labels != N_QUARTILE_GROUPS:
            yield (
                f"{place}.labels",
                f"chia theo tứ phân vị phải có {N_QUARTILE_GROUPS} nhóm, hiện có {n_labels}",
                "quartiles make four groups",
            )
        if n_cuts:
            yield (
                f"{place}.cuts",
                "chia theo tứ phân vị không có ngưỡng cố định",
                "quartiles have no fixed cuts",
            )
        if scheme.out_of is None:
            yield f"{place}.out_of", "phải ghi tổng số đơn vị", "the number of units is needed"
        return
    if n_cuts not in (n_labels, n_labels - 1):
        yield (
            f"{place}.cuts",
            f"{n_labels} nhóm cần {n_labels - 1} hoặc {n_labels} ngưỡng, hiện có {n_cuts}",
            "the cuts do not match the labels",
        )
    if any(higher <= lower for higher, lower in pairwise(scheme.cuts)):
        yield f"{place}.cuts", "ngưỡng phải giảm dần", "cuts must fall strictly"
    if scheme.out_of is not None:
        yield (
            f"{place}.out_of",
            "chỉ dùng khi chia theo tứ phân vị",
            "belongs to the quartile rule only",
        )


_Repeated = TypeVar("_Repeated", bound=Hashable)


def _repeats(
    entries: Sequence[tuple[str, _Repeated]], what_vi: str, what_en: str
) -> Iterator[_Disagreement]:
    seen: Counter[Hashable] = Counter()
    for key, value in entries:
        if seen[value]:
            yield key, f"{what_vi} “{value}” đã có ở trên", f"the {what_en} is written twice"
        seen[value] += 1


# --- frames -------------------------------------------------------------------------------------


def _label_key(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).replace("’", "'").rstrip("* \t\n")
    return re.sub(r"\s+", " ", composed).strip().casefold()


_NUMBER_BEFORE = re.compile(r"(?:chỉ số(?: nội dung)?|sub-?index)?\s*(\d+(?:\.\d+)?)\s*:\s*(.+)")
_NUMBER_BEHIND = re.compile(r"(.+?)\s*\([a-z](\d+(?:\.\d+)?)\)")


def _number_and_name(label: str) -> tuple[str | None, str]:
    """The number printed before or behind a name, and the name as compared."""
    key = _label_key(label)
    if before := _NUMBER_BEFORE.fullmatch(key):
        return before[1], before[2]
    if behind := _NUMBER_BEHIND.fullmatch(key):
        return behind[2], behind[1]
    return None, key


def _digits(code: str) -> str:
    return code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _both(column: str, text: Text) -> dict[str, object]:
    return {f"{column}_vi": text.vi, f"{column}_en": text.en}


def _frame(columns: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows as a frame whose columns and types hold even when there is no row."""
    records = list(rows)
    return pd.DataFrame(
        {
            name: pd.Series([record[name] for record in records], dtype=dtype)
            for name, dtype in columns.items()
        }
    )
