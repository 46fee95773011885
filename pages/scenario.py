"""What if: other component scores, and at once the place, group and targets they would bring."""

import streamlit as st

from locales import t
from ui import climb, filters, loaders, scenario
from ui.frame import require_frame

require_frame("pages/scenario.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("scenario.title"))
st.caption(t("scenario.subtitle", unit=choice.unit_name, index=index, year=choice.edition))

lines = scenario.lines(choice)
if lines.empty:
    scenario.no_ground(choice)
    if other := climb.answerable(choice):
        st.info(other)
else:
    drift = climb.drift(default=0.0)
    place = st.container()
    scenario.presets(choice, lines)
    scores = scenario.inputs(choice, lines)
    with place:
        made = scenario.asked(choice, scores, drift)
        scenario.answer(choice, made)
    scenario.save(choice, made, scores)
    if cut := loaders.depth_note(choice.index_id):
        st.caption(cut)
    if computed := loaders.computed_note(choice):
        st.caption(computed)
scenario.saved(choice)
