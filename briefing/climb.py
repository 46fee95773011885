"""What it would take, in sentences; the same object makes the picture."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from analytics.climb import Basis, Climb, drawn_rungs
from analytics.field import Ground
from analytics.ladder import Side
from locales import form, has, named, t

# Points are told with two decimals; a difference that two decimals hide with four.
DECIMALS, FINE_DECIMALS = 2, 4

Names = Mapping[str, str]


def points(value: Any) -> str:
    """Points with two decimals; with four where two would read as nothing."""
    if form.is_missing(value):
        return form.NO_VALUE
    is_hidden = value != 0 and round(abs(float(value)), DECIMALS) == 0
    return form.number(value, FINE_DECIMALS if is_hidden else DECIMALS)


def headline(climb: Climb, names: Names, *, moving_too: bool = True) -> str:
    """The need, and what holds the present place: "Cần +0,73 điểm để lên hạng 49 (…); …"."""
    if not climb.is_given:
        return reason(climb, names)
    said = need(climb, names)
    held = hold(climb, names, moving_too=moving_too)
    return f"{said}; {held}" if held else said


def need(climb: Climb, names: Names) -> str:
    """Points for the place aimed at and who holds it."""
    if climb.rank == 1:
        return t("climb.first")
    if not climb.needed:
        return t("climb.there", now=form.place(climb.rank, climb.n_ranked), rank=climb.aim_rank)
    key = "climb.need_level" if climb.n_level > 1 else "climb.need"
    return t(
        key,
        points=points(climb.needed),
        rank=climb.aim_rank,
        holder=names.get(climb.holder_unit_id or "", ""),
        n=form.whole(climb.n_level - 1),
    )


def hold(climb: Climb, names: Names, *, moving_too: bool = True) -> str:
    """What holding the present place takes, or how far the one below is; empty for the last."""
    if moving_too and climb.keep_moving and climb.drift:
        return t("climb.keep", points=points(climb.keep_moving), rank=climb.rank)
    if climb.cushion is None:
        return ""
    below = names.get(climb.below_unit_id or "", "")
    if climb.cushion == 0:
        return t("climb.level_below", below=below)
    return t("climb.cushion", below=below, points=points(climb.cushion))


def moving(climb: Climb) -> str:
    """What it takes if the others go on changing; empty when they are taken to stand still."""
    if not climb.drift or not climb.is_given:
        return ""
    if climb.needed_moving is None:
        return t("climb.moving_unknown")
    parts = [_take(climb.keep_moving, "climb.to_keep", rank=climb.rank)]
    if climb.needed:
        parts.insert(0, _take(climb.needed_moving, "climb.to_reach", rank=climb.aim_rank))
    key = "climb.moving_full" if climb.drift == 1 else "climb.moving_half"
    return t(key, parts="; ".join(parts))


def _take(value: float | None, key: str, *, rank: int | None) -> str:
    """What a place takes in the moving table: so many points, or none."""
    what = t(key, rank=rank)
    return t("climb.takes", points=points(value), what=what) if value else (
        t("climb.takes_none", what=what)
    )  # fmt: skip


def stands(climb: Climb, names: Names) -> str:
    """Score and place as published; empty where either is not known."""
    if climb.score is None or climb.rank is None:
        return ""
    return t(
        "climb.stands",
        year=climb.edition,
        unit=names.get(climb.unit_id, climb.unit_id),
        score=form.number(climb.score),
        place=form.place(climb.rank, climb.n_ranked),
    )


def target(climb: Climb) -> str:
    """The target's place and whether it is met; empty without one."""
    if climb.target_rank is None or climb.rank is None:
        return ""
    said = {"year": climb.edition, "rank": climb.target_rank}
    if climb.rank > climb.target_rank:
        return t("climb.target_open", **said)
    if climb.basis is Basis.ASKED or not climb.is_given:
        return t("climb.target_met_asked", **said)
    return t("climb.target_met", aim=climb.aim_rank, **said)


def group(climb: Climb) -> str:
    """The group and what the next better one takes; empty where no groups are known."""
    rows = climb.groups
    if rows.empty or not rows["is_current"].any():
        return ""
    at = int(rows["is_current"].to_numpy().argmax())
    now = rows.iloc[at]
    if at == 0:
        key = "group_top" if form.is_missing(now["cushion"]) else "group_top_cushion"
        said = t(f"climb.{key}", now=named(now), points=points(now["cushion"]))
    else:
        better = rows.iloc[at - 1]
        said = t(
            "climb.group_next",
            now=named(now),
            next=named(better),
            points=points(better["needed"]),
            bound=form.number(better["lower_bound"]),
        )
    is_computed = now["group_origin"] == "computed"
    return f"{said} {t('climb.group_computed')}" if is_computed else said


