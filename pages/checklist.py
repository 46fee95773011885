"""Checklist: how far each commune is with the ten tasks for PAPI."""

import streamlit as st

from locales import t
from ui import agencies, checklist, filters
from ui.frame import require_frame

require_frame("pages/checklist.py")

choice = filters.choice()
st.title(t("checklist.title"))
st.caption(t("checklist.subtitle", unit=choice.unit_name, year=choice.edition))
agencies.said()
rows = checklist.rows_of(choice)
checklist.shown(choice, rows)
st.subheader(t("checklist.edit_title"))
checklist.edit(choice)
