"""Before and after a change of units, on screen: the official verdict first, estimates after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import merger
from analytics.board import has_changed
from analytics.composition import FIRMS, Sizes, WeightBasis, Weights, firm_sizes, successors
from analytics.merger import Lens
from analytics.rebasing import taken_over as targets_taken_over
from briefing import lens_pictures, lens_records, sentences
from briefing.reviews import inert
from briefing.unit_words import change_words, reason_words
from charts.lens_bars import lens_bars
from charts.predecessor_lines import predecessor_lines
from data import rebasing
from data.sizes import SizesFault, read_sizes
from data.store import store
from locales import form, t
from locales.calendar import today
from ui import download, loaders, tables
from ui.choice import ALL, Choice

DEFAULT_GAIN, MOST_GAIN = 5, 62
# Kept in the address; each is left out while it stands at its default.
NOW, GAIN, WEIGHTS = "now", "gain", "weights"
PAGE = "pages/merger.py"


@dataclass(frozen=True)
class Question:
    """What the lenses are asked: a present unit, an index, two years, a number of places."""

    unit_id: str
    index_id: str
    baseline: int
    edition: int
    gain: int
    weights: str
    as_of: date
    sizes: tuple[tuple[str, float], ...] = ()


# ---------------------------------------------------------------------------------- reading


def _weights(asked: Question) -> Weights:
    """Population and equal weights need no table; firms come from one given, else held."""
    if asked.weights != FIRMS:
        return WeightBasis(asked.weights)
    if asked.sizes:
        return Sizes(FIRMS, pd.DataFrame(asked.sizes, columns=["unit_id", "value"]))
    held = firm_sizes(loaders.catalogue().unit_facts)
    return WeightBasis.POPULATION if held is None else held


def _weight_options(sizes: tuple[tuple[str, float], ...]) -> list[str]:
    """Weights to choose from: by firms only where a table of firms is given or held."""
    held = firm_sizes(loaders.catalogue().unit_facts)
    has_firms = bool(sizes) or held is not None
    return [*(basis.value for basis in WeightBasis), *([FIRMS] if has_firms else [])]


def _given() -> tuple[tuple[str, float], ...]:
    """A table of firms handed over for this visit; it is used and not kept."""
    with st.expander(t("merger.table_title")):
        st.caption(t("merger.table_note"))
        file = st.file_uploader(t("merger.table_title"), type=["csv", "xlsx"], key="firms_table",
                                label_visibility="collapsed")  # fmt: skip
        if file is None:
            return ()
        try:
            rows = read_sizes(file.getvalue(), loaders.register())
        except SizesFault as fault:
            st.error(inert(str(fault)))
            return ()
        st.success(t("merger.table_read", n=form.whole(len(rows))))
    return tuple(zip(rows["unit_id"], rows["value"], strict=True))


# A resource, not data: one copy for all sessions. Its frames are never changed in place.
@st.cache_resource(max_entries=512, show_spinner=False)
def _lens(stamp: str, asked: Question) -> Lens:
    _ = stamp
    return merger.lens(
        loaders.knowledge_of_kind(asked.unit_id),
        unit_id=asked.unit_id,
        index_id=asked.index_id,
        baseline=asked.baseline,
        edition=asked.edition,
        gain=asked.gain,
        weights=_weights(asked),
        as_of=asked.as_of,
    )


def lens(asked: Question) -> Lens:
    """The lenses for one question."""
    return _lens(loaders.version(), asked)


def present_units(unit_id: str) -> list[str]:
    """The present units that stand for the unit; itself while it lasts."""
    known = loaders.catalogue()
    day = max(pd.to_datetime(known.units["valid_from"]).max().date(), today())
    return list(successors(known.units, known.unit_links, unit_id, on=day))


def years(index_id: str, as_of: date) -> list[int]:
    """Editions of an index that were out, earliest first."""
    rows = loaders.catalogue().editions
    is_out = pd.to_datetime(rows["published_on"]) <= pd.Timestamp(as_of)
    return sorted(
        int(year) for year in rows.loc[is_out & (rows["index_id"] == index_id), "edition"]
    )


# ---------------------------------------------------------------------------------- choices


def asked(choice: Choice) -> Question | None:
    """Draw the choices of the page; None where the index has no two editions to compare."""
    first, second, third = st.columns([2, 2, 1])
    unit_id = present_unit(first, choice)
    sizes = _given()
    bases = _weight_options(sizes)
    if st.session_state.get("w_weights") not in bases:
        text = st.query_params.get(WEIGHTS, "")
        st.session_state["w_weights"] = text if text in bases else bases[0]
    basis = second.selectbox(
        t("merger.choose_weights"), bases, key="w_weights", format_func=lens_pictures.weights_name,
        help=t("merger.help_weights"),
    )  # fmt: skip
    if "w_gain" not in st.session_state:
        text = st.query_params.get(GAIN, "")
        is_number = text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_GAIN
        st.session_state["w_gain"] = int(text) if is_number else DEFAULT_GAIN
    gain = third.number_input(
        t("merger.choose_gain"), min_value=1, max_value=MOST_GAIN, step=1, key="w_gain"
    )
    keep(WEIGHTS, "" if basis == bases[0] else basis)
    keep(GAIN, "" if gain == DEFAULT_GAIN else str(gain))
    found = _years(choice.index_id, choice)
    if found is None:
        return None
    used = sizes if basis == FIRMS else ()
    return Question(unit_id, choice.index_id, *found, int(gain), basis, choice.as_of, used)


def present_unit(place: Any, choice: Choice) -> str:
    """The present unit looked at: the one the chosen unit is part of, unless another is picked."""
    names, everyone = loaders.all_unit_names(), loaders.catalogue().units
    own = present_units(choice.unit_id)
    # Communes are not offered one by one: there are thousands.
    is_offered = everyone["geography"].isin(loaders.register().geographies)
    present = everyone.loc[everyone["valid_to"].isna() & is_offered, "unit_id"]
    options = sorted({*map(str, present), *own}, key=lambda unit_id: form.sort_key(names[unit_id]))
    default = own[0] if own else options[0]
    # Another unit in the sidebar starts anew; what the address asked for was meant for the first.
    widget = f"w_now_{choice.unit_id}"
    if widget not in st.session_state:
        is_first = not any(str(key).startswith("w_now_") for key in st.session_state)
        wanted = st.query_params.get(NOW, "") if is_first else ""
        st.session_state[widget] = wanted if wanted in options else default
    label = t("merger.choose_unit")
    unit_id = place.selectbox(label, options, key=widget, format_func=names.__getitem__)
    keep(NOW, "" if unit_id == default else unit_id)
    return str(unit_id)


def keep(key: str, value: str) -> None:
    """Put one choice into the address, or take it out where it stands at its default."""
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


def _years(index_id: str, choice: Choice) -> tuple[int, int] | None:
    """The two years asked for, or the nearest earlier ones that are out."""
    out = years(index_id, choice.as_of)
    last = [year for year in out if year <= choice.edition]
    first = [year for year in out if last and year <= choice.baseline and year < last[-1]]
    return (first[-1], last[-1]) if first else None


# ----------------------------------------------------------------------------------- showing


def _source(seen: Lens, choice: Choice) -> str:
    """The source of the year shown, which may be an earlier one than the year chosen."""
    return loaders.source_line(replace(choice, edition=seen.edition))


def _hatched(label: str, body: str) -> str:
    """A box that nobody takes for a published figure."""
    return f'<div class="estimate"><p class="label">{escape(label)}</p>{body}</div>'


def _paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _label() -> str:
    return f"{t('lens.label')} ({t('lens.not_official')})"


def subtitle(question: Question | None, choice: Choice) -> None:
    """Which years are compared, and that others were asked for where they are not out."""
    index = loaders.index_short(choice.index_id)
    if question is None:
        st.info(t("merger.no_years", index=index, year=choice.edition, baseline=choice.baseline))
        return
    said = {"index": index, "edition": question.edition, "baseline": question.baseline}
    st.caption(t("merger.subtitle", unit=loaders.all_unit_names()[question.unit_id], **said))
    if (question.baseline, question.edition) != (choice.baseline, choice.edition):
        st.info(t("merger.other_years", **said))


def made_of(unit_id: str) -> None:
    """What the unit was made of, when and by which resolution, with every later change."""
    known = loaders.catalogue()
    names, links = loaders.all_unit_names(), known.unit_links
    chain, found = [unit_id], [unit_id]
    while chain:
        givers = links.loc[links["to_unit_id"] == chain.pop(0), "from_unit_id"]
        chain += [str(giver) for giver in givers if giver not in found]
        found += [str(giver) for giver in givers if giver not in found]
    rows = links.loc[links["to_unit_id"].isin(found)].sort_values("effective_on")
    heads = [t("merger.col_day"), t("merger.col_change"), t("merger.col_from"),
             t("merger.col_to"), t("merger.col_weight"), t("merger.col_basis")]  # fmt: skip
    tables.plain(heads, [
        [form.day(row["effective_on"]), t(f"merger.event.{row['event']}"),
         names[row["from_unit_id"]], names[row["to_unit_id"]],
         form.NO_VALUE if form.is_missing(row["weight"])
         else f"{form.number(100 * row['weight'], 1)} %",
         " · ".join(str(row[name]) for name in ("legal_basis", "note")
                    if not form.is_missing(row[name]))]
        for _, row in rows.iterrows()
    ])  # fmt: skip


def official(seen: Lens) -> None:
    """The verdict that counts, before every estimate."""
    said = reason_words(seen.official_reason, seen.changed_on, seen.change_event)
    reason = f"<p>{escape(said)}.</p>" if said else ""
    places = t("merger.asked", gain=form.whole(seen.gain), baseline=seen.baseline,
               edition=seen.edition)  # fmt: skip
    st.html(
        f'<div class="answer"><p class="lead">{escape(t("merger.official"))}: '
        f"{tables.chip(seen.official_status)}</p><p>{escape(places)}</p>{reason}</div>"
    )


def story(seen: Lens, choice: Choice) -> None:
    """Lens A: the published series of everyone involved, as published."""
    names = loaders.all_unit_names()
    rows = seen.story.loc[seen.story["rank"].notna()]
    if rows.empty:
        st.info(t("merger.story_none"))
        return
    rows = rows.assign(
        name=[_dated(unit_id, names) for unit_id in rows["unit_id"]],
        hover=[t("merger.story_hover", unit=names[row["unit_id"]], year=row["edition"],
                 place=form.place(row["rank"], row["n_ranked"]),
                 origin=t(f"origin.{row['rank_origin']}")) for _, row in rows.iterrows()],
    )  # fmt: skip
    last = rows.loc[rows["edition"] == rows["edition"].max()].iloc[0]
    title = t("merger.story_finding", unit=names[last["unit_id"]], year=last["edition"],
              place=form.place(last["rank"], last["n_ranked"]))  # fmt: skip
    download.chart(
        predecessor_lines(rows, title=title, source=_source(seen, choice),
                          changed_on=seen.changed_on),
        name=f"published_{seen.unit_id}_{seen.index_id}",
        data=rows.assign(label=rows["name"])[
            ["label", "edition", "rank", "n_ranked", "rank_origin"]
        ],
    )  # fmt: skip
    st.caption(t("merger.story_note"))


def _dated(unit_id: str, names: dict[str, str]) -> str:
    """A name with its time, because the same name was borne by another unit."""
    units = loaders.catalogue().units.set_index("unit_id")
    begun, ended = units.loc[unit_id, "valid_from"], units.loc[unit_id, "valid_to"]
    if form.is_missing(ended):
        return t("merger.name_now", unit=names[unit_id], day=form.day(begun))
    return t("merger.name_then", unit=names[unit_id], day=form.day(ended))


def estimates(seen: Lens, choice: Choice) -> None:
    """Lenses B and C with bounds, conclusion and everything that limits them; hatched."""
    names, known = loaders.all_unit_names(), loaders.catalogue()
    rows = lens_pictures.picture_rows(seen, names)
    if len(rows):
        download.chart(
            lens_bars(rows, title=lens_pictures.finding(seen, names[seen.unit_id]),
                      source=_source(seen, choice), n_units=len(seen.estimates)),
            name=f"estimates_{seen.unit_id}_{seen.index_id}_{seen.edition}",
            data=rows.assign(value=rows["place"], required_rank=rows["required"],
                             is_estimate=True).drop(columns="place"),
        )  # fmt: skip
    units = known.units.set_index("unit_id")
    entry = known.indices.set_index("index_id").loc[seen.index_id]
    lines = lens_records.estimate_lines(seen, int(entry["decimals"]))
    lines += [
        lens_records.equivalent_line(row, units, seen)
        for _, row in seen.percentile.iterrows() if row["unit_id"] != seen.unit_id
    ]  # fmt: skip
    conclusion = t(f"lens.conclusion_name.{seen.conclusion}")
    lines.append(t("lens.conclusion", conclusion=conclusion))
    notes = "".join(f"<li>{escape(note)}</li>" for note in lens_records.notes(seen))
    st.html(_hatched(_label(), _paragraphs(lines) + f'<ul class="notes">{notes}</ul>'))
    with st.expander(t("merger.field_title")):
        heads = [t("merger.col_unit"), t("merger.col_place", year=seen.baseline),
                 t("merger.col_place", year=seen.edition), t("merger.col_gain"),
                 t("merger.col_coverage", year=seen.baseline),
                 t("merger.col_coverage", year=seen.edition)]  # fmt: skip
        tables.plain(heads, lens_pictures.field_rows(seen, names))
        st.caption(t("merger.field_note"))


def section(choice: Choice) -> None:
    """On other pages: what an estimate would say of a unit that was formed since the base year.

    Nothing for a unit that is the same in both years.
    """
    known = loaders.outline()
    wanted = list(known.tables.indices["index_id"]) if choice.index_id == ALL else [choice.index_id]
    questions = [
        Question(choice.unit_id, index_id, *found, DEFAULT_GAIN,
                 WeightBasis.POPULATION.value, choice.as_of)
        for index_id in wanted
        if (found := _section_years(index_id, choice)) is not None
        and has_changed(known, unit_id=choice.unit_id, index_id=index_id,
                        baseline=found[0], edition=choice.edition)
    ]  # fmt: skip
    if not questions:
        return
    st.subheader(t("merger.section_title"))
    verdicts, guesses = [], []
    for question in questions:
        seen = lens(question)
        day = change_words(seen.changed_on, seen.change_event) if seen.change_event else ""
        verdict = t("merger.section_official", day=day,
                    status=t(f"status.{seen.official_status}"))  # fmt: skip
        index = f"<strong>{escape(loaders.index_short(question.index_id))}</strong>"
        verdicts.append(f"<p>{index}: {escape(verdict)}</p>")
        guess = lens_pictures.finding(seen, choice.unit_name) + "."
        if seen.backcast is None:
            guess += " " + " ".join(lens_records.why_none(seen))
        if question.edition != choice.edition:
            guess += " " + t("merger.section_not_out", year=choice.edition,
                             edition=question.edition, baseline=question.baseline)  # fmt: skip
        guesses.append(f"<p>{index}: {escape(guess)}</p>")
    st.html(f'<div class="answer">{"".join(verdicts)}</div>')
    st.html(_hatched(_label(), "".join(guesses)))
    st.page_link(PAGE, label=t("merger.open_page"))


def _section_years(index_id: str, choice: Choice) -> tuple[int, int] | None:
    """The years chosen; of a year nobody has published on, the nearest earlier ones."""
    if choice.edition in set(loaders.catalogue().editions["edition"]):
        is_out = {choice.baseline, choice.edition} <= set(years(index_id, choice.as_of))
        return (choice.baseline, choice.edition) if is_out else None
    return _years(index_id, choice)


# A resource, not data: one copy for all sessions. Its frames are never changed in place.
@st.cache_resource(max_entries=128, show_spinner=False)
def _taken_over(stamp: str, unit_id: str, edition: int, as_of: date) -> pd.DataFrame:
    _ = stamp
    return targets_taken_over(
        loaders.knowledge_of_kind(unit_id),
        unit_id=unit_id,
        edition=edition,
        as_of=as_of,
        set_anew=set_anew(),
    )


def set_anew() -> set[str]:
    """Old targets that a document has replaced."""
    return rebasing.set_anew(store(), version=loaders.version().partition("@")[0])


def taken_over(choice: Choice) -> None:
    """Targets of former units that still run in the year chosen and no document set anew.

    Nothing for a unit that no other was merged into, and for one whose targets have all ended.
    """
    if not loaders.catalogue().unit_links["to_unit_id"].eq(choice.unit_id).any():
        return
    rows = _taken_over(loaders.version(), choice.unit_id, choice.edition, choice.as_of)
    if choice.index_id != ALL:
        rows = rows.loc[rows["index_id"] == choice.index_id]
    units = loaders.catalogue().units.set_index("unit_id")
    begun = pd.Timestamp(units.loc[choice.unit_id, "valid_from"])
    if rows.empty:
        return
    st.subheader(t("merger.taken_title", year=choice.edition))
    _old_targets(rows, choice.unit_id, choice.edition,
                 t("merger.reason_dated", reason=t("reason.merged"),
                   change=change_words(begun, "merge")))  # fmt: skip


def open_targets(seen: Lens, choice: Choice) -> None:
    """Targets of the predecessors that were not over when they ended, and what becomes of them."""
    known = loaders.catalogue()
    gone = [u for u in dict.fromkeys(seen.percentile["unit_id"]) if u != seen.unit_id]
    rows = known.targets.loc[
        known.targets["unit_id"].isin(gone) & (known.targets["index_id"] == seen.index_id)
    ]
    if seen.changed_on is not None:
        rows = rows.loc[rows["last_edition"].fillna(seen.changed_on.year) >= seen.changed_on.year]
    if rows.empty:
        st.info(t("merger.targets_none", index=loaders.index_short(choice.index_id)))
        return
    reason = reason_words("merged", seen.changed_on, seen.change_event)
    _old_targets(rows, seen.unit_id, seen.edition, reason)


def _old_targets(rows: pd.DataFrame, unit_id: str, edition: int, reason: str) -> None:
    """Targets of former units with the verdict of the board, and what they wait for."""
    names = loaders.all_unit_names()
    heads = [t("targets.col_target"), t("targets.col_status"), t("merger.col_becomes")]
    tables.table("targets", heads, [
        tables.line(heads, [
            f"<strong>{escape(_target(row))}</strong>"
            f'<div class="small">{escape(names[row["unit_id"]])} · {escape(_part(row, edition))} · '
            f"{escape(str(row['document_number']))}</div>",
            tables.chip("not_assessable") + f'<div class="small">{escape(reason)}.</div>',
            escape(t("merger.becomes", unit=names[unit_id])),
        ])
        for _, row in rows.iterrows()
    ])  # fmt: skip
    st.page_link("pages/rebasing.py", label=t("merger.open_rebasing"))


def _target(row: Any) -> str:
    return sentences.target_words(row.to_dict() | {"baseline_used": row["baseline_edition"]})


def _part(row: Any, edition: int) -> str:
    named = loaders.component_names(str(row["index_id"]), edition).get(str(row["component_id"]))
    # A target may name an index that the catalogue does not hold; its parts have no names then.
    return " · ".join([loaders.index_short(str(row["index_id"])), *([named] if named else [])])
