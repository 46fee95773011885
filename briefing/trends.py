"""Lines over the years and comparisons in words: titles, labels, hovers, breaks, averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from analytics.schema import OUTSIDE_TOP
from analytics.trends import PERCENTILE, SCORE
from locales import form, language, named, t

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CODED = ("published", "computed", "derived", "listed")


# ------------------------------------------------------------------------------------- naming


def line_label(part: Any, short: str) -> str:
    """A line's short name: PAPI, or PAPI D1."""
    if part["component_id"] == part["index_id"]:
        return t("trends.line_total", index=short)
    return t("trends.line_part", index=short, code=part["code"])


def line_name(part: Any, short: str) -> str:
    """A line's full name, as the choice and the key of the picture give it."""
    key = "trends.full_total" if part["component_id"] == part["index_id"] else "trends.option_part"
    return t(key, index=short, code=part["code"], name=named(part))


def unit_labels(units: pd.DataFrame, present_id: str, part_ids: Sequence[str]) -> dict[str, str]:
    """Names of a present unit and its parts; "new" and "former" where they share a name."""
    names = {row["unit_id"]: named(row) for _, row in units.iterrows()}
    if len(part_ids) < 2:
        return names
    new = t("geography.unit_new", unit=names[present_id])
    shared = {part for part in part_ids if names[part] == names[present_id]}
    old = {part: t("geography.unit_old", unit=names[part]) for part in shared}
    return {**names, **old, present_id: new}


def listed(names: Sequence[str]) -> str:
    """Names in a row."""
    if len(names) < 2:
        return "".join(names)
    return t("why.and", first=", ".join(names[:-1]), last=names[-1])


# -------------------------------------------------------------------------------------- places


def place_words(row: Any, ending: str = "") -> str:
    """A place as k/N, an estimate as "≈ k trong n đơn vị chung", bounds, or a dash."""
    if _is(row[f"is_estimate{ending}"]):
        place = row[f"estimated_place{ending}"]
        if form.is_missing(place):
            return form.NO_VALUE
        return t("trends.estimate", place=int(place), n=int(row[f"n_common{ending}"]))
    if form.is_missing(row[f"rank{ending}"]):
        if row[f"state{ending}"] == OUTSIDE_TOP:
            return form.places(
                row[f"rank_low{ending}"], row[f"rank_high{ending}"], row[f"n_ranked{ending}"]
            )
        return form.NO_VALUE
    mark = "*" if row[f"rank_origin{ending}"] == "computed" else ""
    return form.place(row[f"rank{ending}"], row[f"n_ranked{ending}"]) + mark


def silence(row: Any, ending: str = "") -> str:
    """Why a year has no place."""
    if _is(row[f"is_estimate{ending}"]):
        reason = row[f"reason{ending}"]
        known = "no_data" if form.is_missing(reason) or not reason else reason
        return t(f"geography.reason.{known}")
    return t(f"state.{row[f'state{ending}']}")


def _is(value: Any) -> bool:
    return not form.is_missing(value) and bool(value)


def mark(row: Any) -> str:
    """What stands behind a place, as the code of its mark."""
    if _is(row["is_estimate"]):
        return "estimated"
    origin = row["rank_origin"]
    return str(origin) if origin in CODED else "published"


