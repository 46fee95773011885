"""Compare: two to six units by a slope, a dot plot and a table with averages."""

import streamlit as st

from locales import t
from ui import compare, filters, geography, loaders, why
from ui.frame import require_frame

require_frame("pages/compare.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("compare.title"))
under = st.empty()
mode = geography.mode(choice)
asked, choice = choice, geography.measured(choice, mode)
under.caption(
    t("compare.subtitle", unit=compare.own_name(choice, mode), index=index, year=choice.edition,
      baseline=choice.baseline)
)  # fmt: skip
units = compare.units(choice, mode)
component = why.line(choice, of_all_units=True)
if compare.enough(units):
    compare.show(choice, compare.compared(choice, units, mode), component, mode)
for note in geography.notes(asked, mode):
    st.caption(note)
if cut := loaders.depth_note(choice.index_id):
    st.caption(cut)
if computed := loaders.computed_note(choice):
    st.caption(computed)
