"""Gaps: base, required and actual place of every component of one index, and who answers."""

import streamlit as st

from locales import t
from ui import filters, gaps, geography, lens, loaders
from ui.frame import require_frame

require_frame("pages/gaps.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("gaps.title"))
under = st.empty()
mode = geography.mode(choice)
shown = geography.subjects(choice, mode)
under.caption(
    t("gaps.subtitle", unit=" · ".join(one.unit_name for one in shown), index=index,
      year=choice.edition, baseline=choice.baseline)
)  # fmt: skip
lens.section(choice)
for note in geography.notes(choice, mode):
    st.caption(note)
if mode == geography.ESTIMATED:
    gaps.estimated(geography.measured(*shown, mode))
else:
    for one in shown:
        if one != choice:
            st.subheader(one.unit_name)
        gaps.show(one)
    st.caption(t("gaps.note_points"))
    st.caption(t("gaps.note_computed"))
