"""Audit trail: who changed what and when, before and after."""

import streamlit as st

from locales import t
from ui import audit
from ui.frame import require_frame

require_frame("pages/audit.py")

st.title(t("audit.title"))
st.caption(t("audit.about"))
rows, trails = audit.chosen()
audit.whole(trails)
audit.shown(audit.found(rows))
