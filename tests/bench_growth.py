"""How the work grows with units, years and components, and beside other ways to the same answer.

Every case runs in a process of its own, so that its peak memory is its own; figures are synthetic.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb
import numpy as np
import pandas as pd

from tests.bench_intake import peak

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 3
FACTORS = (1, 10, 100)
UNITS, YEARS, COMPONENTS = 63, 4, 8
LAST_YEAR = 2024
DAY = date(2026, 1, 1)
SEED = 2026

# The same places and the same verdicts, as somebody would write them by hand for this one case.
RANK_SQL = """
    SELECT *, rank() OVER (
        PARTITION BY component_id, edition ORDER BY round(score, 9) DESC
    ) AS place
    FROM figures WHERE score IS NOT NULL
"""
JUDGED_SQL = f"""
    WITH placed AS ({RANK_SQL})
    SELECT target.target_id, base.place - now.place AS gain,
        greatest(base.place - target.amount, 1) AS required,
        now.place <= greatest(base.place - target.amount, 1) AS is_met
    FROM targets AS target
    JOIN placed AS base ON base.unit_id = target.unit_id
        AND base.component_id = target.component_id AND base.edition = target.baseline_edition
    JOIN placed AS now ON now.unit_id = target.unit_id
        AND now.component_id = target.component_id AND now.edition = target.last_edition
"""  # noqa: S608 - put together from our own text


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    units: int = UNITS
    years: int = YEARS
    components: int = COMPONENTS

    @property
    def n_figures(self) -> int:
        return self.units * self.years * (self.components + 1)


@dataclass(frozen=True)
class Taken:
    """Median seconds of one case, and the megabytes it added to those of its process."""

    seconds: float
    megabytes: float


def synthetic(size: Size) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Figures, editions and components of an index that does not exist, drawn with a fixed seed."""
    ids = ["x", *(f"x.c{number}" for number in range(size.components))]
    years = range(LAST_YEAR - size.years + 1, LAST_YEAR + 1)
    cells = pd.MultiIndex.from_product(
        [years, ids, [f"u{number}" for number in range(size.units)]],
        names=["edition", "component_id", "unit_id"],
    )
    figures = cells.to_frame(index=False)
    figures = figures.assign(
        index_id="x", score=np.random.default_rng(SEED).normal(5, 1, len(figures)), percent=np.nan,
        max_score=10.0, rank=pd.array([pd.NA] * len(figures), dtype="Int64"), state="scored",
        score_origin="published", rank_origin="", source_id="synthetic",
    )  # fmt: skip
    editions = pd.DataFrame({"edition": list(years)}).assign(
        index_id="x", published_on=date(2025, 6, 1), coverage="complete", n_ranked=size.units,
        published_top=pd.array([pd.NA] * size.years, dtype="Int64"),
    )  # fmt: skip
    components = pd.DataFrame({"component_id": ids}).assign(
        index_id="x", role=["total", *["component"] * size.components], direction=1,
        from_edition=years[0], to_edition=pd.array([pd.NA] * len(ids), dtype="Int64"),
        relation="new", rank_comparable="yes", score_comparable="yes", max_score=10.0,
    )  # fmt: skip
    return figures, editions, components


def asked(size: Size) -> pd.DataFrame:
    """One target for every unit on every component: five places up within a year."""
    from analytics.targets import TARGET_COLUMNS

    lines = pd.MultiIndex.from_product(
        [[f"u{number}" for number in range(size.units)],
         [f"x.c{number}" for number in range(size.components)]],
        names=["unit_id", "component_id"],
    ).to_frame(index=False)  # fmt: skip
    whole = {"baseline_edition": LAST_YEAR - 1, "first_edition": LAST_YEAR,
             "last_edition": LAST_YEAR}  # fmt: skip
    rows = lines.assign(
        target_id=[f"t{number}" for number in range(len(lines))], index_id="x",
        kind="rank_gain_vs_year", amount=5.0, measure="rank", **whole,
    )  # fmt: skip
    rows = rows.astype(dict.fromkeys(whole, "Int64"))
    for column in TARGET_COLUMNS:
        if column not in rows:
            rows[column] = pd.array([pd.NA] * len(rows), dtype="Int64") if (
                column == "footnote_rank"
            ) else None  # fmt: skip
    return rows.assign(deadline=None)


# ------------------------------------------------------------------------------------------- cases


def places(size: Size) -> Callable[[], object]:
    """Every place by our rules: published first, ties, withheld units, bounds."""
    from analytics.ranks import standings

    given = synthetic(size)
    return lambda: standings(*given)


def places_pandas(size: Size) -> Callable[[], object]:
    """The bare places by one line of pandas."""
    figures, *_ = synthetic(size)
    return lambda: figures.groupby(["index_id", "component_id", "edition"])["score"].rank(
        method="min", ascending=False
    )


def places_query(size: Size) -> Callable[[], object]:
    """The bare places by one hand-written query."""
    store = duckdb.connect()
    store.register("drawn", synthetic(size)[0])
    store.execute("CREATE TABLE figures AS FROM drawn")
    return lambda: store.execute(RANK_SQL).df()


