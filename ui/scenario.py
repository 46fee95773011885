"""What if, on screen: inputs, the answer at once, and saved scenarios side by side.

Whatever a person typed is escaped where it is shown; a scenario is marked as one everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import climb as method
from analytics import outcome as question
from analytics.field import Ground
from analytics.outcome import Outcome
from analytics.scenario import ChangeClash, Peers, Preset, Scenario, ScoreOutOfScale
from briefing import scenario as words
from data import scenarios
from data.scenarios import Change, ScenarioFacts
from data.store import StoreError, store
from locales import form, language, t
from locales.calendar import HOME
from ui import climb, loaders, tables, who
from ui.choice import Choice

STEP = 0.1
# A number input gives back what it was given; only a larger difference is a change.
UNCHANGED = 1e-9
MOST_COMPARED = 3
AUTHOR_BOX = "w_scenario_author"
AUTHOR, SAID, PICKED = "scenario_author", "scenario_said", "w_compared"
PRESETS: tuple[Preset | None, ...] = (None, *Preset)


# ---------------------------------------------------------------------------------- reading


def lines(choice: Choice) -> pd.DataFrame:
    """What can be changed: the components, or the total alone where they do not make it.

    Returns:
        One row per component and part of one: component_id, parent_id, label, code, score,
        max_score [points]; empty where there is no ground for a scenario.
    """
    return _lines(loaders.version(), choice, language())


@st.cache_data(max_entries=256, show_spinner=False)
def _lines(stamp: str, choice: Choice, spoken: str) -> pd.DataFrame:
    _ = stamp, spoken
    known = loaders.knowledge_of_index(choice.index_id)
    given = method.context(known, index_id=choice.index_id, as_of=choice.as_of)
    rows = given.figures
    own = rows.loc[(rows["unit_id"] == choice.unit_id) & (rows["edition"] == choice.edition)]
    held = own.dropna(subset=["score"]).set_index("component_id")["score"].astype(float)
    limits = question.score_limits(known, given, choice.index_id, choice.edition)
    most = limits.set_index("component_id")["max_score"]
    found = []
    parts = method.live_parts(known, choice.index_id, choice.edition)
    for _, part in parts.iterrows():
        below = method.live_parts(known, part["component_id"], choice.edition)
        found += [
            (choice.index_id, part),
            *((part["component_id"], b) for _, b in below.iterrows()),
        ]
    names = loaders.component_names(choice.index_id, choice.edition)
    frame = pd.DataFrame(
        [
            {
                "component_id": part["component_id"], "parent_id": parent,
                "label": names[part["component_id"]], "code": part["code"],
                "score": held.get(part["component_id"]),
                "max_score": most.get(part["component_id"]),
            }
            for parent, part in found
        ],
        columns=["component_id", "parent_id", "label", "code", "score", "max_score"],
    ).dropna(subset=["score"])  # fmt: skip
    if not frame.empty and _has_ground(choice, {str(frame["component_id"].iloc[0]): 0.0}):
        return frame.reset_index(drop=True)
    if not _has_ground(choice, {}):
        return frame.iloc[0:0]
    total = {
        "component_id": choice.index_id, "parent_id": "", "label": t("scenario.total"), "code": "",
        "score": held[choice.index_id], "max_score": most.get(choice.index_id),
    }  # fmt: skip
    return pd.DataFrame([total])


def _has_ground(choice: Choice, changes: Mapping[str, float]) -> bool:
    return _asked(choice, changes=changes).ground == Ground.GIVEN.value


def _asked(
    choice: Choice,
    *,
    changes: Mapping[str, float] | None = None,
    scores: Mapping[str, float] | None = None,
    drift: float = 0.0,
) -> Outcome:
    return question.outcome(
        loaders.knowledge_of_index(choice.index_id),
        unit_id=choice.unit_id,
        index_id=choice.index_id,
        edition=choice.edition,
        as_of=choice.as_of,
        changes=changes,
        scores=scores,
        peers=Peers.MOVING if drift else Peers.FIXED,
        drift=drift,
        targets=climb.rank_targets(choice),
    )


def asked(choice: Choice, scores: Mapping[str, float], drift: float) -> Outcome | None:
    """The answer to the scores set; None, with one sentence, where they cannot be asked."""
    names = loaders.component_names(choice.index_id, choice.edition)
    try:
        return _asked(choice, scores=scores, drift=drift)
    except ScoreOutOfScale as fault:
        st.error(
            t(
                "scenario.out_of_scale",
                component=names.get(fault.component_id, fault.component_id),
                score=form.number(fault.score),
                lowest=form.number(fault.lowest),
                highest=form.number(fault.highest),
            )
        )
    except ChangeClash as fault:
        said = names.get(fault.component_id, fault.component_id)
        st.error(t("scenario.clash", component=said))
    return None


# ----------------------------------------------------------------------------------- inputs


def _key(choice: Choice, component_id: str) -> str:
    return f"w_set_{choice.unit_id}_{choice.edition}_{component_id}"


def presets(choice: Choice, rows: pd.DataFrame) -> None:
    """Ready-made levels for all components, as buttons."""
    if (rows["parent_id"] != choice.index_id).all():
        st.info(t("scenario.total_only"))
        return
    st.html(f'<p class="notes">{escape(t("scenario.presets_title"))}</p>')
    for place, kind in zip(st.columns(len(PRESETS)), PRESETS, strict=True):
        name = kind.value if kind else "none"
        place.button(
            t(f"scenario.preset_{name}"), key=f"preset_{name}", width="stretch",
            on_click=_lift, args=(choice, rows, kind),
        )  # fmt: skip
    st.caption(t("scenario.presets_note"))


def _lift(choice: Choice, rows: pd.DataFrame, kind: Preset | None) -> None:
    """Put the scores of a preset into the inputs; those it does not lift as published."""
    lifted = {}
    if kind is not None:
        lifted = question.preset(
            loaders.knowledge_of_index(choice.index_id),
            unit_id=choice.unit_id,
            index_id=choice.index_id,
            edition=choice.edition,
            as_of=choice.as_of,
            kind=kind,
        )
    for row in rows.itertuples():
        st.session_state[_key(choice, row.component_id)] = lifted.get(row.component_id, row.score)


def inputs(choice: Choice, rows: pd.DataFrame) -> dict[str, float]:
    """One number per component, its parts folded away; the scores that were changed."""
    st.subheader(t("scenario.inputs_title"))
    st.caption(t("scenario.inputs_note"))
    tops = rows.loc[rows["parent_id"].isin([choice.index_id, ""])]
    found: dict[str, float] = {}
    places: list[Any] = []
    for _, top in tops.iterrows():
        # Row by row, so that a telephone stacks them in the order of the catalogue.
        places = places or list(st.columns(2))
        with places.pop(0):
            found |= _input(choice, top, rows.loc[rows["parent_id"] == top["component_id"]])
    return found


def _input(choice: Choice, top: Any, below: pd.DataFrame) -> dict[str, float]:
    for _, row in below.iterrows():
        st.session_state.setdefault(_key(choice, row["component_id"]), row["score"])
    # What the parts say comes first: a component and a part of it cannot both be set.
    moved = _changed(choice, below)
    own = _key(choice, top["component_id"])
    if moved or own not in st.session_state:
        st.session_state[own] = top["score"]
    value = _number(choice, top, disabled=bool(moved))
    if not below.empty:
        with st.expander(t("scenario.parts", code=top["code"])):
            for _, row in below.iterrows():
                _number(choice, row)
    if moved:
        return moved
    is_set = abs(value - top["score"]) > UNCHANGED
    return {str(top["component_id"]): value} if is_set else {}


def _changed(choice: Choice, rows: pd.DataFrame) -> dict[str, float]:
    values = {row.component_id: st.session_state[_key(choice, row.component_id)]
              for row in rows.itertuples()}  # fmt: skip
    held = rows.set_index("component_id")["score"].to_dict()
    return {k: float(v) for k, v in values.items() if abs(v - held[k]) > UNCHANGED}


def _number(choice: Choice, row: Any, *, disabled: bool = False) -> float:
    most = None if form.is_missing(row["max_score"]) else float(row["max_score"])
    label = row["label"]
    if most is not None:
        label = f"{label} ({t('scenario.scale', most=form.trimmed(round(most, 2)))})"
    return float(
        st.number_input(
            label, min_value=0.0, max_value=most, step=STEP, format="%.2f", disabled=disabled,
            key=_key(choice, row["component_id"]),
        )
    )  # fmt: skip


# ----------------------------------------------------------------------------------- answer


def no_ground(choice: Choice) -> None:
    """Why no scenario can be computed for the chosen view."""
    plain = climb.climb(choice, choice.index_id)
    # The ladder knows more of why nothing is held: withheld, outside the top, or not with us.
    said = (
        words.reason(_asked(choice), unit=choice.unit_name)
        if plain.is_given
        else words.absence(plain, unit=choice.unit_name)
    )
    st.html(f'<div class="answer"><p class="lead">{escape(said)}</p></div>')


def answer(choice: Choice, made: Outcome | None) -> None:
    """Sentence, tiles and the changed components, marked as a scenario."""
    if made is None:
        return
    names = loaders.component_names(choice.index_id, choice.edition)
    index = loaders.index_short(choice.index_id)
    said = words.answer(made, names, unit=choice.unit_name, index=index)
    body = f'<p class="lead">{escape(said)}</p>'
    found = made.scenario
    if found is not None:
        tiles = [_score_tile(found), _rank_tile(found), _group_tile(choice, found)]
        tiles.append(_target_tile(made, names))
        body += f'<div class="tiles">{"".join(tiles)}</div>'
    mark = f'<p><span class="chip no_target">{escape(t("scenario.mark"))}</span></p>'
    st.html(f'<div class="answer scenario">{mark}{body}</div>')
    if found is None or words.changed(found).empty:
        return
    heads = [t(f"scenario.col_{c}") for c in ("component", "before", "after", "change", "rank")]
    body_lines = [
        tables.line(
            heads,
            [
                escape(names.get(row["component_id"], row["component_id"])),
                escape(form.number(row["score_before"])),
                escape(form.number(row["score"])),
                escape(words.signed(row["change"])),
                _ranks(row),
            ],
            is_total=row["component_id"] == choice.index_id,
        )
        for _, row in _in_order(found.components, names).iterrows()
    ]
    tables.table("scenario", heads, body_lines)


def _in_order(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The lines that moved, in the order of the catalogue."""
    order = {name: at for at, name in enumerate(names)}
    moved = rows.loc[rows["change"] != 0]
    return moved.sort_values("component_id", key=lambda ids: ids.map(order))


