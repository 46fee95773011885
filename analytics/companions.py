"""Units a reader chooses to be compared with: a list of one's own, or those most alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.board import Knowledge
from analytics.explanation import Explanation, peer_rows
from analytics.known_line import KnownLine
from analytics.peers import nearest
from analytics.schema import UnitNotFound

# What units can be likened by: both are known for every province of the 63.
POPULATION, START = "population", "start_score"
VARIABLES = (POPULATION, START)


def companions(known: Knowledge, made: Explanation, unit_ids: Sequence[str]) -> pd.DataFrame:
    """The unit among units a reader chose, by how far each has come since the baseline.

    Args:
        known: the present state.
        made: what is being explained: unit, line, both editions and the day.
        unit_ids: the chosen units; the unit itself always stands among them.

    Returns:
        See `analytics.explanation.peer_rows`; by gain, then name.

    Source: docs/method/peers.md.
    """
    line = KnownLine.of(known, made.index_id, made.component_id, made.as_of)
    chosen = [*dict.fromkeys([made.unit_id, *unit_ids])]
    rows = peer_rows(line, chosen, made.unit_id, made.baseline, made.edition)
    return rows.sort_values(
        ["gain", "unit_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def alike(known: Knowledge, made: Explanation, variables: Sequence[str]) -> list[str]:
    """The units most like the unit by the variables chosen, nearest first.

    The score a unit started from is an outcome; it counts only when a reader chooses it.

    Args:
        known: the present state.
        made: what is being explained.
        variables: out of `VARIABLES`: population (its logarithm) and the score of the baseline.

    Returns:
        Unit ids; none where nothing was chosen or the unit lacks one of the variables.

    Source: docs/method/peers.md.
    """
    if not variables:
        return []
    line = KnownLine.of(known, made.index_id, made.component_id, made.as_of)
    start = line.figures.loc[
        (line.figures["component_id"] == made.component_id)
        & (line.figures["edition"] == made.baseline),
        ["unit_id", "score"],
    ].rename(columns={"score": START})
    facts = known.tables.unit_facts
    people = facts.loc[facts["measure"] == "population_thousand", ["unit_id", "value"]]
    people = people.assign(population=np.log(people["value"].astype(float)))
    table = people[["unit_id", POPULATION]].merge(start, on="unit_id", how="inner")
    try:
        found = nearest(table, unit_id=made.unit_id, columns=list(variables))
    except UnitNotFound:
        return []
    return [str(unit) for unit in found["unit_id"]]
