"""Search: provinces, components, targets, agencies, documents, terms and pages by any name."""

import streamlit as st

from locales import t
from ui import filters, search
from ui.frame import require_frame

require_frame("pages/search.py")

choice = filters.choice()
st.title(t("search.title"))
asked = search.asked()
st.caption(t("search.about"))
search.results(choice, asked)
