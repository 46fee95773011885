"""Frames for tests: a test writes its own numbers, these fill the columns that do not matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.continuity import lineage
from analytics.schema import FIGURE_COLUMNS, OUTSIDE_TOP, RANKED, SCORED, WITHHELD
from analytics.targets import STANDING_COLUMNS, target_standing
from data.build import REFERENCE
from data.units import UnitRegister

UNIT = "vn63-kon-tum"
REGISTER = UnitRegister.load(REFERENCE)
LINEAGE = lineage(REGISTER.unit_frame(), REGISTER.link_frame())
LATER = date(2026, 12, 31)
# What a test may write for a year: a place, a state, a score beside them.
Year = int | str | Mapping[str, Any] | None

WHOLE = ("rank", "rank_low", "rank_high", "n_ranked", "n_withheld")


def figures(
    scores: Mapping[str, float | None],
    *,
    ranks: Mapping[str, int] | None = None,
    component_id: str = "papi",
    index_id: str = "papi",
    edition: int = 2022,
    state: str = "",
) -> pd.DataFrame:
    """One league table: score by unit, with published places where `ranks` names them."""
    published = ranks or {}
    rows = [
        {
            "index_id": index_id,
            "unit_id": unit,
            "component_id": component_id,
            "edition": edition,
            "score": score,
            "percent": None,
            "max_score": None,
            "rank": published.get(unit),
            "state": state
            or (RANKED if unit in published else WITHHELD if score is None else SCORED),
            "score_origin": "published",
            "rank_origin": "published" if unit in published else None,
            "source_id": "test",
        }
        for unit, score in scores.items()
    ]
    frame = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))
    return frame.astype({"score": "float64", "rank": "Int64", "edition": "int64"})


def editions(
    *years: int,
    index_id: str = "papi",
    n_ranked: int | None = 63,
    coverage: str = "complete",
    published_top: int | None = None,
    published_on: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """Editions published on 15 April of the following year unless another day is named."""
    days = published_on or {}
    rows = [
        {
            "index_id": index_id,
            "edition": year,
            "published_on": pd.Timestamp(days.get(year, f"{year + 1}-04-15")),
            "n_ranked": n_ranked,
            "coverage": coverage,
            "published_top": published_top,
            "geography": "vn63" if year < 2025 else "vn34",
        }
        for year in years
    ]
    return pd.DataFrame(rows).astype({"n_ranked": "Int64", "published_top": "Int64"})


def component(component_id: str = "papi", **values: Any) -> dict[str, Any]:
    """One period of one component."""
    index_id = component_id.split(".")[0]
    return {
        "index_id": index_id,
        "component_id": component_id,
        "role": "total" if component_id == index_id else "component",
        "sort": 0,
        "code": component_id,
        "direction": 1,
        "from_edition": 2000,
        "to_edition": pd.NA,
        "max_score": 100.0,
        "relation": "new",
        "rank_comparable": "yes",
        "score_comparable": "yes",
        **values,
    }


def components(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows) or [component()]).astype({"to_edition": "Int64"})


def breaks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Breaks of method; a row names its edition and what it makes of comparisons."""
    base = {
        "component_id": "papi",
        "kind": "criteria",
        "rank_comparable": "flag",
        "score_comparable": "no",
    }
    columns = ["edition", *base]
    return pd.DataFrame([{**base, **row} for row in rows], columns=columns)


def target(kind: str = "rank_gain_vs_year", **values: Any) -> pd.DataFrame:
    """One target of Kon Tum on PAPI for 2023 against 2022."""
    row = {
        "target_id": "t1",
        "unit_id": UNIT,
        "index_id": "papi",
        "component_id": "papi",
        "kind": kind,
        "amount": None,
        "stretch": None,
        "operator": ">=",
        "measure": "rank",
        "baseline_edition": 2022,
        "first_edition": 2023,
        "last_edition": 2023,
        "deadline": None,
        "group_name": None,
        "region_id": None,
        "footnote_rank": None,
        "note": None,
        **values,
    }
    return pd.DataFrame([row])


def standing(edition: int, known: Year, **values: Any) -> dict[str, Any]:
    """One row of a standings frame from a place, a state, or the columns that matter."""
    given = dict(known) if isinstance(known, Mapping) else {}
    state = known if isinstance(known, str) else given.get("state", RANKED)
    rank = known if isinstance(known, int) else given.get("rank")
    n = given.get("n_ranked", 63)
    withheld = given.get("n_withheld", 0)
    low, high = (rank, rank) if rank is not None else (1, n)
    if state == OUTSIDE_TOP:
        low = 31
    if state == WITHHELD:
        high = n + withheld
    row = {
        "index_id": "papi",
        "unit_id": UNIT,
        "component_id": "papi",
        "edition": edition,
        "score": None,
        "percent": None,
        "state": state,
        "rank": rank,
        "rank_origin": "published",
        "rank_low": low,
        "rank_high": high,
        "n_ranked": n,
        "n_withheld": withheld,
        "tie_broken_by_publisher": False,
    }
    return {**row, **given, **values}


def standings(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(STANDING_COLUMNS))
    kinds = {**dict.fromkeys(WHOLE, "Int64"), "score": "float64", "percent": "float64"}
    return frame.astype(kinds)


def history(years: Mapping[int, Year], **values: Any) -> pd.DataFrame:
    """Standings of one unit over several years; a year that is None is not held."""
    return standings(
        [standing(year, known, **values) for year, known in years.items() if known is not None]
    )


def judge(
    targets: pd.DataFrame,
    years: Mapping[int, Year] | pd.DataFrame,
    *,
    edition: int = 2023,
    as_of: date = LATER,
    published: Sequence[int] = tuple(range(2010, 2025)),
    **context: Any,
) -> Any:
    """The one row that answers for `targets` in `edition`."""
    held = years if isinstance(years, pd.DataFrame) else history(years)
    given = {
        "editions": editions(*published),
        "components": components(),
        "breaks": breaks(),
        "lineage": LINEAGE,
        **context,
    }
    rows = target_standing(targets, held, asked=[edition], as_of=as_of, **given)
    assert len(rows) == 1, f"{len(rows)} rows"
    return rows.iloc[0]
