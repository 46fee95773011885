"""Glossary: the words of every screen, with what is meant by them."""

import streamlit as st

from locales import t
from ui import help as guide
from ui.frame import require_frame

require_frame("pages/glossary.py")

st.title(t("glossary.title"))
st.caption(t("glossary.about"))
guide.glossary()
