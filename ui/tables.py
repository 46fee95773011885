"""Tables and tiles as plain HTML: readable on a telephone, on paper and by a screen reader.

Every text is escaped here, once, so that nothing typed or loaded can become markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics.board import IndexTile
from briefing import sentences
from briefing.unit_words import reason_words
from charts.spark import spark
from locales import form, t
from ui.terms import glossed

STATUS_ORDER = (
    "met_stretch", "met", "on_track", "held_not_improved", "at_risk", "missed", "off_track",
    "not_due", "not_assessable", "no_target",
)  # fmt: skip


def chip(status: str, text: str = "") -> str:
    """A verdict as sign, word and colour."""
    words = escape(text or t(f"status.{status}"))
    return f'<span class="chip {status}">{escape(t(f"sign.{status}"))} {words}</span>'


def change(gain: Any) -> str:
    """A change of place with its arrow; nothing where it is unknown."""
    if form.is_missing(gain):
        return ""
    way, sign = ("up", "▲ ") if gain > 0 else ("down", "▼ ") if gain < 0 else ("same", "")
    return f'<span class="{way}">{sign}{escape(form.gain(gain))}</span>'


def tiles(rows: Iterable[IndexTile]) -> None:
    """One tile per index."""
    st.html(f'<div class="tiles">{"".join(_tile(tile) for tile in rows)}</div>')


def _tile(tile: IndexTile) -> str:
    way = "same" if not tile.gain else "up" if tile.gain > 0 else "down"
    sign = {"up": "▲ ", "down": "▼ ", "same": ""}[way]
    if tile.rank is None:
        head = f'<p class="empty">{escape(sentences.tile_place(tile))}</p>'
        if tile.rank_low is not None and tile.state == "outside_top":
            bounds = form.places(tile.rank_low, tile.rank_high, tile.n_ranked)
            said = escape(t("overview.outside_top_note", places=bounds))
            # A line broken after the dash of "31–63/63" would read as another number.
            head += f"<p>{said.replace(bounds, f'<span class=nowrap>{bounds}</span>')}</p>"
    else:
        head = f'<p class="place">{tile.rank}<small>/{tile.n_ranked}</small></p>'
    lines = [head]
    if tile.rank is not None:
        lines.append(f'<p class="{way}">{sign}{escape(sentences.tile_change(tile))}</p>')
    if sentences.is_index_standing(tile.state):
        lines.append(f"<p>{escape(sentences.tile_score(tile))}</p>")
    if tile.group_vi:
        group = t("overview.group", group=tile.group_vi if form.is_vi() else tile.group_en)
        lines.append(f"<p>{escape(group)}</p>")
    lines.append('<div class="spacer"></div>')
    lines.append(spark(tile.history, label=sentences.tile_history(tile)))
    lines.append(f"<p>{chip(tile.status, sentences.tile_status(tile))}</p>")
    if tile.reason:
        said = reason_words(tile.reason, tile.changed_on, tile.change_event)
        lines.append(f'<p class="note">{escape(said)}.</p>')
    notes = [t(f"flag_short.{flag}") for flag in tile.flags if flag != "contributes"]
    if tile.rank_origin in ("computed", "derived", "listed"):
        notes.append(t(f"origin.{tile.rank_origin}"))
    if notes:
        lines.append(f'<p class="note">({escape("; ".join(notes))})</p>')
    return f'<article class="tile"><h3>{escape(tile.short)}</h3>{"".join(lines)}</article>'


def counts(statuses: pd.Series, key: str) -> None:
    """How many targets have which verdict; a component without a target is none of them."""
    seen = statuses.value_counts()
    heading = t(key, n=form.whole((statuses != "no_target").sum()))
    chips = [
        chip(status, f"{t(f'status.{status}')}: {seen[status]}")
        for status in STATUS_ORDER
        if status in seen
    ]
    st.html(f'<div class="counts"><strong>{escape(heading)}</strong>{"".join(chips)}</div>')


def gaps(rows: pd.DataFrame, *, baseline: int, edition: int) -> None:
    """Base, required and actual place per component with what is missing and who answers."""
    heads = [
        t("gaps.col_component"), t("gaps.col_baseline", year=baseline), t("gaps.col_required"),
        t("gaps.col_actual", year=edition), t("gaps.col_change"), t("gaps.col_missing"),
        t("gaps.col_status"), t("gaps.col_agency"),
    ]  # fmt: skip
    body = [
        line(
            heads,
            [
                escape(sentences.component_label(row)),
                escape(sentences.place_of(row, "baseline")),
                required(row),
                escape(sentences.place_of(row)),
                change(row["gain"]),
                _missing(row),
                verdict(row),
                _agency(row),
            ],
            is_total=row["role"] == "total",
        )
        for _, row in rows.iterrows()
    ]
    table("gaps", heads, body)


def required(row: Any) -> str:
    """The place asked for; from which year's base where the base year was not out yet."""
    if form.is_missing(row["required_rank"]):
        return form.NO_VALUE
    if "provisional_baseline" not in row["flags"]:
        return str(int(row["required_rank"]))
    word = escape(t("flag_short.provisional_baseline"))
    return f'{int(row["required_rank"])}<div class="small">{word}</div>'


def _missing(row: Any) -> str:
    """Places and points still missing; points only where the whole field is known."""
    if form.is_missing(row["gap"]):
        return ""
    if row["gap"] <= 0:
        return escape(t("gaps.nothing_missing"))
    places = t("gaps.places_missing", places=form.whole(row["gap"]))
    points = (
        t("gaps.points_unknown")
        if form.is_missing(row["points_missing"])
        else t("gaps.points_missing", points=form.number(row["points_missing"]))
    )
    return f'{escape(places)}<div class="small">{escape(points)}</div>'


