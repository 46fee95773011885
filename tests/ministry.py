"""A store of a ministry's size with made-up figures, for measuring and for tests.

`python -m tests.ministry FOLDER --communes 3321 --criteria 150 --years 15 --indices 3 --seed 1`

Everything it adds to the shipped reference says in its names and its source that it was drawn by
chance. Nothing of it is shipped. A later version of the shipped reference takes the made-up
catalogue away again: make the store anew then.
"""

from __future__ import annotations

import argparse
import string
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import queries
from data.actors import Actor, Role
from data.build import ensure
from data.store import Store

BATCH = "B{:06d}"
BY = Actor("tests.ministry", Role.ADMINISTRATOR)
SOURCE = "synthetic"
GEOGRAPHY = "synthetic"
LAST_YEAR = 2025
COMPONENTS = 10
# Of every hundred units one has its scores withheld in an edition.
WITHHELD_SHARE = 0.01
TARGET_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "rank_gain_vs_year", "amount": 5, "line": 0},
    {"kind": "improve_yearly", "line": 1},
    {"kind": "not_below_last_year", "line": 2},
    {"kind": "top_n", "amount": 10, "line": 3},
    {"kind": "regional_rank", "amount": 3, "line": 4},
    {"kind": "keep_and_improve", "line": 5},
    {"kind": "group_at_least", "group_name": "high", "line": 0, "measure": "rank"},
    {"kind": "score_gain_vs_year", "amount": 1, "line": 6, "measure": "score"},
)

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """How much there is of everything; the same seed draws the same figures."""

    communes: int = 3321
    criteria: int = 150
    years: int = 15
    indices: int = 3
    seed: int = 1
    units_with_targets: int = 1

    @property
    def editions(self) -> list[int]:
        return list(range(LAST_YEAR - self.years + 1, LAST_YEAR + 1))

    @property
    def index_ids(self) -> list[str]:
        return [f"synthetic_{letter}" for letter in string.ascii_lowercase[: self.indices]]


def unit_id(number: int) -> str:
    """Id of one of the made-up communes, from 1."""
    return f"synthetic-{number:04d}"


def lines(index_id: str, criteria: int) -> pd.DataFrame:
    """The tree of an index: the total, ten components, and the criteria below them in turn."""
    n_parts = min(COMPONENTS, criteria)
    rows = [{"component_id": index_id, "parent_id": None, "role": "total", "code": "0"}]
    rows += [
        {"component_id": f"{index_id}.c{part:02d}", "parent_id": index_id, "role": "component",
         "code": f"{part}"}
        for part in range(1, n_parts + 1)
    ]  # fmt: skip
    for number in range(criteria - n_parts):
        part, at = number % n_parts + 1, number // n_parts + 1
        parent = f"{index_id}.c{part:02d}"
        rows.append({"component_id": f"{parent}.k{at:02d}", "parent_id": parent,
                     "role": "subcomponent", "code": f"{part}.{at:02d}"})  # fmt: skip
    return pd.DataFrame(rows)


def fill(store: Store, size: Size) -> dict[str, float]:
    """Put the shipped reference and everything made up into a store.

    Returns:
        Seconds by what was done, and how many figures were drawn.
    """
    began = time.perf_counter()
    ensure(store)
    took = {"reference": time.perf_counter() - began}
    began = time.perf_counter()
    units, regions = _units(store, size)
    with store.write() as connection:
        for table, rows in (("region", regions), ("unit", units), *_catalogue(size),
                            *_targets(size)):  # fmt: skip
            _put(connection, table, rows)
    took["catalogue"] = time.perf_counter() - began
    began = time.perf_counter()
    n_drawn = 0
    for number, index_id in enumerate(size.index_ids):
        n_drawn += _load(store, index_id, number, units, size)
    took["figures"] = time.perf_counter() - began
    took["n_figures"] = n_drawn
    return took


def _put(connection: Any, table: str, rows: pd.DataFrame) -> None:
    connection.register("incoming", rows)
    names = ", ".join(rows.columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming"  # noqa: S608 - our names
    )
    connection.unregister("incoming")


