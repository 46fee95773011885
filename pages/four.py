"""Four indices: where PAR INDEX, SIPAS, PAPI and PCI agree or disagree on one theme."""

import streamlit as st

from locales import t
from ui import filters, four
from ui.frame import require_frame

require_frame("pages/four.py")

choice = filters.choice()
st.title(t("four.title"))
st.caption(t("four.subtitle", unit=choice.unit_name, year=choice.edition))
rows = four.components(choice)
made = four.by_index(rows)
if rows["percentile"].notna().any():
    four.picture(rows, made, choice)
else:
    st.info(t("four.empty", unit=choice.unit_name, year=choice.edition))
st.subheader(t("four.table_title"))
four.table(rows, made)
st.caption(four.rule())
st.caption(t("four.note"))
st.caption(t("four.no_estimates"))
