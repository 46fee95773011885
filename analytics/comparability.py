"""Whether two editions of one component may be set against each other.

A rank is relative to the field of its own year, so it survives a change of criteria with a flag;
a score does not.
"""

from __future__ import annotations

import pandas as pd

from analytics.schema import require_columns

# Worse answers last, so that the worst of several steps is the largest.
ANSWERS = ("yes", "flag", "no")


def comparability(
    components: pd.DataFrame, breaks: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """What stands between a baseline and an edition: renamings, new criteria, new weights.

    Every step after the baseline up to and including the edition counts; the worst decides. A
    component that did not exist in one of the two cannot be compared.

    Args:
        components: one row per (component_id, period), with from_edition, to_edition, relation
            (";"-joined), rank_comparable and score_comparable (yes|flag|no, of the step into
            the period).
        breaks: one row per (component_id, break), with edition, kind, rank_comparable and
            score_comparable.
        pairs: one row per (component_id, baseline, edition) asked for.

    Returns:
        `pairs`, one row each, with rank_comparable, score_comparable (yes|flag|no), is_renamed
        and is_method_break.

    Raises:
        ColumnsMissing: a frame lacks a column named above.

    Source: docs/method/comparability.md.
    """
    require_columns(
        components,
        ["component_id", "from_edition", "to_edition", "relation", "rank_comparable",
         "score_comparable"],
    )  # fmt: skip
    require_columns(
        breaks, ["component_id", "edition", "kind", "rank_comparable", "score_comparable"]
    )
    require_columns(pairs, ["component_id", "baseline", "edition"])
    steps = _steps(components, breaks)
    asked = pairs.drop_duplicates(["component_id", "baseline", "edition"]).reset_index(drop=True)
    met = asked.merge(steps, on="component_id", how="left", validate="many_to_many")
    first = met[["baseline", "edition"]].min(axis=1)
    last = met[["baseline", "edition"]].max(axis=1)
    met = met.loc[(met["step"] > first) & (met["step"] <= last)]
    keys = ["component_id", "baseline", "edition"]
    worst = met.groupby(keys, as_index=False)[
        ["rank_answer", "score_answer", "is_renamed", "is_method_break"]
    ].max()
    rows = asked[keys].merge(worst, on=keys, how="left", validate="one_to_one")
    unborn = _outside_life(components, rows)
    for answer, column in (
        ("rank_answer", "rank_comparable"),
        ("score_answer", "score_comparable"),
    ):
        codes = rows[answer].fillna(0).astype(int).mask(unborn, ANSWERS.index("no"))
        rows[column] = codes.map(dict(enumerate(ANSWERS)))
    for column in ("is_renamed", "is_method_break"):
        rows[column] = rows[column].fillna(False).astype(bool)
    return rows.drop(columns=["rank_answer", "score_answer"])


def _outside_life(components: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Whether a pair reaches before the component's first edition or beyond its last."""
    periods = components.assign(to_edition=components["to_edition"].astype("Float64"))
    periods["to_edition"] = periods["to_edition"].fillna(float("inf"))
    life = periods.groupby("component_id").agg(
        born=("from_edition", "min"), gone=("to_edition", "max")
    )
    lived = pairs[["component_id"]].merge(life, on="component_id", how="left")
    years = pairs[["baseline", "edition"]].astype("Float64")
    outside = (years.min(axis=1) < lived["born"]) | (years.max(axis=1) > lived["gone"])
    return outside.fillna(False).astype(bool)


def _steps(components: pd.DataFrame, breaks: pd.DataFrame) -> pd.DataFrame:
    """All dated steps of all components, from lineage and from breaks alike."""
    components = components.sort_values(["component_id", "from_edition"])
    relation = components["relation"].fillna("").astype(str)
    is_first = ~components.duplicated("component_id")
    lineage = pd.DataFrame(
        {
            "component_id": components["component_id"],
            "step": components["from_edition"].astype("Int64"),
            "rank_answer": _code(components["rank_comparable"]),
            "score_answer": _code(components["score_comparable"]),
            "is_renamed": relation.str.contains("renamed"),
            "is_method_break": relation.str.contains("redefined|reweighted|new"),
        }
    ).loc[~is_first]
    broken = pd.DataFrame(
        {
            "component_id": breaks["component_id"],
            "step": breaks["edition"].astype("Int64"),
            "rank_answer": _code(breaks["rank_comparable"]),
            "score_answer": _code(breaks["score_comparable"]),
            "is_renamed": False,
            # Publishing fewer places, or ranking other units, is no change of method.
            "is_method_break": ~breaks["kind"].isin(["publication", "geography"]),
        }
    )
    return pd.concat([lineage, broken], ignore_index=True)


def _code(answers: pd.Series) -> pd.Series:
    return answers.map({answer: code for code, answer in enumerate(ANSWERS)}).fillna(0).astype(int)
