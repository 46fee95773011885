"""Documents: what was issued, what cites what, and a directive on its way down."""

import streamlit as st

from locales import t
from ui import documents, filters
from ui.frame import require_frame

require_frame("pages/documents.py")

choice = filters.choice()
st.title(t("documents.title"))
st.caption(t("documents.subtitle", unit=choice.unit_name))
documents.show(choice)
