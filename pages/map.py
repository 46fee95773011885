"""Map: every unit of the year on tiles or in true shapes, coloured by place, change or group."""

import streamlit as st

from locales import t
from ui import filters, geography, loaders, why
from ui import map as country
from ui.frame import require_frame

require_frame("pages/map.py")

choice = filters.choice(one_index=True)
st.title(t("map.title"))
mode = country.mode(choice)
choice = geography.measured(choice, mode)
first, second = st.columns(2)
with first:
    component = why.line(choice)
with second:
    measure = country.measure(choice, component, mode)
line = country.line_name(choice, component)
if mode == country.ESTIMATED:
    rows = country.estimated(choice, component, measure)
    st.warning(t("map.note_estimated"))
else:
    rows = country.values(choice, component, measure)
left, right = st.columns([3, 2])
with left:
    country.picture(rows, choice, line, measure, mode)
with right:
    st.subheader(t("map.ends_title"))
    country.ends(rows)
with st.expander(t("map.list_title")):
    country.listed(rows)
country.slot(choice, mode)
if computed := loaders.computed_note(choice):
    st.caption(computed)
st.caption(t("map.note_order"))
