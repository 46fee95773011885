"""Whatever is done to a file, the intake answers with faults or one refusal, never a trace."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.intake.checks import judge
from data.intake.layout import UnitNames, sheet_tables, tables
from data.intake.meaning import understand
from data.intake.model import (
    DEFAULT_LIMITS,
    FileFacts,
    FileRefused,
    Sheet,
    Workbook,
)
from data.intake.read import read_cells
from tests.examples import examples
from tests.workbooks import builders as build

NAME = "PCI 2015"
# Ten thousand go all the way into a store in tests/data/test_mutated_loads.py.
QUICK = 240
ODD_TEXTS = (
    "",
    "=1+1",
    "-",
    "KCDL",
    "61*",
    "12,38/13",
    "1.236,393",
    "Hà Nội",
    "Tỉnh",
    "PCI 2016",
    "Hạng",
    "\u0000",
    "\u202e",
    "𝟗",
    "9" * 400,
    "x" * 40_000,
    "1e308",
    "-1e400",
    "NaN",
    "2025",
    "Bình Phước",
    "Bộ Nội vụ",
)


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    table = build.pci_table()[:25]
    return (
        (f"{NAME}.xlsx", build.xlsx({"Bảng": table, "Hai": table[:5]})),
        (f"{NAME}.xls", build.xls({"Bảng": table})),
        (f"{NAME}.xlsb", build.xlsb({"Bảng": table})),
        (f"{NAME}.ods", build.ods({"Bảng": table})),
        (f"{NAME}.csv", build.csv(table, delimiter=";")),
        (f"{NAME}.csv", build.csv(table, encoding="cp1258")),
    )


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    end = chance.randrange(start, len(content))
    return content[:start] + content[end:]


def grown(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    part = content[chance.randrange(len(content)) :][: chance.randrange(1, 2000)]
    return content[:at] + part * chance.choice((1, 3)) + content[at:]


def inside(content: bytes, chance: random.Random) -> bytes:
    """Changes one part of an archive and packs it again rightly."""
    if not content.startswith(b"PK"):
        return flipped(content, chance)
    archive = zipfile.ZipFile(io.BytesIO(content))
    part = chance.choice([one for one in archive.namelist() if archive.getinfo(one).file_size])
    change = chance.choice((flipped, cut, grown))
    return build.edited(content, {part: change(archive.read(part), chance)})


def cells(content: bytes, chance: random.Random) -> bytes:
    """A table with odd values in odd places, in a random format."""
    del content
    table = [list(row) for row in build.pci_table()[: chance.randrange(2, 40)]]
    for _ in range(chance.randrange(1, 30)):
        row = chance.choice(table)
        row[chance.randrange(len(row))] = chance.choice(
            (*ODD_TEXTS[:-1], chance.uniform(-1e9, 1e9), chance.randrange(100), None)
        )
    clean = [
        [one.replace("\u0000", " ") if isinstance(one, str) else one for one in row]
        for row in table
    ]
    if chance.random() < 0.3:
        chance.shuffle(clean)
    return chance.choice((build.xlsx, build.ods, build.xlsb))({"Bảng": clean})


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped,
    cut,
    grown,
    inside,
    inside,
    cells,
)


def answered(seed: int) -> str:
    """How one mutated file is answered: "refused" or "judged"; anything else raises."""
    chance = random.Random(seed)
    name, content = chance.choice(seeds())
    content = chance.choice(CHANGES)(content, chance)
    try:
        book = read_cells(content, name)
    except FileRefused:
        return "refused"
    proposal = understand(
        tables(book, build.units()), build.catalogue(), build.units(), name, workbook=book
    )
    for fault in judge(proposal, build.context_of()):
        assert fault.key
    return "judged"


@pytest.mark.parametrize(
    "chunk", [0, *(pytest.param(chunk, marks=pytest.mark.slow) for chunk in range(1, 4))]
)
def test_mutated_files_crash_nothing(chunk: int) -> None:
    answers = [answered(seed) for seed in range(chunk, QUICK, 4)]
    assert set(answers) == {"refused", "judged"}


VALUES = st.one_of(
    st.none(),
    st.sampled_from(ODD_TEXTS[:-1]),
    st.sampled_from(build.names()),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(max_size=12),
)


@settings(deadline=None, max_examples=examples(50), suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(VALUES, max_size=8), max_size=12))
def test_any_grid_of_cells_is_understood_or_put_to_a_person(grid: list[list[object]]) -> None:
    sheet = Sheet("Bảng", tuple(tuple(row) for row in grid))  # type: ignore[arg-type]
    facts = FileFacts("PCI 2015.xlsx", "xlsx", 1, "0")
    book = Workbook(facts, (sheet,))
    found = tables(book, build.units())
    proposal = understand(found, build.catalogue(), build.units(), facts.name, workbook=book)
    faults = judge(proposal, build.context_of())
    if not len(proposal.rows):
        assert any(fault.severity == "error" for fault in faults)
    rows = proposal.rows[proposal.rows["unit_id"].notna()]
    assert not rows.duplicated(["unit_id", "component_id", "edition"]).any()


@settings(deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(20)))
def test_the_order_of_rows_changes_no_figure(order: list[int]) -> None:
    table = build.pci_table()[:21]
    shuffled = [table[0], *(table[1 + position] for position in order)]
    names = UnitNames(build.units())

    def figures(rows: list[list[object]]) -> dict[tuple[str, str], float | None]:
        sheet = Sheet("Bảng", tuple(tuple(row) for row in rows))  # type: ignore[arg-type]
        proposal = understand(
            sheet_tables(sheet, names), build.catalogue(), build.units(), "PCI 2015.xlsx"
        )
        return build.scores(proposal)

    assert figures(shuffled) == figures(table)


def test_the_limits_leave_tenfold_room_for_the_largest_workbook_seen() -> None:
    assert DEFAULT_LIMITS.file_bytes > 10 * 363_000
    assert DEFAULT_LIMITS.columns > 1_024
