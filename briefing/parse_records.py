"""What was read from a target sentence, as lines for a person who has to confirm it.

Levels are written with their signs (≥, ≤), because "từ", "trên" and "không quá" are what the
reader has already weighed. What was not understood is quoted, never left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.target_text import ParsedTarget
from locales import form, named, t

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
_GAINS = ("rank_gain_vs_year", "score_gain_vs_year")


def target_lines(
    targets: Sequence[ParsedTarget], indices: pd.DataFrame, components: pd.DataFrame
) -> list[str]:
    """A heading, then each target with its doubts below it.

    Args:
        targets: what `analytics.target_text.parse_targets` read.
        indices: one row per index_id, with short.
        components: one row per (component_id, period), with code, name_vi, name_en, role,
            from_edition and to_edition.
    """
    if not targets:
        return [t("parse.nothing")]
    shorts = dict(zip(indices["index_id"], indices["short"], strict=True))
    read = [target for target in targets if target.kind is not None]
    lines = [t("parse.read", n=form.whole(len(read)))] if read else [t("parse.none_read")]
    for number, target in enumerate(read, start=1):
        subject = _subject(target, shorts, components)
        lines.append(f"{number}. {subject}: {'; '.join(_said(target))}")
        lines += [f"   {t('parse.unread', words=words)}" for words in target.unparsed]
        lines += [f"   {t(f'parse.note_{note}')}" for note in target.notes]
    for target in targets:
        if target.kind is None:
            lines += [t("parse.unread", words=words) for words in target.unparsed]
            lines += [f"   {t(f'parse.note_{note}')}" for note in target.notes]
    return lines


def _subject(target: ParsedTarget, shorts: dict[str, str], components: pd.DataFrame) -> str:
    """The index, and its component by the name of the target's year, or the words used."""
    if target.component_id is None or target.index_id is None:
        return target.subject or t("parse.no_subject")
    short = shorts.get(target.index_id, target.index_id)
    if target.component_id == target.index_id:
        return short
    periods = components.loc[components["component_id"] == target.component_id]
    if periods.empty:
        return f"{short}, {target.component_id}"
    edition = target.target_edition
    if edition is not None:
        begun = periods.loc[periods["from_edition"] <= edition]
        periods = periods if begun.empty else begun
    period = periods.sort_values("from_edition").iloc[-1]
    return f"{short}, {period['code']}. {named(period)}"


def _said(target: ParsedTarget) -> list[str]:
    """Kind, level, years and deadline; only what is known."""
    said = [t(f"parse.kind_{target.kind}", group=target.group_name) + _level(target)]
    if target.region:
        said.append(t("parse.region", region=target.region))
    if target.baseline_edition is not None:
        said.append(t("parse.baseline", year=target.baseline_edition))
    said += _years(target.first_edition, target.last_edition)
    if target.deadline is not None:
        key = "parse.every_year_by" if target.deadline.recurring else "parse.by"
        said.append(t(key, day=form.day(target.deadline.date)))
    return said


def _level(target: ParsedTarget) -> str:
    """The number asked for: "≥ 5 bậc", "≤ 15/63 (phấn đấu 10)"; empty when there is none."""
    if target.amount is None:
        return ""
    level = form.trimmed(target.amount)
    if target.out_of is not None:
        level = f"{level}/{form.trimmed(target.out_of)}"
    unit = "places" if target.kind in _GAINS and target.measure == "rank" else target.measure
    said = t(f"parse.level_{unit}", sign=_SIGNS[target.op], level=level)
    if target.stretch is None:
        return f" {said}"
    return f" {said} ({t('parse.stretch', amount=form.trimmed(target.stretch))})"


def _years(first: int | None, last: int | None) -> list[str]:
    if first is None:
        return [] if last is None else [t("parse.year", year=last)]
    if last is None:
        return [t("parse.year_on", year=first)]
    if first == last:
        return [t("parse.year", year=first)]
    return [t("parse.years", first=first, last=last)]
