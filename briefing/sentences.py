"""Sentences that screens and documents share, written from the same objects as the pictures."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd

from analytics.board import IndexTile
from analytics.measured import things_of, unit_of
from analytics.schema import OUTSIDE_TOP, SCORED
from locales import form, has, named, t


def component_label(row: Any) -> str:
    """How a component is named on screen: its name, or "Tổng hợp" for the total."""
    if row["component_id"] == row["index_id"]:
        return t("gaps.total")
    return f"{row['code']}. {named(row, 'component')}"


def place_of(row: Any, stem: str = "actual") -> str:
    """A place as k/N; bounds where only bounds are known, an asterisk where it was computed."""
    n = row["n_ranked"] if stem == "actual" else row["baseline_n"]
    if form.is_missing(row[f"{stem}_rank"]):
        known = row.get("state", row.get("actual_state")) == OUTSIDE_TOP and stem == "actual"
        return form.places(row["actual_low"], row["actual_high"], n) if known else form.NO_VALUE
    mark = "*" if row.get(f"{stem}_origin") == "computed" else ""
    return form.place(row[f"{stem}_rank"], n) + mark


def tile_change(tile: IndexTile) -> str:
    """The change of place against the comparison year, in words."""
    if tile.baseline_rank is None:
        return t("overview.versus_unknown", baseline=tile.baseline)
    return t(
        "overview.versus",
        gain=form.gain(tile.gain),
        baseline=tile.baseline,
        place=form.place(tile.baseline_rank, tile.baseline_n),
    )


def tile_score(tile: IndexTile) -> str:
    """The score with its change, or that we hold none."""
    if tile.score is None:
        return t("overview.points_unknown")
    points = t("overview.points", score=form.number(tile.score, tile.decimals))
    change = form.score_change(tile.score_change, tile.decimals)
    return f"{points} ({change})" if change else points


def tile_place(tile: IndexTile) -> str:
    """Why a tile has no place: outside the published top, withheld, not held, not published."""
    if tile.state == OUTSIDE_TOP and tile.rank_low is not None:
        return t("overview.outside_top", top=tile.rank_low - 1)
    return t(f"state.{tile.state}")


def tile_status(tile: IndexTile) -> str:
    """The verdict on the tile's leading target with the place it asked for."""
    status = t(f"status.{tile.status}")
    if tile.required_rank is None:
        return status
    return t("overview.required", status=status, rank=tile.required_rank)


def tile_history(tile: IndexTile) -> str:
    """The five-year line in words, for readers who hear the page."""
    years = [
        t("overview.spark_missing", year=year)
        if rank is None
        else t("overview.spark_year", year=year, place=form.place(rank, n))
        for year, rank, n in tile.history
    ]
    return t("overview.spark", index=tile.short, history="; ".join(years))


def held_finding(rows: pd.DataFrame, unit: str, year: int) -> str:
    """The first of the components that hold a unit back, as a headline."""
    first = rows.iloc[0]
    return t(
        "overview.held_finding",
        component=named(first, "component"),
        index=first["index_short"],
        place=place_of(first).rstrip("*"),
        unit=unit,
        year=year,
    )


def gaps_finding(rows: pd.DataFrame, index: str, baseline: int, year: int) -> str:
    """What the gap picture shows, as a headline."""
    judged = rows.loc[rows["status"].isin(["met", "met_stretch", "missed"])]
    open_ones = int((rows["status"] == "not_assessable").sum())
    rest = t("gaps.finding_rest", n=form.whole(open_ones)) if open_ones else ""
    missed = judged.loc[judged["gap"] > 0]
    if not missed.empty:
        worst = missed.sort_values("gap", ascending=False).iloc[0]
        said = t(
            "gaps.finding_one_missed" if len(missed) == len(judged) == 1 else "gaps.finding_missed",
            index=index,
            year=year,
            n=form.whole(len(missed)),
            total=form.whole(len(judged)),
            component=component_label(worst),
            place=place_of(worst).rstrip("*"),
            places=form.whole(worst["gap"]),
        )
        return said + rest
    if not judged.empty:
        return t("gaps.finding_met", index=index, year=year, total=form.whole(len(judged))) + rest
    change = rows.loc[rows["role"] == "component", "gain"].dropna()
    if change.empty:
        total = rows.loc[rows["role"] == "total"].iloc[0]
        if total["state"] == OUTSIDE_TOP:
            bounds = form.places(total["actual_low"], total["actual_high"], total["n_ranked"])
            return t("gaps.finding_bounds", index=index, year=year, places=bounds)
        return t("gaps.finding_no_data", index=index, year=year)
    return t(
        "gaps.finding_no_target",
        index=index,
        up=int((change > 0).sum()),
        down=int((change < 0).sum()),
        same=int((change == 0).sum()),
        baseline=baseline,
    )


def not_drawn(rows: pd.DataFrame) -> str:
    """Which components the picture leaves out; empty when it shows all."""
    left_out = [component_label(row) for _, row in rows.loc[~rows["is_drawn"]].iterrows()]
    return t("gaps.not_drawn", components="; ".join(left_out)) if left_out else ""


