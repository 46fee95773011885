"""Component: one line of an index with meaning, parts, life, who answers and every unit."""

import streamlit as st

from locales import t
from ui import component, filters, loaders, why
from ui import map as country
from ui.frame import require_frame

require_frame("pages/component.py")

choice = filters.choice(one_index=True)
line = why.line(choice)
component.breadcrumb(choice, line)
st.title(component.title(choice, line))
st.caption(t("component.subtitle", unit=choice.unit_name, year=choice.edition))
component.facts(choice, line)
st.subheader(t("component.parts_title"))
component.parts(choice, line, component.listing(choice))
st.subheader(t("component.history_title"))
component.history(choice, line)
st.subheader(t("component.lineage_title"))
component.lineage(line)
with st.expander(t("component.units_title", year=choice.edition)):
    country.listed(country.values(choice, line, "rank"))
if computed := loaders.computed_note(choice):
    st.caption(computed)
