"""What must hold between the unit files before anything is asked of them.

Each check raises a `ReferenceFault` naming the file and the row; none of them repairs anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from data.unit_records import (
    COMPOSING,
    ENDING,
    GSO_CODE,
    KINDS,
    MEASURES,
    NAMING,
    ReferenceFault,
    Region,
    Unit,
    UnitFact,
    UnitLink,
    UnitName,
)
from data.unit_text import name_key, vietnamese_date

# Weights are published with six decimals, so three of them may miss 1 by this much.
WEIGHT_TOLERANCE = 2e-6

# Nghị quyết 202/2025/QH15, Điều 1: 63 units become 34, of which 11 keep their territory.
REFORM_ON = date(2025, 7, 1)
REFORM_BEFORE, REFORM_AFTER, REFORM_MERGED, REFORM_UNCHANGED = 63, 34, 23, 11


def check_regions(regions: Sequence[Region]) -> None:
    """Every region id stands once."""
    seen: set[str] = set()
    for region in regions:
        if region.region_id in seen:
            raise ReferenceFault("regions.csv", region.row, f"vùng {region.region_id} lặp lại")
        seen.add(region.region_id)


def check_units(units: Sequence[Unit], regions: Sequence[Region]) -> None:
    """Ids say what they are, codes are unique in a geography, every unit has its region."""
    ids: set[str] = set()
    codes: dict[tuple[str, str], str] = {}
    region_geography = {region.region_id: region.geography for region in regions}
    for unit in units:
        holder = codes.setdefault((unit.geography, unit.gso_code), unit.unit_id)
        expected_id = f"{unit.geography}-{name_key(unit.name_vi).replace(' ', '-')}"
        faults = {
            f"đơn vị {unit.unit_id} lặp lại": unit.unit_id in ids,
            f"mã đơn vị phải là {expected_id}": unit.unit_id != expected_id,
            f"loại “{unit.kind}” không có": unit.kind not in KINDS,
            f"mã GSO “{unit.gso_code}” phải có hai chữ số": not re.fullmatch(
                GSO_CODE, unit.gso_code
            ),
            f"mã GSO {unit.gso_code} đã là mã của {holder}": holder != unit.unit_id,
            f"vùng “{unit.region_id}” không thuộc {unit.geography}": (
                region_geography.get(unit.region_id) != unit.geography
            ),
            "ngày hết hiệu lực trước ngày bắt đầu": (
                unit.valid_to is not None and unit.valid_to < unit.valid_from
            ),
        }
        _raise_first(faults, "units.csv", unit.row)
        ids.add(unit.unit_id)


def _raise_first(faults: dict[str, bool], file: str, row: int) -> None:
    for reason, is_faulty in faults.items():
        if is_faulty:
            raise ReferenceFault(file, row, reason)


def names_of_units(
    units: Sequence[Unit], names: Sequence[UnitName]
) -> dict[str, tuple[UnitName, ...]]:
    """Every unit's names in order of time; a unit without its own rows has one name for life."""
    listed: dict[str, list[UnitName]] = {}
    known = {unit.unit_id for unit in units}
    for name in names:
        faults = {
            f"không có đơn vị {name.unit_id}": name.unit_id not in known,
            f"loại “{name.kind}” không có": name.kind not in KINDS,
        }
        _raise_first(faults, "unit_names.csv", name.row)
        listed.setdefault(name.unit_id, []).append(name)
    complete: dict[str, tuple[UnitName, ...]] = {}
    for unit in units:
        periods = sorted(listed.get(unit.unit_id, []), key=lambda name: name.valid_from)
        if periods:
            _check_periods(unit, periods)
        else:
            periods = [
                UnitName(
                    unit.unit_id,
                    unit.name_vi,
                    unit.name_en,
                    unit.kind,
                    unit.valid_from,
                    unit.valid_to,
                )
            ]
        complete[unit.unit_id] = tuple(periods)
    return complete


def _check_periods(unit: Unit, periods: Sequence[UnitName]) -> None:
    """The names must fill the unit's life without gap or overlap, beginning with its own name."""
    first, last = periods[0], periods[-1]
    if (first.name_vi, first.name_en, first.kind, first.valid_from) != (
        unit.name_vi,
        unit.name_en,
        unit.kind,
        unit.valid_from,
    ):
        raise ReferenceFault(
            "unit_names.csv", first.row, f"tên đầu tiên phải khớp units.csv ({unit.unit_id})"
        )
    for before, after in pairwise(periods):
        if before.valid_to != after.valid_from - timedelta(days=1):
            raise ReferenceFault("unit_names.csv", after.row, "các kỳ tên phải nối tiếp nhau")
    if last.valid_to != unit.valid_to:
        raise ReferenceFault(
            "unit_names.csv", last.row, f"tên cuối phải hết hiệu lực cùng ngày với {unit.unit_id}"
        )