# "Trên 80 %" asks for more than "từ 80 %"; other kinds have no such pair.
STRICT_KINDS = ("score_at_least", "percent_at_least")


def unit_words(row: Any) -> str:
    """What an operational target counts, as its note states it; empty without."""
    return "" if row["measure"] == "rank" else unit_of(row.get("note"))


def full_target_words(row: Any) -> str:
    """A target in the words of the decision, with what it counts where an office measures it."""
    words, unit = target_words(row), unit_words(row)
    if not unit or row["kind"] == "count_at_most":
        return words
    if row["kind"] == "percent_at_least" and unit.startswith("% "):
        return f"{words.removesuffix('%').rstrip()} {unit}"
    is_share = row["kind"] == "percent_reduction_at_least"
    return f"{words}: {unit.removeprefix('% ') if is_share else unit}"


def target_words(row: Any) -> str:
    """A target in the words of the decision: "Tăng 05 bậc so với năm 2022"."""
    amount = row["amount"]
    is_places = row["measure"] == "rank"
    shown = form.whole(amount) if is_places else form.trimmed(amount)
    is_strict = row.get("operator") == ">" and row["kind"] in STRICT_KINDS
    if row["kind"] == "count_at_most" and (unit := unit_words(row)):
        shown = f"{shown} {things_of(unit)}"  # a bare number counts nothing
    return t(
        f"kind.{row['kind']}_strict" if is_strict else f"kind.{row['kind']}",
        amount=shown,
        stretch=form.whole(row["stretch"]),
        baseline=row["baseline_edition"],
        group=_group(row.get("group_name")),
        deadline=form.day(row.get("deadline")),
    )


def _group(group_id: Any) -> str:
    """A group by its name; the words of the document where the catalogue has no such group."""
    if form.is_missing(group_id) or not group_id:
        return form.NO_VALUE
    key = f"target_group.{group_id}"
    return t(key) if has(key) else str(group_id)


def gap_words(gap: Any) -> str:
    """Places still missing, or by how many the target was passed."""
    if form.is_missing(gap):
        return ""
    if gap == 0:
        return t("targets.gap_exact")
    key = "targets.gap_missing" if gap > 0 else "targets.gap_over"
    return t(key, places=form.whole(abs(int(gap))))


def footnote_words(row: Any) -> str:
    """What the document's own footnoted place would have meant; empty when it has none."""
    if form.is_missing(row["footnote_required"]):
        return ""
    said = t(
        "targets.footnote",
        rank=row["footnote_rank"],
        n=row["footnote_n"],
        year=row["footnote_edition"],
        required=row["footnote_required"],
    )
    if not row["footnote_status"]:
        return said
    return f"{said}; {t('targets.footnote_' + row['footnote_status'])}"


def document_words(row: Any) -> str:
    """Number, date and issuer of the document that sets a target."""
    if form.is_missing(row["document_issued_on"]):
        return t(
            "targets.document_undated",
            number=row["document_number"],
            text=row["document_issued_text"],
            issuer=row["document_issuer"],
        )
    return t(
        "targets.document_line",
        number=row["document_number"],
        day=form.day(row["document_issued_on"]),
        issuer=row["document_issuer"],
    )


def is_index_standing(state: str) -> bool:
    """Whether a state means that a figure of the unit is held."""
    return state in ("ranked", SCORED)


def gap_hover(row: Any, baseline: int) -> str:
    """Everything known about one component, line by line and escaped, for the pointer."""
    lines = [
        component_label(row),
        t("gaps.hover_baseline", year=baseline, place=place_of(row, "baseline")),
        t("gaps.hover_actual", place=place_of(row)),
    ]
    if not form.is_missing(row["gain"]):
        lines.append(form.gain(row["gain"]))
    if not form.is_missing(row["required_rank"]):
        lines.append(t("gaps.hover_required", rank=row["required_rank"]))
    if not form.is_missing(row["actual_score"]):
        lines.append(t("overview.points", score=form.number(row["actual_score"])))
    if row["status"] != "no_target":
        lines.append(t(f"status.{row['status']}"))
    agency = row["lead_agency"]
    lines.append(
        t("overview.held_no_agency")
        if form.is_missing(agency)
        else t("overview.held_agency", agency=agency)
    )
    first, *rest = (escape(line, quote=False) for line in lines)
    return "<br>".join([f"<b>{first}</b>", *rest])


def source_line(indices: pd.DataFrame, editions: pd.DataFrame, year: int, as_of: date) -> str:
    """Publishers with the day each published the edition, unless that day was still to come."""
    out = editions.loc[pd.to_datetime(editions["published_on"]) <= pd.Timestamp(as_of)]
    parts = []
    for _, entry in indices.iterrows():
        dated = out.loc[(out["index_id"] == entry["index_id"]) & (out["edition"] == year)]
        day = "" if dated.empty else form.day(dated["published_on"].iloc[0])
        parts.append(
            t("overview.source_part", index=entry["short"], publisher=named(entry, "publisher"),
              day=day)
            if day
            else t("overview.source_part_undated", index=entry["short"],
                   publisher=named(entry, "publisher"))
        )  # fmt: skip
    return t("overview.source", publishers="; ".join(parts), year=year)
