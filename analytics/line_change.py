"""One line between two editions, for all units at once: what no single unit needs computed again.

Why one province moved and why the next one did are read from the same tables: the split of every
change, the shares of the parts, the errors, the corners. They are made when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analytics.board import Knowledge
from analytics.component_split import SHOWN_FROM, component_split_of
from analytics.field import ComponentNotFound, children
from analytics.known_line import KnownLine, named
from analytics.peers import held_rises
from analytics.plain import text
from analytics.profile import quadrants_of
from analytics.rank_split import passes_of, rank_split_of
from analytics.schema import EditionNotFound, EditionsReversed
from analytics.uncertainty import change_test, errors_used

# "Who rose most and held it" is looked for in at most this many years before the edition, and
# never across a change of method that makes the scores incomparable.
RISE_YEARS = 6

COMPONENT_COLUMNS = [
    "component_id", "parent_id", "level", "code", "component_vi", "component_en",
    "score_baseline", "score", "score_change", "score_effect", "weight_effect", "rank_effect",
    "rank_baseline", "n_baseline", "rank", "n_ranked", "gain", "is_shown", "ground",
]  # fmt: skip


@dataclass(frozen=True)
class LineChange:
    """One line between two editions, as known on one day.

    The tables are of all units and must not be changed in place; each has ground only where
    `analytics.known_line.obstacle` finds none.
    """

    line: KnownLine
    baseline: int
    edition: int

    @classmethod
    def of(
        cls,
        known: Knowledge,
        *,
        index_id: str,
        baseline: int,
        edition: int,
        component_id: str | None = None,
        as_of: date,
    ) -> LineChange:
        """The change of a line of which only what was out on the day is known.

        Args:
            known: result of `analytics.board.knowledge`.
            index_id: the index.
            baseline: edition compared against.
            edition: edition reported.
            component_id: the ranked line; the index itself by default.
            as_of: day whose knowledge is used.

        Raises:
            EditionsReversed: `baseline` is not earlier than `edition`.
        """
        if baseline >= edition:
            raise EditionsReversed(baseline, edition)
        return cls(KnownLine.of(known, index_id, component_id, as_of), baseline, edition)

    @cached_property
    def split(self) -> pd.DataFrame:
        """Result of `rank_split`; empty where no figure of the line is held in an edition."""
        try:
            return rank_split_of(
                self.line.field,
                baseline=self.baseline,
                edition=self.edition,
                breaks=self.line.breaks,
            )
        except (ComponentNotFound, EditionNotFound):
            # The catalogue knows the line, but no figure of it is held in one of the editions.
            return pd.DataFrame()

    def passes(self, unit_id: str) -> pd.DataFrame:
        """Result of `passes` of one unit, those first whose score moved most."""
        moved = passes_of(
            self.line.field, baseline=self.baseline, edition=self.edition, unit_id=unit_id
        )
        change = (moved["other_score"] - moved["other_score_baseline"]).abs()
        place = moved["other_unit_id"].map(self._last_places)
        return moved.assign(_change=change, _place=place).sort_values(
            ["_change", "_place", "other_unit_id"], ascending=[False, True, True]
        )

    @cached_property
    def _last_places(self) -> pd.Series:
        """Place in the edition, of those no longer ranked in the baseline, by unit."""
        rows = self.split.set_index("unit_id")
        return rows["rank"].fillna(rows["rank_baseline"])

    @cached_property
    def places(self) -> dict[str, tuple[Any, Any]]:
        """Place in the baseline and in the edition, by unit."""
        rows = self.split
        pairs = zip(rows["rank_baseline"], rows["rank"], strict=True)
        return dict(zip(rows["unit_id"], pairs, strict=True))

    @cached_property
    def components(self) -> pd.DataFrame:
        """Result of `component_split` with names and places, each part followed by its own parts.

        One row per unit_id and part: `COMPONENT_COLUMNS`.
        """
        line = self.line
        is_total = line.component_id == line.index_id
        rows = component_split_of(
            line.field,
            {part: line.fields[part] for part in line.field.parts} if is_total else {},
            baseline=self.baseline,
            edition=self.edition,
            breaks=line.breaks,
        )
        if rows.empty:
            return pd.DataFrame(columns=["unit_id", *COMPONENT_COLUMNS])
        rows = named(line, rows.rename(columns={"part_id": "component_id"}), self.baseline)
        rows["score_change"] = rows["score"] - rows["score_baseline"]
        rows["is_shown"] = rows["rank_effect"].abs() >= SHOWN_FROM
        rows = self._with_places(rows)
        is_top = rows["level"] == 1
        top = rows.loc[is_top].drop_duplicates("component_id").set_index("component_id")
        parent = rows["component_id"].where(is_top, rows["parent_id"])
        rows["_parent"] = parent.map(top["component_sort"])
        rows = rows.sort_values(["_parent", "level", "component_sort", "code"], ignore_index=True)
        return rows[["unit_id", *COMPONENT_COLUMNS]]

    def _with_places(self, rows: pd.DataFrame) -> pd.DataFrame:
        held = self.line.standings
        for year, rank, n in (
            (self.baseline, "rank_baseline", "n_baseline"),
            (self.edition, "rank", "n_ranked"),
        ):
            table = held.loc[
                held["edition"] == year, ["unit_id", "component_id", "rank", "n_ranked"]
            ]
            table.columns = pd.Index(["unit_id", "component_id", rank, n])
            rows = rows.merge(
                table, on=["unit_id", "component_id"], how="left", validate="many_to_one"
            )
        return rows.assign(gain=rows["rank_baseline"] - rows["rank"])

    @cached_property
    def tests(self) -> pd.DataFrame:
        """Result of `change_test`."""
        return change_test(
            self.line.own_figures,
            self.line.own_errors,
            baseline=self.baseline,
            edition=self.edition,
            component_id=self.line.component_id,
            breaks=self.line.breaks,
        )

    @cached_property
    def errors(self) -> dict[int, pd.DataFrame]:
        """Result of `errors_used` in both editions."""
        return {
            year: errors_used(
                self.line.own_figures,
                self.line.own_errors,
                edition=year,
                component_id=self.line.component_id,
            )
            for year in (self.baseline, self.edition)
        }

    @cached_property
    def measured(self) -> frozenset[str]:
        """Units with a row in the edition, on whatever line."""
        rows = self.line.figures
        return frozenset(rows.loc[rows["edition"] == self.edition, "unit_id"])

    @cached_property
    def below(self) -> list[str]:
        """Parts of the line of which the edition has a row; of an index also their parts."""
        rows = self.line.figures
        held = rows.loc[rows["edition"] == self.edition, "component_id"]
        lines = [str(line) for line in held.unique()]
        direct = children(lines, self.line.component_id)
        if self.line.component_id != self.line.index_id:
            return direct
        return [*direct, *(sub for part in direct for sub in children(lines, part))]

    @cached_property
    def quadrants(self) -> pd.DataFrame:
        """Result of `quadrants` for the lines below, of which there is at least one."""
        return quadrants_of(
            [self.line.fields[line] for line in self.below],
            baseline=self.baseline,
            edition=self.edition,
            breaks=self.line.breaks,
        )

    @cached_property
    def below_names(self) -> pd.DataFrame:
        """Code, names and order of the lines below: one row per component_id."""
        asked = pd.DataFrame({"component_id": self.below, "edition": self.edition})
        return named(self.line, asked, self.baseline).drop(columns="edition")

    @cached_property
    def max_scores(self) -> pd.DataFrame:
        """Maximum of each component as the catalogue has it in the edition."""
        return self.line.known.live(self.edition)[["component_id", "max_score"]]

    @cached_property
    def rise_first(self) -> int:
        """The first year from which a rise is looked for."""
        rows = self.line.breaks
        parted = rows.loc[
            (rows["component_id"] == self.line.component_id)
            & rows["score_comparable"].eq("no")
            & rows["edition"].le(self.edition),
            "edition",
        ]
        return max([self.edition - RISE_YEARS, *(int(year) for year in parted)])

    @cached_property
    def risen(self) -> pd.DataFrame | None:
        """Result of `held_rises` up to the edition; None where a year lacks scores."""
        ranked = self.line.field
        years = [year for year in ranked.editions if self.rise_first <= year <= self.edition]
        # Among a fragment of the ranking nobody can be said to have risen most.
        if not all(ranked.is_complete[ranked.at(year)] for year in years):
            return None
        return held_rises(
            self.line.own_figures,
            editions=self.line.editions,
            first=self.rise_first,
            last=self.edition,
            component_id=self.line.component_id,
        )

    @cached_property
    def names(self) -> dict[str, Any]:
        """How index and line are called, in the words of the later edition."""
        line = self.line
        indices = line.known.tables.indices
        entry = indices.loc[indices["index_id"] == line.index_id].iloc[0]
        asked = pd.DataFrame({"component_id": [line.component_id], "edition": [self.edition]})
        named_line = named(line, asked, self.baseline).iloc[0]
        return {
            "index_id": line.index_id,
            "index_short": str(entry["short"]),
            "decimals": int(entry["decimals"]),
            "component_id": line.component_id,
            "code": text(named_line["code"]),
            "component_vi": text(named_line["component_vi"]),
            "component_en": text(named_line["component_en"]),
        }
