"""The reader's choice: province, index, year, baseline, as-of date, all kept in the address.

A link reopens exactly the view. What an address asks for and we do not have is said in one
sentence, and the nearest sensible choice is shown instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

import locales
from data.units import UnitError
from locales import form, t
from locales.calendar import today, years_to_ask
from ui import loaders
from ui.choice import ALL, Choice

STORED = "choice"
WRITTEN = "address_written"
NOTICES = "notices"
# The province of the founding directives; a first visit shows their story.
FIRST_VIEW = {"unit": "vn63-kon-tum", "index": ALL, "year": "2023", "base": "2022", "asof": ""}
OLDEST_DAY = date(2012, 1, 1)
# A list of thousands of names is a hundred kilobytes at every opening of a page.
LONGEST_LIST = 200


def choice(*, one_index: bool = False) -> Choice:
    """Draw the choices in the sidebar and return them; `one_index` leaves out "all"."""
    wanted, asked = _wanted()
    frames = loaders.catalogue()
    years = years_to_ask(frames.editions["edition"])[::-1]
    notices = st.container()
    published = set(frames.editions["edition"])
    with st.sidebar:
        # The year decides which units there are, but readers look for the unit first.
        unit_place = st.container()
        year = _pick("year", t("filters.year"), years, wanted, cast=int)
        shorts = dict(zip(frames.indices["index_id"], frames.indices["short"], strict=True))
        options = [*shorts] if one_index else [ALL, *shorts]
        # "All" chosen elsewhere stays chosen there while this page looks at one of them.
        is_part = one_index and wanted["index"] == ALL
        index_id = _pick(
            "index", t("filters.index"), options,
            {"index": wanted["one"]} if is_part and wanted["one"] else wanted,
            labels={ALL: t("filters.all_indices"), **shorts}, quiet=is_part,
        )  # fmt: skip
        # Year and index decide which units are ranked.
        names = loaders.units_to_choose(index_id, year)
        is_long, is_other = len(names) > LONGEST_LIST, loaders.is_other_kind(wanted["unit"], names)
        with unit_place:
            if is_long:
                names = _of_one_area(index_id, year, wanted["unit"], is_asked="unit" in asked)
            unit_id = _pick(
                "unit", t("filters.any_unit" if is_long else "filters.unit"), list(names), wanted,
                labels=names, read=lambda text: loaders.unit_id(text, year),
                quiet="unit" not in asked and (is_long or is_other),
            )  # fmt: skip
        earlier = [candidate for candidate in years if candidate < year]
        # Another year makes last year's comparison impossible; only a wish is answered.
        baseline = _pick(
            "base", t("filters.baseline"), earlier or [year - 1], wanted, cast=int,
            quiet="base" not in asked,
        )  # fmt: skip
        as_of = _day(wanted)
    for sentence in st.session_state.pop(NOTICES, []):
        notices.warning(sentence)
    if year not in published:
        notices.info(t("merger.year_not_out", year=year))
    values = {
        "unit": unit_id, "index": index_id, "year": str(year), "base": str(baseline),
        "asof": as_of.isoformat() if as_of else "",
    }  # fmt: skip
    st.session_state[STORED] = {
        **values,
        "index": ALL if is_part else index_id,
        "one": index_id if one_index else wanted["one"],
    }
    _write_address(values)
    locales.speak_of_provinces(loaders.is_province(unit_id))
    return Choice(
        unit_id=unit_id,
        unit_name=names[unit_id],
        index_id=index_id,
        edition=year,
        baseline=baseline,
        as_of=as_of or today(),
        is_latest=as_of is None,
    )


def _of_one_area(index_id: str, year: int, wanted: str, *, is_asked: bool) -> dict[str, str]:
    """Names by id of the units of one area, which is chosen first; that of the unit wanted."""
    areas = loaders.units_by_area(index_id, year)
    if is_asked:
        st.session_state.pop("w_area", None)
    if st.session_state.get("w_area") not in areas:
        with contextlib.suppress(UnitError):
            wanted = loaders.unit_id(wanted, year)
        home = [area for area, units in areas.items() if wanted in units]
        st.session_state["w_area"] = [*home, *areas][0]
    return areas[st.selectbox(t("filters.area"), list(areas), key="w_area")]


def beside(unit_id: str, edition: int, asked: Sequence[str] = ()) -> list[str]:
    """Units offered for comparison with one: of its geography, and of many those of its area.

    They existed in the year, or are the unit itself. Of other areas those `asked` for.
    """
    rows = loaders.catalogue().units
    own = rows.loc[rows["unit_id"] == unit_id].iloc[0]
    rows = rows.loc[rows["geography"] == own["geography"]]
    if len(rows) > LONGEST_LIST:
        is_near = rows["region_id"] == own["region_id"]
        rows = rows.loc[is_near | rows["unit_id"].isin(list(asked))]
    is_alive = pd.to_datetime(rows["valid_to"]).dt.year.fillna(edition) >= edition
    return [str(unit) for unit in rows.loc[is_alive | (rows["unit_id"] == unit_id), "unit_id"]]


def _notice(sentence: str) -> None:
    """Say it above the page, not in the sidebar, which a telephone folds away."""
    st.session_state.setdefault(NOTICES, []).append(sentence)


def _wanted() -> tuple[dict[str, str], set[str]]:
    """What the address asks for, else what was chosen before, else the first view.

    Also which of it a person asked for by changing the address.
    """
    detour = st.session_state.pop("query_wanted", None)
    if detour:
        st.query_params.from_dict(detour)
    written: dict[str, str] = st.session_state.get(WRITTEN, {})
    # An address that a person changed overrides the widgets; one that we wrote does not.
    address = {
        key: value
        for key, value in st.query_params.to_dict().items()
        if key in FIRST_VIEW and value != written.get(key)
    }
    for key in address:
        st.session_state.pop(f"w_{key}", None)
    wanted = {**FIRST_VIEW, "one": "", **st.session_state.get(STORED, {}), **address}
    return wanted, set(address)


def _write_address(values: dict[str, str]) -> None:
    """Put the choices into the address; what else stands there stays."""
    language = "" if locales.language() == locales.LANGUAGES[0] else locales.language()
    before = st.query_params.to_dict()
    after = {**before, **values, "lang": language}
    after = {key: value for key, value in after.items() if value}
    # All at once: every single change would be a step of its own on the browser's way back.
    if after != before:
        st.query_params.from_dict(after)
    st.session_state[WRITTEN] = values


def _set_address(key: str, value: str) -> None:
    """Set one part of the address; an empty value takes it away."""
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


def leave_page() -> None:
    """Forget the widgets of the page left; Streamlit ties their values to it, our choice not."""
    for key in [key for key in st.session_state if str(key).startswith("w_")]:
        del st.session_state[key]
    st.session_state.pop(WRITTEN, None)


def _pick(
    key: str,
    label: str,
    options: list[Any],
    wanted: dict[str, str],
    *,
    labels: dict[Any, str] | None = None,
    cast: Any = str,
    read: Any = None,
    quiet: bool = False,
) -> Any:
    """One choice among `options`; a wish that is none of them is answered with a sentence."""
    widget = f"w_{key}"
    if st.session_state.get(widget) not in options:
        st.session_state[widget] = _allowed(key, wanted[key], options, cast, read, quiet)
    shown = (labels or {}).get
    return st.selectbox(label, options, key=widget, format_func=lambda o: shown(o, str(o)))


def _allowed(key: str, text: str, options: list[Any], cast: Any, read: Any, quiet: bool) -> Any:
    said = t(f"filters.unknown_{key}", asked=text)
    try:
        value = read(text) if read else cast(text)
    except UnitError as fault:
        # The register knows how a unit ended and what else was meant, in Vietnamese.
        said, value = str(fault) if form.is_vi() else said, None
    except ValueError:
        value = None
    if value in options:
        return value
    if not quiet:
        _notice(said)
    fallback = cast(FIRST_VIEW[key])
    return fallback if fallback in options else options[0]


def _day(wanted: dict[str, str]) -> date | None:
    """The day whose knowledge is shown; none means everything published so far."""
    try:
        asked = date.fromisoformat(wanted["asof"]) if wanted["asof"] else None
    except ValueError:
        _notice(t("filters.unknown_asof", asked=wanted["asof"]))
        asked = None
    latest = today()
    if asked and not OLDEST_DAY <= asked <= latest:
        _notice(t("filters.unknown_asof", asked=wanted["asof"]))
        asked = None
    if "w_asof" not in st.session_state:
        st.session_state["w_asof"] = asked
    chosen = st.date_input(
        t("filters.as_of"), key="w_asof", min_value=OLDEST_DAY, max_value=latest,
        format="DD/MM/YYYY", help=t("filters.as_of_help"),
    )  # fmt: skip
    return chosen if isinstance(chosen, date) else None


def language() -> None:
    """The switch of language, on every page."""
    if "w_lang" not in st.session_state:
        st.session_state["w_lang"] = locales.language()

    def switch() -> None:
        st.session_state["lang"] = st.session_state["w_lang"]
        st.query_params["lang"] = st.session_state["w_lang"]

    st.radio(
        t("filters.language"), locales.LANGUAGES, key="w_lang", horizontal=True,
        label_visibility="collapsed",
        format_func=lambda code: t(f"language.{code}"), on_change=switch,
    )  # fmt: skip


def targets(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the board that match the reader's document, agency and verdict."""
    first, second, third = st.columns(3)
    document = _narrowed(first, "document", rows["document_number"])
    agency = _narrowed(second, "agency", rows["lead_agency"])
    status = _narrowed(third, "status", rows["status"], words=lambda code: t(f"status.{code}"))
    kept = rows
    for column, value in (
        ("document_number", document), ("lead_agency", agency), ("status", status),
    ):  # fmt: skip
        if value != ALL:
            kept = kept.loc[kept[column] == value]
    return kept


def _narrowed(place: Any, name: str, values: pd.Series, words: Any = str) -> str:
    """One selection among the values that occur, or all of them; kept in the address."""
    options = [ALL, *sorted(values.dropna().unique(), key=form.sort_key)]
    widget = f"w_{name}"
    asked = st.query_params.get(name, ALL)
    if st.session_state.get(widget) not in options:
        st.session_state[widget] = asked if asked in options else ALL
    every = {"document": "targets.all_documents", "agency": "targets.all_agencies",
             "status": "targets.all_statuses"}[name]  # fmt: skip
    chosen = place.selectbox(
        t(f"targets.filter_{name}"), options, key=widget,
        format_func=lambda option: t(every) if option == ALL else words(option),
    )  # fmt: skip
    _set_address(name, "" if chosen == ALL else str(chosen))
    return str(chosen)
