"""Why a rank changed, and how sure a place is, as plain records for scripts.

Records hold what JSON can hold: missing is null, a day is ISO. Where there is no ground for an
answer its fields are null, `ground` is the code and `missing` counts what is held and expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analytics.explanation import Explanation, RankChance, Rival
from analytics.field import Ground
from analytics.known_line import Held, Place
from analytics.plain import whole
from analytics.profile import Reason
from analytics.uncertainty import likelihood
from briefing import explain
from locales import form

Record = dict[str, Any]
Names = Mapping[str, str]

# Enough digits to see a sum to 1e-9, without the noise of floats behind them.
DECIMALS = 12
ERROR_GROUNDS = (
    Ground.STANDARD_ERRORS_MISSING.value,
    Ground.ERROR_MISSING.value,
    Ground.ERRORS_OF_OTHERS_MISSING.value,
)


def explanation_record(made: Explanation, names: Names) -> Record:
    """One explanation with its lists; the paragraph is in the language in use."""
    chance = made.chance_after
    return {
        "index": made.index_id,
        "component": made.component_id,
        "component_name": made.component_vi,
        "unit": names[made.unit_id],
        "unit_id": made.unit_id,
        "from": made.baseline,
        "to": made.edition,
        "as_of": made.as_of.isoformat(),
        "ground": made.ground,
        "missing": None if made.is_split else _missing(made.held, made.open_editions),
        "place_before": _place(made.before),
        "place_after": _place(made.after),
        "gain": made.gain,
        "gain_interval": None
        if made.gain is not None or made.gain_low is None
        else [made.gain_low, made.gain_high],
        "own": _number(made.own),
        "peers": _number(made.peers),
        "method": _number(made.method),
        "composition": _number(made.composition),
        "publisher": _number(made.publisher),
        "method_ground": made.method_ground or None,
        "n_common": made.n_common,
        "score_change": _number(made.score_change),
        "peers_score_change": _number(made.peers_score_change),
        "change_tag": made.change_tag,
        "change_basis": made.change_basis,
        "interval_90": None if chance is None else _interval(chance),
        "components": _components(made.components, level=1),
        "components_ground": made.components_ground,
        "overtook": _rivals(made.overtook, names),
        "overtaken_by": _rivals(made.overtaken_by, names),
        "left_from_ahead": _rivals(made.left, names),
        "entered_ahead": _rivals(made.entered, names),
        "profile": [_profile(row) for _, row in made.profile.iterrows()],
        "same_region": _peers(made.region, names),
        "same_start": _peers(made.start, names),
        "rose_and_held": _risen(made.risen, names),
        "method_breaks": [
            {
                "year": found.edition,
                "rank_comparable": found.rank_comparable,
                "score_comparable": found.score_comparable,
                "note": found.note_vi,
            }
            for found in made.breaks
        ],
        "paragraph": explain.paragraph(made, names),
    }


def chance_record(chance: RankChance, index_id: str, names: Names) -> Record:
    """How sure a place is, and how likely another was reached."""
    is_given = chance.ground == Ground.GIVEN.value
    p = chance.probability
    return {
        "index": index_id,
        "component": chance.component_id,
        "unit": names[chance.unit_id],
        "unit_id": chance.unit_id,
        "year": chance.edition,
        "to_rank": chance.to_rank,
        "point": chance.rank,
        "n_ranked": chance.n_ranked,
        "interval_90": _interval(chance),
        "expected_rank": _number(chance.expected_rank),
        "p": _number(p),
        "likelihood": None if p is None else likelihood(p).value,
        "basis": chance.basis,
        "ground": chance.ground,
        "missing": None if is_given else _chance_missing(chance),
    }


def _chance_missing(chance: RankChance) -> Record:
    if chance.ground not in ERROR_GROUNDS:
        return _missing((chance.held,), ())
    expected = chance.n_ranked if chance.held.n_expected is None else chance.held.n_expected
    errors = {"year": chance.edition, "held": chance.n_errors, "expected": expected}
    return {"standard_errors": [errors]}


def _missing(held: Sequence[Held], editions: Sequence[int]) -> Record:
    """Scores held and expected, and the editions a code is about."""
    return {
        "scores": [
            {"year": one.edition, "held": one.n_held, "expected": one.n_expected} for one in held
        ],
        "editions": list(editions),
    }


def _place(place: Place) -> Record:
    is_open = place.rank is None and place.low is not None
    return {
        "year": place.edition,
        "rank": place.rank,
        "rank_interval": [place.low, place.high] if is_open else None,
        "n_ranked": place.n_ranked,
        "score": _number(place.score),
        "state": place.state,
        "origin": place.origin or None,
    }


def _interval(chance: RankChance) -> list[int | None] | None:
    return None if chance.low is None else [chance.low, chance.high]


def _components(rows: pd.DataFrame, *, level: int, parent: str | None = None) -> list[Record]:
    """The parts of one level; those of an index carry their own parts, so none counts twice."""
    mine = rows.loc[rows["level"] == level] if len(rows) else rows
    if parent is not None:
        mine = mine.loc[mine["parent_id"] == parent]
    found = []
    for _, row in mine.iterrows():
        below = _components(rows, level=level + 1, parent=row["component_id"])
        found.append({**_component(row), "components": below})
    return found


def _component(row: Any) -> Record:
    return {
        "component": row["component_id"],
        "code": row["code"],
        "name": row["component_vi"],
        "score_before": _number(row["score_baseline"]),
        "score_after": _number(row["score"]),
        "score_effect": _number(row["score_effect"]),
        "weight_effect": _number(row["weight_effect"]),
        "rank_effect": _number(row["rank_effect"]),
        "rank_before": whole(row["rank_baseline"]),
        "rank_after": whole(row["rank"]),
        "ground": row["ground"],
    }


def _rivals(rivals: Sequence[Rival], names: Names) -> list[Record]:
    return [
        {
            "unit": names[rival.unit_id],
            "unit_id": rival.unit_id,
            "rank_before": rival.rank_baseline,
            "rank_after": rival.rank,
            "score_change": _number(rival.score_change),
        }
        for rival in rivals
    ]


def _profile(row: Any) -> Record:
    return {
        "component": row["component_id"],
        "code": row["code"],
        "name": row["component_vi"],
        "verdict": row["verdict"],
        "reasons": [reason.value for reason in Reason if row[f"is_{reason.value}"]],
        "quadrant": row["quadrant"],
        "rank": whole(row["rank"]),
        "n_ranked": whole(row["n_ranked"]),
        "gain": whole(row["gain"]),
        "score_change": _number(row["score_change"]),
        "recoverable": _number(row["recoverable"]),
    }


def _peers(rows: pd.DataFrame, names: Names) -> list[Record]:
    return [
        {
            "unit": names[row["unit_id"]],
            "unit_id": row["unit_id"],
            "rank_before": whole(row["rank_baseline"]),
            "rank_after": whole(row["rank"]),
            "gain": whole(row["gain"]),
            "score_change": _number(row["score_change"]),
        }
        for _, row in rows.iterrows()
    ]


def _risen(rows: pd.DataFrame, names: Names) -> list[Record]:
    return [
        {
            "unit": names[row["unit_id"]],
            "unit_id": row["unit_id"],
            "from": int(row["baseline"]),
            "to": int(row["edition"]),
            "rank_before": int(row["rank_baseline"]),
            "rank_after": int(row["rank"]),
            "worst_rank_held": int(row["worst_rank_held"]),
            "held_gain": int(row["held_gain"]),
        }
        for _, row in rows.iterrows()
    ]


def _number(value: Any) -> float | None:
    # Adding zero turns the minus zero of a rounded float into a zero.
    return None if form.is_missing(value) else round(float(value), DECIMALS) + 0.0
