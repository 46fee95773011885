"""Internal indices on screen: definition, scores, ranking, and the plan against lost points."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import internal_index as method
from briefing.load_records import fault_sentence
from briefing.reviews import inert
from data import agencies, batches, internal, records, reviews
from data.actors import demand
from data.intake.model import FileRefused
from data.internal import InternalIndex, InternalScores, LineFault, Score, UnitKind
from data.store import StoreError, store
from locales import form, t
from ui import drawn, tables, who
from ui.choice import Choice
from ui.review_plan import work_plan
from ui.reviews import done, in_force, pinned, refuse

FAULTS_SHOWN = 20


def pick(choice: Choice) -> tuple[InternalIndex | None, int]:
    """The internal index looked at and its revision; None for a new one."""
    found = internal.indices(store(), choice.unit_id, version=pinned())
    if not found:
        st.info(t("internal.empty", unit=choice.unit_name))
        return None, 0

    def name(key: str | None) -> str:
        if key is None:
            return t("internal.new")
        one = found[key][0]
        return t("internal.pick_name", name=one.name, year=one.year)

    chosen = st.selectbox(t("internal.pick"), [*found, None], format_func=name)
    return found[chosen] if chosen else (None, 0)


def _held(index: InternalIndex) -> tuple[Score, ...]:
    return internal.scores(store(), index, version=pinned())


def _lines(index: InternalIndex) -> pd.DataFrame:
    return method.internal_lines(*internal.frames(index, _held(index)))


# -------------------------------------------------------------------------------------- ranking


def ranking(index: InternalIndex) -> None:
    """Points, per cent, place and class of every unit."""
    if not _held(index):
        st.info(t("internal.no_scores"))
        return
    cuts = internal.cuts(index)
    rows = method.internal_standing(_lines(index), cuts)
    names = {one.member_id: one.name for one in index.members}
    kinds = {one.member_id: one.kind.value for one in index.members}
    classes = dict(zip(cuts["class_id"], cuts["name"], strict=True))
    missing = method.gaps_to_next(rows, cuts)
    st.caption(t("internal.counts", n=form.whole(rows["rank"].notna().sum())))
    heads = [t(f"internal.col_{key}") for key in (
        "rank", "unit", "kind", "points", "percent", "class", "next", "done",
    )]  # fmt: skip
    body = []
    for row in rows.to_dict("records"):
        unit = row["unit_id"]
        cells = [
            _place(row), names[unit], t(f"internal.kind_{kinds[unit]}"), _points(row),
            _percent(row["percent"]), _class(row, classes), _next(row, missing),
            f"{row['n_scored']}/{row['n_applicable']}",
        ]  # fmt: skip
        body.append(tables.line(heads, [escape(cell) for cell in cells]))
    tables.table("internal", heads, body)
    st.caption(t("internal.note"))


def _place(row: Any) -> str:
    if form.is_missing(row["rank"]):
        return t("internal.not_ranked")
    return form.place(row["rank"], row["n_ranked"])


def _points(row: Any) -> str:
    if form.is_missing(row["points"]):
        return ""
    most = form.trimmed(row["max_applicable"])
    return t("internal.points", points=form.number(row["points"]), most=most)


def _percent(value: Any) -> str:
    return "" if form.is_missing(value) else t("internal.percent", value=form.number(value))


def _class(row: Any, classes: dict[str, str]) -> str:
    if form.is_missing(row["percent"]):
        return ""
    return classes.get(row["class_id"], t("internal.no_class"))


def _next(row: Any, missing: dict[str, float]) -> str:
    if form.is_missing(row["percent"]):
        return ""
    if row["unit_id"] not in missing:
        return t("internal.top")
    return t("internal.next", points=form.number(missing[row["unit_id"]]))


# --------------------------------------------------------------------------------------- scores


def scores(index: InternalIndex) -> None:
    """Scores from a workbook or typed for one unit."""
    st.download_button(
        t("internal.template"), internal.template(index, _held(index)),
        file_name=t("internal.template_file", year=index.year),
    )  # fmt: skip
    given = st.file_uploader(t("internal.upload"), type=["xlsx", "xlsm", "xls", "ods", "csv"])
    if given is not None:
        _upload(index, given.getvalue(), given.name)
    _typed(index)


def _upload(index: InternalIndex, content: bytes, name: str) -> None:
    try:
        found, free, faults = internal.read_scores(content, name, index)
    except FileRefused as fault:
        st.error(inert(fault_sentence(fault.key, fault.values)))
        return
    if faults:
        st.error(t("internal.upload_faults", n=form.whole(len(faults))))
        said = [t(f"internal.fault_{one.key}", cell=one.cell, said=one.said) for one in faults]
        items = "".join(f"<li>{escape(line)}</li>" for line in said[:FAULTS_SHOWN])
        st.html(f'<ul class="notes">{items}</ul>')
        return
    st.info(t("internal.upload_ready", n=form.whole(len(found)), free=form.whole(len(free))))
    if not st.button(t("internal.upload_load"), type="primary"):
        return
    try:
        demand(who.actor(), InternalScores.action)
        batches.keep_file(store(), content, name)
    except StoreError as fault:
        refuse(fault)
        return
    _keep(index, found, tuple(free), reason=name)


def _keep(index: InternalIndex, found: list[Score], free: Any, *, reason: str) -> None:
    by = who.actor()
    try:
        if set(free) != set(index.exempt):
            # Read again: somebody may have changed the definition meanwhile.
            held, revision = reviews.held_one(store(), InternalIndex, index.record_id)
            index = held.model_copy(update={"exempt": free})
            internal.keep_index(store(), index, by=by, seen=revision)
        internal.keep_scores(store(), index, found, by=by, reason=reason)
    except StoreError as fault:
        refuse(fault)
        return
    done("internal.saved")


def _typed(index: InternalIndex) -> None:
    st.subheader(t("internal.typed"))
    names = {one.member_id: one.name for one in index.members}
    member = str(st.selectbox(t("internal.typed_unit"), list(names), format_func=names.__getitem__))
    free = {(one.member_id, one.criterion_id) for one in index.exempt}
    was, n_saved = drawn.from_first(
        f"scores_{index.record_id}_{member}",
        f"score_{index.record_id}_{member}_{{revision}}_{index.criteria[0].criterion_id}",
        tuple(one for one in _held(index) if one.member_id == member),
        internal.scores_revision(store(), index),
    )
    held = {one.criterion_id: one.score for one in was}
    with st.form("internal_scores"):
        typed: dict[str, float | None] = {}
        places = st.columns(2)
        for at, criterion in enumerate(index.criteria):
            key = (member, criterion.criterion_id)
            label = inert(
                t("internal.typed_score", code=criterion.code, name=criterion.name,
                  most=form.trimmed(criterion.max_score))
            )  # fmt: skip
            typed[criterion.criterion_id] = places[at % 2].number_input(
                label, min_value=0.0, max_value=criterion.max_score,
                value=held.get(criterion.criterion_id),
                key=f"score_{index.record_id}_{member}_{n_saved}_{criterion.criterion_id}",
                disabled=key in free,
                placeholder=t("internal.typed_free") if key in free else "",
            )  # fmt: skip
        is_wanted = st.form_submit_button(t("internal.typed_save"), type="primary")
    if is_wanted:
        own = [
            Score(member_id=member, criterion_id=criterion, score=value)
            for criterion, value in typed.items()
            if value is not None
        ]
        drawn.anew(f"scores_{index.record_id}_{member}")
        try:
            internal.keep_scores_of(store(), index, member, own, was=was, by=who.actor())
        except StoreError as fault:
            refuse(fault)
            return
        done("internal.saved")


# ----------------------------------------------------------------------------------------- plan


def plan(choice: Choice, index: InternalIndex) -> None:
    """What one unit lost, criterion by criterion, and its plan against it."""
    names = {one.member_id: one.name for one in index.members}
    member = str(st.selectbox(t("internal.plan_unit"), list(names), format_func=names.__getitem__))
    lines = _lines(index)
    labels = {one.criterion_id: f"{one.code}. {one.name}" for one in index.criteria}
    st.subheader(t("internal.lost"))
    own = lines.loc[lines["unit_id"] == member]
    tables.plain(
        [t(f"internal.col_{key}") for key in ("criterion", "max", "score", "lost")],
        [
            [labels[row["criterion_id"]], form.number(row["max_score"]), _score(row),
             "" if form.is_missing(row["lost"]) else form.number(row["lost"])]
            for row in own.to_dict("records")
        ],
    )  # fmt: skip
    weaknesses = method.shortcomings_of(lines, member, labels)
    if not weaknesses:
        st.caption(t("internal.lost_none"))
    work_plan(
        unit_id=choice.unit_id, index_id=reviews.INTERNAL + index.record_id, edition=index.year,
        agency_id=member, weaknesses=weaknesses, causes={}, as_of=choice.as_of,
    )  # fmt: skip


def _score(row: Any) -> str:
    if row["state"] == method.SCORED:
        return form.number(row["score"])
    return t(f"internal.state_{row['state']}")


# ----------------------------------------------------------------------------------- definition


def define(choice: Choice, index: InternalIndex | None, revision: int) -> None:
    """Name, units, criteria, classes and what does not apply, as lines of text."""
    form_name = f"internal_{index.record_id if index else 'new'}"
    if index:
        index, revision = drawn.from_first(
            form_name, f"d_name_{index.record_id}_{{revision}}", index, revision
        )
    stem = f"{index.record_id if index else 'new'}_{revision}"
    _from_list(choice, f"d_members_{stem}", index)
    with st.form("internal_define"):
        left, middle, right = st.columns([3, 1, 1])
        name = left.text_input(
            t("internal.name"), value=index.name if index else "", key=f"d_name_{stem}"
        )
        year = middle.number_input(
            t("internal.year"), 2000, 2100, value=index.year if index else choice.edition,
            key=f"d_year_{stem}",
        )  # fmt: skip
        kind = right.selectbox(
            t("internal.kind"), [one.value for one in UnitKind], key=f"d_kind_{stem}",
            format_func=lambda code: t(f"internal.kind_{code}"),
        )  # fmt: skip
        boxes = {
            box: st.text_area(
                t(f"internal.{box}"), value=text, key=f"d_{box}_{stem}", height=150,
                placeholder=t("internal.criteria_example") if box == "criteria" else None,
            )
            for box, text in _as_lines(index).items()
        }  # fmt: skip
        if index:
            st.caption(t("internal.keeps"))
        is_wanted = st.form_submit_button(t("internal.save"), type="primary")
    if is_wanted:
        drawn.anew(form_name)
        _define(choice, index, revision, (name, int(year), UnitKind(kind)), boxes)
    if index:
        _withdraw(index)


def _from_list(choice: Choice, box: str, index: InternalIndex | None) -> None:
    """Buttons that write the agencies of the list, typed ones too, into the box of units."""
    rows = agencies.agencies(store(), version=pinned())
    year = index.year if index else choice.edition
    rows = rows.loc[(rows["unit_id"] == choice.unit_id) & in_force(rows, year)]
    named = {
        str(level): sorted(part["name_vi"], key=form.sort_key)
        for level, part in rows.groupby("level", sort=False)
    }
    if not named:
        return
    st.caption(t("internal.from_list", year=year))
    for place, (level, names) in zip(st.columns(len(named)), named.items(), strict=True):
        place.button(
            t("internal.from_list_add", n=form.whole(len(names)), level=level),
            key=f"list_{box}_{level}", on_click=_add_names, args=(box, names, _as_lines(index)),
        )  # fmt: skip


def _add_names(box: str, names: list[str], held: dict[str, str]) -> None:
    """Lines of the box and, below, the names that do not stand there yet."""
    lines = str(st.session_state.get(box, held["members"])).splitlines()
    lines += [name for name in names if name not in lines]
    st.session_state[box] = "\n".join(line for line in lines if line.strip())


def _as_lines(index: InternalIndex | None) -> dict[str, str]:
    """The parts of an index as the lines they are typed in."""
    cuts = index.cuts if index else internal.USUAL_CUTS
    said = {"members": [], "criteria": [], "exempt": []} if index is None else {
        "members": [one.name for one in index.members],
        "criteria": [f"{one.code}; {one.name}; {form.trimmed(one.max_score)}"
                     for one in index.criteria],
        "exempt": _exempt(index),
    }  # fmt: skip
    order = {**said, "cuts": [f"{one.name}; {form.trimmed(one.lower_bound)}" for one in cuts]}
    return {box: "\n".join(order[box]) for box in ("members", "criteria", "cuts", "exempt")}


def _exempt(index: InternalIndex) -> list[str]:
    names = {one.member_id: one.name for one in index.members}
    codes = {one.criterion_id: one.code for one in index.criteria}
    return [f"{names[one.member_id]}; {codes[one.criterion_id]}" for one in index.exempt]


def _define(
    choice: Choice,
    index: InternalIndex | None,
    revision: int,
    head: tuple[str, int, UnitKind],
    boxes: dict[str, str],
) -> None:
    by = who.actor()
    name, year, kind = head
    try:
        members = internal.typed_members(boxes["members"], kind, index.members if index else ())
        criteria = internal.typed_criteria(boxes["criteria"], index.criteria if index else ())
        made = InternalIndex(
            record_id=index.record_id if index else records.new_id("internal_index"),
            unit_id=choice.unit_id, name=name, year=year, members=members, criteria=criteria,
            cuts=internal.typed_cuts(boxes["cuts"]),
            exempt=internal.typed_exempt(boxes["exempt"], members, criteria),
        )  # fmt: skip
        internal.keep_index(store(), made, by=by, seen=revision)
        _drop_orphans(index, made)
    except LineFault as fault:
        box = t(f"internal.{fault.box}")
        st.error(inert(t("internal.bad_line", n=fault.number, box=box, said=fault.said)))
        return
    except StoreError as fault:
        refuse(fault)
        return
    done("internal.saved")


def _drop_orphans(before: InternalIndex | None, made: InternalIndex) -> None:
    """Scores of units and criteria that are no more, or above a maximum made smaller, go."""
    if before is None:
        return
    held = _held(before)
    members = {one.member_id for one in made.members}
    most = {one.criterion_id: one.max_score for one in made.criteria}
    kept = [
        one
        for one in held
        if one.member_id in members and one.score <= most.get(one.criterion_id, -1.0)
    ]
    if len(kept) != len(held):
        internal.keep_scores(store(), made, kept, by=who.actor())


def _withdraw(index: InternalIndex) -> None:
    with st.expander(t("internal.withdraw")), st.form("internal_withdraw"):
        reason = st.text_input(t("internal.reason"))
        if not st.form_submit_button(t("internal.withdraw")):
            return
        try:
            records.withdraw(store(), index, by=who.actor(), reason=reason)
        except StoreError as fault:
            refuse(fault)
            return
    done("internal.saved")
