"""The shipped figures and catalogue as frames, for tests of the methods on real figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from data.indices import Catalogue, load_catalogue

REFERENCE = Path(__file__).parents[2] / "data" / "reference"

KON_TUM = "vn63-kon-tum"
QUANG_NGAI = "vn63-quang-ngai"


@cache
def _catalogue() -> Catalogue:
    return load_catalogue(REFERENCE / "indices")


@cache
def _figures(index_id: str) -> pd.DataFrame:
    tables = []
    for path in sorted((REFERENCE / "rankings" / index_id).glob("*.csv")):
        table = pd.read_csv(path)
        tables.append(table.assign(index_id=index_id, edition=int(path.stem)))
    columns = ["index_id", "unit_id", "component_id", "edition", "score", "rank", "state"]
    return pd.concat([t[columns] for t in tables], ignore_index=True)


def figures(index_id: str) -> pd.DataFrame:
    return _figures(index_id).copy()


def editions(index_id: str) -> pd.DataFrame:
    frame = _catalogue().edition_frame()
    return frame[frame["index_id"] == index_id].reset_index(drop=True)


def breaks(index_id: str) -> pd.DataFrame:
    frame = _catalogue().break_frame()
    return frame[frame["index_id"] == index_id].reset_index(drop=True)


def groups() -> pd.DataFrame:
    return _catalogue().group_frame()


def weights(index_id: str) -> pd.DataFrame | None:
    frame = pd.read_csv(REFERENCE / "weights.csv")
    frame = frame[frame["index_id"] == index_id]
    return None if frame.empty else frame.reset_index(drop=True)


def standard_errors() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "standard_errors.csv")


def units() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "units.csv")


def scores(index_id: str, edition: int, component_id: str | None = None) -> dict[str, float]:
    """Scores of one line in one edition, by unit."""
    frame = _figures(index_id)
    line = frame[
        (frame["component_id"] == (component_id or index_id)) & (frame["edition"] == edition)
    ].dropna(subset=["score"])
    return dict(zip(line["unit_id"], line["score"], strict=True))


def complete(*years: int) -> pd.DataFrame:
    """Editions held in full, for small examples."""
    return pd.DataFrame({"edition": list(years), "coverage": "complete", "n_ranked": pd.NA})


def table(
    *rows: tuple[str, str, int, float | None], index_id: str = "papi", rank: bool = False
) -> pd.DataFrame:
    """Figures of a small example: (unit, component, edition, score), or a rank for a score."""
    frame = pd.DataFrame(rows, columns=["unit_id", "component_id", "edition", "score"])
    frame["score"] = frame["score"].astype(float)
    frame.insert(0, "index_id", index_id)
    if rank:
        frame = frame.rename(columns={"score": "rank"}).assign(score=float("nan"))
    return frame
