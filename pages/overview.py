"""Overview: how the province stood on every index, and which components hold it back."""

import streamlit as st

from briefing import sentences
from charts.standing_lines import standing_lines
from locales import form, t
from ui import download, filters, lens, loaders, tables
from ui.frame import require_frame

require_frame("pages/overview.py")

choice = filters.choice()
st.title(t("overview.title", unit=choice.unit_name, year=choice.edition))
key = "overview.subtitle_latest" if choice.is_latest else "overview.subtitle"
st.caption(t(key, baseline=choice.baseline, day=form.day(choice.as_of)))

tables.tiles(loaders.index_tiles(choice))

lens.section(choice)
lens.taken_over(choice)
st.subheader(t("overview.targets_title"))
targets = loaders.target_board(choice)
ranked = targets.loc[targets["is_ranked"]]
if ranked.empty:
    st.info(t("overview.targets_none", unit=choice.unit_name, year=choice.edition))
else:
    tables.counts(ranked["status"], "overview.targets_counts")
    st.page_link("pages/targets.py", label=t("overview.open_targets"))

st.subheader(t("overview.held_title"))
held = loaders.held_back(choice)
if held.empty:
    st.info(t(loaders.held_back_empty(choice)))
else:
    download.chart(
        standing_lines(
            held,
            title=sentences.held_finding(held, choice.unit_name, choice.edition),
            source=loaders.source_line(choice),
        ),
        name=f"held_back_{choice.unit_id}_{choice.edition}",
        data=held,
    )
    st.caption(t("overview.held_note"))
    st.caption(t("gaps.note_computed"))
