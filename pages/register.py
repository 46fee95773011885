"""The register of targets: paste, confirm, edit, withdraw, check, and see what moved."""

import streamlit as st

from locales import t
from ui import filters, register
from ui.frame import require_frame

require_frame("pages/register.py")

choice = filters.choice()
st.title(t("register.title"))
st.caption(t("register.subtitle", unit=choice.unit_name))
register.show(choice)
