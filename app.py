"""Governance rankings of Vietnamese provinces against their targets: the way in."""

import streamlit as st

from ui.frame import run_page

st.set_page_config(layout="wide", initial_sidebar_state="auto")
run_page()
