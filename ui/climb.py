"""What it would take, on screen: cached answers, the reader's choices, and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import climb as method
from analytics.climb import Climb
from analytics.ladder import DRIFT, Side
from briefing import climb as words
from locales import form, t
from ui import loaders, tables
from ui.choice import Choice

# Kept in the address; each is left out while it stands at its default.
RANK, SHARE = "rank", "drift"
SUBJECT = "points_subject"
DRIFTS = {0.0: "points.drift_none", 0.5: "points.drift_half", 1.0: "points.drift_full"}
MARKS = (None, 1, 2, 3, 4, 5)


# ---------------------------------------------------------------------------------- reading


@st.cache_data(max_entries=512, show_spinner=False)
def _targets(stamp: str, unit_id: str, index_id: str, edition: int, as_of: date) -> pd.DataFrame:
    _ = stamp
    known = loaders.knowledge_of(unit_id, loaders.judged_lines(unit_id, edition, as_of))
    return method.rank_targets(
        known, unit_id=unit_id, index_id=index_id, edition=edition, as_of=as_of
    )


def rank_targets(choice: Choice) -> pd.DataFrame:
    """Places that the targets of the chosen unit, index and year ask for."""
    return _targets(
        loaders.version(), choice.unit_id, choice.index_id, choice.edition, choice.as_of
    )


# A resource, not data: one copy for all sessions. Its frames are never changed in place.
@st.cache_resource(max_entries=256, show_spinner=False)
def _climb(
    stamp: str,
    choice: Choice,
    component_id: str,
    to_rank: int | None,
    drift: float,
    marks: tuple[tuple[str, int], ...],
) -> Climb:
    _ = stamp
    judged = loaders.judged_lines(choice.unit_id, choice.edition, choice.as_of)
    known = loaders.knowledge_of(choice.unit_id, judged, _lines(choice, component_id))
    parts = method.live_parts(known, component_id, choice.edition)
    return method.climb(
        known,
        unit_id=choice.unit_id,
        index_id=choice.index_id,
        edition=choice.edition,
        as_of=choice.as_of,
        to_rank=to_rank,
        component_id=component_id,
        drift=drift,
        costs=method.effort_costs(dict(marks), [str(p) for p in parts["component_id"]]),
        targets=rank_targets(choice),
    )


def _lines(choice: Choice, component_id: str) -> loaders.Lines:
    """Lines of which a ladder and the cheapest way compare all units; none in a small store."""
    if not loaders.is_large():
        return ()
    found = method.lines_climbed(
        loaders.outline(), index_id=choice.index_id, component_id=component_id,
        edition=choice.edition,
    )  # fmt: skip
    return tuple(found)


def climb(
    choice: Choice,
    component_id: str,
    *,
    to_rank: int | None = None,
    drift: float = DRIFT,
    marks: Mapping[str, int] | None = None,
) -> Climb:
    """What the chosen unit would need on one line."""
    said = tuple(sorted((marks or {}).items()))
    return _climb(loaders.version(), choice, component_id, to_rank, drift, said)


def names() -> dict[str, str]:
    """Names of the units of both geographies, by id."""
    return loaders.all_unit_names()


def line_name(choice: Choice, component_id: str) -> str:
    """The index in speech, or its component with the index behind it."""
    short = loaders.index_short(choice.index_id)
    if component_id == choice.index_id:
        return short
    return f"{loaders.component_names(choice.index_id, choice.edition)[component_id]} ({short})"


def answerable(choice: Choice) -> str:
    """Which other indices of the year have the scores of all units, in a sentence.

    Empty where only the chosen one has them: then it is the unit that is missing from it.
    """
    tables_held = loaders.catalogue()
    rows = tables_held.editions
    is_held = (
        (rows["edition"] == choice.edition)
        & (rows["coverage"] == "complete")
        & (pd.to_datetime(rows["published_on"]) <= pd.Timestamp(choice.as_of))
    )
    held = list(rows.loc[is_held, "index_id"])
    if not held:
        return t("points.try_none", year=choice.edition)
    shorts = [loaders.index_short(index_id) for index_id in held if index_id != choice.index_id]
    if not shorts:
        return ""
    return t("points.try_index", year=choice.edition, indices=", ".join(shorts))


# ---------------------------------------------------------------------------------- choices


def asked(choice: Choice, component_id: str) -> Climb:
    """Draw the choice of a place, of the rivals' drift and of marks; return the answer to them."""
    plain = climb(choice, component_id)
    if not plain.is_given:
        return plain
    subject = (choice.unit_id, choice.index_id, choice.edition, component_id)
    first, second = st.columns([1, 2])
    with second:
        share = drift()
    with first:
        to_rank = _rank(plain, subject)
    st.session_state[SUBJECT] = subject
    # The marks belong below the picture; what they say is already known when it is drawn.
    return climb(choice, component_id, to_rank=to_rank, drift=share, marks=_marked(plain))


