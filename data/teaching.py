"""What is taught beside the figures: glossary, meanings of components, training sheets.

Shipped texts, read from `reference/glossary.yml`, `reference/meanings.yml` and
`reference/training/<index_id>.yml` and checked: a text that is missing in one language or stands
twice stops the reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data import yaml_reader
from data.build import REFERENCE
from data.store import StoreError

GLOSSARY_FILE = "glossary.yml"
MEANINGS_FILE = "meanings.yml"
TRAINING_FOLDER = "training"


class TeachingError(StoreError):
    """A text that cannot be read; the message names file and place, Vietnamese first."""


class Text(BaseModel):
    """One text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Term(BaseModel):
    """One word of the glossary.

    Attributes:
        id: which one; stands in no address.
        name: the word.
        also: what else people call it.
        definition: what this product means by it.
        method: page of docs/method that explains the calculation, without ending; empty where
            nothing is calculated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: Text
    also: list[str] = Field(default_factory=list)
    definition: Text
    method: str = ""


class Meaning(Text):
    """What a component measures, and what that sentence rests on."""

    basis: Text


class _Meanings(BaseModel):
    """One group of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    basis: Text
    components: dict[str, Text]


class Part(Text):
    """What a district or commune can do about one component."""

    component_id: str


class Training(BaseModel):
    """What staff should know of one index."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    index_id: str
    measures: Text
    measured_by: Text
    parts: list[Part] = Field(min_length=1)
    misunderstandings: list[Text] = Field(min_length=1)
    ask_people: list[Text] = Field(min_length=1)


def _read(path: Path) -> Any:
    try:
        return yaml_reader.read(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise TeachingError(
            f"Không đọc được tệp {path.name}; hãy kiểm tra lại tệp. ({path.name}: {fault})"
        ) from fault


@cache
def glossary(folder: Path = REFERENCE) -> tuple[Term, ...]:
    """All terms in the order of the file.

    Raises:
        TeachingError: the file cannot be read, or a term lacks a text or stands twice.
    """
    path = folder / GLOSSARY_FILE
    try:
        terms = tuple(Term.model_validate(entry) for entry in _read(path))
    except (ValidationError, TypeError) as fault:
        raise _unsound(path, fault) from fault
    _once(path, (term.id for term in terms))
    return terms


@cache
def meanings(folder: Path = REFERENCE) -> dict[str, Meaning]:
    """What each component measures, by component_id; not every component has a sentence.

    Raises:
        TeachingError: the file cannot be read, or a component lacks a text or stands twice.
    """
    path = folder / MEANINGS_FILE
    try:
        groups = [_Meanings.model_validate(entry) for entry in _read(path)]
    except (ValidationError, TypeError) as fault:
        raise _unsound(path, fault) from fault
    _once(path, (component_id for group in groups for component_id in group.components))
    return {
        component_id: Meaning(vi=text.vi, en=text.en, basis=group.basis)
        for group in groups
        for component_id, text in group.components.items()
    }


@cache
def training(index_id: str, folder: Path = REFERENCE) -> Training | None:
    """The training sheet of an index; None where nobody has written one.

    Raises:
        TeachingError: the file cannot be read, lacks a text or names a component twice.
    """
    path = folder / TRAINING_FOLDER / f"{index_id}.yml"
    if not path.is_file():
        return None
    try:
        sheet = Training.model_validate(_read(path))
    except ValidationError as fault:
        raise _unsound(path, fault) from fault
    _once(path, (part.component_id for part in sheet.parts))
    return sheet


def _once(path: Path, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise TeachingError(
                f"Tệp {path.name} ghi “{one}” hai lần; hãy giữ một. ({one} stands twice.)"
            )
        seen.add(one)


def _unsound(path: Path, fault: Exception) -> TeachingError:
    return TeachingError(
        f"Tệp {path.name} thiếu hoặc sai nội dung; hãy sửa rồi mở lại. ({path.name}: {fault})"
    )