def _units(store: Store, size: Size) -> tuple[pd.DataFrame, pd.DataFrame]:
    held = queries.units(of=store)
    provinces = held.loc[held["geography"] == "vn34"].sort_values("unit_id")
    regions = pd.DataFrame(
        {
            "region_id": "synthetic-" + provinces["unit_id"].str.removeprefix("vn34-"),
            "geography": GEOGRAPHY,
            "name_vi": "Xã thử nghiệm thuộc " + provinces["name_vi"],
            "name_en": "Made-up communes of " + provinces["name_en"],
            "sort": range(1, len(provinces) + 1),
        }
    ).reset_index(drop=True)
    numbers = range(1, size.communes + 1)
    home = [(number - 1) * len(provinces) // size.communes for number in numbers]
    names = [str(name) for name in provinces["name_vi"]]
    plain = [str(name) for name in provinces["name_en"]]
    units = pd.DataFrame(
        {
            "unit_id": [unit_id(number) for number in numbers],
            "name_vi": [f"Xã thử nghiệm {n:04d} ({names[h]})"
                        for n, h in zip(numbers, home, strict=True)],
            "name_en": [f"Made-up commune {n:04d} ({plain[h]})"
                        for n, h in zip(numbers, home, strict=True)],
            "kind": "xã",
            "geography": GEOGRAPHY,
            "region_id": [regions["region_id"].iloc[h] for h in home],
            "valid_from": pd.Timestamp("2004-01-01"),
            "note": "Đơn vị không có thật, dùng để thử",
        }
    )  # fmt: skip
    return units, regions


def _catalogue(size: Size) -> list[tuple[str, pd.DataFrame]]:
    source = pd.DataFrame(
        [{"source_id": SOURCE, "producer": "tests.ministry",
          "title": "Số liệu sinh ngẫu nhiên để thử, không phải số liệu thật",
          "note": f"seed {size.seed}"}]
    )  # fmt: skip
    entries, components, editions, groups = [], [], [], []
    for number, index_id in enumerate(size.index_ids):
        letter = index_id[-1].upper()
        entries.append(
            {"index_id": index_id, "short": f"THỬ {letter}",
             "name_vi": f"Chỉ số thử nghiệm {letter}, số liệu sinh ngẫu nhiên",
             "name_en": f"Test index {letter}, figures drawn by chance",
             "publisher_vi": "Chương trình thử (không phải cơ quan công bố)",
             "publisher_en": "A test program (no publisher)", "source_id": SOURCE, "direction": 1,
             "decimals": 2, "sort": 90 + number}
        )  # fmt: skip
        tree = lines(index_id, size.criteria)
        tree = tree.assign(
            index_id=index_id,
            sort=range(len(tree)),
            direction=1,
            from_edition=size.editions[0],
            name_vi=[_named(row, "Nội dung thử", "Tiêu chí thử", f"Chỉ số thử nghiệm {letter}")
                     for _, row in tree.iterrows()],
            name_en=[_named(row, "Test part", "Test criterion", f"Test index {letter}")
                     for _, row in tree.iterrows()],
            max_score=None, relation="new", rank_comparable="yes", score_comparable="yes",
        )  # fmt: skip
        components.append(tree)
        editions.append(
            pd.DataFrame(
                {
                    "index_id": index_id,
                    "edition": size.editions,
                    "published_on": [pd.Timestamp(year + 1, 4, 15) for year in size.editions],
                    "date_basis": "documented",
                    "source_id": SOURCE,
                    "geography": GEOGRAPHY,
                    "n_ranked": size.communes - _n_withheld(size),
                    "coverage": "complete",
                    "batch_id": BATCH.format(number + 1),
                }
            )
        )
        cuts = (None, None, None, None) if number % 2 == 0 else (60.0, 50.0, 40.0, None)
        groups.append(
            pd.DataFrame(
                {
                    "index_id": index_id,
                    "scheme_id": f"{index_id}_groups",
                    "from_edition": size.editions[0],
                    "rule": "quartile_missing_lowest" if number % 2 == 0 else "score_cuts",
                    "out_of": size.communes,
                    "sort": [1, 2, 3, 4],
                    "group_id": ["high", "upper", "lower", "low"],
                    "name_vi": ["Cao (thử)", "Khá (thử)", "Trung bình (thử)", "Thấp (thử)"],
                    "name_en": ["High (test)", "Upper (test)", "Lower (test)", "Low (test)"],
                    "lower_bound": cuts,
                    "source": SOURCE,
                }
            )
        )
    return [
        ("source", source),
        ("index_entry", pd.DataFrame(entries)),
        ("component_period", pd.concat(components, ignore_index=True)),
        ("edition", pd.concat(editions, ignore_index=True)),
        ("group_bound", pd.concat(groups, ignore_index=True)),
    ]


def _named(row: pd.Series, part: str, criterion: str, total: str) -> str:
    words = {"total": total, "component": f"{part} {row['code']}"}
    return words.get(str(row["role"]), f"{criterion} {row['code']}")


def _targets(size: Size) -> list[tuple[str, pd.DataFrame]]:
    if not size.units_with_targets:
        return []
    document = pd.DataFrame(
        [{"document_id": "synthetic-letter", "number": "0/THỬ",
          "issued_on": pd.Timestamp(size.editions[0] + 1, 1, 5), "issuer": "Chương trình thử",
          "title": "Chỉ tiêu sinh ra để thử"}]
    )  # fmt: skip
    rows = []
    for number in range(1, min(size.units_with_targets, size.communes) + 1):
        for index_id in size.index_ids[:2]:
            tree = list(lines(index_id, size.criteria)["component_id"])
            for at, what in enumerate(TARGET_KINDS):
                name = f"synthetic-{number:04d}-{index_id[-1]}{at}"
                rows.append(
                    {
                        "target_id": name,
                        "item_id": name,
                        "document_id": "synthetic-letter",
                        "unit_id": unit_id(number),
                        "index_id": index_id,
                        "component_id": tree[min(what["line"], len(tree) - 1)],
                        "kind": what["kind"],
                        "amount": what.get("amount"),
                        "operator": ">=",
                        "measure": what.get("measure", "rank"),
                        "baseline_edition": size.editions[0],
                        "first_edition": size.editions[min(1, size.years - 1)],
                        "last_edition": size.editions[-1] + 1,
                        "group_name": what.get("group_name"),
                        "clause": "Chỉ tiêu thử",
                        "batch_id": BATCH.format(1),
                    }
                )
    return [("document", document), ("target", pd.DataFrame(rows))]


# ---------------------------------------------------------------------------------- figures


def _n_withheld(size: Size) -> int:
    return int(size.communes * WITHHELD_SHARE)


def _load(store: Store, index_id: str, number: int, units: pd.DataFrame, size: Size) -> int:
    """Draw all editions of one index and insert them as one load."""
    chance = np.random.default_rng([size.seed, number])
    tree = lines(index_id, size.criteria)
    keys = tree.assign(line=range(len(tree)))[["line", "component_id"]]
    people = units.assign(unit=range(len(units)))[["unit", "unit_id"]]
    names = ", ".join(str(year) for year in size.editions)
    leaves = np.flatnonzero(~tree["component_id"].isin(tree["parent_id"]))
    most = 100 / len(leaves)
    level = chance.normal(0, 0.10, (size.communes, 1)) + chance.uniform(0.3, 0.7, len(leaves))
    n_drawn = 0
    with store.write() as connection:
        connection.register("line_key", keys)
        connection.register("unit_key", people)
        for edition in size.editions:
            level = level + chance.normal(0.002, 0.03, level.shape)
            scores = _summed(np.round(np.clip(level, 0, 1) * most, 4), leaves, tree)
            withheld = chance.choice(size.communes, _n_withheld(size), replace=False)
            scores[withheld] = np.nan
            rows = pd.DataFrame(
                {
                    "line": np.repeat(np.arange(len(tree), dtype=np.int32), size.communes),
                    "unit": np.tile(np.arange(size.communes, dtype=np.int32), len(tree)),
                    "score": scores.T.ravel(),
                    "place": _published(scores, number),
                }
            )
            connection.register("drawn", rows)
            connection.execute(
                _INSERT,
                {"index_id": index_id, "edition": edition, "source_id": SOURCE,
                 "batch_id": BATCH.format(number + 1)},
            )  # fmt: skip
            connection.unregister("drawn")
            n_drawn += len(rows)
        _put(
            connection,
            "batch",
            pd.DataFrame(
                [{"batch_id": BATCH.format(number + 1), "loaded_at": pd.Timestamp("2026-01-01"),
                  "author": BY.name, "file_name": f"sinh ngẫu nhiên, seed {size.seed}, {size}",
                  "file_sha256": f"{size}", "index_id": index_id, "editions": names,
                  "source_title": "Số liệu sinh ngẫu nhiên để thử", "n_rows": n_drawn,
                  "n_added": n_drawn, "n_changed": 0, "n_removed": 0}]
            ),
        )  # fmt: skip
    return n_drawn


_INSERT = """
INSERT INTO figure (
    index_id, unit_id, component_id, edition, score, rank, state, score_origin, rank_origin,
    source_id, note, batch_id
)
SELECT
    $index_id, unit_key.unit_id, line_key.component_id, $edition,
    CASE WHEN isnan(drawn.score) THEN NULL ELSE drawn.score END,
    CASE WHEN drawn.place > 0 THEN drawn.place END,
    CASE WHEN isnan(drawn.score) THEN 'withheld' WHEN drawn.place > 0 THEN 'ranked'
        ELSE 'scored' END,
    CASE WHEN isnan(drawn.score) THEN NULL ELSE 'published' END,
    CASE WHEN drawn.place > 0 THEN 'published' END,
    $source_id, 'sinh ngẫu nhiên', $batch_id
FROM drawn
JOIN line_key ON line_key.line = drawn.line
JOIN unit_key ON unit_key.unit = drawn.unit
"""


def _summed(scores: Reals, leaves: npt.NDArray[np.intp], tree: pd.DataFrame) -> Reals:
    """Scores of all lines, the sums of what lies below them."""
    at = {name: place for place, name in enumerate(tree["component_id"])}
    found: Reals = np.zeros((len(scores), len(tree)))
    found[:, leaves] = scores
    # Deepest first: what lies below a line is already summed when it is added.
    for place in range(len(tree) - 1, 0, -1):
        found[:, at[tree["parent_id"].iloc[place]]] += found[:, place]
    return np.round(found, 4)


def _published(scores: Reals, number: int) -> npt.NDArray[np.int64]:
    """Places of the total as if its publisher had printed them, for every second index; else 0."""
    places = np.zeros(scores.shape, dtype=np.int64)
    if number % 2:
        total = pd.Series(scores[:, 0])
        ranked = total.rank(method="min", ascending=False, na_option="keep").fillna(0)
        places[:, 0] = ranked.to_numpy(dtype=np.int64)
    found: npt.NDArray[np.int64] = places.T.ravel()
    return found


def main() -> None:
    """Fill a store and say how long it took."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    for name in ("communes", "criteria", "years", "indices", "seed"):
        reader.add_argument(f"--{name}", type=int, default=getattr(Size, name))
    asked = reader.parse_args()
    size = Size(asked.communes, asked.criteria, asked.years, asked.indices, asked.seed)
    store = Store(asked.folder)
    if store.exists():
        reader.error(f"there is a store in {asked.folder} already")
    took = fill(store, size)
    megabytes = store.path().stat().st_size / 1e6
    print(", ".join(f"{what} {value:,.1f}" for what, value in took.items()), end="")
    print(f", {megabytes:,.0f} MB")


if __name__ == "__main__":
    main()
