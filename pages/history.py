"""History of loads: what each one changed, its original file, and the way back."""

import streamlit as st

from locales import t
from ui import uploads
from ui.frame import require_frame

require_frame("pages/history.py")

st.title(t("history.title"))
uploads.undone_notice()
loads = uploads.history()
if not loads.empty:
    uploads.one_batch(loads)
