"""Heat map: all components of one index by year, as rank, percentile or points."""

import streamlit as st

from locales import t
from ui import filters, heat, loaders
from ui.frame import require_frame

require_frame("pages/heat.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("heat.title"))
st.caption(t("heat.subtitle", unit=choice.unit_name, index=index, year=choice.edition))
printed, depth, n_years = heat.options(choice)
rows = heat.squares(choice, printed, depth, n_years)
if rows.empty:
    st.info(t("heat.empty", index=index, year=choice.edition))
else:
    heat.picture(rows, choice)
    with st.expander(t("heat.as_table")):
        heat.as_table(rows)
    if computed := loaders.computed_note(choice):
        st.caption(computed)
