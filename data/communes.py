"""How far communes are with the ten tasks for PAPI: one record per commune and year."""

from __future__ import annotations

import unicodedata
from typing import ClassVar, Self

import pandas as pd
from pydantic import Field, model_validator

from data import records
from data.actors import Actor
from data.records import Record, RecordError
from data.store import Store

# In the order of the letter that sets them: D1, D2.2, D2.3, D2.4, D3 to D8.
LINES = (
    "papi.participation",
    "papi.transparency.poverty_lists",
    "papi.transparency.commune_budget",
    "papi.transparency.land_plans",
    "papi.accountability",
    "papi.corruption",
    "papi.procedures",
    "papi.services",
    "papi.environment",
    "papi.egovernance",
)
NOT_STARTED, DOING, DONE, NOT_OURS = "not_started", "doing", "done", "not_ours"
PROGRESS = (NOT_STARTED, DOING, DONE, NOT_OURS)
COLUMNS = ["record_id", "unit_id", "edition", "district", "commune", "component_id", "progress",
           "note"]  # fmt: skip


class CommuneRecord(Record):
    """One commune in one year.

    Attributes:
        progress: by component_id of `LINES`; a line not named is not started.
        notes: by component_id.
    """

    kind: ClassVar[str] = "commune_checklist"

    unit_id: str
    edition: int
    district: str = ""
    commune: str
    progress: dict[str, str] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.commune:
            raise RecordError("Hãy ghi tên xã, phường, thị trấn. (The commune needs a name.)")
        unknown = (set(self.progress) | set(self.notes)) - set(LINES)
        if unknown or not set(self.progress.values()) <= set(PROGRESS):
            raise RecordError(
                "Nội dung hoặc mức độ thực hiện không có trong danh mục. "
                "(Unknown line or progress of the checklist.)"
            )
        return self


def commune_id(unit_id: str, edition: int, district: str, commune: str) -> str:
    """The one record of a commune in a year, however its name is written."""
    words = f"{unit_id}/{edition}/{district.strip()}/{commune.strip()}"
    return "commune-" + unicodedata.normalize("NFC", words).casefold()


def save(store: Store, record: CommuneRecord, *, by: Actor, seen: int | None = None) -> None:
    """Keep the state of one commune.

    Args:
        store: where to.
        record: the commune with its lines.
        by: who saves.
        seen: revision as the person saw it, 0 for a new one; not checked when absent.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: somebody else saved it since.
    """
    expected = None if seen is None else {record.record_id: seen}
    records.save(store, record, by=by, seen=expected)


def communes(store: Store, *, unit_id: str, edition: int) -> list[CommuneRecord]:
    """Communes of one province and year, by district and name."""
    found = [
        one for one, _ in records.held(store, CommuneRecord).values()
        if one.state != records.WITHDRAWN and one.unit_id == unit_id and one.edition == edition
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.district.casefold(), one.commune.casefold()))


def checklist(communes: list[CommuneRecord]) -> pd.DataFrame:
    """The ten lines of each commune: one row per (record_id, component_id)."""
    rows = [
        {
            "record_id": one.record_id, "unit_id": one.unit_id, "edition": one.edition,
            "district": one.district, "commune": one.commune, "component_id": line,
            "progress": one.progress.get(line, NOT_STARTED), "note": one.notes.get(line, ""),
        }
        for one in communes
        for line in LINES
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