def verdict(row: Any) -> str:
    """The verdict with its reason; a component nobody was given needs no coloured chip."""
    if row["status"] == "no_target":
        return f'<span class="small">{escape(t("status.no_target"))}</span>'
    if not row["reason"]:
        return chip(row["status"])
    said = reason_words(row["reason"], row["changed_on"], row["change_event"])
    return chip(row["status"]) + f'<div class="small">{escape(said)}</div>'


def _agency(row: Any) -> str:
    if form.is_missing(row["lead_agency"]):
        return f'<span class="small">{escape(t("gaps.no_agency"))}</span>'
    said = escape(row["lead_agency"])
    if not form.is_missing(row["co_agency"]):
        co = t("gaps.co_agency", agency=row["co_agency"])
        said += f'<div class="small">{escape(co)}</div>'
    return said


def targets(rows: pd.DataFrame) -> None:
    """The board: every target with its places, verdict, notes in words, document and agency."""
    heads = [
        t("targets.col_target"), t("targets.col_places"), t("targets.col_status"),
        t("targets.col_document"),
    ]  # fmt: skip
    table("targets", heads, [line(heads, _target_cells(row)) for _, row in rows.iterrows()])


def _target_cells(row: Any) -> list[str]:
    component = escape(sentences.component_label(row))
    index = escape(str(row["index_short"]))
    if row["status"] == "no_target":
        return [
            f'<strong>{component}</strong><div class="small">{index}</div>',
            _facts([(t("targets.col_actual"), form.place(row["actual_rank"], row["n_ranked"]))]),
            chip("no_target") + f'<div class="small">{escape(t("targets.uncovered"))}</div>',
            f'<span class="small">{escape(t("targets.no_lead"))}</span>',
        ]
    what = (
        f"<strong>{escape(sentences.full_target_words(row))}</strong>"
        f'<div class="small">{index} · {component}</div>'
        f"<details><summary>{escape(t('targets.clause'))}</summary>"
        f"<blockquote>{escape(str(row['clause']))}</blockquote></details>"
    )
    # Without its note nobody could tell what an operational target counts.
    if not row["is_ranked"] and not form.is_missing(row["note"]):
        what += f'<div class="small">{escape(row["note"])}</div>'
    return [what, _places(row), chip(row["status"]) + _notes(row), _document(row)]


def _places(row: Any) -> str:
    """Base, required and actual place, and what lies between them."""
    if not row["is_ranked"]:
        return ""
    facts = []
    if not form.is_missing(row["baseline_rank"]):
        label = t("targets.col_baseline", year=row["baseline_used"])
        facts.append((label, sentences.place_of(row, "baseline")))
    if not form.is_missing(row["required_rank"]):
        facts.append((t("targets.col_required"), str(int(row["required_rank"]))))
    actual = sentences.place_of(row)
    if actual != form.NO_VALUE:
        facts.append((t("targets.col_actual"), actual))
    gap = sentences.gap_words(row["gap"])
    moved = change(row["gain"]) + (f'<div class="small">{escape(gap)}</div>' if gap else "")
    return _facts(facts) + moved


def _facts(pairs: list[tuple[str, str]]) -> str:
    return "".join(
        f'<div><span class="small">{escape(name)}</span> <b>{escape(value)}</b></div>'
        for name, value in pairs
    )


def _document(row: Any) -> str:
    lead = (
        t("targets.no_lead")
        if form.is_missing(row["lead_agency"])
        else t("targets.lead", agency=row["lead_agency"])
    )
    said = f'<div class="small">{escape(lead)}</div>'
    if not form.is_missing(row["co_agency"]):
        said += f'<div class="small">{escape(t("targets.co", agency=row["co_agency"]))}</div>'
    return said + f'<div class="small">{escape(sentences.document_words(row))}</div>'


def _notes(row: Any) -> str:
    """Reason, flags and footnote in words, under the verdict."""
    said = [reason_words(row["reason"], row["changed_on"], row["change_event"])]
    said = [reason for reason in said if reason]
    said += [t(f"flag.{flag}") for flag in row["flags"]]
    said += [note for note in [sentences.footnote_words(row)] if note]
    if row["score_verdict"] in ("met", "missed"):
        said.append(t(f"targets.score_chain_{row['score_verdict']}"))
    return "".join(f'<div class="small">{escape(line)}.</div>' for line in said)


def line(heads: list[str], cells: list[str], *, is_total: bool = False) -> str:
    """One row; every cell carries its heading, which a telephone shows instead of the head."""
    tds = "".join(
        f'<td data-label="{escape(head)}">{cell}</td>' if cell else "<td></td>"
        for head, cell in zip(heads, cells, strict=True)
    )
    return f'<tr class="total">{tds}</tr>' if is_total else f"<tr>{tds}</tr>"


def table(name: str, heads: list[str], body: list[str]) -> None:
    """A table of rows made by `line`; `name` is its class in the style sheet."""
    columns = "".join(f'<th scope="col">{glossed(head)}</th>' for head in heads)
    st.html(
        f'<table class="board {name}"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def plain(heads: list[str], lines: list[list[str]]) -> None:
    """A table of texts, each escaped."""
    table("plain", heads, [line(heads, [escape(cell) for cell in cells]) for cells in lines])