def _ranks(row: Any) -> str:
    if form.is_missing(row["rank"]):
        return form.NO_VALUE
    return f"{row['rank_before']} → {row['rank']} {tables.change(row['gain'])}"


def _tile(head: str, place: str, lines_below: list[str]) -> str:
    below = "".join(f"<p>{line}</p>" for line in lines_below)
    return f'<article class="tile"><h3>{escape(t(head))}</h3>{place}{below}</article>'


def _score_tile(found: Scenario) -> str:
    before = t("scenario.from_score", score=form.number(found.score_before))
    return _tile(
        "scenario.tile_score",
        f'<p class="place">{escape(form.number(found.score))}</p>',
        [f"{escape(words.signed(found.score - found.score_before))} {escape(before)}"],
    )


def _rank_tile(found: Scenario) -> str:
    before = t("scenario.from_place", place=form.place(found.rank_before, found.n_ranked))
    return _tile(
        "scenario.tile_rank",
        f'<p class="place">{found.rank}<small>/{found.n_ranked}</small></p>',
        [f"{tables.change(found.gain)} {escape(before)}"],
    )


def _group_tile(choice: Choice, found: Scenario) -> str:
    names = _group_names(choice.index_id, choice.edition)
    if found.group is None or found.group not in names:
        return _tile("scenario.tile_group", f"<p>{escape(t('scenario.no_group'))}</p>", [])
    same = t("scenario.same_group")
    if found.group != found.group_before:
        same = t("scenario.from_group", group=names.get(found.group_before or "", ""))
    place = f'<p class="empty">{escape(names[found.group])}</p>'
    return _tile("scenario.tile_group", place, [escape(same)])


