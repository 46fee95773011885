"""Why a rank changed, on screen: the cached explanation, the choice of a line, and its tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import companions as companions_of
from analytics.explanation import Explanation, Rival, explanation_of
from analytics.line_change import LineChange
from analytics.plain import text
from analytics.profile import Reason
from briefing import explain
from locales import form, named, t
from ui import filters, loaders, tables
from ui.choice import Choice

ADDRESS = "component"
WIDGET = "w_component"
Row = Mapping[Hashable, Any]
# More than there are provinces: only of thousands of communes the list is cut.
RIVALS_SHOWN = 62
# The largest region of provinces has 14.
PEERS_SHOWN = 15
MOVEMENTS = ("overtaken_by", "entered", "overtook", "left")


# ---------------------------------------------------------------------------------- reading


def line(choice: Choice, *, of_all_units: bool = False) -> str:
    """The index or one of its components, as the reader chooses; kept in the address.

    Where all units are compared and there are too many of them, no criterion is offered.
    """
    parts = loaders.catalogue().components
    last = parts["to_edition"].astype("Float64").fillna(float("inf"))
    is_cut = of_all_units and not loaders.holds_criteria(choice.index_id)
    roles = ["component"] if is_cut else ["component", "subcomponent"]
    live = parts.loc[
        (parts["index_id"] == choice.index_id)
        & parts["role"].isin(roles)
        & (parts["from_edition"] <= choice.edition)
        & (last >= choice.edition)
    ].sort_values(["code"])
    labels = {choice.index_id: t("gaps.total")}
    rows = live.to_dict("records")
    labels |= {row["component_id"]: f"{row['code']}. {named(row)}" for row in rows}
    if st.session_state.get(WIDGET) not in labels:
        st.session_state[WIDGET] = _asked(choice, live, is_cut=is_cut)
    chosen: str = st.selectbox(
        t("why.choose_component"), list(labels), key=WIDGET, format_func=labels.__getitem__
    )
    if chosen != choice.index_id:
        st.query_params[ADDRESS] = chosen
    elif ADDRESS in st.query_params:
        del st.query_params[ADDRESS]
    return chosen


def _asked(choice: Choice, live: pd.DataFrame, *, is_cut: bool) -> str:
    """What the address asks for by id or number; the index itself when it asks for nothing."""
    asked = st.query_params.get(ADDRESS, "")
    is_other_index = WIDGET in st.session_state
    found = live.loc[(live["component_id"] == asked) | (live["code"] == asked), "component_id"]
    if len(found):
        return str(found.iloc[0])
    if asked and not is_other_index:
        place = st.info if is_cut else st.warning
        place(t("large.depth") if is_cut else t("why.unknown_component", asked=asked))
    return choice.index_id


# A resource, not data: one copy for all sessions. Its frames are never changed in place. Up to
# 26 MB each, so few of them: those of the four indices between the years everybody looks at.
@st.cache_resource(max_entries=4, show_spinner=False)
def _line_change(
    content: str,  # noqa: ARG001 - the key
    index_id: str,
    component_id: str,
    baseline: int,
    edition: int,
    as_of: date,
) -> LineChange:
    """What explanations of all units share: the next province asked for needs only its own."""
    return LineChange.of(
        loaders.knowledge_of_index(index_id),
        index_id=index_id,
        component_id=component_id,
        baseline=baseline,
        edition=edition,
        as_of=as_of,
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _explained(
    content: str,
    unit_id: str,
    index_id: str,
    component_id: str,
    baseline: int,
    edition: int,
    as_of: date,
) -> Explanation:
    change = _line_change(content, index_id, component_id, baseline, edition, as_of)
    return explanation_of(change, unit_id, as_of)


def explained(choice: Choice, component_id: str) -> Explanation:
    """Why the place changed, of the chosen unit on the chosen line."""
    return _explained(
        loaders.content(),
        choice.unit_id,
        choice.index_id,
        component_id,
        choice.baseline,
        choice.edition,
        choice.as_of,
    )


def names() -> dict[str, str]:
    """Name of every unit in the language in use."""
    return {row["unit_id"]: named(row) for row in loaders.catalogue().units.to_dict("records")}


# ----------------------------------------------------------------------------------- tables


def said(paragraph: str) -> None:
    """The paragraph, large enough to be read aloud."""
    st.html(f'<p class="said">{escape(paragraph)}</p>')


def components(made: Explanation) -> None:
    """Points and places of every component, its own parts folded below it."""
    rows = made.components.to_dict("records")
    heads = [
        t("why.col_component"), t("why.col_score_baseline", year=made.baseline),
        t("why.col_score", year=made.edition), t("why.col_points"), t("why.col_places"),
        t("why.col_rank"),
    ]  # fmt: skip
    body = [
        tables.line(heads, _component_cells(row, rows, made.decimals))
        for row in rows
        if row["level"] == 1
    ]
    if made.components_ground == "given":
        whole = [
            escape(t("why.sum_own", kind=explain.kind_word(made))), "", "", "",
            escape(explain.effect_text(made.own)), "",
        ]  # fmt: skip
        body.append(tables.line(heads, whole, is_total=True))
    tables.table("why", heads, body)


def _component_cells(row: Row, rows: Sequence[Row], decimals: int) -> list[str]:
    parts = [
        f"{explain.part_name(sub)}: {_both(sub, decimals)}"
        for sub in rows
        if sub["level"] == 2 and sub["parent_id"] == row["component_id"]
    ]
    effect = escape(explain.part_effect_text(row))
    return [
        escape(explain.part_name(row)) + _folded(t("why.folded"), parts),
        escape(form.number(row["score_baseline"], decimals)),
        escape(form.number(row["score"], decimals)),
        escape(explain.points_text(row["score_effect"], decimals)),
        effect if row["is_shown"] else f'<span class="small">{effect}</span>',
        escape(_from_to(row)),
    ]


def _both(row: Row, decimals: int) -> str:
    words = [
        explain.part_effect_text(row),
        explain.points_text(row["score_effect"], decimals),
    ]
    return "; ".join(word for word in words if word) or form.NO_VALUE


def _folded(summary: str, lines: list[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(words)}</li>" for words in lines)
    return f"<details><summary>{escape(summary)}</summary><ul>{items}</ul></details>"


def _from_to(row: Row) -> str:
    return t(
        "why.rank_from_to",
        before=form.place(row["rank_baseline"], row["n_baseline"]),
        after=form.place(row["rank"], row["n_ranked"]),
    )


def passes(made: Explanation, unit_names: dict[str, str]) -> None:
    """Who passed and who was passed, who came and who left, each with both places."""
    unit = unit_names[made.unit_id]
    heads = [
        t("why.col_movement"), t("why.col_who", baseline=made.baseline, year=made.edition),
    ]  # fmt: skip
    body = [
        tables.line(
            heads,
            [
                f"<strong>{escape(t(f'why.movement.{movement}', unit=unit))}</strong>",
                escape(
                    ", ".join(_rival(rival, unit_names) for rival in rivals[:RIVALS_SHOWN])
                    + _and_more(len(rivals))
                ),
            ],
        )
        for movement in MOVEMENTS
        if (rivals := getattr(made, movement))
    ]
    if body:
        tables.table("why passes", heads, body)
    else:
        st.caption(t("why.no_passes", unit=unit))


def _and_more(n: int) -> str:
    """How many of a long list are not named."""
    return "" if n <= RIVALS_SHOWN else t("why.more_rivals", n=form.whole(n - RIVALS_SHOWN))


def _rival(rival: Rival, unit_names: dict[str, str]) -> str:
    before, after = (
        form.NO_VALUE if rank is None else str(rank) for rank in (rival.rank_baseline, rival.rank)
    )
    return t("why.rival", unit=unit_names[rival.unit_id], before=before, after=after)


def profile(made: Explanation, unit_names: dict[str, str]) -> None:
    """Strengths and weaknesses with the corner of points and places, every level."""
    rows = made.profile.to_dict("records")
    if not rows:
        unit = unit_names[made.unit_id]
        st.caption(t("why.profile_none", unit=unit, year=made.edition))
        return
    heads = [
        t("why.col_component"), t("why.col_place", year=made.edition), t("why.col_change"),
        t("why.col_quadrant"), t("why.col_verdict"), t("why.col_recoverable"),
    ]  # fmt: skip
    top = min(row["level"] for row in rows)
    by_code = sorted(rows, key=lambda row: text(row["code"]))
    body = [tables.line(heads, _profile_cells(row, by_code)) for row in rows if row["level"] == top]
    tables.table("why", heads, body)
    st.caption(t("why.note_recoverable"))


def _profile_cells(row: Row, by_code: Sequence[Row]) -> list[str]:
    parts = [
        f"{explain.part_name(sub)}: {t('why.quadrant.' + sub['quadrant'])}"
        for sub in by_code
        if sub["component_id"].startswith(f"{row['component_id']}.")
    ]
    reasons = [t(f"why.reason.{r.value}") for r in Reason if row[f"is_{r.value}"]]
    verdict = escape(t(f"why.verdict.{row['verdict']}"))
    if reasons:
        verdict += f'<div class="small">{escape("; ".join(reasons))}</div>'
    return [
        escape(explain.part_name(row)) + _folded(t("why.folded"), parts),
        escape(form.place(row["rank"], row["n_ranked"])),
        tables.change(row["gain"]),
        escape(t(f"why.quadrant.{row['quadrant']}")),
        verdict,
        escape(_within_reach(row["recoverable"])),
    ]


def _within_reach(points: Any) -> str:
    if form.is_missing(points):
        return ""
    if points <= 0:
        return t("why.recoverable_none")
    return t("why.recoverable", points=form.number(points))


def peers(made: Explanation, unit_names: dict[str, str]) -> None:
    """The region, those who started beside the unit, and those who rose and held it."""
    if len(made.region):
        region = made.region_vi if form.is_vi() else made.region_en
        st.markdown(f"**{t('why.region_title', region=region)}**")
        shown = _around(made.region)
        _peer_table(made, shown, unit_names)
        if len(shown) < len(made.region):
            counts = {"n": form.whole(len(shown)), "of": form.whole(len(made.region))}
            st.caption(t("why.peers_near", unit=unit_names[made.unit_id], **counts))
    if len(made.start):
        st.markdown(f"**{t('why.start_title', year=made.baseline)}**")
        _peer_table(made, made.start, unit_names)
    if made.risen_ground == "given":
        title = t("why.risen_title", first=made.risen_first, last=made.edition)
        st.markdown(f"**{title}**")
        _risen_table(made, unit_names)


def companions(made: Explanation, unit_names: dict[str, str]) -> None:
    """The unit beside a list of the reader's own, or beside those most like it."""
    known = loaders.knowledge_of_index(made.index_id)
    left, right = st.columns(2)
    wished = right.multiselect(
        t("why.alike_by"), companions_of.VARIABLES,
        format_func=lambda name: t(f"why.alike_{name}"), help=t("why.alike_help"),
    )  # fmt: skip
    near = companions_of.alike(known, made, wished)
    near_by = filters.beside(made.unit_id, made.edition)
    options = sorted(
        (unit for unit in near_by if unit != made.unit_id),
        key=lambda unit: form.sort_key(unit_names[unit]),
    )
    own = left.multiselect(
        t("why.own_list"), options, format_func=lambda unit: unit_names[unit],
        placeholder=t("why.own_list_empty"),
    )  # fmt: skip
    chosen = [*own, *near]
    if chosen:
        rows = companions_of.companions(known, made, chosen)
        _peer_table(made, rows, unit_names)