def reason(climb: Climb, names: Names) -> str:
    """Why there are no points: one sentence with what is missing."""
    return t("climb.no_ground", reason=_ground(climb, climb.ground, names))


def path(climb: Climb, names: Names) -> str:
    """The cheapest way in a sentence, or what is missing for it; empty without any ground."""
    if not climb.is_given:
        return ""
    if climb.path is None:
        return t("climb.no_path", reason=_ground(climb, climb.path_ground, names))
    found = climb.path
    reached = {
        "rank": climb.aim_rank,
        "score": form.number(found.score_reached),
        "place": form.place(found.rank_reached, climb.n_ranked),
    }
    if found.shortfall > 0:
        return t("climb.path_short", points=points(found.shortfall), **reached)
    labels = component_labels(climb)
    raised = found.steps.loc[found.steps["raise_by"] > 0].sort_values("raise_by", ascending=False)
    if raised.empty:
        return t("climb.path_nothing", rank=climb.aim_rank)
    steps = "; ".join(
        t("climb.path_step", component=labels[row["component_id"]], points=points(row["raise_by"]))
        for _, row in raised.iterrows()
    )
    if found.needed == 0:
        return t("climb.path_targets_only", steps=steps, **reached)
    said = t("climb.path", steps=steps, **reached)
    own = bool((found.steps["gap_to_target"] > 0).any())
    return f"{said} {t('climb.path_targets')}" if own else said


def component_labels(climb: Climb) -> dict[str, str]:
    """Number and name of every part, by id."""
    return {
        str(row["component_id"]): f"{row['code']}. {named(row, 'component')}"
        for _, row in climb.components.iterrows()
    }


def _ground(climb: Climb, code: str, names: Names) -> str:
    return ground_words(
        code,
        unit=names.get(climb.unit_id, climb.unit_id),
        year=climb.edition,
        n_held=climb.n_held,
        n_expected=climb.n_expected,
    )


def ground_words(code: str, *, unit: str, year: int, n_held: int, n_expected: int | None) -> str:
    """What is missing, in words, with how many scores are held of how many."""
    is_short = n_expected is None or n_held < n_expected
    if code == Ground.NOT_SCORED.value and is_short:
        code = "not_scored_held"
    key = f"climb.ground.{code}"
    if not has(key):
        raise KeyError(key)
    return t(key, unit=unit, year=year, held=form.place(n_held, n_expected))


def lines(climb: Climb, names: Names, *, moving_too: bool = True) -> list[str]:
    """Everything there is to say, sentence by sentence, the answer first.

    Without `moving_too` only the table as it stands is spoken of.
    """
    if climb.is_given:
        said = [f"{headline(climb, names, moving_too=moving_too)}."]
        said.append(moving(climb) if moving_too else "")
    else:
        said = [reason(climb, names)]
    said += [stands(climb, names), target(climb), group(climb)]
    return [sentence for sentence in said if sentence]


def ladder_rows(climb: Climb, names: Names) -> pd.DataFrame:
    """The rungs of the picture with label and hover, best place first.

    Returns:
        One row per place drawn: columns of `analytics.ladder.ladder`, is_aim, holder, label and
        hover (escaped, lines parted by <br>).
    """
    rows = drawn_rungs(climb)
    unit = names.get(climb.unit_id, climb.unit_id)
    holder = [names.get(str(name), unit) for name in rows["holder_unit_id"]]
    rows = rows.assign(holder=holder)
    rows["label"] = [_label(row, unit) for _, row in rows.iterrows()]
    rows["hover"] = [_hover(row, climb) for _, row in rows.iterrows()]
    return rows


def _label(row: Any, unit: str) -> str:
    if row["side"] == Side.NOW.value:
        return t("climb.label_now", place=row["place"], unit=unit)
    is_better = row["side"] == Side.BETTER.value
    return t(
        "climb.label_better" if is_better else "climb.label_worse",
        place=row["place"],
        holder=row["holder"],
        points=points(row["needed"] if is_better else row["cushion"]),
    )


def _hover(row: Any, climb: Climb) -> str:
    said = [row["label"]]
    if row["n_level"] > 1:
        n = form.whole(row["n_level"] - 1)
        said.append(t("points.level", holder=row["holder"], n=n))
    if not form.is_missing(row["holder_score"]):
        score = form.number(row["holder_score"], FINE_DECIMALS)
        said.append(t("overview.points", score=score))
    if climb.drift and not form.is_missing(row["needed_moving"]):
        said.append(f"{moving_mark(climb)}: +{points(row['needed_moving'])}")
    return "<br>".join(escape(line, quote=False) for line in said)


def moving_mark(climb: Climb) -> str:
    """What the mark of the moving table says; empty where there is no such table."""
    if not climb.drift or climb.needed_moving is None:
        return ""
    return t("climb.mark_moving_full" if climb.drift == 1 else "climb.mark_moving_half")