def geography_spans(units: Sequence[Unit]) -> dict[str, tuple[date, date | None]]:
    """First and last day of every geography; they follow one another without gap or overlap."""
    spans: dict[str, tuple[date, date | None]] = {}
    for geography in dict.fromkeys(unit.geography for unit in units):
        own = [unit for unit in units if unit.geography == geography]
        ends = [unit.valid_to for unit in own if unit.valid_to is not None]
        is_open = len(ends) < len(own)
        spans[geography] = (
            min(unit.valid_from for unit in own),
            None if is_open else max(ends),
        )
    ordered = sorted(spans.items(), key=lambda item: item[1][0])
    for (_, (_, end)), (geography, (start, _)) in pairwise(ordered):
        if end is None or end + timedelta(days=1) != start:
            reason = f"danh sách {geography} không nối tiếp danh sách trước"
            raise ReferenceFault("units.csv", None, reason)
    if not spans:
        raise ReferenceFault("units.csv", None, "không có đơn vị nào")
    return spans


def check_links(links: Sequence[UnitLink], units: dict[str, Unit]) -> None:
    """Every link joins units of the right day, and the weights of a unit sum to 1."""
    for link in links:
        _check_link(link, units)
    groups: dict[tuple[date, str], list[UnitLink]] = {}
    for link in links:
        if link.event in COMPOSING:
            groups.setdefault((link.effective_on, link.to_unit_id), []).append(link)
    for group in groups.values():
        _check_weights(group)


def _check_link(link: UnitLink, units: dict[str, Unit]) -> None:
    before, after = units.get(link.from_unit_id), units.get(link.to_unit_id)
    if before is None or after is None:
        missing = link.from_unit_id if before is None else link.to_unit_id
        raise ReferenceFault("unit_links.csv", link.row, f"không có đơn vị {missing}")
    eve = link.effective_on - timedelta(days=1)
    is_self = link.from_unit_id == link.to_unit_id
    faults = {
        f"sự kiện “{link.event}” không có": link.event not in (*COMPOSING, *NAMING),
        f"{link.from_unit_id} không có vào ngày {vietnamese_date(eve)}": not before.in_force(eve),
        f"{link.to_unit_id} không có vào ngày {vietnamese_date(link.effective_on)}": (
            not after.in_force(link.effective_on)
        ),
        "đổi tên, đổi loại phải ở cùng một đơn vị": link.event in NAMING and not is_self,
        "quyền số phải lớn hơn 0 và không quá 1": (
            link.weight is not None and not 0 < link.weight <= 1
        ),
        "quyền số và cơ sở tính quyền số phải cùng có hoặc cùng trống": (
            (link.weight is None) != (not link.weight_basis)
        ),
    }
    _raise_first(faults, "unit_links.csv", link.row)


def _check_weights(group: Sequence[UnitLink]) -> None:
    """The parts of one unit on one day: distinct, and their weights sum to 1 or are all absent."""
    first = group[0]
    sources = [link.from_unit_id for link in group]
    weights = [link.weight for link in group if link.weight is not None]
    is_merged = len(group) > 1
    faults = {
        f"{first.to_unit_id} nhận hai lần từ một đơn vị": len(set(sources)) < len(sources),
        f"quyền số của {first.to_unit_id} chỉ có một phần": 0 < len(weights) < len(group),
        f"quyền số của {first.to_unit_id} cộng lại là {sum(weights):.6f}, phải bằng 1": (
            bool(weights) and abs(sum(weights) - 1) > WEIGHT_TOLERANCE
        ),
        f"{first.to_unit_id} chỉ có một đơn vị trước, không phải nhập": (
            not is_merged and first.event in ("merge", "transfer")
        ),
        f"{first.to_unit_id} có nhiều đơn vị trước, không thể ghi là giữ nguyên": (
            is_merged and any(link.event == "unchanged" for link in group)
        ),
    }
    _raise_first(faults, "unit_links.csv", first.row)


