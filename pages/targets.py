"""Targets: the board of all targets with document, agency, verdict and every note in words."""

import streamlit as st

from locales import form, t
from ui import filters, lens, loaders, tables
from ui.frame import require_frame

require_frame("pages/targets.py")

choice = filters.choice()
st.title(t("targets.title"))
st.caption(
    t("targets.subtitle", unit=choice.unit_name, year=choice.edition, day=form.day(choice.as_of))
)

lens.section(choice)
lens.taken_over(choice)
everything = loaders.target_board(choice)
if everything.empty:
    st.info(t("targets.empty", unit=choice.unit_name, year=choice.edition))
    st.stop()
rows = filters.targets(everything)
if rows.empty:
    st.info(t("targets.empty_filter"))
    st.stop()
ranked, operational = rows.loc[rows["is_ranked"]], rows.loc[~rows["is_ranked"]]
tables.counts(rows["status"], "targets.counts")
if not ranked.empty:
    tables.targets(ranked)
    st.caption(t("gaps.note_computed"))
if not operational.empty:
    st.subheader(t("targets.operational_heading"))
    tables.targets(operational)