def hover(row: Any, line: str, decimals: int) -> str:
    """All figures of one year of one line."""
    said = [f"<b>{escape(t('trends.hover_head', line=line, year=row['edition']))}</b>"]
    if _is(row["is_estimate"]) and not form.is_missing(row["estimated_place"]):
        place, n = int(row["estimated_place"]), int(row["n_common"])
        said.append(t("trends.hover_estimate", place=place, n=n))
        said.append(
            t("trends.hover_estimate_score", score=form.number(row["estimated_score"], decimals),
              coverage=form.number(row["coverage"] * 100, 1))
        )  # fmt: skip
    elif not form.is_missing(row["rank"]):
        place, origin = form.place(row["rank"], row["n_ranked"]), t(f"trends.origin_{mark(row)}")
        said.append(t("trends.hover_place", place=place, origin=origin))
        if not form.is_missing(row["percentile"]):
            standing = form.number(row["percentile"], 0)
            said.append(t("trends.hover_percentile", percentile=standing))
    elif row["state"] == OUTSIDE_TOP:
        bounds = form.places(row["rank_low"], row["rank_high"], row["n_ranked"])
        said.append(t("trends.hover_bounds", places=bounds))
    else:
        said.append(silence(row))
    if not form.is_missing(row["score"]):
        said.append(t("trends.hover_score", score=form.number(row["score"], decimals)))
    if not form.is_missing(row.get("position")):
        key = "trends.hover_estimate_group" if _is(row["is_estimate"]) else "trends.hover_group"
        said.append(t(key, position=int(row["position"]), n=int(row["n_group"])))
    return "<br>".join(said)


def required_hover(row: Any) -> str:
    """What was asked for in a year, and from which base."""
    return t(
        "trends.hover_required",
        year=row["edition"],
        rank=int(row["required_rank"]),
        base=form.NO_VALUE if form.is_missing(row["baseline_rank"]) else int(row["baseline_rank"]),
        baseline=row["baseline_used"],
    )


# ------------------------------------------------------------------------------------- findings


def finding(
    rows: pd.DataFrame, *, measure: str, unit: str, baseline: int, parting: Sequence[int]
) -> str:
    """What the lines show, as a headline; of one line against the base year.

    Args:
        rows: as the picture gets them, with line, label, subject (which line of which unit).
        measure: rank, percentile or score.
        unit: name of the unit looked at.
        baseline: the comparison year.
        parting: first editions after breaks that part the line.
    """
    lines = list(dict.fromkeys(rows["line"]))
    known = rows.loc[rows["value"].notna()]
    first = rows.iloc[0]
    if len(lines) == 1:
        return _one(rows, known, measure, unit, baseline, parting)
    if known.empty:
        return t("trends.finding_none", line=first["subject"], unit=unit)
    lasts = known.sort_values("edition").drop_duplicates("line", keep="last")
    if first["is_part"]:
        year = int(lasts["edition"].max())
        of_year = lasts.loc[lasts["edition"] == year]
        said = [f"{row['label']} {_value(row, measure)}" for _, row in of_year.iterrows()]
        return t("trends.finding_parts", line=first["subject"], year=year, places=", ".join(said))
    by_standing = lasts.assign(
        _standing=lasts["percentile"].fillna(lasts["estimated_percentile"])
    ).sort_values("_standing", ascending=False)
    best, worst = by_standing.iloc[0], by_standing.iloc[-1]
    return t(
        "trends.finding_many", unit=unit, best=best["label"], worst=worst["label"],
        best_place=place_words(best).rstrip("*"), best_year=best["edition"],
        worst_place=place_words(worst).rstrip("*"), worst_year=worst["edition"],
    )  # fmt: skip


def _value(row: Any, measure: str) -> str:
    if measure == SCORE:
        return t("compare.points", score=form.number(row["value"]))
    return place_words(row).rstrip("*")


