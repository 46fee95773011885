"""One whole record of every kind that people type, and which of its texts are free."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from data.records import Record

ROOT = Path(__file__).resolve().parents[2]
OURS = "ktm-so-noi-vu"
PLACE = {"unit_id": "vn63-kon-tum", "index_id": "par_index", "edition": 2023, "agency_id": OURS}
DAY = date(2024, 5, 1)

# Kind -> a whole record of it, as a form would hand it over.
WHOLE: dict[str, dict[str, Any]] = {
    "target": {
        "record_id": "target-1", "document_id": "ktm-517-bcd-nc-2023", "unit_id": "vn63-kon-tum",
        "index_id": "papi", "component_id": "papi", "target_kind": "rank_gain_vs_year",
        "amount": 5, "operator": ">=", "measure": "rank", "baseline_edition": 2022,
        "first_edition": 2023, "last_edition": 2023, "clause": "PAPI tăng 05 bậc",
        "legal_basis": "Kế hoạch 1", "note": "ghi chú", "footnote_name": "Kon Tum",
        "group_name": "Khá",
    },
    "document": {
        "record_id": "document-1", "number": "1/KH-UBND", "issued_on": DAY,
        "issued_text": "01/5/2024", "issuer": "UBND tỉnh", "title": "Kế hoạch",
        "unit_id": "vn63-kon-tum", "note": "ghi chú", "file_name": "a.pdf",
    },
    "queued_sentence": {
        "record_id": "queued_sentence-1", "sentence": "Phấn đấu", "unit_id": "vn63-kon-tum",
        "unread": ["Phấn"], "outcome": "chưa",
    },
    "review_sheet": {
        "record_id": f"vn63-kon-tum|par_index|2023|{OURS}", **PLACE, "praise": "Sở A làm tốt",
        "own_findings": [{
            "finding_id": "own-1", "component_id": "par_index.steering", "title": "Tiêu chí 1.1",
        }],
        "answers": [{
            "finding_id": "par_index.steering", "cause": "Chậm", "person": "Ông A",
            "organisation": "Sở Nội vụ",
        }],
    },
    "plan_item": {
        "record_id": "plan_item-1", **PLACE, "finding_id": "par_index.steering",
        "weakness": "C1", "cause": "Chậm", "task": "Ban hành", "owner": "Bà B",
        "procedure": "Trình", "responsibility": "Phòng", "result": "Kế hoạch", "measure": "Trước",
        "starts_on": DAY, "due_on": date(2024, 12, 31), "evidence": "Số 1", "evidence_name": "a",
    },
    "submission_call": {
        "record_id": "call-1", "unit_id": "vn63-kon-tum", "document": "1923/UBND-NC",
        "what": "Báo cáo", "receiver": "Sở Nội vụ", "deadline_text": "trước 10/7", "due_on": DAY,
        "agency_ids": (OURS,),
    },
    "submission": {
        "record_id": "submission-1", "call_id": "call-1", "year": 2024, "agency_id": OURS,
        "sent_on": DAY, "number": "2/BC", "note": "ghi chú", "file_name": "a.pdf",
    },
    "agency": {
        "record_id": "ktm-moi", "unit_id": "vn63-kon-tum", "name_vi": "Sở mới tỉnh Kon Tum",
        "name_en": "New", "short_vi": "Sở mới", "level": "tỉnh", "note": "ghi chú",
    },
    "agency_link": {
        "record_id": "agency_link-1", "effective_on": date(2025, 3, 1), "event": "merge",
        "from_agency_id": "ktm-so-tu-phap", "to_agency_id": OURS, "legal_basis": "NQ 1",
        "note": "ghi chú",
    },
    "agency_person": {
        "record_id": "agency_person-1", "agency_id": OURS, "name": "Bà B", "title": "Giám đốc",
        "from_on": DAY, "note": "ghi chú",
    },
    "agency_assignment": {
        "record_id": "agency_assignment-1", "unit_id": "vn63-kon-tum", "agency_id": OURS,
        "component_id": "pci.land_access", "role": "lead", "from_edition": 2024, "basis": "QĐ 1",
    },
    "commune_checklist": {
        "record_id": "commune-1", "unit_id": "vn63-kon-tum", "edition": 2024,
        "district": "Ngọc Hồi", "commune": "Bờ Y", "notes": {"papi.participation": "xong"},
    },
    "internal_index": {
        "record_id": "internal_index-1", "unit_id": "vn63-kon-tum", "name": "CCHC nội bộ",
        "year": 2023,
        "members": [{"member_id": "m1", "name": "Sở Nội vụ", "kind": "agency"}],
        "criteria": [{"criterion_id": "A", "code": "1.1", "name": "Kế hoạch", "max_score": 10}],
        "cuts": [{"class_id": "good", "name": "Tốt", "lower_bound": 0}],
    },
    "internal_scores": {
        "record_id": "internal_index-1",
        "scores": [{"member_id": "m1", "criterion_id": "A", "score": 9}],
    },
    "measurement": {
        "record_id": "measurement-002-31.1-2023", "target_id": "002-31.1", "agency_id": OURS,
        "period": "2023", "value": 1960.0, "reported_on": date(2024, 1, 15), "unit_text": "vụ",
        "evidence": "Báo cáo 1",
    },
    "pack": {
        "record_id": "pack-1", "title": "Báo cáo", "pack_kind": "leader",
        "unit_id": "vn63-kon-tum", "edition": 2023, "baseline": 2022, "as_of": DAY,
        "index_ids": "papi", "version": "store-1", "made_by": "an",
        "files": [{"name": "a.docx", "sha256": "0" * 64, "size": 1}], "figures_sha256": "0" * 64,
    },
    "rebasing": {
        "record_id": "rebasing-1", "old_target_id": "001-15a", "new_target_id": "target-1",
        "document_id": "document-1", "unit_id": "vn34-quang-ngai", "baseline_edition": 2025,
    },
    "map_shapes": {
        "record_id": "vn63", "file_name": f"vn63-{'0' * 16}.geojson", "sha256": "0" * 64,
        "n_bytes": 1,
    },
    "favourite": {
        "record_id": "favourite-1", "account": "chief", "title": "PAPI Kon Tum", "page": "gaps",
        "query": {"index": "papi"},
    },
    "introduced": {"record_id": "introduced-1", "account": "chief"},
}  # fmt: skip

# Texts that nobody types: ids, words out of closed lists, checksums, and what `_sound` restricts.
NOT_FREE = {
    "record_id", "state", "item_id", "document_id", "unit_id", "index_id", "component_id",
    "target_kind", "operator", "measure", "region_id", "url", "file_sha256", "agency_id",
    "finding_id", "evidence_file", "call_id", "file", "level", "event", "from_agency_id",
    "to_agency_id", "role", "target_id", "member_id", "criterion_id", "class_id", "kind",
    "period", "pack_kind", "index_ids", "language", "version", "sha256", "figures_sha256",
    "old_target_id", "new_target_id", "progress", "status", "lead_agency_ids", "co_agency_ids",
    "agency_ids", "supersedes", "cites", "adopted", "account", "page",
}  # fmt: skip
# A name above that is a free text after all in these kinds, and the other way round.
FREE_IN = {("plan_item", "measure")}
NOT_FREE_IN = {("map_shapes", "file_name")}


def kinds() -> dict[str, type[Record]]:
    """Every kind of record the program knows, by its name."""
    for path in sorted((ROOT / "data").glob("*.py")):
        importlib.import_module(f"data.{path.stem}" if path.stem != "__init__" else "data")
    found: dict[str, type[Record]] = {}
    waiting = [Record]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            if model.__module__.startswith("data."):
                found[model.kind] = model
    return found


def sample(kind: str, **changes: Any) -> Record:
    """A whole record of that kind."""
    return kinds()[kind].model_validate({**WHOLE[kind], **changes})


def free_texts(kind: str, model: type[BaseModel] | None = None) -> set[str]:
    """Names of the texts of a kind that people type freely, those of its parts among them."""
    model = model or kinds()[kind]
    names: set[str] = set()
    for name, field in model.model_fields.items():
        parts = [part for part in _inner(field.annotation) if issubclass(part, BaseModel)]
        for part in parts:
            names |= free_texts(kind, part)
        is_text = str in _inner(field.annotation)
        is_free = name not in NOT_FREE or (kind, name) in FREE_IN
        if is_text and is_free and (kind, name) not in NOT_FREE_IN:
            names.add(name)
    return names


def _inner(kind: Any) -> Iterator[type]:
    found = [kind]
    out: list[type] = []
    while found:
        one = found.pop()
        if arguments := typing.get_args(one):
            found += [part for part in arguments if part is not Ellipsis]
        elif isinstance(one, type):
            out.append(one)
    return iter(out)


def filled(kind: str, text: str) -> dict[str, Any]:
    """The sample with `text` in every free text, parts and lists included."""
    return {name: _put(value, name, text, free_texts(kind)) for name, value in WHOLE[kind].items()}


def _put(value: Any, name: str, text: str, free: set[str]) -> Any:
    if isinstance(value, dict):
        if name in free:
            return dict.fromkeys(value, text)
        return {inner: _put(one, inner, text, free) for inner, one in value.items()}
    if isinstance(value, list | tuple):
        return [_put(one, name, text, free) for one in value]
    return text if isinstance(value, str) and name in free else value


def texts_in(value: Any) -> Iterator[str]:
    """Every text anywhere in a dump."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
