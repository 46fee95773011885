"""Re-basing: what each old target would be after the merger, and the documents that adopt it."""

import streamlit as st

from locales import t
from ui import filters, loaders, rebasing
from ui.frame import require_frame

require_frame("pages/rebasing.py")

choice = filters.choice()
st.title(t("rebasing.title"))
st.caption(t("rebasing.intro"))
unit_id, base = rebasing.asked(choice)
rows = rebasing.proposals(choice, unit_id, base)
if rows.empty:
    st.info(t("rebasing.none", unit=loaders.all_unit_names()[unit_id]))
else:
    rebasing.lists(rows)
    rebasing.adopt(rows, unit_id)
    rebasing.adopted(rows)