def _one(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    measure: str,
    unit: str,
    baseline: int,
    parting: Sequence[int],
) -> str:
    line = str(rows["subject"].iloc[0])
    bounded = rows.loc[rows["low"].notna() & rows["value"].isna()]
    last_known = None if known.empty else known.sort_values("edition").iloc[-1]
    if len(bounded) and measure != SCORE:
        last = bounded.sort_values("edition").iloc[-1]
        if last_known is None or last["edition"] > last_known["edition"]:
            places = form.places(last["low"], last["high"], last["n_ranked"])
            return t("trends.finding_bounds", line=line, unit=unit, year=last["edition"],
                     places=places)  # fmt: skip
    if last_known is None:
        return t("trends.finding_none", line=line, unit=unit)
    year = int(last_known["edition"])
    base = known.loc[(known["edition"] == baseline) & (known["edition"] < year)]
    base = base.loc[base["is_estimate"] == last_known["is_estimate"]]
    is_cut = any(baseline < cut <= year for cut in parting)
    said: dict[str, Any] = {"line": line, "unit": unit, "year": year, "baseline": baseline}
    if measure == SCORE:
        score = form.number(last_known["value"])
        if base.empty or is_cut:
            return t("trends.finding_score", score=score, **_without(said, "baseline"))
        change = form.score_change(last_known["value"] - base["value"].iloc[0])
        return t("trends.finding_score_change", score=score, change=change, **said)
    if _is(last_known["is_estimate"]):
        said |= {"place": int(last_known["estimated_place"]), "n": int(last_known["n_common"])}
        if base.empty or is_cut:
            return t("trends.finding_estimate", **_without(said, "baseline"))
        return t(
            "trends.finding_estimate_change", before=int(base["estimated_place"].iloc[0]),
            n_before=int(base["n_common"].iloc[0]), **said,
        )  # fmt: skip
    said["place"] = place_words(last_known).rstrip("*")
    if base.empty:
        return t("trends.finding_last", **_without(said, "baseline"))
    if is_cut:
        return t("trends.finding_cut", **said)
    moved = int(base["rank"].iloc[0]) - int(last_known["rank"])
    before = place_words(base.iloc[0]).rstrip("*")
    return t("trends.finding_one", gain=form.gain(moved), before=before, **said)


