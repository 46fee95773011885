"""One ranked line of one index as it was known on one day.

Everything that is said about a rank change is read from here, so that no part of an answer can
know an edition that was not out yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import pandas as pd

from analytics.board import Knowledge, with_names
from analytics.field import ComponentNotFound, Field, fields, ranked_lines
from analytics.plain import real, text, whole
from analytics.schema import NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP


class Reason(StrEnum):
    """Why there is nothing to explain, beyond the reasons of `analytics.field.Ground`."""

    EDITION_UNKNOWN = "edition_unknown"
    NOT_PUBLISHED = "not_published"
    UNITS_DIFFER = "units_differ"
    NOT_MEASURED = "not_measured"
    NOT_HELD = "not_held"
    NO_PARTS = "no_parts"


@dataclass(frozen=True)
class Place:
    """Where the unit stood in one edition; bounds instead of a place where only they are known."""

    edition: int
    rank: int | None
    low: int | None
    high: int | None
    n_ranked: int | None
    score: float | None
    state: str
    origin: str


@dataclass(frozen=True)
class Held:
    """How many scores of the line are held in one edition, and how many there are."""

    edition: int
    n_held: int
    n_expected: int | None

    @property
    def is_short(self) -> bool:
        """Whether scores are missing, as far as their number is known."""
        return self.n_expected is None or self.n_held < self.n_expected


@dataclass(frozen=True)
class KnownLine:
    """The tables of one index as they were known on one day, and the line asked about."""

    known: Knowledge
    index_id: str
    component_id: str
    figures: pd.DataFrame
    editions: pd.DataFrame
    breaks: pd.DataFrame
    errors: pd.DataFrame
    weights: pd.DataFrame | None
    standings: pd.DataFrame

    @classmethod
    def of(
        cls, known: Knowledge, index_id: str, component_id: str | None, as_of: date
    ) -> KnownLine:
        """The line with nothing that was not out on the day."""
        tables = known.tables

        def own(frame: pd.DataFrame) -> pd.DataFrame:
            return frame.loc[frame["index_id"] == index_id]

        editions = own(tables.editions)
        is_out = pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)
        editions = editions.loc[is_out]

        def out(frame: pd.DataFrame) -> pd.DataFrame:
            mine = own(frame)
            return mine.loc[mine["edition"].isin(editions["edition"])]

        weights = own(tables.weights)
        return cls(
            known=known,
            index_id=index_id,
            component_id=component_id or index_id,
            figures=out(tables.figures),
            editions=editions,
            breaks=own(tables.breaks),
            errors=out(tables.errors),
            weights=None if weights.empty else weights,
            standings=out(known.standings),
        )

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every ranked line of the index, laid out over all editions that were out."""
        if self.figures.empty:
            return {}
        held = [str(line) for line in self.figures["component_id"].unique()]
        asked = {self.component_id} & set(held)
        return fields(
            self.figures,
            editions=self.editions,
            component_ids=sorted({*ranked_lines(held), *asked}),
            weights=self.weights,
        )

    @property
    def field(self) -> Field:
        """The line itself; ComponentNotFound where no figure of it is held."""
        if self.component_id not in self.fields:
            raise ComponentNotFound(self.component_id)
        return self.fields[self.component_id]

    @cached_property
    def own_figures(self) -> pd.DataFrame:
        """Figures of the line, and of the index, which tells whom an edition measured."""
        return self.figures.loc[
            self.figures["component_id"].isin([self.component_id, self.index_id])
        ]

    @cached_property
    def own_errors(self) -> pd.DataFrame:
        """Standard errors of the line."""
        return self.errors.loc[self.errors["component_id"] == self.component_id]

    @cached_property
    def placed(self) -> pd.DataFrame:
        """Standings on the line."""
        return self.standings.loc[self.standings["component_id"] == self.component_id]

    def place(self, unit_id: str, edition: int) -> Place:
        """Where the unit stood on the line in one edition."""
        rows = self.placed
        rows = rows.loc[(rows["unit_id"] == unit_id) & (rows["edition"] == edition)]
        if rows.empty:
            dated = self.editions.loc[self.editions["edition"] == edition]
            n_ranked = None if dated.empty else whole(dated["n_ranked"].iloc[0])
            state = NOT_PUBLISHED if dated.empty else NOT_HELD
            return Place(edition, None, None, None, n_ranked, None, state, "")
        row = rows.iloc[0]
        rank, state = whole(row["rank"]), str(row["state"])
        is_bounded = rank is not None or state == OUTSIDE_TOP
        return Place(
            edition=edition,
            rank=rank,
            low=whole(row["rank_low"]) if is_bounded else None,
            high=whole(row["rank_high"]) if is_bounded else None,
            n_ranked=whole(row["n_ranked"]),
            score=real(row["score"]),
            state=state,
            origin=text(row["rank_origin"]),
        )

    def held(self, edition: int) -> Held:
        """Scores of the line that are held in one edition."""
        rows = self.own_figures
        mine = rows.loc[
            (rows["component_id"] == self.component_id) & (rows["edition"] == edition), "score"
        ]
        dated = self.editions.loc[self.editions["edition"] == edition, "n_ranked"]
        expected = None if dated.empty else whole(dated.iloc[0])
        return Held(edition, int(mine.notna().sum()), expected)


def obstacle(
    line: KnownLine, unit: pd.Series, baseline: int, edition: int
) -> tuple[Reason | None, tuple[int, ...]]:
    """The first reason that leaves nothing to compute, and the editions it is about.

    Args:
        line: the line as known on a day.
        unit: row of the unit, with geography.
        baseline: edition compared against.
        edition: edition reported; the same as `baseline` when only one is asked about.

    Returns:
        The reason and the editions concerned; None and nothing when there is no obstacle.

    Raises:
        ComponentNotFound: the index has no such component in any edition.

    Source: docs/method/explanation.md.
    """
    tables = line.known.tables
    lines = tables.components.loc[tables.components["component_id"] == line.component_id]
    if lines.empty:
        raise ComponentNotFound(line.component_id)
    years = sorted({baseline, edition})
    catalogue = tables.editions.loc[tables.editions["index_id"] == line.index_id]
    geography = dict(zip(catalogue["edition"], catalogue["geography"], strict=True))
    last = lines["to_edition"].astype("Float64").fillna(float("inf"))

    def is_measured(year: int) -> bool:
        return bool(((lines["from_edition"] <= year) & (last >= year)).any())

    out = set(line.editions["edition"])
    rules = (
        (Reason.EDITION_UNKNOWN, [year for year in years if year not in geography]),
        (Reason.NOT_PUBLISHED, [year for year in years if year not in out]),
        (Reason.UNITS_DIFFER, [y for y in years if geography.get(y) != unit["geography"]]),
        (Reason.NOT_MEASURED, [year for year in years if not is_measured(year)]),
    )
    for reason, found in rules:
        if found:
            return reason, tuple(found)
    return None, ()


def named(line: KnownLine, rows: pd.DataFrame, baseline: int) -> pd.DataFrame:
    """Codes and names of the later edition; of the earlier one for what was dropped since.

    Source: docs/method/explanation.md.
    """
    components = line.known.tables.components
    now, then = with_names(rows, components), with_names(rows.assign(edition=baseline), components)
    for name in ("code", "component_vi", "component_en", "component_sort"):
        now[name] = now[name].where(now[name].notna(), then[name])
    return now
