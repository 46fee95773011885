"""Review sheets: what an agency lost, why and through whom, and what is done about it."""

import streamlit as st

from locales import t
from ui import (
    filters,
    loaders,
    review_plan,
    review_praise,
    review_sheet,
    review_table,
    reviews,
)
from ui.frame import require_frame

require_frame("pages/reviews.py")

choice = filters.choice(one_index=True)
st.title(t("reviews.title"))
st.caption(
    t("reviews.subtitle", unit=choice.unit_name, index=loaders.index_short(choice.index_id),
      year=choice.edition, baseline=choice.baseline)
)  # fmt: skip
reviews.said()
reviews.refused()
found = reviews.review(choice)
if found is None:
    st.stop()
tab_sheet, tab_plan, tab_table, tab_praise = st.tabs(
    [t("reviews.tab_sheet"), t("reviews.tab_plan"), t("reviews.tab_table"), t("praise.tab")]
)
with tab_sheet:
    review_sheet.sheet(found)
with tab_plan:
    review_plan.plan(found)
with tab_table:
    review_table.shortcomings(found)
with tab_praise:
    review_praise.praise(found)
st.caption(loaders.source_line(choice))