def _rank(plain: Climb, subject: tuple[Any, ...]) -> int | None:
    """The place asked for, in the address unless it is the default; None for the default."""
    widget = f"w_rank_{'_'.join(str(part) for part in subject)}"
    most, default = plain.n_ranked or 1, plain.aim_rank or 1
    if widget not in st.session_state:
        # A place in the address was meant for the view it came with.
        is_same = st.session_state.get(SUBJECT) in (None, subject)
        text = st.query_params.get(RANK, "") if is_same else ""
        found = int(text) if text.isascii() and text.isdigit() else None
        if text and (found is None or not 1 <= found <= most):
            st.warning(t("points.unknown_rank", asked=text))
            found = None
        st.session_state[widget] = default if found is None else found
    value = st.number_input(
        t("points.choose_rank"), min_value=1, max_value=most, step=1, key=widget,
        help=t("points.help_target"),
    )  # fmt: skip
    _keep(RANK, "" if value == default else str(value))
    return None if value == default else int(value)


def drift(*, default: float = DRIFT) -> float:
    """How the rivals are taken to move, in the address unless it is the default."""
    options = list(DRIFTS)
    if st.session_state.get("w_drift") not in options:
        text = st.query_params.get(SHARE, "")
        found = {form.plain(o, "en"): o for o in options}.get(text.replace(",", "."))
        if text and found is None:
            st.warning(t("points.unknown_drift", asked=text))
        st.session_state["w_drift"] = default if found is None else found
    value = st.selectbox(
        t("points.choose_drift"), options, key="w_drift", format_func=lambda o: t(DRIFTS[o])
    )
    _keep(SHARE, "" if value == default else form.plain(value, "en"))
    return float(value)


def _keep(key: str, value: str) -> None:
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


def _mark_key(climb_id: str, part: str) -> str:
    return f"w_mark_{climb_id}_{part}"


def _marked(made: Climb) -> dict[str, int]:
    found = {
        str(part): st.session_state.get(_mark_key(made.unit_id, str(part)))
        for part in made.components["component_id"]
    }
    return {part: int(mark) for part, mark in found.items() if mark}


def marks(made: Climb) -> None:
    """One mark of effort per component, folded away until somebody wants it."""
    if made.path is None and made.path_ground != method.COST_MISSING:
        return
    with st.expander(t("points.marks_title")):
        places = st.columns(2)
        for at, (part, label) in enumerate(words.component_labels(made).items()):
            places[at % 2].selectbox(
                label, MARKS, key=_mark_key(made.unit_id, part),
                format_func=lambda mark: t("points.mark_none" if mark is None
                                           else f"points.mark_{mark}"),
            )  # fmt: skip


# ----------------------------------------------------------------------------------- showing


def said(made: Climb, unit_names: Mapping[str, str]) -> None:
    """The answer large, and everything that belongs to it below."""
    first, *rest = words.lines(made, unit_names)
    st.html(
        f'<div class="answer"><p class="lead">{escape(first)}</p>'
        + "".join(f"<p>{escape(line)}</p>" for line in rest)
        + "</div>"
    )


def ladder(made: Climb, unit_names: Mapping[str, str]) -> None:
    """The rungs of the picture as a table."""
    heads = [t("points.col_place"), t("points.col_holder"), t("points.col_needed")]
    if made.drift and made.needed_moving is not None:
        heads.append(t("points.col_moving"))
    heads.append(t("points.col_cushion"))
    rows = words.ladder_rows(made, unit_names)
    body = [
        tables.line(heads, _rung(row, len(heads)), is_total=row["side"] == Side.NOW.value)
        for _, row in rows.iterrows()
    ]
    tables.table("points", heads, body)