def check_names_are_linked(names: Sequence[UnitName], links: Sequence[UnitLink]) -> None:
    """Every change of name or kind is dated by a link with its law, and the other way round."""
    by_unit: dict[str, list[UnitName]] = {}
    for name in sorted(names, key=lambda name: name.valid_from):
        by_unit.setdefault(name.unit_id, []).append(name)
    changed: dict[tuple[date, str, str], int] = {}
    for periods in by_unit.values():
        for before, after in pairwise(periods):
            if before.name_vi != after.name_vi:
                changed[(after.valid_from, "rename", after.unit_id)] = after.row
            if before.kind != after.kind:
                changed[(after.valid_from, "status", after.unit_id)] = after.row
    linked = {
        (link.effective_on, link.event, link.to_unit_id): link.row
        for link in links
        if link.event in NAMING
    }
    for change, row in changed.items():
        if change not in linked:
            reason = "thay đổi chưa có căn cứ trong unit_links.csv"
            raise ReferenceFault("unit_names.csv", row, reason)
    for change, row in linked.items():
        if change not in changed:
            reason = "đổi tên, đổi loại chưa có trong unit_names.csv"
            raise ReferenceFault("unit_links.csv", row, reason)


def check_lineage(units: Sequence[Unit], links: Sequence[UnitLink]) -> None:
    """Every unit that ended is succeeded the next day, every later unit has predecessors."""
    ending = [
        link for link in links if link.event in ENDING and link.from_unit_id != link.to_unit_id
    ]
    begun = min(unit.valid_from for unit in units)
    for unit in units:
        out = [link for link in ending if link.from_unit_id == unit.unit_id]
        came = [link for link in ending if link.to_unit_id == unit.unit_id]
        closes = [link for link in out if not _lasts(unit, link)]
        end = None if unit.valid_to is None else unit.valid_to + timedelta(days=1)
        targets = {link.to_unit_id for link in closes}
        faults = {
            "đơn vị đã hết hiệu lực phải có đơn vị kế tiếp trong unit_links.csv": (
                end is not None and not any(link.effective_on == end for link in out)
            ),
            "đơn vị chuyển đi hai lần": (
                len(targets) > 1 and any(link.event != "split" for link in closes)
            ),
            "đơn vị còn hiệu lực mà đã nhập vào nơi khác": any(
                link.event != "split" and _lasts(unit, link) for link in out
            ),
            "đơn vị mới phải có đơn vị trước trong unit_links.csv": (
                unit.valid_from > begun
                and not any(link.effective_on == unit.valid_from for link in came)
            ),
        }
        _raise_first(faults, "units.csv", unit.row)


def _lasts(unit: Unit, link: UnitLink) -> bool:
    """Whether the unit is still there on the day the link takes effect."""
    return unit.in_force(link.effective_on)


def check_reform(units: Sequence[Unit], links: Sequence[UnitLink]) -> None:
    """The reform of 1 July 2025 is complete: 63 units, each used once, make 23 + 11 = 34."""
    eve = REFORM_ON - timedelta(days=1)
    before = [unit.unit_id for unit in units if unit.in_force(eve)]
    after = [unit.unit_id for unit in units if unit.in_force(REFORM_ON)]
    reform = [link for link in links if link.effective_on == REFORM_ON and link.event in ENDING]
    used = Counter(link.from_unit_id for link in reform)
    parts = Counter(link.to_unit_id for link in reform)
    found = {
        f"số đơn vị ngày {vietnamese_date(eve)}": (len(before), REFORM_BEFORE),
        f"số đơn vị ngày {vietnamese_date(REFORM_ON)}": (len(after), REFORM_AFTER),
        "số đơn vị cũ được chuyển tiếp đúng một lần": (
            sum(used[unit_id] == 1 for unit_id in before),
            REFORM_BEFORE,
        ),
        "số đơn vị hình thành do sắp xếp": (
            sum(parts[unit_id] > 1 for unit_id in after),
            REFORM_MERGED,
        ),
        "số đơn vị giữ nguyên": (
            sum(parts[unit_id] == 1 for unit_id in after),
            REFORM_UNCHANGED,
        ),
    }
    for what, (counted, expected) in found.items():
        if counted != expected:
            reason = f"{what} là {counted}, phải là {expected} (Nghị quyết 202/2025/QH15)"
            raise ReferenceFault("unit_links.csv", None, reason)


def check_facts(facts: Sequence[UnitFact], units: dict[str, Unit]) -> None:
    """Every figure is positive, of a known unit and measure, and stands once."""
    seen: set[tuple[str, int, str]] = set()
    for fact in facts:
        key = (fact.unit_id, fact.year, fact.measure)
        faults = {
            f"không có đơn vị {fact.unit_id}": fact.unit_id not in units,
            f"chỉ tiêu “{fact.measure}” không có": fact.measure not in MEASURES,
            "số liệu phải lớn hơn 0": fact.value <= 0,
            "số liệu lặp lại": key in seen,
        }
        _raise_first(faults, "unit_facts.csv", fact.row)
        seen.add(key)
