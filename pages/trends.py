"""Trends: places over all years with breaks, gaps and targets, and the unit within its group."""

import streamlit as st

from briefing import trends as words
from locales import t
from ui import filters, geography, trends
from ui.frame import require_frame

require_frame("pages/trends.py")

choice = filters.choice()
st.title(t("trends.title"))
under = st.empty()
mode = geography.mode(choice)
left, right = st.columns([3, 2])
parts = trends.lines(choice, left)
with right:
    measure = trends.measure()
made = trends.picture(choice, parts, mode, measure)
under.caption(words.subtitle(made.unit, trends.years(made), choice.as_of))
trends.show(choice, made, mode)
for note in geography.notes(choice, mode):
    st.caption(note)
st.subheader(t("trends.bump_title"))
trends.group(choice, parts.iloc[0], mode)
