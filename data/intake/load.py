"""From the bytes of a file to what may be put into the store: read, understand, judge, shape.

Nothing here writes; `data.batches.load` does, once a person has consented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.schema import OUTSIDE_TOP, RANKED, SCORED
from data.indices import Catalogue
from data.intake.checks import Context, judge
from data.intake.layout import tables
from data.intake.meaning import (
    Choices,
    expected_units,
    geography_of,
    mapping_of,
    understand,
)
from data.intake.model import ERROR, CellFault, FileFacts, Proposal
from data.intake.read import read_cells
from data.units import UnitRegister

FIGURE_VALUES = ("score", "percent", "max_score", "rank")


@dataclass(frozen=True)
class Intake:
    """A file as it was understood and judged.

    Attributes:
        facts: what the file is.
        proposal: what it was understood to say.
        faults: everything wrong or odd, errors first.
    """

    facts: FileFacts
    proposal: Proposal
    faults: tuple[CellFault, ...]

    @property
    def is_loadable(self) -> bool:
        """Whether nothing forbids the load; warnings may remain for a person to accept."""
        return len(self.proposal.rows) > 0 and not self.errors

    @property
    def errors(self) -> list[CellFault]:
        """Faults that stop the load."""
        return [fault for fault in self.faults if fault.severity == ERROR]

    @property
    def warnings(self) -> list[CellFault]:
        """Faults that ask."""
        return [fault for fault in self.faults if fault.severity != ERROR]

    @property
    def mapping(self) -> dict[str, tuple[str | None, str]]:
        """Meaning of each column, to be remembered for this layout once confirmed."""
        return mapping_of(self.proposal)


def intake(
    content: bytes,
    name: str,
    context: Context,
    *,
    remembered: Mapping[str, Mapping[str, Any]] | None = None,
    choices: Choices | None = None,
    on_step: Callable[[str], object] = str,
) -> Intake:
    """Read, understand and judge one file.

    Args:
        content: bytes of the file.
        name: the name it arrived under.
        context: catalogue, units and the figures now held.
        remembered: confirmed layouts, see `data.batches.all_layouts`.
        choices: what a person decided in place of what would be proposed.
        on_step: told the name of each step as it begins: read, understand, judge.

    Raises:
        FileRefused: the file is not read at all; the key names the sentence.
    """
    on_step("read")
    workbook = read_cells(content, name)
    on_step("understand")
    found = tables(workbook, context.units)
    proposal = understand(
        found, context.catalogue, context.units, name, remembered, choices=choices,
        workbook=workbook,
    )  # fmt: skip
    on_step("judge")
    return Intake(workbook.facts, proposal, tuple(judge(proposal, context)))


def figure_rows(proposal: Proposal) -> pd.DataFrame:
    """The figures of a proposal in the shape the store keeps them.

    A component without a single figure is left out: an empty column of a template is no
    statement. Provenance is the batch they arrive with, so source_id stays empty.

    Returns:
        One row per (unit_id, component_id, edition) with a known unit, with index_id, score,
        percent, max_score, rank, state, score_origin, rank_origin, source_id and note.
    """
    rows = proposal.rows.loc[proposal.rows["unit_id"].notna()]
    # A column that nobody filled in says nothing; it does not say that all were withheld.
    is_filled = rows[["score", "percent", "rank"]].notna().any(axis=1)
    rows = rows.loc[is_filled.groupby([rows["component_id"], rows["edition"]]).transform("any")]
    rows = rows.copy()
    for value in ("score", "percent", "max_score"):
        rows[value] = rows[value].astype("Float64").astype("float64")
    rows["rank"] = rows["rank"].astype("Int64")
    rows["edition"] = rows["edition"].astype("int64")
    has_value = rows["score"].notna() | rows["percent"].notna()
    return rows[["unit_id", "component_id", "edition", *FIGURE_VALUES, "state"]].assign(
        index_id=proposal.index.value,
        score_origin=pd.Series("published", index=rows.index).where(has_value),
        rank_origin=pd.Series("published", index=rows.index).where(rows["rank"].notna()),
        source_id=None,
        note=None,
    )


def edition_rows(
    figures: pd.DataFrame,
    held: pd.DataFrame,
    *,
    catalogue: Catalogue,
    units: UnitRegister,
    published_on: date | None,
    today: date,
) -> pd.DataFrame:
    """Edition rows that the figures add, or that they complete.

    An edition of which every unit's total is now held becomes "complete", so that places may be
    computed; one that is new gets its geography from its year.

    Args:
        figures: result of `figure_rows`.
        held: edition rows now in the store.
        catalogue: for the geography of an edition.
        units: the register.
        published_on: date of the source document, where the person gave one.
        today: what counts as the day of publication of a new edition without a document's date.

    Returns:
        One row per (index_id, edition) to be added or replaced; those that would stay the same
        are left out.
    """
    rows: list[dict[str, Any]] = []
    pairs = figures[["index_id", "edition"]].drop_duplicates()
    for index_id, edition in zip(pairs["index_id"], pairs["edition"], strict=True):
        part = figures.loc[(figures["index_id"] == index_id) & (figures["edition"] == edition)]
        totals = part.loc[part["component_id"] == index_id]
        placed = totals["state"].isin([RANKED, SCORED])
        n_units = len(expected_units(units, catalogue, index_id, edition))
        is_whole = len(totals) >= n_units and bool((totals.loc[placed, "score"].notna()).all())
        known = held.loc[(held["index_id"] == index_id) & (held["edition"] == edition)]
        if not known.empty:
            before = known.iloc[0].to_dict()
            if is_whole and before["coverage"] != "complete":
                rows.append({**before, "coverage": "complete", "n_ranked": int(placed.sum())})
            continue
        top = totals["rank"].max() if (totals["state"] == OUTSIDE_TOP).any() else None
        rows.append(
            {
                "index_id": index_id,
                "edition": edition,
                "published_on": published_on or today,
                "date_basis": "documented" if published_on else "approximate",
                "source_id": None,
                "geography": geography_of(catalogue, index_id, edition),
                "n_ranked": int(placed.sum()) if is_whole else n_units,
                "coverage": "complete" if is_whole else "partial",
                "published_top": None if top is None or pd.isna(top) else int(top),
                "note": None,
            }
        )
    columns = [
        "index_id", "edition", "published_on", "date_basis", "source_id", "geography", "n_ranked",
        "coverage", "published_top", "note",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
