"""Methods and sources: what is held and missing, where from, under which licence, and how used."""

import streamlit as st

from locales import t
from ui import filters, sources
from ui.frame import require_frame

require_frame("pages/sources.py")

choice = filters.choice()
st.title(t("sources.title"))
st.caption(sources.publishers())
st.subheader(t("sources.held_title"))
st.write(sources.finding(choice))
sources.matrix(choice)
st.caption(t("sources.held_note"))
st.subheader(t("sources.gaps_title"))
sources.gaps(choice)
st.subheader(t("sources.sources_title"))
sources.register(choice)
st.subheader(t("sources.methods_title"))
sources.methods()