def _peer_table(made: Explanation, rows: pd.DataFrame, unit_names: dict[str, str]) -> None:
    heads = [
        t("why.col_unit"), t("why.col_place_baseline", year=made.baseline),
        t("why.col_place", year=made.edition), t("why.col_change"), t("why.col_points"),
    ]  # fmt: skip
    is_parted = explain.is_parted(made)
    body = [
        tables.line(
            heads,
            [
                escape(unit_names[row["unit_id"]]),
                escape(form.place(row["rank_baseline"], row["n_baseline"])),
                escape(form.place(row["rank"], row["n_ranked"])),
                tables.change(row["gain"]),
                "" if is_parted
                else escape(explain.points_text(row["score_change"], made.decimals)),
            ],
            is_total=row["is_self"],
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    tables.table("why", heads, body)


def _around(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows around the unit's own, of a list too long to be read."""
    own = int(rows["is_self"].to_numpy().argmax())
    first = max(0, min(own - PEERS_SHOWN // 2, len(rows) - PEERS_SHOWN))
    return rows.iloc[first : first + PEERS_SHOWN]


def _risen_table(made: Explanation, unit_names: dict[str, str]) -> None:
    if made.risen.empty:
        st.caption(t("why.risen_none"))
        return
    heads = [t("why.col_unit"), t("why.col_rise"), t("why.col_held")]
    body = [
        tables.line(
            heads,
            [
                escape(unit_names[row["unit_id"]]),
                escape(
                    t("why.rise", before=row["rank_baseline"], baseline=row["baseline"],
                      after=row["rank"], year=row["edition"])
                ),
                escape(
                    t("why.held", places=explain.places_words(row["held_gain"]),
                      worst=row["worst_rank_held"])
                ),
            ],
        )
        for row in made.risen.to_dict("records")
    ]  # fmt: skip
    tables.table("why", heads, body)


def open_questions(made: Explanation, unit_names: dict[str, str]) -> None:
    """What cannot be said, and why."""
    items = "".join(
        f"<li>{escape(words)}</li>" for words in explain.open_questions(made, unit_names)
    )
    st.html(f'<ul class="notes">{items}</ul>')
