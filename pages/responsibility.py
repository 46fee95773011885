"""Responsibility: which agency answers for what, what it cost, and the one-page sheet of each."""

import streamlit as st

from locales import form, t
from ui import filters, loaders, responsibility
from ui.frame import require_frame

require_frame("pages/responsibility.py")

choice = filters.choice()
st.title(t("responsibility.title"))
st.caption(
    t("responsibility.subtitle", unit=choice.unit_name, year=choice.edition,
      day=form.day(choice.as_of))
)  # fmt: skip
found = responsibility.made(choice)
if found.agencies.empty:
    st.info(t("responsibility.empty", unit=choice.unit_name, year=choice.edition))
    st.stop()
agency_id = responsibility.pick(found)
if agency_id:
    responsibility.sheet(choice, found, agency_id)
else:
    responsibility.overview(choice, found)
st.caption(loaders.source_line(choice))
