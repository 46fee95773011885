"""Whose parts rose, on screen and as a document: the ground of a proposal of praise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics import weaknesses as method
from briefing import review_papers as papers
from data import agencies
from data.store import store
from locales import form, t
from ui import download, loaders, tables
from ui.reviews import Review, pinned


def praise(found: Review) -> None:
    """Lines that rose, furthest first, with agency, target, people and what sheets propose."""
    rows = method.gainers(found.lines)
    if rows.empty:
        st.info(t("praise.empty", baseline=found.choice.baseline))
        return
    st.caption(t("praise.intro"))
    people = _people(found)
    said = {one.agency_id: one.praise for one in found.sheets if one.praise}
    cells = [
        papers.praise_cells(row, "; ".join(_proposed(row, people, said)))
        for row in rows.to_dict("records")
    ]
    tables.plain(list(papers.praise_heads()), cells)
    st.caption(t("praise.note"))
    choice = found.choice
    subtitle = t("reviews.table_subtitle", index=found.index_short, year=choice.edition,
                 baseline=choice.baseline, unit=choice.unit_name)  # fmt: skip
    name = t("praise.file", index=choice.index_id, year=choice.edition)
    source = loaders.source_line(choice)
    make = partial(papers.praise_paper, cells, subtitle=subtitle, source=source)
    st.download_button(t("praise.download"), download.when_asked(make, name), file_name=name)


def _people(found: Review) -> pd.DataFrame:
    """Who answered in the agencies during the year."""
    rows = agencies.people(store(), version=pinned())
    first, last = date(found.choice.edition, 1, 1), date(found.choice.edition, 12, 31)
    begun = rows["from_on"] <= pd.Timestamp(last)
    return rows.loc[begun & (rows["to_on"].isna() | (rows["to_on"] >= pd.Timestamp(first)))]


def _proposed(row: Any, people: pd.DataFrame, said: Mapping[str, str]) -> list[str]:
    """People of the agencies of a line who answer for it or for the whole agency, then sheets."""
    ids = [*row["lead_ids"], *row["co_ids"]]
    own = people.loc[
        people["agency_id"].isin(ids)
        & people["component_id"].isin(["", row["component_id"]])
        & (people["target_id"] == "")
    ]
    names = [
        ", ".join(
            part for part in (one["name"], one["title"]) if not form.is_missing(part) and part
        )
        for one in own.to_dict("records")
    ]
    return [*dict.fromkeys(names), *(said[one] for one in ids if one in said)]
