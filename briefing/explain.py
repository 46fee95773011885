"""Why a rank changed, in words: one paragraph that can be read aloud, and headlines for pictures.

Everything is said from one `Explanation`, so that sentence, picture and record cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.explanation import PARTS, Explanation, RankChance, Rival, waterfall
from analytics.field import Ground
from analytics.known_line import Place, Reason
from analytics.uncertainty import ChangeTag, ErrorBasis, likelihood
from locales import form, has, named, t

# More names than this nobody listens to.
MOST_NAMES = 5
# An effect is an average over orders; shown with one decimal, below this it would print as 0,0.
SMALLEST_PRINTED = 0.05
SAME_PLACES = 1e-9

Names = Mapping[str, str]


def paragraph(made: Explanation, names: Names) -> str:
    """The whole explanation as one paragraph, in the language in use.

    Args:
        made: the explanation.
        names: name of every unit, by unit_id.
    """
    said = [_lead(made, names)]
    if made.gain is not None and not made.is_split:
        said += [_score(made), t("why.cannot_split", reason=_reason(made, names))]
    if made.is_split:
        said += [_score(made), _effects(made), *_passes(made, names), _parts(made, names)]
        said += _certainty(made)
    return " ".join(sentence for sentence in said if sentence)


def line_name(made: Explanation) -> str:
    """The index, or the component with its index and number."""
    if made.is_total:
        return made.index_short
    return t(
        "why.line_component",
        component=named(vars(made), "component"),
        index=made.index_short,
        code=made.code,
    )


def places_words(value: float) -> str:
    """A number of places without its sign: 05 bậc, khoảng 0,5 bậc."""
    size = abs(value)
    if abs(size - round(size)) < SAME_PLACES:
        key = "why.places_one" if round(size) == 1 else "why.places_many"
        return t(key, n=form.whole(round(size)))
    if size < SMALLEST_PRINTED:
        return t("why.places_tiny")
    return t("why.places_about", n=form.trimmed(round(size, 1)))


def effect_words(part: str, value: float, kind: str) -> str:
    """What one cause did to the place."""
    factor = t(f"why.factor.{part}", kind=kind)
    if abs(value) < SAME_PLACES:
        return t("why.effect_none", factor=factor)
    key = "why.effect_up" if value > 0 else "why.effect_down"
    return t(key, factor=factor, places=places_words(value))


def listed(words: Sequence[str]) -> str:
    """A, B và C."""
    if len(words) < 2:
        return "".join(words)
    return t("why.and", first=", ".join(words[:-1]), last=words[-1])


def rivals_words(rivals: Sequence[Rival], names: Names) -> str:
    """The first five by name and how many more."""
    said = [names[rival.unit_id] for rival in rivals[:MOST_NAMES]]
    rest = rivals[MOST_NAMES:]
    if not rest:
        return listed(said)
    if any(rival.is_city for rival in rest):
        key = "why.more_mixed"
    else:
        key = "why.more_one" if len(rest) == 1 else "why.more"
    return t(key, names=", ".join(said), n=form.whole(len(rest)))


def kind_word(made: Explanation) -> str:
    """Whether the unit is a province or a city."""
    return t("why.city" if made.is_city else "why.province")


def _lead(made: Explanation, names: Names) -> str:
    said = {
        "unit": names[made.unit_id],
        "line": line_name(made),
        "year": made.edition,
        "baseline": made.baseline,
        "before": _place(made.before),
        "after": _place(made.after),
    }
    if made.gain is None:
        return _lead_without_gain(made, names, said)
    if made.gain == 0:
        is_same = made.before.n_ranked == made.after.n_ranked
        return t("why.lead_same" if is_same else "why.lead_same_n", **said)
    key = "why.lead_up" if made.gain > 0 else "why.lead_down"
    return t(key, **said, places=places_words(made.gain))


def _lead_without_gain(made: Explanation, names: Names, said: dict[str, Any]) -> str:
    if made.gain_low is None or made.gain_high is None:
        return t("why.lead_open", **said, reason=_reason(made, names))
    if made.gain_high < 0:
        finding = t("why.bounds_down", places=places_words(made.gain_high))
    elif made.gain_low > 0:
        finding = t("why.bounds_up", places=places_words(made.gain_low))
    else:
        finding = t("why.bounds_open")
    return t("why.lead_bounds", **said, finding=finding)


def _place(place: Place) -> str:
    if place.rank is not None:
        return form.place(place.rank, place.n_ranked)
    return t("why.within", places=form.places(place.low, place.high, place.n_ranked))


def _reason(made: Explanation, names: Names) -> str:
    """What is missing, as the end of a sentence."""
    unit, day = names[made.unit_id], form.day(made.as_of)
    years = ", ".join(str(year) for year in made.open_editions)
    said = {"unit": unit, "years": years, "day": day, "year": made.edition,
            "baseline": made.baseline}  # fmt: skip
    if made.open_editions:
        return t(f"why.ground.{made.ground}", **said)
    unplaced: dict[str, list[str]] = {}
    for place in (made.before, made.after):
        if place.rank is None:
            unplaced.setdefault(place.state, []).append(str(place.edition))
    if unplaced:
        return "; ".join(
            t(f"why.state.{state}", year=listed(found), unit=unit)
            for state, found in unplaced.items()
        )
    if any(held.is_short for held in made.held):
        return t("why.held_short", held=_held(made))
    return t(f"why.ground.{made.ground}", **said)


def _held(made: Explanation) -> str:
    return listed(
        [
            t("why.held_year_unknown", n=held.n_held, year=held.edition)
            if held.n_expected is None
            else t("why.held_year", n=held.n_held, expected=held.n_expected, year=held.edition)
            for held in made.held
        ]
    )


def is_parted(made: Explanation) -> bool:
    """Whether a change of method leaves the scores of the two editions incomparable."""
    return any(found.score_comparable == "no" for found in made.breaks)


def _score(made: Explanation) -> str:
    if is_parted(made):
        return t("why.score_parted")
    before, after = made.before.score, made.after.score
    if made.score_change is None or before is None or after is None:
        return ""
    decimals = made.decimals
    way = _way(made.score_change, decimals)
    said = t(
        f"why.score_{way}",
        kind=kind_word(made),
        points=form.number(abs(made.score_change), decimals),
        before=form.number(before, decimals),
        after=form.number(after, decimals),
    )
    if made.peers_score_change is not None:
        theirs = _way(made.peers_score_change, decimals)
        same_way = theirs == way != "same"
        said += t(
            f"why.others_also_{theirs}" if same_way else f"why.others_{theirs}",
            points=form.number(abs(made.peers_score_change), decimals),
        )
    return f"{said}."


def _way(value: float, decimals: int) -> str:
    if round(value, decimals) == 0:
        return "same"
    return "up" if value > 0 else "down"


def _moved(made: Explanation) -> dict[str, float]:
    """The causes that have an effect, own score and rivals always among them."""
    found = {name: getattr(made, name) for name in PARTS}
    return {
        name: value
        for name, value in found.items()
        if value is not None and (name in ("own", "peers") or abs(value) >= SAME_PLACES)
    }


def _effects(made: Explanation) -> str:
    moved = _moved(made)
    kind = kind_word(made)
    alone = [name for name, value in moved.items() if abs(value) >= SAME_PLACES]
    if not alone:
        return t("why.effects_nothing")
    if len(alone) == 1 and made.gain:
        key = "why.effects_one_up" if made.gain > 0 else "why.effects_one_down"
        return t(key, factor=t(f"why.factor.{alone[0]}", kind=kind))
    said = [effect_words(name, value, kind) for name, value in moved.items()]
    return t("why.effects", effects=listed(said))


def _passes(made: Explanation, names: Names) -> list[str]:
    unit = names[made.unit_id]
    order = [
        [("why.overtaken", made.overtaken_by), ("why.overtook", made.overtook)],
        [("why.entered", made.entered), ("why.left", made.left)],
    ]
    if made.gain is not None and made.gain > 0:
        order[0].reverse()
    sentences = []
    for pair in order:
        said = [
            t(key, names=rivals_words(rivals, names), unit=unit) for key, rivals in pair if rivals
        ]
        if said:
            sentences.append("; ".join(said) + ".")
    return sentences


def part_name(row: Any) -> str:
    """Number and name of a component."""
    return f"{row['code']}. {named(row, 'component')}" if row["code"] else named(row, "component")


def _parts(made: Explanation, names: Names) -> str:
    if made.components_ground == Reason.NO_PARTS.value:
        return ""
    if made.components_ground != Ground.GIVEN.value:
        return parts_reason(made, names)
    worst, best = _ends(made)
    if worst is None and best is None:
        return t("why.part_none")
    is_fall = best is None or (worst is not None and made.gain is not None and made.gain < 0)
    first, second = ("down", "up") if is_fall else ("up", "down")
    ends = {"down": worst, "up": best}
    said = _part_words(f"why.part_{first}", ends[first])
    if ends[second] is not None:
        said += _part_words(f"why.part_also_{second}", ends[second])
    return f"{said}."


def _part_words(key: str, row: Any) -> str:
    name, places = named(row, "component"), places_words(row["rank_effect"])
    return t(key, component=name, places=places)


def _ends(made: Explanation) -> tuple[Any, Any]:
    """The part that cost most and the one that added most, among those of half a place."""
    top = made.components.loc[(made.components["level"] == 1) & made.components["is_shown"]]
    order = top.sort_values("rank_effect")
    worst = None if order.empty or order["rank_effect"].iloc[0] >= 0 else order.iloc[0]
    best = None if order.empty or order["rank_effect"].iloc[-1] <= 0 else order.iloc[-1]
    return worst, best


def parts_reason(made: Explanation, names: Names) -> str:
    """Why there are no shares by component; empty when there are."""
    key = f"why.parts_ground.{made.components_ground}"
    if not has(key):
        return ""
    return t(key, unit=names[made.unit_id], year=made.edition, baseline=made.baseline)


def _certainty(made: Explanation) -> list[str]:
    said = []
    if made.change_tag != ChangeTag.NO_GROUND.value:
        said.append(t(f"why.tag_{made.change_tag}"))
    chance = made.chance_after
    if chance is not None and chance.low is not None:
        said.append(t("why.interval", year=made.edition, low=chance.low, high=chance.high))
    return said


def open_questions(made: Explanation, names: Names) -> list[str]:
    """What cannot be said of this change, and why; one sentence each."""
    unit, kind = names[made.unit_id], kind_word(made)
    said = []
    if not made.is_split:
        reason = _reason(made, names)
        said.append(t("why.cannot_split", reason=reason))
    if has(f"why.open.{made.method_ground}"):
        said.append(t(f"why.open.{made.method_ground}", kind=kind))
    said += [
        t("why.open.break", year=found.edition, note=named(vars(found), "note"))
        for found in made.breaks
    ]
    said += [t("why.open.boundary", unit=unit, day=form.day(day)) for day in made.boundary_changes]
    if made.is_split:
        said += _open_of_split(made, names)
    return said


def _open_of_split(made: Explanation, names: Names) -> list[str]:
    said = []
    if (made.peers or 0) * (made.peers_score_change or 0) > 0:
        said.append(t("why.open.near", unit=names[made.unit_id]))
    if made.publisher:
        said.append(t("why.open.publisher", places=places_words(made.publisher)))
    if made.components_ground != Ground.GIVEN.value:
        said.append(parts_reason(made, names))
    no_errors = made.chance_after is None or made.chance_after.low is None
    if made.change_tag == ChangeTag.NO_GROUND.value and no_errors:
        said.append(t("why.open.no_errors", line=line_name(made)))
    bases = {made.change_basis} | {
        chance.basis for chance in (made.chance_before, made.chance_after) if chance is not None
    }
    said += [
        t(f"why.open.{basis.value}", unit=names[made.unit_id])
        for basis in (ErrorBasis.OWN_MEAN, ErrorBasis.ZERO_REPLACED)
        if basis.value in bases
    ]
    if made.risen_ground != Ground.GIVEN.value:
        said.append(t("why.open.risen"))
    return [*said, t("why.open.arithmetic")]


def headline(made: Explanation, names: Names) -> str:
    """The finding above the waterfall: the change and its two largest causes."""
    moved = sorted(_moved(made).items(), key=lambda item: -abs(item[1]))[:2]
    effects = [
        effect_words(name, value, kind_word(made))
        for name, value in moved
        if abs(value) >= SAME_PLACES
    ]
    gain = made.gain or 0
    way = "same" if gain == 0 else "up" if gain > 0 else "down"
    return t(
        f"why.headline_{way}",
        unit=names[made.unit_id],
        places=places_words(gain),
        index=line_name(made),
        year=made.edition,
        effects=listed(effects) or t("why.effects_nothing").rstrip(".").lower(),
    )


def parts_headline(made: Explanation, names: Names) -> str:
    """The finding above the picture of the components: the one that moved the place most."""
    said = {"unit": names[made.unit_id], "index": line_name(made)}
    worst, best = _ends(made)
    ends = [row for row in (worst, best) if row is not None]
    if not ends:
        return t("why.headline_parts_none", **said)
    first = max(ends, key=lambda row: abs(row["rank_effect"]))
    way = "up" if first["rank_effect"] > 0 else "down"
    return t(
        f"why.headline_parts_{way}",
        **said,
        component=named(first, "component"),
        places=places_words(first["rank_effect"]),
    )


def bars(made: Explanation) -> pd.DataFrame:
    """The steps of the waterfall with what stands beside and on each of them."""
    rows = waterfall(made)
    places = {"start": made.before, "end": made.after}
    labels, texts = [], []
    for _, row in rows.iterrows():
        place = places.get(row["part"])
        year = made.edition if place is None else place.edition
        labels.append(t(f"why.bar.{row['part']}", year=year, kind=kind_word(made)))
        texts.append(_bar_text(row["effect"]) if place is None else _place(place))
    return rows.assign(label=labels, text=texts)


def _bar_text(effect: Any) -> str:
    """The effect as it stands beside a bar: short, its arrow for the direction."""
    if form.is_missing(effect):
        return t("why.bar_open")
    size = abs(effect)
    if size < SAME_PLACES:
        return t("why.bar_none")
    is_whole = abs(size - round(size)) < SAME_PLACES
    n = form.whole(round(size)) if is_whole else form.number(size, 1)
    key = "why.bar_up" if effect > 0 else "why.bar_down"
    return t(f"{key}_one" if is_whole and round(size) == 1 else key, n=n)


def _bar_points(change: Any, decimals: int) -> str:
    if form.is_missing(change):
        return ""
    way = _way(float(change), decimals)
    if way == "same":
        return t("why.bar_none")
    return t(f"why.bar_points_{way}", points=form.number(abs(change), decimals))


def effect_text(effect: Any) -> str:
    """An effect in words with its arrow; empty where it is missing."""
    if form.is_missing(effect):
        return ""
    if abs(effect) < SAME_PLACES:
        return t("why.bar_none")
    key = "why.change_up" if effect > 0 else "why.change_down"
    return t(key, places=places_words(effect))


def part_effect_text(row: Any) -> str:
    """What a component did to the place; a new or dropped one belongs to the method."""
    era = _era(row)
    return t(f"why.part_{era}") if era else effect_text(row["rank_effect"])


def _era(row: Any) -> str:
    """Whether a component is of one edition only; empty when it is scored in both or in none."""
    had, has_now = (not form.is_missing(row[name]) for name in ("score_baseline", "score"))
    if had == has_now or form.is_missing(row["rank_effect"]):
        return ""
    return "new" if has_now else "dropped"


def points_text(change: Any, decimals: int = 2) -> str:
    """A change of score in words; empty where it is missing."""
    if form.is_missing(change):
        return ""
    way = _way(float(change), decimals)
    return t(f"why.points_{way}", points=form.number(abs(change), decimals))


def shares(made: Explanation) -> pd.DataFrame:
    """The components of the line with what stands beside and on each pair of bars."""
    rows = made.components.loc[made.components["level"] == 1]
    return rows.assign(
        label=[part_name(row) for _, row in rows.iterrows()],
        rank_text=[
            t(f"why.bar_{_era(row)}") if _era(row) else _bar_text(row["rank_effect"])
            for _, row in rows.iterrows()
        ],
        score_text=[_bar_points(value, made.decimals) for value in rows["score_effect"]],
    )


def chance_words(chance: RankChance, name: str, line: str, as_of: date) -> str:
    """The interval of a place and the probability of another, in one sentence."""
    said: dict[str, Any] = {"unit": name, "line": line, "year": chance.edition}
    if chance.probability is None:
        key = f"why.chance_ground.{chance.ground}"
        reason = t(
            key if has(key) else f"why.ground.{chance.ground}",
            **said, held=chance.held.n_held, years=chance.edition, day=form.day(as_of),
        )  # fmt: skip
        return t("why.chance_open", **said, reason=reason)
    return t(
        "why.chance",
        **said,
        place=form.place(chance.rank, chance.n_ranked),
        interval=form.places(chance.low, chance.high, chance.n_ranked),
        to_rank=chance.to_rank,
        p=form.number(chance.probability * 100, 1),
        word=t(f"why.likelihood.{likelihood(chance.probability).value}"),
    )