def _without(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def bump_finding(rows: pd.DataFrame, *, chosen: str, line: str, is_position: bool) -> str:
    """Where the unit stands among its group in the last year known."""
    own = rows.loc[(rows["line"] == chosen) & rows["value"].notna()].sort_values("edition")
    unit = str(rows.loc[rows["line"] == chosen, "label"].iloc[0])
    if own.empty:
        return t("trends.bump_finding_none", line=line, unit=unit)
    last = own.iloc[-1]
    is_estimate, year = _is(last["is_estimate"]), int(last["edition"])
    if is_position:
        key = "trends.bump_finding_estimate" if is_estimate else "trends.bump_finding"
        return t(key, unit=unit, line=line, year=year, position=int(last["position"]),
                 n=int(last["n_group"]))  # fmt: skip
    if is_estimate:
        return t("trends.bump_finding_place_estimate", unit=unit, line=line, year=year,
                 place=int(last["estimated_place"]), n=int(last["n_common"]))  # fmt: skip
    return t("trends.bump_finding_place", unit=unit, line=line, year=year,
             place=place_words(last).rstrip("*"))  # fmt: skip


# ------------------------------------------------------------------------------ what changed


def break_rows(steps: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Breaks of all lines of a picture, one letter per change.

    Args:
        steps: results of `analytics.trends.concerning` below each other.
        labels: short name per component_id.

    Returns:
        One row per change with edition, letter, words, is_parting and hover.
    """
    columns = ["edition", "letter", "words", "is_parting", "hover"]
    if steps.empty:
        return pd.DataFrame(columns=columns)
    note = "note_vi" if language() == "vi" else "note_en"
    found = []
    keys = ["edition", "kind", note]
    for (edition, kind, said), mine in steps.groupby(keys, sort=True):
        words = t(f"trends.kind.{kind}")
        if said:
            words = t("trends.break_note", kind=words, note=str(said).rstrip("."))
        lines = [labels[one] for one in dict.fromkeys(mine["component_id"])]
        found.append((int(edition), words, lines, bool(mine["is_parting"].any())))
    made = []
    for at, (edition, words, lines, is_parting) in enumerate(found):
        letter = LETTERS[at % len(LETTERS)] * (1 + at // len(LETTERS))
        is_all = len(lines) == len(labels)
        sentence = (
            t("trends.break_line", letter=letter, year=edition, note=words)
            if is_all
            else t("trends.break_lines", letter=letter, year=edition, note=words,
                   lines=", ".join(lines))
        )  # fmt: skip
        made.append((edition, letter, sentence, is_parting, escape(sentence, quote=False)))
    return pd.DataFrame(made, columns=columns)


def source(indices: pd.DataFrame, *, first: int, last: int, is_estimated: bool) -> str:
    """Publishers and years of what is drawn, and that estimates are ours."""
    parts = [
        t("trends.source_part", index=entry["short"], publisher=named(entry, "publisher"))
        for _, entry in indices.iterrows()
    ]
    years = str(last) if first == last else f"{first}–{last}"
    said = t("trends.source", publishers="; ".join(parts), years=years)
    return f"{said} {t('trends.source_estimate')}" if is_estimated else said


def subtitle(unit: str, years: Sequence[int], day: date) -> str:
    """Unit, years and day of knowledge."""
    if not years:
        return t("trends.subtitle_empty", unit=unit, day=form.day(day))
    return t("trends.subtitle", unit=unit, first=min(years), last=max(years), day=form.day(day))


# ---------------------------------------------------------------------------------- comparison


def slope_finding(rows: pd.DataFrame, line: str, year: int) -> str:
    """Who of the units stands highest and who lowest on a line."""
    known = rows.loc[rows["place"].notna()].sort_values("place")
    if len(known) < 2:
        return t("compare.slope_finding_few", line=line, year=year)
    best, worst = known.iloc[0], known.iloc[-1]
    if best["place"] == worst["place"]:
        return t("compare.slope_finding_same", line=line, year=year)
    return t(
        "compare.slope_finding", line=line, year=year, best=best["label"], worst=worst["label"],
        best_place=place_words(best).rstrip("*"), worst_place=place_words(worst).rstrip("*"),
    )  # fmt: skip


def dots_finding(rows: pd.DataFrame, *, unit_id: str, unit: str, index: str, year: int) -> str:
    """In how many components the unit is the best and the worst of those shown."""
    own = rows.loc[(rows["unit_id"] == unit_id) & (rows["role"] == "component")]
    told = own.loc[own["place"].notna()]
    if told.empty:
        return t("compare.dots_finding_others", unit=unit, index=index, year=year)
    said = t(
        "compare.dots_finding", unit=unit, index=index, year=year, total=len(told),
        best=int(told["is_best"].sum()), worst=int(told["is_worst"].sum()),
    )  # fmt: skip
    is_guess = any(_is(one) for one in told["is_estimate"])
    return t("compare.dots_estimate", finding=said) if is_guess else said


def average_words(rows: pd.DataFrame, decimals: int) -> list[str]:
    """Mean and median of one component in one area, each with whose figure it is.

    Args:
        rows: rows of `analytics.comparison.averages` of one component and area.
        decimals: of the index.

    Returns:
        Sentences; figures from one origin stand together.
    """
    said = []
    for (origin, n_used, n_all), mine in rows.groupby(
        ["origin", "n_used", "n_expected"], sort=False, dropna=False
    ):
        both = [
            t("compare.average", statistic=t(f"compare.{row['statistic']}"),
              value=form.number(row["value"], decimals))
            for row in mine.to_dict("records")
        ]  # fmt: skip
        if not origin:
            names = [t(f"compare.{statistic}") for statistic in mine["statistic"]]
            said.append(t("compare.average_open", statistic=", ".join(names), n_used=int(n_used),
                          n_expected=int(n_all)))  # fmt: skip
            continue
        counts = {"n_used": int(n_used), "n_expected": int(n_all)} if origin == "computed" else {}
        said.append(f"{'; '.join(both)} ({t(f'compare.origin_{origin}', **counts)})")
    return said


def measured(row: Any, measure: str) -> Any:
    """The value a mark stands at: standing or place, published or estimated."""
    is_estimate = _is(row["is_estimate"])
    if measure == PERCENTILE:
        return row["estimated_percentile"] if is_estimate else row["percentile"]
    return row["place"]
