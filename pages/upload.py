"""Load figures: read a workbook, name every fault, preview the changes, load on consent."""

import streamlit as st

from locales import t
from ui import uploads
from ui.frame import require_frame

require_frame("pages/upload.py")

st.title(t("upload.title"))
st.caption(t("upload.intro"))

uploads.template()
reading = uploads.upload()
if reading:
    uploads.understood(reading)
    uploads.faults(reading)
    uploads.changes(reading)
    uploads.consent(reading)
