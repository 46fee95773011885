"""Heat map: all components of one index by year, as rank, percentile or points."""

import streamlit as st

from locales import t
from ui import filters, geography, heat, loaders
from ui.frame import require_frame

require_frame("pages/heat.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("heat.title"))
under = st.empty()
mode = geography.mode(choice)
printed, depth, n_years = heat.options(choice)
shown = geography.subjects(choice, mode)
under.caption(
    t("heat.subtitle", unit=" · ".join(one.unit_name for one in shown), index=index,
      year=choice.edition)
)  # fmt: skip
for one in shown:
    rows = heat.squares(one, printed, depth, n_years, mode)
    if rows.empty:
        st.info(t("heat.empty", index=index, year=choice.edition))
        continue
    heat.picture(rows, one)
    with st.expander(t("heat.as_table_of", unit=one.unit_name)):
        heat.as_table(rows)
for note in geography.notes(choice, mode):
    st.caption(note)
if computed := loaders.computed_note(choice):
    st.caption(computed)
