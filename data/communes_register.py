"""Communes of the two-tier government of 1 July 2025 as units, with what became part of which.

10 035 communes (and five island districts that had none) became 3 321. The parts of a commune
that was divided have no checked population, so their weights are missing and no average of
communes is formed from them. Nothing of the provinces depends on these files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from data.unit_records import ReferenceFault
from data.units import UnitRegister

FOLDER = "communes"
NOW, BEFORE = "xa34", "xa63"
CHANGED_ON = date(2025, 7, 1)
LAST_DAY_BEFORE = date(2025, 6, 30)
WHOLE, PART = "whole", "part"
KINDS_NOW = ("xã", "phường", "đặc khu")
# Island districts had no commune; the district itself stands in the list, with H and its code.
KINDS_BEFORE = ("xã", "phường", "thị trấn", "huyện")
LEGAL_BASIS = "Các nghị quyết của Ủy ban Thường vụ Quốc hội ngày 16/6/2025 về sắp xếp cấp xã"


@dataclass(frozen=True)
class Commune:
    """One commune; `unit_id` is the province it lies in, of the same time."""

    code: str
    name_vi: str
    kind: str
    unit_id: str


@dataclass(frozen=True)
class CommuneLink:
    """A commune before and one now that took it in, whole or in part."""

    from_code: str
    to_code: str
    extent: str


class CommuneRegister:
    """Communes before and now, checked against each other and against the provinces."""

    def __init__(
        self,
        *,
        now: Sequence[Commune],
        before: Sequence[Commune],
        links: Sequence[CommuneLink],
        provinces: UnitRegister,
    ) -> None:
        self.now = {one.code: one for one in now}
        self.before = {one.code: one for one in before}
        self.links = tuple(links)
        _check_communes("communes.csv", now, KINDS_NOW, _ids(provinces, "vn34"))
        _check_communes("former.csv", before, KINDS_BEFORE, _ids(provinces, "vn63"))
        _check_links(self.links, self.now, self.before)
        _check_provinces(self.links, self.now, self.before, provinces)

    @classmethod
    def load(cls, reference: Path) -> CommuneRegister:
        """Read and check the commune files of the reference folder.

        Raises:
            ReferenceFault: a file is absent, misshapen or contradicts another.

        Source: docs/method/communes.md.
        """
        folder = reference / FOLDER
        columns = ("code", "name_vi", "kind", "unit_id")
        return cls(
            now=[
                Commune(*(row[name] for name in columns)) for row in _rows(folder, "communes.csv")
            ],
            before=[
                Commune(*(row[name] for name in columns)) for row in _rows(folder, "former.csv")
            ],
            links=[
                CommuneLink(row["from_code"], row["to_code"], row["extent"])
                for row in _rows(folder, "links.csv")
            ],
            provinces=UnitRegister.load(reference),
        )

    def predecessors(self, code: str) -> tuple[CommuneLink, ...]:
        """What a commune of today was made of."""
        return tuple(link for link in self.links if link.to_code == code)

    def successors(self, code: str) -> tuple[CommuneLink, ...]:
        """Where a commune of the time before has gone; several where it was divided."""
        return tuple(link for link in self.links if link.from_code == code)

    def unit_frame(self) -> pd.DataFrame:
        """Communes as units.

        Returns:
            One row per unit_id (xa34-… now, xa63-… before), with name_vi, kind, gso_code,
            geography (xa34, xa63), province_id, valid_from and valid_to [days].

        Source: docs/method/communes.md.
        """
        found = [
            {
                "unit_id": f"{geography}-{one.code}", "name_vi": one.name_vi, "kind": one.kind,
                "gso_code": one.code, "geography": geography, "province_id": one.unit_id,
                "valid_from": pd.Timestamp(CHANGED_ON if geography == NOW else date(2004, 1, 1)),
                "valid_to": pd.NaT if geography == NOW else pd.Timestamp(LAST_DAY_BEFORE),
            }
            for geography, communes in ((BEFORE, self.before), (NOW, self.now))
            for one in communes.values()
        ]  # fmt: skip
        return pd.DataFrame(found)

    def link_frame(self) -> pd.DataFrame:
        """The succession as `analytics.composition` reads it.

        Returns:
            One row per link, with effective_on, event (unchanged: one whole commune and nothing
            else; merge: a whole one among several; split: a part), from_unit_id, to_unit_id,
            weight [1 where unchanged, else missing], weight_basis, legal_basis and note.

        Source: docs/method/communes.md.
        """
        givers: dict[str, int] = {}
        for link in self.links:
            givers[link.to_code] = givers.get(link.to_code, 0) + 1
        rows = []
        for link in self.links:
            is_alone = link.extent == WHOLE and givers[link.to_code] == 1
            event = "unchanged" if is_alone else "merge" if link.extent == WHOLE else "split"
            rows.append({
                "effective_on": pd.Timestamp(CHANGED_ON), "event": event,
                "from_unit_id": f"{BEFORE}-{link.from_code}",
                "to_unit_id": f"{NOW}-{link.to_code}", "weight": 1.0 if is_alone else pd.NA,
                "weight_basis": "whole" if is_alone else "", "legal_basis": LEGAL_BASIS, "note": "",
            })  # fmt: skip
        return pd.DataFrame(rows).astype({"weight": "Float64"})

    def counts(self) -> pd.DataFrame:
        """Communes of today per province: one row per unit_id with a column per kind and total."""
        frame = pd.DataFrame([(one.unit_id, one.kind) for one in self.now.values()],
                             columns=["unit_id", "kind"])  # fmt: skip
        made = pd.crosstab(frame["unit_id"], frame["kind"]).reindex(columns=list(KINDS_NOW))
        made = made.fillna(0).astype("int64")
        return made.assign(total=made.sum(axis=1)).reset_index()


def _rows(folder: Path, file: str) -> Iterable[dict[str, str]]:
    path = folder / file
    try:
        with path.open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source))
    except OSError as fault:
        raise ReferenceFault(f"{FOLDER}/{file}", None, "không đọc được tệp") from fault


def _ids(provinces: UnitRegister, geography: str) -> set[str]:
    return {unit.unit_id for unit in provinces.units_of(geography)}


def _check_communes(
    file: str, communes: Sequence[Commune], kinds: tuple[str, ...], provinces: set[str]
) -> None:
    """Codes used once, known kinds, known provinces, names once per place."""
    seen: set[str] = set()
    for number, one in enumerate(communes, start=2):
        fault = (
            f"mã {one.code} dùng hai lần" if one.code in seen
            else f"loại “{one.kind}” không có" if one.kind not in kinds
            else f"không có tỉnh “{one.unit_id}”" if one.unit_id not in provinces
            else "tên để trống" if not one.name_vi else ""
        )  # fmt: skip
        if fault:
            raise ReferenceFault(f"{FOLDER}/{file}", number, fault)
        seen.add(one.code)


def _check_links(
    links: Sequence[CommuneLink], now: dict[str, Commune], before: dict[str, Commune]
) -> None:
    """Every commune before goes somewhere, once if whole and twice or more if divided."""
    gone: dict[str, list[str]] = {}
    for number, link in enumerate(links, start=2):
        if link.from_code not in before or link.to_code not in now:
            raise ReferenceFault(f"{FOLDER}/links.csv", number, "mã không có trong danh sách")
        gone.setdefault(link.from_code, []).append(link.extent)
    file = f"{FOLDER}/links.csv"
    if lost := sorted(set(before) - set(gone)):
        raise ReferenceFault(file, None, f"đơn vị {lost[0]} không rõ nhập vào đâu")
    if new := sorted(set(now) - {link.to_code for link in links}):
        raise ReferenceFault(file, None, f"đơn vị {new[0]} không rõ từ đâu")
    for code, extents in gone.items():
        if extents != [WHOLE] and (WHOLE in extents or len(extents) < 2):
            raise ReferenceFault(file, None, f"đơn vị {code} vừa nguyên vẹn vừa bị chia")


def _check_provinces(
    links: Sequence[CommuneLink],
    now: dict[str, Commune],
    before: dict[str, Commune],
    provinces: UnitRegister,
) -> None:
    """No commune left its province but with the whole province."""
    became = {
        unit.unit_id: {after.unit_id for after in provinces.successors(unit.unit_id)}
        for unit in provinces.units_of("vn63")
    }
    for number, link in enumerate(links, start=2):
        if now[link.to_code].unit_id not in became[before[link.from_code].unit_id]:
            raise ReferenceFault(
                f"{FOLDER}/links.csv", number, "hai đơn vị không cùng tỉnh sau sắp xếp"
            )