def verdicts(size: Size) -> Callable[[], object]:
    """Every target judged by our rules, places included."""
    from analytics.ranks import standings
    from analytics.targets import target_standing

    figures, editions, components = synthetic(size)
    targets = asked(size)
    breaks = pd.DataFrame(columns=["component_id", "edition", "kind", "rank_comparable",
                                   "score_comparable", "index_id"])  # fmt: skip
    return lambda: target_standing(
        targets,
        standings(figures, editions, components),
        editions=editions,
        components=components,
        breaks=breaks,
        asked=[LAST_YEAR],
        as_of=DAY,
    )


def verdicts_query(size: Size) -> Callable[[], object]:
    """The same targets in one hand-written query that knows this one kind, places included."""
    store = duckdb.connect()
    told = ["target_id", "unit_id", "component_id", "amount", "baseline_edition", "last_edition"]
    store.register("drawn", synthetic(size)[0])
    store.register("asked", asked(size)[told])
    store.execute("CREATE TABLE figures AS FROM drawn")
    store.execute("CREATE TABLE targets AS FROM asked")
    return lambda: store.execute(JUDGED_SQL).df()


def table(size: Size) -> Callable[[], object]:
    """The figures behind a picture as a workbook with its source, as readers download it."""
    from charts.data_file import workbook

    figures = synthetic(size)[0]
    return lambda: workbook(figures, name="x", title="x", source="synthetic")


def table_openpyxl(size: Size) -> Callable[[], object]:
    """The same cells written by plain openpyxl."""
    import io

    import openpyxl

    figures = synthetic(size)[0]

    def written() -> bytes:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append(list(figures.columns))
        for row in figures.astype(object).where(figures.notna(), None).itertuples(index=False):
            sheet.append(list(row))
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return written


CASES = {work.__name__: work for work in (
    places, places_pandas, places_query, verdicts, verdicts_query, table, table_openpyxl
)}  # fmt: skip


def inside(case: str, size: Size) -> Taken:
    """Measure in this process; the first call warms up, and what it was given does not count."""
    work = CASES[case](size)
    held = peak()
    work()
    seconds = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return Taken(median(seconds), peak() - held)


def measured(case: str, size: Size) -> Taken:
    """The same in a child, which is told the rest on its command line."""
    told = [str(size.units), str(size.years), str(size.components)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench_growth", case, *told],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, megabytes = done.stdout.split()
    return Taken(float(seconds), float(megabytes))


# ------------------------------------------------------------------------------------------ report


def _beside(label: str, case: str, others: dict[str, str], size: Size) -> list[str]:
    ours = measured(case, size)
    said = []
    for other, name in others.items():
        least = measured(other, size)
        said.append(
            f"| {label} ({size.n_figures} figures) | {name} | {ours.seconds * 1000:.0f} ms | "
            f"{least.seconds * 1000:.0f} ms | {ours.seconds / least.seconds:.1f} | "
            f"{ours.megabytes:.0f} MB | {least.megabytes:.0f} MB |"
        )
    return said


def beside() -> list[str]:
    """Our calculations beside the named alternative, in one table."""
    large = Size(units=630)
    return [
        "| What | Beside | Ours | Other | × | Memory, ours | Other |",
        "|---|---|---|---|---|---|---|",
        *_beside("Places, with bounds, ties and origin", "places",
                 {"places_pandas": "one `groupby.rank` of pandas, the bare place",
                  "places_query": "one hand-written DuckDB query, the bare place"}, large),
        *_beside("A target for every unit and component", "verdicts",
                 {"verdicts_query": "one hand-written DuckDB query for this kind alone"}, large),
        *_beside("Figures as a workbook", "table",
                 {"table_openpyxl": "the same cells by plain openpyxl"}, Size()),
    ]  # fmt: skip


def growth() -> list[str]:
    """Ten and a hundred times the units, years and components."""
    said = [
        "| What grows | | ×1 | ×10 | ×100 | n log n would be | Peak memory at ×100 |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, base in (("units", UNITS), ("years", YEARS), ("components", COMPONENTS)):
        for case, name in (("places", "places"), ("verdicts", "verdicts")):
            found = [measured(case, Size(**{label: base * factor})) for factor in FACTORS]
            first, middle, last = (one.seconds for one in found)
            size = Size(**{label: base})
            few, many = size.n_figures, Size(**{label: base * FACTORS[-1]}).n_figures
            fair = many * math.log(many) / (few * math.log(few))
            said.append(
                f"| {label} {base}, {base * 10}, {base * 100} | {name} | {first * 1000:.0f} ms | "
                f"{middle * 1000:.0f} ms ({middle / first:.1f}×) | {last * 1000:.0f} ms "
                f"({last / first:.0f}×) | {fair:.0f}× | {found[-1].megabytes:.0f} MB |"
            )
            print(said[-1], flush=True)
    return said


if __name__ == "__main__":
    if sys.argv[1:]:
        name, *numbers = sys.argv[1:]
        taken = inside(name, Size(*map(int, numbers)))
        print(taken.seconds, taken.megabytes)
    else:
        print("\n".join([*beside(), "", *growth()]))
