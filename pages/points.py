"""Points needed: what a place would take, rung by rung, and the way with the least effort."""

import streamlit as st

from briefing import climb as words
from charts.ladder_steps import ladder_steps
from locales import t
from ui import climb, download, filters, loaders, why
from ui.frame import require_frame

require_frame("pages/points.py")

choice = filters.choice(one_index=True)
st.title(t("points.title"))
component = why.line(choice)
made = climb.asked(choice, component)
names = climb.names()
line = climb.line_name(choice, component)
st.caption(t("points.subtitle", unit=choice.unit_name, line=line, year=choice.edition))
climb.said(made, names)

if not made.is_given:
    if other := climb.answerable(choice):
        st.info(other)
else:
    download.chart(
        ladder_steps(
            words.ladder_rows(made, names),
            title=words.headline(made, names),
            source=loaders.source_line(choice),
            unit=choice.unit_name,
            moving=words.moving_mark(made),
        ),
        name=f"points_{choice.unit_id}_{component}_{choice.edition}",
        data=words.ladder_rows(made, names),
    )
    with st.expander(t("points.ladder_title")):
        climb.ladder(made, names)
    st.subheader(t("points.path_title"))
    climb.path(made, names)
    climb.marks(made)
    st.caption(t("points.path_note"))
    st.subheader(t("points.worth_title"))
    climb.worth(made)
if len(made.components):
    st.subheader(t("points.components_title"))
    climb.components(made)
    st.caption(t("points.components_note"))
if made.is_given:
    st.caption(t("points.note", year=choice.edition))
if computed := loaders.computed_note(choice):
    st.caption(computed)
