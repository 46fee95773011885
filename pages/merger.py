"""Before and after the merger: the official verdict, each unit's own story, estimates beside it."""

import streamlit as st

from locales import t
from ui import filters, lens
from ui.frame import require_frame

require_frame("pages/merger.py")

choice = filters.choice(one_index=True)
st.title(t("merger.title"))
question = lens.asked(choice)
lens.subtitle(question, choice)
if question:
    seen = lens.lens(question)
    lens.official(seen)
    st.subheader(t("merger.story_title"))
    lens.story(seen, choice)
    st.subheader(t("merger.estimates_title"))
    lens.estimates(seen, choice)
    st.subheader(t("merger.targets_title"))
    lens.open_targets(seen, choice)
    st.subheader(t("merger.made_of_title"))
    lens.made_of(question.unit_id)
