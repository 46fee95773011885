"""Indicators: targets that offices measure themselves, entered by period and judged like all."""

import streamlit as st

from locales import form, t
from ui import filters, indicators, tables
from ui.frame import require_frame

require_frame("pages/indicators.py")

choice = filters.choice()
st.title(t("indicators.title"))
st.caption(
    t("indicators.subtitle", unit=choice.unit_name, year=choice.edition, day=form.day(choice.as_of))
)
indicators.said()
rows = indicators.rows_of(choice)
if rows.empty:
    st.info(t("indicators.empty", unit=choice.unit_name, year=choice.edition))
    st.stop()
tables.counts(rows["status"], "targets.counts")
indicators.board(choice, rows)
indicators.entry(choice, rows)
indicators.taken_back(rows)
st.caption(t("indicators.note"))
