"""Reports: choose a meeting pack, read its text, download it, approve it."""

import streamlit as st

from locales import t
from ui import briefing, filters
from ui.frame import require_frame

require_frame("pages/briefing.py")

choice = filters.choice()
st.title(t("briefing.title"))
st.caption(
    t("briefing.subtitle", unit=choice.unit_name, year=choice.edition, baseline=choice.baseline)
)
asked = briefing.wanted(choice)
briefing.file(choice, asked)

briefing.preview(choice, asked)

st.subheader(t("briefing.approved_title"))
briefing.approved(choice)
