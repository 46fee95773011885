"""Component: one line of an index with meaning, parts, life, who answers and every unit."""

import streamlit as st

from locales import t
from ui import component, filters, geography, loaders, why
from ui.frame import require_frame

require_frame("pages/component.py")

choice = filters.choice(one_index=True)
line = why.line(choice)
component.breadcrumb(choice, line)
st.title(component.title(choice, line))
under = st.empty()
mode = geography.mode(choice)
shown = geography.subjects(choice, mode)
under.caption(
    t("component.subtitle", unit=" · ".join(one.unit_name for one in shown), year=choice.edition)
)
component.facts(choice, line)
st.subheader(t("component.parts_title"))
squares = {one.unit_name: component.squares(one, line, mode) for one in shown}
component.parts(choice, line, squares)
for one in shown:
    st.subheader(t("component.history_of", unit=one.unit_name))
    component.history(one, line, squares[one.unit_name])
st.subheader(t("component.lineage_title"))
component.lineage(line)
component.everyone(choice, line, mode)
for note in geography.notes(choice, mode):
    st.caption(note)
if computed := loaders.computed_note(choice):
    st.caption(computed)
