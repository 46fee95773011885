"""What the parts of the review page share: the sheet chosen, names of agencies, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing import reviews as words
from briefing.reviews import inert
from data import agencies, reviews
from data.records import CLOSED
from data.reviews import ReviewSheet
from data.store import store
from locales import form, named, t
from ui import drawn, loaders, responsibility
from ui.choice import Choice

SAID, WHO = "reviews_said", "who"
FILES = ["pdf", "docx", "xlsx", "png", "jpg", "jpeg"]


@dataclass(frozen=True)
class Review:
    """What the page is about: one agency's sheet over its lines of one index and year."""

    choice: Choice
    index_short: str
    agencies: dict[str, str]
    agency_id: str
    lines: pd.DataFrame
    own: pd.DataFrame
    sheet: ReviewSheet
    revision: int
    sheets: list[ReviewSheet]

    @property
    def weaknesses(self) -> dict[str, str]:
        """Names of all weaknesses of the sheet, from the figures and the agency's own."""
        weak = self.own.loc[self.own["is_weakness"].astype(bool)]
        return {
            **words.line_names(weak),
            **{one.finding_id: one.title for one in self.sheet.own_findings},
        }

    @property
    def is_closed(self) -> bool:
        """Whether the sheet is closed."""
        return self.sheet.state == CLOSED


@st.cache_data(max_entries=128, show_spinner=False)
def _lines(stamp: str, choice: Choice) -> pd.DataFrame:
    return method.review_lines(
        loaders.knowledge_of_kind(choice.unit_id), unit_id=choice.unit_id, index_id=choice.index_id,
        edition=choice.edition, baseline=choice.baseline, as_of=choice.as_of,
        assignments=_assignments(stamp.partition("@")[0]),
    )  # fmt: skip


def _passed_on(lines: pd.DataFrame, choice: Choice, names: dict[str, str]) -> pd.DataFrame:
    """Lines given to agencies that had ended before the year, with those that took over."""
    if lines.empty:
        return lines
    last_day = date(choice.edition, 12, 31)
    gone = {
        old: [one for one in heirs if one in names]
        for old, heirs in responsibility.heirs(choice.unit_id, last_day).items()
        if old not in names
    }
    return method.passed_on(lines, gone, names)


def _assignments(version: str) -> pd.DataFrame:
    """Components given to agencies by hand, with the agencies' names."""
    rows = agencies.assignments(store(), version=version)
    known = agencies.agencies(store(), version=version).set_index("agency_id")["name_vi"]
    return rows.assign(agency=rows["agency_id"].map(known).fillna(rows["agency_id"]))


def pinned() -> str:
    """The snapshot this page is read from."""
    return loaders.version().partition("@")[0]


def agency_names(
    unit_id: str, edition: int | None = None, *, official: bool = False
) -> dict[str, str]:
    """Agencies of the province by id, in alphabetical order.

    Args:
        unit_id: the province.
        edition: only those there were in that year.
        official: in Vietnamese, whatever language the screen speaks.
    """
    rows = agencies.agencies(store(), version=pinned())
    rows = rows.loc[rows["unit_id"] == unit_id]
    if edition is not None:
        rows = rows.loc[in_force(rows, edition)]
    names = {
        row["agency_id"]: row["name_vi"]
        if official or form.is_missing(row["name_en"]) else named(row)
        for row in rows.to_dict("records")
    }  # fmt: skip
    return dict(sorted(names.items(), key=lambda pair: form.sort_key(pair[1])))


def in_force(rows: pd.DataFrame, year: int) -> pd.Series:
    """Which agencies there were in a year, if only for a part of it."""
    first = pd.to_datetime(rows["valid_from"]).dt.year.fillna(0)
    last = pd.to_datetime(rows["valid_to"]).dt.year.fillna(9999)
    return (first <= year) & (last >= year)


def review(choice: Choice) -> Review | None:
    """Draw the choice of an agency; None, with one sentence, where there is nothing to review."""
    lines = _lines(loaders.version(), choice)
    names = agency_names(choice.unit_id, choice.edition)
    lines = _passed_on(lines, choice, names)
    short = loaders.index_short(choice.index_id)
    if lines.empty:
        st.info(t("reviews.empty", index=short, year=choice.edition, unit=choice.unit_name))
        return None
    if not names:
        st.info(t("reviews.no_agencies", unit=choice.unit_name))
        return None
    agency_id = _agency(names, lines)
    version = pinned()
    at = {"unit_id": choice.unit_id, "index_id": choice.index_id, "edition": choice.edition}
    sheet, revision = reviews.sheet(store(), **at, agency_id=agency_id, version=version)
    sheet, revision = drawn.from_first(
        sheet_form(sheet.record_id), f"praise_{sheet.record_id}_{{revision}}", sheet, revision
    )
    return Review(
        choice=choice, index_short=short, agencies=names, agency_id=agency_id, lines=lines,
        own=method.agency_lines(lines, agency_id, adopted=sheet.adopted), sheet=sheet,
        revision=revision, sheets=reviews.sheets(store(), **at, version=version),
    )  # fmt: skip


def _agency(names: dict[str, str], lines: pd.DataFrame) -> str:
    """The agency chosen, kept in the address; at first one that leads something."""
    options, widget, notices = list(names), "w_who", st.container()
    if st.session_state.get(widget) not in options:
        leads = [one for ids in lines["lead_ids"] for one in ids if one in names]
        asked = st.query_params.get(WHO, "")
        if asked and asked not in names:
            notices.warning(inert(t("reviews.unknown_agency", asked=asked)))
        st.session_state[widget] = asked if asked in names else (leads or options)[0]
    chosen = str(
        st.selectbox(t("reviews.pick_agency"), options, key=widget, format_func=names.__getitem__)
    )
    if st.query_params.get(WHO) != chosen:
        st.query_params[WHO] = chosen
    return chosen


def sheet_form(sheet_id: str) -> str:
    """Name of the forms of one sheet, which are drawn from one revision together."""
    return f"sheet_{sheet_id}"


def refuse(fault: Exception) -> None:
    """Say why something was not kept; names that people typed mean nothing in it."""
    st.error(inert(str(fault)))


def done(key: str) -> None:
    """Start the page afresh and say what was done."""
    st.session_state[SAID] = key
    st.rerun()


def said() -> None:
    """What the last act did, once.

    The place stays when there is nothing to say: tabs below would open at the first one again.
    """
    key = st.session_state.pop(SAID, None)
    with st.container():
        if key:
            st.success(t(key))


def refused() -> None:
    """Why the last act was refused, once."""
    fault = st.session_state.pop("reviews_refused", None)
    with st.container():
        if fault:
            st.error(inert(fault))
