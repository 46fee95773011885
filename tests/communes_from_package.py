"""Writes data/reference/communes/ anew from the package vietnamadminunits (MIT).

`python -m tests.communes_from_package`; the package is needed for this and for one test only.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import sqlite3
from pathlib import Path
from typing import Any

from data.build import REFERENCE
from data.units import UnitRegister

FOLDER = REFERENCE / "communes"
COMMUNES = ("code", "name_vi", "kind", "unit_id")
FORMER = ("code", "name_vi", "kind", "district", "unit_id")
LINKS = ("from_code", "to_code", "extent")
WHOLE, PART = "whole", "part"
# Island districts that had no commune; the package gives the district itself without a code.
WITHOUT_COMMUNE = {"Huyện Bạch Long Vĩ": "H318", "Huyện Cồn Cỏ": "H471", "Huyện Hoàng Sa": "H498",
                   "Huyện Lý Sơn": "H536", "Huyện Côn Đảo": "H755"}  # fmt: skip


def package() -> Path | None:
    """Folder of the installed package's data, or None."""
    found = importlib.util.find_spec("vietnamadminunits")
    return None if found is None or found.origin is None else Path(found.origin).parent / "data"


def rows(source: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """Communes now, communes before, and which became part of which."""
    register = UnitRegister.load(REFERENCE)
    with sqlite3.connect(source / "dataset.db") as held:
        now = held.execute(
            "SELECT wardCode, ward, wardType, provinceShort, provinceKey, wardKey FROM admin_units"
        ).fetchall()
        before = held.execute(
            "SELECT wardCode, ward, wardType, district, provinceShort, provinceKey, districtKey, "
            "wardKey, districtCode FROM admin_units_legacy"
        ).fetchall()
    communes = sorted(
        (code, name, kind.casefold(), register.resolve(province, geography="vn34").unit_id)
        for code, name, kind, province, _, _ in now
    )
    former, key_of = [], {}
    for code, name, kind, district, province, pkey, dkey, wkey, _ in before:
        own = code or WITHOUT_COMMUNE[district]
        unit = register.resolve(province, geography="vn63").unit_id
        former.append((own, name or district, (kind or "huyện").casefold(), district, unit))
        key_of[f"{pkey}_{dkey}_{wkey or ''}"] = own
    code_of = {(pkey, wkey): code for code, _, _, _, pkey, wkey in now}
    steps = json.loads((source / "converter_2025.json").read_text(encoding="utf-8"))
    links = [
        (key_of[old], code_of[province, new], WHOLE)
        for province, wards in steps["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for new, olds in wards.items()
        for old in olds
    ]
    links += [
        (key_of[old], code_of[province, part["newWardKey"]], PART)
        for province, olds in steps["DICT_PROVINCE_WARD_DIVIDED"].items()
        for old, parts in olds.items()
        for part in parts
    ]
    return communes, sorted(former), sorted(set(links))


def main() -> None:
    source = package()
    if source is None:
        raise SystemExit("vietnamadminunits is not installed")
    FOLDER.mkdir(exist_ok=True)
    names = ("communes.csv", "former.csv", "links.csv")
    for name, head, body in zip(names, (COMMUNES, FORMER, LINKS), rows(source), strict=True):
        with (FOLDER / name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(body)


if __name__ == "__main__":
    main()
