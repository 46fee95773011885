"""Agencies: who there is, who took over from whom, who answers in person, and for which part."""

import streamlit as st

from locales import t
from ui import agencies, filters
from ui.frame import require_frame

require_frame("pages/agencies.py")

choice = filters.choice()
st.title(t("agencies.title"))
st.caption(t("agencies.subtitle", unit=choice.unit_name))
agencies.said()
tab_list, tab_links, tab_people, tab_parts = st.tabs(
    [t("agencies.tab_list"), t("agencies.tab_links"), t("agencies.tab_people"),
     t("agencies.tab_parts")]
)  # fmt: skip
with tab_list:
    agencies.listed(choice)
    agencies.edit(choice)
with tab_links:
    agencies.succession(choice)
with tab_people:
    agencies.people(choice)
with tab_parts:
    agencies.assignments(choice)