def _group_names(index_id: str, edition: int) -> dict[str, str]:
    rows = method.thresholds(loaders.outline(), index_id, edition)
    column = "name_vi" if form.is_vi() else "name_en"
    return dict(zip(rows["group_id"], rows[column], strict=True))


def _target_tile(made: Outcome, names: Mapping[str, str]) -> str:
    chips = [tables.chip(verdict, said) for verdict, said in words.target_lines(made, names)]
    none = f"<p>{escape(t('scenario.no_targets'))}</p>"
    return _tile("scenario.tile_targets", "" if chips else none, chips)


# ------------------------------------------------------------------------------------ saved


def save(choice: Choice, made: Outcome | None, scores: Mapping[str, float]) -> None:
    """Name and author of a scenario to keep."""
    st.subheader(t("scenario.save_title"))
    with st.form("scenario_save", border=False):
        title = st.text_input(t("scenario.save_name"), max_chars=scenarios.TITLE_LENGTH)
        if AUTHOR_BOX not in st.session_state:
            st.session_state[AUTHOR_BOX] = st.session_state.get(AUTHOR, "")
        author = who.signer(t("scenario.save_author"), AUTHOR_BOX)
        is_wanted = st.form_submit_button(t("scenario.save"), type="primary")
    if not is_wanted:
        return
    if made is None or made.scenario is None or not scores:
        st.warning(t("scenario.save_first"))
        return
    if author is None:
        st.error(t("scenario.save_unsigned"))
        return
    st.session_state[AUTHOR] = author.name
    try:
        facts = _facts(choice, made.scenario, made.drift, scores, title)
        scenarios.save(store(), facts, by=author)
    except StoreError as fault:
        st.error(str(fault))
        return
    st.session_state[SAID] = "scenario.saved"
    # The list opens with the newest ones.
    st.session_state.pop(PICKED, None)
    st.rerun()