def _rung(row: Any, n_columns: int) -> list[str]:
    place = escape(form.whole(row["place"]))
    if row["side"] == Side.NOW.value:
        here = escape(t("points.here", unit=row["holder"]))
        return [place, here, *[""] * (n_columns - 2)]
    holder = row["holder"]
    if row["n_level"] > 1:
        holder = t("points.level", holder=holder, n=form.whole(row["n_level"] - 1))
    cells = [place, escape(holder), _more(row["needed"])]
    if n_columns == 5:
        cells.append(_more(row["needed_moving"]))
    cushion = "" if form.is_missing(row["cushion"]) else form.number(row["cushion"], 4)
    return [*cells, escape(cushion)]


def _more(value: Any) -> str:
    if form.is_missing(value):
        return ""
    return f"+{escape(form.number(value, 4))}" if value else escape(t("points.no_more"))


def components(made: Climb) -> None:
    """What every component needs for its own place; without ground no number."""
    heads = [
        t("points.col_component"), t("points.col_score"), t("points.col_rank"),
        t("points.col_aim"), t("points.col_needed"),
    ]  # fmt: skip
    with_moving = bool(made.drift and made.components["needed_moving"].notna().any())
    if with_moving:
        heads.append(t("points.col_moving"))
    labels = words.component_labels(made)
    body = [
        tables.line(heads, _component(row, labels, with_moving=with_moving))
        for _, row in made.components.iterrows()
    ]
    tables.table("points", heads, body)


def _component(row: Any, labels: Mapping[str, str], *, with_moving: bool) -> list[str]:
    aim = ""
    if not form.is_missing(row["required_rank"]):
        # Near the top fewer than five places are left.
        climbed = form.gain(row["rank"] - row["required_rank"])
        basis = t("points.aim_target") if row["basis"] == "target" else climbed
        aim = f'{row["required_rank"]} <span class="small">({escape(basis)})</span>'
    cells = [
        escape(labels[row["component_id"]]),
        escape(form.number(row["score"])),
        escape(form.place(row["rank"], row["n_ranked"])),
        aim,
    ]
    if form.is_missing(row["needed"]):
        open_cell = f'<span class="small">{escape(t("points.no_ground_short"))}</span>'
        return [*cells, open_cell, *[""] * with_moving]
    cells.append(escape(t("points.enough")) if row["needed"] == 0 else _more(row["needed"]))
    return [*cells, _more(row["needed_moving"])] if with_moving else cells


def path(made: Climb, unit_names: Mapping[str, str]) -> None:
    """The cheapest way in a sentence, and the components it raises."""
    st.html(f'<div class="answer"><p>{escape(words.path(made, unit_names))}</p></div>')
    if made.path is None:
        return
    rows = made.path.steps.loc[made.path.steps["raise_by"] > 0]
    if rows.empty:
        return
    heads = [
        t("points.col_component"), t("points.col_score"), t("points.col_raise"),
        t("points.col_reached"), t("points.col_cap"), t("points.col_rank_reached"),
    ]  # fmt: skip
    labels = words.component_labels(made)
    lines = [
        [
            labels[row["component_id"]],
            form.number(row["score"]),
            f"+{form.number(row['raise_by'], 4)}",
            form.number(row["score"] + row["raise_by"]),
            form.number(row["cap"]),
            f"{row['rank']} → {row['rank_reached']}",
        ]
        for _, row in rows.sort_values("raise_by", ascending=False).iterrows()
    ]
    tables.plain(heads, lines)


def worth(made: Climb) -> None:
    """The place that some more points would reach."""
    heads = [t("points.col_points"), t("points.col_worth"), ""]
    body = [
        tables.line(
            heads,
            [
                f"+{escape(form.plain(row['points'], 'vi' if form.is_vi() else 'en'))}",
                escape(form.place(row["rank"], made.n_ranked)),
                tables.change(row["gain"]),
            ],
        )
        for _, row in made.worth.iterrows()
    ]
    tables.table("points", heads, body)
