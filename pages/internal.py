"""Internal index: a province's own departments, districts and communes, scored and ranked."""

import streamlit as st

from locales import t
from ui import filters, internal, reviews
from ui.frame import require_frame

require_frame("pages/internal.py")

choice = filters.choice()
st.title(t("internal.title"))
st.caption(t("internal.subtitle", unit=choice.unit_name))
reviews.said()
index, revision = internal.pick(choice)
if index is None:
    internal.define(choice, None, 0)
    st.stop()
ranking, scores, plan, define = st.tabs(
    [t("internal.tab_table"), t("internal.tab_scores"), t("internal.tab_plan"),
     t("internal.tab_define")]
)  # fmt: skip
with ranking:
    internal.ranking(index)
with scores:
    internal.scores(index)
with plan:
    internal.plan(choice, index)
with define:
    internal.define(choice, index, revision)