def _facts(
    choice: Choice,
    found: Scenario,
    drift: float,
    scores: Mapping[str, float],
    title: str,
) -> ScenarioFacts:
    before = found.components.set_index("component_id")["score_before"]
    return ScenarioFacts(
        title=title,
        data_version=loaders.catalogue().version,
        unit_id=choice.unit_id,
        index_id=choice.index_id,
        edition=choice.edition,
        as_of=choice.as_of,
        peers=found.peers.value,
        drift=drift,
        score_before=found.score_before,
        score=found.score,
        rank_before=found.rank_before,
        rank=found.rank,
        n_ranked=found.n_ranked,
        group_id=found.group,
        changes=[Change(name, float(before[name]), score) for name, score in scores.items()],
    )


def saved(choice: Choice) -> None:
    """Scenarios of the unit: the list, three of them side by side, and how to delete one."""
    st.subheader(t("scenario.list_title"))
    said = st.session_state.pop(SAID, None)
    if said:
        st.success(t(said))
    snapshot = store().version()
    rows = scenarios.scenarios(store(), choice.unit_id, version=snapshot)
    st.caption(t("scenario.list_note"))
    if rows.empty:
        st.info(t("scenario.list_empty", unit=choice.unit_name))
        return
    changes = scenarios.changes(store(), choice.unit_id, version=snapshot)
    rows = rows.set_index("scenario_id", drop=False)
    labels = _labels(rows)
    newest = [str(key) for key in rows.index[:MOST_COMPARED]]
    before = st.session_state.get(PICKED, newest)
    st.session_state[PICKED] = [key for key in before if key in labels]
    picked = st.multiselect(
        t("scenario.compare"), list(labels), key=PICKED, format_func=labels.__getitem__,
        max_selections=MOST_COMPARED, placeholder=t("scenario.compare_placeholder"),
    )  # fmt: skip
    if picked:
        _compared(rows.loc[picked], changes)
    with st.expander(t("scenario.delete_title")):
        gone = st.selectbox(
            t("scenario.delete_which"), list(labels), format_func=labels.__getitem__, index=None,
            placeholder=t("scenario.compare_placeholder"),
        )  # fmt: skip
        if st.button(t("scenario.delete"), disabled=gone is None) and gone is not None:
            _delete(gone)


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Title, author and moment of each scenario, each different: widgets go by the text."""
    labels: dict[str, str] = {}
    for key, row in rows.iterrows():
        said = f"{row['title']} ({row['author']}, {_moment(row['saved_at'])})"
        n_same = list(labels.values()).count(said)
        while said in labels.values():
            n_same += 1
            said = f"{row['title']} ({row['author']}, {_moment(row['saved_at'])}) · {n_same}"
        labels[str(key)] = said
    return labels


def _delete(scenario_id: str) -> None:
    try:
        scenarios.delete(store(), scenario_id, by=who.actor())
        st.session_state[SAID] = "scenario.deleted"
    except StoreError as fault:
        st.error(str(fault))
        return
    st.rerun()


def _moment(value: Any) -> str:
    return pd.Timestamp(value).tz_localize(UTC).astimezone(HOME).strftime("%H:%M %d/%m/%Y")


def _compared(rows: pd.DataFrame, changes: pd.DataFrame) -> None:
    """Scenarios side by side, one column each."""
    heads = ["", *(row["title"] for _, row in rows.iterrows())]
    columns = [_facts_of(row, changes) for _, row in rows.iterrows()]
    body = []
    for name in columns[0]:
        cells = [escape(t(f"scenario.row_{name}")), *(column[name] for column in columns)]
        body.append(tables.line(heads, cells, is_total=name in ("score", "rank")))
    mark = f'<p><span class="chip no_target">{escape(t("scenario.mark"))}</span></p>'
    st.html(f'<div class="answer">{mark}</div>')
    tables.table("compared", heads, body)


def _facts_of(row: Any, changes: pd.DataFrame) -> dict[str, str]:
    """The cells of one saved scenario, escaped."""
    own = changes.loc[changes["scenario_id"] == row["scenario_id"]]
    names = loaders.component_names(row["index_id"], row["edition"])
    made = [
        f"{names.get(c['component_id'], c['component_id'])}: "
        f"{form.number(c['score_before'])} → {form.number(c['score'])}"
        for _, c in own.iterrows()
    ]
    group = _group_names(row["index_id"], row["edition"]).get(row["group_id"], form.NO_VALUE)
    place = form.place(row["rank"], row["n_ranked"])
    before = t("scenario.from_place", place=form.place(row["rank_before"], row["n_ranked"]))
    points = t("scenario.from_score", score=form.number(row["score_before"]))
    return {
        "score": f"{escape(form.number(row['score']))} "
                 f'<div class="small">{escape(points)}</div>',
        "rank": f'{escape(place)} <div class="small">{escape(before)}</div>',
        "group": escape(group),
        "changes": "".join(f"<div>{escape(line)}</div>" for line in made),
        "peers": escape(words.drift_words(Peers(row["peers"]), row["drift"])),
        "subject": escape(f"{loaders.index_short(row['index_id'])} {row['edition']}"),
        "author": escape(row["author"]),
        "saved": escape(_moment(row["saved_at"])),
        "version": f'<span class="small">{escape(_version(row["data_version"]))}</span>',
        "again": escape(_again(row, own)),
    }  # fmt: skip


def _version(name: str) -> str:
    return name.removeprefix("store-").removesuffix(".duckdb")


def _again(row: Any, changes: pd.DataFrame) -> str:
    """The same question to the figures of today: a load may have changed the answer."""
    scores = dict(zip(changes["component_id"], changes["score"].astype(float), strict=True))
    try:
        made = question.outcome(
            loaders.knowledge_of_index(str(row["index_id"])),
            unit_id=row["unit_id"],
            index_id=row["index_id"],
            edition=int(row["edition"]),
            as_of=pd.Timestamp(row["as_of"]).date(),
            scores=scores,
            peers=Peers(row["peers"]),
            drift=float(row["drift"]),
        )
    except (ChangeClash, ScoreOutOfScale):
        return t("scenario.again_open")
    if made.scenario is None:
        return t("scenario.again_open")
    is_same = made.scenario.rank == row["rank"] and (
        abs(made.scenario.score - row["score"]) <= UNCHANGED
    )
    if is_same:
        return t("scenario.again_same")
    place = form.place(made.scenario.rank, made.scenario.n_ranked)
    return t("scenario.again", score=form.number(made.scenario.score), place=place)
